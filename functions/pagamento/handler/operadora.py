"""REST entries of financeiro: the cronograma, notas to be looked at, payments, debits and credits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import session
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PERSON_SCOPE,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.tenancy import Grupo
from pagamento.bootstrap import nucleo as bootstrap
from pagamento.domain.errors import NaoEncontradoError
from pagamento.handler import comum
from pagamento.handler.comum import ERRORS, FUNCAO, PAGE
from pagamento.schemas import cronograma as de_cronograma
from pagamento.schemas import exemplos
from pagamento.schemas import notas as de_notas
from pagamento.schemas import pagamentos as de_pagamentos
from pagamento.schemas.cronograma import CronogramaRequest, CronogramaView
from pagamento.schemas.notas import AceiteRequest, NotaFiscalView, NotasFiscaisPage, RecusaRequest
from pagamento.schemas.pagamentos import (
    CancelamentoDeLancamentoRequest,
    LancamentoRequest,
    LancamentosView,
    LancamentoView,
    PagamentoRequest,
    PagamentosPage,
    PagamentoView,
)
from pagamento.service import cronogramas, notas, pagamentos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from conecta_edge.tenancy import OperadoraPrincipal
    from pagamento.domain.notas import Nota
    from pagamento.service.portas import Portas

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Operadora: pagamento"
_VERSAO: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


# --- cronograma ---


def get_cronograma(request: Request) -> Response:
    """GET /operadora/cronograma."""
    registro, portas = _asked(request)
    held = comum.in_force(registro, portas)
    return request.unless_held(str(held.versao), lambda: de_cronograma.vista(held, da_operadora=True))


def get_version(request: Request) -> Response:
    """GET /operadora/cronograma/versoes/{n}."""
    registro, portas = _asked(request)
    text = request.path["n"]
    held = portas.registros.cronograma(registro, int(text)) if _VERSAO.fullmatch(text) else None
    if held is None:
        raise NaoEncontradoError
    return Response(200, de_cronograma.vista(held, da_operadora=True))


def publish(request: Request) -> Response:
    """PUT /operadora/cronograma."""
    caller = session.operadora(request)
    body = request.model(CronogramaRequest)
    portas, ciclos = bootstrap.portas(), [one.ciclo() for one in body.ciclos]
    return _done(
        request, caller, body.registro_ans,
        lambda who, keep: cronogramas.publish(body.registro_ans, ciclos, who, portas, motivo=body.motivo, guardar=keep),
        de_cronograma.vista,
    )  # fmt: skip


# --- notas fiscais ---


def list_notas(request: Request) -> Response:
    """GET /operadora/notas-fiscais."""
    registro, portas = _asked(request)
    position, token_of = session.cursor(request, f"{registro}|notas")
    page = portas.registros.notas_em_conferencia(registro, position, PAGE)
    shown = [de_notas.resumo(one, da_operadora=True) for one in notas.of_now(page.rows, portas)]
    return Response(200, {"notas": shown, "cursor": token_of(page.position)})


def get_nota(request: Request) -> Response:
    """GET /operadora/notas-fiscais/{id}."""
    caller, found, portas = _nota(request)
    caller.at(found.registro_ans, Grupo.FINANCEIRO)
    (nota,) = notas.of_now([found], portas)
    return Response(200, de_notas.vista(nota, da_operadora=True), headers={"ETag": f'"{nota.versao}"'})


def get_file(request: Request) -> Response:
    """GET /operadora/notas-fiscais/{id}/arquivos/{upload_id}."""
    caller, nota, portas = _nota(request)
    arquivo = next((one for one in nota.arquivos if one.upload_id == request.path["upload_id"]), None)
    if arquivo is None:
        raise NaoEncontradoError
    caller.at(nota.registro_ans, Grupo.FINANCEIRO)
    return Response(200, portas.arquivos.ler(arquivo), arquivo.formato)


def accept(request: Request) -> Response:
    """POST /operadora/notas-fiscais/{id}/aceite."""
    caller, nota, portas = _nota(request)
    body = request.model(AceiteRequest)
    return _done(
        request, caller, nota.registro_ans,
        lambda who, keep: notas.accept(nota, who, portas, pagamento_em=body.pagamento_em, guardar=keep), de_notas.vista,
    )  # fmt: skip


def refuse(request: Request) -> Response:
    """POST /operadora/notas-fiscais/{id}/recusa."""
    caller, nota, portas = _nota(request)
    body = request.model(RecusaRequest)
    return _done(
        request, caller, nota.registro_ans,
        lambda who, keep: notas.refuse(nota, who, portas, motivo=body.motivo, guardar=keep), de_notas.vista,
    )  # fmt: skip


def _nota(request: Request) -> tuple[OperadoraPrincipal, Nota, Portas]:
    """The nota at one of the person's operadoras, before the group is judged (`decisoes.md` 9)."""
    caller, portas = session.operadora(request), bootstrap.portas()
    return caller, notas.find_of_operadora(caller.grupos, comum.id_of(request), portas), portas


