"""REST entries of the cronograma: as it is in force, what it means for each PEG, and its calendar feed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conecta_edge import session
from conecta_edge.clock import iso
from conecta_edge.http import (
    CURSOR,
    IF_NONE_MATCH,
    PRESTADOR,
    REGISTRO_ANS,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.domain.errors import NaoEncontradoError
from pagamento.domain.faturas import ABERTAS
from pagamento.handler import comum
from pagamento.handler.comum import ERRORS, ESCREVER, FUNCAO, LER, PAGE
from pagamento.schemas import cronograma as schemas
from pagamento.schemas import exemplos
from pagamento.schemas.cronograma import (
    AgendaCriadaView,
    AgendaRequest,
    AgendasView,
    CronogramaView,
    PegsDoCronogramaPage,
    PrevisaoView,
)
from pagamento.service.cronogramas import forecasts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conecta_edge.tenancy import Principal
    from pagamento.domain.cronograma import Cronograma
    from pagamento.service.cronogramas import Previsao
    from pagamento.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Cronograma"
MESES_NA_AGENDA: Final = 6
"""Of reception whose PEGs the calendar shows while they are to be paid."""
PEGS_NA_AGENDA: Final = 500
_FATURA: Final = re.compile(r"([0-9]{1,20})(?:-([1-9][0-9]{0,3}))?", re.ASCII)
_TOKEN: Final = re.compile(r"[0-9A-Za-z_-]{20,100}", re.ASCII)


def get_cronograma(request: Request) -> Response:
    """GET /cronograma."""
    held, _ = _asked(request)
    return request.unless_held(str(held.versao), lambda: schemas.vista(held))


def get_csv(request: Request) -> Response:
    """GET /cronograma.csv."""
    from pagamento import planilhas  # noqa: PLC0415  # only who asks for one pays for it

    held, _ = _asked(request)
    return request.unless_held(str(held.versao), lambda: planilhas.cronograma(held), "text/csv; charset=utf-8")


def get_pdf(request: Request) -> Response:
    """GET /cronograma.pdf."""
    from pagamento import pdf  # noqa: PLC0415

    held, portas = _asked(request)
    operadora = portas.cadastro.operadora(held.registro_ans)
    return request.unless_held(str(held.versao), lambda: pdf.cronograma(held, operadora), "application/pdf")


def _asked(request: Request) -> tuple[Cronograma, Portas]:
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    registro = query.registro()
    query.check()
    comum.related(caller.prestador_id, registro, portas)
    caller.require(LER)
    return comum.in_force(registro, portas), portas


def get_ics(request: Request) -> Response:
    """GET /cronograma.ics."""
    caller, portas = session.principal(request), bootstrap.portas()
    registro = _optional(caller, request, portas)
    caller.require(LER)
    return _calendar(caller.prestador_id, registro, portas)


def _optional(caller: Principal, request: Request, portas: Portas) -> str | None:
    if "registro_ans" not in request.query:
        return None
    query = Query(request.query)
    registro = query.registro()
    query.check()
    return comum.related(caller.prestador_id, registro, portas)


def _calendar(prestador_id: str, registro: str | None, portas: Portas) -> Response:
    from pagamento import agenda  # noqa: PLC0415

    registros = comum.registros_of(prestador_id, portas) if registro is None else (registro,)
    cronogramas = [comum.in_force(one, portas) for one in registros]
    nomes = {one: portas.cadastro.operadora(one).nome for one in registros}
    pegs = [one for one in _open(prestador_id, portas) if one.peg.registro_ans in registros]
    content = agenda.calendario(cronogramas, pegs, nomes)
    # As text: API Gateway leaves bytes in base64 for who sends no `Accept`, as calendar programs do.
    return Response(200, content.decode(), "text/calendar; charset=utf-8")


def _open(prestador_id: str, portas: Portas) -> Iterator[Previsao]:
    """What is still to be paid of the last months, the newest first."""
    seen = 0
    for competencia in comum.months(portas.hoje, MESES_NA_AGENDA):
        position, more = None, True
        while more and seen < PEGS_NA_AGENDA:
            pegs, position = portas.contas.month(prestador_id, competencia, position, PAGE)
            seen += len(pegs)
            yield from (one for one in forecasts(pegs, portas) if _to_be_paid(one))
            more = position is not None


def _to_be_paid(one: Previsao) -> bool:
    return one.fatura.situacao in ABERTAS if one.fatura else one.pagamento_em is not None


def list_pegs(request: Request) -> Response:
    """GET /cronograma/pegs."""
    caller, portas = session.principal(request), bootstrap.portas()
    query = Query(request.query)
    competencia = query.competencia("competencia", f"{portas.hoje:%Y%m}")
    query.check()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|cronograma|{competencia}")
    caller.require(LER)
    pegs, following = portas.contas.month(caller.prestador_id, competencia, position, PAGE)
    if not pegs:
        comum.refuse_legacy_month(caller.prestador_id, competencia, portas)
    shown = [schemas.previsao(one) for one in forecasts(pegs, portas)]
    return Response(200, {"pegs": shown, "cursor": token_of(following)})


def get_peg(request: Request) -> Response:
    """GET /cronograma/pegs/{protocolo}."""
    caller, portas = session.principal(request), bootstrap.portas()
    found = _FATURA.fullmatch(request.path["protocolo"])
    if found is None:
        raise NaoEncontradoError
    protocolo, parcela = found[1], int(found[2] or 0)
    with comum.reading_of(caller, [protocolo], portas, Query(request.query)):
        peg = portas.contas.peg(caller.prestador_id, protocolo)
        if peg is None or parcela > len(peg.recuperacoes):
            raise NaoEncontradoError
    return Response(200, schemas.previsao(forecasts([peg], portas)[parcela]))


def list_feeds(request: Request) -> Response:
    """GET /cronograma/agenda."""
    caller = session.principal(request)
    caller.require(LER)
    held = bootstrap.agendas().of(caller.prestador_id)
    shown = [{"registro_ans": one.registro_ans, "criada_em": iso(one.criada_em)} for one in held]
    return Response(200, {"agendas": shown})


def open_feed(request: Request) -> Response:
    """POST /cronograma/agenda."""
    caller, portas = session.principal(request), bootstrap.portas()
    registro = request.model(AgendaRequest).registro_ans
    if registro is not None:
        comum.related(caller.prestador_id, registro, portas)
    caller.require(ESCREVER)
    token = bootstrap.agendas().open(caller.prestador_id, registro, quem=caller.subject, now=portas.now)
    return Response(201, {"registro_ans": registro, "caminho": f"agenda/{token}"})


def close_feed(request: Request) -> Response:
    """DELETE /cronograma/agenda."""
    caller, portas = session.principal(request), bootstrap.portas()
    registro = _optional(caller, request, portas)
    caller.require(ESCREVER)
    bootstrap.agendas().revoke(caller.prestador_id, registro, now=portas.now)
    return Response(204)


def read_feed(request: Request) -> Response:
    """GET /agenda/{token}: whoever holds the address reads it, until it is revoked."""
    token = request.path["token"]
    owner = bootstrap.agendas().owner(token) if _TOKEN.fullmatch(token) else None
    if owner is None:
        raise NaoEncontradoError
    prestador_id, registro = owner
    return _calendar(prestador_id, registro, bootstrap.portas())


_DO_PEG: Final = Parameter(
    "protocolo", "path", "Número do protocolo do PEG; seguido de -1, -2…, o que recursos devolveram dele, como nas "
    "faturas.", required=True, example="261120000007",
)  # fmt: skip
_DA_OPERADORA: Final = Parameter(
    "registro_ans", "query", "Registro ANS; sem ele, todas as operadoras com que se tem relacionamento.",
    schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695",
)  # fmt: skip
_CALENDARIO: Final = Reply(200, "O calendário.", media_type="text/calendar")
_NADA_MUDOU: Final = Reply(304, "Nada mudou desde a ETag enviada.")
_QUANDO: Final = (
    "com os próprios PEGs ainda não pagos dos últimos meses: até quando enviar a nota fiscal e o dia do pagamento. Sem "
    "alarmes e sem valores"
)

OPERATIONS: Final = (
    comum.reading(
        "/cronograma", "obterCronograma", TAG, "Consultar o cronograma de entrega de faturas",
        "A versão em vigor: por competência, corte de PEGs, publicação de valores, entrega da nota fiscal e "
        "pagamento. A ETag é a versão.",
        get_cronograma, REGISTRO_ANS, IF_NONE_MATCH,
        replies=(Reply(200, "O cronograma.", CronogramaView, example=exemplos.CRONOGRAMA), _NADA_MUDOU),
    ),
    comum.reading(
        "/cronograma.csv", "baixarCronogramaCsv", TAG, "Baixar o cronograma em planilha",
        "CSV em UTF-8, separado por ponto e vírgula.", get_csv, REGISTRO_ANS, IF_NONE_MATCH,
        replies=(Reply(200, "A planilha.", media_type="text/csv"), _NADA_MUDOU),
    ),
    comum.reading(
        "/cronograma.pdf", "baixarCronogramaPdf", TAG, "Baixar o cronograma em PDF", "Para imprimir.", get_pdf,
        REGISTRO_ANS, IF_NONE_MATCH, replies=(Reply(200, "O documento.", media_type="application/pdf"), _NADA_MUDOU),
    ),
    comum.reading(
        "/cronograma.ics", "baixarCronogramaCalendario", TAG, "Baixar o cronograma como calendário",
        f"iCalendar, {_QUANDO}.", get_ics, _DA_OPERADORA, replies=(_CALENDARIO,),
    ),
    comum.reading(
        "/cronograma/pegs", "listarPegsDoCronograma", TAG, "Ver quando cada PEG é pago",
        "Os próprios PEGs recebidos na competência, em páginas de 30: ciclo, até quando enviar a nota fiscal, e em que "
        "dia é paga a que for enviada agora; depois de cada PEG, o que recursos devolveram dele.",
        list_pegs, comum.mes("competencia", "Mês da recepção, AAAAMM; o padrão é o corrente."), CURSOR,
        replies=(Reply(200, "Uma página.", PegsDoCronogramaPage, example={
            "pegs": [exemplos.PREVISAO], "cursor": None,
        }),),
        refusals=(400, 404, 422),
    ),
    comum.reading(
        "/cronograma/pegs/{protocolo}", "obterPegDoCronograma", TAG, "Ver quando um PEG é pago",
        "Em qualquer estado do PEG. De antes da migração, o 404 diz o portal.",
        get_peg, _DO_PEG, replies=(Reply(200, "A previsão.", PrevisaoView, example=exemplos.PREVISAO),),
        refusals=(),
    ),
    comum.reading(
        "/cronograma/agenda", "listarAgendas", TAG, "Listar os endereços de calendário em vigor",
        "Sem os endereços, que só são ditos quando se criam.", list_feeds,
        replies=(Reply(200, "Os que estão em vigor.", AgendasView, example={
            "agendas": [{"registro_ans": None, "criada_em": "2026-11-22T12:00:00.000000Z"}],
        }),),
        refusals=(),
    ),
    Operation(
        "POST", "/cronograma/agenda", "criarAgenda", FUNCAO, TAG, "Criar um endereço de calendário",
        "Um endereço só de leitura, para assinar em programas de calendário, que não enviam token. Quem o tem lê o "
        "calendário. Criar de novo revoga o anterior.",
        open_feed, (Reply(201, "O endereço; guarde-o, não é dito outra vez.", AgendaCriadaView, example={
            "registro_ans": None, "caminho": "agenda/3q2-7wABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        }),),
        escopos=(f"conecta/{ESCREVER}",), parameters=(PRESTADOR,), body=AgendaRequest, example={}, refusals=(422,),
    ),
    Operation(
        "DELETE", "/cronograma/agenda", "revogarAgenda", FUNCAO, TAG, "Revogar um endereço de calendário",
        "O endereço deixa de responder; sem endereço em vigor, nada muda.",
        close_feed, (Reply(204, "Revogado."),), escopos=(f"conecta/{ESCREVER}",),
        parameters=(_DA_OPERADORA, PRESTADOR), refusals=(422,),
    ),
    Operation(
        "GET", "/agenda/{token}", "lerAgenda", FUNCAO, TAG, "Ler um calendário pelo seu endereço",
        f"Sem autenticação: o endereço é o segredo. iCalendar, {_QUANDO}.", read_feed, (_CALENDARIO,),
        parameters=(Parameter("token", "path", "Do endereço criado.", required=True),), refusals=(404, 503),
    ),
)  # fmt: skip
