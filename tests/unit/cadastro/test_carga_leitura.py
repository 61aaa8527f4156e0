"""A file's header, lines and parts."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas.reading import (
    LIMITE_DA_LINHA,
    MAXIMO_DE_PARTES,
    TAMANHO_DA_PARTE,
    ArquivoError,
    abrir,
    cortar,
    linhas,
    reabrir,
)
from conecta_cargas.states import Contagem, SituacaoCarga
from tests.builders_functions import VALE
from tests.fakes_cargas import CONCLUIDA, Casa, csv, exemplo, vida

CONTATOS = TIPOS["contatos"]
HEADER = "codigo;regiao;canal;valor;descricao;horario"
LINE = "a1;Norte;TELEFONE;0800;;"


def loaded(*lines: str | bytes, header: str | bytes = HEADER) -> tuple[Casa, list[list[str]], Contagem]:
    """A file of contatos loaded: the house, the report (line, column, code) and the counts."""
    raw = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in (header, *lines))
    casa = Casa()
    carga = casa.carregar("contatos", raw)
    return casa, [line[:3] for line in casa.relatorio(carga)], carga.contagem


def refused(raw: bytes, tipo: str = "contatos") -> set[tuple[str, str]]:
    """(column, code) of why the whole file is refused."""
    casa = Casa()
    carga = casa.carregar(tipo, raw)
    assert carga.situacao is SituacaoCarga.RECUSADA
    assert carga.contagem == Contagem()
    assert casa.registros.rows == {}
    assert [evento for evento, *_ in casa.cargas.events] == ["CargaConcluida"]
    assert len(casa.relatorio(carga)) == len(carga.recusas)
    return {(recusa.coluna, recusa.codigo) for recusa in carga.recusas}


@pytest.mark.parametrize(
    ("header", "line"),
    [
        (HEADER, LINE),
        ("\ufeff" + HEADER, LINE),
        (HEADER.replace(";", ","), LINE.replace(";", ",")),
        (HEADER.upper(), LINE),
        (" codigo ; regiao;canal;valor;descricao;horario\r", LINE + "\r"),
        ('"codigo";"regiao";canal;valor;descricao;horario', '"a1";"Norte";TELEFONE;0800;"";'),
        ("valor;canal;regiao;codigo", "0800;TELEFONE;Norte;a1"),
    ],
)
def test_a_file_may_come_as_spreadsheets_write_them(header: str, line: str) -> None:
    casa, report, counts = loaded(line, header=header)
    assert (report, counts) == ([], Contagem(1, 1, 0, 0))
    ((_key, row),) = casa.registros.rows.items()
    assert row["dados"] == {"codigo": "a1", "regiao": "Norte", "canal": "TELEFONE", "valor": "0800"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", {("", "arquivo-vazio")}),
        (b"\xef\xbb\xbf", {("", "arquivo-vazio")}),
        (b"\n" + LINE.encode(), {("", "arquivo-vazio")}),
        (HEADER.encode(), {("", "arquivo-vazio")}),
        (HEADER.encode() + b"\n \r\n\n", {("", "arquivo-vazio")}),
        (f"{HEADER}\n{LINE}".encode("utf-16"), {("", "codificacao")}),
        (f"{HEADER}\n{LINE}".encode("utf-16-le"), {("", "codificacao")}),
        (f"região;{HEADER}\n{LINE}".encode("latin-1"), {("", "codificacao")}),
        (f'"{HEADER}\n{LINE}'.encode(), {("", "aspas")}),
        (f"{HEADER};extra;outra\n{LINE};;".encode(), {("", "coluna-desconhecida")}),
        (f"{HEADER};canal\n{LINE};TELEFONE".encode(), {("canal", "coluna-repetida")}),
        (b"codigo;descricao\na;b", {("regiao", "coluna-ausente"), ("canal", "coluna-ausente"),
                                    ("valor", "coluna-ausente")}),
        (LINE.encode(), {("", "coluna-desconhecida"), *((name, "coluna-ausente")
                                                        for name in ("codigo", "regiao", "canal", "valor"))}),
        (b";" * (LIMITE_DA_LINHA + 1), {("", "linha-longa")}),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_as_a_whole_is_refused_with_every_reason(
    raw: bytes, expected: set[tuple[str, str]]
) -> None:
    assert refused(raw) == expected


def test_a_column_that_is_not_ours_is_told_by_its_place_and_never_by_its_name() -> None:
    with pytest.raises(ArquivoError) as told:
        abrir(CONTATOS, VALE, f"{HEADER};52998224725".encode())
    (recusa,) = told.value.recusas
    assert "52998224725" not in recusa.motivo
    assert " 7." in recusa.motivo


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"a2;Norte;TELEFONE;\xe9;;", ("", "codificacao")),
        (b"a2;Norte;TELEFONE;\xed\xa0\x80;;", ("", "codificacao")),
        (b"a2;Norte;TELEFONE;0\x00;;", ("", "caractere-de-controle")),
        ("a2;Norte;TELEFONE;0\u202e1;;", ("", "caractere-de-controle")),
        ("a2;Nor\tte;TELEFONE;0;;", ("", "caractere-de-controle")),
        ("a2;Nor\rte;TELEFONE;0;;", ("", "caractere-de-controle")),
        ("a2;Norte;TELEFONE;0;", ("", "celulas")),
        ("a2;Norte;TELEFONE;0;;;", ("", "celulas")),
        ('a2;"Norte;TELEFONE;0;;', ("", "aspas")),
        ('a2;"Nor"te;TELEFONE;0;;', ("", "aspas")),
        ("a2;" + "N" * LIMITE_DA_LINHA + ";TELEFONE;0;;", ("", "linha-longa")),
        (";;;;;", ("codigo", "obrigatoria")),
    ],
)
def test_a_line_that_is_wrong_as_a_whole_is_one_refused_row(line: str | bytes, expected: tuple[str, str]) -> None:
    _casa, report, counts = loaded(LINE, line, "a3;Norte;TELEFONE;0800;;")
    assert report[0] == ["3", *expected]
    assert counts == Contagem(3, 2, 0, 1)


def test_quotes_hold_separators_and_quotes() -> None:
    casa, report, _counts = loaded('a1;"Norte; Sul e ""Leste""";TELEFONE;0800;aspas " soltas;')
    assert report == []
    ((_key, row),) = casa.registros.rows.items()
    assert row["dados"]["regiao"] == 'Norte; Sul e "Leste"'
    assert row["dados"]["descricao"] == 'aspas " soltas'


