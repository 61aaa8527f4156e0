"""Loads, whatever the bytes, the cut, the order and the accidents."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas import following as service
from conecta_cargas import loading as steps
from conecta_cargas import reading as carga_leitura
from conecta_cargas.reading import LIMITE_DA_LINHA
from conecta_cargas.states import Carga, Contagem, SituacaoCarga
from tests.builders_functions import VALE
from tests.fakes_cargas import ARRIVED, Casa, Cut, csv, exemplo, vida

BATCH, WINDOW = 3, 150


@pytest.fixture(autouse=True, scope="module")
def _small_batches() -> Iterator[None]:
    """A handful of rows are several batches, and a small file several windows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "LOTE", BATCH)
        patch.setattr(carga_leitura, "JANELA", WINDOW)
        yield


@dataclass(frozen=True)
class Outcome:
    """All that may differ between two loads of one file."""

    situacao: SituacaoCarga
    contagem: Contagem
    rows: dict[Any, Any]
    report: bytes


def outcome(casa: Casa, carga: Carga) -> Outcome:
    rows = {key: {**row, "carga": None} for key, row in casa.registros.rows.items()}
    return Outcome(carga.situacao, carga.contagem, rows, service.report(carga, casa.arquivos))


def in_order_of(rng: random.Random) -> Any:
    return lambda parts: rng.sample(parts, len(parts))


def loaded(tipo: str, raw: bytes, *, passo: int | None = None, seed: int | None = None) -> Outcome:
    casa = Casa()
    ordem = (lambda parts: parts) if seed is None else in_order_of(random.Random(seed))  # noqa: S311
    return outcome(casa, casa.carregar(tipo, raw, passo=passo, ordem=ordem))


