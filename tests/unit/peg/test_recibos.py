"""What is answered about PEGs: receipts with glosas, where one stands, what was cancelled; valid in each version."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from conecta_contas.analise import Glosa, Recuperado, recuperar
from conecta_contas.dossies import Dossie
from conecta_contas.pegs import STATUS_PROTOCOLO, Porta, SituacaoPeg
from conecta_tiss.messages.cancelamento import CancelaGuia, GuiaACancelar, LoteACancelar
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.situacao import SituacaoProtocolo
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, official
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.vocabulary.glosas import Motivo, codigo
from conecta_tiss.vocabulary.tables import StatusCancelamento
from conecta_tiss.xml import answers
from local.gerador import Formato, Pedido, Tipo, gerar
from peg.domain.lotes import LoteLido
from peg.messages import recibos
from peg.messages.lotes import TissPadrao
from tests.builders_functions import CNPJ, NOW, VALE, a_contexto
from tests.builders_recibos import a_dossie, a_glosa, a_result, billed_of, peg_of
from tests.unit.gerador.oracle import hash_of_leaves, schema_errors

ANS = {"ans": "http://www.ans.gov.br/padroes/tiss/schemas"}
PADRAO = TissPadrao()
V401, V402, V403 = Versao
KINDS = pytest.mark.parametrize(("tipo", "versao"), list(product(Tipo, Versao)))
VERSIONS = pytest.mark.parametrize("versao", Versao)
SENDER = Contratado(cnpj=CNPJ)
ZERO = Decimal("0.00")


def sent(tipo: Tipo = Tipo.SADT, versao: Versao = V401, **asked: Any) -> LoteLido:
    """A lote of three guias as it was read."""
    made = gerar(
        Pedido(tipo=tipo, versao=versao.value, guias=3, origem_cnpj=CNPJ, destino=VALE, numero_lote="42", **asked)
    )
    return PADRAO.read(made.conteudo, NOW.date(), Porta.XML)


def parsed(xml: bytes, versao: Versao) -> ET.Element:
    """A message that the official schema of a version accepts, whose hash is right."""
    assert schema_errors(xml, versao.value) == []
    root = ET.fromstring(xml)  # noqa: S314  # our own bytes
    assert root.findtext("ans:epilogo/ans:hash", namespaces=ANS) == hash_of_leaves(xml)
    assert root.findtext(".//ans:Padrao", namespaces=ANS) == versao.value
    return root


def receipt(lote: LoteLido, *glosas: Glosa) -> ET.Element:
    xml = PADRAO.receipt(lote, peg_of(lote), a_dossie(lote, *glosas), a_contexto())
    return parsed(xml, Versao(lote.versao or ""))


def status(lote: LoteLido, dossie: Dossie, versao: Versao = V401, **changes: Any) -> ET.Element:
    peg = peg_of(lote, **{"situacao": SituacaoPeg.RECEBIDO, **changes})
    corpo = recibos.situation(peg, dossie, SENDER, versao)
    return parsed(recibos.answer(replace(lote, versao=versao.value), a_contexto(), NOW, corpo), versao)


def texts(root: ET.Element, path: str) -> list[str]:
    return [node.text or "" for node in root.iterfind(f".//ans:{path.replace('/', '/ans:')}", ANS)]


def money(root: ET.Element, path: str) -> list[Decimal]:
    return [Decimal(one) for one in texts(root, path)]


def guias_of(root: ET.Element) -> list[ET.Element]:
    found: list[ET.Element] = []
    for name in ("dadosGuias", "dadosGuiasOdonto", "guiasMedicas/ans:guias", "guiasOdonto/ans:guias"):
        found += root.findall(f".//ans:{name}", ANS)
    return found


def told(place: ET.Element) -> list[tuple[str, str]]:
    """Code and text of each glosa at a place."""
    return list(zip(texts(place, "codigoGlosa"), texts(place, "descricaoGlosa"), strict=True))


# --- receipts ---


@KINDS
def test_a_receipt_without_glosas_releases_all_that_was_billed(tipo: Tipo, versao: Versao) -> None:
    lote = sent(tipo, versao)
    root = receipt(lote)
    assert money(root, "valorLiberado") == money(root, "valorProcessado") == [one.valor_informado for one in lote.guias]
    assert set(money(root, "valorGlosa")) == {ZERO}
    assert not texts(root, "procedimentoRealizado")
    assert not texts(root, "codigoGlosa")


@KINDS
def test_a_glosa_of_an_item_is_told_with_it_and_its_money(tipo: Tipo, versao: Versao) -> None:
    lote = sent(tipo, versao)
    billed = billed_of(lote)[1]
    item = billed.itens[-1]
    glosa = a_glosa(2, item.sequencia, retirado=Decimal("0.01"))
    first, second, third = guias_of(receipt(lote, glosa))
    assert not first.findall(".//ans:procedimentoRealizado", ANS)
    assert not third.findall(".//ans:procedimentoRealizado", ANS)
    (line,) = second.findall(".//ans:procedimentoRealizado", ANS)
    assert line.findtext("ans:sequencialItem", namespaces=ANS) == str(item.sequencial)
    assert texts(line, "procedimento/codigoProcedimento") == [item.codigo]
    assert texts(line, "procedimento/codigoTabela") == [item.tabela]
    code = codigo(Motivo.VALOR_ACIMA_DO_CONTRATADO, versao)
    assert told(line) == [(code, official(code, versao, "O contrato paga menos."))]
    assert money(line, "valorGlosaProcedimento") == [Decimal("0.01")]
    assert money(second, "vlInformadoGuia/valorGlosa") == [Decimal("0.01")]
    assert money(second, "vlInformadoGuia/valorProcessado") == [billed.valor]
    assert money(second, "vlInformadoGuia/valorLiberado") == [billed.valor - Decimal("0.01")]


def test_what_a_recurso_gave_back_is_liberado_and_told_of_no_more() -> None:
    lote = sent()
    item = billed_of(lote)[0].itens[0]
    dossie = a_dossie(lote, a_glosa(1, item.sequencia, retirado=Decimal("2.00")))
    for given, left in (("0.50", ["1.50"]), ("2.00", [])):
        part = Recuperado("261160000001", 1, 1, item.sequencia, Decimal(given))
        root = status(lote, replace(dossie, resultado=recuperar(dossie.resultado, [part])))
        assert texts(root, "valorGlosaProcedimento") == left
        assert soma(money(root, "vlInformadoGuia/valorLiberado")) == dossie.resultado.liberado + part.valor


def test_an_item_is_told_as_it_was_billed() -> None:
    lote = sent(despesas=2, despesas_reiniciam=True)
    item = billed_of(lote)[0].itens[-1]
    (line,) = receipt(lote, a_glosa(1, item.sequencia)).findall(".//ans:procedimentoRealizado", ANS)
    assert texts(line, "dataExecucao") == [item.dia.isoformat()]
    assert money(line, "quantidadeExecutada") == [item.quantidade]
    assert money(line, "valorUnitario") == [item.valor_unitario]
    assert money(line, "valorTotal") == money(line, "valorGlosaProcedimento") == [item.valor]
    assert money(line, "fatorReducaoAcrescimo") == [item.fator]
    assert texts(line, "codigoDespesa") == [item.despesa]
    assert texts(line, "descricaoProcedimento") == [item.descricao]


def test_a_dental_item_is_told_with_its_tooth() -> None:
    lote = sent(Tipo.ODONTO)
    item = billed_of(lote)[0].itens[0]
    (line,) = receipt(lote, a_glosa(1, 1)).findall(".//ans:procedimentoRealizado", ANS)
    assert texts(line, "codDente") + texts(line, "codRegiao") == [item.dente or item.regiao]
    assert texts(line, "denteFace") == ([item.face] if item.face else [])
    assert money(line, "qtdProc") == [item.quantidade]
    assert money(line, "valorProc") == [item.valor]
    assert texts(line, "dataRealizacao") == [item.dia.isoformat()]


def test_a_consultation_has_the_name_that_the_standard_gives_its_code() -> None:
    lote = sent(Tipo.CONSULTA)
    (line,) = receipt(lote, a_glosa()).findall(".//ans:procedimentoRealizado", ANS)
    assert "consult" in texts(line, "descricaoProcedimento")[0].lower()


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"descricao": " "}, "Item 999"),
        ({"descricao": None}, "Item 999"),
        ({"descricao": "Kit “ção” €"}, 'Kit "ção" EUR'),
        ({"descricao": "ç" * 200}, "ç" * 150),
    ],
)
def test_an_item_always_has_a_name(changes: dict[str, Any], name: str) -> None:
    lote = sent()
    dossie = with_item(lote, codigo="999", tabela="98", **changes)
    assert texts(status(lote, dossie), "descricaoProcedimento") == [name]


def with_item(lote: LoteLido, *glosas: Glosa, **changes: Any) -> Dossie:
    """A dossier whose first item is another, with a glosa."""
    first, *others = billed_of(lote)
    changed = replace(first, itens=(replace(first.itens[0], **changes), *first.itens[1:]))
    guias = (changed, *others)
    return replace(a_dossie(lote), guias=guias, resultado=a_result(guias, *(glosas or (a_glosa(),))))


@KINDS
def test_a_glosa_of_a_guia_is_told_once_and_takes_it_whole(tipo: Tipo, versao: Versao) -> None:
    lote = sent(tipo, versao)
    late = a_glosa(3, None, codigo="3161", motivo="FORA_DO_PRAZO_DE_ENVIO", mensagem="Passaram 90 dias.")
    *_, third = guias_of(receipt(lote, late))
    code = codigo(Motivo.FORA_DO_PRAZO_DE_ENVIO, versao)
    assert told(third) == [(code, official(code, versao, "Passaram 90 dias."))]
    assert money(third, "valorGlosa") == money(third, "valorProcessado") == [lote.guias[2].valor_informado]
    assert money(third, "valorLiberado") == [ZERO]
    assert not texts(third, "procedimentoRealizado")


def test_an_item_tells_all_it_loses_whichever_glosa_takes_it() -> None:
    lote = sent()
    item = billed_of(lote)[0].itens[0]
    first, *_ = guias_of(receipt(lote, a_glosa(1, None, codigo="1001", motivo="CARTEIRA_INVALIDA"), a_glosa(1, 1)))
    assert money(first, "valorGlosaProcedimento") == [item.valor]


@KINDS
def test_a_glosa_of_the_whole_is_told_of_the_protocolo(tipo: Tipo, versao: Versao) -> None:
    lote = sent(tipo, versao)
    glosa = a_glosa(0, None, motivo="", codigo="1805", mensagem="Conta em duplicidade.", autor="auditora-1")
    root = receipt(lote, glosa)
    (place,) = root.findall(".//ans:glosaProtocolo", ANS)
    assert told(place) == [("1805", official("1805", versao, "Conta em duplicidade."))]
    total = sum((one.valor_informado for one in lote.guias), ZERO)
    assert money(root, "vlGlosaProtocolo") == money(root, "valorTotalProtocolo") == [total]
    assert set(money(root, "valorLiberado")) == {ZERO}
    assert len(texts(root, "codigoGlosa")) == 1


def test_a_glosa_taken_back_is_not_told() -> None:
    back = a_glosa(revertida_por="auditora-1", motivo_reversao="Documento chegou")
    root = receipt(sent(), back)
    assert not texts(root, "codigoGlosa")
    assert set(money(root, "valorGlosa")) == {ZERO}


def test_the_same_glosa_twice_at_a_place_is_told_once() -> None:
    root = receipt(sent(), a_glosa(), a_glosa(), a_glosa(mensagem="Outra razão."))
    assert len(texts(root, "codigoGlosa")) == 2


def test_a_long_text_is_cut_to_what_the_standard_takes() -> None:
    root = receipt(sent(), a_glosa(mensagem="“ç”" * 300))
    (text,) = texts(root, "descricaoGlosa")
    assert len(text) == DESCRICAO_MAXIMA


@pytest.mark.parametrize("codificacao", ["ISO-8859-1", "UTF-8"])
def test_accents_prefixes_and_indentation_of_the_sender_change_nothing(codificacao: str) -> None:
    plain, odd = sent(), sent(formato=Formato(codificacao=codificacao, prefixo="x", indentado=True, nova_linha="\r\n"))
    assert odd.achados == ()
    glosas = (a_glosa(), a_glosa(2, None))
    one, other = (PADRAO.receipt(lote, peg_of(lote), a_dossie(lote, *glosas), a_contexto()) for lote in (plain, odd))
    assert one == other


def test_items_beyond_what_one_answer_carries_are_told_of_their_guia(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recibos, "LINHAS_MAXIMAS", 2)
    root = receipt(sent(), a_glosa(1, 1), a_glosa(2, 1), a_glosa(3, 1))
    assert [len(one.findall(".//ans:procedimentoRealizado", ANS)) for one in guias_of(root)] == [1, 1, 0]
    assert all(money(root, "valorGlosa"))


def test_a_code_of_4_03_is_told_to_older_senders_by_the_one_it_took_the_place_of() -> None:
    lote = sent(versao=V403)
    glosa = a_glosa(codigo="3210", motivo="QUANTIDADE_COBRADA_ACIMA_DA_AUTORIZADA")
    by_hand = a_glosa(1, 2, codigo="3189", motivo="", autor="auditora-1")
    unknown = a_glosa(1, 3, codigo="3300", motivo="", autor="auditora-1")
    dossie = a_dossie(lote, glosa, by_hand, unknown)
    assert texts(status(lote, dossie, V403), "codigoGlosa") == ["3210", "3189", "3300"]
    for versao in (V401, V402):
        assert texts(status(lote, dossie, versao), "codigoGlosa") == ["1820", "1914", "1426"]


# --- where a PEG stands ---


@KINDS
def test_a_status_lists_every_guia_with_its_money(tipo: Tipo, versao: Versao) -> None:
    lote = sent(tipo, versao)
    root = status(lote, a_dossie(lote, a_glosa(2, 1), a_glosa(3, None)), versao)
    assert texts(root, "tipoTransacao") == ["SITUACAO_PROTOCOLO"]
    assert texts(root, "numeroGuiaPrestador") == [one.numero_guia_prestador for one in lote.guias]
    assert texts(root, "numeroCarteira") == [one.carteira for one in billed_of(lote)]
    (whole,) = root.findall(".//ans:valorTotalLote", ANS)
    for name in ("valorProcessado", "valorGlosa", "valorLiberado"):
        assert money(whole, name) == [sum(money(root, f"vlInformadoGuia/{name}"), ZERO)]
    assert [len(texts(one, "codigoGlosa")) for one in guias_of(root)] == [0, 1, 1]


@pytest.mark.parametrize("situacao", STATUS_PROTOCOLO)
def test_each_state_has_its_code(situacao: SituacaoPeg) -> None:
    lote = sent()
    root = status(lote, a_dossie(lote), situacao=situacao)
    assert texts(root, "statusProtocolo") == [STATUS_PROTOCOLO[situacao]]
    assert (texts(root, "numeroProtocolo"), texts(root, "numeroLote")) == (["261120000001"], ["42"])
    assert texts(root, "identificacaoOperadora") == [VALE]
    assert texts(root, "cnpjContratado") == [CNPJ]
    assert texts(root, "dataEnvioLote") == ["2026-11-21"]


def test_a_glosa_of_the_whole_is_each_guias_in_a_status() -> None:
    lote = sent()
    root = status(lote, a_dossie(lote, a_glosa(0, None), a_glosa(2, None)))
    assert [texts(one, "glosaGuia/motivoGlosa/codigoGlosa") for one in guias_of(root)] == [["1705"]] * 3


def test_a_withdrawn_guia_is_not_listed() -> None:
    lote = sent()
    whole = a_dossie(lote, a_glosa())
    dossie = replace(whole, resultado=a_result(whole.guias[:1] + whole.guias[2:], a_glosa()))
    root = status(lote, dossie)
    assert texts(root, "numeroGuiaPrestador") == [lote.guias[n].numero_guia_prestador for n in (0, 2)]
    assert texts(root, "dataRealizacao") == [str(lote.guias[n].data_atendimento) for n in (0, 2)]


@pytest.mark.parametrize(
    ("tipo", "versao", "listed"), [(Tipo.SADT, V401, False), (Tipo.SADT, V402, True), (Tipo.ODONTO, V401, True)]
)
def test_what_4_01_has_no_room_for_is_told_of_its_guia(tipo: Tipo, versao: Versao, *, listed: bool) -> None:
    lote = sent(tipo, V402)
    dear = Decimal("1000000.00")
    root = status(lote, with_item(lote, valor=dear, valor_unitario=dear), versao)
    assert bool(texts(root, "sequencialItem")) is listed
    assert texts(root, "valorProc") == []
    assert money(root, "valorTotalLote/valorGlosa") == [dear]


def test_a_face_that_an_answer_cannot_carry_is_left_out() -> None:
    lote = sent(Tipo.ODONTO)
    assert texts(status(lote, with_item(lote, face="O V")), "denteFace") == []
    assert texts(status(lote, with_item(lote, face="OV")), "denteFace") == ["OV"]


def test_numbers_outside_the_charset_go_back_as_near_as_it_has() -> None:
    lote = sent()
    first, *others = billed_of(lote)
    guias = (replace(first, numero="€" * 20, carteira="\u200b", numero_operadora="“1”"), *others)
    root = status(lote, replace(a_dossie(lote), guias=guias, resultado=a_result(guias)))
    assert texts(root, "numeroGuiaPrestador")[0] == "EUREUREUREUREUREUREU"
    assert texts(root, "numeroCarteira")[0] == "?"
    assert texts(root, "numeroGuiaOperadora")[0] == '"1"'


@VERSIONS
def test_what_is_not_there_is_an_error_that_the_number_alone_explains(versao: Versao) -> None:
    def said(protocolo: str) -> tuple[str, str]:
        corpo = recibos.not_found(protocolo, versao)
        assert isinstance(corpo, SituacaoProtocolo)
        root = parsed(recibos.answer(replace(sent(), versao=versao.value), a_contexto(), NOW, corpo), versao)
        ((code, text),) = told(root)
        return code, text

    absent = said("261129999999")
    assert absent[0] == codigo(Motivo.PROTOCOLO_NAO_ENCONTRADO, versao) == ("3291" if versao is V403 else "3162")
    assert said("x") == absent
    code, text = said("261140000001")
    assert code == absent[0]
    assert "solicitaStatusAutorizacao" in text


# --- what became of a cancellation ---

NUMBERS = (
    GuiaACancelar(tipo_guia="2", numero_guia_prestador="G-1", numero_protocolo="261120000001"),
    GuiaACancelar(tipo_guia="1", numero_guia_prestador="“G”", numero_guia_operadora="26110000001"),
    GuiaACancelar(tipo_guia="3", numero_guia_prestador="R-1"),
)


def cancel_receipt(asked: CancelaGuia, versao: Versao, *given: StatusCancelamento) -> ET.Element:
    corpo = recibos.cancelled(asked, VALE, given)
    return parsed(recibos.answer(replace(sent(), versao=versao.value), a_contexto(), NOW, corpo), versao)


@VERSIONS
def test_each_guia_is_told_what_became_of_it_in_the_order_asked(versao: Versao) -> None:
    asked = CancelaGuia(prestador=SENDER, guias=NUMBERS)
    root = cancel_receipt(
        asked, versao, StatusCancelamento.CANCELADO_COM_SUCESSO, StatusCancelamento.GUIA_INEXISTENTE,
        StatusCancelamento.NAO_CANCELADO,
    )  # fmt: skip
    assert texts(root, "tipoTransacao") == ["CANCELAMENTO_GUIA_RECIBO"]
    assert texts(root, "tipoGuia") == ["2", "1", "3"]
    assert texts(root, "dadosGuia/numeroGuiaPrestador") == ["G-1", '"G"', "R-1"]
    assert texts(root, "numeroGuiaOperadora") == ["26110000001"]
    assert texts(root, "numeroProtocolo") == ["261120000001"]
    assert texts(root, "statusCancelamento") == ["1", "3", "2"]


@VERSIONS
@pytest.mark.parametrize("protocolo", [None, "261120000001"])
def test_a_lote_is_told_what_became_of_it(versao: Versao, protocolo: str | None) -> None:
    asked = CancelaGuia(prestador=SENDER, lote=LoteACancelar(numero_lote="42", numero_protocolo=protocolo))
    root = cancel_receipt(asked, versao, StatusCancelamento.CANCELADO_COM_SUCESSO)
    assert texts(root, "loteCancelado/numeroLote") == ["42"]
    assert texts(root, "numeroprotocolo") == ([protocolo] if protocolo else [])
    assert texts(root, "statusCancelamento") == ["1"]


# --- whom an answer is for ---


def test_a_sender_is_answered_as_it_called_itself() -> None:
    lote = sent(origem_codigo="HOSP01")
    assert answers.sender(lote, a_contexto()) == Contratado(codigo_na_operadora="HOSP01")
    unread = replace(lote, origem=None)
    assert answers.sender(unread, a_contexto(codigo_na_operadora="H" * 20)) == Contratado(codigo_na_operadora="H" * 14)
