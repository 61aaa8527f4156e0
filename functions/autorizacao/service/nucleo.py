"""What every act has in common: find, see whether the caller may, change, write all of it or nothing, try again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from autorizacao.service.portas import Chamador, Guardada, Mudanca, Portas
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import PENDENTES, Ato, Autorizacao, Papel
from conecta_senhas.errors import AutorizacaoNotFoundError, ComplementosVivosError, MudouError

TENTATIVAS: Final = 5
JUNTAS: Final = 24
"""Authorizations that one act may change: four rows each, and a transaction has room for a hundred."""

Render = Callable[[Any], Any]
"""What is kept of an answer for its `Idempotency-Key`, as the door would show it."""


def keep_no_answer(_answer: Any) -> None:
    """For callers that keep nothing."""


@dataclass(frozen=True, slots=True)
class Cena:
    """An authorization with what an act upon it may look at.

    Attributes:
        complementos: those asked on it, where the act asks for them.
        principal: the one it was asked on.
    """

    alvo: Guardada
    complementos: tuple[Guardada, ...] = ()
    principal: Guardada | None = None

    @property
    def autorizacao(self) -> Autorizacao:
        """The one acted upon."""
        return self.alvo.autorizacao

    @property
    def pai(self) -> Autorizacao | None:
        """The one it was asked on."""
        return self.principal.autorizacao if self.principal else None


Transicao = Callable[[Cena, Ato], Sequence[Autorizacao]]
"""Answers what changes, the one acted upon first."""


def visible(guardada: Guardada | None, chamador: Chamador) -> Guardada:
    """R08: an authorization the caller may see.

    Raises:
        AutorizacaoNotFoundError: absent or foreign: the two look alike.
    """
    if guardada is None:
        raise AutorizacaoNotFoundError
    autorizacao = guardada.autorizacao
    if chamador.papel is Papel.PRESTADOR:
        seen = chamador.prestador_id is not None and autorizacao.visible_to(chamador.prestador_id)
    else:
        seen = autorizacao.solicitacao.registro_ans in chamador.registros
    if not seen:
        raise AutorizacaoNotFoundError
    return guardada


def scene(
    registro_ans: str, numero: str, *, chamador: Chamador, portas: Portas, complementos: bool = False
) -> Cena:  # fmt: skip
    """An authorization the caller may see, with its parent and, if asked, its complements: one or two round trips.

    Raises:
        AutorizacaoNotFoundError: absent or foreign.
    """
    alvo = visible(portas.autorizacoes.get(registro_ans, numero), chamador)
    children = alvo.complementos if complementos else ()
    parent = alvo.autorizacao.principal
    wanted = [*children, *([parent] if parent else [])]
    found = portas.autorizacoes.many(registro_ans, wanted) if wanted else []
    return Cena(
        alvo,
        tuple(item for item in found[: len(children)] if item is not None),
        found[-1] if parent else None,
    )


def act(
    registro_ans: str,
    numero: str,
    transicao: Transicao,
    *,
    chamador: Chamador,
    portas: Portas,
    motivo: str | None = None,
    complementos: bool = False,
    render: Render = keep_no_answer,
) -> tuple[Guardada, ...]:
    """Carry out an act on one authorization, and on whatever it takes with it.

    What ends a request that was to replace a senha settles that senha in the same transaction (R16).

    Raises:
        AutorizacaoNotFoundError: absent or foreign.
        MudouError: others were writing it all the time.
    """
    ato = chamador.ato(portas.now, portas.hoje, motivo)
    for _ in range(TENTATIVAS):
        cena = scene(registro_ans, numero, chamador=chamador, portas=portas, complementos=complementos)
        before = {item.autorizacao.numero: item for item in (cena.alvo, *cena.complementos)}
        changed = list(transicao(cena, ato))
        _settle(changed, before, ato, portas)
        if len(changed) > JUNTAS:
            raise ComplementosVivosError(tuple(item.numero for item in changed[1:]))
        after = tuple(replace(before[item.numero], autorizacao=item) for item in changed)
        try:
            portas.autorizacoes.write(
                [Mudanca(before[item.autorizacao.numero], item) for item in after],
                now=portas.now,
                correlacao=chamador.correlacao,
                guardar=portas.keep(render(after)),
            )
        except MudouError:
            continue
        return after
    raise MudouError


def _settle(changed: list[Autorizacao], before: dict[str, Guardada], ato: Ato, portas: Portas) -> None:
    """R16: the senhas that what ended here was to replace."""
    for place, nova in enumerate(tuple(changed)):
        ended = before[nova.numero].autorizacao.situacao in PENDENTES and nova.situacao not in PENDENTES
        if not ended or nova.substitui is None or nova.substitui in before:
            continue
        (antiga,) = portas.autorizacoes.many(nova.solicitacao.registro_ans, (nova.substitui,))
        if antiga is None:
            continue
        settled = transicoes.settle_substitution(antiga.autorizacao, nova, ato)
        changed[place] = settled.nova
        if settled.antiga is not antiga.autorizacao:
            before[nova.substitui] = antiga
            changed.append(settled.antiga)
