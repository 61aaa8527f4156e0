"""The load files are what the contract of the load says, and their rows are facts the product can hold."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, get_type_hints

import pytest

from conecta_facts.beneficiarios import Beneficiario
from conecta_facts.calendario import Calendario, DiaEspecial, TipoDia
from conecta_facts.codec import build
from conecta_facts.contratos import Contrato, ContratoCompleto, Diaria, Pacote, Preco, ProcedimentoContratado
from conecta_facts.operadoras import Canal, Contato
from conecta_facts.planos import Carencia, Cobertura, GrupoCarencia, Plano
from conecta_facts.prestadores import Local, Profissional
from conecta_facts.procedimentos import RegraProcedimento, em_vigor
from conecta_facts.relacionamentos import Situacao
from conecta_tiss import terminologia
from conecta_tiss.versions import Versao
from conecta_tiss.vocabulary.identifiers import is_valid_cnes, is_valid_cnpj, is_valid_cpf
from local.gerador import Pedido as PedidoDeLote
from local.gerador import Tipo
from local.gerador import gerar as gerar_lote
from local.gerador_cadastro import (
    CLINICA,
    COLUNAS,
    FIXOS,
    HOSPITAL,
    OBRIGATORIAS,
    TIPOS,
    Formato,
    Pedido,
    gerar,
    linhas,
)

VALE, PASA = "345695", "331988"
PEDIDO = Pedido(VALE, vidas=400, prestadores=30)
HOJE = PEDIDO.hoje
CLASSES: dict[str, type[Any]] = {
    "contatos": Contato,
    "calendario": DiaEspecial,
    "planos": Plano,
    "carencias": Carencia,
    "coberturas": Cobertura,
    "beneficiarios": Beneficiario,
    "locais": Local,
    "corpo-clinico": Profissional,
    "contratos": Contrato,
    "precos": Preco,
    "procedimentos-contratados": ProcedimentoContratado,
    "diarias": Diaria,
    "pacotes": Pacote,
    "regras-procedimentos": RegraProcedimento,
}
CHAVES = {
    "operadora": (),
    "contatos": ("codigo",),
    "calendario": ("data", "uf"),
    "planos": ("codigo",),
    "carencias": ("plano", "grupo", "vigente_de"),
    "coberturas": ("plano", "tabela", "codigo", "vigente_de"),
    "beneficiarios": ("numero_carteira",),
    "prestadores": ("prestador",),
    "locais": ("prestador", "cnes"),
    "corpo-clinico": ("prestador", "conselho", "uf", "numero_conselho"),
    "contratos": ("prestador", "vigente_de"),
    "precos": ("tabela_precos", "tabela", "codigo", "vigente_de"),
    "procedimentos-contratados": ("prestador", "tabela", "codigo", "vigente_de"),
    "diarias": ("prestador", "tabela", "codigo", "vigente_de"),
    "pacotes": ("prestador", "tabela", "codigo", "vigente_de"),
    "regras-procedimentos": ("tabela", "codigo", "plano", "vigente_de"),
}


def contents(pedido: Pedido) -> dict[str, bytes]:
    return {arquivo.tipo: b"".join(arquivo.linhas) for arquivo in gerar(pedido)}


@cache
def rows(tipo: str, registro: str = VALE) -> list[dict[str, str]]:
    """As any reader of CSV sees them."""
    conteudo = contents(replace(PEDIDO, registro_ans=registro, tipos=(tipo,)))[tipo].decode()
    return list(csv.DictReader(io.StringIO(conteudo, newline=""), delimiter=";", strict=True))


def fact(classe: type[Any], row: dict[str, str], registro: str = VALE) -> Any:
    """A row as the value the product keeps: fails on a wrong date, amount or word of an enumeration."""
    hints = get_type_hints(classe)
    plain: dict[str, Any] = {"registro_ans": registro, "prestador_id": row.get("prestador", "")}
    for name, cell in row.items():
        hint = str(hints.get(name, ""))
        if cell:
            plain[name] = cell == "S" if "bool" in hint else cell.split() if "tuple" in hint else cell
    return build(classe, plain)


def facts(tipo: str, registro: str = VALE) -> list[Any]:
    return [fact(CLASSES[tipo], row, registro) for row in rows(tipo, registro)]


def test_every_kind_of_file_comes_once_named_by_its_day() -> None:
    found = [(arquivo.tipo, arquivo.nome) for arquivo in gerar(PEDIDO)]

    assert found == [(tipo, f"2026-03-02-{tipo}.csv") for tipo in TIPOS]


@pytest.mark.parametrize("registro", [VALE, PASA, "999999"])
@pytest.mark.parametrize("tipo", TIPOS)
def test_every_row_has_the_columns_of_its_kind_and_no_mandatory_cell_is_empty(tipo: str, registro: str) -> None:
    found = rows(tipo, registro)

    assert found
    for row in found:
        assert tuple(row) == COLUNAS[tipo]
        assert all(row[column] for column in OBRIGATORIAS[tipo]), row


@pytest.mark.parametrize("registro", [VALE, PASA, "999999"])
@pytest.mark.parametrize("tipo", TIPOS)
def test_no_key_repeats_inside_a_file(tipo: str, registro: str) -> None:
    found = rows(tipo, registro)
    keys = {tuple(row[column] for column in CHAVES[tipo]) for row in found}

    assert len(keys) == len(found)


@pytest.mark.parametrize("tipo", TIPOS)
def test_no_cell_is_a_formula_has_a_control_character_or_blanks_around(tipo: str) -> None:
    for row in rows(tipo):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@")), cell
            assert cell == cell.strip()
            assert cell.isprintable(), cell


@pytest.mark.parametrize("registro", [VALE, PASA])
@pytest.mark.parametrize("tipo", CLASSES)
def test_every_row_is_a_fact_the_product_can_hold(tipo: str, registro: str) -> None:
    assert len(facts(tipo, registro)) == len(rows(tipo, registro))


@pytest.mark.parametrize("tipo", [tipo for tipo in TIPOS if "vigente_de" in COLUNAS[tipo]])
def test_validity_never_ends_before_it_begins_nor_overlaps_itself(tipo: str) -> None:
    seen: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for row in rows(tipo):
        ate = row["vigente_ate"] or "9999"
        assert row["vigente_de"] <= ate
        key = tuple(row[column] for column in CHAVES[tipo] if column != "vigente_de")
        seen.setdefault(key, []).append((row["vigente_de"], ate))
    for spans in seen.values():
        spans.sort()
        assert all(before[1] < after[0] for before, after in pairwise(spans))


@pytest.mark.parametrize("tipo", ["prestadores", "precos"])
def test_cells_with_quotes_and_separators_are_in_the_data(tipo: str) -> None:
    assert any('"' in cell or ";" in cell for row in rows(tipo) for cell in row.values())


@pytest.mark.parametrize("formato", [Formato(separador=","), Formato(bom=True), Formato(nova_linha="\r\n")])
def test_every_spelling_reads_the_same(formato: Formato) -> None:
    pedido = replace(PEDIDO, vidas=40, formato=formato)
    for tipo, conteudo in contents(pedido).items():
        assert conteudo.startswith(b"\xef\xbb\xbf") == formato.bom
        assert conteudo.count(b"\r\n") == (conteudo.count(b"\n") if formato.nova_linha == "\r\n" else 0)
        text = io.StringIO(conteudo.decode("utf-8-sig"), newline="")
        read = list(csv.DictReader(text, delimiter=formato.separador, strict=True))
        assert [{**dict.fromkeys(COLUNAS[tipo], ""), **row} for row in linhas(pedido, tipo)] == read


def test_the_same_request_gives_the_same_bytes_and_another_seed_other_people() -> None:
    again, other = contents(replace(PEDIDO)), contents(replace(PEDIDO, semente=2))

    assert contents(PEDIDO) == again
    assert again["beneficiarios"] != other["beneficiarios"]
    assert again["prestadores"] != other["prestadores"]


def test_another_day_of_the_same_month_changes_the_names_only() -> None:
    first, last = replace(PEDIDO, hoje=date(2026, 3, 1)), replace(PEDIDO, hoje=date(2026, 3, 31))

    assert contents(first) == contents(last)
    assert {arquivo.nome for arquivo in gerar(first)}.isdisjoint(arquivo.nome for arquivo in gerar(last))


def test_another_month_leaves_most_lives_as_they_were() -> None:
    later = contents(replace(PEDIDO, vidas=2000, hoje=date(2026, 4, 1)))["beneficiarios"].splitlines()
    before = contents(replace(PEDIDO, vidas=2000))["beneficiarios"].splitlines()

    assert 0 < len(set(later) - set(before)) < 500


def test_a_bigger_request_only_adds_rows() -> None:
    small, big = contents(PEDIDO), contents(replace(PEDIDO, vidas=500, prestadores=60))

    for tipo in ("beneficiarios", "prestadores", "contratos", "corpo-clinico"):
        assert big[tipo].startswith(small[tipo])


@pytest.mark.parametrize(
    "wrong",
    [
        {"registro_ans": "34569"},
        {"registro_ans": "34569A"},
        {"vidas": 19},
        {"prestadores": 1},
        {"semente": -1},
        {"hoje": date(2024, 12, 31)},
        {"tipos": ("beneficiarios", "vidas")},
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_portuguese(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"dígitos|de 20 a|de 2 a|negativos|a partir|desconhecido"):
        Pedido(**{"registro_ans": VALE, **wrong})


# --- the operadora ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("registro", "nome"), [(VALE, "VALE/AMS"), (PASA, "PASA")])
def test_both_operadoras_are_one_group_and_take_401_alone(registro: str, nome: str) -> None:
    (row,) = rows("operadora", registro)

    assert (row["nome"], row["nome_grupo"], row["grupo"]) == (nome, "VALE/PASA", f"{VALE} {PASA}")
    assert row["versoes_tiss"] == "4.01.00:2022-10-01:"
    assert date.fromisoformat(row["data_migracao"]) < HOJE


def test_the_central_and_oncology_are_reached_as_the_domain_says() -> None:
    contatos = facts("contatos")

    assert {contato.valor for contato in contatos} >= {"4004-0183", "0800 722 0183"}
    assert any(contato.canal is Canal.EMAIL and contato.valor.endswith(".example") for contato in contatos)


def test_the_calendar_has_the_holidays_of_two_years_and_the_optional_days() -> None:
    calendario = Calendario(tuple(facts("calendario")))
    days = {(entry.data, entry.uf): entry.tipo for entry in calendario.dias}

    for year in (2026, 2027):
        for month, day in ((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)):
            assert days[date(year, month, day), None] is TipoDia.FERIADO
    optional = {entry.descricao for entry in calendario.dias if entry.tipo is TipoDia.FACULTATIVO}
    assert optional == {"Carnaval", "Corpus Christi"}
    assert not calendario.util(date(2026, 2, 17))  # Carnival
    assert calendario.util(date(2026, 2, 18))
    assert calendario.util(date(2026, 4, 23))
    assert not calendario.util(date(2026, 4, 23), "RJ")


# --- plans ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("registro", [VALE, PASA])
def test_there_are_plans_of_every_segmentation(registro: str) -> None:
    planos = [plano for plano in facts("planos", registro) if plano.vigente_ate is None]
    kinds = {(plano.ambulatorial, plano.hospitalar, plano.obstetricia, plano.odontologia) for plano in planos}

    assert 6 <= len(planos) <= 8
    assert kinds >= {
        (True, True, True, True),
        (True, False, False, False),
        (False, True, False, False),
        (False, True, True, False),
        (False, False, False, True),
    }
    assert all((plano.acomodacao is None) == (not plano.hospitalar) for plano in planos)


def test_no_carencia_is_above_the_ceiling_of_law_9656_and_each_is_of_what_the_plan_covers() -> None:
    ceilings = {GrupoCarencia.URGENCIA_EMERGENCIA: 1, GrupoCarencia.PARTO: 300}
    planos = {plano.codigo: plano for plano in facts("planos")}
    covered = {"PARTO": "obstetricia", "INTERNACAO": "hospitalar", "ODONTOLOGIA": "odontologia"}

    carencias = facts("carencias")
    for carencia in carencias:
        assert 0 < carencia.dias <= ceilings.get(carencia.grupo, 180)
        assert getattr(planos[carencia.plano], covered.get(carencia.grupo.value, "vigente_de"))
    assert {carencia.grupo for carencia in carencias} == set(GrupoCarencia)
    of_birth = {carencia.dias for carencia in carencias if carencia.grupo is GrupoCarencia.PARTO}
    assert of_birth == {300}


def test_coverage_exceptions_go_both_ways_and_name_existing_plans_and_codes() -> None:
    planos = {plano.codigo for plano in facts("planos")}
    coberturas = facts("coberturas")

    assert {cobertura.coberto for cobertura in coberturas} == {True, False}
    for cobertura in coberturas:
        assert cobertura.plano in planos
        assert terminologia.vigente_em(cobertura.codigo, cobertura.tabela, HOJE)


# --- prestadores and contracts ----------------------------------------------------------------------


def test_the_demo_s_hospital_and_clinic_are_what_the_demo_expects() -> None:
    found = {
        (registro, row["prestador"]): (row["codigo_na_operadora"], row["situacao"])
        for registro in (VALE, PASA)
        for row in rows("prestadores", registro)
    }

    assert found[VALE, HOSPITAL] == ("100017", "HABILITADO")
    assert found[PASA, HOSPITAL] == ("200017", "HABILITADO")
    assert found[VALE, CLINICA] == ("100025", "HABILITADO")
    assert found[PASA, CLINICA] == ("200025", "SOLICITADO")


def test_prestadores_are_companies_and_people_with_right_check_digits_in_every_state() -> None:
    found = rows("prestadores")
    kinds = {len(row["prestador"]) for row in found}

    assert kinds == {11, 14}
    assert {row["situacao"] for row in found} == {situacao.value for situacao in Situacao}
    for row in found:
        valid = is_valid_cnpj if len(row["prestador"]) == 14 else is_valid_cpf
        assert valid(row["prestador"])
        assert is_valid_cnes(row["cnes"])
        assert bool(row["motivo"]) == (row["situacao"] in {"SUSPENSO", "DESCREDENCIADO", "RECUSADO"})
        assert not row["ate"] or row["situacao"] == "SUSPENSO"
        assert date.fromisoformat(row["desde"]) < HOJE
    assert len({row["codigo_na_operadora"] for row in found}) == len(found)


def test_some_new_companies_have_letters_in_their_cnpj() -> None:
    pedido = replace(PEDIDO, prestadores=100)
    with_letters = [row["prestador"] for row in linhas(pedido, "prestadores") if not row["prestador"].isdigit()]

    assert with_letters
    assert all(is_valid_cnpj(cnpj) for cnpj in with_letters)


def test_most_prestadores_serve_both_operadoras() -> None:
    at_vale, at_pasa = ({row["prestador"] for row in rows("prestadores", registro)} for registro in (VALE, PASA))

    assert len(at_vale & at_pasa) > len(at_vale) / 2
    assert at_vale - at_pasa
    assert at_pasa - at_vale


def test_only_who_was_enabled_at_some_time_has_a_contract_and_everything_of_it() -> None:
    situacoes = {row["prestador"]: row["situacao"] for row in rows("prestadores")}
    contratados = {row["prestador"] for row in rows("contratos")}

    assert contratados == {
        prestador
        for prestador, situacao in situacoes.items()
        if situacao in {"HABILITADO", "SUSPENSO", "DESCREDENCIADO"}
    }
    assert {row["prestador"] for row in rows("procedimentos-contratados")} == contratados
    for tipo in ("diarias", "pacotes"):
        assert {row["prestador"] for row in rows(tipo)} <= contratados
    for tipo in ("locais", "corpo-clinico"):
        assert {row["prestador"] for row in rows(tipo)} <= set(situacoes)


def test_contracts_name_price_tables_that_exist_and_end_with_the_descredenciamento() -> None:
    tabelas = {row["tabela_precos"] for row in rows("precos")}
    left = {row["prestador"]: row["desde"] for row in rows("prestadores") if row["situacao"] == "DESCREDENCIADO"}

    for contrato in facts("contratos"):
        assert contrato.tabela_precos in tabelas
        assert contrato.prazo_contestacao_dias == contrato.prazo_resposta_dias
        if contrato.prestador_id in left:
            assert contrato.vigente_ate is not None
            assert contrato.vigente_ate < date.fromisoformat(left[contrato.prestador_id])
    assert left


def contrato_de(prestador: str, registro: str = VALE) -> ContratoCompleto:
    mine = [
        tuple(fact(CLASSES[tipo], row, registro) for row in rows(tipo, registro) if row["prestador"] == prestador)
        for tipo in ("contratos", "procedimentos-contratados", "diarias", "pacotes")
    ]
    return ContratoCompleto(*mine)


def test_the_demo_s_hospital_alone_has_the_package_of_the_pronto_socorro_at_the_first_operadora() -> None:
    hospital, at_pasa, clinica = contrato_de(HOSPITAL), contrato_de(HOSPITAL, PASA), contrato_de(CLINICA)
    terms = [contrato.em(HOJE) for contrato in (hospital, at_pasa, clinica)]

    assert [term is not None and term.pacote_pronto_socorro for term in terms] == ["98:90010039", None, None]
    package = next(pacote for pacote in hospital.pacotes_em(HOJE) if pacote.codigo == "90010039")
    assert "22:10101039" in package.itens
    assert "90010039" not in {pacote.codigo for pacote in at_pasa.pacotes}


def test_the_demo_s_hospital_has_contracted_what_its_guias_bill_but_not_every_diaria() -> None:
    contrato = contrato_de(HOSPITAL)
    precos = {(row["tabela"], row["codigo"]) for row in rows("precos") if row["tabela_precos"] == "AMS-HOSPITALAR"}

    for tipo in (Tipo.SADT, Tipo.CONSULTA, Tipo.INTERNACAO, Tipo.HONORARIOS):
        lote = gerar_lote(PedidoDeLote(tipo=tipo, guias=3, procedimentos=9, despesas=8))
        for item in lote.root.walk():
            code, table = item.maybe("codigoProcedimento"), item.maybe("codigoTabela")
            if code is not None and table is not None:
                key = (table.text or "", code.text or "")
                assert contrato.contratado(*key, HOJE), key
                assert key in precos
    assert contrato.contratado("18", "60000651", HOJE)
    assert contrato.contratado("00", "70000001", HOJE)
    assert not contrato.contratado("18", "60000511", HOJE)  # a luxury suite was never negotiated


def test_the_demo_s_clinic_has_dentists_and_prices_for_what_its_dental_guias_bill() -> None:
    contrato = contrato_de(CLINICA)
    term = contrato.em(HOJE)
    assert term is not None
    precos = {row["codigo"] for row in rows("precos") if row["tabela_precos"] == term.tabela_precos}

    lote = gerar_lote(PedidoDeLote(tipo=Tipo.ODONTO, guias=2, procedimentos=7))
    codes = {item.text or "" for item in lote.root.walk() if item.name == "codigoProcedimento"}
    assert codes <= precos
    assert all(contrato.contratado("22", code, HOJE) for code in codes)
    assert any(row["conselho"] == "08" for row in rows("corpo-clinico") if row["prestador"] == CLINICA)


def test_people_who_are_prestadores_are_their_own_corpo_clinico() -> None:
    people = {row["prestador"]: row["nome"] for row in rows("prestadores") if len(row["prestador"]) == 11}
    found = {row["prestador"]: row for row in rows("corpo-clinico") if row["prestador"] in people}

    assert set(found) == set(people)
    assert all(row["cpf"] == prestador and row["nome"] == people[prestador] for prestador, row in found.items())


# --- procedures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tipo", ["precos", "regras-procedimentos", "diarias"])
def test_every_tuss_code_exists_and_is_in_force(tipo: str) -> None:
    own = 0
    for row in rows(tipo):
        if row["tabela"] == "00":
            own += 1
            continue
        assert terminologia.vigente_em(row["codigo"], row["tabela"], HOJE), row["codigo"]
    assert own == (tipo == "diarias")


def test_every_odontology_procedure_of_tuss_asks_for_a_senha_in_every_plan() -> None:
    dental = {termo.codigo for termo in terminologia.search("8", 10_000, "22") if termo.vigente_em(HOJE)}
    regras = facts("regras-procedimentos")

    for plano in {row["codigo"] for row in rows("planos")}:
        chosen = {regra.codigo: regra for regra in em_vigor(regras, plano, HOJE)}
        assert all(chosen[codigo].exige_senha for codigo in dental)


def test_rules_tell_the_pronto_socorro_from_the_everyday_and_from_what_people_judge() -> None:
    regras = {(regra.tabela, regra.codigo): regra for regra in em_vigor(facts("regras-procedimentos"), None, HOJE)}

    urgent, consultation, blood = regras["22", "10101039"], regras["22", "10101012"], regras["22", "40304361"]
    assert urgent.exige_senha
    assert not urgent.exige_analise
    assert not consultation.exige_senha
    assert not blood.exige_senha
    assert (blood.limite_quantidade, blood.limite_dias) == (4, 30)
    oncology = regras["22", "20104294"]
    assert oncology.exige_analise
    assert oncology.alta_complexidade
    assert len(oncology.documentos) == 3
    assert regras["18", "60018933"].exige_senha


def test_documents_are_of_the_standard_s_own_table() -> None:
    for regra in facts("regras-procedimentos"):
        for documento in regra.documentos:
            assert terminologia.table_label("dm_tipoDocumento", documento, Versao.V4_01_00), documento


def test_councils_and_cbos_are_of_the_standard_s_own_tables() -> None:
    for row in rows("corpo-clinico"):
        assert terminologia.table_label("dm_conselhoProfissional", row["conselho"], Versao.V4_01_00)
        assert terminologia.table_label("dm_CBOS", row["cbo"], Versao.V4_01_00), row["cbo"]


def test_one_plan_asks_a_senha_where_the_others_do_not() -> None:
    regras = facts("regras-procedimentos")
    stricter = next(regra for regra in regras if regra.plano is not None)

    assert stricter.plano in {row["codigo"] for row in rows("planos")}
    chosen = [
        next(regra for regra in em_vigor(regras, plano, HOJE) if regra.codigo == stricter.codigo)
        for plano in (stricter.plano, "AMS-NAC")
    ]
    assert [regra.exige_senha for regra in chosen] == [True, False]


def test_prices_have_a_past_and_a_present_and_only_one_on_any_day() -> None:
    precos = facts("precos")
    ended = [preco for preco in precos if preco.vigente_ate is not None]

    assert ended
    assert all(preco.valor > 0 for preco in precos)
    by_key = {(preco.tabela_precos, preco.tabela, preco.codigo, preco.vigente_de): preco for preco in precos}
    for preco in ended:
        after = preco.vigente_ate + timedelta(days=1)
        assert by_key[preco.tabela_precos, preco.tabela, preco.codigo, after].valor > preco.valor


def test_more_procedures_are_more_prices_and_rules_at_the_same_values() -> None:
    few, many = replace(PEDIDO, procedimentos=50), replace(PEDIDO, procedimentos=400)
    values = [
        {(row["tabela_precos"], row["codigo"], row["vigente_de"]): row["valor"] for row in linhas(pedido, "precos")}
        for pedido in (few, many)
    ]

    assert len(values[1]) > len(values[0])
    common = values[0].keys() & values[1].keys()
    assert common
    assert {key: values[0][key] for key in common} == {key: values[1][key] for key in common}


def test_fixed_people_come_first_in_the_file_of_their_operadora() -> None:
    for registro in (VALE, PASA):
        mine = [fixo.carteira for fixo in FIXOS if fixo.registro_ans == registro]
        assert [row["numero_carteira"] for row in rows("beneficiarios", registro)][: len(mine)] == mine
