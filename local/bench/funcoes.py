"""What benchmarks of functions over HTTP share: an embedded AWS of their own, the same lives, the no-op beside them.

A route and the no-op are asked in turns, one client on a kept connection: what is to be read is their ratio, and how it
grows with the lives. Calls to DynamoDB are counted in this process, with the very environment the function has.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import socket
import statistics
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

from local.bench.measure import Measure, percentile
from local.cargas import Loader, LoadError
from local.client import Client
from local.gerador_cadastro import Pedido, linhas
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws

REGISTRO: Final = "345695"
LIVES: Final = int(os.environ.get("CONECTA_BENCH_VIDAS", "200000"))
PRESTADORES: Final = 2000
QUESTIONS: Final = 2000
ROUNDS: Final = 7
WARM_UP: Final = 60
REPEATS: Final = 15
NO_QUOTA: Final = "999999"
MEBI: Final = 1024
_MILLISECONDS: Final = 1000
_SAMPLE_SECONDS: Final = 0.5


class UnexpectedAnswerError(RuntimeError):
    """A question was answered with another status."""


@contextmanager
def instance(**options: Any) -> Iterator[tuple[EmbeddedAws, dict[str, Any]]]:
    """An embedded AWS of its own, with the demo's data and a quota no benchmark reaches.

    Args:
        options: of `EmbeddedAws`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="conecta-bench-") as folder:
        aws = EmbeddedAws(Path(folder), port=port, **options)
        try:
            yield aws, bring_up(aws, Progress(lambda _line: None), {"limite_elegibilidade": NO_QUOTA})
        finally:
            aws.stop()


def carteiras(hoje: date, vidas: int) -> list[str]:
    """Numbers of lives that are loaded, drawn the same way every time."""
    found = [str(row["numero_carteira"]) for row in linhas(Pedido(REGISTRO, vidas=vidas, hoje=hoje), "beneficiarios")]
    return random.Random(1).choices(found, k=QUESTIONS)  # noqa: S311  # which lives, not a secret


