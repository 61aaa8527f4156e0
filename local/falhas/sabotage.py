"""Where things fail: between the functions and the emulator's APIs, and between who calls a function and its process.

Neither side knows: a function sees what AWS answers when it throttles, a connection that ends, an answer that comes too
late; who calls one sees a process that ended. Calls of the administrator, and of who uses the API, never fail here.
"""

from __future__ import annotations

import asyncio
import json
import re
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from local.asgi import API_PREFIX, Application, Message, Receive, Scope, Send
from local.falhas import plan
from local.falhas.journal import Journal, Kind
from local.falhas.plan import How, Plan

LATE_SECONDS: Final = 6.0
"""Longer than the functions' own read time-out of any service but Lambda's."""
_SIGNED: Final = re.compile(rb"Credential=([^/]+)/[0-9]{8}/[^/]+/([^/]+)/aws4_request")
_LAMBDA: Final = re.compile(r"/functions/(?:[^/]*:)?([^/:]+)/invocations$")
_REFUSALS: Final = {
    "cognito-idp": "TooManyRequestsException",
    "dynamodb": "ProvisionedThroughputExceededException",
    "lambda": "TooManyRequestsException",
    "s3": "SlowDown",
}
_CANCELLED: Final = "TransactionCanceledException"
_BAD_REQUEST, _FROM_REFUSED, _TOO_MANY, _UNAVAILABLE = 400, 400, 429, 503
_ENDED: Final = {"errorType": "Runtime.ExitError", "errorMessage": "Error: Runtime exited (falha plantada)"}
_FOR_GOOD: Final = {"errorType": "FalhaPlantadaError", "errorMessage": "falha plantada"}


