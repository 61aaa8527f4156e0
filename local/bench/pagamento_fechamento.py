"""The closing of a competência: every fatura warned, rescheduled, and counted again by a new cronograma.

In process on the contract-tested fake, beside the same days counted by the pure function alone; then on an embedded AWS
by its workflow, beside the same rows merely written in batches.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from statistics import median
from typing import Final

from conecta_edge.clock import local_day
from conecta_edge.dynamodb import marshal
from local.bench import funcoes
from local.bench.measure import Measure
from local.bench.peg_dados import REGISTRO
from local.bench.units import Units
from local.runtime import EmbeddedAws
from pagamento.domain.cronograma import UM_DIA, Ciclo, Cronograma
from pagamento.domain.faturas import Fatura, abrir, programar
from pagamento.dynamodb import chaves
from pagamento.dynamodb.registros import DynamoRegistros, to_item
from pagamento.service import faturas as service
from pagamento.service.portas import Mudanca, Portas
from tests.builders_pagamento import OUTUBRO, a_cronograma, a_fatura, meia_noite, regras_em
from tests.fakes_pagamento import Mesa

PEGS: Final = 20_000
PRESTADORES: Final = 200
_FUNCAO: Final = "conecta-embarcado-pagamento-fluxo"
_PACIENCIA: Final = 1800.0
_PASSO: Final = 0.2
_LOTE: Final = 25
_FIOS: Final = 4
_AMOSTRA: Final = 200


class NotClosedError(RuntimeError):
    """Not all that had to be done was done."""


Acao = Callable[..., tuple[dict[str, int], "Mapping[str, str] | None"]]


def measures(area: str, rounds: int, pegs: int = PEGS) -> Iterator[Measure]:
    """CPU in ms per PEG, of each thing that is done of all of them, on the fake.

    Raises:
        NotClosedError: something was not done.
    """
    late = regras_em(OUTUBRO.entrega + UM_DIA)
    opened = [
        abrir(a_fatura(f"26102{place:07d}", prestador_id=_prestador(place), registro_ans=REGISTRO),
              regras_em(OUTUBRO.publicacao))
        for place in range(pegs)
    ]  # fmt: skip
    floor, seen = f"só os dias, pela função pura, {pegs} PEGs", dict[str, list[float]]()
    for _ in range(max(rounds, 1)):
        began = time.process_time()
        moved = sum(programar(one, late).reagendada for one in opened)
        seen.setdefault(floor, []).append(time.process_time() - began)
        _expect(floor, moved, pegs)
        for case, seconds in _lived(opened):
            seen.setdefault(f"{case} no dublê, {pegs} PEGs", []).append(seconds)
    for case, values in seen.items():
        ratio = median(values) / median(seen[floor]) if case != floor else None
        value = median(values) * 1000 / pegs
        yield Measure(
            area=area, case=case, value=value, unit="ms CPU/PEG", ratio=ratio, against=floor if ratio else None
        )


def _prestador(place: int) -> str:
    return f"{place % PRESTADORES:014d}"


def _lived(opened: Sequence[Fatura]) -> Iterator[tuple[str, float]]:
    """CPU seconds of each of the days of a competência, one after the other."""
    mesa, before = Mesa(), a_cronograma(registro_ans=REGISTRO)
    mesa.registros.put(before, *opened)
    for case, day, act, done in (
        ("aviso de três dias", OUTUBRO.entrega - 3 * UM_DIA, service.close_day, "avisadas"),
        ("aviso da véspera", OUTUBRO.entrega - UM_DIA, service.close_day, "avisadas"),
        ("fechamento", OUTUBRO.entrega + UM_DIA, service.close_day, "reagendadas"),
        ("fechamento outra vez", OUTUBRO.entrega + UM_DIA, service.close_day, None),
        ("recontagem", OUTUBRO.entrega + UM_DIA, service.recount, "alteradas"),
    ):
        if act is service.recount:
            later = [replace(one, entrega=one.entrega + UM_DIA) for one in before.ciclos]
            mesa.registros.write(
                [Mudanca(before, replace(before, versao=2, ciclos=tuple(later)))], now=mesa.agora, correlacao="bench"
            )
        mesa.agora = meia_noite(day)
        began = time.process_time()
        total = _through(act, mesa.portas)
        yield case, time.process_time() - began
        for what in ("avisadas", "reagendadas", "alteradas", "adiadas"):
            _expect(f"{case}: {what}", total[what], len(opened) if what == done else 0)


def _through(act: Acao, portas: Portas) -> Counter[str]:
    """All of an operadora's, page by page, as the workflow asks for them."""
    total, position = Counter[str](), None
    while True:
        done, position = act(REGISTRO, position, portas)
        total.update(done)
        if position is None:
            return total


def _expect(case: str, seen: int, expected: int) -> None:
    if seen != expected:
        raise NotClosedError(f"{case}: {seen} de {expected}")


# --- on the embedded runtime ---


