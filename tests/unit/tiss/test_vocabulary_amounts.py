"""Amounts: what is read, what is refused, how it is rounded and written."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest

from conecta_tiss.errors import ValorInvalidoError
from conecta_tiss.vocabulary.amounts import (
    em_centavos,
    parse_decimal,
    parse_valor,
    produto,
    soma,
    texto_do_valor,
)


@pytest.mark.parametrize(
    ("texto", "valor"),
    [
        ("0", "0.00"),
        ("114", "114.00"),
        ("114.5", "114.50"),
        ("114.50", "114.50"),
        ("+1.00", "1.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("-0.00", "0.00"),
        ("000000000000012.30", "12.30"),
        ("1.2300", "1.23"),
        ("\n\t 99999999.99 \r\n", "99999999.99"),
    ],
)
def test_every_way_the_schema_allows_is_read_in_cents(texto: str, valor: str) -> None:
    lido = parse_valor(texto)
    assert (str(lido), lido) == (valor, Decimal(valor))


@pytest.mark.parametrize(
    "texto",
    [
        "",
        " ",
        ".",
        "+",
        "1,50",
        "1.234,50",
        "1 000",
        "1e2",
        "1E+2",
        "NaN",
        "sNaN",
        "Infinity",
        "-INF",
        "0x10",
        "１２",
        "1_000",
        "1.005",
        "100000000.01",
        "-0.01",
        "R$ 1",
        "1" * 65,
        "\u00a01",
    ],
)
def test_anything_else_is_refused(texto: str) -> None:
    with pytest.raises(ValorInvalidoError):
        parse_valor(texto)


def test_an_item_of_4_01_has_eight_digits_counted_as_the_schema_counts_them() -> None:
    assert parse_valor("999999.99", digitos=8) == Decimal("999999.99")
    assert parse_valor("1000000.00", digitos=8) == Decimal(1000000)
    with pytest.raises(ValorInvalidoError, match="mais de 8 dígitos"):
        parse_valor("1000000.01", digitos=8)


def test_a_quantity_keeps_its_places() -> None:
    assert str(parse_decimal("1.5000", digitos=9, casas=4)) == "1.5000"
    with pytest.raises(ValorInvalidoError, match="mais de 4 casas"):
        parse_decimal("1.50001", digitos=9, casas=4)


def test_half_a_cent_goes_up_and_its_opposite_down() -> None:
    assert em_centavos(Decimal("2.675")) == Decimal("2.68")
    assert em_centavos(Decimal("2.665")) == Decimal("2.67")
    assert em_centavos(Decimal("-2.675")) == Decimal("-2.68")
    assert str(em_centavos(Decimal("-0.001"))) == "0.00"


@pytest.mark.parametrize("valor", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+40"])
def test_no_amount_is_not_a_number_or_endless(valor: str) -> None:
    for conta in (em_centavos, produto, texto_do_valor):
        with pytest.raises(ValorInvalidoError):
            conta(Decimal(valor))
    with pytest.raises(ValorInvalidoError):
        soma([Decimal("1.00"), Decimal(valor)])


def test_a_sum_rounds_once_and_of_nothing_is_zero() -> None:
    assert str(soma([])) == "0.00"
    assert soma([Decimal("0.005"), Decimal("0.005")]) == Decimal("0.01")


def test_an_item_is_quantity_times_price_times_factor_rounded_once() -> None:
    assert produto(Decimal(3), Decimal("33.33"), Decimal("0.50")) == Decimal("50.00")
    assert produto(Decimal("1.3333"), Decimal("0.10"), Decimal("1.00")) == Decimal("0.13")


def test_the_callers_decimal_context_does_not_matter() -> None:
    with localcontext() as contexto:
        contexto.prec = 3
        assert soma([Decimal("12345.67"), Decimal("0.01")]) == Decimal("12345.68")
        assert parse_valor("12345678.90") == Decimal("12345678.90")
        assert produto(Decimal(999), Decimal("9999.99")) == Decimal("9989990.01")


def test_an_amount_is_written_without_exponent_or_separators() -> None:
    assert texto_do_valor(Decimal("1E+3")) == "1000.00"
    assert texto_do_valor(Decimal("0E-10")) == "0.00"
    assert texto_do_valor(Decimal("1234567.8")) == "1234567.80"
