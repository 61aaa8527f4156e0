"""The `alertas` table: keys are built here only.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `SEQUENCIA` | how far the numbering of its alertas is |
| `PRESTADOR#<id>` | `ALERTA#<event id>` | an alerta, 180 days |
| `PRESTADOR#<id>` | `ENTIDADE#<entidade>` | the newest event told of a thing, as long |
| `PRESTADOR#<id>` | `LEITOR#<sub or client id>` | what somebody has read |
| `PRESTADOR#<id>` | `PREFERENCIA#<sub>` | who wants a digest by e-mail |
| `PRESTADOR#<id>` | `PAINEL#<acesso>#<registroANS>#<id>` | a thing that `/inicio` may count |
| `PRESTADOR#<id>` | `WEBHOOK#<id>` | an endpoint of its systems |
| `PRESTADOR#<id>` | `WEBHOOKS` | how often the set of them changed |
| `PRESTADOR#<id>#WEBHOOK#<id>` | `SAUDE` | how the endpoint is doing |
| `PRESTADOR#<id>#WEBHOOK#<id>` | `ENTREGA#<instant>-<event id>` | an event on its way to it, 90 days |
| `PRESTADOR#<id>#WEBHOOK#<id>` | `LINHA#<entidade>` | how far the deliveries about a thing are |

LSI `ordem` (sort key `ordem`, sparse) lists alertas by number (`ALERTA#<nnnnnnnnnnnn>`) and what waits by its last day
(`PAINEL#<acesso>#<AAAA-MM-DD>#<registroANS>#<id>`); of a webhook, what stands in a line (`PENDENTE#<entidade>#<id>`),
was given up or withheld (`ESGOTADA#<id>`, `RETIDA#<id>`). Index `fila` (keys only, sparse): digests
(`RESUMO#<shard>`, `<instant to send at>#<prestador id>#<sub>`) and lines with something to attempt (`ENTREGAS#<shard>`,
`<instant of the next attempt>#<prestador id>#<webhook>#<entidade>`). What counts no more ends by itself: no row is
deleted.
"""

from __future__ import annotations

import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from alertas.domain.entregas import Lugar, SituacaoEntrega
from conecta_edge.clock import iso

if TYPE_CHECKING:
    from alertas.domain.entregas import Entrega
    from alertas.domain.painel import Item

Key = dict[str, str]
ORDEM: Final = "ordem"
FILA: Final = "fila"
SHARDS: Final = 4
SEM_PRAZO: Final = "9999-12-31"
ALERTA: Final = "ALERTA#"
WEBHOOK: Final = "WEBHOOK#"
ENTREGA: Final = "ENTREGA#"


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


def webhook_key(prestador_id: str, webhook_id: str) -> Key:
    """`PRESTADOR#<id>` / `WEBHOOK#<id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"{WEBHOOK}{webhook_id}"}


def webhooks_key(prestador_id: str) -> Key:
    """`PRESTADOR#<id>` / `WEBHOOKS`."""
    return {"pk": tenant_pk(prestador_id), "sk": "WEBHOOKS"}


def saida_pk(prestador_id: str, webhook_id: str) -> str:
    """`PRESTADOR#<id>#WEBHOOK#<id>`: a webhook's deliveries are an item collection of their own."""
    return f"{tenant_pk(prestador_id)}#{WEBHOOK}{webhook_id}"


def saude_key(prestador_id: str, webhook_id: str) -> Key:
    """`PRESTADOR#<id>#WEBHOOK#<id>` / `SAUDE`."""
    return {"pk": saida_pk(prestador_id, webhook_id), "sk": "SAUDE"}


def entrega_key(prestador_id: str, webhook_id: str, entrega_id: str) -> Key:
    """`PRESTADOR#<id>#WEBHOOK#<id>` / `ENTREGA#<instant>-<event id>`."""
    return {"pk": saida_pk(prestador_id, webhook_id), "sk": f"{ENTREGA}{entrega_id}"}


def entrega_ordem(entrega: Entrega) -> Key:
    """Where a delivery lies in the index `ordem`; one that was delivered, nowhere."""
    match entrega.situacao:
        case SituacaoEntrega.ENTREGUE:
            return {}
        case SituacaoEntrega.PENDENTE:
            return {ORDEM: f"{linha_prefix(entrega.lugar)}{entrega.id}"}
    return {ORDEM: f"{entrega.situacao.value}#{entrega.id}"}


def linha_prefix(lugar: Lugar) -> str:
    """`PENDENTE#<entidade>#`, of the index `ordem`."""
    return f"{SituacaoEntrega.PENDENTE.value}#{lugar.entidade}#"


def linha_key(lugar: Lugar) -> Key:
    """`PRESTADOR#<id>#WEBHOOK#<id>` / `LINHA#<entidade>`."""
    return {"pk": saida_pk(lugar.prestador_id, lugar.webhook), "sk": f"LINHA#{lugar.entidade}"}


def linhas_pk(shard: int) -> str:
    """`ENTREGAS#<shard>`, of the index `fila`."""
    return f"ENTREGAS#{shard}"


def linha_fila(lugar: Lugar, proxima: datetime) -> Key:
    """Where a line lies in the index `fila`, by the instant of its next attempt."""
    shard = zlib.crc32(f"{lugar.webhook}{lugar.entidade}".encode()) % SHARDS
    where = f"{iso(proxima)}#{lugar.prestador_id}#{lugar.webhook}#{lugar.entidade}"
    return {"fila_pk": linhas_pk(shard), "fila_sk": where}


def lugar_of(fila_sk: str) -> Lugar:
    """The line that lies at a place of the index `fila`."""
    return Lugar(*fila_sk.split("#", 3)[1:])
