"""``python -m tests.corpus``: list the cases, or write them to a folder."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.corpus.manifest import cases, write


def main() -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description="Hostile XML and controls.")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write every case and manifest.json")
    options = parser.parse_args()
    if options.write is not None:
        files = write(options.write)
        sys.stdout.write(f"{len(files)} cases in {options.write}\n")
        return 0
    for case in cases():
        sys.stdout.write(f"{case.expected:<7} {case.category:<20} {case.name}\n")
    sys.stdout.write(f"{dict(Counter(case.expected.value for case in cases()))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
