"""One embedded AWS for all end-to-end tests of the deployed system: real HTTP on loopback, its own state and port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.run import Progress, bring_up
from local.runtime import EmbeddedAws


@dataclass(frozen=True, slots=True)
class Deployed:
    """A running, deployed and seeded instance, and what `endpoint.json` says of it."""

    aws: EmbeddedAws
    where: dict[str, Any]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The instance; stopped at the end."""
    aws = EmbeddedAws(tmp_path_factory.mktemp("conecta"))
    try:
        yield Deployed(aws, bring_up(aws, Progress(lambda _line: None)))
    finally:
        aws.stop()


@pytest.fixture(scope="session")
def where(deployed: Deployed) -> dict[str, Any]:
    """Where everything is and who may sign in."""
    return deployed.where
