"""What guias use of an authorization: summed, the most of any papel, given back."""

from __future__ import annotations

from decimal import Decimal

from conecta_senhas.usos import Usos, altas, guia_key, of_legacy, protocolo_of, totais, without
from tests.builders_autorizacao import PEG

OUTRO = "261120000002"
UM, DOIS = Decimal(1), Decimal(2)
USOS: Usos = {
    guia_key(PEG, 1): {(1, "00"): DOIS, (1, "06"): UM},
    guia_key(PEG, 12): {(1, "06"): DOIS, (0, "00"): UM},
    guia_key(OUTRO, 1): {(2, "00"): UM, (3, "00"): Decimal(0)},
}


def test_a_guia_is_named_by_its_peg_and_its_place() -> None:
    assert list(USOS) == ["261120000001#001", "261120000001#012", "261120000002#001"]
    assert [protocolo_of(chave) for chave in USOS] == [PEG, PEG, OUTRO]


def test_each_papel_is_summed_over_guias_and_of_an_item_the_most_counts() -> None:
    assert totais(USOS) == {(1, "00"): DOIS, (1, "06"): Decimal(3), (0, "00"): UM, (2, "00"): UM}
    assert altas(USOS) == {0: UM, 1: Decimal(3), 2: UM}
    assert (totais({}), altas({})) == ({}, {})


def test_a_peg_or_one_of_its_guias_gives_back_what_is_its_own_once() -> None:
    one = without(USOS, PEG, 1)
    assert sorted(one) == ["261120000001#012", "261120000002#001"]
    assert without(one, PEG, 1) == one
    assert sorted(without(one, PEG)) == ["261120000002#001"]
    assert without(without(USOS, PEG), OUTRO) == {}


def test_what_another_portal_billed_is_used_for_good() -> None:
    legado = of_legacy({1: DOIS, 2: Decimal(0)})
    assert legado == {"LEGADO#000": {(1, "00"): DOIS}}
    assert without({**legado, **USOS}, PEG)["LEGADO#000"] == legado["LEGADO#000"]
    assert of_legacy({2: Decimal(0)}) == {}
