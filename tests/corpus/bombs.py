"""Sizes: depth, width, attributes, namespaces, texts, floods of errors."""

from __future__ import annotations

import base64

from local.gerador import Tipo
from local.gerador.tree import Node, node
from tests.corpus.base import (
    MIB,
    Case,
    Change,
    Family,
    clone,
    inside_guia,
    later,
    leaf,
    lote,
    marked,
    message,
    with_text,
)

SYNTAX = ("5001", "5002")
BARE = (*SYNTAX, "5007", "5014", "5028")
"""A root without header, body and epilogo has any of these faults, whatever else it holds."""


def _deep(levels: int) -> bytes:
    return message(b"<a>" * levels + b"</a>" * levels)


def _attributes(count: int) -> bytes:
    names = b"".join(b' a%d="1"' % n for n in range(count))
    return lote().replace(b"<ans:cabecalho>", b"<ans:cabecalho" + names + b">", 1)


def _namespaces(count: int) -> bytes:
    names = b"".join(b' xmlns:n%d="u%d"' % (n, n) for n in range(count))
    return lote().replace(b"<ans:cabecalho>", b"<ans:cabecalho" + names + b">", 1)


def _huge_attribute(size: int) -> bytes:
    return lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="' + b"x" * size + b'">', 1)


def _guias(count: int, tipo: Tipo = Tipo.SADT) -> bytes:
    return lote(guias=count, tipo=tipo)


def _items(count: int, spoil: tuple[str, str] | None = None) -> bytes:
    """One guia with many procedures; ``spoil`` puts a bad text in one leaf of each."""

    def change(root: Node) -> None:
        block = leaf(root, "procedimentosExecutados")
        model = block.children[0]
        block.children = []
        for numero in range(count):
            item = clone(model)
            leaf(item, "sequencialItem").text = str(numero + 1)
            if spoil is not None:
                leaf(item, spoil[0]).text = spoil[1]
            block.children.append(item)

    return lote(change)


def _bad_siblings(count: int) -> bytes:
    def change(root: Node) -> None:
        leaf(root, "procedimentosExecutados").children.extend(node("intruso", "1") for _ in range(count))

    return lote(change)


def _depth() -> list[Case]:
    f = Family("profundidade")
    for levels in (33, 300, 5_000, 100_000, 1_000_000):
        f.reject(f"niveis-{levels}", later(_deep, levels), *BARE)
    f.reject("niveis-abertos", lambda _: message(b"<a>" * 300_000)[: -len(b"</ans:mensagemTISS>")], *SYNTAX)
    f.reject("niveis-dentro-da-guia", lambda _: inside_guia(lote(), b"<a>" * 40 + b"</a>" * 40), *SYNTAX)
    return f.cases


def _width() -> list[Case]:
    f = Family("largura")
    f.reject("dois-milhoes-de-elementos", lambda _: message(b"<a/>" * 2_000_000), *BARE)
    f.reject("dois-milhoes-na-guia", lambda _: inside_guia(lote(), b"<a/>" * 2_000_000), *SYNTAX)
    f.reject("nomes-distintos", lambda _: message(b"".join(b"<n%d/>" % n for n in range(400_000))), *BARE)
    f.reject("nome-de-1-mib", lambda _: message(b"<" + b"n" * MIB + b"/>"), *BARE)
    f.reject(
        "prefixo-de-1-mib", lambda _: (p := b"p" * MIB) and lote().replace(b"ans:epilogo", p + b":epilogo"), *SYNTAX
    )
    # Legal, and nothing uses it: only its cost matters.
    f.either(
        "uri-de-9-mib",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:u="u' + b"u" * 9 * MIB + b'">'),
    )
    f.reject("atributos-16", lambda _: _attributes(16), *SYNTAX)
    f.reject("atributos-80-mil", lambda _: _attributes(80_000), *SYNTAX)
    f.reject("atributos-400-mil", lambda _: _attributes(400_000), *SYNTAX)
    f.reject("um-atributo-em-cada-elemento", lambda _: message(b'<a b="1"/>' * 150_000), *BARE)
    f.reject("namespaces-50-mil", lambda _: _namespaces(50_000), *SYNTAX)
    f.reject("namespaces-em-cada-elemento", lambda _: message(b'<a xmlns="u"/>' * 200_000), *BARE)
    f.reject(
        "namespaces-aninhados",
        lambda _: message(b"".join(b'<a xmlns:n%d="u">' % n for n in range(30)) + b"</a>" * 30),
        *BARE,
    )
    f.reject("atributo-de-12-mib", lambda _: _huge_attribute(12 * MIB), *SYNTAX)
    f.reject(
        "atributo-de-referencias",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="' + b"&lt;" * MIB + b'">'),
        *SYNTAX,
    )
    return f.cases


