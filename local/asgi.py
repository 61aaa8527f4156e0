"""The ASGI application in front of the emulator: the short API address, TLS's pretence, API Gateway's size limit."""

from __future__ import annotations

import hmac
import json
import os
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# API Gateway's limit on a request's body, in bytes.
API_BODY_LIMIT = 10 * 1024 * 1024
# Where this process says who it is.
IDENTITY_PATH = "/_conecta/processo"

# Where the emulator answers for a REST API, by its id.
API_PREFIX = "/_aws/execute-api/"
# The emulator's own doors (reset, inboxes, administration) have no key, and any page open in the developer's browser
# could knock: only these are let through.
_CLOSED_PREFIXES = ("/_ministack/", "/_localstack/", "/_aws/")
_OPEN_PATHS = ("/_ministack/health",)
# What mail would have been sent, for who has the instance's own secret key and says it in this header.
INBOX_PATH = "/_ministack/ses/messages"
KEY_HEADER = "conecta-chave"
# Access keys that the emulator takes for the administrator's whoever sends them; this instance has one of its own.
_ANYBODYS_KEY = re.compile(rb"Credential=(test|[0-9]{12})/")


class FrontDoor:
    """Wraps the emulator's application.

    - `/v1/...` reaches the REST API whose id stands in `api_file`, as AWS's own address `https://<id>.../v1/...`
      does, so that one form of path serves both. Signed AWS calls are left alone: some services have `/v1` paths.
    - Requests appear as https, because bucket policies refuse what is not: loopback stands in for TLS.
    - A body above API Gateway's 10 MB is refused; so are keys that anybody knows, and the emulator's own doors.
    - `last_change` is when something that may have changed the state was last asked, for snapshots.
    """

    def __init__(self, application: Application, api_file: Path) -> None:
        self._application = application
        self._api_file = api_file
        self._api_id = ""
        self._api_read = 0
        self.last_change = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's event, by ASGI."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        path: str = scope["path"]
        if path == IDENTITY_PATH:
            await _answer(send, 200, {"pid": os.getpid()})
            return
        headers = dict(scope["headers"])
        if (path == "/v1" or path.startswith("/v1/")) and not _is_signed(headers):
            path = self._at_api(scope)
        if _ANYBODYS_KEY.search(headers.get(b"authorization", b"")):
            await _answer(send, 403, {"message": "Use the key in .local/endpoint.json"})
            return
        is_api = path.startswith(API_PREFIX)
        if path.startswith(_CLOSED_PREFIXES) and not (is_api or _is_open(path, headers)):
            await _answer(send, 404, {"message": "Not Found"})
            return
        if is_api:
            limited = await _limited(headers, receive)
            if limited is None:
                await _drain(receive)
                await _answer(send, 413, {"message": "Request Too Long"})
                return
            receive = limited
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            self.last_change = time.monotonic()
        await self._application({**scope, "scheme": "https"}, receive, send)

    def _at_api(self, scope: Scope) -> str:
        """Point the scope at the API itself; the address stays as it came until there is one."""
        try:
            written = self._api_file.stat().st_mtime_ns
            if written != self._api_read:
                self._api_id, self._api_read = self._api_file.read_text().strip(), written
        except OSError:
            return str(scope["path"])
        prefix = f"{API_PREFIX}{self._api_id}"
        scope["path"] = prefix + scope["path"]
        scope["raw_path"] = prefix.encode() + (scope.get("raw_path") or scope["path"].encode())
        return str(scope["path"])


def _is_open(path: str, headers: dict[bytes, bytes]) -> bool:
    """Whether one of the emulator's own doors may be passed."""
    if path in _OPEN_PATHS:
        return True
    key = os.environ.get("AWS_SECRET_ACCESS_KEY", "").encode()
    said = headers.get(KEY_HEADER.encode(), b"")
    return path == INBOX_PATH and bool(key) and hmac.compare_digest(said, key)


def _is_signed(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"authorization", b"").startswith(b"AWS4-")


async def _limited(headers: dict[bytes, bytes], receive: Receive) -> Receive | None:
    """The same body, or None if it is too long; one of unknown length is read to find out."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit():
        return None if int(declared) > API_BODY_LIMIT else receive
    if b"transfer-encoding" not in headers:
        return receive
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > API_BODY_LIMIT:
            return None
    pending: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def _drain(receive: Receive) -> None:
    """Read what is left of a body, so that the client, which may still be sending, gets to read the answer."""
    while (await receive()).get("more_body", False):
        pass


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
