"""The entries of webhooks: routes, the queue, the sweep, what happens; everything behind them in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from alertas.bootstrap import webhooks as bootstrap
from alertas.domain.entregas import GUARDADA, Lugar, Resultado
from alertas.domain.eventos import ESCOLHIVEIS
from alertas.domain.webhooks import EXPLICADAS, VIVOS, Chave, Falha, SituacaoWebhook, Webhook
from alertas.dynamodb import chaves
from alertas.handler import api, fluxo, webhooks
from alertas.http_out import Remetente
from alertas.schemas.webhooks import (
    EntregaInteiraView,
    EntregasPage,
    EntregaView,
    ReenviosView,
    WebhookComSegredoView,
    WebhookInteiroView,
    WebhooksView,
    WebhookView,
)
from alertas.sqs import SqsFila
from conecta_edge import problems, rows, session
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import marshal
from conecta_edge.tenancy import Papel, Principal
from tests.builders_alertas import PEG, an_event
from tests.builders_functions import CLINICA, HOSPITAL, NOW, api_event, failures, machine, person, sqs_message
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes import FakeCadastro, FakeIdempotency
from tests.fakes_webhooks import RAIZ, Saida

GESTOR, FATURISTA, OUTRO = (person(f"pessoa-{which}") for which in (1, 2, 4))
ASKED = {"url": "https://a.hospital.example/conecta", "descricao": "Faturamento", "eventos": ["PegAnalisado"]}
FAILED = Resultado(duracao_ms=9, status=500, falha=Falha.RECUSADA)
ABSENT = "0" * 32
DAYS = "?de=2026-01-01&ate=2027-12-31"


class House(Saida):
    """A hospital's gestor, faturista and machine, a clinic's gestor, and the routes over their webhooks.

    Attributes:
        taken: names of the quotas that were taken.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        reader = FakeCadastro()
        for sub, whose, papel in (
            ("pessoa-1", HOSPITAL, "gestor"), ("pessoa-2", HOSPITAL, "faturista"), ("pessoa-4", CLINICA, "gestor"),
        ):  # fmt: skip
            reader.put_vinculo(Vinculo(sub, whose, papel))
        reader.put_credencial(Credencial("maquina-1", HOSPITAL, ("peg.ler",)))
        self.taken: list[str] = []
        self.idempotency = FakeIdempotency()
        for module, name, fake in (
            (bootstrap, "portas", lambda: self.portas),
            (bootstrap, "raiz", lambda: RAIZ),
            (bootstrap, "take_quota", lambda quota, _caller: self.taken.append(quota.name)),
            (session, "cadastro", lambda: reader),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
            (session, "idempotency_table", lambda: self.idempotency),
        ):
            monkeypatch.setattr(module, name, fake)

    def ask(
        self, method: str, resource: str, body: Any = None, claims: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None, **path: str,
    ) -> dict[str, Any]:  # fmt: skip
        """What the function answers."""
        route, _, text = resource.partition("?")
        query = dict(pair.split("=", 1) for pair in text.split("&")) if text else None
        event = api_event(
            method, route, path=path or None, query=query, claims=dict(claims or GESTOR), headers=dict(headers or {}),
            body=None if body is None else json.dumps(body),
        )  # fmt: skip
        return dict(api.handler(event, None))

    def done(self, status: int, view: type[BaseModel], method: str, resource: str, *more: Any, **path: Any) -> Any:
        """What is answered with a status, shaped as it is documented."""
        answered = self.ask(method, resource, *more, **path)
        assert answered["statusCode"] == status, answered["body"]
        body = json.loads(answered["body"])
        assert view.model_validate(body).model_dump().keys() == body.keys()
        return body

    def refused(self, method: str, resource: str, *more: Any, **path: Any) -> tuple[int, str]:
        """Status and codigo of a refusal."""
        answered = self.ask(method, resource, *more, **path)
        return answered["statusCode"], json.loads(answered["body"])["codigo"]

    def active(self) -> str:
        """Id of one that is."""
        made = self.done(201, WebhookComSegredoView, "POST", "/webhooks", ASKED)
        self.done(200, WebhookView, "POST", "/webhooks/{id}/verificacao", id=made["id"])
        return str(made["id"])

    def happens(self, which: str, minutes: int = 0) -> None:
        """A PEG was analysed, and what is in line is attempted."""
        from alertas.handler import entregas  # noqa: PLC0415

        assert entregas.announce(an_event("PegAnalisado", NOW + timedelta(minutes=minutes)), HOSPITAL) == 1
        self.attempt(which)

    def attempt(self, which: str, entidade: str = f"peg/{PEG}") -> None:
        """A message of the queue comes."""
        body = json.dumps({"prestador_id": HOSPITAL, "webhook": which, "entidade": entidade})
        assert failures(fluxo.handler({"Records": [sqs_message(1, body)]}, None)) == []


