"""People and machine credentials of a prestador: values, and what may become of them (R01, `decisoes.md` 6 and 7).

A prestador always keeps an active gestor, or nobody could let anybody in again. Nothing here is remembered between
requests: who was taken out, or whose credential was revoked, is refused from the next request on.

ContasError
├── PessoaNotFoundError       absent or foreign: the same
├── AlreadyBoundError         the person already acts for this prestador
├── LastGestorError           the prestador would be left without an active gestor
├── CredencialNotFoundError   absent or foreign: the same
├── CredencialEndedError      revoked or past its overlap: it cannot be rotated
├── AlreadyRotatedError       its successor exists
├── TooManyCredenciaisError   as many live ones as a prestador may have
├── SecretGoneError           a repeated request, but the client it made is gone
├── StaleContaError           somebody else changed it: read it again
└── ChangedMeanwhileError     it is not the version the caller expected
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

ID_LENGTH: Final = 32
LIVE_CREDENCIAIS: Final = 10
"""Live credentials of one prestador: enough for every system of a hospital, too few to hide one among them."""
AREAS: Final = ("elegibilidade", "autorizacao", "peg", "pagamento", "recurso", "documentos")
ESCOPOS: Final = tuple(f"{area}.{acao}" for area in AREAS for acao in ("ler", "escrever"))
"""What a machine may be let do (`decisoes.md` 7): people and credentials themselves are never among it."""


class ContasError(Exception):
    """Base of these refusals."""


class PessoaNotFoundError(ContasError):
    """Absent or foreign: one and the same answer."""


class AlreadyBoundError(ContasError):
    """The person already acts for this prestador, in whatever papel."""


class LastGestorError(ContasError):
    """The last active gestor stays, stays active and stays gestor."""


class CredencialNotFoundError(ContasError):
    """Absent or foreign: one and the same answer."""


class CredencialEndedError(ContasError):
    """Revoked, or past its overlap."""


class AlreadyRotatedError(ContasError):
    """It has a successor, and ends by itself."""


class TooManyCredenciaisError(ContasError):
    """As many live credentials as a prestador may have."""


class SecretGoneError(ContasError):
    """The client that a first answer told of is no longer there to be described."""


class StaleContaError(ContasError):
    """What was read has changed: read it again."""


class ChangedMeanwhileError(ContasError):
    """Not the version the caller had seen."""


class Papel(StrEnum):
    """What a person is at a prestador."""

    RECEPCAO = "recepcao"
    FATURISTA = "faturista"
    GESTOR = "gestor"


def pessoa_id(prestador_id: str, sub: str) -> str:
    """What a person is called at one prestador: a digest, unrelated to what others call the same person."""
    return hashlib.sha256(f"pessoa|{prestador_id}|{sub}".encode()).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True, slots=True)
class Pessoa:
    """A person (by the pool's `sub`) acting for a prestador.

    Attributes:
        email: as the gestor typed it, or as the account had it when the operadora's decision bound it; only gestores
            of this prestador are shown it.
        criado_por: opaque id of who bound the person.
        removida_em: the person was taken out; the row stays a while, so that its versions never repeat.
        versao: optimistic lock.
    """

    sub: str
    prestador_id: str
    papel: Papel
    criado_em: datetime
    criado_por: str
    ativo: bool = True
    email: str | None = None
    removida_em: datetime | None = None
    versao: int = 1

    @property
    def id(self) -> str:
        """What the API calls the person: of this prestador only, and not the account's own id."""
        return pessoa_id(self.prestador_id, self.sub)

    @property
    def active_gestor(self) -> bool:
        """Whether the person counts as one who can let others in."""
        return self.ativo and self.papel is Papel.GESTOR


def bind(held: Pessoa | None, after: Pessoa) -> Pessoa:
    """A person let in, for the first time or again.

    Args:
        held: what the row says of the person, if there is one.
        after: the person as it shall be.

    Raises:
        AlreadyBoundError: the person acts for the prestador.
    """
    if held is None:
        return after
    if held.removida_em is None:
        raise AlreadyBoundError
    return replace(after, versao=held.versao + 1)


def remove(pessoa: Pessoa, now: datetime) -> Pessoa:
    """The person taken out; the e-mail goes at once."""
    return replace(pessoa, ativo=False, removida_em=now, email=None, versao=pessoa.versao + 1)


def change(pessoa: Pessoa, papel: Papel | None, ativo: bool | None) -> Pessoa:  # noqa: FBT001  # a field's value
    """The person in another papel, suspended or active again; itself when nothing changes."""
    changed = replace(
        pessoa,
        papel=pessoa.papel if papel is None else papel,
        ativo=pessoa.ativo if ativo is None else ativo,
    )
    return pessoa if changed == pessoa else replace(changed, versao=pessoa.versao + 1)


def gestores_delta(before: Pessoa | None, after: Pessoa) -> int:
    """What a change does to the number of active gestores: -1, 0 or 1."""
    return int(after.active_gestor) - int(before is not None and before.active_gestor)


class SituacaoCredencial(StrEnum):
    """Whether a credential works."""

    ATIVA = "ATIVA"
    EM_ROTACAO = "EM_ROTACAO"
    EXPIRADA = "EXPIRADA"
    REVOGADA = "REVOGADA"


@dataclass(frozen=True, slots=True)
class Credencial:
    """A machine credential of a prestador: an app client of the pool, its secret known to Cognito and its owner.

    Attributes:
        nome: the gestor's own word for it.
        escopos: `area.acao`.
        expira_em: end of the overlap, once it has a successor.
        substitui: client id of its predecessor.
        versao: optimistic lock.
    """

    client_id: str
    prestador_id: str
    nome: str
    escopos: tuple[str, ...]
    criado_em: datetime
    criado_por: str
    ativa: bool = True
    expira_em: datetime | None = None
    revogada_em: datetime | None = None
    substitui: str | None = None
    versao: int = 1

    def situacao_em(self, now: datetime) -> SituacaoCredencial:
        """The state at an instant; the overlap's end is its last instant no more."""
        if not self.ativa:
            return SituacaoCredencial.REVOGADA
        if self.expira_em is None:
            return SituacaoCredencial.ATIVA
        return SituacaoCredencial.EM_ROTACAO if now < self.expira_em else SituacaoCredencial.EXPIRADA

    def live_at(self, now: datetime) -> bool:
        """Whether a token of it is accepted."""
        return self.situacao_em(now) in {SituacaoCredencial.ATIVA, SituacaoCredencial.EM_ROTACAO}


def require_room(credenciais: tuple[Credencial, ...], now: datetime) -> None:
    """Refuse one more.

    Raises:
        TooManyCredenciaisError: as many live ones as a prestador may have.
    """
    if sum(credencial.live_at(now) for credencial in credenciais) >= LIVE_CREDENCIAIS:
        raise TooManyCredenciaisError


def hand_over(credencial: Credencial, overlap: timedelta, now: datetime) -> Credencial:
    """The predecessor in a rotation: it works until the overlap is over (at once, without one).

    Raises:
        CredencialEndedError: it does not work any more.
        AlreadyRotatedError: it has a successor.
    """
    if not credencial.live_at(now):
        raise CredencialEndedError
    if credencial.expira_em is not None:
        raise AlreadyRotatedError
    return replace(credencial, expira_em=now + overlap, versao=credencial.versao + 1)


def revoke(credencial: Credencial, now: datetime) -> Credencial:
    """It works no more; itself when it was revoked before."""
    if not credencial.ativa:
        return credencial
    return replace(credencial, ativa=False, revogada_em=now, versao=credencial.versao + 1)
