"""Messages sent as files: answered beside their upload by the use cases of the XML door, told through the outbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from conecta_edge import objects, observability
from conecta_edge.events import Event, outbox_put, tell
from conecta_edge.http import JSON, XML, Request, Resposta
from conecta_edge.idempotency import HEADER
from conecta_edge.tenancy import Principal

ROTA: Final = "/documentos/uploads"
"""Where a file came in: under this route its answer is kept, and what it reads is audited."""


class MensagemAusenteError(LookupError):
    """The file that was handed over is not in the archive."""


@dataclass(frozen=True, slots=True)
class Envio:
    """The `DocumentoRecebido` of a message, and where its answer goes.

    Attributes:
        table: of the context; events lie under `PRESTADOR#<id>`.
    """

    envelope: Mapping[str, Any]
    s3: Any
    bucket: str
    dynamodb: Any
    table: str

    def respond(self, process: Callable[[Request, Principal], Resposta], may: frozenset[str], now: datetime) -> None:
        """Answer it. Repeatable: the upload is its own `Idempotency-Key`, and what it was answered is one event.

        Args:
            process: the use case.
            may: capabilities of who sent the file.

        Raises:
            MensagemAusenteError: the file is not in the archive.
        """
        envelope, dados = self.envelope, self.envelope["dados"]
        prestador_id, upload_id = envelope["prestador_id"], dados["upload_id"]
        found = objects.read(self.s3, self.bucket, dados["chave"])
        if found is None:
            raise MensagemAusenteError(dados["chave"])
        request = Request(
            method="POST", route=ROTA, path={}, query={}, headers={HEADER: upload_id}, claims={}, body=found.content,
            correlacao=envelope["correlacao"],
        )  # fmt: skip
        answer = process(request, Principal(prestador_id, f"upload/{upload_id}", None, may))
        self._keep("xml", answer.xml, XML)
        told: dict[str, Any] = {}
        if answer.achados:
            told = {"achados": len(answer.achados)}
            report = {"achados": [{name: getattr(one, name) for name in one.__slots__} for one in answer.achados]}
            self._keep("json", json.dumps(report, ensure_ascii=False).encode(), JSON)
        elif answer.recurso:
            told = {"recurso": dict(zip(("tipo", "id"), answer.recurso, strict=True))}
        self._announce("MensagemRecusada" if answer.achados else "MensagemRespondida", told, now)

    def _keep(self, suffix: str, body: bytes, media: str) -> None:
        """`respostas/<upload id>.<suffix>`."""
        registro, prestador_id = self.envelope["registro_ans"], self.envelope["prestador_id"]
        key = objects.answer_key(registro, prestador_id, self.envelope["dados"]["upload_id"], suffix)
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=media)

    def _announce(self, tipo: str, more: Mapping[str, Any], now: datetime) -> None:
        envelope, dados = self.envelope, self.envelope["dados"]
        prestador_id, upload_id = envelope["prestador_id"], dados["upload_id"]
        event = Event(
            tipo, envelope["registro_ans"], prestador_id, f"upload/{upload_id}", envelope["correlacao"],
            upload_id, {"upload_id": upload_id, "transacao": dados["transacao"], **more},
        )  # fmt: skip
        tell(self.dynamodb, outbox_put(self.table, f"PRESTADOR#{prestador_id}", event, now, dados["tentativa"]))
        observability.log(
            "info", "mensagem respondida", upload_id=upload_id, situacao=tipo, achados=more.get("achados", 0)
        )
