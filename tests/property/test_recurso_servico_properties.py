"""Recursos lived through in an order that seeds decide, from the glosa to the payment, with deaths at every call.

`CONECTA_CENAS` makes so many scenes. Each naive variant of what is kept or done, and each corruption of what is left,
is noticed.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pytest

from conecta_contas.pegs import Recuperacao, SituacaoPeg
from pagamento.domain.faturas import Fatura
from recurso.bootstrap import nucleo
from recurso.domain import recursos
from recurso.domain.recursos import Ato, Contestado, Pauta, Recurso, SituacaoRecurso
from recurso.handler import pagamentos
from tests.builders_recurso import DEZ
from tests.caos_peg import Ator, Morreu
from tests.caos_recurso import Historia, vive
from tests.fakes_recurso import FakeArquivo, FakeRecursos, Mesa, Place
from tests.history_recurso import Retrato, check

CENAS: Final = int(os.environ.get("CONECTA_CENAS", "45"))
PARTES: Final = 3
PACIENCIA: Final = 60
"""Scenes in which a naive variant is noticed at the latest; most are in the first few."""
pytestmark = pytest.mark.usefixtures("function_environment")


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Historia]:
    """A scene of a seed."""
    return partial(vive, monkeypatch=monkeypatch)


@pytest.mark.regra("§4", "§5")
@pytest.mark.parametrize("parte", range(PARTES))
def test_whatever_is_done_at_once_repeated_heard_late_and_killed_every_real_goes_one_way(
    lived: Callable[..., Historia], parte: int
) -> None:
    scenes = [lived(parte * 100_000 + n, atores=4 + n % 5) for n in range(CENAS // PARTES)]
    assert {one.semente: one.erros for one in scenes if one.erros} == {}
    happened = sum((one.feitos for one in scenes), Counter[str]())
    for name in (
        "recurso CANCELADO", "recurso RESPONDIDO", "recurso PAGAMENTO_AGENDADO", "recurso legado pago",
        "recurso vencido", "rascunho enviado", "REC-REPETIDO", "REC-NUMERO", "REC-PRAZO", "no último instante",
        "no primeiro instante, tarde", "cancela: TransicaoInvalidaError", "analisa: TransicaoInvalidaError", "mortes",
    ):  # fmt: skip
        assert happened[name], (name, happened)
    assert len(sum((one.mortes for one in scenes), Counter[str]())) > 20


def test_the_same_seed_is_the_same_history(lived: Callable[..., Historia]) -> None:
    first, again = lived(7), lived(7)
    assert (first.feitos, first.mortes) == (again.feitos, again.mortes)


# --- naive variants, which the scenes notice ---


class SemCondicao(FakeRecursos):
    """Rows of one kind are written whatever became of them since they were read."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def _possible(self, place: Place, antes: Any) -> bool:
        return place[1].startswith(self._kind) or super()._possible(place, antes)


class ContaDepois(FakeRecursos):
    """Events are told after what they tell of, by who is still alive."""

    def write(self, mudancas: Sequence[Any], fatos: Sequence[Any] = (), **rest: Any) -> None:
        super().write(mudancas, (), **rest)
        if self.writes % 5 == 0 and isinstance(threading.current_thread(), Ator):
            raise Morreu
        for number, fato in enumerate(fatos):
            self._tell(next(one.depois for one in mudancas if isinstance(one.depois, Recurso)), fato, number, "c")


class NoLugar(FakeArquivo):
    """The archive keeps the last pauta of a recurso only."""

    def keep_pauta(self, recurso: Recurso, pauta: Pauta) -> str:
        self._kept["pauta", recurso.prestador_id, recurso.protocolo].clear()
        return super().keep_pauta(recurso, pauta)


def _frees_nothing(held: Contestado, _recurso: Recurso) -> Contestado:
    return replace(held, versao=held.versao + 1)


_vencer, _conflicts = recursos.vencer, Contestado.conflicts


