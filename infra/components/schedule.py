"""Schedules: a function called with a fixed payload at a fixed rate, whatever cannot be delivered kept."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.components.function import ContextFunction
from infra.components.keys import key_use
from infra.components.queues import send_use
from infra.settings import Settings


class Sweep(Construct):
    """One schedule, `conecta-<estagio>-<name>`, in the stage's group.

    Args:
        group: the group's name.
        minutes: the rate.
        payload: the event the function gets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        name: str,
        group: str,
        minutes: int,
        payload: Mapping[str, str],
        target: ContextFunction,
        queue_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Papel",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            description=f"Calls {settings.name(target.spec.name)} for {settings.name(name)}",
        )
        for statement in (
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[target.function.function_arn]),
            send_use(target.failures),
            key_use(queue_key, ("kms:Decrypt", "kms:GenerateDataKey")),
        ):
            role.add_to_policy(statement)
        scheduler.CfnSchedule(
            self,
            "Agenda",
            name=settings.name(name),
            group_name=group,
            schedule_expression=_rate(minutes),
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=target.function.function_arn,
                role_arn=role.role_arn,
                input=json.dumps(dict(payload)),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=target.failures.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=2, maximum_event_age_in_seconds=int(Duration.minutes(5).to_seconds())
                ),
            ),
        ).node.add_dependency(role)


def _rate(minutes: int) -> str:
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"
