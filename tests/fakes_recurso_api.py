"""`recurso-api` with everything behind its routes in memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from conecta_contas.analise import Glosa
from conecta_edge import session
from conecta_edge.audit import Access, Actor
from conecta_edge.clock import FixedClock
from conecta_edge.http import Request
from conecta_facts.operadoras import RecursoLegado
from conecta_facts.prestadores import Prestador
from recurso.bootstrap import nucleo
from recurso.domain.glosas import Conta
from recurso.domain.recursos import Papel, Recurso
from recurso.handler import api
from recurso.service import contestacao, respostas
from tests.builders_cadastro import an_operadora
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    HOSPITAL,
    PASA,
    PORTAL_OPERADORA,
    VALE,
    a_relacionamento,
    api_event,
    machine,
    person,
)
from tests.builders_recurso import PEG, PUBLICADA, a_caller, a_conta, a_pedido, an_entry, sent_now
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.fakes import FakeCadastro, FakeIdempotency
from tests.fakes_recurso import Mesa

FATURISTA: Final = person()
DA_CLINICA: Final = person("pessoa-2")
RECEPCAO: Final = person("pessoa-3")
MAQUINA: Final = machine(scope="conecta/recurso.ler conecta/recurso.escrever")
SO_LE: Final = machine(scope="conecta/recurso.ler")
AUDITORIA: Final = person("auditoria-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "auditoria"})
FINANCEIRO: Final = person("financeiro-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "financeiro"})
DA_PASA: Final = person("pasa-1", **{"client_id": PORTAL_OPERADORA, "cognito:groups": "auditoria"})
MIGRACAO: Final = PUBLICADA.replace(month=1, day=1)
PORTAL_LEGADO: Final = "https://antigo.example"
AUSENTE: Final = "261169999999"
UPLOAD: Final = "a" * 32


class ApiMesa(Mesa):
    """A hospital and a clinic, VALE and PASA behind the routes; the hospital has a PEG at VALE, published 5 days ago.

    The hospital has a faturista (`pessoa-1`), a recepção and a machine; the clinic its gestor. VALE has its auditoria
    and financeiro, PASA its auditoria; the hospital has a relacionamento with VALE alone.

    Attributes:
        accesses: what was recorded in the audit.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.accesses = list[Access]()
        reader, idempotency = FakeCadastro(), FakeIdempotency()
        for registro in (VALE, PASA):
            self.put(an_operadora(registro, data_migracao=MIGRACAO, portal_legado=PORTAL_LEGADO))
            reader.put_operadora(self.operadoras[registro])
        reader.put_prestador(Prestador(HOSPITAL, "Hospital Aurora", "1234567", cnpj=CNPJ))
        reader.put_relacionamento(a_relacionamento())
        reader.put_relacionamento(replace(a_relacionamento(CLINICA), codigo_na_operadora="CLIN01"))
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "faturista"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "recepcao"),
        ):  # fmt: skip
            reader.put_vinculo(Vinculo(sub, prestador_id, papel))
        reader.put_credencial(Credencial("maquina-1", HOSPITAL, ("recurso.ler", "recurso.escrever")))
        for sub, registro, grupo in (
            ("auditoria-1", VALE, "auditoria"), ("financeiro-1", VALE, "financeiro"), ("pasa-1", PASA, "auditoria"),
        ):  # fmt: skip
            reader.put_vinculo_operadora(VinculoOperadora(sub, registro, grupo))
        for module, name, fake in (
            (nucleo, "portas", lambda: self.portas),
            (session, "cadastro", lambda: reader),
            (session, "idempotency_table", lambda: idempotency),
            (session, "record_access", self._record),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):
            monkeypatch.setattr(module, name, fake)
        self.billed()

    def _record(self, request: Request, actor: Actor, *, finalidade: str, **what: Any) -> None:
        self.accesses.append(Access(actor, request.route, finalidade, request.correlacao, **what))

    def billed(self, *glosas: Glosa, conta: Conta | None = None, **changes: Any) -> Conta:
        """The PEG is one with those glosas: see `a_conta`."""
        made = conta or a_conta(*glosas, **changes)
        vidas = {guia.carteira: f"vida-{guia.carteira}" for guia in made.dossie.guias}
        found = Conta(made.peg, replace(made.dossie, vidas=vidas))
        self.contas.put(found.peg, found.dossie)
        return found

    def refuses_legacy(self) -> None:
        """VALE has what is of before the migration contested in its former portal."""
        self.put(replace(self.operadoras[VALE], recurso_legado=RecursoLegado.RECUSA))

    def sent(self, *pedidas: Any, **changes: Any) -> Recurso:
        """A recurso that was sent."""
        entrega = sent_now(em=self.agora)
        return contestacao.send(HOSPITAL, a_pedido(*pedidas, **changes), entrega, a_caller(), self.portas)

    def answered(self, *told: respostas.RespostaPedida, recurso: Recurso | None = None) -> Recurso:
        """One that was answered and concluded."""
        auditoria = a_caller(Papel.AUDITORIA)
        held = respostas.answer(recurso or self.sent(an_entry()), told, auditoria, self.portas)
        return respostas.conclude(held, auditoria, self.portas)

    def call(
        self, method: str, resource: str, body: Any = None, *, claims: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, **path: str,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Ask the function: status, body and headers; an operadora's route is asked by its auditoria."""
        event = api_event(
            method, resource, path=path or None, query=dict(query or {}) or None, headers=dict(headers or {}),
            claims=claims or (AUDITORIA if resource.startswith("/operadora/") else FATURISTA),
            body=body if isinstance(body, str) or body is None else json.dumps(body),
        )  # fmt: skip
        answered = api.handler(event, None)
        if answered["isBase64Encoded"]:
            return answered["statusCode"], base64.b64decode(answered["body"]), answered["headers"]
        return answered["statusCode"], json.loads(answered["body"] or "null"), answered["headers"]

    def get(self, resource: str, claims: dict[str, Any] | None = None, **query: str) -> tuple[int, Any]:
        """GET something without a path."""
        return self.call("GET", resource, claims=claims, query=query)[:2]


def an_item(**changes: Any) -> dict[str, Any]:
    """The first item of the first guia, as JSON contests it."""
    return {
        "nivel": "ITEM", "numero_guia_prestador": "G1", "item": 1, "codigo_glosa": "1705",
        "justificativa": "O item foi autorizado e executado, como prova o relatório.", **changes,
    }  # fmt: skip


def a_body(*itens: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A recurso of the PEG, as JSON sends it."""
    return {"registro_ans": VALE, "protocolo_peg": PEG, "itens": list(itens or (an_item(),)), **changes}


def errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem."""
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]
