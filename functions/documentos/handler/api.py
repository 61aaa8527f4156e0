"""REST entry of this context, and where the XML door hands its messages over."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.http import Parts

handler: Final = Parts(
    "documentos.handler",
    {
        "/documentos": "documentos",
        "/documentos/uploads": "uploads",
        "/operadora/documentos": "operadora",
        "/tiss/": "tiss",
        "/documentacoes": "documentacoes",
        "/operadora/documentacoes": "publicacoes",
    },
    session.origins,
)
