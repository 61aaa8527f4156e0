"""`python -m local.reenvio FILA`: sends back what waits in a failure queue, once its cause is mended.

    python -m local.reenvio peg-eventos-dlq                          # on the embedded AWS that runs
    python -m local.reenvio peg-eventos-falhas --estagio producao    # on AWS, with the shell's own credentials
    python -m local.reenvio eventos-nao-entregues --ver              # only tells what is there

A message goes back to where it came from: its queue, the queue an event was for, or the function, with the payload or
with the rows of the table's stream that it speaks of. One that fails again stays. Everything that is sent back may be
sent twice.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

from local.runtime import LOCAL_DIRECTORY, client, running_instance

EMBEDDED: Final = "embarcado"
UNDELIVERED: Final = "eventos-nao-entregues"
DEAD: Final = "-dlq"
FAILED: Final = "-falhas"
LOOK_S: Final = 30
"""How long a message that was looked at, or failed again, stays unseen."""
WAIT_S: Final = 5
"""How long a queue is asked for more: one that answers at once has looked at some of its servers only."""
GONE: Final = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
"""What a stream says of rows that are past their 24 hours: of its own, and of a shard that is over."""
AT_ONCE: Final = 25
"""Rows given to a function at once, as its mapping does (`publish_outbox`)."""


class ReenvioError(RuntimeError):
    """A message could not be sent back; the text says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a failure queue.

    Attributes:
        alvo: ARN of the queue that did not take it, of an event.
    """

    recibo: str
    corpo: str
    alvo: str | None

    @property
    def resumo(self) -> str:
        """What it is, without what it says: kind of event, entity, correlation."""
        try:
            whole = json.loads(self.corpo)
        except ValueError:
            return "não é JSON"
        if "DDBStreamBatchInfo" in whole:
            return f"{whole['DDBStreamBatchInfo']['batchSize']} registros de stream"
        detail = whole.get("detail") or whole
        told = (detail.get(name) for name in ("tipo", "acao", "tarefa", "entidade", "correlacao"))
        return " ".join(str(one) for one in (whole.get("detail-type"), *told) if one) or "sem identificação"


class Queue:
    """A failure queue of a stage, by its short name.

    Args:
        aws: makes a client of a service.
    """

    def __init__(self, aws: Callable[[str], Any], name: str, *, estagio: str = EMBEDDED) -> None:
        self._aws = aws
        self._prefix = f"conecta-{estagio}-"
        self._name = name
        self._sqs = aws("sqs")
        self._url = self._address(f"{self._prefix}{name}")

    def messages(self) -> Iterator[Message]:
        """What waits, each once; it stays there, unseen for a while."""
        seen: set[str] = set()
        while True:
            found = self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=10, VisibilityTimeout=LOOK_S, WaitTimeSeconds=WAIT_S,
                MessageAttributeNames=["All"],
            ).get("Messages", [])  # fmt: skip
            fresh = [one for one in found if one["MessageId"] not in seen]
            if not fresh:
                return
            for one in fresh:
                seen.add(one["MessageId"])
                target = one.get("MessageAttributes", {}).get("TARGET_ARN", {}).get("StringValue")
                yield Message(one["ReceiptHandle"], one["Body"], target)

    def resend(self, message: Message) -> None:
        """Send one back, and take it out of here.

        Raises:
            ReenvioError: it failed again, or nobody knows where it came from; it stays.
        """
        if self._name.endswith(DEAD):
            self._sqs.send_message(
                QueueUrl=self._address(self._prefix + self._name.removesuffix(DEAD)), MessageBody=message.corpo
            )
        elif self._name == UNDELIVERED:
            if message.alvo is None:
                raise ReenvioError("a mensagem não diz para que fila era (TARGET_ARN)")
            self._sqs.send_message(QueueUrl=self._address(message.alvo.rpartition(":")[2]), MessageBody=message.corpo)
        elif self._name.endswith(FAILED):
            self._invoke(self._prefix + self._name.removesuffix(FAILED), json.loads(message.corpo))
        else:
            raise ReenvioError(
                f"{self._name} não é uma fila de falhas: termina em {DEAD} ou {FAILED}, ou é {UNDELIVERED}"
            )
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.recibo)

    def _address(self, queue: str) -> str:
        return str(self._sqs.get_queue_url(QueueName=queue)["QueueUrl"])

    def _invoke(self, function: str, body: Mapping[str, Any]) -> None:
        batch = body.get("DDBStreamBatchInfo")
        if batch is None:
            # What a function could not do alone is told as it was asked, by itself or within what became of it.
            self._call(function, body.get("requestPayload", body))
            return
        found = self._records(batch)
        for start in range(0, len(found), AT_ONCE):
            self._call(function, {"Records": found[start : start + AT_ONCE]})

    def _call(self, function: str, payload: Mapping[str, Any]) -> None:
        answer = self._aws("lambda").invoke(FunctionName=function, Payload=json.dumps(payload).encode())
        said = json.loads(answer["Payload"].read() or b"null")
        if "FunctionError" in answer:
            raise ReenvioError(f"{function} falhou de novo: {said.get('errorType', answer['FunctionError'])}")
        if isinstance(said, dict) and said.get("batchItemFailures"):
            raise ReenvioError(f"{function} não processou {len(said['batchItemFailures'])} registros")

    def _records(self, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows of a table's stream, as Lambda gives them; they are there for 24 hours.

        Lambda counts those that its filter let through; here are all between the first and the last: of a row that is
        not told, functions tell nothing.
        """
        try:
            found = list(self._read(self._aws("dynamodbstreams"), batch))
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            found = []
        if not found:
            raise ReenvioError("os registros já não estão no stream: publique os eventos a partir da tabela")
        return [{**one, "eventSourceARN": batch["streamArn"], "dynamodb": _plain(one["dynamodb"])} for one in found]

    @staticmethod
    def _read(streams: Any, batch: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """From the first to the last, or to the end of the shard."""
        last = int(batch["endSequenceNumber"])
        position = streams.get_shard_iterator(
            StreamArn=batch["streamArn"], ShardId=batch["shardId"], ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]  # fmt: skip
        while position:
            page = streams.get_records(ShardIterator=position)
            for one in page["Records"]:
                number = int(one["dynamodb"]["SequenceNumber"])
                if number <= last:
                    yield one
                if number >= last:
                    return
            position = page.get("NextShardIterator")


def _plain(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change without the one value that JSON does not know."""
    return {name: held.timestamp() if isinstance(held, datetime) else held for name, held in change.items()}


def run(queue: Queue, *, ver: bool) -> int:
    """Tell of each message and, unless only asked to look, send it back; how many stay because they failed."""
    failed = sent = 0
    for message in queue.messages():
        told = "vista"
        if not ver:
            try:
                queue.resend(message)
                told, sent = "reenviada", sent + 1
            except ReenvioError as error:
                told, failed = f"fica: {error}", failed + 1
        print(f"{message.resumo}: {told}")
    print(f"{sent} reenviadas, {failed} ficaram")
    return failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 done, 1 something stays or nothing is running, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m local.reenvio",
        description="Reenvia o que espera em uma fila de falhas, depois de corrigida a causa.",
    )
    parser.add_argument("fila", help=f"sem o estágio: <fila>{DEAD}, <função>{FAILED} ou {UNDELIVERED}")
    parser.add_argument(
        "--estagio", default=EMBEDDED, help="na AWS, com as credenciais do ambiente; sem ele, a AWS local"
    )
    parser.add_argument("--ver", action="store_true", help="só diz o que há; as mensagens ficam")
    asked = parser.parse_args(arguments)
    if asked.estagio != EMBEDDED:
        import boto3  # noqa: PLC0415 - 150 ms that who asks for help need not wait

        return int(run(Queue(boto3.client, asked.fila, estagio=asked.estagio), ver=asked.ver) > 0)
    if running_instance(LOCAL_DIRECTORY) is None:
        print(f"erro: nada em execução em {LOCAL_DIRECTORY}: rode scripts/run, ou diga --estagio", file=sys.stderr)
        return 1
    where = json.loads((LOCAL_DIRECTORY / "endpoint.json").read_text("utf-8"))
    aws = partial(client, where["endpoint_aws"], where["credenciais_aws"])
    return int(run(Queue(aws, asked.fila), ver=asked.ver) > 0)


if __name__ == "__main__":
    sys.exit(main())
