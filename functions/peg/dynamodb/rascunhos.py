"""Drafts in the `peg` table, a row per head and a row per guia.

| pk | sk | what |
|---|---|---|
| `PRESTADOR#<id>` | `RASCUNHO#<id>` | a head |
| `PRESTADOR#<id>` | `RASCUNHO_GUIA#<id>#<guia id>` | a typed guia, apart from heads: who lists those reads no guias |

A guia's JSON is compressed: five items are one write unit. Nothing is deleted here: what was removed is written over,
to be forgotten by `ttl`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from conecta_atos.portas import Page
from conecta_contas_aws.chaves import Key, tenant_pk
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import (
    Item,
    TransientConflictError,
    conditions,
    get_item,
    marshal,
    put,
    query_all,
    query_page,
)
from conecta_edge.rows import LostError, transact
from peg.domain import estados
from peg.domain.estados import SituacaoRascunho
from peg.domain.lotes import Identificacao
from peg.service.rascunhos import MAIS_VELHO, Digitada, Envio, Guardar, Mudanca, Rascunho, RascunhoMudouError

ACTIONS: Final = 100
"""In one transaction."""


def rascunho_key(prestador_id: str, rascunho_id: str) -> Key:
    """`PRESTADOR#<id>` / `RASCUNHO#<id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"RASCUNHO#{rascunho_id}"}


def guia_key(prestador_id: str, rascunho_id: str, guia_id: str) -> Key:
    """`PRESTADOR#<id>` / `RASCUNHO_GUIA#<id>#<guia id>`."""
    return {"pk": tenant_pk(prestador_id), "sk": f"RASCUNHO_GUIA#{rascunho_id}#{guia_id}"}


class DynamoRascunhos:
    """See `peg.service.rascunhos.Rascunhos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, rascunho_key(prestador_id, rascunho_id))
        return _head(row) if row else None

    def page(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query."""
        key = rascunho_key(prestador_id, "")
        values = {":pk": key["pk"], ":sk": key["sk"]}
        rows, last = query_page(
            self._client, self._table, "pk = :pk AND begins_with(sk, :sk)", values, position, limit
        )  # fmt: skip
        return Page([_head(row) for row in rows], last)

    def guias(self, prestador_id: str, rascunho_id: str) -> list[Digitada]:
        """One consistent Query, or a few."""
        key = guia_key(prestador_id, rascunho_id, "")
        rows = query_all(self._client, self._table, key["pk"], key["sk"], consistent=True)
        return [_guia(row) for row in rows if "corpo" in row]

    def guia(self, prestador_id: str, rascunho_id: str, guia_id: str) -> Digitada | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, guia_key(prestador_id, rascunho_id, guia_id))
        return _guia(row) if row and "corpo" in row else None

    def write(self, antes: Rascunho | None, mudanca: Mudanca, guardar: Guardar = ()) -> None:
        """One TransactWriteItems; of a draft of a hundred guias that is thrown away, the last ones follow."""
        depois = mudanca.depois
        guias = [self._guia_put(depois, guia) for guia in mudanca.escritas]
        gone = [self._gone(depois, guia_id) for guia_id in mudanca.removidas]
        actions = [{"Put": one} for one in (self._head_put(antes, depois), *guias, *gone)]
        first = ACTIONS - len(guardar)
        try:
            transact(self._client, actions[:first], kept=guardar)
        except LostError as error:
            raise RascunhoMudouError from error
        if rest := actions[first:]:
            with suppress(TransientConflictError), conditions():  # else forgotten in time, and seen by nobody
                self._client.transact_write_items(TransactItems=rest)

    def _head_put(self, antes: Rascunho | None, depois: Rascunho) -> Item:
        row = _row(depois)
        if antes is None:
            return put(self._table, row, "attribute_not_exists(pk)")
        return put(self._table, row, "versao = :lida", {":lida": antes.estado.versao})

    def _guia_put(self, head: Rascunho, guia: Digitada) -> Item:
        row = {
            **guia_key(head.prestador_id, head.id, guia.id),
            "corpo": zlib.compress(guia.corpo.encode(), 6),
            "valor": guia.valor,
            "ttl": _seconds(head.criado_em + MAIS_VELHO),
        }
        return {"TableName": self._table, "Item": marshal(row)}

    def _gone(self, head: Rascunho, guia_id: str) -> Item:
        row = {**guia_key(head.prestador_id, head.id, guia_id), "ttl": _seconds(head.alterado_em)}
        return {"TableName": self._table, "Item": marshal(row)}


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _row(head: Rascunho) -> dict[str, Any]:
    envio = head.envio
    return {
        **rascunho_key(head.prestador_id, head.id),
        "registro_ans": head.registro_ans,
        "numero_lote": head.numero_lote,
        "tipo_guia": head.estado.tipo_guia,
        "situacao": head.estado.situacao.value,
        "guias": head.estado.guias,
        "versao": head.estado.versao,
        "valor_total": head.valor_total,
        "tamanho": head.tamanho,
        "quem": head.quem,
        "criado_em": iso(head.criado_em),
        "alterado_em": iso(head.alterado_em),
        "expira_em": iso(head.expira_em),
        "envio": envio and {
            "quando": iso(envio.quando), "versao": envio.versao, "vez": envio.vez,
            "prestador": [envio.prestador.cnpj, envio.prestador.cpf, envio.prestador.codigo_na_operadora],
        },
        "protocolo": head.protocolo,
        "ttl": _seconds(head.expira_em),
    }  # fmt: skip


def _head(row: Mapping[str, Any]) -> Rascunho:
    return Rascunho(
        id=str(row["sk"]).partition("#")[2],
        prestador_id=str(row["pk"]).removeprefix(tenant_pk("")),
        registro_ans=row["registro_ans"],
        numero_lote=row.get("numero_lote"),
        estado=estados.Rascunho(
            situacao=SituacaoRascunho(row["situacao"]),
            tipo_guia=row["tipo_guia"],
            guias=int(row["guias"]),
            versao=int(row["versao"]),
        ),
        valor_total=row["valor_total"],
        tamanho=int(row["tamanho"]),
        quem=row["quem"],
        criado_em=parse_iso(row["criado_em"]),
        alterado_em=parse_iso(row["alterado_em"]),
        expira_em=parse_iso(row["expira_em"]),
        envio=_envio(row["envio"]) if "envio" in row else None,
        protocolo=row.get("protocolo"),
    )


def _envio(held: Mapping[str, Any]) -> Envio:
    return Envio(
        quando=parse_iso(held["quando"]),
        prestador=Identificacao(*held["prestador"]),
        versao=held["versao"],
        vez=int(held["vez"]),
    )


def _guia(row: Mapping[str, Any]) -> Digitada:
    return Digitada(
        id=str(row["sk"]).rpartition("#")[2], corpo=zlib.decompress(row["corpo"]).decode(), valor=row["valor"]
    )
