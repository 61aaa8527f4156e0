"""What a day left behind, by kind: rows, events, objects, mails, people; and what two days left otherwise.

Two days of the same demo differ in every id and every instant. They must not differ in how many rows there are of each
kind and state, nor in what their amounts come to: more is something done twice, less is something lost.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from conecta_edge.dynamodb import unmarshal
from local.runtime import EmbeddedAws

STAGE: Final = "conecta-embarcado-"
MAY_BE_MORE: Final = re.compile("auditoria |idempotencia |email|clientes |objeto acervo t/")
"""A request that is sent again reads again, and keeps its answer; a mail whose answer was lost is sent again. An object
is there before the row that names it: of an attempt that came to nothing one stays that nobody names. Of a client whose
making Cognito did not confirm one stays that is bound to nobody and whose secret nobody knows."""
ANY_NUMBER: Final = re.compile(r"\S+ CONTADOR#|.* COTA#|.* AVISO#|selos |objeto acervo auditoria/")
"""Numbers are drawn from shards by chance, quotas forgotten within the hour, accesses sealed whenever it is time. Of a
mail whose answer was lost there is no mark when what it asks for is decided before it is sent again: mails count."""
NEVER_CAME: Final = "EXPIRADO"
"""An upload that nobody sent a file for says so some time."""
_WORD: Final = re.compile(r"[A-Z][A-Z_]*|[a-z][a-z_-]*(\.[a-z]+)?")
_AMOUNTS: Final = ("valor", "quantidade", "total", "faturad", "lidas", "carregadas")


@dataclass(frozen=True, slots=True)
class Portrait:
    """How many there are of each kind, and what the amounts of each kind come to."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, kind: str, row: Mapping[str, Any]) -> None:
        """A row of a kind."""
        state = str(row.get("situacao", ""))
        if kind.startswith("documentos ") and state == NEVER_CAME:
            state = "AGUARDANDO_ARQUIVO"
        self.counts[f"{kind} {state}".rstrip()] += 1
        for name, value in row.items():
            if name.startswith(_AMOUNTS) and (amount := _amount(value)) is not None:
                place = f"{kind} {name}"
                self.sums[place] = self.sums.get(place, Decimal()) + amount


def take(aws: EmbeddedAws, buckets: Mapping[str, str], pools: Mapping[str, str]) -> Portrait:
    """Everything an instance keeps now.

    Args:
        buckets, pools: names of buckets and ids of user pools, by what they are.
    """
    portrait = Portrait()
    for kind, row in rows(aws.client("dynamodb")):
        portrait.add(kind, row)
    s3: Any = aws.client("s3")
    for name, bucket in buckets.items():
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for one in page.get("Contents", ()):
                portrait.counts[f"objeto {name} {pattern(one['Key'], '/')}"] += 1
    cognito: Any = aws.client("cognito-idp")
    for name, pool in pools.items():
        people = cognito.get_paginator("list_users").paginate(UserPoolId=pool)
        portrait.counts[f"pessoas {name}"] = sum(len(page["Users"]) for page in people)
        machines = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool)
        portrait.counts[f"clientes {name}"] = sum(len(page["UserPoolClients"]) for page in machines)
    return portrait


def rows(dynamodb: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row that is still to be kept, and its kind."""
    now = int(time.time())
    for table in sorted(dynamodb.list_tables()["TableNames"]):
        for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for item in page["Items"]:
                row = unmarshal(item)
                if int(row.get("ttl", now)) < now:  # the table may have removed it, or not yet
                    continue
                kind = f"{table.removeprefix(STAGE)} {pattern(row['pk'])} / {pattern(row['sk'])}"
                if "evento" in row:
                    kind += f" {json.loads(row['evento'])['tipo']}"
                yield kind, row


def pattern(key: str, separator: str = "#") -> str:
    """A key with its words only: `PEG#261100000001` is `PEG#*`."""
    return separator.join(part if _WORD.fullmatch(part) else "*" for part in str(key).split(separator))


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def difference(expected: Portrait, found: Portrait) -> list[str]:
    """What is otherwise, in words; empty when the same was left."""
    wrong = []
    for kind in _judged(expected.counts, found.counts):
        before, after = expected.counts[kind], found.counts[kind]
        if before > after:
            wrong.append(f"perdido: {kind}: {after} de {before}")
        elif before < after and not MAY_BE_MORE.match(kind):
            wrong.append(f"em dobro: {kind}: {after} em vez de {before}")
    for place in _judged(expected.sums, found.sums):
        amount, other = expected.sums.get(place, Decimal()), found.sums.get(place, Decimal())
        if amount != other and not MAY_BE_MORE.match(place):
            wrong.append(f"outro valor: {place}: {other} em vez de {amount}")
    return wrong


def _judged(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    return sorted(kind for kind in expected.keys() | found.keys() if not ANY_NUMBER.match(kind))
