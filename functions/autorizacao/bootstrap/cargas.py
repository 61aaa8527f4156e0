"""Composition root of loads of legacy senhas, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from autorizacao.settings import settings
from conecta_cargas_aws.files import S3Arquivos
from conecta_cargas_aws.stored import DynamoCargas
from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import FUSO
from conecta_edge.settings import required

if TYPE_CHECKING:
    from conecta_cargas.loading import Ports

PASTA: Final = "autorizacao"


@lru_cache(maxsize=1)
def cargas() -> DynamoCargas:
    """The loads."""
    return DynamoCargas(client("dynamodb"), settings().tabela_autorizacao, cadastro=required("TABELA_CADASTRO"))


@lru_cache(maxsize=1)
def chegada() -> S3Arquivos:
    """Files as they arrive."""
    return S3Arquivos(client("s3"), pasta=PASTA, entrada=required("BUCKET_ENTRADA"))


@lru_cache(maxsize=1)
def ports() -> Ports:
    """What the workflow's steps need."""
    # Only the workflow's own steps pay for these, not the sweep's.
    from autorizacao.bootstrap import nucleo  # noqa: PLC0415
    from autorizacao.domain.carga_tipos import TIPOS  # noqa: PLC0415
    from autorizacao.dynamodb.cargas import DynamoSenhas  # noqa: PLC0415
    from conecta_cargas.loading import Ports  # noqa: PLC0415

    return Ports(
        tipos=TIPOS,
        cargas=cargas(),
        registros=DynamoSenhas(
            client=client("dynamodb"),
            table=settings().tabela_autorizacao,
            cadastro=required("TABELA_CADASTRO"),
            autorizacoes=nucleo.autorizacoes(),
            vidas=nucleo.beneficiarios(),
            pseudonyms=session.pseudonyms(),
            relogio=session.clock().now,
        ),
        arquivos=S3Arquivos(
            client("s3"), pasta=PASTA, entrada=required("BUCKET_ENTRADA"), acervo=required("BUCKET_ACERVO")
        ),
        relogio=session.clock().now,
        fuso=FUSO,
    )
