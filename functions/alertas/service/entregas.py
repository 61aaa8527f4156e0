"""Deliveries: put in line when an event happens, attempted one by one, given up after a day, sent off again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from alertas.domain import entregas, eventos
from alertas.domain.entregas import Entrega, Linha, Lugar, SituacaoEntrega, espera
from alertas.domain.errors import MudouError
from alertas.domain.webhooks import SituacaoWebhook, WebhookNaoEncontradoError
from alertas.service import webhooks

if TYPE_CHECKING:
    from alertas.domain.entregas import Periodo
    from alertas.domain.webhooks import Saude, Webhook
    from alertas.service.webhooks import Portas

JANELA: Final = timedelta(seconds=30)
"""For how long a message goes on attempting a line: less than what its function has."""
POSSE: Final = timedelta(minutes=2)
"""For how long nobody else attempts it, nor anything else at an endpoint that fails."""
ATRASO_MAXIMO: Final = timedelta(minutes=15)
"""As far as the queue itself puts off."""
VARRIDAS: Final = 4000
"""Lines that a sweep takes up, the longest overdue first: more than fail for long, however many endpoints do."""
REENVIOS: Final = 100
"""Deliveries looked at by one request to send off again."""


@dataclass(slots=True)
class Andamento:
    """What became of a line.

    Attributes:
        entregas: those that were attempted or withheld, as they are now.
        desligado: whether their webhook was switched off.
    """

    entregas: list[Entrega] = field(default_factory=list)
    desligado: bool = False


def announce(envelope: Mapping[str, Any], prestador_id: str, portas: Portas) -> int:
    """Put an event in line at each webhook of a prestador that wants it; answers how many. Once more is the same."""
    evento = eventos.publico(envelope, prestador_id)
    if evento is None:
        return 0
    now, made, ocorrido = portas.agora(), [], datetime.fromisoformat(evento["ocorrido_em"])
    for webhook in portas.webhooks.todos(prestador_id).webhooks:
        if webhook.quer(evento["tipo"], ocorrido):
            retida = webhook.situacao is not SituacaoWebhook.ATIVO
            entrega = entregas.nova(evento, webhook.id, now, retida=retida)
            portas.entregas.put(entrega, now)
            made.append(entrega)
    portas.fila.enqueue([one.lugar for one in made if one.situacao is SituacaoEntrega.PENDENTE])
    return len(made)


def resume(portas: Portas) -> int:
    """Have every line attempted that is due: those that wait long, and whatever was lost on its way."""
    due = portas.entregas.vencidas(portas.agora(), VARRIDAS)
    portas.fila.enqueue(due)
    return len(due)


def deliver(lugar: Lugar, portas: Portas) -> Andamento:
    """Attempt what stands in a line, oldest first, until something fails or the time is over.

    Whoever comes meanwhile leaves it; whoever dies holding it is followed by another after :data:`POSSE`. What is put
    off for longer than anything ever is was put off by a clock that was ahead.
    """
    began, done = portas.agora(), Andamento()
    linha = portas.entregas.linha(lugar)
    if linha is None or linha.proxima is None or began < linha.proxima <= began + entregas.MAIOR_ESPERA:
        return done
    held = _moved(linha, began + POSSE, portas)
    while held is not None:
        now = portas.agora()
        if now - began > JANELA:
            _put_off(held, now, timedelta(), portas)
            break
        entrega = portas.entregas.primeira(lugar)
        held = _one(held, entrega, portas, done) if entrega else _closed(held, portas)
    return done


def _closed(linha: Linha, portas: Portas) -> Linha | None:
    """`None` when nothing more stands in a line; the line, when something was put in at the last moment."""
    over = replace(linha, proxima=None, tentativas=0, versao=linha.versao + 1)
    if portas.entregas.write_linha(linha, over):
        return None
    now = portas.entregas.linha(linha.lugar)
    return now if now is not None and now.versao == linha.versao else None


def _one(linha: Linha, entrega: Entrega, portas: Portas, done: Andamento) -> Linha | None:
    """The first of a line is attempted; answers the line when its next may be attempted at once."""
    now = portas.agora()
    webhook = webhooks.find(entrega.prestador_id, entrega.webhook, portas)
    if webhook.situacao is not SituacaoWebhook.ATIVO:
        return linha if _written(entrega, entrega.withheld(), now, portas, done) else None
    saude, may = _turn(portas.webhooks.saude(webhook), now, portas)
    if not may:
        # The endpoint fails whatever it is sent: it is left alone as a whole, and no attempt is counted.
        _put_off(linha, now, saude.sossego(now) + espera(1, portas.sortear()), portas)
        return None
    corpo = entrega.corpo.encode()
    sent = {
        **webhooks.headers(webhook, entrega.id.partition("-")[2], entrega.tipo, corpo, portas),
        "Conecta-Tentativa": str(len(entrega.tentativas) + 1),
    }
    came = portas.remetente.send(webhook.url, sent, corpo)
    ended = portas.agora()
    after = entrega.attempted(came, ended)
    mine = _written(entrega, after, ended, portas, done)
    if came.falha is None:
        if saude.falhas:
            portas.webhooks.write_saude(saude.worked())
        return replace(linha, tentativas=0) if mine else None
    worse = saude.failed(ended, espera(saude.falhas + 1, portas.sortear()))
    portas.webhooks.write_saude(worse)
    if came.unwanted or worse.hopeless(ended):
        done.desligado = webhooks.switch_off(webhook, "RECUSADO_410" if came.unwanted else "FALHOU_3_DIAS", portas)
    failures = 0 if after.situacao is SituacaoEntrega.ESGOTADA else linha.tentativas + 1
    _put_off(replace(linha, tentativas=failures), ended, espera(max(failures, 1), portas.sortear()), portas)
    return None


def _turn(saude: Saude, now: datetime, portas: Portas) -> tuple[Saude, bool]:
    """How an endpoint is doing, and whether it may be sent something now.

    Of all that wait for one that fails, only what writes first that it asks goes there: workers are few, and whatever
    goes to it holds one until it gives up.
    """
    if saude.sossego(now):
        return saude, False
    if not saude.failing:
        return saude, True
    asked = saude.asked(now + POSSE)
    return asked, portas.webhooks.write_saude(asked)


def _written(antes: Entrega, depois: Entrega, now: datetime, portas: Portas, done: Andamento) -> bool:
    try:
        portas.entregas.write(antes, depois, now)
    except MudouError:
        return False
    done.entregas.append(depois)
    return True


def _moved(linha: Linha, proxima: datetime, portas: Portas) -> Linha | None:
    after = replace(linha, proxima=proxima, versao=linha.versao + 1)
    return after if portas.entregas.write_linha(linha, after) else None


def _put_off(linha: Linha, now: datetime, wait: timedelta, portas: Portas) -> None:
    moved = _moved(linha, now + wait, portas)
    if moved is not None and wait <= ATRASO_MAXIMO:
        portas.fila.enqueue([linha.lugar], wait)


def find(webhook: Webhook, entrega_id: str, portas: Portas) -> Entrega:
    """One of a webhook.

    Raises:
        WebhookNaoEncontradoError: there is none.
    """
    found = portas.entregas.uma(webhook.prestador_id, webhook.id, entrega_id)
    if found is None:
        raise WebhookNaoEncontradoError
    return found


def send_again(webhook: Webhook, entrega: Entrega, portas: Portas) -> Entrega:
    """A delivery is sent off once more; one that waits is left as it is.

    Raises:
        SituacaoInvalidaError: its webhook is not active.
        MudouError: it was attempted again and again at this moment.
    """
    webhooks.require_active(webhook)
    return _again(webhook, entrega, portas)[0]


def send_range_again(
    webhook: Webhook, periodo: Periodo, position: Mapping[str, str] | None, portas: Portas
) -> tuple[int, Mapping[str, str] | None]:
    """Deliveries of a period are sent off once more, those that wait left as they are.

    The oldest first: whoever attempts a line meanwhile finds what is to go before the rest. Whoever is told of an
    error asks for the same page once more: what was sent off waits, and is left as it is.

    Returns:
        How many, and where to go on (`None` at the end).

    Raises:
        SituacaoInvalidaError: it is not active.
        MudouError: one was attempted again and again at this moment.
    """
    webhooks.require_active(webhook)
    page = portas.entregas.registro(webhook, periodo, position, REENVIOS, recentes=False)
    done = sum(_again(webhook, one, portas)[1] for one in page.rows)
    return done, page.position


def _again(webhook: Webhook, entrega: Entrega, portas: Portas) -> tuple[Entrega, bool]:
    """A delivery that waits, and whether it does because of us; one that meets another write is looked at again."""
    for _ in range(webhooks.VOLTAS):
        if entrega.situacao is SituacaoEntrega.PENDENTE:
            return entrega, False
        after = entrega.again()
        try:
            portas.entregas.write(entrega, after, portas.agora())
        except MudouError:
            entrega = find(webhook, entrega.id, portas)
            continue
        portas.fila.enqueue([after.lugar])
        return after, True
    raise MudouError
