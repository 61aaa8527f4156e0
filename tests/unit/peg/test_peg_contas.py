"""Accounts of one stay (partial, final, complementary, whole), and how to divide what does not fit into a PEG."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from conecta_contas.divisao import Entrada, Parcela, divide
from tests.builders_functions import CLINICA
from tests.builders_peg import (
    DIA,
    OUTRA_SENHA,
    a_knowledge,
    a_resumo,
    a_senha,
    an_account,
    granted_stay,
    judged,
    spent,
)

PARCIAL, FINAL, COMPLEMENTAR, TOTAL = "1", "2", "3", "4"


def days(first: int, last: int) -> tuple[date, date]:
    return DIA + timedelta(days=first), DIA + timedelta(days=last)


def account(kind: str, first: int, last: int, numero: str = "G1", **changes: Any) -> Any:
    """An account from eight in the morning of a day to noon of another, one diária."""
    rest = {"hora_inicio_faturamento": "08:00:00", "hora_final_faturamento": "08:00:00", "despesas": (spent(),)}
    return a_resumo(numero=numero, tipo_faturamento=kind, periodo=days(first, last), **{**rest, **changes})


def found(*guias: Any, contas: Any = (), **changes: Any) -> list[str | None]:
    """Guias whose account was billed before."""
    contexto = a_knowledge(a_senha(granted_stay(diarias=20, **changes)), contas=tuple(contas))
    return [one.guia for one in judged(*guias, contexto=contexto).achados if one.regra == "COB-CONTA"]


@pytest.mark.regra("COB-CONTA")
@pytest.mark.parametrize(
    ("held", "guia", "clash"),
    [
        (an_account(), account(PARCIAL, 2, 4), False),
        (an_account(), account(PARCIAL, 1, 4), True),
        (an_account(), account(FINAL, 2, 4), False),
        (an_account(), account(COMPLEMENTAR, 0, 2), False),
        (an_account(), account(TOTAL, 2, 4), True),
        (an_account(tipo_faturamento=FINAL), account(PARCIAL, 2, 4), True),
        (an_account(tipo_faturamento=FINAL), account(PARCIAL, -2, 0), False),
        (an_account(tipo_faturamento=FINAL), account(FINAL, 2, 4), True),
        (an_account(tipo_faturamento=FINAL), account(COMPLEMENTAR, 0, 2), False),
        (an_account(), account(FINAL, -2, 0), True),
        (an_account(tipo_faturamento=TOTAL), account(PARCIAL, 2, 4), True),
        (an_account(tipo_faturamento=COMPLEMENTAR), account(TOTAL, 0, 2), False),
        (an_account(numero=OUTRA_SENHA), account(TOTAL, 0, 2), False),
        (an_account(prestador_id=CLINICA), account(TOTAL, 0, 2), False),
    ],
)
def test_accounts_of_a_stay_follow_each_other_and_end_once(held: Any, guia: Any, *, clash: bool) -> None:
    assert found(guia, contas=[held]) == ["G1"] * clash


@pytest.mark.regra("COB-CONTA")
def test_accounts_in_one_peg_are_judged_among_themselves() -> None:
    assert found(account(PARCIAL, 0, 2), account(PARCIAL, 2, 4, "G2"), account(FINAL, 4, 6, "G3")) == []
    assert found(account(PARCIAL, 0, 2), account(PARCIAL, 1, 4, "G2")) == ["G2"]


@pytest.mark.regra("COB-CONTA")
def test_an_overlapping_account_says_with_which_and_uses_nothing() -> None:
    contexto = a_knowledge(a_senha(granted_stay()), contas=(an_account(),))
    judgement = judged(a_resumo(), contexto=contexto)
    (one,) = judgement.achados
    assert "protocolo 261120000009, guia G9" in (one.esperado or "")
    assert judgement.consumo == ()


@pytest.mark.regra("R11", "PEG-DIVISAO")
def test_a_lote_of_more_than_a_hundred_or_of_mixed_kinds_is_divided_into_the_fewest() -> None:
    same = [Entrada(place, "guiaSP-SADT", "4.01.00") for place in range(1, 251)]
    assert [len(one.guias) for one in divide(same)] == [100, 100, 50]
    assert divide(same[:100]) == (Parcela("guiaSP-SADT", "4.01.00", tuple(range(1, 101))),)
    mixed = [Entrada(1, "guiaSP-SADT"), Entrada(2, "guiaConsulta"), Entrada(3, "guiaSP-SADT"),
             Entrada(4, "guiaSP-SADT", "4.03.00")]  # fmt: skip
    assert divide(mixed) == (
        Parcela("guiaSP-SADT", None, (1, 3)),
        Parcela("guiaConsulta", None, (2,)),
        Parcela("guiaSP-SADT", "4.03.00", (4,)),
    )
    assert divide([]) == ()
