"""What the operadora says of plans, contracts, prices and procedures: the fake and DynamoDB as loads fill it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.catalogo import Catalogo
from conecta_edge.clock import FixedClock
from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_facts.contratos import ContratoCompleto
from conecta_facts.planos import GrupoCarencia, PlanoCompleto
from tests.builders_cadastro import (
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    PLANO,
    PRECOS,
    TABELA,
    a_carencia,
    a_cobertura,
    a_contato,
    a_contratado,
    a_contrato,
    a_diaria,
    a_local,
    a_pacote,
    a_plano,
    a_preco,
    a_profissional,
    a_regra,
    an_operadora,
)
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE
from tests.contract.conftest import EMBEDDED, MOTO
from tests.contract.engines import Engine
from tests.fakes_cadastro import FakeCatalogo, Loaded, Recording

REAL = pytest.mark.parametrize("engine_name", [MOTO, EMBEDDED])


@pytest.fixture
def catalogo(engine: Engine | None) -> tuple[Any, Any]:
    """(loads, reader); the reader's answers are as old as none."""
    if engine is None:
        fake = FakeCatalogo()
        return fake, fake
    table = engine.table("cadastro", busca=True)
    reader = Catalogo(engine.dynamodb, table, FixedClock(NOW), max_age=timedelta(0))
    return Loaded(engine.dynamodb, table, "beneficiarios"), reader


def test_of_what_nobody_loaded_nothing_is_known(catalogo: tuple[Any, Any]) -> None:
    _, reader = catalogo
    assert (reader.operadora(VALE), reader.operadoras(), reader.contatos(VALE)) == (None, (), ())
    assert (reader.plano(VALE, PLANO), reader.calendario(VALE)) == (None, Calendario())
    assert reader.contrato(HOSPITAL, VALE) == ContratoCompleto()
    assert (reader.locais(HOSPITAL, VALE), reader.regras(VALE), reader.precos(VALE, PRECOS)) == ((), (), ())
    assert reader.precos_de(VALE, PRECOS, [(TABELA, CONSULTA)], HOJE) == [None]
    assert reader.precos_de(VALE, PRECOS, [], HOJE) == []
    assert reader.profissional(HOSPITAL, VALE, "06", "ES", "1") is None


