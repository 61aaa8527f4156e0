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
    "CadastroApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "secretsmanager:GetSecretValue",
        "cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser", "cognito-idp:ListUsers",
        "cognito-idp:CreateUserPoolClient", "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:DeleteUserPoolClient", "cognito-idp:UpdateUserPoolClient",
    },
    "CadastroEventos": {
        "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem", "states:StartExecution",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "events:PutEvents",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "CadastroFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "secretsmanager:GetSecretValue",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
    },
    "AutorizacaoApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue",
    },
    "AutorizacaoEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "states:StartExecution",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
        "events:PutEvents", "secretsmanager:GetSecretValue", "ses:SendEmail",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "AutorizacaoFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
    },
    "TissApi": {"lambda:InvokeFunction"},
    "DocumentosApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging", "secretsmanager:GetSecretValue",
    },
    "DocumentosEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
        "s3:PutObjectTagging", "events:PutEvents",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "DocumentosFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
        "s3:PutObjectTagging",
    },
    "PegApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
        "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue", "lambda:InvokeFunction",
    },
    "PegEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
        "dynamodb:PutItem", "dynamodb:UpdateItem", "states:StartExecution", "events:PutEvents",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue", "lambda:InvokeFunction",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "PegFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate",
        "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue",
    },
    "PagamentoApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue", "lambda:InvokeFunction",
    },
    "PagamentoEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "states:StartExecution",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
        "events:PutEvents",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "PagamentoFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue",
        "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject",
    },
    "RecursoApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging", "secretsmanager:GetSecretValue",
    },
    "RecursoEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject", "events:PutEvents",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "RecursoFluxo": {*READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
    "AlertasApi": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue", "lambda:InvokeFunction",
    },
    "AlertasEventos": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "events:PutEvents", "lambda:InvokeFunction",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "AlertasFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "secretsmanager:GetSecretValue", "ses:SendEmail",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
    },
    "AuditoriaApi": {
        *READ, "dynamodb:PutItem", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "secretsmanager:GetSecretValue",
    },
    "AuditoriaFluxo": {
        *READ, "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    },
}  # fmt: skip
EVERY_FUNCTION = {
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo",
    "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage", "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}  # fmt: skip


AUTORIZACAO = {"AutorizacaoApi", "AutorizacaoEventos", "AutorizacaoFluxo"}
PEG = {"PegApi", "PegEventos", "PegFluxo"}
PAGAMENTO = {"PagamentoApi", "PagamentoEventos", "PagamentoFluxo"}
CONTESTING = {"RecursoApi", "RecursoEventos"}
LINKING = {"DocumentosApi", "DocumentosEventos"}
ALERTAS = {"AlertasApi", "AlertasEventos", "AlertasFluxo"}


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


def test_the_embedded_policies_differ_only_by_what_the_emulator_calls_a_batch(
    producao: Templates, embarcado: Templates
) -> None:
    def granted(templates: Templates) -> set[tuple[str, str]]:
        return {
            (policy, action) for policy, statement in statements(templates) for action in listed(statement["Action"])
        }

    here = {policy for policy, _ in granted(producao)}
    found = {grant for grant in granted(embarcado) - granted(producao) if grant[0] in here}
    assert {(policy.partition("Papel")[0], action) for policy, action in found} == {
        *((name, "dynamodb:BatchExecuteStatement") for name in ("CadastroFluxo", *PEG)),
        *((name, "sqs:SendMessageBatch") for name in ALERTAS),
    }


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


def on_table(templates: Templates, table: str) -> dict[str, set[str]]:
    """What each function's policy allows on one table and its indexes."""
    granted: dict[str, set[str]] = {}
    for policy, statement in statements(templates):
        if any(f"{table}Tabela" in flat(resource) for resource in listed(statement["Resource"])):
            granted.setdefault(policy.partition("Papel")[0], set()).update(listed(statement["Action"]))
    return granted


@pytest.mark.parametrize(
    ("table", "owner", "readers"),
    [
        (
            "Cadastro", "Cadastro",
            {*LINKING, *PEG, *AUTORIZACAO, *PAGAMENTO, *CONTESTING, "RecursoFluxo", *ALERTAS, "AuditoriaApi"},
        ),
        ("Beneficiarios", "Cadastro", PEG | AUTORIZACAO),
        ("Documentos", "Documentos", {"AutorizacaoApi", "AutorizacaoEventos", *PAGAMENTO, *CONTESTING}),
        ("Peg", "Peg", PAGAMENTO | CONTESTING | LINKING),
        ("Pagamento", "Pagamento", set()),
        ("Recurso", "Recurso", LINKING),
        ("Autorizacao", "Autorizacao", PEG | LINKING),
        ("Alertas", "Alertas", set()),
        ("Selos", "Auditoria", set()),
    ],
)  # fmt: skip
def test_other_contexts_tables_are_only_read_but_for_what_is_billed_of_a_senha(
    producao: Templates, table: str, owner: str, readers: set[str]
) -> None:
    others = {name: actions for name, actions in on_table(producao, table).items() if not name.startswith(owner)}
    assert set(others) == readers
    billed = PEG if table == "Autorizacao" else set()
    assert all(
        actions <= READ | ({"dynamodb:PartiQLUpdate"} if name in billed else set()) for name, actions in others.items()
    )


@pytest.mark.parametrize("stage", ["producao", "embarcado"])
@pytest.mark.parametrize("function", sorted(PEG))
def test_of_an_authorization_billing_writes_its_use_and_nothing_else(
    request: pytest.FixtureRequest, stage: str, function: str
) -> None:
    templates: Templates = request.getfixturevalue(stage)
    (found,) = (
        statement
        for policy, statement in statements(templates)
        if policy.startswith(f"{function}Papel")
        and "dynamodb:PartiQLUpdate" in listed(statement["Action"])
        and any("AutorizacaoTabela" in flat(resource) for resource in listed(statement["Resource"]))
    )
    # The table alone: an index's keys would have to be among the attributes.
    assert len(listed(found["Resource"])) == 1
    assert "/index/" not in flat(found["Resource"])
    assert listed(found["Action"]) == ["dynamodb:PartiQLUpdate"]
    assert found["Condition"] == {
        "ForAllValues:StringEquals": {
            "dynamodb:Attributes": ["pk", "sk", "versao", "situacao", "faturadas", "usos"],
        },
        # "For all values" is true of a request that names none.
        "Null": {"dynamodb:Attributes": "false"},
        "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"},
    }


