"""Accounts of people and clients of machines in the prestadores' user pool.

An e-mail is an alias of a random-looking username. It finds an account only once its owner has verified it: who merely
typed somebody else's e-mail when signing up is not found by it. The username of an account made here is a pseudonym of
the e-mail, so that two invitations at the same time make one account.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from conecta_edge.aws import error_code
from conecta_edge.dynamodb import TransientConflictError

RESOURCE_SERVER: Final = "conecta"
INVITED: Final = "FORCE_CHANGE_PASSWORD"
"""State of an account whose owner has not yet signed in with the password of the invitation."""
TOKEN_MINUTES: Final = 30
_ABSENT: Final = frozenset({"UserNotFoundException", "ResourceNotFoundException"})
_TAKEN: Final = frozenset({"UsernameExistsException", "AliasExistsException"})
_BUSY: Final = frozenset(
    {
        "TooManyRequestsException", "LimitExceededException", "InternalErrorException", "ThrottlingException",
        "ConcurrentModificationException", "ServiceUnavailable",
    }
)  # fmt: skip


class CognitoContas:
    """The prestadores' user pool.

    Args:
        client: cognito-idp.
        pool: id of the pool.
        prefix: of the names of machine clients, `conecta-<estagio>`.
        pseudonym: 32 hexadecimal digits for an e-mail, under a key of the deployment's own.
    """

    def __init__(self, client: Any, pool: str, prefix: str, pseudonym: Callable[[str], str]) -> None:
        self._client = client
        self._pool = pool
        self._prefix = prefix
        self._pseudonym = pseudonym

    def account(self, email: str) -> str:
        """The `sub` of the account with this verified e-mail (lower case), or of a new one whose owner is told of it.

        Who was invited before and has not come yet is invited again: a temporary password lives three days.

        Raises:
            TransientConflictError: throttled.
        """
        with _throttles():
            found = self._account(email)
            if found is None:
                try:
                    return _sub(self._invite(email)["Attributes"])
                except Exception as error:
                    if error_code(error) not in _TAKEN:
                        raise
                found = self._account(email)
                if found is None:  # made this very moment by a request like this one, and not to be read yet
                    raise TransientConflictError
            elif found["UserStatus"] == INVITED:
                self._client.admin_create_user(
                    UserPoolId=self._pool, Username=found["Username"], MessageAction="RESEND",
                    DesiredDeliveryMediums=["EMAIL"],
                )  # fmt: skip
            return _sub(found["UserAttributes"])

    def _account(self, email: str) -> Any | None:
        try:
            found = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
        except Exception as error:
            if error_code(error) in _ABSENT:
                return None
            raise
        verified = _verified_email(found["UserAttributes"])
        return found if verified is not None and verified.lower() == email else None

    def _invite(self, email: str) -> Any:
        made = self._client.admin_create_user(
            UserPoolId=self._pool,
            Username=str(uuid.UUID(hex=self._pseudonym(email), version=4)),
            DesiredDeliveryMediums=["EMAIL"],
            # The invitation itself goes there: only who reads it learns the password.
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )
        return made["User"]

    def email_of(self, sub: str) -> str | None:
        """The verified e-mail of an account.

        Raises:
            TransientConflictError: throttled.
        """
        with _throttles():
            found = self._client.list_users(UserPoolId=self._pool, Filter=f'sub = "{sub}"', Limit=1)["Users"]
        return _verified_email(found[0]["Attributes"]) if found else None

    def create_client(self, prestador_id: str, escopos: Sequence[str]) -> tuple[str, str]:
        """Id and secret of a new machine client: client credentials only, tokens of half an hour.

        Raises:
            TransientConflictError: throttled.
        """
        with _throttles():
            made = self._client.create_user_pool_client(
                UserPoolId=self._pool,
                ClientName=f"{self._prefix}-maquina-{prestador_id}-{uuid.uuid4().hex[:8]}",
                GenerateSecret=True,
                AllowedOAuthFlowsUserPoolClient=True,
                AllowedOAuthFlows=["client_credentials"],
                AllowedOAuthScopes=[f"{RESOURCE_SERVER}/{escopo}" for escopo in escopos],
                EnableTokenRevocation=True,
                AccessTokenValidity=TOKEN_MINUTES,
                TokenValidityUnits={"AccessToken": "minutes"},
            )["UserPoolClient"]
        return made["ClientId"], made["ClientSecret"]

    def secret_of(self, client_id: str) -> str | None:
        """The secret, from where it is kept.

        Raises:
            TransientConflictError: throttled.
        """
        with _throttles():
            try:
                found = self._client.describe_user_pool_client(UserPoolId=self._pool, ClientId=client_id)
            except Exception as error:
                if error_code(error) in _ABSENT:
                    return None
                raise
        return str(found["UserPoolClient"]["ClientSecret"])

    def delete_client(self, client_id: str) -> None:
        """Delete a machine client; nothing when it is gone.

        Raises:
            TransientConflictError: throttled.
        """
        with _throttles():
            try:
                self._client.delete_user_pool_client(UserPoolId=self._pool, ClientId=client_id)
            except Exception as error:
                if error_code(error) not in _ABSENT:
                    raise


def _verified_email(attributes: Sequence[dict[str, str]]) -> str | None:
    held = {item["Name"]: item["Value"] for item in attributes}
    return held.get("email") if held.get("email_verified", "").lower() == "true" else None


def _sub(attributes: Sequence[dict[str, str]]) -> str:
    return next(item["Value"] for item in attributes if item["Name"] == "sub")


@contextmanager
def _throttles() -> Iterator[None]:
    """Cognito's throttling as ours: the caller is told to come back, and nothing was done here."""
    try:
        yield
    except Exception as error:
        if error_code(error) in _BUSY:
            raise TransientConflictError from error
        raise