# --- payments ---


def list_pagamentos(request: Request) -> Response:
    """GET /operadora/pagamentos."""
    caller, portas = session.operadora(request), bootstrap.portas()
    registro, query = caller.asked(request.query.get("registro_ans")), Query(request.query)
    mes = query.competencia("mes", f"{portas.hoje:%Y%m}")
    query.check()
    caller.at(registro, Grupo.FINANCEIRO)
    position, token_of = session.cursor(request, f"{registro}|pagamentos|{mes}")
    page = portas.registros.pagamentos_da_operadora(registro, mes, position, PAGE)
    shown = [de_pagamentos.resumo(one, da_operadora=True) for one in page.rows]
    return Response(200, {"pagamentos": shown, "cursor": token_of(page.position)})


def register(request: Request) -> Response:
    """POST /operadora/pagamentos."""
    caller = session.operadora(request)
    registro, portas = request.model(PagamentoRequest).registro(), bootstrap.portas()
    comum.related(registro.prestador_id, caller.asked(registro.registro_ans), portas)
    return _done(
        request, caller, registro.registro_ans,
        lambda who, keep: pagamentos.register(registro, who, portas, guardar=keep), de_pagamentos.vista, 201,
    )  # fmt: skip


# --- debits and credits ---


def list_entries(request: Request) -> Response:
    """GET /operadora/lancamentos."""
    caller, portas = session.operadora(request), bootstrap.portas()
    registro, query = caller.asked(request.query.get("registro_ans")), Query(request.query)
    prestador = query.prestador()
    query.check()
    comum.related(prestador, registro, portas)
    caller.at(registro, Grupo.FINANCEIRO)
    found = portas.registros.lancamentos(prestador, registro)
    return Response(200, {"lancamentos": [de_pagamentos.lancamento(one, da_operadora=True) for one in found]})


def post_entry(request: Request) -> Response:
    """POST /operadora/lancamentos."""
    caller = session.operadora(request)
    pedido, portas = request.model(LancamentoRequest).pedido(), bootstrap.portas()
    comum.related(pedido.prestador_id, caller.asked(pedido.registro_ans), portas)
    return _done(
        request, caller, pedido.registro_ans,
        lambda who, keep: pagamentos.post_entry(pedido, who, portas, guardar=keep), de_pagamentos.lancamento, 201,
    )  # fmt: skip


def cancel_entry(request: Request) -> Response:
    """POST /operadora/lancamentos/{id}/cancelamento."""
    caller, portas = session.operadora(request), bootstrap.portas()
    body = request.model(CancelamentoDeLancamentoRequest)
    entry = pagamentos.find_entry(body.prestador, comum.id_of(request), portas)
    if entry.registro_ans != body.registro_ans:
        raise NaoEncontradoError
    return _done(
        request, caller, entry.registro_ans,
        lambda who, keep: pagamentos.cancel_entry(entry, who, portas, guardar=keep), de_pagamentos.lancamento,
    )  # fmt: skip


def _asked(request: Request) -> tuple[str, Portas]:
    """The operadora asked about, where the person is of financeiro."""
    caller = session.operadora(request)
    return caller.at(caller.asked(request.query.get("registro_ans")), Grupo.FINANCEIRO), bootstrap.portas()


