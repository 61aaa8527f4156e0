"""Reading many keys and whole partitions of a table that answers in parts."""

from __future__ import annotations

from typing import Any

from conecta_edge.dynamodb import BATCH_GET, batch_get, marshal, query_all, query_page


class Table:
    """Answers at most `at_once` keys or rows per call."""

    def __init__(self, *rows: dict[str, Any], at_once: int = 1000) -> None:
        self._rows, self._at_once = rows, at_once
        self.asked: list[dict[str, Any]] = []

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803  # the API's own name
        self.asked.append(RequestItems)
        answers: dict[str, Any] = {}
        rest: dict[str, Any] = {}
        left = self._at_once
        for table, wanted in RequestItems.items():
            keys, later = wanted["Keys"][:left], wanted["Keys"][left:]
            left -= len(keys)
            answers[table] = [marshal(row) for row in self._rows if marshal({"pk": row["pk"], "sk": row["sk"]}) in keys]
            if later:
                rest[table] = {"Keys": later}
        return {"Responses": answers, "UnprocessedKeys": rest}

    def query(self, **call: Any) -> dict[str, Any]:
        self.asked.append(dict(call))
        start = int(call.get("ExclusiveStartKey", {"n": {"N": "0"}})["n"]["N"])
        end = start + self._at_once
        page = {"Items": [marshal(row) for row in self._rows[start:end]]}
        return page if end >= len(self._rows) else {**page, "LastEvaluatedKey": {"n": {"N": str(end)}}}


def row(pk: str, sk: str = "s") -> dict[str, str]:
    return {"pk": pk, "sk": sk}


def test_items_come_in_the_order_asked_with_nothing_where_there_is_none() -> None:
    table = Table(row("a"), row("b"))
    found = batch_get(table, [("t", row(pk)) for pk in ("b", "x", "a", "b")])
    assert found == [row("b"), None, row("a"), row("b")]
    assert len(table.asked) == 1
    assert len(table.asked[0]["t"]["Keys"]) == 3  # the service refuses a key asked twice


def test_nothing_asked_is_nothing_called() -> None:
    table = Table()
    assert batch_get(table, []) == []
    assert table.asked == []


def test_a_hundred_keys_are_one_call_and_one_more_is_two() -> None:
    rows = [row(str(n)) for n in range(BATCH_GET + 1)]
    for amount, calls in ((BATCH_GET, 1), (BATCH_GET + 1, 2)):
        table = Table(*rows)
        assert batch_get(table, [("t", key) for key in rows[:amount]]) == rows[:amount]
        assert len(table.asked) == calls


def test_what_is_left_unprocessed_is_asked_again_in_whatever_table() -> None:
    table = Table(row("a"), row("b"), at_once=1)
    assert batch_get(table, [("t", row("a")), ("u", row("b")), ("t", row("c"))]) == [row("a"), row("b"), None]
    assert len(table.asked) == 3


def test_a_partition_is_read_to_its_end() -> None:
    rows = [row("p", str(n)) for n in range(5)]
    table = Table(*rows, at_once=2)
    assert query_all(table, "t", "p") == rows
    assert len(table.asked) == 3
    assert table.asked[0]["KeyConditionExpression"] == "pk = :pk"


def test_a_prefix_and_an_index_are_part_of_the_question() -> None:
    table = Table()
    query_all(table, "t", "p", "PLANO#")
    query_all(table, "t", "p", index="busca")
    query_all(table, "t", "p", "X#", index="busca")
    assert [(call["KeyConditionExpression"], call.get("IndexName")) for call in table.asked] == [
        ("pk = :pk AND begins_with(sk, :sk)", None),
        ("busca_pk = :pk", "busca"),
        ("busca_pk = :pk AND begins_with(busca_sk, :sk)", "busca"),
    ]
    assert table.asked[0]["ExpressionAttributeValues"] == {":pk": {"S": "p"}, ":sk": {"S": "PLANO#"}}
    assert table.asked[1]["ExpressionAttributeValues"] == {":pk": {"S": "p"}}


def test_what_was_just_written_is_seen_where_it_must_be() -> None:
    table = Table(row("a"))
    query_all(table, "t", "p", consistent=True)
    query_all(table, "t", "p")
    batch_get(table, [("t", row("a"))], consistent=True)
    batch_get(table, [("t", row("a"))])
    assert [call.get("ConsistentRead") for call in table.asked[:2]] == [True, None]
    assert [call["t"]["ConsistentRead"] for call in table.asked[2:]] == [True, False]


def test_a_partition_may_be_read_up_to_a_sort_key() -> None:
    table = Table()
    query_all(table, "t", "p", "A#1", until="A#9")
    (asked,) = table.asked
    assert asked["KeyConditionExpression"] == "pk = :pk AND sk BETWEEN :sk AND :until"
    assert asked["ExpressionAttributeValues"] == marshal({":pk": "p", ":sk": "A#1", ":until": "A#9"})


def test_a_page_tells_where_the_next_one_starts() -> None:
    rows = [row("p", str(n)) for n in range(3)]
    table = Table(*rows, at_once=2)
    first, position = query_page(table, "t", "pk = :pk", {":pk": "p"}, None, 2, forward=False, IndexName="fila")
    assert first == rows[:2]
    assert query_page(table, "t", "pk = :pk", {":pk": "p"}, position, 2)[1] is None
    assert (table.asked[0]["ScanIndexForward"], table.asked[0]["IndexName"], table.asked[0]["Limit"]) == (
        False,
        "fila",
        2,
    )
    assert table.asked[1]["ExclusiveStartKey"] == marshal({"n": 2})
