"""What a caller may send besides a wrong id: somebody else's page token or key, fields of ours, headers of two."""

from __future__ import annotations

import http.client
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest

from local.client import Answer
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.matriz import refusals
from tests.matriz.calls import Sent, routes, schema_at
from tests.matriz.model import FINANCEIRO, Caller, Door, Kind, Refusal, Row
from tests.matriz.pagamento import ESTADOS as ESTADOS_DE_FATURA
from tests.matriz.pegs import ESTADOS as ESTADOS_DE_PEG
from tests.matriz.recursos import ESTADOS as ESTADOS_DE_RECURSO
from tests.matriz.senhas import ESTADOS
from tests.matriz.snapshot import Camera, difference
from tests.matriz.table import TABLE
from tests.matriz.webhooks import ESTADOS as ESTADOS_DE_WEBHOOK
from tests.matriz.world import AMS, ESCOPOS, PASA, Person, World, expect

pytestmark = pytest.mark.e2e

ROWS: Final = {row.name: row for row in TABLE}
CURSOR: Final = ("query", "cursor")


def parameters(operation: str) -> set[tuple[str, str]]:
    return {(found["in"], found["name"]) for found in routes()[operation][2].get("parameters", [])}


PAGED: Final = [row for row in TABLE if CURSOR in parameters(row.operation)]
KEYED: Final = [row for row in TABLE if row.keyed]


def named(rows: list[Row]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])


def with_query(sent: Sent, **more: str) -> Sent:
    text = "&".join(f"{name}={value}" for name, value in more.items())
    return Sent(
        method=sent.method, path=f"{sent.path}{'&' if '?' in sent.path else '?'}{text}", headers=sent.headers,
        body=sent.body,
    )  # fmt: skip


@pytest.fixture(scope="module")
def camera(deployed: Deployed) -> Camera:
    return Camera(deployed.aws.client, deployed.where["buckets"].values())


def _accessed(world: World, operation: str) -> None:
    """To ask who read what is to be read of in the next answer."""
    for _ in range(51):
        ask(world, ROWS[operation], world.whoever_may(ROWS[operation]))


# How a list gets longer than a page; other lists never are.
LONG: Final[Mapping[str, Callable[[World], object]]] = {
    "listarPegs": World.many_pegs,
    "listarPessoas": World.many_people,
    "listarPrecos": lambda _world: None,
    "listarRegrasDeProcedimentos": lambda _world: None,
    "listarRelacionamentosDaOperadora": World.many_pedidos,
    "listarCargas": World.many_cargas,
    "listarAutorizacoes": World.many_autorizacoes,
    "listarRascunhos": World.many_rascunhos,
    "listarRascunhosDePeg": World.many_digitados,
    "listarPegsDaOperadora": World.many_pegs,
    "listarAutorizacoesDaOperadora": World.many_autorizacoes,
    "buscarAutorizacoesDaOperadora": World.many_autorizacoes,
    "listarPegsDoCronograma": World.many_pegs,
    "listarPublicacoes": World.many_publicacoes,
    "listarAcessos": lambda world: _accessed(world, "listarAcessos"),
    "listarAcessosDaOperadora": lambda world: _accessed(world, "listarAcessosDaOperadora"),
}
SHORT: Final = frozenset({
    "listarCorpoClinico", "listarGlosasDoPeg", "listarGlosasDoPegDaOperadora", "listarNotasFiscais",
    "listarPendenciasDeNotaFiscal", "conciliarPeg", "listarLotesDeDemonstrativos", "listarNotasFiscaisAConferir",
    "listarPagamentosDaOperadora", "listarGlosasContestaveis", "listarRecursosDeGlosa", "listarRascunhosDeRecurso",
    "listarItensDoRecursoDeGlosa", "listarRecursosDaOperadora", "listarItensDoRecursoDaOperadora",
    "listarDocumentacoes", "listarDocumentos", "listarAlertas", "listarPendenciasDoInicio",
    "listarEntregasDeWebhook", "reenviarEntregasDeWebhook",
})  # fmt: skip
"""Their pages hold more than there is here: only what others gave is tried."""
OTHER_FILTER: Final = {
    "listarPegs": {"competencia": "202001"},
    "listarPrecos": {"data": "2026-01-31"},
    "listarRegrasDeProcedimentos": {"plano": "QUALQUER"},
    "listarRelacionamentosDaOperadora": {"situacao": "RECUSADO"},
    "listarAutorizacoes": {"competencia": "202001"},
    "listarAutorizacoesDaOperadora": {"fila": "PENDENTES"},
    "listarPegsDaOperadora": {"situacao": "ANALISADO"},
    "listarPegsDoCronograma": {"competencia": "202001"},
    "listarAcessos": {"dia": "2020-01-31"},
    "listarAcessosDaOperadora": {"dia": "2020-01-31"},
}


