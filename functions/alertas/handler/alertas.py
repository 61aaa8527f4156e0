"""REST entries of alertas: listed, followed, read."""

from __future__ import annotations

import re
from typing import Final

from alertas.bootstrap import nucleo as bootstrap
from alertas.domain.alertas import Area
from alertas.domain.errors import AlertaNaoEncontradoError
from alertas.handler import comum
from alertas.handler.comum import ERRORS, ESCOPOS, FUNCAO, TAG
from alertas.schemas import alertas as schemas
from alertas.schemas.alertas import AlertasPage, AlertaView, LeituraRequest, NaoLidosView
from alertas.service import leitura
from alertas.service.leitura import Filtro
from conecta_edge import problems, session
from conecta_edge.http import CURSOR, PRESTADOR, Operation, Parameter, Query, Reply, Request, Response
from conecta_edge.problems import FieldError

__all__ = ["ERRORS", "OPERATIONS"]

PAGE: Final = 50
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_NUMERO: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_TIPO: Final = re.compile(r"[A-Za-z]{3,40}", re.ASCII)
_ENTIDADE: Final = re.compile(r"[a-z]{2,20}/[0-9A-Za-z/._-]{1,60}", re.ASCII)
_ABERTO: Final = "nao-lidos"


def list_alertas(request: Request) -> Response:
    """GET /alertas."""
    caller, query = session.principal(request), Query(request.query)
    areas = comum.working(caller)
    filtro = _filtro(query, areas)
    desde = _desde(query)
    query.check()
    scope = f"{caller.prestador_id}|{caller.subject}|alertas|{request.query.get('area')}|{filtro.tipo}"
    scope += f"|{filtro.registro_ans}|{filtro.entidade}|{filtro.so_nao_lidos}"
    position, token_of = session.cursor(request, scope)
    portas, who = bootstrap.portas(), (caller.prestador_id, caller.subject)
    if desde is None:
        page = leitura.recent(*who, filtro, int(position["antes_de"]) if position else None, PAGE, portas)
        following = None if page.fim else {"antes_de": str(page.ate)}
    else:
        page, following = leitura.since(*who, filtro, desde, PAGE, portas), None
    return Response(
        200,
        {
            "alertas": [schemas.alerta(one, page.leitor) for one in page.alertas],
            "nao_lidos": schemas.contagem(page.sequencia, page.leitor, areas),
            "ultimo": page.sequencia.ultima.numero if desde is None else page.ate,
            "cursor": token_of(following),
        },
    )


def _filtro(query: Query, areas: frozenset[Area]) -> Filtro:
    given = query.values
    area = query.one_of("area", tuple(one.value for one in Area), "") if "area" in given else ""
    so = query.one_of("situacao", ("todos", _ABERTO), "todos") == _ABERTO
    return Filtro(
        areas=frozenset({Area(area)} & areas) if area in set(Area) else areas,
        tipo=_text(query, "tipo", _TIPO, "Use o nome de um evento do catálogo: por exemplo GlosaPublicada."),
        registro_ans=query.registro() if "registro_ans" in given else "",
        entidade=_text(query, "entidade", _ENTIDADE, "Use o que diz entidade: por exemplo peg/261120000007."),
        so_nao_lidos=so,
    )


def _text(query: Query, name: str, form: re.Pattern[str], mensagem: str) -> str:
    text = query.values.get(name, "")
    if name in query.values and not form.fullmatch(text):
        query.refuse(name, f"{name}-invalido", mensagem)
    return text


def _desde(query: Query) -> int | None:
    text = query.values.get("desde")
    if text is None:
        return None
    if not _NUMERO.fullmatch(text):
        query.refuse("desde", "desde-invalido", "Envie o número do último alerta que já se tem; 0 para todos.")
        return 0
    if "cursor" in query.values:
        query.refuse("desde", "consulta-ambigua", "Siga por desde ou pagine por cursor: não pelos dois.")
    return int(text)


