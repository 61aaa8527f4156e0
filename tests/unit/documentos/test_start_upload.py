"""Starting an upload: who may, what is answered, and what is written with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from conecta_edge.cadastro import Contratacao
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from documentos.domain.errors import (
    AnswerNotReadyError,
    NoAnswerError,
    RelacionamentoNotEnabledError,
    UploadNotFoundError,
)
from documentos.domain.finalidades import FINALIDADES, Formato
from documentos.domain.uploads import Situacao, Upload
from documentos.service import uploads as service
from documentos.service.uploads import NewUpload
from tests.builders_functions import CLINICA, HOSPITAL, NOW, VALE, a_contratacao, an_upload
from tests.fakes import STORED, FakeFiles, FakeUploads, Kept

ASKED = NewUpload(
    prestador_id=HOSPITAL,
    registro_ans=VALE,
    finalidade=FINALIDADES["lote_tiss"],
    formato=Formato.XML,
    nome_arquivo="lote.xml",
    tamanho=7,
    sha256="0" * 64,
    referencia="novembro",
    criado_por="pessoa-1",
)


@dataclass
class Relacionamento:
    """What cadastro answers, for whoever asks."""

    situacao: str | None
    motivo: str | None = None
    faturamento: bool = True

    def contratacao(self, prestador_id: str, registro_ans: str) -> Contratacao:
        assert (prestador_id, registro_ans) == (HOSPITAL, VALE)
        found = a_contratacao(self.situacao, self.motivo)
        held = found.relacionamento
        return replace(found, relacionamento=held and replace(held, faturamento=self.faturamento))


class Case:
    def __init__(self) -> None:
        self.uploads, self.files = FakeUploads(), FakeFiles()
        self.kept: tuple[Any, ...] = ()

    def start(self, situacao: str | None = "HABILITADO", motivo: str | None = None) -> tuple[Upload, dict[str, Any]]:
        return service.start_upload(
            ASKED,
            cadastro=Relacionamento(situacao, motivo),
            uploads_=self.uploads,
            files=self.files,
            render=lambda upload, form: (upload, form),
            keep=lambda _answer: self.kept,
            now=NOW,
            today=local_day(NOW),
        )


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.mark.parametrize("situacao", ["HABILITADO", "SUSPENSO", "DESCREDENCIADO"])
def test_what_was_done_while_enabled_is_billed_even_after_suspension(case: Case, situacao: str) -> None:
    upload, form = case.start(situacao)
    assert case.uploads.get(HOSPITAL, upload.id) == upload
    assert form["campos"]["key"] == upload.chave_entrada


@pytest.mark.parametrize("situacao", [None, "SOLICITADO", "RECUSADO"])
def test_a_prestador_that_was_never_enabled_sends_nothing(case: Case, situacao: str | None) -> None:
    with pytest.raises(RelacionamentoNotEnabledError) as refused:
        case.start(situacao, "contrato em análise")
    motivo = "contrato em análise" if situacao else None
    assert (refused.value.situacao, refused.value.motivo) == (situacao, motivo)
    assert case.uploads.rows == {}


@pytest.mark.parametrize(
    ("finalidade", "taken"), [("lote_tiss", False), ("pdf", False), ("mensagem_tiss", True), ("laudo", True)]
)
def test_who_was_not_released_for_billing_sends_files_of_authorizations_only(
    case: Case, finalidade: str, *, taken: bool
) -> None:
    asked = replace(ASKED, finalidade=FINALIDADES[finalidade])

    def start() -> Upload:
        return service.start_upload(
            asked, cadastro=Relacionamento("HABILITADO", faturamento=False), uploads_=case.uploads, files=case.files,
            render=lambda upload, _form: upload, keep=lambda _answer: (), now=NOW, today=local_day(NOW),
        )  # fmt: skip

    if taken:
        assert case.uploads.get(HOSPITAL, start().id)
    else:
        with pytest.raises(RelacionamentoNotEnabledError):
            start()


def test_an_upload_keeps_what_was_declared_and_gets_a_protocolo_at_once(case: Case) -> None:
    upload, _ = case.start()
    assert upload.protocolo_atendimento == "261110000001"
    assert (upload.tamanho, upload.sha256_declarado, upload.referencia) == (7, "0" * 64, "novembro")
    assert (upload.situacao, upload.criado_por, upload.criado_em) == (Situacao.AGUARDANDO_ARQUIVO, "pessoa-1", NOW)


def test_ids_cannot_be_guessed_from_one_another(case: Case) -> None:
    ids = {case.start()[0].id for _ in range(50)}
    assert len(ids) == 50
    assert {len(upload_id) for upload_id in ids} == {32}


def test_the_protocolo_carries_the_local_month() -> None:
    case = Case()
    edge = NOW.replace(month=12, day=1, hour=2)  # still November in São Paulo
    upload = service.start_upload(
        ASKED, cadastro=Relacionamento("HABILITADO"), uploads_=case.uploads, files=case.files,
        render=lambda upload, _form: upload, keep=lambda _answer: (), now=edge, today=local_day(edge),
    )  # fmt: skip
    assert upload.protocolo_atendimento.startswith("2611")


def test_the_kept_answer_and_the_upload_are_written_together_or_not_at_all(case: Case) -> None:
    written: list[str] = []
    case.kept = (Kept(possible=lambda: True, apply=lambda: written.append("resposta")),)
    case.start()
    assert (len(case.uploads.rows), written) == (1, ["resposta"])
    case.kept = (Kept(possible=lambda: False, apply=lambda: written.append("outra")),)
    with pytest.raises(ConditionFailedError):
        case.start()
    assert (len(case.uploads.rows), written) == (1, ["resposta"])


def test_an_upload_is_found_by_its_own_prestador_only(case: Case) -> None:
    upload, _ = case.start()
    assert service.find_upload(prestador_id=HOSPITAL, upload_id=upload.id, uploads_=case.uploads) == upload
    for prestador_id, upload_id in ((CLINICA, upload.id), (HOSPITAL, "nao-existe")):
        with pytest.raises(UploadNotFoundError):
            service.find_upload(prestador_id=prestador_id, upload_id=upload_id, uploads_=case.uploads)


ANSWER = f"t/{VALE}/{HOSPITAL}/respostas/u1"


@pytest.mark.parametrize("situacao", [situacao for situacao in Situacao if not situacao.final])
def test_an_answer_message_is_not_shown_before_the_end(situacao: Situacao) -> None:
    files = FakeFiles()
    files.acervo.put(f"{ANSWER}.xml", b"<recebimento/>", STORED)
    files.acervo.put(f"{ANSWER}.json", b"{}", STORED)
    upload = an_upload(situacao=situacao)
    with pytest.raises(AnswerNotReadyError):
        service.answer_message(upload, files)
    assert service.judged_findings(upload, files) is None


def test_at_the_end_the_owners_message_and_report_are_read() -> None:
    files = FakeFiles()
    files.acervo.put(f"{ANSWER}.xml", b"<recebimento/>", STORED)
    files.acervo.put(f"{ANSWER}.json", b"{}", STORED)
    upload = an_upload(situacao=Situacao.RECUSADO)
    assert service.answer_message(upload, files) == b"<recebimento/>"
    assert service.judged_findings(upload, files) == b"{}"


def test_a_file_without_an_owner_has_no_message_and_no_report() -> None:
    upload = an_upload(finalidade="pdf", situacao=Situacao.CONCLUIDO)
    with pytest.raises(NoAnswerError):
        service.answer_message(upload, FakeFiles())
    assert service.judged_findings(upload, FakeFiles()) is None


def test_a_form_lives_five_minutes() -> None:
    assert an_upload().expira_em - NOW == timedelta(minutes=5)
