"""What went by while a plan was in force: a line of JSON each, in the instance's directory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

FILE: Final = "diario.jsonl"


class Kind(StrEnum):
    """What a line is about."""

    FAULT = "falta"
    """`alvo`, `operacao`, `como`."""
    EVENT = "evento"
    """An event the bus took: `id`, `origem`, `tipo`, `texto`."""
    MESSAGE = "mensagem"
    """What a function was given of a queue: `funcao`, `fila`, `id` of the event or object, `feita`, `texto`."""
    STREAM = "stream"
    """What a function was given of a table's stream: `funcao`, `texto`."""
    TASK = "tarefa"
    """What a workflow or a schedule gave a function, and what it answered: `funcao`, `feita`, `texto`."""
    MAIL = "email"
    """`texto`."""
    ACCESS = "acesso"
    """What an access log has of a request: `metodo`, `caminho`, `status`."""
    REFUSAL = "recusa"
    """What a caller was told that was not served: `status`, `texto`."""
    STARTED = "execucao"
    """Input of a workflow: `texto`."""


class Journal:
    """Writes it."""

    def __init__(self, directory: Path) -> None:
        self._file, self._lock = directory / FILE, threading.Lock()

    def tell(self, kind: Kind, **told: Any) -> None:
        """One line."""
        line = json.dumps({"canal": kind, **told}, ensure_ascii=False, default=str)
        with self._lock, self._file.open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")


def read(directory: Path, *kinds: Kind) -> Iterator[dict[str, Any]]:
    """Its lines, of these kinds or of all, in the order they went by."""
    file = directory / FILE
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            found: dict[str, Any] = json.loads(line)
            if not kinds or found["canal"] in kinds:
                yield found
