"""Protocolo numbers: unique, at most twelve digits, month first (R30)."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge import protocolos
from conecta_edge.dynamodb import TransientConflictError
from conecta_edge.protocolos import PER_SHARD, SHARDS, CountersExhaustedError, Kind, allocate, month_of

NOVEMBER = date(2026, 11, 21)


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "UpdateItem")


class Counters:
    """The one conditional `ADD` of a counter row, as DynamoDB carries it out."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def update_item(self, **asked: Any) -> Mapping[str, Any]:
        assert asked["UpdateExpression"] == "ADD n :one"
        assert asked["ConditionExpression"] == "attribute_not_exists(n) OR n < :last"
        key = asked["Key"]["pk"]["S"], asked["Key"]["sk"]["S"]
        values = asked["ExpressionAttributeValues"]
        with self._lock:
            before = self.rows.get(key)
            if before is not None and before >= int(values[":last"]["N"]):
                raise refusal("ConditionalCheckFailedException")
            self.rows[key] = (before or 0) + int(values[":one"]["N"])
            return {"Attributes": {"n": {"N": str(self.rows[key])}}}


@pytest.mark.regra("PROTOCOLO")
def test_a_number_has_the_month_the_kind_and_seven_digits() -> None:
    number = allocate(Counters(), "t", Kind.PEG, NOVEMBER)
    assert (len(number), number[:5], number.isdecimal()) == (12, "26112", True)
    assert month_of(number) == "2611"
    assert allocate(Counters(), "t", Kind.ATENDIMENTO, date(2027, 1, 1))[:5] == "27011"


@pytest.mark.regra("PROTOCOLO")
def test_the_fifth_digit_says_whose_number_it_is() -> None:
    counters = Counters()
    kinds = {kind: allocate(counters, "t", kind, NOVEMBER)[4] for kind in Kind}
    assert kinds == {
        Kind.ATENDIMENTO: "1", Kind.PEG: "2", Kind.RELACIONAMENTO: "3", Kind.AUTORIZACAO: "4", Kind.PAGAMENTO: "5",
        Kind.RECURSO: "6",
    }  # fmt: skip
    assert {pk for pk, _ in counters.rows} == {f"CONTADOR#2611#{digit}" for digit in "123456"}


def test_numbers_of_a_month_spread_over_ten_shards_and_never_repeat() -> None:
    counters = Counters()
    numbers = [allocate(counters, "t", Kind.PEG, NOVEMBER) for _ in range(500)]
    assert len(set(numbers)) == 500
    assert {pk for pk, _ in counters.rows} == {"CONTADOR#2611#2"}
    assert {sk for _, sk in counters.rows} == {str(shard) for shard in range(SHARDS)}


def test_kinds_and_months_count_apart() -> None:
    counters, one = Counters(), random.Random(1)  # noqa: S311  # the same shard each time
    allocate(counters, "t", Kind.PEG, NOVEMBER, one)
    allocate(counters, "t", Kind.ATENDIMENTO, NOVEMBER, one)
    allocate(counters, "t", Kind.PEG, date(2026, 12, 1), one)
    assert {pk for pk, _ in counters.rows} == {"CONTADOR#2611#2", "CONTADOR#2611#1", "CONTADOR#2612#2"}


def test_a_full_shard_is_passed_over() -> None:
    counters = Counters()
    counters.rows = {("CONTADOR#2611#2", str(shard)): PER_SHARD for shard in range(SHARDS) if shard != 7}
    assert allocate(counters, "t", Kind.PEG, NOVEMBER) == "261127000001"


def test_the_last_number_of_a_shard_still_has_twelve_digits() -> None:
    counters = Counters()
    counters.rows = {("CONTADOR#2611#2", str(shard)): PER_SHARD for shard in range(SHARDS)}
    counters.rows["CONTADOR#2611#2", "3"] = PER_SHARD - 1
    assert allocate(counters, "t", Kind.PEG, NOVEMBER) == "261123999999"
    with pytest.raises(CountersExhaustedError, match="2611"):
        allocate(counters, "t", Kind.PEG, NOVEMBER)


@pytest.mark.regra("PROTOCOLO")
def test_threads_never_get_the_same_number() -> None:
    counters = Counters()
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: allocate(counters, "t", Kind.PEG, NOVEMBER), range(400)))
    assert len(set(numbers)) == 400


def test_a_throttled_table_allocates_nothing() -> None:
    class Throttled:
        def update_item(self, **_asked: Any) -> Mapping[str, Any]:
            raise refusal("ProvisionedThroughputExceededException")

    with pytest.raises(TransientConflictError):
        allocate(Throttled(), "t", Kind.PEG, NOVEMBER)


def test_a_month_has_room_for_ten_million_numbers_of_a_kind_less_the_zeros() -> None:
    assert protocolos.SHARDS * protocolos.PER_SHARD == 9_999_990
