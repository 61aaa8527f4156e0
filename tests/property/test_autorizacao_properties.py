"""Whatever is done to an authorization, in whatever order and on whatever day, some things never happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conecta_facts.codec import build, plain
from conecta_senhas import transicoes as t
from conecta_senhas.autorizacoes import (
    CONCEDIDAS,
    DIARIAS,
    FINAIS,
    PENDENTES,
    ZERO,
    Ato,
    Autorizacao,
    Papel,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.errors import AutorizacaoError, QuantidadeInvalidaError
from conecta_senhas.motor import Resultado, judge
from conecta_senhas.prazos import AVISOS, avisos, validade
from conecta_senhas.solicitacoes import (
    DocumentoAnexado,
    Remocao,
    Solicitacao,
    Tipo,
    TipoAnexo,
    remocao_as_text,
    remocao_from_text,
)
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from tests.builders_autorizacao import (
    ANALISADO,
    DIARIA,
    LAUDADO,
    LIMITADO,
    NUMERO,
    PRONTO_SOCORRO,
    REMEDIO,
    SENHA,
    SESSAO,
    a_context,
    a_pending,
    a_stay,
    an_annex,
    an_asked,
    an_ato,
    an_authorization,
    an_item,
    an_opme,
    in_analysis,
    in_situation,
    usos_of,
)
from tests.builders_cadastro import CONSULTA, HEMOGRAMA, HOJE, a_contrato, a_vida
from tests.builders_functions import CLINICA

DAYS = st.integers(0, 130).map(lambda days: HOJE + timedelta(days=days))
SOME = st.integers(-1, 6).map(Decimal)
SEQUENCES = st.integers(0, 3)
LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
PAPER = DocumentoAnexado(documento_id="1", tipo="02")

Act = Callable[[Autorizacao, Ato, Any], Autorizacao]


def vote(held: Autorizacao, ato: Ato, drawn: Any) -> Autorizacao:
    quantidade, _, dia = drawn
    votos = [
        t.Voto(sequencia=item.sequencia, quantidade=quantidade, motivo="m", base="b", codigo="1426")
        for item in held.itens
        if item.situacao is SituacaoItem.EM_ANALISE
    ]
    return t.decide(held, votos, ato, senha=SENHA, validade=max(dia, ato.hoje))


ACTS: dict[str, Act] = {
    "decide": vote,
    "ask": lambda a, ato, drawn: t.ask(a, (LAUDO,), ato, ate=drawn[2]),
    "answer": lambda a, ato, _: t.answer(a, ato, documentos=(PAPER,)),
    "attach": lambda a, ato, drawn: t.attach(
        a, an_annex(TipoAnexo.OPME), (in_analysis(9),), (LAUDO,), ato, ate=drawn[2]
    ),
    "extend": lambda a, ato, drawn: t.extend(a, ato, ate=drawn[2]),
    "resume": lambda a, ato, _: t.resume(a, ato),
    "withdraw": lambda a, ato, _: t.withdraw(a, ato),
    "cancel": lambda a, ato, _: t.cancel(a, (), ato)[0],
    "expire": lambda a, ato, _: t.expire(a, ato),
    "change": lambda a, ato, drawn: t.change_quantities(a, {drawn[1]: drawn[0]}, ato),
    "executante": lambda a, ato, _: t.change_executante(a, CLINICA, ato),
    "request date": lambda a, ato, drawn: t.request_date(a, drawn[1], drawn[2], ato),
    "decide date": lambda a, ato, drawn: t.decide_date(a, drawn[1], ato, approved=drawn[0] > 2),
    "admit": lambda a, ato, drawn: t.admit(a, drawn[2], ato),
    "discharge": lambda a, ato, drawn: t.discharge(a, drawn[2], ato, motivo_alta="11"),
    "replace": lambda a, ato, _: t.substitute(a, an_authorization(numero="N"), (), ato).antiga,
    "replace later": lambda a, ato, _: t.substitute(a, a_pending(numero="N"), (), ato).antiga,
    "settle": lambda a, ato, _: t.settle_substitution(a, an_authorization(numero="N"), ato).antiga,
    "bill": lambda a, _, drawn: t.bill(a, usos_of({drawn[1]: int(drawn[0])})),
    "free": lambda a, _ato, _drawn: t.bill(a, {}),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(Papel), DAYS, st.tuples(SOME, SEQUENCES, DAYS)),
    max_size=25,
)
STARTS = st.sampled_from(
    [
        a_pending(Situacao.EM_ANALISE, in_analysis(1, 5), in_analysis(2, 3, data_prevista=HOJE)),
        an_authorization(an_item(1, 5), an_item(2, 3, data_prevista=HOJE)),
        a_pending(Situacao.EM_ANALISE, in_analysis(1, 3), solicitacao=a_stay(an_asked(DIARIA, 3, tabela="18"))),
        an_authorization(an_item(1, 3), solicitacao=a_stay(an_asked(DIARIA, 3, tabela="18"))),
        *(in_situation(situacao) for situacao in Situacao),
    ]
)


def walk(start: Autorizacao, steps: list[Any], look: Callable[[str, Autorizacao, Autorizacao], None]) -> None:
    """Do what is allowed, one day never before the other, and look at each step."""
    held, hoje = start, HOJE
    for name, papel, dia, drawn in steps:
        hoje = max(hoje, dia)
        try:
            moved = ACTS[name](held, an_ato(papel, hoje), drawn)
        except AutorizacaoError:
            continue
        look(name, held, moved)
        held = moved


@given(start=STARTS, steps=STEPS)
def test_quantities_stay_in_order_and_every_step_is_told(start: Autorizacao, steps: list[Any]) -> None:
    def look(name: str, before: Autorizacao, after: Autorizacao) -> None:
        for item in after.itens:
            assert ZERO <= item.faturada <= item.autorizada <= item.solicitado.quantidade
        assert 0 <= after.diarias_autorizadas <= (after.solicitacao.diarias or 0)
        assert 0 <= after.diarias_faturadas <= after.diarias_autorizadas
        if after is not before:
            assert after.versao == before.versao + 1
        if name in {"bill", "free"}:
            assert after.historico == before.historico
        elif after is not before:
            assert len(after.historico) == len(before.historico) + 1
            assert after.historico[-1].situacao is after.situacao

    walk(start, steps, look)


@given(start=STARTS, steps=STEPS)
def test_no_path_leads_out_of_a_cancelled_or_denied_one(start: Autorizacao, steps: list[Any]) -> None:
    def look(_: str, before: Autorizacao, after: Autorizacao) -> None:
        if before.situacao in FINAIS:
            assert after is before  # only a settlement that changes nothing
        if after.situacao in FINAIS:
            assert not any(after.usable_em(HOJE + timedelta(days=days)) for days in (0, 50, 130))
            assert not after.faturadas

    walk(start, steps, look)


@given(start=STARTS, steps=STEPS)
def test_what_is_granted_has_a_senha_and_what_is_used_was_granted(start: Autorizacao, steps: list[Any]) -> None:
    def look(name: str, before: Autorizacao, after: Autorizacao) -> None:
        if after.situacao in CONCEDIDAS | {Situacao.UTILIZADA, Situacao.EXPIRADA}:
            assert after.senha
            assert after.validade
        if after.situacao in PENDENTES:
            assert not after.usable_em(HOJE)
        assert (after.situacao is Situacao.UTILIZADA) == bool(after.faturadas)
        if before.faturadas:
            assert name not in {"cancel", "withdraw", "replace", "executante"}

    walk(start, steps, look)


@given(start=STARTS, steps=STEPS)
def test_only_a_person_of_auditoria_turns_analysis_into_a_decision(start: Autorizacao, steps: list[Any]) -> None:
    def look(name: str, before: Autorizacao, after: Autorizacao) -> None:
        decided = before.situacao in PENDENTES and after.situacao in {*CONCEDIDAS, Situacao.NEGADA}
        assert decided == (name == "decide")
        if decided:
            assert after.historico[-1].papel is Papel.AUDITORIA
        if after.situacao is Situacao.NEGADA and decided:
            assert all(motivo.texto and motivo.base for item in after.itens for motivo in item.motivos)

    walk(start, steps, look)


@given(start=STARTS, steps=STEPS)
def test_any_authorization_has_a_plain_form_and_comes_back_from_it(start: Autorizacao, steps: list[Any]) -> None:
    held = [start]
    walk(start, steps, lambda _name, _before, after: held.append(after))
    assert build(Autorizacao, plain(held[-1])) == held[-1]


@given(asked=st.integers(1, 50), granted=st.integers(0, 50), billed=st.integers(0, 50), wanted=st.integers(-5, 60))
def test_the_central_moves_between_what_was_billed_and_what_was_asked(
    asked: int, granted: int, billed: int, wanted: int
) -> None:
    granted = min(asked, granted)
    billed = min(granted, billed)
    item = an_item(quantidade=asked, autorizada=Decimal(granted), faturada=Decimal(billed))
    held = an_authorization(item, an_item(2), situacao=Situacao.UTILIZADA if billed else Situacao.AUTORIZADA)
    central = an_ato(Papel.CENTRAL)
    if billed <= wanted <= asked:
        assert t.change_quantities(held, {1: Decimal(wanted)}, central).itens[0].autorizada == wanted
    else:
        with pytest.raises(QuantidadeInvalidaError):
            t.change_quantities(held, {1: Decimal(wanted)}, central)


@given(
    decisao=st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    ends=st.lists(st.none() | st.dates(date(2020, 1, 1), date(2091, 1, 1)), max_size=3),
)
def test_validity_is_the_first_of_all_ends_and_told_only_before_it(decisao: date, ends: list[date | None]) -> None:
    last = validade(decisao, *ends)
    assert last in {decisao + timedelta(days=90), *ends}
    assert all(end is None or last <= end for end in ends)
    assert last <= decisao + timedelta(days=90)
    days = avisos(decisao, last)
    assert all(decisao < day < last for day in days)
    assert {(last - day).days for day in days} <= set(AVISOS)


@given(
    last=st.integers(-100, 100), today=st.integers(-100, 100),
    admitted=st.none() | st.integers(-100, 100), discharged=st.none() | st.integers(0, 60),
)  # fmt: skip
def test_expiry_is_a_matter_of_days_only(last: int, today: int, admitted: int | None, discharged: int | None) -> None:
    def day(number: int) -> date:
        return HOJE + timedelta(days=number)

    if admitted is None or admitted > last:
        admitted = discharged = None
    alta = None if admitted is None or discharged is None else admitted + discharged
    held = an_authorization(
        solicitacao=a_stay(), validade=day(last), admissao=None if admitted is None else day(admitted),
        alta=None if alta is None else day(alta),
    )  # fmt: skip
    inside = today <= last or (admitted is not None and (alta is None or today <= alta))
    for written in (Situacao.AUTORIZADA, Situacao.EXPIRADA):
        asked = replace(held, situacao=written)
        assert (asked.situacao_em(day(today)) is Situacao.EXPIRADA) is not inside
        assert asked.usable_em(day(today)) is inside


@given(steps=STEPS, granted=st.booleans())
def test_of_a_substitution_exactly_one_is_ever_valid(steps: list[Any], *, granted: bool) -> None:
    central = an_ato()
    both = t.substitute(an_authorization(), a_pending(numero="N", substitui=NUMERO), (), central)
    held = [both.antiga]
    walk(both.antiga, [step for step in steps if step[0] in {"bill", "free", "change"}],
         lambda _n, _b, after: held.append(after))  # fmt: skip
    assert not both.nova.usable_em(HOJE)
    quantidade = Decimal(granted)
    voto = t.Voto(sequencia=1, quantidade=quantidade, motivo="m", base="b", codigo="1426")
    new = t.decide(both.nova, (voto,), an_ato(Papel.AUDITORIA), senha="S2", validade=HOJE)
    try:
        done = t.settle_substitution(held[-1], new, an_ato(Papel.AUDITORIA))
    except AutorizacaoError:
        assert held[-1].faturadas
        assert granted
        return
    alive = [one.situacao for one in (done.antiga, done.nova) if one.situacao in {*CONCEDIDAS, Situacao.UTILIZADA}]
    assert len(alive) == 1 or held[-1].situacao is Situacao.CANCELADA


CODES = st.sampled_from(
    [HEMOGRAMA, CONSULTA, PRONTO_SOCORRO, SESSAO, LIMITADO, ANALISADO, LAUDADO, "40301630", "99999999", ""]
)
ITEMS = st.builds(
    an_asked, CODES, st.integers(-1, 20), tabela=st.sampled_from(["22", "18", "19", "20", "98", "00", "77"]),
    dente=st.sampled_from([None, "11", "99"]), regiao=st.sampled_from([None, "ASAI", "AIAS"]),
    face=st.sampled_from([None, "O", "OO", "X"]),
) | st.builds(an_opme, opcao=st.sampled_from("1234"), registro_anvisa=st.sampled_from([None, "8"]))  # fmt: skip
REQUESTS = st.builds(
    lambda itens, annexed, **rest: a_stay(
        *itens, **rest, anexos=(an_annex(TipoAnexo.OPME, *annexed),) if annexed else ()
    ),
    st.lists(ITEMS, min_size=1, max_size=4), st.lists(ITEMS, max_size=3), tipo=st.sampled_from(Tipo),
    carater=st.sampled_from(CaraterAtendimento), justificativa=st.sampled_from([None, "Dor"]),
    indicador_opme=st.booleans(), data_atendimento=st.none() | DAYS, atendimento_rn=st.booleans(),
    diarias=st.none() | st.integers(0, 9), guia_principal=st.sampled_from([None, SENHA]),
)  # fmt: skip
CONTEXTS = st.builds(
    a_context,
    beneficiario=st.sampled_from([None, a_vida(), a_vida(data_exclusao=HOJE), a_vida(cpt_ate=HOJE)]),
    contrato=st.sampled_from(
        [a_context().contrato, replace(a_context().contrato, contratos=(a_contrato(vigente_ate=HOJE),))]
    ),
    principal=st.sampled_from([None, *(in_situation(situacao) for situacao in Situacao)]),
    pela_central=st.booleans(),
)


@given(asked=REQUESTS, contexto=CONTEXTS)
def test_the_engine_answers_anything_and_never_denies_without_a_formal_reason(
    asked: Solicitacao, contexto: Any
) -> None:
    found = judge(asked, contexto)
    parecer = found.parecer
    assert parecer == judge(asked, contexto).parecer
    assert [item.sequencia for item in parecer.itens] == list(range(1, len(parecer.itens) + 1))
    for item, result in zip(parecer.itens, found.resultados, strict=True):
        assert (result is Resultado.IMPOSSIVEL) == bool(item.motivos)
        assert (result is Resultado.AUTORIZADO) == (item.autorizada > ZERO)
    assert (parecer.situacao is Situacao.NEGADA) == (set(found.resultados) == {Resultado.IMPOSSIVEL})
    assert (parecer.responder_ate is not None) == (parecer.situacao in PENDENTES)
    assert bool(parecer.pendencias) == (parecer.pendente_ate is not None)
    if asked.urgencia or contexto.pela_central:
        assert parecer.situacao not in PENDENTES
    numeracao = t.Numeracao(numero=NUMERO, protocolo="1", senha=SENHA, validade=found.validade)
    born = t.create(numeracao, asked, parecer, an_ato(), prestador_id=asked.solicitante)
    assert (born.senha is not None) == (parecer.situacao in CONCEDIDAS)
    if parecer.situacao in CONCEDIDAS:
        assert born.concedida is parecer.situacao


WORDS = st.text("abc çÃ-.,0", min_size=1).filter(lambda text: bool(text.strip()))


@given(origem=WORDS, destino=WORDS)
def test_a_removal_survives_its_text(origem: str, destino: str) -> None:
    told = Remocao(origem=origem.strip(), destino=destino.strip())
    assert remocao_from_text(remocao_as_text(told)) == told


def test_days_and_items_share_no_number() -> None:
    assert DIARIAS not in {linha.sequencia for linha in a_stay(an_asked(REMEDIO)).linhas()}