def _done(  # noqa: PLR0917
    request: Request, caller: OperadoraPrincipal, registro: str, act: comum.Act,
    view: Callable[..., dict[str, Any]], status: int = 200,
) -> Response:  # fmt: skip
    actor = caller.actor_at(caller.at(registro, Grupo.FINANCEIRO))
    return comum.done(request, actor, act, lambda left: view(left, da_operadora=True), status)


_REGISTRO: Final = Parameter(
    "registro_ans", "query", "Registro ANS; dispensável para quem serve uma só operadora.",
    schema={"type": "string", "pattern": "^[0-9]{6}$"}, example="345695",
)  # fmt: skip
_MES: Final = comum.mes("mes", "Mês do pagamento, AAAAMM; o padrão é o corrente.")


def _reading(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, reply: Reply, refusals: tuple[int, ...] = (404, 422),
) -> Operation:  # fmt: skip
    return Operation(
        "GET", f"/operadora/{path}", name, FUNCAO, TAG, summary, f"{description} Para o financeiro.", run, (reply,),
        escopos=(PERSON_SCOPE,), parameters=parameters, refusals=refusals,
    )  # fmt: skip


def _acting(
    path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    *parameters: Parameter, body: type[BaseModel], example: dict[str, Any], reply: Reply, method: str = "POST",
    refusals: Sequence[int] = (404, 409, 422),
) -> Operation:  # fmt: skip
    versioned = (IF_MATCH,) if 412 in refusals else ()  # noqa: PLR2004
    return Operation(
        method, f"/operadora/{path}", name, FUNCAO, TAG, summary, f"{description} Para o financeiro.", run, (reply,),
        escopos=(PERSON_SCOPE,), parameters=(*parameters, IDEMPOTENCY, *versioned), body=body, example=example,
        refusals=tuple(refusals),
    )  # fmt: skip


_CRONOGRAMA: Final = Reply(200, "O cronograma.", CronogramaView, example=exemplos.CRONOGRAMA_DA_OPERADORA)
_NOTA: Final = Reply(200, "A nota como ficou.", NotaFiscalView, example=exemplos.NOTA_ACEITA)

