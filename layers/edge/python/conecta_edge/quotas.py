"""Quotas: so many of something per window and caller, whatever came of it.

What could be used to try numbers is counted by caller before anything is looked up, so that a miss costs what a hit
does. Row in the idempotency table: pk `PRESTADOR#<id>`, sk `COTA#<name>#<subject>#<start of the window>`, forgotten
after the window. One atomic `ADD` under a condition: never more than the limit, however many ask at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conecta_edge import observability, problems
from conecta_edge.dynamodb import ConditionFailedError, Item, conditions, marshal
from conecta_edge.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` units in any window of `window` seconds that starts at a multiple of it."""

    name: str
    limit: int
    window: int

    def take(self, client: Any, table: str, *, prestador_id: str, subject: str, units: int, now: datetime) -> None:
        """Take units of a caller's window: one UpdateItem.

        Raises:
            ProblemError: 429, so many are not left, or no window has them.
            TransientConflictError: throttled; nothing was taken.
        """
        if units > self.limit:
            raise self._exceeded(prestador_id, now)
        try:
            with conditions():
                client.update_item(**self._update(table, prestador_id, subject, units, now))
        except ConditionFailedError as failed:
            raise self._exceeded(prestador_id, now) from failed

    def _update(self, table: str, prestador_id: str, subject: str, units: int, now: datetime) -> Item:
        start = int(now.timestamp()) // self.window * self.window
        values: dict[str, Any] = {":n": units, ":resta": self.limit - units, ":ttl": start + 2 * self.window}
        return {
            "TableName": table,
            "Key": marshal({"pk": f"PRESTADOR#{prestador_id}", "sk": f"COTA#{self.name}#{subject}#{start}"}),
            "UpdateExpression": "ADD n :n SET #ttl = :ttl",
            "ConditionExpression": "attribute_not_exists(n) OR n <= :resta",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": marshal(values),
        }

    def _exceeded(self, prestador_id: str, now: datetime) -> ProblemError:
        # Whose audit tells which person or credential goes on: the log names neither.
        observability.log("warning", "cota excedida", cota=self.name, prestador_id=prestador_id)
        return problems.too_many(self.window - int(now.timestamp()) % self.window)
