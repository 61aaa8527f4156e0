"""What is asked of each procedure: the plan's own rule before that of every plan (R09)."""

from __future__ import annotations

from datetime import date, timedelta

from conecta_facts.procedimentos import em_vigor
from tests.builders_cadastro import CONSULTA, HEMOGRAMA, HOJE, PLANO, a_regra

GERAL, DO_PLANO = a_regra(), a_regra(plano=PLANO, exige_senha=True)


def test_a_plans_own_rule_counts_before_that_of_every_plan_whatever_their_order_and_age() -> None:
    newer = a_regra(vigente_de=HOJE, exige_analise=True)
    for regras in ((GERAL, DO_PLANO, newer), (newer, DO_PLANO, GERAL)):
        assert em_vigor(regras, PLANO, HOJE) == (DO_PLANO,)
        assert em_vigor(regras, None, HOJE) == (newer,)
        assert em_vigor(regras, "OUTRO", HOJE) == (newer,)


def test_when_a_plans_own_rule_has_ended_that_of_every_plan_counts_again() -> None:
    ended = a_regra(plano=PLANO, exige_senha=True, vigente_ate=HOJE)
    assert em_vigor((GERAL, ended), PLANO, HOJE) == (ended,)
    assert em_vigor((GERAL, ended), PLANO, HOJE + timedelta(days=1)) == (GERAL,)


def test_a_rule_holds_from_its_first_day_to_its_last() -> None:
    regra = a_regra(vigente_de=date(2026, 7, 1), vigente_ate=date(2026, 7, 31))
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 1)]
    assert [len(em_vigor((regra,), None, dia)) for dia in days] == [0, 1, 1, 0]


def test_rules_come_one_for_each_code_in_order_of_code() -> None:
    other_table = a_regra(tabela="00")
    regras = (GERAL, a_regra(CONSULTA), other_table, a_regra(HEMOGRAMA, vigente_de=HOJE))
    assert [(regra.tabela, regra.codigo) for regra in em_vigor(regras, None, HOJE)] == [
        ("00", HEMOGRAMA), ("22", CONSULTA), ("22", HEMOGRAMA),
    ]  # fmt: skip
    assert em_vigor((), None, HOJE) == ()


def test_what_is_decided_by_analysis_needs_a_senha_too() -> None:
    asked = [a_regra(), a_regra(exige_senha=True), a_regra(exige_analise=True)]
    assert [regra.pede_senha for regra in asked] == [False, True, True]
