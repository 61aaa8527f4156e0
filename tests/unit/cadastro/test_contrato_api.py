"""What the operadora publishes, from the proxied request to the answer: the very data the engines read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from cadastro.handler import api
from cadastro.handler.contrato import PAGE, difference
from cadastro.schemas.contrato import (
    ContatosView,
    ContratoView,
    CorpoClinicoView,
    DiferencaView,
    OperadorasView,
    PrecosView,
    RegrasView,
)
from conecta_edge import session
from conecta_facts.operadoras import RecursoLegado
from tests.builders_cadastro import (
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    PLANO,
    PRECOS,
    a_contato,
    a_contratado,
    a_contrato,
    a_diaria,
    a_local,
    a_pacote,
    a_preco,
    a_profissional,
    a_regra,
    an_operadora,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, ESCOPOS, HOSPITAL, PASA, VALE, api_event, machine, person
from tests.cadastro_rows import Credencial, Vinculo
from tests.fakes import FakeCadastro
from tests.fakes_cadastro import FakeCatalogo

ONTEM, AMANHA = HOJE - timedelta(days=1), HOJE + timedelta(days=1)
CONTRATO, PRECOS_DO_CONTRATO, CORPO = "/contrato", "/contrato/precos", "/contrato/corpo-clinico"
REGRAS, MUDANCAS = "/regras/procedimentos", "/regras/procedimentos/mudancas"
OF_A_PRESTADOR = (CONTRATO, PRECOS_DO_CONTRATO, CORPO, REGRAS, MUDANCAS)
Answer = tuple[int, Any, dict[str, str]]


class World:
    """`cadastro-api` with fakes behind what is published; the hospital is enabled at VALE."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cadastro, self.catalogo = FakeCadastro(), FakeCatalogo()
        monkeypatch.setattr(session, "cadastro", lambda: self.cadastro)
        monkeypatch.setattr(session, "catalogo", lambda: self.catalogo)
        monkeypatch.setattr(session, "secret", lambda _arn: b"segredo-de-teste")
        self.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO)))
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "recepcao"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "faturista"),
        ):  # fmt: skip
            self.cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        self.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        self.cadastro.put_credencial(Credencial("maquina-2", HOSPITAL, ("documentos.ler",)))
        self.catalogo.put("contratos", VALE, a_contrato())

    def load(self, tipo: str, *values: Any) -> None:
        """Load values of VALE."""
        self.catalogo.put(tipo, VALE, *values)

    def get(
        self,
        resource: str,
        query: dict[str, str] | None = None,
        *,
        claims: dict[str, Any] | None = None,
        tag: str | None = None,
        path: dict[str, str] | None = None,
    ) -> Answer:
        """GET: status, body (`None` when there is none) and headers."""
        event = api_event(
            "GET",
            resource,
            path=path,
            query=query,
            headers={} if tag is None else {"If-None-Match": tag},
            claims=claims or person(),
        )
        answered = api.handler(event, None)
        return answered["statusCode"], json.loads(answered["body"] or "null"), answered["headers"]

    def mine(self, resource: str, **query: str) -> Any:
        """What VALE says to the hospital."""
        status, body, _ = self.get(resource, {"registro_ans": VALE, **query})
        assert status == 200, body
        return body


@pytest.fixture
def world(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, accesses: list[Any]) -> World:
    return World(monkeypatch)


# --- public ---


def test_operadoras_are_listed_to_anybody(world: World) -> None:
    told = {"portal_legado": "https://legado.example", "recurso_legado": RecursoLegado.RECUSA}
    world.load("operadora", an_operadora(**told, cnpj="11222333000181"))
    world.catalogo.put("operadora", PASA, an_operadora(PASA))
    event = api_event("GET", "/operadoras")
    answered = api.handler(event, None)
    body = json.loads(answered["body"])
    OperadorasView.model_validate_json(answered["body"])
    assert [row["registro_ans"] for row in body["operadoras"]] == [PASA, VALE]
    assert body["operadoras"][1] == {
        "registro_ans": VALE,
        "nome": "VALE/AMS",
        "nome_grupo": "VALE/PASA",
        "grupo": [VALE, PASA],
        "versoes": [{"versao": "4.01.00", "aceita_de": "2022-10-01", "aceita_ate": None}],
        "data_migracao": "2026-01-01",
        "portal_legado": "https://legado.example",
        "recurso_legado": "RECUSA",
        "cnpj": "11222333000181",
    }


