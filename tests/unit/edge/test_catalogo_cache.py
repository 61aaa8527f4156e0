"""How old an answer of the catalogue may be, and how much it may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from conecta_edge import cadastro as keys
from conecta_edge import catalogo as module
from conecta_edge.catalogo import MAX_AGE, Catalogo
from conecta_edge.dynamodb import marshal
from conecta_facts.codec import plain
from tests.builders_cadastro import PLANO, a_contrato, a_plano, a_profissional, an_operadora
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE


@dataclass
class Moving:
    """A clock that a test moves."""

    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


class Table:
    """Rows by key, and how often they were asked for."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.calls = 0

    def put(self, key: dict[str, str], value: Any) -> None:
        self.rows[key["pk"], key["sk"]] = {**key, "v": 2, "dados": plain(value)}

    def query(self, *, ExpressionAttributeValues: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        pk, prefix = (ExpressionAttributeValues.get(name, {"S": ""})["S"] for name in (":pk", ":sk"))
        found = [row for (own, sk), row in sorted(self.rows.items()) if own == pk and sk.startswith(prefix)]
        return {"Items": [marshal(row) for row in found]}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.calls += 1
        asked = [(key["pk"]["S"], key["sk"]["S"]) for key in RequestItems["t"]["Keys"]]
        return {"Responses": {"t": [marshal(self.rows[key]) for key in asked if key in self.rows]}}


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
def catalogo(table: Table, clock: Moving) -> Catalogo:
    return Catalogo(table, "t", clock)


def test_an_answer_is_held_for_its_age_and_not_a_moment_longer(table: Table, clock: Moving, catalogo: Catalogo) -> None:
    table.put(keys.plano_key(VALE, PLANO), a_plano())
    assert catalogo.plano(VALE, PLANO) is catalogo.plano(VALE, PLANO)
    table.put(keys.plano_key(VALE, PLANO), a_plano(nome="Outro nome"))
    clock.instant += MAX_AGE - timedelta(microseconds=1)
    held = catalogo.plano(VALE, PLANO)
    assert (held.plano.nome if held else None, table.calls) == ("AMS Nacional", 1)
    clock.instant += timedelta(microseconds=1)
    fresh = catalogo.plano(VALE, PLANO)
    assert (fresh.plano.nome if fresh else None, table.calls) == ("Outro nome", 2)
    clock.instant += MAX_AGE - timedelta(microseconds=1)
    catalogo.plano(VALE, PLANO)
    assert table.calls == 2


def test_what_nobody_knows_is_asked_for_each_time_and_seen_as_soon_as_it_is_there(
    table: Table, catalogo: Catalogo
) -> None:
    assert catalogo.plano(VALE, PLANO) is None
    assert catalogo.operadora(VALE) is None
    assert table.calls == 2
    table.put(keys.plano_key(VALE, PLANO), a_plano())
    table.put(keys.operadora_key(VALE), an_operadora())
    assert catalogo.plano(VALE, PLANO) is not None
    assert catalogo.operadora(VALE) == an_operadora()


def test_an_age_of_zero_reads_always(table: Table, clock: Moving) -> None:
    table.put(keys.plano_key(VALE, PLANO), a_plano())
    catalogo = Catalogo(table, "t", clock, max_age=timedelta(0))
    for _ in range(3):
        catalogo.plano(VALE, PLANO)
    assert table.calls == 3


def test_each_kind_of_answer_is_held_by_itself(table: Table, catalogo: Catalogo) -> None:
    table.put(keys.contrato_key(HOSPITAL, VALE, a_contrato().vigente_de), a_contrato())
    questions: list[Callable[[], Any]] = [
        catalogo.operadoras,
        lambda: catalogo.contatos(VALE),
        lambda: catalogo.contatos(PASA),
        lambda: catalogo.calendario(VALE),
        lambda: catalogo.contrato(HOSPITAL, VALE),
        lambda: catalogo.contrato(HOSPITAL, PASA),
        lambda: catalogo.locais(HOSPITAL, VALE),
        lambda: catalogo.regras(VALE),
        lambda: catalogo.precos(VALE, "A"),
        lambda: catalogo.precos(VALE, "B"),
    ]
    first = [ask() for ask in questions]
    asked = table.calls
    assert [ask() for ask in questions] == first
    assert table.calls == asked == len(questions) + 2 * 3  # a contract is four queries
    assert catalogo.contrato(HOSPITAL, VALE) != catalogo.contrato(HOSPITAL, PASA)


def test_persons_are_never_held(table: Table, catalogo: Catalogo) -> None:
    table.put(keys.profissional_key(HOSPITAL, VALE, "06", "ES", "52000001"), a_profissional())
    for _ in range(2):
        assert catalogo.profissional(HOSPITAL, VALE, "06", "ES", "52000001") == a_profissional()
        assert catalogo.corpo_clinico(HOSPITAL, VALE) == (a_profissional(),)
    assert (table.calls, catalogo._held) == (4, {})


def test_however_much_is_asked_only_so_much_is_held_the_oldest_leaves_first(
    table: Table, catalogo: Catalogo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 3)
    for codigo in "abcd":
        table.put(keys.plano_key(VALE, codigo), a_plano(codigo))
        catalogo.plano(VALE, codigo)
    assert len(catalogo._held) == 3
    calls = table.calls
    for codigo in "bcd":
        catalogo.plano(VALE, codigo)
    assert table.calls == calls
    catalogo.plano(VALE, "a")
    assert (table.calls, len(catalogo._held)) == (calls + 1, 3)


def test_a_probe_of_invented_codes_fills_nothing(table: Table, catalogo: Catalogo) -> None:
    for codigo in "abcd":
        catalogo.plano(VALE, codigo)
    assert catalogo._held == {}
