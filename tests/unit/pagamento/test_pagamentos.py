"""Payments: once per number, with sums that fit, or not at all; debits wait for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, FormaPagamento
from pagamento.domain.errors import (
    ComDefeitosError,
    MudouError,
    NaoEncontradoError,
    PagamentoDiferenteError,
    PagamentoInvalidoError,
    VersaoDiferenteError,
)
from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.pagamentos import ItemPago, Registro, SituacaoLancamento
from pagamento.service import pagamentos
from pagamento.service.portas import Mudanca
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import (
    CEM,
    HOJE,
    OUTRO_PEG,
    UM_PEG,
    a_discount,
    a_payment,
    an_entry,
)
from tests.casa_notas import FINANCEIRO, Casa, published

CREDITO = DebitoCreditoIndicador.CREDITO


def a_register(valores: Mapping[str, Decimal] | None = None, **changes: Any) -> Registro:
    """What financeiro says it paid: one PEG."""
    itens = tuple(ItemPago(one, valor) for one, valor in (valores or {UM_PEG: CEM}).items())
    held: dict[str, Any] = {
        "numero": "P-1", "prestador_id": HOSPITAL, "registro_ans": VALE, "data": HOJE, "itens": itens,
        "forma": FormaPagamento.DEPOSITO_OU_TRANSFERENCIA, "valor_liquido": CEM,
    }  # fmt: skip
    return Registro(**{**held, **changes})


def due(*pegs: Any) -> Casa:
    """A prestador whose nota is accepted."""
    casa = Casa(*pegs)
    casa.send()
    return casa


@pytest.mark.regra("PAG-PAGAMENTO")
def test_a_payment_pays_its_faturas_and_is_told_once() -> None:
    casa = due()
    paid = pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    held = casa.registros.faturas(HOSPITAL, [UM_PEG])[UM_PEG]
    assert (held.situacao, held.pagamento, held.paga_em) == (SituacaoFatura.PAGA, "P-1", HOJE)
    assert len(paid.demonstrativo) == 12
    assert pagamentos.register(a_register(), FINANCEIRO, casa.portas) == paid
    told = [sent for sent in casa.registros.told(HOSPITAL) if sent.tipo == "PagamentoRegistrado"]
    assert [sent.dados["protocolos"] for sent in told] == [[UM_PEG]]


def test_a_number_says_the_same_for_ever() -> None:
    casa = due()
    pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    for other in (a_register(data=HOJE - timedelta(days=1)), a_register(valor_liquido=Decimal("99.00"))):
        with pytest.raises(PagamentoDiferenteError):
            pagamentos.register(other, FINANCEIRO, casa.portas)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"data": HOJE + timedelta(days=1)}, [("data", "data-futura")]),
        ({"data": date(2026, 11, 8)}, [("data", "data-antes-dos-valores")]),
        ({"valor_liquido": Decimal("100.01")}, [("valor_liquido", "soma-diferente")]),
        ({"itens": ()}, [("itens", "vazio")]),
        ({"itens": (ItemPago(UM_PEG, CEM),) * 81}, [("itens", "demais")]),
        ({"descontos": (a_discount(),) * 9}, [("descontos", "demais")]),
        (
            {"itens": (ItemPago(UM_PEG, CEM), ItemPago(UM_PEG, CEM)), "valor_liquido": CEM + CEM},
            [("itens", "repetido")],
        ),
        ({"itens": (ItemPago("261020000009", CEM),)}, [("itens[0].fatura", "fatura-desconhecida")]),
        ({"itens": (ItemPago(OUTRO_PEG, CEM),)}, [("itens[0].fatura", "fatura-nao-pagavel")]),
        (
            {"itens": (ItemPago(UM_PEG, Decimal("90.00")),), "valor_liquido": Decimal("90.00")},
            [("itens[0].valor", "valor-diferente")],
        ),
        ({"registro_ans": PASA}, [("itens[0].fatura", "fatura-desconhecida")]),
        ({"prestador_id": CLINICA}, [("itens[0].fatura", "fatura-desconhecida")]),
        (
            {"descontos": (a_discount("100.01"),), "valor_liquido": Decimal("-0.01")},
            [("valor_liquido", "liquido-negativo")],
        ),
        ({"descontos": (a_discount("0.00"),)}, [("descontos[0].valor", "valor-zero")]),
        (
            {"descontos": (a_discount("30.00", lancamento="nenhum"),), "valor_liquido": Decimal("70.00")},
            [("descontos[0].lancamento", "lancamento-indisponivel")],
        ),
    ],
)
def test_a_payment_that_does_not_fit_leaves_nothing_and_says_all(
    changes: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    casa = due(published(), published(OUTRO_PEG))
    with pytest.raises(PagamentoInvalidoError) as told:
        pagamentos.register(a_register(**changes), FINANCEIRO, casa.portas)
    assert [(one.campo, one.codigo) for one in told.value.defeitos] == found
    assert casa.registros.faturas(HOSPITAL, [UM_PEG])[UM_PEG].situacao is SituacaoFatura.PROGRAMADA
    assert casa.registros.pagamento(VALE, "P-1") is None


@settings(max_examples=40)
@given(
    st.lists(st.decimals("0.01", "9999.99", places=2), min_size=1, max_size=5),
    st.lists(st.tuples(st.sampled_from(DebitoCreditoIndicador), st.decimals("0.01", "99.99", places=2)), max_size=4),
)
@pytest.mark.regra("PAG-PAGAMENTO")
def test_what_reaches_the_prestador_is_the_sum_to_the_cent(
    values: list[Decimal], others: list[tuple[DebitoCreditoIndicador, Decimal]]
) -> None:
    paid = a_payment(
        valores={f"26102000000{place}": value for place, value in enumerate(values)},
        descontos=tuple(a_discount(str(value), indicador=indicador) for indicador, value in others),
    )
    cents = sum(int(value * 100) for value in values)
    cents += sum(int(value * 100) * (1 if indicador is CREDITO else -1) for indicador, value in others)
    assert paid.liquido == Decimal(cents) / 100


def test_told_again_in_another_order_it_is_the_same_payment() -> None:
    casa = due(published(), published(OUTRO_PEG))
    casa.send(casa.file("u2", lida=replace(casa.lidas[b"<nota>u1</nota>"], numero="2")), faturas=(OUTRO_PEG,))
    asked = a_register({UM_PEG: CEM, OUTRO_PEG: CEM}, valor_liquido=CEM + CEM)
    paid = pagamentos.register(asked, FINANCEIRO, casa.portas)
    assert pagamentos.register(replace(asked, itens=asked.itens[::-1]), FINANCEIRO, casa.portas) == paid


def test_a_debit_waits_for_the_next_payment_and_is_settled_whole() -> None:
    casa = due(published(), published(OUTRO_PEG))
    pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    entry = an_entry()
    pedido = pagamentos.Pedido(
        prestador_id=HOSPITAL, registro_ans=VALE, indicador=entry.indicador, tipo=entry.tipo, valor=entry.valor,
        motivo=entry.motivo, fatura=UM_PEG,
    )  # fmt: skip
    made = pagamentos.post_entry(pedido, FINANCEIRO, casa.portas)
    casa.send(casa.file("u2", lida=replace(casa.lidas[b"<nota>u1</nota>"], numero="2")), faturas=(OUTRO_PEG,))
    whole = a_discount("30.00", tipo=entry.tipo, lancamento=made.id)
    second = a_register({OUTRO_PEG: CEM}, numero="P-2", descontos=(whole,), valor_liquido=Decimal("70.00"))
    half = replace(second, descontos=(replace(whole, valor=Decimal("15.00")),), valor_liquido=Decimal("85.00"))
    with pytest.raises(PagamentoInvalidoError) as told:
        pagamentos.register(half, FINANCEIRO, casa.portas)
    assert [one.codigo for one in told.value.defeitos] == ["lancamento-diferente"]
    pagamentos.register(second, FINANCEIRO, casa.portas)
    settled = pagamentos.find_entry(HOSPITAL, made.id, casa.portas)
    assert (settled.situacao, settled.pagamento) == (SituacaoLancamento.LIQUIDADO, "P-2")
    with pytest.raises(ComDefeitosError):
        pagamentos.cancel_entry(settled, FINANCEIRO, casa.portas)


def test_a_debit_is_of_a_fatura_of_this_prestador_at_this_operadora_and_may_be_taken_back() -> None:
    casa = due()
    entry = an_entry()
    free = pagamentos.Pedido(
        prestador_id=HOSPITAL, registro_ans=VALE, indicador=entry.indicador, tipo=entry.tipo, valor=entry.valor,
        motivo=entry.motivo,
    )  # fmt: skip
    asked = replace(free, fatura=UM_PEG)
    for other in (
        replace(asked, prestador_id=CLINICA), replace(asked, registro_ans=PASA), replace(asked, fatura=OUTRO_PEG),
    ):  # fmt: skip
        with pytest.raises(NaoEncontradoError):
            pagamentos.post_entry(other, FINANCEIRO, casa.portas)
    with pytest.raises(PagamentoInvalidoError, match="valor-zero"):
        pagamentos.post_entry(replace(free, valor=Decimal("0.00")), FINANCEIRO, casa.portas)
    made = pagamentos.post_entry(free, FINANCEIRO, casa.portas)
    with pytest.raises(VersaoDiferenteError):
        pagamentos.cancel_entry(made, replace(FINANCEIRO, versao=9), casa.portas)
    gone = pagamentos.cancel_entry(made, FINANCEIRO, casa.portas)
    assert gone.situacao is SituacaoLancamento.CANCELADO
    assert pagamentos.cancel_entry(gone, FINANCEIRO, casa.portas) is gone
    with pytest.raises(NaoEncontradoError):
        pagamentos.find_entry(CLINICA, made.id, casa.portas)


def test_nobody_is_paid_or_debited_who_is_no_prestador() -> None:
    casa, credit = due(), a_discount("1.00", indicador=CREDITO)
    only = a_register(itens=(), descontos=(credit,), valor_liquido=Decimal("1.00"))
    casa.cadastro.codigos[HOSPITAL, VALE] = "1"
    assert pagamentos.register(only, FINANCEIRO, casa.portas).liquido == Decimal("1.00")
    for other in (replace(only, prestador_id="ninguem"), replace(only, registro_ans=PASA)):
        with pytest.raises(PagamentoInvalidoError) as told:
            pagamentos.register(replace(other, numero="P-2"), FINANCEIRO, casa.portas)
        assert [one.campo for one in told.value.defeitos] == ["prestador"]
    entry = an_entry()
    pedido = pagamentos.Pedido(
        prestador_id="ninguem", registro_ans=VALE, indicador=entry.indicador, tipo=entry.tipo, valor=entry.valor,
        motivo=entry.motivo,
    )  # fmt: skip
    with pytest.raises(NaoEncontradoError):
        pagamentos.post_entry(pedido, FINANCEIRO, casa.portas)


def test_two_payments_at_once_of_one_peg_pay_it_once() -> None:
    casa = due()
    other = a_register(numero="P-2")
    casa.registros.meanwhile = [lambda: pagamentos.register(other, FINANCEIRO, casa.portas)]
    with pytest.raises(PagamentoInvalidoError):
        pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    assert casa.told().count("PagamentoRegistrado") == 1


def test_one_payment_sent_twice_at_once_is_one() -> None:
    casa = due()
    casa.registros.meanwhile = [lambda: pagamentos.register(a_register(), FINANCEIRO, casa.portas)]
    paid = pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    assert casa.registros.pagamento(VALE, "P-1") == paid


def test_whoever_always_loses_is_told_to_try_again() -> None:
    casa = due()

    def touch() -> None:
        held = casa.registros.faturas(HOSPITAL, [UM_PEG])[UM_PEG]
        casa.registros.write([Mudanca(held, replace(held, versao=held.versao + 1))], now=casa.agora, correlacao="outro")

    casa.registros.meanwhile = [touch] * pagamentos.ROUNDS
    with pytest.raises(MudouError):
        pagamentos.register(a_register(), FINANCEIRO, casa.portas)


def test_a_payment_of_the_last_day_of_the_year_is_recorded_on_the_first() -> None:
    casa = due()
    casa.to(date(2027, 1, 1))
    assert pagamentos.register(a_register(data=date(2026, 12, 31)), FINANCEIRO, casa.portas).data.year == 2026
