"""Writes `docs/openapi.json` and `docs/limites.json` from the functions' own tables.

The REST API is made from this very document and the public function serves it, so routes, documentation and code are
the same rows. `--conferir` answers 1 when the committed files are not what the code says.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

import alertas.handler.api
import auditoria.handler.api
import autorizacao.handler.api
import cadastro.handler.api
import cadastro.handler.contrato
import documentos.handler.api
import pagamento.handler.api
import peg.handler.api
import porta_tiss.handler.api
import publico.handler.api
import recurso.handler.api
from autorizacao.handler import comum as autorizacoes
from autorizacao.schemas.comum import ITENS_MAXIMOS, ITENS_NO_PEDIDO
from autorizacao.schemas.rascunhos import CORPO_MAXIMO as RASCUNHO_MAXIMO
from autorizacao.service.rascunhos import GUARDADO
from cadastro.bootstrap.elegibilidade import LOTE_MAXIMO, LOTES
from conecta_cargas.reading import LIMITE_DA_LINHA
from conecta_contas.contexto import GUIAS_POR_PEG
from conecta_edge.http import JSON
from conecta_edge.objects import LINK_LIFETIME
from conecta_edge.tenancy import Papel, Principal
from conecta_tiss.versions import VERSOES
from documentos.domain import conteudo, envios, uploads
from documentos.domain.finalidades import FINALIDADES, RETENCOES
from documentos.service.documentos import DESTINOS
from infra.components.gateway_responses import ADDRESS_WINDOW, CALLS_PER_ADDRESS
from infra.settings import Settings
from pagamento.domain import lotes
from pagamento.handler import comum as pagamentos
from pagamento.service import demonstrativos, notas
from peg.handler import comum as pegs
from recurso.domain.pedidos import JUSTIFICATIVA_MAXIMA
from recurso.domain.pedidos import VALIDADE as RASCUNHO_DE_RECURSO
from recurso.domain.regras import GUIAS as GUIAS_POR_RECURSO
from recurso.handler import comum as recursos
from recurso.schemas.pedidos import DOCUMENTOS as DOCUMENTOS_POR_ITEM
from recurso.schemas.pedidos import ITENS as ITENS_POR_RECURSO
from recurso.schemas.recursos import RESPOSTAS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from conecta_edge.http import Operation, Parameter, Reply

DOCS: Final = Path(__file__).parent.parent / "docs"
OPERATIONS: Final[tuple[Operation, ...]] = (
    *publico.handler.api.OPERATIONS,
    *documentos.handler.api.handler.operations(),
    *peg.handler.api.handler.operations(),
    *porta_tiss.handler.api.OPERATIONS,
    *cadastro.handler.api.handler.operations(),
    *autorizacao.handler.api.handler.operations(),
    *pagamento.handler.api.handler.operations(),
    *recurso.handler.api.handler.operations(),
    *alertas.handler.api.handler.operations(),
    *auditoria.handler.api.OPERATIONS,
)
REF: Final = "#/components/schemas/{model}"
WITHOUT_BODY: Final = frozenset({204, 304})
CORPO_MAXIMO: Final = porta_tiss.handler.api.CORPO_MAXIMO
PROBLEMS: Final[Mapping[int, str]] = {
    400: "Cursor inválido ou vencido.",
    401: "Token ausente, inválido ou vencido.",
    403: "Escopo, papel ou relacionamento insuficiente.",
    404: "Não existe, ou não pertence a este prestador.",
    409: "O estado atual não permite, ou a mesma chave está em andamento.",
    412: "A versão em If-Match não é a atual: leia de novo antes de alterar.",
    413: "Corpo grande demais: use os envios de arquivo.",
    422: "Requisição inválida: cada erro vem com o campo.",
    429: "Muitas requisições: espere e repita.",
    500: "Falha nossa, registrada; informe o valor de correlacao.",
    503: "Sobrecarga momentânea; nada foi gravado, repita.",
}
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Problema no formato da RFC 9457.",
    "required": ["type", "title", "status", "detail", "codigo"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "O que houve e o que fazer."},
        "codigo": {"type": "string"},
        "correlacao": {"type": "string"},
        "regra": {"type": "string"},
        "glosa": {"type": "string", "description": "Código da Tabela 38 da TISS."},
        "erros": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["campo", "codigo", "mensagem"],
                "properties": {
                    "campo": {"type": "string"}, "codigo": {"type": "string"}, "mensagem": {"type": "string"},
                },
            },
        },
    },
}  # fmt: skip


def document() -> dict[str, Any]:
    """The OpenAPI 3.0.3 document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Conecta",
            "version": "1.0.0",
            "description": (
                "Portal do prestador: autorizações, faturamento TISS, glosas e documentos. Datas em AAAA-MM-DD, "
                "instantes em UTC, valores em texto com duas casas. Erros no formato RFC 9457."
            ),
        },
        "servers": [{"url": "/v1", "description": "O estágio da API, no mesmo endereço deste documento."}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.tag for operation in OPERATIONS)],
        "paths": paths,
        "components": {
            "schemas": {**_schemas(), "Problema": PROBLEM_SCHEMA},
            "securitySchemes": {
                "cognito": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "Access token do Cognito, de pessoa ou de credencial de máquina.",
                },
            },
        },
    }  # fmt: skip


