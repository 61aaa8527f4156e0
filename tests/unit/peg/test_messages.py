"""TISS messages and this context's words: what is read of a lote, and answers valid in the sender's version.

Lotes come from the generator, which knows what it wrote; answers are judged by the official schemas and by a hash
computed apart.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from conecta_contas.pegs import Porta
from conecta_tiss.findings import Achado
from conecta_tiss.terminologia.glosas import DESCRICAO_MAXIMA, official
from conecta_tiss.versions import Versao
from conecta_tiss.xml.writer import write_verifica_elegibilidade
from local.gerador import DEFEITOS, VERSOES, Formato, LoteGerado, Pedido, Tipo, gerar
from peg.domain import rules
from peg.domain.lotes import Identificacao, LoteLido
from peg.messages.lotes import TissPadrao, presented
from tests.builders import verifica_elegibilidade
from tests.builders_functions import CNPJ, NOW, VALE, a_contexto
from tests.builders_recibos import a_dossie, peg_of
from tests.unit.gerador.oracle import hash_of_leaves, schema_errors

HOJE = NOW.date()
ANS = {"ans": "http://www.ans.gov.br/padroes/tiss/schemas"}
KINDS = pytest.mark.parametrize(("tipo", "versao"), list(product(Tipo, VERSOES)))
PADRAO = TissPadrao()


def generated(**asked: Any) -> LoteGerado:
    return gerar(Pedido(**{"guias": 3, "origem_cnpj": CNPJ, "destino": VALE, "numero_lote": "42", **asked}))


def read(lote: LoteGerado) -> LoteLido:
    return PADRAO.read(lote.conteudo, HOJE, Porta.XML_S3)


def receipt(lote: LoteLido, **changes: Any) -> bytes:
    """Of a lote in which nothing is glosado."""
    return PADRAO.receipt(lote, peg_of(lote, **changes), a_dossie(lote), a_contexto())


def parsed(xml: bytes, versao: str) -> ET.Element:
    """An answer that the official schema of a version accepts, whose hash is right."""
    assert schema_errors(xml, versao) == []
    root = ET.fromstring(xml)  # noqa: S314  # our own bytes
    assert root.findtext("ans:cabecalho/ans:Padrao", namespaces=ANS) == versao
    assert root.findtext("ans:epilogo/ans:hash", namespaces=ANS) == hash_of_leaves(xml)
    return root


def text(root: ET.Element, name: str) -> str | None:
    return root.findtext(f".//ans:{name}", namespaces=ANS)


@KINDS
def test_a_lote_is_read_as_it_was_written(tipo: Tipo, versao: str) -> None:
    made = generated(tipo=tipo, versao=versao)
    found = read(made)
    assert found.achados == ()
    assert (found.versao, found.transacao, found.numero_lote) == (versao, "ENVIO_LOTE_GUIAS", "42")
    assert (found.tipo_guia, found.destino, found.origem) == (tipo.element, VALE, Identificacao(cnpj=CNPJ))
    assert (found.codificacao_hash, found.valor_informado) == ("iso-8859-1", made.valor_total)
    assert [
        (guia.sequencia, guia.numero_guia_prestador, guia.senha, guia.valor_informado, guia.itens)
        for guia in found.guias
    ] == [(n, guia.numero, guia.senha, guia.valor, guia.itens) for n, guia in enumerate(made.guias, 1)]


def test_a_sender_may_be_known_by_its_code() -> None:
    assert read(generated(origem_codigo="HOSP01")).origem == Identificacao(codigo_na_operadora="HOSP01")


def test_a_correct_message_of_another_transaction_is_no_lote() -> None:
    found = PADRAO.read(write_verifica_elegibilidade(verifica_elegibilidade()), HOJE, Porta.XML_S3)
    assert (found.transacao, found.achados) == ("VERIFICA_ELEGIBILIDADE", ())
    assert (found.corpo, found.numero_lote, found.tipo_guia, found.guias) == (None, None, None, ())


def test_the_encoding_of_the_hash_is_told() -> None:
    assert read(generated(hash_codificacao="utf-8")).codificacao_hash == "utf-8"


@KINDS
def test_the_day_of_a_guia_is_where_its_billing_window_starts(tipo: Tipo, versao: str) -> None:
    for guia in read(generated(tipo=tipo, versao=versao)).guias:
        assert guia.data_atendimento is not None
        assert guia.data_atendimento <= HOJE


def test_of_several_items_the_earliest_day_counts() -> None:
    for tipo, field in ((Tipo.SADT, "data_execucao"), (Tipo.ODONTO, "data_realizacao")):
        corpo = read(generated(tipo=tipo)).corpo
        assert corpo is not None
        guia: Any = corpo.guias[0]
        items = list(guia.procedimentos)
        items[-1] = replace(items[-1], **{field: date(2020, 1, 2)})
        assert presented(1, replace(guia, procedimentos=tuple(items))).data_atendimento == date(2020, 1, 2)


def test_a_sp_sadt_without_items_has_no_day() -> None:
    corpo = read(generated(tipo=Tipo.SADT)).corpo
    assert corpo is not None
    guia: Any = corpo.guias[0]
    empty = presented(1, replace(guia, procedimentos=(), despesas=()))
    assert (empty.data_atendimento, empty.itens) == (None, 0)


def test_a_sp_sadt_without_authorization_has_no_number_of_the_operadora() -> None:
    assert read(generated(tipo=Tipo.SADT, com_senha=False)).guias[0].numero_guia_operadora is None


@pytest.mark.parametrize("raw", [b"", b"nada", b"<a/>", b"\x00" * 9, b"<!DOCTYPE a><a/>", "<á/>".encode("utf-16")])
def test_what_cannot_be_read_is_a_lote_with_findings_and_nothing_else(raw: bytes) -> None:
    found = PADRAO.read(raw, HOJE, Porta.XML_S3)
    assert found.achados
    assert (found.numero_lote, found.origem, found.destino, found.guias, found.corpo) == (None, None, None, (), None)


@KINDS
def test_a_receipt_is_valid_in_the_senders_version_and_lists_every_guia(tipo: Tipo, versao: str) -> None:
    made = generated(tipo=tipo, versao=versao)
    lote = read(made)
    root = parsed(receipt(lote), versao)
    assert text(root, "tipoTransacao") == "PROTOCOLO_RECEBIMENTO"
    assert (text(root, "numeroProtocolo"), text(root, "numeroLote")) == ("261120000001", "42")
    assert Decimal(text(root, "valorTotalProtocolo") or "0") == made.valor_total
    assert text(root, "dataEnvioLote") == "2026-11-21"
    assert [node.text for node in root.iterfind(".//ans:numeroGuiaPrestador", ANS)] == [g.numero for g in made.guias]
    assert [node.text for node in root.iterfind(".//ans:numeroCarteira", ANS)] == [g.carteira for g in made.guias]
    assert root.findtext(".//ans:origem/ans:registroANS", namespaces=ANS) == VALE
    assert root.findtext(".//ans:destino//ans:CNPJ", namespaces=ANS) == CNPJ


@pytest.mark.parametrize("codificacao", ["ISO-8859-1", "UTF-8"])
def test_a_receipt_of_a_hundred_guias_is_valid(codificacao: str) -> None:
    lote = read(generated(guias=100, formato=Formato(codificacao=codificacao)))
    parsed(receipt(lote), "4.01.00")


def test_a_receipt_written_again_is_the_same_bytes() -> None:
    lote = read(generated())
    assert receipt(lote) == receipt(read(generated()))


def test_an_answer_is_dated_by_the_reception_in_local_time() -> None:
    lote = read(generated())
    root = parsed(receipt(lote, data_recepcao=datetime(2026, 12, 1, 1, 30, 5, tzinfo=UTC)), "4.01.00")
    assert (text(root, "dataRegistroTransacao"), text(root, "horaRegistroTransacao")) == ("2026-11-30", "22:30:05")
    assert text(root, "dataEnvioLote") == "2026-11-30"


def test_a_receipt_answers_to_the_code_a_sender_used() -> None:
    lote = read(generated(origem_codigo="HOSP01"))
    root = parsed(receipt(lote), "4.01.00")
    assert root.findtext(".//ans:destino//ans:codigoPrestadorNaOperadora", namespaces=ANS) == "HOSP01"


@pytest.mark.parametrize("name", DEFEITOS)
def test_a_refusal_of_any_defect_is_valid_in_the_senders_version(name: str) -> None:
    defeito = DEFEITOS[name]
    for tipo, versao in product(defeito.tipos[:1], defeito.versoes):
        lote = read(generated(tipo=tipo, versao=versao, defeitos=(name,)))
        achados = rules.judge(lote, a_contexto())
        if achados:
            answer_in = lote.versao_de_resposta.value
            root = parsed(PADRAO.refusal(lote, a_contexto(), achados, NOW), answer_in)
            assert text(root, "codigoGlosa") == achados[0].codigo


@pytest.mark.parametrize("versao", VERSOES)
@pytest.mark.parametrize("achado", ["R12", "DESTINO", "ORIGEM", "R02", "LOTE-NUMERO"])
def test_a_refusal_of_admission_is_valid_in_the_senders_version(versao: str, achado: str) -> None:
    lote = read(generated(versao=versao, destino="331988", origem_cnpj="45723174000110"))
    found = [*rules.judge(lote, a_contexto(situacao=None, versoes=())), rules.numero_de_lote_repetido(lote)]
    (one,) = [finding for finding in found if finding.regra == achado]
    root = parsed(PADRAO.refusal(lote, a_contexto(), (one,), NOW), versao)
    assert text(root, "codigoGlosa") == one.codigo
    assert text(root, "descricaoGlosa") == official(one.codigo, Versao(versao), one.mensagem)


@pytest.mark.parametrize(
    ("known", "path", "value"),
    [
        ({}, "codigoPrestadorNaOperadora", "HOSP01"),
        ({"codigo_na_operadora": None}, "CNPJ", CNPJ),
        ({"codigo_na_operadora": None, "cnpj": None, "cpf": "52998224725"}, "CPF", "52998224725"),
    ],
)
def test_an_unreadable_file_is_answered_in_4_01_to_the_prestador_as_we_know_it(
    known: dict[str, Any], path: str, value: str
) -> None:
    lote, contexto = PADRAO.read(b"nada", HOJE, Porta.XML_S3), a_contexto(**known)
    root = parsed(PADRAO.refusal(lote, contexto, rules.judge(lote, contexto), NOW), "4.01.00")
    assert root.findtext(f".//ans:destino//ans:{path}", namespaces=ANS) == value
    assert text(root, "numeroProtocolo") is None


def test_a_refusal_says_how_many_more_findings_the_report_has() -> None:
    lote = PADRAO.read(b"nada", HOJE, Porta.XML_S3)
    achados = (Achado("A", "5001", "Primeiro."), Achado("B", "5001", "Segundo."), Achado("C", "5001", "Terceiro."))
    root = parsed(PADRAO.refusal(lote, a_contexto(), achados, NOW), "4.01.00")
    assert (text(root, "descricaoGlosa") or "").endswith(". Primeiro. (e mais 2 achado(s): veja o relatório do envio)")


@pytest.mark.parametrize("others", [0, 1, 999])
def test_a_long_message_is_cut_to_what_the_standard_takes(others: int) -> None:
    lote = PADRAO.read(b"nada", HOJE, Porta.XML_S3)
    achados = (Achado("A", "5001", "ç" * 900),) + (Achado("B", "5001", "x"),) * others
    root = parsed(PADRAO.refusal(lote, a_contexto(), achados, NOW), "4.01.00")
    assert len(text(root, "descricaoGlosa") or "") == DESCRICAO_MAXIMA
