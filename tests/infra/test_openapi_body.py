from __future__ import annotations

import json
from typing import Any

import pytest

from infra.components.openapi_body import ACCEPTED_SCOPES, PERSON_SCOPE, OpenapiError, api_body, used_functions
from tests.infra.openapi_exemplo import PRIVATE, PUBLIC, openapi, operation

FUNCTIONS = ("publico-api", "documentos-api", "peg-api")
POOLS = ["arn:pool:1", "arn:pool:2"]


def body(document: dict[str, Any] | None = None) -> dict[str, Any]:
    return api_body(
        document or openapi(),
        functions=FUNCTIONS,
        integration_uri=lambda name: f"uri:{name}",
        pool_arns=POOLS,
        origins=("https://portal.example",),
    )


def test_each_operation_is_proxied_to_the_function_it_names() -> None:
    paths = body()["paths"]
    for (method, path), (function, _) in PRIVATE.items():
        integration = paths[path][method]["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
        assert integration["uri"] == f"uri:{function}"


def test_routes_are_those_of_the_document_and_their_preflights() -> None:
    document = openapi()
    made = body(document)
    assert set(made["paths"]) == set(document["paths"])
    for path, item in document["paths"].items():
        assert set(made["paths"][path]) == {*item, "options"}
        preflight = made["paths"][path]["options"]
        assert preflight["x-amazon-apigateway-integration"]["uri"] == "uri:publico-api"
        assert "security" not in preflight


def test_public_routes_have_no_authorizer() -> None:
    for path in PUBLIC:
        assert "security" not in body()["paths"][path]["get"]


def test_a_private_route_accepts_any_scope_of_ours_so_that_the_core_may_answer_403() -> None:
    security = body()["paths"]["/documentos/uploads/{id}"]["get"]["security"]
    assert security == [{"conecta": [*ACCEPTED_SCOPES, PERSON_SCOPE]}]
    assert len(ACCEPTED_SCOPES) == 12


def test_a_route_for_people_only_is_named_by_their_scope_and_open_to_machines_until_the_core() -> None:
    document = openapi({"/sessao": {"get": operation("peg-api", [PERSON_SCOPE])}})
    assert body(document)["paths"]["/sessao"]["get"]["security"] == [{"conecta": [*ACCEPTED_SCOPES, PERSON_SCOPE]}]


def test_the_authorizer_takes_tokens_of_both_pools() -> None:
    scheme = body()["components"]["securitySchemes"]["conecta"]
    assert scheme["x-amazon-apigateway-authorizer"] == {"type": "cognito_user_pools", "providerARNs": POOLS}


def test_nothing_the_gateway_could_validate_or_refuse_reaches_it() -> None:
    made = json.dumps(body())
    assert json.loads(made)["openapi"].startswith("3.0")
    for absent in ("x-conecta", "requestBody", "schemas", "$ref", "summary"):
        assert absent not in made


def test_the_gateways_own_refusals_are_in_the_body() -> None:
    responses = body()["x-amazon-apigateway-gateway-responses"]
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"
    assert responses["THROTTLED"]["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (operation("outra-api", ["peg.ler"]), "GET /pegs: x-conecta-funcao is 'outra-api'"),
        ({"responses": {}}, "GET /pegs: x-conecta-funcao is None"),
        (operation("peg-api", ["peg.apagar"]), "GET /pegs: scope 'peg.apagar'"),
        ({"x-conecta-funcao": "peg-api", "x-conecta-escopos": ["conecta/peg.ler"]}, "without security"),
    ],
)
def test_a_document_that_cannot_be_deployed_is_refused_by_operation(made: dict[str, Any], complaint: str) -> None:
    with pytest.raises(OpenapiError, match=complaint):
        body(openapi({"/pegs": {"get": made}}))


def test_two_names_for_one_variable_part_are_refused_as_api_gateway_would() -> None:
    item = {"get": operation("peg-api")}
    body(openapi({"/pegs/{protocolo}": item, "/pegs/{protocolo}/guias": item, "/pegs/rascunhos/{id}": item}))
    with pytest.raises(OpenapiError, match=r"/pegs/\{id\}/guias: under /pegs the variable is already \{protocolo\}"):
        body(openapi({"/pegs/{protocolo}": item, "/pegs/{id}/guias": item}))


def test_each_called_function_is_listed_once_with_the_preflights_first() -> None:
    assert used_functions(openapi()) == FUNCTIONS
