"""`cadastro.service.relacionamentos.Relacionamentos`: the fake and DynamoDB, one suite; and races of deciders."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from cadastro.domain import relacionamentos as rules
from cadastro.domain.contas import Papel, Pessoa
from cadastro.domain.relacionamentos import (
    AlreadyDecidedError,
    Ato,
    Historico,
    NewPedido,
    Pedido,
    StaleRelacionamentoError,
)
from cadastro.dynamodb.contas import DynamoContas
from cadastro.dynamodb.relacionamentos import DynamoRelacionamentos
from cadastro.service import relacionamentos as service
from cadastro.service.relacionamentos import Circumstances, Decision, Held, Verdict
from conecta_edge.cadastro import DynamoCadastroReader
from conecta_edge.clock import FixedClock, local_day
from conecta_edge.dynamodb import TransientConflictError
from conecta_facts.operadoras import Operadora, VersaoAceita
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, NOW, OUTRO_CNPJ, PASA, VALE
from tests.cadastro_rows import CadastroTable
from tests.contract.conftest import EMBEDDED, MOTO
from tests.contract.engines import Engine
from tests.fakes_contas import FakeContas, FakeIdentidades, FakeRelacionamentos, Tables

HOJE = local_day(NOW)
S = Situacao
ASKED = NewPedido(
    VALE, HOSPITAL, "Hospital Aurora", "9990011", cnpj=CNPJ, codigo_na_operadora="H1", mensagem="contrato de novembro"
)


@dataclass
class Subject:
    """The port under test, what anybody could see behind it, and how an operadora comes to be."""

    port: Any
    contas: Any
    told: Callable[[str], Sequence[str]]
    history: Callable[[str, str], int]


@pytest.fixture
def subject(engine: Engine | None) -> Iterator[Subject]:
    if engine is None:
        tables = Tables(operadoras={VALE, PASA})
        yield Subject(
            FakeRelacionamentos(tables),
            FakeContas(tables),
            lambda prestador: [tipo for tipo, owner in tables.told if owner == prestador],
            lambda prestador, registro: sum(row[:2] == (prestador, registro) for row in tables.historico),
        )
        return
    table = engine.table("cadastro", busca=True)
    for registro in (VALE, PASA):
        row = Operadora(registro, "Operadora", "Grupo", (registro,), (VersaoAceita("4.01.00", date(2022, 10, 1)),))
        CadastroTable(engine.dynamodb, table).put_operadora(row)

    def told(prestador: str) -> list[str]:
        rows = [row for pk in (f"PRESTADOR#{prestador}", "PESSOA#p1") for row in engine.rows(table, pk, "EVENTO#")]
        events = [json.loads(row["evento"]) for row in rows]
        events.sort(key=lambda event: (event["tipo"] != "RelacionamentoSolicitado", event["tipo"] == "PessoaVinculada"))
        return [event["tipo"] for event in events if event["prestador_id"] == prestador]

    yield Subject(
        DynamoRelacionamentos(engine.dynamodb, table),
        DynamoContas(engine.dynamodb, table),
        told,
        lambda prestador, registro: len(list(engine.rows(table, f"PRESTADOR#{prestador}", f"HISTORICO#{registro}#"))),
    )


def a_pedido(**changes: Any) -> Pedido:
    given: dict[str, Any] = {"sub": "p1", "do_prestador": False, "attempt": 0}
    given |= {name: changes.pop(name) for name in list(given) if name in changes}
    made = rules.ask(ASKED, email="ana@hospital.example", protocolo="261130000001", now=NOW, **given)
    return replace(made, **changes)


def history(ato: Ato = Ato.HABILITACAO, **changes: Any) -> Historico:
    return replace(Historico(ato, "op-1", NOW, HOJE, motivo="m"), **changes)


def a_verdict(before: Pedido, found: Circumstances | None = None, **changes: Any) -> Verdict:
    """Everything a first decision creates."""
    found = found or Circumstances(None, (), None, 0)
    after = rules.decide(before, S.HABILITADO, quem="op-1", motivo=None, now=NOW)
    made = Verdict(
        before=before,
        after=after,
        prestador=Prestador(HOSPITAL, "Hospital Aurora", "9990011", cnpj=CNPJ, introduzido_por=VALE),
        relacionamento=(None, Relacionamento(HOSPITAL, VALE, "H1", (Periodo(S.HABILITADO, HOJE),))),
        pessoa=(None, Pessoa("p1", HOSPITAL, Papel.GESTOR, NOW, "op-1", email=before.email)),
        gestores=found.gestores,
        historico=history(pedido=before.id),
    )
    return replace(made, **changes)


FULL = a_pedido(
    situacao=S.RECUSADO, motivo="fora da rede — ção", decidido_por="op-1", decidido_em=NOW + timedelta(microseconds=1),
    versao=2,
)  # fmt: skip
PERSON = a_pedido(cnpj=None, cpf="52998224725", codigo_na_operadora=None, mensagem=None, email=None)


@pytest.mark.parametrize("pedido", [a_pedido(), FULL, PERSON, a_pedido(do_prestador=True)])
def test_a_pedido_is_read_back_by_who_asked_and_by_whom_it_was_asked_of(subject: Subject, pedido: Pedido) -> None:
    assert subject.port.add_pedido(pedido, NOW)
    own = subject.port.pedidos_of_prestador(HOSPITAL) if pedido.do_prestador else subject.port.pedidos_of_person("p1")
    assert own == (pedido,)
    assert subject.port.pedido(sub="p1", prestadores=(HOSPITAL,), pedido_id=pedido.id) == pedido
    assert subject.port.pedido_at((PASA, VALE), pedido.id) == pedido
    assert subject.told(HOSPITAL) == ["RelacionamentoSolicitado"]


def test_a_foreign_pedido_is_an_absent_one(subject: Subject) -> None:
    pedido = a_pedido()
    subject.port.add_pedido(pedido, NOW)
    assert subject.port.pedido(sub="p2", prestadores=(HOSPITAL, CLINICA), pedido_id=pedido.id) is None
    assert subject.port.pedido_at((PASA,), pedido.id) is None
    assert subject.port.pedido_at((), pedido.id) is None
    assert subject.port.pedidos_of_person("p2") == ()
    under = a_pedido(do_prestador=True)
    subject.port.add_pedido(under, NOW)
    assert subject.port.pedido(sub="p1", prestadores=(CLINICA,), pedido_id=under.id) is None


def test_a_pedido_of_an_id_is_stored_once(subject: Subject) -> None:
    assert subject.port.add_pedido(a_pedido(), NOW)
    assert not subject.port.add_pedido(a_pedido(nome="Outro nome"), NOW)
    assert subject.port.pedidos_of_person("p1") == (a_pedido(),)


def test_an_operadora_is_known_by_its_registro(subject: Subject) -> None:
    assert subject.port.operadora_exists(VALE)
    assert not subject.port.operadora_exists("999999")


def test_protocolos_are_of_the_month_and_never_repeat(subject: Subject) -> None:
    numbers = {subject.port.next_protocolo(date(2026, 11, 30)) for _ in range(5)}
    assert {number[:5] for number in numbers} == {"26113"}
    assert len(numbers) == 5


def test_a_decision_creates_prestador_relacionamento_and_gestor_at_once(subject: Subject) -> None:
    before = a_pedido()
    subject.port.add_pedido(before, NOW)
    assert subject.port.circumstances(before) == Circumstances(None, (), None, 0)
    verdict = a_verdict(before)
    subject.port.decide(verdict, NOW, HOJE)
    found = subject.port.circumstances(before)
    assert found.prestador == verdict.prestador
    assert [row.value for row in found.relacionamentos] == [verdict.relacionamento and verdict.relacionamento[1]]
    assert (found.solicitante, found.gestores) == (verdict.pessoa and verdict.pessoa[1], 1)
    assert subject.contas.pessoas(HOSPITAL, None, 10).rows == [found.solicitante]
    assert subject.port.pedido_at((VALE,), before.id) == verdict.after
    assert subject.told(HOSPITAL) == ["RelacionamentoSolicitado", "RelacionamentoDecidido", "PessoaVinculada"]
    assert subject.history(HOSPITAL, VALE) == 1


@pytest.mark.parametrize("engine_name", [MOTO, EMBEDDED])
@pytest.mark.parametrize("enabling", [True, False])
def test_a_decision_is_the_prestadors_to_know_when_it_changed_its_relacionamento(
    subject: Subject, *, enabling: bool
) -> None:
    before = a_pedido()  # by a person for itself
    subject.port.add_pedido(before, NOW)
    nothing: dict[str, Any] = {} if enabling else {"prestador": None, "relacionamento": None, "pessoa": None}
    subject.port.decide(a_verdict(before, **nothing), NOW, HOJE)
    found = subject.port._client.scan(TableName=subject.port._table)["Items"]
    told = [json.loads(one["evento"]["S"]) for one in found if "evento" in one]
    decided = [one["dados"]["do_prestador"] for one in told if one["tipo"] == "RelacionamentoDecidido"]
    assert decided == [enabling]


@pytest.mark.parametrize("engine_name", [MOTO, EMBEDDED])
def test_who_is_enabled_is_found_by_its_code_and_so_is_who_gets_it_next(subject: Subject) -> None:
    reader = DynamoCadastroReader(subject.port._client, subject.port._table, FixedClock(NOW))
    held = enabled(subject)
    assert reader.prestador_of_code(VALE, "H1") == HOSPITAL
    other = a_pedido(sub="p2", attempt=1, prestador_id=CLINICA)
    subject.port.add_pedido(other, NOW)
    made = replace(held.value, prestador_id=CLINICA)
    unnamed = replace(made, registro_ans=PASA, codigo_na_operadora="")
    subject.port.decide(a_verdict(other, prestador=None, relacionamento=(None, made), pessoa=None), NOW, HOJE)
    assert reader.prestador_of_code(VALE, "H1") == CLINICA
    suspended = rules.suspend(held.value, de=HOJE, ate=None, motivo="m", hoje=HOJE)
    subject.port.change(held, suspended, history(Ato.SUSPENSAO), NOW + timedelta(hours=1), HOJE)
    assert reader.prestador_of_code(VALE, "H1") == CLINICA  # an act that gives no code takes none
    another = a_pedido(sub="p3", attempt=2, prestador_id=CLINICA, registro_ans=PASA)
    subject.port.add_pedido(another, NOW)
    subject.port.decide(a_verdict(another, prestador=None, relacionamento=(None, unnamed), pessoa=None), NOW, HOJE)
    assert reader.prestador_of_code(PASA, "") is None


def test_a_refusal_changes_the_pedido_alone(subject: Subject) -> None:
    before = a_pedido()
    subject.port.add_pedido(before, NOW)
    after = rules.decide(before, S.RECUSADO, quem="op-1", motivo="m", now=NOW)
    subject.port.decide(a_verdict(before, after=after, prestador=None, relacionamento=None, pessoa=None), NOW, HOJE)
    assert subject.port.circumstances(before) == Circumstances(None, (), None, 0)
    assert subject.port.pedidos_of_person("p1") == (after,)
    assert subject.port.pedidos_by(VALE, S.SOLICITADO, None, 10).rows == []
    assert subject.port.pedidos_by(VALE, S.RECUSADO, None, 10).rows == [after]


@pytest.mark.parametrize("what", ["pedido", "prestador", "relacionamento", "pessoa", "gestores"])
def test_a_decision_of_what_has_changed_writes_nothing(subject: Subject, what: str) -> None:
    before = a_pedido()
    subject.port.add_pedido(before, NOW)
    other = a_pedido(sub="p2", attempt=1)
    subject.port.add_pedido(other, NOW)
    verdict = a_verdict(before)
    if what == "pedido":
        only = a_verdict(before, prestador=None, relacionamento=None, pessoa=None)
        subject.port.decide(only, NOW, HOJE)
    elif what in {"prestador", "relacionamento"}:
        parts: dict[str, Any] = {"prestador": None, "relacionamento": None, "pessoa": None}
        del parts[what]
        subject.port.decide(a_verdict(other, **parts), NOW, HOJE)
    else:
        sub = "p1" if what == "pessoa" else "p3"
        subject.contas.bind(None, Pessoa(sub, HOSPITAL, Papel.GESTOR, NOW, "g"), NOW)
    seen = subject.port.circumstances(before)
    with pytest.raises(StaleRelacionamentoError):
        subject.port.decide(verdict, NOW, HOJE)
    assert subject.port.circumstances(before) == seen
    assert (subject.port.pedido_at((VALE,), before.id) == before) is (what != "pedido")


def test_a_relacionamento_is_changed_under_what_was_read(subject: Subject) -> None:
    held = enabled(subject)
    later = NOW + timedelta(hours=1)
    suspended = rules.suspend(held.value, de=HOJE, ate=None, motivo="m", hoje=HOJE)
    changed = subject.port.change(held, suspended, history(Ato.SUSPENSAO, quando=later), later, HOJE)
    assert subject.port.relacionamento(HOSPITAL, VALE) == changed
    assert changed.fonte > held.fonte
    with pytest.raises(StaleRelacionamentoError):
        subject.port.change(held, suspended, history(Ato.SUSPENSAO), later, HOJE)
    assert subject.history(HOSPITAL, VALE) == 2


def enabled(subject: Subject, registro: str = VALE) -> Held:
    before = a_pedido(registro_ans=registro, id=f"pedido-{registro}")
    subject.port.add_pedido(before, NOW)
    value = Relacionamento(HOSPITAL, registro, "H1", (Periodo(S.HABILITADO, HOJE),))
    found = subject.port.circumstances(before)
    verdict = a_verdict(before, found, relacionamento=(None, value), pessoa=None)
    subject.port.decide(replace(verdict, prestador=None if found.prestador else verdict.prestador), NOW, HOJE)
    held = subject.port.relacionamento(HOSPITAL, registro)
    assert held is not None
    assert held.value == value
    return held  # type: ignore[no-any-return]


def test_relacionamentos_and_profiles_are_those_of_the_prestadores_asked(subject: Subject) -> None:
    enabled(subject)
    enabled(subject, PASA)
    found = subject.port.relacionamentos((CLINICA, HOSPITAL))
    assert [(row.value.prestador_id, row.value.registro_ans) for row in found] == [(HOSPITAL, PASA), (HOSPITAL, VALE)]
    assert subject.port.relacionamentos(()) == ()
    assert [row and row.prestador_id for row in subject.port.profiles((CLINICA, HOSPITAL))] == [None, HOSPITAL]
    assert subject.port.relacionamento(CLINICA, VALE) is None


def test_an_operadora_lists_its_relacionamentos_by_what_they_are_today(subject: Subject) -> None:
    held = enabled(subject)
    enabled(subject, PASA)

    def listed(situacao: Situacao, dia: date) -> list[str]:
        page = subject.port.relacionamentos_by(VALE, situacao, dia, None, 10)
        return [row.held.value.prestador_id for row in page.rows]

    assert listed(S.HABILITADO, HOJE) == [HOSPITAL]
    planned = rules.suspend(
        held.value, de=HOJE + timedelta(days=2), ate=HOJE + timedelta(days=3), motivo="m", hoje=HOJE
    )
    subject.port.change(held, planned, history(Ato.SUSPENSAO), NOW + timedelta(minutes=1), HOJE)
    for days, situacao in ((0, S.HABILITADO), (2, S.SUSPENSO), (3, S.SUSPENSO), (4, S.HABILITADO)):
        dia = HOJE + timedelta(days=days)
        assert listed(situacao, dia) == [HOSPITAL], days
        assert listed(S.HABILITADO if situacao is S.SUSPENSO else S.SUSPENSO, dia) == [], days


def test_pages_show_each_row_once(subject: Subject) -> None:
    for number in range(5):
        at = NOW + timedelta(minutes=number)
        subject.port.add_pedido(a_pedido(attempt=number, criado_em=at, id=f"pedido{number}"), at)
    seen, position = [], None
    while True:
        page = subject.port.pedidos_by(VALE, S.SOLICITADO, position, 2)
        seen += [row.id for row in page.rows]
        position = page.position
        if position is None:
            break
    assert seen == [f"pedido{number}" for number in range(5)]


def test_pages_of_relacionamentos_cross_from_what_is_scheduled_to_what_stays(subject: Subject) -> None:
    held = enabled(subject)
    planned = rules.end(held.value, de=HOJE + timedelta(days=9), motivo="m", hoje=HOJE)
    subject.port.change(held, planned, history(Ato.DESCREDENCIAMENTO), NOW + timedelta(minutes=1), HOJE)
    for number in range(3):
        before = a_pedido(attempt=number, prestador_id=f"{CLINICA}{number}", id=f"pedido{number}")
        subject.port.add_pedido(before, NOW)
        value = Relacionamento(f"{CLINICA}{number}", VALE, "C1", (Periodo(S.HABILITADO, HOJE),))
        verdict = a_verdict(before, prestador=None, relacionamento=(None, value), pessoa=None)
        subject.port.decide(verdict, NOW, HOJE)
    seen, position = [], None
    while True:
        page = subject.port.relacionamentos_by(VALE, S.HABILITADO, HOJE, position, 2)
        seen += [row.held.value.prestador_id for row in page.rows]
        position = page.position
        if position is None:
            break
    assert sorted(seen) == sorted([HOSPITAL, *(f"{CLINICA}{number}" for number in range(3))])


RACED = ["fake", pytest.param("embedded", marks=pytest.mark.e2e)]  # moto cannot judge


def at_once(work: Callable[[int], Any], runners: int = 8) -> list[Any]:
    """What several threads, let go at once, came to."""
    start = threading.Barrier(runners)

    def run(number: int) -> Any:
        start.wait()
        while True:
            try:
                return work(number)
            except TransientConflictError:
                continue  # nothing was written: the client repeats the request

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(run, range(runners)))


@pytest.mark.parametrize("engine_name", RACED)
def test_of_many_deciders_at_once_one_wins_and_the_others_are_told(subject: Subject) -> None:
    before = a_pedido()
    subject.port.add_pedido(before, NOW)

    def decide(number: int) -> str:
        asked = Decision(before.id, (VALE,), number % 2 == 0, f"op-{number}", motivo="m")
        try:
            decided = service.decide(asked, rows=subject.port, now=NOW, today=HOJE)
        except (AlreadyDecidedError, StaleRelacionamentoError):
            return ""
        return str(decided.situacao.value)

    won = [answer for answer in at_once(decide) if answer]
    assert len(won) == 1
    stored = subject.port.pedido_at((VALE,), before.id)
    found = subject.port.circumstances(stored)
    assert stored.situacao == won[0]
    yes = won[0] == "HABILITADO"
    assert (found.gestores, len(found.relacionamentos), found.prestador is not None) == (yes, yes, yes)
    assert subject.told(HOSPITAL).count("RelacionamentoDecidido") == 1


@pytest.mark.parametrize("engine_name", RACED)
def test_two_strangers_enabled_at_once_do_not_both_become_the_first_gestor(subject: Subject) -> None:
    pedidos = [a_pedido(sub=f"p{number}") for number in range(4)]
    for pedido in pedidos:
        subject.port.add_pedido(pedido, NOW)

    def decide(number: int) -> bool:
        asked = Decision(pedidos[number].id, (VALE,), habilitar=True, quem="op-1")
        try:
            service.decide(asked, rows=subject.port, now=NOW, today=HOJE)
        except (rules.HasGestorError, StaleRelacionamentoError):
            return False
        return True

    assert sum(at_once(decide, 4)) == 1
    assert subject.port.circumstances(pedidos[0]).gestores == 1


@pytest.mark.parametrize("engine_name", RACED)
def test_the_same_request_sent_many_times_at_once_is_one_pedido(subject: Subject) -> None:
    accounts = FakeIdentidades({"ana@hospital.example": "p1"})

    def ask(_number: int) -> Pedido:
        return service.request(ASKED, sub="p1", rows=subject.port, accounts=accounts, now=NOW, today=HOJE)

    answers = at_once(ask)
    assert len({answer.protocolo_atendimento for answer in answers}) == 1
    assert subject.port.pedidos_of_person("p1") == (answers[0],)
    assert OUTRO_CNPJ not in answers[0].id
