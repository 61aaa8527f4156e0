"""Which stay a comunicação speaks of that names only the life (COMUNICACAO_BENEFICIARIO has no number)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conecta_senhas.solicitacoes import Tipo
from conecta_senhas.transicoes import BILLABLE

if TYPE_CHECKING:
    from datetime import date

    from autorizacao.service.portas import Chamador, Guardada, Portas
    from conecta_facts.beneficiarios import Beneficiario
    from conecta_senhas.autorizacoes import Autorizacao


@dataclass(frozen=True, slots=True)
class Estada:
    """A stay, and whether the very same was told of it before (a retry is free)."""

    guardada: Guardada
    beneficiario: Beneficiario | None
    comunicada: bool = False


def stay_of(
    registro_ans: str, carteira: str, dia: date, *, alta: bool, chamador: Chamador, portas: Portas
) -> Estada | None:  # fmt: skip
    """The caller's stay of a life that was admitted, or discharged, on a day.

    Args:
        carteira: present or replaced.

    Returns:
        Of an admission, the granted stay not begun yet whose validity has the day and whose planned day is nearest to
        it; of a discharge, the one that began last. `None` when there is none such: absent and foreign look alike.
    """
    life = portas.contextos.beneficiario(registro_ans, carteira)
    known = (life.numero_carteira, life.carteira_anterior) if life else ()
    numbers = tuple(dict.fromkeys(number for number in (carteira, *known) if number))
    rows = portas.autorizacoes.of_life(registro_ans, numbers)
    found = portas.autorizacoes.many(registro_ans, [row.numero for row in rows]) if rows else []
    stays = [held for held in found if held is not None and _theirs(held.autorizacao, chamador)]
    for held in stays:
        if (held.autorizacao.alta if alta else held.autorizacao.admissao) == dia:
            return Estada(held, life, comunicada=True)
    if alta:
        begun = [held for held in stays if held.autorizacao.admissao and held.autorizacao.alta is None]
        last = max(begun, key=lambda held: (held.autorizacao.admissao, held.autorizacao.numero), default=None)
        return Estada(last, life) if last else None
    waiting = [held for held in stays if held.autorizacao.admissao is None]
    nearest = min(waiting, key=lambda held: _distance(held.autorizacao, dia), default=None)
    return Estada(nearest, life) if nearest else None


def _theirs(held: Autorizacao, chamador: Chamador) -> bool:
    granted = held.tipo is Tipo.INTERNACAO and held.situacao in BILLABLE
    return granted and held.visible_to(chamador.prestador_id or "")


def _distance(held: Autorizacao, dia: date) -> tuple[bool, int, str]:
    planned = held.solicitacao.data_atendimento or held.data_autorizacao or dia
    return not held.covers(dia), abs((planned - dia).days), held.numero
