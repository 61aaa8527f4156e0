"""The `alertas` table: keys are built here only.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `SEQUENCIA` | how far the numbering of its alertas is |
| `PRESTADOR#<id>` | `ALERTA#<event id>` | an alerta, 180 days |
| `PRESTADOR#<id>` | `ENTIDADE#<entidade>` | the newest event told of a thing, as long |
| `PRESTADOR#<id>` | `LEITOR#<sub or client id>` | what somebody has read |
| `PRESTADOR#<id>` | `PREFERENCIA#<sub>` | who wants a digest by e-mail |
| `PRESTADOR#<id>` | `PAINEL#<acesso>#<registroANS>#<id>` | a thing that `/inicio` may count |

LSI `ordem` (sort key `ordem`, sparse) lists alertas by number (`ALERTA#<nnnnnnnnnnnn>`) and what waits by its last day
(`PAINEL#<acesso>#<AAAA-MM-DD>#<registroANS>#<id>`). Index `fila` (keys only, sparse): digests (`RESUMO#<shard>`,
`<instant to send at>#<prestador id>#<sub>`). What counts no more ends by itself: no row is deleted.
"""

from __future__ import annotations

import zlib
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from alertas.domain.painel import Item

Key = dict[str, str]
ORDEM: Final = "ordem"
FILA: Final = "fila"
SHARDS: Final = 4
SEM_PRAZO: Final = "9999-12-31"
ALERTA: Final = "ALERTA#"


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def sequencia_key(prestador_id: str) -> Key:
    """`PRESTADOR#<id>` / `SEQUENCIA`."""
    return {"pk": tenant_pk(prestador_id), "sk": "SEQUENCIA"}


def alerta_key(prestador_id: str, alerta_id: str) -> Key:
    """`PRESTADOR#<id>` / `ALERTA#<event id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{ALERTA}{alerta_id}"}


def alerta_ordem(numero: int) -> str:
    """`ALERTA#<nnnnnnnnnnnn>`, of the index `ordem`."""
    return f"{ALERTA}{numero:012}"


def entidade_key(prestador_id: str, entidade: str) -> Key:
    """`PRESTADOR#<id>` / `ENTIDADE#<entidade>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"ENTIDADE#{entidade}"}


def leitor_key(prestador_id: str, quem: str) -> Key:
    """`PRESTADOR#<id>` / `LEITOR#<sub or client id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"LEITOR#{quem}"}


def preferencia_key(prestador_id: str, quem: str) -> Key:
    """`PRESTADOR#<id>` / `PREFERENCIA#<sub>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"PREFERENCIA#{quem}"}


def painel_key(item: Item) -> Key:
    """`PRESTADOR#<id>` / `PAINEL#<acesso>#<registroANS>#<id>`: numbers of senhas are the operadora's own."""
    return {"pk": tenant_pk(item.prestador_id), "sk": f"{painel_prefix(item.acesso)}{item.registro_ans}#{item.id}"}


def painel_prefix(acesso: str) -> str:
    """`PAINEL#<acesso>#`, of the table and of the index `ordem`."""
    return f"PAINEL#{acesso}#"


def painel_ordem(item: Item) -> str:
    """`PAINEL#<acesso>#<AAAA-MM-DD>#<registroANS>#<id>`, of the index `ordem`: what ends first comes first."""
    return f"{painel_prefix(item.acesso)}{_day(item.ate)}#{item.registro_ans}#{item.id}"


def painel_desde(acesso: str, dia: date | None) -> str:
    """Where those that end on a day or later begin in the index `ordem`; of no day, all."""
    return f"{painel_prefix(acesso)}{dia.isoformat() if dia else ''}"


def painel_ate(acesso: str, dia: date | None) -> str:
    """Where those that end on a day or before end in the index `ordem`; of no day, all."""
    return f"{painel_prefix(acesso)}{_day(dia)}~"


def resumo_pk(shard: int) -> str:
    """`RESUMO#<shard>`, of the index `fila`."""
    return f"RESUMO#{shard}"


def resumo(prestador_id: str, quem: str, quando: str) -> Key:
    """Where who wants a digest lies in the index `fila`, by the instant of the next one."""
    shard = zlib.crc32(quem.encode()) % SHARDS
    return {"fila_pk": resumo_pk(shard), "fila_sk": f"{quando}#{prestador_id}#{quem}"}


def _day(dia: date | None) -> str:
    return dia.isoformat() if dia else SEM_PRAZO
