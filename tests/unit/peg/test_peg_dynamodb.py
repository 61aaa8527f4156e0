"""What only a refusing table shows: throttled inserts, conflicts, and what an event says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conecta_edge.dynamodb import TransientConflictError, unmarshal
from peg.dynamodb.pegs import STATEMENTS, DynamoPegs
from tests.builders_functions import HOSPITAL, NOW, a_documento, a_guia, a_peg


class Table:
    """Records what it is asked; answers each PartiQL insert with a code, and transactions with an error."""

    def __init__(self, code: str | None = None, *reasons: str) -> None:
        self._code, self._reasons = code, reasons
        self.statements: list[list[dict[str, Any]]] = []
        self.transactions: list[list[dict[str, Any]]] = []

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.statements.append(Statements)
        error = {"Error": {"Code": self._code, "Message": ""}} if self._code else {}
        return {"Responses": [{} for _ in Statements[1:]] + [error]}

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> None:  # noqa: N803
        self.transactions.append(TransactItems)
        if self._reasons:
            response: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": reason} for reason in self._reasons],
            }
            raise ClientError(response, "TransactWriteItems")


def test_a_hundred_guias_go_in_batches_of_twenty_five() -> None:
    table = Table()
    DynamoPegs(table, "t").add_guias(a_peg(), [a_guia(n) for n in range(1, 102)])
    assert [len(batch) for batch in table.statements] == [STATEMENTS] * 4 + [1]


def test_a_guia_costs_one_write_unit_even_at_its_longest() -> None:
    table = Table()
    longest = a_guia(
        100, "99999999.99", numero_guia_prestador="9" * 20, numero_guia_operadora="9" * 20, senha="9" * 20, itens=999
    )
    DynamoPegs(table, "t").add_guias(a_peg(prestador_id="p" * 64), [longest])
    assert len(json.dumps(table.statements[0][0]["Parameters"])) < 1024


@pytest.mark.parametrize("code", ["DuplicateItem", "ConditionalCheckFailed"])
def test_a_row_already_there_is_the_same_row(code: str) -> None:
    DynamoPegs(Table(code), "t").add_guias(a_peg(), [a_guia()])


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict", "Outro"])
def test_an_insert_that_was_not_done_is_asked_for_again(code: str) -> None:
    with pytest.raises(TransientConflictError, match=code):
        DynamoPegs(Table(code), "t").add_guias(a_peg(), [a_guia()])


@pytest.mark.parametrize(
    "write",
    [lambda port: port.prepare(a_peg()), lambda port: port.commit(a_peg(), a_documento(), NOW)],
    ids=["prepare", "commit"],
)
def test_a_conflict_of_transactions_is_for_the_workflow_to_retry(write: Callable[[DynamoPegs], None]) -> None:
    with pytest.raises(TransientConflictError):
        write(DynamoPegs(Table(None, "TransactionConflict", "None"), "t"))


def test_a_received_peg_is_announced_with_counts_and_without_persons() -> None:
    table = Table()
    DynamoPegs(table, "t").commit(a_peg(), a_documento(), NOW)
    update, put = table.transactions[0]
    assert update["Update"]["ConditionExpression"] == "situacao = :preparando AND versao = :versao"
    envelope = json.loads(unmarshal(put["Put"]["Item"])["evento"])
    assert (envelope["tipo"], envelope["entidade"], envelope["prestador_id"]) == (
        "PegRecebido", "peg/261120000001", HOSPITAL,
    )  # fmt: skip
    assert envelope["dados"] == {
        "upload_id": "u1",
        "protocolo": "261120000001",
        "numero_lote": "1",
        "quantidade_guias": 3,
        "valor_informado": "300.00",
        "tipo_guia": "guiaSP-SADT",
        "competencia": "202611",
    }


def test_a_peg_and_a_lote_number_are_read_as_they_were_last_written() -> None:
    asked: list[dict[str, Any]] = []

    class Reads:
        def get_item(self, **call: Any) -> dict[str, Any]:
            asked.append(call)
            return {}

    port = DynamoPegs(Reads(), "t")
    assert port.get(HOSPITAL, "261120000001") is None
    assert port.lote(HOSPITAL, "345695", "1") is None
    assert [call["ConsistentRead"] for call in asked] == [True, True]
