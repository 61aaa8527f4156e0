"""Area `local`: the embedded AWS that `scripts/run` keeps serving, driven over real HTTP.

Wall time, as a caller sees it: one client's request rate, upload to protocolo, and a burst of uploads at once.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from conecta_edge.clock import local_day
from local.bench.measure import Measure, percentile
from local.client import FINAL, Client, sign_in_as
from local.gerador import Pedido, gerar
from local.runtime import LOCAL_DIRECTORY
from local.seed import HOSPITAL

AREA = "local"
WARM_UP = 50
NOOP_SECONDS = 3.0
UPLOADS = 30
BURST = 120
FOLLOW_SECONDS = 600.0
_POLL_SECONDS = 0.02
_MILLISECONDS = 1000


class NothingRunningError(RuntimeError):
    """`.local/endpoint.json` is missing or its API does not answer."""


class UnfinishedError(RuntimeError):
    """An upload did not become a protocolo."""


def measures(_rounds: int) -> Iterator[Measure]:
    """Rates in req/s and times in ms of wall clock.

    Raises:
        NothingRunningError: start it with scripts/run.
        UnfinishedError: an upload was refused or never finished.
    """
    try:
        where: dict[str, Any] = json.loads((LOCAL_DIRECTORY / "endpoint.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise NothingRunningError("nada está rodando aqui: execute scripts/run em outro terminal") from error
    yield from _noop(where)
    client = sign_in_as(where, "faturista", HOSPITAL.prestador_id)
    lotes = _Lotes()
    yield from _uploads(client, lotes)
    yield from _burst(client, lotes)


class _Lotes:
    """Lotes of one prestador that no earlier run has numbered."""

    def __init__(self) -> None:
        self._next = time.time_ns() // 10**6 % 10**11
        self._today = local_day(datetime.now(UTC))

    def one(self, guias: int = 1) -> bytes:
        self._next += 1
        numero, cnpj = str(self._next), HOSPITAL.cnpj or ""
        return gerar(Pedido(guias=guias, hoje=self._today, numero_lote=numero, origem_cnpj=cnpj)).conteudo


def _noop(where: Mapping[str, Any]) -> Iterator[Measure]:
    parts = urllib.parse.urlsplit(str(where["api"]))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        for _ in range(WARM_UP):
            _get(connection, f"{parts.path}/saude")
        times: list[float] = []
        began = time.perf_counter()
        while (now := time.perf_counter()) - began < NOOP_SECONDS:
            _get(connection, f"{parts.path}/saude")
            times.append((time.perf_counter() - now) * _MILLISECONDS)
        elapsed = time.perf_counter() - began
    except OSError as error:
        raise NothingRunningError(f"a API de .local/endpoint.json não responde: {error}") from error
    finally:
        connection.close()
    yield Measure(area=AREA, case="REST no-op, um cliente", value=len(times) / elapsed, unit="req/s")
    yield Measure(area=AREA, case="REST no-op p50", value=percentile(times, 50), unit="ms")
    yield Measure(area=AREA, case="REST no-op p99", value=percentile(times, 99), unit="ms")


def _get(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    if response.status != http.client.OK:
        raise NothingRunningError(f"GET {path}: HTTP {response.status}")


def _uploads(client: Client, lotes: _Lotes) -> Iterator[Measure]:
    for guias in (1, 100):
        times = []
        for turn in range(UPLOADS + 1):
            content = lotes.one(guias)
            began = time.perf_counter()
            upload_id = str(client.upload(content)["id"])
            while not _is_protocolo(client, upload_id, began):
                time.sleep(_POLL_SECONDS)
            if turn:  # the first one warms the functions up
                times.append((time.perf_counter() - began) * _MILLISECONDS)
        case = f"upload a protocolo, {guias} guia{'s' * (guias > 1)}"
        yield Measure(area=AREA, case=f"{case}, p50", value=percentile(times, 50), unit="ms")
        yield Measure(area=AREA, case=f"{case}, p99", value=percentile(times, 99), unit="ms")


def _burst(client: Client, lotes: _Lotes) -> Iterator[Measure]:
    """All uploads start at once; one caller then asks for each in turn, so that asking does not load the machine."""
    contents = [lotes.one() for _ in range(BURST)]
    began = time.perf_counter()
    with ThreadPoolExecutor(BURST) as pool:
        pending = [str(upload["id"]) for upload in pool.map(client.upload, contents)]
    sent = time.perf_counter() - began
    times: list[float] = []
    while pending:
        still = []
        for upload_id in pending:
            if _is_protocolo(client, upload_id, began):
                times.append((time.perf_counter() - began) * _MILLISECONDS)
            else:
                still.append(upload_id)
            time.sleep(_POLL_SECONDS)
        pending = still
    case = f"{BURST} uploads ao mesmo tempo"
    yield Measure(area=AREA, case=f"{case}: enviados", value=sent * _MILLISECONDS, unit="ms")
    yield Measure(area=AREA, case=f"{case}: p50 até o protocolo", value=percentile(times, 50), unit="ms")
    yield Measure(area=AREA, case=f"{case}: p99 até o protocolo", value=percentile(times, 99), unit="ms")
    yield Measure(area=AREA, case=f"{case}: último protocolo", value=max(times), unit="ms")
    yield Measure(area=AREA, case=f"{case}: protocolos", value=float(len(times)), unit="PEGs")


def _is_protocolo(client: Client, upload_id: str, began: float) -> bool:
    """Whether an upload has become one; any other end is an error."""
    upload = client.get(f"/documentos/uploads/{upload_id}")
    if upload["situacao"] == "CONCLUIDO":
        return True
    if upload["situacao"] in FINAL:
        raise UnfinishedError(json.dumps(upload, ensure_ascii=False)[:1000])
    if time.perf_counter() - began > FOLLOW_SECONDS:
        raise UnfinishedError(f"upload {upload_id}: {upload['situacao']} depois de {FOLLOW_SECONDS:.0f} s")
    return False
