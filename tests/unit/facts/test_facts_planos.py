"""Carências from the day of inclusion, coverages and the plan itself, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conecta_facts.planos import Espera, GrupoCarencia
from tests.builders_cadastro import (
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    TABELA,
    a_carencia,
    a_cobertura,
    a_plano_completo,
    a_vida,
)

INCLUIDA = date(2026, 11, 1)
PARTO, URGENCIA = GrupoCarencia.PARTO, GrupoCarencia.URGENCIA_EMERGENCIA


@pytest.mark.parametrize(
    ("dias", "after_inclusion", "waits"),
    [
        (0, 0, False),
        (1, 0, True),
        (1, 1, False),
        (24, 23, True),
        (24, 24, False),
        (300, 299, True),
        (300, 300, False),
        (300, -1, True),
    ],
    ids=[
        "none at all", "24 hours, the same day", "24 hours, the next day", "the day before", "the first covered day",
        "delivery, the day before", "delivery, the first covered day", "before inclusion",
    ],
)  # fmt: skip
def test_the_nth_day_after_inclusion_is_the_first_covered_one(dias: int, after_inclusion: int, *, waits: bool) -> None:
    plano, vida = a_plano_completo(a_carencia(URGENCIA, dias)), a_vida(data_inclusao=INCLUIDA)
    dia = INCLUIDA + timedelta(days=after_inclusion)
    espera = Espera(URGENCIA, INCLUIDA + timedelta(days=dias)) if waits else None
    assert plano.espera_de(URGENCIA, vida, dia) == espera
    assert plano.esperas_em(vida, dia) == ((espera,) if espera else ())


def test_carencias_are_told_by_group_and_only_while_they_run() -> None:
    vida = a_vida(data_inclusao=INCLUIDA)
    plano = a_plano_completo(a_carencia(PARTO, 300), a_carencia(URGENCIA, 1), a_carencia(GrupoCarencia.INTERNACAO, 180))
    assert [espera.grupo.value for espera in plano.esperas_em(vida, HOJE)] == ["INTERNACAO", "PARTO"]
    assert plano.espera_de(PARTO, vida, HOJE) == Espera(PARTO, date(2027, 8, 28))
    assert plano.espera_de(GrupoCarencia.TERAPIAS, vida, HOJE) is None


def test_who_is_exempt_waits_for_nothing() -> None:
    plano = a_plano_completo(a_carencia())
    vida = a_vida(data_inclusao=INCLUIDA, isento_carencias=True)
    assert plano.esperas_em(vida, HOJE) == ()
    assert plano.espera_de(PARTO, vida, HOJE) is None


@pytest.mark.parametrize(
    ("incluida", "dias"), [(date(2026, 10, 31), 300), (date(2026, 11, 1), 180), (date(2026, 11, 2), 180)]
)
def test_the_carencia_that_counts_is_the_one_of_the_day_of_inclusion(incluida: date, dias: int) -> None:
    plano = a_plano_completo(
        a_carencia(dias=300, vigente_ate=date(2026, 10, 31)), a_carencia(dias=180, vigente_de=date(2026, 11, 1))
    )
    (espera,) = plano.esperas_em(a_vida(data_inclusao=incluida), HOJE)
    assert espera.coberto_desde == incluida + timedelta(days=dias)


def test_a_plan_may_say_that_one_code_is_covered_or_not_between_two_days() -> None:
    covered = a_cobertura(grupo_carencia=GrupoCarencia.EXAMES_ESPECIAIS, vigente_ate=date(2026, 6, 30))
    excluded = a_cobertura(coberto=False, vigente_de=date(2026, 7, 1))
    plano = a_plano_completo(coberturas=(covered, excluded, a_cobertura(CONSULTA)))
    assert plano.cobertura_de(TABELA, HEMOGRAMA, INICIO - timedelta(days=1)) is None
    assert plano.cobertura_de(TABELA, HEMOGRAMA, INICIO) == covered
    assert plano.cobertura_de(TABELA, HEMOGRAMA, date(2026, 6, 30)) == covered
    assert plano.cobertura_de(TABELA, HEMOGRAMA, date(2026, 7, 1)) == excluded
    assert plano.cobertura_de("00", HEMOGRAMA, HOJE) is None


def test_of_two_coverages_that_overlap_the_later_counts() -> None:
    first, second = a_cobertura(), a_cobertura(coberto=False, vigente_de=date(2026, 7, 1))
    for coberturas in ((first, second), (second, first)):
        assert a_plano_completo(coberturas=coberturas).cobertura_de(TABELA, HEMOGRAMA, HOJE) == second


@pytest.mark.parametrize(
    ("dia", "expected"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_plan_is_in_force_from_its_first_day_to_its_last(dia: date, *, expected: bool) -> None:
    plano = a_plano_completo(vigente_de=date(2026, 1, 1), vigente_ate=date(2026, 12, 31))
    assert plano.vigente_em(dia) is expected
    assert a_plano_completo(vigente_de=date(2026, 1, 1)).vigente_em(date(9999, 12, 31))
