"""The files of `documentos`, as far as other contexts may see them: read-only grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from conecta_edge.dynamodb import batch_get

CONCLUIDO: Final = "CONCLUIDO"
"""State of an upload that is there and was found good."""


def upload_key(prestador_id: str, upload_id: str) -> dict[str, str]:
    """`PRESTADOR#<id>` / `UPLOAD#<upload id>`."""
    return {"pk": f"PRESTADOR#{prestador_id}", "sk": f"UPLOAD#{upload_id}"}


class DynamoDocumentos:
    """Whether files are there: see the ports of the contexts that ask (`Documentos`)."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def missing(self, prestador_id: str, ids: Sequence[str]) -> tuple[str, ...]:
        """Those that are not, of a tenant's: a consistent BatchGetItem."""
        rows = batch_get(self._client, [(self._table, upload_key(prestador_id, one)) for one in ids], consistent=True)
        return tuple(one for one, row in zip(ids, rows, strict=True) if row is None or row.get("situacao") != CONCLUIDO)
