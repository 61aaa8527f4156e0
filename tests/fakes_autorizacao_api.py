"""`autorizacao-api` with everything behind its JSON routes in memory; and drafts, which `tests/contract` judges."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from autorizacao.bootstrap import nucleo
from autorizacao.bootstrap import rascunhos as bootstrap
from autorizacao.handler import api, comum
from autorizacao.service.rascunhos import Rascunho, RascunhoMudouError
from conecta_edge import session
from conecta_edge.audit import Access, Actor
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import ConditionFailedError
from conecta_edge.http import Request
from conecta_edge.quotas import Quota
from conecta_facts.operadoras import Canal, Contato
from conecta_senhas.autorizacoes import Autorizacao, Evento, Marco, Papel
from tests.builders_cadastro import CARTEIRA
from tests.builders_functions import (
    CLINICA,
    ESCOPOS,
    HOSPITAL,
    NOW,
    PASA,
    PORTAL_OPERADORA,
    VALE,
    api_event,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.fakes import Kept
from tests.fakes_autorizacao import World
from tests.fakes_cadastro import PSEUDONIMOS, FakeQuotas

RECEPCAO: Final = person()
GESTOR: Final = person("pessoa-2")
FATURISTA: Final = person("pessoa-3")
DA_CLINICA: Final = person("pessoa-4")
MAQUINA: Final = machine(scope="conecta/autorizacao.ler conecta/autorizacao.escrever")
SO_LE: Final = machine(scope="conecta/autorizacao.ler")
UMA: Final = "/autorizacoes/{registro_ans}/{numero}"
NA_OPERADORA: Final = f"/operadora{UMA}"
PDF: Final = b"%PDF-de-teste"


def da_operadora(sub: str = "central-1", grupos: str = "central") -> dict[str, Any]:
    """Claims of an operadora's person."""
    return person(sub, **{"client_id": PORTAL_OPERADORA, "cognito:groups": grupos})


CENTRAL: Final = da_operadora()
AUDITORIA: Final = da_operadora("auditoria-1", "auditoria")
AMBOS: Final = da_operadora("ambos-1", "central,auditoria")
FINANCEIRO: Final = da_operadora("financeiro-1", "financeiro")
DA_PASA: Final = da_operadora("pasa-1", "central,auditoria")


