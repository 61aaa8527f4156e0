"""What a field of a body may be sent that is nothing of what it may be, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

HOSTILE: Final[tuple[Any, ...]] = (
    None, True, False, 0, -1, 1e308, 10**400, 0.1, "", " ", "0", "-1", "1e9", "NaN", "Infinity", "9" * 400, "２０",
    "x" * 20_000, "é" * 5_000, "\U0001f3e5" * 200, "\x00", "a\x00b", "\ud800", "\u202e\u2066abc", "\ufeff", "\ufffe",
    "<x/>", "%s%n{}", "'; DROP TABLE", "../../etc/passwd", "2026-02-30", "9999-99-99", "0000-00-00", [], {}, [[]],
    [None], {"": ""}, {"__proto__": {"x": 1}}, [{}] * 200, json.loads("[" * 60 + "]" * 60),
)  # fmt: skip
"""Any of them, in place of what belongs there."""


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a body something may be put in place of what is there."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from leaves(one, (*path, name))


def put(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A body with something else in one place."""
    made = json.loads(json.dumps(body))
    place = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return made
