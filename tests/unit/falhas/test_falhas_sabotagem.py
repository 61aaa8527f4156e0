"""What a function sees of a service that fails, what its caller sees of one whose process ends, and what is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.falhas import journal, plan, sabotage
from local.falhas.journal import Kind
from local.falhas.plan import Fault, How
from local.falhas.sabotage import Door, SabotagedHost, identity

ADMINISTRADOR = "AKIADONO"
FUNCAO = "conecta-embarcado-peg-fluxo"


class Emulator:
    """Answers every call with the same, and counts them."""

    def __init__(self, answer: Any = None, status: int = 200) -> None:
        self.answer, self.status, self.bodies = json.dumps(answer).encode(), status, list[bytes]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.bodies.append((await receive())["body"])
            await send({"type": "http.response.start", "status": self.status, "headers": []})
            await send({"type": "http.response.body", "body": self.answer})


class Wire:
    """A door, what is asked at it, and what comes back."""

    def __init__(self, folder: Path, emulator: Emulator, *faults: Fault) -> None:
        plan.write(folder, faults)
        self.folder, self.emulator = folder, emulator
        self.door = Door(emulator, folder, ADMINISTRADOR)

    def call(
        self, service: str, operation: str = "", body: bytes = b"{}", *, key: str = "ASIAFUNCAO", **scope: Any
    ) -> list[Any]:
        signed = f"AWS4-HMAC-SHA256 Credential={key}/20261122/sa-east-1/{service}/aws4_request, Signature=0"
        headers = [(b"authorization", signed.encode()), (b"x-amz-target", f"X_1.{operation}".encode())]
        return self.ask(body, headers=headers if operation else headers[:1], path="/", **scope)

    def ask(self, body: bytes = b"", **scope: Any) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        asked = {"type": "http", "method": "POST", "headers": [], **scope}
        asyncio.run(self.door(asked, receive, send))
        return sent

    def told(self, *kinds: Kind) -> list[dict[str, Any]]:
        return list(journal.read(self.folder, *kinds))


def throttled(folder: Path, service: str) -> Wire:
    return Wire(folder, Emulator(), Fault(how=How.THROTTLED, service=service, chance=1))


@pytest.mark.parametrize(
    ("service", "operation", "status", "code"),
    [
        ("dynamodb", "PutItem", 400, "ProvisionedThroughputExceededException"),
        ("dynamodb", "TransactWriteItems", 400, "TransactionCanceledException"),
        ("states", "StartExecution", 400, "ThrottlingException"),
        ("secretsmanager", "GetSecretValue", 400, "ThrottlingException"),
        ("cognito-idp", "ListUsers", 400, "TooManyRequestsException"),
        ("s3", "", 503, "SlowDown"),
        ("ses", "", 429, "ThrottlingException"),
    ],
)  # fmt: skip
def test_a_service_that_is_asked_too_much_says_so_and_does_nothing(
    tmp_path: Path, service: str, operation: str, status: int, code: str
) -> None:
    wire = throttled(tmp_path, service)
    start, end = wire.call(service, operation, json.dumps({"TransactItems": [1, 2]}).encode())
    assert start["status"] == status
    assert dict(start["headers"])[b"x-amzn-errortype"] == code.encode()
    assert code in end["body"].decode()
    assert wire.emulator.bodies == []
    assert [one["como"] for one in wire.told(Kind.FAULT)] == ["sobrecarga"]


def test_a_transaction_is_refused_because_another_is_writing_one_of_its_items(tmp_path: Path) -> None:
    body = json.dumps({"TransactItems": [1, 2, 3]}).encode()
    _, end = throttled(tmp_path, "dynamodb").call("dynamodb", "TransactWriteItems", body)
    reasons = [one["Code"] for one in json.loads(end["body"])["CancellationReasons"]]
    assert reasons == ["TransactionConflict", "None", "None"]


def test_the_bus_refuses_each_event_in_an_answer_that_says_200(tmp_path: Path) -> None:
    wire = throttled(tmp_path, "events")
    start, end = wire.call("events", "PutEvents", json.dumps({"Entries": [{}, {}]}).encode())
    assert start["status"] == 200
    assert json.loads(end["body"])["FailedEntryCount"] == 2
    assert wire.told(Kind.EVENT) == []


def test_a_function_that_is_called_too_much_is_known_by_its_name(tmp_path: Path) -> None:
    wire = throttled(tmp_path, "lambda")
    path = "/2015-03-31/functions/conecta-embarcado-recurso-api/invocations"
    sent = wire.ask(headers=[(b"authorization", b"Credential=A/20261122/r/lambda/aws4_request")], path=path)
    assert sent[0]["status"] == 429
    assert wire.told()[0]["operacao"] == "conecta-embarcado-recurso-api"


def test_what_is_cut_was_done_and_nobody_hears_the_end_of_it(tmp_path: Path) -> None:
    wire = Wire(tmp_path, Emulator({"done": True}), Fault(how=How.CUT, service="dynamodb", chance=1))
    start, part = wire.call("dynamodb", "PutItem", b'{"TableName":"t"}')
    assert wire.emulator.bodies == [b'{"TableName":"t"}']
    assert int(dict(start["headers"])[b"content-length"]) > len(part["body"])
    assert part["more_body"]


def test_what_is_late_is_done_and_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sabotage, "LATE_SECONDS", 0.01)
    wire = Wire(tmp_path, Emulator({"done": True}), Fault(how=How.LATE, service="s3", chance=1))
    assert wire.call("s3", method="GET")[1]["body"] == b'{"done": true}'
    assert [one["operacao"] for one in wire.told()] == ["GET"]


def test_the_administrator_s_calls_never_fail(tmp_path: Path) -> None:
    wire = throttled(tmp_path, "dynamodb")
    assert wire.call("dynamodb", "PutItem", key=ADMINISTRADOR)[0]["status"] == 200


def test_nothing_is_touched_or_kept_without_a_plan(tmp_path: Path) -> None:
    wire = throttled(tmp_path, "dynamodb")
    (tmp_path / plan.FILE).unlink()
    assert wire.call("dynamodb", "PutItem")[0]["status"] == 200
    assert wire.ask(type="lifespan") == []
    assert wire.told() == []


def test_events_mails_and_executions_are_kept_once_they_are_taken(tmp_path: Path) -> None:
    entries = [
        {"Source": "conecta.peg", "DetailType": "PegRecebido", "Detail": json.dumps({"id": number})} for number in "ab"
    ]
    taken = Emulator({"Entries": [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}]})
    wire = Wire(tmp_path, taken)
    wire.call("events", "PutEvents", json.dumps({"Entries": entries}).encode())
    wire.call("states", "StartExecution", json.dumps({"input": '{"id": 1}'}).encode())
    wire.call("ses", "", b"Subject=Data+pedida")
    wire.call("dynamodb", "GetItem")
    assert [one["id"] for one in wire.told(Kind.EVENT)] == ["a"]
    assert [one["texto"] for one in wire.told(Kind.STARTED, Kind.MAIL)] == ['{"id": 1}', "Subject=Data pedida"]
    taken.status = 500
    wire.call("ses", "", b"Subject=Outra")
    assert len(wire.told(Kind.MAIL)) == 1


def test_of_a_request_is_kept_what_an_access_log_has_and_a_refusal_s_text(tmp_path: Path) -> None:
    wire = Wire(tmp_path, Emulator({"title": "Não encontrado"}, status=404))
    wire.ask(b"{}", method="GET", path="/_aws/execute-api/abc/v1/pegs/1", query_string=b"de=a%20b")
    access, refusal = wire.told()
    assert (access["metodo"], access["caminho"], access["status"]) == ("GET", "/v1/pegs/1?de=a b", 404)
    assert json.loads(refusal["texto"]) == {"title": "Não encontrado"}
    wire.emulator.status = 200
    wire.ask(b"{}", method="GET", path="/_aws/execute-api/abc/v1/pegs/1", query_string=b"")
    assert [one["caminho"] for one in wire.told(Kind.ACCESS)][1:] == ["/v1/pegs/1"]
    assert len(wire.told(Kind.REFUSAL)) == 1
    wire.ask(b"{}", method="GET", path="/_conecta/processo")
    assert len(wire.told()) == 3


class Runner:
    """Runs nothing, and counts how often it was asked to."""

    def __init__(self, **result: Any) -> None:
        self.result, self.asked = {"body": {}, "log": "", **result}, 0

    def invoke(self, record: Mapping[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        self.asked += 1
        return dict(self.result)


def invoked(folder: Path, runner: Runner, event: Any, *faults: Fault) -> dict[str, Any]:
    plan.write(folder, faults)
    return SabotagedHost(runner, folder).invoke({"FunctionName": FUNCAO}, event, "1")


@pytest.mark.parametrize(
    ("how", "kind", "asked"),
    [
        (How.BEFORE, "Runtime.ExitError", 0),
        (How.AFTER, "Runtime.ExitError", 1),
        (How.FOR_GOOD, "FalhaPlantadaError", 0),
    ],
)
def test_a_process_ends_before_or_after_its_work_or_refuses_it(tmp_path: Path, how: How, kind: str, asked: int) -> None:
    runner = Runner()
    result = invoked(tmp_path, runner, {"acao": "receber"}, Fault(how=how, first=1))
    assert result["error"]
    assert result["body"]["errorType"] == kind
    assert runner.asked == asked
    assert [one["operacao"] for one in journal.read(tmp_path, Kind.FAULT)] == ["receber"]


def test_what_a_queue_and_a_stream_and_a_workflow_hand_over_is_kept(tmp_path: Path) -> None:
    def of_queue(number: str) -> dict[str, Any]:
        body = json.dumps({"detail": {"id": f"e{number}"}})
        return {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:r:1:fila", "messageId": number, "body": body}

    half = Runner(body={"batchItemFailures": [{"itemIdentifier": "2"}]})
    invoked(tmp_path, half, {"Records": [of_queue("1"), of_queue("2")]})
    invoked(tmp_path, Runner(error=True), {"Records": [of_queue("3")]})
    seen = [(one["id"], one["feita"]) for one in journal.read(tmp_path, Kind.MESSAGE)]
    assert seen == [("e1", True), ("e2", False), ("e3", False)]
    invoked(tmp_path, Runner(), {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"Keys": {}}}]})
    invoked(tmp_path, Runner(), {"acao": "varrer"})
    invoked(tmp_path, Runner(), {"httpMethod": "GET"})
    kinds = [one["canal"] for one in journal.read(tmp_path)]
    assert kinds == ["mensagem"] * 3 + ["stream", "tarefa"]


def test_without_a_plan_a_function_is_just_run(tmp_path: Path) -> None:
    assert SabotagedHost(Runner(body="x"), tmp_path).invoke({}, {"acao": "varrer"}, "1")["body"] == "x"
    assert list(journal.read(tmp_path)) == []


def test_a_message_is_known_by_its_event_or_its_object() -> None:
    stored = {"detail": {"object": {"key": "t/1", "version-id": "v"}}}
    assert identity(json.dumps(stored)) == "t/1@v"
    assert identity(json.dumps({"detail": {"id": "e"}})) == "e"
    assert identity("{}") == ""
