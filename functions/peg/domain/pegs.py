"""A PEG (Protocolo de Entrega de Guias): up to 100 guias of one kind under one protocolo (R11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


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


@dataclass(frozen=True, slots=True)
class GuiaApresentada:
    """A guia as presented; its items stay in the archived message, which never changes (invariant 5).

    Attributes:
        sequencia: position in the lote, from 1.
        data_atendimento: day the billing window counts from (R03), when the message has one.
        itens: number of procedures and despesas.
    """

    sequencia: int
    numero_guia_prestador: str
    numero_guia_operadora: str | None
    senha: str | None
    data_atendimento: date | None
    valor_informado: Decimal
    itens: int


@dataclass(frozen=True, slots=True)
class Peg:
    """A received lote.

    Attributes:
        sha256: of the bytes received; the same bytes give the same protocolo (invariant 4).
        data_recepcao: instant S3 stored the file (R03), UTC.
        competencia: `AAAAMM` of the local month of reception.
        codificacao_hash: which digest the sender's hash is (`iso-8859-1` or `utf-8`).
        chave_xml: the message as received, in the archive.
        chave_recebimento: our `recebimentoLote`, in the archive.
        versao: optimistic lock.
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


@dataclass(frozen=True, slots=True)
class Documento:
    """An archived file that was handed to us as a lote.

    Attributes:
        recebido_em: the instant S3 stored it.
        tentativa: 1, or more when the sweep hands it over again.
    """

    upload_id: str
    prestador_id: str
    registro_ans: str
    chave: str
    sha256: str
    recebido_em: datetime
    tentativa: int
    correlacao: str