def test_no_other_grant_is_conditional(producao: Templates) -> None:
    conditional = {
        policy.partition("Papel")[0] for policy, statement in statements(producao) if "Condition" in statement
    }
    assert conditional == PEG


def indexes(templates: Templates, table: str) -> dict[str, set[str]]:
    """Which indexes of one table each function's policy names."""
    named: dict[str, set[str]] = {}
    for policy, statement in statements(templates):
        for resource in listed(statement["Resource"]):
            if f"{table}Tabela" in flat(resource) and "/index/" in flat(resource):
                named.setdefault(policy.partition("Papel")[0], set()).add(flat(resource).rpartition("/")[2])
    return named


def test_each_index_of_authorizations_is_for_whoever_looks_there(producao: Templates) -> None:
    assert indexes(producao, "Autorizacao") == {
        "AutorizacaoApi": {"busca"},
        "AutorizacaoEventos": {"busca"},
        "AutorizacaoFluxo": {"vencimento"},
    }
    assert indexes(producao, "Beneficiarios") == {
        "AutorizacaoApi": {"busca"},
        "AutorizacaoEventos": {"busca"},
        "CadastroApi": {"busca"},
        **{function: {"busca"} for function in PEG},
    }


def test_who_lists_pegs_and_who_finishes_them_look_where_they_are_in_order(producao: Templates) -> None:
    assert indexes(producao, "Peg") == {
        "PegApi": {"fila", "recepcao"},
        "PegFluxo": {"fila"},
        "PagamentoApi": {"recepcao"},
        "PagamentoFluxo": {"recepcao"},
        "RecursoApi": {"recepcao"},
    }
    assert indexes(producao, "Pagamento") == {"PagamentoApi": {"envio", "fila"}, "PagamentoFluxo": {"fila"}}
    assert indexes(producao, "Recurso") == {"RecursoApi": {"envio", "fila"}, "RecursoFluxo": {"fila"}}


