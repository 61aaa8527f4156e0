"""Every operation of the OpenAPI tried on a running instance (`scripts/run`): `python -m local.contrato [DIR]`.

A valid call of each row of the matrix, then requests that schemathesis makes up: no 5xx, and nothing that is not
documented: status, media type, headers, shape.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from local.runtime import EmbeddedAws, running_instance
from tests.matriz.calls import routes
from tests.matriz.contrato import Prova
from tests.matriz.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Try an instance; tell every answer that is not as documented, and how often each status came."""
    parser = argparse.ArgumentParser(prog="python -m local.contrato", description=__doc__)
    parser.add_argument("instance", nargs="?", type=Path, default=Path(".local"), help="o padrão é .local")
    parser.add_argument("--exemplos", type=int, default=20, help="de cada operação e modo; o padrão é 20")
    asked = parser.parse_args(arguments)
    aws = EmbeddedAws(asked.instance)
    aws._instance = running_instance(asked.instance)  # noqa: SLF001  # it stays whoever's it is
    world = World(aws, json.loads((asked.instance / "endpoint.json").read_text("utf-8")))
    seen, wrong, served = Counter[int](), 0, set[str]()
    try:
        prova = Prova(world)
        for answers in (prova.valid(), prova.made_up(asked.exemplos, whole=True)):
            for one in answers:
                seen[one.answer.status] += 1
                served |= {one.operation} if one.answer.status < HTTPStatus.BAD_REQUEST else set()
                if one.wrong:
                    wrong += 1
                    print(one, file=sys.stderr)
    finally:
        world.close()
    print(f"{sum(seen.values())} requisições, {dict(sorted(seen.items()))}")
    print(f"{len(served)} de {len(routes())} operações atendidas; {wrong} respostas fora do documento")
    return int(bool(wrong) or len(served) < len(routes()))


if __name__ == "__main__":
    sys.exit(main())
