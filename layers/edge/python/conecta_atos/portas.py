"""Who acts, what is written with an act, a page of rows: the same words in the ports of every context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chamador:
    """Who acts, through whatever door.

    Attributes:
        quem: opaque id of the person or credential, or of the load.
        correlacao: the request's id, in logs and events.
        versao: of the row that it saw; `None` when it does not say.
    """

    quem: str
    correlacao: str = ""
    versao: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows and where the next one starts (`None` at the end)."""

    rows: Sequence[Any]
    position: Mapping[str, str] | None


Guardar = Callable[[Any], Sequence[Mapping[str, Any]]]
"""What is written with an act, made from what it left: the answer kept for its `Idempotency-Key`."""


def keep_nothing(_left: Any) -> tuple[Mapping[str, Any], ...]:
    """Of a request without a key."""
    return ()
