"""The buckets: `documentos.service.portas.Files` and `peg.service.portas.Archive`, the fakes and S3, one suite."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from documentos.domain.uploads import Situacao
from documentos.s3 import S3Files
from peg.s3 import S3Archive
from tests.builders_functions import CLINICA, HOSPITAL, VALE, XML, a_documento, an_upload, sha256
from tests.contract.engines import Engine
from tests.fakes import Bucket, FakeFiles
from tests.fakes_peg import FakeArchive

KEY = f"t/{VALE}/{HOSPITAL}/lote_tiss/u1"


@dataclass
class Subject:
    """Both ports over one archive, and how a client posts into `entrada`."""

    files: Any
    archive: Any
    post: Callable[[str, bytes], str]


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        entrada, acervo = Bucket(), Bucket()
        files, archive = FakeFiles(entrada, acervo), FakeArchive(acervo)
        return Subject(files, archive, lambda key, content: entrada.put(key, content, datetime.now(UTC)))
    names = engine.bucket("entrada"), engine.bucket("acervo")

    def post(key: str, content: bytes) -> str:
        return str(engine.s3.put_object(Bucket=names[0], Key=key, Body=content)["VersionId"])

    return Subject(S3Files(engine.s3, *names), S3Archive(engine.s3, names[1]), post)


def test_nothing_was_posted_until_something_is(subject: Subject) -> None:
    assert subject.files.read_incoming(KEY, None) is None


def test_a_posted_file_is_read_with_the_instant_it_was_stored(subject: Subject) -> None:
    subject.post(KEY, XML)
    found = subject.files.read_incoming(KEY, None)
    assert found.content == XML
    assert abs(found.stored_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_each_version_of_a_key_is_read_by_its_own_id_and_without_one_the_first(subject: Subject) -> None:
    versions = [subject.post(KEY, content) for content in (b"primeiro", b"segundo")]
    assert [subject.files.read_incoming(KEY, version).content for version in versions] == [b"primeiro", b"segundo"]
    assert subject.files.read_incoming(KEY, None).content == b"primeiro"


def test_an_archived_file_is_read_by_its_key_however_often_it_is_archived(subject: Subject) -> None:
    key = f"t/{VALE}/{HOSPITAL}/lote_tiss/{sha256(XML)}"
    assert subject.archive.read(key) is None
    for _ in range(2):
        subject.files.archive(key, XML, "application/xml", sha256(XML), "clinica")
    assert subject.archive.read(key) == XML


def test_what_is_kept_may_be_fetched_under_a_name(subject: Subject) -> None:
    link = subject.files.link(f"t/{VALE}/{HOSPITAL}/laudo/1", "laudo.pdf")
    assert all(part in link for part in (f"t/{VALE}/{HOSPITAL}/laudo/1", "laudo.pdf"))


def test_the_answer_peg_leaves_is_the_one_documentos_reads(subject: Subject) -> None:
    upload = an_upload(situacao=Situacao.CONCLUIDO)
    assert subject.files.read_answer(upload, "xml") is None
    report = {"achados": [{"mensagem": "ção"}]}
    for _ in range(2):
        subject.archive.keep_answer(VALE, HOSPITAL, "u1", "<r>ç</r>".encode("iso-8859-1"))
        subject.archive.keep_report(a_documento(), report)
    assert subject.files.read_answer(upload, "xml") == "<r>ç</r>".encode("iso-8859-1")
    assert json.loads(subject.files.read_answer(upload, "json")) == report
    assert subject.archive.read(subject.archive.answer_key(a_documento())) == "<r>ç</r>".encode("iso-8859-1")


def test_answers_of_two_prestadores_do_not_meet(subject: Subject) -> None:
    subject.archive.keep_answer(VALE, HOSPITAL, "u1", b"<r/>")
    assert subject.files.read_answer(an_upload(prestador_id=CLINICA), "xml") is None
    assert subject.files.read_answer(an_upload(upload_id="u2"), "xml") is None


def test_a_form_is_for_the_very_key_of_the_upload(subject: Subject) -> None:
    form = subject.files.presign(an_upload())
    assert form["campos"]["key"] == KEY
    assert form["url"].startswith("http")


def test_what_is_archived_says_how_long_it_is_kept(engine: Engine | None, subject: Subject) -> None:
    subject.files.archive(KEY, XML, "application/xml", sha256(XML), "clinica")
    if engine is not None:
        told = engine.s3.get_object_tagging(Bucket=subject.files._acervo, Key=KEY)["TagSet"]
        assert told == [{"Key": "retencao", "Value": "clinica"}]
