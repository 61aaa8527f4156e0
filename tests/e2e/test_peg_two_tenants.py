"""PEGs between tenants, beyond the matrix: numbers of others in addresses, bodies and messages, and what leaks.

What each row of `tests/matriz` tries of every operation is not tried again here.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from local import vazamentos
from local.client import Answer, Client
from local.gerador import Tipo
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.matriz import leaks, pegs, refusals
from tests.matriz.calls import routes
from tests.matriz.contas import new_lote
from tests.matriz.estados import new_guia
from tests.matriz.hostile import HOSTILE, leaves, put
from tests.matriz.model import INVALID, INVALID_MESSAGE, NOT_FOUND, OUT_OF_SCOPE, WRONG_ROLE, Caller, Row, Values
from tests.matriz.pegs import ROWS
from tests.matriz.snapshot import Camera, difference
from tests.matriz.world import ABSENT, AMS, PASA, World, expect

pytestmark = pytest.mark.e2e

BY_NAME: Final = {row.name: row for row in ROWS}
HERE, THERE = HOSPITAL.prestador_id, CLINICA.prestador_id
NOBODY: Final = ABSENT["peg"]
XML: Final = {"Content-Type": "application/xml"}
_OF_THE_MOMENT: Final = re.compile(r"<ans:(hash|horaRegistroTransacao|sequencialTransacao)>[^<]*<")


@pytest.fixture(scope="module")
def camera(deployed: Deployed) -> Camera:
    return Camera(deployed.aws.client, deployed.where["buckets"].values())


@pytest.fixture(scope="class")
def unwritten(world: World, camera: Camera, own: Values, foreign: Values, elsewhere: Values) -> Iterator[None]:
    """Whatever these tests send, nothing is stored but what it costs to ask."""
    before = camera.take()
    yield
    assert difference(before.kept, camera.take().kept) == []


@pytest.fixture(scope="module")
def own(world: World) -> Values:
    """A PEG of the hospital."""
    _ = (world.things, world.callers)
    return world.contas.billed(HERE, AMS)


@pytest.fixture(scope="module")
def foreign(world: World) -> Values:
    """A PEG of the clinic, at the same operadora."""
    return world.contas.billed(THERE, AMS)


@pytest.fixture(scope="module")
def elsewhere(world: World) -> Values:
    """A PEG of the hospital, at the other operadora."""
    return world.contas.billed(HERE, PASA)


@pytest.fixture(scope="module")
def machine(world: World) -> Caller:
    return next(caller for caller in world.callers if caller.name.startswith(f"machine of {HERE} with every"))


@pytest.fixture(scope="module")
def personal(world: World) -> frozenset[str]:
    _ = world.things
    return frozenset(text for kind in ("carteira", "nome", "cpf", "clinico") for text in world.personal[kind])


def send(world: World, row: Row, caller: Caller, **named: str) -> Answer:
    return world.wire.send(world.wire.of(row, caller, {**world.values(caller), **named}))


def blind(answer: Answer, *names: str) -> str:
    """A message without what is another's in every message, and without the numbers that were sent."""
    text = _OF_THE_MOMENT.sub("<", answer.text)
    for name in names:
        text = text.replace(name, "")
    return text


