"""Every rule of the domain that concerns authorizations is kept somewhere, and says where."""

from __future__ import annotations

from conecta_senhas.catalogo import FUNCOES, Funcao
from conecta_senhas.contexto import Regra
from conecta_senhas.motor import RULES

KEPT: tuple[Regra | Funcao, ...] = (*RULES, *FUNCOES)
HERE = {f"R{number:02}" for number in (2, 7, 8, 9, 10, *range(14, 29), 30)}


def test_every_rule_of_the_domain_is_kept_by_a_rule_or_an_act() -> None:
    assert {fonte for kept in KEPT for fonte in kept.fontes} == HERE


def test_ids_are_given_once_and_what_they_name_says_what_it_does() -> None:
    ids = [kept.id for kept in KEPT]
    assert len(set(ids)) == len(ids)
    assert all(kept.funcao.__doc__ for kept in FUNCOES)
