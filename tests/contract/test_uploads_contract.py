"""`documentos.service.portas.Uploads` and kept answers: the fake and DynamoDB, one suite."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from conecta_edge.dynamodb import ConditionFailedError, TransientConflictError
from conecta_edge.idempotency import Attempt, IdempotencyTable
from conecta_edge.problems import ProblemError
from documentos.domain import uploads
from documentos.domain.achados import Achado
from documentos.domain.errors import StaleUploadError
from documentos.domain.uploads import RECHECK, Situacao, Upload
from documentos.dynamodb.uploads import DynamoUploads
from documentos.service import uploads as service
from tests.builders_functions import CLINICA, HOSPITAL, NOW, XML, an_upload, sha256
from tests.contract.engines import Engine
from tests.fakes import FakeIdempotency, FakeUploads


@dataclass
class Subject:
    """The port under test, and what anybody could see behind it."""

    port: Any
    answers: Any
    told: Callable[[str], Sequence[str]]


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake = FakeUploads()
        return Subject(
            fake,
            FakeIdempotency(),
            lambda prestador: [event.tipo for event in fake.events.values() if event.prestador_id == prestador],
        )
    table, answers = engine.table("documentos", indice="pendentes"), engine.table("idempotencia")
    return Subject(
        DynamoUploads(engine.dynamodb, table),
        IdempotencyTable(engine.dynamodb, answers),
        lambda prestador: [row["evento"].split('"tipo":"')[1].split('"')[0] for row in engine.outbox(table, prestador)],
    )


def attempt(digest: str = "d1", prestador_id: str = HOSPITAL) -> Attempt:
    return Attempt(f"PRESTADOR#{prestador_id}", "/documentos/uploads#pessoa-1#k", digest)


FULL = an_upload(
    referencia="novembro",
    sha256_declarado=sha256(XML),
    situacao=Situacao.RECUSADO,
    sha256=sha256(XML),
    chave="t/1",
    recebido_em=NOW + timedelta(microseconds=1),
    achados=(
        Achado("DOC-TAMANHO", "tamanho-divergente", "Recebidos 1 bytes — ção"),
        Achado("TISS-XML-CONTROLE", "5002", "…", 9),
    ),
    recurso={"tipo": "peg", "id": "261120000001"},
    versao=7,
    tentativa=3,
    transacoes=("loteGuias", "cancelaGuia"),
    transacao="cancelaGuia",
)


@pytest.mark.parametrize("upload", [an_upload(), FULL, replace(FULL, conferir_em=None)], ids=["new", "full", "final"])
def test_an_upload_is_read_back_as_it_was_added_by_its_own_prestador(subject: Subject, upload: Upload) -> None:
    subject.port.add(upload)
    assert subject.port.get(HOSPITAL, "u1") == upload
    assert subject.port.get(CLINICA, "u1") is None
    assert subject.port.get(HOSPITAL, "u2") is None


def test_an_id_is_added_once(subject: Subject) -> None:
    subject.port.add(an_upload())
    with pytest.raises(ConditionFailedError) as refused:
        subject.port.add(an_upload(nome_arquivo="outro"))
    assert refused.value.failed == (0,)
    assert subject.port.get(HOSPITAL, "u1").nome_arquivo == "arquivo"


def test_two_prestadores_may_have_the_same_id(subject: Subject) -> None:
    for prestador_id in (HOSPITAL, CLINICA):
        subject.port.add(an_upload(prestador_id=prestador_id))
    assert subject.port.get(CLINICA, "u1").prestador_id == CLINICA


def test_a_change_replaces_what_was_read_with_its_event(subject: Subject) -> None:
    before = an_upload()
    subject.port.add(before)
    after = uploads.receive(before, sha256=sha256(XML), chave="t/1", achados=(), at=NOW, now=NOW)
    subject.port.change(before, after, service.received_event(after), NOW)
    assert subject.port.get(HOSPITAL, "u1") == after
    assert subject.told(HOSPITAL) == ["DocumentoRecebido"]
    assert subject.told(CLINICA) == []


def test_a_file_that_is_handed_over_again_is_told_again_as_the_same_event(subject: Subject) -> None:
    upload = an_upload()
    subject.port.add(upload)
    after = uploads.receive(upload, sha256=sha256(XML), chave="t/1", achados=(), at=NOW, now=NOW)
    for _ in range(3):
        subject.port.change(upload, after, service.received_event(after), NOW)
        upload, after = after, uploads.hand_over_again(after, NOW)
    assert subject.port.get(HOSPITAL, "u1") == upload
    assert subject.told(HOSPITAL) == ["DocumentoRecebido"]


def test_a_change_may_have_no_event(subject: Subject) -> None:
    before = an_upload()
    subject.port.add(before)
    subject.port.change(before, uploads.look_later(before), None, NOW)
    assert subject.port.get(HOSPITAL, "u1") == uploads.look_later(before)
    assert subject.told(HOSPITAL) == []


def test_a_change_of_what_has_moved_changes_nothing_and_tells_nothing(subject: Subject) -> None:
    before = an_upload()
    subject.port.add(before)
    moved = uploads.look_later(before)
    subject.port.change(before, moved, None, NOW)
    late = uploads.receive(before, sha256=sha256(XML), chave="t/1", achados=(), at=NOW, now=NOW)
    with pytest.raises(StaleUploadError):
        subject.port.change(before, late, service.received_event(late), NOW)
    assert subject.port.get(HOSPITAL, "u1") == moved
    assert subject.told(HOSPITAL) == []


def test_a_change_of_what_does_not_exist_is_refused(subject: Subject) -> None:
    before = an_upload()
    with pytest.raises(StaleUploadError):
        subject.port.change(before, uploads.expire(before), None, NOW)
    assert subject.port.get(HOSPITAL, "u1") is None


def test_what_is_pending_is_due_from_its_instant_on(subject: Subject) -> None:
    subject.port.add(an_upload())
    due = NOW + RECHECK
    assert list(subject.port.due(due - timedelta(microseconds=1))) == []
    assert list(subject.port.due(due)) == [(HOSPITAL, "u1")]
    assert list(subject.port.due(None)) == [(HOSPITAL, "u1")]


def test_what_has_ended_is_no_longer_pending(subject: Subject) -> None:
    before = an_upload()
    subject.port.add(before)
    subject.port.change(before, uploads.expire(before), None, NOW)
    assert list(subject.port.due(None)) == []


def test_what_was_put_off_is_due_later(subject: Subject) -> None:
    before = an_upload()
    subject.port.add(before)
    later = uploads.look_later(before)
    subject.port.change(before, later, None, NOW)
    assert list(subject.port.due(NOW + RECHECK)) == []
    assert list(subject.port.due(later.conferir_em)) == [(HOSPITAL, "u1")]


def test_all_that_is_pending_of_every_prestador_is_found(subject: Subject) -> None:
    expected = set()
    for number in range(25):
        prestador_id = (HOSPITAL, CLINICA)[number % 2]
        subject.port.add(an_upload(upload_id=f"u{number}", prestador_id=prestador_id))
        expected.add((prestador_id, f"u{number}"))
    found = list(subject.port.due(NOW + RECHECK))
    assert set(found) == expected
    assert len(found) == 25


def test_protocolos_are_of_the_month_and_never_repeat(subject: Subject) -> None:
    numbers = [subject.port.next_protocolo(date(2026, 11, 30)) for _ in range(20)]
    assert len(set(numbers)) == 20
    assert {number[:5] for number in numbers} == {"26111"}
    assert {len(number) for number in numbers} == {12}


def test_a_kept_answer_is_written_with_its_upload_and_replayed(subject: Subject) -> None:
    assert subject.answers.replay(attempt(), NOW) is None
    subject.port.add(an_upload(), (subject.answers.keep(attempt(), {"id": "u1", "ç": 1}, NOW),))
    assert subject.answers.replay(attempt(), NOW) == {"id": "u1", "ç": 1}
    assert subject.answers.replay(attempt(prestador_id=CLINICA), NOW) is None


def test_the_second_with_the_same_key_is_refused_with_its_upload(subject: Subject) -> None:
    subject.port.add(an_upload(), (subject.answers.keep(attempt(), {"id": "u1"}, NOW),))
    with pytest.raises(ConditionFailedError) as refused:
        subject.port.add(an_upload(upload_id="u2"), (subject.answers.keep(attempt(), {"id": "u2"}, NOW),))
    assert refused.value.failed == (1,)
    assert subject.port.get(HOSPITAL, "u2") is None
    assert subject.answers.replay(attempt(), NOW) == {"id": "u1"}


def test_the_same_key_with_another_body_is_refused(subject: Subject) -> None:
    subject.port.add(an_upload(), (subject.answers.keep(attempt(), {"id": "u1"}, NOW),))
    with pytest.raises(ProblemError) as refused:
        subject.answers.replay(attempt("d2"), NOW)
    assert (refused.value.status, refused.value.erros[0].codigo) == (422, "chave-reutilizada")


def test_an_answer_kept_by_itself_is_the_first_one(subject: Subject) -> None:
    for answer in (["1"], ["2"]):
        subject.answers.put(subject.answers.keep(attempt(), answer, NOW))
    assert subject.answers.replay(attempt(), NOW) == ["1"]


def test_a_key_is_free_again_after_a_day_even_if_its_row_is_still_there(subject: Subject) -> None:
    subject.port.add(an_upload(), (subject.answers.keep(attempt(), {"id": "u1"}, NOW),))
    tomorrow = NOW + timedelta(hours=24)
    assert subject.answers.replay(attempt("d2"), tomorrow) is None
    subject.port.add(an_upload(upload_id="u2"), (subject.answers.keep(attempt("d2"), {"id": "u2"}, tomorrow),))
    assert subject.answers.replay(attempt("d2"), tomorrow) == {"id": "u2"}


def racing(work: Callable[[int], bool], runners: int = 8) -> int:
    """How many of several threads, let go at once, were told that they won."""
    start = threading.Barrier(runners)

    def run(number: int) -> bool:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(runners) as pool:
        return sum(pool.map(run, range(runners)))


@pytest.mark.parametrize("engine_name", ["fake", pytest.param("embedded", marks=pytest.mark.e2e)])  # moto cannot judge
def test_of_many_changes_at_once_one_wins_and_tells(subject: Subject) -> None:
    before = an_upload()
    subject.port.add(before)
    after = uploads.receive(before, sha256=sha256(XML), chave="t/1", achados=(), at=NOW, now=NOW)

    def change(_number: int) -> bool:
        try:
            subject.port.change(before, after, service.received_event(after), NOW)
        except StaleUploadError:
            return False
        return True

    assert racing(change) == 1
    assert subject.told(HOSPITAL) == ["DocumentoRecebido"]


def effects_of_one_key(subject: Subject) -> tuple[int, int]:
    """What many requests at once with one key come to: (told that they won, uploads stored)."""

    def start(number: int) -> bool:
        answer = {"id": f"u{number}"}
        while True:
            try:
                kept = subject.answers.keep(attempt(), answer, NOW)
                subject.port.add(an_upload(upload_id=answer["id"]), (kept,))
            except ConditionFailedError:
                return False
            except TransientConflictError:
                continue  # nothing was written: the client repeats the request
            return True

    won = racing(start)
    return won, len([number for number in range(8) if subject.port.get(HOSPITAL, f"u{number}")])


@pytest.mark.parametrize("engine_name", ["fake", pytest.param("embedded", marks=pytest.mark.e2e)])
def test_many_requests_at_once_with_one_key_are_one_upload(subject: Subject) -> None:
    assert effects_of_one_key(subject) == (1, 1)
    first = subject.answers.replay(attempt(), NOW)
    assert subject.port.get(HOSPITAL, first["id"]) is not None


@pytest.mark.parametrize("engine_name", [pytest.param("embedded", marks=pytest.mark.e2e)])
def test_the_race_catches_an_answer_kept_without_a_condition(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = subject.answers.keep

    def careless(*asked: Any) -> dict[str, Any]:
        action = keep(*asked)
        bare = ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
        return {name: value for name, value in action.items() if name not in bare}

    monkeypatch.setattr(subject.answers, "keep", careless)
    assert effects_of_one_key(subject) == (8, 8)
