"""REST entries of demonstrativos in bulk: asked for, followed, fetched as one archive."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.http import CURSOR, IDEMPOTENCY, PRESTADOR, Operation, Reply, Request, Response
from conecta_edge.quotas import Quota
from conecta_edge.settings import required
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.handler import comum
from pagamento.handler.comum import ERRORS, FINALIDADE, FUNCAO, LER, PAGE
from pagamento.handler.demonstrativos import TAG
from pagamento.schemas import exemplos
from pagamento.schemas import lotes as schemas
from pagamento.schemas.lotes import LoteDeDemonstrativosRequest, LoteDeDemonstrativosView, LotesDeDemonstrativosPage
from pagamento.service import lotes

__all__ = ["ERRORS", "OPERATIONS"]

PEDIDOS: Final = Quota("demonstrativos-lote", limit=30, window=3600)
"""Archives per hour and caller: each may have thousands of documents."""


def ask(request: Request) -> Response:
    """POST /demonstrativos/lotes."""
    caller, portas = session.principal(request), bootstrap.portas()
    body = request.model(LoteDeDemonstrativosRequest)
    comum.related(caller.prestador_id, body.registro_ans, portas)
    caller.require(LER)
    pedido = body.pedido()
    PEDIDOS.take(
        client("dynamodb"), required("TABELA_IDEMPOTENCIA"), prestador_id=caller.prestador_id, subject=caller.subject,
        units=1, now=session.clock().now(),
    )  # fmt: skip
    answer = comum.done(
        request, caller.actor, lambda who, keep: lotes.ask(caller.prestador_id, pedido, who, portas, guardar=keep),
        schemas.vista,
    )  # fmt: skip
    return Response(202, answer.content, headers={"Location": f"demonstrativos/lotes/{answer.content['id']}"})


def list_lotes(request: Request) -> Response:
    """GET /demonstrativos/lotes."""
    caller = session.principal(request)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|lotes")
    caller.require(LER)
    page = lotes.list_of(caller.prestador_id, position, PAGE, bootstrap.portas())
    return Response(200, {"lotes": [schemas.vista(one) for one in page.rows], "cursor": token_of(page.position)})


def get_lote(request: Request) -> Response:
    """GET /demonstrativos/lotes/{id}."""
    caller = session.principal(request)
    lote = lotes.find(caller.prestador_id, comum.id_of(request), bootstrap.portas())
    caller.require(LER)
    if lote.arquivo is None:
        return Response(200, schemas.vista(lote))
    # Whoever has the address reads all of it.
    session.record_access(
        request, caller.actor, finalidade=FINALIDADE, objeto=f"demonstrativos/{lote.id}", campos=comum.CAMPOS
    )
    nome = f"demonstrativos-{lote.registro_ans}-{lote.de}-{lote.ate}.zip"
    return Response(200, schemas.vista(lote, bootstrap.entregas().link(lote.arquivo, nome)))


OPERATIONS: Final = (
    Operation(
        "POST", "/demonstrativos/lotes", "pedirDemonstrativosEmLote", FUNCAO, TAG, "Pedir demonstrativos em lote",
        "De uma operadora, num período de até doze meses, um arquivo por protocolo ou pagamento, num ZIP. A resposta é "
        "imediata; acompanhe em GET /demonstrativos/lotes/{id}.",
        ask,
        (Reply(202, "O pedido.", LoteDeDemonstrativosView, example=exemplos.LOTE_PEDIDO),),
        escopos=(f"conecta/{LER}",), parameters=(PRESTADOR, IDEMPOTENCY), body=LoteDeDemonstrativosRequest,
        example=exemplos.LOTE_ENVIADO, refusals=(409, 422),
    ),
    comum.reading(
        "/demonstrativos/lotes", "listarLotesDeDemonstrativos", TAG, "Listar os pedidos em lote",
        "Os dos últimos 30 dias, do mês mais recente ao mais antigo.", list_lotes, CURSOR,
        replies=(Reply(200, "Uma página.", LotesDeDemonstrativosPage, example={
            "lotes": [exemplos.LOTE_PEDIDO], "cursor": None,
        }),),
        refusals=(400,),
    ),
    comum.reading(
        "/demonstrativos/lotes/{id}", "obterLoteDeDemonstrativos", TAG, "Acompanhar um pedido em lote",
        "Quantos documentos há e quantos já estão feitos; pronto, o endereço do arquivo.", get_lote, comum.ID,
        replies=(Reply(200, "O pedido.", LoteDeDemonstrativosView, example=exemplos.LOTE_PRONTO),), refusals=(),
    ),
)  # fmt: skip
