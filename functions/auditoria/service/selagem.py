"""Sealing: what was appended is marked as it is told of, and put into blocks a while later.

Marking and sealing meet in the row of the day, which each replaces as it read it: a row that was told of while its day
was sealed makes the sealing fail, and be done again. No row is in two blocks: of one that came late, those of its day
that may hold it are looked through first.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from auditoria.domain.cadeia import fechar
from auditoria.service.portas import MudouError

if TYPE_CHECKING:
    from auditoria.domain.dias import Dia
    from auditoria.service.portas import Portas

Feito = TypeVar("Feito")
LINHAS: Final = 2_000
"""Rows of one block: a few hundred bytes each."""
TENTATIVAS: Final = 5
PAUSA: Final = 80
"""Milliseconds, at most, before who lost a race tries again."""


def marcar(chegadas: Iterable[tuple[str, date, str]], portas: Portas) -> int:
    """Rows came, each by tenant, day and sort key; answers of how many days. Repeatable.

    Raises:
        MudouError: others changed a day all the time.
    """
    first: dict[tuple[str, date], str] = {}
    for tenant, dia, sk in chegadas:
        first[tenant, dia] = min(sk, first.get((tenant, dia), sk))
    for (tenant, dia), desde in first.items():
        _again(partial(_marcar, tenant, dia, desde, portas))
    return len(first)


def _marcar(tenant: str, dia: date, desde: str, portas: Portas) -> None:
    held, _ = portas.selos.lidos(tenant, dia)
    portas.selos.gravar(held.marcado(desde, portas.now), held.versao)


def selar(tenant: str, dia: date, ate: str, portas: Portas) -> tuple[int, int]:
    """Seal what waits of a day and is before a sort key: how many blocks it took, with how many rows. Repeatable.

    Raises:
        MudouError: others changed the day or the chain all the time.
        PerdidoError: a block that may hold a late row is not in the archive.
    """
    blocos = linhas = 0
    while (done := _again(partial(_selar, tenant, dia, ate, portas))) is not None:
        blocos, linhas = blocos + (done > 0), linhas + done
    return blocos, linhas


def _selar(tenant: str, dia: date, ate: str, portas: Portas) -> int | None:
    """One block: how many rows it has, 0 when none was needed; `None` when nothing that may be sealed waits."""
    held, head = portas.selos.lidos(tenant, dia)
    if held.desde is None:
        return None
    found = portas.acessos.seguintes(tenant, dia, held.desde, LINHAS + 1)
    taken = [row for row in found[:LINHAS] if row["sk"] < ate]
    resto = found[len(taken)]["sk"] if len(found) > len(taken) else None
    if not taken and resto is not None:
        return None
    sealed = _sealed(held, portas) if held.atrasado else frozenset()
    fresh = [row for row in taken if row["sk"] not in sealed]
    if not fresh:
        portas.selos.gravar(held.selado(None, resto, portas.now), held.versao)
        return 0
    bloco, elo = fechar(tenant, head, dia, fresh, portas.now)
    portas.arquivo.guardar(bloco, elo)
    portas.selos.gravar(held.selado(elo, resto, portas.now), held.versao, elo)
    return len(fresh)


def _sealed(dia: Dia, portas: Portas) -> frozenset[str]:
    """Sort keys of rows at or after the least that waits which are in a block already."""
    desde = dia.desde or ""
    elos = portas.selos.elos(dia.tenant, dia.primeiro, dia.ultimo)
    blocos = [portas.arquivo.ler(dia.tenant, elo) for elo in elos if elo.dia == dia.dia and elo.ate >= desde]
    return frozenset(row["sk"] for bloco in blocos for row in bloco["linhas"])


def _again(act: Callable[[], Feito]) -> Feito:
    for _ in range(TENTATIVAS - 1):
        try:
            return act()
        except MudouError:  # rows that come in mark the day, one batch after the other
            time.sleep(random.uniform(0, PAUSA) / 1000)  # noqa: S311  # no secret
    return act()
