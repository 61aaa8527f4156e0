"""DynamoDB conditions and item marshalling, shared by every context's adapter.

Adapters speak the low-level client: the whole request is visible where it is sent, and one transaction may span
tables. Items are plain Python dictionaries here; sets, `Decimal`, nested maps and lists are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from conecta_edge.aws import THROTTLES, error_code

Item = dict[str, Any]

BATCH_GET = 100
STATEMENTS = 25
"""Of PartiQL, in one call."""
TRANSIENT_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class ConditionFailedError(Exception):
    """A write's condition did not hold.

    Attributes:
        failed: positions (from 0) of the actions of a transaction whose condition failed; `(0,)` for one write.
    """

    def __init__(self, failed: tuple[int, ...] = (0,)) -> None:
        super().__init__(f"condition failed at {failed}")
        self.failed = failed


class TransientConflictError(Exception):
    """Throttled, or another transaction touched the same items: nothing was written, try again."""


def marshal(values: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary as DynamoDB attribute values; `None` members are left out (absent, not null).

    Our own, because boto3's needs all of boto3 imported: a twentieth of a function's cold start.

    Raises:
        TypeError: a value DynamoDB does not keep as it is (`float`, an empty set, a number that is not finite).
    """
    return {name: _attribute(value) for name, value in values.items() if value is not None}


def _attribute(value: Any) -> dict[str, Any]:  # noqa: PLR0911  # one line per kind of DynamoDB value
    kind = type(value)
    if isinstance(value, str):
        return {"S": value}
    if kind is bool:
        return {"BOOL": value}
    if kind is int or (kind is Decimal and value.is_finite()):
        return {"N": str(value)}
    if value is None:
        return {"NULL": True}
    if isinstance(value, Mapping):
        return {"M": {name: _attribute(inner) for name, inner in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [_attribute(inner) for inner in value]}
    if isinstance(value, set | frozenset) and value and all(isinstance(inner, str) for inner in value):
        return {"SS": sorted(value)}
    if kind is bytes:
        return {"B": value}
    raise TypeError(f"DynamoDB does not keep a {kind.__name__} as it is")


def unmarshal(item: Mapping[str, Any]) -> Item:
    """The inverse of :func:`marshal`; numbers come back as `Decimal`."""
    return {name: _value(attribute) for name, attribute in item.items()}


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, held),) = attribute.items()
    if kind == "N":
        return Decimal(held)
    if kind == "M":
        return unmarshal(held)
    if kind == "L":
        return [_value(inner) for inner in held]
    if kind == "SS":
        return set(held)
    return None if kind == "NULL" else held


@contextmanager
def conditions() -> Iterator[None]:
    """Turn DynamoDB's refusals into ours.

    Raises:
        ConditionFailedError: a condition did not hold (with the positions in a transaction).
        TransientConflictError: throttled or in conflict; nothing was written.
    """
    try:
        yield
    except Exception as error:
        code = error_code(error)
        if code == "ConditionalCheckFailedException":
            raise ConditionFailedError from error
        if code == "TransactionCanceledException":
            reasons: Sequence[Mapping[str, Any]] = getattr(error, "response", {}).get("CancellationReasons", [])
            codes = [str(reason.get("Code", "None")) for reason in reasons]
            failed = tuple(n for n, reason in enumerate(codes) if reason == "ConditionalCheckFailed")
            if failed:
                raise ConditionFailedError(failed) from error
            if any(reason in TRANSIENT_REASONS for reason in codes):
                raise TransientConflictError from error
        if code in THROTTLES:
            raise TransientConflictError from error
        raise


def put(table: str, item: Mapping[str, Any], condition: str, values: Mapping[str, Any] | None = None) -> Item:
    """A `Put` action of a transaction (or the arguments of PutItem), always with a condition."""
    action: Item = {"TableName": table, "Item": marshal(item), "ConditionExpression": condition}
    if values:
        action["ExpressionAttributeValues"] = marshal(values)
    return action


def update(
    table: str,
    key: Mapping[str, Any],
    *,
    changes: Mapping[str, Any],
    condition: str,
    values: Mapping[str, Any] | None = None,
) -> Item:
    """An `Update` action that sets (or, for `None`, removes) whole attributes under a condition.

    Names in `changes` are aliased, so reserved words need no care; `condition` uses real names and `:values`.
    """
    names = {f"#c{n}": name for n, name in enumerate(changes)}
    sets = [f"#c{n} = :c{n}" for n, value in enumerate(changes.values()) if value is not None]
    removes = [f"#c{n}" for n, value in enumerate(changes.values()) if value is None]
    expression = f"SET {', '.join(sets)}" if sets else ""
    if removes:
        expression += f" REMOVE {', '.join(removes)}"
    given = {f":c{n}": value for n, value in enumerate(changes.values()) if value is not None}
    action: Item = {
        "TableName": table,
        "Key": marshal(key),
        "UpdateExpression": expression.strip(),
        "ExpressionAttributeNames": names,
        "ConditionExpression": condition,
    }
    if given or values:
        action["ExpressionAttributeValues"] = marshal({**given, **(values or {})})
    return action


