"""The closing of a delivery day, the recount by a new cronograma: twice, late or cut in the middle, it is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conecta_contas.pegs import Recuperacao, SituacaoPeg
from pagamento.domain.errors import CronogramaInvalidoError, VersaoDiferenteError
from pagamento.domain.faturas import Fatura, SituacaoFatura, programar
from pagamento.service import cronogramas, faturas, notas, pagamentos
from pagamento.service.portas import Mudanca
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import (
    CEM,
    DEZEMBRO,
    JANEIRO,
    NOVEMBRO,
    OUTRO_PEG,
    OUTUBRO,
    UM_PEG,
    a_cronograma,
    a_fatura,
    regras_em,
)
from tests.casa_notas import FINANCEIRO, Casa, published
from tests.unit.pagamento.test_pagamentos import a_register

UM_DIA = timedelta(days=1)
DEPOIS = OUTUBRO.entrega + UM_DIA
MUITAS = tuple(f"2610200000{n:02d}" for n in range(1, 31))


def run(casa: Casa, act: Any = faturas.close_day, *, limite: int = 7) -> dict[str, int]:
    """All the pages of one run, as the workflow turns them."""
    position, total = None, dict.fromkeys(("vistas", "reagendadas", "avisadas", "alteradas", "adiadas"), 0)
    while True:
        done, position = act(VALE, position, casa.portas, limite=limite)
        total = {name: total[name] + done[name] for name in total}
        if position is None:
            return total


def held(casa: Casa) -> list[Fatura]:
    return list(casa.registros.faturas(HOSPITAL, MUITAS).values())


def many() -> Casa:
    """Thirty PEGs whose values are published, each with its fatura."""
    casa = Casa(*map(published, MUITAS))
    faturas.find_faturas(HOSPITAL, MUITAS, casa.portas)
    return casa


def days(fatura: Fatura) -> tuple[Any, ...]:
    return fatura.id, fatura.competencia, fatura.entrega_ate, fatura.pagamento_em, fatura.reagendada, fatura.agir_em


# --- opening ---


def test_a_fatura_opens_once_however_often_and_by_whomever() -> None:
    casa = Casa()
    first = faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas)
    assert first == faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas)
    assert casa.told() == ["FaturaAberta"]
    casa = Casa()
    casa.registros.meanwhile = [lambda: faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas)]
    assert faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas) == first
    assert casa.told() == ["FaturaAberta"]


def test_what_is_not_published_has_none_and_what_is_worth_nothing_is_over() -> None:
    casa = Casa(published(situacao=SituacaoPeg.ANALISADO, publicada_em=None), published(OUTRO_PEG, valor_glosado=CEM))
    assert faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas) is None
    assert faturas.open_fatura(CLINICA, UM_PEG, casa.portas) is None
    over = faturas.open_fatura(HOSPITAL, OUTRO_PEG, casa.portas)
    assert over is not None
    assert over.situacao is SituacaoFatura.ENCERRADA
    assert casa.told() == ["FaturaEncerrada"]


# --- closing ---


@pytest.mark.regra("R06", "PAG-FECHAMENTO")
def test_a_delivery_day_is_closed_on_the_next_one_and_not_before() -> None:
    casa = many()
    casa.send(casa.file(), faturas=MUITAS[:1])
    assert run(casa.to(OUTUBRO.entrega))["reagendadas"] == 0
    assert run(casa.to(DEPOIS))["reagendadas"] == 29
    assert {one.entrega_ate for one in held(casa)[1:]} == {NOVEMBRO.entrega}
    assert not held(casa)[0].reagendada
    assert casa.told().count("NotaFiscalReagendada") == 29


def test_it_is_told_three_days_and_one_day_before_once_each() -> None:
    casa = many()
    told: dict[date, int] = {}
    for day in (OUTUBRO.entrega - n * UM_DIA for n in range(4, -1, -1)):
        for _ in range(2):
            told[day] = told.get(day, 0) + run(casa.to(day))["avisadas"]
    assert [told[day] for day in sorted(told)] == [0, 30, 0, 30, 0]
    sent = [one.dados["dias"] for one in casa.registros.told(HOSPITAL) if one.tipo == "NotaFiscalAVencer"]
    assert sorted(sent) == [1] * 30 + [3] * 30


class CutError(Exception):
    """The function was killed."""


def rest() -> None:
    """Nobody does anything."""


def die() -> None:
    raise CutError


@pytest.mark.regra("R06", "PAG-FECHAMENTO")
@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 75), st.sampled_from([None, 0, 1])), max_size=4),
    st.sampled_from([7, 100]),
    st.integers(0, 75),
)
@example([], 100, 25)  # the next delivery is to be warned of on the day it is set
def test_run_twice_late_or_cut_in_the_middle_it_leaves_the_same(
    runs: list[tuple[int, int | None]], limite: int, last: int
) -> None:
    untouched, casa = many(), many()
    for day, cut in sorted((day, cut if cut is not None else -1) for day, cut in runs if day <= last):
        casa.to(DEPOIS + day * UM_DIA)
        casa.registros.meanwhile = []
        if cut >= 0:
            casa.registros.meanwhile = [*[rest] * cut, die]
        try:
            run(casa, limite=limite)
        except CutError:
            continue
    casa.registros.meanwhile = []
    run(casa.to(DEPOIS + last * UM_DIA), limite=limite)
    run(untouched.to(DEPOIS + last * UM_DIA))
    assert [days(one) for one in held(casa)] == [days(one) for one in held(untouched)]
    assert run(casa)["vistas"] == 0


def test_the_checker_would_notice_a_closing_that_counts_from_where_it_stands() -> None:
    """A planted bug: each run moves a fatura one ciclo on from the one it is in."""
    by = regras_em(DEPOIS)
    once = replace(a_fatura(), competencia="202611", entrega_ate=NOVEMBRO.entrega, reagendada=True)
    naive = replace(once, competencia="202612", entrega_ate=DEZEMBRO.entrega)
    assert days(programar(naive, by)) == days(programar(once, by)) != days(naive)


def test_whoever_is_met_by_anothers_act_holds_nobody_back_and_is_done_next_time() -> None:
    casa = many().to(DEPOIS)

    def pay_one() -> None:
        one = casa.registros.faturas(HOSPITAL, MUITAS[:1])[MUITAS[0]]
        casa.registros.write([Mudanca(one, replace(one, versao=one.versao + 1))], now=casa.agora, correlacao="outro")

    casa.registros.meanwhile = [pay_one]
    done = run(casa, limite=100)
    assert (done["reagendadas"], done["adiadas"]) == (29, 1)
    assert run(casa)["reagendadas"] == 1


def test_another_operadora_is_left_alone() -> None:
    casa = Casa(published(), published(OUTRO_PEG, registro_ans=PASA))
    faturas.find_faturas(HOSPITAL, [UM_PEG, OUTRO_PEG], casa.portas)
    run(casa.to(DEPOIS))
    other = casa.registros.faturas(HOSPITAL, [OUTRO_PEG])[OUTRO_PEG]
    assert (other.entrega_ate, other.reagendada, other.versao) == (None, False, 1)


# --- a new cronograma ---


@pytest.mark.regra("R04", "PAG-RECONTAGEM", "PAG-CRONOGRAMA")
def test_a_new_version_counts_what_is_open_again_and_tells_who_is_moved() -> None:
    casa = many()
    casa.send(casa.file(), faturas=MUITAS[:1])
    moved = replace(OUTUBRO, entrega=date(2026, 11, 18), pagamento=date(2026, 12, 1))
    after = cronogramas.publish(VALE, [moved], FINANCEIRO, casa.portas, motivo="Greve dos bancos.")
    assert (after.versao, after.ciclos) == (2, (moved, NOVEMBRO, DEZEMBRO, JANEIRO))
    assert cronogramas.publish(VALE, [moved], FINANCEIRO, casa.portas) == after
    assert run(casa, faturas.recount)["alteradas"] == 30
    assert {one.pagamento_em for one in held(casa)} == {moved.pagamento}
    assert run(casa, faturas.recount)["alteradas"] == 0
    # The closing may come before the recount: it, too, counts by what is in force.
    later = replace(moved, entrega=date(2026, 11, 25))
    cronogramas.publish(VALE, [later], FINANCEIRO, casa.portas)
    assert run(casa.to(moved.entrega))["alteradas"] == 29
    assert run(casa, faturas.recount)["alteradas"] == 1  # the one whose nota came: nothing is due of it
    assert casa.told().count("VencimentoAlterado") == 60
    assert [one.tipo for one in casa.registros.told("")] == ["CronogramaPublicado"] * 2


def test_a_missed_delivery_is_told_as_such_whoever_sees_it_first() -> None:
    casa = many().to(DEPOIS)
    cronogramas.publish(VALE, [replace(NOVEMBRO, pagamento=date(2026, 12, 29))], FINANCEIRO, casa.portas)
    assert run(casa, faturas.recount)["reagendadas"] == 30
    assert run(casa)["vistas"] == 0
    # The next one is missed by nobody: it is moved, which the closing sees before the recount.
    cronogramas.publish(
        VALE, [replace(NOVEMBRO, entrega=date(2026, 12, 17))], FINANCEIRO, casa.to(date(2026, 12, 14)).portas
    )
    done = run(casa)
    assert (done["reagendadas"], done["alteradas"], done["avisadas"]) == (0, 30, 30)
    assert run(casa, faturas.recount)["alteradas"] == 0


def test_days_are_those_of_now_before_any_closing_came_by() -> None:
    casa = many().to(DEPOIS)
    assert foreseen(casa, published(MUITAS[0])) == [("202611", NOVEMBRO.entrega, NOVEMBRO.pagamento, True)]
    assert [one.entrega_ate for one in faturas.as_of_now(held(casa), casa.portas)] == [NOVEMBRO.entrega] * 30
    assert faturas.as_of_now([], casa.portas) == []


@pytest.mark.parametrize("slow", [False, True])
def test_what_is_opened_while_a_cronograma_comes_is_counted_by_it(*, slow: bool) -> None:
    casa = Casa(published(registro_ans=PASA))

    def publish() -> None:
        cronogramas.publish(PASA, a_cronograma().ciclos, FINANCEIRO, casa.portas)
        if not slow:
            faturas.recount(PASA, None, casa.portas)

    casa.registros.meanwhile = [publish]
    if slow:
        casa.registros.meanwhile.append(lambda: faturas.recount(PASA, None, casa.portas))
    opened = faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas)
    assert opened is not None
    assert opened == casa.registros.faturas(HOSPITAL, [UM_PEG])[UM_PEG]
    assert opened.entrega_ate == OUTUBRO.entrega
    assert casa.told() == ["FaturaAberta", "VencimentoAlterado"]


def test_what_waited_for_its_first_cronograma_is_counted_by_it() -> None:
    casa = Casa(published(registro_ans=PASA))
    held_ = faturas.open_fatura(HOSPITAL, UM_PEG, casa.portas)
    assert held_ is not None
    assert held_.pagamento_em is None
    first = cronogramas.publish(PASA, a_cronograma().ciclos, FINANCEIRO, casa.portas)
    assert first.versao == 1
    done, _ = faturas.recount(PASA, None, casa.portas)
    assert done["alteradas"] == 1
    done, _ = faturas.close_day(PASA, None, casa.to(OUTUBRO.entrega).portas)
    assert done["avisadas"] == 1


@pytest.mark.regra("R04", "PAG-CRONOGRAMA")
def test_only_a_good_cronograma_of_the_version_that_was_seen_is_published() -> None:
    casa = Casa()
    with pytest.raises(CronogramaInvalidoError) as told:
        cronogramas.publish(VALE, [replace(OUTUBRO, entrega=date(2026, 11, 20))], FINANCEIRO, casa.portas)
    assert [one.codigo for one in told.value.defeitos] == ["dia-nao-util"]
    for registro, seen in ((VALE, 0), (PASA, 1)):
        with pytest.raises(VersaoDiferenteError):
            cronogramas.publish(registro, [OUTUBRO], replace(FINANCEIRO, versao=seen), casa.portas)


# --- what is foreseen ---


def foreseen(casa: Casa, *pegs: Any) -> list[tuple[Any, ...]]:
    found = cronogramas.forecasts(pegs, casa.portas)
    return [(one.competencia, one.entrega_ate, one.pagamento_em, one.reagendada) for one in found]


@pytest.mark.regra("R04", "R06")
def test_of_each_peg_it_is_told_when_it_is_paid_if_its_nota_came_now() -> None:
    waiting, young = published(), published(OUTRO_PEG, situacao=SituacaoPeg.RECEBIDO, publicada_em=None)
    gone = published("261020000003", situacao=SituacaoPeg.CANCELADO, publicada_em=None)
    casa = Casa(waiting, young, gone)
    assert foreseen(casa, waiting, young, gone) == [
        ("202610", OUTUBRO.entrega, OUTUBRO.pagamento, False),
        # Two days late already: its delivery moves by as much.
        ("202610", date(2026, 11, 18), OUTUBRO.pagamento, False),
        (None, None, None, False),
    ]
    run(casa.to(DEPOIS))
    assert foreseen(casa, waiting) == [("202611", NOVEMBRO.entrega, NOVEMBRO.pagamento, True)]
    assert foreseen(casa) == []


@pytest.mark.regra("R04")
def test_what_a_recurso_gave_back_is_told_after_its_peg_with_days_of_its_own() -> None:
    back = Recuperacao("261260000001", Decimal("10.00"), date(2026, 12, 3))
    pegs = [published(recuperacoes=(back,)), published(OUTRO_PEG)]
    found = cronogramas.forecasts(pegs, Casa(*pegs).to(back.em).portas)
    assert [one.id for one in found] == [UM_PEG, f"{UM_PEG}-1", OUTRO_PEG]
    later = found[1]
    assert (later.valor, later.entrega_ate, later.pagamento_em) == (back.valor, DEZEMBRO.entrega, DEZEMBRO.pagamento)


def test_of_what_is_paid_or_over_it_is_told_what_became_of_it() -> None:
    paid, over = published(), published(OUTRO_PEG, valor_glosado=CEM)
    other = published("261020000003", situacao=SituacaoPeg.RECEBIDO, publicada_em=None, registro_ans=PASA)
    casa = Casa(paid, over, other)
    nota = casa.send()
    assert foreseen(casa, paid) == [("202610", OUTUBRO.entrega, OUTUBRO.pagamento, False)]
    pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    assert foreseen(casa, paid, over, other) == [
        ("202610", None, a_register().data, False), (None, None, None, False), (None, None, None, False),
    ]  # fmt: skip
    assert notas.find(HOSPITAL, nota.id, casa.portas).valor_esperado == Decimal("100.00")
