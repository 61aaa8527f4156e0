"""What the judges notice, each on a day in which one thing went wrong; and how a caller insists."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from local import client
from local.client import Answer, Client
from local.falhas import client as insistent
from local.falhas.client import insisting
from local.falhas.judge import Route, unheard, untold
from local.falhas.plan import How
from local.falhas.portrait import STAGE, Portrait, difference, pattern, rows
from local.falhas.workflows import RECORD, Machine, Tried, come_to, rounds, tasks


def portrait(*rows: tuple[str, dict[str, Any]]) -> Portrait:
    made = Portrait()
    for kind, row in rows:
        made.add(kind, row)
    return made


PEG = "peg PRESTADOR#* / PEG#*", {"situacao": "RECEBIDO", "valor_informado": "10.00", "versao": Decimal(3)}


def test_the_same_day_twice_leaves_no_difference() -> None:
    assert difference(portrait(PEG, PEG), portrait(PEG, PEG)) == []


def test_a_row_lost_or_doubled_or_left_in_another_state_is_noticed() -> None:
    kind, row = PEG
    assert "perdido: peg PRESTADOR#* / PEG#* RECEBIDO: 0 de 1" in difference(portrait(PEG), portrait())
    assert any(text.startswith("em dobro") for text in difference(portrait(PEG), portrait(PEG, PEG)))
    other = portrait((kind, {**row, "situacao": "CANCELADO"}))
    assert [text.partition(":")[0] for text in difference(portrait(PEG), other)] == ["em dobro", "perdido"]


def test_another_amount_is_noticed_and_another_version_is_not() -> None:
    kind, row = PEG
    assert difference(portrait(PEG), portrait((kind, {**row, "versao": 9, "valor_informado": "10"}))) == []
    wrong = difference(portrait(PEG), portrait((kind, {**row, "valor_informado": Decimal("20.00")})))
    assert wrong == [f"outro valor: {kind} valor_informado: 20.00 em vez de 10.00"]
    assert portrait((kind, {"valor_informado": "muito", "total": True})).sums == {}


@pytest.mark.parametrize("kind", ["auditoria PRESTADOR#*#* / *#*", "email", "idempotencia PRESTADOR#* / *#*#*"])
def test_what_is_asked_again_may_be_read_or_told_again_but_not_less(kind: str) -> None:
    one, two = Portrait(Counter({kind: 1})), Portrait(Counter({kind: 2}))
    assert difference(one, two) == []
    assert difference(two, one) == [f"perdido: {kind}: 1 de 2"]


def test_what_comes_when_it_is_time_may_be_any_number() -> None:
    assert difference(Portrait(Counter({"selos PRESTADOR#* / BLOCO#*": 2})), Portrait()) == []
    upload = "documentos PRESTADOR#* / UPLOAD#*"
    waiting, gone = ((upload, {"situacao": state}) for state in ("AGUARDANDO_ARQUIVO", "EXPIRADO"))
    assert difference(portrait(waiting), portrait(gone)) == []


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("PRESTADOR#12345678000195", "PRESTADOR#*"),
        ("PEG#261100000001", "PEG#*"),
        ("AUTORIZACAO", "AUTORIZACAO"),
        ("OPERADORA#345695#CARTEIRA#6f1c", "OPERADORA#*#CARTEIRA#*"),
        ("2026-11-22T17:31:26Z#a1", "*#*"),
    ],
)
def test_of_a_key_only_its_words_count(key: str, words: str) -> None:
    assert pattern(key) == words


def event(tipo: str, **dados: Any) -> dict[str, Any]:
    return {"origem": "conecta.peg", "tipo": tipo, "id": "e1", "texto": json.dumps({"id": "e1", "dados": dados})}


WAYS = [
    Route({"source": ["conecta.peg"], "detail-type": ["PegLiberado"]}, ("conecta-embarcado-pagamento-eventos",)),
    Route(
        {"source": ["conecta.peg"], "detail-type": ["LoteRecusado"], "detail": {"dados": {"legado": [True]}}},
        ("conecta-embarcado-documentos-eventos",),
    ),
]


def test_an_event_that_somebody_listens_to_and_nobody_took_is_noticed() -> None:
    told = [event("PegLiberado")]
    assert unheard(told, set(), WAYS) == ["ninguém processou: PegLiberado e1 em pagamento-eventos"]
    assert unheard(told, {("conecta-embarcado-pagamento-eventos", "e1")}, WAYS) == []


def test_an_event_that_nobody_listens_to_need_not_be_taken() -> None:
    assert unheard([event("PegAnalisado"), event("LoteRecusado", legado=False)], set(), WAYS) == []
    assert len(unheard([event("LoteRecusado", legado=True)], set(), WAYS)) == 1


def test_an_event_that_never_left_its_table_is_noticed() -> None:
    assert untold(iter(("a", "b")), {"a"}) == ["ninguém soube: b"]


def test_every_task_of_a_workflow_is_found_those_of_its_maps_too() -> None:
    def task(acao: str) -> dict[str, Any]:
        return {"Type": "Task", "Parameters": {"FunctionName": "arn", "Payload": {"acao": acao, "id.$": "$.id"}}}

    merged = {"Payload.$": """States.JsonMerge($, States.StringToJson('{"acao":"receber"}'), false)"""}
    parts = {"Type": "Map", "ItemProcessor": {"States": {"Parte": task("carregar-parte"), "Fim": {"Type": "Succeed"}}}}
    states = {"A": task("planejar"), "B": parts, "C": {"Type": "Task", "Parameters": merged}, "D": task(RECORD)}
    assert [*tasks({"States": states})] == ["planejar", "carregar-parte", "receber", RECORD]


def test_each_task_fails_once_and_twice_before_and_after_its_work_and_for_good() -> None:
    load, sweep = Machine("a", "carga", ("planejar", "carregar"), "{}"), Machine("b", "varredura", ("planejar",), "{}")
    seen = Counter((machine.name, task) for one in rounds([load, sweep]) for machine, task in one.tasks.items())
    both = {("carga", "planejar"): 5, ("varredura", "planejar"): 5, ("carga", RECORD): 4, ("varredura", RECORD): 4}
    assert seen == Counter({**both, ("carga", "carregar"): 5, ("carga", ""): 1, ("varredura", ""): 1})
    recording = [one for one in rounds([load]) if one.tasks[load] == RECORD]
    assert {(fault.operation, fault.how) for one in recording for fault in one.beside} == {("planejar", How.FOR_GOOD)}
    assert {one.expected for one in recording} == {"FAILED"}
    assert Tried("carga", "planejar", How.BEFORE, 1, "FAILED", "SUCCEEDED").wrong
    assert next(rounds([])).faults() == ()


class Served:
    """Answers one status after the other, and remembers under which keys it was asked."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.keys = list(statuses), list[str | None]()

    def __call__(self, method: str, url: str, *, headers: Any = None, body: Any = None, timeout: float = 60) -> Answer:
        self.keys.append((headers or {}).get("Idempotency-Key"))
        status = self.statuses.pop(0)
        if not status:
            raise ConnectionResetError
        return Answer(status, {}, b"{}")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insistent, "LONGEST_PAUSE", 0.0)


