"""S3 objects as every context reads them, and where the answer to an upload lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from conecta_edge.aws import error_code

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


def answer_key(registro_ans: str, prestador_id: str, upload_id: str, suffix: str) -> str:
    """`t/<registroANS>/<prestador>/respostas/<upload id>.<suffix>`: `xml` the message, `json` the report."""
    return f"t/{registro_ans}/{prestador_id}/respostas/{upload_id}.{suffix}"
