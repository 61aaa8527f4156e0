"""The host side of the embedded Lambda: pools of execution environments, one invocation at a time in each.

It knows nothing of the emulator: `local.launcher` hands it function records and says how to get at layers and
credentials. It stands in for the emulator's own executor because that one gives every exception the same errorType,
adds 50 ms to each warm call and starts an unbounded number of processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from local import lambda_environment
from local.lambda_environment import receive_frame, send_frame
from local.processes import kill, start_time

# Lambda's limit on a synchronous payload, request and response alike, in bytes.
PAYLOAD_LIMIT = 6 * 1024 * 1024
# What the Lambda runtime itself brings besides the standard library: boto3 and what boto3 needs.
_RUNTIME_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
# Seconds: how long a call queues for an environment before it is throttled, and an environment may take to load.
_QUEUE_PATIENCE = 300.0
_INIT_PATIENCE = 60.0
# Unzipped code and layers kept on disk from one run to the next.
_CODE_DIRECTORIES = 24

Record = Mapping[str, Any]


class _InvocationError(Exception):
    """An invocation that ends without an answer from the function; carries AWS's error payload and the log."""

    def __init__(self, kind: str, message: str, log: str = "") -> None:
        super().__init__(message)
        self.payload: dict[str, Any] = {"errorType": kind, "errorMessage": message}
        self.log = log


class _Environment:
    """One forked process and the two ways to it: its socket and the file it prints to."""

    def __init__(self, zygote: _Zygote, fingerprint: str, scratch: Path, pids: Path) -> None:
        self.fingerprint = fingerprint
        self._pid_file: Path | None = None
        name = scratch / secrets.token_hex(8)
        # Appending, so that the process goes on at the start after each truncation by `take_log`.
        self._log = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        name.unlink()
        self._sock, theirs = socket.socketpair()
        with theirs:
            zygote.fork(theirs, self._log)
        self._pid = int(self._receive(time.monotonic() + _INIT_PATIENCE))
        self._started = start_time(self._pid)
        self._pid_file = pids / f"{self._pid}.pid"

    def load(self, start: Mapping[str, Any]) -> None:
        """Have it import the function. Raises `_InvocationError` with the function's own error if that fails."""
        if self._pid_file:
            self._pid_file.write_text(f"{self._started} {start['function']}")
        send_frame(self._sock, json.dumps(start).encode())
        failed, body = self._answer(time.monotonic() + _INIT_PATIENCE)
        if failed:
            payload = json.loads(body)
            failure = _InvocationError(payload["errorType"], payload["errorMessage"], self.take_log())
            failure.payload = payload
            raise failure

    def call(self, request: Mapping[str, Any], event: bytes, timeout: float) -> tuple[bool, bytes]:
        """One invocation: whether it failed, and the JSON it answered.

        Raises:
            TimeoutError: No answer within `timeout` seconds.
            EOFError, OSError: The process has gone.
        """
        self._sock.settimeout(timeout)
        send_frame(self._sock, json.dumps({**request, "deadline": time.time() + timeout}).encode())
        send_frame(self._sock, event)
        return self._answer(time.monotonic() + timeout)

    def alive(self) -> bool:
        """False once the process has gone: an idle environment has nothing to say but end of file."""
        poller = select.poll()  # select() stops at descriptor 1,023, which a burst of clients reaches
        poller.register(self._sock, select.POLLIN)
        return not poller.poll(0)

    def take_log(self) -> str:
        """What was printed since last asked, by whatever means, even if the process has died."""
        size = os.fstat(self._log).st_size
        if not size:
            return ""
        text = os.pread(self._log, size, 0).decode(errors="replace")
        os.ftruncate(self._log, 0)
        return text

    def close(self) -> None:
        """End the process."""
        if self._pid_file:
            kill(self._pid, self._started)
            self._pid_file.unlink(missing_ok=True)
        self._sock.close()
        os.close(self._log)

    def _answer(self, deadline: float) -> tuple[bool, bytes]:
        status = self._receive(deadline)
        return status == b"error", self._receive(deadline)

    def _receive(self, deadline: float) -> bytes:
        self._sock.settimeout(max(0.001, deadline - time.monotonic()))
        return receive_frame(self._sock)


