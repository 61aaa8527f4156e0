"""What is done every day by itself.

Event: `{"acao": "vigiar-prazos"}` answers how many terms to answer were told to be over, and how many are left to
the next time: `{"vencidos", "adiados"}`. It may be repeated: each is told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start, observability, session
from recurso.bootstrap import nucleo
from recurso.service import respostas


class UnknownActionError(ValueError):
    """Nobody here knows such an action."""


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Watch the operadora's clock at every operadora."""
    if event.get("acao") != "vigiar-prazos":
        raise UnknownActionError(str(event.get("acao")))
    registros = [operadora.registro_ans for operadora in session.catalogo().operadoras()]
    told = Counter(vencidos=0, adiados=0)
    while (done := respostas.watch(registros, nucleo.portas()))["vencidos"]:
        told.update(done)
    told["adiados"] = done["adiados"]
    observability.log("warning" if any(told.values()) else "info", "prazos de recursos vigiados", **told)
    return dict(told)
