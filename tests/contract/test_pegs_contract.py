"""`peg.service.recepcao.Pegs`: the fake and DynamoDB, one suite. Moto has no PartiQL, so it is no judge here."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge import protocolos
from conecta_edge.dynamodb import TransientConflictError, marshal, unmarshal
from conecta_edge.protocolos import Kind
from conecta_tiss.findings import Achado
from peg.domain.errors import LoteNumberTakenError
from peg.domain.pegs import Peg, SituacaoPeg
from peg.dynamodb.pegs import DynamoPegs, lote_key, peg_key, to_item
from peg.service.recepcao import Page, Taken
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, a_documento, a_guia, a_peg
from tests.contract.engines import Engine
from tests.fakes import FakePegs

ENGINES = ["fake", pytest.param("embedded", marks=pytest.mark.e2e)]
OUTRO = "0" * 64


@dataclass
class Subject:
    """The port under test, and the events anybody could see behind it."""

    port: Any
    told: Callable[[str], Sequence[Mapping[str, Any]]]

    def receive(self, peg: Peg) -> None:
        """The whole of a reception."""
        self.port.prepare(peg)
        self.port.add_guias(peg, [a_guia(n) for n in range(1, peg.quantidade_guias + 1)])
        self.port.commit(peg, a_documento(), NOW)


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake = FakePegs()
        return Subject(
            fake,
            lambda prestador: [
                {"tipo": event.tipo, "prestador_id": event.prestador_id, "correlacao": event.correlacao,
                 "dados": event.dados}
                for event in fake.events.values() if event.prestador_id == prestador
            ],
        )  # fmt: skip
    table = engine.table("peg", ordem="recepcao")
    return Subject(
        DynamoPegs(engine.dynamodb, table),
        lambda prestador: [json.loads(row["evento"]) for row in engine.outbox(table, prestador)],
    )


def all_pages(read: Callable[[Mapping[str, str] | None], Page]) -> list[list[Any]]:
    """Every page, by following positions."""
    pages, position = [], None
    while True:
        page = read(position)
        pages.append(list(page.rows))
        position = page.position
        if position is None:
            return pages


def test_a_prepared_peg_holds_its_number_and_is_seen_by_nobody(subject: Subject) -> None:
    peg = a_peg()
    assert subject.port.lote(HOSPITAL, VALE, "1") is None
    subject.port.prepare(peg)
    assert subject.port.lote(HOSPITAL, VALE, "1") == Taken(peg.protocolo, peg.sha256)
    assert subject.port.get(HOSPITAL, peg.protocolo) == peg
    assert subject.port.month(HOSPITAL, "202611", None, 30).rows == []
    assert subject.told(HOSPITAL) == []


def test_a_number_is_taken_once_and_the_loser_leaves_nothing(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    with pytest.raises(LoteNumberTakenError):
        subject.port.prepare(a_peg("261120000002", sha256=OUTRO))
    assert subject.port.get(HOSPITAL, "261120000002") is None
    assert subject.port.lote(HOSPITAL, VALE, "1").protocolo == "261120000001"


def test_a_number_belongs_to_one_prestador_at_one_operadora(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    subject.port.prepare(a_peg("261120000002", registro_ans=PASA))
    subject.port.prepare(a_peg("261120000003", prestador_id=CLINICA))
    subject.port.prepare(a_peg("261120000004", numero_lote="11"))
    assert subject.port.lote(HOSPITAL, PASA, "1").protocolo == "261120000002"
    assert subject.port.lote(CLINICA, VALE, "1").protocolo == "261120000003"
    assert subject.port.lote(CLINICA, PASA, "1") is None


def test_a_peg_is_read_back_to_the_cent_and_the_microsecond_by_its_own_prestador(subject: Subject) -> None:
    peg = a_peg(valor_informado=Decimal("1234567.10"), data_recepcao=NOW + timedelta(microseconds=7))
    subject.port.prepare(peg)
    assert subject.port.get(HOSPITAL, peg.protocolo) == peg
    assert str(subject.port.get(HOSPITAL, peg.protocolo).valor_informado) == "1234567.10"
    assert subject.port.get(CLINICA, peg.protocolo) is None


def test_a_committed_peg_is_visible_whole_and_announced(subject: Subject) -> None:
    subject.receive(a_peg())
    visible = replace(a_peg(), situacao=SituacaoPeg.RECEBIDO, versao=2)
    assert subject.port.get(HOSPITAL, "261120000001") == visible
    assert subject.port.month(HOSPITAL, "202611", None, 30).rows == [visible]
    (event,) = subject.told(HOSPITAL)
    assert (event["tipo"], event["prestador_id"], event["correlacao"]) == ("PegRecebido", HOSPITAL, "u1")
    assert event["dados"].items() >= {"upload_id": "u1", "protocolo": "261120000001"}.items()


def test_a_reception_repeated_changes_nothing(subject: Subject) -> None:
    subject.receive(a_peg())
    before = subject.port.get(HOSPITAL, "261120000001")
    for _ in range(2):
        subject.port.add_guias(a_peg(), [a_guia(n, "999.99") for n in range(1, 4)])
        subject.port.commit(a_peg(), a_documento(upload_id="u2"), NOW)
    assert subject.port.get(HOSPITAL, "261120000001") == before
    assert [row.valor_informado for row in subject.port.guias(HOSPITAL, "261120000001", None, 9).rows] == [
        Decimal("100.00")
    ] * 3
    assert len(subject.told(HOSPITAL)) == 1


def test_guias_interrupted_half_way_are_completed_by_a_retry(subject: Subject) -> None:
    guias = [a_guia(n) for n in range(1, 101)]
    subject.port.prepare(a_peg(quantidade_guias=100))
    subject.port.add_guias(a_peg(), guias[:37])
    subject.port.add_guias(a_peg(), guias)
    assert subject.port.guias(HOSPITAL, "261120000001", None, 200).rows == guias


def test_a_guia_is_read_back_as_it_was_presented(subject: Subject) -> None:
    guias = [
        a_guia(1, "0.10", senha="483920175562", numero_guia_operadora="77"),
        a_guia(2, "99999999.99", data_atendimento=None),
    ]
    subject.port.prepare(a_peg())
    subject.port.add_guias(a_peg(), guias)
    assert subject.port.guias(HOSPITAL, "261120000001", None, 9).rows == guias


def test_guias_come_in_the_order_of_the_lote_page_by_page(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    subject.port.prepare(a_peg("261120000010", numero_lote="10"))
    subject.port.add_guias(a_peg(), [a_guia(n) for n in range(1, 26)])
    subject.port.add_guias(a_peg("261120000010"), [a_guia(1)])
    pages = all_pages(lambda position: subject.port.guias(HOSPITAL, "261120000001", position, 10))
    assert [guia.sequencia for page in pages for guia in page] == list(range(1, 26))
    assert [len(page) for page in pages if page] == [10, 10, 5]
    assert subject.port.guias(CLINICA, "261120000001", None, 10).rows == []


def test_a_month_comes_newest_first_page_by_page(subject: Subject) -> None:
    for number in range(1, 8):
        stored = NOW + timedelta(minutes=number % 3, seconds=number)
        subject.receive(a_peg(f"26112000000{number}", numero_lote=str(number), data_recepcao=stored))
    subject.port.prepare(a_peg("261120000099", numero_lote="99"))
    subject.receive(a_peg("261220000001", numero_lote="50", competencia="202612"))
    subject.receive(a_peg("261120000098", numero_lote="1", prestador_id=CLINICA))
    pages = all_pages(lambda position: subject.port.month(HOSPITAL, "202611", position, 3))
    assert [peg.numero_lote for page in pages for peg in page] == ["5", "2", "7", "4", "1", "6", "3"]
    assert [len(page) for page in pages if page] == [3, 3, 1]


def test_a_refusal_is_announced_once_per_attempt_and_leaves_nothing_else(subject: Subject) -> None:
    achados = (Achado("R02", "1207", "…"), Achado("R12", "5028", "…"))
    for tentativa in (1, 1, 2):
        subject.port.announce_refusal(a_documento(tentativa=tentativa), achados, NOW)
    told = subject.told(HOSPITAL)
    assert [event["tipo"] for event in told] == ["LoteRecusado"] * 2
    assert [event["dados"] for event in told] == [{"upload_id": "u1", "achados": 2}] * 2
    assert subject.port.lote(HOSPITAL, VALE, "1") is None


def test_a_repetition_is_announced_once_per_upload_and_attempt(subject: Subject) -> None:
    for upload_id, tentativa in (("u2", 1), ("u2", 1), ("u3", 1), ("u3", 2)):
        subject.port.announce_repeated(a_peg(), a_documento(upload_id=upload_id, tentativa=tentativa), NOW)
    told = Counter((event["tipo"], event["dados"]["upload_id"]) for event in subject.told(HOSPITAL))
    assert told == {("LoteRepetido", "u2"): 1, ("LoteRepetido", "u3"): 2}


def test_protocolos_are_of_the_month_and_never_repeat(subject: Subject) -> None:
    numbers = [subject.port.next_protocolo(date(2026, 11, 30)) for _ in range(20)]
    assert len(set(numbers)) == 20
    assert {number[:5] for number in numbers} == {"26112"}


RUNNERS = 12


def race(work: Callable[[int], Any]) -> list[Any]:
    """What each of several threads answered, all let go at once."""
    start = threading.Barrier(RUNNERS)

    def run(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(RUNNERS) as pool:
        return list(pool.map(run, range(RUNNERS)))


def winners_of_a_number(port: Any) -> tuple[int, int]:
    """How many of the threads that wanted one lote number were told they have it, and how many PEGs that made."""

    def prepare(number: int) -> bool:
        peg = a_peg(f"2611200010{number:02d}", sha256=f"{number:064d}")
        while True:
            try:
                port.prepare(peg)
            except LoteNumberTakenError:
                return False
            except TransientConflictError:
                continue  # nothing was written: the workflow would try again
            return True

    told = race(prepare)
    stored = [port.get(HOSPITAL, f"2611200010{number:02d}") for number in range(RUNNERS)]
    return sum(told), len([peg for peg in stored if peg])


def test_of_many_who_want_a_number_at_once_one_has_it(subject: Subject) -> None:
    assert winners_of_a_number(subject.port) == (1, 1)


class UnconditionalPegs(DynamoPegs):
    """A planted bug: it looks before it writes instead of making the write conditional."""

    def prepare(self, peg: Peg) -> None:
        if self.lote(peg.prestador_id, peg.registro_ans, peg.numero_lote):
            raise LoteNumberTakenError
        holder = {**lote_key(peg.prestador_id, peg.registro_ans, peg.numero_lote), "protocolo": peg.protocolo}
        row = {**peg_key(peg.prestador_id, peg.protocolo), **to_item(peg)}
        for item in ({**holder, "sha256": peg.sha256}, row):
            self._client.put_item(TableName=self._table, Item=marshal(item))


@pytest.mark.e2e
def test_the_race_catches_a_table_that_looks_before_it_writes(embedded: Engine) -> None:
    port = UnconditionalPegs(embedded.dynamodb, embedded.table("peg", ordem="recepcao"))
    told, stored = winners_of_a_number(port)
    assert told > 1
    assert stored > 1


def numbers_in_a_race(allocate: Callable[[], str]) -> list[str]:
    return [number for numbers in race(lambda _: [allocate() for _ in range(10)]) for number in numbers]


def test_protocolos_given_at_once_never_repeat(subject: Subject) -> None:
    numbers = numbers_in_a_race(lambda: subject.port.next_protocolo(date(2026, 11, 21)))
    assert len(set(numbers)) == len(numbers) == RUNNERS * 10


@pytest.mark.e2e
def test_the_race_catches_a_counter_that_reads_before_it_writes(embedded: Engine) -> None:
    table, key = embedded.table("peg"), marshal({"pk": "CONTADOR#2611#2", "sk": "0"})

    def allocate() -> str:
        found = embedded.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        n = int(unmarshal(found)["n"]) + 1 if found else 1
        embedded.dynamodb.put_item(TableName=table, Item={**key, "n": {"N": str(n)}})
        return str(n)

    numbers = numbers_in_a_race(allocate)
    assert len(set(numbers)) < len(numbers)


@pytest.mark.e2e
def test_the_counter_itself_never_repeats_in_one_shard(embedded: Engine) -> None:
    table = embedded.table("peg")

    class FirstShard:
        """Always the same order of shards: the worst skew there is."""

        def shuffle(self, _shards: list[int]) -> None:
            pass

    first: Any = FirstShard()
    numbers = numbers_in_a_race(
        lambda: protocolos.allocate(embedded.dynamodb, table, Kind.PEG, date(2026, 11, 21), first)
    )
    assert sorted(numbers) == [f"261120{n:06d}" for n in range(1, RUNNERS * 10 + 1)]
