"""REST entries of a prestador's notas fiscais: sent and answered at once, followed, cancelled by their issuer."""

from __future__ import annotations

from typing import Any, Final

from conecta_edge import session
from conecta_edge.http import CURSOR, IDEMPOTENCY, IF_MATCH, PRESTADOR, Operation, Query, Reply, Request, Response
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.domain.faturas import SituacaoFatura
from pagamento.handler import comum
from pagamento.handler.comum import ERRORS, ESCREVER, FUNCAO, LER, PAGE
from pagamento.schemas import exemplos
from pagamento.schemas import notas as schemas
from pagamento.schemas.notas import (
    CancelamentoDaNotaRequest,
    NotaFiscalRequest,
    NotaFiscalView,
    NotasFiscaisPage,
    NotasPendentesPage,
)
from pagamento.service import notas
from pagamento.service.faturas import as_of_now

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Notas fiscais"
MESES: Final = 24
"""Of reception in which something may wait for its nota."""
PENDENCIAS: Final = 200
"""After so many no further month is read for one answer."""


def list_notas(request: Request) -> Response:
    """GET /notas-fiscais."""
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    mes = query.competencia("mes", f"{portas.hoje:%Y%m}")
    query.check()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|notas|{mes}")
    caller.require(LER)
    page = portas.registros.notas_do_mes(caller.prestador_id, mes, position, PAGE)
    shown = [schemas.resumo(one) for one in notas.of_now(page.rows, portas)]
    return Response(200, {"notas": shown, "cursor": token_of(page.position)})


def list_pending(request: Request) -> Response:
    """GET /notas-fiscais/pendencias."""
    caller, portas = session.principal(request), bootstrap.portas()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|pendencias")
    caller.require(LER)
    left = [one for one in comum.months(portas.hoje, MESES) if position is None or one <= position["mes"]]
    found = list[dict[str, Any]]()
    while left and len(found) < PENDENCIAS:
        held = portas.registros.faturas_do_mes(caller.prestador_id, left.pop(0))
        waiting = [one for one in held if one.situacao is SituacaoFatura.PENDENTE]
        found += map(schemas.pendencia, as_of_now(waiting, portas))
    return Response(200, {"pendencias": found, "cursor": token_of({"mes": left[0]} if left else None)})


def send(request: Request) -> Response:
    """POST /notas-fiscais."""
    caller, portas = session.principal(request), bootstrap.portas()
    pedido = request.model(NotaFiscalRequest).pedido()
    comum.related(caller.prestador_id, pedido.registro_ans, portas)
    caller.require(ESCREVER)
    protocolos = [one.partition("-")[0] for one in pedido.faturas]
    with comum.legacy_told(caller.prestador_id, protocolos, portas):
        answer = comum.done(
            request, caller.actor,
            lambda who, keep: notas.send(caller.prestador_id, pedido, who, portas, guardar=keep), schemas.vista, 201,
        )  # fmt: skip
    location = {"Location": f"notas-fiscais/{answer.content['id']}"}
    return Response(201, answer.content, headers={**answer.headers, **location})


def get_nota(request: Request) -> Response:
    """GET /notas-fiscais/{id}."""
    caller, portas = session.principal(request), bootstrap.portas()
    found = notas.find(caller.prestador_id, comum.id_of(request), portas)
    caller.require(LER)
    (nota,) = notas.of_now([found], portas)
    return Response(200, schemas.vista(nota), headers={"ETag": f'"{nota.versao}"'})


def cancel(request: Request) -> Response:
    """POST /notas-fiscais/{id}/cancelamento."""
    caller, portas = session.principal(request), bootstrap.portas()
    nota = notas.find(caller.prestador_id, comum.id_of(request), portas)
    body = request.model(CancelamentoDaNotaRequest)
    caller.require(ESCREVER)
    return comum.done(
        request, caller.actor,
        lambda who, keep: notas.cancel(nota, who, portas, motivo=body.motivo, guardar=keep), schemas.vista,
    )  # fmt: skip


OPERATIONS: Final = (
    comum.reading(
        "/notas-fiscais", "listarNotasFiscais", TAG, "Listar as notas fiscais de um mês",
        "As enviadas no mês, da mais recente à mais antiga, em páginas de 30.",
        list_notas, comum.mes("mes", "Mês do envio, AAAAMM; o padrão é o corrente."), CURSOR,
        replies=(Reply(200, "Uma página.", NotasFiscaisPage, example={
            "notas": [exemplos.NOTA_RESUMO], "cursor": None,
        }),),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/notas-fiscais", "enviarNotaFiscal", FUNCAO, TAG, "Enviar uma nota fiscal",
        "Dos PEGs de uma operadora com os valores publicados, depois de enviar o XML, o PDF ou ambos em "
        "POST /documentos/uploads com a finalidade nota_fiscal. A resposta vem na hora, em situacao: ACEITA; "
        "ACEITA_REAGENDADA, com o novo dia, quando o último arquivo chegou depois do prazo (vale o instante em que o "
        "servidor o guardou); RECUSADA, com tudo o que diverge, e então envie outra; ou ENVIADA, quando uma pessoa do "
        "financeiro precisa conferi-la (sem XML que se leia, filial, ou PEG do portal anterior).",
        send,
        (Reply(201, "A nota e o que dela foi feito.", NotaFiscalView, example=exemplos.NOTA_RECUSADA),),
        escopos=(f"conecta/{ESCREVER}",), parameters=(PRESTADOR, IDEMPOTENCY), body=NotaFiscalRequest,
        example=exemplos.NOTA_ENVIADA, refusals=(409, 422),
    ),
    comum.reading(
        "/notas-fiscais/pendencias", "listarPendenciasDeNotaFiscal", TAG, "Listar o que espera nota fiscal",
        "Os PEGs com valores publicados e sem nota aceita ou em conferência, do mês de recepção mais recente ao mais "
        "antigo.",
        list_pending, CURSOR,
        replies=(Reply(200, "Uma página.", NotasPendentesPage, example={
            "pendencias": [exemplos.PENDENCIA], "cursor": None,
        }),),
        refusals=(400,),
    ),
    comum.reading(
        "/notas-fiscais/{id}", "obterNotaFiscal", TAG, "Consultar uma nota fiscal",
        "O que ela diz, o que diverge, e quando é paga. A ETag é a versão, para If-Match.",
        get_nota, comum.ID, replies=(Reply(200, "A nota.", NotaFiscalView, example=exemplos.NOTA),), refusals=(),
    ),
    Operation(
        "POST", "/notas-fiscais/{id}/cancelamento", "cancelarNotaFiscal", FUNCAO, TAG,
        "Informar que a nota foi cancelada por quem a emitiu",
        "Enquanto nada foi pago: os PEGs esperam outra nota, e o prazo não volta.",
        cancel, (Reply(200, "A nota como ficou.", NotaFiscalView, example=exemplos.NOTA_CANCELADA),),
        escopos=(f"conecta/{ESCREVER}",), parameters=(comum.ID, PRESTADOR, IDEMPOTENCY, IF_MATCH),
        body=CancelamentoDaNotaRequest, example={"motivo": "Emitida com o serviço errado."}, refusals=(409, 412, 422),
    ),
)  # fmt: skip
