"""Public REST entry: documentation, limits, health, CORS preflight.

`openapi.json` and `limites.json` are generated from the other functions' own tables (`python -m local.openapi`) and
travel in this package.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from conecta_edge import session
from conecta_edge.http import Api, Operation, Reply, Request, Response, cors_headers
from publico.schemas import LimitesView, SaudeView

FUNCAO: Final = "publico-api"
TAG: Final = "Público"
_CACHED: Final = {"Cache-Control": "public, max-age=300"}


@lru_cache(maxsize=2)
def _document(name: str) -> bytes:
    return resources.files("publico").joinpath(name).read_bytes()


def health(_request: Request) -> Response:
    """GET /saude: touches nothing, so it answers for this process only."""
    return Response(200, {"situacao": "ok", "servico": "conecta"})


def limits(_request: Request) -> Response:
    """GET /limites."""
    return Response(200, json.loads(_document("limites.json")), headers=_CACHED)


def openapi(_request: Request) -> Response:
    """GET /openapi.json."""
    return Response(200, _document("openapi.json").decode(), headers=_CACHED)


@lru_cache(maxsize=1)
def _page() -> tuple[str, str]:
    """Swagger UI in one page, from the copy Powertools ships: no other host is asked for anything."""
    ui = resources.files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    script = ui.joinpath("swagger-ui-bundle.min.js").read_text("utf-8").replace("</script", "<\\/script")
    style = ui.joinpath("swagger-ui.min.css").read_text("utf-8")
    start = (
        'SwaggerUIBundle({url:"openapi.json",dom_id:"#ui",deepLinking:true,tryItOutEnabled:true,'
        "persistAuthorization:false,validatorUrl:null,supportedSubmitMethods:['get','post','put','patch','delete']});"
    )
    digests = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (script, start)
    )
    page = (
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Conecta – API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{style}</style></head><body><div id="ui"></div><script>{script}</script>'
        f"<script>{start}</script></body></html>"
    )
    policy = (
        f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return page, policy


def docs(_request: Request) -> Response:
    """GET /docs."""
    page, policy = _page()
    headers = {**_CACHED, "Content-Security-Policy": policy}
    return Response(200, page, "text/html; charset=utf-8", headers)


OPERATIONS: Final = (
    Operation(
        "GET", "/saude", "obterSaude", FUNCAO, TAG, "Saúde do serviço", "Responde 200 enquanto o serviço atende.",
        health, (Reply(200, "Em serviço.", SaudeView, example={"situacao": "ok", "servico": "conecta"}),),
    ),
    Operation(
        "GET", "/limites", "obterLimites", FUNCAO, TAG, "Limites publicados",
        "Tamanhos, formatos e quantidades aceitos: os mesmos que o sistema aplica.",
        limits, (Reply(200, "Os limites.", LimitesView, example={
            "uploads": [{
                "finalidade": "lote_tiss", "descricao": "Lote de guias no padrão TISS", "formatos": ["application/xml"],
                "tamanho_maximo_bytes": 20971520, "escopos": ["conecta/peg.escrever"],
                "papeis": ["faturista", "gestor"], "ate_quando": "Até 90 dias depois do atendimento.",
                "retencao": "administrativa", "tipo_documento": None, "serve_a": [],
            }],
            "retencoes": [{"classe": "administrativa", "anos": 6, "motivo": "Cobrança e tributos (CTN, art. 173)."}],
            "documentos": {"pontos_por_imagem": 250000000, "em_mensagem_bytes": 7500000},
            "conteudo": ["Imagens precisam estar inteiras."],
            "validade_do_formulario_segundos": 300, "guias_por_peg": 100,
            "versoes_tiss_implementadas": ["4.01.00", "4.02.00", "4.03.00"], "versao_tiss_padrao": "4.01.00",
            "corpo_maximo_bytes": 4194304, "chamadas": {"por_endereco": 6000, "em_segundos": 300},
            "itens_por_pagina": {"pegs": 30, "guias": 100},
            "elegibilidade": {"consultas_por_minuto": 120, "beneficiarios_por_lote": 500},
            "autorizacao": {"itens_por_lista": 100, "itens_por_pedido": 120, "rascunho_dias": 30},
            "pagamento": {"pegs_por_nota_fiscal": 50, "protocolos_por_demonstrativo": 30},
            "recurso": {"guias_por_recurso": 100, "itens_por_recurso": 5000, "rascunho_dias": 90},
            "cargas": {"linha_maxima_bytes": 65536},
        }),),
    ),
    Operation(
        "GET", "/openapi.json", "obterOpenApi", FUNCAO, TAG, "Este documento", "O contrato da API em OpenAPI 3.0.",
        openapi, (Reply(200, "OpenAPI 3.0.", example={"openapi": "3.0.3"}),),
    ),
    Operation(
        "GET", "/docs", "obterDocumentacao", FUNCAO, TAG, "Documentação navegável", "Swagger UI desta API.",
        docs, (Reply(200, "Página HTML.", media_type="text/html"),),
    ),
)  # fmt: skip

_api = Api(OPERATIONS, {}, session.origins)
_METHODS: Final = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADERS: Final = "Authorization, Content-Type, Conecta-Prestador, Idempotency-Key, If-Match, If-None-Match"


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """A public route, or a browser's preflight question about any route."""
    if event.get("httpMethod") != "OPTIONS":
        return _api(event, context)
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    cors = cors_headers(headers.get("origin", ""), session.origins())
    if "Access-Control-Allow-Origin" in cors:
        cors |= {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": "600",
        }
    return {"statusCode": 204, "headers": cors, "body": "", "isBase64Encoded": False}
