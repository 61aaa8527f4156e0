"""Events become alertas and counts, whatever order they come in; digests leave once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertas.domain.alertas import GUARDADOS, Area, nao_lidos
from alertas.domain.errors import AlertaNaoEncontradoError, MudouError
from alertas.domain.painel import Acesso
from alertas.domain.resumos import Carta, Envio, Frequencia, Preferencia
from alertas.service import avisos, inicio, leitura, resumos
from alertas.service.leitura import LIDAS_POR_VEZ, VEZES, Filtro
from conecta_edge.clock import day_start, local_day
from tests.builders_alertas import PEG, SENHA, a_senha_event, an_event, an_image, an_item
from tests.builders_functions import CLINICA, HOSPITAL, NOW, PASA
from tests.fakes_alertas import Mural

TODAS = frozenset(Area)
EU = (HOSPITAL, "pessoa-1")


def told(mural: Mural, many: int, **changes: Any) -> None:
    """So many events, a second apart."""
    for place in range(many):
        avisos.tell(an_event(quando=NOW + timedelta(seconds=place), **changes), HOSPITAL, mural.portas)


# --- telling ---


@pytest.mark.regra("ALERTA-NUMERO")
def test_an_event_is_told_once_however_often_it_comes() -> None:
    mural = Mural()
    first = avisos.tell(an_event(), HOSPITAL, mural.portas)
    assert first is not None
    assert (first.numero, first.superado) == (1, False)
    assert avisos.tell(an_event(), HOSPITAL, mural.portas) is None
    assert avisos.tell(an_event("PegEmAnalise"), HOSPITAL, mural.portas) is None
    other = avisos.tell(an_event(), CLINICA, mural.portas)
    assert other is not None
    assert other.numero == 1


def test_what_comes_after_something_newer_of_the_same_thing_says_so() -> None:
    mural = Mural()
    late = an_event("PegLiberado", NOW, dados={"valor_liberado": "1.00"})
    avisos.tell(an_event(quando=NOW + timedelta(hours=1)), HOSPITAL, mural.portas)
    found = avisos.tell(late, HOSPITAL, mural.portas)
    assert found is not None
    assert (found.numero, found.superado) == (2, True)


@pytest.mark.regra("ALERTA-NUMERO")
def test_numbers_have_no_gaps_when_many_are_told_at_once() -> None:
    mural, events = Mural(), [an_event(quando=NOW + timedelta(seconds=place)) for place in range(24)]
    lost = list[int]()

    def tell(place: int) -> None:
        while True:
            try:
                avisos.tell(events[place], HOSPITAL, mural.portas)
            except MudouError:
                lost.append(place)  # the message comes again
            else:
                return

    threads = [threading.Thread(target=tell, args=(place,)) for place in range(len(events))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = leitura.since(*EU, Filtro(TODAS), 0, 50, mural.portas)
    assert [one.numero for one in page.alertas] == list(range(1, 25))
    assert {one.id for one in page.alertas} == {one["id"] for one in events}


def test_who_loses_every_race_has_the_message_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mural = Mural()
    monkeypatch.setattr(avisos, "PAUSA", 0)

    def overtake() -> None:
        held = mural.alertas.antes(HOSPITAL, "x", "x").sequencia
        mural.alertas.sequencias[HOSPITAL] = replace(held, versao=held.versao + 1)

    mural.alertas.before_append = overtake
    with pytest.raises(MudouError):
        avisos.tell(an_event(), HOSPITAL, mural.portas)
    assert mural.alertas.rows == {}


# --- reading ---


def test_who_follows_misses_nothing_and_sees_the_areas_asked_for() -> None:
    mural = Mural()
    told(mural, 3)
    avisos.tell(a_senha_event("AutorizacaoDecidida"), HOSPITAL, mural.portas)
    page = leitura.since(*EU, Filtro(frozenset({Area.AUTORIZACAO})), 0, 50, mural.portas)
    assert ([one.numero for one in page.alertas], page.ate, page.fim) == ([4], 4, True)
    page = leitura.since(*EU, Filtro(TODAS), 1, 2, mural.portas)
    assert ([one.numero for one in page.alertas], page.ate, page.fim) == ([2, 3], 3, False)
    page = leitura.since(*EU, Filtro(TODAS), 4, 2, mural.portas)
    assert (page.alertas, page.ate, page.fim) == ([], 4, True)
    page = leitura.since(*EU, Filtro(TODAS), 9, 2, mural.portas)
    assert (page.alertas, page.fim) == ([], True)


def test_pages_of_the_newest_go_on_where_the_last_one_ended() -> None:
    mural = Mural()
    told(mural, 5)
    first = leitura.recent(*EU, Filtro(TODAS), None, 2, mural.portas)
    second = leitura.recent(*EU, Filtro(TODAS), first.ate, 2, mural.portas)
    third = leitura.recent(*EU, Filtro(TODAS), second.ate, 2, mural.portas)
    numbers = [[one.numero for one in page.alertas] for page in (first, second, third)]
    assert (numbers, [page.fim for page in (first, second, third)]) == ([[5, 4], [3, 2], [1]], [False, False, True])


def test_a_page_that_finds_little_ends_after_so_many_rows() -> None:
    mural = Mural()
    told(mural, LIDAS_POR_VEZ * VEZES + 5)
    page = leitura.recent(*EU, Filtro(frozenset({Area.RECURSO})), None, 2, mural.portas)
    assert (page.alertas, page.ate, page.fim) == ([], 6, False)
    page = leitura.recent(*EU, Filtro(frozenset({Area.RECURSO})), page.ate, 2, mural.portas)
    assert (page.alertas, page.fim) == ([], True)
    page = leitura.since(*EU, Filtro(frozenset({Area.RECURSO})), 0, 2, mural.portas)
    assert (page.ate, page.fim) == (LIDAS_POR_VEZ * VEZES, False)


def test_a_filter_leaves_out_what_is_not_asked_for() -> None:
    mural = Mural()
    told(mural, 2)
    avisos.tell(an_event("PegLiberado", registro_ans=PASA, dados={"valor_liberado": "1.00"}), HOSPITAL, mural.portas)
    leitura.mark(*EU, leitura.find(HOSPITAL, [an_event()["id"]], mural.portas), mural.portas, lido=True)

    def numbers(**asked: Any) -> list[int]:
        return [one.numero for one in leitura.recent(*EU, Filtro(TODAS, **asked), None, 9, mural.portas).alertas]

    assert numbers(tipo="PegLiberado") == [3]
    assert numbers(registro_ans=PASA) == [3]
    assert numbers(entidade=f"peg/{PEG}") == [3, 2, 1]
    assert numbers(entidade="peg/1") == []
    assert numbers(so_nao_lidos=True) == [3, 2]


def test_what_is_older_than_it_is_kept_is_neither_shown_nor_counted() -> None:
    mural, first = Mural(), an_event()
    told(mural, 2)
    mural.agora = day_start(local_day(NOW) + GUARDADOS)  # of the last day that shows them
    avisos.tell(an_event(quando=mural.agora), HOSPITAL, mural.portas)  # looks up what is shown, for all day
    for numbers in ([3, 2, 1], [3]):
        sequencia, leitor = leitura.read(*EU, mural.portas)
        assert [one.numero for one in leitura.recent(*EU, Filtro(TODAS), None, 9, mural.portas).alertas] == numbers
        assert nao_lidos(sequencia, leitor, [Area.PEG]) == {Area.PEG: len(numbers)}
        mural.agora += timedelta(days=1)
    mural.agora -= timedelta(days=1)
    with pytest.raises(AlertaNaoEncontradoError):
        leitura.find(HOSPITAL, [first["id"]], mural.portas)
    with pytest.raises(AlertaNaoEncontradoError):
        leitura.numbered(HOSPITAL, 2, mural.portas)
    assert leitura.numbered(HOSPITAL, 3, mural.portas).numero == 3
    mural.agora += GUARDADOS + timedelta(days=1)
    assert leitura.read(*EU, mural.portas)[0].piso.numero == 3


@pytest.mark.regra("ALERTA-LEITURA")
@given(
    hours=st.lists(st.integers(-40, 40), max_size=12).map(sorted),
    later=st.integers(-40, 40).map(lambda hours: GUARDADOS + timedelta(hours=hours)),
    looked_up=st.booleans(),
)
def test_at_every_hour_what_is_counted_is_what_every_way_of_reading_lists(
    hours: list[int], later: timedelta, *, looked_up: bool
) -> None:
    mural = Mural()
    for place, hour in enumerate(hours):
        mural.agora = NOW + timedelta(hours=hour)
        avisos.tell(an_event(quando=mural.agora + timedelta(seconds=place)), HOSPITAL, mural.portas)
    mural.agora = NOW + later
    if looked_up:  # by the first that is told on a day
        mural.agora = day_start(mural.portas.hoje)
        avisos.tell(an_event(quando=mural.agora), HOSPITAL, mural.portas)
        mural.agora = NOW + later
    counted = nao_lidos(*leitura.read(*EU, mural.portas), [Area.PEG])[Area.PEG]
    page = leitura.recent(*EU, Filtro(TODAS, so_nao_lidos=True), None, 5, mural.portas)
    newest = [one.numero for one in page.alertas]
    while not page.fim:
        page = leitura.recent(*EU, Filtro(TODAS, so_nao_lidos=True), page.ate, 5, mural.portas)
        newest += [one.numero for one in page.alertas]
    since, after = list[int](), 0
    while (followed := leitura.since(*EU, Filtro(TODAS), after, 5, mural.portas)).alertas:
        since += [one.numero for one in followed.alertas]
        after = followed.ate
    assert (len(newest), newest) == (counted, since[::-1])
    assert [leitura.numbered(HOSPITAL, number, mural.portas).numero for number in since] == since


def test_only_what_is_there_can_be_marked() -> None:
    mural = Mural()
    told(mural, 2)
    with pytest.raises(AlertaNaoEncontradoError):
        leitura.find(HOSPITAL, [an_event()["id"], "0" * 32], mural.portas)
    with pytest.raises(AlertaNaoEncontradoError):
        leitura.numbered(HOSPITAL, 9, mural.portas)
    first = leitura.numbered(HOSPITAL, 1, mural.portas)
    _, leitor = leitura.mark_until(*EU, first, mural.portas)
    assert (leitor.ate.numero, leitor.versao) == (1, 1)
    _, leitor = leitura.mark_until(*EU, None, mural.portas)
    assert (leitor.ate.numero, leitor.versao) == (2, 2)
    assert leitura.mark_until(*EU, None, mural.portas)[1] == leitor


def test_a_reader_who_marks_in_two_places_at_once_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    mural = Mural()
    told(mural, 3)
    write, rows = mural.alertas.write_leitor, mural.alertas.lista(HOSPITAL, 1, 3, 3, recentes=False)

    def overtaken(leitor: Any) -> None:
        monkeypatch.setattr(mural.alertas, "write_leitor", write)
        leitura.mark(*EU, rows[2:], mural.portas, lido=True)
        write(leitor)

    monkeypatch.setattr(mural.alertas, "write_leitor", overtaken)
    _, leitor = leitura.mark(*EU, rows[:1], mural.portas, lido=True)
    assert [leitor.leu(number) for number in (1, 2, 3)] == [True, False, True]

    def lost(_leitor: Any) -> None:
        raise MudouError

    monkeypatch.setattr(mural.alertas, "write_leitor", lost)
    with pytest.raises(MudouError):
        leitura.mark(*EU, rows[1:2], mural.portas, lido=True)


# --- the first page ---


@pytest.mark.regra("INICIO-IMAGENS")
@given(st.permutations(range(1, 6)), st.integers(1, 5))
def test_images_in_any_order_leave_the_newest(order: list[int], twice: int) -> None:
    mural = Mural()
    states = ("RECEBIDO", "EM_ANALISE", "ANALISADO", "PAGO", "LIBERADO")
    for versao in [*order, twice]:
        image = an_image("PegAtualizado", versao, situacao=states[versao - 1])
        inicio.follow(image, mural.portas, mural.owners.donos())
    (one,) = inicio.waiting(HOSPITAL, Acesso.PEGS, mural.portas)
    assert one.situacao == "LIBERADO"


def test_what_may_be_contested_is_asked_of_its_owner() -> None:
    mural = Mural()
    donos = mural.owners.donos()
    mural.owners.glosas[PEG] = {
        "versao_peg": 3, "versao_contestado": 0, "partes": [{"ate": "2026-12-20", "quantas": 2, "valor": "30.00"}],
    }  # fmt: skip
    assert inicio.follow(an_image("PegAtualizado", 2), mural.portas, donos) == 1
    assert mural.owners.asked == []
    assert inicio.follow(an_image("PegAtualizado", 3, situacao="LIBERADO"), mural.portas, donos) == 2
    assert inicio.count(HOSPITAL, Acesso.GLOSAS, mural.portas).quantidade == 2
    mural.owners.glosas[PEG] = {"versao_peg": 3, "versao_contestado": 1, "partes": []}
    assert inicio.follow(an_image("ContestacaoAtualizada"), mural.portas, donos) == 1
    assert inicio.count(HOSPITAL, Acesso.GLOSAS, mural.portas).quantidade == 0
    assert inicio.follow(an_image("ContestacaoAtualizada"), mural.portas, donos) == 0
    assert mural.owners.asked[0].keys() == {"registro_ans", "prestador_id", "protocolo"}


@pytest.mark.regra("INICIO-CONTAGEM", "R10")
def test_what_was_asked_on_a_stay_does_not_lapse_once_the_stay_began() -> None:
    mural = Mural()
    donos = mural.owners.donos()
    asked: dict[str, Any] = {"numero": "260000000002", "principal": SENHA, "validade": "2026-12-01"}
    inicio.follow(an_image("SenhaAtualizada", **asked), mural.portas, donos)
    inicio.follow(an_image("SenhaAtualizada", validade="2027-02-01"), mural.portas, donos)
    assert inicio.count(HOSPITAL, Acesso.SENHAS, mural.portas).quantidade == 1
    inicio.follow(an_image("SenhaAtualizada", 2, validade="2027-02-01", internado=True), mural.portas, donos)
    assert inicio.count(HOSPITAL, Acesso.SENHAS, mural.portas).quantidade == 0


def test_every_day_what_lapses_is_counted_anew() -> None:
    mural = Mural()
    inicio.follow(an_image("SenhaAtualizada", validade="2026-12-06"), mural.portas, mural.owners.donos())
    counts = []
    for day in (-1, 0, 15, 16):
        mural.agora = NOW + timedelta(days=day)
        counts.append(inicio.count(HOSPITAL, Acesso.SENHAS, mural.portas).quantidade)
    assert (counts, inicio.count(CLINICA, Acesso.SENHAS, mural.portas).quantidade) == ([0, 1, 1, 0], 0)
    mural.painel.put(an_item(Acesso.NOTAS))
    assert inicio.count(HOSPITAL, Acesso.NOTAS, mural.portas).quantidade == 1


# --- digests ---


class Correio:
    """Mail that becomes what it is told to, by address; the rest leaves."""

    def __init__(self, **became: Envio) -> None:
        self.became = {f"{name}@hospital.example": one for name, one in became.items()}
        self.tried: list[str] = []
        self.sent: list[tuple[str, Carta]] = []

    def send(self, address: str, carta: Carta) -> Envio:
        became = self.became.get(address, Envio.AVISADA)
        self.tried.append(address)
        if became is Envio.AVISADA:
            self.sent.append((address, carta))
        return became


def due(mural: Mural, correio: Correio, many: int = 10) -> dict[str, int]:
    """What became of as many as there is time for now."""
    left = iter(range(many))
    return resumos.send_due(
        mural.preferencias, mural.portas, lambda papel: TODAS if papel == "gestor" else frozenset(), correio.send,
        "https://portal.example", 10, lambda: next(left, None) is not None,
    )  # fmt: skip


def wanting(mural: Mural, papel: str = "gestor", name: str = "a", who: str = EU[1]) -> Preferencia:
    """A person of the hospital wants a digest each day."""
    mural.preferencias.enderecos[HOSPITAL, who] = (f"{name}@hospital.example", papel)
    return resumos.choose(HOSPITAL, who, Frequencia.DIARIO, mural.preferencias, mural.portas)


def sent_at(mural: Mural, who: str = EU[1]) -> datetime | None:
    """When the last digest of a person left, as they are told."""
    return mural.preferencias.get(HOSPITAL, who).enviado_em


@pytest.mark.regra("ALERTA-RESUMO")
def test_a_digest_leaves_once_a_day_while_there_is_something_to_read() -> None:
    mural, correio = Mural(), Correio()
    assert wanting(mural) == wanting(mural)
    assert due(mural, correio) == {"vistas": 0, "avisadas": 0, "adiadas": 0, "sem_resposta": 0}
    mural.agora += timedelta(days=1)
    assert due(mural, correio) == {"vistas": 1, "avisadas": 0, "adiadas": 0, "sem_resposta": 0}  # nothing to read
    assert sent_at(mural) is None
    told(mural, 2)
    mural.agora += timedelta(days=1)
    assert due(mural, correio)["avisadas"] == 1
    assert due(mural, correio)["vistas"] == 0
    left = mural.agora
    assert sent_at(mural) == left
    leitura.mark_until(*EU, None, mural.portas)
    mural.agora += timedelta(days=1)
    assert (due(mural, correio)["vistas"], sent_at(mural)) == (1, left)
    assert [(address, carta.assunto) for address, carta in correio.sent] == [
        ("a@hospital.example", "Conecta: 2 alertas não lidos")
    ]


def test_a_digest_that_does_not_leave_is_tried_again() -> None:
    mural = Mural()
    wanting(mural)
    told(mural, 1)
    mural.agora += timedelta(days=1)
    assert due(mural, Correio(a=Envio.ADIADA))["adiadas"] == 1
    assert due(mural, Correio())["vistas"] == 0
    assert sent_at(mural) is None
    mural.agora += timedelta(hours=1)
    assert due(mural, Correio())["avisadas"] == 1
    assert sent_at(mural) == mural.agora


@pytest.mark.regra("ALERTA-RESUMO")
def test_a_digest_that_may_have_left_is_not_sent_again_nor_told_as_sent() -> None:
    mural, correio = Mural(), Correio()
    wanting(mural)
    told(mural, 1)
    mural.agora += timedelta(days=1)
    assert due(mural, Correio(a=Envio.SEM_RESPOSTA))["sem_resposta"] == 1
    mural.agora += timedelta(hours=2)
    assert (due(mural, correio)["vistas"], sent_at(mural)) == (0, None)
    mural.agora += timedelta(days=1)
    assert (due(mural, correio)["avisadas"], sent_at(mural)) == (1, mural.agora)


def test_what_becomes_of_one_digest_keeps_nobody_else_waiting() -> None:
    mural, correio = Mural(), Correio(a=Envio.ADIADA, b=Envio.SEM_RESPOSTA)
    for name in "abc":
        wanting(mural, name=name, who=f"pessoa-{name}")
    told(mural, 1)
    mural.agora += timedelta(days=1)
    assert due(mural, correio) == {"vistas": 3, "avisadas": 1, "adiadas": 1, "sem_resposta": 1}
    assert [sent_at(mural, f"pessoa-{name}") for name in "abc"] == [None, None, mural.agora]
    mural.agora += timedelta(hours=1)
    due(mural, correio)
    assert [address[0] for address in correio.tried] == ["a", "b", "c", "a"]


def test_digests_that_there_is_no_time_for_are_still_due() -> None:
    mural, correio = Mural(), Correio()
    for name in "abc":
        wanting(mural, name=name, who=f"pessoa-{name}")
    told(mural, 1)
    mural.agora += timedelta(days=1)
    assert [due(mural, correio, 2)["avisadas"] for _ in range(3)] == [2, 1, 0]
    assert [address[0] for address in correio.tried] == ["a", "b", "c"]


def test_who_acts_for_the_prestador_no_more_is_written_to_no_more() -> None:
    mural, correio = Mural(), Correio()
    wanting(mural)
    told(mural, 1)
    mural.preferencias.enderecos.clear()
    mural.agora += timedelta(days=1)
    assert due(mural, correio)["avisadas"] == 0
    assert mural.preferencias.get(*EU).frequencia is Frequencia.NUNCA
    wanting(mural, "recepcao")  # whose areas have nothing
    mural.agora += timedelta(days=1)
    assert (due(mural, correio)["avisadas"], correio.sent) == (0, [])


def test_a_choice_made_meanwhile_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    mural, correio = Mural(), Correio(a=Envio.ADIADA)
    wanting(mural)
    told(mural, 1)
    mural.agora += timedelta(days=1)
    passed = []

    def meanwhile(at: int) -> None:
        passed.append(at)
        if len(passed) == at:
            held = mural.preferencias.rows[EU]
            mural.preferencias.rows[EU] = replace(held, versao=held.versao + 1)

    mural.preferencias.before_write = lambda: meanwhile(1)
    assert due(mural, correio)["adiadas"] == 0
    passed.clear()
    mural.preferencias.before_write = lambda: meanwhile(2)
    assert due(mural, correio)["adiadas"] == 1  # and the later one is not written over
    mural.agora += timedelta(days=1)
    passed.clear()
    assert due(mural, Correio())["avisadas"] == 1  # which it is told of all the same
    assert sent_at(mural) == mural.agora
    passed.clear()
    mural.preferencias.before_write = lambda: meanwhile(1)
    assert resumos.choose(*EU, Frequencia.NUNCA, mural.preferencias, mural.portas).frequencia is Frequencia.NUNCA

    def always() -> None:
        held = mural.preferencias.rows[EU]
        mural.preferencias.rows[EU] = replace(held, versao=held.versao + 1)

    mural.preferencias.before_write = always
    with pytest.raises(MudouError):
        resumos.choose(*EU, Frequencia.DIARIO, mural.preferencias, mural.portas)
