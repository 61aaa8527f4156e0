"""Questions and cancellations sent as files: answered beside their upload, as at the XML door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conecta_edge import observability
from conecta_edge.http import Request
from conecta_edge.tenancy import Principal
from peg.bootstrap import nucleo
from peg.domain.errors import DocumentoMissingError
from peg.handler import tiss
from peg.handler.fluxo import documento_of
from peg.service.portas import Fato
from peg.service.recepcao import as_dict

ROTA: Final = "/documentos/uploads"
"""Where a file came in: what it reads is audited under this route."""
CAPACIDADES: Final[Mapping[str, tuple[str, ...]]] = {
    "loteGuias": (tiss.ESCREVER, tiss.LER),
    "solicitacaoProcedimento": (tiss.CANCELAR_SENHAS,),
    "recursoGlosa": (tiss.CANCELAR_RECURSOS,),
}
"""What who sent a file may do, by what else they may send as one."""


def message_received(envelope: Mapping[str, Any]) -> None:
    """`DocumentoRecebido` of one of our messages. Repeatable: what it asks is done once, however often it comes.

    Raises:
        DocumentoMissingError: the file is not in the archive.
        MudouError: too many others did too many things at once: try again.
    """
    documento, dados, portas = documento_of(envelope), envelope["dados"], nucleo.portas()
    raw = portas.archive.read(documento.chave)
    if raw is None:
        raise DocumentoMissingError(documento.chave)
    request = Request(
        method="POST", route=ROTA, path={}, query={}, headers={}, claims={}, body=raw, correlacao=documento.correlacao
    )
    may = frozenset(one for name in dados.get("transacoes", ()) for one in CAPACIDADES.get(name, ()))
    caller = Principal(documento.prestador_id, f"upload/{documento.upload_id}", None, may)
    answer = tiss.process(request, caller, dados["transacao"], documento.registro_ans)
    portas.archive.keep_answer(documento.registro_ans, documento.prestador_id, documento.upload_id, answer.xml)
    told: dict[str, Any] = {"upload_id": documento.upload_id, "transacao": dados["transacao"]}
    if answer.achados:
        portas.archive.keep_report(documento, {"achados": [as_dict(achado) for achado in answer.achados]})
        told["achados"] = len(answer.achados)
    elif answer.recurso:
        told["recurso"] = dict(zip(("tipo", "id"), answer.recurso, strict=True))
    tipo = "MensagemRecusada" if answer.achados else "MensagemRespondida"
    portas.pegs.announce(Fato(tipo, told, f"upload/{documento.upload_id}"), documento, portas.now)
    observability.log(
        "info", "mensagem respondida", upload_id=documento.upload_id, situacao=tipo, achados=len(answer.achados)
    )
