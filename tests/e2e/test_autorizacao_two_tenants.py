"""Authorizations between tenants, beyond the matrix: who is party to one, what a body names, messages, and what leaks.

What each row of `tests/matriz` tries of every operation is not tried again here.
"""

from __future__ import annotations

import json
import random
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest

from local import vazamentos
from local.client import Answer, Client
from local.gerador import solicitacoes
from local.gerador.solicitacoes import PedidoSolicitacao
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.matriz import leaks, refusals
from tests.matriz.calls import routes
from tests.matriz.hostile import HOSTILE, leaves, put
from tests.matriz.model import INVALID, NO_AUTHORIZATION, WRONG_ROLE, Caller, Door, Refusal, Row, Values
from tests.matriz.senhas import CANARIO, EXAME, MEDICO, OPME, ROWS, pedido
from tests.matriz.snapshot import Camera, difference
from tests.matriz.world import ABSENT, AMS, PASA, Made, World, expect

pytestmark = pytest.mark.e2e

BY_NAME: Final = {row.name: row for row in ROWS}
NOBODY: Final = "00000000000191"
HERE, THERE = HOSPITAL.prestador_id, CLINICA.prestador_id


@pytest.fixture(scope="module")
def camera(deployed: Deployed) -> Camera:
    return Camera(deployed.aws.client, deployed.where["buckets"].values())


@pytest.fixture(scope="class")
def unwritten(world: World, camera: Camera) -> Iterator[None]:
    """Whatever these tests send, nothing is stored but what it costs to ask."""
    _ = (world.things, world.callers)
    before = camera.take()
    yield
    assert difference(before.kept, camera.take().kept) == []


@pytest.fixture(scope="module")
def central(world: World) -> Client:
    return by(world, BY_NAME["registrarAtendimento"])


@pytest.fixture(scope="module")
def stranger(world: World) -> Made:
    """A prestador enabled at the first operadora that is party to nothing."""
    return world.others["enabled"]


@pytest.fixture(scope="module")
def shared(world: World) -> Values:
    """Asked by the clinic, to be done by the hospital."""
    asked = values(world, THERE)
    made = expect(201, world.clinica.request("POST", "/autorizacoes", pedido(asked, EXAME, executante=HERE))).json()
    return {**asked, "numero": made["autorizacao"]["numero"]}


@pytest.fixture(scope="module")
def machine(world: World) -> Caller:
    return next(caller for caller in world.callers if caller.name.startswith(f"machine of {HERE} with every"))


@pytest.fixture(scope="module")
def personal(world: World) -> frozenset[str]:
    kinds = ("carteira", "nome", "cpf", "clinico")
    _ = world.things
    return frozenset(text for kind in kinds for text in world.personal[kind])


def by(world: World, row: Row, where: Callable[[Caller], bool] = lambda _caller: True) -> Client:
    """Whoever may make a row's call."""
    return Client(world.where["api"], world.whoever_may(row, where=where).token)


def values(world: World, prestador: str = HERE) -> Values:
    """What a new request of a prestador says."""
    return world.values(
        next(caller for caller in world.callers if caller.prestador == prestador and not caller.headers)
    )


def seen(client: Client, named: Values) -> bool:
    """Whether whoever asks sees an authorization: in detail, in the list of the month and by both its numbers."""
    path = f"/autorizacoes/{named['registro']}/{named['numero']}"
    detail = client.request("GET", path)
    listed = named["numero"] in month(client)
    asked = {"numero_carteira": named["carteira"], "registro_ans": named["registro"]}
    found = [
        client.request("POST", "/autorizacoes/busca", {**asked, "numero": named[name]}) for name in ("numero", "guia")
    ]
    statuses = {detail.status, *(answer.status for answer in found)}
    assert statuses in ({200}, {404}), statuses
    assert listed == (detail.status == 200)
    assert (
        detail.status == 200
        or refusals.wrong_with(detail, NO_AUTHORIZATION, [named["numero"], named["carteira"]]) == []
    )
    return listed


def month(client: Client) -> set[str]:
    """Numbers of this month's list."""
    numbers, cursor = set[str](), ""
    while True:
        page = client.get(f"/autorizacoes{cursor}")
        numbers |= {row["numero"] for row in page["autorizacoes"]}
        if page["cursor"] is None:
            return numbers
        cursor = f"?cursor={page['cursor']}"