def get_alerta(request: Request) -> Response:
    """GET /alertas/{id}."""
    caller, portas = session.principal(request), bootstrap.portas()
    if not _ID.fullmatch(request.path["id"]):
        raise AlertaNaoEncontradoError
    (found,) = leitura.find(caller.prestador_id, [request.path["id"]], portas)
    comum.require(caller, [found])
    _, leitor = portas.alertas.leitura(caller.prestador_id, caller.subject)
    return Response(200, schemas.alerta(found, leitor))


def mark(request: Request) -> Response:
    """POST /alertas/leituras."""
    caller, body = session.principal(request), request.model(LeituraRequest)
    areas, portas, who = comum.working(caller), bootstrap.portas(), (caller.prestador_id, caller.subject)
    if body.alertas is not None:
        if len(set(body.alertas)) != len(body.alertas):
            raise problems.invalid_body((FieldError("alertas", "repetido", "Informe cada alerta uma vez só."),))
        chosen = leitura.find(caller.prestador_id, body.alertas, portas)
        comum.require(caller, chosen)
        found = leitura.mark(*who, chosen, portas, lido=body.lido)
    else:
        until = leitura.numbered(caller.prestador_id, body.ate, portas) if body.ate else None
        found = leitura.mark_until(*who, until, portas)
    return Response(200, schemas.contagem(*found, areas))


OPERATIONS: Final = (
    Operation(
        "GET", "/alertas", "listarAlertas", FUNCAO, TAG, "Listar alertas",
        "O que aconteceu, do mais recente ao mais antigo, nas áreas em que se trabalha; guardado por 180 dias. Para "
        "acompanhar sem perder nada, envie em desde o número do último que se tem: a resposta traz os que chegaram "
        "depois, na ordem, e em ultimo o número a enviar na próxima vez, mesmo quando não traz nenhum: o fim é quando "
        f"ele não anda. Até {PAGE} por página.",
        list_alertas,
        (Reply(200, "Uma página.", AlertasPage, example={
            "alertas": [schemas.EXEMPLO], "nao_lidos": schemas.NAO_LIDOS, "ultimo": 42, "cursor": None,
        }),),
        escopos=ESCOPOS,
        parameters=(
            Parameter("desde", "query", "Número do último alerta que já se tem; 0 para todos, na ordem.", example="0",
                      schema={"type": "string", "pattern": "^[0-9]{1,12}$"}),
            Parameter("area", "query", "Só os de uma área.", schema={"type": "string", "enum": [*Area]}),
            Parameter("situacao", "query", "Só os não lidos.", example="nao-lidos",
                      schema={"type": "string", "enum": ["todos", _ABERTO], "default": "todos"}),
            Parameter("tipo", "query", "Só os de um evento do catálogo.", example="GlosaPublicada"),
            Parameter("registro_ans", "query", "Só os de uma operadora.", example="345695",
                      schema={"type": "string", "pattern": "^[0-9]{6}$"}),
            Parameter("entidade", "query", "Só os que tratam de uma coisa.", example="peg/261120000007"),
            CURSOR, PRESTADOR,
        ),
        refusals=(400, 404, 422),
    ),
    Operation(
        "GET", "/alertas/{id}", "lerAlerta", FUNCAO, TAG, "Ler um alerta",
        "Um alerta de uma área em que se trabalha. Ler não marca como lido.",
        get_alerta,
        (Reply(200, "O alerta.", AlertaView, example=schemas.EXEMPLO),),
        escopos=ESCOPOS,
        parameters=(Parameter("id", "path", "Do alerta.", required=True, example=schemas.EXEMPLO["id"]), PRESTADOR),
        refusals=(404, 422),
    ),
    Operation(
        "POST", "/alertas/leituras", "marcarAlertas", FUNCAO, TAG, "Marcar como lidos",
        "Marca alertas como lidos, ou não lidos de novo, para quem chama: um a um, todos até um número ou todos, os "
        "de outras áreas inclusive. Repetir não muda nada.",
        mark,
        (Reply(200, "Quantos restam.", NaoLidosView, example=schemas.NAO_LIDOS),),
        escopos=ESCOPOS,
        parameters=(PRESTADOR,),
        body=LeituraRequest,
        example={"ate": 42},
        refusals=(404, 409, 422),
    ),
)  # fmt: skip
