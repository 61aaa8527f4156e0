"""Steps of a demonstration: each says what must come out of it, is timed, and stops the whole when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any


class DemoError(AssertionError):
    """A step came out otherwise than it must."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table at the end."""

    passo: str
    resultado: str
    segundos: float


class Passos:
    """The steps over one running instance.

    Args:
        where: `.local/endpoint.json`.
        say: prints a line.
        today: local day.
    """

    def __init__(self, where: Mapping[str, Any], say: Callable[[str], None], today: date) -> None:
        self._where = where
        self._say = say
        self._today = today
        self.rows: list[Row] = []

    @contextmanager
    def _step(self, passo: str) -> Iterator[list[str]]:
        """Time a step; what it appends is its result."""
        started = time.perf_counter()
        result: list[str] = []
        yield result
        row = Row(passo, "; ".join(result), time.perf_counter() - started)
        self.rows.append(row)
        self._say(f"  ✓ {row.passo}: {row.resultado} ({row.segundos:.2f} s)")

    def _expect(self, seen: Any, expected: Any, what: str) -> None:
        if seen != expected:
            raise DemoError(f"{what}: esperado {expected!r}, veio {seen!r}")
