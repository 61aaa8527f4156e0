"""So many per window and caller; what several do at once is judged in `tests/contract`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge.dynamodb import TransientConflictError, unmarshal
from conecta_edge.problems import ProblemError
from conecta_edge.quotas import Quota
from tests.builders_functions import HOSPITAL, NOW

QUOTA = Quota("elegibilidade", limit=10, window=60)


class Table:
    """Remembers what it was asked, and fails as told."""

    def __init__(self, error: str | None = None) -> None:
        self.updates: list[dict[str, Any]] = []
        self._error = error

    def update_item(self, **call: Any) -> None:
        self.updates.append(call)
        if self._error is not None:
            raise ClientError({"Error": {"Code": self._error, "Message": "x"}}, "UpdateItem")


def take(table: Table, units: int = 1, now: datetime = NOW, quota: Quota = QUOTA) -> None:
    quota.take(table, "idempotencia", prestador_id=HOSPITAL, subject="pessoa-1", units=units, now=now)


def test_units_are_added_under_what_is_left_in_the_callers_own_window() -> None:
    table = Table()
    take(table, 3, NOW + timedelta(seconds=59))
    (call,) = table.updates
    start = int(NOW.timestamp())
    assert unmarshal(call["Key"]) == {
        "pk": f"PRESTADOR#{HOSPITAL}", "sk": f"COTA#elegibilidade#pessoa-1#{start}",
    }  # fmt: skip
    assert unmarshal(call["ExpressionAttributeValues"]) == {":n": 3, ":resta": 7, ":ttl": start + 120}
    assert call["ConditionExpression"] == "attribute_not_exists(n) OR n <= :resta"
    assert call["TableName"] == "idempotencia"


def test_a_new_window_is_a_new_row() -> None:
    table = Table()
    take(table, now=NOW)
    take(table, now=NOW + timedelta(seconds=60))
    assert len({str(call["Key"]) for call in table.updates}) == 2


@pytest.mark.parametrize(("second", "wait"), [(0, "60"), (1, "59"), (59, "1"), (60, "60")])
def test_who_has_spent_a_window_is_told_when_the_next_begins(second: int, wait: str) -> None:
    with pytest.raises(ProblemError) as refused:
        take(Table("ConditionalCheckFailedException"), now=NOW + timedelta(seconds=second))
    assert (refused.value.status, refused.value.codigo) == (429, "limite-excedido")
    assert refused.value.headers == {"Retry-After": wait}


def test_whose_quota_is_spent_is_logged_and_not_who_spent_it(logged: Callable[[], list[Any]]) -> None:
    with pytest.raises(ProblemError):
        take(Table("ConditionalCheckFailedException"), 3)
    (line,) = logged()
    assert (line["message"], line["cota"], line["prestador_id"]) == ("cota excedida", "elegibilidade", HOSPITAL)
    assert "pessoa" not in str(line)


def test_what_no_window_has_is_refused_without_asking() -> None:
    table = Table()
    with pytest.raises(ProblemError) as refused:
        take(table, 11)
    assert (refused.value.status, table.updates) == (429, [])
    take(table, 10)
    assert unmarshal(table.updates[0]["ExpressionAttributeValues"])[":resta"] == 0


def test_a_table_that_is_busy_is_no_quota_spent() -> None:
    with pytest.raises(TransientConflictError):
        take(Table("ProvisionedThroughputExceededException"))
    with pytest.raises(ClientError):
        take(Table("ValidationException"))
