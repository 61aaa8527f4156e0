"""What every route of this context does alike: what a refusal says."""

from __future__ import annotations

from typing import Final

from conecta_edge import problems
from conecta_edge.http import ErrorMap
from conecta_edge.problems import ProblemError
from documentos.domain.errors import (
    AnswerNotReadyError,
    NoAnswerError,
    RelacionamentoNotEnabledError,
    UploadNotFoundError,
)

FUNCAO: Final = "documentos-api"
TAG: Final = "Documentos"


def _relacionamento(error: RelacionamentoNotEnabledError) -> ProblemError:
    return ProblemError(
        403, "relacionamento-nao-habilitado", "Relacionamento não habilitado",
        "O relacionamento deste prestador com a operadora não está habilitado para faturamento. Solicite-o ou "
        "acompanhe a decisão em Relacionamentos.",
        extra={"regra": "R02", "glosa": "1207", "situacao": error.situacao, "motivo": error.motivo},
    )  # fmt: skip


def _not_ready(_error: AnswerNotReadyError) -> ProblemError:
    return ProblemError(
        409, "resposta-indisponivel", "Resposta ainda indisponível",
        "O envio ainda não tem mensagem de resposta. Acompanhe a situação do envio e repita quando ela for final.",
        headers={"Retry-After": "2"},
    )  # fmt: skip


def _no_answer(_error: NoAnswerError) -> ProblemError:
    return ProblemError(
        404, "sem-mensagem-de-resposta", "Sem mensagem de resposta",
        "Este envio terminou sem mensagem TISS de resposta. Veja a situação e os achados do próprio envio.",
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    UploadNotFoundError: lambda _error: problems.not_found(),
    RelacionamentoNotEnabledError: _relacionamento,
    AnswerNotReadyError: _not_ready,
    NoAnswerError: _no_answer,
}
