"""``python -m tests.corpus``: list the cases, or write them to a folder."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.corpus.manifesto import cases, escrever


def main() -> int:
    """Run the command line; returns the exit status."""
    analisador = argparse.ArgumentParser(
        prog="python -m tests.corpus", description="Corpus de XML hostil e de controles."
    )
    analisador.add_argument("--escrever", type=Path, metavar="PASTA", help="grava os casos e o manifesto.json")
    opcoes = analisador.parse_args()
    if opcoes.escrever is not None:
        arquivos = escrever(opcoes.escrever)
        sys.stdout.write(f"{len(arquivos)} casos em {opcoes.escrever}\n")
        return 0
    for caso in cases():
        sys.stdout.write(f"{caso.espera:<7} {caso.categoria:<20} {caso.nome}\n")
    sys.stdout.write(f"{dict(Counter(caso.espera.value for caso in cases()))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
