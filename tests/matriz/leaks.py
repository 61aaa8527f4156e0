"""Where what is a person's must not be: keys, the audit, events. Each is searched for what is somebody's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from local.runtime import EmbeddedAws
from tests.matriz.snapshot import PREFIX, Snapshot


def found(texts: Iterable[tuple[str, str]], personal: frozenset[str]) -> list[str]:
    """Where (the first of each pair) something personal is told (by the second), and what.

    Args:
        personal: texts that tell of a person.
    """
    told = re.compile("|".join(map(re.escape, sorted(personal))))
    return [f"{where}: {hit[0]!r}" for where, text in texts if (hit := told.search(text))]


def keys(stored: Snapshot) -> list[tuple[str, str]]:
    """Every key of a row or an object."""
    return [(key, key) for key in (*stored.kept, *stored.counted)]


def audit_and_events(aws: EmbeddedAws, tables: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Rows of the audit, and of the outboxes of some tables."""
    dynamodb: Any = aws.client("dynamodb")
    for table, prefix in (("auditoria", ""), *((table, "EVENTO#") for table in tables)):
        for page in dynamodb.get_paginator("scan").paginate(TableName=PREFIX + table):
            for item in page["Items"]:
                if item["sk"]["S"].startswith(prefix):
                    yield f"{table} {item['sk']['S']}", json.dumps(item, ensure_ascii=False)
