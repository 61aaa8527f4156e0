"""What the functions of pagamento are made of: on first use, once, of what their environment tells."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge import calls, session
from pagamento.bootstrap import cargas, nucleo
from pagamento.domain.errors import NotaIlegivelError
from pagamento.settings import settings
from tests.builders_functions import HOSPITAL, NOW, VALE, a_peg
from tests.fakes_cadastro import PSEUDONIMOS


@pytest.mark.usefixtures("function_environment")
def test_the_ports_of_a_call_are_made_once_and_only_when_they_are_asked_something() -> None:
    portas = nucleo.portas()
    assert (portas.now, portas.registros) == (NOW, nucleo.portas().registros)
    assert nucleo._contas.cache_info().currsize == nucleo._arquivos.cache_info().currsize == 0
    assert callable(portas.contas.peg)
    assert callable(portas.arquivos.arquivo)
    assert nucleo._contas.cache_info().currsize == nucleo._arquivos.cache_info().currsize == 1
    assert nucleo.agendas() is nucleo.agendas()
    assert nucleo.entregas() is nucleo.entregas()
    assert settings().tabela_pagamento == "conecta-teste-pagamento"


@pytest.mark.usefixtures("function_environment")
def test_notas_are_read_and_codes_described_by_what_knows_them() -> None:
    portas = nucleo.portas()
    with pytest.raises(NotaIlegivelError):
        portas.ler_nota(b"<!DOCTYPE x><x/>")
    assert portas.descrever("22", "10101012")
    assert portas.descrever("22", "1") is None


@pytest.mark.usefixtures("function_environment")
def test_what_is_contested_is_asked_of_the_function_that_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(setting: str, event: dict[str, Any], correlacao: str) -> calls.Answered:
        asked.append((setting, event["resource"], json.loads(event["body"]), correlacao))
        return calls.Answered(200, {}, '{"linhas": [[1, 2, "12.50"]]}')

    monkeypatch.setattr(calls, "call", answer)
    assert nucleo.portas().contestado(a_peg(), "req-1") == {(1, 2): Decimal("12.50")}
    told = {"registro_ans": VALE, "prestador_id": HOSPITAL, "protocolo": a_peg().protocolo}
    assert asked == [("FUNCAO_RECURSO", "/recursos/contestados", told, "req-1")]


@pytest.mark.usefixtures("function_environment")
def test_loads_are_made_of_the_functions_own_table_and_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "pseudonyms", lambda: PSEUDONIMOS)
    ports = cargas.ports()
    assert ports is cargas.ports()
    assert (ports.cargas, ports.arquivos, set(ports.tipos)) == (
        cargas.cargas(), cargas.arquivos(), {"cronograma", "pagamentos"},
    )  # fmt: skip
