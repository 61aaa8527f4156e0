"""What a function is sent: the same program, on the same lines."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from local.lean import lean

ROOT = Path(__file__).resolve().parents[3]


class _OnlyCode(ast.NodeTransformer):
    """Drops statements that are nothing but a text, and what stands in for them."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not _idle(one)]  # type: ignore[attr-defined]
        return node


def _idle(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and (isinstance(statement.value.value, str) or statement.value.value is ...)
    )


def _code(source: str) -> str:
    return ast.dump(_OnlyCode().visit(ast.parse(source)))


@pytest.mark.parametrize("package", ["cadastro", "documentos", "peg"])
def test_what_is_sent_is_the_same_program_on_the_same_lines(package: str) -> None:
    for module in (ROOT / "functions" / package).rglob("*.py"):
        source = module.read_text("utf-8")
        sent = lean(source)
        assert _code(sent) == _code(source), module
        assert sent.count("\n") == source.count("\n"), module


def test_docstrings_texts_and_comments_are_left_behind() -> None:
    source = (
        '"""Of the module."""\n\nA = 1  # why\n"""Of A."""\n\n\n'
        'class B:\n    """Only this,\n    on two lines.\n    """\n\n\n'
        'def c() -> str:\n    """Docs."""\n    return "# not a comment"\n'
    )
    assert (
        lean(source) == '\n\nA = 1\n\n\n\nclass B:\n    ...\n\n\n\n\ndef c() -> str:\n\n    return "# not a comment"\n'
    )


def test_a_module_of_nothing_but_its_docstring_is_empty() -> None:
    assert lean('"""Nothing else."""\n').strip() == ""