class TestNumbersOfOthers:
    """A lote and a protocolo are their prestador's at their operadora, by whatever they are asked."""

    def test_a_lote_number_finds_the_callers_own_peg_at_that_operadora_only(
        self, world: World, own: Values, foreign: Values, elsewhere: Values
    ) -> None:
        def found(client: Client, registro: str, numero: str) -> list[str]:
            page = client.get(f"/pegs?registro_ans={registro}&numero_lote={numero}")
            assert page["cursor"] is None
            return [peg["protocolo"] for peg in page["pegs"]]

        assert found(world.gestor, AMS, own["lote"]) == [own["protocolo"]]
        assert found(world.gestor, PASA, elsewhere["lote"]) == [elsewhere["protocolo"]]
        assert found(world.clinica, AMS, foreign["lote"]) == [foreign["protocolo"]]
        for client, registro, numero in (
            (world.gestor, AMS, foreign["lote"]), (world.gestor, AMS, elsewhere["lote"]),
            (world.gestor, PASA, own["lote"]), (world.clinica, AMS, own["lote"]), (world.gestor, AMS, new_lote()),
        ):  # fmt: skip
            assert found(client, registro, numero) == []

    def test_the_same_lote_number_of_two_prestadores_is_two_pegs(self, world: World, machine: Caller) -> None:
        numero = new_lote()
        other = next(caller for caller in world.callers if caller.name.startswith(f"machine of {THERE} with every"))
        made = [
            send(world, BY_NAME["enviarMensagemTiss-loteGuias"], caller, lote=numero) for caller in (machine, other)
        ]
        protocolos = [re.findall(r"<ans:numeroProtocolo>(\d+)<", expect(200, answer).text) for answer in made]
        assert len({one for (one,) in protocolos}) == 2

    def test_lists_hold_the_callers_own_only(self, world: World, own: Values, foreign: Values) -> None:
        def all_of(client: Client, path: str) -> set[str]:
            numbers, cursor = set[str](), ""
            while True:
                page = client.get(f"{path}{cursor}")
                numbers |= {peg["protocolo"] for peg in page["pegs"]}
                if page["cursor"] is None:
                    return numbers
                cursor = f"{'&' if '?' in path else '?'}cursor={page['cursor']}"

        here, there = all_of(world.gestor, "/pegs"), all_of(world.clinica, "/pegs")
        assert own["protocolo"] in here
        assert foreign["protocolo"] in there
        assert not here & there
        auditoria = world.whoever_may(BY_NAME["listarPegsDaOperadora"])
        client = Client(world.where["api"], auditoria.token)
        month = f"competencia={world.today:%Y%m}"
        first, second = (all_of(client, f"/operadora/pegs?registro_ans={one}&{month}") for one in (AMS, PASA))
        assert {own["protocolo"], foreign["protocolo"]} <= first
        assert not first & second

    def test_by_a_message_a_foreign_peg_is_as_one_that_nobody_has_and_is_let_alone(
        self, world: World, machine: Caller, camera: Camera, foreign: Values, elsewhere: Values
    ) -> None:
        before = camera.take()
        base = BY_NAME["enviarMensagemTiss-solicitacaoStatusProtocolo"]
        cancel = BY_NAME["enviarMensagemTiss-cancelaGuia-lote"]
        numero = new_lote()
        nobodys = {"protocolo": NOBODY, "lote": numero, "guia": f"{numero}000001"}
        for row, body in (
            (base, pegs.question), (cancel, pegs.cancellation), (cancel, pegs.cancellation_by_number),
            (cancel, pegs.withdrawal),
        ):  # fmt: skip
            told = []
            for named in (nobodys, foreign, elsewhere):
                given = {name: named[name] for name in ("protocolo", "guia", "lote")}
                told.append(blind(expect(200, send(world, replace(row, body=body), machine, **given)), *given.values()))
            assert set(told) == {told[0]}, body
            assert "statusCancelamento>1<" not in told[0]
        assert difference(before.kept, camera.take().kept) == []

    @pytest.mark.parametrize("row", [row for row in ROWS if row.tiss], ids=lambda row: row.variant)
    def test_a_message_in_anothers_name_is_refused(self, world: World, machine: Caller, row: Row) -> None:
        asked = world.values(machine)
        for cnpj in (THERE, "00000000000191"):
            answer = send(world, row, machine, cnpj=cnpj, carteira=asked["carteira"])
            assert refusals.wrong_with(answer, INVALID_MESSAGE, [asked["carteira"]]) == []

    def test_a_person_of_two_prestadores_sees_of_each_what_is_its(
        self, world: World, own: Values, foreign: Values
    ) -> None:
        person = world.person()
        for at in (world.gestor, world.clinica):
            world.bind(person, "faturista", at)
        drafts = world.things["digitado"]
        for chosen, mine, other in ((HERE, own, foreign), (THERE, foreign, own)):
            client = replace(person.client, prestador=chosen)
            for path, theirs in (
                (f"/pegs/{mine['protocolo']}", f"/pegs/{other['protocolo']}"),
                *((f"/pegs/rascunhos/{drafts[f'prestador:{chosen}']['digitado']}",
                   f"/pegs/rascunhos/{drafts[f'prestador:{one}']['digitado']}") for one in {HERE, THERE} - {chosen}),
            ):  # fmt: skip
                assert [client.request("GET", one).status for one in (path, theirs)] == [200, 404]
        assert person.client.request("GET", "/pegs").status == 422


