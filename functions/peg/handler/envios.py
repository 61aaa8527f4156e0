"""Questions and cancellations sent as files: answered beside their upload, as at the XML door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conecta_edge import session
from conecta_edge.aws import client
from conecta_edge.envios import Envio
from peg.handler import tiss
from peg.settings import settings

CAPACIDADES: Final[Mapping[str, tuple[str, ...]]] = {
    "loteGuias": (tiss.ESCREVER, tiss.LER),
    "solicitacaoProcedimento": (tiss.CANCELAR_SENHAS,),
    "recursoGlosa": (tiss.CANCELAR_RECURSOS,),
}
"""What who sent a file may do, by what else they may send as one."""


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of one of our messages. Repeatable: what it asks is done once, however often it comes.

    Raises:
        MensagemAusenteError: the file is not in the archive.
        MudouError: too many others did too many things at once: try again.
    """
    dados, registro = envelope["dados"], envelope["registro_ans"]
    may = frozenset(one for name in dados.get("transacoes", ()) for one in CAPACIDADES.get(name, ()))
    Envio(envelope, client("s3"), settings().bucket_acervo, client("dynamodb"), settings().tabela_peg).respond(
        lambda request, caller: tiss.process(request, caller, dados["transacao"], registro), may, session.clock().now()
    )
