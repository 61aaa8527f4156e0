"""The steps of pagamento's workflows: one event in, one answer out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conecta_cargas_aws import steps
from conecta_edge import session
from conecta_facts.operadoras import Operadora
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.bootstrap import cargas, nucleo
from pagamento.domain.errors import NaoEncontradoError
from pagamento.domain.faturas import programar
from pagamento.domain.lotes import Formato, Lote, SituacaoLote
from pagamento.handler import fluxo
from pagamento.service.portas import Mudanca
from tests.builders_functions import HOSPITAL, PASA, VALE
from tests.builders_pagamento import AGORA, CICLOS, OUTUBRO, a_cronograma, a_fatura, regras_em
from tests.fakes_cadastro import FakeCatalogo
from tests.fakes_pagamento import Mesa

LOTE = "261150000011"


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mesa:
    made, catalogo = Mesa(), FakeCatalogo()
    for registro in (VALE, PASA):
        catalogo.put("operadora", registro, Operadora(registro, registro, "VALE/PASA", (VALE, PASA), ()))
    monkeypatch.setattr(nucleo, "portas", lambda: made.portas)
    monkeypatch.setattr(session, "catalogo", lambda: catalogo)
    made.registros.put(a_cronograma())
    return made


def step(acao: str, **more: Any) -> dict[str, Any]:
    """As Step Functions hands it over."""
    found: dict[str, Any] = json.loads(json.dumps(fluxo.handler(json.loads(json.dumps({"acao": acao, **more})), None)))
    return found


def sweep(pedido: dict[str, Any]) -> list[dict[str, Any]]:
    """The workflow: what each step answered."""
    answers = []
    for parte in step("planejar-fechamento", pedido=pedido)["partes"]:
        answer = {"posicao": None, "mais": True}
        while answer["mais"]:
            answer = step("varrer", parte=parte, posicao=answer["posicao"])
            answers.append(answer)
    return answers


def open_ones(mesa: Mesa, many: int) -> None:
    """Faturas of October as they are since their values were published."""
    faturas = (a_fatura(f"2610200{n:05}") for n in range(many))
    mesa.registros.put(*(programar(one, regras_em()) for one in faturas))


def touch(mesa: Mesa, protocolo: str) -> None:
    """Somebody else acts on a fatura."""
    held = mesa.registros.faturas(HOSPITAL, [protocolo])[protocolo]
    mesa.registros.write([Mudanca(held, replace(held, versao=held.versao + 1))], now=AGORA, correlacao="c")


@pytest.mark.usefixtures("mesa")
def test_the_schedule_closes_at_every_operadora_and_a_new_cronograma_counts_at_its_own() -> None:
    asked = [step("planejar-fechamento", pedido=pedido) for pedido in ({}, {"acao": "recontar", "registro_ans": VALE})]
    assert asked == [
        {"partes": [{"acao": "fechar", "registro_ans": PASA}, {"acao": "fechar", "registro_ans": VALE}]},
        {"partes": [{"acao": "recontar", "registro_ans": VALE}]},
    ]


def test_a_delivery_day_is_closed_page_by_page_and_once(mesa: Mesa, logged: Callable[[], list[Any]]) -> None:
    open_ones(mesa, 250)
    mesa.agora = AGORA + timedelta(days=5)  # the day after the delivery
    answers = sweep({})
    assert [(one["parte"]["registro_ans"], one["reagendadas"], one["mais"]) for one in answers] == [
        (PASA, 0, False), (VALE, 200, True), (VALE, 50, False),
    ]  # fmt: skip
    assert [one["reagendadas"] for one in sweep({})] == [0, 0]
    assert {line["tarefa"] for line in logged()} == {"fechar"}
    assert {event.tipo for event in mesa.registros.told(HOSPITAL)} == {"NotaFiscalReagendada"}


def test_by_a_new_cronograma_everything_open_is_counted_again(mesa: Mesa, logged: Callable[[], list[Any]]) -> None:
    open_ones(mesa, 3)
    later = replace(OUTUBRO, pagamento=OUTUBRO.pagamento + timedelta(days=1))
    novo = a_cronograma(later, *CICLOS[1:], versao=2)
    mesa.registros.write([Mudanca(a_cronograma(), novo)], now=AGORA, correlacao="c")
    mesa.registros.meanwhile = [lambda: touch(mesa, "261020000000")]
    (answer,) = sweep({"acao": "recontar", "registro_ans": VALE})
    assert (answer["alteradas"], answer["adiadas"]) == (2, 1)
    assert [line["level"] for line in logged()] == ["WARNING"]


def a_lote(**changes: Any) -> Lote:
    held: dict[str, Any] = {
        "id": LOTE, "prestador_id": HOSPITAL, "registro_ans": VALE, "tipo": TipoDemonstrativo.ANALISE_DE_CONTA,
        "formato": Formato.JSON, "de": "202610", "ate": "202611", "quem": "pessoa-1", "criado_em": AGORA,
    }  # fmt: skip
    return Lote(**{**held, **changes})


def test_demonstrativos_in_bulk_are_made_until_there_is_no_more(mesa: Mesa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nucleo, "entregas", lambda: None)
    mesa.registros.put(a_lote())
    assert step("montar-lote", prestador_id=HOSPITAL, id=LOTE) == {"prestador_id": HOSPITAL, "id": LOTE, "mais": False}
    held = mesa.registros.lote(HOSPITAL, LOTE)
    assert held is not None
    assert held.situacao is SituacaoLote.VAZIO
    with pytest.raises(NaoEncontradoError):
        step("montar-lote", prestador_id=HOSPITAL, id="261150000012")


def test_what_failed_for_good_is_told_and_a_lote_says_so(mesa: Mesa, logged: Callable[[], list[Any]]) -> None:
    erro = {"Error": "Sandbox.Timedout", "Cause": "…"}
    assert step("registrar-falha", entrada={}, erro=erro) == {"erro": "Sandbox.Timedout"}
    mesa.registros.put(a_lote())
    assert step("registrar-falha", entrada={"prestador_id": HOSPITAL, "id": LOTE}) == {"erro": "desconhecido"}
    held = mesa.registros.lote(HOSPITAL, LOTE)
    assert held is not None
    assert held.situacao is SituacaoLote.FALHOU
    assert [(line["level"], line["erro"]) for line in logged()] == [
        ("ERROR", "Sandbox.Timedout"), ("ERROR", "desconhecido"),
    ]  # fmt: skip


def test_a_step_of_a_load_is_known_by_the_load_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cargas, "ports", lambda: "ports")
    monkeypatch.setattr(steps, "step", lambda event, ports: {"event": event, "ports": ports})
    event = {"acao": "registrar-falha", "registro_ans": VALE, "id": "c1"}
    assert fluxo.handler(event, None) == {"event": event, "ports": "ports"}


def test_an_action_that_does_not_exist_is_refused() -> None:
    with pytest.raises(fluxo.UnknownActionError):
        fluxo.handler({"acao": "pagar"}, None)
