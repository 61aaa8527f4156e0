"""Rows that are a whole object: what is kept of it, and what becomes of a transaction of several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge import rows
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError
from tests.builders_functions import NOW


@dataclass(frozen=True)
class Preco:
    valor: Decimal
    por: dict[str, Decimal]
    faixas: tuple[Decimal, ...] = ()
    texto: str | None = None


def test_an_object_comes_back_to_the_cent_as_it_was() -> None:
    preco = Preco(Decimal("1.10"), {"22": Decimal("0.00")}, (Decimal(3),))
    row = rows.plain(preco)
    assert row == {"valor": "1.10", "por": {"22": "0.00"}, "faixas": ["3"]}
    assert str(getattr(rows.build(Preco, row), "valor", None)) == "1.10"
    assert rows.build(Preco, None) is rows.build(Preco, {}) is None


def test_what_holds_nothing_any_more_is_kept_for_a_while() -> None:
    assert rows.loose(NOW) == {"livre": True, "ttl": rows.until(NOW + timedelta(days=90))}


class Table:
    """A table whose transactions end as they are told to; `calls` has how many actions each had."""

    def __init__(self, *ends: tuple[str, ...]) -> None:
        self._ends = list(ends)
        self.calls: list[list[Any]] = []
        self.tokens: list[str] = []

    def transact_write_items(self, **call: Any) -> None:
        self.tokens.append(call["ClientRequestToken"])
        self.calls.append([next(iter(action.values())) for action in call["TransactItems"]])
        if reasons := self._ends.pop(0):
            response: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": reason} for reason in reasons],
            }
            raise ClientError(response, "TransactWriteItems")


OK, LOST = "None", "ConditionalCheckFailed"


def transact(*ends: tuple[str, ...]) -> Table:
    """Two rows, two events and a kept answer."""
    table = Table(*ends)
    rows.transact(table, [{"Put": "a"}, {"Update": "b"}], ["e", "f"], ["k"])  # type: ignore[list-item]  # names will do
    return table


def test_a_transaction_is_one_call() -> None:
    assert transact(()).calls == [["a", "b", "e", "f", "k"]]


def test_events_told_before_are_left_out_and_the_rest_is_done() -> None:
    assert transact((OK, OK, LOST, OK, OK), ()).calls == [["a", "b", "e", "f", "k"], ["a", "b", "f", "k"]]


def test_events_alone_that_were_all_told_before_are_no_transaction() -> None:
    table = Table((LOST, LOST))
    rows.transact(table, [], ["e", "f"])  # type: ignore[list-item]  # names will do
    assert table.calls == [["e", "f"]]


def test_what_is_tried_again_is_known_for_the_same_and_what_is_changed_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rows, "PAUSA", 0)
    met = ("TransactionConflict", OK, OK, OK, OK)
    first, again, other = transact(met, (OK, OK, LOST, OK, OK), ()).tokens
    assert first == again != other


def test_a_row_that_somebody_else_wrote_is_lost_whatever_else_failed() -> None:
    with pytest.raises(rows.LostError):
        transact((OK, LOST, LOST, OK, LOST))


@pytest.mark.parametrize("met", [("TransactionConflict", OK, OK, OK, OK), ("ThrottlingError", OK, OK, OK, OK)])
def test_what_met_another_is_tried_again_and_lost_only_if_that_one_wrote(
    met: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PAUSA", 0)
    assert len(transact(met, met, ()).calls) == 3
    with pytest.raises(rows.LostError):
        transact(met, (OK, LOST, OK, OK, OK))
    with pytest.raises(TransientConflictError):
        transact(*[met] * rows.CONFLITOS)


def test_an_answer_that_is_kept_already_is_told_apart() -> None:
    with pytest.raises(ConditionFailedError):
        transact((OK, OK, LOST, OK, LOST))


def test_what_is_nobodys_doing_is_not_taken_for_a_race() -> None:
    with pytest.raises(ClientError):
        transact(("ValidationError", OK, OK, OK, OK))
