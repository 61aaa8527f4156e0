"""The state machine `recepcao-peg`: one step that receives the lote, and one that records why it could not."""

from __future__ import annotations

import json
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

# What goes away by itself: Lambda's own faults, a killed or timed out sandbox, an archived file not yet
# readable, and the conflict that a concurrent write to the same item makes. Everything else is the function's verdict.
TRANSIENT_ERRORS = (
    "DocumentoMissingError",
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.Unknown",
    "LoteNumberTakenError",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
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
    record = _task(
        function,
        {
            "Payload": {
                "acao": "registrar-falha",
                "entrada.$": "$$.Execution.Input",
                "erro.$": "$.erro",
            }
        },
    )
    return {
        "Comment": "Validates a lote, allocates its protocolo, writes the PEG and its guias, or refuses it",
        "StartAt": "ReceberLote",
        "TimeoutSeconds": int(EXECUTION_TIMEOUT.to_seconds()),
        "States": {
            "ReceberLote": {
                **receive,
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.erro", "Next": "RegistrarFalha"}],
                "Next": "Recebido",
            },
            "Recebido": {"Type": "Succeed"},
            "RegistrarFalha": {
                **record,
                "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Falhou"}],
                "Next": "Falhou",
            },
            # The reason is in the task's event; repeating it here could repeat what the caller sent.
            "Falhou": {"Type": "Fail", "Error": "RecepcaoFalhou", "Cause": "The upload's record tells why"},
        },
    }


def _task(function: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, **payload},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": TASK_TIMEOUT_SECONDS,
        "Retry": [
            {
                # The end of a month starts more receptions than may run at once: they wait in line, for up to
                # half an hour, instead of failing together.
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


class Reception(Construct):
    """`recepcao-peg`, a Standard workflow: it outlives any function, and its history is the audit trail."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        function: lambda_.IFunction,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            # Under this prefix the resource policy of log delivery does not grow with each state machine.
            log_group_name=f"/aws/vendedlogs/states/{settings.name('recepcao-peg')}",
            retention=logs.RetentionDays.ONE_YEAR,
            encryption_key=log_key,
            removal_policy=RemovalPolicy.DESTROY if settings.embarcado else RemovalPolicy.RETAIN,
        )
        role = iam.Role(
            self,
            "Papel",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description=f"Execution role of {settings.name('recepcao-peg')}",
        )
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn]))
        self.machine = sfn.StateMachine(
            self,
            "Maquina",
            state_machine_name=settings.name("recepcao-peg"),
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(
                json.dumps(reception_definition("${FuncaoArn}"), ensure_ascii=False)
            ),
            definition_substitutions={"FuncaoArn": function.function_arn},
            role=role,
            logs=sfn.LogOptions(destination=self.log_group, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
