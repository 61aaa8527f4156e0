"""The uploads' functions with their real adapters on moto: from the request to the archived file."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from conecta_edge import queues, session
from conecta_edge.clock import FixedClock
from conecta_facts.prestadores import Prestador
from documentos.handler import api, eventos, fluxo
from documentos.s3 import S3Files
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    ESCOPOS,
    HOSPITAL,
    NOW,
    PDF,
    VALE,
    XML,
    a_relacionamento,
    api_event,
    failures,
    machine,
    person,
    sha256,
    sqs_message,
)
from tests.cadastro_rows import CadastroTable, Credencial, Vinculo
from tests.contract.engines import Engine
from tests.fakes import Bus

UPLOADS = "/documentos/uploads"
ONE = "/documentos/uploads/{id}"


class World:
    """The deployed functions of documentos."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine, self.monkeypatch = engine, monkeypatch
        self.names = engine.deploy()
        for name, value in self.names.items():
            monkeypatch.setenv(name, value)
        cadastro = CadastroTable(engine.dynamodb, self.names["TABELA_CADASTRO"])
        cadastro.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
        cadastro.put_relacionamento(a_relacionamento(HOSPITAL, VALE))
        cadastro.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "faturista"))
        cadastro.put_vinculo(Vinculo("pessoa-2", CLINICA, "gestor"))
        cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        self.bus = Bus()
        monkeypatch.setattr(queues, "client", {"events": self.bus}.__getitem__)

    def later(self, passed: timedelta) -> None:
        self.monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW + passed))

    def call(self, event: dict[str, Any]) -> tuple[int, Any]:
        answered = api.handler(event, None)
        return answered["statusCode"], json.loads(answered["body"])

    def create(self, content: bytes, finalidade: str = "lote_tiss", **more: Any) -> tuple[int, Any]:
        body = {
            "registro_ans": VALE, "finalidade": finalidade, "nome_arquivo": "a", "tamanho": len(content),
            "sha256": sha256(content),
        }  # fmt: skip
        return self.call(api_event("POST", UPLOADS, body=json.dumps(body), **{"claims": person(), **more}))

    def read(self, upload_id: str, claims: dict[str, Any] | None = None) -> tuple[int, Any]:
        return self.call(api_event("GET", ONE, path={"id": upload_id}, claims=claims or person()))

    def post(self, upload: dict[str, Any], content: bytes) -> dict[str, Any]:
        """What S3 tells of a posted file."""
        key, bucket = upload["envio"]["campos"]["key"], self.names["BUCKET_ENTRADA"]
        version = self.engine.s3.put_object(Bucket=bucket, Key=key, Body=content)["VersionId"]
        return {"detail-type": "Object Created", "detail": {"object": {"key": key, "version-id": version}}}

    def deliver(self, *messages: dict[str, Any]) -> list[str]:
        batch = [sqs_message(n, json.dumps(message)) for n, message in enumerate(messages)]
        return failures(eventos.handler({"Records": batch}, None))

    def outbox(self) -> list[dict[str, Any]]:
        rows = self.engine.outbox(self.names["TABELA_DOCUMENTOS"], HOSPITAL)
        return [json.loads(row["evento"]) for row in rows]

    def told(self) -> list[str]:
        return [event["tipo"] for event in self.outbox()]

    def sweep(self) -> dict[str, int]:
        return fluxo.handler({"tarefa": "conciliar-uploads"}, None)


