"""The sweep (R10): a piece of what is due today, moved on through the same conditional writes as everybody else's.

Whatever is repeated, late, cut or run beside itself ends in the same: what was written is not due any more, what was
not is found by the next sweep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from autorizacao.service.portas import Autorizacoes, Guardada, Mudanca
from conecta_senhas import vencimentos
from conecta_senhas.autorizacoes import Ato, Autorizacao, Papel
from conecta_senhas.errors import AutorizacaoError

PAGINA: Final = 100
PAGINAS: Final = 5
"""Of one piece: so many writes, one after another, are far from what a function may take."""
QUEM: Final = "varredura"
Posicao = Mapping[str, str] | None
Nome = tuple[str, str]
"""(registro ANS, numero)."""


class Vencimentos(Protocol):
    """What is due, by day, in parts that many may sweep at the same time."""

    def partes(self) -> Sequence[int]:
        """All the parts."""
        ...

    def vencidas(self, parte: int, ate: date, posicao: Posicao, limite: int) -> tuple[Sequence[Nome], Posicao]:
        """What is due up to a day (inclusive), oldest first, and where the next page starts (`None` at the end)."""
        ...


@dataclass(frozen=True, slots=True)
class Varrida:
    """What became of a piece.

    Attributes:
        feitas: authorizations that changed; `adiadas` only have another day.
        perdidas: those that others were writing, or that could not be moved on: the next sweep finds them.
        posicao: where the next piece of the part starts; `None` when nothing more is due.
    """

    feitas: int
    adiadas: int
    perdidas: int
    posicao: Posicao


def sweep(
    parte: int, posicao: Posicao, *, vencimentos_: Vencimentos, autorizacoes: Autorizacoes, now: datetime, hoje: date
) -> Varrida:  # fmt: skip
    """A piece of a part: always ends, whatever is due, because what was looked at is due another day, or passed by."""
    ato = Ato(papel=Papel.SISTEMA, quem=QUEM, quando=now, hoje=hoje)
    feitas = adiadas = perdidas = 0
    for _ in range(PAGINAS):
        due, posicao = vencimentos_.vencidas(parte, hoje, posicao, PAGINA)
        for held, principal in _loaded(due, autorizacoes):
            try:
                moved = _moved(held, principal, ato)
                autorizacoes.write([moved], now=now, correlacao=f"{QUEM}-{hoje.isoformat()}")
            except AutorizacaoError:
                perdidas += 1
                continue
            changed = moved.depois is not held
            feitas, adiadas = feitas + changed, adiadas + (not changed)
        if posicao is None:
            break
    return Varrida(feitas, adiadas, perdidas, posicao)


def _loaded(due: Sequence[Nome], autorizacoes: Autorizacoes) -> Iterator[tuple[Guardada, Autorizacao | None]]:
    """Each with its parent: what is asked on a stay that began does not expire (R10)."""
    found = _many(due, autorizacoes)
    parents = [
        (registro, held.autorizacao.principal) for (registro, _), held in found.items() if held.autorizacao.principal
    ]
    stays = _many(parents, autorizacoes)
    for (registro, _), held in found.items():
        stay = stays.get((registro, held.autorizacao.principal or ""))
        yield held, stay.autorizacao if stay else None


def _many(wanted: Sequence[Nome], autorizacoes: Autorizacoes) -> dict[Nome, Guardada]:
    found = {}
    for registro in sorted({registro for registro, _ in wanted}):
        numeros = list(dict.fromkeys(numero for owner, numero in wanted if owner == registro))
        for numero, held in zip(numeros, autorizacoes.many(registro, numeros), strict=True):
            if held is not None:
                found[registro, numero] = held
    return found


def _moved(held: Guardada, principal: Autorizacao | None, ato: Ato) -> Mudanca:
    autorizacao, _ = vencimentos.vencer(held.autorizacao, ato, principal)
    due = vencimentos.proximo(autorizacao, ato.hoje, principal)
    after = held if autorizacao is held.autorizacao else Guardada(autorizacao, held.vida, held.complementos, held.nome)
    return Mudanca(held, after, proximo=due)
