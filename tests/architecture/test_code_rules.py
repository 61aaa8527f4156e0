"""What no linter of ours says: no Scan, no row deleted, no print, no other clock, no float, no public thing untold."""

from __future__ import annotations

import ast
import socket
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError

from local.packaging import CONTEXT_LIMIT, CONTEXTS, deflated

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS, EDGE, TISS = ROOT / "functions", ROOT / "layers/edge/python", ROOT / "layers/tiss/python"
COMMAND_LINES = ("conecta_tiss/__main__.py", "conecta_tiss/cli/", "conecta_tiss/build/")

Rule = Callable[[ast.AST], bool]


def named(node: ast.AST) -> str:
    """The last name of what a call calls."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def scans(node: ast.AST) -> bool:
    """A Scan by method, by paginator, or by PartiQL without a key."""
    if isinstance(node, ast.Call) and named(node) == "get_paginator":
        return any(isinstance(arg, ast.Constant) and arg.value == "scan" for arg in node.args)
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return named(node) == "scan" or text.lstrip().upper().startswith("SELECT ")


def deletes(node: ast.AST) -> bool:
    """A row deleted by method, in a transaction or a batch, or by PartiQL."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    named_so = named(node) in {"delete_item", "batch_write_item"}
    return named_so or text in {"Delete", "DeleteRequest"} or text.lstrip().upper().startswith("DELETE FROM ")


def prints(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def asks_the_time(node: ast.AST) -> bool:
    """`datetime.now()`, `date.today()`, `time.time()`…; the clock port's `now()` takes no class before the dot."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return (name, node.func.attr) in {
        ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
        ("time", "localtime"), ("time", "gmtime"),
    }  # fmt: skip


def floats(node: ast.AST) -> bool:
    literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
    return literal or (isinstance(node, ast.Call) and named(node) == "float")


def logs_directly(node: ast.AST) -> bool:
    """Logging that goes round the allow-list."""
    if isinstance(node, ast.Import):
        return any(alias.name == "logging" for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("logging", "aws_lambda_powertools.log"))


RULES: tuple[Rule, ...] = (scans, deletes, prints, asks_the_time, floats, logs_directly)


@cache
def lines_by_rule(file: Path) -> Mapping[Rule, list[int]]:
    """Where a file breaks each rule: it is read once for all of them."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    return {rule: [getattr(node, "lineno", 0) for node in nodes if rule(node)] for rule in RULES}


def broken(rule: Rule, *trees: Path, allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{line}"
        for tree in trees
        for file in sorted(tree.rglob("*.py"))
        if not (name := file.relative_to(tree).as_posix()).startswith(allowed or ("\0",))
        for line in lines_by_rule(file)[rule]
    ]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (scans, "client.scan(TableName='t')"),
        (scans, "client.get_paginator('scan')"),
        (scans, "client.execute_statement(Statement='SELECT * FROM t')"),
        (deletes, "client.delete_item(TableName='t')"),
        (deletes, "{'Delete': {'TableName': 't'}}"),
        (deletes, "client.execute_statement(Statement='DELETE FROM t')"),
        (prints, "print(1)"),
        (asks_the_time, "datetime.now(UTC)"),
        (asks_the_time, "datetime.datetime.utcnow()"),
        (asks_the_time, "date.today()"),
        (asks_the_time, "time.time()"),
        (floats, "valor = 1.5"),
        (floats, "float('1')"),
        (logs_directly, "import logging"),
        (logs_directly, "from aws_lambda_powertools.logging import Logger"),
    ],
)
def test_each_rule_sees_what_it_forbids(rule: Rule, text: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(text)
    assert broken(rule, tmp_path) == ["planted.py:1"]


def test_nobody_scans_a_table() -> None:
    assert broken(scans, FUNCTIONS, EDGE, TISS) == []


def test_nobody_deletes_a_row() -> None:
    # No role may (tests/infra/test_iam.py): what is over is marked so, and expires.
    assert broken(deletes, FUNCTIONS, EDGE, TISS) == []


def test_nobody_prints_but_command_lines() -> None:
    assert broken(prints, FUNCTIONS, EDGE, TISS, allowed=COMMAND_LINES) == []


def test_nobody_asks_the_time_but_the_clock() -> None:
    assert broken(asks_the_time, FUNCTIONS, EDGE, TISS, allowed=("conecta_edge/clock.py", *COMMAND_LINES)) == []


def test_amounts_are_never_floats() -> None:
    # Points on a page are no amounts.
    assert broken(floats, FUNCTIONS, allowed=tuple(f"{one}/pdf.py" for one in CONTEXTS)) == []


def test_nobody_logs_round_the_allow_list() -> None:
    assert broken(logs_directly, FUNCTIONS, EDGE, TISS) == []


def public_without_a_word(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    if ast.get_docstring(tree) is None:
        yield "module"
    pending: list[tuple[str, ast.AST]] = [("", tree)]
    while pending:
        prefix, owner = pending.pop()
        for node in ast.iter_child_nodes(owner):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
                if ast.get_docstring(node) is None:
                    yield prefix + node.name
                if isinstance(node, ast.ClassDef):
                    pending.append((f"{prefix}{node.name}.", node))


def test_everything_public_says_what_it_is() -> None:
    silent = {
        f"{file.relative_to(ROOT)}: {name}"
        for tree in (FUNCTIONS, EDGE, TISS)
        for file in tree.rglob("*.py")
        for name in public_without_a_word(file)
    }
    assert silent == set()


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_functions_package_is_small_enough_to_start_quickly(context: str) -> None:
    size = deflated(FUNCTIONS / context)
    assert 0 < size <= CONTEXT_LIMIT == 100 * 1024


def test_a_test_has_no_network() -> None:
    with pytest.warns(UserWarning, match="tried to use"), pytest.raises(SocketBlockedError):
        socket.create_connection(("127.0.0.1", 9))
