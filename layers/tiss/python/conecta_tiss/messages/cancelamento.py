"""`cancelaGuia` and `reciboCancelaGuia`: a lote or guias taken back, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conecta_tiss.messages.comum import Contratado, MotivoGlosa


@dataclass(frozen=True, slots=True, kw_only=True)
class LoteACancelar:
    """A lote to cancel: the prestador's number and, if known, the protocolo, up to 12 characters each."""

    numero_lote: str
    numero_protocolo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaACancelar:
    """A guia to cancel (tipoCancelamentoGuia).

    Attributes:
        tipo_guia: dm_tipoGuia: 1 solicitação, 2 faturamento, 3 recurso de glosa.
        numero_guia_prestador: Up to 20 characters.
        numero_guia_operadora: Up to 20 characters.
        numero_protocolo: Up to 12 characters.
    """

    tipo_guia: str
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    numero_protocolo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelaGuia:
    """The body of a CANCELA_GUIA (ct_guiaCancelamento).

    Attributes:
        prestador: Who cancels.
        lote: A whole lote; or
        guias: one or more guias: exactly one of the two.
    """

    prestador: Contratado
    lote: LoteACancelar | None = None
    guias: tuple[GuiaACancelar, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoteCancelado:
    """What became of a lote.

    Attributes:
        numero_lote: As asked.
        numero_protocolo: As asked.
        status: dm_statusCancelamento: 1 cancelado com sucesso, 2 não cancelado, 3 guia inexistente, 4 em processamento,
            5 lote inexistente, 6 protocolo inexistente.
    """

    numero_lote: str
    numero_protocolo: str | None = None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaCancelada:
    """What became of a guia: as asked, and its dm_statusCancelamento (see `LoteCancelado`)."""

    tipo_guia: str
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    numero_protocolo: str | None = None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciboCancelamento:
    """What became of all that was asked (ct_guiaCancelamentoRecibo).

    Attributes:
        registro_ans: Of the operadora.
        prestador: Who asked.
        lote: Of a whole lote; or
        guias: of each guia: exactly one of the two.
    """

    registro_ans: str
    prestador: Contratado
    lote: LoteCancelado | None = None
    guias: tuple[GuiaCancelada, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciboCancelaGuia:
    """The answer: exactly one of an error and a recibo."""

    mensagem_erro: MotivoGlosa | None = None
    recibo: ReciboCancelamento | None = None
