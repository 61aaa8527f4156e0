"""REST entry of this context."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.http import Parts

handler: Final = Parts(
    "alertas.handler",
    {
        "/alertas": "alertas",
        "/alertas/preferencias": "preferencias",
        "/inicio": "inicio",
        "/webhooks": "webhooks",
    },
    session.origins,
)
