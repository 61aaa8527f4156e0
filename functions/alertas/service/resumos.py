"""Digests leave when they are due, at most once each time, and never when there is nothing to read.

What becomes of one keeps nobody else waiting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from alertas.domain import resumos as regras
from alertas.domain.alertas import nao_lidos
from alertas.domain.errors import MudouError
from alertas.domain.resumos import MUITOS, Carta, Envio, Frequencia, Preferencia
from alertas.service import leitura
from alertas.service.leitura import Filtro

if TYPE_CHECKING:
    from alertas.domain.alertas import Area
    from alertas.service.portas import Portas, Preferencias

VOLTAS: Final = 5


def choose(
    prestador_id: str, quem: str, frequencia: Frequencia, preferencias: Preferencias, portas: Portas
) -> Preferencia:
    """Somebody chooses how often to be written to. Once more is the same.

    Raises:
        MudouError: the same person chooses in too many places at once.
    """
    return _changed(prestador_id, quem, preferencias, lambda held: regras.escolher(held, frequencia, portas.now))


def _changed(
    prestador_id: str, quem: str, preferencias: Preferencias, change: Callable[[Preferencia], Preferencia]
) -> Preferencia:  # fmt: skip
    for _ in range(VOLTAS):
        held = preferencias.get(prestador_id, quem)
        after = change(held)
        if after is held:
            return held
        try:
            preferencias.write(after)
        except MudouError:
            continue
        return replace(after, versao=held.versao + 1)
    raise MudouError


Enviar = Callable[[str, Carta], Envio]
"""(address, what is written) → what became of it; no failure."""


def send_due(  # noqa: PLR0917  # who wants it, what is read, who may see what, how it leaves
    preferencias: Preferencias,
    portas: Portas,
    areas_of: Callable[[str], frozenset[Area]],
    enviar: Enviar,
    portal: str,
    limite: int,
    in_time: Callable[[], bool],
) -> Counter[str]:
    """Some of the digests that are due, the longest overdue first.

    Who acts for the prestador no more is written to no more. The next day is settled before a digest leaves: who dies
    in between sends none that day, and nobody gets two.

    Args:
        in_time: whether another one may be begun; those that are not are still due.

    Returns:
        How many were `vistas`, and what became of those that there was something to write in.
    """
    done = Counter({"vistas": 0, **{became.value: 0 for became in Envio}})
    for held in preferencias.devidas(portas.now, limite):
        if not in_time():
            break
        done["vistas"] += 1
        person = preferencias.endereco(held.prestador_id, held.quem)
        carta = _letter(held, areas_of(person[1]), portas, portal) if person else None
        after = (
            regras.cumprido(held, portas.now) if person else replace(held, frequencia=Frequencia.NUNCA, proximo_em=None)
        )
        try:
            preferencias.write(after)
        except MudouError:
            continue  # chosen anew, or sent by another, meanwhile
        if person is None or carta is None:
            continue
        became = enviar(person[0], carta)
        done[became.value] += 1
        with suppress(MudouError):  # chosen anew meanwhile
            _note(became, replace(after, versao=held.versao + 1), preferencias, portas)
    return done


def _note(became: Envio, held: Preferencia, preferencias: Preferencias, portas: Portas) -> None:
    match became:
        case Envio.AVISADA:  # that is so whatever was chosen since
            _changed(held.prestador_id, held.quem, preferencias, lambda one: regras.enviado(one, portas.now))
        case Envio.ADIADA:
            preferencias.write(regras.adiado(held, portas.now))
        case Envio.SEM_RESPOSTA:
            pass  # settled, as it was before


def _letter(held: Preferencia, areas: frozenset[Area], portas: Portas, portal: str) -> Carta | None:
    sequencia, leitor = leitura.read(held.prestador_id, held.quem, portas)
    unread = nao_lidos(sequencia, leitor, sorted(areas))
    if not any(unread.values()):
        return None
    filtro = Filtro(areas=areas, so_nao_lidos=True)
    page = leitura.recent(held.prestador_id, held.quem, filtro, None, MUITOS, portas)
    return regras.carta(unread, page.alertas, portas.hoje, portal)
