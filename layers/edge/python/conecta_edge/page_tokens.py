"""Page tokens that cannot be forged, moved to another tenant, route or filter, or kept for ever.

A token is `base64url(payload) . base64url(hmac-sha256)`; the MAC covers the payload and the scope (tenant, route and
filters), which is not in the token itself (`seguranca.md` §3).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from conecta_edge import problems
from conecta_edge.problems import FieldError, ProblemError

LIFETIME: Final = timedelta(hours=24)


def _mac(secret: bytes, payload: bytes, scope: str) -> bytes:
    return hmac.new(secret, payload + b"\x00" + scope.encode(), hashlib.sha256).digest()


def issue(secret: bytes, position: Mapping[str, str], scope: str, now: datetime) -> str:
    """A token for a position (DynamoDB's LastEvaluatedKey as plain texts) valid for 24 hours in `scope`."""
    deadline = int((now + LIFETIME).timestamp())
    payload = json.dumps({"p": dict(position), "e": deadline}, separators=(",", ":")).encode()
    return ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (payload, _mac(secret, payload, scope))
    )


def read(secret: bytes, token: str, scope: str, now: datetime) -> dict[str, str]:
    """The position of a token.

    Raises:
        ProblemError: 400, the same for a forged, foreign, altered or expired token.
    """
    try:
        payload, mac = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
        if not hmac.compare_digest(mac, _mac(secret, payload, scope)):
            raise _invalid()
        content = json.loads(payload)
    except (ValueError, binascii.Error) as error:
        raise _invalid() from error
    if content["e"] < now.timestamp():
        raise _invalid()
    return dict(content["p"])


def _invalid() -> ProblemError:
    problem = problems.invalid_body(
        (FieldError("cursor", "cursor-invalido", "O cursor não vale para esta consulta ou expirou: recomece sem ele."),)
    )
    problem.status = 400
    return problem
