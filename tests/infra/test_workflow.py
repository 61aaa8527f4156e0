from __future__ import annotations

from typing import Any

import pytest

from infra.components.workflow import TRANSIENT_ERRORS, load_definition, reception_definition, sweep_definition

STATES: dict[str, Any] = reception_definition("arn:peg-fluxo")["States"]
LOAD: dict[str, Any] = load_definition("arn:cadastro-fluxo")["States"]
PART: dict[str, Any] = LOAD["CarregarPartes"]["ItemProcessor"]["States"]["CarregarParte"]
SWEEP: dict[str, Any] = sweep_definition("arn:autorizacao-fluxo")["States"]
PIECE: dict[str, Any] = SWEEP["VarrerPartes"]["ItemProcessor"]["States"]
TASKS: dict[str, dict[str, Any]] = {
    **{name: STATES[name] for name in ("ReceberLote", "RegistrarFalha")},
    **{f"carga.{name}": LOAD[name] for name in ("Planejar", "Concluir", "RegistrarFalha")},
    "carga.CarregarParte": PART,
    **{f"varredura.{name}": SWEEP[name] for name in ("Planejar", "RegistrarFalha")},
    "varredura.Varrer": PIECE["Varrer"],
}


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


@pytest.mark.parametrize("name", TASKS)
def test_only_what_goes_away_by_itself_is_tried_again_ever_later_and_not_together(name: str) -> None:
    throttled, transient = TASKS[name]["Retry"]
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
    assert load_definition("arn")["TimeoutSeconds"] == 12 * 3600
    # The next sweep starts within the hour, and finds what this one left.
    assert sweep_definition("arn")["TimeoutSeconds"] == 3600
    assert all("TimeoutSeconds" in task for task in TASKS.values())


def test_a_load_is_planned_loaded_part_by_part_and_closed() -> None:
    assert load_definition("arn")["StartAt"] == "Planejar"
    assert [LOAD[name]["Next"] for name in ("Planejar", "CarregarPartes", "Concluir")] == [
        "CarregarPartes", "Concluir", "Carregada",
    ]  # fmt: skip
    for name, acao in (("Planejar", "planejar"), ("Concluir", "concluir")):
        assert LOAD[name]["Parameters"]["Payload"] == {
            "acao": acao, "registro_ans.$": "$.registro_ans", "id.$": "$.id",
        }  # fmt: skip
    assert LOAD["Carregada"]["Type"] == "Succeed"


def test_a_part_is_told_whose_load_it_is_of_and_its_answer_is_dropped() -> None:
    parts = LOAD["CarregarPartes"]
    assert (parts["ItemsPath"], parts["MaxConcurrency"]) == ("$.partes", 4)
    assert parts["ItemSelector"]["parte.$"] == "$$.Map.Item.Value"
    assert PART["Parameters"]["Payload"] == {
        "acao": "carregar-parte", "registro_ans.$": "$.registro_ans", "id.$": "$.id", "parte.$": "$.parte",
    }  # fmt: skip
    assert parts["ResultPath"] is PART["ResultPath"] is PART["OutputPath"] is None


def test_a_load_that_fails_anywhere_is_recorded_before_it_fails() -> None:
    for name in ("Planejar", "CarregarPartes", "Concluir"):
        (catch,) = LOAD[name]["Catch"]
        assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.erro", "Next": "RegistrarFalha"}
    # From the execution's own input: what failed may have left anything in the state.
    assert LOAD["RegistrarFalha"]["Parameters"]["Payload"] == {
        "acao": "registrar-falha",
        "registro_ans.$": "$$.Execution.Input.registro_ans",
        "id.$": "$$.Execution.Input.id",
        "erro.$": "$.erro",
    }
    assert (LOAD["RegistrarFalha"]["Next"], LOAD["Falhou"]["Type"]) == ("Falhou", "Fail")


def test_which_day_is_swept_is_nobodys_choice() -> None:
    assert SWEEP["Planejar"]["Parameters"]["Payload"] == {"acao": "planejar-varredura"}
    assert PIECE["Varrer"]["Parameters"]["Payload"] == {
        "acao": "varrer", "parte.$": "$.parte", "posicao.$": "$.posicao",
    }  # fmt: skip


def test_each_shard_is_swept_from_its_start_until_no_more_is_due() -> None:
    parts = SWEEP["VarrerPartes"]
    assert (SWEEP["Planejar"]["Next"], parts["Next"], SWEEP["Concluida"]["Type"]) == (
        "VarrerPartes", "Concluida", "Succeed",
    )  # fmt: skip
    assert (parts["ItemsPath"], parts["MaxConcurrency"]) == ("$.partes", 4)
    assert parts["ItemSelector"] == {"parte.$": "$$.Map.Item.Value", "posicao": None}
    assert PIECE["Varrer"]["Next"] == "HaMais"
    (more,) = PIECE["HaMais"]["Choices"]
    assert more == {"Variable": "$.mais", "BooleanEquals": True, "Next": "Varrer"}
    assert PIECE["HaMais"]["Default"] == "Varrida"
    assert PIECE["Varrida"]["Type"] == "Succeed"


def test_what_a_sweep_did_is_not_carried_on() -> None:
    assert SWEEP["VarrerPartes"]["ResultPath"] is PIECE["Varrida"]["OutputPath"] is None


def test_a_sweep_that_fails_anywhere_is_recorded_before_it_fails() -> None:
    for name in ("Planejar", "VarrerPartes"):
        (catch,) = SWEEP[name]["Catch"]
        assert catch == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.erro", "Next": "RegistrarFalha"}
    assert SWEEP["RegistrarFalha"]["Parameters"]["Payload"] == {"acao": "registrar-falha", "erro.$": "$.erro"}
    assert (SWEEP["RegistrarFalha"]["Next"], SWEEP["Falhou"]["Type"]) == ("Falhou", "Fail")
