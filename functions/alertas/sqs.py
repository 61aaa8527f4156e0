"""The queue of lines to attempt.

Each message names the prestador as its group: SQS delivers those of others first while one takes more than its share of
the workers' time (fair queues, SQS Developer Guide). It is an order among what waits, and keeps nobody's place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from alertas.domain.entregas import Lugar

_BATCH: Final = 10
_LONGEST: Final = 900


class SqsFila:
    """See `alertas.service.webhooks.Fila`."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def enqueue(self, lugares: Sequence[Lugar], espera: timedelta = timedelta()) -> None:
        """A SendMessageBatch for every ten; none comes before its time, when it would be too soon and let go."""
        delay = min(int(espera.total_seconds()) + 1, _LONGEST) if espera else 0
        distinct = list(dict.fromkeys(lugares))
        for start in range(0, len(distinct), _BATCH):
            entries = [
                {
                    "Id": str(place), "MessageBody": json.dumps(asdict(one)), "DelaySeconds": delay,
                    "MessageGroupId": one.prestador_id,
                }
                for place, one in enumerate(distinct[start : start + _BATCH])
            ]  # fmt: skip
            self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
