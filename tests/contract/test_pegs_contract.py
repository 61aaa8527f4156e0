"""`peg.service.portas.Pegs`: the fake and DynamoDB, one suite."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_atos.portas import Page
from conecta_contas.pegs import Evento, Papel, Peg, Porta, SituacaoPeg
from conecta_contas_aws.chaves import peg_key
from conecta_contas_aws.contas import from_item
from conecta_edge import protocolos
from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError, marshal, put, unmarshal
from conecta_edge.protocolos import Kind
from local.bench.units import item_size
from peg.domain import estados
from peg.domain.errors import LoteNumberTakenError, MudouError
from peg.domain.estados import Ato
from peg.dynamodb.chaves import lote_key
from peg.dynamodb.pegs import DynamoPegs, to_item
from peg.service.portas import Fato, Taken
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE, a_documento, a_peg
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG, Engine
from tests.fakes import Crashing, Interruption, Kept, ProcessDiedError
from tests.fakes_peg import FakePegs

ENGINES = [FAKE, EMBEDDED]
"""Moto takes a second for what the embedded AWS does in a tenth: this suite is too large for it."""
"""Moto is no judge of races."""
NUMERO = "261120000001"
OUTRO = "0" * 64
HOJE = NOW.date()
PAPEIS = {
    Evento.GUIA_RETIRADA: Papel.PRESTADOR, Evento.CANCELADO: Papel.PRESTADOR, Evento.RECEBIDO: Papel.PRESTADOR,
    Evento.PAGO: Papel.FINANCEIRO,
}  # fmt: skip


def moved(peg: Peg, *eventos: Evento, ate: date | None = None, after: timedelta = timedelta(hours=1)) -> Peg:
    """A PEG after some acts, each an hour later than the one before."""
    for evento in eventos:
        quando = (peg.historico[-1].quando if peg.historico else peg.data_recepcao) + after
        papel = PAPEIS.get(evento, Papel.AUDITORIA)
        ato = Ato(papel=papel, quem="pessoa-1", quando=quando, motivo="Conferência de relatório.", ate=ate)
        peg = estados.advance(peg, evento, ato)
    return peg


RECEBIDO = Fato("PegRecebido", {"protocolo": NUMERO, "upload_id": "u1"}, f"peg/{NUMERO}")


@dataclass
class Subject:
    """The port under test, and what anybody could see behind it.

    Attributes:
        told: the events of a prestador.
        keeper: makes a kept answer of a name, to be written along; the same name loses.
    """

    port: Any
    told: Callable[[str], Sequence[Mapping[str, Any]]]
    keeper: Callable[[str], Any]

    def change(self, antes: Peg, depois: Peg, *fatos: Fato, **how: Any) -> Peg:
        """An act."""
        self.port.change(antes, depois, fatos, **{"now": NOW, "correlacao": "c1", **how})
        return depois

    def receive(self, peg: Peg, *eventos: Evento, **how: Any) -> Peg:
        """A PEG that is seen, after some acts."""
        self.port.prepare(peg)
        seen = moved(peg, Evento.RECEBIDO)
        self.change(peg, seen)
        return self.change(seen, moved(seen, *eventos, **how)) if eventos else seen

    def types(self, prestador_id: str = HOSPITAL) -> list[str]:
        """What was told of a prestador."""
        return sorted(event["tipo"] for event in self.told(prestador_id))


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake, kept = FakePegs(), set[str]()
        return Subject(
            fake,
            lambda prestador: [
                {"tipo": event.tipo, "prestador_id": event.prestador_id, "correlacao": event.correlacao,
                 "dados": event.dados}
                for event in fake.told(prestador)
            ],
            lambda name: Kept(lambda: name not in kept, lambda: kept.add(name)),
        )  # fmt: skip
    table = engine.table("peg", ordem="recepcao", chaves=PEG)
    return Subject(
        DynamoPegs(engine.dynamodb, table),
        lambda prestador: [json.loads(row["evento"]) for row in engine.outbox(table, prestador)],
        lambda name: put(table, {"pk": name, "sk": "RESPOSTA"}, "attribute_not_exists(pk)"),
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


# --- a PEG begins ---


def test_a_prepared_peg_holds_its_number_and_is_seen_by_nobody(subject: Subject) -> None:
    peg = a_peg()
    assert subject.port.lote(HOSPITAL, VALE, "1") is None
    subject.port.prepare(peg)
    assert subject.port.lote(HOSPITAL, VALE, "1") == Taken(peg.protocolo, peg.sha256)
    assert subject.port.get(HOSPITAL, peg.protocolo) == peg
    assert subject.port.month(HOSPITAL, "202611", None, 30).rows == []
    assert subject.port.month_of_operadora(VALE, "202611", None, 30).rows == []
    assert subject.told(HOSPITAL) == []


def test_a_number_is_taken_once_and_the_loser_leaves_nothing(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    with pytest.raises(LoteNumberTakenError):
        subject.port.prepare(a_peg("261120000002", sha256=OUTRO))
    assert subject.port.get(HOSPITAL, "261120000002") is None
    assert subject.port.prestador_of(VALE, "261120000002") is None
    assert subject.port.lote(HOSPITAL, VALE, "1").protocolo == NUMERO


def test_a_protocolo_is_one_peg(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    with pytest.raises(LoteNumberTakenError):
        subject.port.prepare(a_peg(numero_lote="2"))
    with pytest.raises(LoteNumberTakenError):
        subject.port.prepare(a_peg(prestador_id=CLINICA))
    assert subject.port.lote(HOSPITAL, VALE, "2") is None


def test_a_number_belongs_to_one_prestador_at_one_operadora(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    subject.port.prepare(a_peg("261120000002", registro_ans=PASA))
    subject.port.prepare(a_peg("261120000003", prestador_id=CLINICA))
    subject.port.prepare(a_peg("261120000004", numero_lote="11"))
    assert subject.port.lote(HOSPITAL, PASA, "1").protocolo == "261120000002"
    assert subject.port.lote(CLINICA, VALE, "1").protocolo == "261120000003"
    assert subject.port.lote(CLINICA, PASA, "1") is None


def test_a_peg_is_read_back_to_the_cent_and_the_microsecond_by_its_own_prestador(subject: Subject) -> None:
    peg = a_peg(
        valor_informado=Decimal("1234567.10"), valor_glosado=Decimal("0.10"), valor_retirado=Decimal("30.00"),
        data_recepcao=NOW + timedelta(microseconds=7), porta=Porta.DIGITADO, quem="pessoa-1", dossie="d" * 32,
        retiradas=(3, 1), liberando=True, codificacao_hash="", chave_xml=f"t/{VALE}/{HOSPITAL}/peg_digitado/{'0' * 64}",
        sha256="0" * 64,
    )  # fmt: skip
    subject.port.prepare(peg)
    assert subject.port.get(HOSPITAL, peg.protocolo) == peg
    assert str(subject.port.get(HOSPITAL, peg.protocolo).valor_informado) == "1234567.10"
    assert str(subject.port.get(HOSPITAL, peg.protocolo).valor_glosado) == "0.10"
    assert subject.port.get(CLINICA, peg.protocolo) is None


def test_an_operadora_finds_whose_a_peg_is_among_its_own(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    assert subject.port.prestador_of(VALE, NUMERO) == HOSPITAL
    assert subject.port.prestador_of(PASA, NUMERO) is None


# --- it goes on ---


def test_a_committed_peg_is_visible_whole_and_announced(subject: Subject) -> None:
    subject.port.prepare(a_peg())
    seen = subject.change(a_peg(), moved(a_peg(), Evento.RECEBIDO), RECEBIDO)
    assert subject.port.get(HOSPITAL, NUMERO) == seen
    assert subject.port.month(HOSPITAL, "202611", None, 30).rows == [seen]
    assert subject.port.month_of_operadora(VALE, "202611", None, 30).rows == [seen]
    (event,) = subject.told(HOSPITAL)
    assert (event["tipo"], event["prestador_id"], event["correlacao"]) == ("PegRecebido", HOSPITAL, "c1")
    assert event["dados"].items() >= {"upload_id": "u1", "protocolo": NUMERO}.items()


def test_who_read_another_version_changes_nothing(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    ahead = subject.change(seen, moved(seen, Evento.ANALISE_INICIADA))
    with pytest.raises(MudouError):
        subject.change(seen, moved(seen, Evento.CANCELADO), RECEBIDO, guardar=[subject.keeper("k")], free_lote=True)
    with pytest.raises(MudouError):
        subject.change(a_peg("261120000002"), moved(a_peg("261120000002"), Evento.RECEBIDO), RECEBIDO)
    assert subject.port.get(HOSPITAL, NUMERO) == ahead
    assert subject.told(HOSPITAL) == []
    subject.change(ahead, moved(ahead, Evento.ANALISADO), guardar=[subject.keeper("k")])  # nothing was kept before


def test_events_are_told_once_each_with_the_act(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    fatos = [Fato("GuiaRetirada", {"sequencia": n}, f"peg/{NUMERO}") for n in (1, 2)]
    subject.change(seen, moved(seen, Evento.GUIA_RETIRADA), *fatos)
    assert sorted(event["dados"]["sequencia"] for event in subject.told(HOSPITAL)) == [1, 2]


def test_a_kept_answer_is_written_along_or_nothing_is(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    begun = subject.change(seen, moved(seen, Evento.ANALISE_INICIADA), guardar=[subject.keeper("k1")])
    kept = [subject.keeper("k2"), subject.keeper("k1")]
    with pytest.raises(ConditionFailedError):
        subject.change(begun, moved(begun, Evento.ANALISADO), RECEBIDO, guardar=kept)
    assert subject.port.get(HOSPITAL, NUMERO) == begun
    assert subject.told(HOSPITAL) == []
    subject.change(begun, moved(begun, Evento.ANALISADO), guardar=[subject.keeper("k2")])


def test_the_whole_life_of_a_peg_is_in_its_timeline(subject: Subject) -> None:
    seen = subject.receive(a_peg(quantidade_guias=100))
    for n in range(1, 31):
        ato = Ato(papel=Papel.PRESTADOR, quem="pessoa-1", quando=NOW + timedelta(days=n), motivo="Guia de outro mês.")
        less = estados.retire_guia(seen, n, Decimal("0.10"), ato)
        seen = subject.change(seen, less)
    asked = [Evento.ANALISE_INICIADA, *[Evento.INFORMACAO_PEDIDA, Evento.INFORMACAO_RECEBIDA] * 3, Evento.ANALISADO]
    for evento in (*asked, Evento.REABERTO, Evento.ANALISADO, Evento.LIBERADO, Evento.PAGO):
        seen = subject.change(seen, moved(seen, evento, ate=date(2026, 12, 1)))
    ended = subject.change(seen, replace(seen, liberando=False, publicada_em=HOJE, versao=seen.versao + 1))
    assert subject.port.get(HOSPITAL, NUMERO) == ended
    assert (len(ended.historico), ended.valor_retirado) == (43, Decimal("3.00"))
    assert subject.port.month(HOSPITAL, "202611", None, 30).rows == [ended]


def test_what_becomes_as_ever_again_is_read_so(subject: Subject) -> None:
    seen = subject.receive(a_peg(valor_glosado=Decimal("1.00"), liberando=True, dossie="d1"))
    plain = subject.change(
        seen, replace(seen, valor_glosado=Decimal("0.00"), liberando=False, dossie="d2", versao=seen.versao + 1)
    )
    assert subject.port.get(HOSPITAL, NUMERO) == plain


# --- its lote number is free again ---


def test_a_lote_number_that_was_let_go_is_taken_again(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    gone = subject.change(seen, moved(seen, Evento.CANCELADO))
    assert subject.port.lote(HOSPITAL, VALE, "1") == Taken(NUMERO, gone.sha256)
    for _ in range(2):
        gone = subject.change(gone, replace(gone, versao=gone.versao + 1), free_lote=True)
        assert subject.port.lote(HOSPITAL, VALE, "1") is None
        assert subject.port.lote(HOSPITAL, VALE, "1", soltos=True) == Taken(NUMERO, gone.sha256, livre=True)
    subject.port.prepare(a_peg("261120000002", sha256=OUTRO, upload_id="u2"))
    for soltos in (False, True):
        assert subject.port.lote(HOSPITAL, VALE, "1", soltos=soltos) == Taken("261120000002", OUTRO)
    with pytest.raises(LoteNumberTakenError):
        subject.port.prepare(a_peg("261120000003"))
    assert [peg.protocolo for peg in subject.port.month(HOSPITAL, "202611", None, 9).rows] == [NUMERO]


def test_the_upload_whose_peg_let_a_number_go_does_not_take_it_again(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    subject.change(seen, moved(seen, Evento.CANCELADO), free_lote=True)
    with pytest.raises(LoteNumberTakenError):
        subject.port.prepare(a_peg("261120000002"))
    assert subject.port.get(HOSPITAL, "261120000002") is None
    assert subject.port.lote(HOSPITAL, VALE, "1") is None


def test_a_lote_number_of_another_peg_is_not_let_go(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    gone = subject.change(seen, moved(seen, Evento.CANCELADO), free_lote=True)
    subject.port.prepare(a_peg("261120000002", upload_id="u2"))
    with pytest.raises(MudouError):
        subject.change(gone, replace(gone, versao=gone.versao + 1), RECEBIDO, free_lote=True)
    assert subject.port.get(HOSPITAL, NUMERO) == gone
    assert subject.port.lote(HOSPITAL, VALE, "1").protocolo == "261120000002"
    assert subject.told(HOSPITAL) == []


# --- lists ---


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


def test_a_month_of_an_operadora_comes_by_protocolo_of_every_prestador(subject: Subject) -> None:
    for number in (5, 3, 1, 2, 4):
        peg = a_peg(f"26112000000{number}", numero_lote=str(number), prestador_id=CLINICA if number % 2 else HOSPITAL)
        if number == 4:
            subject.port.prepare(peg)
        else:
            subject.receive(peg)
    subject.receive(a_peg("261120000008", registro_ans=PASA))
    subject.receive(a_peg("261220000001", numero_lote="50", competencia="202612"))
    pages = all_pages(lambda position: subject.port.month_of_operadora(VALE, "202611", position, 2))
    assert [peg.protocolo[-1] for page in pages for peg in page] == ["1", "2", "3", "5"]
    assert [peg.prestador_id for peg in pages[0]] == [CLINICA, HOSPITAL]
    assert subject.port.month_of_operadora(PASA, "202612", None, 2).rows == []


def test_a_worklist_has_what_is_in_its_state_oldest_first(subject: Subject) -> None:
    for number, days in ((1, 2), (2, 0), (3, 1), (4, 0)):
        stored = NOW + timedelta(days=days)
        subject.receive(a_peg(f"26112000000{number}", numero_lote=str(number), data_recepcao=stored))
    subject.receive(a_peg("261120000005", registro_ans=PASA))
    begun = subject.receive(a_peg("261120000006", numero_lote="6"), Evento.ANALISE_INICIADA)
    pages = all_pages(lambda position: subject.port.worklist(VALE, SituacaoPeg.RECEBIDO, position, 3))
    assert [peg.protocolo[-1] for page in pages for peg in page] == ["2", "4", "3", "1"]
    assert subject.port.worklist(VALE, SituacaoPeg.EM_ANALISE, None, 3).rows == [begun]
    done = subject.change(begun, moved(begun, Evento.ANALISADO))
    assert subject.port.worklist(VALE, SituacaoPeg.EM_ANALISE, None, 3).rows == []
    assert subject.port.worklist(VALE, SituacaoPeg.ANALISADO, None, 3).rows == [done]
    subject.change(done, moved(done, Evento.LIBERADO))
    assert subject.port.worklist(VALE, SituacaoPeg.ANALISADO, None, 3).rows == []


def test_what_is_due_was_received_on_a_local_day_or_before_it(subject: Subject) -> None:
    midnight = datetime.fromisoformat("2026-11-22T03:00:00Z")
    before = timedelta(microseconds=1)
    for number, stored in ((1, midnight), (2, midnight - before), (3, midnight - timedelta(days=1) - before)):
        subject.receive(a_peg(f"26112000000{number}", numero_lote=str(number), data_recepcao=stored))

    def due(until: date, limit: int = 9) -> list[str]:
        found = subject.port.due(VALE, SituacaoPeg.RECEBIDO, until, limit)
        assert {prestador for prestador, _ in found} <= {HOSPITAL}
        return [protocolo[-1] for _, protocolo in found]

    assert due(date(2026, 11, 20)) == ["3"]
    assert due(date(2026, 11, 21)) == ["3", "2"]
    assert due(date(2026, 11, 22)) == ["3", "2", "1"]
    assert due(date(2026, 11, 22), 2) == ["3", "2"]
    assert subject.port.due(PASA, SituacaoPeg.RECEBIDO, date(2026, 11, 22), 9) == []


def test_information_is_due_on_the_day_it_was_asked_for(subject: Subject) -> None:
    asked = (Evento.ANALISE_INICIADA, Evento.INFORMACAO_PEDIDA)
    subject.receive(a_peg(), *asked, ate=date(2026, 12, 5))
    subject.receive(a_peg("261120000002", numero_lote="2"), *asked)
    waiting = SituacaoPeg.AGUARDANDO_INFORMACAO
    assert subject.port.due(VALE, waiting, date(2026, 12, 4), 9) == [(HOSPITAL, "261120000002")]
    assert subject.port.due(VALE, waiting, date(2026, 12, 5), 9) == [(HOSPITAL, "261120000002"), (HOSPITAL, NUMERO)]


def test_unfinished_work_is_found_until_it_is_done(subject: Subject) -> None:
    names = [f"2611200000{number:02d}" for number in range(1, 13)]
    for place, name in enumerate(names):
        subject.port.prepare(a_peg(name, numero_lote=name, data_recepcao=NOW + timedelta(minutes=place)))
    assert subject.port.pending(NOW, 99) == []
    assert subject.port.pending(NOW + timedelta(minutes=3), 99) == [(HOSPITAL, name) for name in names[:3]]
    assert subject.port.pending(NOW + timedelta(days=1), 5) == [(HOSPITAL, name) for name in names[:5]]
    for place, name in enumerate(names):
        peg = a_peg(name, numero_lote=name, data_recepcao=NOW + timedelta(minutes=place))
        subject.change(peg, moved(peg, Evento.RECEBIDO))
    assert subject.port.pending(NOW + timedelta(days=1), 99) == []


def test_what_is_being_let_go_is_unfinished_since_it_began(subject: Subject) -> None:
    seen = subject.receive(a_peg())
    gone = replace(moved(seen, Evento.CANCELADO), liberando=True)
    begun = gone.historico[-1].quando
    subject.change(seen, gone)
    assert subject.port.pending(begun, 9) == []
    assert subject.port.pending(begun + timedelta(seconds=1), 9) == [(HOSPITAL, NUMERO)]
    assert subject.port.worklist(VALE, SituacaoPeg.RECEBIDO, None, 9).rows == []
    subject.change(gone, replace(gone, liberando=False, versao=gone.versao + 1), free_lote=True)
    assert subject.port.pending(begun + timedelta(days=1), 9) == []


# --- what is told without a PEG ---


def test_what_became_of_a_file_is_one_event_told_once_per_attempt(subject: Subject) -> None:
    for n, (upload_id, tentativa) in enumerate((("u2", 1), ("u2", 1), ("u3", 1), ("u3", 3), ("u3", 2), ("u3", 3))):
        fato = Fato("LoteRepetido", {"upload_id": upload_id, "n": n}, f"peg/{NUMERO}", upload_id)
        subject.port.announce(fato, a_documento(upload_id=upload_id, tentativa=tentativa), NOW)
    told = sorted((event["dados"]["upload_id"], event["dados"]["n"]) for event in subject.told(HOSPITAL))
    assert told == [("u2", 0), ("u3", 3)]
    assert {event["correlacao"] for event in subject.told(HOSPITAL)} == {"u2", "u3"}
    assert subject.port.get(HOSPITAL, NUMERO) is None


def test_what_was_told_with_an_act_is_told_again_as_the_same_event(subject: Subject) -> None:
    fato = replace(RECEBIDO, chave="u1")
    subject.port.prepare(a_peg())
    subject.change(a_peg(), moved(a_peg(), Evento.RECEBIDO), fato)
    subject.port.announce(fato, a_documento(tentativa=2), NOW)
    (event,) = subject.told(HOSPITAL)
    assert (event["tipo"], event["correlacao"]) == ("PegRecebido", a_documento().correlacao)


def test_protocolos_are_of_the_month_and_never_repeat(subject: Subject) -> None:
    numbers = [subject.port.next_protocolo(date(2026, 11, 30)) for _ in range(20)]
    assert len(set(numbers)) == 20
    assert {number[:5] for number in numbers} == {"26112"}


# --- races ---


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


def test_of_many_acts_at_once_one_is_done_and_told(subject: Subject) -> None:
    seen = subject.receive(a_peg())

    def act(number: int) -> bool:
        try:
            subject.change(seen, replace(seen, dossie=f"d{number}", versao=seen.versao + 1), RECEBIDO)
        except MudouError:
            return False
        return True

    done = race(act)
    assert sum(done) == 1
    assert subject.port.get(HOSPITAL, NUMERO).dossie == f"d{done.index(True)}"
    assert subject.types() == ["PegRecebido"]


class UnconditionalPegs(DynamoPegs):
    """A planted bug: it looks before it writes instead of making the write conditional. All look, then all write."""

    looked = threading.Barrier(RUNNERS)

    def prepare(self, peg: Peg) -> None:
        taken = self.lote(peg.prestador_id, peg.registro_ans, peg.numero_lote)
        self.looked.wait(60)
        if taken:
            raise LoteNumberTakenError
        holder = {**lote_key(peg.prestador_id, peg.registro_ans, peg.numero_lote), "protocolo": peg.protocolo}
        row = {**peg_key(peg.prestador_id, peg.protocolo), **to_item(peg)}
        for item in ({**holder, "sha256": peg.sha256}, row):
            self._client.put_item(TableName=self._table, Item=marshal(item))


@pytest.mark.e2e
def test_the_race_catches_a_table_that_looks_before_it_writes(embedded: Engine) -> None:
    port = UnconditionalPegs(embedded.dynamodb, embedded.table("peg", ordem="recepcao", chaves=PEG))
    assert winners_of_a_number(port) == (RUNNERS, RUNNERS)


def numbers_in_a_race(allocate: Callable[[], str]) -> list[str]:
    return [number for numbers in race(lambda _: [allocate() for _ in range(10)]) for number in numbers]


def test_protocolos_given_at_once_never_repeat(subject: Subject) -> None:
    numbers = numbers_in_a_race(lambda: subject.port.next_protocolo(date(2026, 11, 21)))
    assert len(set(numbers)) == len(numbers) == RUNNERS * 10


@pytest.mark.e2e
def test_the_race_catches_a_counter_that_reads_before_it_writes(embedded: Engine) -> None:
    table, key = embedded.table("peg"), marshal({"pk": "CONTADOR#2611#2", "sk": "0"})
    looked = threading.Barrier(RUNNERS)

    def allocate() -> str:
        found = embedded.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        looked.wait(60)
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


# --- rows ---

LONGEST: dict[str, Any] = {
    "prestador_id": f"pf{'a' * 24}", "numero_lote": "9" * 12, "tipo_guia": "guiaResumoInternacao",
    "upload_id": "f" * 32, "quem": "12345678-1234-1234-1234-123456789012", "dossie": "f" * 64,
    "valor_informado": Decimal("99999999.99"), "valor_glosado": Decimal("99999999.99"), "quantidade_guias": 100,
    "porta": Porta.DIGITADO, "data_recepcao": NOW + timedelta(microseconds=999_999),
}  # fmt: skip


def test_a_fresh_peg_costs_one_write_unit_whatever_it_says() -> None:
    peg = a_peg(**LONGEST)
    prefix = f"t/{VALE}/{peg.prestador_id}"
    peg = replace(
        peg, chave_xml=f"{prefix}/mensagem_tiss/{peg.sha256}",
        chave_recebimento=f"{prefix}/respostas/{peg.upload_id}.xml",
    )  # fmt: skip
    ato = Ato(papel=Papel.PRESTADOR, quem=peg.quem, quando=NOW + timedelta(microseconds=999_999), ate=HOJE)
    seen = estados.advance(peg, Evento.RECEBIDO, ato)
    key = peg_key(peg.prestador_id, peg.protocolo)
    for one in (peg, seen):
        row = {**key, **to_item(one)}
        assert item_size(marshal(row)) <= 1024
        assert from_item(unmarshal(marshal(row))) == one


def test_keys_that_do_not_follow_from_the_rest_are_kept_as_they_are() -> None:
    for key in (f"t/{VALE}/{HOSPITAL}/lote_tiss/{OUTRO}", "", "outro", f"t/{VALE}/{HOSPITAL}"):
        peg = a_peg(chave_xml=key, chave_recebimento="r", competencia="202612")
        assert from_item(unmarshal(marshal({**peg_key(HOSPITAL, NUMERO), **to_item(peg)}))) == peg


def test_a_row_of_the_release_before_is_read_and_goes_on(engine: Engine | None) -> None:
    row = {
        "protocolo": NUMERO, "prestador_id": HOSPITAL, "registro_ans": VALE, "numero_lote": "1",
        "sha256": a_peg().sha256, "situacao": "RECEBIDO", "versao_tiss": "4.01.00", "tipo_guia": "guiaSP-SADT",
        "quantidade_guias": 3, "valor_informado": Decimal(300), "data_recepcao": "2026-11-21T12:00:00.000000Z",
        "competencia": "202611", "codificacao_hash": "iso-8859-1", "upload_id": "u1", "chave_xml": a_peg().chave_xml,
        "chave_recebimento": a_peg().chave_recebimento, "versao": 2,
        "recepcao": f"2026-11-21T12:00:00.000000Z#{NUMERO}",
    }  # fmt: skip
    key = peg_key(HOSPITAL, NUMERO)
    before = from_item(unmarshal(marshal({**key, **row})))
    assert before == replace(a_peg(), situacao=SituacaoPeg.RECEBIDO, versao=2)
    if engine is not None:
        table = engine.table("peg", ordem="recepcao", chaves=PEG)
        engine.dynamodb.put_item(TableName=table, Item=marshal({**key, **row}))
        port, after = DynamoPegs(engine.dynamodb, table), moved(before, Evento.ANALISE_INICIADA)
        assert port.prestador_of(VALE, NUMERO) is None
        port.change(before, after, (), now=NOW, correlacao="c1")
        assert port.get(HOSPITAL, NUMERO) == after
        assert port.worklist(VALE, SituacaoPeg.EM_ANALISE, None, 9).rows == [after]
        assert port.month(HOSPITAL, "202611", None, 9).rows == [after]


class Index:
    """An index that is behind its table, or a table that somebody else is writing."""

    def __init__(self, peg: Peg) -> None:
        self.key = peg_key(peg.prestador_id, peg.protocolo)
        self.row = {**self.key, **to_item(peg)}

    def query(self, **_: Any) -> dict[str, Any]:
        return {"Items": [marshal(self.key)]}

    def batch_get_item(self, **call: Any) -> dict[str, Any]:
        (table,) = call["RequestItems"]
        return {"Responses": {table: [marshal(self.row)]}}

    def transact_write_items(self, **_: Any) -> None:
        error = RuntimeError("cancelled")
        reasons = [{"Code": "TransactionConflict"}]
        error.response = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}  # type: ignore[attr-defined]
        raise error


def test_what_went_on_just_now_waits_no_more_in_an_index_that_is_behind() -> None:
    port = DynamoPegs(Index(moved(a_peg(), Evento.RECEBIDO, Evento.CANCELADO)), "peg")
    assert port.worklist(VALE, SituacaoPeg.RECEBIDO, None, 9).rows == []


def test_who_meets_other_transactions_all_the_time_is_not_told_that_it_changed() -> None:
    port, seen = DynamoPegs(Index(a_peg()), "peg"), moved(a_peg(), Evento.RECEBIDO)
    with pytest.raises(TransientConflictError):
        port.change(a_peg(), seen, (), now=NOW, correlacao="c1")
    with pytest.raises(TransientConflictError):
        port.prepare(a_peg())


def test_a_peg_a_lote_number_and_a_pointer_are_read_as_they_were_last_written() -> None:
    asked: list[dict[str, Any]] = []

    class Reads:
        def get_item(self, **call: Any) -> dict[str, Any]:
            asked.append(call)
            return {}

    port = DynamoPegs(Reads(), "t")
    assert port.get(HOSPITAL, NUMERO) is None
    assert port.lote(HOSPITAL, VALE, "1") is None
    assert port.prestador_of(VALE, NUMERO) is None
    assert [call["ConsistentRead"] for call in asked] == [True] * 3


# --- the fake's own ---


def test_others_go_first_when_a_test_says_so() -> None:
    port = FakePegs()
    port.meanwhile = [lambda: port.prepare(a_peg("261120000002"))]
    with pytest.raises(LoteNumberTakenError):
        port.prepare(a_peg())
    assert port.writes == 2


def test_a_process_dies_before_or_after_one_of_its_calls() -> None:
    port = FakePegs()
    with pytest.raises(ProcessDiedError):
        Crashing(port, before=1).prepare(a_peg())
    assert port.rows == {}
    with pytest.raises(TransientConflictError):
        Crashing(port, 1, TransientConflictError()).prepare(a_peg())
    assert set(port.rows) == {(HOSPITAL, NUMERO)}
    whole = Interruption(3)
    first, second = Crashing(port, whole), Crashing(FakePegs(), whole)
    assert first.rows is port.rows
    first.get(HOSPITAL, NUMERO)
    second.get(HOSPITAL, NUMERO)
    with pytest.raises(ProcessDiedError):
        first.lote(HOSPITAL, VALE, "1")
    second.get(HOSPITAL, NUMERO)  # it dies once: whoever calls then is another process
    assert whole.calls == 4
