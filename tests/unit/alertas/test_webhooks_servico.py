"""Webhooks: registered, proved, told what happens, in order, and given up when nobody listens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertas.domain import webhooks as rules
from alertas.domain.entregas import TENTATIVAS, Lugar, Periodo, Resultado, SituacaoEntrega, espera
from alertas.domain.errors import MudouError
from alertas.domain.webhooks import (
    VIVOS,
    EnderecoInvalidoError,
    Falha,
    ProvaFalhouError,
    SituacaoInvalidaError,
    SituacaoWebhook,
    VersaoDiferenteError,
    Webhook,
    WebhookNaoEncontradoError,
    WebhooksDemaisError,
    endereco,
)
from alertas.service import entregas, webhooks
from alertas.service.webhooks import Pedido
from tests.builders_alertas import PEG, an_event
from tests.builders_functions import CLINICA, HOSPITAL, NOW
from tests.fakes_webhooks import RAIZ, Saida

URL = "https://integracao.hospital-aurora.example/conecta"
ENTIDADE = f"peg/{PEG}"
FAILED = Resultado(duracao_ms=9, status=500, falha=Falha.RECUSADA)
GONE = Resultado(duracao_ms=9, status=410, falha=Falha.RECUSADA)
DAY = timedelta(days=1)
PENDENTE, ENTREGUE, ESGOTADA, RETIDA = SituacaoEntrega
NADA = tuple[Any, ...]


def keep(_left: Webhook) -> NADA:
    return ("guardado",)


class NoMoreError(Exception):
    """As many as may be registered for now."""


class House(Saida):
    """A hospital that registers webhooks.

    Attributes:
        contados: how many registrations were counted.
        contaveis: how many may be.
    """

    contados, contaveis = 0, 99

    def contar(self) -> None:
        if self.contados == self.contaveis:
            raise NoMoreError
        self.contados += 1

    def create(self, eventos: tuple[str, ...] = (), url: str = URL, whose: str = HOSPITAL) -> Webhook:
        asked = Pedido(url=url, descricao="Faturamento", eventos=eventos)
        return webhooks.create(whose, asked, "pessoa-1", self.portas, contar=self.contar, guardar=keep)

    def active(self, eventos: tuple[str, ...] = ()) -> Webhook:
        return webhooks.verify(self.create(eventos), self.portas, versao=None, guardar=keep)

    def act(self, webhook: Webhook, ato: str, versao: int | None = None) -> Webhook:
        return webhooks.act(
            webhook, lambda held: rules.advance(held, ato, self.agora), self.portas, versao=versao, guardar=keep
        )

    def tell(self, tipo: str = "PegAnalisado", minutes: int = 0, **more: Any) -> int:
        return entregas.announce(an_event(tipo, NOW + timedelta(minutes=minutes), **more), HOSPITAL, self.portas)

    def deliver(self, webhook: Webhook, entidade: str = ENTIDADE) -> list[SituacaoEntrega]:
        done = entregas.deliver(Lugar(HOSPITAL, webhook.id, entidade), self.portas)
        return [one.situacao for one in done.entregas]

    def situations(self) -> list[SituacaoEntrega]:
        return [one.situacao for _, one in sorted(self.entregas.rows.items())]


@pytest.fixture
def house() -> House:
    return House()


# --- registering ---


@pytest.mark.regra("WEBHOOK-ENDERECO")
@pytest.mark.parametrize(
    ("url", "codigo"),
    [
        ("http://a.example/x", "endereco-sem-https"),
        ("ftp://a.example", "endereco-sem-https"),
        ("https://u:p@a.example/x", "endereco-invalido"),
        ("https://a.example/x#y", "endereco-invalido"),
        ("https://a.example/\r\nHost: b", "endereco-invalido"),
        ("https://hospitál.example/", "endereco-invalido"),
        ("https://a.example:99999/", "endereco-invalido"),
        ("https://[::1/", "endereco-invalido"),
        ("https://a.example:22/", "porta-recusada"),
        ("https://10.0.0.1/", "nome-recusado"),
        ("https://0x7f000001/", "nome-recusado"),
        ("https://127.0.0x1/", "nome-recusado"),
        ("https://8.8.0x808/", "nome-recusado"),
        ("https://a.localhost/", "nome-recusado"),
        ("https://metadata.google.internal/", "nome-recusado"),
        (f"https://{'a.' * 126}example/", "nome-recusado"),
        ("https://[::1]/", "nome-recusado"),
        ("https://localhost/", "nome-recusado"),
        ("https://servidor/", "nome-recusado"),
        ("https://-a.example/", "nome-recusado"),
        ("https://a.example./", "nome-recusado"),
        ("https:///caminho", "nome-recusado"),
    ],
)
def test_an_endpoint_is_a_public_name_over_https(url: str, codigo: str, house: House) -> None:
    with pytest.raises(EnderecoInvalidoError) as refused:
        house.create(url=url)
    assert refused.value.codigo == codigo
    assert refused.value.motivo.endswith(".")


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://API.A.example:8443/x/y?z=1&w=%20;k", "https://a.xn--p1ai/"]
)
def test_other_addresses_may_be_endpoints(url: str, house: House) -> None:
    assert house.create(url=url).url == url


def test_localhost_is_one_only_where_it_is_allowed() -> None:
    assert endereco("https://localhost:4444/x", local=True) == "https://localhost:4444/x"
    with pytest.raises(EnderecoInvalidoError):
        endereco("https://127.0.0.1:4444/x", local=True)


def test_a_prestador_has_so_many_at_most_and_a_withdrawn_one_makes_room(house: House) -> None:
    made = [house.create() for _ in range(VIVOS)]
    with pytest.raises(WebhooksDemaisError):
        house.create()
    house.act(made[0], rules.RETIRAR)
    assert house.create().situacao is SituacaoWebhook.A_VERIFICAR
    assert house.create(whose=CLINICA).prestador_id == CLINICA


def test_two_who_register_at_once_are_counted_one_after_the_other(house: House) -> None:
    def another() -> None:
        house.webhooks.before_write = lambda: None
        house.create()

    house.webhooks.before_write = another
    house.create()
    assert len(house.webhooks.rows) == house.webhooks.sets[HOSPITAL] == 2
    house.webhooks.before_write = lambda: house.webhooks.sets.update({HOSPITAL: house.webhooks.sets[HOSPITAL] + 1})
    with pytest.raises(MudouError):
        house.create()


def test_who_registers_and_withdraws_without_end_is_stopped(house: House) -> None:
    house.contaveis = 2
    for _ in range(2):
        house.act(house.create(), rules.RETIRAR)
    with pytest.raises(NoMoreError):
        house.create()
    assert len(house.webhooks.rows) == house.webhooks.sets[HOSPITAL] == 2


def test_what_is_refused_is_not_counted_and_what_met_another_is_counted_once(house: House) -> None:
    with pytest.raises(EnderecoInvalidoError):
        house.create(url="https://10.0.0.1/")
    assert house.contados == 0

    def another() -> None:
        house.webhooks.before_write = lambda: None
        house.create()

    house.webhooks.before_write = another
    house.create()
    assert house.contados == len(house.webhooks.rows) == 2
    for _ in range(VIVOS - 2):
        house.create()
    with pytest.raises(WebhooksDemaisError):
        house.create()
    assert house.contados == VIVOS


# --- proving ---


@pytest.mark.regra("WEBHOOK-PROVA")
def test_it_is_active_once_it_proved_to_hold_the_secret(house: House) -> None:
    made = house.create()
    active = webhooks.verify(made, house.portas, versao=1, guardar=keep)
    assert (active.situacao, active.verificado_em) == (SituacaoWebhook.ATIVO, NOW)
    assert house.ouvinte.events == ["WebhookVerificado"]
    assert house.webhooks.kept == ["guardado", "guardado"]


@pytest.mark.regra("WEBHOOK-PROVA")
def test_who_only_echoes_proves_nothing(house: House) -> None:
    made = house.create()
    house.ouvinte.proves = False
    with pytest.raises(ProvaFalhouError) as failed:
        webhooks.verify(made, house.portas, versao=None, guardar=keep)
    assert failed.value.falha is Falha.PROVA_ERRADA


@pytest.mark.parametrize("corpo", [b"", b"ok", b"[1]", b"{}", b'{"prova": 7}', b"[" * 4096])
def test_nor_does_who_answers_something_else(corpo: bytes, house: House) -> None:
    made = house.create()
    house.ouvinte.answers = [Resultado(duracao_ms=1, status=200, corpo=corpo)]
    with pytest.raises(ProvaFalhouError) as failed:
        webhooks.verify(made, house.portas, versao=None, guardar=keep)
    assert (failed.value.falha, failed.value.status) == (Falha.PROVA_ERRADA, 200)


def test_an_endpoint_that_cannot_be_reached_is_told_why(house: House) -> None:
    made = house.create()
    house.ouvinte.answers = [Resultado(duracao_ms=1, falha=Falha.CERTIFICADO)]
    with pytest.raises(ProvaFalhouError) as failed:
        webhooks.verify(made, house.portas, versao=None, guardar=keep)
    assert failed.value.falha is Falha.CERTIFICADO
    assert house.webhooks.rows[HOSPITAL, made.id].situacao is SituacaoWebhook.A_VERIFICAR


def test_what_another_address_proved_counts_for_nothing(house: House) -> None:
    made = house.create()

    def moved() -> None:
        house.ouvinte.meanwhile = lambda: None
        webhooks.alter(made, Pedido(url=f"{URL}/2", descricao="x", eventos=()), house.portas, versao=None, guardar=keep)

    house.ouvinte.meanwhile = moved
    with pytest.raises(MudouError):
        webhooks.verify(made, house.portas, versao=None, guardar=keep)


# --- changing ---


def test_another_address_must_prove_itself_again_and_nothing_is_lost_meanwhile(house: House) -> None:
    active = house.active()
    other = Pedido(url=f"{URL}/2", descricao="Outro", eventos=("PegPago",))
    after = webhooks.alter(active, other, house.portas, versao=2, guardar=keep)
    assert (after.situacao, after.versao, after.eventos) == (SituacaoWebhook.A_VERIFICAR, 3, ("PegPago",))
    assert house.tell("PegPago") == 1
    assert house.situations() == [RETIDA]
    assert not house.fila.sent
    same = webhooks.alter(after, other, house.portas, versao=None, guardar=keep)
    assert same.situacao is SituacaoWebhook.A_VERIFICAR


def test_a_version_that_is_not_the_one_seen_changes_nothing(house: House) -> None:
    active = house.active()
    with pytest.raises(VersaoDiferenteError):
        house.act(active, rules.PAUSAR, versao=1)


def test_acts_that_meet_are_done_one_after_the_other(house: House) -> None:
    active = house.active()
    stale = replace(active, versao=1)
    assert house.act(stale, rules.PAUSAR).versao == active.versao + 1
    house.webhooks.before_write = lambda: house.webhooks.rows.update(
        {(HOSPITAL, one.id): replace(one, versao=one.versao + 1) for one in house.webhooks.rows.values()}
    )
    with pytest.raises(MudouError):
        house.act(active, rules.RETIRAR)


def test_an_act_repeated_changes_nothing_more(house: House) -> None:
    paused = house.act(house.active(), rules.PAUSAR)
    assert paused.parado_em == NOW
    assert house.act(paused, rules.PAUSAR) == paused
    assert house.act(paused, rules.RETOMAR).parado_em is None


@pytest.mark.parametrize("ato", [rules.PAUSAR, rules.RETOMAR])
def test_one_that_was_not_proved_is_neither_paused_nor_resumed(ato: str, house: House) -> None:
    with pytest.raises(SituacaoInvalidaError):
        house.act(house.create(), ato)


def test_of_a_withdrawn_one_nothing_more_is_done(house: House) -> None:
    gone = house.act(house.active(), rules.RETIRAR)
    assert house.act(gone, rules.RETIRAR) == gone
    for act in (
        lambda: webhooks.verify(gone, house.portas, versao=None, guardar=keep),
        lambda: rules.rotate(gone, NOW, DAY),
        lambda: rules.alter(gone, url=URL, descricao="x", eventos=()),
        lambda: webhooks.try_out(gone, house.portas),
    ):
        with pytest.raises(SituacaoInvalidaError):
            act()
    assert house.tell() == 0


def test_a_foreign_one_is_not_there(house: House) -> None:
    made = house.create()
    with pytest.raises(WebhookNaoEncontradoError):
        webhooks.find(CLINICA, made.id, house.portas)


def test_what_happened_before_it_was_there_is_not_told_however_late_it_comes(house: House) -> None:
    house.active()
    assert (house.tell(minutes=-1), house.tell(minutes=0)) == (0, 1)


@pytest.mark.regra("WEBHOOK-ASSINATURA")
def test_while_a_secret_is_replaced_both_sign_and_then_only_the_new_one(house: House) -> None:
    active = house.active()
    rotated = webhooks.act(
        active, lambda held: rules.rotate(held, NOW, DAY), house.portas, guardar=keep
    )  # fmt: skip
    corpo = b"{}"
    for ato, now, chaves in ((1, NOW, {"2", "1"}), (2, NOW + DAY, {"2"})):
        signed = rules.assinatura(rules.segredos(RAIZ, rotated, now), corpo, now)
        by = dict(part.split("=") for part in signed["Conecta-Assinatura"].split(","))
        assert by.keys() == chaves, ato
        secret = rules.segredo(RAIZ, HOSPITAL, active.id, 2)
        assert by["2"] == rules.assinar(secret, signed["Conecta-Timestamp"].encode() + b"." + corpo)
    again = rules.rotate(rotated, NOW, DAY)
    assert [one.id for one in again.chaves_em(NOW)] == [3, 2]


def test_secrets_of_webhooks_and_keys_differ_and_none_tells_another() -> None:
    made = {rules.segredo(RAIZ, whose, which, key) for whose in "ab" for which in "cd" for key in (1, 2)}
    assert len(made) == 8
    assert all(one.startswith("whs_") and len(one) == 47 for one in made)


# --- delivering ---


def test_what_happens_is_sent_signed_once_and_to_whom_it_was_asked_for(house: House) -> None:
    active = house.active(("PegAnalisado",))
    assert (house.tell(), house.tell(), house.tell("PegPago"), house.tell("CargaConcluida")) == (1, 1, 0, 0)
    assert house.deliver(active) == [ENTREGUE]
    assert house.deliver(active) == []
    (body, headers) = house.ouvinte.got[-1]
    assert (body["tipo"], body["entidade"], body["dados"]["protocolo"]) == ("PegAnalisado", ENTIDADE, PEG)
    assert headers["url"] == URL
    assert headers["Conecta-Id"] == body["id"]
    assert (headers["Conecta-Evento"], headers["Conecta-Tentativa"]) == ("PegAnalisado", "1")


def test_one_that_never_proved_itself_is_told_nothing_and_keeps_nothing(house: House) -> None:
    house.create()
    assert house.tell() == 0
    assert not house.entregas.rows


@pytest.mark.regra("WEBHOOK-ENTREGA")
def test_of_one_thing_an_older_event_goes_before_a_newer_one(house: House) -> None:
    active = house.active()
    house.tell("PegLiberado", minutes=2)
    house.tell("PegAnalisado", minutes=1)
    house.ouvinte.answers = [FAILED]
    house.deliver(active)
    assert house.deliver(active) == []  # its time has not come
    house.agora += timedelta(minutes=1)
    assert house.deliver(active) == [ENTREGUE, ENTREGUE]
    assert house.ouvinte.events == ["WebhookVerificado", "PegAnalisado", "PegAnalisado", "PegLiberado"]


def test_one_thing_that_fails_keeps_no_other_waiting(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.tell(minutes=1, entidade="peg/2")
    house.ouvinte.answers = [FAILED]
    house.deliver(active)
    assert house.deliver(active, "peg/2") == [ENTREGUE]


@pytest.mark.regra("WEBHOOK-ENTREGA")
def test_a_failure_is_tried_again_later_and_later_for_a_day_and_then_given_up(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.tell(minutes=2)
    waits, started = [], house.agora
    for _ in range(60):
        house.ouvinte.answers = [FAILED]
        house.deliver(active)
        (linha,) = house.entregas.linhas.values()
        assert linha.proxima is not None
        if ESGOTADA in house.situations():
            break
        waits.append(linha.proxima - house.agora)
        house.agora = linha.proxima + timedelta(minutes=6)
    assert waits[:4] == [timedelta(seconds=15 * 2**n) for n in range(4)]
    assert max(waits) == timedelta(hours=2)
    assert DAY <= house.agora - started < DAY + timedelta(hours=3)
    assert sorted(house.situations()) == [ESGOTADA, PENDENTE]
    first = min(house.entregas.rows.values(), key=lambda one: one.id)
    assert len(first.tentativas) <= TENTATIVAS
    assert first.tentativas[-1].falha is Falha.RECUSADA
    house.agora += timedelta(minutes=6)
    assert house.deliver(active) == [ENTREGUE]  # what comes after what was given up


def test_waits_are_shortened_at_random_by_up_to_half() -> None:
    assert espera(1, 0.0) == timedelta(seconds=15)
    assert espera(1, 1.0) == timedelta(seconds=7.5)
    assert espera(40, 0.0) == timedelta(hours=2)


def test_an_endpoint_that_fails_whatever_it_is_sent_is_left_alone_as_a_whole(house: House) -> None:
    active = house.active()
    for number in range(5):
        house.tell(minutes=1, entidade=f"peg/{number}")
    house.ouvinte.answers = [FAILED] * 9
    told = [house.deliver(active, f"peg/{number}") for number in range(5)]
    assert told == [[PENDENTE], [PENDENTE], [PENDENTE], [], []]
    assert len(house.ouvinte.got) == 1 + 3
    saude = house.webhooks.saudes[active.id]
    assert saude.tentar_em == house.agora + timedelta(minutes=1)
    house.agora += timedelta(minutes=2)
    house.ouvinte.answers = []
    assert house.deliver(active, "peg/4") == [ENTREGUE]
    assert house.webhooks.saudes[active.id].falhas == 0


def failing(house: House, lines: int = 6) -> Webhook:
    """One that failed until it was left alone, which is over; the lines beyond the third were never attempted."""
    active = house.active()
    for number in range(lines):
        house.tell(minutes=1, entidade=f"peg/{number}")
    house.ouvinte.answers = [FAILED] * 3
    for number in range(3):
        house.deliver(active, f"peg/{number}")
    house.agora += timedelta(minutes=2)
    house.ouvinte.got.clear()
    house.fila.sent.clear()
    return active


@pytest.mark.parametrize("answers", [[FAILED], []])
def test_of_all_that_wait_for_one_that_fails_one_alone_is_sent(answers: list[Resultado], house: House) -> None:
    active = failing(house)
    others: list[Any] = []

    def meanwhile() -> None:
        house.ouvinte.meanwhile = lambda: None
        others.extend(house.deliver(active, f"peg/{number}") for number in (4, 5))

    house.ouvinte.meanwhile = meanwhile
    house.ouvinte.answers = list(answers)
    assert house.deliver(active, "peg/3") == [PENDENTE if answers else ENTREGUE]
    assert others == [[], []]
    assert len(house.ouvinte.got) == 1
    wait = entregas.POSSE + timedelta(seconds=15)
    assert [(one.entidade, put_off) for one, put_off in house.fila.sent[:2]] == [("peg/4", wait), ("peg/5", wait)]
    house.agora += wait
    assert house.deliver(active, "peg/4") == [ENTREGUE]


@pytest.mark.parametrize("answers", [[FAILED], []])
def test_of_two_who_would_ask_at_once_the_second_leaves_it_to_the_first(answers: list[Resultado], house: House) -> None:
    active = failing(house)
    first: list[Any] = []

    def before() -> None:
        house.webhooks.before_write = lambda: None
        first.append(house.deliver(active, "peg/4"))
        house.fila.sent.clear()

    house.webhooks.before_write = before
    house.ouvinte.answers = list(answers)
    assert house.deliver(active, "peg/3") == []
    assert first == [[PENDENTE if answers else ENTREGUE]]
    assert len(house.ouvinte.got) == 1
    assert [put_off for _, put_off in house.fila.sent] == [entregas.POSSE + timedelta(seconds=15)]
    assert house.webhooks.saudes[active.id].falhas == (4 if answers else 0)


def test_who_dies_asking_is_followed_by_another(house: House) -> None:
    active = failing(house)

    def die() -> None:
        raise KeyboardInterrupt

    house.ouvinte.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        house.deliver(active, "peg/3")
    house.ouvinte.meanwhile = lambda: None
    assert house.deliver(active, "peg/4") == []
    house.agora += entregas.POSSE + timedelta(seconds=15)
    assert house.deliver(active, "peg/4") == [ENTREGUE]


def test_what_a_clock_that_was_ahead_put_off_does_not_wait_for_it(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.agora += 16 * DAY
    house.ouvinte.answers = [FAILED] * 3
    for _ in range(3):
        house.deliver(active)
        house.agora += timedelta(minutes=2)
    assert house.webhooks.saudes[active.id].tentar_em is not None
    house.agora = NOW
    assert house.deliver(active) == [ENTREGUE]


def test_one_that_fails_for_three_days_is_switched_off_and_what_waits_is_withheld(house: House) -> None:
    active = house.active()
    off = False
    for hour in range(0, 24 * 4, 2):
        house.agora = NOW + timedelta(hours=hour)
        house.tell(minutes=hour * 60 + 1, entidade=f"peg/{hour}")
        house.ouvinte.answers = [FAILED]
        off = entregas.deliver(Lugar(HOSPITAL, active.id, f"peg/{hour}"), house.portas).desligado
        if off:
            break
    assert off
    assert hour == 72
    assert house.webhooks.avisos == ["FALHOU_3_DIAS"]
    assert house.webhooks.rows[HOSPITAL, active.id].situacao is SituacaoWebhook.DESLIGADO
    house.agora += timedelta(hours=3)
    assert house.deliver(active, "peg/70") == [RETIDA]
    assert house.tell(minutes=9999) == 1
    assert house.situations().count(RETIDA) == 2


def test_failures_a_day_apart_are_not_counted_together(house: House) -> None:
    active = house.active()
    for day in (0, 2, 4):
        house.agora = NOW + timedelta(days=day)
        house.tell(minutes=day * 1440 + 1, entidade=f"peg/{day}")
        house.ouvinte.answers = [FAILED]
        house.deliver(active, f"peg/{day}")
    assert house.webhooks.saudes[active.id].falhas == 1
    assert not house.webhooks.avisos


def test_one_that_wants_no_more_is_switched_off_at_once_and_proves_itself_to_be_on_again(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.ouvinte.answers = [GONE]
    house.deliver(active)
    assert house.webhooks.avisos == ["RECUSADO_410"]
    off = house.webhooks.rows[HOSPITAL, active.id]
    on = webhooks.verify(off, house.portas, versao=None, guardar=keep)
    assert (on.situacao, on.parado_em) == (SituacaoWebhook.ATIVO, None)


def test_who_is_switched_off_meanwhile_by_another_is_told_of_once(house: House) -> None:
    active = house.active()
    paused = house.act(active, rules.PAUSAR)
    assert webhooks.switch_off(active, "FALHOU_3_DIAS", house.portas) is False
    assert webhooks.switch_off(paused, "FALHOU_3_DIAS", house.portas) is False
    on = house.act(paused, rules.RETOMAR)

    def busy() -> None:
        (key,) = house.webhooks.rows
        house.webhooks.rows[key] = replace(house.webhooks.rows[key], versao=house.webhooks.rows[key].versao + 1)

    house.webhooks.before_write = busy
    assert webhooks.switch_off(on, "FALHOU_3_DIAS", house.portas) is False
    assert not house.webhooks.avisos


def test_a_line_is_attempted_by_one_and_taken_over_from_who_died(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    seen: list[Any] = []
    house.ouvinte.meanwhile = lambda: seen.append(house.deliver(active))
    assert house.deliver(active) == [ENTREGUE]
    assert seen == [[]]
    house.tell(minutes=2)

    def die() -> None:
        raise KeyboardInterrupt

    house.ouvinte.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        house.deliver(active)
    house.ouvinte.meanwhile = lambda: None
    assert house.deliver(active) == []
    house.agora += entregas.POSSE + timedelta(seconds=1)
    house.fila.sent.clear()
    assert entregas.resume(house.portas) == 1
    assert [lugar.entidade for lugar, _ in house.fila.sent] == [ENTIDADE]
    assert house.deliver(active) == [ENTREGUE]


def test_what_comes_as_a_line_is_closed_is_attempted_too(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)

    def late() -> None:
        house.entregas.before_close = lambda: None
        house.tell(minutes=2)

    house.entregas.before_close = late
    assert house.deliver(active) == [ENTREGUE, ENTREGUE]
    (linha,) = house.entregas.linhas.values()
    assert linha.proxima is None


def test_who_lost_its_line_stops(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.tell(minutes=2)
    (lugar,) = house.entregas.linhas

    def taken() -> None:
        linha = house.entregas.linhas[lugar]
        house.entregas.linhas[lugar] = replace(linha, versao=linha.versao + 7, postas=linha.postas + 1)

    house.entregas.before_close = taken
    assert house.deliver(active) == [ENTREGUE, ENTREGUE]
    assert house.entregas.linhas[lugar].proxima is not None
    assert house.deliver(active, "peg/nenhum") == []


def test_one_that_was_written_by_another_meanwhile_is_left_to_it(house: House) -> None:
    active = house.active()

    def sent_off() -> None:
        house.entregas.before_write = lambda: None
        (key,) = house.entregas.rows
        house.entregas.rows[key] = replace(house.entregas.rows[key], versao=house.entregas.rows[key].versao + 9)

    house.tell(minutes=1)
    for answers in ([], [FAILED]):
        house.entregas.before_write = sent_off
        house.ouvinte.answers = answers
        assert house.deliver(active) == []
        house.agora += entregas.POSSE + timedelta(seconds=1)
    house.act(active, rules.PAUSAR)
    house.entregas.before_write = sent_off
    assert house.deliver(active) == []


def test_who_has_no_more_time_leaves_the_rest_to_the_next(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.tell(minutes=2)

    def slow() -> None:
        house.agora += entregas.JANELA + timedelta(seconds=1)

    house.ouvinte.meanwhile = slow
    house.fila.sent.clear()
    assert house.deliver(active) == [ENTREGUE]
    ((lugar, wait),) = house.fila.sent
    assert (lugar.entidade, wait) == (ENTIDADE, timedelta())


def test_a_long_wait_is_the_sweeps_and_a_short_one_the_queues(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    waits = []
    for _ in range(9):
        house.ouvinte.answers = [FAILED]
        house.fila.sent.clear()
        house.deliver(active)
        waits.append([wait for _, wait in house.fila.sent])
        (linha,) = house.entregas.linhas.values()
        house.agora = (linha.proxima or house.agora) + timedelta(minutes=6)
    assert all(len(one) == 1 for one in waits[:6])
    assert not any(waits[6:])


# --- again ---


def test_what_was_withheld_is_sent_off_when_people_ask_for_it(house: House) -> None:
    active = house.active()
    house.act(active, rules.PAUSAR)
    for minute in (1, 2, 3):
        house.tell(minutes=minute)
    with pytest.raises(SituacaoInvalidaError):
        entregas.send_range_again(house.webhooks.rows[HOSPITAL, active.id], Periodo("0", "9"), None, house.portas)
    on = house.act(house.webhooks.rows[HOSPITAL, active.id], rules.RETOMAR)
    assert entregas.send_range_again(on, Periodo("0", "9", RETIDA), None, house.portas) == (3, None)
    assert entregas.send_range_again(on, Periodo("0", "9"), None, house.portas) == (0, None)
    assert house.deliver(on) == [ENTREGUE] * 3
    assert [one.reenvios for one in house.entregas.rows.values()] == [1, 1, 1]


def test_what_is_sent_off_again_goes_in_order_though_it_is_attempted_at_once(house: House) -> None:
    active = house.active()
    for minute in (1, 2, 3):
        house.tell(minutes=minute)
    house.deliver(active)
    told = len(house.ouvinte.got)
    house.fila.meanwhile = lambda: house.deliver(active)
    assert entregas.send_range_again(active, Periodo("0", "9"), None, house.portas) == (3, None)
    assert [body["ocorrido_em"][14:16] for body, _ in house.ouvinte.got[told:]] == ["01", "02", "03"]


def test_one_delivery_is_sent_off_again_with_the_same_id_and_one_that_waits_is_left(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    (waiting,) = house.entregas.rows.values()
    assert entregas.send_again(active, entregas.find(active, waiting.id, house.portas), house.portas) == waiting
    house.deliver(active)
    again = entregas.send_again(active, entregas.find(active, waiting.id, house.portas), house.portas)
    assert (again.situacao, again.reenvios, again.desde) == (PENDENTE, 1, None)
    house.deliver(active)
    assert len({headers["Conecta-Id"] for _, headers in house.ouvinte.got[1:]}) == 1
    assert house.ouvinte.got[-1][1]["Conecta-Tentativa"] == "2"
    with pytest.raises(WebhookNaoEncontradoError):
        entregas.find(active, "20261122T140311482913-x", house.portas)


def test_one_that_changes_while_it_is_sent_off_is_looked_at_again(house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.deliver(active)
    (made,) = house.entregas.rows.values()
    lost = [True]

    def once() -> None:
        if lost.pop():
            raise MudouError
        lost.append(False)

    house.entregas.before_write = once
    lost[:] = [False, True]
    assert entregas.send_again(active, made, house.portas).situacao is PENDENTE

    def always() -> None:
        raise MudouError

    house.entregas.before_write = lambda: None
    house.deliver(active)
    (made,) = house.entregas.rows.values()
    house.entregas.before_write = always
    with pytest.raises(MudouError):
        entregas.send_again(active, made, house.portas)


@pytest.mark.parametrize(("sent_off", "counted"), [(False, 1), (True, 0)])
def test_one_of_many_that_changes_meanwhile_is_looked_at_again(*, sent_off: bool, counted: int, house: House) -> None:
    active = house.active()
    house.tell(minutes=1)
    house.deliver(active)
    ((key, one),) = house.entregas.rows.items()

    def meanwhile() -> None:
        house.entregas.before_write = lambda: None
        house.entregas.rows[key] = one.again() if sent_off else replace(one, versao=one.versao + 1)

    house.entregas.before_write = meanwhile
    assert entregas.send_range_again(active, Periodo("0", "9"), None, house.portas) == (counted, None)
    assert (house.situations(), house.entregas.rows[key].reenvios) == ([PENDENTE], 1)


def test_many_that_could_not_all_be_sent_off_are_asked_for_again_for_nothing(house: House) -> None:
    active = house.active()
    for minute in (1, 2, 3):
        house.tell(minutes=minute)
    house.deliver(active)
    left = [1]

    def busy() -> None:
        if not left:
            raise MudouError
        left.pop()

    house.entregas.before_write = busy
    with pytest.raises(MudouError):
        entregas.send_range_again(active, Periodo("0", "9"), None, house.portas)
    assert house.situations() == [PENDENTE, ENTREGUE, ENTREGUE]
    house.entregas.before_write = lambda: None
    assert entregas.send_range_again(active, Periodo("0", "9"), None, house.portas) == (2, None)
    assert [one.reenvios for one in house.entregas.rows.values()] == [1, 1, 1]


def test_a_test_is_delivered_as_anything_else(house: House) -> None:
    active = house.active(("PegPago",))
    made = webhooks.try_out(active, house.portas)
    assert (made.tipo, made.entidade) == ("WebhookTestado", f"webhook/{active.id}")
    assert house.deliver(active, made.entidade) == [ENTREGUE]
    assert house.ouvinte.events[-1] == "WebhookTestado"
