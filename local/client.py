"""A client of the API as an integrator would write one: sign in, upload, follow, read.

Used by the demo, the end-to-end tests and the benchmarks, so that all three drive the very same doors.
"""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import struct
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ENDPOINT: Final = Path(".local/endpoint.json")
patience = 60.0
"""Seconds until what happens by itself has happened; more, for who has everything fail."""
_MFA: Final = "SOFTWARE_TOKEN_MFA"
FINAL: Final = frozenset({"CONCLUIDO", "RECUSADO", "EXPIRADO", "FALHOU"})


class ApiError(RuntimeError):
    """The API answered something else than what was expected."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"HTTP {answer.status}: {answer.text[:500]}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers (lower case) and bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text, whatever its bytes."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


def endpoint(root: Path = Path()) -> dict[str, Any]:
    """What `scripts/run` left in `.local/endpoint.json`.

    Raises:
        FileNotFoundError: nothing is running here.
    """
    found: dict[str, Any] = json.loads((root / ENDPOINT).read_text("utf-8"))
    return found


def call(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None, timeout: float = 60
) -> Answer:
    """One HTTP request, one connection; never raises for a status."""
    parts = urllib.parse.urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def form(fields: Mapping[str, str], content: bytes) -> tuple[bytes, str]:
    """A multipart form with the file last, as S3 wants it: (body, content type)."""
    boundary = f"conecta{uuid.uuid4().hex}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="arquivo"\r\n\r\n'.encode()
    return b"".join(
        [*parts, head, content, f"\r\n--{boundary}--\r\n".encode()]
    ), f"multipart/form-data; boundary={boundary}"


@dataclass(slots=True)
class Client:
    """A signed-in caller.

    Attributes:
        api: base URL, ends in `/v1`.
        token: access token.
        prestador: sent as `Conecta-Prestador` when given.
    """

    api: str
    token: str | None = None
    prestador: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def request(
        self, method: str, path: str, payload: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One call to the API; `path` starts with a slash."""
        sent = {"Accept": "application/json", **self.extra, **(headers or {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if self.prestador:
            sent["Conecta-Prestador"] = self.prestador
        body = None
        if payload is not None:
            sent.setdefault("Content-Type", "application/json")
            body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return call(method, self.api + path, headers=sent, body=body)

    def get(self, path: str) -> Any:
        """JSON of a 200.

        Raises:
            ApiError: any other status.
        """
        answer = self.request("GET", path)
        if answer.status != http.client.OK:
            raise ApiError(answer)
        return answer.json()

    def start_upload(self, content: bytes, *, key: str | None = None, **asked: Any) -> dict[str, Any]:
        """POST /documentos/uploads for these bytes; with an idempotency `key`, asking again is free.

        Raises:
            ApiError: not 201.
        """
        given = {
            "registro_ans": "345695", "finalidade": "lote_tiss", "nome_arquivo": "lote.xml", "tamanho": len(content),
        }  # fmt: skip
        headers = {"Idempotency-Key": key} if key else None
        answer = self.request("POST", "/documentos/uploads", {**given, **asked}, headers=headers)
        if answer.status != http.client.CREATED:
            raise ApiError(answer)
        created: dict[str, Any] = answer.json()
        return created

    def post_file(self, upload: Mapping[str, Any], content: bytes) -> Answer:
        """Post the file to S3 with the form of an upload."""
        body, kind = form(upload["envio"]["campos"], content)
        return call("POST", upload["envio"]["url"], headers={"Content-Type": kind}, body=body)

    def upload(self, content: bytes, *, key: str | None = None, **asked: Any) -> dict[str, Any]:
        """Start an upload (under an idempotency `key`, if given) and post its file.

        Raises:
            ApiError: either step was refused.
        """
        upload = self.start_upload(content, key=key, **asked)
        posted = self.post_file(upload, content)
        if posted.status not in {http.client.OK, http.client.CREATED, http.client.NO_CONTENT}:
            raise ApiError(posted)
        return upload

    def follow(self, upload_id: str, timeout: float | None = None) -> dict[str, Any]:
        """The upload once its state is final.

        Args:
            timeout: seconds; `patience` unless given.

        Raises:
            TimeoutError: not within that time.
        """
        timeout = timeout or patience
        deadline = time.monotonic() + timeout
        pause = 0.05
        while True:
            upload: dict[str, Any] = self.get(f"/documentos/uploads/{upload_id}")
            if upload["situacao"] in FINAL:
                return upload
            if time.monotonic() > deadline:
                raise TimeoutError(f"upload {upload_id} is still {upload['situacao']} after {timeout} s")
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)


def sign_in(
    where: Mapping[str, Any], email: str, senha: str, pool: str = "prestadores", totp: str | None = None
) -> Client:
    """A person's client: Cognito's own API, USER_PASSWORD_AUTH, and the code of the second factor if it asks for one.

    Args:
        totp: the key of the authenticator, as Cognito showed it in base 32; a code of it serves once.

    Raises:
        ApiError: Cognito refused.
        PermissionError: Cognito asks for what only the person can answer, or for a code of a key that was not given.
    """
    cliente = where["cognito"][pool]["cliente"]
    given = {"USERNAME": email, "PASSWORD": senha}
    seen = _cognito(where, "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", ClientId=cliente, AuthParameters=given)
    challenge = seen.get("ChallengeName")
    if challenge == _MFA and totp:
        name = seen.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", email)
        seen = _cognito(
            where, "RespondToAuthChallenge", ClientId=cliente, ChallengeName=_MFA, Session=seen["Session"],
            ChallengeResponses={"USERNAME": name, f"{_MFA}_CODE": totp_code(totp, time.time())},
        )  # fmt: skip
    elif challenge:
        raise PermissionError(f"{email}: o Cognito pede {challenge}")
    return Client(where["api"], seen["AuthenticationResult"]["AccessToken"])


def totp_code(chave: str, now: float) -> str:
    """The six digits of an authenticator's key at an instant (RFC 6238: HMAC-SHA-1, thirty seconds).

    Args:
        chave: base 32, blanks and padding as one likes.
    """
    text = chave.replace(" ", "").rstrip("=").upper()
    key = base64.b32decode(text + "=" * (-len(text) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(now) // 30), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def _cognito(where: Mapping[str, Any], operation: str, **asked: Any) -> dict[str, Any]:
    answer = call(
        "POST",
        where["cognito"]["endpoint"],
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        },
        body=json.dumps(asked).encode(),
    )
    if answer.status != http.client.OK:
        raise ApiError(answer)
    seen: dict[str, Any] = answer.json()
    return seen


def sign_in_as(where: Mapping[str, Any], papel: str, prestador: str) -> Client:
    """The demo user of a papel at a prestador."""
    user = next(user for user in where["usuarios"] if user["papel"] == papel and user["prestador"] == prestador)
    return sign_in(where, user["email"], user["senha"])


def machine(where: Mapping[str, Any], prestador: str) -> Client:
    """A machine's client: client_credentials at the token endpoint.

    Raises:
        ApiError: the token endpoint refused.
    """
    credential = next(item for item in where["maquinas"] if item["prestador"] == prestador)
    basic = base64.b64encode(f"{credential['client_id']}:{credential['client_secret']}".encode()).decode()
    answer = call(
        "POST",
        where["cognito"]["token"],
        headers={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        body=urllib.parse.urlencode(
            {"grant_type": "client_credentials", "scope": " ".join(credential["escopos"])}
        ).encode(),
    )
    if answer.status != http.client.OK:
        raise ApiError(answer)
    return Client(where["api"], answer.json()["access_token"])


def signed_up(where: Mapping[str, Any]) -> Client:
    """Somebody new: signed up by Cognito's own API and signed in, bound to no prestador.

    No e-mail leaves an embedded AWS, so that the account and its e-mail are confirmed by an administrator's call.
    """
    import boto3  # noqa: PLC0415  # signing in needs no AWS client

    keys, pool = where["credenciais_aws"], where["cognito"]["prestadores"]
    cognito = boto3.client(
        "cognito-idp", endpoint_url=where["endpoint_aws"], region_name=where["regiao"],
        aws_access_key_id=keys["access_key"], aws_secret_access_key=keys["secret_key"],
    )  # fmt: skip
    username, senha = str(uuid.uuid4()), f"Aa1-{uuid.uuid4().hex}"
    email = {"Name": "email", "Value": f"{username}@nova.example"}
    cognito.sign_up(ClientId=pool["cliente"], Username=username, Password=senha, UserAttributes=[email])
    cognito.admin_confirm_sign_up(UserPoolId=pool["pool"], Username=username)
    cognito.admin_update_user_attributes(
        UserPoolId=pool["pool"], Username=username, UserAttributes=[{"Name": "email_verified", "Value": "true"}]
    )
    return sign_in(where, username, senha)
