"""What happens to a person's data when it asks for erasure (LGPD art. 18, VI), and what the law keeps. Pure.

Three outcomes, by carteira: while the cover lasts everything is kept (art. 7, V: the contract itself); after it, until
the claims about it have lapsed, only what answers them (art. 16, I); then nothing that tells who the person was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from conecta_facts.beneficiarios import Beneficiario

ANOS_DE_GUARDA: Final = 5
"""Years after the end of cover in which its debts can still be claimed (Civil Code, art. 206, § 5, I)."""
KEPT_FOR_EVER: Final = frozenset({"registro_ans", "plano", "data_inclusao", "data_exclusao"})
"""What no longer tells who a person was, and statistics may ask for."""


class Desfecho(StrEnum):
    """What became of one carteira's data."""

    MANTIDA = "MANTIDA"
    REDUZIDA = "REDUZIDA"
    ELIMINADA = "ELIMINADA"


@dataclass(frozen=True, slots=True)
class Decisao:
    """The outcome for one carteira.

    Attributes:
        restante: what stays of it as a life; `None` when it is erased.
        fundamento: why what stays is kept, for the person to read.
        ate: first day on which nothing need be kept; `None` when that is not known yet, or is past.
    """

    desfecho: Desfecho
    restante: Beneficiario | None
    fundamento: str
    ate: date | None


def decide(vida: Beneficiario, hoje: date) -> Decisao:
    """What is done with one carteira's data on a day."""
    fim = vida.data_exclusao
    if fim is None or hoje <= fim:
        return Decisao(
            Desfecho.MANTIDA, vida,
            "A cobertura está em vigor: os dados são necessários à execução do contrato (LGPD, art. 7º, V).", None,
        )  # fmt: skip
    livre = _years_after(fim, ANOS_DE_GUARDA)
    if hoje < livre:
        return Decisao(
            Desfecho.REDUZIDA, _reduced(vida),
            "Conservados só os dados que comprovam a cobertura, enquanto ela pode ser discutida (LGPD, art. 16, I; "
            "Código Civil, art. 206, § 5º, I).", livre,
        )  # fmt: skip
    return Decisao(Desfecho.ELIMINADA, None, "Nada que identifique a pessoa foi conservado.", None)


def _reduced(vida: Beneficiario) -> Beneficiario:
    return replace(vida, cns=None, nome_social=None, carteira_titular=None, parentesco=None, motivo_exclusao=None)


def _years_after(dia: date, anos: int) -> date:
    try:
        return dia.replace(year=dia.year + anos)
    except ValueError:  # 29 February
        return date(dia.year + anos, 3, 1)
