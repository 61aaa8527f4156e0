"""S3 objects as every context reads them, and where the answer to an upload lies."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from conecta_edge.aws import error_code

LINK_LIFETIME: Final = 15 * 60
"""Seconds."""
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})


@dataclass(frozen=True, slots=True)
class Found:
    """An object's bytes and the instant S3 stored them."""

    content: bytes
    stored_at: datetime


def read(client: Any, bucket: str, key: str, version: str | None = None) -> Found | None:
    """One object (of one version, when given); `None` when it is not there."""
    asked = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    try:
        found = client.get_object(**asked)
        return Found(bytes(found["Body"].read()), found["LastModified"])
    except Exception as error:
        if error_code(error) in _ABSENT:
            return None
        raise


def link(client: Any, bucket: str, key: str, nome: str) -> str:
    """An address that is good for 15 minutes, and saves one object under a name, whatever letters it has (RFC 6266)."""
    letters = unicodedata.normalize("NFKD", nome).encode("ascii", "ignore").decode()
    plain = "".join(letter for letter in letters if letter.isprintable() and letter not in '"\\')
    disposition = f'attachment; filename="{plain}"'
    if plain != nome:
        disposition += f"; filename*=UTF-8''{quote(nome, safe='')}"
    asked = {"Bucket": bucket, "Key": key, "ResponseContentDisposition": disposition}
    return str(client.generate_presigned_url("get_object", Params=asked, ExpiresIn=LINK_LIFETIME))


def answer_key(registro_ans: str, prestador_id: str, upload_id: str, suffix: str) -> str:
    """`t/<registroANS>/<prestador>/respostas/<upload id>.<suffix>`: `xml` the message, `json` the report."""
    return f"t/{registro_ans}/{prestador_id}/respostas/{upload_id}.{suffix}"
