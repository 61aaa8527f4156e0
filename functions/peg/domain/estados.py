"""What becomes of a PEG (`dominio.md` §4): each act is a pure function that answers the next value or refuses.

Typed, it is ABERTO and FECHADO before it is sent; received, it goes from RECEBIDO to PAGO. Who, when and why are in its
timeline, with whose turn it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from conecta_contas.contexto import GUIAS_POR_PEG
from conecta_contas.errors import MotivoAusenteError
from conecta_contas.pegs import Evento, Marco, Papel, Peg, Recuperacao, SituacaoPeg
from peg.domain.errors import GuiaNaoRetiravelError, TransicaoInvalidaError

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


@dataclass(frozen=True, slots=True)
class Transicao:
    """An act: from which states to which, by whom, whether it says why, and in which states it changes none."""

    de: frozenset[SituacaoPeg]
    para: SituacaoPeg
    papeis: frozenset[Papel]
    motivo: bool = False
    fica: frozenset[SituacaoPeg] = frozenset()

    def depois(self, situacao: SituacaoPeg) -> SituacaoPeg:
        """The state after it."""
        return situacao if situacao in self.fica else self.para


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
    Evento.VALOR_RECUPERADO: Transicao(
        _from(SituacaoPeg.LIBERADO, SituacaoPeg.PAGO, SituacaoPeg.ENCERRADO_SEM_PAGAMENTO), SituacaoPeg.LIBERADO,
        frozenset({Papel.SISTEMA}), motivo=True, fica=_from(SituacaoPeg.PAGO),
    ),
}  # fmt: skip
"""What may happen, to what, by whom; a received guia is never edited (invariant 5)."""


def may(peg: Peg, evento: Evento, papel: Papel) -> bool:
    """Whether somebody may do something now."""
    step = TRANSICOES[evento]
    return peg.situacao in step.de and papel in step.papeis


def advance(peg: Peg, evento: Evento, ato: Ato) -> Peg:
    """The next value, with what happened in its timeline. `retire_guia` withdraws a guia.

    Raises:
        TransicaoInvalidaError: not in this state, or not by this papel.
        MotivoAusenteError: it must say why.
    """
    if not may(peg, evento, ato.papel):
        raise TransicaoInvalidaError(f"{peg.situacao} {evento}")
    step = TRANSICOES[evento]
    if step.motivo and not (ato.motivo or "").strip():
        raise MotivoAusenteError
    situacao = step.depois(peg.situacao)
    turn = VEZ_DE[situacao]
    marco = Marco(
        evento=evento, papel=ato.papel, quem=ato.quem, quando=ato.quando, situacao=situacao, motivo=ato.motivo,
        vez_de=turn, ate=ato.ate if turn else None,
    )  # fmt: skip
    return replace(peg, situacao=situacao, historico=(*peg.historico, marco), versao=peg.versao + 1)


def retire_guia(peg: Peg, guia: int, valor: Decimal, ato: Ato) -> Peg:
    """One wrong guia of so many reais is withdrawn while the PEG is RECEBIDO: what it used is to be freed.

    Raises:
        GuiaNaoRetiravelError: not there, withdrawn before, or the last one.
    """
    after = advance(peg, Evento.GUIA_RETIRADA, ato)
    if guia not in peg.guias or len(peg.guias) == 1:
        raise GuiaNaoRetiravelError
    return replace(
        after, retiradas=(*peg.retiradas, guia), valor_retirado=peg.valor_retirado + valor, liberando=True
    )  # fmt: skip


def cancel(peg: Peg, ato: Ato) -> Peg:
    """The whole PEG is cancelled while RECEBIDO: what it used is to be freed, then its lote number.

    Raises:
        TransicaoInvalidaError: not RECEBIDO any more, or not by this papel.
    """
    return replace(advance(peg, Evento.CANCELADO, ato), liberando=True)


def recover(peg: Peg, recuperacao: Recuperacao, ato: Ato) -> Peg:
    """What a recurso gave back is to be paid; what was paid before stays so.

    Raises:
        TransicaoInvalidaError: its values are not published.
        MotivoAusenteError: it does not say why.
    """
    after = advance(peg, Evento.VALOR_RECUPERADO, ato)
    return replace(after, recuperacoes=(*peg.recuperacoes, recuperacao))


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
