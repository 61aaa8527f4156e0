"""Demonstrativos and conciliação as they are answered in JSON."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from conecta_campos.numeros import Reais, reais
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from pagamento.schemas.comum import Cursor, View, dia
from pagamento.schemas.pagamentos import DescontoView, desconto

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pagamento.domain.demonstrativos import (
        AnaliseDeConta,
        Cabecalho,
        Conciliacao,
        Conciliado,
        Conta,
        DemonstrativoPagamento,
        GlosaAplicada,
        GuiaDemonstrada,
        ItemDemonstrado,
        PagamentoDemonstrado,
        Valores,
    )
    from pagamento.domain.faturas import Fatura

GUIAS: Final = 20
"""Of a conciliação in one answer."""
ITENS: Final = 2000
"""Of those guias: an answer of a Lambda has 6 MB."""


class _ValoresView(View):
    valor_informado: Reais
    valor_processado: Reais
    valor_glosado: Reais
    valor_liberado: Reais
    valor_recuperado: Annotated[str, Field(description="Do liberado, o que recursos devolveram, em reais.")]


class GlosaDemonstradaView(View):
    """Uma glosa e quanto tira ali."""

    codigo: Annotated[str, Field(description="Código da Tabela 38, na versão do PEG.")]
    texto: str | None = None
    mensagem: str
    regra: str
    valor: Reais


class ItemDemonstradoView(_ValoresView):
    """Uma linha de uma guia."""

    sequencia: int
    sequencial_item: int
    data: date
    tabela: str
    codigo: str
    descricao: str
    quantidade: str
    graus: list[str]
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    glosas: list[GlosaDemonstradaView]


class GuiaDemonstradaView(_ValoresView):
    """Uma guia de um protocolo."""

    sequencia: int
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    numero_carteira: str
    inicio: date
    fim: date
    situacao: Annotated[str, Field(description="Código de dm_statusProtocolo.")]
    glosas: Annotated[list[GlosaDemonstradaView], Field(description="Da guia inteira.")]
    itens: list[ItemDemonstradoView]


class ContaDemonstradaView(_ValoresView):
    """Um protocolo: informado = processado = liberado + glosado."""

    protocolo: str
    numero_lote: str
    tipo_guia: str
    recebido_em: date
    publicada_em: date
    situacao: Annotated[str, Field(description="Código de dm_statusProtocolo.")]
    fatura: Annotated[str | None, Field(description="Num pagamento, a que ele paga.")] = None
    recurso: Annotated[str | None, Field(description="Num pagamento, o que devolveu o que ele paga.")] = None
    glosas: Annotated[list[GlosaDemonstradaView], Field(description="Do protocolo inteiro.")]
    guias: list[GuiaDemonstradaView]


class _CabecalhoView(View):
    numero: Annotated[str, Field(description="Do demonstrativo; o mesmo pedido tem sempre o mesmo.")]
    emitido_em: date
    registro_ans: str
    codigo_prestador: Annotated[str | None, Field(description="Na operadora.")] = None


class ParcelaView(View):
    """O que um recurso devolveu, e quando é pago."""

    fatura: Annotated[str, Field(description="Em notas fiscais e pagamentos, no lugar do protocolo.")]
    recurso: str
    valor: Reais
    situacao: Annotated[str, Field(description="Da fatura.")]
    entrega_ate: Annotated[date | None, Field(description="Da nota fiscal.")] = None
    pagamento_em: date | None = None


class AnaliseDeContaView(_CabecalhoView):
    """Demonstrativo de análise de conta de um protocolo."""

    conta: ContaDemonstradaView
    entrega_ate: Annotated[date | None, Field(description="Da nota fiscal.")] = None
    pagamento_em: date | None = None
    parcelas: list[ParcelaView]


class AnalisesDeContaView(View):
    """Os demonstrativos de análise de conta pedidos, na ordem do pedido."""

    analises: list[AnaliseDeContaView]


class PagamentoDemonstradoView(_ValoresView):
    """Um pagamento e o que ele pagou."""

    numero: str
    demonstrativo: str
    data: date
    forma: Annotated[str, Field(description="Código de dm_formaPagamento.")]
    banco: str | None = None
    agencia: str | None = None
    conta: str | None = None
    parte: Annotated[bool, Field(description="Pagou também o que não é de odontologia; descontos ficam de fora.")]
    descontos: list[DescontoView]
    valor_liquido: Reais
    contas: list[ContaDemonstradaView]


class DemonstrativoDePagamentoView(_CabecalhoView, _ValoresView):
    """O que uma operadora pagou num dia ou num mês: liberado − débitos + créditos = líquido."""

    inicio: date
    fim: date
    valor_debitos: Reais
    valor_creditos: Reais
    valor_liquido: Reais
    observacao: str | None = None
    pagamentos: list[PagamentoDemonstradoView]


class ConciliadoView(View):
    """O que foi feito de um valor; pago é o liberado que já foi pago; acatado, do recursado, o que foi devolvido."""

    apresentado: Reais
    processado: Reais
    glosado: Reais
    liberado: Reais
    pago: Reais
    recursado: Reais
    acatado: Reais


class ItemConciliadoView(View):
    """Uma linha, do apresentado ao pago."""

    sequencia: int
    data: date
    tabela: str
    codigo: str
    descricao: str
    valores: ConciliadoView
    glosas: list[GlosaDemonstradaView]


class GuiaConciliadaView(View):
    """Uma guia, do apresentado ao pago."""

    sequencia: int
    numero_guia_prestador: str
    senha: str | None = None
    numero_carteira: str
    valores: ConciliadoView
    glosas: list[GlosaDemonstradaView]
    itens: list[ItemConciliadoView]


class ConciliacaoView(View):
    """Um protocolo, do apresentado ao pago, guia por guia."""

    protocolo: str
    registro_ans: str
    situacao: Annotated[str, Field(description="Da fatura.")]
    nota: str | None = None
    pagamento: Annotated[str | None, Field(description="Número do pagamento.")] = None
    pagamento_em: date | None = None
    parcelas: list[ParcelaView]
    valores: ConciliadoView
    glosas: list[GlosaDemonstradaView]
    guias: list[GuiaConciliadaView]
    cursor: Cursor = None


def analises(found: Iterable[AnaliseDeConta]) -> dict[str, Any]:
    """Análises de conta (shape: :class:`AnalisesDeContaView`)."""
    return {
        "analises": [
            {
                **_cabecalho(one.cabecalho),
                "conta": _conta(one.conta),
                "entrega_ate": dia(one.fatura.entrega_ate) if one.fatura else None,
                "pagamento_em": dia(one.fatura.paga_em or one.fatura.pagamento_em) if one.fatura else None,
                "parcelas": list(map(_parcela, one.parcelas)),
            }
            for one in found
        ]
    }


def pagamento(found: DemonstrativoPagamento) -> dict[str, Any]:
    """What was paid (shape: :class:`DemonstrativoDePagamentoView`)."""
    return {
        **_cabecalho(found.cabecalho),
        "inicio": dia(found.inicio),
        "fim": dia(found.fim),
        **_valores(found.valores),
        "valor_debitos": reais(found.debitos),
        "valor_creditos": reais(found.creditos),
        "valor_liquido": reais(found.liquido),
        "observacao": found.observacao,
        "pagamentos": [_pago(one) for one in found.pagamentos],
    }


def ate(found: Conciliacao, desde: int) -> int:
    """Where a page ends: after so many guias, or so many items of them, but not before one guia."""
    items, last = 0, desde
    for guia in found.conta.guias[desde : desde + GUIAS]:
        items += len(guia.itens)
        if items > ITENS and last > desde:
            break
        last += 1
    return last


def conciliacao(found: Conciliacao, desde: int, fim: int) -> dict[str, Any]:
    """Guias of a protocolo, from one place to another (shape: :class:`ConciliacaoView`)."""
    conta, fatura = found.conta, found.fatura
    versao = conta.versao_tiss

    def settled(valores: Valores, *guias: GuiaDemonstrada) -> dict[str, str]:
        lines = ((guia.sequencia, item.sequencia) for guia in guias for item in guia.itens)
        return _conciliado(found.conciliar(valores, lines))

    return {
        "protocolo": conta.protocolo,
        "registro_ans": fatura.registro_ans,
        "situacao": fatura.situacao.value,
        "nota": fatura.nota,
        "pagamento": fatura.pagamento,
        "pagamento_em": dia(fatura.paga_em or fatura.pagamento_em),
        "parcelas": list(map(_parcela, found.parcelas)),
        "valores": settled(conta.valores, *conta.guias),
        "glosas": _glosas(conta.glosas, versao),
        "guias": [
            {
                "sequencia": guia.sequencia,
                "numero_guia_prestador": guia.numero,
                "senha": guia.senha,
                "numero_carteira": guia.carteira,
                "valores": settled(guia.valores, guia),
                "glosas": _glosas(guia.glosas, versao),
                "itens": [
                    {
                        "sequencia": item.sequencia, "data": dia(item.dia), "tabela": item.tabela,
                        "codigo": item.codigo, "descricao": item.descricao, "glosas": _glosas(item.glosas, versao),
                        "valores": _conciliado(found.conciliar(item.valores, [(guia.sequencia, item.sequencia)])),
                    }
                    for item in guia.itens
                ],
            }
            for guia in conta.guias[desde:fim]
        ],
    }  # fmt: skip


def _cabecalho(one: Cabecalho) -> dict[str, Any]:
    return {
        "numero": one.numero, "emitido_em": dia(one.emitido_em), "registro_ans": one.operadora.registro_ans,
        "codigo_prestador": one.codigo_prestador,
    }  # fmt: skip


def _conta(one: Conta) -> dict[str, Any]:
    return {
        "protocolo": one.protocolo,
        "numero_lote": one.numero_lote,
        "tipo_guia": one.tipo_guia,
        "recebido_em": dia(one.recebido_em),
        "publicada_em": dia(one.publicada_em),
        "situacao": one.situacao.value,
        "fatura": one.fatura,
        "recurso": one.recurso,
        **_valores(one.valores),
        "glosas": _glosas(one.glosas, one.versao_tiss),
        "guias": [_guia(guia, one.versao_tiss) for guia in one.guias],
    }


def _parcela(one: Fatura) -> dict[str, Any]:
    return {
        "fatura": one.id, "recurso": one.recurso, "valor": reais(one.valor), "situacao": one.situacao.value,
        "entrega_ate": dia(one.entrega_ate), "pagamento_em": dia(one.paga_em or one.pagamento_em),
    }  # fmt: skip


def _guia(one: GuiaDemonstrada, versao: str) -> dict[str, Any]:
    return {
        "sequencia": one.sequencia,
        "numero_guia_prestador": one.numero,
        "numero_guia_operadora": one.numero_operadora,
        "senha": one.senha,
        "numero_carteira": one.carteira,
        "inicio": dia(one.inicio),
        "fim": dia(one.fim),
        "situacao": one.situacao.value,
        **_valores(one.valores),
        "glosas": _glosas(one.glosas, versao),
        "itens": [_item(item, versao) for item in one.itens],
    }


def _item(one: ItemDemonstrado, versao: str) -> dict[str, Any]:
    return {
        "sequencia": one.sequencia,
        "sequencial_item": one.sequencial,
        "data": dia(one.dia),
        "tabela": one.tabela,
        "codigo": one.codigo,
        "descricao": one.descricao,
        "quantidade": f"{one.quantidade.normalize() + 0:f}",
        "graus": list(one.graus),
        "dente": one.dente,
        "regiao": one.regiao,
        "face": one.face,
        **_valores(one.valores),
        "glosas": _glosas(one.glosas, versao),
    }


def _glosas(found: Iterable[GlosaAplicada], versao: str) -> list[dict[str, Any]]:
    return [
        {
            "codigo": one.glosa.codigo, "texto": glosa_text(one.glosa.codigo, Versao(versao)),
            "mensagem": one.glosa.mensagem, "regra": one.glosa.regra, "valor": reais(one.valor),
        }
        for one in found
    ]  # fmt: skip


def _valores(one: Valores) -> dict[str, str]:
    names = ("informado", "processado", "glosado", "liberado", "recuperado")
    return {f"valor_{name}": reais(getattr(one, name)) for name in names}


def _conciliado(one: Conciliado) -> dict[str, str]:
    return {name: reais(getattr(one, name)) for name in ConciliadoView.model_fields}


def _pago(one: PagamentoDemonstrado) -> dict[str, Any]:
    paid = one.pagamento
    return {
        "numero": paid.numero,
        "demonstrativo": paid.demonstrativo,
        "data": dia(paid.data),
        "forma": paid.forma.value,
        "banco": paid.banco,
        "agencia": paid.agencia,
        "conta": paid.conta,
        "parte": one.parte,
        "descontos": [desconto(each) for each in paid.descontos],
        **_valores(one.valores),
        "valor_liquido": reais(paid.liquido),
        "contas": [_conta(conta) for conta in one.contas],
    }
