"""Instants and local days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conecta_edge.clock import (
    LARGEST_OFFSET,
    FixedClock,
    SystemClock,
    day_start,
    iso,
    local_day,
    parse_iso,
    parse_offset,
    write_offset,
)

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


@pytest.mark.parametrize("dia", [date(2026, 11, 22), date(2018, 11, 4)])  # at the latter's midnight summer time began
def test_a_day_begins_at_its_own_first_instant(dia: date) -> None:
    assert local_day(day_start(dia)) == dia
    assert local_day(day_start(dia) - timedelta(microseconds=1)) == dia - timedelta(days=1)


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


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("P91D", timedelta(days=91)),
        ("-P1D", timedelta(days=-1)),
        ("P30DT12H", timedelta(days=30, hours=12)),
        ("PT15M", timedelta(minutes=15)),
        ("-PT1H30M5S", -timedelta(hours=1, minutes=30, seconds=5)),
        ("P0D", timedelta()),
    ],
)
def test_an_offset_is_a_duration_of_days_and_time(text: str, offset: timedelta) -> None:
    assert parse_offset(text) == offset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "91",
        "91D",
        "P91",
        "P1M",
        "P1Y",
        "P1W",
        "+P1D",
        "p1d",
        "P-1D",
        "P1D ",
        "P1,5D",
        "P\u0661D",
    ],
)
def test_what_is_no_duration_is_no_offset(text: str) -> None:
    with pytest.raises(ValueError, match="such as P91D"):
        parse_offset(text)


@pytest.mark.parametrize("text", ["P3661D", "-P3661D", "PT999999H"])
def test_nobody_needs_a_clock_moved_beyond_ten_years(text: str) -> None:
    with pytest.raises(ValueError, match="beyond"):
        parse_offset(text)
    with pytest.raises(ValueError, match="beyond"):
        write_offset(LARGEST_OFFSET + timedelta(seconds=1))


@given(st.timedeltas(min_value=-LARGEST_OFFSET, max_value=LARGEST_OFFSET).map(lambda t: timedelta(t.days, t.seconds)))
def test_an_offset_written_and_read_is_the_same_offset(offset: timedelta) -> None:
    assert parse_offset(write_offset(offset)) == offset


@pytest.mark.parametrize("stage", ["embarcado", "homologacao"])
def test_the_clock_of_a_stage_of_trials_is_moved(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    monkeypatch.setenv("CONECTA_ESTAGIO", stage)
    monkeypatch.setenv("DESLOCAMENTO_RELOGIO", "P91D")
    before = datetime.now(UTC)
    assert before <= SystemClock().now() - timedelta(days=91) <= datetime.now(UTC)


@pytest.mark.parametrize("stage", ["producao", "teste", ""])
@pytest.mark.parametrize("text", ["P91D", "qualquer coisa"])
def test_no_other_clock_is_moved_whatever_its_environment_says(
    monkeypatch: pytest.MonkeyPatch, stage: str, text: str
) -> None:
    monkeypatch.setenv("CONECTA_ESTAGIO", stage)
    monkeypatch.setenv("DESLOCAMENTO_RELOGIO", text)
    assert SystemClock().now() <= datetime.now(UTC)


def test_a_clock_that_was_not_moved_is_right_in_every_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONECTA_ESTAGIO", "homologacao")
    for text in ("", "P0D"):
        monkeypatch.setenv("DESLOCAMENTO_RELOGIO", text)
        assert SystemClock().now() <= datetime.now(UTC)


def test_an_offset_that_cannot_be_read_is_not_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONECTA_ESTAGIO", "homologacao")
    monkeypatch.setenv("DESLOCAMENTO_RELOGIO", "91 dias")
    with pytest.raises(ValueError, match="91 dias"):
        SystemClock()
