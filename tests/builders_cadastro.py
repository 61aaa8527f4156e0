"""Facts of cadastro, valid as they come; a test says only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from conecta_edge.clock import local_day
from conecta_facts.beneficiarios import Beneficiario, Sexo
from conecta_facts.contratos import Contrato, ContratoCompleto, Diaria, Pacote, Preco, ProcedimentoContratado
from conecta_facts.operadoras import Canal, Contato, Operadora, VersaoAceita
from conecta_facts.planos import (
    Abrangencia,
    Acomodacao,
    Carencia,
    Cobertura,
    GrupoCarencia,
    Plano,
    PlanoCompleto,
)
from conecta_facts.prestadores import Local, Profissional
from conecta_facts.procedimentos import RegraProcedimento
from conecta_facts.relacionamentos import Periodo, Relacionamento, Situacao
from tests.builders_functions import HOSPITAL, NOW, PASA, SINCE, VALE

HOJE: Final = local_day(NOW)
"""2026-11-21, the day the tests happen on."""
INICIO: Final = date(2026, 1, 1)
"""Since when what is loaded is in force."""
INCLUSAO: Final = date(2015, 3, 1)
CARTEIRA: Final = "00012345678900011"
OUTRA_CARTEIRA: Final = "00012345678900029"
CPF: Final = "52998224725"
OUTRO_CPF: Final = "11144477735"
NOME: Final = "Joana Prado de Exemplo"
PLANO: Final = "AMS-NAC-01"
TABELA: Final = "22"
CONSULTA: Final = "10101012"
HEMOGRAMA: Final = "40304361"
PRECOS: Final = "CBHPM-2022"


def a_vida(carteira: str = CARTEIRA, **changes: Any) -> Beneficiario:
    """A titular of VALE, included long ago, whom nothing keeps from being attended."""
    made = Beneficiario(
        registro_ans=VALE,
        numero_carteira=carteira,
        nome=NOME,
        plano=PLANO,
        data_nascimento=date(1980, 5, 17),
        sexo=Sexo.F,
        data_inclusao=INCLUSAO,
        cpf=CPF,
        validade_carteira=date(2027, 12, 31),
    )
    return replace(made, **changes)


def a_plano(codigo: str = PLANO, **changes: Any) -> Plano:
    """A national plan with everything but odontologia."""
    made = Plano(
        codigo=codigo,
        nome="AMS Nacional",
        ambulatorial=True,
        hospitalar=True,
        obstetricia=True,
        odontologia=False,
        abrangencia=Abrangencia.NACIONAL,
        coparticipacao=True,
        vigente_de=date(2010, 1, 1),
        registro_produto="400123456",
        acomodacao=Acomodacao.INDIVIDUAL,
    )
    return replace(made, **changes)


def a_carencia(grupo: GrupoCarencia = GrupoCarencia.PARTO, dias: int = 300, **changes: Any) -> Carencia:
    """A carência of the plan."""
    return replace(Carencia(PLANO, grupo, dias, date(2010, 1, 1)), **changes)


def a_cobertura(codigo: str = HEMOGRAMA, **changes: Any) -> Cobertura:
    """What the plan says of one code: covered."""
    return replace(Cobertura(PLANO, TABELA, codigo, coberto=True, vigente_de=INICIO), **changes)


def a_plano_completo(*carencias: Carencia, coberturas: tuple[Cobertura, ...] = (), **changes: Any) -> PlanoCompleto:
    """The plan with those carências and coverages."""
    return PlanoCompleto(a_plano(**changes), carencias, coberturas)


def relacionamento_of(
    *periodos: tuple[str, date] | tuple[str, date, str], registro_ans: str = VALE, **changes: Any
) -> Relacionamento:
    """A relacionamento of the hospital, period by period: (state, first day, reason)."""
    made = tuple(Periodo(Situacao(situacao), *rest) for situacao, *rest in periodos)
    return replace(Relacionamento(HOSPITAL, registro_ans, "HOSP01", made), **changes)


def a_contrato(de: date = INICIO, **changes: Any) -> Contrato:
    """The hospital's terms with VALE."""
    made = Contrato(
        prestador_id=HOSPITAL,
        registro_ans=VALE,
        numero="2026/001",
        vigente_de=de,
        prazo_faturamento_dias=90,
        prazo_contestacao_dias=30,
        prazo_resposta_dias=30,
        prazo_pagamento_dias=30,
        tabela_precos=PRECOS,
    )
    return replace(made, **changes)


def a_preco(codigo: str = CONSULTA, valor: str = "120.00", **changes: Any) -> Preco:
    """A price of the contract's table."""
    return replace(Preco(PRECOS, TABELA, codigo, Decimal(valor), INICIO), **changes)


def a_contratado(codigo: str = CONSULTA, **changes: Any) -> ProcedimentoContratado:
    """A procedure the hospital may be asked for."""
    return replace(ProcedimentoContratado(HOSPITAL, TABELA, codigo, INICIO), **changes)


def a_diaria(codigo: str = "60000651", **changes: Any) -> Diaria:
    """A negotiated diária."""
    made = Diaria(HOSPITAL, "18", codigo, "Diária de apartamento", Decimal("480.00"), INICIO, acomodacao="INDIVIDUAL")
    return replace(made, **changes)


def a_pacote(codigo: str = "98000001", **changes: Any) -> Pacote:
    """A negotiated package of the operadora's own table."""
    made = Pacote(HOSPITAL, "98", codigo, "Pronto-socorro adulto", Decimal("350.00"), INICIO, itens=("22:10101039",))
    return replace(made, **changes)


def a_contrato_completo(**changes: Any) -> ContratoCompleto:
    """The terms, a consultation, a diária and a package."""
    return replace(
        ContratoCompleto((a_contrato(),), (a_contratado(),), (a_diaria(),), (a_pacote(),)),
        **changes,
    )


def a_regra(codigo: str = HEMOGRAMA, **changes: Any) -> RegraProcedimento:
    """What is asked of a code, of every plan: nothing."""
    made = RegraProcedimento(
        tabela=TABELA, codigo=codigo, exige_senha=False, exige_analise=False, alta_complexidade=False, vigente_de=INICIO
    )
    return replace(made, **changes)


def a_local(cnes: str = "1234567", **changes: Any) -> Local:
    """A place of the hospital."""
    return replace(Local(HOSPITAL, cnes, "Unidade Centro", INICIO, municipio="Vitória", uf="ES"), **changes)


def a_profissional(numero: str = "52000001", **changes: Any) -> Profissional:
    """A physician of the hospital's corpo clínico."""
    made = Profissional(HOSPITAL, "06", numero, "ES", "Profissional Exemplo", "225125", INICIO, cpf=OUTRO_CPF)
    return replace(made, **changes)


def an_operadora(registro_ans: str = VALE, **changes: Any) -> Operadora:
    """One of the two operadoras of a group, which takes 4.01.00."""
    nome = {VALE: "VALE/AMS", PASA: "PASA"}.get(registro_ans, f"Operadora {registro_ans}")
    made = Operadora(
        registro_ans, nome, "VALE/PASA", (VALE, PASA), (VersaoAceita("4.01.00", SINCE),), data_migracao=INICIO
    )
    return replace(made, **changes)


def a_contato(codigo: str = "central-capitais", **changes: Any) -> Contato:
    """The Central, by telephone."""
    return replace(Contato(codigo, "Capitais", Canal.TELEFONE, "4004-0183", horario="24 horas"), **changes)
