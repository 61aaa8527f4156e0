"""Composition root, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from auditoria.dynamodb.acessos import DynamoAcessos
from auditoria.dynamodb.selos import DynamoSelos
from auditoria.service.portas import Portas
from auditoria.settings import settings
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from conecta_edge.later import Later

if TYPE_CHECKING:
    from auditoria.s3 import S3Arquivo


@lru_cache(maxsize=1)
def _acessos() -> DynamoAcessos:
    return DynamoAcessos(client("dynamodb"), settings().tabela_auditoria)


@lru_cache(maxsize=1)
def _selos() -> DynamoSelos:
    return DynamoSelos(client("dynamodb"), settings().tabela_selos)


@lru_cache(maxsize=1)
def _arquivo() -> S3Arquivo:
    from auditoria.s3 import S3Arquivo  # noqa: PLC0415  # marks and lists read no blocks

    return S3Arquivo(client("s3"), settings().bucket_acervo)


def portas() -> Portas:
    """The ports of one call."""
    now = session.clock().now()
    return Portas(acessos=_acessos(), selos=_selos(), arquivo=Later(_arquivo), now=now, hoje=local_day(now))
