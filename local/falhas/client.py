"""A client that insists, as integrators must: what was not served is sent again, the same, under the same key."""

from __future__ import annotations

import http.client
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

from local import client
from local.client import Answer

AGAIN: Final = frozenset({429, 500, 502, 503, 504})
"""Besides what says when to try again: 409, another request under this key is being served."""
ATTEMPTS: Final = 14
LONGEST_PAUSE: Final = 4.0
PATIENCE: Final = 300.0
"""Seconds until what happens by itself has happened, one failure after the other."""
WITH_EFFECT: Final = frozenset({"POST", "PUT", "PATCH"})


class Insistence:
    """Sends a request until it is served.

    Attributes:
        statuses: how often each status was not taken for an answer; 0 is a connection that ended.
    """

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self._once = client.call

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 60,
    ) -> Answer:
        """As `local.client.call`."""
        sent = dict(headers or {})
        if method in WITH_EFFECT and "Authorization" in sent:
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        for attempt in range(ATTEMPTS):
            try:
                answer = self._once(method, url, headers=sent, body=body, timeout=timeout)
            except (OSError, http.client.HTTPException):
                self.statuses[0] += 1
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                if not (answer.status in AGAIN or "retry-after" in answer.headers) or attempt == ATTEMPTS - 1:
                    return answer
                self.statuses[HTTPStatus(answer.status)] += 1
            time.sleep(random.uniform(0.5, 1) * min(LONGEST_PAUSE, 0.2 * 2**attempt))  # noqa: S311  # jitter
        raise AssertionError("the last attempt either answers or raises")


@contextmanager
def insisting() -> Iterator[Insistence]:
    """Everybody in this process insists, and is patient."""
    insistence = Insistence()
    usual = client.call, client.patience
    client.call, client.patience = insistence.call, PATIENCE
    try:
        yield insistence
    finally:
        client.call, client.patience = usual
