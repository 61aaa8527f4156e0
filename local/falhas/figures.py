"""The figures of `docs/confiabilidade.md`, written by `python -m local.falhas --gravar`.

They are kept in `figuras.json`, of each day those of the last time it was lived: to live some leaves the others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from local.falhas.days import DAYS, QUIET_DAY, Lived

KEPT: Final = Path(__file__).with_name("figuras.json")
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "confiabilidade.md"
BEGIN: Final = "<!-- figures: written by `python -m local.falhas --gravar`; do not edit up to the end -->"
END: Final = "<!-- figures: end -->"
COLUMNS: Final = (
    "day", "lived at (UTC)", "faults", "sent again by callers", "events", "messages", "sent back from a DLQ",
    "lost or doubled",
)  # fmt: skip
_UNLIVED: Final = "not lived yet"


def of(lived: Lived, when: datetime) -> dict[str, Any]:
    """What is kept of a day: numbers only."""
    return {
        "quando": f"{when:%Y-%m-%d %H:%M}",
        "falhas": dict(sorted(lived.faults.items())),
        "insistencias": sum(lived.insisted.values()),
        "eventos": lived.events,
        "mensagens": lived.messages,
        "devolvidas": dict(sorted(lived.dead.items())),
        "execucoes": len(lived.tried),
        "errado": len(lived.wrong),
    }


def keep(days: Sequence[Lived], when: datetime, kept: Path = KEPT, document: Path = DOCUMENT) -> None:
    """Put these days' figures in the place of their last ones, in the file and in the document."""
    found = {**read(kept), **{lived.day.name: of(lived, when) for lived in days}}
    kept.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    document.write_text(written(document.read_text("utf-8"), found), "utf-8")


def read(kept: Path = KEPT) -> dict[str, Mapping[str, Any]]:
    """The figures of each day, by its name."""
    found: dict[str, Mapping[str, Any]] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    return found


def written(text: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    """The document with these figures between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = "\n".join(table(found))
    return f"{before}{BEGIN}\n{lines}\n{END}{after}"


def table(found: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A line for each day there is, lived or not, and a line for each kind of call that failed on any."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    failed = Counter[str]()
    for day in (QUIET_DAY, *DAYS):
        one = found.get(day.name)
        if one is None:
            yield f"| {day.name} | {_UNLIVED} |{'  |' * (len(COLUMNS) - 2)}"
            continue
        failed.update(one["falhas"])
        dead = ", ".join(f"{count} {name}" for name, count in one["devolvidas"].items()) or "0"
        again = f" ({one['execucoes']} executions)" if one["execucoes"] else ""
        yield (
            f"| {day.name}{again} | {one['quando']} | {sum(one['falhas'].values())} | {one['insistencias']} "
            f"| {one['eventos']} | {one['mensagens']} | {dead} | {one['errado']} |"
        )
    yield ""
    yield "What failed, over all days:"
    yield ""
    yield from (f"- {name}: {times}" for name, times in sorted(failed.items()))
