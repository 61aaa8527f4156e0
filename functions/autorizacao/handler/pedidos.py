"""REST entries of requests: simulate, ask, ask anew in place of a senha; and the month's list."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autorizacao.bootstrap import nucleo
from autorizacao.handler import comum
from autorizacao.handler.comum import ERRORS, ESCREVER, FUNCAO, LER, PAGE
from autorizacao.schemas import exemplos, vistas
from autorizacao.schemas.solicitacao import SimulacaoRequest, SolicitacaoRequest, solicitacao_of, sound
from autorizacao.schemas.vistas import AutorizacoesPage, SimulacaoView, SolicitacaoView
from autorizacao.service import consultas, pedidos
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import CURSOR, IDEMPOTENCY, PRESTADOR, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable

    from autorizacao.service.pedidos import Emitida
    from autorizacao.service.portas import Chamador, Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Autorizações"
PEDIDO: Final = "pedido-de-autorizacao"
"""Why a life is read (LGPD art. 6, I)."""
_COMPETENCIA: Final = re.compile(r"20[0-9]{2}(0[1-9]|1[0-2])", re.ASCII)


def simulate(request: Request) -> Response:
    """POST /autorizacoes/simulacao."""
    caller = session.principal(request)
    body = sound(request.model(SimulacaoRequest))
    caller.require(ESCREVER, LER)
    records: list[Callable[[], None]] = [
        partial(comum.count, caller),
        comum.asking(request, caller.actor, PEDIDO, body.registro_ans, body.numero_carteira),
    ]
    portas = nucleo.portas(records=records)
    solicitacao = solicitacao_of(body, caller.prestador_id, portas.hoje)
    found = pedidos.simulate(solicitacao, chamador=comum.prestador(caller, request), portas=portas)
    contatos = session.catalogo().contatos(body.registro_ans)
    return Response(200, vistas.simulada(found.julgamento, solicitacao, contatos))


def request_one(request: Request) -> Response:
    """POST /autorizacoes."""
    caller = session.principal(request)
    body = sound(request.model(SolicitacaoRequest))
    caller.require(ESCREVER)
    record = comum.asking(request, caller.actor, PEDIDO, body.registro_ans, body.numero_carteira)
    who = comum.prestador(caller, request)

    def ask(portas: Portas, render: Any) -> Emitida:
        solicitacao = solicitacao_of(body, caller.prestador_id, portas.hoje)
        return pedidos.request(solicitacao, chamador=who, portas=portas, render=render)

    return comum.issue(request, caller.prestador_id, who, ask, record, where="autorizacoes/")


def substitute(request: Request) -> Response:
    """POST /autorizacoes/{registro_ans}/{numero}/substituicao."""
    caller = session.principal(request)
    with comum.about(request.path["registro_ans"]):
        who = comum.prestador(caller, request)
        cena = comum.found(request, who)
        body = sound(request.model(SolicitacaoRequest))
        if body.registro_ans != request.path["registro_ans"]:
            raise problems.invalid_body(
                (FieldError("registro_ans", "outra-operadora", "A substituta é pedida à mesma operadora."),)
            )
        caller.require(ESCREVER)
        record = comum.asking(
            request, caller.actor, PEDIDO, body.registro_ans, body.numero_carteira, cena.alvo.vida
        )  # fmt: skip

        def ask(portas: Portas, render: Any) -> Emitida:
            solicitacao = solicitacao_of(body, caller.prestador_id, portas.hoje)
            return pedidos.substitute(
                *comum.named(request), solicitacao, chamador=who, portas=portas, render=render
            )  # fmt: skip

        return comum.issue(request, caller.prestador_id, who, ask, record, where="../../")


def list_month(request: Request) -> Response:
    """GET /autorizacoes."""
    caller = session.principal(request)
    competencia = request.query.get("competencia", f"{local_day(session.clock().now()):%Y%m}")
    if not _COMPETENCIA.fullmatch(competencia):
        raise problems.invalid_body(
            (FieldError("competencia", "competencia-invalida", "Use ano e mês, AAAAMM: por exemplo 202611."),)
        )
    position, token_of = session.cursor(request, f"{caller.prestador_id}|autorizacoes|{competencia}")
    caller.require(LER)
    who: Chamador = comum.prestador(caller, request)
    portas = nucleo.portas()
    page = consultas.of_month(competencia, position, PAGE, chamador=who, portas=portas)
    comum.record(request, caller.actor, "acompanhamento-de-autorizacao", page.itens, lista=True)
    rows = comum.listed(page.itens, portas)
    return Response(200, {"autorizacoes": rows, "cursor": token_of(page.posicao)})


_SIMULADA: Final[dict[str, Any]] = {
    "situacao": "AUTORIZADA", "validade": "2027-02-19", "itens": [exemplos.ITEM], "diarias": None, "pendencias": [],
    "responder_ate": None, "pendente_ate": None, "motivos": [], "achados": [],
}  # fmt: skip
_NOVA: Final[dict[str, Any]] = {
    "autorizacao": {
        **exemplos.AUTORIZACAO, "numero": "26110771230945", "senha": "26110771230945", "substitui": exemplos.NUMERO,
        "numero_guia_prestador": "GP-1003",
    },
    "achados": [],
    "substituida": {**exemplos.RESUMO, "situacao": "CANCELADA", "status_tiss": "6", "vez_de": None, "ate": None},
}  # fmt: skip
_ESCREVER: Final = ("conecta/autorizacao.escrever",)
_LER: Final = ("conecta/autorizacao.ler",)

OPERATIONS: Final = (
    Operation(
        "POST", "/autorizacoes", "solicitarAutorizacao", FUNCAO, TAG,
        "Pedir uma autorização",
        "Todos os itens e anexos (OPME com até três fabricantes por material, quimioterapia, radioterapia) em uma só "
        "chamada. A resposta traz o protocolo de atendimento, o que se decidiu de cada item e tudo o que as regras "
        "encontraram, com o que fazer; urgência é decidida na hora. O que a operadora precisa analisar volta "
        "EM_ANALISE, com o prazo da resposta; o que falta enviar volta como pendências. Repetir o mesmo pedido, com o "
        "mesmo número de guia, devolve o que já existe (200).",
        request_one,
        (
            Reply(201, "O pedido e a sua situação.", SolicitacaoView, example={
                "autorizacao": exemplos.PENDENTE, "achados": [exemplos.ACHADO], "substituida": None,
            }),
            Reply(200, "O mesmo já havia sido pedido: como está.", SolicitacaoView, example={
                "autorizacao": exemplos.AUTORIZACAO, "achados": [], "substituida": None,
            }),
        ),
        escopos=_ESCREVER,
        parameters=(PRESTADOR, IDEMPOTENCY),
        body=SolicitacaoRequest,
        example=exemplos.INTERNACAO,
        refusals=(409, 422),
    ),
    Operation(
        "GET", "/autorizacoes", "listarAutorizacoes", FUNCAO, TAG,
        "Listar as autorizações de um mês",
        "O que o prestador pediu, solicita ou executa, do mês em que foi pedido, do mais novo ao mais antigo. Páginas "
        f"de até {PAGE}. A lista não identifica o beneficiário.",
        list_month,
        (Reply(200, "Uma página.", AutorizacoesPage, example={"autorizacoes": [exemplos.RESUMO], "cursor": None}),),
        escopos=_LER,
        parameters=(
            Parameter("competencia", "query", "Ano e mês do pedido, AAAAMM; o padrão é o mês de hoje.",
                      schema={"type": "string", "pattern": "^20[0-9]{2}(0[1-9]|1[0-2])$"}, example="202611"),
            CURSOR, PRESTADOR,
        ),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/autorizacoes/simulacao", "simularAutorizacao", FUNCAO, TAG,
        "Simular um pedido",
        "O que se responderia hoje, com as mesmas regras; nada é criado, nem protocolo. Número de guia e profissional "
        "são dispensáveis.",
        simulate,
        (Reply(200, "O que se responderia.", SimulacaoView, example=_SIMULADA),),
        escopos=(*_ESCREVER, *_LER),
        parameters=(PRESTADOR,),
        body=SimulacaoRequest,
        example={name: exemplos.PEDIDO[name] for name in ("tipo", "registro_ans", "numero_carteira", "itens")},
        refusals=(409, 422),
    ),
    Operation(
        "POST", "/autorizacoes/{registro_ans}/{numero}/substituicao", "substituirAutorizacao", FUNCAO, TAG,
        "Substituir uma senha por um novo pedido",
        "Uma senha não se altera: para incluir códigos, pede-se de novo, com número de guia próprio, e a anterior é "
        "cancelada na mesma gravação em que a nova é autorizada. Se a nova for negada, a anterior fica como estava; se "
        "for a análise, a anterior vale até a decisão. O que já foi faturado não se substitui.",
        substitute,
        (
            Reply(201, "O novo pedido e a senha anterior.", SolicitacaoView, example=_NOVA),
            Reply(200, "A mesma substituição já havia sido pedida.", SolicitacaoView, example=_NOVA),
        ),
        escopos=_ESCREVER,
        parameters=(*comum.NAMED, PRESTADOR, IDEMPOTENCY),
        body=SolicitacaoRequest,
        example={**exemplos.PEDIDO, "numero_guia_prestador": "GP-1003"},
        refusals=(409, 422),
    ),
)  # fmt: skip
