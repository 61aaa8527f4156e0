"""What PEGs use of an authorization now, guia by guia: what was billed of it is the sum of this, and nothing else.

State, not steps: one use is one entry under the name of its guia, so that used twice is used once, and freed twice
freed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from conecta_senhas.autorizacoes import Autorizacao

Chave = tuple[int, str]
"""`sequencia` of the item (`DIARIAS` for those) and papel: the grau de participação whose quantity is used."""
Uso = Mapping[Chave, Decimal]
Usos = Mapping[str, Uso]
"""By guia (`guia_key`)."""
LEGADO: Final = "LEGADO"
"""Stands for the protocolo of what another portal billed before the migration (R07): no PEG frees it."""
EXECUTOR: Final = "00"
"""The papel of who does the procedure itself; what another portal billed was billed by that one."""


@dataclass(frozen=True, slots=True)
class Lida:
    """An authorization as stored, for who uses it.

    Attributes:
        usos: of every PEG; their sums are its `faturada` and `diarias_faturadas`.
        vida: pseudonym of the carteira it was asked for.
        complementos: numero of every authorization asked on it, in whatever state.
        nome: pseudonym of the life's name, when it was known.
    """

    autorizacao: Autorizacao
    usos: Usos
    vida: str
    complementos: tuple[str, ...] = ()
    nome: str | None = None


def guia_key(protocolo: str, guia: int) -> str:
    """`<protocolo>#<nnn>`.

    Args:
        guia: its place in the PEG, from 1.
    """
    return f"{protocolo}#{guia:03d}"


def protocolo_of(chave: str) -> str:
    """The protocolo of `guia_key`."""
    return chave.partition("#")[0]


def of_legacy(faturadas: Mapping[int, Decimal]) -> dict[str, Uso]:
    """What the file of another portal says was billed, by item, as one use."""
    held = {(sequencia, EXECUTOR): quantidade for sequencia, quantidade in faturadas.items() if quantidade}
    return {guia_key(LEGADO, 0): held} if held else {}


def totais(usos: Usos) -> dict[Chave, Decimal]:
    """Summed over guias, without zeros."""
    summed: dict[Chave, Decimal] = defaultdict(Decimal)
    for uso in usos.values():
        for chave, quantidade in uso.items():
            summed[chave] += quantidade
    return {chave: quantidade for chave, quantidade in summed.items() if quantidade}


def altas(usos: Usos) -> dict[int, Decimal]:
    """The highest sum of any papel, by item, without zeros: what was billed of it (invariant 1)."""
    highest: dict[int, Decimal] = {}
    for (sequencia, _), quantidade in totais(usos).items():
        highest[sequencia] = max(quantidade, highest.get(sequencia, quantidade))
    return highest


def without(usos: Usos, protocolo: str, guia: int | None = None) -> dict[str, Uso]:
    """What is left when a PEG, or one guia of it, uses nothing any more."""
    if guia is not None:
        return {chave: uso for chave, uso in usos.items() if chave != guia_key(protocolo, guia)}
    return {chave: uso for chave, uso in usos.items() if protocolo_of(chave) != protocolo}
