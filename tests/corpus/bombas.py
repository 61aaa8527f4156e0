"""Sizes: depth, width, attributes, namespaces, texts, floods of errors."""

from __future__ import annotations

import base64

from local.gerador import Tipo
from local.gerador.arvore import No, no
from tests.corpus.base import (
    MIB,
    Caso,
    Familia,
    Mudanca,
    adiado,
    clonar,
    dentro_da_guia,
    escrita,
    folha,
    lote,
    mensagem,
    valor,
)

SINTAXE = ("5001", "5002")


def _profundo(niveis: int) -> bytes:
    return mensagem(b"<a>" * niveis + b"</a>" * niveis)


def _atributos(quantos: int) -> bytes:
    nomes = b"".join(b' a%d="1"' % n for n in range(quantos))
    return lote().replace(b"<ans:cabecalho>", b"<ans:cabecalho" + nomes + b">", 1)


def _namespaces(quantos: int) -> bytes:
    nomes = b"".join(b' xmlns:n%d="u%d"' % (n, n) for n in range(quantos))
    return lote().replace(b"<ans:cabecalho>", b"<ans:cabecalho" + nomes + b">", 1)


def _atributo_gigante(tamanho: int) -> bytes:
    return lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="' + b"x" * tamanho + b'">', 1)


def _guias(quantas: int, tipo: Tipo = Tipo.SADT) -> bytes:
    return lote(guias=quantas, tipo=tipo)


def _itens(quantos: int, mudanca: tuple[str, str] | None = None) -> bytes:
    """One guia with many procedures; ``mudanca`` puts a bad text in one leaf of each."""

    def mudar(raiz: No) -> None:
        bloco = folha(raiz, "procedimentosExecutados")
        modelo = bloco.filhos[0]
        bloco.filhos = []
        for numero in range(quantos):
            item = clonar(modelo)
            folha(item, "sequencialItem").texto = str(numero + 1)
            if mudanca is not None:
                folha(item, mudanca[0]).texto = mudanca[1]
            bloco.filhos.append(item)

    return lote(mudar)


def _irmaos_ruins(quantos: int) -> bytes:
    def mudar(raiz: No) -> None:
        folha(raiz, "procedimentosExecutados").filhos.extend(no("intruso", "1") for _ in range(quantos))

    return lote(mudar)


def _profundidade() -> list[Caso]:
    f = Familia("profundidade")
    for niveis in (33, 300, 5_000, 100_000, 1_000_000):
        f.recusa(f"niveis-{niveis}", adiado(_profundo, niveis), *SINTAXE, "5007")
    f.recusa("niveis-abertos", lambda _: mensagem(b"<a>" * 300_000)[: -len(b"</ans:mensagemTISS>")], *SINTAXE)
    f.recusa("niveis-dentro-da-guia", lambda _: dentro_da_guia(lote(), b"<a>" * 40 + b"</a>" * 40), *SINTAXE)
    return f.casos


def _largura() -> list[Caso]:
    f = Familia("largura")
    f.recusa("dois-milhoes-de-elementos", lambda _: mensagem(b"<a/>" * 2_000_000), *SINTAXE)
    f.recusa("dois-milhoes-na-guia", lambda _: dentro_da_guia(lote(), b"<a/>" * 2_000_000), *SINTAXE)
    f.recusa("nomes-distintos", lambda _: mensagem(b"".join(b"<n%d/>" % n for n in range(400_000))), *SINTAXE)
    f.recusa("nome-de-1-mib", lambda _: mensagem(b"<" + b"n" * MIB + b"/>"), *SINTAXE)
    f.recusa(
        "prefixo-de-1-mib", lambda _: (p := b"p" * MIB) and lote().replace(b"ans:epilogo", p + b":epilogo"), *SINTAXE
    )
    f.recusa(
        "uri-de-9-mib",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho xmlns:u="u' + b"u" * 9 * MIB + b'">'),
        *SINTAXE,
    )
    f.recusa("atributos-16", lambda _: _atributos(16), *SINTAXE)
    f.recusa("atributos-80-mil", lambda _: _atributos(80_000), *SINTAXE)
    f.recusa("atributos-400-mil", lambda _: _atributos(400_000), *SINTAXE)
    f.recusa("um-atributo-em-cada-elemento", lambda _: mensagem(b'<a b="1"/>' * 150_000), *SINTAXE)
    f.recusa("namespaces-50-mil", lambda _: _namespaces(50_000), *SINTAXE)
    f.recusa("namespaces-em-cada-elemento", lambda _: mensagem(b'<a xmlns="u"/>' * 200_000), *SINTAXE)
    f.recusa(
        "namespaces-aninhados",
        lambda _: mensagem(b"".join(b'<a xmlns:n%d="u">' % n for n in range(30)) + b"</a>" * 30),
        *SINTAXE,
    )
    f.recusa("atributo-de-12-mib", lambda _: _atributo_gigante(12 * MIB), *SINTAXE)
    f.recusa(
        "atributo-de-referencias",
        lambda _: lote().replace(b"<ans:cabecalho>", b'<ans:cabecalho a="' + b"&lt;" * MIB + b'">'),
        *SINTAXE,
    )
    return f.casos


