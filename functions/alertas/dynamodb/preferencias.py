"""Who wants a digest, in DynamoDB (keys: `chaves`), and where to write to, as cadastro says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alertas.domain.errors import MudouError
from alertas.domain.resumos import Preferencia
from alertas.dynamodb import chaves
from conecta_edge import rows
from conecta_edge.cadastro import prestador_pk
from conecta_edge.clock import iso
from conecta_edge.dynamodb import batch_get, get_item, query_page


class DynamoPreferencias:
    """See `alertas.service.portas.Preferencias`."""

    def __init__(self, client: Any, table: str, cadastro: str) -> None:
        self._client = client
        self._table = table
        self._cadastro = cadastro

    def get(self, prestador_id: str, quem: str) -> Preferencia:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, chaves.preferencia_key(prestador_id, quem))
        return rows.build(Preferencia, row) or Preferencia(prestador_id=prestador_id, quem=quem)

    def write(self, preferencia: Preferencia) -> None:
        """One write."""
        who, due = (preferencia.prestador_id, preferencia.quem), preferencia.proximo_em
        row = {
            **chaves.preferencia_key(*who), **rows.plain(preferencia), "versao": preferencia.versao + 1,
            **(chaves.resumo(*who, iso(due)) if due else {}),
        }  # fmt: skip
        try:
            rows.transact(self._client, [rows.replaced(self._table, row, preferencia.versao or None)])
        except rows.LostError as error:
            raise MudouError from error

    def devidas(self, now: datetime, limite: int) -> Sequence[Preferencia]:
        """A Query per shard of the index, and a BatchGetItem."""
        places = [place for shard in range(chaves.SHARDS) for place in self._due(shard, now, limite)]
        first = sorted(places, key=lambda place: place["fila_sk"])[:limite]
        keys = [(self._table, {"pk": place["pk"], "sk": place["sk"]}) for place in first]
        found = [rows.build(Preferencia, row) for row in batch_get(self._client, keys, consistent=True)]
        # An index is behind its table: what left just now is due no more.
        return [one for one in found if one and one.proximo_em and one.proximo_em <= now]

    def _due(self, shard: int, now: datetime, limite: int) -> Sequence[dict[str, Any]]:
        values = {":pk": chaves.resumo_pk(shard), ":ate": f"{iso(now)}~"}
        condition = "fila_pk = :pk AND fila_sk < :ate"
        return query_page(self._client, self._table, condition, values, None, limite, IndexName=chaves.FILA)[0]

    def endereco(self, prestador_id: str, quem: str) -> tuple[str, str] | None:
        """One consistent GetItem of the prestador's own list of people."""
        row = get_item(self._client, self._cadastro, {"pk": prestador_pk(prestador_id), "sk": f"PESSOA#{quem}"})
        if row is None or not row.get("ativo", True) or not row.get("email"):
            return None
        return str(row["email"]), str(row["papel"])
