"""The tree the parser gives, and the trees it refuses."""

from __future__ import annotations

import pytest
from lxml import etree

from conecta_tiss.errors import XmlRecusadoError
from conecta_tiss.xml.gate import LIMITES, Limites
from conecta_tiss.xml.names import path_of, q
from conecta_tiss.xml.parser import body_element, check_depth, check_tree, parse

NS = b'xmlns:ans="http://www.ans.gov.br/padroes/tiss/schemas"'


def message(miolo: bytes, atributos: bytes = b"") -> bytes:
    return b"<ans:mensagemTISS " + NS + b" " + atributos + b">" + miolo + b"</ans:mensagemTISS>"


def refusal(raw: bytes, limites: Limites = LIMITES) -> XmlRecusadoError:
    with pytest.raises(XmlRecusadoError) as recusa:
        check_tree(parse(raw), raw, limites)
    return recusa.value


def test_comments_and_cdata_leave_one_text() -> None:
    raiz = parse(message(b"<ans:a>12<!-- x -->3<![CDATA[4&]]>5</ans:a>"))
    assert raiz[0].text == "1234&5"
    assert len(raiz[0]) == 0


def test_indentation_is_dropped_and_a_blank_leaf_is_kept() -> None:
    raiz = parse(message(b"\n  <ans:a>\n    <ans:b>  </ans:b>\n  </ans:a>\n"))
    assert raiz.text is None
    assert raiz[0][0].text == "  "


def test_a_blank_beside_a_comment_in_a_leaf_is_kept() -> None:
    assert parse(message(b"<ans:a> <!-- x --> </ans:a>"))[0].text == "  "


@pytest.mark.parametrize(
    ("raw", "parte"),
    [
        (message(b"<ans:a></ans:b>"), "nome de outra"),
        (message(b"<ans:a>")[:-20], "malformado"),
        (message(b"") + b"<x/>", "depois do fim"),
        (message(b"&nbsp;"), "entidade"),
        (message(b"A & B"), "&amp;"),
        (message(b"<ans:a b='<'/>"), "atributo"),
        (message(b"<x:a/>"), "prefixo"),
        (message(b"&#0;"), "caractere que o XML não aceita"),
        (message(b"<ans:a b='1' b='2'/>"), "repete"),
        (b"<", "malformado"),
        (b"<a" * 300, "malformado"),
    ],
)
def test_malformed_xml_says_where_and_why_in_portuguese(raw: bytes, parte: str) -> None:
    with pytest.raises(XmlRecusadoError) as recusa:
        parse(b"\n" + raw)
    assert recusa.value.codigo == "5002"
    assert recusa.value.linha == 2
    assert parte in recusa.value.mensagem


def test_the_reason_never_quotes_the_document() -> None:
    with pytest.raises(XmlRecusadoError) as recusa:
        parse(b"<maria><jose></maria></jose>")
    assert "maria" not in recusa.value.mensagem
    assert recusa.value.__cause__ is None


