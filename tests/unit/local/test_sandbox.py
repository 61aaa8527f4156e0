"""The set of the sandbox: every file of it loads, and what is scripted is told of every life."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from autorizacao.domain import carga_tipos as senhas
from cadastro.domain import carga_tipos as cadastro
from conecta_cargas.reading import abrir
from conecta_tiss.vocabulary.identifiers import is_valid_cpf
from local.client import Answer
from local.gerador_cadastro import CLINICA, HOSPITAL
from local.gerador_cadastro.sandbox import expirada, vidas
from local.sandbox.__main__ import main
from local.sandbox.arquivos import roteiro
from local.sandbox.operadora import Operadora
from local.sandbox.roteiros import COBRADAS, DESCONHECIDA, PEDIDAS

TIPOS = {**cadastro.TIPOS, **senhas.TIPOS}
PARCEIRO = "11222333000181"
HOJE = "2026-11-22"


def rows_of(file: Path) -> list[dict[str, object]]:
    """What the load reads of a file under the key it is dropped with; it refuses nothing."""
    registro, tipo = file.parts[-3:-1]
    raw = file.read_bytes()
    planilha = abrir(TIPOS[tipo], registro, raw)
    read = [planilha.valores(planilha.celulas(line)) for line in raw.splitlines()[1:]]
    assert [found for _, found in read if found] == []
    return [dados for dados, _ in read]


@pytest.mark.parametrize("base", [False, True])
def test_every_file_of_the_set_loads_in_the_order_of_its_folders(*, base: bool, tmp_path: Path) -> None:
    asked = ["--saida", str(tmp_path), "--registro", "999999", "--prestador", PARCEIRO, "--hoje", HOJE]
    assert main([*asked, "--base"] if base else asked) == 0
    files = sorted(tmp_path.rglob("*.csv"))
    assert {file.relative_to(tmp_path).parts[0] for file in files} == {
        *(["1-operadora"] if base else []), "2-cadastro", "3-senhas",
    }  # fmt: skip
    found = {file.parent.name: rows_of(file) for file in files}
    assert {str(row["senha"]) for row in found["senhas-legado"]} == {expirada(PARCEIRO), f"VENCE261122{PARCEIRO[:8]}"}
    if base:
        for tipo in ("prestadores", "contratos", "procedimentos-contratados"):
            assert {PARCEIRO, HOSPITAL, CLINICA} <= {str(row["prestador"]) for row in found[tipo]}
    readme = (tmp_path / "LEIA-ME.md").read_text("utf-8")
    assert [folder in readme for folder in ("1-operadora", "2-cadastro", "3-senhas")] == [base, True, True]
    assert json.loads((tmp_path / "roteiro.json").read_text("utf-8")) == roteiro("999999", PARCEIRO)


def test_a_set_of_another_day_of_the_month_has_the_same_lives(tmp_path: Path) -> None:
    for day in (HOJE, "2026-11-01"):
        main(["--saida", str(tmp_path / day), "--hoje", day])
    first, second = (
        sorted(row.read_bytes() for row in (tmp_path / day / "2-cadastro").rglob("*.csv"))
        for day in (HOJE, "2026-11-01")
    )
    assert first == second


def test_something_is_scripted_of_every_life_and_of_nobody_else() -> None:
    used = {one.vida for one in (*PEDIDAS, *COBRADAS)}
    assert used == {vida.chave for vida in vidas("345695")} | {DESCONHECIDA}
    for names in ([one.caso for one in PEDIDAS], [one.caso for one in COBRADAS]):
        assert len(set(names)) == len(names)
    assert {one.situacao for one in PEDIDAS} >= {"AUTORIZADA", "PARCIAL", "NEGADA", "EM_ANALISE"}


def test_lives_of_the_sandbox_are_formally_valid_and_each_operadora_s_own() -> None:
    for registro in ("345695", "331988"):
        for vida in vidas(registro):
            assert is_valid_cpf(vida.cpf)
            assert vida.carteira.startswith(registro)
            assert vida.linha(vida.plano, date(2026, 11, 1))["nome"] == vida.nome


def test_who_tests_is_named_by_a_cnpj(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--saida", str(tmp_path), "--prestador", "11222333000180"])
    assert "informe um CNPJ" in capsys.readouterr().err


class Casa:
    """The operadora's routes: one PEG in each state, all of the sandbox."""

    def __init__(self) -> None:
        self.acts: list[str] = []

    def get(self, path: str) -> dict[str, Any]:
        if path.endswith("/guias"):
            return {"guias": [{"sequencia": 1}]}
        if "/guias/" in path:
            return {"numero_carteira": vidas("345695")[0].carteira}
        name = path.partition("?")[0].rpartition("/")[2]
        situacao = path.partition("situacao=")[2]
        return {name: [{"protocolo": situacao}] if situacao else [], "cursor": None}

    def request(self, _method: str, path: str, _body: Any) -> Answer:
        self.acts.append(path.removeprefix("/operadora/pegs/"))
        return Answer(200, {}, b"{}")


def test_a_peg_whose_analysis_reception_began_is_let_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    casa, signed_in = Casa(), []
    monkeypatch.setattr(
        "local.sandbox.operadora.operadora",
        lambda _where, grupo, registro: signed_in.append((grupo, registro)) or casa,  # type: ignore[func-returns-value]
    )
    acting = Operadora({}, print, date(2026, 11, 22))
    acting.run()
    assert casa.acts == [
        "RECEBIDO/analise", "RECEBIDO/conclusao", "RECEBIDO/liberacao",
        "EM_ANALISE/conclusao", "EM_ANALISE/liberacao", "ANALISADO/liberacao",
    ]  # fmt: skip
    acting.run()
    assert signed_in == [("auditoria", "345695"), ("financeiro", "345695")]
