"""TISS messages sent as files: answered beside their upload, by the same use cases as at the XML door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from autorizacao.bootstrap import envios as bootstrap
from autorizacao.handler import tiss
from conecta_edge import observability, queues, session
from conecta_edge.http import Request
from conecta_edge.idempotency import HEADER
from conecta_edge.tenancy import Principal

if TYPE_CHECKING:
    from autorizacao.handler.tiss import Resposta

ROTA: Final = "/documentos/uploads"
"""Where a file came in: under this route its answer is kept, and what it reads is audited."""


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of one of our messages.

    Repeatable: the upload is its own `Idempotency-Key`, and whatever was done before its answer was kept is found done.
    """
    dados, registro, prestador_id = envelope["dados"], envelope["registro_ans"], envelope["prestador_id"]
    upload_id, transacao = dados["upload_id"], dados.get("transacao")
    if transacao not in tiss.TRANSACOES:
        raise queues.UnknownMessageError(str(transacao))
    acervo = bootstrap.acervo(registro, prestador_id)
    request = Request(
        method="POST", route=ROTA, path={}, query={}, headers={HEADER: upload_id}, claims={},
        body=acervo.read(dados["chave"]), correlacao=envelope["correlacao"],
    )  # fmt: skip
    caller = Principal(prestador_id, f"upload/{upload_id}", None, frozenset())
    answer = tiss.process(request, caller, transacao, registro)
    acervo.keep_answer(upload_id, answer.xml)
    if answer.achados:
        acervo.keep_report(upload_id, answer.achados)
    tipo = "MensagemRecusada" if answer.achados else "MensagemRespondida"
    bootstrap.announce(tipo, envelope, _told(answer), session.clock().now())
    observability.log("info", "mensagem respondida", upload_id=upload_id, situacao=tipo, achados=len(answer.achados))


def _told(answer: Resposta) -> dict[str, Any]:
    if answer.achados:
        return {"achados": len(answer.achados)}
    return {"recurso": {"tipo": "autorizacao", "id": "/".join(answer.recurso)}} if answer.recurso else {}
