"""Independent calls at the same time, and what is left of them when one fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest

from conecta_edge.parallel import THREADS, gather

WAIT = 10
"""Seconds until a test that would wait for ever fails."""


def fails(error: Exception) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def test_answers_come_in_the_order_asked_whoever_is_done_first() -> None:
    turn = [threading.Event() for _ in range(4)]

    def call(n: int) -> int:
        if n < 3:
            assert turn[n + 1].wait(WAIT)
        turn[n].set()
        return n

    assert gather([partial(call, n) for n in range(4)]) == [0, 1, 2, 3]


def test_calls_run_at_the_same_time_and_the_last_in_the_callers_own_thread() -> None:
    together = threading.Barrier(4, timeout=WAIT)

    def call() -> str:
        together.wait()
        return threading.current_thread().name

    *others, last = gather([call] * 4)
    assert last == threading.current_thread().name
    assert len({*others, last}) == 4


def test_nothing_to_call_is_no_answer() -> None:
    assert gather([]) == []
    assert gather([lambda: 1]) == [1]


def test_the_first_failure_in_order_is_told_whichever_came_first_in_time() -> None:
    for calls in (
        [fails(KeyError("a")), fails(ValueError("b")), lambda: 1],
        [fails(KeyError("a")), lambda: 1, fails(ValueError("b"))],
        [lambda: 1, fails(KeyError("a")), fails(ValueError("b"))],
        [lambda: 1, lambda: 1, fails(KeyError("a"))],
    ):
        with pytest.raises(KeyError):
            gather(calls)


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_when_one_fails_the_others_are_waited_for(failing: int) -> None:
    done: list[int] = []
    failed = threading.Event()

    def call(n: int) -> None:
        if n == failing:
            failed.set()
            raise LookupError
        assert failed.wait(WAIT)
        done.append(n)

    with pytest.raises(LookupError):
        gather([partial(call, n) for n in range(3)])
    assert sorted(done) == sorted({0, 1, 2} - {failing})


def test_calls_that_call_in_parallel_themselves_never_wait_for_each_other() -> None:
    inner = [lambda: 1] * 3
    wide = [lambda: sum(gather(inner)) for _ in range(3 * THREADS)]
    done: list[list[int]] = []
    outer = threading.Thread(target=lambda: done.append(gather([lambda: sum(gather(wide))] * 2)), daemon=True)
    outer.start()
    outer.join(WAIT)
    assert done == [[9 * THREADS, 9 * THREADS]]


def test_inside_a_call_of_a_worker_a_failure_is_told_too() -> None:
    with pytest.raises(KeyError):
        gather([lambda: gather([lambda: 1, fails(KeyError("a"))]), lambda: 1])
