"""What API Gateway itself answers when it refuses a call, as RFC 9457 problems in Brazilian Portuguese.

The same members as the functions' own problems (`conecta_edge.problems`), so that a client has one parser; a
test compares them. API Gateway fills `$context.requestId`, nothing that the caller sent is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BASE = "https://conecta.example/erros/"
CALLS_PER_ADDRESS = 6000
"""In five minutes: a hospital's offices, or all the hospitals of one system, may share an address."""
ADDRESS_WINDOW = 300
"""Seconds."""


@dataclass(frozen=True, slots=True)
class GatewayProblem:
    """One refusal by the gateway.

    Attributes:
        tipo: API Gateway's response type.
        status: HTTP status on the wire.
        codigo: stable identifier, last part of `type`.
        title: the kind of problem.
        detail: what happened and what to do.
        headers: further headers with literal values.
    """

    tipo: str
    status: int
    codigo: str
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def template(self) -> str:
        """The body, a JSON text with API Gateway's own variable for the request id."""
        return json.dumps(
            {
                "type": BASE + self.codigo,
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "codigo": self.codigo,
                "correlacao": "$context.requestId",
            },
            ensure_ascii=False,
        )


_SEND_TOKEN = "Envie um access token válido no cabeçalho Authorization: Bearer <token>."  # noqa: S105  # a sentence
_DENIED = (
    "acesso-negado",
    "Acesso negado",
    "A credencial não dá acesso a esta rota. Confira os escopos e, se precisar, fale com o gestor do prestador.",
)
_TOO_MANY = (
    "limite-excedido",
    "Limite de requisições excedido",
    "Foram feitas requisições demais em pouco tempo. Espere o tempo indicado em Retry-After e repita.",
)
_NO_ROUTE = (
    "rota-inexistente",
    "Rota inexistente",
    "Não há esta rota ou este método. Confira o endereço na documentação, em /v1/docs.",
)
_INTERNAL = (
    "erro-interno",
    "Erro interno",
    (
        "Ocorreu uma falha do nosso lado e ela foi registrada. Repita a requisição; se persistir, informe o valor de "
        "correlacao ao suporte."
    ),
)
_TOKEN = ("nao-autenticado", "Não autenticado", _SEND_TOKEN)
_BEARER = {"WWW-Authenticate": "Bearer"}

PROBLEMS: tuple[GatewayProblem, ...] = (
    GatewayProblem("UNAUTHORIZED", 401, *_TOKEN, _BEARER),
    GatewayProblem("EXPIRED_TOKEN", 401, *_TOKEN, _BEARER),
    GatewayProblem("INVALID_SIGNATURE", 401, *_TOKEN, _BEARER),
    GatewayProblem("ACCESS_DENIED", 403, *_DENIED),
    GatewayProblem("WAF_FILTERED", 403, *_DENIED),
    # The first is API Gateway's answer to a route that does not exist.
    GatewayProblem("MISSING_AUTHENTICATION_TOKEN", 404, *_NO_ROUTE),
    GatewayProblem("RESOURCE_NOT_FOUND", 404, *_NO_ROUTE),
    GatewayProblem(
        "REQUEST_TOO_LARGE",
        413,
        "corpo-grande-demais",
        "Corpo grande demais",
        "O corpo passa do limite publicado em /v1/limites. Envie o arquivo por POST /v1/documentos/uploads.",
    ),
    GatewayProblem(
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        "tipo-nao-aceito",
        "Tipo de conteúdo não aceito",
        "Esta rota não recebe este Content-Type. Confira o tipo na documentação, em /v1/docs.",
    ),
    GatewayProblem("THROTTLED", 429, *_TOO_MANY, {"Retry-After": "1"}),
    GatewayProblem("QUOTA_EXCEEDED", 429, *_TOO_MANY, {"Retry-After": "3600"}),
    GatewayProblem(
        "INTEGRATION_TIMEOUT",
        504,
        "tempo-esgotado",
        "Tempo esgotado",
        "A resposta não ficou pronta a tempo. Repita a requisição; com a mesma Idempotency-Key ela não terá efeito "
        "em dobro.",
    ),
    GatewayProblem("INTEGRATION_FAILURE", 502, *_INTERNAL),
    # Fallbacks: on AWS their status replaces that of every type not listed above.
    GatewayProblem(
        "DEFAULT_4XX",
        400,
        "requisicao-recusada",
        "Requisição recusada",
        "A requisição não pôde ser entendida. Confira método, endereço, cabeçalhos e corpo na documentação, em "
        "/v1/docs.",
    ),
    GatewayProblem("DEFAULT_5XX", 500, *_INTERNAL),
)


def of_one_address() -> str:
    """What the firewall answers to an address that calls too often, as a 429: it knows no request id."""
    codigo, title, detail = _TOO_MANY
    told = {"type": BASE + codigo, "title": title, "status": 429, "detail": detail, "codigo": codigo}
    return json.dumps(told, ensure_ascii=False)


def response_parameters(problem: GatewayProblem, origins: Sequence[str]) -> dict[str, str]:
    """The headers of one gateway response, in API Gateway's own notation (literals between single quotes).

    A gateway response cannot choose among origins, and echoing whatever origin asks would be a wildcard in
    disguise: the first origin, the portal's, may read refusals; others see a network error.
    """
    headers = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": origins[0],
        "Access-Control-Expose-Headers": "Retry-After, WWW-Authenticate",
        "Vary": "Origin",
        **problem.headers,
    }
    return {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()}


def body_extension(origins: Sequence[str]) -> dict[str, Any]:
    """The responses as the OpenAPI extension `x-amazon-apigateway-gateway-responses`."""
    return {
        problem.tipo: {
            "statusCode": str(problem.status),
            "responseParameters": response_parameters(problem, origins),
            "responseTemplates": {"application/json": problem.template()},
        }
        for problem in PROBLEMS
    }
