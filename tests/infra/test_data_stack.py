from __future__ import annotations

import json
import math
from typing import Any

import pytest

from documentos.domain.finalidades import PUBLICADA, RETENCOES
from recurso.domain.pedidos import VALIDADE
from tests.infra.conftest import Templates

TABLES = (
    "cadastro", "beneficiarios", "auditoria", "documentos", "peg", "autorizacao", "pagamento", "recurso",
    "alertas", "selos", "idempotencia",
)  # fmt: skip
DATA = "Conecta-Dados"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_protected_encrypted_and_recoverable(producao: Templates, name: str) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName=f"conecta-producao-{name}")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }
    assert table["SSESpecification"]["SSEType"] == "KMS"
    assert "KMSMasterKeyId" in table["SSESpecification"]
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("pk", "HASH"), ("sk", "RANGE")]


def test_the_embedded_tables_can_be_thrown_away(embarcado: Templates) -> None:
    for table in embarcado.properties("AWS::DynamoDB::Table"):
        assert table["DeletionProtectionEnabled"] is False


def test_outboxes_are_streamed_and_short_lived_rows_expire(producao: Templates) -> None:
    tables = {table["TableName"].rpartition("-")[2]: table for table in producao.properties("AWS::DynamoDB::Table")}
    streams = {name: table.get("StreamSpecification") for name, table in tables.items()}
    new_image = {"StreamViewType": "NEW_IMAGE"}
    assert streams == {
        "cadastro": new_image, "beneficiarios": None, "auditoria": new_image, "selos": None,
        "documentos": new_image, "peg": new_image, "autorizacao": new_image, "pagamento": new_image,
        "recurso": new_image, "alertas": new_image, "idempotencia": None,
    }  # fmt: skip
    expiring = {"AttributeName": "ttl", "Enabled": True}
    lives = {name: table.get("TimeToLiveSpecification") for name, table in tables.items()}
    assert lives == {
        "cadastro": expiring, "beneficiarios": None, "auditoria": expiring, "selos": None,
        "documentos": expiring, "peg": expiring, "autorizacao": expiring, "pagamento": expiring,
        "recurso": expiring, "alertas": expiring, "idempotencia": expiring,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["cadastro", "beneficiarios"])
def test_what_has_no_key_of_its_own_is_found_with_all_its_attributes(producao: Templates, name: str) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName=f"conecta-producao-{name}")
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "busca"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["busca_pk", "busca_sk"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_the_audit_is_found_by_its_key_only(producao: Templates) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName="conecta-producao-auditoria")
    assert not {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"} & set(table)


def test_pending_uploads_are_found_by_a_sparse_index_of_keys(producao: Templates) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName="conecta-producao-documentos")
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "pendentes"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["pendente_pk", "pendente_sk"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_authorizations_are_found_by_what_waits_and_by_what_is_due_and_read_in_the_table(producao: Templates) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName="conecta-producao-autorizacao")
    indexes = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert {name: [key["AttributeName"] for key in index["KeySchema"]] for name, index in indexes.items()} == {
        "busca": ["busca_pk", "busca_sk"],
        "vencimento": ["vencimento_pk", "vencimento_sk"],
    }
    assert all(index["Projection"] == {"ProjectionType": "KEYS_ONLY"} for index in indexes.values())


def test_mail_comes_from_an_address_that_stays_confirmed(producao: Templates, embarcado: Templates) -> None:
    for templates, kept in ((producao, "Retain"), (embarcado, "Delete")):
        (identity,) = templates.resources("AWS::SES::EmailIdentity", DATA).values()
        assert identity["Properties"]["EmailIdentity"] == "nao-responda@conecta.example"
        assert identity["DeletionPolicy"] == kept


def test_nothing_that_holds_data_leaves_with_its_stack(producao: Templates) -> None:
    for kind in (
        "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool",
        "AWS::SecretsManager::Secret",
    ):  # fmt: skip
        for resource in producao.resources(kind, DATA).values():
            assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_each_class_of_data_has_its_own_rotated_key(producao: Templates) -> None:
    keys = list(producao.properties("AWS::KMS::Key"))
    assert len(keys) == 4
    assert all(key["EnableKeyRotation"] is True for key in keys)
    aliases = {alias["AliasName"] for alias in producao.properties("AWS::KMS::Alias")}
    assert aliases == {f"alias/conecta-producao-{name}" for name in ("tabelas", "documentos", "logs", "filas")}


