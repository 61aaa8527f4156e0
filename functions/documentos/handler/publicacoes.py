"""REST entries of the operadora's people who publish what prestadores read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import Chamador
from conecta_edge import session
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PERSON_SCOPE,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
)
from conecta_edge.tenancy import Grupo
from documentos.bootstrap import publicacoes as bootstrap
from documentos.domain.errors import PublicacaoNotFoundError
from documentos.domain.finalidades import PUBLICACAO
from documentos.domain.publicacoes import Tipo
from documentos.handler.comum import FUNCAO, formato
from documentos.handler.documentacoes import ENDERECO, ERRORS, ID, PAGE, follow, id_of
from documentos.schemas import exemplos
from documentos.schemas import publicacoes as schemas
from documentos.schemas.publicacoes import (
    ConteudoRequest,
    EdicoesPage,
    PublicacaoRequest,
    PublicacaoView,
    RetiradaDePublicacaoRequest,
)
from documentos.schemas.uploads import ArquivoRequest
from documentos.service import publicacoes as service

if TYPE_CHECKING:
    from pydantic import BaseModel

    from conecta_atos.portas import Guardar
    from conecta_edge.idempotency import Once
    from conecta_edge.tenancy import OperadoraPrincipal
    from documentos.domain.uploads import Upload
    from documentos.service.publicacoes import Edicoes, Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Operadora: documentações"
PUBLICAM: Final[Mapping[Tipo, tuple[Grupo, ...]]] = {
    Tipo.MANUAL: (Grupo.CADASTRO,),
    Tipo.COMUNICADO: (Grupo.CADASTRO, Grupo.FINANCEIRO, Grupo.AUDITORIA),
}
"""Manuals are contracted rules, kept by cadastro. A comunicado is of whose matter it is: payment days of financeiro,
criteria of auditoria. The Central answers calls about all of it and publishes none: its people are many and change."""


def list_edicoes(request: Request) -> Response:
    """GET /operadora/documentacoes."""
    caller, portas = session.operadora(request), bootstrap.portas()
    registro = caller.at(caller.asked(request.query.get("registro_ans")), *Grupo)
    position, token_of = session.cursor(request, f"{registro}|documentacoes")
    page = portas.publicacoes.todas(registro, position, PAGE)
    return Response(200, {"edicoes": [schemas.edicao(one) for one in page.rows], "cursor": token_of(page.position)})


def get_publicacao(request: Request) -> Response:
    """GET /operadora/documentacoes/{id}."""
    _, edicoes, portas = _found(request)
    answer = _vista(edicoes, portas)
    return Response(200, answer, headers={"ETag": f'"{answer["versao"]}"'})


def get_file(request: Request) -> Response:
    """GET /operadora/documentacoes/{id}/arquivo."""
    _, edicoes, portas = _found(request)
    asked = request.query.get("edicao", str(edicoes[-1].edicao))
    which = next((one for one in edicoes if str(one.edicao) == asked), None)
    if which is None:
        raise PublicacaoNotFoundError
    return follow(service.arquivo_de(which, portas), portas)


def create(request: Request) -> Response:
    """POST /operadora/documentacoes."""
    caller = session.operadora(request)
    body = request.model(PublicacaoRequest)
    registro = caller.at(caller.asked(body.registro_ans), *PUBLICAM[body.tipo])
    portas = bootstrap.portas()
    said = body.conteudo(portas.hoje)
    return _done(
        request, caller, registro, portas,
        lambda who, keep: service.begin(registro, body.tipo, said, who, portas, guardar=keep), 201,
    )  # fmt: skip


def rewrite(request: Request) -> Response:
    """PUT /operadora/documentacoes/{id}."""
    caller, edicoes, portas = _found(request)
    said = request.model(ConteudoRequest).conteudo(portas.hoje)
    return _changed(
        request, caller, edicoes, portas, lambda who, keep: service.rewrite(edicoes, said, who, portas, guardar=keep)
    )


def open_edition(request: Request) -> Response:
    """POST /operadora/documentacoes/{id}/edicoes."""
    caller, edicoes, portas = _found(request)
    return _changed(
        request,
        caller,
        edicoes,
        portas,
        lambda who, keep: service.open_edition(edicoes, who, portas, guardar=keep),
        201,
    )


def send_file(request: Request) -> Response:
    """POST /operadora/documentacoes/{id}/arquivo."""
    caller, edicoes, portas = _found(request)
    body = request.model(ArquivoRequest)
    arquivo = service.NovoArquivo(body.nome_arquivo, formato(body, PUBLICACAO), body.tamanho, body.sha256)
    registro = _may(caller, edicoes)

    def render(left: Edicoes, upload: Upload, form: dict[str, Any]) -> dict[str, Any]:
        return {**schemas.publicacao(left, upload), "envio": form}

    answer = _once(request, caller, registro).carry_out(
        lambda keep: service.send_file(edicoes, arquivo, _who(request, caller), portas, render=render, keep=keep)
    )
    return _answered(answer, 201)


def publish(request: Request) -> Response:
    """POST /operadora/documentacoes/{id}/publicacao."""
    caller, edicoes, portas = _found(request)
    return _changed(
        request, caller, edicoes, portas, lambda who, keep: service.publish(edicoes, who, portas, guardar=keep)
    )


def withdraw(request: Request) -> Response:
    """POST /operadora/documentacoes/{id}/retirada."""
    caller, edicoes, portas = _found(request)
    body = request.model(RetiradaDePublicacaoRequest)
    return _changed(
        request, caller, edicoes, portas,
        lambda who, keep: service.withdraw(edicoes, body.motivo, body.edicao, who, portas, guardar=keep),
    )  # fmt: skip


def _found(request: Request) -> tuple[OperadoraPrincipal, Edicoes, Portas]:
    """The publication of one of the person's operadoras, before the group is judged (`decisoes.md` 9)."""
    caller, portas = session.operadora(request), bootstrap.portas()
    return caller, service.find_of_operadora(caller.grupos, id_of(request), portas), portas


