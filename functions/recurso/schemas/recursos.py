"""What is shown of a recurso, to its prestador and to its operadora; drafts of it; what auditoria answers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field

from conecta_campos.numeros import Reais, reais
from conecta_campos.padrao import STRICT
from conecta_campos.textos import Texto500
from conecta_edge.clock import iso
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from recurso.domain.glosas import Nivel
from recurso.domain.recursos import Decisao, Papel, SituacaoRecurso
from recurso.schemas import pedidos
from recurso.schemas.achados import AchadoDoRecursoView
from recurso.schemas.comum import (
    CobradoView,
    Cursor,
    DiasRestantes,
    Quem,
    TipoDeDocumentoView,
    Valor,
    VersaoVista,
    View,
    cobrado,
    descricao,
    dias_restantes,
    tipos_de_documento,
)
from recurso.schemas.glosas import MotivoDaGlosaView, motivo
from recurso.schemas.pedidos import ItemDoPedidoView
from recurso.service.respostas import RespostaPedida

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from recurso.domain.glosas import Conta
    from recurso.domain.pedidos import Pedido, Rascunho
    from recurso.domain.recursos import Entrada, Marco, Pauta, Recurso

RESPOSTAS: Final = 1000
"""Of one request; a longer recurso is answered by several."""
Justificativa = Annotated[str | None, Field(description="Por quê, em linguagem simples.")]


class SituacaoDoRecursoView(View):
    """Estado do recurso e de quem é a vez."""

    codigo: Annotated[str, Field(description="Código do domínio dm_statusProtocolo da TISS.")]
    nome: Annotated[str, Field(description=f"{', '.join(SituacaoRecurso)}.")]
    de_quem_e_a_vez: Annotated[str, Field(description="operadora ou ninguem.")]
    ate: Annotated[date | None, Field(description="Até quando, se houver prazo.")] = None


class MarcoDoRecursoView(View):
    """Um passo da linha do tempo: o que houve, por quem, e de quem passou a ser a vez."""

    quando: datetime
    evento: str
    papel: Annotated[str, Field(description=f"{', '.join(Papel)}.")]
    quem: Quem = None
    situacao: str
    motivo: str | None = None
    vez_de: str | None = None
    ate: date | None = None


class PagamentoDoRecursoView(View):
    """O que paga o valor acatado."""

    fatura: Annotated[str | None, Field(description="PEG e parcela, para a nota fiscal.")] = None
    lancamento: Annotated[str | None, Field(description="Crédito, de um PEG de antes da migração.")] = None
    entrega_ate: Annotated[date | None, Field(description="Da nota fiscal, como agendado.")] = None
    pagamento_em: Annotated[date | None, Field(description="Como agendado; o cronograma diz o dia de hoje.")] = None
    pago_em: date | None = None


class RecursoDeGlosaResumoView(View):
    """Um recurso e o que dele foi feito."""

    protocolo: Annotated[str, Field(description="Do recurso, 12 dígitos.")]
    situacao: SituacaoDoRecursoView
    explicacao: str
    registro_ans: str
    prestador: Annotated[str | None, Field(description="Identificador do prestador; só para a operadora.")] = None
    protocolo_peg: str
    legado: Annotated[bool, Field(description="De um PEG de antes da migração.")]
    numero_guia_recurso: Annotated[str, Field(description="O seu número, ou o protocolo.")]
    numero_lote: str
    nivel: Annotated[str, Field(description="PROTOCOLO, ou GUIA (de guias e itens).")]
    porta: Annotated[str, Field(description="JSON, XML (mensagem), XML_S3 (arquivo) ou PLANILHA.")]
    enviado_em: datetime
    quantidade_itens: int
    valor_recursado: Reais
    valor_acatado: Annotated[str | None, Field(description="Em reais; nulo antes da resposta.")] = None
    responder_ate: Annotated[date | None, Field(description="Último dia da operadora (RN 503).")] = None
    vencido: Annotated[bool, Field(description="A operadora não respondeu no prazo.")]
    respondido_em: date | None = None
    versao: VersaoVista


class RecursoDeGlosaView(RecursoDeGlosaResumoView):
    """Um recurso inteiro, sem os itens."""

    tipo_guia: str | None = None
    versao_tiss: str
    upload_id: Annotated[str | None, Field(description="Do arquivo que o trouxe.")] = None
    pagamento: PagamentoDoRecursoView | None = None
    evidencias: Annotated[list[TipoDeDocumentoView], Field(description="O que costuma provar o que se contesta.")]
    itens_respondidos: Annotated[int | None, Field(description="Até agora; só para a operadora.")] = None
    valor_acatado_ate_agora: Annotated[str | None, Field(description="Em reais; só para a operadora.")] = None
    historico: list[MarcoDoRecursoView]


class RecursosDeGlosaPage(View):
    """Uma página de recursos."""

    recursos: list[RecursoDeGlosaResumoView]
    cursor: Cursor = None


class RespostaDoItemView(View):
    """O que a auditoria respondeu a um item."""

    decisao: Annotated[str, Field(description=f"{', '.join(Decisao)}.")]
    valor_acatado: Reais
    justificativa: Justificativa = None
    quando: datetime
    quem: Quem = None


class LinhaContestadaView(View):
    """Uma linha do PEG de que a glosa retira valor, como cobrada."""

    guia: Annotated[int, Field(description="`sequencia` da guia no PEG.")]
    item: Annotated[int, Field(description="Lugar do item na guia.")]
    data: date | None = None
    tabela: str | None = None
    codigo: str | None = None
    descricao: str | None = None
    quantidade: str | None = None
    valor_unitario: str | None = None
    valor_informado: str | None = None
    valor_glosado: Annotated[str, Field(description="O que esta glosa retirou da linha, em reais.")]


class ItemDoRecursoView(View):
    """O que se contesta num lugar por um código, e a resposta."""

    id: Annotated[int, Field(description="Lugar no recurso, a partir de 1.")]
    nivel: str
    cobrado: CobradoView
    codigo_glosa: str
    texto: Annotated[str | None, Field(description="Texto oficial do código, na versão do recurso.")] = None
    codigo_informado: Annotated[str, Field(description="O código como enviado.")]
    valor_glosado: Reais
    valor_recursado: Reais
    justificativa: str
    documentos: Annotated[list[str], Field(description="Uploads enviados com o item.")]
    resposta: Annotated[RespostaDoItemView | None, Field(description="Depois de concluída a análise.")] = None


class ItemComDossieView(ItemDoRecursoView):
    """O item com o que se cobrou e por que se glosou; sem isso, de um PEG de antes da migração."""

    linhas: Annotated[list[LinhaContestadaView], Field(description="De que a glosa retira; vazia no PROTOCOLO.")]
    motivos: list[MotivoDaGlosaView]


class ItensDoRecursoPage(View):
    """Uma página de itens, na ordem do envio."""

    protocolo: str
    itens: list[ItemComDossieView]
    cursor: Cursor = None


class RespostaDoRecursoView(RecursoDeGlosaResumoView):
    """A resposta inteira da operadora."""

    itens: list[ItemDoRecursoView]


# --- drafts ---


class RascunhoDeRecursoResumoView(View):
    """Um recurso que ainda não foi enviado."""

    id: str
    situacao: Annotated[str, Field(description="ABERTO, ENVIADO ou DESCARTADO.")]
    protocolo: Annotated[str | None, Field(description="Do recurso em que se tornou.")] = None
    registro_ans: str
    protocolo_peg: str
    quantidade_itens: int
    valor_recursado: Reais
    contestar_ate: Annotated[date | None, Field(description="O primeiro prazo a terminar.")] = None
    dias_restantes: DiasRestantes = None
    criado_em: datetime
    alterado_em: datetime
    expira_em: Annotated[datetime, Field(description="90 dias depois da última alteração.")]
    versao: VersaoVista


class RascunhoDeRecursoView(RascunhoDeRecursoResumoView):
    """Um rascunho, e o que falta para enviá-lo."""

    achados: list[AchadoDoRecursoView]


class RascunhoDeRecursoInteiroView(RascunhoDeRecursoView):
    """Um rascunho com o que contesta, como se envia."""

    numero_guia_recurso: str | None = None
    numero_lote: str | None = None
    tipo_guia: str | None = None
    valor_total_recursado: str | None = None
    versao_tiss: str
    itens: list[ItemDoPedidoView]


class RascunhosDeRecursoPage(View):
    """Uma página de rascunhos."""

    rascunhos: list[RascunhoDeRecursoResumoView]
    cursor: Cursor = None


# --- auditoria ---


class RespostaDoItemRequest(BaseModel):
    """O que se responde a um item."""

    model_config = STRICT

    item: Annotated[int, Field(ge=1, le=pedidos.ITENS, description="`id` do item.")]
    decisao: Annotated[Decisao, Field(description="ACATADO inteiro, PARCIAL ou NAO_ACATADO.")]
    valor_acatado: Annotated[Valor | None, Field(description="Em reais, só de PARCIAL.")] = None
    justificativa: Annotated[Texto500 | None, Field(description="Obrigatória se algo é mantido; o prestador a lê.")] = (
        None
    )


class RespostasDoRecursoRequest(BaseModel):
    """Respostas a itens de um recurso; as de antes são trocadas, e o prestador só as vê na conclusão."""

    model_config = STRICT

    respostas: Annotated[list[RespostaDoItemRequest], Field(min_length=1, max_length=RESPOSTAS)]

    def pedidas(self) -> list[RespostaPedida]:
        """As the use case takes them."""
        return [
            RespostaPedida(
                item=one.item, decisao=one.decisao, valor=one.valor_acatado, justificativa=one.justificativa
            )
            for one in self.respostas
        ]  # fmt: skip


# --- what is answered ---


def resumo(recurso: Recurso, *, da_operadora: bool = False) -> dict[str, Any]:
    """A recurso in a list (shape: :class:`RecursoDeGlosaResumoView`).

    Args:
        da_operadora: whose it is is shown, as an opaque id.
    """
    return {
        "protocolo": recurso.protocolo,
        "situacao": {
            "codigo": recurso.status_protocolo,
            "nome": recurso.situacao.value,
            "de_quem_e_a_vez": "operadora" if recurso.vez_de else "ninguem",
            "ate": recurso.ate and recurso.ate.isoformat(),
        },
        "explicacao": explicacao(recurso),
        "registro_ans": recurso.registro_ans,
        **({"prestador": recurso.prestador_id} if da_operadora else {}),
        "protocolo_peg": recurso.origem,
        "legado": recurso.legado,
        "numero_guia_recurso": recurso.numero,
        "numero_lote": recurso.numero_lote,
        "nivel": recurso.nivel.value,
        "porta": recurso.porta.value,
        "enviado_em": iso(recurso.enviado_em),
        "quantidade_itens": recurso.quantidade_entradas,
        "valor_recursado": reais(recurso.valor_recursado),
        "valor_acatado": reais(recurso.valor_acatado) if recurso.respondido else None,
        "responder_ate": recurso.responder_ate and recurso.responder_ate.isoformat(),
        "vencido": recurso.vencido,
        "respondido_em": recurso.respondido_em and recurso.respondido_em.isoformat(),
        "versao": recurso.versao,
    }


def vista(recurso: Recurso) -> dict[str, Any]:
    """A recurso as its prestador sees it (shape: :class:`RecursoDeGlosaView`)."""
    return {**resumo(recurso), **_rest(recurso), "historico": [_marco(one) for one in recurso.historico]}


def da_operadora(recurso: Recurso, pauta: Pauta) -> dict[str, Any]:
    """The same with whose it is, who acted, and how far auditoria is (shape: :class:`RecursoDeGlosaView`)."""
    return {
        **resumo(recurso, da_operadora=True),
        **_rest(recurso),
        "itens_respondidos": sum(one.resposta is not None for one in pauta.entradas),
        "valor_acatado_ate_agora": reais(pauta.valor_acatado),
        "historico": [{**_marco(one), "quem": one.quem} for one in recurso.historico],
    }


def _rest(recurso: Recurso) -> dict[str, Any]:
    paid = recurso.situacao is SituacaoRecurso.PAGAMENTO_AGENDADO
    return {
        "tipo_guia": recurso.tipo_guia,
        "versao_tiss": recurso.versao_tiss,
        "upload_id": recurso.upload_id,
        "pagamento": {
            "fatura": recurso.fatura,
            "lancamento": recurso.lancamento,
            "entrega_ate": recurso.entrega_ate and recurso.entrega_ate.isoformat(),
            "pagamento_em": recurso.pagamento_em and recurso.pagamento_em.isoformat(),
            "pago_em": recurso.paga_em and recurso.paga_em.isoformat(),
        }
        if paid
        else None,
        "evidencias": tipos_de_documento(recurso.esperados),
    }


def explicacao(recurso: Recurso) -> str:
    """What became of it and what is next, in a sentence or two."""
    until = f" até {recurso.responder_ate:%d/%m/%Y}" if recurso.responder_ate else ""
    late = ", e o prazo dela já terminou" if recurso.vencido else ""
    match recurso.situacao:
        case SituacaoRecurso.ENVIADO:
            return f"Recebido: a operadora responde{until}{late}. Antes da análise, pode ser cancelado."
        case SituacaoRecurso.EM_ANALISE:
            return f"Em análise: a operadora responde{until}{late}."
        case SituacaoRecurso.CANCELADO:
            return "Cancelado: o que contestava pode ser contestado de novo, no prazo."
    if not recurso.valor_acatado:
        return "Respondido: nada foi acatado; o porquê de cada item está na resposta."
    return f"Respondido: R$ {recurso.valor_acatado:.2f} de R$ {recurso.valor_recursado:.2f} acatados{_paid(recurso)}."


def _paid(recurso: Recurso) -> str:
    if recurso.paga_em:
        return f", pagos em {recurso.paga_em:%d/%m/%Y}"
    if recurso.lancamento:
        return ", a creditar no próximo pagamento"
    if recurso.fatura is None:
        return "; o pagamento será agendado em instantes"
    by = f" até {recurso.entrega_ate:%d/%m/%Y}" if recurso.entrega_ate else ""
    return f"; envie{by} a nota fiscal da fatura {recurso.fatura}, se ainda não a enviou"


def _marco(marco: Marco) -> dict[str, Any]:
    return {
        "quando": iso(marco.quando),
        "evento": marco.evento.value,
        "papel": marco.papel.value,
        "situacao": marco.situacao.value,
        "motivo": marco.motivo,
        "vez_de": marco.vez_de and marco.vez_de.value,
        "ate": marco.ate and marco.ate.isoformat(),
    }


def item(one: Entrada, recurso: Recurso, *, da_operadora: bool = False) -> dict[str, Any]:
    """An entry (shape: :class:`ItemDoRecursoView`); its answer is auditoria's alone until all are concluded."""
    answer = one.resposta if da_operadora or recurso.respondido else None
    return {
        "id": one.id,
        "nivel": one.nivel.value,
        "cobrado": cobrado(one.cobrado),
        "codigo_glosa": one.codigo,
        "texto": glosa_text(one.codigo, Versao(recurso.versao_tiss)),
        "codigo_informado": one.codigo_informado,
        "valor_glosado": reais(one.valor_glosado),
        "valor_recursado": reais(one.valor_recursado),
        "justificativa": one.justificativa,
        "documentos": list(one.documentos),
        "resposta": answer
        and {
            "decisao": answer.decisao.value,
            "valor_acatado": reais(answer.valor_acatado),
            "justificativa": answer.justificativa,
            "quando": iso(answer.quando),
            **({"quem": answer.quem} if da_operadora else {}),
        },
    }


