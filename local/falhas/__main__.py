"""`python -m local.falhas`: the demo's day under every fault, and whether each left what a day without faults leaves.

Every day takes some forty minutes; `--dia dynamodb` lives those whose name has it, after the day without faults.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from local.falhas import figures
from local.falhas.days import DAYS, QUIET_DAY, Lived, live
from local.falhas.portrait import difference

FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 nothing was lost or doubled, 1 something was, 2 usage."""
    options = _parser().parse_args(arguments)
    wanted = [day for day in DAYS if not options.dia or any(part in day.name for part in options.dia)]
    if options.listar:
        print("\n".join(day.name for day in (QUIET_DAY, *DAYS)))
        return 0
    say = print if options.passos else lambda _line: None
    with tempfile.TemporaryDirectory(prefix="conecta-falhas-") as folder:
        directory: Path = options.pasta or Path(folder)
        port = options.porta or _free_port()
        days: list[Lived] = []
        for number, day in enumerate((QUIET_DAY, *wanted)):
            days.append(live(directory / f"dia-{number:02d}", port, day, options.semente, say))
            days[-1].wrong += difference(days[0].portrait, days[-1].portrait)
            show(days[-1])
            if options.gravar:
                figures.keep(days[-1:], datetime.now(UTC))
    return FAILED if any(lived.wrong for lived in days) else 0


def show(lived: Lived) -> None:
    """A line of JSON, and below it what is wrong."""
    print(
        json.dumps(
            {
                "dia": lived.day.name, "segundos": round(lived.seconds, 1), "passou": lived.passed,
                "falhas": sum(lived.faults.values()), "por_falha": dict(sorted(lived.faults.items())),
                "insistencias": {str(int(status)): times for status, times in sorted(lived.insisted.items())},
                "execucoes": len(lived.tried), "eventos": lived.events, "mensagens": lived.messages,
                "em_dlq": lived.dead, "errado": len(lived.wrong),
            },
            ensure_ascii=False,
        ),
        flush=True,
    )  # fmt: skip
    for text in lived.wrong:
        print(f"  ✗ {text}", file=sys.stderr, flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.falhas",
        description="Vive o dia da demonstração sob cada falha e diz se ficou o mesmo que num dia sem falhas.",
        epilog="Uma linha JSON por dia na saída padrão; o que estiver errado, na saída de erros.",
    )
    parser.add_argument("--dia", action="append", metavar="TEXTO", help="só os dias com isto no nome; pode repetir")
    parser.add_argument("--gravar", action="store_true", help=f"escreve as de cada dia em docs/{figures.DOCUMENT.name}")
    parser.add_argument("--listar", action="store_true", help="diz os dias que há")
    parser.add_argument("--passos", action="store_true", help="mostra os passos da demonstração")
    parser.add_argument("--pasta", type=Path, metavar="PASTA", help="guarda aqui o que cada dia deixou")
    parser.add_argument("--porta", type=int, default=0, metavar="N", help="porta da AWS embutida (padrão: uma livre)")
    parser.add_argument("--semente", type=int, default=1, metavar="N", help="de onde se sorteia (padrão: 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
