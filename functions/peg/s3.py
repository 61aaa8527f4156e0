"""The archive: lotes as received, and the answers we leave beside each upload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conecta_edge import objects
from peg.domain.pegs import Documento


class S3Archive:
    """The `acervo` bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, chave: str) -> bytes | None:
        """Bytes, `None` when absent."""
        found = objects.read(self._client, self._bucket, chave)
        return found.content if found else None

    def keep_answer(self, documento: Documento, upload_id: str, xml: bytes) -> None:
        """`respostas/<upload id>.xml`; the same upload always has the same answer."""
        self._keep(_key(documento, upload_id, "xml"), xml, "application/xml")

    def keep_report(self, documento: Documento, report: Mapping[str, Any]) -> None:
        """`respostas/<upload id>.json`, of a refused lote."""
        text = json.dumps(report, ensure_ascii=False).encode()
        self._keep(_key(documento, documento.upload_id, "json"), text, "application/json")

    def _keep(self, key: str, body: bytes, media: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media)

    def answer_key(self, documento: Documento) -> str:
        """Where the answer message of this upload lies."""
        return _key(documento, documento.upload_id, "xml")


def _key(documento: Documento, upload_id: str, suffix: str) -> str:
    return objects.answer_key(documento.registro_ans, documento.prestador_id, upload_id, suffix)