def measures_on_runtime(area: str, pegs: int = PEGS) -> Iterator[Measure]:
    """PEGs per second of the workflow, write units of a PEG.

    Raises:
        NotClosedError: the workflow did not end as it must, or left a fatura as it was.
    """
    hoje = local_day(datetime.now(UTC))
    with funcoes.instance() as (aws, where):
        _unschedule(aws)
        with funcoes.as_function(aws, where, _FUNCAO):
            from conecta_edge.aws import client  # noqa: PLC0415  # reads its settings on first use, and they are these

            table, dynamodb = os.environ["TABELA_PAGAMENTO"], client("dynamodb")
            registros = DynamoRegistros(dynamodb, table)
            before = registros.cronograma(REGISTRO)
            after = replace(_cronograma(hoje), versao=before.versao + 1 if before else 1)
            registros.write([Mudanca(before, after)], now=datetime.now(UTC), correlacao="bench")
            _put(aws, table, [_late(place, hoje) for place in range(pegs, pegs + _AMOSTRA)])
            units = Units(aws.client("dynamodb"))
            units.watch(dynamodb)
            portas = replace(Mesa(agora=datetime.now(UTC)).portas, registros=registros)
            with units.counting():
                done = _through(service.close_day, portas)
            _expect("amostra", done["reagendadas"], _AMOSTRA)
        yield Measure(
            area=area, case="fechamento: unidades de escrita por PEG", value=units.total / _AMOSTRA, unit="WRU"
        )
        floor = f"as mesmas linhas só escritas, em lotes, {pegs} PEGs"
        began = time.perf_counter()
        _put(aws, table, [_late(place, hoje) for place in range(pegs)])
        written = pegs / (time.perf_counter() - began)
        yield Measure(area=area, case=floor, value=written, unit="PEGs/s")
        case = f"fechamento pelo fluxo, {pegs} PEGs"
        seconds = _run(aws)
        ratio = pegs / seconds / written
        yield Measure(area=area, case=f"{case}: tempo", value=seconds, unit="s")
        yield Measure(area=area, case=case, value=pegs / seconds, unit="PEGs/s", ratio=ratio, against=floor)
        yield Measure(area=area, case=f"{case}, outra vez: tempo", value=_run(aws), unit="s")
        left = DynamoRegistros(aws.client("dynamodb"), table).faturas_abertas(REGISTRO, hoje, None, pegs).rows
        _expect("ficaram por fechar", len(left), 0)


def _cronograma(hoje: date) -> Cronograma:
    """Two ciclos: the delivery of the first ended yesterday."""
    first = Ciclo(
        competencia=f"{hoje - 40 * UM_DIA:%Y%m}", corte=hoje - 20 * UM_DIA, publicacao=hoje - 10 * UM_DIA,
        entrega=hoje - UM_DIA, pagamento=hoje + 10 * UM_DIA,
    )  # fmt: skip
    month = 30 * UM_DIA
    second = Ciclo(
        competencia=f"{hoje - 5 * UM_DIA:%Y%m}", corte=first.corte + month, publicacao=first.publicacao + month,
        entrega=first.entrega + month, pagamento=first.pagamento + month,
    )  # fmt: skip
    return a_cronograma(first, second, registro_ans=REGISTRO)


def _late(place: int, hoje: date) -> Fatura:
    """Of the first ciclo; its nota did not come."""
    by = replace(regras_em(hoje - 2 * UM_DIA), cronograma=_cronograma(hoje))
    new = a_fatura(
        f"26102{place:07d}", prestador_id=_prestador(place), registro_ans=REGISTRO, recebido_em=hoje - 25 * UM_DIA,
        publicada_em=hoje - 12 * UM_DIA, avisada=1,
    )  # fmt: skip
    return abrir(new, by)


def _put(aws: EmbeddedAws, table: str, faturas: Sequence[Fatura]) -> None:
    dynamodb = aws.client("dynamodb")

    def write(rows: Sequence[Fatura]) -> None:
        asked = {table: [{"PutRequest": {"Item": marshal({**chaves.linha_key(one), **to_item(one)})}} for one in rows]}
        while asked:
            asked = dynamodb.batch_write_item(RequestItems=asked).get("UnprocessedItems") or {}

    with ThreadPoolExecutor(_FIOS) as pool:
        list(pool.map(write, (faturas[start : start + _LOTE] for start in range(0, len(faturas), _LOTE))))


def _unschedule(aws: EmbeddedAws) -> None:
    """The workflow is started by us alone."""
    scheduler = aws.client("scheduler")
    for one in scheduler.list_schedules()["Schedules"]:
        if one["Name"].endswith(service.FECHAMENTO):
            scheduler.delete_schedule(Name=one["Name"], GroupName=one["GroupName"])


def _run(aws: EmbeddedAws) -> float:
    """Seconds of an execution."""
    states = aws.client("stepfunctions")
    (arn,) = (
        one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"]
        if one["name"].endswith(service.FECHAMENTO)
    )  # fmt: skip
    began = time.perf_counter()
    execution = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    deadline = time.monotonic() + _PACIENCIA
    while (told := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        if time.monotonic() > deadline:
            raise NotClosedError(f"{service.FECHAMENTO}: RUNNING")
        time.sleep(_PASSO)
    if told["status"] != "SUCCEEDED":
        raise NotClosedError(f"{service.FECHAMENTO}: {told['status']} {told.get('cause')}")
    return time.perf_counter() - began
