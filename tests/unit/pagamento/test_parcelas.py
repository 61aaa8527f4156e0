"""What recursos give back is paid as parcelas, each once, whoever comes first; that of legacy PEGs as a credit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conecta_contas.pegs import Peg, Recuperacao, SituacaoPeg
from conecta_tiss.vocabulary.amounts import soma
from conecta_tiss.vocabulary.tables import DebitoCreditoIndicador
from pagamento.domain.errors import (
    MudouError,
    NaoEncontradoError,
    PagamentoInvalidoError,
    ValoresNaoPublicadosError,
)
from pagamento.domain.faturas import SituacaoFatura
from pagamento.domain.pagamentos import ItemPago, SituacaoLancamento
from pagamento.service import pagamentos
from pagamento.service.faturas import find_faturas, open_fatura
from pagamento.service.portas import Mudanca
from tests.builders_functions import HOSPITAL, VALE
from tests.builders_pagamento import CEM, DEZEMBRO, OUTRO_PEG, UM_PEG, a_discount
from tests.casa_notas import FINANCEIRO, Casa, published
from tests.unit.pagamento.test_pagamentos import a_register

R1 = "261260000001"
EM = date(2026, 12, 3)
DEZ = Decimal("10.00")


def recovered(*valores: str, **changes: Any) -> Peg:
    """A PEG of 100.00 of which recursos gave back so much, a day after the other."""
    given = tuple(
        Recuperacao(f"26126{n:07d}", Decimal(valor), EM + timedelta(days=n)) for n, valor in enumerate(valores)
    )
    return published(**{"recuperacoes": given, **changes})


def opened(casa: Casa, *ids: str) -> Mapping[str, Any]:
    return find_faturas(HOSPITAL, ids, casa.portas)


@pytest.mark.regra("PAG-PARCELA")
@pytest.mark.parametrize("ids", [(UM_PEG, f"{UM_PEG}-1"), (f"{UM_PEG}-1", UM_PEG)])
def test_what_was_recovered_is_a_parcela_of_the_next_ciclo_and_not_in_the_first_value(ids: tuple[str, ...]) -> None:
    casa = Casa(recovered("10.00")).to(EM)
    found = opened(casa, *ids)
    assert opened(casa, *ids) == found
    first, later = found[UM_PEG], found[f"{UM_PEG}-1"]
    assert (first.valor, first.recurso, later.valor, later.recurso) == (Decimal("90.00"), None, DEZ, "261260000000")
    assert (later.recebido_em, later.publicada_em, later.entrega_ate, later.pagamento_em) == (
        EM, EM, DEZEMBRO.entrega, DEZEMBRO.pagamento,
    )  # fmt: skip
    (told,) = (one for one in casa.registros.told(HOSPITAL) if one.tipo == "ParcelaAberta")
    assert told.dados.items() >= {
        "protocolo": UM_PEG, "parcela": 1, "recurso": "261260000000", "valor": "10.00", "situacao": "PENDENTE",
        "entrega_ate": DEZEMBRO.entrega.isoformat(), "pagamento_em": DEZEMBRO.pagamento.isoformat(),
    }.items()  # fmt: skip
    assert sorted(casa.told()) == ["FaturaAberta", "ParcelaAberta"]


@pytest.mark.parametrize("situacao", [SituacaoPeg.PAGO, SituacaoPeg.LIBERADO])
def test_of_a_peg_that_was_paid_too_and_of_nothing_else(situacao: SituacaoPeg) -> None:
    casa = Casa(recovered("10.00", situacao=situacao))
    others = [f"{UM_PEG}-{other}" for other in ("0", "2", "01", "x", "")]
    assert [*opened(casa, f"{UM_PEG}-1", *others)] == [f"{UM_PEG}-1"]
    assert open_fatura("outro", f"{UM_PEG}-1", casa.portas) is None


def test_a_nota_is_due_of_it_as_of_any() -> None:
    casa = Casa(recovered("100.00"), published(OUTRO_PEG)).to(EM)
    nota = casa.send(faturas=(f"{UM_PEG}-1",))
    assert (nota.situacao, nota.pagamento_em) == ("ACEITA", DEZEMBRO.pagamento)
    with pytest.raises(ValoresNaoPublicadosError):
        casa.send(faturas=(f"{UM_PEG}-2",))
    with pytest.raises(NaoEncontradoError):
        casa.send(faturas=("261020000009-1",))


# --- paid ---


def settled(casa: Casa, *ids: str) -> None:
    """Their notas are accepted."""
    for one in opened(casa, *ids).values():
        if one.situacao is SituacaoFatura.PENDENTE:
            after = replace(one, situacao=SituacaoFatura.PROGRAMADA, versao=one.versao + 1)
            casa.registros.write([Mudanca(one, after)], now=casa.agora, correlacao="c")


def paid(casa: Casa, *ids: str, numero: str = "P-1", **changes: Any) -> Mapping[str, Any]:
    """What is told of the payment of some faturas."""
    settled(casa, *ids)
    itens = tuple(ItemPago(one, fatura.valor) for one, fatura in opened(casa, *ids).items())
    liquido = soma(one.valor for one in itens) + soma(one.valor for one in changes.get("descontos", ()))
    register = replace(
        a_register(), numero=numero, itens=itens, valor_liquido=liquido, data=casa.portas.hoje, **changes
    )
    pagamentos.register(register, FINANCEIRO, casa.portas)
    return next(
        one.dados for one in casa.registros.told(HOSPITAL)
        if one.tipo == "PagamentoRegistrado" and one.dados["numero"] == numero
    )  # fmt: skip


def test_a_peg_is_paid_with_its_first_value_whatever_was_paid_before() -> None:
    casa = Casa(recovered("10.00", "5.00")).to(EM + timedelta(days=1))
    told = paid(casa, f"{UM_PEG}-1")
    assert (told["protocolos"], told["parcelas"], told["recursos"]) == ([], [f"{UM_PEG}-1"], [])
    told = paid(casa, UM_PEG, f"{UM_PEG}-2", numero="P-2")
    assert (told["protocolos"], told["parcelas"]) == ([UM_PEG], [f"{UM_PEG}-2"])


def test_a_peg_that_was_worth_nothing_first_is_paid_with_what_came_back() -> None:
    casa = Casa(recovered("10.00", valor_glosado=Decimal("90.00"))).to(EM)
    told = paid(casa, f"{UM_PEG}-1")
    assert (told["protocolos"], told["parcelas"]) == ([UM_PEG], [f"{UM_PEG}-1"])
    assert "FaturaEncerrada" in casa.told()


# --- sums ---


def lived(passos: list[str]) -> tuple[Decimal, Decimal]:
    """Reais of all faturas, and of the PEG, after values were told and came back in some order, each told at last."""
    peg = published(valor_glosado=Decimal("60.00"))
    casa = Casa(peg)
    for n, passo in enumerate([*passos, *(f"abre {n}" for n in range(passos.count("devolve") + 1))]):
        if passo == "devolve":
            given = Recuperacao(f"26126{n:07d}", Decimal("7.77"), EM)
            peg = casa.contas.put(
                replace(peg, recuperacoes=(*peg.recuperacoes, given), valor_glosado=peg.valor_glosado - given.valor)
            )
        else:
            open_fatura(HOSPITAL, f"{UM_PEG}-{passo[-1]}".removesuffix("-0"), casa.portas)
    held = casa.registros.faturas_do_mes(HOSPITAL, "202610")
    return soma(one.valor for one in held), peg.valor_liberado


PASSOS = st.lists(st.sampled_from(["devolve", "devolve", "abre 0", "abre 1", "abre 2"]), max_size=6)


@pytest.mark.regra("PAG-PARCELA")
@settings(max_examples=40, deadline=None)
@given(PASSOS)
def test_whoever_comes_first_the_faturas_are_worth_what_is_liberado(passos: list[str]) -> None:
    faturado, liberado = lived(passos)
    assert faturado == liberado


def test_a_first_value_that_forgets_what_was_recovered_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Peg, "valor_recuperado", Decimal("0.00"))
    faturado, liberado = lived(["devolve"])
    assert faturado == liberado + Decimal("7.77")


# --- of before the migration ---


def credited(casa: Casa) -> Any:
    return pagamentos.credit_recurso(HOSPITAL, VALE, R1, DEZ, casa.portas, correlacao="c1")


@pytest.mark.regra("PAG-CREDITO")
def test_what_a_recurso_of_before_gives_back_is_a_credit_of_the_next_payment_once() -> None:
    casa = Casa()
    entry = credited(casa)
    assert credited(casa) == entry
    assert (entry.id, entry.recurso, entry.indicador, entry.valor) == (R1, R1, DebitoCreditoIndicador.CREDITO, DEZ)
    (told,) = casa.registros.told(HOSPITAL)
    assert (told.tipo, told.correlacao, told.dados["recurso"]) == ("LancamentoRegistrado", "c1", R1)
    discount = a_discount(
        "10.00", indicador=entry.indicador, tipo=entry.tipo, lancamento=entry.id
    )  # fmt: skip
    told_paid = paid(casa, UM_PEG, descontos=(discount,))
    assert (told_paid["protocolos"], told_paid["recursos"]) == ([UM_PEG], [R1])
    after = credited(casa)
    assert after.situacao is SituacaoLancamento.LIQUIDADO


@pytest.mark.regra("PAG-CREDITO")
def test_what_a_recurso_gave_back_is_owed_whatever_financeiro_thinks_of_it() -> None:
    casa = Casa()
    entry = credited(casa)
    with pytest.raises(PagamentoInvalidoError) as refused:
        pagamentos.cancel_entry(entry, FINANCEIRO, casa.portas)
    assert [one.codigo for one in refused.value.defeitos] == ["lancamento-de-recurso"]
    assert credited(casa).situacao is SituacaoLancamento.ABERTO


def test_who_meets_another_that_writes_it_now_tries_again() -> None:
    casa = Casa()

    def lost() -> None:
        raise MudouError

    casa.registros.meanwhile = [lost]
    with pytest.raises(MudouError):
        credited(casa)
    assert credited(casa).id == R1


def test_a_debit_of_a_person_is_of_no_recurso() -> None:
    casa = Casa()
    pedido = pagamentos.Pedido(
        prestador_id=HOSPITAL, registro_ans=VALE, indicador=DebitoCreditoIndicador.DEBITO,
        tipo=credited(casa).tipo, valor=CEM, motivo="Pago a maior.",
    )  # fmt: skip
    pagamentos.post_entry(pedido, FINANCEIRO, casa.portas)
    assert "recurso" not in casa.registros.told(HOSPITAL)[-1].dados
