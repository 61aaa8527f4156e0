"""Demonstrativos as messages: valid in each version whatever the guias and glosas, or told not to fit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from conecta_facts.prestadores import Prestador
from conecta_tiss.messages.demonstrativos import DemonstrativosRetorno
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.pipeline import validate_message
from conecta_tiss.terminologia.glosas import code_in
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, TipoDemonstrativo, TipoPagamento
from conecta_tiss.xml.epilogo import SituacaoHash
from local.gerador import Tipo
from pagamento.domain.demonstrativos import (
    AnaliseDeConta,
    Cabecalho,
    Valores,
)
from pagamento.domain.errors import DemonstrativoIndisponivelError
from pagamento.messages.demonstrativos import SEM_CNES, xml
from tests.builders_analises import COM_LETRAS, a_conta, a_head, a_statement, with_every_glosa
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CNPJ, HOSPITAL, NOW
from tests.builders_pagamento import HOJE, a_discount

V401, V402, V403 = Versao
KINDS = pytest.mark.parametrize(("tipo", "versao"), list(product(Tipo, Versao)))


def read(document: bytes, versao: Versao) -> Mensagem[DemonstrativosRetorno]:
    """A message that its version's schema accepts, whose hash is right."""
    found = validate_message(document, hoje=NOW.date(), versao=versao)
    mensagem = found.mensagem_de(DemonstrativosRetorno)
    assert mensagem is not None, found.achados
    assert found.hash is SituacaoHash.ISO_8859_1
    return mensagem


def adds_up(of: Any) -> bool:
    """What came in is what is left and what was taken."""
    return bool(of.informado == of.processado == of.liberado + of.glosa)


# --- what was analysed ---


@KINDS
def test_an_analysis_tells_every_item_and_adds_up_at_each_level(tipo: Tipo, versao: Versao) -> None:
    conta = with_every_glosa(tipo, versao)
    mensagem = read(xml([AnaliseDeConta(a_head(), conta)], versao, NOW), versao)
    (analise,) = mensagem.corpo.analises
    (protocolo,) = analise.protocolos
    assert (mensagem.cabecalho.tipo_transacao, protocolo.situacao) == ("DEMONSTRATIVO_ANALISE_CONTA", "3")
    assert (analise.prestador.codigo_na_operadora, analise.cnes) == ("HOSP01", "1234567")
    for level in (analise, protocolo, *protocolo.guias):
        assert adds_up(level)
    for guia, shown in zip(protocolo.guias, conta.guias, strict=True):
        assert len(guia.itens) == len(shown.itens)
        assert soma(item.informado for item in guia.itens) == guia.informado
        assert soma(item.liberado for item in guia.itens) == guia.liberado
        for item in guia.itens:
            assert soma(glosa.valor for glosa in item.glosas) == item.informado - item.liberado
    code = "3278" if versao is V403 else "1201"
    assert protocolo.motivo is not None
    assert protocolo.motivo.codigo == code
    # The second glosa of the whole has no room there; in older versions its code is another.
    assert {guia.glosas[0].codigo for guia in protocolo.guias} == {code_in(versao, "3279")}
    assert protocolo.guias[1].glosas[1].codigo == "1414"


def test_an_item_that_the_version_has_no_room_for_is_told_not_left_out() -> None:
    conta = a_conta()
    guia, *others = conta.guias
    dear = replace(guia.itens[0], valores=Valores(Decimal("1000000.00"), Decimal("999999.99")))
    conta = replace(conta, guias=(replace(guia, itens=(dear, *guia.itens[1:])), *others))
    with pytest.raises(DemonstrativoIndisponivelError) as refused:
        xml([AnaliseDeConta(a_head(), conta)], V401, NOW)
    assert (refused.value.motivo, refused.value.protocolos) == ("VERSAO", (conta.protocolo,))
    (analise,) = read(xml([AnaliseDeConta(a_head(), conta)], V402, NOW), V402).corpo.analises
    assert analise.protocolos[0].guias[0].itens[0].informado == Decimal("1000000.00")


@pytest.mark.parametrize(
    "head",
    [
        a_head(operadora=an_operadora(cnpj=COM_LETRAS)),
        a_head(prestador=Prestador(HOSPITAL, "H", "1234567", cnpj=COM_LETRAS), codigo_prestador=None),
    ],
)
def test_a_cnpj_with_letters_is_told_from_4_03_on(head: Cabecalho) -> None:
    analise = AnaliseDeConta(head, a_conta())
    with pytest.raises(DemonstrativoIndisponivelError, match="VERSAO"):
        xml([analise], V402, NOW)
    assert COM_LETRAS in xml([analise], V403, NOW).decode("iso-8859-1")
    assert read(xml([analise], V403, NOW), V403)


