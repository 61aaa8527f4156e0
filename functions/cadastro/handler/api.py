"""REST entry of this context, and where the XML door hands its messages over."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.http import Parts

handler: Final = Parts(
    "cadastro.handler",
    {
        "/elegibilidade": "elegibilidade",
        "/tiss/": "elegibilidade",
        "/contrato": "contrato",
        "/regras": "contrato",
        "/operadoras": "contrato",
        "/sessao": "contas",
        "/pessoas": "contas",
        "/credenciais": "contas",
        "/relacionamentos": "relacionamentos",
        "/operadora/relacionamentos": "relacionamentos",
        "/operadora/cargas": "cargas",
        "/operadora/titulares": "titulares",
    },
    session.origins,
)
