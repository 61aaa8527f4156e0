"""The `peg` table: keys are built here, those of a PEG itself in `conecta_contas_aws.chaves`.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>#<AAMM>` | `PEG#<protocolo>` | a PEG |
| `PRESTADOR#<id>` | `LOTE#<registroANS>#<numeroLote>` | which PEG holds a lote number (invariant 4) |
| `PRESTADOR#<id>` | `EVENTO#<event id>` | outbox |
| `OPERADORA#<registroANS>#<AAMM>` | `PEG#<protocolo>` | whose PEG it is, for the operadora |
| `OPERADORA#<registroANS>#VIDA#<life id>` | `GUIA#<prestador id>#<numeroGuiaPrestador>` | what a living guia bills |
| `CONTADOR#<AAMM>#2` | `<shard>` | protocolos |

`AAMM` is in the protocolo, so a PEG is one GetItem. LSI `recepcao` (sort key `recepcao`, sparse: set once a PEG is
visible) lists those of a month by time. Index `fila` (keys only, sparse): unfinished work (`PENDENTE#<shard>`,
`<instant>#<prestador id>#<protocolo>`), read by the sweep alone, which serves every tenant; else what waits at an
operadora (`OPERADORA#<registroANS>#FILA#<situacao>`, `<AAAA-MM-DD>#<prestador id>#<protocolo>`: the day until when
information is awaited, else the local day of reception).
"""

from __future__ import annotations

import zlib
from typing import Final

from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_contas_aws.chaves import Key, tenant_pk
from conecta_edge.clock import iso, local_day

FILA: Final = "fila"
SHARDS: Final = 4
ESPERA: Final = frozenset(
    {SituacaoPeg.RECEBIDO, SituacaoPeg.EM_ANALISE, SituacaoPeg.AGUARDANDO_INFORMACAO, SituacaoPeg.ANALISADO}
)
"""States in which a PEG waits for somebody."""


def lote_key(prestador_id: str, registro_ans: str, numero_lote: str) -> Key:
    """`PRESTADOR#<id>` / `LOTE#<registroANS>#<numeroLote>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"LOTE#{registro_ans}#{numero_lote}"}


def vida_pk(registro_ans: str, vida: str) -> str:
    """`OPERADORA#<registroANS>#VIDA#<life id>`: what is billed for a life."""
    return f"OPERADORA#{registro_ans}#VIDA#{vida}"


def cobranca_key(registro_ans: str, vida: str, prestador_id: str, numero: str) -> Key:
    """`OPERADORA#<registroANS>#VIDA#<life id>` / `GUIA#<prestador id>#<numeroGuiaPrestador>`."""
    return {"pk": vida_pk(registro_ans, vida), "sk": f"GUIA#{prestador_id}#{numero}"}


def fila_pk(registro_ans: str, situacao: str) -> str:
    """`OPERADORA#<registroANS>#FILA#<situacao>`, of the index `fila`."""
    return f"OPERADORA#{registro_ans}#FILA#{situacao}"


def pendente_pk(shard: int) -> str:
    """`PENDENTE#<shard>`, of the index `fila`."""
    return f"PENDENTE#{shard}"


def fila(peg: Peg) -> dict[str, str | None]:
    """Where a PEG lies in the index `fila`: nowhere when nothing is to be done."""
    last = f"#{peg.prestador_id}#{peg.protocolo}"
    if peg.situacao is SituacaoPeg.PREPARANDO or peg.liberando:
        begun = peg.historico[-1].quando if peg.historico else peg.data_recepcao
        return _fila(pendente_pk(zlib.crc32(peg.protocolo.encode()) % SHARDS), iso(begun) + last)
    if peg.situacao in ESPERA:
        asked = peg.situacao is SituacaoPeg.AGUARDANDO_INFORMACAO and peg.historico
        day = (peg.historico[-1].ate if asked else None) or local_day(peg.data_recepcao)
        return _fila(fila_pk(peg.registro_ans, peg.situacao), day.isoformat() + last)
    return _fila(None, None)


def _fila(pk: str | None, sk: str | None) -> dict[str, str | None]:
    return {"fila_pk": pk, "fila_sk": sk}
