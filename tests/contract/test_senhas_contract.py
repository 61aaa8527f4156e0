"""Senhas as `peg` uses them: the fake and DynamoDB, one suite, beside the other context's own port on the same rows.

Moto has no PartiQL, so it is no judge here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.dynamodb.varredura import DynamoVencimentos
from autorizacao.service.portas import Guardada, Mudanca
from autorizacao.service.varredura import sweep
from conecta_edge.dynamodb import TransientConflictError, marshal
from conecta_senhas import transicoes
from conecta_senhas.autorizacoes import DIARIAS, Autorizacao, Situacao
from conecta_senhas.errors import (
    JaFaturadaError,
    MudouError,
    QuantidadeInvalidaError,
    TransicaoInvalidaError,
)
from conecta_senhas.usos import Lida, Usos, guia_key, without
from conecta_senhas_aws.chaves import autorizacao_key
from conecta_senhas_aws.senhas import LEITURAS, DynamoSenhas
from conecta_tiss.vocabulary.tables import StatusCancelamento
from local.bench.units import item_size
from tests.builders_autorizacao import (
    CENTRAL,
    NUMERO,
    PEG,
    PRESTADOR,
    VALIDADE,
    a_stay_authorization,
    an_authorization,
    an_item,
    in_situation,
    usos_of,
)
from tests.builders_functions import NOW, PASA, VALE
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import AUTORIZACAO, Engine
from tests.contract.test_autorizacoes_contract import a_row
from tests.fakes_cadastro import PSEUDONIMOS
from tests.fakes_senhas import FakeSenhas

ENGINES = [FAKE, EMBEDDED]
REAL = pytest.mark.parametrize("engine_name", [EMBEDDED])
OUTRO = "26110000002"
OUTRO_PEG = "261120000002"
UM, DOIS = Decimal(1), Decimal(2)


@dataclass
class Subject:
    """The port under test, and what the context `autorizacao` does to the same rows.

    Attributes:
        add: a new authorization, with the numbers of those asked on it.
        act: an act upon one: what becomes of its present value.
        row: the row that races meet in, as it is kept; of the fake none.
    """

    port: Any
    add: Callable[[Guardada], None]
    act: Callable[[str, Callable[[Autorizacao], Autorizacao]], None]
    row: Callable[[], Mapping[str, Any]] = dict
    autorizacoes: Any = None
    vencimentos: Any = None

    def of(self, numero: str = NUMERO) -> Lida:
        """One, as it is."""
        lida: Lida = self.port.many(VALE, [numero])[numero]
        return lida

    def bill(self, usos: Usos, numero: str = NUMERO) -> Lida:
        """Use of one all that is said, nobody being in the way."""
        assert self.port.bill(VALE, [(self.of(numero), usos)]) == []
        return self.of(numero)


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake = FakeSenhas()

        def act(numero: str, do: Callable[[Autorizacao], Autorizacao]) -> None:
            held = fake.rows[VALE, numero]
            fake.put(do(held.autorizacao), held.vida, held.complementos)

        def add(row: Guardada) -> None:
            fake.put(row.autorizacao, row.vida, row.complementos)

        return Subject(fake, add, act)
    table = engine.table("autorizacao", chaves=AUTORIZACAO)
    return over(engine, table)


def over(engine: Engine, table: str) -> Subject:
    port = DynamoAutorizacoes(engine.dynamodb, table, PSEUDONIMOS)

    def add(row: Guardada) -> None:
        port.write([Mudanca(None, row)], now=NOW, correlacao="c")

    def act(numero: str, do: Callable[[Autorizacao], Autorizacao]) -> None:
        held = port.get(VALE, numero)
        assert held is not None
        port.write([Mudanca(held, replace(held, autorizacao=do(held.autorizacao)))], now=NOW, correlacao="c")

    def row() -> Mapping[str, Any]:
        found: Mapping[str, Any] = engine.dynamodb.get_item(TableName=table, Key=marshal(autorizacao_key(VALE, NUMERO)))
        return dict(found["Item"])

    vencimentos = DynamoVencimentos(engine.dynamodb, table)
    return Subject(DynamoSenhas(engine.dynamodb, table), add, act, row, port, vencimentos)


def of_guia(numero: str) -> dict[str, Any]:
    """Another authorization, of a number of guia of its own."""
    made = an_authorization()
    return {"numero": numero, "solicitacao": replace(made.solicitacao, numero_guia_prestador=f"GP-{numero}")}


def call(held: Autorizacao) -> Autorizacao:
    """An act that changes nothing but the timeline."""
    return transicoes.register_call(held, CENTRAL)


# --- reading ---


def test_those_that_are_there_are_read_with_who_uses_them(subject: Subject) -> None:
    row = a_row(in_situation(Situacao.AUTORIZADA))
    subject.add(row)
    assert subject.port.many(VALE, [NUMERO, OUTRO, NUMERO]) == {
        NUMERO: Lida(row.autorizacao, {}, row.vida, nome=row.nome if subject.autorizacoes else None)
    }
    assert subject.port.many(PASA, [NUMERO]) == {}
    assert subject.port.many(VALE, []) == {}


def test_what_was_asked_on_one_is_known_by_its_number(subject: Subject) -> None:
    parent, child = a_row(), a_row(principal=NUMERO, **of_guia(OUTRO))
    if subject.autorizacoes is None:
        subject.add(replace(parent, complementos=(OUTRO,)))
    else:
        subject.add(parent)
        asked_on = replace(parent, autorizacao=call(parent.autorizacao), complementos=(OUTRO,))
        changes = [Mudanca(None, child), Mudanca(parent, asked_on)]
        subject.autorizacoes.write(changes, now=NOW, correlacao="c")
    assert subject.of().complementos == (OUTRO,)
    assert subject.bill(usos_of({1: 1})).complementos == (OUTRO,)


@REAL
@pytest.mark.parametrize("late", ["DETALHE", "COMPLEMENTO#"])
def test_what_is_seen_half_written_is_read_again(subject: Subject, late: str) -> None:
    parent = a_row()
    subject.add(parent)
    asked_on = replace(parent, autorizacao=call(parent.autorizacao), complementos=(OUTRO,))
    subject.autorizacoes.write([Mudanca(parent, asked_on)], now=NOW, correlacao="c")
    client = Late(subject.port._client, late, 1)
    assert DynamoSenhas(client, subject.port._table).many(VALE, [NUMERO]) == subject.port.many(VALE, [NUMERO])
    assert client.hidden == 1
    with pytest.raises(MudouError):
        DynamoSenhas(Late(subject.port._client, late, 99), subject.port._table).many(VALE, [NUMERO])


class Late:
    """A client whose first readings do not see some row yet."""

    def __init__(self, client: Any, sk: str, times: int) -> None:
        self._client, self._sk, self._times, self.hidden = client, sk, times, 0

    def _seen(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        seen = [item for item in items if self.hidden >= self._times or not item["sk"]["S"].startswith(self._sk)]
        self.hidden += len(seen) < len(items)
        return seen

    def query(self, **asked: Any) -> Any:
        answer = self._client.query(**asked)
        return {**answer, "Items": self._seen(answer["Items"])}

    def batch_get_item(self, **asked: Any) -> Any:
        answer = self._client.batch_get_item(**asked)
        return {**answer, "Responses": {name: self._seen(rows) for name, rows in answer["Responses"].items()}}


# --- using ---


def test_what_is_used_is_read_back_by_guia_and_by_item(subject: Subject) -> None:
    subject.add(a_row(an_authorization(an_item(quantidade=3), an_item(2, "2.5"))))
    usos = {
        guia_key(PEG, 1): {(1, "00"): UM, (1, "06"): UM},
        guia_key(PEG, 100): {(1, "00"): UM, (2, ""): Decimal("2.5")},
    }
    lida = subject.bill(usos)
    assert lida.usos == usos
    assert (lida.autorizacao.situacao, lida.autorizacao.versao) == (Situacao.UTILIZADA, 2)
    assert [item.faturada for item in lida.autorizacao.itens] == [DOIS, Decimal("2.5")]


def test_the_same_use_twice_is_once_and_freed_twice_is_once(subject: Subject) -> None:
    subject.add(a_row(in_situation(Situacao.AUTORIZADA)))
    for _ in range(2):
        lida = subject.bill({**subject.of().usos, **usos_of({1: 1})})
    assert lida.autorizacao.itens[0].faturada == UM
    for _ in range(2):
        lida = subject.bill(without(subject.of().usos, PEG))
    assert [lida.usos, lida.autorizacao.itens[0].faturada] == [{}, 0]


@pytest.mark.parametrize(
    ("situacao", "restored"),
    [
        (Situacao.AUTORIZADA, Situacao.AUTORIZADA), (Situacao.PARCIAL, Situacao.PARCIAL),
        (Situacao.EXPIRADA, Situacao.AUTORIZADA),
    ],
)  # fmt: skip
def test_freeing_restores_what_it_was(subject: Subject, situacao: Situacao, restored: Situacao) -> None:
    subject.add(a_row(in_situation(situacao)))
    before = subject.of().autorizacao
    assert subject.bill(usos_of({1: 1})).autorizacao.situacao is Situacao.UTILIZADA
    after = subject.bill({}).autorizacao
    assert after == replace(before, situacao=restored, versao=3)


def test_two_pegs_share_one_and_each_gives_back_its_own(subject: Subject) -> None:
    subject.add(a_row(an_authorization(an_item(quantidade=3))))
    subject.bill(usos_of({1: 2}))
    subject.bill({**subject.of().usos, **usos_of({1: 1}, OUTRO_PEG)})
    lida = subject.bill(without(subject.of().usos, PEG, 1))
    assert (lida.usos, lida.autorizacao.itens[0].faturada) == (usos_of({1: 1}, OUTRO_PEG), UM)
    assert lida.autorizacao.situacao is Situacao.UTILIZADA


def test_what_another_portal_billed_is_used_and_never_given_back(subject: Subject) -> None:
    legacy = an_authorization(an_item(quantidade=10, faturada=Decimal(4)), situacao=Situacao.UTILIZADA)
    subject.add(a_row(legacy))
    lida = subject.bill({**subject.of().usos, **usos_of({1: 6})})
    assert lida.autorizacao.itens[0].faturada == 10
    with pytest.raises(QuantidadeInvalidaError):
        subject.bill({**lida.usos, **usos_of({1: 1}, OUTRO_PEG)})
    freed = subject.bill(without(lida.usos, PEG)).autorizacao
    assert [freed.situacao, freed.itens[0].faturada] == [Situacao.UTILIZADA, 4]


def test_diarias_are_used_and_freed(subject: Subject) -> None:
    subject.add(a_row(a_stay_authorization()))
    lida = subject.bill(usos_of({DIARIAS: 2}))
    assert (lida.autorizacao.faturadas, lida.autorizacao.diarias_faturadas) == ((DIARIAS,), DOIS)
    assert subject.bill({}).autorizacao.faturadas == ()


def test_what_cannot_be_used_so_writes_nothing_at_all(subject: Subject) -> None:
    subject.add(a_row())
    subject.add(a_row(**of_guia(OUTRO)))
    one, two = subject.of(), subject.of(OUTRO)
    with pytest.raises(QuantidadeInvalidaError):
        subject.port.bill(VALE, [(one, usos_of({1: 1})), (two, usos_of({1: 2}))])
    subject.act(OUTRO, lambda held: transicoes.cancel(held, (), PRESTADOR)[0])
    with pytest.raises(TransicaoInvalidaError):
        subject.port.bill(VALE, [(one, usos_of({1: 1})), (subject.of(OUTRO), usos_of({1: 1}))])
    assert subject.of() == one


# --- races ---


def test_of_sixty_only_those_that_changed_meanwhile_are_lost(subject: Subject) -> None:
    numeros = [f"2611{n:07d}" for n in range(60)]
    for numero in numeros:
        subject.add(a_row(**of_guia(numero)))
    found = subject.port.many(VALE, numeros)
    changed = [numeros[0], numeros[24], numeros[25], numeros[59]]
    for numero in changed:
        subject.act(numero, call)
    lost = subject.port.bill(VALE, [(found[numero], usos_of({1: 1})) for numero in numeros])
    assert sorted(lost) == changed
    after = subject.port.many(VALE, numeros)
    assert {numero for numero, lida in after.items() if lida.autorizacao.faturadas} == set(numeros) - set(changed)
    assert all(after[numero].usos == {} and after[numero].autorizacao.versao == 2 for numero in changed)
    again = [(after[numero], usos_of({1: 1})) for numero in changed]
    assert subject.port.bill(VALE, again) == []


def test_what_is_not_there_is_lost(subject: Subject) -> None:
    ghost = a_row()
    assert subject.port.bill(VALE, [(Lida(ghost.autorizacao, {}, ghost.vida), usos_of({1: 1}))]) == [NUMERO]
    assert subject.port.many(VALE, [NUMERO]) == {}
    assert subject.port.bill(VALE, []) == []


def test_of_many_that_use_the_last_at_once_one_does(subject: Subject) -> None:
    subject.add(a_row())
    lida = subject.of()

    def use(n: int) -> list[str]:
        lost: list[str] = subject.port.bill(VALE, [(lida, usos_of({1: 1}, f"26112000000{n}"))])
        return lost

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(use, range(6)))
    assert sorted(done) == [[], *[[NUMERO]] * 5]
    assert len(subject.of().usos) == 1


def test_a_cancellation_and_a_use_of_the_same_reading_exclude_each_other(subject: Subject) -> None:
    subject.add(a_row())
    lida = subject.of()
    subject.act(NUMERO, lambda held: transicoes.cancel(held, (), PRESTADOR)[0])
    assert subject.port.bill(VALE, [(lida, usos_of({1: 1}))]) == [NUMERO]
    assert (subject.of().usos, subject.of().autorizacao.situacao) == ({}, Situacao.CANCELADA)


@pytest.mark.parametrize("engine_name", [FAKE])
def test_others_may_come_between_the_reading_and_the_writing(subject: Subject) -> None:
    subject.add(a_row())
    subject.port.meanwhile = [partial(subject.act, NUMERO, call)]
    assert subject.port.bill(VALE, [(subject.of(), usos_of({1: 1}))]) == [NUMERO]
    assert subject.port.bill(VALE, [(subject.of(), usos_of({1: 1}))]) == []
    assert subject.port.writes == 2


# --- the same row, seen from the other context ---


@REAL
def test_the_other_context_reads_what_was_billed_and_acts_upon_it(subject: Subject) -> None:
    subject.add(a_row(a_stay_authorization()))
    subject.bill(usos_of({1: 2, DIARIAS: 1}))
    for read in (subject.autorizacoes.get(VALE, NUMERO), subject.autorizacoes.many(VALE, [NUMERO])[0]):
        held = read.autorizacao
        assert (held.situacao, held.versao, held.itens[0].faturada, held.diarias_faturadas) == (
            Situacao.UTILIZADA, 2, DOIS, UM,
        )  # fmt: skip
    with pytest.raises(JaFaturadaError) as refused:
        transicoes.cancel(held, (), PRESTADOR)
    assert transicoes.cancellation_status(refused.value) is StatusCancelamento.NAO_CANCELADO
    for below in ({1: UM}, {DIARIAS: Decimal(0)}):
        with pytest.raises(QuantidadeInvalidaError):
            transicoes.change_quantities(held, below, CENTRAL)
    subject.act(NUMERO, lambda one: transicoes.change_quantities(one, {1: DOIS, DIARIAS: UM}, CENTRAL))
    lida = subject.of()
    assert (lida.usos, lida.autorizacao.versao, lida.autorizacao.esgotada) == (usos_of({1: 2, DIARIAS: 1}), 3, True)
    assert subject.bill({}).autorizacao.situacao is Situacao.PARCIAL
    subject.act(NUMERO, lambda one: transicoes.cancel(one, (), PRESTADOR)[0])
    assert subject.of().autorizacao.situacao is Situacao.CANCELADA


@REAL
def test_an_act_that_did_not_see_a_use_is_lost_and_leaves_nothing(subject: Subject) -> None:
    subject.add(a_row())
    read = subject.autorizacoes.get(VALE, NUMERO)
    lida = subject.bill(usos_of({1: 1}))
    cancelled = replace(read, autorizacao=transicoes.cancel(read.autorizacao, (), PRESTADOR)[0])
    with pytest.raises(MudouError):
        subject.autorizacoes.write([Mudanca(read, cancelled)], now=NOW, correlacao="c")
    assert subject.of() == lida


@REAL
def test_a_use_changes_four_attributes_and_the_row_stays_within_one_write_unit(subject: Subject) -> None:
    subject.add(a_row(an_authorization(*(an_item(n, 30) for n in range(1, 6)))))
    before = subject.row()
    ten = {guia: uso for n in range(1, 11) for guia, uso in usos_of({1: 1}, guia=n).items()}
    subject.bill(ten)
    after = subject.row()
    assert {name for name in after if before.get(name) != after[name]} == {"versao", "situacao", "faturadas", "usos"}
    assert before.keys() - after.keys() == set()
    assert item_size(after) <= 1024
    subject.bill({})
    assert (subject.row()["usos"], subject.row()["faturadas"]) == ({"M": {}}, {"M": {}})


@REAL
def test_the_sweep_passes_by_what_is_used_and_finds_what_was_freed_again(subject: Subject) -> None:
    subject.add(a_row())
    subject.bill(usos_of({1: 1}))

    def swept(dia: Any) -> Any:
        return [
            sweep(parte, None, vencimentos_=subject.vencimentos, autorizacoes=subject.autorizacoes, now=NOW, hoje=dia)
            for parte in subject.vencimentos.partes()
        ]

    assert sum(one.perdidas for one in swept(VALIDADE)) == 0
    subject.bill({})
    found = swept(VALIDADE.replace(year=VALIDADE.year + 1))
    assert sum(one.feitas for one in found) == 1
    assert subject.of().autorizacao.situacao is Situacao.EXPIRADA


# --- what the service does not take at once ---


class Throttling:
    """A client that writes nothing of some statements the first times."""

    def __init__(self, client: Any, times: int, *, whole: bool = False) -> None:
        self._client, self._times, self._whole, self.calls = client, times, whole, 0

    def batch_execute_statement(self, **asked: Any) -> Any:
        self.calls += 1
        if self.calls > self._times:
            return self._client.batch_execute_statement(**asked)
        if self._whole:
            raise ThrottledError
        _, *rest = asked["Statements"]
        answer = self._client.batch_execute_statement(Statements=rest) if rest else {"Responses": []}
        return {"Responses": [{"Error": {"Code": "TransactionConflict"}}, *answer["Responses"]]}


class ThrottledError(Exception):
    """As botocore tells it."""

    response = {"Error": {"Code": "ThrottlingException"}}  # noqa: RUF012  # read only


@REAL
@pytest.mark.parametrize("whole", [False, True])
def test_what_is_throttled_is_tried_again_and_then_told(subject: Subject, *, whole: bool) -> None:
    subject.add(a_row())
    subject.add(a_row(**of_guia(OUTRO)))
    usadas = [(subject.of(), usos_of({1: 1})), (subject.of(OUTRO), usos_of({1: 1}))]
    for_long = DynamoSenhas(Throttling(subject.port._client, LEITURAS, whole=whole), subject.port._table)
    with pytest.raises(TransientConflictError):
        for_long.bill(VALE, usadas)
    lost = DynamoSenhas(Throttling(subject.port._client, 1, whole=whole), subject.port._table).bill(VALE, usadas)
    assert lost == ([] if whole else [OUTRO])  # what was written before is not as read any more
    assert all(lida.autorizacao.faturadas for lida in subject.port.many(VALE, [NUMERO, OUTRO]).values())
