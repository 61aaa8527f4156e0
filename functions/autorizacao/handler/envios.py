"""TISS messages sent as files: answered beside their upload, by the same use cases as at the XML door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autorizacao.handler import tiss
from autorizacao.settings import settings
from conecta_edge import queues, session
from conecta_edge.aws import client
from conecta_edge.envios import Envio
from conecta_edge.settings import required


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of one of our messages.

    Repeatable: whatever was done before its answer was kept is found done.
    """
    transacao, registro = envelope["dados"].get("transacao"), envelope["registro_ans"]
    if transacao not in tiss.TRANSACOES:
        raise queues.UnknownMessageError(str(transacao))
    table = settings().tabela_autorizacao
    Envio(envelope, client("s3"), required("BUCKET_ACERVO"), client("dynamodb"), table).respond(
        lambda request, caller: tiss.process(request, caller, transacao, registro), frozenset(), session.clock().now()
    )
