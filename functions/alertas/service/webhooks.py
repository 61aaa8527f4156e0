"""Webhooks of a prestador, as its gestores keep them; and what they need from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from alertas.domain import eventos, webhooks
from alertas.domain.entregas import nova
from alertas.domain.errors import MudouError
from alertas.domain.webhooks import (
    VIVOS,
    Chave,
    Falha,
    ProvaFalhouError,
    SituacaoInvalidaError,
    SituacaoWebhook,
    VersaoDiferenteError,
    Webhook,
    WebhookNaoEncontradoError,
    WebhooksDemaisError,
)

if TYPE_CHECKING:
    from alertas.domain.entregas import Entrega, Linha, Lugar, Periodo, Resultado
    from alertas.domain.webhooks import Saude
    from conecta_atos.portas import Guardar, Page

VOLTAS: Final = 5
"""How often what others keep changing is tried."""


@dataclass(frozen=True, slots=True)
class Conjunto:
    """The webhooks of a prestador, withdrawn ones too, and how often the set changed."""

    webhooks: Sequence[Webhook]
    versao: int


class Webhooks(Protocol):
    """Stored webhooks; every method names the tenant it touches, every write has a condition."""

    def todos(self, prestador_id: str) -> Conjunto:
        """All of a tenant."""
        ...

    def um(self, prestador_id: str, webhook_id: str) -> Webhook | None:
        """One of a tenant."""
        ...

    def add(self, webhook: Webhook, conjunto: int, guardar: Sequence[Mapping[str, Any]]) -> None:
        """A new one, on condition that the set has not changed since.

        Raises:
            MudouError: it has.
        """
        ...

    def change(
        self, antes: Webhook, depois: Webhook, guardar: Sequence[Mapping[str, Any]] = (), *, aviso: str = "",
        now: datetime | None = None,
    ) -> None:  # fmt: skip
        """Replace it, on condition that it is as read; with `WebhookDesligado` when there is an `aviso`: why.

        Raises:
            MudouError: it is not.
        """
        ...

    def saude(self, webhook: Webhook) -> Saude:
        """How it is doing."""
        ...

    def write_saude(self, saude: Saude) -> bool:
        """On condition that it is as read: whether it was. Whoever loses leaves it as others have it."""
        ...


class Entregas(Protocol):
    """Stored deliveries and lines."""

    def put(self, entrega: Entrega, now: datetime) -> None:
        """A new one; one that waits also stands in its line, which is attempted now. What is there stays."""
        ...

    def uma(self, prestador_id: str, webhook_id: str, entrega_id: str) -> Entrega | None:
        """One of a webhook."""
        ...

    def registro(  # whose, from when to when, after which, how many, in which order
        self, webhook: Webhook, periodo: Periodo, position: Mapping[str, str] | None, limit: int, *,
        recentes: bool = True,
    ) -> Page:  # fmt: skip
        """Deliveries of a period, newest or oldest first; a page may hold fewer than there is room for."""
        ...

    def primeira(self, lugar: Lugar) -> Entrega | None:
        """The oldest one that stands in a line."""
        ...

    def write(self, antes: Entrega, depois: Entrega, now: datetime) -> None:
        """Replace one, on condition that it is as read; one that waits again stands in its line.

        Raises:
            MudouError: it is not.
        """
        ...

    def linha(self, lugar: Lugar) -> Linha | None:
        """How far a line is."""
        ...

    def write_linha(self, antes: Linha, depois: Linha) -> bool:
        """Move a line on, if nobody else did; close it only if nothing was put in meanwhile."""
        ...

    def vencidas(self, now: datetime, limit: int) -> Sequence[Lugar]:
        """Lines whose next attempt is due."""
        ...


class Remetente(Protocol):
    """Who sends over the network, to public addresses only."""

    def send(self, url: str, headers: Mapping[str, str], corpo: bytes, *, ler: bool = False) -> Resultado:
        """One POST; whatever goes wrong outside is told, not raised.

        Args:
            ler: whether the answer's body is wanted.
        """
        ...


class Fila(Protocol):
    """What carries lines to who attempts them."""

    def enqueue(self, lugares: Sequence[Lugar], espera: timedelta = timedelta()) -> None:
        """Have them attempted, after up to 15 minutes; what is lost here is found by the sweep."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Portas:
    """The ports of webhooks.

    Attributes:
        carimbo: the instant that a signature carries: the world's, also where the functions' clock is moved.
        raiz: what secrets are derived from, read on first use.
        local: whether `localhost` may be an endpoint: in the embedded AWS only.
        sortear: from 0 to 1.
        new_id: 32 random hexadecimal digits.
    """

    webhooks: Webhooks
    entregas: Entregas
    remetente: Remetente
    fila: Fila
    agora: Callable[[], datetime]
    carimbo: Callable[[], datetime]
    raiz: Callable[[], bytes]
    sortear: Callable[[], float]
    new_id: Callable[[], str]
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pedido:
    """What a gestor wants of an endpoint; no `eventos` means all, those to come too."""

    url: str
    descricao: str
    eventos: tuple[str, ...]