@pytest.fixture
def house(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> House:
    return House(monkeypatch)


def test_a_webhook_is_registered_proved_shown_and_withdrawn(house: House) -> None:
    made = house.done(201, WebhookComSegredoView, "POST", "/webhooks", ASKED)
    assert (made["situacao"], made["eventos"], made["chaves"]) == (
        "A_VERIFICAR", ["PegAnalisado"], [{"id": 1, "ate": None}],
    )  # fmt: skip
    assert made["segredo"] == house.secret_of(made["id"])
    assert house.done(200, WebhookView, "POST", "/webhooks/{id}/verificacao", id=made["id"])["situacao"] == "ATIVO"
    assert house.taken == ["webhooks-novos", "webhooks"]
    shown = house.done(200, WebhookInteiroView, "GET", "/webhooks/{id}", id=made["id"])
    assert shown["saude"] == {"falhas": 0, "desde": None, "tentar_em": None}
    assert "segredo" not in shown
    assert house.done(200, WebhooksView, "GET", "/webhooks")["limite"] == VIVOS
    assert house.done(200, WebhooksView, "GET", "/webhooks", None, OUTRO)["webhooks"] == []
    for _ in range(2):
        assert house.ask("DELETE", "/webhooks/{id}", id=made["id"])["statusCode"] == 204
    assert house.done(200, WebhooksView, "GET", "/webhooks")["webhooks"] == []
    assert house.done(200, WebhookInteiroView, "GET", "/webhooks/{id}", id=made["id"])["situacao"] == "RETIRADO"


def test_repeated_under_its_key_a_registration_is_answered_alike_with_its_secret(house: House) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = (house.ask("POST", "/webhooks", ASKED, headers=key) for _ in range(2))
    assert first == again
    assert first["headers"]["Location"].startswith("webhooks/")
    assert len(house.webhooks.rows) == len(house.taken) == 1
    ((_, kept, _),) = house.idempotency.rows.values()
    assert "whs_" not in kept


@pytest.mark.parametrize(
    ("body", "campo", "codigo"),
    [
        ({**ASKED, "url": "https://10.0.0.1/"}, "url", "nome-recusado"),
        ({**ASKED, "eventos": ["CargaConcluida"]}, "eventos[0]", "evento-desconhecido"),
        ({**ASKED, "eventos": []}, "eventos", "too_short"),
        ({**ASKED, "descricao": ""}, "descricao", "string_too_short"),
        ({**ASKED, "segredo": "x"}, "segredo", "extra_forbidden"),
    ],
)
def test_what_is_wrong_with_a_registration_is_told(body: Any, campo: str, codigo: str, house: House) -> None:
    answered = house.ask("POST", "/webhooks", body)
    assert answered["statusCode"] == 422
    assert [(one["campo"], one["codigo"]) for one in json.loads(answered["body"])["erros"]] == [(campo, codigo)]


def test_without_a_list_it_is_told_of_everything(house: House) -> None:
    made = house.done(201, WebhookComSegredoView, "POST", "/webhooks", {**ASKED, "eventos": None})
    assert made["eventos"] is None


def test_all_of_it_is_a_gestors_and_what_is_not_there_is_told_first(house: House) -> None:
    which = house.active()
    house.happens(which)
    (entrega,) = (key[2] for key in house.entregas.rows)
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/webhooks", None), ("POST", "/webhooks", ASKED), ("GET", "/webhooks/{id}", None),
        ("PUT", "/webhooks/{id}", ASKED), ("DELETE", "/webhooks/{id}", None),
        ("POST", "/webhooks/{id}/verificacao", None), ("POST", "/webhooks/{id}/pausa", None),
        ("POST", "/webhooks/{id}/retomada", None), ("POST", "/webhooks/{id}/segredo", {}),
        ("POST", "/webhooks/{id}/teste", None), ("GET", "/webhooks/{id}/entregas", None),
        ("GET", "/webhooks/{id}/entregas/{entrega}", None),
        ("POST", "/webhooks/{id}/entregas/{entrega}/reenvio", None),
        ("POST", "/webhooks/{id}/reenvios", {"de": "2026-11-01", "ate": "2026-11-30"}),
    ]  # fmt: skip
    for method, route, body in calls:
        path = {"id": which, **({"entrega": entrega} if "{entrega}" in route else {})} if "{id}" in route else {}
        assert house.refused(method, route, body, FATURISTA, **path)[0] == 403, route
        assert house.refused(method, route, body, machine(scope="conecta/peg.ler"), **path)[0] == 403, route
        if path:
            for other in (ABSENT, "x", which.upper() + "A"):
                assert house.refused(method, route, body, **{**path, "id": other}) == (404, "nao-encontrado"), route
            assert house.refused(method, route, body, OUTRO, **path) == (404, "nao-encontrado"), route
        if "entrega" in path:
            for other in (f"20261122T140311482913-{ABSENT}", "x"):
                assert house.refused(method, route, body, **{**path, "entrega": other})[0] == 404, route
    assert len(calls) == len(webhooks.OPERATIONS)


