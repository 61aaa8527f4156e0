"""What is done from time to time by itself.

`{"acao": "resumir"}`: digests by e-mail that are due. It may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start


class UnknownActionError(ValueError):
    """Nobody here knows such an action."""


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> Any:
    """Carry out one of the actions."""
    match event.get("acao"):
        case "resumir":
            from alertas.handler import resumos  # noqa: PLC0415

            return resumos.send_due()
        case other:
            raise UnknownActionError(str(other))
