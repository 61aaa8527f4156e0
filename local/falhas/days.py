"""Days of the demo, each under faults of its own, and what is asked of all of them."""

from __future__ import annotations

import json
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from conecta_edge.clock import local_day
from local import demo, relogio, vazamentos
from local.falhas import journal, judge, plan, portrait, workflows
from local.falhas.client import insisting
from local.falhas.journal import Kind
from local.falhas.killer import Killer
from local.falhas.office import Gestao
from local.falhas.plan import Fault, How
from local.falhas.portrait import STAGE, Portrait
from local.falhas.workflows import Tried
from local.passos import DemoError
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws

SEEN_AGAIN: Final = 5
"""Seconds until what a consumer could not process is seen again: minutes on AWS."""
KILL_EVERY: Final = 2.0
ROUND_EVERY: Final = 10.0
PATIENCE: Final = 240.0
NEXT_DAY: Final = timedelta(days=1)
"""What schedules begin then has begun on every day, whether or not one came by while the clock was moved."""
_OF_A_SCHEDULE: Final = (
    "Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target",
)  # fmt: skip
QUIET: Final = 3
"""Looks in a row that find nothing going on, before a day is over."""
SERVICES: Final[tuple[Mapping[str, float], ...]] = (
    {"dynamodb": 0.02},
    {"s3": 0.05},
    {"events": 0.2},
    {"cognito-idp": 0.4, "lambda": 0.3, "secretsmanager": 0.5, "ses": 0.5, "states": 0.4},
)
"""What functions call, and how often it fails: the rarer the calls, the more of them, and together on one day."""
ROUNDS: Final = (
    ("documentos-fluxo", {"tarefa": "conciliar-uploads", "todos": True}),
    ("peg-fluxo", {"acao": "varrer", "tudo": True}),
    ("alertas-fluxo", {"acao": "retomar-entregas"}),
)
"""What schedules do that is waited for here."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and what fails on it.

    Attributes:
        killing: function processes are killed now and then.
        again: when it is over, its workflows are started again, and each task of each fails in every way.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    killing: bool = False
    again: bool = False


def _failing(services: Mapping[str, float], how: How, part: int = 1) -> tuple[Fault, ...]:
    return tuple(Fault(how=how, service=service, chance=chance / part) for service, chance in services.items())


QUIET_DAY: Final = Day("sem falhas")
DAYS: Final = (
    Day("cada tarefa de fluxo, a 1ª vez", (Fault(how=How.BEFORE, first=1),)),
    Day("cada tarefa de fluxo, as 2 primeiras, depois de feita", (Fault(how=How.AFTER, first=2),)),
    *(
        Day(f"{', '.join(group)}: {how}", _failing(group, how))
        for group in SERVICES
        for how in (How.THROTTLED, How.CUT)
    ),
    Day("todos: demora", tuple(fault for group in SERVICES for fault in _failing(group, How.LATE, part=20))),
    Day("processos mortos", killing=True),
    Day("fluxos recomeçados, cada tarefa em falha", again=True),
)


@dataclass(slots=True)
class Lived:
    """What a day was like.

    Attributes:
        passed: the demo came out as it must.
        faults: how many, by what failed.
        insisted: how often callers sent something again, by status.
        tried: executions of workflows that were started again.
        dead: messages that a person found in a dead letter queue, by queue; all were sent back.
        wrong: everything that is not as it must be.
    """

    day: Day
    passed: bool
    seconds: float
    portrait: Portrait = field(default_factory=Portrait)
    faults: Counter[str] = field(default_factory=Counter)
    insisted: Counter[int] = field(default_factory=Counter)
    events: int = 0
    messages: int = 0
    tried: list[Tried] = field(default_factory=list)
    dead: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def _beside(every: float, what: Callable[[], object]) -> Iterator[None]:
    """Something that is done again and again meanwhile, whether or not it can be done."""
    over = threading.Event()

    def again() -> None:
        while not over.wait(every):
            with suppress(BotoCoreError, ClientError):
                what()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def live(directory: Path, port: int, day: Day, seed: int, say: Callable[[str], None]) -> Lived:
    """A day on an embedded AWS of its own, from the first load to its end; and then what a person does after it.

    Args:
        directory: keeps nothing of what was there before.
    """
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    # Until the first loads are there only tasks of workflows fail: of a queue nothing is seen again for minutes.
    plan.write(directory, [fault for fault in day.faults if not fault.service], seed=seed)
    aws = EmbeddedAws(directory, port=port, keep=False)
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        say(line)

    killer = Killer(directory, random.Random(seed), KILL_EVERY)  # noqa: S311  # to be the same again
    began = time.monotonic()
    try:
        with insisting() as insistence:
            where = bring_up(aws, Progress(lambda _line: None))
            queues = judge.Queues(aws)
            queues.hurry(SEEN_AGAIN)
            _hold_schedules(aws)
            if any(fault.service for fault in day.faults):
                plan.write(directory, day.faults, seed=seed)
            if day.killing:
                killer.start()
            with _beside(ROUND_EVERY, lambda: sweep(aws)) if day.faults or day.killing else nullcontext():
                passed = demo.run(where, tell) and _carried_out(Gestao(where, tell, local_day(datetime.now(UTC))), tell)
        killer.over.set()
        lived = Lived(day, passed, time.monotonic() - began, insisted=insistence.statuses)
        if not passed:
            lived.wrong.append(f"a demonstração não passou: {told[-1].strip()}")
        _end(aws, where, queues, lived)
    finally:
        killer.over.set()
        aws.stop()
    lived.faults.update({"processo morto": killer.killed} if killer.killed else {})
    failed = [(one["alvo"], one) for one in journal.read(directory, Kind.FAULT)]
    lived.faults.update(f"{name.removeprefix(STAGE)} {one['operacao']}: {one['como']}" for name, one in failed)
    # A day on which nothing failed says nothing.
    missed = {fault.service for fault in day.faults if fault.how is not How.LATE} - {"", *(name for name, _ in failed)}
    lived.wrong += [f"não falhou: {service}" for service in sorted(missed)]
    lived.events = sum(1 for _ in journal.read(directory, Kind.EVENT))
    lived.messages = sum(1 for _ in journal.read(directory, Kind.MESSAGE))
    return lived


def _hold_schedules(aws: EmbeddedAws) -> None:
    """No sweep comes by itself: what it did would depend on where the moved clock stood at that minute."""
    scheduler: Any = aws.client("scheduler")
    for one in scheduler.list_schedules(MaxResults=100)["Schedules"]:
        found = scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])
        kept = {name: found[name] for name in _OF_A_SCHEDULE if name in found}
        scheduler.update_schedule(**kept, State="DISABLED")


def _carried_out(steps: Gestao, tell: Callable[[str], None]) -> bool:
    try:
        steps.run()
    except (DemoError, OSError, RuntimeError) as error:
        tell(f"  ✗ {error}")
        return False
    return True


def _end(aws: EmbeddedAws, where: Mapping[str, Any], queues: judge.Queues, lived: Lived) -> None:
    """Nothing fails any more; what is in dead letter queues is sent back, and what is left is looked at."""
    plan.write(aws.directory)
    settle(aws, queues, lived)
    if lived.day.again:
        lived.tried = list(workflows.each(aws))
        lived.wrong += [f"terminou de outro modo: {one}" for one in lived.tried if one.wrong]
        settle(aws, queues, lived)
    lived.dead = queues.kept()
    queues.resend()
    settle(aws, queues, lived)
    with relogio.moved(where, NEXT_DAY):
        sweep(aws)
        settle(aws, queues, lived)
    lived.portrait = look(aws, where)
    lived.wrong += judge.messages(aws, lambda: outbox(aws))
    found = vazamentos.leaks(vazamentos.of_day(aws), vazamentos.everybody(aws, where))
    lived.wrong += sorted({f"vaza {leak.kind} em {leak.place}" for leak in found})
    lived.wrong += [f"ficou em {name}: {count}" for name, count in queues.kept().items()]


def sweep(aws: EmbeddedAws) -> None:
    """What schedules do now and then."""
    for function, event in ROUNDS:
        aws.client("lambda").invoke(FunctionName=STAGE + function, Payload=json.dumps(event).encode())


def settle(aws: EmbeddedAws, queues: judge.Queues, lived: Lived) -> None:
    """Until nothing is going on any more; what still is after so long is wrong."""
    deadline, quiet = time.monotonic() + PATIENCE, 0
    while quiet < QUIET:
        if time.monotonic() > deadline:
            lived.wrong.append(f"ainda há o que fazer: {queues.waiting()} mensagens, {running(aws)} execuções")
            return
        if lived.day != QUIET_DAY:  # nothing waits for a schedule when nothing failed
            sweep(aws)
        time.sleep(1)
        told = {one["id"] for one in journal.read(aws.directory, Kind.EVENT)}
        busy = queues.waiting() or running(aws) or any(one not in told for one in outbox(aws))
        quiet = 0 if busy else quiet + 1


def running(aws: EmbeddedAws) -> int:
    """Executions that have not ended."""
    states: Any = aws.client("stepfunctions")
    return sum(
        len(states.list_executions(stateMachineArn=one["stateMachineArn"], statusFilter="RUNNING")["executions"])
        for one in states.list_state_machines()["stateMachines"]
    )


def outbox(aws: EmbeddedAws) -> Iterator[str]:
    """Ids of the events in the tables."""
    dynamodb: Any = aws.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=table, FilterExpression="begins_with(sk, :eventos)",
            ExpressionAttributeValues={":eventos": {"S": "EVENTO#"}}, ConsistentRead=True,
        )  # fmt: skip
        for page in pages:
            yield from (json.loads(item["evento"]["S"])["id"] for item in page["Items"])


def look(aws: EmbeddedAws, where: Mapping[str, Any]) -> Portrait:
    """What is left."""
    pools = {name: where["cognito"][name]["pool"] for name in ("prestadores", "operadora")}
    found = portrait.take(aws, where["buckets"], pools)
    found.counts["email "] = sum(1 for _ in journal.read(aws.directory, Kind.MAIL))
    return found