class TestParties:
    """R08: who made a request, who asked and who will do it see it; nobody else does, and not a moment longer."""

    def test_both_see_it_and_no_third_does(self, world: World, stranger: Made, shared: Values) -> None:
        assert seen(world.clinica, shared)
        assert seen(world.gestor, shared)
        assert not seen(stranger.gestor.client, shared)

    def test_both_may_act_with_files_of_their_own_only(self, world: World) -> None:
        named = world.estados.make("em espera", THERE, AMS)
        own, foreign = (world.estados.paper(prestador) for prestador in (HERE, THERE))
        path = f"/autorizacoes/{AMS}/{named['numero']}/respostas"
        refused = world.gestor.request("POST", path, {"documentos": [{"id": foreign, "tipo": "02"}]})
        assert refusals.wrong_with(refused, INVALID, ()) == []
        expect(200, world.gestor.request("POST", path, {"documentos": [{"id": own, "tipo": "02"}]}))

    def test_who_no_longer_does_it_is_a_stranger_to_it(self, world: World, central: Client) -> None:
        named = world.estados.make("autorizada", THERE, AMS)
        where = f"/operadora/autorizacoes/{AMS}/{named['numero']}/executante"
        assert not seen(world.gestor, named)
        expect(200, central.request("POST", where, {"executante": HERE, "motivo": "Prova da matriz."}))
        assert seen(world.gestor, named)
        expect(200, central.request("POST", where, {"executante": THERE, "motivo": "Prova da matriz."}))
        assert not seen(world.gestor, named)
        own = f"/autorizacoes/{AMS}/{named['numero']}"
        for path, body in ((f"{own}/cancelamento", {}), (f"{own}/respostas", {"justificativa": "Prova"})):
            assert refusals.wrong_with(world.gestor.request("POST", path, body), NO_AUTHORIZATION, ()) == []

    def test_whom_the_central_asked_for_sees_it_and_nobody_else(
        self, world: World, central: Client, stranger: Made
    ) -> None:
        asked = values(world, THERE)
        body = {**pedido(asked, EXAME), "prestador": THERE}
        made = expect(201, central.request("POST", "/operadora/autorizacoes", body)).json()["autorizacao"]
        named = {**asked, "numero": made["numero"]}
        assert made["origem"] == "CENTRAL"
        assert [seen(one, named) for one in (world.clinica, world.gestor, stranger.gestor.client)] == [
            True,
            False,
            False,
        ]

    def test_a_person_of_two_prestadores_sees_of_each_what_is_its(self, world: World) -> None:
        person = world.person()
        for at in (world.gestor, world.clinica):
            world.bind(person, "recepcao", at)
        things = world.things
        drafts, owned = things["rascunho"], things["autorizacao"]
        for chosen, other in ((HERE, THERE), (THERE, HERE)):
            client = replace(person.client, prestador=chosen)
            mine, theirs = (owned[f"prestador:{one}"] for one in (chosen, other))
            assert (seen(client, mine), seen(client, theirs)) == (True, False)
            statuses = [
                client.request("GET", f"/autorizacoes/rascunhos/{drafts[f'prestador:{one}']['rascunho']}").status
                for one in (chosen, other)
            ]
            assert statuses == [200, 404]
        assert person.client.request("GET", "/autorizacoes").status == 422


