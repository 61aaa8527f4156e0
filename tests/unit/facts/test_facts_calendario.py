"""Business days of an operadora (R04, RN 623)."""

from __future__ import annotations

from datetime import date

import pytest

from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia

SEXTA, SABADO, DOMINGO, SEGUNDA = (date(2026, 11, dia) for dia in (20, 21, 22, 23))
FERIADO, FACULTATIVO, EXPEDIENTE = TipoDia.FERIADO, TipoDia.FACULTATIVO, TipoDia.EXPEDIENTE


def calendario(*dias: tuple[date, TipoDia] | tuple[date, TipoDia, str]) -> Calendario:
    return Calendario(tuple(DiaEspecial(data, "x", tipo, *uf) for data, tipo, *uf in dias))


@pytest.mark.parametrize(("dia", "util"), [(SEXTA, True), (SABADO, False), (DOMINGO, False), (SEGUNDA, True)])
def test_without_a_calendar_weekdays_are_business_days(dia: date, *, util: bool) -> None:
    assert Calendario().util(dia) is util
    assert Calendario().util(dia, "ES") is util


def test_the_operadoras_holidays_and_optional_days_are_days_off_and_worked_days_are_not() -> None:
    made = calendario((SEXTA, FERIADO), (SEGUNDA, FACULTATIVO), (SABADO, EXPEDIENTE))
    assert [made.util(dia) for dia in (SEXTA, SABADO, DOMINGO, SEGUNDA)] == [False, True, False, False]


def test_a_states_day_off_is_one_in_that_state_only() -> None:
    made = calendario((SEXTA, FERIADO, "ES"))
    assert not made.util(SEXTA, "ES")
    assert made.util(SEXTA, "RJ")
    assert made.util(SEXTA)


@pytest.mark.parametrize("order", [1, -1])
def test_a_states_own_word_wins_over_the_nations(order: int) -> None:
    made = calendario(*((SEXTA, FERIADO), (SEXTA, EXPEDIENTE, "ES"))[::order])
    assert made.util(SEXTA, "ES")
    assert not made.util(SEXTA, "RJ")
    assert not made.util(SEXTA)


@pytest.mark.parametrize(
    ("quantos", "expected"),
    [(0, date(2026, 11, 19)), (1, SEXTA), (2, SEGUNDA), (3, date(2026, 11, 24)), (22, date(2026, 12, 21))],
)
def test_the_first_day_does_not_count_and_days_off_are_passed_over(quantos: int, expected: date) -> None:
    assert Calendario().somar_uteis(date(2026, 11, 19), quantos) == expected


def test_a_term_that_begins_on_a_day_off_counts_from_the_next_business_day() -> None:
    assert Calendario().somar_uteis(SABADO, 1) == SEGUNDA


def test_a_term_over_the_turn_of_the_year_passes_over_its_holidays() -> None:
    made = calendario((date(2026, 12, 24), FACULTATIVO), (date(2026, 12, 25), FERIADO), (date(2027, 1, 1), FERIADO))
    assert made.somar_uteis(date(2026, 12, 23), 5) == date(2027, 1, 4)
    assert made.somar_uteis(date(2026, 12, 23), 1) == date(2026, 12, 28)


def test_a_states_holiday_moves_the_term_in_that_state_only() -> None:
    made = calendario((SEGUNDA, FERIADO, "ES"))
    assert made.somar_uteis(SEXTA, 1, "ES") == date(2026, 11, 24)
    assert made.somar_uteis(SEXTA, 1, "RJ") == SEGUNDA
