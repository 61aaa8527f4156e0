"""Terms: until when a senha is valid (R10) and until when the operadora answers (RN 623/2024)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

VALIDADE: Final = timedelta(days=90)
"""R10, whatever the kind of authorization."""
AVISOS: Final = (15, 5)
"""Days before the last valid day on which `SenhaAVencer` is told (R10)."""
RESPOSTA_UTEIS: Final = 5
"""Business days to answer what is not urgent (RN 623)."""
RESPOSTA_COMPLEXA_UTEIS: Final = 10
"""Business days to answer high complexity and elective internação (RN 623)."""


def validade(decisao: date, *ends: date | None) -> date:
    """R10: last valid day, inclusive: 90 days from the decision, or the end of cover or of contract if that is first.

    Args:
        decisao: local day of the decision.
        ends: last days of cover and of contract; `None` is open.
    """
    return min([decisao + VALIDADE, *(end for end in ends if end is not None)])


def avisos(decisao: date, ultimo: date) -> tuple[date, ...]:
    """R10: days on which it is told that a senha will end: none that is not after the decision."""
    days = (ultimo - timedelta(days=before) for before in AVISOS)
    return tuple(day for day in days if day > decisao)
