"""Composition root of loads, on first use, once per process. The three functions that use it have different grants."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from conecta_cargas_aws.files import S3Arquivos
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import FUSO
from conecta_edge.settings import required

if TYPE_CHECKING:
    from conecta_cargas.loading import Ports

PASTA: Final = "cadastro"


@lru_cache(maxsize=1)
def cargas() -> DynamoCargas:
    """The loads."""
    return DynamoCargas(client("dynamodb"), required("TABELA_CADASTRO"))


@lru_cache(maxsize=1)
def chegada() -> S3Arquivos:
    """Files as they arrive."""
    return S3Arquivos(client("s3"), pasta=PASTA, entrada=required("BUCKET_ENTRADA"))


@lru_cache(maxsize=1)
def relatorios() -> S3Arquivos:
    """Reports of loads."""
    return S3Arquivos(client("s3"), pasta=PASTA, acervo=required("BUCKET_ACERVO"))


@lru_cache(maxsize=1)
def ports() -> Ports:
    """What the workflow's steps need."""
    # Only the workflow pays for the columns of every file.
    from cadastro.domain.carga_tipos import TIPOS  # noqa: PLC0415
    from cadastro.dynamodb.carga_itens import Montador  # noqa: PLC0415
    from cadastro.dynamodb.carga_registros import DynamoRegistros  # noqa: PLC0415
    from conecta_cargas.loading import Ports  # noqa: PLC0415

    montador = Montador(required("TABELA_CADASTRO"), required("TABELA_BENEFICIARIOS"), session.pseudonyms)
    return Ports(
        tipos=TIPOS,
        cargas=cargas(),
        registros=DynamoRegistros(client("dynamodb"), montador),
        arquivos=S3Arquivos(
            client("s3"), pasta=PASTA, entrada=required("BUCKET_ENTRADA"), acervo=required("BUCKET_ACERVO")
        ),
        relogio=session.clock().now,
        fuso=FUSO,
    )
