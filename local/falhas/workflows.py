"""Each task of each workflow failed once and twice, before and after its work, and for good; and started again."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.falhas import plan
from local.falhas.plan import Fault, How
from local.falhas.portrait import STAGE
from local.runtime import EmbeddedAws

RECORD: Final = "registrar-falha"
PATIENCE: Final = 120.0
_ACAO: Final = re.compile(r'"acao":"([a-z-]+)"')
_TRANSIENT: Final = ((How.BEFORE, 1), (How.BEFORE, 2), (How.AFTER, 1), (How.AFTER, 2))


@dataclass(frozen=True, slots=True)
class Tried:
    """One execution: which task of which workflow failed, how, how often, and how the execution ended."""

    machine: str
    task: str
    how: str
    times: int
    ended: str
    expected: str

    @property
    def wrong(self) -> bool:
        """Whether it ended otherwise than it must."""
        return self.ended != self.expected


def tasks(definition: Mapping[str, Any]) -> Iterator[str]:
    """What a state machine asks of its function, by `acao`, the tasks of its maps too."""
    for state in definition["States"].values():
        if state["Type"] == "Task":
            yield from _ACAO.findall(json.dumps(state["Parameters"], separators=(",", ":")).replace("\\", ""))
        elif state["Type"] == "Map":
            yield from tasks(state["ItemProcessor"])


def each(aws: EmbeddedAws) -> Iterator[Tried]:
    """Every task of every workflow that went through once on this instance, with what it was given then.

    What an execution did already it finds done: what is left afterwards must be what was left before.
    """
    states: Any = aws.client("stepfunctions")
    for one in states.list_state_machines()["stateMachines"]:
        arn, name = one["stateMachineArn"], one["name"].removeprefix(STAGE)
        done = states.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"]
        if not done:
            yield Tried(name, "", "", 0, "nunca", "SUCCEEDED")
            continue
        given = states.describe_execution(executionArn=done[0]["executionArn"])["input"]
        asked = [*tasks(json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"]))]
        for task in asked:
            if task == RECORD:
                continue
            for how, times in _TRANSIENT:
                plan.write(aws.directory, [Fault(how=how, operation=task, first=times)])
                yield Tried(name, task, how, times, _run(states, arn, given), "SUCCEEDED")
            for how, times in ((How.FOR_GOOD, 0), *_TRANSIENT):
                of_record = [Fault(how=how, operation=RECORD, first=times)] if times else []
                plan.write(aws.directory, [Fault(how=How.FOR_GOOD, operation=task, first=1), *of_record])
                told = (RECORD, how, times) if times else (task, How.FOR_GOOD, 1)
                yield Tried(name, *told, _run(states, arn, given), "FAILED")
                if task != asked[0]:
                    break  # what records a failure is the same, whichever task failed
        plan.write(aws.directory)
        yield Tried(name, "", "de novo, sem falhas", 0, _run(states, arn, given), "SUCCEEDED")


def _run(states: Any, arn: str, given: str) -> str:
    run = states.start_execution(stateMachineArn=arn, name=f"falhas-{uuid.uuid4()}", input=given)["executionArn"]
    deadline = time.monotonic() + PATIENCE
    while (state := str(states.describe_execution(executionArn=run)["status"])) == "RUNNING":
        if time.monotonic() > deadline:
            return state
        time.sleep(0.1)
    return state