CELLS = st.one_of(
    st.sampled_from(["", "S", "a1", "TELEFONE", "EMAIL", "0800", "=1+1", "@x", "-2", "+3", '"', '""', '"a;b"', "á é",
                     "2026-11-21", "\u202e", "\ufeff", " x ", "N" * 300]),
    st.text(max_size=8),
)  # fmt: skip
CONTATO = st.fixed_dictionaries(
    {
        "codigo": st.sampled_from(["a1", "a2", "a3", " a1", '"a2"', ""]),
        "regiao": st.sampled_from(["Norte", "Sul", "", "=cmd", "@cmd", "+cmd", "-cmd"]),
        "canal": st.sampled_from(["TELEFONE", "TELEGRAMA"]),
        "valor": st.sampled_from(["0800", "á" * 201]),
    }
).map(lambda row: ";".join(row.values()).encode())
HEADER = b"codigo;regiao;canal;valor"
LINES = st.one_of(
    CONTATO,
    CONTATO,
    st.lists(CELLS, min_size=1, max_size=6).map(lambda cells: ";".join(cells).encode("utf-8", "surrogatepass")),
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")),
    st.sampled_from([b"", b" ", b"\t", b"\r", b"\x00", b"\xff\xfe", b"\xc3", b";;;", b"\x0b"]),
)
ENDS = st.sampled_from([b"\n", b"\r\n"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A right header, then lines right and wrong, with either line end, with and without a last one."""
    body = draw(st.lists(st.tuples(LINES, ENDS), max_size=14))
    if body and draw(st.integers(0, 19)) == 0:
        body[-1] = (b"a9;" + b"N" * (LIMITE_DA_LINHA - draw(st.integers(-4, 40))) + b";TELEFONE;0800", b"\n")
    raw = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + HEADER + draw(ENDS) + b"".join(a + b for a, b in body)
    return raw if draw(st.booleans()) else raw.rstrip(b"\r\n")


@given(st.binary(max_size=300))
def test_no_bytes_crash_a_load(raw: bytes) -> None:
    found = loaded("contatos", raw)
    assert found.situacao is SituacaoCarga.RECUSADA
    assert found.contagem == Contagem()


@given(files())
def test_every_row_is_accounted_for(raw: bytes) -> None:
    found = loaded("contatos", raw)
    lines = [line for line in raw.split(b"\n")[1:] if line.strip()]
    if not lines:
        assert found.situacao is SituacaoCarga.RECUSADA
        return
    assert found.contagem.lidas == len(lines)
    assert found.contagem.fecha
    assert found.contagem.carregadas == len(found.rows)
    told = {int(line.split(b";")[0]) for line in found.report.splitlines()[1:]}
    assert len(told) == found.contagem.recusadas
    assert all(raw.split(b"\n")[number - 1].strip() for number in told)


@given(files())
def test_nothing_that_a_spreadsheet_would_execute_is_stored(raw: bytes) -> None:
    for row in loaded("contatos", raw).rows.values():
        for value in row["dados"].values():
            assert value[0] not in "=+-@"
            assert value.isprintable()


@given(files(), st.integers(1, 400), st.integers(0, 2**32))
def test_any_cut_into_parts_in_any_order_is_as_one_part(raw: bytes, passo: int, seed: int) -> None:
    assert loaded("contatos", raw, passo=passo, seed=seed) == loaded("contatos", raw)


@given(files(), st.integers(1, 200))
def test_the_report_never_repeats_what_was_refused(raw: bytes, passo: int) -> None:
    report = loaded("contatos", raw, passo=passo).report.decode()
    for line in report.splitlines()[1:]:
        assert len(line.split(";")) == 4
    for text in ("=cmd", "TELEGRAMA", "á" * 10, "N" * 10, "a1"):
        assert text not in report


@st.composite
def vidas(draw: st.DrawFn) -> str:
    """A file of lives: few numbers, so that keys meet; some lines wrong."""
    number = st.integers(1, 6)
    old = st.one_of(st.just(""), st.just(""), st.just(""), number.map(str))
    rows = draw(
        st.lists(
            st.tuples(number, st.sampled_from(["Ana", "Ana", "Bia", ""]), old), min_size=1, max_size=9,
        )
    )  # fmt: skip
    return csv("beneficiarios", *(vida(n, nome=nome, carteira_anterior=before) for n, nome, before in rows))


@given(vidas())
def test_a_load_told_of_twice_writes_once(file: str) -> None:
    casa = Casa()
    carga = casa.carregar("beneficiarios", file)
    before, writes = outcome(casa, carga), casa.registros.writes
    again = steps.register_carga(
        carga.objeto.chave,
        "v1",
        tipos=TIPOS,
        cargas_=casa.cargas,
        arquivos=casa.arquivos,
        fuso=casa.ports.fuso,
        now=casa.agora,
    )
    assert again is not None
    assert outcome(casa, casa.executar(again)) == before
    assert casa.registros.writes == writes


@given(vidas(), st.sampled_from(["arquivo.csv", "vidas-2026-11-21.csv"]), st.integers(1, 500))
def test_the_same_content_again_changes_nothing(file: str, nome: str, passo: int) -> None:
    casa = Casa()
    first = casa.carregar("beneficiarios", file, nome)
    before = {key: row["dados"] for key, row in casa.registros.rows.items()}
    again = casa.carregar("beneficiarios", file, nome, em=ARRIVED + timedelta(seconds=30), passo=passo)
    assert {key: row["dados"] for key, row in casa.registros.rows.items()} == before
    counted = first.contagem
    assert again.contagem == Contagem(counted.lidas, 0, counted.carregadas, counted.recusadas)


NAMES = ["vidas-2026-11-18.csv", "vidas-2026-11-19.csv", "vidas-2026-11-19-1200.csv", "vidas.csv", "outras.csv"]


@given(
    st.lists(st.tuples(vidas(), st.sampled_from(NAMES), st.integers(0, 2)), min_size=1, max_size=6),
    st.integers(0, 2**32),
)
def test_whatever_the_order_and_interleaving_of_loads_the_newest_file_stays(
    arrivals: Sequence[tuple[str, str, int]], seed: int
) -> None:
    rng, casa, alone = random.Random(seed), Casa(), {}  # noqa: S311
    loads = []
    for file, nome, second in arrivals:
        em = ARRIVED + timedelta(seconds=second)
        loads.append(casa.chegar("beneficiarios", file, nome, em=em))
        other = Casa()
        other.carregar("beneficiarios", file, nome, em=em)
        alone[loads[-1].id] = {key: row["dados"] for key, row in other.registros.rows.items()}
    expected: dict[Any, Any] = {}
    for carga in sorted(loads, key=lambda carga: carga.fonte):
        expected |= alone[carga.id]

    pending: list[tuple[dict[str, str], Any]] = []
    for carga in loads:
        casa.cargas.rows[VALE, carga.id] = replace(carga, passo=rng.randint(100, 600))
        where = {"registro_ans": VALE, "carga_id": carga.id}
        pending += [(where, parte) for parte in steps.plan(**where, ports=casa.ports)]
    rng.shuffle(pending)
    for where, parte in pending:
        steps.load_part(**where, parte=parte, ports=casa.ports)
    for carga in loads:
        ended = steps.conclude(registro_ans=VALE, carga_id=carga.id, ports=casa.ports)
        assert ended.contagem.fecha
    assert {key: row["dados"] for key, row in casa.registros.rows.items()} == expected


@given(vidas(), st.integers(60, 500), st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=4), st.integers(0))
def test_a_load_cut_anywhere_any_number_of_times_ends_as_one_that_never_was(
    file: str, passo: int, cuts: Sequence[tuple[int, bool]], seed: int
) -> None:
    """Each cut is before or after the n-th batch of an attempt was written."""
    rows = Casa()
    rows.carregar("beneficiarios", csv("beneficiarios", vida(1, nome="Bia"), vida(3)), "vidas-2026-11-17.csv")
    stored = {key: dict(row) for key, row in rows.registros.rows.items()}

    def house() -> tuple[Casa, Carga]:
        casa = Casa()
        casa.registros.rows |= {key: dict(row) for key, row in stored.items()}
        return casa, casa.chegar("beneficiarios", file)

    casa, carga = house()
    whole = outcome(casa, casa.executar(carga, passo=passo))
    casa, carga = house()
    rng, gravar = random.Random(seed), casa.registros.gravar  # noqa: S311
    for number, after in cuts:
        batches = iter(range(100))

        def die(*what: Any, number: int = number, after: bool = after, batches: Iterator[int] = batches) -> Any:
            last = next(batches) == number
            if last and not after:
                raise Cut
            lost = gravar(*what)
            if last:
                raise Cut
            return lost

        casa.registros.gravar = die
        try:
            casa.executar(carga, passo=passo, ordem=in_order_of(rng))
        except Cut:
            service.resume(registro_ans=VALE, carga_id=carga.id, cargas_=casa.cargas, now=casa.agora)
        carga = casa.cargas.get(VALE, carga.id)
    casa.registros.gravar = gravar
    assert outcome(casa, casa.executar(carga, passo=passo)) == whole


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30).map(lambda text: text.replace("\n", " ").replace('"', "'"))


@given(st.sampled_from(sorted(TIPOS)), st.data())
def test_no_cell_of_any_tipo_crashes_or_is_repeated(tipo: str, data: st.DataObject) -> None:
    names = [coluna.nome for coluna in TIPOS[tipo].colunas]
    row = {**exemplo(tipo), **data.draw(st.dictionaries(st.sampled_from(names), TEXTS, max_size=4))}
    casa = Casa()
    carga = casa.carregar(tipo, csv(tipo, {name: f'"{cell}"' for name, cell in row.items()}))
    assert carga.situacao is not SituacaoCarga.RECUSADA
    assert carga.contagem.lidas == 1
    assert carga.contagem.fecha
    known = {coluna.exemplo for coluna in TIPOS[tipo].colunas}
    for _linha, coluna, _codigo, motivo in casa.relatorio(carga):
        cell = row[coluna].strip() if coluna else ""
        assert len(cell) < 7 or cell in known or cell not in motivo


@given(st.permutations(range(5)), st.lists(st.sampled_from(["Ana", "Bia"]), min_size=5, max_size=5))
def test_of_one_row_told_by_many_files_the_newest_stays_in_any_order(order: list[int], names: list[str]) -> None:
    casa = Casa()
    for n in order:
        em = ARRIVED + timedelta(seconds=n)
        casa.carregar("beneficiarios", csv("beneficiarios", vida(1, nome=names[n])), "vidas-2026-11-20.csv", em=em)
    (row,) = casa.registros.rows.values()
    assert row["dados"]["nome"] == names[-1]


@given(st.sets(st.integers(0, 19)), st.integers(100, 3000))
def test_rows_that_are_there_already_are_met_wherever_they_are(stored: set[int], passo: int) -> None:
    casa = Casa()
    if stored:
        casa.carregar("beneficiarios", csv("beneficiarios", *(vida(n) for n in stored)))
    again = casa.carregar("beneficiarios", csv("beneficiarios", *(vida(n) for n in range(20))), passo=passo)
    assert again.contagem == Contagem(20, 20 - len(stored), len(stored), 0)
