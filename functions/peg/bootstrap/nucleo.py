"""Composition root: adapters are made here, on first use, once per process."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
from peg.domain.rules import Contexto
from peg.dynamodb.pegs import DynamoPegs
from peg.s3 import S3Archive
from peg.service.recepcao import Reception
from peg.settings import settings

if TYPE_CHECKING:
    from peg.domain.pegs import Documento


@lru_cache(maxsize=1)
def pegs() -> DynamoPegs:
    """The PEG table."""
    return DynamoPegs(client("dynamodb"), settings().tabela_peg)


@lru_cache(maxsize=1)
def archive() -> S3Archive:
    """The archive bucket."""
    return S3Archive(client("s3"), settings().bucket_acervo)


@lru_cache(maxsize=1)
def reception() -> Reception:
    """What reception needs; the standard's library is imported here, because only reception pays for it."""
    from peg.messages.lotes import TissPadrao  # noqa: PLC0415

    return Reception(pegs(), archive(), TissPadrao())


def contexto(documento: Documento) -> Contexto:
    """What admission rules know of the sender, on the local day of reception: one round trip to cadastro."""
    hoje = local_day(documento.recebido_em)
    row = session.cadastro().contratacao(documento.prestador_id, documento.registro_ans)
    prestador, relacionamento, operadora = row.prestador, row.relacionamento, row.operadora
    return Contexto(
        registro_ans=documento.registro_ans,
        cnpj=prestador.cnpj if prestador else None,
        cpf=prestador.cpf if prestador else None,
        codigo_na_operadora=relacionamento.codigo_na_operadora if relacionamento else None,
        may_bill=row.may_bill_em(hoje),
        versoes=operadora.versoes if operadora else (),
        grupo=operadora.grupo if operadora else (),
        hoje=hoje,
    )