def _tamanho() -> list[Caso]:
    f = Familia("tamanho")
    espacos = b"\n" + b" " * 99
    f.recusa("acima-de-20-mib", lambda _: dentro_da_guia(lote(), espacos * (21 * MIB // 100)), *SINTAXE)
    f.recusa("acima-de-20-mib-de-lixo", lambda _: b"x" * (21 * MIB), *SINTAXE)
    f.recusa(
        "acima-de-20-mib-de-comentario", lambda _: dentro_da_guia(lote(), b"<!--" + b"c" * 21 * MIB + b"-->"), *SINTAXE
    )
    f.neutra("15-mib-de-espacos", lambda _: dentro_da_guia(lote(), espacos * (15 * MIB // 100)))
    f.recusa("texto-de-12-mib", lambda _: lote(valor("indicacaoClinica", "a" * 12 * MIB)), *SINTAXE)
    f.recusa("texto-de-64-kib", lambda _: lote(valor("indicacaoClinica", "a" * 65537)), *SINTAXE)
    f.recusa("carteira-de-5-mib", lambda _: lote(valor("numeroCarteira", "9" * 5 * MIB)))
    f.recusa("hash-de-12-mib", lambda _: lote(valor("hash", "a" * 12 * MIB)))
    f.recusa("padrao-de-1-mib", lambda _: lote(valor("Padrao", "4" * MIB)))
    f.recusa("espacos-no-meio-do-texto", lambda _: lote(valor("numeroCarteira", " " * 5 * MIB)))
    f.recusa(
        "referencias-1-milhao",
        lambda _: lote(escrita("numeroCarteira", "&#49;" * 1_000_000, "1" * 1_000_000)),
        *SINTAXE,
    )
    f.recusa("escapes-300-mil", lambda _: lote(escrita("indicacaoClinica", "&amp;" * 300_000, "&" * 300_000)), *SINTAXE)
    f.recusa("aspas-aos-milhoes", lambda _: lote(valor("indicacaoClinica", '"' * 3_000_000)), *SINTAXE)
    f.recusa(
        "biometria-de-12-mib",
        lambda _: _biometria(base64.b64encode(bytes(9 * MIB)).decode()),
        *SINTAXE,
    )
    f.recusa("biometria-que-nao-e-base64", lambda _: _biometria("*** nada ***"), *SINTAXE)
    f.neutra("biometria-de-40-kib", lambda _: _biometria(base64.b64encode(bytes(30_000)).decode()))
    return f.casos


def _biometria(texto: str) -> bytes:
    def mudar(raiz: No) -> None:
        dados = folha(raiz, "dadosBeneficiario")
        dados.filhos += [no("tipoIdent", "05"), no("identificadorBeneficiario", texto)]

    return lote(mudar)


def _enxurradas() -> list[Caso]:
    f = Familia("enxurrada-de-erros")
    f.recusa("irmaos-ruins-8-mil", lambda _: _irmaos_ruins(8_000), *SINTAXE)
    f.recusa("irmaos-ruins-100-mil", lambda _: _irmaos_ruins(100_000), *SINTAXE)
    f.recusa("irmaos-ruins-400-mil", lambda _: _irmaos_ruins(400_000), *SINTAXE)
    f.recusa("itens-com-enumeracao-errada", lambda _: _itens(9_000, ("codigoTabela", "77")))
    f.recusa("itens-com-data-errada", lambda _: _itens(9_000, ("dataExecucao", "ontem")))
    f.recusa("itens-fora-de-ordem", lambda _: _itens(9_000, ("sequencialItem", "7")))
    f.recusa("itens-com-conta-errada", lambda _: _itens(9_000, ("valorTotal", "0.01")))
    f.recusa("itens-18-mil", lambda _: _itens(18_000))
    f.recusa("carteiras-vazias-em-100-guias", lambda _: lote(_todas("numeroCarteira", ""), guias=100))
    f.recusa("todos-os-valores-errados", lambda _: lote(_todas("valorTotal", "1.00"), guias=100, procedimentos=30))
    f.recusa("todos-os-numeros-iguais", lambda _: lote(_todas("numeroGuiaPrestador", "1"), guias=100))
    return f.casos


def _todas(nome: str, texto: str) -> Mudanca:
    def mudar(raiz: No) -> None:
        for elemento in raiz.percorrer():
            if elemento.nome == nome and not elemento.filhos:
                elemento.texto = texto

    return mudar


def _quantidade_de_guias() -> list[Caso]:
    f = Familia("guias-demais")
    f.recusa("guias-101", lambda _: _guias(101), "5015")
    f.recusa("guias-1000", lambda _: _guias(1000), "5015")
    f.recusa("guias-10-mil-consultas", lambda _: _guias(10_000, Tipo.CONSULTA), "5015")
    f.recusa("guias-101-odonto", lambda _: _guias(101, Tipo.ODONTO), "5015")
    f.recusa("guias-101-internacao", lambda _: _guias(101, Tipo.INTERNACAO), "5015")
    f.recusa("guias-101-honorarios", lambda _: _guias(101, Tipo.HONORARIOS), "5015")
    f.recusa("guias-vazias-200-mil", lambda _: _guias_vazias(200_000), "5015", *SINTAXE)
    return f.casos


def _guias_vazias(quantas: int) -> bytes:
    def mudar(raiz: No) -> None:
        folha(raiz, "guiasTISS").filhos = [no("guiaConsulta") for _ in range(quantas)]

    return lote(mudar)


def casos() -> list[Caso]:
    """Every case of this module."""
    return [*_profundidade(), *_largura(), *_tamanho(), *_enxurradas(), *_quantidade_de_guias()]
