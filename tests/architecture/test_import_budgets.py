"""What a cold start imports: the dear modules come only where they are used."""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys

import pytest

import alertas
import auditoria
import autorizacao
import cadastro
import conecta_cargas
import conecta_contas
import conecta_facts
import conecta_senhas
import documentos
import pagamento
import peg
import recurso
from local.packaging import CONTEXTS
from tests.conftest import ENVIRONMENT

DEAR = (
    "boto3", "botocore.client", "lxml", "xmlschema", "pydantic", "aws_lambda_powertools", "reportlab", "openpyxl",
)  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """Which of the dear packages a fresh process has loaded after running some code."""
    report = f"import json, sys\nprint(json.dumps([name for name in {DEAR!r} if name in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_api_function_imports_its_models_and_nothing_dear(context: str) -> None:
    assert loaded_after(f"import {context}.handler.api") <= {"pydantic"}


@pytest.mark.parametrize(
    "module",
    [
        "alertas.handler.eventos", "alertas.handler.fluxo", "auditoria.handler.fluxo",
        "autorizacao.handler.eventos", "autorizacao.handler.fluxo", "cadastro.handler.eventos",
        "cadastro.handler.fluxo", "documentos.handler.eventos", "documentos.handler.fluxo",
        "pagamento.handler.eventos", "pagamento.handler.fluxo", "peg.handler.eventos", "peg.handler.fluxo",
        "porta_tiss.handler.api", "recurso.handler.eventos", "recurso.handler.fluxo",
    ],
)  # fmt: skip
def test_a_function_without_json_bodies_imports_nothing_dear(module: str) -> None:
    assert loaded_after(f"import {module}") == set()


def test_reception_reads_xml_without_models_and_without_the_slow_validator() -> None:
    loaded = loaded_after("import peg.handler.fluxo, peg.messages.lotes")
    assert "lxml" in loaded
    assert loaded <= {"lxml"}


def test_a_peg_is_read_without_what_reads_xml() -> None:
    code = "import peg.handler.pegs, peg.handler.operadora\nfrom peg.bootstrap import nucleo\nnucleo.portas()"
    assert not loaded_after(code) & {"lxml", "xmlschema", "reportlab"}


def test_what_may_be_contested_is_read_without_what_reads_messages_or_draws_files() -> None:
    code = (
        "from recurso.handler import glosas, operadora, planilhas, recursos\n"
        "from recurso.bootstrap import nucleo\nnucleo.portas()"
    )
    assert not loaded_after(code) & {"lxml", "xmlschema", "reportlab", "openpyxl"}


def test_a_document_is_found_without_what_reads_messages_or_draws_files() -> None:
    code = (
        "from documentos.handler import documentacoes, documentos as routes, uploads\n"
        "from documentos.bootstrap import documentos, publicacoes\ndocumentos.portas(), publicacoes.portas()"
    )
    assert not loaded_after(code) & {"lxml", "xmlschema", "reportlab"}


def test_a_cronograma_is_read_without_what_reads_or_draws_files() -> None:
    code = "import pagamento.handler.cronograma\nfrom pagamento.bootstrap import nucleo\nnucleo.portas()"
    assert not loaded_after(code) & {"lxml", "xmlschema", "reportlab", "icalendar"}


def test_eligibility_reads_xml_without_the_slow_validator_and_only_when_a_message_comes() -> None:
    code = "import cadastro.handler.elegibilidade"
    assert "lxml" not in loaded_after(code)
    assert loaded_after(f"{code}, cadastro.messages") == {"pydantic", "lxml"}


@pytest.mark.parametrize(
    "module",
    [
        "conecta_tiss.vocabulary.identifiers", "conecta_tiss.vocabulary.glosas", "conecta_tiss.messages",
        "conecta_tiss.findings", "conecta_tiss.terminologia", "conecta_tiss.rules.admissao",
    ],
)  # fmt: skip
def test_the_words_of_the_standard_cost_nothing(module: str) -> None:
    assert loaded_after(f"import {module}") == set()


LIBRARIES = (conecta_cargas, conecta_contas, conecta_facts, conecta_senhas)


def pure() -> list[str]:
    """Every module of facts, of senhas, of loads, and of the contexts' rules and use cases."""
    return sorted(
        info.name
        for root in (alertas, auditoria, autorizacao, cadastro, *LIBRARIES, documentos, pagamento, peg, recurso)
        for info in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")
        if root in LIBRARIES or info.name.split(".")[1] in {"domain", "service"}
    )


def test_facts_rules_and_use_cases_cost_nothing() -> None:
    names = pure()
    assert {
        "cadastro.service.elegibilidade", "conecta_facts.codec", "conecta_contas.analise", "conecta_senhas.motor",
        "peg.service",
    } <= set(names)  # fmt: skip
    assert loaded_after(f"import {', '.join(names)}") == set()


def test_the_first_answer_of_the_public_function_needs_no_aws_client() -> None:
    event = {"httpMethod": "GET", "resource": "/saude"}
    code = f"from publico.handler.api import handler\nassert handler({event!r}, None)['statusCode'] == 200"
    assert not loaded_after(code) & {"boto3", "botocore.client", "lxml", "xmlschema"}
