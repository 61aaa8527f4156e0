"""Set-up: what it does once, what it repeats, and what it says when it cannot go on."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from local import setup
from local.runtime import ROOT
from local.setup import SetupError, main, prepare

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that set-up reads."""
    for name in ("requirements/dev.txt", "pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.fixture
def commands(clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands run by set-up; all succeed."""
    run_: list[list[str]] = []

    def run(command: list[str], **_: Any) -> Any:
        run_.append(command[1:])
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    def create(folder: Path, **_: Any) -> None:
        (folder / "bin").mkdir(parents=True)
        (folder / "pyvenv.cfg").write_text("version = 3.11")
        (folder / "bin/python").touch()

    monkeypatch.setattr("local.setup.subprocess.run", run)
    monkeypatch.setattr("local.setup.venv.create", create)
    monkeypatch.setattr("local.setup._works", lambda folder: (folder / "bin/python").exists())
    return run_


def steps(commands: list[list[str]]) -> list[str]:
    return ["pip" if "pip" in command else command[1] for command in commands]


def test_the_first_time_makes_installs_and_builds(clone: Path, commands: list[list[str]]) -> None:
    prepare(clone)
    assert steps(commands) == ["pip", "pip", "conecta_tiss.build"]
    assert "--require-hashes" in commands[0]
    assert "--no-build-isolation" in commands[1]


def test_the_second_time_only_looks_whether_the_artefacts_are_current(clone: Path, commands: list[list[str]]) -> None:
    prepare(clone)
    commands.clear()
    prepare(clone)
    assert steps(commands) == ["conecta_tiss.build"]


def test_a_changed_lock_installs_again(clone: Path, commands: list[list[str]]) -> None:
    prepare(clone)
    commands.clear()
    (clone / "requirements/dev.txt").write_text("outro")
    prepare(clone)
    assert steps(commands) == ["pip", "pip", "conecta_tiss.build"]


def test_a_clone_that_was_moved_installs_again(
    clone: Path, commands: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    prepare(clone)
    commands.clear()
    moved = clone.rename(tmp_path_factory.mktemp("outro") / "clone")
    prepare(moved)
    assert steps(commands)[0] == "pip"


def test_the_folder_of_ans_is_passed_on(clone: Path, commands: list[list[str]], tmp_path: Path) -> None:
    prepare(clone, ans=tmp_path)
    assert commands[-1][-2:] == ["--ans", str(tmp_path)]


def test_a_python_without_ensurepip_says_which_package_to_install(
    clone: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.setup.find_spec", lambda _: None)
    with pytest.raises(SetupError, match="python3-venv"):
        prepare(clone)
    assert commands == []


def test_pips_own_words_are_shown_when_it_fails(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("local.setup.ROOT", clone)
    monkeypatch.setattr("local.setup._make_venv", lambda _: None)
    monkeypatch.setattr(
        "local.setup.subprocess.run",
        lambda *_, **__: SimpleNamespace(returncode=1, stdout="", stderr="hash diferente"),
    )
    assert main([]) == 1
    assert "hash diferente" in capsys.readouterr().err
    assert not (clone / ".venv" / ".conecta-stamp").exists()


def test_a_half_made_environment_is_removed(
    clone: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path, **_: Any) -> None:
        folder.mkdir()
        raise subprocess.CalledProcessError(1, "ensurepip")

    monkeypatch.setattr("local.setup.venv.create", fail)
    with pytest.raises(SetupError):
        prepare(clone)
    assert not (clone / ".venv").exists()
    assert commands == []


def test_it_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({setup.__file__!r})"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def test_without_a_recent_python_the_script_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/dirname").symlink_to("/usr/bin/dirname")
    (tmp_path / "scripts/setup").write_text((ROOT / "scripts/setup").read_text())
    # A shim that is there and does not run, as version managers leave them.
    (tmp_path / "bin/python3.13").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "bin/python3.13").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(tmp_path / "scripts/setup")],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11" in done.stderr
