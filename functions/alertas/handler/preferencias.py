"""REST entries of what a person chooses: how often to get a digest of alertas by e-mail."""

from __future__ import annotations

from typing import Final

from alertas.bootstrap import nucleo as bootstrap
from alertas.handler.comum import ERRORS, FUNCAO, PESSOAS, TAG
from alertas.schemas import preferencias as schemas
from alertas.schemas.preferencias import PreferenciaRequest, PreferenciaView
from alertas.service import resumos
from conecta_edge import session
from conecta_edge.http import PRESTADOR, Operation, Reply, Request, Response

__all__ = ["ERRORS", "OPERATIONS"]


def get_preferencia(request: Request) -> Response:
    """GET /alertas/preferencias."""
    caller = session.principal(request)
    return Response(
        200, schemas.preferencia(bootstrap.preferencias().get(caller.prestador_id, caller.subject))
    )  # fmt: skip


def put_preferencia(request: Request) -> Response:
    """PUT /alertas/preferencias."""
    caller, body = session.principal(request), request.model(PreferenciaRequest)
    chosen = resumos.choose(
        caller.prestador_id, caller.subject, body.resumo, bootstrap.preferencias(), bootstrap.portas()
    )  # fmt: skip
    return Response(200, schemas.preferencia(chosen))


_ANSWER: Final = Reply(200, "O que se escolheu.", PreferenciaView, example=schemas.EXEMPLO)
OPERATIONS: Final = (
    Operation(
        "GET", "/alertas/preferencias", "lerPreferenciaDeAlertas", FUNCAO, TAG, "Ler a preferência de resumo",
        "Com que frequência quem chama recebe por e-mail o resumo dos seus alertas neste prestador.",
        get_preferencia,
        (_ANSWER,),
        escopos=PESSOAS,
        parameters=(PRESTADOR,),
        refusals=(404, 422),
    ),
    Operation(
        "PUT", "/alertas/preferencias", "escolherPreferenciaDeAlertas", FUNCAO, TAG, "Escolher o resumo por e-mail",
        "O resumo vai ao e-mail com que a pessoa está cadastrada no prestador, pela manhã: DIARIO, ou SEMANAL às "
        "segundas-feiras. Conta os alertas não lidos por área, sem dados de beneficiários, e só sai quando há algum. "
        "NUNCA é o padrão.",
        put_preferencia,
        (_ANSWER,),
        escopos=PESSOAS,
        parameters=(PRESTADOR,),
        body=PreferenciaRequest,
        example={"resumo": "DIARIO"},
        refusals=(404, 409, 422),
    ),
)  # fmt: skip
