"""S3 and DynamoDB behind messages that came as files (`conecta_edge.envios`)."""

from __future__ import annotations

import io
import json
from typing import Any

from botocore.exceptions import ClientError

from conecta_edge.dynamodb import unmarshal
from tests.builders_functions import NOW


class Bucket:
    """S3 with one bucket."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803  # the API's own names
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key]), "LastModified": NOW}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803
        assert Bucket == "conecta-teste-acervo"
        assert ContentType == {"xml": "application/xml", "json": "application/json"}[Key.rpartition(".")[2]]
        self.objects[Key] = Body


class Table:
    """DynamoDB with the outbox."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}

    def put_item(self, **asked: Any) -> None:
        row = unmarshal(asked["Item"])
        told = self.rows.get((row["pk"], row["sk"]))
        if told is not None and told.get("tentativa", 1) >= row.get("tentativa", 1):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "PutItem")
        self.rows[row["pk"], row["sk"]] = row

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(row["evento"]) for row in self.rows.values()]
