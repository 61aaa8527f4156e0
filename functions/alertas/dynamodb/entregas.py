"""Deliveries and lines in DynamoDB. Keys: `chaves`.

A delivery and the line it stands in are written together. Who attempts a line moves its `versao`; who puts something in
counts in `postas`, and disturbs nobody. Two events of a thing at one instant, or one of them and who attempts the line,
meet in its row: every write of it is tried again when it met another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from alertas.domain.entregas import GUARDADA, Entrega, Linha, Lugar, Periodo, SituacaoEntrega
from alertas.domain.errors import MudouError
from alertas.dynamodb import chaves
from conecta_atos.portas import Page
from conecta_edge import rows
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import get_item, marshal, query_page, update
from conecta_facts import codec

if TYPE_CHECKING:
    from alertas.domain.webhooks import Webhook
    from conecta_edge.dynamodb import Item

_ORDENADAS: Final = frozenset({SituacaoEntrega.ESGOTADA, SituacaoEntrega.RETIDA})
"""States whose deliveries an index lists by instant."""


class DynamoEntregas:
    """See `alertas.service.webhooks.Entregas`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, entrega: Entrega, now: datetime) -> None:
        """One TransactWriteItems.

        Raises:
            TransientConflictError: throttled, or it met others of its line again and again: nothing was written.
        """
        actions = [rows.replaced(self._table, _row(entrega), None)]
        if entrega.situacao is SituacaoEntrega.PENDENTE:
            actions.append(self._standing(entrega, now))
        with suppress(rows.LostError):  # it is there: this event came twice
            rows.transact(self._client, actions)

    def uma(self, prestador_id: str, webhook_id: str, entrega_id: str) -> Entrega | None:
        """One consistent GetItem."""
        key = chaves.entrega_key(prestador_id, webhook_id, entrega_id)
        return rows.build(Entrega, get_item(self._client, self._table, key))

    def registro(  # as its port
        self, webhook: Webhook, periodo: Periodo, position: Mapping[str, str] | None, limit: int, *,
        recentes: bool = True,
    ) -> Page:  # fmt: skip
        """One consistent Query, of the table or of its own index."""
        wanted, indexed = periodo.situacao, periodo.situacao in _ORDENADAS
        begins, name = (f"{wanted}#", chaves.ORDEM) if indexed else (chaves.ENTREGA, "sk")
        found, following = query_page(
            self._client, self._table, f"pk = :pk AND {name} BETWEEN :de AND :ate",
            {
                ":pk": chaves.saida_pk(webhook.prestador_id, webhook.id), ":de": f"{begins}{periodo.de}",
                ":ate": f"{begins}{periodo.ate}~",
            },
            position, limit, forward=not recentes, ConsistentRead=True, **({"IndexName": name} if indexed else {}),
        )  # fmt: skip
        listed = [codec.build(Entrega, row) for row in found]
        return Page([one for one in listed if wanted in {None, one.situacao}], following)

    def primeira(self, lugar: Lugar) -> Entrega | None:
        """One consistent Query of a row on the table's own index."""
        values = {":pk": chaves.saida_pk(lugar.prestador_id, lugar.webhook), ":prefix": chaves.linha_prefix(lugar)}
        found, _ = query_page(
            self._client, self._table, "pk = :pk AND begins_with(ordem, :prefix)", values, None, 1,
            IndexName=chaves.ORDEM, ConsistentRead=True,
        )  # fmt: skip
        return rows.build(Entrega, found[0] if found else None)

    def write(self, antes: Entrega, depois: Entrega, now: datetime) -> None:
        """One TransactWriteItems."""
        actions = [rows.replaced(self._table, _row(depois), antes.versao)]
        if depois.situacao is SituacaoEntrega.PENDENTE is not antes.situacao:
            actions.append(self._standing(depois, now))
        try:
            rows.transact(self._client, actions)
        except rows.LostError as error:
            raise MudouError from error

    def linha(self, lugar: Lugar) -> Linha | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, chaves.linha_key(lugar))
        if row is None:
            return None
        return Linha(
            lugar=lugar, proxima=parse_iso(row["proxima"]) if "proxima" in row else None,
            tentativas=int(row["tentativas"]), postas=int(row["postas"]), versao=int(row["versao"]),
        )  # fmt: skip

    def write_linha(self, antes: Linha, depois: Linha) -> bool:
        """One TransactWriteItems."""
        proxima = depois.proxima
        place: Mapping[str, str | None] = (
            chaves.linha_fila(depois.lugar, proxima) if proxima else {"fila_pk": None, "fila_sk": None}
        )
        changes = {
            **place, "proxima": iso(proxima) if proxima else None, "tentativas": depois.tentativas,
            "versao": depois.versao,
        }  # fmt: skip
        as_read, values = rows.AS_READ, {":versao": antes.versao}
        if proxima is None:
            as_read, values = f"{as_read} AND postas = :postas", {**values, ":postas": antes.postas}
        moved = update(self._table, chaves.linha_key(depois.lugar), changes=changes, condition=as_read, values=values)
        try:
            rows.transact(self._client, [{"Update": moved}])
        except rows.LostError:
            return False
        return True

    def vencidas(self, now: datetime, limit: int) -> Sequence[Lugar]:
        """A Query on the index for each shard."""
        due: list[Lugar] = []
        for shard in range(chaves.SHARDS):
            found, _ = query_page(
                self._client, self._table, "fila_pk = :pk AND fila_sk < :now",
                {":pk": chaves.linhas_pk(shard), ":now": iso(now)}, None, limit // chaves.SHARDS,
                IndexName=chaves.FILA,
            )  # fmt: skip
            due += [chaves.lugar_of(row["fila_sk"]) for row in found]
        return due

    def _standing(self, entrega: Entrega, now: datetime) -> Item:
        """The action that counts a delivery into its line, which is attempted now unless it is due at some time."""
        place = chaves.linha_fila(entrega.lugar, now)
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal(chaves.linha_key(entrega.lugar)),
                "UpdateExpression": (
                    "SET fila_pk = :pk, fila_sk = if_not_exists(fila_sk, :sk), "
                    "proxima = if_not_exists(proxima, :now), tentativas = if_not_exists(tentativas, :none), "
                    "versao = if_not_exists(versao, :none), #ttl = :ttl ADD postas :one"
                ),
                "ExpressionAttributeNames": {"#ttl": "ttl"},
                "ExpressionAttributeValues": marshal({
                    ":pk": place["fila_pk"], ":sk": place["fila_sk"], ":now": iso(now), ":none": 0, ":one": 1,
                    ":ttl": rows.until(now + GUARDADA),
                }),
            }
        }  # fmt: skip


def _row(entrega: Entrega) -> Item:
    key = chaves.entrega_key(entrega.prestador_id, entrega.webhook, entrega.id)
    return {**key, **rows.plain(entrega), **chaves.entrega_ordem(entrega), "ttl": rows.until(entrega.expira_em)}
