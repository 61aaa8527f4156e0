"""What becomes of a file between the intention to send it and what it is at its owner."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from documentos.domain import uploads
from documentos.domain.achados import Achado
from documentos.domain.documentos import of_upload
from documentos.domain.errors import (
    AnswerNotReadyError,
    NoAnswerError,
    RelacionamentoNotEnabledError,
    StaleUploadError,
    UploadNotFoundError,
)
from documentos.domain.uploads import Situacao, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from documentos.domain.finalidades import Finalidade, Formato
    from documentos.service.portas import Cadastro, Files, ReadBody, Uploads

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file somebody wants to send, already valid by itself.

    Attributes:
        transacoes: of the messages the finalidade takes, those this caller may send.
    """

    prestador_id: str
    registro_ans: str
    finalidade: Finalidade
    formato: Formato
    nome_arquivo: str
    tamanho: int
    sha256: str | None
    referencia: str | None
    criado_por: str
    transacoes: tuple[str, ...] = ()


def start_upload(
    asked: NewUpload,
    *,
    cadastro: Cadastro,
    uploads_: Uploads,
    files: Files,
    render: Callable[[Upload, dict[str, Any]], Answer],
    keep: Callable[[Answer], tuple[Any, ...]],
    now: datetime,
    today: date,
) -> Answer:
    """Register the intention to send a file and answer with a form to post it.

    Files may be sent to an operadora that enabled this prestador at some time: suspension and descredenciamento stop
    new senhas, never the billing of what was done before (R02). Files of authorizations need no release of billing.

    Args:
        asked: what is to be sent.
        cadastro, uploads_, files: ports.
        render: makes the answer from the upload and its form.
        keep: what must be written with the upload for the answer to be repeatable.
        now: the instant; `today` its local day.

    Raises:
        RelacionamentoNotEnabledError: R02.
    """
    contratacao = cadastro.contratacao(asked.prestador_id, asked.registro_ans)
    of_senhas = "autorizacao.escrever" in asked.finalidade.capacidades
    if not (contratacao.may_send_em(today) if of_senhas else contratacao.may_bill_em(today)):
        raise RelacionamentoNotEnabledError(*contratacao.situacao_em(today))
    upload = uploads.intend(
        upload_id=uuid.uuid4().hex,
        prestador_id=asked.prestador_id,
        registro_ans=asked.registro_ans,
        finalidade=asked.finalidade,
        formato=asked.formato,
        nome_arquivo=asked.nome_arquivo,
        tamanho=asked.tamanho,
        sha256=asked.sha256,
        referencia=asked.referencia,
        protocolo=uploads_.next_protocolo(today),
        criado_por=asked.criado_por,
        now=now,
        transacoes=asked.transacoes,
    )
    answer = render(upload, files.presign(upload))
    uploads_.add(upload, keep(answer))
    return answer


def archive_key(registro_ans: str, prestador_id: str, finalidade: str, sha256: str) -> str:
    """`t/<registroANS>/<prestador>/<finalidade>/<sha256>` (`decisoes.md` 12)."""
    return f"t/{registro_ans}/{prestador_id}/{finalidade}/{sha256}"


def receive_file(
    *,
    prestador_id: str,
    upload_id: str,
    version: str | None,
    uploads_: Uploads,
    files: Files,
    read_body: ReadBody,
    now: datetime,
) -> Situacao | None:
    """A file was posted (or may have been): check its bytes, archive it, move the upload on.

    Repeatable: an upload that is past waiting is left as it is. The first file posted is the one that counts.

    Returns:
        The state afterwards; `None` when there is no such upload or no file.
    """
    upload = uploads_.get(prestador_id, upload_id)
    if upload is None:
        return None
    if upload.situacao is not Situacao.AGUARDANDO_ARQUIVO:
        return upload.situacao
    incoming = files.read_incoming(upload.chave_entrada, version)
    if incoming is None:
        return None
    sha256 = hashlib.sha256(incoming.content).hexdigest()
    achados, corpo = uploads.examine(upload, incoming.content, sha256), None
    if upload.regras.transacoes and not achados:
        achados, corpo = _message(upload, read_body(incoming.content))
    chave = archive_key(upload.registro_ans, upload.prestador_id, upload.finalidade, sha256)
    if not achados:
        files.archive(chave, incoming.content, upload.formato, sha256, upload.regras.retencao.codigo)
    after = uploads.receive(
        upload, sha256=sha256, chave=chave, achados=achados, at=incoming.stored_at, now=now, transacao=corpo
    )
    try:
        uploads_.change(upload, after, received_event(after), now, of_upload(after))
    except StaleUploadError:
        return None  # a duplicate of this event was quicker; what it did is what counts
    return after.situacao


