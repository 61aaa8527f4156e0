"""The stand-in answers what a function's first event asks, and forgets it between processes."""

from __future__ import annotations

from typing import Any

from local.bench.stub import StubAws

ROW = {"pk": {"S": "PRESTADOR#1"}, "sk": {"S": "PERFIL"}, "nome": {"S": "Exemplo"}}
KEY = {"pk": ROW["pk"], "sk": ROW["sk"]}


def seeded() -> StubAws:
    stub = StubAws()
    stub.seed([("cadastro", ROW)], {"/acervo/chave": b"lote"})
    return stub


def test_rows_are_read_by_key_in_batch_and_by_query() -> None:
    stub = seeded()
    values = {":pk": {"S": "PRESTADOR#1"}, ":sk": {"S": "PER"}}
    query: dict[str, Any] = {"TableName": "cadastro", "ExpressionAttributeValues": values}

    assert stub.dynamodb("GetItem", {"TableName": "cadastro", "Key": KEY}) == {"Item": ROW}
    assert stub.dynamodb("BatchGetItem", {"RequestItems": {"cadastro": {"Keys": [KEY]}}}) == {
        "Responses": {"cadastro": [ROW]}
    }
    assert stub.dynamodb("Query", query)["Items"] == [ROW]
    assert stub.dynamodb("GetItem", {"TableName": "peg", "Key": KEY}) == {}


def test_what_a_process_wrote_is_read_back_by_it_and_forgotten_for_the_next() -> None:
    stub = seeded()
    written = {"pk": {"S": "A"}, "sk": {"S": "B"}}
    stub.dynamodb("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "peg", "Item": written}}]})

    assert stub.dynamodb("GetItem", {"TableName": "peg", "Key": written}) == {"Item": written}
    assert stub.calls == ["TransactWriteItems", "GetItem"]

    stub.reset()

    assert stub.dynamodb("GetItem", {"TableName": "peg", "Key": written}) == {}
    assert stub.objects == {"/acervo/chave": b"lote"}
