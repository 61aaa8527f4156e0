"""The REST entries of recurso for auditoria, from the proxied request to the answer."""

from __future__ import annotations

from typing import Any

import pytest

from recurso.domain.recursos import Decisao
from recurso.handler import operadora
from recurso.schemas import recursos as schemas
from recurso.service.respostas import RespostaPedida
from tests.builders_functions import HOSPITAL, VALE
from tests.builders_recurso import a_taken, an_entry
from tests.fakes_recurso_api import AUDITORIA, AUSENTE, DA_PASA, FATURISTA, FINANCEIRO, ApiMesa, errors
from tests.unit.recurso.test_recurso_api import fits

RECURSOS, UM = "/operadora/recursos", "/operadora/recursos/{protocolo}"
ACATADO = {"item": 1, "decisao": "ACATADO"}
MANTIDO = {"item": 2, "decisao": "NAO_ACATADO", "justificativa": "O contrato não paga este item."}


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiMesa:
    made = ApiMesa(monkeypatch)
    made.billed(a_taken(), a_taken(2, 1, "6.00", id=2, codigo="1801"))
    return made


def sent(mesa: ApiMesa) -> str:
    """Of two items."""
    return mesa.sent(an_entry(), an_entry("G2", codigo="1801")).protocolo


def test_what_waits_is_listed_by_state_the_most_urgent_first_or_by_month(
    mesa: ApiMesa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operadora, "PAGE", 1)
    first = mesa.sent(an_entry("G2", codigo="1801"))
    mesa.later(days=1)
    second = mesa.sent(an_entry())
    page = fits(schemas.RecursosDeGlosaPage, mesa.get(RECURSOS)[1])
    assert [(one["protocolo"], one["prestador"]) for one in page["recursos"]] == [(first.protocolo, HOSPITAL)]
    rest = mesa.get(RECURSOS, cursor=page["cursor"], registro_ans=VALE)[1]
    assert [one["protocolo"] for one in rest["recursos"]] == [second.protocolo]
    mesa.call("POST", f"{UM}/analise", protocolo=second.protocolo)
    judged = mesa.get(RECURSOS, situacao="EM_ANALISE")[1]["recursos"]
    assert [one["protocolo"] for one in judged] == [second.protocolo]
    assert len(mesa.get(RECURSOS, competencia="202611")[1]["recursos"]) == 1
    for claims, query, status in (
        (FINANCEIRO, {}, 403), (FATURISTA, {}, 403), (DA_PASA, {"registro_ans": VALE}, 404),
        (FINANCEIRO, {"situacao": "RESPONDIDO"}, 422), (AUDITORIA, {"competencia": "x"}, 422),
        (AUDITORIA, {"competencia": "202611", "situacao": "ENVIADO"}, 422), (AUDITORIA, {"cursor": "x"}, 400),
    ):  # fmt: skip
        assert mesa.get(RECURSOS, claims, **query)[0] == status, query
    assert mesa.get(RECURSOS, DA_PASA)[1]["recursos"] == []


def test_auditoria_sees_what_was_billed_why_it_was_taken_and_who_acted(mesa: ApiMesa) -> None:
    path: dict[str, Any] = {"protocolo": sent(mesa)}
    body = fits(schemas.RecursoDeGlosaView, mesa.call("GET", UM, **path)[1])
    assert mesa.call("GET", UM, headers={"If-None-Match": '"1"'}, **path)[0] == 304
    assert (body["prestador"], body["itens_respondidos"], body["historico"][0]["quem"]) == (
        HOSPITAL, 0, "pessoa-prestador",
    )  # fmt: skip
    page = fits(schemas.ItensDoRecursoPage, mesa.call("GET", f"{UM}/itens", **path)[1])
    first, second = page["itens"]
    assert (first["linhas"][0]["valor_informado"], second["motivos"][0]["codigo"]) == ("18.50", "1801")
    access = mesa.accesses[-1]
    assert (access.actor.tenant, access.objeto) == (f"OPERADORA#{VALE}", f"recurso/{path['protocolo']}")
    for route in (UM, f"{UM}/itens"):
        for claims, number, status in (
            (FINANCEIRO, path["protocolo"], 403), (DA_PASA, path["protocolo"], 404), (AUDITORIA, AUSENTE, 404),
            (AUDITORIA, "x", 404),
        ):  # fmt: skip
            assert mesa.call("GET", route, claims=claims, protocolo=number)[0] == status


