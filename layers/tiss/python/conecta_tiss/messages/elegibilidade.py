"""`verificaElegibilidade` and `respostaElegibilidade`: may this beneficiário be attended today?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.comum import Contratado, MotivoGlosa


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificaElegibilidade:
    """The question (ct_elegibilidadeVerifica).

    Attributes:
        prestador: Who asks.
        numero_carteira: Up to 20 characters.
        tipo_ident: How the identification was read (dm_tipoIdent).
        identificador_beneficiario: What was read, base64 as the message writes it.
        validade_carteira: Last local day printed on the carteira.
        ausencia_cod_validacao: Why there is no token (dm_ausenciaCodValidacao).
        cod_validacao: The token, up to 10 characters.
    """

    prestador: Contratado
    numero_carteira: str
    tipo_ident: str | None = None
    identificador_beneficiario: str | None = None
    validade_carteira: date | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciboElegibilidade:
    """What the operadora says of one carteira (ct_elegibilidadeRecibo).

    Attributes:
        registro_ans: Of the operadora.
        numero_carteira: As asked.
        ausencia_cod_validacao: dm_ausenciaCodValidacao.
        cod_validacao: Up to 10 characters.
        validade_carteira: Local day.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        tipo_ident: dm_tipoIdent.
        identificador_beneficiario: Base64.
        resposta_solicitacao: Whether the beneficiário is eligible.
        motivos_negativa: Why not.
    """

    registro_ans: str
    numero_carteira: str
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    validade_carteira: date | None = None
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    tipo_ident: str | None = None
    identificador_beneficiario: str | None = None
    resposta_solicitacao: bool
    motivos_negativa: tuple[MotivoGlosa, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RespostaElegibilidade:
    """The answer: exactly one of an error and a recibo."""

    mensagem_erro: MotivoGlosa | None = None
    recibo: ReciboElegibilidade | None = None
