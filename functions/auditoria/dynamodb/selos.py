"""Days, heads and links in DynamoDB. Keys: `chaves`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from auditoria.domain.cadeia import INICIO, Cabeca, Elo
from auditoria.domain.dias import Dia
from auditoria.dynamodb import chaves
from auditoria.service.portas import MudouError
from conecta_edge import rows
from conecta_edge.clock import iso
from conecta_edge.dynamodb import batch_get, get_item, query_all
from conecta_facts import codec


class DynamoSelos:
    """See `auditoria.service.portas.Selos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def lidos(self, tenant: str, dia: date) -> tuple[Dia, Cabeca]:
        """One consistent BatchGetItem."""
        keys = [(self._table, chaves.dia_key(tenant, dia)), (self._table, chaves.cabeca_key(tenant))]
        held, head = batch_get(self._client, keys, consistent=True)
        return rows.build(Dia, held) or Dia(tenant=tenant, dia=dia), _head(head)

    def gravar(self, dia: Dia, antes: int, elo: Elo | None = None) -> None:
        """One TransactWriteItems."""
        row = {**chaves.dia_key(dia.tenant, dia.dia), **rows.plain(dia), **chaves.lugar(dia)}
        actions = [rows.replaced(self._table, row, antes or None)]
        if elo is not None:
            head = {**chaves.cabeca_key(dia.tenant), "versao": elo.n, "n": elo.n, "digest": elo.digest}
            link = {**chaves.bloco_key(dia.tenant, elo.n), **rows.plain(elo)}
            actions += [rows.replaced(self._table, head, elo.n - 1 or None), rows.replaced(self._table, link, None)]
        try:
            rows.transact(self._client, actions)
        except rows.LostError as lost:
            raise MudouError from lost

    def pendentes(self, ate: datetime) -> Sequence[tuple[datetime, str, date]]:
        """A Query of each shard of the index."""
        found = [
            chaves.pendente(row["fila_sk"])
            for shard in range(chaves.SHARDS)
            for row in query_all(
                self._client, self._table, chaves.fila_pk(shard), "0", until=f"{iso(ate)}~", index=chaves.FILA
            )
        ]
        return sorted(found)

    def dias(self, tenant: str, de: date, ate: date) -> Sequence[Dia]:
        """One Query."""
        first, last = chaves.dia_key(tenant, de), chaves.dia_key(tenant, ate)
        return [codec.build(Dia, row) for row in query_all(
            self._client, self._table, tenant, first["sk"], until=last["sk"]
        )]  # fmt: skip

    def cabeca(self, tenant: str) -> Cabeca:
        """One consistent GetItem."""
        return _head(get_item(self._client, self._table, chaves.cabeca_key(tenant)))

    def elos(self, tenant: str, de: int, ate: int) -> Sequence[Elo]:
        """One Query."""
        first, last = chaves.bloco_key(tenant, de), chaves.bloco_key(tenant, ate)
        found = query_all(self._client, self._table, tenant, first["sk"], until=last["sk"], consistent=True)
        return [codec.build(Elo, row) for row in found]


def _head(row: Mapping[str, Any] | None) -> Cabeca:
    return rows.build(Cabeca, row) or INICIO
