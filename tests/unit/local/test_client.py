"""A person signs in where a second factor is a must, and where it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local import client
from local.client import Answer, ApiError, sign_in, totp_code
from local.demo_autorizacao import operadora
from local.passos import DemoError

RFC_6238 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
TOKENS = {"AuthenticationResult": {"AccessToken": "token"}}
MFA = {
    "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s", "ChallengeParameters": {"USER_ID_FOR_SRP": "u-1"},
}  # fmt: skip


def person(papel: str, registro: str, **more: str) -> dict[str, Any]:
    email = f"{papel}@{registro}.com.br"
    return {"email": email, "senha": "x", "papel": papel, "operadora": registro, **more}


WHERE: dict[str, Any] = {
    "api": "https://api/v1",
    "cognito": {"endpoint": "https://cognito/", "operadora": {"cliente": "c"}},
    "usuarios": [
        person("auditoria", "331988"), person("auditoria", "345695", totp=RFC_6238), person("financeiro", "345695"),
    ],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What Cognito was asked: it wants a second factor, and takes any."""
    seen: list[tuple[str, dict[str, Any]]] = []

    def call(_method: str, _url: str, *, headers: dict[str, str], body: bytes) -> Answer:
        operation = headers["X-Amz-Target"].rpartition(".")[2]
        seen.append((operation, json.loads(body)))
        return Answer(200, {}, json.dumps(MFA if operation == "InitiateAuth" else TOKENS).encode())

    monkeypatch.setattr(client, "call", call)
    monkeypatch.setattr("time.time", lambda: 59.0)
    return seen


@pytest.mark.parametrize(("now", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(now: float, code: str) -> None:
    assert totp_code(RFC_6238, now) == totp_code(f"{RFC_6238[:4].lower()} {RFC_6238[4:]}=", now) == code


def test_the_person_of_the_operadora_signs_in_with_a_second_factor(asked: list[tuple[str, dict[str, Any]]]) -> None:
    assert operadora(WHERE, "auditoria").token == "token"
    (_, first), (operation, second) = asked
    assert first["AuthParameters"]["USERNAME"] == "auditoria@345695.com.br"
    assert (operation, second["ClientId"], second["Session"]) == ("RespondToAuthChallenge", "c", "s")
    assert second["ChallengeResponses"] == {"USERNAME": "u-1", "SOFTWARE_TOKEN_MFA_CODE": "287082"}


def test_who_has_no_key_is_told_what_is_asked(asked: list[tuple[str, dict[str, Any]]]) -> None:
    with pytest.raises(PermissionError, match="SOFTWARE_TOKEN_MFA"):
        operadora(WHERE, "financeiro")
    assert len(asked) == 1


def test_a_person_of_the_other_operadora_may_be_of_both_and_a_group_without_anybody_is_told(
    asked: list[tuple[str, dict[str, Any]]],
) -> None:
    with pytest.raises(PermissionError, match=r"financeiro@345695"):
        operadora(WHERE, "financeiro", "331988")
    with pytest.raises(PermissionError, match=r"auditoria@331988"):
        operadora(WHERE, "auditoria", "331988")
    with pytest.raises(DemoError, match="ninguém de central"):
        operadora(WHERE, "central")
    assert len(asked) == 2


def test_what_cognito_refuses_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "call", lambda *_a, **_k: Answer(400, {}, b"{}"))
    with pytest.raises(ApiError):
        sign_in(WHERE, "a@b.com.br", "x", "operadora")
