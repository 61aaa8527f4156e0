"""A fatura's days: on time or not to the day, rescheduled, warned of, whatever order things are done in (R05, R06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagamento.domain.errors import FaturaNaoPagavelError, FaturaSemEsperaError
from pagamento.domain.faturas import (
    Fatura,
    SituacaoFatura,
    abrir,
    aceitar_nota,
    avisar,
    aviso,
    pagar,
    previsao,
    programar,
    receber_nota,
    soltar_nota,
)
from tests.builders_pagamento import (
    CEM,
    DEZEMBRO,
    HOJE,
    JANEIRO,
    NOVEMBRO,
    OUTUBRO,
    a_cronograma,
    a_fatura,
    regras_em,
)

UM_DIA = timedelta(days=1)
DEPOIS = OUTUBRO.entrega + UM_DIA


def opened(**changes: Any) -> Fatura:
    return abrir(a_fatura(**changes), regras_em())


def days(fatura: Fatura) -> tuple[str | None, date | None, date | None, bool]:
    return fatura.competencia, fatura.entrega_ate, fatura.pagamento_em, fatura.reagendada


# --- opening ---


@pytest.mark.regra("R04")
def test_a_fatura_opens_with_the_days_of_its_ciclo() -> None:
    fatura = opened()
    assert fatura.situacao is SituacaoFatura.PENDENTE
    assert days(fatura) == ("202610", OUTUBRO.entrega, OUTUBRO.pagamento, False)
    assert fatura.id == "261020000001"
    assert replace(fatura, parcela=1).id == "261020000001-1"


def test_a_person_sends_no_nota_and_waits_for_the_day_of_payment() -> None:
    fatura = abrir(a_fatura(dispensada=True), regras_em(date(2027, 1, 4)))
    assert fatura.situacao is SituacaoFatura.PROGRAMADA
    assert days(fatura) == ("202610", OUTUBRO.entrega, OUTUBRO.pagamento, False)
    assert fatura.agir_em is None


def test_nothing_to_pay_is_over_as_it_begins() -> None:
    fatura = opened(valor=CEM - CEM)
    assert fatura.situacao is SituacaoFatura.ENCERRADA
    assert programar(fatura, regras_em(DEPOIS)) is fatura


def test_without_a_cronograma_the_days_are_not_known() -> None:
    held = abrir(a_fatura(), regras_em(cronograma=None))
    assert days(held) == (None, None, None, False)
    assert held.agir_em is None
    assert aviso(held, HOJE) is None
    assert days(programar(held, regras_em())) == days(opened())


# --- the nota comes ---


@pytest.mark.regra("R05", "R06", "PAG-PROGRAMAR")
@pytest.mark.parametrize(
    ("recebida", "expected"),
    [
        (OUTUBRO.entrega, ("202610", OUTUBRO.entrega, OUTUBRO.pagamento, False)),
        (DEPOIS, ("202611", NOVEMBRO.entrega, NOVEMBRO.pagamento, True)),
        (NOVEMBRO.entrega, ("202611", NOVEMBRO.entrega, NOVEMBRO.pagamento, True)),
        (NOVEMBRO.entrega + UM_DIA, ("202612", DEZEMBRO.entrega, DEZEMBRO.pagamento, True)),
        (date(2026, 12, 31), ("202612", DEZEMBRO.entrega, DEZEMBRO.pagamento, True)),
        (JANEIRO.entrega + UM_DIA, (None, None, None, True)),
    ],
)
def test_a_nota_on_the_last_day_is_on_time_and_a_day_later_goes_to_the_next_ciclo(
    recebida: date, expected: tuple[str | None, date | None, date | None, bool]
) -> None:
    after = receber_nota(opened(), "nota-1", recebida, regras_em(recebida), conferida=True)
    assert after.situacao is SituacaoFatura.PROGRAMADA
    assert (after.nota, after.nota_em, after.programada_em) == ("nota-1", recebida, recebida)
    assert days(after) == expected
    assert previsao(opened(), regras_em(recebida)).pagamento_em == after.pagamento_em


@pytest.mark.regra("R05")
def test_what_was_stored_in_time_is_on_time_whenever_it_is_judged() -> None:
    closed = programar(opened(), regras_em(DEPOIS))
    assert closed.reagendada
    after = receber_nota(closed, "nota-1", OUTUBRO.entrega, regras_em(DEPOIS), conferida=True)
    assert days(after) == ("202610", OUTUBRO.entrega, OUTUBRO.pagamento, False)


def test_what_is_looked_at_for_long_is_paid_on_the_next_day_of_payment() -> None:
    waiting = receber_nota(opened(), "nota-1", OUTUBRO.entrega, regras_em(OUTUBRO.entrega), conferida=False)
    assert waiting.situacao is SituacaoFatura.EM_CONFERENCIA
    after = aceitar_nota(waiting, regras_em(OUTUBRO.pagamento + UM_DIA))
    assert days(after) == ("202610", OUTUBRO.entrega, NOVEMBRO.pagamento, False)
    assert aceitar_nota(waiting, regras_em(OUTUBRO.pagamento)).pagamento_em == OUTUBRO.pagamento


def test_a_day_of_payment_that_was_told_stays_when_it_is_gone_by() -> None:
    settled = receber_nota(opened(), "nota-1", HOJE, regras_em(), conferida=True)
    assert programar(settled, regras_em(date(2027, 1, 4))) == settled


def test_only_what_waits_for_a_nota_takes_one() -> None:
    held = receber_nota(opened(), "nota-1", HOJE, regras_em(), conferida=True)
    with pytest.raises(FaturaSemEsperaError):
        receber_nota(held, "nota-2", HOJE, regras_em(), conferida=True)
    with pytest.raises(FaturaSemEsperaError):
        aceitar_nota(held, regras_em())
    with pytest.raises(FaturaSemEsperaError):
        soltar_nota(opened(), regras_em(), recusada=True)
    assert previsao(held, regras_em()) == held


# --- it is refused, or cancelled ---


@pytest.mark.regra("R05")
def test_refused_too_late_to_mend_it_may_come_again_and_keeps_its_first_day() -> None:
    sent = receber_nota(opened(), "nota-1", OUTUBRO.entrega, regras_em(OUTUBRO.entrega), conferida=False)
    refused = soltar_nota(sent, regras_em(DEPOIS), recusada=True)
    # Five business days from the 17th on: the 20th is a holiday.
    last = date(2026, 11, 25)
    assert (refused.nota, refused.reenvio_ate, refused.entrega_ate) == (None, last, last)
    assert not refused.reagendada
    for day, on_time in ((DEPOIS, True), (last, True), (last + UM_DIA, False)):
        again = receber_nota(programar(refused, regras_em(day)), "nota-2", day, regras_em(day), conferida=True)
        assert again.reagendada is not on_time
        assert again.pagamento_em == (OUTUBRO.pagamento if on_time else NOVEMBRO.pagamento)
    # And stored in time, though the request came a day later.
    late = receber_nota(
        programar(refused, regras_em(last + UM_DIA)), "n", last, regras_em(last + UM_DIA), conferida=True
    )
    assert not late.reagendada


@pytest.mark.parametrize(
    ("recebida", "decidida", "recusada"),
    [
        (OUTUBRO.entrega, OUTUBRO.entrega, True),  # there was time to mend it
        (DEPOIS, DEPOIS, True),  # it was late already
        (OUTUBRO.entrega, DEPOIS, False),  # its issuer cancelled it
    ],
)
def test_otherwise_nothing_is_kept_of_a_nota_that_goes(recebida: date, decidida: date, recusada: bool) -> None:  # noqa: FBT001
    sent = receber_nota(opened(), "nota-1", recebida, regras_em(recebida), conferida=True)
    after = soltar_nota(sent, regras_em(decidida), recusada=recusada)
    assert after.situacao is SituacaoFatura.PENDENTE
    assert (after.nota, after.nota_em, after.reenvio_ate, after.programada_em) == (None, None, None, None)
    assert days(after) == days(programar(opened(), regras_em(decidida)))


# --- days go by ---


@pytest.mark.regra("R06", "PAG-PROGRAMAR")
def test_a_delivery_that_ended_without_a_nota_is_the_next_one() -> None:
    assert programar(opened(), regras_em(OUTUBRO.entrega)) == opened()
    assert days(programar(opened(), regras_em(DEPOIS))) == ("202611", NOVEMBRO.entrega, NOVEMBRO.pagamento, True)
    assert days(programar(opened(), regras_em(date(2027, 3, 1)))) == (None, None, None, True)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 100), max_size=6), st.integers(0, 100))
def test_closing_often_seldom_or_late_leaves_the_same(between: list[int], last: int) -> None:
    steps = sorted(day for day in between if day <= last)
    held = opened()
    for day in steps:
        held = programar(held, regras_em(HOJE + timedelta(days=day)))
    by = regras_em(HOJE + timedelta(days=last))
    assert programar(held, by) == programar(opened(), by)


def test_it_is_told_three_days_and_one_day_before_and_closed_the_day_after() -> None:
    held, told = opened(), {}
    for day in (HOJE + timedelta(days=n) for n in range(-5, 10)):
        if held.agir_em and held.agir_em <= day and (left := aviso(held, day)):
            held, told[day] = avisar(held, day), left
    assert told == {OUTUBRO.entrega - 3 * UM_DIA: 3, OUTUBRO.entrega - UM_DIA: 1}
    assert held.agir_em == DEPOIS
    assert aviso(held, DEPOIS) is None


def test_a_warning_that_was_missed_is_not_made_up_for_by_two() -> None:
    assert aviso(opened(), OUTUBRO.entrega) == 1
    assert aviso(avisar(opened(), OUTUBRO.entrega), OUTUBRO.entrega) is None
    late = avisar(opened(), OUTUBRO.entrega - 2 * UM_DIA)
    assert (late.avisada, late.agir_em) == (3, OUTUBRO.entrega - UM_DIA)


def test_the_next_delivery_is_warned_of_again() -> None:
    told = avisar(opened(), OUTUBRO.entrega)
    after = programar(told, regras_em(DEPOIS))
    assert (after.avisada, after.agir_em) == (None, NOVEMBRO.entrega - 3 * UM_DIA)


@pytest.mark.regra("R04")
def test_a_new_cronograma_moves_what_is_open_and_not_what_is_paid() -> None:
    moved = replace(OUTUBRO, entrega=date(2026, 11, 18), pagamento=date(2026, 12, 1))
    by = regras_em(cronograma=a_cronograma(moved, NOVEMBRO, versao=2))
    assert days(programar(opened(), by)) == ("202610", moved.entrega, moved.pagamento, False)
    settled = receber_nota(opened(), "nota-1", HOJE, regras_em(), conferida=True)
    assert programar(settled, by).pagamento_em == moved.pagamento
    late = receber_nota(opened(), "nota-1", DEPOIS, regras_em(DEPOIS), conferida=True)
    assert not programar(late, by).reagendada
    paid = pagar(settled, "P-1", OUTUBRO.pagamento)
    assert programar(paid, by) is paid
    sooner = regras_em(cronograma=a_cronograma(replace(OUTUBRO, entrega=date(2026, 11, 11)), NOVEMBRO, versao=3))
    assert days(programar(settled, sooner)) == ("202610", date(2026, 11, 11), OUTUBRO.pagamento, False)


def test_only_what_is_settled_is_paid_and_once() -> None:
    settled = receber_nota(opened(), "nota-1", HOJE, regras_em(), conferida=True)
    paid = pagar(settled, "P-1", OUTUBRO.pagamento)
    assert (paid.situacao, paid.pagamento, paid.paga_em) == (SituacaoFatura.PAGA, "P-1", OUTUBRO.pagamento)
    for held in (opened(), paid):
        with pytest.raises(FaturaNaoPagavelError):
            pagar(held, "P-2", HOJE)
