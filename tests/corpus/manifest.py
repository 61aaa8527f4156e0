"""The manifest: every case, in a fixed order, and a way to put them on disk."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from tests.corpus import bombs, controls, encodings, entities, recursos, shapes, structure, values
from tests.corpus.base import Case, Environment, Expected

if TYPE_CHECKING:
    from pathlib import Path


def cases() -> list[Case]:
    """Every case; bytes are only made by ``Case.content``."""
    modules = (controls, entities, encodings, shapes, bombs, structure, values, recursos)
    return [case for module in modules for case in module.cases()]


def sample(of_a_kind: int) -> list[Case]:
    """Of cases that end alike (one category, one outcome, the same codes) every so-many-th.

    For doors that are slow to ask: the library behind them is asked all of them.
    """
    seen: Counter[tuple[str, Expected, frozenset[str]]] = Counter()
    found = []
    for case in cases():
        kind = (case.category, case.expected, case.codes)
        if seen[kind] % of_a_kind == 0:
            found.append(case)
        seen[kind] += 1
    return found


def write(folder: Path, environment: Environment | None = None) -> dict[str, Path]:
    """Write every case as ``<name>.xml`` beside a ``manifest.json``; returns the files by name."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    lines = []
    for case in cases():
        file = folder / f"{case.name}.xml"
        file.write_bytes(case.content(environment))
        files[case.name] = file
        lines.append(
            {
                "name": case.name,
                "category": case.category,
                "expected": case.expected,
                "codes": sorted(case.codes),
                "bytes": file.stat().st_size,
                "seconds": case.seconds,
                "mib": case.mib,
            }
        )
    manifest = json.dumps(lines, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(manifest + "\n", encoding="utf-8")
    return files