def test_inicio_and_who_delivers_look_where_things_are_in_order_and_for_whom_a_publication_is_is_searched(
    producao: Templates,
) -> None:
    assert indexes(producao, "Alertas") == {
        "AlertasApi": {"ordem"}, "AlertasEventos": {"ordem"}, "AlertasFluxo": {"fila", "ordem"},
    }  # fmt: skip
    assert indexes(producao, "Selos") == {"AuditoriaFluxo": {"fila"}}
    assert indexes(producao, "Cadastro") == {"CadastroApi": {"busca"}, "DocumentosApi": {"busca"}}


def test_of_documents_others_learn_only_whether_they_are_there_and_what_they_are(producao: Templates) -> None:
    granted = on_table(producao, "Documentos")
    for name in ("AutorizacaoApi", "AutorizacaoEventos", *PAGAMENTO, *CONTESTING):
        assert granted[name] == {"dynamodb:BatchGetItem", "dynamodb:GetItem"}


def test_what_is_contested_or_proved_is_looked_at_one_by_one_and_searched_by_who_lists_it(producao: Templates) -> None:
    one, listed = {"dynamodb:GetItem"}, {"dynamodb:GetItem", "dynamodb:Query"}
    pegs, recursos, senhas = (on_table(producao, table) for table in ("Peg", "Recurso", "Autorizacao"))
    assert (pegs["RecursoApi"], pegs["RecursoEventos"]) == (listed, one)
    for name in LINKING:
        assert (pegs[name], recursos[name], senhas[name]) == (one, one, listed)


