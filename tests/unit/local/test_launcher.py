"""The launcher's own logic: what it corrects in results, and what it saves of streams."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ministack.core.responses import AccountRegionScopedDict

from local import launcher
from local.launcher import SeamMovedError, check_seams, execute


class Host:
    """Answers every invocation with the same result."""

    def __init__(self, **result: Any) -> None:
        self._result = {"log": "", **result}

    def invoke(self, *_: Any) -> dict[str, Any]:
        return dict(self._result)


def run(host: Host, event: Any) -> dict[str, Any]:
    return execute(host, {}, event, "1")


FAILURE = {"errorType": "SegredoError", "errorMessage": "senha 123"}
REST_EVENT = {"httpMethod": "GET", "requestContext": {}}
STREAM_EVENT = {"Records": [{"eventSource": "aws:dynamodb"}, {"eventSource": "aws:dynamodb"}]}
QUEUE_EVENT = {"Records": [{"eventSource": "aws:sqs"}]}


def test_the_gateway_never_sees_the_error_of_a_function() -> None:
    result = run(Host(body=FAILURE, error=True), REST_EVENT)
    assert result["error"]
    assert result["body"]["statusCode"] == 502
    assert "senha" not in str(result["body"])


def test_other_callers_see_the_error_type_they_retry_by() -> None:
    assert run(Host(body=FAILURE, error=True), {"acao": "receber"})["body"] == FAILURE


def test_an_event_too_large_for_lambda_is_a_413_at_the_gateway() -> None:
    failure = {"errorType": "RequestTooLargeException", "errorMessage": ""}
    assert run(Host(body=failure, error=True), REST_EVENT)["body"]["statusCode"] == 413


def test_a_partial_failure_of_stream_records_fails_the_batch_so_that_it_is_retried() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "9"}]}
    result = run(Host(body=answer), STREAM_EVENT)
    assert result["error"]
    assert "1 of 2" in result["body"]["errorMessage"]


def test_a_batch_of_stream_records_without_failures_is_done() -> None:
    assert "error" not in run(Host(body={"batchItemFailures": []}), STREAM_EVENT)


def test_a_partial_failure_of_a_queue_is_left_to_the_queue() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": "9"}]}
    assert run(Host(body=answer), QUEUE_EVENT) == {"log": "", "body": answer}


@pytest.mark.parametrize("event", [[1], "texto", None, {"Records": []}, {"Records": "x"}])
def test_an_event_of_any_other_shape_passes_through(event: Any) -> None:
    assert run(Host(body="resposta"), event)["body"] == "resposta"


def test_the_installed_ministack_has_every_name_where_it_is_expected() -> None:
    check_seams()


def test_a_name_that_moved_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(launcher._SEAMS, "ministack.services.dynamodb.get_state", ["outro"])
    with pytest.raises(SeamMovedError, match=r"dynamodb\.get_state.*1\.5\.33.*scripts/setup"):
        check_seams()


class Stub:
    """The two modules' stores, empty."""

    def __init__(self) -> None:
        self._tables = AccountRegionScopedDict()
        self._stream_records = AccountRegionScopedDict()
        self._stream_trimmed = AccountRegionScopedDict()
        self._esms = AccountRegionScopedDict()
        self._dynamodb_stream_positions = AccountRegionScopedDict()

    def table(self, name: str, records: int, *, trimmed: int = 0) -> None:
        self._tables.set_scoped("0", "sa-east-1", name, {"LatestStreamArn": f"arn:{name}"})
        self._stream_records.set_scoped("0", "sa-east-1", name, [{"n": trimmed + n} for n in range(records)])
        self._stream_trimmed.set_scoped("0", "sa-east-1", name, trimmed)

    def mapping(self, name: str, table: str, position: int | None) -> None:
        self._esms.set_scoped("0", "sa-east-1", name, {"EventSourceArn": f"arn:{table}"})
        if position is not None:
            self._dynamodb_stream_positions.set_scoped("0", "sa-east-1", name, position)

    def pending(self) -> dict[str, list[int]]:
        found = launcher._pending_stream_records(self, self)
        return {table: [record["n"] for record in records] for _, _, table, records in found}


def test_records_not_yet_taken_are_saved_counted_from_what_was_trimmed() -> None:
    stub = Stub()
    stub.table("peg", 4, trimmed=10)
    stub.mapping("a", "peg", 12)
    assert stub.pending() == {"peg": [12, 13]}


def test_the_slowest_of_two_consumers_decides_what_is_saved() -> None:
    stub = Stub()
    stub.table("peg", 4)
    stub.mapping("a", "peg", 4)
    stub.mapping("b", "peg", 1)
    assert stub.pending() == {"peg": [1, 2, 3]}


def test_a_consumer_that_has_not_started_needs_every_record() -> None:
    stub = Stub()
    stub.table("peg", 2)
    stub.mapping("a", "peg", None)
    assert stub.pending() == {"peg": [0, 1]}


def test_a_stream_that_nobody_reads_is_not_saved() -> None:
    stub = Stub()
    stub.table("peg", 2)
    assert stub.pending() == {}


def test_a_state_that_changes_while_it_is_copied_is_copied_again() -> None:
    tries = iter([RuntimeError("dictionary changed size during iteration"), {"a": 1}])

    def get_state() -> Any:
        outcome = next(tries)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert launcher._steady(get_state) == {"a": 1}


def test_one_service_that_cannot_be_saved_does_not_cost_the_others_their_state(monkeypatch: pytest.MonkeyPatch) -> None:
    saved: dict[str, Any] = {}

    def broken() -> Any:
        raise KeyError("mudou")

    services = {"quebrado": broken, "vazio": lambda: None, "inteiro": lambda: {"a": 1}}
    module = SimpleNamespace(_build_persistence_save_dict=lambda: services, save_state=saved.__setitem__)
    monkeypatch.setattr(launcher, "_module", lambda _: module)
    assert not launcher.save_everything()
    assert saved == {"inteiro": {"a": 1}}
