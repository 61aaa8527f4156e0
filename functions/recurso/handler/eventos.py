"""Queue and stream entry.

* SQS `recurso-eventos`: how and when pagamento pays what was given back (`pagamentos.CONSUMIDOS`), and messages that
  came as files (`DocumentoRecebido`);
* the table's stream: outbox rows and images, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conecta_edge import queues
from recurso.dynamodb.imagens import imagem

SOURCE: Final = "conecta.recurso"


def consume(message: Mapping[str, Any]) -> None:
    """One message; what comes twice changes nothing more.

    Raises:
        UnknownMessageError: nobody here knows it.
    """
    envelope = message["detail"]
    match message["detail-type"]:
        case "ParcelaAberta" | "LancamentoRegistrado" | "PagamentoRegistrado" as tipo:
            from recurso.handler import pagamentos  # noqa: PLC0415  # a stream batch does without the use cases

            pagamentos.CONSUMIDOS[tipo](envelope)
        case "DocumentoRecebido":
            from recurso.handler import envios  # noqa: PLC0415

            envios.message_received(envelope)
        case other:
            raise queues.UnknownMessageError(str(other))


handler: Final = queues.Entry(SOURCE, consume, imagem)
"""One batch of either source; what failed is reported item by item."""