@pytest.mark.usefixtures("unwritten")
class TestWhatABodyNames:
    """Somebody else's, in a body, is as nobody's."""

    @staticmethod
    def alike(answers: list[Answer]) -> list[str]:
        """What tells answers apart that must be alike."""
        return [told for one in answers[1:] if (told := refusals.tell_apart(answers[0], one))]

    def test_files_of_another_prestador_are_not_there(self, world: World) -> None:
        foreign = world.things["upload"][f"prestador:{THERE}"]["upload"]
        waiting = world.things["autorizacao"][f"prestador:{HERE}"]
        act = f"/autorizacoes/{AMS}/{waiting['numero']}"
        for path, body in (
            ("/autorizacoes", pedido(values(world))),
            (f"{act}/respostas", {}),
            (f"{act}/anexos", {"anexo": OPME}),
        ):
            answers = [
                world.gestor.request("POST", path, {**body, "documentos": [{"id": name, "tipo": "02"}]})
                for name in (foreign, ABSENT["upload"])
            ]
            assert [refusals.wrong_with(answer, INVALID, ()) for answer in answers] == [[], []], path
            blind = [replace(one, content=one.content.replace(name.encode(), b""))
                     for one, name in zip(answers, (foreign, ABSENT["upload"]), strict=True)]  # fmt: skip
            assert self.alike(blind) == []

    def test_who_is_party_to_nothing_asks_for_nobody(self, world: World) -> None:
        answers = [
            world.gestor.request("POST", path, {**pedido(asked), "solicitante": other})
            for path in ("/autorizacoes", "/autorizacoes/simulacao")
            for other in (THERE, NOBODY, world.others["refused"].prestador)
            for asked in (values(world),)
        ]
        assert [refusals.wrong_with(answer, INVALID, ()) for answer in answers] == [[]] * 6
        assert self.alike(answers) == []

    def test_executantes_without_a_contract_are_told_from_unknown_ones_by_nothing(self, world: World) -> None:
        told = []
        for name in (NOBODY, *(world.others[words].prestador for words in ("of the other operadora only", "refused"))):
            body = pedido(values(world), EXAME, executante=name)
            found = expect(200, world.gestor.request("POST", "/autorizacoes/simulacao", body)).json()
            assert found["situacao"] == "NEGADA"
            told.append(json.dumps(found, sort_keys=True))
        assert set(told) == {told[0]}

    def test_another_operadora_is_as_one_that_nobody_knows(self, world: World) -> None:
        for path in ("/autorizacoes", "/autorizacoes/simulacao"):
            answers = [
                world.clinica.request("POST", path, {**pedido(values(world, THERE)), "registro_ans": registro})
                for registro in (PASA, "999999")
            ]
            refusal = Refusal(403, "relacionamento-nao-habilitado")
            # Whoever asked to be enabled is told how that stands; whoever did not is told nothing.
            assert [refusals.wrong_with(answer, refusal, ()) for answer in answers] == [[], []]
            assert [answer.json()["situacao"] for answer in answers] == ["SOLICITADO", None]
        made = world.others["enabled"].gestor.client
        answers = [
            made.request("POST", "/autorizacoes", {**pedido(values(world)), "registro_ans": registro})
            for registro in (PASA, "999999")
        ]
        assert self.alike(answers) == []

    def test_a_senha_is_replaced_for_its_own_life_and_operadora_only(self, world: World) -> None:
        own = world.things["autorizacao"][f"prestador:{HERE}"]
        path = f"/autorizacoes/{AMS}/{own['numero']}/substituicao"
        other = {**values(world), "carteira": "34569500000000705"}
        assert refusals.wrong_with(world.gestor.request("POST", path, pedido(other)), NO_AUTHORIZATION, ()) == []
        elsewhere = {**values(world), "registro": PASA}
        assert refusals.wrong_with(world.gestor.request("POST", path, pedido(elsewhere)), INVALID, ()) == []

    def test_the_central_of_one_operadora_asks_nothing_of_another(self, world: World) -> None:
        row = BY_NAME["solicitarAutorizacaoPelaCentral"]
        central = by(world, row, lambda one: one.grupos.keys() == {PASA})
        answers = [
            central.request("POST", "/operadora/autorizacoes", {**pedido(values(world)), "registro_ans": registro,
                                                                "prestador": HERE})
            for registro in (AMS, "999999")
        ]  # fmt: skip
        assert [refusals.wrong_with(answer, Refusal(404, "nao-encontrado"), ()) for answer in answers] == [[], []]
        assert self.alike(answers) == []

    def test_prestadores_that_the_operadora_does_not_know_are_one_like_another(
        self, world: World, central: Client
    ) -> None:
        named = world.things["autorizacao da operadora"][f"registro:{AMS}"]
        path = f"/operadora/autorizacoes/{AMS}/{named['numero']}/executante"
        unknown = (NOBODY, world.others["of the other operadora only"].prestador)
        for refusal, answers in (
            (
                Refusal(403, "relacionamento-nao-habilitado"),
                [central.request("POST", "/operadora/autorizacoes", {**pedido(values(world)), "prestador": one})
                 for one in unknown],
            ),
            (
                INVALID,
                [central.request("POST", path, {"executante": one, "motivo": "Prova da matriz."}) for one in unknown],
            ),
        ):  # fmt: skip
            assert [refusals.wrong_with(answer, refusal, unknown) for answer in answers] == [[], []]
            assert self.alike(answers) == []


