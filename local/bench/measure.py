"""Measures, the alternated rounds they come from, and the two ways they are shown."""

from __future__ import annotations

import gc
import json
import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TextIO

ROUNDS = 11
"""Fewest alternated rounds a median is taken from."""

SAMPLE_SECONDS = 0.1
"""CPU a sample should take: shorter calls are repeated up to it, so that none is measured with colder caches."""

VIDAS, GUIAS = 2_000, 10_000
"""Loaded, and billed before, unless another size is asked for."""

Sampler = Callable[[], float]
"""Runs a case once and answers what it cost, in the unit of the measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much an area measures that can be asked for another size.

    Attributes:
        rodadas: alternated rounds.
        vidas: lives loaded.
        guias: guias that PEGs billed before.
        rapido: as little as shows that it works.
    """

    rodadas: int = ROUNDS
    vidas: int = VIDAS
    guias: int = GUIAS
    rapido: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the result.

    Attributes:
        area: which benchmark.
        case: what was measured.
        value: the median (or the count), in ``unit``.
        ratio: ``value`` divided by that of the case named in ``against``; None when compared with nothing.
    """

    area: str
    case: str
    value: float
    unit: str
    ratio: float | None = None
    against: str | None = None


def cpu_of(function: Callable[[], object]) -> Sampler:
    """Sampler of milliseconds of this process's CPU per call; short calls are repeated within a sample.

    The first call is a warm-up and calibrates the repetitions.
    """
    function()
    started = time.process_time_ns()
    function()
    once = max(time.process_time_ns() - started, 1) / 1e9
    repeats = max(1, math.ceil(SAMPLE_SECONDS / once))

    def sample() -> float:
        gc.collect()
        began = time.process_time_ns()
        for _ in range(repeats):
            function()
        return (time.process_time_ns() - began) / 1e6 / repeats

    return sample


def alternate(samplers: Mapping[str, Sampler], rounds: int = ROUNDS) -> dict[str, float]:
    """Median of each sampler over rounds in which all take a turn, each time from another starting point."""
    names = list(samplers)
    samples: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(max(rounds, 1)):
        start = turn % len(names)
        for name in (*names[start:], *names[:start]):
            samples[name].append(samplers[name]())
    return {name: statistics.median(values) for name, values in samples.items()}


def against(measures: Iterable[Measure], case: str) -> list[Measure]:
    """The measures with their ratio to one of them."""
    found = list(measures)
    base = next(measure.value for measure in found if measure.case == case)
    return [
        measure if measure.case == case else replace(measure, ratio=measure.value / base, against=case)
        for measure in found
    ]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value with at least that percentage of the values at or below it."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def write_json(measures: Iterable[Measure], out: TextIO) -> None:
    """One JSON object per line: ``area``, ``case``, ``value``, ``unit``, ``ratio``, ``against``."""
    for measure in measures:
        line = asdict(measure)
        line["value"] = round(measure.value, 4)
        line["ratio"] = None if measure.ratio is None else round(measure.ratio, 3)
        out.write(json.dumps(line, ensure_ascii=False) + "\n")


def write_table(measures: Sequence[Measure], out: TextIO) -> None:
    """The same for a person, one table per area."""
    for area in dict.fromkeys(measure.area for measure in measures):
        rows = [measure for measure in measures if measure.area == area]
        width = max(len(measure.case) for measure in rows)
        out.write(f"\n{area}\n")
        for measure in rows:
            ratio = "" if measure.ratio is None else f"{measure.ratio:8.2f}x  {measure.against}"
            out.write(f"  {measure.case:<{width}}  {measure.value:>12.3f} {measure.unit:<8}{ratio}\n")
