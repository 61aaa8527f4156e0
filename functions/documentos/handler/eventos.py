"""Queue and stream entry.

* SQS `documentos-eventos`: S3 `Object Created` of `entrada`, verdicts from the bus (`VERDICTS`), the uploads that a
  recurso was sent with (`RecursoEnviado`), and documents in messages sent as files (`DocumentoRecebido`);
* the table's stream: outbox rows, published to the bus.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from conecta_edge import observability, queues, session
from documentos.bootstrap import nucleo as bootstrap
from documentos.service import uploads

SOURCE: Final = "conecta.documentos"
VERDICTS: Final[Mapping[str, bool]] = {
    "PegRecebido": True, "LoteRepetido": True, "LoteRecusado": False,
    "MensagemRespondida": True, "MensagemRecusada": False,
}  # fmt: skip
"""Of `conecta.peg` and of `conecta.autorizacao`: whether what was sent was taken."""


def consume(message: Mapping[str, Any]) -> None:
    """One message of the queue: an EventBridge event."""
    kind = message["detail-type"]
    if kind == "Object Created":
        _file_posted(message["detail"])
    elif kind in VERDICTS:
        _judged(message["detail"], accepted=VERDICTS[kind])
    elif kind == "RecursoEnviado":
        _attached(message["detail"])
    elif kind == "DocumentoRecebido":
        from documentos.handler import envios  # noqa: PLC0415  # few files are documents in messages

        envios.message_received(message["detail"])
    else:
        raise queues.UnknownMessageError(str(kind))


def _file_posted(detail: Mapping[str, Any]) -> None:
    key = str(detail["object"]["key"])  # EventBridge gives keys as they are
    parts = key.split("/")
    if len(parts) != 5 or parts[0] != "t":  # noqa: PLR2004  # t/<registroANS>/<prestador>/<finalidade>/<id>
        observability.log("warning", "objeto fora do formato de chave")
        return
    situacao = uploads.receive_file(
        prestador_id=parts[2],
        upload_id=parts[4],
        version=detail["object"].get("version-id"),
        uploads_=bootstrap.uploads(),
        files=bootstrap.files(),
        read_body=bootstrap.read_body,
        now=session.clock().now(),
    )
    observability.log("info", "arquivo recebido", upload_id=parts[4], situacao=situacao.value if situacao else None)


def _judged(envelope: Mapping[str, Any], *, accepted: bool) -> None:
    dados = envelope["dados"]
    recurso = dados.get("recurso")
    if accepted and "protocolo" in dados:
        recurso = {"tipo": "peg", "id": dados["protocolo"]}
    uploads.conclude_upload(
        prestador_id=envelope["prestador_id"],
        upload_id=dados["upload_id"],
        accepted=accepted,
        recurso=recurso,
        uploads_=bootstrap.uploads(),
        now=session.clock().now(),
    )


def _attached(envelope: Mapping[str, Any]) -> None:
    from conecta_atos.portas import Chamador  # noqa: PLC0415
    from documentos.bootstrap import documentos as of_documentos  # noqa: PLC0415  # few events need what it composes
    from documentos.service import documentos  # noqa: PLC0415

    recurso = envelope["dados"]["recurso"]
    uploads_ = [one["upload"] for one in envelope["dados"]["documentos"]]
    who = Chamador(f"recurso/{recurso}", envelope["correlacao"])
    many = documentos.attach_to_recurso(envelope["prestador_id"], recurso, uploads_, who, of_documentos.portas())
    observability.log("info", "documentos vinculados", protocolo=recurso, alteradas=many)


handler: Final = queues.Entry(SOURCE, consume)
"""One batch of either source; what failed is reported item by item."""
