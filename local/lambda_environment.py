"""The child side of the embedded Lambda: one zygote per set of layers, one forked process per environment.

Run as a script by `local.lambda_host` with `python -I -S`, so that it sees what a Lambda environment sees (the
standard library, the runtime's boto3, the layers, the function's own code) and nothing of this project's venv or
source tree. Standard library only, and no import of `local`.

Wire format, both ways: frames of a 4-byte big-endian length and that many bytes. The environment says its pid;
the host sends one frame of JSON (how to start), then two frames per invocation (JSON about the invocation, then the
event as JSON); the environment answers each of these with two frames (b"ok" or b"error", then JSON).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import signal
import socket
import struct
import sys
import time
import traceback
from typing import Any, NoReturn

_LENGTH = struct.Struct("!I")
_PR_SET_PDEATHSIG = 1
# What every function imports anyway. Loaded once before forking, and only if the layers have it: a function that
# forgets a dependency still fails here as it would on AWS.
_PRELOAD = (
    "json",
    "decimal",
    "boto3",
    "botocore.auth",
    "botocore.client",
    "botocore.endpoint",
    "botocore.retries.standard",
    "botocore.retries.adaptive",
    "pydantic",
    "aws_lambda_powertools",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.utilities.typing",
    "lxml.etree",
)


def send_frame(sock: socket.socket, data: bytes) -> None:
    """Send one frame."""
    sock.sendall(_LENGTH.pack(len(data)) + data)


def receive_frame(sock: socket.socket) -> bytes:
    """Receive one frame; EOFError when the other side has gone."""
    return _exactly(sock, _LENGTH.unpack(_exactly(sock, _LENGTH.size))[0])


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        chunk = sock.recv(min(1 << 20, size - len(data)))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)


class LambdaContext:
    """What a handler receives as its second argument (the attributes of AWS's own)."""

    identity = None
    client_context = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id: str = request["request_id"]
        self.invoked_function_arn: str = request["arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline: float = request["deadline"]

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the host kills this environment."""
        return max(0, int((self._deadline - time.time()) * 1000))


def _failure(error: BaseException, kind: str | None = None, message: str | None = None) -> dict[str, Any]:
    """AWS's error payload: errorType is the class name, which Retry and Catch of a state machine match."""
    return {
        "errorMessage": str(error) if message is None else message,
        "errorType": kind or type(error).__name__,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _log_failure(failure: dict[str, Any]) -> None:
    sys.stderr.write(
        f"[ERROR] {failure['errorType']}: {failure['errorMessage']}\nTraceback (most recent call last):\n"
        + "".join(failure["stackTrace"])
    )


def _load_handler(path: str) -> Any:
    """The function a Lambda handler string names; raises `_InitError` with AWS's error types."""
    module_name, _, attribute = path.replace("/", ".").rpartition(".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise _InitError(_failure(error, "Runtime.ImportModuleError", message)) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise _InitError(_failure(error, "Runtime.UserCodeSyntaxError", message)) from error
    except Exception as error:
        raise _InitError(_failure(error)) from error
    try:
        return getattr(module, attribute)
    except AttributeError as error:
        message = f"Handler '{attribute}' missing on module '{module_name}'"
        raise _InitError(_failure(error, "Runtime.HandlerNotFound", message)) from error


class _InitError(Exception):
    """The function's module could not be loaded; carries the payload to answer."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__(payload["errorMessage"])
        self.payload = payload


def _answer(handler: Any, request: dict[str, Any], event: bytes) -> tuple[bytes, bytes]:
    os.environ["_X_AMZN_TRACE_ID"] = request["trace"]
    try:
        result = handler(json.loads(event), LambdaContext(request))
        try:
            return b"ok", json.dumps(result, ensure_ascii=False).encode()
        except (TypeError, ValueError) as error:
            failure = _failure(error, "Runtime.MarshalError", f"Unable to marshal response: {error}")
    except Exception as error:  # noqa: BLE001 - whatever the function raises is its answer
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next  # the function's frames, not ours
        failure = _failure(error)
    _log_failure(failure)
    return b"error", json.dumps(failure, ensure_ascii=False).encode()


def _serve(sock: socket.socket, log: int) -> None:
    """One execution environment: load the function, then answer invocations until the host hangs up."""
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    send_frame(sock, str(os.getpid()).encode())  # before any code of the function: it may never come back
    start = json.loads(receive_frame(sock))
    os.environ.clear()
    os.environ.update(start["environment"])
    time.tzset()
    os.chdir(start["code"])
    sys.path.insert(0, start["code"])  # /var/task comes before /opt, as on AWS
    random.seed()
    try:
        handler = _load_handler(start["handler"])
    except _InitError as error:
        _log_failure(error.payload)
        send_frame(sock, b"error")
        send_frame(sock, json.dumps(error.payload).encode())
        return
    send_frame(sock, b"ok")
    send_frame(sock, b"null")
    while True:
        request = json.loads(receive_frame(sock))
        status, body = _answer(handler, request, receive_frame(sock))
        sys.stdout.flush()
        sys.stderr.flush()
        send_frame(sock, status)
        send_frame(sock, body)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its zygote dies (Linux; elsewhere the closed socket ends it)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(0)


def _zygote(control: socket.socket, paths: list[str]) -> NoReturn:
    """Import what the layers bring, then fork an environment for each pair of descriptors received.

    Ends, and every environment with it, when the other end of `control` closes: that is how nothing outlives a
    runtime killed by SIGKILL.
    """
    sys.path[0:0] = paths
    for name in _PRELOAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # keeps the pages of what was loaded shared between the forks
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # environments are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the terminal is the runtime's to handle
    me = os.getpid()
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not data:
            os._exit(0)
        if os.fork() == 0:
            status = 1
            try:
                _die_with(me)
                control.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _serve(socket.socket(fileno=descriptors[0]), descriptors[1])
                status = 0
            except (EOFError, OSError):
                status = 0  # the host hung up: this environment is no longer wanted
            except SystemExit:
                pass  # the function ended its own process: the host reports Runtime.ExitError
            except BaseException:  # noqa: BLE001 - nothing may run the zygote's loop in a child
                traceback.print_exc()
            finally:
                os._exit(status)
        for descriptor in descriptors:
            os.close(descriptor)


if __name__ == "__main__":
    _zygote(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
