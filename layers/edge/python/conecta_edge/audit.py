"""The audit: one row for each request that read personal data, appended and never changed (LGPD; `decisoes.md` 5).

Table `auditoria`: pk `PRESTADOR#<id>#<AAAA-MM-DD>` or `OPERADORA#<registroANS>#<AAAA-MM-DD>` (the local day, so that no
partition grows for ever), sk `<instant>#<correlacao>`. A row says who asked, in which papel, for which purpose, of whom
(pseudonyms) and which fields the answer may show. It is written before the answer leaves: what could not be audited is
not answered. Functions may only put rows here; `auditoria` seals them into chained blocks, which are kept when rows end
by themselves (:data:`KEPT`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from conecta_edge.clock import iso, local_day
from conecta_edge.dynamodb import ConditionFailedError, conditions, put

VERSION: Final = 1
KEPT: Final = timedelta(days=400)
"""How long a row can be listed: this month of last year, too. It was sealed within hours."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes an access.

    Attributes:
        tenant: `PRESTADOR#<id>` or `OPERADORA#<registroANS>`, in whose name.
        quem: opaque id of the person or credential.
        papel: papel, groups or `maquina`.
    """

    tenant: str
    quem: str
    papel: str


@dataclass(frozen=True, slots=True)
class Access:
    """One access to personal data.

    Attributes:
        actor: who makes it.
        operacao: route of the API.
        finalidade: why the data may be read (LGPD art. 6, I).
        objeto: kind and id of what was read, when there is one (`peg/261120000001`).
        sujeitos: pseudonyms of the persons asked about.
        campos: names of what the answer may show.
        correlacao: the request's id, as in the log.
    """

    actor: Actor
    operacao: str
    finalidade: str
    correlacao: str
    objeto: str | None = None
    sujeitos: tuple[str, ...] = ()
    campos: tuple[str, ...] = ()


def partition(tenant: str, dia: date) -> str:
    """`<tenant>#<AAAA-MM-DD>`: the rows of one local day."""
    return f"{tenant}#{dia.isoformat()}"


def place(pk: str) -> tuple[str, date]:
    """The inverse of :func:`partition`."""
    tenant, _, dia = pk.rpartition("#")
    return tenant, date.fromisoformat(dia)


def append(client: Any, table: str, access: Access, now: datetime) -> None:
    """Append an access's row: one PutItem.

    A row that is already there is this very one: an attempt wrote it whose answer was lost.

    Raises:
        TransientConflictError: throttled; the row was not written.
    """
    row: dict[str, Any] = {
        "pk": partition(access.actor.tenant, local_day(now)),
        "sk": f"{iso(now)}#{access.correlacao}",
        "v": VERSION,
        "quem": access.actor.quem,
        "papel": access.actor.papel,
        "operacao": access.operacao,
        "finalidade": access.finalidade,
        "objeto": access.objeto,
        "sujeitos": list(access.sujeitos),
        "campos": list(access.campos),
        "correlacao": access.correlacao,
        "ttl": int((now + KEPT).timestamp()),
    }
    with suppress(ConditionFailedError), conditions():
        client.put_item(**put(table, row, "attribute_not_exists(pk)"))
