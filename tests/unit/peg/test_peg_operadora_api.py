"""The REST entry of PEGs for the operadora's people, from the proxied request to the answer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_edge.audit import Actor
from conecta_edge.clock import local_day
from peg.schemas import exemplos
from peg.schemas.analise import GlosaDadaView, GlosaRequest
from peg.schemas.pegs import GlosasView, GuiaDetalheView, GuiasView, PegsPage, PegView
from tests.builders_cadastro import CONSULTA, HEMOGRAMA
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE, machine
from tests.builders_peg import DIA, a_sadt, authorised, done, granted
from tests.fakes_peg_api import (
    AMBAS,
    AUDITORIA,
    CENTRAL,
    DA_PASA,
    FATURISTA,
    FINANCEIRO,
    NA_OPERADORA,
    ApiCasa,
    da_operadora,
    errors,
)

LISTA = "/operadora/pegs"
GUIAS, GUIA, GLOSAS = f"{NA_OPERADORA}/guias", f"{NA_OPERADORA}/guias/{{sequencia}}", f"{NA_OPERADORA}/glosas"
READING = (NA_OPERADORA, GUIAS, GUIA, GLOSAS)
AUSENTE = "261120000099"
AMANHA = (local_day(NOW) + timedelta(days=1)).isoformat()
GLOSA: dict[str, Any] = {"guia": 1, "item": 1, "codigo": "1702", "motivo": "Já está no pacote."}
MOTIVO: dict[str, Any] = {"motivo": "Chegou o laudo."}
BODIES: dict[str, dict[str, Any] | None] = {
    "analise": None, "glosas": GLOSA, "glosas/{id}/reversao": MOTIVO, "conclusao": None, "reabertura": MOTIVO,
    "pedido-de-informacao": {"motivo": "Enviar o laudo.", "ate": AMANHA}, "liberacao": None,
}  # fmt: skip
BEFORE = {
    "analise": SituacaoPeg.RECEBIDO, "reabertura": SituacaoPeg.ANALISADO, "liberacao": SituacaoPeg.ANALISADO,
}  # fmt: skip
"""The state each act asks for, where it is not EM_ANALISE."""


@pytest.fixture
def casa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiCasa:
    made = ApiCasa(monkeypatch)
    made.autoriza(granted(authorised(HEMOGRAMA, 2)))
    return made


@pytest.fixture
def peg(casa: ApiCasa) -> Peg:
    """A guia that is due, and one that asks twice the price."""
    dear = done(valor="37.00", data_execucao=DIA - timedelta(days=1))
    return casa.recebe(a_sadt(), a_sadt(dear, numero="G2"))


def brought(casa: ApiCasa, peg: Peg, situacao: SituacaoPeg = SituacaoPeg.EM_ANALISE) -> None:
    """The PEG brought to a state by its acts."""
    if situacao is not SituacaoPeg.RECEBIDO:
        assert casa.act("operadora/analise", peg)[0] == 200
    if situacao is SituacaoPeg.ANALISADO:
        assert casa.act("operadora/conclusao", peg)[0] == 200


# --- read ---


def test_a_peg_is_read_with_whose_it_is_and_who_acted(casa: ApiCasa, peg: Peg) -> None:
    status, body, headers = casa.get(NA_OPERADORA, peg, AUDITORIA)
    assert (status, headers["ETag"]) == (200, f'"{peg.versao}"')
    PegView.model_validate_json(json.dumps(body))
    assert (body["prestador"], [one["quem"] for one in body["historico"]]) == (HOSPITAL, [peg.historico[0].quem])


def test_its_guias_and_glosas_are_read_and_that_is_audited(casa: ApiCasa, peg: Peg) -> None:
    GuiasView.model_validate_json(json.dumps(casa.get(GUIAS, peg, FINANCEIRO)[1]))
    assert casa.accesses == []
    guia = casa.get(GUIA, peg, FINANCEIRO, sequencia="2")[1]
    GuiaDetalheView.model_validate_json(json.dumps(guia))
    glosas = casa.get(GLOSAS, peg, AUDITORIA)[1]
    GlosasView.model_validate_json(json.dumps(glosas))
    assert guia["glosas"] == glosas["glosas"]
    assert glosas["glosas"][0]["quem"] is None
    assert [one.actor for one in casa.accesses] == [
        Actor(f"OPERADORA#{VALE}", "financeiro-1", "financeiro"),
        Actor(f"OPERADORA#{VALE}", "auditoria-1", "auditoria"),
    ]
    assert casa.get(GUIA, peg, AUDITORIA, sequencia="9")[0] == 404


@pytest.mark.parametrize("resource", READING)
def test_foreign_and_absent_are_alike_and_prestadores_are_refused(casa: ApiCasa, peg: Peg, resource: str) -> None:
    foreign = casa.get(resource, peg, DA_PASA, sequencia="1")
    assert foreign[0] == 404
    for name in (AUSENTE, "x", f"{peg.protocolo}\n"):
        assert casa.get(resource, name, AUDITORIA, sequencia="1") == foreign
    assert casa.get(resource, peg, AMBAS, sequencia="1")[0] == 200
    for claims in (FATURISTA, machine(scope="conecta/peg.ler"), da_operadora("ninguem", "auditoria")):
        assert casa.get(resource, peg, claims, sequencia="1")[0] == 403
    # Whoever is of the operadora learns that they may not only of what is theirs.
    assert casa.get(resource, AUSENTE, CENTRAL, sequencia="1")[0] == 404
    assert casa.get(resource, peg, CENTRAL, sequencia="1")[0] == 403


# --- listed ---


def listed(casa: ApiCasa, claims: dict[str, Any] = AUDITORIA, **query: str) -> tuple[int, Any]:
    status, body, _ = casa.call("GET", LISTA, query=query, claims=claims)
    return status, body


def test_what_waits_is_listed_by_its_state_the_oldest_first(casa: ApiCasa) -> None:
    made = []
    for number in range(1, 33):
        visit = a_sadt(done(CONSULTA, valor="50.00"), numero=f"G{number}", senha=None)
        made.append(casa.recebe(visit, numero=str(number)))
    first = listed(casa, situacao="RECEBIDO")[1]
    PegsPage.model_validate_json(json.dumps(first))
    rest = listed(casa, situacao="RECEBIDO", cursor=first["cursor"])[1]
    seen = [one["protocolo"] for one in (*first["pegs"], *rest["pegs"])]
    assert (len(first["pegs"]), seen, rest["cursor"]) == (30, [one.protocolo for one in made], None)
    assert {one["prestador"] for one in first["pegs"]} == {HOSPITAL}
    others: tuple[dict[str, str], ...] = ({"situacao": "ANALISADO"}, {"competencia": "202611"}, {})
    for other in others:
        assert listed(casa, AUDITORIA, cursor=first["cursor"], **other)[0] == 400
    month = listed(casa, competencia="202611")[1]
    assert [one["protocolo"] for one in month["pegs"]] == sorted(seen)[:30]
    assert listed(casa, competencia="202610")[1] == {"pegs": [], "cursor": None}


def test_unless_it_says_otherwise_it_is_what_is_under_analysis(casa: ApiCasa, peg: Peg) -> None:
    assert listed(casa)[1]["pegs"] == []
    brought(casa, peg)
    assert [one["protocolo"] for one in listed(casa)[1]["pegs"]] == [peg.protocolo]
    assert listed(casa, FINANCEIRO)[1] == listed(casa, situacao="EM_ANALISE")[1]


@pytest.mark.parametrize(
    ("claims", "query", "status", "wrong"),
    [
        (AMBAS, {}, 422, [("registro_ans", "operadora-nao-escolhida")]),
        (AMBAS, {"registro_ans": VALE}, 200, []),
        (AUDITORIA, {"registro_ans": PASA}, 404, []),
        (AUDITORIA, {"situacao": "PAGO"}, 422, [("situacao", "situacao-invalida")]),
        (AUDITORIA, {"situacao": "ANALISADO", "competencia": "202611"}, 422, [("situacao", "consulta-ambigua")]),
        (AUDITORIA, {"competencia": "2026"}, 422, [("competencia", "competencia-invalida")]),
        (CENTRAL, {"competencia": "2026"}, 422, [("competencia", "competencia-invalida")]),
        (CENTRAL, {}, 403, []),
        (FATURISTA, {}, 403, []),
        (AUDITORIA, {"cursor": "x"}, 400, [("cursor", "cursor-invalido")]),
    ],
)
def test_a_list_is_refused_in_the_order_of_refusals(
    casa: ApiCasa, claims: dict[str, Any], query: dict[str, str], status: int, wrong: list[tuple[str, str]]
) -> None:
    answered, body = listed(casa, claims, **query)
    assert answered == status
    assert errors({"erros": [], **body}) == wrong


# --- analysed ---


def test_a_peg_is_analysed_and_let_out(casa: ApiCasa, peg: Peg) -> None:
    begun = casa.act("operadora/analise", peg)[1]
    PegView.model_validate_json(json.dumps(begun))
    assert (begun["situacao"]["nome"], begun["historico"][-1]["quem"]) == ("EM_ANALISE", "auditoria-1")
    assert begun["situacao"]["ate"]
    asked = casa.act("operadora/pedido-de-informacao", peg, BODIES["pedido-de-informacao"])[1]
    assert (asked["situacao"]["de_quem_e_a_vez"], asked["situacao"]["ate"]) == ("prestador", AMANHA)
    assert casa.act("informacao", peg, {"texto": "Segue."})[0] == 200
    assert casa.act("operadora/conclusao", peg)[1]["situacao"]["nome"] == "ANALISADO"
    assert casa.act("operadora/reabertura", peg, MOTIVO)[1]["historico"][-1]["motivo"] == MOTIVO["motivo"]
    assert casa.act("operadora/conclusao", peg)[0] == 200
    status, out, _ = casa.act("operadora/liberacao", peg, claims=FINANCEIRO)
    assert (status, out["situacao"]["nome"], out["publicada_em"]) == (200, "LIBERADO", local_day(NOW).isoformat())
    assert out["historico"][-1]["papel"] == "FINANCEIRO"
    assert casa.get("/pegs/{protocolo}/glosas", peg)[1]["glosas"][0]["contestar_ate"]


def test_auditoria_lets_out_too(casa: ApiCasa, peg: Peg) -> None:
    brought(casa, peg, SituacaoPeg.ANALISADO)
    assert casa.act("operadora/liberacao", peg)[1]["historico"][-1]["papel"] == "AUDITORIA"


def test_a_glosa_is_given_and_taken_back(casa: ApiCasa, peg: Peg) -> None:
    brought(casa, peg)
    body = {**GLOSA, "valor": "8.50", "base": "Cláusula 5.", "providencia": "Cobrar o pacote."}
    status, given, headers = casa.act("operadora/glosas", peg, body)
    assert (status, headers["ETag"]) == (200, f'"{given["peg"]["versao"]}"')
    GlosaDadaView.model_validate_json(json.dumps(given))
    glosa = given["glosa"]
    assert (glosa["id"], glosa["nivel"], glosa["valor"], glosa["autor"], glosa["quem"]) == (
        2, "ITEM", "8.50", "AUDITORIA", "auditoria-1",
    )  # fmt: skip
    assert (glosa["regra"], glosa["base"], glosa["providencia"]) == ("AUDITORIA", "Cláusula 5.", "Cobrar o pacote.")
    assert glosa["contrato"]
    assert (given["peg"]["valor_glosado"], given["peg"]["valor_liberado"]) == ("27.00", "28.50")
    status, back, _ = casa.act("operadora/glosas/{id}/reversao", peg, {"motivo": "Foi engano."}, id="2")
    assert (status, back["glosa"]["revertida"], back["glosa"]["valor"]) == (200, True, "0.00")
    assert (back["glosa"]["motivo_reversao"], back["peg"]["valor_glosado"]) == ("Foi engano.", "18.50")
    status, again, _ = casa.act("operadora/glosas/{id}/reversao", peg, {"motivo": "Foi engano."}, id="2")
    assert (status, again["codigo"]) == (409, "glosa-ja-revertida")
    shown = casa.get("/pegs/{protocolo}/glosas", peg)[1]["glosas"]
    assert [(one["id"], one["revertida"], "quem" in one) for one in shown] == [(1, False, False), (2, True, False)]


def test_a_guia_and_the_whole_peg_are_taken_whole(casa: ApiCasa, peg: Peg) -> None:
    brought(casa, peg)
    guia = casa.act("operadora/glosas", peg, {"guia": 1, "codigo": "1702", "motivo": "Sem assinatura."})[1]
    assert (guia["glosa"]["nivel"], guia["glosa"]["valor"]) == ("GUIA", "18.50")
    whole = casa.act("operadora/glosas", peg, {"codigo": "1702", "motivo": "Sem documentos."})[1]
    assert whole["glosa"]["nivel"] == "PROTOCOLO"
    assert (whole["peg"]["valor_glosado"], whole["peg"]["valor_liberado"]) == ("55.50", "0.00")
    status, body, _ = casa.act("operadora/glosas", peg, {"codigo": "1702", "motivo": "De novo."})
    assert (status, body["codigo"]) == (409, "glosa-impossivel")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"guia": 3}, [("guia", "guia-inexistente")]),
        ({"item": 2}, [("item", "item-inexistente")]),
        ({"codigo": "0000"}, [("codigo", "codigo-desconhecido")]),
        ({"guia": 3, "codigo": "0000"}, [("guia", "guia-inexistente"), ("codigo", "codigo-desconhecido")]),
        ({"guia": None}, [("$", "item-sem-guia")]),
        ({"item": None, "valor": "1.00"}, [("$", "valor-sem-item")]),
        ({"codigo": "17"}, [("codigo", "string_pattern_mismatch")]),
        ({"motivo": " "}, [("motivo", "string_too_short")]),
        ({"valor": "-1"}, [("valor", "numero-invalido")]),
        ({"valor": "1.001"}, [("valor", "numero-invalido")]),
        ({"autor": "eu"}, [("autor", "extra_forbidden")]),
    ],
)
def test_a_glosa_of_nothing_that_is_there_is_refused(
    casa: ApiCasa, peg: Peg, changes: dict[str, Any], wrong: list[tuple[str, str]]
) -> None:
    brought(casa, peg)
    status, body, _ = casa.act("operadora/glosas", peg, {**GLOSA, **changes})
    assert (status, errors(body)) == (422, wrong)


def test_more_than_is_there_is_not_taken(casa: ApiCasa, peg: Peg) -> None:
    brought(casa, peg)
    for valor in ("18.51", "0.00"):
        status, body, _ = casa.act("operadora/glosas", peg, {**GLOSA, "valor": valor})
        assert (status, body["codigo"]) == (409, "glosa-impossivel")


@pytest.mark.parametrize("number", ["9", "0", "x"])
def test_a_glosa_that_is_not_there_is_not_found(casa: ApiCasa, peg: Peg, number: str) -> None:
    brought(casa, peg)
    assert casa.act("operadora/glosas/{id}/reversao", peg, {}, id=number)[0] == 404


def test_a_question_is_of_a_day_to_come(casa: ApiCasa, peg: Peg) -> None:
    brought(casa, peg)
    body = {"motivo": "Enviar o laudo.", "ate": (local_day(NOW) - timedelta(days=1)).isoformat()}
    status, problem, _ = casa.act("operadora/pedido-de-informacao", peg, body)
    assert (status, errors(problem)) == (422, [("ate", "data-fora-do-possivel")])
    assert casa.act("operadora/pedido-de-informacao", peg, {**body, "ate": local_day(NOW).isoformat()})[0] == 200


@pytest.mark.parametrize("act", BODIES)
def test_refusals_come_in_their_order(casa: ApiCasa, peg: Peg, act: str) -> None:
    body = BODIES[act]

    def status(what: Any, who: dict[str, Any] = AUDITORIA, name: str = peg.protocolo, version: str = "*") -> int:
        return casa.act(f"operadora/{act}", name, what, claims=who, headers={"if-match": version}, id="1")[0]

    wanted = BEFORE.get(act, SituacaoPeg.EM_ANALISE)
    assert status(body, FATURISTA) == 403
    assert status({"x": 1}, CENTRAL, AUSENTE) == 404
    assert status({"x": 1}, DA_PASA) == 404
    if body is not None:
        assert status({"x": 1}, CENTRAL) == 422
    assert status(body, CENTRAL) == 403
    assert status(body, FINANCEIRO) == (409 if act == "liberacao" else 403)
    if act != "analise":
        assert status(body, version='"77"') == 409
    brought(casa, peg, wanted)
    assert status(body, version='"77"') == 412
    now = casa.peg(peg.protocolo).versao
    assert status(body, version=f'"{now}"') == 200


@pytest.mark.parametrize("act", BODIES)
def test_a_key_makes_an_act_once(casa: ApiCasa, peg: Peg, act: str) -> None:
    brought(casa, peg, BEFORE.get(act, SituacaoPeg.EM_ANALISE))
    key = {"idempotency-key": "k1"}
    first = casa.act(f"operadora/{act}", peg, BODIES[act], headers=key, id="1")
    assert first[0] == 200
    after = casa.peg(peg.protocolo)
    assert casa.act(f"operadora/{act}", peg, BODIES[act], headers=key, id="1")[:2] == first[:2]
    assert casa.peg(peg.protocolo) == after
    # Of somebody else the same key is another.
    assert casa.act(f"operadora/{act}", peg, BODIES[act], headers=key, claims=AMBAS, id="1")[1] != first[1]


def test_examples_are_what_they_are_examples_of() -> None:
    view = {"peg": exemplos.DA_OPERADORA, "glosa": exemplos.GLOSA_DADA}
    GlosaDadaView.model_validate_json(json.dumps(view))
    GlosasView.model_validate_json(json.dumps(exemplos.GLOSAS))
    GuiaDetalheView.model_validate_json(json.dumps(exemplos.GUIA_DETALHE))
    GlosaRequest.model_validate_json(json.dumps(GLOSA))
