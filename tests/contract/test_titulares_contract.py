"""A person's rows, read and reduced, over the table that loads fill."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cadastro.bootstrap import titulares as bootstrap
from cadastro.dynamodb.titulares import DynamoTitulares
from cadastro.service.titulares import erase, export
from conecta_edge.beneficiarios import DynamoBeneficiarios
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError, unmarshal
from tests.builders_cadastro import CARTEIRA, CPF, HOJE, NOME, OUTRO_CPF, a_vida
from tests.builders_functions import NOW, PASA, VALE
from tests.contract.conftest import EMBEDDED, MOTO
from tests.contract.engines import Engine
from tests.fakes_cadastro import PSEUDONIMOS, Loaded

ENGINES = [MOTO, EMBEDDED]
FIM, HA_POUCO = date(2020, 1, 1), date(2026, 1, 1)
ANTIGA = "000999"


class House:
    """The table, what loads it, who finds lives in it and who reads persons."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.table = engine.table("beneficiarios", busca=True)
        self.loads = Loaded(engine.dynamodb, "cadastro", self.table)
        self.titulares = DynamoTitulares(engine.dynamodb, self.table, PSEUDONIMOS)
        self.vidas = DynamoBeneficiarios(engine.dynamodb, self.table, PSEUDONIMOS)

    def numbers(self, **asked: str | None) -> list[str]:
        found = self.titulares.of(VALE, **{"carteira": None, "cpf": None, **asked})
        return sorted(registro.vida.numero_carteira for registro in found)

    def rows(self) -> list[dict[str, Any]]:
        return [unmarshal(row) for row in self._engine.dynamodb.scan(TableName=self.table)["Items"]]


@pytest.fixture
def house(engine: Engine) -> House:
    made = House(engine)
    made.loads.put(
        "beneficiarios", VALE,
        a_vida(carteira_anterior=ANTIGA), a_vida("2", data_exclusao=FIM), a_vida("3", cpf=OUTRO_CPF),
        a_vida("4", cpf=None, data_exclusao=FIM),
    )  # fmt: skip
    made.loads.put("beneficiarios", PASA, a_vida("5", registro_ans=PASA))
    return made


def test_a_person_is_found_by_cpf_or_by_any_of_its_numbers_and_without_a_cpf_by_its_own(house: House) -> None:
    assert house.numbers(cpf=CPF) == house.numbers(carteira=CARTEIRA) == house.numbers(carteira="2") == [CARTEIRA, "2"]
    assert house.numbers(carteira=ANTIGA) == [CARTEIRA, "2"]
    assert house.numbers(carteira="4") == ["4"]
    assert house.numbers(carteira="5") == house.numbers(carteira="nobody") == house.numbers(cpf="11144477734") == []


def test_what_is_erased_is_found_by_nobody_and_leaves_nothing_of_the_person(house: House) -> None:
    done = erase(house.titulares, VALE, carteira=None, cpf=CPF, hoje=HOJE, now=NOW)
    assert [decisao.desfecho.value for _, decisao in sorted(done, key=lambda item: item[0].numero_carteira)] == [
        "MANTIDA", "ELIMINADA",
    ]  # fmt: skip
    assert house.vidas.by_carteiras([(VALE, "2")]) == [None]
    assert house.vidas.by_cpfs([(VALE, CPF)]) == [(a_vida(carteira_anterior=ANTIGA),)]
    (gone,) = [row for row in house.rows() if row.get("eliminado")]
    assert gone["dados"].keys() == {"registro_ans", "plano", "data_inclusao", "data_exclusao"}
    assert "busca_pk" not in gone
    assert not [value for value in (CPF, NOME, "1980") if value in str(gone)]
    assert export(house.titulares, VALE, carteira=CARTEIRA, cpf=None) == [a_vida(carteira_anterior=ANTIGA)]


def test_what_is_reduced_is_still_found(house: House) -> None:
    house.loads.put("beneficiarios", VALE, a_vida("6", data_exclusao=HA_POUCO, cns="700000000000005"))
    erase(house.titulares, VALE, carteira="6", cpf=None, hoje=HOJE, now=NOW)
    assert house.vidas.by_carteiras([(VALE, "6")]) == [a_vida("6", data_exclusao=HA_POUCO)]
    assert "6" in house.numbers(cpf=CPF)


class Once:
    """A client whose next update but so many is throttled before, or after, it was done."""

    def __init__(self, client: Any, done: int, *, lost: bool) -> None:
        self._client, self._left, self._lost = client, done, lost

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **asked: Any) -> Any:
        self._left -= 1
        if self._left == -1 and not self._lost:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "UpdateItem")
        answer = self._client.update_item(**asked)
        if self._left == -1:  # as the SDK asks again when no answer came
            self._client.update_item(**asked)
        return answer


@pytest.mark.parametrize(("done", "lost"), [(0, False), (1, False), (0, True)])
def test_an_erasure_that_was_interrupted_goes_on_when_it_is_asked_for_again(
    house: House, *, done: int, lost: bool
) -> None:
    house.loads.put("beneficiarios", VALE, a_vida("7", cpf=OUTRO_CPF, data_exclusao=FIM))
    house.loads.put("beneficiarios", VALE, a_vida("8", cpf=OUTRO_CPF, data_exclusao=FIM))
    client = house.titulares._client
    house.titulares._client = Once(client, done, lost=lost)
    with nullcontext() if lost else pytest.raises(TransientConflictError):
        erase(house.titulares, VALE, carteira="7", cpf=None, hoje=HOJE, now=NOW)
    house.titulares._client = client
    if not lost:
        assert "7" in house.numbers(carteira="7")
        erase(house.titulares, VALE, carteira="7", cpf=None, hoje=HOJE, now=NOW)
    assert house.numbers(cpf=OUTRO_CPF) == ["3"]


def test_a_row_that_changed_since_it_was_read_is_left_as_it_is(house: House) -> None:
    (registro,) = house.titulares.of(VALE, carteira="4", cpf=None)
    house.titulares.keep_only(registro, replace(registro.vida, nome_social="Jô"), NOW)
    with pytest.raises(ConditionFailedError):
        house.titulares.keep_only(registro, None, NOW + timedelta(seconds=1))
    (kept,) = house.vidas.by_carteiras([(VALE, "4")])
    assert kept is not None
    assert kept.nome_social == "Jô"


def test_a_process_has_one_reader_of_persons(
    engine: Engine, function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in engine.deploy().items():
        monkeypatch.setenv(name, value)
    assert bootstrap.titulares() is bootstrap.titulares()
    assert bootstrap.titulares().of(VALE, carteira=None, cpf=CPF) == []
