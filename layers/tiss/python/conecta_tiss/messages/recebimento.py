"""`recebimentoLote`: the operadora's answer to a lote, either an error or a protocolo that lists every guia."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.comum import Beneficiario, Contratado, MotivoGlosa, ValoresProcessados


@dataclass(frozen=True, slots=True, kw_only=True)
class GlosasProcedimento:
    """Glosas of one item and their amount in reais."""

    motivos: tuple[MotivoGlosa, ...]
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoRecebido:
    """An item as received (ct_procedimentoExecutado plus its glosas).

    Attributes:
        sequencial_item: The prestador's.
        data_execucao: Local day.
        hora_inicial: `HH:MM:SS`.
        hora_final: `HH:MM:SS`.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        unidade_medida: dm_unidadeMedida.
        quantidade: Up to four decimal places.
        via_acesso: dm_viaDeAcesso.
        tecnica_utilizada: dm_tecnicaUtilizada.
        valor_unitario: Reais.
        valor_total: Reais.
        centro_consumo: dm_centroConsumo, from 4.03.00 on.
        codigo_despesa: dm_outrasDespesas.
        fator_reducao_acrescimo: Factor on the amount.
        glosas: What was glosado.
    """

    sequencial_item: int
    data_execucao: date
    hora_inicial: str | None = None
    hora_final: str | None = None
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    unidade_medida: str | None = None
    quantidade: Decimal
    via_acesso: str | None = None
    tecnica_utilizada: str | None = None
    valor_unitario: Decimal
    valor_total: Decimal
    centro_consumo: str | None = None
    codigo_despesa: str | None = None
    fator_reducao_acrescimo: Decimal | None = None
    glosas: GlosasProcedimento | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaRecebida:
    """A medical guia as received (ct_guiaDados)."""

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    beneficiario: Beneficiario
    data_realizacao: date | None = None
    valores: ValoresProcessados | None = None
    glosas: tuple[MotivoGlosa, ...] = ()
    procedimentos: tuple[ProcedimentoRecebido, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoOdontoRecebido:
    """A dental item as received (ct_procedimentoExecutadoOdonto plus its glosas); amounts in reais."""

    sequencial_item: int
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    quantidade: Decimal | None = None
    quantidade_us: Decimal | None = None
    valor: Decimal | None = None
    valor_franquia: Decimal | None = None
    autorizado: bool | None = None
    data_realizacao: date
    glosas: GlosasProcedimento | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaOdontoRecebida:
    """A dental guia as received (ct_guiaDadosOdonto)."""

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    numero_carteira: str
    atendimento_rn: bool
    tipo_ident: str | None = None
    identificador: str | None = None
    valores: ValoresProcessados | None = None
    glosas: tuple[MotivoGlosa, ...] = ()
    procedimentos: tuple[ProcedimentoOdontoRecebido, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GlosaProtocolo:
    """Glosa of a whole protocolo and its amount in reais."""

    motivos: tuple[MotivoGlosa, ...]
    valor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocoloRecebimento:
    """A lote received (ct_protocoloRecebimento).

    Attributes:
        registro_ans: Of the operadora.
        prestador: Who sent the lote.
        numero_lote: The prestador's.
        data_envio_lote: Local day.
        numero_protocolo: Digits, up to 12.
        valor_total_protocolo: Reais.
        glosa: Of the protocolo as a whole.
        guias: Every guia of the lote, if medical; or
        guias_odonto: every guia, if dental: exactly one of the two has guias.
    """

    registro_ans: str
    prestador: Contratado
    numero_lote: str
    data_envio_lote: date
    numero_protocolo: str
    valor_total_protocolo: Decimal
    glosa: GlosaProtocolo | None = None
    guias: tuple[GuiaRecebida, ...] = ()
    guias_odonto: tuple[GuiaOdontoRecebida, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecebimentoLote:
    """The answer: exactly one of an error and a protocolo."""

    mensagem_erro: MotivoGlosa | None = None
    protocolo: ProtocoloRecebimento | None = None
