"""The course of a PEG: who may do what when, and what its timeline says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from conecta_contas.errors import MotivoAusenteError
from conecta_contas.pegs import Evento, Papel, SituacaoPeg
from peg.domain.errors import GuiaNaoRetiravelError, TransicaoInvalidaError
from peg.domain.estados import (
    TRANSICOES,
    VEZ_DE,
    Rascunho,
    SituacaoRascunho,
    add_guia,
    advance,
    cancel,
    close,
    may,
    remove_guia,
    reopen,
    retire_guia,
    send,
)
from tests.builders_peg import a_course, a_step

PRESTADOR = a_step(Papel.PRESTADOR)
WAY: dict[SituacaoPeg, set[Evento]] = {
    SituacaoPeg.PREPARANDO: {Evento.RECEBIDO},
    SituacaoPeg.RECEBIDO: {Evento.GUIA_RETIRADA, Evento.CANCELADO, Evento.ANALISE_INICIADA},
    SituacaoPeg.EM_ANALISE: {Evento.INFORMACAO_PEDIDA, Evento.ANALISADO},
    SituacaoPeg.AGUARDANDO_INFORMACAO: {Evento.INFORMACAO_RECEBIDA},
    SituacaoPeg.ANALISADO: {Evento.LIBERADO, Evento.REABERTO, Evento.ENCERRADO_SEM_PAGAMENTO},
    SituacaoPeg.LIBERADO: {Evento.PAGO, Evento.ENCERRADO_SEM_PAGAMENTO, Evento.VALOR_RECUPERADO},
    SituacaoPeg.PAGO: {Evento.VALOR_RECUPERADO},
    SituacaoPeg.ENCERRADO_SEM_PAGAMENTO: {Evento.VALOR_RECUPERADO},
    SituacaoPeg.CANCELADO: set(),
}


@pytest.mark.regra("PEG-ESTADOS", "§4")
@pytest.mark.parametrize("situacao", SituacaoPeg)
@pytest.mark.parametrize("evento", Evento)
def test_each_act_on_each_state_leads_where_it_should_or_is_refused(situacao: SituacaoPeg, evento: Evento) -> None:
    step = TRANSICOES[evento]
    for papel in Papel:
        allowed = evento in WAY[situacao] and papel in step.papeis
        assert may(a_course(situacao), evento, papel) is allowed
        if allowed:
            after = advance(a_course(situacao), evento, a_step(papel))
            assert (after.situacao, after.versao, after.historico[-1].evento) == (step.depois(situacao), 2, evento)
        else:
            with pytest.raises(TransicaoInvalidaError):
                advance(a_course(situacao), evento, a_step(papel))


def test_every_state_says_whose_turn_it_is_and_the_last_ones_nobodys() -> None:
    assert set(VEZ_DE) == set(SituacaoPeg)
    assert {situacao for situacao, papel in VEZ_DE.items() if papel is None} == {
        situacao for situacao, acts in WAY.items() if acts <= {Evento.VALOR_RECUPERADO}
    }


def test_what_is_recovered_of_a_peg_is_to_be_paid_and_what_was_paid_stays_so() -> None:
    ends = {
        situacao: advance(a_course(situacao), Evento.VALOR_RECUPERADO, a_step(Papel.SISTEMA)).situacao
        for situacao in (SituacaoPeg.LIBERADO, SituacaoPeg.PAGO, SituacaoPeg.ENCERRADO_SEM_PAGAMENTO)
    }
    assert list(ends.values()) == [SituacaoPeg.LIBERADO, SituacaoPeg.PAGO, SituacaoPeg.LIBERADO]


def test_the_timeline_says_who_when_why_whose_turn_and_until_when() -> None:
    limit = date(2026, 12, 1)
    waiting = advance(a_course(SituacaoPeg.EM_ANALISE), Evento.INFORMACAO_PEDIDA, a_step(ate=limit))
    (marco,) = waiting.historico
    assert (marco.quem, marco.motivo, marco.vez_de, marco.ate) == (
        "pessoa-auditoria", "Conforme o contrato", Papel.PRESTADOR, limit,
    )  # fmt: skip
    paid = advance(a_course(SituacaoPeg.LIBERADO), Evento.PAGO, a_step(Papel.FINANCEIRO, ate=limit))
    assert (paid.historico[-1].vez_de, paid.historico[-1].ate) == (None, None)


@pytest.mark.parametrize("motivo", [None, " "])
@pytest.mark.parametrize("evento", [evento for evento, step in TRANSICOES.items() if step.motivo])
def test_what_must_say_why_is_refused_without(evento: Evento, motivo: str | None) -> None:
    step = TRANSICOES[evento]
    (situacao, *_), (papel, *_) = sorted(step.de), sorted(step.papeis)
    with pytest.raises(MotivoAusenteError):
        advance(a_course(situacao), evento, a_step(papel, motivo=motivo))


def test_a_wrong_guia_is_withdrawn_while_the_peg_is_received_and_the_last_one_never() -> None:
    before = a_course(valor_informado=Decimal("300.00"), valor_glosado=Decimal("10.00"))
    after = retire_guia(before, 1, Decimal("120.00"), PRESTADOR)
    assert (after.guias, after.retiradas, after.liberando) == ((2,), (1,), True)
    assert (after.valor_cobrado, after.valor_liberado) == (Decimal("180.00"), Decimal("170.00"))
    for wrong in (1, 2, 9):
        with pytest.raises(GuiaNaoRetiravelError):
            retire_guia(after, wrong, Decimal("1.00"), PRESTADOR)
    with pytest.raises(TransicaoInvalidaError):
        retire_guia(a_course(SituacaoPeg.EM_ANALISE), 1, Decimal("1.00"), PRESTADOR)


def test_a_cancelled_peg_bills_nothing_and_has_to_free_what_it_used() -> None:
    after = cancel(a_course(), PRESTADOR)
    assert (after.situacao, after.liberando, after.viva) == (SituacaoPeg.CANCELADO, True, False)
    assert [one.viva for one in (a_course(), a_course(SituacaoPeg.PREPARANDO))] == [True, False]


# --- typed ---

OPEN = Rascunho(tipo_guia="guiaSP-SADT")


@pytest.mark.regra("R11", "PEG-DIGITADO")
def test_a_typed_peg_takes_a_hundred_guias_of_one_kind_and_not_one_more() -> None:
    held = OPEN
    for _ in range(100):
        held = add_guia(held, "guiaSP-SADT")
    assert (held.guias, held.versao) == (100, 101)
    with pytest.raises(TransicaoInvalidaError):
        add_guia(held, "guiaSP-SADT")
    with pytest.raises(TransicaoInvalidaError):
        add_guia(OPEN, "guiaConsulta")
    assert remove_guia(held).guias == 99


def test_a_typed_peg_is_closed_opened_again_and_sent() -> None:
    closed = close(add_guia(OPEN, OPEN.tipo_guia))
    assert closed.situacao is SituacaoRascunho.FECHADO
    assert reopen(closed).situacao is SituacaoRascunho.ABERTO
    assert send(closed).situacao is SituacaoRascunho.ENVIADO


def test_what_is_empty_is_neither_emptied_nor_closed_and_what_is_closed_not_changed() -> None:
    closed = replace(OPEN, guias=1, situacao=SituacaoRascunho.FECHADO)
    refusals: list[tuple[Callable[[Rascunho], Rascunho], Rascunho]] = [
        (remove_guia, OPEN), (close, OPEN), (reopen, OPEN), (send, OPEN), (close, closed), (remove_guia, closed),
        (send, send(closed)), (lambda held: add_guia(held, held.tipo_guia), closed),
    ]  # fmt: skip
    for act, held in refusals:
        with pytest.raises(TransicaoInvalidaError):
            act(held)
