"""Composition root of uploads, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from conecta_edge.aws import client
from conecta_edge.clock import SystemClock
from documentos.dynamodb.uploads import DynamoUploads
from documentos.s3 import S3Files
from documentos.settings import settings

if TYPE_CHECKING:
    from documentos.domain.achados import Achado


@lru_cache(maxsize=1)
def uploads() -> DynamoUploads:
    """The uploads table."""
    return DynamoUploads(client("dynamodb"), settings().tabela_documentos)


@lru_cache(maxsize=1)
def files() -> S3Files:
    """The two buckets."""
    return S3Files(client("s3"), settings().bucket_entrada, settings().bucket_acervo, SystemClock().offset)


def read_body(content: bytes) -> str | Achado | None:
    """Which TISS message it is; only messages pay for the parser."""
    from documentos.messages import corpo  # noqa: PLC0415

    return corpo.read_body(content)
