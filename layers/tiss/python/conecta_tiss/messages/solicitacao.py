"""`solicitacaoProcedimento`: what a prestador asks leave to do; and `solicitaStatusAutorizacao`, what became of it.

Items carry no number in the message: the first is 1, in the order they are written, and the answer numbers them so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.anexos import AnexoOpme, AnexoSituacaoInicial
    from conecta_tiss.messages.comum import Beneficiario, Contratado, Profissional
    from conecta_tiss.messages.oncologia import AnexoQuimio, AnexoRadio


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoSolicitado:
    """An item asked for.

    Attributes:
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        quantidade: Up to 999.
    """

    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    quantidade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnexoClinico:
    """Annexes sent with the request (anexoClinico): at most one of each kind, maybe none."""

    quimio: AnexoQuimio | None = None
    radio: AnexoRadio | None = None
    opme: AnexoOpme | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoSpSadt:
    """A request of services and diagnosis (ctm_sp-sadtSolicitacaoGuia).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_prestador: Up to 20 characters.
        numero_guia_principal: Guia on whose senha this is asked, up to 20 characters.
        ausencia_cod_validacao: Why there is no token (dm_ausenciaCodValidacao).
        cod_validacao: The token, up to 10 characters.
        etapa_autorizacao: dm_etapasAutorizacao: 1 asked beforehand, 2 asked by who will do it.
        beneficiario: Who is attended.
        contratado_solicitante: Who asks.
        nome_contratado_solicitante: Up to 70 characters.
        profissional_solicitante: Professional who asks.
        carater_atendimento: dm_caraterAtendimento: 1 eletiva, 2 urgência/emergência.
        data_solicitacao: Local day.
        indicacao_clinica: Up to 500 characters.
        cobertura_especial: dm_cobEsp.
        procedimentos: At least one.
        codigo_executante: Code at the operadora of who will do it, up to 14 characters; comes with
        cnes_executante: its CNES, up to 7 characters: both or neither.
        anexo: Clinical annexes.
        observacao: Up to 500 characters.
    """

    registro_ans: str
    numero_guia_prestador: str
    numero_guia_principal: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    etapa_autorizacao: str
    beneficiario: Beneficiario
    contratado_solicitante: Contratado
    nome_contratado_solicitante: str
    profissional_solicitante: Profissional
    carater_atendimento: str
    data_solicitacao: date
    indicacao_clinica: str | None = None
    cobertura_especial: str | None = None
    procedimentos: tuple[ProcedimentoSolicitado, ...]
    codigo_executante: str | None = None
    cnes_executante: str | None = None
    anexo: AnexoClinico | None = None
    observacao: str | None = None

    @property
    def numero_carteira(self) -> str:
        """Carteira of the beneficiário."""
        return self.beneficiario.numero_carteira


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoInternacao:
    """A request of a stay (ctm_internacaoSolicitacaoGuia).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_prestador: Up to 20 characters.
        ausencia_cod_validacao: Why there is no token (dm_ausenciaCodValidacao).
        cod_validacao: The token, up to 10 characters.
        etapa_autorizacao: dm_etapasAutorizacao: 1 asked beforehand, 2 asked by who will do it.
        beneficiario: Who is attended.
        contratado_solicitante: Who asks.
        profissional_solicitante: Professional who asks.
        codigo_hospital: Code at the operadora of the hospital asked for, up to 14 characters.
        nome_hospital: Its name, up to 70 characters.
        data_sugerida_internacao: Local day.
        carater_atendimento: dm_caraterAtendimento: 1 eletiva, 2 urgência/emergência.
        tipo_internacao: dm_tipoInternacao.
        regime_internacao: dm_regimeInternacao.
        quantidade_diarias: Up to 99.
        indicador_opme: OPME will be asked for, here or in an annex of its own.
        indicador_quimio: Chemotherapy will be asked for, here or in an annex of its own.
        indicacao_clinica: Up to 500 characters.
        diagnosticos: Up to four CIDs of up to 4 characters.
        indicador_acidente: dm_indicadorAcidente.
        procedimentos: At least one.
        data_solicitacao: Local day.
        observacao: Up to 1000 characters.
        anexo: Clinical annexes.
    """

    registro_ans: str
    numero_guia_prestador: str
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    etapa_autorizacao: str
    beneficiario: Beneficiario
    contratado_solicitante: Contratado
    profissional_solicitante: Profissional
    codigo_hospital: str
    nome_hospital: str
    data_sugerida_internacao: date
    carater_atendimento: str
    tipo_internacao: str
    regime_internacao: str
    quantidade_diarias: int
    indicador_opme: bool
    indicador_quimio: bool
    indicacao_clinica: str
    diagnosticos: tuple[str, ...] = ()
    indicador_acidente: str
    procedimentos: tuple[ProcedimentoSolicitado, ...]
    data_solicitacao: date
    observacao: str | None = None
    anexo: AnexoClinico | None = None

    @property
    def numero_carteira(self) -> str:
        """Carteira of the beneficiário."""
        return self.beneficiario.numero_carteira


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoProrrogacao:
    """More days, or more procedures, in a stay (ctm_prorrogacaoSolicitacaoGuia).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_prestador: Up to 20 characters.
        numero_guia_referenciada: Guia that asked for the stay, up to 20 characters.
        numero_carteira: Up to 20 characters.
        tipo_ident: How the identification was read (dm_tipoIdent).
        identificador_beneficiario: What was read, base64.
        contratado_solicitante: Who asks.
        nome_contratado_solicitante: Up to 70 characters.
        profissional_solicitante: Professional who asks.
        quantidade_diarias: More days, up to 999.
        tipo_acomodacao: dm_tipoAcomodacao.
        indicacao_clinica: Up to 500 characters.
        procedimentos: More procedures.
        anexo: Clinical annexes.
        observacao: Up to 500 characters.
        data_solicitacao: Local day.
    """

    registro_ans: str
    numero_guia_prestador: str
    numero_guia_referenciada: str
    numero_carteira: str
    tipo_ident: str | None = None
    identificador_beneficiario: str | None = None
    contratado_solicitante: Contratado
    nome_contratado_solicitante: str
    profissional_solicitante: Profissional
    quantidade_diarias: int | None = None
    tipo_acomodacao: str | None = None
    indicacao_clinica: str
    procedimentos: tuple[ProcedimentoSolicitado, ...] = ()
    anexo: AnexoClinico | None = None
    observacao: str | None = None
    data_solicitacao: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoOdontoSolicitado:
    """A dental item asked for (procedimentosSolicitados of cto_odontoSolicitacaoGuia).

    Attributes:
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        dente: dm_dente, or
        regiao: dm_regiao: one of the two; the schema also accepts neither.
        face: Up to five letters of `OLMVDIP`.
        quantidade: Up to 99.
        quantidade_us: In units of service, two decimal places, below 100000.
        valor: Reais; of one unit or of the whole line: prestadores do both. Up to 999999.99 in 4.01.00.
        valor_franquia: Reais.
        autorizado: As the prestador says.
        data_realizacao: Local day.
    """

    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    quantidade: int
    quantidade_us: Decimal | None = None
    valor: Decimal
    valor_franquia: Decimal | None = None
    autorizado: bool
    data_realizacao: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoOdonto:
    """A request of dental treatment (cto_odontoSolicitacaoGuia).

    The `_solicitante`, `_executante` and `_executante2` fields are dadosProfissionaisResponsaveis, where the standard
    leaves all of the requester and most of the second executante optional.

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_prestador: Up to 20 characters.
        numero_guia_principal: Guia this one goes on from, up to 20 characters.
        ausencia_cod_validacao: Why there is no token (dm_ausenciaCodValidacao).
        cod_validacao: The token, up to 10 characters.
        numero_carteira: Up to 20 characters.
        atendimento_rn: A newborn attended on the mother's carteira.
        tipo_ident: How the identification was read (dm_tipoIdent).
        identificador_beneficiario: What was read, base64.
        plano_beneficiario: Up to 40 characters.
        nome_empresa: Up to 40 characters.
        nome_solicitante: Up to 70 characters.
        cro_solicitante: Up to 20 characters.
        uf_solicitante: dm_UF (IBGE code).
        cbo_solicitante: dm_CBOS.
        codigo_executante: Code at the operadora, up to 14 characters.
        cro_executante: Up to 20 characters.
        uf_executante: dm_UF.
        cnes_executante: Up to 7 characters.
        nome_executante2: Up to 70 characters.
        cro_executante2: Up to 20 characters.
        uf_executante2: dm_UF.
        cbo_executante2: dm_CBOS.
        procedimentos: At least one.
        data_termino: Local day the treatment ends.
        tipo_atendimento: dm_tipoAtendimentoOdonto.
        quantidade_total_us: In units of service.
        valor_total_procedimentos: Reais. Up to 999999.99 in 4.01.00.
        valor_total_franquia: Reais.
        observacao: Up to 500 characters.
        situacao_inicial: Initial state of the mouth.
    """

    registro_ans: str
    numero_guia_prestador: str
    numero_guia_principal: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    numero_carteira: str
    atendimento_rn: bool
    tipo_ident: str | None = None
    identificador_beneficiario: str | None = None
    plano_beneficiario: str
    nome_empresa: str | None = None
    nome_solicitante: str | None = None
    cro_solicitante: str | None = None
    uf_solicitante: str | None = None
    cbo_solicitante: str | None = None
    codigo_executante: str
    cro_executante: str
    uf_executante: str
    cnes_executante: str
    nome_executante2: str | None = None
    cro_executante2: str | None = None
    uf_executante2: str | None = None
    cbo_executante2: str
    procedimentos: tuple[ProcedimentoOdontoSolicitado, ...]
    data_termino: date | None = None
    tipo_atendimento: str
    quantidade_total_us: Decimal | None = None
    valor_total_procedimentos: Decimal
    valor_total_franquia: Decimal | None = None
    observacao: str | None = None
    situacao_inicial: AnexoSituacaoInicial | None = None


Solicitacao = SolicitacaoSpSadt | SolicitacaoInternacao | SolicitacaoProrrogacao | SolicitacaoOdonto
"""A request of any of the four kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitacaoProcedimento:
    """The body of a SOLICITACAO_PROCEDIMENTOS: exactly one of the four."""

    sp_sadt: SolicitacaoSpSadt | None = None
    internacao: SolicitacaoInternacao | None = None
    prorrogacao: SolicitacaoProrrogacao | None = None
    odonto: SolicitacaoOdonto | None = None

    @property
    def solicitacao(self) -> Solicitacao | None:
        """The one that is given; None when there is none, which no schema accepts."""
        return self.sp_sadt or self.internacao or self.prorrogacao or self.odonto


@dataclass(frozen=True, slots=True, kw_only=True)
class SolicitaStatusAutorizacao:
    """What became of a request? (ct_autorizacaoSolicitaStatus).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_prestador: Of the request, up to 20 characters.
        beneficiario: Of the request.
        contratado: Who asks.
    """

    registro_ans: str
    numero_guia_prestador: str
    beneficiario: Beneficiario
    contratado: Contratado
