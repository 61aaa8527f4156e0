"""What only a large or a refusing table shows: pages of the index, conflicts, and what an event says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge.dynamodb import TransientConflictError, marshal, unmarshal
from documentos.domain import uploads
from documentos.domain.achados import Achado
from documentos.dynamodb.chaves import SHARDS
from documentos.dynamodb.uploads import DynamoUploads
from documentos.service import uploads as service
from tests.builders_functions import HOSPITAL, NOW, XML, an_upload, sha256


class Pages:
    """An index whose first shard has three pages, the second of them empty."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def query(self, **call: Any) -> dict[str, Any]:
        shard = call["ExpressionAttributeValues"][":pk"]["S"]
        start = call.get("ExclusiveStartKey")
        self.asked.append((shard, start))
        if shard != "PENDENTE#0":
            return {"Items": []}
        page = int(start["n"]) if start else 0
        rows = [[f"2026#{HOSPITAL}#u1", f"2026#{HOSPITAL}#u2"], [], [f"2026#{HOSPITAL}#u3"]][page]
        more = {"LastEvaluatedKey": {"n": str(page + 1)}} if page < 2 else {}
        return {"Items": [marshal({"pendente_sk": row}) for row in rows], **more}


def test_every_page_of_every_shard_is_read() -> None:
    table = Pages()
    assert list(DynamoUploads(table, "t").due(NOW)) == [(HOSPITAL, "u1"), (HOSPITAL, "u2"), (HOSPITAL, "u3")]
    assert table.asked[:3] == [("PENDENTE#0", None), ("PENDENTE#0", {"n": "1"}), ("PENDENTE#0", {"n": "2"})]
    assert [shard for shard, _ in table.asked[3:]] == [f"PENDENTE#{shard}" for shard in range(1, SHARDS)]


class Transactions:
    """Records transactions; cancels them for a reason."""

    def __init__(self, reason: str | None = None) -> None:
        self._reason = reason
        self.seen: list[list[dict[str, Any]]] = []

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        self.seen.append(TransactItems)
        if self._reason:
            response: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": self._reason}],
            }
            raise ClientError(response, "TransactWriteItems")


def test_a_conflict_of_transactions_may_be_tried_again() -> None:
    port = DynamoUploads(Transactions("TransactionConflict"), "t")
    with pytest.raises(TransientConflictError):
        port.add(an_upload())
    with pytest.raises(TransientConflictError):
        port.change(an_upload(), uploads.expire(an_upload()), None, NOW)


def test_a_received_file_is_announced_with_what_its_owner_needs() -> None:
    table, before = Transactions(), an_upload()
    after = uploads.receive(before, sha256=sha256(XML), chave="t/1", achados=(), at=NOW, now=NOW)
    DynamoUploads(table, "t").change(before, after, service.received_event(after), NOW)
    envelope = json.loads(unmarshal(table.seen[0][1]["Put"]["Item"])["evento"])
    assert (envelope["tipo"], envelope["entidade"], envelope["correlacao"]) == ("DocumentoRecebido", "upload/u1", "u1")
    assert envelope["dados"] == {
        "upload_id": "u1",
        "finalidade": "lote_tiss",
        "formato": "application/xml",
        "chave": "t/1",
        "sha256": sha256(XML),
        "tamanho": len(XML),
        "recebido_em": "2026-11-21T12:00:00.000000Z",
        "tentativa": 1,
    }


def test_a_refused_file_is_announced_without_what_it_does_not_have() -> None:
    table, before = Transactions(), an_upload()
    achados = (Achado("DOC-TAMANHO", "tamanho-divergente", "…"),)
    after = uploads.receive(before, sha256=sha256(XML), chave="t/1", achados=achados, at=NOW, now=NOW)
    DynamoUploads(table, "t").change(before, after, service.received_event(after), NOW)
    envelope = json.loads(unmarshal(table.seen[0][1]["Put"]["Item"])["evento"])
    assert envelope["tipo"] == "DocumentoRecusado"
    assert "chave" not in envelope["dados"]


def test_an_upload_is_read_as_it_was_last_written() -> None:
    asked: list[dict[str, Any]] = []

    class Table:
        def get_item(self, **call: Any) -> dict[str, Any]:
            asked.append(call)
            return {}

    assert DynamoUploads(Table(), "t").get(HOSPITAL, "u1") is None
    assert [call["ConsistentRead"] for call in asked] == [True]
