"""The embedded AWS's process, counting: what each function asks of which service, and each time it is called.

Started instead of `local.launcher`, with whose names it is the same; what goes by is written to `FILE`, a line of JSON
each, in the instance's directory:

* `{"que": "chamada", "quem", "servico", "operacao", "de", "ate"}`: a call of a function, or of nobody's function (a
  client's own file); of DynamoDB with `"unidades": [[table, index or null, key, reads, writes], …]` and
  `"guardado"`, of S3 with `"guardado"` when it writes, of EventBridge with `"eventos"`;
* `{"que": "invocacao", "quem", "gatilho", "registros", "de", "ate", "memoria", "log"}`; `gatilho` is `api`, `funcao`,
  the service of a batch, or the action asked for.

Instants are seconds; `memoria` is in MiB; `log`, and `guardado` (what is kept more than before), in bytes.
"""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from local import launcher
from local.asgi import Application, Message, Receive, Scope, Send
from local.bench.units import Image, cost, index_of, item_size, reads_of, writes_of
from local.falhas.sabotage import Door
from local.lambda_host import LambdaHost
from local.runtime import ACCOUNT, REGION

FILE: Final = "contagem.jsonl"
_SIGNED: Final = re.compile(rb"Credential=[^/]+/[0-9]{8}/[^/]+/([^/]+)/aws4_request")
_APP: Final = re.compile(rb"app/conecta-[a-z]+-([a-z-]+)")
_FROM_REFUSED: Final = 400


class Ledger:
    """Writes the lines."""

    def __init__(self, directory: Path) -> None:
        self._file, self._lock = directory / FILE, threading.Lock()

    def tell(self, **told: Any) -> None:
        """One line."""
        with self._lock, self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(told) + "\n")


class CountedDoor:
    """The emulator's application, whose calls are counted.

    Functions say who they are in the way of the SDKs: `app/<name>` in `User-Agent`.
    """

    def __init__(self, application: Application, ledger: Ledger) -> None:
        self._application, self._ledger = application, ledger
        self._tables = import_module("ministack.services.dynamodb")._tables  # noqa: SLF001

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's event, by ASGI."""
        headers = dict(scope.get("headers", ()))
        app = _APP.search(headers.get(b"user-agent", b""))
        signed = _SIGNED.search(headers.get(b"authorization", b""))
        if scope["type"] != "http" or not (app or _is_form(scope, headers)):
            await self._application(scope, receive, send)
            return
        began = time.time()
        service = signed[1].decode() if signed else "s3"
        target = _operation(service, scope, headers)
        body, answer = bytearray(), bytearray()
        status = 0
        written: list[tuple[str, Image, Image | None]] = []

        async def heard() -> Message:
            message = await receive()
            if service != "s3":
                body.extend(message.get("body", b""))
                if service == "dynamodb" and not message.get("more_body", False):
                    written.extend(
                        (table, key, self._image(table, key)) for table, key in writes_of(target, json.loads(body))
                    )
            return message

        async def said(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            if service == "dynamodb":
                answer.extend(message.get("body", b""))
            await send(message)

        await self._application(scope, heard, said)
        told: dict[str, Any] = {}
        if service == "dynamodb" and status < _FROM_REFUSED:
            told["unidades"] = list(self._units(target, json.loads(body), json.loads(answer), written))
            told["guardado"] = sum(
                item_size(self._image(table, key) or {}) - item_size(before or {}) for table, key, before in written
            )
        elif service == "s3" and target in {"PUT", "POST"}:
            told["guardado"] = int(headers.get(b"content-length", b"0"))
        elif target == "PutEvents":
            told["eventos"] = len(json.loads(body)["Entries"])
        self._ledger.tell(
            que="chamada", quem=app[1].decode() if app else "", servico=service, operacao=target,
            de=began, ate=time.time(), **told,
        )  # fmt: skip

    def _image(self, table: str, key: Image) -> Image | None:
        items = self._tables.get_scoped(ACCOUNT, REGION, table)["items"]
        found: Image | None = items.get(key["pk"]["S"], {}).get(key["sk"]["S"])
        return dict(found) if found else None

    def _units(
        self, operation: str, body: Mapping[str, Any], answer: Mapping[str, Any],
        written: list[tuple[str, Image, Image | None]],
    ) -> Iterator[tuple[str, str | None, str, float, float]]:  # fmt: skip
        for table, key, reads in reads_of(operation, body, answer):
            yield table, body.get("IndexName"), next(iter(key.values()))["S"], reads, 0
        times = 2 if operation == "TransactWriteItems" else 1
        for table, key, before in written:
            after = self._image(table, key)
            yield table, None, key["pk"]["S"], 0, times * cost(before, after, ())
            described = self._tables.get_scoped(ACCOUNT, REGION, table)
            for one in (*described.get("GlobalSecondaryIndexes", ()), *described.get("LocalSecondaryIndexes", ())):
                index = index_of(one)
                if units := index.cost(before, after):
                    held = index.copy(after) or index.copy(before) or {}
                    yield table, one["IndexName"], held[index.keys[0]]["S"], 0, times * units


class CountedHost(LambdaHost):
    """Runs functions, counting."""

    ledger: Ledger

    def invoke(self, record: Mapping[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """One invocation."""
        began = time.time()
        result = super().invoke(record, event, request_id)
        config = record.get("config") or record
        records = event.get("Records")
        self.ledger.tell(
            que="invocacao", quem=short(config["FunctionName"]), gatilho=_trigger(event),
            registros=len(records or ()), de=began, ate=time.time(), memoria=config["MemorySize"],
            log=len(result["log"].encode()),
        )  # fmt: skip
        return result

    def _variables(self, config: Mapping[str, Any], folder: Path, request_id: str) -> dict[str, str]:
        named = {"AWS_SDK_UA_APP_ID": config["FunctionName"]}
        return {**super()._variables(config, folder, request_id), **named}


def short(function: str) -> str:
    """A function's name without application and stage."""
    return function.split("-", 2)[2]


def _operation(service: str, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
    """As AWS names it; of S3 the method, of Lambda the function called."""
    if service == "lambda":
        return short(urllib.parse.unquote(scope["path"]).split("/")[-2].rpartition(":")[2])
    target = headers.get(b"x-amz-target", b"").decode().rpartition(".")[2]
    copied = service == "s3" and b"x-amz-copy-source" in headers
    return target or ("COPY" if copied else str(scope["method"]))


def _trigger(event: Mapping[str, Any]) -> str:
    if "httpMethod" in event:
        return "api" if "apiId" in event.get("requestContext", {}) else "funcao"
    records = event.get("Records")
    return str(records[0]["eventSource"]).removeprefix("aws:") if records else str(event.get("acao") or event["tarefa"])


def _is_form(scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a client posts a file of its own."""
    return scope.get("method") == "POST" and headers.get(b"content-type", b"").startswith(b"multipart/form-data")


def main() -> None:
    """Run `local.launcher` with these in the place of its own; see there."""

    def door(application: Application, directory: Path, administrator: str) -> Door:
        ledger = CountedHost.ledger = Ledger(directory)
        return Door(CountedDoor(application, ledger), directory, administrator)

    vars(launcher).update(Door=door, LambdaHost=CountedHost)
    launcher.main()


if __name__ == "__main__":
    main()
