"""Two who want the same thing at the same instant, over real HTTP: one gets it, and what was answered stands."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from local.client import Answer, Client
from tests.e2e.conftest import Deployed
from tests.matriz import races
from tests.matriz.calls import Sent
from tests.matriz.model import Caller
from tests.matriz.races import Store, at_once
from tests.matriz.table import TABLE
from tests.matriz.world import AMS, CADASTRO_TABLE, PASA, Made, Person, World, expect

pytestmark = pytest.mark.e2e

ROUNDS: Final = 6
RACERS: Final = 16
LIMIT: Final = 120
WINDOW: Final = 60
ROWS: Final = {row.name: row for row in TABLE}


def naive(contenders: list[Callable[[Any], tuple[Any, Any]]], store: Store, key: str = "row") -> list[Any]:
    """Every contender's change over one row, all having read it before any writes."""
    readers = threading.Barrier(len(contenders))
    return at_once([partial(store.naive, key, change, readers) for change in contenders])


def outbox(deployed: Deployed, pk: str, tipo: str) -> int:
    """Events of a kind that a partition holds."""
    found = deployed.aws.client("dynamodb").query(
        TableName=CADASTRO_TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={":pk": {"S": pk}, ":sk": {"S": "EVENTO#"}},
        ConsistentRead=True,
    )["Items"]
    return sum(json.loads(row["evento"]["S"])["tipo"] == tipo for row in found)


class TestTwoDecisionsOfOnePedido:
    BODIES: Final = {
        "HABILITADO": {"decisao": "HABILITAR"},
        "RECUSADO": {"decisao": "RECUSAR", "motivo": "Prova da matriz."},
    }

    def test_one_counts_and_stands(self, world: World) -> None:
        deciders = [caller for caller in world.callers if caller.registro == PASA and "cadastro" in str(caller.grupos)]
        tokens = [caller.token for caller in deciders[:2]]
        assert len(set(tokens)) == 2
        wrong = []
        for turn in range(ROUNDS):
            person = world.person()
            pedido = world.asked(person, PASA)
            wanted = ["HABILITADO", "RECUSADO" if turn % 2 else "HABILITADO"]
            path = f"/operadora/relacionamentos/pedidos/{pedido['id']}/decisao"
            statuses = [
                answer.status
                for answer in at_once([
                    partial(Client(world.where["api"], token).request, "POST", path, self.BODIES[state])
                    for token, state in zip(tokens, wanted, strict=True)
                ])
            ]  # fmt: skip
            situacao = person.client.get(f"/relacionamentos/{pedido['id']}")["situacao"]
            enabled = bool(person.client.get("/sessao")["prestadores"])
            wrong += races.one_decision(wanted, statuses, situacao, enabled=enabled)
        assert wrong == []

    def test_the_checker_notices_a_decision_that_does_not_look_again(self) -> None:
        def decide(state: str) -> Callable[[Any], tuple[Any, int]]:
            return lambda seen: (state, 200) if seen == "SOLICITADO" else (seen, 409)

        store = Store({"row": "SOLICITADO"})
        wanted = ["HABILITADO", "RECUSADO"]
        statuses = naive([decide(state) for state in wanted], store)
        assert races.one_decision(wanted, statuses, store.rows["row"], enabled=store.rows["row"] == "HABILITADO")
        assert races.one_decision(wanted, [200, 409], "RECUSADO", enabled=False)
        assert races.one_decision(wanted, [200, 409], "HABILITADO", enabled=False)
        assert races.one_decision(wanted, [200, 409], "HABILITADO", enabled=True) == []


