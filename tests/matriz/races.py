"""Several callers at the same instant, and what must be true of what came of it.

Each checker reads a history and answers what is wrong with it; each is shown to notice by a naive variant of the same
operation, which really reads, waits until the others have read, and writes.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from local.client import Answer

Made = TypeVar("Made")


def at_once(calls: Sequence[Callable[[], Made]]) -> list[Made]:
    """Start all calls at the same instant; their results in the order of the calls."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Made]) -> Made:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@dataclass(slots=True)
class Store:
    """Rows without any condition on their writes: what a naive variant is written over."""

    rows: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def naive(self, key: str, change: Callable[[Any], tuple[Any, Made]], readers: threading.Barrier) -> Made:
        """Read, wait until everybody has read, write."""
        seen = self.rows.get(key)
        readers.wait()
        self.rows[key], answer = change(seen)
        self.log.append(key)
        return answer


def one_decision(asked: Sequence[str], statuses: Sequence[int], situacao: str, *, enabled: bool) -> list[str]:
    """What is wrong with two decisions of one pedido: one must count, and be what stands.

    Args:
        asked: the state each decider wanted (`HABILITADO` or `RECUSADO`).
        statuses: what each was answered.
        situacao: of the pedido, afterwards.
        enabled: whether the asker may act for the prestador, afterwards.
    """
    won = [state for state, status in zip(asked, statuses, strict=True) if status == 200]
    wrong = [] if len(won) == 1 else [f"{len(won)} decisions counted: {statuses}"]
    if any(status not in {200, 409, 503} for status in statuses):
        wrong.append(f"answered {statuses}")
    if won and situacao not in won:
        wrong.append(f"{situacao} stands, but {won} was answered")
    if enabled != (situacao == "HABILITADO"):
        wrong.append(f"{situacao}, and the asker {'may' if enabled else 'may not'} act")
    return wrong


def one_gestor_left(statuses: Sequence[int], active: int) -> list[str]:
    """What is wrong with two gestores who take each other out at the same time: one must stay."""
    wrong = [] if active == 1 else [f"{active} active gestores are left"]
    done = sum(status in {200, 204} for status in statuses)
    if done != 1:
        wrong.append(f"{done} removals were answered: {statuses}")
    if any(status not in {200, 204, 403, 404, 409, 503} for status in statuses):
        wrong.append(f"answered {statuses}")
    return wrong


def one_effect(status: int, answers: Sequence[Answer], effects: int) -> list[str]:
    """What is wrong with the same request sent several times at once under one key: one effect, one answer.

    Args:
        status: of the effect.
        answers: to each; whoever was too early may be told 409, to try again.
        effects: how many are stored.
    """
    wrong = [] if effects == 1 else [f"{effects} effects"]
    seen = Counter(answer.status for answer in answers)
    if not seen[status] or seen.keys() - {status, 409, 503}:
        wrong.append(f"answered {dict(seen)}")
    bodies = {answer.content for answer in answers if answer.status == status}
    if len(bodies) > 1:
        wrong.append(f"{len(bodies)} different answers")
    return wrong


def one_start(status: int, statuses: Sequence[int], started: int) -> list[str]:
    """What is wrong with a load resumed by several at once: it starts once, and one is told so."""
    wrong = [] if started == 1 else [f"started {started} times"]
    told = sum(seen == status for seen in statuses)
    if told != 1:
        wrong.append(f"{told} were told it starts: {statuses}")
    if any(seen not in {status, 409, 503} for seen in statuses):
        wrong.append(f"answered {statuses}")
    return wrong


def within(limit: int, asked: int, statuses: Mapping[int, int], windows: int) -> list[str]:
    """What is wrong with so many questions at once: as many as the quota has are answered, and not one more.

    Args:
        statuses: how many were answered with each status.
        windows: of the quota, that they fell in.
    """
    answered = sum(count for status, count in statuses.items() if status != 429)
    wrong = []
    if answered > limit * windows:
        wrong.append(f"{answered} answered of at most {limit * windows}")
    if answered < min(limit, asked):
        wrong.append(f"only {answered} answered of {min(limit, asked)}")
    return wrong
