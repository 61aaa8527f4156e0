"""What waits in a failure queue goes back where it came from, and stays when that fails again."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.reenvio import Queue, ReenvioError, run

BASE = "http://sqs/000000000000/"
STREAM = "arn:aws:dynamodb:sa-east-1:000000000000:table/conecta-embarcado-peg/stream/1"
EVENT = {
    "detail-type": "PegLiberado",
    "detail": {"tipo": "PegLiberado", "entidade": "peg/261120000007", "correlacao": "c1"},
}


class Aws:
    """Queues, one function and one stream."""

    def __init__(self, *messages: Mapping[str, Any], answer: Any = None, error: str | None = None) -> None:
        self.waiting = [
            {"MessageId": str(n), "ReceiptHandle": str(n), "Body": json.dumps(one.get("body")), **one.get("more", {})}
            for n, one in enumerate(messages)
        ]  # fmt: skip
        self.sent: list[tuple[str, Any]] = []
        self.invoked: list[tuple[str, Any]] = []
        self._answer = {"Payload": answer, **({"FunctionError": error} if error else {})}

    def __call__(self, _service: str) -> Aws:
        return self

    def get_queue_url(self, *, QueueName: str) -> dict[str, str]:  # noqa: N803
        return {"QueueUrl": BASE + QueueName}

    def receive_message(self, **_asked: Any) -> dict[str, Any]:
        return {"Messages": self.waiting}

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.sent.append((QueueUrl.removeprefix(BASE), json.loads(MessageBody)))

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.waiting = [one for one in self.waiting if one["ReceiptHandle"] != ReceiptHandle]

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        self.invoked.append((FunctionName, json.loads(Payload)))
        return {**self._answer, "Payload": io.BytesIO(json.dumps(self._answer["Payload"]).encode())}

    def get_shard_iterator(self, **_asked: Any) -> dict[str, str]:
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        start = int(ShardIterator)
        rows = [
            {"eventID": str(n), "dynamodb": {"SequenceNumber": str(n), "ApproximateCreationDateTime": INSTANT}}
            for n in range(start, min(start + 2, 5))
        ]  # fmt: skip
        return {"Records": rows, **({"NextShardIterator": str(start + 2)} if rows else {})}


INSTANT = datetime(2026, 11, 22, tzinfo=UTC)


def batch(first: int, last: int) -> dict[str, Any]:
    info = {
        "streamArn": STREAM, "shardId": "s", "startSequenceNumber": str(first), "endSequenceNumber": str(last),
        "batchSize": last - first + 1,
    }  # fmt: skip
    return {"body": {"DDBStreamBatchInfo": info}}


def test_a_dead_letter_goes_back_to_its_queue(capsys: pytest.CaptureFixture[str]) -> None:
    aws = Aws({"body": EVENT})
    assert run(Queue(aws, "peg-eventos-dlq"), ver=False) == 0
    assert (aws.sent, aws.waiting) == ([("conecta-embarcado-peg-eventos", EVENT)], [])
    assert capsys.readouterr().out.splitlines() == [
        "PegLiberado PegLiberado peg/261120000007 c1: reenviada", "1 reenviadas, 0 ficaram",
    ]  # fmt: skip


def test_an_event_goes_to_the_queue_that_did_not_take_it() -> None:
    target = {"TARGET_ARN": {"StringValue": "arn:aws:sqs:sa-east-1:0:conecta-producao-alertas-eventos"}}
    aws = Aws({"body": EVENT, "more": {"MessageAttributes": target}}, {"body": EVENT})
    assert run(Queue(aws, "eventos-nao-entregues", estagio="producao"), ver=False) == 1
    assert aws.sent == [("conecta-producao-alertas-eventos", EVENT)]
    assert [one["MessageId"] for one in aws.waiting] == ["1"]


@pytest.mark.parametrize("body", [{"acao": "varrer"}, {"requestPayload": {"acao": "varrer"}, "responsePayload": {}}])
def test_a_payload_nobody_waited_for_is_given_to_its_function(body: dict[str, Any]) -> None:
    aws = Aws({"body": body})
    assert run(Queue(aws, "peg-fluxo-falhas"), ver=False) == 0
    assert aws.invoked == [("conecta-embarcado-peg-fluxo", {"acao": "varrer"})]
    assert aws.waiting == []


def test_rows_of_a_stream_are_read_again_and_given_as_they_were() -> None:
    aws = Aws(batch(0, 2), answer={"batchItemFailures": []})
    assert run(Queue(aws, "peg-eventos-falhas"), ver=False) == 0
    ((_, given),) = aws.invoked
    assert [row["dynamodb"]["SequenceNumber"] for row in given["Records"]] == ["0", "1", "2"]
    assert {row["eventSourceARN"] for row in given["Records"]} == {STREAM}
    assert given["Records"][0]["dynamodb"]["ApproximateCreationDateTime"] == INSTANT.timestamp()


def test_rows_that_the_filter_let_through_are_found_behind_others() -> None:
    asked = batch(0, 3)
    asked["body"]["DDBStreamBatchInfo"]["batchSize"] = 2
    aws = Aws(asked)
    assert run(Queue(aws, "peg-eventos-falhas"), ver=False) == 0
    ((_, given),) = aws.invoked
    assert [row["eventID"] for row in given["Records"]] == ["0", "1", "2", "3"]


def test_many_rows_are_given_a_few_at_a_time() -> None:
    aws = Aws(batch(0, 59))
    rows = [{"eventID": str(n), "dynamodb": {"SequenceNumber": str(n)}} for n in range(60)]
    aws.get_records = lambda **_asked: {"Records": rows}  # type: ignore[method-assign]
    assert run(Queue(aws, "peg-eventos-falhas"), ver=False) == 0
    assert [len(given["Records"]) for _, given in aws.invoked] == [25, 25, 10]


@pytest.mark.parametrize("code", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_rows_that_are_gone_after_a_day_keep_nobody_behind_them(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    def gone(**_asked: str) -> dict[str, str]:
        raise ClientError({"Error": {"Code": code, "Message": "gone"}}, "GetShardIterator")

    aws = Aws(batch(0, 1), {"body": {"acao": "varrer"}})
    aws.get_shard_iterator = gone  # type: ignore[method-assign]
    assert run(Queue(aws, "peg-eventos-falhas"), ver=False) == 1
    assert aws.invoked == [("conecta-embarcado-peg-eventos", {"acao": "varrer"})]
    assert "já não estão no stream" in capsys.readouterr().out


def test_a_stream_that_may_not_be_read_is_told() -> None:
    def denied(**_asked: str) -> dict[str, str]:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetShardIterator")

    aws = Aws(batch(0, 1))
    aws.get_shard_iterator = denied  # type: ignore[method-assign]
    with pytest.raises(ClientError, match="AccessDenied"):
        run(Queue(aws, "peg-eventos-falhas"), ver=False)


def test_a_queue_is_asked_for_long_enough_to_say_all_that_it_has() -> None:
    asked: list[dict[str, Any]] = []
    aws = Aws()
    aws.receive_message = lambda **how: asked.append(how) or {}  # type: ignore[func-returns-value,method-assign]
    assert list(Queue(aws, "peg-eventos-dlq").messages()) == []
    assert [how["WaitTimeSeconds"] for how in asked] == [5]


@pytest.mark.parametrize(
    ("message", "said", "why"),
    [
        ({"body": {"acao": "x"}}, {"answer": {"errorType": "OtherError"}, "error": "Unhandled"}, "OtherError"),
        (batch(0, 1), {"answer": {"batchItemFailures": [{"itemIdentifier": "0"}]}}, "não processou 1 registros"),
        (batch(7, 9), {}, None),
    ],
)  # fmt: skip
def test_what_fails_again_stays(
    message: dict[str, Any], said: dict[str, Any], why: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Aws(message, **said)
    aws.get_shard_iterator = lambda **_asked: {"ShardIterator": "0" if why else "7"}  # type: ignore[method-assign]
    assert run(Queue(aws, "peg-eventos-falhas"), ver=False) == 1
    assert (why or "já não estão no stream") in capsys.readouterr().out
    assert len(aws.waiting) == 1


def test_only_looking_sends_nothing_and_other_queues_are_left_alone() -> None:
    aws = Aws({"body": EVENT})
    assert run(Queue(aws, "peg-eventos-dlq"), ver=True) == 0
    assert (aws.sent, len(aws.waiting)) == ([], 1)
    queue = Queue(aws, "peg-eventos")
    with pytest.raises(ReenvioError, match="não é uma fila de falhas"):
        queue.resend(next(queue.messages()))
