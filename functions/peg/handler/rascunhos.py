"""REST entries of drafts: guias typed one by one, closed and sent as one PEG."""

from __future__ import annotations

import json
import random
import re
import time
from typing import TYPE_CHECKING, Any, Final

from conecta_edge import problems, session
from conecta_edge.aws import client
from conecta_edge.clock import local_day
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
)
from conecta_edge.problems import FieldError, ProblemError
from conecta_edge.quotas import Quota
from conecta_edge.settings import required
from conecta_tiss.messages.lote_guias import LoteGuias, TipoGuia
from conecta_tiss.versions import Versao
from peg.bootstrap import nucleo
from peg.bootstrap import rascunhos as bootstrap
from peg.handler import comum
from peg.handler.comum import FUNCAO, PAGE
from peg.handler.digitadas import ESCREVER, TAG, sender
from peg.messages.guias import campos_of, formal, guia_of, original
from peg.schemas import achados, exemplos, modelos, pegs
from peg.schemas import rascunhos as vistas
from peg.schemas.guias import GuiaDigitadaRequest, read_guia
from peg.schemas.modelos import ModeloRequest, ModeloView
from peg.schemas.rascunhos import (
    CORPO_MAXIMO,
    CabecaDoPegRequest,
    EnviadoView,
    GuiaGravadaView,
    PegDigitadoRequest,
    PegDigitadoResumoView,
    PegDigitadoView,
    PegsDigitadosPage,
)
from peg.service import rascunhos as service
from peg.service.modelos import OutroTipoError, SenhaNotFoundError, SenhaSemUsoError
from peg.service.modelos import find as find_modelo
from peg.service.rascunhos import (
    AtoImpossivelError,
    ComAchadosError,
    Digitada,
    Mesa,
    RascunhoGrandeError,
    RascunhoMudouError,
    RascunhoNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conecta_edge.idempotency import Keep
    from conecta_edge.tenancy import Principal
    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.lote_guias import Guia
    from peg.service.rascunhos import Envio, Mudanca, Rascunho

__all__ = ["ERRORS", "OPERATIONS"]

LER: Final = "peg.ler"
FINALIDADE: Final = "faturamento"
MODELOS: Final = Quota("peg-modelo", limit=120, window=60)
"""Senhas asked for per minute and caller, found or not."""
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_GUIA: Final = re.compile(r"[0-9]{8}", re.ASCII)
_PAUSE: Final = 20
"""Milliseconds, at most, before the second attempt; twice as many before each other."""
_UMA: Final = "guias[0]"


# --- entries ---


def list_all(request: Request) -> Response:
    """GET /pegs/rascunhos."""
    caller, now = session.principal(request), session.clock().now()
    position, token_of = session.cursor(request, f"{caller.prestador_id}|rascunhos-de-peg")
    caller.require(LER, ESCREVER)
    page = bootstrap.rascunhos().page(caller.prestador_id, position, PAGE)
    shown = [vistas.resumo(row) for row in page.rows if service.alive(row, now)]
    return Response(200, {"rascunhos": shown, "cursor": token_of(page.position)})


def create(request: Request) -> Response:
    """POST /pegs/rascunhos."""
    caller = session.principal(request)
    body = request.model(PegDigitadoRequest)
    caller.require(ESCREVER)
    _served(caller, body.registro_ans)
    answer = _once(
        request, caller, lambda mesa: service.create(body.registro_ans, body.tipo_guia, body.numero_lote, mesa), _head
    )
    return Response(201, answer, headers={"Location": f"rascunhos/{answer['id']}", **_tag(answer)})


def get_one(request: Request) -> Response:
    """GET /pegs/rascunhos/{id}."""
    caller, rascunho = _own(request)
    caller.require(LER, ESCREVER)
    held = bootstrap.rascunhos().guias(caller.prestador_id, rascunho.id)
    guias = [json.loads(one.corpo) for one in held]
    carteiras = dict.fromkeys(one["numero_carteira"] for one in guias)
    session.record_access(
        request, caller.actor, finalidade=FINALIDADE, objeto=f"rascunho/{rascunho.id}",
        sujeitos=tuple(session.pseudonyms().carteira(rascunho.registro_ans, one) for one in carteiras),
        campos=vistas.CAMPOS,
    )  # fmt: skip
    shown = {
        **vistas.resumo(rascunho),
        "guias": [{"id": one.id, "guia": guia} for one, guia in zip(held, guias, strict=True)],
        "achados": _shown(*_found(rascunho, held), rascunho.estado.tipo_guia),
    }
    return Response(200, shown, headers=_tag(shown))


def change_head(request: Request) -> Response:
    """PATCH /pegs/rascunhos/{id}."""
    caller, rascunho = _own(request)
    changes = request.model(CabecaDoPegRequest).changes()
    caller.require(ESCREVER)
    if "registro_ans" in changes:
        _served(caller, changes["registro_ans"])
    return _done(request, caller, lambda mesa: service.change_head(rascunho.id, changes, mesa))


def remove(request: Request) -> Response:
    """DELETE /pegs/rascunhos/{id}."""
    caller, rascunho = _own(request)
    caller.require(ESCREVER)
    service.remove(rascunho.id, _mesa(request, caller, _head))
    return Response(204)


def add_guia(request: Request) -> Response:
    """POST /pegs/rascunhos/{id}/guias."""
    caller, rascunho = _own(request)
    guia, found = _typed(request, rascunho)
    caller.require(ESCREVER)
    answer = _once(
        request, caller, lambda mesa: service.add(rascunho.id, guia, rascunho.estado.tipo_guia, mesa), _written
    )
    shown = {**answer, "guia": json.loads(guia.corpo), "achados": found}
    return Response(201, shown, headers={"Location": f"guias/{answer['id']}", **_tag(answer["rascunho"])})


def modelo(request: Request) -> Response:
    """POST /pegs/rascunhos/{id}/guias/modelo."""
    caller, rascunho = _own(request)
    body = request.model(ModeloRequest)
    caller.require(ESCREVER)
    MODELOS.take(
        client("dynamodb"), required("TABELA_IDEMPOTENCIA"), prestador_id=caller.prestador_id, subject=caller.subject,
        units=1, now=session.clock().now(),
    )  # fmt: skip
    tipo, registro, portas = TipoGuia(rascunho.estado.tipo_guia), rascunho.registro_ans, nucleo.portas()
    found = find_modelo(
        registro, body.numero, prestador_id=caller.prestador_id, tipo=tipo, carteira=body.numero_carteira,
        grau=body.grau_participacao or "", portas=portas,
    )  # fmt: skip
    asked = found.autorizacao.solicitacao
    own, asked_by, done_at = (
        session.cadastro().contratacao(who, registro) for who in (caller.prestador_id, asked.solicitante, asked.executa)
    )
    session.record_access(
        request, caller.actor, finalidade=FINALIDADE, objeto=f"autorizacao/{registro}/{found.autorizacao.numero}",
        sujeitos=(found.vida,), campos=modelos.CAMPOS,
    )  # fmt: skip
    return Response(200, modelos.vista(found, tipo, own=own, asked_by=asked_by, done_at=done_at, hoje=portas.hoje))


def change_guia(request: Request) -> Response:
    """PUT /pegs/rascunhos/{id}/guias/{guia_id}."""
    caller, rascunho, guia_id = _own_guia(request)
    guia, found = _typed(request, rascunho, guia_id)
    caller.require(ESCREVER)
    answer = _once(request, caller, lambda mesa: service.change(rascunho.id, guia, mesa), _written)
    shown = {**answer, "guia": json.loads(guia.corpo), "achados": found}
    return Response(200, shown, headers=_tag(answer["rascunho"]))


def take_out(request: Request) -> Response:
    """DELETE /pegs/rascunhos/{id}/guias/{guia_id}. Repeated under its key it is told again, though the guia is gone."""
    caller, rascunho, guia_id = _named_guia(request)
    if not caller.may(ESCREVER):
        service.find_guia(rascunho, guia_id, bootstrap.rascunhos())
    caller.require(ESCREVER)
    return _done(request, caller, lambda mesa: service.take_out(rascunho.id, guia_id, mesa))


def close(request: Request) -> Response:
    """POST /pegs/rascunhos/{id}/fechamento."""
    caller, rascunho = _own(request)
    caller.require(ESCREVER)
    return _done(request, caller, lambda mesa: service.close(rascunho.id, _found, mesa))


def reopen(request: Request) -> Response:
    """POST /pegs/rascunhos/{id}/reabertura."""
    caller, rascunho = _own(request)
    caller.require(ESCREVER)
    return _done(request, caller, lambda mesa: service.reopen(rascunho.id, mesa))


def send(request: Request) -> Response:
    """POST /pegs/rascunhos/{id}/envio."""
    caller, rascunho = _own(request)
    caller.require(ESCREVER)
    portas = nucleo.portas()
    sent = service.send(
        rascunho.id, present=lambda held: sender(held.prestador_id, held.registro_ans), original=_original,
        portas=portas, mesa=_mesa(request, caller, _head), correlacao=request.correlacao,
    )  # fmt: skip
    found = _shown(sent.achados, sent.peg.versao_tiss, sent.peg.tipo_guia)
    shown = {"rascunho": vistas.resumo(sent.rascunho), "peg": pegs.vista(sent.peg), "achados": found}
    return Response(201 if sent.novo else 200, shown, headers={"Location": f"../../{sent.peg.protocolo}"})


def _original(rascunho: Rascunho, envio: Envio, held: Sequence[Digitada]) -> bytes:
    return original(
        registro_ans=rascunho.registro_ans, numero_lote=rascunho.lote, tipo=TipoGuia(rascunho.estado.tipo_guia),
        versao=Versao(envio.versao), prestador=envio.prestador, guias=[json.loads(one.corpo) for one in held],
    )  # fmt: skip


# --- what they share ---


def _own(request: Request) -> tuple[Principal, Rascunho]:
    caller, asked = session.principal(request), request.path["id"]
    if not _ID.fullmatch(asked):
        raise RascunhoNotFoundError
    return caller, service.find(
        caller.prestador_id, asked, rascunhos=bootstrap.rascunhos(), now=session.clock().now()
    )  # fmt: skip


def _named_guia(request: Request) -> tuple[Principal, Rascunho, str]:
    caller, rascunho = _own(request)
    guia_id = request.path["guia_id"]
    if not _GUIA.fullmatch(guia_id):
        raise RascunhoNotFoundError
    return caller, rascunho, guia_id


def _own_guia(request: Request) -> tuple[Principal, Rascunho, str]:
    caller, rascunho, guia_id = _named_guia(request)
    service.find_guia(rascunho, guia_id, bootstrap.rascunhos())
    return caller, rascunho, guia_id


def _served(caller: Principal, registro_ans: str) -> None:
    """Refuse an operadora that is not served here: what is typed for it could never be sent."""
    if session.cadastro().contratacao(caller.prestador_id, registro_ans).operadora is None:
        text = "Não é uma operadora atendida aqui. Confira o registro ANS."
        raise problems.invalid_body((FieldError("registro_ans", "operadora-desconhecida", text),))


def _typed(request: Request, rascunho: Rascunho, guia_id: str = "") -> tuple[Digitada, list[dict[str, Any]]]:
    """The guia of a request, filled; and what the rules of the message find in it alone."""
    if len(request.body) > CORPO_MAXIMO:
        text = f"A guia passa de {CORPO_MAXIMO // 1024} KB: envie-a em um arquivo XML."
        raise problems.invalid_body((FieldError("$", "guia-grande-demais", text),))
    tipo = TipoGuia(rascunho.estado.tipo_guia)
    guia = guia_of(tipo, rascunho.registro_ans, read_guia(tipo, request.body).model_dump())
    corpo = json.dumps(campos_of(guia), ensure_ascii=False, separators=(",", ":"))
    found = _shown(*_judged(rascunho, [guia]), tipo, _UMA)
    return Digitada(id=guia_id, corpo=corpo, valor=guia.valor_total), found


def _found(rascunho: Rascunho, held: Sequence[Digitada]) -> tuple[tuple[Achado, ...], Versao]:
    """What the rules of the message find in all guias of a draft, and in which version."""
    tipo = TipoGuia(rascunho.estado.tipo_guia)
    return _judged(rascunho, [guia_of(tipo, rascunho.registro_ans, json.loads(one.corpo)) for one in held])


def _judged(rascunho: Rascunho, guias: Sequence[Guia]) -> tuple[tuple[Achado, ...], Versao]:
    lote = LoteGuias(numero_lote=rascunho.lote, tipo=TipoGuia(rascunho.estado.tipo_guia), guias=tuple(guias))
    _, versao = sender(rascunho.prestador_id, rascunho.registro_ans)
    hoje = local_day(session.clock().now())
    return formal(lote, registro_ans=rascunho.registro_ans, versao=versao, hoje=hoje), versao


def _shown(found: Sequence[Achado], versao: str, tipo: str, inside: str = "") -> list[dict[str, Any]]:
    return [achados.vista(one, Versao(versao), TipoGuia(tipo), inside) for one in found]


def _head(mudanca: Mudanca) -> dict[str, Any]:
    return vistas.resumo(mudanca.depois)


def _written(mudanca: Mudanca) -> dict[str, Any]:
    """What is kept of an answer with a guia: without the guia, which whoever repeats it sends again."""
    return {"id": mudanca.escritas[0].id, "rascunho": _head(mudanca)}


def _mesa(request: Request, caller: Principal, render: Callable[[Mudanca], Any], keep: Keep | None = None) -> Mesa:
    given: dict[str, Any] = {} if keep is None else {"keep": keep}
    return Mesa(
        prestador_id=caller.prestador_id, quem=caller.subject, now=session.clock().now(),
        rascunhos=bootstrap.rascunhos(), versao=request.expected_version(), render=render, pause=_pause, **given,
    )  # fmt: skip


def _pause(attempt: int) -> None:
    time.sleep(random.randrange(_PAUSE << attempt) / 1000)  # noqa: S311  # who waits how long is no secret


def _once(
    request: Request, caller: Principal, act: Callable[[Mesa], Any], render: Callable[[Mudanca], Any]
) -> dict[str, Any]:
    answer: dict[str, Any] = session.once(request, caller, lambda keep: act(_mesa(request, caller, render, keep)))
    return answer


def _done(request: Request, caller: Principal, act: Callable[[Mesa], Any]) -> Response:
    answer = _once(request, caller, act, _head)
    return Response(200, answer, headers=_tag(answer))


def _tag(head: dict[str, Any]) -> dict[str, str]:
    return {"ETag": f'"{head["versao"]}"'}


# --- refusals ---

_IMPOSSIVEL: Final = {
    "ABERTO": ("rascunho-aberto", "O rascunho está aberto", "Feche-o antes: POST /pegs/rascunhos/{id}/fechamento."),
    "FECHADO": (
        "rascunho-fechado", "O rascunho está fechado",
        "Para mudar guias, reabra-o antes (POST /pegs/rascunhos/{id}/reabertura); ou envie-o como está.",
    ),
    "ENVIADO": (
        "rascunho-enviado", "O rascunho já foi enviado",
        "Consulte o PEG pelo protocolo: enquanto RECEBIDO, cancela-se. Se o envio foi interrompido, repita-o.",
    ),
    "CHEIO": (
        "peg-cheio", "O PEG já tem 100 guias",
        "Um PEG tem até 100 guias (R11): abra outro rascunho para as demais, ou retire alguma deste.",
    ),
    "VAZIO": ("rascunho-vazio", "O rascunho não tem guias", "Inclua ao menos uma guia antes de fechar o rascunho."),
    "COM_GUIAS": (
        "rascunho-com-guias", "O rascunho tem guias de outro tipo",
        "O tipo só muda enquanto não há guias: retire-as, ou abra outro rascunho.",
    ),
    "OUTRO_TIPO": (
        "tipo-divergente", "O tipo do rascunho mudou",
        "As guias de um PEG são de um só tipo, e o deste mudou agora: consulte-o e envie uma guia desse tipo.",
    ),
}  # fmt: skip


def _impossible(error: AtoImpossivelError) -> ProblemError:
    refusal = problems.conflict(*_IMPOSSIVEL[error.motivo])
    if error.motivo == "CHEIO":
        refusal.extra = {"regra": "R11"}
    return refusal


def _refused(error: ComAchadosError) -> ProblemError:
    found = _shown(error.achados, error.versao, error.tipo_guia)
    return ProblemError(
        422, "guias-com-achados", "As guias têm o que corrigir",
        "O envio foi, ou seria, recusado e nada foi recebido: corrija o que está em achados e repita. O que tem efeito "
        "GLOSA ou AVISO não o impede.",
        tuple(
            FieldError(one["campo"], one["codigo"], one["mensagem"]) for one in found if one["efeito"] == "RECUSA"
        ),
        {"achados": found},
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    **comum.ERRORS,
    RascunhoNotFoundError: lambda _error: problems.not_found(),
    RascunhoMudouError: lambda _error: problems.changed_meanwhile(
        "Outros atos sobre o mesmo rascunho ocorreram ao mesmo tempo e nada foi gravado. Repita a requisição."
    ),
    RascunhoGrandeError: lambda _error: problems.conflict(
        "rascunho-grande-demais", "O rascunho passa de 4 MB",
        "As guias juntas passam do que se envia de uma vez: abra outro rascunho, ou envie um arquivo XML.",
    ),
    AtoImpossivelError: _impossible,
    SenhaNotFoundError: lambda _error: problems.not_found(),
    SenhaSemUsoError: lambda _error: problems.conflict(
        "senha-sem-uso", "Nada se cobra desta senha",
        "A autorização não foi concedida, ou foi cancelada. Consulte-a em /autorizacoes.",
    ),
    OutroTipoError: lambda _error: problems.conflict(
        "tipo-divergente", "A senha é de outro tipo",
        "Guias do tipo deste rascunho não se cobram desta senha: abra um rascunho do tipo certo.",
    ),
    ComAchadosError: _refused,
}  # fmt: skip


# --- documentation ---

_RESUMO: Final[dict[str, Any]] = {
    "id": "6f1f0d7c2b7e4c0d9a5e8b3c4d2f1a60", "situacao": "ABERTO", "registro_ans": "345695",
    "tipo_guia": "guiaConsulta", "numero_lote": None, "quantidade_guias": 1, "valor_total": "120.00", "versao": 2,
    "criado_em": "2026-11-21T12:00:00.000000Z", "alterado_em": "2026-11-21T12:05:00.000000Z",
    "expira_em": "2027-05-20T12:05:00.000000Z", "protocolo": None,
}  # fmt: skip
_GRAVADA: Final[dict[str, Any]] = {"id": "00000002", "guia": exemplos.CONSULTA}
_NOVA: Final[dict[str, Any]] = {**_GRAVADA, "rascunho": _RESUMO, "achados": []}
_INTEIRO: Final[dict[str, Any]] = {**_RESUMO, "guias": [_GRAVADA], "achados": []}
_VAZIO: Final[dict[str, Any]] = {**_RESUMO, "quantidade_guias": 0, "valor_total": "0.00", "versao": 1}
_ENVIADO: Final[dict[str, Any]] = {
    "rascunho": {
        **_RESUMO, "situacao": "ENVIADO", "numero_lote": "17", "versao": 5, "protocolo": exemplos.PEG["protocolo"],
    },
    "peg": exemplos.PEG, "achados": [],
}  # fmt: skip
_MODELO: Final[dict[str, Any]] = {
    "guia": {
        "numero_guia_operadora": "26110482915537", "numero_carteira": "00012345678900011", "atendimento_rn": False,
        "contratado_executante": {"codigo_na_operadora": "HOSP01"}, "cnes_executante": "1234567", "tabela": "22",
        "codigo": "10101012", "valor_procedimento": "120.00",
    },
    "falta": [
        {"campo": "numero_guia_prestador", "codigo": "missing", "mensagem": "Campo obrigatório: informe-o."},
    ],
    "diarias_restantes": "0",
}  # fmt: skip
_ID_PATH: Final = Parameter("id", "path", "Identificador do rascunho.", required=True, example=_RESUMO["id"])
_GUIA_PATH: Final = Parameter(
    "guia_id", "path", "Identificador da guia no rascunho.", required=True, example="00000002"
)
_TODOS: Final = "/pegs/rascunhos"
_UM: Final = f"{_TODOS}/{{id}}"
_GUIAS: Final = f"{_UM}/guias"
_AREA: Final = ("conecta/peg.ler", "conecta/peg.escrever")
_ESCREVER: Final = ("conecta/peg.escrever",)

OPERATIONS: Final = (
    Operation(
        "GET", _TODOS, "listarRascunhosDePeg", FUNCAO, TAG,
        "Listar os PEGs digitados", "Os do prestador, sem as guias. Uma página pode vir menor e ter continuação.",
        list_all,
        (Reply(200, "Uma página.", PegsDigitadosPage, example={"rascunhos": [_RESUMO], "cursor": None}),),
        escopos=_AREA, parameters=(CURSOR, PRESTADOR), refusals=(400, 422),
    ),
    Operation(
        "POST", _TODOS, "criarRascunhoDePeg", FUNCAO, TAG, "Abrir um PEG digitado",
        "Um rascunho vazio, a que se juntam até 100 guias de um só tipo. Guardado por 180 dias desde a última "
        "alteração.",
        create,
        (Reply(201, "Rascunho aberto.", PegDigitadoResumoView, example=_VAZIO),),
        escopos=_ESCREVER, parameters=(PRESTADOR, IDEMPOTENCY), body=PegDigitadoRequest,
        example={"registro_ans": "345695", "tipo_guia": "guiaConsulta"}, refusals=(409, 422),
    ),
    Operation(
        "GET", _UM, "obterRascunhoDePeg", FUNCAO, TAG, "Consultar um PEG digitado",
        "As guias, na ordem em que foram incluídas, e o que as regras do padrão acham delas.",
        get_one,
        (Reply(200, "O rascunho.", PegDigitadoView, example=_INTEIRO),),
        escopos=_AREA, parameters=(_ID_PATH, PRESTADOR), refusals=(422,),
    ),
    Operation(
        "PATCH", _UM, "alterarRascunhoDePeg", FUNCAO, TAG, "Alterar o cabeçalho de um PEG digitado",
        "O número do lote ou a operadora, enquanto aberto; o tipo, enquanto não há guias.",
        change_head,
        (Reply(200, "Como ficou.", PegDigitadoResumoView, example={**_VAZIO, "numero_lote": "17", "versao": 2}),),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY), body=CabecaDoPegRequest,
        example={"numero_lote": "17"}, refusals=(409, 412, 422),
    ),
    Operation(
        "DELETE", _UM, "excluirRascunhoDePeg", FUNCAO, TAG, "Excluir um PEG digitado",
        "Com as guias; não há como voltar atrás. Um que foi enviado não se exclui: cancela-se o PEG.",
        remove,
        (Reply(204, "Rascunho excluído."),),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR, IF_MATCH), refusals=(409, 412, 422),
    ),
    Operation(
        "POST", _GUIAS, "incluirGuia", FUNCAO, TAG, "Incluir uma guia",
        "Do tipo do rascunho, enquanto aberto; até 100 (R11). O que não cabe em uma mensagem TISS é recusado; números "
        "de item, descrições da TUSS e totais que faltem são preenchidos. O que as regras do padrão acham da guia vem "
        "em achados, e só impede o fechamento.",
        add_guia,
        (Reply(201, "Guia incluída.", GuiaGravadaView, example=_NOVA),),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY), body=GuiaDigitadaRequest,
        example=exemplos.CONSULTA, refusals=(409, 412, 422),
    ),
    Operation(
        "POST", f"{_GUIAS}/modelo", "obterModeloDeGuia", FUNCAO, TAG, "Preencher uma guia a partir da senha",
        "Uma guia do tipo do rascunho com o que se sabe da senha: carteira, executante, itens que restam, com o preço "
        "contratado e o dia previsto, se houver. Nada é gravado; o que falta vem em falta.",
        modelo,
        (Reply(200, "A guia, a completar.", ModeloView, example=_MODELO),),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR), body=ModeloRequest,
        example={"senha": "26110482915537"}, refusals=(409, 422),
    ),
    Operation(
        "PUT", f"{_GUIAS}/{{guia_id}}", "alterarGuia", FUNCAO, TAG, "Alterar uma guia",
        "Substitui a guia inteira, enquanto o rascunho está aberto.",
        change_guia,
        (Reply(200, "A guia como ficou.", GuiaGravadaView, example=_NOVA),),
        escopos=_ESCREVER, parameters=(_ID_PATH, _GUIA_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY),
        body=GuiaDigitadaRequest, example=exemplos.CONSULTA, refusals=(409, 412, 422),
    ),
    Operation(
        "DELETE", f"{_GUIAS}/{{guia_id}}", "excluirGuia", FUNCAO, TAG, "Retirar uma guia do rascunho",
        "Enquanto o rascunho está aberto.",
        take_out,
        (Reply(200, "O rascunho sem ela.", PegDigitadoResumoView, example={**_VAZIO, "versao": 3}),),
        escopos=_ESCREVER, parameters=(_ID_PATH, _GUIA_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY),
        refusals=(409, 412, 422),
    ),
    Operation(
        "POST", f"{_UM}/fechamento", "fecharRascunhoDePeg", FUNCAO, TAG, "Fechar um PEG digitado",
        "Nada mais muda até que seja reaberto. O que as regras do padrão recusariam vem em achados (422).",
        close,
        (Reply(200, "Fechado.", PegDigitadoResumoView, example={**_RESUMO, "situacao": "FECHADO", "versao": 3}),),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY), refusals=(409, 412, 422),
    ),
    Operation(
        "POST", f"{_UM}/envio", "enviarRascunhoDePeg", FUNCAO, TAG, "Enviar um PEG digitado",
        "Um rascunho fechado torna-se um PEG recebido, na data e hora deste envio, com o protocolo; as glosas, que não "
        "impedem a recepção, vêm em achados. Recusado, volta a estar aberto, com tudo o que o recusa (422). Enviar de "
        "novo devolve o mesmo PEG.",
        send,
        (
            Reply(201, "Recebido.", EnviadoView, example=_ENVIADO),
            Reply(200, "Já havia sido enviado: como está.", EnviadoView, example=_ENVIADO),
        ),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR, IF_MATCH), refusals=(409, 412, 422, 503),
    ),
    Operation(
        "POST", f"{_UM}/reabertura", "reabrirRascunhoDePeg", FUNCAO, TAG, "Reabrir um PEG digitado",
        "Para mudar guias antes do envio.",
        reopen,
        (Reply(200, "Aberto.", PegDigitadoResumoView, example={**_RESUMO, "versao": 4}),),
        escopos=_ESCREVER, parameters=(_ID_PATH, PRESTADOR, IF_MATCH, IDEMPOTENCY), refusals=(409, 412, 422),
    ),
)  # fmt: skip
