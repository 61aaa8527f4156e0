"""REST entries of a prestador's recursos: sent whole, followed, answered, taken back."""

from __future__ import annotations

import json
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from conecta_edge import session
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    IF_NONE_MATCH,
    JSON,
    PRESTADOR,
    XML,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import ProblemError
from recurso.bootstrap import nucleo as bootstrap
from recurso.domain import regras
from recurso.domain.glosas import Nivel
from recurso.domain.recursos import Porta
from recurso.handler import comum
from recurso.handler.comum import ERRORS, ESCREVER, FUNCAO, LER, PAGE
from recurso.schemas import exemplos, pedidos
from recurso.schemas import recursos as schemas
from recurso.schemas.pedidos import CancelamentoDoRecursoRequest, RecursoDeGlosaRequest, ValidacaoDoRecursoView
from recurso.schemas.recursos import (
    ItensDoRecursoPage,
    RecursoDeGlosaView,
    RecursosDeGlosaPage,
    RespostaDoRecursoView,
)
from recurso.service import contestacao
from recurso.service.contestacao import Entrega

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conecta_edge.cadastro import Contratacao
    from conecta_edge.tenancy import Principal
    from recurso.domain.recursos import Entrada, Pauta, Recurso
    from recurso.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Recursos de glosas"
ITENS: Final = 100
LINHAS: Final = 2000
"""Of the PEG, in one page of items: it goes out through a Lambda's 6 MB."""
MAIOR: Final = 4 * 1024 * 1024
"""Bytes of an answer: a Lambda's 6 MB, in base64."""
PDF: Final = "application/pdf"
MEDIA: Final = {"json": JSON, "xml": XML, "pdf": PDF}
"""By `formato`; the first is the default."""


def list_recursos(request: Request) -> Response:
    """GET /recursos."""
    caller, portas, query = session.principal(request), bootstrap.portas(), Query(request.query)
    mes = query.competencia("competencia", f"{portas.hoje:%Y%m}")
    query.check()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|recursos|{mes}")
    caller.require(LER)
    page = portas.recursos.enviados(caller.prestador_id, mes, position, PAGE)
    return Response(200, {"recursos": [schemas.resumo(one) for one in page.rows], "cursor": token_of(page.position)})


def send(request: Request) -> Response:
    """POST /recursos."""
    caller, portas = session.principal(request), bootstrap.portas()
    pedido = request.model(RecursoDeGlosaRequest).pedido()
    entrega = Entrega(porta=Porta.JSON, em=portas.now)
    examine = partial(contestacao.examine, caller.prestador_id, pedido, portas, em=portas.now)
    comum.related(caller, pedido.registro_ans, examine)
    comum.require(caller, ESCREVER, examine)
    with comum.told_in(lambda: pedido.versao):
        answer = comum.done(
            request, caller.actor,
            lambda who, keep: contestacao.send(caller.prestador_id, pedido, entrega, who, portas, guardar=keep),
            schemas.vista, status=201,
        )  # fmt: skip
    return comum.located(answer, f"recursos/{answer.content['protocolo']}")


def validate(request: Request) -> Response:
    """POST /recursos/validacoes."""
    caller, portas = session.principal(request), bootstrap.portas()
    pedido = request.model(RecursoDeGlosaRequest).pedido()
    examine = partial(contestacao.examine, caller.prestador_id, pedido, portas, em=portas.now)
    comum.related(caller, pedido.registro_ans, examine)
    comum.require(caller, LER, examine)
    caso = examine()
    return Response(200, pedidos.validacao(caso, regras.conferir(caso)))


def get_recurso(request: Request) -> Response:
    """GET /recursos/{protocolo}."""
    _, recurso, _ = _read(request)
    return request.unless_held(str(recurso.versao), lambda: schemas.vista(recurso))


def list_itens(request: Request) -> Response:
    """GET /recursos/{protocolo}/itens."""
    caller, recurso, portas = _own(request)
    entradas, cursor = page_of_itens(request, recurso, caller.prestador_id, portas)
    caller.require(LER)
    conta = comum.audit_entries(request, caller.actor, recurso, entradas, portas)
    shown = list(schemas.com_dossie(entradas, recurso, conta))
    return Response(200, {"protocolo": recurso.protocolo, "itens": shown, "cursor": cursor})


