"""Command line of the builder: `python -m conecta_tiss.build --destino build/tiss [--ans PASTA]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conecta_tiss.build import constroi
from conecta_tiss.errors import ConstrucaoError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argumentos: Sequence[str] | None = None) -> int:
    """Run the builder; exit status 0 done or up to date, 1 refused, 2 usage."""
    opcoes = _analisador().parse_args(argumentos)
    try:
        relatorio = constroi(opcoes.destino, opcoes.ans)
    except (ConstrucaoError, OSError) as erro:
        sys.stderr.write(f"conecta_tiss.build: {erro}\n")
        return 1
    for aviso in relatorio.avisos:
        sys.stderr.write(f"aviso: {aviso}\n")
    feito = "construídos em" if relatorio.construido else "já estavam atualizados em"
    sys.stdout.write(f"artefatos TISS {feito} {relatorio.destino}\n")
    return 0


def _analisador() -> argparse.ArgumentParser:
    analisador = argparse.ArgumentParser(
        prog="python -m conecta_tiss.build",
        description="Constrói os artefatos do padrão TISS: esquemas 4.01.00, 4.02.00 e 4.03.00, rótulos das "
        "tabelas de domínio, textos das glosas e índice da TUSS. Não faz nada se já estiverem atualizados.",
    )
    analisador.add_argument(
        "--destino",
        type=Path,
        default=Path("build/tiss"),
        metavar="PASTA",
        help="onde gravar (padrão: %(default)s)",
    )
    analisador.add_argument(
        "--ans",
        type=Path,
        metavar="PASTA",
        help="pasta com os zips da ANS ou os XSD extraídos; as versões que faltarem nela vêm do pacote tiss instalado",
    )
    return analisador


if __name__ == "__main__":
    sys.exit(main())
