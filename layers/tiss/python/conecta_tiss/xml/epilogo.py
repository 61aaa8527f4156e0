"""The hash of the epilogue: MD5 of the text of the leaves, in document order (tiss.md section 4).

Tags, attributes, comments and indentation do not count; `epilogo/hash` itself and the message's own
`ds:Signature` are left out. Peers disagree on the bytes under the digest (ISO-8859-1, as the standard's
charset, or UTF-8), so both are accepted and the caller learns which; what Conecta writes uses ISO-8859-1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lxml import etree

from conecta_tiss.xml.names import ASSINATURA, q

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element

EPILOGO: Final = q("epilogo")
HASH: Final = q("hash")


class SituacaoHash(StrEnum):
    """What the declared hash turned out to be."""

    ISO_8859_1 = "iso-8859-1"
    UTF_8 = "utf-8"
    DIVERGENTE = "divergente"
    AUSENTE = "ausente"

    @property
    def confere(self) -> bool:
        """Whether the message arrived as it was written."""
        return self in {SituacaoHash.ISO_8859_1, SituacaoHash.UTF_8}


@dataclass(frozen=True, slots=True)
class Conferencia:
    """Outcome of `verify`.

    Attributes:
        situacao: Which digest matched, if any.
        calculado: The digest the message should have: ISO-8859-1, or UTF-8 if its text does not fit.
    """

    situacao: SituacaoHash
    calculado: str


def verify(raiz: Element, *, tem_brancos: bool = False) -> Conferencia:
    """Compare the declared hash with the message's text.

    The quick way (libxml2 concatenates all text) is exact for whatever the schema accepts; only when it
    does not match, or cannot be trusted, is the text gathered leaf by leaf. A digest that covers the
    signature's leaves too is accepted: some senders hash after signing.

    Args:
        raiz: Root of the message.
        tem_brancos: The tree still holds the blanks between elements (`parser.has_markup_declarations`).
    """
    declarado = _declared(raiz)
    if declarado and not tem_brancos:
        situacao = _compare(_quick_text(raiz), declarado)
        if situacao is not None:
            return Conferencia(situacao, declarado)
    exato = exact_text(raiz)
    if not declarado:
        return Conferencia(SituacaoHash.AUSENTE, digest(exato))
    situacao = _compare(exato, declarado)
    if situacao is None and raiz.find(ASSINATURA) is not None:
        situacao = _compare(exact_text(raiz, com_assinatura=True), declarado)
    return Conferencia(situacao or SituacaoHash.DIVERGENTE, digest(exato))


def digest(texto: str) -> str:
    """Hash of a message's text: MD5 of its ISO-8859-1 bytes (UTF-8 if they cannot hold it), lower case."""
    try:
        return _md5(texto.encode("iso-8859-1"))
    except UnicodeEncodeError:
        return _md5(texto.encode())


def exact_text(raiz: Element, *, com_assinatura: bool = False) -> str:
    """Text of the leaves in document order, without `epilogo/hash` and, unless asked, the signature."""
    return "".join(_leaf_texts(raiz, com_assinatura=com_assinatura))


def _leaf_texts(raiz: Element, *, com_assinatura: bool) -> Iterable[str]:
    for filho in raiz:
        if filho.tag == ASSINATURA and not com_assinatura:
            continue
        no_epilogo = filho.tag == EPILOGO
        for elemento in filho.iter():
            if len(elemento) == 0 and not (no_epilogo and elemento.tag == HASH):
                yield elemento.text or ""


def _quick_text(raiz: Element) -> str:
    return "".join(
        etree.tostring(filho, method="text", encoding="unicode", with_tail=False)
        for filho in raiz
        if filho.tag not in {EPILOGO, ASSINATURA}
    )


def _declared(raiz: Element) -> str:
    epilogo = raiz.find(EPILOGO)
    achado = None if epilogo is None else epilogo.findtext(HASH)
    return (achado or "").strip().lower()


def _compare(texto: str, declarado: str) -> SituacaoHash | None:
    try:
        if _md5(texto.encode("iso-8859-1")) == declarado:
            return SituacaoHash.ISO_8859_1
    except UnicodeEncodeError:
        pass  # only the UTF-8 digest exists
    return SituacaoHash.UTF_8 if _md5(texto.encode()) == declarado else None


def _md5(conteudo: bytes) -> str:
    # The standard says MD5: it detects corruption, it protects from nobody.
    return hashlib.md5(conteudo, usedforsecurity=False).hexdigest()
