"""What bytes the gate lets pass, and what it says about the others."""

from __future__ import annotations

import gzip

import pytest

from conecta_tiss.errors import XmlRecusadoError
from conecta_tiss.xml.gate import LIMITES, Limites, check

XML = '<?xml version="1.0" encoding="{}"?>\n<a>{}</a>'


def refusal(raw: bytes, limites: Limites = LIMITES) -> XmlRecusadoError:
    with pytest.raises(XmlRecusadoError) as recusa:
        check(raw, limites)
    return recusa.value


@pytest.mark.parametrize("nome", ["ISO-8859-1", "iso-8859-1", "latin1", "ISO8859-1"])
def test_iso_8859_1_becomes_utf_8(nome: str) -> None:
    assert check(XML.format(nome, "ação").encode("iso-8859-1")) == "\n<a>ação</a>".encode()


@pytest.mark.parametrize("nome", ["UTF-8", "utf-8", "utf8"])
def test_utf_8_passes_as_it_is(nome: str) -> None:
    assert check(XML.format(nome, "ação").encode()) == "\n<a>ação</a>".encode()


def test_without_declaration_or_with_a_bom_it_is_utf_8() -> None:
    assert check("<a>é</a>".encode()) == "<a>é</a>".encode()
    assert check(b"\xef\xbb\xbf" + XML.format("UTF-8", "é").encode()) == "\n<a>é</a>".encode()


def test_blanks_before_the_root_pass_when_there_is_no_declaration() -> None:
    assert check(b"\n <a/>") == b"\n <a/>"


def test_lines_stay_those_of_the_original() -> None:
    declaracao = b'<?xml version="1.0"\nencoding="UTF-8"\n?>\n'
    assert check(declaracao + b"<a/>").count(b"\n") == 3


@pytest.mark.parametrize(
    ("raw", "regra", "codigo", "parte"),
    [
        (b"", "VAZIO", "5002", "vazio"),
        (b" \r\n\t", "VAZIO", "5002", "vazio"),
        (gzip.compress(b"<a/>", mtime=0), "COMPACTADO", "5002", "gzip"),
        (b"PK\x03\x04....", "COMPACTADO", "5002", "zip"),
        (b"%PDF-1.7", "FORMATO", "5002", "PDF"),
        (b'{"a": 1}', "FORMATO", "5002", "JSON"),
        (b"lote 1", "INICIO", "5002", "não é XML"),
        (b"+ADw-a+AD4-", "INICIO", "5002", "não é XML"),
        ("<a/>".encode("utf-16"), "CODIFICACAO", "5002", "UTF-16"),
        ("<a/>".encode("utf-16-le"), "CODIFICACAO", "5002", "UTF-16"),
        ("<a/>".encode("utf-32"), "CODIFICACAO", "5002", "UTF-16"),
        (XML.format("UTF-16", "").encode(), "CODIFICACAO", "5002", "não é aceita"),
        (XML.format("utf-7", "").encode(), "CODIFICACAO", "5002", "não é aceita"),
        (XML.format("windows-1252", "").encode(), "CODIFICACAO", "5002", "não é aceita"),
        (b"\xef\xbb\xbf" + XML.format("ISO-8859-1", "").encode(), "CODIFICACAO", "5002", "BOM"),
        (XML.format("UTF-8", "é").encode("iso-8859-1"), "CODIFICACAO", "5002", "não são UTF-8"),
        (b"<a>\xc3\xa9\xed\xa0\x80</a>", "CODIFICACAO", "5002", "não são UTF-8"),
        (b" <?xml version='1.0'?><a/>", "DECLARACAO", "5002", "antes de <?xml"),
        (b"<?xml encoding='UTF-8'?><a/>", "DECLARACAO", "5002", "declaração"),
        (b"<?xml version='1.0' " + b" " * 500 + b"?><a/>", "DECLARACAO", "5002", "declaração"),
        (b"<?xml-stylesheet href='a'?><a/>", "DECLARACAO", "5002", "declaração"),
        (b"<?xml version='1.0' encoding=''?><a/>", "CODIFICACAO", "5002", "não é aceita"),
        (b"<?xml version='1.0'?>\xef\xbb\xbf<a/>", "INICIO", "5002", "Depois da declaração"),
        (b"<?xml version='1.1'?><a/>", "VERSAO-XML", "5001", "1.0"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE", "5001", "DOCTYPE"),
        (b"<a><!ENTITY x 'y'></a>", "DOCTYPE", "5001", "DOCTYPE"),
        (b"<a><?p?></a>", "INSTRUCAO", "5001", "instrução"),
        (b"<?xml version='1.0'?><?xml version='1.0'?><a/>", "INSTRUCAO", "5001", "instrução"),
        (b"<a>\0</a>", "CODIFICACAO", "5002", "UTF-16"),
        (b"<abc>\0</abc>", "CONTROLE", "5002", "controle"),
        (b"<a>\x1b</a>", "CONTROLE", "5002", "controle"),
        (b"<a>\x7f</a>", "CONTROLE", "5002", "controle"),
        ("<a>é\x85</a>".encode(), "CONTROLE", "5002", "controle"),
        (XML.format("ISO-8859-1", "").encode() + b"\x93", "CONTROLE", "5002", "aspas curvas"),
    ],
)
def test_what_is_not_a_plain_document_is_refused_with_a_reason(raw: bytes, regra: str, codigo: str, parte: str) -> None:
    recusa = refusal(raw)

    assert (recusa.regra, recusa.codigo) == (f"TISS-XML-{regra}", codigo)
    assert parte in recusa.mensagem


def test_a_control_character_is_pointed_at_by_its_line() -> None:
    assert refusal(b"<?xml version='1.0'?>\n<a>\n\x01</a>").linha == 3
    assert refusal(b"<?xml version='1.0'?>\n<a>\n\n\xff</a>").linha == 4


@pytest.mark.parametrize(
    ("limites", "no_limite", "acima", "regra"),
    [
        (Limites(tamanho=8), b"<a>1</a>", b"<a>12</a>", "TAMANHO"),
        (Limites(marcas=3), b"<a><b/></a>"[:-4] + b"c", b"<a><b/></a><", "MARCAS"),
        (Limites(aspas=3), b'<a b="1" c=\'', b"<a b=\"1\" c='2'/>", "ASPAS"),
        (Limites(referencias=1), b"<a>&amp;</a>", b"<a>&amp;&amp;</a>", "REFERENCIAS"),
        (Limites(espacos_de_nomes=1), b"<a xmlns='1' b='2'/>", b"<a xmlns='1' xmlns:b='2'/>", "ESPACOS-DE-NOMES"),
    ],
)
def test_each_count_has_a_limit_and_what_is_at_the_limit_passes(
    limites: Limites, no_limite: bytes, acima: bytes, regra: str
) -> None:
    assert check(no_limite, limites) == no_limite
    assert refusal(acima, limites).regra == f"TISS-XML-{regra}"


def test_the_size_message_says_how_much_fits() -> None:
    assert "20 MiB" in refusal(b"<" * (21 * 1024 * 1024)).mensagem
    assert "1,5 MiB" in refusal(b"<" * (2 * 1024 * 1024), Limites(tamanho=1536 * 1024)).mensagem


def test_accented_words_of_portuguese_are_no_control_characters() -> None:
    texto = "ÁÀÂÃÉÊÍÓÔÕÚÇáàâãéêíóôõúçªº°§"
    assert texto.encode() in check(f"<a>{texto}</a>".encode())
    assert texto.encode() in check(XML.format("ISO-8859-1", texto).encode("iso-8859-1"))
