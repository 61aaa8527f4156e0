"""Area `cadastro`: 200,000 lives loaded as ops do, and eligibility asked at 1,000 and at 200,000 lives."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from conecta_edge.clock import local_day
from local.bench import funcoes
from local.bench.funcoes import LIVES, REGISTRO
from local.bench.measure import Measure
from local.cargas import VIDAS
from local.client import Client, sign_in_as
from local.runtime import EmbeddedAws
from local.seed import HOSPITAL

AREA: Final = "cadastro"
ROUTE: Final = "/elegibilidade"
_FUNCTION: Final = "conecta-embarcado-cadastro-api"


def measures(_rounds: int) -> Iterator[Measure]:
    """Rows per second, MiB, and times in ms of wall clock.

    Raises:
        LoadError: a load did not end as it must.
        UnexpectedAnswerError: a question was not answered.
    """
    hoje = local_day(datetime.now(UTC))
    with funcoes.instance() as (aws, where):
        client = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        few = _questions(funcoes.carteiras(hoje, VIDAS))
        small = yield from funcoes.in_turns(AREA, client, "elegibilidade", few, f"{2 * VIDAS} vidas")
        yield from _round_trips(aws, where, client)
        yield from funcoes.load(AREA, aws, where, hoje)
        client = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        many = _questions(funcoes.carteiras(hoje, LIVES))
        yield from funcoes.in_turns(AREA, client, "elegibilidade", many, f"{LIVES + VIDAS} vidas", before=small)


def _questions(carteiras: Sequence[str]) -> Callable[[], tuple[str, bytes]]:
    drawn = itertools.cycle(carteiras)
    return lambda: (ROUTE, json.dumps({"registro_ans": REGISTRO, "numero_carteira": next(drawn)}).encode())


def _round_trips(aws: EmbeddedAws, where: Mapping[str, Any], client: Client) -> Iterator[Measure]:
    """One question of each kind, asked of the handler in this process, its calls to DynamoDB counted."""
    carteiras = {row["caso"]: row for row in where["beneficiarios"]}
    with funcoes.as_function(aws, where, _FUNCTION):
        from cadastro.handler import api  # noqa: PLC0415  # reads its settings on first use, and they are these
        from conecta_edge.aws import client as aws_client  # noqa: PLC0415

        waits = funcoes.Waits()
        waits.watch(aws_client("dynamodb"))
        event = funcoes.event(str(client.token), ROUTE)
        for kind, body in (
            ("por carteira", {"registro_ans": REGISTRO, "numero_carteira": carteiras["elegivel"]["numero_carteira"]}),
            ("por CPF, nas duas operadoras", {"cpf": carteiras["varias"]["cpf"]}),
            ("que não encontra", {"registro_ans": REGISTRO, "numero_carteira": "1"}),
        ):
            asked = {**event, "body": json.dumps(body)}
            api.handler(asked, None)  # fills the catalogue, as any earlier question did

            def ask(turn: int, asked: Mapping[str, Any] = asked, kind: str = kind) -> None:
                context = {**event["requestContext"], "requestId": f"bench-{kind}-{turn}-{time.time_ns()}"}
                api.handler({**asked, "requestContext": context}, None)

            fewest = waits.fewest(ask)
            case = f"elegibilidade {kind}"
            yield Measure(area=AREA, case=f"{case}: idas e voltas", value=float(fewest), unit="esperas")
            yield Measure(area=AREA, case=f"{case}: chamadas ao DynamoDB", value=float(waits.calls), unit="chamadas")
