"""Composition root of messages sent as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autorizacao.dynamodb import envios
from autorizacao.s3 import S3Acervo
from autorizacao.settings import settings
from conecta_edge.aws import client
from conecta_edge.settings import required

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def acervo(registro_ans: str, prestador_id: str) -> S3Acervo:
    """The archive of one prestador at one operadora."""
    return S3Acervo(client("s3"), required("BUCKET_ACERVO"), registro_ans, prestador_id)


def announce(tipo: str, envelope: Mapping[str, Any], more: Mapping[str, Any], now: datetime) -> None:
    """Tell what became of a message."""
    table = settings().tabela_autorizacao
    envios.announce(client("dynamodb"), table, tipo=tipo, envelope=envelope, more=more, now=now)
