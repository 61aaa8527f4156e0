"""Composition root of the use cases, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from conecta_edge.later import Later
from conecta_edge.uploads import DynamoDocumentos
from recurso.dynamodb.recursos import DynamoRecursos
from recurso.service.portas import Portas
from recurso.settings import settings

if TYPE_CHECKING:
    from conecta_contas_aws.contas import DynamoContas
    from conecta_facts.contratos import ContratoCompleto
    from conecta_facts.operadoras import Operadora
    from recurso.s3 import S3Arquivo


@lru_cache(maxsize=1)
def recursos() -> DynamoRecursos:
    """Recursos, drafts, and who contests what."""
    return DynamoRecursos(client("dynamodb"), settings().tabela_recurso)


@lru_cache(maxsize=1)
def _arquivo() -> S3Arquivo:
    from recurso.s3 import S3Arquivo  # noqa: PLC0415  # lists read no entries

    return S3Arquivo(client("s3"), settings().bucket_acervo)


@lru_cache(maxsize=1)
def _contas() -> DynamoContas:
    from conecta_contas_aws.contas import DynamoContas  # noqa: PLC0415  # only who contests reads PEGs

    return DynamoContas(client("dynamodb"), settings().tabela_peg, client("s3"), settings().bucket_acervo)


@lru_cache(maxsize=1)
def _documentos() -> DynamoDocumentos:
    return DynamoDocumentos(client("dynamodb"), settings().tabela_documentos)


def _operadora(registro_ans: str) -> Operadora | None:
    return session.catalogo().operadora(registro_ans)


def _contrato(prestador_id: str, registro_ans: str) -> ContratoCompleto:
    return session.catalogo().contrato(prestador_id, registro_ans)


def portas() -> Portas:
    """The ports of one call."""
    return Portas(
        recursos=recursos(),
        arquivo=Later(_arquivo),
        contas=Later(_contas),
        documentos=_documentos(),
        operadora=_operadora,
        contrato=_contrato,
        now=session.clock().now(),
        local_day=local_day,
    )