@pytest.mark.parametrize(
    ("name", "order"), [("peg", "recepcao"), ("pagamento", "envio"), ("recurso", "envio"), ("alertas", "ordem")]
)
def test_pegs_are_listed_by_reception_notas_and_recursos_by_when_they_were_sent_and_inicio_by_what_comes_next(
    producao: Templates, name: str, order: str
) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName=f"conecta-producao-{name}")
    (index,) = table["LocalSecondaryIndexes"]
    assert index["IndexName"] == order
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["pk", order]


@pytest.mark.parametrize("name", ["peg", "pagamento", "recurso", "alertas", "selos"])
def test_what_is_in_the_middle_of_something_or_waits_is_found_by_a_sparse_index_of_keys(
    producao: Templates, name: str
) -> None:
    table = producao.one("AWS::DynamoDB::Table", TableName=f"conecta-producao-{name}")
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "fila"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["fila_pk", "fila_sk"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def _bucket(templates: Templates, name: str) -> dict[str, Any]:
    (found,) = (
        bucket for bucket in templates.properties("AWS::S3::Bucket") if f"-{name}-" in json.dumps(bucket["BucketName"])
    )
    return found


@pytest.mark.parametrize("name", ["entrada", "acervo", "registros"])
def test_every_bucket_is_private_and_versioned(producao: Templates, name: str) -> None:
    bucket = _bucket(producao, name)
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    # S3 ends multipart uploads by no rule that asks for a tag: it has them only when they are complete.
    rules = [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "TagFilters" not in rule]
    assert rules
    assert all(rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1} for rule in rules)


def test_every_bucket_is_reached_by_tls_only(producao: Templates) -> None:
    policies = list(producao.properties("AWS::S3::BucketPolicy"))
    assert len(policies) == len(producao.resources("AWS::S3::Bucket"))
    for policy in policies:
        statements = policy["PolicyDocument"]["Statement"]
        assert any(
            statement["Effect"] == "Deny"
            and statement["Action"] == "s3:*"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in statements
        )


@pytest.mark.parametrize("name", ["entrada", "acervo"])
def test_documents_are_encrypted_with_our_key_and_their_accesses_logged(producao: Templates, name: str) -> None:
    bucket = _bucket(producao, name)
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["LoggingConfiguration"]["LogFilePrefix"] == f"{name}/"


