"""What each tipo of file takes: the example shown, what is refused, what is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from cadastro.domain.carga_tipos import TIPOS
from conecta_cargas.cells import CelulaError
from conecta_cargas.columns import Tipo
from conecta_cargas.reading import Planilha
from conecta_cargas.states import Contagem
from conecta_facts import codec
from conecta_facts.operadoras import Operadora
from conecta_facts.prestadores import Prestador
from conecta_facts.relacionamentos import Relacionamento
from tests.builders_functions import CNPJ, VALE
from tests.fakes_cargas import CONCLUIDA, Casa, csv, exemplo

CPF, OUTRO_CPF, CNS = "52998224725", "11144477735", "100000000010002"


def wrong(tipo: str, /, **celulas: str) -> list[tuple[str, str]]:
    """(column, code) of everything wrong with the example, with these cells instead."""
    row = {**exemplo(tipo), **celulas}
    sheet = Planilha(TIPOS[tipo], VALE, ";", list(row))
    return [(coluna, codigo) for coluna, codigo, _motivo in sheet.valores([*row.values()])[1]]


@pytest.mark.parametrize("tipo", TIPOS)
def test_the_example_of_each_tipo_is_loaded(tipo: str) -> None:
    casa = Casa()
    carga = casa.carregar(tipo, csv(tipo, {}))
    assert (carga.situacao, carga.contagem) == (CONCLUIDA, Contagem(1, 1, 0, 0)), carga.recusas


@pytest.mark.parametrize("tipo", TIPOS)
def test_only_the_mandatory_columns_are_needed(tipo: str) -> None:
    needed = [coluna.nome for coluna in TIPOS[tipo].colunas if coluna.obrigatoria]
    casa = Casa()
    carga = casa.carregar(tipo, csv(tipo, {}, colunas=needed))
    assert carga.contagem == Contagem(1, 1, 0, 0), carga.recusas
    for row in casa.registros.rows.values():
        assert_plain(TIPOS[tipo], row["dados"])


def assert_plain(tipo: Tipo, dados: Mapping[str, Any]) -> None:
    """Stored values are exactly the plain form of the value they are of."""
    if dados.keys() in ({"carteira"}, {"prestador_id", "codigo"}):
        return  # a replaced number; whose a code is
    classe = Prestador if "introduzido_por" in dados else tipo.classe
    assert codec.plain(codec.build(classe, dados)) == dados


@pytest.mark.parametrize("tipo", TIPOS)
def test_what_is_stored_is_the_plain_form_of_its_value(tipo: str) -> None:
    casa = Casa()
    cells = {"carteira_anterior": "7", "cpf": CPF, "ufs": "ES MG"} if tipo in {"beneficiarios", "planos"} else {}
    casa.carregar(tipo, csv(tipo, {name: value for name, value in cells.items() if name in exemplo(tipo)}))
    for row in casa.registros.rows.values():
        assert_plain(TIPOS[tipo], row["dados"])


@pytest.mark.parametrize("tipo", TIPOS)
def test_items_lie_where_the_documentation_says(tipo: str) -> None:
    casa = Casa()
    extra = {"carteira_anterior": "7"} if tipo == "beneficiarios" else {}
    casa.carregar(tipo, csv(tipo, extra))
    documented = [
        re.compile(re.sub("<[^>]+>", "[^#/]+", item.replace("<registro>", VALE))) for item in TIPOS[tipo].itens
    ]
    stored = [f"{pk}/{sk.replace('/', '-')}" for _table, pk, sk in casa.registros.rows]
    assert len(stored) == len(documented)
    for pattern in documented:
        assert [key for key in stored if pattern.fullmatch(key)], (pattern.pattern, stored)


@pytest.mark.parametrize(
    ("tipo", "coluna"), [(tipo, c.nome) for tipo, row in TIPOS.items() for c in row.colunas if c.obrigatoria]
)
def test_a_mandatory_cell_that_is_empty_is_told(tipo: str, coluna: str) -> None:
    assert (coluna, "obrigatoria") in wrong(tipo, **{coluna: ""})


BAD_CELLS = [
    ("beneficiarios", "cpf", "52998224724", "identificador"),
    ("beneficiarios", "cpf", "529.982.247-25", "identificador"),
    ("beneficiarios", "cns", "100000000010003", "identificador"),
    ("beneficiarios", "numero_carteira", "123456789012345678901", "identificador"),
    ("beneficiarios", "numero_carteira", "=1+1", "formula"),
    ("beneficiarios", "nome", "@SUM(A1)", "formula"),
    ("beneficiarios", "nome", "-Nome", "formula"),
    ("beneficiarios", "nome", "+Nome", "formula"),
    ("beneficiarios", "nome", "N" * 121, "longo-demais"),
    ("beneficiarios", "data_nascimento", "1980-02-30", "data"),
    ("beneficiarios", "data_nascimento", "19800517", "data"),
    ("beneficiarios", "data_nascimento", "1980-W20-1", "data"),
    ("beneficiarios", "data_nascimento", "1880-05-17", "data"),
    ("beneficiarios", "data_nascimento", "１９８０-05-17", "data"),
    ("beneficiarios", "isento_carencias", "sim", "opcao"),
    ("beneficiarios", "sexo", "f", "opcao"),
    ("prestadores", "prestador", "12345678000196", "identificador"),
    ("prestadores", "prestador", "1234567800019", "identificador"),
    ("prestadores", "cnes", "123", "identificador"),
    ("prestadores", "uf", "XX", "opcao"),
    ("operadora", "grupo", "345695 345695", "lista"),
    ("operadora", "grupo", "345695 3319", "identificador"),
    ("operadora", "versoes_tiss", "4.02.00", "formato"),
    ("operadora", "versoes_tiss", "4.01.00:2022-10-32:", "data"),
    ("operadora", "versoes_tiss", "4.01.00:2022-10-01:2022-09-30", "datas-fora-de-ordem"),
    ("operadora", "portal_legado", "javascript:alert(1)", "formato"),
    ("operadora", "cnpj", "12ABC34501DE36", "identificador"),
    ("operadora", "cnpj", "52998224725", "identificador"),
    ("precos", "valor", "1.234,56", "valor"),
    ("precos", "valor", "-1", "valor"),
    ("precos", "valor", "1e3", "valor"),
    ("precos", "valor", "123456789", "valor"),
    ("precos", "tabela", "1", "formato"),
    ("carencias", "dias", "1.5", "numero"),
    ("carencias", "dias", "٣", "numero"),
    ("carencias", "dias", "1000", "fora-da-faixa"),
    ("procedimentos-contratados", "codigo", "40*30", "formato"),
    ("regras-procedimentos", "documentos", "05 ZZ", "opcao"),
    ("corpo-clinico", "conselho", "99", "opcao"),
    ("planos", "codigo", "A#PLANO", "formato"),
]


@pytest.mark.parametrize(("tipo", "coluna", "celula", "codigo"), BAD_CELLS)
def test_a_cell_that_is_not_what_its_column_holds_is_refused_without_being_repeated(
    tipo: str, coluna: str, celula: str, codigo: str
) -> None:
    assert wrong(tipo, **{coluna: celula}) == [(coluna, codigo)]
    (formato,) = (c.formato for c in TIPOS[tipo].colunas if c.nome == coluna)
    with pytest.raises(CelulaError) as told:
        formato.ler(celula)
    assert celula not in told.value.motivo or len(celula) < 4
    assert not set(told.value.motivo) & set(';"\n')


CROSSED = [
    ("beneficiarios", {"data_inclusao": "1980-05-16"}, [("data_inclusao", "datas-fora-de-ordem")]),
    ("beneficiarios", {"data_exclusao": "1990-01-01"}, [("data_exclusao", "datas-fora-de-ordem")]),
    ("beneficiarios", {"suspenso_de": "2026-02-02", "suspenso_ate": "2026-02-01"},
     [("suspenso_ate", "datas-fora-de-ordem")]),
    ("beneficiarios", {"suspenso_ate": "2026-02-01"}, [("suspenso_de", "incompleto")]),
    ("beneficiarios", {"motivo_suspensao": "JUDICIAL"}, [("suspenso_de", "incompleto")]),
    ("beneficiarios", {"motivo_exclusao": "a pedido"}, [("data_exclusao", "incompleto")]),
    ("beneficiarios", {"parentesco": "filha"}, [("carteira_titular", "incompleto")]),
    ("beneficiarios", {"carteira_anterior": "00012345678901"}, [("carteira_anterior", "repetida")]),
    ("beneficiarios", {"carteira_titular": "00012345678901"}, [("carteira_titular", "repetida")]),
    ("beneficiarios", {"cpt_ate": "2020-01-01"}, [("cpt_ate", "datas-fora-de-ordem")]),
    ("prestadores", {"ate": "2024-01-03"}, [("ate", "nao-se-aplica")]),
    ("prestadores", {"situacao": "SUSPENSO", "ate": "2024-01-01"}, [("ate", "datas-fora-de-ordem")]),
    ("prestadores", {"situacao": "SUSPENSO", "ate": "2024-01-02"}, []),
    ("contratos", {"prazo_resposta_dias": "31"}, [("prazo_resposta_dias", "prazos-diferentes")]),
    ("contratos", {"vigente_ate": "2025-12-31"}, [("vigente_ate", "datas-fora-de-ordem")]),
    ("contratos", {"vigente_ate": "2026-01-01"}, []),
    ("carencias", {"dias": "181"}, [("dias", "carencia-acima-da-lei")]),
    ("carencias", {"dias": "180"}, []),
    ("carencias", {"grupo": "PARTO", "dias": "300"}, []),
    ("carencias", {"grupo": "URGENCIA_EMERGENCIA", "dias": "2"}, [("dias", "carencia-acima-da-lei")]),
    ("operadora", {"grupo": "331988"}, [("grupo", "fora-do-grupo")]),
    ("regras-procedimentos", {"limite_dias": ""}, [("limite_dias", "incompleto")]),
    ("regras-procedimentos", {"limite_quantidade": ""}, [("limite_quantidade", "incompleto")]),
]  # fmt: skip


@pytest.mark.parametrize(("tipo", "celulas", "expected"), CROSSED)
def test_cells_that_contradict_each_other_are_refused(
    tipo: str, celulas: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert wrong(tipo, **celulas) == expected


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    cells = {"numero": "", "prazo_resposta_dias": "31", "vigente_ate": "2025-01-01", "tabela_precos": "#"}
    assert wrong("contratos", **cells) == [
        ("numero", "obrigatoria"), ("tabela_precos", "formato"), ("vigente_ate", "datas-fora-de-ordem"),
        ("prazo_resposta_dias", "prazos-diferentes"),
    ]  # fmt: skip


def test_the_reason_for_unequal_terms_names_the_norm() -> None:
    row = {**exemplo("contratos"), "prazo_resposta_dias": "31"}
    ((_coluna, _codigo, motivo),) = Planilha(TIPOS["contratos"], VALE, ";", list(row)).valores([*row.values()])[1]
    assert "RN 503" in motivo


def test_an_operadora_is_stored_for_itself_and_in_the_public_list() -> None:
    casa = Casa()
    casa.carregar("operadora", csv("operadora", {}))
    (profile, listed) = casa.registros.rows.values()
    assert profile["dados"] == listed["dados"]
    operadora = codec.build(Operadora, profile["dados"])
    assert (operadora.registro_ans, operadora.grupo) == (VALE, ("345695", "331988"))
    assert [versao.versao for versao in operadora.versoes] == ["4.01.00"]


def test_a_second_line_about_the_operadora_is_a_repetition() -> None:
    carga = Casa().carregar("operadora", csv("operadora", {}, {"nome": "Outro"}))
    assert carga.contagem == Contagem(2, 1, 0, 1)
    assert carga.recusas[0].codigo == "chave-repetida"


def test_a_prestador_that_is_a_person_is_known_by_a_pseudonym() -> None:
    casa = Casa()
    casa.carregar(
        "prestadores", csv("prestadores", {"prestador": CPF}, {"prestador": CNPJ, "codigo_na_operadora": "2"})
    )
    partitions = {pk for _table, pk, sk in casa.registros.rows if sk != "PRESTADOR"}
    assert f"PRESTADOR#{CNPJ}" in partitions
    (person,) = partitions - {f"PRESTADOR#{CNPJ}"}
    assert person.startswith("PRESTADOR#pf")
    assert CPF not in person
    (profile,) = (row["dados"] for (_t, pk, sk), row in casa.registros.rows.items() if (pk, sk) == (person, "PERFIL"))
    assert (profile["cpf"], "cnpj" in profile) == (CPF, False)


def test_a_relacionamento_is_found_by_its_present_state() -> None:
    casa = Casa()
    rows = (
        {"prestador": CNPJ, "situacao": "SUSPENSO", "desde": "2026-11-01", "ate": "2026-12-31", "motivo": "Auditoria"},
        {"prestador": OUTRO_CPF},
    )
    casa.carregar("prestadores", csv("prestadores", *rows))
    held = {sk: row for (_t, pk, sk), row in casa.registros.rows.items() if pk == f"PRESTADOR#{CNPJ}"}
    relacionamento = codec.build(Relacionamento, held[f"RELACIONAMENTO#{VALE}"]["dados"])
    assert [(p.situacao.value, p.de.isoformat()) for p in relacionamento.periodos] == [
        ("SUSPENSO", "2026-11-01"), ("HABILITADO", "2027-01-01"),
    ]  # fmt: skip
    assert held[f"RELACIONAMENTO#{VALE}"]["busca"] == (
        f"OPERADORA#{VALE}#RELACIONAMENTO#AGENDADO", f"2026-11-01#{CNPJ}"
    )  # fmt: skip
