"""Composition root of the sweep."""

from __future__ import annotations

from functools import lru_cache

from autorizacao.bootstrap import nucleo
from autorizacao.dynamodb.varredura import DynamoVencimentos
from autorizacao.settings import settings
from conecta_edge.aws import client

autorizacoes = nucleo.autorizacoes


@lru_cache(maxsize=1)
def vencimentos() -> DynamoVencimentos:
    """What is due."""
    return DynamoVencimentos(client("dynamodb"), settings().tabela_autorizacao)
