"""Versions by day (R12)."""

from __future__ import annotations

from datetime import date

import pytest

from conecta_facts.operadoras import VersaoAceita


@pytest.mark.parametrize(
    ("dia", "expected"),
    [(date(2026, 6, 30), False), (date(2026, 7, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_a_version_is_taken_from_its_first_day_to_its_last(dia: date, *, expected: bool) -> None:
    assert VersaoAceita("4.02.00", date(2026, 7, 1), date(2026, 12, 31)).accepts(dia) is expected


def test_a_version_without_an_end_is_taken_for_good() -> None:
    assert VersaoAceita("4.01.00", date(2022, 10, 1)).accepts(date(9999, 12, 31))
