"""What the use cases need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from auditoria.domain.cadeia import Cabeca, Elo, Escrito
    from auditoria.domain.dias import Dia


class MudouError(Exception):
    """A day or a head is not as it was read: nothing was written."""


class PerdidoError(LookupError):
    """A block that was sealed is not in the archive."""


class Acessos(Protocol):
    """The rows that all contexts append; nothing here changes one."""

    def seguintes(self, tenant: str, dia: date, desde: str, limite: int) -> Sequence[Escrito]:
        """The first rows at a sort key or after it, by it, plain; what was just written is seen."""
        ...

    def ultimos(self, tenant: str, dia: date, antes: str | None, limite: int) -> Sequence[Escrito]:
        """The last rows before a sort key, the newest first."""
        ...


class Selos(Protocol):
    """Days, heads and links; every write has a condition."""

    def lidos(self, tenant: str, dia: date) -> tuple[Dia, Cabeca]:
        """A day as it is now, new when nothing is known of it, and the head of its chain."""
        ...

    def gravar(self, dia: Dia, antes: int, elo: Elo | None = None) -> None:
        """A day in place of its version `antes`, with the block that follows the head, if there is one.

        Raises:
            MudouError: the day or the head changed.
        """
        ...

    def pendentes(self, ate: datetime) -> Sequence[tuple[datetime, str, date]]:
        """(since when, tenant, day) of days where something waits for as long at least, the longest first."""
        ...

    def dias(self, tenant: str, de: date, ate: date) -> Sequence[Dia]:
        """The days of a period that have rows, in order."""
        ...

    def cabeca(self, tenant: str) -> Cabeca:
        """The head of a chain; `INICIO` of one without blocks."""
        ...

    def elos(self, tenant: str, de: int, ate: int) -> Sequence[Elo]:
        """Blocks by number, from one to another."""
        ...


class Arquivo(Protocol):
    """Blocks, and pieces of chains made to be fetched."""

    def guardar(self, bloco: Escrito, elo: Elo) -> None:
        """Keep a block where none is; the very same may be there."""
        ...

    def ler(self, tenant: str, elo: Elo) -> Escrito:
        """A block.

        Raises:
            PerdidoError: it is not there.
        """
        ...

    def exportar(self, tenant: str, manifesto: Escrito, elos: Sequence[Elo], nome: str) -> str:
        """Where a file may be fetched for a while: a manifest and blocks, one JSON per line, gzip.

        Raises:
            PerdidoError: a block is not there.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """The ports of one call."""

    acessos: Acessos
    selos: Selos
    arquivo: Arquivo
    now: datetime
    hoje: date
