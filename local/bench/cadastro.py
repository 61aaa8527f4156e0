"""Area `cadastro`: 200,000 lives loaded as ops do, and eligibility asked at 1,000 and at 200,000 lives.

It starts an embedded AWS of its own, with a quota no benchmark reaches. Eligibility and the no-op route are asked in
turns, one client each on a kept connection: what is to be read is their ratio, and how it grows with the lives.
"""

from __future__ import annotations

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
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from conecta_edge.clock import local_day
from local.bench.measure import Measure, percentile
from local.cargas import VIDAS, Loader, LoadError
from local.client import Client, sign_in_as
from local.gerador_cadastro import Pedido, linhas
from local.run import Progress, bring_up
from local.runtime import EmbeddedAws
from local.seed import HOSPITAL

AREA: Final = "cadastro"
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
_FUNCTION: Final = "conecta-embarcado-cadastro-api"


class UnexpectedAnswerError(RuntimeError):
    """A question was answered with another status."""


def measures(_rounds: int) -> Iterator[Measure]:
    """Rows per second, MiB, and times in ms of wall clock.

    Raises:
        LoadError: a load did not end as it must.
        UnexpectedAnswerError: a question was not answered.
    """
    hoje = local_day(datetime.now(UTC))
    with _instance() as (aws, where):
        client = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        small = yield from _eligibility(client, _carteiras(hoje, VIDAS), f"{2 * VIDAS} vidas", None)
        yield from _round_trips(aws, where, client)
        yield from _load(aws, where, hoje)
        client = sign_in_as(where, "recepcao", HOSPITAL.prestador_id)
        yield from _eligibility(client, _carteiras(hoje, LIVES), f"{LIVES + VIDAS} vidas", small)


@contextmanager
def _instance() -> Iterator[tuple[EmbeddedAws, dict[str, Any]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="conecta-bench-") as folder:
        aws = EmbeddedAws(Path(folder), port=port)
        try:
            yield aws, bring_up(aws, Progress(lambda _line: None), {"limite_elegibilidade": NO_QUOTA})
        finally:
            aws.stop()


def _carteiras(hoje: date, vidas: int) -> list[str]:
    found = [str(row["numero_carteira"]) for row in linhas(Pedido(REGISTRO, vidas=vidas, hoje=hoje), "beneficiarios")]
    return random.Random(1).choices(found, k=QUESTIONS)  # noqa: S311  # which lives, not a secret


def _eligibility(
    client: Client, carteiras: Sequence[str], lives: str, before: Mapping[int, float] | None
) -> Generator[Measure, None, dict[int, float]]:
    """Answers the ratio at each percentile, for the next to compare with."""
    parts = urllib.parse.urlsplit(client.api)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}

    def noop() -> None:
        connection.request("GET", f"{parts.path}/saude")
        _expect_ok(connection)

    def ask(carteira: str) -> None:
        body = json.dumps({"registro_ans": REGISTRO, "numero_carteira": carteira})
        connection.request("POST", f"{parts.path}/elegibilidade", body, headers)
        _expect_ok(connection)

    def timed(call: Callable[[], None]) -> float:
        began = time.perf_counter()
        call()
        return (time.perf_counter() - began) * _MILLISECONDS

    for turn in range(WARM_UP):
        noop()
        ask(carteiras[turn % len(carteiras)])
    rounds = [
        [(timed(noop), timed(partial(ask, carteira))) for carteira in carteiras[turn::ROUNDS]] for turn in range(ROUNDS)
    ]
    connection.close()
    ratios = {}
    for rank in (50, 99):
        # The median of the rounds': what somebody else's burst does to one of them is not what is measured.
        floor = statistics.median(percentile([pair[0] for pair in pairs], rank) for pairs in rounds)
        found = statistics.median(percentile([pair[1] for pair in pairs], rank) for pairs in rounds)
        ratios[rank] = found / floor
        base = f"rota sem trabalho, {lives}, p{rank}"
        yield Measure(area=AREA, case=base, value=floor, unit="ms")
        case = f"elegibilidade, {lives}, p{rank}"
        yield Measure(area=AREA, case=case, value=found, unit="ms", ratio=ratios[rank], against=base)
        if before is not None:
            growth = ratios[rank] / before[rank]
            yield Measure(area=AREA, case=f"crescimento da razão com as vidas, p{rank}", value=growth, unit="x")
    return ratios


def _expect_ok(connection: http.client.HTTPConnection) -> None:
    response = connection.getresponse()
    body = response.read()
    if response.status != http.client.OK:
        raise UnexpectedAnswerError(f"HTTP {response.status}: {body[:300]!r}")