@pytest.fixture(scope="module")
def owners(world: World) -> Mapping[str, Caller]:
    owners = {row.operation: world.whoever_may(row) for row in PAGED}
    first = world.others["enabled"].prestador
    owners["listarPessoas"] = world.whoever_may(ROWS["listarPessoas"], where=lambda one: one.prestador == first)
    return owners


@pytest.fixture(scope="module")
def cursors(world: World, owners: Mapping[str, Caller]) -> Mapping[str, str]:
    """By operation, a token its owner was given."""
    found = {}
    for operation, lengthen in LONG.items():
        lengthen(world)
        page = expect(200, ask(world, ROWS[operation], owners[operation])).json()
        assert page["cursor"], operation
        found[operation] = page["cursor"]
    return found


def ask(world: World, row: Row, caller: Caller, **query: str) -> Answer:
    sent = world.wire.of(row, caller, world.own(row, caller) or world.values(caller))
    return world.wire.send(with_query(sent, **query) if query else sent)


def refused(answer: Answer) -> list[str]:
    wrong = refusals.wrong_with(answer, Refusal(400, "requisicao-invalida"), ())
    if not wrong and [erro["codigo"] for erro in answer.json()["erros"]] != ["cursor-invalido"]:
        wrong.append(answer.text)
    return wrong


class TestPageTokens:
    """A page token is of one tenant, one route and one filter."""

    def test_every_list_is_known_to_be_long_or_short(self) -> None:
        assert {row.operation for row in PAGED} == LONG.keys() | SHORT

    @named([row for row in PAGED if row.operation in LONG])
    def test_its_owner_goes_on_with_it(
        self, world: World, owners: Mapping[str, Caller], cursors: Mapping[str, str], row: Row
    ) -> None:
        first = expect(200, ask(world, row, owners[row.operation])).json()
        following = expect(200, ask(world, row, owners[row.operation], cursor=cursors[row.operation])).json()
        assert following != first

    @named([row for row in PAGED if row.operation in LONG])
    def test_another_tenant_does_not(
        self, world: World, owners: Mapping[str, Caller], cursors: Mapping[str, str], row: Row
    ) -> None:
        owner = owners[row.operation]
        tried = {(owner.prestador, owner.registro)}
        for caller in world.callers:
            tenant = (caller.prestador, caller.registro)
            if tenant in tried or not world.may_use(row, caller) or ask(world, row, caller).status != row.ok:
                continue
            tried.add(tenant)
            assert refused(ask(world, row, caller, cursor=cursors[row.operation])) == [], caller.name
        assert len(tried) > 1

    @named(PAGED)
    def test_no_other_route_takes_it(
        self, world: World, owners: Mapping[str, Caller], cursors: Mapping[str, str], row: Row
    ) -> None:
        for operation, cursor in cursors.items():
            if operation != row.operation:
                assert refused(ask(world, row, owners[row.operation], cursor=cursor)) == [], operation

    @named([row for row in PAGED if row.operation in OTHER_FILTER])
    def test_no_other_filter_takes_it(
        self, world: World, owners: Mapping[str, Caller], cursors: Mapping[str, str], row: Row
    ) -> None:
        other = replace(row, query={**row.query, **OTHER_FILTER[row.operation]})
        assert refused(ask(world, other, owners[row.operation], cursor=cursors[row.operation])) == []

    def test_no_other_search_takes_it(
        self, world: World, owners: Mapping[str, Caller], cursors: Mapping[str, str]
    ) -> None:
        row = ROWS["buscarAutorizacoesDaOperadora"]
        values = {**world.values(owners[row.operation]), "carteira": "34569500000000705"}
        sent = with_query(world.wire.of(row, owners[row.operation], values), cursor=cursors[row.operation])
        assert refused(world.wire.send(sent)) == []

    @named(PAGED)
    def test_what_nobody_gave_is_refused_and_all_of_it_alike(
        self, world: World, owners: Mapping[str, Caller], cursors: Mapping[str, str], row: Row
    ) -> None:
        given = cursors.get(row.operation, cursors["listarPegs"])
        payload, _, mac = given.partition(".")
        other = next(one for one in cursors.values() if one != given).partition(".")[2]
        spoilt = [
            f"{given[:at]}{'A' if given[at] != 'A' else 'B'}{given[at + 1 :]}" for at in range(0, len(given), 9)
            if given[at] != "."
        ]  # fmt: skip
        tried = [
            *spoilt, payload, f"{payload}.", f".{mac}", f"{payload}.{other}", f"{given}.{mac}", f"{given}=",
            "AAAA.BBBB", "%00", "%C3%A9.%C3%A9", ".", "..", "null", "0", "A" * 4000, quote('{"pk":"PRESTADOR#1"}'),
        ]  # fmt: skip
        answers = [ask(world, row, owners[row.operation], cursor=cursor) for cursor in tried]
        assert [(cursor[:60], wrong) for cursor, answer in zip(tried, answers, strict=True)
                if (wrong := refused(answer))] == []  # fmt: skip
        assert [cursor[:60] for cursor, answer in zip(tried, answers, strict=True)
                if refusals.tell_apart(answers[0], answer)] == []  # fmt: skip


