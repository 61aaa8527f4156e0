"""What DynamoDB answers in a bad moment."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge.dynamodb import TransientConflictError
from pagamento.dynamodb.registros import DynamoRegistros
from pagamento.service.portas import Mudanca
from tests.builders_pagamento import AGORA, a_fatura


class Refusing:
    """A table whose transactions are cancelled for a reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def transact_write_items(self, **_call: Any) -> None:
        raise ClientError(
            {"Error": {"Code": "TransactionCanceledException", "Message": ""},
             "CancellationReasons": [{"Code": self._reason}]},
            "TransactWriteItems",
        )  # fmt: skip


def write(reason: str) -> None:
    DynamoRegistros(Refusing(reason), "t").write([Mudanca(None, a_fatura())], now=AGORA, correlacao="c")


def test_whoever_meets_other_writers_all_the_time_is_not_told_that_a_row_changed() -> None:
    with pytest.raises(TransientConflictError):
        write("TransactionConflict")
