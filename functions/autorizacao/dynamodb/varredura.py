"""What is due, from the sharded index `vencimento` of the `autorizacao` table (keys: `chaves`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from autorizacao.dynamodb import chaves
from autorizacao.service.varredura import Nome, Posicao
from conecta_edge.dynamodb import marshal, unmarshal
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
        answer = self._client.query(
            TableName=self._table,
            IndexName=chaves.VENCIMENTO,
            KeyConditionExpression="vencimento_pk = :pk AND vencimento_sk < :depois",
            ExpressionAttributeValues=marshal(
                {":pk": chaves.vencimento_pk(parte), ":depois": (ate + timedelta(days=1)).isoformat()}
            ),
            Limit=limite,
            **({"ExclusiveStartKey": marshal(posicao)} if posicao else {}),
        )
        last = answer.get("LastEvaluatedKey")
        return [identity(str(unmarshal(row)["pk"])) for row in answer["Items"]], unmarshal(last) if last else None
