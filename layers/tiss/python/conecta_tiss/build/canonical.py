"""Canonical form of an XSD, so that two files are compared by content and not by layout.

Inclusive C14N 1.0 with comments and processing instructions dropped and whitespace-only text dropped
(tiss.md section 1). The labels that ANS writes in comments do not count; every declaration does.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from lxml import etree

from conecta_tiss.errors import FonteInvalidaError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lxml.etree import _Element


def parse_xsd(conteudo: bytes, nome: str, *, comentarios: bool = True) -> _Element:
    """Parse one XSD without reaching for anything outside it; the xmldsig schema has a DOCTYPE.

    Args:
        conteudo: The file's bytes.
        nome: File name for the error message.
        comentarios: Keep comments (labels are read from them) or drop them with the instructions.

    Raises:
        FonteInvalidaError: The bytes are not well-formed XML.
    """
    parser = etree.XMLParser(
        no_network=True,
        load_dtd=False,
        resolve_entities=False,
        attribute_defaults=False,
        remove_comments=not comentarios,
        remove_pis=not comentarios,
    )
    try:
        return etree.fromstring(conteudo, parser)
    except etree.XMLSyntaxError as erro:
        raise FonteInvalidaError(f"{nome} não é um XML bem formado: {erro.msg}") from erro


def digest(conteudo: bytes, nome: str) -> str:
    """Sha256 (hex) of the canonical form of an XSD."""
    raiz = parse_xsd(conteudo, nome, comentarios=False)
    for elemento in raiz.iter():
        if elemento.text is not None and not elemento.text.strip():
            elemento.text = None
        if elemento.tail is not None and not elemento.tail.strip():
            elemento.tail = None
    # Of the tree, not of the root: lxml serialises a root that has siblings (a comment, a DOCTYPE) from a
    # copy and then adds xmlns="" to the elements below it.
    return hashlib.sha256(etree.tostring(raiz.getroottree(), method="c14n")).hexdigest()


def divergentes(arquivos: Mapping[str, bytes], esperados: Mapping[str, str]) -> list[str]:
    """Names, sorted, of the files that are missing or whose canonical digest is not the expected one."""
    return sorted(
        nome for nome, esperado in esperados.items() if nome not in arquivos or digest(arquivos[nome], nome) != esperado
    )


def compila(raiz_do_esquema: Path) -> None:
    """Compile a schema from its root file.

    Raises:
        FonteInvalidaError: libxml2 refuses the set.
    """
    try:
        etree.XMLSchema(etree.parse(raiz_do_esquema, etree.XMLParser(no_network=True, load_dtd=False)))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as erro:
        raise FonteInvalidaError(f"{raiz_do_esquema.name} não compila: {erro}") from erro
