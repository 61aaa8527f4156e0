"""Rows that were appended are sealed, each once, whenever they come and whoever is in the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditoria import bootstrap
from auditoria.domain.cadeia import verificar
from auditoria.handler import fluxo
from auditoria.service import selagem
from auditoria.service.portas import PerdidoError
from auditoria.settings import settings
from conecta_edge.clock import iso
from conecta_edge.dynamodb import marshal
from tests.builders_functions import NOW, VALE
from tests.fakes_auditoria import HOJE, ONTEM, TENANT, Registro, a_row

SELAR = {"acao": "selar"}
Logged = Callable[[], list[Any]]


def context(left_ms: int = 300_000) -> Any:
    return SimpleNamespace(get_remaining_time_in_millis=lambda: left_ms)


@pytest.fixture
def registro(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Registro:
    made = Registro()
    monkeypatch.setattr(bootstrap, "portas", lambda: made.portas)
    return made


def appended(registro: Registro, *linhas: dict[str, Any], tenant: str = TENANT, dia: date = HOJE) -> None:
    """Rows are appended, and the stream tells of them."""
    registro.acessos.put(*linhas, tenant=tenant, dia=dia)
    told(registro, *linhas, tenant=tenant, dia=dia)


def told(registro: Registro, *linhas: dict[str, Any], tenant: str = TENANT, dia: date = HOJE) -> None:
    keys = [marshal({"pk": f"{tenant}#{dia}", "sk": linha["sk"]}) for linha in linhas]
    batch = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": key}} for key in keys]}
    assert fluxo.handler(batch, context()) == {"batchItemFailures": []}


def sealed(registro: Registro) -> list[list[str]]:
    """Correlations of the rows of each block of the hospital's chain, which has nothing wrong."""
    assert list(verificar(registro.blocos)) == []
    return [[row["correlacao"] for row in bloco["linhas"]] for bloco in registro.blocos]


def test_rows_are_sealed_by_tenant_and_day_once_they_are_old_enough(registro: Registro, logged: Logged) -> None:
    appended(registro, a_row(0, "a"), a_row(1, "b"))
    appended(registro, a_row(2, "c"), tenant=f"OPERADORA#{VALE}")
    appended(registro, a_row(-900, "d"), dia=ONTEM)
    assert fluxo.handler(SELAR, context()) == {"blocos": 0, "linhas": 0, "adiados": 0}
    registro.agora += timedelta(minutes=5)
    assert fluxo.handler(SELAR, context()) == {"blocos": 3, "linhas": 4, "adiados": 0}
    assert fluxo.handler(SELAR, context()) == {"blocos": 0, "linhas": 0, "adiados": 0}
    assert sorted(sealed(registro)) == [["a", "b"], ["d"]]
    assert [(one.dia, one.linhas, one.desde) for one in registro.selos.dias(TENANT, ONTEM, HOJE)] == [
        (ONTEM, 1, None), (HOJE, 2, None),
    ]  # fmt: skip
    assert registro.selos.cabeca(f"OPERADORA#{VALE}").n == 1
    assert {line["message"] for line in logged()} == {"auditoria selada"}


def test_rows_that_are_too_young_wait_and_those_of_a_block_that_is_full_are_in_the_next(
    registro: Registro, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selagem, "LINHAS", 2)
    registro.agora = NOW + timedelta(minutes=3)
    appended(registro, *(a_row(minute, str(minute)) for minute in range(5)))
    registro.agora = NOW + timedelta(minutes=5, seconds=30)
    assert fluxo.handler(SELAR, context())["linhas"] == 4
    assert sealed(registro) == [["0", "1"], ["2", "3"]]
    registro.agora += timedelta(hours=1)
    assert fluxo.handler(SELAR, context())["linhas"] == 1
    assert sealed(registro)[2:] == [["4"]]


def test_all_may_be_sealed_at_once_when_somebody_asks_for_it(registro: Registro) -> None:
    registro.agora = NOW
    appended(registro, a_row(-1 / 60, "a"))
    assert fluxo.handler({**SELAR, "margem_s": 0}, context()) == {"blocos": 1, "linhas": 1, "adiados": 0}


@pytest.mark.regra("AUDITORIA-SELO")
def test_a_row_that_comes_late_goes_into_the_next_block_and_none_into_two(registro: Registro) -> None:
    appended(registro, a_row(0, "a"), a_row(2, "c"))
    selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas)
    appended(registro, a_row(1, "b"))
    told(registro, a_row(0, "a"))
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (1, 1)
    told(registro, a_row(0, "a"), a_row(2, "c"))
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (0, 0)
    assert sealed(registro) == [["a", "c"], ["b"]]


