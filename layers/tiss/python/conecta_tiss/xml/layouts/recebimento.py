"""`recebimentoLote`, and the guias as received that other answers repeat."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import comum, recebimento
from conecta_tiss.xml.layout import (
    BENEFICIARIO,
    CENTRO_CONSUMO,
    DENTE_REGIAO,
    HORARIO,
    TOKEN,
    Filho,
    Lista,
    Registro,
    data,
    decimal,
    dentro,
    motivo_glosa,
    numero,
    procedimento_dados,
    quantidade,
    sim_nao,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import MENSAGEM_ERRO, PRESTADOR


@cache
def valores_processados() -> Registro:
    """ct_valorTotal."""
    return Registro(
        classe=comum.ValoresProcessados,
        partes=(
            valor("valorProcessado", "processado"),
            valor("valorGlosa", "glosa"),
            valor("valorLiberado", "liberado"),
        ),
    )


_MOTIVOS: Final = Lista(elemento="motivoGlosa", campo="motivos", registro=motivo_glosa)
_GLOSA_GUIA: Final = Lista(elemento="motivoGlosa", campo="glosas", registro=motivo_glosa, envoltorio="glosaGuia")


@cache
def glosas_procedimento() -> Registro:
    """`glosasProcedimento` of an item received."""
    return Registro(
        classe=recebimento.GlosasProcedimento,
        partes=(_MOTIVOS, valor("valorGlosaProcedimento", "valor")),
    )


_GLOSAS_PROCEDIMENTO: Final = Filho(elemento="glosasProcedimento", campo="glosas", registro=glosas_procedimento)


@cache
def procedimento_recebido() -> Registro:
    """ct_procedimentoExecutado and its glosas."""
    return Registro(
        classe=recebimento.ProcedimentoRecebido,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            data("dataExecucao", "data_execucao"),
            *HORARIO,
            procedimento_dados(),
            texto("unidadeMedida", "unidade_medida"),
            decimal("quantidadeExecutada", "quantidade"),
            texto("viaAcesso", "via_acesso"),
            texto("tecnicaUtilizada", "tecnica_utilizada"),
            valor("valorUnitario", "valor_unitario"),
            valor("valorTotal", "valor_total"),
            CENTRO_CONSUMO,
            texto("codigoDespesa", "codigo_despesa"),
            valor("fatorReducaoAcrescimo", "fator_reducao_acrescimo"),
            _GLOSAS_PROCEDIMENTO,
        ),
    )


@cache
def guia_recebida() -> Registro:
    """ct_guiaDados."""
    return Registro(
        classe=recebimento.GuiaRecebida,
        partes=(
            texto("numeroGuiaPrestador", "numero_guia_prestador"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *TOKEN,
            BENEFICIARIO,
            data("dataRealizacao", "data_realizacao"),
            Filho(elemento="vlInformadoGuia", campo="valores", registro=valores_processados),
            _GLOSA_GUIA,
            Lista(
                elemento="procedimentoRealizado",
                campo="procedimentos",
                registro=procedimento_recebido,
                envoltorio="procedimentosRealizados",
            ),
        ),
    )


@cache
def procedimento_odonto_recebido() -> Registro:
    """ct_procedimentoExecutadoOdonto and its glosas."""
    return Registro(
        classe=recebimento.ProcedimentoOdontoRecebido,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            procedimento_dados(),
            DENTE_REGIAO,
            texto("denteFace", "face"),
            quantidade("qtdProc", "quantidade"),
            valor("qtdUS", "quantidade_us"),
            valor("valorProc", "valor"),
            valor("valorFranquia", "valor_franquia"),
            sim_nao("autorizado", "autorizado"),
            data("dataRealizacao", "data_realizacao"),
            _GLOSAS_PROCEDIMENTO,
        ),
    )


@cache
def guia_odonto_recebida() -> Registro:
    """ct_guiaDadosOdonto."""
    return Registro(
        classe=recebimento.GuiaOdontoRecebida,
        partes=(
            texto("numeroGuiaPrestador", "numero_guia_prestador"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *TOKEN,
            texto("numeroCarteira", "numero_carteira"),
            sim_nao("atendimentoRN", "atendimento_rn"),
            texto("tipoIdent", "tipo_ident"),
            texto("identificadorBeneficiario", "identificador"),
            Filho(elemento="vlInformadoGuia", campo="valores", registro=valores_processados),
            _GLOSA_GUIA,
            Lista(
                elemento="procedimentoRealizado",
                campo="procedimentos",
                registro=procedimento_odonto_recebido,
                envoltorio="procedimentosRealizados",
            ),
        ),
    )


@cache
def glosa_protocolo() -> Registro:
    """`glosaProtocolo` of ct_protocoloDetalhe."""
    return Registro(
        classe=recebimento.GlosaProtocolo,
        partes=(dentro("motivosGlosa", _MOTIVOS), valor("vlGlosaProtocolo", "valor")),
    )


@cache
def protocolo_recebimento() -> Registro:
    """ct_protocoloRecebimento."""
    return Registro(
        classe=recebimento.ProtocoloRecebimento,
        partes=(
            texto("registroANS", "registro_ans"),
            PRESTADOR,
            texto("numeroLote", "numero_lote"),
            data("dataEnvioLote", "data_envio_lote"),
            dentro(
                "detalheProtocolo",
                texto("numeroProtocolo", "numero_protocolo"),
                valor("valorTotalProtocolo", "valor_total_protocolo"),
                Filho(elemento="glosaProtocolo", campo="glosa", registro=glosa_protocolo),
                dentro(
                    "dadosGuiasProtocolo",
                    Lista(elemento="dadosGuias", campo="guias", registro=guia_recebida),
                    Lista(elemento="dadosGuiasOdonto", campo="guias_odonto", registro=guia_odonto_recebida),
                ),
            ),
        ),
    )


@cache
def recebimento_lote() -> Registro:
    """ct_recebimentoLote."""
    return Registro(
        classe=recebimento.RecebimentoLote,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="protocoloRecebimento", campo="protocolo", registro=protocolo_recebimento),
        ),
    )
