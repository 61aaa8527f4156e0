"""Requests of authorization, which another context cancels: by its function, called and waited for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from conecta_edge import calls, problems
from conecta_tiss.vocabulary.tables import StatusCancelamento
from peg.domain.errors import MudouError

ROTA: Final = "/tiss/cancelaGuia/solicitacoes"
"""Of autorizacao, and published nowhere: only a function that may call its own reaches it."""


def cancel(
    registro_ans: str, prestador_id: str, guias: Sequence[tuple[str, str | None]], *, quem: str, correlacao: str
) -> list[StatusCancelamento]:
    """What became of each request, in order; what was cancelled before is cancelled.

    Args:
        guias: `numeroGuiaPrestador` and, when it is told, `numeroGuiaOperadora`.

    Raises:
        MudouError: somebody else was writing them all the time; asked again, the rest is done.
        ProblemError: 503, too many are at it: asked again, the rest is done.
        CallFailedError: the function failed.
    """
    asked = {"registro_ans": registro_ans, "prestador_id": prestador_id, "quem": quem, "guias": guias}
    event = {
        "httpMethod": "POST", "resource": ROTA, "headers": {}, "body": json.dumps(asked),
        "requestContext": {"requestId": correlacao},
    }  # fmt: skip
    answered = calls.call("FUNCAO_AUTORIZACAO", event, correlacao)
    if answered.status == HTTPStatus.OK:
        return [StatusCancelamento(status) for status in json.loads(answered.content)["status"]]
    if answered.status == HTTPStatus.CONFLICT:
        raise MudouError
    if answered.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise problems.busy()
    raise calls.CallFailedError(answered.status)
