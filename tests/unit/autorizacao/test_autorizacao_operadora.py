"""The Central's and auditoria's side: lists, searches, decisions, and what only they may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from autorizacao.service import atos, operadora
from autorizacao.service.portas import Chamador
from conecta_senhas.autorizacoes import (
    Autorizacao,
    Evento,
    Papel,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.errors import (
    AutorizacaoNotFoundError,
    ComplementosVivosError,
    DecisaoIncompletaError,
    ExecutanteInvalidoError,
    JaFaturadaError,
    MotivoAusenteError,
    NegativaSemBaseError,
    PapelNaoPermitidoError,
    QuantidadeInvalidaError,
    SenhaExpiradaError,
    TransicaoInvalidaError,
)
from conecta_senhas.transicoes import Voto
from tests.builders_autorizacao import (
    AMANHA,
    ANALISADO,
    LAUDADO,
    LIMITADO,
    NUMERO,
    VALIDADE,
    a_request,
    an_asked,
    an_authorization,
    an_item,
    an_urgencia,
)
from tests.builders_cadastro import CARTEIRA, CPF, HOJE, INICIO, NOME, OUTRA_CARTEIRA, OUTRO_CPF
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.fakes import Kept
from tests.fakes_autorizacao import World, of_operadora, of_prestador

NUNCA = "26119999999999"
CENTRAL, AUDITORIA = of_operadora(), of_operadora(Papel.AUDITORIA)
LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")


@pytest.fixture
def world() -> World:
    return World()


def analysed(world: World, quantidade: int = 1, **changes: Any) -> Autorizacao:
    held = world.ask(a_request(an_asked(ANALISADO, quantidade), **changes))
    assert held.situacao is Situacao.EM_ANALISE
    return held


def voto(sequencia: int = 1, quantidade: int = 1, **changes: Any) -> Voto:
    return Voto(sequencia=sequencia, quantidade=Decimal(quantidade), **changes)


PORQUE: dict[str, Any] = {"motivo": "Fora da diretriz", "base": "RN 465/2021, anexo II", "codigo": "1801"}


# --- whose it is ---

ACTS: dict[str, tuple[Callable[..., object], dict[str, Any]]] = {
    "decide": (operadora.decide, {"votos": [voto()]}),
    "ask": (operadora.ask, {"pendencias": (LAUDO,), "ate": AMANHA}),
    "extend": (operadora.extend, {"ate": AMANHA}),
    "resume": (operadora.resume, {"motivo": "m"}),
    "change_quantities": (operadora.change_quantities, {"quantidades": {1: Decimal(1)}, "motivo": "m"}),
    "change_executante": (operadora.change_executante, {"executante": CLINICA, "motivo": "m"}),
    "decide_date": (operadora.decide_date, {"sequencia": 1, "approved": True}),
    "register_call": (operadora.register_call, {"assunto": "a"}),
}


def act(world: World, name: str, numero: str, who: Chamador, registro: str = VALE) -> object:
    do, rest = ACTS[name]
    return do(registro_ans=registro, numero=numero, chamador=who, portas=world.portas(), **rest)


@pytest.mark.regra("R08")
@pytest.mark.parametrize("name", ACTS)
def test_what_is_another_operadoras_is_absent(world: World, name: str) -> None:
    held = analysed(world)
    elsewhere = of_operadora(AUDITORIA.papel, registros=frozenset({PASA}))
    for registro, numero, who in (
        (VALE, held.numero, elsewhere),
        (PASA, held.numero, AUDITORIA),
        (VALE, NUNCA, CENTRAL),
    ):
        with pytest.raises(AutorizacaoNotFoundError):
            act(world, name, numero, who, registro)
    assert world.held(held.numero) == held


@pytest.mark.regra("R18")
@pytest.mark.parametrize("name", ACTS)
def test_a_prestador_does_none_of_it(world: World, name: str) -> None:
    held = analysed(world)
    with pytest.raises(PapelNaoPermitidoError):
        act(world, name, held.numero, of_prestador())
    assert world.held(held.numero) == held


# --- lists and searches ---


def test_a_list_is_the_operadoras_own(world: World) -> None:
    held = analysed(world)
    urgent = world.ask(an_urgencia(numero_guia_prestador="U-1"))
    assert urgent.situacao is Situacao.AUTORIZADA  # nothing urgent waits
    page = operadora.worklist(VALE, "ANALISE", None, 10, chamador=AUDITORIA, portas=world.portas())
    assert [row.autorizacao for row in page.itens] == [held]
    for who in (of_operadora(registros=frozenset({PASA})), of_prestador()):
        with pytest.raises(AutorizacaoNotFoundError):
            operadora.worklist(VALE, "ANALISE", None, 10, chamador=who, portas=world.portas())
        with pytest.raises(AutorizacaoNotFoundError):
            operadora.search(VALE, None, 10, chamador=who, portas=world.portas(), numero=held.numero)


def search(world: World, posicao: Any = None, limite: int = 10, **asked: Any) -> tuple[list[str], Any]:
    page = operadora.search(VALE, posicao, limite, chamador=CENTRAL, portas=world.portas(), **asked)
    return [row.autorizacao.numero for row in page.itens], page.posicao


def test_the_central_finds_across_prestadores_by_number_life_and_name(world: World) -> None:
    mine = world.ask()
    theirs = world.ask(a_request(solicitante=CLINICA), of_prestador(CLINICA))
    other = world.ask(a_request(carteira=OUTRA_CARTEIRA, numero_guia_prestador="GP-2"))
    both = sorted([mine.numero, theirs.numero])
    assert search(world, numero=mine.numero) == ([mine.numero], None)
    assert search(world, numero=NUNCA) == ([], None)
    assert sorted(search(world, carteira=CARTEIRA)[0]) == both
    assert sorted(search(world, cpf=CPF)[0]) == both
    assert sorted(search(world, nome=NOME)[0]) == both
    assert search(world, cpf=OUTRO_CPF) == search(world, carteira=OUTRA_CARTEIRA) == ([other.numero], None)
    nothings: list[dict[str, Any]] = [{"carteira": "nobody"}, {"cpf": "11144477700"}, {"nome": "Ninguém Mesmo"}, {}]
    for nothing in nothings:
        assert search(world, **nothing) == ([], None)


def test_a_life_that_was_renumbered_is_found_whole_by_either_number(world: World) -> None:
    old = world.ask()
    world.renumber("nova")
    new = world.ask(a_request(carteira="nova", numero_guia_prestador="GP-2"))
    ways: list[dict[str, Any]] = [{"carteira": CARTEIRA}, {"carteira": "nova"}, {"cpf": CPF}, {"nome": NOME}]
    for asked in ways:
        assert sorted(search(world, **asked)[0]) == sorted([old.numero, new.numero])


def test_a_life_comes_newest_first_page_by_page(world: World) -> None:
    days = [HOJE - timedelta(days=n) for n in (3, 1, 2)]
    made = [world.ask(a_request(data_solicitacao=day, numero_guia_prestador=f"GP-{n}")) for n, day in enumerate(days)]
    expected = [made[n].numero for n in (1, 2, 0)]
    first, position = search(world, carteira=CARTEIRA, limite=2)
    rest, end = search(world, position, 2, carteira=CARTEIRA)
    assert (first + rest, end) == (expected, None)
    assert search(world, carteira=CARTEIRA, limite=3) == (expected, None)


# --- deciding ---


@pytest.mark.regra("R10", "R25")
def test_what_auditoria_grants_is_a_senha_of_the_day_it_decides(world: World) -> None:
    held = analysed(world, 10)
    world.pass_days(4)
    granted = operadora.decide(
        VALE, held.numero, [voto(quantidade=5, **PORQUE)], chamador=AUDITORIA, portas=world.portas(), motivo="Parecer"
    ).autorizacao
    assert (granted.situacao, granted.senha, granted.data_autorizacao) == (
        Situacao.PARCIAL, held.numero, world.hoje,
    )  # fmt: skip
    assert granted.validade == VALIDADE + timedelta(days=4)
    assert granted.itens[0].autorizada == Decimal(5)
    assert (granted.historico[-1].quem, granted.historico[-1].motivo) == ("auditoria-1", "Parecer")
    assert world.autorizacoes.told(held.numero) == ["AutorizacaoSolicitada", "AutorizacaoDecidida"]


@pytest.mark.regra("R10")
def test_a_senha_decided_near_the_end_of_the_contract_ends_with_it(world: World) -> None:
    held = analysed(world)
    world.agree(vigente_ate=AMANHA)
    granted = operadora.decide(VALE, held.numero, [voto()], chamador=AUDITORIA, portas=world.portas())
    assert granted.autorizacao.validade == AMANHA


@pytest.mark.regra("R25")
def test_a_negative_has_reason_and_basis_and_a_person(world: World) -> None:
    held = analysed(world)
    deny = partial(operadora.decide, VALE, held.numero, chamador=AUDITORIA, portas=world.portas())
    with pytest.raises(NegativaSemBaseError):
        deny([voto(quantidade=0)])
    with pytest.raises(DecisaoIncompletaError):
        deny([])
    with pytest.raises(QuantidadeInvalidaError):
        deny([voto(quantidade=2)])
    denied = deny([voto(quantidade=0, **PORQUE)]).autorizacao
    assert (denied.situacao, denied.senha, denied.itens[0].motivos[0].base) == (
        Situacao.NEGADA, None, "RN 465/2021, anexo II",
    )  # fmt: skip
    with pytest.raises(TransicaoInvalidaError):
        deny([voto()])


def test_the_central_does_not_decide(world: World) -> None:
    held = analysed(world)
    for name in ("decide", "ask", "resume"):
        with pytest.raises(PapelNaoPermitidoError):
            act(world, name, held.numero, CENTRAL)


def test_of_two_decisions_at_once_one_counts(world: World) -> None:
    held = analysed(world)
    world.autorizacoes.meanwhile = [lambda: act(world, "decide", held.numero, AUDITORIA)]
    with pytest.raises(TransicaoInvalidaError):
        operadora.decide(
            VALE, held.numero, [voto(quantidade=0, **PORQUE)], chamador=AUDITORIA, portas=world.portas()
        )  # fmt: skip
    assert world.held(held.numero).situacao is Situacao.AUTORIZADA


@pytest.mark.regra("R02")
def test_a_request_of_before_a_suspension_is_still_decided(world: World) -> None:
    held = analysed(world)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação"))
    assert act(world, "decide", held.numero, AUDITORIA) == world.autorizacoes.rows[VALE, held.numero]
    assert world.held(held.numero).situacao is Situacao.AUTORIZADA


# --- waiting ---


def test_auditoria_asks_more_days_are_given_and_it_does_without(world: World) -> None:
    held = analysed(world)
    ports = world.portas()
    asked = operadora.ask(VALE, held.numero, (LAUDO,), ate=AMANHA, chamador=AUDITORIA, portas=ports, motivo="Ler")
    assert (asked.autorizacao.situacao, asked.autorizacao.pendente_ate) == (Situacao.AGUARDANDO_DOCUMENTO, AMANHA)
    later = AMANHA + timedelta(days=3)
    for who in (CENTRAL, AUDITORIA):
        longer = operadora.extend(VALE, held.numero, ate=later, chamador=who, portas=ports, motivo="Pediram")
        assert longer.autorizacao.pendente_ate == later
    done = operadora.resume(VALE, held.numero, motivo="Dispensado", chamador=AUDITORIA, portas=ports).autorizacao
    assert (done.situacao, done.pendencias, done.responder_ate) == (Situacao.EM_ANALISE, (), held.responder_ate)
    assert [marco.evento for marco in done.historico[1:]] == [
        Evento.PENDENCIA_ABERTA, Evento.PENDENCIA_PRORROGADA, Evento.PENDENCIA_PRORROGADA, Evento.PENDENCIA_ENCERRADA,
    ]  # fmt: skip
    with pytest.raises(TransicaoInvalidaError):
        operadora.resume(VALE, held.numero, motivo="De novo", chamador=AUDITORIA, portas=ports)


def test_what_the_rules_wait_for_auditoria_may_do_without(world: World) -> None:
    held = world.ask(a_request(an_asked(LAUDADO)))
    with pytest.raises(MotivoAusenteError):
        operadora.resume(VALE, held.numero, motivo=" ", chamador=AUDITORIA, portas=world.portas())
    act(world, "resume", held.numero, AUDITORIA)
    assert act(world, "decide", held.numero, AUDITORIA)


# --- what the Central changes ---


@pytest.mark.regra("R18")
def test_the_central_changes_quantities_never_below_what_was_billed(world: World) -> None:
    held = world.ask(a_request(an_asked(quantidade=5), an_asked(LIMITADO)))
    world.bill(held.numero, 2)
    change = partial(operadora.change_quantities, VALE, held.numero, motivo="Acordo", chamador=CENTRAL)
    with pytest.raises(QuantidadeInvalidaError) as refused:
        change({1: Decimal(1)}, portas=world.portas())
    assert (refused.value.minimo, refused.value.maximo) == (Decimal(2), Decimal(5))
    with pytest.raises(QuantidadeInvalidaError):
        change({1: Decimal(6)}, portas=world.portas())
    changed = change({1: Decimal(2), 2: Decimal(0)}, portas=world.portas()).autorizacao
    assert [item.autorizada for item in changed.itens] == [Decimal(2), Decimal(0)]
    assert (changed.itens[1].situacao, changed.situacao) == (SituacaoItem.CANCELADO, Situacao.UTILIZADA)
    assert changed.historico[-1].motivo == "Acordo"


@pytest.mark.regra("R18")
def test_what_is_billed_meanwhile_counts(world: World) -> None:
    held = world.ask(a_request(an_asked(quantidade=5)))
    world.autorizacoes.meanwhile = [lambda: world.bill(held.numero, 4)]
    with pytest.raises(QuantidadeInvalidaError):
        operadora.change_quantities(
            VALE, held.numero, {1: Decimal(3)}, motivo="m", chamador=CENTRAL, portas=world.portas()
        )  # fmt: skip
    assert world.held(held.numero).itens[0].autorizada == Decimal(5)


@pytest.mark.regra("R17", "R18")
def test_nothing_is_left_of_a_senha_only_when_nothing_lives_on_it(world: World) -> None:
    world.stay()
    child = world.ask(a_request(an_asked(), guia_principal=NUMERO))
    change = partial(operadora.change_quantities, VALE, motivo="m", chamador=CENTRAL)
    nothing = {0: Decimal(0), 1: Decimal(0)}
    with pytest.raises(ComplementosVivosError):
        change(NUMERO, nothing, portas=world.portas())
    change(child.numero, {1: Decimal(0)}, portas=world.portas())
    assert change(NUMERO, nothing, portas=world.portas()).autorizacao.situacao is Situacao.CANCELADA


@pytest.mark.regra("R10", "R18")
def test_an_expired_senha_is_not_changed_but_in_a_stay_that_began(world: World) -> None:
    world.stay()
    atos.admit(VALE, NUMERO, HOJE, chamador=of_prestador(), portas=world.portas())
    alone = world.ask(a_request(an_asked(quantidade=2), numero_guia_prestador="E-1"))
    child = world.ask(a_request(an_asked(quantidade=2), guia_principal=NUMERO))
    world.pass_days(91)
    change = partial(operadora.change_quantities, VALE, quantidades={1: Decimal(1)}, motivo="m", chamador=CENTRAL)
    with pytest.raises(SenhaExpiradaError):
        change(alone.numero, portas=world.portas())
    assert change(child.numero, portas=world.portas()).autorizacao.itens[0].autorizada == Decimal(1)


def executante(world: World, numero: str, who: str = CLINICA) -> Autorizacao:
    return operadora.change_executante(
        VALE, numero, who, motivo="Paciente foi a outro", chamador=CENTRAL, portas=world.portas()
    ).autorizacao


def uncontract(world: World, codigo: str) -> None:
    """The clinic does it no more."""
    contracted = world.catalogo.of("procedimentos-contratados", VALE)
    contracted[:] = [one for one in contracted if (one.prestador_id, one.codigo) != (CLINICA, codigo)]


def test_the_patient_goes_to_another_prestador_that_is_enabled_and_has_it_in_its_contract(world: World) -> None:
    held = world.ask()
    moved = executante(world, held.numero)
    assert (moved.solicitacao.executa, moved.prestador_id) == (CLINICA, HOSPITAL)
    assert moved.visible_to(CLINICA)
    assert world.autorizacoes.told(held.numero)[-1] == "ExecutanteAlterado"
    assert executante(world, held.numero, HOSPITAL).solicitacao.executa == HOSPITAL


@pytest.mark.regra("R10", "AUT-VALIDADE-EXECUTANTE")
def test_a_senha_that_goes_to_another_ends_with_that_ones_contract_or_relacionamento(world: World) -> None:
    last = HOJE + timedelta(days=5)
    held = world.ask()
    contracts = world.catalogo.of("contratos", VALE)
    kept = tuple(contracts)
    contracts[:] = [replace(one, vigente_ate=last) if one.prestador_id == CLINICA else one for one in kept]
    assert executante(world, held.numero).validade == last
    # It does not grow again: what it may be used for was decided on the day it was given.
    assert executante(world, held.numero, HOSPITAL).validade == last
    contracts[:] = kept
    world.enable(CLINICA, ("HABILITADO", INICIO), ("DESCREDENCIADO", last))
    assert executante(world, held.numero).validade == last - timedelta(days=1)


def test_a_senha_that_goes_to_another_is_valid_as_long_as_it_was(world: World) -> None:
    held = world.ask()
    world.pass_days(10)
    assert executante(world, held.numero).validade == held.validade == VALIDADE


def test_another_prestador_that_cannot_do_it_is_refused_with_what_is_wrong(world: World) -> None:
    held = world.ask()
    with pytest.raises(ExecutanteInvalidoError) as refused:
        executante(world, held.numero, "nobody")
    assert {getattr(achado, "regra", "") for achado in refused.value.achados} == {"R02", "R25-CONTRATO"}
    world.enable(CLINICA, ("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação"))
    with pytest.raises(ExecutanteInvalidoError):
        executante(world, held.numero)
    world.enable(CLINICA, ("HABILITADO", INICIO))
    contracted = world.catalogo.of("procedimentos-contratados", VALE)
    contracted[:] = [
        one for one in contracted if (one.prestador_id, one.codigo) != (CLINICA, held.itens[0].solicitado.codigo)
    ]
    with pytest.raises(ExecutanteInvalidoError) as refused:
        executante(world, held.numero)
    assert [achado.regra for achado in refused.value.achados] == ["R25"]
    assert world.held(held.numero) == held


def test_what_was_denied_of_it_need_not_be_in_the_others_contract(world: World) -> None:
    held = world.ask(a_request(an_asked(quantidade=1), an_asked(LIMITADO)))
    operadora.change_quantities(VALE, held.numero, {2: Decimal(0)}, motivo="m", chamador=CENTRAL, portas=world.portas())
    uncontract(world, LIMITADO)
    assert executante(world, held.numero).solicitacao.executa == CLINICA


def test_what_was_billed_stays_with_who_billed_it(world: World) -> None:
    held = world.ask()
    world.bill(held.numero)
    with pytest.raises(JaFaturadaError):
        executante(world, held.numero)


@pytest.mark.regra("R23")
def test_the_day_that_was_asked_for_is_taken_or_left_with_a_reason(world: World) -> None:
    world.autorizacoes.plant(an_authorization(an_item(data_prevista=HOJE, data_pedida=AMANHA)))
    decide = partial(operadora.decide_date, VALE, NUMERO, 1, chamador=AUDITORIA)
    with pytest.raises(MotivoAusenteError):
        decide(approved=False, portas=world.portas())
    left = decide(approved=False, motivo="Sem vaga", portas=world.portas()).autorizacao
    assert (left.itens[0].data_prevista, left.itens[0].data_pedida) == (HOJE, None)
    with pytest.raises(TransicaoInvalidaError):
        decide(approved=True, portas=world.portas())
    world.autorizacoes.plant(replace(left, itens=(an_item(data_prevista=HOJE, data_pedida=AMANHA),)))
    assert decide(approved=True, portas=world.portas()).autorizacao.itens[0].data_prevista == AMANHA


# --- calls ---


@pytest.mark.regra("R30")
def test_a_call_has_a_protocolo_of_its_own_and_a_place_in_the_timeline(world: World) -> None:
    held = world.ask()
    shown: list[Any] = []

    def keep(answer: Any) -> tuple[Any, ...]:
        return (Kept(lambda: True, lambda: shown.append(answer)),)

    guardada, protocolo = operadora.register_call(
        VALE, held.numero, assunto="Prazo", chamador=CENTRAL, portas=world.portas(keep=keep),
        render=lambda made: (made[0].autorizacao.numero, made[1]),
    )  # fmt: skip
    assert (protocolo, held.protocolo) == ("261140000002", "261140000001")
    marco = guardada.autorizacao.historico[-1]
    assert (marco.evento, marco.motivo) == (Evento.ATENDIMENTO_REGISTRADO, f"Atendimento {protocolo}: Prazo")
    assert shown == [(held.numero, protocolo)]
    assert world.held(held.numero) == guardada.autorizacao
    assert world.autorizacoes.told(held.numero)[-1] == "AtendimentoRegistrado"


@pytest.mark.regra("R30")
def test_a_call_about_what_has_ended_is_registered_too(world: World) -> None:
    held = world.ask()
    atos.cancel(VALE, held.numero, chamador=of_prestador(), portas=world.portas())
    first, one = operadora.register_call(VALE, held.numero, assunto="a", chamador=CENTRAL, portas=world.portas())
    second, two = operadora.register_call(VALE, held.numero, assunto="b", chamador=AUDITORIA, portas=world.portas())
    assert one != two
    assert (first.autorizacao.situacao, second.autorizacao.versao) == (Situacao.CANCELADA, 4)
