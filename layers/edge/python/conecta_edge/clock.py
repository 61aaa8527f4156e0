"""The clock every deadline reads: UTC instants, local days of America/Sao_Paulo.

Nothing else in the project asks the operating system what time it is, so that a dated scenario is a test with
a fixed clock and not a calendar entry. The embedded AWS and homologacao may have their clock moved, to watch a
senha expire; producao never has.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

FUSO = ZoneInfo("America/Sao_Paulo")
OFFSET_SETTING: Final = "DESLOCAMENTO_RELOGIO"
LARGEST_OFFSET: Final = timedelta(days=3660)
"""Ten years: far enough for any deadline, near enough that a slip of the keyboard is refused."""

_MOVABLE: Final = frozenset({"embarcado", "homologacao"})


class Clock(Protocol):
    """Answers the current instant, always aware and in UTC."""

    def now(self) -> datetime:
        """The current instant in UTC."""
        ...


def _offset_of_stage() -> timedelta:
    """What the function's environment moves its clock by; nothing outside the stages that may be moved."""
    text = os.environ.get(OFFSET_SETTING, "")
    return parse_offset(text) if text and os.environ.get("CONECTA_ESTAGIO") in _MOVABLE else timedelta()


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock, moved by what the environment says where a clock may be moved at all.

    Raises:
        ValueError: on making it, the offset is none (see :func:`parse_offset`): the deployment is wrong.
    """

    offset: timedelta = field(default_factory=_offset_of_stage)

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC) + self.offset


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


def day_start(dia: date) -> datetime:
    """The instant, in UTC, that a calendar day of America/Sao_Paulo begins at."""
    return datetime.combine(dia, time.min, FUSO).astimezone(UTC)


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


def parse_offset(text: str) -> timedelta:
    """How far a clock is moved, as an ISO 8601 duration of days and time: `P91D`, `-P1D`, `P30DT12H`, `PT15M`.

    Raises:
        ValueError: it is not one, or is beyond ten years.
    """
    found = re.fullmatch(
        r"(-?)P(?=[0-9T])(?:([0-9]{1,5})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,8})M)?"
        r"(?:([0-9]{1,9})S)?)?",
        text,
    )
    if found is None:
        raise ValueError(f"{text!r} is not an offset such as P91D, -P1D or P30DT12H")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    offset = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if offset > LARGEST_OFFSET:
        raise ValueError(f"{text!r} is beyond {LARGEST_OFFSET.days} days")
    return -offset if found[1] else offset


def write_offset(offset: timedelta) -> str:
    """The inverse of :func:`parse_offset`, to the second.

    Raises:
        ValueError: it is beyond ten years.
    """
    if abs(offset) > LARGEST_OFFSET:
        raise ValueError(f"{offset} is beyond {LARGEST_OFFSET.days} days")
    moved = abs(offset)
    return f"{'-' if offset < timedelta() else ''}P{moved.days}D" + (f"T{moved.seconds}S" if moved.seconds else "")
