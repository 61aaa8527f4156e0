"""The five kinds of guia in one shape."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.cobranca import read, read_guia
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL
from conecta_tiss.messages.lote_guias import TipoGuia
from tests import builders
from tests.builders_functions import CNPJ
from tests.builders_peg import (
    DIA,
    SENHA,
    a_dental,
    a_fee,
    a_resumo,
    a_sadt,
    a_visit,
    billed,
    by,
    done,
    filled,
    spent,
)

NAN = Decimal("NaN")


@pytest.mark.parametrize(
    ("guia", "tipo", "senha", "executante", "valor"),
    [
        (a_sadt(), TipoGuia.SP_SADT, SENHA, CNPJ, "18.50"),
        (a_resumo(), TipoGuia.RESUMO_INTERNACAO, SENHA, CNPJ, "1440.00"),
        (a_fee(), TipoGuia.HONORARIOS, SENHA, "P1", "1000.00"),
        (a_visit(), TipoGuia.CONSULTA, None, CNPJ, "120.00"),
        (a_dental(), TipoGuia.ODONTO, SENHA, None, "80.00"),
    ],
)
def test_each_kind_says_what_who_and_how_much(
    guia: Any, tipo: TipoGuia, senha: str | None, executante: str | None, valor: str
) -> None:
    made = read_guia(guia)
    assert (made.tipo, made.senha, made.executante, made.valor) == (tipo, senha, executante, Decimal(valor))
    assert made.dias == (DIA,)


def test_an_item_is_found_again_in_the_message() -> None:
    first, second = billed(a_sadt(done(), done()), a_sadt(done(), numero="G2", despesas=(spent(), spent())))
    guias = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteGuias/ans:guiasTISS"
    assert first.caminho() == f"{guias}/ans:guiaSP-SADT[1]"
    assert first.caminho(first.itens[1]) == (
        f"{guias}/ans:guiaSP-SADT[1]/ans:procedimentosExecutados/ans:procedimentoExecutado[2]"
    )
    assert second.caminho(second.itens[0]).endswith("ans:procedimentoExecutado")
    assert second.caminho(second.itens[2]).endswith("ans:guiaSP-SADT[2]/ans:outrasDespesas/ans:despesa[2]")
    assert [item.sequencia for item in second.itens] == [1, 2, 3]
    (visit,) = billed(a_visit())
    assert visit.caminho(visit.itens[0]) == f"{guias}/ans:guiaConsulta/ans:dadosAtendimento/ans:procedimento"
    (fee,) = billed(a_fee())
    assert fee.caminho(fee.itens[0]).endswith("ans:procedimentosRealizados/ans:procedimentoRealizado")


def test_a_team_is_told_by_its_graus() -> None:
    (made,) = billed(a_sadt(done(equipe=(by("00"), by(None), by("06")))))
    assert made.itens[0].graus == ("00", "06")


def test_days_are_those_of_the_period_or_of_the_items() -> None:
    later = DIA + timedelta(days=5)
    (series,) = billed(a_sadt(done(data_execucao=later), done()))
    assert (series.primeiro_dia, series.ultimo_dia) == (DIA, later)
    (stay,) = billed(a_resumo())
    assert (stay.primeiro_dia, stay.ultimo_dia) == (DIA, DIA + timedelta(days=2))
    assert stay.periodo == (f"{DIA}T08:00:00", f"{DIA + timedelta(days=2)}T12:00:00")


@pytest.mark.parametrize("total", ["100.01", "300.03"])
def test_a_dental_value_is_of_the_line_or_of_one_unit_whichever_adds_up(total: str) -> None:
    guia = a_dental(filled(quantidade=Decimal(3), valor="100.01"), valor_total_procedimentos=Decimal(total))
    made = read_guia(guia)
    assert made.valor == Decimal(total)
    assert made.itens[0].valor_unitario * 3 - made.valor < Decimal("0.01")


@pytest.mark.parametrize(
    "guia",
    [
        a_sadt(done(quantidade=0)),
        a_sadt(done(valor_total=NAN)),
        a_sadt(done(valor_unitario=NAN, valor_total=Decimal(1))),
        a_sadt(done(reducao_acrescimo=NAN, valor_total=Decimal(1))),
        a_sadt(done(quantidade=-1)),
        a_sadt(done(data_execucao=DATA_ILEGIVEL)),
        a_fee(data_fim_faturamento=DATA_ILEGIVEL),
        a_dental(filled(quantidade=NAN)),
        a_dental(filled(quantidade=Decimal(0))),
        a_dental(filled(valor="NaN")),
    ],
)
def test_what_could_not_be_read_is_not_judged(guia: Any) -> None:
    kind = builders._TIPOS[type(guia)]
    due = a_sadt(numero="G2")
    assert [made.numero for made in read(builders.lote(guia, due, tipo=kind))] == ["G2"]


def test_a_guia_names_its_authorization_by_senha_or_number() -> None:
    (both,) = billed(a_sadt(numero_operadora="77"))
    assert (both.senha, both.numero_operadora) == (SENHA, "77")
    (none,) = billed(a_sadt(senha=None))
    assert (none.senha, none.numero_operadora) == (None, None)
    (code,) = billed(a_visit(cnpj_executante=None, cpf_executante="52998224725"))
    assert code.executante == "52998224725"
    (coded,) = billed(a_sadt(contratado_executante=Contratado(codigo_na_operadora="P1")))
    assert coded.executante == "P1"
