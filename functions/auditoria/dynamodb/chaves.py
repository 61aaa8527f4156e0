"""The `selos` table: keys are built here only. Those of `auditoria` are of who appends: `conecta_edge.audit`.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` or `OPERADORA#<registroANS>` | `CABECA` | the last block of a chain |
| the same | `BLOCO#<n, 10 digits>` | a block: its digest, which rows it has |
| the same | `DIA#<AAAA-MM-DD>` | how far a day is sealed |

Index `fila` (keys only, sparse): days where rows wait (`SELAR#<shard>`, `<since when>#<tenant>#<AAAA-MM-DD>`).
Blocks themselves: `auditoria/PRESTADOR/<id>/<n>-<beginning of the digest>.json.gz` of `acervo`; what was made to be
fetched: `auditoria-exportacoes/PRESTADOR/<id>/<digest of the manifest>.jsonl.gz`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from zlib import crc32

from conecta_edge.clock import iso, parse_iso

if TYPE_CHECKING:
    from auditoria.domain.dias import Dia

Key = dict[str, str]
FILA: Final = "fila"
SHARDS: Final = 8


def cabeca_key(tenant: str) -> Key:
    """`<tenant>` / `CABECA`."""
    return {"pk": tenant, "sk": "CABECA"}


def bloco_key(tenant: str, n: int) -> Key:
    """`<tenant>` / `BLOCO#<n>`."""
    return {"pk": tenant, "sk": f"BLOCO#{n:010d}"}


def dia_key(tenant: str, dia: date) -> Key:
    """`<tenant>` / `DIA#<AAAA-MM-DD>`."""
    return {"pk": tenant, "sk": f"DIA#{dia.isoformat()}"}


def lugar(dia: Dia) -> Key:
    """Where a day lies in the index `fila`, if rows of it wait."""
    if dia.esperando_desde is None:
        return {}
    shard = crc32(dia.tenant.encode()) % SHARDS
    return {"fila_pk": fila_pk(shard), "fila_sk": f"{iso(dia.esperando_desde)}#{dia.tenant}#{dia.dia.isoformat()}"}


def fila_pk(shard: int) -> str:
    """`SELAR#<shard>`, of the index `fila`."""
    return f"SELAR#{shard}"


def pendente(fila_sk: str) -> tuple[datetime, str, date]:
    """(since when, tenant, day) of a place in the index `fila`."""
    since, _, rest = fila_sk.partition("#")
    tenant, _, dia = rest.rpartition("#")
    return parse_iso(since), tenant, date.fromisoformat(dia)
