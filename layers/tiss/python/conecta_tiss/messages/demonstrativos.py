"""`solicitacaoDemonstrativoRetorno` and `demonstrativosRetorno`: what was analysed, and what was paid.

Amounts are in reais. `processado` is what was taken for analysis, `glosa` what was refused of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.comum import Contratado, MotivoGlosa


# --- the question ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoPagamento:
    """What was paid: exactly one of a day and a competência.

    Attributes:
        tipo_demonstrativo: dm_tipoDemonstrativoPagamento: of everything, or of odontologia.
        competencia: `AAAAMM`.
    """

    prestador: Contratado
    data_solicitacao: date
    tipo_demonstrativo: str
    data_pagamento: date | None = None
    competencia: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoAnalise:
    """What was analysed, of up to 30 protocolos."""

    prestador: Contratado
    data_solicitacao: date
    protocolos: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoDemonstrativo:
    """The message (ct_demonstrativoSolicitacao): exactly one of the two questions."""

    pagamento: SolicitacaoPagamento | None = None
    analise: SolicitacaoAnalise | None = None

    @property
    def pergunta(self) -> SolicitacaoPagamento | SolicitacaoAnalise | None:
        """The one that is asked."""
        return self.pagamento or self.analise


# --- what was analysed ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CabecalhoDemonstrativo:
    """Who says it, and when (ct_demonstrativoCabecalho).

    Attributes:
        numero: Up to 20 characters.
        cnpj: Of the operadora, 14 characters.
    """

    registro_ans: str
    numero: str
    nome_operadora: str
    cnpj: str
    data_emissao: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GlosaConta:
    """What an item loses, and why (dm_tipoGlosa)."""

    valor: Decimal
    codigo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemConta:
    """An item of an analysed guia (`detalhesGuia`).

    Attributes:
        grau_participacao: dm_grauPart.
        quantidade: Up to four decimal places.
        informado, processado, liberado: In 4.01.00 below a million.
        centro_consumo: dm_centroConsumo, from 4.03.00 on.
    """

    sequencial_item: int
    data_realizacao: date
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    grau_participacao: str | None = None
    informado: Decimal
    quantidade: Decimal
    processado: Decimal
    liberado: Decimal
    glosas: tuple[GlosaConta, ...] = ()
    centro_consumo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaConta:
    """An analysed guia (`relacaoGuias`).

    Attributes:
        hora_inicio, hora_fim: `HH:MM:SS`.
        situacao: dm_statusProtocolo.
        observacao: From 4.03.00 on.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    numero_carteira: str
    data_inicio: date
    hora_inicio: str | None = None
    data_fim: date | None = None
    hora_fim: str | None = None
    glosas: tuple[MotivoGlosa, ...] = ()
    situacao: str
    itens: tuple[ItemConta, ...] = ()
    informado: Decimal
    processado: Decimal
    liberado: Decimal
    glosa: Decimal | None = None
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocoloConta:
    """An analysed protocolo (ct_contaMedicaResumo).

    Attributes:
        data_protocolo: Local day of its reception.
        motivo: Glosa of the protocolo as a whole.
        situacao: dm_statusProtocolo.
    """

    numero_lote: str
    numero_protocolo: str
    data_protocolo: date
    motivo: MotivoGlosa | None = None
    situacao: str
    guias: tuple[GuiaConta, ...] = ()
    informado: Decimal
    processado: Decimal
    liberado: Decimal
    glosa: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrativoAnaliseConta:
    """Analysed protocolos of a prestador (ctm_demonstrativoAnaliseConta).

    Attributes:
        cnes: 7 digits.
        observacao: From 4.02.00 on.
    """

    cabecalho: CabecalhoDemonstrativo
    prestador: Contratado
    cnes: str
    protocolos: tuple[ProtocoloConta, ...]
    informado: Decimal
    processado: Decimal
    liberado: Decimal
    glosa: Decimal | None = None
    observacao: str | None = None


