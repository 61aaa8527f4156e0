"""REST entries of webhooks: where a prestador's systems are told what happens, and what became of each event."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from alertas.bootstrap import webhooks as bootstrap
from alertas.domain import webhooks as rules
from alertas.domain.entregas import GUARDADA, Periodo, SituacaoEntrega, instante
from alertas.domain.webhooks import (
    EXPLICADAS,
    VIVOS,
    EnderecoInvalidoError,
    ProvaFalhouError,
    SituacaoInvalidaError,
    SituacaoWebhook,
    VersaoDiferenteError,
    WebhookNaoEncontradoError,
    WebhooksDemaisError,
)
from alertas.handler import comum
from alertas.handler.comum import FUNCAO, PESSOAS
from alertas.schemas import webhooks as schemas
from alertas.schemas.webhooks import (
    EntregaInteiraView,
    EntregasPage,
    EntregaView,
    ReenviosRequest,
    ReenviosView,
    TrocaDeSegredoRequest,
    WebhookComSegredoView,
    WebhookInteiroView,
    WebhookRequest,
    WebhooksView,
    WebhookView,
)
from alertas.service import entregas, webhooks
from conecta_edge import problems, session
from conecta_edge.clock import day_start, iso, local_day
from conecta_edge.http import (
    CURSOR,
    IDEMPOTENCY,
    IF_MATCH,
    PRESTADOR,
    ErrorMap,
    Operation,
    Parameter,
    Query,
    Reply,
    Request,
    Response,
)
from conecta_edge.problems import FieldError, ProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from alertas.domain.webhooks import Webhook
    from alertas.service.webhooks import Portas
    from conecta_atos.portas import Guardar
    from conecta_edge.tenancy import Principal

TAG: Final = "Webhooks"
PAGE: Final = 100
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ENTREGA: Final = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{32}", re.ASCII)
TODAS: Final = "TODAS"
PADRAO: Final = timedelta(days=7)
"""Days before the last, when the first is not said."""
_AO_CONTRARIO: Final = "O último dia não pode vir antes do primeiro."


def list_all(request: Request) -> Response:
    """GET /webhooks."""
    caller, portas = session.principal(request), bootstrap.portas()
    caller.require_gestor()
    held = portas.webhooks.todos(caller.prestador_id).webhooks
    living = [one for one in held if one.situacao is not SituacaoWebhook.RETIRADO]
    shown = [schemas.webhook(one, portas.agora()) for one in sorted(living, key=lambda one: (one.criado_em, one.id))]
    return Response(200, {"webhooks": shown, "limite": VIVOS})


def create(request: Request) -> Response:
    """POST /webhooks."""
    caller, portas = session.principal(request), bootstrap.portas()
    pedido = request.model(WebhookRequest).pedido()
    caller.require_gestor()

    def effect(keep: Guardar) -> Webhook:
        return webhooks.create(
            caller.prestador_id, pedido, caller.subject, portas,
            contar=lambda: bootstrap.take_quota(bootstrap.REGISTROS, caller), guardar=keep,
        )  # fmt: skip

    answer = _done(request, caller, effect, portas, status=201)
    return _with_secret(answer, caller, {"Location": f"webhooks/{answer.content['id']}"})


def get_one(request: Request) -> Response:
    """GET /webhooks/{id}."""
    caller, webhook, portas = _own(request)
    caller.require_gestor()
    shown = schemas.inteiro(webhook, portas.webhooks.saude(webhook), portas.agora())
    return Response(200, shown, headers={"ETag": f'"{webhook.versao}"'})


def change(request: Request) -> Response:
    """PUT /webhooks/{id}."""
    caller, webhook, portas = _own(request)
    pedido, versao = request.model(WebhookRequest).pedido(), request.expected_version()
    caller.require_gestor()
    return _done(
        request, caller, lambda keep: webhooks.alter(webhook, pedido, portas, versao=versao, guardar=keep), portas
    )


def withdraw(request: Request) -> Response:
    """DELETE /webhooks/{id}."""
    caller, webhook, portas = _own(request)
    _acted(rules.RETIRAR, request, caller, webhook, portas)
    return Response(204)


def verify(request: Request) -> Response:
    """POST /webhooks/{id}/verificacao."""
    caller, webhook, portas = _own(request)
    versao = request.expected_version()
    caller.require_gestor()

    def effect(keep: Guardar) -> Webhook:
        bootstrap.take_quota(bootstrap.CHAMADAS, caller)
        return webhooks.verify(webhook, portas, versao=versao, guardar=keep)

    return _done(request, caller, effect, portas)


def _act(ato: str, request: Request) -> Response:
    """POST of an act that only moves its state."""
    caller, webhook, portas = _own(request)
    return _acted(ato, request, caller, webhook, portas)


def _acted(ato: str, request: Request, caller: Principal, webhook: Webhook, portas: Portas) -> Response:
    versao, now = request.expected_version(), portas.agora()
    caller.require_gestor()
    return _done(
        request, caller,
        lambda keep: webhooks.act(
            webhook, lambda held: rules.advance(held, ato, now), portas, versao=versao, guardar=keep
        ),
        portas,
    )  # fmt: skip


def rotate(request: Request) -> Response:
    """POST /webhooks/{id}/segredo."""
    caller, webhook, portas = _own(request)
    overlap = timedelta(hours=request.model(TrocaDeSegredoRequest).sobreposicao_horas)
    versao, now = request.expected_version(), portas.agora()
    caller.require_gestor()
    answer = _done(
        request, caller,
        lambda keep: webhooks.act(
            webhook, lambda held: rules.rotate(held, now, overlap), portas, versao=versao, guardar=keep
        ),
        portas,
    )  # fmt: skip
    return _with_secret(answer, caller)


def try_out(request: Request) -> Response:
    """POST /webhooks/{id}/teste."""
    caller, webhook, portas = _own(request)
    caller.require_gestor()
    webhooks.require_active(webhook)
    bootstrap.take_quota(bootstrap.CHAMADAS, caller)
    return Response(202, schemas.entrega(webhooks.try_out(webhook, portas)))


def list_deliveries(request: Request) -> Response:
    """GET /webhooks/{id}/entregas."""
    caller, webhook, portas = _own(request)
    query = Query(request.query)
    situacao = query.one_of("situacao", (TODAS, *SituacaoEntrega), TODAS)
    ate = query.dia("ate", local_day(portas.agora()))
    de = query.dia("de", max(ate, date.min + PADRAO) - PADRAO)
    if not query.wrong and ate < de:
        query.refuse("ate", "periodo-invalido", _AO_CONTRARIO)
    query.check()
    caller.require_gestor()
    periodo = _period(de, ate, None if situacao == TODAS else SituacaoEntrega(situacao))
    position, token_of = session.cursor(request, f"{caller.prestador_id}|entregas|{webhook.id}|{periodo}")
    page = portas.entregas.registro(webhook, periodo, position, PAGE)
    return Response(200, {"entregas": [schemas.entrega(one) for one in page.rows], "cursor": token_of(page.position)})


def get_delivery(request: Request) -> Response:
    """GET /webhooks/{id}/entregas/{entrega}."""
    caller, webhook, portas = _own(request)
    found = entregas.find(webhook, _delivery_of(request), portas)
    caller.require_gestor()
    return Response(200, schemas.entrega_inteira(found))


def send_again(request: Request) -> Response:
    """POST /webhooks/{id}/entregas/{entrega}/reenvio."""
    caller, webhook, portas = _own(request)
    found = entregas.find(webhook, _delivery_of(request), portas)
    caller.require_gestor()
    return Response(202, schemas.entrega(entregas.send_again(webhook, found, portas)))


def send_range_again(request: Request) -> Response:
    """POST /webhooks/{id}/reenvios."""
    caller, webhook, portas = _own(request)
    asked = request.model(ReenviosRequest)
    if asked.ate < asked.de:
        raise problems.invalid_body((FieldError("ate", "periodo-invalido", _AO_CONTRARIO),))
    caller.require_gestor()
    periodo = _period(asked.de, asked.ate, SituacaoEntrega(asked.situacao) if asked.situacao else None)
    position, token_of = session.cursor(request, f"{caller.prestador_id}|reenvios|{webhook.id}|{periodo}")
    done, following = entregas.send_range_again(webhook, periodo, position, portas)
    return Response(202, {"reenviadas": done, "cursor": token_of(following)})


def _own(request: Request) -> tuple[Principal, Webhook, Portas]:
    """The caller and the webhook that the path names, which is looked for before anything else is judged."""
    caller, portas = session.principal(request), bootstrap.portas()
    asked = request.path["id"]
    if not _ID.fullmatch(asked):
        raise WebhookNaoEncontradoError
    return caller, webhooks.find(caller.prestador_id, asked, portas), portas


def _delivery_of(request: Request) -> str:
    asked = request.path["entrega"]
    if not _ENTREGA.fullmatch(asked):
        raise WebhookNaoEncontradoError
    return asked


def _period(de: date, ate: date, situacao: SituacaoEntrega | None) -> Periodo:
    """From the first instant of a local day to the last of another."""
    last = day_start(ate + timedelta(days=1)) - timedelta(microseconds=1)
    return Periodo(instante(iso(day_start(de))), instante(iso(last)), situacao)


def _done(
    request: Request, caller: Principal, act: Callable[[Guardar], Webhook], portas: Portas, *, status: int = 200
) -> Response:
    """Carry out an act once per `Idempotency-Key`, and answer what it left; no kept answer holds a secret."""
    now = portas.agora()
    return session.done(
        request, caller.prestador_id, caller.subject, act, lambda left: schemas.webhook(left, now), status
    )


def _with_secret(answer: Response, caller: Principal, headers: dict[str, str] | None = None) -> Response:
    shown = schemas.com_segredo(answer.content, caller.prestador_id, bootstrap.raiz())
    return Response(answer.status, shown, headers={**answer.headers, **(headers or {})})


# --- refusals ---

_ADIANTE: Final = {
    SituacaoWebhook.A_VERIFICAR: "verifique-o em POST /webhooks/{id}/verificacao",
    SituacaoWebhook.ATIVO: "ele recebe eventos; pause-o em POST /webhooks/{id}/pausa",
    SituacaoWebhook.PAUSADO: "retome-o em POST /webhooks/{id}/retomada",
    SituacaoWebhook.DESLIGADO: "corrija o endereço e verifique-o de novo em POST /webhooks/{id}/verificacao",
    SituacaoWebhook.RETIRADO: "registre outro em POST /webhooks",
}
"""What may be done in each state."""


def _unproved(error: ProvaFalhouError) -> ProblemError:
    return ProblemError(
        409, "verificacao-falhou", "O endereço não foi verificado",
        f"Enviamos o desafio, mas {EXPLICADAS[error.falha]}. Corrija e verifique de novo.",
        extra={"falha": error.falha.value, "status_recebido": error.status},
    )  # fmt: skip


ERRORS: Final[ErrorMap] = {
    **comum.ERRORS,
    WebhookNaoEncontradoError: lambda _error: problems.not_found(),
    EnderecoInvalidoError: lambda error: problems.invalid_body((FieldError("url", error.codigo, error.motivo),)),
    WebhooksDemaisError: lambda _error: problems.conflict(
        "webhooks-demais", "Webhooks demais", f"São no máximo {VIVOS} por prestador: retire um, ou altere o que há."
    ),
    SituacaoInvalidaError: lambda error: ProblemError(
        409, "transicao-impossivel", "Não é possível neste estado",
        f"O webhook está {error.situacao.value.replace('_', ' ')}: {_ADIANTE[error.situacao]}.",
        extra={"situacao": error.situacao.value},
    ),
    VersaoDiferenteError: lambda _error: problems.outdated(),
    ProvaFalhouError: _unproved,
}  # fmt: skip

# --- documentation ---

_UM: Final = "/webhooks/{id}"
_ID_PATH: Final = Parameter("id", "path", "Do webhook.", required=True, example=schemas.ID)
_ENTREGA_PATH: Final = Parameter("entrega", "path", "Da entrega.", required=True, example=schemas.ENTREGA_ID)
_DIA: Final = {"type": "string", "format": "date"}
_WEBHOOK: Final = Reply(200, "O webhook.", WebhookView, example=schemas.WEBHOOK)
_ENVIADA: Final = Reply(202, "A entrega, a caminho.", EntregaView, example={
    **schemas.ENTREGA, "situacao": "PENDENTE", "tentativas": [],
})  # fmt: skip


def _operation(  # noqa: PLR0917  # as `Operation`
    method: str, path: str, name: str, summary: str, description: str, run: Callable[[Request], Response],
    reply: Reply, *parameters: Parameter, body: type[BaseModel] | None = None, example: Any = None,
    refusals: tuple[int, ...] = (),
) -> Operation:  # fmt: skip
    here = (_ID_PATH,) if path.startswith(_UM) else ()
    return Operation(
        method, path, name, FUNCAO, TAG, summary, description, run, (reply,), escopos=PESSOAS,
        parameters=(*here, *parameters, PRESTADOR), body=body, example=example,
        refusals=tuple(sorted({422, *((404,) if here else ()), *refusals})),
    )  # fmt: skip


def _acting(path: str, name: str, summary: str, description: str, ato: str) -> Operation:
    return _operation(
        "POST", f"{_UM}/{path}", name, summary, description, partial(_act, ato), _WEBHOOK, IDEMPOTENCY, IF_MATCH,
        refusals=(409, 412),
    )  # fmt: skip


OPERATIONS: Final[Sequence[Operation]] = (
    _operation(
        "GET", "/webhooks", "listarWebhooks", "Listar os webhooks",
        "Para onde os sistemas do prestador são avisados do que acontece. Só gestores.",
        list_all, Reply(200, "Os que não foram retirados.", WebhooksView, example={
            "webhooks": [schemas.WEBHOOK], "limite": VIVOS,
        }),
    ),
    _operation(
        "POST", "/webhooks", "criarWebhook", "Registrar um webhook",
        "Devolve o segredo com que se confere a assinatura do que chega, e que não é mostrado de novo. Nada é enviado "
        "antes de POST /webhooks/{id}/verificacao. Os eventos estão em docs/eventos.md. Por semana, registram-se até "
        f"{bootstrap.REGISTROS.limit}.",
        create, Reply(201, "O webhook e o segredo.", WebhookComSegredoView, example=schemas.CRIADO), IDEMPOTENCY,
        body=WebhookRequest, example=schemas.ENVIADO, refusals=(409,),
    ),
    _operation(
        "GET", _UM, "obterWebhook", "Consultar um webhook",
        "O que recebe, em que situação está, e como vem respondendo. A ETag é a versão, para If-Match.",
        get_one, Reply(200, "O webhook.", WebhookInteiroView, example=schemas.INTEIRO),
    ),
    _operation(
        "PUT", _UM, "alterarWebhook", "Alterar um webhook",
        "Troca endereço, descrição e eventos. Com outro endereço, é preciso verificar de novo: até lá, o que acontece "
        "fica RETIDA no registro de entregas.",
        change, _WEBHOOK, IDEMPOTENCY, IF_MATCH, body=WebhookRequest, example=schemas.ENVIADO, refusals=(409, 412),
    ),
    _operation(
        "DELETE", _UM, "retirarWebhook", "Retirar um webhook",
        "Nada mais se envia. O registro de entregas continua por 90 dias.",
        withdraw, Reply(204, "Retirado."), IF_MATCH, refusals=(409, 412),
    ),
    _operation(
        "POST", f"{_UM}/verificacao", "verificarWebhook", "Verificar um webhook",
        'Envia agora um desafio assinado, {"tipo": "WebhookVerificado", "desafio": "…"}, e espera até 10 '
        'segundos pela resposta {"prova": "…"}: o HMAC-SHA256 do desafio com o segredo, em hexadecimal. Com ela o '
        "webhook fica ATIVO. Também religa o que foi desligado.",
        verify, _WEBHOOK, IDEMPOTENCY, IF_MATCH, refusals=(409, 412),
    ),
    _acting(
        "pausa", "pausarWebhook", "Pausar um webhook",
        "Nada se tenta até a retomada; o que acontece fica RETIDA no registro, para POST /webhooks/{id}/reenvios.",
        rules.PAUSAR,
    ),
    _acting("retomada", "retomarWebhook", "Retomar um webhook", "Volta a receber o que acontecer.", rules.RETOMAR),
    _operation(
        "POST", f"{_UM}/segredo", "trocarSegredoDoWebhook", "Trocar o segredo",
        "Devolve outro segredo, que não é mostrado de novo. Enquanto durar a sobreposição, cada entrega traz a "
        "assinatura dos dois em Conecta-Assinatura.",
        rotate, Reply(200, "O webhook e o segredo novo.", WebhookComSegredoView, example={
            **schemas.CRIADO, "situacao": "ATIVO",
            "chaves": [{"id": 2, "ate": None}, {"id": 1, "ate": "2026-11-23T14:00:00.000000Z"}],
        }),
        IDEMPOTENCY, IF_MATCH, body=TrocaDeSegredoRequest, example={"sobreposicao_horas": 24}, refusals=(409, 412),
    ),
    _operation(
        "POST", f"{_UM}/teste", "testarWebhook", "Enviar um evento de teste",
        "Um WebhookTestado, entregue como qualquer outro: veja o que houve no registro de entregas.",
        try_out, _ENVIADA, refusals=(409,),
    ),
    _operation(
        "GET", f"{_UM}/entregas", "listarEntregasDeWebhook", "Ver o registro de entregas",
        f"As dos últimos 7 dias, se não se diz de quando, da mais nova à mais antiga, em páginas de até {PAGE}; "
        f"guardam-se {GUARDADA.days} dias. PENDENTE será tentada (por um dia, com esperas crescentes); ENTREGUE teve "
        "resposta 2xx; ESGOTADA não teve em um dia; RETIDA não se tentou, pois o webhook não estava ativo.",
        list_deliveries, Reply(200, "Uma página.", EntregasPage, example={
            "entregas": [schemas.ENTREGA], "cursor": None,
        }),
        Parameter("situacao", "query", "Só as que estão nela.", schema={
            "type": "string", "enum": [TODAS, *SituacaoEntrega], "default": TODAS,
        }),
        Parameter("de", "query", "Primeiro dia.", schema=_DIA, example="2026-11-15"),
        Parameter("ate", "query", "Último dia.", schema=_DIA, example="2026-11-22"),
        CURSOR, refusals=(400,),
    ),
    _operation(
        "GET", f"{_UM}/entregas/{{entrega}}", "obterEntregaDeWebhook", "Consultar uma entrega",
        "O que se envia, e cada tentativa.",
        get_delivery, Reply(200, "A entrega.", EntregaInteiraView, example=schemas.INTEIRA), _ENTREGA_PATH,
    ),
    _operation(
        "POST", f"{_UM}/entregas/{{entrega}}/reenvio", "reenviarEntregaDeWebhook", "Enviar de novo uma entrega",
        "O mesmo evento, com o mesmo id. Uma que está PENDENTE fica como está.",
        send_again, _ENVIADA, _ENTREGA_PATH, refusals=(409,),
    ),
    _operation(
        "POST", f"{_UM}/reenvios", "reenviarEntregasDeWebhook", "Enviar de novo as entregas de alguns dias",
        f"Até {entregas.REENVIOS} por vez, da mais antiga à mais nova: repita com o cursor até que venha nulo. Serve "
        "depois de uma pausa, ou para refazer o que o seu sistema perdeu.",
        send_range_again, Reply(202, "O que se enviou de novo.", ReenviosView, example={
            "reenviadas": 12, "cursor": None,
        }),
        CURSOR, body=ReenviosRequest, example={"de": "2026-11-20", "ate": "2026-11-22", "situacao": "RETIDA"},
        refusals=(400, 409),
    ),
)  # fmt: skip
