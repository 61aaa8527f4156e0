"""Queue and stream entry of peg: which file starts a workflow, and which is answered at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge import queues
from peg.handler import envios, eventos
from tests.builders_functions import HOSPITAL, VALE, XML, a_documento, failures, outbox_record, sha256, sqs_message
from tests.fakes import Bus


def envelope(tentativa: int = 1, recebido_em: str = "2026-11-21T12:00:00.000000Z") -> dict[str, Any]:
    """`DocumentoRecebido` of a lote, as documentos publishes it."""
    return {
        "id": "e1",
        "tipo": "DocumentoRecebido",
        "versao": 1,
        "ocorrido_em": recebido_em,
        "registro_ans": VALE,
        "prestador_id": HOSPITAL,
        "entidade": "upload/u1",
        "correlacao": "u1",
        "dados": {
            "upload_id": "u1",
            "finalidade": "lote_tiss",
            "formato": "application/xml",
            "chave": a_documento().chave,
            "sha256": sha256(XML),
            "tamanho": len(XML),
            "recebido_em": recebido_em,
            "tentativa": tentativa,
        },
    }


class StepFunctions:
    """Starts an execution per name, once; or answers an error."""

    def __init__(self, error: str | None = None) -> None:
        self._error = error
        self.started: dict[str, Any] = {}

    def start_execution(self, **asked: Any) -> None:
        if self._error or asked["name"] in self.started:
            code = self._error or "ExecutionAlreadyExists"
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "StartExecution")
        self.started[asked["name"]] = asked


def deliver(monkeypatch: pytest.MonkeyPatch, machine: StepFunctions, *messages: dict[str, Any]) -> list[str]:
    monkeypatch.setattr(eventos, "client", {"stepfunctions": machine}.__getitem__)
    batch = [sqs_message(n, json.dumps(message)) for n, message in enumerate(messages)]
    return failures(eventos.handler({"Records": batch}, None))


def received(tentativa: int = 1, **dados: Any) -> dict[str, Any]:
    made = envelope(tentativa)
    return {
        "detail-type": "DocumentoRecebido", "source": "conecta.documentos",
        "detail": {**made, "dados": {**made["dados"], **dados}},
    }  # fmt: skip


def test_a_received_lote_starts_one_execution_however_often_it_is_told(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, received(), received(), received()) == []
    (started,) = machine.started.values()
    assert started["name"] == "u1-1"
    assert started["stateMachineArn"] == function_environment["MAQUINA_RECEPCAO_ARN"]
    assert json.loads(started["input"]) == envelope()


def test_a_lote_handed_over_again_starts_another_execution(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = StepFunctions()
    deliver(monkeypatch, machine, received(1), received(2))
    assert list(machine.started) == ["u1-1", "u1-2"]


@pytest.mark.parametrize("transacao", ["loteGuias", None])
def test_a_lote_under_the_purpose_of_any_message_starts_one_too(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, transacao: str | None
) -> None:
    machine = StepFunctions()
    deliver(monkeypatch, machine, received(finalidade="mensagem_tiss", transacao=transacao))
    assert list(machine.started) == ["u1-1"]


@pytest.mark.parametrize("transacao", sorted(eventos.MENSAGENS))
def test_a_question_and_a_cancellation_are_answered_and_start_nothing(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, transacao: str
) -> None:
    machine = StepFunctions()
    answered: list[Any] = []
    monkeypatch.setattr(envios, "message_received", answered.append)
    message = received(finalidade="mensagem_tiss", transacao=transacao)
    assert deliver(monkeypatch, machine, message) == []
    assert (answered, machine.started) == ([message["detail"]], {})


def test_what_cannot_be_started_now_goes_back_to_the_queue(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deliver(monkeypatch, StepFunctions("ThrottlingException"), received()) == ["m0"]


def test_an_unknown_message_goes_to_the_dead_letter_queue_alone(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, {"detail-type": "Outro", "detail": {}}, received()) == ["m0"]
    assert list(machine.started) == ["u1-1"]


def test_the_tables_stream_is_published_under_this_context(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus()
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)
    assert failures(eventos.handler({"Records": [outbox_record(1)]}, None)) == []
    assert bus.calls[0][0]["Source"] == "conecta.peg"