def test_contacts_of_an_operadora_are_listed_by_region(world: World) -> None:
    world.load("operadora", an_operadora())
    world.load("contatos", a_contato("b"), a_contato("a", regiao="Demais"), a_contato("a2"))
    status, body, _ = world.get("/operadoras/{registroANS}/contatos", path={"registroANS": VALE}, claims={})
    assert status == 200
    ContatosView.model_validate_json(json.dumps(body))
    assert [(row["regiao"], row["codigo"]) for row in body["contatos"]] == [
        ("Capitais", "a2"), ("Capitais", "b"), ("Demais", "a"),
    ]  # fmt: skip
    assert body["contatos"][0] == {
        "codigo": "a2", "regiao": "Capitais", "canal": "TELEFONE", "valor": "4004-0183", "descricao": None,
        "horario": "24 horas",
    }  # fmt: skip


@pytest.mark.parametrize("registro", [PASA, "999999", "34569", "34569\u0665", "345695 ", "MARIA"])
def test_of_an_operadora_that_is_not_there_nothing_is_told(world: World, registro: str) -> None:
    world.load("operadora", an_operadora())
    status, body, _ = world.get("/operadoras/{registroANS}/contatos", path={"registroANS": registro})
    assert (status, body["codigo"]) == (404, "nao-encontrado")


# --- the contract ---


def test_a_contract_is_shown_as_it_is_on_the_day(world: World) -> None:
    world.load("procedimentos-contratados", a_contratado("403*"), a_contratado(vigente_ate=ONTEM))
    world.load("diarias", a_diaria())
    world.load("pacotes", a_pacote(), a_pacote("98000002", vigente_de=AMANHA))
    world.load("locais", a_local(), a_local("7654321", vigente_ate=ONTEM))
    body = world.mine(CONTRATO)
    ContratoView.model_validate_json(json.dumps(body))
    assert body == {
        "registro_ans": VALE,
        "data": "2026-11-21",
        "codigo_na_operadora": "HOSP01",
        "situacao": "HABILITADO",
        "autorizacao": True,
        "faturamento": True,
        "termos": {
            "numero": "2026/001",
            "vigente_de": "2026-01-01",
            "vigente_ate": None,
            "prazo_faturamento_dias": 90,
            "prazo_contestacao_dias": 30,
            "prazo_resposta_dias": 30,
            "prazo_pagamento_dias": 30,
            "tabela_precos": PRECOS,
            "data_base_ambulatorial": "ITEM",
            "data_base_internacao": "FIM_FATURAMENTO",
            "pacote_pronto_socorro": None,
            "conduta_pronto_socorro": "RECUSA",
            "cotacoes_opme": 3,
            "exige_cod_validacao": False,
        },
        "diarias": [
            {
                "tabela": "18", "codigo": "60000651", "descricao": "Diária de apartamento", "valor": "480.00",
                "vigente_de": "2026-01-01", "vigente_ate": None, "acomodacao": "INDIVIDUAL",
            }
        ],
        "pacotes": [
            {
                "tabela": "98", "codigo": "98000001", "descricao": "Pronto-socorro adulto", "valor": "350.00",
                "vigente_de": "2026-01-01", "vigente_ate": None, "itens": ["22:10101039"],
            }
        ],
        "procedimentos": [{"tabela": "22", "codigo": "403*", "vigente_de": "2026-01-01", "vigente_ate": None}],
        "locais": [
            {
                "cnes": "1234567", "nome": "Unidade Centro", "vigente_de": "2026-01-01", "vigente_ate": None,
                "logradouro": None, "municipio": "Vitória", "uf": "ES",
            }
        ],
    }  # fmt: skip


def test_another_day_has_other_terms_or_none(world: World) -> None:
    world.load("contratos", a_contrato(date(2025, 1, 1), numero="2025/001", vigente_ate=date(2025, 12, 31)))
    assert world.mine(CONTRATO, data="2025-12-31")["termos"]["numero"] == "2025/001"
    assert world.mine(CONTRATO, data="2026-01-01")["termos"]["numero"] == "2026/001"
    before = world.mine(CONTRATO, data="2024-12-31")
    assert (before["termos"], before["situacao"], before["data"]) == (None, None, "2024-12-31")


def test_a_suspended_prestador_still_sees_its_contract(world: World) -> None:
    world.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", HOJE), autorizacao=False))
    body = world.mine(CONTRATO)
    assert (body["situacao"], body["autorizacao"], body["termos"]["numero"]) == ("SUSPENSO", False, "2026/001")


