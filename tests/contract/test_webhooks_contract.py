"""`alertas.service.webhooks`: `Webhooks` and `Entregas`, the fakes and what they stand for, one suite."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertas.domain import webhooks as rules
from alertas.domain.entregas import GUARDADA, Lugar, Periodo, Resultado, SituacaoEntrega, nova
from alertas.domain.errors import MudouError
from alertas.domain.eventos import publico
from alertas.domain.webhooks import Chave, Falha, Saude, SituacaoWebhook, Webhook
from alertas.dynamodb import chaves
from alertas.dynamodb.entregas import DynamoEntregas
from alertas.dynamodb.webhooks import DynamoWebhooks
from conecta_atos.portas import Page
from conecta_edge.dynamodb import ConditionFailedError, get_item, put
from conecta_edge.rows import until
from tests.builders_alertas import PEG, an_event
from tests.builders_functions import CLINICA, HOSPITAL, NOW
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG as COM_FILA
from tests.contract.engines import Engine
from tests.contract.test_pegs_contract import race
from tests.fakes import Kept
from tests.fakes_webhooks import FakeEntregas, FakeWebhooks

ENGINES = [FAKE, EMBEDDED]
"""Moto is no judge of races, and takes ten times as long."""
PENDENTE, ENTREGUE, ESGOTADA, RETIDA = SituacaoEntrega
LUGAR = Lugar(HOSPITAL, "w1", f"peg/{PEG}")
ALL = Periodo("0", "9")
FAILED = Resultado(duracao_ms=7, status=500, falha=Falha.RECUSADA)
WORKED = Resultado(duracao_ms=7, status=204)


@pytest.fixture
def table(engine: Engine | None) -> str:
    return engine.table("alertas", ordem=chaves.ORDEM, chaves=COM_FILA) if engine else ""


@pytest.fixture
def webhooks(engine: Engine | None, table: str) -> Any:
    return DynamoWebhooks(engine.dynamodb, table) if engine else FakeWebhooks()


@pytest.fixture
def entregas(engine: Engine | None, table: str) -> Any:
    return DynamoEntregas(engine.dynamodb, table) if engine else FakeEntregas()


def a_webhook(which: str = "w1", whose: str = HOSPITAL, **changes: Any) -> Webhook:
    given: dict[str, Any] = {
        "id": which, "prestador_id": whose, "url": "https://a.example/x", "descricao": "Faturamento",
        "eventos": ("PegPago",), "situacao": SituacaoWebhook.ATIVO, "chaves": (Chave(2), Chave(1, NOW)),
        "criado_em": NOW, "quem": "pessoa-1", "verificado_em": NOW, **changes,
    }  # fmt: skip
    return Webhook(**given)


def a_delivery(minutes: int = 0, entidade: str = LUGAR.entidade, *, retida: bool = False) -> Any:
    event = publico(an_event("PegPago", NOW + timedelta(minutes=minutes), entidade=entidade), HOSPITAL)
    assert event is not None
    return nova(event, "w1", NOW, retida=retida)


# --- webhooks ---


def test_a_webhook_is_kept_whole_and_its_set_counts(webhooks: Any) -> None:
    assert (webhooks.todos(HOSPITAL).webhooks, webhooks.todos(HOSPITAL).versao) == ([], 0)
    one, two, foreign = a_webhook(), a_webhook("w2", eventos=()), a_webhook("w3", CLINICA)
    webhooks.add(one, 0, ())
    webhooks.add(two, 1, ())
    webhooks.add(foreign, 0, ())
    with pytest.raises(MudouError):
        webhooks.add(a_webhook("w4"), 1, ())
    held = webhooks.todos(HOSPITAL)
    assert (sorted(held.webhooks, key=lambda each: each.id), held.versao) == ([one, two], 2)
    assert webhooks.um(HOSPITAL, "w1") == one
    assert webhooks.um(CLINICA, "w1") is None


def test_of_many_who_register_at_once_one_finds_the_set_as_it_read_it(webhooks: Any) -> None:
    def add(place: int) -> str:
        try:
            webhooks.add(a_webhook(f"w{place}"), 0, ())
        except MudouError:
            return "perdeu"
        return "ganhou"

    assert race(add).count("ganhou") == 1
    assert len(webhooks.todos(HOSPITAL).webhooks) == 1


def test_a_webhook_is_replaced_as_it_was_read(webhooks: Any) -> None:
    one = a_webhook()
    webhooks.add(one, 0, ())
    after = rules.advance(one, rules.PAUSAR, NOW)
    webhooks.change(one, after)
    with pytest.raises(MudouError):
        webhooks.change(one, rules.advance(one, rules.RETIRAR, NOW))
    assert webhooks.um(HOSPITAL, "w1") == after


def test_a_kept_answer_is_written_along_or_nothing_is(webhooks: Any, engine: Engine | None, table: str) -> None:
    done: list[str] = []
    kept: Any = Kept(possible=lambda: True, apply=lambda: done.append("x"))
    if engine:
        kept = put(table, {"pk": "K", "sk": "K"}, "attribute_not_exists(pk)")
    webhooks.add(a_webhook(), 0, (kept,))
    if engine:
        assert get_item(engine.dynamodb, table, {"pk": "K", "sk": "K"})
        with pytest.raises(ConditionFailedError):
            webhooks.add(a_webhook("w2"), 1, (kept,))
        assert webhooks.um(HOSPITAL, "w2") is None
    else:
        assert done == ["x"]


def test_one_that_was_switched_off_is_told_of_and_a_withdrawn_one_ends_by_itself(
    webhooks: Any, engine: Engine | None, table: str
) -> None:
    one = a_webhook()
    webhooks.add(one, 0, ())
    off = rules.advance(one, rules.DESLIGAR, NOW)
    webhooks.change(one, off, aviso="FALHOU_3_DIAS", now=NOW)
    gone = rules.advance(off, rules.RETIRAR, NOW)
    webhooks.change(off, gone)
    if engine is None:
        assert webhooks.avisos == ["FALHOU_3_DIAS"]
        return
    (row,) = engine.outbox(table, HOSPITAL)
    told = json.loads(row["evento"])
    assert (told["tipo"], told["entidade"]) == ("WebhookDesligado", "webhook/w1")
    assert told["dados"] == {
        "webhook": "w1", "host": "a.example", "motivo": "FALHOU_3_DIAS", "desde": "2026-11-21T12:00:00.000000Z",
    }  # fmt: skip
    held = get_item(engine.dynamodb, table, chaves.webhook_key(HOSPITAL, "w1"))
    assert held is not None
    assert held["ttl"] == until(NOW + GUARDADA)


def test_how_it_is_doing_is_kept_apart_and_the_last_to_look_loses(webhooks: Any) -> None:
    one = a_webhook()
    webhooks.add(one, 0, ())
    fresh = webhooks.saude(one)
    assert fresh == Saude(prestador_id=HOSPITAL, webhook="w1")
    assert [webhooks.write_saude(fresh.failed(NOW, timedelta(minutes=1))) for _ in range(2)] == [True, False]
    held = webhooks.saude(one)
    assert (held.falhas, held.versao) == (1, 1)
    webhooks.write_saude(held.worked())
    assert webhooks.saude(one) == replace(fresh, versao=2)


def test_of_many_who_would_see_whether_it_works_again_one_does(webhooks: Any) -> None:
    one = a_webhook()
    webhooks.add(one, 0, ())
    held = webhooks.saude(one).failed(NOW, timedelta(minutes=1))
    webhooks.write_saude(held)
    assert race(lambda _place: webhooks.write_saude(held.asked(NOW + timedelta(minutes=2)))).count(True) == 1
    assert webhooks.saude(one).tentar_em == NOW + timedelta(minutes=2)


# --- deliveries ---


def test_what_is_put_in_waits_in_its_line_once(entregas: Any) -> None:
    one = a_delivery()
    for _ in range(2):
        entregas.put(one, NOW)
    assert entregas.uma(HOSPITAL, "w1", one.id) == one
    assert entregas.uma(HOSPITAL, "w2", one.id) is None
    linha = entregas.linha(LUGAR)
    assert (linha.proxima, linha.tentativas, linha.postas, linha.versao) == (NOW, 0, 1, 0)
    assert entregas.linha(replace(LUGAR, entidade="peg/outro")) is None


def test_the_first_of_a_line_is_the_oldest_event_that_waits(entregas: Any) -> None:
    assert entregas.primeira(LUGAR) is None
    late, early, other = a_delivery(5), a_delivery(1), a_delivery(0, "peg/2611200000070")
    for one in (late, early, other, a_delivery(0, retida=True)):
        entregas.put(one, NOW)
    assert entregas.primeira(LUGAR) == early
    entregas.write(early, early.attempted(FAILED, NOW), NOW)
    assert entregas.primeira(LUGAR).tentativas[0].falha is Falha.RECUSADA
    entregas.write(entregas.primeira(LUGAR), early.attempted(FAILED, NOW).attempted(WORKED, NOW), NOW)
    assert entregas.primeira(LUGAR) == late


def test_a_delivery_is_replaced_as_it_was_read(entregas: Any) -> None:
    one = a_delivery()
    entregas.put(one, NOW)
    entregas.write(one, one.attempted(WORKED, NOW), NOW)
    with pytest.raises(MudouError):
        entregas.write(one, one.withheld(), NOW)
    assert entregas.uma(HOSPITAL, "w1", one.id).situacao is ENTREGUE


def test_one_that_is_sent_off_again_stands_in_its_line_again(entregas: Any) -> None:
    one = a_delivery(retida=True)
    entregas.put(one, NOW)
    assert entregas.linha(LUGAR) is None
    entregas.write(one, one.again(), NOW + timedelta(minutes=1))
    assert entregas.linha(LUGAR).proxima == NOW + timedelta(minutes=1)
    assert entregas.primeira(LUGAR) == one.again()


def test_a_line_is_moved_by_one_and_closed_only_when_nothing_came(entregas: Any) -> None:
    entregas.put(a_delivery(), NOW)
    linha = entregas.linha(LUGAR)
    held = replace(linha, proxima=NOW + timedelta(minutes=2), tentativas=1, versao=1)
    assert entregas.write_linha(linha, held)
    assert not entregas.write_linha(linha, held)
    entregas.put(a_delivery(1), NOW)
    assert entregas.linha(LUGAR) == replace(held, postas=2)
    over = replace(held, proxima=None, tentativas=0, versao=2)
    assert not entregas.write_linha(held, over)
    assert entregas.write_linha(replace(held, postas=2), over)
    assert entregas.linha(LUGAR) == replace(over, postas=2)
    entregas.put(a_delivery(2), NOW)
    assert entregas.linha(LUGAR).proxima == NOW


def test_of_many_who_come_for_a_line_one_has_it(entregas: Any) -> None:
    entregas.put(a_delivery(), NOW)
    linha = entregas.linha(LUGAR)
    held = replace(linha, proxima=NOW + timedelta(minutes=2), versao=1)
    assert race(lambda _place: entregas.write_linha(linha, held)).count(True) == 1


def test_of_many_things_told_at_once_of_one_entity_each_stands_in_its_line(entregas: Any) -> None:
    many = race(lambda place: entregas.put(a_delivery(place), NOW))
    assert entregas.linha(LUGAR).postas == len(many)
    assert len(entregas.registro(a_webhook(), ALL, None, 99).rows) == len(many)


def test_lines_that_are_due_are_found_and_those_closed_or_to_come_are_not(entregas: Any) -> None:
    for number in range(5):
        entregas.put(a_delivery(0, f"autorizacao/345695/{number}"), NOW + timedelta(minutes=number))
    first = replace(LUGAR, entidade="autorizacao/345695/0")
    linha = entregas.linha(first)
    entregas.write_linha(linha, replace(linha, proxima=None, versao=1))
    due = entregas.vencidas(NOW + timedelta(minutes=3, seconds=1), 400)
    assert sorted(one.entidade for one in due) == [f"autorizacao/345695/{number}" for number in (1, 2, 3)]
    assert {(one.prestador_id, one.webhook) for one in due} == {(HOSPITAL, "w1")}


def test_a_log_is_read_newest_first_between_instants_and_by_what_became_of_each(entregas: Any) -> None:
    made = [a_delivery(number) for number in range(6)]
    for one in made:
        entregas.put(one, NOW)
    for one, ended in ((made[0], made[0].withheld()), (made[1], made[1].attempted(WORKED, NOW))):
        entregas.write(one, ended, NOW)
    old = replace(made[2].attempted(FAILED, NOW), situacao=ESGOTADA)
    entregas.write(made[2], old, NOW)
    webhook = a_webhook()
    newest = [one.id for one in reversed(made)]
    first = entregas.registro(webhook, ALL, None, 4)
    rest = entregas.registro(webhook, ALL, first.position, 4)
    assert ([one.id for one in (*first.rows, *rest.rows)], rest.position) == (newest, None)
    early = entregas.registro(webhook, ALL, None, 4, recentes=False)
    late = entregas.registro(webhook, ALL, early.position, 4, recentes=False)
    assert [one.id for one in (*early.rows, *late.rows)] == newest[::-1]
    some = Periodo(made[1].id[:18], made[3].id[:18])
    assert [one.id for one in entregas.registro(webhook, some, None, 9).rows] == newest[2:5]
    for situacao, which in ((RETIDA, [0]), (ENTREGUE, [1]), (ESGOTADA, [2]), (PENDENTE, [5, 4, 3])):
        listed = entregas.registro(webhook, replace(ALL, situacao=situacao), None, 9).rows
        assert [one.id for one in listed] == [made[place].id for place in which]
    assert entregas.registro(a_webhook("w2"), ALL, None, 9) == Page([], None)


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_rows_end_by_themselves_and_hold_no_secret(engine: Engine, table: str) -> None:
    port = DynamoEntregas(engine.dynamodb, table)
    one = a_delivery()
    port.put(one, NOW)
    rows = list(engine.rows(table, chaves.saida_pk(HOSPITAL, "w1")))
    assert {row["sk"].partition("#")[0] for row in rows} == {"ENTREGA", "LINHA"}
    assert {row["ttl"] for row in rows} == {until(NOW + GUARDADA)}
    assert "whs_" not in json.dumps(rows, default=str)
