"""R12: between which days an operadora accepts a version."""

from __future__ import annotations

from datetime import date

import pytest

from conecta_facts.operadoras import VersaoAceita

HOJE = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("de", "ate", "accepts"),
    [
        (date(2026, 11, 21), None, True),
        (date(2026, 11, 22), None, False),
        (date(2026, 1, 1), date(2026, 11, 21), True),
        (date(2026, 1, 1), date(2026, 11, 20), False),
    ],
)
def test_a_version_is_accepted_between_two_days_both_inclusive(
    de: date,
    ate: date | None,
    accepts: bool,  # noqa: FBT001
) -> None:
    assert VersaoAceita("4.01.00", de, ate).accepts(HOJE) is accepts
