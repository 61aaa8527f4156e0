"""Sealing: hears of rows that were appended, and puts them into blocks every hour.

Events: records of the table's stream, of which keys are read; and

* `{"acao": "selar"}` (`"margem_s"` besides: how old rows must be, else two minutes) answers how many blocks were made,
  of how many rows, and how many days are left to the next time: `{"blocos", "linhas", "adiados"}`;
* `{"acao": "marcar", "tenant": "PRESTADOR#…", "dia": "2026-11-22"}`: looks through a whole day again at the next
  sealing, for when records of the stream were lost: what is sealed already is not sealed twice.

All may be repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from auditoria import bootstrap
from auditoria.service import selagem
from conecta_edge import cold_start, observability
from conecta_edge.audit import place
from conecta_edge.clock import iso
from conecta_edge.dynamodb import unmarshal
from conecta_edge.parallel import THREADS, gather

if TYPE_CHECKING:
    from auditoria.service.portas import Portas

MARGEM_S: Final = 120
"""Rows younger than this wait: a clock may be behind, and the stream tells of none later."""
ATRASO: Final = timedelta(days=1)
"""After this, somebody is to look why a day is not sealed."""
TUDO: Final = "0"
"""A sort key before all others."""
RESERVA_MS: Final = 30_000
"""What is left of the time when no further days are begun."""


class UnknownActionError(ValueError):
    """Nobody here knows such an action."""


@cold_start.ends
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """One batch of the stream, or an action."""
    portas = bootstrap.portas()
    if "Records" in event:
        keys = (unmarshal(record["dynamodb"]["Keys"]) for record in event["Records"])
        selagem.marcar(((*place(key["pk"]), key["sk"]) for key in keys), portas)
        return {"batchItemFailures": []}
    match event.get("acao"):
        case "selar":
            margem = timedelta(seconds=int(event.get("margem_s", MARGEM_S)))
            return _seal(portas.now - margem, portas, context)
        case "marcar":
            selagem.marcar([(event["tenant"], date.fromisoformat(event["dia"]), TUDO)], portas)
            return {"blocos": 0, "linhas": 0, "adiados": 1}
        case other:
            raise UnknownActionError(str(other))


def _seal(before: datetime, portas: Portas, context: Any) -> dict[str, int]:
    """Seal every day where rows wait from before an instant, the oldest first.

    Raises:
        ExceptionGroup: of those that could not be, after all the others were.
    """
    waiting = list(portas.selos.pendentes(before))
    done, failures = Counter(blocos=0, linhas=0), []
    late = any(since < portas.now - ATRASO for since, _, _ in waiting)
    while waiting and context.get_remaining_time_in_millis() > RESERVA_MS:
        batch, waiting = waiting[:THREADS], waiting[THREADS:]
        calls = [partial(_seal_one, tenant, dia, iso(before), portas) for _, tenant, dia in batch]
        for answer in gather(calls):
            if isinstance(answer, Exception):
                failures.append(answer)
            else:
                done.update(blocos=answer[0], linhas=answer[1])
    told = {**done, "adiados": len(waiting) + len(failures)}
    if late and told["adiados"]:
        observability.log("warning", "auditoria atrasada", **told)
    observability.log("info", "auditoria selada", **told)
    if failures:
        raise ExceptionGroup(f"{len(failures)} days could not be sealed", failures)
    return told


def _seal_one(tenant: str, dia: date, ate: str, portas: Portas) -> tuple[int, int] | Exception:
    try:
        return selagem.selar(tenant, dia, ate, portas)
    except Exception as error:  # noqa: BLE001  # told and raised once the others are done
        observability.failure("dia nao selado", error)
        return error
