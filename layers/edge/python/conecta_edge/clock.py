"""The clock every deadline reads: UTC instants, local days of America/Sao_Paulo.

Nothing else in the project asks the operating system what time it is, so that a dated scenario is a test with
a fixed clock and not a calendar entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

FUSO = ZoneInfo("America/Sao_Paulo")


class Clock(Protocol):
    """Answers the current instant, always aware and in UTC."""

    def now(self) -> datetime:
        """The current instant in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still, for tests and replays."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was made with."""
        return self.instant


def local_day(instant: datetime) -> date:
    """The calendar day of an aware instant in America/Sao_Paulo (01:30Z on the 22nd is still the 21st)."""
    return instant.astimezone(FUSO).date()


def iso(instant: datetime) -> str:
    """An aware instant as `2026-11-21T21:46:01.123456Z`: fixed width, so that text order is time order."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_iso(text: str) -> datetime:
    """The inverse of :func:`iso`; also takes what AWS writes (`2026-11-21T21:46:01Z`).

    Raises:
        ValueError: the text is not an instant with a zone.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("instant without a zone")
    return instant.astimezone(UTC)
