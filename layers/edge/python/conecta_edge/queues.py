"""Batches: SQS messages one by one, rows of a stream as they are told; failures are reported per item.

One poison message goes to its dead-letter queue alone; the others of its batch are done (`seguranca.md` §4).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from conecta_edge import cold_start, events, observability
from conecta_edge.aws import client
from conecta_edge.settings import required


class UnknownMessageError(ValueError):
    """A message nobody here knows: it belongs in the dead-letter queue, where somebody looks."""


class Entry:
    """A Lambda entry for a queue and for the table's own stream.

    Args:
        source: EventBridge source of this context's events (`conecta.peg`).
        consume: carries out one message of the queue; it must be repeatable.
        imagem: what a row of the table says of itself; it must be pure.
    """

    def __init__(
        self, source: str, consume: Callable[[Mapping[str, Any]], None], imagem: events.Imagem | None = None
    ) -> None:
        self._source = source
        self._consume = consume
        self._imagem = imagem

    @cold_start.ends
    def __call__(self, event: Mapping[str, Any], context: Any) -> Any:
        """The batch's failures, in the shape Lambda expects of either source."""
        records = event["Records"]
        if records and records[0]["eventSource"] == "aws:dynamodb":
            failed = events.publish(client("events"), required("BARRAMENTO"), self._source, records, self._imagem)
            return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
        from aws_lambda_powertools.utilities.batch import (  # noqa: PLC0415  # a stream batch does without it
            BatchProcessor,
            EventType,
            process_partial_response,
        )

        return process_partial_response(
            event=dict(event),
            record_handler=self._one,
            processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
            context=context,
        )

    def _one(self, record: Any) -> None:
        try:
            self._consume(json.loads(record.body))
        except Exception as error:
            observability.failure("mensagem nao processada", error)
            raise
