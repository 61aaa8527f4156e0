"""The writer: charset, order, hash, and the refusal to write what would not validate."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from conecta_tiss.errors import EscritaError
from conecta_tiss.messages.comum import Contratado, MotivoGlosa
from conecta_tiss.messages.envelope import Mensagem
from conecta_tiss.messages.recebimento import RecebimentoLote
from conecta_tiss.versions import VERSOES, Versao
from conecta_tiss.xml import gate, parser, reader
from conecta_tiss.xml.writer import to_iso_8859_1, write_lote, write_recebimento, write_situacao
from tests import builders as um


def test_bytes_are_iso_8859_1_with_its_declaration_and_prefix() -> None:
    raw = write_lote(um.mensagem_lote(um.guia_sp_sadt(observacao="coração")))
    assert raw.startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<ans:mensagemTISS xmlns:ans=')
    assert "coração".encode("iso-8859-1") in raw


def test_the_hash_is_of_the_text_in_iso_8859_1() -> None:
    texto = write_lote(um.mensagem_lote(um.guia_sp_sadt(observacao="coração"))).decode("iso-8859-1")
    corpo, _, epilogo = texto.partition("<ans:epilogo>")
    folhas = "".join(re.findall(r">([^<>]+)</", corpo))
    esperado = hashlib.md5(folhas.encode("iso-8859-1"), usedforsecurity=False).hexdigest()
    assert f"<ans:hash>{esperado}</ans:hash>" in epilogo


def test_markup_in_texts_is_escaped() -> None:
    mensagem = um.mensagem_lote(um.guia_sp_sadt(observacao="a<b>&amp;]]>"))
    assert reader.read_lote(parser.parse(gate.check(write_lote(mensagem)))) == mensagem


@pytest.mark.parametrize(
    ("texto", "escrito"),
    [
        ("“aspas” ‘simples’ – e — travessão…", "\"aspas\" 'simples' - e - travessão..."),
        ("€ 10", "EUR 10"),
        ("Škoda œuvre ﬁm", "Skoda oeuvre fim"),
        ("漢字", "??"),
        ("a\x00b\x85c\u200bd\x7f", "abcd"),
        ("linha 1\r\nlinha 2\rlinha 3", "linha 1\nlinha 2\nlinha 3"),
        ("ª º § ° ² ½", "ª º § ° ² ½"),
        ("a\xa0b", "a\xa0b"),
    ],
)
def test_texts_outside_the_charset_become_the_nearest(texto: str, escrito: str) -> None:
    assert to_iso_8859_1(texto) == escrito


def test_nearest_characters_are_what_is_read_back() -> None:
    raw = write_recebimento(
        Mensagem(
            cabecalho=um.resposta("PROTOCOLO_RECEBIMENTO"),
            corpo=RecebimentoLote(mensagem_erro=MotivoGlosa(codigo="5001", descricao="“fora” do padrão")),
        )
    )
    lido = reader.read_recebimento(parser.parse(gate.check(raw))).corpo.mensagem_erro
    assert lido == MotivoGlosa(codigo="5001", descricao='"fora" do padrão')


@pytest.mark.parametrize("versao", VERSOES)
def test_answers_are_written_in_every_version(versao: Versao) -> None:
    for mensagem in (um.recebimento(versao), um.recusa(versao=versao)):
        assert reader.read_recebimento(parser.parse(gate.check(write_recebimento(mensagem)))) == mensagem
    situacao = um.situacao(versao)
    assert reader.read_situacao(parser.parse(gate.check(write_situacao(situacao)))) == situacao


@pytest.mark.parametrize(
    ("guia", "parte"),
    [
        (um.guia_sp_sadt(numero_guia_prestador="1" * 21), "numeroGuiaPrestador"),
        (um.guia_sp_sadt(contratado_executante=Contratado()), "contratadoExecutante"),
        (um.guia_sp_sadt(contratado_executante=Contratado(cpf="12345678909", cnpj=um.CNPJ)), "cnpjContratado"),
        (um.guia_honorarios(carater_atendimento="1"), "4.03.00"),
        (um.guia_internacao(procedimentos=(um.procedimento(centro_consumo="1"),)), "4.03.00"),
        (um.guia_honorarios(procedimentos=()), "procedimentosRealizados"),
        (um.guia_consulta(valor_procedimento=Decimal("1.005")), "casas decimais"),
        (um.guia_consulta(valor_procedimento=Decimal("NaN")), "número"),
        (um.guia_consulta(valor_procedimento=Decimal("1e40")), "número"),
        (um.guia_sp_sadt(despesas=(um.despesa(quantidade=Decimal("0.00001")),)), "casas decimais"),
        (um.guia_sp_sadt(procedimentos=(um.procedimento(quantidade=Decimal("1.5")),)), "casas decimais"),
        (um.guia_sp_sadt(assinada=True), "assinada"),
    ],
)
def test_what_would_not_validate_is_not_written(guia: Any, parte: str) -> None:
    with pytest.raises(EscritaError, match=re.escape(parte)):
        write_lote(um.mensagem_lote(guia))


def test_a_signed_message_or_an_unknown_version_is_not_written() -> None:
    with pytest.raises(EscritaError, match="assinada"):
        write_lote(replace(um.mensagem_lote(), assinada=True))
    with pytest.raises(EscritaError, match=re.escape("4.03.00")):
        write_lote(replace(um.mensagem_lote(), cabecalho=um.cabecalho(padrao="4.00.01")))


def test_a_lote_of_two_kinds_is_not_written() -> None:
    with pytest.raises(EscritaError, match="um só tipo"):
        write_lote(um.mensagem_lote(um.guia_sp_sadt(), um.guia_consulta()))


def test_an_answer_without_content_is_not_written() -> None:
    vazia = Mensagem(cabecalho=um.resposta("PROTOCOLO_RECEBIMENTO"), corpo=RecebimentoLote())
    with pytest.raises(EscritaError, match="recebimentoLote"):
        write_recebimento(vazia)
    with pytest.raises(EscritaError, match="dadosGuias"):
        write_recebimento(um.recebimento(guias=()))


def test_quantities_are_written_without_needless_zeros() -> None:
    raw = write_lote(um.mensagem_lote(um.guia_sp_sadt(despesas=(um.despesa(quantidade=Decimal("2.5000")),))))
    assert b"<ans:quantidadeExecutada>2.5<" in raw
    raw = write_lote(um.mensagem_lote(um.guia_sp_sadt(despesas=(um.despesa(quantidade=Decimal(10)),))))
    assert b"<ans:quantidadeExecutada>10<" in raw