def test_of_other_days_no_block_is_looked_through_for_what_is_late(registro: Registro) -> None:
    for linha, dia in ((a_row(0, "a"), HOJE), (a_row(-900, "y"), ONTEM), (a_row(2, "c"), HOJE)):
        appended(registro, linha, dia=dia)
        selagem.selar(TENANT, dia, iso(registro.agora), registro.portas)
    appended(registro, a_row(1, "b"))
    first = registro.selos.elos(TENANT, 1, 2)
    for elo in first:
        registro.arquivo.blocos.pop((TENANT, elo.n, elo.digest))  # they are not asked for
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (1, 1)


def test_a_row_that_is_told_of_while_its_day_is_sealed_is_sealed(registro: Registro) -> None:
    appended(registro, a_row(0, "a"))
    registro.selos.meanwhile = [lambda: appended(registro, a_row(1, "b"))]
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (1, 2)
    assert sealed(registro) == [["a", "b"]]


@pytest.mark.regra("AUDITORIA-SELO")
def test_two_who_seal_the_same_at_once_seal_it_once(registro: Registro) -> None:
    appended(registro, a_row(0, "a"))
    registro.selos.meanwhile = [lambda: selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas)]
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (0, 0)
    assert sealed(registro) == [["a"]]


def test_who_loses_all_the_time_says_so_and_a_later_one_goes_on(registro: Registro, logged: Logged) -> None:
    appended(registro, a_row(0, "a"))
    appended(registro, a_row(0, "b"), tenant=f"OPERADORA#{VALE}")
    registro.agora += timedelta(days=2)
    registro.selos.disputado = True
    with pytest.raises(ExceptionGroup, match="2 days"):
        fluxo.handler(SELAR, context())
    lines = [(line["level"], line["message"]) for line in logged()]
    assert lines[-2:] == [("WARNING", "auditoria atrasada"), ("INFO", "auditoria selada")]
    registro.selos.disputado = False
    assert fluxo.handler(SELAR, context())["linhas"] == 2
    assert [line["message"] for line in logged()] == ["auditoria selada"]


def test_what_there_is_no_time_for_is_left_to_the_next_time(registro: Registro) -> None:
    appended(registro, a_row(0, "a"))
    registro.agora += timedelta(minutes=5)
    assert fluxo.handler(SELAR, context(left_ms=20_000)) == {"blocos": 0, "linhas": 0, "adiados": 1}
    assert fluxo.handler(SELAR, context()) == {"blocos": 1, "linhas": 1, "adiados": 0}


def test_a_block_that_is_gone_stops_the_sealing_of_what_came_late(registro: Registro) -> None:
    appended(registro, a_row(1, "b"))
    selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas)
    registro.arquivo.blocos.clear()
    appended(registro, a_row(0, "a"))
    with pytest.raises(PerdidoError):
        selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas)


def test_a_day_of_which_the_stream_told_nothing_is_looked_through_when_asked(registro: Registro) -> None:
    registro.acessos.put(a_row(0, "a"), a_row(1, "b"))
    asked = {"acao": "marcar", "tenant": TENANT, "dia": HOJE.isoformat()}
    assert fluxo.handler(asked, context())["adiados"] == 1
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (1, 2)
    fluxo.handler(asked, context())
    assert selagem.selar(TENANT, HOJE, iso(registro.agora), registro.portas) == (0, 0)


def test_nothing_else_is_known(registro: Registro) -> None:
    with pytest.raises(fluxo.UnknownActionError):
        fluxo.handler({"acao": "outra"}, context())
    assert registro.selos.writes == 0


@given(st.lists(st.one_of(st.integers(0, 40), st.none()), max_size=25))
def test_however_rows_come_and_seals_are_made_every_row_is_in_one_block(steps: list[int | None]) -> None:
    registro, rows = Registro(), set()
    for step in steps:
        if step is None:
            selagem.selar(TENANT, HOJE, iso(NOW + timedelta(minutes=30)), registro.portas)
        elif step not in rows:
            rows.add(step)
            registro.acessos.put(a_row(step, str(step)))
            selagem.marcar([(TENANT, HOJE, a_row(step, str(step))["sk"])], registro.portas)
    selagem.selar(TENANT, HOJE, iso(NOW + timedelta(minutes=60)), registro.portas)
    assert sorted(int(one) for bloco in sealed(registro) for one in bloco) == sorted(rows)


@pytest.mark.usefixtures("function_environment")
def test_the_ports_of_a_call_are_made_once_and_the_archive_only_when_it_is_asked_something() -> None:
    portas = bootstrap.portas()
    assert (portas.now, portas.hoje, portas.selos) == (NOW, HOJE, bootstrap.portas().selos)
    assert bootstrap._arquivo.cache_info().currsize == 0
    assert callable(portas.arquivo.ler)
    assert bootstrap._arquivo.cache_info().currsize == 1
    assert settings().tabela_selos == "conecta-teste-selos"
