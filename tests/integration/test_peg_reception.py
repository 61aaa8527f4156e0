"""The main job in one process, with every adapter real: upload → archive → reception → protocolo → upload concluded.

The functions run here and not in Lambdas, over tables and buckets of the embedded AWS; what lies between them (stream,
bus, queues, workflow) is played by `Delivery`, which may deliver anything twice and in any order.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

import documentos.handler.api
import documentos.handler.eventos
import documentos.handler.fluxo
import peg.handler.api
import peg.handler.eventos
import peg.handler.fluxo
from conecta_edge import executions, queues, session
from conecta_edge.clock import FixedClock
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from local.gerador import Pedido, Tipo, gerar
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    HOSPITAL,
    NOW,
    OUTRO_CNPJ,
    PASA,
    VALE,
    a_relacionamento,
    api_event,
    failures,
    person,
    sqs_message,
)
from tests.cadastro_rows import CadastroTable, Vinculo
from tests.contract.engines import Engine
from tests.unit.gerador.oracle import schema_errors

pytestmark = pytest.mark.e2e

PEOPLE = {HOSPITAL: person("pessoa-1"), CLINICA: person("pessoa-2")}
CNPJS = {HOSPITAL: CNPJ, CLINICA: OUTRO_CNPJ}


class Delivery:
    """Stream, bus, queues and workflow: at least once, in no order, sometimes not at all."""

    def __init__(self, engine: Engine, names: Mapping[str, str], rng: random.Random) -> None:
        self._engine, self._names, self._rng = engine, names, rng
        self._publish: dict[str, int] = {}
        self._executions: set[str] = set()
        self.pending: list[Callable[[], object]] = []
        self.lost = 0.0

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  # the API's own name
        for entry in Entries:
            detail = json.loads(entry["Detail"])
            kind = entry["DetailType"]
            message = {"detail-type": kind, "detail": detail}
            if kind == "DocumentoRecebido" and detail["dados"]["finalidade"] == "lote_tiss":
                self.queue(peg.handler.eventos.handler, message)
            elif kind in {"PegRecebido", "LoteRepetido", "LoteRecusado"}:
                self.queue(documentos.handler.eventos.handler, message)
        return {"Entries": [{} for _ in Entries]}

    def start_execution(self, *, name: str, input: str, **_: str) -> None:  # noqa: A002
        if name in self._executions:
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists", "Message": ""}}, "StartExecution")
        self._executions.add(name)
        self.pending.append(lambda: peg.handler.fluxo.handler({"acao": "receber", **json.loads(input)}, None))

    def queue(self, handler: Callable[[Any, Any], Any], message: dict[str, Any]) -> None:
        """Deliver a message one to three times, or lose it."""
        batch = {"Records": [sqs_message(0, json.dumps(message))]}

        def deliver() -> None:
            assert failures(handler(batch, None)) == []

        copies = 0 if self._rng.random() < self.lost else self._rng.choice((1, 1, 2, 3))
        self.pending += [deliver] * copies

    def stream(self) -> int:
        """Hand the tables' new outbox rows to their publishers, some of them twice; answer how many."""
        handed = 0
        for table, handler in (
            ("TABELA_DOCUMENTOS", documentos.handler.eventos.handler),
            ("TABELA_PEG", peg.handler.eventos.handler),
        ):
            records: list[dict[str, Any]] = []
            for prestador_id in PEOPLE:
                for row in self._engine.dynamodb.query(
                    TableName=self._names[table],
                    KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                    ExpressionAttributeValues={":pk": {"S": f"PRESTADOR#{prestador_id}"}, ":sk": {"S": "EVENTO#"}},
                )["Items"]:
                    written = row["sk"]["S"] + row.get("tentativa", {"N": "1"})["N"]
                    times = self._publish.setdefault(written, self._rng.choice((1, 1, 2)))
                    if times:
                        self._publish[written] = times - 1
                        image = {"SequenceNumber": str(len(records)), "NewImage": row}
                        records.append({"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": image})
            if records:
                assert failures(handler({"Records": records}, None)) == []
            handed += len(records)
        return handed

    def settle(self) -> None:
        """Deliver until nothing is left to deliver."""
        while self.stream() or self.pending:
            self._rng.shuffle(self.pending)
            work, self.pending = self.pending, []
            for deliver in work:
                deliver()


