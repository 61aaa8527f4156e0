"""What a case is, and the means to bend a correct lote without losing the right hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from local.gerador import Formato, Pedido, gerar
from local.gerador.tree import NAMESPACE_TISS, Node, write

CARTEIRA = "90000000000000007"
"""Carteira of every lote of the corpus: no output may repeat it."""

PASSWORD = "senha-canario-7f3a"
"""Password put in loginSenhaPrestador: no output may repeat it."""

MIB = 1024 * 1024


class Expected(StrEnum):
    """What must happen to a case.

    REJECT: refused, by every door. REPORT: at least one finding (a lote may live on with a glosa).
    ACCEPT: valid, no finding. EITHER: either one, but within budget, without a traceback and read exactly.
    """

    REJECT = "reject"
    REPORT = "report"
    ACCEPT = "accept"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Environment:
    """What external references point at: a file whose content must not leak, a port nobody may call."""

    canary: Path = Path("/etc/hostname")
    port: int = 9

    @property
    def file(self) -> str:
        """The canary file as a URL."""
        return self.canary.as_uri()

    @property
    def url(self) -> str:
        """The canary server."""
        return f"http://127.0.0.1:{self.port}/canario"


Factory = Callable[[Environment], bytes]
Change = Callable[[Node], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One entry of the manifest.

    Attributes:
        name: unique, usable as a file name.
        category: family of the attack (or ``controle``, a correct lote).
        expected: outcome.
        factory: makes the bytes; the same bytes each time for the same environment.
        codes: glosa codes of which at least one must be reported; empty when any will do.
        read_as: text of the first numeroCarteira as it must be read when the case is not refused.
        seconds: CPU budget.
        mib: memory budget of the whole process, interpreter included.
    """

    name: str
    category: str
    expected: Expected
    factory: Factory
    codes: frozenset[str] = frozenset()
    read_as: str | None = None
    seconds: float = 5.0
    mib: int = 512

    def content(self, environment: Environment | None = None) -> bytes:
        """Make the bytes."""
        return self.factory(environment or Environment())


def later(function: Callable[..., bytes], *arguments: object, **fields: object) -> Factory:
    """Factory that calls ``function`` with these arguments when the bytes are wanted, whatever the environment."""
    return lambda _: function(*arguments, **fields)


class Family:
    """Collects the cases of one category."""

    def __init__(self, category: str) -> None:
        self.category = category
        self.cases: list[Case] = []

    def _add(self, name: str, expected: Expected, factory: Factory | bytes, codes: tuple[str, ...]) -> Case:
        made = (lambda _: factory) if isinstance(factory, bytes) else factory
        case = Case(name=name, category=self.category, expected=expected, factory=made, codes=frozenset(codes))
        self.cases.append(case)
        return case

    def reject(self, name: str, factory: Factory | bytes, *codes: str) -> None:
        """Add a case that must be refused."""
        self._add(name, Expected.REJECT, factory, codes)

    def report(self, name: str, factory: Factory | bytes, *codes: str) -> None:
        """Add a case that must be reported, as a refusal or as a glosa."""
        self._add(name, Expected.REPORT, factory, codes)

    def accept(self, name: str, factory: Factory | bytes) -> None:
        """Add a control that must be accepted without findings."""
        self._add(name, Expected.ACCEPT, factory, ())

    def either(self, name: str, factory: Factory | bytes, *, read_as: str | None = None) -> None:
        """Add a case that may go either way; ``read_as`` is the carteira it must then be read with."""
        case = self._add(name, Expected.EITHER, factory, ())
        self.cases[-1] = replace(case, read_as=read_as)


def pedido(**changes: object) -> Pedido:
    """Request of a lote whose carteira is the canary."""
    return replace(Pedido(carteiras=(CARTEIRA,)), **changes)  # type: ignore[arg-type]


def lote(change: Change | None = None, formato: Formato | None = None, **fields: object) -> bytes:
    """A correct lote of one SP/SADT guia, changed by ``change``; the hash is that of the changed texts."""
    gerado = gerar(pedido(**fields))
    root = gerado.root
    if change is None and formato is None:
        return gerado.conteudo
    root.one("epilogo/hash").text = None
    root.attributes.clear()
    if change is not None:
        change(root)
    return write(root, formato or gerado.pedido.formato, gerado.pedido.hash_codificacao)[0]


def leaf(root: Node, name: str) -> Node:
    """First descendant of that name."""
    return next(element for element in root.walk() if element.name == name)


def clone(element: Node) -> Node:
    """A copy that shares nothing (``copy.deepcopy`` takes seconds for the floods)."""
    return Node(
        element.name,
        element.text,
        [clone(child) for child in element.children],
        element.markup,
        dict(element.attributes),
        element.literal,
    )


def parent_of(root: Node, name: str) -> Node:
    """Parent of the first descendant of that name."""
    return next(element for element in root.walk() if element.maybe(name) is not None)


def marked(name: str, markup: str, text: str | None = None) -> Change:
    """Change that writes ``markup`` inside a leaf, hashed as ``text`` (None keeps the text it had)."""

    def change(root: Node) -> None:
        target = leaf(root, name)
        target.markup = markup
        if text is not None:
            target.text = text

    return change


def with_text(name: str, text: str) -> Change:
    """Change the text of the first leaf of that name."""

    def change(root: Node) -> None:
        leaf(root, name).text = text

    return change


def with_prologue(content: bytes, prologue: bytes) -> bytes:
    """Put markup between the declaration and the root."""
    declaration, rest = content.split(b"\n", 1)
    return declaration + b"\n" + prologue + b"\n" + rest


def with_declaration(content: bytes, declaration: bytes) -> bytes:
    """Replace the XML declaration, byte for byte."""
    return declaration + content.split(b"\n", 1)[1]


def inside_guia(content: bytes, markup: bytes) -> bytes:
    """Put markup as first children of the first guia."""
    mark = b"<ans:guiaSP-SADT>"
    return content.replace(mark, mark + markup, 1)


def message(body: bytes) -> bytes:
    """A bare root with the given content."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<ans:mensagemTISS xmlns:ans="'
        + NAMESPACE_TISS.encode()
        + b'">'
        + body
        + b"</ans:mensagemTISS>"
    )
