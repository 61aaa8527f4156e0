"""Page tokens that cannot be forged, moved to another tenant, route or filter, or kept for ever.

A token is `base64url(payload) . base64url(hmac-sha256)`; the MAC covers the payload as written and the scope (tenant,
route and filters), which is not in the token itself (`seguranca.md` §3). Texts are compared, not what they decode to:
base64 has many spellings of the same bytes, and only the one we issued is a token.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from conecta_edge import problems
from conecta_edge.problems import FieldError, ProblemError

LIFETIME: Final = timedelta(hours=24)


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _mac(secret: bytes, payload: bytes, scope: str) -> bytes:
    return _base64(hmac.digest(secret, payload + b"." + scope.encode(), "sha256"))


def issue(secret: bytes, position: Mapping[str, str], scope: str, now: datetime) -> str:
    """A token for a position (DynamoDB's LastEvaluatedKey as plain texts) valid for 24 hours in `scope`."""
    deadline = int((now + LIFETIME).timestamp())
    payload = _base64(json.dumps({"p": dict(position), "e": deadline}, separators=(",", ":")).encode())
    return (payload + b"." + _mac(secret, payload, scope)).decode()


def read(secret: bytes, token: str, scope: str, now: datetime) -> dict[str, str]:
    """The position of a token.

    Raises:
        ProblemError: 400, the same for a forged, foreign, altered or expired token.
    """
    try:
        payload, mac = token.encode("ascii").split(b".")
    except ValueError as error:
        raise _invalid() from error
    if not hmac.compare_digest(mac, _mac(secret, payload, scope)):
        raise _invalid()
    content = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    if content["e"] < now.timestamp():
        raise _invalid()
    return dict(content["p"])


def _invalid() -> ProblemError:
    problem = problems.invalid_body(
        (FieldError("cursor", "cursor-invalido", "O cursor não vale para esta consulta ou expirou: recomece sem ele."),)
    )
    problem.status = 400
    return problem
