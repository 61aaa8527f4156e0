"""REST entry: uploads."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import problems, session
from conecta_edge.clock import iso, local_day
from conecta_edge.http import IDEMPOTENCY, PRESTADOR, Api, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from documentos import bootstrap, service
from documentos.domain import uploads
from documentos.domain.errors import (
    AnswerNotReadyError,
    NoAnswerError,
    RelacionamentoNotEnabledError,
    UploadNotFoundError,
)
from documentos.domain.finalidades import FINALIDADES, Finalidade, Formato
from documentos.schemas import UploadRequest, UploadView

if TYPE_CHECKING:
    from conecta_edge.tenancy import Principal
    from documentos.domain.uploads import Upload

FUNCAO: Final = "documentos-api"
_UPLOAD_ID: Final = re.compile(r"[0-9a-z-]{1,64}", re.ASCII)  # anything else is no id of ours
TAG: Final = "Documentos"
_WHERE: Final = {"peg": "pegs", "autorizacao": "autorizacoes"}


def create_upload(request: Request) -> Response:
    """POST /documentos/uploads."""
    caller = session.principal(request)
    asked = _command(request.model(UploadRequest), caller)
    caller.require(*asked.finalidade.capacidades)
    now = session.clock().now()
    answer = session.once(
        request,
        caller,
        lambda keep: service.start_upload(
            asked,
            cadastro=session.cadastro(),
            uploads_=bootstrap.uploads(),
            files=bootstrap.files(),
            render=lambda upload, envio: {**view(upload), "envio": envio},
            keep=keep,
            now=now,
            today=local_day(now),
        ),
    )
    # Relative to this very route, as RFC 9110 reads it: the stage before it is the gateway's business.
    return Response(201, answer, headers={"Location": f"uploads/{answer['id']}"})


def _command(asked: UploadRequest, caller: Principal) -> service.NewUpload:
    finalidade = FINALIDADES[asked.finalidade]
    return service.NewUpload(
        prestador_id=caller.prestador_id,
        registro_ans=asked.registro_ans,
        finalidade=finalidade,
        formato=_formato(asked, finalidade),
        nome_arquivo=asked.nome_arquivo,
        tamanho=asked.tamanho,
        sha256=asked.sha256,
        referencia=asked.referencia,
        criado_por=caller.subject,
        transacoes=tuple(row.corpo for row in finalidade.transacoes if any(map(caller.may, row.capacidades))),
    )


def _formato(asked: UploadRequest, finalidade: Finalidade) -> Formato:
    wrong = []
    accepted = {formato.value: formato for formato in finalidade.formatos}
    if asked.tipo_conteudo is not None and asked.tipo_conteudo not in accepted:
        text = f"Para {finalidade.codigo} use um de: {', '.join(accepted)}."
        wrong.append(FieldError("tipo_conteudo", "formato-nao-aceito", text))
    if asked.tamanho > finalidade.tamanho_maximo:
        text = f"O máximo para {finalidade.codigo} é de {finalidade.tamanho_maximo} bytes: divida o arquivo."
        wrong.append(FieldError("tamanho", "arquivo-grande-demais", text))
    if wrong:
        raise problems.invalid_body(tuple(wrong))
    return accepted.get(asked.tipo_conteudo or "", finalidade.formatos[0])


def get_upload(request: Request) -> Response:
    """GET /documentos/uploads/{id}."""
    (upload, _), files = _own_upload(request), bootstrap.files()
    answer = view(upload)
    report = service.judged_findings(upload, files)
    if report is not None:
        answer["achados"] += json.loads(report)["achados"]
    return Response(200, answer, headers={"ETag": f'"{upload.versao}"'})


def get_answer(request: Request) -> Response:
    """GET /documentos/uploads/{id}/resposta.xml."""
    upload, caller = _own_upload(request)
    message = service.answer_message(upload, bootstrap.files())
    # An answer to a lote names the beneficiário of every guia; one to a request, of that.
    why = "autorizacao" if "autorizacao.ler" in upload.leitura else "conferencia-de-faturamento"
    session.record_access(request, caller.actor, finalidade=why, objeto=f"upload/{upload.id}")
    return Response(200, message, "application/xml")


def _own_upload(request: Request) -> tuple[Upload, Principal]:
    caller = session.principal(request)
    upload_id = request.path["id"]
    if not _UPLOAD_ID.fullmatch(upload_id):
        raise UploadNotFoundError
    upload = service.find_upload(prestador_id=caller.prestador_id, upload_id=upload_id, uploads_=bootstrap.uploads())
    caller.require(*upload.leitura)
    return upload, caller


def view(upload: Upload) -> dict[str, Any]:
    """The JSON of an upload (shape: :class:`documentos.schemas.UploadView`)."""
    recurso = None
    if upload.recurso:
        recurso = dict(upload.recurso)
        where = _WHERE.get(recurso["tipo"])
        if where:
            recurso["href"] = f"{where}/{recurso['id']}"
    return {
        "id": upload.id,
        "protocolo_atendimento": upload.protocolo_atendimento,
        "situacao": upload.situacao.value,
        "de_quem_e_a_vez": uploads.WHOSE_TURN[upload.situacao],
        "registro_ans": upload.registro_ans,
        "finalidade": upload.finalidade,
        "referencia": upload.referencia,
        "criado_em": iso(upload.criado_em),
        "expira_em": iso(upload.expira_em),
        "arquivo": {
            "nome": upload.nome_arquivo,
            "tamanho": upload.tamanho,
            "tipo_conteudo": upload.formato,
            "sha256": upload.sha256,
            "recebido_em": iso(upload.recebido_em) if upload.recebido_em else None,
        },
        "achados": [
            {name: value for name, value in asdict(achado).items() if value is not None} for achado in upload.achados
        ],
        "recurso": recurso,
    }


_EXAMPLE: Final[dict[str, Any]] = {
    "id": "0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6",
    "protocolo_atendimento": "261110000042",
    "situacao": "AGUARDANDO_ARQUIVO",
    "de_quem_e_a_vez": "prestador",
    "registro_ans": "345695",
    "finalidade": "lote_tiss",
    "referencia": "faturamento-novembro-01",
    "criado_em": "2026-11-21T12:00:00.000000Z",
    "expira_em": "2026-11-21T12:05:00.000000Z",
    "arquivo": {
        "nome": "lote-0001.xml", "tamanho": 635619, "tipo_conteudo": "application/xml", "sha256": None,
        "recebido_em": None,
    },
    "achados": [],
    "recurso": None,
}  # fmt: skip
_RECEIVED: Final[dict[str, Any]] = {
    **_EXAMPLE,
    "situacao": "CONCLUIDO",
    "de_quem_e_a_vez": "ninguem",
    "recurso": {"tipo": "peg", "id": "261120000007", "href": "pegs/261120000007"},
}
_ID: Final = Parameter("id", "path", "Identificador do envio.", required=True, example=_EXAMPLE["id"])

OPERATIONS: Final = (
    Operation(
        "POST", "/documentos/uploads", "criarUpload", FUNCAO, TAG,
        "Iniciar o envio de um arquivo",
        "Devolve um formulário (URL e campos) para postar o arquivo diretamente no S3 em até cinco minutos, e um "
        "identificador para acompanhar. Poste os campos como vieram, e o arquivo por último, no campo `file`. Com o "
        "cabeçalho `Idempotency-Key`, repetir a requisição devolve a primeira resposta.",
        create_upload,
        (Reply(201, "Envio iniciado.", UploadView, example={
            **_EXAMPLE,
            "envio": {"url": "https://entrada.s3.sa-east-1.amazonaws.com/", "campos": {"key": "t/345695/…"}},
        }),),
        escopos=(
            "conecta/documentos.escrever", "conecta/peg.escrever", "conecta/autorizacao.escrever",
            "conecta/pagamento.escrever",
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
        (Reply(200, "O envio.", UploadView, example=_RECEIVED),),
        escopos=("conecta/documentos.ler", "conecta/autorizacao.ler", "conecta/pagamento.ler"),
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
        (Reply(200, "Mensagem TISS (ISO-8859-1).", media_type="application/xml"),),
        escopos=("conecta/documentos.ler", "conecta/autorizacao.ler", "conecta/pagamento.ler"),
        parameters=(_ID, PRESTADOR),
        refusals=(409, 422),
    ),
)  # fmt: skip


def _relacionamento(error: RelacionamentoNotEnabledError) -> ProblemError:
    return ProblemError(
        403, "relacionamento-nao-habilitado", "Relacionamento não habilitado",
        "O relacionamento deste prestador com a operadora não está habilitado para faturamento. Solicite-o ou "
        "acompanhe a decisão em Relacionamentos.",
        extra={"regra": "R02", "glosa": "1207", "situacao": error.situacao, "motivo": error.motivo},
    )  # fmt: skip


def _not_ready(_error: AnswerNotReadyError) -> ProblemError:
    return ProblemError(
        409, "resposta-indisponivel", "Resposta ainda indisponível",
        "O envio ainda não tem mensagem de resposta. Acompanhe a situação do envio e repita quando ela for final.",
        headers={"Retry-After": "2"},
    )  # fmt: skip


def _no_answer(_error: NoAnswerError) -> ProblemError:
    return ProblemError(
        404, "sem-mensagem-de-resposta", "Sem mensagem de resposta",
        "Este envio terminou sem mensagem TISS de resposta. Veja a situação e os achados do próprio envio.",
    )  # fmt: skip


handler = Api(
    OPERATIONS,
    {
        UploadNotFoundError: lambda _error: problems.not_found(),
        RelacionamentoNotEnabledError: _relacionamento,
        AnswerNotReadyError: _not_ready,
        NoAnswerError: _no_answer,
    },
    session.origins,
)
