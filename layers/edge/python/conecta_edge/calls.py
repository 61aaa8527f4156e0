"""Another function of ours, called once and waited for, by the very kind of event that the gateway sends it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from conecta_edge import observability, problems
from conecta_edge.aws import THROTTLES, client, error_code
from conecta_edge.settings import required


class CallFailedError(RuntimeError):
    """The function did not answer: it failed, or ran out of time. Its own log says why."""


class CallTooLargeError(RuntimeError):
    """The event is more than a function takes."""


class ConflictError(RuntimeError):
    """Somebody else was writing it all the time: asked again, the rest is done."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What it answered, a refusal too."""

    status: int
    headers: Mapping[str, str]
    content: bytes | str


def call(setting: str, event: Mapping[str, Any], correlacao: str) -> Answered:
    """Call the function that a setting names, and wait for all that it may take.

    Raises:
        ProblemError: 503, too many are at it: nothing was done.
        CallTooLargeError: nothing was done.
        CallFailedError: something may have been done.
    """
    return _called(client("lambda"), setting, event, correlacao)


def _called(aws: Any, setting: str, event: Mapping[str, Any], correlacao: str) -> Answered:
    try:
        called = aws.invoke(
            FunctionName=required(setting),
            InvocationType="RequestResponse",
            Payload=json.dumps(event, separators=(",", ":")).encode(),
        )
    except Exception as error:
        code = error_code(error)
        if code in THROTTLES:
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


def ask(setting: str, rota: str, body: Any, correlacao: str, *, within: float | None = None) -> Any:
    """What a function answers to a POST at a route that is published nowhere: only one of ours can reach it.

    Args:
        within: seconds that the answer to a question without effect is waited for, when that is not all it may take.

    Raises:
        ConflictError: somebody else was writing it all the time.
        ProblemError: 503, too many are at it: asked again, the rest is done.
        CallFailedError: the function failed, or refused.
    """
    event = {
        "httpMethod": "POST", "resource": rota, "headers": {}, "body": json.dumps(body),
        "requestContext": {"requestId": correlacao},
    }  # fmt: skip
    if within is None:
        answered = call(setting, event, correlacao)
    else:
        answered = _called(client("lambda", within), setting, event, correlacao)
    if answered.status == HTTPStatus.OK:
        return json.loads(answered.content)
    if answered.status == HTTPStatus.CONFLICT:
        raise ConflictError(rota)
    if answered.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise problems.busy()
    raise CallFailedError(f"{rota}: {answered.status}")
