"""What every JSON route of PEGs does alike: who acts, what is kept of an answer, what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.errors import DossieMissingError, GlosaInvalidaError, MotivoAusenteError
from conecta_contas.pegs import SituacaoPeg
from conecta_edge import problems, session
from conecta_edge.http import ErrorMap, Parameter, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_senhas.errors import MudouError as SenhaMudouError
from peg.domain.errors import (
    DocumentoMissingError,
    GuiaNaoRetiravelError,
    MudouError,
    PegNotFoundError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from peg.service.portas import Chamador

if TYPE_CHECKING:
    from conecta_atos.portas import Guardar
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Papel, Peg
    from conecta_edge.audit import Actor

FUNCAO: Final = "peg-api"
PAGE: Final = 30
_PROTOCOLO: Final = re.compile(r"[1-9][0-9]{11}", re.ASCII)
_COMPETENCIA: Final = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])", re.ASCII)
_SEQUENCIA: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


def protocolo_of(request: Request) -> str:
    """The protocolo that the path names; what cannot be one is not there."""
    protocolo = request.path["protocolo"]
    if not _PROTOCOLO.fullmatch(protocolo):
        raise PegNotFoundError
    return protocolo


def place_of(request: Request, name: str) -> int:
    """The place that the path names, of a guia or a glosa; what cannot be one is not there."""
    text = request.path[name]
    if not _SEQUENCIA.fullmatch(text):
        raise PegNotFoundError
    return int(text)


def competencia_of(text: str) -> str:
    """A month that was asked for.

    Raises:
        ProblemError: 422.
    """
    if not _COMPETENCIA.fullmatch(text):
        wrong = FieldError("competencia", "competencia-invalida", "Use ano e mês, AAAAMM: por exemplo 202611.")
        raise problems.invalid_body((wrong,))
    return text


def record(
    request: Request, actor: Actor, peg: Peg, dossie: Dossie, *, finalidade: str, campos: tuple[str, ...]
) -> None:
    """Audit a reading of what was done to people, before it is answered.

    Of one guia its life, of a PEG all of them.
    """
    sequencia = request.path.get("sequencia")
    whose = [one.carteira for one in dossie.guias if sequencia in {None, str(one.sequencia)}]
    session.record_access(
        request, actor, finalidade=finalidade, objeto=f"peg/{peg.protocolo}",
        sujeitos=tuple(dict.fromkeys(dossie.vidas[carteira] for carteira in whose)), campos=campos,
    )  # fmt: skip


def glosas_from(request: Request, whose: str, protocolo: str) -> tuple[int, Callable[[int, int], str | None]]:
    """From which glosa of a PEG on is asked for, and what names the next page: after so many, of how many.

    Raises:
        ProblemError: 400, the cursor is not one of this list, or has expired.
    """
    position, token_of = session.cursor(request, f"{whose}|glosas|{protocolo}")

    def following(end: int, many: int) -> str | None:
        return token_of({"desde": str(end)} if end < many else None)

    return int(position["desde"]) if position else 0, following


def chamador(request: Request, quem: str, papel: Papel) -> Chamador:
    """Who acts, and which version they saw."""
    return Chamador(papel=papel, quem=quem, correlacao=request.correlacao, versao=request.expected_version())


Act = Callable[[Chamador, "Guardar"], "Peg"]
"""A use case that is still to be told who acts, and what is kept with it."""


def done(request: Request, tenant: str, who: Chamador, act: Act, view: Callable[[Peg], dict[str, Any]]) -> Response:
    """See `session.done`.

    Args:
        tenant: whose key it is: prestador id, or that of `tenant_of`.
    """
    return session.done(
        request, tenant, who.quem, partial(act, who), view, of=lambda answer: answer.get("peg", answer)
    )  # fmt: skip


def tenant_of(registro_ans: str) -> str:
    """Under which name answers to an operadora's people are kept: no prestador's id has a `#`."""
    return f"OPERADORA#{registro_ans}"


# --- refusals ---

_POSSIVEL: Final = {
    SituacaoPeg.RECEBIDO: "retirar uma guia, cancelar o PEG, ou esperar a análise",
    SituacaoPeg.EM_ANALISE: "esperar a conclusão; à auditoria, glosar, reverter, pedir informação ou concluir",
    SituacaoPeg.AGUARDANDO_INFORMACAO: "responder ao que foi pedido; a análise segue quando a resposta chegar",
    SituacaoPeg.ANALISADO: "esperar a liberação; à auditoria, reabrir ou liberar, e ao financeiro, liberar",
    SituacaoPeg.LIBERADO: "enviar a nota fiscal, e contestar as glosas por recurso, no prazo",
    SituacaoPeg.PAGO: "contestar as glosas por recurso, no prazo",
    SituacaoPeg.ENCERRADO_SEM_PAGAMENTO: "contestar as glosas por recurso, no prazo",
    SituacaoPeg.CANCELADO: "enviar as guias em outro PEG; o número do lote está livre",
}
"""What may be done in each state."""


def _illegal(error: TransicaoInvalidaError) -> ProblemError:
    name = str(error).partition(" ")[0]
    held = next((one for one in _POSSIVEL if one.value == name), None)
    text = f"O PEG está {held.value.replace('_', ' ')}. O que é possível: {_POSSIVEL[held]}." if held else (
        "O estado em que está não o permite. Consulte-o."
    )  # fmt: skip
    return ProblemError(
        409, "transicao-impossivel", "Não é possível neste estado", text, extra={"situacao": name} if held else {}
    )


def _changed(_error: Exception) -> ProblemError:
    return problems.changed_meanwhile(
        "Outros atos sobre o mesmo PEG, ou sobre as senhas dele, ocorreram ao mesmo tempo. Repita a requisição."
    )


ERRORS: Final[ErrorMap] = {
    PegNotFoundError: lambda _error: problems.not_found(),
    TransicaoInvalidaError: _illegal,
    VersaoDiferenteError: lambda _error: problems.outdated(),
    MudouError: _changed,
    SenhaMudouError: _changed,
    GuiaNaoRetiravelError: lambda _error: problems.conflict(
        "ultima-guia", "É a última guia", "Um PEG tem ao menos uma guia: para retirar a última, cancele o PEG."
    ),
    GlosaInvalidaError: lambda _error: problems.conflict(
        "glosa-impossivel", "Nada resta a glosar",
        "O valor pedido é maior que o que resta liberado ali, ou nada mais resta. Consulte as glosas do PEG.",
    ),
    MotivoAusenteError: lambda _error: problems.invalid_body((
        FieldError("motivo", "motivo-obrigatorio", "Diga por quê."),
    )),
    # The archive is behind the table, for a moment.
    DocumentoMissingError: lambda _error: problems.busy(),
    DossieMissingError: lambda _error: problems.busy(),
}  # fmt: skip

# --- documentation ---

PROTOCOLO: Final = Parameter(
    "protocolo", "path", "Número do protocolo do PEG.", required=True, example="261120000007"
)  # fmt: skip
SEQUENCIA: Final = Parameter(
    "sequencia", "path", "`sequencia` da guia no PEG.", required=True, schema={"type": "integer", "minimum": 1},
    example=1,
)  # fmt: skip
COMPETENCIA: Final[dict[str, Any]] = {"type": "string", "pattern": "^20[0-9]{2}(0[1-9]|1[0-2])$"}