def test_questions_of_callers_are_counted_and_answers_kept_where_they_expire(producao: Templates) -> None:
    counting = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
    keeping = {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert on_table(producao, "Idempotencia") == {
        "AutorizacaoApi": counting,
        "AutorizacaoEventos": keeping,
        "CadastroApi": counting,
        **dict.fromkeys(LINKING, keeping),
        "PagamentoApi": counting,
        "PegApi": counting,
        "PegEventos": keeping,
        **dict.fromkeys(CONTESTING, keeping),
        "AlertasApi": counting,
    }


def test_lives_are_reached_by_eligibility_authorization_billing_and_loads_and_nobody_else(producao: Templates) -> None:
    assert set(on_table(producao, "Beneficiarios")) == {"CadastroApi", "CadastroFluxo", *AUTORIZACAO, *PEG}


def test_the_audit_only_grows_and_is_read_by_who_shows_and_seals_it(producao: Templates) -> None:
    granted = on_table(producao, "Auditoria")
    following = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    assert granted.pop("AuditoriaApi") == {"dynamodb:PutItem", "dynamodb:Query"}
    assert granted.pop("AuditoriaFluxo") == {"dynamodb:GetItem", "dynamodb:Query", *following}
    assert set(granted) == {
        "AutorizacaoApi", "AutorizacaoEventos", "CadastroApi", *LINKING, *PEG, *PAGAMENTO, *CONTESTING,
    }  # fmt: skip
    assert all(actions == {"dynamodb:PutItem"} for actions in granted.values())


def test_what_seals_the_audit_is_written_by_who_may_write_no_row_of_it(producao: Templates) -> None:
    granted = on_table(producao, "Selos")
    assert granted["AuditoriaApi"] == READ
    assert {name for name, actions in granted.items() if actions - READ} == {"AuditoriaFluxo"}


def test_people_and_clients_are_made_in_the_pool_of_prestadores_only(producao: Templates) -> None:
    for policy, statement in statements(producao):
        if any(action.startswith("cognito-idp:") for action in listed(statement["Action"])):
            assert policy.startswith("CadastroApi")
            (pool,) = listed(statement["Resource"])
            assert "IdentidadePrestadores" in flat(pool)


def test_the_key_of_pseudonyms_is_read_where_lives_or_prestadores_are_looked_for(producao: Templates) -> None:
    readers = {
        policy.partition("Papel")[0]
        for policy, statement in statements(producao)
        if any("Pseudonimos" in flat(resource) for resource in listed(statement["Resource"]))
    }
    assert readers == {"CadastroApi", "CadastroFluxo", "PagamentoFluxo", *AUTORIZACAO, *PEG}


LOADS = {"Cadastro": "cadastro/*", "Autorizacao": "autorizacao/*", "Pagamento": "pagamento/*"}
DOCUMENTS = "t/*"
APPEALS = {"t/*/*/pegs/*", "t/*/*/recursos/*"}
READS: dict[str, set[str]] = {
    "CadastroApi": {LOADS["Cadastro"]},
    "CadastroEventos": {LOADS["Cadastro"]},
    "CadastroFluxo": {LOADS["Cadastro"]},
    "AutorizacaoEventos": {LOADS["Autorizacao"], DOCUMENTS},
    "AutorizacaoFluxo": {LOADS["Autorizacao"]},
    "DocumentosApi": {DOCUMENTS},
    "DocumentosEventos": {DOCUMENTS},
    "DocumentosFluxo": {DOCUMENTS},
    **{name: {DOCUMENTS} for name in PEG},
    "PagamentoApi": {DOCUMENTS, "demonstrativos/*"},
    "PagamentoEventos": {LOADS["Pagamento"], DOCUMENTS},
    "PagamentoFluxo": {LOADS["Pagamento"], DOCUMENTS, "demonstrativos/*"},
    "RecursoApi": APPEALS,
    "RecursoEventos": {*APPEALS, "t/*/*/mensagem_tiss/*", "t/*/*/respostas/*"},
    "AuditoriaApi": {"auditoria/*", "auditoria-exportacoes/*"},
    "AuditoriaFluxo": {"auditoria/*"},
}
"""What each function reads or writes of the buckets, by prefix."""


def test_of_the_dossiers_of_pegs_who_contests_them_writes_none(producao: Templates) -> None:
    dossiers = [
        listed(statement["Action"])
        for _, statement in statements(producao)
        if any(flat(resource).endswith("/t/*/*/pegs/*") for resource in listed(statement["Resource"]))
    ]
    assert dossiers == [["s3:GetObject"]] * len(CONTESTING)


def test_documents_loads_and_demonstrativos_are_apart(producao: Templates) -> None:
    used: dict[str, set[str]] = {}
    for policy, statement in statements(producao):
        for resource in listed(statement["Resource"]):
            if "s3:GetObject" in listed(statement["Action"]) or "s3:PutObject" in listed(statement["Action"]):
                bucket, _, prefix = flat(resource).partition("/")
                name = policy.partition("Papel")[0]
                used.setdefault(name, set()).add(prefix)
                if not name.startswith(("Cadastro", "Documentos")):
                    # Of what has just arrived others see the operadora's own files only.
                    assert "entrada" not in bucket or prefix in LOADS.values()
    assert used == READS


def test_mail_is_sent_by_who_writes_to_oncology_and_who_sums_up_alertas_and_from_one_address(
    producao: Templates,
) -> None:
    senders = {
        policy.partition("Papel")[0]: flat(statement["Resource"])
        for policy, statement in statements(producao)
        if "ses:SendEmail" in listed(statement["Action"])
    }
    identity = "arn:aws:ses:sa-east-1:<AWS::AccountId>:identity/nao-responda@conecta.example"
    assert senders == {"AutorizacaoEventos": identity, "AlertasFluxo": identity}


def test_the_key_of_webhooks_is_read_by_who_speaks_to_them(producao: Templates) -> None:
    readers = {
        policy.partition("Papel")[0]
        for policy, statement in statements(producao)
        if any("Webhooks" in flat(resource) for resource in listed(statement["Resource"]))
        and "secretsmanager:GetSecretValue" in listed(statement["Action"])
    }
    assert readers == {"AlertasApi", "AlertasFluxo"}


def test_a_state_machine_is_started_by_its_context_and_by_its_schedule(producao: Templates) -> None:
    starters = {
        (policy.partition("Papel")[0], flat(machine).partition("Maquina")[0].removeprefix('<{"Ref": "'))
        for policy, statement in statements(producao)
        if "states:StartExecution" in listed(statement["Action"])
        for machine in listed(statement["Resource"])
    }
    assert starters == {
        ("AutorizacaoEventos", "CargaAutorizacao"),
        ("CadastroEventos", "CargaCadastro"),
        ("PegEventos", "RecepcaoPeg"),
        ("VarreduraAutorizacoes", "ExpiracaoAutorizacoes"),
        ("PagamentoEventos", "CargaPagamento"),
        ("PagamentoEventos", "DemonstrativosLote"),
        ("PagamentoEventos", "FechamentoEntregas"),
        ("FechamentoDoDia", "FechamentoEntregas"),
    }


def test_the_xml_door_calls_owners_and_touches_no_data(producao: Templates) -> None:
    called = [
        flat(resource)
        for policy, statement in statements(producao)
        if policy.startswith("TissApi") and "lambda:InvokeFunction" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]
    owners = (
        "AutorizacaoApiFuncao", "CadastroApiFuncao", "DocumentosApiFuncao", "PagamentoApiFuncao", "PegApiFuncao",
        "RecursoApiFuncao",
    )  # fmt: skip
    assert len(called) == len(owners)
    assert all(any(name in arn for arn in called) for name in owners)


def test_workflows_and_sweeps_call_their_own_function_and_others_who_knows_what_they_do_not(
    producao: Templates,
) -> None:
    called: dict[str, set[str]] = {}
    for policy, statement in statements(producao):
        if "lambda:InvokeFunction" in listed(statement["Action"]) and not policy.startswith("TissApi"):
            for resource in listed(statement["Resource"]):
                callee = flat(resource).partition("Funcao")[0].removeprefix('<{"Fn::GetAtt": ["')
                called.setdefault(policy.partition("Papel")[0], set()).add(callee)
    assert called == {
        "CargaAutorizacao": {"AutorizacaoFluxo"},
        "CargaCadastro": {"CadastroFluxo"},
        "CargaPagamento": {"PagamentoFluxo"},
        "DemonstrativosLote": {"PagamentoFluxo"},
        "FechamentoEntregas": {"PagamentoFluxo"},
        "ConciliacaoUploads": {"DocumentosFluxo"},
        "ExpiracaoAutorizacoes": {"AutorizacaoFluxo"},
        "PegApi": {"AutorizacaoApi", "RecursoApi"},
        "PegEventos": {"AutorizacaoApi", "RecursoApi"},
        "PrazosDeRecursos": {"RecursoFluxo"},
        "PagamentoApi": {"RecursoApi"},
        "AlertasApi": {"DocumentosApi"},
        "AlertasEventos": {"DocumentosApi", "RecursoApi"},
        "EntregasDeWebhooks": {"AlertasFluxo"},
        "ResumosDeAlertas": {"AlertasFluxo"},
        "SelagemDaAuditoria": {"AuditoriaFluxo"},
        "RecepcaoPeg": {"PegFluxo"},
        "VarreduraPeg": {"PegFluxo"},
    }


def test_only_the_account_administers_a_key(producao: Templates) -> None:
    for key in producao.properties("AWS::KMS::Key"):
        administration, *uses = key["KeyPolicy"]["Statement"]
        assert administration["Action"] == "kms:*"
        assert ":root" in flat(administration["Principal"]["AWS"])
        for statement in uses:
            assert not any("*" in action for action in listed(statement["Action"]))
            assert "Service" in statement["Principal"]


def test_only_their_own_rules_put_events_into_queues(producao: Templates) -> None:
    rules = producao.resources("AWS::Events::Rule")
    named: dict[str, set[str]] = {}
    for policy in producao.properties("AWS::SQS::QueuePolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                assert statement["Principal"] == {"Service": "events.amazonaws.com"}
                assert statement["Action"] == "sqs:SendMessage"
                (queue,) = (each["Ref"] for each in policy["Queues"])
                named[queue] = {arn["Fn::GetAtt"][0] for arn in statement["Condition"]["ArnEquals"]["aws:SourceArn"]}
    (undelivered,) = (name for name in named if "NaoEntregues" in name)
    assert named.pop(undelivered) == set(rules)
    assert named == {
        queue: {
            name for name, rule in rules.items()
            if rule["Properties"]["Targets"][0]["Arn"]["Fn::GetAtt"][0] == queue
        }
        for queue in named
    }  # fmt: skip
    assert set().union(*named.values()) == set(rules)


def test_policies_of_queues_are_as_small_as_sqs_asks(producao: Templates) -> None:
    for policy in producao.properties("AWS::SQS::QueuePolicy"):
        document = policy["PolicyDocument"]
        assert len(document["Statement"]) <= 20
        # An ARN is longer than what stands for it here.
        assert len(text := json.dumps(document)) + 70 * text.count("Fn::GetAtt") < 8192
