"""The figures of `docs/confiabilidade.md` are put where the last ones were, and nothing else is touched."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.falhas import figures
from local.falhas.days import DAYS, SERVICES, Day, Lived
from local.falhas.plan import How
from local.falhas.workflows import Tried

WHEN = datetime(2026, 11, 22, 19, 5, tzinfo=UTC)


def _lived() -> Lived:
    lived = Lived(Day("dynamodb: queda"), passed=True, seconds=1, insisted=Counter({503: 2}), events=5, messages=4)
    lived.faults["dynamodb PutItem: queda"] = 3
    lived.dead = {"peg-eventos-dlq": 1}
    return lived


def test_figures_take_the_place_of_the_last_ones(tmp_path: Path) -> None:
    document, kept = tmp_path / "confiabilidade.md", tmp_path / "figuras.json"
    document.write_text(f"# Antes\n{figures.BEGIN}\nvelhas\n{figures.END}\n# Depois\n", "utf-8")
    for _ in range(2):
        figures.keep([_lived()], WHEN, kept, document)
    text = document.read_text("utf-8")
    assert text.startswith("# Antes\n")
    assert text.endswith(f"{figures.END}\n# Depois\n")
    assert "velhas" not in text
    assert text.count("| dynamodb: queda | 2026-11-22 19:05 | 3 | 2 | 5 | 4 | 1 peg-eventos-dlq | 0 |") == 1
    assert "- dynamodb PutItem: queda: 3" in text


def test_days_that_were_not_lived_again_keep_their_figures_and_the_others_say_they_were_not_lived(
    tmp_path: Path,
) -> None:
    document, kept = tmp_path / "confiabilidade.md", tmp_path / "figuras.json"
    document.write_text(f"{figures.BEGIN}{figures.END}", "utf-8")
    figures.keep([_lived()], WHEN, kept, document)
    again = Lived(Day("fluxos recomeçados, cada tarefa em falha"), passed=True, seconds=1)
    again.tried = [Tried("peg", "validar", "antes", 1, "SUCCEEDED", "SUCCEEDED")]
    figures.keep([again], WHEN + timedelta(days=1), kept, document)
    text = document.read_text("utf-8")
    assert "| dynamodb: queda | 2026-11-22 19:05 | 3 |" in text
    assert "| fluxos recomeçados, cada tarefa em falha (1 executions) | 2026-11-23 19:05 | 0 |" in text
    assert "| processos mortos | not lived yet |  |  |  |  |  |  |" in text


def test_the_document_says_what_is_kept() -> None:
    text = figures.DOCUMENT.read_text("utf-8")
    assert text == figures.written(text, figures.read())


def test_every_service_is_throttled_cut_and_late_on_some_day() -> None:
    services = {service for group in SERVICES for service in group}
    for how in (How.THROTTLED, How.CUT, How.LATE):
        assert {fault.service for day in DAYS for fault in day.faults if fault.how is how} == services
    assert any(day.killing for day in DAYS)
    assert any(day.again for day in DAYS)