def _may(caller: OperadoraPrincipal, edicoes: Edicoes) -> str:
    return caller.at(edicoes[-1].registro_ans, *PUBLICAM[edicoes[-1].tipo])


Act = Callable[["Chamador", "Guardar"], "Edicoes"]


def _changed(  # noqa: PLR0917
    request: Request, caller: OperadoraPrincipal, edicoes: Edicoes, portas: Portas, act: Act, status: int = 200
) -> Response:  # fmt: skip
    return _done(request, caller, _may(caller, edicoes), portas, act, status)


def _done(  # noqa: PLR0917
    request: Request, caller: OperadoraPrincipal, registro: str, portas: Portas, act: Act, status: int = 200
) -> Response:  # fmt: skip
    """See `session.done`."""
    who = _who(request, caller)
    return session.done(
        request, f"OPERADORA#{registro}", who.quem, partial(act, who), lambda left: _vista(left, portas), status
    )  # fmt: skip


def _once(request: Request, caller: OperadoraPrincipal, registro: str) -> Once:
    return session.attempt(request, f"OPERADORA#{registro}", caller.subject)


def _who(request: Request, caller: OperadoraPrincipal) -> Chamador:
    return Chamador(caller.subject, request.correlacao, request.expected_version())


def _vista(edicoes: Edicoes, portas: Portas) -> dict[str, Any]:
    return schemas.publicacao(edicoes, service.file_of(edicoes[-1], portas))


def _answered(answer: dict[str, Any], status: int) -> Response:
    return Response(status, answer, headers={"ETag": f'"{answer["versao"]}"'})


# --- documentation ---

_REGISTRO: Final = Parameter(
    "registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
    schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695",
)  # fmt: skip
_QUEM: Final = "Manuais são publicados pelo cadastro; comunicados, também pelo financeiro e pela auditoria."


def _operation(  # noqa: PLR0917
    method: str, path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, reply: Reply, body: type[BaseModel] | None = None, example: Any = None,
    refusals: Sequence[int] = (404, 409, 412, 422),
) -> Operation:  # fmt: skip
    acts = () if method == "GET" else (IDEMPOTENCY, IF_MATCH) if 412 in refusals else (IDEMPOTENCY,)  # noqa: PLR2004
    told = description if method == "GET" else f"{description} {_QUEM}"
    return Operation(
        method, f"/operadora/documentacoes{path}", name, FUNCAO, TAG, summary, told, run, (reply,),
        escopos=(PERSON_SCOPE,), parameters=(*parameters, *acts), body=body, example=example,
        refusals=tuple(refusals),
    )  # fmt: skip


