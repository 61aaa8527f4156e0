"""Instants and local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conecta_edge.clock import FixedClock, SystemClock, iso, local_day, parse_iso

INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3)), timezone(timedelta(hours=5, minutes=45))]),
)


@given(INSTANTS)
def test_an_instant_written_and_read_is_the_same_instant(instant: datetime) -> None:
    assert parse_iso(iso(instant)) == instant


@given(INSTANTS, INSTANTS)
def test_the_order_of_written_instants_is_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (iso(one) < iso(other)) == (one < other)


def test_what_aws_writes_is_read() -> None:
    assert parse_iso("2026-11-21T21:46:01Z") == datetime(2026, 11, 21, 21, 46, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-21T21:46:01", "2026-11-21", "ontem", ""])
def test_a_text_that_is_not_an_instant_with_a_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"zone|isoformat"):
        parse_iso(text)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-22T01:30:00Z", date(2026, 11, 21)),
        ("2026-11-22T02:59:59.999999Z", date(2026, 11, 21)),
        ("2026-11-22T03:00:00Z", date(2026, 11, 22)),
        ("2018-01-15T01:59:59Z", date(2018, 1, 14)),  # summer time: two hours
        ("2018-01-15T02:00:00Z", date(2018, 1, 15)),
    ],
)
def test_the_day_of_an_instant_is_that_of_sao_paulo(instant: str, day: date) -> None:
    assert local_day(parse_iso(instant)) == day


def test_the_system_clock_answers_now_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)
    assert SystemClock().now().tzinfo is UTC


def test_a_fixed_clock_stands_still() -> None:
    instant = datetime(2026, 11, 21, tzinfo=UTC)
    assert FixedClock(instant).now() is instant
