"""REST entries of the operadora's people: PEGs that wait, their analysis by auditoria, values let out by financeiro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from conecta_contas.errors import GlosaInvalidaError
from conecta_contas.pegs import Papel, SituacaoPeg
from conecta_edge import problems, session
from conecta_edge.clock import local_day
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PERSON_SCOPE,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import FieldError
from conecta_edge.tenancy import Grupo
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from peg.bootstrap import nucleo as bootstrap
from peg.domain.errors import PegNotFoundError
from peg.handler import comum
from peg.handler.comum import ERRORS, FUNCAO, PAGE
from peg.schemas import exemplos, pegs
from peg.schemas.analise import (
    GlosaDadaView,
    GlosaRequest,
    PedidoDeInformacaoRequest,
    ReaberturaRequest,
    ReversaoRequest,
)
from peg.schemas.pegs import GlosasView, GuiaDetalheView, GuiasView, PegsPage, PegView
from peg.service import atos

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from conecta_atos.portas import Guardar
    from conecta_contas.dossies import Dossie
    from conecta_contas.pegs import Peg
    from conecta_edge.tenancy import OperadoraPrincipal
    from peg.service.portas import Chamador, Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Operadora: PEG"
FINALIDADE: Final = "analise-de-contas"
"""Why an operadora sees it (LGPD art. 6, I)."""
AUDITORIA: Final = (Grupo.AUDITORIA,)
AMBOS: Final = (Grupo.AUDITORIA, Grupo.FINANCEIRO)
FILAS: Final = (
    SituacaoPeg.EM_ANALISE, SituacaoPeg.RECEBIDO, SituacaoPeg.AGUARDANDO_INFORMACAO, SituacaoPeg.ANALISADO,
)  # fmt: skip
"""States in which a PEG waits for somebody; the first is what auditoria looks at."""


def list_pegs(request: Request) -> Response:
    """GET /operadora/pegs."""
    caller = session.operadora(request)
    registro = caller.asked(request.query.get("registro_ans"))
    competencia, situacao = _asked(request)
    caller.at(registro, *AMBOS)
    position, token_of = session.cursor(request, f"{registro}|pegs|{competencia or situacao}")
    held = bootstrap.pegs()
    page = (
        held.month_of_operadora(registro, competencia, position, PAGE)
        if competencia
        else held.worklist(registro, situacao, position, PAGE)
    )
    shown = [pegs.resumo(peg, da_operadora=True) for peg in page.rows]
    return Response(200, {"pegs": shown, "cursor": token_of(page.position)})


def _asked(request: Request) -> tuple[str, SituacaoPeg]:
    """The month, empty when a state is asked for."""
    situacao = request.query.get("situacao", FILAS[0].value)
    wrong = []
    if situacao not in FILAS:
        wrong.append(FieldError("situacao", "situacao-invalida", f"Use uma de: {', '.join(FILAS)}."))
    if "competencia" not in request.query:
        if wrong:
            raise problems.invalid_body(tuple(wrong))
        return "", SituacaoPeg(situacao)
    if "situacao" in request.query:
        wrong.append(
            FieldError("situacao", "consulta-ambigua", "Liste por situacao ou por competencia: não por ambas.")
        )
        raise problems.invalid_body(tuple(wrong))
    return comum.competencia_of(request.query["competencia"]), FILAS[0]


def get_peg(request: Request) -> Response:
    """GET /operadora/pegs/{protocolo}."""
    _, peg, _ = _read(request)
    return Response(200, pegs.vista(peg, da_operadora=True), headers={"ETag": f'"{peg.versao}"'})


def list_guias(request: Request) -> Response:
    """GET /operadora/pegs/{protocolo}/guias."""
    _, peg, portas = _read(request)
    return Response(200, {"protocolo": peg.protocolo, "guias": pegs.guias(peg, portas.archive.dossie(peg))})


def get_guia(request: Request) -> Response:
    """GET /operadora/pegs/{protocolo}/guias/{sequencia}."""
    caller, peg, portas = _found(request)
    dossie = portas.archive.dossie(peg)
    shown = pegs.guia(peg, dossie, comum.place_of(request, "sequencia"), da_operadora=True)
    if shown is None:
        raise PegNotFoundError
    caller.at(peg.registro_ans, *AMBOS)
    _record(request, caller, peg, dossie, pegs.CAMPOS_DA_GUIA)
    return Response(200, shown)


def list_glosas(request: Request) -> Response:
    """GET /operadora/pegs/{protocolo}/glosas."""
    caller, peg, portas = _found(request)
    desde, following = comum.glosas_from(request, peg.registro_ans, peg.protocolo)
    caller.at(peg.registro_ans, *AMBOS)
    dossie = portas.archive.dossie(peg)
    _record(request, caller, peg, dossie, pegs.CAMPOS_DAS_GLOSAS)
    cursor = following(desde + pegs.GLOSAS, len(dossie.resultado.glosas))
    return Response(200, {**pegs.glosas(peg, dossie, da_operadora=True, desde=desde), "cursor": cursor})


def _record(request: Request, caller: OperadoraPrincipal, peg: Peg, dossie: Dossie, campos: tuple[str, ...]) -> None:
    actor = caller.actor_at(peg.registro_ans)
    comum.record(request, actor, peg, dossie, finalidade=FINALIDADE, campos=campos)


def begin(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/analise."""
    caller, peg, portas = _found(request)
    return _done(
        request, caller, peg, lambda who, guardar: atos.begin(peg, who, portas, guardar=guardar)
    )  # fmt: skip


