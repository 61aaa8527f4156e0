"""What the use cases of this context need from outside: one set of ports for every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from conecta_atos import portas

if TYPE_CHECKING:
    from conecta_atos.portas import Page
    from conecta_contas.analise import Recuperado
    from conecta_contas.cobranca import GuiaCobrada
    from conecta_contas.contexto import Contexto
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Papel, Peg, Porta, SituacaoPeg
    from conecta_senhas.usos import Lida, Usos
    from conecta_tiss.findings import Achado
    from conecta_tiss.versions import Versao
    from peg.domain.cobrancas import Cobranca
    from peg.domain.lotes import Documento, LoteLido
    from peg.domain.rules import Contexto as Admissao


@dataclass(frozen=True, slots=True)
class Taken:
    """Which PEG a lote number belongs to, and of which bytes it was made.

    Attributes:
        livre: it was let go since: anybody may take it.
    """

    protocolo: str
    sha256: str
    livre: bool = False


@dataclass(frozen=True, slots=True)
class Fato:
    """A domain event: its type, its data (never personal) and what it is about.

    Attributes:
        chave: which of the events of its type about this it is; without one, that of the change it comes with.
    """

    tipo: str
    dados: Mapping[str, Any]
    entidade: str
    chave: str = ""


@dataclass(frozen=True, slots=True)
class Lido:
    """What was read for a judgement.

    Attributes:
        senhas: as stored, by number: what a write is conditional on.
    """

    contexto: Contexto
    senhas: Mapping[str, Lida]


class Pegs(Protocol):
    """The stored PEGs; every method names the tenant it touches, every write has a condition."""

    def next_protocolo(self, day: date) -> str:
        """A number never given before."""
        ...

    def lote(self, prestador_id: str, registro_ans: str, numero_lote: str, *, soltos: bool = False) -> Taken | None:
        """Who holds a lote number.

        Args:
            soltos: or had it last, when it was let go.
        """
        ...

    def prepare(self, peg: Peg) -> None:
        """Take the lote number and write the PEG, invisible yet, and where the operadora finds it.

        Raises:
            LoteNumberTakenError: the number is held, or was let go by a PEG of this very upload.
        """
        ...

    def get(self, prestador_id: str, protocolo: str) -> Peg | None:
        """One PEG of a tenant, in any state."""
        ...

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        """Whose a PEG of an operadora is."""
        ...

    def month(self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """Visible PEGs of a month, newest first."""
        ...

    def month_of_operadora(
        self, registro_ans: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """Visible PEGs of a month at an operadora, by protocolo."""
        ...

    def worklist(
        self, registro_ans: str, situacao: SituacaoPeg, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """PEGs of an operadora in a state that waits for somebody, the oldest first."""
        ...

    def pending(self, before: datetime, limit: int) -> list[tuple[str, str]]:
        """(prestador, protocolo) of work begun before an instant and not finished."""
        ...

    def due(self, registro_ans: str, situacao: SituacaoPeg, until: date, limit: int) -> list[tuple[str, str]]:
        """(prestador, protocolo) of a worklist, received on a local day or before it."""
        ...

    def change(
        self,
        antes: Peg,
        depois: Peg,
        fatos: Sequence[Fato],
        *,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Mapping[str, Any]] = (),
        free_lote: bool = False,
    ) -> None:
        """One transaction: the row, on condition that it is as read; its events; kept answers; the lote number freed.

        Raises:
            MudouError: it is not as read.
            Exception: the adapter's own, when only `guardar` lost: the answer is kept already.
        """
        ...

    def announce(self, fato: Fato, documento: Documento, now: datetime) -> None:
        """What became of a file that made no PEG now; whoever hands it over again has the same event told again."""
        ...


class Cobrancas(Protocol):
    """What living PEGs bill, by life."""

    def of_lives(self, registro_ans: str, vidas: Sequence[str]) -> Mapping[str, tuple[Cobranca, ...]]:
        """By life id; who has none is absent."""
        ...

    def add(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> list[Cobranca]:
        """Write them, once; answers those whose number of guia another living PEG of the prestador has."""
        ...

    def release(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> None:
        """They are billed no more; those of another PEG stay."""
        ...


class Senhas(Protocol):
    """Authorizations, as they are billed on."""

    def many(self, registro_ans: str, numeros: Sequence[str]) -> Mapping[str, Lida]:
        """As stored, by number; who is not there is absent."""
        ...

    def bill(self, registro_ans: str, usadas: Sequence[tuple[Lida, Usos]]) -> list[str]:
        """Write what is billed on each now, on condition that it is as read; answers the numbers that were not."""
        ...


class Contextos(Protocol):
    """What is known besides the guias."""

    def admissao(self, prestador_id: str, registro_ans: str, hoje: date) -> Admissao:
        """What admission asks of the sender."""
        ...

    def read(self, peg: Alvo, guias: Sequence[GuiaCobrada]) -> Lido:
        """Everything billing is judged by, but for what the PEG itself uses already."""
        ...


@dataclass(frozen=True, slots=True)
class Alvo:
    """For whom guias are judged.

    Attributes:
        hoje: local day of reception.
        versao: of TISS, in which glosas are told.
        protocolo: of the PEG that is judged again: what it uses itself counts as free; empty the first time.
    """

    prestador_id: str
    registro_ans: str
    hoje: date
    versao: Versao
    protocolo: str = ""


class Archive(Protocol):
    """The archived files."""

    def read(self, chave: str) -> bytes | None:
        """Bytes, `None` when absent."""
        ...

    def keep(self, registro_ans: str, prestador_id: str, finalidade: str, content: bytes) -> str:
        """Keep what came in by no upload; answers its key. Repeatable."""
        ...

    def keep_answer(self, registro_ans: str, prestador_id: str, upload_id: str, xml: bytes) -> None:
        """Leave the answer message beside an upload of this tenant; repeatable."""
        ...

    def keep_report(self, documento: Documento, report: Mapping[str, Any]) -> None:
        """Leave the findings of a refused lote beside its upload; repeatable."""
        ...

    def answer_key(self, documento: Documento) -> str:
        """Where the answer message of an upload lies."""
        ...

    def keep_dossie(self, peg: Peg, dossie: Dossie) -> str:
        """Keep a dossier; answers which (`Peg.dossie`). The same one again is the same."""
        ...

    def dossie(self, peg: Peg) -> Dossie:
        """The dossier that a PEG's row names.

        Raises:
            DossieMissingError: it is not there.
        """
        ...

    def acatados(self, chave: str) -> Sequence[Recuperado]:
        """What a recurso gives back.

        Raises:
            DossieMissingError: it is not there.
        """
        ...


class Padrao(Protocol):
    """The TISS standard: reads lotes, writes answers."""

    def read(self, raw: bytes, today: date, porta: Porta) -> LoteLido:
        """As much of a lote as can be read, XML or typed, and everything the standard finds wrong. Never raises."""
        ...

    def receipt(self, lote: LoteLido, peg: Peg, dossie: Dossie, admissao: Admissao) -> bytes:
        """`recebimentoLote` with the protocolo and its glosas, in the sender's version."""
        ...

    def refusal(self, lote: LoteLido, admissao: Admissao, achados: Sequence[Achado], recebido_em: datetime) -> bytes:
        """`recebimentoLote` with `mensagemErro`, in the sender's version."""
        ...


@dataclass(frozen=True, slots=True)
class Portas:
    """The ports of this context, at one moment.

    Attributes:
        now: instant in UTC.
        local_day: of an instant, in America/Sao_Paulo.
    """

    pegs: Pegs
    cobrancas: Cobrancas
    senhas: Senhas
    contextos: Contextos
    archive: Archive
    padrao: Padrao
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
