"""One embedded AWS for all end-to-end tests of the deployed system: real HTTP on loopback, its own state and port.

`CONECTA_E2E` names the directory of an instance that is already running, to try tests on without waiting for one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.run import Progress, bring_up
from local.runtime import EmbeddedAws, running_instance
from tests.matriz.world import World


@dataclass(frozen=True, slots=True)
class Deployed:
    """A running, deployed and seeded instance, and what `endpoint.json` says of it."""

    aws: EmbeddedAws
    where: dict[str, Any]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The instance; stopped at the end."""
    if given := os.environ.get("CONECTA_E2E"):
        yield _running(Path(given))
        return
    aws = EmbeddedAws(tmp_path_factory.mktemp("conecta"))
    try:
        yield Deployed(aws, bring_up(aws, Progress(lambda _line: None)))
    finally:
        aws.stop()


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
