"""Identifiers: examples, one reason per refusal, and nothing echoed."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from conecta_tiss.errors import IdentificadorInvalidoError, MotivoInvalido
from conecta_tiss.vocabulary import identifiers as ident

if TYPE_CHECKING:
    from collections.abc import Callable

VALIDOS = [
    (ident.parse_cpf, "12345678909"),
    (ident.parse_cpf, "11144477735"),
    (ident.parse_cnpj, "11222333000181"),
    (ident.parse_cnpj, "33592510000154"),
    (ident.parse_cnpj, "12ABC34501DE35"),
    (ident.parse_cns, "100000000060018"),
    (ident.parse_cns, "700000000000005"),
    (ident.parse_cnes, "9999999"),
    (ident.parse_registro_ans, "345695"),
    (ident.parse_numero_carteira, "0123-45 6/7A"),
    (ident.parse_senha, "Z" * 20),
    (ident.parse_numero_guia, "1"),
    (ident.parse_numero_lote, "000000000001"),
    (ident.parse_numero_lote, "0"),
    (ident.parse_numero_protocolo, "251110000001"),
]

M = MotivoInvalido
INVALIDOS = [
    (ident.parse_cpf, "", M.AUSENTE),
    (ident.parse_cpf, "1234567890", M.TAMANHO),
    (ident.parse_cpf, "123.456.789-09", M.TAMANHO),
    (ident.parse_cpf, "1234567890X", M.CARACTERES),
    (ident.parse_cpf, "12345678900", M.DIGITO_VERIFICADOR),
    (ident.parse_cpf, "00000000000", M.REPETIDO),
    (ident.parse_cpf, "99999999999", M.REPETIDO),
    (ident.parse_cpf, "１２３４５６７８９０９", M.CARACTERES),
    (ident.parse_cnpj, "11222333000182", M.DIGITO_VERIFICADOR),
    (ident.parse_cnpj, "00000000000000", M.REPETIDO),
    (ident.parse_cnpj, "12abc34501de35", M.CARACTERES),
    (ident.parse_cnpj, "12ABC34501DEA5", M.CARACTERES),
    (ident.parse_cnpj, "12ABC34501DE53", M.DIGITO_VERIFICADOR),
    (ident.parse_cnpj, "1122233300018", M.TAMANHO),
    (ident.parse_cns, "300000000000005", M.CARACTERES),
    (ident.parse_cns, "700000000000006", M.DIGITO_VERIFICADOR),
    (ident.parse_cns, "100000000060028", M.DIGITO_VERIFICADOR),
    (ident.parse_cnes, "999999", M.TAMANHO),
    (ident.parse_cnes, "٣٣٣٣٣٣٣", M.CARACTERES),
    (ident.parse_registro_ans, "34569-", M.CARACTERES),
    (ident.parse_registro_ans, "3456950", M.TAMANHO),
    (ident.parse_numero_carteira, "", M.AUSENTE),
    (ident.parse_numero_carteira, "   ", M.CARACTERES),
    (ident.parse_numero_carteira, " 123", M.CARACTERES),
    (ident.parse_numero_carteira, "123\n", M.CARACTERES),
    (ident.parse_numero_carteira, "12\x003", M.CARACTERES),
    (ident.parse_numero_carteira, "１２３", M.CARACTERES),
    (ident.parse_numero_carteira, "1" * 21, M.TAMANHO),
    (ident.parse_senha, "á", M.CARACTERES),
    (ident.parse_numero_guia, "2" * 21, M.TAMANHO),
    (ident.parse_numero_lote, "1234567890123", M.TAMANHO),
    (ident.parse_numero_lote, "L1", M.CARACTERES),
    (ident.parse_numero_lote, "1\n", M.CARACTERES),
    (ident.parse_numero_protocolo, "012", M.CARACTERES),
    (ident.parse_numero_protocolo, "0", M.CARACTERES),
    (ident.parse_numero_protocolo, "1234567890123", M.TAMANHO),
    (ident.parse_numero_protocolo, "+12", M.CARACTERES),
]


@pytest.mark.parametrize(("parse", "texto"), VALIDOS)
def test_a_good_value_comes_back_as_it_was(parse: Callable[[str], str], texto: str) -> None:
    assert parse(texto) == texto
    assert getattr(ident, parse.__name__.replace("parse_", "is_valid_"))(texto) is True


@pytest.mark.parametrize(("parse", "texto", "motivo"), INVALIDOS)
def test_a_bad_value_is_refused_with_its_reason_and_never_echoed(
    parse: Callable[[str], str], texto: str, motivo: MotivoInvalido
) -> None:
    with pytest.raises(IdentificadorInvalidoError) as recusa:
        parse(texto)
    assert recusa.value.motivo is motivo
    assert getattr(ident, parse.__name__.replace("parse_", "is_valid_"))(texto) is False
    if len(texto) > 2:
        assert texto not in "".join(traceback.format_exception_only(recusa.value))


def test_the_error_says_in_portuguese_what_it_should_have_been() -> None:
    with pytest.raises(IdentificadorInvalidoError, match=r"^CPF com dígito verificador inválido$"):
        ident.parse_cpf("12345678900")
    with pytest.raises(IdentificadorInvalidoError, match=r"^número da carteira não informado$"):
        ident.parse_numero_carteira("")


def test_what_a_person_types_is_normalised_first() -> None:
    assert ident.parse_cpf(ident.normalize(" 123.456.789-09 ")) == "12345678909"
    assert ident.parse_cnpj(ident.normalize("12.abc.345/01de-35")) == "12ABC34501DE35"
    assert not ident.is_valid_cpf(ident.normalize("１２３.456.789-09"))


def test_only_a_cnpj_with_letters_needs_4_03() -> None:
    assert ident.is_alphanumeric(ident.parse_cnpj("12ABC34501DE35"))
    assert not ident.is_alphanumeric(ident.parse_cnpj("11222333000181"))
