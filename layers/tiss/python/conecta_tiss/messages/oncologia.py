"""Chemotherapy and radiotherapy: the annex that asks for it, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.anexos import CabecalhoAnexo, SolicitanteAnexo
    from conecta_tiss.messages.autorizacao import DadosAutorizacao
    from conecta_tiss.messages.comum import Beneficiario, MotivoGlosa


@dataclass(frozen=True, slots=True, kw_only=True)
class DadosComplementares:
    """The patient, for the dose (ct_dadosComplementaresBeneficiario).

    Attributes:
        peso: Kilograms, two decimal places, below 1000.
        altura: Centimetres, two decimal places, below 1000.
        superficie_corporal: Square metres, two decimal places, below 100.
        idade: Years.
        sexo: dm_sexo: 1 masculino, 3 feminino.
    """

    peso: Decimal
    altura: Decimal
    superficie_corporal: Decimal
    idade: int
    sexo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DadosComplementaresRadio:
    """The patient, in radiotherapy: age in years and dm_sexo (ct_dadosComplementaresBeneficiarioRadio)."""

    idade: int
    sexo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticoOncologico:
    """Oncological diagnosis (ct_diagnosticoOncologico).

    Attributes:
        data_diagnostico: Local day.
        cids: Up to four CIDs of 1 to 4 letters and digits.
        estadiamento: dm_estadiamento.
        finalidade: dm_finalidadeTratamento.
        ecog: dm_ecog.
        diagnostico_histopatologico: Up to 1000 characters.
        informacoes_relevantes: Up to 1000 characters.
    """

    data_diagnostico: date | None = None
    cids: tuple[str, ...] = ()
    estadiamento: str
    finalidade: str
    ecog: str
    diagnostico_histopatologico: str | None = None
    informacoes_relevantes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticoQuimio:
    """Diagnosis and plan of a chemotherapy (diagnosticoOncologicoQuimioterapia).

    Attributes:
        diagnostico: What every oncological diagnosis has.
        tumor: dm_tumor.
        nodulo: dm_nodulo.
        metastase: dm_metastase.
        tipo_quimioterapia: dm_tipoQuimioterapia.
        plano_terapeutico: Up to 1000 characters.
    """

    diagnostico: DiagnosticoOncologico
    tumor: str
    nodulo: str
    metastase: str
    tipo_quimioterapia: str
    plano_terapeutico: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticoRadio:
    """Diagnosis in radiotherapy (diagnosticoOncologicoRadio): `imagem` is dm_diagnosticoImagem."""

    diagnostico: DiagnosticoOncologico
    imagem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrogaSolicitada:
    """A drug of a chemotherapy (ct_drogasSolicitadas).

    Attributes:
        data_provavel: Local day it is planned for.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        quantidade_doses: Two decimal places, below 100000.
        unidade_medida: dm_unidadeMedida.
        via_administracao: dm_viaAdministracao.
        frequencia: Times a day, up to 99.
    """

    data_provavel: date
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    quantidade_doses: Decimal
    unidade_medida: str
    via_administracao: str
    frequencia: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TratamentosAnterioresQuimio:
    """Treatments before a chemotherapy: surgery and radiation, up to 40 characters each, and their local days."""

    cirurgia: str | None = None
    data_cirurgia: date | None = None
    area_irradiada: str | None = None
    data_irradiacao: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TratamentosAnterioresRadio:
    """Treatments before a radiotherapy: surgery and chemotherapy, up to 40 characters each, and their local days."""

    cirurgia: str | None = None
    data_cirurgia: date | None = None
    quimioterapia: str | None = None
    data_quimioterapia: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnexoQuimio:
    """Annex of chemotherapy (ctm_anexoSolicitacaoQuimio).

    Attributes:
        cabecalho: Its header.
        beneficiario: Of the guia it belongs to.
        dados_complementares: The patient.
        solicitante: Doctor who asks.
        diagnostico: Diagnosis and plan.
        drogas: At least one.
        tratamentos_anteriores: What was done before.
        numero_ciclos: Cycles planned, up to 99.
        ciclo_atual: From 1, up to 99.
        dias_ciclo_atual: Days of the present cycle, up to 999.
        intervalo_ciclos: Days between cycles, up to 999.
        observacao: Up to 500 characters.
    """

    cabecalho: CabecalhoAnexo
    beneficiario: Beneficiario
    dados_complementares: DadosComplementares
    solicitante: SolicitanteAnexo
    diagnostico: DiagnosticoQuimio
    drogas: tuple[DrogaSolicitada, ...]
    tratamentos_anteriores: TratamentosAnterioresQuimio | None = None
    numero_ciclos: int
    ciclo_atual: int
    dias_ciclo_atual: int
    intervalo_ciclos: int
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnexoRadio:
    """Annex of radiotherapy (ctm_anexoSolicitacaoRadio).

    Attributes:
        cabecalho: Its header.
        beneficiario: Of the guia it belongs to.
        dados_complementares: The patient.
        solicitante: Doctor who asks.
        diagnostico: Diagnosis.
        tratamentos_anteriores: What was done before.
        numero_campos: Fields irradiated, up to 999.
        dose_campo: Gy a day, up to 9999.
        dose_total: Gy, up to 9999.
        numero_dias: Up to 999.
        data_prevista_inicio: Local day.
        observacao: Up to 500 characters.
    """

    cabecalho: CabecalhoAnexo
    beneficiario: Beneficiario
    dados_complementares: DadosComplementaresRadio
    solicitante: SolicitanteAnexo
    diagnostico: DiagnosticoRadio
    tratamentos_anteriores: TratamentosAnterioresRadio | None = None
    numero_campos: int
    dose_campo: int
    dose_total: int
    numero_dias: int
    data_prevista_inicio: date
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoQuimio:
    """What was decided of a chemotherapy (ctm_autorizacaoQuimio); what is not explained is as in `AnexoQuimio`.

    Attributes:
        autorizacao: Numbers, senha and days.
        numero_carteira: Up to 20 characters.
        status: dm_statusSolicitacao.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        dados_complementares: As asked.
        solicitante: As asked.
        diagnostico: As asked.
        drogas: At least one.
        tratamentos_anteriores: As asked.
        numero_ciclos: As asked.
        ciclo_atual: As asked.
        dias_ciclo_atual: As asked.
        intervalo_ciclos: As asked.
        motivos_negativa: Why not.
    """

    autorizacao: DadosAutorizacao
    numero_carteira: str
    status: str
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    dados_complementares: DadosComplementares
    solicitante: SolicitanteAnexo
    diagnostico: DiagnosticoQuimio
    drogas: tuple[DrogaSolicitada, ...]
    tratamentos_anteriores: TratamentosAnterioresQuimio | None = None
    numero_ciclos: int
    ciclo_atual: int
    dias_ciclo_atual: int
    intervalo_ciclos: int
    motivos_negativa: tuple[MotivoGlosa, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoRadio:
    """What was decided of a radiotherapy (ctm_autorizacaoRadio); what is not explained is as in `AnexoRadio`.

    Attributes:
        autorizacao: Numbers, senha and days.
        numero_carteira: Up to 20 characters.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        status: dm_statusSolicitacao.
        dados_complementares: As asked.
        solicitante: As asked.
        diagnostico: As asked.
        tratamentos_anteriores: As asked.
        numero_campos: As asked.
        dose_campo: As asked.
        dose_total: As asked.
        numero_dias: As asked.
        data_prevista_inicio: As asked.
        motivos_negativa: Why not.
    """

    autorizacao: DadosAutorizacao
    numero_carteira: str
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    status: str
    dados_complementares: DadosComplementaresRadio
    solicitante: SolicitanteAnexo
    diagnostico: DiagnosticoRadio
    tratamentos_anteriores: TratamentosAnterioresRadio | None = None
    numero_campos: int
    dose_campo: int
    dose_total: int
    numero_dias: int
    data_prevista_inicio: date
    motivos_negativa: tuple[MotivoGlosa, ...] = ()
