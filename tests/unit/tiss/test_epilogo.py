"""The hash of the epilogue: which text it covers and which digests are accepted."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest

from conecta_tiss.xml.epilogo import SituacaoHash, digest, exact_text, verify
from conecta_tiss.xml.parser import has_markup_declarations, parse

md5 = partial(hashlib.md5, usedforsecurity=False)

MOLDE = (
    '<ans:mensagemTISS xmlns:ans="http://www.ans.gov.br/padroes/tiss/schemas"'
    ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{corpo}'
    "<ans:epilogo><ans:hash>{hash}</ans:hash></ans:epilogo>{fim}</ans:mensagemTISS>"
)
CORPO = "<ans:a>um</ans:a><ans:b><ans:c> dois </ans:c><ans:d/></ans:b>"
ASSINATURA = "<ds:Signature><ds:SignatureValue>abc</ds:SignatureValue></ds:Signature>"


def situation(corpo: str, texto: str, codificacao: str = "iso-8859-1", fim: str = "") -> SituacaoHash:
    declarado = md5(texto.encode(codificacao)).hexdigest()
    raw = MOLDE.format(corpo=corpo, hash=declarado, fim=fim).encode()
    return verify(parse(raw), tem_brancos=has_markup_declarations(raw)).situacao


def test_the_text_of_the_leaves_is_hashed_in_document_order() -> None:
    assert situation(CORPO, "um dois ") is SituacaoHash.ISO_8859_1


def test_indentation_does_not_matter() -> None:
    indentado = "\n  <ans:a>um</ans:a>\n  <ans:b>\n    <ans:c> dois </ans:c>\n    <ans:d/>\n  </ans:b>\n"
    assert situation(indentado, "um dois ") is SituacaoHash.ISO_8859_1


def test_comments_and_cdata_do_not_matter() -> None:
    com_marcas = "\n<!-- zz -->\n<ans:a>u<!-- zz -->m</ans:a><ans:b>\n<ans:c><![CDATA[ dois ]]></ans:c></ans:b>"
    assert situation(com_marcas, "um dois ") is SituacaoHash.ISO_8859_1
    assert situation(com_marcas, "\n\num\n dois ") is SituacaoHash.DIVERGENTE


@pytest.mark.parametrize(("codificacao", "situacao"), [("iso-8859-1", "iso-8859-1"), ("utf-8", "utf-8")])
def test_both_digests_of_an_accented_text_are_accepted_and_told_apart(codificacao: str, situacao: str) -> None:
    assert situation("<ans:a>São João</ans:a>", "São João", codificacao).value == situacao


def test_a_text_outside_iso_8859_1_has_only_the_utf_8_digest() -> None:
    assert situation("<ans:a>€ 10</ans:a>", "€ 10", "utf-8") is SituacaoHash.UTF_8
    assert digest("€ 10") == md5("€ 10".encode()).hexdigest()


def test_upper_case_and_blanks_around_the_declared_hash_are_accepted() -> None:
    declarado = f" {md5(b'um').hexdigest().upper()}\n"
    raiz = parse(MOLDE.format(corpo="<ans:a>um</ans:a>", hash=declarado, fim="").encode())
    assert verify(raiz).situacao is SituacaoHash.ISO_8859_1


def test_the_signature_is_left_out_or_wholly_covered() -> None:
    assert situation(CORPO, "um dois ", fim=ASSINATURA) is SituacaoHash.ISO_8859_1
    assert situation(CORPO, "um dois abc", fim=ASSINATURA) is SituacaoHash.ISO_8859_1
    assert situation(CORPO, "um dois ab", fim=ASSINATURA) is SituacaoHash.DIVERGENTE


def test_a_signature_inside_the_body_is_content() -> None:
    assert situation(f"<ans:b>{ASSINATURA}</ans:b>", "abc") is SituacaoHash.ISO_8859_1
    assert situation(f"<ans:b>{ASSINATURA}</ans:b>", "") is SituacaoHash.DIVERGENTE


@pytest.mark.parametrize("declarado", ["", "  "])
def test_an_empty_hash_is_absent_and_the_right_one_is_told(declarado: str) -> None:
    conferencia = verify(parse(MOLDE.format(corpo=CORPO, hash=declarado, fim="").encode()))
    assert conferencia.situacao is SituacaoHash.AUSENTE
    assert conferencia.calculado == md5(b"um dois ").hexdigest()


def test_a_message_without_epilogue_has_no_hash() -> None:
    raiz = parse(MOLDE.format(corpo=CORPO, hash="x", fim="").encode())
    raiz.remove(raiz[-1])
    assert verify(raiz).situacao is SituacaoHash.AUSENTE


def test_a_wrong_hash_diverges_and_the_right_one_is_told() -> None:
    conferencia = verify(parse(MOLDE.format(corpo=CORPO, hash="0" * 32, fim="").encode()))
    assert conferencia.situacao is SituacaoHash.DIVERGENTE
    assert not conferencia.situacao.confere
    assert conferencia.calculado == md5(b"um dois ").hexdigest()


def test_text_between_elements_is_not_of_a_leaf() -> None:
    raiz = parse(MOLDE.format(corpo="<ans:b>solto<ans:c>1</ans:c>solto</ans:b>", hash="", fim="").encode())
    assert exact_text(raiz) == "1"
