"""The states of a recurso, and the reais it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conecta_contas.analise import Recuperado, broken, recuperar
from recurso.domain import recursos
from recurso.domain.errors import RespostasFaltamError, TransicaoInvalidaError
from recurso.domain.recursos import (
    TUDO,
    Agenda,
    Contestado,
    Decisao,
    Papel,
    Pauta,
    Recurso,
    Resposta,
    SituacaoRecurso,
)
from tests.builders_cadastro import HOJE
from tests.builders_functions import NOW
from tests.builders_recurso import a_case, a_conta, a_held, a_pauta, a_recurso, a_taken, an_act, an_entry


def answered(pauta: Pauta, valor: str | None = None) -> Pauta:
    """Every entry: all of it, or so many reais."""
    return recursos.responder(
        pauta,
        {
            one.id: Resposta(
                decisao=Decisao.PARCIAL if valor else Decisao.ACATADO,
                valor_acatado=Decimal(valor) if valor else one.valor_recursado, justificativa="Em parte.",
                quem="auditora", quando=NOW,
            )
            for one in pauta.entradas
        },
    )  # fmt: skip


def test_its_course_to_the_payment() -> None:
    sent = recursos.enviar(a_recurso(), an_act(Papel.PRESTADOR))
    assert (sent.versao, sent.vez_de, sent.ate) == (1, Papel.AUDITORIA, sent.responder_ate)
    read = recursos.analisar(sent, an_act())
    done = recursos.concluir(read, answered(a_pauta(), "4.00"), an_act(), HOJE)
    assert (done.situacao, done.valor_acatado, done.respondido_em) == (
        SituacaoRecurso.RESPONDIDO, Decimal("4.00"), HOJE
    )  # fmt: skip
    assert (done.vez_de, done.ate, done.respondido) == (Papel.SISTEMA, None, True)
    due = recursos.agendar(done, Agenda(fatura="261120000001-1", pagamento_em=HOJE), an_act(Papel.SISTEMA))
    assert (due.situacao, due.fatura, due.vez_de) == (
        SituacaoRecurso.PAGAMENTO_AGENDADO, "261120000001-1", Papel.FINANCEIRO
    )  # fmt: skip
    paid = recursos.pagar(due, HOJE, an_act(Papel.SISTEMA))
    assert (paid.paga_em, paid.vez_de) == (HOJE, None)
    assert [marco.evento.value for marco in paid.historico] == [
        "ENVIADO", "ANALISE_INICIADA", "RESPONDIDO", "PAGAMENTO_AGENDADO", "PAGO"
    ]  # fmt: skip


def test_one_that_gave_nothing_back_is_nobodys_turn() -> None:
    kept = recursos.responder(
        a_pauta(),
        {1: Resposta(decisao=Decisao.NAO_ACATADO, valor_acatado=Decimal(0), justificativa="x", quem="a", quando=NOW)},
    )
    done = recursos.concluir(a_recurso(situacao=SituacaoRecurso.EM_ANALISE), kept, an_act(), HOJE)
    assert done.vez_de is None


ACTS: dict[str, tuple[Callable[[Recurso], Recurso], set[SituacaoRecurso]]] = {
    "cancelar": (lambda one: recursos.cancelar(one, an_act()), {SituacaoRecurso.ENVIADO}),
    "analisar": (lambda one: recursos.analisar(one, an_act()), {SituacaoRecurso.ENVIADO}),
    "anotar": (lambda one: recursos.anotar(one, "p2"), {SituacaoRecurso.EM_ANALISE}),
    "concluir": (
        lambda one: recursos.concluir(one, answered(a_pauta()), an_act(), HOJE), {SituacaoRecurso.EM_ANALISE}
    ),
    "vencer": (lambda one: recursos.vencer(one, an_act()), set(recursos.ESPERA)),
    "agendar": (lambda one: recursos.agendar(one, Agenda(), an_act()), {SituacaoRecurso.RESPONDIDO}),
    "pagar": (lambda one: recursos.pagar(one, HOJE, an_act()), {SituacaoRecurso.PAGAMENTO_AGENDADO}),
}  # fmt: skip


@pytest.mark.parametrize("situacao", list(SituacaoRecurso))
@pytest.mark.parametrize("act", list(ACTS))
def test_an_act_that_its_state_does_not_admit_is_refused(act: str, situacao: SituacaoRecurso) -> None:
    run, allowed = ACTS[act]
    held = a_recurso(situacao=situacao)
    if situacao in allowed:
        assert run(held).versao == held.versao + 1
        return
    with pytest.raises(TransicaoInvalidaError) as refused:
        run(held)
    assert refused.value.situacao is situacao


def test_it_is_concluded_when_every_entry_is_answered() -> None:
    conta = a_conta(a_taken(), a_taken(2))
    pauta = a_pauta(a_case(an_entry(), an_entry("G2"), conta=conta))
    some = recursos.responder(pauta, {1: answered(pauta).entradas[0].resposta})  # type: ignore[dict-item]
    with pytest.raises(RespostasFaltamError) as refused:
        recursos.concluir(a_recurso(situacao=SituacaoRecurso.EM_ANALISE), some, an_act(), HOJE)
    assert refused.value.itens == (2,)


@given(st.decimals("0.01", "55.50", places=2))
@settings(max_examples=30)
def test_what_is_given_back_of_a_whole_peg_goes_to_its_lines_to_the_cent(valor: Decimal) -> None:
    conta = a_conta(a_taken(0, None, valor=None, codigo="3161", motivo=""))
    pauta = a_pauta(a_case(an_entry(None, None, codigo="3161"), conta=conta))
    partes = answered(pauta, str(valor)).devolvidos("261160000001")
    assert sum(one.valor for one in partes) == valor
    after = recuperar(conta.dossie.resultado, partes)
    assert after.liberado == conta.dossie.resultado.liberado + valor
    assert broken(after) == ()


def test_what_is_given_back_of_an_item_goes_to_that_line() -> None:
    assert answered(a_pauta(), "4.00").devolvidos("R") == (Recuperado("R", 1, 1, 1, Decimal("4.00")),)
    assert a_pauta().devolvidos("R") == ()


def test_the_terms_of_who_contests_and_who_answers_are_equal() -> None:
    assert recursos.responder_ate(HOJE, (40, None, 30)) == HOJE + timedelta(days=30)
    assert recursos.responder_ate(HOJE, (None,)) is None


@pytest.mark.parametrize(
    ("held", "wanted", "conflict"),
    [
        (a_held(), ("1",), {}),
        (a_held(_1="A"), ("1", "2"), {"1": "A"}),
        (a_held(**{TUDO: "A"}), ("1",), {"1": "A"}),
        (a_held(_1="A", _2="B"), (TUDO,), {"1": "A", "2": "B"}),
    ],
)
def test_at_most_one_contests_a_guia(held: Contestado, wanted: tuple[str, ...], conflict: dict[str, str]) -> None:
    assert held.conflicts(wanted) == conflict


def test_a_cancelled_one_frees_what_it_held_and_nothing_else() -> None:
    mine = a_recurso(guias=("1", "2"))
    both = a_held(_3="B").taking(mine)
    assert dict(both.por) == {"3": "B", "1": mine.protocolo, "2": mine.protocolo}
    assert dict(both.freeing(mine).por) == {"3": "B"}
    assert both.freeing(mine).versao == both.versao + 1


def test_a_changed_answer_replaces_the_one_before() -> None:
    once = answered(a_pauta())
    assert answered(once, "1.00").valor_acatado == Decimal("1.00")
    assert replace(once, entradas=once.entradas).valor_recursado == Decimal("10.00")
