"""Each planted defect is exactly the error its name says, and nothing else."""

from __future__ import annotations

import pytest

from local.gerador import DEFEITOS, VERSOES, LoteGerado, Pedido, Tipo, gerar
from tests.unit.gerador.oracle import hash_of_leaves, schema_errors

OF_THE_HASH = {"hash-errado", "hash-vazio", "hash-ausente", "conteudo-adulterado"}


def with_defeito(name: str, tipo: Tipo, versao: str) -> LoteGerado:
    return gerar(Pedido(tipo=tipo, versao=versao, guias=4, defeitos=(name,), alvo=3))


def everywhere(name: str) -> list[tuple[LoteGerado, str]]:
    defeito = DEFEITOS[name]
    return [(with_defeito(name, tipo, versao), versao) for tipo in defeito.tipos for versao in defeito.versoes]


@pytest.mark.parametrize("name", DEFEITOS)
def test_a_defect_trips_the_official_schema_exactly_when_it_says_so(name: str) -> None:
    for lote, versao in everywhere(name):
        errors = schema_errors(lote.conteudo, versao)

        assert bool(errors) == lote.esperado[0].viola_xsd, (lote.pedido.tipo, versao, errors[:3])


@pytest.mark.parametrize("name", DEFEITOS)
def test_only_a_defect_of_the_hash_makes_the_hash_diverge(name: str) -> None:
    for tipo in DEFEITOS[name].tipos:
        lote = with_defeito(name, tipo, "4.01.00")
        # The stdlib reader cannot join a leaf's text around a comment.
        conteudo = lote.conteudo.replace(b"<!-- x -->", b"")

        assert (lote.hash == hash_of_leaves(conteudo)) == (name not in OF_THE_HASH)


@pytest.mark.parametrize("name", DEFEITOS)
def test_a_defect_is_confined_to_the_guia_it_names(name: str) -> None:
    for tipo in DEFEITOS[name].tipos:
        with_it, without = with_defeito(name, tipo, "4.01.00"), gerar(Pedido(tipo=tipo, guias=4))
        if with_it.esperado[0].guia not in {guia.numero for guia in without.guias}:
            continue
        plain, planted = (lote.conteudo.split(f"<ans:{tipo.element}>".encode()) for lote in (without, with_it))
        # The last piece also carries the epilogo, whose hash follows the defect.
        pairs = enumerate(zip(plain[:-1], planted[:-1], strict=True))

        assert [index for index, (one_, other) in pairs if one_ != other] == [3]


def test_every_defect_names_codes_of_four_digits_and_describes_itself() -> None:
    assert len(DEFEITOS) >= 40
    for defeito in DEFEITOS.values():
        assert defeito.descricao
        for versao in VERSOES:
            assert defeito.codigos[versao]
            assert all(len(codigo) == 4 and codigo.isdigit() for codigo in defeito.codigos[versao])


def test_a_future_date_is_told_by_the_code_of_the_senders_version() -> None:
    assert with_defeito("data-futura", Tipo.SADT, "4.01.00").esperado[0].codigos == {"1323"}
    assert with_defeito("data-futura", Tipo.SADT, "4.03.00").esperado[0].codigos == {"3223"}


def test_several_defects_share_a_lote() -> None:
    lote = gerar(Pedido(guias=2, defeitos=("item-aritmetica", "registro-da-guia-divergente")))

    assert [esperado.defeito for esperado in lote.esperado] == ["item-aritmetica", "registro-da-guia-divergente"]
    assert {esperado.guia for esperado in lote.esperado} == {lote.guias[1].numero}
    assert not lote.valido


def test_a_sequence_defect_needs_two_items() -> None:
    with pytest.raises(ValueError, match="dois itens"):
        gerar(Pedido(procedimentos=1, despesas=0, defeitos=("sequencia-duplicada",)))
