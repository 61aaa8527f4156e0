"""What is not XML, is not well formed, is cut short, or is another document."""

from __future__ import annotations

import base64
import gzip
import io
import random
import zipfile

from local.gerador.arvore import No, no
from tests.corpus.base import MIB, Caso, Familia, adiado, com_prologo, lote, mensagem

SINTAXE = ("5001", "5002")
_NS = b"http://www.ans.gov.br/padroes/tiss/schemas"


def _zip() -> bytes:
    pacote = io.BytesIO()
    with zipfile.ZipFile(pacote, "w", zipfile.ZIP_DEFLATED) as arquivo:
        arquivo.writestr(zipfile.ZipInfo("lote.xml", (2026, 3, 2, 0, 0, 0)), lote())
    return pacote.getvalue()


def _nao_xml() -> list[Caso]:
    f = Familia("nao-xml")
    recusa = f.recusa
    recusa("vazio", b"", *SINTAXE)
    recusa("um-espaco", b" ", *SINTAXE)
    recusa("so-espacos", b" \t\r\n" * 100_000, *SINTAXE)
    recusa("so-bom", b"\xef\xbb\xbf", *SINTAXE)
    recusa("so-declaracao", b'<?xml version="1.0" encoding="UTF-8"?>', *SINTAXE)
    recusa("so-menor-que", b"<", *SINTAXE)
    recusa("menor-que-milhoes", b"<" * 3_000_000, *SINTAXE)
    recusa("texto", "Segue o lote de março em anexo.".encode(), *SINTAXE)
    recusa("json", b'{"mensagemTISS": {"cabecalho": {}}}', *SINTAXE)
    recusa("json-profundo", b"[" * 500_000, *SINTAXE)
    recusa("csv", b"guia;carteira;valor\n1;2;3\n", *SINTAXE)
    recusa("html", b"<!DOCTYPE html><html><body><p>Erro 502</body></html>", *SINTAXE)
    recusa("html-sem-doctype", b"<html><body>Sess\xc3\xa3o expirada</body></html>", *SINTAXE)
    recusa("pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", *SINTAXE)
    recusa("png", b"\x89PNG\r\n\x1a\n" + bytes(64), *SINTAXE)
    recusa("zip", lambda _: _zip(), *SINTAXE)
    recusa("gzip", lambda _: gzip.compress(lote(), mtime=0), *SINTAXE)
    recusa("gzip-bomba", lambda _: gzip.compress(b"<a>" + b" " * 200 * MIB, 9, mtime=0), *SINTAXE)
    recusa("base64", lambda _: base64.b64encode(lote()), *SINTAXE)
    recusa("aleatorio", lambda _: random.Random(7).randbytes(MIB), *SINTAXE)  # noqa: S311 - repeatable
    recusa("aleatorio-com-comeco-de-xml", lambda _: b"<" + random.Random(8).randbytes(MIB), *SINTAXE)  # noqa: S311
    return f.casos


