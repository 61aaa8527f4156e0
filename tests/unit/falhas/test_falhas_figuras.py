"""The figures of `docs/confiabilidade.md` are put where the last ones were, and nothing else is touched."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from local.falhas import figures
from local.falhas.days import DAYS, SERVICES, Day, Lived
from local.falhas.plan import How


def test_figures_take_the_place_of_the_last_ones(tmp_path: Path) -> None:
    document = tmp_path / "confiabilidade.md"
    document.write_text(f"# Antes\n{figures.BEGIN}\nvelhas\n{figures.END}\n# Depois\n", "utf-8")
    lived = Lived(Day("dynamodb: queda"), passed=True, seconds=1, insisted=Counter({503: 2}), events=5, messages=4)
    lived.faults["dynamodb PutItem: queda"] = 3
    lived.dead = {"peg-eventos-dlq": 1}
    for _ in range(2):
        figures.write([lived], date(2026, 11, 22), document)
    text = document.read_text("utf-8")
    assert text.startswith("# Antes\n")
    assert text.endswith(f"{figures.END}\n# Depois\n")
    assert "velhas" not in text
    assert text.count("| dynamodb: queda | 3 | 2 | 5 | 4 | 1 peg-eventos-dlq | 0 |") == 1
    assert "- dynamodb PutItem: queda: 3" in text


def test_the_document_has_a_place_for_them() -> None:
    text = figures.DOCUMENT.read_text("utf-8")
    assert text.index(figures.BEGIN) < text.index(figures.END)


def test_every_service_is_throttled_cut_and_late_on_some_day() -> None:
    services = {service for group in SERVICES for service in group}
    for how in (How.THROTTLED, How.CUT, How.LATE):
        assert {fault.service for day in DAYS for fault in day.faults if fault.how is how} == services
    assert any(day.killing for day in DAYS)
    assert any(day.again for day in DAYS)