class TestWhatABodyMakes:
    """What is made, and of whom it says nothing."""

    def test_a_foreign_parent_is_an_unknown_one(self, world: World) -> None:
        foreign = world.things["autorizacao"][f"prestador:{THERE}"]
        told = []
        for name in (foreign["numero"], foreign["guia"], ABSENT["autorizacao"], "GUIA-DE-NINGUEM"):
            body = pedido(values(world), EXAME, carater="2", guia_principal=name)
            made = expect(201, world.gestor.request("POST", "/autorizacoes", body)).json()
            assert (made["autorizacao"]["situacao"], made["autorizacao"]["principal"]) == ("NEGADA", None)
            told.append((made["achados"], made["autorizacao"]["motivos"]))
        assert all(one == told[0] for one in told)
        assert world.clinica.get(f"/autorizacoes/{AMS}/{foreign['numero']}")["complementos"] == []

    def test_who_is_released_for_authorizations_only_sends_their_files(self, world: World) -> None:
        made = world.others["enabled, but not for billing"]
        client = made.gestor.client
        asked = {"registro_ans": AMS, "nome_arquivo": "a.pdf", "tamanho": 10}
        statuses = {
            finalidade: client.request("POST", "/documentos/uploads", {**asked, "finalidade": finalidade}).status
            for finalidade in ("laudo", "cotacao_opme", "pdf")
        }
        assert statuses == {"laudo": 201, "cotacao_opme": 201, "pdf": 403}


@pytest.mark.usefixtures("unwritten")
class TestMessages:
    """The XML door and files: origem is the caller's, and guias of others are nobody's."""

    TRANSACOES: Final = tuple(row.variant for row in ROWS if row.tiss)

    @staticmethod
    def told(answer: Answer) -> str:
        """A message without what is another's in every message."""
        return re.sub(r"<ans:(hash|horaRegistroTransacao|sequencialTransacao)>[^<]*<", "<", answer.text)

    @pytest.mark.parametrize("transacao", TRANSACOES)
    def test_a_message_in_anothers_name_is_refused(self, world: World, machine: Caller, transacao: str) -> None:
        row = BY_NAME[f"enviarMensagemTiss-{transacao}"]
        for cnpj in (THERE, "00000000000191"):
            answer = world.wire.send(world.wire.of(row, machine, {**world.values(machine), "cnpj": cnpj}))
            assert refusals.wrong_with(answer, Refusal(422, None), [world.values(machine)["carteira"]]) == []

    @pytest.mark.parametrize("transacao", [one for one in TRANSACOES if one != "solicitacaoProcedimento"])
    def test_a_foreign_guia_is_answered_as_one_that_nobody_has(
        self, world: World, machine: Caller, transacao: str
    ) -> None:
        row = BY_NAME[f"enviarMensagemTiss-{transacao}"]
        foreign = world.things["autorizacao"][f"prestador:{THERE}"]
        own = world.things["autorizacao"][f"prestador:{HERE}"]
        absent = world.values(machine)
        life = "34569500000001001"  # of whom there is no stay
        pairs = [
            absent, {**absent, "guia": foreign["guia"]}, {**absent, "guia": foreign["numero"]},
            {**absent, "guia": foreign["guia"], "numero": foreign["numero"]},
        ]  # fmt: skip
        if transacao != "cancelaGuia":  # that one names nobody
            pairs.append({**absent, "guia": own["guia"], "carteira": "34569500000000705"})
        if transacao == "comunicacaoInternacao":
            pairs = [{**one, "carteira": carteira} for one, carteira in zip(pairs, (life, "0" * 17), strict=False)]
        answers = [world.wire.send(world.wire.of(row, machine, one)) for one in pairs]
        assert {answer.status for answer in answers} == {200}
        blind = [
            re.sub(r"[0-9]{17}|" + "|".join({one["guia"], one["guia"] + "-O"}), "", self.told(answer))
            for one, answer in zip(pairs, answers, strict=True)
        ]
        assert set(blind) == {blind[0]}


