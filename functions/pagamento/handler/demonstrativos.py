"""REST entries of demonstrativos, in four formats, and of conciliação."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conecta_edge import session
from conecta_edge.http import CURSOR, REGISTRO_ANS, XML, Parameter, Query, Reply, Request, Response
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.domain.demonstrativos import Periodo
from pagamento.domain.lotes import Formato
from pagamento.handler import comum, formatos
from pagamento.handler.comum import ERRORS, LER
from pagamento.schemas import demonstrativos as schemas
from pagamento.schemas import exemplos
from pagamento.schemas.demonstrativos import AnalisesDeContaView, ConciliacaoView, DemonstrativoDePagamentoView
from pagamento.service.demonstrativos import PROTOCOLOS, find_analises, find_conciliacao, find_pagamento

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conecta_edge.audit import Actor
    from conecta_edge.http import Operation
    from pagamento.domain.demonstrativos import AnaliseDeConta

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Demonstrativos"
MAIOR: Final = 4 * 1024 * 1024
"""Bytes of an answer: a Lambda's 6 MB, in base64."""
_PROTOCOLO: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


def analise(request: Request) -> Response:
    """GET /demonstrativos/analise."""
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    protocolos = _protocolos(query)
    registro = query.registro() if "registro_ans" in request.query else None
    query.check()
    if registro is not None:
        comum.related(caller.prestador_id, registro, portas)
    formato, versao = _formato(query), _versao(query)
    with comum.reading_of(caller, protocolos, portas, query):
        found = find_analises(caller.prestador_id, protocolos, portas, registro_ans=registro)
    content = formatos.render(_audited(request, caller.actor, found), formato, versao, portas)
    return _answer(caller.prestador_id, content, formato, f"analise-{protocolos[0]}")


def _audited(request: Request, actor: Actor, found: Iterable[AnaliseDeConta]) -> Iterator[AnaliseDeConta]:
    """Each is recorded as it is rendered, and nothing is answered before all are."""
    for one in found:
        comum.audit(request, actor, [one.conta], itens=True)
        yield one


def _protocolos(query: Query) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(query.values.get("protocolos", "").split(",")))
    if len(asked) > PROTOCOLOS or not all(_PROTOCOLO.fullmatch(one) for one in asked):
        text = f"Informe de 1 a {PROTOCOLOS} números de protocolo, separados por vírgula."
        query.refuse("protocolos", "protocolos-invalidos", text)
    return asked


def _versao(query: Query) -> Versao | None:
    asked = query.one_of("versao", ["", *Versao], "")
    return Versao(asked) if asked in set(Versao) else None


def _formato(query: Query) -> Formato:
    asked = query.one_of("formato", tuple(Formato), Formato.JSON)
    return Formato(asked) if asked in set(Formato) else Formato.JSON


def pagamento(request: Request) -> Response:
    """GET /demonstrativos/pagamento."""
    return _paid(request, TipoDemonstrativo.PAGAMENTO)


def odontologia(request: Request) -> Response:
    """GET /demonstrativos/odontologia."""
    return _paid(request, TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA)


def _paid(request: Request, tipo: TipoDemonstrativo) -> Response:
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    registro = query.registro()
    query.check()
    comum.related(caller.prestador_id, registro, portas)
    periodo, formato, versao = _periodo(registro, query), _formato(query), _versao(query)
    query.check()
    caller.require(LER)
    found = find_pagamento(caller.prestador_id, periodo, portas, tipo=tipo)
    itens = tipo is TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA
    for one in found.pagamentos:
        comum.audit(request, caller.actor, one.contas, itens=itens)
    content = formatos.render(found, formato, versao, portas)
    return _answer(caller.prestador_id, content, formato, f"pagamento-{found.cabecalho.numero}")


def _periodo(registro: str, query: Query) -> Periodo:
    named = {"data", "competencia"} & query.values.keys()
    if len(named) != 1:
        query.refuse("data", "periodo-invalido", "Informe data ou competencia: uma das duas.")
    if named == {"data"}:
        return Periodo(registro_ans=registro, data=query.dia("data"))
    return Periodo(registro_ans=registro, competencia=query.competencia("competencia", "200001"))


def _answer(prestador_id: str, content: bytes, formato: Formato, nome: str) -> Response:
    """The document, or where it lies for a moment when it is more than one answer carries."""
    media = formatos.MEDIA[formato]
    if len(content) <= MAIOR:
        return Response(200, content.decode() if formato is Formato.JSON else content, media)
    link = bootstrap.entregas().publish(prestador_id, f"{nome}.{formato}", content, media)
    return Response(303, {"url": link}, headers={"Location": link})


