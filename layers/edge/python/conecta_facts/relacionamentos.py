"""The relacionamento between a prestador and an operadora, and what it allows on a day (R02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Situacao(StrEnum):
    """R02: `SOLICITADO → HABILITADO / RECUSADO → SUSPENSO / DESCREDENCIADO`."""

    SOLICITADO = "SOLICITADO"
    HABILITADO = "HABILITADO"
    RECUSADO = "RECUSADO"
    SUSPENSO = "SUSPENSO"
    DESCREDENCIADO = "DESCREDENCIADO"


ONCE_ENABLED: Final = frozenset({Situacao.HABILITADO, Situacao.SUSPENSO, Situacao.DESCREDENCIADO})
"""States that only what was enabled at some time can be in."""

AGENDADO: Final = "AGENDADO"
"""Where those are listed, instead of under a state, that change by themselves on a day to come: never stale, always
computed."""


@dataclass(frozen=True, slots=True)
class Periodo:
    """A state from a local day on, until the next period begins."""

    situacao: Situacao
    de: date
    motivo: str | None = None


@dataclass(frozen=True, slots=True)
class Relacionamento:
    """What a prestador is to an operadora, period by period, and what is released to it.

    Attributes:
        periodos: in order of day; of two that begin on the same day the later in the list counts. An end that is
            known beforehand (of a suspension) is a period in the future.
        autorizacao, faturamento: what the operadora released.
    """

    prestador_id: str
    registro_ans: str
    codigo_na_operadora: str
    periodos: tuple[Periodo, ...]
    autorizacao: bool = True
    faturamento: bool = True

    def periodo_em(self, dia: date) -> Periodo | None:
        """The period in force on a day; `None` before the first."""
        begun = [periodo for periodo in self.periodos if periodo.de <= dia]
        return begun[-1] if begun else None

    def situacao_em(self, dia: date) -> Situacao | None:
        """The state on a day; `None` before the first period."""
        periodo = self.periodo_em(dia)
        return periodo.situacao if periodo else None

    def may_request_em(self, dia: date) -> bool:
        """Whether eligibility may be asked and senhas requested on a day: enabled then, and released."""
        return self.autorizacao and self.situacao_em(dia) is Situacao.HABILITADO

    def may_bill_em(self, dia: date) -> bool:
        """Whether anything may be billed or contested on a day.

        Suspension and descredenciamento stop new senhas, never the billing of what was lawfully done before.
        """
        return self.faturamento and self._once_enabled(dia)

    def may_send_em(self, dia: date) -> bool:
        """Whether files of authorizations may be sent on a day: what was asked is answered after a suspension, too."""
        return (self.autorizacao or self.faturamento) and self._once_enabled(dia)

    def _once_enabled(self, dia: date) -> bool:
        return any(periodo.situacao in ONCE_ENABLED for periodo in self.periodos if periodo.de <= dia)

    def attended_lawfully_em(self, dia: date, data_migracao: date | None = None) -> bool:
        """Whether a service of that day was done under an enabled relacionamento (1201 / 3278 otherwise).

        Of the time before the first period nothing is known but what that period says: who is first heard of as
        suspended was enabled before, and who was when the operadora migrated had been at its legacy portal.
        """
        periodo = self.periodo_em(dia)
        if periodo is None:
            return any(
                first.situacao in ONCE_ENABLED - {Situacao.HABILITADO}
                or (first.situacao is Situacao.HABILITADO and data_migracao is not None and first.de <= data_migracao)
                for first in self.periodos[:1]
            )
        return periodo.situacao is Situacao.HABILITADO
