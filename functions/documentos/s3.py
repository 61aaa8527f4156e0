"""The buckets: `entrada` takes presigned POSTs, `acervo` keeps what was checked."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from conecta_edge import objects
from documentos.domain.uploads import POST_LIFETIME, Upload
from documentos.service.portas import Incoming


class S3Files:
    """Both buckets behind one port.

    Args:
        adiante: how far the functions' clock is moved from the one S3 stores by; a trial's deadlines are judged by one.
    """

    def __init__(self, client: Any, entrada: str, acervo: str, adiante: timedelta = timedelta()) -> None:
        self._client = client
        self._adiante = adiante
        self._entrada = entrada
        self._acervo = acervo

    def presign(self, upload: Upload) -> dict[str, Any]:
        """URL and fields of a POST that takes exactly this key, type and number of bytes, for five minutes."""
        fields = {"Content-Type": upload.formato}
        policy = [{"Content-Type": upload.formato}, ["content-length-range", upload.tamanho, upload.tamanho]]
        presigned: dict[str, Any] = self._client.generate_presigned_post(
            Bucket=self._entrada,
            Key=upload.chave_entrada,
            Fields=fields,
            Conditions=policy,
            ExpiresIn=int(POST_LIFETIME.total_seconds()),
        )
        return {"url": presigned["url"], "campos": presigned["fields"]}

    def read_incoming(self, chave: str, version: str | None) -> Incoming | None:
        """The bytes posted under a key: of the event's own version, or of the first one.

        A form lives five minutes and may be posted twice; what came first is what was received, bytes and instant.
        """
        wanted = version or self._first_version(chave)
        if wanted is None:
            return None
        found = objects.read(self._client, self._entrada, chave, wanted)
        return Incoming(found.content, found.stored_at + self._adiante) if found else None

    def _first_version(self, chave: str) -> str | None:
        """S3 lists the versions of a key newest first; a form leaves few."""
        listed = self._client.list_object_versions(Bucket=self._entrada, Prefix=chave)
        versions = [row["VersionId"] for row in listed.get("Versions", ()) if row["Key"] == chave]
        return str(versions[-1]) if versions else None

    def archive(self, chave: str, content: bytes, formato: str, sha256: str, retencao: str) -> None:
        """Keep the bytes under a name made of their own digest; S3 verifies that digest on the way.

        The tag `retencao` tells the bucket's lifecycle when to forget them.
        """
        self._client.put_object(
            Bucket=self._acervo,
            Key=chave,
            Body=content,
            ContentType=formato,
            Tagging=f"retencao={retencao}",
            ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
        )

    def link(self, chave: str, nome: str) -> str:
        """See `conecta_edge.objects.link`."""
        return objects.link(self._client, self._acervo, chave, nome)

    def read_answer(self, upload: Upload, suffix: str) -> bytes | None:
        """What the file's owner left beside the upload."""
        key = objects.answer_key(upload.registro_ans, upload.prestador_id, upload.id, suffix)
        found = objects.read(self._client, self._acervo, key)
        return found.content if found else None
