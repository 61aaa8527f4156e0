"""What DynamoDB refuses, in our words, and items as plain values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from conecta_edge.aws import THROTTLES, error_code
from conecta_edge.dynamodb import (
    TRANSIENT_REASONS,
    ConditionFailedError,
    TransientConflictError,
    conditions,
    marshal,
    put,
    unmarshal,
    update,
)
from documentos.domain.uploads import Situacao


def client_error(code: str, *reasons: str) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": ""},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return ClientError(response, "TransactWriteItems")


def refused_with(error: Exception) -> None:
    with conditions():
        raise error


def test_a_write_whose_condition_failed_says_so() -> None:
    with pytest.raises(ConditionFailedError) as refused:
        refused_with(client_error("ConditionalCheckFailedException"))
    assert refused.value.failed == (0,)


def test_a_transaction_says_which_conditions_failed() -> None:
    error = client_error(
        "TransactionCanceledException",
        "None",
        "ConditionalCheckFailed",
        "TransactionConflict",
        "ConditionalCheckFailed",
    )
    with pytest.raises(ConditionFailedError) as refused:
        refused_with(error)
    assert refused.value.failed == (1, 3)
    assert refused.value.__cause__ is error


@pytest.mark.parametrize("reason", sorted(TRANSIENT_REASONS))
def test_a_transaction_in_conflict_may_be_tried_again(reason: str) -> None:
    with pytest.raises(TransientConflictError):
        refused_with(client_error("TransactionCanceledException", "None", reason))


@pytest.mark.parametrize("code", sorted(THROTTLES))
def test_a_throttled_call_may_be_tried_again(code: str) -> None:
    with pytest.raises(TransientConflictError):
        refused_with(client_error(code))


@pytest.mark.parametrize(
    "error",
    [
        client_error("ValidationException"),
        client_error("TransactionCanceledException", "ValidationError"),
        client_error("TransactionCanceledException"),
        ValueError("outro"),
    ],
    ids=str,
)
def test_anything_else_stays_what_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as refused:
        refused_with(error)
    assert refused.value is error


def test_only_an_aws_error_has_a_code() -> None:
    assert error_code(client_error("NoSuchKey")) == "NoSuchKey"
    assert error_code(ValueError()) == ""
    assert error_code(ClientError({}, "GetItem")) == ""


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=20)
    | st.binary(max_size=8)
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.decimals(min_value=-(10**12), max_value=10**12, places=2)
    | st.sets(st.text(min_size=1, max_size=5), min_size=1, max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    max_leaves=8,
)
ITEMS = st.dictionaries(st.text(min_size=1, max_size=10), VALUES, max_size=5)


@given(ITEMS)
def test_an_item_comes_back_as_it_was_written(item: dict[str, Any]) -> None:
    assert unmarshal(marshal(item)) == {name: value for name, value in item.items() if value is not None}


@given(ITEMS)
def test_an_item_is_written_as_boto3_would_write_it(item: dict[str, Any]) -> None:
    serialize = TypeSerializer().serialize
    expected = {name: serialize(value) for name, value in item.items() if value is not None}
    assert _sorted_sets(marshal(item)) == _sorted_sets(expected)


def _sorted_sets(attribute: Any) -> Any:
    """The same attribute values with sets in one order."""
    if isinstance(attribute, dict):
        return {
            name: sorted(held) if name == "SS" and isinstance(held, list) else _sorted_sets(held)
            for name, held in attribute.items()
        }
    return [_sorted_sets(held) for held in attribute] if isinstance(attribute, list) else attribute


def test_a_tuple_is_kept_as_a_list_and_a_member_of_an_enumeration_as_its_text() -> None:
    assert marshal({"a": ("x", 1)}) == {"a": {"L": [{"S": "x"}, {"N": "1"}]}}
    assert marshal({"a": Situacao.RECUSADO}) == {"a": {"S": "RECUSADO"}}


@pytest.mark.parametrize("value", [1.5, set(), {1}, object(), Decimal("NaN"), Decimal("Infinity"), [1.5], {"a": 2.0}])
def test_what_dynamodb_would_not_keep_as_it_is_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="does not keep"):
        marshal({"a": value})


def test_an_absent_member_is_left_out_and_numbers_come_back_as_decimal() -> None:
    assert marshal({"a": None, "b": 1}) == {"b": {"N": "1"}}
    assert unmarshal({"b": {"N": "1.50"}}) == {"b": Decimal("1.50")}


def test_a_put_always_states_its_condition() -> None:
    assert put("t", {"pk": "a", "x": None}, "attribute_not_exists(pk)") == {
        "TableName": "t",
        "Item": {"pk": {"S": "a"}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    assert put("t", {"pk": "a"}, "n < :n", {":n": 2})["ExpressionAttributeValues"] == {":n": {"N": "2"}}


def test_an_update_sets_what_has_a_value_and_removes_what_has_none() -> None:
    action = update(
        "t", {"pk": "a"}, changes={"status": "X", "vencido": None, "n": 2}, condition="versao = :v", values={":v": 1}
    )
    assert action["UpdateExpression"] == "SET #c0 = :c0, #c2 = :c2 REMOVE #c1"
    assert action["ExpressionAttributeNames"] == {"#c0": "status", "#c1": "vencido", "#c2": "n"}
    assert action["ExpressionAttributeValues"] == {":c0": {"S": "X"}, ":c2": {"N": "2"}, ":v": {"N": "1"}}
    assert action["ConditionExpression"] == "versao = :v"


def test_an_update_may_only_set_or_only_remove() -> None:
    only_set = update("t", {"pk": "a"}, changes={"x": 1}, condition="attribute_exists(pk)")
    only_remove = update("t", {"pk": "a"}, changes={"x": None}, condition="attribute_exists(pk)")
    assert only_set["UpdateExpression"] == "SET #c0 = :c0"
    assert only_set["ExpressionAttributeValues"] == {":c0": {"N": "1"}}
    assert only_remove["UpdateExpression"] == "REMOVE #c0"
    assert "ExpressionAttributeValues" not in only_remove
