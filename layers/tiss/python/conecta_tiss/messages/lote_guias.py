"""`loteGuias`: what a prestador bills, 1 to 100 guias of one kind."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from conecta_tiss.messages.comum import Beneficiario, Contratado, Profissional


class TipoGuia(StrEnum):
    """The five kinds, by the name of their element."""

    SP_SADT = "guiaSP-SADT"
    RESUMO_INTERNACAO = "guiaResumoInternacao"
    HONORARIOS = "guiaHonorarios"
    CONSULTA = "guiaConsulta"
    ODONTO = "guiaOdonto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Autorizacao:
    """Authorisation a guia refers to (ct_autorizacaoSADT, ct_autorizacaoInternacao).

    The senha is optional in SP/SADT and required in a resumo de internação.
    """

    numero_guia_operadora: str | None = None
    data_autorizacao: date
    senha: str | None = None
    data_validade_senha: date | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValoresGuia:
    """Totals of a guia by category, in reais (ct_guiaValorTotal); only the grand total is required."""

    procedimentos: Decimal | None = None
    diarias: Decimal | None = None
    taxas_alugueis: Decimal | None = None
    materiais: Decimal | None = None
    medicamentos: Decimal | None = None
    opme: Decimal | None = None
    gases_medicinais: Decimal | None = None
    total_geral: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Executante:
    """Who took part in a procedure (ct_identEquipe, ct_identEquipeSADT, profissionais of honorários).

    Attributes:
        grau_participacao: dm_grauPart; optional only in SP/SADT.
        codigo_na_operadora: Code at the operadora, or
        cpf: CPF: exactly one of the two.
        nome: Up to 70 characters.
        conselho: dm_conselhoProfissional.
        numero_conselho: Up to 15 characters.
        uf: dm_UF (IBGE code).
        cbo: dm_CBOS.
    """

    grau_participacao: str | None = None
    codigo_na_operadora: str | None = None
    cpf: str | None = None
    nome: str
    conselho: str
    numero_conselho: str
    uf: str
    cbo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoExecutado:
    """A procedure of SP/SADT, internação or honorários (ct_procedimentoExecutadoSadt, ...Int, ...HonorIndiv).

    Attributes:
        sequencial_item: 1 to 9999, unique in the guia.
        data_execucao: Local day.
        hora_inicial: `HH:MM:SS`.
        hora_final: `HH:MM:SS`.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        quantidade: Whole number, up to 999.
        via_acesso: dm_viaDeAcesso.
        tecnica_utilizada: dm_tecnicaUtilizada.
        reducao_acrescimo: Factor on the amount; 1 is neither.
        valor_unitario: Reais.
        valor_total: Reais.
        centro_consumo: dm_centroConsumo; internação from 4.03.00 on.
        equipe: Who took part; at least one in honorários.
    """

    sequencial_item: int
    data_execucao: date
    hora_inicial: str | None = None
    hora_final: str | None = None
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    quantidade: Decimal
    via_acesso: str | None = None
    tecnica_utilizada: str | None = None
    reducao_acrescimo: Decimal
    valor_unitario: Decimal
    valor_total: Decimal
    centro_consumo: str | None = None
    equipe: tuple[Executante, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Despesa:
    """An item of outras despesas (ct_outrasDespesas).

    Attributes:
        sequencial_item: Goes on after the procedures or starts again at 1.
        codigo_despesa: dm_outrasDespesas: 01 gases, 02 medicamentos, 03 materiais, 05 diárias, 07 taxas, 08 OPME.
        data_execucao: Local day.
        hora_inicial: `HH:MM:SS`.
        hora_final: `HH:MM:SS`.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        quantidade: Up to four decimal places.
        unidade_medida: dm_unidadeMedida.
        reducao_acrescimo: Factor on the amount.
        valor_unitario: Reais.
        valor_total: Reais.
        centro_consumo: dm_centroConsumo, from 4.03.00 on.
        descricao_procedimento: Up to 150 characters.
        registro_anvisa: For materials and OPME.
        codigo_ref_fabricante: For materials and OPME.
        autorizacao_funcionamento: For OPME.
        item_vinculado: sequencialItem of the procedure it belongs to.
    """

    sequencial_item: int
    codigo_despesa: str
    data_execucao: date
    hora_inicial: str | None = None
    hora_final: str | None = None
    codigo_tabela: str
    codigo_procedimento: str
    quantidade: Decimal
    unidade_medida: str
    reducao_acrescimo: Decimal
    valor_unitario: Decimal
    valor_total: Decimal
    centro_consumo: str | None = None
    descricao_procedimento: str
    registro_anvisa: str | None = None
    codigo_ref_fabricante: str | None = None
    autorizacao_funcionamento: str | None = None
    item_vinculado: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaSpSadt:
    """Services and diagnosis (ctm_sp-sadtGuia)."""

    registro_ans: str
    numero_guia_prestador: str
    guia_principal: str | None = None
    autorizacao: Autorizacao | None = None
    beneficiario: Beneficiario
    contratado_solicitante: Contratado
    nome_contratado_solicitante: str
    profissional_solicitante: Profissional
    data_solicitacao: date | None = None
    carater_atendimento: str
    indicacao_clinica: str | None = None
    cobertura_especial: str | None = None
    contratado_executante: Contratado
    cnes_executante: str
    tipo_atendimento: str
    indicacao_acidente: str
    tipo_consulta: str | None = None
    motivo_encerramento: str | None = None
    regime_atendimento: str
    saude_ocupacional: str | None = None
    procedimentos: tuple[ProcedimentoExecutado, ...] = ()
    despesas: tuple[Despesa, ...] = ()
    observacao: str | None = None
    valores: ValoresGuia
    assinada: bool = False

    @property
    def numero_carteira(self) -> str:
        """Carteira of the beneficiário."""
        return self.beneficiario.numero_carteira

    @property
    def senha(self) -> str | None:
        """Senha of the authorisation, if any."""
        return None if self.autorizacao is None else self.autorizacao.senha

    @property
    def valor_total(self) -> Decimal:
        """What the guia bills, in reais."""
        return self.valores.total_geral


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaracao:
    """Births and deaths of an internação (declaracoes)."""

    declaracao_nascido: str | None = None
    diagnostico_obito: str | None = None
    declaracao_obito: str | None = None
    indicador_do_rn: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaResumoInternacao:
    """A stay, whole or in part (ctm_internacaoResumoGuia); times are `HH:MM:SS`."""

    registro_ans: str
    numero_guia_prestador: str
    numero_guia_solicitacao_internacao: str
    autorizacao: Autorizacao
    beneficiario: Beneficiario
    contratado_executante: Contratado
    cnes_executante: str
    carater_atendimento: str
    tipo_faturamento: str
    data_inicio_faturamento: date
    hora_inicio_faturamento: str
    data_final_faturamento: date
    hora_final_faturamento: str
    tipo_internacao: str
    regime_internacao: str
    declaracoes: tuple[Declaracao, ...] = ()
    diagnosticos: tuple[str, ...] = ()
    indicador_acidente: str
    motivo_encerramento: str
    procedimentos: tuple[ProcedimentoExecutado, ...] = ()
    valores: ValoresGuia
    despesas: tuple[Despesa, ...] = ()
    observacao: str | None = None
    assinada: bool = False

    @property
    def numero_carteira(self) -> str:
        """Carteira of the beneficiário."""
        return self.beneficiario.numero_carteira

    @property
    def senha(self) -> str | None:
        """Senha of the authorisation."""
        return self.autorizacao.senha

    @property
    def valor_total(self) -> Decimal:
        """What the guia bills, in reais."""
        return self.valores.total_geral


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaHonorarios:
    """Individual fees (ctm_honorarioIndividualGuia).

    Attributes:
        registro_ans: Of the operadora.
        numero_guia_prestador: The prestador's number for the guia.
        guia_solic_internacao: Guia that asked for the internação.
        senha: Of the authorisation.
        numero_guia_operadora: The operadora's number for the guia.
        numero_carteira: Carteira of the beneficiário.
        atendimento_rn: A newborn attended on the mother's carteira.
        codigo_local: Where it was done: code at the operadora, or
        cnpj_local: CNPJ: exactly one of the two.
        nome_local: Name of that place.
        cnes_local: CNES of that place.
        codigo_executante: Code of who bills.
        cnes_executante: CNES of who bills.
        data_inicio_faturamento: First day billed.
        data_fim_faturamento: Last day billed.
        carater_atendimento: dm_caraterAtendimento: required from 4.03.00 on, absent before.
        procedimentos: At least one.
        observacao: Up to 500 characters.
        valor_total_honorarios: Reais.
        data_emissao_guia: Local day.
        assinada: The guia carries its own signature, which is not kept.
    """

    registro_ans: str
    numero_guia_prestador: str
    guia_solic_internacao: str
    senha: str | None = None
    numero_guia_operadora: str | None = None
    numero_carteira: str
    atendimento_rn: bool
    codigo_local: str | None = None
    cnpj_local: str | None = None
    nome_local: str
    cnes_local: str
    codigo_executante: str
    cnes_executante: str
    data_inicio_faturamento: date
    data_fim_faturamento: date
    carater_atendimento: str | None = None
    procedimentos: tuple[ProcedimentoExecutado, ...]
    observacao: str | None = None
    valor_total_honorarios: Decimal
    data_emissao_guia: date
    assinada: bool = False

    @property
    def valor_total(self) -> Decimal:
        """What the guia bills, in reais."""
        return self.valor_total_honorarios


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaConsulta:
    """A consultation: one procedure (ctm_consultaGuia)."""

    registro_ans: str
    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    beneficiario: Beneficiario
    codigo_executante: str | None = None
    cpf_executante: str | None = None
    cnpj_executante: str | None = None
    cnes_executante: str
    profissional_executante: Profissional
    indicacao_acidente: str
    cobertura_especial: str | None = None
    regime_atendimento: str
    saude_ocupacional: str | None = None
    data_atendimento: date
    tipo_consulta: str
    codigo_tabela: str
    codigo_procedimento: str
    valor_procedimento: Decimal
    observacao: str | None = None
    assinada: bool = False

    @property
    def numero_carteira(self) -> str:
        """Carteira of the beneficiário."""
        return self.beneficiario.numero_carteira

    @property
    def senha(self) -> str | None:
        """A consultation carries no senha."""
        return None

    @property
    def valor_total(self) -> Decimal:
        """What the guia bills, in reais."""
        return self.valor_procedimento


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoOdonto:
    """A dental procedure (procedimentosExecutados of cto_guiaOdontologia).

    Attributes:
        sequencial_item: 1 to 9999, unique in the guia.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        dente: dm_dente, or
        regiao: dm_regiao: one of the two, or neither.
        face: Up to five letters of `OLMVDIP`.
        quantidade: Whole number, up to 99.
        quantidade_us: In units of service, two decimal places.
        valor: Reais; of one unit or of the whole line: prestadores do both.
        valor_franquia: Reais.
        autorizado: As the prestador says.
        data_realizacao: Local day.
    """

    sequencial_item: int
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    dente: str | None = None
    regiao: str | None = None
    face: str | None = None
    quantidade: Decimal
    quantidade_us: Decimal | None = None
    valor: Decimal
    valor_franquia: Decimal | None = None
    autorizado: bool
    data_realizacao: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoDente:
    """State of one tooth: dm_dente and dm_condicaoClinica."""

    dente: str
    condicao: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoInicial:
    """Initial state of the mouth, attached to a dental guia (cto_anexoSituacaoInicialnaGTO)."""

    numero_guia_anexo: str
    numero_guia_referenciada: str
    numero_guia_operadora: str | None = None
    dentes: tuple[SituacaoDente, ...]
    doenca_periodontal: bool | None = None
    alteracao_tecido_mole: bool | None = None
    observacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuiaOdonto:
    """Dental treatment (cto_guiaOdontologia).

    The `_solicitante`, `_executante` and `_executante2` fields are dadosProfissionaisResponsaveis, where the
    standard leaves all of the requester and most of the second executante optional.
    """

    registro_ans: str
    numero_guia_prestador: str
    numero_guia_principal: str | None = None
    data_autorizacao: date | None = None
    senha: str | None = None
    data_validade_senha: date | None = None
    numero_guia_operadora: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    beneficiario: Beneficiario
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
    procedimentos: tuple[ProcedimentoOdonto, ...]
    data_termino: date | None = None
    tipo_atendimento: str
    tipo_faturamento: str
    quantidade_total_us: Decimal | None = None
    valor_total_procedimentos: Decimal
    valor_total_franquia: Decimal | None = None
    observacao: str | None = None
    situacao_inicial: SituacaoInicial | None = None
    assinada: bool = False

    @property
    def numero_carteira(self) -> str:
        """Carteira of the beneficiário."""
        return self.beneficiario.numero_carteira

    @property
    def valor_total(self) -> Decimal:
        """What the guia bills, in reais."""
        return self.valor_total_procedimentos


Guia = GuiaSpSadt | GuiaResumoInternacao | GuiaHonorarios | GuiaConsulta | GuiaOdonto
"""A guia of a lote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoteGuias:
    """The body of an ENVIO_LOTE_GUIAS (ctm_guiaLote).

    Attributes:
        numero_lote: Up to 12 characters; Conecta asks for digits, as a recurso carries nothing else.
        tipo: Kind of all its guias.
        guias: 1 to 100.
    """

    numero_lote: str
    tipo: TipoGuia
    guias: tuple[Guia, ...]

    @property
    def valor_total(self) -> Decimal:
        """Sum of what its guias bill, in reais."""
        return sum((guia.valor_total for guia in self.guias), start=Decimal())
