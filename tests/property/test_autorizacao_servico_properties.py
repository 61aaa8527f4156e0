"""Whatever is asked and done, in whatever order, on whatever day, and while others do something else in between."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from autorizacao.service import atos, nucleo, operadora, pedidos, varredura
from autorizacao.service.portas import Guardada
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import (
    CONCEDIDAS,
    DIARIAS,
    FINAIS,
    PENDENTES,
    ZERO,
    Autorizacao,
    Evento,
    Papel,
    Pendencia,
    Situacao,
    SituacaoItem,
    TipoPendencia,
)
from conecta_senhas.errors import AutorizacaoError
from conecta_senhas.eventos import FATOS
from conecta_senhas.solicitacoes import DocumentoAnexado, Solicitacao, Tipo
from conecta_senhas.transicoes import Voto
from conecta_senhas.usos import without
from tests.builders_autorizacao import (
    ANALISADO,
    DESCONHECIDO,
    DIARIA,
    LAUDADO,
    LIMITADO,
    PEG,
    a_request,
    a_stay,
    an_asked,
    an_urgencia,
)
from tests.builders_functions import CLINICA, HOSPITAL, VALE
from tests.fakes_autorizacao import FakeAutorizacoes, World, of_operadora, of_prestador

DELE, CENTRAL, AUDITORIA = of_prestador(), of_operadora(), of_operadora(Papel.AUDITORIA)
LAUDO = Pendencia(tipo=TipoPendencia.DOCUMENTO, descricao="Laudo", documento="02")
VALIDAS = CONCEDIDAS | {Situacao.UTILIZADA}

# --- what is done ---

KINDS: dict[str, Callable[..., Solicitacao]] = {
    "plain": partial(a_request, an_asked(quantidade=3)),
    "limited": partial(a_request, an_asked(LIMITADO, 6)),
    "analysed": partial(a_request, an_asked(ANALISADO, 3)),
    "missing": partial(a_request, an_asked(LAUDADO)),
    "denied": partial(a_request, an_asked(DESCONHECIDO)),
    "urgent": an_urgencia,
    "stay": a_stay,
    "days": partial(
        a_request, an_asked(DIARIA, 2, tabela="18"), tipo=Tipo.PRORROGACAO, diarias=2, justificativa="Febre"
    ),
}
GUIAS = ("G-1", "G-2", "G-3", "G-4", "G-5", "G-6")


class House:
    """A world, and its authorizations by the order in which they came to be."""

    def __init__(self) -> None:
        self.world = World()
        self.world.documentos.put(HOSPITAL, "u1")

    def numero(self, place: int) -> str:
        """The one at a place, counted round; one that is nowhere while there is none."""
        numeros = [numero for _, numero in self.world.autorizacoes.rows]
        return numeros[place % len(numeros)] if numeros else "26119999999999"

    def asked(self, kind: str, guia: str, on: int | None) -> Solicitacao:
        """A request, on the one at a place or on none."""
        parent = {} if on is None else {"guia_principal": self.numero(on)}
        return KINDS[kind](numero_guia_prestador=guia, data_solicitacao=self.world.hoje, **parent)

    def act(self, place: int, do: Callable[..., object], who: Any, **rest: Any) -> object:
        """Act upon the one at a place."""
        return do(VALE, self.numero(place), chamador=who, portas=self.world.portas(), **rest)


@dataclass(frozen=True)
class Step:
    """Something that somebody does; it is told as it is written."""

    do: Callable[..., object]
    args: tuple[Any, ...]

    def __call__(self, house: House) -> object:
        return self.do(house, *self.args)

    def __repr__(self) -> str:
        return f"{self.do.__name__}{self.args}"


def ask(house: House, kind: str, guia: str, parent: int | None, by_central: bool) -> object:  # noqa: FBT001
    who = of_operadora(prestador_id=HOSPITAL) if by_central else DELE
    return pedidos.request(house.asked(kind, guia, parent), chamador=who, portas=house.world.portas())


def replace_by(house: House, place: int, kind: str, guia: str, parent: int | None) -> object:
    asked = house.asked(kind, guia, parent)
    return pedidos.substitute(VALE, house.numero(place), asked, chamador=DELE, portas=house.world.portas())


def cancel(house: House, place: int, together: bool) -> object:  # noqa: FBT001
    return house.act(place, atos.cancel, DELE, complementos=together)


def cancel_by_central(house: House, place: int) -> object:
    return house.act(place, atos.cancel, CENTRAL, motivo="m")


def decide(house: House, place: int, quantidade: int) -> object:
    row = house.world.autorizacoes.rows.get((VALE, house.numero(place)))
    votos = [
        Voto(
            sequencia=item.sequencia, quantidade=min(Decimal(quantidade), item.solicitado.quantidade), motivo="m",
            base="b", codigo="1801",
        )
        for item in (row.autorizacao.itens if row else ())
        if item.situacao is SituacaoItem.EM_ANALISE
    ]  # fmt: skip
    return house.act(place, operadora.decide, AUDITORIA, votos=votos)


def wait_for(house: House, place: int) -> object:
    return house.act(place, operadora.ask, AUDITORIA, pendencias=(LAUDO,), ate=house.world.hoje)


def answer(house: House, place: int) -> object:
    paper = DocumentoAnexado(documento_id="u1", tipo="02")
    return house.act(place, atos.answer, DELE, documentos=(paper,))


def do_without(house: House, place: int) -> object:
    return house.act(place, operadora.resume, AUDITORIA, motivo="m")


def change(house: House, place: int, sequencia: int, quantidade: int) -> object:
    return house.act(
        place, operadora.change_quantities, CENTRAL, quantidades={sequencia: Decimal(quantidade)}, motivo="m"
    )


def move(house: House, place: int, executante: str) -> object:
    return house.act(place, operadora.change_executante, CENTRAL, executante=executante, motivo="m")


def call(house: House, place: int) -> object:
    return house.act(place, operadora.register_call, CENTRAL, assunto="a")


def admit(house: House, place: int, ago: int) -> object:
    return house.act(place, atos.admit, DELE, dia=house.world.hoje - timedelta(days=ago))


def discharge(house: House, place: int) -> object:
    return house.act(place, atos.discharge, DELE, dia=house.world.hoje, motivo_alta="11")


def bill(house: House, place: int, sequencia: int, quantidade: int, ago: int) -> None:
    """One guia more uses some of it, on a day that its rules let pass; less than nothing is the last one withdrawn."""
    rows, numero = house.world.autorizacoes.rows, house.numero(place)
    if (row := rows.get((VALE, numero))) is None:
        return
    if quantidade < 0:
        usos = house.world.autorizacoes.usos_of(VALE, numero)
        house.world.autorizacoes.bill(VALE, numero, without(usos, PEG, len(usos)))
        return
    held, parent = row.autorizacao, rows.get((VALE, row.autorizacao.principal or ""))
    if held.covers(house.world.hoje - timedelta(days=ago), parent.autorizacao if parent else None):
        house.world.bill(numero, quantidade, sequencia)


def days(house: House, count: int) -> None:
    house.world.pass_days(count)


class Due:
    """What the sweep finds: everything."""

    def __init__(self, house: House) -> None:
        self._house = house

    def partes(self) -> list[int]:
        return [0]

    def vencidas(self, _parte: int, _ate: Any, _posicao: Any, _limite: int) -> tuple[list[tuple[str, str]], None]:
        return list(self._house.world.autorizacoes.rows), None


def sweep(house: House) -> object:
    world = house.world
    return varredura.sweep(
        0, None, vencimentos_=Due(house), autorizacoes=world.autorizacoes, now=world.now, hoje=world.hoje
    )


def steps(do: Callable[..., object], *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(*args).map(lambda drawn: Step(do, drawn))


PLACES = st.integers(0, 7)
PARENTS = st.none() | PLACES
ITENS = st.sampled_from([DIARIAS, 1])
KIND, GUIA, AGO = st.sampled_from(sorted(KINDS)), st.sampled_from(GUIAS), st.sampled_from([0, 0, 1, 91])
NEWS = steps(ask, KIND, GUIA, PARENTS, st.booleans()) | steps(replace_by, PLACES, KIND, GUIA, PARENTS)
ACTS = st.one_of(
    steps(cancel, PLACES, st.booleans()),
    steps(cancel_by_central, PLACES),
    steps(decide, PLACES, st.integers(0, 3)),
    steps(wait_for, PLACES),
    steps(answer, PLACES),
    steps(do_without, PLACES),
    steps(change, PLACES, ITENS, st.integers(0, 4)),
    steps(move, PLACES, st.sampled_from([CLINICA, HOSPITAL])),
    steps(call, PLACES),
    steps(admit, PLACES, AGO),
    steps(discharge, PLACES),
    steps(bill, PLACES, ITENS, st.integers(-1, 3).filter(bool), AGO),
    steps(days, st.sampled_from([1, 30, 89, 90, 91])),
    steps(sweep),
)
STEPS = st.tuples(NEWS | ACTS, st.lists(NEWS | ACTS, max_size=2))
"""Something, and what others do between its reading and its writing."""


FIRST = st.just(0)
SMALL: dict[str, tuple[list[Step], st.SearchStrategy[Step]]] = {
    "one number of guia": (
        [],
        steps(
            ask, st.sampled_from(["plain", "limited", "analysed", "denied"]), st.just("G-1"), st.none(), st.just(False)
        )
        | steps(replace_by, FIRST, st.sampled_from(["plain", "analysed"]), st.sampled_from(["G-1", "G-2"]), st.none())
        | steps(cancel, st.integers(0, 2), st.just(False))
        | steps(decide, st.integers(0, 2), st.sampled_from([0, 3])),
    ),
    "a stay": (
        [Step(ask, ("stay", "G-0", None, True))],
        steps(ask, st.sampled_from(["plain", "analysed"]), st.sampled_from(["G-1", "G-2"]), FIRST, st.just(False))
        | steps(cancel, FIRST, st.booleans())
        | steps(cancel, st.integers(1, 2), st.just(False))
        | steps(change, FIRST, ITENS, FIRST)
        | steps(bill, st.integers(0, 1), ITENS, st.integers(1, 2), FIRST)
        | steps(replace_by, FIRST, st.sampled_from(["stay", "plain"]), st.just("G-3"), st.none() | FIRST),
    ),
    "a senha to be replaced": (
        [Step(ask, ("plain", "G-0", None, False)), Step(replace_by, (0, "analysed", "G-1", None))],
        steps(decide, st.just(1), st.sampled_from([0, 3]))
        | steps(cancel, st.integers(0, 1), st.just(False))
        | steps(bill, FIRST, st.just(1), st.integers(-1, 1).filter(bool), FIRST)
        | steps(change, FIRST, st.just(1), st.integers(0, 2))
        | steps(replace_by, FIRST, st.sampled_from(["plain", "analysed"]), st.just("G-2"), st.none())
        | steps(days, st.just(91))
        | steps(sweep),
    ),
}
"""Few things of which much is done at once: how they begin, and what may be done."""


def tried(step: Step, house: House) -> None:
    """Done, or refused: whichever it is."""
    with contextlib.suppress(AutorizacaoError):
        step(house)


# --- what must be so, at every instant ---


def wrong(house: House) -> Iterator[str]:
    rows = {numero: row for (_, numero), row in house.world.autorizacoes.rows.items()}
    held = {numero: row.autorizacao for numero, row in rows.items()}
    for row in rows.values():
        yield from wrong_alone(house, row)
        yield from wrong_quantities(row.autorizacao)
        yield from wrong_among(house.world.hoje, row.autorizacao, held)
        expected = {
            child.numero
            for child in held.values()
            if child.principal == row.autorizacao.numero and child.historico[0].situacao is not Situacao.NEGADA
        }
        if set(row.complementos) != expected:
            yield f"complements {row.complementos} of {expected}"
    living = Counter(one.solicitacao.numero_guia_prestador for one in held.values() if one.situacao not in FINAIS)
    for guia, times in living.items():
        holder = held[house.world.autorizacoes.guias[HOSPITAL, VALE, guia][0]]
        if times > 1 or holder.situacao in FINAIS:
            yield f"guia {guia} is of {times}, and leads to {holder.situacao}"


def wrong_alone(house: House, row: Guardada) -> Iterator[str]:
    one = row.autorizacao
    billed = house.world.autorizacoes.bills[VALE, one.numero]
    if one.versao != len(one.historico) + len(row.complementos) + billed:
        yield f"versao {one.versao}, {len(one.historico)} entries, {len(row.complementos)} complements, {billed} bills"
    if one.historico[-1].situacao is not one.situacao and not (billed and one.situacao in VALIDAS):
        yield f"{one.situacao} after {one.historico[-1].situacao}"
    if house.world.autorizacoes.told(one.numero) != [FATOS[marco.evento] for marco in one.historico]:
        yield "the timeline was not told once"
    if one.situacao in VALIDAS and (one.senha != one.numero or one.validade is None):
        yield "valid without a senha"
    for before, after in zip(one.historico, one.historico[1:], strict=False):
        if before.situacao in FINAIS and after.evento is not Evento.ATENDIMENTO_REGISTRADO:
            yield f"{after.evento} after {before.situacao}"


def wrong_quantities(one: Autorizacao) -> Iterator[str]:
    if not all(ZERO <= item.faturada <= item.autorizada <= item.solicitado.quantidade for item in one.itens):
        yield "quantities"
    if one.diarias_faturadas > one.diarias_autorizadas:
        yield "diárias"
    if one.situacao is Situacao.UTILIZADA and not one.faturadas:
        yield "used, and nothing was billed"
    if one.situacao in FINAIS and (
        one.faturadas or any(item.autorizada for item in one.itens) or one.diarias_autorizadas
    ):
        yield f"{one.situacao} with quantities"


def wrong_among(hoje: Any, one: Autorizacao, held: dict[str, Autorizacao]) -> Iterator[str]:
    parent, antiga = held.get(one.principal or ""), held.get(one.substitui or "")
    if parent is not None and parent.situacao is Situacao.CANCELADA and one.alive_em(hoje, parent):
        yield f"{one.situacao} on a cancelled parent"
    if antiga is not None and usable(one, held, hoje) and usable(antiga, held, hoje):
        yield f"both {antiga.numero} and {one.numero} are valid"
    if one.substituicao is not None:
        nova = held[one.substituicao]
        if nova.situacao not in PENDENTES or nova.substitui != one.numero:
            yield f"{one.numero} waits for {nova.situacao}"
    if one.historico[-1].evento is Evento.SUBSTITUIDA:
        nova = held[one.substituida_por or ""]
        granted = [marco for marco in nova.historico if marco.situacao in VALIDAS]
        if not granted or granted[0].quando != one.historico[-1].quando:
            yield f"{one.numero} was replaced by what was not granted then"


def usable(one: Autorizacao, held: dict[str, Autorizacao], hoje: Any) -> bool:
    return one.usable_em(hoje, held.get(one.principal or ""))


EXPIRED_MEANWHILE = [
    Step(ask, ("stay", "G-1", None, False)), Step(decide, (0, 3)), Step(replace_by, (0, "stay", "G-2", None)),
    Step(days, (91,)), Step(sweep, ()), Step(decide, (1, 3)), Step(admit, (0, 91)),
]  # fmt: skip
"""The old senha expires while the new request waits; then its admission is told of, late."""


@pytest.mark.regra("R16", "R17", "R18")
@example([(step, []) for step in EXPIRED_MEANWHILE])
@given(st.lists(STEPS, min_size=1, max_size=12))
def test_nothing_that_may_not_be_ever_is(done: list[tuple[Step, list[Step]]]) -> None:
    judge(House(), done)


@pytest.mark.regra("R15", "R16", "R17", "R22")
@pytest.mark.parametrize("kind", SMALL)
@given(st.data())
def test_not_where_much_is_done_to_little(kind: str, data: st.DataObject) -> None:
    crowd(kind, data)


def crowd(kind: str, data: st.DataObject) -> None:
    house, (beginning, acts) = House(), SMALL[kind]
    for step in beginning:
        step(house)
    judge(house, data.draw(st.lists(st.tuples(acts, st.lists(acts, max_size=2)), min_size=1, max_size=6)))


def judge(house: House, done: list[tuple[Step, list[Step]]]) -> None:
    for step, others in done:
        house.world.autorizacoes.meanwhile = [partial(tried, other, house) for other in others]
        tried(step, house)
        house.world.autorizacoes.meanwhile = []
        assert list(wrong(house)) == []


@pytest.mark.regra("R16")
@given(st.lists(ACTS, max_size=6), st.lists(ACTS, max_size=2))
@example([], [])
def test_a_senha_that_is_to_be_replaced_is_valid_until_something_ends_it(
    before: list[Step], during: list[Step]
) -> None:
    """Whatever happens to the two, who asked is never left with nothing by the substituição itself."""
    house = House()
    ask(house, "plain", "G-1", None, by_central=False)
    replace_by(house, 0, "analysed", "G-2", None)
    for step in before:
        tried(step, house)
    was = {numero: row.autorizacao for (_, numero), row in house.world.autorizacoes.rows.items()}
    antiga, nova = list(was.values())[:2]
    if antiga.situacao not in VALIDAS or nova.situacao is not Situacao.EM_ANALISE:
        return
    house.world.autorizacoes.meanwhile = [partial(tried, step, house) for step in during]
    tried(Step(decide, (1, 3)), house)
    now = [house.world.held(one.numero) for one in (antiga, nova)]
    ended = any(marco.evento is Evento.CANCELADA for one in now for marco in one.historico)
    withdrawn = any(marco.evento is Evento.RETIRADA for one in now for marco in one.historico)
    kept = sum(one.situacao in VALIDAS for one in now)
    assert kept == 1 or ended or withdrawn
    assert list(wrong(house)) == []


# --- that it would be noticed ---

_cancel = transicoes.cancel
NAIVE: dict[str, tuple[Any, str, Callable[..., object]]] = {
    "what replaces a senha is decided without it": (nucleo, "_settle", lambda *_: None),
    "a parent is not told of its complements": (
        pedidos, "_with_child", lambda parent, numero: replace(parent, complementos=(*parent.complementos, numero)),
    ),
    "nobody asks who holds a number of guia": (pedidos, "_asked_before", lambda *_: None),
    "whoever writes last is right": (FakeAutorizacoes, "_possible", lambda *_: True),
    "living complements are not looked at": (
        transicoes, "cancel", lambda held, _, ato, **rest: _cancel(held, (), ato, **rest),
    ),
    "whatever there is may be replaced": (transicoes, "check_substitution", lambda *_: None),
}  # fmt: skip


@settings(phases=[Phase.generate], database=None, max_examples=60)
@given(st.data())
def in_a_crowd(data: st.DataObject) -> None:
    crowd(data.draw(st.sampled_from(sorted(SMALL))), data)


def noticed() -> bool:
    """Whether something was wrong in one of the crowds, in whatever way."""
    try:
        in_a_crowd()
    except Exception:  # noqa: BLE001
        return True
    return False


@pytest.mark.parametrize("variant", NAIVE)
def test_a_naive_variant_is_noticed(variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*NAIVE[variant])
    assert noticed()


def test_what_is_right_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transicoes, "cancel", _cancel)
    assert not noticed()
