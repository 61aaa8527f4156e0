"""Contracts of a prestador with an operadora: terms, prices, diárias, packages, contracted procedures (RN 503/2022)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from conecta_facts.vigencia import vigente, vigente_em, vigentes_em


class DataBaseAmbulatorial(StrEnum):
    """Where the billing window of an ambulatory guia starts (R03)."""

    ITEM = "ITEM"
    GUIA = "GUIA"


class DataBaseInternacao(StrEnum):
    """Where the billing window of an internação starts (R03)."""

    FIM_FATURAMENTO = "FIM_FATURAMENTO"
    ALTA = "ALTA"


class Conduta(StrEnum):
    """What happens when 10101039 is asked and a package is contracted (R14)."""

    RECUSA = "RECUSA"
    AVISA = "AVISA"


@dataclass(frozen=True, slots=True)
class Contrato:
    """The terms in force between two days.

    Attributes:
        prazo_faturamento_dias: last day of the billing window, counted from the data base (R03).
        prazo_contestacao_dias, prazo_resposta_dias: equal, or the contract is refused (RN 503, invariant 6).
        tabela_precos: name of the operadora's price table.
        pacote_pronto_socorro: `tabela:codigo` of the package that replaces 10101039 (R14).
        cotacoes_opme: quotes an OPME request must bring (R27).
    """

    prestador_id: str
    registro_ans: str
    numero: str
    vigente_de: date
    prazo_faturamento_dias: int
    prazo_contestacao_dias: int
    prazo_resposta_dias: int
    prazo_pagamento_dias: int
    tabela_precos: str
    vigente_ate: date | None = None
    data_base_ambulatorial: DataBaseAmbulatorial = DataBaseAmbulatorial.ITEM
    data_base_internacao: DataBaseInternacao = DataBaseInternacao.FIM_FATURAMENTO
    pacote_pronto_socorro: str | None = None
    conduta_pronto_socorro: Conduta = Conduta.RECUSA
    cotacoes_opme: int = 3
    exige_cod_validacao: bool = False

    def __post_init__(self) -> None:
        if self.prazo_contestacao_dias != self.prazo_resposta_dias:
            raise ValueError("the term to contest and the term to answer must be equal (RN 503)")


@dataclass(frozen=True, slots=True)
class Preco:
    """The price of one code in one of the operadora's price tables, in reais."""

    tabela_precos: str
    tabela: str
    codigo: str
    valor: Decimal
    vigente_de: date
    vigente_ate: date | None = None
    descricao: str | None = None


@dataclass(frozen=True, slots=True)
class ProcedimentoContratado:
    """A code the prestador may be asked for; `codigo` is exact, or a beginning followed by `*`."""

    prestador_id: str
    tabela: str
    codigo: str
    vigente_de: date
    vigente_ate: date | None = None

    def covers(self, tabela: str, codigo: str) -> bool:
        """Whether this line speaks of a code."""
        if tabela != self.tabela:
            return False
        return codigo.startswith(self.codigo[:-1]) if self.codigo.endswith("*") else codigo == self.codigo


@dataclass(frozen=True, slots=True)
class Diaria:
    """A negotiated diária (R19), in reais."""

    prestador_id: str
    tabela: str
    codigo: str
    descricao: str
    valor: Decimal
    vigente_de: date
    vigente_ate: date | None = None
    acomodacao: str | None = None


@dataclass(frozen=True, slots=True)
class Pacote:
    """A negotiated package, in reais; `itens` are the `tabela:codigo` it includes."""

    prestador_id: str
    tabela: str
    codigo: str
    descricao: str
    valor: Decimal
    vigente_de: date
    vigente_ate: date | None = None
    itens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContratoCompleto:
    """All that is contracted between one prestador and one operadora, at any time."""

    contratos: tuple[Contrato, ...] = ()
    procedimentos: tuple[ProcedimentoContratado, ...] = ()
    diarias: tuple[Diaria, ...] = ()
    pacotes: tuple[Pacote, ...] = ()

    def em(self, dia: date) -> Contrato | None:
        """The terms in force on a day."""
        return vigente_em(self.contratos, dia)

    def ultimo_dia(self, dia: date) -> date | None:
        """Last day that is under contract from a day on without a break; `None` while it is open.

        A contract that is followed by another on the next day does not end. Of a day without contract: that day.
        """
        last = dia
        while (contrato := self.em(dia)) is not None:
            if contrato.vigente_ate is None or contrato.vigente_ate == date.max:
                return None
            last = contrato.vigente_ate
            dia = last + timedelta(days=1)
        return last

    def contratado(self, tabela: str, codigo: str, dia: date) -> bool:
        """Whether a procedure, a diária or a package is contracted on a day (R25, R19)."""
        named: tuple[Diaria | Pacote, ...] = (*self.diarias, *self.pacotes)
        if any((item.tabela, item.codigo) == (tabela, codigo) and vigente(item, dia) for item in named):
            return True
        return any(item.covers(tabela, codigo) and vigente(item, dia) for item in self.procedimentos)

    def diarias_em(self, dia: date) -> tuple[Diaria, ...]:
        """The negotiated diárias in force."""
        return vigentes_em(self.diarias, dia, _coded)

    def pacotes_em(self, dia: date) -> tuple[Pacote, ...]:
        """The negotiated packages in force."""
        return vigentes_em(self.pacotes, dia, _coded)

    def procedimentos_em(self, dia: date) -> tuple[ProcedimentoContratado, ...]:
        """The contracted procedures in force."""
        return vigentes_em(self.procedimentos, dia, _coded)


def precos_em(precos: Iterable[Preco], dia: date) -> tuple[Preco, ...]:
    """The prices of a table in force on a day, one of each code."""
    return vigentes_em(precos, dia, _coded)


def _coded(item: Preco | ProcedimentoContratado | Diaria | Pacote) -> tuple[str, str]:
    return item.tabela, item.codigo
