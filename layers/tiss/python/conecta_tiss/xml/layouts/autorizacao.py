"""`autorizacaoServicos` and `situacaoAutorizacao`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import autorizacao
from conecta_tiss.xml.layout import (
    BENEFICIARIO,
    DENTE_REGIAO,
    OBSERVACAO,
    TOKEN,
    Filho,
    Lista,
    Registro,
    contratado,
    data,
    late,
    numero,
    procedimento_dados,
    sim_nao,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import (
    CODIGOS_NEGATIVA,
    DADOS_AUTORIZACAO,
    IDENTIFICACAO,
    MENSAGEM_ERRO,
    MOTIVOS_NEGATIVA,
    NOMES,
)

_STATUS: Final = texto("statusSolicitacao", "status")
_PRESTADOR: Final = Filho(elemento="prestadorAutorizado", campo="prestador", registro=contratado)


@cache
def dados_autorizacao() -> Registro:
    """ct_autorizacaoDados."""
    return Registro(
        classe=autorizacao.DadosAutorizacao,
        partes=(
            texto("numeroGuiaPrestador", "numero_guia_prestador"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            *TOKEN,
            data("dataAutorizacao", "data_autorizacao"),
            texto("senha", "senha"),
            data("dataValidadeSenha", "data_validade_senha"),
        ),
    )


@cache
def servico_autorizado() -> Registro:
    """ct_procedimentoAutorizado."""
    return Registro(
        classe=autorizacao.ServicoAutorizado,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            procedimento_dados(),
            numero("quantidadeSolicitada", "quantidade_solicitada"),
            numero("quantidadeAutorizada", "quantidade_autorizada"),
            valor("valorSolicitado", "valor_solicitado"),
            valor("valorAutorizado", "valor_autorizado"),
            texto("opcaoFabricante", "opcao_fabricante"),
            texto("registroANVISA", "registro_anvisa"),
            texto("codigoRefFabricante", "codigo_ref_fabricante"),
            texto("autorizacaoFuncionamento", "autorizacao_funcionamento"),
            MOTIVOS_NEGATIVA,
        ),
    )


@cache
def prestador_autorizado() -> Registro:
    """`prestadorAutorizado` of ctm_autorizacaoServico."""
    return Registro(
        classe=autorizacao.PrestadorAutorizado,
        partes=(
            Filho(elemento="dadosContratado", campo="contratado", registro=contratado),
            texto("cnesContratado", "cnes"),
        ),
    )


@cache
def autorizacao_servico() -> Registro:
    """ctm_autorizacaoServico."""
    return Registro(
        classe=autorizacao.AutorizacaoServico,
        partes=(
            DADOS_AUTORIZACAO,
            texto("tipoEtapaAutorizacao", "etapa_autorizacao"),
            BENEFICIARIO,
            *NOMES,
            texto("coberturaEspecial", "cobertura_especial"),
            Filho(elemento="prestadorAutorizado", campo="prestador", registro=prestador_autorizado),
            _STATUS,
            CODIGOS_NEGATIVA,
            Lista(
                elemento="servicoAutorizado",
                campo="servicos",
                registro=servico_autorizado,
                envoltorio="servicosAutorizados",
            ),
            OBSERVACAO,
            Filho(elemento="autorizacaoQuimio", campo="quimio", registro=late("oncologia", "autorizacao_quimio")),
            Filho(elemento="autorizacaoRadio", campo="radio", registro=late("oncologia", "autorizacao_radio")),
        ),
    )


_SERVICOS: Final = Filho(elemento="autorizacaoDosServicos", campo="servicos", registro=autorizacao_servico)


@cache
def autorizacao_internacao() -> Registro:
    """ctm_autorizacaoInternacao."""
    return Registro(
        classe=autorizacao.AutorizacaoInternacao,
        partes=(
            _SERVICOS,
            data("dataProvavelAdmissao", "data_provavel_admissao"),
            numero("qtdDiariasAutorizadas", "quantidade_diarias"),
            texto("tipoAcomodacaoAutorizada", "tipo_acomodacao"),
        ),
    )


@cache
def autorizacao_prorrogacao() -> Registro:
    """ctm_autorizacaoProrrogacao."""
    return Registro(
        classe=autorizacao.AutorizacaoProrrogacao,
        partes=(
            _SERVICOS,
            texto("nomeContratado", "nome_contratado"),
            numero("diariasAutorizadas", "quantidade_diarias"),
            texto("acomodacaoAutorizada", "tipo_acomodacao"),
            texto("justificativaOperadora", "justificativa_operadora"),
        ),
    )


@cache
def procedimento_odonto_autorizado() -> Registro:
    """`procedimentosAutorizados` of cto_autorizacaoServico."""
    return Registro(
        classe=autorizacao.ProcedimentoOdontoAutorizado,
        partes=(
            numero("sequencialItem", "sequencial_item"),
            procedimento_dados("procSolic"),
            DENTE_REGIAO,
            texto("denteFace", "face"),
            numero("qtdProc", "quantidade"),
            valor("qtdUS", "quantidade_us"),
            valor("valorProc", "valor"),
            valor("valorFranquia", "valor_franquia"),
            sim_nao("aut", "autorizado"),
            CODIGOS_NEGATIVA,
        ),
    )


@cache
def autorizacao_odonto() -> Registro:
    """cto_autorizacaoServico."""
    return Registro(
        classe=autorizacao.AutorizacaoOdonto,
        partes=(
            DADOS_AUTORIZACAO,
            texto("numeroCarteira", "numero_carteira"),
            *NOMES,
            *IDENTIFICACAO,
            _STATUS,
            _PRESTADOR,
            Lista(elemento="procedimentosAutorizados", campo="procedimentos", registro=procedimento_odonto_autorizado),
            CODIGOS_NEGATIVA,
        ),
    )


@cache
def autorizacao_opme() -> Registro:
    """ctm_autorizacaoOPME."""
    return Registro(
        classe=autorizacao.AutorizacaoOpme,
        partes=(
            DADOS_AUTORIZACAO,
            BENEFICIARIO,
            texto("nomebeneficiario", "nome_beneficiario"),
            texto("nomeSocialBeneficiario", "nome_social_beneficiario"),
            _STATUS,
            MOTIVOS_NEGATIVA,
            _PRESTADOR,
            Lista(elemento="servicosAutorizadosOPME", campo="servicos", registro=servico_autorizado),
        ),
    )


@cache
def situacao_autorizacao() -> Registro:
    """ct_situacaoAutorizacao."""
    return Registro(
        classe=autorizacao.SituacaoAutorizacao,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="autorizacaoInternacao", campo="internacao", registro=autorizacao_internacao),
            Filho(elemento="autorizacaoServico", campo="servico", registro=autorizacao_servico),
            Filho(elemento="autorizacaoProrrogacao", campo="prorrogacao", registro=autorizacao_prorrogacao),
            Filho(elemento="autorizacaoServicoOdonto", campo="odonto", registro=autorizacao_odonto),
        ),
    )
