"""REST entry of what may be contested: the list a faturista begins with; and what pagamento and alertas ask of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from conecta_campos.numeros import reais
from conecta_edge import session
from conecta_edge.http import CURSOR, Parameter, Query, Reply, Request, Response, asked_by
from conecta_tiss.vocabulary.amounts import soma
from recurso.bootstrap import nucleo as bootstrap
from recurso.domain.errors import NaoEncontradoError
from recurso.domain.glosas import Conta
from recurso.handler import comum
from recurso.handler.comum import ERRORS, FUNCAO, LER
from recurso.schemas import exemplos
from recurso.schemas import glosas as schemas
from recurso.schemas.glosas import GlosasContestaveisPage
from recurso.service import contestacao

if TYPE_CHECKING:
    from conecta_edge.session import Position
    from recurso.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS", "UNPUBLISHED"]

TAG: Final = "Recursos de glosas"
GLOSAS: Final = 500
"""In one answer: it goes out through a Lambda's 6 MB."""
PEGS: Final = 20
"""Whose dossiers are read for one answer."""
_PEG, _DESDE = "peg", "desde"
"""Of a position, besides where the month is read from: which PEG goes on, and from which of its glosas."""


def list_glosas(request: Request) -> Response:
    """GET /recursos/glosas."""
    caller, portas, query = session.principal(request), bootstrap.portas(), Query(request.query)
    protocolo, mes = asked(query, portas)

    def listed(position: Position = None) -> Iterator[tuple[Conta, dict[str, str]]]:
        if protocolo is None:
            return contas(caller.prestador_id, mes, position, portas)
        return iter([(conta_de(caller.prestador_id, protocolo, portas), {})])

    comum.require(caller, LER, listed, query)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|glosas|{protocolo or mes}")
    shown, following = list[dict[str, Any]](), None
    desde = int(position[_DESDE]) if position else 0
    for read, (conta, here) in enumerate(listed(position), 1):
        room = GLOSAS - len(shown)
        found = list(islice(contestacao.contestacoes(conta, portas), desde, desde + room + 1))
        places = {one.contestavel.lugar.indice for one in found[:room]}
        if places:
            comum.audit(request, caller.actor, f"peg/{conta.peg.protocolo}", conta, places)
        shown += [schemas.contestavel(one, conta.peg, portas.hoje) for one in found[:room]]
        if len(found) > room or (read == PEGS and protocolo is None):
            following = {**here, _DESDE: str(desde + min(len(found), room))}
            break
        desde = 0
    return Response(200, {"glosas": shown, "cursor": token_of(following)})


def asked(query: Query, portas: Portas) -> tuple[str | None, str]:
    """The PEG that is asked about, or the month, that of today when neither is said."""
    protocolo, mes = query.values.get("protocolo"), query.competencia("competencia", f"{portas.hoje:%Y%m}")
    if protocolo is not None and "competencia" in query.values:
        text = "Procure por protocolo ou por competencia: não pelos dois."
        query.refuse("competencia", "consulta-ambigua", text)
    return protocolo, mes


def conta_de(prestador_id: str, protocolo: str, portas: Portas) -> Conta:
    """The PEG that a query names; what cannot be one of ours is not there."""
    if not comum.NOSSO.fullmatch(protocolo):
        raise NaoEncontradoError("peg")
    return contestacao.find_conta(prestador_id, protocolo, portas)


def contas(
    prestador_id: str, competencia: str, position: Position, portas: Portas
) -> Iterator[tuple[Conta, dict[str, str]]]:
    """PEGs received in a month that something was taken of, newest first, each with the position that begins at it.

    Each dossier is read when it is asked for.
    """
    given = position or {}
    wanted = given.get(_PEG)
    following: Mapping[str, str] | None = {name: given[name] for name in given.keys() - {_PEG, _DESDE}}
    while following is not None:
        here = following
        pegs, following = portas.contas.month(prestador_id, competencia, here or None, PEGS)
        for peg in pegs:
            if wanted in {None, peg.protocolo}:
                wanted = None
                if contestacao.contestable(peg) and peg.valor_glosado:
                    yield Conta(peg, portas.contas.dossie(peg)), {**here, _PEG: peg.protocolo}


def contested(request: Request) -> Response:
    """POST /recursos/contestados: what living recursos contest of each line of a PEG, which pagamento shows.

    Body: `{"registro_ans", "prestador_id", "protocolo"}` of the PEG; answers `{"linhas": [[indice, sequencia, reais],
    …]}`.
    """
    asked = json.loads(request.body)
    found = contestacao.contestados(
        asked["prestador_id"], asked["registro_ans"], asked["protocolo"], bootstrap.portas()
    )  # fmt: skip
    return Response(200, {"linhas": [[*place, reais(valor)] for place, valor in sorted(found.items())]})


def contestable(request: Request) -> Response:
    """POST /recursos/contestaveis: what of a PEG may be contested today, by the last day to, which `/inicio` counts.

    Body: `{"registro_ans", "prestador_id", "protocolo"}` of the PEG; answers `{"versao_peg", "versao_contestado",
    "partes": [{"ate": day or null, "quantas", "valor": reais}, …]}`.
    """
    asked = json.loads(request.body)
    found = contestacao.abertas(
        asked["prestador_id"], asked["registro_ans"], asked["protocolo"], bootstrap.portas()
    )  # fmt: skip
    by_day: dict[date | None, list[Decimal]] = {}
    for one in found.glosas:
        by_day.setdefault(one.contestar_ate, []).append(one.valor)
    partes = [
        {"ate": day and day.isoformat(), "quantas": len(valores), "valor": reais(soma(valores))}
        for day, valores in by_day.items()
    ]
    return Response(
        200, {"versao_peg": found.versao_peg, "versao_contestado": found.versao_contestado, "partes": partes}
    )  # fmt: skip


OPERATIONS: Final = (
    comum.reading(
        "/recursos/glosas", "listarGlosasContestaveis", TAG, "Listar o que se pode contestar",
        "As glosas que retiram valor de um PEG com os valores publicados, ou dos PEGs recebidos em uma competência: "
        "onde, por quê, quanto, até quando, o que costuma provar que não procedem e qual recurso já as contesta. Cada "
        f"uma traz em modelo o item de POST /recursos, a que só falta a justificativa. Até {GLOSAS} por página.",
        list_glosas,
        Parameter(
            "protocolo", "query", "Do PEG; as glosas de antes da migração se digitam em POST /recursos.",
            example="261120000007",
        ),
        comum.mes("Mês da recepção do PEG, AAAAMM; sem protocolo, o padrão é o corrente."),
        CURSOR,
        replies=(Reply(200, "Uma página.", GlosasContestaveisPage, example={
            "glosas": [exemplos.GLOSA], "cursor": None,
        }),),
        refusals=(400, 409, 422),
    ),
)  # fmt: skip
UNPUBLISHED: Final = (
    asked_by(
        "pagamento, que concilia", "/recursos/contestados", "somarContestados", contested, funcao=FUNCAO, tag=TAG,
        summary="Somar o que se contesta de um PEG", answer="Em reais, por linha.",
    ),
    asked_by(
        "alertas, que conta", "/recursos/contestaveis", "somarContestaveis", contestable, funcao=FUNCAO, tag=TAG,
        summary="Somar o que ainda se pode contestar de um PEG", answer="Em reais, por último dia.",
    ),
)  # fmt: skip
"""Routes that other functions of ours call."""
