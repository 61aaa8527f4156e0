"""Queue and stream entry.

* SQS `autorizacao-eventos`: TISS messages sent as files (`DocumentoRecebido`), documents given to requests where
  documents are kept (`DocumentoVinculado`), other days asked for in oncology (`DataPedida`), files of legacy senhas
  (S3 `Object Created`) and their loads gone on with (`CargaRetomada`);
* the table's stream: outbox rows and images, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from autorizacao.dynamodb.imagens import imagem
from conecta_edge import queues

SOURCE: Final = "conecta.autorizacao"
CONSUMERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "DocumentoRecebido": ("envios", "message_received"),
    "DocumentoVinculado": ("documentos", "linked"),
    "DataPedida": ("oncologia", "notify"),
    "Object Created": ("cargas", "file_arrived"),
    "CargaRetomada": ("cargas", "resumed"),
})  # fmt: skip
"""Who takes the detail of each message: a function of a module beside this one, imported when the first comes."""


def consume(message: Mapping[str, Any]) -> None:
    """One message of the queue: an EventBridge event."""
    kind = str(message["detail-type"])
    if kind not in CONSUMERS:
        raise queues.UnknownMessageError(kind)
    module, function = CONSUMERS[kind]
    getattr(import_module(f"autorizacao.handler.{module}"), function)(message["detail"])


handler: Final = queues.Entry(SOURCE, consume, imagem)
"""One batch of either source; what failed is reported item by item."""
