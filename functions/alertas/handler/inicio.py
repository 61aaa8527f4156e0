"""REST entries of the portal's first page: two waits, one to know who asks, one for everything else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from alertas.bootstrap import nucleo as bootstrap
from alertas.domain.alertas import Area
from alertas.domain.painel import Acesso
from alertas.handler import comum
from alertas.handler.comum import ERRORS, ESCOPOS, FUNCAO
from alertas.schemas import inicio as schemas
from alertas.schemas.alertas import contagem as nao_lidos
from alertas.schemas.inicio import InicioView, PendenciasDoInicioPage
from alertas.service import inicio, leitura
from conecta_edge import calls, observability, session
from conecta_edge.aws import unserved
from conecta_edge.clock import iso
from conecta_edge.http import CURSOR, PRESTADOR, Operation, Parameter, Query, Reply, Request, Response
from conecta_edge.parallel import gather
from conecta_edge.problems import ProblemError
from conecta_facts.relacionamentos import Situacao

if TYPE_CHECKING:
    from alertas.domain.painel import Contagem
    from alertas.service.portas import Portas
    from conecta_edge.tenancy import Principal

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Início"
PAGE: Final = 100
_LER: Final = {
    Acesso.SENHAS: "autorizacao.ler",
    Acesso.PEGS: "peg.ler",
    Acesso.NOTAS: "pagamento.ler",
    Acesso.GLOSAS: "recurso.ler",
}


def get_inicio(request: Request) -> Response:
    """GET /inicio."""
    caller = session.principal(request)
    areas = comum.working(caller)
    portas, prestador = bootstrap.portas(), caller.prestador_id
    waits = [acesso for acesso in Acesso if caller.may(_LER[acesso])]
    read, states, novas, *found = gather(
        [
            lambda: leitura.read(prestador, caller.subject, portas),
            lambda: bootstrap.relacionamentos().situacoes(prestador, portas.hoje),
            lambda: _novas(caller, request.correlacao) if Area.DOCUMENTOS in areas else None,
            *(partial(inicio.count, prestador, acesso, portas) for acesso in waits),
        ]
    )
    return Response(200, _shown(caller, areas, portas, read, states, novas, dict(zip(waits, found, strict=True))))


def _novas(caller: Principal, correlacao: str) -> int | None:
    """How many documentações are new; `None` when documentos does not answer: the rest of the page does."""
    try:
        return int(bootstrap.novas(caller.prestador_id, caller.subject, correlacao)["novas"])
    except Exception as error:
        if not (isinstance(error, ProblemError | calls.CallFailedError) or unserved(error)):
            raise
        observability.log(
            "warning", "documentacoes novas sem resposta", erro=type(error).__name__, correlacao=correlacao
        )
        return None


def _shown(  # noqa: PLR0917  # who asks, and each thing that was read
    caller: Principal, areas: frozenset[Area], portas: Portas, read: Any, states: dict[Situacao, int],
    novas: int | None, counts: dict[Acesso, Contagem],
) -> dict[str, Any]:  # fmt: skip
    def part(**counted: Acesso) -> dict[str, Any] | None:
        """An access with its counters, those that the caller may not see null; null when that is all of them."""
        shown = {
            name: schemas.contagem(acesso, counts[acesso]) if acesso in counts else None
            for name, acesso in counted.items()
        }
        return shown if any(shown.values()) else None

    usual = (Situacao.HABILITADO, Situacao.SUSPENSO)
    return {
        "prestador": caller.prestador_id,
        "em": iso(portas.now),
        "relacionamentos": {
            "habilitados": states.get(Situacao.HABILITADO, 0),
            "suspensos": states.get(Situacao.SUSPENSO, 0),
            "outros": sum(many for state, many in states.items() if state not in usual),
            "lista": "/relacionamentos",
        },
        "alertas": {
            "nao_lidos": nao_lidos(read[0], read[1], areas),
            "lista": "/alertas?situacao=nao-lidos",
        },
        "autorizacoes": part(senhas_a_vencer=Acesso.SENHAS),
        "lotes_de_pagamento": part(pegs_abertos=Acesso.PEGS, notas_a_enviar=Acesso.NOTAS),
        "recursos_de_glosas": part(glosas_a_contestar=Acesso.GLOSAS),
        "documentacoes": ({"novas": novas, "lista": "/documentacoes?novas=true"} if Area.DOCUMENTOS in areas else None),
    }


def list_waiting(request: Request) -> Response:
    """GET /inicio/pendencias."""
    caller, query = session.principal(request), Query(request.query)
    acesso = query.one_of("acesso", tuple(one.value for one in Acesso), "")
    query.check()
    asked = Acesso(acesso)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|inicio|{acesso}")
    caller.require(_LER[asked])
    portas = bootstrap.portas()
    found = inicio.waiting(caller.prestador_id, asked, portas)
    shown = sorted(map(schemas.pendencia, found), key=_place)  # glosas lie by their last day, and show their first
    after = (position["ate"], position["registro_ans"], position["id"]) if position else None
    rest = [one for one in shown if after is None or _place(one) > after]
    page = rest[:PAGE]
    following = dict(zip(("ate", "registro_ans", "id"), _place(page[-1]), strict=True)) if len(rest) > PAGE else None
    return Response(
        200,
        {
            "acesso": acesso, "quantidade": sum(one["quantidade"] for one in shown), "pendencias": page,
            "cursor": token_of(following),
        },
    )  # fmt: skip


def _place(shown: dict[str, Any]) -> tuple[str, str, str]:
    return shown["ate"] or "9999-12-31", shown["registro_ans"], shown["id"]


OPERATIONS: Final = (
    Operation(
        "GET", "/inicio", "abrirInicio", FUNCAO, TAG, "Abrir o início",
        "Os seis acessos do portal, com o que espera em cada um: o que cada contador conta está em "
        "GET /inicio/pendencias. O que acabou de acontecer pode levar alguns segundos para contar. Nulo é o que o "
        "papel de quem chama não vê.",
        get_inicio,
        (Reply(200, "O que espera.", InicioView, example=schemas.EXEMPLO),),
        escopos=ESCOPOS,
        parameters=(PRESTADOR,),
        refusals=(404, 422),
    ),
    Operation(
        "GET", "/inicio/pendencias", "listarPendenciasDoInicio", FUNCAO, TAG, "Listar o que o início conta",
        f"Uma a uma, as coisas que um contador de GET /inicio conta; o que termina primeiro vem antes. Até {PAGE} por "
        "página.",
        list_waiting,
        (Reply(200, "Uma página.", PendenciasDoInicioPage, example={
            "acesso": "glosas-a-contestar", "quantidade": 3, "pendencias": [schemas.PENDENCIA], "cursor": None,
        }),),
        escopos=ESCOPOS,
        parameters=(
            Parameter("acesso", "query", "O contador.", required=True, example="glosas-a-contestar",
                      schema={"type": "string", "enum": [*Acesso]}),
            CURSOR, PRESTADOR,
        ),
        refusals=(400, 404, 422),
    ),
)  # fmt: skip
