"""What fails, and when: a file in the instance's directory, read again whenever it changes."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

FILE: Final = "falhas.json"
LONGEST: Final = 5
"""Calls of a kind that fail one after the other: more than an SDK tries, so that its caller sees some."""


class How(StrEnum):
    """How something fails."""

    THROTTLED = "sobrecarga"
    """Refused in the service's own words: nothing was done."""
    CUT = "queda"
    """Done, and the answer lost: the connection ends in the middle of it."""
    LATE = "demora"
    """Done, and answered after whoever asked has given up."""
    BEFORE = "antes"
    """A function's process ends before it did anything."""
    AFTER = "depois"
    """A function's process ends after it did everything, and nobody hears."""
    FOR_GOOD = "definitiva"
    """A function fails with an error that nobody tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that fails.

    Attributes:
        service: name an AWS call is signed for (`dynamodb`, `states`); empty of a function.
        operation: of the service, or the `acao` or `tarefa` a function is called with; empty is any.
        function: last part of its name; empty is any that a workflow or a schedule calls.
        chance: of each call; once drawn, the next ones like it fail too, up to `LONGEST`.
        first: instead of a chance, the first so many times that a function is called with the same event.
    """

    how: How
    service: str = ""
    operation: str = ""
    function: str = ""
    chance: float = 0.0
    first: int = 0

    def matches(self, service: str, operation: str, function: str = "") -> bool:
        """Whether it is about such a call."""
        return (
            self.service == service
            and self.operation in {"", operation}
            and (self.function == "" or function.endswith(f"-{self.function}"))
        )


class Plan:
    """Decides of each call whether it fails.

    Args:
        file: where the faults are; none, and nothing fails.
    """

    def __init__(self, file: Path) -> None:
        self._file, self._lock = file, threading.Lock()
        self._read: tuple[int, int] | None = None
        self._faults: tuple[Fault, ...] = ()
        self._rng = random.Random()  # noqa: S311  # to be the same again, not to be secret
        self._more: Counter[tuple[str, str]] = Counter()
        self._seen: Counter[tuple[Fault, str]] = Counter()

    @property
    def active(self) -> bool:
        """Whether there is a plan, if only to keep a journal by."""
        self._look()
        return self._read is not None

    def of_call(self, service: str, operation: str) -> How | None:
        """How a call to a service fails, if it does."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(service, operation):
                    continue
                place = service, operation
                if self._more[place]:
                    self._more[place] -= 1
                    return fault.how
                if self._rng.random() < fault.chance:
                    self._more[place] = self._rng.randrange(LONGEST)
                    return fault.how
        return None

    def of_invocation(self, function: str, event: Any) -> How | None:
        """How a function fails, called with this by a workflow or a schedule, if it does."""
        if not isinstance(event, Mapping) or not (operation := event.get("acao") or event.get("tarefa")):
            return None
        text = hashlib.sha256(json.dumps(event, sort_keys=True, default=str).encode()).hexdigest()
        with self._lock:
            for fault in self._faults:
                if fault.matches("", str(operation), function) and self._seen[fault, text] < fault.first:
                    self._seen[fault, text] += 1
                    return fault.how
        return None

    def _look(self) -> None:
        try:
            found_at = self._file.stat()
            written = found_at.st_mtime_ns, found_at.st_ino
        except FileNotFoundError:
            written = None
        with self._lock:
            if written == self._read:
                return
            found = json.loads(self._file.read_text()) if written else {}
            self._rng.seed(found.get("semente", 0))
            self._faults = tuple(Fault(**{**one, "how": How(one["how"])}) for one in found.get("faltas", ()))
            self._more.clear()
            self._seen.clear()
            self._read = written


def write(directory: Path, faults: Iterable[Fault] = (), *, seed: int = 0) -> None:
    """Have these fail from the next call on; none, and only the journal is kept."""
    fresh = directory / f".{FILE}"
    fresh.write_text(json.dumps({"semente": seed, "faltas": [asdict(fault) for fault in faults]}))
    fresh.replace(directory / FILE)
