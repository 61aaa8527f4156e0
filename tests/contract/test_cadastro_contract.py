"""The `cadastro` table as its owner writes it and the other contexts read it: the fake and DynamoDB, one suite."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cadastro.domain import (
    Credencial,
    Operadora,
    Prestador,
    Relacionamento,
    SituacaoRelacionamento,
    VersaoAceita,
    Vinculo,
    VinculoOperadora,
)
from cadastro.dynamodb import CadastroTable
from conecta_edge.cadastro import AcceptedVersion, Binding, Contratacao, DynamoCadastroReader
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, PASA, VALE
from tests.contract.engines import Engine
from tests.fakes import FakeCadastro

SINCE = date(2022, 10, 1)
OPERADORA = Operadora(
    VALE, "AMS", "VALE/PASA", (VALE, PASA),
    (VersaoAceita("4.01.00", SINCE), VersaoAceita("4.02.00", SINCE, date(2026, 12, 31))), date(2026, 1, 1),
)  # fmt: skip
PRESTADOR = Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ)
RELACIONAMENTO = Relacionamento(
    HOSPITAL, VALE, SituacaoRelacionamento.SUSPENSO, "HOSP01", SINCE, "Documentação vencida"
)


@pytest.fixture
def cadastro(engine: Engine | None) -> tuple[Any, Any]:
    """(writer, reader)."""
    if engine is None:
        fake = FakeCadastro()
        return fake, fake
    table = engine.table("cadastro")
    return CadastroTable(engine.dynamodb, table), DynamoCadastroReader(engine.dynamodb, table)


def test_of_an_empty_cadastro_nothing_is_known(cadastro: tuple[Any, Any]) -> None:
    _, reader = cadastro
    assert reader.bindings("pessoa-1") == ()
    assert reader.credential_prestador("maquina-1") is None
    assert reader.contratacao(HOSPITAL, VALE) == Contratacao(
        HOSPITAL, VALE, None, None, None, None, None, None, None, None, (), ()
    )


def test_a_contratacao_joins_prestador_relacionamento_and_operadora(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    for _ in range(2):  # a retry of a load is free
        writer.put_operadora(OPERADORA)
        writer.put_prestador(PRESTADOR)
        writer.put_relacionamento(RELACIONAMENTO)
    assert reader.contratacao(HOSPITAL, VALE) == Contratacao(
        prestador_id=HOSPITAL,
        registro_ans=VALE,
        nome_prestador="Hospital Aurora",
        cnpj=CNPJ,
        cpf=None,
        cnes="1234567",
        situacao="SUSPENSO",
        motivo="Documentação vencida",
        codigo_na_operadora="HOSP01",
        nome_operadora="AMS",
        versoes=(
            AcceptedVersion("4.01.00", SINCE, None),
            AcceptedVersion("4.02.00", SINCE, date(2026, 12, 31)),
        ),
        grupo=(VALE, PASA),
    )


def test_a_relacionamento_is_with_one_operadora(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_relacionamento(RELACIONAMENTO)
    assert reader.contratacao(HOSPITAL, PASA).situacao is None
    assert reader.contratacao(CLINICA, VALE).situacao is None


def test_a_prestador_may_be_a_person(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_prestador(Prestador(CLINICA, "Médica", "7654321", cpf="52998224725"))
    found = reader.contratacao(CLINICA, VALE)
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
    assert reader.credential_prestador("maquina-1") == HOSPITAL
    assert reader.credential_prestador("maquina-2") is None
    writer.put_credencial(replace(credencial, ativa=False))
    assert reader.credential_prestador("maquina-1") is None


@pytest.mark.parametrize("engine_name", ["moto", pytest.param("embedded", marks=pytest.mark.e2e)])
def test_a_credential_never_moves_to_another_prestador(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_credencial(Credencial("maquina-1", HOSPITAL, ()))
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        writer.put_credencial(Credencial("maquina-1", CLINICA, ()))
    assert reader.credential_prestador("maquina-1") == HOSPITAL


@pytest.mark.parametrize("engine_name", ["moto", pytest.param("embedded", marks=pytest.mark.e2e)])
def test_a_person_of_an_operadora_is_bound_to_no_prestador(cadastro: tuple[Any, Any]) -> None:
    writer, reader = cadastro
    writer.put_vinculo_operadora(VinculoOperadora("pessoa-9", VALE, "central"))
    assert reader.bindings("pessoa-9") == ()
