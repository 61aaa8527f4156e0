"""Annexes of chemotherapy and radiotherapy, and what was decided of them."""

from __future__ import annotations

from functools import cache
from typing import Final

from conecta_tiss.messages import oncologia
from conecta_tiss.xml.layout import (
    BENEFICIARIO,
    OBSERVACAO,
    Filho,
    Lista,
    Registro,
    data,
    late,
    numero,
    procedimento_dados,
    texto,
    valor,
)
from conecta_tiss.xml.layouts.comum import DADOS_AUTORIZACAO, MOTIVOS_NEGATIVA, NOMES

_CABECALHO: Final = Filho(elemento="cabecalhoAnexo", campo="cabecalho", registro=late("anexos", "cabecalho_anexo"))
_SOLICITANTE: Final = Filho(
    elemento="medicoSolicitante", campo="solicitante", registro=late("anexos", "solicitante_anexo")
)


@cache
def dados_complementares() -> Registro:
    """ct_dadosComplementaresBeneficiario."""
    return Registro(
        classe=oncologia.DadosComplementares,
        partes=(
            valor("peso", "peso"),
            valor("altura", "altura"),
            valor("superficieCorporal", "superficie_corporal"),
            numero("idade", "idade"),
            texto("sexo", "sexo"),
        ),
    )


@cache
def dados_complementares_radio() -> Registro:
    """ct_dadosComplementaresBeneficiarioRadio."""
    return Registro(
        classe=oncologia.DadosComplementaresRadio,
        partes=(numero("idade", "idade"), texto("sexo", "sexo")),
    )


@cache
def diagnostico_oncologico() -> Registro:
    """ct_diagnosticoOncologico."""
    return Registro(
        classe=oncologia.DiagnosticoOncologico,
        partes=(
            data("dataDiagnostico", "data_diagnostico"),
            Lista(elemento="diagnosticoCID", campo="cids"),
            texto("estadiamento", "estadiamento"),
            texto("finalidade", "finalidade"),
            texto("ecog", "ecog"),
            texto("diagnosticoHispatologico", "diagnostico_histopatologico"),
            texto("infoRelevantes", "informacoes_relevantes"),
        ),
    )


@cache
def diagnostico_quimio() -> Registro:
    """`diagnosticoOncologicoQuimioterapia`."""
    return Registro(
        classe=oncologia.DiagnosticoQuimio,
        partes=(
            Filho(elemento="diagQuimio", campo="diagnostico", registro=diagnostico_oncologico),
            texto("tumor", "tumor"),
            texto("nodulo", "nodulo"),
            texto("metastase", "metastase"),
            texto("tipoQuimioterapia", "tipo_quimioterapia"),
            texto("planoTerapeutico", "plano_terapeutico"),
        ),
    )


@cache
def diagnostico_radio() -> Registro:
    """`diagnosticoOncologicoRadio`."""
    return Registro(
        classe=oncologia.DiagnosticoRadio,
        partes=(
            Filho(elemento="diagRadio", campo="diagnostico", registro=diagnostico_oncologico),
            texto("diagnosticoImagem", "imagem"),
        ),
    )


@cache
def droga_solicitada() -> Registro:
    """ct_drogasSolicitadas."""
    return Registro(
        classe=oncologia.DrogaSolicitada,
        partes=(
            data("dataProvavel", "data_provavel"),
            procedimento_dados("identificacao"),
            valor("qtDoses", "quantidade_doses"),
            texto("unidadeMedida", "unidade_medida"),
            texto("viaAdministracao", "via_administracao"),
            numero("frequencia", "frequencia"),
        ),
    )


@cache
def tratamentos_anteriores_quimio() -> Registro:
    """`tratamentosAnteriores` of chemotherapy."""
    return Registro(
        classe=oncologia.TratamentosAnterioresQuimio,
        partes=(
            texto("cirurgia", "cirurgia"),
            data("datacirurgia", "data_cirurgia"),
            texto("areaIrradiada", "area_irradiada"),
            data("dataIrradiacao", "data_irradiacao"),
        ),
    )


@cache
def tratamentos_anteriores_radio() -> Registro:
    """`tratamentosAnteriores` of radiotherapy."""
    return Registro(
        classe=oncologia.TratamentosAnterioresRadio,
        partes=(
            texto("cirurgia", "cirurgia"),
            data("datacirurgia", "data_cirurgia"),
            texto("quimioterapia", "quimioterapia"),
            data("dataQuimioterapia", "data_quimioterapia"),
        ),
    )


_QUIMIO: Final = (
    Filho(elemento="dadosComplementaresBeneficiario", campo="dados_complementares", registro=dados_complementares),
    _SOLICITANTE,
    Filho(elemento="diagnosticoOncologicoQuimioterapia", campo="diagnostico", registro=diagnostico_quimio),
    Lista(elemento="drogaSolicitada", campo="drogas", registro=droga_solicitada, envoltorio="drogasSolicitadas"),
    Filho(elemento="tratamentosAnteriores", campo="tratamentos_anteriores", registro=tratamentos_anteriores_quimio),
    numero("numeroCiclos", "numero_ciclos"),
    numero("cicloAtual", "ciclo_atual"),
    numero("diasCicloAtual", "dias_ciclo_atual"),
    numero("intervaloCiclos", "intervalo_ciclos"),
)
_RADIO: Final = (
    Filho(
        elemento="dadosComplementaresBeneficiario", campo="dados_complementares", registro=dados_complementares_radio
    ),
    _SOLICITANTE,
    Filho(elemento="diagnosticoOncologicoRadio", campo="diagnostico", registro=diagnostico_radio),
    Filho(elemento="tratamentosAnteriores", campo="tratamentos_anteriores", registro=tratamentos_anteriores_radio),
    numero("numeroCampos", "numero_campos"),
    numero("doseCampo", "dose_campo"),
    numero("doseTotal", "dose_total"),
    numero("nrDias", "numero_dias"),
    data("dtPrevistaInicio", "data_prevista_inicio"),
)


@cache
def anexo_quimio() -> Registro:
    """ctm_anexoSolicitacaoQuimio."""
    return Registro(classe=oncologia.AnexoQuimio, partes=(_CABECALHO, BENEFICIARIO, *_QUIMIO, OBSERVACAO))


@cache
def anexo_radio() -> Registro:
    """ctm_anexoSolicitacaoRadio."""
    return Registro(classe=oncologia.AnexoRadio, partes=(_CABECALHO, BENEFICIARIO, *_RADIO, OBSERVACAO))


@cache
def autorizacao_quimio() -> Registro:
    """ctm_autorizacaoQuimio."""
    return Registro(
        classe=oncologia.AutorizacaoQuimio,
        partes=(
            DADOS_AUTORIZACAO,
            texto("numeroCarteira", "numero_carteira"),
            texto("statusSolicitacao", "status"),
            *NOMES,
            *_QUIMIO,
            MOTIVOS_NEGATIVA,
        ),
    )


@cache
def autorizacao_radio() -> Registro:
    """ctm_autorizacaoRadio."""
    return Registro(
        classe=oncologia.AutorizacaoRadio,
        partes=(
            DADOS_AUTORIZACAO,
            texto("numeroCarteira", "numero_carteira"),
            *NOMES,
            texto("statusSolicitacao", "status"),
            *_RADIO,
            MOTIVOS_NEGATIVA,
        ),
    )
