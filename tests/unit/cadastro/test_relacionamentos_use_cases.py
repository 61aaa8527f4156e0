"""Asking for a relacionamento and deciding it: who gets what, when, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cadastro.domain.contas import ChangedMeanwhileError, Papel, Pessoa
from cadastro.domain.relacionamentos import (
    OPEN_PEDIDOS,
    AlreadyDecidedError,
    AlreadyRelatedError,
    Ato,
    HasGestorError,
    NewPedido,
    OthersInvolvedError,
    Pedido,
    PedidoNotFoundError,
    PedidoOpenError,
    RelacionamentoNotFoundError,
    StaleRelacionamentoError,
    TooManyPedidosError,
    UnknownOperadoraError,
)
from cadastro.service import relacionamentos as service
from cadastro.service.relacionamentos import Act, Decision, Held
from conecta_edge.clock import local_day
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, PASA, VALE
from tests.fakes_contas import FakeIdentidades, FakeRelacionamentos, Tables

HOJE = local_day(NOW)
S = Situacao
ASKED = NewPedido(VALE, HOSPITAL, "Hospital Aurora", "9990011", cnpj=CNPJ, codigo_na_operadora="H1")


class Case:
    """A deployment with two operadoras and nobody else."""

    def __init__(self) -> None:
        self.tables = Tables(operadoras={VALE, PASA})
        self.rows = FakeRelacionamentos(self.tables)
        self.accounts = FakeIdentidades({"ana@hospital.example": "ana", "rui@outro.example": "rui"})

    def ask(self, sub: str = "ana", **changes: Any) -> Pedido:
        asked = replace(ASKED, **changes)
        return service.request(asked, sub=sub, rows=self.rows, accounts=self.accounts, now=NOW, today=HOJE)

    def decide(self, pedido: Pedido, *, habilitar: bool = True, **changes: Any) -> Pedido:
        given = {"quem": "op", "motivo": None if habilitar else "fora da rede", **changes}
        registros = given.pop("registros", (VALE,))
        asked = Decision(pedido.id, registros, habilitar, **given)
        return service.decide(asked, rows=self.rows, now=NOW, today=HOJE)

    def act(self, ato: Ato, **changes: Any) -> Held:
        given: dict[str, Any] = {
            "registro_ans": VALE,
            "prestador_id": HOSPITAL,
            "de": HOJE,
            "motivo": "m",
            "quem": "op",
        }
        return service.act(Act(ato, **{**given, **changes}), rows=self.rows, now=NOW, today=HOJE)

    def know(self, situacao: Situacao, registro: str = VALE, prestador: str = HOSPITAL) -> None:
        self.tables.profiles[prestador] = Prestador(prestador, "Hospital", "9990011", cnpj=CNPJ)
        value = Relacionamento(prestador, registro, "H1", (Periodo(situacao, HOJE - timedelta(days=9)),))
        self.tables.relacionamentos[prestador, registro] = Held(value, "2026-01-01T00:00:00.000000Z#carga")

    def bind(self, sub: str, papel: Papel = Papel.GESTOR, prestador: str = HOSPITAL, **changes: Any) -> None:
        self.tables.pessoas[prestador, sub] = replace(Pessoa(sub, prestador, papel, NOW, "g"), **changes)

    def situacao(self, registro: str = VALE) -> Situacao | None:
        held = self.tables.relacionamentos.get((HOSPITAL, registro))
        return held.value.situacao_em(HOJE) if held else None


@pytest.fixture
def case() -> Case:
    return Case()


def test_whoever_asks_gets_a_protocolo_at_once_and_nothing_else(case: Case) -> None:
    pedido = case.ask()
    assert (pedido.protocolo_atendimento, pedido.situacao, pedido.email) == (
        "261130000001", S.SOLICITADO, "ana@hospital.example",
    )  # fmt: skip
    assert (case.tables.profiles, case.tables.relacionamentos, case.tables.pessoas) == ({}, {}, {})
    assert case.tables.told == [("RelacionamentoSolicitado", HOSPITAL)]


def test_asking_for_a_known_prestador_answers_what_asking_for_an_unknown_one_does(case: Case) -> None:
    unknown = case.ask()
    other = Case()
    other.know(S.HABILITADO)
    other.bind("rui")
    assert other.ask() == unknown
    assert other.tables.pessoas.keys() == {(HOSPITAL, "rui")}


def test_a_repeated_request_is_the_same_pedido_with_the_same_protocolo(case: Case) -> None:
    assert case.ask() == case.ask()
    assert len(case.tables.pedidos) == 1
    with pytest.raises(PedidoOpenError) as refused:
        case.ask(nome="Outro nome")
    assert refused.value.protocolo == "261130000001"


def test_two_people_and_two_operadoras_are_three_pedidos(case: Case) -> None:
    ids = {case.ask().id, case.ask("rui").id, case.ask(registro_ans=PASA).id}
    assert len(ids) == 3


def test_an_operadora_nobody_knows_is_asked_nothing(case: Case) -> None:
    with pytest.raises(UnknownOperadoraError):
        case.ask(registro_ans="999999")
    assert case.tables.pedidos == {}


def test_a_person_has_so_many_undecided_pedidos_and_no_more(case: Case) -> None:
    for number in range(OPEN_PEDIDOS):
        case.ask(prestador_id=f"{HOSPITAL}{number}")
    with pytest.raises(TooManyPedidosError):
        case.ask()
    assert case.ask("rui").situacao is S.SOLICITADO


def test_enabling_makes_prestador_relacionamento_and_gestor(case: Case) -> None:
    decided = case.decide(case.ask(), de=HOJE - timedelta(days=3), autorizacao=False)
    assert (decided.situacao, decided.decidido_por) == (S.HABILITADO, "op")
    assert case.tables.profiles[HOSPITAL] == Prestador(
        HOSPITAL, "Hospital Aurora", "9990011", cnpj=CNPJ, introduzido_por=VALE
    )
    value = case.tables.relacionamentos[HOSPITAL, VALE].value
    assert (value.codigo_na_operadora, value.autorizacao, value.faturamento) == ("H1", False, True)
    assert value.situacao_em(HOJE - timedelta(days=3)) is S.HABILITADO
    gestor = case.tables.pessoas[HOSPITAL, "ana"]
    assert (gestor.papel, gestor.ativo, gestor.email) == (Papel.GESTOR, True, "ana@hospital.example")
    ((_, _, historico),) = case.tables.historico
    assert (historico.ato, historico.quem, historico.pedido) == (Ato.HABILITACAO, "op", decided.id)


def test_a_stranger_who_is_refused_leaves_no_trace_on_the_prestador(case: Case) -> None:
    case.know(S.HABILITADO, PASA)
    decided = case.decide(case.ask(), habilitar=False)
    assert (decided.situacao, decided.motivo) == (S.RECUSADO, "fora da rede")
    assert (case.situacao(), case.situacao(PASA), case.tables.pessoas) == (None, S.HABILITADO, {})


def test_after_a_refusal_asking_again_is_a_new_attempt(case: Case) -> None:
    first = case.ask()
    case.decide(first, habilitar=False)
    second = case.ask()
    assert second.id != first.id
    assert second.situacao is S.SOLICITADO
    assert case.ask() == second


def test_a_pedido_is_decided_once_and_the_second_is_told_what_was_decided(case: Case) -> None:
    pedido = case.ask()
    case.decide(pedido)
    with pytest.raises(AlreadyDecidedError) as late:
        case.decide(pedido, habilitar=False)
    assert late.value.situacao is S.HABILITADO


def test_a_decision_of_a_version_that_is_no_more_is_refused(case: Case) -> None:
    pedido = case.ask()
    with pytest.raises(ChangedMeanwhileError):
        case.decide(pedido, expected=7)
    assert case.decide(pedido, expected=1).versao == 2


def test_a_pedido_to_another_operadora_does_not_exist(case: Case) -> None:
    pedido = case.ask()
    with pytest.raises(PedidoNotFoundError):
        case.decide(pedido, registros=(PASA,))
    with pytest.raises(PedidoNotFoundError):
        case.decide(pedido, registros=())


def test_a_gestor_asks_in_the_prestadores_name_and_only_the_relacionamento_changes(case: Case) -> None:
    case.know(S.HABILITADO, PASA)
    case.bind("ana")
    people = dict(case.tables.pessoas)
    pedido = case.ask()
    assert pedido.do_prestador
    case.decide(pedido)
    assert (case.situacao(), case.tables.pessoas) == (S.HABILITADO, people)
    assert service.find_pedido(sub="rui", prestadores={HOSPITAL: True}, pedido_id=pedido.id, rows=case.rows)


def test_a_gestor_who_is_refused_reads_the_reason_in_the_relacionamento(case: Case) -> None:
    case.bind("ana")
    case.decide(case.ask(), habilitar=False)
    periodo = case.tables.relacionamentos[HOSPITAL, VALE].value.periodo_em(HOJE)
    assert periodo == Periodo(S.RECUSADO, HOJE, "fora da rede")
    assert case.ask().situacao is S.SOLICITADO


@pytest.mark.parametrize("situacao", [S.HABILITADO, S.SUSPENSO])
def test_a_gestor_need_not_ask_for_what_there_is(case: Case, situacao: Situacao) -> None:
    case.know(situacao)
    case.bind("ana")
    with pytest.raises(AlreadyRelatedError) as refused:
        case.ask()
    assert refused.value.situacao is situacao


def test_what_was_ended_is_asked_for_anew_and_enabled_again(case: Case) -> None:
    first = case.ask()
    case.decide(first)
    case.act(Ato.DESCREDENCIAMENTO)
    again = case.ask()
    assert (again.id == first.id, again.do_prestador) == (False, True)
    case.decide(again)
    assert case.situacao() is S.HABILITADO


def test_who_is_gestor_no_more_asks_as_anybody(case: Case) -> None:
    case.bind("ana")
    first = case.ask()
    case.decide(first, habilitar=False)
    case.bind("ana", ativo=False, removida_em=NOW)
    second = case.ask()
    assert (second.do_prestador, second.id == first.id) == (False, False)


def test_a_prestador_with_a_gestor_is_not_opened_by_a_decision_that_does_not_say_so(case: Case) -> None:
    case.know(S.HABILITADO)
    case.bind("rui")
    pedido = case.ask()
    with pytest.raises(HasGestorError):
        case.decide(pedido)
    assert case.rows.pedido_at((VALE,), pedido.id) == pedido
    case.decide(pedido, vincular=False)
    assert case.tables.pessoas.keys() == {(HOSPITAL, "rui")}


def test_the_operadora_that_alone_knows_a_prestador_may_add_a_gestor_by_saying_so(case: Case) -> None:
    case.know(S.HABILITADO)
    case.bind("rui")
    case.decide(case.ask(), vincular=True)
    assert case.tables.pessoas[HOSPITAL, "ana"].papel is Papel.GESTOR


def test_one_operadora_never_lets_a_stranger_into_what_another_keeps(case: Case) -> None:
    case.know(S.HABILITADO, PASA)
    case.bind("rui")
    pedido = case.ask()
    with pytest.raises(OthersInvolvedError):
        case.decide(pedido, vincular=True)
    case.decide(pedido, vincular=True, registros=(PASA, VALE))  # who decides for both may
    assert case.tables.pessoas[HOSPITAL, "ana"].papel is Papel.GESTOR


def test_a_decision_is_tried_again_when_something_else_changed_meanwhile(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    pedido = case.ask()
    rows, tried = case.rows, list[int]()
    write = rows.decide

    def late(*arguments: Any) -> None:
        tried.append(1)
        if len(tried) == 1:
            case.know(S.SOLICITADO)  # a load came first
        write(*arguments)

    monkeypatch.setattr(rows, "decide", late)
    case.decide(pedido)
    assert len(tried) == 2
    assert case.tables.profiles[HOSPITAL].nome == "Hospital"
    assert case.situacao() is S.HABILITADO


def test_a_decision_that_never_gets_through_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    pedido = case.ask()

    def never(*_arguments: Any) -> None:
        raise StaleRelacionamentoError

    monkeypatch.setattr(case.rows, "decide", never)
    with pytest.raises(StaleRelacionamentoError):
        case.decide(pedido)


def test_acts_change_the_relacionamento_and_leave_who_when_and_why(case: Case) -> None:
    case.know(S.HABILITADO)
    until = HOJE + timedelta(days=5)
    held = case.act(Ato.SUSPENSAO, ate=until, motivo="alvará vencido")
    assert case.situacao() is S.SUSPENSO
    assert held.fonte == "2026-11-21T12:00:00.000000Z#api"
    ((prestador, registro, historico),) = case.tables.historico
    assert (prestador, registro) == (HOSPITAL, VALE)
    assert (historico.ato, historico.quem, historico.quando, historico.de, historico.ate, historico.motivo) == (
        Ato.SUSPENSAO, "op", NOW, HOJE, until, "alvará vencido",
    )  # fmt: skip
    assert historico.antes is S.HABILITADO
    released = case.act(Ato.REATIVACAO, faturamento=False).value
    assert (released.situacao_em(HOJE), released.faturamento, released.autorizacao) == (S.HABILITADO, False, True)


def test_an_act_on_what_does_not_exist_or_has_changed_is_refused(case: Case) -> None:
    with pytest.raises(RelacionamentoNotFoundError):
        case.act(Ato.SUSPENSAO)
    case.know(S.HABILITADO)
    with pytest.raises(ChangedMeanwhileError):
        case.act(Ato.SUSPENSAO, expected=lambda held: held.fonte == "outra")
    assert case.situacao() is S.HABILITADO


def test_a_person_sees_relacionamentos_of_its_prestadores_and_pedidos_of_those_it_is_gestor_of(case: Case) -> None:
    case.know(S.HABILITADO, PASA)
    case.bind("rui")
    under = service.request(ASKED, sub="rui", rows=case.rows, accounts=case.accounts, now=NOW, today=HOJE)
    own = case.ask(prestador_id=CLINICA)
    as_recepcao = service.mine(sub="ana", prestadores={HOSPITAL: False}, rows=case.rows)
    assert [row.held.value.registro_ans for row in as_recepcao.relacionamentos] == [PASA]
    assert as_recepcao.pedidos == (own,)
    as_gestor = service.mine(sub="ana", prestadores={HOSPITAL: True}, rows=case.rows)
    assert set(as_gestor.pedidos) == {own, under}


def test_a_foreign_pedido_is_not_found(case: Case) -> None:
    pedido = case.ask()
    for sub, prestadores in (("rui", {HOSPITAL: True}), ("rui", {})):
        with pytest.raises(PedidoNotFoundError):
            service.find_pedido(sub=sub, prestadores=prestadores, pedido_id=pedido.id, rows=case.rows)