def test_an_endpoint_that_proves_nothing_is_told_why(house: House) -> None:
    made = house.done(201, WebhookComSegredoView, "POST", "/webhooks", ASKED)
    for falha in Falha:
        house.ouvinte.answers = [Resultado(duracao_ms=1, status=302, falha=falha)]
        answered = house.ask("POST", "/webhooks/{id}/verificacao", id=made["id"])
        body = json.loads(answered["body"])
        assert (answered["statusCode"], body["codigo"], body["falha"]) == (409, "verificacao-falhou", falha.value)
        assert EXPLICADAS[falha] in body["detail"]


def test_acts_move_its_state_and_one_it_does_not_admit_says_what_it_does(house: House) -> None:
    which = house.active()
    assert house.done(200, WebhookView, "POST", "/webhooks/{id}/pausa", id=which)["situacao"] == "PAUSADO"
    answered = house.ask("POST", "/webhooks/{id}/teste", id=which)
    told = json.loads(answered["body"])
    assert (answered["statusCode"], told["codigo"], told["situacao"]) == (409, "transicao-impossivel", "PAUSADO")
    assert "retomada" in told["detail"]
    assert house.done(200, WebhookView, "POST", "/webhooks/{id}/retomada", id=which)["situacao"] == "ATIVO"
    changed = house.done(200, WebhookView, "PUT", "/webhooks/{id}", {**ASKED, "descricao": "Outro"}, id=which)
    assert (changed["descricao"], changed["situacao"]) == ("Outro", "ATIVO")
    stale = house.refused("PUT", "/webhooks/{id}", ASKED, headers={"If-Match": '"1"'}, id=which)
    assert stale == (412, "versao-divergente")


def test_a_secret_is_replaced_and_both_sign_for_as_long_as_was_asked(house: House) -> None:
    which = house.active()
    rotated = house.done(
        200, WebhookComSegredoView, "POST", "/webhooks/{id}/segredo", {"sobreposicao_horas": 2}, id=which
    )
    assert [one["id"] for one in rotated["chaves"]] == [2, 1]
    house.happens(which)
    house.chave = 2
    assert rotated["segredo"] == house.secret_of(which)
    house.agora += timedelta(hours=3)
    house.happens(which, minutes=1)
    shown = house.done(200, EntregasPage, "GET", f"/webhooks/{{id}}/entregas{DAYS}", id=which)
    assert [one["situacao"] for one in shown["entregas"]] == ["ENTREGUE", "ENTREGUE"]
    assert house.done(200, WebhookInteiroView, "GET", "/webhooks/{id}", id=which)["chaves"] == [{"id": 2, "ate": None}]


def test_as_many_as_there_may_be(house: House) -> None:
    for _ in range(VIVOS):
        house.done(201, WebhookComSegredoView, "POST", "/webhooks", ASKED)
    assert house.refused("POST", "/webhooks", ASKED) == (409, "webhooks-demais")


def test_who_registered_as_many_as_may_be_is_told_when_to_go_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(_quota: Any, _caller: Any) -> None:
        raise problems.too_many(60)

    monkeypatch.setattr(bootstrap, "take_quota", spent)
    answered = house.ask("POST", "/webhooks", ASKED)
    assert (answered["statusCode"], answered["headers"]["Retry-After"]) == (429, "60")
    assert house.webhooks.rows == {}


