"""That the days of a prestador may be read with a token: a calendar program subscribes to an address. Keys: `chaves`.

The token is told once, to who opened it; the table knows only its digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import get_item, put, query_all, update
from conecta_edge.rows import ABSENT, FREE, LostError, loose, transact
from pagamento.domain.errors import MudouError
from pagamento.dynamodb import chaves

if TYPE_CHECKING:
    from conecta_edge.dynamodb import Item

BYTES: Final = 32
"""Of a token: nobody guesses it."""
AS_READ: Final = "chave = :chave AND attribute_not_exists(livre)"


@dataclass(frozen=True, slots=True)
class Agenda:
    """What a token shows.

    Attributes:
        registro_ans: of which operadora; `None` of all.
    """

    registro_ans: str | None
    quem: str
    criada_em: datetime


class DynamoAgendas:
    """A row under the tenant, which says where its token's row is, and that one, which says whose it is."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def of(self, prestador_id: str) -> Sequence[Agenda]:
        """Those of a tenant: one Query."""
        rows = query_all(self._client, self._table, chaves.tenant_pk(prestador_id), chaves.AGENDA, consistent=True)
        return [
            Agenda(row.get("registro_ans"), row["quem"], parse_iso(row["criada_em"]))
            for row in rows
            if "livre" not in row
        ]

    def open(self, prestador_id: str, registro_ans: str | None, *, quem: str, now: datetime) -> str:
        """A new token; the former one of the same operadora dies in the same transaction.

        Raises:
            MudouError: another was opened meanwhile.
        """
        token = secrets.token_urlsafe(BYTES)
        key, of_token = chaves.agenda_key(prestador_id, registro_ans), chaves.token_key(token)
        held = self._held(key)
        row = {**key, "chave": of_token["pk"], "registro_ans": registro_ans, "quem": quem, "criada_em": iso(now)}
        whose = {**of_token, "prestador_id": prestador_id, "registro_ans": registro_ans}
        condition, values = (AS_READ, {":chave": held["chave"]}) if held else (FREE, None)
        self._write(
            {"Put": put(self._table, row, condition, values)},
            {"Put": put(self._table, whose, ABSENT)},
            *([self._loose({"pk": held["chave"], "sk": chaves.DE_QUEM}, now)] if held else []),
        )
        return token

    def revoke(self, prestador_id: str, registro_ans: str | None, *, now: datetime) -> bool:
        """Its token shows nothing any more; whether there was one.

        Raises:
            MudouError: another was opened meanwhile.
        """
        key = chaves.agenda_key(prestador_id, registro_ans)
        held = self._held(key)
        if held is None:
            return False
        values = {":chave": held["chave"]}
        self._write(
            {"Update": update(self._table, key, changes=loose(now), condition=AS_READ, values=values)},
            self._loose({"pk": held["chave"], "sk": chaves.DE_QUEM}, now),
        )
        return True

    def owner(self, token: str) -> tuple[str, str | None] | None:
        """(prestador id, registro ANS or `None` of all) of a token that lives: one GetItem."""
        row = self._held(chaves.token_key(token))
        return (row["prestador_id"], row.get("registro_ans")) if row else None

    def _held(self, key: Mapping[str, str]) -> Item | None:
        row = get_item(self._client, self._table, key)
        return None if row is None or "livre" in row else row

    def _loose(self, key: Mapping[str, str], now: datetime) -> Item:
        return {"Update": update(self._table, key, changes=loose(now), condition="attribute_exists(pk)")}

    def _write(self, *actions: Item) -> None:
        try:
            transact(self._client, actions)
        except LostError as error:
            raise MudouError from error
