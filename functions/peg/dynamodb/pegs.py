"""PEGs in DynamoDB: every write has a condition and may be repeated. Keys: `chaves`.

A PEG is one row of at most 1 KB when it is received: what follows from its key or from the rest, and what is as ever,
is left out of it. To begin one is a transaction of three puts, to show it one write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from conecta_atos.portas import Page
from conecta_contas.pegs import Peg, SituacaoPeg
from conecta_contas_aws import contas
from conecta_contas_aws.chaves import RECEPCAO, identity, operadora_pk, peg_key, ponteiro_key, tenant_pk
from conecta_edge import protocolos
from conecta_edge.clock import iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    Item,
    batch_get,
    conditions,
    get_item,
    put,
    query_page,
    update,
)
from conecta_edge.events import Event, outbox_put, tell
from conecta_edge.parallel import gather
from conecta_edge.rows import ABSENT, AS_READ, LostError, transact
from conecta_facts import codec
from peg.domain.errors import LoteNumberTakenError, MudouError
from peg.domain.lotes import Documento
from peg.dynamodb import chaves
from peg.service.portas import Fato, Taken

_USUAL: Final = {field.name: field.default for field in fields(Peg) if field.default is not MISSING}


def to_item(peg: Peg) -> Item:
    """A PEG as its row, but for the key; members to be left out are `None`."""
    held = {name: getattr(peg, name) for name in Peg.__slots__}
    finalidade = peg.chave_xml.split("/")[3:4]
    more = {"finalidade": finalidade[0]} if finalidade and finalidade[0] != contas.LOTES else {}
    left_out = {**_USUAL, **contas.implied({**held, **more})}
    row: Item = {
        name: None if name in left_out and held[name] == left_out[name] else valor
        for name, valor in codec.plain(peg).items()
        if name not in {"prestador_id", "protocolo"}
    }
    visible = peg.situacao is not SituacaoPeg.PREPARANDO
    return {
        **row,
        **(more if row["chave_xml"] is None else {}),
        "versao": peg.versao,
        "data_recepcao": iso(peg.data_recepcao),
        RECEPCAO: f"{iso(peg.data_recepcao)}#{peg.protocolo}" if visible else None,
        **chaves.fila(peg),
    }


class DynamoPegs:
    """See `peg.service.portas.Pegs`."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._query = partial(query_page, client, table)

    def next_protocolo(self, day: date) -> str:
        """One write."""
        return protocolos.allocate(self._client, self._table, protocolos.Kind.PEG, day)

    # --- reading ---

    def lote(self, prestador_id: str, registro_ans: str, numero_lote: str, *, soltos: bool = False) -> Taken | None:
        """One consistent GetItem."""
        row = get_item(self._client, self._table, chaves.lote_key(prestador_id, registro_ans, numero_lote))
        taken = Taken(row["protocolo"], row["sha256"], "livre" in row) if row else None
        return None if taken is not None and taken.livre and not soltos else taken

    def get(self, prestador_id: str, protocolo: str) -> Peg | None:
        """One consistent GetItem under the tenant."""
        return contas.get(self._client, self._table, prestador_id, protocolo)

    def prestador_of(self, registro_ans: str, protocolo: str) -> str | None:
        """One consistent GetItem."""
        return contas.prestador_of(self._client, self._table, registro_ans, protocolo)

    def month(self, prestador_id: str, competencia: str, position: Mapping[str, str] | None, limit: int) -> Page:
        """One Query on the index of visible PEGs."""
        return Page(
            *contas.month(self._client, self._table, prestador_id, competencia, position=position, limit=limit)
        )  # fmt: skip

    def month_of_operadora(
        self, registro_ans: str, competencia: str, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """A Query on the pointers and a BatchGetItem."""
        pk = operadora_pk(registro_ans, competencia[2:])
        rows, last = self._query("pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": "PEG#"}, position, limit)
        found = self._load([(row["prestador_id"], row["sk"].removeprefix("PEG#")) for row in rows])
        return Page([peg for peg in found if peg.situacao is not SituacaoPeg.PREPARANDO], last)

    def worklist(
        self, registro_ans: str, situacao: SituacaoPeg, position: Mapping[str, str] | None, limit: int
    ) -> Page:
        """A Query on the index and a BatchGetItem."""
        pk = chaves.fila_pk(registro_ans, situacao)
        rows, last = self._query("fila_pk = :pk", {":pk": pk}, position, limit, IndexName=chaves.FILA)
        found = self._load([identity(row) for row in rows])
        # An index is behind its table: what went on just now waits no more.
        return Page([peg for peg in found if chaves.fila(peg)["fila_pk"] == pk], last)

    def pending(self, before: datetime, limit: int) -> list[tuple[str, str]]:
        """A Query per shard, at the same time; the oldest first."""
        calls = [partial(self._until, chaves.pendente_pk(shard), iso(before), limit) for shard in range(chaves.SHARDS)]
        return [identity(row) for row in sorted(chain(*gather(calls)), key=itemgetter("fila_sk"))[:limit]]

    def due(self, registro_ans: str, situacao: SituacaoPeg, until: date, limit: int) -> list[tuple[str, str]]:
        """One Query on the index."""
        after = (until + timedelta(days=1)).isoformat()
        return [identity(row) for row in self._until(chaves.fila_pk(registro_ans, situacao), after, limit)]

    def _until(self, pk: str, before: str, limit: int) -> list[Item]:
        values = {":pk": pk, ":before": before}
        return self._query("fila_pk = :pk AND fila_sk < :before", values, None, limit, IndexName=chaves.FILA)[0]

    def _load(self, wanted: Sequence[tuple[str, str]]) -> list[Peg]:
        keys = [(self._table, peg_key(*one)) for one in wanted]
        return [contas.from_item(row) for row in batch_get(self._client, keys, consistent=True) if row]

    # --- writing ---

    def prepare(self, peg: Peg) -> None:
        """One transaction: the lote number, the invisible PEG, the operadora's pointer."""
        holder = {
            **chaves.lote_key(peg.prestador_id, peg.registro_ans, peg.numero_lote),
            "protocolo": peg.protocolo,
            "sha256": peg.sha256,
            "upload_id": peg.upload_id,
        }
        row = {**peg_key(peg.prestador_id, peg.protocolo), **to_item(peg)}
        pointer = {**ponteiro_key(peg.registro_ans, peg.protocolo), "prestador_id": peg.prestador_id}
        free = f"{ABSENT} OR (attribute_exists(livre) AND upload_id <> :upload)"
        actions = [
            {"Put": put(self._table, holder, free, {":upload": peg.upload_id})},
            {"Put": put(self._table, row, ABSENT)},
            {"Put": put(self._table, pointer, ABSENT)},
        ]
        try:
            with conditions():
                self._client.transact_write_items(TransactItems=actions)
        except ConditionFailedError as error:
            raise LoteNumberTakenError from error

    def change(
        self,
        antes: Peg,
        depois: Peg,
        fatos: Sequence[Fato],
        *,
        now: datetime,
        correlacao: str,
        guardar: Sequence[Mapping[str, Any]] = (),
        free_lote: bool = False,
    ) -> None:
        """One TransactWriteItems."""
        before, after, pk = to_item(antes), to_item(depois), tenant_pk(depois.prestador_id)
        changes = {name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)}
        own = [
            {"Update": self._as_read(antes, {**changes, **chaves.fila(depois)})},
            *([{"Update": self._freed(depois)}] if free_lote else []),
        ]
        known = [replace(fato, chave=fato.chave or f"{depois.versao}#{n}") for n, fato in enumerate(fatos)]
        told = [outbox_put(self._table, pk, _event(depois, fato, correlacao), now) for fato in known]
        try:
            transact(self._client, own, told, guardar)
        except LostError as error:
            raise MudouError from error

    def _as_read(self, antes: Peg, changes: Mapping[str, Any]) -> Item:
        key, lida = peg_key(antes.prestador_id, antes.protocolo), {":versao": antes.versao}
        return update(self._table, key, changes=changes, condition=AS_READ, values=lida)

    def _freed(self, peg: Peg) -> Item:
        key = chaves.lote_key(peg.prestador_id, peg.registro_ans, peg.numero_lote)
        condition, held = "protocolo = :protocolo", {":protocolo": peg.protocolo}
        return update(self._table, key, changes={"livre": True}, condition=condition, values=held)

    def announce(self, fato: Fato, documento: Documento, now: datetime) -> None:
        """One put."""
        event = _event(documento, fato, documento.correlacao)
        row = outbox_put(self._table, tenant_pk(documento.prestador_id), event, now, documento.tentativa)
        tell(self._client, row)


def _event(whose: Peg | Documento, fato: Fato, correlacao: str) -> Event:
    return Event(
        fato.tipo, whose.registro_ans, whose.prestador_id, fato.entidade, correlacao, fato.chave, fato.dados
    )  # fmt: skip