def test_without_the_operadora_s_cnpj_there_is_no_message() -> None:
    with pytest.raises(DemonstrativoIndisponivelError, match="SEM_CNPJ"):
        xml([AnaliseDeConta(a_head(operadora=an_operadora()), a_conta())], V401, NOW)


def test_a_person_is_told_by_its_cpf_and_without_a_cnes() -> None:
    head = a_head(prestador=Prestador("p", "Profissional", "", cpf="52998224725"), codigo_prestador=None)
    (analise,) = read(xml([AnaliseDeConta(head, a_conta())], V401, NOW), V401).corpo.analises
    assert (analise.prestador.cpf, analise.cnes) == ("52998224725", SEM_CNES)


# --- what was paid ---


@pytest.mark.parametrize("versao", Versao)
def test_a_payment_tells_every_guia_and_what_is_taken_of_it(versao: Versao) -> None:
    conta = with_every_glosa(Tipo.SADT, versao)
    mensagem = read(xml(a_statement(conta, tipo=TipoDemonstrativo.PAGAMENTO), versao, NOW), versao)
    told = mensagem.corpo.pagamento
    assert told is not None
    (day,) = told.pagamentos
    (protocolo,) = day.protocolos
    assert mensagem.cabecalho.sequencial_transacao == told.cabecalho.numero == "261150000009"
    assert (day.data_pagamento, day.forma_pagamento, day.banco, day.conta) == (HOJE, "1", "0000", "2" * 20)
    assert [(one.tipo, one.descricao, one.valor) for one in day.debitos_creditos] == [("02", "ISS", Decimal("1.50"))]
    for level in (told, day, protocolo):
        assert adds_up(level)
    assert soma(guia.liberado for guia in protocolo.guias) == protocolo.liberado
    assert {guia.tipo_pagamento for guia in protocolo.guias} == {"1"}
    assert told.liquido == day.liquido == day.liberado - Decimal("1.50")
    assert told.debitos_creditos == ()


def test_a_debit_that_the_version_has_no_room_for_is_told() -> None:
    paid = a_statement(
        a_conta(), tipo=TipoDemonstrativo.PAGAMENTO, descontos=(a_discount("1000000.00", descricao="Ajuste"),)
    )
    with pytest.raises(DemonstrativoIndisponivelError, match="VERSAO"):
        xml(paid, V401, NOW)
    assert b"Ajuste" in xml(paid, V403, NOW)
    much = (a_discount("60000000.00", indicador=DebitoCreditoIndicador.CREDITO),) * 2
    with pytest.raises(DemonstrativoIndisponivelError, match="VERSAO"):
        xml(a_statement(a_conta(), tipo=TipoDemonstrativo.PAGAMENTO, descontos=much), V403, NOW)


@pytest.mark.parametrize("versao", Versao)
def test_a_payment_of_odontologia_tells_every_item(versao: Versao) -> None:
    conta = replace(with_every_glosa(Tipo.ODONTO, versao), tipo_pagamento=TipoPagamento.RECURSO)
    made = a_statement(conta, tipo=TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA)
    mensagem = read(xml(made, versao, NOW), versao)
    told = mensagem.corpo.odonto
    assert told is not None
    (day,) = told.pagamentos
    (protocolo,) = day.protocolos
    assert mensagem.cabecalho.tipo_transacao == "DEMONSTRATIVO_ODONTOLOGIA"
    assert (told.codigo_prestador, told.cnpj_prestador, told.cpf_prestador) == ("HOSP01", CNPJ, None)
    for level in (told, day, protocolo, *protocolo.guias, *(item for guia in protocolo.guias for item in guia.itens)):
        assert adds_up(level)
    assert {(guia.recurso, guia.nome_executante) for guia in protocolo.guias} == {(True, "Hospital EUR Aurora")}
    # The standard has no place for what a whole guia loses but its remarks.
    assert "SENHA" in (protocolo.guias[1].observacao or "").upper()


def test_a_dental_item_of_a_hundred_thousand_is_told_from_4_02_on() -> None:
    conta = a_conta(Tipo.ODONTO)
    guia, *others = conta.guias
    dear = replace(guia.itens[0], valores=Valores(Decimal("100000.00"), Decimal("100000.00")))
    conta = replace(conta, guias=(replace(guia, itens=(dear,)), *others))
    made = a_statement(conta, tipo=TipoDemonstrativo.PAGAMENTO_ODONTOLOGIA)
    with pytest.raises(DemonstrativoIndisponivelError, match="VERSAO"):
        xml(made, V401, NOW)
    assert read(xml(made, V402, NOW), V402).corpo.odonto
