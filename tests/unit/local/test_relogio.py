"""Moving the clock of the embedded AWS's functions: all of them, nothing else of them, and back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local import deploy, relogio
from local.relogio import RelogioError


class Lambda:
    """Functions with their environments; an update takes two looks to be done."""

    def __init__(self, *names: str, **others: dict[str, str]) -> None:
        self.variables = {name: {"CONECTA_ESTAGIO": "embarcado", "TABELA": name} for name in names} | others
        self.updated: list[str] = []
        self.ends_as = "Successful"
        self._looks: dict[str, int] = {}

    def get_paginator(self, _operation: str) -> Any:
        pages = [{"Functions": [self._function(name)]} for name in self.variables]
        return SimpleNamespace(paginate=lambda: pages)

    def _function(self, name: str) -> dict[str, Any]:
        return {"FunctionName": name, "Environment": {"Variables": self.variables[name]}}

    def update_function_configuration(self, *, FunctionName: str, Environment: dict[str, Any]) -> None:  # noqa: N803
        self.variables[FunctionName] = Environment["Variables"]
        self.updated.append(FunctionName)

    def get_function_configuration(self, *, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        looks = self._looks[FunctionName] = self._looks.get(FunctionName, 0) + 1
        return {"LastUpdateStatus": "InProgress" if looks < 2 else self.ends_as}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.relogio.time.sleep", lambda _seconds: None)


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Lambda:
    """Two functions of ours and one of somebody else's, which `where` leads to."""
    made = Lambda("peg-api", "peg-fluxo", alheia={"CONECTA_ESTAGIO": "homologacao"})
    monkeypatch.setattr(relogio, "client", lambda *_: made)
    return made


WHERE = {"endpoint_aws": "http://127.0.0.1:1", "credenciais_aws": {}}


def test_every_function_of_the_stage_is_moved_and_keeps_its_other_settings(functions: Lambda) -> None:
    assert relogio.move(WHERE, timedelta(days=91)) == 2
    assert functions.variables == {
        "peg-api": {"CONECTA_ESTAGIO": "embarcado", "TABELA": "peg-api", "DESLOCAMENTO_RELOGIO": "P91D"},
        "peg-fluxo": {"CONECTA_ESTAGIO": "embarcado", "TABELA": "peg-fluxo", "DESLOCAMENTO_RELOGIO": "P91D"},
        "alheia": {"CONECTA_ESTAGIO": "homologacao"},
    }
    assert relogio.current(WHERE) == timedelta(days=91)


def test_a_clock_is_moved_from_the_machines_time_not_from_where_it_was(functions: Lambda) -> None:
    relogio.move(WHERE, timedelta(days=91))
    relogio.move(WHERE, timedelta(hours=-2))
    assert relogio.current(WHERE) == timedelta(hours=-2)
    assert functions.variables["peg-api"]["DESLOCAMENTO_RELOGIO"] == "-P0DT7200S"


def test_brought_back_nothing_is_left_of_it(functions: Lambda) -> None:
    before = {name: dict(variables) for name, variables in functions.variables.items()}
    with relogio.moved(WHERE, timedelta(days=91)):
        assert relogio.current(WHERE) == timedelta(days=91)
    assert functions.variables == before
    assert relogio.current(WHERE) == timedelta()


def test_a_clock_that_stands_right_already_is_left_alone(functions: Lambda) -> None:
    relogio.move(WHERE, timedelta(days=91))
    functions.updated.clear()
    assert relogio.move(WHERE, timedelta(days=91)) == 0
    assert functions.updated == []


def test_clocks_that_disagree_are_told_and_put_right(functions: Lambda) -> None:
    functions.variables["peg-api"]["DESLOCAMENTO_RELOGIO"] = "P1D"
    with pytest.raises(RelogioError, match="--voltar"):
        relogio.current(WHERE)
    assert relogio.move(WHERE, timedelta(days=1)) == 1
    assert relogio.current(WHERE) == timedelta(days=1)


