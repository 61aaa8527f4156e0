"""What every route of this context does alike: what it takes of a file, what a refusal says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conecta_edge import problems
from conecta_edge.http import ErrorMap
from conecta_edge.problems import FieldError, ProblemError
from conecta_tiss.findings import code_of
from conecta_tiss.vocabulary.glosas import Motivo
from documentos.domain.errors import (
    AnswerNotReadyError,
    NoAnswerError,
    RelacionamentoNotEnabledError,
    UploadNotFoundError,
)

if TYPE_CHECKING:
    from documentos.domain.finalidades import Finalidade, Formato
    from documentos.schemas.uploads import ArquivoRequest

FUNCAO: Final = "documentos-api"
TAG: Final = "Documentos"


def formato(asked: ArquivoRequest, finalidade: Finalidade) -> Formato:
    """The format that a file is to be sent in.

    Raises:
        ProblemError: 422, it is none of the finalidade's, or the file is larger than it takes.
    """
    wrong = []
    accepted = {formato.value: formato for formato in finalidade.formatos}
    if asked.tipo_conteudo is not None and asked.tipo_conteudo not in accepted:
        text = f"Para {finalidade.codigo} use um de: {', '.join(accepted)}."
        wrong.append(FieldError("tipo_conteudo", "formato-nao-aceito", text))
    if asked.tamanho > finalidade.tamanho_maximo:
        text = f"O máximo para {finalidade.codigo} é de {finalidade.tamanho_maximo} bytes: divida o arquivo."
        wrong.append(FieldError("tamanho", "arquivo-grande-demais", text))
    if wrong:
        problem = problems.invalid_body(tuple(wrong))
        if wrong[-1].campo == "tamanho":
            problem.extra = {"glosa": code_of(Motivo.ARQUIVO_GRANDE_DEMAIS, None)}
        raise problem
    return accepted.get(asked.tipo_conteudo or "", finalidade.formatos[0])


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