def test_blank_lines_are_no_rows_but_count_as_lines() -> None:
    _casa, report, counts = loaded("", LINE, "  \r", "\t", "a2;;TELEFONE;0;;", "")
    assert report == [["6", "regiao", "obrigatoria"]]
    assert counts == Contagem(2, 1, 0, 1)


def test_a_line_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    row = {**exemplo("pacotes"), "itens": ""}
    fits = LIMITE_DA_LINHA - len(";".join(row.values()).encode())
    casa = Casa()
    carga = casa.carregar("pacotes", csv("pacotes", {"itens": " " * fits}, {"itens": " " * (fits + 1)}))
    assert [line[:3] for line in casa.relatorio(carga)] == [["3", "", "linha-longa"]]


@pytest.mark.parametrize("passo", [1, 7, 60, 100_000])
def test_a_line_longer_than_the_limit_is_passed_over_by_every_part(passo: int) -> None:
    raw = b"h\n" + b"x" * 200 + b"\n" + b"y" * (LIMITE_DA_LINHA * 2) + b"\nz"
    found = []
    for inicio, fim in [(n, min(n + passo, len(raw))) for n in range(0, len(raw), passo)]:
        found += list(linhas(lambda a, b: raw[a:b], inicio, fim, len(raw)))
    assert [(position, len(line) if len(line) <= LIMITE_DA_LINHA else "long") for position, line in found] == [
        (0, 1), (2, 200), (203, "long"), (len(raw) - 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tamanho", "partes"),
    [
        (0, 0), (1, 1), (TAMANHO_DA_PARTE, 1), (TAMANHO_DA_PARTE + 1, 2),
        (TAMANHO_DA_PARTE * MAXIMO_DE_PARTES, MAXIMO_DE_PARTES),
        (TAMANHO_DA_PARTE * MAXIMO_DE_PARTES * 3 + 7, MAXIMO_DE_PARTES),
    ],
)  # fmt: skip
def test_parts_cover_the_file_and_are_never_more_than_a_thousand(tamanho: int, partes: int) -> None:
    ranges = cortar(tamanho)
    assert len(ranges) == partes
    assert all(fim == following[0] for (_, fim), following in itertools.pairwise(ranges))
    assert sum(fim - inicio for inicio, fim in ranges) == tamanho


def test_a_header_that_was_found_right_is_opened_again_as_it_was() -> None:
    first = abrir(CONTATOS, VALE, ("\ufeff" + HEADER.upper().replace(";", " , ") + "\r\nx").encode())
    again = reabrir(CONTATOS, VALE, first.cabecalho)
    line = LINE.replace(";", ",").encode()
    assert first.valores(first.celulas(line)) == again.valores(again.celulas(line))


def test_a_file_too_large_for_us_is_refused_before_it_is_read() -> None:
    casa = Casa()
    carga = casa.chegar("planos", csv("planos", {}))
    huge = replace(carga, objeto=replace(carga.objeto, tamanho=2 * 1024**3))
    casa.cargas.rows[VALE, carga.id] = huge
    assert [recusa.codigo for recusa in casa.executar(huge).recusas] == ["arquivo-grande"]


def test_lines_are_numbered_over_all_parts() -> None:
    rows = [vida(n, nome="" if n in {3, 40, 77} else "Nome") for n in range(80)]
    casa = Casa()
    carga = casa.carregar("beneficiarios", csv("beneficiarios", *rows), passo=333, ordem=lambda p: p[::-1])
    assert [line[0] for line in casa.relatorio(carga)] == ["5", "42", "79"]
    assert Casa().carregar("beneficiarios", csv("beneficiarios", *rows)).recusas == carga.recusas
    assert carga.situacao is not CONCLUIDA
