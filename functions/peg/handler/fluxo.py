"""The step of the workflow `recepcao-peg`, and the sweep.

Event: the envelope of `DocumentoRecebido` with `"acao": "receber"` beside its members, or, when every retry failed,
`{"acao": "registrar-falha", "entrada": <that envelope>, "erro": {"Error": …}}`: the upload stays pending and the sweep
hands it over again, so a failure here loses nothing. `{"acao": "varrer"}` finishes what stopped half way and begins
what is due; `"tudo": true` does not wait until it is old enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conecta_edge import cold_start, observability, session
from conecta_edge.clock import parse_iso
from peg.bootstrap import nucleo
from peg.domain.lotes import Documento
from peg.service import atos, recepcao


class UnknownActionError(ValueError):
    """The workflow asked for something that does not exist."""


@cold_start.ends
def handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
    """Answer `{"situacao": "RECEBIDO" | "RECUSADO" | "FALHA_REGISTRADA", "protocolo": …, "repetido": …}`, or counts."""
    match event.get("acao"):
        case "receber":
            documento = documento_of(event)
            desfecho = recepcao.receive_file(documento, nucleo.portas())
            situacao = "RECEBIDO" if desfecho.protocolo else "RECUSADO"
            observability.log(
                "info", "lote julgado", upload_id=documento.upload_id, situacao=situacao, protocolo=desfecho.protocolo,
                repetido=desfecho.repetido, achados=len(desfecho.achados),
            )  # fmt: skip
            return {"situacao": situacao, "protocolo": desfecho.protocolo, "repetido": desfecho.repetido}
        case "varrer":
            registros = [operadora.registro_ans for operadora in session.catalogo().operadoras()]
            done = atos.sweep(registros, nucleo.portas(), tudo=bool(event.get("tudo")))
            observability.log("info", "pegs varridos", **done)
            return done
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
