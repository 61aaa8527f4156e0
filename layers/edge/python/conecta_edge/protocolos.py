"""Protocolo numbers: unique for ever, at most 12 digits, from sharded counters (R30, `decisoes.md` 10).

A number is `AAMM` + one digit of kind + seven digits, of which the first is the shard. The month in the number lets a
GetItem and the monthly list do without an index; ten shards keep a busy month's counter from being one hot item.
Gaps are allowed, reuse is not: a counter only grows, in one atomic `ADD`.

Counter rows live in the table of the context that allocates: pk `CONTADOR#<AAMM>#<kind>`, sk `<shard>`. Tables
count apart, so a kind is one context's alone: what all of them give is one space of numbers.
"""

from __future__ import annotations

import random
from datetime import date
from enum import IntEnum
from typing import Any, Final

from conecta_edge.dynamodb import ConditionFailedError, conditions, marshal, unmarshal

SHARDS: Final = 10
PER_SHARD: Final = 999_999


class Kind(IntEnum):
    """The fifth digit: what the number stands for, and so who counts it.

    ATENDIMENTO is of documentos, PEG of peg, RELACIONAMENTO (a protocolo de atendimento, too) of cadastro,
    AUTORIZACAO (the same) of autorizacao, PAGAMENTO (notas fiscais, lançamentos, demonstrativos) of pagamento,
    RECURSO of recurso.
    """

    ATENDIMENTO = 1
    PEG = 2
    RELACIONAMENTO = 3
    AUTORIZACAO = 4
    PAGAMENTO = 5
    RECURSO = 6


class CountersExhaustedError(RuntimeError):
    """Ten million numbers of one kind in one month."""


def month_of(protocolo: str) -> str:
    """`AAMM` of a protocolo."""
    return protocolo[:4]


def allocate(client: Any, table: str, kind: Kind, day: date, rng: random.Random | None = None) -> str:
    """The next free number of a kind in the local month of `day`: one write, never the same answer twice.

    Raises:
        CountersExhaustedError: every shard of the month is full.
        TransientConflictError: throttled; nothing was allocated.
    """
    month = f"{day:%y%m}"
    shards = list(range(SHARDS))
    (rng or random.SystemRandom()).shuffle(shards)
    for shard in shards:
        try:
            with conditions():
                answer = client.update_item(
                    TableName=table,
                    Key=marshal({"pk": f"CONTADOR#{month}#{kind.value}", "sk": str(shard)}),
                    UpdateExpression="ADD n :one",
                    ConditionExpression="attribute_not_exists(n) OR n < :last",
                    ExpressionAttributeValues=marshal({":one": 1, ":last": PER_SHARD}),
                    ReturnValues="UPDATED_NEW",
                )
        except ConditionFailedError:
            continue
        return f"{month}{kind.value}{shard}{int(unmarshal(answer['Attributes'])['n']):06d}"
    raise CountersExhaustedError(month)
