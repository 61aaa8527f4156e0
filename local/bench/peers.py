"""Other implementations of the standards, in a virtual environment of their own, asked by a small protocol.

The peers are installed from ``requirements/peers.txt`` with its hashes into ``build/peers``; a worker process
there answers one JSON line per request (``peer_worker.py``), timing its own CPU.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.bench.measure import SAMPLE_SECONDS, Sampler

ROOT = Path(__file__).resolve().parents[2]
_WORKER = Path(__file__).with_name("peer_worker.py")


class PeersError(RuntimeError):
    """The peers cannot be installed, or the worker failed; the message says which."""


def prepare(root: Path = ROOT) -> Path:
    """Python of the peers' environment, made or brought up to date when the lock changed.

    Raises:
        PeersError: pip refused.
    """
    lock, folder = root / "requirements" / "peers.txt", root / "build" / "peers"
    python, stamp = folder / "bin" / "python", folder / ".conecta-stamp"
    wanted = f"{sha256(lock.read_bytes()).hexdigest()} {sys.version}"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    for command in (
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)],
        [
            sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-compile", "--no-deps",
            "--require-hashes", "-r", str(lock),
        ],
    ):  # fmt: skip
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PeersError(f"{' '.join(command)}\n{done.stderr.strip()}")
    stamp.write_text(wanted)
    return python


class Worker:
    """The process of the peers; a context manager, so that it never outlives the benchmark."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), "-I", str(_WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, **request: object) -> dict[str, Any]:
        """One request, one answer.

        Raises:
            PeersError: the worker died or answered an error.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise PeersError("the worker has no pipes")
        try:
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError as error:
            raise PeersError("the worker died") from error
        if not line:
            raise PeersError("the worker died")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeersError(str(answer["error"]))
        return answer

    def versions(self) -> dict[str, str]:
        """Version of each peer by distribution name."""
        return {str(name): str(version) for name, version in self.ask(do="versions").items()}

    def read(self, case: str, file: Path) -> dict[str, Any]:
        """What a peer reads of a file: of a `demonstrativo` or of a `calendario`; see `peer_worker.py`.

        Raises:
            PeersError: it does not take it.
        """
        return self.ask(do="read", case=case, file=str(file))

    def sampler(self, case: str, file: Path) -> Sampler:
        """Sampler of milliseconds of the worker's CPU per call; the warm-up also checks the peer's verdict.

        Raises:
            PeersError: the peer finds fault with the bytes, so that it would be measured on other work.
        """
        warm = self.ask(do="run", case=case, file=str(file), repeats=1)
        if warm["verdict"] is not True:
            raise PeersError(f"{case} does not accept {file.name}: {warm['verdict']}")
        again = self.ask(do="run", case=case, file=str(file), repeats=1)
        repeats = max(1, math.ceil(SAMPLE_SECONDS * 1000 / max(float(again["ms"]), 0.01)))
        return lambda: float(self.ask(do="run", case=case, file=str(file), repeats=repeats)["ms"])
