"""Logs name transactions, never persons."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conecta_edge import observability

SECRET = "123.456.789-09"


def test_a_line_has_its_level_its_message_and_its_keys(logged: Callable[[], list[Any]]) -> None:
    observability.log("warning", "lote julgado", upload_id="u1", achados=2)
    (line,) = logged()
    assert (line["level"], line["message"], line["upload_id"], line["achados"]) == ("WARNING", "lote julgado", "u1", 2)


@pytest.mark.parametrize("name", ["cpf", "nome", "carteira", "senha", "corpo", "chave", "email"])
def test_a_key_nobody_allowed_is_refused_and_its_value_is_not_shown(logged: Callable[[], list[Any]], name: str) -> None:
    with pytest.raises(observability.KeyNotAllowedError) as refused:
        observability.log("info", "lote julgado", **{name: SECRET})
    assert name in str(refused.value)
    assert SECRET not in str(refused.value)
    assert logged() == []


def test_every_key_allowed_can_be_logged(logged: Callable[[], list[Any]]) -> None:
    observability.log("info", "tudo", **dict.fromkeys(observability.ALLOWED, "valor"))
    (line,) = logged()
    assert {name: line[name] for name in observability.ALLOWED} == dict.fromkeys(observability.ALLOWED, "valor")


def _fails(text: str) -> None:
    raise ValueError(text)


def test_a_failure_shows_its_class_and_its_frames_and_not_its_text(logged: Callable[[], list[Any]]) -> None:
    try:
        _fails(SECRET)
    except ValueError as error:
        observability.failure("falha inesperada", error, correlacao="corr-1")
    (line,) = logged()
    assert (line["level"], line["erro"], line["correlacao"]) == ("ERROR", "ValueError", "corr-1")
    assert [frame.rpartition(":")[2] for frame in line["pilha"]][-1] == "_fails"
    assert line["pilha"][-1].startswith("unit/edge/test_observability.py:")
    assert SECRET not in json.dumps(line)


def test_a_deep_failure_keeps_its_last_frames(logged: Callable[[], list[Any]]) -> None:
    def deeper(depth: int) -> None:
        if depth:
            deeper(depth - 1)
        _fails(SECRET)

    try:
        deeper(40)
    except ValueError as error:
        observability.failure("falha inesperada", error)
    (line,) = logged()
    assert len(line["pilha"]) == 12
    assert line["pilha"][-1].endswith(":_fails")
