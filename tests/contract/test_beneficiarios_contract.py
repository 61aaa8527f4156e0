"""Finding a life by what a prestador knows of it: the fake and DynamoDB as loads fill it, one suite."""

from __future__ import annotations

from typing import Any

import pytest

from conecta_edge import beneficiarios as keys
from conecta_edge.beneficiarios import RENUMBERINGS, DynamoBeneficiarios
from conecta_edge.dynamodb import marshal
from conecta_edge.items import VERSION
from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.codec import plain
from tests.builders_cadastro import CARTEIRA, CPF, OUTRA_CARTEIRA, OUTRO_CPF, a_vida
from tests.builders_functions import PASA, VALE
from tests.contract.conftest import EMBEDDED, MOTO
from tests.contract.engines import Engine
from tests.fakes_cadastro import PSEUDONIMOS, FakeBeneficiarios, Loaded, Recording

ANTIGA, MAIS_ANTIGA = "00012345678900099", "00012345678900098"
REAL = pytest.mark.parametrize("engine_name", [MOTO, EMBEDDED])


class Lives(Loaded):
    """The adapter over a table that loads fill, and its calls."""

    def __init__(self, engine: Engine) -> None:
        self.table = engine.table("beneficiarios", busca=True)
        super().__init__(engine.dynamodb, "cadastro", self.table)
        self.recording = Recording(engine.dynamodb)
        reader = DynamoBeneficiarios(self.recording, self.table, PSEUDONIMOS)
        self.by_carteiras, self.by_cpfs = reader.by_carteiras, reader.by_cpfs

    def erase(self, registro_ans: str, carteira: str) -> None:
        """As `titulares` erases: the row stays without its person and out of the index."""
        self.row("BENEFICIARIO", carteira, {"registro_ans": registro_ans}, fonte="zz#api", eliminado=True)

    def row(self, sk: str, carteira: str, dados: dict[str, Any], **attributes: Any) -> None:
        """Any row under a number of VALE."""
        pk = keys.carteira_pk(VALE, PSEUDONIMOS.carteira(VALE, carteira))
        item = {"pk": pk, "sk": sk, "v": VERSION, "dados": dados, **attributes}
        self._client.put_item(TableName=self.table, Item=marshal(item))

    def replaced(self, old: str, new: str, fonte: str) -> None:
        """A number replaced by another, told in a file."""
        self.row("ANTERIOR", old, {"carteira": PSEUDONIMOS.carteira(VALE, new)}, fonte=fonte)


@pytest.fixture
def lives(engine: Engine | None) -> Any:
    return FakeBeneficiarios() if engine is None else Lives(engine)


@pytest.fixture
def table(engine: Engine | None) -> Lives:
    assert engine is not None
    return Lives(engine)


def test_a_life_is_found_by_its_number_at_its_operadora_and_at_no_other(lives: Any) -> None:
    lives.put("beneficiarios", VALE, a_vida(), a_vida(OUTRA_CARTEIRA, cpf=None))
    assert lives.by_carteiras([(VALE, CARTEIRA), (VALE, OUTRA_CARTEIRA)]) == [
        a_vida(), a_vida(OUTRA_CARTEIRA, cpf=None),
    ]  # fmt: skip
    assert lives.by_carteiras([(PASA, CARTEIRA), (VALE, "1"), (VALE, CPF)]) == [None, None, None]


def test_answers_come_in_the_order_asked_however_often(lives: Any) -> None:
    lives.put("beneficiarios", VALE, a_vida())
    lives.put("beneficiarios", PASA, a_vida(registro_ans=PASA))
    asked = [(PASA, CARTEIRA), (VALE, "1"), (VALE, CARTEIRA), (PASA, CARTEIRA)]
    assert lives.by_carteiras(asked) == [a_vida(registro_ans=PASA), None, a_vida(), a_vida(registro_ans=PASA)]
    assert lives.by_carteiras([]) == []


def test_a_replaced_number_leads_to_the_present_one(lives: Any) -> None:
    present = a_vida(carteira_anterior=ANTIGA)
    lives.put("beneficiarios", VALE, present)
    assert lives.by_carteiras([(VALE, ANTIGA), (VALE, CARTEIRA), (PASA, ANTIGA)]) == [present, present, None]


def test_every_carteira_of_a_person_is_found_by_cpf_at_each_operadora(lives: Any) -> None:
    lives.put(
        "beneficiarios", VALE, a_vida(), a_vida(OUTRA_CARTEIRA), a_vida("3", cpf=OUTRO_CPF), a_vida("4", cpf=None)
    )
    lives.put("beneficiarios", PASA, a_vida("5", registro_ans=PASA))
    found = lives.by_cpfs([(VALE, CPF), (PASA, CPF), (VALE, OUTRO_CPF), (PASA, OUTRO_CPF), (VALE, CARTEIRA)])
    assert [sorted(vida.numero_carteira for vida in answer) for answer in found] == [
        [CARTEIRA, OUTRA_CARTEIRA], ["5"], ["3"], [], [],
    ]  # fmt: skip
    assert lives.by_cpfs([]) == []