def _tells_again(recurso: Recurso, ato: Ato) -> Recurso:
    return replace(_vencer(recurso, ato), vencido=False)


def _one_by_one(held: Contestado, guias: Sequence[str]) -> dict[str, str]:
    return {guia: who for guia, who in _conflicts(held, guias).items() if guia in guias}


def _first_parcela(envelope: Mapping[str, Any], _failures: list[Exception]) -> list[str]:
    """Whatever the PEG got back is of its first recurso."""
    contas = nucleo.portas().contas
    pegs = [contas.peg(envelope["prestador_id"], one.partition("-")[0]) for one in envelope["dados"]["parcelas"]]
    return [peg.recuperacoes[0].recurso for peg in pegs if peg] + list(envelope["dados"]["recursos"])


def _utc(instante: datetime) -> Any:
    return instante.astimezone(UTC).date()


NAIVE: Final[Mapping[str, tuple[Callable[[], dict[str, Any]], tuple[Any, str, Any] | None]]] = {
    "two recursos take the same guia": (lambda: {"mesa": Mesa(recursos=SemCondicao("CONTESTADO#"))}, None),
    "two recursos take the same number": (lambda: {"mesa": Mesa(recursos=SemCondicao("NUMERO#"))}, None),
    "who answers overwrites who cancels": (lambda: {"mesa": Mesa(recursos=SemCondicao("RECURSO#"))}, None),
    "a pauta is changed in its place": (lambda: {"mesa": Mesa(arquivo=NoLugar())}, None),
    "an event is told after its row": (lambda: {"mesa": Mesa(recursos=ContaDepois())}, None),
    "days are those of UTC": (lambda: {"dia": _utc}, None),
    "a cancelled one keeps its guias": (dict, (Contestado, "freeing", _frees_nothing)),
    "the whole protocolo is beside its guias": (dict, (Contestado, "conflicts", _one_by_one)),
    "a term is told again": (dict, (recursos, "vencer", _tells_again)),
    "every parcela is the first": (dict, (pagamentos, "_paid", _first_parcela)),
}


@pytest.mark.parametrize("name", NAIVE)
def test_a_naive_variant_is_noticed(name: str, lived: Callable[..., Historia], monkeypatch: pytest.MonkeyPatch) -> None:
    variant, planted = NAIVE[name]
    if planted is not None:
        monkeypatch.setattr(*planted)
    assert any(lived(seed, **variant()).erros for seed in range(PACIENCIA))


# --- corruptions of what is left ---


def _first(retrato: Retrato, found: Callable[[Recurso], object]) -> Recurso:
    return next(one for one in retrato.recursos if found(one))


def _other(retrato: Retrato, recurso: Recurso, **changes: Any) -> Retrato:
    """With one recurso that says something else."""
    return replace(
        retrato, recursos=[replace(one, **changes) if one is recurso else one for one in retrato.recursos]
    )  # fmt: skip


def _paid(one: Recurso) -> bool:
    return one.paga_em is not None and not one.legado


def _faturas(retrato: Retrato, change: Callable[[Fatura], list[Fatura]]) -> Retrato:
    """With another fatura of the first recurso that was paid."""
    which = _first(retrato, _paid).fatura
    return replace(
        retrato, faturas=[made for one in retrato.faturas for made in (change(one) if one.id == which else [one])]
    )  # fmt: skip


def _given_twice(retrato: Retrato) -> Retrato:
    pegs = list(retrato.pegs)
    place = next(n for n, peg in enumerate(pegs) if peg.recuperacoes)
    peg = pegs[place]
    pegs[place] = replace(peg, recuperacoes=(*peg.recuperacoes, peg.recuperacoes[-1]))
    return replace(retrato, pegs=pegs)


def _for_nothing(retrato: Retrato) -> Retrato:
    peg = retrato.pegs[0]
    given = Recuperacao("261169999999", DEZ, retrato.recursos[0].enviado_dia)
    return replace(retrato, pegs=[replace(peg, recuperacoes=(*peg.recuperacoes, given)), *retrato.pegs[1:]])


