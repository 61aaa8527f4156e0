"""REST entry: uploads."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from conecta_edge import session
from conecta_edge.clock import local_day
from conecta_edge.http import IDEMPOTENCY, PRESTADOR, XML, Operation, Parameter, Reply, Request, Response
from documentos.bootstrap import nucleo as bootstrap
from documentos.domain.errors import UploadNotFoundError
from documentos.domain.finalidades import FINALIDADES
from documentos.handler.comum import ERRORS, FUNCAO, TAG, formato
from documentos.schemas import exemplos
from documentos.schemas.uploads import UploadRequest, UploadView, vista
from documentos.service import uploads

if TYPE_CHECKING:
    from conecta_edge.tenancy import Principal
    from documentos.domain.uploads import Upload

__all__ = ["ERRORS", "OPERATIONS"]

_UPLOAD_ID: Final = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)  # anything else is no id of ours


def create_upload(request: Request) -> Response:
    """POST /documentos/uploads."""
    caller = session.principal(request)
    asked = _command(request.model(UploadRequest), caller)
    caller.require(*asked.finalidade.capacidades)
    now = session.clock().now()
    answer = session.once(
        request,
        caller,
        lambda keep: uploads.start_upload(
            asked,
            cadastro=session.cadastro(),
            uploads_=bootstrap.uploads(),
            files=bootstrap.files(),
            render=lambda upload, envio: {**vista(upload), "envio": envio},
            keep=keep,
            now=now,
            today=local_day(now),
        ),
    )
    # Relative to this very route, as RFC 9110 reads it: the stage before it is the gateway's business.
    return Response(201, answer, headers={"Location": f"uploads/{answer['id']}"})


def _command(asked: UploadRequest, caller: Principal) -> uploads.NewUpload:
    finalidade = FINALIDADES[asked.finalidade]
    return uploads.NewUpload(
        prestador_id=caller.prestador_id,
        registro_ans=asked.registro_ans,
        finalidade=finalidade,
        formato=formato(asked, finalidade),
        nome_arquivo=asked.nome_arquivo,
        tamanho=asked.tamanho,
        sha256=asked.sha256,
        referencia=asked.referencia,
        criado_por=caller.subject,
        transacoes=tuple(row.corpo for row in finalidade.transacoes if any(map(caller.may, row.capacidades))),
    )


def get_upload(request: Request) -> Response:
    """GET /documentos/uploads/{id}."""
    (upload, _), files = _own_upload(request), bootstrap.files()
    answer = vista(upload)
    report = uploads.judged_findings(upload, files)
    if report is not None:
        answer["achados"] += json.loads(report)["achados"]
    return Response(200, answer, headers={"ETag": f'"{upload.versao}"'})


def get_answer(request: Request) -> Response:
    """GET /documentos/uploads/{id}/resposta.xml."""
    upload, caller = _own_upload(request)
    message = uploads.answer_message(upload, bootstrap.files())
    # An answer to a lote names the beneficiário of every guia; one to a request, of that.
    why = "autorizacao" if "autorizacao.ler" in upload.leitura else "conferencia-de-faturamento"
    session.record_access(request, caller.actor, finalidade=why, objeto=f"upload/{upload.id}")
    return Response(200, message, XML)


def _own_upload(request: Request) -> tuple[Upload, Principal]:
    caller = session.principal(request)
    upload_id = request.path["id"]
    if not _UPLOAD_ID.fullmatch(upload_id):
        raise UploadNotFoundError
    upload = uploads.find_upload(prestador_id=caller.prestador_id, upload_id=upload_id, uploads_=bootstrap.uploads())
    caller.require(*upload.leitura)
    return upload, caller


_ID: Final = Parameter("id", "path", "Identificador do envio.", required=True, example=exemplos.UPLOAD["id"])

OPERATIONS: Final = (
    Operation(
        "POST", "/documentos/uploads", "criarUpload", FUNCAO, TAG,
        "Iniciar o envio de um arquivo",
        "Devolve um formulário (URL e campos) para postar o arquivo diretamente no S3 em até cinco minutos, e um "
        "identificador para acompanhar. Poste os campos como vieram, e o arquivo por último, no campo `file`. Com o "
        "cabeçalho `Idempotency-Key`, repetir a requisição devolve a primeira resposta.",
        create_upload,
        (Reply(201, "Envio iniciado.", UploadView, example={
            **exemplos.UPLOAD,
            "envio": {"url": "https://entrada.s3.sa-east-1.amazonaws.com/", "campos": {"key": "t/345695/…"}},
        }),),
        escopos=(
            "conecta/documentos.escrever", "conecta/peg.escrever", "conecta/autorizacao.escrever",
            "conecta/pagamento.escrever", "conecta/recurso.escrever",
        ),
        parameters=(PRESTADOR, IDEMPOTENCY),
        body=UploadRequest,
        example={
            "registro_ans": "345695", "finalidade": "lote_tiss", "nome_arquivo": "lote-0001.xml", "tamanho": 635619,
            "referencia": "faturamento-novembro-01",
        },
        refusals=(409, 422),
    ),
    Operation(
        "GET", "/documentos/uploads/{id}", "obterUpload", FUNCAO, TAG,
        "Acompanhar um envio",
        "Estado, achados e o recurso em que o arquivo se tornou (um PEG ou uma autorização, por exemplo).",
        get_upload,
        (Reply(200, "O envio.", UploadView, example=exemplos.UPLOAD_CONCLUIDO),),
        escopos=("conecta/documentos.ler", "conecta/autorizacao.ler", "conecta/pagamento.ler", "conecta/recurso.ler"),
        parameters=(_ID, PRESTADOR),
        refusals=(422,),
    ),
    Operation(
        "GET", "/documentos/uploads/{id}/resposta.xml", "obterRespostaDoUpload", FUNCAO, TAG,
        "Baixar a mensagem TISS de resposta",
        "A mensagem TISS de resposta na versão de quem enviou: `recebimentoLote` com o protocolo, a resposta de cada "
        "transação de autorização, os demonstrativos, ou a mesma com `mensagemErro` quando o envio foi recusado. 409 "
        "enquanto o envio não tiver estado final.",
        get_answer,
        (Reply(200, "Mensagem TISS (ISO-8859-1).", media_type=XML),),
        escopos=("conecta/documentos.ler", "conecta/autorizacao.ler", "conecta/pagamento.ler", "conecta/recurso.ler"),
        parameters=(_ID, PRESTADOR),
        refusals=(409, 422),
    ),
)  # fmt: skip
