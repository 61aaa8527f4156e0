"""Composition root of drafts, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache

from conecta_edge.aws import client
from peg.dynamodb.rascunhos import DynamoRascunhos
from peg.settings import settings


@lru_cache(maxsize=1)
def rascunhos() -> DynamoRascunhos:
    """The drafts."""
    return DynamoRascunhos(client("dynamodb"), settings().tabela_peg)
