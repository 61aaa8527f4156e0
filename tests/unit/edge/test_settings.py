"""The environment of a function."""

from __future__ import annotations

import pytest

import documentos.settings
import peg.settings
from conecta_edge.settings import MissingSettingError, required


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("TABELA_X", raising=False)
    if value is not None:
        monkeypatch.setenv("TABELA_X", value)
    with pytest.raises(MissingSettingError, match="TABELA_X") as missing:
        required("TABELA_X")
    assert missing.value.name == "TABELA_X"


def test_each_context_reads_its_own_names_once(function_environment: dict[str, str]) -> None:
    assert documentos.settings.settings().tabela_documentos == function_environment["TABELA_DOCUMENTOS"]
    assert documentos.settings.settings() is documentos.settings.settings()
    assert peg.settings.settings().bucket_acervo == function_environment["BUCKET_ACERVO"]


@pytest.mark.parametrize("name", ["TABELA_DOCUMENTOS", "BUCKET_ENTRADA", "BUCKET_ACERVO"])
def test_documentos_does_not_start_without_one_of_its_names(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(MissingSettingError, match=name):
        documentos.settings.settings()


@pytest.mark.parametrize("name", ["TABELA_PEG", "BUCKET_ACERVO"])
def test_peg_does_not_start_without_one_of_its_names(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(MissingSettingError, match=name):
        peg.settings.settings()
