"""What became of each event and message: taken in by whoever it was for, or in a queue where a person finds it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from local import reenvio
from local.falhas import journal
from local.falhas.journal import Kind
from local.falhas.portrait import STAGE
from local.runtime import EmbeddedAws

KEPT_QUEUES: Final = (reenvio.DEAD, reenvio.FAILED, reenvio.UNDELIVERED)
"""Ends of the names of queues where something waits for a person."""


@dataclass(frozen=True, slots=True)
class Route:
    """Events of a rule, and the functions that they are carried to."""

    pattern: Mapping[str, Any]
    functions: tuple[str, ...]


class Queues:
    """The queues of an instance, by their names without the stage's."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._sqs: Any = aws.client("sqs")
        urls = self._sqs.list_queues(MaxResults=1000).get("QueueUrls", [])
        self.urls = {url.rpartition("/")[2].removeprefix(STAGE): url for url in urls}

    def hurry(self, seconds: int) -> None:
        """What could not be processed is seen again after so long."""
        for name, url in self.urls.items():
            if not name.endswith(KEPT_QUEUES):
                self._sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})

    def waiting(self) -> int:
        """Messages that are still to be processed."""
        return sum(self._count(url) for name, url in self.urls.items() if not name.endswith(KEPT_QUEUES))

    def kept(self) -> dict[str, int]:
        """How many messages wait for a person, by queue."""
        counted = {name: self._count(url) for name, url in self.urls.items() if name.endswith(KEPT_QUEUES)}
        return {name: count for name, count in counted.items() if count}

    def bodies(self, name: str) -> Iterator[str]:
        """The bodies of a failure queue's messages, each of which stays there."""
        yield from (one.corpo for one in reenvio.Queue(self._aws.client, name).messages())

    def resend(self) -> None:
        """What a person does once the cause is mended: everything goes back to where it came from, or stays."""
        for name in self.kept():
            queue = reenvio.Queue(self._aws.client, name)
            for one in queue.messages():
                with suppress(reenvio.ReenvioError):
                    queue.resend(one)

    def _count(self, url: str) -> int:
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
        return sum(int(found.get(name, 0)) for name in names)


def routes(aws: EmbeddedAws) -> list[Route]:
    """The rules of the bus, as deployed."""
    events: Any = aws.client("events")
    consumers = defaultdict(list)
    for page in aws.client("lambda").get_paginator("list_event_source_mappings").paginate():
        for one in page["EventSourceMappings"]:
            consumers[one["EventSourceArn"]].append(one["FunctionArn"].rpartition(":")[2])
    found = []
    (bus,) = {one["Name"] for one in events.list_event_buses()["EventBuses"]} - {"default"}
    for rule in events.list_rules(EventBusName=bus)["Rules"]:
        targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
        functions = tuple(name for target in targets for name in consumers[target["Arn"]])
        found.append(Route(json.loads(rule["EventPattern"]), functions))
    return found


def unheard(told: Sequence[Mapping[str, Any]], taken: set[tuple[str, str]], ways: Sequence[Route]) -> list[str]:
    """Events that somebody listens to and nobody took in.

    Args:
        told: events that the bus accepted: lines of the journal.
        taken: (function, id) of what was processed.
    """
    wrong = set()
    for event in told:
        whole = {"source": event["origem"], "detail-type": event["tipo"], "detail": json.loads(event["texto"])}
        for way in ways:
            if _matches(way.pattern, whole):
                wrong |= {
                    f"ninguém processou: {event['tipo']} {event['id']} em {function.removeprefix(STAGE)}"
                    for function in way.functions
                    if (function, event["id"]) not in taken
                }
    return sorted(wrong)


def _matches(pattern: Mapping[str, Any], value: Mapping[str, Any]) -> bool:
    """Whether an event is one of a pattern's: those of ours have members and lists of values."""
    return all(
        _matches(wanted, value.get(name, {})) if isinstance(wanted, Mapping) else value.get(name) in wanted
        for name, wanted in pattern.items()
    )


def untold(rows: Iterator[str], told: set[str]) -> list[str]:
    """Events of the outboxes that the bus never got, by id."""
    return [f"ninguém soube: {one}" for one in rows if one not in told]


def messages(aws: EmbeddedAws, outbox: Callable[[], Iterator[str]]) -> list[str]:
    """Everything that was neither processed nor kept.

    Args:
        outbox: ids of the events in the tables.
    """
    told = list(journal.read(aws.directory, Kind.EVENT))
    taken = {(one["funcao"], one["id"]) for one in journal.read(aws.directory, Kind.MESSAGE) if one["feita"]}
    return [*unheard(told, taken, routes(aws)), *untold(outbox(), {one["id"] for one in told})]
