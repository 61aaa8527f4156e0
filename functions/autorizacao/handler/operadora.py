"""REST entries of the operadora's people: the Central's and auditoria's lists, searches, decisions and acts."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from autorizacao.bootstrap import nucleo
from autorizacao.handler import comum
from autorizacao.handler.comum import ERRORS, FUNCAO, PAGE
from autorizacao.schemas import exemplos, vistas
from autorizacao.schemas.atos import (
    AtendimentoRequest,
    CancelamentoDaCentralRequest,
    DecisaoDaAuditoriaRequest,
    DecisaoDeDataRequest,
    ExecutanteRequest,
    PendenciasRequest,
    ProrrogacaoDePrazoRequest,
    QuantidadesRequest,
    RetomadaRequest,
)
from autorizacao.schemas.busca import BuscaDaOperadoraRequest
from autorizacao.schemas.solicitacao import SolicitacaoDaCentralRequest, solicitacao_of, sound
from autorizacao.schemas.vistas import (
    AtendimentoView,
    AutorizacaoView,
    AutorizacoesPage,
    CanceladasView,
    SolicitacaoView,
)
from autorizacao.service import atos, operadora, pedidos
from conecta_edge import problems, session
from conecta_edge.http import CURSOR, IDEMPOTENCY, PERSON_SCOPE, Model, Operation, Parameter, Reply, Request, Response
from conecta_edge.problems import FieldError, ProblemError
from conecta_edge.tenancy import Grupo
from conecta_senhas.autorizacoes import DIARIAS, ZERO, Papel
from conecta_senhas.errors import PapelNaoPermitidoError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from autorizacao.handler.comum import Act
    from autorizacao.service.nucleo import Cena
    from autorizacao.service.pedidos import Emitida
    from autorizacao.service.portas import Chamador, Portas
    from conecta_edge.tenancy import OperadoraPrincipal

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Operadora: autorizações"
FINALIDADE: Final = "regulacao-de-autorizacao"
"""Why an operadora sees it (LGPD art. 6, I)."""
CENTRAL: Final = (Grupo.CENTRAL,)
AUDITORIA: Final = (Grupo.AUDITORIA,)
AMBOS: Final = (Grupo.CENTRAL, Grupo.AUDITORIA)
FORBIDDEN: Final = 403


def _caller(request: Request) -> OperadoraPrincipal:
    """The person of an operadora; whoever else asks is told how to reach the Central of the one asked about (R18)."""
    try:
        return session.operadora(request)
    except ProblemError as refusal:
        if refusal.status != FORBIDDEN:
            raise
        theirs = comum.not_theirs(PapelNaoPermitidoError((Papel.CENTRAL, Papel.AUDITORIA)))
        raise comum.with_contacts(theirs, request.path.get("registro_ans", "")) from refusal


def _papel(caller: OperadoraPrincipal, registro: str, grupos: tuple[Grupo, ...]) -> Papel:
    """As what the person acts there: who is of both groups acts for the Central where both may."""
    if Grupo.CENTRAL in grupos and Grupo.CENTRAL in caller.grupos.get(registro, ()):
        return Papel.CENTRAL
    return Papel.AUDITORIA if Grupo.AUDITORIA in grupos else Papel.CENTRAL


def _who(caller: OperadoraPrincipal, request: Request, registro: str, grupos: tuple[Grupo, ...]) -> Chamador:
    return comum.da_operadora(caller, request, _papel(caller, registro, grupos))


def list_waiting(request: Request) -> Response:
    """GET /operadora/autorizacoes."""
    caller = _caller(request)
    registro, fila = _listed(request, caller)
    caller.at(registro, *AMBOS)
    position, token_of = session.cursor(request, f"{registro}|autorizacoes|{fila}")
    portas = nucleo.portas()
    who = _who(caller, request, registro, AMBOS)
    page = operadora.worklist(registro, fila, position, PAGE, chamador=who, portas=portas)
    comum.record(request, caller.actor_at(registro), FINALIDADE, page.itens, lista=True)
    return Response(200, {"autorizacoes": comum.listed(page.itens, portas), "cursor": token_of(page.posicao)})


def _listed(request: Request, caller: OperadoraPrincipal) -> tuple[str, str]:
    registro = request.query.get("registro_ans") or (next(iter(caller.grupos)) if len(caller.grupos) == 1 else "")
    if registro and registro not in caller.grupos:
        raise problems.not_found()
    fila = request.query.get("fila", operadora.FILAS[0])
    wrong = []
    if not registro:
        text = "A sua conta serve mais de uma operadora: informe o registro ANS na consulta."
        wrong.append(FieldError("registro_ans", "operadora-nao-escolhida", text))
    if fila not in operadora.FILAS:
        wrong.append(FieldError("fila", "fila-invalida", f"Use um de: {', '.join(operadora.FILAS)}."))
    if wrong:
        raise problems.invalid_body(tuple(wrong))
    return registro, fila


def search(request: Request) -> Response:
    """POST /operadora/autorizacoes/busca."""
    caller = _caller(request)
    body = request.model(BuscaDaOperadoraRequest)
    registro, names = body.registro_ans, session.pseudonyms()
    caller.at(registro, *AMBOS)
    position, token_of = session.cursor(request, f"{registro}|busca|{hashlib.sha256(request.body).hexdigest()}")
    portas = nucleo.portas()
    page = operadora.search(
        registro, position, PAGE, chamador=_who(caller, request, registro, AMBOS), portas=portas,
        numero=body.numero, carteira=body.numero_carteira, cpf=body.cpf, nome=body.nome,
    )  # fmt: skip
    asked = [names.carteira(registro, body.numero_carteira)] if body.numero_carteira else []
    asked += [names.cpf(registro, body.cpf)] if body.cpf else []
    comum.record(request, caller.actor_at(registro), FINALIDADE, page.itens, *asked, lista=True)
    return Response(200, {"autorizacoes": comum.listed(page.itens, portas), "cursor": token_of(page.posicao)})


def request_one(request: Request) -> Response:
    """POST /operadora/autorizacoes."""
    caller = _caller(request)
    body = sound(request.model(SolicitacaoDaCentralRequest))
    registro = caller.at(body.registro_ans, *CENTRAL)
    who = comum.da_operadora(caller, request, Papel.CENTRAL, body.prestador)
    record = comum.asking(request, caller.actor_at(registro), FINALIDADE, registro, body.numero_carteira)

    def ask(portas: Portas, render: Any) -> Emitida:
        solicitacao = solicitacao_of(body, body.prestador, portas.hoje)
        return pedidos.request(solicitacao, chamador=who, portas=portas, render=render)

    return comum.issue(request, comum.tenant_of(registro), who, ask, record, where="autorizacoes/")


def _found(request: Request) -> tuple[OperadoraPrincipal, Cena]:
    """The authorization that the path names, seen by one of both groups and audited."""
    caller, registro = _caller(request), request.path["registro_ans"]
    cena = comum.found(request, _who(caller, request, registro, AMBOS))
    caller.at(registro, *AMBOS)
    comum.record(request, caller.actor_at(registro), FINALIDADE, [cena.alvo])
    return caller, cena


def get_one(request: Request) -> Response:
    """GET /operadora/autorizacoes/{registro_ans}/{numero}."""
    with comum.about(request.path["registro_ans"]):
        _, cena = _found(request)
    return Response(200, vistas.vista(cena.alvo, comum.today(), cena.pai, da_operadora=True))


def get_pdf(request: Request) -> Response:
    """GET /operadora/autorizacoes/{registro_ans}/{numero}/pdf."""
    with comum.about(request.path["registro_ans"]):
        _, cena = _found(request)
        return comum.document(cena)


def decide(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/decisao."""

    def check(body: DecisaoDaAuditoriaRequest, cena: Cena) -> None:
        comum.check_items(
            cena, [(one.sequencia, one.quantidade) for one in body.itens], quantidade="itens[{}].quantidade"
        )

    def act(body: DecisaoDaAuditoriaRequest) -> Act:
        return partial(operadora.decide, votos=body.votos(), motivo=body.motivo)

    return _done(request, DecisaoDaAuditoriaRequest, AUDITORIA, act, check)


