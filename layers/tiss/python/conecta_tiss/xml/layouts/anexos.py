"""`loteAnexos` and `recebimentoAnexo`."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import anexos
from conecta_tiss.xml.layout import (
    BENEFICIARIO,
    OBSERVACAO,
    Filho,
    Lista,
    Registro,
    data,
    dentro,
    late,
    logico,
    numero,
    procedimento_dados,
    situacao_dente,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import ANEXOS_DECIDIDOS, MENSAGEM_ERRO, NOMES, PRESTADOR


@cache
def cabecalho_anexo() -> Registro:
    """ct_anexoCabecalho."""
    return Registro(
        classe=anexos.CabecalhoAnexo,
        partes=(
            texto("registroANS", "registro_ans"),
            texto("numeroGuiaAnexo", "numero_guia_anexo"),
            texto("numeroGuiaReferenciada", "numero_guia_referenciada"),
            texto("numeroGuiaOperadora", "numero_guia_operadora"),
            data("dataSolicitacao", "data_solicitacao"),
            texto("senha", "senha"),
            data("dataAutorizacao", "data_autorizacao"),
        ),
    )


@cache
def solicitante_anexo() -> Registro:
    """ctm_anexoSolicitante."""
    return Registro(
        classe=anexos.SolicitanteAnexo,
        partes=(
            texto("nomeProfissional", "nome"),
            texto("telefoneProfissional", "telefone"),
            texto("emailProfissional", "email"),
        ),
    )


@cache
def opme_solicitada() -> Registro:
    """`opmeSolicitada` of ctm_anexoSolicitacaoOPME."""
    return Registro(
        classe=anexos.OpmeSolicitada,
        partes=(
            procedimento_dados("identificacaoOPME"),
            texto("opcaoFabricante", "opcao_fabricante"),
            numero("quantidadeSolicitada", "quantidade"),
            valor("valorSolicitado", "valor_solicitado"),
            texto("registroANVISA", "registro_anvisa"),
            texto("codigoRefFabricante", "codigo_ref_fabricante"),
            texto("autorizacaoFuncionamento", "autorizacao_funcionamento"),
        ),
    )


@cache
def anexo_opme() -> Registro:
    """ctm_anexoSolicitacaoOPME."""
    return Registro(
        classe=anexos.AnexoOpme,
        partes=(
            Filho(elemento="cabecalhoAnexo", campo="cabecalho", registro=cabecalho_anexo),
            BENEFICIARIO,
            Filho(elemento="profissionalSolicitante", campo="solicitante", registro=solicitante_anexo),
            texto("justificativaTecnica", "justificativa_tecnica"),
            texto("especificacaoMaterial", "especificacao_material"),
            Lista(elemento="opmeSolicitada", campo="itens", registro=opme_solicitada, envoltorio="opmeSolicitadas"),
            texto("Observacao", "observacao"),
        ),
    )


_SITUACAO_INICIAL: Final = (
    texto("registroANS", "registro_ans"),
    texto("numeroGuiaAnexo", "numero_guia_anexo"),
    texto("numeroGuiaReferenciada", "numero_guia_referenciada"),
    texto("numeroGuiaOperadora", "numero_guia_operadora"),
    texto("numeroCarteira", "numero_carteira"),
    dentro(
        "ct_situacaoInicial",
        Lista(elemento="dentes", campo="dentes", registro=situacao_dente, envoltorio="situacaoClinica"),
        logico("doencaPeriodontal", "doenca_periodontal"),
        logico("alteracaoTecidoMole", "alteracao_tecido_mole"),
        OBSERVACAO,
    ),
)


@cache
def situacao_inicial() -> Registro:
    """cto_anexoSituacaoInicial."""
    return Registro(classe=anexos.AnexoSituacaoInicial, partes=_SITUACAO_INICIAL)


@cache
def lote_anexos() -> Registro:
    """ct_anexoLote."""
    return Registro(
        classe=anexos.LoteAnexos,
        partes=(
            texto("numeroLote", "numero_lote"),
            dentro(
                "AnexosGuiasTISS",
                Lista(elemento="anexoSituacaoInicial", campo="situacoes_iniciais", registro=situacao_inicial),
                Filho(elemento="anexoSolicitacaoRadio", campo="radio", registro=late("oncologia", "anexo_radio")),
                Filho(elemento="anexoSolicitacaoQuimio", campo="quimio", registro=late("oncologia", "anexo_quimio")),
                Filho(elemento="anexoSolicitacaoOPME", campo="opme", registro=anexo_opme),
            ),
        ),
    )


@cache
def situacao_inicial_recebida() -> Registro:
    """`anexoSituacaoInicial` of ct_anexoRecebimento."""
    return Registro(classe=anexos.SituacaoInicialRecebida, partes=(*_SITUACAO_INICIAL, *NOMES))


@cache
def protocolo_anexo() -> Registro:
    """ct_anexoRecebimento."""
    return Registro(
        classe=anexos.ProtocoloAnexo,
        partes=(
            texto("nrProtocoloRecebimento", "numero_protocolo"),
            data("dataEnvioAnexo", "data_envio"),
            texto("numeroLote", "numero_lote"),
            texto("registroANS", "registro_ans"),
            PRESTADOR,
            numero("qtAnexosClinicos", "quantidade_anexos"),
            dentro(
                "anexosClinicos",
                *ANEXOS_DECIDIDOS,
                Lista(elemento="anexoSituacaoInicial", campo="situacoes_iniciais", registro=situacao_inicial_recebida),
            ),
            OBSERVACAO,
        ),
    )


@cache
def recebimento_anexo() -> Registro:
    """`recebimentoAnexo` of a message."""
    return Registro(
        classe=anexos.RecebimentoAnexo,
        partes=(
            MENSAGEM_ERRO,
            Filho(elemento="protocoloRecebimentoAnexo", campo="protocolo", registro=protocolo_anexo),
        ),
    )
