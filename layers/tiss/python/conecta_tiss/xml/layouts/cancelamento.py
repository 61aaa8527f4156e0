"""`cancelaGuia` and `reciboCancelaGuia`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import cancelamento
from conecta_tiss.xml.layout import Filho, Lista, Registro, dentro, texto
from conecta_tiss.xml.layouts.comum import MENSAGEM_ERRO, PRESTADOR

_GUIA: Final = (
    texto("tipoGuia", "tipo_guia"),
    texto("numeroGuiaPrestador", "numero_guia_prestador"),
    texto("numeroGuiaOperadora", "numero_guia_operadora"),
    texto("numeroProtocolo", "numero_protocolo"),
)
_STATUS: Final = texto("statusCancelamento", "status")


@cache
def lote_a_cancelar() -> Registro:
    """`tipoCancelamentoLote`."""
    return Registro(
        classe=cancelamento.LoteACancelar,
        partes=(texto("numeroLote", "numero_lote"), texto("numeroProtocolo", "numero_protocolo")),
    )


@cache
def guia_a_cancelar() -> Registro:
    """`tipoCancelamentoGuia`."""
    return Registro(classe=cancelamento.GuiaACancelar, partes=_GUIA)


@cache
def cancela_guia() -> Registro:
    """ct_guiaCancelamento."""
    return Registro(
        classe=cancelamento.CancelaGuia,
        partes=(
            PRESTADOR,
            dentro(
                "tipoCancelamento",
                Filho(elemento="tipoCancelamentoLote", campo="lote", registro=lote_a_cancelar),
                Lista(elemento="tipoCancelamentoGuia", campo="guias", registro=guia_a_cancelar),
            ),
        ),
    )


@cache
def lote_cancelado() -> Registro:
    """`loteCancelado`."""
    return Registro(
        classe=cancelamento.LoteCancelado,
        partes=(texto("numeroLote", "numero_lote"), texto("numeroprotocolo", "numero_protocolo"), _STATUS),
    )


@cache
def guia_cancelada() -> Registro:
    """`dadosGuia` of ct_guiaCancelamentoRecibo."""
    return Registro(classe=cancelamento.GuiaCancelada, partes=(*_GUIA, _STATUS))


@cache
def recibo_cancelamento() -> Registro:
    """ct_guiaCancelamentoRecibo."""
    return Registro(
        classe=cancelamento.ReciboCancelamento,
        partes=(
            texto("registroANS", "registro_ans"),
            PRESTADOR,
            dentro(
                "retornoStatus",
                Filho(elemento="loteCancelado", campo="lote", registro=lote_cancelado),
                Lista(elemento="dadosGuia", campo="guias", registro=guia_cancelada, envoltorio="guiasCanceladas"),
            ),
        ),
    )


@cache
def recibo_cancela_guia() -> Registro:
    """ct_reciboCancelaGuia."""
    return Registro(
        classe=cancelamento.ReciboCancelaGuia,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="reciboCancelaGuia", campo="recibo", registro=recibo_cancelamento),
        ),
    )