class _Zygote:
    """The process that has the layers' modules loaded and forks environments."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._control, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            # -I and -S: neither this project's source tree nor its venv may be seen by a function. -B: as on AWS,
            # the code directory is not written to.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", lambda_environment.__file__, str(theirs.fileno()), *paths],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", os.defpath)},
            )

    def fork(self, sock: socket.socket, log: int) -> None:
        """Ask for an environment at the other end of `sock`."""
        with self._lock:
            socket.send_fds(self._control, [b"+"], [sock.fileno(), log])

    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End it and every environment it forked."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)


@dataclass
class _Function:
    """The environments of one function and the queue for them."""

    slots: threading.Semaphore
    fingerprint: str = ""
    idle: list[_Environment] = field(default_factory=list)


class LambdaHost:
    """Runs Python functions from their zips, at most `limit` environments of each at once; further calls queue.

    Args:
        directory: Where unzipped code, logs in flight and pid files live. The code stays there between runs.
        limit: Environments per function.
        endpoint: The AWS endpoint functions call, e.g. `http://127.0.0.1:4566`.
        layer_zip: The bytes of a layer version, by its reference in a function's configuration.
        credentials: The environment variables of a function's role session.
    """

    def __init__(
        self,
        directory: Path,
        *,
        limit: int,
        endpoint: str,
        layer_zip: Callable[[Any], bytes | None],
        credentials: Callable[[Any], Mapping[str, str]],
    ) -> None:
        self._code, self._pids, self._scratch = (directory / name for name in ("code", "pids", "scratch"))
        for folder in (self._pids, self._scratch):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (self._code, self._pids, self._scratch):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_oldest(self._code)
        self._runtime = _link_runtime_packages(directory / "runtime")
        self._limit = limit
        self._endpoint = endpoint
        self._layer_zip = layer_zip
        self._credentials = credentials
        self._functions: dict[str, _Function] = {}
        self._zygotes: dict[tuple[str, ...], _Zygote] = {}
        self._layers: dict[str, Path] = {}
        self._busy = 0
        self._lock = threading.Lock()
        self._preparing = threading.Lock()
        self._loading = threading.BoundedSemaphore(os.cpu_count() or 2)

    @property
    def busy(self) -> int:
        """Invocations queued or running."""
        return self._busy

    def invoke(self, record: Record, event: Any, request_id: str) -> dict[str, Any]:
        """Run one invocation, waiting for a free environment if all are busy.

        Returns:
            `{"body": payload, "log": text}`; when the function failed also `"error": True`, with AWS's error payload
            as body (`errorType` is the exception's class name); when no environment came free, `"throttle": True`.
        """
        config = record.get("config") or record
        with self._lock:
            self._busy += 1
        try:
            body, failed, log = self._invoke(config, record.get("code_zip"), event, request_id)
        except _InvocationError as failure:
            return {"body": failure.payload, "error": True, "log": failure.log}
        except _ThrottledError:
            message = f"Rate Exceeded: no environment of {config['FunctionName']} came free"
            kind = "TooManyRequestsException"
            return {
                "body": {"__type": kind, "errorType": f"Lambda.{kind}", "errorMessage": message, "message": message},
                "error": True,
                "throttle": True,
                "log": "",
            }
        finally:
            with self._lock:
                self._busy -= 1
        return {"body": body, "error": True, "log": log} if failed else {"body": body, "log": log}

    def close(self) -> None:
        """End every environment and zygote."""
        with self._lock:
            functions, self._functions = list(self._functions.values()), {}
            zygotes, self._zygotes = list(self._zygotes.values()), {}
        for function in functions:
            for environment in function.idle:
                environment.close()
        for zygote in zygotes:
            zygote.close()

    def _invoke(self, config: Record, code: bytes | None, event: Any, request_id: str) -> tuple[Any, bool, str]:
        payload = json.dumps(event, ensure_ascii=False).encode()
        if len(payload) > PAYLOAD_LIMIT:
            raise _InvocationError(
                "RequestTooLargeException", f"{len(payload)} byte payload is too large (limit {PAYLOAD_LIMIT} bytes)"
            )
        if not code:
            raise _InvocationError("InvalidCodeException", "The function has no code.")
        timeout = float(config.get("Timeout") or 3)
        function = self._function(config)
        if not function.slots.acquire(timeout=_QUEUE_PATIENCE):
            raise _ThrottledError
        try:
            environment = self._idle_environment(function) or self._new_environment(config, code, request_id)
            trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
            request = {"request_id": request_id, "arn": config.get("FunctionArn", ""), "trace": trace}
            try:
                failed, body = environment.call(request, payload, timeout)
            except TimeoutError:
                stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                message = f"{stamp} {request_id} Task timed out after {timeout:.2f} seconds"
                _bury(environment, "Sandbox.Timedout", message)
            except (EOFError, OSError):
                _bury(environment, "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited")
            log = environment.take_log()
            self._give_back(function, environment)
        finally:
            function.slots.release()
        if len(body) > PAYLOAD_LIMIT:
            message = f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes)."
            raise _InvocationError("Function.ResponseSizeTooLarge", message, log)
        return json.loads(body), failed, log

    def _function(self, config: Record) -> _Function:
        """The function's pool; environments of an earlier code or configuration are ended."""
        name, fingerprint = config["FunctionName"], _fingerprint(config)
        stale: list[_Environment] = []
        with self._lock:
            function = self._functions.get(name)
            if function is None:
                function = self._functions[name] = _Function(threading.Semaphore(self._limit))
            if function.fingerprint != fingerprint:
                function.fingerprint = fingerprint
                stale, function.idle = function.idle, []
        for environment in stale:
            environment.close()
        return function

    def _idle_environment(self, function: _Function) -> _Environment | None:
        while True:
            with self._lock:
                if not function.idle:
                    return None
                environment = function.idle.pop()
            if environment.alive():
                return environment
            environment.close()

    def _give_back(self, function: _Function, environment: _Environment) -> None:
        with self._lock:
            if function.fingerprint == environment.fingerprint:
                function.idle.append(environment)
                return
        environment.close()

    def _new_environment(self, config: Record, code: bytes, request_id: str) -> _Environment:
        folder = self._unzipped(code)
        zygote = self._zygote(tuple(str(path) for path in self._layer_paths(config)))
        environment: _Environment | None = None
        with self._loading:
            try:
                environment = _Environment(zygote, _fingerprint(config), self._scratch, self._pids)
                environment.load(
                    {
                        "function": config["FunctionName"],
                        "handler": config.get("Handler", ""),
                        "code": str(folder),
                        "environment": self._variables(config, folder, request_id),
                    }
                )
            except (EOFError, OSError) as error:  # TimeoutError is an OSError
                message = f"RequestId: {request_id} Error: Runtime exited during initialization ({error!r})"
                if environment is None:
                    raise _InvocationError("Runtime.ExitError", message) from error
                _bury(environment, "Runtime.ExitError", message)
            except _InvocationError:
                if environment:
                    environment.close()
                raise
        return environment

    def _variables(self, config: Record, folder: Path, request_id: str) -> dict[str, str]:
        name = config["FunctionName"]
        region = config.get("FunctionArn", ":::sa-east-1").split(":")[3]
        variables = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "_HANDLER": config.get("Handler", ""),
            "LAMBDA_TASK_ROOT": str(folder),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime', '')}",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": request_id,
            # The developer's own AWS files and instance role are none of a function's business.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        }
        variables.update((config.get("Environment") or {}).get("Variables") or {})
        variables.update(self._credentials(config))
        return variables

    def _layer_paths(self, config: Record) -> list[Path]:
        paths: list[Path] = []
        for reference in config.get("Layers") or []:
            arn = reference if isinstance(reference, str) else reference["Arn"]
            if arn not in self._layers:  # a layer version never changes
                content = self._layer_zip(reference)
                if content is None:
                    raise _InvocationError("Runtime.LayerNotFound", f"Layer {arn} cannot be read")
                self._layers[arn] = self._unzipped(content) / "python"
            paths.append(self._layers[arn])
        return [*paths, self._runtime]

    def _zygote(self, paths: tuple[str, ...]) -> _Zygote:
        with self._preparing:
            zygote = self._zygotes.get(paths)
            if zygote is not None and not zygote.alive():
                zygote.close()
                zygote = None
            if zygote is None:
                zygote = self._zygotes[paths] = _Zygote(paths)
            return zygote

    def _unzipped(self, content: bytes) -> Path:
        """The directory with this zip's files, named by the zip's sha256."""
        folder = self._code / sha256(content).hexdigest()
        with self._preparing:
            if folder.exists():
                os.utime(folder)
                return folder
            fresh = Path(tempfile.mkdtemp(dir=self._code, prefix="."))
            with zipfile.ZipFile(BytesIO(content)) as archive:
                archive.extractall(fresh)
            fresh.rename(folder)
            return folder


class _ThrottledError(Exception):
    """No environment came free in time."""


def _bury(environment: _Environment, kind: str, message: str) -> NoReturn:
    """End an environment that will not answer, keeping what it printed."""
    log = environment.take_log()
    environment.close()
    raise _InvocationError(kind, message, f"{log}{message}")


def _fingerprint(config: Record) -> str:
    """What an environment is made from: any change here needs a new one."""
    names = ("CodeSha256", "Handler", "Role", "Timeout", "MemorySize", "Environment", "Layers", "Version")
    return json.dumps([config.get(name) for name in names], sort_keys=True, default=str)


def _forget_oldest(folder: Path) -> None:
    """Remove unzipped code that has not been used for long; called while no environment runs."""
    by_age = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for forgotten in by_age[:-_CODE_DIRECTORIES]:
        shutil.rmtree(forgotten, ignore_errors=True)


def _link_runtime_packages(folder: Path) -> Path:
    """A directory with links to this venv's boto3 and its requirements, and nothing else of the venv."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _RUNTIME_PACKAGES:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise RuntimeError(f"{name} is missing from this venv: run scripts/setup")
        origin = Path(spec.origin)
        target = origin.parent if spec.submodule_search_locations else origin
        (folder / target.name).symlink_to(target)
    return folder