class TestTheLastGestorTakenOutByTwo:
    @staticmethod
    def pair(world: World) -> tuple[Made, Person, str, str]:
        """A prestador with two gestores, and what the API calls each of them."""
        made, second = world.enabled(), world.person()
        other = world.bind(second, "gestor", made.gestor.client)
        (own,) = [row["id"] for row in made.gestor.client.get("/pessoas")["pessoas"] if row["propria"]]
        return made, second, own, other

    @pytest.mark.parametrize(
        ("method", "body"), [("DELETE", None), ("PATCH", {"ativo": False}), ("PATCH", {"papel": "faturista"})],
        ids=["removed", "suspended", "demoted"],
    )  # fmt: skip
    def test_one_stays(self, world: World, deployed: Deployed, method: str, body: Any) -> None:
        wrong = []
        for _ in range(ROUNDS):
            made, second, own, other = self.pair(world)
            statuses = [
                answer.status
                for answer in at_once([
                    partial(made.gestor.client.request, method, f"/pessoas/{other}", body),
                    partial(second.client.request, method, f"/pessoas/{own}", body),
                ])
            ]  # fmt: skip
            wrong += races.one_gestor_left(statuses, self.active(deployed, made.prestador))
        assert wrong == []

    def test_the_only_one_cannot_go_however_often_it_asks_at_once(self, world: World, deployed: Deployed) -> None:
        made = world.enabled()
        (own,) = [row["id"] for row in made.gestor.client.get("/pessoas")["pessoas"]]
        answers = at_once([partial(made.gestor.client.request, "DELETE", f"/pessoas/{own}")] * 8)
        assert {answer.json()["codigo"] for answer in answers} == {"ultimo-gestor"}
        assert self.active(deployed, made.prestador) == 1

    @staticmethod
    def active(deployed: Deployed, prestador: str) -> int:
        """Active gestores, by the rows themselves and not by their counter."""
        found = deployed.aws.client("dynamodb").query(
            TableName=CADASTRO_TABLE,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"PRESTADOR#{prestador}"}, ":sk": {"S": "PESSOA#"}},
            ConsistentRead=True,
        )["Items"]
        return sum(row["papel"]["S"] == "gestor" and row.get("ativo", {}).get("BOOL", True) for row in found)

    def test_the_checker_notices_a_removal_that_counts_before_it_writes(self) -> None:
        def remove(who: str) -> Callable[[Any], tuple[Any, int]]:
            return lambda seen: ((store.rows["row"] or seen) - {who}, 204) if len(seen) > 1 else (seen, 409)

        store = Store({"row": frozenset({"a", "b"})})
        statuses = naive([remove("a"), remove("b")], store)
        assert races.one_gestor_left(statuses, len(store.rows["row"]))
        assert races.one_gestor_left([204, 409], 0)
        assert races.one_gestor_left([204, 409], 1) == []


class TestTheSameInvitationManyTimes:
    def test_one_key_is_one_person_and_one_answer(self, world: World, deployed: Deployed) -> None:
        made, invited = world.enabled(), world.person()
        body = {"email": invited.email, "papel": "faturista"}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        call = partial(made.gestor.client.request, "POST", "/pessoas", body, headers=key)
        before = outbox(deployed, f"PRESTADOR#{made.prestador}", "PessoaVinculada")
        answers = at_once([call] * RACERS)
        people = [row for row in made.gestor.client.get("/pessoas")["pessoas"] if row["email"] == invited.email]
        assert races.one_effect(201, answers, len(people)) == []
        told = outbox(deployed, f"PRESTADOR#{made.prestador}", "PessoaVinculada") - before
        assert races.one_effect(201, answers, told) == []
        again = expect(201, call())
        assert again.content == next(answer.content for answer in answers if answer.status == 201)

    def test_the_checker_notices_a_key_that_is_looked_up_before_the_effect(self) -> None:
        def invite(number: int) -> Callable[[Any], tuple[Any, Answer]]:
            def change(seen: Any) -> tuple[Any, Answer]:
                effects.append(number) if seen is None else None
                kept = seen or f"{number}".encode()
                return kept, Answer(201, {}, kept)

            return change

        effects: list[int] = []
        answers = naive([invite(number) for number in range(RACERS)], Store())
        assert len(races.one_effect(201, answers, len(effects))) == 2
        assert races.one_effect(201, [Answer(201, {}, b"1"), Answer(409, {}, b"")], 1) == []


