"""Composition root: adapters are made here, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache

from conecta_edge.aws import client
from documentos.dynamodb import DynamoUploads
from documentos.s3 import S3Files
from documentos.settings import settings


@lru_cache(maxsize=1)
def uploads() -> DynamoUploads:
    """The uploads table."""
    return DynamoUploads(client("dynamodb"), settings().tabela_documentos)


@lru_cache(maxsize=1)
def files() -> S3Files:
    """The two buckets."""
    return S3Files(client("s3"), settings().bucket_entrada, settings().bucket_acervo)
