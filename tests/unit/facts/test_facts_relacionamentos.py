"""R02 by period: who may ask, who may bill, and what was lawfully done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_cadastro import HOJE, relacionamento_of

ONTEM, AMANHA = HOJE - timedelta(days=1), HOJE + timedelta(days=1)
PEDIDO, INICIO, SUSPENSAO, VOLTA = date(2025, 12, 1), date(2026, 1, 1), date(2026, 12, 1), date(2027, 1, 1)
HISTORIA = relacionamento_of(
    ("SOLICITADO", PEDIDO), ("HABILITADO", INICIO), ("SUSPENSO", SUSPENSAO, "Documentação vencida"),
    ("HABILITADO", VOLTA),
)  # fmt: skip
"""Asked for, enabled, and suspended between two days that are still to come."""


@pytest.mark.parametrize(
    ("dia", "situacao", "asks", "bills", "lawful"),
    [
        (PEDIDO - timedelta(days=1), None, False, False, False),
        (PEDIDO, "SOLICITADO", False, False, False),
        (INICIO - timedelta(days=1), "SOLICITADO", False, False, False),
        (INICIO, "HABILITADO", True, True, True),
        (SUSPENSAO - timedelta(days=1), "HABILITADO", True, True, True),
        (SUSPENSAO, "SUSPENSO", False, True, False),
        (VOLTA - timedelta(days=1), "SUSPENSO", False, True, False),
        (VOLTA, "HABILITADO", True, True, True),
    ],
)
def test_each_state_allows_what_it_allows_from_its_first_day_on(
    dia: date, situacao: str | None, *, asks: bool, bills: bool, lawful: bool
) -> None:
    assert HISTORIA.situacao_em(dia) == situacao
    assert HISTORIA.may_request_em(dia) is asks
    assert HISTORIA.may_bill_em(dia) is bills
    assert HISTORIA.attended_lawfully_em(dia) is lawful


def test_a_period_tells_its_reason() -> None:
    assert HISTORIA.periodo_em(SUSPENSAO) == Periodo(Situacao.SUSPENSO, SUSPENSAO, "Documentação vencida")
    assert HISTORIA.periodo_em(PEDIDO - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("situacao", "bill"),
    [("SOLICITADO", False), ("RECUSADO", False), ("HABILITADO", True), ("SUSPENSO", True), ("DESCREDENCIADO", True)],
)
def test_only_what_was_enabled_at_some_time_bills(situacao: str, *, bill: bool) -> None:
    relacionamento = relacionamento_of((situacao, ONTEM))
    assert relacionamento.may_bill_em(HOJE) is bill
    assert not relacionamento.may_bill_em(ONTEM - timedelta(days=1))
    assert relacionamento.may_request_em(HOJE) is (situacao == "HABILITADO")


@pytest.mark.parametrize("later", ["SUSPENSO", "DESCREDENCIADO", "RECUSADO", "SOLICITADO"])
def test_nothing_that_comes_later_stops_the_billing_of_what_was_done_before(later: str) -> None:
    relacionamento = relacionamento_of(("HABILITADO", INICIO), (later, ONTEM))
    assert relacionamento.may_bill_em(HOJE)
    assert not relacionamento.may_request_em(HOJE)
    assert relacionamento.attended_lawfully_em(ONTEM - timedelta(days=1))
    assert not relacionamento.attended_lawfully_em(ONTEM)


@pytest.mark.parametrize(
    ("first", "lawful"),
    [("SUSPENSO", True), ("DESCREDENCIADO", True), ("HABILITADO", False), ("SOLICITADO", False), ("RECUSADO", False)],
)
def test_who_is_first_heard_of_as_suspended_was_enabled_before(first: str, *, lawful: bool) -> None:
    assert relacionamento_of((first, HOJE)).attended_lawfully_em(ONTEM) is lawful


def test_what_the_operadora_did_not_release_is_not_allowed_in_any_state() -> None:
    assert not relacionamento_of(("HABILITADO", INICIO), autorizacao=False).may_request_em(HOJE)
    assert relacionamento_of(("HABILITADO", INICIO), autorizacao=False).may_bill_em(HOJE)
    assert not relacionamento_of(("HABILITADO", INICIO), faturamento=False).may_bill_em(HOJE)
    assert relacionamento_of(("HABILITADO", INICIO), faturamento=False).may_request_em(HOJE)
    assert relacionamento_of(("SUSPENSO", INICIO), faturamento=False).may_send_em(HOJE)
    assert not relacionamento_of(("HABILITADO", INICIO), autorizacao=False, faturamento=False).may_send_em(HOJE)
    assert not relacionamento_of(("RECUSADO", INICIO)).may_send_em(HOJE)


def test_of_two_periods_of_one_day_the_later_told_counts() -> None:
    assert relacionamento_of(("HABILITADO", HOJE), ("SUSPENSO", HOJE)).situacao_em(HOJE) is Situacao.SUSPENSO


def test_a_relacionamento_without_periods_allows_nothing() -> None:
    nothing = Relacionamento("h", "345695", "1", ())
    assert (nothing.situacao_em(HOJE), nothing.may_request_em(HOJE)) == (None, False)
    assert (nothing.may_bill_em(HOJE), nothing.attended_lawfully_em(HOJE)) == (False, False)