@pytest.mark.usefixtures("unwritten")
class TestWhatABodyNames:
    """Somebody else's senha, in a body or a message, tells nothing of it and is not used."""

    @pytest.fixture
    def senha(self, world: World) -> Values:
        """The clinic's."""
        return world.things["autorizacao"][f"prestador:{THERE}"]

    def test_a_model_of_a_foreign_senha_is_as_of_one_that_nobody_has(self, world: World, senha: Values) -> None:
        row = BY_NAME["obterModeloDeGuia"]
        caller = world.whoever_may(row, where=lambda one: one.prestador == HERE and not one.headers)
        base = world.wire.of(row, caller, world.fresh(row, caller))
        answers = [
            world.wire.send(replace(base, body=json.dumps(body).encode()))
            for number in (senha["numero"], ABSENT["autorizacao"])
            for body in (
                {"senha": number}, {"numero_guia_operadora": number},
                {"senha": number, "numero_carteira": senha["carteira"]},
            )
        ]  # fmt: skip
        named = [senha["numero"], senha["carteira"]]
        assert [refusals.wrong_with(answer, NOT_FOUND, named) for answer in answers] == [[]] * len(answers)
        assert [told for one in answers[1:] if (told := refusals.tell_apart(answers[0], one))] == []

    def test_a_guia_billed_on_a_foreign_senha_is_told_nothing_of_it(
        self, world: World, machine: Caller, senha: Values
    ) -> None:
        """That it is not for who bills, and nothing else: neither whose it is nor what was authorised."""
        client = Client(world.where["api"], machine.token)
        told = []
        for numero, carteira in (
            (senha["numero"], "34569500000000705"), (ABSENT["autorizacao"], "34569500000000705"),
            (senha["numero"], senha["carteira"]),
        ):  # fmt: skip
            values = {**world.values(machine), "carteira": carteira, "lote": "1"}
            raw = pegs.lote(values, tipo=Tipo.SADT, senhas=(numero,), procedimentos=1, despesas=0)
            answer = expect(200, client.request("POST", "/pegs/validacoes", raw, headers=XML))
            found = [one for one in answer.json()["achados"] if "senha" in one["regra"].lower()]
            assert found, answer.text
            assert THERE not in answer.text
            assert CLINICA.nome not in answer.text
            told.append(json.dumps(found, sort_keys=True).replace(numero, ""))
        assert told[0] == told[1]
        held = world.clinica.get(f"/autorizacoes/{AMS}/{senha['numero']}")
        assert (held["situacao"], {item["quantidade_faturada"] for item in held["itens"]}) == ("AUTORIZADA", {"0"})

    def test_who_was_never_enabled_is_told_nothing_of_lives(self, world: World) -> None:
        for words in ("refused", "of the other operadora only"):
            made = world.others[words]
            told = []
            for carteira in (world.values(world.caller_of(made))["carteira"], "34569599999999999"):
                values = {**world.values(world.caller_of(made)), "carteira": carteira, "guia": "1", "lote": "1"}
                body = {**pegs.cabeca(values), "guias": [pegs.guia(values)]}
                for answer in (
                    made.gestor.client.request("POST", "/pegs/validacoes", body),
                    made.gestor.client.request("POST", "/pegs/validacoes", pegs.lote(values), headers=XML),
                ):
                    told.append(blind(expect(200, answer), carteira))
                    assert not answer.json()["recebivel"]
            assert told[:2] == told[2:]

    def test_another_operadora_is_as_one_that_nobody_knows(self, world: World) -> None:
        made = world.others["enabled"].gestor.client
        answers = [
            made.request("POST", "/pegs/rascunhos", {"registro_ans": registro, "tipo_guia": pegs.CONSULTA, "x": 1})
            for registro in (PASA, "999999")
        ]
        assert [refusals.wrong_with(answer, INVALID, ()) for answer in answers] == [[], []]
        assert refusals.tell_apart(*answers) is None

    def test_who_may_not_bill_validates_no_message_either(self, world: World) -> None:
        recepcao = next(one for one in world.callers if one.papeis == {HERE: "recepcao"})
        without = next(one for one in world.machines_without(BY_NAME["validarGuias"]))
        for caller, refusal in ((recepcao, WRONG_ROLE), (without, OUT_OF_SCOPE)):
            client = Client(world.where["api"], caller.token)
            raw = pegs.lote(world.values(caller))
            answer = client.request("POST", "/pegs/validacoes", raw, headers=XML)
            assert refusals.wrong_with(answer, refusal, [world.values(caller)["carteira"]]) == []


