"""REST entries of what prestadores read: the list, what is new in it, each file, and what needs a senha."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Final

from conecta_edge import problems, session
from conecta_edge.clock import iso, parse_iso
from conecta_edge.http import (
    CURSOR,
    IF_NONE_MATCH,
    JSON,
    PRESTADOR,
    REGISTRO_ANS,
    ErrorMap,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
    asked_by,
)
from conecta_edge.problems import FieldError, ProblemError
from documentos.bootstrap import publicacoes as bootstrap
from documentos.domain.errors import (
    DefectivePublicacaoError,
    FilePendingError,
    OutdatedPublicacaoError,
    PublicacaoNotFoundError,
    PublicacaoStateError,
    StalePublicacaoError,
)
from documentos.domain.finalidades import Formato
from documentos.domain.procedimentos import com_senha
from documentos.domain.publicacoes import Tipo
from documentos.handler.comum import FUNCAO
from documentos.schemas import exemplos
from documentos.schemas import procedimentos as de_procedimentos
from documentos.schemas import publicacoes as schemas
from documentos.schemas.procedimentos import ProcedimentosComSenhaView
from documentos.schemas.publicacoes import DocumentacaoView, DocumentacoesPage, VisitaRequest, VisitaView
from documentos.service import publicacoes as service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from documentos.domain.procedimentos import ListaComSenha
    from documentos.domain.publicacoes import Arquivo, Publicacao

TAG: Final = "Documentações"
LER: Final = ("documentos.ler", "autorizacao.ler")
"""The list of what needs a senha is the recepção's, and comunicados are everybody's."""
PAGE: Final = 30
MAXIMO: Final = 15_000
"""Procedures of one answer: some 300 bytes of JSON each, of the 6 MB that a function answers with."""
_ID: Final = re.compile(r"[0-9]{6}-[0-9]{12}-[0-9a-f]{8}", re.ASCII)
_CODIGO: Final = re.compile(r"[0-9A-Za-z._-]{1,30}", re.ASCII)
_TABELA: Final = re.compile(r"[0-9]{2}", re.ASCII)


def list_documentacoes(request: Request) -> Response:
    """GET /documentacoes."""
    caller, query, portas = session.principal(request), Query(request.query), bootstrap.portas()
    registro = query.registro() if "registro_ans" in request.query else None
    tipo = query.one_of("tipo", tuple(Tipo), "") if "tipo" in request.query else ""
    novas = query.one_of("novas", ["false", "true"], "false") == "true"
    estante = service.read(caller.prestador_id, caller.subject, registro or None, portas)
    query.check()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|documentacoes|{registro}|{tipo}|{novas}")
    caller.require(*LER)
    after = (parse_iso(position["visivel_em"]), position["id"]) if position else None
    rest = [
        one
        for one in estante.publicacoes
        if tipo in {"", one.tipo}
        and (not novas or one.nova(estante.visitada_em))
        and (after is None or service.lugar(one) < after)
    ]
    page = rest[:PAGE]
    following = _position(page[-1]) if len(rest) > PAGE else None
    return Response(200, schemas.pagina(estante, page, token_of(following), caller.may))


def _position(last: Publicacao) -> dict[str, str]:
    when, which = service.lugar(last)
    return {"visivel_em": iso(when), "id": which}


def visit(request: Request) -> Response:
    """POST /documentacoes/visitas."""
    caller = session.principal(request)
    body = request.model(VisitaRequest)
    caller.require(*LER)
    seen = service.visit(caller.prestador_id, caller.subject, body.ate, bootstrap.portas())
    return Response(200, {"visitado_em": iso(seen)})


def get_documentacao(request: Request) -> Response:
    """GET /documentacoes/{id}."""
    found, _ = _found(request)
    return request.unless_held(str(found.edicao), lambda: schemas.lida(found))


def get_file(request: Request) -> Response:
    """GET /documentacoes/{id}/arquivo."""
    found, portas = _found(request)
    return follow(service.arquivo_de(found, portas), portas)


def _found(request: Request) -> tuple[Publicacao, service.Portas]:
    caller, portas = session.principal(request), bootstrap.portas()
    found = service.find(caller.prestador_id, id_of(request), portas)
    caller.require(*LER)
    return found, portas


def count_new(request: Request) -> Response:
    """POST /documentacoes/novas: how many are new to somebody, as GET /documentacoes tells, which `/inicio` shows.

    Body: `{"prestador_id", "quem"}`; answers `{"novas", "consultado_em"}`.
    """
    asked = json.loads(request.body)
    estante = service.read(asked["prestador_id"], asked["quem"], None, bootstrap.portas())
    return Response(200, {"novas": estante.novas, "consultado_em": iso(estante.consultada_em)})


def list_audience(request: Request) -> Response:
    """POST /documentacoes/publico: a page of the prestadores that a publication is for, whom alertas tells of it.

    Body: `{"publicacao", "posicao": as answered before, or null}`; answers `{"prestadores", "posicao"}`.
    """
    asked = json.loads(request.body)
    prestadores, following = service.audience(asked["publicacao"], asked["posicao"], bootstrap.portas())
    return Response(200, {"prestadores": prestadores, "posicao": following})


def list_procedimentos(request: Request) -> Response:
    """GET /documentacoes/procedimentos-com-senha."""
    caller, query, portas = session.principal(request), Query(request.query), bootstrap.portas()
    registro = query.registro()
    if registro and not portas.leitores.leitores(caller.prestador_id, registro, portas.hoje):
        raise PublicacaoNotFoundError
    dia = query.dia("data", portas.hoje)
    formato = query.one_of("formato", tuple(_FORMATOS), "json")
    plano = _optional(query, "plano", _CODIGO, "Informe o código do plano.")
    tabela = _optional(query, "tabela", _TABELA, "Informe o código da tabela, 2 dígitos: por exemplo 22.")
    query.check()
    caller.require(*LER)
    lista = com_senha(registro, session.catalogo().regras(registro), dia, _descrever, plano=plano, tabela=tabela)
    if len(lista.regras) > MAXIMO:
        raise problems.conflict(
            "lista-grande-demais", "Grande demais para uma resposta",
            "São muitos procedimentos para uma resposta só: peça uma tabela de cada vez, com tabela=.",
        )  # fmt: skip
    shown = de_procedimentos.lista(lista)
    # The same list on another day is the same list: who holds it is told that nothing changed.
    text = json.dumps({**shown, "data": None}, sort_keys=True)
    media_type, write = _FORMATOS[formato]
    tag = hashlib.sha256(f"{formato}{text}".encode()).hexdigest()[:32]
    return request.unless_held(tag, lambda: shown if write is None else write(lista), media_type)


def _optional(query: Query, name: str, form: re.Pattern[str], text: str) -> str | None:
    given = query.values.get(name)
    if given is not None and not form.fullmatch(given):
        query.refuse(name, f"{name}-invalido", text)
    return given


def _descrever(tabela: str, codigo: str) -> str | None:
    from conecta_tiss.terminologia import tuss  # noqa: PLC0415  # only who shows codes reads the terminology

    found = tuss(codigo, tabela)
    return found.termo if found else None


def _csv(lista: ListaComSenha) -> bytes:
    from documentos import planilhas  # noqa: PLC0415  # only who asks for one pays for it

    return planilhas.procedimentos(lista)


def _pdf(lista: ListaComSenha) -> bytes:
    from documentos import pdf  # noqa: PLC0415

    operadora = session.catalogo().operadora(lista.registro_ans)
    if operadora is None:
        raise PublicacaoNotFoundError
    return pdf.procedimentos(lista, operadora)


_FORMATOS: Final[dict[str, tuple[str, Callable[[ListaComSenha], bytes] | None]]] = {
    "json": (JSON, None), "csv": ("text/csv; charset=utf-8", _csv), "pdf": ("application/pdf", _pdf),
}  # fmt: skip


# --- what the operadora's routes do alike ---


def id_of(request: Request) -> str:
    """The publication that the path names.

    Raises:
        PublicacaoNotFoundError: it cannot be one.
    """
    text = request.path["id"]
    if not _ID.fullmatch(text):
        raise PublicacaoNotFoundError
    return text


def follow(arquivo: Arquivo, portas: service.Portas) -> Response:
    """Where a file may be fetched for a while."""
    link = portas.files.link(arquivo.chave, Formato(arquivo.formato).named(arquivo.nome))
    return Response(303, {"url": link}, headers={"Location": link})


def _wrong(error: DefectivePublicacaoError) -> ProblemError:
    return problems.invalid_body(tuple(FieldError(one.campo, one.codigo, one.mensagem) for one in error.defeitos))


ERRORS: Final[ErrorMap] = {
    PublicacaoNotFoundError: lambda _error: problems.not_found(),
    OutdatedPublicacaoError: lambda _error: problems.outdated(),
    StalePublicacaoError: lambda _error: problems.changed_meanwhile(
        "Outra pessoa mudou a publicação ao mesmo tempo. Consulte-a e repita."
    ),
    PublicacaoStateError: lambda error: problems.conflict(
        "publicacao-em-outro-estado", "O estado da publicação não permite",
        f"A última edição está {error.situacao}. Só um rascunho se muda e se publica; o que já foi publicado muda "
        "com uma nova edição, e nova edição só se abre quando não há rascunho.",
    ),
    FilePendingError: lambda _error: ProblemError(
        409, "arquivo-em-conferencia", "Arquivo em conferência",
        "O arquivo ainda não chegou, ou está sendo conferido. Repita em instantes.", headers={"Retry-After": "2"},
    ),
    DefectivePublicacaoError: _wrong,
}  # fmt: skip

# --- documentation ---

ID: Final = Parameter(
    "id", "path", "Identificador da publicação.", required=True, example=exemplos.DOCUMENTACAO["id"]
)  # fmt: skip
ENDERECO: Final = Reply(303, "O endereço está em Location e no corpo.", example={"url": "https://…"})
_ESCOPOS: Final = tuple(f"conecta/{one}" for one in LER)
_NADA_MUDOU: Final = Reply(304, "Nada mudou desde a ETag enviada.")
_DE_QUEM: Final = Parameter(
    "registro_ans", "query", "Registro ANS; sem ele, todas as operadoras com que se tem relacionamento.",
    schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695",
)  # fmt: skip


def _reading(  # as `Operation`
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, replies: Sequence[Reply], refusals: tuple[int, ...] = (404, 422),
) -> Operation:  # fmt: skip
    return Operation(
        "GET", f"/documentacoes{path}", name, FUNCAO, TAG, summary, description, run, replies, escopos=_ESCOPOS,
        parameters=(*parameters, PRESTADOR), refusals=refusals,
    )  # fmt: skip


OPERATIONS: Final = (
    _reading(
        "", "listarDocumentacoes", "Listar as documentações em vigor",
        "Manuais e comunicados das operadoras, em vigor hoje e destinados a este prestador, do mais recente ao mais "
        "antigo, em páginas de 30; e o que toda operadora tem, sempre atual: os procedimentos que precisam de senha e "
        "o cronograma. `nova` é o que apareceu desde a última visita de quem pergunta.",
        list_documentacoes, _DE_QUEM,
        Parameter("tipo", "query", "MANUAL ou COMUNICADO; sem ele, todos.",
                  schema={"type": "string", "enum": list(Tipo)}, example="COMUNICADO"),
        Parameter("novas", "query", "Só as novas.", schema={"type": "boolean", "default": False}), CURSOR,
        replies=(Reply(200, "Uma página.", DocumentacoesPage, example=exemplos.DOCUMENTACOES),),
        refusals=(400, 404, 422),
    ),
    Operation(
        "POST", "/documentacoes/visitas", "registrarVisita", FUNCAO, TAG, "Dizer que se viu o que há",
        "O que apareceu até o instante deixa de ser novo para quem o diz, e só para ela. Repetir não tem efeito, nem "
        "um instante anterior.",
        visit, (Reply(200, "Até quando se viu.", VisitaView, example={"visitado_em": "2026-11-23T12:00:00.000000Z"}),),
        escopos=_ESCOPOS, parameters=(PRESTADOR,), body=VisitaRequest,
        example={"ate": "2026-11-23T12:00:00.000000Z"}, refusals=(422,),
    ),
    _reading(
        "/procedimentos-com-senha", "listarProcedimentosComSenha", "Listar os procedimentos que precisam de senha",
        "Os que precisam na data, feitos das mesmas regras com que os pedidos e as contas são julgados; para ler em "
        "tela, em planilha (CSV em UTF-8, separado por ponto e vírgula) ou impresso (PDF). A ETag só muda quando a "
        "lista muda.",
        list_procedimentos, REGISTRO_ANS,
        Parameter("data", "query", "O padrão é hoje.", schema={"type": "string", "format": "date"},
                  example="2026-11-23"),
        Parameter("plano", "query", "Código do plano; sem ele, o que vale para todos os planos."),
        Parameter("tabela", "query", "Só desta tabela.", schema={"type": "string", "pattern": "^[0-9]{2}$"},
                  example="22"),
        Parameter("formato", "query", "O padrão é json.", schema={"type": "string", "enum": list(_FORMATOS)}),
        IF_NONE_MATCH,
        replies=(
            Reply(200, "A lista.", ProcedimentosComSenhaView, example=exemplos.PROCEDIMENTOS_COM_SENHA),
            Reply(200, "Em CSV.", media_type="text/csv"), Reply(200, "Em PDF.", media_type="application/pdf"),
            _NADA_MUDOU,
        ),
        refusals=(404, 409, 422),
    ),
    _reading(
        "/{id}", "lerDocumentacao", "Ler um manual ou comunicado",
        "O que já não está em vigor, ou é para outros, é como se não existisse. A ETag é a edição.",
        get_documentacao, ID, IF_NONE_MATCH,
        replies=(Reply(200, "A documentação.", DocumentacaoView, example=exemplos.DOCUMENTACAO), _NADA_MUDOU),
        refusals=(),
    ),
    _reading(
        "/{id}/arquivo", "baixarDocumentacao", "Baixar o arquivo de um manual ou comunicado",
        "Redireciona para um endereço que vale por 15 minutos.", get_file, ID,
        replies=(ENDERECO,), refusals=(),
    ),
)  # fmt: skip
UNPUBLISHED: Final = (
    asked_by(
        "alertas, que conta", "/documentacoes/novas", "contarDocumentacoesNovas", count_new, funcao=FUNCAO, tag=TAG,
        summary="Contar as que são novas para alguém", answer="Quantas são.",
    ),
    asked_by(
        "alertas, que avisa", "/documentacoes/publico", "listarPublicoDaDocumentacao", list_audience, funcao=FUNCAO,
        tag=TAG, summary="Listar a quem se destina uma publicação", answer="Uma página.",
    ),
)  # fmt: skip
"""Routes that other functions of ours call."""
