"""One embedded AWS for all end-to-end tests of the deployed system: real HTTP on loopback, its own state and port.

`CONECTA_E2E` names the directory of an instance that is already running, to try tests on without waiting for one.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.run import Progress, bring_up
from local.runtime import ROOT, EmbeddedAws, Instance, running_instance
from tests.matriz.world import World


@dataclass(frozen=True, slots=True)
class Deployed:
    """A running, deployed and seeded instance, and what `endpoint.json` says of it.

    `said` by the command that made it, if one did: its exit status, its output, and what it left running.
    """

    aws: EmbeddedAws
    where: dict[str, Any]
    said: tuple[int, str, Instance | None] | None = None


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The instance; stopped at the end."""
    if given := os.environ.get("CONECTA_E2E"):
        yield _running(Path(given))
        return
    aws = EmbeddedAws(tmp_path_factory.mktemp("conecta"), keep=False)
    try:
        yield Deployed(aws, bring_up(aws, Progress(lambda _line: None)))
    finally:
        aws.stop()


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """An instance that may be stopped and killed, made by `scripts/run --reset` where one had left people."""
    directory, port = tmp_path_factory.mktemp("aws") / ".local", free_port()
    directory.mkdir()
    (directory / "usuarios.json").write_text(json.dumps(dict.fromkeys(LEFT, PASSWORD_LEFT)))
    with command(directory, port, "--reset", "--once") as process:
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    said = process.returncode, output, running_instance(directory)
    aws = EmbeddedAws(directory, port=port)
    aws.start()
    try:
        yield Deployed(aws, json.loads((directory / "endpoint.json").read_text("utf-8")), said)
    finally:
        aws.kill()


LEFT = ("gestor@hospital-aurora.example", "cadastro@vale-pasa.example")
PASSWORD_LEFT = "Esquecida-1!"


@contextmanager
def command(directory: Path, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`scripts/run` on a directory and a port; it does not outlive whoever started it, however that one ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local.run", "--no-demo", "--port", str(port), *arguments],
        cwd=ROOT,
        env={**os.environ, "CONECTA_LOCAL": str(directory)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _running(directory: Path) -> Deployed:
    aws = EmbeddedAws(directory)
    aws._instance = running_instance(directory)  # it stays whoever's it is
    return Deployed(aws, json.loads((directory / "endpoint.json").read_text("utf-8")))


@pytest.fixture(scope="session")
def where(deployed: Deployed) -> dict[str, Any]:
    """Where everything is and who may sign in."""
    return deployed.where


@pytest.fixture(scope="session")
def world(deployed: Deployed) -> Iterator[World]:
    """Everybody who may call, and what each of them owns."""
    made = World(deployed.aws, deployed.where)
    try:
        yield made
    finally:
        made.close()
