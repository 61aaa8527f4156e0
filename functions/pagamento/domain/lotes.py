"""Demonstrativos asked for in bulk: those of a period, one by one, in one archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from conecta_tiss.vocabulary.tables import TipoDemonstrativo

MESES: Final = 12
"""Of one request."""
DOCUMENTOS: Final = 3000
"""Of one archive."""
DIAS: Final = 30
"""An archive is kept so long."""
PRAZO: Final = timedelta(hours=2)
"""Nothing becomes of a request later: its execution has ended within the first hour."""
ERRO: Final = "ERRO"


class Formato(StrEnum):
    """How a demonstrativo is written; the end of a file's name."""

    JSON = "json"
    XML = "xml"
    CSV = "csv"
    PDF = "pdf"


class SituacaoLote(StrEnum):
    """How far it is."""

    PEDIDO = "PEDIDO"
    MONTANDO = "MONTANDO"
    PRONTO = "PRONTO"
    VAZIO = "VAZIO"
    """Nothing of the period is published, or was paid."""
    FALHOU = "FALHOU"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lote:
    """A request and how far it is.

    Attributes:
        id: 12 digits.
        versao_tiss: of its messages, in XML.
        de, ate: `AAAAMM`, both inclusive: months of reception of an análise's PEGs, of payment of the others.
        documentos: protocolos, or numbers of payments; none until it is begun.
        feitos: how many of them are made.
        arquivo: the archive, once it is PRONTO; `tamanho` in bytes.
        motivo: why it FALHOU, as `DemonstrativoIndisponivelError` names it, or `ERRO`.
        quem: subject id of who asked.
    """

    id: str
    prestador_id: str
    registro_ans: str
    tipo: TipoDemonstrativo
    formato: Formato
    versao_tiss: str | None = None
    de: str
    ate: str
    situacao: SituacaoLote = SituacaoLote.PEDIDO
    documentos: tuple[str, ...] = ()
    feitos: int = 0
    arquivo: str | None = None
    tamanho: int | None = None
    motivo: str | None = None
    quem: str
    criado_em: datetime
    terminado_em: datetime | None = None
    versao: int = 1

    @property
    def terminado(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.situacao not in {SituacaoLote.PEDIDO, SituacaoLote.MONTANDO}

    @property
    def meses(self) -> tuple[str, ...]:
        """Each `AAAAMM` of it, in order."""
        return meses(self.de, self.ate)

    @property
    def pasta(self) -> str:
        """`demonstrativos/<prestador>/lotes/<id>/`: the archive and its parts."""
        return f"demonstrativos/{self.prestador_id}/lotes/{self.id}/"


def meses(de: str, ate: str) -> tuple[str, ...]:
    """Each `AAAAMM` from one to another, both inclusive; none when they are the wrong way round."""
    first, last = (int(one[:4]) * 12 + int(one[4:]) - 1 for one in (de, ate))
    return tuple(f"{month // 12:04}{month % 12 + 1:02}" for month in range(first, last + 1))


def comecar(lote: Lote, documentos: Sequence[str], now: datetime) -> Lote:
    """It is known what goes into it."""
    if not documentos:
        return _over(lote, SituacaoLote.VAZIO, now)
    return replace(lote, situacao=SituacaoLote.MONTANDO, documentos=tuple(documentos), versao=lote.versao + 1)


def avancar(lote: Lote, feitos: int) -> Lote:
    """So many are made."""
    return replace(lote, feitos=feitos, versao=lote.versao + 1)


def concluir(lote: Lote, arquivo: str, tamanho: int, now: datetime) -> Lote:
    """The archive is there."""
    return replace(_over(lote, SituacaoLote.PRONTO, now), arquivo=arquivo, tamanho=tamanho)


def falhar(lote: Lote, motivo: str, now: datetime) -> Lote:
    """Nothing more becomes of it."""
    return replace(_over(lote, SituacaoLote.FALHOU, now), motivo=motivo)


def vista(lote: Lote, now: datetime) -> Lote:
    """As it is seen: one that its execution did not live to end has failed, though nobody could write so."""
    late = not lote.terminado and now - lote.criado_em > PRAZO
    return falhar(lote, ERRO, lote.criado_em + PRAZO) if late else lote


def _over(lote: Lote, situacao: SituacaoLote, now: datetime) -> Lote:
    return replace(lote, situacao=situacao, terminado_em=now, versao=lote.versao + 1)
