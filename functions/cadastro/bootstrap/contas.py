"""Composition root of people, credentials and relacionamentos, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cadastro.cognito.contas import CognitoContas
from cadastro.dynamodb.contas import DynamoContas
from cadastro.dynamodb.relacionamentos import DynamoRelacionamentos
from cadastro.settings import settings
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.quotas import Quota
from conecta_edge.settings import required

if TYPE_CHECKING:
    from conecta_edge.tenancy import Principal

CONVITES: Final = Quota("convites", limit=60, window=3600)
"""Invitations per hour and gestor: each may send an e-mail to somebody who never asked for it."""


@lru_cache(maxsize=1)
def contas() -> DynamoContas:
    """Who acts for each prestador."""
    return DynamoContas(client("dynamodb"), settings().tabela_cadastro)


@lru_cache(maxsize=1)
def relacionamentos() -> DynamoRelacionamentos:
    """Pedidos and relacionamentos."""
    return DynamoRelacionamentos(client("dynamodb"), settings().tabela_cadastro)


@lru_cache(maxsize=1)
def identidades() -> CognitoContas:
    """The prestadores' user pool."""
    prefix = f"conecta-{required('CONECTA_ESTAGIO')}"
    pseudonym = session.pseudonyms().conta
    return CognitoContas(client("cognito-idp"), required("POOL_PRESTADORES"), prefix, pseudonym)


def count_invitation(caller: Principal) -> None:
    """Count an invitation, whatever comes of it.

    Raises:
        ProblemError: 429, the gestor's quota of this hour is spent.
    """
    CONVITES.take(
        client("dynamodb"), required("TABELA_IDEMPOTENCIA"),
        prestador_id=caller.prestador_id, subject=caller.subject, units=1, now=session.clock().now(),
    )  # fmt: skip
