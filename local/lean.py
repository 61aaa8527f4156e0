"""What a function is sent of a module: its code, line for line, without docstrings and comments.

They are a third of a package and are read where the source is. Lines keep their numbers, so that a trace from Lambda
points into the repository.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator


def lean(source: str) -> str:
    """The same program without what only people read.

    Raises:
        SyntaxError: the source is no Python.
    """
    lines = source.splitlines(keepends=True)
    for node, alone in _texts(ast.parse(source)):
        _blank(lines, node, "..." if alone else "")
    for token in list(tokenize.generate_tokens(io.StringIO("".join(lines)).readline)):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    return "".join(line if line.strip() else "\n" for line in lines)


def _texts(tree: ast.AST) -> Iterator[tuple[ast.Expr, bool]]:
    """Statements that are nothing but a text; and whether it must leave something in its place."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if not isinstance(body, list):
            continue
        texts = [one for one in body if _is_text(one)]
        alone = len(texts) == len(body) and not isinstance(node, ast.Module)
        yield from ((one, alone and one is texts[0]) for one in texts)


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _blank(lines: list[str], node: ast.Expr, instead: str) -> None:
    """Texts are statements of their own lines: nothing else stands there but a comment."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    lines[first] = f"{' ' * node.col_offset}{instead}\n"
    for place in range(first + 1, last + 1):
        lines[place] = "\n"