def page_of_itens(
    request: Request, recurso: Recurso, whose: str, portas: Portas
) -> tuple[Sequence[Entrada], str | None]:
    """Entries from where a request says on, as many as one answer carries, and what names the next ones.

    Raises:
        ProblemError: 400, the cursor is not one of this list, or has expired.
    """
    position, token_of = session.cursor(request, f"{whose}|itens|{recurso.protocolo}")
    desde = int(position["desde"]) if position else 0
    left = portas.arquivo.pauta(recurso).entradas[desde:]
    lines = accumulate(1 if one.nivel is Nivel.PROTOCOLO else len(one.partes) for one in left[:ITENS])
    many = max(1, sum(total <= LINHAS for total in lines))
    return left[:many], token_of({"desde": str(desde + many)} if many < len(left) else None)


def get_answer(request: Request) -> Response:
    """GET /recursos/{protocolo}/resposta."""
    caller, recurso, portas = _own(request)
    query = Query(request.query)
    formato = query.one_of("formato", tuple(MEDIA), "json")
    query.check()
    caller.require(LER)
    if not recurso.respondido:
        raise _unanswered(recurso)
    pauta = _audited(request, caller, recurso, portas)
    return _document(_rendered(recurso, pauta, formato), MEDIA[formato])


def _rendered(recurso: Recurso, pauta: Pauta, formato: str) -> str | bytes:
    """Only what is asked for is imported."""
    match formato:
        case "xml":
            from recurso.messages import respostas  # noqa: PLC0415  # lxml: only messages pay for it

            return respostas.resposta(recurso, pauta, _contratacao(recurso))
        case "pdf":
            from recurso import pdf  # noqa: PLC0415

            named = _contratacao(recurso)
            return pdf.resposta(recurso, pauta, named.operadora, named.prestador)
    return json.dumps(schemas.resposta(recurso, pauta), ensure_ascii=False, separators=(",", ":"))


def get_receipt(request: Request) -> Response:
    """GET /recursos/{protocolo}/recebimento.xml."""
    from recurso.messages import respostas  # noqa: PLC0415

    caller, recurso, portas = _read(request)
    pauta = _audited(request, caller, recurso, portas)
    return _document(respostas.recebimento(recurso, pauta, _contratacao(recurso)), XML)


def _contratacao(recurso: Recurso) -> Contratacao:
    return session.cadastro().contratacao(recurso.prestador_id, recurso.registro_ans)


def _audited(request: Request, caller: Principal, recurso: Recurso, portas: Portas) -> Pauta:
    pauta = portas.arquivo.pauta(recurso)
    comum.audit_entries(request, caller.actor, recurso, pauta.entradas, portas)
    return pauta


def _document(content: str | bytes, media_type: str) -> Response:
    if len(content) > MAIOR:
        raise ProblemError(
            409, "resposta-grande-demais", "Grande demais",
            "É muito para uma resposta só: leia os itens em páginas, em GET /recursos/{protocolo}/itens.",
        )  # fmt: skip
    return Response(200, content, media_type)


def _unanswered(recurso: Recurso) -> ProblemError:
    return ProblemError(
        409, "sem-resposta", "Ainda sem resposta", schemas.explicacao(recurso),
        extra={"situacao": recurso.situacao.value},
    )  # fmt: skip


def cancel(request: Request) -> Response:
    """POST /recursos/{protocolo}/cancelamento."""
    caller, recurso, portas = _own(request)
    body = request.model(CancelamentoDoRecursoRequest)
    caller.require(ESCREVER)
    return comum.done(
        request, caller.actor,
        lambda who, keep: contestacao.cancel(recurso, who, portas, motivo=body.motivo, guardar=keep), schemas.vista,
    )  # fmt: skip


def _own(request: Request) -> tuple[Principal, Recurso, Portas]:
    caller, portas = session.principal(request), bootstrap.portas()
    return caller, contestacao.find_recurso(caller.prestador_id, comum.protocolo_of(request), portas), portas


def _read(request: Request) -> tuple[Principal, Recurso, Portas]:
    caller, recurso, portas = _own(request)
    caller.require(LER)
    return caller, recurso, portas


_UM: Final = "/recursos/{protocolo}"
_ENVIADO: Final = Reply(201, "O recurso.", RecursoDeGlosaView, example=exemplos.RECURSO)

