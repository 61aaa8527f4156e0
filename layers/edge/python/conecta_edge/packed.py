"""Gzip JSON in the archive, named by its content: the same again is the same object, and none is ever changed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from conecta_edge import objects
from conecta_edge.aws import error_code

TOKEN: Final = 24
"""Characters of the digest that names an object among its siblings."""
_LEVEL: Final = 1


def keep(
    client: Any,
    bucket: str,
    key_of: Callable[[str], str],
    value: Any,
    *,
    retencao: str | None = None,
    once: bool = False,
) -> str:
    """Keep a plain value (`conecta_facts.codec.plain`) under the key made of its token, which is answered.

    Args:
        retencao: how long, by the tag that the bucket forgets by; `None` as long as whatever lies there.
        once: whether S3 is to refuse it where an object lies already: that one stays as it is.
    """
    text = json.dumps(value, ensure_ascii=False, default=_amount, separators=(",", ":")).encode()
    token = hashlib.sha256(text).hexdigest()[:TOKEN]
    more = {"Tagging": f"retencao={retencao}"} if retencao else {}
    if once:
        more["IfNoneMatch"] = "*"
    try:
        client.put_object(
            Bucket=bucket, Key=key_of(token), Body=gzip.compress(text, _LEVEL, mtime=0),
            ContentType="application/gzip", **more,
        )  # fmt: skip
    except Exception as error:
        if error_code(error) != "PreconditionFailed":
            raise
    return token


def read(client: Any, bucket: str, key: str) -> Any:
    """A value that was kept, its amounts as text; `None` when it is not there."""
    found = objects.read(client, bucket, key)
    return None if found is None else json.loads(gzip.decompress(found.content))


def _amount(value: Decimal) -> str:
    return str(value)
