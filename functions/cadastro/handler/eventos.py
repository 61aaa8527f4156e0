"""Queue and stream entry.

* SQS `cadastro-eventos`: S3 `Object Created` under `cadastro/` of the bucket of arrivals registers a load and starts
  `carga-cadastro`; `CargaRetomada` starts it again;
* the table's stream: outbox rows, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cadastro.bootstrap import cargas as bootstrap
from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas_aws import arrivals
from conecta_edge import queues

SOURCE: Final = "conecta.cadastro"


def consume(message: Mapping[str, Any]) -> None:
    """One message of the queue: an EventBridge event. A duplicate starts nothing."""
    kind, detail = message["detail-type"], message["detail"]
    if kind == "Object Created":
        arrivals.file_arrived(detail["object"], tipos=TIPOS, cargas=bootstrap.cargas(), arquivos=bootstrap.chegada())
    elif kind == "CargaRetomada":
        arrivals.resumed(detail)
    else:
        raise queues.UnknownMessageError(str(kind))


handler: Final = queues.Entry(SOURCE, consume)
"""One batch of either source; what failed is reported item by item."""
