"""Digests by e-mail, sent from the deployment's own address."""

from __future__ import annotations

from typing import Final

from alertas.bootstrap import nucleo as bootstrap
from alertas.domain.resumos import Carta
from alertas.handler.comum import areas_of_papel
from alertas.service import resumos
from conecta_edge import observability
from conecta_edge.aws import client, error_code
from conecta_edge.settings import required

POR_VEZ: Final = 200
"""Digests that one call sends: those of the next come with the next."""


def send_due() -> dict[str, int]:
    """Those that are due; how many were `vistas`, `avisadas` and `adiadas`."""
    portal = required("ORIGENS_PERMITIDAS").split(",")[0].strip()
    done = resumos.send_due(bootstrap.preferencias(), bootstrap.portas(), areas_of_papel, _send, portal, POR_VEZ)
    observability.log("warning" if done["adiadas"] else "info", "resumos enviados", tarefa="resumir", **done)
    return dict(done)


def _send(address: str, carta: Carta) -> bool:
    try:
        client("sesv2").send_email(
            FromEmailAddress=required("REMETENTE"),
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": carta.assunto, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": carta.texto, "Charset": "UTF-8"}},
                }
            },
        )
    except Exception as error:
        if not error_code(error):
            raise
        observability.failure("resumo nao enviado", error)
        return False
    return True
