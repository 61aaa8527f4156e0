"""Whatever is billed, whenever: sums hold to the cent, no senha gives more than it has, and the same says the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conecta_contas.analise import Glosa, Resultado, broken, glosar, judge, retirar, reverter
from conecta_contas.consumo import usos_of
from conecta_contas.contexto import Contexto
from conecta_contas.divisao import Entrada, divide
from conecta_contas.errors import GlosaInvalidaError
from conecta_senhas.autorizacoes import DIARIAS, Autorizacao, Situacao
from conecta_senhas.transicoes import bill
from conecta_senhas.usos import Usos, guia_key, totais, without
from tests.builders_autorizacao import CIRURGIA, PERICIA
from tests.builders_cadastro import CARTEIRA, HEMOGRAMA
from tests.builders_peg import (
    DIA,
    OUTRA_SENHA,
    SENHA,
    a_fee,
    a_knowledge,
    a_life,
    a_sadt,
    a_senha,
    a_visit,
    authorised,
    billed,
    by,
    done,
    granted,
    granted_stay,
    judged,
)

CENTS = st.integers(1, 99_999_99).map(lambda cents: Decimal(cents) / 100)
FACTORS = st.sampled_from(["0.50", "0.70", "1.00", "1.30", "2.00", "9.99"]).map(Decimal)
HOURS = st.sampled_from([None, "08:00:00", "20:00:00"])
DAYS = st.integers(-100, 10).map(lambda days: DIA + timedelta(days=days))
GRAUS = st.lists(st.sampled_from(["00", "01", "05", "06", "12"]), max_size=3, unique=True)


@st.composite
def lines(draw: Any) -> Any:
    return done(
        draw(st.sampled_from([HEMOGRAMA, PERICIA, CIRURGIA])),
        draw(st.integers(1, 5)),
        str(draw(CENTS)),
        reducao_acrescimo=draw(FACTORS),
        hora_inicial=draw(HOURS),
        via_acesso=draw(st.sampled_from([None, "1", "2", "3"])),
        data_execucao=draw(DAYS),
        equipe=tuple(by(grau) for grau in draw(GRAUS)),
    )


@st.composite
def pegs(draw: Any) -> Any:
    """A few guias of one kind on one senha, or another, or none."""
    kind = draw(st.sampled_from([a_sadt, a_fee]))
    return [
        kind(*draw(st.lists(lines(), min_size=1, max_size=4)), numero=f"G{place}",
             senha=draw(st.sampled_from([SENHA, OUTRA_SENHA, "999", None])))
        for place in range(draw(st.integers(1, 4)))
    ]  # fmt: skip


@st.composite
def knowledge(draw: Any) -> Contexto:
    """A senha of a few items partly billed, and a stay with another."""
    quantity, used = draw(st.integers(1, 6)), draw(st.integers(0, 7))
    first = a_senha(
        granted(authorised(quantidade=quantity), authorised(CIRURGIA, 2, sequencia=2)),
        faturadas={(1, "00"): Decimal(used)},
    )
    second = replace(a_senha(granted_stay(authorised(CIRURGIA, quantity))), complementos=())
    second = replace(second, autorizacao=replace(second.autorizacao, numero=OUTRA_SENHA, senha=OUTRA_SENHA))
    exclusion = draw(st.none() | DAYS)
    return a_knowledge(first, second, vidas={CARTEIRA: a_life(data_exclusao=exclusion)})


def stands(contexto: Contexto, numero: str) -> Usos:
    """What stands on a senha before."""
    before = {key: quantity for key, quantity in contexto.senhas[numero].faturadas.items() if quantity}
    return {guia_key("9", 1): before} if before else {}


@settings(deadline=None, max_examples=150)
@given(pegs(), knowledge())
def test_informed_is_always_paid_plus_taken(guias: Any, contexto: Contexto) -> None:
    found = judged(*guias, contexto=contexto).resultado
    assert broken(found) == ()
    assert found.informado == sum((one.valor for one in billed(*guias)), Decimal(0))
    for guia in found.guias:
        assert guia.informado == guia.liberado + guia.glosado
        for item in guia.itens:
            assert item.informado == item.liberado + item.glosado
            assert item.liberado == item.liberado.quantize(Decimal("0.01"))


@settings(deadline=None, max_examples=150)
@given(pegs(), knowledge(), st.data())
def test_no_senha_gives_more_than_it_has_to_any_grau_and_gets_back_what_was_used(
    guias: Any, contexto: Contexto, data: Any
) -> None:
    found = judged(*guias, contexto=contexto)
    every = range(1, len(guias) + 1)
    for numero, mine in usos_of(found.alocacoes, "1", every).items():
        held, before = contexto.senhas[numero].autorizacao, stands(contexto, numero)
        if any(quantity > _authorised(held, key[0]) for key, quantity in totais(before).items()):
            continue  # the Central lowered it below what was billed: nothing more is used of that item
        after: Usos = {**before, **mine}
        assert bill(held, after).situacao is Situacao.UTILIZADA
        for guia in data.draw(st.permutations(list(every))):
            after = without(after, "1", guia)
            bill(held, after)
        assert after == before == without({**before, **mine}, "1")


def _authorised(held: Autorizacao, sequencia: int) -> Decimal:
    if sequencia == DIARIAS:
        return Decimal(held.diarias_autorizadas)
    return next(item.autorizada for item in held.itens if item.sequencia == sequencia)


@settings(deadline=None, max_examples=100)
@given(pegs(), knowledge(), st.data())
def test_whatever_auditoria_adds_and_takes_back_the_sums_hold(guias: Any, contexto: Contexto, data: Any) -> None:
    found = judged(*guias, contexto=contexto).resultado
    for _ in range(5):
        found = data.draw(st.sampled_from([_more, _less, _withdrawn]))(found, data)
        assert broken(found) == ()


def _more(found: Resultado, data: Any) -> Resultado:
    guia = data.draw(st.sampled_from(found.guias))
    item = data.draw(st.sampled_from(guia.itens))
    amount = data.draw(st.none() | CENTS)
    glosa = Glosa(0, "MANUAL", "1426", "X", "Motivo", guia.indice, item.sequencia, retirado=amount)
    try:
        after = glosar(found, glosa, autor="auditora")
    except GlosaInvalidaError:
        assert amount is None or amount > item.liberado or item.liberado == 0
        return found
    assert after.glosas[-1].valor == (item.liberado if amount is None else amount)
    return after


def _less(found: Resultado, data: Any) -> Resultado:
    standing = [one.id for one in found.glosas if one.revertida_por is None]
    if not standing:
        return found
    after = reverter(found, data.draw(st.sampled_from(standing)), autor="auditora", motivo="Revista")
    assert after.liberado >= found.liberado
    return after


def _withdrawn(found: Resultado, data: Any) -> Resultado:
    return retirar(found, found.guias[0].indice) if len(found.guias) > 1 else found


@settings(deadline=None)
@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(0, 200))
def test_the_window_is_ninety_local_days_over_leap_years_and_year_ends(dia: date, after: int) -> None:
    contexto = a_knowledge(
        hoje=dia + timedelta(days=after), vidas={CARTEIRA: a_life(validade_carteira=None)},
        contrato=_always(a_knowledge()), relacionamento=_enabled(), precos={},
    )  # fmt: skip
    late = [one.regra for one in judge(billed(a_visit(dia=dia)), contexto).achados]
    assert late == ["COB-PRAZO"] * (after > 90)


def _always(contexto: Contexto) -> Any:
    held_terms = contexto.contrato
    early = date(2020, 1, 1)
    return replace(
        held_terms,
        contratos=tuple(replace(one, vigente_de=early) for one in held_terms.contratos),
        procedimentos=tuple(replace(one, vigente_de=early) for one in held_terms.procedimentos),
    )


def _enabled() -> Any:
    known = a_knowledge().relacionamento
    assert known is not None
    return replace(known, periodos=tuple(replace(one, de=date(2020, 1, 1)) for one in known.periodos))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, "4.01.00", "4.03.00"])), max_size=400))
def test_a_division_keeps_every_guia_once_in_order_and_no_peg_is_mixed_or_too_big(kinds: Any) -> None:
    entries = [Entrada(place, *kind) for place, kind in enumerate(kinds, 1)]
    made = divide(entries)
    assert sorted(guia for one in made for guia in one.guias) == [one.sequencia for one in entries]
    for one in made:
        assert 0 < len(one.guias) <= 100
        assert list(one.guias) == sorted(one.guias)
        assert {kinds[guia - 1] for guia in one.guias} == {(one.tipo, one.versao)}
