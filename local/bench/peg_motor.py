"""The engine of PEGs in this process: a lote judged by the standard and by every rule of billing, beside libxml2."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from conecta_contas import analise, cobranca
from conecta_contas.analise import Julgamento
from conecta_contas.contexto import Contexto
from conecta_contas.dossies import open_dossie
from conecta_contas.pegs import Peg, Porta, SituacaoPeg
from conecta_tiss.messages.lote_guias import LoteGuias
from conecta_tiss.pipeline import validate_message
from conecta_tiss.versions import Versao
from local.bench.measure import Measure, alternate, cpu_of
from local.bench.peg_dados import CNPJ, ITENS, PRESTADOR, REGISTRO, contexto, lote
from local.bench.tiss import RefusedError, libxml2
from local.gerador import DIA_DE_REFERENCIA
from peg.domain.rules import Contexto as Admissao
from peg.messages.lotes import TissPadrao
from peg.s3 import S3Archive

UNIT: Final = "ms CPU"


def measures(area: str, rounds: int, guias: int) -> Iterator[Measure]:
    """CPU per lote, in ms.

    Raises:
        RefusedError: a lote that is due is not paid whole: what would be measured is not the work meant.
    """
    made = lote(guias, "1", DIA_DE_REFERENCIA)
    raw, due, dear = made.conteudo, contexto(made), contexto(made, teto=Decimal("1.00"))
    judged, glosado = judge(raw, due), judge(raw, dear)
    if judged.achados or len(glosado.achados) != guias * ITENS:
        raise RefusedError(f"{len(judged.achados)} e {len(glosado.achados)} achados: {judged.achados[:2]}")
    corpo = _read(raw)
    billed = cobranca.read(corpo)
    size = f"{guias} guias × {ITENS} itens"
    floor = f"libxml2: parse + XSD, {size}"
    medians = alternate(
        {
            floor: cpu_of(libxml2(raw, Versao.V4_01_00)),
            f"validação com regras de cobrança, {size}": cpu_of(lambda: judge(raw, due)),
            f"validação com uma glosa por item, {size}": cpu_of(lambda: judge(raw, dear)),
            f"só o padrão TISS, {size}": cpu_of(lambda: validate_message(raw, hoje=DIA_DE_REFERENCIA)),
            f"só as guias como cobradas, {size}": cpu_of(lambda: cobranca.read(corpo)),
            f"só as regras de cobrança, {size}": cpu_of(lambda: analise.judge(billed, due)),
            **_kept(raw, size, due, judged, ""),
            **_kept(raw, size, dear, glosado, ", uma glosa por item"),
        },
        rounds,
    )
    for case, value in medians.items():
        compared = case != floor
        yield Measure(
            area=area, case=case, value=value, unit=UNIT, ratio=value / medians[floor] if compared else None,
            against=floor if compared else None,
        )  # fmt: skip


def _read(raw: bytes) -> LoteGuias:
    found = validate_message(raw, hoje=DIA_DE_REFERENCIA)
    mensagem = found.mensagem_de(LoteGuias)
    if mensagem is None or found.achados:
        raise RefusedError(str(found.achados[:2]))
    return mensagem.corpo


def judge(raw: bytes, known: Contexto) -> Julgamento:
    """A lote validated by the standard, then judged by every rule of billing."""
    return analise.judge(cobranca.read(_read(raw)), known)


class Bucket:
    """The archive's bucket, in memory."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def put_object(self, *, Key: str, Body: bytes, **_more: Any) -> None:  # noqa: N803  # boto3's names
        """Keep."""
        self._held[Key] = Body

    def get_object(self, *, Key: str, **_more: Any) -> dict[str, Any]:  # noqa: N803
        """Read."""
        return {"Body": io.BytesIO(self._held[Key]), "LastModified": datetime.now(UTC)}


def _kept(raw: bytes, size: str, known: Contexto, judged: Julgamento, what: str) -> dict[str, Any]:
    """The dossier kept and read again, and the receipt, of what was judged."""
    padrao, archive = TissPadrao(), S3Archive(Bucket(), "acervo")
    read = padrao.read(raw, DIA_DE_REFERENCIA, Porta.XML_S3)
    if read.corpo is None:
        raise RefusedError("o lote não se lê")
    billed = cobranca.read(read.corpo)
    peg = _peg(raw, len(billed), judged)
    admissao = Admissao(
        registro_ans=REGISTRO, cnpj=CNPJ, cpf=None, codigo_na_operadora="1", may_bill=True, versoes=(), grupo=(),
        hoje=DIA_DE_REFERENCIA,
    )  # fmt: skip
    held = replace(peg, dossie=archive.keep_dossie(peg, open_dossie(billed, read.guias, judged, known)))
    dossie = archive.dossie(held)
    return {
        f"dossiê: feito e guardado{what}, {size}": cpu_of(
            lambda: archive.keep_dossie(peg, open_dossie(billed, read.guias, judged, known))
        ),
        f"dossiê: lido{what}, {size}": cpu_of(lambda: archive.dossie(held)),
        f"recebimentoLote{what}, {size}": cpu_of(lambda: padrao.receipt(read, held, dossie, admissao)),
    }


def _peg(raw: bytes, guias: int, judged: Julgamento) -> Peg:
    return Peg(
        protocolo="261100000001", prestador_id=PRESTADOR, registro_ans=REGISTRO, numero_lote="1",
        sha256=hashlib.sha256(raw).hexdigest(), situacao=SituacaoPeg.PREPARANDO, versao_tiss="4.01.00", tipo_guia="2",
        quantidade_guias=guias, valor_informado=judged.resultado.informado, data_recepcao=datetime.now(UTC),
        competencia="202611", codificacao_hash="iso-8859-1", upload_id="u", chave_xml="x", chave_recebimento="r",
    )  # fmt: skip
