"""The mapping against the schemas themselves: what the standard has, it has, and where."""

from __future__ import annotations

import subprocess
import sys
from ast import literal_eval
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from conecta_tiss.messages.transacoes import CORPOS as TRANSACOES
from conecta_tiss.versions import Versao, schema_dir
from conecta_tiss.xml import layout
from conecta_tiss.xml.names import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

XS = "{http://www.w3.org/2001/XMLSchema}"
LOTE = "loteGuias"
SO_DEPOIS = {
    Versao.V4_01_00: {"coberturaEspecial", "centroConsumo", "caraterAtendimento", "observacao"},
    Versao.V4_02_00: {"centroConsumo", "caraterAtendimento", "observacao"},
}


@cache
def named(versao: Versao) -> dict[tuple[str, str], Element]:
    """Types and elements of a version's schemas, by what they are and their name."""
    achados = {}
    for arquivo in schema_dir(versao).glob("tiss*V*.xsd"):
        for filho in etree.parse(arquivo).getroot().iterchildren(f"{XS}complexType", f"{XS}element"):
            achados[local(str(filho.tag)), str(filho.get("name"))] = filho
    return achados


def children(versao: Versao, elemento: Element) -> Iterator[Element]:
    """Elements that a declaration lets inside, whatever the sequences, choices and extensions around them."""
    tipo = elemento.get("type") or elemento.get("base")
    definicao = named(versao).get(("complexType", (tipo or "").rpartition(":")[2]))
    if definicao is not None:
        yield from children(versao, definicao)
    for filho in elemento.iterchildren(tag=etree.Element):
        if filho.tag == f"{XS}element":
            if filho.get("name"):  # the others are signatures
                yield filho
        else:
            yield from children(versao, filho)


def shape(versao: Versao, corpo: str) -> set[tuple[str, str]]:
    """Every element below a body, by the name of its parent and its own."""
    pares: set[tuple[str, str]] = set()

    def visitar(pai: Element) -> None:
        for filho in children(versao, pai):
            par = (str(pai.get("name")), str(filho.get("name")))
            pares.add(par)
            if filho.get("name") != "assinaturaDigitalGuia":
                visitar(filho)

    for sentido in ("operadoraPrestador", "prestadorOperadora"):
        for declarado in children(versao, named(versao)["complexType", sentido]):
            if declarado.get("name") == corpo:
                visitar(declarado)
    return pares


def mapped(corpo: str) -> set[tuple[str, str]]:
    """The same, of the mapping."""
    do_cabecalho = {
        "mensagemTISS",
        "cabecalho",
        "identificacaoTransacao",
        "origem",
        "destino",
        "identificacaoPrestador",
    }
    return {
        (pai, filho)
        for pai, filhos in layout.children_by_element(corpo).items()
        for filho in filhos
        if pai not in do_cabecalho and (pai != LOTE or corpo == LOTE)
    } | ({("guiasTISS", tipo.value) for tipo in layout.GUIAS} if corpo == LOTE else set())


@pytest.mark.parametrize("corpo", [LOTE, *layout.CORPOS])
def test_the_mapping_of_a_body_is_the_schema_s_no_less_and_no_more(corpo: str) -> None:
    assert shape(Versao.V4_03_00, corpo)
    assert mapped(corpo) == shape(Versao.V4_03_00, corpo)


@pytest.mark.parametrize("corpo", [LOTE, *layout.CORPOS])
@pytest.mark.parametrize("versao", [Versao.V4_01_00, Versao.V4_02_00])
def test_what_older_versions_do_not_have_is_known(versao: Versao, corpo: str) -> None:
    antiga = shape(versao, corpo)
    assert antiga <= mapped(corpo)
    assert {filho for _, filho in mapped(corpo) - antiga} <= SO_DEPOIS[versao]


def test_every_transaction_has_its_body() -> None:
    assert {LOTE, *layout.CORPOS} == set(TRANSACOES.values())


def test_a_body_that_the_standard_does_not_have_has_the_header_only() -> None:
    assert set(layout.registros_de("inventado")) == {"cabecalho"}
    assert layout.children_by_element("inventado") is layout.children_by_element("<qualquer>")
    assert "solicitacaoProcedimento" not in layout.children_by_element("cancelaGuia")


def test_a_lote_loads_nothing_of_the_other_messages() -> None:
    """Making a dataclass takes a millisecond: a cold start pays only for the messages it meets."""
    programa = (
        "import sys; from datetime import date; from local.gerador import gerar, Pedido\n"
        "from conecta_tiss.pipeline import validate_message\n"
        "assert validate_message(gerar(Pedido(guias=30)).conteudo, hoje=date(2026, 3, 2)).valido\n"
        "print(sorted(nome for nome in sys.modules if nome.startswith("
        "('conecta_tiss.messages.', 'conecta_tiss.rules.', 'conecta_tiss.xml.layouts'))))"
    )
    saida = subprocess.run([sys.executable, "-c", programa], capture_output=True, text=True, check=True)
    carregados = {nome.removeprefix("conecta_tiss.") for nome in literal_eval(saida.stdout)}
    assert carregados == {
        "messages.comum", "messages.envelope", "messages.ilegivel", "messages.lote_guias", "messages.transacoes",
        "rules.base", "rules.envelope", "rules.lote",
    }  # fmt: skip
