"""What a PEG uses of senhas: folded by senha, fitting or not, given back once."""

from __future__ import annotations

from decimal import Decimal

from conecta_contas.consumo import Consumo, fold, usos_of
from tests.builders_autorizacao import CIRURGIA
from tests.builders_peg import (
    OUTRA_SENHA,
    SENHA,
    a_fee,
    a_knowledge,
    a_sadt,
    a_senha,
    authorised,
    by,
    done,
    granted,
    granted_stay,
    judged,
)

PEG = "261120000001"
UM, DOIS = Decimal(1), Decimal(2)


def test_two_guias_of_one_senha_are_one_write_on_it() -> None:
    two = a_knowledge(a_senha(granted(authorised(quantidade=3))), a_senha(granted(numero=OUTRA_SENHA)))
    found = judged(
        a_sadt(done(quantidade=2, hora_inicial="08:00:00")),
        a_sadt(done(hora_inicial="09:00:00"), numero="G2"),
        a_sadt(done(hora_inicial="10:00:00"), numero="G3", senha=OUTRA_SENHA),
        contexto=two,
    )
    assert found.consumo == (
        Consumo(SENHA, {(1, "00"): Decimal(3)}, frozenset({1, 2})),
        Consumo(OUTRA_SENHA, {(1, "00"): UM}, frozenset({3})),
    )
    assert fold(found.alocacoes, {2}) == (Consumo(SENHA, {(1, "00"): UM}, frozenset({2})),)
    assert fold(found.alocacoes, ()) == ()


def test_a_line_with_a_whole_team_uses_each_of_its_graus() -> None:
    guia = a_fee(done(CIRURGIA, valor="1.00", equipe=(by("00"), by("06"), by("12"))))
    (used,) = judged(guia, contexto=a_knowledge(a_senha(granted_stay(authorised(CIRURGIA))))).consumo
    assert used.quantidades == {(1, "00"): UM, (1, "06"): UM}  # surgeon and clinician do the procedure itself


def test_a_line_takes_from_several_authorised_items() -> None:
    held = granted(authorised(quantidade=2), authorised(quantidade=2, sequencia=2))
    (used,) = judged(a_sadt(done(quantidade=3)), contexto=a_knowledge(a_senha(held))).consumo
    assert used.quantidades == {(1, "00"): DOIS, (2, "00"): UM}


def test_what_the_central_reduced_below_what_was_billed_leaves_nothing() -> None:
    held = a_senha(granted(authorised(quantidade=2)), faturadas={(1, "00"): Decimal(3)})
    found = judged(a_sadt(), contexto=a_knowledge(held))
    assert [one.esperado for one in found.achados] == ["até 0"]
    assert found.consumo == ()


def test_what_stands_on_a_senha_is_told_guia_by_guia_of_those_that_are_billed() -> None:
    two = a_knowledge(a_senha(granted(authorised(quantidade=3))), a_senha(granted(numero=OUTRA_SENHA)))
    found = judged(
        a_sadt(done(quantidade=2, hora_inicial="08:00:00")),
        a_sadt(done(hora_inicial="09:00:00"), numero="G2"),
        a_sadt(done(hora_inicial="10:00:00"), numero="G3", senha=OUTRA_SENHA),
        contexto=two,
    )
    assert usos_of(found.alocacoes, PEG, (1, 2, 3)) == {
        SENHA: {f"{PEG}#001": {(1, "00"): DOIS}, f"{PEG}#002": {(1, "00"): UM}},
        OUTRA_SENHA: {f"{PEG}#003": {(1, "00"): UM}},
    }
    assert usos_of(found.alocacoes, PEG, (2,)) == {SENHA: {f"{PEG}#002": {(1, "00"): UM}}}
    assert usos_of(found.alocacoes, PEG, ()) == {}
