"""What code may say is read from its source, whatever path a text takes to whoever is told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from local.leitura import RECEIVER, UNKNOWN, Declared, Source

HEAD = """
from dataclasses import dataclass
from typing import NamedTuple

@dataclass
class Dito:
    codigo: str
    mensagem: str

class RecusaError(Exception):
    def __init__(self, motivo: str) -> None: ...

TABELA = {"A": ("a", "O que há em A."), "B": ("b", "O que há em B.")}
TEXTOS = {"A": "Em A.", "B": "Em B."}
MAXIMO = 7
"""
_NAMES = (f"amostra_{number}" for number in count())


Read = Callable[..., set[tuple[object, ...]]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """What a module's code gives to a call of its own."""
    monkeypatch.syspath_prepend(tmp_path)

    def read(body: str, of: str = "Dito", codigo: int = 0, mensagem: int = 1) -> set[tuple[object, ...]]:
        name = next(_NAMES)
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(HEAD + body, "utf-8")
        source = Source([name])
        roles = {"codigo": (codigo, "codigo"), "mensagem": (mensagem, "mensagem")}
        return {tuple(row.values()) for call in source.calls(f"{name}.{of}") for row in source.said(call, roles)}

    return read


CASES = {
    "as it is written": ("""
def f(): return Dito("x", "É " "isto.")
""", {("x", "É isto.")}),
    "by name, with what varies and what does not": ("""
def f(n):
    text = f"Até {MAXIMO}, e não {n}."
    return Dito(mensagem=text, codigo="x")
""", {("x", "Até 7, e não ….")}),
    "the nearest of several": ("""
def f(a):
    text = "Um."
    yield Dito("x", text)
    text = "Dois."
    yield Dito("y", text)
""", {("x", "Um."), ("y", "Dois.")}),
    "branches that read the same go together": ("""
def f(a): return Dito("x" if a else "y", "É x." if a else "É y.")
""", {("x", "É x."), ("y", "É y.")}),
    "a branch before": ("""
def f(a):
    if a:
        text = "Um."
    else:
        text = "Dois."
    return Dito("x", text)
""", {("x", "Um."), ("x", "Dois.")}),
    "rows of one table go together": ("""
def f(a):
    codigo, text = TABELA[a]
    return Dito(codigo, text)
""", {("a", "O que há em A."), ("b", "O que há em B.")}),
    "the key of a table tells the code": ("""
def f(a): return Dito(a.motivo.lower(), TEXTOS[a.motivo])
""", {("a", "Em A."), ("b", "Em B.")}),
    "what no row of a table is": ("""
def f(a): return Dito("x", TEXTOS.get(a, "Em outro."))
""", {("x", "Em A."), ("x", "Em B."), ("x", "Em outro.")}),
    "a loop over what is written": ("""
def f():
    for codigo, text in (("x", "Um."), ("y", "Dois.")):
        yield Dito(codigo, text)
""", {("x", "Um."), ("y", "Dois.")}),
    "a loop over a module's table": ("""
def f():
    for nome, (codigo, text) in TABELA.items():
        yield Dito(codigo, f"{nome}: {text}")
""", {("a", "A: O que há em A."), ("b", "B: O que há em B.")}),
    "a walrus": ("""
def f(a):
    if text := "Um." if a else None:
        return Dito("x", text)
""", {("x", "Um."), ("x", None)}),
    "who only passes it on": ("""
def g(codigo, text="Sem texto."): return Dito(codigo, text)
def f(): return g("x"), g("y", "Dois.")
""", {("x", "Sem texto."), ("y", "Dois.")}),
    "who passes it on around another": ("""
def g(codigo):
    def inner(): return Dito(codigo, "Um.")
    return inner
def f(): return g("x")
""", {("x", "Um.")}),
    "part of a code": ("""
def g(nome): return Dito(f"T-{nome}", "Um.")
def f(): return g("A"), g("B")
""", {("T-A", "Um."), ("T-B", "Um.")}),
    "spread": ("""
class Frase(NamedTuple):
    codigo: str
    text: str
def g(frase): return Dito(*frase)
def f(): return g(Frase("x", "Um."))
""", {("x", "Um.")}),
    "what a function answers": ("""
def g(a):
    if a:
        return "x", "Um."
    return "y", "Dois."
def f(a):
    codigo, text = g(a)
    return Dito(codigo, text)
""", {("x", "Um."), ("y", "Dois.")}),
    "an object where it was made": ("""
class _Linha(NamedTuple):
    codigo: str
    text: str = "Só um."
def g():
    yield _Linha("x", "Um.")
    yield _Linha("y")
def f():
    for one in g():
        yield Dito(one.codigo, one.text)
""", {("x", "Um."), ("y", "Só um.")}),
    "an exception wherever it was raised": ("""
def g(a):
    if a:
        raise RecusaError("A")
    raise RecusaError("C")
def f(error: RecusaError): return Dito(error.motivo, TEXTOS.get(error.motivo, "Em outro."))
""", {("A", "Em A."), ("C", "Em outro.")}),
    "what cannot be followed is told": ("""
def f(a): return Dito(a.codigo, "Um.")
""", {(UNKNOWN, "Um.")}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_followed_to_where_it_is_written(name: str, said: Read) -> None:
    body, expected = CASES[name]
    assert said(body) == expected


def test_the_first_parameter_under_a_decorator_is_what_was_declared(said: Read) -> None:
    body = """
def regra(*nomes): return lambda f: f
class Caso:
    def dizer(self, mensagem): ...
@regra("R1", "R2")
def um(caso: Caso): yield caso.dizer("Um.")
def ambos(caso: Caso): yield caso.dizer("Dois.")
@regra("R3")
def tres(caso): yield from ambos(caso)
"""
    found = said(body, of="Caso.dizer", codigo=RECEIVER, mensagem=0)
    assert found == {(Declared(("R1", "R2")), "Um."), (Declared(("R3",)), "Dois.")}
