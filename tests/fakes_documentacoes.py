"""`documentos-api` with everything behind what is published, and read, in memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from threading import Lock
from typing import Any, Final

import pytest

from conecta_atos.portas import Page
from conecta_edge import session
from conecta_edge.clock import FixedClock, day_start, local_day
from documentos.bootstrap import publicacoes as bootstrap
from documentos.domain import uploads
from documentos.domain.errors import StalePublicacaoError
from documentos.domain.publicacoes import Leitor, Publicacao, Situacao
from documentos.domain.uploads import Upload
from documentos.handler import api
from documentos.service.publicacoes import Edicoes, Fato, Mudanca, Portas, dono
from tests.builders_cadastro import an_operadora
from tests.builders_documentacoes import a_leitor
from tests.builders_functions import (
    CLINICA,
    HOSPITAL,
    NOW,
    PASA,
    PORTAL_OPERADORA,
    VALE,
    api_event,
    person,
)
from tests.cadastro_rows import Credencial, Vinculo, VinculoOperadora
from tests.fakes import FakeCadastro, FakeFiles, FakeIdempotency, FakeUploads
from tests.fakes_cadastro import FakeCatalogo

FATURISTA: Final = person()
DA_CLINICA: Final = person("pessoa-2")
RECEPCAO: Final = person("pessoa-3")


def da_operadora(grupo: str, registro: str = VALE) -> dict[str, Any]:
    """Claims of a person of an operadora's group."""
    return person(f"{grupo}-{registro}", **{"client_id": PORTAL_OPERADORA, "cognito:groups": grupo})


class FakePublicacoes:
    """`documentos.service.publicacoes.Publicacoes`; `guardar` are :class:`tests.fakes.Kept` answers."""

    def __init__(self, enviados: FakeUploads | None = None) -> None:
        self.rows: dict[tuple[str, int], Publicacao] = {}
        self.told: list[Fato] = []
        self.visitas: dict[tuple[str, str], datetime] = {}
        self._enviados, self._lock = enviados or FakeUploads(), Lock()

    def edicoes(self, registro_ans: str, publicacao_id: str) -> Edicoes:
        return tuple(one for one in self._of(registro_ans) if one.id == publicacao_id)

    def todas(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        found = self._of(registro_ans)[::-1]
        start = int(position["n"]) if position else 0
        more = {"n": str(start + limit)} if len(found) > start + limit else None
        return Page(found[start : start + limit], more)

    def estantes(
        self, prestador_id: str, quem: str, registros: Sequence[str], hoje: date
    ) -> tuple[Mapping[str, Sequence[Publicacao]], datetime | None]:
        return {one: self._estante(one, hoje) for one in registros}, self.visita(prestador_id, quem)

    def _estante(self, registro_ans: str, hoje: date) -> Sequence[Publicacao]:
        return [
            one
            for one in self._of(registro_ans)
            if one.situacao is Situacao.PUBLICADA and (one.conteudo.vigente_ate or date.max) >= hoje
        ]

    def _of(self, registro_ans: str) -> list[Publicacao]:
        return [one for _, one in sorted(self.rows.items()) if one.registro_ans == registro_ans]

    def write(
        self,
        mudancas: Sequence[Mudanca],
        fatos: Sequence[Fato] = (),
        *,
        envio: Upload | None = None,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Any] = (),
    ) -> None:
        with self._lock:
            if any(self.rows.get((one.depois.id, one.depois.edicao)) != one.antes for one in mudancas):
                raise StalePublicacaoError
            if envio is not None:
                self._enviados.add(envio)
            self.rows |= {(one.depois.id, one.depois.edicao): one.depois for one in mudancas}
            self.told += fatos
            for kept in guardar:
                kept.apply()

    def visita(self, prestador_id: str, quem: str) -> datetime | None:
        return self.visitas.get((prestador_id, quem))

    def visitar(self, prestador_id: str, quem: str, ate: datetime) -> None:
        self.visitas[prestador_id, quem] = max(ate, self.visitas.get((prestador_id, quem), ate))


