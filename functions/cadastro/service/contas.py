"""Use cases of people and machine credentials, and the ports they need."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from cadastro.domain import contas as rules
from cadastro.domain.contas import (
    ChangedMeanwhileError,
    Credencial,
    CredencialNotFoundError,
    Papel,
    Pessoa,
    PessoaNotFoundError,
    SecretGoneError,
    StaleContaError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

ATTEMPTS: Final = 4
Answer = TypeVar("Answer")
Keep = Callable[[Answer], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Pessoas:
    """A page of a prestador's people."""

    rows: Sequence[Pessoa]
    position: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Credenciais:
    """All credentials of a prestador, and the version of the set, so that a limit on it holds in a race."""

    rows: tuple[Credencial, ...]
    versao: int


class Contas(Protocol):
    """Who acts for each prestador; each method names the prestador it touches."""

    def pessoas(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Pessoas:
        """A page of people."""
        ...

    def pessoa(self, prestador_id: str, pessoa_id: str) -> Pessoa | None:
        """One who was not taken out, by what the API calls the person."""
        ...

    def held(self, prestador_id: str, sub: str) -> Pessoa | None:
        """What the row says of a person, taken out ones included."""
        ...

    def bind(self, before: Pessoa | None, after: Pessoa, now: datetime, extra: tuple[Any, ...] = ()) -> None:
        """Let a person in, with further actions in the same transaction.

        Raises:
            AlreadyBoundError: somebody did so since `before` was read.
        """
        ...

    def change(self, before: Pessoa, after: Pessoa, quem: str, now: datetime) -> None:
        """Replace `before` by `after`.

        Raises:
            LastGestorError: the prestador would have no active gestor.
            StaleContaError: it is no longer `before`.
        """
        ...

    def credenciais(self, prestador_id: str) -> Credenciais:
        """All of them, revoked ones too while their rows last."""
        ...

    def credencial(self, prestador_id: str, client_id: str) -> Credencial | None:
        """One."""
        ...

    def add_credencial(
        self,
        made: Credencial,
        rotated: tuple[Credencial, Credencial] | None,
        versao: int,
        now: datetime,
        extra: tuple[Any, ...] = (),
    ) -> None:
        """Store a new one; in a rotation its predecessor changes with it, from the first of the two to the second.

        Raises:
            StaleContaError: the predecessor, or the set, is no longer what was read.
        """
        ...  # fmt: skip

    def revoke(self, before: Credencial, after: Credencial, now: datetime) -> None:
        """Replace `before` by `after`, which works no more.

        Raises:
            StaleContaError: it is no longer `before`.
        """
        ...


class Identidades(Protocol):
    """The prestadores' user pool."""

    def account(self, email: str) -> str:
        """The `sub` of the account with this verified e-mail; made, and its owner invited, when there is none."""
        ...

    def email_of(self, sub: str) -> str | None:
        """The verified e-mail of an account."""
        ...

    def create_client(self, prestador_id: str, escopos: Sequence[str]) -> tuple[str, str]:
        """A new machine client's id and secret."""
        ...

    def secret_of(self, client_id: str) -> str | None:
        """The secret of a machine client; `None` when the client is gone."""
        ...

    def delete_client(self, client_id: str) -> None:
        """Delete a machine client; nothing when it is gone."""
        ...


def invite(
    *,
    prestador_id: str,
    email: str,
    papel: Papel,
    quem: str,
    contas: Contas,
    identidades: Identidades,
    render: Callable[[Pessoa], Answer],
    keep: Keep[Answer],
    now: datetime,
) -> Answer:
    """Let a person act for a prestador; whether the e-mail had an account makes no difference to the answer.

    An account that is made and cannot be bound is found by the next invitation.

    Raises:
        AlreadyBoundError: the person acts for it already.
    """
    sub = identidades.account(email)
    held = contas.held(prestador_id, sub)
    pessoa = rules.bind(held, Pessoa(sub, prestador_id, papel, now, quem, email=email))
    answer = render(pessoa)
    contas.bind(held, pessoa, now, keep(answer))
    return answer


def change_pessoa(
    *,
    prestador_id: str,
    pessoa_id: str,
    papel: Papel | None,
    ativo: bool | None,
    expected: int | None,
    quem: str,
    contas: Contas,
    now: datetime,
) -> Pessoa:
    """Another papel, suspended, or active again: from the person's next request on.

    Raises:
        PessoaNotFoundError, ChangedMeanwhileError, LastGestorError: see there.
        StaleContaError: it kept changing while we tried.
    """
    for _ in range(ATTEMPTS):
        before = _pessoa(contas, prestador_id, pessoa_id, expected)
        after = rules.change(before, papel, ativo)
        if after is before:
            return before
        with suppress(StaleContaError):
            contas.change(before, after, quem, now)
            return after
    raise StaleContaError


def remove_pessoa(
    *, prestador_id: str, pessoa_id: str, expected: int | None, quem: str, contas: Contas, now: datetime
) -> None:
    """The person acts for the prestador no more, from the next request on.

    Raises:
        PessoaNotFoundError, ChangedMeanwhileError, LastGestorError: see there.
        StaleContaError: it kept changing while we tried.
    """
    for _ in range(ATTEMPTS):
        before = _pessoa(contas, prestador_id, pessoa_id, expected)
        with suppress(StaleContaError):
            contas.change(before, rules.remove(before, now), quem, now)
            return
    raise StaleContaError


def _pessoa(contas: Contas, prestador_id: str, pessoa_id: str, expected: int | None) -> Pessoa:
    found = contas.pessoa(prestador_id, pessoa_id)
    if found is None:
        raise PessoaNotFoundError
    if expected is not None and found.versao != expected:
        raise ChangedMeanwhileError
    return found


@dataclass(frozen=True, slots=True)
class NewCredencial:
    """A machine credential somebody wants, already valid by itself."""

    prestador_id: str
    nome: str
    escopos: tuple[str, ...]
    quem: str


Render = Callable[[Credencial, Credencial | None], Answer]
"""Makes the answer, without the secret, from the new credential and its predecessor."""


def create_credencial(
    asked: NewCredencial,
    *,
    contas: Contas,
    identidades: Identidades,
    render: Render[Answer],
    keep: Keep[Answer],
    now: datetime,
) -> tuple[Answer, str]:
    """A new machine credential and its secret, which nobody here keeps.

    Raises:
        TooManyCredenciaisError: as many live ones as a prestador may have.
        StaleContaError: the set kept changing while we tried.
    """  # fmt: skip
    return _issue(lambda _held: (asked, None), asked.prestador_id, contas, identidades, render, keep, now)


def rotate_credencial(
    *,
    prestador_id: str,
    client_id: str,
    overlap: timedelta,
    quem: str,
    contas: Contas,
    identidades: Identidades,
    render: Render[Answer],
    keep: Keep[Answer],
    now: datetime,
) -> tuple[Answer, str]:
    """A successor of the same name and scopes; the predecessor works until the overlap is over.

    Raises:
        CredencialNotFoundError, CredencialEndedError, AlreadyRotatedError, TooManyCredenciaisError: see there.
        StaleContaError: the set kept changing while we tried.
    """

    def plan(held: tuple[Credencial, ...]) -> _Plan:
        before = next((row for row in held if row.client_id == client_id), None)
        if before is None:
            raise CredencialNotFoundError
        asked = NewCredencial(prestador_id, before.nome, before.escopos, quem)
        return asked, (before, rules.hand_over(before, overlap, now))

    return _issue(plan, prestador_id, contas, identidades, render, keep, now)


_Plan = tuple[NewCredencial, tuple[Credencial, Credencial] | None]


def _issue(  # noqa: PLR0917  # all of them are passed on
    plan: Callable[[tuple[Credencial, ...]], _Plan],
    prestador_id: str,
    contas: Contas,
    identidades: Identidades,
    render: Render[Answer],
    keep: Keep[Answer],
    now: datetime,
) -> tuple[Answer, str]:
    """A client in the pool, then its row; a client without a row is useless, and is deleted again."""
    issued: tuple[str, str] | None = None
    stored = False
    try:
        for _ in range(ATTEMPTS):
            held = contas.credenciais(prestador_id)
            asked, rotated = plan(held.rows)
            before, after = rotated or (None, None)
            rules.require_room(tuple(after if after and row is before else row for row in held.rows), now)
            issued = issued or identidades.create_client(prestador_id, asked.escopos)
            made = Credencial(issued[0], prestador_id, asked.nome, asked.escopos, now, asked.quem)
            if before is not None:
                made = replace(made, substitui=before.client_id)
            answer = render(made, after)
            with suppress(StaleContaError):
                contas.add_credencial(made, rotated, held.versao, now, keep(answer))
                stored = True
                return answer, issued[1]
    finally:
        # What failed may have been only the news of it: a client whose row is there stays.
        if issued and not stored and contas.credencial(prestador_id, issued[0]) is None:
            identidades.delete_client(issued[0])
    raise StaleContaError


def secret_of(client_id: str, identidades: Identidades) -> str:
    """The secret of a credential that an earlier request made, described again where it is kept.

    Raises:
        SecretGoneError: it was revoked since.
    """
    found = identidades.secret_of(client_id)
    if found is None:
        raise SecretGoneError
    return found


def revoke_credencial(
    *, prestador_id: str, client_id: str, contas: Contas, identidades: Identidades, now: datetime
) -> None:
    """It works no more from now on, and then its client is deleted; repeating finishes what was interrupted.

    Raises:
        CredencialNotFoundError: absent or foreign.
        StaleContaError: it kept changing while we tried.
    """
    for _ in range(ATTEMPTS):
        before = contas.credencial(prestador_id, client_id)
        if before is None:
            raise CredencialNotFoundError
        after = rules.revoke(before, now)
        with suppress(StaleContaError):
            if after is not before:
                contas.revoke(before, after, now)
            identidades.delete_client(client_id)
            return
    raise StaleContaError


def list_credenciais(prestador_id: str, contas: Contas) -> tuple[Credencial, ...]:
    """All of a prestador, the newest first."""
    rows = contas.credenciais(prestador_id).rows
    return tuple(sorted(rows, key=lambda row: (row.criado_em, row.client_id), reverse=True))
