"""The columns documented are the columns enforced."""

from __future__ import annotations

from pathlib import Path

import pytest

from autorizacao.domain.carga_tipos import TIPOS as DE_AUTORIZACAO
from cadastro.domain.carga_tipos import TIPOS
from local import colunas


def test_the_document_says_what_the_code_does() -> None:
    assert colunas.main(["--conferir"]) == 0


def test_every_column_of_every_tipo_is_told_with_its_example() -> None:
    text = colunas.section()
    for tipo in (*TIPOS.values(), *DE_AUTORIZACAO.values()):
        table = text.partition(f"### {tipo.nome}\n")[2].partition("###")[0]
        assert [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")] == [
            coluna.nome for coluna in tipo.colunas
        ]
        for coluna in tipo.colunas:
            (row,) = (line for line in table.splitlines() if line.startswith(f"| `{coluna.nome}` |"))
            assert ("| sim |" in row) == coluna.obrigatoria
            assert coluna.exemplo in row
            assert row.count("|") == 6


def test_a_stale_document_is_noticed_and_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "operacao.md"
    monkeypatch.setattr(colunas, "DOCUMENT", document)
    document.write_text(f"# Antes\n\n{colunas.BEGIN}\nvelho\n{colunas.END}\n\n## Depois\n", "utf-8")
    assert colunas.main(["--conferir"]) == 1
    assert colunas.main([]) == 0
    assert document.read_text("utf-8").startswith("# Antes\n\n")
    assert document.read_text("utf-8").endswith("\n\n## Depois\n")
    assert colunas.main(["--conferir"]) == 0
    document.write_text("# Sem a seção\n", "utf-8")
    assert colunas.main([]) == 0
    once = document.read_text("utf-8")
    assert colunas.main([]) == 0
    assert document.read_text("utf-8") == once