OF_PEGS: Final = frozenset({"cancelarPeg", "iniciarAnaliseDoPeg", "glosar", "incluirGuia", "excluirGuia"})
"""Of many that are carried out alike, one of each kind."""
ACTS: Final = [row for row in KEYED if row.makes in ESTADOS | ESTADOS_DE_WEBHOOK or row.operation in OF_PEGS]
"""Each of an authorization, a PEG, a draft or a webhook that was made for it."""
EFFECTS: Final = [
    row
    for row in KEYED
    if row.makes not in ESTADOS | ESTADOS_DE_PEG | ESTADOS_DE_FATURA | ESTADOS_DE_RECURSO
    and not (row.grupos & FINANCEIRO)
    and row.thing != "webhook"
]
"""What financeiro does is carried out as what a prestador sends, and has numbers of its own."""
NAMED_ANEW: Final = [
    row
    for row in EFFECTS
    if row.operation not in {"vincularDocumento", "desvincularDocumento", "definirExigenciasDeDocumentos"}
]
"""Those whose answer names something made for it: a document is one however often it is sent."""
ONE_ACT: Final = [ROWS["cancelarAutorizacao"], ROWS["cancelarPeg"]]
"""Of many that are carried out alike."""


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """A second gestor of the hospital, and a gestor of both."""
    second, of_two = world.person(), world.person()
    world.bind(second, "gestor", world.gestor)
    for at in (world.gestor, world.clinica):
        world.bind(of_two, "gestor", at)
    return second, of_two


