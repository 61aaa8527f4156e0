"""What is contracted, day by day, and the invariant of a contract's terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from conecta_facts.contratos import ContratoCompleto, precos_em
from conecta_facts.vigencia import vigente, vigente_em
from tests.builders_cadastro import (
    CONSULTA,
    HOJE,
    INICIO,
    TABELA,
    a_contratado,
    a_contrato,
    a_contrato_completo,
    a_diaria,
    a_pacote,
    a_preco,
)

ANTES = INICIO - timedelta(days=1)


@pytest.mark.parametrize("resposta", [29, 31, 0])
def test_a_contract_whose_terms_to_contest_and_to_answer_differ_does_not_exist(resposta: int) -> None:
    with pytest.raises(ValueError, match="RN 503"):
        a_contrato(prazo_resposta_dias=resposta)


def test_a_validity_holds_its_first_and_its_last_day() -> None:
    preco = a_preco(vigente_ate=HOJE)
    assert [vigente(preco, dia) for dia in (ANTES, INICIO, HOJE, HOJE + timedelta(days=1))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_of_what_overlaps_the_one_that_began_last_is_in_force() -> None:
    old, new = a_preco(valor="100.00"), a_preco(valor="110.00", vigente_de=HOJE)
    assert vigente_em((old, new), HOJE) == vigente_em((new, old), HOJE) == new
    assert vigente_em((old, new), HOJE - timedelta(days=1)) == old
    assert vigente_em((old, new), ANTES) is None


def test_an_overlap_that_ended_leaves_what_it_interrupted() -> None:
    usual = a_preco(valor="100.00")
    promotion = a_preco(valor="80.00", vigente_de=date(2026, 3, 1), vigente_ate=date(2026, 3, 31))
    assert vigente_em((usual, promotion), date(2026, 3, 31)) == promotion
    assert vigente_em((usual, promotion), date(2026, 4, 1)) == usual


def test_the_terms_are_those_of_the_day() -> None:
    first, second = a_contrato(vigente_ate=date(2026, 6, 30)), a_contrato(date(2026, 7, 1), numero="2026/002")
    completo = ContratoCompleto((first, second))
    assert completo.em(ANTES) is None
    assert completo.em(date(2026, 6, 30)) == first
    assert completo.em(date(2026, 7, 1)) == second


@pytest.mark.parametrize(
    ("line", "codigo", "expected"),
    [
        (CONSULTA, CONSULTA, True),
        (CONSULTA, "10101013", False),
        (CONSULTA, f"{CONSULTA}0", False),
        ("403*", "40304361", True),
        ("403*", "403", True),
        ("403*", "40404361", False),
        ("403*", "1403", False),
        ("*", "40304361", True),
    ],
)
def test_a_contracted_line_is_one_code_or_all_that_begin_alike(line: str, codigo: str, *, expected: bool) -> None:
    completo = ContratoCompleto(procedimentos=(a_contratado(line),))
    assert completo.contratado(TABELA, codigo, HOJE) is expected
    assert not completo.contratado("00", codigo, HOJE)


def test_a_contracted_line_ends_with_its_validity() -> None:
    completo = ContratoCompleto(procedimentos=(a_contratado("403*", vigente_ate=HOJE),))
    assert completo.contratado(TABELA, "40304361", HOJE)
    assert not completo.contratado(TABELA, "40304361", HOJE + timedelta(days=1))
    assert not completo.contratado(TABELA, "40304361", ANTES)


def test_diarias_and_packages_are_contracted_by_their_very_code_and_table() -> None:
    completo = a_contrato_completo(diarias=(a_diaria(vigente_ate=HOJE),))
    assert completo.contratado("18", "60000651", HOJE)
    assert not completo.contratado("18", "60000651", HOJE + timedelta(days=1))
    assert not completo.contratado("19", "60000651", HOJE)
    assert completo.contratado("98", "98000001", HOJE)
    assert not completo.contratado("98", "98000002", HOJE)


def test_what_is_negotiated_is_listed_while_it_is_in_force() -> None:
    gone = {"vigente_ate": HOJE - timedelta(days=1)}
    completo = ContratoCompleto(
        procedimentos=(a_contratado(), a_contratado("403*", **gone)),
        diarias=(a_diaria(), a_diaria("60000660", **gone)),
        pacotes=(a_pacote(), a_pacote("98000002", **gone)),
    )
    assert completo.procedimentos_em(HOJE) == (a_contratado(),)
    assert completo.diarias_em(HOJE) == (a_diaria(),)
    assert completo.pacotes_em(HOJE) == (a_pacote(),)


def test_of_each_code_only_what_began_last_is_listed_in_the_order_of_codes() -> None:
    old, new, other = a_preco(valor="100.00"), a_preco(valor="110.00", vigente_de=HOJE), a_preco("10101013")
    assert precos_em((old, new, other), HOJE) == precos_em((new, other, old), HOJE) == (new, other)
    assert precos_em((old, new, other), HOJE - timedelta(days=1)) == (old, other)
    assert precos_em((old, a_preco(tabela="00")), HOJE) == (old, a_preco(tabela="00"))
    assert precos_em((old, new), ANTES) == ()
    cheaper = a_diaria(vigente_de=HOJE, descricao="Diária negociada de novo")
    assert ContratoCompleto(diarias=(a_diaria(), cheaper)).diarias_em(HOJE) == (cheaper,)


def test_a_contract_followed_by_another_the_next_day_does_not_end() -> None:
    first, gap = a_contrato(vigente_ate=HOJE), a_contrato(HOJE + timedelta(days=2))
    after = a_contrato(HOJE + timedelta(days=1), vigente_ate=HOJE + timedelta(days=9))
    assert ContratoCompleto((first,)).ultimo_dia(INICIO) == HOJE
    assert ContratoCompleto((first, gap)).ultimo_dia(INICIO) == HOJE
    assert ContratoCompleto((first, after)).ultimo_dia(INICIO) == HOJE + timedelta(days=9)
    assert ContratoCompleto((first, replace(after, vigente_ate=date.max))).ultimo_dia(INICIO) is None
    assert ContratoCompleto((a_contrato(),)).ultimo_dia(HOJE) is None
    assert ContratoCompleto((first,)).ultimo_dia(ANTES) == ANTES
