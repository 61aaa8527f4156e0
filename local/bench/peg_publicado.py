"""A PEG of the hospital whose values are published, as who pays it and who contests it read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from conecta_contas import cobranca
from conecta_contas.dossies import Dossie, open_dossie
from conecta_contas.pegs import Peg, Porta, SituacaoPeg
from conecta_tiss.messages.lote_guias import TipoGuia
from local.bench.peg_dados import PRESTADOR, REGISTRO, contexto, lote
from local.bench.peg_motor import Bucket, judge
from local.bench.tiss import RefusedError
from local.gerador import DIA_DE_REFERENCIA
from peg.messages.lotes import TissPadrao
from peg.s3 import S3Archive
from tests.fakes_pagamento import FakeContas

PROTOCOLO: Final = "260320000001"
PUBLICADA: Final = date(2026, 3, 10)
UM_REAL: Final = Decimal("1.00")
"""A contract that pays no more for anything: a glosa on each item."""


class ContasEmBytes(FakeContas):
    """PEGs whose dossiers are bytes in the archive, read again each time they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._archive = S3Archive(Bucket(), "acervo")

    def put(self, peg: Peg, dossie: Dossie | None = None) -> Peg:
        """Keep both."""
        kept = self._archive.keep_dossie(peg, dossie) if dossie else ""
        return super().put(replace(peg, dossie=kept))

    def dossie(self, peg: Peg) -> Dossie:
        """Read it."""
        return self._archive.dossie(peg)


def publicado(guias: int, *, teto: Decimal | None = None) -> tuple[Peg, Dossie]:
    """A PEG of so many guias, five items each, and its dossier, not kept yet.

    Args:
        teto: reais that the contract pays for one of anything; none is what is billed.

    Raises:
        RefusedError: the lote cannot be read.
    """
    made = lote(guias, "1", DIA_DE_REFERENCIA)
    read, known = TissPadrao().read(made.conteudo, DIA_DE_REFERENCIA, Porta.XML_S3), contexto(made, teto=teto)
    if read.corpo is None:
        raise RefusedError("o lote não se lê")
    judged = judge(made.conteudo, known)
    informado = judged.resultado.informado
    peg = Peg(
        protocolo=PROTOCOLO, prestador_id=PRESTADOR, registro_ans=REGISTRO, numero_lote=made.pedido.numero_lote,
        sha256="0" * 64, situacao=SituacaoPeg.LIBERADO, versao_tiss="4.01.00", tipo_guia=TipoGuia.SP_SADT.value,
        quantidade_guias=guias, valor_informado=informado, valor_glosado=informado - judged.resultado.liberado,
        publicada_em=PUBLICADA, data_recepcao=datetime(2026, 3, 2, 12, tzinfo=UTC), competencia="202603",
        codificacao_hash="iso-8859-1", upload_id="u", chave_xml="x", chave_recebimento="r",
    )  # fmt: skip
    return peg, open_dossie(cobranca.read(read.corpo), read.guias, judged, known)
