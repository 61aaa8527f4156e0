"""Demonstrativos in bulk: all of a period, each once, whatever is repeated, cut or refused on the way."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from conecta_atos.portas import Chamador
from conecta_contas.pegs import SituacaoPeg
from conecta_edge import audit
from conecta_edge.audit import Access
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.bootstrap import nucleo
from pagamento.domain.demonstrativos import DemonstrativoPagamento, Periodo
from pagamento.domain.errors import (
    DemonstrativoIndisponivelError,
    LegadoError,
    MudouError,
    NaoEncontradoError,
    PedidoInvalidoError,
)
from pagamento.domain.lotes import DOCUMENTOS, ERRO, PRAZO, Formato, Lote, SituacaoLote, avancar, vista
from pagamento.handler import formatos
from pagamento.s3 import ArquivoMissingError, S3Entregas
from pagamento.service import lotes
from pagamento.service.demonstrativos import find_analises, find_pagamento
from pagamento.service.lotes import Demonstrativo, Pedido
from pagamento.service.portas import Mudanca
from tests.builders_cadastro import HEMOGRAMA
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import AGORA, HOJE, OUTRO_PEG, UM_PEG, a_discount
from tests.builders_peg import RESINA, a_dental, a_knowledge, authorised, filled, granted
from tests.builders_peg import a_senha as on
from tests.casa_pagamento import Casa, FakeS3, a_dossie

QUEM = Chamador(quem="pessoa-1", correlacao="pedido-1")


class Casal(Casa):
    """With an archive, and who writes."""

    def __init__(self) -> None:
        super().__init__()
        self.s3, self.written = FakeS3(), list[str]()
        self.entregas = S3Entregas(self.s3, "acervo")

    def write(self, found: Demonstrativo, lote: Lote) -> bytes:
        name = found.cabecalho.numero if isinstance(found, DemonstrativoPagamento) else found[0].cabecalho.numero
        self.written.append(name)
        return f"{name} em {lote.formato}".encode()

    def ask(self, **changes: Any) -> Lote:
        held = {
            "registro_ans": VALE, "tipo": TipoDemonstrativo.ANALISE_DE_CONTA, "formato": Formato.PDF, "de": "202610",
            "ate": "202611",
        }  # fmt: skip
        return lotes.ask(HOSPITAL, Pedido(**{**held, **changes}), QUEM, self.portas)

    def step(self, lote: Lote) -> Lote:
        return lotes.advance(HOSPITAL, lote.id, self.portas, self.entregas, self.write)

    def finish(self, lote: Lote) -> Lote:
        while not lote.terminado:
            lote = self.step(lote)
        return lote

    def unpacked(self, lote: Lote) -> dict[str, bytes]:
        assert lote.arquivo is not None
        assert lote.tamanho == len(self.s3.objects[lote.arquivo])
        with zipfile.ZipFile(io.BytesIO(self.s3.objects[lote.arquivo])) as packed:
            return {name: packed.read(name) for name in packed.namelist()}


@pytest.fixture
def casa() -> Casal:
    return Casal()


def test_what_is_asked_for_is_kept_and_told_to_whoever_makes_it(casa: Casal) -> None:
    lote = casa.ask()
    assert lotes.find(HOSPITAL, lote.id, casa.portas) == lote
    assert (lote.situacao, lote.quem, lote.meses) == (SituacaoLote.PEDIDO, "pessoa-1", ("202610", "202611"))
    (told,) = casa.registros.told(HOSPITAL)
    assert (told.tipo, told.dados, told.correlacao) == ("DemonstrativosPedidos", {"id": lote.id}, "pedido-1")
    with pytest.raises(NaoEncontradoError):
        lotes.find(CLINICA, lote.id, casa.portas)
    older = casa.ask(de="202611")
    first = lotes.list_of(HOSPITAL, None, 1, casa.portas)
    rest = lotes.list_of(HOSPITAL, first.position, 1, casa.portas)
    assert {one.id for one in (*first.rows, *rest.rows)} == {lote.id, older.id}
    assert rest.position is None


@pytest.mark.parametrize(
    ("de", "ate"), [("202611", "202610"), ("202510", "202611"), ("202611", "202612")], ids=["back", "long", "future"]
)
def test_a_period_is_of_some_months_that_began(casa: Casal, de: str, ate: str) -> None:
    with pytest.raises(PedidoInvalidoError) as refused:
        casa.ask(de=de, ate=ate)
    assert [one.codigo for one in refused.value.defeitos] == ["periodo-invalido"]


def test_a_period_of_before_the_migration_is_in_the_old_portal(casa: Casal) -> None:
    with pytest.raises(LegadoError):
        casa.ask(de="202511", ate="202512")
    assert casa.ask(de="202512", ate="202601").situacao is SituacaoLote.PEDIDO, "some of it may be here"


def test_every_published_peg_of_the_period_is_in_the_archive_once(casa: Casal) -> None:
    casa.publish(UM_PEG)
    casa.publish(OUTRO_PEG, competencia="202611")
    casa.publish("261020000003", registro_ans=PASA)
    casa.publish("261020000004", situacao=SituacaoPeg.ANALISADO, publicada_em=None)
    casa.publish("260920000005", competencia="202609")
    lote = casa.finish(casa.ask())
    assert lote.situacao is SituacaoLote.PRONTO
    assert casa.unpacked(lote) == {
        f"analise-{UM_PEG}.pdf": f"{UM_PEG} em pdf".encode(),
        f"analise-{OUTRO_PEG}.pdf": f"{OUTRO_PEG} em pdf".encode(),
    }  # fmt: skip
    assert (lote.feitos, lote.terminado_em) == (2, AGORA)
    assert casa.step(lote) == lote, "a step too many does nothing"


def test_one_whose_execution_ended_before_it_is_seen_as_failed_and_not_waited_for(casa: Casal) -> None:
    casa.publish(UM_PEG, a_dossie())
    lote = casa.step(casa.ask())
    held = replace(lote, situacao=SituacaoLote.MONTANDO, terminado_em=None)
    assert vista(held, held.criado_em + PRAZO).situacao is SituacaoLote.MONTANDO
    late = vista(held, held.criado_em + PRAZO + timedelta(seconds=1))
    assert (late.situacao, late.motivo, late.terminado_em) == (SituacaoLote.FALHOU, ERRO, held.criado_em + PRAZO)
    done = replace(held, situacao=SituacaoLote.PRONTO)
    assert vista(done, held.criado_em + 2 * PRAZO) is done


def test_a_large_one_is_made_in_parts_that_may_be_repeated_and_is_joined_at_last(
    casa: Casal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lotes.JUNTOS, TipoDemonstrativo.ANALISE_DE_CONTA, 2)
    monkeypatch.setattr(lotes, "_PAGINA", 2)
    dossie = a_dossie()
    pegs = [f"26102000000{n}" for n in range(1, 6)]
    for one in pegs:
        casa.publish(one, dossie)
    lote = casa.step(casa.ask())
    assert (lote.situacao, len(lote.documentos), lote.feitos) == (SituacaoLote.MONTANDO, 5, 0)
    once = casa.step(lote)
    part = dict(casa.s3.objects)
    casa.registros.write([Mudanca(once, replace(lote, versao=once.versao + 1))], now=AGORA, correlacao="cut")
    again = casa.step(once)
    assert casa.s3.objects == part, "the same part lies where it lay"
    assert again.feitos == once.feitos == 2
    done = casa.finish(again)
    assert sorted(casa.unpacked(done)) == [f"analise-{one}.pdf" for one in pegs]
    assert done.arquivo == f"demonstrativos/{HOSPITAL}/lotes/{done.id}/demonstrativos.zip"


def test_two_steps_at_once_leave_one(casa: Casal) -> None:
    casa.publish(UM_PEG)
    lote = casa.step(casa.ask())

    def meanwhile() -> None:
        casa.registros.write([Mudanca(lote, avancar(lote, 0))], now=AGORA, correlacao="other")

    casa.registros.meanwhile.append(meanwhile)
    with pytest.raises(MudouError):
        casa.step(lote)


def test_payments_are_one_file_each_and_odontologia_has_those_that_paid_some(casa: Casal) -> None:
    known = a_knowledge(on(granted(authorised(RESINA))))
    dental = casa.publish(OUTRO_PEG, a_dossie(a_dental(filled()), contexto=known))
    casa.pay(casa.publish(UM_PEG))
    casa.pay(dental, numero="P-2", demonstrativo="261150000010", data=HOJE - timedelta(days=1))
    casa.pay(casa.publish("261020000003", registro_ans=PASA), numero="P-3", registro_ans=PASA)
    paid = casa.finish(casa.ask(tipo=TipoDemonstrativo.PAGAMENTO, formato=Formato.CSV))
    assert list(casa.unpacked(paid)) == [
        "pagamento-2026-11-11-261150000010.csv", "pagamento-2026-11-12-261150000009.csv",
    ]  # fmt: skip
    casa.pay(numero="P-4", demonstrativo="261150000011", descontos=(a_discount("1.00"),))
    for formato, many in ((Formato.JSON, 3), (Formato.XML, 2)):  # no message is of a debit alone
        made = casa.finish(casa.ask(tipo=TipoDemonstrativo.PAGAMENTO, formato=formato))
        assert len(casa.unpacked(made)) == many
    only = casa.finish(casa.ask(tipo=TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA))
    assert list(casa.unpacked(only)) == ["pagamento-2026-11-11-261150000010.pdf"]


def test_a_payment_that_is_no_more_cannot_be_shown(casa: Casal) -> None:
    casa.pay(casa.publish(UM_PEG))
    lote = casa.step(casa.ask(tipo=TipoDemonstrativo.PAGAMENTO))
    other = replace(lote, documentos=("P-9",), versao=lote.versao + 1)
    casa.registros.write([Mudanca(lote, other)], now=AGORA, correlacao="x")
    with pytest.raises(NaoEncontradoError):
        casa.step(other)


def test_a_period_without_anything_published_ends_empty(casa: Casal) -> None:
    lote = casa.finish(casa.ask())
    assert (lote.situacao, lote.arquivo, casa.s3.objects) == (SituacaoLote.VAZIO, None, {})


def test_what_cannot_be_made_says_why_and_what_broke_is_told(casa: Casal, monkeypatch: pytest.MonkeyPatch) -> None:
    casa.publish(UM_PEG)
    lote = casa.step(casa.ask())

    def too_wide(_found: Demonstrativo, _lote: Lote) -> bytes:
        raise DemonstrativoIndisponivelError("VERSAO", [UM_PEG])

    failed = lotes.advance(HOSPITAL, lote.id, casa.portas, casa.entregas, too_wide)
    assert (failed.situacao, failed.motivo) == (SituacaoLote.FALHOU, "VERSAO")
    lotes.fail(HOSPITAL, lote.id, casa.portas)
    assert lotes.find(HOSPITAL, lote.id, casa.portas) == failed, "the first reason stands"
    broken = casa.ask()
    lotes.fail(HOSPITAL, broken.id, casa.portas)
    assert lotes.find(HOSPITAL, broken.id, casa.portas).motivo == "ERRO"
    monkeypatch.setattr(lotes, "DOCUMENTOS", 0)
    assert casa.finish(casa.ask()).motivo == "GRANDE_DEMAIS"
    assert DOCUMENTOS > 0


# --- the archive ---


def test_what_is_published_is_fetched_by_an_address_that_names_it(casa: Casal) -> None:
    link = casa.entregas.publish(HOSPITAL, "analise.pdf", b"%PDF-", "application/pdf")
    assert link == casa.entregas.publish(HOSPITAL, "analise.pdf", b"%PDF-", "application/pdf")
    (key,) = casa.s3.objects
    assert key.startswith(f"demonstrativos/{HOSPITAL}/")
    assert link == f'https://acervo.example/{key}?900&attachment; filename="analise.pdf"'


def test_a_part_that_is_gone_is_told(casa: Casal) -> None:
    with pytest.raises(ArquivoMissingError):
        casa.entregas.join("todo.zip", ["parte.zip"])


# --- the formats ---


@pytest.fixture
def audited(casa: Casal, monkeypatch: pytest.MonkeyPatch) -> list[Access]:
    """What was recorded in the audit."""
    found = list[Access]()
    monkeypatch.setenv("TABELA_AUDITORIA", "auditoria")
    monkeypatch.setattr(nucleo, "portas", lambda: casa.portas)
    monkeypatch.setattr(formatos, "client", lambda _service: None)
    monkeypatch.setattr(audit, "append", lambda _client, _table, access, _now: found.append(access))
    return found


@pytest.mark.parametrize("formato", Formato)
def test_each_format_is_written_and_who_asked_is_recorded(casa: Casal, audited: list[Access], formato: Formato) -> None:
    peg = casa.publish(UM_PEG)
    casa.pay(peg)
    lote = casa.ask(formato=formato, versao_tiss="4.01.00" if formato is Formato.XML else None)
    analise = formatos.escrever(list(find_analises(HOSPITAL, [UM_PEG], casa.portas)), lote)
    paid = formatos.escrever(find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, data=HOJE), casa.portas), lote)
    for content in (analise, paid):
        match formato:
            case Formato.JSON:
                assert json.loads(content)
            case Formato.XML:
                assert b"DEMONSTRATIVO_" in content
            case Formato.CSV:
                assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
            case Formato.PDF:
                assert content.startswith(b"%PDF-")
    first, second = audited
    assert (first.actor.quem, first.objeto, first.sujeitos) == ("pessoa-1", f"peg/{UM_PEG}", ("vida-1",))
    assert len(second.campos) < len(first.campos), "a payment shows no items"
    assert formato in formatos.MEDIA


def test_without_a_version_a_message_is_of_the_newest_that_the_operadora_accepts(casa: Casal) -> None:
    operadora = casa.cadastro.operadora(VALE)
    assert formatos.newest(operadora, casa.portas) is Versao.V4_01_00
    newer = replace(operadora.versoes[0], versao="4.03.00", aceita_de=date(2026, 11, 1))
    operadora = replace(operadora, versoes=(*operadora.versoes, newer))
    assert formatos.newest(operadora, casa.portas) is Versao.V4_03_00
    assert formatos.newest(replace(operadora, versoes=()), casa.portas) is Versao.V4_01_00
    casa.cadastro.put(operadora)
    casa.publish(UM_PEG)
    found = find_analises(HOSPITAL, [UM_PEG], casa.portas)
    assert b"4.03.00" in formatos.render(found, Formato.XML, None, casa.portas)


def test_a_code_is_named_by_the_terminology() -> None:
    assert (nucleo._descrever("22", HEMOGRAMA) or "").startswith("Hemograma")
    assert nucleo._descrever("22", "99999999") is None