def test_operadoras_are_known_one_by_one_and_listed_by_registro(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    vale, pasa = an_operadora(), an_operadora(PASA, portal_legado="https://legado.example")
    loads.put("operadora", VALE, vale)
    loads.put("operadora", PASA, pasa)
    assert (reader.operadora(VALE), reader.operadora(PASA), reader.operadora("999999")) == (vale, pasa, None)
    assert reader.operadoras() == (pasa, vale)


def test_contacts_and_calendar_are_each_operadoras_own(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    contatos = (a_contato(), a_contato("ouvidoria"))
    dias = (
        DiaEspecial(date(2026, 12, 24), "Véspera", TipoDia.FACULTATIVO),
        DiaEspecial(date(2026, 12, 25), "Natal", TipoDia.FERIADO),
        DiaEspecial(date(2027, 4, 12), "Penha", TipoDia.FERIADO, "ES"),
    )
    loads.put("contatos", VALE, *contatos)
    loads.put("calendario", VALE, *dias)
    loads.put("operadora", VALE, an_operadora())  # in the same partition as its contacts
    assert (reader.contatos(VALE), reader.contatos(PASA)) == (contatos, ())
    assert (reader.calendario(VALE), reader.calendario(PASA)) == (Calendario(dias), Calendario())


def test_a_plan_comes_with_all_that_is_said_of_it_and_nothing_of_another(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    carencias = (
        a_carencia(GrupoCarencia.INTERNACAO, 180),
        a_carencia(GrupoCarencia.PARTO, 300, vigente_ate=date(2025, 12, 31)),
        a_carencia(GrupoCarencia.PARTO, 240, vigente_de=INICIO),
    )
    coberturas = (a_cobertura(CONSULTA), a_cobertura(HEMOGRAMA, coberto=False))
    loads.put("planos", VALE, a_plano(), a_plano(f"{PLANO}-B"))
    loads.put("carencias", VALE, *carencias, a_carencia(plano=f"{PLANO}-B"))
    loads.put("coberturas", VALE, *coberturas)
    assert reader.plano(VALE, PLANO) == PlanoCompleto(a_plano(), carencias, coberturas)
    assert reader.plano(VALE, f"{PLANO}-B") == PlanoCompleto(
        a_plano(f"{PLANO}-B"), (a_carencia(plano=f"{PLANO}-B"),), ()
    )
    assert reader.plano(PASA, PLANO) is None


def test_carencias_of_a_plan_that_was_not_loaded_are_no_plan(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    loads.put("carencias", VALE, a_carencia())
    assert reader.plano(VALE, PLANO) is None


def test_a_contract_is_between_the_two_and_of_any_time(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    contratos = (a_contrato(date(2025, 1, 1), vigente_ate=date(2025, 12, 31)), a_contrato())
    procedimentos = (a_contratado(CONSULTA), a_contratado("403*"))
    loads.put("contratos", VALE, *contratos)
    loads.put("procedimentos-contratados", VALE, *procedimentos)
    loads.put("diarias", VALE, a_diaria())
    loads.put("pacotes", VALE, a_pacote())
    loads.put("locais", VALE, a_local(), a_local("7654321"))
    loads.put("corpo-clinico", VALE, a_profissional())
    loads.put("contratos", PASA, a_contrato(registro_ans=PASA, numero="PASA/1"))
    assert reader.contrato(HOSPITAL, VALE) == ContratoCompleto(contratos, procedimentos, (a_diaria(),), (a_pacote(),))
    assert reader.contrato(HOSPITAL, PASA).contratos[0].numero == "PASA/1"
    assert reader.contrato(CLINICA, VALE) == ContratoCompleto()
    assert reader.locais(HOSPITAL, VALE) == (a_local(), a_local("7654321"))
    assert reader.locais(HOSPITAL, PASA) == ()


def test_a_professional_is_known_by_council_state_and_number(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    loads.put("corpo-clinico", VALE, a_profissional())
    assert reader.profissional(HOSPITAL, VALE, "06", "ES", "52000001") == a_profissional()
    for wrong in (("07", "ES", "52000001"), ("06", "RJ", "52000001"), ("06", "ES", "5200000")):
        assert reader.profissional(HOSPITAL, VALE, *wrong) is None
    assert reader.profissional(CLINICA, VALE, "06", "ES", "52000001") is None


def test_a_corpo_clinico_comes_in_order_of_council_state_and_number(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    members = (
        a_profissional("1"),
        a_profissional("2"),
        a_profissional("1", uf="RJ"),
        a_profissional("1", conselho="08"),
    )
    loads.put("corpo-clinico", VALE, *members[::-1])
    assert reader.corpo_clinico(HOSPITAL, VALE) == members
    assert reader.corpo_clinico(HOSPITAL, PASA) == reader.corpo_clinico(CLINICA, VALE) == ()


def test_rules_come_in_order_of_code(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    regras = (a_regra(CONSULTA), a_regra(HEMOGRAMA), a_regra(HEMOGRAMA, plano=PLANO, documentos=("03", "12")))
    loads.put("regras-procedimentos", VALE, *regras[::-1])
    assert reader.regras(VALE) == regras
    assert reader.regras(PASA) == ()


def test_a_price_is_the_one_in_force_on_the_day(catalogo: tuple[Any, Any]) -> None:
    loads, reader = catalogo
    usual = a_preco(valor="100.00", vigente_de=date(2025, 1, 1))
    promotion = a_preco(valor="80.00", vigente_de=date(2026, 3, 1), vigente_ate=date(2026, 3, 31))
    raised = a_preco(valor="110.00", vigente_de=date(2027, 1, 1), vigente_ate=date(2027, 12, 31))
    longer = a_preco(f"{CONSULTA}0", "1.00")
    loads.put("precos", VALE, usual, promotion, raised, longer, a_preco(HEMOGRAMA, "7.05"))
    asked = [(TABELA, CONSULTA), (TABELA, HEMOGRAMA), ("00", CONSULTA), (TABELA, CONSULTA)]

    def on(dia: date) -> Any:
        first, second, third, again = reader.precos_de(VALE, PRECOS, asked, dia)
        assert (first, third) == (again, None)
        assert second is None or second.valor == Decimal("7.05")
        return first

    assert on(date(2024, 12, 31)) is None
    assert on(date(2025, 1, 1)) == on(date(2026, 2, 28)) == usual
    assert on(date(2026, 3, 1)) == on(date(2026, 3, 31)) == promotion
    assert on(date(2026, 4, 1)) == on(date(2026, 12, 31)) == usual
    assert on(date(2027, 12, 31)) == raised
    assert on(date(2028, 1, 1)) == usual
    assert reader.precos_de(VALE, "OUTRA", asked[:1], HOJE) == [None]
    assert reader.precos_de(PASA, PRECOS, asked[:1], HOJE) == [None]
    assert reader.precos(VALE, PRECOS) == (usual, promotion, raised, longer, a_preco(HEMOGRAMA, "7.05"))


@REAL
@pytest.mark.parametrize(
    ("ask", "calls"),
    [
        (lambda catalogo: catalogo.operadora(VALE), ["batch_get_item"]),
        (lambda catalogo: catalogo.operadoras(), ["query"]),
        (lambda catalogo: catalogo.contatos(VALE), ["query"]),
        (lambda catalogo: catalogo.calendario(VALE), ["query"]),
        (lambda catalogo: catalogo.plano(VALE, PLANO), ["query"]),
        (lambda catalogo: catalogo.contrato(HOSPITAL, VALE), ["query"] * 4),
        (lambda catalogo: catalogo.locais(HOSPITAL, VALE), ["query"]),
        (lambda catalogo: catalogo.profissional(HOSPITAL, VALE, "06", "ES", "1"), ["batch_get_item"]),
        (lambda catalogo: catalogo.corpo_clinico(HOSPITAL, VALE), ["query"]),
        (lambda catalogo: catalogo.regras(VALE), ["query"]),
        (lambda catalogo: catalogo.precos(VALE, PRECOS), ["query"]),
        (lambda catalogo: catalogo.precos_de(VALE, PRECOS, [(TABELA, "1"), (TABELA, "2")], HOJE), ["query"] * 2),
    ],
    ids=range(12),
)
def test_each_question_waits_once(engine: Engine, ask: Any, calls: list[str]) -> None:
    recording = Recording(engine.dynamodb, waves=[len(calls)])
    ask(Catalogo(recording, engine.table("cadastro", busca=True), FixedClock(NOW)))
    assert (recording.calls, recording.unused) == (calls, 0)
