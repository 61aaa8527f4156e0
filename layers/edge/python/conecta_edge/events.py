"""Domain events: an outbox row in the effect's own transaction, published from the table's stream.

An event is a fact in the past tense (`PegRecebido`) in one envelope (`decisoes.md` 4). The row is written with the
effect or not at all; the publisher may send it twice, so consumers are repeatable. No personal data in events.

Rows that others count are told themselves, from the same stream (`PegAtualizado`): an image says what a row holds now,
and its version orders it. Images stay among our own functions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from conecta_edge.clock import iso
from conecta_edge.dynamodb import ConditionFailedError, Item, conditions, put, unmarshal

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


Imagem = Callable[[Item], Event | None]
"""What a row says of itself whenever it is written; `None` of one that says nothing."""


def image(tipo: str, entidade: str, row: Item, dono: tuple[str, str], dados: Mapping[str, Any]) -> Event:
    """What a version of a row holds: read twice, it is one event.

    Args:
        dono: registro ANS and prestador id.
    """
    versao = int(row["versao"])
    return Event(tipo, *dono, entidade, entidade, str(versao), {"versao": versao, **dados})


def outbox_put(table: str, pk: str, event: Event, now: datetime, tentativa: int = 1) -> Item:
    """The transaction's `Put` of an event's outbox row beside its aggregate (`pk`, sk `EVENTO#<id>`).

    Expires after 30 days by TTL: long after publication, and soon enough not to pile up.

    Args:
        tentativa: what may have been lost after it was told is told again by a later attempt, as the same event, so
            that who has heard it hears nothing new. Each attempt tells it once.
    """
    row = {
        "pk": pk,
        "sk": OUTBOX_PREFIX + event.id,
        "evento": _envelope(event, now),
        "ttl": int((now + KEPT).timestamp()),
    }
    if tentativa == 1:
        return put(table, row, "attribute_not_exists(pk)")
    earlier = "attribute_not_exists(pk) OR attribute_not_exists(tentativa) OR tentativa < :tentativa"
    return put(table, {**row, "tentativa": tentativa}, earlier, {":tentativa": tentativa})


def tell(client: Any, row: Item) -> None:
    """Write an outbox row (:func:`outbox_put`) by itself: once, and not when this attempt told it already."""
    with suppress(ConditionFailedError), conditions():
        client.put_item(**row)


def _envelope(event: Event, when: datetime) -> str:
    envelope = {
        "id": event.id,
        "tipo": event.tipo,
        "versao": 1,
        "ocorrido_em": iso(when),
        "registro_ans": event.registro_ans,
        "prestador_id": event.prestador_id,
        "entidade": event.entidade,
        "correlacao": event.correlacao,
        "dados": dict(event.dados),
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def publish(
    client: Any, bus: str, source: str, records: Sequence[Mapping[str, Any]], imagem: Imagem | None = None
) -> list[str]:
    """Send the outbox rows among stream records to the bus, and what the others say of themselves.

    Args:
        client: EventBridge.
        bus: bus name.
        source: `conecta.<contexto>`.
        records: DynamoDB stream records, new images.
        imagem: of a row that is no outbox row; without it only those are told.

    Returns:
        Sequence numbers that were not accepted, to be retried from the first of them.
    """
    rows = [(record["dynamodb"]["SequenceNumber"], _told(record, imagem)) for record in records]
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


def _told(record: Mapping[str, Any], imagem: Imagem | None) -> str | None:
    """The envelope that a record is published as."""
    held, kind = record["dynamodb"], record.get("eventName")
    if kind not in {"INSERT", "MODIFY"} or "NewImage" not in held:
        return None
    row = unmarshal(held["NewImage"])
    if str(row["sk"]).startswith(OUTBOX_PREFIX):
        return str(row["evento"])
    event = imagem(row) if imagem else None
    return _envelope(event, datetime.fromtimestamp(held["ApproximateCreationDateTime"], UTC)) if event else None


def _chunks(rows: Sequence[tuple[str, str]]) -> Iterable[Sequence[tuple[str, str]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
