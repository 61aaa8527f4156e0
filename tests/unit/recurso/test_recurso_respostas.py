"""The operadora answers, its clock is watched, and reais go back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.analise import Recuperado
from recurso.domain.errors import (
    MudouError,
    NaoEncontradoError,
    RecursoInvalidoError,
    RespostasFaltamError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from recurso.domain.recursos import Agenda, Decisao, Papel, Recurso, SituacaoRecurso
from recurso.service import contestacao, respostas
from recurso.service.respostas import RespostaPedida
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, PASA, VALE
from tests.builders_recurso import DEZ, PRAZO, a_caller, a_conta, a_taken, an_entry
from tests.fakes_recurso import Mesa
from tests.unit.recurso.test_recurso_contestacao import a_mesa, sent

AUDITORA = a_caller(Papel.AUDITORIA)
ALL = RespostaPedida(item=1, decisao=Decisao.ACATADO)
PART = RespostaPedida(item=1, decisao=Decisao.PARCIAL, valor=Decimal("4.00"), justificativa="Só o contratado.")
NONE = RespostaPedida(item=1, decisao=Decisao.NAO_ACATADO, justificativa="Sem relatório.")


def answered(mesa: Mesa, recurso: Recurso, *some: RespostaPedida) -> Recurso:
    """Answers to it are written down."""
    return respostas.answer(recurso, some or (ALL,), AUDITORA, mesa.portas)


def concluded(mesa: Mesa, *some: RespostaPedida) -> Recurso:
    """One that was sent, answered and concluded."""
    return respostas.conclude(answered(mesa, sent(mesa), *some), AUDITORA, mesa.portas)


@pytest.mark.regra("REC-RESPOSTA")
@pytest.mark.parametrize(("one", "back"), [(ALL, "10.00"), (PART, "4.00"), (NONE, "0.00")])
def test_what_is_given_back_goes_to_its_line(one: RespostaPedida, back: str) -> None:
    mesa = a_mesa()
    done = concluded(mesa, one)
    assert (done.situacao, done.valor_acatado, done.respondido_em) == (
        SituacaoRecurso.RESPONDIDO, Decimal(back), HOJE
    )  # fmt: skip
    told = mesa.recursos.told(HOSPITAL, "RecursoRespondido")[0].dados
    assert told["valor_acatado"] == back
    where = told["acatados"]
    given = mesa.arquivo.devolvidos.get(where, ()) if where else ()
    assert given == ((Recuperado(done.protocolo, 1, 1, 1, Decimal(back)),) if Decimal(back) else ())
    assert respostas.conclude(done, AUDITORA, mesa.portas) is done


def test_nobody_but_auditoria_knows_an_answer_before_it_is_concluded() -> None:
    mesa = a_mesa()
    held = answered(mesa, sent(mesa))
    assert (held.situacao, held.valor_acatado, held.respondido) == (SituacaoRecurso.EM_ANALISE, Decimal("0.00"), False)
    assert [one.tipo for one in mesa.recursos.told(HOSPITAL)] == ["RecursoEnviado", "RecursoEmAnalise"]


def test_answers_are_given_bit_by_bit_and_changed() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso = sent(mesa, an_entry(), an_entry("G2"))
    held = answered(mesa, recurso, NONE)
    with pytest.raises(RespostasFaltamError) as refused:
        respostas.conclude(held, AUDITORA, mesa.portas)
    assert refused.value.itens == (2,)
    held = answered(mesa, held, PART, RespostaPedida(item=2, decisao=Decisao.ACATADO, valor=DEZ))
    assert respostas.conclude(held, AUDITORA, mesa.portas).valor_acatado == Decimal("14.00")


@pytest.mark.regra("REC-RESPOSTA")
@pytest.mark.parametrize(
    ("some", "fields"),
    [
        ([RespostaPedida(item=9, decisao=Decisao.ACATADO)], ["item"]),
        ([ALL, ALL], ["item"]),
        ([RespostaPedida(item=1, decisao=Decisao.PARCIAL)], ["valor_acatado", "justificativa"]),
        ([RespostaPedida(item=1, decisao=Decisao.PARCIAL, valor=DEZ, justificativa="x")], ["valor_acatado"]),
        ([RespostaPedida(item=1, decisao=Decisao.PARCIAL, valor=Decimal(0), justificativa="x")], ["valor_acatado"]),
        ([RespostaPedida(item=1, decisao=Decisao.ACATADO, valor=Decimal(1))], ["valor_acatado"]),
        ([RespostaPedida(item=1, decisao=Decisao.NAO_ACATADO, justificativa=" ")], ["justificativa"]),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_written(some: list[RespostaPedida], fields: list[str]) -> None:
    mesa = a_mesa()
    recurso = sent(mesa)
    with pytest.raises(RecursoInvalidoError) as refused:
        answered(mesa, recurso, *some)
    assert [one.campo for one in refused.value.achados] == fields
    assert mesa.recursos.recurso(HOSPITAL, recurso.protocolo) == recurso


def test_its_analysis_begins_once() -> None:
    mesa = a_mesa()
    begun = respostas.begin(sent(mesa), AUDITORA, mesa.portas)
    assert respostas.begin(begun, AUDITORA, mesa.portas) is begun
    with pytest.raises(TransicaoInvalidaError):
        contestacao.cancel(begun, a_caller(), mesa.portas)


def test_a_cancel_just_before_leaves_nothing_to_answer() -> None:
    mesa = a_mesa()
    recurso = sent(mesa)
    mesa.recursos.meanwhile = [lambda: contestacao.cancel(recurso, a_caller(), mesa.portas)]
    with pytest.raises(TransicaoInvalidaError):
        answered(mesa, recurso)
    with pytest.raises(TransicaoInvalidaError):
        respostas.begin(recurso, AUDITORA, mesa.portas)
    assert contestacao.contestados(HOSPITAL, VALE, recurso.origem, mesa.portas) == {}


def test_what_was_not_answered_or_was_concluded_is_not_concluded_or_answered() -> None:
    mesa = a_mesa()
    recurso = sent(mesa)
    with pytest.raises(TransicaoInvalidaError):
        respostas.conclude(recurso, AUDITORA, mesa.portas)
    done = respostas.conclude(answered(mesa, recurso), AUDITORA, mesa.portas)
    with pytest.raises(TransicaoInvalidaError):
        answered(mesa, done)


def test_another_version_than_the_one_seen_is_not_answered() -> None:
    mesa = a_mesa()
    with pytest.raises(VersaoDiferenteError):
        respostas.answer(sent(mesa), [ALL], a_caller(Papel.AUDITORIA, versao=7), mesa.portas)


def test_two_answers_in_the_same_moment_are_both_written() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso = sent(mesa, an_entry(), an_entry("G2"))
    second = RespostaPedida(item=2, decisao=Decisao.ACATADO)
    mesa.recursos.meanwhile = [lambda: answered(mesa, recurso, second)]
    held = answered(mesa, recurso, ALL)
    assert respostas.conclude(held, AUDITORA, mesa.portas).valor_acatado == Decimal("20.00")


def test_who_always_loses_is_asked_to_try_again() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso = sent(mesa, an_entry(), an_entry("G2"))

    def other() -> None:
        answered(mesa, contestacao.find_recurso(HOSPITAL, recurso.protocolo, mesa.portas), ALL)

    mesa.recursos.meanwhile = [other] * respostas.ROUNDS
    with pytest.raises(MudouError):
        answered(mesa, recurso, RespostaPedida(item=2, decisao=Decisao.ACATADO))


def test_it_is_found_at_its_operadora_and_at_no_other() -> None:
    mesa = a_mesa()
    recurso = sent(mesa)
    assert respostas.find_of_operadora({PASA, VALE}, recurso.protocolo, mesa.portas) == recurso
    for registros, which in (({PASA}, recurso.protocolo), ({VALE}, "261160000009")):
        with pytest.raises(NaoEncontradoError):
            respostas.find_of_operadora(registros, which, mesa.portas)


# --- what follows ---


@pytest.mark.regra("REC-PAGAMENTO")
def test_its_payment_is_scheduled_and_made_once() -> None:
    mesa = a_mesa()
    done = concluded(mesa)
    agenda = Agenda(fatura=f"{done.origem}-1", entrega_ate=HOJE + timedelta(days=5))
    with pytest.raises(TransicaoInvalidaError):
        respostas.settle(HOSPITAL, done.protocolo, HOJE, mesa.portas)
    due = respostas.schedule(HOSPITAL, done.protocolo, agenda, mesa.portas)
    assert (due.situacao, due.fatura) == (SituacaoRecurso.PAGAMENTO_AGENDADO, f"{done.origem}-1")
    assert respostas.schedule(HOSPITAL, done.protocolo, agenda, mesa.portas) == due
    paid = respostas.settle(HOSPITAL, done.protocolo, HOJE, mesa.portas)
    assert respostas.settle(HOSPITAL, done.protocolo, HOJE, mesa.portas) == paid
    assert (paid.paga_em, paid.status_protocolo) == (HOJE, "6")
    with pytest.raises(NaoEncontradoError):
        respostas.schedule(HOSPITAL, "261160000009", agenda, mesa.portas)


@pytest.mark.regra("REC-VENCIMENTO")
def test_a_term_that_ended_without_an_answer_is_told_once() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso, other = sent(mesa), sent(mesa, an_entry("G2"))
    respostas.begin(other, AUDITORA, mesa.portas)
    mesa.later(days=PRAZO)
    assert respostas.watch({VALE}, mesa.portas) == {"vencidos": 0, "adiados": 0}
    mesa.later(days=1)
    assert respostas.watch({VALE, PASA}, mesa.portas) == {"vencidos": 2, "adiados": 0}
    assert respostas.watch({VALE}, mesa.portas) == {"vencidos": 0, "adiados": 0}
    told = mesa.recursos.told(HOSPITAL, "RespostaDeRecursoVencida")
    assert {one.dados["recurso"] for one in told} == {recurso.protocolo, other.protocolo}
    assert concluded_late(mesa, recurso).valor_acatado == DEZ


def concluded_late(mesa: Mesa, recurso: Recurso) -> Recurso:
    """It is answered after its term all the same."""
    held = contestacao.find_recurso(HOSPITAL, recurso.protocolo, mesa.portas)
    return respostas.conclude(answered(mesa, held), AUDITORA, mesa.portas)


def test_what_is_answered_while_it_is_looked_at_is_not_told() -> None:
    mesa = a_mesa()
    recurso = sent(mesa)
    mesa.later(days=PRAZO + 1)

    def answer() -> Any:
        return concluded_late(mesa, recurso)

    mesa.recursos.meanwhile = [answer]
    respostas.watch({VALE}, mesa.portas)
    assert mesa.recursos.told(HOSPITAL, "RespostaDeRecursoVencida") == []


def test_what_changes_all_the_time_is_left_to_the_next_time() -> None:
    mesa = a_mesa(a_conta(a_taken(), a_taken(2)))
    recurso = sent(mesa, an_entry(), an_entry("G2"))
    mesa.later(days=PRAZO + 1)

    def other() -> None:
        answered(mesa, contestacao.find_recurso(HOSPITAL, recurso.protocolo, mesa.portas))

    mesa.recursos.meanwhile = [other] * respostas.ROUNDS
    assert respostas.watch({VALE}, mesa.portas) == {"vencidos": 0, "adiados": 1}
