"""`situacaoProtocolo`: where a protocolo stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.comum import Contratado, MotivoGlosa, ValoresProcessados
    from conecta_tiss.messages.recebimento import GuiaOdontoRecebida, GuiaRecebida


@dataclass(frozen=True, slots=True, kw_only=True)
class DetalheLote:
    """A lote and its guias (ct_loteStatus).

    Attributes:
        status_protocolo: dm_statusProtocolo.
        numero_protocolo: Digits, up to 12.
        numero_lote: The prestador's.
        data_envio_lote: Local day.
        valores: Of the whole lote.
        guias: Medical guias; or
        guias_odonto: dental guias: exactly one of the two has guias.
    """

    status_protocolo: str
    numero_protocolo: str
    numero_lote: str
    data_envio_lote: date
    valores: ValoresProcessados
    guias: tuple[GuiaRecebida, ...] = ()
    guias_odonto: tuple[GuiaOdontoRecebida, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoDoProtocolo:
    """Answer about one protocolo (ct_protocoloStatus): exactly one of the detail and an error."""

    registro_ans: str
    prestador: Contratado
    detalhe: DetalheLote | None = None
    mensagem_erro: MotivoGlosa | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoProtocolo:
    """The message: exactly one of an error and an answer. Protocolos of anexos are not here."""

    mensagem_erro: MotivoGlosa | None = None
    situacao: SituacaoDoProtocolo | None = None
