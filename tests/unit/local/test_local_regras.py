"""The page of rules: what is missing is said, whoever forgot it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conecta_senhas import prazos
from local import regras
from local.regras import EXIGIDAS, Marcado, Regra

KNOWN = frozenset({"R08", "R10", "AUT-AVISOS"})


def kept(**changes: object) -> Regra:
    return Regra(**{"id": "AUT-AVISOS", "fontes": EXIGIDAS, "funcao": prazos.avisos, **changes})  # type: ignore[arg-type]


def written(folder: Path, source: str, name: str = "test_x.py") -> Path:
    tests = folder / "tests"
    (tests / "unit").mkdir(parents=True, exist_ok=True)
    (tests / "unit" / name).write_text(source, "utf-8")
    return tests


HELD = Marcado("tests/unit/test_x.py", "test_it_is_told", ("AUT-AVISOS",))


def test_the_committed_page_is_what_the_code_says_and_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert (regras.main(["--conferir"]), capsys.readouterr().err) == (0, "")


def test_every_number_asked_for_is_kept_and_tested() -> None:
    catalogue = regras.catalogue()
    assert len({regra.id for regra in catalogue}) == len(catalogue)
    testes, wrong = regras.collect(regras.ROOT / "tests", regras.names(catalogue))
    assert (wrong, regras.missing(catalogue, testes)) == ((), [])


def test_a_mark_names_rules_by_id_by_number_or_by_a_table_of_its_module(tmp_path: Path) -> None:
    source = """
TABLE: list[tuple[str, str]] = [("case", "AUT-AVISOS"), ("other", "R10"), ("again", "R10")]
OTHER = ("R08",)

@pytest.mark.regra("R08", "AUT-AVISOS")
@pytest.mark.parametrize("x", [1])
def test_one(x): ...

class Cases:
    @pytest.mark.regra(TABLE)
    async def test_two(self): ...

@pytest.mark.regra(OTHER)
@pytest.mark.regra("R10")
def test_three(): ...

def test_four(): ...
"""
    found, wrong = regras.collect(written(tmp_path, source), KNOWN)
    assert wrong == ()
    assert {teste.name: teste.regras for teste in found} == {
        "test_one": ("R08", "AUT-AVISOS"), "test_two": ("AUT-AVISOS", "R10"), "test_three": ("R08", "R10"),
    }  # fmt: skip
    assert {teste.path for teste in found} == {"tests/unit/test_x.py"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('@pytest.mark.regra("R99")\ndef test_one(): ...', "test_one: 'R99' não é número nem id de regra"),
        ("@pytest.mark.regra(1)\ndef test_one(): ...", "test_one: 1 não é número nem id de regra"),
        ("T = ('a',)\n@pytest.mark.regra(T)\ndef test_one(): ...", "test_one: não há regra na tabela T deste módulo"),
        ("@pytest.mark.regra(U)\ndef test_one(): ...", "test_one: não há regra na tabela U deste módulo"),
        ('@pytest.mark.regra("R08")\ndef one(): ...', "one: só um teste pode ser marcado"),
    ],
)
def test_a_mark_that_names_nothing_is_told(tmp_path: Path, source: str, said: str) -> None:
    found, wrong = regras.collect(written(tmp_path, source), KNOWN)
    assert (found, wrong) == ((), (f"tests/unit/test_x.py: {said}",))


def test_only_tests_that_speak_of_rules_are_parsed(tmp_path: Path) -> None:
    tests = written(tmp_path, "def (")
    written(tmp_path, '@pytest.mark.regra("R08")\ndef test_one(): ...', "elsewhere.py")
    assert regras.collect(tests, KNOWN) == ((), ())


def test_what_is_whole_misses_nothing() -> None:
    assert regras.missing([kept()], [HELD]) == []


def test_a_number_may_be_tested_by_its_own_name() -> None:
    number = Marcado("tests/x.py", "test_x", ("R08",))
    (only,) = regras.missing([kept()], [number])[-1:]
    assert only == 'AUT-AVISOS: nenhum teste marcado com @pytest.mark.regra("AUT-AVISOS")'
    assert not any(said.startswith("R08") for said in regras.missing([kept()], [number]))


def test_each_thing_that_is_missing_is_told_by_name() -> None:
    def undocumented() -> None: ...

    undocumented.__qualname__, undocumented.__module__ = "gone", prazos.__name__
    assert (
        regras.missing([kept(fontes=EXIGIDAS[1:])], [HELD])[0] == f"{EXIGIDAS[0]}: nenhuma regra nem função a declara"
    )
    untested = regras.missing([kept()], [])
    assert "R07: nenhum teste marcado com ela nem com uma de suas regras" in untested
    gone = regras.missing([kept(funcao=undocumented)], [HELD])
    assert gone == ["AUT-AVISOS: a função conecta_senhas.prazos:gone não existe"]


def test_a_function_that_says_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prazos.avisos, "__doc__", None)
    said = "AUT-AVISOS: a função conecta_senhas.prazos:avisos não diz o que faz"
    assert regras.missing([kept()], [HELD]) == [said]


def test_the_page_goes_from_number_to_id_to_function_to_tests() -> None:
    number = Marcado("tests/unit/test_y.py", "test_all_of_it", ("R10",))
    page = regras.document([kept(fontes=("R10",))], [HELD, number])
    assert "| [R10](#r10) | `AUT-AVISOS` |" in page
    (row,) = [line for line in page.splitlines() if line.startswith("| AUT-AVISOS |")]
    assert "[`conecta_senhas.prazos:avisos`](../layers/edge/python/conecta_senhas/prazos.py)" in row
    assert "R10: days on which it is told" in row
    assert row.endswith("| [it is told](../tests/unit/test_x.py) |")
    assert "| R10 | | a regra inteira | [all of it](../tests/unit/test_y.py) |" in page


def test_an_old_page_is_told_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "regras.md"
    page.write_text("velha", "utf-8")
    assert regras.main(["--conferir"], page=page) == 1
    assert capsys.readouterr().err == "regras.md está velho: rode python -m local.regras\n"
    assert regras.main([], page=page) == 0
    assert page.read_text("utf-8") == (regras.ROOT / "docs" / "regras.md").read_text("utf-8")


def test_without_tests_the_command_fails_and_says_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert regras.main([], tests=tmp_path, page=tmp_path / "regras.md") == 1
    said = capsys.readouterr().err
    assert all(f"{number}: " in said for number in EXIGIDAS)
