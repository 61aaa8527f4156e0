"""Documents sent in messages as files: answered beside their upload, as at the XML door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.envios import Envio
from documentos.handler import tiss
from documentos.settings import settings


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of a document in a message. Repeatable: the same number is the same document.

    Raises:
        MensagemAusenteError: the file is not in the archive.
    """
    where = settings()
    envio = Envio(envelope, client("s3"), where.bucket_acervo, client("dynamodb"), where.tabela_documentos)
    envio.respond(
        lambda request, caller: tiss.process(request, caller, envelope["registro_ans"]),
        frozenset(tiss.ESCREVER), session.clock().now(),
    )  # fmt: skip
