"""Deliveries to webhooks: put in line, attempted from the queue `webhooks`, swept for what was lost on its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alertas.bootstrap import webhooks as bootstrap
from alertas.domain.entregas import Lugar, SituacaoEntrega
from alertas.service import entregas
from conecta_edge import observability, queues


def announce(envelope: Mapping[str, Any], prestador_id: str) -> int:
    """Put an event in line at the webhooks of a prestador that want it; answers how many. Once more is the same."""
    return entregas.announce(envelope, prestador_id, bootstrap.portas())


def deliver(message: Mapping[str, Any]) -> None:
    """Attempt a line; doubles find it attempted."""
    lugar = Lugar(**message)
    done = entregas.deliver(lugar, bootstrap.portas())
    for one in done.entregas:
        given_up = one.situacao is SituacaoEntrega.ESGOTADA
        last = one.tentativas[-1] if one.tentativas else None
        observability.log(
            "warning" if given_up else "info", "entrega esgotada" if given_up else "entrega tentada",
            prestador_id=lugar.prestador_id, evento=one.id, tentativa=len(one.tentativas), situacao=one.situacao.value,
            status=last.status if last else None, duracao_ms=last.duracao_ms if last else 0,
        )  # fmt: skip
    if done.desligado:
        observability.log("warning", "webhook desligado", prestador_id=lugar.prestador_id)


def resume() -> dict[str, int]:
    """Have every line attempted that is due; answers how many: `{"retomados"}`."""
    due = entregas.resume(bootstrap.portas())
    observability.log("info", "entregas retomadas", retomados=due)
    return {"retomados": due}


handler: Final = queues.Entry("conecta.alertas", deliver)
"""One batch of the queue; what failed is reported item by item."""
