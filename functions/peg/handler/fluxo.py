"""The step of the workflow `recepcao-peg`.

Event: the envelope of `DocumentoRecebido` with `"acao": "receber"` beside its members, or, when every retry failed,
`{"acao": "registrar-falha", "entrada": <that envelope>, "erro": {"Error": …}}`: the upload stays pending and the sweep
hands it over again, so a failure here loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start, observability, session
from conecta_edge.clock import parse_iso
from peg.bootstrap import nucleo as bootstrap
from peg.domain.pegs import Documento
from peg.service import recepcao as service


class UnknownActionError(ValueError):
    """The workflow asked for something that does not exist."""


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Answer `{"situacao": "RECEBIDO" | "RECUSADO" | "FALHA_REGISTRADA", "protocolo": …, "repetido": …}`."""
    match event.get("acao"):
        case "receber":
            documento = documento_of(event)
            desfecho = service.receive_lote(
                documento,
                contexto=bootstrap.contexto(documento),
                ports=bootstrap.reception(),
                now=session.clock().now(),
            )
            situacao = "RECEBIDO" if desfecho.protocolo else "RECUSADO"
            observability.log(
                "info", "lote julgado", upload_id=documento.upload_id, situacao=situacao, protocolo=desfecho.protocolo,
                repetido=desfecho.repetido, achados=len(desfecho.achados),
            )  # fmt: skip
            return {"situacao": situacao, "protocolo": desfecho.protocolo, "repetido": desfecho.repetido}
        case "registrar-falha":
            erro = str((event.get("erro") or {}).get("Error", "desconhecido"))
            upload_id = event["entrada"]["dados"]["upload_id"]
            observability.log("error", "recepcao falhou", upload_id=upload_id, erro=erro)
            return {"situacao": "FALHA_REGISTRADA", "protocolo": None, "repetido": False}
        case other:
            raise UnknownActionError(str(other))


def documento_of(envelope: Mapping[str, Any]) -> Documento:
    """The archived file an event speaks of."""
    dados = envelope["dados"]
    return Documento(
        upload_id=dados["upload_id"],
        prestador_id=envelope["prestador_id"],
        registro_ans=envelope["registro_ans"],
        chave=dados["chave"],
        sha256=dados["sha256"],
        recebido_em=parse_iso(dados["recebido_em"]),
        tentativa=int(dados["tentativa"]),
        correlacao=envelope["correlacao"],
    )
