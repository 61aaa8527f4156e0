"""What is not XML, is not well formed, is cut short, or is another document."""

from __future__ import annotations

import base64
import gzip
import io
import random
import zipfile

from local.gerador.tree import Node, node
from tests.corpus.base import MIB, Case, Family, later, lote, message, with_prologue

SYNTAX = ("5001", "5002")
_NS = b"http://www.ans.gov.br/padroes/tiss/schemas"


def _zip() -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("lote.xml", (2026, 3, 2, 0, 0, 0)), lote())
    return package.getvalue()


def _not_xml() -> list[Case]:
    f = Family("nao-xml")
    reject = f.reject
    reject("vazio", b"", *SYNTAX)
    reject("um-espaco", b" ", *SYNTAX)
    reject("so-espacos", b" \t\r\n" * 100_000, *SYNTAX)
    reject("so-bom", b"\xef\xbb\xbf", *SYNTAX)
    reject("so-declaracao", b'<?xml version="1.0" encoding="UTF-8"?>', *SYNTAX)
    reject("so-menor-que", b"<", *SYNTAX)
    reject("menor-que-milhoes", b"<" * 3_000_000, *SYNTAX)
    reject("texto", "Segue o lote de março em anexo.".encode(), *SYNTAX)
    reject("json", b'{"mensagemTISS": {"cabecalho": {}}}', *SYNTAX)
    reject("json-profundo", b"[" * 500_000, *SYNTAX)
    reject("csv", b"guia;carteira;valor\n1;2;3\n", *SYNTAX)
    reject("html", b"<!DOCTYPE html><html><body><p>Erro 502</body></html>", *SYNTAX)
    reject("html-sem-doctype", b"<html><body>Sess\xc3\xa3o expirada</body></html>", *SYNTAX)
    reject("pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", *SYNTAX)
    reject("png", b"\x89PNG\r\n\x1a\n" + bytes(64), *SYNTAX)
    reject("zip", lambda _: _zip(), *SYNTAX)
    reject("gzip", lambda _: gzip.compress(lote(), mtime=0), *SYNTAX)
    reject("gzip-bomba", lambda _: gzip.compress(b"<a>" + b" " * 200 * MIB, 9, mtime=0), *SYNTAX)
    reject("base64", lambda _: base64.b64encode(lote()), *SYNTAX)
    reject("aleatorio", lambda _: random.Random(7).randbytes(MIB), *SYNTAX)  # noqa: S311 - repeatable
    reject("aleatorio-com-comeco-de-xml", lambda _: b"<" + random.Random(8).randbytes(MIB), *SYNTAX)  # noqa: S311
    return f.cases