@pytest.fixture
def world(function_environment: dict[str, str], moto: Engine, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(moto, monkeypatch)


def test_a_moved_clock_moves_the_instant_a_file_was_stored_at(world: World) -> None:
    ahead, (_, upload) = timedelta(days=19), world.create(PDF, "pdf")
    world.post(upload, PDF)
    buckets, key = (world.names["BUCKET_ENTRADA"], world.names["BUCKET_ACERVO"]), upload["envio"]["campos"]["key"]
    still, moved = (S3Files(world.engine.s3, *buckets, by).read_incoming(key, None) for by in (timedelta(), ahead))
    assert still is not None
    assert moved is not None
    assert moved.stored_at - still.stored_at == ahead


def test_a_lote_goes_from_the_request_to_its_owner_and_back(world: World) -> None:
    status, upload = world.create(XML)
    assert status == 201
    assert world.deliver(world.post(upload, XML)) == []
    assert world.read(upload["id"])[1]["situacao"] == "EM_PROCESSAMENTO"
    assert world.told() == ["DocumentoRecebido"]
    archived = f"t/{VALE}/{HOSPITAL}/lote_tiss/{sha256(XML)}"
    found = world.engine.s3.get_object(Bucket=world.names["BUCKET_ACERVO"], Key=archived)
    assert (found["Body"].read(), found["ContentType"]) == (XML, "application/xml")
    dados = {"upload_id": upload["id"], "protocolo": "261120000001"}
    assert world.deliver({"detail-type": "PegRecebido", "detail": {"prestador_id": HOSPITAL, "dados": dados}}) == []
    recurso = {"tipo": "peg", "id": "261120000001", "href": "pegs/261120000001"}
    assert world.read(upload["id"])[1]["recurso"] == recurso


def test_a_pdf_that_is_not_one_is_refused_and_not_archived(world: World) -> None:
    upload = world.create(b"MZ", "pdf")[1]
    world.deliver(world.post(upload, b"MZ"))
    found = world.read(upload["id"])[1]
    assert (found["situacao"], [achado["regra"] for achado in found["achados"]]) == ("RECUSADO", ["DOC-EXECUTAVEL"])
    assert world.engine.s3.list_objects_v2(Bucket=world.names["BUCKET_ACERVO"])["KeyCount"] == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 1, 0)])
def test_of_two_posts_into_one_form_the_first_told_counts_and_the_other_changes_nothing(
    world: World, order: tuple[int, ...]
) -> None:
    other = b"%PDF-1.7 outro arquivo %%EOF"[: len(PDF)]
    upload = world.create(PDF, "pdf")[1]
    told = [world.post(upload, PDF), world.post(upload, other)]
    assert world.deliver(*(told[n] for n in order)) == []
    found = world.read(upload["id"])[1]
    assert found["arquivo"]["sha256"] == sha256((PDF, other)[order[0]])
    assert found["situacao"] == ("CONCLUIDO", "RECUSADO")[order[0]]
    assert len(world.told()) == 1


def test_the_same_key_is_one_upload_and_another_body_is_refused(world: World) -> None:
    headers = {"Idempotency-Key": "k1"}
    first, again = world.create(XML, headers=headers), world.create(XML, headers=headers)
    assert first == again
    assert world.create(PDF, headers=headers)[0] == 422
    assert world.create(XML, headers=headers, claims=machine(scope="conecta/peg.escrever"))[1]["id"] != first[1]["id"]


def test_an_upload_of_another_prestador_is_not_there(world: World) -> None:
    upload = world.create(XML)[1]
    assert world.read(upload["id"], person("pessoa-2")) == world.read("nao-existe", person("pessoa-2"))


def test_what_was_lost_on_the_way_is_found_by_the_sweep(world: World) -> None:
    lost, never = world.create(XML)[1], world.create(XML)[1]
    world.post(lost, XML)
    assert world.sweep() == {"pendentes": 0, "avancados": 0}
    world.later(timedelta(minutes=2))
    assert world.sweep() == {"pendentes": 2, "avancados": 1}
    assert world.read(lost["id"])[1]["situacao"] == "EM_PROCESSAMENTO"
    world.later(timedelta(minutes=10))
    assert world.sweep() == {"pendentes": 2, "avancados": 2}
    assert world.read(never["id"])[1]["situacao"] == "EXPIRADO"
    (again,) = world.outbox()
    assert (again["tipo"], again["dados"]["tentativa"]) == ("DocumentoRecebido", 2)


def test_the_outbox_is_what_the_stream_publishes(world: World) -> None:
    upload = world.create(XML)[1]
    world.deliver(world.post(upload, XML))
    found = world.engine.dynamodb.query(
        TableName=world.names["TABELA_DOCUMENTOS"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"PRESTADOR#{HOSPITAL}"}},
    )["Items"]
    records = [
        {
            "eventSource": "aws:dynamodb", "eventName": "INSERT",
            "dynamodb": {"SequenceNumber": str(n), "NewImage": item},
        }
        for n, item in enumerate(found)
    ]  # fmt: skip
    assert failures(eventos.handler({"Records": records}, None)) == []
    ((entry,),) = world.bus.calls
    detail = json.loads(entry["Detail"])
    assert (entry["Source"], entry["DetailType"]) == ("conecta.documentos", "DocumentoRecebido")
    assert detail["dados"]["upload_id"] == upload["id"]
