"""The life of an upload: what follows what, and what never changes again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from conecta_tiss.vocabulary.tables import TipoDocumento
from documentos.domain import uploads
from documentos.domain.achados import Achado
from documentos.domain.documentos import documento_id
from documentos.domain.finalidades import DE_TIPO, FINALIDADES, RETENCOES, Finalidade, Formato
from documentos.domain.uploads import GRACE, MAX_ATTEMPTS, PATIENCE, POST_LIFETIME, RECHECK, Situacao, Upload
from tests.builders_functions import HOSPITAL, NOW, PDF, VALE, an_upload, sha256
from tests.fakes_documentos import a_jpeg, a_png, a_tiff

WRONG = (Achado("DOC-TAMANHO", "tamanho-divergente", "…"),)
LATER = NOW + timedelta(minutes=3)


def received(upload: Upload, achados: tuple[Achado, ...] = ()) -> Upload:
    return uploads.receive(upload, sha256=sha256(b"x"), chave="t/x", achados=achados, at=NOW, now=LATER)


def test_an_upload_begins_by_waiting_five_minutes_for_its_file() -> None:
    upload = an_upload()
    assert upload.situacao is Situacao.AGUARDANDO_ARQUIVO
    assert upload.expira_em - upload.criado_em == POST_LIFETIME == timedelta(minutes=5)
    assert upload.conferir_em == NOW + RECHECK
    assert (upload.versao, upload.tentativa, upload.sha256, upload.recurso) == (1, 0, None, None)


def test_the_key_of_an_upload_puts_the_tenant_first_and_holds_no_name() -> None:
    assert an_upload(nome_arquivo="../../etc/passwd").chave_entrada == f"t/{VALE}/{HOSPITAL}/lote_tiss/u1"


def test_a_file_with_an_owner_is_handed_to_it() -> None:
    after = received(an_upload())
    assert (after.situacao, after.tentativa, after.conferir_em) == (Situacao.EM_PROCESSAMENTO, 1, LATER + RECHECK)
    assert (after.sha256, after.chave, after.recebido_em, after.recurso) == (sha256(b"x"), "t/x", NOW, None)


@pytest.mark.parametrize("finalidade", ["pdf", "imagem", "cotacao_opme", "laudo", "nota_fiscal"])
def test_a_file_without_an_owner_is_complete_once_stored(finalidade: str) -> None:
    after = received(an_upload(finalidade=finalidade))
    assert (after.situacao, after.conferir_em) == (Situacao.CONCLUIDO, None)
    assert after.recurso == {"tipo": "documento", "id": documento_id(HOSPITAL, VALE, finalidade, sha256(b"x"))}


@pytest.mark.parametrize("finalidade", sorted(FINALIDADES))
def test_a_file_that_is_not_what_it_says_is_refused_and_not_archived(finalidade: str) -> None:
    after = received(an_upload(finalidade=finalidade), WRONG)
    assert (after.situacao, after.conferir_em, after.chave, after.achados) == (Situacao.RECUSADO, None, None, WRONG)


@pytest.mark.parametrize(("accepted", "situacao"), [(True, Situacao.CONCLUIDO), (False, Situacao.RECUSADO)])
def test_the_owners_verdict_is_final(accepted: bool, situacao: Situacao) -> None:  # noqa: FBT001
    recurso = {"tipo": "peg", "id": "261120000001"} if accepted else None
    after = uploads.conclude(received(an_upload()), accepted=accepted, recurso=recurso)
    assert (after.situacao, after.situacao.final, after.conferir_em, after.recurso) == (situacao, True, None, recurso)


def test_an_owner_that_does_not_answer_is_asked_again_later_each_time() -> None:
    upload, waits = received(an_upload()), []
    while upload.tentativa < MAX_ATTEMPTS:
        upload = uploads.hand_over_again(upload, LATER)
        assert upload.conferir_em is not None
        waits.append((upload.conferir_em - LATER) // timedelta(minutes=1))
    assert waits == [4, 8, 16, 32, 64, 128, 128, 128, 128, 128, 128]
    assert upload.situacao is Situacao.EM_PROCESSAMENTO


def test_after_twelve_attempts_and_fourteen_hours_the_upload_fails_loudly() -> None:
    upload = received(an_upload(tentativa=0))
    for _ in range(MAX_ATTEMPTS):
        upload = uploads.hand_over_again(upload, NOW + PATIENCE + timedelta(days=1))
    assert (upload.situacao, upload.conferir_em, upload.tentativa) == (Situacao.FALHOU, None, MAX_ATTEMPTS)


def test_attempts_asked_for_in_a_hurry_never_make_an_upload_fail() -> None:
    upload = received(an_upload(tentativa=0))
    for _ in range(3 * MAX_ATTEMPTS):
        upload = uploads.hand_over_again(upload, LATER)
    assert upload.situacao is Situacao.EM_PROCESSAMENTO


def test_attempts_asked_for_by_hand_never_make_an_upload_fail_however_late() -> None:
    upload = replace(received(an_upload()), tentativa=MAX_ATTEMPTS)
    upload = uploads.hand_over_again(upload, NOW + 2 * PATIENCE, by_hand=True)
    assert (upload.situacao, upload.tentativa) == (Situacao.EM_PROCESSAMENTO, MAX_ATTEMPTS + 1)


def test_nobody_gives_up_on_a_file_before_its_form_has_expired_for_sure() -> None:
    upload = an_upload()
    assert uploads.look_later(upload).conferir_em == upload.expira_em + GRACE == NOW + timedelta(minutes=10)
    assert uploads.look_later(upload).situacao is Situacao.AGUARDANDO_ARQUIVO


def test_an_upload_nothing_came_for_expires() -> None:
    after = uploads.expire(an_upload())
    assert (after.situacao, after.conferir_em) == (Situacao.EXPIRADO, None)


TRANSITIONS: list[Callable[[Upload], Upload]] = [
    received,
    lambda upload: received(upload, WRONG),
    lambda upload: uploads.conclude(upload, accepted=True, recurso=None),
    lambda upload: uploads.hand_over_again(upload, NOW),
    uploads.look_later,
    uploads.expire,
]


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_every_change_is_one_version_more(transition: Callable[[Upload], Upload]) -> None:
    assert transition(an_upload(versao=7)).versao == 8


@pytest.mark.parametrize("transition", TRANSITIONS)
def test_what_was_declared_never_changes(transition: Callable[[Upload], Upload]) -> None:
    upload = an_upload(referencia="minha", sha256_declarado="0" * 64)
    fixed = (
        "id", "prestador_id", "registro_ans", "finalidade", "formato", "nome_arquivo", "tamanho",
        "protocolo_atendimento", "criado_por", "criado_em", "expira_em", "sha256_declarado", "referencia",
    )  # fmt: skip
    after = transition(upload)
    assert [getattr(after, name) for name in fixed] == [getattr(upload, name) for name in fixed]


def test_every_state_says_whose_turn_it_is_and_every_open_state_is_looked_at_again() -> None:
    assert set(uploads.WHOSE_TURN) == set(Situacao)
    assert {situacao for situacao in Situacao if not situacao.final} == {
        Situacao.AGUARDANDO_ARQUIVO,
        Situacao.EM_PROCESSAMENTO,
    }


@pytest.mark.parametrize(
    ("content", "finalidade", "formato"),
    [
        (PDF, "pdf", Formato.PDF),
        (a_jpeg(), "imagem", Formato.JPEG),
        (a_png(), "imagem", Formato.PNG),
        (a_tiff(), "imagem", Formato.TIFF),
        (b"qualquer coisa", "lote_tiss", Formato.XML),
    ],
)
def test_a_file_that_is_what_it_says_has_nothing_wrong(content: bytes, finalidade: str, formato: Formato) -> None:
    upload = an_upload(content, finalidade=finalidade, formato=formato, sha256_declarado=sha256(content))
    assert uploads.examine(upload, content, sha256(content)) == ()


@pytest.mark.parametrize(("after", "found"), [(2043, ()), (2044, ("DOC-FORMATO",))])
def test_a_pdf_may_have_a_little_after_its_end(after: int, found: tuple[str, ...]) -> None:
    content = PDF.rstrip() + b"%" * after
    upload = an_upload(content, finalidade="pdf")
    assert tuple(achado.regra for achado in uploads.examine(upload, content, sha256(content))) == found


@pytest.mark.parametrize(
    ("content", "finalidade", "formato", "regra", "codigo"),
    [
        (b"MZ\x90\x00", "pdf", Formato.PDF, "DOC-EXECUTAVEL", "formato-divergente"),
        (b"%PDF-1.7 sem fim", "pdf", Formato.PDF, "DOC-FORMATO", "formato-divergente"),
        (PDF, "imagem", Formato.JPEG, "DOC-FORMATO", "3164"),
        (b"\xff\xd8\xff", "imagem", Formato.PNG, "DOC-FORMATO", "3164"),
        (a_png()[:-12], "imagem", Formato.PNG, "DOC-IMAGEM", "3165"),
        (b"", "imagem", Formato.TIFF, "DOC-FORMATO", "3164"),
        (b"MZ" + PDF, "pdf", Formato.PDF, "DOC-EXECUTAVEL", "formato-divergente"),
        (b"MZ" + PDF, "nota_fiscal", Formato.XML, "DOC-EXECUTAVEL", "formato-divergente"),
    ],
)
def test_a_file_is_judged_by_its_bytes_whatever_it_is_called(
    content: bytes, finalidade: str, formato: Formato, regra: str, codigo: str
) -> None:
    upload = an_upload(content, finalidade=finalidade, formato=formato, nome_arquivo="nota.pdf")
    assert [(achado.regra, achado.codigo) for achado in uploads.examine(upload, content, sha256(content))] == [
        (regra, codigo)
    ]


def test_all_that_is_wrong_with_a_file_is_said_at_once() -> None:
    upload = an_upload(b"12345", finalidade="pdf", sha256_declarado="0" * 64)
    found = uploads.examine(upload, b"1234", sha256(b"1234"))
    assert [achado.regra for achado in found] == ["DOC-TAMANHO", "DOC-SHA256", "DOC-FORMATO"]
    assert "4 bytes" in found[0].mensagem
    assert "5" in found[0].mensagem


def test_without_a_declared_sha256_none_is_compared() -> None:
    assert uploads.examine(an_upload(PDF, finalidade="pdf"), PDF, sha256(PDF)) == ()


@pytest.mark.parametrize("row", FINALIDADES.values(), ids=lambda row: row.codigo)
def test_a_finalidade_is_a_row_of_data(row: Finalidade) -> None:
    assert row.formatos
    assert 0 < row.tamanho_maximo <= 20 * 1024 * 1024
    areas = {"peg", "documentos", "autorizacao", "pagamento", "recurso"}
    assert set(row.capacidades) <= {f"{area}.escrever" for area in areas}
    assert set(row.leitura) <= {f"{area}.ler" for area in areas - {"peg"}}
    assert row.capacidades
    assert row.leitura
    assert row.tem_dono is (row.formatos == (Formato.XML,))
    assert row.tem_dono is (not row.alvos and row.codigo != "nota_fiscal")
    assert row.ate_quando
    assert row.retencao in RETENCOES
    assert an_upload(finalidade=row.codigo).regras is row


def test_every_type_of_document_of_the_standard_has_a_finalidade_of_its_own() -> None:
    assert set(DE_TIPO) == set(TipoDocumento)
    assert DE_TIPO["06"].codigo == "comprovante_comparecimento"
    assert FINALIDADES["guia_assinada"].tipo == "06"
