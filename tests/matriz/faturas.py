"""What is to be paid, in every state that a valid call starts from, made as anybody makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from local.client import Client
from local.demo_pagamento import cronograma
from local.gerador import Tipo
from tests.matriz import pagamento
from tests.matriz.contas import Contas
from tests.matriz.estados import PDF, Partes, done
from tests.matriz.model import Values


@dataclass
class Faturas:
    """Makes PEGs with their values published, and what follows from them.

    Args:
        partes: see `Partes`.
        financeiro: of every operadora.
        values: what a request of a prestador at an operadora says.
        contas: makes the PEGs.
    """

    partes: Callable[[], Partes]
    financeiro: Client
    values: Callable[[str, str], Values]
    contas: Contas

    def make(self, estado: str, prestador: str, registro: str) -> Values:
        """One in a state: what names it.

        Raises:
            ApiError: a request was not answered as it must be.
        """
        return self._makers[estado](prestador, registro)

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[str, str], Values]]:
        makers = {
            "peg com arquivo": self._with_file, "peg programado": self._accepted, "nota enviada": self.sent,
            "lancamento aberto": self.entry,
        }  # fmt: skip
        assert makers.keys() == pagamento.ESTADOS
        return makers

    def _published(self, prestador: str, registro: str, tipo: Tipo = Tipo.CONSULTA) -> Values:
        named = self.contas.published(prestador, registro, tipo)
        peg = self._client(prestador).get(f"/pegs/{named['protocolo']}")
        return {**named, "valor": peg["valor_liberado"]}

    def _with_file(self, prestador: str, registro: str, tipo: Tipo = Tipo.CONSULTA) -> Values:
        named, client = self._published(prestador, registro, tipo), self._client(prestador)
        begun = client.upload(
            PDF,
            finalidade="nota_fiscal",
            nome_arquivo="nota.pdf",
            tipo_conteudo="application/pdf",
            registro_ans=registro,
        )
        upload = client.follow(begun["id"])
        assert upload["situacao"] == "CONCLUIDO", upload["achados"]
        return {**named, "arquivo": upload["id"]}

    def sent(self, prestador: str, registro: str, tipo: Tipo = Tipo.CONSULTA) -> Values:
        """A nota that a person has to look at."""
        named = self._with_file(prestador, registro, tipo)
        body = pagamento.nota({**self.values(prestador, registro), **named})
        made = done(201, self._client(prestador).request("POST", "/notas-fiscais", body))
        return {**named, "nota": made["id"]}

    def _accepted(self, prestador: str, registro: str, tipo: Tipo = Tipo.CONSULTA) -> Values:
        named = self.sent(prestador, registro, tipo)
        done(200, self.financeiro.request("POST", f"/operadora/notas-fiscais/{named['nota']}/aceite", {}))
        return {**named, "por": prestador}

    def paid(self, prestador: str, registro: str) -> Values:
        """Two PEGs that one payment paid today, one of them of odontologia; the first one's names."""
        pegs = [self._accepted(prestador, registro, tipo) for tipo in (Tipo.CONSULTA, Tipo.ODONTO)]
        body = pagamento.pagamento({**self.values(prestador, registro), **pegs[0]}, *pegs[1:])
        made = done(201, self.financeiro.request("POST", "/operadora/pagamentos", body))
        return {**pegs[0], "demonstrativo": made["demonstrativo"]}

    def entry(self, prestador: str, registro: str) -> Values:
        """A debit that waits."""
        body = pagamento.lancamento({**self.values(prestador, registro), "por": prestador})
        made = done(201, self.financeiro.request("POST", "/operadora/lancamentos", body))
        return {"registro": registro, "por": prestador, "lancamento": made["id"]}

    def lote(self, prestador: str, registro: str) -> Values:
        """Demonstrativos asked for in bulk, of a month with none."""
        body = pagamento.lote(self.values(prestador, registro))
        return {"lotes": done(202, self._client(prestador).request("POST", "/demonstrativos/lotes", body))["id"]}

    def ciclo(self, registro: str) -> str:
        """The competência and the days of the ciclo that comes after those in force."""
        held = self.financeiro.get(f"/operadora/cronograma?registro_ans={registro}")["ciclos"]
        day = date.fromisoformat(self._today(registro))
        if held:
            day = date.fromisoformat(f"{held[-1]['competencia']}28") + timedelta(days=7)
        return " ".join(list(cronograma(day))[1].values())

    def published_cronograma(self, registro: str) -> None:
        """There is a cronograma in force."""
        if not self.financeiro.get(f"/operadora/cronograma?registro_ans={registro}")["versao"]:
            body = pagamento.cronograma({"registro": registro, "ciclo": self.ciclo(registro)})
            done(200, self.financeiro.request("PUT", "/operadora/cronograma", body))

    def _today(self, registro: str) -> str:
        return self.values(next(iter(self.partes().clients)), registro)["hoje"]

    def _client(self, prestador: str) -> Client:
        return self.partes().clients[prestador]
