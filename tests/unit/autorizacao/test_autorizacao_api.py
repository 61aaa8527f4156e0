"""The prestador's JSON routes of authorizations, from the proxied request to the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

import autorizacao
from autorizacao.handler import api, comum
from autorizacao.handler.comum import ERRORS
from autorizacao.schemas import vistas
from autorizacao.schemas.vistas import (
    AutorizacaoView,
    AutorizacoesPage,
    CanceladasView,
    EncontradasView,
    SimulacaoView,
    SolicitacaoView,
)
from conecta_edge.dynamodb import marshal
from conecta_facts import codec
from conecta_facts.operadoras import Operadora
from conecta_senhas import errors as refusals
from conecta_senhas.autorizacoes import Situacao
from conecta_senhas.errors import AutorizacaoNotFoundError, PrincipalNotFoundError
from conecta_senhas.solicitacoes import DocumentoAnexado, TipoAnexo
from tests.builders_autorizacao import (
    AMANHA,
    ANALISADO,
    DESCONHECIDO,
    GUIA,
    LAUDADO,
    NUMERO,
    ONTEM,
    SENHA,
    VALIDADE,
    a_pending,
    a_stay_authorization,
    an_asked,
    an_authorization,
    an_item,
    in_analysis,
    in_situation,
)
from tests.builders_cadastro import CARTEIRA, HOJE, INICIO, OUTRA_CARTEIRA, an_operadora
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.fakes_autorizacao_api import (
    CENTRAL,
    DA_CLINICA,
    FATURISTA,
    GESTOR,
    ITEM,
    MAQUINA,
    PDF,
    RECEPCAO,
    SO_LE,
    UMA,
    ApiWorld,
    a_body,
    errors,
)
from tests.fakes_cadastro import PSEUDONIMOS

KEY = {"idempotency-key": "chave-1"}
VIDA = PSEUDONIMOS.carteira(VALE, CARTEIRA)


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ApiWorld:
    return ApiWorld(monkeypatch)


def ask(world: ApiWorld, body: Any = None, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return world.call("POST", "/autorizacoes", a_body() if body is None else body, **how)


# --- asking ---


def test_what_needs_nobody_is_authorised_in_the_answer(world: ApiWorld) -> None:
    status, body, headers = ask(world)
    assert status == 201
    SolicitacaoView.model_validate_json(json.dumps(body))
    shown = body["autorizacao"]
    assert headers["Location"] == f"autorizacoes/{VALE}/{shown['numero']}"
    assert shown["senha"] == shown["numero"]
    assert (shown["situacao"], shown["status_tiss"], shown["origem"]) == ("AUTORIZADA", "1", "PRESTADOR")
    assert shown["protocolo_atendimento"] == world.held(shown["numero"]).protocolo
    assert (shown["data_autorizacao"], shown["validade"]) == ("2026-11-21", "2027-02-19")
    assert (shown["vez_de"], shown["ate"], shown["responder_ate"]) == ("PRESTADOR", "2027-02-19", None)
    assert (shown["prestador"], shown["solicitante"], shown["executante"]) == (HOSPITAL,) * 3
    (item,) = shown["itens"]
    assert (item["situacao"], item["quantidade_solicitada"], item["quantidade_autorizada"]) == ("AUTORIZADO", "1", "1")
    assert (item["valor_solicitado"], item["valor_autorizado"], item["motivos"]) == (None, "18.50", [])
    assert shown["pedido"]["numero_carteira"] == CARTEIRA
    (step,) = shown["historico"]
    assert step == {
        "quando": "2026-11-21T12:00:00.000000Z", "evento": "SOLICITADA", "papel": "PRESTADOR",
        "situacao": "AUTORIZADA", "motivo": None, "vez_de": "PRESTADOR", "ate": "2027-02-19",
    }  # fmt: skip
    assert body["achados"] == []
    assert body["substituida"] is None


def test_what_the_rules_found_says_where_why_and_what_to_do(world: ApiWorld) -> None:
    body = a_body(
        {"tabela": "22", "codigo": ANALISADO, "quantidade": 1}, {"tabela": "22", "codigo": LAUDADO, "quantidade": 1},
        {"tabela": "22", "codigo": "20101010", "quantidade": 1},
    )  # fmt: skip
    status, answer, _ = ask(world, body)
    assert status == 201
    SolicitacaoView.model_validate_json(json.dumps(answer))
    found = {achado["regra"]: achado for achado in answer["achados"] if achado["efeito"] != "AVISA"}
    assert found["R09"]["item"] in {1, 2}
    missing = next(achado for achado in answer["achados"] if achado["efeito"] == "PENDE")
    assert (missing["codigo"], missing["campo"], missing["esperado"]) == ("3052", "documentos", "02")
    assert missing["texto"]
    assert missing["contatos"] is None
    refused = found["R25"]
    assert (refused["efeito"], refused["campo"], refused["visto"]) == ("IMPEDE", "itens[2].codigo", "22:20101010")
    assert [contato["valor"] for contato in refused["contatos"]] == ["4004-0183"]
    shown = answer["autorizacao"]
    assert (shown["situacao"], shown["senha"], shown["validade"]) == ("AGUARDANDO_DOCUMENTO", None, None)
    assert shown["pendencias"] == [
        {
            "tipo": "DOCUMENTO",
            "descricao": "Documento do tipo 02",
            "documento": "02",
            "documento_texto": "Laudo do profissional de saúde",
            "quantidade": 1,
        }
    ]
    assert shown["vez_de"] == "PRESTADOR"
    assert shown["responder_ate"] is not None
    denied = shown["itens"][2]
    assert denied["situacao"] == "NEGADO"
    assert denied["motivos"][0]["base"]
    unknown = next(achado for achado in answer["achados"] if achado["codigo"] is None)
    assert unknown["texto"] is None


def test_a_finding_names_members_as_json_does(world: ApiWorld) -> None:
    _, body, _ = ask(world, a_body(numero_carteira="404"))
    assert body["autorizacao"]["situacao"] == "NEGADA"
    assert body["achados"][0]["campo"] == "numero_carteira"
    assert body["autorizacao"]["motivos"][0]["codigo"] == "1001"


@pytest.mark.parametrize("claims", [RECEPCAO, GESTOR, MAQUINA], ids=["recepcao", "gestor", "machine"])
def test_who_may_ask(world: ApiWorld, claims: dict[str, Any]) -> None:
    assert ask(world, claims=claims)[0] == 201


def test_who_may_not_ask_is_told_after_what_is_wrong_with_the_request(world: ApiWorld) -> None:
    assert ask(world, {}, claims=FATURISTA)[0] == 422
    status, body, _ = ask(world, a_body(profissional=None), claims=FATURISTA)
    assert (status, errors(body)) == (422, [("profissional", "profissional-obrigatorio")])
    status, body, _ = ask(world, claims=FATURISTA)
    assert (status, body["codigo"], body["papeis"]) == (403, "papel-insuficiente", ["recepcao", "gestor"])
    status, body, _ = ask(world, claims=SO_LE)
    assert (status, body["codigo"]) == (403, "escopo-insuficiente")
    assert ask(world, claims={"token_use": "id"})[0] == 401
    assert world.autorizacoes.writes == 0


def test_every_reading_of_a_life_is_audited_under_its_pseudonym(world: ApiWorld) -> None:
    ask(world)
    (access,) = world.accesses
    assert (access.actor.tenant, access.operacao) == (f"PRESTADOR#{HOSPITAL}", "/autorizacoes")
    assert access.sujeitos == (VIDA,)
    assert "numero_carteira" in access.campos


def test_the_same_key_has_the_same_answer_and_one_effect(world: ApiWorld) -> None:
    first = ask(world, headers=KEY)
    assert ask(world, headers=KEY)[:2] == first[:2]
    assert world.autorizacoes.writes == 1
    status, body, _ = ask(world, a_body(numero_guia_prestador="GP-2"), headers=KEY)
    assert (status, errors(body)) == (422, [("Idempotency-Key", "chave-reutilizada")])


def test_asking_the_same_again_without_a_key_answers_what_there_is(world: ApiWorld) -> None:
    _, first, _ = ask(world)
    status, again, headers = ask(world)
    assert (status, again["autorizacao"]["numero"]) == (200, first["autorizacao"]["numero"])
    assert headers["Location"].endswith(first["autorizacao"]["numero"])
    assert again["achados"] == []
    status, body, _ = ask(world, a_body(cids=["A00"]))
    assert (status, body["codigo"], body["glosa"]) == (409, "guia-ja-usada", "1308")
    assert body["numero"] == first["autorizacao"]["numero"]


def test_a_request_that_lost_a_race_answers_what_won(world: ApiWorld) -> None:
    world.autorizacoes.meanwhile.append(lambda: ask(world))
    assert ask(world)[0] == 200
    assert world.autorizacoes.writes == 1


def test_two_requests_with_one_key_at_once_have_one_effect(world: ApiWorld) -> None:
    answers: list[Any] = []
    world.autorizacoes.meanwhile.append(lambda: answers.append(ask(world, headers=KEY)))
    second = ask(world, headers=KEY)
    assert second[:2] == answers[0][:2]
    assert world.autorizacoes.writes == 1


def test_without_a_relacionamento_nothing_is_written(world: ApiWorld) -> None:
    status, body, _ = ask(world, a_body(registro_ans=PASA))
    assert (status, body["codigo"], body["regra"], body["glosa"]) == (
        403,
        "relacionamento-nao-habilitado",
        "R02",
        "1207",
    )
    assert body["situacao"] == "SOLICITADO"
    assert world.autorizacoes.writes == 0


def test_nobody_asks_in_the_name_of_others_nor_with_their_files(world: ApiWorld) -> None:
    status, body, _ = ask(world, a_body(solicitante=CLINICA, executante=CLINICA))
    assert (status, errors(body)) == (422, [("solicitante", "solicitante-alheio")])
    world.documentos.put(CLINICA, "u-1")
    status, body, _ = ask(world, a_body(documentos=[{"id": "u-1"}]))
    assert (status, errors(body), body["documentos"]) == (422, [("documentos", "documento-ausente")], ["u-1"])


def test_the_largest_request_whatever_is_said_of_it_fits_a_row(world: ApiWorld) -> None:
    """With everything that can be wrong with a life and an item at once; a row takes 400 KB."""
    lives = world.vidas.of("beneficiarios", VALE)
    lives[0] = replace(
        lives[0], suspenso_de=INICIO, data_exclusao=HOJE - timedelta(days=30), validade_carteira=ONTEM,
        data_inclusao=HOJE - timedelta(days=25),
    )  # fmt: skip
    long = {"quantidade": 0, "descricao": "ç" * 150, "valor": "999999.99", "data_provavel": "2026-12-01"}
    opme = {"opcao": "1", "referencia": "r" * 60, "autorizacao_funcionamento": "a" * 30}
    body = a_body(
        *[{"tabela": "22", "codigo": DESCONHECIDO, **long}] * 60, justificativa="ç" * 500, observacao="ç" * 500,
        anexos=[{"tipo": "OPME", "itens": [{"tabela": "00", "codigo": "X" * 10, **long, "opme": opme}] * 60}],
        data_atendimento="2026-11-01", atendimento_rn=True, data_nascimento_rn="2020-01-01", guia_principal="404",
    )  # fmt: skip
    status, answer, _ = ask(world, body, headers=KEY)
    assert (status, answer["autorizacao"]["situacao"], len(answer["autorizacao"]["itens"])) == (201, "NEGADA", 120)
    whole = marshal(codec.plain(world.held(answer["autorizacao"]["numero"])))
    assert _bytes({"M": whole}) < 350_000
    assert len(vistas.pack(answer)) < 50_000


def _bytes(attribute: dict[str, Any]) -> int:
    """What DynamoDB counts of an attribute."""
    ((kind, held),) = attribute.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _bytes(inner) for name, inner in held.items())
    if kind == "L":
        return 3 + sum(1 + _bytes(inner) for inner in held)
    return len(held.encode()) if kind == "S" else 21


# --- simulating ---


def simulate(world: ApiWorld, body: Any, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return world.call("POST", "/autorizacoes/simulacao", body, **how)


def test_a_simulation_answers_the_same_and_creates_nothing(world: ApiWorld) -> None:
    body = a_body()
    del body["numero_guia_prestador"], body["profissional"]
    status, answer, _ = simulate(world, body)
    assert status == 200
    SimulacaoView.model_validate_json(json.dumps(answer))
    assert (answer["situacao"], answer["validade"]) == ("AUTORIZADA", "2027-02-19")
    assert answer["itens"][0]["valor_autorizado"] == "18.50"
    assert world.autorizacoes.rows == {}
    assert world.accesses[0].sujeitos == (VIDA,)


def test_a_simulation_tells_what_would_be_missing(world: ApiWorld) -> None:
    body = a_body(tipo="INTERNACAO", diarias=2, justificativa=None)
    _, answer, _ = simulate(world, body)
    SimulacaoView.model_validate_json(json.dumps(answer))
    assert (answer["situacao"], answer["validade"]) == ("AGUARDANDO_JUSTIFICATIVA", None)
    assert answer["diarias"] == {"solicitadas": 2, "autorizadas": 0, "faturadas": "0"}
    assert [pendencia["tipo"] for pendencia in answer["pendencias"]] == ["JUSTIFICATIVA"]
    assert answer["responder_ate"]
    assert answer["pendente_ate"]


def test_simulations_and_searches_are_counted_whatever_they_find(world: ApiWorld) -> None:
    limit = comum.PERGUNTAS.limit
    world.quotas.spent[comum.PERGUNTAS.name, HOSPITAL, "pessoa-1"] = limit - 1
    assert search(world, {"numero": "404", "numero_carteira": CARTEIRA})[0] == 404
    assert simulate(world, a_body())[0] == 429
    assert search(world, {"numero": "404", "numero_carteira": CARTEIRA})[0] == 429
    assert simulate(world, a_body(), claims=GESTOR)[0] == 200


def test_who_only_reads_may_simulate(world: ApiWorld) -> None:
    assert simulate(world, a_body(), claims=SO_LE)[0] == 200
    assert simulate(world, a_body(), claims=FATURISTA)[0] == 403


# --- asking anew in place of a senha ---


def test_a_senha_is_replaced_in_one_act(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    body = a_body(ITEM, {"tabela": "22", "codigo": "10101012", "quantidade": 1}, numero_guia_prestador="GP-2")
    status, answer, headers = world.act("substituicao", numero, body, headers=KEY)
    assert status == 201
    SolicitacaoView.model_validate_json(json.dumps(answer))
    nova = answer["autorizacao"]
    assert (nova["substitui"], len(nova["itens"])) == (numero, 2)
    assert answer["substituida"]["situacao"] == "CANCELADA"
    assert headers["Location"] == f"../../{VALE}/{nova['numero']}"
    assert world.held(numero).substituida_por == nova["numero"]
    assert world.act("substituicao", numero, body, headers=KEY)[:2] == (status, answer)
    assert world.act("substituicao", numero, body)[0] == 200
    assert world.accesses[0].sujeitos == (VIDA,)


def test_a_replacement_is_asked_of_the_same_operadora_about_what_one_may_see(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    assert world.act("substituicao", "404", {})[0] == 404
    assert world.act("substituicao", numero, {}, claims=FATURISTA)[0] == 422
    assert world.act("substituicao", numero, a_body(numero_guia_prestador="G2"), claims=FATURISTA)[0] == 403
    status, body, _ = world.act("substituicao", numero, a_body(registro_ans=PASA))
    assert (status, errors(body)) == (422, [("registro_ans", "outra-operadora")])


# --- the month ---


def test_the_month_lists_what_one_is_party_to_without_saying_of_whom(world: ApiWorld) -> None:
    for n in range(31):
        ask(world, a_body(numero_guia_prestador=f"G-{n}"))
    world.accesses.clear()
    status, page, _ = world.call("GET", "/autorizacoes")
    assert status == 200
    AutorizacoesPage.model_validate_json(json.dumps(page))
    assert len(page["autorizacoes"]) == 30
    assert CARTEIRA not in json.dumps(page)
    assert "itens" not in page["autorizacoes"][0]
    (access,) = world.accesses
    assert (access.sujeitos, access.objeto) == ((VIDA,), "autorizacoes")
    _, rest, _ = world.call("GET", "/autorizacoes", query={"cursor": page["cursor"], "competencia": "202611"})
    assert (len(rest["autorizacoes"]), rest["cursor"]) == (1, None)
    assert world.call("GET", "/autorizacoes", query={"competencia": "202610"})[1]["autorizacoes"] == []


def test_a_page_is_of_its_prestador_and_month(world: ApiWorld) -> None:
    for n in range(31):
        ask(world, a_body(numero_guia_prestador=f"G-{n}"))
    cursor = world.call("GET", "/autorizacoes")[1]["cursor"]
    assert world.call("GET", "/autorizacoes", query={"cursor": cursor}, claims=DA_CLINICA)[0] == 400
    assert world.call("GET", "/autorizacoes", query={"cursor": cursor, "competencia": "202610"})[0] == 400
    status, body, _ = world.call("GET", "/autorizacoes", query={"competencia": "2026-11"})
    assert (status, errors(body)) == (422, [("competencia", "competencia-invalida")])
    assert world.call("GET", "/autorizacoes", claims=FATURISTA)[0] == 403


def test_a_complement_of_an_open_stay_is_listed_as_it_is_today(world: ApiWorld) -> None:
    parent = world.keep(a_stay_authorization(numero="26110000009", admissao=ONTEM, validade=ONTEM, senha="S9"))
    child = an_authorization(principal=parent, validade=ONTEM)
    world.keep(child)
    world.keep(an_authorization(numero="26110000002", principal="404", validade=ONTEM), complementos=())
    rows = {row["numero"]: row["situacao"] for row in world.call("GET", "/autorizacoes")[1]["autorizacoes"]}
    assert rows == {parent: "AUTORIZADA", NUMERO: "AUTORIZADA", "26110000002": "EXPIRADA"}


# --- finding ---


def search(world: ApiWorld, body: Any, **how: Any) -> tuple[int, Any, dict[str, str]]:
    return world.call("POST", "/autorizacoes/busca", body, **how)


@pytest.mark.parametrize("numero", [NUMERO, SENHA, GUIA])
@pytest.mark.parametrize("where", [{"registro_ans": VALE}, {"grupo": "VALE/PASA"}, {}])
def test_a_search_finds_by_any_number_and_the_matricula(world: ApiWorld, numero: str, where: dict[str, str]) -> None:
    world.keep(an_authorization())
    status, body, _ = search(world, {**where, "numero": numero, "numero_carteira": CARTEIRA})
    assert status == (404 if numero == SENHA else 200)
    if status == 200:
        EncontradasView.model_validate_json(json.dumps(body))
        assert [found["numero"] for found in body["autorizacoes"]] == [NUMERO]
    assert set(world.accesses[0].sujeitos) >= {VIDA}


def test_wrong_pair_absent_and_foreign_are_one_404_that_names_the_legacy_portal(world: ApiWorld) -> None:
    legacy = an_operadora(VALE, portal_legado="https://legado.example", data_migracao=date(2026, 1, 1))
    world.catalogo.values["operadora", VALE] = [legacy]
    world.keep(an_authorization())
    misses = [
        search(world, {"registro_ans": VALE, "numero": NUMERO, "numero_carteira": OUTRA_CARTEIRA}),
        search(world, {"registro_ans": VALE, "numero": "404", "numero_carteira": CARTEIRA}),
        search(world, {"registro_ans": VALE, "numero": NUMERO, "numero_carteira": CARTEIRA}, claims=DA_CLINICA),
        world.get("404"),
        world.get(NUMERO, claims=DA_CLINICA),
        world.get(" "),
    ]
    (body,) = {json.dumps(answer, sort_keys=True) for _, answer, _ in misses}
    assert {status for status, _, _ in misses} == {404}
    assert json.loads(body)["legado"] == [
        {"registro_ans": VALE, "portal": "https://legado.example", "data_migracao": "2026-01-01"}
    ]
    unknown = world.get(NUMERO, registro_ans="x")[1]
    assert (unknown["codigo"], "legado" in unknown) == ("autorizacao-nao-encontrada", False)
    world.catalogo.values["operadora", VALE] = [replace(legacy, data_migracao=None)]
    assert world.get("404")[1]["legado"][0]["data_migracao"] is None


def test_a_group_that_is_none_is_refused_by_naming_those_there_are(world: ApiWorld) -> None:
    asked = {"grupo": "OUTRO", "numero": "1", "numero_carteira": CARTEIRA}
    status, body, _ = search(world, asked)
    assert (status, errors(body)) == (422, [("grupo", "grupo-desconhecido")])
    assert "VALE/PASA" in body["erros"][0]["mensagem"]
    world.catalogo.values = {}
    assert "nenhum" in search(world, asked)[1]["erros"][0]["mensagem"]
    assert search(world, {"numero": "1", "numero_carteira": CARTEIRA, "registro_ans": VALE}, claims=FATURISTA)[0] == 403


def test_an_authorization_is_shown_whole_and_as_it_is_today(world: ApiWorld) -> None:
    numero = world.keep(an_authorization(validade=ONTEM), complementos=("26110000002",))
    status, body, _ = world.get(numero)
    assert status == 200
    AutorizacaoView.model_validate_json(json.dumps(body))
    assert (body["situacao"], body["status_tiss"], body["validade"]) == ("EXPIRADA", "1", ONTEM.isoformat())
    assert (body["vez_de"], body["ate"]) == (None, None)
    assert body["complementos"] == ["26110000002"]
    assert "quem" not in body["historico"][0]
    (access,) = world.accesses
    assert (access.objeto, access.sujeitos) == (f"autorizacao/{VALE}/{numero}", (VIDA,))
    assert world.get(numero, claims=FATURISTA)[0] == 403
    assert len(world.accesses) == 1


def test_what_an_item_was_made_of_is_shown(world: ApiWorld) -> None:
    drug = an_item(
        solicitado=an_asked(quantidade="2.50", valor=Decimal("9.9")), anexo=TipoAnexo.QUIMIOTERAPIA,
        data_prevista=AMANHA, data_pedida=VALIDADE, faturada=Decimal(1),
    )  # fmt: skip
    body = world.get(world.keep(an_authorization(drug)))[1]["itens"][0]
    assert (body["anexo"], body["data_prevista"]) == ("QUIMIOTERAPIA", AMANHA.isoformat())
    assert body["data_pedida"] == VALIDADE.isoformat()
    assert (body["quantidade_solicitada"], body["quantidade_faturada"]) == ("2.50", "1")
    assert body["valor_solicitado"] == "9.90"


def test_the_document_is_a_pdf(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []

    def render(*given: Any, **named: Any) -> bytes:
        drawn.append((given, named))
        return PDF

    monkeypatch.setattr(autorizacao, "pdf", SimpleNamespace(render=render), raising=False)
    solicitacao = replace(an_authorization().solicitacao, executante=CLINICA)
    numero = world.keep(an_authorization(solicitacao=solicitacao, prestador_id="sumido"))
    status, content, headers = world.get(numero, route=f"{UMA}/pdf")
    assert (status, content, headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert headers["Content-Disposition"] == f'attachment; filename="autorizacao-{VALE}-{numero}.pdf"'
    ((guardada, vida, operadora, contatos, dia), named) = drawn[0]
    assert (guardada.autorizacao.numero, vida.numero_carteira, dia) == (numero, CARTEIRA, HOJE)
    assert isinstance(operadora, Operadora)
    assert len(contatos) == 1
    assert named == {"principal": None, "prestadores": {HOSPITAL: "Hospital Aurora", CLINICA: "Clínica Brisa"}}
    assert len(world.accesses) == 1
    assert world.get(numero, route=f"{UMA}/pdf", claims=FATURISTA)[0] == 403
    world.catalogo.values.pop(("operadora", VALE))
    assert world.get(numero, route=f"{UMA}/pdf")[0] == 404


def test_the_document_can_be_drawn(world: ApiWorld) -> None:
    _, content, _ = world.get(world.keep(an_authorization()), route=f"{UMA}/pdf")
    assert content.startswith(b"%PDF")


# --- acts ---


def test_a_senha_is_cancelled_whole(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    status, body, _ = world.act("cancelamento", numero, {"motivo": "Desistiu"}, headers=KEY)
    assert status == 200
    CanceladasView.model_validate_json(json.dumps(body))
    (shown,) = body["autorizacoes"]
    assert (shown["situacao"], shown["status_tiss"]) == ("CANCELADA", "6")
    assert shown["historico"][-1]["motivo"] == "Desistiu"
    assert world.act("cancelamento", numero, {"motivo": "Desistiu"}, headers=KEY)[:2] == (200, body)
    status, body, _ = world.act("cancelamento", numero, {})
    assert (status, body["codigo"], body["situacao"]) == (409, "transicao-impossivel", "CANCELADA")
    assert world.autorizacoes.writes == 1
    assert world.accesses[0].sujeitos == (VIDA,)


def test_living_complements_are_named_or_go_along(world: ApiWorld) -> None:
    child = world.keep(an_authorization(numero="26110000002", principal=NUMERO))
    numero = world.keep(a_stay_authorization(), complementos=(child,))
    status, body, _ = world.act("cancelamento", numero, {})
    assert (status, body["codigo"], body["complementos"]) == (409, "complementos-vivos", [child])
    status, body, _ = world.act("cancelamento", numero, {"complementos": True})
    assert [one["numero"] for one in body["autorizacoes"]] == [numero, child]


def test_to_cancel_some_items_is_the_centrals_whose_contacts_come_along(world: ApiWorld) -> None:
    numero = world.keep(an_authorization(an_item(), an_item(2)))
    status, body, _ = world.act("cancelamento", numero, {"itens": [2]})
    assert (status, body["codigo"], body["regra"], body["papeis"]) == (403, "papel-insuficiente", "R18", ["central"])
    assert [contato["valor"] for contato in body["contatos"]] == ["4004-0183"]
    status, body, _ = world.act("operadora/quantidades", numero, {}, claims=RECEPCAO)
    assert (status, [contato["valor"] for contato in body["contatos"]]) == (403, ["4004-0183"])
    assert (body["regra"], "fale com a Central" in body["detail"]) == ("R18", True)
    assert world.act("operadora/quantidades", numero, {}, claims={"token_use": "id"})[0] == 401
    assert world.autorizacoes.writes == 0


def test_what_was_billed_is_not_cancelled(world: ApiWorld) -> None:
    numero = world.keep(in_situation(Situacao.UTILIZADA))
    status, body, _ = world.act("cancelamento", numero, {})
    assert (status, body["codigo"], body["itens"]) == (409, "ja-faturada", [1])


def test_an_annex_follows_its_request(world: ApiWorld) -> None:
    numero = world.keep(a_pending(Situacao.EM_ANALISE))
    anexo = {"tipo": "OPME", "itens": [{"tabela": "19", "codigo": "70000001", "quantidade": 1}]}
    world.documentos.put(HOSPITAL, "u-1")
    status, body, _ = world.act("anexos", numero, {"anexo": anexo, "documentos": [{"id": "u-1", "cotacao": True}]})
    assert status == 200
    AutorizacaoView.model_validate_json(json.dumps(body))
    assert [item["anexo"] for item in body["itens"]] == [None, "OPME"]
    assert body["itens"][1]["opme"] == {"opcao": "1"}
    assert body["pedido"]["documentos"] == [{"id": "u-1", "tipo": None, "cotacao": True}]
    status, body, _ = world.act("anexos", numero, {"anexo": anexo})
    assert (status, body["codigo"]) == (409, "transicao-impossivel")
    drugs = [{"tabela": "20", "codigo": "9", "quantidade": 1, "data_provavel": "2026-12-01"}] * 100
    many = a_pending(Situacao.EM_ANALISE, *(in_analysis(n) for n in range(1, 22)), numero="26110000002")
    status, body, _ = world.act("anexos", world.keep(many), {"anexo": {"tipo": "QUIMIOTERAPIA", "itens": drugs}})
    assert (status, errors(body)) == (422, [("anexo.itens", "itens-demais")])
    status, body, _ = world.act("anexos", numero, {"anexo": {"tipo": "OPME"}})
    assert (status, errors(body)) == (422, [("anexo.itens", "anexo-sem-itens")])


def test_to_add_to_a_senha_says_that_it_is_replaced_instead(world: ApiWorld) -> None:
    anexo = {"tipo": "OPME", "itens": [{"tabela": "19", "codigo": "70000001", "quantidade": 1}]}
    _, body, _ = world.act("anexos", world.keep(in_situation(Situacao.PARCIAL)), {"anexo": anexo})
    assert "substituí-la" in body["detail"]
    assert "concedida em parte" in body["detail"]


def test_what_was_asked_for_is_sent(world: ApiWorld) -> None:
    _, asked, _ = ask(world, a_body({"tabela": "22", "codigo": LAUDADO, "quantidade": 1}))
    numero = asked["autorizacao"]["numero"]
    world.documentos.put(HOSPITAL, "u-1")
    body = {"documentos": [{"id": "u-1", "tipo": "02"}], "justificativa": "Ver laudo"}
    status, answer, _ = world.act("respostas", numero, body)
    assert (status, answer["situacao"], answer["vez_de"]) == (200, "EM_ANALISE", "AUDITORIA")
    assert world.held(numero).solicitacao.documentos == (DocumentoAnexado(documento_id="u-1", tipo="02"),)
    assert world.act("respostas", numero, {})[0] == 422


def test_another_day_is_asked_for_an_item_of_a_planned_one(world: ApiWorld) -> None:
    numero = world.keep(an_authorization(an_item(data_prevista=AMANHA), an_item(2)))
    body = {"sequencia": 1, "data": "2026-12-10", "motivo": "Neutropenia"}
    status, answer, _ = world.act("datas", numero, body)
    assert (status, answer["itens"][0]["data_pedida"]) == (200, "2026-12-10")
    status, answer, _ = world.act("datas", numero, {**body, "data": "2027-12-10"})
    assert (status, errors(answer)) == (422, [("data", "data-fora-do-possivel")])
    status, answer, _ = world.act("datas", numero, {**body, "sequencia": 9})
    assert (status, errors(answer)) == (422, [("sequencia", "item-inexistente")])
    status, answer, _ = world.act("datas", numero, {**body, "sequencia": 2})
    assert (status, answer["situacao"]) == (409, "AUTORIZADO")
    assert "dia previsto" in answer["detail"]


def test_a_stay_is_told_of_from_admission_to_discharge(world: ApiWorld) -> None:
    numero = world.keep(a_stay_authorization())
    day = HOJE.isoformat()
    status, body, _ = world.act("alta", numero, {"data": day, "motivo_alta": "12"})
    assert (status, body["codigo"]) == (409, "transicao-impossivel")
    assert world.act("internacao", numero, {"data": AMANHA.isoformat()})[0] == 422
    assert world.act("internacao", numero, {"data": day})[1]["admissao"] == day
    status, body, _ = world.act("alta", numero, {"data": day, "motivo_alta": "99"})
    assert (status, errors(body)) == (422, [("motivo_alta", "codigo-invalido")])
    body = world.act("alta", numero, {"data": day, "motivo_alta": "12"})[1]
    assert (body["alta"], body["motivo_alta"]) == (day, "12")


def test_an_expired_senha_says_until_when_it_was_valid(world: ApiWorld) -> None:
    numero = world.keep(a_stay_authorization(validade=ONTEM, data_autorizacao=ONTEM - timedelta(days=5)))
    status, body, _ = world.act("internacao", numero, {"data": HOJE.isoformat()})
    assert (status, body["codigo"], body["glosa"]) == (409, "senha-expirada", "1414")
    assert (body["validade"], body["regra"]) == (ONTEM.isoformat(), "R10")


def test_acts_are_refused_in_order(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())
    assert world.act("cancelamento", "404", "{", claims=FATURISTA)[0] == 404
    assert world.act("cancelamento", numero, "{", claims=FATURISTA)[0] == 422
    assert world.act("cancelamento", numero, {}, claims=FATURISTA)[0] == 403
    assert world.act("cancelamento", numero, {}, claims=DA_CLINICA)[0] == 404
    assert world.act("cancelamento", numero, {}, claims=CENTRAL)[0] == 403
    assert world.autorizacoes.writes == 0


def test_an_act_that_always_loses_says_so(world: ApiWorld) -> None:
    numero = world.keep(an_authorization())

    def others() -> None:
        held = world.autorizacoes.rows[VALE, numero]
        moved = replace(held.autorizacao, versao=held.autorizacao.versao + 1)
        world.autorizacoes.rows[VALE, numero] = replace(held, autorizacao=moved)

    world.autorizacoes.meanwhile += [others] * 5
    status, body, headers = world.act("cancelamento", numero, {})
    assert (status, body["codigo"], headers["Retry-After"]) == (409, "mudou-durante-o-ato", "1")


# --- what is told of every state ---


@pytest.mark.parametrize("situacao", list(Situacao))
def test_every_state_says_what_may_be_done(world: ApiWorld, situacao: Situacao) -> None:
    stay = {"data": HOJE.isoformat(), "motivo_alta": "12"}
    status, body, _ = world.act("alta", world.keep(in_situation(situacao)), stay)
    assert (status, body["codigo"]) == (409, "transicao-impossivel")
    assert "O que é possível: " in body["detail"]


def test_an_unknown_parent_is_as_absent_as_any_other(world: ApiWorld) -> None:
    problem = ERRORS[PrincipalNotFoundError](PrincipalNotFoundError())
    assert (problem.status, problem.body("c")["detail"]) == (404, world.get("404")[1]["detail"])
    assert ERRORS[AutorizacaoNotFoundError](AutorizacaoNotFoundError()).extra == {}


def test_no_refusal_of_the_context_becomes_a_500() -> None:
    kinds = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    silent = {kind for kind in kinds if not any(base in ERRORS for base in kind.__mro__)}
    assert silent == {refusals.AutorizacaoError}


def test_every_route_has_its_module() -> None:
    names = [operation.name for operation in api.handler.operations()]
    assert len(names) == len(set(names))
    assert {operation.funcao for operation in api.handler.operations()} == {"autorizacao-api"}


def test_a_pending_item_is_worth_nothing_yet(world: ApiWorld) -> None:
    shown = world.get(world.keep(a_pending(Situacao.EM_ANALISE, in_analysis(valor_autorizado=Decimal(9)))))[1]
    assert (shown["itens"][0]["valor_autorizado"], shown["itens"][0]["situacao"]) == (None, "EM_ANALISE")
