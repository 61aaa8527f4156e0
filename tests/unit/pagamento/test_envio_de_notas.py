"""Notas are sent, judged at once, looked at, refused, cancelled: to the millisecond, and in any race."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from conecta_contas.pegs import SituacaoPeg
from conecta_facts.prestadores import Prestador
from pagamento.domain.errors import (
    ArquivoIndisponivelError,
    ComDefeitosError,
    FaturaSemEsperaError,
    MudouError,
    NaoEncontradoError,
    NotaImutavelError,
    ValoresNaoPublicadosError,
    VersaoDiferenteError,
)
from pagamento.domain.faturas import Fatura, SituacaoFatura
from pagamento.domain.notas import SituacaoNota
from pagamento.service import cronogramas, faturas, notas, pagamentos
from pagamento.service.portas import Mudanca
from tests.builders_cadastro import an_operadora
from tests.builders_functions import CLINICA, CNPJ, HOSPITAL, OUTRO_CNPJ, PASA, VALE
from tests.builders_pagamento import (
    CEM,
    NOVEMBRO,
    OUTRO_PEG,
    OUTUBRO,
    UM_PEG,
    a_discount,
    a_file,
    a_reading,
    meia_noite,
)
from tests.casa_notas import FINANCEIRO, PRESTADOR, Casa, published
from tests.unit.pagamento.test_pagamentos import a_register

UM_DIA = timedelta(days=1)
MS = timedelta(milliseconds=1)
FIM = meia_noite(OUTUBRO.entrega + UM_DIA)
"""The instant at which the delivery of October is over."""
FILIAL = a_reading(emitente="11222333000262")


def fatura(casa: Casa, which: str = UM_PEG) -> Fatura:
    return casa.registros.faturas(HOSPITAL, [which])[which]


# --- on time or not ---


@pytest.mark.regra("R05", "R06", "PAG-ENVIO")
@pytest.mark.parametrize(
    ("stored", "situacao", "pagamento"),
    [
        (FIM - MS, SituacaoNota.ACEITA, OUTUBRO.pagamento),
        (FIM, SituacaoNota.ACEITA_REAGENDADA, NOVEMBRO.pagamento),
        (meia_noite(NOVEMBRO.entrega + UM_DIA, antes=MS), SituacaoNota.ACEITA_REAGENDADA, NOVEMBRO.pagamento),
    ],
)
def test_it_is_on_time_until_the_next_local_midnight(stored: datetime, situacao: SituacaoNota, pagamento: date) -> None:
    casa = Casa(agora=stored)
    nota = casa.send()
    assert (nota.situacao, nota.pagamento_em, nota.decidida_em) == (situacao, pagamento, stored)
    assert fatura(casa).pagamento_em == pagamento
    assert casa.told() == [
        "FaturaAberta",
        "NotaFiscalAceita" if situacao is SituacaoNota.ACEITA else "NotaFiscalReagendada",
    ]


@pytest.mark.regra("R05", "PAG-ENVIO")
@pytest.mark.parametrize("closed_first", [False, True])
def test_the_instant_it_was_stored_counts_whatever_the_clock_says_when_it_is_sent(closed_first: bool) -> None:  # noqa: FBT001
    casa = Casa(agora=FIM - MS)
    upload = casa.file()
    casa.agora = FIM + UM_DIA
    if closed_first:
        faturas.find_faturas(HOSPITAL, [UM_PEG], casa.portas)
        assert fatura(casa).reagendada
    assert casa.send(upload).situacao is SituacaoNota.ACEITA
    casa = Casa(agora=FIM)
    upload = casa.file()
    casa.agora = FIM - UM_DIA
    assert casa.send(upload).situacao is SituacaoNota.ACEITA_REAGENDADA


def test_the_last_of_its_files_is_when_it_came() -> None:
    casa = Casa(agora=FIM - MS)
    xml = casa.file()
    casa.agora = FIM
    pdf = casa.file("u2", formato="application/pdf")
    nota = casa.send(pdf, xml)
    assert (nota.situacao, nota.recebida_em) == (SituacaoNota.ACEITA_REAGENDADA, FIM)


def test_one_nota_stands_for_several_pegs() -> None:
    casa = Casa(published(), published(OUTRO_PEG, valor_informado=Decimal("50.50")))
    upload = casa.file(lida=a_reading(valor=Decimal("150.50")))
    nota = casa.send(upload, faturas=(UM_PEG, OUTRO_PEG))
    assert nota.situacao is SituacaoNota.ACEITA
    assert {fatura(casa, one).nota for one in nota.faturas} == {nota.id}
    assert casa.send(upload, faturas=(OUTRO_PEG, UM_PEG)) == nota


# --- what is refused ---


@pytest.mark.regra("R05", "PAG-ENVIO")
def test_what_diverges_is_refused_at_once_and_may_be_sent_again() -> None:
    casa = Casa()
    nota = casa.send(casa.file(lida=a_reading(valor=Decimal("99.00"))))
    assert (nota.situacao, [one.regra for one in nota.divergencias]) == (SituacaoNota.RECUSADA, ["NF-VALOR"])
    assert (fatura(casa).situacao, fatura(casa).reenvio_ate) == (SituacaoFatura.PENDENTE, None)
    assert casa.send(casa.file("u2")).situacao is SituacaoNota.ACEITA


@pytest.mark.regra("R05", "PAG-ENVIO")
def test_what_came_in_time_and_was_refused_after_midnight_may_come_again_in_time() -> None:
    casa = Casa(agora=FIM - MS)
    wrong = casa.file(lida=a_reading(valor=Decimal("99.00")))
    casa.agora = FIM + MS
    casa.send(wrong)
    assert fatura(casa).reenvio_ate == date(2026, 11, 25)
    casa.to(date(2026, 11, 25))
    assert casa.send(casa.file("u2")).situacao is SituacaoNota.ACEITA


def test_the_same_nota_never_stands_for_other_pegs() -> None:
    casa = Casa(published(), published(OUTRO_PEG))
    first = casa.send()
    again = casa.send(casa.file("u2"), faturas=(OUTRO_PEG,))
    assert (again.situacao, [one.regra for one in again.divergencias]) == (SituacaoNota.RECUSADA, ["NF-REPETIDA"])
    notas.cancel(first, PRESTADOR, casa.portas, motivo="Substituída.")
    assert casa.send(casa.file("u3"), faturas=(OUTRO_PEG,)).situacao is SituacaoNota.ACEITA


@pytest.mark.parametrize(
    ("changes", "campos"),
    [
        ({"faturas": ()}, ["protocolos"]),
        ({"faturas": (UM_PEG, UM_PEG)}, ["protocolos"]),
        ({"faturas": tuple(str(n) for n in range(51))}, ["protocolos"]),
        ({"uploads": ()}, ["uploads"]),
        ({"uploads": ("u1", "u1")}, ["uploads"]),
        ({"uploads": ("u1", "u2")}, ["uploads"]),
        ({"uploads": ("pdf",)}, ["declarado.numero", "declarado.valor", "declarado.competencia"]),
        ({"uploads": ("pdf",), "declarado": {"numero": "1", "valor": CEM}}, ["declarado.competencia"]),
        ({"legados": ("A-1",)}, ["protocolos_legados"]),
        ({"faturas": (OUTRO_PEG,)}, ["protocolos"]),
    ],
)
def test_what_cannot_even_be_looked_at_says_where(changes: dict[str, Any], campos: list[str]) -> None:
    casa = Casa(published(), published(OUTRO_PEG, registro_ans=PASA))
    casa.cadastro.put(an_operadora(VALE, cnpj=OUTRO_CNPJ, data_migracao=None))
    for upload in ("u1", "u2"):
        casa.file(upload)
    casa.file("pdf", formato="application/pdf")
    asked = {"faturas": (UM_PEG,), "uploads": ("u1",), **changes}
    with pytest.raises(ComDefeitosError) as told:
        notas.send(HOSPITAL, notas.Pedido(registro_ans=VALE, **asked), PRESTADOR, casa.portas)
    assert [one.campo for one in told.value.defeitos] == campos


@pytest.mark.regra("R05", "PAG-ENVIO")
def test_a_nota_waits_until_the_values_are_published() -> None:
    casa = Casa(published(situacao=SituacaoPeg.ANALISADO, publicada_em=None))
    with pytest.raises(ValoresNaoPublicadosError) as told:
        casa.send()
    assert told.value.protocolos == (UM_PEG,)


def test_what_is_not_there_or_not_of_this_operadora_is_not_used() -> None:
    casa = Casa()
    with pytest.raises(NaoEncontradoError):
        casa.send(faturas=(OUTRO_PEG,))
    with pytest.raises(ArquivoIndisponivelError):
        casa.send("nenhum")
    with pytest.raises(ArquivoIndisponivelError) as told:
        casa.send(casa.file("u2", registro_ans=PASA))
    assert told.value.motivo == "OUTRA_OPERADORA"


def test_what_needs_no_nota_or_is_over_takes_none() -> None:
    casa = Casa(published(), published(OUTRO_PEG, valor_glosado=CEM))
    casa.send()
    for which in (UM_PEG, OUTRO_PEG):
        with pytest.raises(FaturaSemEsperaError):
            casa.send(casa.file("u2"), faturas=(which,))
    casa = Casa()
    casa.cadastro.put(Prestador(HOSPITAL, "Pessoa", "1234567", cpf="52998224725"))
    with pytest.raises(FaturaSemEsperaError):
        casa.send()


# --- a person decides ---


def test_what_no_machine_can_judge_is_accepted_by_a_person_on_its_day() -> None:
    casa = Casa(agora=FIM - MS)
    nota = casa.send(casa.file(lida=FILIAL))
    assert (nota.situacao, nota.pagamento_em) == (SituacaoNota.ENVIADA, OUTUBRO.pagamento)
    assert fatura(casa).situacao is SituacaoFatura.EM_CONFERENCIA
    casa.agora = FIM + UM_DIA
    after = notas.accept(nota, FINANCEIRO, casa.portas)
    assert (after.situacao, after.decidida_por) == (SituacaoNota.ACEITA, "financeiro-1")
    assert fatura(casa).situacao is SituacaoFatura.PROGRAMADA
    assert notas.accept(after, FINANCEIRO, casa.portas) is after
    with pytest.raises(NotaImutavelError):
        notas.accept(notas.refuse(after, FINANCEIRO, casa.portas, motivo="Nota falsa."), FINANCEIRO, casa.portas)


@pytest.mark.regra("R07", "PAG-ACEITE")
def test_a_nota_of_before_the_migration_is_judged_by_hand() -> None:
    casa = Casa()
    nota = casa.send(casa.file(), faturas=(), legados=("A-1",))
    assert (nota.situacao, nota.pagamento_em) == (SituacaoNota.ENVIADA, None)
    assert casa.send("u1", faturas=(), legados=("A-1",)) == nota
    with pytest.raises(ComDefeitosError):
        notas.accept(nota, FINANCEIRO, casa.portas)
    day = date(2026, 12, 1)
    after = notas.accept(nota, FINANCEIRO, casa.portas, pagamento_em=day)
    assert (after.situacao, after.pagamento_em) == (SituacaoNota.ACEITA, day)


def test_without_an_xml_what_is_declared_is_compared_and_looked_at() -> None:
    casa = Casa()
    declared = {"numero": "77", "valor": CEM, "competencia": "202611"}
    nota = casa.send(casa.file(formato="application/pdf"), declarado=declared)
    assert (nota.situacao, nota.marca) == (SituacaoNota.ENVIADA, f"{CNPJ}#77")


def test_what_an_xml_does_not_say_is_not_taken_from_who_sends_it() -> None:
    casa = Casa()
    upload = casa.file(lida=a_reading(tomador=None, valor=None))
    nota = casa.send(upload, declarado={"tomador": OUTRO_CNPJ, "valor": CEM})
    assert (nota.situacao, nota.lida.tomador, nota.lida.valor) == (SituacaoNota.ENVIADA, None, None)


@pytest.mark.regra("R04")
def test_a_nota_is_shown_with_the_day_that_its_pegs_are_paid_on_now() -> None:
    casa = Casa(published(), published(OUTRO_PEG))
    first, other = casa.send(), casa.send(casa.file("u2", lida=a_reading(numero="2")), faturas=(OUTRO_PEG,))
    gone = notas.cancel(other, PRESTADOR, casa.portas, motivo="Cancelada na prefeitura.")
    later = replace(OUTUBRO, pagamento=date(2026, 12, 1))
    cronogramas.publish(VALE, [later], FINANCEIRO, casa.portas)
    old = replace(first, id="261150000077", faturas=(), legados=("1",))
    shown = notas.of_now([first, gone, old], casa.portas)
    assert [one.pagamento_em for one in shown] == [later.pagamento, None, first.pagamento_em]
    pagamentos.register(a_register(), FINANCEIRO, casa.portas)
    assert notas.of_now([first], casa.portas)[0].pagamento_em == a_register().data
    assert notas.of_now([replace(first, faturas=(UM_PEG, "261020000009"))], casa.portas)[0].pagamento_em is None


def test_nobody_learns_from_a_refusal_which_notas_another_issuer_sent() -> None:
    casa = Casa()
    casa.send()
    for cpf, cnpj in ((None, OUTRO_CNPJ), ("12345678909", None)):
        casa.cadastro.put(Prestador(CLINICA, "Clínica", "7654321", cnpj=cnpj, cpf=cpf))
        for numero in ("4711", "1"):
            casa.arquivos.put(CLINICA, a_file(numero), numero.encode())
            casa.lidas[numero.encode()] = a_reading(numero=numero)
            asked = notas.Pedido(registro_ans=VALE, legados=("1",), uploads=(numero,))
            told = notas.send(CLINICA, asked, PRESTADOR, casa.portas)
            assert told.situacao is SituacaoNota.RECUSADA
            assert [one.regra for one in told.divergencias] == ["NF-EMITENTE"]


def test_who_sends_another_bad_nota_has_no_more_days_for_it() -> None:
    casa = Casa(agora=FIM - MS)
    wrong = a_reading(valor=Decimal("1.00"))
    casa.file("u1", lida=wrong)
    casa.agora = FIM
    casa.send("u1")
    until = fatura(casa).reenvio_ate
    casa.agora = FIM + UM_DIA
    casa.send(casa.file("u2", lida=wrong))
    assert until is not None
    assert fatura(casa).reenvio_ate == until


def test_refused_by_a_person_it_may_come_again() -> None:
    casa = Casa(agora=FIM - MS)
    nota = casa.send(casa.file(lida=FILIAL))
    casa.agora = FIM + UM_DIA
    after = notas.refuse(nota, FINANCEIRO, casa.portas, motivo="Falta o ISS.")
    assert (after.situacao, after.motivo, after.pagamento_em) == (SituacaoNota.RECUSADA, "Falta o ISS.", None)
    assert notas.refuse(after, FINANCEIRO, casa.portas, motivo="Falta o ISS.") is after
    assert casa.send(casa.file("u2")).situacao is SituacaoNota.ACEITA
    with pytest.raises(NotaImutavelError):
        notas.cancel(after, PRESTADOR, casa.portas, motivo="Cancelada na prefeitura.")


def test_what_is_paid_is_taken_back_by_nobody() -> None:
    casa = Casa()
    nota = casa.send()
    pagamentos.register(
        a_register(descontos=(a_discount("0.01"),), valor_liquido=Decimal("99.99")), FINANCEIRO, casa.portas
    )
    with pytest.raises(NotaImutavelError) as told:
        notas.cancel(nota, PRESTADOR, casa.portas, motivo="Cancelada na prefeitura.")
    assert told.value.situacao == "PAGA"


def test_a_nota_is_found_by_its_own_prestador_and_operadora_alone() -> None:
    casa = Casa()
    nota = casa.send()
    assert notas.find(HOSPITAL, nota.id, casa.portas) == nota
    assert notas.find_of_operadora({PASA, VALE}, nota.id, casa.portas) == nota
    with pytest.raises(NaoEncontradoError):
        notas.find(CLINICA, nota.id, casa.portas)
    with pytest.raises(NaoEncontradoError):
        notas.find_of_operadora({PASA}, nota.id, casa.portas)


# --- races ---


def test_of_two_notas_for_one_peg_sent_at_once_one_stands() -> None:
    casa = Casa()
    casa.file("u1")
    casa.file("u2", lida=a_reading(numero="4712"))
    faturas.find_faturas(HOSPITAL, [UM_PEG], casa.portas)
    casa.registros.meanwhile = [lambda: casa.send("u2")]
    with pytest.raises(FaturaSemEsperaError):
        casa.send("u1")
    assert fatura(casa).nota == notas.find(HOSPITAL, str(fatura(casa).nota), casa.portas).id
    assert casa.told().count("NotaFiscalAceita") == 1


def test_one_nota_sent_at_once_for_two_pegs_stands_for_one() -> None:
    casa = Casa(published(), published(OUTRO_PEG))
    faturas.find_faturas(HOSPITAL, [UM_PEG, OUTRO_PEG], casa.portas)
    casa.registros.meanwhile = [lambda: casa.send(casa.file("u2"), faturas=(OUTRO_PEG,))]
    assert casa.send().situacao is SituacaoNota.RECUSADA


def test_closing_and_sending_at_once_leaves_what_either_order_would() -> None:
    casa = Casa(agora=FIM - MS)
    upload = casa.file()
    faturas.find_faturas(HOSPITAL, [UM_PEG], casa.portas)
    casa.agora = FIM + MS
    casa.registros.meanwhile = [lambda: faturas.close_day(VALE, None, casa.portas)]
    assert casa.send(upload).situacao is SituacaoNota.ACEITA
    assert not fatura(casa).reagendada


def test_who_decides_on_another_version_than_the_one_they_saw_is_told() -> None:
    casa = Casa()
    nota = casa.send(casa.file(lida=FILIAL))
    with pytest.raises(VersaoDiferenteError):
        notas.accept(nota, replace(FINANCEIRO, versao=7), casa.portas)
    casa.registros.meanwhile = [lambda: notas.cancel(nota, PRESTADOR, casa.portas, motivo="Errada.")]
    with pytest.raises(NotaImutavelError):
        notas.accept(nota, replace(FINANCEIRO, versao=nota.versao), casa.portas)


def test_whoever_always_loses_is_told_to_try_again() -> None:
    casa = Casa()
    nota = casa.send(casa.file(lida=FILIAL))

    def touch() -> None:
        held = fatura(casa)
        casa.registros.write([Mudanca(held, replace(held, versao=held.versao + 1))], now=casa.agora, correlacao="outro")

    casa.registros.meanwhile = [touch] * notas.ROUNDS
    with pytest.raises(MudouError):
        notas.accept(nota, FINANCEIRO, casa.portas)
    notas.cancel(nota, PRESTADOR, casa.portas, motivo="Errada.")
    casa.registros.meanwhile = [touch] * notas.ROUNDS
    with pytest.raises(MudouError):
        casa.send(casa.file("u2"))


def test_a_nota_whose_faturas_went_to_another_is_not_decided() -> None:
    casa = Casa()
    nota = casa.send(casa.file(lida=FILIAL))
    held = fatura(casa)
    casa.registros.write(
        [Mudanca(held, replace(held, nota="outra", versao=held.versao + 1))], now=casa.agora, correlacao="outro"
    )
    with pytest.raises(MudouError):
        notas.accept(nota, FINANCEIRO, casa.portas)
