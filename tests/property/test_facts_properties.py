"""Facts of cadastro: every value survives its plain form; dates hold their own definition."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conecta_facts
from conecta_edge.dynamodb import marshal, unmarshal
from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_facts.codec import build, plain
from conecta_facts.contratos import Contrato
from conecta_facts.planos import GrupoCarencia
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Situacao
from conecta_facts.vigencia import vigente, vigente_em
from tests.builders_cadastro import a_carencia, a_plano_completo, a_preco, a_vida, relacionamento_of

VALUES = sorted(
    {
        value
        for info in pkgutil.iter_modules(conecta_facts.__path__, "conecta_facts.")
        for _, value in inspect.getmembers(importlib.import_module(info.name), inspect.isclass)
        if is_dataclass(value)
    },
    key=lambda value: value.__name__,
)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
AMOUNTS = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)
st.register_type_strategy(Decimal, AMOUNTS)


def values_of(classe: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a class of facts, every member drawn, invariants kept."""
    hints = get_type_hints(classe)
    drawn = {field.name: st.from_type(hints[field.name]) for field in fields(classe)}
    if classe is Prestador:
        drawn["cnpj"] = drawn["cpf"] = st.none()
        document = st.sampled_from(["cnpj", "cpf"])
        return st.tuples(document, st.text(), st.fixed_dictionaries({**drawn})).map(
            lambda made: Prestador(**{**made[2], made[0]: made[1]})
        )
    if classe is Contrato:
        return st.fixed_dictionaries(drawn).map(
            lambda made: Contrato(**{**made, "prazo_resposta_dias": made["prazo_contestacao_dias"]})
        )
    return st.builds(classe, **drawn)


for composed in (Prestador, Contrato):
    st.register_type_strategy(composed, values_of(composed))


@pytest.mark.parametrize("classe", VALUES, ids=lambda classe: classe.__name__)
@given(data=st.data())
def test_every_fact_survives_its_plain_form_and_a_table(classe: type[Any], data: st.DataObject) -> None:
    value = data.draw(values_of(classe))
    kept = plain(value)
    assert build(classe, kept) == value
    assert build(classe, {**kept, "de_outra_versao": [1]}) == value
    assert build(classe, unmarshal(marshal(kept))) == value


def test_every_fact_is_judged_here() -> None:
    assert {"Beneficiario", "Plano", "Contrato", "Relacionamento", "RegraProcedimento", "Operadora"} <= {
        classe.__name__ for classe in VALUES
    }


@given(de=DAYS, days=st.none() | st.integers(0, 4000), dia=DAYS)
def test_a_validity_is_its_days_and_no_other(de: date, days: int | None, dia: date) -> None:
    ate = None if days is None else de + timedelta(days=days)
    expected = de <= dia and (ate is None or dia <= ate)
    assert vigente(a_preco(vigente_de=de, vigente_ate=ate), dia) is expected


@given(spans=st.lists(st.tuples(DAYS, st.integers(0, 4000))), dia=DAYS)
def test_what_is_in_force_is_in_force_and_nothing_in_force_began_after_it(
    spans: list[tuple[date, int]], dia: date
) -> None:
    prices = [a_preco(vigente_de=de, vigente_ate=de + timedelta(days=days)) for de, days in spans]
    found = vigente_em(prices, dia)
    live = [price.vigente_de for price in prices if vigente(price, dia)]
    assert (found.vigente_de if found else None) == max(live, default=None)


@given(incluida=DAYS, dias=st.integers(0, 730), after=st.integers(-10, 800))
def test_a_carencia_ends_on_the_day_it_says(incluida: date, dias: int, after: int) -> None:
    plano, vida = a_plano_completo(a_carencia(dias=dias, vigente_de=date.min)), a_vida(data_inclusao=incluida)
    espera = plano.espera_de(GrupoCarencia.PARTO, vida, incluida + timedelta(days=after))
    assert (espera is not None) == (after < dias)
    if espera is not None:
        assert plano.esperas_em(vida, espera.coberto_desde) == ()
        assert plano.esperas_em(vida, espera.coberto_desde - timedelta(days=1)) == (espera,)


@given(days=st.lists(DAYS, min_size=1), situacoes=st.lists(st.sampled_from(Situacao), min_size=1), dia=DAYS)
def test_a_relacionamento_is_in_the_state_of_its_last_period_that_has_begun(
    days: list[date], situacoes: list[Situacao], dia: date
) -> None:
    periodos = tuple(Periodo(situacao, de) for de, situacao in zip(sorted(days), situacoes, strict=False))
    relacionamento = replace(relacionamento_of(), periodos=periodos)
    expected = None
    for periodo in periodos:
        if periodo.de <= dia:
            expected = periodo
    assert relacionamento.periodo_em(dia) == expected
    if relacionamento.may_request_em(dia):
        assert relacionamento.may_bill_em(dia)
        assert relacionamento.attended_lawfully_em(dia)
    if relacionamento.may_bill_em(dia):
        assert relacionamento.may_bill_em(dia + timedelta(days=365))


ESPECIAIS = st.lists(
    st.builds(
        DiaEspecial,
        data=st.dates(date(2026, 1, 1), date(2026, 3, 31)),
        descricao=st.just("x"),
        tipo=st.sampled_from(TipoDia),
        uf=st.sampled_from([None, "ES", "RJ"]),
    ),
    max_size=40,
)


@given(
    dias=ESPECIAIS,
    de=st.dates(date(2025, 12, 20), date(2026, 4, 10)),
    quantos=st.integers(0, 30),
    uf=st.sampled_from([None, "ES"]),
)
def test_the_nth_business_day_has_n_business_days_up_to_it(
    dias: list[DiaEspecial], de: date, quantos: int, uf: str | None
) -> None:
    calendario = Calendario(tuple(dias))
    ate = calendario.somar_uteis(de, quantos, uf)
    passed = [de + timedelta(days=n) for n in range(1, (ate - de).days + 1)]
    assert sum(calendario.util(dia, uf) for dia in passed) == quantos
    assert quantos == 0 or calendario.util(ate, uf)
