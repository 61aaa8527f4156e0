"""Whatever is asked of the generator of load files, what it gives is loadable, repeatable and told beforehand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from conecta_tiss.vocabulary.identifiers import is_valid_cnpj, is_valid_cns, is_valid_cpf
from local.gerador_cadastro import COLUNAS, OBRIGATORIAS, TIPOS, TIPOS_COM_DEFEITOS, Formato, Pedido, esperados, gerar
from local.gerador_cadastro.identificadores import (
    Permutacao,
    cnpj,
    cns_definitivo,
    cns_provisorio,
    cpf,
    luhn,
)

DIGITS = "0123456789"
FORMATOS = st.builds(
    Formato, separador=st.sampled_from(";,"), bom=st.booleans(), nova_linha=st.sampled_from(("\n", "\r\n"))
)
PEDIDOS = st.builds(
    Pedido,
    st.sampled_from(("345695", "331988", "000001", "999999")),
    vidas=st.integers(20, 150),
    prestadores=st.integers(2, 60),
    semente=st.integers(0, 2**40),
    hoje=st.dates(date(2025, 2, 1), date(2040, 12, 31)),
    procedimentos=st.integers(0, 30),
    formato=FORMATOS,
)


@given(pedido=PEDIDOS)
def test_any_file_of_any_request_is_strict_csv_with_its_columns_and_no_gap(pedido: Pedido) -> None:
    for arquivo in gerar(pedido):
        lines = list(arquivo.linhas)
        text = b"".join(lines).decode("utf-8-sig")
        read = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=pedido.formato.separador, strict=True))

        assert len(read) == len(lines) - 1  # a row never has a line break inside
        for row in read:
            assert tuple(row) == COLUNAS[arquivo.tipo]
            assert all(row[column] for column in OBRIGATORIAS[arquivo.tipo])
            assert all(cell.isprintable() and cell[:1] not in {"=", "+", "-", "@"} for cell in row.values())


@given(pedido=PEDIDOS)
def test_any_life_has_right_documents_a_number_of_its_own_and_dates_in_order(pedido: Pedido) -> None:
    (arquivo,) = gerar(replace(pedido, tipos=("beneficiarios",), formato=Formato()))
    rows = list(csv.DictReader(io.StringIO(b"".join(arquivo.linhas).decode(), newline=""), delimiter=";"))

    assert len(rows) == pedido.vidas
    numbers = [row[name] for row in rows for name in ("numero_carteira", "carteira_anterior") if row[name]]
    assert len(set(numbers)) == len(numbers)
    assert {row["carteira_titular"] for row in rows} - {""} <= {row["numero_carteira"] for row in rows}
    for row in rows:
        assert not row["cpf"] or is_valid_cpf(row["cpf"])
        assert not row["cns"] or is_valid_cns(row["cns"])
        assert row["data_nascimento"] <= row["data_inclusao"] <= pedido.hoje.isoformat()
        assert row["data_inclusao"] <= (row["data_exclusao"] or "9999")
        assert row["data_inclusao"] <= (row["cpt_ate"] or "9999")
        assert row["suspenso_de"] <= (row["suspenso_ate"] or "9999")


@given(pedido=PEDIDOS)
def test_any_prestador_has_right_documents_and_codes_of_its_own(pedido: Pedido) -> None:
    (arquivo,) = gerar(replace(pedido, tipos=("prestadores",), formato=Formato()))
    rows = list(csv.DictReader(io.StringIO(b"".join(arquivo.linhas).decode(), newline=""), delimiter=";"))

    assert len(rows) == pedido.prestadores
    for column in ("prestador", "codigo_na_operadora"):
        assert len({row[column] for row in rows}) == len(rows)
    for row in rows:
        assert (is_valid_cpf if len(row["prestador"]) == 11 else is_valid_cnpj)(row["prestador"])


@given(pedido=PEDIDOS, tipo=st.sampled_from(TIPOS))
def test_asking_again_or_for_one_kind_alone_gives_the_same_bytes(pedido: Pedido, tipo: str) -> None:
    whole = {arquivo.tipo: b"".join(arquivo.linhas) for arquivo in gerar(pedido)}
    (alone,) = gerar(replace(pedido, tipos=(tipo,)))

    assert b"".join(alone.linhas) == whole[tipo]


@given(pedido=PEDIDOS, tipo=st.sampled_from(TIPOS_COM_DEFEITOS), defeitos=st.integers(1, 200))
def test_without_the_lines_told_beforehand_a_file_with_defects_is_the_correct_one(
    pedido: Pedido, tipo: str, defeitos: int
) -> None:
    clean = replace(pedido, tipos=(tipo,))
    planted = replace(clean, defeitos=defeitos, defeitos_em=tipo)
    refused = {each.linha for each in esperados(planted)}
    (correct,), (wrong,) = gerar(clean), gerar(planted)

    assert len(refused) == defeitos
    kept = [line for number, line in enumerate(wrong.linhas, 1) if number not in refused]
    assert kept == list(correct.linhas)


@given(chave=st.text(max_size=20), digitos=st.integers(2, 4))
def test_a_permutation_gives_every_number_once(chave: str, digitos: int) -> None:
    permutation = Permutacao(chave, digitos)
    given_out = [permutation(position) for position in range(10**digitos)]

    assert sorted(given_out) == [f"{number:0{digitos}d}" for number in range(10**digitos)]


@given(base=st.text(DIGITS, min_size=9, max_size=9).filter(lambda base: len(set(base)) > 1))
def test_any_nine_digits_make_a_cpf(base: str) -> None:
    assert is_valid_cpf(cpf(base))


@given(base=st.text(DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12).filter(lambda b: len(set(b)) > 1))
def test_any_twelve_digits_or_letters_make_a_cnpj(base: str) -> None:
    assert is_valid_cnpj(cnpj(base))


@given(first=st.sampled_from("12"), rest=st.text(DIGITS, min_size=10, max_size=10))
def test_any_ten_digits_make_a_definitive_cns(first: str, rest: str) -> None:
    assert is_valid_cns(cns_definitivo(first + rest))


@given(first=st.sampled_from("789"), rest=st.text(DIGITS, min_size=12, max_size=12))
def test_any_twelve_digits_make_a_provisional_cns(first: str, rest: str) -> None:
    assert is_valid_cns(cns_provisorio(first + rest))


@given(number=st.text(DIGITS, min_size=16, max_size=16), place=st.integers(0, 15), other=st.sampled_from(DIGITS))
def test_a_carteira_with_one_digit_changed_has_another_check_digit(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]

    assert (luhn(number)[-1] == luhn(changed)[-1]) == (number == changed)
