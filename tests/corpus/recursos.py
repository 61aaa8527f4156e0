"""Recursos de glosa and documents: correct ones in every version, what the schema lets pass, and their sizes."""

from __future__ import annotations

import base64
from dataclasses import replace
from decimal import Decimal
from typing import Final

from local.gerador import DIA_DE_REFERENCIA, VERSOES, Formato
from local.gerador.assembly import message
from local.gerador.recursos import Contestada, PedidoRecurso, gerar_recurso
from local.gerador.tree import Node, node, write
from tests.corpus.base import MIB, Case, Change, Family, clone, later, leaf, parent_of, with_text

RECURSO: Final = "recurso"
"""The category: no lote, so that only a door of all messages takes them."""
_CNPJ: Final = "12345678000195"


def _contestadas(guias: int = 2, itens: int = 1) -> tuple[Contestada, ...]:
    return tuple(
        Contestada(
            codigo="1705", valor=Decimal("10.00"), guia=f"G{guia}", sequencial=item, procedimento="40304361",
            dente="11", face="OM",
        )
        for guia in range(1, guias + 1)
        for item in range(1, itens + 1)
    )  # fmt: skip


def recurso(change: Change | None = None, **fields: object) -> bytes:
    """Two guias of one item each, changed by ``change``; the hash is that of the changed texts."""
    pedido = PedidoRecurso(protocolo="260340000007", contestadas=_contestadas())
    gerado = gerar_recurso(replace(pedido, **fields))  # type: ignore[arg-type]
    if change is None:
        return gerado.conteudo
    gerado.root.one("epilogo/hash").text = None
    gerado.root.attributes.clear()
    change(gerado.root)
    return write(gerado.root, gerado.pedido.formato)[0]


def documento(conteudo: str, *extra: Node) -> bytes:
    """An ENVIO_DOCUMENTO."""
    corpo = node(
        "envioDocumentos", *extra, node("numeroDocumento", "D1"), node("naturezaGuia", "2"),
        node("formatoDocumento", "02"), node("documento", conteudo), node("tipoDocumento", "02"),
    )  # fmt: skip
    root = message(
        "ENVIO_DOCUMENTO", "1", corpo, origem=node("CNPJ", _CNPJ), destino="345695", versao="4.01.00",
        hoje=DIA_DE_REFERENCIA,
    )  # fmt: skip
    return write(root, Formato())[0]


def _both(root: Node) -> None:
    """A medical recurso and a dental one."""
    corpo = leaf(root, "recursoGlosa")
    corpo.children.append(clone(corpo.children[0]))
    corpo.children[1].name = "guiaRecursoGlosaOdonto"


def _one_more_guia(root: Node) -> None:
    opcao = leaf(root, "opcaoRecurso")
    opcao.children.append(clone(opcao.children[0]))


def _without(name: str) -> Change:
    return lambda root: parent_of(root, name).remove(name)


def cases() -> list[Case]:
    """Every case of this module."""
    f = Family(RECURSO)
    de = node("numeroProtocolo", "260340000007")
    for versao in VERSOES:
        f.accept(f"recurso-{versao}", later(recurso, versao=versao))
        f.accept(f"recurso-odonto-{versao}", later(recurso, versao=versao, odonto=True))
    for prefixo, codificacao in (("", "UTF-8"), ("ans", "ISO-8859-1")):
        formato = Formato(prefixo=prefixo, codificacao=codificacao)
        f.accept(f"recurso-prefixo-{prefixo or 'padrao'}", later(recurso, formato=formato))
    f.accept("recurso-100-guias", later(recurso, contestadas=_contestadas(100, 5)))
    f.accept("documento-de-7-mb", lambda _: documento(base64.b64encode(b"%PDF" + b"\0" * 7 * MIB).decode(), de))
    f.either("recurso-4-mil-itens", later(recurso, contestadas=_contestadas(2, 2_000)))
    f.reject("recurso-alterado", lambda _: recurso().replace(b">G1<", b">G9<"), "5014")
    f.reject("recurso-101-guias", lambda _: recurso(_one_more_guia, contestadas=_contestadas(100)), "5015")
    f.reject("recurso-dois-em-um", lambda _: recurso(_both), "5001")
    f.reject("recurso-negativo", lambda _: recurso(with_text("valorRecursado", "-10.00")), "5040")
    f.reject("recurso-total-errado", later(recurso, valor_total=Decimal("20.01")), "5042")
    f.reject("recurso-objeto-trocado", lambda _: recurso(with_text("objetoRecurso", "1")), "2908")
    f.reject("recurso-sem-justificativa", lambda _: recurso(_without("justificativaItem")), "2903")
    f.reject("recurso-justificativa-em-branco", lambda _: recurso(with_text("justificativaItem", " \n ")), "2903")
    f.reject("recurso-justificativa-longa", lambda _: recurso(with_text("justificativaItem", "J" * 501)), "5001")
    f.reject("recurso-glosa-vazia", lambda _: recurso(with_text("codGlosaItem", "")), "5007")
    f.reject("recurso-glosa-de-outra-versao", lambda _: recurso(with_text("codGlosaItem", "3242")), "5001")
    f.reject("recurso-data-com-fuso", lambda _: recurso(with_text("dataInicio", "2026-03-02Z")), "1323")
    f.reject("recurso-protocolo-negativo", later(recurso, protocolo="-1"), "3162")
    f.reject("recurso-milhao-na-4.01", lambda _: recurso(with_text("valorRecursado", "1000000.01")), "5001")
    f.reject("documento-de-8-mb", lambda _: documento("A" * 11 * MIB, de), "3166")
    f.reject("documento-vazio", lambda _: documento("", de), "5007")
    f.reject("documento-que-nao-e-base64", lambda _: documento("não é base64", de), "5001")
    f.reject("documento-de-nada", lambda _: documento("JVBE"), "5007")
    return f.cases
