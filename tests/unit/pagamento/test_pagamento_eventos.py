"""Queue and stream entry of pagamento: what each message does, once however often it comes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.pegs import Recuperacao, SituacaoPeg
from conecta_edge import executions, queues
from conecta_edge.dynamodb import Item, marshal, unmarshal
from conecta_edge.events import Event
from conecta_facts.prestadores import Prestador
from pagamento.bootstrap import nucleo
from pagamento.domain.faturas import Fatura, SituacaoFatura
from pagamento.domain.notas import Nota
from pagamento.dynamodb import chaves
from pagamento.dynamodb.imagens import imagem
from pagamento.dynamodb.registros import to_item
from pagamento.handler import cargas, envios, eventos
from tests.builders_functions import CNPJ, HOSPITAL, VALE, a_peg, failures, outbox_record, sqs_message
from tests.builders_pagamento import AGORA, UM_PEG, a_cronograma, a_fatura, a_nota
from tests.fakes import Bus, StepFunctions
from tests.fakes_pagamento import Mesa

LOTE = "261150000011"


def message(tipo: str, entidade: str = f"peg/{UM_PEG}", prestador_id: str = HOSPITAL, **dados: Any) -> dict[str, Any]:
    """An event as it comes from the bus."""
    envelope = {
        "id": "e1", "tipo": tipo, "registro_ans": VALE, "prestador_id": prestador_id, "entidade": entidade,
        "correlacao": "c1", "dados": dados,
    }  # fmt: skip
    return {"detail-type": tipo, "detail": envelope}


def deliver(*messages: dict[str, Any]) -> list[str]:
    """What of a batch was not done."""
    batch = [sqs_message(n, json.dumps(one)) for n, one in enumerate(messages)]
    return failures(eventos.handler({"Records": batch}, None))


@pytest.fixture
def machines(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> StepFunctions:
    made = StepFunctions()
    monkeypatch.setattr(executions, "client", {"stepfunctions": made}.__getitem__)
    return made


@pytest.mark.usefixtures("function_environment")
def test_a_peg_whose_values_are_published_has_its_fatura_however_often_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mesa = Mesa()
    monkeypatch.setattr(nucleo, "portas", lambda: mesa.portas)
    mesa.cadastro.put(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
    mesa.registros.put(a_cronograma())
    peg = a_peg(UM_PEG, situacao=SituacaoPeg.LIBERADO, publicada_em=AGORA.date(), data_recepcao=AGORA)
    mesa.contas.put(peg)
    mesa.contas.put(replace(peg, protocolo="261020000002", situacao=SituacaoPeg.ANALISADO))
    told = message("PegLiberado")
    assert deliver(told, told, message("PegLiberado", "peg/261020000002")) == []
    assert {one: fatura.situacao for one, fatura in mesa.registros.faturas(HOSPITAL, [UM_PEG]).items()} == {
        UM_PEG: SituacaoFatura.PENDENTE
    }
    assert [(event.tipo, event.correlacao) for event in mesa.registros.told(HOSPITAL)] == [("FaturaAberta", "c1")]
    assert deliver(message("PegLiberado", prestador_id="ninguem")) == []
    mesa.contas.put(replace(peg, prestador_id="ninguem"))
    assert deliver(message("PegLiberado", prestador_id="ninguem")) == ["m0"]  # cadastro does not know whose it is


@pytest.mark.usefixtures("function_environment")
def test_what_is_given_back_has_a_fatura_of_its_own_and_of_before_the_migration_it_is_a_credit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mesa, recurso = Mesa(), "261160000001"
    monkeypatch.setattr(nucleo, "portas", lambda: mesa.portas)
    mesa.cadastro.put(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
    given = (Recuperacao(recurso, Decimal("10.00"), AGORA.date()),)
    mesa.contas.put(a_peg(UM_PEG, situacao=SituacaoPeg.PAGO, recuperacoes=given))
    told = message("ValorRecuperado", protocolo=UM_PEG, parcela=1, recurso=recurso, valor="10.00")
    assert deliver(told, told) == []
    (opened,) = mesa.registros.faturas_do_mes(HOSPITAL, "202610")
    assert (opened.id, opened.recurso, opened.valor) == (f"{UM_PEG}-1", recurso, Decimal("10.00"))
    dados: dict[str, Any] = {"recurso": recurso, "protocolo": "ANTIGO-1", "legado": True, "valor_acatado": "7.50"}
    ours, nothing, legacy = (
        message("RecursoRespondido", f"recurso/{recurso}", **{**dados, **more})
        for more in ({"legado": False}, {"valor_acatado": "0.00"}, {})
    )
    assert deliver(ours, nothing, legacy, legacy) == []
    (entry,) = mesa.registros.lancamentos(HOSPITAL, VALE)
    assert (entry.id, entry.valor) == (recurso, Decimal("7.50"))
    assert [sent.tipo for sent in mesa.registros.told(HOSPITAL)] == ["ParcelaAberta", "LancamentoRegistrado"]


def test_a_new_cronograma_starts_one_recount_of_its_operadora(machines: StepFunctions) -> None:
    told = message("CronogramaPublicado", f"cronograma/{VALE}", "", versao=3)
    assert deliver(told, told) == []
    (started,) = machines.started.values()
    assert started["name"] == f"recontagem-{VALE}-3"
    assert started["stateMachineArn"].endswith(":fechamento-entregas")
    assert json.loads(started["input"]) == {"acao": "recontar", "registro_ans": VALE}


def test_demonstrativos_asked_for_in_bulk_start_their_workflow(machines: StepFunctions) -> None:
    told = message("DemonstrativosPedidos", f"lote/{LOTE}", id=LOTE)
    assert deliver(told, told) == []
    (started,) = machines.started.values()
    assert (started["name"], json.loads(started["input"])) == (LOTE, {"prestador_id": HOSPITAL, "id": LOTE})
    assert started["stateMachineArn"].endswith(":demonstrativos-lote")


def test_what_others_do_with_a_message_is_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[str, Any]] = []
    monkeypatch.setattr(envios, "message_received", lambda detail: taken.append(("envio", detail)))
    monkeypatch.setattr(cargas, "file_arrived", lambda detail: taken.append(("arquivo", detail)))
    monkeypatch.setattr(cargas, "resumed", lambda detail: taken.append(("retomada", detail)))
    messages = [message("DocumentoRecebido"), message("Object Created"), message("CargaRetomada")]
    assert deliver(*messages) == []
    names = ("envio", "arquivo", "retomada")
    assert taken == [(name, one["detail"]) for name, one in zip(names, messages, strict=True)]


def test_a_message_nobody_knows_is_left_for_somebody_to_look_at() -> None:
    assert deliver(message("AlgoMudou"), message("DocumentoPerdido")) == ["m0", "m1"]


@pytest.mark.usefixtures("function_environment")
def test_the_tables_stream_is_published_in_this_contexts_name(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus()
    monkeypatch.setattr(queues, "client", lambda _service: bus)
    assert failures(eventos.handler({"Records": [outbox_record(1, "fatura/1")]}, None)) == []
    assert [entry["Source"] for entry in bus.calls[0]] == ["conecta.pagamento"]


def test_a_fatura_says_what_it_waits_for_and_until_when() -> None:
    fatura = a_fatura(versao=3, parcela=1, recurso="261160000001", entrega_ate=date(2026, 12, 15), reagendada=True)
    assert imagem(row_of(fatura)) == Event(
        "FaturaAtualizada", VALE, HOSPITAL, f"fatura/{fatura.id}", f"fatura/{fatura.id}", "3",
        {"versao": 3, "fatura": fatura.id, "protocolo": UM_PEG, "situacao": "PENDENTE", "valor": "100.00",
         "entrega_ate": "2026-12-15", "reagendada": True},
    )  # fmt: skip
    first = imagem(row_of(a_fatura()))
    assert first is not None
    assert (first.entidade, first.dados["entrega_ate"]) == (f"fatura/{UM_PEG}", None)
    assert imagem(row_of(a_nota())) is None


def row_of(linha: Fatura | Nota) -> Item:
    """As the stream tells it."""
    return unmarshal(marshal({**chaves.linha_key(linha), **to_item(linha)}))
