"""Composition root of webhooks, on first use, once per process."""

from __future__ import annotations

import os
import random
import uuid
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from alertas.dynamodb.entregas import DynamoEntregas
from alertas.dynamodb.webhooks import DynamoWebhooks
from alertas.service.webhooks import Portas
from alertas.settings import settings
from alertas.sqs import SqsFila
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import SystemClock
from conecta_edge.later import Later
from conecta_edge.quotas import Quota
from conecta_edge.secrets import secret
from conecta_edge.settings import required

if TYPE_CHECKING:
    from alertas.http_out import Remetente
    from conecta_edge.tenancy import Principal

CHAMADAS: Final = Quota("webhooks", 60, 3600)
"""What a prestador may have us send at its wish, in an hour."""
REGISTROS: Final = Quota("webhooks-novos", 20, 7 * 24 * 3600)
"""What a prestador may register in a week: one that is withdrawn is kept for 90 days in the set that every event reads,
and the set is to be read in a page."""


def ouvinte() -> str | None:
    """PEM of a listener on this very machine, which may be an endpoint: in the embedded AWS alone."""
    return (os.environ.get("OUVINTE_CA") or None) if os.environ.get("CONECTA_ESTAGIO") == "embarcado" else None


@lru_cache(maxsize=1)
def _remetente() -> Remetente:
    from alertas.http_out import Remetente  # noqa: PLC0415  # only who sends pays for TLS

    return Remetente(ouvinte())


def raiz() -> bytes:
    """What the secrets of webhooks are derived from."""
    return secret(required("SEGREDO_WEBHOOKS_ARN"))


def take_quota(quota: Quota, caller: Principal) -> None:
    """Count one of a prestador's: :data:`CHAMADAS` or :data:`REGISTROS`.

    Raises:
        ProblemError: 429, they are spent.
    """
    quota.take(
        client("dynamodb"), required("TABELA_IDEMPOTENCIA"), prestador_id=caller.prestador_id, subject="todos", units=1,
        now=session.clock().now(),
    )  # fmt: skip


@lru_cache(maxsize=1)
def portas() -> Portas:
    """The ports of this process."""
    table = settings().tabela_alertas
    return Portas(
        webhooks=DynamoWebhooks(client("dynamodb"), table),
        entregas=DynamoEntregas(client("dynamodb"), table),
        remetente=Later(_remetente),
        fila=Later(lambda: SqsFila(client("sqs"), required("FILA_WEBHOOKS"))),
        agora=lambda: session.clock().now(),
        carimbo=SystemClock(timedelta()).now,
        raiz=raiz,
        sortear=random.random,
        new_id=lambda: uuid.uuid4().hex,
        local=ouvinte() is not None,
    )