class TestTheSameLoadResumedByMany:
    def test_it_starts_once_and_ends_as_if_it_had_never_stopped(self, world: World, deployed: Deployed) -> None:
        carga = world.failed_carga(AMS)
        before = outbox(deployed, f"OPERADORA#{AMS}", "CargaRetomada")
        answers = at_once([partial(world.cadastro.request, "POST", f"/operadora/cargas/{carga}/retomada")] * RACERS)
        ended = self.ended(world.cadastro, carga)
        started = outbox(deployed, f"OPERADORA#{AMS}", "CargaRetomada") - before
        assert races.one_start(202, [answer.status for answer in answers], started) == []
        assert (ended["situacao"], ended["tentativa"]) == ("CONCLUIDA", 2)
        assert (ended["lidas"], ended["carregadas"] + ended["inalteradas"]) == (1, 1)
        assert self.executions(deployed, f"{carga}-2") == 1

    @staticmethod
    def ended(client: Client, carga: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while True:
            found: dict[str, Any] = client.get(f"/operadora/cargas/{carga}")
            if found["concluida_em"] and found["tentativa"] == 2:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.1)

    @staticmethod
    def executions(deployed: Deployed, name: str) -> int:
        states = deployed.aws.client("stepfunctions")
        machines = [one for one in states.list_state_machines()["stateMachines"] if "carga-cadastro" in one["name"]]
        pages = states.get_paginator("list_executions").paginate(stateMachineArn=machines[0]["stateMachineArn"])
        return sum(execution["name"] == name for page in pages for execution in page["executions"])

    def test_the_checker_notices_a_start_that_does_not_look_again(self) -> None:
        store = Store({"row": "FALHOU"})
        statuses = naive([lambda seen: ("RETOMADA", 202) if seen == "FALHOU" else (seen, 409)] * 2, store)
        assert races.one_start(202, statuses, len(store.log))
        assert races.one_start(202, [202, 409], 1) == []


class TestTheQuotaOfEligibility:
    CALLERS: Final = 32
    EACH: Final = 8

    def test_never_more_than_the_limit_gets_through_and_no_fewer(self, world: World) -> None:
        row = ROWS["verificarElegibilidade"]
        made = world.enabled()
        caller = world.caller_of(made)
        sent = world.wire.of(row, caller, world.values(caller))
        early_in_the_window()
        started = time.time()
        answers = at_once([partial(many, world, [sent] * self.EACH)] * self.CALLERS)
        windows = int(time.time()) // WINDOW - int(started) // WINDOW + 1
        seen = Counter(answer.status for batch in answers for answer in batch)
        assert seen.keys() <= {200, 429}
        assert races.within(LIMIT, self.CALLERS * self.EACH, seen, windows) == []

    def test_the_checker_notices_a_count_that_is_read_before_it_is_written(self) -> None:
        store = Store({"row": LIMIT - 1})

        def take(seen: Any) -> tuple[Any, int]:
            return (seen + 1, 200) if seen < LIMIT else (seen, 429)

        statuses = Counter({200: LIMIT - 1}) + Counter(naive([take] * self.CALLERS, store))
        assert races.within(LIMIT, LIMIT + self.CALLERS, statuses, 1)
        assert races.within(LIMIT, 256, {200: 120, 429: 136}, 1) == []
        assert races.within(LIMIT, 256, {200: 100, 429: 156}, 1)


def many(world: World, requests: list[Sent]) -> list[Answer]:
    """One after the other."""
    return [world.wire.send(sent) for sent in requests]


def early_in_the_window(need: int = 15) -> None:
    """Wait for the next window of a quota when this one is nearly over."""
    left = WINDOW - time.time() % WINDOW
    if left < need:
        time.sleep(left + 0.05)


def test_a_caller_is_who_it_says(world: World) -> None:
    """The helper's own caller is served as the matrix's are."""
    caller: Caller = world.caller_of(world.others["enabled"])
    row = ROWS["listarPessoas"]
    expect(200, world.wire.send(world.wire.of(row, caller, world.values(caller))))
