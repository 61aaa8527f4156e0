"""The collector's pause begins only in Lambda, and ends with the first event, even one that fails."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from conecta_edge import cold_start


@pytest.fixture(autouse=True)
def _collector_as_it_was() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_outside_lambda_nothing_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    cold_start.begin()
    assert gc.isenabled()


def test_in_lambda_importing_the_package_pauses_the_collector() -> None:
    code = "import gc, conecta_edge; print(gc.isenabled())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"AWS_LAMBDA_FUNCTION_NAME": "f"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_the_first_event_ends_the_pause_even_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "f")
    cold_start.begin()
    assert not gc.isenabled()

    @cold_start.ends
    def handler() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        handler()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
