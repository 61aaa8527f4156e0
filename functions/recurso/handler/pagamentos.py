"""How and when what a recurso gives back is paid, as `pagamento` tells it. Repeatable, in whatever order it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from conecta_edge import observability
from recurso.bootstrap import nucleo
from recurso.domain.errors import NaoEncontradoError
from recurso.domain.recursos import Agenda, Recurso
from recurso.service import respostas


def parcela_opened(envelope: Mapping[str, Any]) -> None:
    """`ParcelaAberta`: a fatura of the PEG pays it.

    Raises:
        RecursoError: there is no such recurso, it is not answered, or it changed all the time.
    """
    dados = envelope["dados"]
    entrega, pagamento = (_day(dados.get(name)) for name in ("entrega_ate", "pagamento_em"))
    _schedule(envelope, Agenda(fatura=_id(envelope), entrega_ate=entrega, pagamento_em=pagamento))


def entry_posted(envelope: Mapping[str, Any]) -> None:
    """`LancamentoRegistrado`: a credit pays it, when it is of a recurso: of a PEG of before the migration.

    Raises:
        RecursoError: there is no such recurso, it is not answered, or it changed all the time.
    """
    if envelope["dados"].get("recurso"):
        _schedule(envelope, Agenda(lancamento=_id(envelope)))


def payment_recorded(envelope: Mapping[str, Any]) -> None:
    """`PagamentoRegistrado`: every recurso that one of its faturas or credits pays is paid.

    Raises:
        ExceptionGroup: of those that are not, after all the others are: not scheduled yet, or changed all the time.
    """
    day = date.fromisoformat(envelope["dados"]["data"])
    failures: list[Exception] = []
    for protocolo in _paid(envelope, failures):
        try:
            _log("recurso pago", respostas.settle(envelope["prestador_id"], protocolo, day, nucleo.portas()))
        except Exception as error:  # noqa: BLE001  # raised below
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} recursos are not paid", failures)


def _paid(envelope: Mapping[str, Any], failures: list[Exception]) -> Iterator[str]:
    """Protocolos of the recursos: a parcela is a place, from 1, among what its PEG got back; a credit has its own."""
    dados = envelope["dados"]
    contas = nucleo.portas().contas
    for fatura in dados.get("parcelas", ()):
        origem, _, parcela = fatura.partition("-")
        peg = contas.peg(envelope["prestador_id"], origem)
        if peg is None or int(parcela) > len(peg.recuperacoes):
            failures.append(NaoEncontradoError("peg"))
        else:
            yield peg.recuperacoes[int(parcela) - 1].recurso
    yield from dados.get("recursos", ())


def _schedule(envelope: Mapping[str, Any], agenda: Agenda) -> None:
    done = respostas.schedule(envelope["prestador_id"], envelope["dados"]["recurso"], agenda, nucleo.portas())
    _log("pagamento de recurso agendado", done)


def _log(what: str, recurso: Recurso) -> None:
    observability.log("info", what, protocolo=recurso.protocolo, situacao=recurso.situacao.value)


def _id(envelope: Mapping[str, Any]) -> str:
    return str(envelope["entidade"]).partition("/")[2]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


CONSUMIDOS: Final[Mapping[str, Callable[[Mapping[str, Any]], None]]] = MappingProxyType(
    {
        "ParcelaAberta": parcela_opened,
        "LancamentoRegistrado": entry_posted,
        "PagamentoRegistrado": payment_recorded,
    }
)
"""What is done on each event."""
