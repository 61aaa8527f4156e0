"""Authorizations read as they are stored, and what PEGs use of them written on condition of what was read.

Of the row `AUTORIZACAO`, the one that races meet in, these attributes tell what was billed:

| attribute | what |
|---|---|
| `usos` | `<protocolo>#<nnn>` of a guia → (`<sequencia>`, a bar, `<papel>`) → quantity; sequencia 0 is the diárias |
| `faturadas` | `<sequencia>` → the highest sum of any papel, zeros left out |
| `situacao`, `versao` | UTILIZADA while anything is billed; one more with each write |

Without `usos`, `faturadas` is what another portal had billed (R07). `DETALHE` is not written here: of what it says of
these, the row is right (ADR 0016, 0019).
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from conecta_edge.dynamodb import (
    STATEMENTS,
    Item,
    TransientConflictError,
    batch_get,
    execute,
    marshal,
    query_all,
)
from conecta_edge.items import dados
from conecta_edge.parallel import gather
from conecta_facts import codec
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import DIARIAS, ZERO, Autorizacao, Situacao
from conecta_senhas.errors import MudouError
from conecta_senhas.usos import Chave, Lida, Uso, Usos, of_legacy
from conecta_senhas_aws import chaves

PAUSE: Final = 80
"""Milliseconds, at most, before what lost a race is tried again."""
LEITURAS: Final = 5
"""How often what was seen half written is read, and what was throttled is written."""
LOST: Final = "ConditionalCheckFailed"
Nome = tuple[str, str]
"""(registro ANS, numero)."""


# --- reading ---


def get(client: Any, table: str, registro_ans: str, numero: str) -> Lida | None:
    """One consistent Query: an authorization with its complements.

    Raises:
        MudouError: it was seen half written again and again.
    """
    for _ in range(LEITURAS):
        held = query_all(client, table, chaves.guia_pk(registro_ans, numero), consistent=True)
        rows = {row["sk"]: row for row in held}
        children = tuple(sk.removeprefix(chaves.COMPLEMENTO) for sk in rows if sk.startswith(chaves.COMPLEMENTO))
        state, whole = rows.get(chaves.AUTORIZACAO), rows.get(chaves.DETALHE)
        if not _torn(state, whole, len(children)):
            return _read(state, whole, children)
        pause()
    raise MudouError


def load(client: Any, table: str, wanted: Sequence[Nome], *, complementos: bool = False) -> dict[Nome, Lida | None]:
    """One consistent BatchGetItem per fifty.

    Args:
        complementos: whether those that have any are read with them, by a Query each.

    Raises:
        MudouError: some were seen half written again and again.
    """
    found: dict[Nome, Lida | None] = {}
    parents: list[Nome] = []
    left = list(dict.fromkeys(wanted))
    for _ in range(LEITURAS):
        keys = [(table, make(*one)) for one in left for make in (chaves.autorizacao_key, chaves.detalhe_key)]
        rows = batch_get(client, keys, consistent=True)
        for one, state, whole in zip(left, rows[0::2], rows[1::2], strict=True):
            if not _torn(state, whole):
                found[one] = _read(state, whole)
                parents += [one] if complementos and state and state.get("filhos") else []
        left = [one for one in left if one not in found]
        if not left:
            whole_ones = gather([partial(get, client, table, *one) for one in parents])
            return found | dict(zip(parents, whole_ones, strict=True))
        pause()
    raise MudouError


def _torn(state: Item | None, whole: Item | None, children: int | None = None) -> bool:
    """Whether a transaction was half seen: DynamoDB reads rows, not what was written together.

    An act on such a reading would find its version right, and undo what it had not seen. A use raises `versao` alone:
    the row goes on naming the version of the `DETALHE` that is its own.
    """
    if state is None or whole is None:
        return state is not whole
    unseen = children is not None and children < int(state.get("filhos", 0))
    return unseen or int(state["detalhe"]) != whole["dados"]["versao"]


def pause() -> None:
    """Spreads those that met."""
    time.sleep(random.uniform(0, PAUSE) / 1000)  # noqa: S311  # no secret


def _read(state: Item | None, whole: Item | None, children: tuple[str, ...] = ()) -> Lida | None:
    """Both rows as one value: of state and billed quantities the row `AUTORIZACAO` is right."""
    if state is None or whole is None:
        return None
    held = codec.build(Autorizacao, dados(whole))
    billed = {int(sequencia): quantidade for sequencia, quantidade in state.get("faturadas", {}).items()}
    held = replace(
        held,
        versao=int(state["versao"]),
        situacao=Situacao(state["situacao"]),
        itens=tuple(replace(item, faturada=billed.get(item.sequencia, ZERO)) for item in held.itens),
        diarias_faturadas=billed.get(DIARIAS, ZERO),
    )
    usos = {guia: _uso(uso) for guia, uso in state["usos"].items()} if "usos" in state else of_legacy(billed)
    return Lida(held, usos, state["vida"], children, state.get("nome"))


def _uso(row: Mapping[str, Decimal]) -> Uso:
    return {_chave(name): quantidade for name, quantidade in row.items()}


def _chave(name: str) -> Chave:
    sequencia, _, papel = name.partition("|")
    return int(sequencia), papel


# --- what is billed ---


def faturadas(held: Autorizacao) -> dict[str, Decimal]:
    """What was billed, as the row keeps it."""
    days = {str(DIARIAS): held.diarias_faturadas} if held.diarias_faturadas else {}
    return days | {str(item.sequencia): item.faturada for item in held.itens if item.faturada}


def used(lida: Lida, usos: Usos) -> Item:
    """What a use changes of the row `AUTORIZACAO`: these attributes and no other.

    Raises:
        AutorizacaoError: see `transicoes.bill`.
    """
    held = transicoes.bill(lida.autorizacao, usos)
    return {
        "versao": held.versao,
        "situacao": held.situacao.value,
        "faturadas": faturadas(held),
        "usos": {
            guia: {f"{sequencia}|{papel}": quantidade for (sequencia, papel), quantidade in uso.items()}
            for guia, uso in usos.items()
        },
    }


class DynamoSenhas:
    """Senhas as `peg` reads and uses them: it knows their present state and changes nothing but what is billed."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def many(self, registro_ans: str, numeros: Sequence[str]) -> dict[str, Lida]:
        """Those that are there, as they are now, with the numbers of their complements.

        Raises:
            MudouError: see `load`.
        """
        wanted = [(registro_ans, numero) for numero in numeros]
        found = load(self._client, self._table, wanted, complementos=True)
        return {numero: lida for (_, numero), lida in found.items() if lida is not None}

    def bill(self, registro_ans: str, usadas: Sequence[tuple[Lida, Usos]]) -> list[str]:
        """Write what is used of each now, on condition that it is as read: one write unit each, 25 at a time.

        Returns:
            The numero of each that is not as read any more: nothing of it was written.

        Raises:
            AutorizacaoError: some cannot be used so (`transicoes.bill`); nothing at all was written.
            TransientConflictError: some were throttled again and again; the others are written.
        """
        left = [(lida.autorizacao.numero, self._statement(registro_ans, lida, usos)) for lida, usos in usadas]
        lost: list[str] = []
        codes: list[str | None] = []
        for _ in range(LEITURAS):
            codes = self._execute([statement for _, statement in left])
            ended = list(zip(left, codes, strict=True))
            lost += [numero for (numero, _), code in ended if code == LOST]
            left = [one for one, code in ended if code not in {None, LOST}]
            if not left:
                return lost
            pause()
        raise TransientConflictError(f"senhas not written: {sorted(filter(None, codes))}")

    def _statement(self, registro_ans: str, lida: Lida, usos: Usos) -> Item:
        changes, key = used(lida, usos), chaves.autorizacao_key(registro_ans, lida.autorizacao.numero)
        sets = " ".join(f"SET {name}=?" for name in changes)
        values = marshal({**changes, **key, "lida": lida.autorizacao.versao})
        return {
            "Statement": f'UPDATE "{self._table}" {sets} WHERE pk=? AND sk=? AND versao=?',
            "Parameters": list(values.values()),
        }

    def _execute(self, statements: Sequence[Item]) -> list[str | None]:
        """What became of each: `None` is written, otherwise DynamoDB's code."""
        codes: list[str | None] = []
        for start in range(0, len(statements), STATEMENTS):
            batch = statements[start : start + STATEMENTS]
            try:
                codes += execute(self._client, batch)
            except TransientConflictError:
                codes += ["Throttled"] * len(batch)
        return codes
