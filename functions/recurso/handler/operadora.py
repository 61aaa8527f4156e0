"""REST entries of auditoria: what waits for an answer, what it is about, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conecta_edge import session
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    IF_NONE_MATCH,
    PERSON_SCOPE,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.tenancy import Grupo
from recurso.bootstrap import nucleo as bootstrap
from recurso.domain.recursos import Papel, SituacaoRecurso
from recurso.handler import comum
from recurso.handler.comum import ERRORS, FUNCAO, PAGE
from recurso.handler.recursos import page_of_itens
from recurso.schemas import exemplos
from recurso.schemas import recursos as schemas
from recurso.schemas.recursos import (
    RESPOSTAS,
    ItensDoRecursoPage,
    RecursoDeGlosaView,
    RecursosDeGlosaPage,
    RespostasDoRecursoRequest,
)
from recurso.service import respostas

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from conecta_edge.tenancy import OperadoraPrincipal
    from recurso.domain.recursos import Recurso
    from recurso.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Operadora: recursos de glosas"
FILAS: Final = (SituacaoRecurso.ENVIADO, SituacaoRecurso.EM_ANALISE)
"""States in which a recurso waits for auditoria; the first is what it has not looked at."""


def list_recursos(request: Request) -> Response:
    """GET /operadora/recursos."""
    caller, portas, query = session.operadora(request), bootstrap.portas(), Query(request.query)
    registro = caller.asked(request.query.get("registro_ans"))
    mes = query.competencia("competencia") if "competencia" in request.query else None
    situacao = query.one_of("situacao", FILAS, FILAS[0])
    if mes is not None and "situacao" in request.query:
        query.refuse("situacao", "consulta-ambigua", "Liste por situacao ou por competencia: não por ambas.")
    query.check()
    caller.at(registro, Grupo.AUDITORIA)
    position, token_of = session.cursor(request, f"{registro}|recursos|{mes or situacao}")
    page = (
        portas.recursos.month_of_operadora(registro, mes, position, PAGE)
        if mes is not None
        else portas.recursos.worklist(registro, SituacaoRecurso(situacao), position, PAGE)
    )
    shown = [schemas.resumo(one, da_operadora=True) for one in page.rows]
    return Response(200, {"recursos": shown, "cursor": token_of(page.position)})


def get_recurso(request: Request) -> Response:
    """GET /operadora/recursos/{protocolo}."""
    caller, recurso, portas = _found(request)
    caller.at(recurso.registro_ans, Grupo.AUDITORIA)
    return request.unless_held(str(recurso.versao), lambda: _vista(portas)(recurso))


def list_itens(request: Request) -> Response:
    """GET /operadora/recursos/{protocolo}/itens."""
    caller, recurso, portas = _found(request)
    entradas, cursor = page_of_itens(request, recurso, recurso.registro_ans, portas)
    caller.at(recurso.registro_ans, Grupo.AUDITORIA)
    conta = comum.audit_entries(request, caller.actor_at(recurso.registro_ans), recurso, entradas, portas)
    shown = list(schemas.com_dossie(entradas, recurso, conta, da_operadora=True))
    return Response(200, {"protocolo": recurso.protocolo, "itens": shown, "cursor": cursor})


def begin(request: Request) -> Response:
    """POST /operadora/recursos/{protocolo}/analise."""
    caller, recurso, portas = _found(request)
    return _done(
        request, caller, recurso, portas, lambda who, keep: respostas.begin(recurso, who, portas, guardar=keep)
    )  # fmt: skip


def answer(request: Request) -> Response:
    """POST /operadora/recursos/{protocolo}/respostas."""
    caller, recurso, portas = _found(request)
    told = request.model(RespostasDoRecursoRequest).pedidas()
    return _done(
        request, caller, recurso, portas, lambda who, keep: respostas.answer(recurso, told, who, portas, guardar=keep)
    )  # fmt: skip


def conclude(request: Request) -> Response:
    """POST /operadora/recursos/{protocolo}/conclusao."""
    caller, recurso, portas = _found(request)
    return _done(
        request, caller, recurso, portas, lambda who, keep: respostas.conclude(recurso, who, portas, guardar=keep)
    )  # fmt: skip


def _found(request: Request) -> tuple[OperadoraPrincipal, Recurso, Portas]:
    """The recurso at one of the person's operadoras, before the group is judged (`decisoes.md` 9)."""
    caller, portas = session.operadora(request), bootstrap.portas()
    return caller, respostas.find_of_operadora(caller.grupos, comum.protocolo_of(request), portas), portas


