"""A moved clock over real HTTP: the very next call sees it, none fails meanwhile, and it goes back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from conecta_edge.clock import parse_iso
from local import relogio
from local.client import Client, sign_in_as
from local.seed import HOSPITAL

pytestmark = pytest.mark.e2e


@pytest.fixture
def faturista(where: dict[str, Any]) -> Client:
    return sign_in_as(where, "faturista", HOSPITAL.prestador_id)


def ahead(client: Client) -> timedelta:
    """By how much the function that answers is ahead of this machine."""
    return parse_iso(client.start_upload(b"<x/>")["criado_em"]) - datetime.now(UTC)


def test_the_next_call_sees_the_moved_clock_and_the_one_after_it_is_brought_back(
    where: dict[str, Any], faturista: Client
) -> None:
    with relogio.moved(where, timedelta(days=91)):
        assert relogio.current(where) == timedelta(days=91)
        assert ahead(faturista) > timedelta(days=90)
    assert relogio.current(where) == timedelta()
    assert abs(ahead(faturista)) < timedelta(minutes=1)


def test_no_call_fails_while_the_clock_is_moved(where: dict[str, Any], faturista: Client) -> None:
    stop = threading.Event()

    def call() -> int:
        calls = 0
        while not stop.is_set():
            ahead(faturista)
            calls += 1
        return calls

    with ThreadPoolExecutor() as pool:
        callers = [pool.submit(call) for _ in range(3)]
        try:
            with relogio.moved(where, timedelta(days=91)):
                pass
        finally:
            stop.set()
        assert all(caller.result() for caller in callers)
