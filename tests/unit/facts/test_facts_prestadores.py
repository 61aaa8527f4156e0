"""What a prestador is."""

from __future__ import annotations

import pytest

from conecta_facts.prestadores import Prestador


def test_a_prestador_is_a_company_or_a_person() -> None:
    assert Prestador("h", "Hospital", "1234567", cnpj="11222333000181").cpf is None
    assert Prestador("m", "Médica", "1234567", cpf="52998224725").cnpj is None


@pytest.mark.parametrize(("cnpj", "cpf"), [(None, None), ("11222333000181", "52998224725")])
def test_a_prestador_is_never_both_nor_none(cnpj: str | None, cpf: str | None) -> None:
    with pytest.raises(ValueError, match="CNPJ or a CPF"):
        Prestador("x", "X", "1234567", cnpj=cnpj, cpf=cpf)
