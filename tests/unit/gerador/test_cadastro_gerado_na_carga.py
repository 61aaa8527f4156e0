"""The load's own reader takes every generated row and refuses every planted defect, where and as it was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadastro.domain import carga_tipos
from conecta_cargas.cells import CelulaError
from conecta_cargas.reading import Parte, abrir, examinar, numeradas, repetidas
from local.gerador_cadastro import (
    COLUNAS,
    OBRIGATORIAS,
    TIPOS,
    TIPOS_COM_DEFEITOS,
    Formato,
    Pedido,
    esperados,
    gerar,
)

Achado = tuple[int, str, str]
PEDIDO = Pedido("345695", vidas=2000, prestadores=60, procedimentos=60)
REPETIDA = "chave-repetida"
"""The code the load gives a line whose key an earlier line has."""


def judged(pedido: Pedido) -> tuple[int, list[Achado]]:
    """How many rows the only file of a request has, and all that the load says against them: line, column, code."""
    (arquivo,) = gerar(pedido)
    raw = b"".join(arquivo.linhas)

    def ler(inicio: int, fim: int) -> bytes:
        return raw[inicio:fim]

    planilha = abrir(carga_tipos.TIPOS[arquivo.tipo], pedido.registro_ans, raw)
    exame = examinar(ler, planilha, len(raw), [(0, len(raw))])
    again = dict(repetidas(ler, planilha, len(raw), exame.candidatas))
    found: list[Achado] = []
    for linha, posicao, bruta in numeradas(ler, Parte(0, 0, len(raw)), len(raw)):
        try:
            achados = [(coluna, codigo) for coluna, codigo, _ in planilha.valores(planilha.celulas(bruta))[1]]
        except CelulaError as error:
            achados = [("", error.codigo)]
        if not achados and posicao in again:
            achados = [(again[posicao], REPETIDA)]
        found += [(linha, *achado) for achado in achados]
    return exame.linhas, found


def test_the_generator_and_the_load_know_the_same_files_and_columns() -> None:
    for tipo, known in carga_tipos.TIPOS.items():
        assert set(COLUNAS[tipo]) == {coluna.nome for coluna in known.colunas}
        assert set(OBRIGATORIAS[tipo]) == {coluna.nome for coluna in known.colunas if coluna.obrigatoria}
    assert set(TIPOS) == set(carga_tipos.TIPOS)


@pytest.mark.parametrize("registro", ["345695", "331988", "999999"])
@pytest.mark.parametrize("tipo", TIPOS)
def test_every_generated_row_loads(tipo: str, registro: str) -> None:
    rows, found = judged(replace(PEDIDO, registro_ans=registro, tipos=(tipo,), sandbox=True))

    assert rows > 0
    assert found == []


@pytest.mark.parametrize("tipo", TIPOS_COM_DEFEITOS)
@pytest.mark.parametrize("formato", [Formato(), Formato(separador=",", bom=True, nova_linha="\r\n")])
def test_every_planted_defect_is_refused_as_it_was_told_and_nothing_else(tipo: str, formato: Formato) -> None:
    pedido = replace(PEDIDO, tipos=(tipo,), defeitos=50, defeitos_em=tipo, formato=formato)

    _, found = judged(pedido)

    assert found == [(each.linha, each.coluna, each.codigo) for each in esperados(pedido)]
