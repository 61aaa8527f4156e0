"""Loads, their parts and the rows they load, in the tables `cadastro` and `beneficiarios`. Keys: `conecta_edge`.

| pk | sk | what |
|---|---|---|
| `OPERADORA#<registroANS>` | `CARGA#<id>` | a load; ids are in order of time |
| `OPERADORA#<registroANS>#CARGA#<id>` | `PARTE#<nnnnn>` | what came of a part |
| `OPERADORA#<registroANS>` | `EVENTO#<event id>` | outbox |

A new row is an INSERT, a changed one an UPDATE under what was seen of it (`fonte` and `resumo`), 25 to a call; each
costs what its own write would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from cadastro.domain.carga_leitura import Recusa
from cadastro.domain.cargas import (
    Carga,
    Contagem,
    Decisao,
    Guardado,
    Objeto,
    ParteCarregada,
    SituacaoCarga,
    StaleCargaError,
)
from cadastro.dynamodb.carga_itens import Montador
from cadastro.service.cargas import Chave, Dados, Escrita, Item, Page
from conecta_edge import cadastro as keys
from conecta_edge import items
from conecta_edge.clock import iso, parse_iso
from conecta_edge.dynamodb import (
    ConditionFailedError,
    TransientConflictError,
    conditions,
    marshal,
    put,
    unmarshal,
    update,
)
from conecta_edge.dynamodb import Item as Row
from conecta_edge.events import Event, outbox_put
from conecta_edge.parallel import gather

STATEMENTS: Final = 25
KEYS_AT_ONCE: Final = 100
_SEEN: Final = "pk, sk, v, fonte, resumo, carga, eliminado, busca_pk"
_LOST: Final = frozenset({"DuplicateItem", "ConditionalCheckFailed"})
_BUSY: Final = frozenset(
    {"ProvisionedThroughputExceeded", "RequestLimitExceeded", "ThrottlingError", "TransactionConflict",
     "InternalServerError"}
)  # fmt: skip
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
    """Loads in DynamoDB; every write has a condition and may be repeated."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def conhece(self, registro_ans: str) -> bool:
        """One GetItem."""
        return self._get(keys.operadora_key(registro_ans)) is not None

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
        row = self._get(keys.carga_key(registro_ans, carga_id))
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
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues=marshal({":pk": keys.operadora_pk(registro_ans), ":sk": "CARGA#"}),
            ScanIndexForward=False,
            Limit=limit,
            **({"ExclusiveStartKey": marshal(position)} if position else {}),
        )
        last = answer.get("LastEvaluatedKey")
        return Page([from_item(unmarshal(row)) for row in answer["Items"]], unmarshal(last) if last else None)

    def parte(self, registro_ans: str, carga_id: str, n: int) -> ParteCarregada | None:
        """One consistent GetItem."""
        row = self._get(keys.parte_key(registro_ans, carga_id, n))
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
        asked: Row = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": marshal({":pk": keys.parte_key(registro_ans, carga_id, 0)["pk"]}),
            "ConsistentRead": True,
        }
        found: list[ParteCarregada] = []
        while True:
            answer = self._client.query(**asked)
            found += [_parte(unmarshal(row)) for row in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return found
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _get(self, key: Mapping[str, str]) -> Row | None:
        found = self._client.get_item(TableName=self._table, Key=marshal(key), ConsistentRead=True)
        return unmarshal(found["Item"]) if "Item" in found else None

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


class DynamoRegistros:
    """Loaded rows in DynamoDB.

    Args:
        montador: makes the items of a row.
    """

    def __init__(self, client: Any, montador: Montador) -> None:
        self._client = client
        self._montador = montador

    def itens(self, tipo: str, registro_ans: str, dados: Dados, referencia: date, hoje: date) -> list[Item]:
        """See :class:`cadastro.dynamodb.carga_itens.Montador`."""
        return self._montador.itens(tipo, registro_ans, dados, referencia, hoje)

    def ler(self, itens: Sequence[Item]) -> Mapping[Chave, Guardado]:
        """Consistent BatchGetItems of a hundred keys; whole items only where rows are merged."""
        found: dict[Chave, Guardado] = {}
        for whole in (False, True):
            wanted = list(dict.fromkeys(item.chave for item in itens if (item.juntar is not None) == whole))
            for start in range(0, len(wanted), KEYS_AT_ONCE):
                self._read(wanted[start : start + KEYS_AT_ONCE], found, whole=whole)
        return found

    def _read(self, chaves: Sequence[Chave], found: dict[Chave, Guardado], *, whole: bool) -> None:
        asked: dict[str, Any] = {}
        shape: Row = {"ConsistentRead": True} if whole else {"ConsistentRead": True, "ProjectionExpression": _SEEN}
        for table, pk, sk in chaves:
            asked.setdefault(table, {"Keys": [], **shape})["Keys"].append({"pk": {"S": pk}, "sk": {"S": sk}})
        while asked:
            with conditions():
                answer = self._client.batch_get_item(RequestItems=asked)
            for table, rows in answer["Responses"].items():
                for raw in rows:
                    row = unmarshal(raw)
                    found[table, row["pk"], row["sk"]] = Guardado(
                        fonte=row.get("fonte"),
                        resumo=row.get("resumo"),
                        carga=row.get("carga"),
                        eliminado=bool(row.get("eliminado")),
                        indexado="busca_pk" in row,
                        dados=items.dados(row) if whole else None,
                    )
            asked = answer.get("UnprocessedKeys") or {}

    def gravar(self, carga_id: str, fonte: str, escritas: Sequence[Escrita]) -> set[Chave]:
        """PartiQL, 25 to a call and calls at the same time; rows of other shapes one by one.

        Raises:
            TransientConflictError: a whole call was throttled; what others wrote stays.
        """
        batch, single = list[tuple[Chave, Row]](), list[Escrita]()
        for escrita in escritas:
            statement = _statement(carga_id, fonte, escrita)
            if statement is None:
                single.append(escrita)
            else:
                batch.append((escrita.item.chave, statement))
        calls: list[Callable[[], set[Chave]]] = [
            partial(self._execute, batch[start : start + STATEMENTS]) for start in range(0, len(batch), STATEMENTS)
        ]
        calls += [partial(self._replace, carga_id, fonte, escrita) for escrita in single]
        return set().union(*gather(calls)) if calls else set()

    def _execute(self, batch: Sequence[tuple[Chave, Row]]) -> set[Chave]:
        with conditions():
            answer = self._client.batch_execute_statement(Statements=[statement for _, statement in batch])
        lost = set()
        for (chave, _), result in zip(batch, answer["Responses"], strict=True):
            code = result.get("Error", {}).get("Code")
            if code in _LOST or code in _BUSY:
                lost.add(chave)
            elif code is not None:
                raise UnwritableRowError(str(code))
        return lost

    def _replace(self, carga_id: str, fonte: str, escrita: Escrita) -> set[Chave]:
        """A row that was indexed and no longer is, or of a shape without `fonte`: its attributes made these."""
        table, pk, sk = escrita.item.chave
        key = {"pk": pk, "sk": sk}
        found = self._client.get_item(TableName=table, Key=marshal(key), ConsistentRead=True).get("Item", {})
        seen = escrita.guardado
        if seen is None or found.get("fonte", {}).get("S") != seen.fonte:
            return {escrita.item.chave}
        row = _row(carga_id, fonte, escrita)
        stale = {"busca_pk", "busca_sk"} if "v" in found else set(found) - {"ttl"}
        changes = {**dict.fromkeys(stale - {"pk", "sk"}), **{k: v for k, v in row.items() if k not in key}}
        condition, values = "attribute_not_exists(eliminado) AND attribute_exists(pk)", None
        if seen.fonte is None:
            condition += " AND attribute_not_exists(fonte)"
        else:
            condition, values = f"{condition} AND fonte = :vista", {":vista": seen.fonte}
        try:
            with conditions():
                self._client.update_item(**update(table, key, changes=changes, condition=condition, values=values))
        except (ConditionFailedError, TransientConflictError):
            return {escrita.item.chave}
        return set()


class UnwritableRowError(RuntimeError):
    """DynamoDB refused a row for what it is: a fault of ours, never of the file."""


def _row(carga_id: str, fonte: str, escrita: Escrita) -> Row:
    item = escrita.item
    _, pk, sk = item.chave
    row: Row = {
        "pk": pk, "sk": sk, "v": items.VERSION, "fonte": fonte, "posicao": escrita.posicao, "carga": carga_id,
        "resumo": escrita.resumo, "dados": item.dados,
    }  # fmt: skip
    if item.busca is not None:
        row["busca_pk"], row["busca_sk"] = item.busca
    return row


def _statement(carga_id: str, fonte: str, escrita: Escrita) -> Row | None:
    """The PartiQL of a write; `None` for a row that PartiQL cannot make this one (of a shape without `fonte`)."""
    table, pk, sk = escrita.item.chave
    seen = escrita.guardado
    if seen is None:
        row = marshal(_row(carga_id, fonte, escrita))
        columns = ", ".join(f"'{name}': ?" for name in row)
        return {"Statement": f'INSERT INTO "{table}" VALUE {{{columns}}}', "Parameters": list(row.values())}
    if seen.fonte is None or seen.resumo is None:
        return None
    where = {"pk": pk, "sk": sk, "fonte": seen.fonte, "resumo": seen.resumo}
    if escrita.decisao is Decisao.ATUALIZAR_FONTE:
        changes: Row = {"fonte": fonte}
    else:
        if seen.indexado and escrita.item.busca is None:
            return None
        changes = {name: value for name, value in _row(carga_id, fonte, escrita).items() if name not in {"pk", "sk"}}
    sets = " ".join(f"SET {name} = ?" for name in changes)
    held = " AND ".join(f"{name} = ?" for name in where)
    parameters = [*marshal(changes).values(), *marshal(where).values()]
    return {"Statement": f'UPDATE "{table}" {sets} WHERE {held} AND eliminado IS MISSING', "Parameters": parameters}
