"""Composition root of documents and what they belong to, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.later import Later
from conecta_edge.settings import required
from documentos.dynamodb.documentos import DynamoDocumentos
from documentos.service.portas import Portas, Referencias
from documentos.settings import settings


@lru_cache(maxsize=1)
def documentos() -> DynamoDocumentos:
    """Documents."""
    return DynamoDocumentos(client("dynamodb"), settings().tabela_documentos)


@lru_cache(maxsize=1)
def _referencias() -> Referencias:
    from conecta_contas_aws.contas import DynamoContas  # noqa: PLC0415  # only who asks about other contexts' rows
    from documentos.dynamodb.referencias import DynamoReferencias  # noqa: PLC0415

    peg = required("TABELA_PEG")
    contas = DynamoContas(client("dynamodb"), peg, client("s3"), settings().bucket_acervo)
    return DynamoReferencias(
        client("dynamodb"), contas, autorizacao=required("TABELA_AUTORIZACAO"), peg=peg,
        recurso=required("TABELA_RECURSO"),
    )  # fmt: skip


def portas() -> Portas:
    """The ports of one call."""
    return Portas(documentos=documentos(), referencias=Later(_referencias), now=session.clock().now())
