"""Until when a senha is valid, when that is told, and until when the operadora answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conecta_senhas import prazos
from tests.builders_cadastro import HOJE

NOVENTA = HOJE + timedelta(days=90)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((), NOVENTA),
        ((None, None), NOVENTA),
        ((NOVENTA + timedelta(days=1), None), NOVENTA),
        ((NOVENTA, NOVENTA), NOVENTA),
        ((NOVENTA - timedelta(days=1), None), NOVENTA - timedelta(days=1)),
        ((None, HOJE), HOJE),
    ],
)
@pytest.mark.regra("AUT-VALIDADE")
def test_a_senha_is_valid_90_days_or_until_cover_or_contract_end(ends: tuple[date | None, ...], expected: date) -> None:
    assert prazos.validade(HOJE, *ends) == expected


@pytest.mark.regra("AUT-AVISOS")
def test_it_is_told_15_and_5_days_before_the_end_but_not_before_the_decision() -> None:
    assert prazos.avisos(HOJE, NOVENTA) == (HOJE + timedelta(days=75), HOJE + timedelta(days=85))
    assert prazos.avisos(HOJE, HOJE + timedelta(days=15)) == (HOJE + timedelta(days=10),)
    assert prazos.avisos(HOJE, HOJE + timedelta(days=5)) == ()
