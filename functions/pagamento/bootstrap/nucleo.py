"""Composition root of the use cases, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from conecta_edge.later import Later
from pagamento.dynamodb.cadastro import DynamoCadastro
from pagamento.dynamodb.registros import DynamoRegistros
from pagamento.service.portas import Portas
from pagamento.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from conecta_contas.pegs import Peg
    from conecta_contas_aws.contas import DynamoContas
    from pagamento.domain.demonstrativos import Lugar
    from pagamento.domain.notas import NotaLida
    from pagamento.dynamodb.agendas import DynamoAgendas
    from pagamento.s3 import S3Arquivos, S3Entregas


@lru_cache(maxsize=1)
def registros() -> DynamoRegistros:
    """Faturas, notas, payments, lançamentos, cronogramas."""
    return DynamoRegistros(client("dynamodb"), settings().tabela_pagamento)


@lru_cache(maxsize=1)
def agendas() -> DynamoAgendas:
    """Who reads whose days by a token."""
    from pagamento.dynamodb.agendas import DynamoAgendas  # noqa: PLC0415  # few requests want one

    return DynamoAgendas(client("dynamodb"), settings().tabela_pagamento)


@lru_cache(maxsize=1)
def _contas() -> DynamoContas:
    from conecta_contas_aws.contas import DynamoContas  # noqa: PLC0415  # only who reads PEGs pays for S3

    return DynamoContas(client("dynamodb"), settings().tabela_peg, client("s3"), settings().bucket_acervo)


@lru_cache(maxsize=1)
def _cadastro() -> DynamoCadastro:
    return DynamoCadastro(client("dynamodb"), settings().tabela_cadastro, session.catalogo())


@lru_cache(maxsize=1)
def _arquivos() -> S3Arquivos:
    from pagamento.s3 import S3Arquivos  # noqa: PLC0415  # only who sends or looks at notas pays for S3

    return S3Arquivos(client("dynamodb"), settings().tabela_documentos, client("s3"), settings().bucket_acervo)


@lru_cache(maxsize=1)
def entregas() -> S3Entregas:
    """What is made to be fetched."""
    from pagamento.s3 import S3Entregas  # noqa: PLC0415

    return S3Entregas(client("s3"), settings().bucket_acervo)


def _ler_nota(xml: bytes) -> NotaLida:
    from pagamento.messages import nfse  # noqa: PLC0415  # lxml: only who sends a nota pays for it

    return nfse.ler(xml)


def _descrever(tabela: str, codigo: str) -> str | None:
    from conecta_tiss.terminologia import tuss  # noqa: PLC0415  # only who shows items reads the terminology

    found = tuss(codigo, tabela)
    return found.termo if found else None


def _contestado(peg: Peg, correlacao: str) -> Mapping[Lugar, Decimal]:
    from pagamento.bootstrap import recursos  # noqa: PLC0415  # only a conciliação asks

    return recursos.contestado(peg, correlacao)


def portas() -> Portas:
    """The ports of one call."""
    return Portas(
        registros=registros(),
        contas=Later(_contas),
        cadastro=_cadastro(),
        arquivos=Later(_arquivos),
        ler_nota=_ler_nota,
        descrever=_descrever,
        contestado=_contestado,
        now=session.clock().now(),
        local_day=local_day,
    )
