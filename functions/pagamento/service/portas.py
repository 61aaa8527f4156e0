"""What the use cases of this context need from outside: one set of ports for every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from decimal import Decimal

    from conecta_atos.portas import Page
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from conecta_facts.calendario import Calendario
    from conecta_facts.operadoras import Operadora
    from conecta_facts.prestadores import Prestador
    from pagamento.domain.cronograma import Cronograma
    from pagamento.domain.demonstrativos import Descrever, Lugar
    from pagamento.domain.faturas import Fatura
    from pagamento.domain.lotes import Lote
    from pagamento.domain.notas import Arquivo, Nota, NotaLida
    from pagamento.domain.pagamentos import Lancamento, Pagamento

    Linha = Fatura | Nota | Pagamento | Lancamento | Lote | Cronograma


@dataclass(frozen=True, slots=True, kw_only=True)
class Fato:
    """A domain event: its type, whom it concerns, what it is about, its data (never personal).

    Attributes:
        chave: what makes this occurrence unique: the same one again is the same event.
    """

    tipo: str
    registro_ans: str
    prestador_id: str
    entidade: str
    chave: str
    dados: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mudanca:
    """A row as it was read (`None`: it must not be there yet) and as it is to be."""

    antes: Linha | None
    depois: Linha


class Registros(Protocol):
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
        """One transaction: rows, each on condition that it is as read (`versao`); events; kept answers.

        A living nota also holds its `marca` at its operadora, and lets it go when it lives no more; a payment holds its
        `numero`; a fatura lies in the operadora's list of what is open, by `agir_em`. An event told before (same
        `chave`) is not told again, and does not fail the rest.

        Raises:
            MudouError: one of the rows is not as read; a marca or numero is held. Nothing was written.
            Exception: the adapter's own, when only `guardar` lost: the answer is kept already.
        """
        ...

    def faturas(self, prestador_id: str, ids: Sequence[str]) -> Mapping[str, Fatura]:
        """Those of a tenant that are there, by id; consistent."""
        ...

    def faturas_do_mes(self, prestador_id: str, mes: str) -> Sequence[Fatura]:
        """Of PEGs received in a month (`AAAAMM`), in the order of their ids."""
        ...

    def faturas_abertas(
        self, registro_ans: str, ate: date | None, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """(prestador id, fatura id) of open ones of an operadora, `agir_em` until a day; all of them for `None`."""
        ...

    def nota(self, prestador_id: str, nota_id: str) -> Nota | None:
        """One of a tenant."""
        ...

    def notas_do_mes(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Those sent in a month (`AAAAMM`), newest first."""
        ...

    def prestador_da_nota(self, registro_ans: str, nota_id: str) -> str | None:
        """Whose a nota of an operadora is."""
        ...

    def notas_em_conferencia(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """What a person of financeiro has to look at, the oldest first."""
        ...

    def titular_da_marca(self, registro_ans: str, marca: str) -> str | None:
        """Id of the living nota that holds a marca."""
        ...

    def pagamento(self, registro_ans: str, numero: str) -> Pagamento | None:
        """The payment of a number at an operadora."""
        ...

    def pagamentos(self, prestador_id: str, de: date, ate: date) -> Sequence[Pagamento]:
        """Of a tenant, between two days, both inclusive, by day and number."""
        ...

    def pagamentos_da_operadora(
        self, registro_ans: str, mes: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """Of an operadora, by its month (`AAAAMM`) of payment."""
        ...

    def lancamento(self, prestador_id: str, lancamento_id: str) -> Lancamento | None:
        """One of a tenant."""
        ...

    def lancamentos(self, prestador_id: str, registro_ans: str) -> Sequence[Lancamento]:
        """All of a tenant at an operadora."""
        ...

    def lote(self, prestador_id: str, lote_id: str) -> Lote | None:
        """Demonstrativos of a tenant, in bulk."""
        ...

    def lotes(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Those of a tenant, of the newest month first."""
        ...

    def cronograma(self, registro_ans: str, versao: int | None = None) -> Cronograma | None:
        """The one in force, or a version of it."""
        ...


class Contas(Protocol):
    """PEGs, as peg keeps them."""

    def peg(self, prestador_id: str, protocolo: str) -> Peg | None:
        """One visible PEG of a tenant."""
        ...

    def dossie(self, peg: Peg) -> Dossie:
        """What was billed and judged."""
        ...

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        """Whose a PEG of an operadora is."""
        ...

    def month(
        self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> tuple[Sequence[Peg], Mapping[str, str] | None]:
        """Visible PEGs received in a month, newest first, and where the next page starts."""
        ...


class Cadastro(Protocol):
    """What cadastro knows."""

    def prestador(self, prestador_id: str) -> Prestador:
        """Whose profile.

        Raises:
            NaoEncontradoError: nobody's.
        """
        ...

    def codigo(self, prestador_id: str, registro_ans: str) -> str | None:
        """Its code at an operadora (`codigoPrestadorNaOperadora`)."""
        ...

    def operadora(self, registro_ans: str) -> Operadora:
        """An operadora.

        Raises:
            NaoEncontradoError: there is none.
        """
        ...

    def calendario(self, registro_ans: str) -> Calendario:
        """Its business days."""
        ...


class Arquivos(Protocol):
    """The files of notas."""

    def arquivo(self, prestador_id: str, upload_id: str) -> Arquivo:
        """An upload of a tenant.

        Raises:
            ArquivoIndisponivelError: absent or foreign, of another finalidade, not checked yet, or refused.
        """
        ...

    def ler(self, arquivo: Arquivo) -> bytes:
        """Its bytes."""
        ...


Contestado = Callable[["Peg", str], "Mapping[Lugar, Decimal]"]
"""Reais of each line of a PEG that recursos contest; and the request's id, in logs."""
LerNota = Callable[[bytes], "NotaLida"]
"""What the XML of a nota says; of an unknown layout nothing, as `Layout.DECLARADO`.

Raises:
    NotaIlegivelError: it is no XML that anybody should read (`pagamento.domain.errors`).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """The ports of this context, at one moment.

    Attributes:
        descrever: term of a table's code, when the terminology has it.
        contestado: what recursos contest of a PEG.
        now: instant in UTC.
        local_day: of an instant, in America/Sao_Paulo.
    """

    registros: Registros
    contas: Contas
    cadastro: Cadastro
    arquivos: Arquivos
    ler_nota: LerNota
    descrever: Descrever
    contestado: Contestado
    now: datetime
    local_day: Callable[[datetime], date]

    @property
    def hoje(self) -> date:
        """Local day."""
        return self.local_day(self.now)
