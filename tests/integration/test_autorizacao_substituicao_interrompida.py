"""R16: whoever carries out a substituição is killed at any call to DynamoDB: one senha is valid, and a retry ends well.

The process is killed at every call of every step, before the call has its effect, and after. What a retry meets is
what the dead process left, and nothing else: there is no lock to wait for, and nobody cleans up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from conecta_senhas.solicitacoes import Solicitacao
from tests.builders_autorizacao import ANALISADO, DESCONHECIDO, a_request, a_stay, an_asked
from tests.casa_autorizacao import URGENCIA, Casa, of
from tests.contract.engines import Engine
from tests.fakes import ProcessDiedError
from tests.history_autorizacao import VALIDAS, Feito, check

ANTIGA: Final = "the old senha"
NOVA: Final = "the new one"


def a_senha(casa: Casa) -> str:
    return of(casa.pedir(a_request()))


def a_stay_that_began(casa: Casa) -> str:
    return of(casa.internar(of(casa.pedir(a_stay(carater=URGENCIA)))))


@dataclass(frozen=True)
class Passo:
    """A step of a substituição, under a key or without any.

    Attributes:
        first: makes the senha that is to be replaced.
        asked: in its place.
        step: the step, of the old senha and, when `asked` was asked for already, of the new one.
        ends: what is valid after it.
        again: how a retry without a key is answered.
    """

    asked: Callable[[], Solicitacao]
    ends: str
    step: Callable[..., Feito] | None = None
    first: Callable[[Casa], str] = a_senha
    again: int = 200


def more() -> Solicitacao:
    return a_request(an_asked(quantidade=2))


def analysed() -> Solicitacao:
    return a_request(an_asked(ANALISADO))


PASSOS: Final = {
    "granted at once": Passo(more, NOVA),
    "a stay that began": Passo(lambda: a_stay(carater=URGENCIA, observacao="Mais um"), NOVA, first=a_stay_that_began),
    "to be analysed": Passo(analysed, ANTIGA),
    "denied at once": Passo(lambda: a_request(an_asked(DESCONHECIDO)), ANTIGA),
    "then granted": Passo(analysed, NOVA, lambda casa, nova, key: casa.decidir(nova, sim=True, key=key), again=409),
    "then denied": Passo(analysed, ANTIGA, lambda casa, nova, key: casa.decidir(nova, sim=False, key=key), again=409),
    "then withdrawn": Passo(analysed, ANTIGA, lambda casa, nova, key: casa.cancelar(nova, key=key), again=409),
}  # fmt: skip


COM_CHAVE: Final = ("granted at once", "to be analysed", "then granted")
"""Those that are tried under an `Idempotency-Key`, too."""


class Tentativa:
    """One substituição, up to the step that is to be interrupted."""

    def __init__(self, casa: Casa, passo: Passo, *, keyed: bool) -> None:
        self.casa, self.passo, self._before = casa, passo, casa.situacoes().keys()
        self.antiga = passo.first(casa)
        self.asked, self.nova = casa.own(passo.asked()), ""
        self.key = casa.marca() if keyed else None
        if passo.step:
            self.nova = of(casa.substituir(self.antiga, self.asked))

    def go(self) -> Feito:
        """The step, from its beginning."""
        if self.passo.step:
            return self.passo.step(self.casa, self.nova, self.key)
        return self.casa.substituir(self.antiga, self.asked, key=self.key)

    def valid(self) -> list[str]:
        """Which of the two are valid now."""
        mine = {numero: held for numero, held in self.casa.situacoes().items() if numero not in self._before}
        return [ANTIGA if numero == self.antiga else NOVA for numero, held in mine.items() if held in VALIDAS]


@pytest.fixture
def casa(embedded: Engine) -> Casa:
    return Casa(embedded)


@pytest.mark.e2e
@pytest.mark.regra("R16", "AUT-SUBSTITUICAO")
@pytest.mark.parametrize(
    ("name", "keyed"), [*((name, False) for name in PASSOS), *((name, True) for name in COM_CHAVE)]
)
def test_whenever_it_stops_one_senha_is_valid_and_a_retry_ends_well(casa: Casa, name: str, *, keyed: bool) -> None:
    passo = PASSOS[name]
    whole = Tentativa(casa, passo, keyed=keyed)
    casa.fio.arm(None)
    whole.go()
    calls = list(casa.fio.calls)
    assert calls[-1] == "transact_write_items"
    assert whole.valid() == [passo.ends]
    left = set()
    for place in range(1, len(calls) + 1):
        for after in (False, True):
            one = Tentativa(casa, passo, keyed=keyed)
            casa.fio.arm(place, after=after)
            with pytest.raises(ProcessDiedError):
                one.go()
            casa.fio.arm(None)
            (valid,) = one.valid()
            left.add(valid)
            retried = one.go()
            assert retried.status in {200, passo.again}, retried
            assert one.valid() == [passo.ends]
            if keyed:
                assert one.go().corpo == retried.corpo
    assert left == {ANTIGA, passo.ends}
    assert check(casa.feitos, casa.linhas(), prefixo="GP-") == []
