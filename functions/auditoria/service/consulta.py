"""Who read what: shown to whose accesses they are, day by day, and given away as a piece of the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from auditoria.domain.cadeia import VERSAO, Cabeca, Escrito
from conecta_atos.portas import Page
from conecta_facts import codec

if TYPE_CHECKING:
    from auditoria.service.portas import Portas

DIAS: Final = 31
"""Of one export."""
BLOCOS: Final = 2_000
"""Of one export: a month of an hour each is 744."""


class PeriodoGrandeError(Exception):
    """A period's blocks are more than one export takes."""


@dataclass(frozen=True, slots=True)
class Exportacao:
    """A piece of a chain that may be fetched for a while.

    Attributes:
        fim: its last block, up to which it is to be held; `None` when it has none.
        cabeca: the last block of the whole chain.
    """

    url: str
    blocos: int
    linhas: int
    fim: Cabeca | None
    cabeca: Cabeca


def listar(
    tenant: str, periodo: tuple[date, date], position: Mapping[str, str] | None, limite: int, portas: Portas
) -> Page:
    """A page of the accesses of a period, the newest first.

    Args:
        periodo: its first and its last day.
        position: day and sort key after which it starts.
    """
    de, ate = periodo
    last, antes = (date.fromisoformat(position["dia"]), position["sk"]) if position else (ate, None)
    found: list[tuple[date, Escrito]] = []
    for dia in _dias(tenant, de, last, portas):
        rows = portas.acessos.ultimos(tenant, dia, antes if dia == last else None, limite + 1 - len(found))
        found += [(dia, row) for row in rows]
        if len(found) > limite:
            there, final = found[limite - 1]
            return Page([row for _, row in found[:limite]], {"dia": there.isoformat(), "sk": final["sk"]})
    return Page([row for _, row in found], None)


def _dias(tenant: str, de: date, ate: date, portas: Portas) -> Sequence[date]:
    """Days of a period that may have rows, the last first: what is known of days is a minute or two behind."""
    known = [one.dia for one in portas.selos.dias(tenant, de, ate)]
    recent = (portas.hoje, portas.hoje - timedelta(days=1))
    return sorted({*known, *(dia for dia in recent if de <= dia <= ate)}, reverse=True)


def exportar(tenant: str, de: date, ate: date, portas: Portas) -> Exportacao:
    """All sealed rows of a period, in an unbroken piece of the chain: its ends may hold rows of other days, too.

    Raises:
        PeriodoGrandeError: too many blocks.
        PerdidoError: a block is not in the archive.
    """
    sealed = [one for one in portas.selos.dias(tenant, de, ate) if one.primeiro]
    first, last = min((one.primeiro for one in sealed), default=1), max((one.ultimo for one in sealed), default=0)
    if last - first >= BLOCOS:
        raise PeriodoGrandeError
    elos = portas.selos.elos(tenant, first, last) if sealed else ()
    head = portas.selos.cabeca(tenant)
    manifesto = {
        "v": VERSAO, "tenant": tenant, "de": de.isoformat(), "ate": ate.isoformat(),
        "exportado_em": portas.now.isoformat(), "cabeca": codec.plain(head),
        "blocos": [{"n": elo.n, "digest": elo.digest, "linhas": elo.linhas} for elo in elos],
    }  # fmt: skip
    nome = f"auditoria-{tenant.rpartition('#')[2]}-{de}-{ate}.jsonl.gz"
    url = portas.arquivo.exportar(tenant, manifesto, elos, nome)
    end = Cabeca(elos[-1].n, elos[-1].digest) if elos else None
    return Exportacao(url, len(elos), sum(elo.linhas for elo in elos), end, head)
