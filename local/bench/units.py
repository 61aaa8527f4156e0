"""Units of DynamoDB, computed from what is asked and answered: an emulator does not bill as DynamoDB does.

Written: one unit for each kilobyte begun of the larger of an item before and after it is written; a write of an index
for each index whose copy of it changes (two when its place changes); everything twice in a transaction. Read: one unit
for each four kilobytes begun of an item, or of all that a query answers; half of it when it need not be the latest.
"""

from __future__ import annotations

import json
import math
import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

KIBI: Final = 1024
Image = Mapping[str, Any]
_NAMED: Final = re.compile(r"""["']?(\w+)["']?\s*[:=]\s*\?""")
_TABLE: Final = re.compile(r"""(?:INTO|UPDATE)\s+"([^"]+)\"""")
_PARTITION: Final = re.compile(r"^\s*(#?\w+)\s*=\s*(:\w+)")
_WRITES: Final = ("Put", "Update", "Delete", "ConditionCheck")


def item_size(item: Image) -> int:
    """Bytes DynamoDB counts of an item: names and texts in UTF-8, two digits of a number a byte and one more."""
    return sum(len(name.encode()) + _size(attribute) for name, attribute in item.items())


def _size(attribute: Image) -> int:
    ((kind, held),) = attribute.items()
    match kind:
        case "S" | "SS":
            return sum(len(one.encode()) for one in ([held] if kind == "S" else held))
        case "N":
            return (len(Decimal(held).as_tuple().digits) + 1) // 2 + 2
        case "B":
            return len(held) * 3 // 4  # base64, on the wire
        case "L":
            return 3 + sum(1 + _size(inner) for inner in held)
        case "M":
            return 3 + item_size(held) + len(held)
    return 1


@dataclass(frozen=True, slots=True)
class Index:
    """What of a table's items an index repeats; `None` is everything."""

    keys: tuple[str, ...]
    names: frozenset[str] | None

    def copy(self, item: Image | None) -> Image | None:
        """Its copy of an item; `None` when it has none."""
        if item is None or any(key not in item for key in self.keys):
            return None
        return item if self.names is None else {name: held for name, held in item.items() if name in self.names}

    def cost(self, before: Image | None, after: Image | None) -> int:
        """Units of a change of an item."""
        old, new = self.copy(before), self.copy(after)
        if old == new:
            return 0
        if old is None or new is None:
            return _units(old or new or {})
        moved = any(old[key] != new[key] for key in self.keys)
        return _units(old) + _units(new) if moved else max(_units(old), _units(new))


def _units(item: Image) -> int:
    return max(1, math.ceil(item_size(item) / KIBI))


def cost(before: Image | None, after: Image | None, indexes: Sequence[Index]) -> int:
    """Units of one write outside a transaction."""
    whole = max(_units(before or {}), _units(after or {}))
    return whole + sum(index.cost(before, after) for index in indexes)


def writes_of(operation: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Image]]:
    """Table and key (or whole item) of everything a request writes."""
    match operation:
        case "PutItem":
            yield body["TableName"], body["Item"]
        case "UpdateItem" | "DeleteItem":
            yield body["TableName"], body["Key"]
        case "TransactWriteItems":
            for action in body["TransactItems"]:
                ((_, written),) = ((name, action[name]) for name in _WRITES if name in action)
                yield written["TableName"], written.get("Item") or written["Key"]
        case "BatchExecuteStatement":
            for one in body["Statements"]:
                if found := _TABLE.search(one["Statement"]):
                    yield found[1], dict(zip(_NAMED.findall(one["Statement"]), one["Parameters"], strict=True))


def reads_of(operation: str, body: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[str, Image, float]]:
    """Table, key and units of everything a request reads; of a query the key of its partition.

    What is not there costs as much as the smallest item.
    """
    match operation:
        case "GetItem":
            yield body["TableName"], body["Key"], _read([answer.get("Item", {})], body)
        case "Query":
            name, value = _PARTITION.findall(body["KeyConditionExpression"])[0]
            name = body.get("ExpressionAttributeNames", {}).get(name, name)
            yield body["TableName"], {name: body["ExpressionAttributeValues"][value]}, _read(answer["Items"], body)
        case "BatchGetItem":
            for table, asked in body["RequestItems"].items():
                held = {(item["pk"]["S"], item["sk"]["S"]): item for item in answer["Responses"].get(table, ())}
                for key in asked["Keys"]:
                    yield table, key, _read([held.get((key["pk"]["S"], key["sk"]["S"]), {})], asked)


def _read(items: Sequence[Image], asked: Mapping[str, Any]) -> float:
    units = max(1, math.ceil(sum(map(item_size, items)) / (4 * KIBI)))
    return units * (1.0 if asked.get("ConsistentRead") else 0.5)


class Units:
    """Counts what the calls of a client write, table by table.

    Args:
        reader: another client of the same service, by which items are seen before and after.
    """

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._lock = threading.Lock()
        self._indexes: dict[str, tuple[Index, ...]] = {}
        self.tables: dict[str, int] = defaultdict(int)
        self._counting = False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Begin to count, until it is left: to see items before and after costs as much as to write them."""
        self.tables.clear()
        self._counting = True
        try:
            yield
        finally:
            self._counting = False

    def watch(self, client: Any) -> None:
        """Count the calls of a client."""
        client.meta.events.register("before-call.dynamodb", self._began)
        client.meta.events.register("after-call.dynamodb", self._ended)

    @property
    def total(self) -> int:
        """Units of all tables."""
        return sum(self.tables.values())

    def _began(self, model: Any, params: Mapping[str, Any], context: dict[str, Any], **_call: Any) -> None:
        if not self._counting:
            return
        found = list(writes_of(model.name, json.loads(params["body"])))
        context["conecta_units"] = [(table, row, self._image(table, row)) for table, row in found]

    def _ended(self, model: Any, context: Mapping[str, Any], **_call: Any) -> None:
        times = 2 if model.name == "TransactWriteItems" else 1
        for table, row, before in context.get("conecta_units", ()):
            units = times * cost(before, self._image(table, row), self._of(table))
            with self._lock:
                self.tables[table] += units

    def _image(self, table: str, row: Image) -> Image | None:
        key = {name: row[name] for name in ("pk", "sk")}
        found: Image | None = self._reader.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return found

    def _of(self, table: str) -> tuple[Index, ...]:
        if table not in self._indexes:
            told = self._reader.describe_table(TableName=table)["Table"]
            held = (*told.get("GlobalSecondaryIndexes", ()), *told.get("LocalSecondaryIndexes", ()))
            self._indexes[table] = tuple(index_of(one) for one in held)
        return self._indexes[table]


def index_of(told: Mapping[str, Any]) -> Index:
    """An index, as a table's description tells of it."""
    keys = tuple(key["AttributeName"] for key in told["KeySchema"])
    projection = told["Projection"]
    more = projection.get("NonKeyAttributes", ())
    return Index(keys, None if projection["ProjectionType"] == "ALL" else frozenset({"pk", "sk", *keys, *more}))