class FakeRascunhos:
    """`autorizacao.service.rascunhos.Rascunhos`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Rascunho] = {}

    def get(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        return self.rows.get((prestador_id, rascunho_id))

    def page(
        self, prestador_id: str, posicao: Mapping[str, str] | None, limite: int
    ) -> tuple[list[Rascunho], dict[str, str] | None]:
        mine = sorted((row for key, row in self.rows.items() if key[0] == prestador_id), key=lambda row: row.id)
        rest = [row for row in mine if posicao is None or row.id > posicao["depois"]]
        return rest[:limite], {"depois": rest[limite - 1].id} if len(rest) > limite else None

    def write(self, antes: Rascunho | None, depois: Rascunho, guardar: Sequence[Any] = ()) -> None:
        action = self.put(antes, depois)
        if not action.possible():
            raise RascunhoMudouError
        if lost := tuple(place for place, one in enumerate(guardar, 1) if not one.possible()):
            raise ConditionFailedError(lost)
        for one in (action, *guardar):
            one.apply()

    def put(self, antes: Rascunho | None, depois: Rascunho) -> Kept:
        key = (depois.prestador_id, depois.id)

        def possible() -> bool:
            held = self.rows.get(key)
            return (held.versao if held else None) == (antes.versao if antes else None)

        return Kept(possible, lambda: self.rows.__setitem__(key, depois))


class ApiWorld(World):
    """A small operadora behind the routes.

    The hospital has a recepção (`pessoa-1`), a gestor, a faturista and a machine; the clinic its gestor. VALE has its
    Central, its auditoria, somebody of both and somebody of neither; PASA somebody of its own.

    Attributes:
        accesses: what was recorded in the audit.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.rascunhos, self.quotas, self.accesses = FakeRascunhos(), FakeQuotas(), list[Access]()
        for module, name, fake in (
            (nucleo, "portas", self.portas),
            (bootstrap, "rascunhos", lambda: self.rascunhos),
            (session, "cadastro", lambda: self.cadastro),
            (session, "catalogo", lambda: self.catalogo),
            (session, "pseudonyms", lambda: PSEUDONIMOS),
            (session, "idempotency_table", lambda: self.idempotencia),
            (session, "record_access", self._record),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.now)),
            (comum, "client", lambda _service: None),
        ):
            monkeypatch.setattr(module, name, fake)
        monkeypatch.setattr(Quota, "take", lambda quota, _client, _table, **who: self.quotas.take(quota, **who))
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "recepcao"), ("pessoa-2", HOSPITAL, "gestor"), ("pessoa-3", HOSPITAL, "faturista"),
            ("pessoa-4", CLINICA, "gestor"),
        ):  # fmt: skip
            self.cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        self.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        for sub, registro, grupos in (
            ("central-1", VALE, "central"), ("auditoria-1", VALE, "auditoria"), ("ambos-1", VALE, "central auditoria"),
            ("ambos-1", PASA, "central"), ("financeiro-1", VALE, "financeiro"), ("pasa-1", PASA, "central auditoria"),
        ):  # fmt: skip
            self.cadastro.put_vinculo_operadora(VinculoOperadora(sub, registro, grupos))
        self.catalogo.put("contatos", VALE, Contato("central", "Capitais", Canal.TELEFONE, "4004-0183"))

    def _record(self, request: Request, actor: Actor, *, finalidade: str, **what: Any) -> None:
        self.accesses.append(Access(actor, request.route, finalidade, request.correlacao, **what))

    def keep(self, autorizacao: Autorizacao, **rest: Any) -> str:
        """Store an authorization, with the beginning of its timeline; answers its numero."""
        first = Marco(
            evento=Evento.SOLICITADA, papel=Papel.PRESTADOR, quem="pessoa-1", quando=NOW,
            situacao=autorizacao.situacao,
        )  # fmt: skip
        held = replace(autorizacao, historico=autorizacao.historico or (first,))
        self.autorizacoes.plant(held, **rest)
        return held.numero

    def call(
        self, method: str, resource: str, body: Any = None, *, path: dict[str, str] | None = None,
        query: dict[str, str] | None = None, claims: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Ask the function: status, body and headers."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        event = api_event(
            method, resource, path=path, query=query, headers=headers, claims=claims or RECEPCAO, body=text
        )  # fmt: skip
        answered = api.handler(event, None)
        content = answered["body"]
        if answered["isBase64Encoded"]:
            return answered["statusCode"], base64.b64decode(content), answered["headers"]
        return answered["statusCode"], json.loads(content) if content else None, answered["headers"]

    def act(
        self, act: str, numero: str, body: Any, *, registro_ans: str = VALE, claims: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """POST an act, the prestador's or, where the path begins with `operadora/`, the operadora's."""
        start, name = ("/operadora", act.removeprefix("operadora/")) if act.startswith("operadora/") else ("", act)
        path = {"registro_ans": registro_ans, "numero": numero}
        who = claims or (CENTRAL if start else RECEPCAO)
        return self.call("POST", f"{start}{UMA}/{name}", body, path=path, claims=who, headers=headers)

    def get(
        self, numero: str, *, registro_ans: str = VALE, claims: dict[str, Any] | None = None, route: str = UMA
    ) -> tuple[int, Any, dict[str, str]]:
        """GET an authorization."""
        return self.call("GET", route, path={"registro_ans": registro_ans, "numero": numero}, claims=claims)


ITEM: Final[dict[str, Any]] = {"tabela": "22", "codigo": "40304361", "quantidade": 1}
PROFISSIONAL: Final[dict[str, Any]] = {
    "nome": "Médica de Exemplo", "conselho": "CRM", "numero": "123456", "uf": "ES", "cbo": "225125",
}  # fmt: skip


def a_body(*itens: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A request in JSON: an elective SP/SADT of one hemogram."""
    return {
        "tipo": "SP_SADT", "registro_ans": VALE, "numero_carteira": CARTEIRA, "numero_guia_prestador": "GP-1001",
        "justificativa": "Investigação de anemia", "profissional": PROFISSIONAL, "itens": list(itens) or [ITEM],
        **changes,
    }  # fmt: skip


def errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem."""
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]
