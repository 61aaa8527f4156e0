"""What a PEG uses of senhas: folded by senha, fitting or not, given back once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import Situacao
from peg.domain.consumo import Consumo, Falta, fold, free, increments, missing, saldo_of, use
from peg.domain.errors import ConsumoError
from tests.builders_autorizacao import CIRURGIA, SISTEMA
from tests.builders_peg import (
    DIA,
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

PEG, OUTRO = "261120000001", "261120000002"
UM, DOIS = Decimal(1), Decimal(2)


def consumo(quantidade: Decimal = UM, papel: str = "00", **changes: object) -> Consumo:
    return replace(Consumo(SENHA, {(1, papel): quantidade}, frozenset({1})), **changes)  # type: ignore[arg-type]


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


def test_what_fits_is_used_and_what_does_not_is_told_and_refused() -> None:
    saldo = saldo_of(granted(authorised(quantidade=2)), {(1, "00"): UM}, [OUTRO])
    assert list(missing(saldo, consumo())) == []
    after = use(saldo, consumo(), PEG)
    assert after.faturadas == {(1, "00"): DOIS}
    assert after.pegs == {PEG, OUTRO}
    assert list(missing(after, consumo())) == [Falta(SENHA, 1, "00", UM, Decimal(0))]
    assert list(missing(after, consumo(papel="06"))) == []  # another grau has a quantity of its own
    with pytest.raises(ConsumoError):
        use(after, consumo(), "261120000003")
    with pytest.raises(ConsumoError):
        use(saldo, consumo(numero=OUTRA_SENHA), PEG)
    with pytest.raises(ConsumoError):
        use(replace(saldo, situacao=Situacao.CANCELADA), consumo(), PEG)
    assert use(replace(saldo, situacao=Situacao.EXPIRADA), consumo(), PEG).left(1, "00") == 0


def test_using_and_giving_back_twice_are_the_same_as_once() -> None:
    saldo = saldo_of(granted(authorised(quantidade=2)), {})
    once = use(saldo, consumo(), PEG)
    assert use(once, consumo(), PEG) == once
    back = free(once, consumo(), PEG)
    assert back == saldo
    assert free(back, consumo(), PEG) == back
    assert free(once, consumo(), OUTRO) == once


def test_a_guia_withdrawn_gives_back_its_part_once_and_the_peg_the_rest() -> None:
    saldo = saldo_of(granted(authorised(quantidade=3)), {})
    used = use(saldo, consumo(Decimal(3)), PEG)
    part = free(used, consumo(), PEG, guia=1)
    assert part.faturadas == {(1, "00"): DOIS}
    assert free(part, consumo(), PEG, guia=1) == part
    assert use(part, consumo(), PEG) == part  # a retry of the reception takes nothing again
    assert free(part, consumo(DOIS), PEG) == saldo


def test_more_than_was_used_is_never_given_back() -> None:
    used = use(saldo_of(granted(), {}), consumo(), PEG)
    with pytest.raises(ConsumoError):
        free(used, consumo(DOIS), PEG)


def test_diarias_are_under_their_own_number() -> None:
    saldo = saldo_of(granted_stay(diarias=3), {(0, "00"): UM})
    assert saldo.left(0, "00") == DOIS
    assert saldo.left(9, "00") == 0
    assert saldo.highest(9) == 0


def test_the_authorization_is_told_the_highest_quantity_of_any_grau() -> None:
    held = granted(authorised(quantidade=2))
    empty = saldo_of(held, {})
    surgeon = use(empty, consumo(DOIS), PEG)
    both = use(surgeon, consumo(papel="06"), OUTRO)
    assert increments(empty, surgeon) == {1: DOIS}
    assert increments(surgeon, both) == {}
    assert increments(both, free(both, consumo(DOIS), PEG)) == {1: -UM}
    billed = transicoes.bill(held, increments(empty, surgeon), DIA, SISTEMA)
    assert billed.situacao is Situacao.UTILIZADA
    given = {item: -step for item, step in increments(surgeon, free(surgeon, consumo(DOIS), PEG)).items()}
    assert transicoes.unbill(billed, given, SISTEMA).situacao is Situacao.AUTORIZADA
