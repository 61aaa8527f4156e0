"""The reconciliation sweep, started by the Scheduler and by ops from the console.

Event: `{"tarefa": "conciliar-uploads"}`; with `"todos": true` every pending upload is looked at, due or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start, observability, session
from documentos.bootstrap import nucleo as bootstrap
from documentos.service import uploads


class UnknownTaskError(ValueError):
    """The event names a task that does not exist."""


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, int]:
    """Answer how many uploads were looked at and how many moved on."""
    if event.get("tarefa") != "conciliar-uploads":
        raise UnknownTaskError(str(event.get("tarefa")))
    looked, moved = uploads.reconcile(
        uploads_=bootstrap.uploads(),
        files=bootstrap.files(),
        read_body=bootstrap.read_body,
        now=session.clock().now(),
        everything=event.get("todos") is True,
    )
    observability.log("info", "conciliacao de uploads", tarefa="conciliar-uploads", pendentes=looked, reemitidos=moved)
    return {"pendentes": looked, "avancados": moved}
