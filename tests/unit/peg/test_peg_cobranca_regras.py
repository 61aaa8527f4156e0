"""Rules of billing: each in the codes of who bills, on both sides of its limit, silent where it has nothing to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.analise import RULES, judge
from conecta_contas.cobranca import GuiaCobrada
from conecta_contas.contexto import Contexto, Vida, by_code
from conecta_facts.beneficiarios import MotivoSuspensao
from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_facts.contratos import Conduta, DataBaseAmbulatorial, DataBaseInternacao
from conecta_facts.planos import GrupoCarencia
from conecta_senhas.autorizacoes import Item, Origem, Situacao
from conecta_senhas.solicitacoes import TipoAnexo
from conecta_tiss.findings import Severidade
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.lote_guias import TipoGuia
from conecta_tiss.terminologia import glosa_text
from conecta_tiss.vocabulary.tables import CaraterAtendimento
from tests import builders
from tests.builders_autorizacao import (
    CIRURGIA,
    DESCONHECIDO,
    PERICIA,
    PRONTO_SOCORRO,
    PROTESE,
    REMEDIO,
    REMOCAO,
    SESSAO,
    SESSAO_RADIO,
    an_urgencia,
    in_situation,
)
from tests.builders_cadastro import (
    CARTEIRA,
    CONSULTA,
    HEMOGRAMA,
    HOJE,
    INICIO,
    a_carencia,
    a_cobertura,
    a_contratado,
    a_contrato,
    a_plano_completo,
    a_preco,
    a_regra,
    a_vida,
    relacionamento_of,
)
from tests.builders_functions import CLINICA, CNPJ
from tests.builders_peg import (
    DIA,
    DIARIA,
    OUTRA_SENHA,
    RESINA,
    SENHA,
    V401,
    V403,
    a_dental,
    a_fee,
    a_knowledge,
    a_life,
    a_resumo,
    a_sadt,
    a_senha,
    a_visit,
    an_account,
    authorised,
    before,
    billed,
    by,
    done,
    filled,
    granted,
    granted_stay,
    judged,
    only,
    spent,
    told,
    warned,
)

URGENTE = {"carater_atendimento": CaraterAtendimento.URGENCIA_EMERGENCIA.value}
DEPOIS = DIA + timedelta(days=1)
ANTES = DIA - timedelta(days=1)


def terms(contexto: Contexto | None = None, **changes: Any) -> Any:
    """The usual contract with other terms."""
    return replace((contexto or a_knowledge()).contrato, contratos=(a_contrato(**changes),))


def on(*senhas: Any, **changes: Any) -> Contexto:
    """What is known, with those senhas."""
    return a_knowledge(*(a_senha(one) for one in senhas), **changes)


def stay(*itens: Any, **changes: Any) -> Contexto:
    return on(granted_stay(*itens, **changes))


def tooth(**changes: Any) -> Contexto:
    return on(granted(authorised(RESINA, **{"dente": "11", "face": "OM", **changes})))


def free(*extra: Any) -> Any:
    """Rules that ask a senha of the hemogram only, with others besides."""
    return by_code((a_regra(exige_senha=True), *extra))


MED = spent(REMEDIO, codigo_despesa="02", codigo_tabela="20", valor="10.00", sequencial_item=2)
OPME = spent(PROTESE, codigo_despesa="08", codigo_tabela="19", valor="5000.00", sequencial_item=2)
PACK = done("98000001", valor="350.00", codigo_tabela="98")

# --- every rule: what is billed, what is known, what is told in 4.01 and in 4.03, of which item ---

Caso = tuple[str, tuple[Any, ...], Contexto, tuple[str, str, str, int | None]]
REFUSED: list[Caso] = [
    ("two kinds", (a_sadt(senha=None, procedimentos=(done(PERICIA),)), a_visit("G2")), a_knowledge(),
     ("COB-TIPO-GUIA", "5007", "5007", None)),
    ("number of guia known", (a_sadt(),), a_knowledge(guias={"G1": "261120000009"}),
     ("COB-GUIA-REPETIDA", "1308", "1308", None)),
    ("no contract then", (a_sadt(),), a_knowledge(contrato=terms(vigente_ate=ANTES)),
     ("COB-CONTRATO", "1201", "3278", None)),
    ("suspended then", (a_sadt(),), a_knowledge(relacionamento=relacionamento_of(("HABILITADO", INICIO),
                                                                                ("SUSPENSO", DIA))),
     ("COB-CONTRATO", "1201", "3278", None)),
    ("no relacionamento", (a_sadt(),), a_knowledge(relacionamento=None), ("COB-CONTRATO", "1201", "3278", None)),
    ("late", (a_sadt(),), a_knowledge(hoje=DIA + timedelta(days=91)), ("COB-PRAZO", "3161", "3161", None)),
    ("another executante", (a_sadt(contratado_executante=Contratado(codigo_na_operadora="X1")),),
     a_knowledge(identificacoes=frozenset({CNPJ})), ("COB-EXECUTANTE", "1203", "3279", None)),
    ("nobody's carteira", (a_visit(beneficiario=builders.beneficiario(numero_carteira="9")),), a_knowledge(),
     ("COB-CARTEIRA", "1001", "1001", None)),
    ("included later", (a_sadt(),), a_knowledge(vidas={CARTEIRA: a_life(data_inclusao=DEPOIS)}),
     ("COB-COBERTURA", "1005", "3308", None)),
    ("excluded before", (a_sadt(),), a_knowledge(vidas={CARTEIRA: a_life(data_exclusao=ANTES)}),
     ("COB-COBERTURA", "1006", "1006", None)),
    ("suspended for payment", (a_sadt(),), a_knowledge(vidas={CARTEIRA: a_life(
        suspenso_de=DIA, motivo_suspensao=MotivoSuspensao.INADIMPLENCIA)}), ("COB-COBERTURA", "1009", "1009", None)),
    ("suspended", (a_sadt(),), a_knowledge(vidas={CARTEIRA: a_life(suspenso_de=DIA)}),
     ("COB-COBERTURA", "1016", "1016", None)),
    ("card expired, no senha", (a_visit(),), a_knowledge(vidas={CARTEIRA: a_life(validade_carteira=ANTES)}),
     ("COB-COBERTURA", "1017", "1017", None)),
    ("newborn, no obstetrics", (a_sadt(rn=True),), a_knowledge(vidas={CARTEIRA: Vida(
        id="vida-1", beneficiario=a_vida(), plano=a_plano_completo(obstetricia=False))}),
     ("COB-RN", "1407", "3287", None)),
    ("newborn of 31 days", (a_sadt(rn=True),), on(replace(granted(), solicitacao=replace(
        granted().solicitacao, nascimento_rn=DIA - timedelta(days=31)))), ("COB-RN", "1011", "3243", None)),
    ("senha unknown", (a_sadt(senha="999"),), a_knowledge(), ("COB-SENHA", "1403", "3306", None)),
    ("senha mistyped", (a_sadt(senha="999", numero_operadora=SENHA),), a_knowledge(),
     ("COB-SENHA", "1406", "3306", None)),
    ("senha pending", (a_sadt(),), on(in_situation(Situacao.EM_ANALISE, numero=SENHA)),
     ("COB-SENHA", "1403", "3306", None)),
    ("senha denied", (a_sadt(),), on(in_situation(Situacao.NEGADA, numero=SENHA)),
     ("COB-SENHA", "1402", "1426", None)),
    ("senha cancelled", (a_sadt(),), on(in_situation(Situacao.CANCELADA, numero=SENHA)),
     ("COB-SENHA-CANCELADA", "1437", "1437", None)),
    ("senha of another executante", (a_sadt(),), on(replace(granted(), solicitacao=replace(
        granted().solicitacao, executante=CLINICA))), ("COB-SENHA-EXECUTANTE", "1404", "3276", None)),
    ("senha of another life", (a_sadt(),), a_knowledge(a_senha(vida="vida-2")),
     ("COB-SENHA-VIDA", "1406", "3306", None)),
    ("senha of nobody we may know", (a_sadt(),), a_knowledge(a_senha(replace(granted(), solicitacao=replace(
        granted().solicitacao, executante=CLINICA)), vida="vida-2")), ("COB-SENHA", "1403", "3306", None)),
    ("senha expired then", (a_sadt(),), on(granted(validade=ANTES)), ("COB-VALIDADE", "1405", "1414", None)),
    ("done before it was authorised", (a_sadt(),), on(granted(data_autorizacao=DEPOIS)),
     ("COB-RETROATIVO", "1814", "1814", None)),
    ("account overlaps", (a_resumo(),), a_knowledge(a_senha(granted_stay()), contas=(an_account(),)),
     ("COB-CONTA", "1739", "3232", None)),
    ("no such table", (a_visit(codigo_tabela="77"),), a_knowledge(), ("COB-TUSS", "3150", "3150", 1)),
    ("no such code", (a_visit(codigo_procedimento=DESCONHECIDO),), a_knowledge(), ("COB-TUSS", "1801", "1801", 1)),
    ("no such dental code", (a_dental(filled(DESCONHECIDO)),), on(granted(authorised(
        DESCONHECIDO, dente="11", face="OM"))), ("COB-TUSS", "3001", "1801", 1)),
    ("no such gas", (a_sadt(done(), despesas=(spent(DESCONHECIDO, codigo_despesa="01"),)),), a_knowledge(),
     ("COB-TUSS", "2301", "3253", 2)),
    ("no such fee", (a_sadt(done(), despesas=(spent(DESCONHECIDO, codigo_despesa="07"),)),), a_knowledge(),
     ("COB-TUSS", "2401", "3253", 2)),
    ("procedure not contracted", (a_sadt(done(), done("40301010", valor="9.00")),), a_knowledge(),
     ("COB-CONTRATADO", "2514", "3279", 2)),
    ("fee not contracted", (a_sadt(done(), despesas=(spent("60023000", codigo_despesa="07"),)),), a_knowledge(),
     ("COB-CONTRATADO", "3142", "3142", 2)),
    ("package not negotiated", (a_sadt(done("98000009", codigo_tabela="98")),), a_knowledge(),
     ("COB-CONTRATADO", "1735", "3142", 1)),
    ("diária not negotiated", (a_resumo(despesas=(spent("60009999", 3),)),), stay(),
     ("COB-DIARIA", "3142", "3142", 1)),
    ("more diárias than days", (a_resumo(despesas=(spent(quantidade=4),)),), stay(diarias=4),
     ("COB-DIARIA", "1914", "3189", 1)),
    ("pronto-socorro as elective", (a_sadt(done(PRONTO_SOCORRO), senha=None),), a_knowledge(),
     ("COB-PRONTO-SOCORRO", "3111", "3111", 1)),
    ("package of pronto-socorro", (a_sadt(done(PRONTO_SOCORRO), senha=None, **URGENTE),), a_knowledge(
        contrato=terms(pacote_pronto_socorro="98:98000001")), ("COB-PRONTO-SOCORRO", "3098", "3098", 1)),
    ("no senha at all", (a_sadt(senha=None),), a_knowledge(), ("COB-EXIGE-SENHA", "1818", "1818", 1)),
    ("plan does not cover, no senha", (a_visit(),), a_knowledge(vidas={CARTEIRA: a_life(a_plano_completo(
        ambulatorial=False))}), ("COB-PLANO", "1407", "3287", 1)),
    ("in carência, no senha", (a_visit(),), a_knowledge(vidas={CARTEIRA: a_life(
        a_plano_completo(a_carencia(GrupoCarencia.CONSULTAS_EXAMES, 30)), data_inclusao=DIA - timedelta(days=29))}),
     ("COB-CARENCIA", "1007", "3171", 1)),
    ("no tooth", (a_dental(filled(dente=None, face=None)),), on(granted(authorised(RESINA))),
     ("COB-DENTE", "3022", "3307", 1)),
    ("medicine alone", (a_sadt(done(), despesas=(MED,)),), a_knowledge(), ("COB-MEDICAMENTO", "3102", "3102", 2)),
    ("application alone", (a_sadt(done(SESSAO), senha=None),), a_knowledge(), ("COB-MEDICAMENTO", "2103", "3111", 1)),
    ("inside the package", (a_sadt(PACK, done()),), a_knowledge(), ("COB-MEDICAMENTO", "3108", "3108", 2)),
    ("removal as an examination", (a_sadt(done(REMOCAO, codigo_tabela="18"), senha=None),), a_knowledge(),
     ("COB-REMOCAO", "1602", "1602", 1)),
    ("billed in another PEG", (a_sadt(),), a_knowledge(cobrados=(before(),)), ("COB-DUPLICIDADE", "1702", "3209", 1)),
    ("dental billed before", (a_dental(),), replace(tooth(), cobrados=(before(RESINA, dente="11", face="OM"),)),
     ("COB-DUPLICIDADE", "3007", "3209", 1)),
    ("a second surgeon", (a_fee(),), replace(stay(authorised(CIRURGIA)), cobrados=(before(
        CIRURGIA, prestador_id=CLINICA, papel="00", numero=SENHA),)), ("COB-DUPLICIDADE", "2607", "2607", 1)),
    ("a free return", (a_visit(tipo_consulta="2"),), a_knowledge(cobrados=(before(
        CONSULTA, dia=ANTES, profissional="06:52000001:33"),)), ("COB-RETORNO", "1601", "1601", 1)),
    ("factor above the table", (a_sadt(done(reducao_acrescimo=Decimal("1.30"))),), a_knowledge(),
     ("COB-FATOR", "1716", "1716", 1)),
    ("above the price", (a_visit(valor_procedimento=Decimal("120.01")),), a_knowledge(),
     ("COB-PRECO", "1705", "1705", 1)),
    ("package above what was agreed", (a_sadt(done("98000001", valor="350.01", codigo_tabela="98"), senha=None),),
     a_knowledge(), ("COB-PRECO", "1704", "1705", 1)),
    ("not in the senha", (a_sadt(),), on(granted(authorised(PERICIA))), ("COB-AUTORIZADO", "2505", "2505", 1)),
    ("OPME not in the senha", (a_sadt(done(), despesas=(OPME,)),), a_knowledge(),
     ("COB-AUTORIZADO", "2206", "3145", 2)),
    ("OPME denied in the senha", (a_sadt(done(), despesas=(OPME,)),), on(granted(authorised(), authorised(
        PROTESE, sequencia=2, tabela="19", autorizada=Decimal(0)))), ("COB-AUTORIZADO", "2206", "3145", 2)),
    ("OPME without a senha", (a_sadt(done(CONSULTA, valor="120.00"), senha=None, despesas=(OPME,)),), a_knowledge(),
     ("COB-EXIGE-SENHA", "1818", "1818", 2)),
    ("denied in the senha", (a_sadt(),), on(granted(authorised(PERICIA), authorised(
        sequencia=2, autorizada=Decimal(0)))), ("COB-AUTORIZADO", "1402", "1426", 1)),
    ("another tooth", (a_dental(filled(dente="12")),), tooth(), ("COB-LOCAL", "1432", "1432", 1)),
    ("another face", (a_dental(filled(face="V")),), tooth(), ("COB-LOCAL", "1431", "1431", 1)),
    ("more than is left", (a_sadt(done(quantidade=2)),), a_knowledge(), ("COB-QUANTIDADE", "1820", "3210", 1)),
    ("diárias without prorrogação", (a_resumo(),), stay(diarias=2), ("COB-QUANTIDADE", "1917", "1917", 1)),
    ("another day than planned", (a_sadt(),), on(granted(authorised(data_prevista=DEPOIS))),
     ("COB-DATA-PREVISTA", "1323", "3227", 1)),
]  # fmt: skip


@pytest.mark.regra(REFUSED)
@pytest.mark.parametrize(
    ("guias", "contexto", "finding"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_each_glosa_is_one_finding_in_the_code_of_who_bills(
    guias: tuple[Any, ...], contexto: Contexto, finding: tuple[str, str, str, int | None]
) -> None:
    regra, older, newer, item = finding
    assert told(judged(*guias, contexto=replace(contexto, versao=V401))) == [(regra, older, item)]
    assert told(judged(*guias, contexto=replace(contexto, versao=V403))) == [(regra, newer, item)]
    assert glosa_text(older, V401)
    assert glosa_text(newer, V403)


def test_every_rule_has_a_glosa_and_every_id_is_one_rules() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {row[3][0] for row in REFUSED} | {"COB-GUIAS"} == set(ids)


def test_a_finding_says_what_to_do_and_never_whose_it_is() -> None:
    for _, guias, contexto, _ in REFUSED:
        for found in judged(*guias, contexto=contexto).achados:
            assert found.mensagem
            assert found.providencia
            assert found.base
            assert found.em_risco > 0
            assert CARTEIRA not in "".join((found.mensagem, found.visto or "", found.esperado or "", found.providencia))


# --- limits, both sides, and silence ---


@pytest.mark.regra("COB-GUIAS", "R11")
def test_a_peg_holds_a_hundred_guias_and_not_one_more() -> None:
    (one,) = billed(a_visit())
    hundred = [replace(one, sequencia=place, numero=f"G{place}", profissional=str(place)) for place in range(1, 102)]
    assert told(judge(hundred[:100], a_knowledge())) == []
    found = judge(hundred, a_knowledge())
    assert told(found) == [("COB-GUIAS", "5015", None)]
    assert found.recusado
    assert found.em_risco == found.achados[0].em_risco == Decimal("12120.00")
    assert found.achados[0].severidade is Severidade.RECUSA_LOTE


@pytest.mark.regra("COB-PRAZO", "R03")
@pytest.mark.parametrize("dia", [date(2026, 11, 21), date(2027, 12, 3), date(2028, 2, 29), date(2026, 12, 31)])
def test_the_ninetieth_day_is_in_the_window_and_the_next_is_not(dia: date) -> None:
    contexto = a_knowledge(vidas={CARTEIRA: a_life(validade_carteira=None)})
    guia = a_visit(dia=dia)
    assert told(judged(guia, contexto=replace(contexto, hoje=dia + timedelta(days=90)))) == []
    late = only(judged(guia, contexto=replace(contexto, hoje=dia + timedelta(days=91))))
    last = dia + timedelta(days=90)
    assert (late.regra, late.esperado) == ("COB-PRAZO", f"até {last:%d/%m/%Y}")


@pytest.mark.regra("COB-PRAZO", "R03")
def test_each_session_has_its_own_window_unless_the_contract_counts_from_the_guia() -> None:
    sessions = (done(data_execucao=DIA), done(data_execucao=DEPOIS))
    contexto = on(granted(authorised(quantidade=2)), hoje=DIA + timedelta(days=91))
    found = judged(a_sadt(*sessions), contexto=contexto)
    assert told(found) == [("COB-PRAZO", "3161", 1)]
    assert found.resultado.liberado == Decimal("18.50")
    assert [one.quantidades for one in found.consumo] == [{(1, "00"): Decimal(1)}]  # nothing is used by what is late
    by_guia = terms(data_base_ambulatorial=DataBaseAmbulatorial.GUIA)
    assert told(judged(a_sadt(*sessions), contexto=replace(contexto, contrato=by_guia))) == []


@pytest.mark.regra("COB-PRAZO", "R03")
@pytest.mark.parametrize(
    ("base", "kind", "alta", "late"),
    [
        (DataBaseInternacao.FIM_FATURAMENTO, "1", None, True),
        (DataBaseInternacao.ALTA, "1", None, False),
        (DataBaseInternacao.ALTA, "4", None, True),
        (DataBaseInternacao.ALTA, "1", DIA + timedelta(days=3), False),
        (DataBaseInternacao.ALTA, "1", DIA + timedelta(days=2), True),
    ],
)
def test_the_window_of_a_stay_begins_where_its_contract_says(
    base: DataBaseInternacao, kind: str, alta: date | None, *, late: bool
) -> None:
    end = DIA + timedelta(days=2)
    contexto = on(granted_stay(alta=alta), hoje=end + timedelta(days=91), contrato=terms(data_base_internacao=base))
    found = judged(a_resumo(tipo_faturamento=kind), contexto=contexto)
    assert [one.regra for one in found.achados] == ["COB-PRAZO"] * late


@pytest.mark.regra("COB-PRAZO", "R03")
def test_a_stay_without_a_valid_senha_has_a_window_all_the_same() -> None:
    alta = terms(data_base_internacao=DataBaseInternacao.ALTA)
    contexto = on(hoje=DIA + timedelta(days=93), contrato=alta)
    assert told(judged(a_resumo(senha="999"), contexto=contexto)) == [
        ("COB-PRAZO", "3161", None), ("COB-SENHA", "1403", None),
    ]  # fmt: skip


@pytest.mark.regra("COB-VALIDADE", "R10")
def test_the_last_valid_day_is_inclusive_and_the_state_of_today_says_nothing() -> None:
    assert told(judged(contexto=on(granted(validade=DIA, situacao=Situacao.EXPIRADA)))) == []
    assert told(judged(contexto=on(granted(validade=ANTES)))) == [("COB-VALIDADE", "1405", None)]
    assert only(judged(a_sadt(), contexto=on(granted(validade=None)))).esperado == "senha com validade"


@pytest.mark.regra("COB-VALIDADE", "R10")
def test_a_series_is_cut_where_the_senha_ends() -> None:
    found = judged(
        a_sadt(done(data_execucao=ANTES), done(data_execucao=DIA)),
        contexto=on(granted(authorised(quantidade=10), validade=ANTES)),
    )
    assert told(found) == [("COB-VALIDADE", "1405", 2)]
    assert found.consumo[0].quantidades == {(1, "00"): Decimal(1)}


@pytest.mark.regra("COB-VALIDADE", "R10")
def test_a_complement_of_an_admitted_stay_is_open_until_discharge() -> None:
    parent = granted_stay(validade=DIA, numero="P")
    held = a_senha(granted(validade=ANTES), principal=parent)
    assert told(judged(contexto=a_knowledge(held))) == []
    gone = replace(held, principal=replace(parent, alta=ANTES))
    assert told(judged(contexto=a_knowledge(gone))) == [("COB-VALIDADE", "1405", None)]


@pytest.mark.regra("COB-RETROATIVO", "R10")
@pytest.mark.parametrize(
    "contexto",
    [
        on(granted(data_autorizacao=DIA)),
        on(granted(data_autorizacao=None)),
        on(granted(data_autorizacao=DEPOIS, autorizada_desde=DIA)),
        on(granted(data_autorizacao=DEPOIS, solicitacao=an_urgencia())),
        on(granted(data_autorizacao=DEPOIS, origem=Origem.LEGADO)),
        on(replace(granted(data_autorizacao=DEPOIS),
                   solicitacao=replace(granted().solicitacao, data_atendimento=DIA))),
        on(replace(granted(data_autorizacao=DEPOIS),
                   solicitacao=replace(granted().solicitacao, ausencia_cod_validacao="03"))),
        a_knowledge(a_senha(granted(data_autorizacao=DEPOIS), principal=granted_stay())),
    ],
    ids=["same day", "legacy", "replaced", "urgência", "loaded", "asked for that day", "outage", "in a stay"],
)  # fmt: skip
def test_what_was_known_beforehand_is_not_done_before_the_authorization(contexto: Contexto) -> None:
    billable = replace(contexto, regras={})
    assert "COB-RETROATIVO" not in {one.regra for one in judged(contexto=billable).achados}


@pytest.mark.regra("COB-RETROATIVO", "R10")
def test_an_elective_stay_is_authorised_before_its_admission_and_what_is_asked_in_it_is_not() -> None:
    late: dict[str, Any] = {"data_autorizacao": DEPOIS}
    assert told(judged(a_resumo(), contexto=stay(**late))) == [("COB-RETROATIVO", "1814", None)]
    assert told(judged(a_resumo(), contexto=stay(data_autorizacao=DIA))) == []
    assert told(judged(a_resumo(**URGENTE), contexto=stay(**late))) == []
    before_admission = a_senha(granted(**late), principal=granted_stay(admissao=DEPOIS))
    assert told(judged(contexto=a_knowledge(before_admission))) == []  # judged by the day of admission
    told_of_late = a_senha(granted(data_autorizacao=DEPOIS), principal=granted_stay(admissao=None))
    assert told(judged(contexto=a_knowledge(told_of_late))) == [("COB-RETROATIVO", "1814", None)]


@pytest.mark.regra("COB-CONTRATO", "R02", "R07")
def test_who_was_enabled_when_the_operadora_migrated_bills_what_was_done_before_under_a_contract() -> None:
    migrated = a_knowledge(relacionamento=relacionamento_of(("HABILITADO", DEPOIS)), data_migracao=DEPOIS)
    assert told(judged(contexto=migrated)) == []
    for refused in (
        replace(migrated, data_migracao=None),
        replace(migrated, data_migracao=DIA),
        replace(migrated, relacionamento=relacionamento_of(("SOLICITADO", DEPOIS))),
    ):
        assert told(judged(contexto=refused)) == [("COB-CONTRATO", "1201", None)]


@pytest.mark.regra("COB-RETROATIVO")
def test_an_outage_told_in_the_guia_waives_the_day_too() -> None:
    contexto = on(granted(data_autorizacao=DEPOIS))
    assert told(judged(a_sadt(ausencia="03"), contexto=contexto)) == []
    assert told(judged(a_sadt(**URGENTE), contexto=contexto)) == []


@pytest.mark.regra("COB-COBERTURA")
def test_a_stay_is_judged_by_the_cover_of_its_admission() -> None:
    excluded = {CARTEIRA: a_life(data_exclusao=DIA)}
    contexto = replace(stay(), vidas=excluded)
    guia = a_resumo(despesas=(spent(quantidade=3, data_execucao=DEPOIS),))
    assert told(judged(guia, contexto=contexto)) == []
    assert told(judged(guia, contexto=on(granted_stay(admissao=None), vidas=excluded))) == []
    gone = {CARTEIRA: a_life(data_exclusao=ANTES)}
    assert told(judged(guia, contexto=replace(contexto, vidas=gone))) == [("COB-COBERTURA", "1006", None)]


@pytest.mark.regra("COB-COBERTURA")
def test_only_the_items_after_the_end_of_cover_are_taken() -> None:
    contexto = on(granted(authorised(quantidade=2)), vidas={CARTEIRA: a_life(data_exclusao=DIA)})
    found = judged(a_sadt(done(), done(data_execucao=DEPOIS)), contexto=contexto)
    assert told(found) == [("COB-COBERTURA", "1006", 2)]


@pytest.mark.regra("COB-COBERTURA")
def test_a_senha_waives_an_expired_card() -> None:
    assert told(judged(contexto=a_knowledge(vidas={CARTEIRA: a_life(validade_carteira=ANTES)}))) == []


@pytest.mark.regra("COB-SENHA-VIDA")
def test_a_carteira_renumbered_between_senha_and_bill_is_the_same_life() -> None:
    contexto = a_knowledge(vidas={"9999": a_life()})
    assert told(judged(a_sadt(carteira="9999"), contexto=contexto)) == []
    unknown = judged(a_sadt(carteira="8888"), contexto=contexto)
    assert told(unknown) == [("COB-CARTEIRA", "1001", None)]
    assert unknown.consumo == ()


@pytest.mark.regra("COB-RN")
def test_a_newborn_is_attended_for_thirty_days() -> None:
    for born, expected in ((DIA - timedelta(days=30), []), (DIA, []), (DEPOIS, [("COB-RN", "1011", None)])):
        held = replace(granted(), solicitacao=replace(granted().solicitacao, nascimento_rn=born))
        assert told(judged(a_sadt(rn=True), contexto=on(held))) == expected
    assert told(judged(a_sadt(rn=True))) == []
    assert told(judged(a_sadt(rn=True, carteira="8888"))) == [("COB-CARTEIRA", "1001", None)]
    without_plan = {CARTEIRA: Vida(id="vida-1", beneficiario=a_vida())}
    assert told(judged(a_sadt(rn=True, senha=None), contexto=a_knowledge(vidas=without_plan, regras={}))) == []


@pytest.mark.regra("COB-SENHA", "R07")
@pytest.mark.parametrize(("migrated", "portal", "said"), [
    (DEPOIS, "https://legado.example", "https://legado.example"), (DEPOIS, None, "o portal anterior"),
    (DIA, "https://legado.example", "Confira o número da senha."), (None, None, "Confira o número da senha."),
])  # fmt: skip
def test_a_senha_of_before_the_migration_is_looked_for_in_the_portal_it_came_from(
    migrated: date | None, portal: str | None, said: str
) -> None:
    contexto = a_knowledge(data_migracao=migrated, portal_legado=portal)
    assert said in only(judged(a_sadt(senha="999"), contexto=contexto)).providencia


@pytest.mark.regra("COB-SENHA", "R07")
def test_a_senha_of_before_the_migration_that_was_loaded_is_billed_like_any() -> None:
    assert told(judged(contexto=on(granted(origem=Origem.LEGADO)))) == []


@pytest.mark.regra("COB-SENHA")
def test_a_number_of_guia_finds_the_senha_and_one_that_is_nobodys_is_as_none() -> None:
    assert told(judged(a_sadt(senha=None, numero_operadora=SENHA))) == []
    assert told(judged(a_sadt(senha=None, numero_operadora="999"))) == [("COB-EXIGE-SENHA", "1818", 1)]
    assert told(judged(a_visit(numero_guia_operadora="999"))) == []


@pytest.mark.regra("COB-SENHA-EXECUTANTE")
def test_fees_are_billed_under_a_senha_of_another_executante() -> None:
    other = replace(granted_stay(authorised(CIRURGIA)), prestador_id=CLINICA)
    other = replace(other, solicitacao=replace(other.solicitacao, solicitante=CLINICA))
    assert told(judged(a_fee(), contexto=on(other))) == []
    assert told(judged(a_resumo(), contexto=on(other))) == [("COB-SENHA-EXECUTANTE", "1404", None)]


@pytest.mark.regra("COB-EXECUTANTE")
def test_whoever_the_operadora_knows_the_prestador_by_may_be_named() -> None:
    known = a_knowledge(identificacoes=frozenset({CNPJ, "P1"}))
    assert told(judged(a_visit(), contexto=known)) == []
    assert told(judged(a_fee(), contexto=replace(stay(authorised(CIRURGIA)), identificacoes=frozenset({"P1"})))) == []
    assert told(judged(a_dental(), contexto=replace(tooth(), identificacoes=frozenset({CNPJ})))) == []


@pytest.mark.regra("COB-TUSS")
def test_of_materials_and_medicines_the_absence_is_only_told() -> None:
    material = spent(DESCONHECIDO, codigo_despesa="03", codigo_tabela="19", valor="5.00")
    found = judged(a_sadt(done(), despesas=(material,)))
    assert told(found) == []
    assert warned(found) == [("COB-TUSS", "2001", 2)]
    assert found.resultado.glosado == 0


@pytest.mark.regra("COB-CONTRATADO")
def test_opme_of_the_operadoras_own_table_needs_no_contract() -> None:
    opme = spent("90000009", codigo_despesa="08", codigo_tabela="00", valor="5.00")
    contexto = on(granted(authorised(), authorised("90000009", sequencia=2, tabela="00")))
    assert told(judged(a_sadt(done(), despesas=(opme,)), contexto=contexto)) == []


@pytest.mark.regra("COB-CONTRATADO")
def test_a_drug_of_the_own_table_needs_no_contract_when_it_was_authorised_as_quimioterapia() -> None:
    drug = spent("DROGA1", codigo_despesa="02", codigo_tabela="00", valor="300.00")
    held = authorised("DROGA1", sequencia=2, tabela="00")
    guia = a_sadt(done(), despesas=(drug,))

    def contracted(item: Item) -> bool:
        found = judged(guia, contexto=on(granted(authorised(), item))).achados
        return "COB-CONTRATADO" not in {one.regra for one in found}

    assert contracted(replace(held, anexo=TipoAnexo.QUIMIOTERAPIA))
    assert not contracted(held)
    assert not contracted(replace(held, anexo=TipoAnexo.QUIMIOTERAPIA, autorizada=Decimal(0)))
    assert not contracted(replace(authorised("DROGA2", sequencia=2, tabela="00"), anexo=TipoAnexo.QUIMIOTERAPIA))


@pytest.mark.regra("COB-DIARIA", "R19")
def test_a_diaria_that_was_not_negotiated_is_told_which_were() -> None:
    found = judged(a_resumo(despesas=(spent("60009999", 3),)), contexto=stay())
    assert only(found).esperado == f"18:{DIARIA}"
    none = replace(stay(), contrato=replace(a_knowledge().contrato, diarias=()))
    assert only(judged(a_resumo(), contexto=none)).esperado is None


@pytest.mark.regra("COB-DIARIA")
def test_diarias_of_two_rooms_share_the_days_of_the_account() -> None:
    rooms = (spent(quantidade=2), spent(quantidade=2, sequencial_item=2))
    found = judged(a_resumo(despesas=rooms), contexto=stay(diarias=4))
    assert told(found) == [("COB-DIARIA", "1914", 2)]
    assert found.resultado.glosado == Decimal("480.00")
    assert told(judged(a_sadt(despesas=(spent(quantidade=9),)), contexto=stay(authorised(), diarias=9))) == []


@pytest.mark.regra("COB-PRONTO-SOCORRO", "R14")
def test_pronto_socorro_is_urgencia_and_a_package_may_be_only_advised() -> None:
    urgent = a_sadt(done(PRONTO_SOCORRO), senha=None, **URGENTE)
    assert told(judged(urgent)) == []
    advised = terms(pacote_pronto_socorro="98:98000001", conduta_pronto_socorro=Conduta.AVISA)
    found = judged(urgent, contexto=a_knowledge(contrato=advised))
    assert (told(found), warned(found)) == ([], [("COB-PRONTO-SOCORRO", "3098", 1)])
    assert told(judged(a_visit(codigo_procedimento=PRONTO_SOCORRO))) == []


@pytest.mark.regra("COB-EXIGE-SENHA", "R09")
@pytest.mark.parametrize("asks", [{"exige_senha": True}, {"exige_analise": True}])
def test_what_asks_for_a_senha_is_data_of_the_day_and_of_the_plan(asks: dict[str, bool]) -> None:
    guia = a_sadt(done(PERICIA), senha=None)
    for changes, expected in (
        ({"vigente_de": DIA}, 1), ({"vigente_de": DEPOIS}, 0), ({"vigente_ate": ANTES}, 0), ({"plano": "OUTRO"}, 0),
    ):  # fmt: skip
        rule: Any = {**asks, **changes}
        found = judged(guia, contexto=a_knowledge(regras=free(a_regra(PERICIA, **rule))))
        assert told(found) == [("COB-EXIGE-SENHA", "1818", 1)] * expected


@pytest.mark.regra("COB-EXIGE-SENHA", "R09", "R26")
def test_a_consultation_needs_no_senha_and_everything_dental_does() -> None:
    asking = a_knowledge(regras=free(a_regra(CONSULTA, exige_senha=True)))
    assert told(judged(a_visit(), contexto=asking)) == []
    assert told(judged(a_dental(senha=None))) == [("COB-EXIGE-SENHA", "1818", 1)]
    stranger = a_sadt(senha=None, carteira="8888")
    assert told(judged(stranger, contexto=asking)) == [("COB-CARTEIRA", "1001", None), ("COB-EXIGE-SENHA", "1818", 1)]


@pytest.mark.regra("COB-PLANO")
def test_what_no_senha_was_asked_for_is_covered_by_the_code_or_by_the_segmentation() -> None:
    def told_of(plano: Any, *guias: Any) -> list[str]:
        return [one.regra for one in judged(*guias, contexto=a_knowledge(vidas={CARTEIRA: a_life(plano)})).achados]

    hospital = a_plano_completo(ambulatorial=False, hospitalar=True)
    urgent = a_sadt(done(PRONTO_SOCORRO), senha=None, **URGENTE)
    assert told_of(hospital, urgent) == []
    assert told_of(hospital, a_visit()) == ["COB-PLANO"]
    assert told_of(hospital, a_sadt()) == []
    assert told_of(hospital, a_dental(senha=None)) == ["COB-EXIGE-SENHA"]
    assert told_of(a_plano_completo(coberturas=(a_cobertura(CONSULTA, coberto=False),)), a_visit()) == ["COB-PLANO"]
    assert told_of(a_plano_completo(vigente_ate=ANTES), a_visit()) == ["COB-PLANO"]
    assert told_of(a_plano_completo(vigente_ate=DIA), a_visit()) == []


@pytest.mark.regra("COB-CARENCIA")
@pytest.mark.parametrize(
    ("group", "days", "since", "guia", "waits"),
    [
        (GrupoCarencia.CONSULTAS_EXAMES, 30, 30, a_visit(), False),
        (GrupoCarencia.CONSULTAS_EXAMES, 30, 29, a_visit(), True),
        (GrupoCarencia.CONSULTAS_EXAMES, 30, 29, a_sadt(), False),
        (GrupoCarencia.CONSULTAS_EXAMES, 30, 1, a_sadt(done(PRONTO_SOCORRO), senha=None, **URGENTE), False),
        (GrupoCarencia.URGENCIA_EMERGENCIA, 1, 0, a_sadt(done(PRONTO_SOCORRO), senha=None, **URGENTE), True),
        (GrupoCarencia.URGENCIA_EMERGENCIA, 1, 1, a_sadt(done(PRONTO_SOCORRO), senha=None, **URGENTE), False),
        (GrupoCarencia.EXAMES_ESPECIAIS, 180, 179, a_sadt(done(PERICIA), senha=None), True),
        (GrupoCarencia.TERAPIAS, 180, 1, a_visit(), False),
    ],
)
def test_carencia_is_counted_to_the_day_of_the_service(
    group: GrupoCarencia, days: int, since: int, guia: Any, *, waits: bool
) -> None:
    life = a_life(a_plano_completo(a_carencia(group, days)), data_inclusao=DIA - timedelta(days=since))
    contexto = a_knowledge(vidas={CARTEIRA: life}, regras=free(a_regra(PERICIA, alta_complexidade=True)))
    assert [one.regra for one in judged(guia, contexto=contexto).achados] == ["COB-CARENCIA"] * waits


@pytest.mark.regra("COB-CARENCIA")
def test_the_plan_may_name_the_carencia_of_a_code() -> None:
    said = a_cobertura(CONSULTA, grupo_carencia=GrupoCarencia.TERAPIAS)
    plan = a_plano_completo(a_carencia(GrupoCarencia.TERAPIAS, 180), coberturas=(said,))
    life = a_life(plan, data_inclusao=DIA - timedelta(days=100))
    assert told(judged(a_visit(), contexto=a_knowledge(vidas={CARTEIRA: life}))) == [("COB-CARENCIA", "1007", 1)]


@pytest.mark.regra("COB-MEDICAMENTO", "R20")
def test_application_and_medicine_go_together_in_the_guia_or_on_the_senha() -> None:
    both = a_sadt(done(SESSAO), senha=None, despesas=(MED,))
    assert told(judged(both)) == []
    packed = a_sadt(PACK, done(SESSAO, sequencial_item=2), senha=None, despesas=(MED,))
    assert told(judged(packed)) == []
    apart = on(granted(authorised(SESSAO)))
    assert told(judged(a_sadt(done(SESSAO)), contexto=apart)) == [("COB-MEDICAMENTO", "2103", 1)]
    earlier = (before(REMEDIO, tabela="20", numero=SENHA, dia=ANTES),)
    assert told(judged(a_sadt(done(SESSAO)), contexto=replace(apart, cobrados=earlier))) == []
    two = (a_sadt(done(SESSAO)), a_sadt(numero="G2", procedimentos=(), despesas=(MED,)))
    assert told(judged(*two, contexto=apart)) == []


@pytest.mark.regra("COB-MEDICAMENTO")
def test_in_a_stay_medicines_need_no_application_but_stay_inside_their_package() -> None:
    assert told(judged(a_resumo(despesas=(MED,)), contexto=stay())) == []
    inside = a_resumo(PACK, done())
    assert told(judged(inside, contexto=stay(authorised()))) == [("COB-MEDICAMENTO", "3108", 2)]
    no_packages = replace(a_knowledge().contrato, pacotes=(), procedimentos=(
        *a_knowledge().contrato.procedimentos, a_contratado("98000001", tabela="98"),
    ))  # fmt: skip
    assert told(judged(inside, contexto=replace(stay(authorised()), contrato=no_packages))) == []


@pytest.mark.regra("COB-REMOCAO", "R28")
def test_a_removal_with_its_kind_of_attendance_is_due() -> None:
    guia = a_sadt(done(REMOCAO, codigo_tabela="18"), senha=None, tipo_atendimento="01")
    assert told(judged(guia)) == []


@pytest.mark.regra("COB-DUPLICIDADE")
@pytest.mark.parametrize(
    ("held", "repeated"),
    [
        (before(), True),
        (before(dia=ANTES), False),
        (before(vida="vida-2"), False),
        (before(atendimento_rn=True), False),
        (before(prestador_id=CLINICA), False),
        (before(hora="09:00:00"), False),
        (before(hora="08:00:00"), True),
        (before(papel="12"), True),
        (before(papel="06"), False),
        (before(codigo=PERICIA), False),
        (before(numero=SENHA), True),
        (before(numero=OUTRA_SENHA), False),
    ],
)
def test_the_same_procedure_of_a_life_and_day_is_billed_once(held: Any, *, repeated: bool) -> None:
    found = judged(a_sadt(done(hora_inicial="08:00:00")), contexto=a_knowledge(cobrados=(held,)))
    assert [one.regra for one in found.achados] == ["COB-DUPLICIDADE"] * repeated
    assert bool(found.consumo) is not repeated


@pytest.mark.regra("COB-DUPLICIDADE")
def test_inside_a_peg_the_second_is_taken_and_uses_nothing() -> None:
    contexto = on(granted(authorised(quantidade=2)))
    found = judged(a_sadt(), a_sadt(numero="G2"), contexto=contexto)
    assert [(one.regra, one.guia) for one in found.achados] == [("COB-DUPLICIDADE", "G2")]
    assert found.consumo[0].guias == frozenset({1})
    other_hour = (a_sadt(done(hora_inicial="08:00:00")), a_sadt(done(hora_inicial="09:00:00"), numero="G2"))
    assert told(judged(*other_hour, contexto=contexto)) == []


@pytest.mark.regra("COB-DUPLICIDADE", "COB-QUANTIDADE")
def test_surgeon_assistants_and_anaesthetist_bill_one_surgery_and_a_second_surgeon_does_not() -> None:
    contexto = stay(authorised(CIRURGIA))
    team = tuple(
        a_fee(done(CIRURGIA, valor=valor, equipe=(by(grau),)), numero=f"G{grau}")
        for grau, valor in (("00", "1000.00"), ("01", "300.00"), ("02", "200.00"), ("06", "700.00"))
    )
    found = judged(*team, contexto=contexto)
    assert told(found) == []
    assert found.consumo[0].quantidades == {(1, grau): Decimal(1) for grau in ("00", "01", "02", "06")}
    second = a_fee(done(CIRURGIA, valor="1000.00", equipe=(by("00"),)), numero="G2")
    assert told(judged(*team, second, contexto=contexto)) == [("COB-DUPLICIDADE", "2607", 1)]
    both_sides = on(granted_stay(authorised(CIRURGIA, 2)))
    sides = (
        a_fee(done(CIRURGIA, valor="1000.00", equipe=(by("00"),), via_acesso="1")),
        a_fee(done(CIRURGIA, valor="700.00", equipe=(by("00"),), via_acesso="3"), numero="G2"),
    )
    assert told(judged(*sides, contexto=both_sides)) == []


@pytest.mark.regra("COB-DUPLICIDADE")
def test_two_consultations_of_a_day_with_different_professionals_are_two() -> None:
    other = a_visit("G2", profissional_executante=builders.profissional(numero_conselho="777"))
    assert told(judged(a_visit(), other)) == []
    assert told(judged(a_visit(), a_visit("G2"))) == [("COB-DUPLICIDADE", "1702", 1)]


@pytest.mark.regra("COB-RETORNO")
@pytest.mark.parametrize(
    ("days", "kind", "who", "free_of_charge"),
    [(30, "2", "06:52000001:33", True), (31, "2", "06:52000001:33", False), (5, "1", "06:52000001:33", False),
     (5, "2", "06:9:33", False)],
)  # fmt: skip
def test_a_follow_up_is_free_for_thirty_days_after_the_consultation(
    days: int, kind: str, who: str, *, free_of_charge: bool
) -> None:
    earlier = before(CONSULTA, dia=DIA - timedelta(days=days), profissional=who)
    found = judged(a_visit(tipo_consulta=kind), contexto=a_knowledge(cobrados=(earlier, before(CONSULTA, dia=ANTES))))
    assert [one.regra for one in found.achados] == ["COB-RETORNO"] * free_of_charge
    inside = judged(a_visit("G0", dia=ANTES), a_visit(tipo_consulta="2"))
    assert [(one.regra, one.guia) for one in inside.achados] == [("COB-RETORNO", "G1")]


# --- money ---


@pytest.mark.regra("COB-PRECO")
def test_above_the_contract_its_price_is_paid_and_below_the_value_informed() -> None:
    for billed_at, paid, taken in (("18.49", "18.49", "0.00"), ("18.50", "18.50", "0.00"), ("20.00", "18.50", "1.50")):
        found = judged(a_sadt(done(valor=billed_at))).resultado
        assert (found.liberado, found.glosado) == (Decimal(paid), Decimal(taken))
    unknown = judged(a_sadt(done(valor="999.99")), contexto=a_knowledge(precos={}))
    assert unknown.resultado.glosado == 0


@pytest.mark.regra("COB-PRECO")
def test_the_price_is_that_of_the_day_and_of_the_contracts_table() -> None:
    prices = by_code((
        a_preco(HEMOGRAMA, "10.00", vigente_ate=ANTES), a_preco(HEMOGRAMA, "18.50", vigente_de=DIA),
        a_preco(HEMOGRAMA, "1.00", tabela_precos="OUTRA"),
    ))  # fmt: skip
    contexto = on(granted(authorised(quantidade=2)), precos=prices)
    found = judged(a_sadt(done(data_execucao=ANTES), done()), contexto=contexto)
    assert [(one.regra, one.esperado, one.sequencia) for one in found.achados] == [("COB-PRECO", "10.00", 1)]
    assert [one.dados for one in found.achados] == ["precos-3"]


@pytest.mark.regra("COB-PRECO")
@pytest.mark.parametrize(
    ("graus", "valor", "taken"),
    [(("00",), "1000.01", "0.01"), (("01",), "300.01", "0.01"), (("02",), "200.00", "0.00"),
     (("05",), "101.00", "1.00"), (("06",), "5000.00", "0.00"),
     (("00", "01"), "1300.50", "0.50"), (("00", "06"), "9000.00", "0.00")],
)  # fmt: skip
def test_each_grau_is_paid_its_share_of_the_price(graus: tuple[str, ...], valor: str, taken: str) -> None:
    guia = a_fee(done(CIRURGIA, valor=valor, equipe=tuple(by(grau) for grau in graus)))
    assert judged(guia, contexto=stay(authorised(CIRURGIA))).resultado.glosado == Decimal(taken)


@pytest.mark.regra("COB-FATOR")
def test_of_several_procedures_the_dearest_is_whole_and_the_others_follow_their_via() -> None:
    def act(*factors: str) -> Any:
        return a_fee(*(
            done(codigo, valor=valor, equipe=(by("00"),), via_acesso=via, reducao_acrescimo=Decimal(factor))
            for (codigo, valor, via), factor in zip(
                ((CIRURGIA, "1000.00", "2"), (PERICIA, "400.00", "2"), (RESINA, "80.00", "3")), factors, strict=True)
        ))  # fmt: skip

    contexto = replace(stay(authorised(CIRURGIA)), regras=free())
    assert told(judged(act("1.00", "0.50", "0.70"), contexto=contexto)) == []
    found = judged(act("1.00", "1.00", "0.71"), contexto=contexto)
    assert told(found) == [("COB-FATOR", "1716", 2), ("COB-FATOR", "1716", 3)]
    assert [one.em_risco for one in found.achados] == [Decimal("200.00"), Decimal("0.80")]
    assert [one.esperado for one in found.achados] == ["até 0.5", "até 0.7"]
    assert told(judged(act("1.00", "0.30", "0.70"), contexto=contexto)) == []


@pytest.mark.regra("COB-FATOR", "COB-PRECO")
def test_price_and_factor_are_told_apart_and_add_up() -> None:
    guia = a_fee(done(CIRURGIA, valor="1100.00", equipe=(by("00"),), reducao_acrescimo=Decimal("1.30")))
    found = judged(guia, contexto=stay(authorised(CIRURGIA)))
    assert [(one.regra, one.em_risco) for one in found.achados] == [
        ("COB-FATOR", Decimal("330.00")), ("COB-PRECO", Decimal("100.00")),
    ]  # fmt: skip
    assert found.resultado.liberado == Decimal("1000.00")


@pytest.mark.regra("COB-FATOR")
@pytest.mark.parametrize(
    ("dia", "hora", "urgent", "due"),
    [
        (date(2026, 11, 10), "18:59:59", True, False),
        (date(2026, 11, 10), "19:00:00", True, True),
        (date(2026, 11, 10), "06:59:59", True, True),
        (date(2026, 11, 10), "07:00:00", True, False),
        (date(2026, 11, 10), "22:00:00", False, False),
        (date(2026, 11, 10), None, True, False),
        (date(2026, 11, 14), "10:00:00", True, True),
        (date(2026, 11, 20), None, True, True),
    ],
)
def test_urgencia_adds_at_night_and_on_days_that_are_no_business_days(
    dia: date, hora: str | None, *, urgent: bool, due: bool
) -> None:
    item = done(reducao_acrescimo=Decimal("1.30"), hora_inicial=hora, data_execucao=dia)
    holiday = Calendario((DiaEspecial(date(2026, 11, 20), "Consciência Negra", TipoDia.FERIADO),))
    contexto = on(granted(), calendario=holiday, hoje=HOJE)
    found = judged(a_sadt(item, **(URGENTE if urgent else {})), contexto=contexto)
    assert told(found) == ([] if due else [("COB-FATOR", "1716", 1)])


@pytest.mark.regra("COB-PRECO")
def test_an_expense_at_night_has_no_surcharge() -> None:
    gas = spent(
        "60000000", codigo_despesa="01", valor="10.00", reducao_acrescimo=Decimal("1.30"), hora_inicial="23:00:00"
    )
    contexto = a_knowledge(contrato=replace(a_knowledge().contrato, procedimentos=(
        *a_knowledge().contrato.procedimentos, a_contratado("6*", tabela="18"))))  # fmt: skip
    assert told(judged(a_sadt(done(), despesas=(gas,), **URGENTE), contexto=contexto)) == [("COB-FATOR", "1716", 2)]


# --- what was authorised ---


@pytest.mark.regra("COB-AUTORIZADO")
def test_what_needs_no_senha_is_billed_beside_what_was_authorised() -> None:
    assert told(judged(a_sadt(done(), done(PERICIA, valor="1.00")))) == []
    assert only(judged(contexto=on(granted(authorised(PERICIA))))).esperado == f"22:{PERICIA}"
    nothing = granted(authorised(PERICIA, autorizada=Decimal(0)))
    assert only(judged(contexto=on(nothing))).esperado is None


@pytest.mark.regra("COB-AUTORIZADO", "R22")
def test_one_guia_of_a_stay_bills_what_was_asked_on_it_too() -> None:
    complement = a_senha(granted(authorised(), numero=OUTRA_SENHA))
    held = a_senha(granted_stay(), complementos=(complement,))
    found = judged(a_resumo(done()), contexto=a_knowledge(held))
    assert told(found) == []
    assert [one.numero for one in found.consumo] == [SENHA, OUTRA_SENHA]
    lab = replace(complement.autorizacao.solicitacao, executante=CLINICA)
    ended: dict[str, Any] = {"validade": ANTES}
    for gone in ({"situacao": Situacao.CANCELADA}, {"senha": None}, {"solicitacao": lab}, ended):
        lost = replace(complement, autorizacao=replace(complement.autorizacao, **gone))
        alone = judged(a_resumo(done()), contexto=a_knowledge(replace(held, complementos=(lost,))))
        assert told(alone) == [("COB-AUTORIZADO", "2505", 1)]


@pytest.mark.regra("COB-QUANTIDADE")
def test_ten_sessions_are_used_up_over_guias_and_pegs() -> None:
    held = a_senha(granted(authorised(quantidade=10)), faturadas={(1, "00"): Decimal(7)})
    sessions = tuple(a_sadt(done(data_execucao=DIA + timedelta(days=n)), numero=f"G{n}") for n in range(4))
    found = judged(*sessions, contexto=a_knowledge(held))
    assert [(one.regra, one.guia, one.esperado) for one in found.achados] == [("COB-QUANTIDADE", "G3", "até 0")]
    assert found.consumo[0].quantidades == {(1, "00"): Decimal(3)}
    assert found.consumo[0].guias == frozenset({1, 2, 3})


@pytest.mark.regra("COB-QUANTIDADE")
def test_what_fits_is_paid_and_the_excess_is_not() -> None:
    found = judged(a_sadt(done(quantidade=3)), contexto=on(granted(authorised(quantidade=2))))
    assert (found.resultado.liberado, found.resultado.glosado) == (Decimal("37.00"), Decimal("18.50"))


@pytest.mark.regra("COB-QUANTIDADE")
def test_a_prorrogacao_adds_diarias() -> None:
    more = a_senha(replace(granted_stay(diarias=2), numero=OUTRA_SENHA, senha=OUTRA_SENHA))
    held = a_senha(granted_stay(diarias=1), complementos=(more,))
    found = judged(a_resumo(), contexto=a_knowledge(held))
    assert told(found) == []
    assert {one.numero: one.quantidades for one in found.consumo} == {
        SENHA: {(0, "00"): Decimal(1)}, OUTRA_SENHA: {(0, "00"): Decimal(2)},
    }  # fmt: skip


@pytest.mark.regra("COB-QUANTIDADE")
def test_a_diaria_that_an_item_names_is_that_items() -> None:
    item = authorised(DIARIA, 3, tabela="18")
    found = judged(a_resumo(), contexto=stay(item, diarias=3))
    assert told(found) == []
    assert found.consumo[0].quantidades == {(1, "00"): Decimal(3)}


@pytest.mark.regra("COB-LOCAL", "R26")
def test_fewer_faces_in_any_order_are_those_authorised() -> None:
    assert told(judged(a_dental(filled(face="MO")), contexto=tooth())) == []
    assert told(judged(a_dental(filled(face="M")), contexto=tooth())) == []
    region = on(granted(authorised(RESINA, regiao="ASAI")))
    assert told(judged(a_dental(filled(dente=None, regiao="ASAI", face=None)), contexto=region)) == []
    found = only(judged(a_dental(filled(dente=None, regiao="AI", face=None)), contexto=region))
    assert (found.visto, found.esperado) == ("AI", "ASAI")


@pytest.mark.regra("COB-LOCAL", "COB-AUTORIZADO")
def test_a_dental_code_that_is_not_in_the_senha_has_no_place_to_compare() -> None:
    other = on(granted(authorised(PERICIA, dente="11", face="OM")))
    assert told(judged(a_dental(), contexto=other)) == [("COB-AUTORIZADO", "2505", 1)]


@pytest.mark.regra("COB-DATA-PREVISTA", "R23")
def test_a_planned_item_is_billed_on_its_day_or_the_one_that_was_approved() -> None:
    days = (DIA, DEPOIS)
    held = granted(*(authorised(sequencia=place, data_prevista=day) for place, day in enumerate(days, 1)))
    both = a_sadt(*(done(data_execucao=day) for day in reversed(days)))
    found = judged(both, contexto=on(held))
    assert told(found) == []
    assert found.consumo[0].quantidades == {(1, "00"): Decimal(1), (2, "00"): Decimal(1)}
    twice = judged(a_sadt(done(quantidade=2)), contexto=on(held))
    assert told(twice) == [("COB-QUANTIDADE", "1820", 1)]
    any_day = granted(authorised(data_prevista=DEPOIS), authorised(sequencia=2))
    free_of_a_day = judged(a_sadt(), contexto=on(any_day))
    assert told(free_of_a_day) == []
    assert free_of_a_day.consumo[0].quantidades == {(2, "00"): Decimal(1)}
    asked = granted(authorised(data_prevista=DEPOIS, data_pedida=DIA))
    late = only(judged(a_sadt(), contexto=on(asked)))
    assert (late.visto, late.esperado) == (
        f"{DIA:%d/%m/%Y}", f"{DEPOIS:%d/%m/%Y} (pedida para {DIA:%d/%m/%Y}, sem decisão)",
    )  # fmt: skip


@pytest.mark.regra("COB-DATA-PREVISTA", "R23")
def test_a_radioterapia_is_billed_from_its_planned_day_on() -> None:
    held = granted(authorised(SESSAO_RADIO, 3, data_prevista=DIA))
    terms = a_contratado(SESSAO_RADIO)
    contexto = on(held)
    contexto = replace(
        contexto, contrato=replace(contexto.contrato, procedimentos=(*contexto.contrato.procedimentos, terms))
    )
    days = [DIA + timedelta(days=n) for n in (0, 1, 2)]
    assert told(judged(a_sadt(*(done(SESSAO_RADIO, data_execucao=day) for day in days)), contexto=contexto)) == []
    early = only(judged(a_sadt(done(SESSAO_RADIO, data_execucao=DIA - timedelta(days=1))), contexto=contexto))
    assert (early.codigo, early.esperado) == ("1323", f"a partir de {DIA:%d/%m/%Y}")


def test_nothing_is_said_of_a_guia_without_items() -> None:
    empty = GuiaCobrada(
        sequencia=1, irmas=1, tipo=TipoGuia.SP_SADT, registro_ans="345695", numero="G1", carteira=CARTEIRA, itens=()
    )
    found = judge((empty, replace(empty, sequencia=2, numero="G2", senha="9", atendimento_rn=True)), a_knowledge())
    assert told(found) == [("COB-SENHA", "1403", None)]
    assert found.resultado.informado == 0