def glosar(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/glosas."""
    caller, peg, portas = _found(request)
    body = request.model(GlosaRequest)
    if wrong := _misplaced(body, peg, portas.archive.dossie(peg)):
        raise problems.invalid_body(wrong)

    def act(who: Chamador, guardar: Guardar) -> Peg:
        return atos.glosar(peg, body.glosa(), who, portas, guardar=guardar)

    def view(after: Peg) -> dict[str, Any]:
        return _with_glosa(after, portas, max(one.id for one in portas.archive.dossie(after).resultado.glosas))

    return _done(request, caller, peg, act, view=view)


def _misplaced(body: GlosaRequest, peg: Peg, dossie: Dossie) -> tuple[FieldError, ...]:
    lines = {one.indice: {line.sequencia for line in one.itens} for one in dossie.resultado.guias}
    wrong = []
    if body.guia is not None and body.guia not in lines:
        wrong.append(FieldError("guia", "guia-inexistente", "O PEG não tem esta guia, ou ela foi retirada."))
    elif body.item is not None and body.item not in lines[body.guia or 0]:
        wrong.append(FieldError("item", "item-inexistente", "A guia não tem este item."))
    if glosa_text(body.codigo, Versao(peg.versao_tiss)) is None:
        text = f"O código não consta da Tabela 38 da versão {peg.versao_tiss}, a do PEG."
        wrong.append(FieldError("codigo", "codigo-desconhecido", text))
    return tuple(wrong)


def revert(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/glosas/{id}/reversao."""
    caller, peg, portas = _found(request)
    number = comum.place_of(request, "id")
    if all(one.id != number for one in portas.archive.dossie(peg).resultado.glosas):
        raise PegNotFoundError
    body = request.model(ReversaoRequest)

    def act(who: Chamador, guardar: Guardar) -> Peg:
        try:
            return atos.revert(peg, number, who, portas, motivo=body.motivo, guardar=guardar)
        except GlosaInvalidaError as error:
            raise problems.conflict(
                "glosa-ja-revertida", "Já revertida", "Esta glosa já foi revertida. Consulte as glosas do PEG."
            ) from error

    return _done(request, caller, peg, act, view=lambda after: _with_glosa(after, portas, number))


def _with_glosa(peg: Peg, portas: Portas, number: int) -> dict[str, Any]:
    (made,) = (one for one in portas.archive.dossie(peg).resultado.glosas if one.id == number)
    return {"peg": pegs.vista(peg, da_operadora=True), "glosa": pegs.glosa(made, peg, da_operadora=True)}


def ask(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/pedido-de-informacao."""
    caller, peg, portas = _found(request)
    body = request.model(PedidoDeInformacaoRequest)
    today = local_day(session.clock().now())
    if body.ate < today:
        text = f"Informe um dia a partir de {today:%d/%m/%Y}."
        raise problems.invalid_body((FieldError("ate", "data-fora-do-possivel", text),))

    def act(who: Chamador, guardar: Guardar) -> Peg:
        return atos.ask(peg, who, portas, motivo=body.motivo, ate=body.ate, guardar=guardar)

    return _done(request, caller, peg, act)


def conclude(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/conclusao."""
    caller, peg, portas = _found(request)
    return _done(
        request, caller, peg, lambda who, guardar: atos.conclude(peg, who, portas, guardar=guardar)
    )  # fmt: skip


def reopen(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/reabertura."""
    caller, peg, portas = _found(request)
    body = request.model(ReaberturaRequest)

    def act(who: Chamador, guardar: Guardar) -> Peg:
        return atos.reopen(peg, who, portas, motivo=body.motivo, guardar=guardar)

    return _done(request, caller, peg, act)


def release(request: Request) -> Response:
    """POST /operadora/pegs/{protocolo}/liberacao."""
    caller, peg, portas = _found(request)
    return _done(
        request, caller, peg, lambda who, guardar: atos.release(peg, who, portas, guardar=guardar), grupos=AMBOS
    )  # fmt: skip


def _found(request: Request) -> tuple[OperadoraPrincipal, Peg, Portas]:
    """The PEG at one of the person's operadoras, before the group is judged (`decisoes.md` 9)."""
    caller, portas = session.operadora(request), bootstrap.portas()
    return caller, atos.find_of_operadora(caller.grupos, comum.protocolo_of(request), portas), portas


def _read(request: Request) -> tuple[OperadoraPrincipal, Peg, Portas]:
    caller, peg, portas = _found(request)
    caller.at(peg.registro_ans, *AMBOS)
    return caller, peg, portas


def _vista(peg: Peg) -> dict[str, Any]:
    return pegs.vista(peg, da_operadora=True)


def _done(
    request: Request,
    caller: OperadoraPrincipal,
    peg: Peg,
    act: comum.Act,
    *,
    grupos: tuple[Grupo, ...] = AUDITORIA,
    view: Callable[[Peg], dict[str, Any]] = _vista,
) -> Response:
    registro = caller.at(peg.registro_ans, *grupos)
    papel = Papel.AUDITORIA if Grupo.AUDITORIA in caller.grupos[registro] else Papel.FINANCEIRO
    return comum.done(
        request, comum.tenant_of(registro), comum.chamador(request, caller.subject, papel), act, view
    )  # fmt: skip


_UM: Final = "/operadora/pegs/{protocolo}"
_PESSOAS: Final = (PERSON_SCOPE,)
_QUEM: Final = "Para a auditoria."


def _reading(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, reply: Reply,
) -> Operation:  # fmt: skip
    return Operation(
        "GET", f"{_UM}{path}", name, FUNCAO, TAG, summary, f"{description} Para auditoria e financeiro.", run,
        (reply,), escopos=_PESSOAS, parameters=(comum.PROTOCOLO, *parameters),
        refusals=(400,) if CURSOR in parameters else (),
    )  # fmt: skip


def _acting(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response], *parameters: Parameter,
    body: type[BaseModel] | None = None, example: dict[str, Any] | None = None, reply: Reply | None = None,
) -> Operation:  # fmt: skip
    return Operation(
        "POST", f"{_UM}/{path}", name, FUNCAO, TAG, summary, description, run,
        (reply or Reply(200, "O PEG como ficou.", PegView, example=exemplos.DA_OPERADORA),), escopos=_PESSOAS,
        parameters=(comum.PROTOCOLO, *parameters, IDEMPOTENCY, IF_MATCH), body=body, example=example,
        refusals=(409, 412, 422),
    )  # fmt: skip


OPERATIONS: Final = (
    Operation(
        "GET", "/operadora/pegs", "listarPegsDaOperadora", FUNCAO, TAG,
        "Listar os PEGs que esperam, ou os de um mês",
        f"Por situação, os mais antigos primeiro (o padrão é {FILAS[0]}); ou os de uma competência, pelo protocolo. "
        f"Páginas de até {PAGE}. Para auditoria e financeiro.",
        list_pegs,
        (Reply(200, "Uma página.", PegsPage, example={
            "pegs": [{**exemplos.RESUMO, "prestador": "12345678000195"}], "cursor": None,
        }),),
        escopos=_PESSOAS,
        parameters=(
            Parameter("registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
                      schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695"),
            Parameter("situacao", "query", "O que espera a operadora ou o prestador.",
                      schema={"type": "string", "enum": list(FILAS)}),
            Parameter("competencia", "query", "AAAAMM, em vez de situacao.", schema=comum.COMPETENCIA),
            CURSOR,
        ),
        refusals=(400, 404, 422),
    ),
    _reading(
        "", "obterPegDaOperadora", "Consultar um PEG de um prestador",
        "Como o vê o prestador, de quem é e quem agiu em cada passo (identificadores opacos).",
        get_peg, reply=Reply(200, "O PEG.", PegView, example=exemplos.DA_OPERADORA),
    ),
    _reading(
        "/guias", "listarGuiasDoPegDaOperadora", "Listar as guias de um PEG de um prestador",
        "Todas (até 100), na ordem do lote.",
        list_guias,
        reply=Reply(200, "As guias.", GuiasView, example={"protocolo": "261120000007", "guias": [exemplos.GUIA]}),
    ),
    _reading(
        "/guias/{sequencia}", "obterGuiaDoPegDaOperadora", "Consultar uma guia de um PEG de um prestador",
        "Os itens como apresentados, com valores e glosas.",
        get_guia, comum.SEQUENCIA, reply=Reply(200, "A guia.", GuiaDetalheView, example=exemplos.GUIA_DETALHE),
    ),
    _reading(
        "/glosas", "listarGlosasDoPegDaOperadora", "Listar as glosas de um PEG de um prestador",
        "As das regras e as da auditoria, com quem as deu e reverteu, em páginas de até mil.",
        list_glosas, CURSOR, reply=Reply(200, "As glosas.", GlosasView, example=exemplos.GLOSAS),
    ),
    _acting(
        "analise", "iniciarAnaliseDoPeg", "Iniciar a análise de um PEG",
        f"Daí em diante nada se cancela nem se retira; sem este ato, começa por si no dia seguinte à recepção. {_QUEM}",
        begin,
    ),
    _acting(
        "glosas", "glosar", "Glosar",
        "Um item, inteiro ou em parte, uma guia inteira ou o PEG inteiro, do que ainda resta liberado. Durante a "
        f"análise. {_QUEM}",
        glosar, body=GlosaRequest,
        example={"guia": 1, "item": 2, "codigo": "1702", "motivo": "O item já está no pacote cobrado.",
                 "valor": "18.50"},
        reply=Reply(200, "O PEG como ficou, e a glosa.", GlosaDadaView, example={
            "peg": exemplos.DA_OPERADORA, "glosa": exemplos.GLOSA_DADA,
        }),
    ),
    _acting(
        "glosas/{id}/reversao", "reverterGlosa", "Reverter uma glosa",
        f"Sem recurso; se outra incide sobre o mesmo valor, passa a tirá-lo. Durante a análise. {_QUEM}",
        revert,
        Parameter("id", "path", "Número da glosa no PEG.", required=True,
                  schema={"type": "integer", "minimum": 1}, example=2),
        body=ReversaoRequest, example={"motivo": "O laudo justifica o item."},
        reply=Reply(200, "O PEG como ficou, e a glosa.", GlosaDadaView, example={
            "peg": exemplos.DA_OPERADORA,
            "glosa": {**exemplos.GLOSA_DADA, "valor": "0.00", "revertida": True, "como_contestar": None,
                      "motivo_reversao": "O laudo justifica o item."},
        }),
    ),
    _acting(
        "pedido-de-informacao", "pedirInformacaoDoPeg", "Pedir informação ao prestador",
        f"Até um dia; sem resposta, a análise segue por si no dia seguinte. {_QUEM}",
        ask, body=PedidoDeInformacaoRequest, example={"motivo": "Enviar o laudo do exame.", "ate": "2026-12-05"},
    ),
    _acting(
        "conclusao", "concluirAnaliseDoPeg", "Concluir a análise de um PEG",
        f"Os valores ficam como estão, para a liberação. {_QUEM}",
        conclude,
    ),
    _acting(
        "reabertura", "reabrirAnaliseDoPeg", "Reabrir a análise de um PEG",
        f"Enquanto os valores não foram publicados. {_QUEM}",
        reopen, body=ReaberturaRequest, example={"motivo": "Chegou o laudo que faltava."},
    ),
    _acting(
        "liberacao", "liberarPeg", "Publicar os valores de um PEG",
        "Deste dia contam os prazos de recurso. Para auditoria e financeiro.",
        release,
    ),
)  # fmt: skip
