"""Names in TISS documents: the namespace, qualified tags, and the XPath of an element as findings show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_tiss.versions import ESPACO_DE_NOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element as Element

XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

PARA_OPERADORA: Final = "prestadorParaOperadora"
PARA_PRESTADOR: Final = "operadoraParaPrestador"

_PREFIXO_ANS: Final = f"{{{ESPACO_DE_NOMES}}}"
_PREFIXOS: Final = {ESPACO_DE_NOMES: "ans", XMLDSIG: "ds"}


def q(nome: str) -> str:
    """Qualified tag of a TISS element: `q("hash")` is `{http://...}hash`."""
    return _PREFIXO_ANS + nome


ASSINATURA: Final = f"{{{XMLDSIG}}}Signature"
"""Tag of the message's own digital signature, a child of the root."""


def local(tag: str) -> str:
    """Name without namespace."""
    return tag.rpartition("}")[2]


def tag_of(elemento: Element) -> str:
    """Tag of an element as text (lxml's stubs allow more than the parser lets in)."""
    return str(elemento.tag)


def path_of(elemento: Element) -> str:
    """XPath of an element: `/ans:mensagemTISS/.../ans:guiaSP-SADT[2]`.

    A position is written where siblings share the name. Takes time proportional to the siblings: call it
    for findings, not for every element.
    """
    passos = []
    atual: Element | None = elemento
    while atual is not None:
        passos.append(_step(atual))
        atual = atual.getparent()
    return "/" + "/".join(reversed(passos))


def elements_at(raiz: Element, caminhos: Iterable[str]) -> Iterator[Element | None]:
    """Elements of paths as `path_of` writes them; None for a path that leads nowhere."""
    filhos: dict[tuple[Element, str], list[Element]] = {}
    for caminho in caminhos:
        atual: Element | None = raiz
        for passo in caminho.split("/")[2:]:
            if atual is None:
                break
            nome, _, posicao = passo.removesuffix("]").partition("[")
            chave = (atual, q(nome.removeprefix("ans:")))
            if chave not in filhos:
                filhos[chave] = list(atual.iterchildren(chave[1]))
            indice = int(posicao or 1) - 1
            atual = filhos[chave][indice] if indice < len(filhos[chave]) else None
        yield atual


def _step(elemento: Element) -> str:
    tag = tag_of(elemento)
    espaco, _, nome = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefixo = _PREFIXOS.get(espaco)
    passo = f"{prefixo}:{nome}" if prefixo else f"*[local-name()='{nome}']"
    antes = sum(1 for _ in elemento.itersiblings(tag, preceding=True))
    if antes or next(elemento.itersiblings(tag), None) is not None:
        passo += f"[{antes + 1}]"
    return passo
