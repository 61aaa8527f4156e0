"""``python -m local.bench [AREA…]``: run benchmarks, JSON lines to standard output, a table to standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from local.bench.measure import ROUNDS, Measure, write_json, write_table

AREAS = {
    "tiss": ("local.bench.tiss", "validação de lotes: caminho completo, fases, e outras implementações"),
    "frio": ("local.bench.frio", "processo novo: importação e primeiro evento das funções"),
    "local": ("local.bench.embedded", "AWS embutida em execução (scripts/run): REST, upload a protocolo, 120 uploads"),
    "cadastro": (
        "local.bench.cadastro",
        "AWS embutida própria: 200.000 vidas carregadas, elegibilidade antes e depois",
    ),
    "autorizacao": (
        "local.bench.autorizacao",
        "motor em processo; AWS embutida própria: pedido de senha com 1.000 e com 200.000 vidas",
    ),
    "caos": (
        "local.bench.caos",
        "10.000 PEGs em processo com corridas e mortes, e o veredito; com --runtime, na AWS embutida própria",
    ),
}
DEFAULT = ("tiss", "frio")


def _arguments() -> argparse.ArgumentParser:
    areas = "\n".join(f"  {name:<12} {text}" for name, (_, text) in AREAS.items())
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Mede o Conecta. Uma linha JSON por medida na saída padrão e uma tabela na saída de erros.",
        epilog=f"áreas:\n{areas}\n\nSem área: {' e '.join(DEFAULT)}; «local» exige scripts/run em execução.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("areas", nargs="*", metavar="AREA", choices=[*AREAS, []], help="o que medir")
    parser.add_argument("--json", type=Path, metavar="ARQUIVO", help="grava as linhas JSON aqui")
    parser.add_argument("--rodadas", type=int, default=ROUNDS, metavar="N", help=f"rodadas (padrão: {ROUNDS})")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit status 0, 1 when an area could not be measured, 2 for usage."""
    options = _arguments().parse_args(arguments)
    found: list[Measure] = []
    status = 0
    for area in options.areas or DEFAULT:
        measures: Callable[[int], Iterator[Measure]] = import_module(AREAS[area][0]).measures
        try:
            for measure in measures(options.rodadas):
                found.append(measure)
                write_json([measure], sys.stdout)
                sys.stdout.flush()
        except RuntimeError as error:
            print(f"scripts/bench: {area}: {error}", file=sys.stderr)
            status = 1
    if options.json is not None:
        with options.json.open("w", encoding="utf-8") as out:
            write_json(found, out)
    write_table(found, sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
