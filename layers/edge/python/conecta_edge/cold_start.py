"""The garbage collector stays out of a function's cold start.

Importing botocore, lxml and the models makes hundreds of thousands of objects that live as long as the process; a
collector that walks them again and again while they are made takes a fifth of the whole start (`scripts/bench frio`).
In Lambda it is paused when this package is imported (the first thing every function does) and resumes after the first
event, with what the start made set aside as permanent.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def begin() -> None:
    """Pause the collector, in a Lambda process only: tests and tools keep theirs."""
    if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
        gc.disable()


def over() -> None:
    """Resume it, if it is paused; what exists by now is never walked again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def ends(handler: Callable[P, R]) -> Callable[P, R]:
    """A Lambda entry whose first event ends the cold start, however it ends itself."""

    @wraps(handler)
    def entry(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return handler(*arguments, **named)
        finally:
            over()

    return entry
