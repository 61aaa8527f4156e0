"""What becomes of a PEG (`dominio.md` §4): each act is a pure function that answers the next value or refuses.

Typed, it is ABERTO and FECHADO before it is sent; received, it goes from RECEBIDO to PAGO. Who, when and why are in its
timeline, with whose turn it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from peg.domain.contexto import GUIAS_POR_PEG
from peg.domain.errors import GuiaNaoRetiravelError, MotivoAusenteError, TransicaoInvalidaError
from peg.domain.pegs import SituacaoPeg


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ato:
    """Who does something, when and why.

    Attributes:
        quem: subject id of the person or credential; never a name.
        quando: instant in UTC.
        ate: day until when whose turn it will be has it, when there is one.
    """

    papel: Papel
    quem: str
    quando: datetime
    motivo: str | None = None
    ate: date | None = None


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
class Andamento:
    """How far a received PEG has come.

    Attributes:
        guias: places of those it has still.
        retiradas: places of those withdrawn.
        versao: optimistic lock; each act adds one.
    """

    situacao: SituacaoPeg
    guias: frozenset[int]
    retiradas: frozenset[int] = frozenset()
    historico: tuple[Marco, ...] = ()
    versao: int = 1


VEZ_DE: Final[Mapping[SituacaoPeg, Papel | None]] = {
    SituacaoPeg.PREPARANDO: Papel.SISTEMA,
    SituacaoPeg.RECEBIDO: Papel.AUDITORIA,
    SituacaoPeg.EM_ANALISE: Papel.AUDITORIA,
    SituacaoPeg.AGUARDANDO_INFORMACAO: Papel.PRESTADOR,
    SituacaoPeg.ANALISADO: Papel.FINANCEIRO,
    SituacaoPeg.LIBERADO: Papel.FINANCEIRO,
    SituacaoPeg.PAGO: None,
    SituacaoPeg.ENCERRADO_SEM_PAGAMENTO: None,
    SituacaoPeg.CANCELADO: None,
}
"""Whose turn it is in each state; nobody's at the end."""


@dataclass(frozen=True, slots=True)
class Transicao:
    """An act: from which states to which, by whom, and whether it says why."""

    de: frozenset[SituacaoPeg]
    para: SituacaoPeg
    papeis: frozenset[Papel]
    motivo: bool = False


def _from(*situacoes: SituacaoPeg) -> frozenset[SituacaoPeg]:
    return frozenset(situacoes)


_OPERADORA: Final = frozenset({Papel.AUDITORIA, Papel.SISTEMA})
TRANSICOES: Final[Mapping[Evento, Transicao]] = {
    Evento.RECEBIDO: Transicao(
        _from(SituacaoPeg.PREPARANDO), SituacaoPeg.RECEBIDO, frozenset({Papel.PRESTADOR, Papel.SISTEMA})
    ),
    Evento.GUIA_RETIRADA: Transicao(
        _from(SituacaoPeg.RECEBIDO), SituacaoPeg.RECEBIDO, frozenset({Papel.PRESTADOR}), motivo=True
    ),
    Evento.CANCELADO: Transicao(_from(SituacaoPeg.RECEBIDO), SituacaoPeg.CANCELADO, frozenset({Papel.PRESTADOR})),
    Evento.ANALISE_INICIADA: Transicao(_from(SituacaoPeg.RECEBIDO), SituacaoPeg.EM_ANALISE, _OPERADORA),
    Evento.INFORMACAO_PEDIDA: Transicao(
        _from(SituacaoPeg.EM_ANALISE), SituacaoPeg.AGUARDANDO_INFORMACAO, frozenset({Papel.AUDITORIA}), motivo=True
    ),
    Evento.INFORMACAO_RECEBIDA: Transicao(
        _from(SituacaoPeg.AGUARDANDO_INFORMACAO), SituacaoPeg.EM_ANALISE, frozenset(Papel) - {Papel.FINANCEIRO}
    ),
    Evento.ANALISADO: Transicao(_from(SituacaoPeg.EM_ANALISE), SituacaoPeg.ANALISADO, _OPERADORA),
    Evento.REABERTO: Transicao(
        _from(SituacaoPeg.ANALISADO), SituacaoPeg.EM_ANALISE, frozenset({Papel.AUDITORIA}), motivo=True
    ),
    Evento.LIBERADO: Transicao(
        _from(SituacaoPeg.ANALISADO), SituacaoPeg.LIBERADO, _OPERADORA | {Papel.FINANCEIRO}
    ),
    Evento.PAGO: Transicao(
        _from(SituacaoPeg.LIBERADO), SituacaoPeg.PAGO, frozenset({Papel.FINANCEIRO, Papel.SISTEMA})
    ),
    Evento.ENCERRADO_SEM_PAGAMENTO: Transicao(
        _from(SituacaoPeg.ANALISADO, SituacaoPeg.LIBERADO), SituacaoPeg.ENCERRADO_SEM_PAGAMENTO,
        frozenset({Papel.FINANCEIRO, Papel.SISTEMA}), motivo=True,
    ),
}  # fmt: skip
"""What may happen, to what, by whom; a received guia is never edited (invariant 5)."""


