"""Between the standard's messages and eligibility: what no message over the wire shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cadastro import messages
from cadastro.domain.elegibilidade import Pergunta, not_found
from conecta_edge.cadastro import Contratacao
from conecta_facts.prestadores import Prestador
from conecta_tiss.findings import Achado, Severidade
from conecta_tiss.messages.comum import Contratado
from conecta_tiss.messages.elegibilidade import VerificaElegibilidade
from conecta_tiss.rules.admissao import Lida
from conecta_tiss.versions import Versao
from conecta_tiss.xml import answers
from tests.builders_cadastro import CARTEIRA, CPF, HOJE
from tests.builders_functions import CNPJ, HOSPITAL, VALE, a_contratacao

LIDA = Lida(
    transacao="verificaElegibilidade",
    versao="4.01.00",
    origem=Contratado(cnpj=CNPJ),
    destino=VALE,
    sequencial="1",
    achados=(),
    registrada_em=HOJE,
    corpo=VerificaElegibilidade(prestador=Contratado(cnpj=CNPJ), numero_carteira=CARTEIRA),
)
GLOSA = Achado("TISS-X", "1801", "Só glosa.", Severidade.GLOSA)
RECUSA = Achado("TISS-Y", "5001", "Recusa.")


def codes(lida: Lida, contratacao: Contratacao | None = None) -> list[str]:
    return [achado.codigo for achado in messages.judge(lida, contratacao or a_contratacao(), HOJE)]


def test_a_right_message_has_nothing_against_it_and_asks_for_today() -> None:
    assert codes(LIDA) == []
    assert messages.pergunta(LIDA, HOJE) == Pergunta(dia=HOJE, carteira=CARTEIRA)
    assert messages.pergunta(replace(LIDA, corpo=None), HOJE) is None


def test_what_would_only_be_a_glosa_refuses_no_question_and_hides_no_other_transaction() -> None:
    assert codes(replace(LIDA, achados=(GLOSA,))) == []
    assert codes(replace(LIDA, achados=(GLOSA,), corpo=None)) == ["3148"]
    assert codes(replace(LIDA, achados=(GLOSA, RECUSA), corpo=None)) == ["5001"]


def test_the_operadora_that_answers_must_be_the_one_that_was_asked() -> None:
    assert codes(replace(LIDA, destino="331988")) == ["5027"]
    assert codes(LIDA, replace(a_contratacao(), operadora=None)) == ["5027"]


def test_a_prestador_whose_profile_was_not_loaded_cannot_be_told_to_be_the_sender() -> None:
    assert codes(LIDA, replace(a_contratacao(), prestador=None)) == ["5005", "1203"]


@pytest.mark.parametrize(
    ("prestador", "expected"),
    [
        (Prestador(HOSPITAL, "Hospital", "1234567", cnpj=CNPJ), Contratado(cnpj=CNPJ)),
        (Prestador(HOSPITAL, "Médica", "1234567", cpf=CPF), Contratado(cpf=CPF)),
        (None, Contratado(codigo_na_operadora="pf123456789012")),
    ],
    ids=["company", "person", "unknown"],
)
def test_who_is_answered_is_who_sent_the_message(prestador: Prestador | None, expected: Contratado) -> None:
    found = messages.partes(VALE, "pf123456789012345678901234", replace(a_contratacao(), prestador=prestador))
    assert found == messages.Partes(VALE, expected)


def test_a_description_fits_in_the_five_hundred_characters_there_are() -> None:
    long = replace(not_found(None), mensagem="x" * 600)
    assert len(messages._motivo(long, Versao.V4_01_00).descricao or "") == 500
    counted = answers.error((long, long, long), Versao.V4_01_00).descricao or ""
    assert (len(counted), counted[-10:]) == (500, "achado(s))")


def test_a_code_without_an_official_text_is_told_in_our_own_words() -> None:
    unknown = replace(not_found(None), codigo="0000", mensagem="Confira.")
    assert messages._motivo(unknown, Versao.V4_01_00).descricao == "Confira."
