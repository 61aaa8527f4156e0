"""Composition root of a person's rights over its data."""

from __future__ import annotations

from functools import lru_cache

from cadastro.dynamodb.titulares import DynamoTitulares
from cadastro.settings import settings
from conecta_edge import session
from conecta_edge.aws import client


@lru_cache(maxsize=1)
def titulares() -> DynamoTitulares:
    """Stored lives by person."""
    return DynamoTitulares(client("dynamodb"), settings().tabela_beneficiarios, session.pseudonyms())
