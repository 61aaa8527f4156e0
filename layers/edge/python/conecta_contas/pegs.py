"""A PEG (Protocolo de Entrega de Guias): up to 100 guias of one kind under one protocolo (R11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_tiss.vocabulary.amounts import ZERO, soma


class SituacaoPeg(StrEnum):
    """States of `dominio.md` §4; PREPARANDO is a PEG being written, which no reader sees."""

    PREPARANDO = "PREPARANDO"
    RECEBIDO = "RECEBIDO"
    EM_ANALISE = "EM_ANALISE"
    LIBERADO = "LIBERADO"
    ENCERRADO_SEM_PAGAMENTO = "ENCERRADO_SEM_PAGAMENTO"
    ANALISADO = "ANALISADO"
    PAGO = "PAGO"
    AGUARDANDO_INFORMACAO = "AGUARDANDO_INFORMACAO"
    CANCELADO = "CANCELADO"


STATUS_PROTOCOLO: Final[Mapping[SituacaoPeg, str]] = {
    SituacaoPeg.RECEBIDO: "1",
    SituacaoPeg.EM_ANALISE: "2",
    SituacaoPeg.LIBERADO: "3",
    SituacaoPeg.ENCERRADO_SEM_PAGAMENTO: "4",
    SituacaoPeg.ANALISADO: "5",
    SituacaoPeg.PAGO: "6",
    SituacaoPeg.AGUARDANDO_INFORMACAO: "8",
    SituacaoPeg.CANCELADO: "9",
}
"""`dm_statusProtocolo` of each state a prestador can see."""


class Porta(StrEnum):
    """How a PEG came in."""

    XML_S3 = "XML_S3"
    XML = "XML"
    DIGITADO = "DIGITADO"


class Papel(StrEnum):
    """Who acts, and whose turn it is."""

    PRESTADOR = "PRESTADOR"
    AUDITORIA = "AUDITORIA"
    FINANCEIRO = "FINANCEIRO"
    SISTEMA = "SISTEMA"


class Evento(StrEnum):
    """What happened."""

    RECEBIDO = "RECEBIDO"
    GUIA_RETIRADA = "GUIA_RETIRADA"
    CANCELADO = "CANCELADO"
    ANALISE_INICIADA = "ANALISE_INICIADA"
    INFORMACAO_PEDIDA = "INFORMACAO_PEDIDA"
    INFORMACAO_RECEBIDA = "INFORMACAO_RECEBIDA"
    ANALISADO = "ANALISADO"
    REABERTO = "REABERTO"
    LIBERADO = "LIBERADO"
    PAGO = "PAGO"
    ENCERRADO_SEM_PAGAMENTO = "ENCERRADO_SEM_PAGAMENTO"
    VALOR_RECUPERADO = "VALOR_RECUPERADO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marco:
    """An entry of the timeline: who, when, why; then whose turn it is, and until when."""

    evento: Evento
    papel: Papel
    quem: str
    quando: datetime
    situacao: SituacaoPeg
    motivo: str | None = None
    vez_de: Papel | None = None
    ate: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaApresentada:
    """A guia as presented; its items stay in the archived message, which never changes (invariant 5).

    Attributes:
        sequencia: position in the lote, from 1.
        data_atendimento: day the billing window counts from (R03), when the message has one.
        itens: number of procedures and despesas.
    """

    sequencia: int
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    data_atendimento: date | None = None
    valor_informado: Decimal
    itens: int


@dataclass(frozen=True, slots=True)
class Recuperacao:
    """What a recurso gave back; its place in the PEG, from 1, is the parcela that pays it.

    Attributes:
        recurso: its protocolo.
        valor: reais.
        em: local day.
    """

    recurso: str
    valor: Decimal
    em: date


@dataclass(frozen=True, slots=True)
class Peg:
    """A received lote.

    Attributes:
        sha256: of the bytes received; the same bytes give the same protocolo (invariant 4).
        quantidade_guias, valor_informado: as presented, in reais.
        data_recepcao: instant S3 stored the file, or the typed PEG was sent (R03), UTC.
        competencia: `AAAAMM` of the local month of reception.
        codificacao_hash: which digest the sender's hash is (`iso-8859-1` or `utf-8`); empty when typed.
        upload_id: of the upload, of the message or of the typed PEG.
        chave_xml: the message (or typed PEG) as received, in the archive.
        chave_recebimento: our `recebimentoLote`, in the archive.
        quem: subject id of who sent it; empty when nobody knows.
        dossie: which dossier in the archive tells what was judged; each judgement has its own.
        retiradas: places of the guias withdrawn; the others are billed.
        valor_glosado: reais, of the guias billed, without what was given back.
        recuperacoes: what recursos gave back, in their order, each once.
        liberando: what it used is being freed: of a guia withdrawn, or of the PEG cancelled.
        publicada_em: local day its values were published on, from which glosas are contested.
        versao: optimistic lock; each act adds one.
    """

    protocolo: str
    prestador_id: str
    registro_ans: str
    numero_lote: str
    sha256: str
    situacao: SituacaoPeg
    versao_tiss: str
    tipo_guia: str
    quantidade_guias: int
    valor_informado: Decimal
    data_recepcao: datetime
    competencia: str
    codificacao_hash: str
    upload_id: str
    chave_xml: str
    chave_recebimento: str
    versao: int = 1
    porta: Porta = Porta.XML_S3
    quem: str = ""
    dossie: str = ""
    retiradas: tuple[int, ...] = ()
    valor_retirado: Decimal = ZERO
    valor_glosado: Decimal = ZERO
    liberando: bool = False
    publicada_em: date | None = None
    historico: tuple[Marco, ...] = ()
    recuperacoes: tuple[Recuperacao, ...] = ()

    @property
    def guias(self) -> tuple[int, ...]:
        """Places of the guias it has still."""
        return tuple(place for place in range(1, self.quantidade_guias + 1) if place not in self.retiradas)

    @property
    def valor_cobrado(self) -> Decimal:
        """Reais billed: as presented, but for guias withdrawn."""
        return self.valor_informado - self.valor_retirado

    @property
    def valor_liberado(self) -> Decimal:
        """Reais to be paid (invariant 2), what was given back included."""
        return self.valor_cobrado - self.valor_glosado

    @property
    def valor_recuperado(self) -> Decimal:
        """Reais given back by recursos: of what is liberado, what is not paid first."""
        return soma(one.valor for one in self.recuperacoes)

    @property
    def viva(self) -> bool:
        """Whether it bills what it names."""
        return self.situacao not in {SituacaoPeg.CANCELADO, SituacaoPeg.PREPARANDO}


_NOSSO: Final = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])[1-6][0-9]{7}")
"""Of any kind (`conecta_edge.protocolos.Kind`): a number of another thing is no PEG of before the migration either."""


def de_antes(protocolo: str, data_migracao: date) -> bool:
    """Whether a protocolo that is not here can only be of before the migration (R07): not of our shape, or too old."""
    return not _NOSSO.fullmatch(protocolo) or protocolo[:4] < f"{data_migracao:%y%m}"
