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
class No:
    """One element: a leaf has ``texto``, a branch has ``filhos``.

    ``marcacao`` replaces what is written between the tags (comments, CDATA…) while ``texto`` stays what a
    parser must read there, and what the hash covers. ``literal`` writes the name without the lote's prefix.
    """

    nome: str
    texto: str | None = None
    filhos: list[No] = field(default_factory=list)
    marcacao: str | None = None
    atributos: dict[str, str] = field(default_factory=dict)
    literal: bool = False

    def um(self, caminho: str) -> No:
        """First descendant at a ``/``-separated path of names; ``LookupError`` names the missing step."""
        atual = self
        for passo in caminho.split("/"):
            achado = atual.talvez(passo)
            if achado is None:
                raise LookupError(f"<{atual.nome}> has no child <{passo}>")
            atual = achado
        return atual

    def talvez(self, nome: str) -> No | None:
        """First child of that name, or None."""
        return next((filho for filho in self.filhos if filho.nome == nome), None)

    def todos(self, nome: str) -> list[No]:
        """Children of that name, in document order."""
        return [filho for filho in self.filhos if filho.nome == nome]

    def percorrer(self) -> Iterator[No]:
        """Yield this element and its descendants in document order."""
        yield self
        for filho in self.filhos:
            yield from filho.percorrer()

    def remover(self, nome: str) -> None:
        """Drop the first child of that name; ``LookupError`` when there is none."""
        self.filhos.remove(self.um(nome))


def no(nome: str, *conteudo: No | str | None) -> No:
    """Build an element from one text or from children; ``None`` (an absent optional part) is skipped."""
    elemento = No(nome)
    for parte in conteudo:
        if isinstance(parte, No):
            elemento.filhos.append(parte)
        elif parte is not None:
            elemento.texto = parte
    return elemento


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


def _escape(texto: str) -> str:
    return texto.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Escritor:
    """One pass over the tree: markup on one side, the text under the hash on the other."""

    def __init__(self, formato: Formato, hash_codificacao: str) -> None:
        self._prefixo = f"{formato.prefixo}:" if formato.prefixo else ""
        self._formato = formato
        self._resumo = hashlib.md5(usedforsecurity=False)
        self._hash_codificacao = hash_codificacao
        self.partes: list[str] = []
        self.digest = ""

    def _raiz(self, raiz: No) -> None:
        formato = self._formato
        xmlns = f"xmlns:{formato.prefixo}" if formato.prefixo else "xmlns"
        raiz.atributos.setdefault(xmlns, NAMESPACE_TISS)
        if formato.schema_location is not None:
            raiz.atributos.setdefault("xmlns:xsi", NAMESPACE_XSI)
            raiz.atributos.setdefault("xsi:schemaLocation", f"{NAMESPACE_TISS} {formato.schema_location}")

    def escrever(self, raiz: No) -> None:
        if self._formato.declaracao:
            self.partes.append(self._formato.declaracao.format(self._formato.codificacao))
            self.partes.append(self._formato.nova_linha)
        self._raiz(raiz)
        self._elemento(raiz, 0)
        self.partes.append(self._formato.nova_linha)

    def _elemento(self, elemento: No, nivel: int) -> None:
        nome = elemento.nome if elemento.literal else self._prefixo + elemento.nome
        atributos = "".join(f' {chave}="{_escape(valor)}"' for chave, valor in elemento.atributos.items())
        if elemento.filhos:
            self._ramo(elemento, nome, atributos, nivel)
            return
        if elemento.nome == "hash":
            if elemento.texto is None:
                elemento.texto = self._resumo.hexdigest()
            self.digest = elemento.texto
        elif elemento.texto:
            self._resumo.update(elemento.texto.encode(self._hash_codificacao))
        dentro = _escape(elemento.texto or "") if elemento.marcacao is None else elemento.marcacao
        self.partes.append(f"<{nome}{atributos}>{dentro}</{nome}>")

    def _ramo(self, elemento: No, nome: str, atributos: str, nivel: int) -> None:
        formato = self._formato
        recuo = formato.nova_linha + "\t" * (nivel + 1) if formato.indentado else ""
        self.partes.append(f"<{nome}{atributos}>")
        for filho in elemento.filhos:
            self.partes.append(recuo)
            self._elemento(filho, nivel + 1)
        if formato.indentado:
            self.partes.append(formato.nova_linha + "\t" * nivel)
        self.partes.append(f"</{nome}>")


def escrever(raiz: No, formato: Formato, hash_codificacao: str = "iso-8859-1") -> tuple[bytes, str]:
    """Write the message; the first ``hash`` element without text receives the digest of all before it.

    Characters outside ISO-8859-1 become numeric references in a file of that encoding.

    Returns:
        The bytes and the digest written in ``hash`` (empty when the message has none).

    Raises:
        ValueError: a text has no form in ``hash_codificacao`` (only the UTF-8 digest exists for it).
    """
    escritor = _Escritor(formato, hash_codificacao)
    try:
        escritor.escrever(raiz)
    except UnicodeEncodeError as erro:
        raise ValueError(
            f"a text cannot be hashed in {hash_codificacao} ({erro.object!r}): ask for the utf-8 hash"
        ) from erro
    return "".join(escritor.partes).encode(formato.codificacao, "xmlcharrefreplace"), escritor.digest
