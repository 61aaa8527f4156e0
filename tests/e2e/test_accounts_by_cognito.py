"""Accounts by Cognito's own API, as the portal's front end uses it: sign-up, confirmation, recovery, a second factor.

Nothing here tells whether an e-mail has an account (R01), and no attribute a person may write says for whom it acts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
import uuid
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.client import sign_in

pytestmark = pytest.mark.e2e
SENHA = "Uma-Senha-Longa-2026"


@pytest.fixture(scope="module")
def cognito(where: dict[str, Any]) -> Any:
    keys = where["credenciais_aws"]
    return boto3.client(
        "cognito-idp", endpoint_url=where["endpoint_aws"], region_name=where["regiao"],
        aws_access_key_id=keys["access_key"], aws_secret_access_key=keys["secret_key"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def cliente(where: dict[str, Any]) -> str:
    return str(where["cognito"]["prestadores"]["cliente"])


@pytest.fixture
def username(cognito: Any, cliente: str) -> str:
    """Somebody who signed up and confirmed the e-mail."""
    return confirmed(cognito, cliente)


def sign_up(cognito: Any, cliente: str, email: str, senha: str = SENHA) -> str:
    username = str(uuid.uuid4())
    attributes = [{"Name": "email", "Value": email}]
    cognito.sign_up(ClientId=cliente, Username=username, Password=senha, UserAttributes=attributes)
    return username


def confirmed(cognito: Any, cliente: str) -> str:
    username = sign_up(cognito, cliente, f"{uuid.uuid4().hex}@nova.example")
    (pool,) = [
        p["Id"] for p in cognito.list_user_pools(MaxResults=10)["UserPools"] if p["Name"].endswith("prestadores")
    ]
    cognito.admin_confirm_sign_up(UserPoolId=pool, Username=username)
    return username


def authenticate(cognito: Any, cliente: str, username: str, senha: str = SENHA) -> dict[str, Any]:
    asked = {"USERNAME": username, "PASSWORD": senha}
    answer: dict[str, Any] = cognito.initiate_auth(
        ClientId=cliente, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=asked
    )
    return answer


def refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def totp(secret: str) -> str:
    """RFC 6238, as an authenticator app computes it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def test_a_weak_password_is_refused_before_there_is_an_account(cognito: Any, cliente: str) -> None:
    assert refusal(lambda: sign_up(cognito, cliente, "fraca@nova.example", "abc"))[0] == "InvalidPasswordException"


def test_signing_up_with_a_known_e_mail_looks_like_signing_up(cognito: Any, cliente: str) -> None:
    email = f"{uuid.uuid4().hex}@nova.example"
    assert sign_up(cognito, cliente, email) != sign_up(cognito, cliente, email)


def test_an_account_is_of_no_use_before_its_e_mail_is_confirmed(cognito: Any, cliente: str) -> None:
    username = sign_up(cognito, cliente, f"{uuid.uuid4().hex}@nova.example")
    assert refusal(lambda: authenticate(cognito, cliente, username))[0] == "UserNotConfirmedException"
    wrong = {"ClientId": cliente, "Username": username, "ConfirmationCode": "000000"}
    assert refusal(lambda: cognito.confirm_sign_up(**wrong))[0] == "CodeMismatchException"


def test_who_is_unknown_and_who_types_a_wrong_password_read_the_same(cognito: Any, cliente: str, username: str) -> None:
    unknown = refusal(lambda: authenticate(cognito, cliente, "ninguem@nova.example"))
    assert unknown == refusal(lambda: authenticate(cognito, cliente, username, "Outra-Senha-Longa-2026"))
    assert unknown[0] == "NotAuthorizedException"


def test_recovery_tells_nobody_whether_there_is_an_account(cognito: Any, cliente: str, username: str) -> None:
    for name in (username, "ninguem"):
        assert (
            cognito.forgot_password(ClientId=cliente, Username=name)["CodeDeliveryDetails"]["DeliveryMedium"] == "EMAIL"
        )
    wrong = {"ClientId": cliente, "Username": username, "ConfirmationCode": "000000", "Password": SENHA}
    assert refusal(lambda: cognito.confirm_forgot_password(**wrong))[0] == "CodeMismatchException"
    assert "AuthenticationResult" in authenticate(cognito, cliente, username)


def test_a_second_factor_is_asked_once_it_was_set_up(cognito: Any, cliente: str, username: str) -> None:
    token = authenticate(cognito, cliente, username)["AuthenticationResult"]["AccessToken"]
    secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
    cognito.verify_software_token(AccessToken=token, UserCode=totp(secret))
    cognito.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})
    challenge = authenticate(cognito, cliente, username)
    assert challenge["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert "AuthenticationResult" not in challenge
    answer = cognito.respond_to_auth_challenge(
        ClientId=cliente, ChallengeName="SOFTWARE_TOKEN_MFA", Session=challenge["Session"],
        ChallengeResponses={"USERNAME": username, "SOFTWARE_TOKEN_MFA_CODE": totp(secret)},
    )  # fmt: skip
    assert answer["AuthenticationResult"]["AccessToken"]


def test_no_attribute_a_person_writes_says_for_whom_it_acts(
    cognito: Any, cliente: str, username: str, where: dict[str, Any]
) -> None:
    token = authenticate(cognito, cliente, username)["AuthenticationResult"]["AccessToken"]
    attributes = [{"Name": "name", "Value": "PRESTADOR#12345678000195"}]
    cognito.update_user_attributes(AccessToken=token, UserAttributes=attributes)
    client = sign_in(where, username, SENHA)
    assert client.get("/sessao")["prestadores"] == []
    assert client.request("GET", "/pessoas").status == 403
