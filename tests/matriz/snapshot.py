"""What is stored, before and after: a refusal leaves nothing behind."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

TABLES: Final = ("cadastro", "beneficiarios", "documentos", "peg", "autorizacao", "pagamento", "recurso")
CHOSEN: Final = ("LEITOR#", "PREFERENCIA#", "WEBHOOK")
"""Rows of table `alertas` that calls write; the others follow from events, at any moment."""
COUNTED: Final = ("idempotencia", "auditoria", "selos")
"""Tables a refusal may write: quotas are counted and reads recorded before it is known what comes of them."""
BLOCKS: Final = "/auditoria/"
"""In the name of a sealed block: what was recorded is sealed at any moment."""
PREFIX: Final = "conecta-embarcado-"

Stored = Mapping[str, str]
"""Digest by key: `<table> <pk> / <sk>`, or `s3://<bucket>/<key>`."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything stored, and apart from it what refusals may write."""

    kept: Stored
    counted: Stored


class Camera:
    """Takes snapshots of an instance.

    Args:
        client: makes a boto3 client of a service.
        buckets: to list.
    """

    def __init__(self, client: Any, buckets: Iterable[str]) -> None:
        self._dynamodb, self._s3 = client("dynamodb"), client("s3")
        self._buckets = tuple(buckets)

    def take(self) -> Snapshot:
        """Every table and every bucket."""
        stored = ((key, value) for table in TABLES for key, value in self._table(table))
        # The address of an agenda lies under its digest, which names nobody; the agenda itself tells that it changed.
        rows = {key: value for key, value in stored if not key.split()[1].startswith("AGENDA#")}
        # Numbers are given before it is known whether they are needed: gaps are allowed (`decisoes.md` 10).
        told = ((key, value) for key, value in self._table("alertas") if key.split(" / ")[1].startswith(CHOSEN))
        rows.update(told)
        numbers = {key: value for key, value in rows.items() if key.split()[1].startswith("CONTADOR#")}
        kept = {key: value for key, value in rows.items() if key not in numbers}
        files = {key: value for bucket in self._buckets for key, value in self._bucket(bucket)}
        kept |= {key: value for key, value in files.items() if BLOCKS not in key}
        counted = {key: value for table in COUNTED for key, value in self._table(table)} | numbers
        return Snapshot(kept, counted | {key: value for key, value in files.items() if BLOCKS in key})

    def audited(self) -> Counter[str]:
        """How many accesses to personal data were recorded, by route."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=PREFIX + "auditoria", ConsistentRead=True)
        return Counter(item["operacao"]["S"] for page in pages for item in page["Items"])

    def _table(self, table: str) -> Iterable[tuple[str, str]]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=PREFIX + table, ConsistentRead=True):
            for item in page["Items"]:
                if _forgotten(item):
                    continue
                text = "waits" if _waits(item) else json.dumps(item, sort_keys=True, default=repr)
                name = f"{table} {item['pk']['S']} / {item['sk']['S']}"
                yield name, hashlib.sha256(text.encode()).hexdigest()

    def _bucket(self, bucket: str) -> Iterable[tuple[str, str]]:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for item in page.get("Contents", ()):
                yield f"s3://{bucket}/{item['Key']}", f"{item['ETag']} {item['LastModified']}"


def _forgotten(item: Mapping[str, Any]) -> bool:
    """Whether nobody is shown a row any more: it goes by itself, at any moment."""
    return int(item.get("ttl", {}).get("N", sys.maxsize)) <= time.time()


def _waits(item: Mapping[str, Any]) -> bool:
    """Whether a row is of an upload that nobody posted a file for: it expires by itself, at any moment."""
    return item.get("situacao", {}).get("S") in {"AGUARDANDO_ARQUIVO", "EXPIRADO"}


def difference(before: Stored, after: Stored) -> list[str]:
    """What appeared, went or changed, in words."""
    return [
        *(f"appeared: {key}" for key in sorted(after.keys() - before.keys())),
        *(f"went: {key}" for key in sorted(before.keys() - after.keys())),
        *(f"changed: {key}" for key in sorted(before.keys() & after.keys()) if before[key] != after[key]),
    ]
