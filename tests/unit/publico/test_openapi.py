"""The contract is generated from the functions' own tables, and what is committed is what they say today."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conecta_edge.http import JSON, PERSON_SCOPE, Operation
from local import openapi

DOCUMENT = openapi.document()
OPERATIONS = pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=lambda operation: operation.name)


def described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def test_the_committed_documents_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert openapi.main(["--conferir"]) == 0, capsys.readouterr().err


def test_stale_documents_are_named_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(openapi, "DOCS", tmp_path)
    assert openapi.main(["--conferir"]) == 1
    assert "openapi.json está velho" in capsys.readouterr().err
    assert openapi.main([]) == 0
    assert openapi.main(["--conferir"]) == 0
    (tmp_path / "limites.json").write_text("{}", "utf-8")
    assert openapi.main(["--conferir"]) == 1


@OPERATIONS
def test_every_operation_has_an_owner_an_example_and_texts_in_portuguese(operation: Operation) -> None:
    row = described(operation)
    assert row["x-conecta-funcao"].endswith("-api")
    assert row["summary"]
    assert row["description"]
    taken = operation.body is not None or operation.accepts != JSON
    assert taken == ("requestBody" in row)
    assert taken == (operation.example is not None)
    for reply in operation.replies:
        assert reply.model is None or reply.example is not None


@OPERATIONS
def test_every_example_is_valid_in_its_own_model(operation: Operation) -> None:
    if operation.body is not None:
        operation.body.model_validate_json(json.dumps(operation.example))
    for reply in operation.replies:
        if reply.model is not None:
            reply.model.model_validate_json(json.dumps(reply.example))


PUBLIC_DATA = {"listarOperadoras", "listarContatos", "lerAgenda"}
"""What whoever cannot sign in needs, too (R01), or no calendar program could."""


@OPERATIONS
def test_only_public_routes_need_no_token_and_the_others_say_which_scopes(operation: Operation) -> None:
    row = described(operation)
    public = operation.funcao == "publico-api" or operation.name in PUBLIC_DATA
    assert ("security" not in row) is public
    assert ("401" not in row["responses"]) is public
    assert row.get("x-conecta-escopos", []) == list(operation.escopos)
    of_machines = [escopo for escopo in operation.escopos if escopo != PERSON_SCOPE]
    assert all(re.fullmatch(r"conecta/[a-z]+\.(ler|escrever)", escopo) for escopo in of_machines)


@OPERATIONS
def test_every_part_of_a_path_is_a_documented_parameter(operation: Operation) -> None:
    named = {parameter.name for parameter in operation.parameters if parameter.where == "path"}
    assert named == set(re.findall(r"{([A-Za-z_]+)}", operation.path))


def test_a_status_may_answer_a_message_or_a_problem() -> None:
    row = DOCUMENT["paths"]["/tiss/{transacao}"]["post"]
    assert set(row["responses"]["422"]["content"]) == {"application/xml", "application/problem+json"}
    assert set(row["responses"]["413"]["content"]) == {"application/problem+json"}
    assert set(row["requestBody"]["content"]) == {"application/xml"}


def test_names_of_operations_are_unique() -> None:
    names = [operation.name for operation in openapi.OPERATIONS]
    assert len(set(names)) == len(names)
    routes = [(operation.method, operation.path) for operation in openapi.OPERATIONS]
    assert len(set(routes)) == len(routes)


def test_schemas_are_openapi_3_0_which_is_what_api_gateway_reads() -> None:
    text = json.dumps(DOCUMENT["components"]["schemas"])
    assert DOCUMENT["openapi"] == "3.0.3"
    assert '"null"' not in text
    assert '"const"' not in text
    assert '"$defs"' not in text


def test_every_reference_resolves() -> None:
    text = json.dumps(DOCUMENT)
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in DOCUMENT["components"]["schemas"]


def test_a_constant_becomes_an_enumeration_and_an_option_of_null_becomes_nullable() -> None:
    assert openapi._openapi_30({"const": "a", "type": "string"}) == {"type": "string", "enum": ["a"]}
    assert openapi._openapi_30({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}) == {
        "type": "string", "nullable": True,
    }  # fmt: skip
    assert openapi._openapi_30({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}) == {
        "allOf": [{"$ref": "#/x"}], "nullable": True,
    }  # fmt: skip
    several = {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}
    assert openapi._openapi_30(several) == {"anyOf": several["anyOf"][:2], "nullable": True}
