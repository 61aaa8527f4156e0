"""Daily backups in a vault of their own, beside point-in-time recovery: they survive a deleted table or bucket."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings

KEEP_DAYS = 35

# AWS Backup asks for these; written by hand they would lag behind what it needs.
MANAGED_POLICIES = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
)


class Backups(Construct):
    """A vault, a plan (03:00 in São Paulo, kept thirty-five days) and what it selects.

    Args:
        resources: ARNs of tables and buckets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        key: kms.IKey,
        resources: tuple[str, ...],
    ) -> None:
        super().__init__(scope, construct_id)
        vault = backup.BackupVault(
            self,
            "Cofre",
            backup_vault_name=settings.name("cofre"),
            encryption_key=key,
            block_recovery_point_deletion=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        plan = backup.BackupPlan(
            self,
            "Plano",
            backup_plan_name=settings.name("diario"),
            backup_plan_rules=[
                backup.BackupPlanRule(
                    rule_name="diario",
                    backup_vault=vault,
                    schedule_expression=events.Schedule.cron(hour="6", minute="0"),
                    start_window=Duration.hours(1),
                    completion_window=Duration.hours(6),
                    delete_after=Duration.days(KEEP_DAYS),
                )
            ],
        )
        role = iam.Role(
            self,
            "Papel",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            description=f"Backs up the data of {settings.name()}",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in MANAGED_POLICIES],
        )
        backup.CfnBackupSelection(
            self,
            "Selecao",
            backup_plan_id=plan.backup_plan_id,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name=settings.name("dados"), iam_role_arn=role.role_arn, resources=list(resources)
            ),
        )
