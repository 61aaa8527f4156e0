"""`peg-api` with everything behind its JSON routes in memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from conecta_contas.pegs import Peg
from conecta_edge import session
from conecta_edge.audit import Access, Actor
from conecta_edge.clock import FixedClock
from conecta_edge.http import Request
from peg.bootstrap import nucleo
from peg.handler import api
from tests.builders_functions import (
    CLINICA,
    ESCOPOS,
    HOSPITAL,
    PASA,
    PORTAL_OPERADORA,
    VALE,
    api_event,
    machine,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.casa_peg import Casa
from tests.fakes import FakeIdempotency
from tests.fakes_cadastro import PSEUDONIMOS

FATURISTA: Final = person()
DA_CLINICA: Final = person("pessoa-2")
RECEPCAO: Final = person("pessoa-3")
MAQUINA: Final = machine(scope="conecta/peg.ler conecta/peg.escrever")
SO_LE: Final = machine(scope="conecta/peg.ler")
UM: Final = "/pegs/{protocolo}"
NA_OPERADORA: Final = f"/operadora{UM}"


def da_operadora(sub: str, grupos: str) -> dict[str, Any]:
    """Claims of an operadora's person."""
    return person(sub, **{"client_id": PORTAL_OPERADORA, "cognito:groups": grupos})


AUDITORIA: Final = da_operadora("auditoria-1", "auditoria")
FINANCEIRO: Final = da_operadora("financeiro-1", "financeiro")
CENTRAL: Final = da_operadora("central-1", "central")
AMBAS: Final = da_operadora("ambas-1", "auditoria")
DA_PASA: Final = da_operadora("pasa-1", "auditoria,financeiro")


class ApiCasa(Casa):
    """A hospital, a clinic and their operadora behind the routes.

    The hospital has a faturista (`pessoa-1`), a recepção and a machine; the clinic its gestor. VALE has its auditoria,
    its financeiro and its Central; PASA somebody of its own; somebody is auditoria of both.

    Attributes:
        accesses: what was recorded in the audit.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.idempotencia, self.accesses = FakeIdempotency(), list[Access]()
        for module, name, fake in (
            (nucleo, "portas", self.portas),
            (nucleo, "pegs", lambda: self.pegs),
            (nucleo, "archive", lambda: self.archive),
            (session, "cadastro", lambda: self.fatos.cadastro),
            (session, "catalogo", lambda: self.fatos.catalogo),
            (session, "pseudonyms", lambda: PSEUDONIMOS),
            (session, "idempotency_table", lambda: self.idempotencia),
            (session, "record_access", self._record),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):
            monkeypatch.setattr(module, name, fake)
        cadastro = self.fatos.cadastro
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "faturista"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "recepcao"),
        ):  # fmt: skip
            cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        for sub, registro, grupos in (
            ("auditoria-1", VALE, "auditoria"), ("financeiro-1", VALE, "financeiro"), ("central-1", VALE, "central"),
            ("ambas-1", VALE, "auditoria"), ("ambas-1", PASA, "auditoria"), ("pasa-1", PASA, "auditoria financeiro"),
        ):  # fmt: skip
            cadastro.put_vinculo_operadora(VinculoOperadora(sub, registro, grupos))

    def _record(self, request: Request, actor: Actor, *, finalidade: str, **what: Any) -> None:
        self.accesses.append(Access(actor, request.route, finalidade, request.correlacao, **what))

    def call(
        self, method: str, resource: str, body: Any = None, *, path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None, claims: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Ask the function: status, body and headers."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        event = api_event(
            method, resource, path=dict(path or {}) or None, query=dict(query or {}) or None,
            headers=dict(headers or {}), claims=claims if claims is not None else FATURISTA, body=text,
        )  # fmt: skip
        answered = api.handler(event, None)
        content = answered["body"]
        if answered["isBase64Encoded"]:
            return answered["statusCode"], base64.b64decode(content), answered["headers"]
        return answered["statusCode"], json.loads(content), answered["headers"]

    def get(
        self, resource: str, protocolo: str | Peg = "", claims: dict[str, Any] | None = None, **path: str
    ) -> tuple[int, Any, dict[str, str]]:
        """GET something of a PEG."""
        return self.call("GET", resource, path={"protocolo": _name(protocolo), **path}, claims=claims)

    def act(
        self, act: str, peg: str | Peg, body: Any = None, *, claims: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None, **path: str,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """POST an act, the prestador's or, where the name begins with `operadora/`, the operadora's."""
        whole = NA_OPERADORA if act.startswith("operadora/") else UM
        who = claims or (AUDITORIA if whole is NA_OPERADORA else FATURISTA)
        return self.call(
            "POST", f"{whole}/{act.removeprefix('operadora/')}", body, path={"protocolo": _name(peg), **path},
            claims=who, headers=headers,
        )  # fmt: skip


def _name(peg: str | Peg) -> str:
    return peg.protocolo if isinstance(peg, Peg) else peg


def errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem."""
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]