# --- what was paid ---


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitoCredito:
    """What is taken or added (ct_descontos).

    Attributes:
        indicador: dm_debitoCreditoIndicador.
        tipo: dm_debitoCreditoTipo.
        descricao: Up to 40 characters.
        valor: In 4.01.00 below a million.
    """

    indicador: str
    tipo: str
    descricao: str
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaPaga:
    """A guia of a paid protocolo; `tipo_pagamento` is dm_tipoPagamento."""

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    senha: str | None = None
    tipo_pagamento: str
    processado: Decimal
    liberado: Decimal
    glosa: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocoloPago:
    """A paid protocolo (ct_dadosResumoDemonstrativo), with 1 to 100 guias."""

    data_protocolo: date
    numero_protocolo: str
    numero_lote: str
    informado: Decimal
    processado: Decimal
    liberado: Decimal
    glosa: Decimal | None = None
    guias: tuple[GuiaPaga, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PagamentoPorData:
    """What was paid on a day.

    Attributes:
        forma_pagamento: dm_formaPagamento.
        banco: Up to 4 characters.
        agencia: Up to 7.
        conta: Up to 20; or the number of the cheque.
        liquido: liberado − debitos + creditos.
    """

    data_pagamento: date
    forma_pagamento: str
    banco: str | None = None
    agencia: str | None = None
    conta: str | None = None
    protocolos: tuple[ProtocoloPago, ...]
    informado: Decimal
    processado: Decimal
    liberado: Decimal
    glosa: Decimal
    debitos_creditos: tuple[DebitoCredito, ...] = ()
    debitos: Decimal
    creditos: Decimal
    liquido: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrativoPagamento:
    """What was paid to a prestador (ctm_demonstrativoPagamento).

    Attributes:
        cnes: 7 digits.
        debitos_creditos: Of the whole, besides those of each day.
        liquido: liberado − debitos + creditos.
    """

    cabecalho: CabecalhoDemonstrativo
    prestador: Contratado
    cnes: str
    pagamentos: tuple[PagamentoPorData, ...]
    informado: Decimal
    processado: Decimal
    liberado: Decimal
    glosa: Decimal
    debitos_creditos: tuple[DebitoCredito, ...] = ()
    debitos: Decimal
    creditos: Decimal
    liquido: Decimal
    observacao: str | None = None


# --- what was paid of odontologia ---


@dataclass(frozen=True, slots=True, kw_only=True)
class CabecalhoDemonstrativoOdonto:
    """Who says it, and of which days.

    Attributes:
        numero: Up to 12 characters.
        cnpj: Of the operadora, 14 characters.
    """

    registro_ans: str
    numero: str
    nome_operadora: str
    cnpj: str
    data_inicio: date
    data_fim: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOdonto:
    """A dental item (`dadosPagamento` of a guia); its amounts below a hundred thousand in 4.01.00.

    Attributes:
        glosa: What is taken of it, or given back.
        glosas: dm_tipoGlosa of each.
    """

    sequencial_item: int
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    data_realizacao: date
    quantidade: Decimal
    informado: Decimal
    processado: Decimal
    glosa: Decimal
    franquia: Decimal
    liberado: Decimal
    glosas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaOdontoPaga:
    """A dental guia (`dadosPagamentoGuia`); its totals below a million in 4.01.00.

    Attributes:
        recurso: It is paid after a recurso.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    recurso: bool
    nome_executante: str
    numero_carteira: str
    itens: tuple[ItemOdonto, ...]
    observacao: str | None = None
    informado: Decimal
    processado: Decimal
    glosa: Decimal
    franquia: Decimal
    liberado: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocoloOdonto:
    """A paid protocolo of dental guias."""

    numero_lote: str
    numero_protocolo: str
    guias: tuple[GuiaOdontoPaga, ...]
    informado: Decimal
    processado: Decimal
    glosa: Decimal
    franquia: Decimal
    liberado: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PagamentoOdontoPorData:
    """What was paid of odontologia on a day; see `PagamentoPorData`."""

    data_pagamento: date
    banco: str | None = None
    agencia: str | None = None
    conta: str | None = None
    protocolos: tuple[ProtocoloOdonto, ...]
    informado: Decimal
    processado: Decimal
    glosa: Decimal
    franquia: Decimal
    liberado: Decimal
    debitos_creditos: tuple[DebitoCredito, ...] = ()
    debitos: Decimal
    creditos: Decimal
    liquido: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrativoOdonto:
    """What was paid of odontologia (cto_demonstrativoOdontologia).

    Attributes:
        codigo_prestador: Up to 14 characters.
        cnpj_prestador, cpf_prestador: Exactly one of them.
        debitos_creditos: Of the whole, besides those of each day.
    """

    cabecalho: CabecalhoDemonstrativoOdonto
    codigo_prestador: str
    cnpj_prestador: str | None = None
    cpf_prestador: str | None = None
    pagamentos: tuple[PagamentoOdontoPorData, ...]
    informado: Decimal
    processado: Decimal
    glosa: Decimal
    franquia: Decimal
    liberado: Decimal
    debitos_creditos: tuple[DebitoCredito, ...] = ()
    debitos: Decimal
    creditos: Decimal
    liquido: Decimal
    observacao: str | None = None


# --- the answer ---


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoDemonstrativo:
    """A demonstrativo that is not ready.

    Attributes:
        numero_protocolo: Of what was asked for.
        protocolo_solicitacao: Of the question.
        tipo_demonstrativo: dm_tipoDemonstrativo.
        data_situacao: Local day.
        situacao: dm_statusProtocolo.
    """

    registro_ans: str
    prestador: Contratado
    numero_protocolo: str
    protocolo_solicitacao: str
    tipo_demonstrativo: str
    data_situacao: date
    situacao: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrativosRetorno:
    """The message (ct_demonstrativoRetorno): exactly one of the five; of `analises` 1 to 30."""

    mensagem_erro: MotivoGlosa | None = None
    analises: tuple[DemonstrativoAnaliseConta, ...] = ()
    pagamento: DemonstrativoPagamento | None = None
    odonto: DemonstrativoOdonto | None = None
    situacao: SituacaoDemonstrativo | None = None
