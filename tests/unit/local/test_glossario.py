"""The glossary's words stand where it says, and no state is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from conecta_contas.pegs import SituacaoPeg
from local import glossario

PAGE = glossario.DOCUMENT.read_text("utf-8")
UNACCENTED = str.maketrans("áâãçéêíóôõú", "aaaceeiooou")


def test_every_word_is_told_once_in_order_and_has_its_place_in_the_code() -> None:
    words = [word.lower().translate(UNACCENTED) for word, _, _ in glossario.WORD.findall(PAGE.partition("\n## ")[0])]
    rows = PAGE.partition("|---|---|---|\n")[2].partition("\n\n")[0].splitlines()
    assert (len(words), words) == (len(rows), sorted(set(words)))
    assert glossario.lost(PAGE) == []


def test_a_stale_page_and_a_word_without_a_place_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "glossario.md"
    monkeypatch.setattr(glossario, "DOCUMENT", page)
    monkeypatch.setattr(glossario, "states", lambda: iter([SituacaoPeg]))
    head = "| word | meaning | in the code |\n|---|---|---|\n| PEG | Guias. | `conecta_contas.pegs:Peg` |\n\n"
    page.write_text(f"{head}{glossario.MARK}\nvelho\n", "utf-8")
    assert glossario.main(["--conferir"]) == 1
    assert (glossario.main([]), glossario.main(["--conferir"])) == (0, 0)
    text = page.read_text("utf-8")
    assert text.startswith(head)
    assert "| `PREPARANDO` · `RECEBIDO` · " in text
    page.write_text(text.replace(":Peg`", ":Nada`"), "utf-8")
    assert glossario.main([]) == 1
    assert capsys.readouterr().err.endswith("PEG: conecta_contas.pegs:Nada não existe\n")
