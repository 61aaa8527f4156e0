"""A recurso de glosa and its states (`dominio.md` §4): each act is a pure function that answers the next value.

    RASCUNHO ─► ENVIADO ─► EM_ANALISE ─► RESPONDIDO ─► PAGAMENTO_AGENDADO
                   └─► CANCELADO

A draft has no protocolo yet (`Rascunho`). The row of a recurso is small; its entries with their answers are its
`Pauta`, in the archive, of which each change makes a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_contas.analise import Recuperado
from conecta_tiss.vocabulary.amounts import ZERO, soma
from recurso.domain.errors import RespostasFaltamError, TransicaoInvalidaError
from recurso.domain.glosas import Lugar, Nivel, Parte


class SituacaoRecurso(StrEnum):
    """Where a recurso is."""

    ENVIADO = "ENVIADO"
    EM_ANALISE = "EM_ANALISE"
    RESPONDIDO = "RESPONDIDO"
    PAGAMENTO_AGENDADO = "PAGAMENTO_AGENDADO"
    CANCELADO = "CANCELADO"


ESPERA: Final = frozenset({SituacaoRecurso.ENVIADO, SituacaoRecurso.EM_ANALISE})
"""States in which the operadora has to answer."""
_STATUS_PROTOCOLO: Final[Mapping[SituacaoRecurso, str]] = {
    SituacaoRecurso.ENVIADO: "1",
    SituacaoRecurso.EM_ANALISE: "2",
    SituacaoRecurso.RESPONDIDO: "5",
    SituacaoRecurso.PAGAMENTO_AGENDADO: "3",
    SituacaoRecurso.CANCELADO: "9",
}
_PAGO: Final = "6"


class Decisao(StrEnum):
    """What auditoria says to an entry."""

    ACATADO = "ACATADO"
    PARCIAL = "PARCIAL"
    NAO_ACATADO = "NAO_ACATADO"


class Papel(StrEnum):
    """Who acts, and whose turn it is."""

    PRESTADOR = "PRESTADOR"
    AUDITORIA = "AUDITORIA"
    FINANCEIRO = "FINANCEIRO"
    SISTEMA = "SISTEMA"


VEZ_DE: Final[Mapping[SituacaoRecurso, Papel | None]] = {
    SituacaoRecurso.ENVIADO: Papel.AUDITORIA,
    SituacaoRecurso.EM_ANALISE: Papel.AUDITORIA,
    SituacaoRecurso.RESPONDIDO: None,
    SituacaoRecurso.PAGAMENTO_AGENDADO: Papel.FINANCEIRO,
    SituacaoRecurso.CANCELADO: None,
}
"""Whose turn it is in each state; of what was answered with reais, financeiro's (`vez_de`)."""


class Evento(StrEnum):
    """What happened."""

    ENVIADO = "ENVIADO"
    CANCELADO = "CANCELADO"
    ANALISE_INICIADA = "ANALISE_INICIADA"
    RESPONDIDO = "RESPONDIDO"
    PRAZO_VENCIDO = "PRAZO_VENCIDO"
    PAGAMENTO_AGENDADO = "PAGAMENTO_AGENDADO"
    PAGO = "PAGO"


