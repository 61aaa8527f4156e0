"""`Idempotency-Key`: the first answer, kept in the effect's own transaction (`decisoes.md` 13).

Row: pk `PRESTADOR#<id>`, sk `<route>#<subject>#<sha256 of the key>`: tenant, route, caller and key together, so that
the same key of two tenants is two effects. It holds a digest of the request and the answer, expires after 24 hours, is
written by the same TransactWriteItems as the effect: there is no moment with one and not the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from conecta_edge import problems
from conecta_edge.dynamodb import (
    ConditionFailedError,
    Item,
    conditions,
    get_item,
    put,
)
from conecta_edge.problems import FieldError, ProblemError

HEADER: Final = "idempotency-key"
MAX_LENGTH: Final = 255
KEPT: Final = timedelta(hours=24)
Keep = Callable[[Any], tuple[Item, ...]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that carried a key: where its row is and what it asked."""

    pk: str
    sk: str
    digest: str

    @property
    def key(self) -> dict[str, str]:
        """The row's key."""
        return {"pk": self.pk, "sk": self.sk}


def attempt(headers: Mapping[str, str], *, prestador_id: str, route: str, subject: str, body: bytes) -> Attempt | None:
    """The attempt a request makes, or `None` without the header.

    Raises:
        ProblemError: 422, the key is empty or longer than 255 characters.
    """
    value = headers.get(HEADER)
    if value is None:
        return None
    if not 0 < len(value) <= MAX_LENGTH:
        raise problems.invalid_body(
            (FieldError("Idempotency-Key", "chave-invalida", "Use de 1 a 255 caracteres, de preferência um UUID."),)
        )
    hashed = hashlib.sha256(value.encode()).hexdigest()
    return Attempt(f"PRESTADOR#{prestador_id}", f"{route}#{subject}#{hashed}", hashlib.sha256(body).hexdigest())


class IdempotencyTable:
    """The table of kept answers."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def replay(self, attempt: Attempt, now: datetime) -> Any | None:
        """The first answer to this key, or `None` when it is new (or its row is past 24 hours).

        Raises:
            ProblemError: 422, the key was used with another body.
        """
        row = get_item(self._client, self._table, attempt.key)
        if row is None or int(row["ttl"]) <= now.timestamp():
            return None
        if row["digest"] != attempt.digest:
            raise problems.invalid_body(
                (
                    FieldError(
                        "Idempotency-Key", "chave-reutilizada",
                        "Esta chave já foi usada com outro corpo: use uma chave nova para uma requisição nova.",
                    ),
                )
            )  # fmt: skip
        return json.loads(row["resposta"])

    def keep(self, attempt: Attempt, answer: Any, now: datetime) -> Item:
        """The transaction's `Put` that keeps an answer; its condition loses against a concurrent first."""
        row = {
            **attempt.key,
            "digest": attempt.digest,
            "resposta": json.dumps(answer, ensure_ascii=False),
            "ttl": int((now + KEPT).timestamp()),
        }
        condition = "attribute_not_exists(pk) OR #ttl <= :agora"
        action = put(self._table, row, condition, {":agora": int(now.timestamp())})
        return {**action, "ExpressionAttributeNames": {"#ttl": "ttl"}}

    def put(self, action: Item) -> None:
        """Write one of them by itself; where an answer is kept already, that stays."""
        with suppress(ConditionFailedError), conditions():
            self._client.put_item(**action)


@dataclass(frozen=True, slots=True)
class Once:
    """One request's kept answer: read along with everything else, kept along with the effect.

    Attributes:
        attempt: `None` without a key: nothing is read nor kept.
    """

    table: IdempotencyTable
    attempt: Attempt | None
    now: datetime

    def replay(self) -> Any | None:
        """See :meth:`IdempotencyTable.replay`."""
        return self.table.replay(self.attempt, self.now) if self.attempt else None

    def keep(self, answer: Any) -> tuple[Item, ...]:
        """The transaction's `Put` actions that keep an answer; none without a key."""
        return (self.table.keep(self.attempt, answer, self.now),) if self.attempt else ()

    def remember(self, answer: Any) -> None:
        """Keep the answer of an effect of several transactions, each done once by itself; the first one stays."""
        for action in self.keep(answer):
            self.table.put(action)

    def carry_out(self, effect: Callable[[Keep], Any], *, look_first: bool = True) -> Any:
        """Carry out an effect at most once, answering the first answer ever after.

        Args:
            effect: takes `keep` and answers the answer; it writes `keep(answer)` (transaction `Put` actions, none
                without a key) in the same transaction as the effect.
            look_first: `False` for an effect that itself looks for a kept answer, with :meth:`replay`, as it reads.

        Raises:
            ProblemError: 422 the key was used with another body; 409 a concurrent request with this key is not done.
            TransientConflictError: throttled, or in conflict: nothing was done.
            Exception: what the effect raises, unless a concurrent request with this key was done meanwhile.
        """
        if look_first and (first := self.replay()) is not None:
            return first
        try:
            return effect(self.keep)
        except ProblemError:
            raise
        except Exception as lost:
            if self.attempt is None:
                raise
            first = self.replay()
            if first is not None:
                return first
            if isinstance(lost, ConditionFailedError):
                raise problems.in_progress() from lost
            raise