def batch_get(
    client: Any, keys: Sequence[tuple[str, Mapping[str, str]]], *, consistent: bool = False
) -> list[Item | None]:
    """Items by key, of any tables, in the order asked; `None` where there is none.

    One round trip for up to a hundred keys; what the service leaves unprocessed is asked again.

    Args:
        keys: (table, key); a key may be asked more than once.
        consistent: whether what was just written must be seen.
    """
    found: dict[tuple[str, str, str], Item] = {}
    distinct = list(dict.fromkeys((table, key["pk"], key["sk"]) for table, key in keys))
    for start in range(0, len(distinct), BATCH_GET):
        wanted: dict[str, Any] = {}
        for table, pk, sk in distinct[start : start + BATCH_GET]:
            of_table = wanted.setdefault(table, {"Keys": [], "ConsistentRead": consistent})
            of_table["Keys"].append(marshal({"pk": pk, "sk": sk}))
        while wanted:
            answer = client.batch_get_item(RequestItems=wanted)
            for table, rows in answer["Responses"].items():
                for row in map(unmarshal, rows):
                    found[table, row["pk"], row["sk"]] = row
            wanted = answer.get("UnprocessedKeys") or {}
    return [found.get((table, key["pk"], key["sk"])) for table, key in keys]


def get_item(client: Any, table: str, key: Mapping[str, str]) -> Item | None:
    """One item as it is now; `None` where there is none."""
    found = client.get_item(TableName=table, Key=marshal(key), ConsistentRead=True)
    return unmarshal(found["Item"]) if "Item" in found else None


def execute(client: Any, statements: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Of up to `STATEMENTS` of PartiQL in one call, each on its own, what became of each.

    Returns:
        DynamoDB's code of each that was not done; `None` of one that was.

    Raises:
        TransientConflictError: the whole call was throttled.
    """
    with conditions():
        answer = client.batch_execute_statement(Statements=statements)
    return [result.get("Error", {}).get("Code") for result in answer["Responses"]]


def query_all(
    client: Any,
    table: str,
    pk: str,
    prefix: str = "",
    *,
    until: str | None = None,
    index: str | None = None,
    ordem: str | None = None,
    consistent: bool = False,
) -> list[Item]:
    """Every row of a partition (of a table, or of its index), or those whose sort key begins with a prefix.

    Args:
        until: the last sort key; those from `prefix` up to it, whatever they begin with.
        ordem: a local index, whose sort key has its name.
        consistent: whether what was just written must be seen; of no index.
    """
    name = f"{index}_" if index else ""
    sk = ordem or f"{name}sk"
    order = f"{sk} BETWEEN :sk AND :until" if until else f"begins_with({sk}, :sk)" if prefix else ""
    given = {":pk": pk, ":sk": prefix or None, ":until": until}
    asked: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": f"{name}pk = :pk" + (f" AND {order}" if order else ""),
        "ExpressionAttributeValues": marshal(given),
    }
    if index or ordem:
        asked["IndexName"] = index or ordem
    if consistent:
        asked["ConsistentRead"] = True
    rows: list[Item] = []
    while True:
        answer = client.query(**asked)
        rows += map(unmarshal, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return rows
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def query_page(  # noqa: PLR0917  # whose table, what is asked, and which page of it
    client: Any,
    table: str,
    condition: str,
    values: Mapping[str, str],
    position: Mapping[str, str] | None,
    limit: int,
    *,
    forward: bool = True,
    **more: Any,
) -> tuple[list[Item], dict[str, str] | None]:
    """A page of a Query: its rows, and after which of them the next page starts (`None` at the end).

    Args:
        condition: on the keys; `values` are its `:names`.
        more: other members of the request, `IndexName` for one.
    """
    start = {"ExclusiveStartKey": marshal(position)} if position else {}
    answer = client.query(
        TableName=table, KeyConditionExpression=condition, ExpressionAttributeValues=marshal(values),
        ScanIndexForward=forward, Limit=limit, **more, **start,
    )  # fmt: skip
    last = answer.get("LastEvaluatedKey")
    return [unmarshal(item) for item in answer["Items"]], unmarshal(last) if last else None