class Porta(StrEnum):
    """How a recurso came in."""

    JSON = "JSON"
    XML = "XML"
    XML_S3 = "XML_S3"
    PLANILHA = "PLANILHA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marco:
    """An entry of the timeline: who, when, why; then whose turn it is, and until when."""

    evento: Evento
    papel: Papel
    quem: str
    quando: datetime
    situacao: SituacaoRecurso
    motivo: str | None = None
    vez_de: Papel | None = None
    ate: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ato:
    """Who does something, when and why.

    Attributes:
        quem: subject id of the person or credential; never a name.
        quando: instant in UTC.
    """

    papel: Papel
    quem: str
    quando: datetime
    motivo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cobrado:
    """What was billed at a place, as answers have to repeat it; of a legacy glosa, what was typed.

    Attributes:
        guia: `numeroGuiaPrestador`.
        sequencial: `sequencialItem`.
        dia, fim: of the item.
    """

    guia: str | None = None
    numero_operadora: str | None = None
    senha: str | None = None
    sequencial: int | None = None
    dia: date | None = None
    fim: date | None = None
    tabela: str | None = None
    codigo: str | None = None
    descricao: str | None = None
    quantidade: Decimal | None = None
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    grau: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resposta:
    """What auditoria says to an entry.

    Attributes:
        valor_acatado: reais given back.
        justificativa: in plain Portuguese; of what is not given back, always.
    """

    decisao: Decisao
    valor_acatado: Decimal
    justificativa: str | None = None
    quem: str
    quando: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrada:
    """What is contested at one place by one code.

    Attributes:
        id: place from 1 in the recurso.
        cobrado: what was billed there.
        codigo: of the glosa, as published; `codigo_informado` as who contests wrote it.
        valor_glosado: what that glosa takes there, in reais; `partes` tells of which lines (none of a legacy one).
        documentos: uploads that go with it.
    """

    id: int
    lugar: Lugar
    cobrado: Cobrado
    codigo: str
    codigo_informado: str
    valor_glosado: Decimal
    valor_recursado: Decimal
    justificativa: str
    partes: tuple[Parte, ...] = ()
    documentos: tuple[str, ...] = ()
    resposta: Resposta | None = None

    @property
    def nivel(self) -> Nivel:
        """How much it contests."""
        return self.lugar.nivel

    @property
    def valor_acatado(self) -> Decimal:
        """Reais given back, 0.00 while nothing is answered."""
        return self.resposta.valor_acatado if self.resposta else ZERO

    def partilha(self, valor: Decimal) -> Iterator[Parte]:
        """So many of its reais by line: in the order of the lines, until all of them are given."""
        for one in self.partes:
            given = min(valor, one.valor)
            if given:
                yield replace(one, valor=given)
            valor -= given

    def devolvido(self, recurso: str) -> Iterator[Recuperado]:
        """What goes back to which line."""
        for one in self.partilha(self.valor_acatado):
            yield Recuperado(recurso, one.glosa, one.indice, one.sequencia, one.valor)


@dataclass(frozen=True, slots=True)
class Pauta:
    """The entries of a recurso, in the order they came."""

    entradas: tuple[Entrada, ...]

    @property
    def valor_recursado(self) -> Decimal:
        """Reais contested."""
        return soma(one.valor_recursado for one in self.entradas)

    @property
    def valor_acatado(self) -> Decimal:
        """Reais given back."""
        return soma(one.valor_acatado for one in self.entradas)

    def devolvidos(self, recurso: str) -> tuple[Recuperado, ...]:
        """What goes back to which line of the PEG; nothing of a legacy one, whose lines are not here."""
        return tuple(part for one in self.entradas for part in one.devolvido(recurso))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurso:
    """What a prestador contests of one PEG.

    Attributes:
        protocolo: 12 digits, ours (`nrProtocoloRecursoGlosa`).
        origem: protocolo of the PEG; of a legacy one as the legacy portal wrote it.
        numero: `numeroGuiaRecGlosaPrestador`, the prestador's own; its protocolo when it gave none.
        tipo_guia: of the PEG, as the standard names it; `None` of a legacy one that does not say.
        nivel: PROTOCOLO, or GUIA of whole guias and items (`dm_objetoRecurso` 1 and 2).
        digest: of what is contested: the same number with the same digest is the same recurso.
        guias: places contested in the PEG; numbers of guias of a legacy one; `*` is the protocolo.
        pauta: which pauta in the archive holds its entries.
        enviado_em: the instant that counts: S3 stored the file, or the request came, UTC.
        enviado_dia: its local day; `dataRecurso` and all terms count from it.
        responder_ate: last local day to answer (RN 503); `None` when no contract says.
        esperados: tipos de documento that usually prove it (`dm_tipoDocumento`).
        valor_acatado: reais, once it is answered.
        vencido: that it was not answered in time has been told.
        fatura, lancamento: what pays it; with its days.
        versao: optimistic lock; each act adds one.
    """

    protocolo: str
    prestador_id: str
    registro_ans: str
    origem: str
    legado: bool = False
    numero: str
    numero_lote: str
    tipo_guia: str | None = None
    versao_tiss: str
    nivel: Nivel
    digest: str
    guias: tuple[str, ...]
    quantidade_entradas: int
    valor_recursado: Decimal
    pauta: str
    enviado_em: datetime
    enviado_dia: date
    porta: Porta = Porta.JSON
    quem: str = ""
    upload_id: str | None = None
    situacao: SituacaoRecurso = SituacaoRecurso.ENVIADO
    responder_ate: date | None = None
    esperados: tuple[str, ...] = ()
    valor_acatado: Decimal = ZERO
    respondido_em: date | None = None
    vencido: bool = False
    fatura: str | None = None
    lancamento: str | None = None
    entrega_ate: date | None = None
    pagamento_em: date | None = None
    paga_em: date | None = None
    historico: tuple[Marco, ...] = ()
    versao: int = 1

    @property
    def vivo(self) -> bool:
        """Whether it keeps others from contesting the same."""
        return self.situacao is not SituacaoRecurso.CANCELADO

    @property
    def respondido(self) -> bool:
        """Whether its answers are told."""
        return self.situacao in {SituacaoRecurso.RESPONDIDO, SituacaoRecurso.PAGAMENTO_AGENDADO}

    @property
    def status_protocolo(self) -> str:
        """`dm_statusProtocolo` of it: of what is paid, as of a PEG, 6."""
        return _PAGO if self.paga_em else _STATUS_PROTOCOLO[self.situacao]

    @property
    def vez_de(self) -> Papel | None:
        """Whose turn it is."""
        if self.situacao is SituacaoRecurso.RESPONDIDO and self.valor_acatado:
            return Papel.SISTEMA
        return None if self.paga_em else VEZ_DE[self.situacao]

    @property
    def ate(self) -> date | None:
        """Until when whose turn it is has it."""
        return self.responder_ate if self.situacao in ESPERA else None