def asked(served: Served, method: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Counter[int]]:
    monkeypatch.setattr(client, "call", served)
    with insisting() as insistence:
        status = Client("http://api/v1", token="t").request(method, "/pegs", {}).status
    assert client.call is served
    return status, insistence.statuses


@pytest.mark.usefixtures("at_once")
def test_what_is_not_served_is_sent_again_under_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    served = Served(503, 0, 429, 201)
    assert asked(served, "POST", monkeypatch) == (201, Counter({503: 1, 0: 1, 429: 1}))
    assert len(set(served.keys)) == 1
    assert served.keys[0]


@pytest.mark.usefixtures("at_once")
def test_what_is_refused_is_not_sent_again_and_a_read_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(Served(422), "POST", monkeypatch) == (422, Counter())
    reading = Served(502, 200)
    assert asked(reading, "GET", monkeypatch)[0] == 200
    assert reading.keys == [None, None]


@pytest.mark.usefixtures("at_once")
def test_who_insists_gives_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(Served(*[503] * insistent.ATTEMPTS), "POST", monkeypatch)[0] == 503
    monkeypatch.setattr(client, "call", Served(*[0] * insistent.ATTEMPTS))
    with insisting(), pytest.raises(ConnectionResetError):
        Client("http://api/v1").get("/saude")


def test_only_tasks_that_a_workflow_comes_to_again_can_fail_again() -> None:
    texts = [json.dumps([{"acao": "planejar", "id": "1"}, {"partes": []}]), json.dumps([{"tarefa": "outra"}, None])]
    assert come_to(("planejar", "carregar-parte"), texts) == ("planejar",)


class Table:
    """A DynamoDB of one table."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self._items = items

    def list_tables(self) -> dict[str, Any]:
        """Its name."""
        return {"TableNames": [f"{STAGE}alertas"]}

    def get_paginator(self, _operation: str) -> Table:
        """Itself."""
        return self

    def paginate(self, **_asked: Any) -> list[dict[str, Any]]:
        """One page."""
        return [{"Items": self._items}]


def test_rows_whose_time_is_over_are_not_counted_whether_or_not_they_are_still_there() -> None:
    def row(sk: str, **more: Any) -> dict[str, Any]:
        return {"pk": {"S": "PRESTADOR#1"}, "sk": {"S": sk}, **more}

    found = rows(Table(row("A#1"), row("B#1", ttl={"N": "1"}), row("C#1", ttl={"N": "99999999999"})))
    assert [kind for kind, _ in found] == ["alertas PRESTADOR#* / A#*", "alertas PRESTADOR#* / C#*"]