def _message(upload: Upload, found: str | Achado | None) -> tuple[tuple[Achado, ...], str | None]:
    """What is wrong with a message, and which one it is."""
    if isinstance(found, Achado):
        return (found,), None
    return uploads.examine_message(upload, found), found


def received_event(upload: Upload) -> dict[str, Any]:
    """`DocumentoRecebido` or `DocumentoRecusado`; handed over again, it is the same event with another `tentativa`."""
    return {
        "tipo": "DocumentoRecusado" if upload.situacao is Situacao.RECUSADO else "DocumentoRecebido",
        "dados": {
            "upload_id": upload.id,
            "finalidade": upload.finalidade,
            "formato": upload.formato,
            "chave": upload.chave,
            "sha256": upload.sha256,
            "tamanho": upload.tamanho,
            "recebido_em": upload.recebido_em,
            "tentativa": upload.tentativa,
            **({"transacao": upload.transacao, "transacoes": list(upload.transacoes)} if upload.transacao else {}),
        },
    }


def conclude_upload(
    *,
    prestador_id: str,
    upload_id: str,
    accepted: bool,
    recurso: Mapping[str, str] | None,
    uploads_: Uploads,
    now: datetime,
) -> None:
    """The owner of the file has judged it: even after we gave up. Repeated and unknown verdicts change nothing."""
    upload = uploads_.get(prestador_id, upload_id)
    if upload is None or not uploads.may_conclude(upload, accepted=accepted):
        return
    uploads_.change(upload, uploads.conclude(upload, accepted=accepted, recurso=recurso), None, now)


def reconcile(
    *, uploads_: Uploads, files: Files, read_body: ReadBody, now: datetime, everything: bool = False
) -> tuple[int, int]:
    """Look again at every upload without a final state whose time has come.

    A file whose S3 event was lost is received now; one whose owner has not answered is handed over again; one that
    never came expires. Repeatable, and safe beside itself.

    Returns:
        (looked at, moved on).

    Raises:
        ExceptionGroup: what failed, after all the others were looked at: one upload never holds the rest back.
    """
    looked = moved = 0
    failures: list[Exception] = []
    for prestador_id, upload_id in uploads_.due(None if everything else now):
        looked += 1
        try:
            upload = uploads_.get(prestador_id, upload_id)
            if upload is not None and not upload.situacao.final:
                moved += _reconcile_one(
                    upload, uploads_=uploads_, files=files, read_body=read_body, now=now, by_hand=everything
                )
        except StaleUploadError:
            continue  # it moved while we looked: nothing left to do here
        except Exception as error:  # noqa: BLE001  # raised below
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {looked} uploads not reconciled", failures)
    return looked, moved


def _reconcile_one(
    upload: Upload, *, uploads_: Uploads, files: Files, read_body: ReadBody, now: datetime, by_hand: bool
) -> int:
    if upload.situacao is Situacao.EM_PROCESSAMENTO:
        after = uploads.hand_over_again(upload, now, by_hand=by_hand)
        uploads_.change(upload, after, None if after.situacao.final else received_event(after), now)
        return 1
    found = receive_file(
        prestador_id=upload.prestador_id,
        upload_id=upload.id,
        version=None,
        uploads_=uploads_,
        files=files,
        read_body=read_body,
        now=now,
    )
    if found is not None:
        return 1
    too_late = now >= upload.expira_em + uploads.GRACE
    uploads_.change(upload, uploads.expire(upload) if too_late else uploads.look_later(upload), None, now)
    return int(too_late)


def find_upload(*, prestador_id: str, upload_id: str, uploads_: Uploads) -> Upload:
    """One upload of the tenant.

    Raises:
        UploadNotFoundError: absent or foreign.
    """
    upload = uploads_.get(prestador_id, upload_id)
    if upload is None:
        raise UploadNotFoundError
    return upload


def answer_message(upload: Upload, files: Files) -> bytes:
    """The owner's answer message (TISS XML).

    Raises:
        AnswerNotReadyError: not judged yet.
        NoAnswerError: the upload ended without one.
    """
    if not upload.situacao.final:
        raise AnswerNotReadyError
    found = files.read_answer(upload, "xml")
    if found is None:
        raise NoAnswerError
    return found


def judged_findings(upload: Upload, files: Files) -> bytes | None:
    """The owner's report (JSON bytes) on a file it refused; what we refused ourselves has none."""
    judged = upload.regras.tem_dono and upload.situacao is Situacao.RECUSADO and not upload.achados
    return files.read_answer(upload, "json") if judged else None
