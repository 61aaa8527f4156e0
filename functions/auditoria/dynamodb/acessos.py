"""Rows of the audit, read; keys: `conecta_edge.audit`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from conecta_edge.audit import partition
from conecta_edge.dynamodb import query_page

_OURS: Final = frozenset({"pk", "ttl"})
"""What of a row is of the table, and of no block."""


class DynamoAcessos:
    """See `auditoria.service.portas.Acessos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def seguintes(self, tenant: str, dia: date, desde: str, limite: int) -> Sequence[Mapping[str, Any]]:
        """Consistent Queries, a megabyte each."""
        return self._query(tenant, dia, "sk >= :sk", desde, limite, ConsistentRead=True)

    def ultimos(self, tenant: str, dia: date, antes: str | None, limite: int) -> Sequence[Mapping[str, Any]]:
        """Queries, a megabyte each."""
        return self._query(tenant, dia, "sk < :sk", antes or "~", limite, forward=False)

    def _query(
        self, tenant: str, dia: date, order: str, sk: str, limite: int, **more: Any
    ) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        position: Mapping[str, str] | None = None
        while True:
            rows, position = query_page(
                self._client, self._table, f"pk = :pk AND {order}", {":pk": partition(tenant, dia), ":sk": sk},
                position, limite - len(found), **more,
            )  # fmt: skip
            found += map(_plain, rows)
            if position is None or len(found) == limite:
                return found


def _plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row as it is written down: what JSON keeps as it is."""
    return {name: int(held) if name == "v" else held for name, held in row.items() if name not in _OURS}
