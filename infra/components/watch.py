"""Alarms, the topic they speak on, and the dashboard that shows the same metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.components.api import STAGE
from infra.settings import Settings

FIVE_MINUTES = Duration.minutes(5)
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD


@dataclass(frozen=True, slots=True)
class Said:
    """A line that a function logs when somebody must look.

    Attributes:
        name: of its alarm.
        function: whose log.
        message: the line's `message`, exactly.
        runbook: where it is written what to do.
    """

    name: str
    function: str
    message: str
    what: str
    runbook: str


class Watch(Construct):
    """Everything that may need a person, each with an alarm of its own; a composite for each area, one for all.

    Thresholds say when somebody must look, not when something is slow: a message in any failure queue, any
    failed workflow, an outbox that lags five minutes, one call in a hundred answered 5xx.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, topic_key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.topic = sns.Topic(
            self, "Avisos", topic_name=settings.name("avisos"), master_key=topic_key, enforce_ssl=True
        )
        # Forbidding plain HTTP replaces SNS's default policy: alarms of this account must be let in again.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if settings.avisos:
            self.topic.add_subscription(subscriptions.EmailSubscription(settings.avisos))
        self._notify = actions.SnsAction(self.topic)
        self._areas: dict[str, list[cloudwatch.Alarm]] = {}
        self._widgets: list[cloudwatch.GraphWidget] = []

    def queues(self, failures: Mapping[str, sqs.IQueue], consumed: Mapping[str, sqs.IQueue]) -> None:
        """A failed message must be seen; a consumed queue must not grow old."""
        for name, queue in failures.items():
            metric = queue.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(1), statistic="Maximum"
            )
            self._alarm(
                "filas", f"{name}-com-mensagens", metric, threshold=0, periods=1,
                what="Something failed for good", runbook="messages-in-a-failure-queue",
            )  # fmt: skip
        for name, queue in consumed.items():
            age = queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum")
            self._alarm(
                "filas", f"{name}-atrasada", age, threshold=600, periods=2,
                what="Consumers do not keep up (seconds)", runbook="a-queue-grows-old",
            )  # fmt: skip
        self._graph(
            "Filas de falhas",
            [queue.metric_approximate_number_of_messages_visible(label=name) for name, queue in failures.items()],
        )

    def functions(self, functions: Mapping[str, lambda_.IFunction]) -> None:
        """Errors and throttles of each function."""
        for name, function in functions.items():
            errors = function.metric_errors(period=FIVE_MINUTES, statistic="Sum")
            self._alarm(
                "funcoes", f"{name}-erros", errors, threshold=5, periods=1,
                what="Unhandled errors in five minutes", runbook="a-function-fails",
            )  # fmt: skip
            throttles = function.metric_throttles(period=FIVE_MINUTES, statistic="Sum")
            self._alarm(
                "funcoes", f"{name}-recusas", throttles, threshold=50, periods=2,
                what="Calls refused for concurrency", runbook="a-function-is-throttled",
            )  # fmt: skip
        self._graph("Erros por função", [f.metric_errors(label=name) for name, f in functions.items()])
        self._graph(
            "Duração p99 por função",
            [f.metric_duration(label=name, statistic="p99") for name, f in functions.items()],
        )

    def outboxes(self, functions: Mapping[str, lambda_.IFunction]) -> None:
        """How late each context's outbox is published, and the audit's rows are marked to be sealed."""
        lags = {
            name: function.metric("IteratorAge", period=FIVE_MINUTES, statistic="Maximum", label=name)
            for name, function in functions.items()
        }
        for name, lag in lags.items():
            self._alarm(
                "eventos", f"{name}-caixa-de-saida", lag, threshold=300_000, periods=1,
                what="Outbox lag (ms)", runbook="an-outbox-falls-behind",
            )  # fmt: skip
        self._graph("Atraso das caixas de saída", list(lags.values()))

    def workflow(self, name: str, title: str, machine: sfn.IStateMachine) -> None:
        """Executions of one workflow that ended without a verdict."""
        for kind, metric in (
            ("falhas", machine.metric_failed(period=FIVE_MINUTES, statistic="Sum")),
            ("estouros", machine.metric_timed_out(period=FIVE_MINUTES, statistic="Sum")),
        ):
            self._alarm(
                "fluxos", f"{name}-{kind}", metric, threshold=0, periods=1,
                what="Executions without a verdict", runbook="a-workflow-fails",
            )  # fmt: skip
        self._graph(
            title,
            [machine.metric_started(), machine.metric_succeeded(), machine.metric_failed(), machine.metric_time()],
        )

    def quotas(self, name: str, log_group: logs.ILogGroup) -> None:
        """Callers of one function that go on after their quota is spent: a loop gone wrong, or somebody who guesses."""
        # The line that every request leaves (conecta_edge.http).
        spent = self._counted(f"{name}-limites", log_group, logs.FilterPattern.number_value("$.status", "=", 429))
        self._alarm(
            "api", f"{name}-limites", spent, threshold=100, periods=1,
            what="Calls beyond their caller's quota", runbook="somebody-goes-on-beyond-the-quota",
        )  # fmt: skip
        self._graph(f"Chamadas além da cota: {name}", [spent])

    def messages(self, said: Said, log_group: logs.ILogGroup) -> None:
        """A line of a function's log that calls for a person, whoever it is about."""
        found = self._counted(said.name, log_group, logs.FilterPattern.string_value("$.message", "=", said.message))
        self._alarm("avisos", said.name, found, threshold=0, periods=1, what=said.what, runbook=said.runbook)
        self._graph(said.what, [found])

    def _counted(self, name: str, log_group: logs.ILogGroup, pattern: logs.IFilterPattern) -> cloudwatch.Metric:
        """How many lines of a log fit a pattern, in five minutes."""
        filtered = logs.MetricFilter(
            self,
            f"{name}-filtro",
            log_group=log_group,
            filter_pattern=pattern,
            metric_namespace=f"Conecta/{self._settings.estagio.value}",
            metric_name=name,
            metric_value="1",
        )
        return filtered.metric(period=FIVE_MINUTES, statistic="Sum")

    def api(self, api_name: str) -> None:
        """What callers see: share of 5xx, and latency."""
        dimensions = {"ApiName": api_name, "Stage": STAGE}
        errors = _api_metric("5XXError", dimensions, "Average")
        self._alarm(
            "api", "api-5xx", errors, threshold=0.01, periods=2,
            what="Share of calls answered 5xx", runbook="the-api-answers-5xx",
        )  # fmt: skip
        latency = _api_metric("Latency", dimensions, "p99")
        self._alarm(
            "api", "api-latencia", latency, threshold=3000, periods=3, what="p99 of latency (ms)",
            runbook="the-api-is-slow",
        )  # fmt: skip
        refused = _api_metric("4XXError", dimensions, "Sum")
        self._graph("API: chamadas e recusas", [_api_metric("Count", dimensions, "Sum"), refused, errors])
        self._graph("API: latência", [_api_metric("Latency", dimensions, "p50"), latency])

    def tables(self, names: Sequence[str]) -> None:
        """Throttled and failed requests of each table."""
        for name in names:
            for metric_name in ("ReadThrottleEvents", "WriteThrottleEvents"):
                metric = cloudwatch.Metric(
                    namespace="AWS/DynamoDB",
                    metric_name=metric_name,
                    dimensions_map={"TableName": self._settings.name(name)},
                    period=FIVE_MINUTES,
                    statistic="Sum",
                )
                self._alarm(
                    "tabelas", f"{name}-{metric_name}", metric, threshold=10, periods=2,
                    what="Throttled requests", runbook="a-table-is-throttled",
                )  # fmt: skip

    def sweep(self) -> None:
        """Schedules whose target could not be called."""
        metric = cloudwatch.Metric(
            namespace="AWS/Scheduler",
            metric_name="TargetErrorCount",
            dimensions_map={"ScheduleGroup": self._settings.name()},
            period=FIVE_MINUTES,
            statistic="Sum",
        )
        self._alarm(
            "agendas", "agendas-com-erro", metric, threshold=0, periods=2,
            what="Sweeps not delivered", runbook="a-schedule-is-not-delivered",
        )  # fmt: skip

    def finish(self) -> None:
        """The composite alarms and the dashboard, over all that was watched before."""
        areas = [self._composite(f"servico-{area}", area, alarms) for area, alarms in self._areas.items()]
        composite = self._composite("servico", "service", areas)
        composite.add_alarm_action(self._notify)
        composite.add_ok_action(self._notify)
        dashboard = cloudwatch.Dashboard(self, "Painel", dashboard_name=self._settings.name())
        for pair in range(0, len(self._widgets), 2):
            dashboard.add_widgets(*self._widgets[pair : pair + 2])

    def _composite(self, name: str, of: str, alarms: Sequence[cloudwatch.IAlarm]) -> cloudwatch.CompositeAlarm:
        """Any of these; a rule takes no more than a hundred."""
        states = [cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in alarms]
        return cloudwatch.CompositeAlarm(
            self,
            name.title().replace("-", ""),
            composite_alarm_name=self._settings.name(name),
            alarm_description=f"Some part needs a person: {of}",
            alarm_rule=cloudwatch.AlarmRule.any_of(*states),
        )

    def _alarm(
        self, area: str, name: str, metric: Any, *, threshold: float, periods: int, what: str, runbook: str
    ) -> None:
        """An alarm that says where it is written what to do: an anchor of `docs/operacao.md`."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=self._settings.name(name),
            alarm_description=f"{what}: docs/operacao.md#{runbook}",
            metric=metric,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=ABOVE,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._notify)
        self._areas.setdefault(area, []).append(alarm)

    def _graph(self, title: str, metrics: Sequence[cloudwatch.IMetric]) -> None:
        self._widgets.append(cloudwatch.GraphWidget(title=title, left=list(metrics), width=12))


def _api_metric(name: str, dimensions: Mapping[str, str], statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/ApiGateway",
        metric_name=name,
        dimensions_map=dict(dimensions),
        period=FIVE_MINUTES,
        statistic=statistic,
    )
