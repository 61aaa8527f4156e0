"""Area `caos`: ten thousand PEGs in process, in an order that seeds decide, with deaths at every call of a port.

`--runtime` lives through them on an embedded AWS of its own, over HTTP and S3, with processes killed and the whole
runtime stopped and started. Whatever the checker says is told on standard error; anything at all is a failure.
`CONECTA_PEGS` says how many, `CONECTA_SEMENTE` with which seed the first scene begins.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from local.bench import funcoes
from local.bench.measure import Measure
from local.client import ApiError
from local.falhas.killer import Killer
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws
from tests.caos_peg import vive
from tests.casa_peg import known_facts
from tests.corridas_peg import Corrida, FailedError
from tests.matriz.races import at_once

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
    fatos, semente = known_facts(), SEMENTE
    pegs, happened, deaths, wrong = 0, Counter[str](), Counter[str](), Counter[str]()
    began = time.process_time()
    while pegs < PEGS:
        scene = vive(semente, fatos=fatos, atores=4 + semente % 5, recursos=semente % 2 == 1)
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


# --- on the embedded runtime ---

JUNTOS: Final = 6
POR_SENHA: Final = 4
"""PEGs for each senha of two exams."""
KILL_EVERY: Final = 4.0
"""Seconds; a process that is started anew takes some to be of use, and one has to get something done between two."""


def measures_on_runtime(_rounds: int) -> Iterator[Measure]:
    """The same over HTTP and S3, where processes are killed and the runtime is stopped and started half way.

    Raises:
        ViolationError: the checker found something.
    """
    rng, vivos = random.Random(SEMENTE), list[str]()  # noqa: S311  # to be the same again
    with funcoes.instance() as (aws, where):
        corrida = Corrida(aws, where)
        for _ in range(max(PEGS // POR_SENHA, 4)):
            corrida.senha()
        killed, begun = 0, 0
        for half in (1, 2):
            killer = Killer(aws.directory, rng, KILL_EVERY)
            killer.start()
            while len(vivos) < PEGS * half // 2:
                acts = [partial(_tried, corrida.qualquer(rng, vivos)) for _ in range(JUNTOS)]
                if rng.random() < 1 / 10:
                    acts.append(partial(_tried, partial(_file, corrida, rng)))
                if rng.random() < 1 / 20:
                    acts.append(partial(_tried, corrida.varre))
                at_once(acts)
                begun += len(acts)
            killer.over.set()
            killer.join()
            killed += killer.killed
            if half == 1:
                _restart(aws, corrida)
        corrida.segue(entregar=True)
        corrida.varre()
        found = corrida.retrato()
        wrong = Counter({"no runtime": 0})
        for text in corrida.julga():
            print(f"scripts/bench: {AREA}: {text}", file=sys.stderr)
            wrong["no runtime"] += 1
        happened = Counter({f"{act}: {status}": times for (act, status), times in corrida.respostas.items()})
        happened |= Counter(f"PEG {peg.situacao}" for peg in found.pegs)
    yield Measure(area=AREA, case="semente", value=SEMENTE, unit="")
    yield Measure(area=AREA, case="processos mortos", value=killed, unit="x")
    yield Measure(area=AREA, case="atos", value=begun, unit="x")
    yield from told("PEGs no runtime", len(found.pegs), happened)
    yield from verdict("no runtime", wrong)


def _tried(act: Callable[[], object]) -> None:
    """An act whose process or connection may die: who asked does not insist, unless it is a lote."""
    try:
        act()
    except (ApiError, FailedError, BotoCoreError, ClientError, OSError):
        return


def _file(corrida: Corrida, rng: random.Random) -> None:
    raw = corrida.lote((rng.choice(corrida.senhas), 1))
    corrida.arquiva(raw, f"caos-{rng.random()}")


def _restart(aws: EmbeddedAws, corrida: Corrida) -> None:
    aws.stop()
    corrida.where = bring_up(aws, Progress(lambda _line: None), {"limite_elegibilidade": funcoes.NO_QUOTA})
    corrida.sign_in()


# --- both ---


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
