"""Area `frio`: CPU of a fresh process that imports a function and answers its first event; and how large packages are.

The yardstick is a fresh process that imports boto3 and makes a DynamoDB client, what no function that stores anything
can do without. A loopback stub answers AWS, so only the function's own CPU is counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from local.bench.frio_eventos import entries, firsts, objects, rows
from local.bench.measure import Measure, Sampler, against, alternate
from local.bench.stub import StubAws
from local.bench.units import KIBI
from local.gerador import Pedido, gerar
from local.packaging import CONTEXT_LIMIT, CONTEXTS, ROOT, deflated
from tests.builders_functions import CNPJ, VALE
from tests.conftest import ENVIRONMENT

AREA: Final = "frio"
YARDSTICK: Final = "boto3 + cliente DynamoDB"
LIMIT: Final = 1.7
"""What a first event may cost, in yardsticks."""

_BARE: Final = "pass"
_BOTO3: Final = "import boto3; boto3.client('dynamodb')"
_HANDLER: Final = (
    "import sys, json; event = json.load(open(sys.argv[1])); "
    "from {module} import handler; answer = handler(event, None); assert {check}, answer"
)


class FreshProcessError(RuntimeError):
    """The measured process failed: its case, and what it wrote."""


class TooDearError(RuntimeError):
    """A function's first event costs more than it may."""


def measures(rounds: int) -> Iterator[Measure]:
    """CPU of fresh processes, in ms, against the yardstick; every function that there is.

    Raises:
        FreshProcessError: a function did not answer its first event as it must.
        TooDearError: after all were measured, some cost more than `LIMIT`.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    lote = gerar(Pedido(hoje=now.date(), origem_cnpj=CNPJ, destino=VALE)).conteudo
    modules = entries()
    cases: dict[str, tuple[str, object]] = {"python vazio": (_BARE, {}), YARDSTICK: (_BOTO3, {})}
    for function, asked in firsts(now, lote).items():
        for first in asked:
            code = _HANDLER.format(module=modules[function], check=first.check)
            cases[f"{function}: {first.name}"] = code, first.event
    with StubAws() as stub, TemporaryDirectory() as folder:
        stub.seed(rows(now), objects(lote))
        environment = _environment(stub)
        samplers: dict[str, Sampler] = {}
        for name, (code, event) in cases.items():
            file = Path(folder) / f"{name.replace('/', '_')}.json"
            file.write_text(json.dumps(event), encoding="utf-8")
            samplers[name] = _fresh(code, file, environment, stub.reset)
        medians = alternate(samplers, rounds)
    found = against([Measure(area=AREA, case=name, value=value, unit="ms CPU") for name, value in medians.items()],
                    YARDSTICK)  # fmt: skip
    yield from found
    yield from packages()
    if dear := [f"{one.case} ({one.ratio:.2f})" for one in found if one.ratio is not None and one.ratio > LIMIT]:
        raise TooDearError(f"acima de {LIMIT}: {'; '.join(dear)}")


def packages() -> Iterator[Measure]:
    """KiB of each package as Lambda is sent it, against what it may have."""
    most = CONTEXT_LIMIT / KIBI
    for context in CONTEXTS:
        size = deflated(ROOT / "functions" / context) / KIBI
        limit = f"limite de {most:.0f} KiB"
        yield Measure(area=AREA, case=f"pacote {context}", value=size, unit="KiB", ratio=size / most, against=limit)


def _environment(stub: StubAws) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **ENVIRONMENT,
        "AWS_ENDPOINT_URL": stub.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": "medida",
    }


def _fresh(code: str, event: Path, environment: dict[str, str], before: Callable[[], None]) -> Sampler:
    """Sampler of milliseconds of CPU (user and system) of one new process."""

    def sample() -> float:
        before()
        process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", code, str(event)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None  # noqa: S101  # it is a pipe
        with process.stdout:
            said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise FreshProcessError(f"{event.stem}: {said.decode('utf-8', 'replace')}")
        return (usage.ru_utime + usage.ru_stime) * 1000

    sample()  # writes the .pyc files, as a deployed package ships them
    return sample
