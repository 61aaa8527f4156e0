"""The public function: documentation, limits, health, preflight."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

import cadastro.handler.contrato
import documentos.handler.api
import peg.handler.api
from autorizacao.handler import comum
from autorizacao.schemas.comum import ITENS_NO_PEDIDO
from cadastro.bootstrap.elegibilidade import LOTE_MAXIMO
from conecta_contas.contexto import GUIAS_POR_PEG
from conecta_tiss.versions import VERSOES
from documentos.domain import uploads
from documentos.domain.finalidades import FINALIDADES
from infra.settings import Settings
from local import openapi
from pagamento.handler import comum as pagamentos
from pagamento.service.demonstrativos import PROTOCOLOS
from peg.handler import comum as pegs
from publico.handler import api
from publico.schemas import LimitesView, SaudeView
from recurso.domain.regras import GUIAS as GUIAS_POR_RECURSO
from recurso.handler import comum as recursos
from tests.builders_functions import ORIGEM_DO_PORTAL, api_event

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture(autouse=True)
def packaged(function_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The two generated documents lie inside the package, as `local.packaging` puts them."""
    real = resources.files
    monkeypatch.setattr(resources, "files", lambda name: DOCS if name == "publico" else real(name))
    api._document.cache_clear()
    yield
    api._document.cache_clear()


def get(path: str, method: str = "GET", origin: str | None = None) -> dict[str, Any]:
    return api.handler(api_event(method, path, headers={"Origin": origin} if origin else None), None)


def test_the_service_says_it_is_alive_without_touching_anything() -> None:
    answered = get("/saude")
    assert answered["statusCode"] == 200
    assert SaudeView.model_validate_json(answered["body"]).situacao == "ok"


def test_the_published_limits_are_the_ones_that_apply() -> None:
    answered = get("/limites")
    found = LimitesView.model_validate_json(answered["body"])
    assert {row.finalidade: (row.formatos, row.tamanho_maximo_bytes) for row in found.uploads} == {
        row.codigo: ([formato.value for formato in row.formatos], row.tamanho_maximo) for row in FINALIDADES.values()
    }
    assert found.validade_do_formulario_segundos == uploads.POST_LIFETIME.total_seconds()
    assert found.versoes_tiss_implementadas == [versao.value for versao in VERSOES]
    assert found.itens_por_pagina == {
        "pegs": pegs.PAGE, "precos_e_regras": cadastro.handler.contrato.PAGE, "autorizacoes": comum.PAGE,
        "notas_fiscais": pagamentos.PAGE, "recursos": recursos.PAGE,
    }  # fmt: skip
    assert found.elegibilidade["consultas_por_minuto"] == int(Settings().limite_elegibilidade)
    assert found.elegibilidade["beneficiarios_por_lote"] == LOTE_MAXIMO
    assert found.autorizacao["perguntas_por_minuto"] == comum.PERGUNTAS.limit
    assert found.autorizacao["itens_por_pedido"] == ITENS_NO_PEDIDO
    assert found.pagamento["protocolos_por_demonstrativo"] == PROTOCOLOS
    assert found.recurso["guias_por_recurso"] == GUIAS_POR_RECURSO
    assert found.guias_por_peg == GUIAS_POR_PEG == 100
    assert answered["headers"]["Cache-Control"] == "public, max-age=300"


def test_the_contract_that_is_served_is_the_one_the_api_is_made_from() -> None:
    assert json.loads(get("/openapi.json")["body"]) == openapi.document()


def test_what_is_not_public_is_not_found_here() -> None:
    assert get("/pegs")["statusCode"] == 404


class Page(HTMLParser):
    """The scripts of a page and every address it names in its markup."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.addresses: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action"}]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)


def test_the_documentation_is_one_page_that_asks_no_other_host_for_anything() -> None:
    answered = get("/docs")
    page = Page()
    page.feed(answered["body"])
    page.close()
    assert page.addresses == []
    assert 'url:"openapi.json"' in page.scripts[-1]
    assert "validatorUrl:null" in page.scripts[-1]
    style = answered["body"].partition("<style>")[2].partition("</style>")[0]
    assert {address[:5] for address in re.findall(r"url\(\s*['\"]?([^)]*)", style)} == {"data:"}
    policy = dict(part.strip().split(" ", 1) for part in answered["headers"]["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert (policy["connect-src"], policy["img-src"], policy["frame-ancestors"]) == ("'self'", "data:", "'none'")
    assert "http" not in answered["headers"]["Content-Security-Policy"]


def test_only_the_pages_own_scripts_may_run() -> None:
    answered = get("/docs")
    page = Page()
    page.feed(answered["body"])
    page.close()
    expected = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in page.scripts
    ]
    policy = answered["headers"]["Content-Security-Policy"]
    (allowed,) = re.findall(r"script-src ([^;]*);", policy)
    assert len(expected) == 2
    assert allowed.split() == expected


def test_a_browser_of_the_portal_may_ask_with_our_headers() -> None:
    answered = get("/pegs/{protocolo}", "OPTIONS", ORIGEM_DO_PORTAL)
    assert (answered["statusCode"], answered["body"]) == (204, "")
    headers = answered["headers"]
    assert headers["Access-Control-Allow-Origin"] == ORIGEM_DO_PORTAL
    for name in ("Authorization", "Conecta-Prestador", "Idempotency-Key"):
        assert name in headers["Access-Control-Allow-Headers"]
    assert "POST" in headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("origin", [None, "https://outro.example", "null"])
def test_any_other_browser_may_not(origin: str | None) -> None:
    headers = get("/pegs", "OPTIONS", origin)["headers"]
    assert [name for name in headers if name.startswith("Access-Control")] == []


def test_every_documented_parameter_header_may_be_sent_by_a_browser() -> None:
    headers = get("/pegs", "OPTIONS", ORIGEM_DO_PORTAL)["headers"]["Access-Control-Allow-Headers"]
    named = {
        parameter.name
        for operation in (*documentos.handler.api.handler.operations(), *peg.handler.api.handler.operations())
        for parameter in operation.parameters
        if parameter.where == "header"
    }
    assert named <= set(headers.split(", "))
