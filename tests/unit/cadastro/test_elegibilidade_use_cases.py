"""Whose lives a prestador may ask of, and in which order they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from cadastro.domain.elegibilidade import (
    AutorizacaoNotReleasedError,
    BeneficiarioNotFoundError,
    Elegibilidade,
    Pergunta,
)
from cadastro.service.elegibilidade import verify, verify_one
from conecta_facts.relacionamentos import Relacionamento
from conecta_tiss.versions import Versao
from tests.builders_cadastro import (
    CARTEIRA,
    CPF,
    HOJE,
    INICIO,
    OUTRA_CARTEIRA,
    OUTRO_CPF,
    a_plano,
    a_vida,
    relacionamento_of,
)
from tests.builders_functions import HOSPITAL, PASA, VALE
from tests.fakes import FakeCadastro
from tests.fakes_cadastro import FakeBeneficiarios, FakeCatalogo, FakeConsultas

ONTEM = HOJE - timedelta(days=1)
GRUPO = (VALE, PASA)


class World:
    """The hospital, enabled at VALE and asked for at PASA, and lives of both."""

    def __init__(self) -> None:
        self.cadastro, self.vidas, self.planos = FakeCadastro(), FakeBeneficiarios(), FakeCatalogo()
        self.relate(relacionamento_of(("HABILITADO", INICIO)))
        self.relate(relacionamento_of(("SOLICITADO", INICIO), registro_ans=PASA))
        self.vidas.put("beneficiarios", VALE, a_vida())
        self.vidas.put("beneficiarios", PASA, a_vida(OUTRA_CARTEIRA, registro_ans=PASA))
        for registro in GRUPO:
            self.planos.put("planos", registro, a_plano())

    def relate(self, relacionamento: Relacionamento) -> None:
        self.cadastro.put_relacionamento(relacionamento)

    def ask(
        self, *perguntas: Pergunta, registros: Sequence[str] = GRUPO, **more: Any
    ) -> list[tuple[Elegibilidade, ...]]:
        consultas = FakeConsultas(self.cadastro, self.vidas, HOSPITAL)
        return verify(registros, perguntas, consultas=consultas, planos=self.planos, hoje=HOJE, **more)

    def one(self, pergunta: Pergunta, registros: Sequence[str] = GRUPO) -> tuple[Elegibilidade, ...]:
        consultas = FakeConsultas(self.cadastro, self.vidas, HOSPITAL)
        return verify_one(registros, pergunta, consultas=consultas, planos=self.planos, hoje=HOJE)


@pytest.fixture
def world() -> World:
    return World()


def by(carteira: str) -> Pergunta:
    return Pergunta(dia=HOJE, carteira=carteira)


def by_cpf(cpf: str = CPF) -> Pergunta:
    return Pergunta(dia=HOJE, cpf=cpf)


def carteiras(answer: Sequence[Elegibilidade]) -> list[str]:
    return [item.beneficiario.numero_carteira for item in answer]


def test_a_life_of_an_operadora_that_released_authorizations_is_answered_with_its_plan(world: World) -> None:
    (found,) = world.one(by(CARTEIRA))
    assert found.beneficiario == a_vida()
    assert found.plano is not None
    assert found.plano.plano == a_plano()
    assert found.elegivel


def test_a_life_of_an_operadora_that_released_nothing_is_as_absent_as_one_that_does_not_exist(world: World) -> None:
    assert world.ask(by(OUTRA_CARTEIRA), by("1"), by_cpf(OUTRO_CPF)) == [(), (), ()]
    for pergunta in (by(OUTRA_CARTEIRA), by("1")):
        with pytest.raises(BeneficiarioNotFoundError):
            world.one(pergunta)


def test_by_cpf_every_carteira_comes_of_the_operadoras_that_released(world: World) -> None:
    world.vidas.put("beneficiarios", VALE, a_vida("3", data_inclusao=INICIO), a_vida("4", data_exclusao=ONTEM))
    assert carteiras(world.one(by_cpf())) == ["3", CARTEIRA, "4"]
    world.relate(relacionamento_of(("HABILITADO", INICIO), registro_ans=PASA))
    assert carteiras(world.one(by_cpf())) == ["3", OUTRA_CARTEIRA, CARTEIRA, "4"]


def test_a_number_that_two_operadoras_gave_is_two_lives(world: World) -> None:
    world.relate(relacionamento_of(("HABILITADO", INICIO), registro_ans=PASA))
    world.vidas.put("beneficiarios", PASA, a_vida(registro_ans=PASA, data_inclusao=INICIO))
    assert [item.beneficiario.registro_ans for item in world.one(by(CARTEIRA))] == [PASA, VALE]


@pytest.mark.parametrize(
    ("relacionamento", "situacao", "motivo"),
    [
        (relacionamento_of(("SUSPENSO", INICIO, "Documentação")), "SUSPENSO", "Documentação"),
        (relacionamento_of(("DESCREDENCIADO", INICIO)), "DESCREDENCIADO", None),
        (relacionamento_of(("RECUSADO", INICIO, "Sem rede")), "RECUSADO", "Sem rede"),
        (relacionamento_of(("HABILITADO", HOJE + timedelta(days=1))), None, None),
        (relacionamento_of(("HABILITADO", INICIO), autorizacao=False), "HABILITADO", None),
    ],
    ids=["suspended", "ended", "refused", "from tomorrow", "only billing released"],
)
def test_without_a_release_nothing_is_answered_and_the_reason_is_told(
    world: World, relacionamento: Relacionamento, situacao: str | None, motivo: str | None
) -> None:
    world.relate(relacionamento)
    for pergunta in (by(CARTEIRA), by("1")):
        with pytest.raises(AutorizacaoNotReleasedError) as refused:
            world.one(pergunta, (VALE,))
        assert (refused.value.situacao, refused.value.motivo) == (situacao, motivo)


def test_of_several_operadoras_without_a_release_the_first_that_has_a_state_tells_its_reason(world: World) -> None:
    world.relate(relacionamento_of(("SUSPENSO", INICIO, "Documentação")))
    for registros, situacao in ((GRUPO, "SUSPENSO"), (GRUPO[::-1], "SOLICITADO"), (("999999", PASA), "SOLICITADO")):
        with pytest.raises(AutorizacaoNotReleasedError) as refused:
            world.one(by(CARTEIRA), registros)
        assert refused.value.situacao == situacao


def test_an_operadora_nobody_asked_for_a_relacionamento_has_no_state(world: World) -> None:
    with pytest.raises(AutorizacaoNotReleasedError) as refused:
        world.one(by(CARTEIRA), ("999999",))
    assert (refused.value.situacao, refused.value.motivo) == (None, None)


def test_a_suspension_of_tomorrow_does_not_stop_todays_question_about_next_week(world: World) -> None:
    world.relate(relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", HOJE + timedelta(days=1))))
    assert world.one(Pergunta(dia=HOJE + timedelta(days=7), carteira=CARTEIRA))[0].elegivel


def test_answers_come_in_the_order_of_the_questions_each_on_its_own_day(world: World) -> None:
    world.vidas.put("beneficiarios", VALE, a_vida("3", data_exclusao=HOJE))
    later = Pergunta(dia=HOJE + timedelta(days=1), carteira="3")
    answers = world.ask(by("3"), by("nobody"), later, by(CARTEIRA), by("3"))
    assert [carteiras(answer) for answer in answers] == [["3"], [], ["3"], [CARTEIRA], ["3"]]
    assert [all(item.elegivel for item in answer) for answer in answers] == [True, True, False, True, True]


def test_a_plan_the_operadora_did_not_load_is_a_reason_and_no_failure(world: World) -> None:
    world.vidas.put("beneficiarios", VALE, a_vida("3", plano="SEM-PLANO"))
    (found,) = world.one(by("3"))
    assert (found.plano, [achado.regra for achado in found.motivos]) == (None, ["ELEG-PLANO"])


def test_codes_are_those_of_the_version_that_asks(world: World) -> None:
    world.vidas.put("beneficiarios", VALE, a_vida("3", data_exclusao=ONTEM))
    ((found,),) = world.ask(by("3"), versao=Versao.V4_03_00)
    assert [achado.codigo for achado in found.motivos] == ["1006"]
