"""The one shape of a function: its own role, log group and failure queue, and only the grants listed beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.components import keys
from infra.components.context_table import streams_arn
from infra.components.keys import DataKeys
from infra.components.layers import Layers, architecture, asset, runtime
from infra.components.queues import consume_use, failure_queue, send_use
from infra.settings import Settings

# API Gateway gives up after 29 s: what answers it must have given up before, and what that calls before it.
API_TIMEOUT = Duration.seconds(25)
DOOR_TIMEOUT = Duration.seconds(28)
WORK_TIMEOUT = Duration.seconds(60)
# A part of a load: thousands of rows in conditional writes.
LOAD_TIMEOUT = Duration.minutes(5)
LOG_RETENTION = logs.RetentionDays.ONE_YEAR

# An outage of the bus must not look like a poisoned row: many retries before the failure queue gets the batch.
STREAM_RETRIES = 50
OUTBOX = {"sk": ({"prefix": "EVENTO#"},)}


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """What a function is, apart from what it may do.

    Attributes:
        name: `<contexto>-<papel>`, the last part of its physical name.
        contexto: the asset and package its code is in; it may be called otherwise than the name begins.
        description: for the console's list of functions.
        timeout: shorter than its caller's.
        memory: in MiB; CPU comes with it.
        layers: names of the layers it imports from.
    """

    name: str
    contexto: str
    description: str
    timeout: Duration
    memory: int = 512
    layers: tuple[str, ...] = ("dependencies", "edge")

    @property
    def handler(self) -> str:
        """The entry point, `<contexto>.handler.<papel>.handler`."""
        return f"{self.contexto}.handler.{self.name.rpartition('-')[2]}.handler"


class ContextFunction(Construct):
    """One function of a bounded context, with nothing granted beyond its own logs, traces and failure queue."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: FunctionSpec,
        settings: Settings,
        data_keys: DataKeys,
        layers: Layers,
        environment: Mapping[str, str],
        grants: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, construct_id)
        self.spec = spec
        self._settings = settings
        self._key: kms.IKey = data_keys.filas
        self.failures = failure_queue(
            self, "Falhas", settings=settings, name=f"{spec.name}-falhas", key=data_keys.filas
        )
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{settings.name(spec.name)}",
            retention=LOG_RETENTION,
            encryption_key=data_keys.logs,
            removal_policy=RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN,
        )
        self.role = iam.Role(
            self,
            "Papel",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Execution role of {settings.name(spec.name)}",
        )
        for statement in (*self._own(), *grants):
            self.role.add_to_policy(statement)
        self.function = lambda_.Function(
            self,
            "Funcao",
            function_name=settings.name(spec.name),
            description=spec.description,
            runtime=runtime(settings),
            architecture=architecture(settings),
            code=asset(settings, "assets", spec.contexto),
            handler=spec.handler,
            layers=[layers.by_name[name] for name in spec.layers],
            memory_size=spec.memory,
            timeout=spec.timeout,
            role=self.role,
            log_group=self.log_group,
            dead_letter_queue=self.failures,
            retry_attempts=2,
            max_event_age=Duration.hours(6),
            reserved_concurrent_executions=settings.concorrencia.get(spec.name),
            tracing=lambda_.Tracing.ACTIVE,
            environment={
                "CONECTA_ESTAGIO": settings.estagio.value,
                **({"DESLOCAMENTO_RELOGIO": settings.deslocamento_relogio} if settings.deslocamento_relogio else {}),
                "POWERTOOLS_SERVICE_NAME": spec.name,
                "POWERTOOLS_LOG_LEVEL": "INFO",
                **environment,
            },
        )

    def _own(self) -> list[iam.PolicyStatement]:
        return [
            # The group's own ARN ends in `:*`, which means its streams.
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[self.log_group.log_group_arn]
            ),
            send_use(self.failures),
            keys.key_use(self._key, ("kms:Decrypt", "kms:GenerateDataKey")),
        ]

    def call_use(self) -> iam.PolicyStatement:
        """The statement that lets another role call the function and wait for its answer."""
        return iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn])

    def consume_queue(self, queue: sqs.IQueue, *, batch: int = 10) -> None:
        """Call the function with batches of one queue; only what it reports as failed is delivered again."""
        self.role.add_to_policy(consume_use(queue))
        lambda_.EventSourceMapping(
            self,
            "Fila",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=batch,
            max_concurrency=10,
            report_batch_item_failures=True,
        )

    def publish_outbox(
        self, table: dynamodb.Table, *, key: kms.IKey, images: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        """Call the function with each new outbox row of its own table's stream, in order, from the oldest kept.

        Args:
            images: patterns of `pk` and `sk` of the rows whose every change it is called with, too.
        """
        self.follow(
            "CaixaDeSaida",
            table,
            key=key,
            patterns=tuple(_changes(keys) for keys in (OUTBOX, images) if keys),
            batch=25,
        )

    def follow(
        self,
        construct_id: str,
        table: dynamodb.Table,
        *,
        key: kms.IKey,
        patterns: Sequence[Mapping[str, Any]],
        batch: int,
        window: Duration | None = None,
    ) -> None:
        """Call the function with the records of its own table's stream that fit one of the patterns.

        Args:
            batch: how many at most at once.
            window: how long one waits for others.
        """
        stream = table.table_stream_arn
        if stream is None:
            raise TypeError(f"the table of {self.spec.contexto} has no stream to follow")
        for statement in (
            iam.PolicyStatement(
                actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                resources=[stream],
            ),
            iam.PolicyStatement(
                actions=["dynamodb:ListStreams"], resources=[streams_arn(self._settings, self.spec.contexto)]
            ),
            keys.key_use(key, keys.READ),
        ):
            self.role.add_to_policy(statement)
        lambda_.CfnEventSourceMapping(
            self,
            construct_id,
            function_name=self.function.function_name,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            batch_size=batch,
            maximum_batching_window_in_seconds=int(window.to_seconds()) if window else None,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=STREAM_RETRIES,
            function_response_types=["ReportBatchItemFailures"],
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[
                    lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(pattern, separators=(",", ":")))
                    for pattern in patterns
                ]
            ),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.failures.queue_arn)
            ),
        ).node.add_dependency(self.role)


def _changes(images: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    keys = {name: {"S": list(values)} for name, values in images.items()}
    return {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": keys}}
