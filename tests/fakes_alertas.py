"""In-memory stand-ins of what alertas keeps and asks; `tests/contract` judges what they keep, too.

All may be used from several threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from alertas.domain.alertas import Alerta, Leitor, Sequencia
from alertas.domain.errors import MudouError
from alertas.domain.painel import Acesso, Item
from alertas.domain.resumos import Preferencia
from alertas.dynamodb import chaves
from alertas.service.portas import Antes, Donos, Portas
from conecta_edge.clock import local_day
from tests.builders_functions import NOW


class FakeAlertas:
    """`alertas.service.portas.Alertas`.

    Attributes:
        rows: alertas by prestador and event.
        before_append: called before each `append`: what a race does meanwhile.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Alerta] = {}
        self.sequencias: dict[str, Sequencia] = {}
        self.leitores: dict[tuple[str, str], Leitor] = {}
        self._newest: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()
        self.before_append: Callable[[], None] = lambda: None

    def _sequencia(self, prestador_id: str) -> Sequencia:
        return self.sequencias.get(prestador_id, Sequencia(prestador_id=prestador_id))

    def antes(self, prestador_id: str, alerta_id: str, entidade: str) -> Antes:
        with self._lock:
            told, newest = (prestador_id, alerta_id) in self.rows, self._newest.get((prestador_id, entidade))
            return Antes(self._sequencia(prestador_id), told, newest)

    def append(self, alerta: Alerta, sequencia: Sequencia) -> None:
        self.before_append()
        whose, key = alerta.prestador_id, (alerta.prestador_id, alerta.id)
        with self._lock:
            newest = self._newest.get((whose, alerta.entidade))
            overtaken = not alerta.superado and newest is not None and newest > alerta.ocorrido_em
            if self._sequencia(whose).versao != sequencia.versao or key in self.rows or overtaken:
                raise MudouError
            self.rows[key] = alerta
            self.sequencias[whose] = replace(sequencia, versao=sequencia.versao + 1)
            if not alerta.superado:
                self._newest[whose, alerta.entidade] = alerta.ocorrido_em

    def _of(self, prestador_id: str) -> list[Alerta]:
        with self._lock:
            mine = [one for (whose, _), one in self.rows.items() if whose == prestador_id]
        return sorted(mine, key=lambda one: one.numero)

    def primeiro_mostrado(self, prestador_id: str, numero: int, now: datetime) -> Alerta | None:
        mine = (one for one in self._of(prestador_id) if one.numero >= numero and one.expira_em > now)
        return next(mine, None)

    def lista(self, prestador_id: str, de: int, ate: int, limite: int, *, recentes: bool) -> Sequence[Alerta]:
        mine = [one for one in self._of(prestador_id) if de <= one.numero <= ate]
        return (mine[::-1] if recentes else mine)[:limite]

    def escolhidos(self, prestador_id: str, ids: Sequence[str]) -> Sequence[Alerta | None]:
        with self._lock:
            return [self.rows.get((prestador_id, one)) for one in ids]

    def leitura(self, prestador_id: str, quem: str) -> tuple[Sequencia, Leitor]:
        with self._lock:
            leitor = self.leitores.get((prestador_id, quem), Leitor(prestador_id=prestador_id, quem=quem))
            return self._sequencia(prestador_id), leitor

    def write_leitor(self, leitor: Leitor) -> None:
        key = (leitor.prestador_id, leitor.quem)
        with self._lock:
            held = self.leitores.get(key)
            if (held.versao if held else 0) != leitor.versao:
                raise MudouError
            self.leitores[key] = replace(leitor, versao=leitor.versao + 1)