def _cut(percent: int) -> bytes:
    content = lote()
    return content[: len(content) * percent // 100]


def _malformed() -> list[Case]:
    f = Family("malformado")
    reject = f.reject
    for percent in (1, 10, 50, 90, 99):
        reject(f"cortado-em-{percent}", later(_cut, percent), *SYNTAX)
    reject("cortado-no-ultimo-byte", lambda _: lote().rstrip()[:-1], *SYNTAX)
    reject("lixo-depois-da-raiz", lambda _: lote() + b"fim", *SYNTAX)
    reject("texto-antes-da-raiz", lambda _: with_prologue(lote(), b"lote:"), *SYNTAX)
    reject("duas-raizes", lambda _: (x := lote()) + x.split(b"\n", 1)[1], *SYNTAX)
    reject("dois-documentos", lambda _: lote() * 2, *SYNTAX)
    reject(
        "etiquetas-cruzadas",
        lambda _: lote().replace(b"</ans:hash></ans:epilogo>", b"</ans:epilogo></ans:hash>"),
        *SYNTAX,
    )
    reject("maiusculas-trocadas", lambda _: lote().replace(b"</ans:cabecalho>", b"</ans:Cabecalho>"), *SYNTAX)
    reject("atributo-sem-aspas", lambda _: lote().replace(b"<ans:cabecalho>", b"<ans:cabecalho a=1>"), *SYNTAX)
    reject("atributo-repetido", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="1" a="2">'), *SYNTAX)
    reject("atributo-aberto", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="1>'), *SYNTAX)
    reject("menor-que-no-atributo", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="<">'), *SYNTAX)
    reject("e-comercial-solto", lambda _: lote().replace(b"&amp;", b"&"), *SYNTAX)
    reject("menor-que-solto", lambda _: lote().replace(b"&amp;", b"<"), *SYNTAX)
    reject("prefixo-nao-declarado", lambda _: lote().replace(b"<ans:cabecalho>", b"<tiss:cabecalho>"), *SYNTAX)
    reject("prefixo-desfeito", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:ans="">'), *SYNTAX)
    reject(
        "prefixo-xml-redefinido",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:xml="urn:x">'),
        *SYNTAX,
    )
    reject(
        "prefixo-xmlns-redefinido",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:xmlns="urn:x">'),
        *SYNTAX,
    )
    reject("dois-pontos-duplos", lambda _: lote().replace(b"ans:hash>", b"ans:a:hash>"), *SYNTAX)
    reject("nome-com-digito", lambda _: lote().replace(b"ans:hash>", b"ans:1hash>"), *SYNTAX)
    return f.cases


def _other_documents() -> list[Case]:
    f = Family("outro-documento")
    reject = f.reject
    reject("so-a-raiz", message(b""), *SYNTAX, "5007")
    reject("raiz-com-texto", message(b"lote"), *SYNTAX, "5007")
    reject("raiz-errada", lambda _: lote().replace(b"mensagemTISS", b"mensagemTiss"), *SYNTAX)
    reject("raiz-sem-namespace", lambda _: lote().replace(b"ans:", b"").replace(b"xmlns:ans", b"xmlns:x"), *SYNTAX)
    reject("namespace-com-barra", lambda _: lote().replace(_NS, _NS + b"/"), *SYNTAX)
    reject("namespace-em-maiusculas", lambda _: lote().replace(_NS, _NS.upper()), *SYNTAX)
    reject("namespace-https", lambda _: lote().replace(b"http://www.ans", b"https://www.ans"), *SYNTAX)
    reject("namespace-com-espaco", lambda _: lote().replace(_NS, b" " + _NS), *SYNTAX)
    reject(
        "raiz-em-outro-namespace",
        lambda _: (
            lote()
            .replace(b"<ans:mensagemTISS ", b'<x:mensagemTISS xmlns:x="urn:x" ')
            .replace(b"</ans:mensagemTISS", b"</x:mensagemTISS")
        ),
        *SYNTAX,
    )
    reject("lote-sem-envelope", lambda _: _bare_lote(), *SYNTAX)
    reject(
        "envelope-soap",
        lambda _: (
            b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            + lote().split(b"\n", 1)[1]
            + b"</s:Body></s:Envelope>"
        ),
        *SYNTAX,
    )
    reject(
        "xsd-como-mensagem", b'<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a"/></schema>', *SYNTAX
    )
    reject(
        "xslt-como-mensagem",
        lambda a: (
            '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
            f'<xsl:include href="{a.url}"/></xsl:stylesheet>'
        ).encode(),
        *SYNTAX,
    )
    reject("svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', *SYNTAX)
    reject(
        "xinclude-na-raiz",
        lambda a: f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{a.file}" parse="text"/>'.encode(),
        *SYNTAX,
    )
    reject("recibo-no-lugar-do-lote", lambda _: _receipt(), *SYNTAX, "5007", "3148", "5005")
    return f.cases


def _bare_lote() -> bytes:
    content = lote()
    start, end = content.index(b"<ans:loteGuias>"), content.index(b"</ans:prestadorParaOperadora>")
    return content[start:end].replace(b"<ans:loteGuias>", b'<ans:loteGuias xmlns:ans="' + _NS + b'">', 1)


def _receipt() -> bytes:
    """A receipt, which only an operadora sends, under the header of a prestador."""

    def change(root: Node) -> None:
        body = root.one("prestadorParaOperadora")
        body.name = "operadoraParaPrestador"
        body.children = [node("recebimentoLote", node("mensagemErro", node("codigoGlosa", "5001")))]

    return lote(change)


def cases() -> list[Case]:
    """Every case of this module."""
    return [*_not_xml(), *_malformed(), *_other_documents()]
