"""The JSON contract of what the operadora publishes: operadoras, contacts, contracts, rules of procedures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

Reais = Annotated[str, Field(description="Em reais, com duas casas.")]


class VersaoView(BaseModel):
    """Uma versão da TISS aceita entre duas datas, inclusive."""

    versao: str
    aceita_de: date
    aceita_ate: date | None = None


class OperadoraView(BaseModel):
    """Uma operadora; as de mesmo grupo são escolhidas como uma só."""

    registro_ans: str
    nome: str
    nome_grupo: str
    grupo: list[str]
    versoes: list[VersaoView]
    data_migracao: date | None = None
    portal_legado: Annotated[str | None, Field(description="Onde se consulta o que foi enviado antes da migração.")] = (
        None
    )
    recurso_legado: str
    cnpj: Annotated[str | None, Field(description="CNPJ da operadora: o tomador das notas fiscais.")] = None


class OperadorasView(BaseModel):
    """As operadoras atendidas."""

    operadoras: list[OperadoraView]


class ContatoView(BaseModel):
    """Um contato público."""

    codigo: str
    regiao: str
    canal: str
    valor: str
    descricao: str | None = None
    horario: str | None = None


class ContatosView(BaseModel):
    """Os contatos de uma operadora, por região."""

    registro_ans: str
    contatos: list[ContatoView]


class TermosView(BaseModel):
    """Os termos do contrato em vigor na data."""

    numero: str
    vigente_de: date
    vigente_ate: date | None = None
    prazo_faturamento_dias: int
    data_base_ambulatorial: str
    data_base_internacao: str
    prazo_contestacao_dias: int
    prazo_resposta_dias: int
    prazo_pagamento_dias: int
    tabela_precos: str
    pacote_pronto_socorro: str | None = None
    conduta_pronto_socorro: str
    cotacoes_opme: int
    exige_cod_validacao: bool


class ItemContratadoView(BaseModel):
    """Um código contratado; `codigo` pode terminar em `*`, e vale então para todos que comecem assim."""

    tabela: str
    codigo: str
    descricao: str | None = None
    valor: Reais | None = None
    acomodacao: str | None = None
    itens: list[str] = Field(default_factory=list)
    vigente_de: date
    vigente_ate: date | None = None


class LocalView(BaseModel):
    """Um local de atendimento."""

    cnes: str
    nome: str
    logradouro: str | None = None
    municipio: str | None = None
    uf: str | None = None
    vigente_de: date
    vigente_ate: date | None = None


class ContratoView(BaseModel):
    """O contrato do prestador com a operadora, como os motores o leem."""

    registro_ans: str
    data: date
    codigo_na_operadora: str
    situacao: str | None = None
    autorizacao: bool
    faturamento: bool
    termos: Annotated[TermosView | None, Field(description="Nulo quando não há contrato em vigor na data.")] = None
    diarias: list[ItemContratadoView]
    pacotes: list[ItemContratadoView]
    procedimentos: list[ItemContratadoView]
    locais: list[LocalView]


class ProfissionalView(BaseModel):
    """Um profissional do corpo clínico."""

    conselho: Annotated[str, Field(description="Código dm_conselhoProfissional da TISS.")]
    numero_conselho: str
    uf: str
    nome: str
    cbo: str
    vigente_de: date
    vigente_ate: date | None = None


class CorpoClinicoView(BaseModel):
    """Uma página do corpo clínico, por conselho, UF e número."""

    registro_ans: str
    data: date
    profissionais: list[ProfissionalView]
    cursor: str | None = None


class PrecosView(BaseModel):
    """Uma página da tabela de preços do contrato, em ordem de código."""

    registro_ans: str
    data: date
    tabela_precos: str
    precos: list[ItemContratadoView]
    cursor: str | None = None


class RegraView(BaseModel):
    """O que a operadora exige de um procedimento."""

    tabela: str
    codigo: str
    descricao: str | None = None
    plano: Annotated[str | None, Field(description="Nulo quando vale para todos os planos.")] = None
    exige_senha: bool
    exige_analise: bool
    documentos: Annotated[list[str], Field(description="Códigos dm_tipoDocumento a enviar com o pedido.")]
    limite_quantidade: int | None = None
    limite_dias: int | None = None
    alta_complexidade: bool
    vigente_de: date
    vigente_ate: date | None = None


class RegrasView(BaseModel):
    """Uma página das regras em vigor, em ordem de código."""

    registro_ans: str
    data: date
    plano: str | None = None
    total: int
    regras: list[RegraView]
    cursor: str | None = None


class MudancaView(BaseModel):
    """Um procedimento cuja regra mudou entre as duas datas."""

    tabela: str
    codigo: str
    tipo: Annotated[str, Field(description="INCLUIDA, RETIRADA ou ALTERADA.")]
    antes: RegraView | None = None
    depois: RegraView | None = None


class DiferencaView(BaseModel):
    """O que mudou entre duas datas."""

    registro_ans: str
    de: date
    ate: date
    plano: str | None = None
    mudancas: list[MudancaView]
