"""The cronograma as a calendar that phones and desks subscribe to (RFC 5545, RFC 7986)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from icalendar import Calendar, Event

from pagamento.domain.faturas import SituacaoFatura

if TYPE_CHECKING:
    from pagamento.domain.cronograma import Cronograma
    from pagamento.service.cronogramas import Previsao

_DE_NOVO: Final = timedelta(hours=6)
"""How often a client may look again."""
_NOTA: Final = "Envie a nota fiscal até o fim deste dia (horário de Brasília). Depois dele, o pagamento é reagendado."


def calendario(
    cronogramas: Iterable[Cronograma], previsoes: Iterable[Previsao], operadoras: Mapping[str, str]
) -> bytes:
    """Deliveries and payments, day by day: of each ciclo, and of each PEG that is not paid yet.

    An event keeps its UID whatever its day becomes; its SEQUENCE is the version of the cronograma, or of the fatura.
    No alarms: a client has its own. No amounts, no persons: the address of a feed is all that guards it.

    Args:
        operadoras: names by registro ANS.
    """
    made = Calendar()
    for name, value in (
        ("prodid", "-//Conecta//Cronograma de faturas//PT-BR"), ("version", "2.0"), ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"), ("name", "Faturas e pagamentos"), ("x-wr-calname", "Faturas e pagamentos"),
        ("x-wr-timezone", "America/Sao_Paulo"), ("x-published-ttl", "PT6H"),
    ):  # fmt: skip
        made.add(name, value)
    made.add("refresh-interval", _DE_NOVO, parameters={"VALUE": "DURATION"})
    for cronograma in cronogramas:
        whom, told = operadoras[cronograma.registro_ans], (cronograma.versao, cronograma.publicado_em)
        for one in cronograma.ciclos:
            uid = f"{cronograma.registro_ans}-{one.competencia}"
            month = f"{one.competencia[4:]}/{one.competencia[:4]}"
            _event(made, f"entrega-{uid}", one.entrega, f"{whom}: entrega de notas de {month}", _NOTA, told)
            paid = f"Pagamento dos PEGs recebidos até {one.corte:%d/%m/%Y} com nota entregue no prazo."
            _event(made, f"pagamento-{uid}", one.pagamento, f"{whom}: pagamento de {month}", paid, told)
    for each in previsoes:
        _peg(made, each, operadoras[each.peg.registro_ans])
    return bytes(made.to_ical())


def _peg(made: Calendar, each: Previsao, whom: str) -> None:
    peg, fatura = each.peg, each.fatura
    told = (fatura.versao if fatura else 0, peg.historico[-1].quando if peg.historico else peg.data_recepcao)
    waits = fatura is None or fatura.situacao is SituacaoFatura.PENDENTE
    name, text = f"PEG {each.id}", f"PEG {each.id}, lote {peg.numero_lote}."
    if waits and each.entrega_ate is not None:
        _event(made, f"entrega-{each.id}", each.entrega_ate, f"{whom}: nota do {name}", f"{text} {_NOTA}", told)
    if each.pagamento_em is not None:
        text = f"{text} Se a nota for enviada agora." if waits else text
        _event(made, f"pagamento-{each.id}", each.pagamento_em, f"{whom}: pagamento do {name}", text, told)


def _event(  # noqa: PLR0917  # what it is
    made: Calendar, uid: str, day: date, summary: str, description: str, told: tuple[int, datetime]
) -> None:
    sequence, when = told
    event = Event()
    for name, value in (
        ("uid", f"{uid}@conecta"), ("dtstamp", when), ("last-modified", when), ("sequence", sequence),
        ("dtstart", day), ("dtend", day + timedelta(days=1)), ("summary", summary), ("description", description),
        ("transp", "TRANSPARENT"), ("class", "PRIVATE"),
    ):  # fmt: skip
        event.add(name, value)
    made.add_component(event)
