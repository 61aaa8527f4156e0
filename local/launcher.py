"""The embedded AWS's process: ministack with the few names replaced that this project cannot do without.

Started by `local.runtime` as `python -m local.launcher`. What is replaced, and why:

- `lambda_svc._execute_function_warm`: the Lambda executor; `local.lambda_host` instead.
- `dynamodb.get_state`, `dynamodb.load_persisted_state` and `lambda_svc.get_state`: a restart forgot the stream records
  that no function had taken yet, and kept read positions that pointed past the new stream, so that outbox events were
  never sent.

Everything else is as ministack has it; what its CloudFormation drops is put back by `local.fixups` through AWS's APIs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import copy
import inspect
import json
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from local.asgi import FrontDoor
from local.falhas.sabotage import Door, Host, SabotagedHost
from local.lambda_host import LambdaHost
from local.processes import start_time

MINISTACK_VERSION = "1.5.33"
# Seconds a stop waits for running invocations before it hangs up on them.
_DRAIN_PATIENCE = 3.0
# Seconds without a change before the state is saved; and, under steady load, between saves.
_IDLE_BEFORE_SAVE = 2.0
_LONGEST_UNSAVED = 30.0

_log = logging.getLogger("conecta")

# What is replaced or used inside ministack, with the parameters it must have. Checked at start.
_SEAMS: dict[str, list[str]] = {
    "ministack.services.lambda_svc._execute_function_warm": ["func", "event", "request_id"],
    "ministack.services.lambda_svc._resolve_layer_zip": ["attachment"],
    "ministack.services.lambda_svc.get_state": [],
    "ministack.services.dynamodb.get_state": [],
    "ministack.services.dynamodb.load_persisted_state": ["data"],
    "ministack.core.lambda_runtime.execution_credentials": ["config"],
    "ministack.core.persistence.save_state": ["service", "data"],
    "ministack.app._build_persistence_save_dict": [],
    "ministack.app.app": ["scope", "receive", "send"],
}
_STORES = (
    "ministack.services.dynamodb._stream_records",
    "ministack.services.dynamodb._stream_trimmed",
    "ministack.services.dynamodb._tables",
    "ministack.services.lambda_svc._esms",
    "ministack.services.lambda_svc._dynamodb_stream_positions",
)
_PENDING_STREAM = "conecta_pending_stream_records"


class SeamMovedError(RuntimeError):
    """The installed ministack is not the one these replacements were written for."""


def check_seams() -> None:
    """Raise `SeamMovedError`, naming what moved, unless every name this module touches is as expected."""
    installed = version("ministack")
    for name, parameters in _SEAMS.items():
        found = _find(name)
        if not callable(found) or list(inspect.signature(found).parameters) != parameters:
            raise SeamMovedError(f"{name}({', '.join(parameters)}) {_moved(installed)}")
    for name in _STORES:
        if not hasattr(_find(name), "_data"):
            raise SeamMovedError(f"{name} {_moved(installed)}")


def _module(name: str) -> Any:
    return import_module(f"ministack.{name}")


def _find(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute, None)


def _moved(installed: str) -> str:
    return (
        f"is not as local/launcher.py expects it. This project needs ministack=={MINISTACK_VERSION}; {installed} is "
        "installed. Run scripts/setup."
    )


def execute(host: Host, record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
    """One invocation, with the two corrections its callers inside ministack need.

    - The REST gateway would show the function's error to the client; AWS says "Internal server error" and no more.
    - The stream poller ignores `batchItemFailures` and would drop those records: a partial failure becomes a failed
      batch, which the poller tries again. Consumers see some records twice, as AWS allows them to.
    """
    result = host.invoke(record, event, request_id)
    if not isinstance(event, dict):
        return result
    if result.get("error") and not result.get("throttle") and "httpMethod" in event and "requestContext" in event:
        too_large = result["body"]["errorType"] == "RequestTooLargeException"
        status, text = (413, '{"message": "Request Too Long"}') if too_large else (502, "Internal server error")
        body = {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": text}
        return {**result, "body": body}
    records = event.get("Records")
    answer = result.get("body")
    if (
        isinstance(records, list)
        and records
        and records[0].get("eventSource") == "aws:dynamodb"
        and isinstance(answer, dict)
        and answer.get("batchItemFailures")
    ):
        message = f"{len(answer['batchItemFailures'])} of {len(records)} stream records failed"
        return {**result, "body": {"errorType": "BatchItemFailures", "errorMessage": message}, "error": True}
    return result


def replace_executor(host: Host) -> None:
    """Have every invocation run in `host`."""

    def run(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        return execute(host, func, event, request_id)

    _module("services.lambda_svc")._execute_function_warm = run  # noqa: SLF001


def keep_streams_across_restarts() -> None:
    """Save with DynamoDB's state the stream records not yet taken, and start reading them from the first."""
    dynamodb = _module("services.dynamodb")
    lambda_svc = _module("services.lambda_svc")
    save_tables, load_tables, save_functions = dynamodb.get_state, dynamodb.load_persisted_state, lambda_svc.get_state

    def get_tables_state() -> dict[str, Any]:
        # The records first: an item saved without its record would never be told, the reverse only repeats one.
        pending = _pending_stream_records(dynamodb, lambda_svc)
        return {**save_tables(), _PENDING_STREAM: pending}

    def load_tables_state(data: dict[str, Any]) -> None:
        pending = data.pop(_PENDING_STREAM, [])
        load_tables(data)
        for account, region, table, records in pending:
            dynamodb._stream_records.set_scoped(account, region, table, records)  # noqa: SLF001

    def get_functions_state() -> dict[str, Any]:
        state: dict[str, Any] = save_functions()
        # A position counts from the start of a stream that begins anew with the process.
        state.pop("dynamodb_stream_positions", None)
        return state

    dynamodb.get_state, dynamodb.load_persisted_state = get_tables_state, load_tables_state
    lambda_svc.get_state = get_functions_state


