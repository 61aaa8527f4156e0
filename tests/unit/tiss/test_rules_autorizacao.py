"""Formal rules of requests, annexes, cancellations, stays and answers: each with a message that breaks it alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from conecta_tiss.messages.cancelamento import GuiaACancelar
from conecta_tiss.messages.comum import MotivoGlosa
from conecta_tiss.messages.envelope import Parte
from conecta_tiss.messages.ilegivel import DATA_ILEGIVEL, NUMERO_ILEGIVEL, VALOR_ILEGIVEL
from conecta_tiss.messages.lote_guias import SituacaoDente
from conecta_tiss.messages.oncologia import (
    DadosComplementares,
    DadosComplementaresRadio,
    DiagnosticoQuimio,
    DiagnosticoRadio,
    TratamentosAnterioresQuimio,
    TratamentosAnterioresRadio,
)
from conecta_tiss.messages.solicitacao import AnexoClinico, SolicitacaoProcedimento
from conecta_tiss.pipeline import validate_message
from conecta_tiss.rules import ENVELOPE_RULES, RULES, Contexto, run_body
from conecta_tiss.versions import Versao
from conecta_tiss.xml import writer
from tests import builders as um

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conecta_tiss.findings import Achado
    from conecta_tiss.messages.envelope import Mensagem
    from conecta_tiss.rules import Regra

V401, _, V403 = Versao
AMANHA = um.HOJE + timedelta(days=1)
OUTRA = "346659"
MODULOS = (
    "solicitacao",
    "anexos",
    "autorizacao",
    "cancelamento",
    "comunicacao",
    "situacao",
    "demonstrativos",
    "recurso",
    "documentos",
)
PEDIDO = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:solicitacaoProcedimento/ans:"
ANEXOS = "/ans:mensagemTISS/ans:prestadorParaOperadora/ans:loteAnexos/ans:AnexosGuiasTISS/ans:"


def all_rules() -> list[Regra[Any]]:
    listas = [
        lista
        for nome in MODULOS
        for lista in vars(import_module(f"conecta_tiss.rules.{nome}")).items()
        if lista[0].endswith("RULES")
    ]
    return [regra for _, regras in listas for regra in regras]


def judge(mensagem: Mensagem[Any]) -> Sequence[Achado]:
    """Findings of a message its schema accepts; each points at an element that is there."""
    achados = validate_message(writer.write(mensagem), hoje=um.HOJE).achados
    assert all(achado.linha is not None for achado in achados), achados
    return achados


def only(mensagem: Mensagem[Any]) -> Achado:
    (achado,) = judge(mensagem)
    return achado


def told(mensagem: Mensagem[Any]) -> list[tuple[str, str, str | None, int | None]]:
    """Rule, code, guia and item of each finding."""
    return [(achado.regra, achado.codigo, achado.guia, achado.item) for achado in judge(mensagem)]


def with_annex(**anexos: Any) -> Mensagem[SolicitacaoProcedimento]:
    return um.solicitacao(um.solicitacao_sp_sadt(anexo=AnexoClinico(**anexos)))


def test_rules_have_distinct_ids_and_say_what_they_ask_and_from_where() -> None:
    regras: list[Regra[Any]] = [*ENVELOPE_RULES, *RULES, *all_rules()]
    assert len({regra.id for regra in regras}) == len(regras) > 35
    for regra in regras:
        assert regra.id.startswith("TISS-")
        assert regra.fonte
        assert regra.funcao.__doc__


# --- any request ---


@pytest.mark.parametrize(
    ("guia", "onde"),
    [
        (um.solicitacao_sp_sadt(registro_ans=OUTRA), "solicitacaoSP-SADT/ans:cabecalhoSolicitacao"),
        (um.solicitacao_internacao(registro_ans=OUTRA), "solicitacaoInternacao"),
        (um.solicitacao_odonto(registro_ans=OUTRA), "solicitacaoOdontologia"),
    ],
)
def test_a_request_of_another_operadora_is_refused(guia: Any, onde: str) -> None:
    achado = only(um.solicitacao(guia))
    assert (achado.regra, achado.codigo, achado.guia) == ("TISS-SOLICITACAO-REGISTRO-ANS", "5027", "S1")
    assert achado.caminho == f"{PEDIDO}{onde}/ans:registroANS"


def test_a_prorrogacao_and_a_question_of_another_operadora_are_refused() -> None:
    assert told(um.solicitacao(um.solicitacao_prorrogacao(registro_ans=OUTRA))) == [
        ("TISS-SOLICITACAO-REGISTRO-ANS", "5027", "S2", None)
    ]
    assert told(um.solicita_status(registro_ans=OUTRA)) == [("TISS-STATUS-REGISTRO-ANS", "5027", "S1", None)]


@pytest.mark.parametrize("quantidade", [0, -1])
@pytest.mark.parametrize(
    ("guia", "campo", "elemento", "numero"),
    [
        (um.solicitacao_sp_sadt, "solicitacaoSP-SADT", "procedimentosSolicitados", "S1"),
        (um.solicitacao_internacao, "solicitacaoInternacao", "procedimentosSolicitados", "S1"),
        (um.solicitacao_prorrogacao, "solicitacaoProrrogacao", "procedimentosAdicionais", "S2"),
    ],
)
def test_what_is_asked_for_is_asked_at_least_once(
    guia: Any, campo: str, elemento: str, numero: str, quantidade: int
) -> None:
    itens = (um.procedimento_solicitado(), um.procedimento_solicitado(quantidade=quantidade))
    achado = only(um.solicitacao(guia(procedimentos=itens)))
    assert (achado.regra, achado.codigo, achado.guia, achado.item) == ("TISS-SOLICITACAO-QUANTIDADE", "1806", numero, 2)
    assert achado.caminho == f"{PEDIDO}{campo}/ans:{elemento}[2]/ans:quantidadeSolicitada"
    assert "quantidadeSolicitada" in achado.mensagem


def test_a_dental_quantity_is_pointed_at_by_its_own_name_and_an_only_item_without_position() -> None:
    achado = only(
        um.solicitacao(um.solicitacao_odonto(procedimentos=(um.procedimento_odonto_solicitado(quantidade=0),)))
    )
    assert (achado.codigo, achado.item) == ("1806", 1)
    assert achado.caminho == f"{PEDIDO}solicitacaoOdontologia/ans:procedimentosSolicitados/ans:qtdProc"


@pytest.mark.parametrize("guia", [um.solicitacao_sp_sadt, um.solicitacao_internacao, um.solicitacao_prorrogacao])
def test_nothing_is_asked_for_from_tomorrow(guia: Any) -> None:
    assert not judge(um.solicitacao(guia(data_solicitacao=um.HOJE)))
    for versao, codigo in ((V401, "1323"), (V403, "3223")):
        achado = only(um.solicitacao(guia(data_solicitacao=AMANHA), versao))
        assert (achado.regra, achado.codigo) == ("TISS-SOLICITACAO-DATA", codigo)
        assert "dataSolicitacao" in achado.mensagem


def test_days_to_come_may_be_to_come() -> None:
    assert not judge(um.solicitacao(um.solicitacao_internacao(data_sugerida_internacao=date(2027, 1, 1))))
    assert not judge(um.solicitacao(um.solicitacao_odonto(data_termino=date(2027, 1, 1))))
    assert not judge(um.lote_anexos(radio=um.anexo_radio(data_prevista_inicio=date(2027, 1, 1))))
    assert not judge(um.lote_anexos(quimio=um.anexo_quimio(drogas=(um.droga(data_provavel=date(2027, 1, 1)),))))


# --- internação and prorrogação ---


def test_a_stay_may_be_of_no_days_but_not_of_fewer() -> None:
    assert not judge(um.solicitacao(um.solicitacao_internacao(quantidade_diarias=0)))
    achado = only(um.solicitacao(um.solicitacao_internacao(quantidade_diarias=-1)))
    assert (achado.regra, achado.codigo) == ("TISS-SOLICITACAO-DIARIAS", "1806")
    assert "negativo" in achado.mensagem
    assert achado.caminho == f"{PEDIDO}solicitacaoInternacao/ans:dadosInternacao/ans:qtDiariasSolicitadas"


@pytest.mark.parametrize("quantas", [0, -1])
def test_a_stay_is_not_prolonged_by_no_days(quantas: int) -> None:
    achado = only(um.solicitacao(um.solicitacao_prorrogacao(quantidade_diarias=quantas)))
    assert (achado.regra, achado.codigo, achado.guia) == ("TISS-SOLICITACAO-DIARIAS", "1806", "S2")


@pytest.mark.parametrize(
    "campos",
    [
        {"quantidade_diarias": 1},
        {"tipo_acomodacao": "12"},
        {"procedimentos": (um.procedimento_solicitado(),)},
        {"anexo": AnexoClinico(quimio=um.anexo_quimio())},
        {"anexo": AnexoClinico(radio=um.anexo_radio())},
        {"anexo": AnexoClinico(opme=um.anexo_opme())},
    ],
)
def test_a_prorrogacao_that_asks_anything_is_fine(campos: dict[str, Any]) -> None:
    assert not judge(um.solicitacao(um.solicitacao_prorrogacao(**{"quantidade_diarias": None, **campos})))


@pytest.mark.parametrize("anexo", [None, AnexoClinico()])
def test_a_prorrogacao_that_asks_nothing_is_told(anexo: Any) -> None:
    guia = um.solicitacao_prorrogacao(quantidade_diarias=None, anexo=anexo)
    assert told(um.solicitacao(guia)) == [("TISS-PRORROGACAO-VAZIA", "5007", "S2", None)]


def test_who_says_there_is_no_opme_does_not_attach_it() -> None:
    anexo = AnexoClinico(
        opme=um.anexo_opme(), quimio=um.anexo_quimio(cabecalho=um.cabecalho_anexo(numero_guia_anexo="A2"))
    )
    achados = judge(um.solicitacao(um.solicitacao_internacao(anexo=anexo)))
    assert [(achado.regra, achado.codigo) for achado in achados] == [("TISS-SOLICITACAO-INDICADOR", "3111")] * 2
    assert [(achado.caminho or "").rpartition(":")[2] for achado in achados] == ["indicadorOPME", "indicadorQuimio"]
    certa = um.solicitacao_internacao(anexo=anexo, indicador_opme=True, indicador_quimio=True)
    assert not judge(um.solicitacao(certa))


def test_what_is_said_to_come_may_come_later() -> None:
    for anexo in (None, AnexoClinico(radio=um.anexo_radio())):
        guia = um.solicitacao_internacao(indicador_opme=True, indicador_quimio=True, anexo=anexo)
        assert not judge(um.solicitacao(guia))


# --- odontologia ---


def odonto(**campos: Any) -> Mensagem[SolicitacaoProcedimento]:
    """A request of two items, the second as told."""
    itens = (um.procedimento_odonto_solicitado(), um.procedimento_odonto_solicitado(**campos))
    return um.solicitacao(um.solicitacao_odonto(procedimentos=itens))


def test_every_dental_item_says_where() -> None:
    for versao, codigo in ((V401, "3022"), (V403, "3307")):
        mensagem = um.solicitacao(
            um.solicitacao_odonto(procedimentos=(um.procedimento_odonto_solicitado(dente=None),)), versao
        )
        achado = only(mensagem)
        assert (achado.regra, achado.codigo, achado.guia, achado.item) == ("TISS-ODONTO-LOCAL", codigo, "S1", 1)
        assert achado.caminho == f"{PEDIDO}solicitacaoOdontologia/ans:procedimentosSolicitados"
    assert not judge(odonto(dente=None, regiao="ASAI"))


@pytest.mark.parametrize(
    ("campos", "codigo", "parte"),
    [
        ({"face": "OX"}, "5039", "tabela de faces"),
        ({"face": "o"}, "5039", "tabela de faces"),
        ({"face": "OMO"}, "3023", "repete"),
        ({"face": "O", "dente": None, "regiao": "AS"}, "3023", "não informa nenhum"),
    ],
)
def test_faces_are_letters_of_the_table_each_once_and_of_a_tooth(
    campos: dict[str, Any], codigo: str, parte: str
) -> None:
    achado = only(odonto(**campos))
    assert (achado.regra, achado.codigo, achado.item) == ("TISS-ODONTO-FACE", codigo, 2)
    assert parte in achado.mensagem
    assert achado.caminho == f"{PEDIDO}solicitacaoOdontologia/ans:procedimentosSolicitados[2]/ans:denteFace"


def test_a_face_of_blanks_is_told_once_as_blank() -> None:
    assert [achado.regra for achado in judge(odonto(face="  "))] == ["TISS-EM-BRANCO"]
    assert not judge(odonto(face="OLMVD"))


@pytest.mark.parametrize(
    ("campos", "elemento"),
    [
        ({"quantidade_us": Decimal("-0.01")}, "qtdUS"),
        ({"valor": Decimal("-1.00")}, "valorProc"),
        ({"valor_franquia": Decimal("-1.00")}, "valorFranquia"),
    ],
)
def test_no_dental_value_is_negative_and_none_is_no_error(campos: dict[str, Any], elemento: str) -> None:
    achado = only(odonto(**campos))
    assert (achado.regra, achado.codigo, achado.item) == ("TISS-ODONTO-VALOR", "5040", 2)
    assert (achado.caminho or "").endswith(f"procedimentosSolicitados[2]/ans:{elemento}")
    assert not judge(odonto(valor=Decimal("0.00")))


@pytest.mark.parametrize(("total", "certo"), [("100.00", True), ("180.00", True), ("100.01", False)])
def test_dental_totals_are_of_the_lines_or_of_the_units(total: str, certo: bool) -> None:  # noqa: FBT001
    itens = (
        um.procedimento_odonto_solicitado(valor=Decimal("20.00")),
        um.procedimento_odonto_solicitado(valor=Decimal("80.00"), quantidade=2),
    )
    achados = judge(
        um.solicitacao(um.solicitacao_odonto(procedimentos=itens, valor_total_procedimentos=Decimal(total)))
    )
    if certo:
        assert not achados
        return
    assert [(achado.regra, achado.codigo, achado.item) for achado in achados] == [("TISS-ODONTO-TOTAL", "5042", None)]
    assert "100.01, mas os itens somam 100.00" in achados[0].mensagem


def test_the_dental_franquia_adds_up_where_it_is_given() -> None:
    itens = (
        um.procedimento_odonto_solicitado(valor_franquia=Decimal("5.00")),
        um.procedimento_odonto_solicitado(),
    )
    assert not judge(um.solicitacao(um.solicitacao_odonto(procedimentos=itens)))
    assert not judge(um.solicitacao(um.solicitacao_odonto(procedimentos=itens, valor_total_franquia=Decimal("5.00"))))
    achado = only(um.solicitacao(um.solicitacao_odonto(procedimentos=itens, valor_total_franquia=Decimal("4.00"))))
    assert (achado.caminho or "").endswith("ans:valorTotalFranquia")


# --- annexes inside a request ---


@pytest.mark.parametrize(
    ("campo", "elemento", "anexo"),
    [
        ("quimio", "solicitacaoQuimioterapia", um.anexo_quimio),
        ("radio", "solicitacaoRadioterapia", um.anexo_radio),
        ("opme", "solicitacaoOPME", um.anexo_opme),
    ],
)
def test_an_annex_is_of_its_request_and_of_its_beneficiario(campo: str, elemento: str, anexo: Any) -> None:
    alheio = anexo(
        cabecalho=um.cabecalho_anexo(numero_guia_referenciada="S9"),
        beneficiario=um.beneficiario(numero_carteira="00000000000000001"),
    )
    achados = judge(with_annex(**{campo: alheio}))
    onde = f"{PEDIDO}solicitacaoSP-SADT/ans:anexoClinico/ans:{elemento}"
    assert [(achado.regra, achado.codigo, achado.guia, achado.caminho) for achado in achados] == [
        ("TISS-SOLICITACAO-ANEXO", "1307", "S1", f"{onde}/ans:cabecalhoAnexo/ans:numeroGuiaReferenciada"),
        ("TISS-SOLICITACAO-ANEXO", "1011", "S1", f"{onde}/ans:dadosBeneficiario/ans:numeroCarteira"),
    ]


def test_the_initial_state_of_a_mouth_is_of_its_request_too() -> None:
    inicial = um.anexo_situacao_inicial(
        numero_guia_referenciada="S9", numero_carteira="00000000000000001", registro_ans=OUTRA
    )
    achados = judge(um.solicitacao(um.solicitacao_odonto(situacao_inicial=inicial), V403))
    assert [(achado.regra, achado.codigo, (achado.caminho or "").rpartition(":")[2]) for achado in achados] == [
        ("TISS-SOLICITACAO-ANEXO", "1307", "numeroGuiaReferenciada"),
        ("TISS-SOLICITACAO-ANEXO", "3243", "numeroCarteira"),
        ("TISS-ANEXO-REGISTRO-ANS", "5027", "registroANS"),
    ]
    assert {achado.guia for achado in achados} == {"S1"}


def test_an_annex_may_refer_to_the_guia_its_request_goes_on_from() -> None:
    da_principal = um.anexo_opme(cabecalho=um.cabecalho_anexo(numero_guia_referenciada="S0"))
    guia = um.solicitacao_sp_sadt(numero_guia_principal="S0", anexo=AnexoClinico(opme=da_principal))
    assert not judge(um.solicitacao(guia))
    for referida in ("S1", "S2"):
        anexo = um.anexo_opme(cabecalho=um.cabecalho_anexo(numero_guia_referenciada=referida))
        assert not judge(um.solicitacao(um.solicitacao_prorrogacao(anexo=AnexoClinico(opme=anexo))))


def test_blanks_around_a_number_do_not_make_it_another() -> None:
    anexo = um.anexo_opme(
        cabecalho=um.cabecalho_anexo(numero_guia_referenciada=" S1 "),
        beneficiario=um.beneficiario(numero_carteira=f" {um.CARTEIRA}"),
    )
    assert not judge(with_annex(opme=anexo))


def test_annexes_of_a_request_obey_the_rules_of_annexes_and_name_the_request() -> None:
    sem_registro = um.opme_solicitada(codigo_tabela="00")
    achado = only(with_annex(opme=um.anexo_opme(itens=(um.opme_solicitada(), sem_registro))))
    assert (achado.regra, achado.guia, achado.item) == ("TISS-OPME-IDENTIFICACAO", "S1", 2)
    assert achado.caminho == (
        f"{PEDIDO}solicitacaoSP-SADT/ans:anexoClinico/ans:solicitacaoOPME/ans:opmeSolicitadas/ans:opmeSolicitada[2]"
    )


# --- annexes ---


@pytest.mark.parametrize(
    ("campos", "onde"),
    [
        ({"opme": um.anexo_opme(cabecalho=um.cabecalho_anexo(registro_ans=OUTRA))}, "anexoSolicitacaoOPME"),
        ({"quimio": um.anexo_quimio(cabecalho=um.cabecalho_anexo(registro_ans=OUTRA))}, "anexoSolicitacaoQuimio"),
        ({"radio": um.anexo_radio(cabecalho=um.cabecalho_anexo(registro_ans=OUTRA))}, "anexoSolicitacaoRadio"),
    ],
)
def test_an_annex_of_another_operadora_is_refused(campos: dict[str, Any], onde: str) -> None:
    achado = only(um.lote_anexos(**campos))
    assert (achado.regra, achado.codigo, achado.guia) == ("TISS-ANEXO-REGISTRO-ANS", "5027", "A1")
    assert achado.caminho == f"{ANEXOS}{onde}/ans:cabecalhoAnexo/ans:registroANS"


def test_the_second_annex_with_a_number_is_the_duplicate() -> None:
    iniciais = tuple(um.anexo_situacao_inicial(numero_guia_anexo=numero) for numero in ("A1", "A2", " A1"))
    achado = only(um.lote_anexos(situacoes_iniciais=iniciais))
    assert (achado.regra, achado.codigo, achado.guia, achado.item) == ("TISS-ANEXO-DUPLICADO", "1308", "A1", None)
    assert achado.caminho == f"{ANEXOS}anexoSituacaoInicial[3]/ans:numeroGuiaAnexo"
    dois = with_annex(opme=um.anexo_opme(), quimio=um.anexo_quimio())
    assert [achado.regra for achado in judge(dois)] == ["TISS-ANEXO-DUPLICADO"]


def test_annexes_without_a_number_are_not_duplicates_of_each_other() -> None:
    iniciais = tuple(um.anexo_situacao_inicial(numero_guia_anexo=" ") for _ in range(2))
    assert {achado.regra for achado in judge(um.lote_anexos(situacoes_iniciais=iniciais))} == {"TISS-EM-BRANCO"}


@pytest.mark.parametrize("quanto", [0, -1])
@pytest.mark.parametrize(
    ("tipo", "campo", "elemento"),
    [
        ("quimio", "numero_ciclos", "numeroCiclos"),
        ("quimio", "ciclo_atual", "cicloAtual"),
        ("quimio", "dias_ciclo_atual", "diasCicloAtual"),
        ("radio", "numero_campos", "numeroCampos"),
        ("radio", "dose_campo", "doseCampo"),
        ("radio", "dose_total", "doseTotal"),
        ("radio", "numero_dias", "nrDias"),
    ],
)
def test_what_an_annex_measures_is_above_zero(tipo: str, campo: str, elemento: str, quanto: int) -> None:
    construir: Any = {"quimio": um.anexo_quimio, "radio": um.anexo_radio}[tipo]
    campos = {campo: quanto, **({"ciclo_atual": quanto} if campo == "numero_ciclos" else {})}
    achados = judge(um.lote_anexos(**{tipo: construir(**campos)}))
    assert {(achado.regra, achado.codigo, achado.guia) for achado in achados} == {
        ("TISS-ANEXO-QUANTIDADE", "1806", "A1")
    }
    assert elemento in {(achado.caminho or "").rpartition(":")[2] for achado in achados}


def test_materials_and_drugs_are_asked_for_at_least_once() -> None:
    materiais = (um.opme_solicitada(), um.opme_solicitada(opcao_fabricante="2", quantidade=0))
    achado = only(um.lote_anexos(opme=um.anexo_opme(itens=materiais)))
    assert (achado.codigo, achado.item) == ("1806", 2)
    assert achado.caminho == (
        f"{ANEXOS}anexoSolicitacaoOPME/ans:opmeSolicitadas/ans:opmeSolicitada[2]/ans:quantidadeSolicitada"
    )
    drogas = (um.droga(), um.droga(quantidade_doses=Decimal("0.00"), frequencia=0))
    achados = judge(um.lote_anexos(quimio=um.anexo_quimio(drogas=drogas)))
    assert [(achado.codigo, achado.item, (achado.caminho or "").rpartition(":")[2]) for achado in achados] == [
        ("1806", 2, "qtDoses"),
        ("1806", 2, "frequencia"),
    ]


@pytest.mark.parametrize("tabela", ["00", "90", "98"])
def test_a_material_of_an_own_table_needs_its_registration_at_anvisa(tabela: str) -> None:
    material = um.opme_solicitada(codigo_tabela=tabela)
    achado = only(um.lote_anexos(opme=um.anexo_opme(itens=(material,))))
    assert (achado.regra, achado.codigo, achado.item) == ("TISS-OPME-IDENTIFICACAO", "3106", 1)
    com_registro = um.opme_solicitada(codigo_tabela=tabela, registro_anvisa="80123456789")
    assert not judge(um.lote_anexos(opme=um.anexo_opme(itens=(com_registro,))))
    em_branco = um.opme_solicitada(codigo_tabela=tabela, registro_anvisa=" ")
    assert {achado.regra for achado in judge(um.lote_anexos(opme=um.anexo_opme(itens=(em_branco,))))} == {
        "TISS-OPME-IDENTIFICACAO",
        "TISS-EM-BRANCO",
    }


def test_a_product_is_asked_for_once_in_each_of_three_options() -> None:
    opcoes = tuple(um.opme_solicitada(opcao_fabricante=opcao) for opcao in ("1", "2", "3"))
    assert not judge(um.lote_anexos(opme=um.anexo_opme(itens=opcoes)))
    outra = um.opme_solicitada(codigo_ref_fabricante="REF-2")
    assert not judge(um.lote_anexos(opme=um.anexo_opme(itens=(*opcoes, outra))))
    achado = only(um.lote_anexos(opme=um.anexo_opme(itens=(*opcoes, um.opme_solicitada(opcao_fabricante="2")))))
    assert (achado.regra, achado.codigo, achado.item) == ("TISS-OPME-FABRICANTE", "3111", 4)
    assert (achado.caminho or "").endswith("ans:opmeSolicitada[4]/ans:opcaoFabricante")


@pytest.mark.parametrize("valor", ["0.00", "-1.00"])
def test_a_price_asked_is_above_zero(valor: str) -> None:
    material = um.opme_solicitada(valor_solicitado=Decimal(valor))
    achado = only(um.lote_anexos(opme=um.anexo_opme(itens=(material,))))
    assert (achado.regra, achado.codigo) == ("TISS-OPME-VALOR", "5040")


def test_the_cycle_is_one_of_those_planned() -> None:
    assert not judge(um.lote_anexos(quimio=um.anexo_quimio(numero_ciclos=6, ciclo_atual=6, intervalo_ciclos=0)))
    achado = only(um.lote_anexos(quimio=um.anexo_quimio(numero_ciclos=6, ciclo_atual=7)))
    assert (achado.regra, achado.codigo) == ("TISS-QUIMIO-CICLO", "3111")
    assert (achado.caminho or "").endswith("ans:anexoSolicitacaoQuimio/ans:cicloAtual")
    achado = only(um.lote_anexos(quimio=um.anexo_quimio(intervalo_ciclos=-1)))
    assert (achado.caminho or "").endswith("ans:intervaloCiclos")


def test_patients_have_a_body() -> None:
    dados = DadosComplementares(
        peso=Decimal("0.00"), altura=Decimal("-1.00"), superficie_corporal=Decimal("0.00"), idade=-1, sexo="1"
    )
    achados = judge(um.lote_anexos(quimio=um.anexo_quimio(dados_complementares=dados)))
    assert [(achado.regra, achado.codigo, (achado.caminho or "").rpartition(":")[2]) for achado in achados] == [
        ("TISS-ONCOLOGIA-PACIENTE", "3111", elemento) for elemento in ("peso", "altura", "superficieCorporal", "idade")
    ]
    radio = um.anexo_radio(dados_complementares=DadosComplementaresRadio(idade=-1, sexo="1"))
    assert [achado.regra for achado in judge(um.lote_anexos(radio=radio))] == ["TISS-ONCOLOGIA-PACIENTE"]


def test_nothing_of_an_annex_that_is_past_is_to_come() -> None:
    diagnostico = um.diagnostico(data_diagnostico=AMANHA)
    cabecalho = um.cabecalho_anexo(data_solicitacao=AMANHA, data_autorizacao=AMANHA)
    da_quimio = um.anexo_quimio().diagnostico
    quimio = um.anexo_quimio(
        cabecalho=cabecalho,
        diagnostico=DiagnosticoQuimio(
            diagnostico=diagnostico,
            tumor=da_quimio.tumor,
            nodulo=da_quimio.nodulo,
            metastase=da_quimio.metastase,
            tipo_quimioterapia=da_quimio.tipo_quimioterapia,
            plano_terapeutico=da_quimio.plano_terapeutico,
        ),
        tratamentos_anteriores=TratamentosAnterioresQuimio(data_cirurgia=AMANHA, data_irradiacao=AMANHA),
    )
    radio = um.anexo_radio(
        diagnostico=DiagnosticoRadio(diagnostico=diagnostico),
        tratamentos_anteriores=TratamentosAnterioresRadio(data_cirurgia=AMANHA, data_quimioterapia=AMANHA),
    )
    elementos = ["dataSolicitacao", "dataAutorizacao", "dataDiagnostico", "datacirurgia", "dataIrradiacao"]
    achados = judge(um.lote_anexos(quimio=quimio))
    assert [(achado.caminho or "").rpartition(":")[2] for achado in achados] == elementos
    assert {(achado.regra, achado.codigo) for achado in achados} == {("TISS-ANEXO-DATA", "1323")}
    assert [(achado.caminho or "").rpartition(":")[2] for achado in judge(um.lote_anexos(radio=radio))] == [
        "dataDiagnostico",
        "datacirurgia",
        "dataQuimioterapia",
    ]


# --- cancellations and stays ---


def test_a_guia_is_cancelled_once_for_each_of_its_types() -> None:
    def guias(*pares: tuple[str, str]) -> Mensagem[Any]:
        return um.cancela_guia(
            guias=tuple(GuiaACancelar(tipo_guia=tipo, numero_guia_prestador=numero) for tipo, numero in pares)
        )

    assert not judge(guias(("1", "S1"), ("2", "S1"), ("1", "S2")))
    achado = only(guias(("1", "S1"), ("1", "S2"), ("1", "S1 ")))
    assert (achado.regra, achado.codigo, achado.guia, achado.item) == (
        "TISS-CANCELAMENTO-DUPLICADO", "1308", "S1", None,
    )  # fmt: skip
    assert (achado.caminho or "").endswith("ans:tipoCancelamentoGuia[3]")
    assert {achado.regra for achado in judge(guias(("1", " "), ("1", " ")))} == {"TISS-EM-BRANCO"}


@pytest.mark.parametrize("versao", Versao)
def test_a_protocolo_has_digits_only(versao: Versao) -> None:
    assert not judge(um.solicita_status_protocolo(versao, numero_protocolo=" 26111 "))
    for numero in ("26112000000A", "2611.2", "²³"):
        achado = only(um.solicita_status_protocolo(versao, numero_protocolo=numero))
        assert (achado.regra, achado.codigo) == ("TISS-PROTOCOLO-NUMERO", "3291" if versao is V403 else "3162")
        assert (achado.caminho or "").endswith("ans:solicitacaoStatusProtocolo/ans:numeroProtocolo")
    assert {achado.regra for achado in judge(um.solicita_status_protocolo(versao, numero_protocolo=" "))} == {
        "TISS-EM-BRANCO"
    }


@pytest.mark.parametrize(
    ("campos", "certo", "errado"),
    [
        ({"tipo_evento": "I", "motivo_encerramento": "12"}, "tipoInternacao", "motivoEncerramento"),
        ({"tipo_evento": "A", "tipo_internacao": "1"}, "motivoEncerramento", "tipoInternacao"),
    ],
)
def test_an_admission_says_its_kind_and_a_discharge_its_reason(campos: dict[str, Any], certo: str, errado: str) -> None:
    achado = only(um.comunicacao(**campos))
    assert (achado.regra, achado.codigo) == ("TISS-COMUNICACAO-EVENTO", "3111")
    assert f"informe {certo} em vez de {errado}" in achado.mensagem
    assert (achado.caminho or "").endswith(f"ans:dadosInternacao/ans:{errado}")


def test_nobody_is_admitted_tomorrow() -> None:
    achado = only(um.comunicacao(data_evento=AMANHA))
    assert (achado.regra, achado.codigo) == ("TISS-COMUNICACAO-DATA", "1323")


# --- answers ---


def numbered(*numeros: int) -> tuple[Any, ...]:
    return tuple(um.servico_autorizado(sequencial_item=numero) for numero in numeros)


@pytest.mark.parametrize("numeros", [(), (1,), (1, 2, 3), (3, 1, 2)])
def test_items_decided_may_come_in_any_order(numeros: tuple[int, ...]) -> None:
    assert not judge(um.autorizada(um.autorizacao_servico(servicos=numbered(*numeros))))


@pytest.mark.parametrize(
    ("decidida", "transacao", "onde"),
    [
        (um.autorizacao_servico(servicos=numbered(1, 1)), None, "autorizacaoServicos/ans:autorizacaoServico"),
        (
            um.autorizacao_servico(servicos=numbered(1, 3)),
            "STATUS_AUTORIZACAO",
            "situacaoAutorizacao/ans:autorizacaoServico",
        ),
        (
            um.autorizacao_internacao(servicos=um.autorizacao_servico(servicos=numbered(1, 0))),
            None,
            "autorizacaoServicos/ans:autorizacaoInternacao/ans:autorizacaoDosServicos",
        ),
        (
            um.autorizacao_prorrogacao(servicos=um.autorizacao_servico(servicos=numbered(2, 2))),
            None,
            "autorizacaoServicos/ans:autorizacaoProrrogacao/ans:autorizacaoDosServicos",
        ),
    ],
)
def test_items_decided_are_numbered_1_to_n(decidida: Any, transacao: str | None, onde: str) -> None:
    achado = only(um.autorizada(decidida, transacao=transacao))
    assert (achado.regra, achado.codigo, achado.guia) == ("TISS-AUTORIZACAO-SEQUENCIA", "3167", "S1")
    assert achado.caminho == (
        f"/ans:mensagemTISS/ans:operadoraParaPrestador/ans:{onde}"
        "/ans:servicosAutorizados/ans:servicoAutorizado[2]/ans:sequencialItem"
    )


def test_dental_items_and_materials_are_numbered_too() -> None:
    procedimentos = tuple(um.procedimento_odonto_autorizado() for _ in range(2))
    achado = only(um.autorizada(um.autorizacao_odonto(procedimentos=procedimentos)))
    assert (achado.regra, achado.item) == ("TISS-AUTORIZACAO-SEQUENCIA", 1)
    assert (achado.caminho or "").endswith(
        "autorizacaoServicos/ans:autorizacaoServicoOdonto/ans:procedimentosAutorizados[2]/ans:sequencialItem"
    )
    achado = only(um.recebimento_anexo(opme=um.autorizacao_opme(servicos=numbered(1, 1))))
    assert (achado.regra, achado.codigo, achado.guia) == ("TISS-ANEXO-SEQUENCIA", "3167", "A1")
    assert (achado.caminho or "").endswith("ans:anexoOPME/ans:servicosAutorizadosOPME[2]/ans:sequencialItem")
    assert not judge(um.recebimento_anexo(quimio=um.autorizacao_quimio()))


def test_a_dental_request_is_answered_by_a_dental_authorisation() -> None:
    for decidida, transacao, certa in (
        (um.autorizacao_odonto(), "RESPOSTA_SOLICITACAO", "AUTORIZACAO_ODONTOLOGIA"),
        (um.autorizacao_servico(), "AUTORIZACAO_ODONTOLOGIA", "RESPOSTA_SOLICITACAO"),
        (um.autorizacao_internacao(), "AUTORIZACAO_ODONTOLOGIA", "RESPOSTA_SOLICITACAO"),
    ):
        achado = only(um.autorizada(decidida, transacao=transacao))
        assert (achado.regra, achado.codigo) == ("TISS-AUTORIZACAO-TRANSACAO", "3148")
        assert achado.mensagem.endswith(f"Informe {certa}.")


@pytest.mark.parametrize("transacao", ["RESPOSTA_SOLICITACAO", "AUTORIZACAO_ODONTOLOGIA", "STATUS_AUTORIZACAO"])
def test_an_error_answers_in_any_of_the_transactions(transacao: str) -> None:
    assert not judge(um.autorizada(MotivoGlosa(codigo="5014"), transacao=transacao))


# --- what could not be read ---


def run(corpo: Any, maximo: int = 100, **do_cabecalho: Any) -> list[Achado]:
    contexto = Contexto(versao=V401, hoje=um.HOJE, cabecalho=um.cabecalho(**do_cabecalho))
    return run_body(corpo, contexto, maximo)


def test_rules_are_silent_about_what_could_not_be_read() -> None:
    ilegivel = um.procedimento_solicitado(quantidade=NUMERO_ILEGIVEL)
    sp_sadt = um.solicitacao_sp_sadt(
        registro_ans="", numero_guia_prestador="", data_solicitacao=DATA_ILEGIVEL, procedimentos=(ilegivel,)
    )
    assert not run(um.solicitacao(sp_sadt).corpo)
    item = um.procedimento_odonto_solicitado(
        dente="", valor=VALOR_ILEGIVEL, quantidade_us=VALOR_ILEGIVEL, quantidade=NUMERO_ILEGIVEL
    )
    odonto = um.solicitacao_odonto(procedimentos=(item,), valor_total_procedimentos=VALOR_ILEGIVEL)
    assert not run(um.solicitacao(odonto).corpo)
    anexo = um.anexo_quimio(
        cabecalho=um.cabecalho_anexo(registro_ans="", numero_guia_anexo="", numero_guia_referenciada=""),
        beneficiario=um.beneficiario(numero_carteira=""),
        drogas=(um.droga(quantidade_doses=VALOR_ILEGIVEL, frequencia=NUMERO_ILEGIVEL),),
        numero_ciclos=NUMERO_ILEGIVEL,
    )
    assert not run(with_annex(quimio=anexo).corpo)
    opcao = um.opme_solicitada(opcao_fabricante="")
    assert not run(um.lote_anexos(opme=um.anexo_opme(itens=(opcao, opcao))).corpo)
    assert not run(
        um.autorizada(um.autorizacao_servico(servicos=numbered(1, 1, NUMERO_ILEGIVEL))).corpo,
        tipo_transacao="RESPOSTA_SOLICITACAO",
    )
    assert not run(um.autorizada(um.autorizacao_servico(), transacao="INVENTADA").corpo, tipo_transacao="INVENTADA")


def test_without_a_destination_nothing_is_of_another_operadora() -> None:
    corpo = um.solicitacao(um.solicitacao_sp_sadt(registro_ans=OUTRA)).corpo
    assert run(corpo)
    assert not run(corpo, destino=Parte())


def test_findings_stop_at_the_maximum() -> None:
    itens = tuple(um.procedimento_solicitado(quantidade=0) for _ in range(600))
    corpo = um.solicitacao(um.solicitacao_sp_sadt(procedimentos=itens)).corpo
    assert len(run(corpo, maximo=51)) == 51
    achados = judge_all(um.solicitacao(um.solicitacao_sp_sadt(procedimentos=itens)))
    assert achados[-1].regra == "TISS-LIMITE"


def judge_all(mensagem: Mensagem[Any]) -> Sequence[Achado]:
    return validate_message(writer.write(mensagem), hoje=um.HOJE).achados


def test_all_that_is_wrong_is_told_at_once() -> None:
    itens = (
        um.procedimento_odonto_solicitado(dente=None, quantidade=0, valor=Decimal("-1.00"), face="XX"),
        um.procedimento_odonto_solicitado(),
    )
    inicial = um.anexo_situacao_inicial(
        registro_ans=OUTRA, dentes=(SituacaoDente(dente="11", condicao="C"),), numero_guia_referenciada="S9"
    )
    guia = um.solicitacao_odonto(
        registro_ans=OUTRA,
        procedimentos=itens,
        valor_total_procedimentos=Decimal("1.00"),
        situacao_inicial=inicial,
    )
    assert [achado.regra for achado in judge(um.solicitacao(guia))] == [
        "TISS-SOLICITACAO-REGISTRO-ANS",
        "TISS-SOLICITACAO-QUANTIDADE",
        "TISS-ODONTO-LOCAL",
        "TISS-ODONTO-FACE",
        "TISS-ODONTO-VALOR",
        "TISS-ODONTO-TOTAL",
        "TISS-SOLICITACAO-ANEXO",
        "TISS-ANEXO-REGISTRO-ANS",
    ]


def test_a_body_without_rules_has_no_findings() -> None:
    assert (
        run_body(um.verifica_elegibilidade().corpo, Contexto(versao=V401, hoje=um.HOJE, cabecalho=um.cabecalho()), 9)
        == []
    )
    assert not run(SolicitacaoProcedimento())
    assert not run(um.recebimento_anexo().corpo.__class__())
