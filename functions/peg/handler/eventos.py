"""Queue and stream entry.

* SQS `peg-eventos`: `DocumentoRecebido` of a lote starts one execution of `recepcao-peg`; another message is answered;
  `PagamentoRegistrado` and `FaturaEncerrada` end PEGs, `RecursoRespondido` gives back what was taken of one;
* the table's stream: outbox rows and images, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conecta_edge import executions, observability, queues
from peg.dynamodb.imagens import imagem

SOURCE: Final = "conecta.peg"
MENSAGENS: Final = frozenset({"solicitacaoStatusProtocolo", "cancelaGuia"})
"""Body elements of the messages that are answered here and now."""


def consume(message: Mapping[str, Any]) -> None:
    """One event of another context; what comes twice changes nothing more.

    Raises:
        UnknownMessageError: nobody here knows it.
    """
    envelope = message["detail"]
    match message["detail-type"]:
        case "DocumentoRecebido" if envelope["dados"].get("transacao") in MENSAGENS:
            from peg.handler import envios  # noqa: PLC0415  # what starts a workflow reads no message

            envios.message_received(envelope)
        case "DocumentoRecebido":
            _start(envelope)
        case "PagamentoRegistrado" | "FaturaEncerrada" as tipo:
            from peg.handler import encerramentos  # noqa: PLC0415  # what starts a workflow acts on no PEG

            encerramentos.CONSUMIDOS[tipo](envelope)
        case "RecursoRespondido":
            from peg.handler import recuperacoes  # noqa: PLC0415

            recuperacoes.recurso_answered(envelope)
        case other:
            raise queues.UnknownMessageError(str(other))


def _start(envelope: Mapping[str, Any]) -> None:
    """The workflow's name is the upload and the attempt, so that a duplicate event starts nothing."""
    dados = envelope["dados"]
    executions.start("MAQUINA_RECEPCAO_ARN", f"{dados['upload_id']}-{dados['tentativa']}", envelope)
    observability.log("info", "recepcao iniciada", upload_id=dados["upload_id"], tentativa=dados["tentativa"])


handler: Final = queues.Entry(SOURCE, consume, imagem)
"""One batch of either source; what failed is reported item by item."""