def test_of_what_was_renegotiated_only_what_holds_today_is_shown(world: World) -> None:
    world.load("diarias", a_diaria(), a_diaria(vigente_de=HOJE, descricao="Nova"))
    assert [row["descricao"] for row in world.mine(CONTRATO)["diarias"]] == ["Nova"]


# --- prices ---


def test_prices_are_those_of_the_contracts_table_in_force_on_the_day(world: World) -> None:
    world.load("precos", a_preco(), a_preco(HEMOGRAMA, "7.5", descricao="Hemograma"), a_preco("9", vigente_ate=ONTEM))
    world.load("precos", a_preco(valor="130.00", vigente_de=HOJE), a_preco("8", tabela_precos="OUTRA"))
    body = world.mine(PRECOS_DO_CONTRATO)
    PrecosView.model_validate_json(json.dumps(body))
    assert (body["tabela_precos"], body["cursor"]) == (PRECOS, None)
    assert [(row["codigo"], row["valor"]) for row in body["precos"]] == [(CONSULTA, "130.00"), (HEMOGRAMA, "7.50")]
    assert set(body["precos"][0]) == {"tabela", "codigo", "valor", "vigente_de", "vigente_ate", "descricao"}
    assert [row["valor"] for row in world.mine(PRECOS_DO_CONTRATO, data=ONTEM.isoformat())["precos"]] == [
        "120.00", "7.50", "120.00",
    ]  # fmt: skip


def test_without_terms_on_the_day_there_is_no_table_of_prices(world: World) -> None:
    status, _, _ = world.get(PRECOS_DO_CONTRATO, {"registro_ans": VALE, "data": "2025-12-31"})
    assert status == 404


# --- rules ---


def test_rules_are_those_of_the_day_and_of_the_plan(world: World) -> None:
    special = a_regra(
        plano=PLANO, exige_senha=True, alta_complexidade=True, documentos=("03",), limite_quantidade=2, limite_dias=180,
        descricao="Hemograma",
    )  # fmt: skip
    world.load("regras-procedimentos", a_regra(), special, a_regra(CONSULTA), a_regra("9", vigente_ate=ONTEM))
    body = world.mine(REGRAS, plano=PLANO)
    RegrasView.model_validate_json(json.dumps(body))
    assert (body["plano"], body["total"], body["cursor"]) == (PLANO, 2, None)
    assert body["regras"][1] == {
        "tabela": "22", "codigo": HEMOGRAMA, "exige_senha": True, "exige_analise": False, "alta_complexidade": True,
        "vigente_de": "2026-01-01", "vigente_ate": None, "plano": PLANO, "descricao": "Hemograma",
        "documentos": ["03"], "limite_quantidade": 2, "limite_dias": 180,
    }  # fmt: skip
    general = world.mine(REGRAS)
    assert (general["plano"], [row["exige_senha"] for row in general["regras"]]) == (None, [False, False])
    assert world.mine(REGRAS, data=ONTEM.isoformat())["total"] == 3


def test_what_changed_between_two_days_is_told_with_before_and_after(world: World) -> None:
    ended = {"vigente_ate": date(2026, 6, 30)}
    after = date(2026, 7, 1)
    world.load("regras-procedimentos", a_regra("1", **ended), a_regra("1", vigente_de=after, exige_senha=True))
    world.load("regras-procedimentos", a_regra("2", **ended), a_regra("3", vigente_de=after), a_regra("4"))
    world.load(
        "regras-procedimentos", a_regra("5", **ended), a_regra("5", vigente_de=after, descricao="Outras palavras")
    )
    body = world.mine(MUDANCAS, de="2026-06-30", ate="2026-07-01")
    DiferencaView.model_validate_json(json.dumps(body))
    assert [(row["codigo"], row["tipo"]) for row in body["mudancas"]] == [
        ("1", "ALTERADA"), ("2", "RETIRADA"), ("3", "INCLUIDA"),
    ]  # fmt: skip
    changed, gone, new = body["mudancas"]
    assert (changed["antes"]["exige_senha"], changed["depois"]["exige_senha"]) == (False, True)
    assert (gone["depois"], new["antes"]) == (None, None)
    assert world.mine(MUDANCAS)["mudancas"] == []


def test_a_plans_own_rule_that_asks_the_same_is_no_change() -> None:
    assert difference((a_regra(),), (a_regra(plano=PLANO, vigente_de=HOJE),)) == []
    assert len(difference((a_regra(),), (a_regra(plano=PLANO, documentos=("03",)),))) == 1


# --- the corpo clínico ---


