"""The bus `conecta-<estagio>` and the rules that carry events to their consumers' queues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.components.buckets import DOCUMENTS_PREFIX
from infra.components.queues import failure_queue
from infra.settings import Settings


class Routing(Construct):
    """Bus, rules, and one queue for the events that could not be delivered to theirs."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.bus = events.EventBus(
            self, "Barramento", event_bus_name=settings.name(), description="What happened in Conecta's contexts"
        )
        self.undelivered = failure_queue(self, "NaoEntregues", settings=settings, name="eventos-nao-entregues", key=key)

    def uploads(self, bucket: s3.IBucket, queue: sqs.IQueue) -> None:
        """Carry each new object of a bucket to a queue (S3 speaks on the account's default bus)."""
        self._rule(
            "Uploads",
            name="uploads",
            queue=queue,
            bus=None,
            pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [bucket.bucket_name]},
                    "object": {"key": [{"prefix": DOCUMENTS_PREFIX}]},
                },
            ),
        )

    def subscribe(
        self,
        construct_id: str,
        *,
        name: str,
        contexto: str,
        tipos: Sequence[str],
        queue: sqs.IQueue,
        dados: dict[str, Any] | None = None,
    ) -> None:
        """Carry a context's events of some types to a queue, optionally only those whose `dados` match."""
        self._rule(
            construct_id,
            name=name,
            queue=queue,
            bus=self.bus,
            pattern=events.EventPattern(
                source=[f"conecta.{contexto}"],
                detail_type=list(tipos),
                detail={"dados": dados} if dados else None,
            ),
        )

    def _rule(
        self,
        construct_id: str,
        *,
        name: str,
        queue: sqs.IQueue,
        bus: events.IEventBus | None,
        pattern: events.EventPattern,
    ) -> None:
        events.Rule(
            self,
            construct_id,
            rule_name=self._settings.name(name),
            event_bus=bus,
            event_pattern=pattern,
            targets=[
                targets.SqsQueue(
                    queue,
                    dead_letter_queue=self.undelivered,
                    max_event_age=Duration.hours(24),
                    retry_attempts=185,
                )
            ],
        )


def publish_use(bus: events.IEventBus) -> iam.PolicyStatement:
    """The statement that lets a function publish on the bus."""
    return iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])
