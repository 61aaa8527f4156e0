"""The cronograma: which ciclo a PEG is of, what moves its days, and what cannot be published (R04, R05)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagamento.domain.cronograma import Ciclo, Prazo, conferir, juntar
from tests.builders_pagamento import (
    CALENDARIO,
    CICLOS,
    DEZEMBRO,
    HOJE,
    JANEIRO,
    NOVEMBRO,
    OUTUBRO,
    a_cronograma,
)

EM_DIA = date(2026, 11, 9)


@pytest.mark.regra("R04", "PAG-PRAZO")
@pytest.mark.parametrize(
    ("recebido", "competencia"),
    [
        (date(2026, 10, 1), "202610"),
        (OUTUBRO.corte, "202610"),
        (OUTUBRO.corte + timedelta(days=1), "202611"),
        (date(2026, 12, 31), "202612"),
        (date(2027, 1, 1), "202701"),
    ],
)
def test_a_peg_is_of_the_first_ciclo_whose_corte_it_meets(recebido: date, competencia: str) -> None:
    prazo = a_cronograma().prazo(recebido, recebido, CALENDARIO)
    assert prazo is not None
    assert prazo.competencia == competencia


def test_after_the_last_ciclo_nothing_is_known_yet() -> None:
    assert a_cronograma().prazo(date(2027, 2, 1), EM_DIA, CALENDARIO) is None


@pytest.mark.regra("R05", "PAG-PRAZO")
@pytest.mark.parametrize(
    ("publicada", "entrega", "pagamento"),
    [
        (OUTUBRO.publicacao, OUTUBRO.entrega, OUTUBRO.pagamento),
        (date(2026, 11, 11), date(2026, 11, 17), OUTUBRO.pagamento),
        # Four days late: 20 November is a holiday, then a weekend.
        (date(2026, 11, 14), date(2026, 11, 23), OUTUBRO.pagamento),
        # So late that the payment is reached: the first payment after the delivery.
        (date(2026, 11, 24), date(2026, 11, 30), NOVEMBRO.pagamento),
        (date(2027, 2, 20), date(2027, 2, 26), None),
    ],
)
def test_values_published_late_move_the_delivery_by_as_much(
    publicada: date, entrega: date, pagamento: date | None
) -> None:
    cronograma = a_cronograma()
    prazo = cronograma.prazo(date(2026, 10, 5), publicada, CALENDARIO)
    assert prazo is not None
    assert (prazo.entrega, cronograma.pagamento_a_partir(prazo, EM_DIA)) == (entrega, pagamento)


@pytest.mark.regra("R06")
def test_a_missed_delivery_goes_to_the_first_later_one_that_is_still_met() -> None:
    cronograma = a_cronograma()
    own = Prazo("202610", OUTUBRO.entrega, OUTUBRO.pagamento)
    assert cronograma.proximo(own, NOVEMBRO.entrega) == Prazo("202611", NOVEMBRO.entrega, NOVEMBRO.pagamento)
    assert cronograma.proximo(own, NOVEMBRO.entrega + timedelta(days=1)) == Prazo(
        "202612", DEZEMBRO.entrega, DEZEMBRO.pagamento
    )
    assert cronograma.proximo(own, JANEIRO.entrega + timedelta(days=1)) is None


def test_a_payment_day_that_is_gone_by_is_the_next_one() -> None:
    cronograma = a_cronograma()
    own = Prazo("202610", OUTUBRO.entrega, OUTUBRO.pagamento)
    assert cronograma.pagamento_a_partir(own, OUTUBRO.pagamento) == OUTUBRO.pagamento
    assert cronograma.pagamento_a_partir(own, OUTUBRO.pagamento + timedelta(days=1)) == NOVEMBRO.pagamento
    assert cronograma.pagamento_a_partir(own, date(2027, 3, 1)) is None


# --- what may be published ---


def wrong(*novos: Ciclo, atual: Any = None, hoje: date = HOJE) -> list[tuple[str, str]]:
    return [(one.campo, one.codigo) for one in conferir(atual, novos, CALENDARIO, hoje)]


@pytest.mark.regra("R04")
def test_ciclos_in_order_on_business_days_without_gaps_are_published() -> None:
    assert wrong(*CICLOS) == []
    assert wrong(NOVEMBRO, DEZEMBRO, atual=a_cronograma(OUTUBRO)) == []
    assert wrong(replace(OUTUBRO, publicacao=OUTUBRO.entrega)) == []


@pytest.mark.regra("R04")
@pytest.mark.parametrize(
    ("novos", "expected"),
    [
        ((), [("ciclos", "cronograma-vazio")]),
        ((OUTUBRO, OUTUBRO), [("ciclos[1].competencia", "competencia-repetida")]),
        ((replace(OUTUBRO, corte=OUTUBRO.publicacao),), [("ciclos[0].publicacao", "datas-fora-de-ordem")]),
        ((replace(OUTUBRO, entrega=date(2026, 11, 9)),), [("ciclos[0].entrega", "datas-fora-de-ordem")]),
        ((replace(OUTUBRO, pagamento=OUTUBRO.entrega),), [("ciclos[0].pagamento", "datas-fora-de-ordem")]),
        ((replace(OUTUBRO, entrega=date(2026, 11, 20)),), [("ciclos[0].entrega", "dia-nao-util")]),
        ((replace(OUTUBRO, pagamento=date(2026, 11, 29)),), [("ciclos[0].pagamento", "dia-nao-util")]),
        ((replace(OUTUBRO, corte=date(2026, 9, 30)),), [("ciclos[0].corte", "corte-fora-da-competencia")]),
        ((OUTUBRO, DEZEMBRO), [("ciclos[1].competencia", "competencia-faltando")]),
        (
            (OUTUBRO, replace(NOVEMBRO, corte=OUTUBRO.corte)),
            [("ciclos[1].corte", "corte-fora-da-competencia")],
        ),
        (
            (replace(OUTUBRO, corte=date(2026, 11, 9)), replace(NOVEMBRO, corte=date(2026, 11, 9))),
            [("ciclos[1].corte", "ciclos-fora-de-ordem")],
        ),
    ],
)
def test_everything_wrong_is_told_with_its_place(novos: tuple[Ciclo, ...], expected: list[tuple[str, str]]) -> None:
    assert wrong(*novos) == expected


def test_a_gap_with_what_is_in_force_is_told_of_the_ciclo_that_makes_it() -> None:
    assert wrong(DEZEMBRO, atual=a_cronograma(OUTUBRO)) == [("ciclos[0].competencia", "competencia-faltando")]
    assert wrong(OUTUBRO, atual=a_cronograma(DEZEMBRO)) == [("ciclos[0].competencia", "competencia-faltando")]


def test_what_was_paid_changes_no_more() -> None:
    moved = replace(OUTUBRO, pagamento=date(2026, 12, 1))
    assert wrong(moved, atual=a_cronograma(), hoje=OUTUBRO.pagamento) == []
    assert wrong(moved, atual=a_cronograma(), hoje=date(2026, 12, 1)) == [("ciclos[0]", "ciclo-encerrado")]
    assert wrong(OUTUBRO, atual=a_cronograma(), hoje=date(2026, 12, 1)) == []


@pytest.mark.parametrize(("hoje", "found"), [(17, []), (18, [("ciclos[0].entrega", "entrega-no-passado")])])
def test_no_delivery_is_moved_to_a_day_that_is_gone_by(hoje: int, found: list[tuple[str, str]]) -> None:
    moved = replace(OUTUBRO, entrega=date(2026, 11, 17))
    assert wrong(moved, atual=a_cronograma(), hoje=date(2026, 11, hoje)) == found


@pytest.mark.parametrize(
    ("changes", "hoje"),
    [
        ({"corte": date(2026, 10, 20)}, date(2026, 11, 12)),
        ({"publicacao": date(2026, 11, 13)}, date(2026, 11, 18)),
        ({"pagamento": date(2026, 11, 24)}, date(2026, 11, 25)),
    ],
)
def test_what_was_counted_by_a_day_that_is_gone_by_is_not_counted_anew(changes: dict[str, Any], hoje: date) -> None:
    (name,) = changes
    moved = replace(OUTUBRO, **changes)
    assert wrong(moved, atual=a_cronograma(), hoje=hoje) == [(f"ciclos[0].{name}", f"{name}-no-passado")]
    assert wrong(moved, atual=a_cronograma(), hoje=changes[name]) == []
    assert wrong(moved, atual=None, hoje=hoje) == [], "what was before is told as it was"


def test_a_payment_of_another_year_is_a_slip_of_the_pen() -> None:
    assert wrong(replace(JANEIRO, pagamento=date(2027, 12, 30))) == []
    assert wrong(replace(JANEIRO, pagamento=date(2028, 1, 3))) == [("ciclos[0].pagamento", "pagamento-distante")]


@settings(max_examples=30)
@given(st.permutations(CICLOS), st.integers(0, 4))
def test_the_next_version_is_the_whole_whatever_order_its_parts_come_in(order: list[Ciclo], many: int) -> None:
    first = a_cronograma(*juntar(None, order[:many])) if many else None
    assert juntar(first, order[many:]) == CICLOS
