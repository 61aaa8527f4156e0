"""Steps of a demonstration: each says what must come out of it, is timed, and stops the whole when it does not."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from local import client, runtime
from local.asgi import INBOX_PATH, KEY_HEADER

if TYPE_CHECKING:
    from local.client import Answer, Client


class DemoError(AssertionError):
    """A step came out otherwise than it must."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table at the end."""

    passo: str
    resultado: str
    segundos: float


class Passos:
    """The steps over one running instance.

    Args:
        where: `.local/endpoint.json`.
        say: prints a line.
        today: local day.
    """

    def __init__(self, where: Mapping[str, Any], say: Callable[[str], None], today: date) -> None:
        self._where = where
        self._say = say
        self._today = today
        self.rows: list[Row] = []

    @contextmanager
    def _step(self, passo: str) -> Iterator[list[str]]:
        """Time a step; what it appends is its result."""
        started = time.perf_counter()
        result: list[str] = []
        yield result
        row = Row(passo, "; ".join(result), time.perf_counter() - started)
        self.rows.append(row)
        self._say(f"  ✓ {row.passo}: {row.resultado} ({row.segundos:.2f} s)")

    def _expect(self, seen: Any, expected: Any, what: str) -> None:
        if seen != expected:
            raise DemoError(f"{what}: esperado {expected!r}, veio {seen!r}")

    def _ok(self, answer: Answer, what: str, status: int = http.client.OK) -> dict[str, Any]:
        """The JSON of an answer that must have that status."""
        self._expect(answer.status, status, f"{what}: {answer.text[:500]}")
        seen: dict[str, Any] = answer.json()
        return seen

    @staticmethod
    def _rows(client: Client, path: str, name: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page; `path` has a query already."""
        cursor = ""
        while True:
            page = client.get(f"{path}{cursor}")
            yield from page[name]
            if page["cursor"] is None:
                return
            cursor = f"&cursor={page['cursor']}"

    @staticmethod
    def _fetch(address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """What whoever has an address reads; asked as insistently as everything else."""
        return client.call("GET", address, headers=headers)

    def _cartas(self) -> list[dict[str, Any]]:
        """What the embedded AWS would have sent."""
        key = {KEY_HEADER: self._where["credenciais_aws"]["secret_key"]}
        seen = self._fetch(self._where["endpoint_aws"] + INBOX_PATH, key).json()["messages"]
        return [one for letters in seen.values() for one in letters]

    def _eventos(self, contexto: str, prestador_id: str) -> list[dict[str, Any]]:
        """What a context told of a prestador, or is about to tell: its outbox."""
        dynamodb = runtime.client(self._where["endpoint_aws"], self._where["credenciais_aws"], "dynamodb")
        pages = dynamodb.get_paginator("query").paginate(
            TableName=f"conecta-embarcado-{contexto}", KeyConditionExpression="pk = :pk AND begins_with(sk, :eventos)",
            ExpressionAttributeValues={":pk": {"S": f"PRESTADOR#{prestador_id}"}, ":eventos": {"S": "EVENTO#"}},
        )  # fmt: skip
        return [json.loads(row["evento"]["S"]) for page in pages for row in page["Items"]]

    @staticmethod
    def _until(what: str, look: Callable[[], Any]) -> Any:
        """What is found once it is there.

        Raises:
            DemoError: it did not come.
        """
        deadline = time.monotonic() + client.patience
        while not (found := look()):
            if time.monotonic() > deadline:
                raise DemoError(f"{what}: não aconteceu em {client.patience:.0f} s")
            time.sleep(0.2)
        return found
