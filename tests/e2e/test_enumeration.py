"""Whoever tries numbers learns nothing: the absent, the foreign and the spent look alike, and all of it is counted."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from dataclasses import replace
from typing import Any, Final

import pytest

from local.client import Answer
from local.gerador import verifica_elegibilidade
from local.seed import CLINICA, HOSPITAL
from tests.e2e.conftest import Deployed
from tests.matriz import refusals
from tests.matriz.calls import Sent
from tests.matriz.model import NO_AUTHORIZATION, Caller, Refusal
from tests.matriz.snapshot import Camera
from tests.matriz.table import TABLE
from tests.matriz.world import ABSENT as ABSENT_ID
from tests.matriz.world import AMS, PASA, Made, World, expect

pytestmark = pytest.mark.e2e

GUESSES: Final = 300
LIMIT: Final = 120
WINDOW: Final = 60
LIVES_BY_BATCH: Final = 2000
"""In an hour, whatever the number of batches."""
ROWS: Final = {row.name: row for row in TABLE}
ABSENT: Final = Refusal(404, "beneficiario-nao-encontrado")
SPENT: Final = Refusal(429, "limite-excedido")


@pytest.fixture(scope="module")
def lives(deployed: Deployed) -> dict[str, list[dict[str, str]]]:
    """Every life with a CPF, by the only operadora it is of."""
    found: dict[str, list[dict[str, str]]] = {AMS: [], PASA: []}
    pages = deployed.aws.client("dynamodb").get_paginator("scan").paginate(TableName="conecta-embarcado-beneficiarios")
    for item in (item for page in pages for item in page["Items"]):
        dados = {name: value["S"] for name, value in item.get("dados", {}).get("M", {}).items() if "S" in value}
        if "numero_carteira" in dados and "cpf" in dados:
            found[dados["registro_ans"]].append(dados)
    both = {life["cpf"] for life in found[AMS]} & {life["cpf"] for life in found[PASA]}
    return {registro: [life for life in those if life["cpf"] not in both] for registro, those in found.items()}


def absent_life() -> dict[str, str]:
    """A carteira and a CPF, right in form, that nobody has."""
    base = f"999{secrets.randbelow(10**6):06d}"
    first = sum(int(digit) * weight for digit, weight in zip(base, range(10, 1, -1), strict=True)) * 10 % 11 % 10
    second = (
        sum(int(digit) * weight for digit, weight in zip(f"{base}{first}", range(11, 1, -1), strict=True))
        * 10
        % 11
        % 10
    )
    return {"numero_carteira": f"99{secrets.randbelow(10**15):015d}", "cpf": f"{base}{first}{second}"}


def asking(world: World, caller: Caller, **body: Any) -> Sent:
    row = ROWS["verificarElegibilidade"]
    base = world.wire.of(row, caller, world.values(caller))
    return replace(base, body=json.dumps(body).encode())


def ask_all(world: World, requests: list[Sent]) -> list[Answer]:
    """All within one window of the quota, from its beginning if this one is too old for them."""
    left = WINDOW - time.time() % WINDOW
    if left < 15:
        time.sleep(left + 0.05)
    return world.wire.send_all(requests, 8)


@pytest.fixture
def made(world: World) -> Made:
    """A prestador of the first operadora only, whose quota nobody has touched."""
    return world.enabled()


def test_hundreds_of_guesses_end_in_429_and_tell_nothing(
    world: World, made: Made, lives: dict[str, list[dict[str, str]]]
) -> None:
    caller = world.caller_of(made)
    names = ("numero_carteira", "cpf")
    requests = []
    for turn in range(GUESSES):
        guess = lives[PASA][turn // 4 % len(lives[PASA])] if turn % 2 else absent_life()
        name = names[turn // 2 % 2]
        requests.append(asking(world, caller, **{name: guess[name]}))
    started = int(time.time()) // WINDOW
    answers = ask_all(world, requests)
    windows = int(time.time()) // WINDOW - started + 1
    missed, spent = [one for one in answers if one.status == 404], [one for one in answers if one.status == 429]
    assert len(missed) + len(spent) == GUESSES
    assert LIMIT <= len(missed) <= LIMIT * windows
    sent = {json.loads(one.body or b"{}").popitem()[1] for one in requests}
    assert [wrong for one in missed if (wrong := refusals.wrong_with(one, ABSENT, sent))] == []
    assert [wrong for one in spent if (wrong := refusals.wrong_with(one, SPENT, ()))] == []
    assert [told for one in missed if (told := refusals.tell_apart(missed[0], one))] == []
    assert {one.content.replace(one.json()["correlacao"].encode(), b"") for one in spent} == {
        spent[0].content.replace(spent[0].json()["correlacao"].encode(), b"")
    }
    assert all(1 <= int(one.headers["retry-after"]) <= WINDOW for one in spent)


def test_a_hit_a_miss_a_foreign_one_and_a_message_count_alike_and_none_gets_through_afterwards(
    world: World, made: Made, lives: dict[str, list[dict[str, str]]]
) -> None:
    caller = world.caller_of(made)
    hit, foreign = lives[AMS][0], lives[PASA][0]
    xml = verifica_elegibilidade(made.prestador, AMS, hit["numero_carteira"], world.today)
    message = world.wire.of(ROWS["enviarMensagemTiss"], caller, world.values(caller))
    kinds = [
        asking(world, caller, numero_carteira=hit["numero_carteira"]),
        asking(world, caller, cpf=hit["cpf"]),
        asking(world, caller, numero_carteira=absent_life()["numero_carteira"]),
        asking(world, caller, cpf=foreign["cpf"]),
        asking(world, caller, registro_ans=PASA, numero_carteira=foreign["numero_carteira"]),
        replace(message, body=xml),
    ]
    answers = ask_all(world, [kinds[turn % len(kinds)] for turn in range(LIMIT)])
    assert Counter(one.status for one in answers) == {200: LIMIT // 2, 404: LIMIT // 3, 403: LIMIT // 6}
    after = world.wire.send_all(kinds)
    assert [refusals.wrong_with(one, SPENT, [hit["nome"], hit["cpf"], foreign["cpf"]]) for one in after] == [[]] * 6
    assert [told for one in after if (told := same_but_for_the_clock(after[0], one))] == []


def same_but_for_the_clock(one: Answer, other: Answer) -> str | None:
    """What tells two refusals apart whose Retry-After may differ by the second between them."""
    alike = [replace(answer, headers={**answer.headers, "retry-after": ""}) for answer in (one, other)]
    return refusals.tell_apart(*alike)


def test_one_callers_guesses_take_nothing_from_anothers(world: World, made: Made) -> None:
    first, person = world.caller_of(made), world.person()
    world.bind(person, "recepcao", made.gestor.client)
    second = replace(first, token=person.token, papeis={made.prestador: "recepcao"})
    spent = ask_all(world, [asking(world, first, **guess_by_carteira()) for _ in range(LIMIT + 5)])
    assert Counter(one.status for one in spent) == {404: LIMIT, 429: 5}
    assert world.wire.send(asking(world, second, **guess_by_carteira())).status == 404


def guess_by_carteira() -> dict[str, str]:
    return {"numero_carteira": absent_life()["numero_carteira"]}


def test_a_foreign_an_absent_and_an_unknown_operadora_are_refused_alike(world: World, made: Made) -> None:
    caller = world.caller_of(made)
    foreign, unknown = (
        world.wire.send(asking(world, caller, registro_ans=registro, **guess_by_carteira()))
        for registro in (PASA, "999999")
    )
    assert refusals.wrong_with(foreign, Refusal(403, "relacionamento-nao-habilitado"), ()) == []
    assert refusals.tell_apart(foreign, unknown) is None
    upload = ROWS["criarUpload"]
    foreign, unknown = (
        world.wire.send(world.wire.of(upload, caller, {**world.values(caller), "registro": registro}))
        for registro in (PASA, "999999")
    )
    assert refusals.wrong_with(foreign, Refusal(403, "relacionamento-nao-habilitado"), ()) == []
    assert refusals.tell_apart(foreign, unknown) is None


def test_in_a_batch_the_absent_and_the_foreign_are_one_and_the_same(
    world: World, made: Made, lives: dict[str, list[dict[str, str]]]
) -> None:
    caller = world.caller_of(made)
    given = [
        *({"cpf": life["cpf"]} for life in lives[PASA][:100]),
        *({"numero_carteira": life["numero_carteira"]} for life in lives[PASA][:100]),
        *({"cpf": absent_life()["cpf"]} for _ in range(100)),
        *(guess_by_carteira() for _ in range(100)),
    ]
    row = ROWS["verificarElegibilidadeEmLote"]
    base = world.wire.of(row, caller, world.values(caller))
    answer = expect(200, world.wire.send(replace(base, body=json.dumps({"itens": given}).encode()))).json()
    assert answer["nao_encontrados"] == len(given)
    assert len({json.dumps(one, sort_keys=True) for one in answer["resultados"]}) == 1


def test_batches_are_counted_life_by_life_and_end_too(world: World, made: Made) -> None:
    row, caller = ROWS["verificarElegibilidadeEmLote"], world.caller_of(made)
    base = world.wire.of(row, caller, world.values(caller))

    def batch(size: int) -> Answer:
        items = [guess_by_carteira() for _ in range(size)]
        return world.wire.send(replace(base, body=json.dumps({"itens": items}).encode()))

    full, rest = divmod(LIVES_BY_BATCH, 500)
    answers = [batch(500) for _ in range(full)] + ([batch(rest)] if rest else [])
    assert [answer.status for answer in answers] == [200] * len(answers)
    assert refusals.wrong_with(batch(1), SPENT, ()) == []
    # The other quota is another.
    assert world.wire.send(asking(world, caller, **guess_by_carteira())).status == 404


def searching(world: World, caller: Caller, numero: str, carteira: str, **where: str) -> Sent:
    base = world.wire.of(ROWS["buscarAutorizacao"], caller, world.values(caller))
    return replace(base, body=json.dumps({"numero": numero, "numero_carteira": carteira, **where}).encode())


@pytest.mark.parametrize("where", [{"registro_ans": AMS}, {"grupo": "VALE/PASA"}, {}], ids=["one", "group", "all"])
def test_a_wrong_pair_an_absent_and_a_foreign_senha_are_found_alike(
    world: World, deployed: Deployed, lives: dict[str, list[dict[str, str]]], where: dict[str, str]
) -> None:
    """R08: neither number alone is worth anything, and nobody learns which of the two was wrong."""
    caller = world.whoever_may(ROWS["buscarAutorizacao"])
    own, foreign = (world.things["autorizacao"][f"prestador:{one.prestador_id}"] for one in (HOSPITAL, CLINICA))
    known, unknown, nobody = own["carteira"], absent_life()["numero_carteira"], ABSENT_ID["autorizacao"]
    pairs = [
        (nobody, unknown), (nobody, known), (own["numero"], unknown), (own["guia"], unknown),
        (own["numero"], lives[AMS][3]["numero_carteira"]), (own["guia"], lives[PASA][0]["numero_carteira"]),
        (own["numero"][:-1], known), (known, own["numero"]), (foreign["numero"], known), (foreign["guia"], known),
        (foreign["numero"], unknown),
    ]  # fmt: skip
    camera = Camera(deployed.aws.client, ())
    before = camera.audited()
    answers = world.wire.send_all([searching(world, caller, *pair, **where) for pair in pairs])
    secret = (own["numero"], own["guia"], foreign["numero"], foreign["guia"], known)
    assert [refusals.wrong_with(one, NO_AUTHORIZATION, secret) for one in answers] == [[]] * len(pairs)
    assert [told for one in answers if (told := refusals.tell_apart(answers[0], one))] == []
    assert (camera.audited() - before)["/autorizacoes/busca"] == len(pairs)
    for numero in (own["numero"], own["guia"]):
        assert world.wire.send(searching(world, caller, numero, known, **where)).status == 200


def test_searches_and_simulations_are_counted_alike_and_none_gets_through_afterwards(
    world: World, made: Made, lives: dict[str, list[dict[str, str]]]
) -> None:
    caller = world.caller_of(made)
    asked = world.values(caller)
    body = expect(201, world.wire.send(world.wire.of(ROWS["solicitarAutorizacao"], caller, asked))).json()[
        "autorizacao"
    ]
    foreign = world.things["autorizacao"][f"prestador:{HOSPITAL.prestador_id}"]
    kinds = [
        searching(world, caller, body["numero"], asked["carteira"]),
        searching(world, caller, ABSENT_ID["autorizacao"], asked["carteira"]),
        searching(world, caller, foreign["numero"], foreign["carteira"]),
        world.wire.of(ROWS["simularAutorizacao"], caller, {**asked, "carteira": lives[AMS][5]["numero_carteira"]}),
        world.wire.of(ROWS["simularAutorizacao"], caller, {**asked, "carteira": absent_life()["numero_carteira"]}),
    ]
    answers = ask_all(world, [kinds[turn % len(kinds)] for turn in range(LIMIT)])
    assert Counter(one.status for one in answers) == {200: LIMIT * 3 // 5, 404: LIMIT * 2 // 5}
    after = world.wire.send_all(kinds)
    secret = [asked["carteira"], body["numero"], foreign["numero"], lives[AMS][5]["nome"]]
    assert [refusals.wrong_with(one, SPENT, secret) for one in after] == [[]] * len(kinds)
    assert [told for one in after if (told := same_but_for_the_clock(after[0], one))] == []
    assert all(1 <= int(one.headers["retry-after"]) <= WINDOW for one in after)
    # What leaves something behind, or names a thing of one's own, is no question.
    detail = {**asked, "registro": AMS, "numero": body["numero"]}
    assert world.wire.send(world.wire.of(ROWS["obterAutorizacao"], caller, detail)).status == 200
    other = world.whoever_may(ROWS["buscarAutorizacao"])
    assert world.wire.send(searching(world, other, ABSENT_ID["autorizacao"], asked["carteira"])).status == 404


def test_an_operadora_finds_no_authorization_of_anothers_lives(
    world: World, lives: dict[str, list[dict[str, str]]]
) -> None:
    row = ROWS["buscarAutorizacoesDaOperadora"]
    caller = world.whoever_may(row, where=lambda one: one.grupos.keys() == {PASA})
    life = next(life for life in lives[AMS] if life["nome"].startswith("Mãe "))
    asker = world.whoever_may(ROWS["solicitarAutorizacao"])
    request = {**world.values(asker), "carteira": life["numero_carteira"]}
    made = expect(201, world.wire.send(world.wire.of(ROWS["solicitarAutorizacao"], asker, request))).json()
    numero = made["autorizacao"]["numero"]
    base = world.wire.of(row, caller, world.values(caller))
    asked = [
        {"numero": ABSENT_ID["autorizacao"]}, {"numero": numero}, {"numero_carteira": life["numero_carteira"]},
        {"cpf": life["cpf"]}, {"nome": life["nome"]}, {"cpf": absent_life()["cpf"]}, {"nome": "Ninguem Que Exista"},
    ]  # fmt: skip
    answers = world.wire.send_all(
        [replace(base, body=json.dumps({"registro_ans": PASA, **one}).encode()) for one in asked]
    )
    assert [expect(200, one).json() for one in answers] == [{"autorizacoes": [], "cursor": None}] * len(asked)
    own = replace(base, body=json.dumps({"registro_ans": AMS, "numero": numero}).encode())
    assert refusals.wrong_with(world.wire.send(own), Refusal(404, "nao-encontrado"), [numero]) == []


def test_the_operadoras_people_cannot_look_beyond_their_own_either(
    world: World, lives: dict[str, list[dict[str, str]]]
) -> None:
    row = ROWS["exportarDadosDoTitular"]
    caller = world.whoever_may(row, where=lambda one: one.registro == PASA and one.grupos.keys() == {PASA})
    theirs = lives[AMS][0]["cpf"]
    foreign, absent = (
        world.wire.send(world.wire.of(row, caller, {**world.values(caller), "cpf": cpf}))
        for cpf in (theirs, absent_life()["cpf"])
    )
    assert refusals.wrong_with(foreign, Refusal(404, "titular-nao-encontrado"), [theirs]) == []
    assert refusals.tell_apart(foreign, absent) is None
