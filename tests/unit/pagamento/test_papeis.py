"""What is printed, opened in a spreadsheet and put into a calendar: all that must be read is there, in its place."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import icalendar
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from conecta_contas.pegs import Evento, Marco, Papel, SituacaoPeg
from conecta_edge import paginas
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo, TipoDemonstrativo
from pagamento import agenda, pdf, planilhas
from pagamento.domain.demonstrativos import AnaliseDeConta, DemonstrativoPagamento, Periodo
from pagamento.domain.faturas import Fatura, SituacaoFatura
from pagamento.service.cronogramas import Previsao
from pagamento.service.demonstrativos import find_analises, find_pagamento
from tests.builders_cadastro import CONSULTA, an_operadora
from tests.builders_functions import HOSPITAL, PASA, VALE, a_peg
from tests.builders_pagamento import HOJE, OUTRO_PEG, UM_PEG, a_cronograma, a_discount, a_fatura
from tests.builders_peg import (
    DIA,
    RESINA,
    SENHA,
    a_dental,
    a_knowledge,
    a_resumo,
    a_sadt,
    authorised,
    by,
    done,
    filled,
    granted,
)
from tests.builders_peg import a_senha as on
from tests.casa_pagamento import Casa, a_dossie, by_hand
from tests.impresso import Printed

CREDITO = a_discount(
    "2.00", indicador=DebitoCreditoIndicador.CREDITO, tipo=DebitoCreditoTipo.DESCONTOS_FINANCEIROS, descricao="=Ajuste"
)


@pytest.fixture
def casa() -> Casa:
    return Casa()


def analysed(casa: Casa, *protocolos: str) -> list[AnaliseDeConta]:
    return list(find_analises(HOSPITAL, protocolos or [UM_PEG], casa.portas))


def a_rich_peg(casa: Casa, protocolo: str = UM_PEG, **changes: object) -> None:
    """Two guias: a glosa of a guia, one of an item in reais, one of all."""
    known = a_knowledge(on(granted(authorised(quantidade=3))))
    other = a_sadt(done(data_execucao=DIA - timedelta(days=1)), numero="G2", senha=None, numero_operadora=SENHA)
    glosas = (
        by_hand(), by_hand(2, None, None, mensagem="Guia já paga."), by_hand(0, None, None, mensagem="Conta já paga."),
    )  # fmt: skip
    casa.publish(protocolo, a_dossie(a_sadt(), other, contexto=known, glosas=glosas), **changes)


def a_payment_of(casa: Casa, *, dental: bool = False) -> DemonstrativoPagamento:
    known = a_knowledge(on(granted(authorised(RESINA))))
    pegs = [
        casa.publish(UM_PEG, a_dossie(glosas=(by_hand(),))),
        casa.publish(OUTRO_PEG, a_dossie(a_dental(filled(dente="11", face="OM")), contexto=known)),
    ]
    casa.pay(*pegs, descontos=(a_discount("3.00", descricao="ISS retido"), CREDITO), banco="001", agencia="12")
    tipo = TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA if dental else TipoDemonstrativo.PAGAMENTO
    return find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, data=HOJE), casa.portas, tipo=tipo)


# --- on paper ---


def test_an_analysis_is_printed_with_its_items_its_reasons_and_how_to_contest_them(casa: Casa) -> None:
    a_rich_peg(casa)
    page = Printed(pdf.analises(analysed(casa)))
    text = page.text
    for said in (
        "Demonstrativo de análise de conta", "VALE/AMS", "Registro ANS 345695", UM_PEG, "Hospital Aurora", "HOSP01",
        "20/10/2026", "09/11/2026", "Liberado para", "Página 1 de ", f"Protocolo {UM_PEG} · Emitido em 12/11/2026",
        "Protocolo todo. Glosa 1705", "Conta já paga.", "Guia toda. Glosa 1705",
        "Glosa 1705 (R$ 1,50): Cobrado acima do combinado.", f"Total do protocolo {UM_PEG}",
    ):  # fmt: skip
        assert said in text, said
    assert "Envie recurso de glosa até 09/12/2026" in text
    assert any(f"na operadora {SENHA}" in piece.text for one in page.pages for piece in one)
    informado = casa.contas.peg(HOSPITAL, UM_PEG)
    assert informado is not None
    total = paginas.reais(informado.valor_informado)
    assert page.row(f"Total do protocolo {UM_PEG}")[1:] == [total, total, "0,00"]


def test_each_protocolo_begins_a_page_with_whose_it_is_at_its_head_and_foot(casa: Casa) -> None:
    casa.publish(UM_PEG)
    casa.publish(OUTRO_PEG, a_dossie(a_resumo()), registro_ans=PASA)
    page = Printed(pdf.analises(find_analises(HOSPITAL, [UM_PEG, OUTRO_PEG], casa.portas)))
    first, second = ({piece.text for piece in one} for one in page.pages)
    assert {"Registro ANS 345695", f"Protocolo {UM_PEG} · Emitido em 12/11/2026"} <= first
    assert {"Registro ANS 331988", f"Protocolo {OUTRO_PEG} · Emitido em 12/11/2026"} <= second
    with pytest.raises(ValueError, match="something"):
        pdf.analises([])


@pytest.mark.parametrize(
    ("fatura", "said"),
    [
        (None, ("Pagamento", "-")),
        (a_fatura(situacao=SituacaoFatura.ENCERRADA), ("Pagamento", "-")),
        (a_fatura(entrega_ate=date(2026, 11, 16)), ("Nota fiscal até", "16/11/2026")),
        (
            a_fatura(situacao=SituacaoFatura.PROGRAMADA, pagamento_em=date(2026, 11, 30)),
            ("Pagamento previsto", "30/11/2026"),
        ),
        (a_fatura(situacao=SituacaoFatura.PAGA, paga_em=date(2026, 12, 1)), ("Pago em", "01/12/2026")),
    ],
)
def test_an_analysis_says_when_it_is_paid_or_what_it_waits_for(
    casa: Casa, fatura: Fatura | None, said: tuple[str, str]
) -> None:
    casa.publish()
    (one,) = analysed(casa)
    text = Printed(pdf.analises([replace(one, fatura=fatura)])).text.split("\n")
    assert set(said) <= set(text)


def test_a_guia_longer_than_a_page_goes_on_under_its_name_and_nothing_leaves_the_page(casa: Casa) -> None:
    many = [done(CONSULTA, descricao_procedimento="W" * 150) for _ in range(60)]
    team = done(equipe=(by("06"), by("12")))
    casa.publish(UM_PEG, a_dossie(a_sadt(team, numero="G" * 20, senha="9" * 20), a_sadt(*many, numero="G2")))
    page = Printed(pdf.analises(analysed(casa)))
    text = page.text.replace("\n", " ")
    assert "carteira 00012345678900011 · 11/11/2026" in text, "a long name takes a second line"
    assert "Anestesista" in text
    assert "Clínico" not in text
    assert page.total > 2
    assert any(piece.text.startswith("Guia G2 (continuação)") for piece in page.pages[2])
    for one in page.pages:
        assert {"Tabela e código", "Liberado"} <= {piece.text for piece in one}
        for piece in one:
            assert piece.x >= paginas.LEFT - 0.01, piece
            assert piece.x + stringWidth(piece.text, piece.font, piece.size) <= paginas.RIGHT + 0.01, piece
            assert piece.y >= paginas.BOTTOM or piece.y == paginas.BOTTOM - 22, piece


def test_what_a_protocolo_comes_to_stands_above_the_foot_however_many_guias_it_has(casa: Casa) -> None:
    for guias in range(14, 30, 2):
        casa.publish(UM_PEG, a_dossie(*(a_sadt(numero=f"G{n}") for n in range(guias))))
        page = Printed(pdf.analises(analysed(casa)))
        for piece in (piece for one in page.pages for piece in one):
            assert piece.y >= paginas.BOTTOM or piece.y == paginas.BOTTOM - 22, (guias, piece)


def test_a_payment_is_printed_with_what_it_paid_its_debits_and_its_credits(casa: Casa) -> None:
    made = a_payment_of(casa)
    page = Printed(pdf.pagamento(made))
    for said in (
        "Demonstrativo de pagamento", "Pagamento P-1, em 12/11/2026", "001", "ISS retido", "Líquido pago (R$)",
        f"Protocolo {UM_PEG} · lote 1 · recebido em 20/10/2026",
    ):  # fmt: skip
        assert said in page.text, said
    assert page.row("ISS retido")[-1] == "3,00"
    assert page.row("=Ajuste")[-1] == "2,00"
    assert paginas.reais(made.liquido) in page.text


def test_odontologia_is_printed_item_by_item_and_says_where_the_rest_is(casa: Casa) -> None:
    text = Printed(pdf.pagamento(a_payment_of(casa, dental=True))).text.replace("\n", " ")
    for said in ("Demonstrativo de pagamento - odontologia", "dente 11", "face OM", "outros tipos"):
        assert said in text, said
    assert UM_PEG not in text


def test_a_cronograma_is_printed_with_each_of_its_days() -> None:
    page = Printed(pdf.cronograma(a_cronograma(), an_operadora()))
    assert page.row("11/2026") == ["11/2026", "30/11/2026", "10/12/2026", "15/12/2026", "30/12/2026"]
    assert "Versão 1, publicada em 12/11/2026" in page.text


# --- in a spreadsheet ---


def sheet(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def test_an_analysis_is_a_line_per_item_with_amounts_a_spreadsheet_sums(casa: Casa) -> None:
    a_rich_peg(casa)
    first, second = sheet(planilhas.analises(analysed(casa)))
    assert (first["protocolo"], first["guia_prestador"], first["codigo"], first["data"]) == (
        UM_PEG, "G1", "40304361", DIA.isoformat(),
    )  # fmt: skip
    assert (first["valor_informado"], first["valor_liberado"], first["valor_glosado"]) == ("18,50", "0,00", "18,50")
    assert (first["glosas"], first["motivos"]) == ("1705 1705", "Cobrado acima do combinado. | Conta já paga.")
    assert second["guia_operadora"] == SENHA


def test_a_payment_is_a_line_per_guia_then_per_debit_and_credit(casa: Casa) -> None:
    guia, dental, iss, credit = sheet(planilhas.pagamento(a_payment_of(casa)))
    assert (guia["pagamento"], guia["data_pagamento"], guia["protocolo"]) == ("P-1", "2026-11-12", UM_PEG)
    assert (guia["valor_informado"], guia["valor_liberado"], dental["valor_informado"]) == ("18,50", "17,00", "80,00")
    assert (iss["tipo_debito_credito"], iss["valor_debito"], iss["valor_credito"], iss["protocolo"]) == (
        "02", "3,00", "", "",
    )  # fmt: skip
    assert (credit["descricao_debito_credito"], credit["valor_credito"]) == ("'=Ajuste", "2,00"), "no formula"


def test_odontologia_is_a_line_per_item(casa: Casa) -> None:
    (item,) = sheet(planilhas.pagamento(a_payment_of(casa, dental=True)))
    assert (item["dente"], item["face"], item["codigo"], item["valor_informado"]) == ("11", "OM", RESINA, "80,00")


def test_a_cronograma_is_written_as_its_load_reads_it() -> None:
    first, *_ = sheet(planilhas.cronograma(a_cronograma()))
    assert first == {
        "competencia": "202610", "corte": "2026-10-31", "publicacao": "2026-11-10", "entrega": "2026-11-16",
        "pagamento": "2026-11-30",
    }  # fmt: skip


# --- in a calendar ---


def forecast(fatura: Fatura | None = None, **changes: object) -> Previsao:
    held = {
        "peg": a_peg(UM_PEG, situacao=SituacaoPeg.LIBERADO), "valor": Decimal(100), "competencia": "202610",
        "entrega_ate": date(2026, 11, 16), "pagamento_em": date(2026, 11, 30), "fatura": fatura,
    }  # fmt: skip
    return Previsao(**{**held, **changes})  # type: ignore[arg-type]  # names and types are those of the class


def events(*previsoes: Previsao, **changes: object) -> dict[str, icalendar.Event]:
    """By UID, as a client reads them."""
    made = agenda.calendario([a_cronograma(**changes)], previsoes, {VALE: "VALE/AMS"})
    calendar = icalendar.Calendar.from_ical(made)
    assert isinstance(calendar, icalendar.Calendar)
    assert not calendar.errors
    assert (calendar["VERSION"], calendar["X-WR-TIMEZONE"]) == ("2.0", "America/Sao_Paulo")
    assert {b"REFRESH-INTERVAL;VALUE=DURATION:PT6H", b"X-PUBLISHED-TTL:PT6H"} <= set(made.split(b"\r\n"))
    found = list(calendar.walk("VEVENT"))
    assert not any(one.errors or one.walk("VALARM") for one in found)
    by_uid = {str(one["UID"]): one for one in found if isinstance(one, icalendar.Event)}
    assert len(by_uid) == len(found)
    return by_uid


def test_a_ciclo_is_two_whole_days_of_the_calendar() -> None:
    found = events()
    delivery = found[f"entrega-{VALE}-202611@conecta"]
    assert (delivery.start, delivery.end) == (date(2026, 12, 15), date(2026, 12, 16))
    assert (str(delivery["SUMMARY"]), delivery["SEQUENCE"]) == ("VALE/AMS: entrega de notas de 11/2026", 1)
    assert found[f"pagamento-{VALE}-202611@conecta"].start == date(2026, 12, 30)


def test_an_event_keeps_its_uid_and_tells_its_version() -> None:
    before, after = events(), events(versao=2, publicado_em=datetime(2026, 11, 13, 12, tzinfo=UTC))
    assert before.keys() == after.keys()
    assert {one["SEQUENCE"] for one in after.values()} == {2}
    assert agenda.calendario([a_cronograma()], [], {VALE: "V"}) == agenda.calendario([a_cronograma()], [], {VALE: "V"})


def test_a_peg_has_the_day_of_its_nota_and_the_day_it_is_paid_on() -> None:
    when = datetime(2026, 11, 9, 12, tzinfo=UTC)
    marco = Marco(evento=Evento.LIBERADO, papel=Papel.FINANCEIRO, quem="x", quando=when, situacao=SituacaoPeg.LIBERADO)
    peg = a_peg(UM_PEG, situacao=SituacaoPeg.LIBERADO, historico=(marco,))
    found = events(forecast(a_fatura(versao=3), peg=peg))
    nota, paid = found[f"entrega-{UM_PEG}@conecta"], found[f"pagamento-{UM_PEG}@conecta"]
    assert (nota.start, nota["SEQUENCE"], nota.DTSTAMP) == (date(2026, 11, 16), 3, when)
    assert "agora" in str(paid["DESCRIPTION"])
    assert "100" not in str(paid["DESCRIPTION"]), "no amounts where an address is all that guards them"


def test_a_peg_whose_nota_came_or_that_has_no_days_yet_says_no_more_than_is_known() -> None:
    came = events(forecast(a_fatura(situacao=SituacaoFatura.PROGRAMADA)))
    assert f"entrega-{UM_PEG}@conecta" not in came
    assert "agora" not in str(came[f"pagamento-{UM_PEG}@conecta"]["DESCRIPTION"])
    assert not any(UM_PEG in uid for uid in events(forecast(entrega_ate=None, pagamento_em=None)))
