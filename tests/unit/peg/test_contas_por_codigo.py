"""Rules that ask once of each code and day find the very lines: other lines of the same guia are left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders_autorizacao import PRONTO_SOCORRO, REMOCAO
from tests.builders_cadastro import HEMOGRAMA, INICIO, a_contratado, a_contrato_completo
from tests.builders_peg import DIA, a_knowledge, a_sadt, a_senha, authorised, done, granted, judged, spent, told

SENHAS = a_senha(granted(authorised(quantidade=9), authorised(PRONTO_SOCORRO, sequencia=2)))


def test_only_the_line_of_the_emergency_room_is_told_that_it_is_one() -> None:
    found = judged(a_sadt(done(), done(PRONTO_SOCORRO)), contexto=a_knowledge(SENHAS))

    assert ("COB-PRONTO-SOCORRO", 2) in {(rule, item) for rule, _, item in told(found)}
    assert ("COB-PRONTO-SOCORRO", 1) not in {(rule, item) for rule, _, item in told(found)}


def test_only_the_line_of_a_removal_is_told_how_it_is_billed() -> None:
    removal = spent(REMOCAO, codigo_despesa="07", valor="100.00")
    found = judged(a_sadt(done(), despesas=(removal,)), contexto=a_knowledge(SENHAS))

    assert {item for rule, _, item in told(found) if rule == "COB-REMOCAO"} == {2}


def test_a_code_contracted_twice_is_contracted_on_the_days_of_either() -> None:
    ended = a_contratado(HEMOGRAMA, vigente_de=INICIO, vigente_ate=DIA - timedelta(days=2))
    again = a_contratado(HEMOGRAMA, vigente_de=DIA)
    knowledge = replace(a_knowledge(SENHAS), contrato=a_contrato_completo(procedimentos=(ended, again)))

    found = judged(a_sadt(done(), done(data_execucao=DIA - timedelta(days=1))), contexto=knowledge)

    assert {item for rule, _, item in told(found) if rule == "COB-CONTRATADO"} == {2}
