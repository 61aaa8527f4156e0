"""What differs between a table and the one that was restored beside it: read in batches, never held whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final, TypeVar

SUFFIX: Final = "-ensaio"
BATCH: Final = 100
"""Keys that one BatchGetItem takes."""
Row = dict[str, Any]
"""As DynamoDB writes it: `{"pk": {"S": …}, …}`."""
Chave = tuple[str, str]
Um = TypeVar("Um")


class Que(StrEnum):
    """What became of a row since."""

    MUDOU = "mudou"
    FALTA = "falta"
    NOVA = "nova"


@dataclass(frozen=True, slots=True)
class Linha:
    """A row that is not as it was.

    Attributes:
        viva: as it is; `None` when it is there no more.
        antes: as it was; `None` of one that is younger.
    """

    chave: Chave
    viva: Row | None
    antes: Row | None

    @property
    def que(self) -> Que:
        """What became of it."""
        if self.antes is None:
            return Que.NOVA
        return Que.FALTA if self.viva is None else Que.MUDOU

    @property
    def tipo(self) -> str:
        """How both parts of its key begin: what it is, not which."""
        return "/".join(_head(part) for part in self.chave)


def _head(part: str) -> str:
    head = part.partition("#")[0]
    return head if head.isalpha() else "…"


def rows(dynamodb: Any, table: str, **how: Any) -> Iterator[Row]:
    """Every row of a table."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **how):
        yield from page["Items"]


def batches(every: Iterable[Um]) -> Iterator[list[Um]]:
    """As many as one BatchGetItem takes, again and again."""
    left = iter(every)
    while some := list(islice(left, BATCH)):
        yield some


def differences(dynamodb: Any, table: str) -> Iterator[Linha]:
    """Rows of a table that are not as the one beside it has them; those that are younger come last."""
    for some in batches(rows(dynamodb, table + SUFFIX)):
        live = _held(dynamodb, table, [_key(row) for row in some])
        yield from _differing((key_of(row), live.get(key_of(row)), row) for row in some)
    keys = rows(dynamodb, table, ProjectionExpression="pk, sk")
    for some in batches(keys):
        known = _held(dynamodb, table + SUFFIX, some, ProjectionExpression="pk, sk")
        yield from (Linha(key_of(row), row, None) for row in some if key_of(row) not in known)


def looked(dynamodb: Any, table: str, keys: Iterable[Chave]) -> Iterator[list[Linha]]:
    """Of some rows, those that are not as the table beside it has them, a batch after the other."""
    for some in batches(keys):
        asked = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in some]
        live, before = (_held(dynamodb, name, asked) for name in (table, table + SUFFIX))
        yield list(_differing((key, live.get(key), before[key]) for key in some if key in before))


def _differing(pairs: Iterable[tuple[Chave, Row | None, Row]]) -> Iterator[Linha]:
    for key, viva, antes in pairs:
        if viva is None or not _same(viva, antes):
            yield Linha(key, viva, antes)


def _same(viva: Row, antes: Row) -> bool:
    """Whether a row says what it did: a `versao` that is above the one before is of no matter."""
    if versao(viva) > versao(antes) > 0:
        viva = {**viva, "versao": antes["versao"]}
    return viva == antes


def versao(row: Row | None) -> int:
    """The lock of a row; 0 of one that has none."""
    return int((row or {}).get("versao", {}).get("N", 0))


def key_of(row: Row) -> Chave:
    """(pk, sk)."""
    return row["pk"]["S"], row["sk"]["S"]


def _key(row: Row) -> Row:
    return {"pk": row["pk"], "sk": row["sk"]}


def _held(dynamodb: Any, table: str, keys: Sequence[Row], **how: Any) -> dict[Chave, Row]:
    asked = {table: {"Keys": list(keys), "ConsistentRead": True, **how}}
    found: dict[Chave, Row] = {}
    while asked:
        answer = dynamodb.batch_get_item(RequestItems=asked)
        found |= {key_of(row): row for row in answer["Responses"].get(table, ())}
        asked = answer.get("UnprocessedKeys", {})
    return found


def counted(linhas: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A line for each kind of row: how many of it became what.

    Args:
        linhas: (kind, what became of it).
    """
    many = Counter(linhas)
    for tipo in sorted({tipo for tipo, _ in many}):
        told = ", ".join(f"{count} {que}" for (one, que), count in sorted(many.items()) if one == tipo)
        yield f"{tipo}: {told}"
