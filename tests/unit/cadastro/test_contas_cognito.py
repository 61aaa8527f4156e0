"""What the user pool is asked, and what becomes of its refusals."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from cadastro.cognito.contas import CognitoContas
from conecta_edge.dynamodb import TransientConflictError
from conecta_edge.pseudonyms import Pseudonyms

ANA = "ana@hospital.example"


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "x"}}, "Operation")


class Idp:
    """cognito-idp that answers what it was told, in order, and remembers what it was asked."""

    def __init__(self, **answers: list[Any]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> Any:
            self.asked.append((name, asked))
            answer = self._answers[name].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def user(sub: str = "sub-1", email: str = ANA, verified: str = "true", status: str = "CONFIRMED") -> dict[str, Any]:
    attributes = [{"Name": "sub", "Value": sub}, {"Name": "email", "Value": email}]
    attributes.append({"Name": "email_verified", "Value": verified})
    return {"Username": f"u-{sub}", "UserAttributes": attributes, "Attributes": attributes, "UserStatus": status}


def pool(**answers: list[Any]) -> tuple[CognitoContas, Idp]:
    idp = Idp(**answers)
    return CognitoContas(idp, "pool-1", "conecta-teste", Pseudonyms(b"chave").conta), idp


UNKNOWN = refusal("UserNotFoundException")


def test_who_was_invited_and_has_not_come_is_invited_again() -> None:
    port, idp = pool(admin_get_user=[user(status="FORCE_CHANGE_PASSWORD")], admin_create_user=[{"User": user()}])
    assert port.account(ANA) == "sub-1"
    assert idp.asked[1][1]["MessageAction"] == "RESEND"
    assert idp.asked[1][1]["Username"] == "u-sub-1"


def test_who_has_come_is_not_written_to() -> None:
    port, idp = pool(admin_get_user=[user(email="Ana@Hospital.Example")])
    assert port.account(ANA) == "sub-1"
    assert [name for name, _ in idp.asked] == ["admin_get_user"]


@pytest.mark.parametrize("code", ["UsernameExistsException", "AliasExistsException"])
def test_who_was_invited_this_very_moment_is_found(code: str) -> None:
    port, _ = pool(admin_get_user=[UNKNOWN, user("sub-2")], admin_create_user=[refusal(code)])
    assert port.account(ANA) == "sub-2"
    port, _ = pool(admin_get_user=[UNKNOWN, UNKNOWN], admin_create_user=[refusal(code)])
    with pytest.raises(TransientConflictError):
        port.account(ANA)


@pytest.mark.parametrize("found", [user(verified="false"), user(email="outra@hospital.example")])
def test_an_account_that_does_not_own_the_e_mail_is_nobodys(found: dict[str, Any]) -> None:
    port, idp = pool(admin_get_user=[found], admin_create_user=[{"User": user("sub-3")}])
    assert port.account(ANA) == "sub-3"
    made = idp.asked[1][1]
    assert {"Name": "email_verified", "Value": "true"} in made["UserAttributes"]
    assert "ana" not in made["Username"]


def test_only_a_verified_e_mail_is_told() -> None:
    port, idp = pool(list_users=[{"Users": [user()]}, {"Users": [user(verified="false")]}, {"Users": []}])
    assert [port.email_of("sub-1") for _ in range(3)] == [ANA, None, None]
    assert idp.asked[0][1]["Filter"] == 'sub = "sub-1"'


@pytest.mark.parametrize("code", ["TooManyRequestsException", "LimitExceededException", "InternalErrorException"])
def test_a_pool_that_throttles_is_a_caller_who_comes_back(code: str) -> None:
    calls: dict[str, Any] = {
        "admin_get_user": lambda port: port.account(ANA),
        "list_users": lambda port: port.email_of("sub-1"),
        "create_user_pool_client": lambda port: port.create_client("p", ("peg.ler",)),
        "describe_user_pool_client": lambda port: port.secret_of("c"),
        "delete_user_pool_client": lambda port: port.delete_client("c"),
    }
    for name, call in calls.items():
        port, _ = pool(**{name: [refusal(code)]})
        with pytest.raises(TransientConflictError):
            call(port)


def test_what_nobody_expects_is_not_swallowed() -> None:
    calls: dict[str, Any] = {
        "admin_get_user": lambda port: port.account(ANA),
        "describe_user_pool_client": lambda port: port.secret_of("c"),
        "delete_user_pool_client": lambda port: port.delete_client("c"),
    }
    for name, call in calls.items():
        port, _ = pool(**{name: [refusal("NotAuthorizedException")]})
        with pytest.raises(ClientError):
            call(port)
    port, _ = pool(admin_get_user=[UNKNOWN], admin_create_user=[refusal("InvalidParameterException")])
    with pytest.raises(ClientError):
        port.account(ANA)
