"""Every finding we live with, once, each with its reason: rule packs, CDK's own checks, IAM wildcards.

The suppressions are acknowledged in every synth, so that any run of cdk-nag sees them; `python -m infra.nag`
is the run that must end without a finding.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Acknowledgment, Aws, CfnResource, Validations
from constructs import IConstruct

from infra.components.backup import MANAGED_POLICIES as BACKUP_POLICIES
from infra.components.buckets import (
    ANSWERS_PREFIX,
    APPEALS_PREFIX,
    AUTHORIZATION_LOADS_PREFIX,
    DOSSIERS_PREFIX,
    EXPORTS_PREFIX,
    LOADS_PREFIX,
    MESSAGES_PREFIX,
    PAYMENT_LOADS_PREFIX,
    SEALS_PREFIX,
    STATEMENTS_PREFIX,
    objects_arn,
)
from infra.components.context_table import streams_arn
from infra.settings import Estagio, Settings


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding that is acknowledged.

    Attributes:
        rule: the finding's id, with `[detail]` where the rule gives one.
        types: CloudFormation types it is acknowledged on.
        reason: why that is right here.
        path: text a construct's path contains; empty for every resource of the types.
        outside_production: whether the finding cannot occur in producao, where a test asserts the contrary.
    """

    rule: str
    types: tuple[str, ...]
    reason: str
    path: str = ""
    outside_production: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A resource with `*` that an identity policy may name.

    Attributes:
        resource: the resource, with the account as a CDK token.
        actions: all that may be allowed on it.
        reason: why nothing narrower would do.
    """

    resource: str
    actions: frozenset[str]
    reason: str


_POLICY = ("AWS::IAM::Policy",)
_ROLE = ("AWS::IAM::Role",)
_FUNCTION = ("AWS::Lambda::Function",)
_STAGE = ("AWS::ApiGateway::Stage",)
_MANAGED = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{}]"

SUPPRESSIONS: tuple[Suppression, ...] = (
    Suppression(
        "CloudFormation-Validate::E3005",
        ("AWS::ApiGateway::Deployment",),
        "CloudFormation ignores a DependsOn whose resource's condition is false; the order matters where it is true",
    ),
    Suppression(
        "CloudFormation-Validate::W2502",
        ("AWS::ApiGateway::Deployment",),
        "As E3005: the deployment exists in every stage, the gateway responses only in the embedded one",
    ),
    Suppression(
        "CloudFormation-Validate::W3660",
        ("AWS::ApiGateway::RestApi",),
        "The related gateway responses exist only in the embedded AWS, where the body's are not honoured; on AWS "
        "the body has them all",
    ),
    Suppression(
        "AwsSolutions-APIG2",
        ("AWS::ApiGateway::RestApi",),
        "The core validates and answers 422 listing all that is wrong (decisoes 9); the gateway's 400 says less",
    ),
    Suppression(
        "AwsSolutions-APIG3", _STAGE, "The web ACL is associated in Conecta-Aws; the embedded AWS cannot associate"
    ),
    Suppression(
        "AwsSolutions-COG2",
        ("AWS::Cognito::UserPool",),
        "Prestadores choose a second factor (decisoes 6): a reception desk shares a computer, not a phone. The "
        "operadora's own pool requires it",
        path="Identidade/Prestadores",
    ),
    Suppression(
        "AwsSolutions-COG2",
        ("AWS::Cognito::UserPool",),
        "Required in every stage but the embedded one, whose demo signs in without a phone",
        path="Identidade/Operadora",
        outside_production=True,
    ),
    Suppression(
        "AwsSolutions-L1",
        _FUNCTION,
        "python3.13 is the target the layers are built and tested for; it is a context value, moved deliberately",
    ),
    Suppression(
        "AwsSolutions-SMG4",
        ("AWS::SecretsManager::Secret",),
        "It signs cursors that live minutes and guards no data; rotated by runbook, after which old ones are refused",
        path="Conecta-Dados/Segredo",
    ),
    Suppression(
        "AwsSolutions-SMG4",
        ("AWS::SecretsManager::Secret",),
        "Every stored pseudonym is made with it: another key would find nobody. Changing it is a migration, not a "
        "rotation",
        path="Conecta-Dados/Pseudonimos",
    ),
    Suppression(
        "AwsSolutions-SMG4",
        ("AWS::SecretsManager::Secret",),
        "What signs for each webhook follows from it and is rotated by its own gestor, with an overlap; another key "
        "here would have every receiver refuse what is true",
        path="Conecta-Dados/Webhooks",
    ),
    Suppression(
        "HIPAA.Security-SecretsManagerRotationEnabled",
        ("AWS::SecretsManager::Secret",),
        "As AwsSolutions-SMG4",
    ),
    Suppression(
        "AwsSolutions-SQS3",
        ("AWS::SQS::Queue",),
        "It is itself where rules and schedules put what they could not deliver",
        path="Eventos/NaoEntregues",
    ),
    Suppression(
        _MANAGED.format("service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
        _ROLE,
        "API Gateway checks its region-wide logging role against this very policy, which only writes logs",
        path="Api/RegistroApi",
    ),
    *(
        Suppression(
            _MANAGED.format(name),
            _ROLE,
            "AWS Backup's own role; only the service assumes it, and it keeps the policy up to date",
            path="Copias/Papel",
        )
        for name in BACKUP_POLICIES
    ),
    Suppression(
        "HIPAA.Security-APIGWCacheEnabledAndEncrypted",
        _STAGE,
        "No answer may be kept: each is one principal's view of health data, sent with Cache-Control no-store",
    ),
    Suppression(
        "HIPAA.Security-APIGWSSLEnabled",
        _STAGE,
        "A client certificate authenticates the gateway to HTTP back ends; these are Lambda, called with IAM",
    ),
    Suppression(
        "HIPAA.Security-DynamoDBInBackupPlan",
        ("AWS::DynamoDB::Table",),
        "PITR of 35 days here and a daily plan in Conecta-Aws (the embedded AWS has no selections); idempotency "
        "rows expire by themselves",
    ),
    Suppression(
        "HIPAA.Security-IAMNoInlinePolicy",
        _POLICY,
        "Each policy belongs to exactly one role and is read beside it; a shared managed policy would hide who "
        "may do what",
    ),
    Suppression(
        "HIPAA.Security-LambdaInsideVPC",
        _FUNCTION,
        "The functions call only AWS's public endpoints, by TLS and IAM; a VPC would add NAT and cold starts, and "
        "nothing to isolate",
    ),
    Suppression(
        "HIPAA.Security-LambdaConcurrency",
        _FUNCTION,
        "Reserved in producao; other stages share an account's unreserved concurrency",
        outside_production=True,
    ),
    Suppression(
        "HIPAA.Security-S3BucketReplicationEnabled",
        ("AWS::S3::Bucket",),
        "The acervo is versioned and backed up daily; entrada lives seven days and registros are logs. Health data "
        "leaves the region only when a person decides so",
    ),
    Suppression(
        "HIPAA.Security-S3DefaultEncryptionKMS",
        ("AWS::S3::Bucket",),
        "S3 delivers server access logs only to buckets encrypted with its own keys",
        path="Buckets/Registros",
    ),
)


def wildcards(settings: Settings) -> tuple[Wildcard, ...]:
    """Every resource with `*` that an identity policy of this deployment may name, with all it may allow."""
    return (
        Wildcard(
            "*",
            frozenset(
                {
                    "xray:GetSamplingRules",
                    "xray:GetSamplingTargets",
                    "xray:PutTelemetryRecords",
                    "xray:PutTraceSegments",
                }
            ),
            "X-Ray knows no resources",
        ),
        Wildcard(
            "*",
            frozenset(
                {
                    "logs:CreateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:DescribeLogGroups",
                    "logs:DescribeResourcePolicies",
                    "logs:GetLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:UpdateLogDelivery",
                }
            ),
            "Log delivery of a state machine knows no resources",
        ),
        Wildcard(
            objects_arn(settings, "entrada"),
            frozenset({"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}),
            "Uploads of every tenant; the core makes each key from the verified tenant",
        ),
        Wildcard(
            objects_arn(settings, "acervo"),
            frozenset({"s3:GetObject", "s3:PutObject", "s3:PutObjectTagging"}),
            "Documents of every tenant; the core makes each key from the verified tenant. Nothing is deleted",
        ),
        Wildcard(
            objects_arn(settings, "acervo", STATEMENTS_PREFIX),
            frozenset({"s3:GetObject", "s3:PutObject"}),
            "Demonstrativos of every tenant; the core makes each key from the verified tenant",
        ),
        *(
            Wildcard(
                objects_arn(settings, "acervo", prefix),
                frozenset({"s3:GetObject", "s3:PutObject"}),
                "The audit of every tenant; whoever seals it serves them all, and the core makes each key",
            )
            for prefix in (SEALS_PREFIX, EXPORTS_PREFIX)
        ),
        *(
            Wildcard(
                objects_arn(settings, "acervo", prefix),
                frozenset(f"s3:{action}" for action in actions),
                "One kind of documents of every tenant; the core makes each key from the verified tenant",
            )
            for prefix, actions in (
                (DOSSIERS_PREFIX, ("GetObject",)),
                (APPEALS_PREFIX, ("GetObject", "PutObject", "PutObjectTagging")),
                (MESSAGES_PREFIX, ("GetObject",)),
                (ANSWERS_PREFIX, ("PutObject",)),
            )
        ),
        *(
            wildcard
            for prefix in (LOADS_PREFIX, AUTHORIZATION_LOADS_PREFIX, PAYMENT_LOADS_PREFIX)
            for wildcard in (
                Wildcard(
                    objects_arn(settings, "entrada", prefix),
                    frozenset({"s3:GetObject", "s3:GetObjectVersion"}),
                    "Files the operadoras load; whose is said by the key of the event, written by the operadora",
                ),
                Wildcard(
                    objects_arn(settings, "acervo", prefix),
                    frozenset({"s3:GetObject", "s3:PutObject"}),
                    "Reports of loads, of every operadora; the core makes each key from the load's own record",
                ),
            )
        ),
        *(
            Wildcard(
                streams_arn(settings, contexto),
                frozenset({"dynamodb:ListStreams"}),
                "A stream's name ends in the instant it was made",
            )
            for contexto in (
                "alertas",
                "auditoria",
                "autorizacao",
                "cadastro",
                "documentos",
                "pagamento",
                "peg",
                "recurso",
            )
        ),
    )


def suppressions(settings: Settings) -> tuple[Suppression, ...]:
    """Every suppression of this deployment, those of the wildcards among them."""
    production = settings.estagio is Estagio.PRODUCAO
    return (
        *(suppression for suppression in SUPPRESSIONS if not (production and suppression.outside_production)),
        *(
            Suppression(f"AwsSolutions-IAM5[Resource::{_as_nag_writes(wildcard.resource)}]", _POLICY, wildcard.reason)
            for wildcard in wildcards(settings)
        ),
    )


def acknowledge(app: IConstruct, table: tuple[Suppression, ...]) -> None:
    """Acknowledge every suppression on the resources it is meant for, anywhere in the app."""
    for construct in app.node.find_all():
        if not isinstance(construct, CfnResource):
            continue
        reasons: dict[str, list[str]] = {}
        for suppression in table:
            if construct.cfn_resource_type in suppression.types and suppression.path in construct.node.path:
                reasons.setdefault(suppression.rule, []).append(suppression.reason)
        for rule, why in reasons.items():
            Validations.of(construct).acknowledge(Acknowledgment(id=rule, reason="; ".join(why)))


def _as_nag_writes(resource: str) -> str:
    # Where a policy has {"Ref": "AWS::AccountId"}, a finding has <AWS::AccountId>.
    return resource.replace(Aws.ACCOUNT_ID, "<AWS::AccountId>")
