"""`peg.service.portas.Cobrancas`: the fake and DynamoDB, one suite. Moto has no PartiQL, so it is no judge here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from conecta_edge.clock import FixedClock
from conecta_edge.dynamodb import TransientConflictError, marshal
from local.bench.units import item_size
from peg.domain.cobrancas import Cobranca, LinhaCobrada
from peg.domain.errors import MudouError
from peg.dynamodb import cobrancas
from peg.dynamodb.cobrancas import DynamoCobrancas
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE
from tests.contract.engines import PEG, Engine
from tests.fakes_peg import FakeCobrancas

ENGINES = ["fake", pytest.param("embedded", marks=pytest.mark.e2e)]
VIDA, OUTRA_VIDA = "0f" * 16, "1e" * 16
UM_PEG, OUTRO_PEG = "261120000001", "261120000002"
DIA = date(2026, 11, 10)
LINHA = LinhaCobrada("22", "40301010", DIA)
CHEIA = LinhaCobrada("22", "4030101099", DIA, ("00", "01", "02", "03", "06"), "08:30:00", "1", "11", "HASE", "MODLV")
"""Every member at its longest."""


def a_charge(guia: str = "G1", protocolo: str = UM_PEG, **changes: Any) -> Cobranca:
    """A guia of one line of the hospital."""
    made = Cobranca(VIDA, HOSPITAL, guia, protocolo, 1, (LINHA,))
    return replace(made, **changes)


@dataclass
class Subject:
    """The port under test."""

    port: Any

    def living(self, vida: str = VIDA, registro_ans: str = VALE) -> list[tuple[str, str]]:
        """Guia and protocolo of what a life is billed."""
        found = self.port.of_lives(registro_ans, [vida])
        return [(one.guia, one.protocolo) for one in found.get(vida, ())]


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        return Subject(FakeCobrancas())
    table = engine.table("peg", ordem="recepcao", chaves=PEG)
    return Subject(DynamoCobrancas(engine.dynamodb, table, FixedClock(NOW)))


def test_what_is_billed_is_read_back_by_life(subject: Subject) -> None:
    whole = a_charge(
        "G 2#/ç", sequencia=100, linhas=(LINHA, CHEIA, replace(LINHA, hora="08:30:00"), replace(LINHA, face="V")),
        numero="26110000000001", profissional="06:123456789012345:35", atendimento_rn=True, tipo_faturamento="4",
        periodo=("2026-11-01T10:00:00", "2026-11-10T18:00:00"),
    )  # fmt: skip
    assert subject.port.add(VALE, [whole, a_charge(), a_charge(vida=OUTRA_VIDA, linhas=())]) == []
    found = subject.port.of_lives(VALE, [VIDA, OUTRA_VIDA, VIDA, "nobody"])
    assert found == {VIDA: (whole, a_charge()), OUTRA_VIDA: (a_charge(vida=OUTRA_VIDA, linhas=()),)}
    assert subject.port.of_lives(VALE, []) == {}


def test_lives_of_two_operadoras_do_not_meet(subject: Subject) -> None:
    assert subject.port.add(VALE, [a_charge()]) == []
    assert subject.port.add(PASA, [a_charge(protocolo=OUTRO_PEG)]) == []
    assert (subject.living(), subject.living(registro_ans=PASA)) == ([("G1", UM_PEG)], [("G1", OUTRO_PEG)])


def test_a_number_is_of_one_living_peg_of_a_prestador_and_who_comes_later_is_told(subject: Subject) -> None:
    subject.port.add(VALE, [a_charge()])
    late = [a_charge("G0", OUTRO_PEG), a_charge("G1", OUTRO_PEG), a_charge("G1", OUTRO_PEG, prestador_id=CLINICA)]
    assert subject.port.add(VALE, late) == [late[1]]
    assert sorted(subject.living()) == [("G0", OUTRO_PEG), ("G1", UM_PEG), ("G1", OUTRO_PEG)]


def test_a_hundred_guias_of_a_hundred_lines_are_written_and_written_again(subject: Subject) -> None:
    lines = tuple(replace(CHEIA, codigo=f"{n:010d}", dia=DIA + timedelta(days=n % 7)) for n in range(100))
    many = [a_charge(f"G{n:03d}", sequencia=n, linhas=lines if n < 3 else (LINHA,)) for n in range(1, 101)]
    for _ in range(2):
        assert subject.port.add(VALE, many) == []
    assert subject.port.of_lives(VALE, [VIDA]) == {VIDA: tuple(many)}


def test_one_guia_told_twice_is_one_row(subject: Subject) -> None:
    assert subject.port.add(VALE, [a_charge(), a_charge(sequencia=2)]) == []
    assert subject.port.of_lives(VALE, [VIDA]) == {VIDA: (a_charge(),)}


def test_what_a_judgement_changed_is_written_over(subject: Subject) -> None:
    subject.port.add(VALE, [a_charge(numero="26110000000001")])
    assert subject.port.add(VALE, [a_charge(numero=None)]) == []
    assert subject.port.of_lives(VALE, [VIDA]) == {VIDA: (a_charge(),)}


def test_what_is_released_is_billed_no_more_and_its_number_is_free(subject: Subject) -> None:
    many = [a_charge(f"G{n:02d}") for n in range(40)]
    subject.port.add(VALE, many)
    for _ in range(2):
        subject.port.release(VALE, many[:39])
    assert subject.living() == [("G39", UM_PEG)]
    again = [a_charge(f"G{n:02d}", OUTRO_PEG) for n in range(40)]
    assert subject.port.add(VALE, again) == [again[39]]
    assert subject.living() == [*((f"G{n:02d}", OUTRO_PEG) for n in range(39)), ("G39", UM_PEG)]


def test_only_its_own_peg_releases_a_guia(subject: Subject) -> None:
    subject.port.add(VALE, [a_charge()])
    subject.port.release(VALE, [a_charge(protocolo=OUTRO_PEG), a_charge("G9"), a_charge(prestador_id=CLINICA)])
    assert subject.living() == [("G1", UM_PEG)]
    subject.port.release(VALE, [])


def test_who_works_on_a_cancelled_peg_does_not_bill_it_again(subject: Subject) -> None:
    subject.port.add(VALE, [a_charge()])
    subject.port.release(VALE, [a_charge()])
    with pytest.raises(MudouError):
        subject.port.add(VALE, [a_charge()])
    assert subject.living() == []
    subject.port.add(VALE, [a_charge(protocolo=OUTRO_PEG)])
    assert subject.port.add(VALE, [a_charge()]) == [a_charge()]


RUNNERS = 12


def winners_of_a_guia(port: Any) -> int:
    """How many of the PEGs that wanted a number that was let go were told they have it."""
    port.add(VALE, [a_charge(protocolo="261120000099")])
    port.release(VALE, [a_charge(protocolo="261120000099")])

    def bill(number: int) -> bool:
        return not port.add(VALE, [a_charge(protocolo=f"2611200000{number:02d}")])

    with ThreadPoolExecutor(RUNNERS) as pool:
        return sum(pool.map(bill, range(RUNNERS)))


def test_of_many_pegs_that_bill_a_guia_at_once_one_has_it(subject: Subject) -> None:
    assert winners_of_a_guia(subject.port) == 1
    assert len(subject.living()) == 1


class UnconditionalCobrancas(DynamoCobrancas):
    """A planted bug: it looks before it writes instead of making the write conditional. All look, then all write."""

    looked = threading.Barrier(RUNNERS)

    def _held(self, registro_ans: str, cobranca: Cobranca) -> bool:
        held = bool(self.of_lives(registro_ans, [cobranca.vida]))
        self.looked.wait(60)
        if held:
            return True
        row = marshal(cobrancas.to_item(registro_ans, cobranca))
        self._client.put_item(TableName=self._table, Item=row)
        return False


@pytest.mark.e2e
def test_the_race_catches_a_table_that_looks_before_it_writes(embedded: Engine) -> None:
    table = embedded.table("peg", ordem="recepcao", chaves=PEG)
    assert winners_of_a_guia(UnconditionalCobrancas(embedded.dynamodb, table, FixedClock(NOW))) == RUNNERS


# --- rows ---


LONGEST: dict[str, Any] = {"prestador_id": f"pf{'a' * 24}", "numero": "9" * 20, "profissional": "10:999999999999999:35"}


def test_five_lines_cost_one_write_unit_whatever_they_say() -> None:
    stay: dict[str, Any] = {
        "tipo_faturamento": "4",
        "periodo": ("2026-11-01T10:00:00", "2026-11-10T18:00:00"),
        "atendimento_rn": True,
    }
    whole = a_charge("9" * 20, linhas=(CHEIA,) * 5, sequencia=100, **LONGEST, **stay)
    assert item_size(marshal(cobrancas.to_item(VALE, whole))) <= 1024
    assert item_size(marshal(cobrancas.to_item(VALE, a_charge("ç" * 20, linhas=(CHEIA,) * 5, **LONGEST)))) <= 1024


class Throttled:
    """A table that has had enough after a number of statements of each call."""

    def __init__(self, code: str) -> None:
        self.code, self.statements = code, 0

    def batch_execute_statement(self, **call: Sequence[Any]) -> dict[str, Any]:
        asked = call["Statements"]
        self.statements += len(asked)
        return {"Responses": [{}, *({"Error": {"Code": self.code}} for _ in asked[1:])]}


def test_as_many_lines_as_a_guia_may_have_fit_into_a_row_and_come_back() -> None:
    linhas = tuple(
        replace(
            CHEIA, codigo=f"{n * 7919 % 10**8:08d}", dia=DIA - timedelta(days=n * 31 % 90),
            hora=f"{n * 7 % 24:02d}:{n * 13 % 60:02d}:{n * 17 % 60:02d}", dente=str(11 + n % 38),
        )
        for n in range(9999)
    )  # fmt: skip
    charge = a_charge(linhas=linhas)
    row = cobrancas.to_item(VALE, charge)
    assert item_size(marshal(row)) < 200 * 1024  # of the 400 KB that a row may have
    assert cobrancas.from_item(row) == charge


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded", "InternalServerError"])
def test_what_was_throttled_is_told_after_everything_was_tried(code: str) -> None:
    client = Throttled(code)
    port = DynamoCobrancas(client, "peg", FixedClock(NOW))
    for act in (port.add, port.release):
        with pytest.raises(TransientConflictError, match=code):
            act(VALE, [a_charge(f"G{n}") for n in range(60)])
    assert client.statements == 120


def test_a_released_row_goes_after_ninety_days_and_one_that_is_billed_again_stays() -> None:
    told: list[list[Any]] = []

    class Client:
        def batch_execute_statement(self, **call: Any) -> dict[str, Any]:
            told.extend(statement["Parameters"] for statement in call["Statements"])
            return {"Responses": [{} for _ in call["Statements"]]}

    DynamoCobrancas(Client(), "peg", FixedClock(NOW)).release(VALE, [a_charge()])
    assert told[0][1] == {"N": str(int((NOW + timedelta(days=90)).timestamp()))}
    assert "ttl" not in cobrancas.to_item(VALE, a_charge())


# --- the fake's own ---


def test_a_call_that_dies_half_way_leaves_what_it_did() -> None:
    port = FakeCobrancas()
    port.crash_at = 2
    many = [a_charge(f"G{n}") for n in range(4)]
    with pytest.raises(TransientConflictError):
        port.add(VALE, many)
    assert port.living() == many[:2]
    assert port.add(VALE, many) == []
    port.crash_at, port.crash = 1, OSError("gone")
    with pytest.raises(OSError, match="gone"):
        port.release(VALE, many)
    assert port.living() == many[1:]


def test_others_go_first_when_a_test_says_so() -> None:
    port = FakeCobrancas()
    port.meanwhile = [lambda: port.add(VALE, [a_charge(protocolo=OUTRO_PEG)])]
    assert port.add(VALE, [a_charge()]) == [a_charge()]
    assert port.writes == 2
