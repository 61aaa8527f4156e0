"""Recursos, drafts, and who contests what, in DynamoDB. Keys: `chaves`.

A row is its whole object: it is replaced on condition that it is as it was read (`conecta_edge.rows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conecta_atos.portas import Page
from conecta_edge import protocolos, rows
from conecta_edge.dynamodb import Item, batch_get, get_item, put, query_page, update
from conecta_edge.events import Event, outbox_put
from conecta_facts import codec
from recurso.domain.errors import MudouError
from recurso.domain.pedidos import Rascunho
from recurso.domain.recursos import Contestado, Recurso, SituacaoRecurso
from recurso.dynamodb import chaves
from recurso.service.portas import Mudanca, Numero

if TYPE_CHECKING:
    from recurso.service.portas import Fato, Linha

PAGE: Final = 300
"""Places of the index that are read at once."""


def to_item(linha: Linha) -> Item:
    """An object as its row."""
    ends = {"ttl": rows.until(linha.expira_em)} if isinstance(linha, Rascunho) else {}
    return {**chaves.linha_key(linha), **rows.plain(linha), **chaves.lugares(linha), **ends}


class DynamoRecursos:
    """See `recurso.service.portas.Recursos`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._get = partial(get_item, client, table)
        self._query = partial(query_page, client, table)

    def next_protocolo(self, day: date) -> str:
        """One write."""
        return protocolos.allocate(self._client, self._table, protocolos.Kind.RECURSO, day)

    # --- reading ---

    def recurso(self, prestador_id: str, protocolo: str) -> Recurso | None:
        """One consistent GetItem."""
        return rows.build(Recurso, self._get(chaves.recurso_key(prestador_id, protocolo)))

    def numero(self, prestador_id: str, registro_ans: str, numero: str, *, soltos: bool = False) -> Numero | None:
        """One consistent GetItem."""
        row = self._get(chaves.numero_key(prestador_id, registro_ans, numero))
        return codec.build(Numero, row) if row and (soltos or "livre" not in row) else None

    def contestado(self, prestador_id: str, registro_ans: str, origem: str, *, legado: bool) -> Contestado | None:
        """One consistent GetItem."""
        key = chaves.contestado_key(prestador_id, registro_ans, origem, legado=legado)
        return rows.build(Contestado, self._get(key))

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        """One consistent GetItem."""
        row = self._get(chaves.ponteiro_key(registro_ans, protocolo))
        return row["prestador_id"] if row else None

    def rascunho(self, prestador_id: str, rascunho_id: str) -> Rascunho | None:
        """One consistent GetItem."""
        return rows.build(Rascunho, self._get(chaves.rascunho_key(prestador_id, rascunho_id)))

    def enviados(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """See `_newest`."""
        return self._newest(Recurso, prestador_id, f"{mes[2:]}#", position, limit)

    def rascunhos(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """See `_newest`."""
        return self._newest(Rascunho, prestador_id, chaves.RASCUNHO, position, limit)

    def _newest(
        self, classe: type[Linha], prestador_id: str, prefix: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """One consistent Query on the table's own index."""
        found, last = self._query(
            "pk = :pk AND begins_with(envio, :prefix)", {":pk": chaves.tenant_pk(prestador_id), ":prefix": prefix},
            position, limit, forward=False, IndexName=chaves.ENVIO, ConsistentRead=True,
        )  # fmt: skip
        return Page([codec.build(classe, row) for row in found], last)

    def month_of_operadora(self, registro_ans: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """A Query on the pointers and a BatchGetItem."""
        values = {":pk": chaves.month_pk(registro_ans, mes[2:]), ":sk": chaves.RECURSO}
        found, last = self._query("pk = :pk AND begins_with(sk, :sk)", values, position, limit)
        which = [(row["prestador_id"], row["sk"].removeprefix(chaves.RECURSO)) for row in found]
        return Page(self._load(which), last)

    def worklist(
        self, registro_ans: str, situacao: SituacaoRecurso, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """A Query on the index and a BatchGetItem."""
        values = {":pk": chaves.fila_pk(registro_ans, situacao)}
        found, last = self._query("fila_pk = :pk", values, position, limit, IndexName=chaves.FILA)
        # An index is behind its table: what was answered just now waits no more.
        waiting = [one for one in self._load(map(chaves.identity, found)) if one.situacao is situacao]
        return Page(waiting, last)

    def overdue(self, registro_ans: str, situacao: SituacaoRecurso, before: date, limit: int) -> Sequence[Recurso]:
        """Queries on the index, until there are enough, and a BatchGetItem."""
        values = {":pk": chaves.fila_pk(registro_ans, situacao), ":before": before.isoformat()}
        late: list[tuple[str, str]] = []
        position = None
        while True:
            found, position = self._query(
                "fila_pk = :pk AND fila_sk < :before", values, position, PAGE, IndexName=chaves.FILA
            )  # fmt: skip
            late += [chaves.identity(place) for place in found if not chaves.told(place)]
            if position is None or len(late) >= limit:
                break
        return [one for one in self._load(late[:limit]) if one.situacao is situacao and not one.vencido]

    def _load(self, which: Iterable[tuple[str, str]]) -> list[Recurso]:
        # What moves within an index may be met at both places.
        keys = [(self._table, chaves.recurso_key(*one)) for one in dict.fromkeys(which)]
        return [codec.build(Recurso, row) for row in batch_get(self._client, keys, consistent=True) if row]

    # --- writing ---

    def write(
        self,
        mudancas: Sequence[Mudanca],
        fatos: Sequence[Fato] = (),
        *,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """One TransactWriteItems."""
        own = [action for mudanca in mudancas for action in self._actions(mudanca, now)]
        changed = [one.depois for one in mudancas if isinstance(one.depois, Recurso)]
        told = [
            self._outbox(recurso, fato, f"{recurso.versao}#{place}", correlacao, now)
            for recurso in changed
            for place, fato in enumerate(fatos)
        ]
        try:
            rows.transact(self._client, own, told, guardar)
        except rows.LostError as error:
            raise MudouError from error

    def _actions(self, mudanca: Mudanca, now: datetime) -> Iterator[Item]:
        antes, depois = mudanca.antes, mudanca.depois
        yield rows.replaced(self._table, to_item(depois), antes.versao if antes else None)
        if not isinstance(depois, Recurso):
            return
        number = chaves.numero_key(depois.prestador_id, depois.registro_ans, depois.numero)
        if antes is None:
            pointer = chaves.ponteiro_key(depois.registro_ans, depois.protocolo)
            held = codec.plain(Numero(depois.protocolo, depois.digest))
            yield {"Put": put(self._table, {**pointer, "prestador_id": depois.prestador_id}, rows.ABSENT)}
            yield {"Put": put(self._table, {**number, **held}, rows.FREE)}
        elif not depois.vivo:
            whose = {":recurso": depois.protocolo}
            yield {
                "Update": update(
                    self._table, number, changes=rows.loose(now), condition="recurso = :recurso", values=whose
                )
            }  # fmt: skip

    def _outbox(self, recurso: Recurso, fato: Fato, chave: str, correlacao: str, now: datetime) -> Item:
        event = Event(
            fato.tipo, recurso.registro_ans, recurso.prestador_id, f"recurso/{recurso.protocolo}", correlacao, chave,
            fato.dados,
        )  # fmt: skip
        return outbox_put(self._table, chaves.tenant_pk(recurso.prestador_id), event, now)
