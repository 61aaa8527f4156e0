"""The sweep: in pieces that end, repeated, cut, late or beside others' acts, always with the same result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from autorizacao.dynamodb import chaves
from autorizacao.dynamodb.autorizacoes import DynamoAutorizacoes
from autorizacao.service import varredura
from autorizacao.service.portas import Guardada, Mudanca
from autorizacao.service.varredura import Nome, Posicao, Varrida, sweep
from conecta_edge import session
from conecta_edge.clock import FixedClock, local_day
from conecta_edge.pseudonyms import Pseudonyms
from conecta_senhas import transicoes as t
from conecta_senhas import vencimentos
from conecta_senhas.autorizacoes import Autorizacao, Evento, Situacao
from conecta_senhas.errors import MudouError, TransicaoInvalidaError
from conecta_senhas.vencimentos import proximo
from tests.builders_autorizacao import (
    CENTRAL,
    PRESTADOR,
    VALIDADE,
    a_pending,
    a_request,
    a_stay_authorization,
    an_authorization,
    an_item,
    in_situation,
)
from tests.builders_cadastro import HOJE
from tests.builders_functions import HOSPITAL, PASA, VALE

DIA = timedelta(days=1)
DEPOIS = VALIDADE + DIA
VIDA = "a" * 32


def at(dia: date) -> datetime:
    return datetime.combine(dia, time(15), UTC)


class Stored:
    """Authorizations and what is due of them, one part; each write under its condition."""

    def __init__(self) -> None:
        self.rows: dict[Nome, tuple[Guardada, date | None]] = {}
        self.writes: list[Nome] = []
        self.beside: Callable[[Mudanca], None] = lambda _mudanca: None

    def add(self, held: Autorizacao, dia: date = HOJE) -> None:
        self.rows[held.solicitacao.registro_ans, held.numero] = (Guardada(held, VIDA), proximo(held, dia))

    def of(self, numero: str, registro: str = VALE) -> Autorizacao:
        return self.rows[registro, numero][0].autorizacao

    def many(self, registro_ans: str, numeros: Sequence[str]) -> list[Guardada | None]:
        found = (self.rows.get((registro_ans, numero)) for numero in numeros)
        return [row[0] if row else None for row in found]

    def write(self, mudancas: Sequence[Mudanca], *, now: datetime, correlacao: str, **_more: Any) -> None:
        (mudanca,) = mudancas
        self.beside(mudanca)
        held = mudanca.depois.autorizacao
        name = held.solicitacao.registro_ans, held.numero
        if mudanca.antes is None or self.rows[name][0] != mudanca.antes:
            raise MudouError
        assert correlacao == f"varredura-{local_day(now)}"
        self.rows[name] = (mudanca.depois, mudanca.proximo or proximo(held, local_day(now)))
        self.writes.append(name)

    def partes(self) -> Sequence[int]:
        return (0,)

    def vencidas(self, parte: int, ate: date, posicao: Posicao, limite: int) -> tuple[Sequence[Nome], Posicao]:
        after = (posicao or {}).get("sk", "")
        due = sorted(
            (f"{dia}#{'#'.join(name)}", name) for name, (_, dia) in self.rows.items() if dia is not None and dia <= ate
        )
        rest = [found for found in due if found[0] > after]
        page = rest[:limite]
        return [name for _, name in page], {"sk": page[-1][0]} if len(rest) > limite else None

    def sweep(self, dia: date, posicao: Posicao = None) -> Varrida:
        return sweep(0, posicao, vencimentos_=self, autorizacoes=self, now=at(dia), hoje=dia)  # type: ignore[arg-type]


@pytest.fixture
def stored() -> Stored:
    return Stored()


def numbered(place: int, **changes: Any) -> Autorizacao:
    return an_authorization(numero=f"26110000{place:06d}", **changes)


def test_what_is_due_moves_on_and_what_is_not_stays(stored: Stored) -> None:
    stored.add(numbered(1))
    stored.add(numbered(2, validade=VALIDADE + 2 * DIA))
    stored.add(a_pending(Situacao.AGUARDANDO_DOCUMENTO, numero="3", solicitacao=a_request(registro_ans=PASA)))
    assert stored.sweep(DEPOIS) == Varrida(3, 0, 0, None)
    assert stored.of("26110000000001").situacao is Situacao.EXPIRADA
    assert [marco.evento for marco in stored.of("26110000000002").historico] == [Evento.SENHA_A_VENCER]
    assert stored.of("3", PASA).situacao is Situacao.EM_ANALISE


def test_swept_twice_the_second_finds_nothing(stored: Stored) -> None:
    stored.add(numbered(1))
    stored.sweep(DEPOIS)
    before = dict(stored.rows)
    assert stored.sweep(DEPOIS) == Varrida(0, 0, 0, None)
    assert stored.rows == before


def test_a_part_is_swept_in_pieces_and_cut_anywhere_ends_the_same(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(varredura, "PAGINA", 2)
    monkeypatch.setattr(varredura, "PAGINAS", 2)
    for place in range(9):
        stored.add(numbered(place))
    first = stored.sweep(DEPOIS)
    assert (first.feitas, first.posicao is None) == (4, False)
    again = stored.sweep(DEPOIS)  # the position was lost with the execution
    assert again.feitas == 4
    assert stored.sweep(DEPOIS, again.posicao) == Varrida(1, 0, 0, None)
    assert {held.autorizacao.situacao for held, _ in stored.rows.values()} == {Situacao.EXPIRADA}


def test_days_that_nobody_swept_are_made_up_for(stored: Stored) -> None:
    stored.add(numbered(1))
    assert stored.sweep(DEPOIS + 40 * DIA).feitas == 1
    assert stored.of("26110000000001").historico[-1].quando == at(DEPOIS + 40 * DIA)


def test_an_act_that_comes_first_wins_and_the_next_sweep_looks_again(stored: Stored) -> None:
    stay = a_stay_authorization()
    stored.add(stay)

    def told(_mudanca: Mudanca) -> None:
        stored.beside = lambda _again: None
        held = t.admit(stay, HOJE, replace(PRESTADOR, hoje=DEPOIS))
        stored.rows[VALE, stay.numero] = (Guardada(held, VIDA), DEPOIS)

    stored.beside = told
    assert stored.sweep(DEPOIS) == Varrida(0, 0, 1, None)
    assert stored.of(stay.numero).admissao == HOJE
    assert stored.sweep(DEPOIS) == Varrida(0, 1, 0, None)
    assert stored.rows[VALE, stay.numero][1] is None


def test_one_that_cannot_be_moved_on_does_not_keep_the_others(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.add(numbered(1))
    stored.add(numbered(2))
    whole = vencimentos.vencer

    def refuses(held: Autorizacao, *more: Any) -> Any:
        if held.numero.endswith("1"):
            raise TransicaoInvalidaError(held.situacao)
        return whole(held, *more)

    monkeypatch.setattr(vencimentos, "vencer", refuses)
    assert stored.sweep(DEPOIS) == Varrida(1, 0, 1, None)


def test_a_complement_of_an_open_stay_waits_for_tomorrow_and_expires_after_the_discharge(stored: Stored) -> None:
    stay = t.admit(a_stay_authorization(numero="1"), HOJE, PRESTADOR)
    stored.add(stay)
    stored.add(numbered(2, principal="1"))
    assert stored.sweep(DEPOIS) == Varrida(0, 1, 0, None)
    assert stored.rows[VALE, "26110000000002"][1] == DEPOIS + DIA
    stored.add(t.discharge(stay, DEPOIS, replace(PRESTADOR, hoje=DEPOIS), motivo_alta="11"), DEPOIS)
    assert stored.sweep(DEPOIS + DIA).feitas == 2
    assert {held.autorizacao.situacao for held, _ in stored.rows.values()} == {Situacao.EXPIRADA}


def test_a_used_complement_of_an_open_stay_is_not_looked_at_twice_a_day(stored: Stored) -> None:
    stored.add(t.admit(a_stay_authorization(numero="1"), HOJE, PRESTADOR))
    stored.add(in_situation(Situacao.UTILIZADA, numero="2", principal="1"))
    dia = VALIDADE - 15 * DIA
    assert stored.sweep(dia) == Varrida(0, 1, 0, None)
    assert stored.rows[VALE, "2"][1] == DEPOIS
    assert stored.sweep(DEPOIS) == Varrida(0, 1, 0, None)
    assert stored.rows[VALE, "2"][1] is None


def test_whose_parent_is_not_there_or_whose_row_is_gone_is_no_trouble(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.add(numbered(1, principal="9"))
    stored.add(numbered(2))
    whole = stored.many

    def some(registro_ans: str, numeros: Sequence[str]) -> list[Guardada | None]:
        found = whole(registro_ans, numeros)
        return [held if held and held.autorizacao.numero.endswith("1") else None for held in found]

    monkeypatch.setattr(stored, "many", some)
    assert stored.sweep(DEPOIS) == Varrida(1, 0, 0, None)


def test_nobody_says_why_or_acts_in_a_person_s_name(stored: Stored) -> None:
    stored.add(numbered(1, solicitacao=a_request(an_item().solicitado)))
    stored.sweep(DEPOIS)
    marco = stored.of("26110000000001").historico[-1]
    assert (marco.papel, marco.quem, marco.motivo) == ("SISTEMA", "varredura", None)
    assert CENTRAL.quem != marco.quem


# --- over a table, by the workflow's own steps ---


class Machine:
    """`expiracao-autorizacoes` as Step Functions runs it, JSON between its steps."""

    def __init__(self, handler: Callable[[Mapping[str, Any], Any], dict[str, Any]]) -> None:
        self._handler = handler

    def step(self, **event: Any) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(json.dumps(self._handler(json.loads(json.dumps(event)), None)))
        return found

    def run(self) -> list[dict[str, Any]]:
        pieces = []
        for parte in self.step(acao="planejar-varredura")["partes"]:
            state = {"parte": parte, "posicao": None, "mais": True}
            while state["mais"]:
                state = self.step(acao="varrer", parte=state["parte"], posicao=state["posicao"])
                pieces.append(state)
        return pieces


@pytest.fixture
def table(moto: Any, function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> DynamoAutorizacoes:
    name, pseudonyms = function_environment["TABELA_AUTORIZACAO"], Pseudonyms(b"chave")
    texts = ("pk", "sk", "vencimento_pk", "vencimento_sk")
    moto.dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": text, "AttributeType": "S"} for text in texts],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "vencimento",
                "KeySchema": [
                    {"AttributeName": "vencimento_pk", "KeyType": "HASH"},
                    {"AttributeName": "vencimento_sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    monkeypatch.setattr(session, "pseudonyms", lambda: pseudonyms)
    return DynamoAutorizacoes(moto.dynamodb, name, pseudonyms)


def clocked(monkeypatch: pytest.MonkeyPatch, when: datetime) -> Machine:
    from autorizacao.handler import fluxo  # noqa: PLC0415

    monkeypatch.setattr(session, "clock", lambda: FixedClock(when))
    return Machine(fluxo.handler)


def born(table: DynamoAutorizacoes, place: int, **changes: Any) -> str:
    guia = f"G-{place}"
    made = t._step(numbered(place, solicitacao=a_request(numero_guia_prestador=guia)), PRESTADOR, Evento.SOLICITADA)
    held = replace(made, **changes)
    table.write([Mudanca(None, Guardada(held, VIDA))], now=at(HOJE), correlacao="c")
    return held.numero


def test_the_workflow_expires_what_is_due_in_every_shard_one_minute_after_local_midnight(
    moto: Any, table: DynamoAutorizacoes, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], list[Any]]
) -> None:
    monkeypatch.setattr(varredura, "PAGINA", 2)
    monkeypatch.setattr(varredura, "PAGINAS", 1)
    numeros = [born(table, place) for place in range(1, 17)]
    before, after = (datetime.combine(DEPOIS, clock, UTC) for clock in (time(2, 59), time(3, 0)))
    clocked(monkeypatch, before).run()
    assert {held.autorizacao.situacao for held in table.many(VALE, numeros) if held} == {Situacao.AUTORIZADA}
    pieces = clocked(monkeypatch, after).run()
    assert sum(piece["feitas"] for piece in pieces) == len(numeros)
    assert max(sum(piece["parte"] == parte for piece in pieces) for parte in range(chaves.SHARDS)) > 1
    assert {held.autorizacao.situacao for held in table.many(VALE, numeros) if held} == {Situacao.EXPIRADA}
    assert {line["level"] for line in logged()} == {"INFO"}
    assert sum(piece["feitas"] + piece["adiadas"] for piece in clocked(monkeypatch, after).run()) == 0
    told = [
        json.loads(row["evento"])["tipo"]
        for row in (
            {name: value.get("S") for name, value in item.items()}
            for item in moto.dynamodb.query(
                TableName=table._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
                ExpressionAttributeValues={":pk": {"S": f"PRESTADOR#{HOSPITAL}"}, ":sk": {"S": "EVENTO#"}},
            )["Items"]
        )
    ]
    assert sorted(told) == sorted(["AutorizacaoSolicitada", "SenhaAVencer", "AutorizacaoExpirada"] * len(numeros))


def test_the_row_of_one_whose_stay_is_open_moves_to_tomorrow(
    table: DynamoAutorizacoes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay = t.admit(a_stay_authorization(numero="1", protocolo="1"), HOJE, PRESTADOR)
    table.write([Mudanca(None, Guardada(stay, VIDA))], now=at(HOJE), correlacao="c")
    numero = born(table, 2, principal="1")
    assert sum(piece["adiadas"] for piece in clocked(monkeypatch, at(DEPOIS)).run()) == 1
    assert sum(piece["adiadas"] for piece in clocked(monkeypatch, at(DEPOIS)).run()) == 0
    held = table.get(VALE, numero)
    assert held is not None
    assert (held.autorizacao.situacao, held.autorizacao.versao) == (Situacao.AUTORIZADA, 2)


def test_a_failure_is_logged_and_an_unknown_step_is_one(
    table: DynamoAutorizacoes, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], list[Any]]
) -> None:
    machine = clocked(monkeypatch, at(HOJE))
    assert machine.step(acao="registrar-falha", erro={"Error": "States.Timeout"}) == {"erro": "States.Timeout"}
    assert machine.step(acao="registrar-falha") == {"erro": "desconhecido"}
    assert [(line["level"], line["erro"]) for line in logged()] == [
        ("ERROR", "States.Timeout"),
        ("ERROR", "desconhecido"),
    ]
    with pytest.raises(ValueError, match="limpar"):
        machine.step(acao="limpar")


def test_what_was_lost_to_others_is_a_warning(
    table: DynamoAutorizacoes, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], list[Any]]
) -> None:
    born(table, 1)

    def taken(*_arguments: Any, **_named: Any) -> None:
        raise MudouError

    monkeypatch.setattr(DynamoAutorizacoes, "write", taken)
    assert sum(piece["perdidas"] for piece in clocked(monkeypatch, at(DEPOIS)).run()) == 1
    assert "WARNING" in {line["level"] for line in logged()}
