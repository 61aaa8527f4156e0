"""Loading lives: what is written, what is refused, what is repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conecta_cargas.states import Contagem, SituacaoCarga
from conecta_edge import beneficiarios as keys
from conecta_facts import codec
from conecta_facts.beneficiarios import Beneficiario
from tests.builders_functions import VALE
from tests.fakes_cargas import ARRIVED, COM_RECUSAS, CONCLUIDA, PSEUDONIMOS, Casa, Cut, csv, vida

CPF = "52998224725"


@pytest.fixture
def casa() -> Casa:
    return Casa()


def chave(numero: int | str) -> tuple[str, str, str]:
    key = keys.beneficiario_key(VALE, PSEUDONIMOS.carteira(VALE, str(numero)))
    return "beneficiarios", key["pk"], key["sk"]


def life(casa: Casa, numero: int | str) -> Beneficiario:
    return codec.build(Beneficiario, casa.registros.rows[chave(numero)]["dados"])


def test_each_right_row_is_a_life_under_its_pseudonym(casa: Casa) -> None:
    carga = casa.carregar("beneficiarios", csv("beneficiarios", vida(1001, cpf=CPF), vida(1002, nome="Outra Pessoa")))
    assert carga.situacao is CONCLUIDA
    assert carga.contagem == Contagem(2, 2, 0, 0)
    assert life(casa, 1001).cpf == CPF
    assert life(casa, 1002).nome == "Outra Pessoa"
    row = casa.registros.rows[chave(1001)]
    assert row["busca"] == tuple(
        keys.cpf_busca(VALE, PSEUDONIMOS.cpf(VALE, CPF), PSEUDONIMOS.carteira(VALE, "1001")).values()
    )
    assert "busca" not in casa.registros.rows[chave(1002)]
    assert casa.cargas.events == [("CargaConcluida", VALE, carga.id, carga.contagem)]


def test_bad_rows_are_reported_with_every_error_and_the_others_are_loaded(casa: Casa) -> None:
    rows = (vida(1), vida(2, data_nascimento="17/05/1980", sexo="X", nome=""), vida(3))
    carga = casa.carregar("beneficiarios", csv("beneficiarios", *rows))
    assert carga.situacao is COM_RECUSAS
    assert carga.contagem == Contagem(3, 2, 0, 1)
    assert [line[:3] for line in casa.relatorio(carga)] == [
        ["3", "nome", "obrigatoria"], ["3", "data_nascimento", "data"], ["3", "sexo", "opcao"],
    ]  # fmt: skip


def test_a_replaced_number_leads_to_the_present_one(casa: Casa) -> None:
    casa.carregar("beneficiarios", csv("beneficiarios", vida(2002, carteira_anterior="2001")))
    old = keys.anterior_key(VALE, PSEUDONIMOS.carteira(VALE, "2001"))
    assert casa.registros.rows["beneficiarios", old["pk"], old["sk"]]["dados"] == {
        "carteira": PSEUDONIMOS.carteira(VALE, "2002")
    }


def test_the_same_file_again_changes_nothing(casa: Casa) -> None:
    file = csv("beneficiarios", vida(1), vida(2))
    casa.carregar("beneficiarios", file)
    before = {chave: dict(row) for chave, row in casa.registros.rows.items()}
    again = casa.carregar("beneficiarios", file, em=ARRIVED + timedelta(seconds=5))
    assert again.contagem == Contagem(2, 0, 2, 0)
    assert {c: row["dados"] for c, row in casa.registros.rows.items()} == {c: r["dados"] for c, r in before.items()}


def test_an_older_file_never_overwrites_a_newer_row(casa: Casa) -> None:
    casa.carregar("beneficiarios", csv("beneficiarios", vida(1, nome="Nova")), "vidas-2026-11-20.csv")
    late = casa.carregar("beneficiarios", csv("beneficiarios", vida(1, nome="Velha"), vida(2)), "vidas-2026-11-19.csv")
    assert late.contagem == Contagem(2, 1, 1, 0)
    assert life(casa, 1).nome == "Nova"


def test_of_two_lines_with_one_key_the_first_right_one_wins(casa: Casa) -> None:
    rows = (vida(1, nome=""), vida(1, nome="Primeira"), vida(1, nome="Segunda"))
    carga = casa.carregar("beneficiarios", csv("beneficiarios", *rows), passo=90, ordem=lambda p: p[::-1])
    assert carga.contagem == Contagem(3, 1, 0, 2)
    assert life(casa, 1).nome == "Primeira"
    assert [line[:3] for line in casa.relatorio(carga)] == [
        ["2", "nome", "obrigatoria"], ["4", "numero_carteira", "chave-repetida"],
    ]  # fmt: skip


def test_a_life_that_was_erased_never_comes_back(casa: Casa) -> None:
    casa.carregar("beneficiarios", csv("beneficiarios", vida(1)))
    casa.registros.rows[chave(1)] = {"eliminado": True, "dados": {}}
    carga = casa.carregar("beneficiarios", csv("beneficiarios", vida(1), vida(2)), "vidas-2026-11-21.csv")
    assert carga.contagem == Contagem(2, 1, 0, 1)
    assert casa.relatorio(carga)[0][2] == "eliminado"
    assert casa.registros.rows[chave(1)] == {"eliminado": True, "dados": {}}


def test_a_load_cut_in_the_middle_and_resumed_is_as_one_that_never_was(casa: Casa) -> None:
    file = csv("beneficiarios", *(vida(n) for n in range(350)))
    whole = Casa().carregar("beneficiarios", file, passo=4000)
    carga, batches = casa.chegar("beneficiarios", file), []

    def die(escritas: object) -> None:
        batches.append(escritas)
        if len(batches) == 4:
            raise Cut

    casa.registros.before_write = die
    with pytest.raises(Cut):
        casa.executar(carga, passo=4000)
    assert casa.cargas.get(VALE, carga.id).situacao is SituacaoCarga.FALHOU
    ended = casa.executar(carga)
    assert (ended.situacao, ended.contagem) == (whole.situacao, whole.contagem) == (CONCLUIDA, Contagem(350, 350, 0, 0))
