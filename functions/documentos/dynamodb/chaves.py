"""The `documentos` table: keys are built here only.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `UPLOAD#<upload id>` | one upload |
| `PRESTADOR#<id>` | `EVENTO#<event id>` | outbox |
| `CONTADOR#<AAMM>#1` | `<shard>` | protocolos de atendimento |

GSI `pendentes` (keys only, sparse: rows without a final state): `pendente_pk` = `PENDENTE#<shard>`, `pendente_sk` =
`<conferir_em>#<prestador>#<upload id>`. It is read only by the reconciliation sweep, which serves every tenant.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from conecta_edge.clock import iso

if TYPE_CHECKING:
    from documentos.domain.uploads import Upload

Key = dict[str, str]
SHARDS: Final = 8
PENDENTES: Final = "pendentes"


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def upload_key(prestador_id: str, upload_id: str) -> Key:
    """`PRESTADOR#<id>` / `UPLOAD#<upload id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"UPLOAD#{upload_id}"}


def pendente(upload: Upload) -> dict[str, str | None]:
    """Where the sweep finds an upload; nowhere once its state is final."""
    if upload.conferir_em is None:
        return {"pendente_pk": None, "pendente_sk": None}
    shard = zlib.crc32(upload.id.encode()) % SHARDS
    return {
        "pendente_pk": f"PENDENTE#{shard}",
        "pendente_sk": f"{iso(upload.conferir_em)}#{upload.prestador_id}#{upload.id}",
    }
