from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conecta_edge.clock import parse_offset
from infra.settings import PRODUCTION_CONCURRENCY, Estagio, Settings, SettingsError, from_context


def settings(**context: Any) -> Settings:
    return from_context(context.get)


def test_without_context_it_is_production_in_sao_paulo() -> None:
    made = settings()
    assert made.estagio is Estagio.PRODUCAO
    assert (made.python, made.arquitetura, made.regiao, made.conta) == ("3.13", "arm64", "sa-east-1", None)
    assert made.origens == ("https://portal.conecta.example",)
    assert made.concorrencia == PRODUCTION_CONCURRENCY
    assert made.limite_elegibilidade == "120"
    assert not made.embarcado


def test_the_stage_is_part_of_every_name() -> None:
    assert settings(estagio="embarcado").name("peg", "eventos") == "conecta-embarcado-peg-eventos"
    assert settings(estagio="embarcado").embarcado


def test_several_exact_origins_are_taken() -> None:
    made = settings(origens="https://portal.example, http://localhost:5173")
    assert made.origens == ("https://portal.example", "http://localhost:5173")


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example", "http://portal.example", "https://portal.example/", "null", " , "]
)
def test_an_origin_that_is_not_exact_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="context origens"):
        settings(origens=origin)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("estagio", "producao2"),
        ("python", "3.10"),
        ("python", "3.9"),
        ("arquitetura", "riscv"),
        ("conta", "123"),
        ("regiao", "brasil"),
        ("concorrencia", "peg-fluxo"),
        ("concorrencia", "outra=3"),
        ("concorrencia", "peg-fluxo=muitas"),
        ("avisos", "ninguem"),
        ("limite_elegibilidade", "0"),
        ("limite_elegibilidade", "muitas"),
        ("remetente", "ninguem"),
        ("deslocamento_relogio", "P91D"),
        ("ouvinte_ca", "ca.pem"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_key(key: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"context {key}"):
        settings(**{key: value})


def test_a_number_where_a_text_is_meant_is_refused() -> None:
    with pytest.raises(SettingsError, match="between quotes"):
        settings(python=3.1)


def test_concurrency_is_reserved_by_function_or_not_at_all() -> None:
    assert settings(concorrencia="nenhuma").concorrencia == {}
    assert settings(concorrencia="peg-fluxo=7, peg-api=3").concorrencia == {"peg-fluxo": 7, "peg-api": 3}
    assert settings(estagio="homologacao").concorrencia == {}
    assert settings(estagio="embarcado").concorrencia == {}


def test_production_leaves_unreserved_what_lambda_demands() -> None:
    assert sum(PRODUCTION_CONCURRENCY.values()) <= 1000 - 100


@pytest.mark.parametrize("estagio", ["embarcado", "homologacao"])
def test_a_clock_is_moved_where_nobody_counts_on_it(estagio: str) -> None:
    assert settings(estagio=estagio).deslocamento_relogio is None
    assert settings(estagio=estagio, deslocamento_relogio="P91D").deslocamento_relogio == "P91D"


def test_the_clock_of_producao_is_never_moved() -> None:
    with pytest.raises(SettingsError, match="never moved"):
        settings(deslocamento_relogio="P1D")


@pytest.mark.parametrize("estagio", ["producao", "homologacao"])
def test_webhooks_go_to_this_machine_on_the_embedded_aws_only(estagio: str) -> None:
    assert settings(estagio="embarcado", ouvinte_ca="/ouvinte/ca.pem").ouvinte_ca == "/ouvinte/ca.pem"
    with pytest.raises(SettingsError, match="embedded AWS only"):
        settings(estagio=estagio, ouvinte_ca="/ouvinte/ca.pem")


@pytest.mark.parametrize("text", ["P91D", "-P1D", "PT2H", "P30DT12H5M1S", "P0D"])
def test_an_offset_is_one_to_the_functions_too(text: str) -> None:
    assert settings(estagio="homologacao", deslocamento_relogio=text).deslocamento_relogio == text
    assert isinstance(parse_offset(text), timedelta)


@pytest.mark.parametrize("text", ["P", "PT", "91", "P91", "P1M", "P1W", "p1d", "P1DT", "P-1D", "+P1D"])
def test_what_the_functions_would_refuse_is_refused_before(text: str) -> None:
    with pytest.raises(SettingsError, match="context deslocamento_relogio"):
        settings(estagio="homologacao", deslocamento_relogio=text)
    with pytest.raises(ValueError, match="such as P91D"):
        parse_offset(text)