def create(
    prestador_id: str, pedido: Pedido, quem: str, portas: Portas, *, contar: Callable[[], None], guardar: Guardar
) -> Webhook:
    """A new one, which is told nothing before it proved to be the prestador's.

    Args:
        contar: takes one of those that may be registered for a while, or raises; what is refused takes none.

    Raises:
        EnderecoInvalidoError: no endpoint may be there.
        WebhooksDemaisError: as many as a prestador may have.
        MudouError: the set kept changing.
    """
    url = webhooks.endereco(pedido.url, local=portas.local)
    made = Webhook(
        id=portas.new_id(), prestador_id=prestador_id, url=url, descricao=pedido.descricao, eventos=pedido.eventos,
        situacao=SituacaoWebhook.A_VERIFICAR, chaves=(Chave(1),), criado_em=portas.agora(), quem=quem,
    )  # fmt: skip
    conjunto = _with_room(prestador_id, portas)
    contar()
    for _ in range(VOLTAS):
        try:
            portas.webhooks.add(made, conjunto, guardar(made))
        except MudouError:
            conjunto = _with_room(prestador_id, portas)
            continue
        return made
    raise MudouError


def _with_room(prestador_id: str, portas: Portas) -> int:
    """The version of a set that has room for one more."""
    held = portas.webhooks.todos(prestador_id)
    if sum(one.situacao is not SituacaoWebhook.RETIRADO for one in held.webhooks) >= VIVOS:
        raise WebhooksDemaisError
    return held.versao


def find(prestador_id: str, webhook_id: str, portas: Portas) -> Webhook:
    """One of a tenant, a withdrawn one too.

    Raises:
        WebhookNaoEncontradoError: absent or foreign.
    """
    found = portas.webhooks.um(prestador_id, webhook_id)
    if found is None:
        raise WebhookNaoEncontradoError
    return found


def act(
    webhook: Webhook, passo: Callable[[Webhook], Webhook], portas: Portas, *, versao: int | None = None,
    guardar: Guardar,
) -> Webhook:  # fmt: skip
    """What a step makes of it; nothing is written when that is the same.

    Args:
        versao: the one that the caller saw; `None` when it does not say.

    Raises:
        VersaoDiferenteError: it is another.
        SituacaoInvalidaError: its state does not admit it.
        MudouError: it kept changing.
    """
    for _ in range(VOLTAS):
        if versao not in {None, webhook.versao}:
            raise VersaoDiferenteError
        after = passo(webhook)
        if after is webhook:
            return webhook
        try:
            portas.webhooks.change(webhook, after, guardar(after))
        except MudouError:
            webhook = find(webhook.prestador_id, webhook.id, portas)
            continue
        return after
    raise MudouError


def alter(webhook: Webhook, pedido: Pedido, portas: Portas, *, versao: int | None, guardar: Guardar) -> Webhook:
    """Another description, other events, another address, which must prove itself again.

    Raises:
        EnderecoInvalidoError: no endpoint may be there.
        SituacaoInvalidaError: it was withdrawn.
        VersaoDiferenteError, MudouError: see :func:`act`.
    """
    url = webhooks.endereco(pedido.url, local=portas.local)

    def passo(held: Webhook) -> Webhook:
        return webhooks.alter(held, url=url, descricao=pedido.descricao, eventos=pedido.eventos)

    return act(webhook, passo, portas, versao=versao, guardar=guardar)