def _pending_stream_records(dynamodb: Any, lambda_svc: Any) -> list[list[Any]]:
    """`[account, region, table, records]` of each stream with records that some mapping has yet to take."""
    positions = lambda_svc._dynamodb_stream_positions._data  # noqa: SLF001
    taken: dict[str, int] = {}
    for key, mapping in list(lambda_svc._esms._data.items()):  # noqa: SLF001
        source = mapping.get("EventSourceArn", "")
        taken[source] = min(taken.get(source, sys.maxsize), positions.get(key, 0))
    pending = []
    for (account, region, table), records in list(dynamodb._stream_records._data.items()):  # noqa: SLF001
        definition = dynamodb._tables.get_scoped(account, region, table) or {}  # noqa: SLF001
        trimmed = dynamodb._stream_trimmed.get_scoped(account, region, table, 0)  # noqa: SLF001
        left = records[max(0, taken.get(definition.get("LatestStreamArn", ""), sys.maxsize) - trimmed) :]
        if left:
            pending.append([account, region, table, copy.deepcopy(left)])
    return pending


def save_everything() -> bool:
    """Write every service's state to disk; False if one could not be copied (its last copy stays)."""
    persistence = _module("core.persistence")
    complete = True
    for name, get_state in _module("app")._build_persistence_save_dict().items():  # noqa: SLF001
        try:
            state = _steady(get_state)
        except Exception:  # noqa: BLE001 - one service's trouble must not cost the others their state
            _log.exception("the state of %s was not saved", name)
            complete = False
            continue
        if state is not None:  # None: this service has nothing to save
            persistence.save_state(name, state)
    return complete


def _steady(get_state: Callable[[], Any]) -> Any:
    """A service copies its live dictionaries without a lock: try again if one changed size meanwhile."""
    for attempt in range(8):
        try:
            return get_state()
        except RuntimeError:
            time.sleep(0.01 * 2**attempt)
    return get_state()


