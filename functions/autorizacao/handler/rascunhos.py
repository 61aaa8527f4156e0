"""REST entries of drafts: partial requests, told what they still lack each time they are kept, and sent when ready."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from autorizacao.bootstrap import nucleo
from autorizacao.bootstrap import rascunhos as bootstrap
from autorizacao.handler import comum
from autorizacao.handler.comum import ESCREVER, FUNCAO, LER, PAGE
from autorizacao.schemas import exemplos, vistas
from autorizacao.schemas.rascunhos import CORPO_MAXIMO, RascunhoRequest, RascunhosPage, RascunhoView
from autorizacao.schemas.solicitacao import SolicitacaoRequest, faults, solicitacao_of
from autorizacao.schemas.vistas import SolicitacaoView
from autorizacao.service import consultas, pedidos
from autorizacao.service import rascunhos as service
from autorizacao.service.rascunhos import RascunhoMudouError, RascunhoNotFoundError
from conecta_campos.padrao import Carteira, RegistroAns
from conecta_edge import problems, session
from conecta_edge.clock import iso
from conecta_edge.dynamodb import ConditionFailedError
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PRESTADOR,
    ErrorMap,
    Operation,
    Parameter,
    Reply,
    Request,
    Response,
    field_errors,
)
from conecta_edge.problems import FieldError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autorizacao.service.pedidos import Emitida
    from autorizacao.service.portas import Chamador, Portas
    from autorizacao.service.rascunhos import Rascunho
    from conecta_edge.dynamodb import Item
    from conecta_edge.tenancy import Principal

__all__ = ["ERRORS", "OPERATIONS"]

TAG: Final = "Rascunhos de autorização"
FINALIDADE: Final = "pedido-de-autorizacao"
NIVEIS: Final = 16
"""Levels of lists and objects: a request has six."""
ALREADY: Final = 200
"""Status of what had been asked before."""
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def list_all(request: Request) -> Response:
    """GET /autorizacoes/rascunhos."""
    caller, now = session.principal(request), session.clock().now()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|rascunhos")
    caller.require(LER, ESCREVER)
    rows, following = bootstrap.rascunhos().page(caller.prestador_id, position, PAGE)
    shown = [_resumo(row) for row in rows if service.alive(row, now) and row.enviado is None]
    return Response(200, {"rascunhos": shown, "cursor": token_of(following)})


def create(request: Request) -> Response:
    """POST /autorizacoes/rascunhos."""
    caller = session.principal(request)
    corpo = _corpo(request)
    caller.require(ESCREVER)
    answer = session.once(
        request,
        caller,
        lambda keep: service.create(
            caller.prestador_id, corpo, quem=caller.subject, rascunhos=bootstrap.rascunhos(), render=_packed,
            keep=keep, now=session.clock().now(),
        ),
    )  # fmt: skip
    shown = vistas.unpack(answer)
    return Response(201, shown, headers={"Location": f"rascunhos/{shown['id']}", "ETag": f'"{shown["versao"]}"'})


def get_one(request: Request) -> Response:
    """GET /autorizacoes/rascunhos/{id}."""
    caller, rascunho = _own(request)
    caller.require(LER, ESCREVER)
    session.record_access(
        request, caller.actor, finalidade=FINALIDADE, objeto=f"rascunho/{rascunho.id}", sujeitos=_subject(rascunho),
        campos=vistas.CAMPOS,
    )  # fmt: skip
    return Response(200, _view(rascunho), headers=_tag(rascunho))


def change(request: Request) -> Response:
    """PUT /autorizacoes/rascunhos/{id}."""
    caller, rascunho = _own(request)
    corpo = _corpo(request)
    caller.require(ESCREVER)
    changed = service.change(
        service.expect(rascunho, request.expected_version()), corpo, quem=caller.subject,
        rascunhos=bootstrap.rascunhos(), now=session.clock().now(),
    )  # fmt: skip
    return Response(200, _view(changed), headers=_tag(changed))


def remove(request: Request) -> Response:
    """DELETE /autorizacoes/rascunhos/{id}."""
    caller, rascunho = _own(request)
    caller.require(ESCREVER)
    held = service.expect(rascunho, request.expected_version())
    bootstrap.rascunhos().write(held, service.removed(held, session.clock().now()))
    return Response(204)


def send(request: Request) -> Response:
    """POST /autorizacoes/rascunhos/{id}/envio."""
    caller, rascunho = _own(request, sent=True)
    if rascunho.enviado is not None:
        caller.require(ESCREVER)
        return _sent(request, caller, rascunho.enviado)
    if wrong := _lacks(rascunho.corpo):
        raise problems.invalid_body(wrong)
    caller.require(ESCREVER)
    held = service.expect(rascunho, request.expected_version())
    try:
        return _send(request, caller, held)
    except ConditionFailedError as lost:
        enviado = service.find_sent(
            caller.prestador_id, rascunho.id, rascunhos=bootstrap.rascunhos(), now=session.clock().now()
        ).enviado
        if enviado is None:
            raise RascunhoMudouError from lost
        return _sent(request, caller, enviado)


def _send(request: Request, caller: Principal, rascunho: Rascunho) -> Response:
    body = SolicitacaoRequest.model_validate_json(rascunho.corpo)
    who, drafts = comum.prestador(caller, request), bootstrap.rascunhos()
    record = comum.asking(request, caller.actor, FINALIDADE, body.registro_ans, body.numero_carteira)

    def ask(portas: Portas, render: Any) -> Emitida:
        solicitacao = solicitacao_of(body, caller.prestador_id, portas.hoje)
        return pedidos.request(solicitacao, chamador=who, portas=portas, render=render)

    def became(answer: dict[str, Any]) -> Rascunho:
        made = answer["autorizacao"]
        return service.sent(rascunho, made["registro_ans"], made["numero"], session.clock().now())

    def also(answer: dict[str, Any]) -> Sequence[Item]:
        return (drafts.put(rascunho, became(answer)),)

    response = comum.issue(request, caller.prestador_id, who, ask, record, where="../../", also=also)
    if response.status == ALREADY:  # nothing was written but before: the draft is still there
        with suppress(RascunhoMudouError):
            drafts.write(rascunho, became(response.content))
    return response


def _sent(request: Request, caller: Principal, enviado: tuple[str, str]) -> Response:
    """What a draft became: the answer kept for this key, or as it is by now."""
    registro, numero = enviado
    who: Chamador = comum.prestador(caller, request)
    kept = session.attempt(request, caller.prestador_id, caller.subject).replay()
    if kept is not None:
        return Response(201, vistas.unpack(kept), headers={"Location": f"../../{registro}/{numero}"})
    portas = nucleo.portas()
    with comum.about(registro):
        cena = consultas.find(registro, numero, chamador=who, portas=portas)
    comum.record(request, caller.actor, FINALIDADE, [cena.alvo])
    shown = vistas.vista(cena.alvo, portas.hoje, cena.pai)
    answer: dict[str, Any] = {"autorizacao": shown, "achados": [], "substituida": None}
    return Response(ALREADY, answer, headers={"Location": f"../../{registro}/{numero}"})


def _own(request: Request, *, sent: bool = False) -> tuple[Principal, Rascunho]:
    caller, asked = session.principal(request), request.path["id"]
    if not _ID.fullmatch(asked):
        raise RascunhoNotFoundError
    look = service.find_sent if sent else service.find
    return caller, look(
        caller.prestador_id, asked, rascunhos=bootstrap.rascunhos(), now=session.clock().now()
    )  # fmt: skip


def _corpo(request: Request) -> str:
    """The draft as it is kept: a JSON object, whatever is in it.

    Raises:
        ProblemError: 422.
    """
    if len(request.body) > CORPO_MAXIMO:
        text = f"O rascunho passa de {CORPO_MAXIMO // 1024} KB: retire o que puder ir em arquivos."
        raise problems.invalid_body((FieldError("$", "rascunho-grande-demais", text),))
    try:
        value = json.loads(request.body or b"")
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (ValueError, RecursionError) as error:
        text = "O corpo não é um JSON válido: confira aspas, vírgulas e a codificação UTF-8."
        raise problems.invalid_body((FieldError("$", "json_invalid", text),)) from error
    if not isinstance(value, dict) or not _shallow(value, NIVEIS):
        raise problems.invalid_body((FieldError("$", "model_type", "Deve ser um objeto JSON, de poucos níveis."),))
    return text


def _shallow(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_shallow(one, levels - 1) for one in inner)


def _lacks(corpo: str) -> tuple[FieldError, ...]:
    try:
        return faults(SolicitacaoRequest.model_validate_json(corpo))
    except ValidationError as error:
        return field_errors(error)


def _subject(rascunho: Rascunho) -> tuple[str, ...]:
    """Whom a draft is of, when it says so."""
    pedido = json.loads(rascunho.corpo)
    registro, carteira = pedido.get("registro_ans"), pedido.get("numero_carteira")
    try:
        TypeAdapter(RegistroAns).validate_python(registro)
        TypeAdapter(Carteira).validate_python(carteira)
    except ValidationError:
        return ()
    return (session.pseudonyms().carteira(registro, carteira),)


def _tag(rascunho: Rascunho) -> dict[str, str]:
    return {"ETag": f'"{rascunho.versao}"'}


def _resumo(rascunho: Rascunho) -> dict[str, Any]:
    pedido = json.loads(rascunho.corpo)
    shown = {name: pedido.get(name) for name in ("tipo", "registro_ans", "numero_guia_prestador")}
    return {
        "id": rascunho.id,
        "versao": rascunho.versao,
        "criado_em": iso(rascunho.criado_em),
        "alterado_em": iso(rascunho.alterado_em),
        "expira_em": iso(rascunho.expira_em),
        **{name: value if isinstance(value, str) else None for name, value in shown.items()},
    }


def _view(rascunho: Rascunho) -> dict[str, Any]:
    erros = [erro.as_dict() for erro in _lacks(rascunho.corpo)]
    return {
        **_resumo(rascunho), "completo": not erros, "erros": erros, "pedido": json.loads(rascunho.corpo)
    }  # fmt: skip


def _packed(rascunho: Rascunho) -> str:
    return vistas.pack(_view(rascunho))


_PARCIAL: Final[dict[str, Any]] = {
    "tipo": "SP_SADT", "registro_ans": "345695", "numero_carteira": "00012345678900011",
    "itens": exemplos.PEDIDO["itens"],
}  # fmt: skip
_RASCUNHO_RESUMO: Final[dict[str, Any]] = {
    "id": "6f1f0d7c2b7e4c0d9a5e8b3c4d2f1a60", "versao": 1, "criado_em": "2026-11-21T12:00:00.000000Z",
    "alterado_em": "2026-11-21T12:00:00.000000Z", "expira_em": "2026-12-21T12:00:00.000000Z", "tipo": "SP_SADT",
    "registro_ans": "345695", "numero_guia_prestador": None,
}  # fmt: skip
_RASCUNHO: Final[dict[str, Any]] = {
    **_RASCUNHO_RESUMO, "completo": False,
    "erros": [
        {"campo": "numero_guia_prestador", "codigo": "missing", "mensagem": "Campo obrigatório: informe-o."},
    ],
    "pedido": _PARCIAL,
}  # fmt: skip
_ENVIADO: Final[dict[str, Any]] = {"autorizacao": exemplos.AUTORIZACAO, "achados": [], "substituida": None}
_ID_PATH: Final = Parameter("id", "path", "Identificador do rascunho.", required=True, example=_RASCUNHO["id"])
_UM: Final = "/autorizacoes/rascunhos/{id}"
_AREA: Final = ("conecta/autorizacao.ler", "conecta/autorizacao.escrever")
_ESCREVER: Final = ("conecta/autorizacao.escrever",)

OPERATIONS: Final = (
    Operation(
        "GET", "/autorizacoes/rascunhos", "listarRascunhos", FUNCAO, TAG,
        "Listar os rascunhos", "Os do prestador, sem o conteúdo. Uma página pode vir menor e ter continuação.",
        list_all,
        (Reply(200, "Uma página.", RascunhosPage, example={"rascunhos": [_RASCUNHO_RESUMO], "cursor": None}),),
        escopos=_AREA,
        parameters=(CURSOR, PRESTADOR),
        refusals=(400, 422),
    ),
    Operation(
        "POST", "/autorizacoes/rascunhos", "criarRascunho", FUNCAO, TAG,
        "Guardar um rascunho",
        "Um pedido do jeito que estiver, por 30 dias desde a última gravação; a resposta lista o que ainda falta ou "
        "está errado. Nada é pedido à operadora.",
        create,
        (Reply(201, "Rascunho guardado.", RascunhoView, example=_RASCUNHO),),
        escopos=_ESCREVER,
        parameters=(PRESTADOR, IDEMPOTENCY),
        body=RascunhoRequest,
        example=_PARCIAL,
        refusals=(409, 422),
    ),
    Operation(
        "GET", _UM, "obterRascunho", FUNCAO, TAG, "Consultar um rascunho", "O conteúdo e o que ainda lhe falta.",
        get_one,
        (Reply(200, "O rascunho.", RascunhoView, example=_RASCUNHO),),
        escopos=_AREA,
        parameters=(_ID_PATH, PRESTADOR),
        refusals=(422,),
    ),
    Operation(
        "PUT", _UM, "gravarRascunho", FUNCAO, TAG, "Gravar de novo um rascunho",
        "Substitui o conteúdo inteiro; os 30 dias recomeçam.",
        change,
        (Reply(200, "O rascunho como ficou.", RascunhoView, example={**_RASCUNHO, "versao": 2}),),
        escopos=_ESCREVER,
        parameters=(_ID_PATH, PRESTADOR, IF_MATCH),
        body=RascunhoRequest,
        example=_PARCIAL,
        refusals=(412, 422),
    ),
    Operation(
        "DELETE", _UM, "excluirRascunho", FUNCAO, TAG, "Excluir um rascunho", "Não há como voltar atrás.",
        remove,
        (Reply(204, "Rascunho excluído."),),
        escopos=_ESCREVER,
        parameters=(_ID_PATH, PRESTADOR, IF_MATCH),
        refusals=(412, 422),
    ),
    Operation(
        "POST", f"{_UM}/envio", "enviarRascunho", FUNCAO, TAG, "Enviar um rascunho",
        "O mesmo que POST /autorizacoes com o conteúdo do rascunho, que deixa de existir na mesma gravação. Enviar de "
        "novo, por um dia, devolve a autorização em que se tornou. O que ainda falta vem em erros (422).",
        send,
        (
            Reply(201, "O pedido e a sua situação.", SolicitacaoView, example=_ENVIADO),
            Reply(200, "Já havia sido pedido: como está.", SolicitacaoView, example=_ENVIADO),
        ),
        escopos=_ESCREVER,
        parameters=(_ID_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY),
        refusals=(409, 412, 422),
    ),
)  # fmt: skip


ERRORS: Final[ErrorMap] = {
    **comum.ERRORS,
    RascunhoNotFoundError: lambda _error: problems.not_found(),
    RascunhoMudouError: lambda _error: problems.outdated(),
}
