"""`comunicacaoInternacao` and `reciboComunicacao`: a beneficiário was admitted, or went home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.comum import Beneficiario, MotivoGlosa


@dataclass(frozen=True, slots=True, kw_only=True)
class ComunicacaoInternacao:
    """The body of a COMUNICACAO_BENEFICIARIO (ctm_beneficiarioComunicacao).

    Attributes:
        beneficiario: Who was admitted or discharged.
        data_evento: Local day.
        tipo_evento: dm_tipoEvento: I internação, A alta.
        motivo_encerramento: dm_motivoSaida, of an alta; or
        tipo_internacao: dm_tipoInternacao, of an internação: exactly one of the two.
    """

    beneficiario: Beneficiario
    data_evento: date
    tipo_evento: str
    motivo_encerramento: str | None = None
    tipo_internacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComunicacaoRecebida:
    """What was told, as the operadora repeats it (ctm_beneficiarioComunicacaoRet).

    Attributes:
        beneficiario: As told.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        tipo_evento: As told.
        motivo_encerramento: As told.
        tipo_internacao: As told.
    """

    beneficiario: Beneficiario
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    tipo_evento: str
    motivo_encerramento: str | None = None
    tipo_internacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComunicacaoRegistrada:
    """Whether it was taken down (ctm_beneficiarioComunicacaoRecibo).

    Attributes:
        registrada: It was.
        comunicacao: What was told.
        codigo_glosa: Code of table 38: why it was not.
    """

    registrada: bool
    comunicacao: ComunicacaoRecebida
    codigo_glosa: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciboComunicacao:
    """The answer: exactly one of an error and a recibo."""

    mensagem_erro: MotivoGlosa | None = None
    recibo: ComunicacaoRegistrada | None = None