class FakePainel:
    """`alertas.service.portas.Painel`."""

    def __init__(self) -> None:
        self.rows: dict[str, Item] = {}
        self._lock = threading.Lock()

    def put(self, item: Item) -> bool:
        key = "/".join(chaves.painel_key(item).values())
        with self._lock:
            held = self.rows.get(key)
            if held is not None:
                pairs = list(zip(held.versoes, item.versoes, strict=True))
                if any(old > new for old, new in pairs) or all(old == new for old, new in pairs):
                    return False
            self.rows[key] = item
            return True

    def esperam(
        self, prestador_id: str, acesso: Acesso, *, de: date | None = None, ate: date | None = None
    ) -> Sequence[Item]:
        first, last = chaves.painel_desde(acesso, de), chaves.painel_ate(acesso, ate)
        with self._lock:
            mine = [one for one in self.rows.values() if one.prestador_id == prestador_id and one.conta]
        placed = sorted((chaves.painel_ordem(one), one) for one in mine if one.acesso is acesso)
        return [one for place, one in placed if first <= place <= last]

    def na_internacao(self, itens: Sequence[Item]) -> Sequence[Item]:
        asked = [(one, chaves.painel_key(replace(one, id=one.principal))) for one in itens if one.principal]
        found = [(one, self.rows.get("/".join(key.values()))) for one, key in asked]
        return [one for one, stay in found if stay is not None and stay.internado]


class FakePreferencias:
    """`alertas.service.portas.Preferencias`; `enderecos` are e-mail and papel of who acts for a prestador."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Preferencia] = {}
        self.enderecos: dict[tuple[str, str], tuple[str, str]] = {}
        self.before_write: Callable[[], None] = lambda: None

    def get(self, prestador_id: str, quem: str) -> Preferencia:
        return self.rows.get((prestador_id, quem), Preferencia(prestador_id=prestador_id, quem=quem))

    def write(self, preferencia: Preferencia) -> None:
        self.before_write()
        key = (preferencia.prestador_id, preferencia.quem)
        if self.get(*key).versao != preferencia.versao:
            raise MudouError
        self.rows[key] = replace(preferencia, versao=preferencia.versao + 1)

    def devidas(self, now: datetime, limite: int) -> Sequence[Preferencia]:
        due = [one for one in self.rows.values() if one.proximo_em and one.proximo_em <= now]
        return sorted(due, key=lambda one: (one.proximo_em, one.quem))[:limite]

    def endereco(self, prestador_id: str, quem: str) -> tuple[str, str] | None:
        return self.enderecos.get((prestador_id, quem))


class FakeDonos:
    """Owners that answer what they are told to, and keep what they were asked.

    Attributes:
        glosas: what recurso answers about a PEG, by protocolo.
        paginas: prestadores that a publicação is for, page by page.
        adiante: what was sent back to our own queue.
    """

    def __init__(self) -> None:
        self.glosas: dict[str, Mapping[str, Any]] = {}
        self.paginas: list[list[str]] = []
        self.adiante: list[Mapping[str, Any]] = []
        self.asked: list[Mapping[str, Any]] = []

    def _contestaveis(self, de: Mapping[str, str], _correlacao: str) -> Mapping[str, Any]:
        self.asked.append(de)
        nothing = {"versao_peg": 1, "versao_contestado": 0, "partes": []}
        return self.glosas.get(de["protocolo"], nothing)

    def _publico(self, _publicacao: str, posicao: Mapping[str, str] | None, _correlacao: str) -> Mapping[str, Any]:
        place = int(posicao["pagina"]) if posicao else 0
        following = {"pagina": str(place + 1)} if place + 1 < len(self.paginas) else None
        return {"prestadores": self.paginas[place], "posicao": following}

    def donos(self) -> Donos:
        """The ports."""
        return Donos(contestaveis=self._contestaveis, publico=self._publico, adiante=self.adiante.append)


class Mural:
    """Everything alertas keeps, at one instant."""

    def __init__(self, agora: datetime = NOW) -> None:
        self.agora = agora
        self.alertas, self.painel, self.preferencias = FakeAlertas(), FakePainel(), FakePreferencias()
        self.owners = FakeDonos()

    @property
    def portas(self) -> Portas:
        """The ports of a call made now."""
        return Portas(alertas=self.alertas, painel=self.painel, now=self.agora, hoje=local_day(self.agora))
