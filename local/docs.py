"""Writes every document that is made from the code; with `--conferir` says which are not what the code says.

`python -m local.docs`: each module below makes its own, by itself too.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

GENERATORS: Final = (
    "openapi", "regras", "colunas", "erros", "glossario", "eventos", "sandbox.documento", "bench.custo.documento",
)  # fmt: skip
"""Modules of this package whose `main` writes, or with `--conferir` checks, and answers 1 when something is wrong."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run each: all that is wrong is told, not only the first."""
    parser = argparse.ArgumentParser(prog="python -m local.docs", description="Documentos gerados do código.")
    parser.add_argument("--conferir", action="store_true", help="só confere: 1 quando algum documento está velho")
    asked = ["--conferir"] if parser.parse_args(arguments).conferir else []
    return max(int(importlib.import_module(f"local.{name}").main(asked)) for name in GENERATORS)


if __name__ == "__main__":
    sys.exit(main())