def com_dossie(
    entradas: Iterable[Entrada], recurso: Recurso, conta: Conta | None, *, da_operadora: bool = False
) -> Iterator[dict[str, Any]]:
    """Entries with what was billed there and why it was taken (shape: :class:`ItemComDossieView`)."""
    glosas = {one.id: one for one in conta.dossie.resultado.glosas} if conta else {}
    for one in entradas:
        whole = one.nivel is Nivel.PROTOCOLO
        ids = dict.fromkeys(part.glosa for part in one.partes)
        yield {
            **item(one, recurso, da_operadora=da_operadora),
            "linhas": [] if whole else list(_linhas(one, conta)),
            "motivos": [motivo(glosas[number], conta.peg) for number in ids] if conta else [],
        }


def _linhas(one: Entrada, conta: Conta | None) -> Iterator[dict[str, Any]]:
    billed = {
        (guia.sequencia, line.sequencia): line
        for place in dict.fromkeys(part.indice for part in one.partes)
        if conta and (guia := conta.guias.get(place))
        for line in guia.itens
    }
    taken: dict[tuple[int, int], Decimal] = {}
    for part in one.partes:
        at = part.indice, part.sequencia
        taken[at] = taken[at] + part.valor if at in taken else part.valor
    for at, valor in taken.items():
        line = billed[at]
        yield {
            "guia": at[0],
            "item": at[1],
            "data": line.dia.isoformat(),
            "tabela": line.tabela,
            "codigo": line.codigo,
            "descricao": descricao(line.tabela, line.codigo, line.descricao),
            "quantidade": f"{line.quantidade.normalize():f}",
            "valor_unitario": reais(line.valor_unitario),
            "valor_informado": reais(line.valor),
            "valor_glosado": reais(valor),
        }


