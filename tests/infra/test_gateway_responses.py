from __future__ import annotations

import json

import pytest

from conecta_edge import problems
from infra.components.gateway_responses import BASE, PROBLEMS, GatewayProblem, body_extension, response_parameters

ORIGINS = ("https://portal.example", "https://outro.example")


def rendered(problem: GatewayProblem) -> dict[str, object]:
    """What API Gateway answers for it."""
    answer: dict[str, object] = json.loads(problem.template().replace("$context.requestId", "req-1"))
    return answer


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.tipo)
def test_a_refusal_by_the_gateway_has_the_members_of_any_other_problem(problem: GatewayProblem) -> None:
    twin = problems.ProblemError(problem.status, problem.codigo, problem.title, problem.detail)
    assert rendered(problem) == twin.body("req-1")


def test_the_kinds_that_functions_answer_too_read_the_same() -> None:
    by_code = {problem.codigo: problem for problem in PROBLEMS}
    for twin in (problems.unauthenticated(), problems.internal()):
        problem = by_code[twin.codigo]
        assert (problem.title, problem.detail) == (twin.title, twin.detail)
    assert problems.BASE == BASE


def test_one_kind_of_problem_has_one_title() -> None:
    titles: dict[str, set[str]] = {}
    for problem in PROBLEMS:
        titles.setdefault(problem.codigo, set()).add(problem.title)
    assert all(len(found) == 1 for found in titles.values())


def test_a_missing_route_is_not_found_and_a_large_body_says_where_to_go() -> None:
    by_type = {problem.tipo: problem for problem in PROBLEMS}
    assert by_type["MISSING_AUTHENTICATION_TOKEN"].status == 404
    assert by_type["UNAUTHORIZED"].status == 401
    assert by_type["ACCESS_DENIED"].status == 403
    assert by_type["THROTTLED"].status == 429
    assert "/v1/documentos/uploads" in by_type["REQUEST_TOO_LARGE"].detail


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.tipo)
def test_headers_are_literals_with_an_exact_origin(problem: GatewayProblem) -> None:
    headers = response_parameters(problem, ORIGINS)
    for name, value in headers.items():
        assert name.startswith("gatewayresponse.header.")
        assert value[0] == value[-1] == "'"
        assert "'" not in value[1:-1]
    assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://portal.example'"
    assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
    assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"


def test_every_refusal_without_a_kind_of_its_own_falls_back() -> None:
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(body_extension(ORIGINS))
