"""`solicitacaoProcedimento` and `solicitaStatusAutorizacao`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import solicitacao
from conecta_tiss.xml.layout import (
    BENEFICIARIO,
    DENTE_REGIAO,
    GUIA,
    OBSERVACAO,
    RESPONSAVEIS_ODONTO,
    TOKEN,
    Filho,
    Lista,
    Registro,
    contratado,
    data,
    dentro,
    late,
    numero,
    procedimento_dados,
    profissional,
    sim_nao,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import IDENTIFICACAO

_ETAPA: Final = texto("tipoEtapaAutorizacao", "etapa_autorizacao")


@cache
def procedimento_solicitado() -> Registro:
    """`procedimentosSolicitados` and `procedimentosAdicionais` of the medical requests."""
    return Registro(
        classe=solicitacao.ProcedimentoSolicitado,
        partes=(procedimento_dados(), numero("quantidadeSolicitada", "quantidade")),
    )


@cache
def anexo_clinico() -> Registro:
    """`anexoClinico` and `anexoClinicoProrrogacao`."""
    return Registro(
        classe=solicitacao.AnexoClinico,
        partes=(
            Filho(elemento="solicitacaoQuimioterapia", campo="quimio", registro=late("oncologia", "anexo_quimio")),
            Filho(elemento="solicitacaoRadioterapia", campo="radio", registro=late("oncologia", "anexo_radio")),
            Filho(elemento="solicitacaoOPME", campo="opme", registro=late("anexos", "anexo_opme")),
        ),
    )


_PROCEDIMENTOS: Final = Lista(
    elemento="procedimentosSolicitados", campo="procedimentos", registro=procedimento_solicitado
)
_ANEXO: Final = Filho(elemento="anexoClinico", campo="anexo", registro=anexo_clinico)


@cache
def solicitacao_sp_sadt() -> Registro:
    """ctm_sp-sadtSolicitacaoGuia."""
    return Registro(
        classe=solicitacao.SolicitacaoSpSadt,
        partes=(
            dentro("cabecalhoSolicitacao", *GUIA),
            texto("numeroGuiaPrincipal", "numero_guia_principal"),
            *TOKEN,
            _ETAPA,
            BENEFICIARIO,
            dentro(
                "dadosSolicitante",
                Filho(elemento="contratadoSolicitante", campo="contratado_solicitante", registro=contratado),
                texto("nomeContratadoSolicitante", "nome_contratado_solicitante"),
                Filho(elemento="profissionalSolicitante", campo="profissional_solicitante", registro=profissional),
            ),
            texto("caraterAtendimento", "carater_atendimento"),
            data("dataSolicitacao", "data_solicitacao"),
            texto("indicacaoClinica", "indicacao_clinica"),
            texto("coberturaEspecial", "cobertura_especial"),
            _PROCEDIMENTOS,
            dentro(
                "dadosExecutante",
                texto("codigonaOperadora", "codigo_executante"),
                texto("CNES", "cnes_executante"),
            ),
            _ANEXO,
            OBSERVACAO,
        ),
    )


@cache
def solicitacao_internacao() -> Registro:
    """ctm_internacaoSolicitacaoGuia."""
    return Registro(
        classe=solicitacao.SolicitacaoInternacao,
        partes=(
            *GUIA,
            *TOKEN,
            _ETAPA,
            BENEFICIARIO,
            dentro(
                "identificacaoSolicitante",
                Filho(elemento="dadosDoContratado", campo="contratado_solicitante", registro=contratado),
                Filho(elemento="dadosProfissionalContratado", campo="profissional_solicitante", registro=profissional),
            ),
            dentro(
                "dadosHospitalSolicitado",
                texto("codigoIndicadonaOperadora", "codigo_hospital"),
                texto("nomeContratadoIndicado", "nome_hospital"),
                data("dataSugeridaInternacao", "data_sugerida_internacao"),
            ),
            dentro(
                "dadosInternacao",
                texto("caraterAtendimento", "carater_atendimento"),
                texto("tipoInternacao", "tipo_internacao"),
                texto("regimeInternacao", "regime_internacao"),
                numero("qtDiariasSolicitadas", "quantidade_diarias"),
                sim_nao("indicadorOPME", "indicador_opme"),
                sim_nao("indicadorQuimio", "indicador_quimio"),
                texto("indicacaoClinica", "indicacao_clinica"),
            ),
            dentro(
                "hipotesesDiagnosticas",
                Lista(elemento="diagnosticoCID", campo="diagnosticos"),
                texto("indicadorAcidente", "indicador_acidente"),
            ),
            _PROCEDIMENTOS,
            data("dataSolicitacao", "data_solicitacao"),
            OBSERVACAO,
            _ANEXO,
        ),
    )


@cache
def solicitacao_prorrogacao() -> Registro:
    """ctm_prorrogacaoSolicitacaoGuia."""
    return Registro(
        classe=solicitacao.SolicitacaoProrrogacao,
        partes=(
            *GUIA,
            texto("nrGuiaReferenciada", "numero_guia_referenciada"),
            dentro("dadosBeneficiario", texto("numeroCarteira", "numero_carteira"), *IDENTIFICACAO),
            Filho(elemento="dadosContratadoSolicitante", campo="contratado_solicitante", registro=contratado),
            texto("nomeContratadoSolicitante", "nome_contratado_solicitante"),
            Filho(elemento="dadosProfissionalSolicitante", campo="profissional_solicitante", registro=profissional),
            dentro(
                "dadosInternacao",
                numero("qtDiariasAdicionais", "quantidade_diarias"),
                texto("tipoAcomodacaoSolicitada", "tipo_acomodacao"),
                texto("indicacaoClinica", "indicacao_clinica"),
            ),
            Lista(elemento="procedimentosAdicionais", campo="procedimentos", registro=procedimento_solicitado),
            Filho(elemento="anexoClinicoProrrogacao", campo="anexo", registro=anexo_clinico),
            OBSERVACAO,
            data("dataSolicitacao", "data_solicitacao"),
        ),
    )


@cache
def procedimento_odonto_solicitado() -> Registro:
    """`procedimentosSolicitados` of cto_odontoSolicitacaoGuia."""
    return Registro(
        classe=solicitacao.ProcedimentoOdontoSolicitado,
        partes=(
            procedimento_dados("procSolic"),
            DENTE_REGIAO,
            texto("denteFace", "face"),
            numero("qtdProc", "quantidade"),
            valor("qtdUS", "quantidade_us"),
            valor("valorProc", "valor"),
            valor("valorFranquia", "valor_franquia"),
            sim_nao("aut", "autorizado"),
            data("dataRealizacao", "data_realizacao"),
        ),
    )


@cache
def solicitacao_odonto() -> Registro:
    """cto_odontoSolicitacaoGuia."""
    return Registro(
        classe=solicitacao.SolicitacaoOdonto,
        partes=(
            *GUIA,
            texto("numeroGuiaPrincipal", "numero_guia_principal"),
            *TOKEN,
            texto("numeroCarteira", "numero_carteira"),
            sim_nao("atendimentoRN", "atendimento_rn"),
            *IDENTIFICACAO,
            texto("planoBeneficiario", "plano_beneficiario"),
            texto("nomeEmpresa", "nome_empresa"),
            RESPONSAVEIS_ODONTO,
            Lista(elemento="procedimentosSolicitados", campo="procedimentos", registro=procedimento_odonto_solicitado),
            data("dataTerminoTrat", "data_termino"),
            texto("tipoAtendimento", "tipo_atendimento"),
            valor("qtdTotalUS", "quantidade_total_us"),
            valor("valorTotalProc", "valor_total_procedimentos"),
            valor("valorTotalFranquia", "valor_total_franquia"),
            OBSERVACAO,
            Filho(elemento="odontoInicial", campo="situacao_inicial", registro=late("anexos", "situacao_inicial")),
        ),
    )


@cache
def solicitacao_procedimento() -> Registro:
    """ct_solicitacaoProcedimento."""
    return Registro(
        classe=solicitacao.SolicitacaoProcedimento,
        partes=(
            Filho(elemento="solicitacaoSP-SADT", campo="sp_sadt", registro=solicitacao_sp_sadt),
            Filho(elemento="solicitacaoInternacao", campo="internacao", registro=solicitacao_internacao),
            Filho(elemento="solicitacaoProrrogacao", campo="prorrogacao", registro=solicitacao_prorrogacao),
            Filho(elemento="solicitacaoOdontologia", campo="odonto", registro=solicitacao_odonto),
        ),
    )


@cache
def solicita_status_autorizacao() -> Registro:
    """ct_autorizacaoSolicitaStatus."""
    return Registro(
        classe=solicitacao.SolicitaStatusAutorizacao,
        partes=(
            dentro("identificacaoSolicitacao", *GUIA),
            BENEFICIARIO,
            Filho(elemento="dadosContratado", campo="contratado", registro=contratado),
        ),
    )
