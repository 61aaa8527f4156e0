"""Gzip JSON in the archive, named by its content: the same again is the same object, and none is ever changed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from conecta_edge import objects

TOKEN: Final = 24
"""Characters of the digest that names an object among its siblings."""
_LEVEL: Final = 1


def keep(
    client: Any, bucket: str, key_of: Callable[[str], str], value: Any, *, retencao: str | None = None
) -> str:  # fmt: skip
    """Keep a plain value (`conecta_facts.codec.plain`) under the key made of its token, which is answered.

    Args:
        retencao: how long, by the tag that the bucket forgets by; `None` as long as whatever lies there.
    """
    text = json.dumps(value, ensure_ascii=False, default=_amount, separators=(",", ":")).encode()
    token = hashlib.sha256(text).hexdigest()[:TOKEN]
    tagged = {"Tagging": f"retencao={retencao}"} if retencao else {}
    client.put_object(
        Bucket=bucket, Key=key_of(token), Body=gzip.compress(text, _LEVEL, mtime=0), ContentType="application/gzip",
        **tagged,
    )  # fmt: skip
    return token


def read(client: Any, bucket: str, key: str) -> Any:
    """A value that was kept, its amounts as text; `None` when it is not there."""
    found = objects.read(client, bucket, key)
    return None if found is None else json.loads(gzip.decompress(found.content))


def _amount(value: Decimal) -> str:
    return str(value)
