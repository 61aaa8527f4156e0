"""Every request that must be refused, and one of each that must be served, with what was stored before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from local.client import Answer
from local.seed import OPERADORAS
from tests.matriz import refusals
from tests.matriz.calls import Sent, can_be_wrong
from tests.matriz.model import Caller, Door, Kind, Refusal, Row, Target, Values, refusal, who_is_refused
from tests.matriz.snapshot import Camera, Snapshot, difference
from tests.matriz.tokens import decoded
from tests.matriz.world import World, as_json

_TARGETS: Final = (Target.OWN, Target.FOREIGN, Target.ABSENT)
ENOUGH: Final = 2
"""Of callers who are alike to a row, how many try it: which ones differs from row to row."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request, the refusal it must meet and what came back."""

    row: Row
    caller: Caller
    target: Target
    well_formed: bool
    expected: Refusal
    sent: Sent
    answer: Answer

    def __str__(self) -> str:
        wrong = "" if self.well_formed else ", wrong besides"
        return f"{self.sent.method} {self.sent.path[:120]} by {self.caller.name}, {self.target.name}{wrong}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """All of them, by the name of their row, and what was stored before the first and after the last."""

    attempts: Mapping[str, Sequence[Attempt]]
    before: Snapshot
    after: Snapshot

    def wrong(self, name: str, secrets: frozenset[str]) -> list[str]:
        """Every refusal of a row that is not what it must be."""
        return [
            f"{attempt}: {'; '.join(found)}"
            for attempt in self.attempts[name]
            if (found := refusals.wrong_with(attempt.answer, attempt.expected, secrets))
        ]

    def told_apart(self, name: str) -> list[str]:
        """Every 404 of a row by which callers of a kind could tell a foreign, an absent and a malformed id.

        Which operadora was asked is published, and so is where what it authorised before is to be found (R07).
        """
        alike: dict[tuple[Kind, Refusal, str], list[Attempt]] = defaultdict(list)
        for attempt in self.attempts[name]:
            if attempt.expected.status == 404 and attempt.target is not Target.OWN:
                alike[attempt.caller.kind, attempt.expected, _operadora(attempt)].append(attempt)
        return [
            f"{attempt}: {difference}"
            for first, *others in alike.values()
            for attempt in others
            if (difference := refusals.tell_apart(first.answer, attempt.answer))
        ]


def _operadora(attempt: Attempt) -> str:
    """The published operadora that an address names, if any."""
    return next((registro for registro in OPERADORAS if f"/{registro}/" in attempt.sent.path), "")


@dataclass(frozen=True, slots=True)
class Served:
    """A valid call, and what came back; `mine` are texts of which one is in the key of whatever it may write."""

    row: Row
    caller: Caller
    mine: frozenset[str]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Service:
    """Valid calls by the name of their row, what was written meanwhile, how many accesses were recorded, by route."""

    served: Mapping[str, Sequence[Served]]
    written: Sequence[str]
    audited: Mapping[str, int]


def serve(world: World, rows: Sequence[Row], camera: Camera) -> Service:
    """Send a valid call of every row by all kinds of those who may; by one of each papel if it changes something."""
    world.tidy()
    wanted = [(row, caller) for turn, row in enumerate(rows) for caller in _callers(world, row, turn)]
    given = [(row, caller, values) for (row, caller), values in zip(wanted, world.all_fresh(wanted), strict=True)]
    requests = [world.wire.of(row, caller, values) for row, caller, values in given]
    before, audited = camera.take(), camera.audited()
    answers = world.wire.send_all(requests)
    after = camera.take()
    found: dict[str, list[Served]] = {row.name: [] for row in rows}
    for (row, caller, values), answer in zip(given, answers, strict=True):
        sub = str(decoded(caller.token or "")["sub"])
        mine = frozenset({caller.registro, sub, *values.values(), *texts_in(as_json(answer))} - {""})
        found[row.name].append(Served(row, caller, mine, answer))
    return Service(found, difference(before.kept, after.kept), camera.audited() - audited)


def _callers(world: World, row: Row, turn: int) -> list[Caller]:
    callers = [caller for caller in world.callers if _allowed(row, caller) and world.may_use(row, caller)]
    if not row.writes:
        return list(_trying(row, callers, turn))
    one_of = {_of_one_papel(row, caller): caller for caller in reversed(callers)}
    return [caller for caller in callers if caller in one_of.values()]


def _of_one_papel(row: Row, caller: Caller) -> tuple[Any, ...]:
    """What callers have in common of whom one is enough; a senha or a PEG is of one operadora, whichever is asked."""
    if row.alone:
        return (caller.prestador,)
    if row.thing in {"autorizacao", "peg", "digitado", "nota"}:
        return caller.kind, caller.papeis.get(caller.prestador or "")
    grupos = sorted(caller.grupos.get(caller.registro, frozenset()) & row.grupos)[:1]
    return caller.kind, *caller.papeis.values(), caller.registro, *grupos


def texts_in(value: Any) -> set[str]:
    """Every text in a JSON value."""
    if isinstance(value, dict):
        return {text for inner in value.values() for text in texts_in(inner)}
    if isinstance(value, list):
        return {text for inner in value for text in texts_in(inner)}
    return {value} if isinstance(value, str) else set()


def run(world: World, rows: Sequence[Row], camera: Camera) -> Matrix:
    """Send every request of the rows that must be refused."""
    tries = [attempt for turn, row in enumerate(rows) for attempt in _of_row(world, row, turn)]
    before = camera.take()
    answers = world.wire.send_all([attempt[-1] for attempt in tries])
    after = camera.take()
    found: dict[str, list[Attempt]] = {row.name: [] for row in rows}
    for (row, caller, target, well_formed, expected, sent), answer in zip(tries, answers, strict=True):
        found[row.name].append(Attempt(row, caller, target, well_formed, expected, sent, answer))
    return Matrix(found, before, after)


def _of_row(world: World, row: Row, turn: int) -> Iterator[tuple[Row, Caller, Target, bool, Refusal, Sent]]:
    spelt: list[Kind] = []
    wrong: set[tuple[Any, ...]] = set()
    absent: set[tuple[Any, ...]] = set()
    crossed: set[tuple[Kind, str]] = set()
    for caller in _trying(row, (*world.callers, *world.machines_without(row)), turn):
        named = list(_named(world, row, caller))
        if (caller.kind, caller.registro) not in crossed and _allowed(row, caller):
            crossed.add((caller.kind, caller.registro))
            named += [(Target.FOREIGN, values) for values in world.mixed(row, caller)]
        if caller.kind not in spelt and _allowed(row, caller):
            # How an id is spelt is the same to all who may: one of each kind tries its share of the spellings.
            shares = 2 if row.door is Door.PRESTADOR and row.escopos else 1
            found = list(world.malformed(row, caller))[len(spelt) :: shares]
            spelt.append(caller.kind)
            named += [(Target.MALFORMED, values) for values in found]
        # What is wrong besides is the same to all who may as much, or are refused for the same; so is what is nobody's.
        refused = refusal(row, caller, Target.OWN if row.thing else Target.NONE)
        may = (caller.kind, caller.escopos, *sorted(caller.papeis.values()), *caller.grupos.values())
        alike = may if refused is None else (caller.kind, refused)
        also = alike not in wrong
        wrong.add(alike)
        if who_is_refused(row, caller) is None and len(named) > 1:
            if alike in absent:
                named = [(target, values) for target, values in named if target is not Target.ABSENT]
            absent.add(alike)
        for place, (target, values) in enumerate(named):
            for well_formed in _ways(row, caller, target, first=place == 0, last=place == len(named) - 1, also=also):
                expected = refusal(row, caller, target, well_formed=well_formed)
                if expected is not None:
                    sent = world.wire.of(row, caller, values, wrong=not well_formed)
                    yield row, caller, target, well_formed, expected, sent


def _trying(row: Row, callers: Iterable[Caller], turn: int) -> Iterator[Caller]:
    """Who is to try a row: of callers who are alike to it some, each at its turn.

    Of those who may not call at all, which nothing of a row has a say in, one is enough.
    """
    alike: dict[tuple[Any, ...], list[Caller]] = defaultdict(list)
    for caller in callers:
        alike[_rights(row, caller)].append(caller)
    for some in alike.values():
        at = turn % len(some)
        yield from (*some[at:], *some[:at])[: 1 if who_is_refused(row, some[0]) else ENOUGH]


def _rights(row: Row, caller: Caller) -> tuple[Any, ...]:
    """What a row asks of its callers; of whoever may not call at all, only why, and what a machine may do instead."""
    refused = who_is_refused(row, caller)
    held = (frozenset(caller.papeis.values()), frozenset(caller.grupos.items())) if refused is None else ()
    return caller.kind, caller.escopos, refused, refusal(row, caller, Target.OWN if row.thing else Target.NONE), *held


def _ways(row: Row, caller: Caller, target: Target, *, first: bool, last: bool, also: bool) -> tuple[bool, ...]:
    """Whether a call is tried well formed, wrong besides, or both: thousands of calls, and none that tells nothing new.

    Whoever may not call at all is told so whatever is asked: the first thing well formed and the last one wrong say it.
    """
    both = (True, False) if can_be_wrong(row) else (True,)
    if who_is_refused(row, caller) is not None:
        last = last and also and (caller.kind is not Kind.NOBODY or caller.token is None)
        return tuple(way for way, wanted in zip(both, (first, last), strict=False) if wanted)
    # That a thing is missing comes before what is wrong besides: one that is somebody's shows it.
    return both if also and target in {Target.NONE, Target.OWN, Target.FOREIGN} else (True,)


def _allowed(row: Row, caller: Caller) -> bool:
    return refusal(row, caller, Target.OWN if row.thing else Target.NONE) is None


def _named(world: World, row: Row, caller: Caller) -> Iterator[tuple[Target, Values]]:
    if row.thing is None:
        yield Target.NONE, world.values(caller)
        return
    given = (world.own(row, caller), world.foreign(row, caller), world.absent(row, caller))
    named = [(target, values) for target, values in zip(_TARGETS, given, strict=True) if values is not None]
    # Whoever is nobody is told so whatever is asked.
    yield from named[:1] if caller.kind is Kind.NOBODY else named