class TestIdempotencyKeys:
    """A key is of one tenant, one person, one route and one body."""

    @pytest.fixture
    def callers(self, world: World, gestores: tuple[Caller, ...], row: Row) -> tuple[Caller, ...]:
        """Somebody who may make the row's call, somebody of another tenant, and another person of the first."""
        if "redencial" in row.operation or "Webhook" in row.operation:
            world.tidy()
        if row.door is not Door.OPERADORA:
            return gestores
        if row.grupos == FINANCEIRO:
            return (world.whoever_may(row),)
        first = world.whoever_may(row, where=lambda one: one.grupos == {AMS: {"central", "auditoria"}})
        second = world.whoever_may(row, where=lambda one: one.grupos.keys() == {PASA})
        return first, second, world.whoever_may(row, where=lambda one: one.registro == AMS and one != first)

    @pytest.fixture
    def gestores(self, world: World, people: tuple[Person, Person]) -> tuple[Caller, Caller, Caller]:
        """Gestores of the hospital, of the clinic, and another of the hospital."""
        row = ROWS["convidarPessoa"]
        of = [
            world.whoever_may(row, where=lambda one, at=at: one.prestador == at and not one.headers)  # type: ignore[misc]
            for at in (HOSPITAL.prestador_id, CLINICA.prestador_id)
        ]
        second = Caller(
            name="second gestor of the hospital", kind=Kind.PERSON, token=people[0].token,
            papeis={HOSPITAL.prestador_id: "gestor"}, owns=of[0].owns,
        )  # fmt: skip
        return of[0], of[1], second

    @staticmethod
    def identity(answer: Answer) -> str:
        body = answer.json()
        body = body.get("rascunho") or body.get("peg") or body
        named = next((body[name] for name in ("client_id", "id", "numero", "protocolo") if body.get(name)), None)
        return str(named or body.get("autorizacao", (body.get("autorizacoes") or [{}])[0])["numero"])

    @named(NAMED_ANEW)
    def test_the_same_key_of_two_tenants_and_of_two_people_is_an_effect_each(
        self, world: World, callers: tuple[Caller, ...], row: Row
    ) -> None:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        made = {}
        for caller in callers:
            sent = world.wire.of(row, caller, world.fresh(row, caller), headers=key)
            first = expect(row.ok, world.wire.send(sent))
            again = expect(row.ok, world.wire.send(sent))
            assert again.json() == first.json()
            made[caller.name] = self.identity(first)
        assert len(set(made.values())) == len(callers), made

    @named([ROWS["registrarAtendimento"], ROWS["decidirAutorizacao"], ROWS["glosar"]])
    def test_the_same_key_of_one_person_of_two_operadoras_is_an_effect_at_each(self, world: World, row: Row) -> None:
        key, body, made = {"Idempotency-Key": uuid.uuid4().hex}, None, []
        person = world.whoever_may(row, where=lambda one: one.grupos.keys() == {AMS, PASA})
        for registro in (AMS, PASA):
            caller = replace(person, registro=registro)
            sent = world.wire.of(row, caller, world.fresh(row, caller), headers=key)
            body = body or sent.body
            made.append(self.identity(expect(row.ok, world.wire.send(replace(sent, body=body)))))
        assert made[0] != made[1]

    @named([row for row in NAMED_ANEW + ONE_ACT if row.door is Door.PRESTADOR])
    def test_the_same_key_of_one_person_of_two_tenants_is_an_effect_at_each(
        self, world: World, gestores: tuple[Caller, ...], people: tuple[Person, Person], row: Row
    ) -> None:
        person, key = people[1], {"Idempotency-Key": uuid.uuid4().hex}
        if "redencial" in row.operation or "Webhook" in row.operation:
            world.tidy()
        papeis = {HOSPITAL.prestador_id: "gestor", CLINICA.prestador_id: "gestor"}
        body, made = None, []
        for like in gestores[:2]:
            headers = {"Conecta-Prestador": str(like.prestador)}
            caller = replace(like, token=person.token, papeis=papeis, headers=headers)
            sent = world.wire.of(row, caller, world.fresh(row, caller), headers=key)
            # The very same body, or the key would be refused for that.
            body = body or sent.body
            answer = expect(row.ok, world.wire.send(replace(sent, body=body)))
            made.append(self.identity(answer))
            assert self.at(world, str(like.prestador), row, made[-1])
        assert made[0] != made[1]

    @staticmethod
    def at(world: World, prestador: str, row: Row, identity: str) -> bool:
        """Whether what was made is at that prestador."""
        client = world.gestor if prestador == HOSPITAL.prestador_id else world.clinica
        if row.operation == "convidarPessoa":
            return identity in {one["id"] for one in client.get("/pessoas")["pessoas"]}
        where = {
            "criarUpload": f"/documentos/uploads/{identity}", "criarRascunho": f"/autorizacoes/rascunhos/{identity}",
            "criarRascunhoDePeg": f"/pegs/rascunhos/{identity}", "cancelarPeg": f"/pegs/{identity}",
            "pedirDemonstrativosEmLote": f"/demonstrativos/lotes/{identity}", "criarWebhook": f"/webhooks/{identity}",
        }.get(row.operation)  # fmt: skip
        if "autorizacao" in row.writes | {row.thing}:
            where = where or f"/autorizacoes/{AMS}/{identity}"
        if where:
            return client.request("GET", where).status == 200
        return identity in {one["client_id"] for one in client.get("/credenciais")["credenciais"]}

    @named(EFFECTS)
    def test_another_body_under_a_key_is_refused_and_another_route_is_not(
        self, world: World, callers: tuple[Caller, ...], row: Row
    ) -> None:
        caller, key = callers[0], {"Idempotency-Key": uuid.uuid4().hex}
        values = world.fresh(row, caller)
        first = world.wire.of(row, caller, values, headers=key)
        expect(row.ok, world.wire.send(first))
        other = Sent(method=first.method, path=first.path, headers=first.headers, body=(first.body or b"") + b" ")
        refused = expect(422, world.wire.send(other)).json()
        assert [erro["codigo"] for erro in refused["erros"]] == ["chave-reutilizada"]
        elsewhere = ROWS["registrarAtendimento" if row.door is Door.OPERADORA else "criarUpload"]
        if elsewhere.operation == row.operation:
            elsewhere = ROWS["cancelarAutorizacaoPelaCentral" if row.door is Door.OPERADORA else "convidarPessoa"]
        expect(
            elsewhere.ok,
            world.wire.send(world.wire.of(elsewhere, caller, world.fresh(elsewhere, caller), headers=key)),
        )

    @named(ACTS)
    def test_a_key_is_of_one_act_on_one_thing(self, world: World, callers: tuple[Caller, ...], row: Row) -> None:
        caller, key = callers[0], {"Idempotency-Key": uuid.uuid4().hex}
        one, other = (world.wire.of(row, caller, values) for values in world.all_fresh([(row, caller)] * 2))
        sent = replace(one, headers={**one.headers, **key})
        answers = [expect(row.ok, world.wire.send(sent)) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        reused = [replace(sent, body=(sent.body or b"") + b" "), replace(other, headers=sent.headers)]
        for answer in world.wire.send_all(reused):
            assert [erro["codigo"] for erro in expect(422, answer).json()["erros"]] == ["chave-reutilizada"]
        # It was refused, and not done.
        assert self.identity(expect(row.ok, world.wire.send(other))) != self.identity(answers[0])

    def test_the_same_key_for_two_credentials_rotates_both(self, world: World, gestores: tuple[Caller, ...]) -> None:
        world.tidy()
        row, caller, key = ROWS["rotacionarCredencial"], gestores[0], {"Idempotency-Key": uuid.uuid4().hex}
        rotated = [
            expect(201, world.wire.send(world.wire.of(row, caller, world.fresh(row, caller), headers=key))).json()
            for _ in range(2)
        ]
        assert rotated[0]["substitui"] != rotated[1]["substitui"]

    @named(KEYED)
    @pytest.mark.parametrize("key", ["", "x" * 256], ids=["empty", "too long"])
    def test_a_key_of_no_length_or_too_much_is_refused(
        self, world: World, callers: tuple[Caller, ...], row: Row, key: str
    ) -> None:
        values = world.own(row, callers[0]) or world.values(callers[0])
        sent = world.wire.of(row, callers[0], values, headers={"Idempotency-Key": key})
        refused = expect(422, world.wire.send(sent)).json()
        assert [erro["campo"] for erro in refused["erros"]] == ["Idempotency-Key"]


OURS: Final = frozenset({
    "id", "pk", "sk", "v", "versao", "situacao", "ativo", "ativa", "papel", "papeis", "grupo", "grupos", "prestador_id",
    "prestador", "registro_ans", "operadora", "tenant", "sub", "quem", "criado_por", "criado_em", "criada_em",
    "decidido_em", "solicitante", "do_prestador", "protocolo", "protocolo_atendimento", "client_id", "client_secret",
    "escopos", "elegivel", "encontrado", "fonte", "carga", "ttl", "introduzido_por", "valor_pago", "chave", "bucket",
    "email_verified", "custom:prestador", "__proto__", "constructor", "admin", "is_admin", "role", "audit",
    "numero", "senha", "origem", "validade", "data_autorizacao", "responder_ate", "vez_de", "historico",
    "quantidade_autorizada", "quantidade_faturada", "faturadas", "diarias_faturadas", "usos", "principal",
    "substitui", "complementos", "vida", "valor_glosado", "valor_liberado", "publicada_em", "liberando", "dossie",
    "competencia", "retiradas", "expira_em", "autor", "regra", "recepcao",
})  # fmt: skip
"""Fields that only the server sets, by our names and by those that attackers try."""
TWICE: Final = b'{"a":1,"a":2}'
NO_OBJECT: Final = [b"", b"null", b"[]", b'""', b"1", b"{", TWICE, b"\xff\xfe{}", b"\x00", b"[" * 20000, b"NaN"]
OWN_READER: Final = frozenset({"incluirGuia", "validarGuias", "criarUpload", "cancelarPeg"})
"""Of these, all are tried: their bodies are read in a way of their own, or all their fields may be left out."""
ALONE: Final = frozenset({"prestador_id", "situacao", "senha", "origem", "papel", "versao"})
"""Those that are tried by themselves, too: any other is refused by name among all of them."""


def properties(operation: dict[str, Any]) -> set[str]:
    """Names of every property an operation's answers show."""

    def of(schema: Any) -> set[str]:
        if isinstance(schema, list):
            return {name for one in schema for name in of(one)}
        if not isinstance(schema, dict):
            return set()
        if reference := schema.get("$ref"):
            return of(schema_at(reference))
        return set(schema.get("properties", ())) | {name for one in schema.values() for name in of(one)}

    return of([reply.get("content", {}) for status, reply in operation["responses"].items() if status < "300"])


@pytest.fixture(scope="class")
def unwritten(camera: Camera) -> Iterator[None]:
    """Whatever these tests send, nothing is stored."""
    before = camera.take()
    yield
    assert difference(before.kept, camera.take().kept) == []


class TestMassAssignment:
    """No field that is the server's is taken from a body: each is refused by name, and nothing is written."""

    JSON: Final = [row for row in TABLE if row.body is not None and row.media_type == "application/json"]

    @named([row for row in JSON if not row.free])
    def test_every_field_of_the_server_is_refused_by_name(self, world: World, unwritten: None, row: Row) -> None:
        caller = world.whoever_may(row)
        values = world.own(row, caller) or world.values(caller)
        assert row.body is not None
        body = row.body(values)
        wanted = sorted((OURS | properties(routes()[row.operation][2])) - self.accepted(row))
        assert len(wanted) > 30
        base = world.wire.of(row, caller, values)
        alone = sorted(ALONE & set(wanted))
        bodies = [*({**body, name: "x"} for name in alone), {**body, **dict.fromkeys(wanted, 1)}]
        answers = world.wire.send_all(
            [Sent(method=base.method, path=base.path, headers=base.headers, body=json.dumps(one).encode())
             for one in bodies]
        )  # fmt: skip
        named_in = [{erro["campo"] for erro in expect(422, answer).json()["erros"]} for answer in answers]
        assert [name for name, told in zip(alone, named_in, strict=False) if name not in told] == []
        assert named_in[-1] >= set(wanted)

    @staticmethod
    def accepted(row: Row) -> set[str]:
        """Names of the fields the request's own schema has."""
        schema = routes()[row.operation][2]["requestBody"]["content"]["application/json"]["schema"]
        while "properties" not in schema:  # of several kinds, the first is what the row sends
            schema = schema_at(schema["$ref"]) if "$ref" in schema else schema["anyOf"][0]
        return set(schema["properties"])

    @pytest.mark.parametrize(
        ("operation", "lista", "ours"),
        [
            ("verificarElegibilidadeEmLote", "itens", {"elegivel": True, "prestador_id": CLINICA.prestador_id}),
            ("solicitarAutorizacao", "itens", {"situacao": "AUTORIZADO", "quantidade_autorizada": 9, "faturada": 0}),
            ("solicitarAutorizacaoPelaCentral", "itens", {"valor_autorizado": "1", "data_prevista": "2026-12-01"}),
            ("decidirAutorizacao", "itens", {"situacao": "AUTORIZADO", "quantidade_faturada": 0}),
            ("alterarQuantidades", "itens", {"valor_autorizado": "900", "quantidade_faturada": 0}),
            ("validarGuias", "guias", {"valor_glosado": "0.00", "prestador_id": CLINICA.prestador_id}),
            ("pedirPendencias", "pendencias", {"situacao": "RESPONDIDA", "ate": "2030-01-01"}),
            ("enviarRecursoDeGlosa", "itens", {"valor_acatado": "1.00", "resposta": {}, "contestar_ate": "2030-01-01"}),
            ("responderItensDoRecurso", "respostas", {"quem": "x", "valor_recursado": "1.00"}),
        ],
    )
    def test_an_item_of_a_list_takes_none_either(
        self, world: World, operation: str, lista: str, ours: dict[str, Any]
    ) -> None:
        row = ROWS[operation]
        caller = world.whoever_may(row)
        values = world.own(row, caller) or world.values(caller)
        assert row.body is not None
        body = json.loads(json.dumps(row.body(values)))
        body[lista][0] |= ours
        base = world.wire.of(row, caller, values)
        answer = world.wire.send(replace(base, body=json.dumps(body).encode()))
        assert {erro["campo"] for erro in expect(422, answer).json()["erros"]} == {
            f"{lista}[0].{name}" for name in ours
        }

    @named(JSON)
    def test_a_body_that_is_no_object_of_ours_is_refused(self, world: World, row: Row) -> None:
        caller = world.whoever_may(row)
        base = world.wire.of(row, caller, world.own(row, caller) or world.values(caller))
        for body in self.spelt(row):
            answer = world.wire.send(replace(base, body=body))
            assert refusals.wrong_with(answer, Refusal(422, "requisicao-invalida"), ()) == [], body[:40]

    @classmethod
    def spelt(cls, row: Row) -> list[bytes]:
        """Bodies that a row is sent; where all are read alike, each row tries some of them, and all of them try all."""
        if row.free:
            return [body for body in NO_OBJECT if body != TWICE]  # of two fields of any object the last one counts
        return NO_OBJECT if row.operation in OWN_READER else NO_OBJECT[cls.JSON.index(row) % 3 :: 3]


def test_what_a_draft_says_of_itself_makes_it_nothing_else_and_is_not_asked_for(world: World) -> None:
    row = ROWS["criarRascunho"]
    caller = world.whoever_may(row)
    values = world.values(caller)
    assert row.body is not None
    ours = dict.fromkeys(("id", "versao", "criado_em", "expira_em", "prestador_id", "senha", "origem"), "x")
    base = world.wire.of(row, caller, values)
    sent = replace(base, body=json.dumps({**row.body(values), **ours}).encode())
    made = expect(201, world.wire.send(sent)).json()
    assert "x" not in {made["id"], made["versao"], made["criado_em"], made["expira_em"]}
    ready = {**values, "rascunho": made["id"]}
    refused = expect(422, world.wire.send(world.wire.of(ROWS["enviarRascunho"], caller, ready))).json()
    assert {erro["campo"] for erro in refused["erros"]} == ours.keys()
    expect(204, world.wire.send(world.wire.of(ROWS["excluirRascunho"], caller, ready)))


class TestHeaders:
    """`Conecta-Prestador` chooses among the caller's own and says nothing else, however it is spelt."""

    ROW: Final = ROWS["listarPessoas"]

    @pytest.fixture
    def gestor(self, world: World) -> Caller:
        return world.whoever_may(self.ROW, where=lambda one: one.prestador == HOSPITAL.prestador_id and not one.headers)

    @pytest.mark.parametrize(
        "text",
        [
            f"{HOSPITAL.prestador_id},{CLINICA.prestador_id}", f"{CLINICA.prestador_id},{HOSPITAL.prestador_id}",
            f"{HOSPITAL.prestador_id} {CLINICA.prestador_id}", f"{HOSPITAL.prestador_id}#345695",
            f"PRESTADOR#{HOSPITAL.prestador_id}", f"{HOSPITAL.prestador_id}#", HOSPITAL.prestador_id[:-1],
            HOSPITAL.prestador_id + "0", "*", "null", "%", f"'{HOSPITAL.prestador_id}'",
            HOSPITAL.prestador_id.translate({48 + n: 0xFF10 + n for n in range(10)}), "\u00e9" * 20, "x" * 4000,
            f"{HOSPITAL.prestador_id}%00", "12.345.678/0001-95",
        ],
    )  # fmt: skip
    def test_what_is_not_exactly_the_callers_is_absent(self, world: World, gestor: Caller, text: str) -> None:
        header = {"Conecta-Prestador": text.encode("utf-8").decode("latin-1")}
        answer = world.wire.send(world.wire.of(self.ROW, gestor, world.values(gestor), headers=header))
        assert refusals.wrong_with(answer, Refusal(404, "nao-encontrado"), [text] if len(text) > 1 else ()) == []

    @pytest.mark.parametrize("given", [(HOSPITAL, CLINICA), (CLINICA, HOSPITAL)], ids=["own first", "own last"])
    def test_two_headers_never_open_what_one_would_not(self, world: World, gestor: Caller, given: Any) -> None:
        parts = urlsplit(world.where["api"])
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.putrequest("GET", f"{parts.path}/pessoas")
        connection.putheader("Authorization", f"Bearer {gestor.token}")
        for prestador in given:
            connection.putheader("Conecta-Prestador", prestador.prestador_id)
        connection.endheaders()
        answer = connection.getresponse()
        content = json.loads(answer.read())
        connection.close()
        own = world.gestor.get("/pessoas")["pessoas"]
        assert answer.status == 404 or {row["id"] for row in content["pessoas"]} == {row["id"] for row in own}

    @pytest.mark.parametrize(
        "header", ["Conecta_Prestador", "X-Conecta-Prestador", "X-Prestador-Id", "Prestador", "X-Forwarded-Prestador"]
    )
    def test_no_other_header_chooses(self, world: World, gestor: Caller, header: str) -> None:
        sent = world.wire.of(self.ROW, gestor, world.values(gestor), headers={header: CLINICA.prestador_id})
        rows = expect(200, world.wire.send(sent)).json()["pessoas"]
        assert {row["id"] for row in rows} == {row["id"] for row in world.gestor.get("/pessoas")["pessoas"]}

    @pytest.mark.parametrize("name", ["prestador_id", "prestador", "Conecta-Prestador", "tenant", "sub"])
    def test_no_query_chooses(self, world: World, gestor: Caller, name: str) -> None:
        sent = with_query(world.wire.of(self.ROW, gestor, world.values(gestor)), **{name: CLINICA.prestador_id})
        rows = expect(200, world.wire.send(sent)).json()["pessoas"]
        assert {row["id"] for row in rows} == {row["id"] for row in world.gestor.get("/pessoas")["pessoas"]}

    def test_attributes_a_person_may_write_choose_nothing(self, world: World, deployed: Deployed) -> None:
        person = world.person()
        cognito = deployed.aws.client("cognito-idp")
        for name, value in (("name", "gestor"), ("profile", HOSPITAL.prestador_id)):
            try:
                cognito.update_user_attributes(
                    AccessToken=person.token, UserAttributes=[{"Name": name, "Value": value}]
                )
            except cognito.exceptions.ClientError:
                continue  # that one cannot even be written
        answer = person.client.request("GET", "/pessoas")
        assert refusals.wrong_with(answer, Refusal(403, "sem-vinculo"), ()) == []


def test_a_scope_granted_to_the_client_but_not_by_the_gestor_opens_nothing(world: World, deployed: Deployed) -> None:
    """What Cognito would grant does not count beyond what the gestor did."""
    world.tidy()
    client_id, secret = world.credencial(world.gestor, ("recurso.ler",))
    pool = deployed.where["cognito"]["prestadores"]["pool"]
    cognito = deployed.aws.client("cognito-idp")
    held = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client_id)["UserPoolClient"]
    kept = {name: held[name] for name in ("AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "ClientName")}
    cognito.update_user_pool_client(
        UserPoolId=pool, ClientId=client_id, **kept, AllowedOAuthScopes=[f"conecta/{escopo}" for escopo in ESCOPOS]
    )
    token = world.machine_token((client_id, secret))
    caller = Caller(name="machine", kind=Kind.MACHINE, token=token, machine_of=HOSPITAL.prestador_id)
    for operation in (
        "listarPegs", "criarUpload", "verificarElegibilidade", "obterContrato", "solicitarAutorizacao",
        "listarAutorizacoes", "criarRascunho", "enviarMensagemTiss-cancelaGuia", "criarUpload-laudo",
        "criarRascunhoDePeg", "validarGuias", "enviarMensagemTiss-loteGuias",
    ):  # fmt: skip
        row = ROWS[operation]
        answer = world.wire.send(world.wire.of(row, caller, world.values(caller)))
        assert refusals.wrong_with(answer, Refusal(403, "escopo-insuficiente"), ()) == [], operation


def test_what_is_deployed_is_what_is_published(deployed: Deployed) -> None:
    api = deployed.aws.client("apigateway")
    (found,) = [one for one in api.get_rest_apis()["items"] if one["name"].startswith("conecta")]
    resources = [
        resource
        for page in api.get_paginator("get_resources").paginate(restApiId=found["id"], embed=["methods"])
        for resource in page["items"]
    ]
    deployed_routes = {
        (method, resource["path"])
        for resource in resources
        for method in resource.get("resourceMethods", ())
        if method != "OPTIONS"
    }
    assert deployed_routes == {(method, path) for method, path, _ in routes().values()}


def test_no_method_answers_that_is_not_published(world: World, camera: Camera) -> None:
    published = {(method, path) for method, path, _ in routes().values()}
    caller = world.whoever_may(ROWS["listarPessoas"])
    headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE")
    # What is deployed is compared whole above: here each path is asked in some ways, and all ways are tried.
    tried = [
        Sent(method=method, path=path.replace("{", "").replace("}", ""), headers=headers, body=b"{}")
        for place, path in enumerate(sorted({path for _, path in published}))
        for method in (methods[(place + turn) % len(methods)] for turn in (0, 2, 5))
        if (method, path) not in published
    ]
    before = camera.take()
    answers = world.wire.send_all(tried)
    assert [(sent.method, sent.path, answer.status) for sent, answer in zip(tried, answers, strict=True)
            if answer.status not in {403, 404, 405}] == []  # fmt: skip
    assert difference(before.kept, camera.take().kept) == []
