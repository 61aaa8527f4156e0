"""Drafts in memory, which `tests/contract` judges; and a house whose prestadores type their guias over the API."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest

from conecta_atos.portas import Page
from conecta_edge import session
from conecta_edge.audit import Access, Actor
from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import ConditionFailedError
from conecta_edge.http import Request
from conecta_edge.quotas import Quota
from peg.bootstrap import nucleo
from peg.bootstrap import rascunhos as bootstrap
from peg.handler import api, validacoes
from peg.handler import rascunhos as handler
from peg.messages.guias import campos_of
from peg.messages.lotes import TissPadrao
from peg.service.rascunhos import Digitada, Guardar, Mudanca, Rascunho, RascunhoMudouError
from tests.builders_functions import CLINICA, ESCOPOS, HOSPITAL, VALE, api_event, machine, person
from tests.builders_peg import a_visit
from tests.cadastro_rows import Credencial, Vinculo
from tests.casa_peg import Casa, Wrap, as_it_is
from tests.fakes import FakeIdempotency
from tests.fakes_cadastro import PSEUDONIMOS, FakeQuotas

FATURISTA: Final = person("pessoa-3")
RECEPCAO: Final = person("pessoa-1")
DA_CLINICA: Final = person("pessoa-4")
MAQUINA: Final = machine(scope="conecta/peg.ler conecta/peg.escrever")
SO_LE: Final = machine(scope="conecta/peg.ler")
TODOS: Final = "/pegs/rascunhos"
UM: Final = f"{TODOS}/{{id}}"
GUIAS: Final = f"{UM}/guias"
GUIA: Final = f"{GUIAS}/{{guia_id}}"


class FakeRascunhos:
    """`peg.service.rascunhos.Rascunhos`.

    Attributes:
        meanwhile: what others do right before the next writes, one each.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Rascunho] = {}
        self.typed: dict[tuple[str, str], dict[str, Digitada]] = {}
        self.meanwhile: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def get(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        return self.rows.get((prestador_id, rascunho_id))

    def page(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        mine = sorted((row for key, row in self.rows.items() if key[0] == prestador_id), key=lambda row: row.id)
        rest = [row for row in mine if position is None or row.id > position["depois"]]
        return Page(rest[:limit], {"depois": rest[limit - 1].id} if len(rest) > limit else None)

    def guias(self, prestador_id: str, rascunho_id: str) -> list[Digitada]:
        return [guia for _, guia in sorted(self.typed.get((prestador_id, rascunho_id), {}).items())]

    def guia(self, prestador_id: str, rascunho_id: str, guia_id: str) -> Digitada | None:
        return self.typed.get((prestador_id, rascunho_id), {}).get(guia_id)

    def write(self, antes: Rascunho | None, mudanca: Mudanca, guardar: Guardar = ()) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        key = (mudanca.depois.prestador_id, mudanca.depois.id)
        kept: Sequence[Any] = guardar
        with self._lock:
            held = self.rows.get(key)
            if (held.estado.versao if held else None) != (antes.estado.versao if antes else None):
                raise RascunhoMudouError
            if lost := tuple(place for place, one in enumerate(kept, 1) if not one.possible()):
                raise ConditionFailedError(lost)
            self.rows[key] = mudanca.depois
            guias = self.typed.setdefault(key, {})
            guias |= {guia.id: guia for guia in mudanca.escritas}
            for guia_id in mudanca.removidas:
                del guias[guia_id]
            for one in kept:
                one.apply()


class CasaDigitada(Casa):
    """The house, with drafts behind their routes.

    The hospital has a recepção (`pessoa-1`), a faturista (`pessoa-3`) and a machine; the clinic a gestor (`pessoa-4`).

    Attributes:
        accesses: what was recorded in the audit.
        pauses: before how many attempts somebody waited.
        wrap: what a test puts around the ports.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.rascunhos, self.idempotencia = FakeRascunhos(), FakeIdempotency()
        self.accesses, self.pauses = list[Access](), list[int]()
        self.quotas = FakeQuotas()
        self.padrao = TissPadrao()  # type: ignore[assignment]  # typed lotes are read for real
        self.wrap: Wrap = as_it_is
        for module, name, fake in (
            (bootstrap, "rascunhos", lambda: self.rascunhos),
            (nucleo, "portas", lambda: self.portas(self.wrap)),
            (handler, "_pause", self.pauses.append),
            (handler, "client", lambda _service: None),
            (validacoes, "client", lambda _service: None),
            (session, "origins", frozenset),
            (session, "cadastro", lambda: self.fatos.cadastro),
            (session, "pseudonyms", lambda: PSEUDONIMOS),
            (session, "idempotency_table", lambda: self.idempotencia),
            (session, "record_access", self._record),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):
            monkeypatch.setattr(module, name, fake)
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "recepcao"), ("pessoa-3", HOSPITAL, "faturista"), ("pessoa-4", CLINICA, "gestor"),
        ):  # fmt: skip
            self.fatos.cadastro.put_vinculo(Vinculo(sub, prestador_id, papel))
        self.fatos.cadastro.put_credencial(Credencial("maquina-1", HOSPITAL, ESCOPOS))
        monkeypatch.setattr(Quota, "take", lambda quota, _client, _table, **who: self.quotas.take(quota, **who))

    def _record(self, request: Request, actor: Actor, *, finalidade: str, **what: Any) -> None:
        self.accesses.append(Access(actor, request.route, finalidade, request.correlacao, **what))

    def call(
        self, method: str, resource: str, body: Any = None, *, claims: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None, query: dict[str, str] | None = None, **path: str,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Ask the function: status, body and headers."""
        raw = isinstance(body, bytes)
        text = base64.b64encode(body).decode() if raw else body if isinstance(body, str | None) else json.dumps(body)
        event = api_event(
            method, resource, path=path, query=query, headers=headers, claims=claims or FATURISTA, body=text
        )  # fmt: skip
        event["isBase64Encoded"] = raw
        answered = api.handler(event, None)
        content = answered["body"]
        if answered["isBase64Encoded"]:
            return answered["statusCode"], base64.b64decode(content), answered["headers"]
        return answered["statusCode"], json.loads(content) if content else None, answered["headers"]

    def open(self, tipo: str = "guiaConsulta", guias: int = 0, **changes: Any) -> str:
        """A draft with so many consultations; answers its id."""
        made: str = self.call("POST", TODOS, {"registro_ans": VALE, "tipo_guia": tipo, **changes})[1]["id"]
        for n in range(guias):
            assert self.add(made, a_typed(f"G{n}"))[0] == 201
        return made

    def add(self, rascunho: str, guia: Any, **how: Any) -> tuple[int, Any, dict[str, str]]:
        """Add a guia."""
        return self.call("POST", GUIAS, guia, id=rascunho, **how)


def a_typed(numero: str = "G1", **changes: Any) -> dict[str, Any]:
    """A consultation in JSON; `None` leaves a member out."""
    made = {**campos_of(a_visit(numero)), **changes}
    return {name: held for name, held in made.items() if held is not None}


def errors(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, code) of each error of a problem."""
    return [(erro["campo"], erro["codigo"]) for erro in body["erros"]]
