"""Domain events: an outbox row in the effect's own transaction, published from the table's stream.

An event is a fact in the past tense (`PegRecebido`) in one envelope (`decisoes.md` 4). The row is written with the
effect or not at all; the publisher may send it twice, so consumers are repeatable. No personal data in events.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from conecta_edge.clock import iso
from conecta_edge.dynamodb import Item, put, unmarshal

OUTBOX_PREFIX: Final = "EVENTO#"
KEPT: Final = timedelta(days=30)
BATCH: Final = 10


@dataclass(frozen=True, slots=True)
class Event:
    """A fact, before it has an envelope.

    Attributes:
        tipo: name in the past (`DocumentoRecebido`).
        registro_ans, prestador_id: whom it concerns.
        entidade: kind and id of what changed (`peg/260120000001`).
        correlacao: follows a whole conversation.
        dados: what consumers need; keys and counts, no personal data.
        chave: what makes this occurrence unique; the event's id is derived from it, so a retry has the same id.
    """

    tipo: str
    registro_ans: str
    prestador_id: str
    entidade: str
    correlacao: str
    chave: str
    dados: Mapping[str, Any]

    @property
    def id(self) -> str:
        """A stable id: the same occurrence always has the same."""
        return hashlib.sha256(f"{self.tipo}|{self.entidade}|{self.chave}".encode()).hexdigest()[:32]


def outbox_put(table: str, pk: str, event: Event, now: datetime) -> Item:
    """The transaction's `Put` of an event's outbox row beside its aggregate (`pk`, sk `EVENTO#<id>`).

    Expires after 30 days by TTL: long after publication, and soon enough not to pile up.
    """
    envelope = {
        "id": event.id,
        "tipo": event.tipo,
        "versao": 1,
        "ocorrido_em": iso(now),
        "registro_ans": event.registro_ans,
        "prestador_id": event.prestador_id,
        "entidade": event.entidade,
        "correlacao": event.correlacao,
        "dados": dict(event.dados),
    }
    row = {
        "pk": pk,
        "sk": OUTBOX_PREFIX + event.id,
        "evento": json.dumps(envelope, ensure_ascii=False, separators=(",", ":")),
        "ttl": int((now + KEPT).timestamp()),
    }
    return put(table, row, "attribute_not_exists(pk)")


def publish(client: Any, bus: str, source: str, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Send the outbox rows among stream records to the bus.

    Args:
        client: EventBridge.
        bus: bus name.
        source: `conecta.<contexto>`.
        records: DynamoDB stream records, new images.

    Returns:
        Sequence numbers that were not accepted, to be retried from the first of them.
    """
    rows = [(record["dynamodb"]["SequenceNumber"], _envelope(record)) for record in records]
    failed: list[str] = []
    for chunk in _chunks([(number, envelope) for number, envelope in rows if envelope is not None]):
        entries = [
            {"EventBusName": bus, "Source": source, "DetailType": json.loads(text)["tipo"], "Detail": text}
            for _, text in chunk
        ]
        answer = client.put_events(Entries=entries)
        for (number, _), result in zip(chunk, answer["Entries"], strict=True):
            if "ErrorCode" in result:
                failed.append(number)
    return failed


def _envelope(record: Mapping[str, Any]) -> str | None:
    if record.get("eventName") != "INSERT":
        return None
    image = unmarshal(record["dynamodb"].get("NewImage", {}))
    return str(image["evento"]) if str(image.get("sk", "")).startswith(OUTBOX_PREFIX) else None


def _chunks(rows: Sequence[tuple[str, str]]) -> Iterable[Sequence[tuple[str, str]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
