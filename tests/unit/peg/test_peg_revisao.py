"""What one PEG must know of another, of what was asked beside it, and of what a line may hide: found by looking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders_autorizacao import CIRURGIA
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA
from tests.builders_peg import (
    DIA,
    RESINA,
    SENHA,
    a_dental,
    a_knowledge,
    a_resumo,
    a_sadt,
    a_senha,
    authorised,
    done,
    filled,
    granted,
    granted_stay,
    judged,
    spent,
    told,
)
from tests.casa_peg import Casa

MATERIAL: dict[str, Any] = {"codigo_despesa": "03", "codigo_tabela": "19", "valor": "50.00"}


def account(numero: str, first: int, last: int, *despesas: Any, itens: tuple[Any, ...] = ()) -> Any:
    """A partial account of the stay, of so many days of it."""
    days = (DIA + timedelta(days=first), DIA + timedelta(days=last))
    held = {"hora_inicio_faturamento": "08:00:00", "hora_final_faturamento": "08:00:00"}
    return a_resumo(*itens, numero=numero, tipo_faturamento="1", periodo=days, despesas=despesas, **held)


def refused(casa: Casa, guia: Any, numero: str) -> list[tuple[str, str]]:
    """(rule, guia) of what is found of a guia that is sent in a lote of its own."""
    return [(one.regra, one.guia or "") for one in casa.dossie(casa.recebe(guia, numero=numero)).achados]


@pytest.mark.regra("COB-CONTA")
def test_an_account_that_used_nothing_of_its_senha_is_an_account() -> None:
    casa = Casa()
    casa.autoriza(granted_stay())
    material = spent("70335028", **MATERIAL)
    assert refused(casa, account("A", 0, 2, material), "1") == []
    assert refused(casa, account("B", 1, 3, material), "2") == [("COB-CONTA", "B")]


@pytest.mark.regra("COB-CONTA")
def test_an_account_whose_first_line_is_of_a_complement_is_one_of_the_stay() -> None:
    casa = Casa()
    casa.autoriza(granted_stay(), "C1")
    casa.autoriza(granted(authorised(CIRURGIA), numero="C1", principal=SENHA))
    surgery = (done(CIRURGIA, valor="1000.00"),)
    assert refused(casa, account("A", 0, 2, spent(), itens=surgery), "1") == []
    assert {one.numero for one in casa.cobrancas.living()} == {SENHA}
    assert refused(casa, account("B", 1, 3, spent()), "2") == [("COB-CONTA", "B")]


@pytest.mark.regra("COB-CONTA")
def test_an_account_that_was_refused_for_another_keeps_no_third_one_out() -> None:
    casa = Casa()
    casa.autoriza(granted_stay())
    assert refused(casa, account("A", 0, 2, spent()), "1") == []
    assert refused(casa, account("B", 1, 4, spent()), "2") == [("COB-CONTA", "B")]
    assert refused(casa, account("C", 2, 4, spent(data_execucao=DIA + timedelta(days=3))), "3") == []


@pytest.mark.regra("COB-SENHA", "COB-GUIA-REPETIDA", "COB-TUSS")
def test_what_a_system_pads_is_the_same_without() -> None:
    def pad(text: str) -> str:
        return f"  {text}\n "

    guia = a_sadt(done(pad(HEMOGRAMA)), numero=pad("G1"), senha=pad(SENHA), carteira=pad(CARTEIRA))
    assert told(judged(guia)) == []
    found = judged(guia, contexto=a_knowledge(guias={"G1": "261120000009"}))
    assert told(found) == [("COB-GUIA-REPETIDA", "1308", None)]
    tooth = a_knowledge(a_senha(granted(authorised(RESINA, dente="11", face="OM"))))
    assert told(judged(a_dental(filled(pad(RESINA), face="OM   ")), contexto=tooth)) == []
    blank = judged(a_sadt(senha=" ", numero_operadora=" "))
    assert told(blank) == [("COB-EXIGE-SENHA", "1818", 1)]
