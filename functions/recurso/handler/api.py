"""REST entry of this context, and where the XML door hands its messages over."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.http import Parts

handler: Final = Parts(
    "recurso.handler",
    {
        "/recursos": "recursos",
        "/recursos/glosas": "glosas",
        "/recursos/contestados": "glosas",
        "/recursos/contestaveis": "glosas",
        "/recursos/planilha": "planilhas",
        "/recursos/planilhas": "planilhas",
        "/recursos/rascunhos": "rascunhos",
        "/operadora/recursos": "operadora",
        "/tiss/": "tiss",
    },
    session.origins,
)
