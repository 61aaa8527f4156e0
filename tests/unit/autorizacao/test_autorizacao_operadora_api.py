"""The operadora's JSON routes of authorizations: lists, searches, decisions and what only the Central may do."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from autorizacao.schemas.vistas import (
    AtendimentoView,
    AutorizacaoView,
    AutorizacoesPage,
    CanceladasView,
    SolicitacaoView,
)
from conecta_senhas.autorizacoes import DIARIAS, MotivoNegativa, Papel, Situacao
from conecta_senhas.solicitacoes import Tipo, TipoAnexo
from tests.builders_autorizacao import (
    AMANHA,
    GUIA,
    NUMERO,
    a_pending,
    a_stay,
    a_stay_authorization,
    an_asked,
    an_authorization,
    an_item,
    an_urgencia,
    in_analysis,
    in_situation,
    usos_of,
)
from tests.builders_cadastro import CARTEIRA, CPF, HOJE, INICIO, NOME
from tests.builders_functions import CLINICA, HOSPITAL, PASA, PORTAL_OPERADORA, VALE, person
from tests.fakes_autorizacao_api import (
    AMBOS,
    AUDITORIA,
    CENTRAL,
    DA_PASA,
    FINANCEIRO,
    ITEM,
    MAQUINA,
    NA_OPERADORA,
    RECEPCAO,
    ApiWorld,
    a_body,
    da_operadora,
    errors,
)
from tests.fakes_cadastro import PSEUDONIMOS

LISTA = "/operadora/autorizacoes"
BUSCA = f"{LISTA}/busca"
KEY = {"idempotency-key": "chave-1"}
VIDA = PSEUDONIMOS.carteira(VALE, CARTEIRA)
NEGA: dict[str, Any] = {"quantidade": 0, "codigo": "1702", "motivo": "Já feito.", "base": "Contrato."}


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiWorld:
    return ApiWorld(monkeypatch)


def waiting(world: ApiWorld, claims: dict[str, Any] = CENTRAL, **query: str) -> tuple[int, Any, dict[str, str]]:
    return world.call("GET", LISTA, query=query, claims=claims)


# --- lists and searches ---


def test_what_waits_comes_urgency_first_then_by_the_day_of_the_answer(world: ApiWorld) -> None:
    later = a_pending(numero="26110000003", responder_ate=HOJE + timedelta(days=9))
    urgent = a_pending(numero="26110000002", solicitacao=an_urgencia(an_asked()))
    for held in (later, a_pending(), urgent, a_pending(Situacao.AGUARDANDO_DOCUMENTO, numero="26110000004")):
        world.keep(held)
    status, page, _ = waiting(world)
    assert status == 200
    AutorizacoesPage.model_validate_json(json.dumps(page))
    assert [row["numero"] for row in page["autorizacoes"]] == ["26110000002", NUMERO, "26110000003"]
    assert [row["numero"] for row in waiting(world, fila="PENDENTES")[1]["autorizacoes"]] == ["26110000004"]
    assert waiting(world, AUDITORIA, fila="DATAS")[1]["autorizacoes"] == []
    (access, *_) = world.accesses
    assert (access.actor.tenant, access.actor.papel, access.sujeitos) == (f"OPERADORA#{VALE}", "central", (VIDA,))


def test_a_list_is_of_an_operadora_and_its_pages_too(world: ApiWorld) -> None:
    for n in range(31):
        world.keep(a_pending(numero=f"2611{n:010d}"))
    cursor = waiting(world)[1]["cursor"]
    assert len(waiting(world, cursor=cursor)[1]["autorizacoes"]) == 1
    assert waiting(world, cursor=cursor, fila="DATAS")[0] == 400
    assert waiting(world, DA_PASA, cursor=cursor)[0] == 400
    assert waiting(world, registro_ans=PASA)[0] == 404
    assert waiting(world, FINANCEIRO)[0] == 403
    status, body, _ = waiting(world, AMBOS, fila="OUTRA")
    assert (status, errors(body)) == (422, [("registro_ans", "operadora-nao-escolhida"), ("fila", "fila-invalida")])
    assert waiting(world, AMBOS, registro_ans=PASA)[0] == 200


def test_only_people_of_an_operadora_get_in(world: ApiWorld) -> None:
    status, body, _ = waiting(world, RECEPCAO)
    assert (status, body["contatos"]) == (403, [])
    assert waiting(world, MAQUINA)[1]["codigo"] == "escopo-insuficiente"
    assert waiting(world, {"token_use": "id"})[0] == 401
    assert waiting(world, person("", client_id=PORTAL_OPERADORA))[0] == 401
    assert waiting(world, da_operadora("ninguem"))[0] == 403


@pytest.mark.parametrize(
    ("by", "subject"),
    [
        ({"numero": NUMERO}, VIDA),
        ({"numero_carteira": CARTEIRA}, VIDA),
        ({"cpf": "529.982.247-25"}, PSEUDONIMOS.cpf(VALE, CPF)),
        ({"nome": NOME.upper()}, VIDA),
    ],
)
def test_authorizations_of_any_prestador_are_found(world: ApiWorld, by: dict[str, str], subject: str) -> None:
    world.keep(an_authorization(prestador_id=CLINICA), nome=PSEUDONIMOS.nome(VALE, NOME))
    status, page, _ = world.call("POST", BUSCA, {"registro_ans": VALE, **by}, claims=AUDITORIA)
    assert status == 200
    AutorizacoesPage.model_validate_json(json.dumps(page))
    assert [row["numero"] for row in page["autorizacoes"]] == [NUMERO]
    assert world.accesses[0].sujeitos[0] == subject
    assert VIDA in world.accesses[0].sujeitos


def test_a_search_that_finds_nothing_is_audited_too(world: ApiWorld) -> None:
    body = {"registro_ans": VALE, "numero_carteira": CARTEIRA}
    assert world.call("POST", BUSCA, body, claims=CENTRAL)[1] == {"autorizacoes": [], "cursor": None}
    assert world.accesses[0].sujeitos == (VIDA,)
    assert world.call("POST", BUSCA, body, claims=DA_PASA)[0] == 404
    assert world.call("POST", BUSCA, body, claims=FINANCEIRO)[0] == 403


def test_a_page_is_of_its_search(world: ApiWorld) -> None:
    for n in range(31):
        world.keep(an_authorization(numero=f"2611{n:010d}"))
    body = {"registro_ans": VALE, "numero_carteira": CARTEIRA}
    cursor = world.call("POST", BUSCA, body, claims=CENTRAL)[1]["cursor"]
    _, rest, _ = world.call("POST", BUSCA, body, claims=CENTRAL, query={"cursor": cursor})
    assert (len(rest["autorizacoes"]), rest["cursor"]) == (1, None)
    other = {"registro_ans": VALE, "cpf": CPF}
    assert world.call("POST", BUSCA, other, claims=CENTRAL, query={"cursor": cursor})[0] == 400


def test_an_authorization_is_shown_with_who_acted(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    status, body, _ = world.get(numero, claims=AUDITORIA, route=NA_OPERADORA)
    assert status == 200
    AutorizacaoView.model_validate_json(json.dumps(body))
    assert body["historico"][0]["quem"] == "pessoa-1"
    _, content, headers = world.get(numero, claims=CENTRAL, route=f"{NA_OPERADORA}/pdf")
    assert (content[:4], headers["Content-Type"]) == (b"%PDF", "application/pdf")
    assert world.get(numero, claims=DA_PASA, route=NA_OPERADORA)[0] == 404
    assert world.get("404", claims=CENTRAL, route=NA_OPERADORA)[0] == 404
    assert world.get(numero, claims=FINANCEIRO, route=NA_OPERADORA)[0] == 403
    assert len(world.accesses) == 2


# --- the Central asks ---


def test_the_central_asks_for_a_prestador(world: ApiWorld) -> None:
    body = a_body(tipo="INTERNACAO", diarias=2, prestador=CLINICA)
    status, answer, headers = world.call("POST", LISTA, body, claims=CENTRAL, headers=KEY)
    assert status == 201
    SolicitacaoView.model_validate_json(json.dumps(answer))
    shown = answer["autorizacao"]
    assert (shown["origem"], shown["situacao"], shown["prestador"]) == ("CENTRAL", "AUTORIZADA", CLINICA)
    assert shown["historico"][0]["quem"] == "central-1"
    assert headers["Location"] == f"autorizacoes/{VALE}/{shown['numero']}"
    assert world.call("POST", LISTA, body, claims=CENTRAL, headers=KEY)[:2] == (201, answer)
    assert world.call("POST", LISTA, body, claims=CENTRAL)[0] == 200
    assert world.call("POST", LISTA, body, claims=AUDITORIA)[0] == 403
    assert world.call("POST", LISTA, a_body(), claims=CENTRAL)[0] == 422
    assert world.call("POST", LISTA, body, claims=DA_PASA)[0] == 404
    assert world.accesses[0].actor.tenant == f"OPERADORA#{VALE}"


def test_the_central_complements_a_senha(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    body = a_body(prestador=HOSPITAL, guia_principal=numero, numero_guia_prestador="GP-2")
    _, answer, _ = world.call("POST", LISTA, body, claims=CENTRAL)
    assert (answer["autorizacao"]["principal"], answer["autorizacao"]["situacao"]) == (numero, "AUTORIZADA")


# --- auditoria decides ---


def test_auditoria_decides_every_item(world: ApiWorld) -> None:
    numero = world.keep(a_pending(Situacao.EM_ANALISE, in_analysis(), in_analysis(2)))
    body = {"itens": [{"sequencia": 1, "quantidade": 1, "valor": "15"}, {"sequencia": 2, **NEGA}], "motivo": "Visto."}
    status, answer, _ = world.act("operadora/decisao", numero, body, claims=AUDITORIA, headers=KEY)
    assert status == 200
    AutorizacaoView.model_validate_json(json.dumps(answer))
    assert (answer["situacao"], answer["senha"]) == ("PARCIAL", numero)
    assert answer["itens"][0]["valor_autorizado"] == "15.00"
    assert answer["itens"][1]["motivos"] == [{"codigo": "1702", "texto": "Já feito.", "base": "Contrato."}]
    assert answer["historico"][-1]["quem"] == "auditoria-1"
    assert world.act("operadora/decisao", numero, body, claims=AUDITORIA, headers=KEY)[:2] == (200, answer)
    status, answer, _ = world.act("operadora/decisao", numero, body, claims=AUDITORIA)
    assert (status, answer["codigo"]) == (409, "transicao-impossivel")
    assert world.autorizacoes.writes == 1


@pytest.mark.parametrize(
    ("itens", "expected"),
    [
        ([], ("itens", "decisao-incompleta")),
        ([{"sequencia": 9, "quantidade": 1}], ("itens[0].sequencia", "item-inexistente")),
        ([{"sequencia": 1, "quantidade": 1}] * 2, ("itens[1].sequencia", "item-inexistente")),
        ([{"sequencia": 1, "quantidade": "0.5"}], ("itens[0].quantidade", "quantidade-invalida")),
        ([{"sequencia": 1, "quantidade": 0}], ("itens", "negativa-sem-base")),
    ],
)  # fmt: skip
def test_a_decision_is_whole_and_explained(
    world: ApiWorld, itens: list[dict[str, Any]], expected: tuple[str, str]
) -> None:
    numero = world.keep(a_pending())
    status, body, _ = world.act("operadora/decisao", numero, {"itens": itens}, claims=AUDITORIA)
    assert (status, errors(body)) == (422, [expected])
    assert world.autorizacoes.writes == 0


def test_doses_may_be_granted_in_part_and_never_beyond_what_was_asked(world: ApiWorld) -> None:
    drug = in_analysis(solicitado=an_asked(quantidade="2.5"), anexo=TipoAnexo.QUIMIOTERAPIA)
    numero = world.keep(a_pending(Situacao.EM_ANALISE, drug))
    status, body, _ = world.act(
        "operadora/decisao", numero, {"itens": [{"sequencia": 1, "quantidade": 3}]}, claims=AUDITORIA
    )
    assert (status, body["codigo"], body["minimo"], body["maximo"]) == (409, "quantidade-invalida", "0", "2.50")
    part = {"itens": [{"sequencia": 1, **NEGA, "quantidade": "1.25"}]}
    _, body, _ = world.act("operadora/decisao", numero, part, claims=AUDITORIA)
    assert body["itens"][0]["quantidade_autorizada"] == "1.25"


def test_diarias_are_decided_too(world: ApiWorld) -> None:
    numero = world.keep(a_pending(Situacao.EM_ANALISE, in_analysis(), solicitacao=a_stay(an_asked())))
    item: dict[str, Any] = {"sequencia": 1, "quantidade": 1}
    body = {"itens": [item], "diarias": {"quantidade": 4}}
    status, answer, _ = world.act("operadora/decisao", numero, body, claims=AUDITORIA)
    assert (status, answer["item"]) == (409, 0)
    assert "de diárias" in answer["detail"]
    status, answer, _ = world.act(
        "operadora/decisao", numero, {"itens": [item], "diarias": {"quantidade": 2}}, claims=AUDITORIA
    )
    assert (status, "diárias" in answer["erros"][0]["mensagem"]) == (422, True)
    body = {"itens": [item], "diarias": NEGA | {"quantidade": 2}}
    answer = world.act("operadora/decisao", numero, body, claims=AUDITORIA)[1]
    assert answer["diarias"] == {"solicitadas": 3, "autorizadas": 2, "faturadas": "0"}
    assert answer["motivos"][0]["codigo"] == "1702"


def test_what_is_missing_is_asked_for_extended_and_done_without(world: ApiWorld) -> None:
    numero = world.keep(a_pending())
    until = (HOJE + timedelta(days=5)).isoformat()
    wanted = [{"tipo": "DOCUMENTO", "descricao": "Laudo", "documento": "02"}]
    status, body, _ = world.act(
        "operadora/pendencias", numero, {"pendencias": wanted, "ate": "2026-01-01"}, claims=AUDITORIA
    )
    assert (status, errors(body)) == (422, [("ate", "data-fora-do-possivel")])
    asked = {"pendencias": wanted, "ate": until, "motivo": "Confirmar"}
    body = world.act("operadora/pendencias", numero, asked, claims=AUDITORIA)[1]
    assert (body["situacao"], body["vez_de"], body["ate"]) == ("AGUARDANDO_DOCUMENTO", "PRESTADOR", until)
    later = (HOJE + timedelta(days=9)).isoformat()
    assert world.act("operadora/prorrogacao-de-prazo", numero, {"ate": later}, claims=CENTRAL)[1]["ate"] == later
    assert world.held(numero).historico[-1].papel is Papel.CENTRAL
    assert world.act("operadora/prorrogacao-de-prazo", numero, {"ate": later}, claims=AUDITORIA)[0] == 200
    assert world.held(numero).historico[-1].papel is Papel.AUDITORIA
    assert world.act("operadora/retomada", numero, {}, claims=AUDITORIA)[0] == 422
    body = world.act("operadora/retomada", numero, {"motivo": "Visto no prontuário"}, claims=AUDITORIA)[1]
    assert (body["situacao"], body["pendencias"]) == ("EM_ANALISE", [])


@pytest.mark.parametrize(
    ("act", "body", "claims"),
    [
        ("decisao", {"itens": []}, CENTRAL),
        ("pendencias", {"pendencias": [{"tipo": "COTACAO", "descricao": "x"}], "ate": "2026-12-01"}, CENTRAL),
        ("retomada", {"motivo": "x"}, CENTRAL),
        ("cancelamento", {"motivo": "x"}, AUDITORIA),
        ("quantidades", {"diarias": 0, "motivo": "x"}, AUDITORIA),
        ("executante", {"executante": CLINICA, "motivo": "x"}, AUDITORIA),
        ("atendimentos", {"assunto": "x"}, AUDITORIA),
        ("prorrogacao-de-prazo", {"ate": "2026-12-01"}, FINANCEIRO),
        ("datas/decisao", {"sequencia": 1, "aprovada": True}, FINANCEIRO),
    ],
)
def test_each_act_is_of_its_group(world: ApiWorld, act: str, body: dict[str, Any], claims: dict[str, Any]) -> None:
    numero = world.keep(an_authorization())
    status, answer, _ = world.act(f"operadora/{act}", numero, body, claims=claims)
    assert (status, answer["codigo"]) == (403, "papel-insuficiente")
    assert world.act(f"operadora/{act}", numero, "{", claims=claims)[0] == 422
    assert world.act(f"operadora/{act}", "404", "{", claims=claims)[0] == 404
    assert world.act(f"operadora/{act}", numero, body, claims=DA_PASA)[0] == 404
    assert (world.autorizacoes.writes, world.accesses) == (0, [])


# --- the Central changes ---


def test_the_central_cancels_and_says_why(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    status, body, _ = world.act("operadora/cancelamento", numero, {"motivo": " "})
    assert (status, errors(body)) == (422, [("motivo", "string_too_short")])
    status, body, _ = world.act("operadora/cancelamento", numero, {"motivo": "A pedido"})
    CanceladasView.model_validate_json(json.dumps(body))
    assert body["autorizacoes"][0]["historico"][-1] == {
        "quando": "2026-11-21T12:00:00.000000Z", "evento": "CANCELADA", "papel": "CENTRAL", "situacao": "CANCELADA",
        "motivo": "A pedido", "vez_de": None, "ate": None, "quem": "central-1",
    }  # fmt: skip


def test_the_central_changes_quantities_never_below_what_was_billed(world: ApiWorld) -> None:
    numero = world.keep(in_situation(Situacao.UTILIZADA))
    status, body, _ = world.act("operadora/quantidades", numero, {"itens": [{"sequencia": 1, "quantidade": 0}],
                                                                  "motivo": "x"})  # fmt: skip
    assert (status, body["codigo"], body["regra"], body["minimo"]) == (409, "quantidade-invalida", "R18", "1")
    body = {"itens": [{"sequencia": 1, "quantidade": 1}], "motivo": "x"}
    status, body, _ = world.act("operadora/quantidades", numero, body)
    assert (status, body["itens"][0]["quantidade_autorizada"]) == (200, "1")
    status, body, _ = world.act(
        "operadora/quantidades", numero, {"itens": [{"sequencia": 3, "quantidade": 1}], "motivo": "x"}
    )
    assert errors(body) == [("itens[0].sequencia", "item-inexistente")]


def test_the_central_changes_diarias(world: ApiWorld) -> None:
    stay = an_authorization(an_item(), solicitacao=a_stay(an_asked()), diarias_autorizadas=3)
    body = world.act("operadora/quantidades", world.keep(stay), {"diarias": 1, "motivo": "Alta precoce"})[1]
    assert (body["diarias"], body["situacao"]) == ({"solicitadas": 3, "autorizadas": 1, "faturadas": "0"}, "PARCIAL")


def test_diarias_that_were_billed_are_shown_and_neither_taken_away_nor_cancelled(world: ApiWorld) -> None:
    numero = world.keep(a_stay_authorization())
    world.autorizacoes.bill(VALE, numero, usos_of({DIARIAS: 2}))
    status, body, _ = world.act("operadora/quantidades", numero, {"diarias": 1, "motivo": "x"})
    assert (status, body["codigo"], body["item"], body["minimo"]) == (409, "quantidade-invalida", 0, "2")
    status, body, _ = world.act("operadora/cancelamento", numero, {"motivo": "x"})
    assert (status, body["codigo"], body["itens"]) == (409, "ja-faturada", [0])
    body = world.act("operadora/quantidades", numero, {"diarias": 2, "motivo": "x"})[1]
    assert (body["diarias"], body["situacao"]) == (
        {"solicitadas": 3, "autorizadas": 2, "faturadas": "2"}, "UTILIZADA",
    )  # fmt: skip


def test_another_prestador_does_it_if_it_can(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    status, body, _ = world.act("operadora/executante", numero, {"executante": "ninguem", "motivo": "x"})
    assert status == 422
    assert {campo for campo, _ in errors(body)} == {"executante"}
    assert {codigo for _, codigo in errors(body)} >= {"R02", "R25-CONTRATO"}
    body = world.act("operadora/executante", numero, {"executante": CLINICA, "motivo": "x"})[1]
    assert (body["executante"], body["solicitante"]) == (CLINICA, HOSPITAL)
    uncontracted = an_authorization(an_item(solicitado=an_asked("20101010")), numero="26110000002")
    status, body, _ = world.act(
        "operadora/executante", world.keep(uncontracted), {"executante": CLINICA, "motivo": "x"}
    )
    assert body["erros"][0]["mensagem"].endswith("Item 1.")


def test_an_executante_that_is_not_enabled_today_is_told_so(world: ApiWorld) -> None:
    world.enable(CLINICA, ("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Alvará vencido"))
    numero = world.keep(an_authorization())
    assert world.act("operadora/executante", numero, {"executante": CLINICA, "motivo": "x"})[0] in {403, 422}


def test_a_date_that_was_asked_is_decided(world: ApiWorld) -> None:
    item = an_item(data_prevista=HOJE, data_pedida=AMANHA)
    numero = world.keep(an_authorization(item, an_item(2)))
    status, body, _ = world.act("operadora/datas/decisao", numero, {"sequencia": 1, "aprovada": False})
    assert (status, errors(body)) == (422, [("motivo", "motivo-obrigatorio")])
    status, body, _ = world.act("operadora/datas/decisao", numero, {"sequencia": 7, "aprovada": True})
    assert errors(body) == [("sequencia", "item-inexistente")]
    body = world.act("operadora/datas/decisao", numero, {"sequencia": 1, "aprovada": True}, claims=AUDITORIA)[1]
    assert (body["itens"][0]["data_prevista"], body["itens"][0]["data_pedida"]) == (AMANHA.isoformat(), None)


def test_a_call_has_a_protocolo_of_its_own(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    status, body, _ = world.act("operadora/atendimentos", numero, {"assunto": "Dúvida"}, headers=KEY)
    assert status == 201
    AtendimentoView.model_validate_json(json.dumps(body))
    protocolo = body["protocolo_atendimento"]
    assert protocolo == "261140000001"
    assert body["autorizacao"]["historico"][-1]["motivo"] == f"Atendimento {protocolo}: Dúvida"
    assert world.act("operadora/atendimentos", numero, {"assunto": "Dúvida"}, headers=KEY)[:2] == (201, body)


def test_who_is_of_both_groups_acts_for_each(world: ApiWorld) -> None:
    numero = world.keep(a_pending())
    vote = {"itens": [{"sequencia": 1, "quantidade": 1}]}
    assert world.act("operadora/decisao", numero, vote, claims=AMBOS)[0] == 200
    assert world.act("operadora/cancelamento", numero, {"motivo": "x"}, claims=AMBOS)[0] == 200
    assert [marco.papel for marco in world.held(numero).historico[1:]] == [Papel.AUDITORIA, Papel.CENTRAL]


def test_what_was_denied_keeps_its_reasons(world: ApiWorld) -> None:
    denied = MotivoNegativa(codigo="1702", texto="Já feito.", base="Contrato.")
    held = replace(in_situation(Situacao.NEGADA), motivos=(denied,))
    body = world.get(world.keep(held), claims=CENTRAL, route=NA_OPERADORA)[1]
    assert body["motivos"] == [{"codigo": "1702", "texto": "Já feito.", "base": "Contrato."}]
    assert (body["tipo"], body["numero_guia_prestador"]) == (Tipo.SP_SADT, GUIA)
    assert Decimal(body["itens"][0]["quantidade_autorizada"]) == 0
    assert ITEM["quantidade"] == 1


@pytest.mark.parametrize("situacao", [held for held in Situacao if held is not Situacao.EM_ANALISE])
def test_every_state_says_what_the_operadora_may_do(world: ApiWorld, situacao: Situacao) -> None:
    numero = world.keep(in_situation(situacao))
    vote = {"itens": [{"sequencia": 1, "quantidade": 1}]}
    status, body, _ = world.act("operadora/decisao", numero, vote, claims=AUDITORIA)
    assert (status, body["codigo"]) == (409, "transicao-impossivel")
    assert "responder às pendências" not in body["detail"]


def test_an_expired_senha_is_told_so(world: ApiWorld) -> None:
    numero = world.keep(in_situation(Situacao.EXPIRADA))
    status, body, _ = world.act("operadora/quantidades", numero, {"diarias": 0, "motivo": "x"})
    assert (status, body["codigo"]) == (409, "senha-expirada")
