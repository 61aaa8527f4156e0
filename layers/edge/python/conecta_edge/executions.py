"""Executions of workflows, each started once however often it is asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conecta_edge.aws import client, error_code
from conecta_edge.settings import required


def start(machine: str, name: str, entrada: Mapping[str, Any]) -> None:
    """Start an execution, unless there is one of its name.

    Args:
        machine: the setting that holds the ARN of its state machine.
    """
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=required(machine), name=name, input=json.dumps(entrada)
        )  # fmt: skip
    except Exception as error:
        if error_code(error) != "ExecutionAlreadyExists":
            raise
