"""Whatever fails and whoever dies: every event arrives, and those of one thing in the order in which they happened."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alertas.domain.entregas import Lugar, Resultado, SituacaoEntrega
from alertas.domain.webhooks import Falha
from alertas.service import entregas, webhooks
from alertas.service.webhooks import Pedido
from tests.builders_alertas import an_event
from tests.builders_functions import HOSPITAL, NOW
from tests.fakes_webhooks import Saida

FAILED = Resultado(duracao_ms=9, status=500, falha=Falha.RECUSADA)
THINGS = ("peg/1", "peg/2")
STEPS = st.lists(
    st.tuples(st.sampled_from(("tell", "twice", "deliver", "fail", "die", "lose", "wait")), st.sampled_from(THINGS)),
    max_size=40,
)


class DiedError(BaseException):
    """The process is gone, after the endpoint took what it was sent."""


class Run(Saida):
    """A webhook that is told of two things, step by step."""

    def __init__(self) -> None:
        super().__init__()
        asked = Pedido(url="https://a.example/x", descricao="x", eventos=())
        made = webhooks.create(HOSPITAL, asked, "p", self.portas, contar=lambda: None, guardar=lambda _left: ())
        self.webhook = webhooks.verify(made, self.portas, versao=None, guardar=lambda _left: ())
        self.ouvinte.got.clear()
        self.told: list[tuple[str, str]] = []
        self.minute = 0

    def step(self, what: str, thing: str) -> None:
        match what:
            case "tell" | "twice":
                self.minute += 1
                event = an_event("PegAnalisado", NOW + timedelta(minutes=self.minute), entidade=thing)
                for _ in range(2 if what == "twice" else 1):
                    entregas.announce(event, HOSPITAL, self.portas)
                self.told.append((thing, event["id"]))
            case "deliver":
                self.deliver(thing)
            case "fail":
                self.ouvinte.answers = [FAILED]
                self.deliver(thing)
                self.ouvinte.answers = []
            case "die" | "lose":
                sent = len(self.ouvinte.got)

                def die() -> None:
                    # Before the endpoint took anything, or with the answer on its way back.
                    if what == "lose" or len(self.ouvinte.got) > sent:
                        raise DiedError

                self.ouvinte.meanwhile = die
                self.entregas.before_write = die
                with suppress(DiedError):
                    self.deliver(thing)
                self.ouvinte.meanwhile = self.entregas.before_write = lambda: None
            case _:
                self.agora += timedelta(minutes=3)

    def deliver(self, thing: str) -> None:
        entregas.deliver(Lugar(HOSPITAL, self.webhook.id, thing), self.portas)

    def settle(self) -> None:
        """The sweep comes every five minutes, for a while."""
        for _ in range(40):
            self.agora += timedelta(minutes=5)
            self.fila.sent.clear()
            entregas.resume(self.portas)
            for lugar, _ in [*self.fila.sent]:
                self.deliver(lugar.entidade)


@given(STEPS)
def test_every_event_arrives_and_those_of_one_thing_in_order(
    steps: list[tuple[str, str]],
) -> None:
    run = Run()
    for what, thing in steps:
        run.step(what, thing)
    run.settle()
    assert {one.situacao for one in run.entregas.rows.values()} <= {SituacaoEntrega.ENTREGUE}
    assert all(linha.proxima is None for linha in run.entregas.linhas.values())
    for thing in THINGS:
        came = [body["id"] for body, _ in run.ouvinte.got if body["entidade"] == thing]
        once = [one for place, one in enumerate(came) if place == 0 or came[place - 1] != one]
        assert once == [one for of, one in run.told if of == thing]
