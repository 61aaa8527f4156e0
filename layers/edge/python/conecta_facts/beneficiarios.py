"""A life: one carteira of one person at one operadora, and what stands between it and care on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

RECEM_NASCIDO: Final = timedelta(days=30)
"""How long a newborn is attended on the carteira of a parent (law 9656/98, art. 12, III)."""


class Sexo(StrEnum):
    """As registered at ANS."""

    M = "M"
    F = "F"


class MotivoSuspensao(StrEnum):
    """Why a life is suspended."""

    INADIMPLENCIA = "INADIMPLENCIA"
    ADMINISTRATIVA = "ADMINISTRATIVA"
    JUDICIAL = "JUDICIAL"


class Impedimento(StrEnum):
    """A fact that keeps a carteira from being used on a day."""

    ANTES_DA_INCLUSAO = "ANTES_DA_INCLUSAO"
    EXCLUIDO = "EXCLUIDO"
    PAGAMENTO_EM_ABERTO = "PAGAMENTO_EM_ABERTO"
    SUSPENSO = "SUSPENSO"
    CARTEIRA_VENCIDA = "CARTEIRA_VENCIDA"


@dataclass(frozen=True, slots=True)
class Beneficiario:
    """One carteira. A person may have several: at two operadoras, or an old and a current one.

    Attributes:
        carteira_titular: of whom the life depends; `None` for the titular.
        data_inclusao: first covered day, from which carências run.
        data_exclusao: last covered day, inclusive.
        suspenso_de, suspenso_ate: both inclusive; without an end the suspension is open.
        validade_carteira: last day the card is valid, inclusive.
        carteira_anterior: number this carteira had before; it is still found by it.
        cpt_ate: last day of cobertura parcial temporária for a declared disease.
    """

    registro_ans: str
    numero_carteira: str
    nome: str
    plano: str
    data_nascimento: date
    sexo: Sexo
    data_inclusao: date
    cpf: str | None = None
    cns: str | None = None
    nome_social: str | None = None
    carteira_titular: str | None = None
    parentesco: str | None = None
    data_exclusao: date | None = None
    motivo_exclusao: str | None = None
    suspenso_de: date | None = None
    suspenso_ate: date | None = None
    motivo_suspensao: MotivoSuspensao | None = None
    validade_carteira: date | None = None
    carteira_anterior: str | None = None
    isento_carencias: bool = False
    cpt_ate: date | None = None

    def impedimentos_em(self, dia: date) -> tuple[Impedimento, ...]:
        """All that keeps the carteira from being used on a day; empty when nothing does."""
        found = []
        if dia < self.data_inclusao:
            found.append(Impedimento.ANTES_DA_INCLUSAO)
        if self.data_exclusao is not None and dia > self.data_exclusao:
            found.append(Impedimento.EXCLUIDO)
        if self._suspended(dia):
            late = self.motivo_suspensao is MotivoSuspensao.INADIMPLENCIA
            found.append(Impedimento.PAGAMENTO_EM_ABERTO if late else Impedimento.SUSPENSO)
        if self.validade_carteira is not None and dia > self.validade_carteira:
            found.append(Impedimento.CARTEIRA_VENCIDA)
        return tuple(found)

    def _suspended(self, dia: date) -> bool:
        if self.suspenso_de is None or dia < self.suspenso_de:
            return False
        return self.suspenso_ate is None or dia <= self.suspenso_ate
