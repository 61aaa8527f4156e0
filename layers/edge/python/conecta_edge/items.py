"""The shape of stored items, upgraded on read: a row written by an earlier release is read as if by this one.

An item says its shape's version in `v` (absent: 1). Rows are never rewritten in bulk: whoever writes a row next writes
the current shape, and until then a step per version makes it current. From version 2 on, what a row holds of a value of
`conecta_facts` lies in `dados`, apart from keys and from what orders its writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

VERSION: Final = 2
_KEYS: Final = frozenset({"pk", "sk", "v"})


class UnknownShapeError(ValueError):
    """A row of a later release, or of no release."""


def dados(item: Mapping[str, Any]) -> dict[str, Any]:
    """What a row holds, in the current shape.

    Raises:
        UnknownShapeError: its version is not one that this release knows.
    """
    version = int(item.get("v", 1))
    if not 1 <= version <= VERSION:
        raise UnknownShapeError(f"v{version}")
    held = dict(item["dados"]) if version > 1 else {name: value for name, value in item.items() if name not in _KEYS}
    for step in range(version, VERSION):
        held = _STEPS.get((_kind(item), step), _unchanged)(held)
    return held


def _kind(item: Mapping[str, Any]) -> str:
    return str(item["sk"]).partition("#")[0]


def _unchanged(held: dict[str, Any]) -> dict[str, Any]:
    return held


def _with_periods(held: dict[str, Any]) -> dict[str, Any]:
    """Version 1 of a relacionamento knew its present state only."""
    periodo = {"situacao": held.pop("situacao"), "de": held.pop("desde")}
    motivo = held.pop("motivo", None)
    return {**held, "periodos": [periodo if motivo is None else {**periodo, "motivo": motivo}]}


_STEPS: Final[Mapping[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    ("RELACIONAMENTO", 1): _with_periods,
}
