"""The `autorizacao` table: keys are built here, and those of one authorization in `conecta_senhas_aws.chaves`.

| pk | sk | what |
|---|---|---|
| `OPERADORA#<registroANS>#GUIA#<numero>` | `AUTORIZACAO` | what writes are conditional on: version, state, use… |
| same | `DETALHE` | the whole authorization |
| same | `COMPLEMENTO#<numero>` | a senha that was asked on it |
| `OPERADORA#<registroANS>#VIDA#<pseudonym>` | `<AAAA-MM-DD>#<numero>` | authorizations of a life |
| `PRESTADOR#<id>` | `GUIA#<registroANS>#<numeroGuiaPrestador>` | which authorization holds a number of guia (1308) |
| `PRESTADOR#<id>` | `EVENTO#<event id>`, `RASCUNHO#<id>` | outbox, drafts |
| `PRESTADOR#<id>#<AAMM>` | `AUTORIZACAO#<instant>#<registroANS>#<numero>` | a party's list of the month |
| `CONTADOR#<AAMM>#4` | `<shard>` | protocolos de atendimento |

Index `busca` (keys only): what waits (`OPERADORA#<registroANS>#FILA#<fila>`, `<0 urgent or 1>#<day>#<numero>`), and
authorizations by the life's first and last name (`OPERADORA#<registroANS>#NOME#<pseudonym>`, `<AAAA-MM-DD>#<numero>`).
Index `vencimento` (keys only): `VENCIMENTO#<shard>`, `<AAAA-MM-DD>#<registroANS>#<numero>`: the next day on which
something is due; it is read by the sweep alone, which serves every tenant.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime
from typing import Final

from conecta_edge.clock import iso
from conecta_senhas_aws.chaves import Key

BUSCA: Final = "busca"
VENCIMENTO: Final = "vencimento"
SHARDS: Final = 8


def vida_pk(registro_ans: str, pseudonym: str) -> str:
    """`OPERADORA#<registroANS>#VIDA#<pseudonym>`."""
    return f"OPERADORA#{registro_ans}#VIDA#{pseudonym}"


def vida_key(registro_ans: str, pseudonym: str, dia: date, numero: str) -> Key:
    """An authorization of a life, sk `<AAAA-MM-DD>#<numero>`."""
    return {"pk": vida_pk(registro_ans, pseudonym), "sk": f"{dia.isoformat()}#{numero}"}


def nome_busca(registro_ans: str, pseudonym: str, dia: date, numero: str) -> Key:
    """Where that row lies in the index `busca`, by the life's name."""
    return {"busca_pk": nome_pk(registro_ans, pseudonym), "busca_sk": f"{dia.isoformat()}#{numero}"}


def nome_pk(registro_ans: str, pseudonym: str) -> str:
    """`OPERADORA#<registroANS>#NOME#<pseudonym>`, of the index `busca`."""
    return f"OPERADORA#{registro_ans}#NOME#{pseudonym}"


def fila_pk(registro_ans: str, fila: str) -> str:
    """`OPERADORA#<registroANS>#FILA#<fila>`, of the index `busca`."""
    return f"OPERADORA#{registro_ans}#FILA#{fila}"


def vencimento(registro_ans: str, numero: str, dia: date | None) -> dict[str, str | None]:
    """Where an authorization lies in the index `vencimento`; nowhere when nothing is due."""
    if dia is None:
        return {"vencimento_pk": None, "vencimento_sk": None}
    shard = zlib.crc32(numero.encode()) % SHARDS
    return {"vencimento_pk": vencimento_pk(shard), "vencimento_sk": f"{dia.isoformat()}#{registro_ans}#{numero}"}


def vencimento_pk(shard: int) -> str:
    """`VENCIMENTO#<shard>`, of the index `vencimento`."""
    return f"VENCIMENTO#{shard}"


def prestador_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`: numbers of guia, outbox, drafts."""
    return f"PRESTADOR#{prestador_id}"


def numero_guia_key(prestador_id: str, registro_ans: str, guia: str) -> Key:
    """`PRESTADOR#<id>` / `GUIA#<registroANS>#<numeroGuiaPrestador>`."""
    return {"pk": prestador_pk(prestador_id), "sk": f"GUIA#{registro_ans}#{guia}"}


def rascunho_key(prestador_id: str, rascunho_id: str) -> Key:
    """`PRESTADOR#<id>` / `RASCUNHO#<id>`."""
    return {"pk": prestador_pk(prestador_id), "sk": f"RASCUNHO#{rascunho_id}"}


def mes_pk(prestador_id: str, mes: str) -> str:
    """`PRESTADOR#<id>#<AAMM>`."""
    return f"{prestador_pk(prestador_id)}#{mes}"


def mes_key(prestador_id: str, mes: str, quando: datetime, registro_ans: str, numero: str) -> Key:
    """`PRESTADOR#<id>#<AAMM>` / `AUTORIZACAO#<instant>#<registroANS>#<numero>`."""
    return {"pk": mes_pk(prestador_id, mes), "sk": f"AUTORIZACAO#{iso(quando)}#{registro_ans}#{numero}"}
