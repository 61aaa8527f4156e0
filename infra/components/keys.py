"""One customer managed key per class of data, so that each has its own policy, audit trail and erasure."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings

# What a principal may be granted on a key. Names in full: no `kms:GenerateDataKey*`.
READ = ("kms:Decrypt", "kms:DescribeKey")
WRITE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")


class DataKeys(Construct):
    """The keys `tabelas`, `documentos`, `logs` and `filas`, rotated every year.

    The account administers each key through IAM; functions get theirs in their own policies. AWS services that
    act by themselves are named here, confined to this account.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.tabelas = self._key("Tabelas", "tabelas", "Tables and secrets")
        self.documentos = self._key("Documentos", "documentos", "Documents at rest in S3")
        self.logs = self._key("Logs", "logs", "CloudWatch log groups")
        self.filas = self._key("Filas", "filas", "Queues and topics")
        self._let_logs_write()
        self._let_events_flow()

    def _key(self, construct_id: str, name: str, what: str) -> kms.Key:
        return kms.Key(
            self,
            construct_id,
            description=f"{what} of {self._settings.name()}",
            alias=f"alias/{self._settings.name(name)}",
            enable_key_rotation=True,
            pending_window=Duration.days(7 if self._settings.embarcado else 30),
            removal_policy=RemovalPolicy.DESTROY if self._settings.embarcado else RemovalPolicy.RETAIN,
        )

    def _let_logs_write(self) -> None:
        groups = f"arn:aws:logs:{self._settings.regiao}:{Aws.ACCOUNT_ID}:log-group:*{self._settings.name()}*"
        self.logs.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogGroupsOfThisStage",
                actions=list(WRITE),
                resources=["*"],
                principals=[iam.ServicePrincipal(f"logs.{self._settings.regiao}.amazonaws.com")],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )
        )

    def _let_events_flow(self) -> None:
        # No aws:SourceAccount here: AWS does not send it to KMS for these deliveries. Whom they may deliver to is
        # said by each queue's and topic's own policy, by the rule's ARN and the account.
        for sid, service in (("Rules", "events"), ("Alarms", "cloudwatch")):
            self.filas.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],
                    principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                )
            )


def key_use(key: kms.IKey, actions: Sequence[str]) -> iam.PolicyStatement:
    """The statement that lets a role use one key in the given ways (`READ` or `WRITE`)."""
    return iam.PolicyStatement(actions=list(actions), resources=[key.key_arn])