def _done(
    request: Request, caller: OperadoraPrincipal, recurso: Recurso, portas: Portas, act: comum.Act
) -> Response:  # fmt: skip
    actor = caller.actor_at(caller.at(recurso.registro_ans, Grupo.AUDITORIA))
    return comum.done(request, actor, act, _vista(portas), papel=Papel.AUDITORIA)


def _vista(portas: Portas) -> Callable[[Recurso], dict[str, Any]]:
    return lambda recurso: schemas.da_operadora(recurso, portas.arquivo.pauta(recurso))


_UM: Final = "/operadora/recursos/{protocolo}"


def _acting(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response], *,
    body: type[BaseModel] | None = None, example: dict[str, Any] | None = None,
    shown: dict[str, Any] = exemplos.DA_OPERADORA,
) -> Operation:  # fmt: skip
    return Operation(
        "POST", f"{_UM}/{path}", name, FUNCAO, TAG, summary, f"{description} Para a auditoria.", run,
        (Reply(200, "O recurso como ficou.", RecursoDeGlosaView, example=shown),), escopos=(PERSON_SCOPE,),
        parameters=(comum.PROTOCOLO, IDEMPOTENCY, IF_MATCH), body=body, example=example, refusals=(409, 412, 422),
    )  # fmt: skip


def _reading(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, reply: Reply, more: tuple[Reply, ...] = (), refusals: tuple[int, ...] = (422,),
) -> Operation:  # fmt: skip
    return Operation(
        "GET", path, name, FUNCAO, TAG, summary, f"{description} Para a auditoria.", run, (reply, *more),
        escopos=(PERSON_SCOPE,), parameters=parameters, refusals=refusals,
    )  # fmt: skip


OPERATIONS: Final = (
    _reading(
        "/operadora/recursos", "listarRecursosDaOperadora", "Listar os recursos a responder, ou os de um mês",
        f"Por situação, os de prazo mais curto primeiro (o padrão é {FILAS[0]}); ou os enviados em uma competência, "
        f"pelo protocolo. Em páginas de {PAGE}.",
        list_recursos,
        Parameter("registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
                  schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695"),
        Parameter("situacao", "query", "O que espera a auditoria.", schema={"type": "string", "enum": list(FILAS)}),
        comum.mes("Mês do envio, AAAAMM, em vez de situacao."),
        CURSOR,
        reply=Reply(200, "Uma página.", RecursosDeGlosaPage, example={
            "recursos": [exemplos.RESUMO_DA_OPERADORA], "cursor": None,
        }),
        refusals=(400, 404, 422),
    ),
    _reading(
        _UM, "obterRecursoDaOperadora", "Consultar um recurso de um prestador",
        "Como o vê o prestador, de quem é, quem agiu em cada passo (identificadores opacos) e quantos itens já têm "
        "resposta.",
        get_recurso, comum.PROTOCOLO, IF_NONE_MATCH,
        reply=Reply(200, "O recurso.", RecursoDeGlosaView, example=exemplos.DA_OPERADORA), more=(comum.SEM_MUDANCA,),
    ),
    _reading(
        f"{_UM}/itens", "listarItensDoRecursoDaOperadora", "Listar os itens de um recurso de um prestador",
        "De cada um: o que se cobrou, linha por linha, as glosas e seus textos, a justificativa, os documentos (em "
        "GET /operadora/documentos?recurso=) e a resposta que já tenha.",
        list_itens, comum.PROTOCOLO, CURSOR,
        reply=Reply(200, "Uma página.", ItensDoRecursoPage, example=exemplos.ITENS_DA_OPERADORA), refusals=(400, 422),
    ),
    _acting(
        "analise", "iniciarAnaliseDoRecurso", "Iniciar a análise de um recurso",
        "Daí em diante o prestador não o cancela. Repetir não tem outro efeito.",
        begin,
    ),
    _acting(
        "respostas", "responderItensDoRecurso", "Responder a itens de um recurso",
        f"Até {RESPOSTAS} por vez, na ordem que se quiser; a resposta dada antes a um item é trocada. O prestador só "
        "as vê depois da conclusão. Com a primeira, a análise começa.",
        answer, body=RespostasDoRecursoRequest, example=exemplos.RESPOSTAS_ENVIADAS,
    ),
    _acting(
        "conclusao", "concluirRecurso", "Concluir a resposta a um recurso",
        "Depois de respondidos todos os itens: o prestador é avisado e o valor acatado volta ao PEG, para o próximo "
        "pagamento. Já não muda.",
        conclude, shown=exemplos.CONCLUIDO,
    ),
)  # fmt: skip
