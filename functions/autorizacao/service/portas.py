"""What the use cases of this context need from outside: one set of ports for every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from conecta_facts.beneficiarios import Beneficiario
from conecta_senhas.autorizacoes import Ato, Autorizacao, Papel
from conecta_senhas.contexto import Contexto
from conecta_senhas.solicitacoes import Solicitacao
from conecta_tiss.versions import Versao


@dataclass(frozen=True, slots=True, kw_only=True)
class Chamador:
    """Who asks, through whatever door.

    Attributes:
        papel: PRESTADOR, CENTRAL or AUDITORIA.
        quem: opaque id of the person or credential.
        prestador_id: in whose name; of the operadora's people, for whom (`None` where it is for nobody).
        registros: operadoras the person works for; empty for a prestador.
        versao: of TISS, of who will read the codes; `None` while unknown.
        correlacao: the request's id, in logs and events.
    """

    papel: Papel
    quem: str
    prestador_id: str | None = None
    registros: frozenset[str] = frozenset()
    versao: Versao | None = None
    correlacao: str = ""

    def ato(self, now: datetime, hoje: date, motivo: str | None = None) -> Ato:
        """What this caller does now."""
        return Ato(papel=self.papel, quem=self.quem, quando=now, hoje=hoje, motivo=motivo)


@dataclass(frozen=True, slots=True)
class Guardada:
    """An authorization as stored, with what hangs on it.

    Attributes:
        complementos: numero of every authorization asked on it, in whatever state.
        vida: pseudonym of the carteira it was asked for, by which the life's authorizations are found.
        nome: pseudonym of the life's name, by which the Central finds it; `None` when nobody knew the name.
    """

    autorizacao: Autorizacao
    vida: str
    complementos: tuple[str, ...] = ()
    nome: str | None = None


@dataclass(frozen=True, slots=True)
class Mudanca:
    """One authorization to write, on condition that it is still as read.

    Attributes:
        antes: as read; `None` of a new one.
        solto: of a new one, the authorization that held its number of guia and let it go, being denied or cancelled.
        proximo: the next local day on which something of it is due, where the sweep knows better than the rules.
    """

    antes: Guardada | None
    depois: Guardada
    solto: str | None = None
    proximo: date | None = None


@dataclass(frozen=True, slots=True)
class Ponteiro:
    """Where an authorization of a life is, and what it is called.

    Attributes:
        guia: numeroGuiaPrestador.
        dia: local day it was asked.
    """

    registro_ans: str
    numero: str
    guia: str
    dia: date


@dataclass(frozen=True, slots=True)
class Pagina:
    """Authorizations in the order asked for, and where the next page starts (`None` at the end)."""

    itens: Sequence[Guardada]
    posicao: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Lido:
    """All that a request needs to be judged and written, read at one time.

    Attributes:
        beneficiario: whom the carteira is of; `None` when it is nobody's (as in `contexto`).
        ja_pedida: what holds the same number of guia of the same prestador, and the digest of what it asked.
        principal: named by `guia_principal`, when there is one the caller may see.
        protocolo, numero: never given before (R30).
        vida, nome: see `Guardada`.
        ausentes: documents named in the request that are not complete files of the prestador.
        repetida: the answer kept for this very `Idempotency-Key`; nothing else counts then.
    """

    contexto: Contexto
    beneficiario: Beneficiario | None
    vida: str
    protocolo: str
    numero: str
    ja_pedida: tuple[Guardada, str] | None = None
    principal: Guardada | None = None
    nome: str | None = None
    ausentes: tuple[str, ...] = ()
    repetida: Any = None


class Autorizacoes(Protocol):
    """The stored authorizations; a write is one transaction, each part of it on condition of what was read."""

    def get(self, registro_ans: str, numero: str) -> Guardada | None:
        """One authorization, whoever's: the use case says who may see it."""
        ...

    def many(self, registro_ans: str, numeros: Sequence[str]) -> list[Guardada | None]:
        """Several, in the order asked."""
        ...

    def by_guia(self, prestador_id: str, registro_ans: str, guia: str) -> Guardada | None:
        """The one that holds a number of guia of a prestador: the one it asked last."""
        ...

    def of_life(self, registro_ans: str, carteiras: Sequence[str]) -> list[Ponteiro]:
        """Every authorization asked with any of these numbers of one life."""
        ...

    def by_name(self, registro_ans: str, nome: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        """Authorizations of lives of that first and last name, newest first."""
        ...

    def of_month(self, prestador_id: str, competencia: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        """What a prestador is, or was, party to and was asked in a month (`AAAAMM`), newest first."""
        ...

    def worklist(self, registro_ans: str, fila: str, posicao: Mapping[str, str] | None, limite: int) -> Pagina:
        """What waits for the operadora: urgency first, then by the day of the answer."""
        ...

    def write(
        self,
        mudancas: Sequence[Mudanca],
        *,
        now: datetime,
        correlacao: str,
        digest: str | None = None,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Write all of it, its events and the kept answer, or nothing.

        Args:
            digest: of what a new authorization asks, kept beside its number of guia.
            guardar: transaction `Put` actions of the caller's (the kept answer).

        Raises:
            MudouError: something is no longer as read, or a number of guia was taken meanwhile; nothing was written.
            Exception: what the caller's own actions lost against (a kept answer that is there already).
        """
        ...


class Contextos(Protocol):
    """What is known besides the request, counted and audited with the reading."""

    def read(
        self, solicitacao: Solicitacao, chamador: Chamador, hoje: date, *, nova: bool = True, sem: str | None = None
    ) -> Lido:
        """Everything a request needs, in two round trips; plan, contract and rules from memory while they are there.

        Args:
            chamador: whose relacionamento counts; one without a prestador cannot ask.
            nova: numbers are given, and who holds its number of guia is looked up; otherwise neither.
            sem: numero of an authorization whose quantities do not count for limits: the one to be replaced, or itself.
        """
        ...

    def beneficiario(self, registro_ans: str, carteira: str) -> Beneficiario | None:
        """A life, by its present or a replaced number."""
        ...

    def candidatas(
        self, registros: Sequence[str], numero: str, carteira: str
    ) -> Sequence[tuple[Guardada, tuple[str, ...]]]:
        """Authorizations of a life that may be the one of that number, each with every number the life is known by.

        What is not there, not the life's, or not the caller's costs the same calls.
        """
        ...

    def carteiras(self, registro_ans: str, cpf: str) -> tuple[str, ...]:
        """Every carteira of a person at an operadora."""
        ...

    def next_protocolo(self, hoje: date) -> str:
        """A protocolo de atendimento never given before (R30)."""
        ...


class Documentos(Protocol):
    """The files of `documentos`: only whether they are there."""

    def missing(self, prestador_id: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Which of these are not complete files of this prestador, in the order asked."""
        ...


Keep = Callable[[Any], Sequence[Mapping[str, Any]]]
"""Transaction actions that keep an answer for its `Idempotency-Key`; none without one."""


def keep_nothing(_answer: Any) -> Sequence[Mapping[str, Any]]:
    """For doors whose retries are free by themselves."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """The ports of one call, and its instant.

    Attributes:
        hoje: local day of `now`.
        keep: see `Keep`.
    """

    autorizacoes: Autorizacoes
    contextos: Contextos
    documentos: Documentos
    now: datetime
    hoje: date
    keep: Keep = field(default=keep_nothing)
