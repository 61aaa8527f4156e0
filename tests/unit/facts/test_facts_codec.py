"""Values as plain mappings and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.codec import build, plain
from conecta_facts.contratos import Contrato, Pacote
from conecta_facts.operadoras import Operadora
from conecta_facts.planos import Plano
from tests.builders_cadastro import a_contrato, a_pacote, a_plano, a_vida, an_operadora


def test_a_plain_mapping_holds_text_numbers_lists_and_nothing_absent() -> None:
    assert plain(an_operadora()) == {
        "registro_ans": "345695",
        "nome": "VALE/AMS",
        "nome_grupo": "VALE/PASA",
        "grupo": ["345695", "331988"],
        "versoes": [{"versao": "4.01.00", "aceita_de": "2022-10-01"}],
        "data_migracao": "2026-01-01",
        "recurso_legado": "ACEITA",
    }
    assert plain(a_pacote())["valor"] == Decimal("350.00")
    assert plain(a_vida())["sexo"] == "F"


def test_numbers_come_back_as_the_members_want_them_however_they_were_kept() -> None:
    kept = {name: Decimal(held) if isinstance(held, int) else held for name, held in plain(a_contrato()).items()}
    made = build(Contrato, {**kept, "exige_cod_validacao": False})
    assert made == a_contrato()
    assert type(made.prazo_faturamento_dias) is int


def test_members_of_a_later_release_are_ignored_wherever_they_stand() -> None:
    later = plain(an_operadora())
    later["versoes"][0]["novo"] = 1
    assert build(Operadora, {**later, "novo": {"a": [1]}}) == an_operadora()


def test_what_is_absent_or_null_takes_its_default() -> None:
    required = {
        name: held
        for name, held in plain(a_vida()).items()
        if name in {
            "registro_ans", "numero_carteira", "nome", "plano", "data_nascimento", "sexo", "data_inclusao",
        }
    }  # fmt: skip
    expected = a_vida(cpf=None, validade_carteira=None)
    assert build(Beneficiario, required) == expected
    assert (
        build(Beneficiario, {**required, "cpf": None, "validade_carteira": None, "isento_carencias": None}) == expected
    )
    assert build(Pacote, {**plain(a_pacote()), "itens": None}) == a_pacote(itens=())


@pytest.mark.parametrize("held", [{}, {"nome": None}])
def test_what_must_be_there_and_is_not_is_named(held: dict[str, Any]) -> None:
    kept = {name: value for name, value in plain(a_plano()).items() if name != "nome"}
    with pytest.raises(KeyError, match="nome"):
        build(Plano, {**kept, **held})


@pytest.mark.parametrize(
    "change", [{"vigente_de": "2026-02-30"}, {"abrangencia": "GALACTICO"}, {"acomodacao": "SUITE"}]
)
def test_a_text_that_is_none_of_its_members_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is out of range|is not a valid"):
        build(Plano, {**plain(a_plano()), **change})


def test_an_invariant_is_kept_on_the_way_back() -> None:
    with pytest.raises(ValueError, match="RN 503"):
        build(Contrato, {**plain(a_contrato()), "prazo_resposta_dias": 31})


@dataclass(frozen=True)
class Odd:
    valor: Any


@dataclass(frozen=True)
class Told:
    quando: datetime


def test_an_instant_is_iso_text_with_its_zone() -> None:
    told = Told(datetime(2026, 11, 21, 15, 30, tzinfo=UTC))
    assert plain(told) == {"quando": "2026-11-21T15:30:00+00:00"}
    assert build(Told, plain(told)) == told


def test_what_is_plain_already_stays_and_what_it_holds_is_made_plain() -> None:
    held = {"dias": [date(2026, 11, 21)], "preco": {"valor": Decimal("1.50")}}
    assert plain(Odd(held)) == {"valor": {"dias": ["2026-11-21"], "preco": {"valor": Decimal("1.50")}}}


@pytest.mark.parametrize("valor", [1.5, {"a": 1.5}, [b"x"], b"x", object()])
def test_what_no_fact_is_made_of_has_no_plain_form(valor: Any) -> None:
    with pytest.raises(TypeError, match="no plain form"):
        plain(Odd(valor))


@dataclass(frozen=True)
class Counted:
    por_dia: Mapping[str, int]


def test_the_values_of_a_mapping_come_back_as_it_wants_them() -> None:
    back = build(Counted, {"por_dia": {"2026-11-21": Decimal(3), "2026-11-22": "4"}})
    assert back == Counted({"2026-11-21": 3, "2026-11-22": 4})
    assert [type(held) for held in back.por_dia.values()] == [int, int]
