"""Drafts: kept as they are, told what they lack, sent once; the fake and DynamoDB alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autorizacao.bootstrap import rascunhos as bootstrap
from autorizacao.dynamodb.rascunhos import DynamoRascunhos
from autorizacao.handler.rascunhos import NIVEIS
from autorizacao.schemas.rascunhos import CORPO_MAXIMO, RascunhosPage, RascunhoView
from autorizacao.schemas.vistas import SolicitacaoView
from autorizacao.service import rascunhos as service
from autorizacao.service.rascunhos import Rascunho, RascunhoMudouError
from conecta_edge.dynamodb import ConditionFailedError, put
from tests.builders_cadastro import CARTEIRA
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE
from tests.contract.engines import AUTORIZACAO, Engine
from tests.fakes import Kept
from tests.fakes_autorizacao_api import (
    DA_CLINICA,
    FATURISTA,
    GESTOR,
    MAQUINA,
    SO_LE,
    ApiWorld,
    FakeRascunhos,
    a_body,
    errors,
)
from tests.fakes_cadastro import PSEUDONIMOS

TODOS = "/autorizacoes/rascunhos"
UM = f"{TODOS}/{{id}}"
KEY = {"idempotency-key": "chave-1"}
AUSENTE = "0" * 32


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiWorld:
    return ApiWorld(monkeypatch)


def save(world: ApiWorld, body: Any = None, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return world.call("POST", TODOS, a_body() if body is None else body, **how)


def one(world: ApiWorld, method: str, draft: str, body: Any = None, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return world.call(method, UM, body, path={"id": draft}, **how)


def send(world: ApiWorld, draft: str, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return world.call("POST", f"{UM}/envio", path={"id": draft}, **how)


# --- kept as they are ---


def test_a_draft_is_kept_as_it_is_and_told_what_it_lacks(world: ApiWorld) -> None:
    status, body, headers = save(world, {"tipo": "SP_SADT", "itens": [{"tabela": "99"}], "nota": "ligar amanhã"})
    assert status == 201
    RascunhoView.model_validate_json(json.dumps(body))
    assert (headers["Location"], headers["ETag"]) == (f"rascunhos/{body['id']}", '"1"')
    assert (body["versao"], body["completo"], body["tipo"], body["registro_ans"]) == (1, False, "SP_SADT", None)
    assert body["expira_em"] == "2026-12-21T12:00:00.000000Z"
    assert errors(body) == [
        ("registro_ans", "missing"), ("numero_carteira", "missing"), ("numero_guia_prestador", "missing"),
        ("itens[0].tabela", "codigo-invalido"), ("itens[0].codigo", "missing"), ("itens[0].quantidade", "missing"),
        ("nota", "extra_forbidden"),
    ]  # fmt: skip
    assert body["pedido"]["nota"] == "ligar amanhã"
    assert world.autorizacoes.writes == 0
    assert world.accesses == []


def test_a_whole_draft_says_so_and_what_depends_on_its_kind_is_told_last(world: ApiWorld) -> None:
    assert save(world)[1]["completo"] is True
    assert errors(save(world, a_body(profissional=None))[1]) == [("profissional", "profissional-obrigatorio")]
    assert save(world, {"tipo": 1, "registro_ans": [VALE]})[1]["tipo"] is None


def test_reading_a_draft_is_audited_by_whom_it_is_of(world: ApiWorld) -> None:
    drafts = [save(world, body)[1]["id"] for body in (None, {"registro_ans": VALE}, {"numero_carteira": 7})]
    for draft in drafts:
        status, body, headers = one(world, "GET", draft)
        assert (status, body["id"], headers["ETag"]) == (200, draft, '"1"')
    assert [access.sujeitos for access in world.accesses] == [(PSEUDONIMOS.carteira(VALE, CARTEIRA),), (), ()]
    assert world.accesses[0].objeto == f"rascunho/{drafts[0]}"


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "1", "{", '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', '{"a":' * (NIVEIS + 1) + "1" + "}" * 17,
        "[" * 5000, json.dumps({"a": "x" * CORPO_MAXIMO}),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_object_that_can_be_kept_is_refused(world: ApiWorld, body: str) -> None:
    status, answer, _ = save(world, body)
    assert (status, [campo for campo, _ in errors(answer)]) == (422, ["$"])
    assert world.rascunhos.rows == {}


def test_writing_anew_takes_the_version_that_was_seen(world: ApiWorld) -> None:
    draft = save(world, {"tipo": "SP_SADT"})[1]["id"]
    world.pass_days(3)
    status, body, headers = one(world, "PUT", draft, a_body(), headers={"if-match": '"1"'}, claims=GESTOR)
    assert (status, body["versao"], body["completo"], headers["ETag"]) == (200, 2, True, '"2"')
    assert (body["criado_em"], body["alterado_em"]) == ("2026-11-21T12:00:00.000000Z", "2026-11-24T12:00:00.000000Z")
    assert body["expira_em"] == "2026-12-24T12:00:00.000000Z"
    for seen in ('"1"', "abc"):
        status, body, _ = one(world, "PUT", draft, {}, headers={"if-match": seen})
        assert (status, body["codigo"]) == (412, "versao-divergente")
    assert one(world, "PUT", draft, {}, headers={"if-match": 'W/"2"'})[0] == 200
    assert one(world, "PUT", draft, {})[1]["versao"] == 4


def test_a_draft_is_thrown_away(world: ApiWorld) -> None:
    draft = save(world)[1]["id"]
    assert one(world, "DELETE", draft, headers={"if-match": '"9"'})[0] == 412
    assert one(world, "DELETE", draft)[:2] == (204, None)
    assert one(world, "DELETE", draft)[0] == 404
    assert one(world, "GET", draft)[0] == 404
    assert world.call("GET", TODOS)[1]["rascunhos"] == []


def test_drafts_are_the_prestadores_and_are_forgotten_in_time(world: ApiWorld) -> None:
    draft = save(world)[1]["id"]
    for who in (DA_CLINICA,):
        assert {one(world, method, draft, {}, claims=who)[0] for method in ("GET", "PUT", "DELETE")} == {404}
        assert send(world, draft, claims=who)[0] == 404
    assert one(world, "GET", "x")[0] == 404
    assert one(world, "GET", AUSENTE)[0] == 404
    world.pass_days(30)
    assert one(world, "GET", draft)[0] == 404
    assert world.call("GET", TODOS)[1]["rascunhos"] == []


def test_the_list_says_what_a_draft_is_and_not_of_whom(world: ApiWorld) -> None:
    for _ in range(31):
        save(world)
    _, page, _ = world.call("GET", TODOS)
    RascunhosPage.model_validate_json(json.dumps(page))
    assert len(page["rascunhos"]) == 30
    assert page["rascunhos"][0]["numero_guia_prestador"] == "GP-1001"
    assert CARTEIRA not in json.dumps(page)
    rest = world.call("GET", TODOS, query={"cursor": page["cursor"]})[1]
    assert (len(rest["rascunhos"]), rest["cursor"]) == (1, None)
    assert world.accesses == []


def test_a_key_makes_one_draft(world: ApiWorld) -> None:
    first = save(world, headers=KEY)
    assert save(world, headers=KEY)[:2] == first[:2]
    assert len(world.rascunhos.rows) == 1


def test_who_may(world: ApiWorld) -> None:
    draft = save(world, claims=MAQUINA)[1]["id"]
    assert world.call("GET", TODOS, claims=SO_LE)[0] == 200
    assert one(world, "GET", draft, claims=SO_LE)[0] == 200
    assert save(world, claims=SO_LE)[0] == 403
    assert {one(world, method, draft, {}, claims=FATURISTA)[0] for method in ("GET", "PUT", "DELETE")} == {403}
    assert world.call("GET", TODOS, claims=FATURISTA)[0] == 403
    assert save(world, claims=FATURISTA)[0] == 403
    assert send(world, draft, claims=FATURISTA)[0] == 403
    send(world, draft)
    assert send(world, draft, claims=FATURISTA)[0] == 403


# --- sent ---


@pytest.mark.parametrize("headers", [{}, KEY], ids=["without a key", "with a key"])
def test_a_draft_becomes_a_request_in_one_write(world: ApiWorld, headers: dict[str, str]) -> None:
    draft = save(world)[1]["id"]
    status, body, sent = send(world, draft, headers=headers)
    assert status == 201
    SolicitacaoView.model_validate_json(json.dumps(body))
    numero = body["autorizacao"]["numero"]
    assert sent["Location"] == f"../../{VALE}/{numero}"
    assert one(world, "GET", draft)[0] == 404
    assert world.call("GET", TODOS)[1]["rascunhos"] == []
    status, again, located = send(world, draft, headers=headers)
    assert (status, again["autorizacao"]) == (201 if headers else 200, body["autorizacao"])
    assert located["Location"] == sent["Location"]
    assert world.autorizacoes.writes == 1
    world.pass_days(1)
    assert send(world, draft, headers=headers)[0] == 404


def test_a_draft_that_lacks_something_is_not_sent(world: ApiWorld) -> None:
    draft = save(world, {"tipo": "SP_SADT"})[1]["id"]
    status, body, _ = send(world, draft)
    assert (status, errors(body)[0]) == (422, ("registro_ans", "missing"))
    whole = save(world)[1]["id"]
    assert send(world, whole, headers={"if-match": '"2"'})[0] == 412
    refused = save(world, a_body(registro_ans=PASA))[1]["id"]
    assert send(world, refused)[0] == 403
    assert one(world, "GET", refused)[0] == 200


def test_what_had_been_asked_before_is_answered_and_the_draft_goes(world: ApiWorld) -> None:
    world.call("POST", "/autorizacoes", a_body())
    draft = save(world)[1]["id"]
    assert send(world, draft)[0] == 200
    assert one(world, "GET", draft)[0] == 404
    assert send(world, draft)[0] == 200
    assert world.autorizacoes.writes == 1


def test_a_draft_that_changes_while_what_was_asked_before_is_answered_stays(
    world: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.call("POST", "/autorizacoes", a_body())
    draft = save(world)[1]["id"]

    def lose(*_given: Any, **_named: Any) -> None:
        raise RascunhoMudouError

    monkeypatch.setattr(world.rascunhos, "write", lose)
    assert send(world, draft)[0] == 200
    assert one(world, "GET", draft)[0] == 200


def test_a_draft_written_while_it_is_sent_is_not_sent(world: ApiWorld) -> None:
    draft = save(world)[1]["id"]
    world.autorizacoes.meanwhile.append(lambda: one(world, "PUT", draft, {}))
    status, body, _ = send(world, draft)
    assert (status, body["codigo"]) == (412, "versao-divergente")
    assert world.autorizacoes.writes == 0
    again = save(world)[1]["id"]
    world.autorizacoes.meanwhile.append(lambda: one(world, "PUT", again, {}))
    assert send(world, again, headers=KEY)[0] == 409


def test_a_draft_sent_twice_at_once_is_one_request(world: ApiWorld) -> None:
    draft = save(world)[1]["id"]
    world.autorizacoes.meanwhile.append(lambda: send(world, draft))
    status, body, _ = send(world, draft)
    assert (status, world.autorizacoes.writes) == (200, 1)
    assert world.held(body["autorizacao"]["numero"]).situacao == "AUTORIZADA"


def test_a_draft_whose_row_alone_lost_answers_what_it_became(world: ApiWorld) -> None:
    draft = save(world)[1]["id"]

    def sent_elsewhere() -> None:
        held = world.rascunhos.rows[HOSPITAL, draft]
        answered = world.call("POST", "/autorizacoes", a_body(numero_guia_prestador="GP-9"))[1]["autorizacao"]
        world.rascunhos.rows[HOSPITAL, draft] = service.sent(held, VALE, answered["numero"], NOW)

    world.autorizacoes.meanwhile.append(sent_elsewhere)
    status, body, _ = send(world, draft)
    assert (status, body["autorizacao"]["numero_guia_prestador"]) == (200, "GP-9")


# --- the fake and DynamoDB alike ---


@pytest.fixture(params=["fake", "moto"])
def port(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any]]:
    """The port, and what makes an action that is lost when told so."""
    if request.param == "fake":
        yield FakeRascunhos(), lambda *, lost: Kept(lambda: not lost, lambda: None)
        return
    engine: Engine = request.getfixturevalue("moto")
    table, answers = engine.table("autorizacao", chaves=AUTORIZACAO), engine.table("idempotencia")

    def action(*, lost: bool) -> Any:
        row = {"pk": "r", "sk": "perdida" if lost else "guardada"}
        if lost:
            engine.dynamodb.put_item(**put(answers, row, "attribute_not_exists(pk)"))
        return put(answers, row, "attribute_not_exists(pk)")

    yield DynamoRascunhos(engine.dynamodb, table), action


def a_draft(**changes: Any) -> Rascunho:
    made = Rascunho(
        id="a" * 32, prestador_id=HOSPITAL, corpo='{"a":1}', quem="pessoa-1", criado_em=NOW, alterado_em=NOW,
        expira_em=NOW + timedelta(days=30),
    )  # fmt: skip
    return replace(made, **changes)


def test_a_draft_comes_back_as_it_was_written(port: tuple[Any, Any]) -> None:
    rows, _ = port
    draft = a_draft()
    assert rows.get(HOSPITAL, draft.id) is None
    rows.write(None, draft)
    assert rows.get(HOSPITAL, draft.id) == draft
    assert rows.get("outro", draft.id) is None
    became = service.sent(draft, VALE, "26110000001", NOW)
    rows.write(draft, became)
    assert rows.get(HOSPITAL, draft.id) == became
    assert (became.enviado, became.versao) == ((VALE, "26110000001"), 2)


def test_a_write_is_on_condition_of_what_was_read(port: tuple[Any, Any]) -> None:
    rows, action = port
    draft = a_draft()
    rows.write(None, draft, (action(lost=False),))
    for before in (None, a_draft(versao=2)):
        with pytest.raises(RascunhoMudouError):
            rows.write(before, a_draft(versao=3))
    with pytest.raises(ConditionFailedError):
        rows.write(draft, a_draft(versao=2), (action(lost=True),))
    assert rows.get(HOSPITAL, draft.id) == draft


def test_pages_are_of_one_prestador(port: tuple[Any, Any]) -> None:
    rows, _ = port
    for letter in "abc":
        rows.write(None, a_draft(id=letter * 32))
    rows.write(None, a_draft(id="d" * 32, prestador_id="outro"))
    first, position = rows.page(HOSPITAL, None, 2)
    rest, end = rows.page(HOSPITAL, position, 2)
    assert [row.id[0] for row in (*first, *rest)] == ["a", "b", "c"]
    assert end is None


def test_the_port_is_made_once(function_environment: dict[str, str]) -> None:
    assert isinstance(bootstrap.rascunhos(), DynamoRascunhos)
    assert bootstrap.rascunhos() is bootstrap.rascunhos()