def test_what_became_of_each_event_is_shown_and_sent_off_again(house: House) -> None:
    which = house.active()
    house.ouvinte.answers = [FAILED]
    house.happens(which)
    (one,) = house.done(200, EntregasPage, "GET", f"/webhooks/{{id}}/entregas{DAYS}", id=which)["entregas"]
    assert one["situacao"] == "PENDENTE"
    assert [(held["status"], held["falha"]) for held in one["tentativas"]] == [(500, "RECUSADA")]
    house.agora += timedelta(minutes=1)
    assert fluxo.handler({"acao": "retomar-entregas"}, None) == {"retomados": 1}
    house.attempt(which)
    whole = house.done(200, EntregaInteiraView, "GET", "/webhooks/{id}/entregas/{entrega}", id=which, entrega=one["id"])
    assert (whole["situacao"], len(whole["tentativas"])) == ("ENTREGUE", 2)
    assert whole["evento"] == house.ouvinte.got[-1][0]
    again = house.done(
        202, EntregaView, "POST", "/webhooks/{id}/entregas/{entrega}/reenvio", id=which, entrega=one["id"]
    )
    assert (again["situacao"], again["reenvios"]) == ("PENDENTE", 1)
    house.attempt(which)
    body = {"de": "2026-01-01", "ate": "2027-12-31", "situacao": "ENTREGUE"}
    assert house.done(202, ReenviosView, "POST", "/webhooks/{id}/reenvios", body, id=which) == {
        "reenviadas": 1, "cursor": None,
    }  # fmt: skip
    tested = house.done(202, EntregaView, "POST", "/webhooks/{id}/teste", id=which)
    house.attempt(which, f"webhook/{which}")
    assert house.ouvinte.events[-1] == tested["tipo"] == "WebhookTestado"


def test_a_log_is_read_page_by_page_and_by_what_became_of_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "PAGE", 2)
    which = house.active()
    for minute in range(3):
        house.happens(which, minute)
    first = house.done(200, EntregasPage, "GET", f"/webhooks/{{id}}/entregas{DAYS}", id=which)
    cursor = first["cursor"]
    rest = house.done(200, EntregasPage, "GET", f"/webhooks/{{id}}/entregas{DAYS}&cursor={cursor}", id=which)
    ids = [one["id"] for one in (*first["entregas"], *rest["entregas"])]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), rest["cursor"]) == (3, None)
    none = house.done(200, EntregasPage, "GET", f"/webhooks/{{id}}/entregas{DAYS}&situacao=ESGOTADA", id=which)
    assert none["entregas"] == []
    for query in ("situacao=OUTRA&de=ontem", "ate=ontem", "de=2026-11-02&ate=2026-11-01"):
        wrong = house.refused("GET", f"/webhooks/{{id}}/entregas?{query}", id=which)
        assert wrong == (422, "requisicao-invalida")
    body = {"de": "2026-11-02", "ate": "2026-11-01"}
    assert house.refused("POST", "/webhooks/{id}/reenvios", body, id=which) == (422, "requisicao-invalida")
    before = house.done(200, EntregasPage, "GET", "/webhooks/{id}/entregas?ate=2026-01-31", id=which)
    assert before["entregas"] == []


def test_what_is_given_up_and_who_is_switched_off_are_told_where_alarms_listen(
    house: House, logged: Callable[[], list[Any]]
) -> None:
    which = house.active()
    house.ouvinte.answers = [FAILED]
    house.happens(which)
    house.agora += timedelta(hours=23, minutes=50)
    house.ouvinte.answers = [FAILED]
    house.attempt(which)
    house.agora += timedelta(hours=1)
    house.ouvinte.answers = [Resultado(duracao_ms=1, status=410, falha=Falha.RECUSADA)]
    house.attempt(which)
    assert house.webhooks.rows[HOSPITAL, which].situacao is SituacaoWebhook.DESLIGADO
    house.entregas.linhas.clear()
    house.entregas.rows.clear()
    house.happens(which, 5)
    told = {(line["level"], line["message"]) for line in logged()}
    assert {("WARNING", "entrega esgotada"), ("WARNING", "webhook desligado")} <= told


def test_a_withheld_one_is_told_without_an_attempt(house: House) -> None:
    which = house.active()
    house.ouvinte.answers = [FAILED]
    house.happens(which)
    house.done(200, WebhookView, "POST", "/webhooks/{id}/pausa", id=which)
    house.agora += timedelta(minutes=1)
    house.entregas.rows = {key: _untried(one) for key, one in house.entregas.rows.items()}
    house.attempt(which)
    (one,) = house.entregas.rows.values()
    assert one.situacao.value == "RETIDA"


def _untried(one: Any) -> Any:
    from dataclasses import replace  # noqa: PLC0415

    return replace(one, tentativas=())


class Sqs:
    """The part of SQS that is used."""

    def __init__(self) -> None:
        self.batches: list[dict[str, Any]] = []

    def send_message_batch(self, **batch: Any) -> None:
        self.batches.append(batch)


