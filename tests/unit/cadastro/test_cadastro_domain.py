"""Who takes part: what a prestador is, and what rows keep of it."""

from __future__ import annotations

from datetime import date

import pytest

from cadastro.domain import Prestador
from cadastro.dynamodb import _plain

HOJE = date(2026, 11, 21)


def test_a_prestador_is_a_company_or_a_person() -> None:
    assert Prestador("h", "Hospital", "1234567", cnpj="11222333000181").cpf is None
    assert Prestador("m", "Médica", "1234567", cpf="52998224725").cnpj is None


@pytest.mark.parametrize(("cnpj", "cpf"), [(None, None), ("11222333000181", "52998224725")])
def test_a_prestador_is_never_both_nor_none(cnpj: str | None, cpf: str | None) -> None:
    with pytest.raises(ValueError, match="CNPJ or a CPF"):
        Prestador("x", "X", "1234567", cnpj=cnpj, cpf=cpf)


def test_a_row_keeps_dates_as_text_lists_as_lists_and_nothing_of_what_is_absent() -> None:
    value = {"dia": HOJE, "grupo": ("a", "b"), "versoes": [{"de": HOJE, "ate": None}], "vazio": None, "n": 1}
    assert _plain(value) == {"dia": "2026-11-21", "grupo": ["a", "b"], "versoes": [{"de": "2026-11-21"}], "n": 1}
