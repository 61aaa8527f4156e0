"""Area `peg`: the engine in process; reception over an embedded AWS, what it writes, and how it grows.

A PEG received is compared with what does no work in the same run: a route of the API, or an upload of a single guia.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from conecta_edge.clock import iso, local_day
from conecta_edge.dynamodb import marshal
from conecta_edge.pseudonyms import Pseudonyms
from local.bench import funcoes, peg_motor
from local.bench.measure import Measure, Sizes, percentile
from local.bench.peg_dados import PRESTADOR, REGISTRO, at_prices, authorization, lote, past_rows, senha_rows
from local.bench.units import Units
from local.cargas import VIDAS
from local.client import FINAL, Client, sign_in_as
from local.gerador_cadastro import Pedido, linhas
from local.runtime import EmbeddedAws
from local.seed import HOSPITAL

AREA: Final = "peg"
XML: Final = {"Content-Type": "application/xml"}
TABELA: Final = "HOSPITALAR"
PASSADOS_POR_PEG: Final = 100
PRESTADORES: Final = 200
"""Who billed in the months before."""
LOTE_DE_LINHAS: Final = 25
FIOS: Final = 4
TURNS: Final = 2
PRIMEIRAS: Final = 5_000
"""Lives at first: enough that what is received meanwhile weighs little beside what was billed before."""
PACIENCIA: Final = 600.0
_PASSO: Final = 0.02
_MIL: Final = 1000
_FUNCAO: Final = "conecta-embarcado-peg-fluxo"


def measures(sizes: Sizes) -> Iterator[Measure]:
    """CPU of the engine in ms, write units, times in ms of wall clock, PEGs per second.

    Raises:
        LoadError: a load did not end as it must.
        RefusedError, UnexpectedAnswerError: a lote was not received as it must.
    """
    guias = 4 if sizes.rapido else 100
    yield from peg_motor.measures(AREA, sizes.rodadas, guias)
    hoje = local_day(datetime.now(UTC))
    with funcoes.instance() as (aws, where):
        casa = Casa(aws, where, hoje, guias, rounds=1 if sizes.rapido else sizes.rodadas)
        first = min(sizes.vidas, PRIMEIRAS)
        if first > VIDAS:
            yield from funcoes.load(AREA, aws, where, hoje, first)
            casa.sign_in()
        yield from casa.load_past(first, sizes.guias * first // sizes.vidas)
        function = _Function(casa)
        yield from function.writes()
        cheap = yield from function.costs()
        before = yield from _reception(casa)
        yield from _throughput(casa, sizes)
        if sizes.vidas > first:
            yield from funcoes.load(AREA, aws, where, hoje, sizes.vidas)
            for part in (4, 1):
                yield from casa.load_past(sizes.vidas, sizes.guias // part)
                casa.sign_in()
                yield from function.costs(cheap)
                yield from _reception(casa, before)


class Casa:
    """An embedded AWS on which lotes are received: their lives are loaded, their senhas granted.

    Args:
        guias: of each lote.
        rounds: in which each question is asked `TURNS` times.
    """

    def __init__(self, aws: EmbeddedAws, where: Mapping[str, Any], hoje: date, guias: int, *, rounds: int) -> None:
        self.aws, self.where, self.hoje, self.guias, self.rounds = aws, where, hoje, guias, rounds
        self.dynamodb = aws.client("dynamodb")
        self._serial = itertools.count(time.time_ns() // 10**9 % 10**6 * 10**4)
        self._precos = _precos(hoje)
        with funcoes.as_function(aws, where, _FUNCAO):
            from conecta_edge import session  # noqa: PLC0415  # reads its settings on first use, and they are these

            self._pseudonyms: Pseudonyms = session.pseudonyms()
            self._pegs, self._senhas = os.environ["TABELA_PEG"], os.environ["TABELA_AUTORIZACAO"]
        self._drawn: Iterator[str] = iter(())
        self.vidas = self.passadas = 0
        self.sign_in()

    def sign_in(self) -> None:
        """Callers of the hospital: each has quotas of its own."""
        self.clients = [sign_in_as(self.where, papel, HOSPITAL.prestador_id) for papel in ("faturista", "gestor")]

    @property
    def client(self) -> Client:
        """Who bills."""
        return self.clients[0]

    @property
    def size(self) -> str:
        """How much there is already."""
        return f"{self.vidas} vidas, {self.passadas} guias passadas"

    def lotes(self, quantos: int, guias: int) -> list[bytes]:
        """Lotes that nobody sent yet, due but for what befell some lives, with their senhas granted."""
        made, rows = [], []
        for _ in range(quantos):
            numero = str(next(self._serial))
            senhas = [f"9{numero}{place:03d}" for place in range(guias)]
            lives = [next(self._drawn) for _ in senhas]
            one = lote(guias, numero, self.hoje, carteiras=lives, senhas=senhas)
            made.append(at_prices(one, self._precos))
            for held in one.conhecido.senhas.values():
                rows += senha_rows(authorization(held, taxas=True), self.life(held.carteira))
        self._write(self._senhas, rows)
        return made

    def life(self, carteira: str) -> str:
        """Life id."""
        return self._pseudonyms.carteira(REGISTRO, carteira)

    def populate(self, vidas: int, passadas: int) -> float:
        """So many lives are there; charges of so many past guias are written. Answers rows per second."""
        lives = _carteiras(self.hoje, vidas)
        if vidas > self.vidas:  # the new ones first: nothing was received for them yet
            new = lives[self.vidas :]
            self._drawn = itertools.cycle([*random.Random(1).sample(new, len(new)), *lives])  # noqa: S311  # no secret
        ids = list(map(self.life, lives))
        prestadores = [PRESTADOR, *(f"{place:014d}" for place in range(1, PRESTADORES))]
        pegs = range(self.passadas // PASSADOS_POR_PEG, passadas // PASSADOS_POR_PEG)
        began = time.perf_counter()
        written = self._write(
            self._pegs,
            itertools.chain.from_iterable(
                past_rows(place, _turn(ids, place), prestadores, self.hoje) for place in pegs
            ),
        )  # fmt: skip
        self.vidas, self.passadas = vidas, max(self.passadas, pegs.stop * PASSADOS_POR_PEG)
        return written / max(time.perf_counter() - began, 1e-9)

    def load_past(self, vidas: int, passadas: int) -> Iterator[Measure]:
        """The same, and how quickly."""
        began = time.perf_counter()
        rate = self.populate(vidas, passadas)
        case = f"guias passadas até {self.passadas}"
        yield Measure(area=AREA, case=f"{case}: escrita", value=rate, unit="linhas/s")
        yield Measure(area=AREA, case=f"{case}: tempo", value=time.perf_counter() - began, unit="s")
        memory = funcoes.resident(self.aws.instance.pid) / funcoes.MEBI
        yield Measure(area=AREA, case=f"{case}: AWS embutida (dados em memória)", value=memory, unit="MiB")

    def _write(self, table: str, rows: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> int:
        def put(batch: Sequence[Mapping[str, Any]]) -> int:
            asked = {table: [{"PutRequest": {"Item": marshal(row)}} for row in batch]}
            while asked:
                asked = self.dynamodb.batch_write_item(RequestItems=asked).get("UnprocessedItems") or {}
            return len(batch)

        given = iter(rows)
        written = 0
        with ThreadPoolExecutor(FIOS) as pool:
            while wave := [batch for _ in range(8 * FIOS) if (batch := list(itertools.islice(given, LOTE_DE_LINHAS)))]:
                written += sum(pool.map(put, wave))
        return written


def _turn(ids: Sequence[str], place: int) -> list[str]:
    first = place * PASSADOS_POR_PEG
    return [ids[(first + n) % len(ids)] for n in range(PASSADOS_POR_PEG)]


def _carteiras(hoje: date, vidas: int) -> list[str]:
    return [str(row["numero_carteira"]) for row in linhas(Pedido(REGISTRO, vidas=vidas, hoje=hoje), "beneficiarios")]


def _precos(hoje: date) -> dict[tuple[str, str], Decimal]:
    """What the contract of the hospital pays today."""
    rows = linhas(Pedido(REGISTRO, hoje=hoje), "precos")
    return {
        (row["tabela"], row["codigo"]): Decimal(row["valor"])
        for row in rows
        if row["tabela_precos"].endswith(TABELA) and not row.get("vigente_ate")
    }


# --- what it writes ---


class _Function:
    """The step of the workflow, asked in this process with the environment it is deployed with."""

    def __init__(self, casa: Casa) -> None:
        self._casa = casa
        self._waits, self._units = funcoes.Waits(), Units(casa.dynamodb)
        self._watched = False

    def _receive(self, event: Mapping[str, Any]) -> None:
        with funcoes.as_function(self._casa.aws, self._casa.where, _FUNCAO):
            from conecta_edge.aws import client  # noqa: PLC0415  # reads its settings on first use
            from peg.handler import fluxo  # noqa: PLC0415

            if not self._watched:
                self._watched = True
                self._waits.watch(client("dynamodb"))
                self._units.watch(client("dynamodb"))
            said = fluxo.handler(event, None)
        if said["situacao"] != "RECEBIDO" or said["repetido"]:
            raise funcoes.UnexpectedAnswerError(json.dumps(said))

    def _events(self, quantos: int, guias: int) -> list[dict[str, Any]]:
        return [_archived(self._casa, raw) for raw in self._casa.lotes(quantos, guias)]

    def writes(self) -> Iterator[Measure]:
        """Write units of a PEG, of each table and in all."""
        for guias in dict.fromkeys((1, self._casa.guias)):
            (event,) = self._events(1, guias)
            with self._units.counting():
                self._receive(event)
            case = f"recepção de {_of(guias)}: unidades de escrita"
            for table, value in sorted(self._units.tables.items()):
                yield Measure(area=AREA, case=f"{case}, {table}", value=float(value), unit="WRU")
            yield Measure(area=AREA, case=f"{case} por PEG", value=float(self._units.total), unit="WRU")
            yield Measure(area=AREA, case=f"{case} por guia", value=self._units.total / guias, unit="WRU")

    def costs(self, before: Mapping[str, float] | None = None) -> Generator[Measure, None, dict[str, float]]:
        """Calls, their waits, their bytes and CPU of a PEG; answers them, for the next to compare with."""
        casa = self._casa
        costs: dict[str, float] = {}
        for guias in dict.fromkeys((1, casa.guias)):
            events = iter(self._events(casa.rounds + 1, guias))
            self._receive(next(events))  # fills the catalogue, as any earlier lote did
            cpu, waits = [], []
            for event in events:
                self._waits.reset()
                began = time.process_time()
                self._receive(event)
                cpu.append((time.process_time() - began) * _MIL)
                waits.append(self._waits.rounds)
            case = f"recepção de {_of(guias)}"
            held = self._waits
            for name, value, unit in (
                # A busy machine may let a call end before its neighbour begins: it can only seem more waits.
                ("idas e voltas ao DynamoDB", min(waits), "esperas"),
                ("chamadas ao DynamoDB", held.calls, "chamadas"),
                ("enviado ao DynamoDB", held.sent, "bytes"),
                ("recebido do DynamoDB", held.received, "bytes"),
                ("CPU da função, com botocore, p50", statistics.median(cpu), "ms CPU"),
                ("CPU da função, com botocore, p99", percentile(cpu, 99), "ms CPU"),
            ):
                costs[f"{case}: {name}"] = value
                yield Measure(area=AREA, case=f"{case}: {name}, {casa.size}", value=float(value), unit=unit)
        for case, value in costs.items() if before else ():
            growth = value / before[case] if before else 1.0
            yield Measure(area=AREA, case=f"{case}: crescimento até {casa.size}", value=growth, unit="x")
        return costs


def _archived(casa: Casa, raw: bytes) -> dict[str, Any]:
    """A lote in the archive, and the event that says so."""
    digest = hashlib.sha256(raw).hexdigest()
    chave = f"t/{REGISTRO}/{PRESTADOR}/lote_tiss/{digest}"
    casa.aws.client("s3").put_object(Bucket=casa.where["buckets"]["acervo"], Key=chave, Body=raw)
    dados = {
        "upload_id": digest[:32], "chave": chave, "sha256": digest, "recebido_em": iso(datetime.now(UTC)),
        "tentativa": 1,
    }  # fmt: skip
    return {
        "acao": "receber", "prestador_id": PRESTADOR, "registro_ans": REGISTRO, "correlacao": "bench", "dados": dados,
    }  # fmt: skip


# --- over HTTP ---


@dataclass(frozen=True, slots=True)
class Question:
    """What is timed, and what it is compared with."""

    name: str
    ask: Callable[[], object]
    against: str | None = None


def _reception(
    casa: Casa, before: Mapping[tuple[str, int], float] | None = None
) -> Generator[Measure, None, dict[tuple[str, int], float]]:
    """Every door in turns with what does no work; answers the ratio at each percentile, for the next to use."""
    many = casa.rounds * TURNS + 1
    one, whole = [iter(casa.lotes(2 * many, guias)) for guias in (1, casa.guias)]
    shown = itertools.cycle(casa.lotes(1, casa.guias))
    callers = itertools.cycle(casa.clients)
    noop, upload = "rota sem trabalho", f"upload a CONCLUIDO, {_of(1)}"
    questions = [
        Question(noop, lambda: casa.client.get("/saude")),
        Question(f"porta XML, {_of(1)}", lambda: _by_door(casa.client, next(one)), noop),
        Question(f"porta XML, {_of(casa.guias)}", lambda: _by_door(casa.client, next(whole)), noop),
        Question(f"pré-validação, {_of(casa.guias)}", lambda: _prevalidate(next(callers), next(shown)), noop),
        Question(upload, lambda: _by_s3(casa.client, next(one)), noop),
        Question(f"upload a CONCLUIDO, {_of(casa.guias)}", lambda: _by_s3(casa.client, next(whole)), upload),
    ]
    for question in questions:
        question.ask()
    samples: dict[str, list[list[float]]] = {question.name: [] for question in questions}
    for _ in range(casa.rounds):
        for rounds_of in samples.values():
            rounds_of.append([])
        for _ in range(TURNS):
            for question in questions:
                began = time.perf_counter()
                question.ask()
                samples[question.name][-1].append((time.perf_counter() - began) * _MIL)
    ratios: dict[tuple[str, int], float] = {}
    for rank in (50, 99):
        # The median of the rounds': what somebody else's burst does to one of them is not what is measured.
        found = {
            name: statistics.median(percentile(times, rank) for times in rounds_of)
            for name, rounds_of in samples.items()
        }
        for question in questions:
            ratio = found[question.name] / found[question.against] if question.against else None
            yield Measure(
                area=AREA, case=f"{question.name}, {casa.size}, p{rank}", value=found[question.name], unit="ms",
                ratio=ratio, against=question.against and f"{question.against}, {casa.size}, p{rank}",
            )  # fmt: skip
            if question.against:
                ratios[question.name, rank] = found[question.name] / found[noop]
                if before is not None:
                    growth = ratios[question.name, rank] / before[question.name, rank]
                    case = f"{question.name}: crescimento até {casa.size}, p{rank}"
                    yield Measure(area=AREA, case=case, value=growth, unit="x")
    return ratios


def _by_door(client: Client, raw: bytes) -> None:
    answer = client.request("POST", "/tiss/loteGuias", raw, headers=XML)
    if answer.status != HTTPStatus.OK or "numeroProtocolo" not in answer.text:
        raise funcoes.UnexpectedAnswerError(f"HTTP {answer.status}: {answer.text[:500]}")


def _prevalidate(client: Client, raw: bytes) -> None:
    answer = client.request("POST", "/pegs/validacoes", raw, headers=XML)
    if answer.status != HTTPStatus.OK or not answer.json()["recebivel"]:
        raise funcoes.UnexpectedAnswerError(f"HTTP {answer.status}: {answer.text[:500]}")


def _by_s3(client: Client, raw: bytes) -> None:
    upload_id = str(client.upload(raw)["id"])
    end = time.monotonic() + PACIENCIA
    while True:
        upload = client.get(f"/documentos/uploads/{upload_id}")
        if upload["situacao"] == "CONCLUIDO":
            return
        if upload["situacao"] in FINAL or time.monotonic() > end:
            raise funcoes.UnexpectedAnswerError(json.dumps(upload, ensure_ascii=False)[:500])
        time.sleep(_PASSO)


def _throughput(casa: Casa, sizes: Sizes) -> Iterator[Measure]:
    """So many uploads under way at any time."""
    quantos = 4 if sizes.rapido else 32
    send = partial(_by_s3, casa.client)
    floor = f"{quantos} uploads de {_of(casa.guias)}, 1 por vez"
    rates: dict[str, float] = {}
    for together in (1, 4, 16):
        contents = casa.lotes(quantos, casa.guias)
        began = time.perf_counter()
        with ThreadPoolExecutor(together) as pool:
            list(pool.map(send, contents))
        case = f"{quantos} uploads de {_of(casa.guias)}, {together} por vez"
        rates[case] = quantos / (time.perf_counter() - began)
        ratio = rates[case] / rates[floor] if case != floor else None
        against = floor if ratio else None
        yield Measure(area=AREA, case=case, value=rates[case], unit="PEGs/s", ratio=ratio, against=against)


def _of(guias: int) -> str:
    return f"{guias} guia{'s' * (guias > 1)}"
