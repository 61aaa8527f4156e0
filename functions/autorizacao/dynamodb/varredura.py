"""What is due, from the sharded index `vencimento` of the `autorizacao` table (keys: `chaves`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from autorizacao.dynamodb import chaves
from autorizacao.service.varredura import Nome, Posicao
from conecta_edge.dynamodb import query_page
from conecta_senhas_aws.chaves import identity


class DynamoVencimentos:
    """See `autorizacao.service.varredura.Vencimentos`; a part is a shard of the index."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def partes(self) -> Sequence[int]:
        """Every shard."""
        return range(chaves.SHARDS)

    def vencidas(self, parte: int, ate: date, posicao: Posicao, limite: int) -> tuple[Sequence[Nome], Posicao]:
        """One Query on the index, whose rows begin with their day."""
        values = {":pk": chaves.vencimento_pk(parte), ":depois": (ate + timedelta(days=1)).isoformat()}
        rows, last = query_page(
            self._client, self._table, "vencimento_pk = :pk AND vencimento_sk < :depois", values, posicao, limite,
            IndexName=chaves.VENCIMENTO,
        )  # fmt: skip
        return [identity(str(row["pk"])) for row in rows], last
