"""Queue and stream entry.

* SQS `alertas-eventos`: what happened in every context, told to whom it concerns and counted for `/inicio`;
* the table's stream: outbox rows, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conecta_edge import queues

SOURCE: Final = "conecta.alertas"


def consume(message: Mapping[str, Any]) -> None:
    """One message; what comes twice changes nothing more."""
    from alertas.handler import recebidos  # noqa: PLC0415  # a stream batch does without the use cases

    recebidos.received(message["detail"])


handler: Final = queues.Entry(SOURCE, consume)
"""One batch of either source; what failed is reported item by item."""
