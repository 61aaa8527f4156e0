"""R02: what a relacionamento may become, from which day, and who is let in by a decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cadastro.domain import relacionamentos as rules
from cadastro.domain.contas import Papel, Pessoa
from cadastro.domain.relacionamentos import (
    AlreadyDecidedError,
    Ato,
    CodeMissingError,
    EffectiveDayError,
    HasGestorError,
    IllegalActError,
    NewPedido,
    OthersInvolvedError,
    Pedido,
)
from conecta_edge.clock import local_day
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import CNPJ, HOSPITAL, NOW, VALE

HOJE = local_day(NOW)
S = Situacao
ASKED = NewPedido(VALE, HOSPITAL, "Hospital Aurora", "9990011", cnpj=CNPJ, codigo_na_operadora="H1")


def day(days: int) -> date:
    return HOJE + timedelta(days=days)


def a_relacionamento(*periodos: tuple[Situacao, int], **changes: Any) -> Relacionamento:
    """Periods by state and day, counted from today."""
    rows = tuple(Periodo(situacao, day(days)) for situacao, days in periodos)
    return replace(Relacionamento(HOSPITAL, VALE, "H1", rows), **changes)


ENABLED = a_relacionamento((S.HABILITADO, -100))


def a_pedido(**changes: Any) -> Pedido:
    made = rules.ask(ASKED, sub="p1", email="a@b.example", do_prestador=False, attempt=0, protocolo="1", now=NOW)
    return replace(made, **changes)


def states(held: Relacionamento, *days: int) -> list[Situacao | None]:
    return [held.situacao_em(day(n)) for n in days]


def test_an_enabled_prestador_is_suspended_between_two_days_and_then_enabled_again() -> None:
    held = rules.suspend(ENABLED, de=day(1), ate=day(10), motivo="alvará vencido", hoje=HOJE)
    assert states(held, 0, 1, 10, 11) == [S.HABILITADO, S.SUSPENSO, S.SUSPENSO, S.HABILITADO]
    periodo = held.periodo_em(day(5))
    assert periodo is not None
    assert periodo.motivo == "alvará vencido"


def test_a_suspension_without_an_end_lasts_until_reactivated() -> None:
    held = rules.suspend(ENABLED, de=HOJE, ate=None, motivo="m", hoje=HOJE)
    assert states(held, -1, 0, 1000) == [S.HABILITADO, S.SUSPENSO, S.SUSPENSO]
    again = rules.reactivate(held, de=day(3), motivo="resolvido", hoje=HOJE)
    assert states(again, 2, 3, 1000) == [S.SUSPENSO, S.HABILITADO, S.HABILITADO]


def test_a_suspension_of_one_day_is_one_day() -> None:
    held = rules.suspend(ENABLED, de=day(1), ate=day(1), motivo="m", hoje=HOJE)
    assert states(held, 0, 1, 2) == [S.HABILITADO, S.SUSPENSO, S.HABILITADO]


def test_a_suspension_never_lifts_a_descredenciamento_that_was_scheduled() -> None:
    ending = rules.end(ENABLED, de=day(5), motivo="fim do contrato", hoje=HOJE)
    within = rules.suspend(ending, de=day(1), ate=day(10), motivo="m", hoje=HOJE)
    assert states(within, 1, 4, 5, 11, 100) == [S.SUSPENSO, S.SUSPENSO, *[S.DESCREDENCIADO] * 3]
    before = rules.suspend(ending, de=day(1), ate=day(3), motivo="m", hoje=HOJE)
    assert states(before, 1, 4, 5, 100) == [S.SUSPENSO, S.HABILITADO, S.DESCREDENCIADO, S.DESCREDENCIADO]
    open_ = rules.suspend(ending, de=day(1), ate=None, motivo="m", hoje=HOJE)
    assert states(open_, 1, 4, 5) == [S.SUSPENSO, S.SUSPENSO, S.DESCREDENCIADO]


def test_a_suspension_across_a_scheduled_one_lasts_as_long_as_both() -> None:
    planned = rules.suspend(ENABLED, de=day(5), ate=day(20), motivo="segunda", hoje=HOJE)
    both = rules.suspend(planned, de=day(1), ate=day(10), motivo="primeira", hoje=HOJE)
    assert states(both, 0, 1, 10, 11, 20, 21) == [S.HABILITADO, *[S.SUSPENSO] * 4, S.HABILITADO]
    later = rules.suspend(planned, de=day(1), ate=day(2), motivo="primeira", hoje=HOJE)
    assert states(later, 2, 3, 5, 21) == [S.SUSPENSO, S.HABILITADO, S.SUSPENSO, S.HABILITADO]


def test_reactivating_ends_one_suspension_and_leaves_the_next_where_it_is() -> None:
    held = a_relacionamento(
        (S.HABILITADO, -100), (S.SUSPENSO, -5), (S.HABILITADO, 10), (S.SUSPENSO, 30), (S.HABILITADO, 40)
    )
    again = rules.reactivate(held, de=HOJE, motivo="m", hoje=HOJE)
    assert states(again, -1, 0, 10, 30, 40) == [S.SUSPENSO, S.HABILITADO, S.HABILITADO, S.SUSPENSO, S.HABILITADO]


@pytest.mark.parametrize("planned", [S.SUSPENSO, S.DESCREDENCIADO])
def test_what_was_scheduled_and_has_not_begun_is_taken_back(planned: Situacao) -> None:
    held = a_relacionamento((S.HABILITADO, -100), (planned, 10))
    again = rules.reactivate(held, de=day(10), motivo="reconsiderado", hoje=HOJE)
    assert states(again, 0, 10, 100) == [S.HABILITADO] * 3
    assert len(again.periodos) == 1


def test_a_descredenciamento_in_force_is_ended_by_a_new_pedido_only() -> None:
    ended = a_relacionamento((S.HABILITADO, -100), (S.DESCREDENCIADO, -1))
    with pytest.raises(IllegalActError) as refused:
        rules.reactivate(ended, de=HOJE, motivo="m", hoje=HOJE)
    assert refused.value.possible == (Ato.HABILITACAO,)
    again = rules.enable(
        ended, a_pedido(), de=day(2), motivo=None, codigo="H2", autorizacao=None, faturamento=None, hoje=HOJE
    )
    assert states(again, -2, 0, 2) == [S.HABILITADO, S.DESCREDENCIADO, S.HABILITADO]
    assert again.codigo_na_operadora == "H2"


def test_a_descredenciamento_drops_whatever_had_been_scheduled_after_it() -> None:
    held = rules.suspend(ENABLED, de=day(5), ate=day(10), motivo="m", hoje=HOJE)
    ended = rules.end(held, de=day(7), motivo="fim", hoje=HOJE)
    assert states(ended, 4, 5, 6, 7, 11) == [S.HABILITADO, S.SUSPENSO, S.SUSPENSO, S.DESCREDENCIADO, S.DESCREDENCIADO]


@pytest.mark.parametrize(
    ("situacao", "ato", "possible"),
    [
        (S.SOLICITADO, Ato.SUSPENSAO, (Ato.HABILITACAO, Ato.RECUSA)),
        (S.RECUSADO, Ato.DESCREDENCIAMENTO, (Ato.HABILITACAO, Ato.RECUSA)),
        (S.HABILITADO, Ato.REATIVACAO, (Ato.SUSPENSAO, Ato.DESCREDENCIAMENTO)),
        (S.SUSPENSO, Ato.SUSPENSAO, (Ato.REATIVACAO, Ato.DESCREDENCIAMENTO)),
        (S.DESCREDENCIADO, Ato.DESCREDENCIAMENTO, (Ato.HABILITACAO,)),
    ],
)
def test_an_act_that_a_state_does_not_know_says_which_are_possible(
    situacao: Situacao, ato: Ato, possible: tuple[Ato, ...]
) -> None:
    held = a_relacionamento((situacao, -10))
    acts: dict[Ato, Callable[[], Relacionamento]] = {
        Ato.SUSPENSAO: lambda: rules.suspend(held, de=HOJE, ate=None, motivo="m", hoje=HOJE),
        Ato.REATIVACAO: lambda: rules.reactivate(held, de=HOJE, motivo="m", hoje=HOJE),
        Ato.DESCREDENCIAMENTO: lambda: rules.end(held, de=HOJE, motivo="m", hoje=HOJE),
    }
    with pytest.raises(IllegalActError) as refused:
        acts[ato]()
    assert (refused.value.ato, refused.value.situacao, refused.value.possible) == (ato, situacao, possible)


def test_no_act_changes_days_gone_by() -> None:
    suspended = a_relacionamento((S.HABILITADO, -100), (S.SUSPENSO, -10))
    acts: tuple[Callable[[], Relacionamento], ...] = (
        lambda: rules.suspend(ENABLED, de=day(-1), ate=None, motivo="m", hoje=HOJE),
        lambda: rules.reactivate(suspended, de=day(-1), motivo="m", hoje=HOJE),
        lambda: rules.end(ENABLED, de=day(-1), motivo="m", hoje=HOJE),
    )
    for act in acts:
        with pytest.raises(EffectiveDayError) as refused:
            act()
        assert (refused.value.campo, refused.value.codigo) == ("de", "data-passada")


def test_a_suspension_does_not_end_before_it_begins() -> None:
    with pytest.raises(EffectiveDayError) as refused:
        rules.suspend(ENABLED, de=day(2), ate=day(1), motivo="m", hoje=HOJE)
    assert (refused.value.campo, refused.value.codigo) == ("ate", "fim-antes-do-inicio")


def enable(held: Relacionamento | None, pedido: Pedido | None = None, **changes: Any) -> Relacionamento:
    given: dict[str, Any] = {"de": HOJE, "motivo": None, "codigo": None, "autorizacao": None, "faturamento": None}
    return rules.enable(held, pedido or a_pedido(), hoje=HOJE, **{**given, **changes})


def test_a_first_enabling_may_reach_back_to_when_the_contract_began() -> None:
    made = enable(None, de=day(-30))
    assert states(made, -31, -30, 0) == [None, S.HABILITADO, S.HABILITADO]
    assert (made.codigo_na_operadora, made.autorizacao, made.faturamento) == ("H1", True, True)


@pytest.mark.parametrize("situacao", [S.SOLICITADO, S.RECUSADO])
def test_what_was_asked_or_refused_before_is_enabled(situacao: Situacao) -> None:
    made = enable(a_relacionamento((situacao, -10)), de=day(1), autorizacao=False)
    assert states(made, 0, 1) == [situacao, S.HABILITADO]
    assert (made.autorizacao, made.faturamento) == (False, True)


@pytest.mark.parametrize("situacao", [S.HABILITADO, S.SUSPENSO])
def test_deciding_a_pedido_changes_nothing_of_what_is_enabled_or_suspended(situacao: Situacao) -> None:
    held = a_relacionamento((situacao, -10))
    assert enable(held, autorizacao=False) is held


def test_after_a_descredenciamento_enabling_does_not_reach_back() -> None:
    with pytest.raises(EffectiveDayError) as refused:
        enable(a_relacionamento((S.DESCREDENCIADO, -10)), de=day(-1))
    assert refused.value.campo == "desde"


def test_somebody_must_say_the_prestadores_code() -> None:
    without = a_pedido(codigo_na_operadora=None)
    with pytest.raises(CodeMissingError):
        enable(None, without)
    assert enable(None, without, codigo="X9").codigo_na_operadora == "X9"
    assert enable(a_relacionamento((S.SOLICITADO, -1)), without).codigo_na_operadora == "H1"


def test_a_refusal_is_the_relacionamentos_only_when_the_prestador_itself_asked() -> None:
    own = a_pedido(do_prestador=True)
    made = rules.refuse(None, own, motivo="fora da rede", hoje=HOJE)
    assert made is not None
    assert (made.situacao_em(HOJE), made.periodos[-1].motivo) == (S.RECUSADO, "fora da rede")
    assert rules.refuse(None, a_pedido(), motivo="m", hoje=HOJE) is None
    ended = a_relacionamento((S.DESCREDENCIADO, -10))
    assert rules.refuse(ended, own, motivo="m", hoje=HOJE) is ended


def test_a_pedido_is_decided_once() -> None:
    refused = rules.decide(a_pedido(), S.RECUSADO, quem="op", motivo="m", now=NOW)
    assert (refused.situacao, refused.versao, refused.decidido_por, refused.motivo) == (S.RECUSADO, 2, "op", "m")
    with pytest.raises(AlreadyDecidedError) as late:
        rules.decide(refused, S.HABILITADO, quem="op2", motivo=None, now=NOW)
    assert late.value.situacao is S.RECUSADO


def test_ids_of_attempts_differ_and_never_hold_the_document() -> None:
    ids = {
        rules.pedido_id(sub, VALE, CNPJ, owner, attempt)
        for sub in ("p1", "p2")
        for owner in ("pessoa", "prestador")
        for attempt in (0, 1)
    }
    assert len(ids) == 8
    assert all(len(one) == 32 and CNPJ not in one for one in ids)
    assert a_pedido().id == a_pedido(protocolo_atendimento="2").id


def let_in(held: Pessoa | None = None, **changes: Any) -> Pessoa | None:
    given: dict[str, Any] = {"wanted": None, "gestores": 0, "foreign": False}
    pedido = changes.pop("pedido", a_pedido())
    return rules.let_in(pedido, held, quem="op", now=NOW, **{**given, **changes})


def a_pessoa(papel: Papel = Papel.RECEPCAO, **changes: Any) -> Pessoa:
    return replace(Pessoa("p1", HOSPITAL, papel, NOW, "g"), **changes)


def test_whoever_asked_becomes_gestor_of_a_prestador_nobody_acts_for() -> None:
    made = let_in(foreign=True)
    assert made is not None
    assert (made.sub, made.papel, made.ativo, made.email, made.criado_por) == (
        "p1", Papel.GESTOR, True, "a@b.example", "op",
    )  # fmt: skip


def test_a_prestador_that_has_a_gestor_takes_another_only_when_the_decision_says_so() -> None:
    with pytest.raises(HasGestorError):
        let_in(gestores=1)
    assert let_in(gestores=1, wanted=False) is None
    assert let_in(gestores=1, wanted=True) is not None


def test_one_operadora_does_not_open_what_another_keeps_at_a_prestador_with_a_gestor() -> None:
    with pytest.raises(OthersInvolvedError):
        let_in(gestores=1, wanted=True, foreign=True)
    assert let_in(gestores=1, wanted=False, foreign=True) is None


def test_who_is_gestor_already_stays_as_it_is() -> None:
    assert let_in(a_pessoa(Papel.GESTOR), gestores=1) is None
    assert let_in(None, pedido=a_pedido(do_prestador=True), gestores=1) is None


def test_who_had_another_papel_or_was_suspended_or_taken_out_becomes_gestor() -> None:
    promoted = let_in(a_pessoa(versao=3), gestores=1, wanted=True)
    assert promoted is not None
    assert (promoted.papel, promoted.versao) == (Papel.GESTOR, 4)
    back = let_in(a_pessoa(Papel.GESTOR, ativo=False, removida_em=NOW, versao=3))
    assert back is not None
    assert (back.ativo, back.removida_em, back.versao, back.email) == (True, None, 4, "a@b.example")


@pytest.mark.parametrize(
    ("held", "part"),
    [
        (ENABLED, "HABILITADO"),
        (a_relacionamento((S.HABILITADO, 3)), "AGENDADO"),
        (a_relacionamento((S.SUSPENSO, -1), (S.HABILITADO, 1)), "AGENDADO"),
        (a_relacionamento((S.SUSPENSO, -1), (S.HABILITADO, 0)), "HABILITADO"),
    ],
)
def test_the_index_keeps_apart_what_will_change_by_itself(held: Relacionamento, part: str) -> None:
    assert rules.indexed_under(held, HOJE) == part


def test_what_was_ever_enabled_is_known_as_such() -> None:
    assert rules.ever_enabled(a_relacionamento((S.HABILITADO, -9), (S.DESCREDENCIADO, -1)))
    assert not rules.ever_enabled(a_relacionamento((S.SOLICITADO, -9), (S.RECUSADO, -1)))
