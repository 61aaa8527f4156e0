"""Composition root of the use cases, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from conecta_edge.later import Later
from conecta_edge.settings import required
from peg.dynamodb.cobrancas import DynamoCobrancas
from peg.dynamodb.pegs import DynamoPegs
from peg.s3 import S3Archive
from peg.service.portas import Portas
from peg.settings import settings

if TYPE_CHECKING:
    from conecta_senhas_aws.senhas import DynamoSenhas
    from peg.dynamodb.contextos import DynamoContextos
    from peg.service.portas import Padrao


@lru_cache(maxsize=1)
def pegs() -> DynamoPegs:
    """The PEGs."""
    return DynamoPegs(client("dynamodb"), settings().tabela_peg)


@lru_cache(maxsize=1)
def cobrancas() -> DynamoCobrancas:
    """What living PEGs bill."""
    return DynamoCobrancas(client("dynamodb"), settings().tabela_peg, session.clock())


@lru_cache(maxsize=1)
def archive() -> S3Archive:
    """The archive bucket."""
    return S3Archive(client("s3"), settings().bucket_acervo)


@lru_cache(maxsize=1)
def senhas() -> DynamoSenhas:
    """The authorizations, as they are billed on."""
    from conecta_senhas_aws.senhas import DynamoSenhas  # noqa: PLC0415  # only who judges or frees pays for it

    return DynamoSenhas(client("dynamodb"), required("TABELA_AUTORIZACAO"))


@lru_cache(maxsize=1)
def _contextos() -> DynamoContextos:
    from conecta_edge.beneficiarios import DynamoBeneficiarios  # noqa: PLC0415  # only who judges pays for it
    from peg.dynamodb.contextos import DynamoContextos  # noqa: PLC0415

    return DynamoContextos(
        cadastro=session.cadastro(),
        catalogo=session.catalogo(),
        beneficiarios=DynamoBeneficiarios(client("dynamodb"), required("TABELA_BENEFICIARIOS"), session.pseudonyms()),
        pseudonyms=session.pseudonyms(),
        senhas=senhas(),
        cobrancas=cobrancas(),
    )


@lru_cache(maxsize=1)
def _padrao() -> Padrao:
    from peg.messages.lotes import TissPadrao  # noqa: PLC0415  # lxml: only who reads or writes a message pays for it

    return TissPadrao()


def portas() -> Portas:
    """The ports of one call."""
    return Portas(
        pegs=pegs(),
        cobrancas=cobrancas(),
        senhas=Later(senhas),
        contextos=Later(_contextos),
        archive=archive(),
        padrao=Later(_padrao),
        now=session.clock().now(),
        local_day=local_day,
    )
