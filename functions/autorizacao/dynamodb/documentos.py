"""The files of `documentos`, as far as this context may see them: whether they are there (read-only grant)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from conecta_edge.dynamodb import batch_get

CONCLUIDO: Final = "CONCLUIDO"


class DynamoDocumentos:
    """See `autorizacao.service.portas.Documentos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def missing(self, prestador_id: str, ids: Sequence[str]) -> tuple[str, ...]:
        """One BatchGetItem under the tenant: `PRESTADOR#<id>` / `UPLOAD#<upload id>`."""
        keys = [(self._table, {"pk": f"PRESTADOR#{prestador_id}", "sk": f"UPLOAD#{one}"}) for one in ids]
        rows = batch_get(self._client, keys, consistent=True)
        return tuple(one for one, row in zip(ids, rows, strict=True) if row is None or row.get("situacao") != CONCLUIDO)