def _size() -> list[Case]:
    f = Family("tamanho")
    spaces = b"\n" + b" " * 99
    f.reject("acima-de-20-mib", lambda _: inside_guia(lote(), spaces * (21 * MIB // 100)), *SYNTAX)
    f.reject("acima-de-20-mib-de-lixo", lambda _: b"x" * (21 * MIB), *SYNTAX)
    f.reject(
        "acima-de-20-mib-de-comentario", lambda _: inside_guia(lote(), b"<!--" + b"c" * 21 * MIB + b"-->"), *SYNTAX
    )
    f.either("15-mib-de-espacos", lambda _: inside_guia(lote(), spaces * (15 * MIB // 100)))
    f.reject("texto-de-12-mib", lambda _: lote(with_text("indicacaoClinica", "a" * 12 * MIB)), *SYNTAX)
    f.reject("texto-de-64-kib", lambda _: lote(with_text("indicacaoClinica", "a" * 65537)), *SYNTAX)
    f.reject("carteira-de-5-mib", lambda _: lote(with_text("numeroCarteira", "9" * 5 * MIB)))
    f.reject("hash-de-12-mib", lambda _: lote(with_text("hash", "a" * 12 * MIB)))
    f.reject("padrao-de-1-mib", lambda _: lote(with_text("Padrao", "4" * MIB)))
    f.reject("espacos-no-meio-do-texto", lambda _: lote(with_text("numeroCarteira", " " * 5 * MIB)))
    f.reject(
        "referencias-1-milhao",
        lambda _: lote(marked("numeroCarteira", "&#49;" * 1_000_000, "1" * 1_000_000)),
        *SYNTAX,
    )
    f.reject("escapes-300-mil", lambda _: lote(marked("indicacaoClinica", "&amp;" * 300_000, "&" * 300_000)), *SYNTAX)
    f.reject("aspas-aos-milhoes", lambda _: lote(with_text("indicacaoClinica", '"' * 3_000_000)), *SYNTAX)
    f.reject(
        "biometria-de-12-mib",
        lambda _: _biometrics(base64.b64encode(bytes(9 * MIB)).decode()),
        *SYNTAX,
    )
    # libxml2 does not check the alphabet of base64Binary; nobody decodes the field.
    f.either("biometria-que-nao-e-base64", lambda _: _biometrics("*** nada ***"))
    f.either("biometria-de-40-kib", lambda _: _biometrics(base64.b64encode(bytes(30_000)).decode()))
    return f.cases


def _biometrics(text: str) -> bytes:
    def change(root: Node) -> None:
        data = leaf(root, "dadosBeneficiario")
        data.children += [node("tipoIdent", "05"), node("identificadorBeneficiario", text)]

    return lote(change)


def _floods() -> list[Case]:
    f = Family("enxurrada-de-erros")
    f.reject("irmaos-ruins-8-mil", lambda _: _bad_siblings(8_000), *SYNTAX)
    f.reject("irmaos-ruins-100-mil", lambda _: _bad_siblings(100_000), *SYNTAX)
    f.reject("irmaos-ruins-400-mil", lambda _: _bad_siblings(400_000), *SYNTAX)
    f.reject("itens-com-enumeracao-errada", lambda _: _items(9_000, ("codigoTabela", "77")))
    f.reject("itens-com-data-errada", lambda _: _items(9_000, ("dataExecucao", "ontem")))
    f.reject("itens-fora-de-ordem", lambda _: _items(9_000, ("sequencialItem", "7")))
    f.reject("itens-com-conta-errada", lambda _: _items(9_000, ("valorTotal", "0.01")))
    f.reject("itens-18-mil", lambda _: _items(18_000))
    f.reject("carteiras-vazias-em-100-guias", lambda _: lote(_every("numeroCarteira", ""), guias=100))
    f.reject("todos-os-valores-errados", lambda _: lote(_every("valorTotal", "1.00"), guias=100, procedimentos=30))
    f.reject("todos-os-numeros-iguais", lambda _: lote(_every("numeroGuiaPrestador", "1"), guias=100))
    return f.cases


def _every(name: str, text: str) -> Change:
    def change(root: Node) -> None:
        for element in root.walk():
            if element.name == name and not element.children:
                element.text = text

    return change


def _too_many_guias() -> list[Case]:
    f = Family("guias-demais")
    f.reject("guias-101", lambda _: _guias(101), "5015")
    f.reject("guias-1000", lambda _: _guias(1000), "5015")
    f.reject("guias-10-mil-consultas", lambda _: _guias(10_000, Tipo.CONSULTA), "5015")
    f.reject("guias-101-odonto", lambda _: _guias(101, Tipo.ODONTO), "5015")
    f.reject("guias-101-internacao", lambda _: _guias(101, Tipo.INTERNACAO), "5015")
    f.reject("guias-101-honorarios", lambda _: _guias(101, Tipo.HONORARIOS), "5015")
    f.reject("guias-vazias-200-mil", lambda _: _empty_guias(200_000), "5015", *SYNTAX)
    return f.cases


def _empty_guias(count: int) -> bytes:
    def change(root: Node) -> None:
        leaf(root, "guiasTISS").children = [node("guiaConsulta") for _ in range(count)]

    return lote(change)


def cases() -> list[Case]:
    """Every case of this module."""
    return [*_depth(), *_width(), *_size(), *_floods(), *_too_many_guias()]
