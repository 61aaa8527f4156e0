"""Only a lote is a lote."""

from __future__ import annotations

from dataclasses import replace

from conecta_tiss.findings import Achado
from peg.domain import rules
from tests.builders_functions import a_contexto, a_lote


def test_a_valid_message_that_is_not_a_lote_is_refused_as_the_wrong_transaction() -> None:
    other = replace(a_lote(), numero_lote=None, transacao="RECURSO_GLOSA")
    assert [(achado.regra, achado.codigo) for achado in rules.judge(other, a_contexto())] == [
        ("LOTE-TRANSACAO", "3148")
    ]


def test_a_message_that_could_not_be_read_is_refused_for_that_alone() -> None:
    unread = replace(a_lote(), numero_lote=None, achados=(Achado("TISS-XML", "5002", "ilegível"),))
    assert [achado.codigo for achado in rules.judge(unread, a_contexto())] == ["5002"]
