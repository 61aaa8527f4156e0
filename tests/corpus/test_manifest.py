"""The corpus is what it says: enough cases, repeatable, and controls that an independent reader accepts."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.corpus import Case, Environment, Expected, cases, sample, write
from tests.unit.gerador.oracle import hash_of_leaves, schema_errors

if TYPE_CHECKING:
    from pathlib import Path

CONTROLS = [case for case in cases() if case.expected is Expected.ACCEPT]


def test_the_corpus_is_large_and_its_names_are_unique_file_names() -> None:
    count = Counter(case.expected for case in cases())
    names = [case.name for case in cases()]

    assert count[Expected.REJECT] >= 80
    assert count[Expected.ACCEPT] >= 12
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", name) for name in names), names


def test_a_sample_has_some_of_each_kind() -> None:
    def kinds(of: list[Case]) -> set[tuple[str, str, frozenset[str]]]:
        return {(case.category, case.expected, case.codes) for case in of}

    assert kinds(sample(5)) == kinds(cases())
    assert len(sample(5)) < len(cases()) / 3


def test_the_same_case_gives_the_same_bytes_each_time() -> None:
    sample = [case for case in cases() if case.category in {"dtd", "nao-xml", "epilogo", "codificacao"}]

    assert [case.content() for case in sample] == [case.content() for case in sample]


@pytest.mark.parametrize("case", CONTROLS, ids=lambda case: case.name)
def test_a_control_is_valid_and_consistent_for_a_reader_that_is_not_ours(case: Case) -> None:
    content = case.content()
    versao = next(v for v in ("4.02.00", "4.03.00", "4.01.00") if v.encode() in content)
    declared = re.search(rb"hash>([0-9a-fA-F]{32})<", content)
    bare = re.sub(rb"<!--.*?-->", b"", content)

    assert schema_errors(content, versao) == []
    assert declared is not None
    assert declared[1].decode().lower() in {
        hash_of_leaves(bare, codificacao) for codificacao in ("iso-8859-1", "utf-8")
    }


def test_external_references_point_at_the_canaries_of_the_environment(tmp_path: Path) -> None:
    environment = Environment(canary=tmp_path / "canario.txt", port=4242)
    by_name = {case.name: case.content(environment) for case in cases() if case.name.startswith("entidade-")}

    assert environment.file.encode() in by_name["entidade-externa-arquivo"]
    assert b"http://127.0.0.1:4242/" in by_name["entidade-externa-http"]


def test_the_corpus_written_to_a_folder_comes_with_its_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [case for case in cases() if case.category == "cdata"]
    monkeypatch.setattr("tests.corpus.manifest.cases", lambda: few)

    files = write(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))

    assert [line["name"] for line in manifest] == [case.name for case in few] == list(files)
    for line, case in zip(manifest, few, strict=True):
        assert files[case.name].read_bytes() == case.content()
        assert line["bytes"] == len(case.content())
        assert line["expected"] == case.expected
