"""The engine: each rule on both sides of its boundary, in the codes of who asks, and what follows for the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_facts.beneficiarios import MotivoSuspensao
from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_facts.contratos import Conduta, ContratoCompleto
from conecta_facts.planos import Abrangencia, Acomodacao, GrupoCarencia
from conecta_senhas.autorizacoes import Autorizacao, Situacao, SituacaoItem, TipoPendencia
from conecta_senhas.contexto import Efeito, Parametros, Uso, named
from conecta_senhas.motor import RULES, Resultado, judge, valid_until
from conecta_senhas.solicitacoes import DocumentoAnexado, Remocao, Solicitacao, Tipo, TipoAnexo
from conecta_tiss.findings import Severidade
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.tables import CaraterAtendimento, EtapaAutorizacao
from tests.builders_autorizacao import (
    AMANHA,
    ANALISADO,
    CIRURGIA,
    DESCONHECIDO,
    DIARIA,
    DROGA,
    LAUDADO,
    LIMITADO,
    ONTEM,
    PERICIA,
    PROTESE,
    REMEDIO,
    SESSAO,
    VALIDADE,
    a_context,
    a_pending,
    a_removal,
    a_request,
    a_stay,
    a_stay_authorization,
    an_annex,
    an_asked,
    an_authorization,
    an_item,
    an_opme,
    an_urgencia,
    in_situation,
    judged,
    told,
    warned,
)
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    OUTRA_CARTEIRA,
    a_carencia,
    a_cobertura,
    a_contrato,
    a_contrato_completo,
    a_diaria,
    a_pacote,
    a_plano_completo,
    a_preco,
    a_regra,
    a_vida,
    relacionamento_of,
)
from tests.builders_functions import CLINICA

V401, V402, V403 = Versao.V4_01_00, Versao.V4_02_00, Versao.V4_03_00
PACOTE = "98000001"


def contract(**terms: Any) -> ContratoCompleto:
    """The usual contract with other terms."""
    return replace(a_context().contrato, contratos=(a_contrato(**terms),))


def plan(*carencias: Any, coberturas: Any = (), **changes: Any) -> Any:
    return a_plano_completo(*carencias, coberturas=coberturas, **{"odontologia": True, **changes})


def dental(**item: Any) -> Solicitacao:
    return a_request(an_asked(PERICIA, **item), tipo=Tipo.ODONTOLOGIA)


def quotes(number: int) -> tuple[DocumentoAnexado, ...]:
    return tuple(DocumentoAnexado(documento_id=str(n), cotacao=True) for n in range(number))


def with_opme(*itens: Any, cotacoes: int = 3, **changes: Any) -> Solicitacao:
    return a_request(
        anexos=(an_annex(TipoAnexo.OPME, *(itens or (an_opme(),))),), documentos=quotes(cotacoes), **changes
    )


def upon(principal: Autorizacao, *itens: Any, **changes: Any) -> Any:
    """A complement asked on that senha."""
    return judged(a_request(*itens, guia_principal=principal.senha or principal.numero, **changes), principal=principal)


URGENTE = an_authorization(solicitacao=an_urgencia())
INTERNACAO = a_stay_authorization()
AMB: dict[str, Any] = {"carater": CaraterAtendimento.URGENCIA_EMERGENCIA}
MEDICADO = an_asked(REMEDIO, tabela="20")

# --- every refusal, its rule and its codes ---

REFUSED: list[tuple[str, dict[str, Any], tuple[str, str, str, int | None]]] = [
    ("no relacionamento", {"relacionamento": None}, ("R02", "1207", "3279", None)),
    (
        "relacionamento suspended",
        {"relacionamento": relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", HOJE))},
        ("R02", "1207", "3279", None),
    ),
    (
        "executante suspended",
        {"executante": relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", HOJE))},
        ("R02-EXECUTANTE", "1207", "3279", None),
    ),
    ("executante unknown", {"executante": None}, ("R02-EXECUTANTE", "1207", "3279", None)),
    ("nobody's carteira", {"beneficiario": None, "plano": None}, ("ELEG-NAO-ENCONTRADO", "1001", "1001", None)),
    (
        "carteira of the group's other operadora",
        {"beneficiario": None, "plano": None, "outra_operadora": "331988"},
        ("ELEG-NAO-ENCONTRADO", "5027", "5027", None),
    ),
    ("included tomorrow", {"beneficiario": a_vida(data_inclusao=AMANHA)}, ("ELEG-INCLUSAO", "1004", "3308", None)),
    ("excluded", {"beneficiario": a_vida(data_exclusao=ONTEM)}, ("ELEG-EXCLUSAO", "1014", "1006", None)),
    (
        "excluded by then",
        {"request": a_request(data_atendimento=AMANHA), "beneficiario": a_vida(data_exclusao=HOJE)},
        ("ELEG-EXCLUSAO", "1006", "1006", None),
    ),
    ("suspended", {"beneficiario": a_vida(suspenso_de=HOJE)}, ("ELEG-SUSPENSAO", "1016", "1016", None)),
    (
        "open payments",
        {"beneficiario": a_vida(suspenso_de=HOJE, motivo_suspensao=MotivoSuspensao.INADIMPLENCIA)},
        ("ELEG-SUSPENSAO", "1009", "1009", None),
    ),
    ("card expired", {"beneficiario": a_vida(validade_carteira=ONTEM)}, ("ELEG-CARTEIRA", "1017", "1017", None)),
    ("plan unknown", {"plano": None}, ("ELEG-PLANO", "1407", "3287", None)),
    ("plan ended", {"plano": plan(vigente_ate=ONTEM)}, ("ELEG-PLANO", "1407", "3287", None)),
    (
        "newborn, no obstetrics", {"request": a_request(atendimento_rn=True), "plano": plan(obstetricia=False)},
        ("ELEG-RN", "1407", "3287", None),
    ),
    (
        "newborn of 31 days",
        {"request": a_request(atendimento_rn=True, nascimento_rn=HOJE - timedelta(days=31))},
        ("ELEG-RN", "1011", "3243", None),
    ),
    ("contract ended", {"contrato": contract(vigente_ate=ONTEM)}, ("R25-CONTRATO", "1201", "3278", None)),
    ("token missing", {"contrato": contract(exige_cod_validacao=True)}, ("AUT-VALIDACAO", "3156", "3156", None)),
    (
        "elective, done yesterday", {"request": a_request(data_atendimento=ONTEM)},
        ("AUT-RETROATIVO", "1840", "1814", None),
    ),
    (
        "asked tomorrow", {"request": a_request(data_solicitacao=AMANHA)},
        ("AUT-RETROATIVO", "1323", "3227", None),
    ),
    (
        "prorrogação of nothing", {"request": a_stay(tipo=Tipo.PRORROGACAO)}, ("R15", "1303", "1303", None),
    ),
    ("unknown parent", {"request": a_request(guia_principal="x")}, ("R15", "1303", "1303", None)),
    ("nothing asked", {"request": replace(a_request(), itens=())}, ("AUT-QUANTIDADE", "1806", "1806", None)),
    ("nothing of it", {"request": a_request(an_asked(quantidade=0))}, ("AUT-QUANTIDADE", "1806", "1806", 1)),
    ("table unknown", {"request": a_request(an_asked(tabela="99"))}, ("AUT-TUSS", "3150", "3150", 1)),
    ("code unknown", {"request": a_request(an_asked(DESCONHECIDO))}, ("AUT-TUSS", "1801", "1801", 1)),
    (
        "medical code on a dental request", {"request": a_request(an_asked(dente="11"), tipo=Tipo.ODONTOLOGIA)},
        ("AUT-TUSS", "3001", "1801", 1),
    ),
    ("dental code on a medical request", {"request": a_request(an_asked(PERICIA))}, ("AUT-TUSS", "1801", "1801", 1)),
    (
        "dental code unknown",
        {"request": a_request(an_asked(DESCONHECIDO, dente="11"), tipo=Tipo.ODONTOLOGIA)},
        ("AUT-TUSS", "3001", "1801", 1),
    ),
    ("not contracted", {"request": a_request(an_asked("40301630"))}, ("R25", "2514", "3279", 1)),
    ("fee not negotiated", {"request": a_request(an_asked("60000001", tabela="18"))}, ("R25", "3142", "3142", 1)),
    ("another's package", {"request": an_urgencia(an_asked("98000009", tabela="98"))}, ("R25", "3142", "3142", 1)),
    (
        "diária not negotiated", {"request": a_stay(an_asked("60000660", tabela="18"), **AMB)},
        ("R19", "3142", "3142", 1),
    ),
    (
        "code not covered", {"plano": plan(coberturas=(a_cobertura(coberto=False),))},
        ("R25-COBERTURA", "1407", "3287", 1),
    ),
    ("no outpatient cover", {"plano": plan(ambulatorial=False)}, ("R25-COBERTURA", "1407", "3287", 1)),
    (
        "no hospital cover", {"request": a_stay(**AMB), "plano": plan(hospitalar=False)},
        ("R25-COBERTURA", "1407", "3287", 1),
    ),
    (
        "no obstetric cover",
        {"request": a_stay(tipo_internacao="3", **AMB), "plano": plan(obstetricia=False)},
        ("R25-COBERTURA", "1407", "3287", 1),
    ),
    (
        "no dental cover", {"request": dental(dente="11"), "plano": plan(odontologia=False)},
        ("R25-COBERTURA", "1025", "1025", 1),
    ),
    (
        "carência of exams", {"plano": plan(a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 9000))},
        ("R25-CARENCIA", "1410", "3171", 1),
    ),
    (
        "10101039 not urgent", {"request": a_request(an_asked("10101039"))}, ("R14", "3111", "3111", 1),
    ),
    (
        "10101039 where a package is contracted",
        {"request": an_urgencia(), "contrato": contract(pacote_pronto_socorro=f"98:{PACOTE}")},
        ("R14", "3098", "3098", 1),
    ),
    ("medicine alone", {"request": a_request(MEDICADO)}, ("R20", "3102", "3102", 1)),
    ("application alone", {"request": a_request(an_asked(SESSAO))}, ("R20", "2103", "3111", 1)),
    (
        "package and what it includes",
        {"request": an_urgencia(an_asked("10101039"), an_asked(PACOTE, tabela="98"))},
        ("R20", "3108", "3108", 1),
    ),
    ("neither tooth nor region", {"request": dental()}, ("R26", "3022", "3307", 1)),
    ("tooth and region", {"request": dental(dente="11", regiao="ASAI")}, ("R26", "3021", "3021", 1)),
    ("no such tooth", {"request": dental(dente="99")}, ("R26", "5037", "5037", 1)),
    ("no such region", {"request": dental(regiao="AIAS")}, ("R26", "5038", "5038", 1)),
    ("no such face", {"request": dental(dente="11", face="OX")}, ("R26", "5039", "5039", 1)),
    ("a face twice", {"request": dental(dente="11", face="OO")}, ("R26", "3023", "3023", 1)),
    ("a face of a region", {"request": dental(regiao="ASAI", face="O")}, ("R26", "3023", "3023", 1)),
    ("removal asked by another", {"request": a_removal(executante=CLINICA)}, ("R28", "3111", "3111", 1)),
    (
        "removal asked beforehand", {"request": a_removal(etapa=EtapaAutorizacao.AUTORIZACAO_PREVIA)},
        ("R28", "3111", "3111", 1),
    ),
    ("removal from nowhere", {"request": a_removal(observacao="Urgente")}, ("R28", "3111", "3111", 1)),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
@pytest.mark.regra(REFUSED)
def test_each_refusal_is_one_finding_in_the_code_of_who_asks(
    case: dict[str, Any], expected: tuple[str, str, str, int | None]
) -> None:
    regra, old, new, item = expected
    contexto = {name: value for name, value in case.items() if name != "request"}
    for versao, codigo in ((V401, old), (V402, old), (None, old), (V403, new)):
        found = judged(case.get("request"), versao=versao, **contexto)
        (achado,) = [one for one in found.achados if one.efeito is Efeito.IMPEDE]
        assert (achado.regra, achado.codigo, achado.item) == (regra, codigo, item)
        assert achado.severidade is Severidade.GLOSA
        assert all((achado.mensagem, achado.providencia, achado.base))
        assert glosa_text(codigo, versao or V401) is not None
        if len(found.resultados) < 2:
            assert found.parecer.situacao is Situacao.NEGADA
            assert (found.parecer.responder_ate, found.parecer.diarias) == (None, 0)


ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("as it comes", {}),
    ("on the last covered day", {"beneficiario": a_vida(data_exclusao=HOJE)}),
    ("on the day of inclusion", {"beneficiario": a_vida(data_inclusao=HOJE, isento_carencias=True)}),
    ("on the card's last day", {"beneficiario": a_vida(validade_carteira=HOJE)}),
    ("suspended tomorrow", {"beneficiario": a_vida(suspenso_de=AMANHA)}),
    ("newborn of 30 days", {"request": a_request(atendimento_rn=True, nascimento_rn=HOJE - timedelta(days=30))}),
    ("contract's last day", {"contrato": contract(vigente_ate=HOJE)}),
    ("token", {"request": a_request(cod_validacao="1"), "contrato": contract(exige_cod_validacao=True)}),
    (
        "no token and why",
        {"request": a_request(ausencia_cod_validacao="01"), "contrato": contract(exige_cod_validacao=True)},
    ),
    (
        "after an outage", {"request": a_request(data_atendimento=ONTEM, ausencia_cod_validacao="03")},
    ),
    ("urgência of yesterday", {"request": an_urgencia(data_atendimento=ONTEM)}),
    ("material unknown to us", {"request": a_request(an_asked(), an_asked(DESCONHECIDO, tabela="19"))}),
    ("code covered beyond", {"plano": plan(coberturas=(a_cobertura(),), ambulatorial=False)}),
    ("urgência on a hospital plan", {"request": an_urgencia(), "plano": plan(ambulatorial=False)}),
    (
        "carência served today",
        {
            "plano": plan(a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 30)),
            "beneficiario": a_vida(data_inclusao=HOJE - timedelta(days=30)),
        },
    ),
    (
        "urgência a day after inclusion",
        {
            "request": an_urgencia(),
            "plano": plan(
                a_carencia(GrupoCarencia.URGENCIA_EMERGENCIA, 1), a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 30),
                coberturas=(a_cobertura("10101039", grupo_carencia=GrupoCarencia.PARTO),),
            ),
            "beneficiario": a_vida(data_inclusao=ONTEM),
        },
    ),
    ("package of the contract", {"request": an_urgencia(an_asked(PACOTE, tabela="98"))}),
    ("medicine with its application", {"request": a_request(MEDICADO, an_asked(SESSAO))}),
    ("medicine in a package", {"request": a_request(MEDICADO, an_asked(PACOTE, tabela="98"))}),
    ("application in a package", {"request": a_request(an_asked(SESSAO), an_asked(PACOTE, tabela="98"))}),
    ("tooth", {"request": dental(dente="11", face="OLM")}),
    ("region", {"request": dental(regiao="ASAI")}),
    ("removal in XML", {"request": a_removal()}),
    ("removal in JSON", {"request": a_removal(observacao=None, remocao=Remocao(origem="A", destino="B"))}),
    ("cpt over", {"request": a_request(an_asked(CIRURGIA)), "beneficiario": a_vida(cpt_ate=ONTEM)}),
    ("cpt of a simple exam", {"beneficiario": a_vida(cpt_ate=HOJE)}),
    ("limit reached", {"request": a_request(an_asked(LIMITADO, 10))}),
    ("document given", {
        "request": a_request(an_asked(LAUDADO), documentos=(DocumentoAnexado(documento_id="1", tipo="02"),)),
    }),
    ("regional plan at home", {
        "plano": plan(abrangencia=Abrangencia.ESTADUAL, ufs=("ES",)), "uf": "ES",
    }),
    ("regional plan, state unknown", {"plano": plan(abrangencia=Abrangencia.ESTADUAL, ufs=("ES",))}),
    ("regional plan without states", {"plano": plan(abrangencia=Abrangencia.ESTADUAL), "uf": "BA"}),
    ("national plan", {"uf": "BA"}),
]  # fmt: skip


@pytest.mark.parametrize("case", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_on_the_other_side_of_each_boundary_it_is_authorised(case: dict[str, Any]) -> None:
    found = judged(case.get("request"), **{name: value for name, value in case.items() if name != "request"})
    assert told(found) == []
    assert found.parecer.situacao is Situacao.AUTORIZADA
    assert set(found.resultados) == {Resultado.AUTORIZADO}
    assert (found.parecer.responder_ate, found.parecer.pendente_ate, found.parecer.pendencias) == (None, None, ())


# --- what a person decides ---

ANALYSED: list[tuple[str, dict[str, Any], tuple[str, str, str, int | None]]] = [
    ("rule asks", {"request": a_request(an_asked(ANALISADO))}, ("R09", "", "", 1)),
    ("elective stay", {"request": a_stay()}, ("AUT-ANALISE", "", "", None)),
    (
        "plan of another state", {"plano": plan(abrangencia=Abrangencia.ESTADUAL, ufs=("ES",)), "uf": "BA"},
        ("R25-ABRANGENCIA", "1215", "3277", None),
    ),
    (
        "surgery in cobertura parcial",
        {"request": a_request(an_asked(CIRURGIA)), "beneficiario": a_vida(cpt_ate=HOJE)},
        ("R25-CPT", "1421", "3173", 1),
    ),
    ("limit passed", {"request": a_request(an_asked(LIMITADO, 11))}, ("R25-LIMITE", "1409", "3293", 1)),
    ("opme", {"request": with_opme()}, ("R27", "", "", 2)),
    (
        "radioterapia", {"request": a_request(anexos=(an_annex(TipoAnexo.RADIOTERAPIA, data_provavel=AMANHA),))},
        ("R23", "", "", None),
    ),
    (
        "better room",
        {"request": a_request(an_asked(DIARIA, tabela="18")), "plano": plan(acomodacao=Acomodacao.COLETIVA)},
        ("R19", "1902", "3142", 1),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), [row[1:] for row in ANALYSED], ids=[row[0] for row in ANALYSED])
@pytest.mark.regra(ANALYSED)
def test_what_would_be_denied_on_other_grounds_goes_to_a_person(
    case: dict[str, Any], expected: tuple[str, str, str, int | None]
) -> None:
    regra, old, new, item = expected
    contexto = {name: value for name, value in case.items() if name != "request"}
    for versao, codigo in ((V401, old), (V403, new)):
        found = judged(case.get("request"), versao=versao, **contexto)
        assert told(found) == [(regra, codigo, item)]
        assert found.parecer.situacao is Situacao.EM_ANALISE
        assert found.parecer.responder_ate is not None
        assert Resultado.IMPOSSIVEL not in found.resultados


@pytest.mark.parametrize("case", [row[1] for row in ANALYSED], ids=[row[0] for row in ANALYSED])
@pytest.mark.regra("R14")
def test_urgencia_waits_for_nobody(case: dict[str, Any]) -> None:
    contexto = {name: value for name, value in case.items() if name != "request"}
    found = judged(replace(case.get("request") or a_request(), **AMB), **contexto)
    assert (told(found), found.parecer.situacao) == ([], Situacao.AUTORIZADA)
    assert all("Aguarde" not in achado.providencia for achado in found.achados)


@pytest.mark.regra("AUT-ANALISE")
def test_5_business_days_or_10_for_what_is_complex_by_the_operadoras_calendar() -> None:
    livre = Calendario((DiaEspecial(HOJE + timedelta(days=2), "Feriado do estado", TipoDia.FERIADO, uf="ES"),))
    limited = a_request(an_asked(LIMITADO, 11))
    assert judged(limited).parecer.responder_ate == date(2026, 11, 27)
    assert judged(limited, calendario=livre, uf="ES").parecer.responder_ate == date(2026, 11, 30)
    assert judged(limited, calendario=livre, uf="BA").parecer.responder_ate == date(2026, 11, 27)
    assert judged(a_request(an_asked(ANALISADO))).parecer.responder_ate == date(2026, 12, 4)
    assert judged(a_stay()).parecer.responder_ate == date(2026, 12, 4)
    quick = Parametros(resposta_complexa_uteis=1)
    assert judged(a_stay(), parametros=quick).parecer.responder_ate == HOJE + timedelta(days=2)


def test_an_impossible_complex_item_does_not_lengthen_the_answer() -> None:
    complex_and_refused = a_regra("40301630", alta_complexidade=True)
    asked = a_request(an_asked("40301630"), an_asked(LIMITADO, 11))
    found = judged(asked, regras=(*a_context().regras, complex_and_refused))
    assert found.resultados == (Resultado.IMPOSSIVEL, Resultado.ANALISE)
    assert found.parecer.responder_ate == date(2026, 11, 27)


# --- the whole ---


@pytest.mark.regra("R25")
def test_items_are_judged_one_by_one() -> None:
    found = judged(a_request(an_asked(), an_asked("40301630"), an_asked(quantidade=2)))
    assert found.parecer.situacao is Situacao.PARCIAL
    assert found.resultados == (Resultado.AUTORIZADO, Resultado.IMPOSSIVEL, Resultado.AUTORIZADO)
    assert [int(item.autorizada) for item in found.parecer.itens] == [1, 0, 2]
    (motivo,) = found.parecer.itens[1].motivos
    assert (motivo.codigo, bool(motivo.texto), bool(motivo.base)) == ("2514", True, True)


def test_one_item_in_analysis_holds_the_whole_and_keeps_what_the_rules_said() -> None:
    found = judged(a_request(an_asked(), an_asked("40301630"), an_asked(ANALISADO)))
    assert found.parecer.situacao is Situacao.EM_ANALISE
    assert found.resultados == (Resultado.AUTORIZADO, Resultado.IMPOSSIVEL, Resultado.ANALISE)


def test_all_findings_come_at_once_in_the_order_of_the_rules() -> None:
    found = judged(
        a_request(an_asked("40301630"), an_asked(DESCONHECIDO), an_asked(quantidade=0)),
        relacionamento=None, beneficiario=a_vida(data_exclusao=ONTEM, validade_carteira=ONTEM),
    )  # fmt: skip
    assert [regra for regra, _, _ in told(found)] == [
        "R02", "ELEG-EXCLUSAO", "ELEG-CARTEIRA", "AUT-QUANTIDADE", "AUT-TUSS", "R25",
    ]  # fmt: skip
    assert found.parecer.situacao is Situacao.NEGADA
    assert [motivo.codigo for motivo in found.parecer.motivos] == ["1207", "1014", "1017"]
    assert set(found.resultados) == {Resultado.IMPOSSIVEL}


@pytest.mark.regra("R15", "R19", "R25", "R26", "R27")
def test_a_finding_shows_the_place_what_was_seen_and_what_is_right() -> None:
    (achado,) = judged(dental(regiao="AIAS")).achados
    assert (achado.campo, achado.visto, achado.esperado) == ("itens[0].regiao", "AIAS", "ASAI")
    assert judged(dental(regiao="XX")).achados[0].esperado is None
    (far,) = [one for one in judged(a_request(an_asked("40301630"))).achados if one.regra == "R25"]
    assert (far.central, far.visto) == (True, "22:40301630")
    (opme,) = [one for one in judged(with_opme(cotacoes=2)).achados if one.pendencia]
    assert (opme.campo, opme.visto, opme.esperado) == ("documentos", "2", "3")
    assert judged(a_request(guia_principal="x")).achados[0].campo == "guia_principal"
    (daily,) = [one for one in judged(a_stay(an_asked("60000660", tabela="18"))).achados if one.regra == "R19"]
    assert daily.esperado == f"18:{DIARIA}"


def test_no_finding_repeats_personal_data() -> None:
    for _, case, _ in REFUSED:
        contexto = {name: value for name, value in case.items() if name != "request"}
        for achado in judged(case.get("request"), **contexto).achados:
            assert CARTEIRA not in repr(achado)


def test_rules_have_stable_ids_sources_bases_and_say_what_they_ask() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.fontes and rule.base and rule.funcao.__doc__ for rule in RULES)
    sources = {fonte for rule in RULES for fonte in rule.fontes}
    assert {"R02", "R09", "R10", "R14", "R15", "R16", "R19", "R20", "R22", "R23", "R25", "R26", "R27", "R28"} <= sources


# --- what is missing (R27 and documents) ---


@pytest.mark.regra("R27")
def test_opme_that_was_announced_is_waited_for_with_its_quotes() -> None:
    parecer = judged(a_stay(indicador_opme=True)).parecer
    assert parecer.situacao is Situacao.AGUARDANDO_DOCUMENTO
    assert [(one.tipo, one.quantidade) for one in parecer.pendencias] == [
        (TipoPendencia.ANEXO_OPME, 1), (TipoPendencia.COTACAO, 3),
    ]  # fmt: skip
    assert (parecer.pendente_ate, parecer.responder_ate) == (date(2026, 11, 27), date(2026, 12, 4))


@pytest.mark.regra("R27")
def test_a_quote_that_is_named_twice_is_one_quote() -> None:
    asked = with_opme(an_opme(), cotacoes=2)
    twice = replace(asked, documentos=(*asked.documentos, asked.documentos[0]))
    assert [one.quantidade for one in judged(twice).parecer.pendencias] == [1]


@pytest.mark.parametrize(("given", "missing"), [(0, 3), (2, 1), (3, 0), (4, 0)])
@pytest.mark.regra("R27")
def test_quotes_are_as_many_as_the_contract_asks(given: int, missing: int) -> None:
    parecer = judged(with_opme(an_opme(), an_opme(opcao="2"), cotacoes=given, indicador_opme=True)).parecer
    assert [one.quantidade for one in parecer.pendencias] == ([missing] if missing else [])
    assert parecer.situacao is (Situacao.AGUARDANDO_DOCUMENTO if missing else Situacao.EM_ANALISE)
    assert [item.situacao for item in parecer.itens] == [
        SituacaoItem.AUTORIZADO, SituacaoItem.EM_ANALISE, SituacaoItem.EM_ANALISE,
    ]  # fmt: skip


@pytest.mark.regra("R09")
def test_documents_of_several_items_are_asked_for_once() -> None:
    parecer = judged(a_request(an_asked(LAUDADO), an_asked(LAUDADO))).parecer
    assert [(one.tipo, one.documento) for one in parecer.pendencias] == [(TipoPendencia.DOCUMENTO, "02")]
    assert parecer.situacao is Situacao.AGUARDANDO_DOCUMENTO


def test_what_an_impossible_item_lacks_is_not_waited_for() -> None:
    found = judged(a_request(an_asked(), an_asked(LAUDADO, quantidade=0)))
    assert (found.parecer.situacao, found.parecer.pendencias) == (Situacao.PARCIAL, ())


@pytest.mark.parametrize("asked", [a_stay(justificativa=" "), a_request(an_asked(ANALISADO), justificativa=None)])
@pytest.mark.regra("AUT-JUSTIFICATIVA")
def test_what_a_person_decides_says_why_it_is_asked(asked: Solicitacao) -> None:
    parecer = judged(asked).parecer
    assert parecer.situacao is Situacao.AGUARDANDO_JUSTIFICATIVA
    assert [one.tipo for one in parecer.pendencias] == [TipoPendencia.JUSTIFICATIVA]
    annex = replace(an_annex(TipoAnexo.OPME, an_opme()), justificativa="Fratura")
    assert judged(replace(asked, anexos=(annex,), documentos=quotes(3))).parecer.situacao is Situacao.EM_ANALISE


@pytest.mark.regra("AUT-JUSTIFICATIVA")
def test_nobody_explains_a_hemogram() -> None:
    assert told(judged(a_request(justificativa=None))) == []


@pytest.mark.parametrize(
    ("material", "codigo"),
    [
        (an_opme(registro_anvisa=None), None),
        (an_opme(""), None),
        (replace(an_opme(), tabela="00"), None),
        (replace(an_opme(registro_anvisa=None), tabela="00"), "3106"),
        (an_opme("", registro_anvisa=None), "3106"),
        (an_asked("", tabela="19"), "3106"),
        (an_opme(opcao="3"), None),
        (an_opme(opcao="4"), "2201"),
    ],
)
@pytest.mark.regra("R27")
def test_a_material_has_a_tuss_code_or_the_registration_at_anvisa(material: Any, codigo: str | None) -> None:
    found = judged(with_opme(material))
    refused = [achado.codigo for achado in found.achados if achado.efeito is Efeito.IMPEDE]
    assert refused == ([codigo] if codigo else [])


@pytest.mark.regra("AUT-DIA-PREVISTO")
@pytest.mark.parametrize(("dias", "told_of"), [(90, False), (91, True)])
def test_a_planned_day_that_no_senha_of_today_reaches_is_told_and_nothing_else(dias: int, told_of: bool) -> None:  # noqa: FBT001
    day = HOJE + timedelta(days=dias)
    annex = an_annex(TipoAnexo.QUIMIOTERAPIA, an_asked(DROGA, tabela="20", data_provavel=day))
    for request, campo in (
        (a_request(data_atendimento=day), "data_atendimento"),
        (a_request(anexos=(annex,)), "anexos[0].itens[0]"),
    ):
        found = [achado for achado in judged(request).achados if achado.regra == "AUT-DIA-PREVISTO"]
        assert [(achado.codigo, achado.campo) for achado in found] == ([("1414", campo)] if told_of else [])
    assert judged(a_request(data_atendimento=day)).parecer.situacao is Situacao.AUTORIZADA


@pytest.mark.regra("R27")
def test_in_urgencia_the_first_choice_of_each_material_is_authorised_and_the_quotes_owed() -> None:
    other = an_opme("70000002", opcao="3")
    found = judged(with_opme(an_opme(opcao="2"), an_opme(opcao="1"), other, cotacoes=0, **AMB))
    assert found.parecer.situacao is Situacao.AUTORIZADA
    assert found.resultados == (
        Resultado.AUTORIZADO, Resultado.ALTERNATIVA, Resultado.AUTORIZADO, Resultado.AUTORIZADO,
    )  # fmt: skip
    assert ("R27", "3052", 2) in warned(found)


# --- parents (R15, R16, R22, R24) ---


@pytest.mark.parametrize("parent", [URGENTE, INTERNACAO, replace(URGENTE, situacao=Situacao.UTILIZADA)])
@pytest.mark.regra("R15")
def test_complements_are_asked_on_an_urgent_senha_or_a_stay(parent: Autorizacao) -> None:
    assert told(upon(parent)) == []


@pytest.mark.parametrize(
    ("parent", "codigo"),
    [
        (an_authorization(), "1302"),
        (replace(URGENTE, principal="1"), "1302"),
        (an_authorization(solicitacao=dental(dente="11")), "1302"),
        (replace(URGENTE, solicitacao=an_urgencia(carteira=OUTRA_CARTEIRA)), "1303"),
        (an_authorization(solicitacao=an_urgencia(solicitante="outro"), prestador_id="outro"), "1303"),
        (replace(URGENTE, situacao=Situacao.CANCELADA), "1437"),
        (replace(URGENTE, situacao=Situacao.NEGADA), "1403"),
        (a_pending(solicitacao=an_urgencia()), "1403"),
        (replace(URGENTE, validade=ONTEM), "1414"),
        (replace(URGENTE, validade=HOJE), None),
        (in_situation(Situacao.UTILIZADA, solicitacao=an_urgencia(), validade=ONTEM), "1414"),
        (a_stay_authorization(validade=ONTEM, admissao=ONTEM), None),
        (a_stay_authorization(admissao=ONTEM, alta=ONTEM), "1414"),
        (a_stay_authorization(admissao=ONTEM, alta=HOJE), None),
        (replace(URGENTE, substituicao="N"), "1302"),
    ],
)
@pytest.mark.regra("R15")
def test_a_parent_is_of_the_same_life_and_prestador_of_the_right_kind_and_in_force(
    parent: Autorizacao, codigo: str | None
) -> None:
    assert told(upon(parent)) == ([("R15", codigo, None)] if codigo else [])


@pytest.mark.regra("R15", "R22")
def test_whom_a_stay_is_of_may_do_what_a_solicitante_of_elsewhere_asks_on_it() -> None:
    assert told(upon(INTERNACAO, solicitante="outro", executante=INTERNACAO.prestador_id)) == []
    assert told(upon(INTERNACAO, solicitante="outro", executante="mais um")) == [("R15", "1303", None)]


@pytest.mark.regra("R15")
def test_a_carteira_that_was_renumbered_is_still_the_same_life() -> None:
    parent = replace(URGENTE, solicitacao=an_urgencia(carteira=OUTRA_CARTEIRA))
    asked = a_request(guia_principal="S")
    assert told(judged(asked, principal=parent, beneficiario=a_vida(carteira_anterior=OUTRA_CARTEIRA))) == []
    assert told(judged(asked, principal=URGENTE, beneficiario=None, plano=None)) == [
        ("ELEG-NAO-ENCONTRADO", "1001", None)
    ]


@pytest.mark.regra("R15", "AUT-ANALISE")
def test_a_stay_is_prolonged_by_a_person_and_nothing_else_is() -> None:
    longer: dict[str, Any] = {"tipo": Tipo.PRORROGACAO, "diarias": 2}
    found = upon(INTERNACAO, an_asked(DIARIA, 2, tabela="18"), **longer)
    assert told(found) == [("AUT-ANALISE", "", None)]
    assert told(upon(URGENTE, an_asked(DIARIA, 2, tabela="18"), **longer))[0] == ("R15", "1302", None)
    days = judged(replace(a_stay(), itens=(), guia_principal="S", **longer), principal=INTERNACAO)
    assert (days.parecer.situacao, days.parecer.diarias, days.resultados) == (Situacao.EM_ANALISE, 0, ())
    none = judged(replace(a_stay(), itens=(), guia_principal="S", **longer), principal=INTERNACAO,
                  plano=plan(hospitalar=False))  # fmt: skip
    assert told(none)[0] == ("R25-COBERTURA", "1407", None)


@pytest.mark.regra("R15")
def test_a_stay_has_no_parent_and_odontologia_only_its_own() -> None:
    assert ("R15", "1302", None) in told(upon(INTERNACAO, tipo=Tipo.INTERNACAO))
    before = an_authorization(solicitacao=dental(dente="11"))
    assert told(upon(before, an_asked(PERICIA, dente="11"), tipo=Tipo.ODONTOLOGIA)) == []


@pytest.mark.regra("R15", "AUT-COMPLEMENTAR")
def test_the_central_complements_what_a_prestador_may_not_and_waits_for_nobody() -> None:
    asked = a_request(an_asked(ANALISADO), guia_principal="S")
    parent = an_authorization(an_item(quantidade=2, faturada=Decimal(1)), situacao=Situacao.UTILIZADA)
    assert told(judged(asked, principal=parent))[0] == ("R15", "1302", None)
    found = judged(asked, principal=parent, pela_central=True)
    assert (told(found), found.parecer.situacao) == ([], Situacao.AUTORIZADA)


@pytest.mark.regra("R20")
def test_in_a_stay_medicines_need_no_application_and_what_the_parent_has_counts() -> None:
    assert told(upon(INTERNACAO, MEDICADO)) == []
    applied = an_authorization(an_item(solicitado=an_asked(SESSAO)), solicitacao=an_urgencia(an_asked(SESSAO)))
    assert told(upon(applied, MEDICADO)) == []
    taken = replace(applied, itens=(an_item(solicitado=an_asked(SESSAO), autorizada=Decimal(0)), an_item(2)))
    assert told(upon(taken, MEDICADO)) == [("R20", "3102", 1)]


# --- carência by group ---


@pytest.mark.parametrize(
    ("asked", "grupo"),
    [
        (a_request(an_asked(CONSULTA)), GrupoCarencia.CONSULTAS_EXAMES),
        (a_request(an_asked(ANALISADO)), GrupoCarencia.EXAMES_ESPECIAIS),
        (a_request(an_asked(SESSAO), MEDICADO), GrupoCarencia.TERAPIAS),
        (a_request(an_asked(data_provavel=AMANHA)), GrupoCarencia.TERAPIAS),
        (a_stay(), GrupoCarencia.INTERNACAO),
        (a_stay(tipo_internacao="3"), GrupoCarencia.PARTO),
        (an_urgencia(), GrupoCarencia.URGENCIA_EMERGENCIA),
        (a_stay(**AMB), GrupoCarencia.URGENCIA_EMERGENCIA),
        (dental(dente="11"), GrupoCarencia.ODONTOLOGIA),
    ],
)
@pytest.mark.regra("R25-CARENCIA")
def test_each_request_waits_for_its_own_carencia(asked: Solicitacao, grupo: GrupoCarencia) -> None:
    for other in GrupoCarencia:
        found = judged(asked, plano=plan(a_carencia(other, 9000)))
        waiting = [achado for achado in found.achados if achado.regra == "R25-CARENCIA"]
        assert bool(waiting) is (
            other is grupo or (other is GrupoCarencia.CONSULTAS_EXAMES and MEDICADO in asked.itens)
        )


@pytest.mark.regra("R25-CARENCIA")
def test_the_plan_may_name_the_carencia_of_a_code_and_the_day_of_service_counts() -> None:
    named_by_plan = (a_cobertura(grupo_carencia=GrupoCarencia.PARTO),)
    assert told(judged(plano=plan(a_carencia(dias=9000), coberturas=named_by_plan)))[0][0] == "R25-CARENCIA"
    soon = a_vida(data_inclusao=HOJE - timedelta(days=29))
    exams = plan(a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 30))
    assert told(judged(plano=exams, beneficiario=soon)) == [("R25-CARENCIA", "1410", 1)]
    assert told(judged(a_request(data_atendimento=AMANHA), plano=exams, beneficiario=soon)) == []


@pytest.mark.regra("R25-CARENCIA")
def test_what_hangs_on_an_urgent_senha_waits_24_hours_only() -> None:
    found = judged(
        a_request(guia_principal="S"), principal=URGENTE, plano=plan(a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 9000))
    )
    assert told(found) == []


# --- limits ---


def use(quantidade: int, days_ago: int, codigo: str = LIMITADO) -> Uso:
    return Uso(tabela="22", codigo=codigo, dia=HOJE - timedelta(days=days_ago), quantidade=Decimal(quantidade))


@pytest.mark.parametrize(
    ("usos", "passes"),
    [
        ((use(9, 29),), True),
        ((use(10, 29),), False),
        ((use(10, 30),), True),
        ((use(5, 1), use(5, 2)), False),
        ((use(10, 0, HEMOGRAMA),), True),
        ((use(10, -1),), False),
        ((use(10, -29),), False),
        ((use(10, -30),), True),
        ((use(5, 20), use(5, -5)), False),
        ((use(5, 25), use(5, -5)), True),
    ],
)
@pytest.mark.regra("R25-LIMITE")
def test_a_limit_counts_what_was_used_in_its_days(usos: tuple[Uso, ...], *, passes: bool) -> None:
    found = judged(a_request(an_asked(LIMITADO)), usos=usos)
    assert (found.parecer.situacao is Situacao.AUTORIZADA) is passes


@pytest.mark.regra("R25-LIMITE")
def test_a_limit_counts_every_line_of_the_request_and_may_be_for_life() -> None:
    found = judged(a_request(an_asked(LIMITADO, 6), an_asked(LIMITADO, 5)))
    assert found.resultados == (Resultado.AUTORIZADO, Resultado.ANALISE)
    forever = (a_regra(LIMITADO, limite_quantidade=10),)
    assert told(judged(a_request(an_asked(LIMITADO)), regras=forever, usos=(use(10, 9000),))) != []


# --- the rest ---


@pytest.mark.regra("R09")
def test_where_no_senha_is_needed_it_is_given_and_told() -> None:
    found = judged(a_request(an_asked(CONSULTA)))
    assert (warned(found), found.parecer.situacao) == ([("R09", "", 1)], Situacao.AUTORIZADA)
    assert warned(judged(an_urgencia(an_asked(CONSULTA)))) == []
    unknown = judged(a_request(an_asked(), an_asked(DESCONHECIDO, tabela="20"), an_asked(SESSAO)))
    assert ("AUT-TUSS", "2101", 2) in warned(unknown)


@pytest.mark.regra("R14")
def test_the_contract_may_warn_of_its_package_instead_of_refusing() -> None:
    warns = contract(pacote_pronto_socorro=f"98:{PACOTE}", conduta_pronto_socorro=Conduta.AVISA)
    found = judged(an_urgencia(), contrato=warns)
    assert (told(found), warned(found)) == ([], [("R14", "3098", 1)])


@pytest.mark.regra("R20", "R23")
def test_quimioterapia_counts_as_medicine_and_each_drug_has_its_day() -> None:
    drug = an_asked(DROGA, "2.50", tabela="00", data_provavel=AMANHA)
    annex = an_annex(TipoAnexo.QUIMIOTERAPIA, drug)
    found = judged(a_request(an_asked(SESSAO), anexos=(annex,)))
    assert told(found) == [("R23", "", None)]
    assert [item.data_prevista for item in found.parecer.itens] == [None, AMANHA]
    alone = judged(a_request(anexos=(annex,)))
    assert ("R20", "3102", 2) in told(alone)


@pytest.mark.regra("R20")
def test_procedures_that_bring_their_own_medicines_let_them_pass() -> None:
    tomography = an_asked("41001010")
    completo = a_context().contrato
    more = replace(completo, procedimentos=(*completo.procedimentos, replace(completo.procedimentos[0], codigo="4*")))
    assert told(judged(a_request(MEDICADO, tomography), contrato=more)) == []


@pytest.mark.regra("R25-VALOR")
def test_the_contracts_value_is_authorised_and_a_higher_one_told() -> None:
    found = judged(a_request(an_asked(valor=Decimal("18.51")), an_asked(valor=Decimal("18.50")), an_asked()))
    assert warned(found) == [("R25-VALOR", "1705", 1)]
    assert {item.valor_autorizado for item in found.parecer.itens} == {Decimal("18.50")}
    unpriced = judged(a_request(an_asked(CONSULTA, valor=Decimal("9.00"))))
    assert unpriced.parecer.itens[0].valor_autorizado == Decimal("9.00")
    assert judged(a_stay()).parecer.itens[0].valor_autorizado == a_diaria().valor
    assert judged(an_urgencia(an_asked(PACOTE, tabela="98"))).parecer.itens[0].valor_autorizado == a_pacote().valor
    old = a_preco(HEMOGRAMA, "1.00", vigente_ate=ONTEM)
    assert judged(precos=(old,)).parecer.itens[0].valor_autorizado is None
    tooth = replace(dental(dente="11", valor=Decimal("999.00")))
    assert warned(judged(tooth, precos=(a_preco(PERICIA),))) == []


@pytest.mark.regra("R25-VALOR")
def test_without_a_contract_nothing_is_priced_nor_missed() -> None:
    found = judged(with_opme(), contrato=a_contrato_completo(contratos=(), diarias=(), pacotes=()))
    assert told(found)[0] == ("R25-CONTRATO", "1201", None)


@pytest.mark.regra("R19")
def test_a_plan_of_shared_rooms_has_its_own_diaria() -> None:
    shared = a_diaria(acomodacao=Acomodacao.COLETIVA)
    completo = replace(a_context().contrato, diarias=(shared,))
    found = judged(a_stay(**AMB), plano=plan(acomodacao=Acomodacao.COLETIVA), contrato=completo)
    assert (told(found), warned(found), found.parecer.diarias) == ([], [], 3)


@pytest.mark.regra("R02-EXECUTANTE")
def test_who_does_what_it_asks_for_is_told_once_and_need_not_ask_to_do_what_another_asks() -> None:
    suspended = relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", HOJE))
    assert told(judged(relacionamento=suspended, executante=suspended)) == [("R02", "1207", None)]
    assert told(judged(executante=relacionamento_of(("HABILITADO", INICIO), autorizacao=False))) == []


# --- validity (R10) ---


@pytest.mark.parametrize(
    ("contexto", "expected"),
    [
        ({}, VALIDADE),
        ({"beneficiario": None, "plano": None, "relacionamento": None}, VALIDADE),
        ({"beneficiario": a_vida(data_exclusao=AMANHA)}, AMANHA),
        ({"plano": plan(vigente_ate=AMANHA)}, AMANHA),
        ({"contrato": contract(vigente_ate=AMANHA)}, AMANHA),
        (
            {"contrato": ContratoCompleto((a_contrato(vigente_ate=HOJE), a_contrato(AMANHA)))},
            VALIDADE,
        ),
        ({"relacionamento": relacionamento_of(("HABILITADO", INICIO), ("DESCREDENCIADO", AMANHA))}, HOJE),
        ({"relacionamento": relacionamento_of(("SUSPENSO", INICIO), ("HABILITADO", AMANHA))}, VALIDADE),
        ({"executante": relacionamento_of(("HABILITADO", INICIO), ("SUSPENSO", AMANHA))}, HOJE),
    ],
)  # fmt: skip
@pytest.mark.regra("AUT-VALIDADE")
def test_a_senha_ends_with_cover_contract_or_relacionamento(contexto: dict[str, Any], expected: date) -> None:
    assert valid_until(a_request(), a_context(**contexto)) == expected
    assert judge(a_request(), a_context(**contexto)).validade == expected


@pytest.mark.parametrize(
    ("codigo", "expected"),
    [("100", True), ("101", False), ("300", True), ("35x", True), ("400", True), ("401", False), ("2", False)],
)
def test_codes_are_named_one_by_one_by_their_beginning_or_by_a_range(codigo: str, *, expected: bool) -> None:
    assert named(("22:100", "22:3*", "22:390-400"), "22", codigo) is expected
    assert not named(("22:100",), "18", "100")


@pytest.mark.regra("R27")
def test_a_prosthesis_outside_the_annex_is_one_too() -> None:
    found = judged(a_request(an_asked(), an_opme(PROTESE), documentos=quotes(3)))
    assert told(found) == [("R27", "", 2)]