def test_what_others_cancel_stands(world: World) -> None:
    for prestador, client in ((HERE, world.gestor), (THERE, world.clinica)):
        named = world.things["autorizacao"][f"prestador:{prestador}"]
        assert client.get(f"/autorizacoes/{AMS}/{named['numero']}")["situacao"] == "AUTORIZADA"


def test_a_file_in_anothers_name_is_refused_too(world: World) -> None:
    asked = values(world)
    xml = solicitacoes.gerar_solicitacao(
        PedidoSolicitacao(hoje=world.today, origem_cnpj=HERE, destino=AMS, numero=asked["guia"],
                          carteira=asked["carteira"])
    ).conteudo  # fmt: skip
    upload = world.clinica.upload(xml, finalidade="mensagem_tiss", nome_arquivo="a.xml")
    final = world.clinica.follow(upload["id"])
    assert (final["situacao"], final["recurso"]) == ("RECUSADO", None)
    assert asked["carteira"] not in json.dumps(final)
    sought = {"numero": asked["guia"], "numero_carteira": asked["carteira"]}
    for client in (world.clinica, world.gestor):
        assert client.request("POST", "/autorizacoes/busca", sought).status == 404


def same_contacts(told: list[dict[str, Any]], public: list[dict[str, Any]]) -> bool:
    """Whether these are the contacts that the operadora publishes."""
    return sorted(one["codigo"] for one in told) == sorted(one["codigo"] for one in public)


class TestWhoseActItIs:
    """R18: a prestador that tries what is the Central's is told how to reach it; nothing else is."""

    CENTRAIS: Final = [row for row in ROWS if row.door is Door.OPERADORA and row.thing == "autorizacao da operadora"]

    @pytest.mark.parametrize("row", CENTRAIS, ids=[row.name for row in CENTRAIS])
    def test_a_prestador_is_given_the_contacts_of_the_operadora_it_names(self, world: World, row: Row) -> None:
        caller = next(one for one in world.callers if one.prestador == HERE and not one.headers)
        own = world.things["autorizacao"][f"prestador:{HERE}"]
        named = ({**own, "hoje": world.values(caller)["hoje"], "sequencia": "1", "executante": THERE}, AMS)
        for registro in (AMS, PASA, "999999"):
            answer = world.wire.send(world.wire.of(row, caller, {**named[0], "registro": registro}))
            assert refusals.wrong_with(answer, WRONG_ROLE, [own["numero"], own["carteira"]]) == []
            public = world.gestor.request("GET", f"/operadoras/{registro}/contatos")
            wanted = public.json()["contatos"] if public.status == 200 else []
            assert same_contacts(answer.json()["contatos"], wanted)
            assert bool(wanted) == (registro != "999999")

    def test_cancelling_an_item_of_ones_own_senha_is_the_centrals(self, world: World) -> None:
        own = world.things["autorizacao"][f"prestador:{HERE}"]
        path = f"/autorizacoes/{AMS}/{own['numero']}/cancelamento"
        answer = world.gestor.request("POST", path, {"itens": [1]})
        assert refusals.wrong_with(answer, WRONG_ROLE, ()) == []
        assert (answer.json()["regra"], answer.json()["papeis"]) == ("R18", ["central"])
        public = world.gestor.get(f"/operadoras/{AMS}/contatos")["contatos"]
        assert same_contacts(answer.json()["contatos"], public)
        foreign = world.things["autorizacao"][f"prestador:{THERE}"]
        path = f"/autorizacoes/{AMS}/{foreign['numero']}/cancelamento"
        assert refusals.wrong_with(world.gestor.request("POST", path, {"itens": [1]}), NO_AUTHORIZATION, ()) == []

    def test_a_prestador_of_an_operadoras_group_name_is_no_operadora(self, world: World) -> None:
        """Papéis of prestadores and groups of operadoras are no words of one language."""
        for prefix, caller in (
            ("/autorizacoes", world.whoever_may(BY_NAME["registrarAtendimento"])),
            ("/operadora/autorizacoes", world.whoever_may(BY_NAME["solicitarAutorizacao"])),
        ):
            client = Client(world.where["api"], caller.token)
            assert refusals.wrong_with(client.request("GET", prefix), WRONG_ROLE, ()) == []


