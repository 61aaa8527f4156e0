"""Runs inside the peers' environment: one JSON request per line on stdin, one JSON answer per line on stdout.

``{"do": "versions"}`` → versions by name; ``{"do": "run", "case": …, "file": …, "repeats": n}`` → ``ms`` (CPU per
call) and ``verdict`` (true, or what the peer said); ``{"do": "read", "case": …, "file": …}`` → what a peer reads of a
``demonstrativo`` (its own hash, whether it is valid, its decisions guia by guia) or of a ``calendario`` (its events).
Standard library and the peers only.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@cache
def _bytes(file: str) -> bytes:
    return Path(file).read_bytes()


@cache
def _pytiss() -> Any:
    return importlib.import_module("pytiss").XSDValidator()


def _tiss_validate(raw: bytes) -> object:
    report = importlib.import_module("tiss").validate(raw)
    return True if report.valid else str(report.findings[:2])


def _pytiss_xsd(raw: bytes) -> object:
    errors = _pytiss().validate(raw).errors
    return True if not errors else str(errors[:2])


def _tiss_hash_epilogo(raw: bytes) -> object:
    return importlib.import_module("tiss").hash_epilogo(raw).encode() in raw


def _tiss_hash(raw: bytes) -> object:
    # Its digest is of UTF-8 text, which differs from the standard's with accents: only that it answers counts.
    return len(importlib.import_module("tiss_hash").hash_tiss(raw)) == len("d41d8cd98f00b204e9800998ecf8427e")


CASES: dict[str, Callable[[bytes], object]] = {
    "tiss.validate": _tiss_validate,
    "pytiss.XSDValidator": _pytiss_xsd,
    "tiss.hash_epilogo": _tiss_hash_epilogo,
    "tiss_hash.hash_tiss": _tiss_hash,
}


def _read_demonstrativo(raw: bytes) -> dict[str, object]:
    tiss = importlib.import_module("tiss")
    report = tiss.validate(raw)
    return {
        "hash": tiss.hash_epilogo(raw),
        "valido": True if report.valid else str(report.findings[:2]),
        "decisoes": [one.to_dict() for one in tiss.parse_demonstrativo(raw)],
    }


def _read_calendario(raw: bytes) -> dict[str, object]:
    calendar = importlib.import_module("ical.calendar_stream").IcsCalendarStream.calendar_from_ics(raw.decode())
    return {
        "eventos": [
            {"uid": one.uid, "dia": str(one.dtstart), "resumo": one.summary, "sequencia": one.sequence}
            for one in calendar.events
        ]
    }


READS: dict[str, Callable[[bytes], dict[str, object]]] = {
    "demonstrativo": _read_demonstrativo,
    "calendario": _read_calendario,
}


def _run(case: str, file: str, repeats: int) -> dict[str, object]:
    function, raw = CASES[case], _bytes(file)
    gc.collect()
    verdict: object = None
    began = time.process_time_ns()
    for _ in range(repeats):
        verdict = function(raw)
    return {"ms": (time.process_time_ns() - began) / 1e6 / repeats, "verdict": verdict}


def main() -> None:
    """Answer until standard input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "versions":
                answer: dict[str, Any] = {name: version(name) for name in ("tiss", "pytiss", "tiss-hash", "lxml")}
            elif request["do"] == "read":
                answer = READS[request["case"]](_bytes(request["file"]))
            else:
                answer = _run(request["case"], request["file"], request["repeats"])
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
