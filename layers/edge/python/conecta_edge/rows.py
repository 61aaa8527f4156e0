"""Rows that are a whole object each: replaced as they were read, by a transaction, and let go instead of deleted."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from conecta_edge.dynamodb import ConditionFailedError, Item, TransientConflictError, conditions, put
from conecta_facts import codec

Valor = TypeVar("Valor")
ABSENT: Final = "attribute_not_exists(pk)"
AS_READ: Final = "versao = :versao"
FREE: Final = "attribute_not_exists(pk) OR attribute_exists(livre)"
SOLTA: Final = timedelta(days=90)
"""How long a row is kept that holds nothing any more: to look at, not to use. None is ever deleted by us."""


CONFLITOS: Final = 6
"""How often one transaction may meet others before it is given up."""
PAUSA: Final = 80
"""Milliseconds, at most, before what met another is tried again."""


class LostError(Exception):
    """A row is not as it was read: nothing was written."""


def plain(valor: Any) -> Item:
    """A dataclass as a row, but for its key; its amounts as text, so that they come back to the cent as they were."""
    row: Item = _as_text(codec.plain(valor))
    return row


def _as_text(valor: Any) -> Any:
    if isinstance(valor, Mapping):
        return {name: _as_text(held) for name, held in valor.items()}
    if isinstance(valor, list):
        return [_as_text(held) for held in valor]
    return str(valor) if isinstance(valor, Decimal) else valor


def build(classe: type[Valor], row: Mapping[str, Any] | None) -> Valor | None:
    """The dataclass that a row was made of; `None` of none."""
    return codec.build(classe, row) if row else None


def until(instant: datetime) -> int:
    """When a row ends by itself: its `ttl`."""
    return int(instant.timestamp())


def loose(now: datetime) -> Item:
    """What makes of a row one that holds nothing any more."""
    return {"livre": True, "ttl": until(now + SOLTA)}


def replaced(table: str, row: Mapping[str, Any], versao: int | None) -> Item:
    """The action that writes a row whose `versao` was read; of none: that must not be there."""
    if versao is None:
        return {"Put": put(table, row, ABSENT)}
    return {"Put": put(table, row, AS_READ, {":versao": versao})}


def transact(
    client: Any, own: Sequence[Item], told: Sequence[Item] = (), kept: Sequence[Mapping[str, Any]] = ()
) -> None:
    """One TransactWriteItems; once more without the events that were told before, or when it met another one.

    Whoever writes these rows now has written them in a moment, or not: only then our conditions say whether ours still
    fit. Nobody is told that a row is lost for having been met, or for a table that is asked too much. What was written
    although nobody said so is known by its token, and not taken for somebody else's.

    Args:
        own: actions on rows.
        told: `Put`s of the outbox.
        kept: `Put`s of the caller: its answer.

    Raises:
        LostError: one of our own conditions did not hold.
        ConditionFailedError: only one of the caller's: its answer is kept already.
        TransientConflictError: it met others again and again, or was throttled: nothing was written.
    """
    events, met, token = list(told), 0, uuid.uuid4().hex
    while actions := [*own, *({"Put": event} for event in events), *({"Put": action} for action in kept)]:
        try:
            with conditions():
                client.transact_write_items(TransactItems=actions, ClientRequestToken=token)
        except ConditionFailedError as error:
            if any(place < len(own) for place in error.failed):
                raise LostError from error
            if any(place >= len(own) + len(events) for place in error.failed):
                raise
            events = [event for place, event in enumerate(events, len(own)) if place not in error.failed]
            token = uuid.uuid4().hex
        except TransientConflictError:
            met += 1
            if met == CONFLITOS:
                raise
            time.sleep(random.uniform(0, PAUSA) / 1000)  # noqa: S311  # no secret
        else:
            return
