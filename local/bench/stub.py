"""A loopback stand-in for AWS: what one fresh Lambda process talks to while its start is measured.

Keeps rows and objects in memory, checks no condition and no signature, and takes whatever is sent, started or told;
it exists so that a first event runs the real client code to its end at no cost of its own to the measured process.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

Row = dict[str, Any]
_OK = 200
_NOT_FOUND = 404
_SEGREDO = "segredo-de-medida"
_INVOKED = json.dumps({"statusCode": _OK, "headers": {}, "body": json.dumps({"novas": 0})}).encode()


class StubAws:
    """The server, on a free port; a context manager.

    Attributes:
        url: endpoint for ``AWS_ENDPOINT_URL``, while serving.
        rows: DynamoDB items (attribute values) by table, pk and sk.
        objects: S3 objects by ``/bucket/key``.
        calls: operations served since ``reset``, in order.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], Row] = {}
        self.objects: dict[str, bytes] = {}
        self.calls: list[str] = []
        self._seed: tuple[dict[tuple[str, str, str], Row], dict[str, bytes]] = ({}, {})
        self._stop = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        for step in (server.server_close, thread.join, server.shutdown):
            self._stop.callback(step)  # undone from the last to the first
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.close()

    def seed(self, rows: list[tuple[str, Row]], objects: dict[str, bytes]) -> None:
        """What every fresh process finds: rows by table, objects by path."""
        self._seed = ({(table, row["pk"]["S"], row["sk"]["S"]): row for table, row in rows}, dict(objects))
        self.reset()

    def reset(self) -> None:
        """Forget what the last process wrote."""
        self.rows, self.objects, self.calls = dict(self._seed[0]), dict(self._seed[1]), []

    def dynamodb(self, operation: str, asked: Row) -> Row:
        """Answer one DynamoDB call."""
        self.calls.append(operation)
        operations: dict[str, Callable[[Row], Row]] = {
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "Query": self._query,
            "PutItem": self._put,
            "UpdateItem": lambda _: {"Attributes": {"n": {"N": "1"}}},
            "TransactWriteItems": self._transact,
            "BatchExecuteStatement": lambda asked: {"Responses": [{} for _ in asked["Statements"]]},
        }
        return operations[operation](asked)

    def service(self, target: str, asked: Row) -> Row:
        """Answer one call of a JSON service, named as in `X-Amz-Target`."""
        operation = target.rpartition(".")[2]
        if target.startswith("DynamoDB"):
            return self.dynamodb(operation, asked)
        self.calls.append(operation)
        taken: dict[str, Callable[[Row], Row]] = {
            "GetSecretValue": lambda _: {"SecretString": _SEGREDO},
            "PutEvents": lambda asked: {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in asked["Entries"]]},
            "SendMessage": lambda _: {"MessageId": "1"},
            "StartExecution": lambda asked: {"executionArn": asked["stateMachineArn"], "startDate": 0},
        }
        return taken[operation](asked)

    def _get(self, asked: Row) -> Row:
        row = self.rows.get(self._key(asked["TableName"], asked["Key"]))
        return {} if row is None else {"Item": row}

    def _batch_get(self, asked: Row) -> Row:
        return {"Responses": {table: self._many(table, keys) for table, keys in asked["RequestItems"].items()}}

    def _query(self, asked: Row) -> Row:
        """By partition and the beginning of the sort key; indexes are empty."""
        if "IndexName" in asked:
            return {"Items": [], "Count": 0}
        partition, *prefix = (value["S"] for value in asked["ExpressionAttributeValues"].values() if "S" in value)
        found = [
            row
            for (table, pk, sk), row in sorted(self.rows.items())
            if table == asked["TableName"] and pk == partition and sk.startswith(tuple(prefix) or "")
        ]
        return {"Items": found, "Count": len(found)}

    def _transact(self, asked: Row) -> Row:
        for action in asked["TransactItems"]:
            if "Put" in action:
                self._put(action["Put"])
        return {}

    def _many(self, table: str, asked: Row) -> list[Row]:
        keys = (self._key(table, key) for key in asked["Keys"])
        return [self.rows[key] for key in keys if key in self.rows]

    def _put(self, asked: Row) -> Row:
        self.rows[self._key(asked["TableName"], asked["Item"])] = asked["Item"]
        return {}

    @staticmethod
    def _key(table: str, row: Row) -> tuple[str, str, str]:
        return table, row["pk"]["S"], row["sk"]["S"]


def _handler(stub: StubAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 64 * 1024  # one segment per answer: no delayed acknowledgements to wait for
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Stay silent."""

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"0"')
            self.send_header("Last-Modified", "Mon, 02 Mar 2026 12:00:00 GMT")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            if self.path.endswith("/invocations"):
                stub.calls.append("Invoke")
                self._body()
                self._answer(_OK, _INVOKED, "application/json")
                return
            answer = stub.service(self.headers.get("X-Amz-Target", ""), json.loads(self._body()))
            self._answer(_OK, json.dumps(answer).encode(), "application/x-amz-json-1.0")

        def do_GET(self) -> None:
            stub.calls.append("GetObject")
            found = stub.objects.get(unquote(self.path.partition("?")[0]))
            self._answer(_NOT_FOUND if found is None else _OK, found or b"", "application/xml")

        def do_PUT(self) -> None:
            stub.calls.append("PutObject")
            stub.objects[unquote(self.path.partition("?")[0])] = self._body()
            self._answer(_OK, b"", "application/xml")

    return Handler
