"""The REST entries of relacionamentos, from the proxied request to the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cadastro.schemas.relacionamentos import (
    PedidoDaOperadoraView,
    PedidoView,
    RelacionamentoDaOperadoraView,
    RelacionamentosDaOperadoraPage,
    RelacionamentosView,
)
from conecta_edge.clock import local_day
from conecta_facts.relacionamentos import Situacao
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, OUTRO_CNPJ, PASA, VALE, machine, person
from tests.fakes_contas import World, operadora

MINE = "/relacionamentos"
ONE = "/relacionamentos/{id}"
AT = "/operadora/relacionamentos"
DECISION = "/operadora/relacionamentos/pedidos/{id}/decisao"
SUSPENSION, BACK, END = (
    f"/operadora/relacionamentos/{{registroANS}}/{{prestador}}/{act}"
    for act in ("suspensao", "reativacao", "descredenciamento")
)
CPF = "529.982.247-25"
BODY: dict[str, Any] = {
    "registro_ans": VALE, "cnpj": "45.723.174/0001-10", "nome": "Clínica Nova", "cnes": "1234567",
    "codigo_na_operadora": "N1",
}  # fmt: skip
HOJE = local_day(NOW)
NOVO = person("novo")


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def ask(world: World, claims: dict[str, Any] | None = None, **changes: Any) -> Any:
    status, body, _ = world.call("POST", MINE, {**BODY, **changes}, claims=claims or NOVO)
    assert status == 201, body
    return body


def decide(world: World, pedido_id: str, body: Any = None, claims: dict[str, Any] | None = None, **headers: str) -> Any:
    asked = body or {"decisao": "HABILITAR"}
    path = {"id": pedido_id}
    return world.call("POST", DECISION, asked, claims=claims or operadora(), path=path, headers=headers)


def act(world: World, resource: str, body: Any, *, registro: str = VALE, prestador: str = HOSPITAL, **more: Any) -> Any:
    claims = more.pop("claims", operadora())
    path = {"registroANS": registro, "prestador": prestador}
    return world.call("POST", resource, body, claims=claims, path=path, headers=more)


def test_a_person_without_a_prestador_asks_and_gets_a_protocolo_at_once(world: World) -> None:
    status, body, headers = world.call("POST", MINE, BODY, claims=NOVO)
    assert status == 201
    PedidoView.model_validate_json(json.dumps(body))
    assert (body["situacao"], body["de_quem_e_a_vez"], body["cnpj"]) == ("SOLICITADO", "operadora", OUTRO_CNPJ)
    assert body["protocolo_atendimento"] == "261130000001"
    assert headers["Location"] == f"relacionamentos/{body['id']}"
    assert world.call("POST", MINE, BODY, claims=NOVO)[1] == body


def test_the_answer_never_tells_whether_the_cnpj_is_known(world: World) -> None:
    known = ask(world, cnpj=CNPJ)
    unknown = ask(world)
    same = {"id", "protocolo_atendimento", "cnpj"}
    assert {name: value for name, value in known.items() if name not in same} == {
        name: value for name, value in unknown.items() if name not in same
    }


def test_a_person_who_is_the_prestador_is_asked_for_by_cpf_and_never_by_it_in_a_key(world: World) -> None:
    body = ask(world, cnpj=None, cpf=CPF)
    assert (body["cpf"], body["cnpj"]) == ("52998224725", None)
    ((owner, pedido_id), stored) = next(iter(world.tables.pedidos.items()))
    assert stored.prestador_id.startswith("pf")
    assert "52998224725" not in f"{owner}{pedido_id}{stored.prestador_id}"


@pytest.mark.parametrize(
    ("changes", "campo", "codigo"),
    [
        ({"cnpj": "45723174000111"}, "cnpj", "cnpj-invalido"),
        ({"cnpj": None, "cpf": "52998224724"}, "cpf", "cpf-invalido"),
        ({"cnpj": None}, "$", "cnpj-ou-cpf"),
        ({"cpf": CPF}, "$", "cnpj-ou-cpf"),
        ({"cnes": "12"}, "cnes", "cnes-invalido"),
        ({"registro_ans": "999999"}, "registro_ans", "operadora-desconhecida"),
        ({"registro_ans": "12"}, "registro_ans", "string_pattern_mismatch"),
        ({"nome": "a\u202eb"}, "nome", "string_pattern_mismatch"),
        ({"situacao": "HABILITADO"}, "situacao", "extra_forbidden"),
        ({"prestador_id": HOSPITAL}, "prestador_id", "extra_forbidden"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_stored(
    world: World, changes: dict[str, Any], campo: str, codigo: str
) -> None:
    status, body, _ = world.call("POST", MINE, {**BODY, **changes}, claims=NOVO)
    assert status == 422
    assert [(erro["campo"], erro["codigo"]) for erro in body["erros"]] == [(campo, codigo)]
    assert world.tables.pedidos == {}


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (person("novo", token_use="id"), 401),
        (machine(scope="conecta/peg.ler"), 403),
        (operadora(), 403),
    ],
)
def test_only_people_of_the_prestadores_pool_ask(world: World, claims: dict[str, Any], status: int) -> None:
    assert world.call("POST", MINE, BODY, claims=claims)[0] == status
    assert world.call("GET", MINE, claims=claims)[0] == status
    assert world.tables.pedidos == {}


def test_a_pedido_of_somebody_else_and_an_absent_one_get_the_same_answer(world: World) -> None:
    pedido = ask(world)
    foreign = world.call("GET", ONE, claims=person("ana"), path={"id": pedido["id"]})
    absent = world.call("GET", ONE, claims=person("ana"), path={"id": "0" * 32})
    odd = world.call("GET", ONE, claims=person("ana"), path={"id": "../PERFIL"})
    assert foreign[:2] == absent[:2] == odd[:2]
    assert foreign[0] == 404
    assert world.call("GET", ONE, claims=NOVO, path={"id": pedido["id"]})[1] == pedido


def test_after_the_decision_the_asker_is_gestor_and_sees_the_relacionamento(world: World) -> None:
    pedido = ask(world)
    status, body, headers = decide(world, pedido["id"])
    assert (status, body["situacao"], headers["ETag"]) == (200, "HABILITADO", '"2"')
    PedidoDaOperadoraView.model_validate_json(json.dumps(body))
    assert (body["email_solicitante"], body["prestador_id"]) == ("novo@hospital.example", OUTRO_CNPJ)
    mine = world.call("GET", MINE, claims=NOVO)[1]
    RelacionamentosView.model_validate_json(json.dumps(mine))
    (related,) = mine["relacionamentos"]
    assert (related["prestador_id"], related["nome"], related["situacao"], related["desde"]) == (
        OUTRO_CNPJ, "Clínica Nova", "HABILITADO", HOJE.isoformat(),
    )  # fmt: skip
    assert [row["situacao"] for row in mine["pedidos"]] == ["HABILITADO"]


def test_before_the_decision_the_asker_sees_only_the_pedido(world: World) -> None:
    ask(world, cnpj=CNPJ)
    mine = world.call("GET", MINE, claims=NOVO)[1]
    assert (mine["relacionamentos"], len(mine["pedidos"])) == ([], 1)


def test_a_refusal_needs_a_reason_and_shows_it(world: World) -> None:
    pedido = ask(world)
    status, body, _ = decide(world, pedido["id"], {"decisao": "RECUSAR"})
    assert (status, body["erros"][0]["codigo"]) == (422, "motivo-obrigatorio")
    assert decide(world, pedido["id"], {"decisao": "RECUSAR", "motivo": "Fora da rede."})[0] == 200
    seen = world.call("GET", ONE, claims=NOVO, path={"id": pedido["id"]})[1]
    assert (seen["situacao"], seen["motivo"], seen["de_quem_e_a_vez"]) == ("RECUSADO", "Fora da rede.", "prestador")


def test_a_second_decision_is_told_what_the_first_was(world: World) -> None:
    pedido = ask(world)
    decide(world, pedido["id"])
    status, body, _ = decide(world, pedido["id"], {"decisao": "RECUSAR", "motivo": "tarde"})
    assert (status, body["codigo"]) == (409, "pedido-ja-decidido")
    assert "habilitado" in body["detail"]


def test_a_decision_by_the_wrong_operadora_group_or_pool_changes_nothing(world: World) -> None:
    pedido = ask(world)
    assert decide(world, pedido["id"], claims=operadora("op-2"))[0] == 404  # PASA's person, a pedido to VALE
    world.reader.operadora_people["op-3"] = {VALE: "central"}
    assert decide(world, pedido["id"], claims=operadora("op-3", "central"))[0] == 403
    assert decide(world, pedido["id"], claims=operadora("op-1", "central"))[0] == 403  # bound, not in the group
    assert decide(world, pedido["id"], claims=operadora("op-9"))[0] == 403
    assert decide(world, pedido["id"], claims=person("ana"))[0] == 403
    assert decide(world, pedido["id"], claims=machine())[0] == 403
    (stored,) = world.tables.pedidos.values()
    assert stored.situacao is Situacao.SOLICITADO


def test_a_wrong_body_is_told_after_an_absent_pedido_and_before_a_wrong_group(world: World) -> None:
    pedido = ask(world)
    world.reader.operadora_people["op-3"] = {VALE: "central"}
    assert decide(world, "0" * 32, {"decisao": "TALVEZ"})[0] == 404
    assert decide(world, pedido["id"], {"decisao": "TALVEZ"}, claims=operadora("op-3", "central"))[0] == 422


def test_a_decision_under_an_old_etag_is_refused(world: World) -> None:
    pedido = ask(world)
    assert decide(world, pedido["id"], If_Match='"9"')[0] == 412
    assert decide(world, pedido["id"], If_Match="x")[1]["codigo"] == "versao-divergente"
    assert decide(world, pedido["id"], If_Match='"1"')[0] == 200


@pytest.mark.parametrize(
    ("vincular", "status", "codigo"),
    [(None, 409, "prestador-ja-tem-gestor"), (True, 200, None), (False, 200, None)],
)
def test_a_prestador_with_a_gestor_takes_another_only_when_told(
    world: World, vincular: Any, status: int, codigo: str | None
) -> None:
    world.bind("ana", "gestor", CNPJ)
    world.relate(CNPJ, VALE)
    pedido = ask(world, cnpj=CNPJ)
    body = {"decisao": "HABILITAR", **({} if vincular is None else {"vincular_solicitante": vincular})}
    answered = decide(world, pedido["id"], body)
    assert (answered[0], answered[1].get("codigo")) == (status, codigo)
    assert ((CNPJ, "novo") in world.tables.pessoas) is (vincular is True)


def test_the_prestadores_code_must_come_from_somewhere(world: World) -> None:
    pedido = ask(world, codigo_na_operadora=None)
    status, body, _ = decide(world, pedido["id"])
    assert (status, body["erros"][0]["campo"]) == (422, "codigo_na_operadora")
    assert decide(world, pedido["id"], {"decisao": "HABILITAR", "codigo_na_operadora": "N7"})[0] == 200
    assert world.tables.relacionamentos[OUTRO_CNPJ, VALE].value.codigo_na_operadora == "N7"


def test_an_operadora_lists_what_awaits_it_and_the_reading_is_audited(world: World) -> None:
    pedido = ask(world)
    ask(world, registro_ans=PASA)
    status, page, _ = world.call("GET", AT, claims=operadora(), query={"registro_ans": VALE})
    assert status == 200
    RelacionamentosDaOperadoraPage.model_validate_json(json.dumps(page))
    assert [row["id"] for row in page["pedidos"]] == [pedido["id"]]
    assert (page["relacionamentos"], page["cursor"]) == ([], None)
    assert world.audited == [
        (f"OPERADORA#{VALE}", {
            "finalidade": "decisao-de-relacionamento", "objeto": "relacionamentos", "sujeitos": ("novo",),
        }),
    ]  # fmt: skip


def test_an_operadora_lists_its_relacionamentos_by_state(world: World) -> None:
    world.relate(CLINICA, VALE, "SUSPENSO")
    enabled = world.call("GET", AT, claims=operadora(), query={"registro_ans": VALE, "situacao": "HABILITADO"})[1]
    suspended = world.call("GET", AT, claims=operadora(), query={"registro_ans": VALE, "situacao": "SUSPENSO"})[1]
    assert [row["prestador_id"] for row in enabled["relacionamentos"]] == [HOSPITAL]
    assert [row["prestador_id"] for row in suspended["relacionamentos"]] == [CLINICA]
    assert enabled["relacionamentos"][0]["cnpj"] == CNPJ


def test_who_serves_one_operadora_need_not_name_it_and_who_serves_several_must(world: World) -> None:
    assert world.call("GET", AT, claims=operadora("op-2"))[0] == 200
    status, body, _ = world.call("GET", AT, claims=operadora())
    assert (status, body["erros"][0]["codigo"]) == (422, "operadora-nao-escolhida")
    assert world.call("GET", AT, claims=operadora("op-2"), query={"registro_ans": VALE})[0] == 404
    assert world.call("GET", AT, claims=operadora("op-2"), query={"situacao": "TALVEZ"})[0] == 422
    assert world.call("GET", AT, claims=operadora("op-2"), query={"tipo": "outro"})[0] == 422


def test_pages_go_on_by_a_cursor_that_serves_no_other_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadastro.handler.relacionamentos.PAGE", 2)
    for number in range(3):
        ask(world, nome=f"Clínica {number}", claims=person(f"novo{number}"))
    first = world.call("GET", AT, claims=operadora("op-1"), query={"registro_ans": VALE})[1]
    assert len(first["pedidos"]) == 2
    query = {"registro_ans": VALE, "cursor": first["cursor"]}
    second = world.call("GET", AT, claims=operadora("op-1"), query=query)[1]
    assert (len(second["pedidos"]), second["cursor"]) == (1, None)
    for changed in ({"registro_ans": PASA}, {"situacao": "RECUSADO"}):
        assert world.call("GET", AT, claims=operadora(), query={**query, **changed})[0] == 400


def test_a_suspension_has_days_and_a_reason_and_ends_by_itself(world: World) -> None:
    asked = {"de": "2026-12-01", "ate": "2026-12-31", "motivo": "Alvará vencido."}
    status, body, headers = act(world, SUSPENSION, asked)
    assert status == 200
    RelacionamentoDaOperadoraView.model_validate_json(json.dumps(body))
    assert (body["situacao"], body["proxima_mudanca"]) == ("HABILITADO", {"situacao": "SUSPENSO", "de": "2026-12-01"})
    assert headers["ETag"] == body["etag"]
    world.later(days=15)
    listed = world.call("GET", AT, claims=operadora(), query={"registro_ans": VALE, "situacao": "SUSPENSO"})[1]
    (row,) = listed["relacionamentos"]
    assert (row["motivo"], row["proxima_mudanca"]["de"]) == ("Alvará vencido.", "2027-01-01")


def test_an_impossible_act_says_what_is_possible(world: World) -> None:
    status, body, _ = act(world, BACK, {"motivo": "engano"})
    assert (status, body["codigo"], body["regra"], body["situacao"]) == (
        409, "transicao-impossivel", "R02", "HABILITADO",
    )  # fmt: skip
    assert body["possiveis"] == ["SUSPENSAO", "DESCREDENCIAMENTO"]
    assert "suspender" in body["detail"]


@pytest.mark.parametrize(
    ("resource", "body", "campo"),
    [
        (SUSPENSION, {"de": "2026-11-20", "motivo": "mmm"}, "de"),
        (SUSPENSION, {"de": "2026-12-02", "ate": "2026-12-01", "motivo": "mmm"}, "ate"),
        (SUSPENSION, {"de": "2026-12-01"}, "motivo"),
        (SUSPENSION, {"de": "31/12/2026", "motivo": "mmm"}, "de"),
        (SUSPENSION, {"de": "1796083200", "motivo": "mmm"}, "de"),
        (SUSPENSION, {"de": "9999-12-31", "motivo": "mmm"}, "de"),
        (END, {"motivo": "mmm"}, "de"),
        (END, {"de": "2026-11-20", "motivo": "mmm"}, "de"),
        (BACK, {}, "motivo"),
    ],
)
def test_a_day_or_a_reason_that_cannot_be_is_told_by_field(world: World, resource: str, body: Any, campo: str) -> None:
    status, answered, _ = act(world, resource, body)
    assert (status, answered["erros"][0]["campo"]) == (422, campo)
    assert world.tables.historico == []


def test_a_prestador_is_ended_and_only_a_new_pedido_brings_it_back(world: World) -> None:
    assert act(world, END, {"de": "2026-11-21", "motivo": "Fim do contrato."})[1]["situacao"] == "DESCREDENCIADO"
    world.later(minutes=1)
    assert act(world, BACK, {"motivo": "engano"})[1]["possiveis"] == ["HABILITACAO"]


def test_an_act_under_an_old_etag_is_refused(world: World) -> None:
    seen = act(world, SUSPENSION, {"de": "2026-12-01", "motivo": "mmm"})[1]["etag"]
    world.later(minutes=1)
    act(world, SUSPENSION, {"de": "2026-11-25", "ate": "2026-11-26", "motivo": "mmm"})
    late = {"de": "2027-01-01", "motivo": "mmm"}
    assert act(world, END, late, If_Match=seen)[0] == 412
    fresh = world.call("GET", AT, claims=operadora(), query={"registro_ans": VALE, "situacao": "HABILITADO"})[1]
    assert act(world, END, late, If_Match=fresh["relacionamentos"][0]["etag"])[0] == 200


def test_a_foreign_relacionamento_and_an_absent_one_get_the_same_answer(world: World) -> None:
    body = {"de": "2026-12-01", "motivo": "mmm"}
    world.relate(CLINICA, PASA)
    answers = [
        act(world, SUSPENSION, body, claims=operadora("op-2")),
        act(world, SUSPENSION, body, prestador="00000000000000"),
        act(world, SUSPENSION, body, prestador=CLINICA),
        act(world, SUSPENSION, body, prestador="#"),
        act(world, SUSPENSION, body, registro="999999"),
    ]
    assert {status for status, _, _ in answers} == {404}
    assert len({json.dumps(answered) for _, answered, _ in answers}) == 1
    world.reader.operadora_people["op-3"] = {VALE: "central"}
    assert act(world, SUSPENSION, body, claims=operadora("op-3", "central"))[0] == 403


def test_no_log_line_or_problem_holds_what_was_sent(world: World, logged: Callable[[], list[Any]]) -> None:
    canary = "MARIA DA SILVA 529.982.247-25"
    world.call("POST", MINE, {**BODY, "nome": canary, "mensagem": canary}, claims=NOVO)
    refused = world.call("POST", MINE, {**BODY, "nome": canary, "cnes": canary, "cnpj": canary}, claims=NOVO)[1]
    world.call("POST", MINE, {**BODY, "nome": canary, "mensagem": "outra"}, claims=NOVO)
    assert "MARIA" not in json.dumps([*logged(), refused], ensure_ascii=False)


def test_time_alone_ends_a_suspension(world: World) -> None:
    act(world, SUSPENSION, {"de": "2026-11-21", "ate": "2026-11-21", "motivo": "mmm"})
    assert world.call("GET", MINE)[1]["relacionamentos"][0]["situacao"] == "SUSPENSO"
    world.at(NOW + timedelta(days=1))
    assert world.call("GET", MINE)[1]["relacionamentos"][0]["situacao"] == "HABILITADO"
