"""An OpenAPI document with the operations of this release, as the project's own generator shapes it."""

from __future__ import annotations

from typing import Any

PUBLIC = ("/openapi.json", "/docs", "/saude", "/limites")
PRIVATE = {
    ("post", "/documentos/uploads"): ("documentos-api", ["conecta/documentos.escrever"]),
    ("get", "/documentos/uploads/{id}"): ("documentos-api", ["conecta/documentos.ler", "conecta/documentos.escrever"]),
    ("get", "/documentos/uploads/{id}/resposta.xml"): ("documentos-api", ["conecta/documentos.ler"]),
    ("get", "/pegs"): ("peg-api", ["conecta/peg.ler"]),
    ("get", "/pegs/{protocolo}"): ("peg-api", ["conecta/peg.ler"]),
    ("get", "/pegs/{protocolo}/guias"): ("peg-api", ["conecta/peg.ler"]),
    ("get", "/pegs/{protocolo}/recebimento.xml"): ("peg-api", ["conecta/peg.ler"]),
}


def operation(function: str, scopes: list[str] | None = None) -> dict[str, Any]:
    """One operation; public unless it has scopes."""
    made: dict[str, Any] = {
        "x-conecta-funcao": function,
        "summary": "Uma operação",
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/x"}}}}},
    }
    if scopes is not None:
        made |= {"x-conecta-escopos": scopes, "security": [{"conecta": []}]}
    return made


def openapi(paths: dict[str, Any] | None = None) -> dict[str, Any]:
    """The whole document, or one with other paths."""
    if paths is None:
        paths = {path: {"get": operation("publico-api")} for path in PUBLIC}
        for (method, path), (function, scopes) in PRIVATE.items():
            paths.setdefault(path, {})[method] = operation(function, scopes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Conecta", "version": "0.1.0"},
        "paths": paths,
        "components": {"schemas": {"Peg": {"type": "object", "properties": {"valor": {"type": "string"}}}}},
    }
