"""Faturas, notas, payments, lançamentos, cronogramas and demonstrativos in bulk, in DynamoDB. Keys: `chaves`.

A row is its whole object: it is replaced on condition that it is as it was read (`conecta_edge.rows`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from conecta_atos.portas import Page
from conecta_edge import protocolos, rows
from conecta_edge.dynamodb import Item, batch_get, get_item, put, query_all, query_page, update
from conecta_edge.events import Event, outbox_put
from conecta_edge.rows import ABSENT, FREE, Valor, build, loose
from conecta_facts import codec
from pagamento.domain.cronograma import Cronograma
from pagamento.domain.errors import MudouError
from pagamento.domain.faturas import Fatura
from pagamento.domain.lotes import DIAS, Lote
from pagamento.domain.notas import Nota
from pagamento.domain.pagamentos import Lancamento, Pagamento
from pagamento.dynamodb import chaves
from pagamento.service.portas import Fato, Mudanca

if TYPE_CHECKING:
    from pagamento.service.portas import Linha


def to_item(linha: Linha) -> Item:
    """An object as its row, but for the key."""
    row = rows.plain(linha)
    if isinstance(linha, Nota):
        row[chaves.ENVIO] = chaves.envio(linha)
    if isinstance(linha, Lote):
        row["ttl"] = rows.until(linha.criado_em + timedelta(days=DIAS))
    return {**row, **chaves.fila(linha)}


def _target(ponteiro: Mapping[str, str]) -> chaves.Key:
    return {"pk": ponteiro["dono"], "sk": ponteiro["linha"]}


class DynamoRegistros:
    """See `pagamento.service.portas.Registros`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._get = partial(get_item, client, table)
        self._query = partial(query_page, client, table)

    def next_protocolo(self, day: date) -> str:
        """One write."""
        return protocolos.allocate(self._client, self._table, protocolos.Kind.PAGAMENTO, day)

    # --- reading ---

    def faturas(self, prestador_id: str, ids: Sequence[str]) -> Mapping[str, Fatura]:
        """One consistent BatchGetItem."""
        return {one.id: one for one in self._load(Fatura, [chaves.fatura_key(prestador_id, each) for each in ids])}

    def faturas_do_mes(self, prestador_id: str, mes: str) -> Sequence[Fatura]:
        """One consistent Query."""
        rows = self._all(chaves.tenant_pk(prestador_id), f"{chaves.FATURA}{mes[2:]}")
        return [codec.build(Fatura, row) for row in rows]

    def faturas_abertas(
        self, registro_ans: str, ate: date | None, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """A Query on the index per shard, until there are enough."""
        before = (ate + timedelta(days=1)).isoformat() if ate else "~"
        found: list[tuple[str, str]] = []
        pks = [chaves.faturas_pk(registro_ans, shard) for shard in range(chaves.SHARDS)]
        place = pks.index(position["fila_pk"]) if position else 0
        last = dict(position) if position and "sk" in position else None
        while place < len(pks) and len(found) < limit:
            rows, last = self._query(
                "fila_pk = :pk AND fila_sk < :before",
                {":pk": pks[place], ":before": before}, last, limit - len(found), IndexName=chaves.FILA,
            )  # fmt: skip
            found += map(chaves.identity, rows)
            place += last is None
        return Page(found, last or ({"fila_pk": pks[place]} if place < len(pks) else None))

    def nota(self, prestador_id: str, nota_id: str) -> Nota | None:
        """One consistent GetItem."""
        return build(Nota, self._get(chaves.nota_key(prestador_id, nota_id)))

    def notas_do_mes(self, prestador_id: str, mes: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One consistent Query on the table's own index."""
        rows, last = self._query(
            "pk = :pk AND begins_with(envio, :mes)",
            {":pk": chaves.tenant_pk(prestador_id), ":mes": f"{mes[2:]}#"}, position, limit,
            forward=False, IndexName=chaves.ENVIO, ConsistentRead=True,
        )  # fmt: skip
        return Page([codec.build(Nota, row) for row in rows], last)

    def prestador_da_nota(self, registro_ans: str, nota_id: str) -> str | None:
        """One consistent GetItem."""
        row = self._get(chaves.ponteiro_da_nota_key(registro_ans, nota_id))
        return row["prestador_id"] if row else None

    def notas_em_conferencia(self, registro_ans: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """A Query on the index and a BatchGetItem."""
        pk = chaves.notas_pk(registro_ans)
        rows, last = self._query("fila_pk = :pk", {":pk": pk}, position, limit, IndexName=chaves.FILA)
        found = self._load(Nota, [chaves.nota_key(*chaves.identity(row)) for row in rows])
        # An index is behind its table: what was decided just now waits no more.
        return Page([nota for nota in found if chaves.fila(nota)], last)

    def titular_da_marca(self, registro_ans: str, marca: str) -> str | None:
        """One consistent GetItem."""
        row = self._get(chaves.marca_key(registro_ans, marca))
        return row["nota"] if row and "livre" not in row else None

    def pagamento(self, registro_ans: str, numero: str) -> Pagamento | None:
        """Two consistent GetItems: whose it is, and it."""
        where = self._get(chaves.numero_key(registro_ans, numero))
        return build(Pagamento, self._get(_target(where))) if where else None

    def pagamentos(self, prestador_id: str, de: date, ate: date) -> Sequence[Pagamento]:
        """One consistent Query."""
        first, last = f"{chaves.PAGAMENTO}{de.isoformat()}", f"{chaves.PAGAMENTO}{ate.isoformat()}~"
        rows = query_all(self._client, self._table, chaves.tenant_pk(prestador_id), first, until=last, consistent=True)
        return [codec.build(Pagamento, row) for row in rows]

    def pagamentos_da_operadora(
        self, registro_ans: str, mes: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """A Query on the pointers and a BatchGetItem."""
        values = {":pk": chaves.month_pk(registro_ans, mes[2:]), ":sk": chaves.PAGAMENTO}
        rows, last = self._query("pk = :pk AND begins_with(sk, :sk)", values, position, limit)
        return Page(self._load(Pagamento, [_target(row) for row in rows]), last)

    def lancamento(self, prestador_id: str, lancamento_id: str) -> Lancamento | None:
        """One consistent GetItem."""
        return build(Lancamento, self._get(chaves.lancamento_key(prestador_id, lancamento_id)))

    def lancamentos(self, prestador_id: str, registro_ans: str) -> Sequence[Lancamento]:
        """One consistent Query."""
        rows = self._all(chaves.tenant_pk(prestador_id), chaves.LANCAMENTO)
        return [codec.build(Lancamento, row) for row in rows if row["registro_ans"] == registro_ans]

    def lote(self, prestador_id: str, lote_id: str) -> Lote | None:
        """One consistent GetItem."""
        return build(Lote, self._get(chaves.lote_key(prestador_id, lote_id)))

    def lotes(self, prestador_id: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query."""
        rows, last = self._query(
            "pk = :pk AND begins_with(sk, :lote)", {":pk": chaves.tenant_pk(prestador_id), ":lote": chaves.LOTE},
            position, limit, forward=False,
        )  # fmt: skip
        return Page([codec.build(Lote, row) for row in rows], last)

    def cronograma(self, registro_ans: str, versao: int | None = None) -> Cronograma | None:
        """One consistent GetItem."""
        return build(Cronograma, self._get(chaves.cronograma_key(registro_ans, versao)))

    def _all(self, pk: str, prefix: str) -> list[Item]:
        return query_all(self._client, self._table, pk, prefix, consistent=True)

    def _load(self, classe: type[Valor], keys: Sequence[chaves.Key]) -> list[Valor]:
        rows = batch_get(self._client, [(self._table, key) for key in keys], consistent=True)
        return [codec.build(classe, row) for row in rows if row]

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
        """One TransactWriteItems; once more without the events that were told before."""
        own = [action for mudanca in mudancas for action in self._actions(mudanca, now)]
        told = [self._outbox(fato, correlacao, now) for fato in fatos]
        try:
            rows.transact(self._client, own, told, guardar)
        except rows.LostError as error:
            raise MudouError from error

    def _actions(self, mudanca: Mudanca, now: datetime) -> Iterator[Item]:
        antes: Any = mudanca.antes
        depois = mudanca.depois
        key = chaves.linha_key(depois)
        yield self._put(key, depois, antes)
        match depois:
            case Nota():
                if antes is None:
                    pointer = chaves.ponteiro_da_nota_key(depois.registro_ans, depois.id)
                    yield self._point(pointer, prestador_id=depois.prestador_id)
                yield from self._marca(antes, depois, now)
            case Pagamento():
                pointers = (
                    chaves.numero_key(depois.registro_ans, depois.numero), chaves.ponteiro_do_pagamento_key(depois)
                )  # fmt: skip
                yield from (self._point(pointer, dono=key["pk"], linha=key["sk"]) for pointer in pointers)
            case Cronograma():
                yield self._put(chaves.cronograma_key(depois.registro_ans, depois.versao), depois, None)

    def _put(self, key: chaves.Key, depois: Linha, antes: Any) -> Item:
        return rows.replaced(self._table, {**key, **to_item(depois)}, antes.versao if antes else None)

    def _point(self, key: chaves.Key, **where: str) -> Item:
        return {"Put": put(self._table, {**key, **where}, ABSENT)}

    def _marca(self, antes: Nota | None, depois: Nota, now: datetime) -> Iterator[Item]:
        before, after = (nota.marca if nota and nota.viva else None for nota in (antes, depois))
        if before == after:
            return
        if before is not None:
            key, held = chaves.marca_key(depois.registro_ans, before), {":nota": depois.id}
            yield {"Update": update(self._table, key, changes=loose(now), condition="nota = :nota", values=held)}
        if after is not None:
            row = {**chaves.marca_key(depois.registro_ans, after), "nota": depois.id}
            yield {"Put": put(self._table, row, FREE)}

    def _outbox(self, fato: Fato, correlacao: str, now: datetime) -> Item:
        event = Event(
            fato.tipo, fato.registro_ans, fato.prestador_id, fato.entidade, correlacao, fato.chave, fato.dados
        )  # fmt: skip
        whose = chaves.tenant_pk(fato.prestador_id) if fato.prestador_id else chaves.operadora_pk(fato.registro_ans)
        return outbox_put(self._table, whose, event, now)