def test_answers_are_auditorias_alone_until_all_are_concluded(mesa: ApiMesa) -> None:
    path: dict[str, Any] = {"protocolo": sent(mesa)}
    begun = mesa.call("POST", f"{UM}/analise", **path)
    assert (begun[0], begun[1]["situacao"]["nome"], begun[2]["ETag"]) == (200, "EM_ANALISE", '"2"')
    assert mesa.call("POST", f"{UM}/analise", **path)[1] == begun[1]
    partial = {"item": 1, "decisao": "PARCIAL", "justificativa": "Em parte."}
    wrong = [partial, {**MANTIDO, "justificativa": None}, {**MANTIDO, "item": 9}]
    refused = mesa.call("POST", f"{UM}/respostas", {"respostas": wrong}, **path)
    assert (refused[0], errors(refused[1])) == (422, [
        ("respostas[0].valor_acatado", "REC-RESPOSTA"), ("respostas[1].justificativa", "REC-RESPOSTA"),
        ("respostas[2].item", "REC-RESPOSTA"),
    ])  # fmt: skip
    status, told, headers = mesa.call("POST", f"{UM}/respostas", {"respostas": [ACATADO]}, **path)
    assert (status, told["itens_respondidos"], told["valor_acatado_ate_agora"], headers["ETag"]) == (
        200, 1, "10.00", '"3"',
    )  # fmt: skip
    (mine, _) = mesa.call("GET", "/recursos/{protocolo}/itens", claims=FATURISTA, **path)[1]["itens"]
    (theirs, _) = mesa.call("GET", f"{UM}/itens", **path)[1]["itens"]
    assert (mine["resposta"], theirs["resposta"]["quem"]) == (None, "auditoria-1")
    early = mesa.call("POST", f"{UM}/conclusao", **path)
    assert (early[0], early[1]["codigo"], early[1]["itens"]) == (409, "respostas-faltam", [2])
    mesa.call("POST", f"{UM}/respostas", {"respostas": [MANTIDO]}, **path)
    for claims, headers, status in ((FINANCEIRO, {}, 403), (DA_PASA, {}, 404), (AUDITORIA, {"If-Match": '"1"'}, 412)):
        assert mesa.call("POST", f"{UM}/conclusao", claims=claims, headers=headers, **path)[0] == status
    done = mesa.call("POST", f"{UM}/conclusao", headers={"Idempotency-Key": "k"}, **path)
    assert (done[0], done[1]["situacao"]["nome"], done[1]["valor_acatado"]) == (200, "RESPONDIDO", "10.00")
    assert mesa.call("POST", f"{UM}/conclusao", headers={"Idempotency-Key": "k"}, **path)[1] == done[1]
    (seen, _) = mesa.call("GET", "/recursos/{protocolo}/itens", claims=FATURISTA, **path)[1]["itens"]
    assert seen["resposta"]["decisao"] == "ACATADO"


def test_what_is_concluded_changes_no_more(mesa: ApiMesa) -> None:
    told = mesa.answered(RespostaPedida(item=1, decisao=Decisao.ACATADO))
    late = mesa.call("POST", f"{UM}/respostas", {"respostas": [ACATADO]}, protocolo=told.protocolo)
    assert (late[0], late[1]["codigo"]) == (409, "transicao-impossivel")
    assert "já não muda" in late[1]["detail"]
