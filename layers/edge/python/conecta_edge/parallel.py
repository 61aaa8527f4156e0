"""Independent calls at the same time: what costs one round trip to wait for should not cost three."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

THREADS: Final = 8
_NAME: Final = "paralelo"


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # only who calls in parallel pays for it

    return ThreadPoolExecutor(THREADS, thread_name_prefix=_NAME)


def gather(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The answers of every call, in order; the last runs in this thread.

    Every call is waited for, also when one fails: none goes on behind the answer.

    Raises:
        Exception: that of the first call, in order, that failed.
    """
    if not calls or threading.current_thread().name.startswith(_NAME):
        return [call() for call in calls]  # a worker that waited for workers could wait for ever
    *others, last = calls
    futures = [_pool().submit(call) for call in others]
    try:
        own = last()
    finally:
        failed = [error for future in futures if (error := future.exception()) is not None]
        if failed:
            raise failed[0]
    return [*(future.result() for future in futures), own]
