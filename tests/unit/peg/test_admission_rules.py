"""Admission: what a lote needs beyond the standard, each refusal with its glosa in the sender's version."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from conecta_facts.operadoras import VersaoAceita
from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.versions import VERSOES, Versao
from peg.domain import rules
from peg.domain.lotes import Identificacao
from tests.builders_functions import CNPJ, NOW, OUTRO_CNPJ, PASA, VALE, a_contexto, a_lote

HOJE = NOW.date()
TODAS = tuple(VersaoAceita(versao.value, date(2022, 10, 1), None) for versao in VERSOES)
CPF = "52998224725"


def judged(versao: str | None = "4.01.00", lote: Any = None, contexto: Any = None) -> list[tuple[str, str]]:
    """(rule, glosa) of a lote that is otherwise admissible in every version."""
    known = {"versoes": TODAS, **(contexto or {})}
    found = rules.judge(a_lote(versao=versao, **(lote or {})), a_contexto(**known))
    return [(achado.regra, achado.codigo) for achado in found]


@pytest.mark.parametrize("versao", VERSOES)
def test_a_lote_of_an_enabled_prestador_to_the_right_operadora_is_admitted(versao: Versao) -> None:
    assert judged(versao.value) == []


@pytest.mark.parametrize(
    ("lote", "contexto", "regra", "em_4_01", "em_4_03"),
    [
        ({}, {"versoes": ()}, "R12", "5028", "5028"),
        ({"destino": PASA}, {}, "DESTINO", "5027", "5027"),
        ({"destino": "999999"}, {}, "DESTINO", "5027", "5027"),
        ({"origem": Identificacao(cnpj=OUTRO_CNPJ)}, {}, "ORIGEM", "5005", "5005"),
        ({"origem": Identificacao(cpf=CPF)}, {}, "ORIGEM", "5005", "5005"),
        ({"origem": Identificacao(cpf=CPF)}, {"cpf": "11144477735", "cnpj": None}, "ORIGEM", "5005", "5005"),
        ({"origem": Identificacao(codigo_na_operadora="OUTRO")}, {}, "ORIGEM", "1203", "3279"),
        ({"origem": Identificacao(codigo_na_operadora="X")}, {"codigo_na_operadora": None}, "ORIGEM", "1203", "3279"),
        ({}, {"situacao": None}, "R02", "1207", "3279"),
        ({}, {"situacao": "SOLICITADO"}, "R02", "1207", "3279"),
        ({}, {"situacao": "RECUSADO"}, "R02", "1207", "3279"),
    ],
)
def test_each_refusal_has_its_glosa_in_the_senders_version(
    lote: dict[str, Any], contexto: dict[str, Any], regra: str, em_4_01: str, em_4_03: str
) -> None:
    assert judged("4.01.00", lote, contexto) == [(regra, em_4_01)]
    assert judged("4.02.00", lote, contexto) == [(regra, em_4_01)]
    assert judged("4.03.00", lote, contexto) == [(regra, em_4_03)]


@pytest.mark.parametrize(
    ("origem", "contexto"),
    [
        (Identificacao(cnpj=CNPJ), {}),
        (Identificacao(cpf=CPF), {"cpf": CPF, "cnpj": None}),
        (Identificacao(codigo_na_operadora="HOSP01"), {}),
    ],
)
def test_the_sender_may_say_who_it_is_in_any_of_three_ways(origem: Identificacao, contexto: dict[str, Any]) -> None:
    assert judged(lote={"origem": origem}, contexto=contexto) == []


@pytest.mark.parametrize("situacao", ["HABILITADO", "SUSPENSO", "DESCREDENCIADO"])
@pytest.mark.regra("PEG-R02")
def test_suspension_never_blocks_billing_what_was_done_before(situacao: str) -> None:
    assert judged(contexto={"situacao": situacao}) == []


@pytest.mark.parametrize(
    ("de", "ate", "accepted"),
    [
        (HOJE, None, True),
        (HOJE + timedelta(days=1), None, False),
        (date(2022, 10, 1), HOJE, True),
        (date(2022, 10, 1), HOJE - timedelta(days=1), False),
    ],
)
@pytest.mark.regra("R12")
def test_a_version_is_accepted_from_its_first_to_its_last_day(
    de: date,
    ate: date | None,
    accepted: bool,  # noqa: FBT001
) -> None:
    found = judged(contexto={"versoes": (VersaoAceita("4.01.00", de, ate),)})
    assert found == ([] if accepted else [("R12", "5028")])


@pytest.mark.regra("R12")
def test_a_refused_version_names_the_accepted_ones_in_order() -> None:
    versoes = (
        VersaoAceita("4.03.00", date(2022, 1, 1), None),
        VersaoAceita("4.02.00", date(2022, 1, 1), None),
        VersaoAceita("4.01.00", date(2022, 1, 1), date(2022, 2, 1)),
    )
    (achado,) = rules.judge(a_lote(), a_contexto(versoes=versoes))
    assert "Versões aceitas: 4.02.00, 4.03.00." in achado.mensagem
    (achado,) = rules.judge(a_lote(), a_contexto(versoes=()))
    assert "nenhuma no momento" in achado.mensagem


def test_a_lote_for_the_other_operadora_of_the_group_is_told_so() -> None:
    (group,) = rules.judge(a_lote(destino=PASA), a_contexto())
    (stranger,) = rules.judge(a_lote(destino="999999"), a_contexto())
    assert "mesmo grupo" in group.mensagem
    assert "mesmo grupo" not in stranger.mensagem
    assert VALE in group.mensagem


def test_what_could_not_be_read_is_not_judged() -> None:
    assert judged(None, {"origem": None, "destino": None}) == []


def test_all_that_is_wrong_is_said_at_once_the_standards_findings_first() -> None:
    hash_errado = Achado("TISS-HASH", "5014", "…")
    lote = {"destino": PASA, "origem": Identificacao(cnpj=OUTRO_CNPJ), "achados": (hash_errado,)}
    assert [regra for regra, _ in judged(lote=lote, contexto={"situacao": None, "versoes": ()})] == [
        "TISS-HASH", "R12", "DESTINO", "ORIGEM", "R02",
    ]  # fmt: skip


def test_a_glosa_of_the_standard_does_not_refuse_the_lote() -> None:
    glosa = Achado("TISS-DATA", "1323", "…", severidade=Severidade.GLOSA, guia="1001")
    assert judged(lote={"achados": (glosa,)}) == []


def test_every_refusal_says_where_it_is_and_shows_nothing_that_was_sent() -> None:
    lote = a_lote(destino="111111", origem=Identificacao(cnpj=OUTRO_CNPJ), versao="4.03.00")
    found = rules.judge(lote, a_contexto())
    assert len(found) == 3
    for achado in found:
        assert achado.severidade is Severidade.RECUSA_LOTE
        assert (achado.caminho or "").startswith("/ans:mensagemTISS/ans:cabecalho/")
        assert "111111" not in achado.mensagem
        assert OUTRO_CNPJ not in achado.mensagem


@pytest.mark.parametrize(("versao", "codigo"), [("4.01.00", "5053"), ("4.02.00", "5053"), ("4.03.00", "3268")])
def test_a_repeated_lote_number_has_its_glosa(versao: str, codigo: str) -> None:
    achado = rules.numero_de_lote_repetido(a_lote(versao=versao, numero_lote="77"))
    assert (achado.regra, achado.codigo) == ("LOTE-NUMERO", codigo)
    assert "77" in achado.mensagem


@pytest.mark.parametrize("versao", [None, "3.05.00", "9"])
def test_who_spoke_no_version_we_know_is_answered_in_4_01(versao: str | None) -> None:
    assert a_lote(versao=versao).versao_de_resposta is Versao.V4_01_00


@pytest.mark.parametrize("versao", VERSOES)
def test_who_spoke_a_version_we_know_is_answered_in_it(versao: Versao) -> None:
    assert a_lote(versao=versao.value).versao_de_resposta is versao
