"""What the operadora asks of each procedure: senha, analysis, documents, limits (R09)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from conecta_facts.vigencia import vigente


@dataclass(frozen=True, slots=True)
class RegraProcedimento:
    """The rule of one code, for every plan or for one.

    Attributes:
        plano: code of the only plan it is for; `None` for every plan.
        documentos: dm_tipoDocumento codes to be sent with the request.
        limite_quantidade, limite_dias: at most so many in any such number of days.
        alta_complexidade: the longer term of RN 623 applies.
    """

    tabela: str
    codigo: str
    exige_senha: bool
    exige_analise: bool
    alta_complexidade: bool
    vigente_de: date
    vigente_ate: date | None = None
    plano: str | None = None
    descricao: str | None = None
    documentos: tuple[str, ...] = ()
    limite_quantidade: int | None = None
    limite_dias: int | None = None

    @property
    def pede_senha(self) -> bool:
        """Whether it is done only on a senha, which is also what is decided by analysis."""
        return self.exige_senha or self.exige_analise


def em_vigor(regras: Iterable[RegraProcedimento], plano: str | None, dia: date) -> tuple[RegraProcedimento, ...]:
    """The rule of each code on a day, in order of code: the plan's own where it has one, else that of every plan.

    Args:
        regras: all that is known, of any day.
        plano: `None` asks for what holds for every plan.
    """
    chosen: dict[tuple[str, str], RegraProcedimento] = {}
    for regra in regras:
        if regra.plano not in {None, plano} or not vigente(regra, dia):
            continue
        key = (regra.tabela, regra.codigo)
        held = chosen.get(key)
        if held is None or _rank(regra) > _rank(held):
            chosen[key] = regra
    return tuple(chosen[key] for key in sorted(chosen))


def _rank(regra: RegraProcedimento) -> tuple[bool, date]:
    return regra.plano is not None, regra.vigente_de
