"""Requests of rows, over connections that are kept: thousands of them in seconds."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from local.client import Answer
from tests.matriz.model import Caller, Row, Values

OPENAPI: Final = Path("docs/openapi.json")
AT_ONCE: Final = 6
Given = TypeVar("Given")
Made = TypeVar("Made")


@lru_cache(maxsize=1)
def document() -> Any:
    """The API's description."""
    return json.loads(OPENAPI.read_text("utf-8"))


def routes() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every published operation, by operationId."""
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def schema_at(reference: str) -> Any:
    """A schema of the description, by what refers to it."""
    return document()["components"]["schemas"][reference.rpartition("/")[2]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request, ready to go."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Wire:
    """Sends requests to one API, over connections that are kept for whoever asks next.

    Args:
        api: base URL, ends in `/v1`.
    """

    def __init__(self, api: str) -> None:
        self._parts = urlsplit(api)
        self._routes = routes()
        self._idle: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Close every connection."""
        while self._idle:
            self._idle.pop().close()

    def send(self, sent: Sent) -> Answer:
        """One request; a connection that the server closed meanwhile is made anew."""
        for fresh in (False, True):
            connection = self._connection(fresh=fresh)
            try:
                connection.request(sent.method, self._parts.path + sent.path, body=sent.body, headers=sent.headers)
                response = connection.getresponse()
                content = response.read()
            except (ConnectionError, http.client.HTTPException):
                connection.close()
                if fresh:
                    raise
                continue
            self._idle.append(connection)
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, content)
        raise AssertionError("the second attempt answers or raises")

    def _connection(self, *, fresh: bool) -> http.client.HTTPConnection:
        with suppress(IndexError):
            if not fresh:
                return self._idle.pop()
        return http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=60)

    def of(
        self, row: Row, caller: Caller, values: Values, *, wrong: bool = False, headers: Mapping[str, str] | None = None
    ) -> Sent:
        """The request of a row: a valid one, or wrong in the way the row says.

        Args:
            values: fill the templates; the caller's own come before.
            headers: besides the caller's.
        """
        method, path, _ = self._routes[row.operation]
        for name, template in row.path.items():
            path = path.replace("{" + name + "}", template.format_map(values))
        query = {name: template.format_map(values) for name, template in row.query.items()}
        body = row.body(values) if row.body else None
        if wrong:
            query, body = made_wrong(row, query, body)
        if query:
            path += "?" + "&".join(f"{name}={value}" for name, value in query.items())
        return Sent(method=method, path=path, headers={**self._headers(row, caller), **(headers or {})}, body=raw(body))

    @staticmethod
    def _headers(row: Row, caller: Caller) -> dict[str, str]:
        sent = {"Accept": "application/json", **caller.headers}
        if caller.token:
            sent["Authorization"] = f"Bearer {caller.token}"
        if row.body:
            sent["Content-Type"] = row.media_type
        return sent

    def send_all(self, requests: Sequence[Sent], at_once: int = AT_ONCE) -> list[Answer]:
        """Many requests, some at once; the answers in the order of the requests."""
        return together(self.send, requests, at_once)


def together(function: Callable[[Given], Made], given: Sequence[Given], at_once: int = AT_ONCE) -> list[Made]:
    """`map` over threads."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(function, given))


def raw(body: Any) -> bytes | None:
    """A body as bytes: JSON unless it is bytes."""
    return body if body is None or isinstance(body, bytes) else json.dumps(body).encode()


def can_be_wrong(row: Row) -> bool:
    """Whether there is a way to make the row's request wrong by itself."""
    return row.wrong is not None or row.body is not None


def made_wrong(row: Row, query: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
    """Query and body of a request that is to be refused with 422."""
    if row.wrong is not None:
        return {**query, **row.wrong}, body
    if isinstance(body, bytes):
        return query, body[: len(body) // 2]
    if row.free:
        return query, [body]
    return query, {**body, "intruso": "1"}