def whole(asked: Values) -> dict[str, Any]:
    """A request with every member there is."""
    day = asked["hoje"]
    return pedido(
        asked, {**EXAME, "descricao": "Exame", "valor": "10.50", "data_provavel": day}, tipo="INTERNACAO", diarias=2,
        solicitante=HERE, executante=HERE, carater="1", etapa="1", data_solicitacao=day, data_atendimento=day,
        atendimento_rn=False, data_nascimento_rn=day, guia_principal=ABSENT["autorizacao"], documentos=[
            {"id": ABSENT["upload"], "tipo": "02", "cotacao": False},
        ], anexos=[OPME], indicador_opme=True, indicador_quimio=False, acomodacao="1", tipo_internacao="2",
        regime_internacao="1", cids=["K35.9"], cod_validacao="ABC", ausencia_cod_validacao="01",
        remocao={"origem": "UPA Centro", "destino": "Hospital"}, observacao="Prova",
    )  # fmt: skip


class TestHostileBodies:
    """Whatever is in a body, the answer is one of ours, of the caller's business, and soon there."""

    JSON: Final = [row for row in ROWS if row.body is not None and not row.tiss and not row.free]
    EACH: Final = 12
    """Places and values drawn for each row; the request itself is tried at every place."""

    @staticmethod
    def wrong(answers: list[Answer]) -> list[str]:
        return [f"{one.status} {one.text[:200]}" for one in answers if one.status >= 500 or one.status == 400]

    @pytest.mark.parametrize("row", JSON, ids=[row.name for row in JSON])
    def test_no_field_of_any_body_is_a_fault_of_ours(self, world: World, row: Row) -> None:
        caller = world.whoever_may(row)
        base_values = world.fresh(row, caller)  # some of it is valid, and done
        base = world.wire.of(row, caller, base_values)
        assert row.body is not None
        body = whole(base_values) if row.operation == "solicitarAutorizacao" else row.body(base_values)
        body = json.loads(json.dumps(body))
        draw = random.Random(row.name)  # noqa: S311  # the same every time
        places = list(leaves(body))
        chosen = places * 2 if row.operation == "solicitarAutorizacao" else draw.choices(places, k=self.EACH)
        bodies = [put(body, place, draw.choice(HOSTILE)) for place in chosen]
        answers = world.wire.send_all([replace(base, body=json.dumps(one).encode()) for one in bodies])
        assert self.wrong(answers) == []
        assert {answer.status for answer in answers} <= {200, 201, 403, 404, 409, 422, 429}

    def test_a_body_of_any_size_and_depth_is_answered(self, world: World) -> None:
        row = BY_NAME["solicitarAutorizacao"]
        caller = world.whoever_may(row)
        asked = world.values(caller)
        base = world.wire.of(row, caller, asked)
        big = json.dumps(pedido(asked, *[EXAME] * 3_000)).encode()
        sizes = [
            big, json.dumps(pedido(asked, observacao="x" * 3_000_000)).encode(),
            b'{"itens":' * 3_000 + b"1" + b"}" * 3_000,
            json.dumps(dict.fromkeys(map(str, range(20_000)), 1)).encode(), b"[" + b"1," * 500_000 + b"1]",
            b'{"tipo":' + b"9" * 100_000 + b"}", b"\xef\xbb\xbf" + big, big.decode().encode("utf-16"),
        ]  # fmt: skip
        answers = [world.wire.send(replace(base, body=body)) for body in sizes]
        assert [refusals.wrong_with(answer, INVALID, [asked["carteira"]]) for answer in answers] == [[]] * len(sizes)
        draft = world.wire.of(BY_NAME["criarRascunho"], caller, asked)
        answers = [world.wire.send(replace(draft, body=body)) for body in sizes]
        assert [refusals.wrong_with(answer, INVALID, [asked["carteira"]]) for answer in answers] == [[]] * len(sizes)

    @pytest.mark.parametrize("name", ["If-Match", "Idempotency-Key", "Conecta-Prestador", "Content-Type", "Accept"])
    def test_no_header_is_a_fault_of_ours(self, world: World, name: str) -> None:
        row = BY_NAME["excluirRascunho"] if name == "If-Match" else BY_NAME["simularAutorizacao"]
        caller = world.whoever_may(row)
        named = {**world.values(caller), "rascunho": ABSENT["rascunho"]}
        answers = [
            world.wire.send(world.wire.of(row, caller, named, headers={name: text}))
            for text in ('W/"1"', '"é"', '"' + "9" * 3_000 + '"', "*", " ", "\u00ff" * 50, "a,b", "text/plain")
        ]
        assert self.wrong(answers) == []


