"""Queues: encrypted with our key, reached by TLS only; those that are consumed have a dead letter queue."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.settings import Settings

# After five refused deliveries a message is poison, not bad luck.
MAX_RECEIVE_COUNT = 5


def failure_queue(scope: Construct, construct_id: str, *, settings: Settings, name: str, key: kms.IKey) -> sqs.Queue:
    """A queue where what failed waits fourteen days for a person."""
    return sqs.Queue(
        scope,
        construct_id,
        queue_name=settings.name(name),
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        visibility_timeout=Duration.minutes(5),
    )


class ConsumerQueue(Construct):
    """One consumer's queue with its dead letter queue, `<name>` and `<name>-dlq`.

    Args:
        consumer_timeout: the consuming function's; the message stays invisible six times as long, so that the
            poller's own retries of a throttled function end before the message is seen again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        name: str,
        key: kms.IKey,
        consumer_timeout: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead = failure_queue(self, "Dlq", settings=settings, name=f"{name}-dlq", key=key)
        self.queue = sqs.Queue(
            self,
            "Fila",
            queue_name=settings.name(name),
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(6 * consumer_timeout.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVE_COUNT, queue=self.dead),
        )


def consume_use(queue: sqs.IQueue) -> iam.PolicyStatement:
    """The statement that lets a function's poller take messages from one queue."""
    return iam.PolicyStatement(
        actions=["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        resources=[queue.queue_arn],
    )


def send_use(queue: sqs.IQueue) -> iam.PolicyStatement:
    """The statement that lets a role put messages into one queue."""
    return iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])


def batches_use(queue: sqs.IQueue, settings: Settings) -> list[iam.PolicyStatement]:
    """The statements that let a role put messages into one queue, some at once.

    AWS asks for `sqs:SendMessage`, however many they are. The embedded AWS asks for the batch's own name, which AWS
    does not know: it alone gets the last statement.
    """
    statements = [send_use(queue)]
    if settings.embarcado:
        statements.append(iam.PolicyStatement(actions=["sqs:SendMessageBatch"], resources=[queue.queue_arn]))
    return statements
