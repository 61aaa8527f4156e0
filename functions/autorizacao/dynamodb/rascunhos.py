"""Drafts in the `autorizacao` table: `PRESTADOR#<id>` / `RASCUNHO#<id>`, forgotten after a month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autorizacao.dynamodb.chaves import prestador_pk, rascunho_key
from autorizacao.service.rascunhos import Guardar, Rascunho, RascunhoMudouError
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import ConditionFailedError, Item, conditions, get_item, put, query_page


class DynamoRascunhos:
    """See `autorizacao.service.rascunhos.Rascunhos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, rascunho_key(prestador_id, rascunho_id))
        return _read(row) if row else None

    def page(
        self, prestador_id: str, posicao: Mapping[str, str] | None, limite: int
    ) -> tuple[list[Rascunho], dict[str, str] | None]:
        """One Query."""
        key = rascunho_key(prestador_id, "")
        values = {":pk": key["pk"], ":sk": key["sk"]}
        rows, last = query_page(
            self._client, self._table, "pk = :pk AND begins_with(sk, :sk)", values, posicao, limite
        )  # fmt: skip
        return [_read(row) for row in rows], last

    def write(self, antes: Rascunho | None, depois: Rascunho, guardar: Guardar = ()) -> None:
        """One TransactWriteItems."""
        actions = [{"Put": self.put(antes, depois)}, *({"Put": action} for action in guardar)]
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            if 0 not in error.failed:
                raise  # the caller's own row: its answer is kept already
            raise RascunhoMudouError from error

    def put(self, antes: Rascunho | None, depois: Rascunho) -> Item:
        """A `Put` action."""
        row = {
            **rascunho_key(depois.prestador_id, depois.id),
            "corpo": depois.corpo,
            "quem": depois.quem,
            "criado_em": iso(depois.criado_em),
            "alterado_em": iso(depois.alterado_em),
            "expira_em": iso(depois.expira_em),
            "versao": depois.versao,
            "enviado": list(depois.enviado) if depois.enviado else None,
            "ttl": int(depois.expira_em.timestamp()),
        }
        if antes is None:
            return put(self._table, row, "attribute_not_exists(pk)")
        return put(self._table, row, "versao = :lida", {":lida": antes.versao})


def _read(row: Mapping[str, Any]) -> Rascunho:
    enviado = row.get("enviado")
    return Rascunho(
        id=str(row["sk"]).partition("#")[2],
        prestador_id=str(row["pk"]).removeprefix(prestador_pk("")),
        corpo=row["corpo"],
        quem=row["quem"],
        criado_em=parse_iso(row["criado_em"]),
        alterado_em=parse_iso(row["alterado_em"]),
        expira_em=parse_iso(row["expira_em"]),
        versao=int(row["versao"]),
        enviado=(enviado[0], enviado[1]) if enviado else None,
    )
