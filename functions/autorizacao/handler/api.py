"""REST entry of this context, and where the XML door hands its messages over."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.http import Parts

_UMA: Final = "/autorizacoes/{registro_ans}/{numero}"

handler: Final = Parts(
    "autorizacao.handler",
    {
        "/autorizacoes": "pedidos",
        f"{_UMA}/substituicao": "pedidos",
        "/autorizacoes/busca": "consultas",
        _UMA: "consultas",
        f"{_UMA}/": "atos",
        f"{_UMA}/pdf": "consultas",
        "/autorizacoes/rascunhos": "rascunhos",
        "/operadora/autorizacoes": "operadora",
        "/tiss/": "tiss",
    },
    session.origins,
)
