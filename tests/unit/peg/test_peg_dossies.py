"""The dossier of a PEG: what stands on which senha, what others must know, and the very facts it was judged by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.dossies import Dossie, facts, open_dossie
from conecta_contas.pegs import SituacaoPeg
from conecta_tiss.messages.lote_guias import Guia
from peg.domain.cobrancas import cobrancas_of, soltas_of
from tests.builders_autorizacao import CIRURGIA
from tests.builders_cadastro import (
    CONSULTA,
    HEMOGRAMA,
    INICIO,
    OUTRA_CARTEIRA,
    a_contratado,
    a_contrato,
    a_contrato_completo,
    a_diaria,
)
from tests.builders_functions import a_guia, a_peg
from tests.builders_peg import (
    DIA,
    OUTRA_SENHA,
    SENHA,
    a_dental,
    a_knowledge,
    a_resumo,
    a_sadt,
    a_senha,
    billed,
    done,
    granted,
    granted_stay,
    judged,
    spent,
)

ALHEIA = a_sadt(done(CONSULTA, valor="9.00"), numero="G2", senha=None, carteira="999")


def opened(*guias: Guia, **contexto: Any) -> Dossie:
    held = a_knowledge(**{"desconhecidas": {"999": "vida-999"}, **contexto})
    return open_dossie(billed(*guias), (a_guia(),), judged(*guias, contexto=held), held, ("26110000009",))


def test_it_says_what_stands_on_each_senha_while_the_peg_is_as_it_is() -> None:
    dossie, peg = opened(a_sadt(), ALHEIA), a_peg(quantidade_guias=2)
    assert dossie.usos(peg) == {SENHA: {"261120000001#001": {(1, "00"): Decimal(1)}}}
    assert dossie.usos(replace(peg, retiradas=(1,))) == {}
    assert dossie.usos(replace(peg, situacao=SituacaoPeg.CANCELADO)) == {}
    assert dossie.numeros() == ("26110000001", "26110000009")


def test_others_know_its_guias_by_life_without_expenses() -> None:
    stay = a_senha(granted_stay())
    dossie = opened(a_resumo(done(CIRURGIA, valor="1000.00")), senhas={SENHA: stay})
    (charge,) = cobrancas_of(dossie, a_peg(quantidade_guias=1))
    assert (charge.vida, charge.guia, charge.sequencia, charge.numero) == ("vida-1", "G1", 1, SENHA)
    assert [(line.codigo, line.dia) for line in charge.linhas] == [(CIRURGIA, DIA)]
    assert (charge.tipo_faturamento, charge.periodo is not None) == ("4", True)
    assert soltas_of(dossie, a_peg(quantidade_guias=1)) == ()


def test_a_carteira_that_is_nobodys_has_an_id_of_its_own() -> None:
    dossie = opened(a_sadt(), ALHEIA)
    assert dossie.vidas == {dossie.guias[0].carteira: "vida-1", "999": "vida-999"}
    assert [one.numero for one in cobrancas_of(dossie, a_peg(quantidade_guias=2))] == [SENHA, None]


def test_a_number_that_another_peg_has_is_charged_by_that_one_and_let_go_by_both() -> None:
    dossie, peg = opened(a_sadt(), guias={"G1": "261120000009"}), a_peg(quantidade_guias=1)
    assert cobrancas_of(dossie, peg) == ()
    assert [one.guia for one in soltas_of(dossie, replace(peg, situacao=SituacaoPeg.CANCELADO))] == ["G1"]


def test_of_two_guias_of_one_number_one_is_withdrawn_without_the_other() -> None:
    dossie, peg = opened(a_sadt(), a_sadt(done(CONSULTA, valor="9.00"), senha=None)), a_peg(quantidade_guias=2)
    assert soltas_of(dossie, replace(peg, retiradas=(2,))) == soltas_of(dossie, replace(peg, retiradas=(1,))) == ()
    assert [one.sequencia for one in soltas_of(dossie, replace(peg, retiradas=(1, 2)))] == [1, 2]


def test_what_waits_for_another_day_is_not_kept_twice() -> None:
    dossie = opened(a_sadt())
    assert all(one.outra_data is None for one in dossie.alocacoes)


def test_the_terms_and_the_place_of_a_thing_are_found_years_later() -> None:
    dossie = opened(a_sadt(done(), done(CONSULTA, data_execucao=DIA + timedelta(days=1))), ALHEIA)
    terms = dossie.contrato_em(DIA)
    assert terms is not None
    assert terms.numero == "2026/001"
    assert dossie.contrato_em(INICIO - timedelta(days=1)) is None
    assert (dossie.numero_de(1), dossie.numero_de(0), dossie.numero_de(9)) == ("G1", None, None)
    assert (dossie.dia_de(1, 2), dossie.dia_de(1, None), dossie.dia_de(1, 9)) == (DIA + timedelta(days=1), DIA, DIA)
    assert (dossie.dia_de(9, 1), dossie.dia_de(0, None)) == (None, None)


def test_it_keeps_the_facts_of_what_is_billed_and_no_others() -> None:
    over = a_contrato(INICIO.replace(year=2020), vigente_ate=INICIO - timedelta(days=1), numero="2020/001")
    contrato = a_contrato_completo(
        contratos=(over, a_contrato()),
        procedimentos=(a_contratado(HEMOGRAMA), a_contratado("40*"), a_contratado("10*"), a_contratado(CONSULTA)),
        diarias=(a_diaria(), a_diaria("60000775")),
    )
    held = a_knowledge(contrato=contrato)
    found = facts(billed(a_sadt()), held)
    assert [one["numero"] for one in found["contratos"]] == ["2026/001"]
    assert [one["codigo"] for one in found["linhas"]] == [HEMOGRAMA, "40*"]
    assert {one["codigo"] for one in found["precos"]} == {one["codigo"] for one in found["regras"]} == {HEMOGRAMA}
    stay = facts(billed(a_resumo(despesas=(spent(),))), held)
    assert [one["codigo"] for one in stay["linhas"]] == [spent().codigo_procedimento]


@pytest.mark.parametrize("guia", [a_sadt(), a_resumo(), a_dental()])
def test_its_versions_are_those_of_the_context(guia: Guia) -> None:
    assert opened(guia).dados == {"contratos": "contratos-7", "precos": "precos-3"}


def test_of_two_lives_each_has_its_own() -> None:
    other = a_senha(granted(numero=OUTRA_SENHA), vida="vida-2")
    hers = a_sadt(numero="G2", carteira=OUTRA_CARTEIRA, senha=OUTRA_SENHA)
    dossie = opened(a_sadt(), hers, senhas={SENHA: a_senha(), OUTRA_SENHA: other})
    assert [one.vida for one in cobrancas_of(dossie, a_peg(quantidade_guias=2))] == ["vida-1", "vida-2"]
