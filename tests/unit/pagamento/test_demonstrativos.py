"""Demonstrativos and conciliação: what was billed, judged and paid, to the cent at every level."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conecta_contas.analise import Recuperado, reverter, taken_of_lines
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import SituacaoPeg, de_antes
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import ZERO, soma
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, StatusProtocolo, TipoDemonstrativo, TipoPagamento
from pagamento.domain.demonstrativos import Conta, GlosaAplicada, Periodo, demonstrar
from pagamento.domain.errors import DemonstrativoIndisponivelError, LegadoError, NaoEncontradoError
from pagamento.domain.faturas import SituacaoFatura
from pagamento.messages.demonstrativos import xml
from pagamento.service.demonstrativos import PAGOS, PROTOCOLOS, find_analises, find_conciliacao, find_pagamento
from pagamento.service.faturas import ids_of
from tests.builders_cadastro import CONSULTA, HEMOGRAMA
from tests.builders_functions import CLINICA, HOSPITAL, PASA, VALE
from tests.builders_pagamento import (
    AGORA,
    HOJE,
    OUTRO_PEG,
    OUTUBRO,
    UM_PEG,
    a_cronograma,
    a_discount,
    a_fatura,
    a_payment,
)
from tests.builders_peg import DIA, RESINA, a_dental, a_knowledge, a_resumo, a_sadt, authorised, done, filled, granted
from tests.builders_peg import a_senha as on
from tests.casa_pagamento import RECEBIDO, Casa, a_dossie, a_published, by_hand

DE_ANTES = "251220000001"
"""Of before the migration."""
DENTAL = a_knowledge(on(granted(authorised(RESINA))))


@pytest.fixture
def casa() -> Casa:
    return Casa()


def unnamed(_tabela: str, _codigo: str) -> str | None:
    return None


def shown(glosas: tuple[GlosaAplicada, ...]) -> list[tuple[int, str]]:
    """(id, reais it takes here) of glosas."""
    return [(one.glosa.id, str(one.valor)) for one in glosas]


def adds_up(conta: Conta) -> bool:
    levels = [(conta.valores, [guia.valores for guia in conta.guias])]
    levels += [(guia.valores, [item.valores for item in guia.itens]) for guia in conta.guias if guia.itens]
    return all(
        whole.informado == soma(part.informado for part in parts)
        and whole.glosado == soma(part.glosado for part in parts)
        and whole.processado == whole.informado == whole.liberado + whole.glosado
        for whole, parts in levels
    ) and all(
        soma(one.valor for one in item.glosas) == item.valores.glosado for guia in conta.guias for item in guia.itens
    )


# --- análise de conta ---


@pytest.mark.regra("PAG-DEMONSTRATIVO")
def test_a_protocolo_is_shown_guia_by_guia_and_item_by_item_with_what_each_glosa_takes() -> None:
    known = a_knowledge(on(granted(authorised(quantidade=3))))
    guias = (
        a_sadt(done(valor="20.00"), done(CONSULTA, valor="120.00")),
        a_sadt(done(data_execucao=DIA - timedelta(days=1)), numero="G2"),
    )
    dossie = a_dossie(*guias, contexto=known, glosas=(by_hand(2, None, None), by_hand()))
    conta = demonstrar(a_published(UM_PEG, dossie), dossie, unnamed, recebido_em=RECEBIDO)
    assert adds_up(conta)
    assert (conta.situacao, conta.recebido_em) == (StatusProtocolo.LIBERADO_PARA_PAGAMENTO, RECEBIDO)
    first, second = conta.guias
    assert (first.numero, first.senha is not None, first.inicio) == ("G1", True, first.fim)
    assert second.situacao is StatusProtocolo.ENCERRADO_SEM_PAGAMENTO, "nothing of it is paid"
    person = max(one.id for one in dossie.resultado.glosas if one.sequencia is None and one.indice == 2)
    assert shown(second.glosas) == [(person, str(second.glosas[0].valor))]
    assert conta.glosas == ()
    assert len(conta.vidas) == 1


def test_a_glosa_that_another_stands_before_is_told_and_one_taken_back_is_not() -> None:
    whole = by_hand(0, None, None)
    dossie = a_dossie(a_sadt(done(valor="20.00")), glosas=(by_hand(), whole))
    conta = demonstrar(a_published(UM_PEG, dossie), dossie, unnamed, recebido_em=RECEBIDO)
    assert adds_up(conta)
    assert conta.valores.liberado == 0
    own = {one.glosa.id: one.valor for one in conta.guias[0].itens[0].glosas}
    assert own[conta.glosas[0].glosa.id] == conta.glosas[0].valor > 0
    back = reverter(dossie.resultado, conta.glosas[0].glosa.id, autor="pessoa", motivo="engano")
    again = demonstrar(a_published(UM_PEG, dossie), replace(dossie, resultado=back), unnamed, recebido_em=RECEBIDO)
    assert again.glosas == ()
    assert adds_up(again)


def test_an_item_is_called_as_written_else_by_its_term_else_by_its_code() -> None:
    dossie = a_dossie(a_sadt(done(descricao_procedimento=" Como escrito "), done(descricao_procedimento="  ")))
    for term, expected in ((lambda _tabela, _codigo: "O termo", "O termo"), (unnamed, HEMOGRAMA)):
        conta = demonstrar(a_published(UM_PEG, dossie), dossie, term, recebido_em=RECEBIDO)
        assert [item.descricao for item in conta.guias[0].itens] == ["Como escrito", expected]


def test_a_stay_is_shown_with_its_hours_and_a_guia_without_items_on_the_day_it_was_received() -> None:
    stay = a_dossie(a_resumo())
    (guia,) = demonstrar(a_published(UM_PEG, stay), stay, unnamed, recebido_em=RECEBIDO).guias
    assert guia.hora_inicio
    assert guia.hora_fim
    assert guia.inicio < guia.fim
    bare = replace(stay, guias=(replace(stay.guias[0], itens=(), inicio=None, fim=None, periodo=None),))
    (guia,) = demonstrar(a_published(UM_PEG, stay), bare, unnamed, recebido_em=RECEBIDO).guias
    assert (guia.inicio, guia.fim, guia.hora_inicio) == (RECEBIDO, RECEBIDO, None)


def test_analyses_are_made_one_by_one_after_all_of_them_are_known_to_be_there(casa: Casa) -> None:
    casa.publish(UM_PEG)
    casa.publish(OUTRO_PEG, a_dossie(a_sadt(done(descricao_procedimento=""))), registro_ans=PASA)
    casa.registros.put(a_fatura(UM_PEG))
    found = find_analises(HOSPITAL, [OUTRO_PEG, UM_PEG, OUTRO_PEG], casa.portas)
    assert casa.contas.reads == len((UM_PEG, OUTRO_PEG)), "no dossier was read yet"
    other, one = found
    assert [each.cabecalho.numero for each in (other, one)] == [OUTRO_PEG, UM_PEG]
    assert (one.cabecalho.codigo_prestador, other.cabecalho.codigo_prestador) == ("HOSP01", None)
    assert (one.cabecalho.emitido_em, one.cabecalho.operadora.registro_ans) == (HOJE, VALE)
    assert other.fatura is None
    assert one.fatura is not None
    assert other.conta.guias[0].itens[0].descricao == f"Termo 22:{HEMOGRAMA}"


def test_what_is_not_published_is_told_and_so_is_what_is_too_much(casa: Casa) -> None:
    casa.publish(UM_PEG)
    casa.publish(OUTRO_PEG, situacao=SituacaoPeg.ANALISADO, publicada_em=None)
    with pytest.raises(DemonstrativoIndisponivelError) as refused:
        find_analises(HOSPITAL, [UM_PEG, OUTRO_PEG], casa.portas)
    assert (refused.value.motivo, refused.value.protocolos) == ("NAO_PUBLICADO", (OUTRO_PEG,))
    many = [f"26102{n:07}" for n in range(PROTOCOLOS + 1)]
    with pytest.raises(DemonstrativoIndisponivelError, match="GRANDE_DEMAIS"):
        find_analises(HOSPITAL, many, casa.portas)


@pytest.mark.regra("PAG-LEGADO")
def test_what_is_absent_or_foreign_is_not_found_unless_its_operadora_had_it_before_the_migration(casa: Casa) -> None:
    casa.publish(UM_PEG)
    for whose, asked, registro in (
        (CLINICA, UM_PEG, None), (HOSPITAL, OUTRO_PEG, VALE), (HOSPITAL, DE_ANTES, None), (HOSPITAL, UM_PEG, PASA),
    ):  # fmt: skip
        with pytest.raises(NaoEncontradoError) as absent:
            find_analises(whose, [asked], casa.portas, registro_ans=registro)
        assert absent.value.protocolos == (asked,)
    with pytest.raises(LegadoError) as old:
        find_analises(HOSPITAL, [DE_ANTES, UM_PEG, "ANTIGO-1"], casa.portas, registro_ans=VALE)
    assert (old.value.portal, old.value.protocolos) == ("https://antigo.example", (DE_ANTES, "ANTIGO-1"))
    with pytest.raises(NaoEncontradoError) as absent:
        find_analises(HOSPITAL, [DE_ANTES, OUTRO_PEG], casa.portas, registro_ans=VALE)
    assert absent.value.protocolos == (OUTRO_PEG,)


@pytest.mark.regra("PAG-LEGADO")
@pytest.mark.parametrize(
    ("protocolo", "antes"),
    [
        ("260820000001", True), ("260920000001", False), ("261320000001", True), ("260930000001", False),
        ("260990000001", True), ("26092000001", True), ("A60920000001", True), ("٢60920000001", True),
    ],
)  # fmt: skip
def test_a_protocolo_is_of_before_when_it_is_of_another_shape_or_an_earlier_month(
    protocolo: str, *, antes: bool
) -> None:
    assert de_antes(protocolo, date(2026, 9, 15)) is antes


# --- payments ---


def test_a_payment_is_shown_guia_by_guia_with_its_debits_and_adds_up(casa: Casa) -> None:
    pegs = [casa.publish(UM_PEG, a_dossie(glosas=(by_hand(),))), casa.publish(OUTRO_PEG)]
    paid = casa.pay(*pegs, descontos=(a_discount("3.00"),))
    shown = find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, data=HOJE), casa.portas)
    (one,) = shown.pagamentos
    assert shown.cabecalho.numero == paid.demonstrativo
    assert (one.pagamento, one.parte, shown.observacao) == (paid, False, None)
    assert [conta.protocolo for conta in one.contas] == [UM_PEG, OUTRO_PEG]
    assert all(guia.itens == () and guia.valores.informado for conta in one.contas for guia in conta.guias)
    assert shown.valores.liberado == paid.bruto == soma(peg.valor_liberado for peg in pegs)
    assert (shown.debitos, shown.creditos, shown.liquido) == (Decimal("3.00"), ZERO, paid.liquido)


def test_payments_of_a_month_are_one_demonstrativo_with_a_number_of_its_own(casa: Casa) -> None:
    casa.pay(casa.publish(UM_PEG))
    casa.pay(casa.publish(OUTRO_PEG), numero="P-2", data=date(2026, 11, 1), demonstrativo="261150000010")
    casa.registros.put(a_payment("P-3", registro_ans=PASA))
    shown = find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, competencia="202611"), casa.portas)
    assert [one.pagamento.numero for one in shown.pagamentos] == ["P-2", "P-1"]
    assert shown.cabecalho.numero == f"{VALE}202611"
    assert (shown.inicio, shown.fim) == (date(2026, 11, 1), date(2026, 11, 30))
    two = [one.pagamento for one in shown.pagamentos]
    assert Periodo(registro_ans=VALE, data=HOJE).numero(two) == f"{VALE}261112"


def test_a_credit_alone_is_shown_with_what_else_was_paid(casa: Casa) -> None:
    paid, credit = casa.pay(casa.publish(UM_PEG)), a_discount(indicador=DebitoCreditoIndicador.CREDITO)
    alone = casa.pay(numero="P-2", demonstrativo="261150000010", descontos=(credit,))
    asked = Periodo(registro_ans=VALE, data=HOJE)
    shown = find_pagamento(HOSPITAL, asked, casa.portas)
    assert [one.pagamento for one in shown.pagamentos] == [paid, alone]
    assert (shown.creditos, shown.liquido) == (Decimal("10.00"), paid.liquido + alone.liquido)
    message = xml(shown, Versao.V4_01_00, AGORA).decode("iso-8859-1")
    assert message.count("<ans:pagamentosPorData>") == 1
    assert "<ans:debitosCreditosDemonstrativo>" in message
    with pytest.raises(DemonstrativoIndisponivelError, match="SEM_PEG"):
        xml(replace(shown, pagamentos=shown.pagamentos[1:]), Versao.V4_01_00, AGORA)
    with pytest.raises(NaoEncontradoError):
        find_pagamento(HOSPITAL, asked, casa.portas, tipo=TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA)


def test_odontologia_is_shown_item_by_item_without_what_else_was_paid(casa: Casa) -> None:
    dental = casa.publish(OUTRO_PEG, a_dossie(a_dental(filled(dente="11", face="O")), contexto=DENTAL))
    casa.pay(casa.publish(UM_PEG), dental, descontos=(a_discount(),))
    asked = Periodo(registro_ans=VALE, data=HOJE)
    shown = find_pagamento(HOSPITAL, asked, casa.portas, tipo=TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA)
    (one,) = shown.pagamentos
    assert ([conta.protocolo for conta in one.contas], one.parte) == ([OUTRO_PEG], True)
    assert one.contas[0].guias[0].itens[0].dente == "11"
    assert one.pagamento.descontos == ()
    assert one.pagamento.bruto == one.pagamento.liquido == shown.liquido == dental.valor_liberado
    assert "outros tipos" in (shown.observacao or "")


def test_where_nothing_was_paid_there_is_no_demonstrativo_and_of_before_there_is_the_portal(casa: Casa) -> None:
    casa.pay(casa.publish(UM_PEG))
    dental = TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA
    with pytest.raises(NaoEncontradoError):
        find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, data=HOJE), casa.portas, tipo=dental)
    with pytest.raises(NaoEncontradoError):
        find_pagamento(HOSPITAL, Periodo(registro_ans=PASA, data=HOJE), casa.portas)
    with pytest.raises(LegadoError):
        find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, competencia="202512"), casa.portas)


def test_more_payments_than_one_answer_takes_are_for_an_archive(casa: Casa) -> None:
    dossie = a_dossie()
    casa.pay(*(a_published(f"26102{n:07}", dossie) for n in range(PAGOS + 1)))
    with pytest.raises(DemonstrativoIndisponivelError, match="GRANDE_DEMAIS"):
        find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, data=HOJE), casa.portas)


# --- what recursos gave back ---

R1, R2 = "261160000001", "261160000002"
PRIMEIRA = Recuperado(R1, 1, 1, 1, Decimal("1.00"))


@lru_cache(maxsize=1)
def two_glosas() -> Dossie:
    """Two guias of one item of 18.50, of each of which auditoria took 1.50."""
    known = a_knowledge(on(granted(authorised(quantidade=3))))
    second = a_sadt(done(data_execucao=DIA - timedelta(days=1)), numero="G2")
    return a_dossie(a_sadt(done()), second, contexto=known, glosas=(by_hand(), by_hand(2)))


def test_an_analysis_tells_what_came_back_where_and_when_that_is_paid(casa: Casa) -> None:
    dossie = two_glosas()
    peg = casa.recover(UM_PEG, dossie, (PRIMEIRA,))
    find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
    (found,) = find_analises(HOSPITAL, [UM_PEG], casa.portas)
    assert adds_up(found.conta)
    assert [guia.valores.recuperado for guia in found.conta.guias] == [Decimal("1.00"), ZERO]
    assert found.conta.valores.liberado == peg.valor_liberado
    assert shown(found.conta.guias[0].itens[0].glosas) == [(1, "0.50")]
    (parcela,) = found.parcelas
    assert (parcela.id, parcela.recurso, parcela.valor) == (f"{UM_PEG}-1", R1, Decimal("1.00"))
    assert found.fatura is not None
    assert found.fatura.valor + parcela.valor == peg.valor_liberado


def test_a_glosa_that_was_given_back_whole_is_told_of_no_more(casa: Casa) -> None:
    whole = a_dossie(contexto=a_knowledge(on(granted())), glosas=(by_hand(1, None, None),))
    for made in (two_glosas(), whole):
        parts = [
            Recuperado(R1, glosa.id, *place, valor)
            for place, glosas in taken_of_lines(made.resultado).items() for glosa, valor in glosas if valor
        ]  # fmt: skip
        casa.recover(UM_PEG, made, parts)
        (found,) = find_analises(HOSPITAL, [UM_PEG], casa.portas)
        guias = found.conta.guias
        told = [*(one for guia in guias for one in guia.glosas),
                *(one for guia in guias for item in guia.itens for one in item.glosas)]  # fmt: skip
        assert [one for one in told if one.glosa.recuperado] == []


def test_each_payment_tells_its_own_part_of_a_peg_for_ever(casa: Casa) -> None:
    dossie = two_glosas()
    before = casa.pay(casa.publish(UM_PEG, dossie))
    asked = Periodo(registro_ans=VALE, data=HOJE)
    first = find_pagamento(HOSPITAL, asked, casa.portas)
    second = Recuperado(R2, 2, 2, 1, Decimal("1.50"))
    casa.recover(UM_PEG, dossie, (PRIMEIRA,), (second,), situacao=SituacaoPeg.PAGO)
    again = find_pagamento(HOSPITAL, asked, casa.portas)
    assert again.valores == first.valores
    assert again.valores.liberado == before.bruto
    assert adds_up(again.pagamentos[0].contas[0])
    later = casa.settle(f"{UM_PEG}-2", f"{UM_PEG}-1", numero="P-2", demonstrativo="261150000010")
    shown_later = find_pagamento(HOSPITAL, asked, casa.portas).pagamentos[-1]
    assert shown_later.valores.liberado == later.bruto == Decimal("2.50")
    assert shown_later.valores.glosado == ZERO
    told = [(one.fatura, one.recurso, one.tipo_pagamento, [guia.numero for guia in one.guias])
            for one in shown_later.contas]  # fmt: skip
    assert told == [
        (f"{UM_PEG}-2", R2, TipoPagamento.RECURSO, ["G2"]), (f"{UM_PEG}-1", R1, TipoPagamento.RECURSO, ["G1"]),
    ]  # fmt: skip
    message = xml(find_pagamento(HOSPITAL, asked, casa.portas), Versao.V4_01_00, AGORA).decode("iso-8859-1")
    assert message.count("<ans:tipoPagamento>2</ans:tipoPagamento>") == 2


def test_of_odontologia_what_came_back_is_shown_item_by_item(casa: Casa) -> None:
    dossie = a_dossie(a_dental(filled(dente="11", face="O")))
    glosa, valor = next(one for one in taken_of_lines(dossie.resultado)[1, 1] if one[1])
    casa.recover(UM_PEG, dossie, (Recuperado(R1, glosa.id, 1, 1, valor),))
    casa.settle(f"{UM_PEG}-1")
    asked, dental = Periodo(registro_ans=VALE, data=HOJE), TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA
    found = find_pagamento(HOSPITAL, asked, casa.portas, tipo=dental)
    ((conta,),) = (one.contas for one in found.pagamentos)
    (item,) = conta.guias[0].itens
    assert (item.valores.informado, item.valores.liberado, item.glosas) == (valor, valor, ())
    assert b"<ans:recurso>S</ans:recurso>" in xml(found, Versao.V4_01_00, AGORA)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 150), min_size=1, max_size=4), st.data())
def test_what_each_fatura_tells_adds_up_to_what_is_liberado(cents: list[int], data: st.DataObject) -> None:
    made = two_glosas()
    left = {1: Decimal("1.50"), 2: Decimal("1.50")}
    recursos = []
    for n, one in enumerate(cents, 1):
        guia = data.draw(st.sampled_from([1, 2]))
        valor = min(Decimal(one).scaleb(-2), left[guia])
        if valor:
            left[guia] -= valor
            recursos.append((Recuperado(f"26116{n:07d}", guia, guia, 1, valor),))
    casa = Casa()
    peg = casa.recover(UM_PEG, made, *recursos)
    casa.settle(*ids_of(peg))
    (paid,) = find_pagamento(HOSPITAL, Periodo(registro_ans=VALE, data=HOJE), casa.portas).pagamentos
    assert paid.valores.liberado == paid.pagamento.bruto == peg.valor_liberado
    assert all(adds_up(conta) for conta in paid.contas)
    found = find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
    assert found.conciliar(found.conta.valores, [(1, 1), (2, 1)]).pago == peg.valor_liberado


# --- conciliação ---


def test_an_amount_is_followed_from_what_was_presented_to_what_was_paid(casa: Casa) -> None:
    peg = casa.publish(UM_PEG, a_dossie(glosas=(by_hand(),)))
    waiting = find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
    assert waiting.fatura.situacao is SituacaoFatura.PENDENTE, "opened by who met it first"
    told = waiting.conciliar(waiting.conta.valores, [(1, 1)])
    assert (told.apresentado, told.processado, told.glosado, told.pago) == (
        peg.valor_informado, peg.valor_informado, peg.valor_glosado, ZERO,
    )  # fmt: skip
    casa.settle(UM_PEG)
    paid = find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
    item = paid.conta.guias[0].itens[0]
    told = paid.conciliar(item.valores, [(1, 1)])
    assert told.pago == told.liberado == item.valores.liberado
    assert (told.recursado, told.acatado) == (ZERO, ZERO)


def test_what_was_contested_given_back_and_paid_is_followed_line_by_line(casa: Casa) -> None:
    peg = casa.recover(UM_PEG, two_glosas(), (PRIMEIRA,))
    casa.contestados[UM_PEG] = {(1, 1): Decimal("1.50"), (2, 1): Decimal("1.50")}
    for parcela, paid in ((None, "0.00"), (f"{UM_PEG}-1", "1.00"), (UM_PEG, str(peg.valor_liberado))):
        if parcela:
            casa.settle(parcela)
        found = find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
        told = found.conciliar(found.conta.valores, [(1, 1), (2, 1)])
        assert (str(told.pago), str(told.recursado), str(told.acatado)) == (paid, "3.00", "1.00")
    assert [one.id for one in found.parcelas] == [f"{UM_PEG}-1"]
    first, second = (found.conciliar(guia.valores, [(guia.sequencia, 1)]) for guia in found.conta.guias)
    assert (first.acatado, first.pago, second.acatado) == (Decimal("1.00"), first.liberado, ZERO)
    assert first.apresentado == first.glosado + first.liberado


def test_days_are_told_as_they_are_now_before_a_closing_or_a_recount_came_by(casa: Casa) -> None:
    casa.publish(UM_PEG)
    find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
    casa.registros.put(a_cronograma())
    (analise,) = find_analises(HOSPITAL, [UM_PEG], casa.portas)
    for fatura in (find_conciliacao(HOSPITAL, UM_PEG, casa.portas).fatura, analise.fatura):
        assert fatura is not None
        assert (fatura.entrega_ate, fatura.pagamento_em) == (OUTUBRO.entrega, OUTUBRO.pagamento)


def test_a_peg_that_ended_before_it_had_a_fatura_has_nothing_to_reconcile(casa: Casa) -> None:
    casa.publish(UM_PEG, situacao=SituacaoPeg.ENCERRADO_SEM_PAGAMENTO)
    with pytest.raises(DemonstrativoIndisponivelError, match="NAO_PUBLICADO"):
        find_conciliacao(HOSPITAL, UM_PEG, casa.portas)
