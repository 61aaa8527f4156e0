"""Write units computed from requests, as DynamoDB counts them."""

from __future__ import annotations

from typing import Any

import pytest

from local.bench.units import Index, Units, cost, item_size, reads_of, writes_of

SPARSE = Index(("fila_pk", "fila_sk"), frozenset({"pk", "sk", "fila_pk", "fila_sk"}))
WHOLE = Index(("pk", "recepcao"), None)


def row(**more: str) -> dict[str, Any]:
    return {name: {"S": held} for name, held in {"pk": "a", "sk": "b", **more}.items()}


def test_a_size_is_of_names_and_values() -> None:
    item = {
        "pk": {"S": "é"}, "n": {"N": "-12.50"}, "m": {"M": {"x": {"S": "yz"}}}, "l": {"L": [{"BOOL": True}]},
        "ss": {"SS": ["ab", "c"]},
    }  # fmt: skip
    assert item_size(item) == (2 + 2) + (1 + 4) + (1 + 3 + 3 + 1) + (1 + 3 + 2) + (2 + 3)


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, row(), 1),
        (None, row(text="x" * 1100), 2),
        (row(text="x" * 1100), row(), 2),
        (None, row(fila_pk="1", fila_sk="2"), 2),
        (row(fila_pk="1", fila_sk="2"), row(fila_pk="1", fila_sk="2", other="x"), 1),
        (row(fila_pk="1", fila_sk="2"), row(fila_pk="1", fila_sk="3"), 3),
        (row(fila_pk="1", fila_sk="2"), row(), 2),
        (row(), row(recepcao="r"), 2),
        (row(recepcao="r"), row(recepcao="r", other="x"), 2),
    ],
)
def test_a_write_costs_its_kilobytes_and_what_of_it_an_index_repeats(
    before: dict[str, Any] | None, after: dict[str, Any] | None, units: int
) -> None:
    assert cost(before, after, (SPARSE, WHOLE)) == units


def test_every_kind_of_request_tells_what_it_writes() -> None:
    key = row()
    requests: dict[str, dict[str, Any]] = {
        "PutItem": {"TableName": "t", "Item": key},
        "UpdateItem": {"TableName": "t", "Key": key},
        "TransactWriteItems": {"TransactItems": [{"Put": {"TableName": "t", "Item": key}}]},
        "BatchExecuteStatement": {
            "Statements": [
                {"Statement": "INSERT INTO \"t\" VALUE {'pk': ?, 'sk': ?}", "Parameters": list(key.values())},
                {"Statement": 'UPDATE "t" SET a=? SET "ttl"=? WHERE pk=? AND sk=?',
                 "Parameters": [{"S": "1"}, {"N": "2"}, *key.values()]},
                {"Statement": 'SELECT * FROM "t" WHERE pk=?', "Parameters": [{"S": "a"}]},
            ]
        },
        "Query": {},
    }  # fmt: skip
    found = {name: [(table, {**told}) for table, told in writes_of(name, body)] for name, body in requests.items()}

    assert found["PutItem"] == found["UpdateItem"] == found["TransactWriteItems"] == [("t", key)]
    assert found["BatchExecuteStatement"] == [("t", key), ("t", {"a": {"S": "1"}, "ttl": {"N": "2"}, **key})]
    assert found["Query"] == []


class _Store:
    """A table whose row changes between two readings, and a client's events."""

    def __init__(self, *images: dict[str, Any] | None) -> None:
        self.images, self.meta, self.events = iter(images), self, self
        self.handlers: dict[str, Any] = {}

    def register(self, name: str, handler: Any) -> None:
        self.handlers[name] = handler

    def get_item(self, **_asked: Any) -> dict[str, Any]:
        image = next(self.images)
        return {"Item": image} if image else {}

    def describe_table(self, **_asked: Any) -> dict[str, Any]:
        keys = [{"AttributeName": "fila_pk"}, {"AttributeName": "fila_sk"}]
        projection = {"ProjectionType": "KEYS_ONLY"}
        return {"Table": {"GlobalSecondaryIndexes": [{"KeySchema": keys, "Projection": projection}]}}

    def call(self, operation: str, body: str) -> None:
        model, context = type("Model", (), {"name": operation}), dict[str, Any]()
        self.handlers["before-call.dynamodb"](model=model, params={"body": body}, context=context)
        self.handlers["after-call.dynamodb"](model=model, context=context)


@pytest.mark.parametrize(("operation", "units"), [("PutItem", 2), ("TransactWriteItems", 4)])
def test_calls_are_counted_by_table_and_twice_in_a_transaction(operation: str, units: int) -> None:
    store = _Store(None, row(fila_pk="1", fila_sk="2"))
    counter = Units(store)
    counter.watch(store)
    put = '{"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}'

    with counter.counting():
        store.call(operation, put if operation == "PutItem" else f'{{"TransactItems": [{{"Put": {put}}}]}}')

    store.call("PutItem", put)
    assert (counter.tables, counter.total) == ({"t": units}, units)


def test_what_is_read_costs_its_four_kilobytes_and_the_latest_twice_as_much() -> None:
    key, large = {"pk": {"S": "a"}, "sk": {"S": "b"}}, row(text="x" * 5000)
    query = {
        "TableName": "t", "KeyConditionExpression": "#f = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeNames": {"#f": "fila_pk"}, "ExpressionAttributeValues": {":pk": {"S": "F"}},
    }  # fmt: skip
    batch = {"RequestItems": {"t": {"Keys": [key, {**key, "sk": {"S": "c"}}], "ConsistentRead": True}}}

    assert list(reads_of("GetItem", {"TableName": "t", "Key": key}, {"Item": large})) == [("t", key, 1.0)]
    assert list(reads_of("Query", query, {"Items": [row()] * 3})) == [("t", {"fila_pk": {"S": "F"}}, 0.5)]
    assert [units for *_, units in reads_of("BatchGetItem", batch, {"Responses": {"t": [large]}})] == [2.0, 1.0]
    assert list(reads_of("PutItem", {}, {})) == []
