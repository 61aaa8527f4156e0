"""Demonstrativos and conciliação: what was billed, judged and paid, after the structures of the standard.

One model for every rendering (TISS XML, JSON, CSV, PDF). What came in was processed: `processado` is `informado`, and
the glosa of anything is what is informado and not liberado, to the cent, at item, guia, protocolo and above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from conecta_tiss.vocabulary.tables import StatusProtocolo, TipoDemonstrativo, TipoPagamento

if TYPE_CHECKING:
    from conecta_contas.analise import Glosa
    from conecta_facts.operadoras import Operadora
    from conecta_facts.prestadores import Prestador
    from pagamento.domain.faturas import Fatura
    from pagamento.domain.pagamentos import Pagamento


@dataclass(frozen=True, slots=True)
class Valores:
    """Reais of an item, or of whatever has items."""

    informado: Decimal
    liberado: Decimal

    @property
    def processado(self) -> Decimal:
        """Reais that were judged: all."""
        return self.informado

    @property
    def glosado(self) -> Decimal:
        """Reais that are not paid."""
        return self.informado - self.liberado


@dataclass(frozen=True, slots=True)
class GlosaAplicada:
    """A glosa that stands, and the reais it takes where it is shown: 0.00 while another takes them before it."""

    glosa: Glosa
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDemonstrado:
    """A line (`detalhesGuia`).

    Attributes:
        sequencia: place in the guia from 1: procedures, then despesas.
        sequencial: `sequencialItem` as written, which despesas may begin again.
        descricao: as written, else of the terminology, else the code: never empty.
        glosas: what stands against it; together they take what it lost.
    """

    sequencia: int
    sequencial: int
    dia: date
    tabela: str
    codigo: str
    descricao: str
    quantidade: Decimal
    valores: Valores
    graus: tuple[str, ...] = ()
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    glosas: tuple[GlosaAplicada, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaDemonstrada:
    """A guia (`relacaoGuias`).

    Attributes:
        sequencia: place in the PEG from 1.
        inicio, fim: first and last day billed; the hours only of a stay, `HH:MM:SS`.
        situacao: of its protocolo, or without payment when nothing of it is liberado.
        glosas: of the whole guia.
        itens: none where only what guias are worth is told.
    """

    sequencia: int
    numero: str
    carteira: str
    inicio: date
    fim: date
    situacao: StatusProtocolo
    valores: Valores
    numero_operadora: str | None = None
    senha: str | None = None
    hora_inicio: str | None = None
    hora_fim: str | None = None
    glosas: tuple[GlosaAplicada, ...] = ()
    itens: tuple[ItemDemonstrado, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conta:
    """A protocolo with its guias (`ct_contaMedicaResumo`, `ct_dadosResumoDemonstrativo`).

    Attributes:
        protocolo: of the PEG.
        tipo_guia: as the standard names it.
        versao_tiss: in which its glosas are coded; `Glosa.motivo` says the same in any.
        recebido_em, publicada_em: local days.
        glosas: of the whole protocolo.
        tipo_pagamento: at first, or after a recurso.
    """

    protocolo: str
    numero_lote: str
    tipo_guia: str
    versao_tiss: str
    recebido_em: date
    publicada_em: date
    situacao: StatusProtocolo
    valores: Valores
    guias: tuple[GuiaDemonstrada, ...]
    glosas: tuple[GlosaAplicada, ...] = ()
    tipo_pagamento: TipoPagamento = TipoPagamento.INICIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabecalho:
    """Whose demonstrativo, for whom (`ct_demonstrativoCabecalho`, `ct_contratadoDados`).

    Attributes:
        numero: at most 12 digits; the same request has the same number for ever.
        emitido_em: local day.
        codigo_prestador: `codigoPrestadorNaOperadora`, when it has one.
    """

    numero: str
    emitido_em: date
    operadora: Operadora
    prestador: Prestador
    codigo_prestador: str | None = None


@dataclass(frozen=True, slots=True)
class AnaliseDeConta:
    """Demonstrativo de análise de conta of one protocolo (`ctm_demonstrativoAnaliseConta`); its number is its number.

    Attributes:
        fatura: when it is paid and what it waits for; `None` while nobody asked.
    """

    cabecalho: Cabecalho
    conta: Conta
    fatura: Fatura | None = None


@dataclass(frozen=True, slots=True)
class PagamentoDemonstrado:
    """A payment, and what it paid (`pagamentosPorData`).

    Attributes:
        pagamento: as far as it is shown: of odontologia, of those PEGs alone, with its debits and credits only when it
            paid no others. Its `bruto` is what is liberado, its `liquido` what reached the prestador.
    """

    pagamento: Pagamento
    contas: tuple[Conta, ...]
    valores: Valores


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrativoPagamento:
    """Payments of a day or of a month: `ctm_demonstrativoPagamento`, or `cto_demonstrativoOdontologia` with its items.

    Attributes:
        tipo: of all PEGs, guia by guia; or of those of odontologia alone, item by item.
        inicio, fim: days the payments may be of.
        pagamentos: at least one, by day and number.
        valores, debitos, creditos: sums of its payments.
        observacao: in Portuguese, at most 500 characters.
    """

    cabecalho: Cabecalho
    tipo: TipoDemonstrativo
    inicio: date
    fim: date
    pagamentos: tuple[PagamentoDemonstrado, ...]
    valores: Valores
    debitos: Decimal
    creditos: Decimal
    observacao: str | None = None

    @property
    def liquido(self) -> Decimal:
        """Reais that reached the prestador."""
        return self.valores.liberado - self.debitos + self.creditos


@dataclass(frozen=True, slots=True, kw_only=True)
class Conciliado:
    """What became of an amount, in reais, at item, guia or protocolo.

    Attributes:
        pago: what is liberado, once it is paid.
        recursado, acatado: contested, and given back by it.
    """

    apresentado: Decimal
    processado: Decimal
    glosado: Decimal
    liberado: Decimal
    pago: Decimal
    recursado: Decimal
    acatado: Decimal


@dataclass(frozen=True, slots=True)
class Conciliacao:
    """A protocolo from what was presented to what was paid."""

    conta: Conta
    fatura: Fatura
