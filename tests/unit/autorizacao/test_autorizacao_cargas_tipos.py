"""A row of the file of legacy senhas: what is right, what is refused and why, and the authorization it becomes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autorizacao.domain.carga_tipos import SENHAS, TIPOS, ItemLegado, SenhaLegada
from autorizacao.service import legado
from conecta_cargas.reading import Planilha
from conecta_facts import codec
from conecta_senhas.autorizacoes import Evento, Origem, Papel, Situacao
from conecta_senhas.errors import PapelNaoPermitidoError
from conecta_senhas.solicitacoes import Tipo
from conecta_senhas.vencimentos import proximo
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from tests.builders_autorizacao import PRESTADOR, SISTEMA
from tests.builders_cadastro import HOJE
from tests.builders_functions import VALE

VIDA = "a" * 32
EXEMPLO = {coluna.nome: coluna.exemplo for coluna in TIPOS[SENHAS].colunas}


def read(**celulas: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Values and refusals (column, code) of the documented example, with these cells instead."""
    row = {**EXEMPLO, **celulas}
    sheet = Planilha(TIPOS[SENHAS], VALE, ";", list(row))
    dados, achados = sheet.valores([*row.values()])
    return dados, [(coluna, codigo) for coluna, codigo, _motivo in achados]


def legada(**celulas: str) -> SenhaLegada:
    dados, achados = read(**celulas)
    assert achados == []
    return codec.build(SenhaLegada, dados)


def made(senha: SenhaLegada) -> Any:
    return legado.senha(senha, SISTEMA, protocolo="261140000001", vida=VIDA, nome="b" * 32)


def test_the_documented_row_is_a_senha_with_its_balance() -> None:
    guardada = made(legada())
    held = guardada.autorizacao
    assert (guardada.vida, guardada.nome, guardada.complementos) == (VIDA, "b" * 32, ())
    assert (held.numero, held.senha, held.origem) == ("LEG20261015001", "LEG20261015001", Origem.LEGADO)
    assert (held.situacao, held.data_autorizacao, held.validade) == (
        Situacao.UTILIZADA, date(2026, 10, 15), date(2027, 1, 13),
    )  # fmt: skip
    (item,) = held.itens
    assert (item.solicitado.tabela, item.solicitado.codigo) == ("22", "20104545")
    assert (item.solicitado.quantidade, item.autorizada, item.faturada) == (10, 10, 4)
    (marco,) = held.historico
    assert (marco.evento, marco.papel, marco.quem) == (Evento.CARREGADA, Papel.SISTEMA, SISTEMA.quem)
    asked = held.solicitacao
    assert (asked.solicitante, asked.executa, asked.data_solicitacao) == (
        "12345678000195", "12345678000195", date(2026, 10, 15),
    )  # fmt: skip
    assert asked.carater is CaraterAtendimento.ELETIVA
    assert proximo(held, HOJE) == date(2026, 12, 29)


def test_a_stay_that_began_has_its_diarias_and_no_items() -> None:
    held = made(
        legada(
            tipo="INTERNACAO", itens="", diarias="5", admissao="2026-10-14", carater="2", solicitante="11222333000181"
        )
    ).autorizacao
    assert (held.tipo, held.situacao, held.diarias_autorizadas, held.admissao) == (
        Tipo.INTERNACAO, Situacao.AUTORIZADA, 5, date(2026, 10, 14),
    )  # fmt: skip
    assert (held.solicitacao.executa, held.solicitacao.urgencia) == ("11222333000181", True)
    assert proximo(held, HOJE) is None