_CONTEUDO: Final[dict[str, Any]] = {
    "titulo": "Manual de faturamento", "resumo": "Como enviar lotes e contestar glosas.",
    "publico": {"tipos": ["PESSOA_JURIDICA"], "ufs": ["ES", "MG"]},
}  # fmt: skip
_RASCUNHO: Final = exemplos.RASCUNHO_DE_PUBLICACAO

OPERATIONS: Final = (
    _operation(
        "GET", "", "listarPublicacoes", "Listar o que se publicou e o que está em rascunho",
        "Todas as edições, da publicação mais recente à mais antiga, em páginas de 30.", list_edicoes, _REGISTRO,
        CURSOR,
        reply=Reply(200, "Uma página.", EdicoesPage, example=exemplos.EDICOES), refusals=(400, 404, 422),
    ),
    _operation(
        "POST", "", "criarPublicacao", "Começar um manual ou comunicado",
        "Em rascunho: nenhum prestador o vê. Um manual se publica com um arquivo; um comunicado, com texto ou arquivo.",
        create, body=PublicacaoRequest, example={**_CONTEUDO, "registro_ans": "345695", "tipo": "MANUAL"},
        reply=Reply(201, "O rascunho.", PublicacaoView, example=_RASCUNHO), refusals=(404, 409, 422),
    ),
    _operation(
        "GET", "/{id}", "obterPublicacao", "Consultar uma publicação", "Com todas as edições; nenhuma é apagada.",
        get_publicacao, ID, reply=Reply(200, "A publicação.", PublicacaoView, example=exemplos.PUBLICACAO), refusals=(),
    ),
    _operation(
        "PUT", "/{id}", "alterarRascunhoDePublicacao", "Reescrever o rascunho",
        "O que foi publicado não muda: para isso há uma nova edição.", rewrite, ID, body=ConteudoRequest,
        example=_CONTEUDO, reply=Reply(200, "A publicação.", PublicacaoView, example=_RASCUNHO),
    ),
    _operation(
        "POST", "/{id}/edicoes", "criarEdicao", "Começar uma nova edição",
        "Um rascunho que diz o mesmo que a última; a que está publicada assim fica até que ele o seja. O arquivo é "
        "enviado de novo.",
        open_edition, ID, reply=Reply(201, "A publicação.", PublicacaoView, example=_RASCUNHO),
        refusals=(409, 412),
    ),
    _operation(
        "POST", "/{id}/arquivo", "enviarArquivoDePublicacao", "Enviar o arquivo do rascunho",
        f"Devolve um formulário para postar o arquivo (PDF, JPEG ou PNG, até {PUBLICACAO.tamanho_maximo} bytes) "
        "diretamente no S3 em até cinco minutos: os campos como vieram, e o arquivo por último, no campo `file`. O "
        "conteúdo é conferido; o que se enviou antes deixa de valer.",
        send_file, ID, body=ArquivoRequest, example={"nome_arquivo": "manual.pdf", "tamanho": 482133},
        reply=Reply(201, "O formulário.", PublicacaoView, example={**_RASCUNHO, "envio": exemplos.FORMULARIO}),
    ),
    _operation(
        "GET", "/{id}/arquivo", "baixarArquivoDePublicacao", "Baixar o arquivo de uma edição",
        "Redireciona para um endereço que vale por 15 minutos.", get_file, ID,
        Parameter("edicao", "query", "Sem ela, a última.", schema={"type": "integer", "minimum": 1}, example=2),
        reply=ENDERECO, refusals=(),
    ),
    _operation(
        "POST", "/{id}/publicacao", "publicarDocumentacao", "Publicar o rascunho",
        "Os prestadores a quem se destina o leem desde o primeiro dia de vigência, e deixam na hora de ler a edição "
        "anterior.",
        publish, ID, reply=Reply(200, "A publicação.", PublicacaoView, example=exemplos.PUBLICACAO),
    ),
    _operation(
        "POST", "/{id}/retirada", "retirarDocumentacao", "Retirar do ar",
        "Nenhum prestador a lê mais; um rascunho é abandonado.", withdraw, ID, body=RetiradaDePublicacaoRequest,
        example={"motivo": "Valores desatualizados."},
        reply=Reply(200, "A publicação.", PublicacaoView, example=exemplos.PUBLICACAO_RETIRADA),
    ),
)  # fmt: skip