class TestWhatLeaks:
    """Carteira, name, CPF and what is clinical: in answers to who may, and nowhere else."""

    def test_what_would_leak_is_found(self, personal: frozenset[str]) -> None:
        assert {len(hit) > 0 for hit in (leaks.found([("log", f"<{text}>")], personal) for text in personal)} == {True}
        assert {CANARIO, MEDICO["nome"], "34569500000000101", "11122233396"} <= personal

    def test_no_address_has_a_place_for_a_person(self) -> None:
        named = {
            (row.operation, parameter["name"])
            for row in ROWS
            for parameter in routes()[row.operation][2].get("parameters", [])
            if parameter["in"] in {"path", "query"}
        }
        assert {name for _, name in named} == {
            "registro_ans", "numero", "id", "transacao", "competencia", "cursor", "fila",
        }  # fmt: skip

    def test_no_location_tag_or_file_name_tells_of_a_person(self, world: World, personal: frozenset[str]) -> None:
        headers = []
        for name in (
            "solicitarAutorizacao",
            "criarRascunho",
            "obterRascunho",
            "obterAutorizacaoEmPdf",
            "enviarRascunho",
        ):
            row = BY_NAME[name]
            caller = world.whoever_may(row)
            answer = expect(row.ok, world.wire.send(world.wire.of(row, caller, world.fresh(row, caller))))
            headers.append((name, json.dumps(dict(answer.headers))))
        assert all("location" in text for name, text in headers if name in {"solicitarAutorizacao", "criarRascunho"})
        assert leaks.found(headers, personal) == []

    def test_no_refusal_repeats_what_was_sent(self, world: World, personal: frozenset[str]) -> None:
        row = BY_NAME["solicitarAutorizacao"]
        caller = world.whoever_may(row)
        asked = world.values(caller)
        body = json.loads(json.dumps(whole(asked)))
        text = f"{asked['carteira']} {secrets.token_hex(8)}"
        base = world.wire.of(row, caller, asked)
        bodies = [put(body, place, text) for place in leaves(body) if not isinstance(place[-1], int)]
        bodies += [{**body, text: text}, {**body, "justificativa": "x" * 501}]
        answers = world.wire.send_all([replace(base, body=json.dumps(one).encode()) for one in bodies])
        refused = [answer for answer in answers if answer.status >= 400]
        assert len(refused) > 30
        told = leaks.found(((str(number), one.text) for number, one in enumerate(refused)), personal | {text})
        # A member that nobody knows is named: it is the sender's own word, and not a value.
        assert [one for one in told if not one.startswith(f"{len(refused) - 2}:")] == []

    def test_no_key_of_any_row_or_object_names_a_person(self, camera: Camera, personal: frozenset[str]) -> None:
        names = leaks.keys(camera.take())
        assert len(names) > 100
        assert leaks.found(names, personal) == []

    def test_neither_audit_nor_events_name_a_person(self, deployed: Deployed, personal: frozenset[str]) -> None:
        rows = list(leaks.audit_and_events(deployed.aws, ("autorizacao",)))
        assert len(rows) > 10
        assert leaks.found(rows, personal) == []

    def test_no_function_logs_a_person(self, deployed: Deployed, personal: frozenset[str]) -> None:
        lines = list(vazamentos.logs(deployed.aws))
        groups = {group.rpartition("embarcado-")[2] for group, _ in lines}
        assert groups >= {"autorizacao-api", "autorizacao-eventos", "tiss-api", "documentos-api"}
        assert leaks.found(lines, personal) == []
