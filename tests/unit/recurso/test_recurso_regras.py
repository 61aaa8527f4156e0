"""What must hold of a recurso."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_tiss.rules.recurso import something_is_asked_back, the_total_adds_up
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain.glosas import Lugar
from recurso.domain.recursos import Cobrado
from recurso.domain.regras import GUIAS, Caso, conferir, entradas
from tests.builders_cadastro import HOJE
from tests.builders_peg import SENHA, a_resumo, a_sadt, done, spent
from tests.builders_recurso import (
    DEZ,
    PRAZO,
    PUBLICADA,
    a_case,
    a_conta,
    a_held,
    a_pedido,
    a_taken,
    an_entry,
    told,
    warned,
)


def test_of_a_right_one_nothing_is_wrong_and_its_entries_say_what_was_billed() -> None:
    caso = a_case(an_entry(codigo_item="40304361", tabela="22", valor=Decimal("4.00")))
    assert conferir(caso) == ()
    (only,) = entradas(caso)
    assert (only.lugar, only.valor_glosado, only.valor_recursado) == (Lugar(1, 1), DEZ, Decimal("4.00"))
    assert (only.cobrado.guia, only.cobrado.numero_operadora, only.cobrado.sequencial) == ("G1", "OP1", 1)
    assert (only.cobrado.tabela, only.cobrado.codigo) == ("22", "40304361")


def test_a_guia_is_known_by_either_of_its_numbers() -> None:
    assert told(a_case(an_entry("OP1"))) == []


@pytest.mark.regra("REC-VAZIO", "REC-GUIAS")
def test_something_of_up_to_a_hundred_guias_is_contested() -> None:
    assert told(Caso(replace(a_pedido(), entradas=()), a_conta(), None, PUBLICADA)) == [("REC-VAZIO", None)]
    many = tuple(a_sadt(numero=f"G{place}") for place in range(1, GUIAS + 2))
    conta = a_conta(*(a_taken(place) for place in range(1, GUIAS + 2)), guias=many)
    asked = [an_entry(f"G{place}") for place in range(1, GUIAS + 2)]
    assert told(a_case(*asked, conta=conta)) == [("REC-GUIAS", None)]
    assert told(a_case(*asked[:GUIAS], conta=conta)) == []


@pytest.mark.regra("REC-MODELO")
def test_a_peg_is_contested_by_the_message_of_its_kind() -> None:
    dental = a_conta(tipo_guia="guiaOdonto")
    assert told(a_case(odonto=True)) == [("REC-MODELO", None)]
    assert told(a_case(odonto=False, conta=dental)) == [("REC-MODELO", None)]
    assert told(a_case(odonto=True, conta=dental)) == []
    assert told(a_case(odonto=False)) == []


@pytest.mark.regra("REC-LOTE")
def test_the_lote_is_that_of_the_peg() -> None:
    assert told(a_case(numero_lote="2")) == [("REC-LOTE", None)]
    assert told(a_case(numero_lote=" 1 ")) == []


@pytest.mark.regra("REC-GUIA")
def test_a_guia_of_another_peg_is_told_at_its_entry() -> None:
    (found,) = conferir(a_case(an_entry(), an_entry("G9")))
    assert (found.regra, found.entrada, found.campo, found.motivo) == (
        "REC-GUIA", 1, "guia", Motivo.RECURSO_DE_GUIA_ALHEIA
    )  # fmt: skip


@pytest.mark.regra("REC-ITEM")
@pytest.mark.parametrize(
    "wrong", [an_entry(sequencial=9), an_entry(codigo_item="10101012"), an_entry(tabela="18"), an_entry(sequencia=2)]
)  # fmt: skip
def test_an_item_that_the_guia_does_not_have_is_told(wrong: object) -> None:
    assert told(a_case(wrong)) == [("REC-ITEM", 0)]  # type: ignore[arg-type]


@pytest.mark.regra("REC-ITEM")
def test_a_sequencial_that_begins_again_among_despesas_asks_for_the_code() -> None:
    guia = a_resumo(done(), despesas=(spent(quantidade=3, sequencial_item=1),))
    conta = a_conta(a_taken(1, 2), guias=(guia,))
    assert told(a_case(conta=conta)) == [("REC-ITEM", 0)]
    assert told(a_case(an_entry(tabela="18"), conta=conta)) == []
    assert told(a_case(replace(an_entry(), cobrado=Cobrado(guia="G1"), sequencia=2), conta=conta)) == []


def test_of_a_number_presented_twice_the_guia_that_was_taken_something_is_meant() -> None:
    conta = a_conta(a_taken(2), guias=(a_sadt(numero="G1"), a_sadt(numero="G1")))
    caso = a_case(conta=conta)
    assert told(caso) == []
    assert entradas(caso)[0].lugar == Lugar(2, 1)


@pytest.mark.regra("REC-NIVEL")
def test_levels_are_not_mixed() -> None:
    conta = a_conta(a_taken(), a_taken(2))
    assert told(a_case(an_entry(), an_entry(None), conta=conta)) == [("REC-NIVEL", 1)]
    assert told(a_case(an_entry(None), an_entry(), conta=conta)) == [("REC-NIVEL", 1)]
    assert told(a_case(an_entry(), an_entry("G1", None), conta=conta)) == [("REC-NIVEL", 1)]
    assert told(a_case(an_entry(), an_entry("G2", None), conta=conta)) == []


@pytest.mark.regra("REC-GLOSA")
def test_a_glosa_that_takes_nothing_there_is_told_with_those_that_do() -> None:
    (found,) = conferir(a_case(an_entry(codigo="1403")))
    assert (found.regra, found.motivo) == ("REC-GLOSA", Motivo.RECURSO_INCORRETO)
    assert "1705" in found.mensagem
    assert told(a_case(an_entry("G2", None))) == [("REC-GLOSA", 0)]


@pytest.mark.regra("REC-REPETIDO")
def test_a_guia_is_contested_once() -> None:
    assert told(a_case(contestado=a_held(_1="261160000009"))) == [("REC-REPETIDO", 0)]
    assert told(a_case(contestado=a_held(_2="261160000009"))) == []
    assert told(a_case(contestado=a_held(**{"*": "261160000009"}))) == [("REC-REPETIDO", 0)]
    assert told(a_case(an_entry(None), contestado=a_held(_2="261160000009"))) == [("REC-REPETIDO", 0)]
    assert told(a_case(an_entry(), an_entry("OP1"))) == [("REC-REPETIDO", 1)]


@pytest.mark.regra("REC-PRAZO")
def test_what_a_glosa_takes_is_contested_by_one_entry_whatever_its_code() -> None:
    """1403 and 1406 are both 3306 in 4.03."""
    conta = a_conta(
        a_taken(codigo="1403", motivo="SENHA_NAO_ENCONTRADA", valor="1.00"),
        a_taken(codigo="1406", motivo="SENHA_DIFERENTE_DA_LIBERADA", valor="2.00"),
    )  # fmt: skip
    assert told(a_case(an_entry(codigo="1403"), an_entry(codigo="1406"), conta=conta)) == []
    assert told(a_case(an_entry(codigo="3306"), an_entry(codigo="1406"), conta=conta)) == [("REC-REPETIDO", 1)]


def test_the_last_day_of_the_term_counts() -> None:
    last = PUBLICADA + timedelta(days=PRAZO)
    assert told(a_case(dia=last)) == []
    assert told(a_case(dia=last + timedelta(days=1))) == [("REC-PRAZO", 0)]


@pytest.mark.regra("REC-JUSTIFICATIVA")
def test_each_entry_says_why_in_what_the_standard_carries() -> None:
    assert told(a_case(an_entry(justificativa=" \n"))) == [("REC-JUSTIFICATIVA", 0)]
    assert told(a_case(an_entry(justificativa="x" * 501))) == [("REC-JUSTIFICATIVA", 0)]
    assert told(a_case(an_entry(justificativa="x" * 500))) == []
    whole = a_conta(a_taken(1, None, valor=None))
    assert [one.regra for one in warned(a_case(an_entry("G1", None, justificativa="x" * 151), conta=whole))] == [
        "REC-JUSTIFICATIVA"
    ]
    assert warned(a_case(an_entry("G1", None, justificativa="x" * 150), conta=whole)) == []


@pytest.mark.regra("REC-VALOR")
@pytest.mark.parametrize("valor", ["10.01", "0.00", "-1.00", "1.001"])
def test_more_than_the_glosa_takes_or_nothing_is_not_contested(valor: str) -> None:
    assert told(a_case(an_entry(valor=Decimal(valor)))) == [("REC-VALOR", 0)]


@pytest.mark.regra("REC-VALOR", "REC-TOTAL")
def test_amounts_are_refused_with_the_codes_that_messages_are_refused_with() -> None:
    (zero,) = conferir(a_case(an_entry(valor=Decimal(0))))
    assert zero.motivo is something_is_asked_back.motivo
    (total,) = conferir(a_case(valor_total=Decimal("9.99")))
    assert total.motivo is the_total_adds_up.motivo


@pytest.mark.regra("REC-VALOR")
def test_a_guia_is_contested_whole() -> None:
    conta = a_conta(a_taken(1, None, valor=None))
    caso = a_case(an_entry("G1", None, valor=Decimal("37.00")), conta=conta)
    assert told(caso) == []
    assert entradas(caso)[0].cobrado == Cobrado(guia="G1", numero_operadora="OP1", senha=SENHA)
    assert told(a_case(an_entry("G1", None, valor=Decimal("36.99")), conta=conta)) == [("REC-VALOR", 0)]


@pytest.mark.regra("REC-TOTAL")
def test_the_total_is_the_sum() -> None:
    assert told(a_case(valor_total=DEZ)) == []
    assert told(a_case(valor_total=Decimal("9.99"))) == [("REC-TOTAL", None)]
    assert told(a_case(an_entry("G9"), valor_total=Decimal("9.99"))) == [("REC-GUIA", 0)]


@pytest.mark.regra("REC-TOTAL")
@pytest.mark.parametrize(("cents", "wrong"), [("0.99", []), ("1.00", [("REC-TOTAL", None)])])
def test_a_recurso_is_of_no_more_than_its_messages_have_room_for(cents: str, wrong: list[Any]) -> None:
    amounts = Decimal("99999999.00"), Decimal(cents)
    typed = [an_entry(f"V-{place}", valor_glosado=valor) for place, valor in enumerate(amounts)]
    assert told(Caso(a_pedido(*typed, origem="4711"), None, None, HOJE)) == wrong


@pytest.mark.regra("REC-INCOMPLETO")
def test_glosas_of_a_contested_guia_that_are_left_out_are_told() -> None:
    conta = a_conta(a_taken(), a_taken(1, 2, valor="5.00"), a_taken(2))
    (found,) = warned(a_case(conta=conta))
    assert found.regra == "REC-INCOMPLETO"
    assert "5.00" in found.mensagem
    assert warned(a_case(an_entry(), an_entry(sequencial=2), conta=conta)) == []


@pytest.mark.regra("REC-INCOMPLETO")
def test_items_that_a_glosa_of_the_guia_took_and_nobody_contests_are_told() -> None:
    conta = a_conta(a_taken(1, None, valor=None, codigo="1001", motivo=""), a_taken(2), a_taken(2, codigo="1403"))
    (one,) = warned(a_case(an_entry(codigo="1001"), conta=conta))
    assert "A guia tem mais R$ 18.50 glosados (1001)" in one.mensagem
    assert warned(a_case(an_entry(codigo="1001"), an_entry("G1", 2, "1001"), conta=conta)) == []
    (code,) = warned(a_case(an_entry("G2", None, "1705"), conta=conta))
    assert "A guia tem mais R$ 8.50 glosados (1403)" in code.mensagem
    (peg,) = warned(a_case(an_entry(None, None, "1001"), conta=conta))
    assert "O protocolo tem mais R$ 18.50 glosados (1403, 1705)" in peg.mensagem


@pytest.mark.regra("REC-LEGADO")
def test_of_a_legacy_peg_all_is_said_by_who_contests() -> None:
    def legacy(**changes: object) -> Caso:
        return Caso(a_pedido(an_entry(**changes)), None, None, PUBLICADA)  # type: ignore[arg-type]

    assert told(legacy()) == [("REC-LEGADO", 0)]
    assert told(legacy(valor_glosado=Decimal("0.00"))) == [("REC-LEGADO", 0)]
    assert told(legacy(valor_glosado=DEZ, guia=" ")) == [("REC-LEGADO", 0)]
    assert told(legacy(valor_glosado=DEZ, valor=Decimal("10.01"))) == [("REC-VALOR", 0)]
    caso = legacy(valor_glosado=DEZ)
    assert told(caso) == []
    (only,) = entradas(caso)
    assert (only.lugar, only.valor_recursado, only.partes, only.cobrado.guia) == (Lugar(1, 1), DEZ, (), "G1")
    assert entradas(legacy(valor_glosado=DEZ, sequencial=None))[0].lugar == Lugar(1)


def test_whole_peg_by_its_protocolo() -> None:
    conta = a_conta(a_taken(0, None, valor=None, codigo="3161", motivo=""))
    caso = a_case(an_entry(None, None, codigo="3161"), conta=conta)
    assert told(caso) == []
    assert entradas(caso)[0].valor_recursado == Decimal("55.50")
    assert told(a_case(an_entry(None, None), conta=conta)) == [("REC-GLOSA", 0)]
