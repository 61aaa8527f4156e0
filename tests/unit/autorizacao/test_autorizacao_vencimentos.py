"""What comes due by itself: on which day, once, in whatever way the sweep runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conecta_senhas import transicoes as t
from conecta_senhas.autorizacoes import (
    DIARIAS,
    FINAIS,
    PENDENTES,
    Ato,
    Autorizacao,
    Evento,
    Papel,
    Pendencia,
    Situacao,
    TipoPendencia,
)
from conecta_senhas.prazos import AVISOS, validade
from conecta_senhas.vencimentos import proximo, vencer
from tests.builders_autorizacao import (
    AUDITORIA,
    PRESTADOR,
    SISTEMA,
    VALIDADE,
    a_pending,
    a_stay_authorization,
    an_ato,
    an_authorization,
    an_item,
    in_situation,
    usos_of,
)
from tests.builders_cadastro import HOJE

DIA = timedelta(days=1)
QUINZE, CINCO = VALIDADE - timedelta(days=15), VALIDADE - timedelta(days=5)
LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")


def swept(held: Autorizacao, dia: date, principal: Autorizacao | None = None) -> Autorizacao:
    return vencer(held, an_ato(Papel.SISTEMA, dia, motivo=None), principal)[0]


def told(held: Autorizacao, dia: date, principal: Autorizacao | None = None) -> list[Evento]:
    return [marco.evento for marco in vencer(held, an_ato(Papel.SISTEMA, dia, motivo=None), principal)[1]]


def admitted(alta: date | None = None) -> Autorizacao:
    stay = t.admit(a_stay_authorization(), HOJE, PRESTADOR)
    return t.discharge(stay, alta, an_ato(hoje=alta), motivo_alta="11") if alta else stay


class TestASenha:
    def test_is_warned_of_15_and_5_days_before_its_last_day_and_expires_the_day_after(self) -> None:
        held, seen = an_authorization(), []
        for offset in range(95):
            dia = HOJE + offset * DIA
            seen += [(dia, evento) for evento in told(held, dia)]
            held = swept(held, dia)
        assert seen == [
            (QUINZE, Evento.SENHA_A_VENCER),
            (CINCO, Evento.SENHA_A_VENCER),
            (VALIDADE + DIA, Evento.EXPIRADA),
        ]
        assert held.situacao is Situacao.EXPIRADA

    def test_is_looked_at_on_those_days_and_on_no_other(self) -> None:
        held, days = an_authorization(), []
        while (day := proximo(held, HOJE)) is not None:
            days.append(day)
            held = swept(held, day)
        assert days == [QUINZE, CINCO, VALIDADE + DIA]

    def test_whose_day_is_today_is_due_until_it_was_told(self) -> None:
        held = an_authorization()
        assert proximo(held, QUINZE) == proximo(held, QUINZE + DIA) == QUINZE
        assert proximo(swept(held, QUINZE), QUINZE) == CINCO

    def test_that_nobody_swept_for_weeks_is_warned_of_once(self) -> None:
        held = swept(an_authorization(), CINCO + 2 * DIA)
        assert [marco.evento for marco in held.historico] == [Evento.SENHA_A_VENCER]
        assert proximo(held, CINCO + 2 * DIA) == VALIDADE + DIA

    def test_that_was_warned_late_of_the_first_is_warned_of_the_second_in_time(self) -> None:
        late = swept(an_authorization(), CINCO - DIA)
        assert proximo(late, CINCO - DIA) == CINCO
        assert told(late, CINCO) == [Evento.SENHA_A_VENCER]

    def test_is_not_warned_of_once_it_is_over(self) -> None:
        assert told(an_authorization(), VALIDADE + DIA) == [Evento.EXPIRADA]

    @pytest.mark.parametrize(("dias", "avisos"), [(15, 1), (16, 2), (5, 0), (6, 1), (0, 0)])
    def test_of_few_days_has_only_the_warnings_that_come_after_its_decision(self, dias: int, avisos: int) -> None:
        held = an_authorization(validade=HOJE + dias * DIA)
        for offset in range(dias + 1):
            held = swept(held, HOJE + offset * DIA)
        assert len(held.historico) == avisos

    def test_of_the_last_local_minute_is_not_expired_and_one_minute_later_it_is(self) -> None:
        last = datetime(2027, 2, 20, 2, 59, tzinfo=UTC)  # 23:59 of the 19th in São Paulo
        held = an_authorization(validade=date(2027, 2, 19), data_autorizacao=date(2027, 2, 15))
        before = Ato(papel=Papel.SISTEMA, quem="varredura", quando=last, hoje=date(2027, 2, 19))
        after = replace(before, quando=last + timedelta(minutes=1), hoje=date(2027, 2, 20))
        assert vencer(held, before) == (held, ())
        assert vencer(held, after)[0].situacao is Situacao.EXPIRADA

    def test_told_just_before_local_midnight_was_told_on_the_local_day(self) -> None:
        night = datetime.combine(QUINZE + DIA, time(2, 30), UTC)  # 23:30 of the day of the warning
        held, marcos = vencer(an_authorization(), Ato(papel=Papel.SISTEMA, quem="v", quando=night, hoje=QUINZE))
        assert [(marco.vez_de, marco.ate) for marco in marcos] == [(Papel.PRESTADOR, VALIDADE)]
        assert proximo(held, QUINZE) == CINCO

    @pytest.mark.parametrize(
        ("decided", "over"),
        [
            (date(2027, 12, 2), date(2028, 3, 2)),  # over the 29th of February
            (date(2026, 12, 2), date(2027, 3, 3)),
            (date(2026, 10, 2), date(2027, 1, 1)),  # its last day is the year's
            (date(2026, 12, 1), date(2027, 3, 2)),
            (date(2028, 2, 29), date(2028, 5, 30)),
        ],
    )
    def test_expires_on_the_91st_day_through_leap_years_and_ends_of_months(self, decided: date, over: date) -> None:
        held = an_authorization(data_autorizacao=decided, validade=validade(decided))
        assert over - DIA == decided + timedelta(days=90)
        assert swept(held, over - DIA).situacao is Situacao.AUTORIZADA
        assert swept(held, over).situacao is Situacao.EXPIRADA

    def test_partly_used_is_warned_of_and_never_expired_in_writing(self) -> None:
        held = in_situation(Situacao.UTILIZADA)
        assert proximo(held, HOJE) == QUINZE
        held = swept(swept(held, QUINZE), CINCO)
        assert [(marco.vez_de, marco.ate) for marco in held.historico] == [(None, VALIDADE)] * 2
        assert proximo(held, CINCO) == VALIDADE + DIA
        assert proximo(held, VALIDADE + DIA) is None
        assert vencer(held, an_ato(Papel.SISTEMA, VALIDADE + DIA)) == (held, ())

    def test_wholly_used_is_warned_of_by_nobody_and_looked_at_until_its_end(self) -> None:
        held = in_situation(Situacao.UTILIZADA, itens=(an_item(faturada=Decimal(1)),))
        days = [HOJE, QUINZE, CINCO, VALIDADE, VALIDADE + DIA]
        assert [proximo(held, dia) for dia in days] == [QUINZE, CINCO, VALIDADE + DIA, VALIDADE + DIA, None]
        assert [vencer(held, an_ato(Papel.SISTEMA, dia)) for dia in days] == [(held, ())] * len(days)

    def test_with_days_left_is_warned_of_though_its_items_are_used(self) -> None:
        held = t.bill(a_stay_authorization(), usos_of({1: 3, DIARIAS: 2}))
        assert vencer(held, an_ato(Papel.SISTEMA, QUINZE))[1][0].evento is Evento.SENHA_A_VENCER
        held = t.bill(held, usos_of({1: 3, DIARIAS: 3}))
        assert vencer(held, an_ato(Papel.SISTEMA, QUINZE)) == (held, ())

    @pytest.mark.parametrize("freed", [HOJE, QUINZE, CINCO, VALIDADE])
    def test_that_was_used_up_and_freed_again_ends_as_if_it_had_never_been_used(self, freed: date) -> None:
        held, dia = t.bill(an_authorization(), usos_of({1: 1})), proximo(an_authorization(), HOJE)
        while dia is not None:
            if held.faturadas and dia > freed:
                held = t.bill(held, {})  # its place in the index stays as it was
            held, _ = vencer(held, an_ato(Papel.SISTEMA, dia))
            before, dia = dia, proximo(held, dia)
            assert dia is None or dia > before
        assert (held.situacao, held.historico[-1].evento) == (Situacao.EXPIRADA, Evento.EXPIRADA)

    @pytest.mark.parametrize("situacao", [*FINAIS, Situacao.EXPIRADA])
    def test_that_is_over_has_nothing_due(self, situacao: Situacao) -> None:
        assert proximo(in_situation(situacao), HOJE) is None

    def test_without_an_end_has_nothing_due(self) -> None:
        assert proximo(an_authorization(validade=None), HOJE) is None
        assert proximo(an_authorization(data_autorizacao=None), HOJE) == VALIDADE + DIA
        assert proximo(an_authorization(data_autorizacao=None, validade=date.max), HOJE) is None


class TestAStay:
    def test_that_began_stays_open_and_nothing_is_due_until_discharge(self) -> None:
        assert proximo(admitted(), HOJE) is None
        assert vencer(admitted(), an_ato(Papel.SISTEMA, VALIDADE + 30 * DIA)) == (admitted(), ())

    def test_that_ended_after_its_validity_expires_the_day_after_discharge(self) -> None:
        alta = VALIDADE + 10 * DIA
        held = admitted(alta)
        assert proximo(held, alta) == alta + DIA
        assert swept(held, alta).situacao is Situacao.AUTORIZADA
        assert swept(held, alta + DIA).situacao is Situacao.EXPIRADA

    def test_that_ended_inside_its_validity_expires_with_it_and_is_not_warned_of(self) -> None:
        held = admitted(HOJE + 3 * DIA)
        assert proximo(held, HOJE + 3 * DIA) == VALIDADE + DIA
        assert told(held, CINCO) == []

    def test_told_of_late_is_open_again(self) -> None:
        expired = swept(a_stay_authorization(), VALIDADE + DIA)
        held = t.admit(expired, VALIDADE, an_ato(hoje=VALIDADE + 2 * DIA))
        assert (held.situacao, proximo(held, VALIDADE + 2 * DIA)) == (Situacao.AUTORIZADA, None)


class TestAComplement:
    def test_of_an_open_stay_does_not_expire_and_is_looked_at_every_day(self) -> None:
        held, over = an_authorization(principal="1"), VALIDADE + DIA
        assert proximo(held, HOJE) == QUINZE
        assert proximo(held, HOJE, admitted()) == over
        assert vencer(held, an_ato(Papel.SISTEMA, over), admitted()) == (held, ())
        assert proximo(held, over, admitted()) == over + DIA

    def test_expires_after_the_discharge(self) -> None:
        held, alta = an_authorization(principal="1"), VALIDADE + 4 * DIA
        assert proximo(held, alta, admitted(alta)) == alta + DIA
        assert swept(held, alta + DIA, admitted(alta)).situacao is Situacao.EXPIRADA

    def test_of_a_stay_that_never_began_expires_with_its_own_validity(self) -> None:
        assert swept(an_authorization(), VALIDADE + DIA, a_stay_authorization()).situacao is Situacao.EXPIRADA


class TestWhatIsPending:
    def test_goes_back_to_analysis_the_day_after_the_prestador_s_term(self) -> None:
        held = a_pending(Situacao.AGUARDANDO_DOCUMENTO, pendencias=(LAUDO,))
        due = HOJE + 6 * DIA
        assert proximo(held, HOJE) == due
        assert vencer(held, an_ato(Papel.SISTEMA, due - DIA)) == (held, ())
        resumed, marcos = vencer(held, an_ato(Papel.SISTEMA, due))
        assert resumed.situacao is Situacao.EM_ANALISE
        assert [(marco.evento, marco.vez_de) for marco in marcos] == [(Evento.PENDENCIA_ENCERRADA, Papel.AUDITORIA)]

    def test_a_term_that_was_extended_ends_on_its_new_day(self) -> None:
        held = t.extend(a_pending(Situacao.AGUARDANDO_DOCUMENTO), AUDITORIA, ate=HOJE + 6 * DIA)
        assert swept(held, HOJE + 6 * DIA).situacao is Situacao.AGUARDANDO_DOCUMENTO
        assert proximo(held, HOJE) == HOJE + 7 * DIA

    def test_that_the_operadora_did_not_answer_is_told_once_whether_it_waits_or_not(self) -> None:
        due = HOJE + 8 * DIA
        assert proximo(a_pending(), HOJE) == due
        late = swept(a_pending(), due)
        assert (late.situacao, late.historico[0].evento) == (Situacao.EM_ANALISE, Evento.RESPOSTA_ATRASADA)
        assert (late.historico[0].vez_de, late.historico[0].ate) == (Papel.AUDITORIA, HOJE + 7 * DIA)
        assert (proximo(late, due), told(late, due + DIA)) == (None, [])
        waiting = a_pending(Situacao.AGUARDANDO_DOCUMENTO, pendente_ate=HOJE + 30 * DIA)
        assert told(waiting, due) == [Evento.RESPOSTA_ATRASADA]

    @pytest.mark.parametrize(
        ("pendente", "order"),
        [
            (5, [Evento.PENDENCIA_ENCERRADA, Evento.RESPOSTA_ATRASADA]),
            (7, [Evento.PENDENCIA_ENCERRADA, Evento.RESPOSTA_ATRASADA]),
            (8, [Evento.RESPOSTA_ATRASADA, Evento.PENDENCIA_ENCERRADA]),
        ],
    )
    def test_all_that_is_due_is_done_at_once_and_in_order(self, pendente: int, order: list[Evento]) -> None:
        held = a_pending(Situacao.AGUARDANDO_DOCUMENTO, pendente_ate=HOJE + pendente * DIA)
        done = swept(held, HOJE + 20 * DIA)
        assert [marco.evento for marco in done.historico] == order
        assert done.versao == held.versao + 2

    def test_without_a_term_or_with_one_in_the_last_day_there_is_has_nothing_due(self) -> None:
        assert proximo(a_pending(responder_ate=None), HOJE) is None
        endless = a_pending(Situacao.AGUARDANDO_DOCUMENTO, responder_ate=None, pendente_ate=date.max)
        assert proximo(endless, HOJE) is None


BORN = st.dates(date(2023, 1, 1), date(2029, 12, 31))


@given(BORN, st.integers(0, 90), st.integers(0, 200), st.sampled_from(sorted(PENDENTES | {Situacao.AUTORIZADA})))
def test_after_a_sweep_nothing_is_due_until_tomorrow_and_a_second_one_does_nothing(
    born: date, valid: int, late: int, situacao: Situacao
) -> None:
    moved = {"validade": born + valid * DIA, "data_autorizacao": born}
    if situacao in PENDENTES:
        moved = {"responder_ate": born + valid * DIA, "pendente_ate": born + (valid // 2) * DIA}
    held, dia = in_situation(situacao, **moved), born + late * DIA
    once = swept(held, dia)
    following = proximo(once, dia)
    assert following is None or following > dia
    assert vencer(once, an_ato(Papel.SISTEMA, dia)) == (once, ())


@given(BORN, st.integers(0, 90), st.sets(st.integers(0, 100), min_size=1))
def test_whatever_days_the_sweep_misses_each_warning_is_told_at_most_once_and_the_end_the_same(
    born: date, valid: int, days: set[int]
) -> None:
    held = an_authorization(data_autorizacao=born, validade=born + valid * DIA)
    for offset in sorted(days):
        dia = born + offset * DIA
        due = proximo(held, dia)
        assert (due is not None and due <= dia) == bool(told(held, dia))
        held = swept(held, dia)
    warnings = [marco for marco in held.historico if marco.evento is Evento.SENHA_A_VENCER]
    assert len(warnings) <= len(AVISOS)
    assert (held.situacao is Situacao.EXPIRADA) == (max(days) > valid)


def test_who_sweeps_is_the_system() -> None:
    held = swept(an_authorization(), VALIDADE + DIA)
    assert (held.historico[-1].papel, held.historico[-1].quem) == (Papel.SISTEMA, SISTEMA.quem)
