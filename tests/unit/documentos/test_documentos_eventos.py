"""Queue, stream and sweep entries of documentos."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conecta_edge import queues
from documentos.bootstrap import documentos as of_documentos
from documentos.bootstrap import nucleo as bootstrap
from documentos.domain.uploads import Situacao
from documentos.handler import eventos, fluxo
from local.gerador import verifica_elegibilidade
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE, XML, an_upload, failures, outbox_record, sqs_message
from tests.fakes import Bus, FakeFiles, FakeUploads
from tests.fakes_documentos import Mesa

CHAVE = f"t/345695/{HOSPITAL}/lote_tiss/u1"


class World:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.uploads, self.files = FakeUploads(), FakeFiles()
        monkeypatch.setattr(bootstrap, "uploads", lambda: self.uploads)
        monkeypatch.setattr(bootstrap, "files", lambda: self.files)

    def deliver(self, *events: dict[str, Any]) -> list[str]:
        batch = [sqs_message(n, json.dumps(event)) for n, event in enumerate(events)]
        return failures(eventos.handler({"Records": batch}, None))

    def state(self) -> Situacao:
        return self.uploads.rows[HOSPITAL, "u1"].situacao


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def created(key: str = CHAVE, version: str | None = "v1") -> dict[str, Any]:
    """S3's `Object Created`, through EventBridge."""
    stored: dict[str, Any] = {"key": key, "size": 7, "sequencer": "1"}
    return {
        "detail-type": "Object Created",
        "detail": {"object": stored | ({"version-id": version} if version else {})},
    }


def verdict(kind: str, **dados: Any) -> dict[str, Any]:
    return {"detail-type": kind, "detail": {"prestador_id": HOSPITAL, "dados": {"upload_id": "u1", **dados}}}


@pytest.mark.parametrize("version", ["v1", None])
def test_an_object_in_entrada_is_received(world: World, version: str | None) -> None:
    world.uploads.add(an_upload())
    world.files.entrada.put(CHAVE, XML, NOW)
    assert world.deliver(created(version=version)) == []
    assert world.state() is Situacao.EM_PROCESSAMENTO


def test_a_key_is_read_as_s3_writes_it(world: World) -> None:
    world.uploads.add(an_upload())
    world.files.entrada.put(CHAVE, XML, NOW)
    world.deliver(created(CHAVE.replace("_", "%5F")))
    assert world.state() is Situacao.EM_PROCESSAMENTO


@pytest.mark.parametrize("key", ["solto.xml", "x/345695/h/lote_tiss/u1", f"{CHAVE}/mais", "t/1/2/3", ""])
def test_a_key_we_did_not_make_is_put_aside(world: World, key: str) -> None:
    world.uploads.add(an_upload())
    assert world.deliver(created(key)) == []
    assert world.state() is Situacao.AGUARDANDO_ARQUIVO


def test_a_key_of_an_unknown_upload_is_put_aside(world: World) -> None:
    assert world.deliver(created()) == []


@pytest.mark.parametrize("kind", ["PegRecebido", "LoteRepetido"])
def test_an_accepted_lote_becomes_its_peg(world: World, kind: str) -> None:
    world.uploads.add(an_upload(situacao=Situacao.EM_PROCESSAMENTO))
    assert world.deliver(verdict(kind, protocolo="261120000001")) == []
    assert world.state() is Situacao.CONCLUIDO
    assert world.uploads.rows[HOSPITAL, "u1"].recurso == {"tipo": "peg", "id": "261120000001"}


def test_a_refused_lote_becomes_nothing(world: World) -> None:
    world.uploads.add(an_upload(situacao=Situacao.EM_PROCESSAMENTO))
    assert world.deliver(verdict("LoteRecusado", achados=3)) == []
    assert world.state() is Situacao.RECUSADO
    assert world.uploads.rows[HOSPITAL, "u1"].recurso is None


def test_an_answered_message_is_concluded_with_what_it_became_if_anything(world: World) -> None:
    recurso = {"tipo": "autorizacao", "id": "345695/26110123456789"}
    for upload_id in ("u1", "u2"):
        world.uploads.add(
            an_upload(upload_id=upload_id, finalidade="mensagem_tiss", situacao=Situacao.EM_PROCESSAMENTO)
        )
    answered = [verdict("MensagemRespondida", recurso=recurso), verdict("MensagemRespondida", upload_id="u2")]
    assert world.deliver(*answered) == []
    rows = [world.uploads.rows[HOSPITAL, upload_id] for upload_id in ("u1", "u2")]
    assert [row.situacao for row in rows] == [Situacao.CONCLUIDO] * 2
    assert [row.recurso for row in rows] == [recurso, None]


