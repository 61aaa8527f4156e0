"""What stands for a CPF, a carteira or an e-mail."""

from __future__ import annotations

import re

import pytest

from conecta_edge.pseudonyms import Pseudonyms
from tests.builders_functions import PASA, VALE

KEY, NUMBER = b"chave-de-teste", "52998224725"
PSEUDONYMS = Pseudonyms(KEY)


def test_the_same_value_has_the_same_pseudonym_in_every_process() -> None:
    assert PSEUDONYMS.carteira(VALE, NUMBER) == Pseudonyms(KEY).carteira(VALE, NUMBER)
    # Kept in tables: another way to make them would lose every look-up.
    assert PSEUDONYMS.carteira(VALE, NUMBER) == "2b50839d1f011949cb97e58d59780741"


def test_each_kind_each_operadora_and_each_key_has_its_own() -> None:
    made = [
        PSEUDONYMS.carteira(VALE, NUMBER),
        PSEUDONYMS.carteira(PASA, NUMBER),
        PSEUDONYMS.cpf(VALE, NUMBER),
        PSEUDONYMS.cpf(PASA, NUMBER),
        PSEUDONYMS.prestador(NUMBER).removeprefix("pf"),
        PSEUDONYMS.conta(NUMBER),
        Pseudonyms(b"outra-chave").carteira(VALE, NUMBER),
        PSEUDONYMS.carteira(VALE, NUMBER + "0"),
    ]
    assert len({pseudonym[:24] for pseudonym in made}) == len(made)


@pytest.mark.parametrize("number", [NUMBER, "00012345678900011", "1", "A-1|2", "maria@exemplo.example"])
def test_nothing_of_the_value_can_be_seen(number: str) -> None:
    for made in (PSEUDONYMS.carteira(VALE, number), PSEUDONYMS.cpf(VALE, number), PSEUDONYMS.conta(number)):
        assert re.fullmatch(r"[0-9a-f]{32}", made)
        assert len(number) == 1 or number not in made
    assert re.fullmatch(r"pf[0-9a-f]{24}", PSEUDONYMS.prestador(number))


def test_a_number_cannot_pretend_to_be_of_another_operadora() -> None:
    assert PSEUDONYMS.carteira(VALE, f"{PASA}|1") != PSEUDONYMS.carteira(f"{VALE}|{PASA}", "2")


@pytest.mark.parametrize(
    "nome",
    [
        "Joana Prado de Exemplo", "JOANA EXEMPLO", "joana exemplo", "  Joana   d'Exemplo  Exemplo ", "Joána Exemplô",
        "Joana-Maria Exemplo", "Joana\tQualquer\nExemplo",
    ],
)  # fmt: skip
def test_a_name_is_its_first_and_last_word_without_accents_and_case(nome: str) -> None:
    assert PSEUDONYMS.nome(VALE, nome) == PSEUDONYMS.nome(VALE, "Joana Exemplo")


def test_other_names_other_operadoras_and_single_words_have_their_own() -> None:
    made = [
        PSEUDONYMS.nome(VALE, "Joana Exemplo"),
        PSEUDONYMS.nome(PASA, "Joana Exemplo"),
        PSEUDONYMS.nome(VALE, "Exemplo Joana"),
        PSEUDONYMS.nome(VALE, "Joana"),
        PSEUDONYMS.nome(VALE, "Joana Joana"),
        PSEUDONYMS.nome(VALE, ""),
        PSEUDONYMS.carteira(VALE, "JOANA EXEMPLO"),
    ]
    assert len(set(made)) == len(made)
    assert PSEUDONYMS.nome(VALE, " 123 ") == PSEUDONYMS.nome(VALE, "")
    # Kept in an index: another way to make them would find nobody.
    assert PSEUDONYMS.nome(VALE, "Joana Exemplo") == "ac47468ef1b50d0fb9d9ca98b205797d"
