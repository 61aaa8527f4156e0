"""Alertas, their readers and what `/inicio` counts, in DynamoDB. Keys: `chaves`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from alertas.domain.alertas import Alerta, Leitor, Sequencia
from alertas.domain.errors import MudouError
from alertas.domain.painel import Acesso, Item
from alertas.dynamodb import chaves
from alertas.service.portas import Antes
from conecta_edge import rows
from conecta_edge.clock import day_start, iso, local_day, parse_iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    batch_get,
    conditions,
    put,
    query_all,
    query_page,
)
from conecta_facts import codec

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item as Row

SOLTO: Final = rows.SOLTA
"""How long a thing is kept once it counts no more: whatever is older than it must still find it."""


class DynamoAlertas:
    """See `alertas.service.portas.Alertas`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def antes(self, prestador_id: str, alerta_id: str, entidade: str) -> Antes:
        """One consistent BatchGetItem."""
        keys = (
            chaves.sequencia_key(prestador_id), chaves.alerta_key(prestador_id, alerta_id),
            chaves.entidade_key(prestador_id, entidade),
        )  # fmt: skip
        held, told, newest = self._get(*keys)
        return Antes(_sequencia(prestador_id, held), told is not None, parse_iso(newest["em"]) if newest else None)

    def append(self, alerta: Alerta, sequencia: Sequencia) -> None:
        """One TransactWriteItems."""
        expires = rows.until(alerta.expira_em)
        place = {chaves.ORDEM: chaves.alerta_ordem(alerta.numero), "ttl": expires}
        told = {**chaves.alerta_key(alerta.prestador_id, alerta.id), **rows.plain(alerta), **place}
        own = [self._replaced(chaves.sequencia_key(alerta.prestador_id), sequencia), {"Put": self._new(told)}]
        if not alerta.superado:
            newest = {
                **chaves.entidade_key(alerta.prestador_id, alerta.entidade), "em": iso(alerta.ocorrido_em),
                "ttl": expires,
            }  # fmt: skip
            older = "attribute_not_exists(pk) OR em <= :em"
            own.append({"Put": put(self._table, newest, older, {":em": newest["em"]})})
        _write(self._client, own)

    def primeiro_mostrado(self, prestador_id: str, numero: int, now: datetime) -> Alerta | None:
        """Queries on the index, until one is found."""
        values = {
            ":pk": chaves.tenant_pk(prestador_id), ":de": chaves.alerta_ordem(numero), ":ate": f"{chaves.ALERTA}~",
        }  # fmt: skip
        position = None
        while True:
            found, position = query_page(
                self._client, self._table, _ENTRE, values, position, _MUITAS, IndexName=chaves.ORDEM,
                ConsistentRead=True,
            )  # fmt: skip
            for row in found:
                alerta = codec.build(Alerta, row)
                if alerta.expira_em > now:
                    return alerta
            if position is None:
                return None

    def lista(  # as its port
        self, prestador_id: str, de: int, ate: int, limite: int, *, recentes: bool
    ) -> Sequence[Alerta]:
        """One consistent Query on the index."""
        values = {
            ":pk": chaves.tenant_pk(prestador_id), ":de": chaves.alerta_ordem(de), ":ate": chaves.alerta_ordem(ate),
        }  # fmt: skip
        found, _ = query_page(
            self._client, self._table, _ENTRE, values, None, limite, forward=not recentes, IndexName=chaves.ORDEM,
            ConsistentRead=True,
        )  # fmt: skip
        return [codec.build(Alerta, row) for row in found]

    def escolhidos(self, prestador_id: str, ids: Sequence[str]) -> Sequence[Alerta | None]:
        """One consistent BatchGetItem."""
        found = self._get(*(chaves.alerta_key(prestador_id, one) for one in ids))
        return [rows.build(Alerta, row) for row in found]

    def leitura(self, prestador_id: str, quem: str) -> tuple[Sequencia, Leitor]:
        """One consistent BatchGetItem."""
        held, reader = self._get(chaves.sequencia_key(prestador_id), chaves.leitor_key(prestador_id, quem))
        leitor = rows.build(Leitor, reader) or Leitor(prestador_id=prestador_id, quem=quem)
        return _sequencia(prestador_id, held), leitor

    def write_leitor(self, leitor: Leitor) -> None:
        """One write."""
        _write(self._client, [self._replaced(chaves.leitor_key(leitor.prestador_id, leitor.quem), leitor)])

    def _replaced(self, key: chaves.Key, valor: Sequencia | Leitor) -> Row:
        row = {**key, **rows.plain(valor), "versao": valor.versao + 1}
        return rows.replaced(self._table, row, valor.versao or None)

    def _new(self, row: Row) -> Row:
        return put(self._table, row, rows.ABSENT)

    def _get(self, *keys: chaves.Key) -> list[Row | None]:
        return batch_get(self._client, [(self._table, key) for key in keys], consistent=True)


class DynamoPainel:
    """See `alertas.service.portas.Painel`."""

    def __init__(self, client: Any, table: str, now: datetime) -> None:
        self._client = client
        self._table = table
        self._now = now

    def put(self, item: Item) -> bool:
        """One write, on condition that nothing as new or newer is there."""
        versoes = {f"v{place}": versao for place, versao in enumerate(item.versoes)}
        row: Row = {**chaves.painel_key(item), **rows.plain(item), **versoes}
        last = item.ultimo_dia if item.conta else local_day(self._now)
        row |= {chaves.ORDEM: chaves.painel_ordem(item)} if item.conta else {}
        row |= {"ttl": rows.until(day_start(last) + SOLTO)} if last else {}
        older = " AND ".join(f"{name} <= :{name}" for name in versoes)
        newer = " OR ".join(f"{name} < :{name}" for name in versoes)
        condition = f"attribute_not_exists(pk) OR ({older} AND ({newer}))"
        try:
            with conditions():
                self._client.put_item(
                    **put(self._table, row, condition, {f":{name}": versao for name, versao in versoes.items()})
                )
        except ConditionFailedError:
            return False
        return True

    def esperam(
        self, prestador_id: str, acesso: Acesso, *, de: date | None = None, ate: date | None = None
    ) -> Sequence[Item]:
        """Consistent Queries on the index, one after the other: a page is 1 MB, some thousand things."""
        found = query_all(
            self._client, self._table, chaves.tenant_pk(prestador_id), chaves.painel_desde(acesso, de),
            until=chaves.painel_ate(acesso, ate), ordem=chaves.ORDEM, consistent=True,
        )  # fmt: skip
        return [codec.build(Item, row) for row in found]

    def na_internacao(self, itens: Sequence[Item]) -> Sequence[Item]:
        """One consistent BatchGetItem, when one of them was asked on anything."""
        asked = [one for one in itens if one.principal]
        keys = [(self._table, chaves.painel_key(replace(one, id=str(one.principal)))) for one in asked]
        found = batch_get(self._client, keys, consistent=True)
        return [one for one, stay in zip(asked, found, strict=True) if stay is not None and stay.get("internado")]


_ENTRE: Final = "pk = :pk AND ordem BETWEEN :de AND :ate"
_MUITAS: Final = 100


def _sequencia(prestador_id: str, row: Row | None) -> Sequencia:
    return rows.build(Sequencia, row) or Sequencia(prestador_id=prestador_id)


def _write(client: Any, own: Sequence[Row]) -> None:
    try:
        rows.transact(client, own)
    except rows.LostError as error:
        raise MudouError from error
