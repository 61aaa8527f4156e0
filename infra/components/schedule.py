"""Schedules: a function called, or a state machine started, with a fixed payload; what cannot be delivered is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.components.function import ContextFunction
from infra.components.keys import key_use
from infra.components.queues import send_use
from infra.settings import Settings

TIMEZONE = "America/Sao_Paulo"


@dataclass(frozen=True, slots=True)
class Target:
    """What a schedule sets going, by the one action that does.

    EventBridge Scheduler starts a state machine by itself, on AWS and on the embedded AWS (which hands the payload to
    its Step Functions, as here): no function stands between, so nobody but the schedule may start one.
    """

    arn: str
    action: str
    name: str

    @classmethod
    def function(cls, function: ContextFunction) -> Target:
        """A function, called with the payload."""
        return cls(function.function.function_arn, "lambda:InvokeFunction", function.spec.name)

    @classmethod
    def machine(cls, machine: sfn.StateMachine, name: str) -> Target:
        """A state machine, started with the payload as its input."""
        return cls(machine.state_machine_arn, "states:StartExecution", name)


class Sweep(Construct):
    """One schedule, `conecta-<estagio>-<name>`, in the stage's group.

    Args:
        group: the group's name.
        expression: when, as `every`, `hourly` or `daily` write it; local time.
        payload: what the target gets.
        failures: where what could not be delivered waits for a person.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        name: str,
        group: str,
        expression: str,
        payload: Mapping[str, str],
        target: Target,
        failures: sqs.IQueue,
        queue_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Papel",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            description=f"Sets {settings.name(target.name)} going for {settings.name(name)}",
        )
        for statement in (
            iam.PolicyStatement(actions=[target.action], resources=[target.arn]),
            send_use(failures),
            key_use(queue_key, ("kms:Decrypt", "kms:GenerateDataKey")),
        ):
            role.add_to_policy(statement)
        scheduler.CfnSchedule(
            self,
            "Agenda",
            name=settings.name(name),
            group_name=group,
            schedule_expression=expression,
            schedule_expression_timezone=TIMEZONE,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=target.arn,
                role_arn=role.role_arn,
                input=json.dumps(dict(payload)),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failures.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=2, maximum_event_age_in_seconds=int(Duration.minutes(5).to_seconds())
                ),
            ),
        ).node.add_dependency(role)


def every(minutes: int) -> str:
    """The expression of a rate."""
    return f"rate({minutes} minute{'' if minutes == 1 else 's'})"


def daily(hour: int, minute: int) -> str:
    """The expression of a local time of every day."""
    return f"cron({minute} {hour} * * ? *)"


def hourly(minute: int) -> str:
    """The expression of a minute of every hour."""
    return f"cron({minute} * * * ? *)"
