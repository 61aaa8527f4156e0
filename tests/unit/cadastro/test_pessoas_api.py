"""The REST entries of the session and of people, from the proxied request to the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cadastro.domain.contas import Papel, pessoa_id
from cadastro.schemas.contas import PessoasPage, PessoaView, SessaoView
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE, machine, person
from tests.fakes_contas import World, operadora

PEOPLE, ONE, SESSION = "/pessoas", "/pessoas/{id}", "/sessao"
BODY = {"email": "nova@hospital.example", "papel": "faturista"}
BIA = pessoa_id(HOSPITAL, "bia")
ANA = pessoa_id(HOSPITAL, "ana")


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def one(world: World, method: str, pessoa: str = BIA, body: Any = None, **more: Any) -> Any:
    return world.call(method, ONE, body, path={"id": pessoa}, **more)


def test_a_person_sees_its_prestadores_its_papel_and_each_relacionamento(world: World) -> None:
    world.bind("ana", "recepcao", CLINICA)
    world.relate(CLINICA, PASA, "SUSPENSO")
    status, body, _ = world.call("GET", SESSION)
    assert status == 200
    SessaoView.model_validate_json(json.dumps(body))
    assert body == {
        "tipo": "prestador",
        "prestadores": [
            {"prestador_id": CLINICA, "nome": None, "papel": "recepcao",
             "relacionamentos": [{"registro_ans": PASA, "situacao": "SUSPENSO"}]},
            {"prestador_id": HOSPITAL, "nome": "Hospital Aurora", "papel": "gestor",
             "relacionamentos": [{"registro_ans": VALE, "situacao": "HABILITADO"}]},
        ],
        "operadoras": [],
    }  # fmt: skip


def test_who_has_no_prestador_yet_has_a_session_all_the_same(world: World) -> None:
    assert world.call("GET", SESSION, claims=person("novo"))[1]["prestadores"] == []


def test_an_operadoras_person_sees_its_groups_and_registros(world: World) -> None:
    world.reader.operadora_people["op-1"] = {VALE: "cadastro central", PASA: "cadastro"}
    body = world.call("GET", SESSION, claims=operadora("op-1", "cadastro,central"))[1]
    SessaoView.model_validate_json(json.dumps(body))
    assert body["operadoras"] == [
        {"registro_ans": PASA, "grupos": ["cadastro"]},
        {"registro_ans": VALE, "grupos": ["cadastro", "central"]},
    ]
    assert (body["tipo"], body["prestadores"]) == ("operadora", [])
    assert world.call("GET", SESSION, claims=operadora("op-9"))[0] == 403


def test_a_session_is_a_persons(world: World) -> None:
    assert world.call("GET", SESSION, claims=machine())[0] == 403
    assert world.call("GET", SESSION, claims=person("ana", token_use="id"))[0] == 401


def test_a_gestor_lists_people_and_the_reading_is_audited(world: World) -> None:
    status, body, _ = world.call("GET", PEOPLE)
    assert status == 200
    PessoasPage.model_validate_json(json.dumps(body))
    assert {(row["email"], row["papel"], row["propria"]) for row in body["pessoas"]} == {
        (f"ana@{HOSPITAL}.example", "gestor", True),
        (f"bia@{HOSPITAL}.example", "faturista", False),
        (f"davi@{HOSPITAL}.example", "recepcao", False),
    }
    ((tenant, access),) = world.audited
    assert (tenant, access["finalidade"]) == (f"PRESTADOR#{HOSPITAL}", "gestao-de-acesso")
    assert set(access["sujeitos"]) == {row["id"] for row in body["pessoas"]}
    assert not any(sub in json.dumps(body["pessoas"][0]["id"]) for sub in ("ana", "bia"))


@pytest.mark.parametrize("claims", [person("bia"), person("davi"), person("novo"), machine(), operadora()])
def test_only_gestores_see_or_change_people(world: World, claims: dict[str, Any]) -> None:
    before = dict(world.tables.pessoas)
    assert world.call("GET", PEOPLE, claims=claims)[0] == 403
    assert world.call("POST", PEOPLE, BODY, claims=claims)[0] == 403
    assert one(world, "PATCH", body={"papel": "gestor"}, claims=claims)[0] == 403
    assert one(world, "DELETE", claims=claims)[0] == 403
    assert world.tables.pessoas == before
    assert world.audited == []


def test_an_invitation_answers_the_same_whether_the_e_mail_had_an_account_or_not(world: World) -> None:
    world.accounts.accounts["conhecida@hospital.example"] = "sub-conhecida"
    known = world.call("POST", PEOPLE, {**BODY, "email": "conhecida@hospital.example"})
    unknown = world.call("POST", PEOPLE, {**BODY, "email": " Nova@Hospital.EXAMPLE "})
    for status, body, _ in (known, unknown):
        assert status == 201
        PessoaView.model_validate_json(json.dumps(body))
    assert unknown[1]["email"] == "nova@hospital.example"
    different = {"id", "email"}
    assert {name: value for name, value in known[1].items() if name not in different} == {
        name: value for name, value in unknown[1].items() if name not in different
    }
    assert known[2].keys() == unknown[2].keys()
    assert world.accounts.invited == ["nova@hospital.example"]


def test_who_was_invited_may_act_from_the_next_request_on_and_who_is_suspended_may_not(world: World) -> None:
    sub = "sub-nova"
    world.accounts.accounts["nova@hospital.example"] = sub
    made = world.call("POST", PEOPLE, BODY)[1]
    assert world.call("GET", SESSION, claims=person(sub))[1]["prestadores"][0]["papel"] == "faturista"
    one(world, "PATCH", made["id"], {"ativo": False})
    assert world.call("GET", SESSION, claims=person(sub))[1]["prestadores"] == []
    one(world, "PATCH", made["id"], {"ativo": True, "papel": "gestor"})
    assert world.call("GET", PEOPLE, claims=person(sub))[0] == 200
    one(world, "DELETE", made["id"])
    assert world.call("GET", PEOPLE, claims=person(sub))[0] == 403


def test_an_idempotency_key_invites_once_and_its_kept_answer_has_no_e_mail(world: World) -> None:
    first = world.call("POST", PEOPLE, BODY, headers={"Idempotency-Key": "k1"})
    again = world.call("POST", PEOPLE, BODY, headers={"Idempotency-Key": "k1"})
    assert first[:2] == again[:2]
    assert (world.invitations, len(world.tables.pessoas)) == (1, 5)
    ((_, kept, _),) = world.idempotency.rows.values()
    assert "@" not in kept
    assert world.call("POST", PEOPLE, {**BODY, "papel": "gestor"}, headers={"Idempotency-Key": "k1"})[0] == 422


def test_who_is_bound_already_is_not_bound_again(world: World) -> None:
    world.call("POST", PEOPLE, BODY)
    status, body, _ = world.call("POST", PEOPLE, {**BODY, "papel": "gestor"})
    assert (status, body["codigo"]) == (409, "pessoa-ja-vinculada")


def test_invitations_are_counted_whatever_comes_of_them(world: World) -> None:
    world.invitations = 59
    world.call("POST", PEOPLE, BODY)
    assert world.call("POST", PEOPLE, BODY)[0] == 429
    assert world.call("POST", PEOPLE, {**BODY, "papel": "dono"})[0] == 422


@pytest.mark.parametrize(
    ("body", "campo"),
    [
        ({**BODY, "email": "sem-arroba"}, "email"),
        ({**BODY, "email": 'a" or email ^= "@x.example'}, "email"),
        ({**BODY, "email": "a@b"}, "email"),
        ({**BODY, "email": f"{'a' * 130}@x.example"}, "email"),
        ({**BODY, "papel": "dono"}, "papel"),
        ({"papel": "gestor"}, "email"),
        ({**BODY, "prestador_id": CLINICA}, "prestador_id"),
        ({**BODY, "sub": "caio"}, "sub"),
    ],
)
def test_a_wrong_invitation_is_told_by_field(world: World, body: Any, campo: str) -> None:
    status, answered, _ = world.call("POST", PEOPLE, body)
    assert (status, [erro["campo"] for erro in answered["erros"]]) == (422, [campo])
    assert len(world.tables.pessoas) == 4


def test_a_change_shows_the_person_as_it_became_and_its_etag_and_is_audited(world: World) -> None:
    status, body, headers = one(world, "PATCH", body={"papel": "gestor"})
    assert (status, body["papel"], headers["ETag"]) == (200, "gestor", '"2"')
    PessoaView.model_validate_json(json.dumps(body))
    assert one(world, "PATCH", body={"ativo": False}, headers={"If-Match": '"1"'})[0] == 412
    assert one(world, "PATCH", body={"ativo": False}, headers={"If-Match": headers["ETag"]})[0] == 200
    assert one(world, "DELETE", headers={"If-Match": '"9"'})[0] == 412
    assert [access["sujeitos"] for _, access in world.audited] == [(BIA,)] * 2


@pytest.mark.parametrize("body", [{}, {"papel": None}, {"ativo": "sim"}, {"papel": "dono"}, {"email": "x@y.example"}])
def test_a_change_of_nothing_or_of_something_else_is_refused(world: World, body: Any) -> None:
    assert one(world, "PATCH", body=body)[0] == 422
    assert world.tables.pessoas[HOSPITAL, "bia"].versao == 1


def test_the_last_gestor_stays(world: World) -> None:
    for method, body in (("PATCH", {"papel": "recepcao"}), ("PATCH", {"ativo": False}), ("DELETE", None)):
        status, answered, _ = one(world, method, ANA, body)
        assert (status, answered["codigo"]) == (409, "ultimo-gestor")
    one(world, "PATCH", BIA, {"papel": "gestor"})
    assert one(world, "DELETE", ANA)[:2] == (204, None)
    assert world.tables.pessoas[HOSPITAL, "bia"].papel is Papel.GESTOR


def test_a_foreign_person_and_an_absent_one_get_the_same_answer(world: World) -> None:
    for method, body in (("PATCH", {"papel": "gestor"}), ("DELETE", None)):
        answers = [one(world, method, wanted, body)[:2] for wanted in (pessoa_id(CLINICA, "caio"), "0" * 32, "ana")]
        assert answers[0][0] == 404
        assert answers[0] == answers[1] == answers[2]
    assert one(world, "DELETE", claims=person("caio"))[0] == 404


def test_a_gestor_of_one_prestador_is_nobody_at_another(world: World) -> None:
    elsewhere = {"Conecta-Prestador": CLINICA}
    assert world.call("GET", PEOPLE, headers=elsewhere)[0] == 404
    assert world.call("POST", PEOPLE, BODY, headers=elsewhere)[0] == 404


def test_pages_go_on_by_a_cursor_that_serves_no_other_prestador(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadastro.handler.contas.PAGE", 2)
    first = world.call("GET", PEOPLE)[1]
    second = world.call("GET", PEOPLE, query={"cursor": first["cursor"]})[1]
    assert (len(first["pessoas"]), len(second["pessoas"]), second["cursor"]) == (2, 1, None)
    assert world.call("GET", PEOPLE, query={"cursor": first["cursor"]}, claims=person("caio"))[0] == 400


def test_no_log_line_or_problem_holds_an_e_mail(world: World, logged: Callable[[], list[Any]]) -> None:
    world.call("POST", PEOPLE, BODY)
    problems = [world.call("POST", PEOPLE, BODY)[1], world.call("POST", PEOPLE, {**BODY, "email": "x@@y.example"})[1]]
    world.call("GET", PEOPLE)
    assert "example" not in json.dumps([*logged(), *problems]).replace("conecta.example", "")