def verify(webhook: Webhook, portas: Portas, *, versao: int | None, guardar: Guardar) -> Webhook:
    """Ask the endpoint for a proof that it holds the secret; then it is active.

    It is sent a challenge, signed as every delivery is, and answers `{"prova": <HMAC-SHA256 of it, in hexadecimal>}`.
    Who only echoes what it receives proves nothing.

    Raises:
        ProvaFalhouError: it did not.
        SituacaoInvalidaError: it was withdrawn, or is paused.
        VersaoDiferenteError, MudouError: see :func:`act`.
    """
    now = portas.agora()
    webhooks.advance(webhook, webhooks.VERIFICAR, now)
    desafio = portas.new_id()
    evento_id, tipo = portas.new_id(), eventos.VERIFICACAO
    evento = {
        "id": evento_id, "tipo": tipo, "versao": eventos.VERSAO, "prestador_id": webhook.prestador_id,
        "desafio": desafio,
    }  # fmt: skip
    corpo = json.dumps(evento, separators=(",", ":")).encode()
    came = portas.remetente.send(webhook.url, headers(webhook, evento_id, tipo, corpo, portas), corpo, ler=True)
    if came.falha:
        raise ProvaFalhouError(came.falha, came.status)
    wanted = {
        webhooks.assinar(one, desafio.encode()) for one in webhooks.segredos(portas.raiz(), webhook, now).values()
    }
    if _proof(came.corpo) not in wanted:
        raise ProvaFalhouError(Falha.PROVA_ERRADA, came.status)
    portas.webhooks.write_saude(portas.webhooks.saude(webhook).worked())

    def passo(held: Webhook) -> Webhook:
        if held.url != webhook.url:
            raise MudouError  # what was proved is another address
        return webhooks.advance(held, webhooks.VERIFICAR, now)

    return act(webhook, passo, portas, versao=versao, guardar=guardar)


def _proof(corpo: bytes) -> str:
    try:
        told = json.loads(corpo)
    except (ValueError, RecursionError):
        return ""
    return str(told.get("prova")) if isinstance(told, dict) else ""


def headers(webhook: Webhook, evento_id: str, tipo: str, corpo: bytes, portas: Portas) -> dict[str, str]:
    """What goes with a body."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Conecta-Webhooks/1",
        "Conecta-Webhook": webhook.id,
        "Conecta-Evento": tipo,
        "Conecta-Id": evento_id,
        **webhooks.assinatura(webhooks.segredos(portas.raiz(), webhook, portas.agora()), corpo, portas.carimbo()),
    }


def try_out(webhook: Webhook, portas: Portas) -> Entrega:
    """A test event, delivered as any other.

    Raises:
        SituacaoInvalidaError: it is not active.
    """
    require_active(webhook)
    now = portas.agora()
    evento = {
        "id": portas.new_id(), "tipo": eventos.TESTE, "versao": eventos.VERSAO,
        "ocorrido_em": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "registro_ans": None,
        "prestador_id": webhook.prestador_id, "entidade": f"webhook/{webhook.id}", "dados": {"webhook": webhook.id},
    }  # fmt: skip
    made = nova(evento, webhook.id, now)
    portas.entregas.put(made, now)
    portas.fila.enqueue([made.lugar])
    return made


def require_active(webhook: Webhook) -> None:
    """Refuse to send to one that is not.

    Raises:
        SituacaoInvalidaError: it is not.
    """
    if webhook.situacao is not SituacaoWebhook.ATIVO:
        raise SituacaoInvalidaError(webhook.situacao)


def switch_off(webhook: Webhook, aviso: str, portas: Portas) -> bool:
    """It failed too long, or wants no more: gestores are told. Answers whether it was on."""
    for _ in range(VOLTAS):
        if webhook.situacao is not SituacaoWebhook.ATIVO:
            return False
        now = portas.agora()
        try:
            portas.webhooks.change(webhook, webhooks.advance(webhook, webhooks.DESLIGAR, now), aviso=aviso, now=now)
        except MudouError:
            webhook = find(webhook.prestador_id, webhook.id, portas)
            continue
        return True
    return False  # the next failure tries again