class Host(Protocol):
    """Who runs functions."""

    def invoke(self, record: Mapping[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """One invocation; see `local.lambda_host.LambdaHost.invoke`."""
        ...


class Door:
    """The emulator's application, some of whose calls fail.

    Args:
        administrator: the access key whose calls never do.
    """

    def __init__(self, application: Application, directory: Path, administrator: str) -> None:
        self._application, self._administrator = application, administrator.encode()
        self._plan, self._journal = Plan(directory / plan.FILE), Journal(directory)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's event, by ASGI."""
        if scope["type"] != "http" or not self._plan.active:
            await self._application(scope, receive, send)
            return
        signed = _SIGNED.search(dict(scope["headers"]).get(b"authorization", b""))
        if signed and signed[1] != self._administrator:
            await self._called(signed[2].decode(), scope, receive, send)
        elif scope["path"].startswith(API_PREFIX):
            await self._asked(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    async def _called(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A function's call of a service."""
        body = b"" if service == "s3" else await _whole(receive)
        operation = _operation(service, scope)
        how = self._plan.of_call(service, operation)
        if how is not None:
            self._journal.tell(Kind.FAULT, alvo=service, operacao=operation, como=how)
        if how is How.THROTTLED:
            await _refuse(service, operation, body, scope, send)
            return
        answered = _Answer(None if how is How.CUT else send, LATE_SECONDS if how is How.LATE else 0)
        await self._application(scope, receive if service == "s3" else _again(body, receive), answered.send)
        if answered.status < _FROM_REFUSED:
            self._tell_of(service, operation, body, answered.body)
        if how is How.CUT:
            await _cut(send)

    def _tell_of(self, service: str, operation: str, body: bytes, answer: bytes) -> None:
        if service == "ses":
            self._journal.tell(Kind.MAIL, texto=urllib.parse.unquote_plus(body.decode("utf-8", "replace")))
        elif operation == "StartExecution":
            self._journal.tell(Kind.STARTED, texto=json.loads(body)["input"])
        elif operation == "PutEvents":
            for entry, result in zip(json.loads(body)["Entries"], json.loads(answer)["Entries"], strict=True):
                if "ErrorCode" not in result:
                    detail = json.loads(entry["Detail"])
                    self._journal.tell(
                        Kind.EVENT, id=detail["id"], origem=entry["Source"], tipo=entry["DetailType"],
                        texto=entry["Detail"],
                    )  # fmt: skip

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request of the API: nothing fails here, but what an access log has is kept."""
        answered = _Answer(send)
        await self._application(scope, receive, answered.send)
        path = "/" + scope["path"].removeprefix(API_PREFIX).partition("/")[2]
        query = urllib.parse.unquote_plus(scope.get("query_string", b"").decode())
        method, status = scope["method"], answered.status
        self._journal.tell(Kind.ACCESS, metodo=method, caminho=f"{path}?{query}" if query else path, status=status)
        if status >= _FROM_REFUSED:
            self._journal.tell(Kind.REFUSAL, status=status, texto=answered.body.decode("utf-8", "replace"))


class SabotagedHost:
    """Runs functions, some of which end before or after they did what they were called for."""

    def __init__(self, host: Host, directory: Path) -> None:
        self._host = host
        self._plan, self._journal = Plan(directory / plan.FILE), Journal(directory)

    def invoke(self, record: Mapping[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """One invocation; see `local.lambda_host.LambdaHost.invoke`."""
        if not self._plan.active:
            return self._host.invoke(record, event, request_id)
        function = str((record.get("config") or record)["FunctionName"])
        how = self._plan.of_invocation(function, event)
        if how is not None:
            operation = event.get("acao") or event["tarefa"]
            self._journal.tell(Kind.FAULT, alvo=function, operacao=operation, como=how)
        if how in {How.BEFORE, How.FOR_GOOD}:
            return {"body": dict(_ENDED if how is How.BEFORE else _FOR_GOOD), "error": True, "log": ""}
        result = self._host.invoke(record, event, request_id)
        self._tell_of(function, event, result)
        return {"body": dict(_ENDED), "error": True, "log": ""} if how is How.AFTER else result

    def _tell_of(self, function: str, event: Any, result: Mapping[str, Any]) -> None:
        if not isinstance(event, Mapping) or "httpMethod" in event:
            return
        failed = bool(result.get("error"))
        records = event.get("Records")
        if not records:
            texts = json.dumps([event, result["body"]], ensure_ascii=False, default=str)
            self._journal.tell(Kind.TASK, funcao=function, feita=not failed, texto=texts)
            return
        body = result["body"] if isinstance(result["body"], Mapping) else {}
        unfinished = {one["itemIdentifier"] for one in body.get("batchItemFailures", ())}
        for one in records:
            if one["eventSource"] == "aws:sqs":
                self._journal.tell(
                    Kind.MESSAGE, funcao=function, fila=one["eventSourceARN"].rpartition(":")[2],
                    id=identity(one["body"]), feita=not failed and one["messageId"] not in unfinished,
                    texto=one["body"],
                )  # fmt: skip
            else:
                text = json.dumps(one["dynamodb"], ensure_ascii=False, default=str)
                self._journal.tell(Kind.STREAM, funcao=function, texto=text)


def identity(body: str) -> str:
    """What a queue's message is about: the event's id, or the object and its version."""
    detail = json.loads(body).get("detail", {})
    if "object" in detail:
        return f"{detail['object']['key']}@{detail['object'].get('version-id', '')}"
    return str(detail.get("id", ""))


class _Answer:
    """Passes an answer on, or only looks at it.

    Args:
        send: None keeps it from whoever asked.
        delay: seconds before it is passed on.
    """

    def __init__(self, send: Send | None, delay: float = 0) -> None:
        self._send, self._delay = send, delay
        self.status, self.body = 0, b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            await asyncio.sleep(self._delay)
        else:
            self.body += message.get("body", b"")
        if self._send is not None:
            await self._send(message)


def _operation(service: str, scope: Scope) -> str:
    """As AWS names it; of S3 the method, of Lambda the function called."""
    target = dict(scope["headers"]).get(b"x-amz-target", b"").decode()
    if service == "lambda" and (called := _LAMBDA.search(scope["path"])):
        return called[1]
    return target.rpartition(".")[2] or str(scope["method"])


async def _whole(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def _refuse(service: str, operation: str, body: bytes, scope: Scope, send: Send) -> None:
    """In the words of the service: what it answers when it is asked too much."""
    code = _REFUSALS.get(service, "ThrottlingException")
    if service == "s3":
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>Reduce your request rate.</Message></Error>"
        status, kind, content = _UNAVAILABLE, b"application/xml", text.encode()
    elif service == "events" and operation == "PutEvents":
        entries = [{"ErrorCode": code, "ErrorMessage": "Rate exceeded"} for _ in json.loads(body)["Entries"]]
        status, kind = 200, b"application/x-amz-json-1.1"
        content = json.dumps({"FailedEntryCount": len(entries), "Entries": entries}).encode()
    else:
        told: dict[str, Any] = {"message": "Rate exceeded"}
        if operation == "TransactWriteItems":
            # Of these two, the emulator never says the second: somebody else is writing one of the items.
            code = _CANCELLED
            told["CancellationReasons"] = [{"Code": "TransactionConflict"}] + [
                {"Code": "None"} for _ in json.loads(body)["TransactItems"][1:]
            ]
        status, kind = (
            _TOO_MANY if service in {"lambda", "sesv2", "ses"} else _BAD_REQUEST,
            b"application/x-amz-json-1.0",
        )
        content = json.dumps({"__type": code, **told}).encode()
    headers = [(b"content-type", kind), (b"x-amzn-errortype", code.encode()), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content if scope["method"] != "HEAD" else b""})


async def _cut(send: Send) -> None:
    """Begin an answer that does not end: the connection closes."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1024")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
