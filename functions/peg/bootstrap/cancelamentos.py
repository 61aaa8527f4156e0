"""What another context cancels, named in a `cancelaGuia`: by its function, called and waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from conecta_edge import calls
from conecta_tiss.vocabulary.tables import StatusCancelamento
from peg.domain.errors import MudouError


@dataclass(frozen=True, slots=True)
class Dono:
    """Who cancels.

    Attributes:
        funcao: setting that names its function.
        rota: published nowhere: only a function that may call its own reaches it.
    """

    funcao: str
    rota: str


SOLICITACOES: Final = Dono("FUNCAO_AUTORIZACAO", "/tiss/cancelaGuia/solicitacoes")
RECURSOS: Final = Dono("FUNCAO_RECURSO", "/tiss/cancelaGuia/recursos")


def cancel(
    dono: Dono,
    registro_ans: str,
    prestador_id: str,
    guias: Sequence[tuple[str, str | None]],
    *,
    quem: str,
    correlacao: str,
) -> list[StatusCancelamento]:
    """What became of each guia, in order; what was cancelled before is cancelled.

    Args:
        guias: `numeroGuiaPrestador` and, when it is told, the other number its owner knows it by:
            `numeroGuiaOperadora` of a request, `numeroProtocolo` of a recurso.

    Raises:
        MudouError: somebody else was writing them all the time; asked again, the rest is done.
        ProblemError: 503, too many are at it: asked again, the rest is done.
        CallFailedError: the function failed.
    """
    asked = {"registro_ans": registro_ans, "prestador_id": prestador_id, "quem": quem, "guias": guias}
    try:
        found = calls.ask(dono.funcao, dono.rota, asked, correlacao)
    except calls.ConflictError as error:
        raise MudouError from error
    return [StatusCancelamento(status) for status in found["status"]]
