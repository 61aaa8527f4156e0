"""The bus `conecta-<estagio>` and the rules that carry events to their consumers' queues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.components.queues import failure_queue
from infra.settings import Settings

# EventBridge's own maxima: an outage of a queue must not lose an event.
MAX_EVENT_AGE_SECONDS = 24 * 3600
MAX_RETRIES = 185


@dataclass(frozen=True, slots=True)
class Objects:
    """New objects of a bucket under a prefix, and the function whose queue they are carried to."""

    construct_id: str
    name: str
    prefix: str
    consumer: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A context's events of some types, and the function whose queue they are carried to.

    Attributes:
        dados: only those whose `dados` have one of these values.
    """

    construct_id: str
    name: str
    contexto: str
    tipos: tuple[str, ...]
    consumer: str
    dados: Mapping[str, tuple[str | bool, ...]] = field(default_factory=dict)


class Routing(Construct):
    """Bus, rules, and one queue for the events that could not be delivered to theirs.

    `admit` comes once all rules are there.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.bus = events.EventBus(
            self, "Barramento", event_bus_name=settings.name(), description="What happened in Conecta's contexts"
        )
        self.undelivered = failure_queue(self, "NaoEntregues", settings=settings, name="eventos-nao-entregues", key=key)
        self._senders: dict[sqs.IQueue, list[str]] = {self.undelivered: []}

    def objects(self, of: Objects, *, bucket: s3.IBucket, queue: sqs.IQueue) -> None:
        """Carry each of them to the queue (S3 speaks on the account's default bus)."""
        self._rule(
            of.construct_id,
            name=of.name,
            queue=queue,
            bus=None,
            pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [bucket.bucket_name]},
                    "object": {"key": [{"prefix": of.prefix}]},
                },
            },
        )

    def subscribe(self, to: Subscription, *, queue: sqs.IQueue) -> None:
        """Carry each of them to the queue."""
        pattern: dict[str, Any] = {"source": [f"conecta.{to.contexto}"], "detail-type": list(to.tipos)}
        if to.dados:
            pattern["detail"] = {"dados": {name: list(values) for name, values in to.dados.items()}}
        self._rule(to.construct_id, name=to.name, queue=queue, bus=self.bus, pattern=pattern)

    def _rule(
        self,
        construct_id: str,
        *,
        name: str,
        queue: sqs.IQueue,
        bus: events.IEventBus | None,
        pattern: Mapping[str, Any],
    ) -> None:
        rule = events.CfnRule(
            self,
            construct_id,
            name=self._settings.name(name),
            event_bus_name=bus.event_bus_name if bus else None,
            event_pattern=dict(pattern),
            targets=[
                events.CfnRule.TargetProperty(
                    id="fila",
                    arn=queue.queue_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.undelivered.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=MAX_EVENT_AGE_SECONDS, maximum_retry_attempts=MAX_RETRIES
                    ),
                )
            ],
        )
        for receiver in (queue, self.undelivered):
            self._senders.setdefault(receiver, []).append(rule.attr_arn)

    def admit(self) -> None:
        """Let each queue take what its own rules carry to it: by one statement, as SQS knows no more than twenty."""
        for queue, rules in self._senders.items():
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="ItsRules",
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    principals=[iam.ServicePrincipal("events.amazonaws.com")],
                    conditions={"ArnEquals": {"aws:SourceArn": rules}},
                )
            )


def publish_use(bus: events.IEventBus) -> iam.PolicyStatement:
    """The statement that lets a function publish on the bus."""
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])
