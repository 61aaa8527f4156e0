"""The `recurso` table: keys are built here only.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `RECURSO#<protocolo>` | a recurso |
| `PRESTADOR#<id>` | `RASCUNHO#<id>` | a draft |
| `PRESTADOR#<id>` | `CONTESTADO#<protocolo of the PEG>` | which recurso contests which guia of a PEG |
| `PRESTADOR#<id>` | `CONTESTADO#<registroANS>#<protocolo>` | the same, of a PEG of before the migration |
| `PRESTADOR#<id>` | `NUMERO#<registroANS>#<numeroGuiaRecGlosaPrestador>` | which living recurso has a number |
| `PRESTADOR#<id>` | `EVENTO#<event id>` | outbox |
| `OPERADORA#<registroANS>#<AAMM>` | `RECURSO#<protocolo>` | whose recurso it is, for the operadora |
| `CONTADOR#<AAMM>#6` | `<shard>` | protocolos |

LSI `envio` (sort key `envio`, sparse) lists what a prestador sent in a month (`<AAMM>#<instant>#<protocolo>`) and its
open drafts (`RASCUNHO#<instant of the last change>#<id>`) by time. Index `fila` (keys only, sparse): what waits for an
answer (`OPERADORA#<registroANS>#FILA#<situacao>`, `<AAAA-MM-DD to answer until>#<prestador id>#<protocolo>`, and
`#VENCIDO` once it was told that this day is over). A number that was let go has `livre`, and ends by itself, as drafts
do: no row is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from conecta_edge import protocolos
from conecta_edge.clock import iso
from recurso.domain.pedidos import Rascunho
from recurso.domain.recursos import ESPERA, Contestado, Recurso

if TYPE_CHECKING:
    from recurso.service.portas import Linha

Key = dict[str, str]
ENVIO: Final = "envio"
FILA: Final = "fila"
RECURSO: Final = "RECURSO#"
RASCUNHO: Final = "RASCUNHO#"
SEM_PRAZO: Final = "9999-12-31"
"""Where what no contract says a day of lies."""
VENCIDO: Final = "VENCIDO"


def tenant_pk(prestador_id: str) -> str:
    """`PRESTADOR#<id>`."""
    return f"PRESTADOR#{prestador_id}"


def month_pk(registro_ans: str, month: str) -> str:
    """`OPERADORA#<registroANS>#<AAMM>`: whose recursos are."""
    return f"OPERADORA#{registro_ans}#{month}"


def recurso_key(prestador_id: str, protocolo: str) -> Key:
    """`PRESTADOR#<id>` / `RECURSO#<protocolo>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{RECURSO}{protocolo}"}


def ponteiro_key(registro_ans: str, protocolo: str) -> Key:
    """`OPERADORA#<registroANS>#<AAMM>` / `RECURSO#<protocolo>`."""
    return {"pk": month_pk(registro_ans, protocolos.month_of(protocolo)), "sk": f"{RECURSO}{protocolo}"}


def rascunho_key(prestador_id: str, rascunho_id: str) -> Key:
    """`PRESTADOR#<id>` / `RASCUNHO#<id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{RASCUNHO}{rascunho_id}"}


def contestado_key(prestador_id: str, registro_ans: str, origem: str, *, legado: bool) -> Key:
    """`PRESTADOR#<id>` / `CONTESTADO#<protocolo>`, with the registro of a legacy one: its number is the operadora's."""
    whose = f"{registro_ans}#" if legado else ""
    return {"pk": tenant_pk(prestador_id), "sk": f"CONTESTADO#{whose}{origem}"}


def numero_key(prestador_id: str, registro_ans: str, numero: str) -> Key:
    """`PRESTADOR#<id>` / `NUMERO#<registroANS>#<numeroGuiaRecGlosaPrestador>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"NUMERO#{registro_ans}#{numero}"}


def linha_key(linha: Linha) -> Key:
    """Where a row lies."""
    match linha:
        case Recurso():
            return recurso_key(linha.prestador_id, linha.protocolo)
        case Contestado():
            return contestado_key(linha.prestador_id, linha.registro_ans, linha.origem, legado=linha.legado)
    return rascunho_key(linha.prestador_id, linha.id)


def fila_pk(registro_ans: str, situacao: str) -> str:
    """`OPERADORA#<registroANS>#FILA#<situacao>`, of the index `fila`."""
    return f"OPERADORA#{registro_ans}#FILA#{situacao}"


def lugares(linha: Linha) -> Key:
    """Where a row lies in the indexes: `envio` of what is listed by time, `fila` of what waits for an answer."""
    match linha:
        case Recurso():
            found = {ENVIO: f"{protocolos.month_of(linha.protocolo)}#{iso(linha.enviado_em)}#{linha.protocolo}"}
            if linha.situacao in ESPERA:
                until = linha.responder_ate.isoformat() if linha.responder_ate else SEM_PRAZO
                told = f"#{VENCIDO}" if linha.vencido else ""
                found["fila_pk"] = fila_pk(linha.registro_ans, linha.situacao)
                found["fila_sk"] = f"{until}#{linha.prestador_id}#{linha.protocolo}{told}"
            return found
        case Rascunho() if linha.aberto:
            return {ENVIO: f"{RASCUNHO}{iso(linha.alterado_em)}#{linha.id}"}
    return {}


def identity(lugar: Mapping[str, str]) -> tuple[str, str]:
    """(prestador id, protocolo) of a place in the index `fila`."""
    _, prestador_id, protocolo = lugar["fila_sk"].split("#")[:3]
    return prestador_id, protocolo


def told(lugar: Mapping[str, str]) -> bool:
    """Whether it was told of a place in the index `fila` that its day is over."""
    return lugar["fila_sk"].endswith(VENCIDO)