def in_turns(
    area: str,
    client: Client,
    case: str,
    bodies: Callable[[], tuple[str, bytes]],
    lives: str,
    *,
    before: Mapping[int, float] | None = None,
    questions: int = QUESTIONS,
    expected: int = http.client.OK,
) -> Generator[Measure, None, dict[int, float]]:
    """A route and the no-op in turns; answers the ratio at each percentile, for the next to compare with.

    Args:
        bodies: makes the path and the body of one POST.
        before: ratios at fewer lives.
        expected: the status that is right.
    """
    parts = urllib.parse.urlsplit(client.api)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}

    def noop() -> float:
        began = time.perf_counter()
        connection.request("GET", f"{parts.path}/saude")
        _expect(connection, http.client.OK)
        return (time.perf_counter() - began) * _MILLISECONDS

    def ask() -> float:
        path, body = bodies()
        began = time.perf_counter()
        connection.request("POST", parts.path + path, body, headers)
        _expect(connection, expected)
        return (time.perf_counter() - began) * _MILLISECONDS

    for _ in range(WARM_UP):
        noop()
        ask()
    rounds = [[(noop(), ask()) for _ in range(questions // ROUNDS)] for _ in range(ROUNDS)]
    connection.close()
    ratios = {}
    for rank in (50, 99):
        # The median of the rounds': what somebody else's burst does to one of them is not what is measured.
        floor = statistics.median(percentile([pair[0] for pair in pairs], rank) for pairs in rounds)
        found = statistics.median(percentile([pair[1] for pair in pairs], rank) for pairs in rounds)
        ratios[rank] = found / floor
        base = f"rota sem trabalho, {lives}, p{rank}"
        yield Measure(area=area, case=base, value=floor, unit="ms")
        yield Measure(
            area=area, case=f"{case}, {lives}, p{rank}", value=found, unit="ms", ratio=ratios[rank], against=base
        )
        if before is not None:
            growth = ratios[rank] / before[rank]
            yield Measure(area=area, case=f"{case}: crescimento com as vidas, p{rank}", value=growth, unit="x")
    return ratios


def _expect(connection: http.client.HTTPConnection, expected: int) -> None:
    response = connection.getresponse()
    body = response.read()
    if response.status != expected:
        raise UnexpectedAnswerError(f"HTTP {response.status}: {body[:300]!r}")


def load(area: str, aws: EmbeddedAws, where: Mapping[str, Any], hoje: date, vidas: int = LIVES) -> Iterator[Measure]:
    """The lives and prestadores of an operadora of real size, loaded as ops do.

    Raises:
        LoadError: rows were refused or lost.
    """
    pedido = Pedido(
        REGISTRO, vidas=vidas, prestadores=PRESTADORES, hoje=hoje,
        tipos=("operadora", "prestadores", "contratos", "beneficiarios"),
    )  # fmt: skip
    with _Memory(aws) as memory:
        began = time.perf_counter()
        total = Loader(aws.client("s3"), where, patience=600).load([pedido])
        seconds = time.perf_counter() - began
    rows = total["lidas"]
    if total["recusadas"] or rows != total["carregadas"] + total["inalteradas"]:
        raise LoadError(f"linhas que não fecham: {total}")
    case = f"carga de {vidas} vidas e {PRESTADORES} prestadores"
    yield Measure(area=area, case=f"{case}: linhas", value=float(rows), unit="linhas")
    yield Measure(area=area, case=f"{case}: tempo, do S3 ao fim", value=seconds * _MILLISECONDS, unit="ms")
    yield Measure(area=area, case=f"{case}: ritmo", value=rows / seconds, unit="linhas/s")
    yield Measure(area=area, case=f"{case}: maior processo de função", value=memory.function / MEBI, unit="MiB")
    yield Measure(area=area, case=f"{case}: AWS embutida (dados em memória)", value=memory.aws / MEBI, unit="MiB")


class _Memory:
    """Peak resident KiB of the emulator's process, and of the largest of those it started, sampled."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._pid = aws.instance.pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.aws = self.function = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLE_SECONDS):
            children = _children()
            self.aws = max(self.aws, resident(self._pid))
            pending = list(children.get(self._pid, ()))
            while pending:
                pid = pending.pop()
                self.function = max(self.function, resident(pid))
                pending += children.get(pid, ())


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        found.setdefault(int(fields[1]), []).append(int(folder.name))
    return found


def resident(pid: int) -> int:
    """KiB of a process; 0 when it ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def event(token: str, resource: str) -> dict[str, Any]:
    """A proxied POST of whoever has the token, without a body."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return {
        "httpMethod": "POST", "resource": resource, "headers": {}, "isBase64Encoded": False,
        "requestContext": {"requestId": f"bench-{time.time_ns()}", "authorizer": {"claims": claims}},
    }  # fmt: skip


class Waits:
    """Counts calls, and how often the process began to wait for any: calls under way together are one wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Begin to count."""
        self.calls = self.rounds = self.sent = self.received = self._under_way = 0

    def watch(self, client: Any) -> None:
        """Count the calls of a client; `sent` and `received` are the bytes of their bodies."""
        client.meta.events.register("before-call.dynamodb", self._began)
        client.meta.events.register("after-call.dynamodb", self._ended)

    def _began(self, params: Mapping[str, Any], **_call: Any) -> None:
        with self._lock:
            self.calls += 1
            self.sent += len(params.get("body") or b"")
            self.rounds += self._under_way == 0
            self._under_way += 1

    def _ended(self, http_response: Any, **_call: Any) -> None:
        with self._lock:
            self.received += len(http_response.content)
            self._under_way -= 1

    def fewest(self, call: Callable[[int], object], repeats: int = REPEATS) -> int:
        """Waits of a call that is made again and again.

        A busy machine may let a call end before its neighbour begins: it can only seem more waits, never fewer.
        """
        seen = []
        for turn in range(repeats):
            self.reset()
            call(turn)
            seen.append(self.rounds)
        return min(seen)


@contextmanager
def as_function(aws: EmbeddedAws, where: Mapping[str, Any], function: str) -> Iterator[None]:
    """This process with the environment of a deployed function, and its way to the embedded AWS."""
    found = aws.client("lambda").get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    held = dict(os.environ)
    os.environ.update(
        {
            **found,
            "AWS_ENDPOINT_URL": where["endpoint_aws"],
            "AWS_ACCESS_KEY_ID": where["credenciais_aws"]["access_key"],
            "AWS_SECRET_ACCESS_KEY": where["credenciais_aws"]["secret_key"],
            "AWS_DEFAULT_REGION": where["regiao"],
            "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        }
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(held)
