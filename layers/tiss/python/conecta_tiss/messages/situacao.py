"""`solicitacaoStatusProtocolo` and `situacaoProtocolo`: where does a protocolo stand?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.autorizacao import AutorizacaoOpme
    from conecta_tiss.messages.comum import Contratado, MotivoGlosa, ValoresProcessados
    from conecta_tiss.messages.oncologia import AutorizacaoQuimio, AutorizacaoRadio
    from conecta_tiss.messages.recebimento import GuiaOdontoRecebida, GuiaRecebida


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoStatusProtocolo:
    """The question (ct_protocoloSolicitacaoStatus): one protocolo, up to 12 characters."""

    prestador: Contratado
    numero_protocolo: str


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
    """Answer about one protocolo of guias (ct_protocoloStatus): exactly one of the detail and an error."""

    registro_ans: str
    prestador: Contratado
    detalhe: DetalheLote | None = None
    mensagem_erro: MotivoGlosa | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetalheLoteAnexo:
    """An annex sent and what was decided of it (ct_loteAnexoStatus); an initial state of the mouth has no status.

    Attributes:
        status_protocolo: dm_statusProtocolo.
        numero_protocolo: Up to 12 characters.
        numero_lote: The prestador's.
        data_envio_lote: Local day.
        opme: What was decided; or
        quimio: the same of chemotherapy; or
        radio: the same of radiotherapy: exactly one of the three.
    """

    status_protocolo: str
    numero_protocolo: str
    numero_lote: str
    data_envio_lote: date
    opme: AutorizacaoOpme | None = None
    quimio: AutorizacaoQuimio | None = None
    radio: AutorizacaoRadio | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoProtocoloAnexo:
    """Answer about one protocolo of annexes (ct_protocoloAnexoStatus): exactly one of the detail and an error."""

    registro_ans: str
    prestador: Contratado
    detalhe: DetalheLoteAnexo | None = None
    mensagem_erro: MotivoGlosa | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoProtocolo:
    """The message: exactly one of an error, an answer about guias and one about annexes."""

    mensagem_erro: MotivoGlosa | None = None
    situacao: SituacaoDoProtocolo | None = None
    anexo: SituacaoProtocoloAnexo | None = None
