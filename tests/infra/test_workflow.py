from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions

from infra.components.workflow import (
    TRANSIENT_ERRORS,
    bulk_definition,
    closing_definition,
    expiry_definition,
    load_definition,
    reception_definition,
)

STATES: dict[str, Any] = reception_definition("arn:peg-fluxo")["States"]
LOAD: dict[str, Any] = load_definition("arn:cadastro-fluxo")["States"]
PART: dict[str, Any] = LOAD["CarregarPartes"]["ItemProcessor"]["States"]["CarregarParte"]
SWEEPS: dict[str, dict[str, Any]] = {
    "expiracao-autorizacoes": expiry_definition("arn:autorizacao-fluxo")["States"],
    "fechamento-entregas": closing_definition("arn:pagamento-fluxo")["States"],
}
PIECES: dict[str, dict[str, Any]] = {
    name: states["VarrerPartes"]["ItemProcessor"]["States"] for name, states in SWEEPS.items()
}
BULK: dict[str, Any] = bulk_definition("arn:pagamento-fluxo")["States"]
TASKS: dict[str, dict[str, Any]] = {
    **{name: STATES[name] for name in ("ReceberLote", "RegistrarFalha")},
    **{f"carga.{name}": LOAD[name] for name in ("Planejar", "Concluir", "RegistrarFalha")},
    "carga.CarregarParte": PART,
    **{f"{sweep}.{name}": states[name] for sweep, states in SWEEPS.items() for name in ("Planejar", "RegistrarFalha")},
    **{f"{sweep}.Varrer": states["Varrer"] for sweep, states in PIECES.items()},
    **{f"demonstrativos.{name}": BULK[name] for name in ("Montar", "RegistrarFalha")},
}
CATCH = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.erro", "Next": "RegistrarFalha"}
RECORD = {"acao": "registrar-falha", "entrada.$": "$$.Execution.Input", "erro.$": "$.erro"}
sweeps = pytest.mark.parametrize("sweep", SWEEPS)


def test_the_whole_event_is_received_with_what_to_do() -> None:
    payload = STATES["ReceberLote"]["Parameters"]
    assert payload["FunctionName"] == "arn:peg-fluxo"
    assert payload["Payload.$"] == """States.JsonMerge($, States.StringToJson('{"acao":"receber"}'), false)"""
    assert STATES["ReceberLote"]["Next"] == "Recebido"
    assert STATES["Recebido"]["Type"] == "Succeed"


def test_what_cannot_be_received_is_recorded_before_it_fails() -> None:
    assert STATES["ReceberLote"]["Catch"] == [CATCH]
    assert STATES["RegistrarFalha"]["Parameters"]["Payload"] == RECORD
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


def test_a_connection_that_is_lost_in_whatever_way_is_tried_again() -> None:
    """By the names that a failed function gives: Step Functions knows no classes above them."""
    lost = (exceptions.ConnectionError, exceptions.HTTPClientError, exceptions.IncompleteReadError)
    kinds = [one for one in vars(exceptions).values() if isinstance(one, type) and issubclass(one, lost)]
    assert len(kinds) > len(lost)
    assert {kind.__name__ for kind in kinds} - set(TRANSIENT_ERRORS) == {"ConnectionError"}  # raised by no one itself


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
    for definition in (expiry_definition, closing_definition, bulk_definition):
        assert definition("arn")["TimeoutSeconds"] == 3600
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
        assert LOAD[name]["Catch"] == [CATCH]
    # From the execution's own input: what failed may have left anything in the state.
    assert LOAD["RegistrarFalha"]["Parameters"]["Payload"] == {
        "acao": "registrar-falha",
        "registro_ans.$": "$$.Execution.Input.registro_ans",
        "id.$": "$$.Execution.Input.id",
        "erro.$": "$.erro",
    }
    assert (LOAD["RegistrarFalha"]["Next"], LOAD["Falhou"]["Type"]) == ("Falhou", "Fail")


def test_which_day_is_swept_is_nobodys_choice_but_what_is_counted_again_may_be_asked() -> None:
    plans = {name: states["Planejar"]["Parameters"]["Payload"] for name, states in SWEEPS.items()}
    assert plans == {
        "expiracao-autorizacoes": {"acao": "planejar-varredura"},
        "fechamento-entregas": {"acao": "planejar-fechamento", "pedido.$": "$"},
    }
    for pieces in PIECES.values():
        assert pieces["Varrer"]["Parameters"]["Payload"] == {
            "acao": "varrer", "parte.$": "$.parte", "posicao.$": "$.posicao",
        }  # fmt: skip


@sweeps
def test_each_part_is_swept_from_its_start_until_no_more_is_due(sweep: str) -> None:
    parts, pieces = SWEEPS[sweep]["VarrerPartes"], PIECES[sweep]
    assert (SWEEPS[sweep]["Planejar"]["Next"], parts["Next"], SWEEPS[sweep]["Concluida"]["Type"]) == (
        "VarrerPartes", "Concluida", "Succeed",
    )  # fmt: skip
    assert (parts["ItemsPath"], parts["MaxConcurrency"]) == ("$.partes", 4)
    assert parts["ItemSelector"] == {"parte.$": "$$.Map.Item.Value", "posicao": None}
    _assert_repeated_while_there_is_more(pieces, "Varrer", "Varrida")


def _assert_repeated_while_there_is_more(states: dict[str, Any], piece: str, end: str) -> None:
    assert states[piece]["Next"] == "HaMais"
    (more,) = states["HaMais"]["Choices"]
    assert more == {"Variable": "$.mais", "BooleanEquals": True, "Next": piece}
    assert (states["HaMais"]["Default"], states[end]["Type"]) == (end, "Succeed")


@sweeps
def test_what_a_sweep_did_is_not_carried_on(sweep: str) -> None:
    assert SWEEPS[sweep]["VarrerPartes"]["ResultPath"] is PIECES[sweep]["Varrida"]["OutputPath"] is None


@sweeps
def test_a_sweep_that_fails_anywhere_is_recorded_before_it_fails(sweep: str) -> None:
    states = SWEEPS[sweep]
    assert states["Planejar"]["Catch"] == states["VarrerPartes"]["Catch"] == [CATCH]
    assert states["RegistrarFalha"]["Parameters"]["Payload"] == RECORD
    assert (states["RegistrarFalha"]["Next"], states["Falhou"]["Type"]) == ("Falhou", "Fail")


def test_demonstrativos_are_made_piece_by_piece_and_a_failure_is_recorded() -> None:
    assert bulk_definition("arn")["StartAt"] == "Montar"
    assert BULK["Montar"]["Parameters"]["Payload"] == {
        "acao": "montar-lote", "prestador_id.$": "$.prestador_id", "id.$": "$.id",
    }  # fmt: skip
    assert BULK["Montar"]["Catch"] == [CATCH]
    assert BULK["RegistrarFalha"]["Parameters"]["Payload"] == RECORD
    _assert_repeated_while_there_is_more(BULK, "Montar", "Montado")
