"""The state machines: lotes received, files of the operadora loaded, demonstrativos made in bulk, what is due moved on.

Each ends by recording why it could not do it, if it could not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.settings import Settings

# A task waits a little longer than its function may run, and the execution longer than all retries together.
TASK_TIMEOUT_SECONDS = 70
EXECUTION_TIMEOUT = Duration.hours(1)
LOAD_TASK_TIMEOUT_SECONDS = 310
LOAD_EXECUTION_TIMEOUT = Duration.hours(12)
# Loads and sweeps are in no hurry: they leave the tables and the function's concurrency to others.
LOAD_PARTS_AT_ONCE = 4
SWEEP_PARTS_AT_ONCE = 4

# What goes away by itself: Lambda's own faults, a killed or timed out sandbox, a call that a service throttled or the
# network lost (by botocore's names; `ClientError` is what a service has no name for, as S3's SlowDown), an archived
# file not yet readable, and the conflict that a concurrent write to the same item makes. Everything else is the
# function's verdict.
TRANSIENT_ERRORS = (
    "ClientError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "DocumentoMissingError",
    "DossieMissingError",
    "EndpointConnectionError",
    "HTTPClientError",
    "IncompleteReadError",
    "InternalServerError",
    "InternalServiceError",
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.Unknown",
    "LoteNumberTakenError",
    "MudouError",
    "ProvisionedThroughputExceededException",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "RequestLimitExceeded",
    "ResponseStreamingError",
    "Runtime.ExitError",
    "SSLError",
    "Sandbox.Timedout",
    "States.Timeout",
    "ThrottlingException",
    "TransactionConflictException",
    "TransientConflictError",
)

THROTTLED = "Lambda.TooManyRequestsException"


def reception_definition(function: str) -> dict[str, Any]:
    """The Amazon States Language of `recepcao-peg`.

    The execution's input is an event envelope; `peg-fluxo` gets it with `acao` = `receber` beside its members,
    and, when that fails for good, `{acao: registrar-falha, entrada, erro}`. Its answer is the output.

    Args:
        function: ARN of `peg-fluxo`.
    """
    receive = _task(
        function,
        {"Payload.$": """States.JsonMerge($, States.StringToJson('{"acao":"receber"}'), false)"""},
    )
    return {
        "Comment": "Validates a lote, allocates its protocolo, writes the PEG and its guias, or refuses it",
        "StartAt": "ReceberLote",
        "TimeoutSeconds": int(EXECUTION_TIMEOUT.to_seconds()),
        "States": {
            "ReceberLote": {**receive, "Catch": _CATCH, "Next": "Recebido"},
            "Recebido": {"Type": "Succeed"},
            **_failure(_task(function, _RECORD), error="RecepcaoFalhou", cause="The upload's record tells why"),
        },
    }


def load_definition(function: str) -> dict[str, Any]:
    """The Amazon States Language of `carga-cadastro`, `carga-autorizacao` and `carga-pagamento`.

    The execution's input is `{registro_ans, id}`. The function plans (`acao` = `planejar`, answers the input with
    `partes`, byte ranges that end on line ends), loads each part (`carregar-parte`, repeatable), and closes
    (`concluir`); when any of that fails for good it gets `{acao: registrar-falha, registro_ans, id, erro}`. What a part
    answers is dropped: its count is in the table, and the state of a workflow holds no more than 256 KiB.

    Args:
        function: ARN of the `fluxo` of its context.
    """

    def step(acao: str, origin: str = "$", **more: str) -> dict[str, Any]:
        payload = {"acao": acao, "registro_ans.$": f"{origin}.registro_ans", "id.$": f"{origin}.id", **more}
        return _task(function, {"Payload": payload}, timeout=LOAD_TASK_TIMEOUT_SECONDS)

    part = step("carregar-parte", **{"parte.$": "$.parte"})
    return {
        "Comment": "Loads a file of the operadora, part by part",
        "StartAt": "Planejar",
        "TimeoutSeconds": int(LOAD_EXECUTION_TIMEOUT.to_seconds()),
        "States": {
            "Planejar": {**step("planejar"), "Catch": _CATCH, "Next": "CarregarPartes"},
            "CarregarPartes": {
                "Type": "Map",
                "ItemsPath": "$.partes",
                "MaxConcurrency": LOAD_PARTS_AT_ONCE,
                "ItemSelector": {
                    "registro_ans.$": "$.registro_ans",
                    "id.$": "$.id",
                    "parte.$": "$$.Map.Item.Value",
                },
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "CarregarParte",
                    # Without a path its output is {}: the answers of all parts stand together before they are dropped.
                    "States": {"CarregarParte": {**part, "ResultPath": None, "OutputPath": None, "End": True}},
                },
                "ResultPath": None,
                "Catch": _CATCH,
                "Next": "Concluir",
            },
            "Concluir": {**step("concluir"), "Catch": _CATCH, "Next": "Carregada"},
            "Carregada": {"Type": "Succeed"},
            **_failure(
                step("registrar-falha", "$$.Execution.Input", **{"erro.$": "$.erro"}),
                error="CargaFalhou",
                cause="The load's record tells why",
            ),
        },
    }


def expiry_definition(function: str) -> dict[str, Any]:
    """The Amazon States Language of `expiracao-autorizacoes`, a sweep of the shards of due dates.

    Nothing is taken from the input: which day it is, only the function's clock says. `autorizacao-fluxo` is asked
    `{acao: planejar-varredura}`.

    Args:
        function: ARN of `autorizacao-fluxo`.
    """
    return _sweep(
        function,
        {"acao": "planejar-varredura"},
        comment="Moves on the authorizations whose day has come, shard by shard",
    )


def closing_definition(function: str) -> dict[str, Any]:
    """The Amazon States Language of `fechamento-entregas`, a sweep of the faturas of each operadora.

    `pagamento-fluxo` is asked `{acao: planejar-fechamento, pedido}` with the execution's input: `{}` of the schedule,
    which closes what the day of its own clock ended at every operadora, or `{acao: recontar, registro_ans}` of a new
    cronograma, by which everything open there is counted again.

    Args:
        function: ARN of `pagamento-fluxo`.
    """
    return _sweep(
        function,
        {"acao": "planejar-fechamento", "pedido.$": "$"},
        comment="Tells and reschedules faturas by the day and the cronograma, operadora by operadora",
    )


def bulk_definition(function: str) -> dict[str, Any]:
    """The Amazon States Language of `demonstrativos-lote`.

    The execution's input is `{prestador_id, id}`. `pagamento-fluxo` makes a bounded piece of the lote at a time
    (`acao` = `montar-lote`, answers the input with `mais`) until there is no more. How far it is stands in the lote's
    row, so a piece that is repeated makes nothing twice.

    Args:
        function: ARN of `pagamento-fluxo`.
    """
    piece = _task(
        function,
        {"Payload": {"acao": "montar-lote", "prestador_id.$": "$.prestador_id", "id.$": "$.id"}},
        timeout=LOAD_TASK_TIMEOUT_SECONDS,
    )
    return {
        "Comment": "Makes the demonstrativos of a period as one archive, piece by piece",
        "StartAt": "Montar",
        "TimeoutSeconds": int(EXECUTION_TIMEOUT.to_seconds()),
        "States": {
            **_loop("Montar", {**piece, "Catch": _CATCH}, "Montado"),
            "Montado": {"Type": "Succeed"},
            **_failure(
                _task(function, _RECORD, timeout=LOAD_TASK_TIMEOUT_SECONDS),
                error="LoteFalhou",
                cause="The lote's record tells why",
            ),
        },
    }


def _sweep(function: str, plan: dict[str, Any], *, comment: str) -> dict[str, Any]:
    """A sweep: the function answers the plan with `{partes: [...]}`, and goes through each of them.

    A bounded piece at a time (`{acao: varrer, parte, posicao}`, answered `{parte, posicao, …, mais}`), until there is
    no more. Each change is one conditional write, so an execution beside another one repeats nothing, and what one
    left the next one finds. When a step fails for good the function gets `{acao: registrar-falha, entrada, erro}`.
    """
    piece = _task(
        function,
        {"Payload": {"acao": "varrer", "parte.$": "$.parte", "posicao.$": "$.posicao"}},
        timeout=LOAD_TASK_TIMEOUT_SECONDS,
    )
    return {
        "Comment": comment,
        "StartAt": "Planejar",
        "TimeoutSeconds": int(EXECUTION_TIMEOUT.to_seconds()),
        "States": {
            "Planejar": {
                **_task(function, {"Payload": plan}, timeout=LOAD_TASK_TIMEOUT_SECONDS),
                "Catch": _CATCH,
                "Next": "VarrerPartes",
            },
            "VarrerPartes": {
                "Type": "Map",
                "ItemsPath": "$.partes",
                "MaxConcurrency": SWEEP_PARTS_AT_ONCE,
                "ItemSelector": {"parte.$": "$$.Map.Item.Value", "posicao": None},
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "INLINE"},
                    "StartAt": "Varrer",
                    "States": {
                        **_loop("Varrer", piece, "Varrida"),
                        "Varrida": {"Type": "Succeed", "OutputPath": None},
                    },
                },
                "ResultPath": None,
                "Catch": _CATCH,
                "Next": "Concluida",
            },
            "Concluida": {"Type": "Succeed"},
            **_failure(
                _task(function, _RECORD, timeout=LOAD_TASK_TIMEOUT_SECONDS),
                error="VarreduraFalhou",
                cause="The function's log tells why; the next sweep goes on",
            ),
        },
    }


# What the execution began with, and why it ends: of whatever is not a load.
_RECORD = {"Payload": {"acao": "registrar-falha", "entrada.$": "$$.Execution.Input", "erro.$": "$.erro"}}
_CATCH = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.erro", "Next": "RegistrarFalha"}]


def _loop(name: str, piece: dict[str, Any], end: str) -> dict[str, Any]:
    """A piece of work that is done again while its answer says `mais`."""
    return {
        name: {**piece, "Next": "HaMais"},
        "HaMais": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.mais", "BooleanEquals": True, "Next": name}],
            "Default": end,
        },
    }


def _failure(record: dict[str, Any], *, error: str, cause: str) -> dict[str, Any]:
    """The two states a failed execution ends in; the second whether or not the first could do its work."""
    return {
        "RegistrarFalha": {
            **record,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Falhou"}],
            "Next": "Falhou",
        },
        # The reason is in the task's event; repeating it here could repeat what the caller sent.
        "Falhou": {"Type": "Fail", "Error": error, "Cause": cause},
    }


def _task(function: str, payload: dict[str, Any], *, timeout: int = TASK_TIMEOUT_SECONDS) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, **payload},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": timeout,
        "Retry": [
            {
                # The end of a month starts more executions than functions may run at once: they wait in line, for
                # up to half an hour, instead of failing together.
                "ErrorEquals": [THROTTLED],
                "IntervalSeconds": 4,
                "BackoffRate": 1.1,
                "MaxAttempts": 40,
                "MaxDelaySeconds": 60,
                "JitterStrategy": "FULL",
            },
            {
                "ErrorEquals": list(TRANSIENT_ERRORS),
                "IntervalSeconds": 1,
                "BackoffRate": 2,
                "MaxAttempts": 8,
                "MaxDelaySeconds": 60,
                "JitterStrategy": "FULL",
            },
        ],
    }


class Workflow(Construct):
    """A Standard workflow over one function: it outlives any function, and its history is the audit trail.

    Args:
        name: last part of its physical name.
        definition: its Amazon States Language by the function's ARN.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        name: str,
        definition: Callable[[str], dict[str, Any]],
        function: lambda_.IFunction,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = name
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            # Under this prefix the resource policy of log delivery does not grow with each state machine.
            log_group_name=f"/aws/vendedlogs/states/{settings.name(name)}",
            retention=logs.RetentionDays.ONE_YEAR,
            encryption_key=log_key,
            removal_policy=RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN,
        )
        role = iam.Role(
            self,
            "Papel",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description=f"Execution role of {settings.name(name)}",
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn]))
        self.machine = sfn.StateMachine(
            self,
            "Maquina",
            state_machine_name=settings.name(name),
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(json.dumps(definition("${FuncaoArn}"), ensure_ascii=False)),
            definition_substitutions={"FuncaoArn": function.function_arn},
            role=role,
            logs=sfn.LogOptions(destination=self.log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )

    def start_use(self) -> iam.PolicyStatement:
        """The statement that lets a role start executions."""
        return iam.PolicyStatement(actions=["states:StartExecution"], resources=[self.machine.state_machine_arn])
