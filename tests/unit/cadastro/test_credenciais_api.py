"""The REST entries of machine credentials, from the proxied request to the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cadastro.schemas.contas import CredenciaisView, CredencialCriadaView
from tests.builders_functions import CLINICA, HOSPITAL, machine, person
from tests.fakes_contas import World, operadora

ALL, ONE, ROTATION = "/credenciais", "/credenciais/{id}", "/credenciais/{id}/rotacao"
BODY: dict[str, Any] = {"nome": "Sistema de gestão", "escopos": ["conecta/peg.ler", "conecta/documentos.escrever"]}


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def create(world: World, **changes: Any) -> Any:
    status, body, _ = world.call("POST", ALL, {**BODY, **changes})
    assert status == 201, body
    return body


def rotate(world: World, client_id: str, body: Any = None, **more: Any) -> Any:
    return world.call("POST", ROTATION, body or {}, path={"id": client_id}, **more)


def revoke(world: World, client_id: str, **more: Any) -> Any:
    return world.call("DELETE", ONE, path={"id": client_id}, **more)


def test_the_secret_is_shown_when_it_is_made_and_never_again(world: World) -> None:
    made = create(world)
    CredencialCriadaView.model_validate_json(json.dumps(made))
    secret = world.accounts.clients[made["client_id"]][0]
    assert (made["client_secret"], made["situacao"], made["anterior"]) == (secret, "ATIVA", None)
    assert made["escopos"] == ["conecta/documentos.escrever", "conecta/peg.ler"]
    listed = world.call("GET", ALL)[1]
    CredenciaisView.model_validate_json(json.dumps(listed))
    assert [row["client_id"] for row in listed["credenciais"]] == [made["client_id"]]
    assert secret not in json.dumps(listed)
    assert secret not in str(world.tables)


def test_a_credential_serves_its_prestador_from_the_next_request_on_until_it_is_revoked(world: World) -> None:
    made = create(world)
    client_id = made["client_id"]
    assert world.reader.credential(client_id) == (HOSPITAL, frozenset({"peg.ler", "documentos.escrever"}))
    assert revoke(world, client_id)[:2] == (204, None)
    assert world.reader.credential(client_id) is None
    assert revoke(world, client_id)[0] == 204
    assert world.call("GET", ALL)[1]["credenciais"][0]["situacao"] == "REVOGADA"


def test_a_rotation_overlaps_for_as_long_as_asked(world: World) -> None:
    old = create(world)
    status, new, _ = rotate(world, old["client_id"], {"sobreposicao_horas": 2})
    assert status == 201
    CredencialCriadaView.model_validate_json(json.dumps(new))
    assert (new["nome"], new["escopos"], new["substitui"]) == (old["nome"], old["escopos"], old["client_id"])
    assert new["client_secret"] != old["client_secret"]
    assert (new["anterior"]["situacao"], new["anterior"]["expira_em"]) == ("EM_ROTACAO", "2026-11-21T14:00:00.000000Z")
    assert world.reader.credential(old["client_id"])
    world.later(hours=2)
    assert world.reader.credential(old["client_id"]) is None
    assert world.reader.credential(new["client_id"])
    states = {row["client_id"]: row["situacao"] for row in world.call("GET", ALL)[1]["credenciais"]}
    assert states == {old["client_id"]: "EXPIRADA", new["client_id"]: "ATIVA"}


def test_an_overlap_is_of_a_day_unless_said_and_of_a_week_at_most(world: World) -> None:
    old = create(world)
    for hours in (-1, 169, "2"):
        assert rotate(world, old["client_id"], {"sobreposicao_horas": hours})[0] == 422
    assert rotate(world, old["client_id"])[1]["anterior"]["expira_em"] == "2026-11-22T12:00:00.000000Z"


def test_what_has_a_successor_or_has_ended_is_not_rotated(world: World) -> None:
    old = create(world)["client_id"]
    rotate(world, old)
    assert rotate(world, old)[1]["codigo"] == "credencial-em-rotacao"
    world.later(hours=24)
    assert rotate(world, old)[1]["codigo"] == "credencial-encerrada"


def test_the_limit_is_told_and_so_is_what_to_do(world: World) -> None:
    for _ in range(10):
        create(world)
    status, body, _ = world.call("POST", ALL, BODY)
    assert (status, body["codigo"]) == (409, "limite-de-credenciais")
    assert "revogue" in body["detail"]
    assert len(world.accounts.clients) == 10


def test_an_idempotency_key_makes_one_and_answers_the_same_without_keeping_the_secret(world: World) -> None:
    first = world.call("POST", ALL, BODY, headers={"Idempotency-Key": "k1"})
    again = world.call("POST", ALL, BODY, headers={"Idempotency-Key": "k1"})
    assert first[:2] == again[:2]
    assert len(world.accounts.clients) == 1
    ((_, kept, _),) = world.idempotency.rows.values()
    assert first[1]["client_secret"] not in kept
    assert world.call("POST", ALL, {**BODY, "nome": "Outro"}, headers={"Idempotency-Key": "k1"})[0] == 422


def test_a_replay_after_the_revocation_says_that_it_was_revoked(world: World) -> None:
    made = world.call("POST", ALL, BODY, headers={"Idempotency-Key": "k1"})[1]
    revoke(world, made["client_id"])
    status, body, _ = world.call("POST", ALL, BODY, headers={"Idempotency-Key": "k1"})
    assert (status, body["codigo"]) == (409, "credencial-encerrada")


def test_one_key_for_two_rotations_is_two_rotations(world: World) -> None:
    key = {"Idempotency-Key": "k1"}
    one, other = create(world)["client_id"], create(world)["client_id"]
    first = rotate(world, one, headers=key)[1]
    assert rotate(world, one, headers=key)[1] == first
    second = rotate(world, other, headers=key)[1]
    assert (second["substitui"], second["client_id"] == first["client_id"]) == (other, False)
    assert len(world.accounts.clients) == 4


@pytest.mark.parametrize("claims", [person("bia"), person("davi"), person("novo"), machine(), operadora()])
def test_only_gestores_see_or_make_credentials(world: World, claims: dict[str, Any]) -> None:
    made = create(world)
    before = dict(world.tables.credenciais)
    assert world.call("GET", ALL, claims=claims)[0] == 403
    assert world.call("POST", ALL, BODY, claims=claims)[0] == 403
    assert rotate(world, made["client_id"], claims=claims)[0] == 403
    assert revoke(world, made["client_id"], claims=claims)[0] == 403
    assert world.tables.credenciais == before


def test_a_credential_makes_no_credentials(world: World) -> None:
    made = create(world)
    itself = machine(made["client_id"], "conecta/peg.ler conecta/documentos.escrever")
    assert world.call("POST", ALL, BODY, claims=itself)[0] == 403


def test_a_foreign_credential_and_an_absent_one_get_the_same_answer(world: World) -> None:
    made = create(world)["client_id"]
    foreign = person("caio")
    assert world.call("GET", ALL, claims=foreign)[1]["credenciais"] == []
    answers = [
        *(call(world, wanted, claims=foreign)[:2] for call in (rotate, revoke) for wanted in (made, "nenhum")),
        revoke(world, "a#b")[:2],
    ]
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)
    assert revoke(world, made, headers={"Conecta-Prestador": CLINICA})[0] == 404
    assert world.reader.credential(made)


@pytest.mark.parametrize(
    ("changes", "campo"),
    [
        ({"escopos": ["conecta/pessoas.escrever"]}, "escopos[0]"),
        ({"escopos": ["aws.cognito.signin.user.admin"]}, "escopos[0]"),
        ({"escopos": ["peg.ler"]}, "escopos[0]"),
        ({"escopos": []}, "escopos"),
        ({"nome": ""}, "nome"),
        ({"nome": "a\nb"}, "nome"),
        ({"prestador_id": CLINICA}, "prestador_id"),
        ({"ativa": True}, "ativa"),
    ],
)
def test_a_wrong_request_is_told_by_field_and_makes_no_client(
    world: World, changes: dict[str, Any], campo: str
) -> None:
    status, body, _ = world.call("POST", ALL, {**BODY, **changes})
    assert (status, [erro["campo"] for erro in body["erros"]]) == (422, [campo])
    assert world.accounts.clients == {}


def test_no_log_line_holds_a_secret(world: World, logged: Callable[[], list[Any]]) -> None:
    made = create(world)
    rotate(world, made["client_id"])
    assert "segredo" not in json.dumps(logged())
