from __future__ import annotations

from typing import Any

from infra.components.workflow import TRANSIENT_ERRORS, reception_definition

STATES: dict[str, Any] = reception_definition("arn:peg-fluxo")["States"]


def test_the_whole_event_is_received_with_what_to_do() -> None:
    payload = STATES["ReceberLote"]["Parameters"]
    assert payload["FunctionName"] == "arn:peg-fluxo"
    assert payload["Payload.$"] == """States.JsonMerge($, States.StringToJson('{"acao":"receber"}'), false)"""
    assert STATES["ReceberLote"]["Next"] == "Recebido"
    assert STATES["Recebido"]["Type"] == "Succeed"


def test_what_cannot_be_received_is_recorded_before_it_fails() -> None:
    (catch,) = STATES["ReceberLote"]["Catch"]
    assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.erro", "Next": "RegistrarFalha"}
    assert STATES["RegistrarFalha"]["Parameters"]["Payload"] == {
        "acao": "registrar-falha",
        "entrada.$": "$$.Execution.Input",
        "erro.$": "$.erro",
    }
    assert STATES["RegistrarFalha"]["Next"] == "Falhou"
    assert [catch["Next"] for catch in STATES["RegistrarFalha"]["Catch"]] == ["Falhou"]
    assert STATES["Falhou"]["Type"] == "Fail"


def test_only_what_goes_away_by_itself_is_tried_again_ever_later_and_not_together() -> None:
    for name in ("ReceberLote", "RegistrarFalha"):
        throttled, transient = STATES[name]["Retry"]
        assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
        assert set(transient["ErrorEquals"]) == set(TRANSIENT_ERRORS)
        assert "States.ALL" not in transient["ErrorEquals"]
        for retry in (throttled, transient):
            assert retry["BackoffRate"] > 1
            assert retry["JitterStrategy"] == "FULL"
        assert 3 <= transient["MaxAttempts"] <= 10
    assert {"TransientConflictError", "Runtime.ExitError", "States.Timeout"} <= set(TRANSIENT_ERRORS)


def test_a_burst_waits_in_line_longer_than_it_takes_to_run_and_less_than_the_execution_may() -> None:
    (throttled, _) = STATES["ReceberLote"]["Retry"]
    delays = [
        min(throttled["MaxDelaySeconds"], throttled["IntervalSeconds"] * throttled["BackoffRate"] ** attempt)
        for attempt in range(throttled["MaxAttempts"])
    ]
    assert 900 < sum(delays) < reception_definition("arn")["TimeoutSeconds"]


def test_no_execution_is_left_running_for_ever() -> None:
    assert reception_definition("arn")["TimeoutSeconds"] == 3600
    assert all("TimeoutSeconds" in state for state in STATES.values() if state["Type"] == "Task")
