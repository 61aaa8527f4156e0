"""Everybody bills, cancels and withdraws on the same senhas at the same time, over real HTTP and S3 (`dominio.md` §5).

`CONECTA_CORRIDAS` makes the races so many times as long; `scripts/bench caos --runtime` kills processes meanwhile.
"""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import pytest

from conecta_edge.clock import OFFSET_SETTING, write_offset
from local import relogio
from tests.corridas_peg import AUTORIZADAS, Corrida
from tests.e2e.conftest import Deployed
from tests.matriz.races import at_once

pytestmark = pytest.mark.e2e

VEZES: Final = int(os.environ.get("CONECTA_CORRIDAS", "1"))
SEMENTE: Final = int(os.environ.get("CONECTA_SEMENTE", "5"))
JUNTOS: Final = 6
Acts = list[Callable[[], Any]]
VENCIDA: Final = timedelta(days=91)
AUTORIZACAO: Final = "conecta-embarcado-autorizacao-fluxo"


@pytest.fixture
def corrida(deployed: Deployed) -> Corrida:
    return Corrida(deployed.aws, deployed.where)


@pytest.mark.regra("§5")
def test_of_many_lotes_that_bill_one_senha_at_once_so_many_have_it_as_were_authorised(corrida: Corrida) -> None:
    for _ in range(5 * VEZES):
        senha = corrida.senha()
        at_once([partial(corrida.manda, corrida.lote((senha, 1))) for _ in range(JUNTOS)])
        assert corrida.faturada(senha) == AUTORIZADAS
    assert corrida.julga() == []
    assert len(corrida.retrato().pegs) == 5 * VEZES * JUNTOS


@pytest.mark.regra("§5")
def test_a_senha_is_cancelled_or_used_and_never_both(corrida: Corrida) -> None:
    for _ in range(6 * VEZES):
        senha = corrida.senha()
        raw = corrida.lote((senha, 1))
        acts: Acts = [partial(corrida.manda, raw), partial(corrida.cancela_senha, senha)]
        _, cancelled = at_once(acts)
        assert corrida.faturada(senha) == {HTTPStatus.OK: 0, HTTPStatus.CONFLICT: 1}[cancelled.status]
    assert corrida.julga() == []


@pytest.mark.regra("§4", "§5")
def test_a_peg_is_cancelled_or_analysed_and_a_guia_withdrawn_is_free_for_another(corrida: Corrida) -> None:
    for _ in range(4 * VEZES):
        senha, other = corrida.senha(), corrida.senha()
        names = [f"R{corrida.prefixo}{senha[-6:]}{n}" for n in range(2)]
        first = corrida.manda(corrida.lote((senha, 2), (other, 1), nomes=names))
        assert first is not None
        again = corrida.lote((senha, 2), nomes=names[:1])
        acts: Acts = [
            partial(corrida.retira, first, 1),
            partial(corrida.manda, again),
            partial(corrida.retira, first, 1),
        ]
        at_once(acts)
        answers = at_once([partial(corrida.cancela, first), partial(corrida.analisa, first)])
        assert sorted(answer.status for answer in answers) == [200, 409]
    assert corrida.julga() == []


@pytest.mark.regra("§5")
def test_the_same_bytes_many_times_at_once_by_both_doors_are_one_protocolo(corrida: Corrida) -> None:
    raw = corrida.lote((corrida.senha(), 1))
    acts: Acts = [partial(corrida.manda, raw)] * 8
    acts += [partial(corrida.arquiva, raw, uuid.uuid4().hex) for _ in range(2)]
    told = at_once(acts)
    corrida.segue()
    protocolos = {str(one) for envio in corrida.envios.values() for one in envio.respostas}
    assert {one for one in told if isinstance(one, str)} == protocolos
    assert len(protocolos) == len(corrida.retrato().pegs) == 1
    assert corrida.julga() == []


@pytest.mark.regra("§4", "§5")
def test_whoever_meets_whom_the_invariants_hold(corrida: Corrida) -> None:
    rng = random.Random(SEMENTE)  # noqa: S311
    vivos: list[str] = []
    for _ in range(6):
        corrida.senha()
    files = [corrida.lote((rng.choice(corrida.senhas), 1)) for _ in range(8)]
    uploads = iter(files)
    for wave in range(24 * VEZES):
        acts = [corrida.qualquer(rng, vivos) for _ in range(JUNTOS)]
        if wave % 3 == 0 and (raw := next(uploads, None)) is not None:
            acts.append(partial(corrida.arquiva, raw))
        if wave % 7 == 6:
            acts.append(corrida.varre)
        at_once(acts)
    corrida.segue()
    corrida.varre()
    assert corrida.julga() == []
    assert corrida.met() > 0
    assert len(corrida.retrato().pegs) > 60 * VEZES


@contextmanager
def ahead(corrida: Corrida, offset: timedelta) -> Iterator[None]:
    """The sweep of senhas alone is ahead of everybody else's clock."""
    client = corrida.aws.client("lambda")
    held = client.get_function_configuration(FunctionName=AUTORIZACAO)["Environment"]["Variables"]
    variables = {**held, OFFSET_SETTING: write_offset(offset)}
    try:
        client.update_function_configuration(FunctionName=AUTORIZACAO, Environment={"Variables": variables})
        client.get_waiter("function_updated_v2").wait(FunctionName=AUTORIZACAO, WaiterConfig={"Delay": 1})
        yield
    finally:
        relogio.move(corrida.where, timedelta())


@pytest.mark.regra("R10", "§5")
def test_a_senha_that_expires_while_it_is_billed_is_used_and_freed_all_the_same(corrida: Corrida) -> None:
    senhas = [corrida.senha() for _ in range(4)]
    with ahead(corrida, VENCIDA):
        sweep: Any = partial(corrida.vence)
        lotes = [partial(corrida.manda, corrida.lote((senha, 1))) for senha in senhas for _ in range(2)]
        received = at_once([sweep, *lotes])
        protocolos = [one for one in received if isinstance(one, str)]
        at_once([sweep, *(partial(corrida.cancela, one) for one in protocolos[::2])])
        at_once([partial(corrida.manda, corrida.lote((senha, 1))) for senha in senhas])
    assert corrida.julga() == []
