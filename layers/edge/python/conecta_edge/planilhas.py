"""CSV as spreadsheets of here open it: UTF-8 with its mark, `;`, decimal comma, ISO days.

A text that a spreadsheet would take for a formula is led by an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(names: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    """A line of names, then the others."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(map(cell, line) for line in lines)
    return out.getvalue().encode("utf-8-sig")


def cell(value: Any) -> str:
    """A value as its cell; `None` is an empty one."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
