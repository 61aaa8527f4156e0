"""Finding authorizations: by number, by number and matrícula, by number of guia, by month; and what is not told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autorizacao.service import consultas, operadora
from autorizacao.service.nucleo import visible
from autorizacao.service.portas import Chamador, Guardada
from conecta_senhas.autorizacoes import Situacao
from conecta_senhas.errors import AutorizacaoNotFoundError
from tests.builders_autorizacao import GUIA, NUMERO, a_request, an_authorization
from tests.builders_cadastro import CARTEIRA, OUTRA_CARTEIRA
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.fakes_autorizacao import World, of_operadora, of_prestador

NUNCA = "26119999999999"
ESTRANHOS = (
    of_prestador(CLINICA),
    replace(of_prestador(), prestador_id=None),
    of_operadora(registros=frozenset({PASA})),
    of_operadora(prestador_id=HOSPITAL, registros=frozenset()),
)
"""A prestador that is no party, nobody, people of another operadora, people of none."""


@pytest.fixture
def world() -> World:
    return World()


def found(
    world: World, numero: str, carteira: str = CARTEIRA, who: Chamador | None = None, *registros: str
) -> list[str]:
    rows = consultas.search(
        registros or (VALE, PASA), numero, carteira, chamador=who or of_prestador(), portas=world.portas()
    )
    return [row.autorizacao.numero for row in rows]


# --- by number ---


@pytest.mark.regra("R08")
def test_each_party_and_the_operadora_find_it(world: World) -> None:
    held = world.ask(a_request(executante=CLINICA))
    for who in (of_prestador(), of_prestador(CLINICA), of_operadora()):
        cena = consultas.find(VALE, held.numero, chamador=who, portas=world.portas())
        assert (cena.autorizacao, cena.pai, cena.complementos) == (held, None, ())


@pytest.mark.regra("R10", "R22")
def test_it_comes_with_its_parent_on_which_its_state_depends(world: World) -> None:
    stay = world.stay()
    child = world.ask(a_request(guia_principal=NUMERO))
    cena = consultas.find(VALE, child.numero, chamador=of_prestador(), portas=world.portas())
    assert cena.pai is not None
    assert (cena.autorizacao, cena.pai.numero, cena.pai.tipo) == (child, NUMERO, stay.tipo)
    cena = consultas.find(VALE, NUMERO, chamador=of_prestador(), portas=world.portas())
    assert (cena.pai, cena.alvo.complementos, cena.complementos) == (None, (child.numero,), ())


def test_a_parent_that_is_nowhere_is_none(world: World) -> None:
    world.autorizacoes.plant(an_authorization(principal=NUNCA))
    cena = consultas.find(VALE, NUMERO, chamador=of_prestador(), portas=world.portas())
    assert (cena.principal, cena.pai) == (None, None)


@pytest.mark.regra("R08")
@pytest.mark.parametrize("who", ESTRANHOS, ids=range(len(ESTRANHOS)))
def test_absent_and_foreign_are_one_refusal(world: World, who: Chamador) -> None:
    held = world.ask()
    with pytest.raises(AutorizacaoNotFoundError):
        consultas.find(VALE, held.numero, chamador=who, portas=world.portas())
    with pytest.raises(AutorizacaoNotFoundError):
        consultas.find(VALE, NUNCA, chamador=of_prestador(), portas=world.portas())
    with pytest.raises(AutorizacaoNotFoundError):
        visible(None, who)


# --- by number and matrícula ---


@pytest.mark.regra("R08")
def test_senha_and_number_of_guia_find_it_with_the_matricula(world: World) -> None:
    held = world.ask()
    assert found(world, held.numero) == found(world, GUIA) == [held.numero]


@pytest.mark.regra("R08")
@pytest.mark.parametrize(
    ("numero", "carteira"),
    [(GUIA, OUTRA_CARTEIRA), (GUIA, "nobody"), ("GP-9", CARTEIRA), (NUNCA, CARTEIRA), (NUNCA, "nobody")],
)
def test_a_wrong_pair_finds_nothing(world: World, numero: str, carteira: str) -> None:
    held = world.ask()
    with pytest.raises(AutorizacaoNotFoundError):
        found(world, numero, carteira)
    if carteira != CARTEIRA:
        with pytest.raises(AutorizacaoNotFoundError):
            found(world, held.numero, carteira)


@pytest.mark.regra("R08")
@pytest.mark.parametrize("who", ESTRANHOS, ids=range(len(ESTRANHOS)))
def test_a_right_pair_of_somebody_elses_finds_nothing(world: World, who: Chamador) -> None:
    held = world.ask()
    for numero in (held.numero, GUIA):
        with pytest.raises(AutorizacaoNotFoundError):
            found(world, numero, CARTEIRA, who)


@pytest.mark.regra("R08")
def test_every_operadora_that_is_asked_about_is_looked_at_and_no_other(world: World) -> None:
    held = world.ask()
    with pytest.raises(AutorizacaoNotFoundError):
        found(world, GUIA, CARTEIRA, None, PASA)
    world.autorizacoes.plant(an_authorization(solicitacao=a_request(registro_ans=PASA)))
    assert sorted(found(world, GUIA)) == sorted([held.numero, NUMERO])
    assert found(world, GUIA, CARTEIRA, of_operadora()) == [held.numero]


@pytest.mark.regra("R08")
def test_a_carteira_that_was_renumbered_is_known_by_both_numbers(world: World) -> None:
    old = world.ask()
    world.renumber("nova")
    new = world.ask(a_request(numero_guia_prestador="GP-2", carteira="nova"))
    for carteira in (CARTEIRA, "nova"):
        assert found(world, GUIA, carteira) == found(world, old.numero, carteira) == [old.numero]
        assert found(world, "GP-2", carteira) == [new.numero]


@pytest.mark.regra("R08")
def test_two_prestadores_with_one_number_of_guia_each_find_their_own(world: World) -> None:
    mine = world.ask()
    theirs = world.ask(a_request(solicitante=CLINICA), of_prestador(CLINICA))
    assert found(world, GUIA) == [mine.numero]
    assert found(world, GUIA, CARTEIRA, of_prestador(CLINICA)) == [theirs.numero]
    assert set(found(world, GUIA, CARTEIRA, of_operadora())) == {mine.numero, theirs.numero}


# --- by number of guia ---


def by_guia(world: World, guia: str = GUIA, who: Chamador | None = None, **rest: Any) -> str:
    cena = consultas.by_guia(
        rest.pop("registro", VALE), guia, chamador=who or of_prestador(), portas=world.portas(), **rest
    )
    return cena.autorizacao.numero


def test_a_prestador_finds_its_own_request_by_its_own_number(world: World) -> None:
    held = world.ask()
    assert by_guia(world) == held.numero
    assert by_guia(world, carteira=CARTEIRA) == by_guia(world, numero=held.numero) == held.numero
    world.renumber("nova")
    assert by_guia(world, carteira="nova") == by_guia(world, carteira=CARTEIRA) == held.numero
    child_of_stay = world.stay()
    assert by_guia(world, "INT-1") == child_of_stay.numero


@pytest.mark.parametrize(
    "asked",
    [
        {"guia": "GP-9"}, {"registro": PASA}, {"carteira": OUTRA_CARTEIRA}, {"carteira": "nobody"}, {"numero": NUNCA},
        {"who": of_prestador(CLINICA)}, {"who": replace(of_prestador(), prestador_id=None)},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_is_told_of_it_must_be_right(world: World, asked: dict[str, Any]) -> None:
    world.ask()
    with pytest.raises(AutorizacaoNotFoundError):
        by_guia(world, **asked)


# --- by month ---


def month(world: World, who: Chamador) -> list[Guardada]:
    return list(consultas.of_month("202611", None, 10, chamador=who, portas=world.portas()).itens)


def test_a_month_lists_what_a_prestador_is_party_to(world: World) -> None:
    mine, ours = world.ask(), world.ask(a_request(numero_guia_prestador="GP-2", executante=CLINICA))
    assert {row.autorizacao.numero for row in month(world, of_prestador())} == {mine.numero, ours.numero}
    assert [row.autorizacao for row in month(world, of_prestador(CLINICA))] == [ours]
    assert month(world, replace(of_prestador(), prestador_id=None)) == []
    page = consultas.of_month("202611", None, 1, chamador=of_prestador(), portas=world.portas())
    assert (len(page.itens), page.posicao is None) == (1, False)


@pytest.mark.regra("R08")
def test_who_is_no_more_its_executante_sees_it_no_more(world: World) -> None:
    held = world.ask(a_request(executante=CLINICA))
    changed = operadora.change_executante(
        VALE, held.numero, HOSPITAL, motivo="Pedido", chamador=of_operadora(), portas=world.portas()
    )
    assert changed.autorizacao.situacao is Situacao.AUTORIZADA
    assert month(world, of_prestador(CLINICA)) == []
    assert month(world, of_prestador()) == [changed]
    with pytest.raises(AutorizacaoNotFoundError):
        consultas.find(VALE, held.numero, chamador=of_prestador(CLINICA), portas=world.portas())
