"""Every refusal that a part's rules and use cases raise has its place on the wire: none becomes a 500."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest

import cadastro.handler.api
from conecta_senhas import errors

PARTS = cadastro.handler.api.handler._names


def raised(module: ModuleType) -> Iterator[type[Exception]]:
    """The classes of `raise` statements of a module, of this project."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            found = getattr(module, made.id, None) if isinstance(made, ast.Name) else None
            if inspect.isclass(found) and issubclass(found, Exception) and found.__module__.startswith("cadastro."):
                yield found


def modules_of(part: str) -> Iterator[ModuleType]:
    for layer in ("domain", "service", "handler"):
        name = f"cadastro.{layer}.{part}"
        if importlib.util.find_spec(name) is not None:
            yield importlib.import_module(name)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_tells_every_refusal_of_its_own(part: str) -> None:
    told = importlib.import_module(f"cadastro.handler.{part}").ERRORS
    silent = {
        kind.__name__
        for module in modules_of(part)
        for kind in raised(module)
        if not any(base in told for base in kind.__mro__)
    }
    assert silent == set()


def test_refusals_are_seen() -> None:
    seen = {kind.__name__ for part in PARTS for module in modules_of(part) for kind in raised(module)}
    assert {"BeneficiarioNotFoundError", "AutorizacaoNotReleasedError", "ChangedMeanwhileError"} <= seen


def test_every_refusal_of_a_senha_has_its_place_in_every_part_of_autorizacao() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]
    assert len(kinds) > 10
    told = importlib.import_module("autorizacao.handler.comum").ERRORS
    silent = {kind.__name__ for kind in kinds if not any(base in told for base in kind.__mro__)}
    assert silent == {"AutorizacaoError"}  # what all of them are
