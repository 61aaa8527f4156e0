"""The figures of `docs/confiabilidade.md`: written between two marks by `python -m local.falhas --gravar`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from local.falhas.days import Lived

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "confiabilidade.md"
BEGIN: Final = "<!-- figures: written by `python -m local.falhas --gravar`; do not edit up to the end -->"
END: Final = "<!-- figures: end -->"


def table(days: Sequence[Lived]) -> Iterator[str]:
    """A line for each day, a line for each kind of call that failed."""
    columns = "day", "faults", "sent again by callers", "events", "messages", "sent back from a DLQ", "lost or doubled"
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for lived in days:
        dead = ", ".join(f"{count} {name}" for name, count in sorted(lived.dead.items())) or "0"
        again = f" and {len(lived.tried)} executions" if lived.tried else ""
        yield (
            f"| {lived.day.name}{again} | {sum(lived.faults.values())} | {sum(lived.insisted.values())} "
            f"| {lived.events} | {lived.messages} | {dead} | {len(lived.wrong)} |"
        )
    failed = Counter[str]()
    for lived in days:
        failed.update(lived.faults)
    yield ""
    yield "What failed, over all days:"
    yield ""
    yield from (f"- {name}: {times}" for name, times in sorted(failed.items()))


def write(days: Sequence[Lived], today: date, document: Path = DOCUMENT) -> None:
    """Put these figures in the place of the last ones."""
    before, _, rest = document.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = "\n".join(table(days))
    document.write_text(f"{before}{BEGIN}\nOf {today.isoformat()}.\n\n{lines}\n{END}{after}", "utf-8")
