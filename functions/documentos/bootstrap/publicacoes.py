"""Composition root of what operadoras publish, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import day_start, local_day
from conecta_edge.later import Later
from conecta_edge.settings import required
from documentos.bootstrap import nucleo
from documentos.dynamodb.leitores import DynamoLeitores
from documentos.dynamodb.publicacoes import DynamoPublicacoes
from documentos.service.publicacoes import Portas
from documentos.settings import settings


@lru_cache(maxsize=1)
def publicacoes() -> DynamoPublicacoes:
    """Editions and visits."""
    return DynamoPublicacoes(client("dynamodb"), settings().tabela_documentos)


@lru_cache(maxsize=1)
def leitores() -> DynamoLeitores:
    """Who reads them."""
    return DynamoLeitores(client("dynamodb"), required("TABELA_CADASTRO"), session.catalogo())


def portas() -> Portas:
    """The ports of one call."""
    return Portas(
        publicacoes=publicacoes(),
        leitores=leitores(),
        uploads=nucleo.uploads(),
        files=Later(nucleo.files),
        now=session.clock().now(),
        local_day=local_day,
        day_start=day_start,
    )
