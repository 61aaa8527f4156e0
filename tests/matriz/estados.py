"""Authorizations, drafts and messages in every state that a valid call starts from, made as anybody makes them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from local.client import Answer, ApiError, Client
from local.seed import CLINICA, HOSPITAL
from tests.matriz.model import Values
from tests.matriz.senhas import CANARIO, ESTADOS, pedido

PDF: Final = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PAPERS: Final = ("02", "03", "04", "05")
"""Kinds of document that a stay and a chemotherapy are asked for."""
APENDICE: Final = {"tabela": "22", "codigo": "31003079", "quantidade": 1}
QUIMIO: Final = {"tabela": "22", "codigo": "20104294", "quantidade": 1}
SORO: Final = {"tabela": "20", "codigo": "90007760", "quantidade": 1}


@dataclass(frozen=True, slots=True)
class Partes:
    """Who makes them: a gestor of each prestador, and the operadora's auditoria."""

    clients: Mapping[str, Client]
    auditoria: Client


@dataclass
class Estados:
    """Makes authorizations of a prestador at an operadora; what the clinic cannot do is done by the hospital.

    Args:
        partes: see `Partes`.
        values: what a request of a prestador at an operadora says.
        hoje: the local day.
    """

    partes: Callable[[], Partes]
    values: Callable[[str, str], Values]
    hoje: Callable[[], date]
    _papers: dict[str, list[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, estado: str, prestador: str, registro: str) -> Values:
        """One in a state: what names it, and what else calls about it say.

        Raises:
            ApiError: a request was not answered as it must be.
        """
        return self._makers[estado](prestador, registro)

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[str, str], Values]]:
        makers = {
            "autorizada": self._granted, "em espera": self._waiting, "em análise": self._judged,
            "com dia": self._planned, "com dia pedido": self._moved, "internação": self._stay,
            "internado": self._admitted,
        }  # fmt: skip
        assert makers.keys() == ESTADOS
        return makers

    def ask(self, prestador: str, registro: str, *itens: Any, wanted: str, **more: Any) -> Values:
        """A request that ends in a state."""
        values = self.values(prestador, registro)
        body = pedido(values, *itens, **more)
        if prestador == CLINICA.prestador_id and itens:
            body["executante"] = HOSPITAL.prestador_id
        made = done(201, self._client(prestador).request("POST", "/autorizacoes", body))["autorizacao"]
        if made["situacao"] != wanted:
            raise AssertionError(f"{made['situacao']} instead of {wanted}: {made}")
        return {
            "registro": registro, "numero": made["numero"], "guia": values["guia"], "carteira": values["carteira"],
        }  # fmt: skip

    def act(self, client: Client, named: Values, ato: str, body: Any, prefix: str = "") -> Any:
        """An act upon it."""
        path = f"{prefix}/autorizacoes/{named['registro']}/{named['numero']}/{ato}"
        return done(200, client.request("POST", path, body))

    def draft(self, prestador: str, registro: str) -> Values:
        """A draft that may be sent."""
        body = pedido(self.values(prestador, registro))
        made = done(201, self._client(prestador).request("POST", "/autorizacoes/rascunhos", body))
        return {"rascunho": made["id"]}

    def paper(self, prestador: str) -> str:
        """A file of a prestador."""
        client = self._client(prestador)
        upload = client.follow(client.upload(PDF, finalidade="laudo", nome_arquivo="laudo.pdf")["id"])
        if upload["situacao"] != "CONCLUIDO":
            raise AssertionError(upload["achados"])
        return str(upload["id"])

    def _client(self, prestador: str) -> Client:
        return self.partes().clients[prestador]

    def _documentos(self, prestador: str) -> list[Any]:
        """Every paper that may be asked for: the same file, whoever looks at it."""
        with self._lock:
            if prestador not in self._papers:
                paper = self.paper(prestador)
                self._papers[prestador] = [{"id": paper, "tipo": kind} for kind in PAPERS]
            return self._papers[prestador]

    def _granted(self, prestador: str, registro: str) -> Values:
        return self.ask(prestador, registro, wanted="AUTORIZADA")

    def _stay_of(self, prestador: str, registro: str, **more: Any) -> Values:
        stay: dict[str, Any] = {
            "tipo": "INTERNACAO",
            "diarias": 2,
            "tipo_internacao": "2",
            "regime_internacao": "1",
            "cids": ["K359"],
        }
        return self.ask(prestador, registro, APENDICE, **stay, **more)

    def _waiting(self, prestador: str, registro: str) -> Values:
        return self._stay_of(prestador, registro, wanted="AGUARDANDO_DOCUMENTO", indicador_opme=True)

    def _judged(self, prestador: str, registro: str) -> Values:
        return self._stay_of(prestador, registro, wanted="EM_ANALISE", documentos=self._documentos(prestador))

    def _decided(self, named: Values, itens: int) -> Values:
        votes = [{"sequencia": number, "quantidade": 1} for number in range(1, itens + 1)]
        self.act(self.partes().auditoria, named, "decisao", {"itens": votes}, "/operadora")
        return named

    def _stay(self, prestador: str, registro: str) -> Values:
        return self._decided(self._judged(prestador, registro), 1)

    def _admitted(self, prestador: str, registro: str) -> Values:
        named = self._stay(prestador, registro)
        self.act(self._client(prestador), named, "internacao", {"data": self.hoje().isoformat()})
        return named

    def _planned(self, prestador: str, registro: str) -> Values:
        day = (self.hoje() + timedelta(days=10)).isoformat()
        anexo = {"tipo": "QUIMIOTERAPIA", "itens": [{**SORO, "data_provavel": day}], "justificativa": CANARIO}
        named = self.ask(
            prestador, registro, QUIMIO, wanted="EM_ANALISE", anexos=[anexo], documentos=self._documentos(prestador)
        )
        return {**self._decided(named, 2), "sequencia": "2"}

    def _moved(self, prestador: str, registro: str) -> Values:
        named = self._planned(prestador, registro)
        day = (self.hoje() + timedelta(days=17)).isoformat()
        self.act(self._client(prestador), named, "datas", {"sequencia": 2, "data": day, "motivo": CANARIO})
        return named


def new_guia() -> str:
    """A number of guia that nobody used."""
    return f"M{secrets.token_hex(7)}"


def done(status: int, answer: Answer) -> Any:
    """The JSON of an answer, which must have this status.

    Raises:
        ApiError: it has another.
    """
    if answer.status != status:
        raise ApiError(answer)
    return answer.json()
