"""Demonstrativos in this process: read from the archive's bytes, made, and rendered, beside what only writes as much.

Every second protocolo has a glosa on each item. A rendering is compared with a floor of the same bytes: libxml2 reading
and validating the XML, `csv` writing the same cells, reportlab drawing as many lines of text.
"""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_tiss.versions import Versao
from local.bench.measure import Measure, alternate, cpu_of
from local.bench.peg_dados import CNPJ, ITENS, PRESTADOR, REGISTRO
from local.bench.peg_publicado import UM_REAL, ContasEmBytes, publicado
from local.bench.tiss import libxml2
from local.gerador import DIA_DE_REFERENCIA
from local.seed import HOSPITAL
from pagamento import pdf, planilhas
from pagamento.domain.demonstrativos import AnaliseDeConta
from pagamento.messages.demonstrativos import xml
from pagamento.service.demonstrativos import PROTOCOLOS, find_analises
from tests.fakes_pagamento import Mesa

UNIT: Final = "ms CPU"
AGORA: Final = datetime(2026, 3, 20, 15, tzinfo=UTC)
LINHAS_POR_PAGINA: Final = 60
MEBI: Final = 1024 * 1024
_PROC: Final = Path("/proc/self")


def mesa(protocolos: int, guias: int) -> tuple[Mesa, list[str]]:
    """Published PEGs of the hospital, and their protocolos."""
    versoes = tuple(VersaoAceita(one.value, DIA_DE_REFERENCIA) for one in Versao)
    held = Mesa(contas=ContasEmBytes(), agora=AGORA)
    held.cadastro.put(HOSPITAL, Operadora(REGISTRO, "Operadora", "Grupo", (REGISTRO,), versoes, cnpj=CNPJ))
    numeros = [f"26032{place:07d}" for place in range(1, protocolos + 1)]
    for first, teto in enumerate((None, UM_REAL)):
        peg, dossie = publicado(guias, teto=teto)
        for protocolo in numeros[first::2]:
            held.contas.put(replace(peg, protocolo=protocolo, numero_lote=protocolo[-5:]), dossie)
    return held, numeros


def measures(area: str, rounds: int, guias: int, protocolos: int = PROTOCOLOS) -> Iterator[Measure]:
    """CPU in ms, size in MB and what the memory grew by at most in MB, of análises of some protocolos.

    Raises:
        RefusedError: what is made is not a valid message: what would be measured is not the work meant.
    """
    held, numeros = mesa(protocolos, guias)
    size = f"{protocolos} protocolo{'s' * (protocolos > 1)} × {guias} guias × {ITENS} itens"

    def found() -> Iterator[AnaliseDeConta]:
        return find_analises(PRESTADOR, numeros, held.portas)

    renderings: dict[str, Callable[[], bytes]] = {
        "XML": lambda: xml(found(), Versao.V4_03_00, AGORA),
        "CSV": lambda: planilhas.analises(found()),
        "PDF": lambda: pdf.analises(found()),
    }
    grown = {name: _alone(render) for name, render in renderings.items()}
    made = {name: render() for name, render in renderings.items()}
    lines = protocolos * guias * (ITENS + 1)
    floors: dict[str, tuple[str, Callable[[], object]]] = {
        "XML": ("libxml2: parse + XSD dos mesmos bytes", libxml2(made["XML"], Versao.V4_03_00)),
        "CSV": ("csv: as mesmas células", _cells(made["CSV"])),
        "PDF": ("reportlab: tantas linhas de texto quantas guias e itens", _drawn(lines)),
    }
    cases = {f"demonstrativo de análise em {name}, {size}": render for name, render in renderings.items()}
    floor_of = {case: f"{floors[name][0]}, {size}" for case, name in zip(cases, renderings, strict=True)}
    medians = alternate(
        {
            f"lidos e montados, {size}": cpu_of(lambda: list(found())),
            **{case: cpu_of(render) for case, render in cases.items()},
            **{f"{name}, {size}": cpu_of(write) for name, write in floors.values()},
        },
        rounds,
    )
    for case, value in medians.items():
        against = floor_of.get(case)
        ratio = value / medians[against] if against else None
        yield Measure(area=area, case=case, value=value, unit=UNIT, ratio=ratio, against=against)
    for case, name in zip(cases, renderings, strict=True):
        yield Measure(area=area, case=f"{case}: tamanho", value=len(made[name]) / MEBI, unit="MB")
        yield Measure(area=area, case=f"{case}: memória a mais", value=grown[name] / MEBI, unit="MB")


def _cells(raw: bytes) -> Callable[[], object]:
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    return lambda: csv.writer(io.StringIO(), delimiter=";").writerows(rows)


def _drawn(lines: int) -> Callable[[], object]:
    def draw() -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pageCompression=1)
        for line in range(lines):
            canvas.setFont("Helvetica", 7)
            for column, text in enumerate(_COLUNAS):
                canvas.drawString(30 + 60 * column, 800 - 12 * (line % LINHAS_POR_PAGINA), text)
            if line % LINHAS_POR_PAGINA == LINHAS_POR_PAGINA - 1:
                canvas.showPage()
        canvas.save()
        return out.getvalue()

    return draw


_COLUNAS: Final = ("02/03/2026", "40304361", "Hemograma com contagem", "1,00", "1.234,56", "1.234,56", "0,00", "1705")


def _alone(work: Callable[[], object]) -> int:
    """Bytes by which a process of its own grew at most while it did this (Linux)."""
    context = get_context("fork")  # it has already what it works on
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=lambda: tell.send(_growth(work)))
    process.start()
    tell.close()
    grown: int = told.recv()
    process.join()
    return grown


def _growth(work: Callable[[], object]) -> int:
    gc.collect()
    (_PROC / "clear_refs").write_text("5")  # the peak starts again from what is held now
    before = _peak()
    work()
    return _peak() - before


def _peak() -> int:
    told = (_PROC / "status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in told if line.startswith("VmHWM"))
