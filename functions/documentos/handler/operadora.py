"""REST entries of the operadora's people: documents of what they judge, and which documents PEGs must bring."""

from __future__ import annotations

from functools import partial
from typing import Final

from conecta_atos.portas import Chamador
from conecta_edge import session
from conecta_edge.http import (
    IDEMPOTENCY,
    IF_MATCH,
    IF_NONE_MATCH,
    PERSON_SCOPE,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.tenancy import Grupo
from documentos.bootstrap import documentos as bootstrap
from documentos.domain.errors import DocumentoNotFoundError
from documentos.handler.comum import FUNCAO
from documentos.handler.documentos import DESTINOS, ERRORS, FINALIDADE, ID, REGISTRO, asked_of, documento_of, follow
from documentos.schemas import documentos as schemas
from documentos.schemas import exemplos
from documentos.schemas.documentos import DocumentosPage, ExigenciasRequest, ExigenciasView
from documentos.service import documentos, pendencias

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Operadora: documentos"
GRUPOS: Final = (Grupo.CENTRAL, Grupo.AUDITORIA, Grupo.FINANCEIRO)


def list_documentos(request: Request) -> Response:
    """GET /operadora/documentos."""
    caller, portas = session.operadora(request), bootstrap.portas()
    registro = caller.asked(request.query.get("registro_ans"))
    query = Query({**request.query, "registro_ans": registro})
    destino, _ = asked_of(query)
    held = portas.referencias.of_operadora(registro, destino)
    if held is None:
        raise DocumentoNotFoundError
    query.check()
    actor = caller.actor_at(caller.at(registro, *GRUPOS))
    found = documentos.of_destino(held, destino, lambda _one: True, portas)
    if found:  # files are called what prestadores called them, and that may be somebody's name
        objeto = f"{destino.alvo.value.lower()}/{destino.id}"
        session.record_access(request, actor, finalidade=FINALIDADE, objeto=objeto)
    return Response(200, {"documentos": [schemas.resumo(one, da_operadora=True) for one in found], "cursor": None})


def get_file(request: Request) -> Response:
    """GET /operadora/documentos/{id}/arquivo."""
    caller, portas, query = session.operadora(request), bootstrap.portas(), Query(request.query)
    prestador_id = query.prestador()
    query.check()
    found = documentos.find(prestador_id, documento_of(request), portas)
    if found.registro_ans not in caller.grupos:
        raise DocumentoNotFoundError
    caller.at(found.registro_ans, *GRUPOS)
    return follow(request, caller.actor_at(found.registro_ans), found)


def get_exigencias(request: Request) -> Response:
    """GET /operadora/documentos/exigencias."""
    caller, portas = session.operadora(request), bootstrap.portas()
    registro = caller.asked(request.query.get("registro_ans"))
    caller.at(registro, *GRUPOS)
    held = pendencias.in_force(registro, portas)
    return request.unless_held(str(held.versao), lambda: schemas.exigencias(held))


def publish(request: Request) -> Response:
    """PUT /operadora/documentos/exigencias."""
    caller, portas = session.operadora(request), bootstrap.portas()
    body = request.model(ExigenciasRequest)
    actor = caller.actor_at(caller.at(body.registro_ans, Grupo.AUDITORIA))
    who = Chamador(actor.quem, request.correlacao, request.expected_version())
    act = partial(pendencias.publish, body.registro_ans, body.itens(), who, portas)
    return session.done(
        request, actor.tenant, actor.quem, lambda guardar: act(guardar=guardar), schemas.exigencias
    )  # fmt: skip


_PESSOAS: Final = (PERSON_SCOPE,)
_PRESTADOR: Final = Parameter(
    "prestador", "query", "Identificador do prestador, como na lista.", required=True, example="12345678000195"
)
OPERATIONS: Final = (
    Operation(
        "GET", "/operadora/documentos", "listarDocumentosDaOperadora", FUNCAO, TAG,
        "Listar os documentos de uma autorização, de um PEG ou de um recurso",
        "Os que os prestadores lhe deram, e os que vieram com o pedido. Cada consulta fica registrada: os nomes dos "
        "arquivos são os que os prestadores lhes deram. Para central, auditoria e financeiro.",
        list_documentos, (Reply(200, "Todos.", DocumentosPage, example=exemplos.DOCUMENTOS_DA_OPERADORA),),
        escopos=_PESSOAS, parameters=(*DESTINOS, REGISTRO), refusals=(422,),
    ),
    Operation(
        "GET", "/operadora/documentos/{id}/arquivo", "baixarDocumentoPelaOperadora", FUNCAO, TAG,
        "Baixar um documento",
        "Leva a um endereço que vale por 15 minutos. Cada pedido fica registrado. Para central, auditoria e "
        "financeiro.",
        get_file, (Reply(303, "O endereço está em Location e no corpo.", example={"url": "https://…"}),),
        escopos=_PESSOAS, parameters=(ID, _PRESTADOR), refusals=(422,),
    ),
    Operation(
        "GET", "/operadora/documentos/exigencias", "obterExigenciasDeDocumentos", FUNCAO, TAG,
        "Consultar o que os PEGs trazem",
        "Por tipo de guia; versao 0 é o padrão, enquanto a operadora não disser o seu. A ETag é a versão.",
        get_exigencias,
        (
            Reply(200, "As exigências.", ExigenciasView, example=exemplos.EXIGENCIAS),
            Reply(304, "Não mudaram desde a ETag em If-None-Match."),
        ),
        escopos=_PESSOAS, parameters=(REGISTRO, IF_NONE_MATCH), refusals=(422,),
    ),
    Operation(
        "PUT", "/operadora/documentos/exigencias", "definirExigenciasDeDocumentos", FUNCAO, TAG,
        "Dizer o que os PEGs trazem",
        "Substitui a lista inteira e vale dali em diante para a conferência de todos os PEGs. Para auditoria.",
        publish, (Reply(200, "As exigências.", ExigenciasView, example=exemplos.EXIGENCIAS),),
        escopos=_PESSOAS, parameters=(IDEMPOTENCY, IF_MATCH), body=ExigenciasRequest,
        example=exemplos.EXIGENCIAS_ENVIADAS, refusals=(409, 412, 422),
    ),
)  # fmt: skip