OPERATIONS: Final = (
    _reading(
        "cronograma", "obterCronogramaDaOperadora", "Consultar o cronograma em vigor",
        "A ETag é a versão, para If-Match.", get_cronograma, _REGISTRO, reply=_CRONOGRAMA,
    ),
    _acting(
        "cronograma", "publicarCronograma", "Publicar o cronograma",
        "Inteiro ou só as competências que mudam: as outras ficam. Tudo é conferido (datas em ordem, dias úteis, sem "
        "competência faltando) e o que já foi pago não muda. Vira a versão seguinte; os PEGs em aberto são recontados "
        "e avisados. Enviar o que já vale não faz nada.",
        publish, body=CronogramaRequest, example={"registro_ans": "345695", "ciclos": [exemplos.CICLO]},
        reply=_CRONOGRAMA, method="PUT", refusals=(404, 409, 412, 422),
    ),
    _reading(
        "cronograma/versoes/{n}", "obterVersaoDoCronograma", "Consultar uma versão do cronograma",
        "Nenhuma é apagada.", get_version,
        Parameter("n", "path", "Número da versão.", required=True, schema={"type": "integer", "minimum": 1}, example=2),
        _REGISTRO, reply=_CRONOGRAMA,
    ),
    _reading(
        "notas-fiscais", "listarNotasFiscaisAConferir", "Listar as notas fiscais a conferir",
        "As que nenhuma máquina decide, da mais antiga à mais recente, em páginas de 30.",
        list_notas, _REGISTRO, CURSOR,
        reply=Reply(200, "Uma página.", NotasFiscaisPage, example={
            "notas": [exemplos.NOTA_A_CONFERIR], "cursor": None,
        }),
        refusals=(400, 404, 422),
    ),
    _reading(
        "notas-fiscais/{id}", "obterNotaFiscalDaOperadora", "Consultar uma nota fiscal de um prestador",
        "O que ela diz ou o prestador declarou, e o que diverge.", get_nota, comum.ID,
        reply=Reply(200, "A nota.", NotaFiscalView, example=exemplos.NOTA_DA_OPERADORA), refusals=(),
    ),
    _reading(
        "notas-fiscais/{id}/arquivos/{upload_id}", "baixarArquivoDaNotaFiscal", "Abrir um arquivo de uma nota fiscal",
        "O XML ou o PDF como o prestador enviou.", get_file, comum.ID,
        Parameter("upload_id", "path", "De arquivos, na nota.", required=True),
        reply=Reply(200, "O arquivo.", media_type="application/pdf"), refusals=(),
    ),
    _acting(
        "notas-fiscais/{id}/aceite", "aceitarNotaFiscal", "Aceitar uma nota fiscal conferida",
        "No prazo ou reagendada, pelo instante em que chegou, e não pelo do aceite. De nota que é toda de PEGs do "
        "portal anterior, informe o dia do pagamento.",
        accept, comum.ID, body=AceiteRequest, example={}, reply=_NOTA, refusals=(409, 412, 422),
    ),
    _acting(
        "notas-fiscais/{id}/recusa", "recusarNotaFiscal", "Recusar uma nota fiscal",
        "Os PEGs voltam a esperar; a que chegou no prazo pode ser trocada nos dias úteis seguintes sem perdê-lo.",
        refuse, comum.ID, body=RecusaRequest, example={"motivo": "O PDF é de outro prestador."},
        reply=Reply(200, "A nota como ficou.", NotaFiscalView, example={
            **exemplos.NOTA_ACEITA, "situacao": "RECUSADA", "pagamento_em": None,
            "motivo": "O PDF é de outro prestador.", "explicacao": exemplos.NOTA_RECUSADA["explicacao"],
        }),
        refusals=(409, 412, 422),
    ),
    _reading(
        "pagamentos", "listarPagamentosDaOperadora", "Listar os pagamentos de um mês",
        "De todos os prestadores, por dia, em páginas de 30.", list_pagamentos, _REGISTRO, _MES, CURSOR,
        reply=Reply(200, "Uma página.", PagamentosPage, example={
            "pagamentos": [{**exemplos.PAGAMENTO_RESUMO, "prestador": "12345678000195"}], "cursor": None,
        }),
        refusals=(400, 404, 422),
    ),
    _acting(
        "pagamentos", "registrarPagamento", "Registrar um pagamento",
        "De um prestador, num dia: PEGs inteiros, menos débitos, mais créditos, e a soma tem de dar o líquido. Tudo "
        "ou nada; o mesmo número com o mesmo conteúdo é o mesmo pagamento. Os PEGs ficam PAGO.",
        register, body=PagamentoRequest, example=exemplos.PAGAMENTO_ENVIADO,
        reply=Reply(201, "O pagamento.", PagamentoView, example=exemplos.PAGAMENTO_DA_OPERADORA),
    ),
    _reading(
        "lancamentos", "listarLancamentosDaOperadora", "Listar débitos e créditos de um prestador",
        "Os que esperam pagamento, os liquidados e os cancelados.", list_entries, _REGISTRO,
        Parameter("prestador", "query", "Identificador do prestador.", required=True, example="12345678000195"),
        reply=Reply(200, "Os lançamentos.", LancamentosView, example={
            "lancamentos": [exemplos.LANCAMENTO_DA_OPERADORA],
        }),
    ),
    _acting(
        "lancamentos", "criarLancamento", "Lançar um débito ou crédito",
        "Espera o próximo pagamento do prestador: de um PEG pago a mais, por exemplo.",
        post_entry, body=LancamentoRequest, example=exemplos.LANCAMENTO_ENVIADO,
        reply=Reply(201, "O lançamento.", LancamentoView, example=exemplos.LANCAMENTO_DA_OPERADORA),
    ),
    _acting(
        "lancamentos/{id}/cancelamento", "cancelarLancamento", "Cancelar um débito ou crédito",
        "Enquanto ABERTO.", cancel_entry, comum.ID, body=CancelamentoDeLancamentoRequest,
        example={"registro_ans": "345695", "prestador": "12345678000195"},
        reply=Reply(200, "O lançamento.", LancamentoView, example={
            **exemplos.LANCAMENTO_DA_OPERADORA, "situacao": "CANCELADO", "versao": 2,
        }),
        refusals=(404, 409, 412, 422),
    ),
)  # fmt: skip
