"""Defects of billing are messages the standard takes, changed in one guia only; the rest of a lote that is due."""

from __future__ import annotations

from decimal import Decimal

import pytest

from local.gerador import COBRANCA, DEFEITOS, VERSOES, LoteGerado, Pedido, Tipo, Veredito, gerar
from tests.unit.gerador.oracle import hash_of_leaves, schema_errors


def with_defeito(name: str, tipo: Tipo, versao: str = VERSOES[0]) -> LoteGerado:
    return gerar(Pedido(tipo=tipo, versao=versao, guias=4, defeitos=(name,), alvo=3, devido=True))


@pytest.mark.parametrize("name", COBRANCA)
def test_a_defect_of_billing_is_a_message_the_standard_takes(name: str) -> None:
    for tipo in COBRANCA[name].tipos:
        for versao in VERSOES:
            lote = with_defeito(name, tipo, versao)
            assert schema_errors(lote.conteudo, versao) == []
            assert lote.hash == hash_of_leaves(lote.conteudo)
            assert lote.valido


@pytest.mark.parametrize("name", COBRANCA)
def test_a_defect_of_billing_is_confined_to_the_guia_it_names(name: str) -> None:
    for tipo in COBRANCA[name].tipos:
        with_it, without = with_defeito(name, tipo), gerar(Pedido(tipo=tipo, guias=4, devido=True))
        plain, planted = (lote.conteudo.split(f"<ans:{tipo.element}>".encode()) for lote in (without, with_it))
        pairs = enumerate(zip(plain[:-1], planted[:-1], strict=True))
        assert {index for index, (one, other) in pairs if one != other} <= {3}
        assert {one.guia for one in with_it.esperado} <= {without.guias[2].numero}
        mine = without.guias[2].senha
        for senha in without.conhecido.senhas.values():
            if senha.numero != mine:
                assert with_it.conhecido.senhas[senha.numero] == senha


def test_each_says_codes_of_four_digits_or_that_nothing_follows() -> None:
    assert not COBRANCA.keys() & DEFEITOS.keys()
    for name, defeito in COBRANCA.items():
        assert defeito.descricao
        for versao in VERSOES:
            esperado = with_defeito(name, defeito.tipos[0], versao).esperado
            assert bool(esperado) == bool(defeito.codigos[versao])
            assert {one.veredito for one in esperado} <= {Veredito.GLOSA}
            assert all((one.reais or Decimal(0)) > 0 and one.codigos == defeito.codigos[versao] for one in esperado)


@pytest.mark.parametrize("tipo", Tipo)
def test_a_lote_that_is_due_is_known_by_every_life_senha_and_price_of_it(tipo: Tipo) -> None:
    lote = gerar(Pedido(tipo=tipo, guias=5, devido=True))
    assert lote.conhecido.carteiras == {guia.carteira for guia in lote.guias}
    assert set(lote.conhecido.senhas) == {guia.senha for guia in lote.guias if guia.senha}
    assert lote.conhecido.contratados | lote.conhecido.diarias == set(lote.conhecido.precos)
    assert lote.conhecido.exigem <= lote.conhecido.contratados
    assert gerar(Pedido(tipo=tipo, guias=5)).conhecido.precos == {}


def test_guias_on_one_senha_are_authorised_together() -> None:
    lote = gerar(Pedido(guias=3, devido=True, senhas=("S1",), carteiras=("C1",)))
    (senha,) = lote.conhecido.senhas.values()
    assert senha.carteira == "C1"
    assert len(senha.itens) < 9
    assert sum(item.autorizada for item in senha.itens) >= 9
