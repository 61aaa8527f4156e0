"""Properties of identifiers and amounts, over generated values."""

from __future__ import annotations

import string
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from conecta_tiss.errors import IdentificadorInvalidoError, ValorInvalidoError
from conecta_tiss.versions import Versao, schema_dir
from conecta_tiss.vocabulary import identifiers as ident
from conecta_tiss.vocabulary.amounts import em_centavos, parse_decimal, parse_valor, produto, soma, texto_do_valor

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def esquema_do_tipo(tipo: str) -> etree.XMLSchema:
    """A schema of one element, of a simple type as ANS's file declares it."""
    xs = "{http://www.w3.org/2001/XMLSchema}"
    arquivo = schema_dir(Versao.V4_01_00) / "tissSimpleTypesV4_01_00.xsd"
    declarado = next(no for no in etree.parse(arquivo).getroot() if no.get("name") == tipo)
    raiz = etree.Element(
        f"{xs}schema",
        nsmap={None: "http://www.w3.org/2001/XMLSchema", "t": "urn:t"},
        targetNamespace="urn:t",
    )
    raiz.append(declarado)
    etree.SubElement(raiz, f"{xs}element", name="valor", type=f"t:{tipo}")
    return etree.XMLSchema(raiz)


PARSES = [getattr(ident, nome) for nome in sorted(vars(ident)) if nome.startswith("parse_")]

centavos = st.integers(min_value=0, max_value=9_999_999_999).map(lambda inteiro: Decimal(inteiro) / 100)


def digitos(quantos: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=quantos, max_size=quantos)


def completa(parse: Callable[[str], str], base: str) -> list[str]:
    """Every two-digit ending that makes a base a valid CPF or CNPJ."""
    validos = []
    for fim in range(100):
        try:
            validos.append(parse(f"{base}{fim:02}"))
        except IdentificadorInvalidoError:
            continue
    return validos


@given(digitos(9).filter(lambda base: len(set(base)) > 1))
def test_a_cpf_base_has_exactly_one_pair_of_check_digits(base: str) -> None:
    assert len(completa(ident.parse_cpf, base)) == 1


@given(
    st.text(string.digits + string.ascii_uppercase, min_size=12, max_size=12).filter(lambda base: len(set(base)) > 1)
)
def test_a_cnpj_base_has_exactly_one_pair_of_check_digits(base: str) -> None:
    assert len(completa(ident.parse_cnpj, base)) == 1


@given(digitos(9).filter(lambda base: len(set(base)) > 1), st.integers(0, 10), st.integers(1, 9))
def test_one_mistyped_digit_of_a_cpf_is_noticed(base: str, posicao: int, desvio: int) -> None:
    (cpf,) = completa(ident.parse_cpf, base)
    trocado = str((int(cpf[posicao]) + desvio) % 10)
    errado = f"{cpf[:posicao]}{trocado}{cpf[posicao + 1 :]}"
    # Modulo 11 writes both 10 and 11 as 0, so a base digit may change without its check digits changing
    # only if the remainder moves between those two: the second digit then still differs or the first does.
    if posicao >= 9:
        assert not ident.is_valid_cpf(errado)
    else:
        assert ident.is_valid_cpf(errado) == (completa(ident.parse_cpf, errado[:9]) == [errado])


@given(st.sampled_from("12"), digitos(10))
def test_a_definitive_cns_is_one_per_base_and_its_weighted_sum_is_a_multiple_of_11(primeiro: str, resto: str) -> None:
    base = primeiro + resto
    validos = [
        f"{base}{meio}{digito}"
        for meio in ("000", "001")
        for digito in string.digits
        if ident.is_valid_cns(f"{base}{meio}{digito}")
    ]
    assert len(validos) == 1
    soma_ponderada = sum(int(digito) * peso for digito, peso in zip(validos[0], range(15, 0, -1), strict=True))
    assert soma_ponderada % 11 == 0


@given(st.sampled_from("789"), digitos(13))
def test_a_provisional_cns_has_at_most_one_last_digit(primeiro: str, resto: str) -> None:
    assert sum(ident.is_valid_cns(primeiro + resto + digito) for digito in string.digits) <= 1


@pytest.mark.parametrize("parse", PARSES)
@given(texto=st.text(max_size=24))
def test_any_text_is_either_returned_unchanged_or_refused_without_being_echoed(
    parse: Callable[[str], str], texto: str
) -> None:
    try:
        assert parse(texto) == texto
    except IdentificadorInvalidoError as recusa:
        # Made of what and why alone, whatever the text was.
        assert str(recusa) == str(IdentificadorInvalidoError(recusa.tipo, recusa.motivo))  # noqa: PT017
    else:
        assert texto.isascii()
        assert texto == texto.strip()


@given(st.text(string.digits + ".-/ ", max_size=20))
def test_normalising_twice_is_normalising_once(texto: str) -> None:
    assert ident.normalize(ident.normalize(texto)) == ident.normalize(texto)


@given(centavos)
def test_an_amount_written_is_read_back(valor: Decimal) -> None:
    assert parse_valor(texto_do_valor(valor)) == valor


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_rounding_to_cents_is_half_up_and_stays_so(valor: Decimal) -> None:
    assert em_centavos(valor) == valor.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert em_centavos(em_centavos(valor)) == em_centavos(valor)
    assert em_centavos(valor).as_tuple().exponent == -2


@given(st.lists(centavos, max_size=120))
def test_a_sum_does_not_depend_on_the_order_and_equals_the_cents(valores: list[Decimal]) -> None:
    assert soma(valores) == soma(reversed(valores))
    assert int(soma(valores) * 100) == sum(int(valor * 100) for valor in valores)


@given(st.integers(1, 999), centavos.filter(lambda valor: valor <= 999_999), st.integers(0, 999))
def test_a_product_is_exact_before_its_only_rounding(quantidade: int, valor: Decimal, fator: int) -> None:
    em_decimos_de_milesimo = quantidade * int(valor * 100) * fator
    esperado = (em_decimos_de_milesimo + 50) // 100
    assert produto(Decimal(quantidade), valor, Decimal(fator) / 100) == Decimal(esperado) / 100


@pytest.mark.parametrize(
    ("tipo", "digitos_", "casas"), [("st_decimal8-2", 8, 2), ("st_decimal10-2", 10, 2), ("st_decimal9-4", 9, 4)]
)
@given(texto=st.text("0123456789.+- \n", max_size=16))
@example("00000000000.500000")
@example("10000000.00")
def test_a_decimal_is_read_exactly_when_the_schema_accepts_it(tipo: str, digitos_: int, casas: int, texto: str) -> None:
    valor = etree.Element("{urn:t}valor")
    valor.text = texto
    try:
        parse_decimal(texto, digitos=digitos_, casas=casas)
    except ValorInvalidoError:
        lido = False
    else:
        lido = True
    assert lido == esquema_do_tipo(tipo).validate(valor)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_in_cents_or_refused(texto: str) -> None:
    try:
        valor = parse_valor(texto)
    except ValorInvalidoError:
        return
    assert valor.is_finite()
    assert 0 <= valor <= Decimal("9999999999.99")
    assert valor.as_tuple().exponent == -2
