"""What every API function composes in the same way."""

from __future__ import annotations

import pytest

from conecta_edge import session
from conecta_edge.clock import SystemClock
from conecta_edge.http import Request
from conecta_edge.problems import ProblemError
from tests.builders_functions import CLINICA, HOSPITAL, ORIGEM_DO_PORTAL, person
from tests.cadastro_rows import Vinculo
from tests.fakes import FakeCadastro


def request(cursor: str | None = None, prestador: str | None = None) -> Request:
    query = {} if cursor is None else {"cursor": cursor}
    headers = {} if prestador is None else {"conecta-prestador": prestador}
    return Request("GET", "/pegs", {}, query, headers, person(), b"", "corr-1")


def test_the_caller_is_resolved_with_the_functions_own_clients_and_bindings(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cadastro = FakeCadastro()
    cadastro.put_vinculo(Vinculo("pessoa-1", HOSPITAL, "gestor"))
    monkeypatch.setattr(session, "cadastro", lambda: cadastro)
    assert session.principal(request()).prestador_id == HOSPITAL
    with pytest.raises(ProblemError) as refused:
        session.principal(request(prestador=CLINICA))
    assert refused.value.status == 404


def test_origins_are_exact_and_without_spaces(function_environment: dict[str, str]) -> None:
    assert session.origins() == {ORIGEM_DO_PORTAL, "https://homologacao.example"}


def test_a_cursor_is_read_back_in_its_own_scope_only(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "secret", lambda _arn: b"segredo-de-teste")
    position, token_of = session.cursor(request(), "hospital|pegs")
    assert position is None
    token = token_of({"pk": "a"})
    assert token is not None
    assert session.cursor(request(token), "hospital|pegs")[0] == {"pk": "a"}
    with pytest.raises(ProblemError) as refused:
        session.cursor(request(token), "clinica|pegs")
    assert refused.value.status == 400


def test_the_secret_is_left_alone_when_there_is_nothing_to_sign(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def untouched(_arn: str) -> bytes:
        raise AssertionError

    monkeypatch.setattr(session, "secret", untouched)
    position, token_of = session.cursor(request(), "hospital|pegs")
    assert (position, token_of(None)) == (None, None)


def test_a_process_makes_what_it_composes_once_and_of_the_names_it_was_given(
    function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(session, "client", asked.append)
    assert session.cadastro() is session.cadastro()
    assert session.idempotency_table() is session.idempotency_table()
    assert session.cadastro()._table == function_environment["TABELA_CADASTRO"]
    assert session.idempotency_table()._table == function_environment["TABELA_IDEMPOTENCIA"]
    assert asked == ["dynamodb", "dynamodb"]


def test_a_processs_clock_is_the_systems() -> None:
    assert isinstance(session.clock(), SystemClock)
