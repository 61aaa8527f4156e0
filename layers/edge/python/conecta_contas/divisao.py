"""How to divide what does not fit into one PEG: guias of several kinds or versions, or more than 100 (R11, R12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conecta_contas.contexto import GUIAS_POR_PEG


@dataclass(frozen=True, slots=True)
class Entrada:
    """A guia to be placed: its place among all, kind and version (none where it was typed)."""

    sequencia: int
    tipo: str
    versao: str | None = None


@dataclass(frozen=True, slots=True)
class Parcela:
    """One PEG of the proposal: guias of one kind and version, in their order."""

    tipo: str
    versao: str | None
    guias: tuple[int, ...]


def divide(entradas: Iterable[Entrada], limite: int = GUIAS_POR_PEG) -> tuple[Parcela, ...]:
    """R11: the fewest PEGs that can be received, kinds and versions as they first come; one is as it was."""
    groups: dict[tuple[str, str | None], list[int]] = {}
    for one in entradas:
        groups.setdefault((one.tipo, one.versao), []).append(one.sequencia)
    return tuple(
        Parcela(tipo, versao, tuple(places[start : start + limite]))
        for (tipo, versao), places in groups.items()
        for start in range(0, len(places), limite)
    )
