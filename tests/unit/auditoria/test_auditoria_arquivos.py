"""`python -m local.auditoria verificar`: files of sealed blocks, tampered with in every way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditoria.domain.cadeia import Cabeca, digest
from local.auditoria.__main__ import main
from local.auditoria.arquivos import ArquivoInvalidoError, conferir
from tests.fakes_auditoria import TENANT
from tests.unit.auditoria.test_auditoria_cadeia import a_chain, heads, sealed_again

Lines = list[Any]


def exported(blocos: Lines, /, **changes: Any) -> Lines:
    """Lines of a file with some blocks, whose chain ends with them."""
    told = [{"n": one["n"], "digest": digest(one), "linhas": len(one["linhas"])} for one in blocos]
    end = told[-1] if told else {"n": 0, "digest": "0" * 64}
    manifest = {"v": 1, "tenant": TENANT, "de": "2026-11-21", "ate": "2026-11-21", "cabeca": end, "blocos": told}
    return [{**manifest, **changes}, *blocos]


def written(tmp_path: Path, lines: Lines, name: str = "a.jsonl.gz") -> Path:
    where = tmp_path / name
    where.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    return where


def codes(where: Path, *cabecas: Cabeca) -> set[str]:
    return {one.codigo for one in conferir([where], cabecas).defeitos}


def test_a_file_as_it_was_given_away_has_nothing_wrong_packed_or_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocos = a_chain(2, 1)
    where = written(tmp_path, exported(blocos))
    end = heads(blocos)[-1]
    assert main(["verificar", str(where)]) == 0
    told = capsys.readouterr().out
    assert f"{TENANT}: 2 blocos, do 1 ao 2, com 3 acessos" in told
    assert (f"2:{end.digest}" in told, "Sem --cabeca" in told) == (True, True)
    where.write_bytes(gzip.decompress(where.read_bytes()))
    assert main(["verificar", str(where), "--cabeca", f"2:{end.digest}"]) == 0
    assert "Sem --cabeca" not in capsys.readouterr().out


def test_files_that_follow_each_other_are_one_chain(tmp_path: Path) -> None:
    blocos = a_chain(1, 1, 1)
    files = [written(tmp_path, exported([bloco]), f"{bloco['n']}") for bloco in blocos]
    assert conferir(files, heads(blocos)).defeitos == []
    assert [one.codigo for one in conferir(files[::2]).defeitos] == ["BLOCO_RETIRADO"]
    over = [written(tmp_path, exported(some), f"o{some[0]['n']}") for some in (blocos[:2], blocos[1:])]
    assert conferir(over, heads(blocos)).defeitos == []
    altered(changed := json.loads(json.dumps(exported(blocos[:2]))))
    assert {one.codigo for one in conferir([written(tmp_path, changed, "x"), over[1]]).defeitos} == {
        "LINHA_ALTERADA", "BLOCO_FORA_DE_ORDEM",
    }  # fmt: skip
    other = written(tmp_path, exported([], tenant="PRESTADOR#outro"), "d")
    with pytest.raises(ArquivoInvalidoError, match="cadeias diferentes"):
        conferir([files[0], other])


def altered(lines: Lines) -> None:
    lines[2]["linhas"][0]["operacao"] = "/outra"


def dropped_row(lines: Lines) -> None:
    del lines[2]["linhas"][0]


def added_row(lines: Lines) -> None:
    lines[2]["linhas"].append({"sk": "9"})


def swapped_rows(lines: Lines) -> None:
    lines[2]["linhas"].reverse()


def dropped_first_block(lines: Lines) -> None:
    del lines[1]


def dropped_block(lines: Lines) -> None:
    del lines[2]


def swapped_blocks(lines: Lines) -> None:
    lines[2:4] = reversed(lines[2:4])


def cut_end(lines: Lines) -> None:
    del lines[3:]


def added_block(lines: Lines) -> None:
    end = a_chain(2, 2, 2, 1)[-1]
    lines.append({**end, "anterior": digest(lines[-1])})


def other_manifest(lines: Lines) -> None:
    lines[0]["tenant"] = "PRESTADOR#outro"


def other_head(lines: Lines) -> None:
    lines[0]["cabeca"]["digest"] = "0" * 64


def junk(lines: Lines) -> None:
    lines.insert(2, "lixo")


@pytest.mark.regra("AUDITORIA-CADEIA")
@pytest.mark.parametrize(
    ("tamper", "codigo"),
    [
        (altered, "LINHA_ALTERADA"), (dropped_row, "LINHA_RETIRADA"), (added_row, "LINHA_INCLUIDA"),
        (swapped_rows, "LINHAS_FORA_DE_ORDEM"), (dropped_block, "BLOCO_RETIRADO"),
        (dropped_first_block, "BLOCO_RETIRADO"),
        (swapped_blocks, "BLOCO_FORA_DE_ORDEM"), (cut_end, "FIM_CORTADO"), (junk, "BLOCO_ILEGIVEL"),
        (added_block, "BLOCO_INCLUIDO"), (other_manifest, "BLOCO_ALHEIO"), (other_head, "BLOCO_ALTERADO"),
    ],
)  # fmt: skip
def test_what_was_done_to_a_file_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tamper: Callable[[Lines], None], codigo: str
) -> None:
    lines = json.loads(json.dumps(exported(a_chain(2, 2, 2))))
    tamper(lines)
    where = written(tmp_path, lines)
    assert codigo in codes(where)
    assert main(["verificar", str(where)]) == 1
    assert codigo in capsys.readouterr().out


def test_a_file_that_was_made_anew_is_found_by_a_head_that_was_noted_down(tmp_path: Path) -> None:
    blocos = a_chain(2, 2, 2)
    known = heads(blocos)
    blocos[1]["linhas"].pop()
    blocos[1] = sealed_again(blocos[1])
    blocos[2]["anterior"] = digest(blocos[1])
    where = written(tmp_path, exported(blocos))
    assert (codes(where), codes(where, known[0])) == (set(), set())
    assert codes(where, known[1]) == codes(where, known[2]) == {"BLOCO_ALTERADO"}
    rest = written(tmp_path, exported(blocos[2:]))
    assert (codes(rest), codes(rest, Cabeca(2, digest(blocos[1])))) == (set(), set())
    assert codes(rest, known[1]) == {"BLOCO_ALTERADO"}
    cut = written(tmp_path, exported(a_chain(2, 2, 2)[:2]))
    assert (codes(cut), codes(cut, known[2])) == (set(), {"FIM_CORTADO"})


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x1f\x8b\x08", gzip.compress(b"x" * 100)[:-9], b"lixo", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000,
        json.dumps(exported([], cabeca=None)[0]).encode(), json.dumps(exported([], blocos=[1])[0]).encode(),
        json.dumps(exported([], tenant=1)[0]).encode(),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_such_file_is_not_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    where = tmp_path / "a"
    where.write_bytes(content)
    assert main(["verificar", str(where)]) == 2
    assert str(where) in capsys.readouterr().err


def test_a_file_that_is_not_there_and_a_head_that_is_none_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verificar", str(tmp_path / "nada")]) == 2
    assert "nada" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["verificar", "a", "--cabeca", "1:x"])
    assert "N:DIGEST" in capsys.readouterr().err


def test_while_nothing_was_sealed_a_file_is_a_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verificar", str(written(tmp_path, exported([])))]) == 0
    assert "0 blocos, com 0 acessos" in capsys.readouterr().out
