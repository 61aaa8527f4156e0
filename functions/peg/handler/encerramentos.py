"""The end of a PEG, as `pagamento` tells it: its values were paid, or there was nothing to pay. Repeatable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from conecta_contas.pegs import Papel, Peg
from conecta_edge import observability
from peg.bootstrap import nucleo
from peg.service import atos
from peg.service.portas import Chamador
from peg.service.recepcao import find_peg

NADA_A_PAGAR: Final = "Nada há a pagar: o valor liberado é zero."


def payment_recorded(envelope: Mapping[str, Any]) -> None:
    """`PagamentoRegistrado`: each PEG of the payment is PAGO.

    Raises:
        ExceptionGroup: of those that are not, after all the others are: not published, over, or changed all the time.
    """
    dados = envelope["dados"]
    motivo = f"Pago em {date.fromisoformat(dados['data']):%d/%m/%Y}, demonstrativo {dados['demonstrativo']}."
    failures = []
    for protocolo in dados["protocolos"]:
        try:
            _end(atos.pay, protocolo, envelope, motivo)
        except Exception as error:  # noqa: BLE001  # raised below
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(dados['protocolos'])} PEGs are not PAGO", failures)


def fatura_closed(envelope: Mapping[str, Any]) -> None:
    """`FaturaEncerrada`: a PEG of which nothing is paid is over; what is recovered of it later is no PEG.

    Raises:
        TransicaoInvalidaError: it is not analysed, or was paid.
        PegNotFoundError: the prestador has no such PEG.
        MudouError: too many others did too many things at once: try again.
    """
    if not envelope["dados"]["parcela"]:
        _end(atos.close_unpaid, envelope["dados"]["protocolo"], envelope, NADA_A_PAGAR)


def _end(act: Callable[..., Peg], protocolo: str, envelope: Mapping[str, Any], motivo: str) -> None:
    portas = nucleo.portas()
    sistema = Chamador(papel=Papel.SISTEMA, quem="sistema", correlacao=envelope["correlacao"])
    peg = act(find_peg(envelope["prestador_id"], protocolo, portas), sistema, portas, motivo=motivo)
    observability.log("info", "peg encerrado", protocolo=protocolo, situacao=peg.situacao.value)


CONSUMIDOS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = MappingProxyType(
    {"PagamentoRegistrado": payment_recorded, "FaturaEncerrada": fatura_closed}
)
"""What is done on each event."""
