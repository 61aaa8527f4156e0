"""`pagamento.service.portas.Registros`: the fake and DynamoDB, one suite."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_edge.dynamodb import ConditionFailedError, get_item, put
from conecta_edge.rows import SOLTA
from conecta_tiss.vocabulary.tables import TipoDemonstrativo
from pagamento.domain.errors import MudouError
from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.lotes import Formato, Lote, SituacaoLote
from pagamento.domain.notas import Divergencia, Efeito, Nota, SituacaoNota
from pagamento.domain.pagamentos import FATURAS, Pagamento, SituacaoLancamento
from pagamento.dynamodb.chaves import marca_key
from pagamento.dynamodb.registros import DynamoRegistros
from pagamento.service.portas import Fato, Mudanca
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import (
    AGORA,
    CEM,
    CICLOS,
    HOJE,
    OUTRO_PEG,
    UM_PEG,
    a_cronograma,
    a_discount,
    a_fatura,
    a_file,
    a_nota,
    a_payment,
    a_reading,
    an_entry,
)
from tests.contract.conftest import EMBEDDED, FAKE
from tests.contract.engines import PEG, Engine
from tests.contract.test_pegs_contract import all_pages, race
from tests.fakes import Kept
from tests.fakes_pagamento import FakeRegistros

ENGINES = [FAKE, EMBEDDED]
"""Moto is no judge of races, and takes ten times as long."""
VENCE = Fato(
    tipo="NotaFiscalAVencer", registro_ans=VALE, prestador_id=HOSPITAL, entidade=f"fatura/{UM_PEG}", chave="2026-11-16",
    dados={"dias": 3},
)  # fmt: skip


@dataclass
class Subject:
    """The port under test, and what anybody could see behind it.

    Attributes:
        told: the events of a prestador, or of VALE's own.
        keeper: makes a kept answer of a name, to be written along; the same name loses.
    """

    port: Any
    told: Callable[[str], Sequence[Mapping[str, Any]]]
    keeper: Callable[[str], Any]

    def add(self, *linhas: Any) -> None:
        """New rows, one transaction each."""
        for linha in linhas:
            self.write((None, linha))

    def write(self, *mudancas: tuple[Any, Any], **more: Any) -> None:
        """One transaction: rows as read and as they are to be."""
        made = [Mudanca(antes, depois) for antes, depois in mudancas]
        self.port.write(made, more.pop("fatos", ()), now=AGORA, correlacao="c1", **more)


@pytest.fixture
def subject(engine: Engine | None) -> Subject:
    if engine is None:
        fake, kept = FakeRegistros(), set[str]()
        return Subject(
            fake,
            lambda whose: [
                {"tipo": event.tipo, "prestador_id": event.prestador_id, "correlacao": event.correlacao,
                 "dados": event.dados}
                for event in fake.told(whose)
            ],
            lambda name: Kept(lambda: name not in kept, lambda: kept.add(name)),
        )  # fmt: skip
    table = engine.table("pagamento", ordem="envio", chaves=PEG)
    return Subject(
        DynamoRegistros(engine.dynamodb, table),
        lambda whose: [
            json.loads(row["evento"])
            for row in engine.rows(table, f"PRESTADOR#{whose}" if whose else f"OPERADORA#{VALE}", "EVENTO#")
        ],
        lambda name: put(table, {"pk": name, "sk": "RESPOSTA"}, "attribute_not_exists(pk)"),
    )


def later(linha: Any, **changes: Any) -> Any:
    """A row as its next writer leaves it."""
    return replace(linha, versao=linha.versao + 1, **changes)


# --- what is kept comes back ---


def test_rows_come_back_to_the_cent_and_the_microsecond_to_their_own_tenant(subject: Subject) -> None:
    fatura = a_fatura(
        valor=Decimal("1234567.10"), parcela=2, competencia="202610", entrega_ate=HOJE, pagamento_em=HOJE, nota="n",
        nota_em=HOJE, avisada=0, agir_em=HOJE, reagendada=True,
    )  # fmt: skip
    nota = a_nota(
        legados=("12345",), arquivos=(a_file(), a_file("u2", recebido_em=AGORA + timedelta(microseconds=7))),
        divergencias=(Divergencia(regra="NF-VALOR", efeito=Efeito.RECUSA, campo="valor", mensagem="ç"),),
        lida=a_reading(valor=Decimal("100.005"), liquido=Decimal("93.80")),
    )  # fmt: skip
    pagamento = a_payment(
        "P/1.a-2", {f"2611200000{n:02d}": Decimal(f"{n}.10") for n in range(FATURAS)},
        banco="341", agencia="1", conta="2",
        descontos=(a_discount(), a_discount("0.10", lancamento="261150000005")),
    )  # fmt: skip
    lancamento = an_entry(valor=Decimal("0.10"))
    cronograma = a_cronograma(motivo="Feriado novo.")
    subject.add(fatura, nota, pagamento, lancamento, cronograma)
    port = subject.port
    assert port.faturas(HOSPITAL, [f"{UM_PEG}-2", UM_PEG]) == {f"{UM_PEG}-2": fatura}
    assert str(port.faturas(HOSPITAL, [fatura.id])[fatura.id].valor) == "1234567.10"
    assert (port.nota(HOSPITAL, nota.id), port.nota(CLINICA, nota.id)) == (nota, None)
    assert str(port.nota(HOSPITAL, nota.id).lida.liquido) == "93.80"
    assert (port.pagamento(VALE, "P/1.a-2"), port.pagamento(PASA, "P/1.a-2")) == (pagamento, None)
    assert str(port.pagamento(VALE, "P/1.a-2").itens[1].valor) == "1.10"
    assert (port.lancamento(HOSPITAL, lancamento.id), port.lancamento(CLINICA, lancamento.id)) == (lancamento, None)
    assert (port.cronograma(VALE), port.cronograma(VALE, 1), port.cronograma(PASA)) == (cronograma, cronograma, None)


def test_what_is_not_there_is_nothing(subject: Subject) -> None:
    port = subject.port
    assert port.faturas(HOSPITAL, []) == port.faturas(HOSPITAL, [UM_PEG, "x-y"]) == {}
    assert [port.nota(HOSPITAL, "1"), port.prestador_da_nota(VALE, "1"), port.titular_da_marca(VALE, "m#1")] == [
        None
    ] * 3
    assert [port.pagamento(VALE, "1"), port.lancamento(HOSPITAL, "1"), port.cronograma(VALE, 1)] == [None] * 3
    assert list(port.faturas_do_mes(HOSPITAL, "202611")) == list(port.lancamentos(HOSPITAL, VALE)) == []
    assert port.faturas_abertas(VALE, None, None, 9).rows == port.notas_em_conferencia(VALE, None, 9).rows == []
    assert (
        port.pagamentos_da_operadora(VALE, "202611", None, 9).rows == list(port.pagamentos(HOSPITAL, HOJE, HOJE)) == []
    )


def test_protocolos_are_of_the_month_and_never_repeat(subject: Subject) -> None:
    numbers = [subject.port.next_protocolo(date(2026, 11, 30)) for _ in range(12)]
    assert (len(set(numbers)), {number[:5] for number in numbers}) == (12, {"26115"})


# --- a write is all or nothing ---


def test_who_read_another_version_changes_nothing(subject: Subject) -> None:
    fatura, nota = a_fatura(), a_nota()
    subject.write((None, fatura), (None, nota))
    ahead = later(fatura, situacao=SituacaoFatura.EM_CONFERENCIA)
    subject.write((fatura, ahead))
    for lost in ((fatura, later(fatura)), (None, fatura), (a_fatura(OUTRO_PEG), later(a_fatura(OUTRO_PEG)))):
        with pytest.raises(MudouError):
            subject.write(
                (nota, later(nota, situacao=SituacaoNota.RECUSADA)), lost, fatos=[VENCE], guardar=[subject.keeper("k")]
            )
    assert subject.port.faturas(HOSPITAL, [UM_PEG, OUTRO_PEG]) == {UM_PEG: ahead}
    assert (subject.port.nota(HOSPITAL, nota.id), subject.told(HOSPITAL)) == (nota, [])
    assert subject.port.titular_da_marca(VALE, str(nota.marca)) == nota.id
    subject.write((ahead, later(ahead)), guardar=[subject.keeper("k")])  # nothing was kept before


def test_a_kept_answer_is_written_along_or_nothing_is(subject: Subject) -> None:
    fatura = a_fatura()
    subject.write((None, fatura), fatos=[VENCE], guardar=[subject.keeper("k1")])
    with pytest.raises(ConditionFailedError):
        subject.write((fatura, later(fatura)), fatos=[VENCE], guardar=[subject.keeper("k2"), subject.keeper("k1")])
    assert subject.port.faturas(HOSPITAL, [UM_PEG]) == {UM_PEG: fatura}
    subject.write((fatura, later(fatura)), guardar=[subject.keeper("k2")])


def test_an_event_told_before_is_not_told_again_and_the_rest_is_done(subject: Subject) -> None:
    fatura = a_fatura()
    subject.write((None, fatura), fatos=[VENCE])
    more = replace(VENCE, chave="2026-12-15")
    subject.write((fatura, later(fatura)), fatos=[VENCE, more])
    assert subject.port.faturas(HOSPITAL, [UM_PEG]) == {UM_PEG: later(fatura)}
    events = subject.told(HOSPITAL)
    assert [(event["tipo"], event["correlacao"], event["dados"]) for event in events] == [
        ("NotaFiscalAVencer", "c1", {"dias": 3})
    ] * 2


def test_what_concerns_no_prestador_is_told_of_the_operadora(subject: Subject) -> None:
    fato = Fato(
        tipo="CronogramaPublicado", registro_ans=VALE, prestador_id="", entidade=f"cronograma/{VALE}", chave="1",
        dados={"versao": 1},
    )  # fmt: skip
    subject.write((None, a_cronograma()), fatos=[fato])
    assert [(event["tipo"], event["prestador_id"]) for event in subject.told("")] == [("CronogramaPublicado", "")]
    assert subject.told(HOSPITAL) == []


def test_of_many_writers_of_one_version_one_is_done_and_told(subject: Subject) -> None:
    fatura = a_fatura()
    subject.add(fatura)

    def act(number: int) -> bool:
        try:
            subject.write((fatura, later(fatura, nota=f"n{number}")), fatos=[replace(VENCE, chave=str(number))])
        except MudouError:
            return False
        return True

    done = race(act)
    assert (sum(done), len(subject.told(HOSPITAL))) == (1, 1)
    assert subject.port.faturas(HOSPITAL, [UM_PEG])[UM_PEG].nota == f"n{done.index(True)}"


# --- faturas ---


def test_faturas_of_a_month_come_in_the_order_of_their_ids(subject: Subject) -> None:
    ids = [("261020000009", 0), ("261020000001", 1), ("261020000001", 0), ("261120000001", 0)]
    subject.add(*(a_fatura(protocolo, parcela=parcela) for protocolo, parcela in ids))
    subject.add(a_fatura("261020000005", prestador_id=CLINICA))
    found = [fatura.id for fatura in subject.port.faturas_do_mes(HOSPITAL, "202610")]
    assert found == ["261020000001", "261020000001-1", "261020000009"]


def open_ones(port: Any, ate: date | None, limit: int = 3, registro: str = VALE) -> list[tuple[str, str]]:
    """By pages."""
    pages = all_pages(lambda position: port.faturas_abertas(registro, ate, position, limit))
    assert all(len(page) == limit for page in pages[:-1])
    return sorted(which for page in pages for which in page)


def test_open_faturas_are_found_by_the_day_to_act_on_page_by_page_until_they_are_over(subject: Subject) -> None:
    faturas = [
        a_fatura(f"2610200000{n:02d}", agir_em=HOJE + timedelta(days=n % 3) if n else None, prestador_id=whose)
        for n, whose in enumerate([HOSPITAL, CLINICA] * 5)
    ]
    subject.add(*faturas, a_fatura("261020000050", situacao=SituacaoFatura.ENCERRADA))
    subject.add(a_fatura("261020000051", registro_ans=PASA, agir_em=HOJE))
    due = [(one.prestador_id, one.id) for one in faturas if one.agir_em and one.agir_em <= HOJE + timedelta(days=1)]
    assert open_ones(subject.port, HOJE + timedelta(days=1)) == sorted(due)
    assert open_ones(subject.port, HOJE - timedelta(days=1)) == []
    every = sorted((one.prestador_id, one.id) for one in faturas)
    assert open_ones(subject.port, None) == open_ones(subject.port, None, 10) == every
    assert open_ones(subject.port, HOJE, registro=PASA) == [(HOSPITAL, "261020000051")]
    for fatura in faturas[1:]:
        subject.write((fatura, later(fatura, situacao=SituacaoFatura.PAGA)))
    assert open_ones(subject.port, None) == [(HOSPITAL, "261020000000")]
    moved = later(faturas[0], agir_em=HOJE)
    subject.write((faturas[0], moved))
    assert open_ones(subject.port, HOJE) == [(HOSPITAL, moved.id)]


def test_what_is_moved_on_while_pages_are_turned_is_met_once(subject: Subject) -> None:
    faturas = {f"2610200000{n:02d}": a_fatura(f"2610200000{n:02d}", agir_em=HOJE) for n in range(9)}
    subject.add(*faturas.values())
    met: list[str] = []
    position = None
    while True:
        page = subject.port.faturas_abertas(VALE, HOJE, position, 2)
        for _, which in page.rows:
            met.append(which)
            subject.write((faturas[which], later(faturas[which], agir_em=HOJE + timedelta(days=2))))
        position = page.position
        if position is None:
            break
    assert sorted(met) == sorted(faturas)
    assert open_ones(subject.port, HOJE) == []


# --- notas ---


def test_a_living_nota_holds_its_number_at_its_operadora_and_lets_it_go(subject: Subject) -> None:
    first, again = a_nota(), a_nota("261150000002", prestador_id=CLINICA)
    marca = str(first.marca)
    subject.add(first)
    assert (subject.port.titular_da_marca(VALE, marca), subject.port.titular_da_marca(PASA, marca)) == (first.id, None)
    assert subject.port.prestador_da_nota(VALE, first.id) == HOSPITAL
    with pytest.raises(MudouError):
        subject.add(again)
    assert (subject.port.nota(CLINICA, again.id), subject.port.prestador_da_nota(VALE, again.id)) == (None, None)
    subject.add(replace(again, registro_ans=PASA))
    accepted = later(first, situacao=SituacaoNota.ACEITA)
    subject.write((first, accepted))
    assert subject.port.titular_da_marca(VALE, marca) == first.id
    subject.write((accepted, later(accepted, situacao=SituacaoNota.CANCELADA)))
    assert subject.port.titular_da_marca(VALE, marca) is None
    subject.add(replace(again, id="261150000003"))
    assert subject.port.titular_da_marca(VALE, marca) == "261150000003"


def test_a_nota_that_is_refused_at_once_or_says_no_number_holds_none(subject: Subject) -> None:
    refused, silent = a_nota(situacao=SituacaoNota.RECUSADA), a_nota("261150000002", lida=a_reading(numero=None))
    subject.add(refused, silent)
    assert subject.port.titular_da_marca(VALE, str(refused.marca)) is None
    told = later(silent, lida=a_reading())
    subject.write((silent, told))
    assert subject.port.titular_da_marca(VALE, str(told.marca)) == silent.id
    other = later(told, lida=a_reading(numero="4712"))
    subject.write((told, other))
    assert subject.port.titular_da_marca(VALE, str(told.marca)) is None
    assert subject.port.titular_da_marca(VALE, str(other.marca)) == silent.id


def test_notas_of_a_month_come_newest_first_page_by_page(subject: Subject) -> None:
    for number in range(1, 6):
        sent = AGORA + timedelta(minutes=number % 3, seconds=number)
        subject.add(a_nota(f"26115000000{number}", criada_em=sent, situacao=SituacaoNota.RECUSADA))
    subject.add(a_nota("261250000001", lida=a_reading(numero="1")), a_nota("261150000009", prestador_id=CLINICA))
    pages = all_pages(lambda position: subject.port.notas_do_mes(HOSPITAL, "202611", position, 2))
    assert [nota.id[-1] for page in pages for nota in page] == ["5", "2", "4", "1", "3"]
    assert [len(page) for page in pages if page] == [2, 2, 1]


def test_what_a_person_has_to_look_at_comes_oldest_first_until_it_is_decided(subject: Subject) -> None:
    notas = [
        a_nota(f"26115000000{n}", criada_em=AGORA - timedelta(minutes=n), lida=a_reading(numero=str(n)))
        for n in range(1, 5)
    ]
    subject.add(*notas, a_nota("261150000008", situacao=SituacaoNota.ACEITA), a_nota("261150000009", registro_ans=PASA))

    def waiting() -> list[Nota]:
        pages = all_pages(lambda position: subject.port.notas_em_conferencia(VALE, position, 3))
        return [nota for page in pages for nota in page]

    assert waiting() == notas[::-1]
    subject.write((notas[0], later(notas[0], situacao=SituacaoNota.ACEITA)))
    assert waiting() == notas[:0:-1]


# --- payments ---


def test_a_payment_is_one_transaction_with_its_faturas_its_entries_and_its_number(subject: Subject) -> None:
    faturas = [a_fatura(f"2610200000{n:02d}", situacao=SituacaoFatura.PROGRAMADA) for n in range(FATURAS)]
    entries = [an_entry(f"26115000010{n}") for n in range(9)]
    subject.add(*faturas, *entries)
    pagamento = a_payment(valores={one.id: CEM for one in faturas})
    paid = [(one, later(one, situacao=SituacaoFatura.PAGA, pagamento=pagamento.numero)) for one in faturas]
    settled = [(one, later(one, situacao=SituacaoLancamento.LIQUIDADO)) for one in entries]
    subject.write((None, pagamento), *paid, *settled, fatos=[VENCE], guardar=[subject.keeper("k")])
    assert subject.port.pagamento(VALE, "P-1") == pagamento
    assert set(subject.port.faturas(HOSPITAL, [one.id for one in faturas]).values()) == {after for _, after in paid}
    with pytest.raises(MudouError):
        subject.write((None, replace(pagamento, data=HOJE + timedelta(days=1))))
    with pytest.raises(MudouError):
        subject.write((None, replace(pagamento, prestador_id=CLINICA)))
    subject.write((None, replace(pagamento, registro_ans=PASA)))
    assert [one.registro_ans for one in subject.port.pagamentos(HOSPITAL, HOJE, HOJE)] == [PASA, VALE]


def test_payments_come_by_day_and_number_between_two_days_both_inclusive(subject: Subject) -> None:
    days = {"B": 0, "A": 0, "C": 1, "D": 2, "Z": -1}
    subject.add(*(a_payment(numero, data=HOJE + timedelta(days=after)) for numero, after in days.items()))
    subject.add(a_payment("X", prestador_id=CLINICA))

    def numbers(de: date, ate: date) -> list[str]:
        return [one.numero for one in subject.port.pagamentos(HOSPITAL, de, ate)]

    assert numbers(HOJE, HOJE) == ["A", "B"]
    assert numbers(HOJE, HOJE + timedelta(days=1)) == ["A", "B", "C"]
    assert numbers(date(2026, 1, 1), date(2026, 12, 31)) == ["Z", "A", "B", "C", "D"]


def test_payments_of_an_operadora_come_by_day_page_by_page_of_every_prestador(subject: Subject) -> None:
    made = [
        a_payment(f"P-{n}", data=HOJE - timedelta(days=n % 2), prestador_id=HOSPITAL if n % 3 else CLINICA)
        for n in range(5)
    ]
    subject.add(*made, a_payment("P-9", data=date(2026, 12, 1)), a_payment("P-8", registro_ans=PASA))
    pages = all_pages(lambda position: subject.port.pagamentos_da_operadora(VALE, "202611", position, 2))
    found: list[Pagamento] = [one for page in pages for one in page]
    assert found == sorted(made, key=lambda one: (one.data, one.prestador_id, one.numero))
    assert [one.numero for one in subject.port.pagamentos_da_operadora(VALE, "202612", None, 9).rows] == ["P-9"]


def test_entries_are_read_by_operadora(subject: Subject) -> None:
    mine, theirs = an_entry(), an_entry("261150000006", registro_ans=PASA)
    subject.add(mine, theirs)
    assert (list(subject.port.lancamentos(HOSPITAL, VALE)), list(subject.port.lancamentos(CLINICA, VALE))) == (
        [mine],
        [],
    )
    done = later(mine, situacao=SituacaoLancamento.LIQUIDADO, pagamento="P-1")
    subject.write((mine, done))
    assert list(subject.port.lancamentos(HOSPITAL, VALE)) == [done]


# --- demonstrativos in bulk ---


def a_lote(lote_id: str = "261150000011", **changes: Any) -> Lote:
    held: dict[str, Any] = {
        "prestador_id": HOSPITAL, "registro_ans": VALE, "tipo": TipoDemonstrativo.ANALISE_DE_CONTA,
        "formato": Formato.PDF, "de": "202610", "ate": "202611", "quem": "pessoa-1", "criado_em": AGORA,
    }  # fmt: skip
    return Lote(id=lote_id, **{**held, **changes})


def test_what_is_asked_for_in_bulk_goes_on_step_by_step_and_is_its_own_tenants(subject: Subject) -> None:
    lotes = [a_lote(f"26115000001{n}") for n in range(3)]
    subject.add(*lotes, a_lote("261150000019", prestador_id=CLINICA))
    begun = later(lotes[1], situacao=SituacaoLote.MONTANDO, documentos=(UM_PEG, OUTRO_PEG), feitos=1)
    subject.write((lotes[1], begun))
    with pytest.raises(MudouError):
        subject.write((lotes[1], begun))
    assert (subject.port.lote(HOSPITAL, begun.id), subject.port.lote(CLINICA, begun.id)) == (begun, None)
    pages = all_pages(lambda position: subject.port.lotes(HOSPITAL, position, 2))
    assert [lote for page in pages for lote in page] == [lotes[2], begun, lotes[0]]


# --- cronogramas ---


def test_a_version_of_the_cronograma_never_changes_and_the_last_one_is_in_force(subject: Subject) -> None:
    first = a_cronograma()
    second = a_cronograma(*CICLOS[:2], versao=2)
    subject.add(first)
    subject.write((first, second))
    for lost in ((first, a_cronograma(versao=2)), (None, first)):
        with pytest.raises(MudouError):
            subject.write(lost)
    assert [subject.port.cronograma(VALE, versao) for versao in (None, 1, 2)] == [second, first, second]


def test_of_many_who_publish_at_once_one_does(subject: Subject) -> None:
    first = a_cronograma()
    subject.add(first)

    def publish(number: int) -> bool:
        try:
            subject.write((first, a_cronograma(versao=2, quem=f"q{number}")))
        except MudouError:
            return False
        return True

    done = race(publish)
    assert sum(done) == 1
    assert subject.port.cronograma(VALE, 2).quem == f"q{done.index(True)}"


@pytest.mark.parametrize("engine_name", [EMBEDDED])
def test_nothing_is_ever_deleted_what_a_nota_lets_go_only_ends_by_itself(subject: Subject) -> None:
    nota = a_nota()
    subject.add(nota)
    subject.write((nota, later(nota, situacao=SituacaoNota.CANCELADA)))
    key = marca_key(VALE, str(nota.marca))
    row = get_item(subject.port._client, subject.port._table, key)
    assert row is not None
    assert (row["nota"], row["livre"], int(row["ttl"])) == (nota.id, True, int((AGORA + SOLTA).timestamp()))