def test_a_question_sent_as_a_file_is_answered_to_its_sender_only(world: World, own: Values) -> None:
    raw = pegs.question({**world.values(world.whoever_may(BY_NAME["obterPeg"])), "protocolo": own["protocolo"]})
    sent = world.gestor.upload(raw, finalidade="mensagem_tiss", nome_arquivo="a.xml")
    upload = world.gestor.follow(sent["id"])
    assert (upload["situacao"], upload["recurso"]["id"]) == ("CONCLUIDO", own["protocolo"])
    recepcao = next(one for one in world.callers if one.papeis == {HERE: "recepcao"})
    for client, refusal in (
        (world.clinica, NOT_FOUND), (Client(world.where["api"], recepcao.token), WRONG_ROLE), (world.gestor, None),
    ):  # fmt: skip
        answer = client.request("GET", f"/documentos/uploads/{upload['id']}/resposta.xml")
        assert (answer.status == 200) if refusal is None else (refusals.wrong_with(answer, refusal, ()) == [])


class TestHostileBodies:
    """Whatever is in a body, the answer is one of ours, of the caller's business, and tells nothing it was sent."""

    JSON: Final = [BY_NAME[name] for name in ("incluirGuia", "validarGuias", "glosar", "pedirInformacaoDoPeg")]
    EACH: Final = 30

    @pytest.mark.parametrize("row", JSON, ids=[row.name for row in JSON])
    def test_no_field_of_any_body_is_a_fault_of_ours(self, world: World, row: Row) -> None:
        caller = world.whoever_may(row)
        base_values = world.fresh(row, caller)
        base = world.wire.of(row, caller, base_values)
        assert row.body is not None
        body = json.loads(json.dumps(row.body(base_values)))
        draw = random.Random(row.name)  # noqa: S311  # the same every time
        bodies = [put(body, place, draw.choice(HOSTILE)) for place in draw.choices(list(leaves(body)), k=self.EACH)]
        answers = world.wire.send_all([replace(base, body=json.dumps(one).encode()) for one in bodies])
        assert [(one.status, one.text[:200]) for one in answers
                if one.status not in {200, 201, 403, 404, 409, 422, 429}] == []  # fmt: skip

    def test_no_refusal_repeats_what_was_sent(self, world: World, personal: frozenset[str]) -> None:
        row = BY_NAME["incluirGuia"]
        caller = world.whoever_may(row)
        asked = world.fresh(row, caller)
        body, text = pegs.guia(asked), f"{asked['carteira']} {new_guia() * 3}"
        base = world.wire.of(row, caller, asked)
        bodies = [put(body, place, text) for place in leaves(body) if place != ("observacao",)]
        answers = world.wire.send_all([replace(base, body=json.dumps(one).encode()) for one in bodies])
        refused = [(str(number), one.text) for number, one in enumerate(answers) if one.status >= 400]
        assert len(refused) > 12
        assert leaks.found(refused, personal | {text}) == []


class TestWhatLeaks:
    """Carteira, name, CPF and what is clinical: in answers to who may, and nowhere else."""

    def test_no_address_has_a_place_for_a_person(self) -> None:
        named = {
            parameter["name"]
            for row in ROWS
            for parameter in routes()[row.operation][2].get("parameters", [])
            if parameter["in"] in {"path", "query"}
        }
        assert named == {
            "protocolo", "sequencia", "id", "guia_id", "transacao", "competencia", "cursor", "registro_ans",
            "numero_lote", "situacao",
        }  # fmt: skip

    def test_no_key_of_any_row_or_object_names_a_person(self, camera: Camera, personal: frozenset[str]) -> None:
        names = leaks.keys(camera.take())
        assert len(names) > 100
        assert leaks.found(names, personal) == []

    def test_neither_audit_nor_events_name_a_person(self, deployed: Deployed, personal: frozenset[str]) -> None:
        rows = list(leaks.audit_and_events(deployed.aws, ("peg", "documentos")))
        assert len(rows) > 10
        assert leaks.found(rows, personal) == []

    def test_no_function_logs_a_person(self, deployed: Deployed, personal: frozenset[str]) -> None:
        lines = list(vazamentos.logs(deployed.aws))
        groups = {group.rpartition("embarcado-")[2] for group, _ in lines}
        assert groups >= {"peg-api", "peg-eventos", "tiss-api", "documentos-api"}
        assert leaks.found(lines, personal) == []
