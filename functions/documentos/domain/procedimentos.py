"""The list of procedures that need a senha (R09), out of the very rules that the engines judge by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from conecta_facts.procedimentos import RegraProcedimento, em_vigor

NOTAS: Final = (
    "O que não está na lista não precisa de senha, salvo o dito abaixo.",
    "Em odontologia, todo procedimento precisa de senha; cada OPME, também.",
    "A consulta cobrada em guia de consulta não precisa de senha.",
    "No atendimento de urgência a senha sai na mesma resposta, sem análise.",
)
"""What holds whatever the list says (R14, R26, R27), in Portuguese."""
UM_DIA: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ListaComSenha:
    """The list of one day.

    Attributes:
        plano: whose own rules count first; `None`: what holds for every plan.
        atualizada_em: the last day, up to this one, on which a rule began or was over; `None` without any.
        regras: in order of code.
    """

    registro_ans: str
    dia: date
    plano: str | None
    atualizada_em: date | None
    regras: tuple[RegraProcedimento, ...]


Descrever = Callable[[str, str], str | None]
"""The term of a table's code, where the terminology has it."""


def com_senha(
    registro_ans: str,
    regras: Sequence[RegraProcedimento],
    dia: date,
    descrever: Descrever,
    *,
    plano: str | None = None,
    tabela: str | None = None,
) -> ListaComSenha:
    """The list in force on a day.

    Args:
        regras: all of the operadora's, of any day.
        descrever: names what the operadora gave no name.
        tabela: the only table of codes that is asked for.
    """
    mine = [one for one in regras if one.plano in {None, plano} and tabela in {None, one.tabela}]
    days = [day for one in mine for day in (one.vigente_de, one.vigente_ate and one.vigente_ate + UM_DIA)]
    return ListaComSenha(
        registro_ans, dia, plano, max((day for day in days if day and day <= dia), default=None),
        tuple(
            one if one.descricao else replace(one, descricao=descrever(one.tabela, one.codigo))
            for one in em_vigor(mine, plano, dia)
            if one.pede_senha
        ),
    )  # fmt: skip