def _load(aws: EmbeddedAws, where: Mapping[str, Any], hoje: date) -> Iterator[Measure]:
    pedido = Pedido(
        REGISTRO, vidas=LIVES, prestadores=PRESTADORES, hoje=hoje,
        tipos=("operadora", "prestadores", "contratos", "beneficiarios"),
    )  # fmt: skip
    with _Memory(aws) as memory:
        began = time.perf_counter()
        total = Loader(aws.client("s3"), where, patience=600).load([pedido])
        seconds = time.perf_counter() - began
    rows = total["lidas"]
    if total["recusadas"] or rows != total["carregadas"] + total["inalteradas"]:
        raise LoadError(f"linhas que não fecham: {total}")
    case = f"carga de {LIVES} vidas e {PRESTADORES} prestadores"
    yield Measure(area=AREA, case=f"{case}: linhas", value=float(rows), unit="linhas")
    yield Measure(area=AREA, case=f"{case}: tempo, do S3 ao fim", value=seconds * _MILLISECONDS, unit="ms")
    yield Measure(area=AREA, case=f"{case}: ritmo", value=rows / seconds, unit="linhas/s")
    yield Measure(area=AREA, case=f"{case}: maior processo de função", value=memory.function / MEBI, unit="MiB")
    yield Measure(area=AREA, case=f"{case}: AWS embutida (dados em memória)", value=memory.aws / MEBI, unit="MiB")


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
            self.aws = max(self.aws, _resident(self._pid))
            pending = list(children.get(self._pid, ()))
            while pending:
                pid = pending.pop()
                self.function = max(self.function, _resident(pid))
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


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)


def _round_trips(aws: EmbeddedAws, where: Mapping[str, Any], client: Client) -> Iterator[Measure]:
    """One question of each kind, asked of the handler in this process, its calls to DynamoDB counted."""
    carteiras = {row["caso"]: row for row in where["beneficiarios"]}
    environment = aws.client("lambda").get_function_configuration(FunctionName=_FUNCTION)["Environment"]["Variables"]
    own = {
        "AWS_ENDPOINT_URL": where["endpoint_aws"],
        "AWS_ACCESS_KEY_ID": where["credenciais_aws"]["access_key"],
        "AWS_SECRET_ACCESS_KEY": where["credenciais_aws"]["secret_key"],
        "AWS_DEFAULT_REGION": where["regiao"],
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }
    with _environment({**environment, **own}):
        from cadastro.handler import api  # noqa: PLC0415  # reads its settings on first use, and they are these
        from conecta_edge.aws import client as aws_client  # noqa: PLC0415

        waits = _Waits()
        waits.watch(aws_client("dynamodb"))
        event = _event(str(client.token))
        for kind, body in (
            ("por carteira", {"registro_ans": REGISTRO, "numero_carteira": carteiras["elegivel"]["numero_carteira"]}),
            ("por CPF, nas duas operadoras", {"cpf": carteiras["varias"]["cpf"]}),
            ("que não encontra", {"registro_ans": REGISTRO, "numero_carteira": "1"}),
        ):
            asked = {**event, "body": json.dumps(body)}
            api.handler(asked, None)  # fills the catalogue, as any earlier question did
            seen = []
            for turn in range(REPEATS):
                waits.reset()
                context = {**event["requestContext"], "requestId": f"bench-{kind}-{turn}-{time.time_ns()}"}
                api.handler({**asked, "requestContext": context}, None)
                seen.append(waits.rounds)
            case = f"elegibilidade {kind}"
            # A busy machine may let a call end before its neighbour begins: it can only seem more waits, never fewer.
            yield Measure(area=AREA, case=f"{case}: idas e voltas", value=float(min(seen)), unit="esperas")
            yield Measure(area=AREA, case=f"{case}: chamadas ao DynamoDB", value=float(waits.calls), unit="chamadas")


def _event(token: str) -> dict[str, Any]:
    import base64  # noqa: PLC0415

    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return {
        "httpMethod": "POST", "resource": "/elegibilidade", "headers": {}, "isBase64Encoded": False,
        "requestContext": {"requestId": f"bench-{time.time_ns()}", "authorizer": {"claims": claims}},
    }  # fmt: skip


class _Waits:
    """Counts calls, and how often the process began to wait for any: calls under way together are one wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.calls = self.rounds = self._under_way = 0

    def watch(self, client: Any) -> None:
        client.meta.events.register("before-call.dynamodb", self._began)
        client.meta.events.register("after-call.dynamodb", self._ended)

    def _began(self, **_call: Any) -> None:
        with self._lock:
            self.calls += 1
            self.rounds += self._under_way == 0
            self._under_way += 1

    def _ended(self, **_call: Any) -> None:
        with self._lock:
            self._under_way -= 1


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    held = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(held)