def _models() -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}
    for operation in OPERATIONS:
        if operation.body is not None:
            found[operation.body] = None
        found |= {reply.model: None for reply in operation.replies if reply.model is not None}
    return list(found)


def _schemas() -> dict[str, Any]:
    _, definitions = models_json_schema([(model, "validation") for model in _models()], ref_template=REF)
    return {name: _openapi_30(schema) for name, schema in sorted(definitions["$defs"].items())}


def _openapi_30(schema: Any) -> Any:
    """JSON Schema 2020-12 as OpenAPI 3.0 (what API Gateway reads): `null` alternatives become `nullable`."""
    if isinstance(schema, list):
        return [_openapi_30(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _openapi_30(value) for name, value in schema.items() if name not in {"const", "$schema"}}
    if "const" in schema:
        plain["enum"] = [schema["const"]]
    options = plain.get("anyOf")
    if options and {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        del plain["anyOf"]
        only = rest[0] if len(rest) == 1 else {"anyOf": rest}
        plain = {**plain, **({"allOf": [only]} if "$ref" in only else only), "nullable": True}
        plain = {name: value for name, value in plain.items() if not (name == "default" and value is None)}
    return plain


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": _responses(operation),
        "x-conecta-funcao": operation.funcao,
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.body), "example": operation.example}},
        }
    elif operation.accepts != JSON:
        described["requestBody"] = {
            "required": True,
            "content": {operation.accepts: {"schema": {"type": "string"}, "example": operation.example}},
        }
    if operation.escopos:
        described["security"] = [{"cognito": []}]
        described["x-conecta-escopos"] = list(operation.escopos)
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name, "in": parameter.where, "required": parameter.required,
        "description": parameter.description, "schema": dict(parameter.schema),
    }  # fmt: skip
    return described if parameter.example is None else {**described, "example": parameter.example}


