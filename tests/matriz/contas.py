"""PEGs and drafts of PEGs in every state that a valid call starts from, made as anybody makes them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from local.client import ApiError, Client
from local.gerador import Tipo
from tests.matriz import pegs
from tests.matriz.estados import Partes, done
from tests.matriz.model import Values

_PROTOCOLO: Final = re.compile(r"<ans:numeroProtocolo>([0-9]{12})<")
_CARTEIRA: Final = re.compile(r"<ans:numeroCarteira>([0-9]+)<")


@dataclass
class Contas:
    """Makes PEGs of a prestador at an operadora, by the XML door: of lives that nobody knows, so each has a glosa.

    Args:
        partes: see `Partes`.
        values: what a request of a prestador at an operadora says.
    """

    partes: Callable[[], Partes]
    values: Callable[[str, str], Values]
    carteiras: set[str] = field(default_factory=set)
    """Of everybody who was billed for."""

    def make(self, estado: str, prestador: str, registro: str) -> Values:
        """One in a state: what names it.

        Raises:
            ApiError: a request was not answered as it must be.
        """
        return self._makers[estado](prestador, registro)

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[str, str], Values]]:
        makers = {
            "peg recebido": self.billed, "peg em análise": self._judged, "peg com saldo": self._with_a_rest,
            "peg com pergunta": self._asked, "peg analisado": self._concluded, "digitado aberto": self.draft,
            "digitado fechado": self._closed,
        }  # fmt: skip
        assert makers.keys() == pegs.ESTADOS
        return makers

    def billed(self, prestador: str, registro: str, tipo: Tipo = Tipo.CONSULTA, guias: int = 2) -> Values:
        """So many guias, received."""
        values = self.values(prestador, registro)
        raw = pegs.lote(values, guias, carteiras=(), semente=secrets.randbelow(10**9), tipo=tipo)
        answer = self._client(prestador).request(
            "POST", "/tiss/loteGuias", raw, headers={"Content-Type": "application/xml"}
        )  # fmt: skip
        found = _PROTOCOLO.search(answer.text)
        if found is None:
            raise ApiError(answer)
        self.carteiras.update(_CARTEIRA.findall(answer.text))
        return {
            "registro": registro, "protocolo": found[1], "lote": values["lote"], "guia": f"{values['lote']}000001",
        }  # fmt: skip

    def draft(self, prestador: str, registro: str) -> Values:
        """A draft with a guia."""
        values = self.values(prestador, registro)
        client = self._client(prestador)
        made = done(201, client.request("POST", "/pegs/rascunhos", pegs.cabeca(values)))
        typed = done(201, client.request("POST", f"/pegs/rascunhos/{made['id']}/guias", pegs.guia(values)))
        return {"digitado": made["id"], "digitada": typed["id"]}

    def published(self, prestador: str, registro: str, tipo: Tipo) -> Values:
        """Whatever was taken of it is given back, and its values are published."""
        named = self._acted(self.billed(prestador, registro, tipo), "analise")
        for one in self.partes().auditoria.get(f"/operadora/pegs/{named['protocolo']}/glosas")["glosas"]:
            self._acted(named, f"glosas/{one['id']}/reversao", {"motivo": pegs.PROVA})
        return self._acted(self._acted(named, "conclusao"), "liberacao")

    def contestable(self, prestador: str, registro: str, guias: int) -> Values:
        """Something was taken of each of its guias, and its values are published."""
        named = self.billed(prestador, registro, guias=guias)
        for ato in ("analise", "conclusao", "liberacao"):
            self._acted(named, ato)
        return named

    def _closed(self, prestador: str, registro: str) -> Values:
        named = self.draft(prestador, registro)
        done(200, self._client(prestador).request("POST", f"/pegs/rascunhos/{named['digitado']}/fechamento"))
        return named

    def _judged(self, prestador: str, registro: str) -> Values:
        return self._acted(self.billed(prestador, registro), "analise")

    def _with_a_rest(self, prestador: str, registro: str) -> Values:
        return self._acted(self._judged(prestador, registro), "glosas/1/reversao", {"motivo": pegs.PROVA})

    def _asked(self, prestador: str, registro: str) -> Values:
        until = self.values(prestador, registro)["hoje"]
        named = self._judged(prestador, registro)
        return self._acted(named, "pedido-de-informacao", {"motivo": pegs.PROVA, "ate": until})

    def _concluded(self, prestador: str, registro: str) -> Values:
        return self._acted(self._judged(prestador, registro), "conclusao")

    def _acted(self, named: Values, ato: str, body: Any = None) -> Values:
        path = f"/operadora/pegs/{named['protocolo']}/{ato}"
        done(200, self.partes().auditoria.request("POST", path, body))
        return named

    def _client(self, prestador: str) -> Client:
        return self.partes().clients[prestador]


def new_lote() -> str:
    """A number of lote that nobody used."""
    return str(10**11 + secrets.randbelow(9 * 10**11))