class Saver:
    """Saves after changes, so that even a SIGKILL loses no more than the last moments.

    Args:
        last_change: When something that may have changed the state was last asked, in `time.monotonic` seconds.
    """

    def __init__(self, last_change: Callable[[], float]) -> None:
        self._last_change = last_change
        self._saving = threading.Lock()

    def run(self) -> NoReturn:
        """Save whenever it is quiet, and now and then when it is not. Never returns."""
        saved = attempted = time.monotonic()
        spent = 0.0
        while True:
            time.sleep(0.5)
            now, changed = time.monotonic(), self._last_change()
            quiet = now - changed > _IDLE_BEFORE_SAVE or now - saved > _LONGEST_UNSAVED
            # A large state takes long to copy: no more than a twentieth of the time goes into it.
            rested = now - attempted > max(_IDLE_BEFORE_SAVE, 20 * spent)
            if changed > saved and quiet and rested:
                attempted = now
                with self._saving:
                    complete = save_everything()
                spent = time.monotonic() - now
                saved = now if complete else saved

    def stop(self) -> None:
        """Wait for a save under way and begin no other: the emulator writes the same files when it stops."""
        self._saving.acquire()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _announce(file: Path, port: int) -> None:
    """Say where this process listens, once it does."""
    started = start_time(os.getpid())
    fresh = file.with_suffix(".tmp")
    fresh.write_text(json.dumps({"pid": os.getpid(), "inicio": started, "porta": port}))
    fresh.replace(file)


async def _serve(door: FrontDoor, host: LambdaHost, saver: Saver, listener: socket.socket, file: Path) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - after the environment is set, like everything of ministack
    from hypercorn.config import Config  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def follow_parent() -> None:
        # The parent holds the other end of stdin: end of file means it has gone, however it went.
        with contextlib.suppress(OSError):
            while os.read(0, 1024):
                pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=follow_parent, daemon=True, name="conecta-parent").start()

    async def stopped() -> None:
        await stop.wait()
        patience = time.monotonic() + _DRAIN_PATIENCE
        while host.busy and time.monotonic() < patience:  # noqa: ASYNC110 - threads make it busy, not this loop
            await asyncio.sleep(0.05)
        await asyncio.to_thread(saver.stop)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await door(scope, receive, send)
            return

        async def announce(message: Any) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                _announce(file, listener.getsockname()[1])

        await door(scope, receive, announce)

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    # A connection whose client has gone stays open that long, seconds: a burst of clients must not exhaust descriptors.
    config.keep_alive_timeout = 10
    await serve(application, config, shutdown_trigger=stopped)


def main() -> NoReturn:
    """Run until SIGTERM, SIGINT or the end of stdin; then save the state and leave nothing running."""
    parser = argparse.ArgumentParser(prog="python -m local.launcher", description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--lambda-limit", type=int, default=4)
    options = parser.parse_args()
    directory: Path = options.directory
    try:
        listener = _listen(options.port)
    except OSError as error:
        sys.exit(f"porta {options.port}: {error.strerror}")
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)

    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))
    check_seams()
    ministack = _module("app")
    host = LambdaHost(
        directory / "lambda",
        limit=options.lambda_limit,
        endpoint=f"http://127.0.0.1:{port}",
        layer_zip=_find("ministack.services.lambda_svc._resolve_layer_zip"),
        credentials=_find("ministack.core.lambda_runtime.execution_credentials"),
    )
    replace_executor(SabotagedHost(host, directory))
    keep_streams_across_restarts()
    sabotaged = Door(ministack.app, directory, os.environ["AWS_ACCESS_KEY_ID"])
    door = FrontDoor(sabotaged, directory / "api")
    saver = Saver(lambda: door.last_change)
    keeping = os.environ["PERSIST_STATE"] == "1"
    if keeping:
        threading.Thread(target=saver.run, daemon=True, name="conecta-saver").start()
    asyncio.run(_serve(door, host, saver, listener, directory / "runtime.json"))
    if keeping:
        save_everything()
    host.close()
    (directory / "runtime.json").unlink(missing_ok=True)
    logging.shutdown()
    os._exit(0)  # the emulator's worker threads may be in the middle of something: they are not waited for


if __name__ == "__main__":
    main()
