"""What query parameters say, all that is wrong at once; and what whoever has it already is spared."""

from __future__ import annotations

from datetime import date

import pytest

from conecta_edge.http import Query, Request
from conecta_edge.problems import ProblemError
from conecta_edge.tenancy import Grupo, OperadoraPrincipal

HOJE = date(2026, 11, 22)


def test_parameters_are_read_or_stand_for_their_default() -> None:
    query = Query({"registro_ans": "345695", "de": "2026-01-31", "formato": "pdf"})
    assert (query.registro(), query.dia("de"), query.dia("ate", HOJE)) == ("345695", date(2026, 1, 31), HOJE)
    assert query.competencia("competencia", "202611") == "202611"
    assert query.one_of("formato", ("json", "pdf"), "json") == "pdf"
    query.check()


def test_all_that_is_wrong_is_told_at_once() -> None:
    query = Query({"competencia": "2026-11", "de": "2026-02-30", "ate": "ontem", "formato": "doc"})
    query.registro()
    query.competencia("competencia", "202611")
    query.dia("de")
    query.dia("ate", HOJE)
    query.one_of("formato", ("json", "pdf"), "json")
    with pytest.raises(ProblemError) as refused:
        query.check()
    assert [(one.campo, one.codigo) for one in refused.value.erros] == [
        ("registro_ans", "registro-ans-invalido"), ("competencia", "competencia-invalida"), ("de", "data-invalida"),
        ("ate", "data-invalida"), ("formato", "formato-invalido"),
    ]  # fmt: skip


def _asks(**headers: str) -> Request:
    return Request("GET", "/x", {}, {}, headers, {}, b"", "c")


def test_whoever_has_it_already_is_spared_the_making() -> None:
    made = _asks().unless_held("7", lambda: {"a": 1})
    assert (made.status, made.content, made.headers["ETag"]) == (200, {"a": 1}, '"7"')
    for told in ('"7"', 'W/"7"', '"6", "7"'):
        held = _asks(**{"if-none-match": told}).unless_held("7", lambda: pytest.fail("made"))
        assert (held.status, held.content, held.headers["ETag"]) == (304, None, '"7"')


def test_the_operadora_asked_about_is_the_persons_or_absent() -> None:
    one, two = (
        OperadoraPrincipal("p", dict.fromkeys(registros, frozenset({Grupo.FINANCEIRO})))
        for registros in (("345695",), ("345695", "331988"))
    )
    assert (one.asked(None), one.asked("345695"), two.asked("331988")) == ("345695", "345695", "331988")
    for who, registro, status in ((one, "331988", 404), (two, "", 422), (two, "x", 404)):
        with pytest.raises(ProblemError) as refused:
            who.asked(registro)
        assert refused.value.status == status
