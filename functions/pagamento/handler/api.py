"""REST entry of this context, and where the XML door hands its messages over."""

from __future__ import annotations

from typing import Final

from conecta_edge import session
from conecta_edge.http import Parts

handler: Final = Parts(
    "pagamento.handler",
    {
        "/cronograma": "cronograma",
        "/agenda/": "cronograma",
        "/notas-fiscais": "notas",
        "/pagamentos": "pagamentos",
        "/conciliacao/": "demonstrativos",
        "/demonstrativos": "demonstrativos",
        "/demonstrativos/lotes": "lotes",
        "/operadora/": "operadora",
        "/tiss/": "tiss",
    },
    session.origins,
)
