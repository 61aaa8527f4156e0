"""What every JSON route of this context does alike: who acts, what is kept of an answer, what a refusal says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.errors import DossieMissingError
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import PRESTADOR, ErrorMap, Operation, Parameter, Query, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_tiss.findings import code_of
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.glosas import Motivo
from recurso.domain.errors import (
    LegadoError,
    MudouError,
    NaoEncontradoError,
    NaoHabilitadoError,
    NaoPublicadoError,
    RecursoInvalidoError,
    RespostasFaltamError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from recurso.domain.glosas import Conta
from recurso.domain.recursos import Papel, SituacaoRecurso
from recurso.s3 import ConteudoMissingError
from recurso.schemas import achados
from recurso.service.portas import Chamador

if TYPE_CHECKING:
    from conecta_atos.portas import Guardar
    from conecta_edge.audit import Actor
    from conecta_edge.tenancy import Principal
    from recurso.domain.recursos import Entrada, Recurso
    from recurso.service.portas import Portas

FINALIDADE: Final = "recurso-de-glosa"
"""Why personal data are read (LGPD art. 6, I)."""
CAMPOS: Final = ("itens", "glosas")
FUNCAO: Final = "recurso-api"
PAGE: Final = 30
LER: Final = "recurso.ler"
ESCREVER: Final = "recurso.escrever"
NOSSO: Final = re.compile(r"[1-9][0-9]{11}", re.ASCII)
"""A number that may be one of ours."""


def protocolo_of(request: Request) -> str:
    """The protocolo of a recurso that the path names; what cannot be one is not there."""
    text = request.path["protocolo"]
    if not NOSSO.fullmatch(text):
        raise NaoEncontradoError
    return text


def related(caller: Principal, registro_ans: str, look: Callable[[], object] = lambda: None) -> None:
    """Refuse an operadora that the prestador has no relacionamento with: of a legacy PEG nothing else tells (R02).

    Args:
        look: raises what is told of the thing itself, which comes first (`decisoes.md` 9).

    Raises:
        NaoEncontradoError: it has none: neither is there for the other.
        NaoHabilitadoError: it was never enabled.
    """
    held, today = session.cadastro().contratacao(caller.prestador_id, registro_ans), local_day(session.clock().now())
    if held.relacionamento is None:
        raise NaoEncontradoError("peg")
    if not held.may_send_em(today):
        look()
        raise NaoHabilitadoError(*held.situacao_em(today))


def require(caller: Principal, capability: str, look: Callable[[], object], query: Query | None = None) -> None:
    """Refuse whoever may not, or asks wrongly, but first what is not there (`decisoes.md` 9).

    Args:
        look: raises what is told of the thing itself: who is refused nothing looks at it anyway.
    """
    wrong = query is not None and bool(query.wrong)
    if wrong or not caller.may(capability):
        with suppress(NaoPublicadoError):
            look()
    if query is not None:
        query.check()
    caller.require(capability)


def conta_of(recurso: Recurso, portas: Portas) -> Conta | None:
    """The PEG that a recurso contests; `None` of one of before the migration."""
    peg = None if recurso.legado else portas.contas.peg(recurso.prestador_id, recurso.origem)
    return Conta(peg, portas.contas.dossie(peg)) if peg else None


def audit(request: Request, actor: Actor, objeto: str, conta: Conta | None, indices: Collection[int]) -> None:
    """Record that what was done to people is read, before any of it is answered.

    Args:
        indices: places of their guias in the PEG; 0 is all of them.
    """
    shown = [guia for place, guia in conta.guias.items() if place in indices or 0 in indices] if conta else []
    lives = dict.fromkeys(conta.dossie.vidas[guia.carteira] for guia in shown) if conta else ()
    session.record_access(
        request, actor, finalidade=FINALIDADE, objeto=objeto, sujeitos=tuple(lives), campos=CAMPOS
    )  # fmt: skip


def audit_entries(
    request: Request, actor: Actor, recurso: Recurso, entradas: Sequence[Entrada], portas: Portas
) -> Conta | None:
    """The same of entries of a recurso; answers the PEG they contest."""
    conta = conta_of(recurso, portas)
    audit(request, actor, f"recurso/{recurso.protocolo}", conta, {one.lugar.indice for one in entradas})
    return conta


Act = Callable[[Chamador, "Guardar"], Any]
"""A use case that is still to be told who acts, and what is kept with it."""


def done(
    request: Request,
    actor: Actor,
    act: Act,
    view: Callable[[Any], dict[str, Any]],
    *,
    papel: Papel = Papel.PRESTADOR,
    status: int = 200,
) -> Response:
    """See `session.done`."""
    who = Chamador(papel=papel, quem=actor.quem, correlacao=request.correlacao, versao=request.expected_version())
    tenant = actor.tenant.removeprefix("PRESTADOR#")
    return session.done(request, tenant, actor.quem, partial(act, who), view, status)


def located(answer: Response, where: str) -> Response:
    """What was made, and where it is."""
    return Response(answer.status, answer.content, headers={**answer.headers, "Location": where})


# --- refusals ---

_ADIANTE: Final = {
    SituacaoRecurso.ENVIADO: "o prestador pode cancelá-lo; a auditoria, iniciar a análise e responder aos itens",
    SituacaoRecurso.EM_ANALISE: "a auditoria responde aos itens e conclui; cancelar já não se pode",
    SituacaoRecurso.RESPONDIDO: "a resposta está em GET /recursos/{protocolo}/resposta, e já não muda",
    SituacaoRecurso.PAGAMENTO_AGENDADO: "a resposta está em GET /recursos/{protocolo}/resposta, e já não muda",
    SituacaoRecurso.CANCELADO: "as glosas podem ser contestadas em outro recurso, no prazo",
}
"""What may be done in each state."""
_CONFLITO: Final = {
    "REC-REPETIDO": ("ja-contestado", "Já contestado"),
    "REC-NUMERO": ("numero-ja-usado", "Número de outro recurso"),
}
"""What is wrong not with what is sent, but with what there is already."""


def _illegal(error: TransicaoInvalidaError) -> ProblemError:
    held = error.situacao
    return ProblemError(
        409, "transicao-impossivel", "Não é possível neste estado",
        f"O recurso está {held.value.replace('_', ' ')}: {_ADIANTE[held]}.", extra={"situacao": held.value},
    )  # fmt: skip


@contextmanager
def told_in(versao: Callable[[], Versao]) -> Iterator[None]:
    """Codes of what is wrong are told in the version that the sender says.

    Raises:
        ProblemError: 422 with all that is wrong; 409 when it is only what there is already.
    """
    try:
        yield
    except RecursoInvalidoError as error:
        raise _wrong(error, versao()) from error


def _wrong(error: RecursoInvalidoError, versao: Versao = Versao.V4_01_00) -> ProblemError:
    found = [achados.vista(one, versao) for one in error.achados]
    told = tuple(FieldError(one["campo"], one["codigo"] or one["regra"], one["mensagem"]) for one in found)
    (first, *others) = {one.regra for one in error.achados}
    if first in _CONFLITO and not others:
        codigo, title = _CONFLITO[first]
        return ProblemError(409, codigo, title, found[0]["mensagem"], told, extra={"achados": found})
    problem = problems.invalid_body(told)
    problem.extra["achados"] = found
    return problem


def _legacy(error: LegadoError) -> ProblemError:
    return problems.in_former_portal(
        f"O que foi enviado antes de {error.data_migracao:%d/%m/%Y} se contesta no portal anterior.",
        error.portal, error.data_migracao,
    )  # fmt: skip


def _never_enabled(error: NaoHabilitadoError) -> ProblemError:
    return ProblemError(
        403, "relacionamento-nao-habilitado", "Relacionamento não habilitado",
        "O prestador nunca esteve habilitado nesta operadora. Solicite o relacionamento, ou acompanhe a decisão em "
        "Relacionamentos.",
        extra={
            "regra": "R02", "glosa": code_of(Motivo.PRESTADOR_FORA_DA_REDE, None), "situacao": error.situacao,
            "motivo": error.motivo,
        },
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    NaoEncontradoError: lambda _error: problems.not_found(),
    NaoHabilitadoError: _never_enabled,
    LegadoError: _legacy,
    NaoPublicadoError: lambda _error: problems.conflict(
        "valores-nao-publicados", "Valores ainda não publicados",
        "As glosas se contestam depois que os valores do PEG são publicados; o dia está no cronograma.",
    ),
    RecursoInvalidoError: _wrong,
    TransicaoInvalidaError: _illegal,
    RespostasFaltamError: lambda error: ProblemError(
        409, "respostas-faltam", "Faltam respostas",
        "Responda a todos os itens antes de concluir; os que faltam estão em itens.",
        extra={"itens": list(error.itens)},
    ),
    MudouError: lambda _error: problems.changed_meanwhile(
        "Outros atos sobre o mesmo recurso ou o mesmo PEG ocorreram ao mesmo tempo. Repita a requisição."
    ),
    VersaoDiferenteError: lambda _error: problems.outdated(),
    # The archive is behind the table, for a moment.
    ConteudoMissingError: lambda _error: problems.busy(),
    DossieMissingError: lambda _error: problems.busy(),
}  # fmt: skip

# --- documentation ---

PROTOCOLO: Final = Parameter(
    "protocolo", "path", "Protocolo do recurso.", required=True, example="261160000011"
)  # fmt: skip
_MES: Final = {"type": "string", "pattern": "^20[0-9]{2}(0[1-9]|1[0-2])$"}

SEM_MUDANCA: Final = Reply(304, "Nada mudou desde a ETag enviada.")


def mes(description: str) -> Parameter:
    """A month of the query."""
    return Parameter("competencia", "query", description, schema=_MES, example="202611")


def reading(  # noqa: PLR0917  # as `Operation`
    path: str, name: str, tag: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, replies: Sequence[Reply], refusals: tuple[int, ...] = (422,),
) -> Operation:  # fmt: skip
    """What a prestador may read."""
    return Operation(
        "GET", path, name, FUNCAO, tag, summary, description, run, replies, escopos=(f"conecta/{LER}",),
        parameters=(*parameters, PRESTADOR), refusals=refusals,
    )  # fmt: skip
