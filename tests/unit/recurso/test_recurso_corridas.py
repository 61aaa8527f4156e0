"""Two who send in the same moment, one of whom has looked at half of what the other changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recurso.domain.errors import RecursoInvalidoError
from recurso.domain.pedidos import Pedido
from recurso.domain.recursos import Contestado, Recurso
from recurso.service import contestacao
from tests.builders_functions import HOSPITAL
from tests.builders_recurso import a_caller, a_conta, a_pedido, sent_now
from tests.fakes_recurso import FakeRecursos, Mesa


class Interrupted(FakeRecursos):
    """Others go first between who has a number and who contests what.

    Attributes:
        others: what they do, once.
    """

    others: Callable[[], object] | None = None

    def contestado(self, *which: Any, **more: Any) -> Contestado | None:
        others, self.others = self.others, None
        if others:
            others()
        return super().contestado(*which, **more)


def send(mesa: Mesa, pedido: Pedido) -> Recurso:
    return contestacao.send(HOSPITAL, pedido, sent_now(), a_caller(), mesa.portas)


@pytest.fixture
def recursos() -> Interrupted:
    return Interrupted()


@pytest.fixture
def mesa(recursos: Interrupted) -> Mesa:
    made, conta = Mesa(recursos=recursos), a_conta()
    made.contas.put(conta.peg, conta.dossie)
    return made


@pytest.mark.regra("REC-NUMERO")
def test_the_same_recurso_that_comes_twice_at_once_is_not_in_its_own_way(mesa: Mesa, recursos: Interrupted) -> None:
    pedido, first = a_pedido(numero="R1"), list[Recurso]()
    recursos.others = lambda: first.append(send(mesa, pedido))
    assert [send(mesa, pedido)] == first
    assert [one.tipo for one in recursos.told(HOSPITAL)] == ["RecursoEnviado"]


@pytest.mark.regra("REC-REPETIDO")
def test_another_one_of_the_same_guia_is(mesa: Mesa, recursos: Interrupted) -> None:
    recursos.others = lambda: send(mesa, a_pedido(numero="R1"))
    with pytest.raises(RecursoInvalidoError) as refused:
        send(mesa, a_pedido(numero="R2"))
    assert [one.regra for one in refused.value.achados] == ["REC-REPETIDO"]
