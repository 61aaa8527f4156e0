"""Tokens as Cognito gives them, and tokens as whoever is not let in might make them.

The embedded pool keeps its signing keys in files of its own state directory: with them the tests sign what Cognito
would sign only after waiting, or never.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from local.client import Answer, ApiError, call

Claims = dict[str, Any]


def encode(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(token: str, part: int = 1) -> Claims:
    """Header (0) or claims (1) of a token, unverified."""
    text = token.split(".")[part]
    found: Claims = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def sign_in(where: Mapping[str, Any], username: str, senha: str, client_id: str) -> tuple[str, str]:
    """Access and ID token of a person, by Cognito's own API.

    Raises:
        ApiError: Cognito refused.
    """
    answer = call(
        "POST",
        where["cognito"]["endpoint"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        body=json.dumps(
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "ClientId": client_id,
                "AuthParameters": {"USERNAME": username, "PASSWORD": senha},
            }
        ).encode(),
    )
    result = _json(answer)["AuthenticationResult"]
    return result["AccessToken"], result["IdToken"]


def machine_token(where: Mapping[str, Any], client_id: str, secret: str, escopos: Sequence[str]) -> str:
    """A machine's access token with these scopes (`area.acao`).

    Raises:
        ApiError: the token endpoint refused.
    """
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    answer = call(
        "POST",
        where["cognito"]["token"],
        headers={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(
            {"grant_type": "client_credentials", "scope": " ".join(f"conecta/{escopo}" for escopo in escopos)}
        ).encode(),
    )
    return str(_json(answer)["access_token"])


def _json(answer: Answer) -> Any:
    if answer.status != http.client.OK:
        raise ApiError(answer)
    return answer.json()


class Forger:
    """Makes tokens that look like a real one and must open nothing.

    Args:
        state: the embedded AWS's state directory.
        real: a valid access token, whose claims are copied.
    """

    def __init__(self, state: Path, real: str) -> None:
        self._header, self._claims = decoded(real, 0), decoded(real)
        pool = self._claims["iss"].rpartition("/")[2]
        pem = (state / "cognito-pool-keys" / f"{pool}-access.pem").read_bytes()
        key = serialization.load_pem_private_key(pem, password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key

    def signed(self, **changes: Any) -> str:
        """By the pool's own key: the claims, changed."""
        return self._token(self._header, {**self._claims, **changes}, self._rs256(self._key))

    def forgeries(self) -> dict[str, str]:
        """By name, tokens whose signature or time is wrong, and one of a time to come."""
        now = int(time.time())
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        payload = {**self._claims, "scope": "aws.cognito.signin.user.admin", "cognito:groups": ["cadastro"]}
        real = self.signed().split(".")
        return {
            "expired a second ago": self.signed(exp=now - 1),
            "expired long ago": self.signed(iat=now - 7200, exp=now - 3600),
            "not valid yet": self.signed(nbf=now + 3600),
            "issued in a time to come": self.signed(iat=now + 3600, exp=now + 7200),
            "by an issuer that is none of ours": self.signed(
                iss="https://cognito-idp.sa-east-1.amazonaws.com/sa-east-1_OutroPool"
            ),
            "by a key of nobody's": self._token(self._header, self._claims, self._rs256(other)),
            "with alg none": self._token({**self._header, "alg": "none"}, self._claims, lambda _signed: b""),
            "with alg HS256 over the public key": self._token(
                {**self._header, "alg": "HS256"},
                self._claims,
                lambda signed: hmac.digest(public, signed, hashlib.sha256),
            ),
            "with a path for kid": self._token(
                {**self._header, "kid": "../../../../dev/null"}, self._claims, self._rs256(self._key)
            ),
            "with claims changed after signing": f"{real[0]}.{encode(json.dumps(payload).encode())}.{real[2]}",
            "without its signature": f"{real[0]}.{real[1]}.",
        }

    @staticmethod
    def _token(header: Claims, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
        signed = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
        return f"{signed}.{encode(sign(signed.encode()))}"

    @staticmethod
    def _rs256(key: rsa.RSAPrivateKey) -> Callable[[bytes], bytes]:
        return lambda signed: key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
