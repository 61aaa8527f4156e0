"""Questions for demonstrativos sent as files: answered beside their upload, as at the XML door, whatever their size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.envios import Envio
from conecta_edge.settings import required
from pagamento.handler import tiss
from pagamento.handler.comum import LER


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of a question. Repeatable: it changes nothing.

    Raises:
        MensagemAusenteError: the file is not in the archive.
    """
    envio = Envio(envelope, client("s3"), required("BUCKET_ACERVO"), client("dynamodb"), required("TABELA_PAGAMENTO"))
    envio.respond(
        lambda request, caller: tiss.process(request, caller, envelope["registro_ans"]),
        frozenset({LER}), session.clock().now(),
    )  # fmt: skip
