"""A file arrives: once, twice, late, twice at the same time, for somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from documentos.domain import uploads
from documentos.domain.uploads import Situacao, Upload
from documentos.messages.corpo import read_body
from documentos.service import uploads as service
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PDF, XML, an_upload, sha256
from tests.fakes import FakeFiles, FakeUploads

STORED_AT = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(minutes=1)


class Case:
    def __init__(self) -> None:
        self.uploads, self.files = FakeUploads(), FakeFiles()

    def upload(self, content: bytes = XML, **changes: Any) -> Upload:
        made = an_upload(content, **changes)
        self.uploads.add(made)
        return made

    def post(self, upload: Upload, content: bytes) -> str:
        return self.files.entrada.put(upload.chave_entrada, content, STORED_AT)

    def receive(self, version: str | None = "v1", prestador_id: str = HOSPITAL, upload_id: str = "u1") -> Any:
        return service.receive_file(
            prestador_id=prestador_id,
            upload_id=upload_id,
            version=version,
            uploads_=self.uploads,
            files=self.files,
            read_body=read_body,
            now=LATER,
        )

    def stored(self) -> Upload:
        found = self.uploads.get(HOSPITAL, "u1")
        assert found is not None
        return found

    def told(self) -> list[str]:
        return [event.tipo for event in self.uploads.events.values()]


@pytest.fixture
def case() -> Case:
    return Case()


def test_a_lote_is_archived_under_its_digest_and_handed_to_its_owner(case: Case) -> None:
    case.post(case.upload(), XML)
    assert case.receive() is Situacao.EM_PROCESSAMENTO
    key = f"t/345695/{HOSPITAL}/lote_tiss/{sha256(XML)}"
    assert case.files.acervo.content(key) == XML
    assert (case.stored().chave, case.stored().sha256, case.stored().recebido_em) == (key, sha256(XML), STORED_AT)
    (event,) = case.uploads.events.values()
    assert (event.tipo, event.chave, event.prestador_id) == ("DocumentoRecebido", "u1", HOSPITAL)
    assert event.dados == {
        "upload_id": "u1",
        "finalidade": "lote_tiss",
        "formato": "application/xml",
        "chave": key,
        "sha256": sha256(XML),
        "tamanho": len(XML),
        "recebido_em": STORED_AT,
        "tentativa": 1,
    }


def test_a_pdf_is_complete_and_announced(case: Case) -> None:
    case.post(case.upload(PDF, finalidade="pdf"), PDF)
    assert case.receive() is Situacao.CONCLUIDO
    assert case.told() == ["DocumentoRecebido"]


@pytest.mark.parametrize(
    ("declared", "posted", "changes", "regra"),
    [
        (XML, XML + b" ", {}, "DOC-TAMANHO"),
        (XML, b"<latE/>", {"sha256_declarado": sha256(XML)}, "DOC-SHA256"),
        (b"abcd", b"abcd", {"finalidade": "pdf"}, "DOC-FORMATO"),
    ],
)
def test_a_file_that_is_not_what_was_declared_is_refused_and_not_kept(
    case: Case, declared: bytes, posted: bytes, changes: dict[str, Any], regra: str
) -> None:
    case.post(case.upload(declared, **changes), posted)
    assert case.receive() is Situacao.RECUSADO
    assert [achado.regra for achado in case.stored().achados] == [regra]
    assert case.files.acervo.versions == {}
    assert case.told() == ["DocumentoRecusado"]


def test_a_duplicate_event_changes_nothing(case: Case) -> None:
    case.post(case.upload(), XML)
    case.receive()
    before, events = case.stored(), case.told()
    assert case.receive() is Situacao.EM_PROCESSAMENTO
    assert (case.stored(), case.told()) == (before, events)


def test_the_first_file_posted_is_the_one_that_counts(case: Case) -> None:
    upload = case.upload()
    case.post(upload, XML)
    case.post(upload, b"<lotE/>")
    case.receive("v1")
    case.receive("v2")
    assert case.stored().sha256 == sha256(XML)
    assert len(case.told()) == 1


def test_events_out_of_order_receive_the_version_of_the_first_event_seen(case: Case) -> None:
    upload = case.upload()
    case.post(upload, XML)
    case.post(upload, b"<lotE/>")
    case.receive("v2")
    case.receive("v1")
    assert case.stored().sha256 == sha256(b"<lotE/>")
    assert len(case.told()) == 1


@pytest.mark.parametrize(("prestador_id", "upload_id"), [(CLINICA, "u1"), (HOSPITAL, "desconhecido")])
def test_a_key_of_no_upload_of_that_prestador_is_nobodys(case: Case, prestador_id: str, upload_id: str) -> None:
    case.post(case.upload(), XML)
    assert case.receive(prestador_id=prestador_id, upload_id=upload_id) is None
    assert case.stored().situacao is Situacao.AGUARDANDO_ARQUIVO
    assert case.told() == []


def test_an_event_without_a_file_changes_nothing(case: Case) -> None:
    case.upload()
    assert case.receive() is None
    assert case.stored().versao == 1


def test_a_version_that_is_gone_is_not_replaced_by_another(case: Case) -> None:
    case.post(case.upload(), XML)
    assert case.receive("v9") is None
    assert case.stored().situacao is Situacao.AGUARDANDO_ARQUIVO


@pytest.mark.parametrize("situacao", [situacao for situacao in Situacao if situacao.final])
def test_a_final_state_is_left_as_it_is(case: Case, situacao: Situacao) -> None:
    case.post(case.upload(situacao=situacao), XML)
    assert case.receive() is situacao
    assert case.stored().versao == 1


def test_who_loses_the_race_leaves_what_the_winner_did(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.post(case.upload(), XML)
    stale = case.stored()
    monkeypatch.setattr(case.uploads, "get", lambda _prestador, _upload: stale)  # read before the winner wrote
    assert case.receive() is Situacao.EM_PROCESSAMENTO
    assert case.receive() is None
    assert case.uploads.rows[HOSPITAL, "u1"].versao == 2
    assert len(case.told()) == 1


def test_many_deliveries_at_once_hand_the_file_over_once(case: Case) -> None:
    case.post(case.upload(), XML)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: case.receive(), range(16)))
    assert case.stored().versao == 2
    assert case.told() == ["DocumentoRecebido"]


def test_a_verdict_concludes_what_is_being_processed(case: Case) -> None:
    case.post(case.upload(), XML)
    case.receive()
    recurso = {"tipo": "peg", "id": "261120000001"}
    for _ in range(2):
        conclude(case, accepted=True, recurso=recurso)
    assert (case.stored().situacao, case.stored().recurso, case.stored().versao) == (Situacao.CONCLUIDO, recurso, 3)


def test_a_refusal_concludes_without_a_resource(case: Case) -> None:
    case.post(case.upload(), XML)
    case.receive()
    conclude(case, accepted=False, recurso=None)
    assert (case.stored().situacao, case.stored().recurso) == (Situacao.RECUSADO, None)


WAITING_FOR_A_VERDICT = {Situacao.EM_PROCESSAMENTO, Situacao.FALHOU}


@pytest.mark.parametrize("accepted", [True, False])
def test_a_verdict_that_comes_after_we_gave_up_is_still_the_verdict(case: Case, *, accepted: bool) -> None:
    case.upload(situacao=Situacao.FALHOU)
    conclude(case, accepted=accepted, recurso=None)
    assert case.stored().situacao is (Situacao.CONCLUIDO if accepted else Situacao.RECUSADO)


@pytest.mark.parametrize("situacao", sorted(set(Situacao) - WAITING_FOR_A_VERDICT))
def test_a_verdict_on_anything_else_changes_nothing(case: Case, situacao: Situacao) -> None:
    case.upload(situacao=situacao)
    conclude(case, accepted=True, recurso=None)
    assert (case.stored().situacao, case.stored().versao) == (situacao, 1)


def test_a_verdict_on_an_unknown_upload_changes_nothing(case: Case) -> None:
    conclude(case, accepted=True, recurso=None)
    assert case.uploads.rows == {}


def conclude(case: Case, *, accepted: bool, recurso: dict[str, str] | None) -> None:
    service.conclude_upload(
        prestador_id=HOSPITAL, upload_id="u1", accepted=accepted, recurso=recurso, uploads_=case.uploads, now=LATER
    )


def handed_over(case: Case, times: int) -> None:
    case.post(case.upload(), XML)
    case.receive()
    for _ in range(times - 1):
        before = case.stored()
        after = uploads.hand_over_again(before, LATER)
        case.uploads.change(before, after, service.received_event(after), LATER)


def test_a_file_that_is_handed_over_again_is_the_same_event_with_its_attempt(case: Case) -> None:
    handed_over(case, 3)
    (event,) = case.uploads.events.values()
    assert (event.tipo, event.tentativa, event.dados["tentativa"]) == ("DocumentoRecebido", 3, 3)


@pytest.mark.parametrize(("times", "after"), [(1, Situacao.RECUSADO), (2, Situacao.CONCLUIDO)])
def test_what_was_refused_and_taken_when_handed_over_again_is_what_it_became(
    case: Case, times: int, after: Situacao
) -> None:
    handed_over(case, times)
    conclude(case, accepted=False, recurso=None)
    assert case.stored().situacao is Situacao.RECUSADO
    conclude(case, accepted=True, recurso={"tipo": "peg", "id": "1"})
    assert case.stored().situacao is after


def test_what_became_a_peg_is_not_refused_by_a_verdict_that_was_late(case: Case) -> None:
    handed_over(case, 2)
    conclude(case, accepted=True, recurso={"tipo": "peg", "id": "1"})
    conclude(case, accepted=False, recurso=None)
    assert (case.stored().situacao, case.stored().recurso) == (Situacao.CONCLUIDO, {"tipo": "peg", "id": "1"})
