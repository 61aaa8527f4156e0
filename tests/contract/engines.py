"""Tables and buckets shaped as `infra/stacks/data.py` makes them, in whichever engine is asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conecta_edge.dynamodb import marshal, unmarshal
from conecta_edge.events import OUTBOX_PREFIX


@dataclass(frozen=True)
class Engine:
    """Clients of one AWS, real or not; everything made here has a name of its own, so that tests do not meet."""

    dynamodb: Any
    s3: Any

    def table(self, contexto: str, *, indice: str | None = None, ordem: str | None = None) -> str:
        """A table with `pk` and `sk`; `indice` a sparse index of keys only, `ordem` a local one of everything."""
        name = f"conecta-{uuid.uuid4().hex[:12]}-{contexto}"
        texts = ["pk", "sk"]
        more: dict[str, Any] = {}
        if indice is not None:
            texts += ["pendente_pk", "pendente_sk"]
            keys = _keys("pendente_pk", "pendente_sk")
            more["GlobalSecondaryIndexes"] = [
                {"IndexName": indice, "KeySchema": keys, "Projection": {"ProjectionType": "KEYS_ONLY"}}
            ]
        if ordem is not None:
            texts.append(ordem)
            more["LocalSecondaryIndexes"] = [
                {"IndexName": ordem, "KeySchema": _keys("pk", ordem), "Projection": {"ProjectionType": "ALL"}}
            ]
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_keys("pk", "sk"),
            AttributeDefinitions=[{"AttributeName": text, "AttributeType": "S"} for text in texts],
            **more,
        )
        return name

    def bucket(self, purpose: str) -> str:
        """A versioned bucket."""
        name = f"conecta-{uuid.uuid4().hex[:12]}-{purpose}"
        region = self.s3.meta.region_name
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def rows(self, table: str, pk: str, prefix: str = "") -> Iterator[dict[str, Any]]:
        """A partition's rows, read as anybody could."""
        found = self.dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=marshal({":pk": pk}),
            ConsistentRead=True,
        )
        for item in found["Items"]:
            row = unmarshal(item)
            if row["sk"].startswith(prefix):
                yield row

    def outbox(self, table: str, prestador_id: str) -> Iterator[dict[str, Any]]:
        """The events a prestador's partition holds."""
        yield from self.rows(table, f"PRESTADOR#{prestador_id}", OUTBOX_PREFIX)


def _keys(partition: str, order: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": order, "KeyType": "RANGE"}]
