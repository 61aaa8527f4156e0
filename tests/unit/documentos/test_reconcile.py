"""The sweep: whatever was lost on the way, an upload reaches a final state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from documentos.domain import uploads
from documentos.domain.errors import StaleUploadError
from documentos.domain.uploads import GRACE, MAX_ATTEMPTS, RECHECK, Situacao, Upload
from documentos.messages.corpo import read_body
from documentos.service import uploads as service
from documentos.service.portas import Incoming
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PDF, XML, an_upload
from tests.fakes import FakeFiles, FakeUploads


class Case:
    def __init__(self) -> None:
        self.uploads, self.files = FakeUploads(), FakeFiles()

    def upload(self, content: bytes = XML, **changes: Any) -> Upload:
        made = an_upload(content, **changes)
        self.uploads.add(made)
        return made

    def sweep(self, now: datetime, *, everything: bool = False) -> tuple[int, int]:
        return service.reconcile(
            uploads_=self.uploads, files=self.files, read_body=read_body, now=now, everything=everything
        )

    def stored(self, upload_id: str = "u1", prestador_id: str = HOSPITAL) -> Upload:
        return self.uploads.rows[prestador_id, upload_id]


@pytest.fixture
def case() -> Case:
    return Case()


def test_an_upload_is_looked_at_when_its_time_comes_and_not_before(case: Case) -> None:
    case.upload()
    assert case.sweep(NOW + RECHECK - timedelta(microseconds=1)) == (0, 0)
    assert case.sweep(NOW + RECHECK) == (1, 0)


def test_a_file_whose_event_was_lost_is_received(case: Case) -> None:
    upload = case.upload()
    case.files.entrada.put(upload.chave_entrada, XML, NOW)
    assert case.sweep(NOW + RECHECK) == (1, 1)
    assert case.stored().situacao is Situacao.EM_PROCESSAMENTO
    assert [event.tipo for event in case.uploads.events.values()] == ["DocumentoRecebido"]


def test_a_lost_verdict_is_asked_for_again_with_another_attempt(case: Case) -> None:
    upload = case.upload()
    case.files.entrada.put(upload.chave_entrada, XML, NOW)
    case.sweep(NOW + RECHECK)
    assert case.sweep(NOW + 2 * RECHECK) == (1, 1)
    assert (case.stored().situacao, case.stored().tentativa) == (Situacao.EM_PROCESSAMENTO, 2)
    assert [event.tentativa for event in case.uploads.events.values()] == [2]


def test_an_upload_nothing_came_for_expires_only_after_its_form_has(case: Case) -> None:
    upload = case.upload()
    deadline = upload.expira_em + GRACE
    assert case.sweep(NOW + RECHECK) == (1, 0)
    assert case.stored().conferir_em == deadline
    assert case.sweep(deadline - timedelta(microseconds=1)) == (0, 0)
    assert case.sweep(deadline) == (1, 1)
    assert case.stored().situacao is Situacao.EXPIRADO
    assert case.uploads.events == {}


def test_a_file_posted_in_the_last_second_is_received_by_the_last_look(case: Case) -> None:
    upload = case.upload()
    case.files.entrada.put(upload.chave_entrada, XML, upload.expira_em)
    assert case.sweep(upload.expira_em + GRACE) == (1, 1)
    assert case.stored().situacao is Situacao.EM_PROCESSAMENTO


def test_an_owner_that_never_answers_is_given_up_on_loudly(case: Case) -> None:
    upload = case.upload()
    case.files.entrada.put(upload.chave_entrada, XML, NOW)
    now = NOW
    for _ in range(MAX_ATTEMPTS + 1):
        due = case.stored().conferir_em
        assert due is not None
        now = due
        assert case.sweep(now) == (1, 1)
    assert (case.stored().situacao, case.stored().tentativa) == (Situacao.FALHOU, MAX_ATTEMPTS)
    assert [event.tentativa for event in case.uploads.events.values()] == [MAX_ATTEMPTS]
    assert case.sweep(now + timedelta(days=365)) == (0, 0)
    assert timedelta(hours=14) < now - NOW < timedelta(days=1)


def test_a_refused_file_found_by_the_sweep_is_refused(case: Case) -> None:
    upload = case.upload(PDF, finalidade="pdf")
    case.files.entrada.put(upload.chave_entrada, b"MZ", NOW)
    assert case.sweep(NOW + RECHECK) == (1, 1)
    assert case.stored().situacao is Situacao.RECUSADO


def test_ops_may_look_at_everything_pending_at_once(case: Case) -> None:
    case.upload()
    case.upload(upload_id="u2", prestador_id=CLINICA)
    case.upload(upload_id="u3", situacao=Situacao.CONCLUIDO, conferir_em=None)
    assert case.sweep(NOW, everything=True) == (2, 0)


def test_a_sweep_serves_every_prestador(case: Case) -> None:
    for upload_id, prestador_id in (("u1", HOSPITAL), ("u2", CLINICA)):
        upload = case.upload(upload_id=upload_id, prestador_id=prestador_id)
        case.files.entrada.put(upload.chave_entrada, XML, NOW)
    assert case.sweep(NOW + RECHECK) == (2, 2)
    assert case.stored("u2", CLINICA).situacao is Situacao.EM_PROCESSAMENTO


def test_an_upload_that_ended_since_the_index_was_read_is_passed_over(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = case.upload()
    monkeypatch.setattr(case.uploads, "due", lambda _now: [(HOSPITAL, "u1"), (HOSPITAL, "gone")])
    case.uploads.rows[HOSPITAL, "u1"] = uploads.expire(upload)
    assert case.sweep(NOW + RECHECK) == (2, 0)


def test_an_upload_that_moves_while_it_is_looked_at_does_not_stop_the_sweep(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.upload()
    case.upload(upload_id="u2")
    change = case.uploads.change

    def raced(before: Upload, after: Upload, event: Any, now: datetime) -> None:
        if before.id == "u1":
            raise StaleUploadError
        change(before, after, event, now)

    monkeypatch.setattr(case.uploads, "change", raced)
    assert case.sweep(NOW + timedelta(hours=1)) == (2, 1)
    assert case.stored("u2").situacao is Situacao.EXPIRADO


def test_an_upload_that_fails_does_not_hold_the_others_back_and_is_not_kept_quiet(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = case.upload()
    good = case.upload(upload_id="u2")
    for upload in (poison, good):
        case.files.entrada.put(upload.chave_entrada, XML, NOW)
    read = case.files.read_incoming

    def failing(chave: str, version: str | None) -> Incoming | None:
        if chave == poison.chave_entrada:
            raise PermissionError
        return read(chave, version)

    monkeypatch.setattr(case.files, "read_incoming", failing)
    with pytest.raises(ExceptionGroup, match="1 of 2 uploads") as failed:
        case.sweep(NOW + RECHECK)
    assert [type(error) for error in failed.value.exceptions] == [PermissionError]
    assert case.stored().situacao is Situacao.AGUARDANDO_ARQUIVO
    assert case.stored("u2").situacao is Situacao.EM_PROCESSAMENTO


def test_two_sweeps_at_once_do_the_work_of_one(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = case.upload()
    case.files.entrada.put(upload.chave_entrada, XML, NOW)
    before = replace(upload)
    case.sweep(NOW + RECHECK)
    monkeypatch.setattr(case.uploads, "due", lambda _now: [(HOSPITAL, "u1")])
    monkeypatch.setattr(case.uploads, "get", lambda _prestador, _upload: before)  # what the other sweep had read
    assert case.sweep(NOW + RECHECK) == (1, 0)
    assert case.stored().tentativa == 1
    assert len(case.uploads.events) == 1
