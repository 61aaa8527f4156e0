"""What people do with a received PEG, and what happens by itself: one conditional act each, whoever meets whom."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from conecta_atos.portas import keep_nothing
from conecta_contas.analise import Glosa, Recuperado, broken
from conecta_contas.errors import DossieMissingError, GlosaInvalidaError, MotivoAusenteError
from conecta_contas.pegs import Evento, Papel, Peg, Recuperacao, SituacaoPeg
from conecta_edge.clock import local_day
from conecta_edge.dynamodb import ConditionFailedError
from conecta_senhas.autorizacoes import Situacao
from peg.domain.errors import (
    GuiaNaoRetiravelError,
    MudouError,
    PegNotFoundError,
    TransicaoInvalidaError,
    VersaoDiferenteError,
)
from peg.service import atos
from peg.service.portas import Chamador
from tests.builders_cadastro import CONSULTA, HEMOGRAMA, INICIO, a_contrato
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA, VALE
from tests.builders_peg import SENHA, a_sadt, authorised, done, granted
from tests.casa_peg import AUDITORA, FATURISTA, FINANCEIRO, SISTEMA, Casa
from tests.fakes import Interruption, Kept, ProcessDiedError

P1, P2 = "261120000001", "261120000002"
G2 = a_sadt(done(CONSULTA, valor="50.00"), numero="G2", senha=None)
AMANHA = local_day(NOW) + timedelta(days=1)


@pytest.fixture
def casa() -> Casa:
    made = Casa()
    made.autoriza(granted(authorised(HEMOGRAMA, 2)))
    return made


@pytest.fixture
def peg(casa: Casa) -> Peg:
    """Two guias, 68.50 together; one hemogram of two is used."""
    return casa.recebe(a_sadt(), G2)


def act(casa: Casa, name: str, peg: Peg, chamador: Chamador, *args: Any, **said: Any) -> Peg:
    function: Callable[..., Peg] = getattr(atos, name)
    rest = {} if name in {"begin", "conclude", "release"} and "guardar" not in said else {"guardar": keep_nothing}
    return function(peg, *args, chamador=chamador, portas=casa.portas(), **{"guardar": keep_nothing, **rest, **said})


def mortal(interruption: Interruption) -> Callable[[str, Any], Any]:
    return lambda _name, port: interruption.wrap(port)


def analysed(casa: Casa, peg: Peg, *acts: str) -> Peg:
    """A PEG brought to its analysis, and on."""
    for name in ("begin", *acts):
        peg = act(casa, name, peg, AUDITORA)
    return peg


def a_glosa(**changes: Any) -> Glosa:
    made = Glosa(0, "", "1402", "", "Sem relatório de alta.", indice=1)
    return replace(made, **changes)


# --- cancelled ---


@pytest.mark.regra("PEG-CANCELAMENTO")
def test_a_cancelled_peg_frees_what_it_used_and_its_number(casa: Casa, peg: Peg) -> None:
    gone = casa.cancela(peg, motivo="Enviado em duplicidade")
    assert gone == casa.peg(P1)
    assert (gone.situacao, gone.liberando, gone.versao) == (SituacaoPeg.CANCELADO, False, 4)
    assert (casa.usos(SENHA), casa.cobradas(), casa.pegs.lotes) == ({}, [], {})
    assert casa.lida(SENHA).autorizacao.situacao is Situacao.AUTORIZADA
    assert casa.contados() == {"PegRecebido": 1, "PegCancelado": 1}
    assert gone.historico[-1].motivo == "Enviado em duplicidade"
    again = casa.recebe(a_sadt(), G2)
    assert (again.numero_lote, again.protocolo, again.valor_glosado) == ("1", P2, Decimal(0))


def test_cancelled_once_more_is_the_same(casa: Casa, peg: Peg) -> None:
    first = casa.cancela(peg)
    again = casa.recebe(a_sadt())
    assert casa.cancela(first) == first
    assert casa.cancela(peg) == first
    assert casa.pegs.lotes[HOSPITAL, VALE, "1"].protocolo == again.protocolo
    assert casa.usos(SENHA) == {f"{P2}#001": {(1, "00"): 1}}
    assert casa.contados()["PegCancelado"] == 1


@pytest.mark.regra("PEG-CANCELAMENTO")
@pytest.mark.parametrize("situacao", sorted(set(SituacaoPeg) - {SituacaoPeg.RECEBIDO, SituacaoPeg.CANCELADO}))
def test_nothing_is_cancelled_once_its_analysis_has_begun(casa: Casa, peg: Peg, situacao: SituacaoPeg) -> None:
    held = casa.pegs.rows[HOSPITAL, P1] = replace(peg, situacao=situacao)
    with pytest.raises(TransicaoInvalidaError):
        casa.cancela(held)
    assert len(casa.usos(SENHA)) == 1


def test_who_saw_another_version_does_not_cancel(casa: Casa, peg: Peg) -> None:
    with pytest.raises(VersaoDiferenteError):
        act(casa, "cancel", peg, replace(FATURISTA, versao=1))
    assert act(casa, "cancel", peg, replace(FATURISTA, versao=2)).situacao is SituacaoPeg.CANCELADO


def test_a_state_that_forbids_it_is_told_before_another_version(casa: Casa, peg: Peg) -> None:
    begun = analysed(casa, peg)
    with pytest.raises((TransicaoInvalidaError, VersaoDiferenteError)):
        act(casa, "cancel", begun, replace(FATURISTA, versao=1))


@pytest.mark.parametrize("after", range(1, 8))
@pytest.mark.parametrize("recovery", ["again", "sweep", "same number"])
def test_a_cancel_interrupted_anywhere_is_finished_by_whoever_comes(
    casa: Casa, peg: Peg, after: int, recovery: str
) -> None:
    interruption = Interruption(after)
    with contextlib.suppress(ProcessDiedError):
        casa.cancela(peg, wrap=mortal(interruption))
    assert (interruption.calls == after) is (after < 7)
    held = casa.peg(P1)
    if recovery == "again" or held.situacao is not SituacaoPeg.CANCELADO:
        casa.cancela(held)
    elif recovery == "sweep":
        assert casa.varre()["retomados"] == int(held.liberando)
    else:
        assert casa.recebe(a_sadt(), G2).protocolo == P2
        casa.cancela(casa.peg(P2))
    assert (casa.usos(SENHA), casa.cobradas(), casa.pegs.lotes) == ({}, [], {})
    assert not casa.peg(P1).liberando
    assert casa.contados()["PegCancelado"] == len(casa.pegs.rows)


def test_the_answer_kept_for_its_key_is_that_of_the_end(casa: Casa, peg: Peg) -> None:
    kept: list[int] = []

    def guardar(after: Peg) -> tuple[Any, ...]:
        return (Kept(lambda: True, lambda: kept.append(after.versao)),)

    assert casa.cancela(peg, guardar=guardar).versao == kept[0] == 4
    assert len(kept) == 1


def test_an_answer_that_is_kept_already_is_told_to_the_door(casa: Casa, peg: Peg) -> None:
    with pytest.raises(ConditionFailedError):
        casa.cancela(peg, guardar=lambda _peg: (Kept(lambda: False, lambda: None),))
    assert casa.peg(P1).situacao is SituacaoPeg.RECEBIDO


# --- a guia withdrawn ---


@pytest.mark.regra("PEG-RETIRADA")
def test_a_withdrawn_guia_frees_what_it_used_and_its_value(casa: Casa, peg: Peg) -> None:
    less = casa.retira(peg, 1)
    assert less == casa.peg(P1)
    assert (less.situacao, less.retiradas, less.liberando, less.versao) == (SituacaoPeg.RECEBIDO, (1,), False, 4)
    assert (less.valor_informado, less.valor_cobrado, less.valor_liberado) == (
        Decimal("68.50"), Decimal("50.00"), Decimal("50.00"),
    )  # fmt: skip
    assert (casa.usos(SENHA), casa.cobradas()) == ({}, [("G2", P1)])
    assert [guia.indice for guia in casa.dossie(less).resultado.guias] == [2]
    assert len(casa.dossie(less).guias) == 2
    assert casa.contados() == {"PegRecebido": 1, "GuiaRetirada": 1}
    assert casa.recebe(a_sadt(), numero="2").valor_glosado == 0


def test_withdrawn_once_more_is_the_same(casa: Casa, peg: Peg) -> None:
    first = casa.retira(peg, 1)
    assert casa.retira(first, 1) == first
    assert casa.retira(peg, 1) == first  # who had not seen it yet
    assert casa.contados()["GuiaRetirada"] == 1


@pytest.mark.parametrize("guia", [0, 3])
def test_a_guia_that_is_not_there_is_not_withdrawn(casa: Casa, peg: Peg, guia: int) -> None:
    with pytest.raises(GuiaNaoRetiravelError):
        casa.retira(peg, guia)


@pytest.mark.regra("PEG-RETIRADA")
def test_the_last_guia_is_not_withdrawn_and_no_guia_of_a_peg_under_analysis(casa: Casa, peg: Peg) -> None:
    last = casa.retira(peg, 1)
    with pytest.raises(GuiaNaoRetiravelError):
        casa.retira(last, 2)
    with pytest.raises(TransicaoInvalidaError):
        casa.retira(analysed(casa, last), 2)


def test_who_withdraws_says_why(casa: Casa, peg: Peg) -> None:
    with pytest.raises(MotivoAusenteError):
        act(casa, "withdraw", peg, FATURISTA, 1, motivo=" ")


def test_a_withdrawal_half_done_is_finished_by_the_next_act(casa: Casa, peg: Peg) -> None:
    with pytest.raises(ProcessDiedError):
        casa.retira(peg, 1, wrap=mortal(Interruption(after=3)))
    held = casa.peg(P1)
    assert (held.liberando, held.retiradas, len(casa.usos(SENHA))) == (True, (1,), 1)
    begun = analysed(casa, held)
    assert (begun.liberando, begun.situacao) == (False, SituacaoPeg.EM_ANALISE)
    assert casa.usos(SENHA) == {}


def test_a_withdrawal_that_meets_another_looks_again(casa: Casa) -> None:
    peg = casa.recebe(a_sadt(), G2, a_sadt(done(hora_inicial="09:00:00"), numero="G3"))
    casa.pegs.meanwhile = [lambda: casa.retira(peg, 1)]
    less = casa.retira(peg, 3)
    assert (less.retiradas, less.valor_cobrado) == ((1, 3), Decimal("50.00"))
    assert casa.usos(SENHA) == {}
    assert casa.contados()["GuiaRetirada"] == 2


def test_of_a_cancel_and_the_begin_of_analysis_at_once_one_is_done(casa: Casa, peg: Peg) -> None:
    casa.pegs.meanwhile = [lambda: analysed(casa, peg)]
    with pytest.raises(TransicaoInvalidaError):
        casa.cancela(peg)
    assert len(casa.usos(SENHA)) == 1
    other = casa.recebe(a_sadt(done(hora_inicial="10:00:00"), numero="G4"), numero="2")
    casa.pegs.meanwhile = [lambda: casa.cancela(other)]
    with pytest.raises(TransicaoInvalidaError):
        analysed(casa, other)
    assert len(casa.usos(SENHA)) == 1


def test_who_is_never_first_is_told_to_try_again(casa: Casa, peg: Peg) -> None:
    def touch() -> None:
        held = casa.peg(P1)
        casa.pegs.rows[HOSPITAL, P1] = replace(held, versao=held.versao + 1)

    casa.pegs.meanwhile = [touch] * 99
    with pytest.raises(MudouError):
        casa.cancela(peg)


def test_the_place_of_a_guia_is_found_by_its_number(casa: Casa, peg: Peg) -> None:
    portas = casa.portas()
    assert (atos.place_of(peg, "G1", portas), atos.place_of(peg, "G2", portas)) == (1, 2)
    with pytest.raises(GuiaNaoRetiravelError):
        atos.place_of(peg, "G9", portas)


def test_of_two_guias_of_one_number_the_one_that_is_left_is_meant(casa: Casa) -> None:
    peg = casa.recebe(a_sadt(), replace(G2, numero_guia_prestador="G1"), a_sadt(numero="G3"))
    assert atos.place_of(peg, "G1", casa.portas()) == 1
    peg = casa.retira(peg, 1)
    assert atos.place_of(peg, "G1", casa.portas()) == 2
    peg = casa.retira(peg, 2)
    assert atos.place_of(peg, "G1", casa.portas()) == 1


# --- found ---


def test_a_peg_is_found_by_the_operadoras_somebody_acts_for(casa: Casa, peg: Peg) -> None:
    portas = casa.portas()
    assert atos.find_of_operadora([PASA, VALE], P1, portas) == peg
    for registros, protocolo in (([PASA], P1), ([], P1), ([VALE], P2)):
        with pytest.raises(PegNotFoundError):
            atos.find_of_operadora(registros, protocolo, portas)


# --- analysis ---


def test_analysis_goes_from_begin_to_release_and_tells_each_step(casa: Casa, peg: Peg) -> None:
    steps = [analysed(casa, peg)]
    steps.append(act(casa, "ask", steps[-1], AUDITORA, motivo="Envie o laudo.", ate=AMANHA))
    steps.append(act(casa, "answer_question", steps[-1], FATURISTA, texto="Segue o laudo."))
    steps.append(act(casa, "conclude", steps[-1], AUDITORA))
    steps.append(act(casa, "reopen", steps[-1], AUDITORA, motivo="Faltou um item."))
    steps.append(act(casa, "conclude", steps[-1], AUDITORA))
    steps.append(act(casa, "release", steps[-1], FINANCEIRO))
    assert [step.situacao.value for step in steps] == [
        "EM_ANALISE", "AGUARDANDO_INFORMACAO", "EM_ANALISE", "ANALISADO", "EM_ANALISE", "ANALISADO", "LIBERADO",
    ]  # fmt: skip
    assert steps[-1] == casa.peg(P1)
    assert [marco.evento for marco in steps[-1].historico[1:]] == [
        Evento.ANALISE_INICIADA, Evento.INFORMACAO_PEDIDA, Evento.INFORMACAO_RECEBIDA, Evento.ANALISADO,
        Evento.REABERTO, Evento.ANALISADO, Evento.LIBERADO,
    ]  # fmt: skip
    assert steps[1].historico[-1].ate == AMANHA
    assert steps[2].historico[-1].motivo == "Segue o laudo."
    assert casa.contados() == {
        "PegRecebido": 1, "PegEmAnalise": 1, "InformacaoPedida": 1, "InformacaoRecebida": 1, "PegAnalisado": 2,
        "PegReaberto": 1, "PegLiberado": 1,
    }  # fmt: skip


def test_it_is_auditorias_turn_until_the_contract_has_it_paid(casa: Casa, peg: Peg) -> None:
    begun = analysed(casa, peg)
    assert begun.historico[-1].ate == local_day(NOW) + timedelta(days=30)
    assert begun.historico[-1].vez_de is Papel.AUDITORIA


def test_without_a_contract_on_the_day_of_reception_there_is_no_such_day(casa: Casa) -> None:
    terms = casa.fatos.catalogo.of("contratos", VALE)
    terms[:] = [replace(a_contrato(), vigente_de=INICIO, vigente_ate=local_day(NOW) - timedelta(days=1))]
    assert analysed(casa, casa.recebe(a_sadt())).historico[-1].ate is None


def test_a_manual_glosa_takes_what_it_says_and_its_reversal_gives_it_back(casa: Casa, peg: Peg) -> None:
    begun = analysed(casa, peg)
    less = act(casa, "glosar", begun, AUDITORA, a_glosa(sequencia=1, retirado=Decimal("8.50")))
    assert (less.valor_glosado, less.valor_liberado, less.versao) == (
        Decimal("8.50"), Decimal("60.00"), begun.versao + 1,
    )  # fmt: skip
    (glosa,) = casa.dossie(less).resultado.glosas
    assert (glosa.id, glosa.regra, glosa.guia, glosa.autor) == (1, "AUDITORIA", "G1", "auditora-1")
    assert (glosa.contrato, glosa.contestar_dias, glosa.valor) == ("2026/001", 30, Decimal("8.50"))
    back = act(casa, "revert", less, AUDITORA, 1, motivo="O relatório chegou.")
    assert (back.valor_glosado, back.dossie != less.dossie) == (Decimal("0.00"), True)
    (glosa,) = casa.dossie(back).resultado.glosas
    assert (glosa.revertida_por, glosa.motivo_reversao) == ("auditora-1", "O relatório chegou.")
    assert broken(casa.dossie(back).resultado) == ()
    assert casa.dossie(replace(back, dossie=less.dossie)).resultado.glosado == Decimal("8.50")


def test_a_glosa_of_the_whole_peg_is_under_todays_terms(casa: Casa, peg: Peg) -> None:
    less = act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa(indice=0))
    assert less.valor_liberado == 0
    (glosa,) = casa.dossie(less).resultado.glosas
    assert (glosa.guia, glosa.contrato, glosa.valor) == (None, "2026/001", Decimal("68.50"))


def test_a_glosa_of_a_guia_is_under_the_terms_of_its_first_day(casa: Casa, peg: Peg) -> None:
    less = act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa(indice=2))
    assert casa.dossie(less).resultado.glosas[-1].contrato == "2026/001"


def test_a_glosa_of_a_day_without_terms_says_none(casa: Casa) -> None:
    casa.fatos.catalogo.of("contratos", VALE)[:] = []
    peg = casa.recebe(a_sadt(), G2)
    with pytest.raises(GlosaInvalidaError):
        act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa())
    first = casa.dossie(casa.peg(P1)).resultado.glosas[0]
    back = act(casa, "revert", casa.peg(P1), AUDITORA, first.id, motivo="Há contrato novo.")
    again = act(casa, "glosar", back, AUDITORA, a_glosa()) if casa.dossie(back).resultado.guias[0].liberado else back
    assert casa.dossie(again).resultado.glosas[-1].contrato is None


@pytest.mark.parametrize(
    ("glosa", "error"),
    [
        (a_glosa(mensagem=" "), MotivoAusenteError),
        (a_glosa(indice=3), GlosaInvalidaError),
        (a_glosa(sequencia=2), GlosaInvalidaError),
        (a_glosa(sequencia=1, retirado=Decimal("18.51")), GlosaInvalidaError),
    ],
)
def test_a_glosa_that_says_nothing_or_takes_what_is_not_there_is_refused(
    casa: Casa, peg: Peg, glosa: Glosa, error: type[Exception]
) -> None:
    begun = analysed(casa, peg)
    with pytest.raises(error):
        act(casa, "glosar", begun, AUDITORA, glosa)
    assert casa.peg(P1) == begun


def test_a_reversal_says_why_and_of_what(casa: Casa, peg: Peg) -> None:
    begun = act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa())
    with pytest.raises(MotivoAusenteError):
        act(casa, "revert", begun, AUDITORA, 1, motivo="")
    with pytest.raises(GlosaInvalidaError):
        act(casa, "revert", begun, AUDITORA, 2, motivo="x")


@pytest.mark.parametrize("chamador", [FATURISTA, FINANCEIRO])
def test_glosas_are_auditorias_alone(casa: Casa, peg: Peg, chamador: Chamador) -> None:
    begun = analysed(casa, peg)
    with pytest.raises(TransicaoInvalidaError):
        act(casa, "glosar", begun, chamador, a_glosa())
    with pytest.raises(TransicaoInvalidaError):
        act(casa, "revert", begun, chamador, 1, motivo="x")


def test_nothing_is_glosado_before_or_after_its_analysis(casa: Casa, peg: Peg) -> None:
    for held in (peg, analysed(casa, peg, "conclude")):
        with pytest.raises(TransicaoInvalidaError):
            act(casa, "glosar", held, AUDITORA, a_glosa())


def test_two_glosas_at_once_both_stand(casa: Casa, peg: Peg) -> None:
    begun = analysed(casa, peg)
    casa.pegs.meanwhile = [partial(act, casa, "glosar", begun, AUDITORA, a_glosa(indice=2))]
    both = act(casa, "glosar", begun, AUDITORA, a_glosa())
    assert both.valor_liberado == 0
    assert [one.id for one in casa.dossie(both).resultado.glosas] == [1, 2]


def test_an_auditora_that_saw_another_version_looks_again_first(casa: Casa, peg: Peg) -> None:
    begun = analysed(casa, peg)
    seen = replace(AUDITORA, versao=begun.versao)
    casa.pegs.meanwhile = [partial(act, casa, "glosar", begun, AUDITORA, a_glosa(indice=2))]
    with pytest.raises(VersaoDiferenteError):
        act(casa, "glosar", begun, seen, a_glosa())


def test_values_let_out_tell_what_was_taken_and_until_when_it_is_contested(casa: Casa, peg: Peg) -> None:
    less = act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa())
    out = act(casa, "release", act(casa, "conclude", less, AUDITORA), FINANCEIRO)
    assert out.publicada_em == local_day(NOW)
    told = {event.tipo: event.dados for event in casa.pegs.events.values()}
    assert told["PegLiberado"].items() >= {"valor_liberado": "50.00", "valor_glosado": "18.50"}.items()
    until = (local_day(NOW) + timedelta(days=30)).isoformat()
    assert told["GlosaPublicada"].items() >= {"glosas": 1, "contestar_ate": until}.items()
    assert told["PegAnalisado"]["valor_glosado"] == "18.50"


def test_glosas_without_terms_have_no_last_day(casa: Casa) -> None:
    casa.fatos.catalogo.of("contratos", VALE)[:] = []
    peg = analysed(casa, casa.recebe(a_sadt()), "conclude")
    act(casa, "release", peg, FINANCEIRO)
    told = {event.tipo: event.dados for event in casa.pegs.events.values()}
    assert told["GlosaPublicada"]["contestar_ate"] is None


# --- paid ---


def ended(casa: Casa, name: str, peg: Peg, motivo: str = "Pago em 10/12/2026.") -> Peg:
    act_of: Callable[..., Peg] = getattr(atos, name)
    return act_of(peg, SISTEMA, casa.portas(), motivo=motivo)


def test_what_was_let_out_is_paid_once_however_often_it_is_told(casa: Casa, peg: Peg) -> None:
    out = act(casa, "release", analysed(casa, peg, "conclude"), FINANCEIRO)
    paid = ended(casa, "pay", out)
    assert (paid.situacao, paid.historico[-1].quem, paid.historico[-1].vez_de) == (SituacaoPeg.PAGO, "sistema", None)
    assert paid.historico[-1].motivo == "Pago em 10/12/2026."
    assert ended(casa, "pay", paid) == ended(casa, "pay", out) == casa.peg(P1) == paid
    assert casa.contados()["PegPago"] == 1
    with pytest.raises(TransicaoInvalidaError):
        ended(casa, "close_unpaid", paid)


def test_a_peg_that_nothing_is_paid_of_is_over_and_one_that_is_not_published_is_not_paid(casa: Casa, peg: Peg) -> None:
    done = analysed(casa, peg, "conclude")
    with pytest.raises(TransicaoInvalidaError):
        ended(casa, "pay", done)
    over = ended(casa, "close_unpaid", act(casa, "release", done, FINANCEIRO), "Nada a pagar.")
    assert (over.situacao, over.historico[-1].motivo) == (SituacaoPeg.ENCERRADO_SEM_PAGAMENTO, "Nada a pagar.")
    assert ended(casa, "close_unpaid", over) == over
    assert casa.contados()["PegEncerrado"] == 1
    with pytest.raises(TransicaoInvalidaError):
        ended(casa, "pay", over)


# --- recovered ---

R1, R2 = "261160000001", "261160000002"


def taken(casa: Casa, peg: Peg) -> Peg:
    """Published without what auditoria took: the hemogram, 18.50."""
    less = act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa())
    return act(casa, "release", act(casa, "conclude", less, AUDITORA), FINANCEIRO)


def recovered(casa: Casa, peg: Peg, valor: str = "10.00", recurso: str = R1) -> Peg:
    part = Recuperado(recurso, casa.dossie(casa.peg(P1)).resultado.glosas[0].id, 1, 1, Decimal(valor))
    return atos.recover(peg, recurso, (part,), SISTEMA, casa.portas())


@pytest.mark.regra("PEG-RECUPERACAO")
def test_what_a_recurso_gives_back_is_to_be_paid_and_told_once_however_often_it_comes(casa: Casa, peg: Peg) -> None:
    out = taken(casa, peg)
    casa.passa(days=40)
    after = recovered(casa, out)
    assert (after.valor_glosado, after.valor_liberado, after.valor_recuperado) == (
        Decimal("8.50"), Decimal("60.00"), Decimal("10.00"),
    )  # fmt: skip
    assert after.recuperacoes == (Recuperacao(R1, Decimal("10.00"), local_day(casa.agora)),)
    assert (after.situacao, after.historico[-1].motivo) == (
        SituacaoPeg.LIBERADO, f"O recurso {R1} devolveu R$ 10.00.",
    )  # fmt: skip
    assert recovered(casa, out) == recovered(casa, after) == casa.peg(P1) == after
    more = recovered(casa, after, "8.50", R2)
    assert (more.valor_glosado, casa.dossie(more).resultado.recuperado) == (Decimal("0.00"), Decimal("18.50"))
    assert broken(casa.dossie(more).resultado) == ()
    told = [dados for tipo, dados in casa.eventos() if tipo == "ValorRecuperado"]
    assert [(one["recurso"], one["parcela"], one["valor"]) for one in told] == [(R1, 1, "10.00"), (R2, 2, "8.50")]
    with pytest.raises(GlosaInvalidaError):
        recovered(casa, more, "0.01", "261160000003")


def test_what_is_recovered_of_a_peg_that_was_paid_leaves_it_paid(casa: Casa, peg: Peg) -> None:
    paid = ended(casa, "pay", taken(casa, peg))
    assert recovered(casa, paid).situacao is SituacaoPeg.PAGO


@pytest.mark.regra("PEG-RECUPERACAO")
def test_a_peg_of_which_something_is_recovered_is_not_over_whatever_was_told_before(casa: Casa) -> None:
    peg = taken(casa, casa.recebe(a_sadt()))
    assert peg.valor_liberado == 0
    first = recovered(casa, peg)
    assert ended(casa, "close_unpaid", peg) == ended(casa, "close_unpaid", first) == first
    assert "PegEncerrado" not in casa.contados()


def test_a_peg_that_was_over_is_to_be_paid_again_once_something_is_recovered(casa: Casa) -> None:
    peg = taken(casa, casa.recebe(a_sadt()))
    after = recovered(casa, ended(casa, "close_unpaid", peg))
    assert (after.situacao, after.historico[-1].vez_de) == (SituacaoPeg.LIBERADO, Papel.FINANCEIRO)
    assert ended(casa, "close_unpaid", after) == after
    assert ended(casa, "pay", after).situacao is SituacaoPeg.PAGO


def test_nothing_is_recovered_before_values_are_published(casa: Casa, peg: Peg) -> None:
    done = act(casa, "conclude", act(casa, "glosar", analysed(casa, peg), AUDITORA, a_glosa()), AUDITORA)
    with pytest.raises(TransicaoInvalidaError):
        recovered(casa, done)


def test_two_recursos_that_give_back_at_once_both_do(casa: Casa, peg: Peg) -> None:
    out = taken(casa, peg)
    casa.pegs.meanwhile = [partial(recovered, casa, out, "8.50", R2)]
    after = recovered(casa, out)
    assert [(one.recurso, one.valor) for one in after.recuperacoes] == [(R2, Decimal("8.50")), (R1, Decimal("10.00"))]
    assert (after.valor_glosado, casa.dossie(after).resultado.glosado) == (Decimal(0), Decimal(0))


# --- the sweep ---


def test_the_analysis_of_yesterdays_pegs_begins_by_itself_after_local_midnight(casa: Casa, peg: Peg) -> None:
    assert casa.varre() == {"retomados": 0, "em_analise": 0, "sem_resposta": 0, "adiados": 0}
    casa.agora = NOW.replace(day=22, hour=2, minute=59)
    assert casa.varre()["em_analise"] == 0
    casa.agora = NOW.replace(day=22, hour=3, minute=0)
    assert casa.varre()["em_analise"] == 1
    assert casa.varre()["em_analise"] == 0
    held = casa.peg(P1)
    assert (held.situacao, held.historico[-1].papel) == (SituacaoPeg.EM_ANALISE, Papel.SISTEMA)


def test_where_nobody_answers_in_time_the_analysis_goes_on(casa: Casa, peg: Peg) -> None:
    act(casa, "ask", analysed(casa, peg), AUDITORA, motivo="Envie o laudo.", ate=AMANHA)
    casa.passa(days=1)
    assert casa.varre()["sem_resposta"] == 0
    casa.passa(days=1)
    assert casa.varre()["sem_resposta"] == 1
    assert casa.peg(P1).situacao is SituacaoPeg.EM_ANALISE


def test_what_is_under_way_is_left_alone_until_it_is_old(casa: Casa) -> None:
    with pytest.raises(ProcessDiedError):
        casa.recebe(a_sadt(), wrap=mortal(Interruption(after=13)))
    assert casa.peg(P1).situacao is SituacaoPeg.PREPARANDO
    assert casa.varre(tudo=False)["retomados"] == 0
    casa.passa(minutes=6)
    assert casa.varre(tudo=False)["retomados"] == 1
    assert casa.peg(P1).situacao is SituacaoPeg.RECEBIDO


def test_a_sweep_takes_so_many_of_each_and_of_the_operadoras_it_is_given(casa: Casa) -> None:
    for numero in ("1", "2", "3"):
        casa.recebe(a_sadt(numero=f"G{numero}", senha=None), numero=numero)
    casa.passa(days=1)
    assert atos.sweep([PASA], casa.portas(), tudo=True)["em_analise"] == 0
    assert [casa.varre(limite=2)["em_analise"] for _ in range(3)] == [2, 1, 0]


def test_what_somebody_else_does_meanwhile_is_left_to_them(casa: Casa, peg: Peg) -> None:
    casa.passa(days=1)
    casa.pegs.meanwhile = [lambda: casa.cancela(peg)]
    assert casa.varre()["adiados"] == 1
    assert casa.peg(P1).situacao is SituacaoPeg.CANCELADO


def test_what_an_index_names_and_is_not_there_is_passed_over(casa: Casa, peg: Peg) -> None:
    with pytest.raises(ProcessDiedError):
        casa.cancela(peg, wrap=mortal(Interruption(after=2)))
    del casa.pegs.rows[HOSPITAL, P1]
    assert casa.varre()["adiados"] == 0


def test_one_peg_that_cannot_be_finished_does_not_keep_the_others_waiting(casa: Casa) -> None:
    """The oldest comes first: if it ended the sweep, nothing after it would ever be finished."""
    for numero in ("1", "2"):
        peg = casa.recebe(a_sadt(numero=f"G{numero}", senha=None), numero=numero)
        with pytest.raises(ProcessDiedError):
            casa.cancela(peg, wrap=mortal(Interruption(after=1)))
    casa.pegs.rows[HOSPITAL, P1] = replace(casa.peg(P1), dossie="")
    with pytest.raises(DossieMissingError):
        casa.dossie(casa.peg(P1))
    with pytest.raises(DossieMissingError):
        casa.varre()
    assert not casa.peg(P2).liberando


def test_another_prestador_is_not_its_own(casa: Casa, peg: Peg) -> None:
    assert casa.pegs.get(CLINICA, peg.protocolo) is None
    assert date.fromisoformat("2026-11-21") == local_day(NOW)