class FakeLeitores:
    """`documentos.service.publicacoes.Leitores`."""

    def __init__(self, *leitores: Leitor) -> None:
        self.held = list(leitores)

    def leitores(self, prestador_id: str, registro_ans: str | None, hoje: date) -> Sequence[Leitor]:
        return [
            one
            for one in self.held
            if one.prestador_id == prestador_id and registro_ans in {None, one.registro_ans}
        ]  # fmt: skip

    def da_operadora(
        self, registro_ans: str, hoje: date, position: Mapping[str, str] | None
    ) -> tuple[Sequence[Leitor], Mapping[str, str] | None]:
        """One at a time."""
        known = [one for one in self.held if one.registro_ans == registro_ans]
        place = int(position["n"]) if position else 0
        return known[place : place + 1], {"n": str(place + 1)} if len(known) > place + 1 else None

    def desconhecidos(self, registro_ans: str, prestadores: Collection[str]) -> Collection[str]:
        known = {one.prestador_id for one in self.held if one.registro_ans == registro_ans}
        return frozenset(prestadores) - known


class Mural:
    """A hospital of VALE and PASA and a clinic of VALE behind the routes, on 2026-11-21 at noon UTC.

    The hospital has a faturista (`pessoa-1`), a recepção (`pessoa-3`) and a machine; the clinic its gestor. VALE has a
    person in each group, PASA one of cadastro.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.agora = NOW
        self.uploads, self.files, self.idempotencia = FakeUploads(), FakeFiles(), FakeIdempotency()
        self.publicacoes, self.catalogo, reader = FakePublicacoes(self.uploads), FakeCatalogo(), FakeCadastro()
        self.leitores = FakeLeitores(
            a_leitor(), a_leitor(registro_ans=PASA), a_leitor(CLINICA, ufs=frozenset({"SP"})),
        )  # fmt: skip
        for registro in (VALE, PASA):
            self.catalogo.put("operadora", registro, an_operadora(registro))
            reader.put_vinculo_operadora(VinculoOperadora(f"cadastro-{registro}", registro, "cadastro"))
        for sub, prestador_id, papel in (
            ("pessoa-1", HOSPITAL, "faturista"), ("pessoa-2", CLINICA, "gestor"), ("pessoa-3", HOSPITAL, "recepcao"),
        ):  # fmt: skip
            reader.put_vinculo(Vinculo(sub, prestador_id, papel))
        reader.put_credencial(Credencial("maquina-1", HOSPITAL, ("documentos.ler", "peg.ler")))
        for grupo in ("central", "auditoria", "financeiro"):
            reader.put_vinculo_operadora(VinculoOperadora(f"{grupo}-{VALE}", VALE, grupo))
        for module, name, fake in (
            (bootstrap, "portas", lambda: self.portas),
            (session, "cadastro", lambda: reader),
            (session, "catalogo", lambda: self.catalogo),
            (session, "idempotency_table", lambda: self.idempotencia),
            (session, "_page_secret", lambda: b"segredo"),
            (session, "clock", lambda: FixedClock(self.agora)),
        ):
            monkeypatch.setattr(module, name, fake)

    @property
    def portas(self) -> Portas:
        """The ports of now."""
        return Portas(
            publicacoes=self.publicacoes, leitores=self.leitores, uploads=self.uploads, files=self.files,
            now=self.agora, local_day=local_day, day_start=day_start,
        )  # fmt: skip

    def arrive(self, upload_id: str, registro: str = VALE, **changes: Any) -> None:
        """The file of a draft is checked."""
        held = self.uploads.rows[dono(registro), upload_id]
        done = uploads.receive(held, sha256="9f" * 32, chave="t/9f", achados=(), at=self.agora, now=self.agora)
        self.uploads.rows[dono(registro), upload_id] = replace(done, **changes)

    def call(
        self, method: str, resource: str, body: Any = None, *, claims: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, **path: str,
    ) -> tuple[int, Any, dict[str, str]]:  # fmt: skip
        """Ask the function: status, body and headers; an operadora's route is asked by VALE's cadastro."""
        who = claims or (da_operadora("cadastro") if resource.startswith("/operadora/") else FATURISTA)
        event = api_event(
            method, resource, path=path or None, query=dict(query or {}) or None, headers=dict(headers or {}),
            claims=who, body=None if body is None else json.dumps(body),
        )  # fmt: skip
        answered = api.handler(event, None)
        content = answered["body"]
        if answered["isBase64Encoded"]:
            return answered["statusCode"], base64.b64decode(content), answered["headers"]
        return answered["statusCode"], json.loads(content) if content else None, answered["headers"]

    def get(self, resource: str, claims: dict[str, Any] | None = None, **query: str) -> tuple[int, Any]:
        """GET something without a path."""
        return self.call("GET", resource, claims=claims, query=query)[:2]