def ask_for(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/pendencias."""

    def act(body: PendenciasRequest) -> Act:
        pendencias = tuple(one.pendencia() for one in body.pendencias)
        return partial(operadora.ask, pendencias=pendencias, ate=body.ate, motivo=body.motivo)

    return _done(request, PendenciasRequest, AUDITORIA, act)


def extend(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/prorrogacao-de-prazo."""
    return _done(
        request, ProrrogacaoDePrazoRequest, AMBOS,
        lambda body: partial(operadora.extend, ate=body.ate, motivo=body.motivo),
    )  # fmt: skip


def resume(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/retomada."""
    return _done(request, RetomadaRequest, AUDITORIA, lambda body: partial(operadora.resume, motivo=body.motivo))


def cancel(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/cancelamento."""
    return _done(
        request, CancelamentoDaCentralRequest, CENTRAL,
        lambda body: partial(atos.cancel, motivo=body.motivo, complementos=body.complementos), todas=True,
    )  # fmt: skip


def change_quantities(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/quantidades."""

    def check(body: QuantidadesRequest, cena: Cena) -> None:
        comum.check_items(
            cena, [(one.sequencia, one.quantidade) for one in body.itens], quantidade="itens[{}].quantidade"
        )

    def act(body: QuantidadesRequest) -> Act:
        quantidades: dict[int, Decimal] = {one.sequencia: one.quantidade for one in body.itens}
        if body.diarias is not None:
            quantidades[DIARIAS] = Decimal(body.diarias)
        return partial(operadora.change_quantities, quantidades=quantidades, motivo=body.motivo)

    return _done(request, QuantidadesRequest, CENTRAL, act, check)


def change_executante(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/executante."""
    return _done(
        request, ExecutanteRequest, CENTRAL,
        lambda body: partial(operadora.change_executante, executante=body.executante, motivo=body.motivo),
    )  # fmt: skip


def decide_date(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/datas/decisao."""

    def check(body: DecisaoDeDataRequest, cena: Cena) -> None:
        comum.check_items(cena, [(body.sequencia, ZERO)], "sequencia")

    def act(body: DecisaoDeDataRequest) -> Act:
        return partial(
            operadora.decide_date, sequencia=body.sequencia, approved=body.aprovada, motivo=body.motivo
        )  # fmt: skip

    return _done(request, DecisaoDeDataRequest, AMBOS, act, check)


def register_call(request: Request) -> Response:
    """POST /operadora/autorizacoes/{registro_ans}/{numero}/atendimentos."""
    registro = request.path["registro_ans"]
    with comum.about(registro):
        caller, who, cena, body = _admitted(request, AtendimentoRequest, CENTRAL)

        def effect(portas: Portas) -> dict[str, Any]:
            def render(made: Any) -> dict[str, Any]:
                guardada, protocolo = made
                shown = vistas.vista(guardada, portas.hoje, cena.pai, da_operadora=True)
                return {"protocolo_atendimento": protocolo, "autorizacao": shown}

            return render(
                operadora.register_call(
                    *comum.named(request), assunto=body.assunto, chamador=who, portas=portas, render=render
                )
            )

        return Response(201, comum.once(request, comum.tenant_of(registro), caller.subject, effect))


def _admitted(
    request: Request,
    model: type[Model],
    grupos: tuple[Grupo, ...],
    check: Callable[[Model, Cena], None] = lambda _body, _cena: None,
) -> tuple[OperadoraPrincipal, Chamador, Cena, Model]:
    """Everything an act needs, refused in the order of `decisoes.md` 9, and audited."""
    caller, registro = _caller(request), request.path["registro_ans"]
    who = _who(caller, request, registro, grupos)
    cena = comum.found(request, who)
    body = request.model(model)
    check(body, cena)
    caller.at(registro, *grupos)
    comum.record(request, caller.actor_at(registro), FINALIDADE, [cena.alvo])
    return caller, who, cena, body


def _done(
    request: Request,
    model: type[Model],
    grupos: tuple[Grupo, ...],
    act: Callable[[Model], Act],
    check: Callable[[Model, Cena], None] = lambda _body, _cena: None,
    *,
    todas: bool = False,
) -> Response:
    registro = request.path["registro_ans"]
    with comum.about(registro, dia="ate", da_operadora=True):
        _, who, cena, body = _admitted(request, model, grupos, check)
        return comum.done(request, comum.tenant_of(registro), cena, who, act(body), todas=todas)


_ITEM: Final[dict[str, Any]] = {"sequencia": 1, "quantidade": 1}
_REGISTRO: Final = "/operadora/autorizacoes/{registro_ans}/{numero}"
_PESSOAS: Final = (PERSON_SCOPE,)


def _operation(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response], *,
    body: type[BaseModel], example: dict[str, Any], reply: Reply | None = None,
) -> Operation:  # fmt: skip
    return Operation(
        "POST", f"{_REGISTRO}/{path}", name, FUNCAO, TAG, summary, description, run,
        (reply or Reply(200, "A autorização como ficou.", AutorizacaoView, example=exemplos.DECIDIDA),),
        escopos=_PESSOAS, parameters=(*comum.NAMED, IDEMPOTENCY), body=body, example=example,
        refusals=(409, 422),
    )  # fmt: skip


OPERATIONS: Final = (
    Operation(
        "GET", "/operadora/autorizacoes", "listarAutorizacoesDaOperadora", FUNCAO, TAG,
        "Listar o que espera a operadora",
        "ANALISE: pedidos a decidir; PENDENTES: os que esperam o prestador; DATAS: mudanças de data de oncologia. "
        f"Urgências primeiro, depois pelo prazo da resposta. Páginas de até {PAGE}. Para central e auditoria.",
        list_waiting,
        (Reply(200, "Uma página.", AutorizacoesPage, example={"autorizacoes": [exemplos.RESUMO], "cursor": None}),),
        escopos=_PESSOAS,
        parameters=(
            Parameter("registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
                      schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695"),
            Parameter("fila", "query", "O padrão é ANALISE.", example="ANALISE",
                      schema={"type": "string", "enum": list(operadora.FILAS)}),
            CURSOR,
        ),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/operadora/autorizacoes", "solicitarAutorizacaoPelaCentral", FUNCAO, TAG,
        "Pedir por um prestador",
        "Senha complementar (guia_principal) ou pedido de um prestador com o portal fora do ar, decidido na hora pelas "
        "mesmas regras e marcado com a origem CENTRAL. Para a central.",
        request_one,
        (
            Reply(201, "O pedido e a sua situação.", SolicitacaoView, example={
                "autorizacao": {**exemplos.DECIDIDA, "origem": "CENTRAL"}, "achados": [], "substituida": None,
            }),
            Reply(200, "O mesmo já havia sido pedido: como está.", SolicitacaoView, example={
                "autorizacao": {**exemplos.DECIDIDA, "origem": "CENTRAL"}, "achados": [], "substituida": None,
            }),
        ),
        escopos=_PESSOAS,
        parameters=(IDEMPOTENCY,),
        body=SolicitacaoDaCentralRequest,
        example={**exemplos.PEDIDO, "prestador": "12345678000195"},
        refusals=(404, 409, 422),
    ),
    Operation(
        "POST", "/operadora/autorizacoes/busca", "buscarAutorizacoesDaOperadora", FUNCAO, TAG,
        "Buscar autorizações de qualquer prestador",
        "Por número, carteira, CPF ou nome do beneficiário (o primeiro e o último nome, sem acentos); do mais novo ao "
        "mais antigo. Para central e auditoria.",
        search,
        (Reply(200, "Uma página.", AutorizacoesPage, example={"autorizacoes": [exemplos.RESUMO], "cursor": None}),),
        escopos=_PESSOAS,
        parameters=(CURSOR,),
        body=BuscaDaOperadoraRequest,
        example={"registro_ans": "345695", "cpf": "529.982.247-25"},
        refusals=(400, 404, 422),
    ),
    Operation(
        "GET", _REGISTRO, "obterAutorizacaoDaOperadora", FUNCAO, TAG,
        "Consultar uma autorização",
        "Como a vê o prestador, e quem agiu em cada passo (identificador opaco). Para central e auditoria.",
        get_one,
        (Reply(200, "A autorização.", AutorizacaoView, example=exemplos.DECIDIDA),),
        escopos=_PESSOAS,
        parameters=comum.NAMED,
    ),
    Operation(
        "GET", f"{_REGISTRO}/pdf", "obterAutorizacaoDaOperadoraEmPdf", FUNCAO, TAG,
        "Baixar a autorização em PDF", "O mesmo documento que o prestador baixa. Para central e auditoria.",
        get_pdf,
        (Reply(200, "Documento PDF.", media_type="application/pdf"),),
        escopos=_PESSOAS,
        parameters=comum.NAMED,
    ),
    _operation(
        "decisao", "decidirAutorizacao", "Decidir um pedido em análise",
        "Cada item em análise, exatamente uma vez; as diárias são autorizadas como pedidas, a menos que se decida "
        "outra coisa. O que se nega ou reduz leva código da Tabela 38, motivo e base legal ou contratual (RN 623). "
        "Para a auditoria.",
        decide, body=DecisaoDaAuditoriaRequest,
        example={"itens": [
            _ITEM,
            {"sequencia": 2, "quantidade": 0, "codigo": "1702", "motivo": "O mesmo item já está no pacote pedido.",
             "base": "Contrato entre o prestador e a operadora (RN 503/2022)."},
        ]},
    ),
    _operation(
        "pendencias", "pedirPendencias", "Pedir documento ou justificativa",
        "O prazo da resposta da operadora continua a correr. Para a auditoria.",
        ask_for, body=PendenciasRequest,
        example={
            "pendencias": [{"tipo": "DOCUMENTO", "descricao": "Laudo da ressonância", "documento": "02"}],
            "ate": "2026-11-30",
        },
    ),
    _operation(
        "prorrogacao-de-prazo", "prorrogarPrazo", "Dar mais prazo ao prestador", "Para central e auditoria.",
        extend, body=ProrrogacaoDePrazoRequest, example={"ate": "2026-12-07", "motivo": "A pedido do prestador."},
    ),
    _operation(
        "retomada", "retomarAnalise", "Voltar à análise sem o que foi pedido", "Para a auditoria, que diz por quê.",
        resume, body=RetomadaRequest, example={"motivo": "O laudo foi visto no prontuário."},
    ),
    _operation(
        "cancelamento", "cancelarAutorizacaoPelaCentral", "Cancelar uma senha ou retirar um pedido",
        "Como o prestador o faria, dizendo por quê. Para a central.",
        cancel, body=CancelamentoDaCentralRequest, example={"motivo": "A pedido do beneficiário."},
        reply=Reply(200, "O que foi cancelado, a própria primeiro.", CanceladasView, example={
            "autorizacoes": [{**exemplos.DECIDIDA, "situacao": "CANCELADA", "status_tiss": "6"}],
        }),
    ),
    _operation(
        "quantidades", "alterarQuantidades", "Cancelar itens ou mudar quantidades autorizadas",
        "Nunca abaixo do que já foi faturado nem acima do que foi pedido; zero cancela o item, e a senha inteira "
        "quando nada resta. Para a central; a um prestador, 403 com os contatos da Central.",
        change_quantities, body=QuantidadesRequest,
        example={"itens": [{"sequencia": 1, "quantidade": 0}], "motivo": "O exame já foi feito."},
    ),
    _operation(
        "executante", "alterarExecutante", "Mudar quem executa",
        "Para um prestador habilitado e com tudo o que foi autorizado em contrato, enquanto nada foi faturado. Para a "
        "central.",
        change_executante, body=ExecutanteRequest,
        example={"executante": "45723174000110", "motivo": "O beneficiário escolheu outro laboratório."},
    ),
    _operation(
        "atendimentos", "registrarAtendimento", "Registrar um atendimento",
        "Uma ligação sobre a autorização, com protocolo próprio, na linha do tempo. Para a central.",
        register_call, body=AtendimentoRequest, example={"assunto": "Prestador pediu orientação sobre o anexo."},
        reply=Reply(201, "Registrado.", AtendimentoView, example={
            "protocolo_atendimento": "261140000077", "autorizacao": exemplos.DECIDIDA,
        }),
    ),
    _operation(
        "datas/decisao", "decidirMudancaDeData", "Decidir uma mudança de data",
        "Aprovar o dia pedido para um item de oncologia, ou mantê-lo e dizer por quê. Para central e auditoria.",
        decide_date, body=DecisaoDeDataRequest, example={"sequencia": 2, "aprovada": True},
    ),
)  # fmt: skip
