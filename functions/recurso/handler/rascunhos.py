"""REST entries of drafts: a recurso put together bit by bit, and sent as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import session
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PRESTADOR,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
)
from recurso.bootstrap import nucleo as bootstrap
from recurso.domain import regras
from recurso.domain.errors import NaoEncontradoError
from recurso.handler import comum
from recurso.handler.comum import ERRORS, ESCREVER, FUNCAO, LER, PAGE
from recurso.schemas import achados, exemplos
from recurso.schemas import recursos as schemas
from recurso.schemas.pedidos import RecursoDeGlosaRequest
from recurso.schemas.recursos import (
    RascunhoDeRecursoInteiroView,
    RascunhoDeRecursoResumoView,
    RascunhoDeRecursoView,
    RascunhosDeRecursoPage,
    RecursoDeGlosaView,
)
from recurso.service import contestacao

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import BaseModel

    from conecta_edge.tenancy import Principal
    from recurso.domain.pedidos import Pedido, Rascunho
    from recurso.domain.regras import Apontamento, Caso
    from recurso.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Recursos de glosas"
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def list_all(request: Request) -> Response:
    """GET /recursos/rascunhos."""
    caller, portas = session.principal(request), bootstrap.portas()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|rascunhos-de-recurso")
    caller.require(LER, ESCREVER)
    page = portas.recursos.rascunhos(caller.prestador_id, position, PAGE)
    shown = [schemas.rascunho(one, portas.hoje) for one in page.rows]
    return Response(200, {"rascunhos": shown, "cursor": token_of(page.position)})


def create(request: Request) -> Response:
    """POST /recursos/rascunhos."""
    caller, portas = session.principal(request), bootstrap.portas()
    answer = _saved(request, caller, request.model(RecursoDeGlosaRequest).pedido(), portas)
    return comum.located(answer, f"rascunhos/{answer.content['id']}")


def change(request: Request) -> Response:
    """PUT /recursos/rascunhos/{id}."""
    caller, rascunho, portas = _own(request)
    return _saved(request, caller, request.model(RecursoDeGlosaRequest).pedido(), portas, rascunho)


def _saved(
    request: Request, caller: Principal, pedido: Pedido, portas: Portas, rascunho: Rascunho | None = None
) -> Response:
    """What is wrong with it is told, and keeps nobody from saving."""

    def examine() -> Caso:
        return contestacao.examine(caller.prestador_id, pedido, portas, em=portas.now)

    comum.related(caller, pedido.registro_ans, examine)
    comum.require(caller, ESCREVER, examine)
    caso = examine()
    answer = comum.done(
        request, caller.actor,
        lambda who, keep: contestacao.save_draft(
            caller.prestador_id, caso, who, portas, rascunho=rascunho, guardar=keep
        ),
        lambda left: schemas.rascunho(left, portas.hoje), status=200 if rascunho else 201,
    )  # fmt: skip
    return Response(
        answer.status, {**answer.content, "achados": _shown(regras.conferir(caso), pedido)}, headers=answer.headers
    )


def _shown(found: Iterable[Apontamento], pedido: Pedido) -> list[dict[str, Any]]:
    return [achados.vista(one, pedido.versao) for one in found]


def get_one(request: Request) -> Response:
    """GET /recursos/rascunhos/{id}."""
    caller, rascunho, portas = _own(request)
    caller.require(LER, ESCREVER)
    pedido = portas.arquivo.conteudo(rascunho)
    caso = contestacao.examine(caller.prestador_id, pedido, portas, em=portas.now)
    places = {one.lugar.indice for one in caso.exames if one.lugar}
    comum.audit(request, caller.actor, f"recurso-rascunho/{rascunho.id}", caso.conta, places)
    # Of one that was sent nothing is left to be done.
    found = regras.conferir(caso) if rascunho.aberto else ()
    shown = {**schemas.rascunho(rascunho, portas.hoje), **schemas.conteudo(pedido), "achados": _shown(found, pedido)}
    return Response(200, shown, headers={"ETag": f'"{rascunho.versao}"'})


def discard(request: Request) -> Response:
    """POST /recursos/rascunhos/{id}/descarte. Repeated under its key it is told again, though the draft is gone."""
    caller, portas = session.principal(request), bootstrap.portas()

    def find() -> Rascunho:
        return contestacao.find_draft(caller.prestador_id, _id_of(request), portas)

    comum.require(caller, ESCREVER, find)
    return comum.done(
        request, caller.actor,
        lambda who, keep: contestacao.discard_draft(find(), who, portas, guardar=keep),
        lambda left: schemas.rascunho(left, portas.hoje),
    )  # fmt: skip


def send(request: Request) -> Response:
    """POST /recursos/rascunhos/{id}/envio."""
    caller, rascunho, portas = _own(request)
    caller.require(ESCREVER)
    with comum.told_in(lambda: portas.arquivo.conteudo(rascunho).versao):
        answer = comum.done(
            request, caller.actor,
            lambda who, keep: contestacao.send_draft(rascunho, who, portas, guardar=keep), schemas.vista, status=201,
        )  # fmt: skip
    return comum.located(answer, f"../../{answer.content['protocolo']}")


def _id_of(request: Request) -> str:
    text = request.path["id"]
    if not _ID.fullmatch(text):
        raise NaoEncontradoError
    return text


def _own(request: Request) -> tuple[Principal, Rascunho, Portas]:
    caller, portas = session.principal(request), bootstrap.portas()
    return caller, contestacao.find_draft(caller.prestador_id, _id_of(request), portas), portas


_UM: Final = "/recursos/rascunhos/{id}"
ID: Final = Parameter("id", "path", "Do rascunho.", required=True, example="0f3b0c6a9d5e4a54b2f0c1d2e3f4a5b6")


def _acting(  # noqa: PLR0917  # as `Operation`
    method: str, path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, reply: Reply, body: type[BaseModel] | None = None,
) -> Operation:  # fmt: skip
    return Operation(
        method, path, name, FUNCAO, TAG, summary, description, run, (reply,), escopos=(f"conecta/{ESCREVER}",),
        parameters=(*parameters, PRESTADOR, IDEMPOTENCY, *((IF_MATCH,) if parameters else ())), body=body,
        example=exemplos.ENVIADO if body else None, refusals=(404, 409, *((412,) if parameters else ()), 422),
    )  # fmt: skip


OPERATIONS: Final = (
    comum.reading(
        "/recursos/rascunhos", "listarRascunhosDeRecurso", TAG, "Listar os rascunhos de recurso",
        f"Os que não foram enviados nem descartados, do alterado por último ao mais antigo, em páginas de {PAGE}.",
        list_all, CURSOR,
        replies=(Reply(200, "Uma página.", RascunhosDeRecursoPage, example={
            "rascunhos": [exemplos.RASCUNHO_RESUMO], "cursor": None,
        }),),
        refusals=(400,),
    ),
    _acting(
        "POST", "/recursos/rascunhos", "criarRascunhoDeRecurso", "Começar um recurso",
        "Grava o que se tem até agora, e diz o que falta para enviar. Vale 90 dias desde a última alteração, e não "
        "segura o prazo nem impede que outro conteste o mesmo.",
        create, body=RecursoDeGlosaRequest,
        reply=Reply(201, "O rascunho.", RascunhoDeRecursoView, example=exemplos.RASCUNHO),
    ),
    comum.reading(
        _UM, "obterRascunhoDeRecurso", TAG, "Consultar um rascunho de recurso",
        "O que contesta, como se envia, e o que falta. A ETag é a versão, para If-Match.",
        get_one, ID,
        replies=(Reply(200, "O rascunho.", RascunhoDeRecursoInteiroView, example=exemplos.RASCUNHO_INTEIRO),),
        refusals=(404, 409),
    ),
    _acting(
        "PUT", _UM, "alterarRascunhoDeRecurso", "Alterar um rascunho de recurso", "Troca-o inteiro.",
        change, ID, body=RecursoDeGlosaRequest,
        reply=Reply(200, "O rascunho.", RascunhoDeRecursoView, example=exemplos.RASCUNHO),
    ),
    _acting(
        "POST", f"{_UM}/descarte", "descartarRascunhoDeRecurso", "Descartar um rascunho de recurso",
        "Sai da lista; nada foi enviado.",
        discard, ID,
        reply=Reply(200, "O rascunho.", RascunhoDeRecursoResumoView, example=exemplos.RASCUNHO_DESCARTADO),
    ),
    _acting(
        "POST", f"{_UM}/envio", "enviarRascunhoDeRecurso", "Enviar um rascunho de recurso",
        "Como está, com a mesma conferência de POST /recursos. Repetir devolve o recurso em que se tornou.",
        send, ID, reply=Reply(201, "O recurso.", RecursoDeGlosaView, example=exemplos.RECURSO),
    ),
)  # fmt: skip