def responder_ate(enviado: date, prazos: Iterable[int | None]) -> date | None:
    """Last day to answer: as many days as there were to contest (RN 503, invariant 6), by the strictest contract."""
    days = min((one for one in prazos if one is not None), default=None)
    return None if days is None else enviado + timedelta(days=days)


def _step(recurso: Recurso, evento: Evento, ato: Ato, **changes: object) -> Recurso:
    after: Recurso = replace(recurso, **changes, versao=recurso.versao + 1)  # type: ignore[arg-type]  # fields by name
    marco = Marco(
        evento=evento, papel=ato.papel, quem=ato.quem, quando=ato.quando, situacao=after.situacao, motivo=ato.motivo,
        vez_de=after.vez_de, ate=after.ate,
    )  # fmt: skip
    return replace(after, historico=(*recurso.historico, marco))


def _from(recurso: Recurso, *situacoes: SituacaoRecurso) -> None:
    if recurso.situacao not in situacoes:
        raise TransicaoInvalidaError(recurso.situacao)


def enviar(recurso: Recurso, ato: Ato) -> Recurso:
    """A new one, with its first entry in the timeline."""
    return replace(_step(recurso, Evento.ENVIADO, ato), versao=1)


def cancelar(recurso: Recurso, ato: Ato) -> Recurso:
    """The prestador takes it back before its analysis: what it contested may be contested again.

    Raises:
        TransicaoInvalidaError: its analysis has begun, or it is over.
    """
    _from(recurso, SituacaoRecurso.ENVIADO)
    return _step(recurso, Evento.CANCELADO, ato, situacao=SituacaoRecurso.CANCELADO)


def analisar(recurso: Recurso, ato: Ato) -> Recurso:
    """Its analysis begins: nobody cancels it from here on.

    Raises:
        TransicaoInvalidaError: it is not ENVIADO.
    """
    _from(recurso, SituacaoRecurso.ENVIADO)
    return _step(recurso, Evento.ANALISE_INICIADA, ato, situacao=SituacaoRecurso.EM_ANALISE)