def resposta(recurso: Recurso, pauta: Pauta) -> dict[str, Any]:
    """The whole answer (shape: :class:`RespostaDoRecursoView`)."""
    return {**resumo(recurso), "itens": [item(one, recurso) for one in pauta.entradas]}


def rascunho(one: Rascunho, hoje: date) -> dict[str, Any]:
    """A draft (shape: :class:`RascunhoDeRecursoResumoView`)."""
    return {
        "id": one.id,
        "situacao": "ENVIADO" if one.enviado else "DESCARTADO" if one.descartado else "ABERTO",
        "protocolo": one.enviado,
        "registro_ans": one.registro_ans,
        "protocolo_peg": one.origem,
        "quantidade_itens": one.quantidade_entradas,
        "valor_recursado": reais(one.valor_recursado),
        "contestar_ate": one.contestar_ate and one.contestar_ate.isoformat(),
        "dias_restantes": dias_restantes(one.contestar_ate, hoje),
        "criado_em": iso(one.criado_em),
        "alterado_em": iso(one.alterado_em),
        "expira_em": iso(one.expira_em),
        "versao": one.versao,
    }


def conteudo(pedido: Pedido) -> dict[str, Any]:
    """What a draft holds, as it is sent (shape: of :class:`RascunhoDeRecursoInteiroView`)."""
    return {
        "numero_guia_recurso": pedido.numero,
        "numero_lote": pedido.numero_lote,
        "tipo_guia": pedido.tipo_guia,
        "valor_total_recursado": None if pedido.valor_total is None else reais(pedido.valor_total),
        "versao_tiss": pedido.versao.value,
        "itens": [pedidos.item(one) for one in pedido.entradas],
    }