def test_a_document_under_another_key_is_refused(producao: Templates) -> None:
    denials = [
        statement
        for policy in producao.properties("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "OnlyWithOurKey"
    ]
    assert len(denials) == 2
    for statement in denials:
        assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:PutObject")
        assert set(statement["Condition"]) == {"Null", "StringNotEquals"}


def test_what_seals_the_audit_is_written_once_and_deleted_by_nobody(producao: Templates, embarcado: Templates) -> None:
    def sealed(templates: Templates) -> dict[str, dict[str, Any]]:
        return {
            statement["Sid"]: statement
            for policy in templates.properties("AWS::S3::BucketPolicy")
            for statement in policy["PolicyDocument"]["Statement"]
            if "Seals" in statement.get("Sid", "")
        }

    kept = sealed(producao)
    for statement in kept.values():
        assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
        assert json.dumps(statement["Resource"]).endswith('/auditoria/*"]]}')
    assert kept["NobodyDeletesSeals"]["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert "Condition" not in kept["NobodyDeletesSeals"]
    written = kept["NobodyWritesSealsTwice"]
    assert (written["Action"], written["Condition"]) == ("s3:PutObject", {"Null": {"s3:if-none-match": "true"}})
    # The embedded AWS tells policies of no such header.
    assert set(sealed(embarcado)) == {"NobodyDeletesSeals"}


@pytest.mark.parametrize("name", ["entrada", "acervo"])
def test_new_documents_are_told_to_eventbridge(producao: Templates, name: str) -> None:
    told = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert _bucket(producao, name)["NotificationConfiguration"] == told


def test_the_entrance_forgets_in_a_week(producao: Templates) -> None:
    bucket = _bucket(producao, "entrada")
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 7
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert "Prefix" not in rule


def _archive_rule(templates: Templates, prefix: str) -> dict[str, Any]:
    rules = _bucket(templates, "acervo")["LifecycleConfiguration"]["Rules"]
    assert {rule["Prefix"] for rule in rules} == {
        "t/", "cadastro/", "autorizacao/", "pagamento/", "demonstrativos/", "auditoria/", "auditoria-exportacoes/",
    }  # fmt: skip
    (found,) = (rule for rule in rules if rule["Prefix"] == prefix and "TagFilters" not in rule)
    return dict(found)


def test_a_document_is_kept_as_long_as_its_class_says(producao: Templates) -> None:
    rules = _bucket(producao, "acervo")["LifecycleConfiguration"]["Rules"]
    kept = {rule["TagFilters"][0]["Value"]: rule for rule in rules if "TagFilters" in rule}
    for name, rule in kept.items():
        assert (rule["Prefix"], rule["TagFilters"]) == ("t/", [{"Key": "retencao", "Value": name}])
    days = {name: rule["ExpirationInDays"] for name, rule in kept.items()}
    assert days.pop("rascunho") > VALIDADE.days
    # Never a day too soon, leap years among them; what an operadora published is in none of them.
    assert days == {one.codigo: math.ceil(365.25 * one.anos) for one in RETENCOES}
    assert PUBLICADA.codigo not in kept


@pytest.mark.parametrize(
    ("prefix", "days"),
    [
        ("cadastro/", 365), ("autorizacao/", 365), ("pagamento/", 365), ("demonstrativos/", 30), ("auditoria/", 2192),
        ("auditoria-exportacoes/", 7),
    ],
)  # fmt: skip
def test_reports_of_loads_are_forgotten_in_a_year_what_can_be_made_again_sooner_and_seals_with_administrative_papers(
    producao: Templates, prefix: str, days: int
) -> None:
    rule = _archive_rule(producao, prefix)
    assert rule["ExpirationInDays"] == days
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_the_archive_of_documents_grows_colder_and_forgets_none_by_its_age_alone(producao: Templates) -> None:
    rule = _archive_rule(producao, "t/")
    assert [(step["StorageClass"], step["TransitionInDays"]) for step in rule["Transitions"]] == [
        ("STANDARD_IA", 90),
        ("GLACIER_IR", 365),
    ]
    assert "ExpirationInDays" not in rule


def test_browsers_post_from_exact_origins_only(embarcado: Templates, producao: Templates) -> None:
    for templates, origin in ((embarcado, "http://localhost:5173"), (producao, "https://portal.conecta.example")):
        (rule,) = _bucket(templates, "entrada")["CorsConfiguration"]["CorsRules"]
        assert rule["AllowedMethods"] == ["POST"]
        assert rule["AllowedOrigins"] == [origin]


def test_a_browser_sent_on_to_a_signed_address_may_only_get_what_it_names(producao: Templates) -> None:
    (rule,) = _bucket(producao, "acervo")["CorsConfiguration"]["CorsRules"]
    assert (rule["AllowedMethods"], rule["AllowedOrigins"], rule["AllowedHeaders"]) == (["GET"], ["*"], ["*"])


def test_both_pools_demand_strong_passwords_and_hide_who_exists(producao: Templates) -> None:
    pools = list(producao.properties("AWS::Cognito::UserPool"))
    assert len(pools) == 2
    for pool in pools:
        policy = pool["Policies"]["PasswordPolicy"]
        assert policy["MinimumLength"] == 12
        assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
        assert pool["AliasAttributes"] == ["email"]
        assert "UsernameAttributes" not in pool
        assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
        assert pool["DeletionProtection"] == "ACTIVE"
        assert pool["UserPoolAddOns"] == {"AdvancedSecurityMode": "ENFORCED"}
        assert [way["Name"] for way in pool["AccountRecoverySetting"]["RecoveryMechanisms"]] == ["verified_email"]


def test_only_prestadores_sign_up_and_only_the_operadora_must_have_a_second_factor(producao: Templates) -> None:
    prestadores = producao.one("AWS::Cognito::UserPool", UserPoolName="conecta-producao-prestadores")
    operadora = producao.one("AWS::Cognito::UserPool", UserPoolName="conecta-producao-operadora")
    assert prestadores["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert operadora["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert (prestadores["MfaConfiguration"], operadora["MfaConfiguration"]) == ("OPTIONAL", "ON")


def test_the_demo_of_the_embedded_operadora_needs_no_phone(embarcado: Templates) -> None:
    operadora = embarcado.one("AWS::Cognito::UserPool", UserPoolName="conecta-embarcado-operadora")
    assert operadora["MfaConfiguration"] == "OPTIONAL"
    assert operadora["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True


def test_portal_sessions_are_short_rotated_and_revocable(producao: Templates) -> None:
    clients = list(producao.properties("AWS::Cognito::UserPoolClient"))
    assert len(clients) == 2
    for client in clients:
        assert client["GenerateSecret"] is False
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert client["EnableTokenRevocation"] is True
        assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
        assert 15 <= client["AccessTokenValidity"] <= 60
        assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
        # Cognito refuses rotation beside the old refresh flow.
        assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"}
        assert client["AllowedOAuthFlowsUserPoolClient"] is False


def test_a_person_can_write_nothing_that_says_who_they_act_for(producao: Templates) -> None:
    for client in producao.properties("AWS::Cognito::UserPoolClient"):
        assert set(client["WriteAttributes"]) == {"email", "name"}
    for pool in producao.properties("AWS::Cognito::UserPool"):
        assert [attribute["Name"] for attribute in pool["Schema"]] == ["email"]


def test_machines_have_twelve_scopes_and_a_token_endpoint(producao: Templates) -> None:
    (server,) = producao.properties("AWS::Cognito::UserPoolResourceServer")
    areas = ("elegibilidade", "autorizacao", "peg", "pagamento", "recurso", "documentos")
    assert server["Identifier"] == "conecta"
    assert {scope["ScopeName"] for scope in server["Scopes"]} == {
        f"{area}.{action}" for area in areas for action in ("ler", "escrever")
    }
    (domain,) = producao.properties("AWS::Cognito::UserPoolDomain")
    assert domain["UserPoolId"] == server["UserPoolId"]


def test_the_operadora_has_its_four_groups(producao: Templates) -> None:
    groups = list(producao.properties("AWS::Cognito::UserPoolGroup"))
    assert {group["GroupName"] for group in groups} == {"central", "auditoria", "financeiro", "cadastro"}


def test_secrets_are_generated_not_written(producao: Templates) -> None:
    secrets = {secret["Name"]: secret for secret in producao.properties("AWS::SecretsManager::Secret")}
    assert set(secrets) == {f"conecta-producao-{name}" for name in ("paginacao", "pseudonimos", "webhooks")}
    for secret in secrets.values():
        assert "SecretString" not in secret
        assert "KmsKeyId" in secret


@pytest.mark.parametrize("name", ["pseudonimos", "webhooks"])
def test_a_key_that_what_is_stored_or_told_depends_on_is_made_as_it_was_at_first(
    producao: Templates, name: str
) -> None:
    secret = producao.one("AWS::SecretsManager::Secret", Name=f"conecta-producao-{name}")
    # Another value here would have CloudFormation draw another key: every stored pseudonym, and every signature that a
    # receiver knows how to verify, would be lost.
    assert secret["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 64}


def test_the_embedded_secrets_can_be_thrown_away(embarcado: Templates) -> None:
    for secret in embarcado.resources("AWS::SecretsManager::Secret").values():
        assert secret["DeletionPolicy"] == "Delete"


def test_the_stack_tells_what_deployment_and_seed_need(producao: Templates) -> None:
    outputs = set(producao.by_stack[DATA]["Outputs"])
    assert {
        "PoolPrestadores",
        "PoolOperadora",
        "ClientePortalPrestadores",
        "ClientePortalOperadora",
        "DominioPrestadores",
        "BucketEntrada",
        "BucketAcervo",
        "TabelaCadastro",
        "TabelaBeneficiarios",
        "TabelaAuditoria",
        "TabelaSelos",
        "TabelaDocumentos",
        "TabelaPeg",
        "TabelaAutorizacao",
        "TabelaPagamento",
        "TabelaRecurso",
        "TabelaAlertas",
        "TabelaIdempotencia",
        "SegredoArn",
        "SegredoPseudonimosArn",
    } <= outputs
