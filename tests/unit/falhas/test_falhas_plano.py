"""Which calls fail: by chance and in a row, or the first times that a function is asked the same."""

from __future__ import annotations

from pathlib import Path

from local.falhas import plan
from local.falhas.plan import LONGEST, Fault, How, Plan

FILA = "conecta-embarcado-peg-fluxo"


def planned(folder: Path, *faults: Fault, seed: int = 0) -> Plan:
    plan.write(folder, faults, seed=seed)
    made = Plan(folder / plan.FILE)
    assert made.active
    return made


def test_nothing_fails_where_nothing_is_planned(tmp_path: Path) -> None:
    made = Plan(tmp_path / plan.FILE)
    assert not made.active
    assert made.of_call("dynamodb", "PutItem") is None
    assert made.of_invocation(FILA, {"acao": "varrer"}) is None


def test_a_plan_without_faults_only_has_a_journal_kept(tmp_path: Path) -> None:
    assert planned(tmp_path).of_call("dynamodb", "PutItem") is None


def test_calls_of_another_service_or_operation_do_not_fail(tmp_path: Path) -> None:
    made = planned(tmp_path, Fault(how=How.CUT, service="dynamodb", operation="PutItem", chance=1))
    assert made.of_call("dynamodb", "PutItem") is How.CUT
    assert made.of_call("dynamodb", "GetItem") is None
    assert made.of_call("s3", "PutItem") is None


def test_what_fails_by_chance_fails_a_few_times_in_a_row(tmp_path: Path) -> None:
    made = planned(tmp_path, Fault(how=How.THROTTLED, service="s3", chance=0.02), seed=7)
    text = "".join("x" if made.of_call("s3", "GET") else "." for _ in range(2000))
    rows = {len(row) for row in text.split(".") if row}
    assert 0 < text.count("x") < 400
    assert max(rows) > 2  # more than an SDK tries
    assert LONGEST in rows


def test_a_function_fails_the_first_times_it_is_asked_the_same(tmp_path: Path) -> None:
    made = planned(tmp_path, Fault(how=How.BEFORE, function="peg-fluxo", operation="receber", first=2))
    same, other = {"acao": "receber", "id": "1"}, {"acao": "receber", "id": "2"}
    asked = [same, same, same, other]
    assert [made.of_invocation(FILA, one) for one in asked] == [How.BEFORE, How.BEFORE, None, How.BEFORE]
    assert made.of_invocation(FILA, {"acao": "varrer"}) is None
    assert made.of_invocation("conecta-embarcado-cadastro-fluxo", same) is None


def test_requests_and_batches_are_not_what_a_workflow_asks(tmp_path: Path) -> None:
    made = planned(tmp_path, Fault(how=How.AFTER, first=1))
    assert made.of_invocation(FILA, {"httpMethod": "GET"}) is None
    assert made.of_invocation(FILA, [1]) is None
    assert made.of_invocation(FILA, {"tarefa": "conciliar-uploads"}) is How.AFTER


def test_a_plan_that_is_written_again_begins_anew(tmp_path: Path) -> None:
    made = planned(tmp_path, Fault(how=How.BEFORE, first=1))
    assert made.of_invocation(FILA, {"acao": "varrer"}) is How.BEFORE
    plan.write(tmp_path)
    assert made.active
    assert made.of_invocation(FILA, {"acao": "varrer"}) is None
    (tmp_path / plan.FILE).unlink()
    assert not made.active
