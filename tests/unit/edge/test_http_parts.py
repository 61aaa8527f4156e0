"""An entry over modules of routes: each is imported when one of its routes is first asked."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import cadastro.handler.api
from conecta_edge.http import Parts

EVENT: dict[str, Any] = {"httpMethod": "GET", "headers": {}, "requestContext": {"requestId": "r1"}}


def origins() -> frozenset[str]:
    return frozenset()


def test_every_operation_is_answered_by_the_module_that_has_it(function_environment: dict[str, str]) -> None:
    entry = cadastro.handler.api.handler
    protected = [operation for operation in entry.operations() if operation.escopos]
    assert len(protected) > 20
    for operation in protected:
        answer = entry({**EVENT, "httpMethod": operation.method, "resource": operation.path}, None)
        assert answer["statusCode"] == 401, operation.path


def test_a_route_that_no_module_has_is_not_found() -> None:
    entry = Parts("cadastro.handler", {"/contrato": "contrato"}, origins)
    for resource in ("/outra", "/contrato/que-nao-existe"):
        assert entry({**EVENT, "resource": resource}, None)["statusCode"] == 404


def test_the_longest_beginning_names_the_module() -> None:
    entry = Parts("cadastro.handler", {"/operadora": "titulares", "/operadora/cargas": "cargas"}, origins)
    assert entry({**EVENT, "resource": "/operadora/cargas"}, None)["statusCode"] == 401
    names = [operation.name for operation in entry.operations()]
    assert names.index("exportarDadosDoTitular") < names.index("listarCargas")


def test_nothing_of_a_part_is_imported_before_it_is_asked() -> None:
    script = (
        "import sys, cadastro.handler.api; print([n for n in sys.modules if n in ('pydantic', 'lxml', 'botocore')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
