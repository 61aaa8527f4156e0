"""Queue, stream and workflow entries of cadastro."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cadastro.bootstrap import cargas as bootstrap
from cadastro.handler import eventos, fluxo
from conecta_cargas import loading as steps
from conecta_cargas.states import LostRaceError, SituacaoCarga
from conecta_cargas_aws.steps import UnknownActionError
from conecta_edge import executions, queues
from conecta_edge.dynamodb import TransientConflictError
from tests.builders_functions import PASA, VALE, failures, outbox_record, sqs_message
from tests.fakes import Bus, StepFunctions
from tests.fakes_cargas import ARRIVED, Casa, csv, vida

KEY = f"cadastro/{VALE}/beneficiarios/vidas.csv"


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Casa:
    made = Casa()
    monkeypatch.setattr(bootstrap, "cargas", lambda: made.cargas)
    monkeypatch.setattr(bootstrap, "chegada", lambda: made.arquivos)
    monkeypatch.setattr(bootstrap, "ports", lambda: made.ports)
    return made


def created(key: str, versao: str | None = "v1") -> dict[str, Any]:
    found = {"key": key, "size": 1, "etag": "e", **({"version-id": versao} if versao else {})}
    return {"detail-type": "Object Created", "detail": {"bucket": {"name": "entrada"}, "object": found}}


def deliver(monkeypatch: pytest.MonkeyPatch, machine: StepFunctions, *messages: dict[str, Any]) -> list[str]:
    monkeypatch.setattr(executions, "client", {"stepfunctions": machine}.__getitem__)
    batch = [sqs_message(n, json.dumps(message)) for n, message in enumerate(messages)]
    return failures(eventos.handler({"Records": batch}, None))


def test_a_file_that_arrived_is_a_load_that_starts_once(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    casa.arquivos.chegar(KEY, csv("beneficiarios", vida(1)).encode())
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, created(KEY), created(KEY)) == []
    assert deliver(monkeypatch, machine, created(KEY, None)) == []
    ((registro, carga_id),) = casa.cargas.rows
    ((name, asked),) = machine.started.items()
    assert name == f"{carga_id}-1"
    assert asked["stateMachineArn"].endswith("carga-cadastro")
    assert json.loads(asked["input"]) == {"registro_ans": registro, "id": carga_id}


def test_a_refused_load_starts_nothing(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    key, machine = "cadastro/345695/nada/x.csv", StepFunctions()
    casa.arquivos.chegar(key, b"x")
    assert deliver(monkeypatch, machine, created(key)) == []
    assert machine.started == {}
    assert [carga.situacao for carga in casa.cargas.rows.values()] == [SituacaoCarga.RECUSADA]


@pytest.mark.parametrize("key", [f"cadastro/{VALE}/beneficiarios/", KEY])
def test_a_folder_and_a_file_that_is_gone_are_no_loads(casa: Casa, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    assert deliver(monkeypatch, StepFunctions(), created(key)) == []
    assert casa.cargas.rows == {}


def test_a_load_whose_start_failed_is_started_when_the_message_comes_again(
    casa: Casa, monkeypatch: pytest.MonkeyPatch
) -> None:
    casa.arquivos.chegar(KEY, csv("beneficiarios", vida(1)).encode())
    assert deliver(monkeypatch, StepFunctions("ThrottlingException"), created(KEY)) == ["m0"]
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, created(KEY)) == []
    assert len(machine.started) == 1


def test_a_resumed_load_starts_a_new_execution(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = StepFunctions()
    detail = {"registro_ans": PASA, "dados": {"id": "x", "tentativa": 3}}
    message = {"detail-type": "CargaRetomada", "detail": detail}
    assert deliver(monkeypatch, machine, message, message) == []
    assert list(machine.started) == ["x-3"]
    assert json.loads(machine.started["x-3"]["input"]) == {"registro_ans": PASA, "id": "x"}


def test_a_message_nobody_knows_goes_to_the_dead_letters_alone(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    casa.arquivos.chegar(KEY, csv("beneficiarios", vida(1)).encode())
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, {"detail-type": "Nada", "detail": {}}, created(KEY)) == ["m0"]
    assert len(machine.started) == 1


def test_the_tables_events_are_published_as_cadastros(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus("peg/2")
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)
    answer = eventos.handler({"Records": [outbox_record(1), outbox_record(2, "peg/2")]}, None)
    assert failures(answer) == ["2"]
    assert {entry["Source"] for call in bus.calls for entry in call} == {"conecta.cadastro"}


# -- the workflow -----------------------------------------------------------------------------------------------


def step(acao: str, where: dict[str, str], **more: Any) -> dict[str, Any]:
    return fluxo.handler({"acao": acao, **where, **more}, None)


def test_the_workflows_steps_load_a_file(casa: Casa, logged: Callable[[], list[Any]]) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", vida(1), vida(2, nome="")), em=ARRIVED)
    where = {"registro_ans": VALE, "id": carga.id}
    planned = json.loads(json.dumps(step("planejar", where)))
    assert planned.keys() == {"registro_ans", "id", "partes"}
    (parte,) = planned["partes"]
    assert parte == {"n": 0, "inicio": 0, "fim": carga.objeto.tamanho, "linha": 1, "repetidas": 0}
    assert step("carregar-parte", where, parte=parte)["carregadas"] == 1
    assert step("concluir", where)["situacao"] == "CONCLUIDA_COM_RECUSAS"
    assert "CONCLUIDA_COM_RECUSAS" in {line.get("situacao") for line in logged()}


def test_a_failure_is_recorded_by_its_class(casa: Casa) -> None:
    carga = casa.chegar("beneficiarios", csv("beneficiarios", vida(1)))
    where = {"registro_ans": VALE, "id": carga.id}
    told = {"Error": "ArquivoMissingError", "Cause": '{"errorMessage": "52998224725"}'}
    assert step("registrar-falha", where, erro=told)["situacao"] == "FALHOU"
    assert casa.cargas.get(VALE, carga.id).erro == "ArquivoMissingError"
    assert step("registrar-falha", where)["situacao"] == "FALHOU"


def test_a_lost_race_is_a_conflict_that_the_workflow_tries_again(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(**_: Any) -> None:
        raise LostRaceError

    monkeypatch.setattr(steps, "load_part", lose)
    with pytest.raises(TransientConflictError):
        step("carregar-parte", {"registro_ans": VALE, "id": "x"}, parte={"n": 0, "inicio": 0, "fim": 1})


def test_a_step_nobody_knows_is_an_error(casa: Casa) -> None:
    with pytest.raises(UnknownActionError):
        step("apagar", {"registro_ans": VALE, "id": "x"})


def test_the_ports_are_made_of_the_functions_own_tables_and_buckets(function_environment: dict[str, str]) -> None:
    ports = bootstrap.ports()
    assert ports is bootstrap.ports()
    assert ports.cargas is bootstrap.cargas()
    assert bootstrap.chegada() is not bootstrap.relatorios()