def test_a_prorrogacao_names_the_stay_it_prolongs_and_stands_for_itself() -> None:
    held = made(legada(tipo="PRORROGACAO", diarias="2", guia_principal="LEG20261001001")).autorizacao
    assert (held.solicitacao.guia_principal, held.principal) == ("LEG20261001001", None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("22:20104545:10:4", {"tabela": "22", "codigo": "20104545", "autorizada": "10", "faturada": "4"}),
        ("20:90001:1.5:0.25", {"tabela": "20", "codigo": "90001", "autorizada": "1.5", "faturada": "0.25"}),
        ("22:81:1:0:11", {"tabela": "22", "codigo": "81", "autorizada": "1", "faturada": "0", "dente": "11"}),
        ("22:81:1:1:HASD", {"tabela": "22", "codigo": "81", "autorizada": "1", "faturada": "1", "regiao": "HASD"}),
        ("22:81:1:0:AIAS", {"tabela": "22", "codigo": "81", "autorizada": "1", "faturada": "0", "regiao": "ASAI"}),
    ],
)
def test_an_item_is_one_word(cell: str, expected: dict[str, str]) -> None:
    assert legada(itens=cell).itens == (codec.build(ItemLegado, expected),)
    asked = made(legada(itens=cell)).autorizacao.itens[0].solicitado
    assert (asked.dente, asked.regiao) == (expected.get("dente"), expected.get("regiao"))


def test_several_items_keep_their_order() -> None:
    held = made(legada(itens="22:2:1:0 22:1:2:0")).autorizacao
    assert [(item.sequencia, item.solicitado.codigo) for item in held.itens] == [(1, "2"), (2, "1")]
    assert held.situacao is Situacao.AUTORIZADA


@pytest.mark.parametrize(
    ("celulas", "achados"),
    [
        ({"itens": "22:20104545:10"}, [("itens", "formato")]),
        ({"itens": "22:20104545:10:4:"}, [("itens", "formato")]),
        ({"itens": "22:20104545:1,5:0"}, [("itens", "formato")]),
        ({"itens": "22:20104545:-1:0"}, [("itens", "formato")]),
        ({"itens": "22:20104545:0:0"}, [("itens", "quantidade")]),
        ({"itens": "22:20104545:1:2"}, [("itens", "quantidade")]),
        ({"itens": "22:81000065:1:0:10"}, [("itens", "opcao")]),
        ({"itens": "22:81000065:1:0:XX"}, [("itens", "opcao")]),
        ({"itens": "22:1:1:0 22:1:1:0"}, [("itens", "lista")]),
        ({"validade": "2027-01-14"}, [("validade", "validade-acima-do-limite")]),
        ({"validade": "2026-10-14"}, [("validade", "datas-fora-de-ordem")]),
        ({"validade": "x"}, [("validade", "data")]),
        ({"diarias": "2"}, [("diarias", "nao-se-aplica")]),
        ({"admissao": "2026-10-16"}, [("admissao", "nao-se-aplica")]),
        ({"tipo": "PRORROGACAO", "admissao": "2026-10-16"}, [("admissao", "nao-se-aplica")]),
        ({"tipo": "INTERNACAO", "admissao": "2027-01-14"}, [("validade", "datas-fora-de-ordem")]),
        ({"tipo": "SADT", "diarias": "2"}, [("tipo", "opcao")]),
        ({"senha": "A/1"}, [("senha", "formato")]),
        ({"senha": "A#1"}, [("senha", "formato")]),
        ({"senha": "9" * 21}, [("senha", "formato")]),
        ({"numero_guia_prestador": ""}, [("numero_guia_prestador", "obrigatoria")]),
        ({"prestador": "12345678000190"}, [("prestador", "identificador")]),
        ({"carater": "E"}, [("carater", "opcao")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_column(celulas: dict[str, str], achados: list[tuple[str, str]]) -> None:
    assert read(**celulas)[1] == achados


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)), st.integers(-3, 95))
def test_a_senha_is_valid_from_its_day_and_never_beyond_the_90th_after_it(decided: date, days: int) -> None:
    last = decided + timedelta(days=days)
    found = read(data_autorizacao=decided.isoformat(), validade=last.isoformat())[1]
    assert (found == []) == (0 <= days <= 90)


def test_nobody_else_loads_a_senha() -> None:
    with pytest.raises(PapelNaoPermitidoError):
        legado.senha(legada(), PRESTADOR, protocolo="1", vida=VIDA, nome=None)