def _cortado(porcento: int) -> bytes:
    conteudo = lote()
    return conteudo[: len(conteudo) * porcento // 100]


def _malformados() -> list[Caso]:
    f = Familia("malformado")
    recusa = f.recusa
    for porcento in (1, 10, 50, 90, 99):
        recusa(f"cortado-em-{porcento}", adiado(_cortado, porcento), *SINTAXE)
    recusa("cortado-no-ultimo-byte", lambda _: lote().rstrip()[:-1], *SINTAXE)
    recusa("lixo-depois-da-raiz", lambda _: lote() + b"fim", *SINTAXE)
    recusa("texto-antes-da-raiz", lambda _: com_prologo(lote(), b"lote:"), *SINTAXE)
    recusa("duas-raizes", lambda _: (x := lote()) + x.split(b"\n", 1)[1], *SINTAXE)
    recusa("dois-documentos", lambda _: lote() * 2, *SINTAXE)
    recusa(
        "etiquetas-cruzadas",
        lambda _: lote().replace(b"</ans:hash></ans:epilogo>", b"</ans:epilogo></ans:hash>"),
        *SINTAXE,
    )
    recusa("maiusculas-trocadas", lambda _: lote().replace(b"</ans:cabecalho>", b"</ans:Cabecalho>"), *SINTAXE)
    recusa("atributo-sem-aspas", lambda _: lote().replace(b"<ans:cabecalho>", b"<ans:cabecalho a=1>"), *SINTAXE)
    recusa("atributo-repetido", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="1" a="2">'), *SINTAXE)
    recusa("atributo-aberto", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="1>'), *SINTAXE)
    recusa("menor-que-no-atributo", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="<">'), *SINTAXE)
    recusa("e-comercial-solto", lambda _: lote().replace(b"&amp;", b"&"), *SINTAXE)
    recusa("menor-que-solto", lambda _: lote().replace(b"&amp;", b"<"), *SINTAXE)
    recusa("prefixo-nao-declarado", lambda _: lote().replace(b"<ans:cabecalho>", b"<tiss:cabecalho>"), *SINTAXE)
    recusa("prefixo-desfeito", lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:ans="">'), *SINTAXE)
    recusa(
        "prefixo-xml-redefinido",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:xml="urn:x">'),
        *SINTAXE,
    )
    recusa(
        "prefixo-xmlns-redefinido",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:xmlns="urn:x">'),
        *SINTAXE,
    )
    recusa("dois-pontos-duplos", lambda _: lote().replace(b"ans:hash>", b"ans:a:hash>"), *SINTAXE)
    recusa("nome-com-digito", lambda _: lote().replace(b"ans:hash>", b"ans:1hash>"), *SINTAXE)
    return f.casos


def _outros_documentos() -> list[Caso]:
    f = Familia("outro-documento")
    recusa = f.recusa
    recusa("so-a-raiz", mensagem(b""), *SINTAXE, "5007")
    recusa("raiz-com-texto", mensagem(b"lote"), *SINTAXE, "5007")
    recusa("raiz-errada", lambda _: lote().replace(b"mensagemTISS", b"mensagemTiss"), *SINTAXE)
    recusa("raiz-sem-namespace", lambda _: lote().replace(b"ans:", b"").replace(b"xmlns:ans", b"xmlns:x"), *SINTAXE)
    recusa("namespace-com-barra", lambda _: lote().replace(_NS, _NS + b"/"), *SINTAXE)
    recusa("namespace-em-maiusculas", lambda _: lote().replace(_NS, _NS.upper()), *SINTAXE)
    recusa("namespace-https", lambda _: lote().replace(b"http://www.ans", b"https://www.ans"), *SINTAXE)
    recusa("namespace-com-espaco", lambda _: lote().replace(_NS, b" " + _NS), *SINTAXE)
    recusa(
        "raiz-em-outro-namespace",
        lambda _: (
            lote()
            .replace(b"<ans:mensagemTISS ", b'<x:mensagemTISS xmlns:x="urn:x" ')
            .replace(b"</ans:mensagemTISS", b"</x:mensagemTISS")
        ),
        *SINTAXE,
    )
    recusa("lote-sem-envelope", lambda _: _so_o_lote(), *SINTAXE)
    recusa(
        "envelope-soap",
        lambda _: (
            b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            + lote().split(b"\n", 1)[1]
            + b"</s:Body></s:Envelope>"
        ),
        *SINTAXE,
    )
    recusa(
        "xsd-como-mensagem", b'<schema xmlns="http://www.w3.org/2001/XMLSchema"><element name="a"/></schema>', *SINTAXE
    )
    recusa(
        "xslt-como-mensagem",
        lambda a: (
            '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
            f'<xsl:include href="{a.url}"/></xsl:stylesheet>'
        ).encode(),
        *SINTAXE,
    )
    recusa("svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', *SINTAXE)
    recusa(
        "xinclude-na-raiz",
        lambda a: f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{a.arquivo}" parse="text"/>'.encode(),
        *SINTAXE,
    )
    recusa("recibo-no-lugar-do-lote", lambda _: _recibo(), *SINTAXE, "5007", "3148", "5005")
    return f.casos


def _so_o_lote() -> bytes:
    conteudo = lote()
    inicio, fim = conteudo.index(b"<ans:loteGuias>"), conteudo.index(b"</ans:prestadorParaOperadora>")
    return conteudo[inicio:fim].replace(b"<ans:loteGuias>", b'<ans:loteGuias xmlns:ans="' + _NS + b'">', 1)


def _recibo() -> bytes:
    """A receipt, which only an operadora sends, under the header of a prestador."""

    def mudar(raiz: No) -> None:
        corpo = raiz.um("prestadorParaOperadora")
        corpo.nome = "operadoraParaPrestador"
        corpo.filhos = [no("recebimentoLote", no("mensagemErro", no("codigoGlosa", "5001")))]

    return lote(mudar)


def casos() -> list[Caso]:
    """Every case of this module."""
    return [*_nao_xml(), *_malformados(), *_outros_documentos()]
