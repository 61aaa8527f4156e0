"""What is counted of one thing, what it costs, and how far the peaks are from the limits."""

from __future__ import annotations

from typing import Any

import pytest

from local.bench.custo import documento, modelo
from local.bench.custo.contagem import Chave, Fluxo, contar, padrao

DATA = modelo.dados()


def call(quem: str, servico: str, operacao: str, de: float, ate: float, **more: Any) -> dict[str, Any]:
    return {"que": "chamada", "quem": quem, "servico": servico, "operacao": operacao, "de": de, "ate": ate, **more}


def run(quem: str, gatilho: str, *, registros: int = 0) -> dict[str, Any]:
    told = {"registros": registros, "de": 0.0, "ate": 9.0, "memoria": 512, "log": 100}
    return {"que": "invocacao", "quem": quem, "gatilho": gatilho, **told}


UNITS = ["conecta-embarcado-peg", None, "PRESTADOR#11222333000181", 0.5, 2]
LINES = (
    run("peg-api", "api"),
    call("peg-api", "dynamodb", "GetItem", 1.0, 2.0, unidades=[UNITS], guardado=300),
    call("peg-api", "dynamodb", "Query", 1.5, 2.5, unidades=[UNITS]),
    call("peg-api", "lambda", "recurso-api", 3.0, 4.0),
    run("recurso-api", "funcao"),
    run("peg-eventos", "sqs", registros=4),
    call("peg-eventos", "events", "PutEvents", 1.0, 2.0, eventos=3),
    call("", "s3", "POST", 1.0, 2.0, guardado=5000),
    run("peg-fluxo", "varrer"),
    call("peg-fluxo", "dynamodb", "Query", 1.0, 2.0, unidades=[UNITS]),
)


def test_calls_are_counted_for_one_and_those_under_way_together_are_one_wait() -> None:
    seen = contar(LINES, {"peg-api": 0.1}, transicoes=6, quantas=2)

    assert (seen.pedidos, seen.eventos, seen.mensagens, seen.transicoes) == (0.5, 2.0, 3.0, 3.0)
    assert (seen.leituras, seen.escritas, seen.s3) == (0.5, 2.0, {"gravacoes": 0.5, "leituras": 0.0})
    assert seen.guardado == {"dynamodb": 150.0, "s3": 2500.0}
    assert seen.chaves == [Chave("peg", None, "PRESTADOR#<prestador>", 0.5, 2.0)]
    api = seen.funcoes["peg-api"]
    assert (api.invocacoes, api.cpu_ms, api.esperas) == (0.5, 50.0, {"dynamodb": 0.5, "lambda:recurso-api": 0.5})
    assert "peg-fluxo" not in seen.funcoes, "what a schedule does is none of it"
    assert Fluxo.of(seen.plain()) == seen


@pytest.mark.parametrize(
    ("chave", "seen"),
    [
        ("PRESTADOR#11222333000181#2611", "PRESTADOR#<prestador>#<mes>"),
        ("OPERADORA#345695#GUIA#26112277123456", "OPERADORA#<registro>#GUIA#<numero>"),
        ("PESSOA#0b2c9a52-7f0e-4f7e-9d0e-0b6f3f1c7a11", "PESSOA#<id>"),
        ("PRESTADOR#h#2026-11-22", "PRESTADOR#<prestador>#<dia>"),
        ("VENCIMENTO#7", "VENCIMENTO#<fatia>"),
    ],
)
def test_a_key_is_told_by_its_pattern(chave: str, seen: str) -> None:
    assert padrao(chave) == seen


def test_a_function_that_asks_another_waits_for_all_of_it() -> None:
    fluxo = contar(LINES, {"recurso-api": 0.1}, transicoes=0, quantas=1)
    asked, latencia = modelo.duracao("recurso-api", fluxo, DATA), DATA.cenario["latencia_ms"]

    assert asked == pytest.approx(100 * DATA.cenario["vcpu_mib"] / 512)
    assert modelo.duracao("peg-api", fluxo, DATA) == pytest.approx(latencia["dynamodb"] + latencia["lambda"] + asked)


def test_a_month_grows_with_the_lives_and_costs_less_than_the_naive_design() -> None:
    few, *_, many = modelo.meses(DATA)
    times = many.vidas / few.vidas

    assert many.variavel == pytest.approx(few.variavel * times)
    assert many.guarda_1 == pytest.approx(few.guarda_1 * times)
    assert all(month.variavel < month.ingenuo / 2 for month in (few, many))


def test_no_partition_is_asked_for_half_of_its_limit_at_the_peak_of_twenty_million_lives() -> None:
    hottest, *others = modelo.quentes(20_000_000, DATA)

    assert hottest.parte < 1 / 2
    assert [one.parte for one in others] == sorted((one.parte for one in others), reverse=True)


def test_what_everybody_writes_under_one_key_would_be_seen() -> None:
    alone = Chave("peg", None, "TODOS", 0.0, 1.0)

    assert modelo.parte(alone, DATA) == 1.0
    assert modelo.parte(Chave("peg", None, "CONTADOR#<mes>#<fatia>", 0.0, 1.0), DATA) == pytest.approx(0.1)
    assert modelo.parte(Chave("peg", None, "PRESTADOR#<prestador>", 0.0, 1.0), DATA) == pytest.approx(0.03)


def test_the_document_tells_what_most_of_what_is_kept_is() -> None:
    kept = modelo.guarda(modelo.volume(modelo.MILHAO, DATA), DATA)
    told = " ".join(documento.text(DATA).split())

    assert sum(kept.values()) * modelo.MESES == pytest.approx(
        next(month.guarda_1 for month in modelo.meses(DATA) if month.vidas == modelo.MILHAO)
    )
    for name, usd in kept.items():
        assert f"{name} {usd / sum(kept.values()):.0%}" in told


def test_every_price_says_where_it_is_from() -> None:
    assert all(("lista" in one) != ("estimado" in one) for one in DATA.precos.values())


def test_the_document_is_what_the_data_say() -> None:
    assert documento.FILE.read_text("utf-8") == documento.text(DATA)
