"""Webhooks and their health in DynamoDB. Keys: `chaves`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from alertas.domain.entregas import GUARDADA
from alertas.domain.errors import MudouError
from alertas.domain.webhooks import Saude, SituacaoWebhook, Webhook
from alertas.dynamodb import chaves
from alertas.service.webhooks import Conjunto
from conecta_edge import rows
from conecta_edge.clock import iso
from conecta_edge.dynamodb import get_item, query_all
from conecta_edge.events import Event, outbox_put
from conecta_facts import codec

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item

_SET: Final = "WEBHOOK"
"""What the sort keys of the set, and of all that is in it, begin with."""


class DynamoWebhooks:
    """See `alertas.service.webhooks.Webhooks`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def todos(self, prestador_id: str) -> Conjunto:
        """One consistent Query, of a page: those who register are counted."""
        found = query_all(self._client, self._table, chaves.tenant_pk(prestador_id), _SET, consistent=True)
        versao = next((int(row["versao"]) for row in found if row["sk"] == f"{_SET}S"), 0)
        return Conjunto([codec.build(Webhook, row) for row in found if row["sk"] != f"{_SET}S"], versao)

    def um(self, prestador_id: str, webhook_id: str) -> Webhook | None:
        """One consistent GetItem."""
        return rows.build(Webhook, get_item(self._client, self._table, chaves.webhook_key(prestador_id, webhook_id)))

    def add(self, webhook: Webhook, conjunto: int, guardar: Sequence[Mapping[str, Any]]) -> None:
        """One TransactWriteItems."""
        row = {**chaves.webhooks_key(webhook.prestador_id), "versao": conjunto + 1}
        own = [self._replaced(webhook, None), rows.replaced(self._table, row, conjunto or None)]
        self._write(own, kept=guardar)

    def change(
        self, antes: Webhook, depois: Webhook, guardar: Sequence[Mapping[str, Any]] = (), *, aviso: str = "",
        now: datetime | None = None,
    ) -> None:  # fmt: skip
        """One TransactWriteItems."""
        told = [self._outbox(depois, aviso, now)] if aviso and now else []
        self._write([self._replaced(depois, antes.versao)], told, guardar)

    def saude(self, webhook: Webhook) -> Saude:
        """One consistent GetItem."""
        key = chaves.saude_key(webhook.prestador_id, webhook.id)
        found = rows.build(Saude, get_item(self._client, self._table, key))
        return found or Saude(prestador_id=webhook.prestador_id, webhook=webhook.id)

    def write_saude(self, saude: Saude) -> bool:
        """One TransactWriteItems."""
        row = {**chaves.saude_key(saude.prestador_id, saude.webhook), **rows.plain(saude)}
        try:
            rows.transact(self._client, [rows.replaced(self._table, row, saude.versao - 1 or None)])
        except rows.LostError:
            return False
        return True

    def _replaced(self, webhook: Webhook, versao: int | None) -> Item:
        row = {**chaves.webhook_key(webhook.prestador_id, webhook.id), **rows.plain(webhook)}
        if webhook.situacao is SituacaoWebhook.RETIRADO and webhook.parado_em:
            row["ttl"] = rows.until(webhook.parado_em + GUARDADA)
        return rows.replaced(self._table, row, versao)

    def _outbox(self, webhook: Webhook, aviso: str, now: datetime) -> Item:
        dados = {"webhook": webhook.id, "host": webhook.host, "motivo": aviso, "desde": iso(now)}
        event = Event(
            "WebhookDesligado", "", webhook.prestador_id, f"webhook/{webhook.id}", webhook.id, str(webhook.versao),
            dados,
        )  # fmt: skip
        return outbox_put(self._table, chaves.tenant_pk(webhook.prestador_id), event, now)

    def _write(
        self, own: Sequence[Item], told: Sequence[Item] = (), kept: Sequence[Mapping[str, Any]] = ()
    ) -> None:  # fmt: skip
        try:
            rows.transact(self._client, own, told, kept)
        except rows.LostError as error:
            raise MudouError from error
