"""Area `caos`: ten thousand PEGs in process, in an order that seeds decide, with deaths at every call of a port.

`--runtime` lives through them on an embedded AWS of its own, over HTTP and S3, with processes killed and the whole
runtime stopped and started. Whatever the checker says is told on standard error; anything at all is a failure.
`CONECTA_PEGS` says how many, `CONECTA_SEMENTE` with which seed the first scene begins.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

from local.bench.measure import Measure
from tests import caos_peg

AREA: Final = "caos"
PEGS: Final = int(os.environ.get("CONECTA_PEGS", "10000"))
SEMENTE: Final = int(os.environ.get("CONECTA_SEMENTE", "0"))


class ViolationError(RuntimeError):
    """The checker found something."""


def measures(_rounds: int) -> Iterator[Measure]:
    """What happened, how often; at which calls who died; how many invariants were broken.

    Raises:
        ViolationError: the checker found something.
    """
    fatos, semente = caos_peg.known_facts(), SEMENTE
    pegs, happened, deaths, wrong = 0, Counter[str](), Counter[str](), Counter[str]()
    began = time.process_time()
    while pegs < PEGS:
        scene = caos_peg.vive(semente, fatos=fatos, atores=4 + semente % 5)
        pegs, semente = pegs + scene.pegs, semente + 1
        happened, deaths = happened + scene.feitos, deaths + scene.mortes
        for text in scene.erros:
            print(f"scripts/bench: {AREA}: semente {scene.semente}: {text}", file=sys.stderr)
            wrong["em processo"] += 1
    yield Measure(area=AREA, case="CPU por PEG", value=(time.process_time() - began) * 1000 / pegs, unit="ms")
    yield Measure(area=AREA, case="sementes, desde", value=SEMENTE, unit="")
    yield Measure(area=AREA, case="sementes, até", value=semente - 1, unit="")
    yield from told("PEGs em processo", pegs, happened)
    for place, times in sorted(deaths.items()):
        yield Measure(area=AREA, case=f"morte {place}", value=times, unit="x")
    yield from verdict("em processo", wrong)


def told(case: str, pegs: int, happened: Counter[str]) -> Iterator[Measure]:
    """How often each thing happened."""
    yield Measure(area=AREA, case=case, value=pegs, unit="x")
    for name, times in sorted(happened.items()):
        yield Measure(area=AREA, case=name, value=times, unit="x")


def verdict(case: str, wrong: Counter[str]) -> Iterator[Measure]:
    """How many invariants were broken.

    Raises:
        ViolationError: any.
    """
    yield Measure(area=AREA, case=f"violações {case}", value=wrong[case], unit="x")
    if wrong[case]:
        raise ViolationError(f"{wrong[case]} violações")
