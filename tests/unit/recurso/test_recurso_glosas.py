"""What of a PEG may be contested."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from conecta_contas.analise import Recuperado, recuperar
from recurso.domain.evidencias import AUTORIZACAO, NOTA, RELATORIO, evidencias, evidencias_of
from recurso.domain.glosas import Conta, Lugar, Nivel
from tests.builders_recurso import PRAZO, PUBLICADA, a_conta, a_taken


def test_each_glosa_is_contested_at_the_level_at_which_it_was_given() -> None:
    conta = a_conta(a_taken(), a_taken(2, None, valor=None, codigo="1403", motivo="SENHA_NAO_ENCONTRADA"))
    first, second = conta.contestaveis()
    assert (first.lugar, first.codigo, first.valor) == (Lugar(1, 1), "1705", Decimal("10.00"))
    assert (second.lugar.nivel, second.codigo, second.valor) == (Nivel.GUIA, "1403", Decimal("18.50"))
    assert second.guia is not None
    assert second.guia.numero == "G2"
    assert second.item is None


def test_a_glosa_of_the_whole_peg_takes_of_every_line() -> None:
    (only,) = a_conta(a_taken(0, None, valor=None, codigo="3161", motivo="")).contestaveis()
    assert only.lugar.nivel is Nivel.PROTOCOLO
    assert only.guia is None
    assert only.valor == Decimal("55.50")
    assert [(part.indice, part.sequencia) for part in only.partes] == [(1, 1), (1, 2), (2, 1)]


def test_what_another_takes_before_it_cannot_be_contested_by_its_code() -> None:
    conta = a_conta(a_taken(1, None, valor=None, codigo="3161", motivo=""), a_taken())
    assert [one.codigo for one in conta.contestaveis()] == ["3161"]
    assert conta.contestavel(Lugar(1, 1), "1705") is None
    assert conta.codigos(Lugar(1, 1)) == ("3161",)


def test_a_glosa_is_known_by_its_code_in_any_version() -> None:
    conta = a_conta(a_taken(codigo="1820", motivo="QUANTIDADE_COBRADA_ACIMA_DA_AUTORIZADA"))
    found = conta.contestavel(Lugar(1, 1), "3210")
    assert found is not None
    assert found.codigo == "1820"
    assert conta.contestavel(Lugar(1, 1), "1705") is None


def test_a_code_as_published_is_not_that_of_another_glosa_in_another_version() -> None:
    pacote = a_taken(codigo="1704", motivo="PACOTE_ACIMA_DO_ACORDADO", valor="5.00")
    conta = a_conta(pacote, a_taken(codigo="1705", motivo="VALOR_ACIMA_DO_CONTRATADO", valor="3.00"))
    found = {one.codigo: one.valor for one in conta.contestaveis()}
    assert found == {"1704": Decimal("5.00"), "1705": Decimal("3.00")}
    assert sum(found.values()) == conta.peg.valor_glosado


def test_what_is_asked_again_and_again_is_looked_for_once() -> None:
    """Five thousand entries of a whole PEG would look at each of its lines five thousand times."""
    conta = a_conta()
    assert conta.contestavel(Lugar(), "1705") is conta.contestavel(Lugar(), "1705") is not None
    assert conta.contestavel(Lugar(2), "1705") is conta.contestavel(Lugar(), "0000") is None
    assert conta.codigos(Lugar(2)) is conta.codigos(Lugar(2))


def test_the_strictest_contract_of_its_days_gives_the_term() -> None:
    longer, none = a_taken(contestar_dias=PRAZO + 5), a_taken(valor="0.50", contestar_dias=None)
    conta = a_conta(longer, a_taken(valor="1.00"), none)
    (only,) = conta.contestaveis()
    assert only.prazo_dias == PRAZO
    assert only.contestar_ate == PUBLICADA + timedelta(days=PRAZO)
    assert len(only.glosas) == 3


def test_without_a_contract_there_is_no_term() -> None:
    (only,) = a_conta(a_taken(contestar_dias=None)).contestaveis()
    assert only.prazo_dias is None
    assert only.contestar_ate is None


def test_what_was_given_back_is_not_contested_again() -> None:
    conta = a_conta()
    given = recuperar(conta.dossie.resultado, (Recuperado("261160000001", 1, 1, 1, Decimal("4.00")),))
    left = Conta(conta.peg, replace(conta.dossie, resultado=given))
    (only,) = left.contestaveis()
    assert only.valor == Decimal("6.00")


def test_a_guia_that_was_withdrawn_is_none_of_the_peg() -> None:
    assert 2 not in a_conta(retiradas=(2,)).guias


def test_what_usually_proves_it_follows_from_its_reason_or_its_code() -> None:
    assert evidencias_of(a_taken()) == (NOTA,)
    assert AUTORIZACAO in evidencias_of(a_taken(motivo="", codigo="1403"))
    assert evidencias_of(a_taken(motivo="", codigo="9999")) == (RELATORIO,)
    assert evidencias([a_taken(), a_taken(motivo="", codigo="9999"), a_taken()]) == (RELATORIO, NOTA)
