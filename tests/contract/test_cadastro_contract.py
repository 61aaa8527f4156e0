"""The `cadastro` table as its owner writes it and the other contexts read it: the fake and DynamoDB, one suite."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge.cadastro import Binding, Contratacao, DynamoCadastroReader, OperadoraBinding
from conecta_edge.clock import FixedClock
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, PASA, VALE
from tests.cadastro_rows import CadastroTable, Credencial, Vinculo, VinculoOperadora
from tests.contract.engines import Engine
from tests.fakes import FakeCadastro

SINCE = date(2022, 10, 1)
OPERADORA = Operadora(
    VALE, "AMS", "VALE/PASA", (VALE, PASA),
    (VersaoAceita("4.01.00", SINCE), VersaoAceita("4.02.00", SINCE, date(2026, 12, 31))), date(2026, 1, 1),
)  # fmt: skip
PRESTADOR = Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ)
RELACIONAMENTO = Relacionamento(
    HOSPITAL, VALE, "HOSP01",
    (Periodo(Situacao.HABILITADO, SINCE), Periodo(Situacao.SUSPENSO, date(2026, 11, 1), "Documentação vencida")),
)  # fmt: skip


@pytest.fixture
def cadastro(engine: Engine | None) -> tuple[Any, Any]:
    """(writer, reader)."""
    if engine is None:
        fake = FakeCadastro()
        return fake, fake
    table = engine.table("cadastro")
    return CadastroTable(engine.dynamodb, table), DynamoCadastroReader(engine.dynamodb, table, FixedClock(NOW))


def test_of_an_empty_cadastro_nothing_is_known(cadastro: tuple[Any, Any]) -> None:
    _, reader = cadastro
    assert reader.bindings("pessoa-1") == ()
    assert reader.operadora_bindings("pessoa-1") == ()
    assert reader.credential("maquina-1") is None
    nothing = reader.contratacao(HOSPITAL, VALE)
    assert nothing == Contratacao(None, None, None)
    assert (nothing.may_bill_em(SINCE), nothing.situacao_em(SINCE)) == (False, (None, None))


def test_a_contratacao_joins_prestador_relacionamento_and_operadora(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    for _ in range(2):  # a retry of a load is free
        writer.put_operadora(OPERADORA)
        writer.put_prestador(PRESTADOR)
        writer.put_relacionamento(RELACIONAMENTO)
    found = reader.contratacao(HOSPITAL, VALE)
    assert found == Contratacao(PRESTADOR, RELACIONAMENTO, OPERADORA)
    assert found.situacao_em(date(2026, 11, 1)) == ("SUSPENSO", "Documentação vencida")
    assert found.may_bill_em(date(2026, 11, 1))


def test_a_relacionamento_is_with_one_operadora(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_relacionamento(RELACIONAMENTO)
    assert reader.contratacao(HOSPITAL, PASA).relacionamento is None
    assert reader.contratacao(CLINICA, VALE).relacionamento is None


def test_a_prestador_is_found_by_its_code_at_one_operadora(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_relacionamento(RELACIONAMENTO)
    assert reader.prestador_of_code(VALE, "HOSP01") == HOSPITAL
    assert reader.prestador_of_code(PASA, "HOSP01") is None
    assert reader.prestador_of_code(VALE, "hosp01") is None


def test_a_code_is_of_whoever_got_it_last(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_relacionamento(RELACIONAMENTO)
    writer.put_relacionamento(replace(RELACIONAMENTO, prestador_id=CLINICA))
    assert reader.prestador_of_code(VALE, "HOSP01") == CLINICA


def test_a_prestador_may_be_a_person(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_prestador(Prestador(CLINICA, "Médica", "7654321", cpf="52998224725"))
    found = reader.contratacao(CLINICA, VALE).prestador
    assert (found.cnpj, found.cpf) == (None, "52998224725")


def test_a_person_is_bound_to_each_of_its_prestadores_in_a_papel(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "faturista"))
    writer.put_vinculo(Vinculo("pessoa-1", CLINICA, "gestor"))
    writer.put_vinculo(Vinculo("pessoa-2", HOSPITAL, "recepcao"))
    assert reader.bindings("pessoa-1") == (Binding(CLINICA, "gestor"), Binding(HOSPITAL, "faturista"))
    assert reader.bindings("pessoa-2") == (Binding(HOSPITAL, "recepcao"),)
    assert reader.bindings("pessoa") == ()


def test_a_binding_that_ended_binds_no_longer(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "faturista"))
    writer.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "faturista", ativo=False))
    assert reader.bindings("pessoa-1") == ()


def test_a_credential_acts_for_its_prestador_until_it_is_revoked(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    credencial = Credencial("maquina-1", HOSPITAL, ("peg.ler", "peg.escrever"))
    writer.put_credencial(credencial)
    assert reader.credential("maquina-1") == (HOSPITAL, frozenset({"peg.ler", "peg.escrever"}))
    assert reader.credential("maquina-2") is None
    writer.put_credencial(replace(credencial, ativa=False))
    assert reader.credential("maquina-1") is None


@pytest.mark.parametrize("engine_name", ["moto", pytest.param("embedded", marks=pytest.mark.e2e)])
def test_a_credential_never_moves_to_another_prestador(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_credencial(Credencial("maquina-1", HOSPITAL, ()))
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        writer.put_credencial(Credencial("maquina-1", CLINICA, ()))
    assert reader.credential("maquina-1")[0] == HOSPITAL


def test_a_person_of_an_operadora_is_bound_to_no_prestador(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_vinculo_operadora(VinculoOperadora("pessoa-9", VALE, "central"))
    writer.put_vinculo_operadora(VinculoOperadora("pessoa-9", PASA, "central", ativo=False))
    assert reader.bindings("pessoa-9") == ()
    assert reader.operadora_bindings("pessoa-9") == (OperadoraBinding(VALE, "central"),)
