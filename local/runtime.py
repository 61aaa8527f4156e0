"""Starting, finding and stopping the embedded AWS: one process of ours on loopback, known by pid and start time."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from local.asgi import IDENTITY_PATH
from local.processes import is_alive, kill

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
# State, logs and endpoint.json of the instance that scripts/run means; CONECTA_LOCAL names another.
LOCAL_DIRECTORY = Path(os.environ.get("CONECTA_LOCAL") or ROOT / ".local").resolve()
REGION = "sa-east-1"
ACCOUNT = "000000000000"
PREFERRED_PORT = 4566

# Seconds: a state of 50 thousand items loads in two; a stop waits for running invocations and saves.
_START_PATIENCE = 60.0
_STOP_PATIENCE = 60.0


class RuntimeStartError(RuntimeError):
    """The embedded AWS did not come up; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A running embedded AWS."""

    pid: int
    started: str
    port: int

    @property
    def url(self) -> str:
        """Where every AWS API answers."""
        return f"http://127.0.0.1:{self.port}"


def running_instance(directory: Path = LOCAL_DIRECTORY) -> Instance | None:
    """The instance whose state is in `directory`, if its process is alive, is the same one, and answers as such."""
    try:
        written = json.loads((directory / "runtime.json").read_text())
        instance = Instance(written["pid"], written["inicio"], written["porta"])
    except (OSError, ValueError, KeyError):
        return None
    if not is_alive(instance.pid, instance.started):
        return None
    try:
        with urllib.request.urlopen(instance.url + IDENTITY_PATH, timeout=10) as answer:
            said: dict[str, Any] = json.load(answer)
    except (OSError, ValueError):
        return None
    return instance if said.get("pid") == instance.pid else None


def environment_pids(directory: Path = LOCAL_DIRECTORY) -> dict[int, str]:
    """Function name of each Lambda environment alive now, by pid (for tests that kill them)."""
    found = {}
    for file in (directory / "lambda" / "pids").glob("*.pid"):
        with contextlib.suppress(OSError, ValueError):
            started, _, function = file.read_text().partition(" ")
            if is_alive(int(file.stem), started):
                found[int(file.stem)] = function
    return found


class EmbeddedAws:
    """The embedded AWS as a child process; a context manager that leaves nothing running.

    The child follows this process: it stops, saving its state, when this one ends in any way.

    Args:
        directory: State, logs and settings; made if missing.
        port: 0 takes the port of last time or the usual one, else a free one.
        lambda_limit: Environments per function; further calls queue.
        keep: Whether its state is saved, now and then and when it stops.
        launcher: The module that is the child; another than the usual one may watch what goes by.
    """

    def __init__(
        self, directory: Path = LOCAL_DIRECTORY, *, port: int = 0, lambda_limit: int | None = None, keep: bool = True,
        launcher: str = "local.launcher",
    ) -> None:  # fmt: skip
        self.directory = directory
        self._launcher = launcher
        self._keep = keep
        self._port = port
        self._limit = lambda_limit or int(os.environ.get("CONECTA_LAMBDA_MAX", "4"))
        self._process: subprocess.Popen[bytes] | None = None
        self._instance: Instance | None = None

    @property
    def url(self) -> str:
        """Where every AWS API answers."""
        return self.instance.url

    @property
    def instance(self) -> Instance:
        """Pid and port; RuntimeError before `start`."""
        if self._instance is None:
            raise RuntimeError("the embedded AWS is not running")
        return self._instance

    @property
    def credentials(self) -> dict[str, str]:
        """Administrator's key of this instance: `{"access_key", "secret_key"}`, made once and kept in `directory`."""
        return _credentials(self.directory)

    def start(self) -> Instance:
        """Start and wait until it answers.

        Raises:
            RuntimeStartError: The port is taken, another instance uses `directory`, or the process failed.
        """
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if other := running_instance(self.directory):
            raise RuntimeStartError(f"já existe uma instância em execução (pid {other.pid}, {other.url})")
        (self.directory / "runtime.json").unlink(missing_ok=True)
        ports = [self._port] if self._port else [*_usual_ports(self.directory), 0]
        for port in ports:
            self._instance = self._try(port, last=port == ports[-1])
            if self._instance:
                (self.directory / "porta").write_text(str(self._instance.port))
                return self._instance
        raise AssertionError("the last port either answers or raises")

    def stop(self) -> None:
        """Let it save its state and end; by force if it takes longer than a minute."""
        process, self._process, self._instance = self._process, None, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        process.terminate()
        try:
            process.wait(_STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.stop()

    def running(self) -> bool:
        """False once the process has ended by itself."""
        return self._process is not None and self._process.poll() is None

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of this instance, as its administrator."""
        return client(self.url, self.credentials, service, **options)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _try(self, port: int, *, last: bool) -> Instance | None:
        """Start on `port`; None if it is taken and there is another to try."""
        log = self.directory / "log"
        log.mkdir(exist_ok=True)
        file = log / "aws.log"
        if file.exists():
            file.replace(log / "aws.anterior.log")
        command = [sys.executable, "-m", self._launcher, "--directory", str(self.directory)]
        with file.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "--port", str(port), "--lambda-limit", str(self._limit)],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.PIPE,  # closing it, even by dying, stops the child
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C at the terminal is ours to pass on
            )
        patience = time.monotonic() + _START_PATIENCE
        while time.monotonic() < patience:
            if self._process.poll() is not None:
                break
            instance = running_instance(self.directory)
            if instance and instance.pid == self._process.pid:
                return instance
            time.sleep(0.05)
        self.kill()
        lines = file.read_text(errors="replace").strip().splitlines()
        if lines and lines[-1].startswith("porta ") and not last:
            return None
        raise RuntimeStartError(f"a AWS local não iniciou; {lines[-1] if lines else 'sem mensagem'} (veja {file})")

    def _environment(self) -> dict[str, str]:
        # The developer's own AWS settings have no say here.
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_"))}
        keys = self.credentials
        return {
            **kept,
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_HOST": "localhost",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": "unix:///nonexistent",  # it would look for containers to clean up
            "PERSIST_STATE": "1" if self._keep else "0",
            "STATE_DIR": str(self.directory / "estado"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.directory / "s3"),
            "LOG_LEVEL": os.environ.get("CONECTA_LOG_AWS", "INFO"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def client(url: str, credentials: dict[str, str], service: str, **options: Any) -> Any:
    """A boto3 client of the embedded AWS at `url`."""
    import boto3  # noqa: PLC0415 - 150 ms that callers which only look for an instance need not pay

    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=credentials["access_key"],
        aws_secret_access_key=credentials["secret_key"],
        **options,
    )


def stop_instance(directory: Path = LOCAL_DIRECTORY) -> bool:
    """Stop the instance of `directory`, whoever started it; False if there is none."""
    instance = running_instance(directory)
    if instance is None:
        return False
    kill(instance.pid, instance.started, signal.SIGTERM)
    patience = time.monotonic() + _STOP_PATIENCE
    while is_alive(instance.pid, instance.started) and time.monotonic() < patience:
        time.sleep(0.05)
    return not is_alive(instance.pid, instance.started)


def forget(directory: Path = LOCAL_DIRECTORY) -> None:
    """Remove everything an instance has stored (not while it runs)."""
    shutil.rmtree(directory, ignore_errors=True)


def write_private(file: Path, text: str) -> None:
    """Write atomically a file only its owner may read."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as output:
        output.write(text)
    fresh.replace(file)


def _credentials(directory: Path) -> dict[str, str]:
    file = directory / "credenciais.json"
    if not file.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        keys = {"access_key": f"AKIA{secrets.token_hex(8).upper()}", "secret_key": secrets.token_urlsafe(30)}
        write_private(file, json.dumps(keys))
    keys_read: dict[str, str] = json.loads(file.read_text())
    return keys_read


def _usual_ports(directory: Path) -> list[int]:
    """The port of last time, which stored addresses name, and the usual one."""
    with contextlib.suppress(OSError, ValueError):
        return [int((directory / "porta").read_text()), PREFERRED_PORT]
    return [PREFERRED_PORT]