def may(andamento: Andamento, evento: Evento, papel: Papel) -> bool:
    """Whether somebody may do something now."""
    step = TRANSICOES[evento]
    return andamento.situacao in step.de and papel in step.papeis


def advance(andamento: Andamento, evento: Evento, ato: Ato) -> Andamento:
    """The next value, with what happened in its timeline. `retire_guia` withdraws a guia.

    Raises:
        TransicaoInvalidaError: not in this state, or not by this papel.
        MotivoAusenteError: it must say why.
    """
    if not may(andamento, evento, ato.papel):
        raise TransicaoInvalidaError(f"{andamento.situacao} {evento}")
    step = TRANSICOES[evento]
    if step.motivo and not (ato.motivo or "").strip():
        raise MotivoAusenteError
    turn = VEZ_DE[step.para]
    marco = Marco(
        evento=evento, papel=ato.papel, quem=ato.quem, quando=ato.quando, situacao=step.para, motivo=ato.motivo,
        vez_de=turn, ate=ato.ate if turn else None,
    )  # fmt: skip
    return replace(andamento, situacao=step.para, historico=(*andamento.historico, marco), versao=andamento.versao + 1)


def retire_guia(andamento: Andamento, guia: int, ato: Ato) -> Andamento:
    """One wrong guia is withdrawn while the PEG is RECEBIDO: what it used is free again.

    Raises:
        GuiaNaoRetiravelError: not there, withdrawn before, or the last one.
    """
    after = advance(andamento, Evento.GUIA_RETIRADA, ato)
    if guia not in andamento.guias or len(andamento.guias) == 1:
        raise GuiaNaoRetiravelError
    return replace(after, guias=andamento.guias - {guia}, retiradas=andamento.retiradas | {guia})


# --- typed, before it is sent ---


class SituacaoRascunho(StrEnum):
    """A typed PEG before it is sent, which has no protocolo yet (`decisoes.md` 10)."""

    ABERTO = "ABERTO"
    FECHADO = "FECHADO"
    ENVIADO = "ENVIADO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rascunho:
    """A typed PEG: how many guias it has, all of one kind."""

    situacao: SituacaoRascunho = SituacaoRascunho.ABERTO
    tipo_guia: str
    guias: int = 0
    versao: int = 1


def add_guia(rascunho: Rascunho, tipo_guia: str) -> Rascunho:
    """R11: one guia more, of its kind, up to 100.

    Raises:
        TransicaoInvalidaError: closed, full, or of another kind.
    """
    _open(rascunho)
    if rascunho.guias >= GUIAS_POR_PEG or tipo_guia != rascunho.tipo_guia:
        raise TransicaoInvalidaError("o PEG tem até 100 guias de um só tipo")
    return replace(rascunho, guias=rascunho.guias + 1, versao=rascunho.versao + 1)


def remove_guia(rascunho: Rascunho) -> Rascunho:
    """One guia less.

    Raises:
        TransicaoInvalidaError: closed or empty.
    """
    _open(rascunho)
    if rascunho.guias == 0:
        raise TransicaoInvalidaError("o PEG não tem guias")
    return replace(rascunho, guias=rascunho.guias - 1, versao=rascunho.versao + 1)


def close(rascunho: Rascunho) -> Rascunho:
    """Nothing more is added.

    Raises:
        TransicaoInvalidaError: closed before, or empty.
    """
    _open(rascunho)
    if rascunho.guias == 0:
        raise TransicaoInvalidaError("o PEG não tem guias")
    return replace(rascunho, situacao=SituacaoRascunho.FECHADO, versao=rascunho.versao + 1)


def reopen(rascunho: Rascunho) -> Rascunho:
    """It is changed again before it is sent.

    Raises:
        TransicaoInvalidaError: not closed, or sent.
    """
    if rascunho.situacao is not SituacaoRascunho.FECHADO:
        raise TransicaoInvalidaError(rascunho.situacao)
    return replace(rascunho, situacao=SituacaoRascunho.ABERTO, versao=rascunho.versao + 1)


def send(rascunho: Rascunho) -> Rascunho:
    """What is sent was closed; from here on it is a received PEG, or was refused and is open again.

    Raises:
        TransicaoInvalidaError: not closed.
    """
    if rascunho.situacao is not SituacaoRascunho.FECHADO:
        raise TransicaoInvalidaError(rascunho.situacao)
    return replace(rascunho, situacao=SituacaoRascunho.ENVIADO, versao=rascunho.versao + 1)


def _open(rascunho: Rascunho) -> None:
    if rascunho.situacao is not SituacaoRascunho.ABERTO:
        raise TransicaoInvalidaError(rascunho.situacao)
