"""In-memory stand-ins of who acts for whom, of pedidos and relacionamentos, and of the user pool.

`tests/contract` runs one suite on each of them and on the adapter it stands for. All may be used from several threads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cadastro.bootstrap import contas as bootstrap
from cadastro.domain import contas as rules
from cadastro.domain.contas import AlreadyBoundError, Credencial, LastGestorError, Papel, Pessoa, StaleContaError
from cadastro.domain.relacionamentos import Historico, Pedido, StaleRelacionamentoError
from cadastro.handler import contas as contas_handler
from cadastro.handler import relacionamentos as relacionamentos_handler
from cadastro.service.contas import Credenciais, Pessoas
from cadastro.service.relacionamentos import Circumstances, Held, PedidoPage, Related, RelatedPage, Verdict
from conecta_edge import problems, session
from conecta_edge.cadastro import Binding, OperadoraBinding
from conecta_edge.clock import FixedClock, iso
from conecta_edge.dynamodb import ConditionFailedError
from conecta_edge.http import Api
from conecta_edge.pseudonyms import Pseudonyms
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import (
    CLINICA,
    CNPJ,
    HOSPITAL,
    NOW,
    PASA,
    PORTAL_OPERADORA,
    SINCE,
    VALE,
    api_event,
    person,
)
from tests.fakes import FakeIdempotency, Numbers


@dataclass
class Tables:
    """What the fakes of one deployment share: rows by key, and what was told, in order."""

    pessoas: dict[tuple[str, str], Pessoa] = field(default_factory=dict)
    credenciais: dict[tuple[str, str], Credencial] = field(default_factory=dict)
    sets: dict[str, int] = field(default_factory=dict)
    pedidos: dict[tuple[str, str], Pedido] = field(default_factory=dict)
    profiles: dict[str, Prestador] = field(default_factory=dict)
    relacionamentos: dict[tuple[str, str], Held] = field(default_factory=dict)
    historico: list[tuple[str, str, Historico]] = field(default_factory=list)
    operadoras: set[str] = field(default_factory=set)
    told: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def gestores(self, prestador_id: str) -> int:
        """Active gestores of a prestador."""
        return sum(row.active_gestor for (owner, _), row in self.pessoas.items() if owner == prestador_id)


class FakeContas:
    """`cadastro.service.contas.Contas`; `extra` actions are `tests.fakes.Kept` answers."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or Tables()

    def pessoas(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Pessoas:
        rows = sorted((sub, row) for (owner, sub), row in self.tables.pessoas.items() if owner == prestador_id)
        rest = [row for sub, row in rows if position is None or sub > position["sub"]]
        page = rest[:limit]
        following = {"sub": page[-1].sub} if len(rest) > limit else None
        return Pessoas([row for row in page if row.removida_em is None], following)

    def pessoa(self, prestador_id: str, pessoa_id: str) -> Pessoa | None:
        rows = self.pessoas(prestador_id, None, len(self.tables.pessoas) + 1).rows
        return next((row for row in rows if row.id == pessoa_id), None)

    def held(self, prestador_id: str, sub: str) -> Pessoa | None:
        return self.tables.pessoas.get((prestador_id, sub))

    def bind(self, before: Pessoa | None, after: Pessoa, now: datetime, extra: tuple[Any, ...] = ()) -> None:
        with self.tables.lock:
            possible(extra, 1)
            if self.tables.pessoas.get((after.prestador_id, after.sub)) != before:
                raise AlreadyBoundError
            self.tables.pessoas[after.prestador_id, after.sub] = after
            self.tables.told.append(("PessoaVinculada", after.prestador_id))
            for action in extra:
                action.apply()

    def change(self, before: Pessoa, after: Pessoa, quem: str, now: datetime) -> None:
        with self.tables.lock:
            if self.tables.pessoas.get((before.prestador_id, before.sub)) != before:
                raise StaleContaError
            if rules.gestores_delta(before, after) < 0 and self.tables.gestores(before.prestador_id) == 1:
                raise LastGestorError
            self.tables.pessoas[after.prestador_id, after.sub] = after
            tipo = "PessoaVinculada" if after.ativo else "PessoaDesvinculada"
            self.tables.told.append((tipo, after.prestador_id))

    def credenciais(self, prestador_id: str) -> Credenciais:
        with self.tables.lock:
            rows = tuple(row for (owner, _), row in self.tables.credenciais.items() if owner == prestador_id)
            return Credenciais(rows, self.tables.sets.get(prestador_id, 0))

    def credencial(self, prestador_id: str, client_id: str) -> Credencial | None:
        return self.tables.credenciais.get((prestador_id, client_id))

    def add_credencial(
        self,
        made: Credencial,
        rotated: tuple[Credencial, Credencial] | None,
        versao: int,
        now: datetime,
        extra: tuple[Any, ...] = (),
    ) -> None:
        owner = made.prestador_id
        with self.tables.lock:
            possible(extra, 1)
            if self.tables.sets.get(owner, 0) != versao:
                raise StaleContaError
            if rotated and self.tables.credenciais.get((owner, rotated[0].client_id)) != rotated[0]:
                raise StaleContaError
            self.tables.credenciais[owner, made.client_id] = made
            if rotated:
                self.tables.credenciais[owner, rotated[1].client_id] = rotated[1]
            self.tables.sets[owner] = versao + 1
            self.tables.told.append(("CredencialCriada", owner))
            for action in extra:
                action.apply()

    def revoke(self, before: Credencial, after: Credencial, now: datetime) -> None:
        key = (before.prestador_id, before.client_id)
        with self.tables.lock:
            if self.tables.credenciais.get(key) != before:
                raise StaleContaError
            self.tables.credenciais[key] = after
            self.tables.told.append(("CredencialRevogada", before.prestador_id))


def possible(extra: Sequence[Any], first: int) -> None:
    """Refuse as a transaction does when one of its further actions cannot be done."""
    failed = tuple(n for n, action in enumerate(extra, first) if not action.possible())
    if failed:
        raise ConditionFailedError(failed)


class FakeIdentidades:
    """`cadastro.service.contas.Identidades`: who has an account, whom an invitation was sent to, which clients live."""

    def __init__(self, accounts: Mapping[str, str] | None = None) -> None:
        self.accounts = dict(accounts or {})
        self.invited: list[str] = []
        self.clients: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        self._lock, self._made = threading.Lock(), 0

    def account(self, email: str) -> str:
        with self._lock:
            if email not in self.accounts:
                self.accounts[email] = f"sub-{len(self.accounts) + 1}-de-{len(email)}"
                self.invited.append(email)
            return self.accounts[email]

    def email_of(self, sub: str) -> str | None:
        return next((email for email, held in self.accounts.items() if held == sub), None)

    def create_client(self, prestador_id: str, escopos: Sequence[str]) -> tuple[str, str]:
        with self._lock:
            self._made += 1
            client_id, secret = f"cliente{self._made}", f"segredo{self._made}"
            self.clients[client_id] = (secret, prestador_id, tuple(escopos))
            return client_id, secret

    def secret_of(self, client_id: str) -> str | None:
        found = self.clients.get(client_id)
        return found[0] if found else None

    def delete_client(self, client_id: str) -> None:
        self.clients.pop(client_id, None)


class FakeRelacionamentos:
    """`cadastro.service.relacionamentos.Relacionamentos`."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or Tables()
        self._numbers = Numbers(3)

    def operadora_exists(self, registro_ans: str) -> bool:
        return registro_ans in self.tables.operadoras

    def next_protocolo(self, day: date) -> str:
        return self._numbers.next_protocolo(day)

    def pessoa(self, sub: str, prestador_id: str) -> Pessoa | None:
        return self.tables.pessoas.get((prestador_id, sub))

    def pedidos_of_person(self, sub: str) -> tuple[Pedido, ...]:
        return self._pedidos_under(f"PESSOA#{sub}")

    def pedidos_of_prestador(self, prestador_id: str) -> tuple[Pedido, ...]:
        return self._pedidos_under(f"PRESTADOR#{prestador_id}")

    def _pedidos_under(self, owner: str) -> tuple[Pedido, ...]:
        return tuple(row for (held, _), row in sorted(self.tables.pedidos.items()) if held == owner)

    def pedido(self, *, sub: str, prestadores: Sequence[str], pedido_id: str) -> Pedido | None:
        owners = [f"PESSOA#{sub}", *(f"PRESTADOR#{one}" for one in prestadores)]
        found = (self.tables.pedidos.get((owner, pedido_id)) for owner in owners)
        return next((row for row in found if row), None)

    def pedido_at(self, registros: Sequence[str], pedido_id: str) -> Pedido | None:
        rows = (row for (_, held), row in self.tables.pedidos.items() if held == pedido_id)
        return next((row for row in rows if row.registro_ans in registros), None)

    def add_pedido(self, pedido: Pedido, now: datetime) -> bool:
        with self.tables.lock:
            if any(held == pedido.id for _, held in self.tables.pedidos):
                return False
            self.tables.pedidos[_owner(pedido), pedido.id] = pedido
            self.tables.told.append(("RelacionamentoSolicitado", pedido.prestador_id))
            return True

    def circumstances(self, pedido: Pedido) -> Circumstances:
        with self.tables.lock:
            rows = (row for (owner, _), row in self.tables.relacionamentos.items() if owner == pedido.prestador_id)
            return Circumstances(
                prestador=self.tables.profiles.get(pedido.prestador_id),
                relacionamentos=tuple(rows),
                solicitante=self.pessoa(pedido.solicitante, pedido.prestador_id),
                gestores=self.tables.gestores(pedido.prestador_id),
            )

    def relacionamento(self, prestador_id: str, registro_ans: str) -> Held | None:
        return self.tables.relacionamentos.get((prestador_id, registro_ans))

    def relacionamentos(self, prestador_ids: Sequence[str]) -> tuple[Held, ...]:
        rows = sorted(self.tables.relacionamentos.items(), key=lambda item: item[0])
        return tuple(row for wanted in prestador_ids for (owner, _), row in rows if owner == wanted)

    def profiles(self, prestador_ids: Sequence[str]) -> tuple[Prestador | None, ...]:
        return tuple(map(self.tables.profiles.get, prestador_ids))

    def pedidos_by(
        self, registro_ans: str, situacao: Situacao, position: Mapping[str, str] | None, limit: int
    ) -> PedidoPage:
        rows = [
            row for row in self.tables.pedidos.values() if (row.registro_ans, row.situacao) == (registro_ans, situacao)
        ]
        rows.sort(key=lambda row: (row.criado_em, row.id))
        start = int(position["linha"]) if position else 0
        end = start + limit
        return PedidoPage(rows[start:end], {"linha": str(end)} if end < len(rows) else None)

    def relacionamentos_by(
        self, registro_ans: str, situacao: Situacao, hoje: date, position: Mapping[str, str] | None, limit: int
    ) -> RelatedPage:
        rows = [
            row
            for (_, registro), row in sorted(self.tables.relacionamentos.items(), key=lambda item: item[0])
            if registro == registro_ans and row.value.situacao_em(hoje) is situacao
        ]
        start = int(position["linha"]) if position else 0
        end = start + limit
        page = [Related(row, self.tables.profiles.get(row.value.prestador_id)) for row in rows[start:end]]
        return RelatedPage(page, {"linha": str(end)} if end < len(rows) else None)

    def decide(self, verdict: Verdict, now: datetime, today: date) -> None:
        before, after, tables = verdict.before, verdict.after, self.tables
        owner = after.prestador_id
        key = (owner, after.registro_ans)
        with tables.lock:
            stale = tables.pedidos.get((_owner(before), before.id)) != before
            stale |= verdict.prestador is not None and owner in tables.profiles
            if verdict.relacionamento is not None:
                stale |= tables.relacionamentos.get(key) != verdict.relacionamento[0]
            if verdict.pessoa is not None:
                stale |= tables.pessoas.get((owner, after.solicitante)) != verdict.pessoa[0]
                stale |= tables.gestores(owner) != verdict.gestores
            if stale:
                raise StaleRelacionamentoError
            tables.pedidos[_owner(after), after.id] = after
            tables.told.append(("RelacionamentoDecidido", owner))
            if verdict.prestador is not None:
                tables.profiles[owner] = verdict.prestador
            if verdict.relacionamento is not None:
                tables.relacionamentos[key] = Held(verdict.relacionamento[1], f"{iso(now)}#api")
                tables.historico.append((owner, after.registro_ans, verdict.historico))
            if verdict.pessoa is not None:
                tables.pessoas[owner, after.solicitante] = verdict.pessoa[1]
                tables.told.append(("PessoaVinculada", owner))

    def change(self, before: Held, after: Relacionamento, historico: Historico, now: datetime, today: date) -> Held:
        key = (after.prestador_id, after.registro_ans)
        with self.tables.lock:
            if self.tables.relacionamentos.get(key) != before:
                raise StaleRelacionamentoError
            made = Held(after, f"{iso(now)}#api")
            self.tables.relacionamentos[key] = made
            self.tables.historico.append((*key, historico))
            self.tables.told.append(("RelacionamentoDecidido", after.prestador_id))
            return made


def _owner(pedido: Pedido) -> str:
    return f"PRESTADOR#{pedido.prestador_id}" if pedido.do_prestador else f"PESSOA#{pedido.solicitante}"


class FakeReader:
    """`conecta_edge.cadastro.CadastroReader` of people, over the same rows."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.operadora_people: dict[str, dict[str, str]] = {}

    def bindings(self, sub: str) -> tuple[Binding, ...]:
        rows = sorted(self._tables.pessoas.items())
        return tuple(Binding(owner, row.papel.value) for (owner, held), row in rows if held == sub and row.ativo)

    def operadora_bindings(self, sub: str) -> tuple[OperadoraBinding, ...]:
        held = self.operadora_people.get(sub, {})
        return tuple(OperadoraBinding(registro, grupo) for registro, grupo in sorted(held.items()))

    def credential(self, client_id: str) -> tuple[str, frozenset[str]] | None:
        for (owner, held), row in self._tables.credenciais.items():
            if held == client_id and row.live_at(session.clock().now()):
                return owner, frozenset(row.escopos)
        return None


def operadora(sub: str = "op-1", grupos: str = "cadastro", **changes: Any) -> dict[str, Any]:
    """Claims of an operadora's person."""
    return person(sub, **{"client_id": PORTAL_OPERADORA, "cognito:groups": grupos, **changes})


class World:
    """The routes of people, credentials and relacionamentos with fakes behind them.

    The hospital has a gestor (`ana`), a faturista and somebody of the recepção; the clinic has its gestor (`caio`).
    `novo` has an account and no prestador. VALE and PASA have a person of cadastro (`op-1`); `op-2` is of PASA's only.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tables = Tables(operadoras={VALE, PASA})
        self.contas, self.rows = FakeContas(self.tables), FakeRelacionamentos(self.tables)
        self.accounts = FakeIdentidades({f"{sub}@hospital.example": sub for sub in ("ana", "caio", "novo")})
        self.reader, self.idempotency = FakeReader(self.tables), FakeIdempotency()
        self.audited: list[tuple[str, dict[str, Any]]] = []
        self.invitations = 0
        self.now = NOW
        self._monkeypatch = monkeypatch
        self.at(NOW)
        for module, name, fake in (
            (bootstrap, "contas", lambda: self.contas),
            (bootstrap, "relacionamentos", lambda: self.rows),
            (bootstrap, "identidades", lambda: self.accounts),
            (bootstrap, "count_invitation", self._count),
            (session, "cadastro", lambda: self.reader),
            (session, "idempotency_table", lambda: self.idempotency),
            (session, "pseudonyms", lambda: Pseudonyms(b"chave")),
            (session, "record_access", self._audit),
            (session, "_page_secret", lambda: b"segredo"),
        ):
            monkeypatch.setattr(module, name, fake)
        for sub, papel in (("ana", "gestor"), ("bia", "faturista"), ("davi", "recepcao")):
            self.bind(sub, papel)
        self.bind("caio", "gestor", CLINICA)
        self.tables.profiles[HOSPITAL] = Prestador(HOSPITAL, "Hospital Aurora", "9990011", cnpj=CNPJ)
        self.relate(HOSPITAL, VALE)
        self.reader.operadora_people = {"op-1": {VALE: "cadastro", PASA: "cadastro"}, "op-2": {PASA: "cadastro"}}
        parts = (contas_handler, relacionamentos_handler)
        self._api = Api(
            [operation for part in parts for operation in part.OPERATIONS],
            {kind: render for part in parts for kind, render in part.ERRORS.items()},
            session.origins,
        )

    def at(self, now: datetime) -> None:
        """Let it be another instant."""
        self.now = now
        self._monkeypatch.setattr(session, "clock", lambda: FixedClock(now))

    def later(self, **delta: int) -> None:
        """Let time pass."""
        self.at(self.now + timedelta(**delta))

    def bind(self, sub: str, papel: str, prestador: str = HOSPITAL) -> Pessoa:
        """A person of a prestador."""
        made = Pessoa(sub, prestador, Papel(papel), NOW, "g0", email=f"{sub}@{prestador}.example")
        self.tables.pessoas[prestador, sub] = made
        return made

    def relate(self, prestador: str, registro: str, situacao: str = "HABILITADO") -> None:
        """A relacionamento since long ago."""
        value = Relacionamento(prestador, registro, "H1", (Periodo(Situacao(situacao), SINCE),))
        self.tables.relacionamentos[prestador, registro] = Held(value, "2026-01-01T00:00:00.000000Z#carga")

    def call(
        self,
        method: str,
        resource: str,
        body: Any = None,
        *,
        claims: dict[str, Any] | None = None,
        path: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of a call; without claims it is `ana`'s."""
        event = api_event(
            method,
            resource,
            path=path,
            query=query,
            headers={name.replace("_", "-"): value for name, value in (headers or {}).items()},
            claims=claims or person("ana"),
            body=None if body is None else body if isinstance(body, str) else json.dumps(body),
        )
        answered = self._api(event, None)
        text = answered["body"]
        return answered["statusCode"], json.loads(text) if text else None, answered["headers"]

    def _audit(self, _request: Any, actor: Any, **access: Any) -> None:
        self.audited.append((actor.tenant, access))

    def _count(self, _caller: Any) -> None:
        self.invitations += 1
        if self.invitations > 60:
            raise problems.too_many(60)
