"""Composition root of loads of cronogramas and payments, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from conecta_cargas_aws.files import S3Arquivos
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import FUSO
from conecta_edge.settings import required
from pagamento.settings import settings

if TYPE_CHECKING:
    from conecta_cargas.loading import Ports

PASTA: Final = "pagamento"


@lru_cache(maxsize=1)
def cargas() -> DynamoCargas:
    """The loads."""
    return DynamoCargas(client("dynamodb"), settings().tabela_pagamento, cadastro=settings().tabela_cadastro)


@lru_cache(maxsize=1)
def arquivos() -> S3Arquivos:
    """Files as they arrive, and what is kept of their loads."""
    return S3Arquivos(
        client("s3"), pasta=PASTA, entrada=required("BUCKET_ENTRADA"), acervo=settings().bucket_acervo
    )  # fmt: skip


@lru_cache(maxsize=1)
def ports() -> Ports:
    """What the workflow's steps need."""
    # Only the workflow's own steps pay for these.
    from conecta_cargas.loading import Ports  # noqa: PLC0415
    from pagamento.bootstrap import nucleo  # noqa: PLC0415
    from pagamento.domain.carga_tipos import TIPOS  # noqa: PLC0415
    from pagamento.dynamodb.cargas import Linhas  # noqa: PLC0415

    return Ports(
        tipos=TIPOS,
        cargas=cargas(),
        registros=Linhas(portas=nucleo.portas, pseudonyms=session.pseudonyms()),
        arquivos=arquivos(),
        relogio=session.clock().now,
        fuso=FUSO,
    )
