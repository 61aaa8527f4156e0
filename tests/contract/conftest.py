"""The engines a contract is run on: none (the fake), moto, and the embedded AWS."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from local.runtime import REGION, EmbeddedAws
from tests.contract.engines import Engine

FAKE = "fake"
MOTO = "moto"
EMBEDDED = pytest.param("embedded", marks=pytest.mark.e2e)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`engine_name` is every engine, unless the module (by `ENGINES`) or the test names those that can judge it."""
    own = any(marker.args[0] == "engine_name" for marker in metafunc.definition.iter_markers("parametrize"))
    if "engine_name" in metafunc.fixturenames and not own:
        metafunc.parametrize("engine_name", getattr(metafunc.module, "ENGINES", [FAKE, MOTO, EMBEDDED]))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The embedded AWS, empty, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with EmbeddedAws(tmp_path_factory.mktemp("aws"), port=port) as aws:
        yield Engine(aws.client("dynamodb"), aws.client("s3"))


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Moto in this process: no socket, no concurrency, no PartiQL."""
    import boto3  # noqa: PLC0415  # only tests of adapters pay for these imports
    from moto import mock_aws  # noqa: PLC0415

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "segredo-de-teste")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield Engine(boto3.client("dynamodb", region_name=REGION), boto3.client("s3", region_name=REGION))


@pytest.fixture
def engine(engine_name: str, request: pytest.FixtureRequest) -> Engine | None:
    """The engine of this run; `None` stands for the fake."""
    return None if engine_name == FAKE else request.getfixturevalue(engine_name)
