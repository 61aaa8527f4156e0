"""What the rows of webhooks do when their transactions meet others; what they keep is `tests/contract`'s."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from alertas.domain.entregas import Entrega, Linha, nova
from alertas.domain.eventos import publico
from alertas.dynamodb.entregas import DynamoEntregas
from conecta_edge import rows
from conecta_edge.dynamodb import TransientConflictError
from tests.builders_alertas import an_event
from tests.builders_functions import HOSPITAL, NOW

CONFLICT, FAILED = "TransactionConflict", "ConditionalCheckFailed"


class Table:
    """The part of DynamoDB that is used: each transaction ends as was said, and then well.

    Attributes:
        actions: of each transaction.
    """

    def __init__(self, *reasons: tuple[str, ...]) -> None:
        self.actions: list[list[str]] = []
        self._reasons = list(reasons)

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]], **_token: str) -> None:  # noqa: N803
        self.actions.append([kind for one in TransactItems for kind in one])
        if self._reasons:
            reasons = [{"Code": code} for code in self._reasons.pop(0)]
            told: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(told, "TransactWriteItems")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PAUSA", 0)


def a_delivery() -> Entrega:
    event = publico(an_event("PegPago", NOW), HOSPITAL)
    assert event is not None
    return nova(event, "w1", NOW)


def test_two_events_of_a_thing_that_meet_in_its_line_are_both_put_in() -> None:
    table = Table(("None", CONFLICT))
    DynamoEntregas(table, "t").put(a_delivery(), NOW)
    assert table.actions == [["Put", "Update"]] * 2


def test_an_event_that_came_before_is_left_as_it_is() -> None:
    table = Table(("None", CONFLICT), (FAILED, "None"))
    DynamoEntregas(table, "t").put(a_delivery(), NOW)
    assert len(table.actions) == 2


def test_one_that_meets_others_again_and_again_is_told_and_comes_again() -> None:
    table = Table(*[("None", CONFLICT)] * rows.CONFLITOS)
    with pytest.raises(TransientConflictError):
        DynamoEntregas(table, "t").put(a_delivery(), NOW)


@pytest.mark.parametrize(("then", "moved"), [((), True), (((FAILED,),), False)])
def test_who_attempts_a_line_as_something_is_put_in_has_it_all_the_same(
    then: tuple[tuple[str, ...], ...], *, moved: bool
) -> None:
    table = Table((CONFLICT,), *then)
    linha = Linha(lugar=a_delivery().lugar, proxima=NOW, tentativas=0, postas=1, versao=1)
    after = replace(linha, proxima=NOW + timedelta(minutes=2), versao=2)
    assert DynamoEntregas(table, "t").write_linha(linha, after) is moved
    assert table.actions == [["Update"]] * 2
