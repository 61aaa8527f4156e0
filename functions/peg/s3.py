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

    def keep_answer(self, documento: Documento, upload_id: str, xml: bytes, report: Mapping[str, Any]) -> None:
        """`respostas/<upload id>.xml` and `.json`; the same upload always has the same answer."""
        text = json.dumps(report, ensure_ascii=False).encode()
        for suffix, body, media in (("xml", xml, "application/xml"), ("json", text, "application/json")):
            self._client.put_object(
                Bucket=self._bucket, Key=_key(documento, upload_id, suffix), Body=body, ContentType=media
            )

    def answer_key(self, documento: Documento) -> str:
        """Where the answer message of this upload lies."""
        return _key(documento, documento.upload_id, "xml")


def _key(documento: Documento, upload_id: str, suffix: str) -> str:
    return objects.answer_key(documento.registro_ans, documento.prestador_id, upload_id, suffix)
