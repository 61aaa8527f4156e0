"""How far a tenant's day is sealed. Rows of it may come late: what waits is known by the least key that came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditoria.domain.cadeia import Elo


@dataclass(frozen=True, slots=True, kw_only=True)
class Dia:
    """A day that has rows.

    Attributes:
        versao: changes whenever a row of it was told of, sealed meanwhile or not.
        desde: all rows that are not sealed are at this sort key or after; `None`: there are none.
        esperando_desde: since when one waits.
        ate: the greatest sort key that is sealed.
        primeiro, ultimo: numbers of the first and the last block with its rows; 0 without one.
        linhas: how many are sealed.
    """

    tenant: str
    dia: date
    versao: int = 0
    desde: str | None = None
    esperando_desde: datetime | None = None
    ate: str = ""
    primeiro: int = 0
    ultimo: int = 0
    linhas: int = 0

    @property
    def atrasado(self) -> bool:
        """Whether rows may be among those that wait that are sealed already."""
        return self.desde is not None and self.desde <= self.ate

    def marcado(self, desde: str, now: datetime) -> Dia:
        """A row at a sort key, or after it, came."""
        return replace(
            self, versao=self.versao + 1, desde=min(desde, self.desde or desde),
            esperando_desde=self.esperando_desde or now,
        )  # fmt: skip

    def selado(self, elo: Elo | None, resto: str | None, now: datetime) -> Dia:
        """Rows were sealed, if a block was needed for them; from `resto` on some still wait."""
        after = replace(
            self, versao=self.versao + 1, desde=resto, esperando_desde=now if resto is not None else None
        )  # fmt: skip
        if elo is None:
            return after
        return replace(
            after, ate=max(self.ate, elo.ate), primeiro=self.primeiro or elo.n, ultimo=elo.n,
            linhas=self.linhas + elo.linhas,
        )  # fmt: skip
