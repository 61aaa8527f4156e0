"""Digests by e-mail, sent from the deployment's own address."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError

from alertas.bootstrap import nucleo as bootstrap
from alertas.domain.resumos import Carta, Envio
from alertas.handler.comum import areas_of_papel
from alertas.service import resumos
from conecta_edge import observability
from conecta_edge.aws import client, error_code
from conecta_edge.settings import required

POR_VEZ: Final = 200
"""Digests that one call sends: those of the next come with the next."""
RESERVA_MS: Final = 20_000
"""What is left of the time when no further digest is begun: more than one takes when nobody answers."""
_NUNCA_LA: Final = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
"""Nothing was asked yet."""


def send_due(context: Any) -> dict[str, int]:
    """Those that are due; how many were `vistas`, and what became of them."""
    portal = required("ORIGENS_PERMITIDAS").split(",")[0].strip()
    done = resumos.send_due(
        bootstrap.preferencias(), bootstrap.portas(), areas_of_papel, partial(_send, required("REMETENTE")), portal,
        POR_VEZ, lambda: context.get_remaining_time_in_millis() > RESERVA_MS,
    )  # fmt: skip
    if any(done[became] for became in Envio):
        # Until the next time it may be closed from the other side: whatever is lost on it may have left.
        client("sesv2").close()
    wrong = done[Envio.ADIADA] or done[Envio.SEM_RESPOSTA]
    observability.log("warning" if wrong else "info", "resumos enviados", tarefa="resumir", **done)
    return dict(done)


def _send(remetente: str, address: str, carta: Carta) -> Envio:
    try:
        client("sesv2").send_email(
            FromEmailAddress=remetente,
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": carta.assunto, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": carta.texto, "Charset": "UTF-8"}},
                }
            },
        )
    except Exception as error:  # noqa: BLE001  # whatever it is, the others are written to
        if error_code(error) or isinstance(error, _NUNCA_LA):
            observability.failure("resumo nao enviado", error)
            return Envio.ADIADA
        observability.failure("resumo sem resposta", error)
        return Envio.SEM_RESPOSTA
    return Envio.AVISADA
