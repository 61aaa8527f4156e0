"""Recursos and drafts of them in every state that a valid call starts from, made as anybody makes them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from local.client import Client
from tests.matriz import recursos
from tests.matriz.contas import Contas
from tests.matriz.estados import Partes, done
from tests.matriz.model import Values

GUIAS: Final = 16
"""Of a PEG, each contested by itself."""
SPREAD: Final = 2
"""PEGs that guias are taken of in turn: calls at the same instant rarely contest the same PEG."""


@dataclass
class Contestacoes:
    """Makes recursos of a prestador at an operadora: each of a guia that nobody contested.

    Args:
        partes: see `Partes`.
        values: what a request of a prestador at an operadora says.
        contas: makes the PEGs.
    """

    partes: Callable[[], Partes]
    values: Callable[[str, str], Values]
    contas: Contas
    _given: Counter[tuple[str, str]] = field(default_factory=Counter)
    _pegs: dict[tuple[str, str, int], list[Values]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, estado: str, prestador: str, registro: str) -> Values:
        """One in a state: what names it.

        Raises:
            ApiError: a request was not answered as it must be.
        """
        return self._makers[estado](prestador, registro)

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[str, str], Values]]:
        makers = {
            recursos.GLOSA: self.glosa, recursos.ENVIADO: self._sent, recursos.COM_RESPOSTAS: self._answered,
            recursos.ABERTO: self.draft,
        }  # fmt: skip
        assert makers.keys() == recursos.ESTADOS
        return makers

    def glosa(self, prestador: str, registro: str) -> Values:
        """A guia that something was taken of, which nobody contests."""
        with self._lock:
            turn = self._given[prestador, registro]
            self._given[prestador, registro] += 1
            place = prestador, registro, turn // (SPREAD * GUIAS) * SPREAD + turn % SPREAD
            if place not in self._pegs:
                self._pegs[place] = self._contestable(prestador, registro)
            return self._pegs[place].pop()

    def _contestable(self, prestador: str, registro: str) -> list[Values]:
        named = self.contas.contestable(prestador, registro, GUIAS)
        found = self._client(prestador).get(f"/recursos/glosas?protocolo={named['protocolo']}")["glosas"]
        by_guia = {one["modelo"]["numero_guia_prestador"]: one["modelo"] for one in found}
        assert len(by_guia) == GUIAS, found
        return [
            {**named, "guia": guia, "glosa_da_guia": one["codigo_glosa"], "valor": one["valor_recursado"]}
            for guia, one in by_guia.items()
        ]

    def draft(self, prestador: str, registro: str) -> Values:
        """A draft that may be sent."""
        named = self.glosa(prestador, registro)
        made = done(201, self._client(prestador).request("POST", "/recursos/rascunhos", recursos.recurso(named)))
        return {**named, "rascunho_recurso": made["id"]}

    def concluded(self, prestador: str, registro: str) -> Values:
        """One that was answered."""
        return self._acted(self._answered(prestador, registro), "conclusao")

    def _sent(self, prestador: str, registro: str) -> Values:
        named = self.glosa(prestador, registro)
        made = done(201, self._client(prestador).request("POST", "/recursos", recursos.recurso(named)))
        return {**named, "recurso": made["protocolo"]}

    def _answered(self, prestador: str, registro: str) -> Values:
        return self._acted(self._sent(prestador, registro), "respostas")

    def _acted(self, named: Values, ato: str) -> Values:
        body = recursos.respostas(named) if ato == "respostas" else None
        path = f"/operadora/recursos/{named['recurso']}/{ato}"
        done(200, self.partes().auditoria.request("POST", path, body))
        return named

    def _client(self, prestador: str) -> Client:
        return self.partes().clients[prestador]
