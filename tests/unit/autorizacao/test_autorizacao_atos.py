"""What a prestador does with its authorizations: whose they are, what goes with what, and what meets what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from autorizacao.service import atos, nucleo, operadora, pedidos
from autorizacao.service.portas import Chamador, Guardada
from conecta_senhas.autorizacoes import Autorizacao, Evento, Papel, Pendencia, Situacao, SituacaoItem, TipoPendencia
from conecta_senhas.errors import (
    AutorizacaoNotFoundError,
    ComplementosVivosError,
    DataInvalidaError,
    DocumentoAusenteError,
    JaFaturadaError,
    MotivoAusenteError,
    MudouError,
    PapelNaoPermitidoError,
    SenhaExpiradaError,
    TransicaoInvalidaError,
)
from conecta_senhas.solicitacoes import DocumentoAnexado, TipoAnexo
from tests.builders_autorizacao import (
    AMANHA,
    ANALISADO,
    LAUDADO,
    NUMERO,
    ONTEM,
    SESSAO_RADIO,
    a_pending,
    a_request,
    a_stay,
    an_annex,
    an_asked,
    an_authorization,
    an_item,
    an_opme,
    an_urgencia,
)
from tests.builders_cadastro import HOJE, INICIO
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.fakes import Kept
from tests.fakes_autorizacao import World, of_operadora, of_prestador

NUNCA = "26119999999999"
LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
PAPER = DocumentoAnexado(documento_id="u1", tipo="02")
PASSADO = timedelta(days=1)


@pytest.fixture
def world() -> World:
    made = World()
    made.documentos.put(HOSPITAL, "u1", "u2")
    return made


def cancel(world: World, numero: str, chamador: Chamador | None = None, **rest: Any) -> tuple[Guardada, ...]:
    return atos.cancel(VALE, numero, chamador=chamador or of_prestador(), portas=world.portas(), **rest)


def states(changed: tuple[Guardada, ...]) -> list[tuple[str, Situacao]]:
    return [(row.autorizacao.numero, row.autorizacao.situacao) for row in changed]


def child_of(world: World, parent: str, n: int = 1, *itens: Any, **changes: Any) -> Autorizacao:
    return world.ask(a_request(*itens, guia_principal=parent, numero_guia_prestador=f"C-{n}", **changes))


# --- cancelling ---


@pytest.mark.regra("R17")
def test_a_prestador_cancels_a_whole_senha_by_itself(world: World) -> None:
    held = world.ask()
    changed = cancel(world, held.numero, motivo="Desistência")
    assert states(changed) == [(held.numero, Situacao.CANCELADA)]
    stored = world.held(held.numero)
    assert stored == changed[0].autorizacao
    assert (stored.historico[-1].evento, stored.historico[-1].motivo) == (Evento.CANCELADA, "Desistência")
    assert (stored.historico[-1].papel, stored.historico[-1].quem) == (Papel.PRESTADOR, "pessoa-1")
    assert world.autorizacoes.told(held.numero) == ["AutorizacaoSolicitada", "AutorizacaoCancelada"]


@pytest.mark.regra("R17")
def test_a_pending_request_is_withdrawn(world: World) -> None:
    held = world.ask(a_request(an_asked(ANALISADO)))
    (changed,) = cancel(world, held.numero)
    assert changed.autorizacao.historico[-1].evento is Evento.RETIRADA


@pytest.mark.regra("R17")
def test_what_was_billed_is_not_cancelled(world: World) -> None:
    held = world.ask()
    world.bill(held.numero)
    with pytest.raises(JaFaturadaError) as refused:
        cancel(world, held.numero)
    assert refused.value.sequencias == (1,)


@pytest.mark.regra("R17")
def test_of_cancelling_and_billing_at_once_one_wins(world: World) -> None:
    held = world.ask()
    world.autorizacoes.meanwhile = [lambda: world.bill(held.numero)]
    with pytest.raises(JaFaturadaError):
        cancel(world, held.numero)
    assert world.held(held.numero).situacao is Situacao.UTILIZADA


@pytest.mark.regra("R10", "R17")
def test_an_expired_senha_is_not_cancelled_though_nobody_wrote_that_it_expired(world: World) -> None:
    held = world.ask()
    world.pass_days(90)
    assert world.held(held.numero).situacao_em(world.hoje) is Situacao.AUTORIZADA
    world.pass_days(1)
    with pytest.raises(TransicaoInvalidaError) as refused:
        cancel(world, held.numero)
    assert refused.value.situacao == "EXPIRADA"


@pytest.mark.regra("R17")
def test_what_was_cancelled_is_not_cancelled_again(world: World) -> None:
    held = world.ask()
    cancel(world, held.numero)
    with pytest.raises(TransicaoInvalidaError):
        cancel(world, held.numero)


@pytest.mark.regra("R17", "R22")
def test_living_complements_hinder_the_cancelling_of_their_parent_and_are_told(world: World) -> None:
    world.stay()
    living, pending, ended = (
        child_of(world, NUMERO, 1),
        child_of(world, NUMERO, 2, an_asked(ANALISADO)),
        child_of(world, NUMERO, 3),
    )
    cancel(world, ended.numero)
    with pytest.raises(ComplementosVivosError) as refused:
        cancel(world, NUMERO)
    assert set(refused.value.numeros) == {living.numero, pending.numero}
    assert world.held(NUMERO).situacao is Situacao.AUTORIZADA


@pytest.mark.regra("R17", "R22")
def test_a_parent_is_cancelled_with_its_living_complements_in_one_act_when_asked(world: World) -> None:
    world.stay()
    living, pending, ended = (
        child_of(world, NUMERO, 1),
        child_of(world, NUMERO, 2, an_asked(ANALISADO)),
        child_of(world, NUMERO, 3),
    )
    cancel(world, ended.numero)
    before, writes = world.held(ended.numero), world.autorizacoes.writes
    changed = cancel(world, NUMERO, complementos=True)
    assert states(changed) == [(one, Situacao.CANCELADA) for one in (NUMERO, living.numero, pending.numero)]
    assert world.autorizacoes.writes == writes + 1
    assert world.held(ended.numero) == before
    assert [row.autorizacao.historico[-1].evento for row in changed] == [
        Evento.CANCELADA, Evento.CANCELADA, Evento.RETIRADA,
    ]  # fmt: skip


@pytest.mark.regra("R17", "R22")
def test_a_complement_that_was_billed_keeps_its_parent(world: World) -> None:
    world.stay()
    child = child_of(world, NUMERO)
    world.bill(child.numero)
    for together in (False, True):
        with pytest.raises((ComplementosVivosError, JaFaturadaError)):
            cancel(world, NUMERO, complementos=together)
    assert world.held(NUMERO).situacao is Situacao.AUTORIZADA


@pytest.mark.regra("R17", "R22")
def test_a_complement_that_is_billed_meanwhile_keeps_its_parent(world: World) -> None:
    world.stay()
    child = child_of(world, NUMERO)
    world.autorizacoes.meanwhile = [lambda: world.bill(child.numero)]
    with pytest.raises(JaFaturadaError):
        cancel(world, NUMERO, complementos=True)
    assert world.held(NUMERO).situacao is Situacao.AUTORIZADA
    assert world.held(child.numero).situacao is Situacao.UTILIZADA


@pytest.mark.regra("R17", "R22")
def test_more_complements_than_one_act_may_change_are_told(world: World) -> None:
    world.stay()
    for n in range(nucleo.JUNTAS - 1):
        child_of(world, NUMERO, n)
    last = child_of(world, NUMERO, 99)
    with pytest.raises(ComplementosVivosError) as refused:
        cancel(world, NUMERO, complementos=True)
    assert len(refused.value.numeros) == nucleo.JUNTAS
    assert world.held(NUMERO).situacao is Situacao.AUTORIZADA
    cancel(world, last.numero)
    assert len(cancel(world, NUMERO, complementos=True)) == nucleo.JUNTAS


@pytest.mark.regra("R16", "R17")
def test_a_withdrawn_complement_gives_back_the_senha_it_was_to_replace(world: World) -> None:
    world.stay()
    antiga = world.ask(a_request(numero_guia_prestador="E-1"))
    pending = a_request(an_asked(ANALISADO), guia_principal=NUMERO, numero_guia_prestador="C-1")
    nova = pedidos.substitute(VALE, antiga.numero, pending, chamador=of_prestador(), portas=world.portas()).autorizacao
    changed = cancel(world, NUMERO, complementos=True)
    assert states(changed) == [
        (NUMERO, Situacao.CANCELADA), (nova.numero, Situacao.CANCELADA), (antiga.numero, Situacao.AUTORIZADA),
    ]  # fmt: skip
    held = world.held(antiga.numero)
    assert (held.substituicao, held.historico[-1].evento) == (None, Evento.SUBSTITUICAO_ENCERRADA)


@pytest.mark.regra("R16", "R17")
def test_a_complement_and_what_was_to_replace_it_end_together_with_their_parent(world: World) -> None:
    world.stay()
    antiga = child_of(world, NUMERO, 1)
    pending = a_request(an_asked(ANALISADO), guia_principal=NUMERO, numero_guia_prestador="C-2")
    nova = pedidos.substitute(VALE, antiga.numero, pending, chamador=of_prestador(), portas=world.portas()).autorizacao
    cancel(world, NUMERO, complementos=True)
    for numero in (antiga.numero, nova.numero):
        held = world.held(numero)
        assert (held.situacao, held.substituicao) == (Situacao.CANCELADA, None)


@pytest.mark.regra("R16")
def test_what_was_to_replace_a_senha_that_is_nowhere_is_withdrawn_all_the_same(world: World) -> None:
    world.autorizacoes.plant(a_pending(substitui=NUNCA))
    assert states(cancel(world, NUMERO)) == [(NUMERO, Situacao.CANCELADA)]


@pytest.mark.regra("R17")
def test_the_central_says_why_it_cancels_and_the_prestador_need_not(world: World) -> None:
    held = world.ask()
    with pytest.raises(MotivoAusenteError):
        cancel(world, held.numero, of_operadora())
    (changed,) = cancel(world, held.numero, of_operadora(), motivo="A pedido do beneficiário")
    assert changed.autorizacao.historico[-1].papel is Papel.CENTRAL


def test_auditoria_cancels_nothing(world: World) -> None:
    held = world.ask()
    with pytest.raises(PapelNaoPermitidoError):
        cancel(world, held.numero, of_operadora(Papel.AUDITORIA))


# --- whose it is ---

ACTS: dict[str, Callable[[str, str, Chamador, World], object]] = {
    "cancel": lambda registro, numero, who, world: atos.cancel(registro, numero, chamador=who, portas=world.portas()),
    "answer": lambda registro, numero, who, world: atos.answer(
        registro, numero, justificativa="x", chamador=who, portas=world.portas()
    ),
    "attach": lambda registro, numero, who, world: atos.attach(
        registro, numero, an_annex(TipoAnexo.OPME), chamador=who, portas=world.portas()
    ),
    "request_date": lambda registro, numero, who, world: atos.request_date(
        registro, numero, 1, AMANHA, motivo="m", chamador=who, portas=world.portas()
    ),
    "admit": lambda registro, numero, who, world: atos.admit(
        registro, numero, HOJE, chamador=who, portas=world.portas()
    ),
    "discharge": lambda registro, numero, who, world: atos.discharge(
        registro, numero, HOJE, motivo_alta="11", chamador=who, portas=world.portas()
    ),
}  # fmt: skip


@pytest.mark.regra("R08")
@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_a_foreign_authorization_is_one_on_an_absent_one(world: World, act: str) -> None:
    held = world.ask()
    foreign: list[tuple[str, str, Chamador]] = [
        (VALE, NUNCA, of_prestador()),
        (PASA, held.numero, of_prestador()),
        (VALE, held.numero, of_prestador(CLINICA)),
        (VALE, held.numero, replace(of_prestador(), prestador_id=None)),
        (VALE, held.numero, of_operadora(registros=frozenset({PASA}))),
    ]
    for registro, numero, who in foreign:
        with pytest.raises(AutorizacaoNotFoundError):
            ACTS[act](registro, numero, who, world)
    assert world.held(held.numero) == held


@pytest.mark.regra("R08")
def test_solicitante_executante_and_creator_may_act(world: World) -> None:
    asked = a_request(executante=CLINICA)
    by_executante = world.ask(asked, of_prestador(CLINICA))
    assert states(cancel(world, by_executante.numero)) == [(by_executante.numero, Situacao.CANCELADA)]
    by_solicitante = world.ask(asked)
    assert cancel(world, by_solicitante.numero, of_prestador(CLINICA))


# --- races and kept answers ---


def call(world: World, numero: str) -> None:
    operadora.register_call(VALE, numero, assunto="Dúvida", chamador=of_operadora(), portas=world.portas())


def test_an_act_that_loses_a_race_is_done_upon_what_there_is_then(world: World) -> None:
    held = world.ask()
    world.autorizacoes.meanwhile = [lambda: call(world, held.numero)] * (nucleo.TENTATIVAS - 1)
    (changed,) = cancel(world, held.numero)
    assert changed.autorizacao.versao == nucleo.TENTATIVAS + 1
    assert [marco.evento for marco in changed.autorizacao.historico] == [
        Evento.SOLICITADA, *[Evento.ATENDIMENTO_REGISTRADO] * (nucleo.TENTATIVAS - 1), Evento.CANCELADA,
    ]  # fmt: skip


def test_an_act_that_loses_every_time_is_told_so_and_does_nothing(world: World) -> None:
    held = world.ask()
    world.autorizacoes.meanwhile = [lambda: call(world, held.numero)] * nucleo.TENTATIVAS
    with pytest.raises(MudouError):
        cancel(world, held.numero)
    assert world.held(held.numero).situacao is Situacao.AUTORIZADA


def test_what_is_kept_is_what_the_door_renders_of_all_that_changed(world: World) -> None:
    world.stay()
    child_of(world, NUMERO)
    kept: list[Any] = []

    def keep(answer: Any) -> tuple[Any, ...]:
        return (Kept(lambda: True, partial(kept.append, answer)),)

    atos.cancel(VALE, NUMERO, chamador=of_prestador(), portas=world.portas(keep=keep), complementos=True, render=states)
    assert [len(answer) for answer in kept] == [2]
    assert nucleo.keep_no_answer("whatever") is None  # type: ignore[func-returns-value]


# --- what was asked for ---


def waiting(world: World) -> Autorizacao:
    """A request that waits for a laudo."""
    held = world.ask(a_request(an_asked(LAUDADO)))
    assert held.situacao is Situacao.AGUARDANDO_DOCUMENTO
    return held


def send(world: World, numero: str, chamador: Chamador | None = None, **rest: Any) -> Autorizacao:
    who = chamador or of_prestador()
    return atos.answer(VALE, numero, chamador=who, portas=world.portas(), **rest).autorizacao


@pytest.mark.regra("R27")
def test_what_was_asked_for_brings_the_request_back_to_analysis_by_itself(world: World) -> None:
    held = send(world, waiting(world).numero, documentos=(PAPER,))
    assert (held.situacao, held.pendencias, held.pendente_ate) == (Situacao.EM_ANALISE, (), None)
    assert held.solicitacao.documentos == (PAPER,)
    assert world.held(held.numero) == held
    assert world.documentos.asked == [(HOSPITAL, ("u1",))]


def test_a_justification_asks_for_no_file(world: World) -> None:
    held = waiting(world)
    assert send(world, held.numero, justificativa="Por isso").situacao is Situacao.AGUARDANDO_DOCUMENTO
    assert world.documentos.asked == []


def test_a_file_that_is_not_there_or_is_anothers_answers_nothing(world: World) -> None:
    held = waiting(world)
    world.documentos.put(CLINICA, "u9")
    with pytest.raises(DocumentoAusenteError) as refused:
        send(world, held.numero, documentos=(PAPER, DocumentoAnexado(documento_id="u9", tipo="02")))
    assert refused.value.ids == ("u9",)
    assert world.held(held.numero) == held


def test_who_answers_names_files_of_its_own_and_the_central_those_of_the_requester(world: World) -> None:
    asked = a_request(an_asked(LAUDADO), executante=CLINICA)
    held = world.ask(asked)
    with pytest.raises(DocumentoAusenteError):
        send(world, held.numero, of_prestador(CLINICA), documentos=(PAPER,))
    assert send(world, held.numero, of_operadora(), documentos=(PAPER,)).situacao is Situacao.EM_ANALISE
    assert world.documentos.asked == [(CLINICA, ("u1",)), (HOSPITAL, ("u1",))]


def test_nothing_is_answered_to_who_waits_for_nothing(world: World) -> None:
    held = world.ask()
    with pytest.raises(TransicaoInvalidaError):
        send(world, held.numero, documentos=(PAPER,))


# --- annexes ---


def attach(world: World, numero: str, annex: Any, chamador: Chamador | None = None, **rest: Any) -> Autorizacao:
    who = chamador or of_prestador()
    return atos.attach(VALE, numero, annex, chamador=who, portas=world.portas(), **rest).autorizacao


OPME = an_annex(TipoAnexo.OPME, an_opme(), justificativa="Prótese indicada")


@pytest.mark.regra("R27")
def test_an_annex_that_follows_is_judged_and_numbered_after_what_is_there(world: World) -> None:
    world.agree(cotacoes_opme=0)
    held = world.ask(a_request(an_asked(ANALISADO), indicador_opme=True))
    assert [one.tipo for one in held.pendencias] == [TipoPendencia.ANEXO_OPME]
    held = attach(world, held.numero, OPME)
    assert held.situacao is Situacao.EM_ANALISE
    assert [(item.sequencia, item.anexo) for item in held.itens] == [(1, None), (2, TipoAnexo.OPME)]
    assert held.solicitacao.anexos == (OPME,)
    assert world.held(held.numero) == held
    assert world.autorizacoes.told(held.numero)[-1] == "AnexoRecebido"


@pytest.mark.regra("R27")
def test_quotes_that_come_with_the_annex_count(world: World) -> None:
    world.agree(cotacoes_opme=2)
    held = world.ask(a_request(an_asked(ANALISADO), indicador_opme=True))
    quotes = tuple(DocumentoAnexado(documento_id=one, cotacao=True) for one in ("u1", "u2"))
    fewer = attach(world, held.numero, OPME, documentos=quotes[:1])
    assert (fewer.situacao, [(one.tipo, one.quantidade) for one in fewer.pendencias]) == (
        Situacao.AGUARDANDO_DOCUMENTO, [(TipoPendencia.COTACAO, 1)],
    )  # fmt: skip
    assert fewer.pendente_ate is not None
    assert send(world, held.numero, documentos=quotes[1:]).situacao is Situacao.EM_ANALISE


@pytest.mark.regra("R27")
def test_an_annex_names_files_that_are_there(world: World) -> None:
    held = world.ask(a_request(an_asked(ANALISADO)))
    with pytest.raises(DocumentoAusenteError):
        attach(world, held.numero, OPME, documentos=(DocumentoAnexado(documento_id="u9"),))
    assert world.held(held.numero) == held


@pytest.mark.regra("R16", "R27")
def test_what_is_decided_takes_no_annex(world: World) -> None:
    held = world.ask()
    with pytest.raises(TransicaoInvalidaError):
        attach(world, held.numero, OPME)


@pytest.mark.regra("R27")
def test_a_request_takes_one_annex_of_a_kind(world: World) -> None:
    held = world.ask(a_request(an_asked(ANALISADO)))
    attach(world, held.numero, OPME)
    with pytest.raises(TransicaoInvalidaError):
        attach(world, held.numero, OPME)
    empty = an_annex(TipoAnexo.RADIOTERAPIA, data_provavel=AMANHA)
    assert len(attach(world, held.numero, empty).solicitacao.anexos) == 2


@pytest.mark.regra("R27")
def test_a_request_of_diarias_alone_takes_an_annex_whose_items_are_its_first(world: World) -> None:
    world.autorizacoes.plant(replace(a_pending(), itens=(), solicitacao=a_request(itens=(), diarias=1)))
    held = attach(world, NUMERO, OPME)
    assert [item.sequencia for item in held.itens] == [1]


def _two_days_before(world: World, **changes: Any) -> Autorizacao:
    """A stay that was asked for two days before, with the OPME it announced still owed."""
    held = world.ask(a_stay(an_asked(LAUDADO), indicador_opme=True, **changes))
    world.pass_days(2)
    return held


@pytest.mark.regra("R27")
def test_a_day_that_passed_while_the_annex_was_waited_for_denies_nothing(world: World) -> None:
    world.agree(cotacoes_opme=1)
    held = _two_days_before(world, data_atendimento=AMANHA)
    after = attach(world, held.numero, OPME)
    assert [(item.situacao, item.motivos) for item in after.itens] == [(SituacaoItem.EM_ANALISE, ())] * 2
    assert {one.tipo for one in held.pendencias} - {one.tipo for one in after.pendencias} == {TipoPendencia.ANEXO_OPME}


@pytest.mark.regra("R02", "R27")
def test_who_was_suspended_meanwhile_still_sends_the_annex_of_what_it_asked(world: World) -> None:
    world.agree(cotacoes_opme=1)
    held = _two_days_before(world)
    world.enable(HOSPITAL, ("HABILITADO", INICIO), ("SUSPENSO", world.hoje))
    after = attach(world, held.numero, OPME)
    assert [(item.situacao, item.motivos) for item in after.itens] == [(SituacaoItem.EM_ANALISE, ())] * 2
    assert TipoPendencia.COTACAO in {one.tipo for one in after.pendencias}


@pytest.mark.regra("R27")
def test_what_is_impossible_of_an_annex_is_of_its_own_line_alone(world: World) -> None:
    world.agree(cotacoes_opme=0)
    held = _two_days_before(world, data_atendimento=AMANHA)
    other = an_annex(
        TipoAnexo.OPME, an_opme(), replace(an_opme(registro_anvisa=None), tabela="00"), justificativa="Fratura"
    )
    after = attach(world, held.numero, other)
    assert [(item.situacao, [one.codigo for one in item.motivos]) for item in after.itens] == [
        (SituacaoItem.EM_ANALISE, []), (SituacaoItem.EM_ANALISE, []), (SituacaoItem.NEGADO, ["3106"]),
    ]  # fmt: skip


@pytest.mark.regra("R23")
@pytest.mark.parametrize("later", [False, True])
def test_the_day_of_a_radioterapia_is_of_its_sessions_whenever_the_annex_comes(world: World, *, later: bool) -> None:
    radio = an_annex(TipoAnexo.RADIOTERAPIA, data_provavel=AMANHA, justificativa="Plano")
    asked = a_stay(an_asked(SESSAO_RADIO, 3), an_asked(), anexos=() if later else (radio,))
    held = world.ask(asked)
    if later:
        held = attach(world, held.numero, radio)
    assert [item.data_prevista for item in held.itens] == [AMANHA, None]


# --- days, admission, discharge ---


@pytest.mark.regra("R23")
def test_another_day_is_asked_for_an_item_of_a_planned_one(world: World) -> None:
    world.autorizacoes.plant(an_authorization(an_item(data_prevista=AMANHA)))
    held = atos.request_date(
        VALE, NUMERO, 1, AMANHA + PASSADO, motivo="Reação", chamador=of_prestador(), portas=world.portas()
    ).autorizacao
    assert held.itens[0].data_pedida == AMANHA + PASSADO
    assert world.autorizacoes.told(NUMERO) == ["DataPedida"]
    with pytest.raises(DataInvalidaError):
        atos.request_date(VALE, NUMERO, 1, ONTEM, motivo="m", chamador=of_prestador(), portas=world.portas())


@pytest.mark.regra("R10", "R23")
def test_a_day_beyond_the_senha_is_asked_for_only_in_a_stay_that_began(world: World) -> None:
    world.stay()
    atos.admit(VALE, NUMERO, HOJE, chamador=of_prestador(), portas=world.portas())
    child = an_authorization(an_item(data_prevista=AMANHA), numero="2", principal=NUMERO)
    world.autorizacoes.plant(child)
    far = HOJE + timedelta(days=120)
    ask = partial(atos.request_date, VALE, "2", 1, far, motivo="m", chamador=of_prestador())
    assert ask(portas=world.portas()).autorizacao.itens[0].data_pedida == far
    world.autorizacoes.plant(replace(child, principal=NUNCA))
    with pytest.raises(DataInvalidaError):
        ask(portas=world.portas())


@pytest.mark.regra("R10", "R22")
def test_a_stay_is_admitted_once_and_discharged_once(world: World) -> None:
    world.stay()
    admit = partial(atos.admit, VALE, NUMERO, chamador=of_prestador())
    discharge = partial(atos.discharge, VALE, NUMERO, motivo_alta="11", chamador=of_prestador())
    with pytest.raises(TransicaoInvalidaError):
        discharge(HOJE, portas=world.portas())
    assert admit(HOJE, portas=world.portas(), motivo="Chegou").autorizacao.admissao == HOJE
    with pytest.raises(TransicaoInvalidaError):
        admit(HOJE, portas=world.portas())
    world.pass_days(100)
    held = discharge(world.hoje, portas=world.portas()).autorizacao
    assert (held.alta, held.motivo_alta) == (world.hoje, "11")
    assert world.autorizacoes.told(NUMERO) == ["InternacaoComunicada", "AltaComunicada"]


@pytest.mark.regra("R10")
def test_a_stay_that_is_told_of_too_late_is_outside_its_senha(world: World) -> None:
    world.stay()
    world.pass_days(91)
    with pytest.raises(SenhaExpiradaError):
        atos.admit(VALE, NUMERO, world.hoje, chamador=of_prestador(), portas=world.portas())
    told_late = atos.admit(VALE, NUMERO, HOJE, chamador=of_prestador(), portas=world.portas())
    assert told_late.autorizacao.situacao_em(world.hoje) is Situacao.AUTORIZADA


def test_what_is_no_stay_is_not_admitted(world: World) -> None:
    held = world.ask(an_urgencia())
    with pytest.raises(TransicaoInvalidaError):
        atos.admit(VALE, held.numero, HOJE, chamador=of_prestador(), portas=world.portas())
