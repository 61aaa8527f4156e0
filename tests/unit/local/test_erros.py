"""Every code that may be answered is in the catalogue: what makes one is known, and what the engines judge is told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from conecta_contas import analise
from conecta_senhas.motor import RULES
from infra.components.gateway_responses import PROBLEMS
from local import erros
from local.erros import Dizer, Especie

PAGE = erros.DOCUMENT.read_text("utf-8")
HELD = {
    "Retencao": "how long documents are kept", "Glosa": "a finding that was kept, with what it took",
    "MotivoNegativa": "a finding that was kept, of a senha", "Voto": "what a person decides",
    "Apontamento": "a finding upon a request, or a bill: made by `Caso.achado`",
}  # fmt: skip
"""Classes that carry a code and say nothing of their own."""


SAYS = re.compile(r"\b(codigo|regra): str\b")


def made_of_a_refusal() -> set[str]:
    """Classes of the source that carry a code or a rule, and what to say; not JSON models."""
    found = set()
    for path in (each for folder in ("functions", "layers") for each in (erros.ROOT / folder).rglob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if SAYS.search(source) else ():
            if isinstance(node, ast.ClassDef) and not any("BaseModel" in ast.unparse(one) for one in node.bases):
                names = {ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)}
                made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
                names |= {each.arg for one in made for each in one.args.args}
                if names & {"codigo", "regra"} and names & {"mensagem", "motivo", "detail"}:
                    found.add(node.name)
    return {name for name in found if not name.endswith("View")}


def test_whatever_carries_a_code_and_a_message_is_read() -> None:
    known = {name.rpartition(".")[2] for name in erros.WRITTEN}
    assert made_of_a_refusal() - known - HELD.keys() == set()


def test_every_rule_of_the_engines_and_every_answer_of_the_gateway_is_told() -> None:
    rules = {rule.id for rule in RULES} | {rule.id for rule in analise.RULES}
    assert [rule for rule in sorted(rules) if f"| `{rule}` |" not in PAGE] == []
    assert [one.codigo for one in PROBLEMS if f"### {one.codigo}\n" not in PAGE] == []


def test_nothing_told_is_empty_and_every_package_has_its_section() -> None:
    assert "|  |\n" not in PAGE
    assert {place for places in erros.SECTIONS.values() for place in places} <= set(erros.packages())


def test_what_differs_in_one_code_is_told_apart() -> None:
    page = erros.document([
        Dizer(Especie.PROBLEMA, "grande", "peg", "Divida-o.", status=413, title="Grande"),
        Dizer(Especie.PROBLEMA, "grande", "api", "Envie-o como arquivo.", status=413, title="Grande"),
        Dizer(Especie.REGRA, "TISS-A", "conecta_tiss", "Um.", ("5001", "5001"), "recusa a mensagem"),
        Dizer(Especie.REGRA, "TISS-A", "conecta_tiss", "Dois.", ("5001", "5001"), "recusa a mensagem"),
        Dizer(Especie.REGRA, "TISS-A", "conecta_tiss", "Três.", ("1203", "3279"), "recusa a mensagem"),
        Dizer(Especie.CAMPO, "a-b", "peg", "Um | dois."),
    ])  # fmt: skip
    assert "413, Grande.\n\n- Divida-o. (peg)\n- Envie-o como arquivo.\n" in page
    assert "| `TISS-A` | 5001 | recusa a mensagem | Um.<br>Dois. |\n" in page
    assert "| `TISS-A` | 1203; 4.03: 3279 | recusa a mensagem | Três. |\n" in page
    assert "| `a-b` | Um \\| dois. |\n" in page
    assert "| 3279 | `TISS-A` |\n" in page


def test_a_stale_page_is_noticed_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(erros, "DOCUMENT", tmp_path / "erros.md")
    monkeypatch.setattr(erros, "packages", lambda: ())
    assert erros.main(["--conferir"]) == 1
    assert capsys.readouterr().err == "erros.md está velho: rode python -m local.erros\n"
    assert (erros.main([]), erros.main(["--conferir"])) == (0, 0)
