"""Whatever the tests before this one made happen was told as the public catalogue says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from alertas.domain.eventos import CATALOGO, esquema, publico
from tests.e2e.conftest import Deployed
from tests.matriz.snapshot import PREFIX, TABLES

pytestmark = pytest.mark.e2e

KINDS = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def told(deployed: Deployed) -> Iterator[dict[str, Any]]:
    """Every event in an outbox, as it is published."""
    for table in (*TABLES, "alertas"):
        pages = deployed.aws.client("dynamodb").get_paginator("scan").paginate(
            TableName=PREFIX + table, FilterExpression="begins_with(sk, :evento)",
            ExpressionAttributeValues={":evento": {"S": "EVENTO#"}},
        )  # fmt: skip
        for page in pages:
            yield from (json.loads(item["evento"]["S"]) for item in page["Items"])


def test_every_event_that_was_told_is_of_its_published_schema(deployed: Deployed) -> None:
    schemas, wrong, seen = esquema()["$defs"], [], set()
    for envelope in told(deployed):
        public = publico(envelope, "quem")
        if public is None:
            continue
        seen.add(tipo := envelope["tipo"])
        held, members = public["dados"], schemas[tipo]["properties"]
        wrong += [(tipo, name, "missing") for name in schemas[tipo]["required"] if name not in held]
        wrong += [
            (tipo, name, str(value)) for name, value in held.items()
            if type(value) is not KINDS[members[name]["type"]]
            or not re.fullmatch(members[name].get("pattern", ".*"), str(value))
        ]  # fmt: skip
    assert wrong == []
    assert seen <= CATALOGO.keys()
    assert {"PegRecebido", "AutorizacaoDecidida"} <= seen
