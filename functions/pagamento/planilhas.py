"""What a prestador opens in a spreadsheet, or reads with a program (see `conecta_edge.planilhas`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from conecta_edge.planilhas import write

if TYPE_CHECKING:
    from decimal import Decimal

    from pagamento.domain.cronograma import Cronograma
    from pagamento.domain.demonstrativos import (
        AnaliseDeConta,
        Conta,
        DemonstrativoPagamento,
        GlosaAplicada,
        GuiaDemonstrada,
        ItemDemonstrado,
        PagamentoDemonstrado,
        Valores,
    )

_CONTA: Final = ("registro_ans", "protocolo", "lote", "recebido_em", "publicado_em", "situacao", "recurso")
_GUIA: Final = ("guia_prestador", "guia_operadora", "senha", "carteira", "situacao_guia")
_ITEM: Final = ("item", "data", "tabela", "codigo", "descricao", "grau", "dente", "regiao", "face", "quantidade")
_VALORES: Final = ("valor_informado", "valor_processado", "valor_glosado", "valor_liberado", "valor_recuperado")
_GLOSAS: Final = ("glosas", "motivos")
_PAGAMENTO: Final = ("registro_ans", "demonstrativo", "pagamento", "data_pagamento", "forma")
_DESCONTO: Final = ("tipo_debito_credito", "descricao_debito_credito", "valor_debito", "valor_credito")
_NENHUM: Final = ("",) * len(_DESCONTO)


def analises(analises: Iterable[AnaliseDeConta]) -> bytes:
    """A line per item; a glosa of a guia or of a protocolo is told at each item it takes something of."""
    return write(
        (*_CONTA, *_GUIA, *_ITEM, *_VALORES, *_GLOSAS),
        (
            (*_conta(one.cabecalho.operadora.registro_ans, one.conta), *_guia(guia), *_item(item))
            for one in analises
            for guia in one.conta.guias
            for item in guia.itens
        ),
    )


def pagamento(demonstrativo: DemonstrativoPagamento) -> bytes:
    """A line per guia, or per item of odontologia, then one per debit and credit of each payment."""
    dental = any(guia.itens for one in demonstrativo.pagamentos for conta in one.contas for guia in conta.guias)
    of_item = (*_ITEM, *_VALORES, *_GLOSAS) if dental else _VALORES
    head = demonstrativo.cabecalho
    return write(
        (*_PAGAMENTO, *_CONTA[1:], *_GUIA, *of_item, *_DESCONTO),
        (
            (head.operadora.registro_ans, one.pagamento.demonstrativo, *line)
            for one in demonstrativo.pagamentos
            for line in _lines(one, len(_CONTA) - 1 + len(_GUIA) + len(of_item))
        ),
    )


def cronograma(cronograma: Cronograma) -> bytes:
    """A line per ciclo, in the columns of the load."""
    return write(
        ("competencia", "corte", "publicacao", "entrega", "pagamento"),
        ((one.competencia, one.corte, one.publicacao, one.entrega, one.pagamento) for one in cronograma.ciclos),
    )


def _lines(one: PagamentoDemonstrado, blank: int) -> Iterator[Sequence[Any]]:
    paid = one.pagamento
    known = (paid.numero, paid.data, paid.forma)
    for conta in one.contas:
        told = _conta("", conta)[1:]
        for guia in conta.guias:
            if guia.itens:
                yield from ((*known, *told, *_guia(guia), *_item(item), *_NENHUM) for item in guia.itens)
            else:
                yield (*known, *told, *_guia(guia), *_valores(guia.valores), *_NENHUM)
    for discount in paid.descontos:
        sides = (discount.valor, "") if discount.indicador == "1" else ("", discount.valor)
        yield (*known, *("",) * blank, discount.tipo, discount.descricao or "", *sides)


def _conta(registro_ans: str, conta: Conta) -> tuple[Any, ...]:
    return (
        registro_ans, conta.protocolo, conta.numero_lote, conta.recebido_em, conta.publicada_em, conta.situacao,
        conta.recurso or "",
    )  # fmt: skip


def _guia(guia: GuiaDemonstrada) -> tuple[Any, ...]:
    return guia.numero, guia.numero_operadora or "", guia.senha or "", guia.carteira, guia.situacao


def _item(item: ItemDemonstrado) -> tuple[Any, ...]:
    return (
        item.sequencial, item.dia, item.tabela, item.codigo, item.descricao, " ".join(item.graus), item.dente or "",
        item.regiao or "", item.face or "", item.quantidade, *_valores(item.valores), *_glosas(item.glosas),
    )  # fmt: skip


def _valores(valores: Valores) -> tuple[Decimal, ...]:
    return valores.informado, valores.processado, valores.glosado, valores.liberado, valores.recuperado


def _glosas(glosas: Sequence[GlosaAplicada]) -> tuple[str, str]:
    return " ".join(one.glosa.codigo for one in glosas), " | ".join(one.glosa.mensagem for one in glosas)
