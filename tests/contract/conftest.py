"""The engines a contract is run on: none (the fake), moto, and the embedded AWS."""

from __future__ import annotations

import pytest

from tests.contract.engines import Engine

FAKE = "fake"
MOTO = "moto"
EMBEDDED = pytest.param("embedded", marks=pytest.mark.e2e)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`engine_name` is every engine, unless the module (by `ENGINES`) or the test names those that can judge it."""
    own = any(marker.args[0] == "engine_name" for marker in metafunc.definition.iter_markers("parametrize"))
    if "engine_name" in metafunc.fixturenames and not own:
        metafunc.parametrize("engine_name", getattr(metafunc.module, "ENGINES", [FAKE, MOTO, EMBEDDED]))


@pytest.fixture
def engine(engine_name: str, request: pytest.FixtureRequest) -> Engine | None:
    """The engine of this run; `None` stands for the fake."""
    return None if engine_name == FAKE else request.getfixturevalue(engine_name)
