"""`autorizacaoServicos` and `situacaoAutorizacao`: the operadora's answer to a request, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from conecta_tiss.messages.comum import Beneficiario, Contratado, MotivoGlosa
    from conecta_tiss.messages.oncologia import AutorizacaoQuimio, AutorizacaoRadio


@dataclass(frozen=True, slots=True, kw_only=True)
class DadosAutorizacao:
    """Numbers and days of an authorisation (ct_autorizacaoDados).

    Attributes:
        numero_guia_prestador: Of the request, up to 20 characters.
        numero_guia_operadora: Up to 20 characters.
        ausencia_cod_validacao: Why there was no token (dm_ausenciaCodValidacao).
        cod_validacao: The token, up to 10 characters.
        data_autorizacao: Local day of the decision; with it come
        senha: up to 20 characters, and
        data_validade_senha: last local day of the senha: all three only when something was authorised.
    """

    numero_guia_prestador: str
    numero_guia_operadora: str | None = None
    ausencia_cod_validacao: str | None = None
    cod_validacao: str | None = None
    data_autorizacao: date | None = None
    senha: str | None = None
    data_validade_senha: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicoAutorizado:
    """What was decided of one item (ct_procedimentoAutorizado).

    Attributes:
        sequencial_item: From 1, the item's place in the request.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        quantidade_solicitada: Up to 999.
        quantidade_autorizada: Up to 999; 0 when nothing of it was authorised.
        valor_solicitado: Reais. Up to 999999.99 in 4.01.00.
        valor_autorizado: Reais. Up to 999999.99 in 4.01.00.
        opcao_fabricante: dm_opcaoFabricante.
        registro_anvisa: Up to 15 characters.
        codigo_ref_fabricante: Up to 60 characters.
        autorizacao_funcionamento: Up to 30 characters.
        motivos_negativa: Why not, or not all.
    """

    sequencial_item: int
    codigo_tabela: str
    codigo_procedimento: str
    descricao_procedimento: str
    quantidade_solicitada: int
    quantidade_autorizada: int
    valor_solicitado: Decimal | None = None
    valor_autorizado: Decimal | None = None
    opcao_fabricante: str | None = None
    registro_anvisa: str | None = None
    codigo_ref_fabricante: str | None = None
    autorizacao_funcionamento: str | None = None
    motivos_negativa: tuple[MotivoGlosa, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrestadorAutorizado:
    """Who may do it, and its CNES (up to 7 characters)."""

    contratado: Contratado
    cnes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoServico:
    """What was decided of a request of services (ctm_autorizacaoServico).

    Attributes:
        autorizacao: Numbers, senha and days.
        etapa_autorizacao: dm_etapasAutorizacao, as asked.
        beneficiario: As asked.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        cobertura_especial: dm_cobEsp, from 4.02.00 on.
        prestador: Who may do it.
        status: dm_statusSolicitacao: 1 autorizado, 2 em análise, 3 negado, 4 aguardando justificativa, 5 aguardando
            documentação, 6 cancelada, 7 autorizado parcialmente.
        motivos_negativa: Codes of table 38, of the request as a whole.
        servicos: What was decided of each item.
        observacao: Up to 1000 characters.
        quimio: What was decided of the chemotherapy.
        radio: What was decided of the radiotherapy.
    """

    autorizacao: DadosAutorizacao
    etapa_autorizacao: str
    beneficiario: Beneficiario
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    cobertura_especial: str | None = None
    prestador: PrestadorAutorizado | None = None
    status: str
    motivos_negativa: tuple[str, ...] = ()
    servicos: tuple[ServicoAutorizado, ...] = ()
    observacao: str | None = None
    quimio: AutorizacaoQuimio | None = None
    radio: AutorizacaoRadio | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoInternacao:
    """What was decided of a stay (ctm_autorizacaoInternacao).

    Attributes:
        servicos: The request's part that every kind has.
        data_provavel_admissao: Local day.
        quantidade_diarias: Up to 999.
        tipo_acomodacao: dm_tipoAcomodacao.
    """

    servicos: AutorizacaoServico
    data_provavel_admissao: date | None = None
    quantidade_diarias: int | None = None
    tipo_acomodacao: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoProrrogacao:
    """What was decided of more days or procedures in a stay (ctm_autorizacaoProrrogacao).

    Attributes:
        servicos: The request's part that every kind has.
        nome_contratado: Up to 70 characters.
        quantidade_diarias: Up to 999.
        tipo_acomodacao: dm_tipoAcomodacao.
        justificativa_operadora: Up to 500 characters.
    """

    servicos: AutorizacaoServico
    nome_contratado: str | None = None
    quantidade_diarias: int | None = None
    tipo_acomodacao: str | None = None
    justificativa_operadora: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedimentoOdontoAutorizado:
    """What was decided of one dental item (procedimentosAutorizados of cto_autorizacaoServico).

    Attributes:
        sequencial_item: From 1, the item's place in the request.
        codigo_tabela: dm_tabela.
        codigo_procedimento: Up to 10 characters.
        descricao_procedimento: Up to 150 characters.
        dente: dm_dente, or
        regiao: dm_regiao: one of the two, or neither.
        face: Up to five letters of `OLMVDIP`.
        quantidade: Up to 99.
        quantidade_us: In units of service: below 1000000 in 4.01.00, below 100000 from 4.02.00 on.
        valor: Reais. Up to 999999.99 in 4.01.00.
        valor_franquia: Reais. Up to 999999.99 in 4.01.00.
        autorizado: Whether it was authorised.
        motivos_negativa: Codes of table 38: why not.
    """

    sequencial_item: int
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
    motivos_negativa: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoOdonto:
    """What was decided of dental treatment (cto_autorizacaoServico).

    Attributes:
        autorizacao: Numbers, senha and days.
        numero_carteira: Up to 20 characters.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        tipo_ident: dm_tipoIdent, as asked.
        identificador_beneficiario: Base64, as asked.
        status: dm_statusSolicitacao, as in `AutorizacaoServico`.
        prestador: Who may do it.
        procedimentos: What was decided of each item.
        motivos_negativa: Codes of table 38, of the request as a whole.
    """

    autorizacao: DadosAutorizacao
    numero_carteira: str
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    tipo_ident: str | None = None
    identificador_beneficiario: str | None = None
    status: str
    prestador: Contratado | None = None
    procedimentos: tuple[ProcedimentoOdontoAutorizado, ...] = ()
    motivos_negativa: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutorizacaoOpme:
    """What was decided of an annex of OPME (ctm_autorizacaoOPME).

    Attributes:
        autorizacao: Numbers, senha and days.
        beneficiario: As asked.
        nome_beneficiario: Up to 70 characters.
        nome_social_beneficiario: Up to 70 characters.
        status: dm_statusSolicitacao, as in `AutorizacaoServico`.
        motivos_negativa: Why not.
        prestador: Who may do it.
        servicos: What was decided of each material.
    """

    autorizacao: DadosAutorizacao
    beneficiario: Beneficiario
    nome_beneficiario: str
    nome_social_beneficiario: str | None = None
    status: str
    motivos_negativa: tuple[MotivoGlosa, ...] = ()
    prestador: Contratado | None = None
    servicos: tuple[ServicoAutorizado, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SituacaoAutorizacao:
    """The answer (ct_situacaoAutorizacao): exactly one of an error and the four kinds."""

    mensagem_erro: MotivoGlosa | None = None
    internacao: AutorizacaoInternacao | None = None
    servico: AutorizacaoServico | None = None
    prorrogacao: AutorizacaoProrrogacao | None = None
    odonto: AutorizacaoOdonto | None = None