def _responses(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for reply in operation.replies:
        described = _reply(reply)
        first = responses.setdefault(str(reply.status), described)
        first.get("content", {}).update(described.get("content", {}))
    refusals = {429, 500, *operation.refusals, *([422] if operation.body is not None else [])}
    refusals |= {status for parameter in operation.parameters for status in parameter.refusals}
    if operation.escopos:
        refusals |= {401, 403, 503} | ({404} if "{" in operation.path or operation.parameters else set())
    for status in sorted(refusals):
        response = responses.setdefault(str(status), {"description": PROBLEMS[status], "content": {}})
        response["content"]["application/problem+json"] = {"schema": {"$ref": "#/components/schemas/Problema"}}
    return dict(sorted(responses.items()))


def _reply(reply: Reply) -> dict[str, Any]:
    if reply.status in WITHOUT_BODY:
        return {"description": reply.description}
    content: dict[str, Any] = {}
    if reply.model is not None:
        content["schema"] = _ref(reply.model)
    elif reply.media_type != JSON:
        content["schema"] = {"type": "string"}
    else:
        content["schema"] = {"type": "object"}
    if reply.example is not None:
        content["example"] = reply.example
    return {"description": reply.description, "content": {reply.media_type: content}}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _may(papel: Papel, capabilities: Sequence[str]) -> bool:
    return any(map(Principal("", "", papel, frozenset()).may, capabilities))


def limites() -> dict[str, Any]:
    """The published limits, read from the tables that apply them."""
    return {
        "uploads": [
            {
                "finalidade": row.codigo,
                "descricao": row.descricao,
                "formatos": [formato.value for formato in row.formatos],
                "tamanho_maximo_bytes": row.tamanho_maximo,
                "escopos": [f"conecta/{one}" for one in row.capacidades],
                "papeis": [papel.value for papel in Papel if _may(papel, row.capacidades)],
                "ate_quando": row.ate_quando,
                "retencao": row.retencao.codigo,
                "tipo_documento": row.tipo,
                "serve_a": list(row.alvos),
            }
            for row in FINALIDADES.values()
        ],
        "retencoes": [{"classe": row.codigo, "anos": row.anos, "motivo": row.motivo} for row in RETENCOES],
        "documentos": {
            "pontos_por_imagem": conteudo.PIXELS,
            "descompactado_bytes": conteudo.DESCOMPACTADO,
            "em_mensagem_bytes": envios.EM_MENSAGEM,
            "vinculos_por_pedido": DESTINOS,
            "endereco_de_arquivo_segundos": LINK_LIFETIME,
        },
        "conteudo": list(conteudo.CONFERENCIA),
        "validade_do_formulario_segundos": int(uploads.POST_LIFETIME.total_seconds()),
        "guias_por_peg": GUIAS_POR_PEG,
        "versoes_tiss_implementadas": [str(versao) for versao in VERSOES],
        "versao_tiss_padrao": "4.01.00",
        "corpo_maximo_bytes": CORPO_MAXIMO,
        "chamadas": {"por_endereco": CALLS_PER_ADDRESS, "em_segundos": ADDRESS_WINDOW},
        "itens_por_pagina": {
            "pegs": pegs.PAGE,
            "precos_e_regras": cadastro.handler.contrato.PAGE,
            "autorizacoes": autorizacoes.PAGE,
            "notas_fiscais": pagamentos.PAGE,
            "recursos": recursos.PAGE,
        },
        "pagamento": {
            "pegs_por_nota_fiscal": notas.FATURAS,
            "arquivos_por_nota_fiscal": notas.ARQUIVOS,
            "protocolos_por_demonstrativo": demonstrativos.PROTOCOLOS,
            "meses_por_lote_de_demonstrativos": lotes.MESES,
            "demonstrativos_por_lote": lotes.DOCUMENTOS,
            "dias_do_lote_de_demonstrativos": lotes.DIAS,
        },
        "recurso": {
            "guias_por_recurso": GUIAS_POR_RECURSO,
            "itens_por_recurso": ITENS_POR_RECURSO,
            "documentos_por_item": DOCUMENTOS_POR_ITEM,
            "caracteres_da_justificativa": JUSTIFICATIVA_MAXIMA,
            "respostas_por_vez": RESPOSTAS,
            "rascunho_dias": RASCUNHO_DE_RECURSO.days,
        },
        "autorizacao": {
            "itens_por_lista": ITENS_MAXIMOS,
            "itens_por_pedido": ITENS_NO_PEDIDO,
            "perguntas_por_minuto": autorizacoes.PERGUNTAS.limit,
            "rascunho_maximo_bytes": RASCUNHO_MAXIMO,
            "rascunho_dias": GUARDADO.days,
        },
        "elegibilidade": {
            "consultas_por_minuto": int(Settings().limite_elegibilidade),
            "beneficiarios_por_lote": LOTE_MAXIMO,
            "beneficiarios_por_hora_em_lotes": LOTES.limit,
        },
        "cargas": {"linha_maxima_bytes": LIMITE_DA_LINHA},
    }


def _files() -> dict[Path, str]:
    return {
        DOCS / name: json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        for name, content in (("openapi.json", document()), ("limites.json", limites()))
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m local.openapi", description=__doc__)
    parser.add_argument("--conferir", action="store_true", help="não grava: sai com 1 se os arquivos estão velhos")
    asked = parser.parse_args(arguments)
    stale = [path for path, text in _files().items() if not path.exists() or path.read_text("utf-8") != text]
    if asked.conferir:
        for path in stale:
            print(f"{path.name} está velho: rode python -m local.openapi", file=sys.stderr)
        return int(bool(stale))
    for path, text in _files().items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
