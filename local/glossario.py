"""Writes the states of things into `docs/glossario.md`, and checks that its words are still where it says.

`--conferir` answers 1 when the states are not those of the code, or when a word's place (`module:name`) is no more.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from local.erros import packages

if TYPE_CHECKING:
    from collections.abc import Sequence

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "docs" / "glossario.md"
COMMAND: Final = "python -m local.glossario"
MARK: Final = f"<!-- estados: escrito por `{COMMAND}` -->\n"
WORD: Final = re.compile(r"^\| ([^|]+) \| [^|]+ \| `([\w.]+):(\w+)` \|$", re.MULTILINE)


def states() -> Iterator[type[Enum]]:
    """Every enumeration of states, of the domains of contexts and of the libraries they share."""
    for package in packages():
        top = importlib.import_module(package)
        for info in pkgutil.walk_packages(top.__path__, f"{package}."):
            if ".domain." in info.name or (package.startswith("conecta_") and package != "conecta_tiss"):
                module = importlib.import_module(info.name)
                for name, held in inspect.getmembers(module, inspect.isclass):
                    if issubclass(held, Enum) and name.startswith("Situacao") and held.__module__ == info.name:
                        yield held


def lost(text: str) -> list[str]:
    """Words whose place in the code is no more."""
    return [
        f"{word}: {module}:{name} não existe" for word, module, name in WORD.findall(text) if not _there(module, name)
    ]


def _there(module: str, name: str) -> bool:
    try:
        return hasattr(importlib.import_module(module), name)
    except ImportError:
        return False


def renewed(text: str) -> str:
    """A page with the states as the code has them, after its mark."""
    lines = ["| of | states | in the code |", "|---|---|---|"]
    for kind in states():
        said = (inspect.getdoc(kind) or "").partition("\n")[0].replace("|", "\\|")
        names = " · ".join(f"`{one.name}`" for one in kind)
        lines.append(f"| {said} | {names} | `{kind.__module__}:{kind.__name__}` |")
    return text.partition(MARK)[0] + MARK + "\n" + "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the states, or answer 1 when they are stale; in either case when a word has no place."""
    parser = argparse.ArgumentParser(
        prog=COMMAND, description="Documenta os estados, e confere as palavras do glossário."
    )
    parser.add_argument("--conferir", action="store_true", help="só confere: 1 quando a página está velha")
    asked = parser.parse_args(arguments)
    text = DOCUMENT.read_text("utf-8")
    fresh, wrong = renewed(text), lost(text)
    if not asked.conferir:
        DOCUMENT.write_text(fresh, "utf-8")
    elif fresh != text:
        wrong.append(f"{DOCUMENT.name} está velho: rode {COMMAND}")
    for problem in wrong:
        print(problem, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
