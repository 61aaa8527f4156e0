"""From the published OpenAPI document to the body API Gateway makes the REST API of.

Only what API Gateway acts on is kept (routes, security, integrations): its importer knows OpenAPI 3.0 and a
subset of JSON schema, and request validation is the core's business (422, never the gateway's 400). The whole
document is served by `publico-api`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from infra.components.gateway_responses import body_extension
from infra.components.identity import RESOURCE_SERVER, SCOPES

FUNCTION = "x-conecta-funcao"
SCOPES_NEEDED = "x-conecta-escopos"
METHODS = ("get", "put", "post", "delete", "patch", "head")

# CORS preflights are answered there, for every route.
PREFLIGHT_FUNCTION = "publico-api"

# People's access tokens from Cognito's own API carry only this scope.
PERSON_SCOPE = "aws.cognito.signin.user.admin"
SECURITY_SCHEME = "conecta"

# The gateway takes a token with any scope of ours: for one that is not this route's it could only say 401, where the
# core says 403 and names what is missing (decisoes.md 9).
ACCEPTED_SCOPES = tuple(f"{RESOURCE_SERVER}/{scope}" for scope in SCOPES)
# What an operation may ask for: scopes of machines, or the one of people where machines have no business.
_KNOWN_SCOPES = (*ACCEPTED_SCOPES, PERSON_SCOPE)


class OpenapiError(ValueError):
    """The OpenAPI document lacks what the deployment needs; the message names the operation."""


def api_body(
    openapi: Mapping[str, Any],
    *,
    functions: Sequence[str],
    integration_uri: Callable[[str], str],
    pool_arns: Sequence[str],
    origins: Sequence[str],
) -> dict[str, Any]:
    """The REST API's definition.

    Args:
        openapi: the generated document; each operation names its function in `x-conecta-funcao` and, unless it
            is public (no `security`), its scopes in `x-conecta-escopos`.
        functions: names an operation may use.
        integration_uri: a function's integration URI by its name.
        pool_arns: the user pools whose access tokens are accepted.
        origins: exact CORS origins of the gateway's own refusals.

    Raises:
        OpenapiError: an operation names no function, an unknown one, or an unknown scope; two paths name the same
            variable part differently.
    """
    _check_variables(openapi["paths"])
    paths: dict[str, Any] = {}
    for path, item in openapi["paths"].items():
        methods: dict[str, Any] = {}
        for method in METHODS:
            if method in item:
                where = f"{method.upper()} {path}"
                methods[method] = _operation(where, item[method], functions, integration_uri)
        methods["options"] = _integrated(integration_uri(PREFLIGHT_FUNCTION))
        paths[path] = methods
    return {
        "openapi": "3.0.1",
        "info": {"title": openapi["info"]["title"], "version": openapi["info"]["version"]},
        "paths": paths,
        "components": {"securitySchemes": {SECURITY_SCHEME: _authorizer(pool_arns)}},
        "x-amazon-apigateway-gateway-responses": body_extension(origins),
    }


def used_functions(openapi: Mapping[str, Any]) -> tuple[str, ...]:
    """The functions that some operation calls, and the preflight's, each once, in order of appearance."""
    named = [
        item[method][FUNCTION]
        for item in openapi["paths"].values()
        for method in METHODS
        if method in item and FUNCTION in item[method]
    ]
    return tuple(dict.fromkeys([PREFLIGHT_FUNCTION, *named]))


def _operation(
    where: str, operation: Mapping[str, Any], functions: Sequence[str], integration_uri: Callable[[str], str]
) -> dict[str, Any]:
    function = operation.get(FUNCTION)
    if not isinstance(function, str) or function not in functions:
        raise OpenapiError(f"{where}: {FUNCTION} is {function!r}; it must be one of {', '.join(functions)}")
    integrated = _integrated(integration_uri(function))
    if "operationId" in operation:
        integrated["operationId"] = operation["operationId"]
    if operation.get("security"):
        _check_scopes(where, operation)
        integrated["security"] = [{SECURITY_SCHEME: list(_KNOWN_SCOPES)}]
    elif operation.get(SCOPES_NEEDED):
        raise OpenapiError(f"{where}: {SCOPES_NEEDED} without security would publish a route that needs scopes")
    return integrated


def _check_variables(paths: Iterable[str]) -> None:
    """Refuse what API Gateway would: under one parent it takes one variable, by one name."""
    named: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for depth, part in enumerate(parts):
            if part.startswith("{"):
                parent = "/".join(parts[:depth])
                if named.setdefault(parent, part) != part:
                    raise OpenapiError(f"{path}: under {parent} the variable is already {named[parent]}, not {part}")


def _check_scopes(where: str, operation: Mapping[str, Any]) -> None:
    for scope in operation.get(SCOPES_NEEDED, ()):
        if scope not in _KNOWN_SCOPES:
            raise OpenapiError(f"{where}: scope {scope!r} is not one of {', '.join(_KNOWN_SCOPES)}")


def _integrated(uri: str) -> dict[str, Any]:
    return {
        "responses": {"200": {"description": "See the published OpenAPI document"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": uri,
            "passthroughBehavior": "when_no_match",
            "timeoutInMillis": 29000,
        },
    }


def _authorizer(pool_arns: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": list(pool_arns)},
    }
