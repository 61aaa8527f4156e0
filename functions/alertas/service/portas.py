"""What the use cases of this context need from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from alertas.domain.alertas import Alerta, Leitor, Sequencia
    from alertas.domain.painel import Acesso, Item
    from alertas.domain.resumos import Preferencia


@dataclass(frozen=True, slots=True)
class Antes:
    """What an event finds: how far the numbering is, whether it was told already, and what was told of its thing.

    Attributes:
        contado: this event is an alerta already.
        ultimo: instant of the newest event told of its entidade.
    """

    sequencia: Sequencia
    contado: bool
    ultimo: datetime | None


class Alertas(Protocol):
    """The stored rows of alertas and readers; every method names the tenant it touches, every write has a condition."""

    def antes(self, prestador_id: str, alerta_id: str, entidade: str) -> Antes:
        """What an event finds, consistently."""
        ...

    def append(self, alerta: Alerta, sequencia: Sequencia) -> None:
        """One transaction: the alerta, the numbering as it is after it, the newest event of its entidade.

        Args:
            sequencia: as read, with `ultima` and `piso` as they are to be; its `versao` is the one that was read.

        Raises:
            MudouError: the numbering is not as read, or the alerta is there.
        """
        ...

    def primeiro_mostrado(self, prestador_id: str, numero: int, now: datetime) -> Alerta | None:
        """Of the alertas from a number on, the first that is still shown."""
        ...

    def lista(  # whose, between which numbers, how many, in which order
        self, prestador_id: str, de: int, ate: int, limite: int, *, recentes: bool
    ) -> Sequence[Alerta]:
        """Alertas with numbers from `de` to `ate`, both included, newest or oldest first."""
        ...

    def escolhidos(self, prestador_id: str, ids: Sequence[str]) -> Sequence[Alerta | None]:
        """Those of these ids, in order; `None` where there is none."""
        ...

    def leitura(self, prestador_id: str, quem: str) -> tuple[Sequencia, Leitor]:
        """How far the numbering is, and what a reader has read, in one round trip."""
        ...

    def write_leitor(self, leitor: Leitor) -> None:
        """A reader as it is to be; its `versao` is the one that was read.

        Raises:
            MudouError: it is not as read.
        """
        ...


class Painel(Protocol):
    """What `/inicio` counts."""

    def put(self, item: Item) -> bool:
        """Write a thing unless one as new or newer is there: whether it was written."""
        ...

    def esperam(
        self, prestador_id: str, acesso: Acesso, *, de: date | None = None, ate: date | None = None
    ) -> Sequence[Item]:
        """Things that wait, by their last day, those between two days or all."""
        ...

    def na_internacao(self, itens: Sequence[Item]) -> Sequence[Item]:
        """Of things, the senhas that were asked on a stay that began and that the prestador is a party to."""
        ...


class Preferencias(Protocol):
    """Who wants a digest by e-mail."""

    def get(self, prestador_id: str, quem: str) -> Preferencia:
        """What somebody chose; the default when nothing was."""
        ...

    def write(self, preferencia: Preferencia) -> None:
        """As it is to be; its `versao` is the one that was read.

        Raises:
            MudouError: it is not as read.
        """
        ...

    def devidas(self, now: datetime, limite: int) -> Sequence[Preferencia]:
        """Some of those whose digest is due, the longest overdue first."""
        ...

    def endereco(self, prestador_id: str, quem: str) -> tuple[str, str] | None:
        """E-mail and papel of a person who still acts for the prestador."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """Ports of one call; `hoje` is the local day of `now`."""

    alertas: Alertas
    painel: Painel
    now: datetime
    hoje: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Donos:
    """Whom things are asked of that only their owners know.

    Attributes:
        contestaveis: of `{registro_ans, prestador_id, protocolo}`: see `POST /recursos/contestaveis`.
        publico: of a publicação's id and a position: see `POST /documentacoes/publico`.
        adiante: sends a page of the fan-out back to our own queue.
    """

    contestaveis: Callable[[Mapping[str, str], str], Mapping[str, Any]]
    publico: Callable[[str, Mapping[str, str] | None, str], Mapping[str, Any]]
    adiante: Callable[[Mapping[str, Any]], None]