def anotar(recurso: Recurso, pauta: str) -> Recurso:
    """Answers were written down; nobody but auditoria sees them yet.

    Raises:
        TransicaoInvalidaError: it is not under analysis.
    """
    _from(recurso, SituacaoRecurso.EM_ANALISE)
    return replace(recurso, pauta=pauta, versao=recurso.versao + 1)


def concluir(recurso: Recurso, pauta: Pauta, ato: Ato, dia: date) -> Recurso:
    """Every entry is answered: the answers are told, and reais go back.

    Raises:
        TransicaoInvalidaError: it is not under analysis.
        RespostasFaltamError: of some entries.
    """
    _from(recurso, SituacaoRecurso.EM_ANALISE)
    if missing := [one.id for one in pauta.entradas if one.resposta is None]:
        raise RespostasFaltamError(missing)
    return _step(
        recurso, Evento.RESPONDIDO, ato, situacao=SituacaoRecurso.RESPONDIDO, valor_acatado=pauta.valor_acatado,
        respondido_em=dia,
    )  # fmt: skip


def vencer(recurso: Recurso, ato: Ato) -> Recurso:
    """Its term ended without an answer: that is told once.

    Raises:
        TransicaoInvalidaError: it is answered or cancelled.
    """
    _from(recurso, *ESPERA)
    return _step(recurso, Evento.PRAZO_VENCIDO, ato, vencido=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What pays the reais that go back, and its days as far as they are known."""

    fatura: str | None = None
    lancamento: str | None = None
    entrega_ate: date | None = None
    pagamento_em: date | None = None


def agendar(recurso: Recurso, agenda: Agenda, ato: Ato) -> Recurso:
    """Its payment is scheduled; days that move are told by the fatura itself.

    Raises:
        TransicaoInvalidaError: it is not answered.
    """
    _from(recurso, SituacaoRecurso.RESPONDIDO)
    return _step(
        recurso, Evento.PAGAMENTO_AGENDADO, ato, situacao=SituacaoRecurso.PAGAMENTO_AGENDADO, fatura=agenda.fatura,
        lancamento=agenda.lancamento, entrega_ate=agenda.entrega_ate, pagamento_em=agenda.pagamento_em,
    )  # fmt: skip


def pagar(recurso: Recurso, dia: date, ato: Ato) -> Recurso:
    """What it gave back was paid.

    Raises:
        TransicaoInvalidaError: its payment was not scheduled.
    """
    _from(recurso, SituacaoRecurso.PAGAMENTO_AGENDADO)
    return _step(recurso, Evento.PAGO, ato, paga_em=dia)


def responder(pauta: Pauta, respostas: Mapping[int, Resposta]) -> Pauta:
    """The same with answers, by id of entry; an answer given before is replaced."""
    return Pauta(
        tuple(replace(one, resposta=respostas.get(one.id, one.resposta)) for one in pauta.entradas)
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestado:
    """Which recurso contests which guia of a PEG: at most one each, and none beside one of the whole protocolo.

    Attributes:
        origem: protocolo of the PEG; of a legacy one its own.
        por: protocolo of the recurso by guia, as `Recurso.guias` names them.
    """

    prestador_id: str
    registro_ans: str
    origem: str
    legado: bool = False
    por: Mapping[str, str]
    versao: int = 1

    def conflicts(self, guias: Sequence[str]) -> dict[str, str]:
        """Recursos in the way, by the guia they contest, of the guias named."""
        if TUDO in guias:
            return dict(self.por)
        whole = self.por.get(TUDO)
        return dict.fromkeys(guias, whole) if whole else {one: self.por[one] for one in guias if one in self.por}

    def taking(self, recurso: Recurso) -> Contestado:
        """With one more."""
        return replace(
            self, por={**self.por, **dict.fromkeys(recurso.guias, recurso.protocolo)}, versao=self.versao + 1
        )  # fmt: skip

    def freeing(self, recurso: Recurso) -> Contestado:
        """Without a cancelled one."""
        left = {guia: who for guia, who in self.por.items() if who != recurso.protocolo}
        return replace(self, por=left, versao=self.versao + 1)


TUDO: Final = "*"
"""Stands for the whole protocolo among guias."""
