"""Recursos and questions sent as files: answered beside their upload, as at the XML door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.clock import parse_iso
from conecta_edge.envios import Envio
from conecta_edge.settings import required
from recurso.handler import tiss
from recurso.handler.comum import ESCREVER, LER


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of one of our messages. Repeatable: the same upload is the same recurso.

    Raises:
        MensagemAusenteError: the file is not in the archive.
        MudouError: too many others did too many things at once: try again.
    """
    dados = envelope["dados"]
    arquivo = tiss.Arquivo(dados["upload_id"], envelope["registro_ans"], parse_iso(dados["recebido_em"]))
    envio = Envio(envelope, client("s3"), required("BUCKET_ACERVO"), client("dynamodb"), required("TABELA_RECURSO"))
    envio.respond(
        lambda request, caller: tiss.process(request, caller, dados["transacao"], arquivo),
        frozenset({ESCREVER, LER}), session.clock().now(),
    )  # fmt: skip
