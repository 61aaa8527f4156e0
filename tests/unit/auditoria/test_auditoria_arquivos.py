"""`python -m local.auditoria verificar`: files of sealed blocks, tampered with in every way."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditoria.domain.cadeia import Cabeca, digest
from conecta_edge.clock import iso
from local.auditoria.__main__ import main
from local.auditoria.arquivos import ArquivoInvalidoError, conferir
from tests.builders_functions import NOW
from tests.fakes_auditoria import TENANT
from tests.unit.auditoria.test_auditoria_cadeia import a_chain, forged, heads, sealed_again

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


def told(n: int, digest: str) -> dict[str, Any]:
    return {"n": n, "digest": digest}


def judged(files: Sequence[Lines], *cabecas: Cabeca) -> set[str]:
    """What is wrong with files, in that order."""
    with TemporaryDirectory() as directory:
        paths = [written(Path(directory), lines, f"{place}") for place, lines in enumerate(files)]
        return {one.codigo for one in conferir(paths, cabecas).defeitos}


def piece(blocos: Lines, first: int, last: int, head: int, **changes: Any) -> Lines:
    """Lines of a file with a piece of a chain that goes on to `head`."""
    return exported(blocos[first - 1 : last], cabeca=told(head, digest(blocos[head - 1])), **changes)


def at(hours: int) -> str:
    return iso(NOW + timedelta(hours=hours))


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
    assert main(["verificar", str(where), "--cabeca", f"1:{heads(blocos)[0].digest}"]) == 0
    assert "Sem --cabeca" in capsys.readouterr().out
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
    assert codes(where, known[1]) == codes(where, known[2]) == {"BLOCO_ALTERADO", "CABECAS_CONTRADITORIAS"}
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


def test_blocks_cut_from_the_beginning_are_found_by_the_head_before_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocos = a_chain(*[1] * 12)
    known = [f"{one.n}:{one.digest}" for one in heads(blocos)]
    cut, whole = (written(tmp_path, piece(blocos, first, 12, 12), f"{first}") for first in (7, 6))
    assert main(["verificar", str(cut), "--cabeca", known[4], "--cabeca", known[11]]) == 1
    assert "BLOCO_RETIRADO: Antes do bloco 7 faltam 1." in capsys.readouterr().out
    for heads_ in ([4, 11], [2, 4], [6], []):
        assert main(["verificar", str(whole), *(f"--cabeca={known[one]}" for one in heads_)]) == 0


def test_of_one_block_two_digests_that_are_known_contradict_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocos = a_chain(*[1] * 12)
    where = str(written(tmp_path, exported(blocos)))
    true, false = f"12:{digest(blocos[11])}", f"12:{'a' * 64}"
    for one, other in ((false, true), (true, false)):
        assert main(["verificar", where, "--cabeca", one, "--cabeca", other]) == 1
        assert "CABECAS_CONTRADITORIAS: Do bloco 12" in capsys.readouterr().out
    assert main(["verificar", where, "--cabeca", true, "--cabeca", true]) == 0


def test_a_head_that_an_earlier_file_names_is_held_against_what_another_has() -> None:
    true, false = a_chain(*[1] * 12), forged(a_chain(*[1] * 12), 6)
    earlier = piece(true, 1, 5, 12, exportado_em=at(0))
    for later, codigo in (
        (piece(false, 6, 12, 12), "CABECAS_CONTRADITORIAS"),
        (piece(false, 6, 8, 12), "CABECAS_CONTRADITORIAS"),
        (piece(false, 6, 8, 8, exportado_em=at(1)), "FIM_CORTADO"),
        (piece(true, 6, 8, 8, exportado_em=at(1)), "FIM_CORTADO"),
    ):
        assert codigo in judged([earlier, later])
        assert codigo in judged([later, earlier])
    assert judged([earlier, piece(true, 6, 8, 8, exportado_em=at(-1))]) == set()
    assert judged([earlier, piece(true, 6, 8, 8)]) == set()
    assert judged([earlier, piece(true, 6, 11, 11, exportado_em=iso(NOW + timedelta(seconds=30)))]) == set()
    assert judged([exported([], cabeca=told(6, "b" * 64)), piece(true, 7, 12, 12)]) == {"BLOCO_ALTERADO"}


def test_what_an_older_file_did_not_know_yet_is_no_defect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocos = a_chain(*[1] * 12)
    files = [piece(blocos, 1, 10, 10), piece(blocos, 5, 8, 8), exported([], cabeca=told(3, digest(blocos[2])))]
    assert judged(files, *heads(blocos[:10])) == judged(files[::-1], *heads(blocos[:10])) == set()
    assert main(["verificar", str(written(tmp_path, piece(blocos, 1, 10, 12)))]) == 0
    assert "Do bloco 11 até ela nada está aqui" in capsys.readouterr().out


@pytest.mark.parametrize("when", [None, 7, "ontem", "2026-11-21", "2026-11-21T12:00:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_that_is_none_orders_no_files(when: Any) -> None:
    blocos = a_chain(1, 1, 1)
    assert judged([piece(blocos, 1, 2, 3, exportado_em=when), piece(blocos, 1, 2, 2, exportado_em=at(0))]) == set()


@st.composite
def honest(draw: st.DrawFn) -> tuple[Lines, list[Lines], list[Cabeca]]:
    """A chain; files of a piece of it, in any order, which may overlap and of which some say when; heads of it."""
    blocos = a_chain(*draw(st.lists(st.integers(2, 3), min_size=1, max_size=7)))
    first = draw(st.integers(1, len(blocos)))
    last = draw(st.integers(first, len(blocos)))
    cuts = sorted(draw(st.sets(st.integers(first, last - 1)))) if first < last else []
    spans = list(zip([first, *(cut + 1 for cut in cuts)], [*cuts, last], strict=True))
    inner = st.tuples(st.integers(first, last), st.integers(first, last)).map(sorted)
    spans += [(a, b) for a, b in draw(st.lists(inner, max_size=3))]
    # A chain grows by a block an hour; an export may be of any hour since its own blocks.
    hours = [draw(st.integers(b, len(blocos))) for _, b in spans]
    files = [
        piece(blocos, a, b, hour, **({"exportado_em": at(hour)} if draw(st.booleans()) else {}))
        for (a, b), hour in zip(spans, hours, strict=True)
    ]
    known = draw(st.sets(st.sampled_from(heads(blocos)[max(first - 2, 0) : last])))
    return blocos, json.loads(json.dumps(draw(st.permutations(files)))), sorted(known, key=lambda one: one.n)


@given(honest())
def test_honest_files_pass_in_any_order(made: tuple[Lines, list[Lines], list[Cabeca]]) -> None:
    _, files, known = made
    assert judged(files, *known) == set()


TAMPERS: tuple[Callable[[Lines, int], Any], ...] = (
    lambda lines, n: lines[n]["linhas"][0].update(quem="outra"),
    lambda lines, n: lines[n]["linhas"].pop(),
    lambda lines, n: lines[n]["linhas"].reverse(),
    lambda lines, n: lines[n]["linhas"].append({"sk": "9"}),
    lambda lines, n: lines[n].update(sealed_again({**lines[n], "linhas": lines[n]["linhas"][1:]})),
    lambda lines, n: lines[n].update(anterior="f" * 64),
    lambda lines, n: lines[n].update(dia="2020-01-01"),
    lambda lines, n: lines[n].update(tenant="PRESTADOR#outro"),
    lambda lines, n: lines.pop(n),
    lambda lines, n: lines.insert(1, lines.pop(n)) if n > 1 else lines.append(lines[n]),
    lambda lines, n: lines.insert(n, lines[n]),
    lambda lines, n: lines.insert(n, {**lines[n], "n": 99}),
    lambda lines, n: lines.insert(n, None),
    lambda lines, n: lines.__delitem__(slice(n, None)),
    lambda lines, n: lines.__delitem__(slice(1, n + 1)),
    lambda lines, n: lines[0]["blocos"].pop(n - 1),
    lambda lines, n: lines[0]["blocos"][n - 1].update(digest="e" * 64),
    lambda lines, n: lines[0].update(cabeca={"n": lines[n]["n"], "digest": "d" * 64}),
    lambda lines, _: lines[0].update(cabeca={"n": lines[-1]["n"] - 1, "digest": "d" * 64}),
)


@given(honest(), st.sampled_from(TAMPERS), st.data())
def test_whatever_is_done_to_one_of_several_files_is_found(
    made: tuple[Lines, list[Lines], list[Cabeca]], tamper: Callable[[Lines, int], Any], data: st.DataObject
) -> None:
    _, files, known = made
    lines = files[data.draw(st.integers(0, len(files) - 1))]
    tamper(lines, data.draw(st.integers(1, len(lines) - 1)))
    assert judged(files, *known)


@given(honest(), st.data())
def test_files_made_anew_with_their_manifests_are_found_by_any_digest_of_what_was_forged(
    made: tuple[Lines, list[Lines], list[Cabeca]], data: st.DataObject
) -> None:
    blocos, files, _ = made
    last = max(lines[-1]["n"] for lines in files)
    since = data.draw(st.integers(min(lines[1]["n"] for lines in files), last))
    other = forged(blocos, since)
    anew = [piece(other, lines[1]["n"], lines[-1]["n"], lines[0]["cabeca"]["n"]) for lines in files]
    assert judged(anew) == set()
    noted = heads(blocos)[data.draw(st.integers(since, last)) - 1]
    assert judged(anew, noted) >= {"CABECAS_CONTRADITORIAS", "BLOCO_ALTERADO"}
    assert "CABECAS_CONTRADITORIAS" in judged([*anew, exported([], cabeca=told(last, digest(blocos[last - 1])))])


@given(st.integers(3, 8), st.data())
def test_blocks_left_out_at_either_end_together_with_their_manifest_are_found_by_heads(
    total: int, data: st.DataObject
) -> None:
    blocos = a_chain(*[1] * total)
    before = data.draw(st.integers(1, total - 2))
    first = data.draw(st.integers(before + 2, total))
    known = heads(blocos)
    left = data.draw(st.sets(st.integers(1, before)))
    assert judged([piece(blocos, first, total, total)], known[before - 1], *(known[one - 1] for one in left)) == {
        "BLOCO_RETIRADO"
    }
    assert judged([piece(blocos, 1, before, before)], known[first - 1]) == {"FIM_CORTADO"}
    assert judged([piece(blocos, 1, before, total), piece(blocos, first, total, total)]) == {"BLOCO_RETIRADO"}
