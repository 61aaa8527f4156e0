"""What is done from time to time by itself, and what the queue `webhooks` carries.

`{"acao": "resumir"}`: digests by e-mail that are due; `{"acao": "retomar-entregas"}`: lines of webhooks that are due.
Both may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start


class UnknownActionError(ValueError):
    """Nobody here knows such an action."""


@cold_start.ends
def handler(event: Mapping[str, Any], context: Any) -> Any:
    """Carry out one of the actions, or a batch of the queue."""
    if "Records" in event:
        from alertas.handler import entregas  # noqa: PLC0415

        return entregas.handler(event, context)
    match event.get("acao"):
        case "resumir":
            from alertas.handler import resumos  # noqa: PLC0415

            return resumos.send_due(context)
        case "retomar-entregas":
            from alertas.handler import entregas  # noqa: PLC0415

            return entregas.resume()
        case other:
            raise UnknownActionError(str(other))
