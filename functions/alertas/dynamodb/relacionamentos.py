"""What a prestador is to each operadora, read from the table of cadastro (keys: `conecta_edge.cadastro`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from conecta_edge.cadastro import prestador_pk
from conecta_edge.dynamodb import query_all
from conecta_edge.items import dados
from conecta_facts import codec
from conecta_facts.relacionamentos import Relacionamento, Situacao


class DynamoRelacionamentos:
    """Read only."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def situacoes(self, prestador_id: str, hoje: date) -> dict[Situacao, int]:
        """How many relacionamentos are in each state on a day: one Query."""
        found = query_all(self._client, self._table, prestador_pk(prestador_id), "RELACIONAMENTO#", consistent=True)
        states: dict[Situacao, int] = {}
        for row in found:
            situacao = codec.build(Relacionamento, dados(row)).situacao_em(hoje)
            if situacao is not None:
                states[situacao] = states.get(situacao, 0) + 1
        return states