def test_lines_are_queued_by_ten_each_once_after_as_long_as_asked() -> None:
    sqs = Sqs()
    lugares = [Lugar(HOSPITAL, "w", f"peg/{number}") for number in range(12)]
    SqsFila(sqs, "url").enqueue([*lugares, lugares[0]], timedelta(seconds=30.9))
    assert [len(one["Entries"]) for one in sqs.batches] == [10, 2]
    entry = sqs.batches[0]["Entries"][1]
    assert entry["DelaySeconds"] == 31  # not before
    assert {one["MessageGroupId"] for batch in sqs.batches for one in batch["Entries"]} == {HOSPITAL}
    assert Lugar(**json.loads(entry["MessageBody"])) == lugares[1]
    for wait, delay in ((timedelta(), 0), (timedelta(minutes=15), 900)):
        SqsFila(sqs, "url").enqueue(lugares[:1], wait)
        assert sqs.batches.pop()["Entries"][0]["DelaySeconds"] == delay
    SqsFila(sqs, "url").enqueue([])
    assert len(sqs.batches) == 2


@pytest.mark.parametrize(("estagio", "ca"), [("embarcado", "/x/ca.pem"), ("producao", "/x/ca.pem"), ("embarcado", "")])
def test_only_the_embedded_aws_speaks_to_its_own_machine(
    estagio: str, ca: str, function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("CONECTA_ESTAGIO", estagio), ("OUVINTE_CA", ca), ("FILA_WEBHOOKS", "http://127.0.0.1/fila"),
        ("SEGREDO_WEBHOOKS_ARN", "arn:x"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(bootstrap, "secret", lambda arn: arn.encode())
    portas = bootstrap.portas()
    assert portas.local is (estagio == "embarcado" and ca != "")
    assert (portas.raiz(), len(portas.new_id()), 0 <= portas.sortear() < 1) == (b"arn:x", 32, True)
    assert portas.agora() == NOW != portas.carimbo()
    assert isinstance(bootstrap._remetente(), Remetente)
    portas.fila.enqueue([])


def test_what_we_are_made_to_send_is_counted(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[dict[str, Any]] = []
    caller = Principal(HOSPITAL, "pessoa-1", Papel.GESTOR, frozenset())

    class Table:
        def update_item(self, **asked: Any) -> None:
            taken.append(asked)

    monkeypatch.setattr(bootstrap, "client", lambda _service: Table())
    monkeypatch.setenv("TABELA_IDEMPOTENCIA", "idempotencia")
    for quota, name in ((bootstrap.CHAMADAS, "webhooks"), (bootstrap.REGISTROS, "webhooks-novos")):
        bootstrap.take_quota(quota, caller)
        assert taken.pop()["Key"]["sk"]["S"].startswith(f"COTA#{name}#todos#")


def test_all_that_may_ever_be_registered_is_read_in_a_page() -> None:
    biggest = Webhook(
        id=ABSENT, prestador_id="p" * 40, url="https://a.example/".ljust(500, "x"), descricao="ç" * 70,
        eventos=tuple(ESCOLHIVEIS), situacao=SituacaoWebhook.RETIRADO, chaves=(Chave(99, NOW), Chave(98, NOW)),
        criado_em=NOW, quem="q" * 36, verificado_em=NOW, parado_em=NOW, versao=999,
    )  # fmt: skip
    row = {**chaves.webhook_key(biggest.prestador_id, biggest.id), **rows.plain(biggest), "ttl": rows.until(NOW)}
    # Rows whose `ttl` is over are gone some days after it.
    weeks = math.ceil((GUARDADA + timedelta(days=7)) / timedelta(seconds=bootstrap.REGISTROS.window)) + 1
    assert (VIVOS + weeks * bootstrap.REGISTROS.limit) * size(marshal(row)) < 2**20


def size(attributes: Mapping[str, Any]) -> int:
    """Of a row in DynamoDB, at most: names, values, three bytes and one more each of what lists and maps hold."""
    return sum(len(name) + _size(held) for name, held in attributes.items())


def _size(attribute: Mapping[str, Any]) -> int:
    ((kind, held),) = attribute.items()
    if kind == "M":
        return 3 + len(held) + size(held)
    if kind == "L":
        return 3 + sum(1 + _size(one) for one in held)
    return 21 if kind == "N" else len(str(held).encode())


def test_every_failure_is_explained_where_people_integrate() -> None:
    told = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text("utf-8")
    assert [falha for falha in Falha if f"`{falha}`" not in told] == []
