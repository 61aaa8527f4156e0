"""Planted defects are extra lines, each with exactly the error its name says, where the expected report points."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace

import pytest

from conecta_tiss.vocabulary.identifiers import is_valid_cnpj, is_valid_cns, is_valid_cpf
from local.gerador_cadastro import (
    COLUNAS,
    DEFEITOS,
    OBRIGATORIAS,
    TIPOS_COM_DEFEITOS,
    Defeito,
    Esperado,
    Formato,
    Pedido,
    esperados,
    gerar,
)
from local.gerador_cadastro.defeitos import dos

VALE = "345695"
SEVERAL = 63


def asked(tipo: str, defeitos: int = SEVERAL) -> Pedido:
    return Pedido(VALE, vidas=300, prestadores=30, procedimentos=10, tipos=(tipo,), defeitos=defeitos, defeitos_em=tipo)


def lines(pedido: Pedido) -> list[bytes]:
    (arquivo,) = gerar(pedido)
    return list(arquivo.linhas)


def planted(tipo: str, defeito: str) -> tuple[bytes, bytes, Esperado]:
    """A line with the defect, the line before it, and what is expected of it."""
    pedido = asked(tipo)
    found = next(each for each in esperados(pedido) if each.defeito == defeito)
    written = lines(pedido)
    return written[found.linha - 1].removesuffix(b"\n"), written[found.linha - 2].removesuffix(b"\n"), found


def cells(line: bytes) -> dict[str, str]:
    """The cells of a defective line of beneficiarios; only for defects that leave the line readable."""
    (read,) = csv.reader([line.decode()], delimiter=";", strict=True)
    return dict(zip(COLUNAS["beneficiarios"], read, strict=True))


@pytest.mark.parametrize("tipo", TIPOS_COM_DEFEITOS)
@pytest.mark.parametrize("formato", [Formato(), Formato(separador=",", bom=True, nova_linha="\r\n")])
def test_without_the_expected_lines_the_file_is_the_correct_one(tipo: str, formato: Formato) -> None:
    pedido = replace(asked(tipo), formato=formato)
    refused = {each.linha for each in esperados(pedido)}

    assert len(refused) == SEVERAL
    kept = [line for number, line in enumerate(lines(pedido), 1) if number not in refused]
    assert kept == lines(replace(pedido, defeitos=0))


@pytest.mark.parametrize("tipo", TIPOS_COM_DEFEITOS)
def test_every_defect_of_a_kind_is_planted_in_turn_and_spread(tipo: str) -> None:
    pedido = asked(tipo)
    expected = esperados(pedido)
    counted = Counter(each.defeito for each in expected)

    assert set(counted) == {defeito.nome for defeito in dos(tipo)}
    assert max(counted.values()) - min(counted.values()) <= 1
    assert [each.linha for each in expected] == sorted(each.linha for each in expected)
    total = len(lines(pedido))
    assert expected[0].linha < total / 10
    assert expected[-1].linha > total * 9 / 10
    for each in expected:
        assert (each.coluna, each.codigo) == (DEFEITOS[each.defeito].coluna[tipo], DEFEITOS[each.defeito].codigo)
        assert not each.coluna or each.coluna in COLUNAS[tipo]


def test_one_defect_has_a_place_too_and_many_more_than_the_rows_fit() -> None:
    for quantos in (1, 5000):
        pedido = replace(asked("prestadores", quantos), prestadores=2)
        assert len(esperados(pedido)) == quantos
        assert len(lines(pedido)) == 1 + 2 + quantos


def test_a_file_that_was_not_asked_to_have_defects_has_none() -> None:
    pedido = Pedido(VALE, vidas=50, tipos=("beneficiarios", "prestadores"), defeitos=4, defeitos_em="prestadores")
    clean = replace(pedido, defeitos=0)

    assert esperados(clean) == ()
    written = [{each.tipo: b"".join(each.linhas) for each in gerar(request)} for request in (pedido, clean)]
    assert written[0]["beneficiarios"] == written[1]["beneficiarios"]
    assert written[0]["prestadores"] != written[1]["prestadores"]


def test_defects_are_not_asked_of_files_that_cannot_have_them() -> None:
    with pytest.raises(ValueError, match="defeitos só cabem"):
        Pedido(VALE, defeitos=1, defeitos_em="calendario")
    with pytest.raises(ValueError, match="não está entre os tipos"):
        Pedido(VALE, defeitos=1, tipos=("planos",))


@pytest.mark.parametrize(
    ("defeito", "coluna"),
    [
        (defeito, defeito.coluna["beneficiarios"])
        for defeito in dos("beneficiarios")
        if defeito.coluna["beneficiarios"] and not defeito.repete
    ],
    ids=lambda value: value.nome if isinstance(value, Defeito) else "",
)
def test_a_defective_life_has_a_carteira_of_its_own_and_its_one_error(defeito: Defeito, coluna: str) -> None:
    line, before, _ = planted("beneficiarios", defeito.nome)
    row = cells(line)

    assert row["numero_carteira"] not in before.decode()
    assert [name for name in OBRIGATORIAS["beneficiarios"] if not row[name]] == (
        [coluna] if defeito.codigo == "obrigatoria" else []
    )
    assert is_valid_cpf(row["cpf"] or "11122233396") == (defeito.nome != "cpf-digito")
    assert is_valid_cns(row["cns"] or "100000000010002") == (defeito.nome != "cns-digito")
    assert row["nome"].startswith("=") == (defeito.nome == "formula")
    assert (row["sexo"] in {"M", "F"}) == (defeito.nome != "opcao-desconhecida")


def test_defects_of_the_whole_line_are_what_they_say() -> None:
    separators = len(COLUNAS["beneficiarios"]) - 1
    with pytest.raises(UnicodeDecodeError):
        planted("beneficiarios", "nao-utf8")[0].decode()
    with pytest.raises(csv.Error):
        next(csv.reader([planted("beneficiarios", "aspas-abertas")[0].decode()], delimiter=";", strict=True))
    assert planted("beneficiarios", "celulas-demais")[0].count(b";") == separators + 1
    assert planted("beneficiarios", "celulas-de-menos")[0].count(b";") == separators - 1
    assert b"\x07" in planted("beneficiarios", "caractere-de-controle")[0]
    assert len(planted("beneficiarios", "linha-longa")[0]) > 64 * 1024
    line, before, _ = planted("beneficiarios", "chave-duplicada")
    assert line == before


def test_a_prestador_with_a_wrong_check_digit_is_planted_as_such() -> None:
    for tipo in ("prestadores", "contratos"):
        line, _, expected = planted(tipo, "cnpj-digito")
        assert not is_valid_cnpj(line.decode().split(";")[0])
        assert expected.coluna == "prestador"


def test_a_contract_that_breaks_invariant_6_is_planted_as_such() -> None:
    line, _, expected = planted("contratos", "prazos-diferentes")
    row = dict(zip(COLUNAS["contratos"], line.decode().split(";"), strict=True))

    assert row["prazo_contestacao_dias"] != row["prazo_resposta_dias"]
    assert expected.coluna == "prazo_resposta_dias"
