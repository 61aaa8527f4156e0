"""A small element tree and its writer, which computes the TISS hash while it writes.

Nothing here parses XML: the digest comes from the texts as they are emitted (``tiss.md`` section 4), so
it is independent of every parser the product uses.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE_TISS = "http://www.ans.gov.br/padroes/tiss/schemas"
NAMESPACE_DS = "http://www.w3.org/2000/09/xmldsig#"
NAMESPACE_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(slots=True)
class Node:
    """One element: a leaf has ``text``, a branch has ``children``.

    ``markup`` replaces what is written between the tags (comments, CDATA…) while ``text`` stays what a
    parser must read there, and what the hash covers. ``literal`` writes the name without the lote's prefix.
    """

    name: str
    text: str | None = None
    children: list[Node] = field(default_factory=list)
    markup: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    literal: bool = False

    def one(self, path: str) -> Node:
        """First descendant at a ``/``-separated path of names; ``LookupError`` names the missing step."""
        current = self
        for step in path.split("/"):
            found = current.maybe(step)
            if found is None:
                raise LookupError(f"<{current.name}> has no child <{step}>")
            current = found
        return current

    def maybe(self, name: str) -> Node | None:
        """First child of that name, or None."""
        return next((child for child in self.children if child.name == name), None)

    def every(self, name: str) -> list[Node]:
        """Children of that name, in document order."""
        return [child for child in self.children if child.name == name]

    def walk(self) -> Iterator[Node]:
        """Yield this element and its descendants in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def remove(self, name: str) -> None:
        """Drop the first child of that name; ``LookupError`` when there is none."""
        self.children.remove(self.one(name))


def node(name: str, *content: Node | str | None) -> Node:
    """Build an element from one text or from children; ``None`` (an absent optional part) is skipped."""
    element = Node(name)
    for part in content:
        if isinstance(part, Node):
            element.children.append(part)
        elif part is not None:
            element.text = part
    return element


@dataclass(frozen=True, slots=True, kw_only=True)
class Formato:
    """How the same message is spelt in bytes; none of it changes the hash.

    Attributes:
        codificacao: ``ISO-8859-1`` or ``UTF-8``: of the bytes and of the declaration.
        prefixo: namespace prefix; empty for a default namespace.
        indentado: one element per line, by tabs.
        nova_linha: line end used when indented and after the declaration.
        declaracao: the XML declaration, or empty to leave it out; ``{}`` receives the encoding.
        schema_location: write ``xsi:schemaLocation`` on the root, as many senders do.
    """

    codificacao: str = "ISO-8859-1"
    prefixo: str = "ans"
    indentado: bool = False
    nova_linha: str = "\n"
    declaracao: str = '<?xml version="1.0" encoding="{}"?>'
    schema_location: str | None = None


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Writer:
    """One pass over the tree: markup on one side, the text under the hash on the other."""

    def __init__(self, formato: Formato, hash_codificacao: str) -> None:
        self._prefix = f"{formato.prefixo}:" if formato.prefixo else ""
        self._formato = formato
        self._digest_of = hashlib.md5(usedforsecurity=False)
        self._hash_codificacao = hash_codificacao
        self.pieces: list[str] = []
        self.digest = ""

    def _root(self, root: Node) -> None:
        formato = self._formato
        xmlns = f"xmlns:{formato.prefixo}" if formato.prefixo else "xmlns"
        root.attributes.setdefault(xmlns, NAMESPACE_TISS)
        if formato.schema_location is not None:
            root.attributes.setdefault("xmlns:xsi", NAMESPACE_XSI)
            root.attributes.setdefault("xsi:schemaLocation", f"{NAMESPACE_TISS} {formato.schema_location}")

    def write(self, root: Node) -> None:
        if self._formato.declaracao:
            self.pieces.append(self._formato.declaracao.format(self._formato.codificacao))
            self.pieces.append(self._formato.nova_linha)
        self._root(root)
        self._element(root, 0)
        self.pieces.append(self._formato.nova_linha)

    def _element(self, element: Node, level: int) -> None:
        name = element.name if element.literal else self._prefix + element.name
        attributes = "".join(f' {key}="{_escape(valor)}"' for key, valor in element.attributes.items())
        if element.children:
            self._branch(element, name, attributes, level)
            return
        if element.name == "hash":
            if element.text is None:
                element.text = self._digest_of.hexdigest()
            self.digest = element.text
        elif element.text:
            self._digest_of.update(element.text.encode(self._hash_codificacao))
        inner = _escape(element.text or "") if element.markup is None else element.markup
        self.pieces.append(f"<{name}{attributes}>{inner}</{name}>")

    def _branch(self, element: Node, name: str, attributes: str, level: int) -> None:
        formato = self._formato
        indent = formato.nova_linha + "\t" * (level + 1) if formato.indentado else ""
        self.pieces.append(f"<{name}{attributes}>")
        for child in element.children:
            self.pieces.append(indent)
            self._element(child, level + 1)
        if formato.indentado:
            self.pieces.append(formato.nova_linha + "\t" * level)
        self.pieces.append(f"</{name}>")


def write(root: Node, formato: Formato, hash_codificacao: str = "iso-8859-1") -> tuple[bytes, str]:
    """Write the message; the first ``hash`` element without text receives the digest of all before it.

    Characters outside ISO-8859-1 become numeric references in a file of that encoding.

    Returns:
        The bytes and the digest written in ``hash`` (empty when the message has none).

    Raises:
        ValueError: a text has no form in ``hash_codificacao`` (only the UTF-8 digest exists for it).
    """
    writer = _Writer(formato, hash_codificacao)
    try:
        writer.write(root)
    except UnicodeEncodeError as error:
        raise ValueError(
            f"a text cannot be hashed in {hash_codificacao} ({error.object!r}): ask for the utf-8 hash"
        ) from error
    return "".join(writer.pieces).encode(formato.codificacao, "xmlcharrefreplace"), writer.digest
