"""Queue, stream and workflow entries of peg."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge import queues, session
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from peg.bootstrap import nucleo as bootstrap
from peg.domain import rules
from peg.domain.errors import DocumentoMissingError
from peg.domain.pegs import SituacaoPeg
from peg.handler import eventos, fluxo
from peg.service.recepcao import Reception
from tests.builders_functions import (
    CNPJ,
    HOSPITAL,
    PASA,
    VALE,
    XML,
    a_documento,
    a_lote,
    a_relacionamento,
    failures,
    outbox_record,
    sha256,
    sqs_message,
)
from tests.fakes import STORED, Bus, FakeArchive, FakeCadastro, FakePadrao, FakePegs


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


class StepFunctions:
    """Starts an execution per name, once; or answers an error."""

    def __init__(self, error: str | None = None) -> None:
        self._error = error
        self.started: dict[str, Any] = {}

    def start_execution(self, **asked: Any) -> None:
        if self._error or asked["name"] in self.started:
            code = self._error or "ExecutionAlreadyExists"
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "StartExecution")
        self.started[asked["name"]] = asked


def deliver(monkeypatch: pytest.MonkeyPatch, machine: StepFunctions, *messages: dict[str, Any]) -> list[str]:
    monkeypatch.setattr(eventos, "client", {"stepfunctions": machine}.__getitem__)
    batch = [sqs_message(n, json.dumps(message)) for n, message in enumerate(messages)]
    return failures(eventos.handler({"Records": batch}, None))


def received(tentativa: int = 1) -> dict[str, Any]:
    return {"detail-type": "DocumentoRecebido", "source": "conecta.documentos", "detail": envelope(tentativa)}


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


class World:
    """The workflow's step with fakes behind it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pegs, self.archive, self.cadastro = FakePegs(), FakeArchive(), FakeCadastro()
        self.padrao = FakePadrao({XML: a_lote()})
        self.archive.acervo.put(a_documento().chave, XML, STORED)
        since = date(2022, 10, 1)
        self.cadastro.put_operadora(
            Operadora(VALE, "AMS", "VALE/PASA", (VALE, PASA), (VersaoAceita("4.01.00", since),))
        )
        self.cadastro.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
        self.cadastro.put_relacionamento(a_relacionamento(HOSPITAL, VALE))
        monkeypatch.setattr(session, "cadastro", lambda: self.cadastro)
        ports = Reception(self.pegs, self.archive, self.padrao)
        monkeypatch.setattr(bootstrap, "reception", lambda: ports)


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def test_the_step_receives_a_lote(world: World, logged: Callable[[], list[Any]]) -> None:
    answer = {"situacao": "RECEBIDO", "protocolo": "261120000001", "repetido": False}
    assert fluxo.handler({"acao": "receber", **envelope()}, None) == answer
    assert fluxo.handler({"acao": "receber", **envelope()}, None) == answer
    assert world.pegs.rows[HOSPITAL, "261120000001"].situacao is SituacaoPeg.RECEBIDO
    assert [(line["situacao"], line["achados"]) for line in logged()] == [("RECEBIDO", 0), ("RECEBIDO", 0)]


def test_the_step_refuses_a_lote(world: World) -> None:
    world.padrao.lotes[XML] = a_lote(destino=PASA)
    answer = fluxo.handler({"acao": "receber", **envelope()}, None)
    assert answer == {"situacao": "RECUSADO", "protocolo": None, "repetido": False}


def test_the_step_fails_so_that_the_workflow_retries(world: World) -> None:
    world.archive.acervo.versions.clear()
    with pytest.raises(DocumentoMissingError):
        fluxo.handler({"acao": "receber", **envelope()}, None)


def test_a_failure_after_every_retry_is_registered_by_its_class(world: World, logged: Callable[[], list[Any]]) -> None:
    answer = {"situacao": "FALHA_REGISTRADA", "protocolo": None, "repetido": False}
    erro = {"Error": "TransientConflictError", "Cause": '{"errorMessage": "123.456.789-09"}'}
    assert fluxo.handler({"acao": "registrar-falha", "entrada": envelope(), "erro": erro}, None) == answer
    assert fluxo.handler({"acao": "registrar-falha", "entrada": envelope()}, None) == answer
    lines = logged()
    assert [(line["upload_id"], line["erro"]) for line in lines] == [
        ("u1", "TransientConflictError"), ("u1", "desconhecido"),
    ]  # fmt: skip
    assert "123.456" not in json.dumps(lines)


@pytest.mark.parametrize("event", [{}, {"acao": "outra"}])
def test_an_action_that_does_not_exist_fails(world: World, event: dict[str, Any]) -> None:
    with pytest.raises(fluxo.UnknownActionError):
        fluxo.handler(event, None)


def test_what_the_rules_know_comes_from_cadastro_on_the_local_day_of_reception(world: World) -> None:
    documento = a_documento(recebido_em=datetime(2026, 12, 1, 1, 30, tzinfo=UTC))
    assert bootstrap.contexto(documento) == rules.Contexto(
        registro_ans=VALE,
        cnpj=CNPJ,
        cpf=None,
        codigo_na_operadora="HOSP01",
        may_bill=True,
        versoes=(VersaoAceita("4.01.00", date(2022, 10, 1), None),),
        grupo=(VALE, PASA),
        hoje=date(2026, 11, 30),
    )


def test_of_an_unknown_prestador_the_rules_know_nothing(world: World) -> None:
    contexto = bootstrap.contexto(a_documento(prestador_id="nao-existe", registro_ans="999999"))
    assert (contexto.may_bill, contexto.cnpj, contexto.versoes, contexto.grupo) == (False, None, (), ())


def test_an_event_names_the_archived_file() -> None:
    assert fluxo.documento_of(envelope(tentativa=3)) == a_documento(tentativa=3)


def test_adapters_are_made_once_of_the_names_the_function_was_given(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "client", lambda service: service)
    assert bootstrap.pegs() is bootstrap.pegs()
    assert (bootstrap.pegs()._client, bootstrap.pegs()._table) == ("dynamodb", "conecta-teste-peg")
    assert (bootstrap.archive()._client, bootstrap.archive()._bucket) == ("s3", "conecta-teste-acervo")
