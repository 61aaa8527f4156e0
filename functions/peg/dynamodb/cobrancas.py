"""What living PEGs bill, by life: one row per guia, of at most 1 KB for five items. Keys and table: `chaves`.

Lines that are many are compressed: the ten thousand that a guia may have would not fit into a row.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, Final

from conecta_contas_aws.chaves import Key
from conecta_edge.clock import Clock
from conecta_edge.dynamodb import (
    STATEMENTS,
    ConditionFailedError,
    Item,
    TransientConflictError,
    conditions,
    execute,
    get_item,
    marshal,
    put,
    query_all,
)
from conecta_edge.parallel import gather
from conecta_facts import codec
from peg.domain.cobrancas import Cobranca, LinhaCobrada
from peg.domain.errors import MudouError
from peg.dynamodb import chaves

GUARDADA: Final = timedelta(days=90)
"""How long a row that bills nothing any more is kept: to look at, not to use."""
_KEY: Final = ("vida", "prestador_id", "guia")
_LINHA: Final = LinhaCobrada.__slots__
_CURTA: Final = 1024
"""Characters of lines that are kept as they are: a text that begins with a bracket, as none that is compressed does."""
_LOST: Final = frozenset({"DuplicateItem", "ConditionalCheckFailed"})
_FREE: Final = (
    "attribute_not_exists(pk) OR (attribute_exists(livre) AND protocolo <> :p)"
    " OR (attribute_not_exists(livre) AND protocolo = :p)"
)


def to_item(registro_ans: str, cobranca: Cobranca) -> Item:
    """A guia as its row; what the key says is left out, and its lines are one compact text."""
    held = {name: valor for name, valor in codec.plain(cobranca).items() if valor is not False and name not in _KEY}
    return {**_where(registro_ans, cobranca), **held, "linhas": _packed([_line(one) for one in cobranca.linhas])}


def from_item(row: Mapping[str, Any]) -> Cobranca:
    """A row as the guia it is of."""
    vida, (_, prestador_id, guia) = row["pk"].rpartition("#")[2], row["sk"].split("#", 2)
    linhas = [dict(zip(_LINHA, line, strict=False)) for line in _unpacked(row["linhas"])]
    return codec.build(
        Cobranca, {**row, "vida": vida, "prestador_id": prestador_id, "guia": guia, "linhas": linhas}
    )  # fmt: skip


def _packed(linhas: list[list[Any]]) -> str:
    text = json.dumps(linhas, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= _CURTA else b64encode(zlib.compress(text.encode())).decode()


def _unpacked(text: str) -> Any:
    return json.loads(text if text.startswith("[") else zlib.decompress(b64decode(text)))


def _line(linha: LinhaCobrada) -> list[Any]:
    """Its members in their order; those absent at the end are left out."""
    plain = codec.plain(linha)
    held = [plain.get(name) for name in _LINHA]
    while not held[-1]:
        held.pop()
    return held


def _where(registro_ans: str, cobranca: Cobranca) -> Key:
    return chaves.cobranca_key(registro_ans, cobranca.vida, cobranca.prestador_id, cobranca.guia)


class DynamoCobrancas:
    """See `peg.service.portas.Cobrancas`."""

    def __init__(self, client: Any, table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def of_lives(self, registro_ans: str, vidas: Sequence[str]) -> dict[str, tuple[Cobranca, ...]]:
        """A consistent Query per life, at the same time."""
        lives = list(dict.fromkeys(vidas))
        rows = gather([partial(self._of_life, registro_ans, vida) for vida in lives])
        return {vida: found for vida, found in zip(lives, rows, strict=True) if found}

    def _of_life(self, registro_ans: str, vida: str) -> tuple[Cobranca, ...]:
        rows = query_all(self._client, self._table, chaves.vida_pk(registro_ans, vida), consistent=True)
        return tuple(from_item(row) for row in rows if "livre" not in row)

    def add(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> list[Cobranca]:
        """Inserts in batches of 25, at the same time; of rows that are there, a put on condition.

        What a PEG has released it never has again: who would write it works on a PEG that was cancelled meanwhile.

        Raises:
            MudouError: this PEG released one of them.
            TransientConflictError: some were throttled; the ones done stay done.
        """
        once: dict[str, Cobranca] = {}
        for one in cobrancas:
            once.setdefault("/".join(_where(registro_ans, one).values()), one)
        rows = [marshal(to_item(registro_ans, one)) for one in once.values()]
        lost = self._execute(
            [
                {
                    "Statement": f'INSERT INTO "{self._table}" VALUE {{{", ".join(f"{name!r}: ?" for name in row)}}}',
                    "Parameters": list(row.values()),
                }
                for row in rows
            ]
        )
        there = [one for one, failed in zip(once.values(), lost, strict=True) if failed]
        held = gather([partial(self._held, registro_ans, one) for one in there])
        return [one for one, taken in zip(there, held, strict=True) if taken]

    def _held(self, registro_ans: str, cobranca: Cobranca) -> bool:
        """Whether another PEG has its number; if none, it is written."""
        row = to_item(registro_ans, cobranca)
        try:
            with conditions():
                self._client.put_item(**put(self._table, row, _FREE, {":p": cobranca.protocolo}))
        except ConditionFailedError as error:
            held = get_item(self._client, self._table, _where(registro_ans, cobranca))
            if held and held["protocolo"] == cobranca.protocolo:
                raise MudouError from error
            return True
        return False

    def release(self, registro_ans: str, cobrancas: Sequence[Cobranca]) -> None:
        """Updates in batches of 25, at the same time, each on condition that the row is of that PEG.

        Raises:
            TransientConflictError: some were throttled; the ones done stay done.
        """
        until = int((self._clock.now() + GUARDADA).timestamp())
        statement = f'UPDATE "{self._table}" SET livre=? SET "ttl"=? WHERE pk=? AND sk=? AND protocolo=?'  # noqa: S608  # the table's name is ours
        self._execute(
            [
                {"Statement": statement, "Parameters": list(marshal({"livre": True, "ttl": until, **which}).values())}
                for which in ({**_where(registro_ans, one), "protocolo": one.protocolo} for one in cobrancas)
            ]
        )

    def _execute(self, statements: Sequence[Mapping[str, Any]]) -> list[bool]:
        """Of each statement whether its condition failed; all are tried.

        Raises:
            TransientConflictError: one was throttled.
        """
        batches = [statements[start : start + STATEMENTS] for start in range(0, len(statements), STATEMENTS)]
        codes: list[str | None] = list(chain(*gather([partial(execute, self._client, batch) for batch in batches])))
        if failed := {code for code in codes if code is not None} - _LOST:
            raise TransientConflictError(f"not written: {sorted(failed)}")
        return [code in _LOST for code in codes]
