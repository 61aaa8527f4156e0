"""What comes due by itself: an authorization's last day is over, a term ended, a warning is to be given (R10, RN 623).

What was told lies in the timeline: `SENHA_A_VENCER` and `RESPOSTA_ATRASADA` are entries like any other, each written
on condition of the `versao`, so that a sweep that is repeated, late or cut in the middle tells nothing twice. Warnings
that a late sweep finds together are told as one, the last; none is told of what has ended, nor of a stay that began:
that one stays open until discharge. What is used up is looked at on the same days and told nothing: a PEG that frees
it again leaves its day as it finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import (
    AGUARDANDO,
    CONCEDIDAS,
    PENDENTES,
    Ato,
    Autorizacao,
    Evento,
    Marco,
    Situacao,
)
from conecta_senhas.prazos import avisos
from conecta_senhas.solicitacoes import Tipo

_FUSO: Final = ZoneInfo("America/Sao_Paulo")
_DIA: Final = timedelta(days=1)
Passo = Callable[[Autorizacao, Ato, Autorizacao | None], Autorizacao]


def proximo(autorizacao: Autorizacao, hoje: date, principal: Autorizacao | None = None) -> date | None:
    """The next local day on which something is due; one that is not after `hoje` is overdue, `None` is never.

    Args:
        principal: the parent. Without it, what hangs on a stay is looked at again when its own validity is over;
            with it, every day while the stay is open, whose discharge moves no other row.
    """
    return min((day for day, _ in _due(autorizacao, hoje, principal)), default=None)


def vencer(
    autorizacao: Autorizacao, ato: Ato, principal: Autorizacao | None = None
) -> tuple[Autorizacao, tuple[Marco, ...]]:
    """All that is due on the day of the act, in order, with the entries it made; the same value when nothing is."""
    ready = sorted(_due(autorizacao, ato.hoje, principal), key=lambda found: found[0])
    held = autorizacao
    for day, step in ready:  # none of them makes another due, nor undone
        if day <= ato.hoje:
            held = step(held, ato, principal)
    return held, held.historico[len(autorizacao.historico) :]


def _due(held: Autorizacao, hoje: date, principal: Autorizacao | None) -> Iterator[tuple[date, Passo]]:
    if held.situacao in AGUARDANDO and (day := _after(held.pendente_ate)):
        yield day, lambda one, ato, _parent: transicoes.resume(one, ato)
    if held.situacao in PENDENTES and (day := _after(held.responder_ate)) and not _told(held, Evento.RESPOSTA_ATRASADA):
        yield day, lambda one, ato, _parent: _tell(one, ato, Evento.RESPOSTA_ATRASADA)
    if held.situacao in CONCEDIDAS and (day := _end(held, hoje, principal)):
        yield day, transicoes.expire
    if held.situacao is Situacao.UTILIZADA and (day := _after(held.validade)) and day > hoje:
        yield day, transicoes.expire  # if it is free by then; otherwise the day comes and nothing is due
    if held.situacao in CONCEDIDAS | {Situacao.UTILIZADA} and (day := _warning(held, hoje, principal)):
        yield day, lambda one, ato, _parent: _tell(one, ato, Evento.SENHA_A_VENCER)


def _after(last: date | None) -> date | None:
    return last + _DIA if last is not None and last < date.max else None


def _stay(held: Autorizacao, principal: Autorizacao | None) -> Autorizacao | None:
    """The stay that began and keeps it open."""
    stay = held if held.tipo is Tipo.INTERNACAO else principal
    return stay if stay is not None and stay.admissao is not None else None


def _end(held: Autorizacao, hoje: date, principal: Autorizacao | None) -> date | None:
    """First day on which it is to be expired."""
    over, stay = _after(held.validade), _stay(held, principal)
    if over is None or stay is None or held.situacao_em(hoje, principal) is Situacao.EXPIRADA:
        return over
    if stay.alta is not None:
        return max(over, stay.alta + _DIA)
    return None if stay is held else max(over, hoje + _DIA)


def _warning(held: Autorizacao, hoje: date, principal: Autorizacao | None) -> date | None:
    """The first warning that is ahead, or the last that was not given; of what has no balance left none is given."""
    decided, last = held.data_autorizacao, held.validade
    if decided is None or last is None or last < hoje or _stay(held, principal):
        return None
    told = max((_day(marco) for marco in held.historico if marco.evento is Evento.SENHA_A_VENCER), default=date.min)
    left = [day for day in avisos(decided, last) if day > told]
    overdue = [day for day in left if day <= hoje]
    if held.situacao is Situacao.UTILIZADA and held.esgotada:
        return min((day for day in left if day > hoje), default=None)
    return max(overdue) if overdue else min(left, default=None)


def _day(marco: Marco) -> date:
    return marco.quando.astimezone(_FUSO).date()


def _told(held: Autorizacao, evento: Evento) -> bool:
    return any(marco.evento is evento for marco in held.historico)


def _tell(held: Autorizacao, ato: Ato, evento: Evento) -> Autorizacao:
    """An entry that changes nothing else."""
    vez_de, ate = held.turn()
    marco = Marco(
        evento=evento, papel=ato.papel, quem=ato.quem, quando=ato.quando, situacao=held.situacao, vez_de=vez_de,
        ate=held.validade or ate,
    )  # fmt: skip
    return replace(held, versao=held.versao + 1, historico=(*held.historico, marco))