def _ends_early(retrato: Retrato) -> Retrato:
    peg = next(one for one in retrato.pegs if one.recuperacoes)
    over = replace(peg, situacao=SituacaoPeg.ENCERRADO_SEM_PAGAMENTO)
    return replace(retrato, pegs=[over if one is peg else one for one in retrato.pegs])


CORRUPTIONS: Final[Mapping[str, Callable[[Retrato], Retrato]]] = {
    "a guia is free that is contested": lambda r: replace(r, contestados=[]),
    "a number is free that is taken": lambda r: replace(r, numeros={}),
    "a cancelled one lives": lambda r: _other(
        r, _first(r, lambda one: one.situacao == "CANCELADO"), situacao=SituacaoRecurso.ENVIADO
    ),
    "an event was never told": lambda r: replace(r, eventos=r.eventos[1:]),
    "an event was told twice": lambda r: replace(r, eventos=[*r.eventos, r.eventos[0]]),
    "an answer was forgotten": lambda r: replace(r, pautas={
        which: Pauta(tuple(replace(one, resposta=None) for one in pauta.entradas)) for which, pauta in r.pautas.items()
    }),
    "a cent more was given back": lambda r: _other(
        r, one := _first(r, _paid), valor_acatado=one.valor_acatado + Decimal("0.01")
    ),
    "it was sent a day later": lambda r: _other(
        r, one := _first(r, _paid), enviado_dia=one.enviado_dia + timedelta(days=1)
    ),
    "it was sent two months later": lambda r: _other(
        r, one := _first(r, _paid), enviado_em=one.enviado_em + timedelta(days=60),
        enviado_dia=one.enviado_dia + timedelta(days=60),
    ),
    "it is to be answered much later": lambda r: _other(
        r, one := _first(r, lambda held: held.responder_ate), responder_ate=one.enviado_dia + timedelta(days=99)
    ),
    "who sent was told of another": lambda r: _other(r, _first(r, _paid), digest="another"),
    "nobody sent it": lambda r: replace(r, tentativas=[]),
    "a draft became another's": lambda r: replace(
        r, rascunhos=[replace(one, enviado="261169999999") if one.enviado else one for one in r.rascunhos]
    ),
    "it came back to its PEG twice": _given_twice,
    "it came back to a PEG for nothing": _for_nothing,
    "a PEG is over before it is paid": _ends_early,
    "nobody pays it": lambda r: _faturas(r, lambda _: []),
    "a cent less is paid": lambda r: _faturas(r, lambda one: [replace(one, valor=one.valor - Decimal("0.01"))]),
    "it is paid twice": lambda r: _faturas(r, lambda one: [one, one]),
    "it is paid on another day": lambda r: _faturas(r, lambda one: [replace(one, paga_em=None)]),
    "a credit is lost": lambda r: replace(r, lancamentos=[]),
    "a payment is lost": lambda r: replace(r, pagamentos=r.pagamentos[1:]),
    "somebody could not hear": lambda r: replace(r, perdidos=["x"]),
}  # fmt: skip


def test_every_corruption_of_what_is_left_is_noticed(lived: Callable[..., Historia]) -> None:
    scene = next(one for one in map(lived, range(PACIENCIA)) if _whole(one.retrato))
    assert check(scene.retrato) == []
    assert [name for name, corrupt in CORRUPTIONS.items() if not check(corrupt(scene.retrato))] == []


def _whole(retrato: Retrato) -> bool:
    """Whether there is something of every kind to corrupt."""
    states = {one.situacao for one in retrato.recursos}
    return (
        {SituacaoRecurso.CANCELADO, SituacaoRecurso.PAGAMENTO_AGENDADO} <= states
        and bool(retrato.lancamentos)
        and any(map(_paid, retrato.recursos))
        and any(one.enviado for one in retrato.rascunhos)
    )