class World:
    """Two prestadores at one operadora, and the functions deployed."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
        self.engine, self.monkeypatch = engine, monkeypatch
        self.names = engine.deploy()
        for name, value in self.names.items():
            monkeypatch.setenv(name, value)
        self.delivery = Delivery(engine, self.names, random.Random(seed))  # noqa: S311  # a scenario, not a secret
        monkeypatch.setattr(queues, "client", lambda _service: self.delivery)
        monkeypatch.setattr(executions, "client", lambda _service: self.delivery)
        cadastro, since = CadastroTable(engine.dynamodb, self.names["TABELA_CADASTRO"]), date(2022, 10, 1)
        versoes = tuple(VersaoAceita(versao, since) for versao in ("4.01.00", "4.02.00", "4.03.00"))
        cadastro.put_operadora(Operadora(VALE, "AMS", "VALE/PASA", (VALE, PASA), versoes))
        for prestador_id, claims in PEOPLE.items():
            cadastro.put_prestador(Prestador(prestador_id, prestador_id, "1234567", cnpj=CNPJS[prestador_id]))
            cadastro.put_vinculo(Vinculo(claims["sub"], prestador_id, "gestor"))
            cadastro.put_relacionamento(a_relacionamento(prestador_id, VALE))

    def ask(self, api: Any, event: dict[str, Any]) -> Any:
        answered = api.handler(event, None)
        assert answered["statusCode"] in {200, 201}, answered
        return json.loads(answered["body"])

    def lote(self, numero: int, prestador_id: str = HOSPITAL, **asked: Any) -> bytes:
        wanted = {"guias": 2, "destino": VALE, "origem_cnpj": CNPJS[prestador_id], "numero_lote": str(numero)}
        return gerar(Pedido(**{**wanted, **asked})).conteudo

    def send(self, content: bytes, prestador_id: str = HOSPITAL) -> str:
        """Start an upload, post the file, and let S3 tell of it."""
        body = {"registro_ans": VALE, "finalidade": "lote_tiss", "nome_arquivo": "l.xml", "tamanho": len(content)}
        event = api_event("POST", "/documentos/uploads", claims=PEOPLE[prestador_id], body=json.dumps(body))
        upload = self.ask(documentos.handler.api, event)
        key = upload["envio"]["campos"]["key"]
        stored = self.engine.s3.put_object(Bucket=self.names["BUCKET_ENTRADA"], Key=key, Body=content)
        detail = {"object": {"key": key, "version-id": stored["VersionId"]}}
        self.delivery.queue(documentos.handler.eventos.handler, {"detail-type": "Object Created", "detail": detail})
        return str(upload["id"])

    def upload(self, upload_id: str, prestador_id: str = HOSPITAL) -> Any:
        path, claims = {"id": upload_id}, PEOPLE[prestador_id]
        return self.ask(documentos.handler.api, api_event("GET", "/documentos/uploads/{id}", path=path, claims=claims))

    def answer(self, upload_id: str, prestador_id: str = HOSPITAL) -> bytes:
        key = f"t/{VALE}/{prestador_id}/respostas/{upload_id}.xml"
        found: bytes = self.engine.s3.get_object(Bucket=self.names["BUCKET_ACERVO"], Key=key)["Body"].read()
        return found

    def pegs(self, prestador_id: str = HOSPITAL) -> list[Any]:
        found: list[Any] = self.ask(peg.handler.api, api_event("GET", "/pegs", claims=PEOPLE[prestador_id]))["pegs"]
        return found

    def guias(self, protocolo: str) -> list[Any]:
        event = api_event("GET", "/pegs/{protocolo}/guias", path={"protocolo": protocolo}, claims=PEOPLE[HOSPITAL])
        found: list[Any] = self.ask(peg.handler.api, event)["guias"]
        return found

    def told(self) -> Counter[str]:
        """Events in the outbox of peg, of both prestadores."""
        kinds: Counter[str] = Counter()
        for prestador_id in PEOPLE:
            rows = self.engine.outbox(self.names["TABELA_PEG"], prestador_id)
            kinds.update(json.loads(row["evento"])["tipo"] for row in rows)
        return kinds

    def sweep(self, minutes: int) -> None:
        self.monkeypatch.setattr(session, "clock", lambda: FixedClock(NOW + timedelta(minutes=minutes)))
        documentos.handler.fluxo.handler({"tarefa": "conciliar-uploads"}, None)
        self.delivery.settle()


@pytest.fixture(params=[1, 2, 3])
def world(
    function_environment: dict[str, str],
    embedded: Engine,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> World:
    return World(embedded, monkeypatch, request.param)


@pytest.fixture
def calm(function_environment: dict[str, str], embedded: Engine, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(embedded, monkeypatch, 0)


@pytest.mark.parametrize("tipo", Tipo)
def test_a_lote_of_each_kind_becomes_a_peg(calm: World, tipo: Tipo) -> None:
    sent = calm.send(calm.lote(1, tipo=tipo, guias=3, versao="4.02.00"))
    calm.delivery.settle()
    upload = calm.upload(sent)
    assert (upload["situacao"], upload["achados"], upload["recurso"]["tipo"]) == ("CONCLUIDO", [], "peg")
    (received,) = calm.pegs()
    assert (received["protocolo"], received["tipo_guia"]) == (upload["recurso"]["id"], tipo.element)
    assert [guia["sequencia"] for guia in calm.guias(received["protocolo"])] == [1, 2, 3]
    assert schema_errors(calm.answer(sent), "4.02.00") == []


def test_a_lote_of_a_hundred_guias_is_received_whole(calm: World) -> None:
    made = gerar(Pedido(guias=100, destino=VALE, origem_cnpj=CNPJ))
    calm.send(made.conteudo)
    calm.delivery.settle()
    (received,) = calm.pegs()
    assert (received["quantidade_guias"], received["valor_informado"]) == (100, f"{made.valor_total:.2f}")
    guias = calm.guias(received["protocolo"])
    assert [guia["numero_guia_prestador"] for guia in guias] == [guia.numero for guia in made.guias]


def test_a_refused_lote_tells_all_and_leaves_nothing(calm: World) -> None:
    sent = calm.send(calm.lote(1, CLINICA))  # the clinic's lote, with the hospital's credential
    calm.delivery.settle()
    upload = calm.upload(sent)
    assert (upload["situacao"], upload["recurso"]) == ("RECUSADO", None)
    assert [(achado["regra"], achado["codigo"]) for achado in upload["achados"]] == [("ORIGEM", "5005")]
    assert schema_errors(calm.answer(sent), "4.01.00") == []
    assert calm.pegs() == []
    rows = list(calm.engine.rows(calm.names["TABELA_PEG"], f"PRESTADOR#{HOSPITAL}"))
    assert [row["sk"].partition("#")[0] for row in rows] == ["EVENTO"]


def test_whatever_is_delivered_twice_or_out_of_order_every_upload_ends_as_it_should(world: World) -> None:
    same = world.lote(1)
    wanted = {
        world.send(same): "CONCLUIDO",
        world.send(same): "CONCLUIDO",
        world.send(world.lote(2)): "CONCLUIDO",
        world.send(world.lote(3, versao="4.03.00")): "CONCLUIDO",
        world.send(world.lote(4, destino=PASA)): "RECUSADO",
        world.send(b"nada"): "RECUSADO",
    }
    rivals = [world.send(world.lote(9, semente=semente)) for semente in (1, 2, 3)]
    clinic = world.send(world.lote(1, CLINICA), CLINICA)
    world.delivery.settle()
    states = {upload_id: world.upload(upload_id)["situacao"] for upload_id in wanted}
    assert states == wanted
    first, second, *_ = (world.upload(upload_id)["recurso"] for upload_id in wanted)
    assert first == second
    assert Counter(world.upload(rival)["situacao"] for rival in rivals) == {"CONCLUIDO": 1, "RECUSADO": 2}
    assert world.upload(clinic, CLINICA)["situacao"] == "CONCLUIDO"
    assert sorted(found["numero_lote"] for found in world.pegs()) == ["1", "2", "3", "9"]
    assert len(world.pegs(CLINICA)) == 1
    assert world.told() == {"PegRecebido": 5, "LoteRepetido": 1, "LoteRecusado": 4}
    protocolos = [found["protocolo"] for found in (*world.pegs(), *world.pegs(CLINICA))]
    assert len(set(protocolos)) == 5
    for found in world.pegs():
        assert len(world.guias(found["protocolo"])) == 2


def test_whatever_is_lost_on_the_way_the_sweep_finishes(world: World) -> None:
    world.delivery.lost = 0.6
    same = world.lote(1)
    sent = [world.send(same), world.send(same), *(world.send(world.lote(numero)) for numero in range(2, 6))]
    refused = world.send(world.lote(7, destino=PASA))
    world.delivery.settle()
    for minutes in range(2, 30, 2):
        world.sweep(minutes)
    world.delivery.lost = 0.0
    for minutes in range(60, 600, 60):
        world.sweep(minutes)
    assert {world.upload(upload_id)["situacao"] for upload_id in sent} == {"CONCLUIDO"}
    assert world.upload(refused)["situacao"] == "RECUSADO"
    assert sorted(found["numero_lote"] for found in world.pegs()) == ["1", "2", "3", "4", "5"]
    assert world.told()["PegRecebido"] == 5


def test_no_personal_data_is_in_a_key_or_in_an_event(calm: World) -> None:
    made = gerar(Pedido(guias=2, destino=VALE, origem_cnpj=CNPJ))
    calm.send(made.conteudo)
    calm.delivery.settle()
    (received,) = calm.pegs()
    partitions = [f"PRESTADOR#{HOSPITAL}", f"PRESTADOR#{HOSPITAL}#{received['protocolo'][:4]}"]
    for partition in partitions:
        for row in calm.engine.rows(calm.names["TABELA_PEG"], partition):
            kept = json.dumps(row, default=str)
            for guia in made.guias:
                assert guia.carteira not in kept
                assert guia.carteira not in row["sk"]
