"""What the use cases of this context need from outside: one set of ports for every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from conecta_atos import portas
from recurso.domain.recursos import Papel

if TYPE_CHECKING:
    from conecta_atos.portas import Page
    from conecta_contas.analise import Recuperado
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from conecta_facts.contratos import ContratoCompleto
    from conecta_facts.operadoras import Operadora
    from recurso.domain.pedidos import Pedido, Rascunho
    from recurso.domain.recursos import Contestado, Pauta, Recurso, SituacaoRecurso

    Linha = Recurso | Rascunho | Contestado


@dataclass(frozen=True, slots=True, kw_only=True)
class Fato:
    """A domain event about a recurso: its type and its data (never personal)."""

    tipo: str
    dados: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mudanca:
    """A row as it was read (`None`: it must not be there yet) and as it is to be."""

    antes: Linha | None
    depois: Linha


@dataclass(frozen=True, slots=True)
class Numero:
    """Who has a `numeroGuiaRecGlosaPrestador`, and with what."""

    recurso: str
    digest: str


class Recursos(Protocol):
    """The stored rows of this context; every method names the tenant it touches, every write has a condition."""

    def next_protocolo(self, day: date) -> str:
        """A number of 12 digits never given before."""
        ...

    def write(
        self,
        mudancas: Sequence[Mudanca],
        fatos: Sequence[Fato] = (),
        *,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One transaction: rows, each on condition that it is as read (`versao`); events of the recurso among them.

        A new recurso also takes its `numero` and is put where its operadora finds it; a cancelled one lets its `numero`
        go. One that waits for an answer lies in the operadora's list, by `responder_ate`.

        Raises:
            MudouError: one of the rows is not as read, or the numero is taken. Nothing was written.
            Exception: the adapter's own, when only `guardar` lost: the answer is kept already.
        """
        ...

    def recurso(self, prestador_id: str, protocolo: str) -> Recurso | None:
        """One of a tenant."""
        ...

    def numero(self, prestador_id: str, registro_ans: str, numero: str, *, soltos: bool = False) -> Numero | None:
        """Which recurso of a tenant has a number at an operadora.

        Args:
            soltos: or had it last, when a cancellation let it go.
        """
        ...

    def contestado(self, prestador_id: str, registro_ans: str, origem: str, *, legado: bool) -> Contestado | None:
        """Who contests which guia of a PEG; `None` when nobody ever did."""
        ...

    def enviados(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Recursos of a tenant sent in a month (`AAAAMM`), newest first."""
        ...

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        """Whose a recurso of an operadora is."""
        ...

    def month_of_operadora(self, registro_ans: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Recursos of an operadora sent in a month (`AAAAMM`), by protocolo."""
        ...

    def worklist(
        self, registro_ans: str, situacao: SituacaoRecurso, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """Recursos of an operadora that wait for an answer, the most urgent first."""
        ...

    def overdue(self, registro_ans: str, situacao: SituacaoRecurso, before: date, limit: int) -> Sequence[Recurso]:
        """Those whose `responder_ate` is before a day and of which that was not told."""
        ...

    def rascunho(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        """A draft of a tenant, discarded and sent ones, too."""
        ...

    def rascunhos(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Open drafts of a tenant."""
        ...


class Arquivo(Protocol):
    """What is kept in the archive: nothing in it is ever changed."""

    def keep_pauta(self, recurso: Recurso, pauta: Pauta) -> str:
        """Name of the pauta, made of its content."""
        ...

    def pauta(self, recurso: Recurso) -> Pauta:
        """The one that a row names."""
        ...

    def keep_acatados(self, recurso: Recurso, partes: Sequence[Recuperado]) -> str:
        """Where what is given back lies, for peg to read."""
        ...

    def keep_conteudo(self, prestador_id: str, rascunho_id: str, pedido: Pedido) -> str:
        """Name of a draft's content."""
        ...

    def conteudo(self, rascunho: Rascunho) -> Pedido:
        """The one that a draft names."""
        ...


class Contas(Protocol):
    """PEGs, as peg keeps them."""

    def peg(self, prestador_id: str, protocolo: str) -> Peg | None:
        """One visible PEG of a tenant."""
        ...

    def dossie(self, peg: Peg) -> Dossie:
        """What was billed and judged."""
        ...

    def month(
        self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> tuple[Sequence[Peg], Mapping[str, str] | None]:
        """Visible PEGs received in a month, newest first, and where the next page starts."""
        ...


class Documentos(Protocol):
    """The files of documentos."""

    def missing(self, prestador_id: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Which of them are not there, or not complete."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """The ports of this context, at one moment.

    Attributes:
        operadora: by registro ANS; `None` when it is none of ours.
        contrato: of a prestador with an operadora.
        now: instant in UTC.
        local_day: of an instant, in America/Sao_Paulo.
    """

    recursos: Recursos
    arquivo: Arquivo
    contas: Contas
    documentos: Documentos
    operadora: Callable[[str], Operadora | None]
    contrato: Callable[[str, str], ContratoCompleto]
    now: datetime
    local_day: Callable[[datetime], date]

    @property
    def hoje(self) -> date:
        """Local day."""
        return self.local_day(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chamador(portas.Chamador):
    """Who acts, and as what."""

    papel: Papel
