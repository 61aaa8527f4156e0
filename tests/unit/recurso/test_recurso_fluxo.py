"""What recurso does every day by itself, and what its functions are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from conecta_edge import session
from recurso.bootstrap import nucleo
from recurso.handler import fluxo
from recurso.service import respostas
from recurso.settings import settings
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, NOW, PASA, VALE
from tests.builders_recurso import a_recurso
from tests.fakes_recurso import Mesa

VIGIAR = {"acao": "vigiar-prazos"}
Logged = Callable[[], list[Any]]


@dataclass
class Catalogo:
    """Two operadoras."""

    def operadoras(self) -> list[Any]:
        return [SimpleNamespace(registro_ans=one) for one in (VALE, PASA)]

    def operadora(self, registro_ans: str) -> Any:
        return registro_ans


@pytest.fixture
def mesa(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Mesa:
    made = Mesa()
    monkeypatch.setattr(session, "catalogo", Catalogo)
    monkeypatch.setattr(nucleo, "portas", lambda: made.portas)
    return made


def test_every_term_that_is_over_is_told_once_at_every_operadora(mesa: Mesa, logged: Logged) -> None:
    yesterday = HOJE - timedelta(days=1)
    for number in range(5):
        mesa.recursos.put(
            a_recurso(f"26116000000{number}", numero=f"R{number}", responder_ate=yesterday,
                      registro_ans=PASA if number % 2 else VALE)
        )  # fmt: skip
    mesa.recursos.put(a_recurso("261160000008", numero="R8", responder_ate=HOJE))
    assert fluxo.handler(VIGIAR, None) == {"vencidos": 5, "adiados": 0}
    assert fluxo.handler(VIGIAR, None) == {"vencidos": 0, "adiados": 0}
    assert [sent.tipo for sent in mesa.recursos.told(HOSPITAL)] == ["RespostaDeRecursoVencida"] * 5
    assert [(line["level"], line["message"]) for line in logged()] == [
        ("WARNING", "prazos de recursos vigiados"), ("INFO", "prazos de recursos vigiados"),
    ]  # fmt: skip


def test_more_than_one_watch_tells_are_told_on_the_same_day(mesa: Mesa, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        late = a_recurso(f"26116000000{number}", numero=f"R{number}", responder_ate=HOJE - timedelta(days=1))
        mesa.recursos.put(late)
    watch = respostas.watch
    monkeypatch.setattr(respostas, "watch", lambda registros, portas: watch(registros, portas, limite=2))
    assert fluxo.handler(VIGIAR, None) == {"vencidos": 5, "adiados": 0}


def test_nothing_else_is_known(mesa: Mesa) -> None:
    with pytest.raises(fluxo.UnknownActionError):
        fluxo.handler({"acao": "outra"}, None)
    assert mesa.recursos.writes == 0


@pytest.mark.usefixtures("function_environment")
def test_the_ports_of_a_call_are_made_once_and_only_when_they_are_asked_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "catalogo", Catalogo)
    portas = nucleo.portas()
    assert (portas.now, portas.recursos, portas.hoje) == (NOW, nucleo.portas().recursos, HOJE)
    assert nucleo._contas.cache_info().currsize == nucleo._arquivo.cache_info().currsize == 0
    assert callable(portas.contas.peg)
    assert callable(portas.arquivo.pauta)
    assert nucleo._contas.cache_info().currsize == nucleo._arquivo.cache_info().currsize == 1
    assert str(portas.operadora(VALE)) == VALE
    assert settings().tabela_recurso == "conecta-teste-recurso"
