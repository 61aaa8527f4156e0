"""Alertas as their readers see them: listed, followed, marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from alertas.domain import alertas as regras
from alertas.domain.alertas import Alerta, Area, Leitor, Sequencia
from alertas.domain.errors import AlertaNaoEncontradoError, MudouError
from alertas.service.avisos import with_floor

if TYPE_CHECKING:
    from collections.abc import Callable

    from alertas.service.portas import Portas

    Mudar = Callable[[Sequencia, Leitor], Leitor]

LIDAS_POR_VEZ: Final = 100
"""Rows that are read at once."""
VEZES: Final = 10
"""How often, at most, for one page: what is left is the next page's."""
VOLTAS: Final = 5


@dataclass(frozen=True, slots=True)
class Filtro:
    """What of the alertas is asked for; an empty member leaves nothing out."""

    areas: frozenset[Area]
    tipo: str = ""
    registro_ans: str = ""
    entidade: str = ""
    so_nao_lidos: bool = False

    def takes(self, alerta: Alerta, leitor: Leitor) -> bool:
        """Whether it is asked for."""
        return (
            alerta.aviso.area in self.areas
            and self.tipo in {"", alerta.tipo}
            and self.registro_ans in {"", alerta.registro_ans}
            and self.entidade in {"", alerta.entidade}
            and not (self.so_nao_lidos and leitor.leu(alerta.numero))
        )


@dataclass(frozen=True, slots=True)
class Pagina:
    """A page of alertas.

    Attributes:
        ate: the last number that was looked at: the next page begins after it.
        fim: nothing is left.
    """

    alertas: Sequence[Alerta]
    sequencia: Sequencia
    leitor: Leitor
    ate: int
    fim: bool


def read(prestador_id: str, quem: str, portas: Portas) -> tuple[Sequencia, Leitor]:
    """How far the numbering is today, and what a reader has read."""
    sequencia, leitor = portas.alertas.leitura(prestador_id, quem)
    return with_floor(sequencia, portas), leitor


def recent(prestador_id: str, quem: str, filtro: Filtro, antes_de: int | None, limite: int, portas: Portas) -> Pagina:  # noqa: PLR0917  # whose, what of it, from where
    """The newest first, from below a number."""
    sequencia, leitor = read(prestador_id, quem, portas)
    top = sequencia.ultima.numero if antes_de is None else min(antes_de - 1, sequencia.ultima.numero)
    return _page(sequencia, leitor, filtro, (sequencia.piso.numero + 1, top), limite, portas, recentes=True)


def since(prestador_id: str, quem: str, filtro: Filtro, desde: int, limite: int, portas: Portas) -> Pagina:  # noqa: PLR0917  # whose, what of it, from where
    """Those numbered after one, in the order they came in: who follows misses none, nor from beyond the last one."""
    sequencia, leitor = read(prestador_id, quem, portas)
    first = min(max(desde, sequencia.piso.numero), sequencia.ultima.numero) + 1
    return _page(sequencia, leitor, filtro, (first, sequencia.ultima.numero), limite, portas, recentes=False)


def _page(  # noqa: PLR0917  # what was read, what is asked, between which numbers
    sequencia: Sequencia, leitor: Leitor, filtro: Filtro, entre: tuple[int, int], limite: int, portas: Portas, *,
    recentes: bool,
) -> Pagina:  # fmt: skip
    first, last = entre
    found: list[Alerta] = []
    for _ in range(VEZES):
        if first > last:
            break
        rows = portas.alertas.lista(sequencia.prestador_id, first, last, LIDAS_POR_VEZ, recentes=recentes)
        for alerta in rows:
            first, last = (first, alerta.numero - 1) if recentes else (alerta.numero + 1, last)
            if filtro.takes(alerta, leitor):
                found.append(alerta)
                if len(found) == limite:
                    return Pagina(found, sequencia, leitor, alerta.numero, first > last)
        if len(rows) < LIDAS_POR_VEZ:
            first = last + 1
    return Pagina(found, sequencia, leitor, _reached(first, last, recentes=recentes), first > last)


def _reached(first: int, last: int, *, recentes: bool) -> int:
    return last + 1 if recentes else first - 1


def find(prestador_id: str, ids: Sequence[str], portas: Portas) -> Sequence[Alerta]:
    """Alertas of these ids, in order.

    Raises:
        AlertaNaoEncontradoError: one of them is absent, foreign, or shown no more.
    """
    found = [one for one in portas.alertas.escolhidos(prestador_id, ids) if one and _shown(one, portas)]
    if len(found) != len(ids):
        raise AlertaNaoEncontradoError
    return found


def numbered(prestador_id: str, numero: int, portas: Portas) -> Alerta:
    """The alerta of a number.

    Raises:
        AlertaNaoEncontradoError: there is none, or it is shown no more.
    """
    rows = portas.alertas.lista(prestador_id, numero, numero, 1, recentes=False)
    if not rows or not _shown(rows[0], portas):
        raise AlertaNaoEncontradoError
    return rows[0]


def _shown(alerta: Alerta, portas: Portas) -> bool:
    return alerta.expira_em > portas.now


def mark(
    prestador_id: str, quem: str, alertas: Sequence[Alerta], portas: Portas, *, lido: bool
) -> tuple[Sequencia, Leitor]:  # fmt: skip
    """Some are read, or unread again. Once more is the same.

    Raises:
        ExcecoesDemaisError: too many are read or unread one by one.
        MudouError: the same reader marks in too many places at once.
    """
    return _marked(
        prestador_id, quem, portas,
        lambda sequencia, leitor: regras.marcar(leitor, alertas, lido=lido, piso=sequencia.piso),
    )  # fmt: skip


def mark_until(prestador_id: str, quem: str, ultimo: Alerta | None, portas: Portas) -> tuple[Sequencia, Leitor]:
    """Everything up to an alerta is read, or everything there is. Once more is the same.

    Raises:
        MudouError: the same reader marks in too many places at once.
    """
    return _marked(
        prestador_id, quem, portas,
        lambda sequencia, leitor: regras.marcar_ate(
            leitor, ultimo.marca if ultimo else sequencia.ultima, piso=sequencia.piso
        ),
    )  # fmt: skip


def _marked(prestador_id: str, quem: str, portas: Portas, change: Mudar) -> tuple[Sequencia, Leitor]:
    for _ in range(VOLTAS):
        sequencia, held = read(prestador_id, quem, portas)
        after = change(sequencia, held)
        if after is held:
            return sequencia, held
        try:
            portas.alertas.write_leitor(after)
        except MudouError:
            continue
        return sequencia, replace(after, versao=held.versao + 1)
    raise MudouError
