"""Business days: weekdays that the operadora's calendar does not take away (R04, RN 623, RN 566)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

SABADO: Final = 5


class TipoDia(StrEnum):
    """What a day of the calendar is."""

    FERIADO = "FERIADO"
    FACULTATIVO = "FACULTATIVO"
    EXPEDIENTE = "EXPEDIENTE"
    """Work is done although it would be a day off."""


@dataclass(frozen=True, slots=True)
class DiaEspecial:
    """A day that is not what its weekday says; `uf` limits it to a state."""

    data: date
    descricao: str
    tipo: TipoDia
    uf: str | None = None


@dataclass(frozen=True, slots=True)
class Calendario:
    """An operadora's calendar. Optional days (FACULTATIVO) are days off because the operadora lists them."""

    dias: tuple[DiaEspecial, ...] = ()

    def util(self, dia: date, uf: str | None = None) -> bool:
        """Whether a day is a business day, in a state or nationally; a state's own entry wins over the nation's."""
        entries = [entry for entry in self.dias if entry.data == dia and entry.uf in {None, uf}]
        if entries:
            return max(entries, key=lambda entry: entry.uf is not None).tipo is TipoDia.EXPEDIENTE
        return dia.weekday() < SABADO

    def somar_uteis(self, dia: date, quantos: int, uf: str | None = None) -> date:
        """The n-th business day after a day (which itself does not count)."""
        while quantos > 0:
            dia += timedelta(days=1)
            quantos -= self.util(dia, uf)
        return dia
