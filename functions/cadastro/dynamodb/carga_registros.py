"""Loaded rows, in the tables `cadastro` and `beneficiarios`.

A new row is an INSERT, a changed one an UPDATE under what was seen of it (`fonte` and `resumo`), 25 to a call; each
costs what its own write would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from cadastro.dynamodb.carga_itens import Montador
from conecta_cargas.loading import Chave, Dados, Escrita, Item
from conecta_cargas.states import Decisao, Guardado
from conecta_edge import items
from conecta_edge.dynamodb import (
    STATEMENTS,
    ConditionFailedError,
    TransientConflictError,
    conditions,
    execute,
    marshal,
    unmarshal,
    update,
)
from conecta_edge.dynamodb import Item as Row
from conecta_edge.parallel import gather

KEYS_AT_ONCE: Final = 100
_SEEN: Final = "pk, sk, v, fonte, resumo, carga, eliminado, busca_pk"
_LOST: Final = frozenset({"DuplicateItem", "ConditionalCheckFailed"})
_BUSY: Final = frozenset(
    {"ProvisionedThroughputExceeded", "RequestLimitExceeded", "ThrottlingError", "TransactionConflict",
     "InternalServerError"}
)  # fmt: skip


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
        lost = set()
        codes = execute(self._client, [statement for _, statement in batch])
        for (chave, _), code in zip(batch, codes, strict=True):
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
