"""Derive the 4.01.00 schemas from 4.02.00: 61 edits, kept as data in `delta_4_01.json`.

Three kinds of edit, each naming the place it applies to as `[complexType, element, element...]`:
`tipos` gives an element back its 4.01.00 type, `elementos` removes an element that 4.02.00 added, and
`valores` removes an enumeration value that 4.02.00 added. Every edit must find exactly what it expects;
besides them only the version suffix in `schemaLocation` changes. Comments stay: labels come from them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from conecta_tiss.build.canonical import parse_xsd
from conecta_tiss.build.digests import COM_VERSAO
from conecta_tiss.errors import FonteInvalidaError
from conecta_tiss.versions import Versao

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

DE: Final = Versao.V4_02_00
PARA: Final = Versao.V4_01_00

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"


def edicoes() -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The edits: `{tipos|elementos|valores: {file stem: [edit]}}`."""
    texto = resources.files(__package__).joinpath("delta_4_01.json").read_text(encoding="utf-8")
    conteudo = json.loads(texto)
    return {secao: conteudo[secao] for secao in ("tipos", "elementos", "valores")}


def deriva(arquivos: Mapping[str, bytes]) -> dict[str, bytes]:
    """The five versioned 4.01.00 files, by name, made from the five of 4.02.00.

    Raises:
        FonteInvalidaError: A 4.02.00 file does not hold what an edit expects.
    """
    delta = edicoes()
    derivados = {}
    for base in COM_VERSAO:
        origem = f"{base}{DE.sufixo}.xsd"
        raiz = parse_xsd(arquivos[origem], origem)
        for edicao in delta["tipos"].get(base, ()):
            _troca_tipos(raiz, edicao, origem)
        for edicao in delta["elementos"].get(base, ()):
            for elemento in _elementos(raiz, edicao, origem):
                _remove(elemento)
        for edicao in delta["valores"].get(base, ()):
            for valor in _valores(raiz, edicao, origem):
                _remove(valor)
        _troca_sufixo(raiz)
        raiz.insert(0, etree.Comment(f" derivado de {origem} por conecta_tiss.build "))
        derivados[f"{base}{PARA.sufixo}.xsd"] = etree.tostring(
            raiz.getroottree(), encoding="ISO-8859-1", xml_declaration=True
        )
    return derivados


def _troca_tipos(raiz: _Element, edicao: Mapping[str, Any], arquivo: str) -> None:
    for elemento in _elementos(raiz, edicao, arquivo):
        if elemento.get("type") != edicao["de"]:
            raise FonteInvalidaError(
                f"{arquivo}: {elemento.get('name')} em {'/'.join(edicao['em'])} não é {edicao['de']}"
            )
        elemento.set("type", edicao["para"])


def _troca_sufixo(raiz: _Element) -> None:
    for inclusao in raiz.iter(f"{_XS}include", f"{_XS}import"):
        local = inclusao.get("schemaLocation", "")
        inclusao.set("schemaLocation", local.replace(DE.sufixo, PARA.sufixo))


def _elementos(raiz: _Element, edicao: Mapping[str, Any], arquivo: str) -> Iterator[_Element]:
    """The elements an edit names: exactly one declaration each."""
    tipo, *caminho = edicao["em"]
    declarados = _declaracoes(raiz, tipo)
    for nome in edicao["elementos"]:
        achados = declarados[(*caminho, nome)]
        if len(achados) != 1:
            onde = "/".join((*edicao["em"], nome))
            raise FonteInvalidaError(f"{arquivo}: esperava um elemento em {onde}, há {len(achados)}")
        yield achados[0]


def _declaracoes(raiz: _Element, tipo: str) -> defaultdict[tuple[str, ...], list[_Element]]:
    """Element declarations of one global complexType by the names on the way down to each."""
    por_caminho: defaultdict[tuple[str, ...], list[_Element]] = defaultdict(list)

    def desce(no: _Element, caminho: tuple[str, ...]) -> None:
        for filho in no.iterchildren(f"{_XS}*"):
            nome = filho.get("name")
            if filho.tag == f"{_XS}element" and nome is not None:
                por_caminho[(*caminho, nome)].append(filho)
                desce(filho, (*caminho, nome))
            else:
                desce(filho, caminho)

    for complexo in raiz.iterchildren(f"{_XS}complexType"):
        if complexo.get("name") == tipo:
            desce(complexo, ())
    return por_caminho


def _valores(raiz: _Element, edicao: Mapping[str, Any], arquivo: str) -> Iterator[_Element]:
    """The enumeration facets an edit names: exactly one each."""
    for valor in edicao["valores"]:
        achados = [
            faceta
            for simples in raiz.iterchildren(f"{_XS}simpleType")
            if simples.get("name") == edicao["em"]
            for faceta in simples.iter(f"{_XS}enumeration")
            if faceta.get("value") == valor
        ]
        if len(achados) != 1:
            raise FonteInvalidaError(f"{arquivo}: esperava um valor {valor} em {edicao['em']}")
        yield achados[0]


def _remove(no: _Element) -> None:
    """Take a node out; what follows it in the text (layout) goes with it."""
    pai = no.getparent()
    if pai is not None:
        pai.remove(no)
