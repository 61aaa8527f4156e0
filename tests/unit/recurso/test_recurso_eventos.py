"""Queue and stream entry of recurso: what each message does, however often and in whatever order it comes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from conecta_contas.pegs import Recuperacao
from conecta_edge import queues
from conecta_edge.dynamodb import Item, marshal, unmarshal
from conecta_edge.events import Event
from recurso.bootstrap import nucleo
from recurso.domain.recursos import Contestado, Recurso, SituacaoRecurso
from recurso.dynamodb.imagens import imagem
from recurso.dynamodb.recursos import to_item
from recurso.handler import envios, eventos
from tests.builders_functions import HOSPITAL, VALE, failures, outbox_record, sqs_message
from tests.builders_recurso import DEZ, PEG, PUBLICADA, a_conta, a_held, a_recurso
from tests.fakes import Bus
from tests.fakes_recurso import Mesa

UM, OUTRO, ANTIGO = "261160000001", "261160000002", "261160000003"
DIAS: dict[str, Any] = {"entrega_ate": "2026-12-15", "pagamento_em": "2026-12-30"}
PAGO = date(2026, 12, 30)


def message(tipo: str, entidade: str = "", **dados: Any) -> dict[str, Any]:
    """An event as it comes from the bus."""
    envelope = {
        "id": "e1", "tipo": tipo, "registro_ans": VALE, "prestador_id": HOSPITAL, "entidade": entidade,
        "correlacao": "c1", "dados": dados,
    }  # fmt: skip
    return {"detail-type": tipo, "detail": envelope}


def opened(recurso: str = UM, parcela: int = 1, **days: Any) -> dict[str, Any]:
    return message("ParcelaAberta", f"fatura/{PEG}-{parcela}", **{"recurso": recurso, "parcela": parcela, **days})


def paid(*parcelas: str, **more: Any) -> dict[str, Any]:
    return message("PagamentoRegistrado", "pagamento/261150000001", data=PAGO.isoformat(), parcelas=parcelas, **more)


def deliver(*messages: dict[str, Any]) -> list[str]:
    """What of a batch was not done."""
    batch = [sqs_message(n, json.dumps(one)) for n, one in enumerate(messages)]
    return failures(eventos.handler({"Records": batch}, None))


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mesa:
    """Three recursos that were answered; of the first two the PEG got ten reais back each."""
    made = Mesa()
    monkeypatch.setattr(nucleo, "portas", lambda: made.portas)
    given = tuple(Recuperacao(recurso=one, valor=DEZ, em=PUBLICADA) for one in (UM, OUTRO))
    conta = a_conta()
    made.contas.put(replace(conta.peg, recuperacoes=given), conta.dossie)
    for one in (UM, OUTRO, ANTIGO):
        made.recursos.put(
            a_recurso(one, numero=one, situacao=SituacaoRecurso.RESPONDIDO, valor_acatado=DEZ, legado=one == ANTIGO)
        )  # fmt: skip
    return made


def now(mesa: Mesa, protocolo: str = UM) -> Recurso:
    found = mesa.portas.recursos.recurso(HOSPITAL, protocolo)
    assert found is not None
    return found


def test_a_recurso_is_scheduled_by_its_fatura_and_its_days_however_often_that_is_told(mesa: Mesa) -> None:
    assert deliver(opened(**DIAS), opened(**DIAS), opened(OUTRO, 2)) == []
    first, second = now(mesa), now(mesa, OUTRO)
    assert (first.situacao, first.fatura) == (SituacaoRecurso.PAGAMENTO_AGENDADO, f"{PEG}-1")
    assert (first.entrega_ate, first.pagamento_em) == (date(2026, 12, 15), PAGO)
    assert (second.fatura, second.entrega_ate, second.pagamento_em) == (f"{PEG}-2", None, None)
    assert [sent.tipo for sent in mesa.recursos.told(HOSPITAL)] == ["RecursoAgendado"] * 2


def test_a_recurso_of_before_the_migration_is_scheduled_by_its_credit_and_other_entries_are_nothing(mesa: Mesa) -> None:
    mine = message("LancamentoRegistrado", f"lancamento/{ANTIGO}", recurso=ANTIGO, valor="10.00")
    assert deliver(mine, mine, message("LancamentoRegistrado", "lancamento/261150000009", valor="1.00")) == []
    assert (now(mesa, ANTIGO).lancamento, now(mesa, ANTIGO).fatura) == (ANTIGO, None)
    assert deliver(paid(recursos=[ANTIGO])) == []
    assert now(mesa, ANTIGO).paga_em == PAGO


def test_each_recurso_is_paid_by_its_own_parcela_of_the_peg(mesa: Mesa) -> None:
    assert deliver(opened(**DIAS), opened(OUTRO, 2, **DIAS), paid(f"{PEG}-2"), paid(f"{PEG}-2")) == []
    assert (now(mesa).paga_em, now(mesa, OUTRO).paga_em) == (None, PAGO)
    assert deliver(paid(protocolos=[PEG]), paid(f"{PEG}-1")) == []
    assert now(mesa).paga_em == PAGO


def test_what_is_paid_before_it_was_scheduled_is_tried_again_and_keeps_no_other_back(mesa: Mesa) -> None:
    deliver(opened(OUTRO, 2, **DIAS))
    early = paid(f"{PEG}-1", f"{PEG}-2")
    assert deliver(early) == ["m0"]
    assert (now(mesa).paga_em, now(mesa, OUTRO).paga_em) == (None, PAGO)
    assert deliver(opened(**DIAS), early) == []
    assert now(mesa).paga_em == PAGO


@pytest.mark.parametrize("fatura", ["261120000099-1", f"{PEG}-3"])
def test_what_no_peg_got_back_fails_until_it_did(mesa: Mesa, fatura: str) -> None:
    assert deliver(paid(fatura), opened("261160000099")) == ["m0", "m1"]
    assert now(mesa).paga_em is None


def test_what_nobody_knows_stays_in_the_queue(mesa: Mesa) -> None:
    with pytest.raises(queues.UnknownMessageError):
        eventos.consume(message("OutraCoisa"))
    assert mesa.recursos.writes == 3  # those of the fixture


def test_outbox_rows_go_to_the_bus_in_this_contexts_name(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus()
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)
    eventos.handler({"Records": [outbox_record(1)]}, None)
    assert [entry["Source"] for entry in bus.calls[0]] == ["conecta.recurso"]


def test_a_message_that_came_as_a_file_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Any] = []
    monkeypatch.setattr(envios, "message_received", taken.append)
    one = message("DocumentoRecebido", "upload/u1")
    assert deliver(one) == []
    assert taken == [one["detail"]]


def test_who_contests_a_peg_of_ours_is_told_of_whenever_it_changes() -> None:
    held = a_held(_1=UM).taking(a_recurso(OUTRO, guias=("2",)))
    assert imagem(row_of(held)) == Event(
        "ContestacaoAtualizada", VALE, HOSPITAL, f"peg/{PEG}", f"peg/{PEG}", "2", {"versao": 2, "protocolo": PEG}
    )  # fmt: skip
    assert imagem(row_of(replace(held, legado=True))) is None
    assert imagem(row_of(a_recurso(UM))) is None


def row_of(linha: Contestado | Recurso) -> Item:
    """As the stream tells it."""
    return unmarshal(marshal(to_item(linha)))
