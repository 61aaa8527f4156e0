"""The REST entry of the audit, from the proxied request to the answer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from auditoria import bootstrap, schemas
from auditoria.handler import api
from auditoria.service import consulta, selagem
from conecta_edge import session
from conecta_edge.audit import Actor
from conecta_edge.clock import FixedClock, iso
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CLINICA, HOSPITAL, PASA, PORTAL_OPERADORA, VALE, api_event, machine, person
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.fakes import FakeCadastro
from tests.fakes_auditoria import HOJE, ONTEM, TENANT, Registro, a_row

GESTOR, FATURISTA, DA_CLINICA, MAQUINA = person(), person("pessoa-2"), person("pessoa-3"), machine()
CADASTRO = person("cadastro-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "cadastro"})
AUDITORIA = person("auditoria-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "auditoria"})
LISTA, ARQUIVO = "/auditoria", "/auditoria/exportacoes"
DIA = {"de": HOJE.isoformat(), "ate": HOJE.isoformat()}


class Mesa(Registro):
    """A hospital with a gestor, a faturista and a machine, a clinic with a gestor, VALE and PASA with their cadastro.

    Attributes:
        accesses: what the reading itself left.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.accesses = list[tuple[str, str | None]]()
        reader = FakeCadastro()
        for registro in (VALE, PASA):
            reader.put_operadora(an_operadora(registro))
            reader.put_vinculo_operadora(VinculoOperadora("cadastro-1", registro, "cadastro"))
        reader.put_vinculo_operadora(VinculoOperadora("auditoria-1", VALE, "auditoria"))
        for sub, prestador, papel in (
            ("pessoa-1", HOSPITAL, "gestor"), ("pessoa-2", HOSPITAL, "faturista"), ("pessoa-3", CLINICA, "gestor"),
        ):  # fmt: skip
            reader.put_vinculo(Vinculo(sub, prestador, papel))
        reader.put_credencial(Credencial("maquina-1", HOSPITAL, ("peg.ler",)))
        for module, name, fake in (
            (bootstrap, "portas", lambda: self.portas), (session, "cadastro", lambda: reader),
            (session, "record_access", self._record), (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):  # fmt: skip
            monkeypatch.setattr(module, name, fake)

    def _record(self, _request: Any, actor: Actor, *, objeto: str | None = None, **_what: Any) -> None:
        self.accesses.append((actor.tenant, objeto))

    def call(
        self, method: str, resource: str, claims: dict[str, Any], body: Any = None, **query: str
    ) -> tuple[int, Any]:  # fmt: skip
        text = None if body is None else json.dumps(body)
        answer = api.handler(api_event(method, resource, query=query or None, claims=claims, body=text), None)
        return answer["statusCode"], json.loads(answer["body"])

    def seal(self, tenant: str = TENANT) -> None:
        """Seal what there is of today and yesterday."""
        for dia in (ONTEM, HOJE):
            selagem.marcar([(tenant, dia, "0")], self.portas)
            selagem.selar(tenant, dia, iso(self.agora), self.portas)


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mesa:
    return Mesa(monkeypatch)


def who(body: Any) -> list[str]:
    return [one["correlacao"] for one in body["acessos"]]


def test_a_gestor_sees_who_read_what_today_the_newest_first_with_the_head_of_the_chain(mesa: Mesa) -> None:
    mesa.acessos.put(a_row(0, "a"), a_row(1, "b", objeto="peg/1"))
    status, body = mesa.call("GET", LISTA, GESTOR)
    schemas.AcessosPage.model_validate_json(json.dumps(body))
    assert (status, who(body), body["cabeca"], body["cursor"]) == (200, ["b", "a"], None, None)
    first = body["acessos"][0]
    assert (first["quando"], first["objeto"], first["sujeitos"]) == (
        a_row(1)["sk"].partition("#")[0], "peg/1", ["a" * 32],
    )  # fmt: skip
    mesa.seal()
    assert mesa.call("GET", LISTA, GESTOR)[1]["cabeca"] == {"bloco": 1, "digest": mesa.selos.cabeca(TENANT).digest}
    assert mesa.accesses == [(TENANT, None)] * 2
    assert who(mesa.call("GET", LISTA, DA_CLINICA)[1]) == []


def test_a_month_is_listed_day_by_day_in_pages(mesa: Mesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PAGE", 2)
    before = HOJE.replace(day=3)
    mesa.acessos.put(a_row(0, "a"), a_row(1, "b"), a_row(2, "c"))
    mesa.acessos.put(a_row(-1500, "y"), dia=ONTEM)
    mesa.acessos.put(a_row(-20000, "w"), a_row(-19999, "x"), dia=before)
    selagem.marcar([(TENANT, before, "0")], mesa.portas)
    pages, cursor = [], dict[str, str]()
    while True:
        body = mesa.call("GET", LISTA, GESTOR, competencia=f"{HOJE:%Y%m}", **cursor)[1]
        pages.append(who(body))
        if body["cursor"] is None:
            break
        cursor = {"cursor": body["cursor"]}
    assert pages == [["c", "b"], ["a", "y"], ["x", "w"]]
    assert who(mesa.call("GET", LISTA, GESTOR, dia=ONTEM.isoformat())[1]) == ["y"]
    assert who(mesa.call("GET", LISTA, GESTOR, competencia="202512")[1]) == []
    assert mesa.call("GET", LISTA, GESTOR, **cursor)[0] == 400


def test_only_a_gestor_or_cadastro_of_the_operadora_and_only_what_makes_sense(mesa: Mesa) -> None:
    for claims, query, status in (
        (FATURISTA, {}, 403), (MAQUINA, {}, 403), (CADASTRO, {}, 403), (GESTOR, {"dia": "x"}, 422),
        (GESTOR, {"competencia": "2026-11"}, 422), (GESTOR, {"dia": "2026-11-21", "competencia": "202611"}, 422),
        (GESTOR, {"cursor": "x"}, 400),
    ):  # fmt: skip
        assert mesa.call("GET", LISTA, claims, **query)[0] == status, (claims, query)
    for claims, body, status in (
        (FATURISTA, DIA, 403), (MAQUINA, DIA, 403), (GESTOR, {}, 422), (GESTOR, {**DIA, "registro_ans": VALE}, 422),
        (GESTOR, {**DIA, "ate": ONTEM.isoformat()}, 422), (GESTOR, {**DIA, "de": "2026-10-21"}, 422),
    ):  # fmt: skip
        assert mesa.call("POST", ARQUIVO, claims, body)[0] == status, body
    assert mesa.accesses == []


def test_the_operadora_sees_its_own_peoples_accesses(mesa: Mesa) -> None:
    mesa.acessos.put(a_row(0, "v"), tenant=f"OPERADORA#{VALE}")
    mesa.acessos.put(a_row(0, "h"))
    assert who(mesa.call("GET", f"/operadora{LISTA}", CADASTRO, registro_ans=VALE)[1]) == ["v"]
    mesa.seal(f"OPERADORA#{VALE}")
    status, body = mesa.call("POST", f"/operadora{ARQUIVO}", CADASTRO, {**DIA, "registro_ans": VALE})
    assert (status, body["linhas"]) == (201, 1)
    assert mesa.accesses == [(f"OPERADORA#{VALE}", None), (f"OPERADORA#{VALE}", f"auditoria/{HOJE}")]
    assert mesa.call("GET", f"/operadora{LISTA}", CADASTRO)[0] == 422
    assert mesa.call("GET", f"/operadora{LISTA}", AUDITORIA)[0] == 403
    assert mesa.call("POST", f"/operadora{ARQUIVO}", AUDITORIA, {**DIA, "registro_ans": VALE})[0] == 403
    assert mesa.call("POST", f"/operadora{ARQUIVO}", AUDITORIA, {**DIA, "registro_ans": PASA})[0] == 404


def test_what_is_sealed_of_a_period_is_given_away_in_one_unbroken_piece(mesa: Mesa) -> None:
    mesa.acessos.put(a_row(0, "a"))
    mesa.acessos.put(a_row(-1500, "y"), dia=ONTEM)
    mesa.seal()
    mesa.acessos.put(a_row(1, "b"))
    mesa.acessos.put(a_row(-1400, "z"), dia=ONTEM)
    mesa.seal()
    status, body = mesa.call("POST", ARQUIVO, GESTOR, {"de": ONTEM.isoformat(), "ate": ONTEM.isoformat()})
    schemas.ExportacaoDaAuditoriaView.model_validate_json(json.dumps(body))
    assert (status, body["blocos"], body["linhas"], body["cabeca"]["bloco"]) == (201, 3, 3, 4)
    nome = f"auditoria-{HOSPITAL}-{ONTEM}-{ONTEM}.jsonl.gz"
    assert body["url"].endswith(nome)
    manifest, blocos = mesa.arquivo.exportados[nome]
    last = manifest["blocos"][-1]
    assert body["fim"] == {"bloco": last["n"], "digest": last["digest"]}
    assert manifest["exportado_em"] == mesa.agora.isoformat()
    assert [one["n"] for one in manifest["blocos"]] == [one["n"] for one in blocos] == [1, 2, 3]
    assert mesa.accesses == [(TENANT, f"auditoria/{ONTEM}")]


def test_while_nothing_is_sealed_there_is_only_a_manifest(mesa: Mesa) -> None:
    mesa.agora += timedelta(days=2)
    status, body = mesa.call("POST", ARQUIVO, GESTOR, DIA)
    assert (status, body["blocos"], body["linhas"], body["fim"], body["cabeca"]) == (201, 0, 0, None, None)


def test_more_blocks_than_one_file_takes_are_refused_and_what_is_not_there_may_be_asked_again(
    mesa: Mesa, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesa.acessos.put(a_row(0, "a"))
    mesa.seal()
    monkeypatch.setattr(consulta, "BLOCOS", 0)
    assert mesa.call("POST", ARQUIVO, GESTOR, DIA)[1]["codigo"] == "periodo-grande-demais"
    monkeypatch.setattr(consulta, "BLOCOS", 1)
    mesa.arquivo.blocos.clear()
    assert mesa.call("POST", ARQUIVO, GESTOR, DIA)[0] == 503
