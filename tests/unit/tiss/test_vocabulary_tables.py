"""The dm_* enums against the schemas, version by version."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from conecta_tiss.artefatos import TABELAS, artefato
from conecta_tiss.versions import VERSOES, Versao, schema_dir
from conecta_tiss.vocabulary import tables, wide_tables
from conecta_tiss.vocabulary.tables import DO_PRESTADOR, DOMINIOS, TipoTransacao, codigos_em
from conecta_tiss.vocabulary.wide_tables import DOMINIOS_EXTENSOS

if TYPE_CHECKING:
    from enum import StrEnum
    from types import ModuleType

TODOS = {**DOMINIOS, **DOMINIOS_EXTENSOS}
XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.fixture(scope="module")
def enumeracoes() -> dict[str, dict[str, list[str]]]:
    """Every enumeration of every version, from the schemas themselves."""
    lidas: dict[str, dict[str, list[str]]] = {}
    for versao in VERSOES:
        raiz = etree.parse(schema_dir(versao) / f"tissSimpleTypes{versao.sufixo}.xsd").getroot()
        lidas[versao] = {
            tipo.get("name", ""): [faceta.get("value", "") for faceta in tipo.iter(f"{XS}enumeration")]
            for tipo in raiz.iterchildren(f"{XS}simpleType")
        }
    return lidas


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize(("nome", "tabela"), TODOS.items())
def test_an_enum_is_the_schemas_enumeration(
    nome: str, tabela: type[StrEnum], versao: Versao, enumeracoes: dict[str, dict[str, list[str]]]
) -> None:
    assert sorted(codigos_em(tabela, versao)) == sorted(enumeracoes[versao].get(nome, []))


@pytest.mark.parametrize(("modulo", "dominios"), [(tables, DOMINIOS), (wide_tables, DOMINIOS_EXTENSOS)])
def test_every_enum_of_the_module_has_its_table(modulo: ModuleType, dominios: dict[str, type[StrEnum]]) -> None:
    enums = {valor for valor in vars(modulo).values() if isinstance(valor, type)}
    assert {enum for enum in enums if enum.__module__ == modulo.__name__} == set(dominios.values())


def test_members_have_portuguese_names_without_accents_and_no_aliases() -> None:
    for tabela in TODOS.values():
        assert len(tabela.__members__) == len(list(tabela))
        assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", nome) for nome in tabela.__members__)


def test_every_code_has_a_label_except_the_names_of_transactions() -> None:
    rotulos = json.loads(artefato(TABELAS).read_text("utf-8"))
    for nome, tabela in TODOS.items():
        for versao in VERSOES:
            for codigo in codigos_em(tabela, versao):
                assert (rotulos[versao][nome][codigo] is None) == (nome == "dm_tipoTransacao")


def test_twelve_transactions_are_the_prestadors_and_fifteen_the_operadoras() -> None:
    assert (len(DO_PRESTADOR), len(TipoTransacao)) == (12, 27)


def test_judicial_block_came_with_4_02_and_centro_de_consumo_with_4_03() -> None:
    assert "10" not in codigos_em(tables.StatusProtocolo, Versao.V4_01_00)
    assert "10" in codigos_em(tables.StatusProtocolo, Versao.V4_02_00)
    assert codigos_em(tables.CentroConsumo, Versao.V4_02_00) == frozenset()
