"""What stands for a value that could not be read.

A message its schema refuses is still read, so that one answer can show all that is wrong. A required value
that is missing or unreadable then becomes one of these, chosen so that rules stay silent about it: the
schema's own finding already speaks. They never leave the pipeline: a message is handed on only when valid.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

TEXTO_ILEGIVEL: Final = ""
VALOR_ILEGIVEL: Final = Decimal("NaN")
"""Quiet NaN: arithmetic over it is NaN and, with `InvalidOperation` untrapped, no comparison holds."""

NUMERO_ILEGIVEL: Final = -(10**15)
DATA_ILEGIVEL: Final = date.min
