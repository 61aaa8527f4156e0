"""The integrator's guide: every command of it is run, in its order, and says what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from local.ouvinte import certificate
from local.runtime import ROOT
from tests.e2e.conftest import Deployed

pytestmark = pytest.mark.e2e

GUIDE: Final = ROOT / "docs" / "guia-do-integrador.md"
BLOCK: Final = re.compile(r"^```(bash|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARIES: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}|[0-9]{6,}|[0-9a-f]{16,}")
"""Days, numbers that are handed out, ids: whatever is not the same twice."""
END: Final = "--- end of block ---"
READERS: Final = {
    "bash": ("bash", "-c", f"set -euo pipefail; while read -r block; do source $block < /dev/null; echo '{END}'; done"),
    "python": (
        "python3", "-uc",
        f"import sys; names = {{}}\nfor at in sys.stdin: exec(open(at[:-1]).read(), names); print({END!r}, flush=True)",
    ),
}  # fmt: skip
"""Interpreters that stay, as an integrator's terminal does: each line they read names a block to carry out."""


def steps() -> Iterator[tuple[str, str, str]]:
    """Language, commands, and what the page shows of their output."""
    found = BLOCK.findall(GUIDE.read_text("utf-8"))
    for (language, text), (after, shown) in pairwise([*found, ("", "")]):
        if language != "text":
            yield language, text, shown if after == "text" else ""


def like(text: str) -> str:
    """A text without what varies."""
    return VARIES.sub("#", text).strip()


def test_every_command_of_the_guide_does_what_the_page_shows(deployed: Deployed, tmp_path: Path) -> None:
    certificate(deployed.aws.directory / "ouvinte")
    (tmp_path / "docs").symlink_to(GUIDE.parent)
    told = {**os.environ, "CONECTA": str(deployed.aws.directory / "endpoint.json"), "LC_ALL": "C.UTF-8"}
    with ExitStack() as stack:
        readers = {
            language: stack.enter_context(
                subprocess.Popen(
                    command, cwd=tmp_path, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                    stderr=subprocess.STDOUT,
                )
            )
            for language, command in READERS.items()
        }  # fmt: skip
        for place, (language, text, shown) in enumerate(steps()):
            said = _carried_out(readers[language], tmp_path / f"block-{place}", text)
            assert said.endswith(END + "\n"), f"{text}\n{said}"
            assert like(said.removesuffix(END + "\n")) == like(shown), f"{text.splitlines()[0]}: {said}"


def _carried_out(reader: subprocess.Popen[str], file: Path, text: str) -> str:
    """All that a block said, up to its end or to that of whoever read it."""
    assert reader.stdin is not None
    assert reader.stdout is not None
    file.write_text(text, "utf-8")
    reader.stdin.write(f"{file}\n")
    reader.stdin.flush()
    said = []
    for line in reader.stdout:
        said.append(line)
        if line == END + "\n":
            break
    return "".join(said)