def test_the_corpo_clinico_is_shown_without_cpfs_and_recorded(world: World, accesses: list[Any]) -> None:
    world.load("corpo-clinico", a_profissional(), a_profissional("2", uf="RJ"), a_profissional("3", vigente_ate=ONTEM))
    body = world.mine(CORPO)
    CorpoClinicoView.model_validate_json(json.dumps(body))
    assert body["profissionais"][0] == {
        "conselho": "06", "numero_conselho": "52000001", "uf": "ES", "nome": "Profissional Exemplo", "cbo": "225125",
        "vigente_de": "2026-01-01", "vigente_ate": None,
    }  # fmt: skip
    assert [row["numero_conselho"] for row in body["profissionais"]] == ["52000001", "2"]
    assert accesses == [(f"PRESTADOR#{HOSPITAL}", f"corpo-clinico/{VALE}")]


# --- pages ---


@pytest.mark.parametrize(
    ("resource", "tipo", "make", "member"),
    [
        (REGRAS, "regras-procedimentos", lambda n: a_regra(f"{n:05d}"), "regras"),
        (PRECOS_DO_CONTRATO, "precos", lambda n: a_preco(f"{n:05d}"), "precos"),
        (CORPO, "corpo-clinico", lambda n: a_profissional(f"{n:05d}"), "profissionais"),
    ],
    ids=["rules", "prices", "corpo clinico"],
)
def test_every_page_follows_the_one_before_and_what_comes_meanwhile_shifts_nothing(
    world: World, resource: str, tipo: str, make: Callable[[int], Any], member: str
) -> None:
    world.load(tipo, *(make(n) for n in range(2, 2 * PAGE + 3)))
    seen, cursor = [], ""
    while True:
        page = world.mine(resource, **({"cursor": cursor} if cursor else {}))
        seen += page[member]
        if page["cursor"] is None:
            break
        assert len(page[member]) == PAGE
        cursor = page["cursor"]
        world.load(tipo, make(1))
    assert len(seen) == 2 * PAGE + 1
    assert len({json.dumps(row) for row in seen}) == len(seen)


def test_a_page_that_is_exactly_full_has_no_other(world: World) -> None:
    world.load("regras-procedimentos", *(a_regra(f"{n:05d}") for n in range(PAGE)))
    assert world.mine(REGRAS)["cursor"] is None


