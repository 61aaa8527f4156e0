"""Queue and stream entry of peg: which file starts a workflow, and which is answered at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conecta_atos.portas import keep_nothing
from conecta_contas.analise import Recuperado
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_contas_aws.chaves import peg_key, ponteiro_key
from conecta_edge import executions, queues
from conecta_edge.dynamodb import Item, marshal, unmarshal
from conecta_edge.events import Event
from peg.bootstrap import nucleo
from peg.dynamodb.imagens import imagem
from peg.dynamodb.pegs import to_item
from peg.handler import envios, eventos
from peg.service import atos
from tests.builders_functions import (
    HOSPITAL,
    VALE,
    XML,
    a_documento,
    a_peg,
    failures,
    outbox_record,
    sha256,
    sqs_message,
)
from tests.builders_peg import a_sadt, a_visit
from tests.casa_peg import AUDITORA, Casa
from tests.fakes import Bus, StepFunctions

P1, P2, P3 = "261120000001", "261120000002", "261120000003"


def envelope(tentativa: int = 1, recebido_em: str = "2026-11-21T12:00:00.000000Z") -> dict[str, Any]:
    """`DocumentoRecebido` of a lote, as documentos publishes it."""
    return {
        "id": "e1",
        "tipo": "DocumentoRecebido",
        "versao": 1,
        "ocorrido_em": recebido_em,
        "registro_ans": VALE,
        "prestador_id": HOSPITAL,
        "entidade": "upload/u1",
        "correlacao": "u1",
        "dados": {
            "upload_id": "u1",
            "finalidade": "lote_tiss",
            "formato": "application/xml",
            "chave": a_documento().chave,
            "sha256": sha256(XML),
            "tamanho": len(XML),
            "recebido_em": recebido_em,
            "tentativa": tentativa,
        },
    }


def deliver(monkeypatch: pytest.MonkeyPatch, machine: StepFunctions, *messages: dict[str, Any]) -> list[str]:
    monkeypatch.setattr(executions, "client", {"stepfunctions": machine}.__getitem__)
    batch = [sqs_message(n, json.dumps(message)) for n, message in enumerate(messages)]
    return failures(eventos.handler({"Records": batch}, None))


def received(tentativa: int = 1, **dados: Any) -> dict[str, Any]:
    made = envelope(tentativa)
    return {
        "detail-type": "DocumentoRecebido", "source": "conecta.documentos",
        "detail": {**made, "dados": {**made["dados"], **dados}},
    }  # fmt: skip


def test_a_received_lote_starts_one_execution_however_often_it_is_told(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, received(), received(), received()) == []
    (started,) = machine.started.values()
    assert started["name"] == "u1-1"
    assert started["stateMachineArn"] == function_environment["MAQUINA_RECEPCAO_ARN"]
    assert json.loads(started["input"]) == envelope()


def test_a_lote_handed_over_again_starts_another_execution(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = StepFunctions()
    deliver(monkeypatch, machine, received(1), received(2))
    assert list(machine.started) == ["u1-1", "u1-2"]


@pytest.mark.parametrize("transacao", ["loteGuias", None])
def test_a_lote_under_the_purpose_of_any_message_starts_one_too(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, transacao: str | None
) -> None:
    machine = StepFunctions()
    deliver(monkeypatch, machine, received(finalidade="mensagem_tiss", transacao=transacao))
    assert list(machine.started) == ["u1-1"]


@pytest.mark.parametrize("transacao", sorted(eventos.MENSAGENS))
def test_a_question_and_a_cancellation_are_answered_and_start_nothing(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, transacao: str
) -> None:
    machine = StepFunctions()
    answered: list[Any] = []
    monkeypatch.setattr(envios, "message_received", answered.append)
    message = received(finalidade="mensagem_tiss", transacao=transacao)
    assert deliver(monkeypatch, machine, message) == []
    assert (answered, machine.started) == ([message["detail"]], {})


@pytest.fixture
def casa(monkeypatch: pytest.MonkeyPatch) -> Casa:
    """A PEG whose values are published, one that was only received, and one published without what a rule took."""
    made = Casa()
    monkeypatch.setattr(nucleo, "portas", made.portas)
    peg: Any = made.recebe(a_visit())
    steps: tuple[Callable[..., Any], ...] = (atos.begin, atos.conclude, atos.release)
    for step in steps:
        peg = step(peg, AUDITORA, made.portas(), guardar=keep_nothing)
    made.recebe(a_visit(numero="G2"), numero="2")
    without = made.recebe(a_sadt(numero="G3", senha=None), numero="3")
    for step in steps:
        without = step(without, AUDITORA, made.portas(), guardar=keep_nothing)
    return made


def of_pagamento(tipo: str, **dados: Any) -> dict[str, Any]:
    envelope = {"registro_ans": VALE, "prestador_id": HOSPITAL, "correlacao": "c", "dados": dados}
    return {"detail-type": tipo, "source": "conecta.pagamento", "detail": envelope}


def test_every_peg_of_a_payment_is_paid_but_for_those_that_cannot_be(
    monkeypatch: pytest.MonkeyPatch, casa: Casa
) -> None:
    told = {"data": "2026-12-10", "demonstrativo": "261250000001", "protocolos": [P2, P1]}
    message = of_pagamento("PagamentoRegistrado", **told)
    for _ in range(2):
        assert deliver(monkeypatch, StepFunctions(), message) == ["m0"]
    assert [casa.peg(one).situacao for one in (P1, P2)] == [SituacaoPeg.PAGO, SituacaoPeg.RECEBIDO]
    assert casa.peg(P1).historico[-1].motivo == "Pago em 10/12/2026, demonstrativo 261250000001."
    right = of_pagamento("PagamentoRegistrado", **{**told, "protocolos": [P1]})
    assert deliver(monkeypatch, StepFunctions(), right) == []


def test_a_peg_of_which_nothing_is_paid_is_over_and_what_is_recovered_of_it_later_is_no_peg(
    monkeypatch: pytest.MonkeyPatch, casa: Casa
) -> None:
    of_it, later = (of_pagamento("FaturaEncerrada", protocolo=P1, parcela=parcela) for parcela in (0, 1))
    assert deliver(monkeypatch, StepFunctions(), later) == []
    assert casa.peg(P1).situacao is SituacaoPeg.LIBERADO
    assert deliver(monkeypatch, StepFunctions(), of_it, of_it) == []
    assert casa.peg(P1).situacao is SituacaoPeg.ENCERRADO_SEM_PAGAMENTO


def test_what_a_recurso_gives_back_is_recovered_and_what_it_does_not_is_nothing_here(
    monkeypatch: pytest.MonkeyPatch, casa: Casa
) -> None:
    recurso, key = "261160000001", "t/x/acatados-1.json.gz"
    told = {"recurso": recurso, "protocolo": P3, "legado": False, "valor_recursado": "18.50"}
    nothing, legacy, given = (
        answered({**told, **more})
        for more in ({"acatados": None}, {"legado": True, "valor_acatado": "1.00"}, {"acatados": key})
    )
    assert deliver(monkeypatch, StepFunctions(), nothing, legacy, given) == ["m2"]  # it is not in the archive yet
    casa.archive.keep_acatados(key, Recuperado(recurso, 1, 1, 1, Decimal("10.00")))
    assert deliver(monkeypatch, StepFunctions(), given, given) == []
    assert [(one.recurso, one.valor) for one in casa.peg(P3).recuperacoes] == [(recurso, Decimal("10.00"))]
    assert deliver(monkeypatch, StepFunctions(), answered({**told, "protocolo": P2, "acatados": key})) == ["m0"]


def answered(dados: dict[str, Any]) -> dict[str, Any]:
    return {**of_pagamento("RecursoRespondido", **dados), "source": "conecta.recurso"}


def test_what_cannot_be_started_now_goes_back_to_the_queue(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deliver(monkeypatch, StepFunctions("ThrottlingException"), received()) == ["m0"]


def test_an_unknown_message_goes_to_the_dead_letter_queue_alone(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = StepFunctions()
    assert deliver(monkeypatch, machine, {"detail-type": "Outro", "detail": {}}, received()) == ["m0"]
    assert list(machine.started) == ["u1-1"]


def test_the_tables_stream_is_published_under_this_context(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus()
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)
    assert failures(eventos.handler({"Records": [outbox_record(1)]}, None)) == []
    assert bus.calls[0][0]["Source"] == "conecta.peg"


def test_a_visible_peg_says_what_it_holds_and_what_is_being_written_nothing() -> None:
    peg = a_peg(P1, situacao=SituacaoPeg.RECEBIDO, versao=2)
    told = imagem(row_of(peg))
    assert told == Event(
        "PegAtualizado", VALE, HOSPITAL, f"peg/{P1}", f"peg/{P1}", "2",
        {"versao": 2, "protocolo": P1, "situacao": "RECEBIDO", "numero_lote": "1", "valor_informado": "300.00",
         "competencia": "202611"},
    )  # fmt: skip
    assert imagem(row_of(replace(peg, situacao=SituacaoPeg.PREPARANDO))) is None
    assert imagem({**ponteiro_key(VALE, P1), "prestador_id": HOSPITAL}) is None


def row_of(peg: Peg) -> Item:
    """As the stream tells it."""
    return unmarshal(marshal({**peg_key(peg.prestador_id, peg.protocolo), **to_item(peg)}))
