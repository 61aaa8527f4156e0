"""Batches: one bad message fails alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from conecta_edge import queues
from conecta_edge.queues import Entry, UnknownMessageError
from tests.builders_functions import failures, outbox_record, sqs_message
from tests.fakes import Bus

SECRET = "123.456.789-09"


def test_every_message_is_carried_out_once() -> None:
    seen: list[Mapping[str, Any]] = []
    answer = Entry("conecta.peg", seen.append)({"Records": [sqs_message(n) for n in range(3)]}, None)
    assert failures(answer) == []
    assert [item["numero"] for item in seen] == [0, 1, 2]


def test_a_poison_message_fails_alone_and_its_text_is_not_logged(logged: Callable[[], list[Any]]) -> None:
    done: list[int] = []

    def consume(item: Mapping[str, Any]) -> None:
        if item["numero"] == 1:
            raise UnknownMessageError(SECRET)
        done.append(item["numero"])

    answer = Entry("conecta.peg", consume)({"Records": [sqs_message(n) for n in range(4)]}, None)
    assert (failures(answer), done) == (["m1"], [0, 2, 3])
    lines = logged()
    assert [line["erro"] for line in lines] == ["UnknownMessageError"]
    assert SECRET not in json.dumps(lines)


def test_a_message_that_is_not_json_fails_alone() -> None:
    seen: list[Mapping[str, Any]] = []
    answer = Entry("conecta.peg", seen.append)({"Records": [sqs_message(0, "{"), sqs_message(1)]}, None)
    assert (failures(answer), len(seen)) == (["m0"], 1)


def test_a_batch_of_poison_is_reported_message_by_message() -> None:
    def consume(_item: Mapping[str, Any]) -> None:
        raise UnknownMessageError

    assert failures(Entry("conecta.peg", consume)({"Records": [sqs_message(0), sqs_message(1)]}, None)) == ["m0", "m1"]


def test_a_stream_batch_is_published_and_what_the_bus_refused_is_reported(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus("peg/2")
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)

    def consume(_item: Mapping[str, Any]) -> None:
        raise AssertionError("a stream record is not a message")

    records = [outbox_record(n, f"peg/{n}") for n in range(4)]
    entry = Entry("conecta.peg", consume)
    assert failures(entry({"Records": records}, None)) == ["2"]
    assert failures(entry({"Records": records[:1]}, None)) == []
    assert {entry["EventBusName"] for call in bus.calls for entry in call} == {function_environment["BARRAMENTO"]}
