"""Labels of the dm_* tables and texts of the glosas, read from the comments of ANS's simple types.

The schemas carry their own dictionary: beside each enumeration a comment says what the codes mean, in
half a dozen layouts (`1- Eletiva`, `00<TAB>Cirurgião`, `03Pedido do profissional`, `I`/`A` in order...).
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from conecta_tiss.build.canonical import parse_xsd
from conecta_tiss.errors import FonteInvalidaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

TIPO_GLOSA: Final = "dm_tipoGlosa"

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_LINHA: Final = re.compile(r"(?P<codigo>[0-9]+|[A-Z][A-Z0-9]*(?!\w))[ \t]*[-–]?[ \t]*(?P<texto>\S.*)")

_FALTANTES: Final[Mapping[str, Mapping[str, str]]] = {
    "dm_motivoSaida": {"19": "Alta de Paciente Agudo em Psiquiatria"},
    "dm_tipoAtendimento": {"23": "Exame"},
}
"""Labels of enumerated codes that no comment of any version names (terminology tables 39 and 50)."""


def tabelas(simple_types: bytes, nome: str) -> dict[str, dict[str, str | None]]:
    """Every dm_* enumeration of a simple-types schema: `{table: {code: label or None}}`.

    All enumerated codes are there, in the schema's order; a label is None where ANS wrote none (for
    instance the names of `dm_tipoTransacao`, which explain themselves).
    """
    raiz = parse_xsd(simple_types, nome)
    resultado: dict[str, dict[str, str | None]] = {}
    for tipo in raiz.iterchildren(f"{_XS}simpleType"):
        tabela = tipo.get("name", "")
        codigos = [faceta.get("value", "") for faceta in tipo.iter(f"{_XS}enumeration")]
        if tabela.startswith("dm_") and codigos:
            textos = _textos(codigos, list(_linhas(tipo))) | dict(_FALTANTES.get(tabela, {}))
            resultado[tabela] = {codigo: textos.get(codigo) for codigo in codigos if codigo}
    _completa_tabelas_proprias(resultado)
    return resultado


def glosas(por_tabela: Mapping[str, Mapping[str, str | None]], nome: str) -> dict[str, str]:
    """Terminology table 38 as `dm_tipoGlosa` has it: `{code: text}`, every code with its text.

    Raises:
        FonteInvalidaError: A code has no text.
    """
    textos = por_tabela.get(TIPO_GLOSA, {})
    mudos = [codigo for codigo, texto in textos.items() if not texto]
    if mudos or not textos:
        raise FonteInvalidaError(f"{nome}: códigos de glosa sem texto: {', '.join(mudos) or 'todos'}")
    return {codigo: texto for codigo, texto in textos.items() if texto}


def _linhas(tipo: _Element) -> Iterator[str]:
    """Lines of the comments inside a type and of those that follow it up to the next one."""
    comentarios = list(tipo.iter(etree.Comment))
    comentarios += itertools.takewhile(lambda no: not isinstance(no.tag, str), tipo.itersiblings())
    for comentario in comentarios:
        if "<restriction" in (comentario.text or ""):
            return  # a whole type that ANS commented out: its codes belong to something else
        for linha in (comentario.text or "").splitlines():
            if linha.strip():
                yield linha.strip()


def _textos(codigos: list[str], linhas: list[str]) -> dict[str, str]:
    """Match lines to codes; a later line wins (ANS appends corrections)."""
    conhecidos = set(codigos)
    largura = max(map(len, codigos))
    textos: dict[str, str] = {}
    for linha in linhas:
        achado = _LINHA.fullmatch(linha)
        if achado is None:
            continue
        codigo = achado["codigo"]
        if codigo not in conhecidos and codigo.isdigit():
            codigo = codigo.zfill(largura)
        if codigo in conhecidos:
            textos[codigo] = _limpa(achado["texto"])
    if not textos and len(linhas) == len(codigos) and not any(map(str.isdigit, codigos)):
        return {codigo: _limpa(linha) for codigo, linha in zip(codigos, linhas, strict=True)}
    return textos


def _limpa(texto: str) -> str:
    """One line: a tab between an abbreviation and its meaning becomes a dash."""
    partes = (" ".join(parte.split()) for parte in texto.split("\t"))
    return " - ".join(parte for parte in partes if parte)


def _completa_tabelas_proprias(tabelas_lidas: dict[str, dict[str, str | None]]) -> None:
    """`dm_tabela` has no label for 90 and 98; the general list of tables (87) has."""
    geral = tabelas_lidas.get("dm_tabelaGeral", {})
    for tabela in ("dm_tabela", "dm_tabelaMonitor"):
        for codigo, texto in tabelas_lidas.get(tabela, {}).items():
            if texto is None:
                tabelas_lidas[tabela][codigo] = geral.get(codigo)
