"""`python -m local.relogio`: moves the clock of every function of the running embedded AWS, and no other clock.

    python -m local.relogio --dias 91        # as if it were 91 days from now, until it is moved again
    python -m local.relogio --horas -2       # two hours back; both may be given
    python -m local.relogio --voltar         # back to the machine's own time
    python -m local.relogio --mostrar

A function whose environment changed starts anew, so the very next call sees the moved clock; a call that was under
way ends with the clock it began with. Tokens, S3, timers and the removal of expired rows keep the machine's time,
but an uploaded file counts as stored by the moved one (`docs/implantacao.md`). Each start of the embedded AWS begins at
the machine's time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from conecta_edge.clock import FUSO, LARGEST_OFFSET, OFFSET_SETTING, parse_offset, write_offset
from local.runtime import LOCAL_DIRECTORY, client, running_instance

FAILED: Final = 1
_PATIENCE: Final = 30.0
_STAGE: Final = "embarcado"


class RelogioError(RuntimeError):
    """The clock could not be moved; the message says what to do."""


def move(where: Mapping[str, Any], offset: timedelta) -> int:
    """Move the clock of every function by so much from the machine's own time, whatever it was moved by before.

    Args:
        where: the document of `endpoint.json`.
        offset: to the second; nothing brings the clock back.

    Returns:
        How many functions' clocks changed.

    Raises:
        ValueError: the offset is beyond ten years.
        RelogioError: a function did not take it.
    """
    return put(_client(where), offset)


@contextmanager
def moved(where: Mapping[str, Any], offset: timedelta) -> Iterator[None]:
    """A moved clock for the length of a block; what was written meanwhile keeps its dates."""
    move(where, offset)
    try:
        yield
    finally:
        move(where, timedelta())


def current(where: Mapping[str, Any]) -> timedelta:
    """By how much the functions' clocks are moved.

    Raises:
        RelogioError: not all by the same; moving the clock again puts that right.
    """
    found = {_offset(made) for made in _functions(_client(where))}
    if len(found) > 1:
        raise RelogioError("as funções não têm todas o mesmo relógio: mova-o de novo, ou use --voltar")
    return found.pop() if found else timedelta()


def put(lambda_: Any, offset: timedelta) -> int:
    """See `move`; with a client of the embedded AWS's Lambda."""
    text = write_offset(offset) if offset else None
    changed = []
    for made in _functions(lambda_):
        variables = dict(made["Environment"]["Variables"])
        if variables.get(OFFSET_SETTING) == text:
            continue
        variables.pop(OFFSET_SETTING, None)
        lambda_.update_function_configuration(
            FunctionName=made["FunctionName"],
            Environment={"Variables": {**variables, **({OFFSET_SETTING: text} if text else {})}},
        )
        changed.append(made["FunctionName"])
    _wait(lambda_, changed)
    return len(changed)


def _wait(lambda_: Any, names: Sequence[str]) -> None:
    patience = time.monotonic() + _PATIENCE
    for name in names:
        while (made := lambda_.get_function_configuration(FunctionName=name))["LastUpdateStatus"] == "InProgress":
            if time.monotonic() > patience:
                raise RelogioError(f"{name} não terminou de mudar em {_PATIENCE:.0f} s: tente de novo")
            time.sleep(0.02)
        if made["LastUpdateStatus"] != "Successful":
            raise RelogioError(f"{name} não mudou: {made.get('LastUpdateStatusReason') or made['LastUpdateStatus']}")


def _functions(lambda_: Any) -> list[dict[str, Any]]:
    """The functions whose clock may be moved: those that say they are of this stage."""
    pages = lambda_.get_paginator("list_functions").paginate()
    return [
        made
        for page in pages
        for made in page["Functions"]
        if (made.get("Environment") or {}).get("Variables", {}).get("CONECTA_ESTAGIO") == _STAGE
    ]


def _offset(made: Mapping[str, Any]) -> timedelta:
    text = made["Environment"]["Variables"].get(OFFSET_SETTING)
    return parse_offset(text) if text else timedelta()


def _client(where: Mapping[str, Any]) -> Any:
    return client(where["endpoint_aws"], where["credenciais_aws"], "lambda")


def describe(offset: timedelta) -> str:
    """Where a clock moved by so much stands, in words."""
    stands = f"{datetime.now(UTC).astimezone(FUSO) + offset:%d/%m/%Y %H:%M} (hora de Brasília)"
    if not offset:
        return f"relógio das funções: o da máquina, {stands}"
    days, rest = divmod(int(abs(offset).total_seconds()), 86400)
    parts = [f"{days} dia{'s' * (days != 1)}"] if days else []
    if rest:
        parts.append(f"{rest // 3600}h{rest % 3600 // 60:02d}" + (f"min{rest % 60:02d}s" if rest % 60 else "min"))
    return f"relógio das funções: {' e '.join(parts)} {'adiante' if offset > timedelta() else 'atrás'}, {stands}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; exit status 0 done, 1 nothing is running or the clock could not be moved, 2 usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    asked = options.dias is not None or options.horas is not None
    if asked + options.voltar + options.mostrar != 1:
        parser.error("diga quanto (--dias, --horas), ou --voltar, ou --mostrar")
    try:
        offset = timedelta(days=options.dias or 0, hours=options.horas or 0)
        write_offset(offset)
    except (ValueError, OverflowError):
        parser.error(f"o relógio anda no máximo {LARGEST_OFFSET.days} dias")
    if running_instance(LOCAL_DIRECTORY) is None:
        print(f"erro: nada em execução em {LOCAL_DIRECTORY}: rode scripts/run em outra janela", file=sys.stderr)
        return FAILED
    where = json.loads((LOCAL_DIRECTORY / "endpoint.json").read_text("utf-8"))
    try:
        if options.mostrar:
            print(describe(current(where)))
            return 0
        started = time.monotonic()
        changed = move(where, offset)
        took = f"{time.monotonic() - started:.1f}".replace(".", ",")
    except RelogioError as error:
        print(f"erro: {error}", file=sys.stderr)
        return FAILED
    print(describe(offset))
    print(f"{changed} funções mudaram em {took} s; a varredura de vencimentos passa em até um minuto")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.relogio",
        description="Move o relógio das funções da AWS local em execução, para ver prazos vencerem sem esperar.",
        epilog="O deslocamento conta sempre da hora da máquina e vale até a próxima mudança ou o próximo scripts/run. "
        "O que foi gravado com o relógio movido fica como está.",
    )
    parser.add_argument("--dias", type=_whole, metavar="N", help="N dias adiante; negativo, atrás")
    parser.add_argument("--horas", type=_whole, metavar="N", help="N horas adiante, além dos dias; negativo, atrás")
    parser.add_argument("--voltar", action="store_true", help="volta à hora da máquina")
    parser.add_argument("--mostrar", action="store_true", help="diz como está, sem mudar")
    return parser


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} não é um número inteiro") from None


if __name__ == "__main__":
    sys.exit(main())
