"""REST entries of a prestador's received PEGs: what they are, why something is not paid, and taking them back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conecta_contas.pegs import Papel, SituacaoPeg
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PRESTADOR,
    XML,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import FieldError
from peg.bootstrap import nucleo as bootstrap
from peg.domain.errors import PegNotFoundError
from peg.handler import comum
from peg.handler.comum import ERRORS, FUNCAO, PAGE
from peg.schemas import exemplos, pegs
from peg.schemas.pegs import (
    CancelamentoDoPegRequest,
    GlosasView,
    GuiaDetalheView,
    GuiasView,
    InformacaoRequest,
    PegsPage,
    PegView,
    RetiradaRequest,
)
from peg.service import atos
from peg.service.recepcao import find_peg

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from conecta_contas.pegs import Peg
    from conecta_edge.tenancy import Principal
    from peg.handler.comum import Act
    from peg.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "PEG"
LER: Final = "peg.ler"
ESCREVER: Final = "peg.escrever"
FINALIDADE: Final = "conferencia-de-faturamento"
_REGISTRO: Final = re.compile(r"[0-9]{6}", re.ASCII)
_LOTE: Final = re.compile(r"[!-~]{1,12}", re.ASCII)


def list_pegs(request: Request) -> Response:
    """GET /pegs."""
    caller = session.principal(request)
    if {"registro_ans", "numero_lote"} & set(request.query):
        registro, numero = _lote(request)
        caller.require(LER)
        taken = bootstrap.pegs().lote(caller.prestador_id, registro, numero)
        held = bootstrap.pegs().get(caller.prestador_id, taken.protocolo) if taken else None
        seen = [held] if held is not None and held.situacao is not SituacaoPeg.PREPARANDO else []
        return Response(200, {"pegs": [pegs.resumo(peg) for peg in seen], "cursor": None})
    today = f"{local_day(session.clock().now()):%Y%m}"
    competencia = comum.competencia_of(request.query.get("competencia", today))
    position, token_of = session.cursor(request, f"{caller.prestador_id}|pegs|{competencia}")
    caller.require(LER)
    page = bootstrap.pegs().month(caller.prestador_id, competencia, position, PAGE)
    return Response(
        200, {"pegs": [pegs.resumo(peg) for peg in page.rows], "cursor": token_of(page.position)}
    )  # fmt: skip


def _lote(request: Request) -> tuple[str, str]:
    wrong = []
    registro, numero = request.query.get("registro_ans", ""), request.query.get("numero_lote", "")
    if not _REGISTRO.fullmatch(registro):
        wrong.append(FieldError("registro_ans", "registro-invalido", "Informe o registro ANS, de 6 dígitos."))
    if not _LOTE.fullmatch(numero):
        wrong.append(FieldError("numero_lote", "lote-invalido", "Informe o número do lote, de até 12 caracteres."))
    if "competencia" in request.query:
        text = "Procure por competencia, ou por registro_ans com numero_lote: não pelos dois."
        wrong.append(FieldError("competencia", "consulta-ambigua", text))
    if wrong:
        raise problems.invalid_body(tuple(wrong))
    return registro, numero


def get_peg(request: Request) -> Response:
    """GET /pegs/{protocolo}."""
    _, peg, _ = _read(request)
    return Response(200, pegs.vista(peg), headers={"ETag": f'"{peg.versao}"'})


def list_guias(request: Request) -> Response:
    """GET /pegs/{protocolo}/guias."""
    _, peg, portas = _read(request)
    return Response(200, {"protocolo": peg.protocolo, "guias": pegs.guias(peg, portas.archive.dossie(peg))})


def get_guia(request: Request) -> Response:
    """GET /pegs/{protocolo}/guias/{sequencia}."""
    caller, peg, portas = _own(request)
    dossie = portas.archive.dossie(peg)
    shown = pegs.guia(peg, dossie, comum.place_of(request, "sequencia"))
    if shown is None:
        raise PegNotFoundError
    caller.require(LER)
    comum.record(request, caller.actor, peg, dossie, finalidade=FINALIDADE, campos=pegs.CAMPOS_DA_GUIA)
    return Response(200, shown)


def list_glosas(request: Request) -> Response:
    """GET /pegs/{protocolo}/glosas."""
    caller, peg, portas = _own(request)
    desde, following = comum.glosas_from(request, caller.prestador_id, peg.protocolo)
    caller.require(LER)
    dossie = portas.archive.dossie(peg)
    comum.record(request, caller.actor, peg, dossie, finalidade=FINALIDADE, campos=pegs.CAMPOS_DAS_GLOSAS)
    cursor = following(desde + pegs.GLOSAS, len(dossie.resultado.glosas))
    return Response(200, {**pegs.glosas(peg, dossie, desde=desde), "cursor": cursor})


def get_receipt(request: Request) -> Response:
    """GET /pegs/{protocolo}/recebimento.xml."""
    caller, peg, portas = _read(request)
    found = portas.archive.read(peg.chave_recebimento)
    if found is None:
        raise PegNotFoundError
    # Every guia of it names its beneficiário.
    session.record_access(request, caller.actor, finalidade=FINALIDADE, objeto=f"peg/{peg.protocolo}")
    return Response(200, found, XML)


def cancel(request: Request) -> Response:
    """POST /pegs/{protocolo}/cancelamento."""
    caller, peg, portas = _own(request)
    body = request.model(CancelamentoDoPegRequest)

    def act(chamador: Any, guardar: Any) -> Peg:
        return atos.cancel(peg, chamador, portas, motivo=body.motivo, guardar=guardar)

    return _let_go(request, caller, act, portas)


def withdraw(request: Request) -> Response:
    """POST /pegs/{protocolo}/guias/{sequencia}/retirada."""
    caller, peg, portas = _own(request)
    sequencia = comum.place_of(request, "sequencia")
    if sequencia > peg.quantidade_guias:
        raise PegNotFoundError
    body = request.model(RetiradaRequest)

    def act(chamador: Any, guardar: Any) -> Peg:
        return atos.withdraw(peg, sequencia, chamador, portas, motivo=body.motivo, guardar=guardar)

    return _let_go(request, caller, act, portas)


def inform(request: Request) -> Response:
    """POST /pegs/{protocolo}/informacao."""
    caller, peg, portas = _own(request)
    body = request.model(InformacaoRequest)

    def act(chamador: Any, guardar: Any) -> Peg:
        return atos.answer_question(peg, chamador, portas, texto=body.texto, guardar=guardar)

    return _done(request, caller, act)


def _own(request: Request) -> tuple[Principal, Peg, Portas]:
    caller, portas = session.principal(request), bootstrap.portas()
    return caller, find_peg(caller.prestador_id, comum.protocolo_of(request), portas), portas


def _read(request: Request) -> tuple[Principal, Peg, Portas]:
    caller, peg, portas = _own(request)
    caller.require(LER)
    return caller, peg, portas


def _done(request: Request, caller: Principal, act: Act) -> Response:
    caller.require(ESCREVER)
    who = comum.chamador(request, caller.subject, Papel.PRESTADOR)
    return comum.done(request, caller.prestador_id, who, act, pegs.vista)


def _let_go(request: Request, caller: Principal, act: Act, portas: Portas) -> Response:
    """An act that frees what it lets go after its answer is kept: nobody is answered before that is free."""
    whole = False

    def acted(chamador: Any, guardar: Any) -> Peg:
        nonlocal whole
        done = act(chamador, guardar)
        whole = True
        return done

    answer = _done(request, caller, acted)
    if not whole:  # the answer is that of an attempt that may have ended half way, this one's maybe
        atos.finish(caller.prestador_id, comum.protocolo_of(request), portas, correlacao=request.correlacao)
    return answer


_UM: Final = "/pegs/{protocolo}"


def _reading(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, reply: Reply,
) -> Operation:  # fmt: skip
    return Operation(
        "GET", f"{_UM}{path}", name, FUNCAO, TAG, summary, description, run, (reply,), escopos=("conecta/peg.ler",),
        parameters=(comum.PROTOCOLO, *parameters, PRESTADOR), refusals=(400, 422) if CURSOR in parameters else (422,),
    )  # fmt: skip


def _acting(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response], *parameters: Parameter,
    body: type[BaseModel], example: dict[str, Any], shown: dict[str, Any],
) -> Operation:  # fmt: skip
    return Operation(
        "POST", f"{_UM}/{path}", name, FUNCAO, TAG, summary, description, run,
        (Reply(200, "O PEG como ficou.", PegView, example=shown),), escopos=("conecta/peg.escrever",),
        parameters=(comum.PROTOCOLO, *parameters, PRESTADOR, IDEMPOTENCY, IF_MATCH), body=body, example=example,
        refusals=(409, 412, 422),
    )  # fmt: skip


OPERATIONS: Final = (
    Operation(
        "GET", "/pegs", "listarPegs", FUNCAO, TAG,
        "Listar os PEGs de um mês, ou achar o de um lote",
        "Os PEGs recebidos na competência (mês da recepção), do mais recente ao mais antigo, em páginas de 30. Com "
        "`registro_ans` e `numero_lote`, o PEG que hoje tem esse número de lote, ou nenhum.",
        list_pegs,
        (Reply(200, "Uma página.", PegsPage, example={"pegs": [exemplos.RESUMO], "cursor": None}),),
        escopos=("conecta/peg.ler",),
        parameters=(
            Parameter("competencia", "query", "AAAAMM; o padrão é o mês corrente.", example="202611",
                      schema=comum.COMPETENCIA),
            Parameter("registro_ans", "query", "Registro ANS da operadora do lote.",
                      schema={"type": "string", "pattern": "^[0-9]{6}$"}),
            Parameter("numero_lote", "query", "Número do lote, como enviado.",
                      schema={"type": "string", "minLength": 1, "maxLength": 12}),
            CURSOR, PRESTADOR,
        ),
        refusals=(400, 422),
    ),
    _reading(
        "", "obterPeg", "Consultar um PEG",
        "Situação, de quem é a vez, valores e linha do tempo. A ETag é a versão, para If-Match.",
        get_peg, reply=Reply(200, "O PEG.", PegView, example=exemplos.PEG),
    ),
    _reading(
        "/guias", "listarGuiasDoPeg", "Listar as guias de um PEG",
        "Todas (até 100), na ordem do lote, com o que cada uma perde; as retiradas também.",
        list_guias,
        reply=Reply(200, "As guias.", GuiasView, example={"protocolo": "261120000007", "guias": [exemplos.GUIA]}),
    ),
    _reading(
        "/guias/{sequencia}", "obterGuiaDoPeg", "Consultar uma guia de um PEG",
        "Os itens como apresentados, o valor informado, glosado e liberado de cada um, e as glosas, explicadas.",
        get_guia, comum.SEQUENCIA, reply=Reply(200, "A guia.", GuiaDetalheView, example=exemplos.GUIA_DETALHE),
    ),
    _reading(
        "/glosas", "listarGlosasDoPeg", "Listar as glosas de um PEG",
        "De cada glosa: código e texto, regra e versão dos dados, campo, visto e esperado, cláusula do contrato, "
        "valor, e como e até quando contestá-la. Em páginas de até mil.",
        list_glosas, CURSOR, reply=Reply(200, "As glosas.", GlosasView, example=exemplos.GLOSAS),
    ),
    _reading(
        "/recebimento.xml", "obterRecebimentoDoPeg", "Baixar o recebimento em TISS",
        "A mensagem TISS `recebimentoLote` (PROTOCOLO_RECEBIMENTO), na versão do lote recebido.",
        get_receipt, reply=Reply(200, "Mensagem TISS (ISO-8859-1).", media_type=XML),
    ),
    _acting(
        "cancelamento", "cancelarPeg", "Cancelar um PEG",
        "O PEG inteiro, enquanto RECEBIDO: as senhas, os números das guias e o do lote ficam livres. Repetir não tem "
        "outro efeito.",
        cancel, body=CancelamentoDoPegRequest, example={"motivo": "Lote enviado com a tabela errada."},
        shown=exemplos.CANCELADO,
    ),
    _acting(
        "guias/{sequencia}/retirada", "retirarGuiaDoPeg", "Retirar uma guia de um PEG",
        "Uma guia errada, enquanto o PEG está RECEBIDO: o que ela usava das senhas e o seu número ficam livres. A "
        "última guia não se retira: cancele o PEG.",
        withdraw, comum.SEQUENCIA, body=RetiradaRequest, example={"motivo": "Paciente errado."},
        shown=exemplos.COM_RETIRADA,
    ),
    _acting(
        "informacao", "responderPedidoDeInformacao", "Responder ao que a auditoria pediu",
        "Enquanto AGUARDANDO_INFORMACAO; a análise segue.",
        inform, body=InformacaoRequest, example={"texto": "O laudo foi enviado em documentos."},
        shown=exemplos.EM_ANALISE,
    ),
)  # fmt: skip