@pytest.mark.parametrize(
    ("raw", "parte"),
    [
        (b"<mensagemTISS/>", "namespace"),
        (b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>', "SOAP"),
        (b"<html/>", "HTML"),
        (b"<ans:loteGuias " + NS + b"/>", "raiz"),
    ],
)
def test_only_a_tiss_message_is_a_root(raw: bytes, parte: str) -> None:
    recusa = refusal(raw)
    assert (recusa.regra, recusa.codigo) == ("TISS-XML-RAIZ", "5001")
    assert parte in recusa.mensagem


def test_depth_counts_the_root_as_one() -> None:
    limites = Limites(profundidade=4)
    certa = message(b"<a><b><c/></b></a>")
    check_depth(parse(certa), limites)
    with pytest.raises(XmlRecusadoError) as recusa:
        check_depth(parse(message(b"<a><b><c><d/></c></b></a>")), limites)
    assert recusa.value.regra == "TISS-XML-PROFUNDIDADE"


def test_attributes_are_bounded_per_element() -> None:
    limites = Limites(atributos=2)
    certa = message(b"<a b='1' c='2'/>")
    check_tree(parse(certa), certa, limites)
    assert refusal(message(b"<a/><a b='1' c='2' d='3'/>"), limites).regra == "TISS-XML-ATRIBUTOS"
    assert refusal(message(b"", b"b='1' c='2' d='3'"), limites).regra == "TISS-XML-ATRIBUTOS"


@pytest.mark.parametrize("atributo", [b"xsi:type='ans:x'", b"xsi:nil='true'"])
@pytest.mark.parametrize(
    "uri", [b"http://www.w3.org/2001/XMLSchema-instance", b"http://www.w3.org/2001/XMLSchema&#45;instance"]
)
def test_xsi_type_and_xsi_nil_are_refused_however_the_namespace_is_spelt(atributo: bytes, uri: bytes) -> None:
    declaracao = b'xmlns:xsi="' + uri + b'"'
    assert refusal(message(b"<ans:a " + atributo + b"/>", declaracao)).regra == "TISS-XML-XSI"
    assert refusal(message(b"", declaracao + b" " + atributo)).regra == "TISS-XML-XSI"


def test_schema_location_is_ignored() -> None:
    raw = message(
        b"<ans:a/>",
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://a file:///etc/passwd"',
    )
    check_tree(parse(raw), raw)


def test_a_long_text_is_refused_except_in_base64_elements() -> None:
    limites = Limites(texto=10)
    longo = b"x" * 11
    assert refusal(message(b"<ans:a>" + longo + b"</ans:a>"), limites).regra == "TISS-XML-TEXTO"
    assert refusal(message(b"<ans:a><![CDATA[" + b"<" * 11 + b"]]></ans:a>"), limites).regra == "TISS-XML-TEXTO"
    for certa in (
        message(b"<ans:documento>" + longo + b"</ans:documento>"),
        message(b"<ans:a>" + longo[1:] + b"</ans:a>"),
    ):
        check_tree(parse(certa), certa, limites)


def test_a_document_beyond_what_the_parser_holds_is_told_as_too_large() -> None:
    for onde, codigo in ((b"envioDocumentos", "3166"), (b"observacao", "5002")):
        recusa = refusal(message(b"<ans:%b>%b</ans:%b>" % (onde, b"A" * 10_000_001, onde)))
        assert (recusa.regra, recusa.codigo) == ("TISS-XML-TEXTO", codigo)
        assert "até cerca de 7 MB" in recusa.mensagem


@pytest.mark.parametrize("referencia", [b"&#x85;", b"&#127;", b"&#159;"])
def test_a_control_character_cannot_hide_in_a_reference(referencia: bytes) -> None:
    assert refusal(message(b"<ans:a>" + referencia + b"</ans:a>")).regra == "TISS-XML-CONTROLE"


def test_other_character_references_pass() -> None:
    for miolo in (b"&#231;&#x20AC;&#10;&amp;", b"<![CDATA[&#;&#x85]]>", b"<![CDATA[&#x85;]]>"):
        raw = message(b"<ans:a>" + miolo + b"</ans:a>")
        check_tree(parse(raw), raw)


def test_a_doctype_is_refused_even_without_the_gate() -> None:
    assert refusal(b"<!DOCTYPE x>" + message(b"")).regra == "TISS-XML-DOCTYPE"


def test_blanks_after_the_message_are_no_long_text() -> None:
    raw = message(b"<ans:a/>") + b" " * 100
    check_tree(parse(raw), raw, Limites(texto=60))
    check_tree(parse(raw), raw, Limites(texto=1000))


def test_the_path_of_an_element_has_positions_only_among_namesakes() -> None:
    raiz = parse(message(b"<ans:a/><ans:b><x:c xmlns:x='urn:x'/></ans:b><ans:a/>"))
    assert path_of(raiz[2]) == "/ans:mensagemTISS/ans:a[2]"
    assert path_of(raiz[1][0]) == "/ans:mensagemTISS/ans:b/*[local-name()='c']"
    namespaces = {"ans": q("")[1:-1]}
    assert etree.XPath(path_of(raiz[2]), namespaces=namespaces)(raiz) == [raiz[2]]


# --- which message it is ---

MENSAGEM = '<a:mensagemTISS xmlns:a="http://www.ans.gov.br/padroes/tiss/schemas">{}</a:mensagemTISS>'


@pytest.mark.parametrize(
    ("miolo", "corpo"),
    [
        (
            "<a:cabecalho><a:b><a:c/></a:b></a:cabecalho><a:prestadorParaOperadora><a:b/></a:prestadorParaOperadora>",
            "b",
        ),
        ("<a:operadoraParaPrestador>\n<!-- x --><a:b><a:c/></a:b></a:operadoraParaPrestador>", "b"),
        ("<a:prestadorParaOperadora/><a:operadoraParaPrestador><a:x/><a:y/></a:operadoraParaPrestador>", "x"),
        ("<a:prestadorParaOperadora></a:prestadorParaOperadora>", None),
        ("<a:outro><a:loteGuias/></a:outro>", None),
        ("<prestadorParaOperadora><a:loteGuias/></prestadorParaOperadora>", None),
        ("<a:cabecalho><a:prestadorParaOperadora><a:loteGuias/></a:prestadorParaOperadora></a:cabecalho>", None),
        ("<a:prestadorParaOperadora><", None),
        ("", None),
    ],
)
def test_the_body_is_told_from_the_beginning_of_a_message(miolo: str, corpo: str | None) -> None:
    assert body_element(MENSAGEM.format(miolo).encode()) == corpo


def test_no_body_is_told_of_what_is_no_message() -> None:
    assert body_element(b"") is None
    assert body_element(b"<a><prestadorParaOperadora><loteGuias/></prestadorParaOperadora></a>") is None
    assert body_element(b'<mensagemTISS xmlns="urn:x"><prestadorParaOperadora><loteGuias/></a>') is None


def test_what_follows_the_body_is_not_read() -> None:
    comeco = MENSAGEM.format("<a:prestadorParaOperadora><a:loteGuias>").removesuffix("</a:mensagemTISS>")
    assert body_element(comeco.encode() + b" " * 5000 + b"<a></b>") == "loteGuias"
