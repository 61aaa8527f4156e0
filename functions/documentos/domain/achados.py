"""What may be wrong with a file itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Achado:
    """Something wrong with the file itself, found before its owner saw it."""

    regra: str
    codigo: str
    mensagem: str
    linha: int | None = None