OPERATIONS: Final = (
    comum.reading(
        "/recursos", "listarRecursosDeGlosa", TAG, "Listar os recursos de um mês",
        f"Os enviados no mês, do mais recente ao mais antigo, em páginas de {PAGE}.",
        list_recursos, comum.mes("Mês do envio, AAAAMM; o padrão é o corrente."), CURSOR,
        replies=(Reply(200, "Uma página.", RecursosDeGlosaPage, example={
            "recursos": [exemplos.RESUMO], "cursor": None,
        }),),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/recursos", "enviarRecursoDeGlosa", FUNCAO, TAG, "Enviar um recurso de glosa",
        "Contesta glosas de um PEG com os valores publicados: o protocolo, guias inteiras ou itens, tudo de uma vez. "
        "Comece por GET /recursos/glosas. É recebido inteiro ou não é: a recusa lista tudo o que falta, com o caminho, "
        "o código da Tabela 38 e o que fazer. O mesmo numero_guia_recurso com o mesmo conteúdo é o mesmo recurso. "
        "Cada guia cabe em um só recurso; cancelado ele, pode ser contestada de novo.",
        send, (_ENVIADO,), escopos=(f"conecta/{ESCREVER}",), parameters=(PRESTADOR, IDEMPOTENCY),
        body=RecursoDeGlosaRequest, example=exemplos.ENVIADO, refusals=(404, 409, 422),
    ),
    Operation(
        "POST", "/recursos/validacoes", "validarRecursoDeGlosa", FUNCAO, TAG, "Conferir um recurso antes de enviá-lo",
        "Os mesmos achados da recepção, e avisos do que fica de fora; nada é gravado.",
        validate, (Reply(200, "O que se achou.", ValidacaoDoRecursoView, example=exemplos.VALIDACAO),),
        escopos=(f"conecta/{LER}",), parameters=(PRESTADOR,), body=RecursoDeGlosaRequest, example=exemplos.ENVIADO,
        refusals=(404, 409, 422),
    ),
    comum.reading(
        _UM, "obterRecursoDeGlosa", TAG, "Consultar um recurso",
        "Situação, de quem é a vez e até quando, valores, o que o paga e a linha do tempo. A ETag é a versão, para "
        "If-Match e If-None-Match.",
        get_recurso, comum.PROTOCOLO, IF_NONE_MATCH,
        replies=(Reply(200, "O recurso.", RecursoDeGlosaView, example=exemplos.RECURSO), comum.SEM_MUDANCA),
    ),
    comum.reading(
        f"{_UM}/itens", "listarItensDoRecursoDeGlosa", TAG, "Listar os itens de um recurso",
        "Com o que se cobrou, por que se glosou, a justificativa e, depois de concluída a análise, a resposta. Até "
        f"{ITENS} por página.",
        list_itens, comum.PROTOCOLO, CURSOR,
        replies=(Reply(200, "Uma página.", ItensDoRecursoPage, example=exemplos.ITENS),), refusals=(400, 422),
    ),
    comum.reading(
        f"{_UM}/resposta", "obterRespostaDoRecursoDeGlosa", TAG, "Baixar a resposta de um recurso",
        "Depois de concluída a análise: em JSON, na mensagem TISS RESPOSTA_RECURSO_GLOSA ou em PDF.",
        get_answer, comum.PROTOCOLO,
        Parameter("formato", "query", "O padrão é json.", schema={"type": "string", "enum": list(MEDIA)}),
        replies=(
            Reply(200, "A resposta.", RespostaDoRecursoView, example=exemplos.RESPOSTA),
            Reply(200, "Mensagem TISS (ISO-8859-1).", media_type=XML),
            Reply(200, "Para imprimir.", media_type=PDF),
        ),
        refusals=(409, 422),
    ),
    comum.reading(
        f"{_UM}/recebimento.xml", "obterRecebimentoDoRecursoDeGlosa", TAG, "Baixar o recebimento em TISS",
        "A mensagem RECEBIMENTO_RECURSO_GLOSA, na versão do recurso.",
        get_receipt, comum.PROTOCOLO, replies=(Reply(200, "Mensagem TISS (ISO-8859-1).", media_type=XML),),
        refusals=(409, 422),
    ),
    Operation(
        "POST", f"{_UM}/cancelamento", "cancelarRecursoDeGlosa", FUNCAO, TAG, "Cancelar um recurso",
        "Enquanto ENVIADO: o que contestava pode ser contestado de novo, no prazo. Repetir não tem outro efeito.",
        cancel, (Reply(200, "O recurso como ficou.", RecursoDeGlosaView, example=exemplos.CANCELADO),),
        escopos=(f"conecta/{ESCREVER}",), parameters=(comum.PROTOCOLO, PRESTADOR, IDEMPOTENCY, IF_MATCH),
        body=CancelamentoDoRecursoRequest, example={"motivo": "Enviado com o item errado."}, refusals=(409, 412, 422),
    ),
)  # fmt: skip
