"""The command line of the benchmarks: which areas run, where the lines go, the exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from local.bench import __main__ as command
from local.bench.measure import Measure


@pytest.fixture
def areas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two areas: one that measures, one that cannot."""

    def good(rounds: int) -> Iterator[Measure]:
        yield Measure(area="boa", case="rodadas", value=float(rounds), unit="vezes")

    def bad(_rounds: int) -> Iterator[Measure]:
        yield Measure(area="ruim", case="antes", value=1.0, unit="ms")
        raise RuntimeError("nada está rodando aqui")

    for name, function in (("boa", good), ("ruim", bad)):
        module = ModuleType(f"tests.areas.{name}")
        module.measures = function  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(command, "AREAS", {name: (f"tests.areas.{name}", name) for name in ("boa", "ruim")})
    monkeypatch.setattr(command, "DEFAULT", ("boa",))


@pytest.mark.usefixtures("areas")
def test_without_an_area_the_default_ones_run_and_each_measure_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--rodadas", "13"]) == 0

    captured = capsys.readouterr()
    assert [json.loads(line)["value"] for line in captured.out.splitlines()] == [13.0]
    assert "boa" in captured.err


@pytest.mark.usefixtures("areas")
def test_an_area_that_cannot_be_measured_says_why_and_keeps_what_the_others_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "medidas.jsonl"

    assert command.main(["ruim", "boa", "--json", str(file)]) == 1

    assert "ruim: nada está rodando aqui" in capsys.readouterr().err
    assert [json.loads(line)["area"] for line in file.read_text("utf-8").splitlines()] == ["ruim", "boa"]


def test_an_unknown_area_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["lua"])

    assert stopped.value.code == 2
    assert "lua" in capsys.readouterr().err


def test_help_names_every_area(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--help"])

    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert all(area in text for area in ("tiss", "frio", "local"))
