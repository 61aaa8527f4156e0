"""``python -m local.bench [AREA…]``: run benchmarks, JSON lines to standard output, a table to standard error."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from local.bench.measure import GUIAS, ROUNDS, VIDAS, Measure, Sizes, write_json, write_table

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
    "peg": (
        "local.bench.peg",
        "motor em processo; AWS embutida própria: recepção, unidades de escrita, vazão, com --vidas e --guias passadas",
    ),
    "pagamento": (
        "local.bench.pagamento",
        "demonstrativos de 30 protocolos × 100 guias; fechamento de 20.000 PEGs em processo e na AWS embutida própria",
    ),
    "recurso": (
        "local.bench.recurso",
        "recurso de 100 guias × 5 itens, por XML e JSON, e a resposta; chamadas ao DynamoDB na AWS embutida própria",
    ),
    "custo": (
        "local.bench.custo.medida",
        "chamadas contadas na AWS embutida própria, a preços publicados; picos contra limites; escreve docs/custo.md",
    ),
    "caos": (
        "local.bench.caos",
        "10.000 PEGs em processo com corridas e mortes, e o veredito; com --runtime, na AWS embutida própria",
    ),
}
DEFAULT = ("tiss", "frio")
SIZED = frozenset({"custo", "pagamento", "peg", "recurso"})
"""Areas that measure as much as is asked for; the others are told the rounds alone."""


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
    parser.add_argument("--runtime", action="store_true", help="caos: por HTTP e S3, numa AWS embutida própria")
    parser.add_argument("--rodadas", type=int, default=ROUNDS, metavar="N", help=f"rodadas (padrão: {ROUNDS})")
    parser.add_argument(
        "--vidas", type=int, default=VIDAS, metavar="N", help=f"peg: vidas carregadas (padrão: {VIDAS})"
    )
    parser.add_argument(
        "--guias", type=int, default=GUIAS, metavar="N", help=f"peg: guias já cobradas dessas vidas (padrão: {GUIAS})"
    )
    parser.add_argument(
        "--rapido", action="store_true", help="só o bastante para mostrar que peg, pagamento, recurso e custo funcionam"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit status 0, 1 when an area could not be measured, 2 for usage."""
    options = _arguments().parse_args(arguments)
    found: list[Measure] = []
    status = 0
    for area in options.areas or DEFAULT:
        module = import_module(AREAS[area][0])
        measures: Callable[[Any], Iterator[Measure]] = module.measures
        if options.runtime:
            measures = getattr(module, "measures_on_runtime", measures)
        sizes = Sizes(rodadas=options.rodadas, vidas=options.vidas, guias=options.guias, rapido=options.rapido)
        try:
            for measure in measures(sizes if area in SIZED else options.rodadas):
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
