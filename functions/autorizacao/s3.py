"""The archive: messages as received, and the answers left beside each upload."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from conecta_edge import objects


class MensagemAusenteError(LookupError):
    """The file that was handed over is not in the archive."""


class S3Acervo:
    """The `acervo` bucket, for one prestador at one operadora."""

    def __init__(self, client: Any, bucket: str, registro_ans: str, prestador_id: str) -> None:
        self._client = client
        self._bucket = bucket
        self._of = (registro_ans, prestador_id)

    def read(self, chave: str) -> bytes:
        """The message's bytes.

        Raises:
            MensagemAusenteError: there are none.
        """
        found = objects.read(self._client, self._bucket, chave)
        if found is None:
            raise MensagemAusenteError(chave)
        return found.content

    def keep_answer(self, upload_id: str, xml: bytes) -> None:
        """`respostas/<upload id>.xml`."""
        self._keep(upload_id, "xml", xml, "application/xml")

    def keep_report(self, upload_id: str, achados: Sequence[Any]) -> None:
        """`respostas/<upload id>.json`: every finding of a refused message."""
        report = {"achados": [{name: getattr(achado, name) for name in achado.__slots__} for achado in achados]}
        self._keep(upload_id, "json", json.dumps(report, ensure_ascii=False).encode(), "application/json")

    def _keep(self, upload_id: str, suffix: str, body: bytes, media: str) -> None:
        key = objects.answer_key(*self._of, upload_id, suffix)
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media)
