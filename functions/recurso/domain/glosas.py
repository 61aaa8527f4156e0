"""What of a PEG may be contested: the glosas that stand in its dossier, by place and code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from conecta_contas.analise import Glosa, taken_of_lines
from conecta_contas.cobranca import GuiaCobrada, ItemCobrado
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import Peg
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.vocabulary.glosas import Motivo


class Nivel(StrEnum):
    """How much one entry of a recurso contests."""

    PROTOCOLO = "PROTOCOLO"
    GUIA = "GUIA"
    ITEM = "ITEM"


@dataclass(frozen=True, slots=True)
class Lugar:
    """A place in a PEG: `indice` 0 is the protocolo, no `sequencia` is a whole guia."""

    indice: int = 0
    sequencia: int | None = None

    @property
    def nivel(self) -> Nivel:
        """How much it is."""
        if not self.indice:
            return Nivel.PROTOCOLO
        return Nivel.GUIA if self.sequencia is None else Nivel.ITEM


@dataclass(frozen=True, slots=True)
class Parte:
    """What a glosa takes of a line, in reais: what can be given back to that line."""

    glosa: int
    indice: int
    sequencia: int
    valor: Decimal


@dataclass(frozen=True, kw_only=True)
class Contestavel:
    """Everything that the glosas of one code take at one place.

    Attributes:
        guia, item: what was billed there; none of the protocolo, no item of a whole guia.
        codigo: of table 38, as published.
        contestar_ate: last local day, by the strictest of the contracts of its days; `None` when none says.
        prazo_dias: how many days that is after publication: as many as the operadora has to answer (RN 503).
    """

    lugar: Lugar
    guia: GuiaCobrada | None
    item: ItemCobrado | None
    codigo: str
    glosas: tuple[Glosa, ...]
    partes: tuple[Parte, ...]
    contestar_ate: date | None
    prazo_dias: int | None

    @cached_property
    def valor(self) -> Decimal:
        """Reais taken."""
        return soma(one.valor for one in self.partes)


@dataclass(frozen=True)
class Conta:
    """A PEG whose values are published, with the dossier they follow from."""

    peg: Peg
    dossie: Dossie

    @cached_property
    def guias(self) -> Mapping[int, GuiaCobrada]:
        """Those it has still, by place."""
        return {one.sequencia: one for one in self.dossie.guias if one.sequencia in self.peg.guias}

    @cached_property
    def _taken(self) -> Mapping[tuple[int, int], tuple[tuple[Glosa, Decimal], ...]]:
        return taken_of_lines(self.dossie.resultado)

    @cached_property
    def _lines(self) -> Mapping[int, tuple[tuple[int, int], ...]]:
        """Keys of `_taken`, by guia."""
        found: dict[int, list[tuple[int, int]]] = {}
        for key in self._taken:
            found.setdefault(key[0], []).append(key)
        return {indice: tuple(keys) for indice, keys in found.items()}

    def _within(self, lugar: Lugar) -> Iterator[tuple[Glosa, Parte]]:
        keys = self._lines.get(lugar.indice, ()) if lugar.indice else self._taken
        for indice, sequencia in keys:
            if lugar.sequencia in {None, sequencia}:
                for glosa, valor in self._taken[indice, sequencia]:
                    yield glosa, Parte(glosa.id, indice, sequencia, valor)

    @cached_property
    def _codigos(self) -> dict[Lugar, tuple[str, ...]]:
        """What `codigos` has found: what somebody repeats a thousand times is looked for once."""
        return {}

    @cached_property
    def _contestaveis(self) -> dict[tuple[Lugar, str], Contestavel | None]:
        """What `contestavel` has found, as `_codigos`."""
        return {}

    @cached_property
    def _said(self) -> frozenset[str]:
        """Every code that says a glosa that takes something."""
        standing = {glosa.id: glosa for taken in self._taken.values() for glosa, valor in taken if valor}
        return frozenset(codigo for glosa in standing.values() for codigo in codes_of(glosa))

    def codigos(self, lugar: Lugar) -> tuple[str, ...]:
        """Codes of the glosas that take something at a place."""
        if lugar not in self._codigos:
            found = dict.fromkeys(glosa.codigo for glosa, parte in self._within(lugar) if parte.valor)
            self._codigos[lugar] = tuple(found)
        return self._codigos[lugar]

    def contestavel(self, lugar: Lugar, codigo: str) -> Contestavel | None:
        """What may be contested at a place by a code, as published or in another version; `None` when nothing may."""
        if codigo not in self._said:
            return None
        if (lugar, codigo) not in self._contestaveis:
            self._contestaveis[lugar, codigo] = self._find(lugar, codigo)
        return self._contestaveis[lugar, codigo]

    def _find(self, lugar: Lugar, codigo: str) -> Contestavel | None:
        there = [(glosa, parte) for glosa, parte in self._within(lugar) if parte.valor]
        # A code may be that of one glosa as it was published, and of another in another version: the first is meant.
        found = [one for one in there if one[0].codigo == codigo] or [one for one in there if has_code(one[0], codigo)]
        if not found:
            return None
        glosas = tuple({glosa.id: glosa for glosa, _ in found}.values())
        guia = self.guias.get(lugar.indice)
        days = min((one.contestar_dias for one in glosas if one.contestar_dias is not None), default=None)
        published = self.peg.publicada_em
        return Contestavel(
            lugar=lugar, guia=guia, codigo=glosas[0].codigo, glosas=glosas, partes=tuple(parte for _, parte in found),
            item=next((one for one in guia.itens if one.sequencia == lugar.sequencia), None) if guia else None,
            contestar_ate=published + timedelta(days=days) if published and days is not None else None,
            prazo_dias=days,
        )  # fmt: skip

    def contestaveis(self) -> Iterator[Contestavel]:
        """Every glosa that takes something, at the level at which it was given, in the order of the PEG."""
        places = {
            (Lugar(glosa.indice, glosa.sequencia), glosa.codigo): None
            for key in sorted(self._taken)
            for glosa, valor in self._taken[key]
            if valor
        }
        for lugar, codigo in sorted(places, key=lambda one: (one[0].indice, one[0].sequencia or 0, one[1])):
            found = self.contestavel(lugar, codigo)
            assert found is not None  # noqa: S101  # it takes something there
            yield found


def codes_of(glosa: Glosa) -> frozenset[str]:
    """Codes that say a glosa: as published, and as other versions of the standard say its reason."""
    motivo = Motivo.__members__.get(glosa.motivo)
    return frozenset({glosa.codigo, *((motivo.value.ate_4_02, motivo.value.em_4_03) if motivo else ())})


def has_code(glosa: Glosa, codigo: str) -> bool:
    """Whether a code says this glosa: as published, or as another version of the standard says its reason."""
    return codigo == glosa.codigo or codigo in codes_of(glosa)
