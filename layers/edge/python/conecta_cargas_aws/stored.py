"""Loads and their parts in a context's table. Keys: `conecta_edge.cadastro`.

| pk | sk | what |
|---|---|---|
| `OPERADORA#<registroANS>` | `CARGA#<id>` | a load; ids are in order of time |
| `OPERADORA#<registroANS>#CARGA#<id>` | `PARTE#<nnnnn>` | what came of a part |
| `OPERADORA#<registroANS>` | `EVENTO#<event id>` | outbox |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from conecta_atos.portas import Page
from conecta_cargas.states import (
    Carga,
    Contagem,
    Objeto,
    ParteCarregada,
    Recusa,
    SituacaoCarga,
    StaleCargaError,
)
from conecta_edge import cadastro as keys
from conecta_edge import items
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    conditions,
    get_item,
    put,
    query_all,
    query_page,
    update,
)
from conecta_edge.dynamodb import Item as Row
from conecta_edge.events import Event, outbox_put

_INSTANTS: Final = ("referencia", "criada_em", "atualizada_em", "iniciada_em", "concluida_em")


def to_item(carga: Carga) -> Row:
    """A load as its row."""
    row: Row = {field.name: getattr(carga, field.name) for field in fields(carga)}
    for name in _INSTANTS:
        row[name] = iso(row[name]) if row[name] else None
    objeto = {field.name: getattr(carga.objeto, field.name) for field in fields(carga.objeto)}
    row["objeto"] = {**objeto, "armazenado_em": iso(carga.objeto.armazenado_em)}
    row["situacao"] = carga.situacao.value
    row["contagem"] = _flat(carga.contagem)
    row["recusas"] = [_flat(recusa) for recusa in carga.recusas]
    return row


def from_item(row: Mapping[str, Any]) -> Carga:
    """A row as a load."""
    values = {field.name: row.get(field.name) for field in fields(Carga)}
    for name in _INSTANTS:
        values[name] = parse_iso(row[name]) if row.get(name) else None
    for name in ("tentativa", "passo", "partes", "versao"):
        values[name] = int(row[name])
    objeto = row["objeto"]
    values["objeto"] = Objeto(
        chave=objeto["chave"],
        versao=objeto.get("versao"),
        etag=objeto["etag"],
        tamanho=int(objeto["tamanho"]),
        armazenado_em=parse_iso(objeto["armazenado_em"]),
    )
    values["situacao"] = SituacaoCarga(row["situacao"])
    values["contagem"] = _contagem(row["contagem"])
    values["recusas"] = _recusas(row)
    return Carga(**values)  # type: ignore[arg-type]  # the row's shape is to_item's


def _flat(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _contagem(row: Mapping[str, Any]) -> Contagem:
    return Contagem(**{name: int(value) for name, value in row.items()})


def _recusas(row: Mapping[str, Any]) -> tuple[Recusa, ...]:
    return tuple(Recusa(**{**recusa, "linha": int(recusa["linha"])}) for recusa in row.get("recusas", ()))


def _parte(row: Mapping[str, Any]) -> ParteCarregada:
    return ParteCarregada(int(row["n"]), _contagem(row["contagem"]), parse_iso(row["em"]), _recusas(row))


class DynamoCargas:
    """Loads in DynamoDB; every write has a condition and may be repeated.

    Args:
        table: the context's.
        cadastro: where operadoras are known; the same table, if none is named.
    """

    def __init__(self, client: Any, table: str, *, cadastro: str | None = None) -> None:
        self._client = client
        self._table = table
        self._cadastro = cadastro or table

    def conhece(self, registro_ans: str) -> bool:
        """One GetItem."""
        return get_item(self._client, self._cadastro, keys.operadora_key(registro_ans)) is not None

    def add(self, carga: Carga, evento: str | None, now: datetime) -> None:
        """One transaction: the load and its event; nothing when the load is there."""
        row = {**keys.carga_key(carga.registro_ans, carga.id), "v": items.VERSION, **to_item(carga)}
        actions = [{"Put": put(self._table, row, "attribute_not_exists(pk)")}, *self._event(carga, evento, now)]
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError:
            return  # this version of the file was announced before

    def get(self, registro_ans: str, carga_id: str) -> Carga | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, keys.carga_key(registro_ans, carga_id))
        return from_item(row) if row else None

    def change(self, antes: Carga, depois: Carga, evento: str | None, now: datetime) -> None:
        """One transaction under the version: the load moved on, and its event."""
        before = to_item(antes)
        changes = {name: value for name, value in to_item(depois).items() if value != before[name]}
        key = keys.carga_key(depois.registro_ans, depois.id)
        moved = update(
            self._table, key, changes=changes, condition="versao = :versao", values={":versao": antes.versao}
        )
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=[{"Update": moved}, *self._event(depois, evento, now)])
        except ConditionFailedError as error:
            raise StaleCargaError(depois.id) from error

    def page(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query, newest first."""
        values = {":pk": keys.operadora_pk(registro_ans), ":sk": "CARGA#"}
        rows, last = query_page(
            self._client, self._table, "pk = :pk AND begins_with(sk, :sk)", values, position, limit, forward=False
        )  # fmt: skip
        return Page([from_item(row) for row in rows], last)

    def parte(self, registro_ans: str, carga_id: str, n: int) -> ParteCarregada | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, keys.parte_key(registro_ans, carga_id, n))
        return _parte(row) if row else None

    def add_parte(self, registro_ans: str, carga_id: str, parte: ParteCarregada) -> None:
        """One PutItem where there is none."""
        row = {
            **keys.parte_key(registro_ans, carga_id, parte.n), "v": items.VERSION, "n": parte.n, "em": iso(parte.em),
            "contagem": _flat(parte.contagem), "recusas": [_flat(recusa) for recusa in parte.recusas],
        }  # fmt: skip
        try:
            with conditions():
                self._client.put_item(**put(self._table, row, "attribute_not_exists(pk)"))
        except ConditionFailedError:
            return  # the same part was loaded beside us, with the same outcome

    def partes(self, registro_ans: str, carga_id: str) -> list[ParteCarregada]:
        """One consistent Query: a thousand parts are two pages at most."""
        pk = keys.parte_key(registro_ans, carga_id, 0)["pk"]
        return [_parte(row) for row in query_all(self._client, self._table, pk, consistent=True)]

    def _event(self, carga: Carga, evento: str | None, now: datetime) -> list[Row]:
        if evento is None:
            return []
        event = Event(
            evento, carga.registro_ans, "", f"carga/{carga.id}", carga.id, f"{carga.id}#{carga.tentativa}",
            {
                "id": carga.id, "tipo": carga.tipo, "situacao": carga.situacao.value, "tentativa": carga.tentativa,
                **_flat(carga.contagem),
            },
        )  # fmt: skip
        return [{"Put": outbox_put(self._table, keys.operadora_pk(carga.registro_ans), event, now)}]