def test_a_refused_message_is_concluded_as_refused_naming_what_it_was_about(world: World) -> None:
    recurso = {"tipo": "autorizacao", "id": "345695/26110123456789"}
    world.uploads.add(an_upload(finalidade="mensagem_tiss", situacao=Situacao.EM_PROCESSAMENTO))
    assert world.deliver(verdict("MensagemRecusada", recurso=recurso)) == []
    assert (world.state(), world.uploads.rows[HOSPITAL, "u1"].recurso) == (Situacao.RECUSADO, recurso)


def test_a_message_is_read_where_it_is_received(world: World) -> None:
    message = verifica_elegibilidade(CNPJ, VALE, "001", NOW.date())
    upload = an_upload(message, finalidade="mensagem_tiss")
    world.uploads.add(upload)
    world.files.entrada.put(upload.chave_entrada, message, NOW)
    assert world.deliver(created(upload.chave_entrada)) == []
    assert [achado.regra for achado in world.uploads.rows[HOSPITAL, "u1"].achados] == ["DOC-TRANSACAO"]


def test_duplicated_and_reordered_messages_change_nothing(world: World) -> None:
    world.uploads.add(an_upload())
    world.files.entrada.put(CHAVE, XML, NOW)
    received = verdict("PegRecebido", protocolo="261120000001")
    assert world.deliver(received, created(), created(), received, created(), received) == []
    upload = world.uploads.rows[HOSPITAL, "u1"]
    assert (upload.situacao, upload.versao) == (Situacao.CONCLUIDO, 3)


def test_uploads_that_a_recurso_was_sent_with_come_to_belong_to_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesa = Mesa()
    monkeypatch.setattr(of_documentos, "portas", lambda: mesa.portas)
    kept = an_upload(
        finalidade="laudo", situacao=Situacao.CONCLUIDO, sha256="9f" * 32, chave="t/x", recebido_em=NOW
    )  # fmt: skip
    mesa.documentos.uploads.add(kept)
    told = {
        "detail-type": "RecursoEnviado",
        "detail": {
            "prestador_id": HOSPITAL, "registro_ans": VALE, "entidade": "recurso/261160000003", "correlacao": "c1",
            "dados": {
                "recurso": "261160000003",
                "documentos": [{"upload": "u1", "guia": "GP-1"}, {"upload": "u9", "guia": None}],
            },
        },
    }  # fmt: skip
    assert world.deliver(told, told) == []
    assert [(one.destino.id, one.tipo) for one in mesa.documentos.eventos] == [("261160000003", "02")]


def test_an_unknown_message_goes_to_the_dead_letter_queue_alone(world: World) -> None:
    world.uploads.add(an_upload())
    world.files.entrada.put(CHAVE, XML, NOW)
    assert world.deliver({"detail-type": "Outro", "detail": {}}, created()) == ["m0"]
    assert world.state() is Situacao.EM_PROCESSAMENTO


def test_the_tables_stream_is_published_under_this_context(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = Bus()
    monkeypatch.setattr(queues, "client", {"events": bus}.__getitem__)
    assert failures(eventos.handler({"Records": [outbox_record(1)]}, None)) == []
    assert bus.calls[0][0]["Source"] == "conecta.documentos"


def test_the_sweep_answers_what_it_looked_at_and_what_moved(world: World) -> None:
    world.uploads.add(an_upload())
    world.files.entrada.put(CHAVE, XML, NOW)
    assert fluxo.handler({"tarefa": "conciliar-uploads"}, None) == {"pendentes": 0, "avancados": 0}
    assert fluxo.handler({"tarefa": "conciliar-uploads", "todos": True}, None) == {"pendentes": 1, "avancados": 1}


@pytest.mark.parametrize("event", [{}, {"tarefa": "outra"}])
def test_a_task_that_does_not_exist_fails(world: World, event: dict[str, Any]) -> None:
    with pytest.raises(fluxo.UnknownTaskError):
        fluxo.handler(event, None)


def test_adapters_are_made_once_of_the_names_the_function_was_given(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "client", lambda service: service)
    assert bootstrap.uploads() is bootstrap.uploads()
    assert (bootstrap.uploads()._client, bootstrap.uploads()._table) == ("dynamodb", "conecta-teste-documentos")
    files = bootstrap.files()
    assert (files._client, files._entrada, files._acervo) == ("s3", "conecta-teste-entrada", "conecta-teste-acervo")
