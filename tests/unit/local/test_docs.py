"""One command for every document that is made from the code."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from local import docs
from local.runtime import ROOT


def test_every_document_that_says_it_is_made_is_made_by_the_one_command() -> None:
    said = {
        name
        for page in (ROOT / "docs").glob("*.md")
        for name in re.findall(r"(?:Gerado|escrito) por `python -m local\.(\w+)`", page.read_text("utf-8"))
    }
    assert said <= set(docs.GENERATORS)


@pytest.mark.parametrize(("wrong", "answer"), [((), 0), (("colunas",), 1)])
def test_all_are_checked_and_one_that_is_stale_is_enough(
    wrong: tuple[str, ...], answer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    for name in docs.GENERATORS:

        def run(arguments: list[str], name: str = name) -> int:
            asked.append((name, arguments))
            return int(name in wrong)

        monkeypatch.setattr(import_module(f"local.{name}"), "main", run)
    assert docs.main(["--conferir"]) == answer
    assert asked == [(name, ["--conferir"]) for name in docs.GENERATORS]
