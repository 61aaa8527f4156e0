"""Another function of ours, called once and waited for, by the very kind of event that the gateway sends it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from conecta_edge import observability, problems
from conecta_edge.aws import client, error_code
from conecta_edge.settings import required

_THROTTLED: Final = frozenset({"TooManyRequestsException", "ThrottlingException", "EC2ThrottledException"})


class CallFailedError(RuntimeError):
    """The function did not answer: it failed, or ran out of time. Its own log says why."""


class CallTooLargeError(RuntimeError):
    """The event is more than a function takes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What it answered, a refusal too."""

    status: int
    headers: Mapping[str, str]
    content: bytes | str


def call(setting: str, event: Mapping[str, Any], correlacao: str) -> Answered:
    """Call the function that a setting names.

    Raises:
        ProblemError: 503, too many are at it: nothing was done.
        CallTooLargeError: nothing was done.
        CallFailedError: something may have been done.
    """
    try:
        called = client("lambda").invoke(
            FunctionName=required(setting),
            InvocationType="RequestResponse",
            Payload=json.dumps(event, separators=(",", ":")).encode(),
        )
    except Exception as error:
        code = error_code(error)
        if code in _THROTTLED:
            raise problems.busy() from error
        if code == "RequestTooLargeException":
            raise CallTooLargeError from error
        raise
    answered = json.loads(called["Payload"].read())
    if "FunctionError" in called:
        observability.log("error", "a função chamada falhou", funcao=setting, correlacao=correlacao)
        raise CallFailedError(setting)
    body = answered["body"]
    content = base64.b64decode(body) if answered.get("isBase64Encoded") else body
    return Answered(answered["statusCode"], answered["headers"], content)
