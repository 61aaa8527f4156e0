"""Use cases of a person's rights over its data (LGPD art. 18), carried out by the operadora on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from cadastro.domain.elegibilidade import BeneficiarioNotFoundError
from cadastro.domain.titulares import Decisao, decide
from conecta_facts.beneficiarios import Beneficiario


@dataclass(frozen=True, slots=True)
class Registro:
    """A stored carteira: the life, and what tells the adapter which state of the row it was."""

    vida: Beneficiario
    estado: Any


class Titulares(Protocol):
    """Stored lives by person."""

    def of(self, registro_ans: str, *, carteira: str | None, cpf: str | None) -> Sequence[Registro]:
        """Every carteira of a person at one operadora: those of the CPF, also when asked by a carteira."""
        ...

    def keep_only(self, registro: Registro, restante: Beneficiario | None, now: datetime) -> None:
        """Replace what is stored by what remains.

        Raises:
            ConditionFailedError: the row has changed since it was read; nothing was written.
        """
        ...


def export(titulares: Titulares, registro_ans: str, *, carteira: str | None, cpf: str | None) -> list[Beneficiario]:
    """Everything stored of a person at one operadora.

    Raises:
        BeneficiarioNotFoundError: nobody.
    """
    found = [registro.vida for registro in titulares.of(registro_ans, carteira=carteira, cpf=cpf)]
    if not found:
        raise BeneficiarioNotFoundError
    return found


def erase(
    titulares: Titulares, registro_ans: str, *, carteira: str | None, cpf: str | None, hoje: date, now: datetime
) -> list[tuple[Beneficiario, Decisao]]:
    """Erase what may be erased of a person at one operadora, carteira by carteira; repeatable.

    Raises:
        BeneficiarioNotFoundError: nobody.
    """
    found = titulares.of(registro_ans, carteira=carteira, cpf=cpf)
    if not found:
        raise BeneficiarioNotFoundError
    done = []
    for registro in found:
        decisao = decide(registro.vida, hoje)
        if decisao.restante != registro.vida:
            titulares.keep_only(registro, decisao.restante, now)
        done.append((registro.vida, decisao))
    return done
