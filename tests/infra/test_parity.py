"""The same templates on AWS and on the embedded AWS: what is tested here is what runs there."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.infra.conftest import Templates

SHARED = ("Conecta-Dados", "Conecta-Servico")

# Absent from the emulator, or wrong in it, by what runtime-local found.
AWS_ONLY = {
    "AWS::Backup::BackupSelection",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
}


@pytest.fixture(scope="module")
def emulated() -> set[str]:
    """Resource types the emulator's CloudFormation can make, asked in a process of its own."""
    script = (
        "import json; from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as handlers; "
        "print(json.dumps(sorted(handlers)))"
    )
    answer = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(json.loads(answer.stdout))


@pytest.mark.parametrize("stack", SHARED)
def test_both_clouds_get_the_same_resources(producao: Templates, embarcado: Templates, stack: str) -> None:
    def shape(templates: Templates) -> dict[str, str]:
        # The deployment's name tells its body's fingerprint, in which the origins are.
        return {
            name if resource["Type"] != "AWS::ApiGateway::Deployment" else "": resource["Type"]
            for name, resource in templates.by_stack[stack]["Resources"].items()
            if resource["Type"] != "AWS::Lambda::LayerVersion"
        }

    assert shape(producao) == shape(embarcado)


def test_nothing_shared_is_absent_from_the_emulator(producao: Templates, emulated: set[str]) -> None:
    assert producao.types(*SHARED) <= emulated


def test_no_custom_resource_brings_code_of_its_own(producao: Templates) -> None:
    kinds = producao.types(*SHARED, "Conecta-Aws")
    assert not {kind for kind in kinds if kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"}


def test_what_only_aws_has_is_in_its_own_stack(producao: Templates, embarcado: Templates, emulated: set[str]) -> None:
    assert producao.types("Conecta-Aws") >= AWS_ONLY
    assert not AWS_ONLY & emulated
    assert "Conecta-Aws" not in embarcado.by_stack


def test_stages_share_an_account_without_sharing_a_name(producao: Templates, embarcado: Templates) -> None:
    def names(templates: Templates) -> set[str]:
        keys = (
            "TableName", "FunctionName", "QueueName", "BucketName", "RuleName", "LogGroupName", "StateMachineName",
            "AliasName", "UserPoolName", "LayerName", "TopicName", "AlarmName",
        )  # fmt: skip
        return {
            json.dumps(properties[key])
            for template in templates.by_stack.values()
            for resource in template["Resources"].values()
            for properties in [resource.get("Properties", {})]
            for key in keys
            # A reference to a function is no name of its own.
            if key in properties and not (isinstance(properties[key], dict) and "Ref" in properties[key])
        }

    assert len(names(producao)) > 40
    assert not names(producao) & names(embarcado)


def test_data_is_reached_by_exports_the_emulator_resolves(producao: Templates) -> None:
    exported = {
        output["Export"]["Name"]
        for output in producao.by_stack["Conecta-Dados"]["Outputs"].values()
        if "Export" in output
    }

    def imports(node: Any) -> set[str]:
        if isinstance(node, dict):
            found = {node["Fn::ImportValue"]} if "Fn::ImportValue" in node else set()
            return found.union(*(imports(value) for value in node.values()))
        if isinstance(node, list):
            return set().union(*(imports(value) for value in node))
        return set()

    needed = imports(producao.by_stack["Conecta-Servico"])
    assert needed
    assert needed <= exported