def conciliacao(request: Request) -> Response:
    """GET /conciliacao/{protocolo}."""
    caller, portas = session.principal(request), bootstrap.portas()
    protocolo = comum.protocolo_of(request)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|conciliacao|{protocolo}")
    with comum.reading_of(caller, [protocolo], portas, Query(request.query)):
        found = find_conciliacao(caller.prestador_id, protocolo, portas, correlacao=request.correlacao)
    comum.audit(request, caller.actor, [found.conta], itens=True)
    desde = int(position["desde"]) if position else 0
    end = schemas.ate(found, desde)
    following = token_of({"desde": str(end)} if end < len(found.conta.guias) else None)
    return Response(200, {**schemas.conciliacao(found, desde, end), "cursor": following})


_FORMATO: Final = Parameter(
    "formato", "query", "O padrão é json.", schema={"type": "string", "enum": list(Formato)}, example="pdf"
)
_VERSAO: Final = Parameter(
    "versao", "query", "Da TISS, em formato=xml; o padrão é a mais nova que a operadora aceita.",
    schema={"type": "string", "enum": list(Versao)}, example="4.01.00",
)  # fmt: skip
_OUTROS: Final = (
    Reply(200, "Mensagem TISS (ISO-8859-1).", media_type=XML), Reply(200, "Em CSV.", media_type="text/csv"),
    Reply(200, "Para imprimir.", media_type="application/pdf"),
)  # fmt: skip
_GRANDE: Final = Reply(303, "Grande demais para uma resposta: o arquivo está em Location por 15 minutos.")


def _documento(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response], *parameters: Parameter,
    reply: Reply,
) -> Operation:  # fmt: skip
    return comum.reading(
        f"/demonstrativos/{path}", name, TAG, summary,
        f"{description} Em JSON, mensagem TISS, planilha ou PDF. O que ainda não foi publicado é 409; o de antes da "
        "migração, 404 com o portal.",
        run, *parameters, _FORMATO, _VERSAO, replies=(reply, *_OUTROS, _GRANDE), refusals=(409, 422),
    )  # fmt: skip


_PERIODO: Final = (
    REGISTRO_ANS,
    comum.day("data", "Dia do pagamento."),
    comum.mes("competencia", "Mês dos pagamentos, AAAAMM, em vez de data."),
)
_PAGO: Final = Reply(200, "O demonstrativo.", DemonstrativoDePagamentoView, example=exemplos.DEMONSTRATIVO_PAGAMENTO)

OPERATIONS: Final = (
    _documento(
        "analise", "obterDemonstrativoDeAnalise", "Obter o demonstrativo de análise de conta",
        f"De até {PROTOCOLOS} protocolos com os valores publicados: guia por guia, item por item, com as glosas.",
        analise,
        Parameter("protocolos", "query", "Números de protocolo, separados por vírgula.", required=True,
                  example="261120000007,261120000015"),
        Parameter("registro_ans", "query", "Só desta operadora.", schema={"type": "string", "pattern": "^[0-9]{6}$"}),
        reply=Reply(200, "Os demonstrativos.", AnalisesDeContaView, example={"analises": [exemplos.ANALISE]}),
    ),
    _documento(
        "pagamento", "obterDemonstrativoDePagamento", "Obter o demonstrativo de pagamento",
        "O que uma operadora pagou num dia ou num mês, guia por guia, com débitos e créditos.",
        pagamento, *_PERIODO, reply=_PAGO,
    ),
    _documento(
        "odontologia", "obterDemonstrativoOdontologico", "Obter o demonstrativo de pagamento de odontologia",
        "Só o que é de odontologia, item por item.", odontologia, *_PERIODO, reply=_PAGO,
    ),
    comum.reading(
        "/conciliacao/{protocolo}", "conciliarPeg", TAG, "Conciliar um PEG",
        "Item por item: apresentado, processado, glosado, liberado e pago, em páginas de até 20 guias. Recursado e "
        "acatado são 0.00 enquanto não há recurso.",
        conciliacao, comum.PROTOCOLO, CURSOR,
        replies=(Reply(200, "Uma página.", ConciliacaoView, example=exemplos.CONCILIACAO),), refusals=(400, 409),
    ),
)  # fmt: skip
