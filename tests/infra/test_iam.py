from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import Aws

from infra.components.nag import wildcards
from infra.settings import from_context
from tests.infra.conftest import Templates

Statement = dict[str, Any]

READ = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}

# What each function may do to tables and documents: the table of grants, said a second time.
GRANTS: dict[str, set[str]] = {
    "PublicoApi": set(),
    "DocumentosApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue",
    },
    "DocumentosEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
        "events:PutEvents",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "DocumentosFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
    },
    "PegApi": {*READ, "s3:GetObject", "s3:ListBucket", "secretsmanager:GetSecretValue"},
    "PegEventos": {
        "dynamodb:GetItem", "dynamodb:UpdateItem", "states:StartExecution", "events:PutEvents",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "PegFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PartiQLInsert", "dynamodb:PutItem",
        "dynamodb:UpdateItem", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    },
}  # fmt: skip
EVERY_FUNCTION = {
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}  # fmt: skip


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(templates: Templates) -> Iterator[tuple[str, Statement]]:
    """Every statement of every identity policy, with the logical id of its policy."""
    for name, policy in templates.resources("AWS::IAM::Policy").items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield name, statement
    for name, role in templates.resources("AWS::IAM::Role").items():
        for inline in role["Properties"].get("Policies", ()):
            for statement in inline["PolicyDocument"]["Statement"]:
                yield name, statement


def flat(resource: Any) -> str:
    """A policy's resource as one text, references between angle brackets."""
    if isinstance(resource, str):
        return resource
    if "Fn::Join" in resource:
        separator, parts = resource["Fn::Join"]
        return str(separator).join(flat(part) for part in parts)
    if resource == {"Ref": "AWS::AccountId"}:
        return "<AWS::AccountId>"
    return f"<{json.dumps(resource)}>"


def test_no_identity_policy_has_a_wildcard_action(producao: Templates) -> None:
    found = list(statements(producao))
    assert len(found) > 50
    for policy, statement in found:
        for action in listed(statement["Action"]):
            assert "*" not in action, f"{policy} allows {action}"


def test_wildcard_resources_are_those_of_the_reasoned_table(producao: Templates) -> None:
    allowed: dict[str, set[str]] = {}
    for wildcard in wildcards(from_context(producao.context.get)):
        assert len(wildcard.reason) > 10
        resource = wildcard.resource.replace(Aws.ACCOUNT_ID, "<AWS::AccountId>")
        allowed.setdefault(resource, set()).update(wildcard.actions)
    used: dict[str, set[str]] = {}
    for _, statement in statements(producao):
        for resource in listed(statement["Resource"]):
            if "*" in flat(resource):
                used.setdefault(flat(resource), set()).update(listed(statement["Action"]))
    assert used
    for resource, actions in used.items():
        assert actions <= allowed.get(resource, set()), resource


def test_the_embedded_policies_differ_only_by_what_the_emulator_calls_a_batch_of_inserts(
    producao: Templates, embarcado: Templates
) -> None:
    def granted(templates: Templates) -> set[tuple[str, str]]:
        return {
            (policy, action) for policy, statement in statements(templates) for action in listed(statement["Action"])
        }

    here = {policy for policy, _ in granted(producao)}
    ((policy, action),) = {grant for grant in granted(embarcado) - granted(producao) if grant[0] in here}
    assert policy.startswith("PegFluxo")
    assert action == "dynamodb:BatchExecuteStatement"


def test_nobody_scans_and_nobody_deletes_rows(producao: Templates) -> None:
    granted = {action for _, statement in statements(producao) for action in listed(statement["Action"])}
    assert not {"dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"} & granted


def test_every_statement_allows_to_one_role_only(producao: Templates) -> None:
    for policy in producao.properties("AWS::IAM::Policy"):
        assert len(policy["Roles"]) == 1
    for role in producao.properties("AWS::IAM::Role", "Conecta-Servico"):
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert "Service" in trust["Principal"]


def test_each_function_has_its_own_role_and_no_managed_policy(producao: Templates) -> None:
    roles = [made["Role"]["Fn::GetAtt"][0] for made in producao.properties("AWS::Lambda::Function")]
    assert len(set(roles)) == len(roles) == len(GRANTS)
    for name, role in producao.resources("AWS::IAM::Role", "Conecta-Servico").items():
        if name in roles:
            assert "ManagedPolicyArns" not in role["Properties"]


@pytest.mark.parametrize("function", GRANTS)
def test_a_function_may_do_what_its_line_says_and_nothing_else(producao: Templates, function: str) -> None:
    granted = {
        action
        for policy, statement in statements(producao)
        if policy.startswith(f"{function}Papel")
        for action in listed(statement["Action"])
    }
    assert granted - EVERY_FUNCTION == GRANTS[function]


def test_other_contexts_tables_are_only_read(producao: Templates) -> None:
    for policy, statement in statements(producao):
        if any("CadastroTabela" in flat(resource) for resource in listed(statement["Resource"])):
            writes = set(listed(statement["Action"])) & {"dynamodb:PutItem", "dynamodb:UpdateItem"}
            assert not writes, policy
        if policy.startswith("Peg"):
            assert not any("DocumentosTabela" in flat(resource) for resource in listed(statement["Resource"]))
        if policy.startswith("Documentos"):
            assert not any("PegTabela" in flat(resource) for resource in listed(statement["Resource"]))


def test_only_the_account_administers_a_key(producao: Templates) -> None:
    for key in producao.properties("AWS::KMS::Key"):
        administration, *uses = key["KeyPolicy"]["Statement"]
        assert administration["Action"] == "kms:*"
        assert ":root" in flat(administration["Principal"]["AWS"])
        for statement in uses:
            assert not any("*" in action for action in listed(statement["Action"]))
            assert "Service" in statement["Principal"]


def test_only_its_own_rule_puts_events_into_a_queue(producao: Templates) -> None:
    rules = set(producao.resources("AWS::Events::Rule"))
    named = set()
    for policy in producao.properties("AWS::SQS::QueuePolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Principal"] == {"Service": "events.amazonaws.com"}
                assert statement["Action"] == "sqs:SendMessage"
                named.add(statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::GetAtt"][0])
    assert named == rules
