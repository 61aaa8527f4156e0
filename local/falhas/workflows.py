"""Each task of each workflow failed once and twice, before and after its work, and for good; and started again."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from local.falhas import journal, plan
from local.falhas.journal import Kind
from local.falhas.plan import Fault, How
from local.falhas.portrait import STAGE
from local.runtime import EmbeddedAws

RECORD: Final = "registrar-falha"
PATIENCE: Final = 120.0
_DONE, _FAILED = "SUCCEEDED", "FAILED"
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


@dataclass(frozen=True, slots=True)
class Machine:
    """A workflow, what it asks its function for, and what it was given when it last went through."""

    arn: str
    name: str
    tasks: tuple[str, ...]
    given: str


def machines(states: Any) -> Iterator[Machine]:
    """All of them; `given` is empty where none has gone through yet."""
    for one in states.list_state_machines()["stateMachines"]:
        arn = one["stateMachineArn"]
        asked = tasks(json.loads(states.describe_state_machine(stateMachineArn=arn)["definition"]))
        done = states.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"]
        given = states.describe_execution(executionArn=done[0]["executionArn"])["input"] if done else ""
        yield Machine(arn, one["name"].removeprefix(STAGE), tuple(task for task in asked if task != RECORD), given)


@dataclass(frozen=True, slots=True)
class Round:
    """Executions that are started together: which task fails of each of these workflows, how, how often.

    Attributes:
        beside: what fails as well.
    """

    tasks: Mapping[Machine, str]
    how: How | None = None
    times: int = 0
    expected: str = _DONE
    beside: tuple[Fault, ...] = ()

    def faults(self) -> tuple[Fault, ...]:
        """What is to be planned for it."""
        if self.how is None:
            return self.beside
        of_tasks = (Fault(how=self.how, operation=task, first=self.times) for task in set(self.tasks.values()))
        return *of_tasks, *self.beside


def rounds(known: Sequence[Machine]) -> Iterator[Round]:
    """Every task of every workflow in every way; and all of them once more, with nothing that fails."""
    for place in range(max((len(one.tasks) for one in known), default=0)):
        here = {one: one.tasks[place] for one in known if place < len(one.tasks)}
        yield from (Round(here, how, times) for how, times in _TRANSIENT)
        for_good = Round(here, How.FOR_GOOD, 1, _FAILED)
        yield for_good
        if not place:  # what records a failure is the same, whichever task failed
            record = dict.fromkeys(here, RECORD)
            yield from (Round(record, how, times, _FAILED, for_good.faults()) for how, times in _TRANSIENT)
    yield Round(dict.fromkeys(known, ""))


def each(aws: EmbeddedAws) -> Iterator[Tried]:
    """All rounds of all workflows, each with what it was given when it went through.

    What an execution did already it finds done: what is left afterwards must be what was left before.
    """
    states: Any = aws.client("stepfunctions")
    found = list(machines(states))
    yield from (Tried(one.name, "", "", 0, "nunca", _DONE) for one in found if not one.given)
    for one in rounds([_once_more(aws, states, machine) for machine in found if machine.given]):
        plan.write(aws.directory, one.faults())
        with ThreadPoolExecutor(len(one.tasks)) as pool:
            ended = list(pool.map(partial(_run, states), one.tasks))
        for (machine, task), end in zip(one.tasks.items(), ended, strict=True):
            yield Tried(machine.name, task, one.how or "sem falhas", one.times, end, one.expected)


def _once_more(aws: EmbeddedAws, states: Any, machine: Machine) -> Machine:
    """The same workflow with those of its tasks that it comes to when all is done: of a load without parts, no part."""
    before = sum(1 for _ in journal.read(aws.directory, Kind.TASK))
    _run(states, machine)
    lines = list(journal.read(aws.directory, Kind.TASK))[before:]
    return replace(machine, tasks=come_to(machine.tasks, [str(one["texto"]) for one in lines]))


def come_to(tasks: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Those of these tasks that functions were called with: each text is an event and its answer."""
    called = {json.loads(text)[0].get("acao") for text in texts}
    return tuple(task for task in tasks if task in called)


def _run(states: Any, machine: Machine) -> str:
    started = states.start_execution(stateMachineArn=machine.arn, name=f"falhas-{uuid.uuid4()}", input=machine.given)
    run = started["executionArn"]
    deadline = time.monotonic() + PATIENCE
    while (state := str(states.describe_execution(executionArn=run)["status"])) == "RUNNING":
        if time.monotonic() > deadline:
            return state
        time.sleep(0.1)
    return state
