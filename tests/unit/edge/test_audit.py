"""One row for each access to personal data, put and never changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge import session
from conecta_edge.audit import KEPT, Access, Actor, append, place
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import TransientConflictError, unmarshal
from conecta_edge.http import Request
from conecta_edge.tenancy import Grupo, OperadoraPrincipal, Papel, Principal
from tests.builders_functions import HOSPITAL, NOW, VALE, person

ACCESS = Access(
    actor=Actor(f"PRESTADOR#{HOSPITAL}", "pessoa-1", "recepcao"),
    operacao="/elegibilidade",
    finalidade="verificacao-de-elegibilidade",
    correlacao="corr-1",
    sujeitos=("a" * 32, "b" * 32),
    campos=("nome", "plano"),
)
CANARIES = ("52998224725", "00012345678900011", "Joana Prado", "joana@exemplo.example")


class Table:
    """Keeps what is put where nothing is, or fails as told."""

    def __init__(self, error: str | None = None) -> None:
        self.puts: list[dict[str, Any]] = []
        self._error = error

    def put_item(self, **call: Any) -> None:
        if self._error is not None:
            raise ClientError({"Error": {"Code": self._error, "Message": "x"}}, "PutItem")
        self.puts.append(call)

    @property
    def row(self) -> dict[str, Any]:
        (call,) = self.puts
        return unmarshal(call["Item"])


def test_a_row_says_who_asked_what_of_whom_and_why() -> None:
    table = Table()
    append(table, "auditoria", ACCESS, NOW)
    assert table.row == {
        "pk": f"PRESTADOR#{HOSPITAL}#2026-11-21",
        "sk": "2026-11-21T12:00:00.000000Z#corr-1",
        "v": 1,
        "quem": "pessoa-1",
        "papel": "recepcao",
        "operacao": "/elegibilidade",
        "finalidade": "verificacao-de-elegibilidade",
        "sujeitos": ["a" * 32, "b" * 32],
        "campos": ["nome", "plano"],
        "correlacao": "corr-1",
        "ttl": int((NOW + KEPT).timestamp()),
    }
    assert place(table.row["pk"]) == (f"PRESTADOR#{HOSPITAL}", date(2026, 11, 21))


def test_a_row_is_put_where_there_is_none_and_in_no_other_way() -> None:
    table = Table()
    append(table, "auditoria", ACCESS, NOW)
    assert table.puts[0]["TableName"] == "auditoria"
    assert table.puts[0]["ConditionExpression"] == "attribute_not_exists(pk)"
    assert "ExpressionAttributeValues" not in table.puts[0]


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 22, 2, 59, 59, 999999, tzinfo=UTC), "2026-11-21"),
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), "2026-11-22"),
    ],
)
def test_a_row_lies_under_the_local_day(instant: datetime, day: str) -> None:
    table = Table()
    append(table, "auditoria", ACCESS, instant)
    assert table.row["pk"].endswith(f"#{day}")
    assert table.row["sk"].startswith(f"{instant:%Y-%m-%dT%H:%M:%S}")


def test_an_object_is_named_when_there_is_one() -> None:
    table = Table()
    append(table, "auditoria", replace(ACCESS, objeto="peg/261120000001"), NOW)
    assert table.row["objeto"] == "peg/261120000001"


def test_a_row_that_an_attempt_without_an_answer_wrote_is_written() -> None:
    append(Table("ConditionalCheckFailedException"), "auditoria", ACCESS, NOW)


def test_what_could_not_be_recorded_is_told_so_that_nothing_is_answered() -> None:
    with pytest.raises(TransientConflictError):
        append(Table("ThrottlingException"), "auditoria", ACCESS, NOW)
    with pytest.raises(ClientError):
        append(Table("AccessDeniedException"), "auditoria", ACCESS, NOW)


def test_a_request_leaves_its_route_and_its_id_and_nothing_personal(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table()
    monkeypatch.setattr(session, "client", {"dynamodb": table}.__getitem__)
    monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW))
    cpf, carteira, nome, email = CANARIES
    request = Request(
        "POST", "/elegibilidade", {"x": cpf}, {"cpf": cpf, "nome": nome}, {"x-nome": nome},
        person(email=email), f'{{"numero_carteira":"{carteira}"}}'.encode(), "corr-1", {"body": carteira},
    )  # fmt: skip
    caller = Principal(HOSPITAL, "pessoa-1", Papel.RECEPCAO, frozenset())
    session.record_access(request, caller.actor, finalidade="f", sujeitos=("a" * 32,), campos=("nome",))
    assert (table.row["operacao"], table.row["correlacao"]) == ("/elegibilidade", "corr-1")
    assert table.puts[0]["TableName"] == function_environment["TABELA_AUDITORIA"]
    written = json.dumps(table.puts, ensure_ascii=False)
    assert not [canary for canary in CANARIES if canary in written]


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (
            Principal(HOSPITAL, "pessoa-1", Papel.GESTOR, frozenset()).actor,
            Actor(f"PRESTADOR#{HOSPITAL}", "pessoa-1", "gestor"),
        ),
        (
            Principal(HOSPITAL, "maquina-1", None, frozenset({"peg.ler"})).actor,
            Actor(f"PRESTADOR#{HOSPITAL}", "maquina-1", "maquina"),
        ),
        (
            OperadoraPrincipal("pessoa-9", {VALE: frozenset({Grupo.CENTRAL, Grupo.CADASTRO})}).actor_at(VALE),
            Actor(f"OPERADORA#{VALE}", "pessoa-9", "cadastro central"),
        ),
    ],
    ids=["person", "machine", "operadora"],
)
def test_who_acts_is_told_by_id_and_papel(actor: Actor, expected: Actor) -> None:
    assert actor == expected