def test_who_was_erased_is_never_found(lives: Any) -> None:
    lives.put("beneficiarios", VALE, a_vida(carteira_anterior=ANTIGA), a_vida(OUTRA_CARTEIRA))
    lives.erase(VALE, CARTEIRA)
    assert lives.by_carteiras([(VALE, CARTEIRA), (VALE, ANTIGA)]) == [None, None]
    assert lives.by_cpfs([(VALE, CPF)]) == [(a_vida(OUTRA_CARTEIRA),)]


@REAL
def test_what_was_told_last_of_a_number_counts_its_replacement_or_its_life(table: Lives) -> None:
    old, present = a_vida(ANTIGA), a_vida(carteira_anterior=ANTIGA)
    table.row("BENEFICIARIO", CARTEIRA, plain(present), fonte="2026-11-20#a")
    table.replaced(ANTIGA, CARTEIRA, fonte="2026-11-20#a")
    for fonte, expected in (("2026-11-19#a", present), ("2026-11-20#a", present), ("2026-11-21#a", old)):
        table.row("BENEFICIARIO", ANTIGA, plain(old), fonte=fonte)
        assert table.by_carteiras([(VALE, ANTIGA)]) == [expected]


@REAL
def test_a_number_that_was_replaced_is_no_carteira_of_the_person_unless_told_of_since(table: Lives) -> None:
    old, present = a_vida(ANTIGA), a_vida(carteira_anterior=ANTIGA)

    def tell(vida: Beneficiario, fonte: str) -> None:
        numero = vida.numero_carteira
        where = keys.cpf_busca(VALE, PSEUDONIMOS.cpf(VALE, CPF), PSEUDONIMOS.carteira(VALE, numero))
        table.row("BENEFICIARIO", numero, plain(vida), fonte=fonte, **where)

    tell(present, "2026-11-20#a")
    for fonte, expected in (
        ("2026-11-19#a", {CARTEIRA}),
        ("2026-11-20#a", {CARTEIRA}),
        ("2026-11-21#a", {CARTEIRA, ANTIGA}),
    ):
        tell(old, fonte)
        (found,) = table.by_cpfs([(VALE, CPF)])
        assert {vida.numero_carteira for vida in found} == expected


@REAL
def test_a_number_replaced_twice_leads_to_the_present_one(table: Lives) -> None:
    table.row("BENEFICIARIO", CARTEIRA, plain(a_vida()), fonte="2026-11-20#a")
    table.replaced(ANTIGA, CARTEIRA, fonte="2026-11-20#a")
    table.row("BENEFICIARIO", ANTIGA, plain(a_vida(ANTIGA)), fonte="2026-01-01#a")
    table.replaced(MAIS_ANTIGA, ANTIGA, fonte="2026-01-01#a")
    assert table.by_carteiras([(VALE, MAIS_ANTIGA)]) == [a_vida()]
    assert len(table.recording.calls) == 3


@REAL
def test_numbers_that_replace_each_other_lead_somewhere_and_never_for_ever(table: Lives) -> None:
    for old, new in ((ANTIGA, MAIS_ANTIGA), (MAIS_ANTIGA, ANTIGA)):
        table.replaced(old, new, fonte="2026-11-20#a")
    assert table.by_carteiras([(VALE, ANTIGA)]) == [None]
    assert len(table.recording.calls) == RENUMBERINGS + 1
    table.row("BENEFICIARIO", ANTIGA, plain(a_vida(ANTIGA)), fonte="2026-11-21#a")
    assert table.by_carteiras([(VALE, ANTIGA), (VALE, MAIS_ANTIGA)]) == [a_vida(ANTIGA), a_vida(ANTIGA)]


@REAL
def test_a_look_up_is_one_round_trip_and_a_replaced_number_one_more(table: Lives) -> None:
    table.put("beneficiarios", VALE, a_vida(carteira_anterior=ANTIGA))
    calls = table.recording.calls
    for asked, expected in (
        ([(VALE, CARTEIRA)], 1),
        ([(VALE, "1")], 1),
        ([(VALE, ANTIGA)], 2),
        ([(VALE, ANTIGA), (VALE, CARTEIRA), (PASA, ANTIGA)], 2),
        ([(VALE, str(n)) for n in range(50)], 1),
        ([(VALE, str(n)) for n in range(51)], 2),
    ):
        calls.clear()
        table.by_carteiras(asked)
        assert calls == ["batch_get_item"] * expected
    calls.clear()
    table.by_cpfs([(VALE, CPF), (PASA, CPF)])
    assert calls == ["query"] * 2


@REAL
def test_nothing_personal_is_in_a_key(table: Lives) -> None:
    table.put("beneficiarios", VALE, a_vida(carteira_anterior=ANTIGA))
    rows = table._client.scan(TableName=table.table)["Items"]
    assert len(rows) == 2
    for row in rows:
        written = str([row[name] for name in ("pk", "sk", "busca_pk", "busca_sk") if name in row])
        assert not [value for value in (CARTEIRA, ANTIGA, CPF) if value in written]
        assert row["pk"]["S"].startswith(f"OPERADORA#{VALE}#CARTEIRA#")
