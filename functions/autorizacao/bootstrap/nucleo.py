"""Composition root of the use cases, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.dynamodb.contextos import DynamoContextos, Fontes
from autorizacao.service.portas import Keep, Portas, keep_nothing
from autorizacao.settings import settings
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.clock import local_day
from conecta_edge.settings import required
from conecta_edge.uploads import DynamoDocumentos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@lru_cache(maxsize=1)
def autorizacoes() -> DynamoAutorizacoes:
    """The stored authorizations."""
    return DynamoAutorizacoes(client("dynamodb"), settings().tabela_autorizacao, session.pseudonyms())


@lru_cache(maxsize=1)
def beneficiarios() -> DynamoBeneficiarios:
    """The lives."""
    return DynamoBeneficiarios(client("dynamodb"), settings().tabela_beneficiarios, session.pseudonyms())


@lru_cache(maxsize=1)
def _fontes() -> Fontes:
    return Fontes(
        client=client("dynamodb"),
        table=settings().tabela_autorizacao,
        cadastro=session.cadastro(),
        catalogo=session.catalogo(),
        vidas=beneficiarios(),
        pseudonyms=session.pseudonyms(),
        autorizacoes=autorizacoes(),
        documentos=DynamoDocumentos(client("dynamodb"), required("TABELA_DOCUMENTOS")),
    )


def portas(
    *,
    keep: Keep = keep_nothing,
    replay: Callable[[], Any] = lambda: None,
    records: Sequence[Callable[[], None]] = (),
) -> Portas:
    """The ports of one call.

    Args:
        keep, replay: what keeps and finds the answer of this `Idempotency-Key` (`session.attempt`).
        records: what is written with every reading of a life: the audit's row.
    """
    now = session.clock().now()
    fontes = _fontes()
    return Portas(
        autorizacoes=fontes.autorizacoes,
        contextos=DynamoContextos(fontes, replay=replay, records=records),
        documentos=fontes.documentos,
        now=now,
        hoje=local_day(now),
        keep=keep,
    )
