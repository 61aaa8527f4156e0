"""Payments, and the debits and credits that wait for one."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from conecta_campos.numeros import Reais, reais
from conecta_campos.padrao import STRICT, Codes, Dia, PrestadorId, RegistroAns
from conecta_campos.textos import LINHA, Texto500
from conecta_edge.clock import iso
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador, DebitoCreditoTipo, FormaPagamento
from pagamento.domain.pagamentos import FATURAS, Desconto, ItemPago, Registro
from pagamento.schemas.comum import Cursor, DaOperadora, FaturaId, Quem, Valor, Versao, View, dia
from pagamento.service import pagamentos as service
from pagamento.service.pagamentos import DESCONTOS

if TYPE_CHECKING:
    from pagamento.domain.pagamentos import Lancamento, Pagamento

Numero = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Za-z][0-9A-Za-z._/-]{0,29}$",
        description="Do financeiro, único na operadora: repetir não duplica.",
    ),
]
LancamentoId = Annotated[str, Field(pattern=r"^[0-9]{12}$", description="`id` de um lançamento em aberto.")]
Indicador = Annotated[str, Codes("dm_debitoCreditoIndicador", names=True)]
Tipo = Annotated[str, Codes("dm_debitoCreditoTipo", names=True)]


class ItemPagoRequest(BaseModel):
    """Um PEG pago, inteiro."""

    model_config = STRICT

    protocolo: FaturaId
    valor: Annotated[Valor, Field(description="O liberado do PEG, em reais.")]


class DescontoRequest(BaseModel):
    """Um débito ou crédito do pagamento; com lancamento, o que ele liquida, inteiro."""

    model_config = STRICT

    indicador: Indicador
    tipo: Tipo
    valor: Valor
    descricao: Annotated[str | None, Field(min_length=1, max_length=40, pattern=LINHA)] = None
    lancamento: LancamentoId | None = None


class PagamentoRequest(BaseModel):
    """O que foi pago a um prestador num dia. As somas conferem, ou nada é registrado."""

    model_config = STRICT

    registro_ans: RegistroAns
    numero: Numero
    prestador: PrestadorId
    data: Dia
    forma: Annotated[str, Codes("dm_formaPagamento", names=True)]
    itens: Annotated[list[ItemPagoRequest], Field(max_length=FATURAS)] = []
    descontos: Annotated[list[DescontoRequest], Field(max_length=DESCONTOS)] = []
    banco: Annotated[str | None, Field(pattern=r"^[0-9]{1,4}$")] = None
    agencia: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z-]{1,7}$")] = None
    conta: Annotated[str | None, Field(pattern=r"^[0-9A-Za-z./-]{1,20}$", description="Ou número do cheque.")] = None
    valor_liquido: Annotated[Valor, Field(description="Soma dos itens, menos débitos, mais créditos.")]

    def registro(self) -> Registro:
        """As the use case takes it."""
        return Registro(
            numero=self.numero, prestador_id=self.prestador, registro_ans=self.registro_ans, data=self.data,
            forma=FormaPagamento(self.forma), itens=tuple(ItemPago(one.protocolo, one.valor) for one in self.itens),
            descontos=tuple(
                Desconto(
                    indicador=DebitoCreditoIndicador(one.indicador), tipo=DebitoCreditoTipo(one.tipo), valor=one.valor,
                    descricao=one.descricao, lancamento=one.lancamento,
                )
                for one in self.descontos
            ),
            banco=self.banco, agencia=self.agencia, conta=self.conta, valor_liquido=self.valor_liquido,
        )  # fmt: skip


class LancamentoRequest(BaseModel):
    """Um débito ou crédito que o próximo pagamento liquida."""

    model_config = STRICT

    registro_ans: RegistroAns
    prestador: PrestadorId
    indicador: Indicador
    tipo: Tipo
    valor: Valor
    motivo: Annotated[Texto500, Field(description="Por quê; o prestador o lê.")]
    protocolo: Annotated[FaturaId | None, Field(description="PEG a que se refere.")] = None

    def pedido(self) -> service.Pedido:
        """As the use case takes it."""
        return service.Pedido(
            prestador_id=self.prestador, registro_ans=self.registro_ans, valor=self.valor, motivo=self.motivo,
            indicador=DebitoCreditoIndicador(self.indicador), tipo=DebitoCreditoTipo(self.tipo), fatura=self.protocolo,
        )  # fmt: skip


class CancelamentoDeLancamentoRequest(BaseModel):
    """De quem é o lançamento que se cancela."""

    model_config = STRICT

    registro_ans: RegistroAns
    prestador: PrestadorId


class ItemPagoView(View):
    """Um PEG pago."""

    protocolo: str
    valor: Reais


class DescontoView(View):
    """Um débito ou crédito de um pagamento."""

    indicador: Annotated[str, Field(description="1 débito, 2 crédito (dm_debitoCreditoIndicador).")]
    tipo: Annotated[str, Field(description="Código de dm_debitoCreditoTipo.")]
    valor: Reais
    descricao: str | None = None
    lancamento: str | None = None


class PagamentoResumoView(View):
    """Um pagamento: bruto − débitos + créditos = líquido."""

    demonstrativo: Annotated[str, Field(description="Número do demonstrativo de pagamento, 12 dígitos.")]
    numero: Annotated[str, Field(description="Do financeiro da operadora.")]
    registro_ans: str
    prestador: DaOperadora = None
    data: date
    forma: Annotated[str, Field(description="Código de dm_formaPagamento.")]
    pegs: Annotated[int, Field(description="Quantos PEGs paga.")]
    valor_bruto: Reais
    valor_debitos: Reais
    valor_creditos: Reais
    valor_liquido: Reais
    registrado_em: datetime


class PagamentoView(PagamentoResumoView):
    """Um pagamento inteiro."""

    banco: str | None = None
    agencia: str | None = None
    conta: str | None = None
    quem: Quem = None
    itens: list[ItemPagoView]
    descontos: list[DescontoView]


class PagamentosView(View):
    """Os pagamentos de um período, por dia."""

    pagamentos: list[PagamentoResumoView]


class PagamentosPage(View):
    """Uma página dos pagamentos de um mês."""

    pagamentos: list[PagamentoResumoView]
    cursor: Cursor = None


class LancamentoView(View):
    """Um débito ou crédito que espera pagamento, foi liquidado por um, ou cancelado."""

    id: str
    registro_ans: str
    prestador: DaOperadora = None
    situacao: Annotated[str, Field(description="ABERTO, LIQUIDADO ou CANCELADO.")]
    indicador: Annotated[str, Field(description="1 débito, 2 crédito (dm_debitoCreditoIndicador).")]
    tipo: Annotated[str, Field(description="Código de dm_debitoCreditoTipo.")]
    valor: Reais
    motivo: str
    protocolo: str | None = None
    recurso: Annotated[str | None, Field(description="Do portal anterior, que o devolveu.")] = None
    pagamento: Annotated[str | None, Field(description="Número do pagamento que o liquidou.")] = None
    criado_em: datetime
    quem: Quem = None
    versao: Versao


class LancamentosView(View):
    """Os lançamentos de um prestador numa operadora."""

    lancamentos: list[LancamentoView]


def resumo(one: Pagamento, *, da_operadora: bool = False) -> dict[str, Any]:
    """A payment without its details (shape: :class:`PagamentoResumoView`).

    Args:
        da_operadora: whose it is is shown, as an opaque id.
    """
    return {
        "demonstrativo": one.demonstrativo,
        "numero": one.numero,
        "registro_ans": one.registro_ans,
        **({"prestador": one.prestador_id} if da_operadora else {}),
        "data": dia(one.data),
        "forma": one.forma.value,
        "pegs": len(one.itens),
        "valor_bruto": reais(one.bruto),
        "valor_debitos": reais(one.debitos),
        "valor_creditos": reais(one.creditos),
        "valor_liquido": reais(one.liquido),
        "registrado_em": iso(one.registrado_em),
    }


def vista(one: Pagamento, *, da_operadora: bool = False) -> dict[str, Any]:
    """A payment whole (shape: :class:`PagamentoView`)."""
    return {
        **resumo(one, da_operadora=da_operadora),
        "banco": one.banco,
        "agencia": one.agencia,
        "conta": one.conta,
        **({"quem": one.quem} if da_operadora else {}),
        "itens": [{"protocolo": item.fatura, "valor": reais(item.valor)} for item in one.itens],
        "descontos": [desconto(each) for each in one.descontos],
    }


def desconto(one: Desconto) -> dict[str, Any]:
    """A debit or credit of a payment (shape: :class:`DescontoView`)."""
    return {
        "indicador": one.indicador.value, "tipo": one.tipo.value, "valor": reais(one.valor),
        "descricao": one.descricao, "lancamento": one.lancamento,
    }  # fmt: skip


def lancamento(one: Lancamento, *, da_operadora: bool = False) -> dict[str, Any]:
    """A debit or credit that waits (shape: :class:`LancamentoView`)."""
    return {
        "id": one.id,
        "registro_ans": one.registro_ans,
        **({"prestador": one.prestador_id, "quem": one.quem} if da_operadora else {}),
        "situacao": one.situacao.value,
        "indicador": one.indicador.value,
        "tipo": one.tipo.value,
        "valor": reais(one.valor),
        "motivo": one.motivo,
        "protocolo": one.fatura,
        "recurso": one.recurso,
        "pagamento": one.pagamento,
        "criado_em": iso(one.criado_em),
        "versao": one.versao,
    }
