"""Requests: simulated, made once whatever is retried, on a senha, in place of a senha, and in races."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from autorizacao.service import atos, operadora, pedidos
from autorizacao.service.pedidos import Emitida
from autorizacao.service.portas import Chamador
from conecta_edge.dynamodb import ConditionFailedError
from conecta_senhas.autorizacoes import DIARIAS, Autorizacao, Evento, Origem, Papel, Situacao
from conecta_senhas.errors import (
    AutorizacaoNotFoundError,
    ComplementosVivosError,
    DocumentoAusenteError,
    GuiaJaUsadaError,
    JaFaturadaError,
    MudouError,
    PapelNaoPermitidoError,
    RelacionamentoNaoHabilitadoError,
    SenhaExpiradaError,
    SolicitanteAlheioError,
    TransicaoInvalidaError,
)
from conecta_senhas.solicitacoes import DocumentoAnexado, Solicitacao, Tipo
from conecta_senhas.transicoes import Voto
from tests.builders_autorizacao import (
    AMANHA,
    ANALISADO,
    DESCONHECIDO,
    DIARIA,
    LAUDADO,
    LIMITADO,
    NUMERO,
    ONTEM,
    PRONTO_SOCORRO,
    VALIDADE,
    a_request,
    an_asked,
    an_authorization,
    an_urgencia,
)
from tests.builders_cadastro import CARTEIRA, HOJE, INICIO, OUTRA_CARTEIRA
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.fakes import Kept
from tests.fakes_autorizacao import World, of_operadora, of_prestador

NUNCA = "26119999999999"
AUTORIZADA, NEGADA, EM_ANALISE, CANCELADA = (
    Situacao.AUTORIZADA, Situacao.NEGADA, Situacao.EM_ANALISE, Situacao.CANCELADA,
)  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def ask(world: World, solicitacao: Solicitacao | None = None, chamador: Chamador | None = None, **rest: Any) -> Emitida:
    return pedidos.request(
        solicitacao or a_request(), chamador=chamador or of_prestador(), portas=world.portas(**rest.pop("portas", {})),
        **rest,
    )  # fmt: skip


def senha(world: World, solicitacao: Solicitacao | None = None, **rest: Any) -> Autorizacao:
    """A senha, just asked for and authorised at once."""
    made = ask(world, solicitacao, **rest).autorizacao
    assert made.situacao is AUTORIZADA
    return made


def replacing(
    world: World, antiga: Autorizacao, solicitacao: Solicitacao | None = None, chamador: Chamador | None = None,
    **rest: Any,
) -> Emitida:  # fmt: skip
    return pedidos.substitute(
        rest.pop("registro", VALE), antiga.numero, solicitacao or other(), chamador=chamador or of_prestador(),
        portas=world.portas(**rest.pop("portas", {})), **rest,
    )  # fmt: skip


def other(*itens: Any, **changes: Any) -> Solicitacao:
    """A request of another number of guia."""
    return a_request(*itens, **{"numero_guia_prestador": "GP-2", **changes})


# --- simulation ---


@pytest.mark.regra("R25")
def test_a_simulation_says_what_a_request_would_be_answered_and_makes_nothing(world: World) -> None:
    simulated = pedidos.simulate(a_request(), chamador=of_prestador(), portas=world.portas())
    assert simulated.julgamento.parecer.situacao is AUTORIZADA
    assert simulated.julgamento.validade == VALIDADE
    assert (simulated.lido.numero, simulated.lido.protocolo) == ("", "")
    assert not world.autorizacoes.rows
    assert not world.autorizacoes.events
    made = ask(world)
    assert made.achados == simulated.julgamento.achados


def test_a_simulation_is_of_a_number_of_guia_that_may_be_taken(world: World) -> None:
    senha(world)
    simulated = pedidos.simulate(a_request(an_asked(quantidade=2)), chamador=of_prestador(), portas=world.portas())
    assert simulated.lido.ja_pedida is None


@pytest.mark.regra("R02")
def test_a_simulation_is_refused_to_whom_a_request_would_be(world: World) -> None:
    with pytest.raises(SolicitanteAlheioError):
        pedidos.simulate(a_request(), chamador=of_prestador(CLINICA), portas=world.portas())
    with pytest.raises(RelacionamentoNaoHabilitadoError):
        pedidos.simulate(a_request(registro_ans=PASA), chamador=of_prestador(), portas=world.portas())


# --- a request ---


@pytest.mark.regra("R10", "R30")
def test_a_request_that_nothing_hinders_is_a_senha_at_once(world: World) -> None:
    made = ask(world)
    held = made.autorizacao
    assert (held.situacao, held.senha, held.validade) == (AUTORIZADA, held.numero, VALIDADE)
    assert (held.protocolo, held.origem, held.prestador_id) == ("261140000001", Origem.PRESTADOR, HOSPITAL)
    assert (made.nova, made.antiga, made.repetida) == (True, None, None)
    assert made.beneficiario is not None
    assert made.beneficiario.numero_carteira == CARTEIRA
    assert world.held(held.numero) == held
    assert world.autorizacoes.told(held.numero) == ["AutorizacaoSolicitada"]
    assert {sent.correlacao for sent in world.autorizacoes.events.values()} == {"corr-1"}


@pytest.mark.regra("R30")
def test_a_denied_request_has_a_protocolo_and_a_place_too(world: World) -> None:
    made = ask(world, a_request(an_asked(DESCONHECIDO)))
    held = world.held(made.autorizacao.numero)
    assert (held.situacao, held.senha, held.validade) == (NEGADA, None, None)
    assert held.protocolo
    assert [achado.codigo for achado in made.achados if achado.efeito == "IMPEDE"] == ["1801"]


def test_what_a_person_decides_waits_for_it(world: World) -> None:
    held = ask(world, a_request(an_asked(ANALISADO))).autorizacao
    assert (held.situacao, held.senha) == (EM_ANALISE, None)
    assert held.responder_ate is not None


def test_who_is_neither_solicitante_nor_executante_asks_for_nobody(world: World) -> None:
    with pytest.raises(SolicitanteAlheioError):
        ask(world, chamador=of_prestador(CLINICA))
    with pytest.raises(SolicitanteAlheioError):
        ask(world, chamador=of_operadora())
    assert ask(world, a_request(executante=CLINICA), of_prestador(CLINICA)).autorizacao.prestador_id == CLINICA


@pytest.mark.regra("R02")
@pytest.mark.parametrize(
    ("periodos", "said"),
    [
        ([("SOLICITADO", INICIO)], ("SOLICITADO", None)),
        ([("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação vencida")], ("SUSPENSO", "Documentação vencida")),
        ([("HABILITADO", AMANHA)], (None, None)),
    ],
)
def test_who_is_not_enabled_today_is_told_why_and_leaves_nothing(
    world: World, periodos: list[Any], said: tuple[str | None, str | None]
) -> None:
    world.enable(HOSPITAL, *periodos)
    with pytest.raises(RelacionamentoNaoHabilitadoError) as refused:
        ask(world)
    assert (refused.value.situacao, refused.value.motivo) == said
    assert not world.autorizacoes.rows


@pytest.mark.regra("R02")
def test_who_never_asked_to_be_enabled_is_not(world: World) -> None:
    with pytest.raises(RelacionamentoNaoHabilitadoError) as refused:
        ask(world, a_request(solicitante="nobody"), of_prestador("nobody"))
    assert (refused.value.situacao, refused.value.motivo) == (None, None)


@pytest.mark.regra("R02", "R02-EXECUTANTE")
def test_who_is_suspended_gets_no_senha_through_another_either(world: World) -> None:
    sent = a_request(solicitante=CLINICA, executante=HOSPITAL)
    assert ask(world, sent, of_prestador(CLINICA)).autorizacao.situacao is AUTORIZADA
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", HOJE - timedelta(days=3)))
    again = ask(world, replace(sent, numero_guia_prestador="GP-2"), of_prestador(CLINICA)).autorizacao
    assert again.situacao is NEGADA
    assert [motivo.codigo for motivo in again.motivos] == ["1207"]
    assert "executante" in again.motivos[0].texto


@pytest.mark.regra("R10", "AUT-VALIDADE")
def test_a_suspension_of_the_executante_that_is_known_beforehand_ends_what_another_asks(world: World) -> None:
    last = HOJE + timedelta(days=4)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", last + timedelta(days=1)))
    asked = ask(world, a_request(solicitante=CLINICA, executante=HOSPITAL), of_prestador(CLINICA)).autorizacao
    assert (asked.situacao, asked.validade) == (AUTORIZADA, last)


@pytest.mark.regra("R02")
def test_a_suspension_takes_no_senha_back(world: World) -> None:
    held = senha(world)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação"))
    (cancelled,) = atos.cancel(VALE, held.numero, chamador=of_prestador(), portas=world.portas())
    assert cancelled.autorizacao.situacao is CANCELADA


def test_a_file_that_is_not_there_refuses_the_request_and_names_it(world: World) -> None:
    world.documentos.put(HOSPITAL, "u1")
    world.documentos.put(CLINICA, "u2")
    papers = tuple(DocumentoAnexado(documento_id=one, tipo="02") for one in ("u1", "u2", "u3"))
    with pytest.raises(DocumentoAusenteError) as refused:
        ask(world, a_request(documentos=papers))
    assert refused.value.ids == ("u2", "u3")
    assert not world.autorizacoes.rows
    assert ask(world, a_request(an_asked(LAUDADO), documentos=papers[:1])).autorizacao.situacao is AUTORIZADA


@pytest.mark.regra("R25")
def test_what_was_authorised_before_counts_for_the_limit_whatever_number_the_life_had(world: World) -> None:
    senha(world, a_request(an_asked(LIMITADO, 6)))
    world.renumber("nova")
    held = ask(world, other(an_asked(LIMITADO, 5), carteira="nova")).autorizacao
    assert held.situacao is EM_ANALISE
    assert ask(world, other(an_asked(LIMITADO, 4), numero_guia_prestador="GP-3")).autorizacao.situacao is AUTORIZADA


# --- asked again ---


def test_the_same_guia_with_the_same_content_is_the_same_request(world: World) -> None:
    first = ask(world)
    again = ask(world)
    assert (again.autorizacao, again.nova, again.achados) == (first.autorizacao, False, ())
    assert (len(world.autorizacoes.rows), world.autorizacoes.writes) == (1, 1)
    operadora.register_call(
        VALE, first.autorizacao.numero, assunto="Dúvida", chamador=of_operadora(), portas=world.portas()
    )
    assert ask(world).autorizacao == world.held(first.autorizacao.numero)  # as it is by now


def test_who_was_not_answered_before_midnight_asks_the_same_after_it(world: World) -> None:
    first = ask(world, a_request(data_solicitacao=HOJE))
    again = ask(world, a_request(data_solicitacao=AMANHA))
    assert (again.autorizacao, again.nova) == (first.autorizacao, False)


@pytest.mark.parametrize(
    "changed",
    [
        a_request(an_asked(quantidade=2)),
        a_request(an_asked(), an_asked(LIMITADO)),
        a_request(carteira=OUTRA_CARTEIRA),
        a_request(data_atendimento=AMANHA),
        a_request(justificativa="Outra"),
        a_request(documentos=(DocumentoAnexado(documento_id="u1"),)),
        an_urgencia(),
    ],
    ids=range(7),
)
def test_the_same_guia_with_another_content_is_taken(world: World, changed: Solicitacao) -> None:
    held = senha(world)
    with pytest.raises(GuiaJaUsadaError) as refused:
        ask(world, changed)
    assert refused.value.numero == held.numero
    assert len(world.autorizacoes.rows) == 1


def test_a_number_of_guia_is_each_prestadors_own_at_each_operadora(world: World) -> None:
    senha(world)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), registro_ans=PASA)
    others = [
        ask(world, a_request(solicitante=CLINICA), of_prestador(CLINICA)),
        ask(world, a_request(registro_ans=PASA)),
    ]
    assert all(made.nova for made in others)


def test_a_guia_that_is_held_counts_before_the_relacionamento_is_asked_for(world: World) -> None:
    first = ask(world)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação"))
    assert ask(world).autorizacao == first.autorizacao


def test_a_cancelled_request_frees_its_number(world: World) -> None:
    held = senha(world)
    atos.cancel(VALE, held.numero, chamador=of_prestador(), portas=world.portas())
    again = ask(world)
    assert again.nova
    assert again.autorizacao.numero != held.numero
    found = world.autorizacoes.by_guia(HOSPITAL, VALE, again.autorizacao.solicitacao.numero_guia_prestador)
    assert found == again.guardada
    assert not ask(world).nova


def test_a_denied_request_frees_its_number_for_another_content(world: World) -> None:
    denied = ask(world, a_request(an_asked(DESCONHECIDO))).autorizacao
    made = ask(world)
    assert (made.nova, made.autorizacao.situacao) == (True, AUTORIZADA)
    assert world.held(denied.numero) == denied


def test_a_denied_request_asked_again_is_the_same_while_nothing_changed(world: World) -> None:
    asked = a_request(an_asked(DESCONHECIDO))
    denied = ask(world, asked)
    again = ask(world, asked)
    assert (again.guardada, again.nova, again.achados) == (denied.guardada, False, denied.achados)
    assert len(world.autorizacoes.rows) == 1


def test_a_denied_request_asked_again_is_judged_by_what_changed(world: World) -> None:
    asked = a_request(carteira="nova")
    denied = ask(world, asked)
    assert denied.autorizacao.situacao is NEGADA
    world.renumber("nova")
    made = ask(world, asked)
    assert (made.nova, made.autorizacao.situacao) == (True, AUTORIZADA)


def test_what_auditoria_denied_and_is_asked_again_is_analysed_again(world: World) -> None:
    asked = a_request(an_asked(ANALISADO))
    held = ask(world, asked).autorizacao
    deny(world, held)
    again = ask(world, asked)
    assert (again.nova, again.autorizacao.situacao) == (True, EM_ANALISE)


def voted(quantidade: int = 1) -> list[Voto]:
    return [Voto(sequencia=1, quantidade=Decimal(quantidade), motivo="Fora do rol", base="RN 465/2021", codigo="1407")]


def grant(world: World, held: Autorizacao) -> Autorizacao:
    who = of_operadora(Papel.AUDITORIA)
    return operadora.decide(VALE, held.numero, voted(), chamador=who, portas=world.portas()).autorizacao


def deny(world: World, held: Autorizacao) -> Autorizacao:
    who = of_operadora(Papel.AUDITORIA)
    return operadora.decide(VALE, held.numero, voted(0), chamador=who, portas=world.portas()).autorizacao


def withdraw(world: World, held: Autorizacao) -> Autorizacao:
    changed = atos.cancel(VALE, held.numero, chamador=of_prestador(), portas=world.portas())
    return changed[0].autorizacao


# --- kept answers ---


def test_a_kept_answer_is_the_answer_and_nothing_is_judged(world: World) -> None:
    made = ask(world, portas={"replay": lambda: {"numero": "antes"}})
    assert (made.repetida, made.guardada) == ({"numero": "antes"}, None)
    assert not world.autorizacoes.rows
    with pytest.raises(ValueError, match="kept"):
        _ = made.autorizacao
    made = replacing(world, an_authorization(), portas={"replay": lambda: {"numero": "antes"}})
    assert made.repetida == {"numero": "antes"}


def test_what_is_kept_is_what_the_door_renders_of_the_new_request(world: World) -> None:
    kept: list[Any] = []

    def keep(answer: Any) -> tuple[Any, ...]:
        return (Kept(lambda: True, partial(kept.append, answer)),)

    held = senha(world, portas={"keep": keep}, render=lambda emitida: emitida.autorizacao.numero)
    assert kept == [held.numero]
    made = replacing(world, held, portas={"keep": keep}, render=lambda emitida: emitida.antiga.autorizacao.situacao)
    assert made.antiga is not None
    assert kept == [held.numero, CANCELADA]


def test_who_loses_its_key_to_another_is_told_so_and_makes_nothing(world: World) -> None:
    with pytest.raises(ConditionFailedError):
        ask(world, portas={"keep": lambda _: (Kept(lambda: False, lambda: None),)})
    assert not world.autorizacoes.rows


# --- races of requests ---


def test_of_two_who_ask_the_same_at_once_one_is_told_what_the_other_was(world: World) -> None:
    others: list[Emitida] = []
    world.autorizacoes.meanwhile = [lambda: others.append(ask(world))]
    mine = ask(world)
    assert (mine.autorizacao, mine.nova, others[0].nova) == (others[0].autorizacao, False, True)
    assert len(world.autorizacoes.rows) == 1


def test_of_two_who_ask_otherwise_with_one_number_of_guia_one_is_refused(world: World) -> None:
    world.autorizacoes.meanwhile = [lambda: ask(world, a_request(an_asked(quantidade=2)))]
    with pytest.raises(GuiaJaUsadaError):
        ask(world)
    assert len(world.autorizacoes.rows) == 1


def test_who_loses_every_time_is_told_so_and_leaves_nothing(world: World) -> None:
    parent = world.stay()

    def touch() -> None:
        operadora.register_call(VALE, parent.numero, assunto="x", chamador=of_operadora(), portas=world.portas())

    world.autorizacoes.meanwhile = [touch] * 5
    with pytest.raises(MudouError):
        ask(world, a_request(guia_principal=NUMERO))
    assert list(world.autorizacoes.rows) == [(VALE, NUMERO)]
    world.autorizacoes.meanwhile = [touch] * 4
    assert ask(world, a_request(guia_principal=NUMERO)).autorizacao.principal == NUMERO


# --- on a senha ---


@pytest.mark.regra("R14", "R15")
def test_a_further_item_of_an_urgencia_is_asked_on_its_senha(world: World) -> None:
    urgencia = senha(world, an_urgencia())
    assert urgencia.itens[0].solicitado.codigo == PRONTO_SOCORRO
    child = senha(world, other(guia_principal=urgencia.numero))
    assert child.principal == urgencia.numero
    parent = world.autorizacoes.rows[VALE, urgencia.numero]
    assert parent.complementos == (child.numero,)
    assert (parent.autorizacao.versao, parent.autorizacao.historico) == (2, urgencia.historico)
    assert world.autorizacoes.told(urgencia.numero) == ["AutorizacaoSolicitada"]


@pytest.mark.regra("R22")
def test_a_stay_is_known_by_its_own_number_of_guia(world: World) -> None:
    world.stay()
    child = senha(world, a_request(guia_principal="INT-1"))
    assert child.principal == NUMERO
    assert world.autorizacoes.rows[VALE, NUMERO].complementos == (child.numero,)


@pytest.mark.regra("R15", "R16")
def test_an_elective_request_is_a_parent_of_nothing(world: World) -> None:
    parent = senha(world)
    child = ask(world, other(guia_principal=parent.numero)).autorizacao
    assert (child.situacao, child.motivos[0].codigo) == (NEGADA, "1302")
    assert world.autorizacoes.rows[VALE, parent.numero].complementos == ()
    assert world.held(parent.numero).versao == 1


@pytest.mark.regra("R15")
@pytest.mark.parametrize("name", [NUNCA, NUMERO, "INT-1"])
def test_an_unknown_parent_and_a_foreign_one_are_denied_alike(world: World, name: str) -> None:
    stay = replace(world.stay(), prestador_id="outro")
    world.autorizacoes.plant(
        replace(stay, solicitacao=replace(stay.solicitacao, solicitante="outro", numero_guia_prestador="X"))
    )
    child = ask(world, a_request(guia_principal=name)).autorizacao
    assert (child.situacao, child.motivos[0].codigo, child.principal) == (NEGADA, "1303", None)


@pytest.mark.regra("R17", "R22")
def test_a_complement_makes_who_cancels_its_parent_look_again(world: World) -> None:
    world.stay()
    made: list[Autorizacao] = []
    world.autorizacoes.meanwhile = [lambda: made.append(senha(world, a_request(guia_principal=NUMERO)))]
    with pytest.raises(ComplementosVivosError) as refused:
        atos.cancel(VALE, NUMERO, chamador=of_prestador(), portas=world.portas())
    assert refused.value.numeros == (made[0].numero,)
    assert world.held(NUMERO).situacao is AUTORIZADA


@pytest.mark.regra("R17", "R22")
def test_a_cancelled_parent_makes_who_asks_on_it_look_again(world: World) -> None:
    world.stay()
    world.autorizacoes.meanwhile = [
        lambda: atos.cancel(VALE, NUMERO, chamador=of_prestador(), portas=world.portas()),
    ]
    child = ask(world, a_request(guia_principal=NUMERO)).autorizacao
    assert (child.situacao, world.held(NUMERO).situacao) == (NEGADA, CANCELADA)
    assert [motivo.codigo for motivo in child.motivos] == ["1437"]


@pytest.mark.regra("R22")
def test_two_complements_at_once_are_both_known_to_their_parent(world: World) -> None:
    world.stay()
    world.autorizacoes.meanwhile = [lambda: senha(world, other(guia_principal=NUMERO))]
    senha(world, a_request(guia_principal=NUMERO))
    parent = world.autorizacoes.rows[VALE, NUMERO]
    assert (len(parent.complementos), parent.autorizacao.versao) == (2, 3)


@pytest.mark.regra("R10", "R22")
def test_a_stay_that_began_takes_complements_beyond_its_validity_until_discharge(world: World) -> None:
    world.stay()
    atos.admit(VALE, NUMERO, HOJE, chamador=of_prestador(), portas=world.portas())
    world.pass_days(91)
    assert senha(world, a_request(guia_principal=NUMERO)).principal == NUMERO
    atos.discharge(VALE, NUMERO, world.hoje, motivo_alta="11", chamador=of_prestador(), portas=world.portas())
    world.pass_days(1)
    late = ask(world, other(guia_principal=NUMERO)).autorizacao
    assert (late.situacao, late.motivos[0].codigo) == (NEGADA, "1414")


@pytest.mark.regra("R22")
def test_more_days_of_a_stay_are_asked_on_it(world: World) -> None:
    world.stay()
    more = a_request(
        an_asked(DIARIA, 2, tabela="18"), tipo=Tipo.PRORROGACAO, guia_principal=NUMERO, diarias=2, justificativa="Febre"
    )
    held = ask(world, more).autorizacao
    assert (held.situacao, held.principal) == (EM_ANALISE, NUMERO)
    votes = [*voted(2), Voto(sequencia=DIARIAS, quantidade=Decimal(2))]
    granted = operadora.decide(
        VALE, held.numero, votes, chamador=of_operadora(Papel.AUDITORIA), portas=world.portas()
    ).autorizacao
    assert (granted.situacao, granted.diarias_autorizadas, granted.senha) == (AUTORIZADA, 2, held.numero)


# --- the Central ---


@pytest.mark.regra("R24")
def test_the_central_asks_for_a_prestador_and_is_answered_at_once(world: World) -> None:
    made = ask(world, a_request(an_asked(ANALISADO)), of_operadora(prestador_id=HOSPITAL))
    held = made.autorizacao
    assert (held.situacao, held.origem, held.prestador_id) == (AUTORIZADA, Origem.CENTRAL, HOSPITAL)
    assert held.historico[0].papel is Papel.CENTRAL
    assert held.historico[0].quem == "central-1"
    assert world.autorizacoes.of_month(HOSPITAL, "202611", None, 9).itens == [made.guardada]


@pytest.mark.regra("R24")
def test_the_central_issues_a_complement_even_on_what_is_a_parent_of_nothing(world: World) -> None:
    parent = senha(world)
    child = ask(world, other(guia_principal=parent.numero), of_operadora(prestador_id=HOSPITAL)).autorizacao
    assert (child.situacao, child.principal, child.origem) == (AUTORIZADA, parent.numero, Origem.CENTRAL)


@pytest.mark.regra("R02", "R24")
def test_the_central_asks_for_nobody_who_is_not_enabled(world: World) -> None:
    world.enable(HOSPITAL, ("SUSPENSO", INICIO, "Documentação"))
    with pytest.raises(RelacionamentoNaoHabilitadoError):
        ask(world, chamador=of_operadora(prestador_id=HOSPITAL))


@pytest.mark.regra("R24")
def test_the_central_of_one_operadora_asks_nothing_of_another(world: World) -> None:
    world.enable(HOSPITAL, ("HABILITADO", INICIO), registro_ans=PASA)
    central = of_operadora(prestador_id=HOSPITAL)
    with pytest.raises(AutorizacaoNotFoundError):
        ask(world, a_request(registro_ans=PASA), central)
    with pytest.raises(AutorizacaoNotFoundError):
        pedidos.simulate(a_request(registro_ans=PASA), chamador=central, portas=world.portas())
    assert not world.autorizacoes.rows


def test_auditoria_asks_for_nothing(world: World) -> None:
    with pytest.raises(PapelNaoPermitidoError):
        ask(world, chamador=of_operadora(Papel.AUDITORIA, HOSPITAL))


# --- in place of a senha ---


@pytest.mark.regra("R16")
def test_a_senha_is_replaced_at_once_by_one_that_is_authorised(world: World) -> None:
    antiga = senha(world)
    made = replacing(world, antiga)
    nova, velha = made.autorizacao, world.held(antiga.numero)
    assert (nova.situacao, nova.substitui, nova.senha) == (AUTORIZADA, antiga.numero, nova.numero)
    assert (velha.situacao, velha.substituida_por, velha.substituicao) == (CANCELADA, nova.numero, None)
    assert velha.historico[-1].evento is Evento.SUBSTITUIDA
    assert made.antiga is not None
    assert made.antiga.autorizacao == velha
    assert world.autorizacoes.writes == 2  # each in one transaction
    assert world.autorizacoes.told(antiga.numero) == ["AutorizacaoSolicitada", "AutorizacaoSubstituida"]


@pytest.mark.regra("R16")
def test_what_was_authorised_of_the_old_does_not_count_against_the_new(world: World) -> None:
    antiga = senha(world, a_request(an_asked(LIMITADO, 9)))
    assert replacing(world, antiga, other(an_asked(LIMITADO, 10))).autorizacao.situacao is AUTORIZADA


@pytest.mark.regra("R16")
def test_a_refused_request_leaves_the_old_senha_as_it_was(world: World) -> None:
    antiga = senha(world)
    made = replacing(world, antiga, other(an_asked(DESCONHECIDO)))
    assert (made.autorizacao.situacao, made.autorizacao.substitui) == (NEGADA, antiga.numero)
    assert made.antiga is not None
    assert made.antiga.autorizacao == world.held(antiga.numero) == antiga


@pytest.mark.regra("R16")
def test_a_request_in_analysis_keeps_the_old_senha_until_it_is_granted(world: World) -> None:
    antiga = senha(world)
    nova = replacing(world, antiga, other(an_asked(ANALISADO))).autorizacao
    held = world.held(antiga.numero)
    assert (nova.situacao, held.situacao, held.substituicao) == (EM_ANALISE, AUTORIZADA, nova.numero)
    granted = grant(world, nova)
    held = world.held(antiga.numero)
    assert (granted.situacao, held.situacao, held.substituida_por) == (AUTORIZADA, CANCELADA, nova.numero)
    assert world.autorizacoes.told(antiga.numero) == [
        "AutorizacaoSolicitada", "SubstituicaoPedida", "AutorizacaoSubstituida",
    ]  # fmt: skip


@pytest.mark.regra("R16")
@pytest.mark.parametrize("end", [deny, withdraw])
def test_a_request_in_analysis_that_is_denied_or_taken_back_leaves_the_old_senha(
    world: World, end: Callable[[World, Autorizacao], object]
) -> None:
    antiga = senha(world)
    nova = replacing(world, antiga, other(an_asked(ANALISADO))).autorizacao
    end(world, nova)
    held = world.held(antiga.numero)
    assert (held.situacao, held.substituicao, held.itens) == (AUTORIZADA, None, antiga.itens)
    assert held.historico[-1].evento is Evento.SUBSTITUICAO_ENCERRADA
    assert replacing(world, antiga, other(numero_guia_prestador="GP-3")).autorizacao.situacao is AUTORIZADA


@pytest.mark.regra("R16")
def test_an_old_senha_that_was_used_meanwhile_lets_the_new_be_denied_only(world: World) -> None:
    antiga = senha(world)
    nova = replacing(world, antiga, other(an_asked(ANALISADO))).autorizacao
    world.bill(antiga.numero)
    with pytest.raises(JaFaturadaError):
        grant(world, nova)
    assert world.held(nova.numero) == nova
    assert deny(world, nova).situacao is NEGADA
    held = world.held(antiga.numero)
    assert (held.situacao, held.substituicao) == (Situacao.UTILIZADA, None)


@pytest.mark.regra("R16", "R17")
def test_an_old_senha_that_was_cancelled_meanwhile_hinders_nothing(world: World) -> None:
    antiga = senha(world)
    nova = replacing(world, antiga, other(an_asked(ANALISADO))).autorizacao
    withdraw(world, antiga)
    cancelled = world.held(antiga.numero)
    assert grant(world, nova).situacao is AUTORIZADA
    assert world.held(antiga.numero) == cancelled


@pytest.mark.regra("R16")
def test_of_the_decision_and_the_use_of_the_old_only_one_wins(world: World) -> None:
    antiga = senha(world)
    nova = replacing(world, antiga, other(an_asked(ANALISADO))).autorizacao
    world.autorizacoes.meanwhile = [lambda: world.bill(antiga.numero)]
    with pytest.raises(JaFaturadaError):
        grant(world, nova)
    assert world.held(nova.numero).situacao is EM_ANALISE


@pytest.mark.regra("R16")
def test_of_the_decision_and_the_cancelling_of_the_old_both_count(world: World) -> None:
    antiga = senha(world)
    nova = replacing(world, antiga, other(an_asked(ANALISADO))).autorizacao
    world.autorizacoes.meanwhile = [lambda: withdraw(world, antiga)]
    assert grant(world, nova).situacao is AUTORIZADA
    held = world.held(antiga.numero)
    assert (held.situacao, held.substituida_por) == (CANCELADA, None)


@pytest.mark.regra("R16")
def test_of_two_substitutions_at_once_one_is_refused(world: World) -> None:
    antiga = senha(world)
    world.autorizacoes.meanwhile = [lambda: replacing(world, antiga, other(an_asked(ANALISADO)))]
    with pytest.raises(TransicaoInvalidaError):
        replacing(world, antiga, other(numero_guia_prestador="GP-3"))
    world.autorizacoes.meanwhile = []
    valid = [row for row in world.autorizacoes.rows.values() if row.autorizacao.situacao is AUTORIZADA]
    assert [row.autorizacao.numero for row in valid] == [antiga.numero]


@pytest.mark.regra("R16", "R17")
def test_who_replaces_what_is_being_cancelled_is_told_so(world: World) -> None:
    antiga = senha(world)
    world.autorizacoes.meanwhile = [lambda: withdraw(world, antiga)]
    with pytest.raises(TransicaoInvalidaError):
        replacing(world, antiga)
    assert len(world.autorizacoes.rows) == 1


def test_who_loses_every_time_replaces_nothing(world: World) -> None:
    antiga = senha(world)

    def touch() -> None:
        operadora.register_call(VALE, antiga.numero, assunto="x", chamador=of_operadora(), portas=world.portas())

    world.autorizacoes.meanwhile = [touch] * 5
    with pytest.raises(MudouError):
        replacing(world, antiga)
    assert world.held(antiga.numero).situacao is AUTORIZADA


@pytest.mark.regra("R16")
def test_a_substitution_asked_again_is_the_same_one_whatever_became_of_it(world: World) -> None:
    antiga = senha(world)
    first = replacing(world, antiga)
    again = replacing(world, antiga)
    assert (again.guardada, again.nova, again.antiga) == (first.guardada, False, first.antiga)
    pending = other(an_asked(ANALISADO), numero_guia_prestador="GP-3")
    made = replacing(world, first.autorizacao, pending)
    assert replacing(world, first.autorizacao, pending).guardada == made.guardada
    assert len(world.autorizacoes.rows) == 3


@pytest.mark.regra("R16")
def test_a_refused_substitution_asked_again_is_the_same_one(world: World) -> None:
    antiga = senha(world)
    refused = other(an_asked(DESCONHECIDO))
    first = replacing(world, antiga, refused)
    again = replacing(world, antiga, refused)
    assert (again.guardada, again.nova, again.achados) == (first.guardada, False, first.achados)
    assert again.antiga is not None
    assert again.antiga.autorizacao == antiga
    alone = ask(world, refused)  # the same, asked in place of nothing
    assert (alone.nova, alone.autorizacao.substitui) == (True, None)


@pytest.mark.regra("R16")
def test_the_new_request_needs_a_number_of_its_own(world: World) -> None:
    antiga = senha(world)
    with pytest.raises(GuiaJaUsadaError) as refused:
        replacing(world, antiga, a_request(an_asked(quantidade=2)))
    assert refused.value.numero == antiga.numero
    with pytest.raises(GuiaJaUsadaError):
        replacing(world, antiga, antiga.solicitacao)
    another = senha(world, other())
    with pytest.raises(GuiaJaUsadaError) as refused:
        replacing(world, antiga, other())  # the very request that another senha holds
    assert refused.value.numero == another.numero
    assert world.held(antiga.numero) == antiga
    assert world.autorizacoes.guias[HOSPITAL, VALE, "GP-2"][0] == another.numero


@pytest.mark.regra("R16")
def test_what_was_used_or_expired_or_ended_is_not_replaced(world: World) -> None:
    antiga = senha(world)
    world.bill(antiga.numero)
    with pytest.raises(JaFaturadaError):
        replacing(world, antiga)
    late = senha(world, other(numero_guia_prestador="GP-3"))
    world.pass_days(91)
    with pytest.raises(SenhaExpiradaError):
        replacing(world, late)
    ended = senha(world, other(numero_guia_prestador="GP-4"))
    withdraw(world, ended)
    with pytest.raises(TransicaoInvalidaError):
        replacing(world, ended)
    pending = ask(world, other(an_asked(ANALISADO), numero_guia_prestador="GP-5")).autorizacao
    with pytest.raises(TransicaoInvalidaError):
        replacing(world, pending)


@pytest.mark.regra("R16")
def test_what_has_living_complements_is_not_replaced(world: World) -> None:
    urgencia = senha(world, an_urgencia(numero_guia_prestador="URG-1"))
    child = senha(world, a_request(guia_principal=urgencia.numero))
    with pytest.raises(ComplementosVivosError) as refused:
        replacing(world, urgencia)
    assert refused.value.numeros == (child.numero,)
    withdraw(world, child)
    assert replacing(world, urgencia).autorizacao.situacao is AUTORIZADA


@pytest.mark.regra("R16")
def test_a_senha_is_not_replaced_by_what_is_asked_on_it(world: World) -> None:
    stay = world.stay()
    with pytest.raises(TransicaoInvalidaError):
        replacing(world, stay, a_request(guia_principal=NUMERO))
    assert world.held(NUMERO) == stay


@pytest.mark.regra("R16", "R22")
def test_a_complement_is_replaced_by_another_of_the_same_parent(world: World) -> None:
    world.stay()
    child = senha(world, a_request(guia_principal=NUMERO))
    nova = replacing(world, child, other(guia_principal=NUMERO)).autorizacao
    parent = world.autorizacoes.rows[VALE, NUMERO]
    assert (nova.principal, set(parent.complementos)) == (NUMERO, {child.numero, nova.numero})
    assert world.held(child.numero).situacao is CANCELADA


@pytest.mark.regra("R16")
def test_a_foreign_senha_is_replaced_as_little_as_an_absent_one(world: World) -> None:
    antiga = senha(world)
    foreign = other(solicitante=CLINICA)
    for held in (antiga, replace(antiga, numero=NUNCA)):
        with pytest.raises(AutorizacaoNotFoundError):
            replacing(world, held, foreign, of_prestador(CLINICA))
    with pytest.raises(AutorizacaoNotFoundError):
        replacing(world, antiga, registro=PASA)
    with pytest.raises(SolicitanteAlheioError):
        replacing(world, antiga, chamador=of_prestador(CLINICA))


@pytest.mark.regra("R16")
def test_a_senha_is_replaced_for_the_same_life_and_operadora(world: World) -> None:
    antiga = senha(world)
    with pytest.raises(AutorizacaoNotFoundError):
        replacing(world, antiga, other(carteira=OUTRA_CARTEIRA))
    with pytest.raises(AutorizacaoNotFoundError):
        replacing(world, antiga, other(carteira="nobody"))
    world.enable(HOSPITAL, ("HABILITADO", INICIO), registro_ans=PASA)
    with pytest.raises(AutorizacaoNotFoundError):
        replacing(world, antiga, other(registro_ans=PASA))
    world.renumber("nova")
    assert replacing(world, antiga, other(carteira="nova")).autorizacao.situacao is AUTORIZADA


@pytest.mark.regra("R02", "R16")
def test_who_is_suspended_replaces_nothing(world: World) -> None:
    antiga = senha(world)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", HOJE, "Documentação"))
    with pytest.raises(RelacionamentoNaoHabilitadoError):
        replacing(world, antiga)
    assert world.held(antiga.numero) == antiga


def test_a_digest_tells_every_difference_and_no_other() -> None:
    assert pedidos.digest_of(a_request()) == pedidos.digest_of(a_request(data_solicitacao=ONTEM))
    others = [
        a_request(an_asked(quantidade=2)), a_request(an_asked(), an_asked()), a_request(observacao="x"),
        a_request(data_atendimento=ONTEM), a_request(executante=HOSPITAL), a_request(cids=("C50",)),
    ]  # fmt: skip
    assert len({pedidos.digest_of(one) for one in (a_request(), *others)}) == 7