def test_a_cursor_is_of_its_prestador_operadora_plan_day_and_route_alone(world: World) -> None:
    for tipo, make in (("regras-procedimentos", a_regra), ("precos", a_preco)):
        world.load(tipo, *(make(f"{n:05d}") for n in range(PAGE + 1)))
    world.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO), prestador_id=CLINICA))
    world.cadastro.put_relacionamento(relacionamento_of(("HABILITADO", INICIO), registro_ans=PASA))
    cursor = world.mine(REGRAS)["cursor"]
    query = {"registro_ans": VALE, "cursor": cursor}
    assert world.get(REGRAS, query)[0] == 200
    assert world.get(REGRAS, {**query, "data": HOJE.isoformat()})[0] == 200
    for resource, asked, claims in (
        (REGRAS, query, person("pessoa-2")),
        (REGRAS, {**query, "registro_ans": PASA}, person()),
        (REGRAS, {**query, "plano": PLANO}, person()),
        (REGRAS, {**query, "data": ONTEM.isoformat()}, person()),
        (PRECOS_DO_CONTRATO, query, person()),
        (REGRAS, {**query, "cursor": cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")}, person()),
        (REGRAS, {**query, "cursor": "x"}, person()),
    ):
        status, body, _ = world.get(resource, asked, claims=claims)
        assert (status, [erro["campo"] for erro in body["erros"]]) == (400, ["cursor"])


# --- ETags ---


@pytest.mark.parametrize("resource", [CONTRATO, PRECOS_DO_CONTRATO, REGRAS, MUDANCAS])
def test_who_has_the_answer_is_told_that_nothing_changed(world: World, resource: str) -> None:
    world.load("regras-procedimentos", *(a_regra(f"{n:05d}") for n in range(PAGE + 1)))
    world.load("precos", *(a_preco(f"{n:05d}") for n in range(PAGE + 1)))
    query = {"registro_ans": VALE}
    status, _, headers = world.get(resource, query)
    tag = headers["ETag"]
    assert (status, headers["Cache-Control"]) == (200, "private, no-cache")
    for held in (tag, f"W/{tag}", f'"outra", {tag}'):
        status, body, headers = world.get(resource, query, tag=held)
        assert (status, body, headers["ETag"]) == (304, None, tag)
    assert world.get(resource, query, tag='"outra"')[0] == 200
    assert world.get(resource, query, tag=tag.strip('"'))[0] == 200


def test_a_change_of_what_is_shown_changes_the_etag(world: World) -> None:
    world.load("regras-procedimentos", a_regra())
    tag = world.get(REGRAS, {"registro_ans": VALE})[2]["ETag"]
    world.load("regras-procedimentos", a_regra(vigente_de=HOJE, exige_senha=True))
    status, body, _ = world.get(REGRAS, {"registro_ans": VALE}, tag=tag)
    assert (status, body["regras"][0]["exige_senha"]) == (200, True)


def test_a_full_page_that_gets_a_following_one_has_changed(world: World) -> None:
    world.load("precos", *(a_preco(f"{n:05d}") for n in range(PAGE)))
    _, first, headers = world.get(PRECOS_DO_CONTRATO, {"registro_ans": VALE})
    world.load("precos", a_preco("99999"))
    status, again, _ = world.get(PRECOS_DO_CONTRATO, {"registro_ans": VALE}, tag=headers["ETag"])
    assert (first["cursor"], status) == (None, 200)
    assert again["cursor"] is not None


# --- refusals, in their order ---


@pytest.mark.parametrize("resource", OF_A_PRESTADOR)
def test_who_may_see_a_contract(world: World, resource: str) -> None:
    query = {"registro_ans": VALE}
    for claims, status in (
        (person(), 200),
        (person("pessoa-3"), 200),
        (machine(scope="conecta/autorizacao.ler"), 200),
        (machine(scope="conecta/peg.ler"), 200),
        (machine(scope="conecta/elegibilidade.ler"), 200),
        (machine(scope="conecta/documentos.ler"), 403),
        (machine(scope="conecta/peg.escrever"), 403),
        (machine("maquina-2", scope="conecta/peg.ler"), 403),
        (person(token_use="id"), 401),
        (machine("desconhecida"), 401),
    ):
        assert world.get(resource, query, claims=claims)[0] == status


@pytest.mark.parametrize("resource", OF_A_PRESTADOR)
def test_without_a_relacionamento_there_is_no_contract_to_see(world: World, resource: str) -> None:
    answers = [
        world.get(resource, {"registro_ans": PASA}),
        world.get(resource, {"registro_ans": "999999"}),
        world.get(resource, {"registro_ans": VALE}, claims=person("pessoa-2")),
    ]
    assert answers[0][0] == 404
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("resource", OF_A_PRESTADOR)
@pytest.mark.parametrize("registro", [None, "", "34569", "3456955", "34569\u0665", "345695\n", "MARIA"])
def test_an_operadora_must_be_named(world: World, resource: str, registro: str | None) -> None:
    status, body, _ = world.get(resource, None if registro is None else {"registro_ans": registro})
    assert (status, [erro["campo"] for erro in body["erros"]]) == (422, ["registro_ans"])
    assert not registro or len(registro) < 5 or registro not in body["erros"][0]["mensagem"]


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (CONTRATO, "data"),
        (PRECOS_DO_CONTRATO, "data"),
        (CORPO, "data"),
        (REGRAS, "data"),
        (MUDANCAS, "de"),
        (MUDANCAS, "ate"),
    ],
)
@pytest.mark.parametrize("text", ["", "2026-02-30", "20261121", "2026-W47-6", "21/11/2026", "2026-11-21T00:00:00", "0"])
def test_a_day_is_written_in_one_way(world: World, resource: str, name: str, text: str) -> None:
    status, body, _ = world.get(resource, {"registro_ans": VALE, name: text})
    assert (status, [(erro["campo"], erro["codigo"]) for erro in body["erros"]]) == (422, [(name, "data-invalida")])


@pytest.mark.parametrize("resource", [REGRAS, MUDANCAS])
@pytest.mark.parametrize("plano", ["", "x" * 41, "a b", "a#b", "ação", "A\n"])
def test_a_plan_is_a_code(world: World, resource: str, plano: str) -> None:
    status, body, _ = world.get(resource, {"registro_ans": VALE, "plano": plano})
    assert (status, [(erro["campo"], erro["codigo"]) for erro in body["erros"]]) == (422, [("plano", "plano-invalido")])


def test_a_plan_nobody_loaded_has_the_rules_of_every_plan(world: World) -> None:
    world.load("regras-procedimentos", a_regra())
    assert world.mine(REGRAS, plano="NINGUEM")["total"] == 1
