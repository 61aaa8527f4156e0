"""What a nota must say, and what becomes of one that does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pagamento.domain.notas import Efeito, Esperado, Layout, NotaLida, SituacaoNota, completar, conferir, decidir
from tests.builders_functions import CNPJ, OUTRO_CNPJ
from tests.builders_pagamento import CEM, HOJE, a_nota, a_reading

ESPERADO = Esperado(emitente=CNPJ, tomador=OUTRO_CNPJ, valor=CEM, primeira_competencia="202610", hoje=HOJE)
FILIAL = "11222333000262"


def found(lida: NotaLida, **changes: Any) -> list[tuple[str, Efeito]]:
    return [(one.regra, one.efeito) for one in conferir(lida, replace(ESPERADO, **changes))]


@pytest.mark.regra("R05", "PAG-NOTA")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"liquido": Decimal("1.00")}, []),  # what is retained is nobody's business here
        ({"emitente": FILIAL}, [("NF-FILIAL", Efeito.CONFERENCIA)]),
        ({"emitente": OUTRO_CNPJ}, [("NF-EMITENTE", Efeito.RECUSA)]),
        ({"emitente": "11222333"}, [("NF-EMITENTE", Efeito.RECUSA)]),
        ({"tomador": CNPJ}, [("NF-TOMADOR", Efeito.RECUSA)]),
        ({"valor": Decimal("99.99")}, [("NF-VALOR", Efeito.RECUSA)]),
        ({"valor": Decimal("100.01")}, [("NF-VALOR", Efeito.RECUSA)]),
        ({"valor": Decimal("100.000")}, []),
        ({"competencia": "202609"}, [("NF-COMPETENCIA", Efeito.RECUSA)]),
        ({"competencia": "202610"}, []),
        ({"competencia": "202612"}, [("NF-COMPETENCIA", Efeito.RECUSA)]),
        ({"cancelada": True}, [("NF-CANCELADA", Efeito.RECUSA)]),
        ({"tomador": None}, [("NF-INCOMPLETA", Efeito.CONFERENCIA)]),
    ],
)
def test_each_thing_that_a_nota_should_not_say_is_told(
    changes: dict[str, Any], expected: list[tuple[str, Efeito]]
) -> None:
    assert found(a_reading(**changes)) == expected


def test_all_that_is_wrong_is_told_at_once_with_what_was_seen() -> None:
    told = conferir(a_reading(valor=Decimal("1.00"), tomador=CNPJ), ESPERADO)
    assert [(one.campo, one.visto, one.esperado) for one in told] == [
        ("tomador", CNPJ, OUTRO_CNPJ), ("valor", "1.00", "100.00"),
    ]  # fmt: skip
    assert all(one.mensagem and one.providencia for one in told)


def test_what_is_not_known_here_is_not_compared() -> None:
    assert found(a_reading(valor=Decimal(1)), valor=None, emitente=None) == []


def test_of_an_operadora_whose_cnpj_is_not_known_a_person_looks_at_the_tomador() -> None:
    assert found(a_reading(tomador=CNPJ), tomador=None) == [("NF-SEM-TOMADOR", Efeito.CONFERENCIA)]


def test_people_whose_cpfs_begin_alike_are_no_branches_of_each_other() -> None:
    assert found(a_reading(emitente="12345678909"), emitente="12345678101") == [("NF-EMITENTE", Efeito.RECUSA)]


def test_what_nobody_could_read_is_looked_at_by_a_person() -> None:
    declared = completar(NotaLida(layout=Layout.DECLARADO), {"numero": "1", "valor": CEM, "emitente": None})
    assert (declared.numero, declared.valor, declared.emitente) == ("1", CEM, None)
    assert found(declared) == [("NF-SEM-LEITURA", Efeito.CONFERENCIA)]
    assert found(replace(declared, valor=Decimal(1)))[-1] == ("NF-VALOR", Efeito.RECUSA)


def test_what_is_declared_never_replaces_what_the_nota_says() -> None:
    assert completar(a_reading(), {"valor": Decimal("1.00"), "numero": "9"}) == a_reading()


@pytest.mark.parametrize(
    ("lida", "legados", "situacao"),
    [
        (a_reading(), (), SituacaoNota.ACEITA),
        (a_reading(), ("A-1",), SituacaoNota.ENVIADA),
        (a_reading(emitente=FILIAL), (), SituacaoNota.ENVIADA),
        (a_reading(emitente=FILIAL, cancelada=True), ("A-1",), SituacaoNota.RECUSADA),
    ],
)
def test_one_reason_to_refuse_it_is_enough(lida: NotaLida, legados: tuple[str, ...], situacao: SituacaoNota) -> None:
    assert decidir(conferir(lida, ESPERADO), legados) is situacao


def test_a_nota_is_known_by_issuer_and_number() -> None:
    assert a_nota().marca == f"{CNPJ}#4711"
    assert a_nota(lida=a_reading(numero=None)).marca is None
    assert [a_nota(situacao=one).viva for one in SituacaoNota] == [True, True, True, False, False]


def test_competencias_of_another_year_are_compared_as_months() -> None:
    assert found(a_reading(competencia="202612"), hoje=date(2027, 1, 1)) == []
    assert found(a_reading(competencia="202701"), hoje=date(2026, 12, 31)) == [("NF-COMPETENCIA", Efeito.RECUSA)]
