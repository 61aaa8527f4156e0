"""The `cadastro` table, written from domain values. Keys: `conecta_edge.cadastro`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from cadastro.domain import Credencial, Operadora, Prestador, Relacionamento, Vinculo, VinculoOperadora
from conecta_edge import cadastro as keys
from conecta_edge.dynamodb import marshal


class CadastroTable:
    """Writes the rows that bind everybody; each write replaces the whole row of that key, so a retry is free."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put_operadora(self, operadora: Operadora) -> None:
        """`OPERADORA#<registroANS>` / `PERFIL`."""
        self._put(keys.operadora_key(operadora.registro_ans), asdict(operadora))

    def put_prestador(self, prestador: Prestador) -> None:
        """`PRESTADOR#<id>` / `PERFIL`."""
        self._put(keys.prestador_key(prestador.prestador_id), asdict(prestador))

    def put_relacionamento(self, relacionamento: Relacionamento) -> None:
        """`PRESTADOR#<id>` / `RELACIONAMENTO#<registroANS>`."""
        self._put(
            keys.relacionamento_key(relacionamento.prestador_id, relacionamento.registro_ans),
            asdict(relacionamento),
        )

    def put_vinculo(self, vinculo: Vinculo) -> None:
        """`PESSOA#<sub>` / `VINCULO#<prestador id>`."""
        self._put(keys.vinculo_key(vinculo.sub, vinculo.prestador_id), asdict(vinculo))

    def put_vinculo_operadora(self, vinculo: VinculoOperadora) -> None:
        """`PESSOA#<sub>` / `OPERADORA#<registroANS>`."""
        self._put(keys.operadora_vinculo_key(vinculo.sub, vinculo.registro_ans), asdict(vinculo))

    def put_credencial(self, credencial: Credencial) -> None:
        """`CREDENCIAL#<client id>` / `CREDENCIAL`; a client never moves to another prestador."""
        self._put(
            keys.credencial_key(credencial.client_id),
            asdict(credencial),
            condition="attribute_not_exists(pk) OR prestador_id = :dono",
            values={":dono": credencial.prestador_id},
        )

    def _put(
        self,
        key: Mapping[str, str],
        row: Mapping[str, Any],
        condition: str = "attribute_not_exists(pk) OR pk = :pk",
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self._client.put_item(
            TableName=self._table,
            Item=marshal({**key, **_plain(row)}),
            ConditionExpression=condition,
            ExpressionAttributeValues=marshal(values or {":pk": key["pk"]}),
        )


def _plain(value: Any) -> Any:
    """Dates as ISO text, tuples as lists, absent members dropped: what DynamoDB keeps."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