def test_a_function_that_did_not_change_is_named(functions: Lambda) -> None:
    functions.ends_as = "Failed"
    with pytest.raises(RelogioError, match="peg-api"):
        relogio.move(WHERE, timedelta(days=1))


def test_a_function_that_never_ends_changing_is_not_waited_for_for_ever(
    functions: Lambda, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions.ends_as = "InProgress"
    monkeypatch.setattr(relogio, "_PATIENCE", 0.0)
    with pytest.raises(RelogioError, match="tente de novo"):
        relogio.move(WHERE, timedelta(days=1))


def test_nobody_moves_it_beyond_ten_years(functions: Lambda) -> None:
    with pytest.raises(ValueError, match="beyond"):
        relogio.move(WHERE, timedelta(days=4000))
    assert functions.updated == []


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (timedelta(), "o da máquina"),
        (timedelta(days=91), ": 91 dias adiante"),
        (timedelta(days=-1), ": 1 dia atrás"),
        (timedelta(days=30, hours=12), ": 30 dias e 12h00min adiante"),
        (timedelta(hours=-2, minutes=-5), ": 2h05min atrás"),
        (timedelta(seconds=90), ": 0h01min30s adiante"),
    ],
)
def test_where_it_stands_is_said_in_words(offset: timedelta, said: str) -> None:
    assert said in relogio.describe(offset)
    assert "hora de Brasília" in relogio.describe(offset)


@pytest.fixture
def running(functions: Lambda, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lambda:
    """An instance whose `endpoint.json` the command finds."""
    (tmp_path / "endpoint.json").write_text(json.dumps(WHERE))
    monkeypatch.setattr(relogio, "LOCAL_DIRECTORY", tmp_path)
    monkeypatch.setattr(relogio, "running_instance", lambda _directory: object())
    return functions


def test_the_command_moves_shows_and_brings_back(running: Lambda, capsys: pytest.CaptureFixture[str]) -> None:
    assert relogio.main(["--dias", "30", "--horas", "-12"]) == 0
    assert relogio.main(["--mostrar"]) == 0
    assert relogio.main(["--voltar"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "29 dias e 12h00min adiante" in lines[0]
    assert lines[1].startswith("2 funções mudaram em 0,")
    assert "29 dias e 12h00min adiante" in lines[2]
    assert "o da máquina" in lines[3]
    assert running.variables["peg-api"] == {"CONECTA_ESTAGIO": "embarcado", "TABELA": "peg-api"}


def test_the_command_says_what_went_wrong(running: Lambda, capsys: pytest.CaptureFixture[str]) -> None:
    running.ends_as = "Failed"
    assert relogio.main(["--dias", "1"]) == 1
    assert capsys.readouterr().err.startswith("erro: peg-api")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--voltar"),
        (["--dias", "1", "--voltar"], "--voltar"),
        (["--mostrar", "--voltar"], "--voltar"),
        (["--dias", "noventa"], "'noventa' não é um número inteiro"),
        (["--dias", "3661"], "no máximo 3660 dias"),
        (["--horas", "9" * 20], "no máximo 3660 dias"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        relogio.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_without_an_instance_it_says_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(relogio, "LOCAL_DIRECTORY", tmp_path)
    assert relogio.main(["--mostrar"]) == 1
    assert "scripts/run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variables", "offset"), [({}, timedelta()), ({"DESLOCAMENTO_RELOGIO": "P5D"}, timedelta(days=5))]
)
def test_a_new_start_begins_at_the_time_its_templates_say(
    tmp_path: Path, variables: dict[str, str], offset: timedelta
) -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}}}
    template = {"Resources": {"Fila": {"Type": "AWS::SQS::Queue"}, "Funcao": function}}
    (tmp_path / "Conecta-Servico.template.json").write_text(json.dumps(template))
    assert deploy._offset(deploy.Assembly(tmp_path, "")) == offset
